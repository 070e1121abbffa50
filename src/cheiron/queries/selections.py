"""What an act on several people would do: the preview and the act itself ask the same function."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format

from cheiron.core.access import MENTORS, Actor, Permission, Role
from cheiron.core.errors import Invalid
from cheiron.core.mentorships.lifecycle import MentorshipState
from cheiron.core.operations.kinds import ANNOUNCEMENT, check_words
from cheiron.core.operations.letters import Draft, announcement, letter, task_of
from cheiron.core.people.selections import Act, Line, Order, Plan
from cheiron.core.programs.lifecycle import ProgramState
from cheiron.core.text import Text, say
from cheiron.models.ledger import Letter
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program
from cheiron.queries.endings import ending_letters, left_letter, open_pairs_of
from cheiron.queries.people import invitations, participants
from cheiron.queries.programs import model_of, programs_for
from cheiron.queries.wording import worded

NEEDS: Mapping[Act, Permission] = {
    Act.REMIND: Permission.PEOPLE_INVITE,
    Act.ANNOUNCE: Permission.PEOPLE_INVITE,
    Act.PAUSE: Permission.PEOPLE_IMPORT,
    Act.RESUME: Permission.PEOPLE_IMPORT,
    Act.MOVE: Permission.PEOPLE_IMPORT,
    Act.WITHDRAW: Permission.PEOPLE_IMPORT,
}
REMINDERS = ("invitation", "reminder sheet", "reminder answer")
NO_MORE_THAN_ONCE_IN = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """Everything that a plan is made from. ``batch`` names the act, so that its letters are written once."""

    actor: Actor
    program: Program
    order: Order
    batch: str
    now: datetime
    rows: tuple[Enrollment, ...]

    @property
    def ids(self) -> list[str]:
        """The chosen who still take part."""
        return [row.id for row in self.rows]

    def letter(self, kind: str, row: Enrollment, **values: object) -> Draft:
        """One letter to one of them."""
        return letter(
            kind,
            once=f"{row.id}:{self.batch}",
            person=row.member.person_id,
            name=row.member.name,
            program=self.program.name,
            **values,
        )


Fate = tuple[Enrollment, Text, list[Draft] | None]
"""Somebody, what happens to them (or why nothing does), and their letters; None where they are left out."""


def plan_of(actor: Actor, program: Program, order: Order, chosen: Iterable[str], batch: str, now: datetime) -> Plan:
    """What the act would do now; the caller has asked whether the actor may do it in this program."""
    wanted = set(chosen)
    rows = tuple(row for row in participants(program) if row.id in wanted)
    fates = list(PLANS[order.act](Asked(actor, program, order, batch, now, rows)))
    drafts = [draft for _, _, letters in fates for draft in letters or ()]
    return Plan(
        lines=tuple(_line(row, what) for row, what, letters in fates if letters is not None),
        drafts=tuple(worded(program.id, {draft.once: draft for draft in drafts}.values())),
        left_out=(
            *(_line(row, what) for row, what, letters in fates if letters is None),
            *_gone(program, wanted - {row.id for row in rows}),
        ),
    )


def _line(row: Enrollment, what: Text) -> Line:
    return Line(row.id, row.member.name, what)


def _gone(program: Program, missing: set[str]) -> list[Line]:
    """Chosen on the page, and gone since."""
    found = program.enrollments.filter(pk__in=sorted(missing)).select_related("member") if missing else ()
    return [_line(row, say("Does not take part any more.")) for row in found]


# ---------- remind ----------


def _remind(asked: Asked) -> Iterator[Fate]:
    """Each gets the one letter about what they have open."""
    waiting = _proposals(asked.program)
    invited = {draft.enrollment: draft for draft in invitations(asked.program, asked.ids)}
    recent = _written_to_lately(asked.program, asked.now)
    for row in asked.rows:
        what, drafts = _open_with(asked, row, waiting, invited)
        if drafts and row.member.person_id in recent:
            yield row, say("Was written to less than a day ago."), None
        else:
            yield row, what, drafts


def _open_with(asked: Asked, row: Enrollment, waiting: dict, invited: dict) -> tuple[Text, list[Draft] | None]:
    if row.id in waiting:
        names, day = waiting[row.id]
        values = {"mentees": names, "day": date_format(day, "l j F")}
        return say("Is reminded to answer."), [asked.letter("reminder answer", row, **values)]
    if row.id in invited:
        return say("Gets the invitation (again)."), [invited[row.id]]
    if row.joined_at and not (hasattr(row, "sheet") and row.sheet.finished_at):
        return say("Is reminded to fill in the form."), [asked.letter("reminder sheet", row, task=task_of(row.role))]
    return say("Has nothing open."), None


def _proposals(program: Program) -> dict[str, tuple[tuple[str, ...], date]]:
    """For each mentor who has not answered: the mentees, and the first day to answer by."""
    rows = Mentorship.objects.filter(program=program, state=MentorshipState.PROPOSED)
    found: dict[str, tuple[tuple[str, ...], date]] = {}
    for mentor, name, day in rows.order_by("answer_by").values_list("mentor", "mentee__member__name", "answer_by"):
        names, first = found.get(mentor, ((), day))
        found[mentor] = ((*names, name), first)
    return found


def _written_to_lately(program: Program, now: datetime) -> set[str]:
    rows = Letter.objects.filter(program=program, kind__in=REMINDERS, written_at__gt=now - NO_MORE_THAN_ONCE_IN)
    return set(rows.order_by().values_list("to", flat=True))


# ---------- announce ----------


def _announce(asked: Asked) -> Iterator[Fate]:
    """The same letter to each person once, in however many roles they were chosen."""
    issues = check_words(ANNOUNCEMENT, asked.order.subject, asked.order.body)
    if issues:
        raise Invalid(say("This letter cannot be sent as it is."), issues)
    written: set[str] = set()
    for row in asked.rows:
        if row.member.person_id in written:
            yield row, say("Gets the letter already, in another role."), None
            continue
        written.add(row.member.person_id)
        yield row, say("Gets the letter."), [_announcement(asked, row)]


def _announcement(asked: Asked, row: Enrollment) -> Draft:
    return announcement(
        once=f"{row.id}:{asked.batch}",
        person=row.member.person_id,
        name=row.member.name,
        program=asked.program.name,
        school=asked.program.school.name,
        subject=asked.order.subject,
        body=asked.order.body,
    )


# ---------- pause ----------


def _pause(asked: Asked) -> Iterator[Fate]:
    until = asked.order.until
    if until is None or until <= asked.program.today(asked.now):
        raise Invalid(say("The pause must end on a day that lies ahead."))
    day = date_format(until, "l j F")
    for row in asked.rows:
        if row.role not in MENTORS or not hasattr(row, "sheet"):
            yield row, say("Only mentors pause. A mentee who wants no mentor now can be withdrawn."), None
        else:
            yield row, say("Pauses until %(day)s.", day=day), [asked.letter("paused", row, day=day)]


def _resume(asked: Asked) -> Iterator[Fate]:
    for row in asked.rows:
        if hasattr(row, "sheet") and row.sheet.paused_until:
            yield row, say("The pause ends now."), [asked.letter("resumed", row)]
        else:
            yield row, say("Does not pause."), None


# ---------- withdraw, move ----------


def _withdraw(asked: Asked) -> Iterator[Fate]:
    for row, others, drafts in _endings(asked):
        left = left_letter(asked.program, row, asked.batch)
        yield row, _with_endings(say("Leaves the program."), others), [left, *drafts]


def _endings(asked: Asked, staying: frozenset[str] = frozenset()) -> Iterator[tuple[Enrollment, tuple, list[Draft]]]:
    """Each who goes, with the names of the others of their open pairs, and the letters to those who stay."""
    going = set(asked.ids) - staying
    pairs = open_pairs_of(asked.program, going)
    for row in asked.rows:
        own = [pair for pair in pairs if row.id in {pair.mentee_id, pair.mentor_id}]
        others = tuple((pair.mentor if pair.mentee_id == row.id else pair.mentee).member.name for pair in own)
        yield row, others, [draft for pair in own for draft in ending_letters(pair, going)]


def _with_endings(what: Text, others: tuple[str, ...]) -> Text:
    if not others:
        return what
    return say("%(what)s Ends without fault: the mentorship with %(others)s.", what=what, others=others)


def _move(asked: Asked) -> Iterator[Fate]:
    target = target_of(asked.actor, asked.program, asked.order)
    there = set(
        Enrollment.objects.filter(program=target, role=asked.order.role, left_at=None).values_list("member", flat=True)
    )
    staying = frozenset(row.id for row in asked.rows if row.member_id in there)
    values = {"elsewhere": target.name, "role": say(ROLE_WORDS[Role(asked.order.role)])}
    for row, others, drafts in _endings(asked, staying):
        if row.id in staying:
            yield row, say("Takes part there already."), None
        else:
            what = say("Moves to %(elsewhere)s. Role there: %(role)s.", **values)
            yield row, _with_endings(what, others), [asked.letter("moved", row, **values), *drafts]


ROLE_WORDS: Mapping[Role, str] = {
    Role.MENTEE: "Mentee",
    Role.MENTOR: "Mentor",
    Role.PEER_MENTOR: "Peer mentor",
    Role.SENIOR: "Senior mentor",
}


def targets_of(actor: Actor, program: Program) -> list[tuple[Program, str]]:
    """Every program of the school, this one too, and role in it, to which the actor may move people."""
    rows = programs_for(actor).filter(school=program.school_id, state=ProgramState.OPEN)
    may = [row for row in rows if actor.can(Permission.PEOPLE_IMPORT, row.scope)]
    return [(row, role) for row in may for role in model_of(row).roles]


def target_of(actor: Actor, program: Program, order: Order) -> Program:
    """The program to which an order moves people, if it is one of those."""
    for target, role in targets_of(actor, program):
        if (target.id, role) == (order.program, order.role):
            return target
    raise Invalid(say("Choose the program and the role from the list."))


PLANS: Mapping[Act, Callable[[Asked], Iterator[Fate]]] = {
    Act.REMIND: _remind,
    Act.ANNOUNCE: _announce,
    Act.PAUSE: _pause,
    Act.RESUME: _resume,
    Act.MOVE: _move,
    Act.WITHDRAW: _withdraw,
}
