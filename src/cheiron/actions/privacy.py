"""What people do about their own data: take back a use, take a copy, be erased."""

import json
import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from cheiron.actions._ledger import post, record
from cheiron.actions._pairs import finish, tell
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict, Invalid, Issue
from cheiron.core.operations import letters
from cheiron.core.text import say
from cheiron.models.base import new_id
from cheiron.models.ledger import Letter, OneTimeLink
from cheiron.models.matching import Override
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Meeting, Mentorship
from cheiron.models.messages import Message, MessageReport
from cheiron.models.people import Enrollment, Member, Person, RosterImport
from cheiron.models.programs import Program
from cheiron.models.volunteered import Volunteered
from cheiron.queries import privacy as queries
from cheiron.queries.holdings import HOLDINGS, OF_PAIR, PAIR, Copy, Fate, copy_of, rows
from cheiron.queries.mentorships import open_mentorships, other_side
from cheiron.queries.people import coordinators_of
from cheiron.queries.profiles import own_member_for

SOMEBODY = "Somebody who has left"
"""Stands where a name stood, in rows that are somebody else's record too."""


@transaction.atomic
def choose_uses(*, actor: Actor, member_id: str, for_matching: bool, for_figures: bool, now: datetime) -> None:
    """For what the things that one has volunteered may be used, from now on. The log names nobody."""
    member = own_member_for(actor, member_id, lock=True)
    Volunteered.objects.filter(member=member).update(for_matching=for_matching, for_figures=for_figures)
    record(Actor(None), now, "self-description.uses", member.school)


@transaction.atomic
def take_copy(*, actor: Actor, now: datetime) -> Copy:
    """Everything about the actor; the log says that it was taken out."""
    person = queries.own_account(actor)
    record(actor, now, "person.copy", person)
    return copy_of(person)


@transaction.atomic
def erase_person(*, actor: Actor, password: str, now: datetime) -> None:
    """Take the actor out of everything, at once. What others need for their own record stays, without a name."""
    person = queries.own_account(actor, lock=True)
    _confirm(person, password, now)
    _check_replaced(actor)
    words, ids = queries.names_of(person), queries.numbers_of(person)
    own_rows = [(holding, holding.rows_to_erase(person)) for holding in HOLDINGS]
    emptied = [(holding, name, rows(holding.model, which, person)) for holding, name, which in _emptied()]
    _sweep_lists(person, words, ids)
    _sweep_texts(person, words)
    _unlink_letters(person)
    for _holding, found in ((h, f) for h, f in own_rows if h.fate is Fate.GONE):
        found.delete()
    for holding, name, found in emptied:
        found.update(**{name: holding.model._meta.get_field(name).get_default()})
    _anonymize(person)
    _leave(person, now)
    Letter.objects.filter(to=person).delete()  # leaving wrote to both of each pair
    OneTimeLink.objects.filter(person=person).delete()
    record(actor, now, "person.erase", person)


def _emptied() -> Iterable[tuple]:
    return ((holding, name, which) for holding in HOLDINGS for name, which in holding.emptied.items())


def _confirm(person: Person, password: str, now: datetime) -> None:
    """By the password, or by having come in through a link from one's own mail a moment ago."""
    if not (password and person.check_password(password)) and not queries.came_by_link(person, now):
        problem = say("Say that it is you: type your password, or sign in anew with a link and come back here.")
        raise Invalid(problem, (Issue(problem, say("Nothing has been erased."), column="password"),))


def _check_replaced(actor: Actor) -> None:
    alone = [program.name for program in queries.programs_that_need(actor)]
    if alone:
        raise Conflict(
            say(
                "You are the only one who coordinates %(programs)s. Give somebody that role first, then come back.",
                programs=tuple(alone),
            )
        )


def _anonymize(person: Person) -> None:
    person.email, person.is_active, person.last_login = f"{new_id()}@erased.invalid", False, None
    person.set_unusable_password()
    person.save()
    for member in Member.objects.filter(person=person):
        member.name, member.list_name, member.title, member.external_id = SOMEBODY, "", "", f"erased {new_id()}"
        member.save()


def _leave(person: Person, now: datetime) -> None:
    """Open pairs end without fault, and the other one is told; so are those who coordinate."""
    parts = Enrollment.objects.filter(member__person=person, left_at=None)
    for part in parts:
        for mentorship in open_mentorships(of=part.id):
            finish(mentorship, now)
            _say_goodbye(person, mentorship, now)
    for program in Program.objects.filter(pk__in=parts.values("program")):
        _tell_staff(person, program, now)
    parts.update(left_at=now)


def _say_goodbye(person: Person, mentorship: Mentorship, now: datetime) -> None:
    other = other_side(Actor(person.id), mentorship)
    text = (
        say("Your mentor has left %(program)s. It has nothing to do with you. You are in the next round, "
            "and hear from us when it is matched.", program=mentorship.program.name)
        if other.id == mentorship.mentee_id
        else say("Your mentee has left %(program)s. It has nothing to do with you. Thank you for the time that you "
                 "gave; the place is yours again.", program=mentorship.program.name)
    )  # fmt: skip
    subject = say("%(program)s: this mentorship has ended", program=mentorship.program.name)
    tell(mentorship, other.member, "ended", other.id, subject, [text], now)


def _tell_staff(person: Person, program: Program, now: datetime) -> None:
    text = say(
        "Somebody who took part has left and had their data erased. Open pairs have ended and the others were told."
    )
    subject = say("%(program)s: somebody has left", program=program.name)
    drafts = [
        letters.notice(
            kind="left",
            once=f"left:{person.id}:{program.id}:{one.id}",
            person=one.person_id,
            name=one.name,
            subject=subject,
            paragraphs=(text,),
        )
        for one in coordinators_of(program)
        if one.person_id != person.id
    ]
    post(drafts, program_id=program.id, now=now)


# ---------- where others have written the name ----------


def _sweep_texts(person: Person, words: Iterable[str]) -> None:
    """Letters to others, and what others wrote in this person's programs, name them no more."""
    programs = Enrollment.objects.filter(member__person=person).values("program")
    pairs = rows(Mentorship, PAIR, person)
    near = (
        (_letters_around(programs).exclude(to=person), ("subject", "body", "calendar")),
        (Override.objects.filter(round__program__in=programs), ("reason",)),
        (pairs, ("question", "question_answer")),
        (rows(Meeting, OF_PAIR, person), ("place",)),
        (rows(AgendaPoint, OF_PAIR, person), ("text",)),
        (rows(ChangeRequest, OF_PAIR, person), ("note",)),
        (rows(Message, OF_PAIR, person), ("text",)),
        (MessageReport.objects.filter(message__mentorship__in=pairs), ("concern", "outcome")),
    )
    named = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    for found, names in near:
        for row in found.only(*names).iterator():
            _unname(row, names, named)


def _letters_around(programs: QuerySet) -> QuerySet[Letter]:
    """The programs' letters, and the letters of the day to those who are in them: those belong to no program."""
    people = Enrollment.objects.filter(program__in=programs).values("member__person")
    return Letter.objects.filter(Q(program__in=programs) | Q(program=None, kind="digest", to__in=people))


def _unname(row: Model, names: Iterable[str], named: re.Pattern) -> None:
    """A calendar file breaks its lines anywhere, so one that may hold an address goes as a whole."""
    changed = [name for name in names if named.search(_unfolded(getattr(row, name)))]
    for name in changed:
        setattr(row, name, "" if name == "calendar" else named.sub(SOMEBODY, getattr(row, name)))
    if changed:
        row.save(update_fields=changed)


def _unfolded(text: str) -> str:
    return text.replace("\r\n ", "").replace("\n ", "")


def _unlink_letters(person: Person) -> None:
    """No letter that waits is answered to the address; those that carried this person's messages or places go."""
    Letter.objects.filter(reply_to=person).update(reply_to=None)
    for pair in rows(Mentorship, PAIR, person).values_list("id", flat=True):
        _erase_letters(Letter.objects.filter(kind__startswith="meeting", once__contains=f":{pair}:"))
    written = Message.objects.filter(by__member__person=person).values_list("id", flat=True)
    _erase_letters(Letter.objects.filter(once__in=[f"message:{one}" for one in written]))


def _erase_letters(found: QuerySet[Letter]) -> None:
    """These, and the letters of the day into which they were gathered."""
    digests = list(found.exclude(digest=None).values_list("digest", flat=True))
    found.delete()
    Letter.objects.filter(pk__in=digests).delete()


def _sweep_lists(person: Person, words: Iterable[str], ids: frozenset[str]) -> None:
    """The person's own lines in lists that were brought: not yet imported, and what importing changed."""
    schools = Member.objects.filter(person=person).values("school")
    cells = {word.casefold() for word in words}
    for roster in RosterImport.objects.filter(program__school__in=schools):
        roster.changes = [_pruned(one, ids) for one in roster.changes if not _about(one, ids)]
        roster.content = _without_lines(bytes(roster.content), cells)
        roster.save(update_fields=["changes", "content"])


def _about(value: object, ids: frozenset[str]) -> bool:
    """Whether a change is about the person; one line deep, as imports write them."""
    if isinstance(value, dict):
        return any(_about(one, ids) for one in value.values() if not isinstance(one, list))
    return isinstance(value, str) and value in ids


def _pruned(change: dict, ids: frozenset[str]) -> dict:
    lists = {
        key: [one for one in value if not _about(one, ids)] for key, value in change.items() if isinstance(value, list)
    }
    return {**change, **lists}


def _without_lines(content: bytes, cells: set[str]) -> bytes:
    if not content:
        return content
    table = json.loads(content)
    keep = [not cells & {cell.strip().casefold() for cell in row} for row in table["rows"]]
    for key in ("rows", "numbers"):
        table[key] = [one for one, kept in zip(table[key], keep, strict=True) if kept]
    return json.dumps(table).encode()
