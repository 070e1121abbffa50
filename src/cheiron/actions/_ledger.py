"""The audit line and the outbox, shared by all actions."""

import contextlib
import json
import operator
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext

from cheiron.core.access import Actor
from cheiron.core.operations.audit import GENESIS, digest
from cheiron.core.operations.letters import LINK, Draft
from cheiron.core.operations.notices import When
from cheiron.core.programs.words import in_words, read_words
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.people import Member, Person, School
from cheiron.models.programs import Program
from cheiron.queries.notices import when_wanted
from cheiron.queries.people import coordinating
from cheiron.queries.wording import worded

CHAIN_LOCK = 0x43484549
INVITATION_DAYS = 30
PAGE_LINK_DAYS = 14


def record(actor: Actor, now: datetime, verb: str, subject: object, **detail: object) -> None:
    """One audit line, sealed to the one before it. The caller's transaction holds it."""
    _lock_chain()
    previous = AuditEvent.objects.order_by("-sequence").values_list("digest", flat=True).first() or GENESIS
    who = "system" if actor.system else actor.person_id or "nobody"
    about = f"{type(subject).__name__.lower()}:{subject.pk}"
    detail = json.loads(json.dumps({"school": _school_of(subject), **detail}))
    AuditEvent.objects.create(
        at=now,
        actor=who,
        verb=verb,
        subject=about,
        detail=detail,
        previous=previous,
        digest=digest(previous, now, who, verb, about, detail),
    )
    _touched(subject, detail["school"]).update(edition=F("edition") + 1)


SCHOOL_OF = (
    "school_id",
    "program.school_id",
    "round.program.school_id",
    "mentorship.program.school_id",
    "member.school_id",
    "message.mentorship.program.school_id",
)


def _school_of(subject: object) -> str:
    """The school in whose log the line is shown; empty for what belongs to an account alone."""
    if isinstance(subject, School):
        return subject.id
    for path in SCHOOL_OF:
        with contextlib.suppress(AttributeError):
            return operator.attrgetter(path)(subject)
    return ""


def _touched(subject: object, school: str) -> QuerySet[School]:
    """The schools of which something may read differently now: for an account or its link, all of the person's."""
    if school:
        return School.objects.filter(pk=school)
    person = subject if isinstance(subject, Person) else getattr(subject, "person", None)
    return School.objects.filter(pk__in=Member.objects.filter(person=person).values("school"))


def _lock_chain() -> None:
    """SQLite's IMMEDIATE transactions are already one at a time; PostgreSQL needs to be told."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def post(drafts: Iterable[Draft], *, program_id: str | None, now: datetime) -> int:
    """Put letters into the outbox, in the caller's transaction, as their readers want them. Returns how many."""
    drafts = worded(program_id, drafts)
    wanted = when_wanted((draft.to_person, draft.kind) for draft in drafts)
    drafts = [draft for draft in drafts if wanted[draft.to_person, draft.kind] != When.NEVER]
    links = [_link(draft, now) for draft in drafts]
    OneTimeLink.objects.bulk_create(links)
    coordinators = coordinating(program_id) if drafts else []
    said = _in_words_of(program_id)
    letters = [_letter(draft, link, program_id, said, now) for draft, link in zip(drafts, links, strict=True)]
    for draft, letter in zip(drafts, letters, strict=True):
        letter.reply_to_id = _answered_by(draft, coordinators)
        letter.held = wanted[draft.to_person, draft.kind] == When.DIGEST
    Letter.objects.bulk_create(letters)
    return len(letters)


def _answered_by(draft: Draft, coordinators: list[str]) -> str | None:
    """The first coordinator who is neither the reader nor somebody whose address must stay out."""
    return next((one for one in coordinators if one not in {draft.to_person, *draft.keep_out}), None)


def _link(draft: Draft, now: datetime) -> OneTimeLink:
    invites = bool(draft.enrollment)
    return OneTimeLink(
        person_id=draft.to_person,
        purpose=OneTimeLink.Purpose.INVITATION if invites else OneTimeLink.Purpose.SIGN_IN,
        enrollment_id=draft.enrollment or None,
        leads_to=draft.page,
        made_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS if invites else PAGE_LINK_DAYS),
    )


def _in_words_of(program_id: str | None) -> Callable[[str], str]:
    """How sentences are said in letters of this program: translated, and in its own words."""
    told = Program.objects.filter(pk=program_id).values_list("words", flat=True).first() if program_id else None
    words = read_words(told or {})
    return lambda template: in_words(gettext(template), words)


def _letter(
    draft: Draft, link: OneTimeLink, program_id: str | None, said: Callable[[str], str], now: datetime
) -> Letter:
    paragraphs = (LINK if part.template == LINK else _without_place(part.render(said)) for part in draft.paragraphs)
    return Letter(
        program_id=program_id,
        to_id=draft.to_person,
        to_name=draft.to_name,
        kind=draft.kind,
        once=draft.once,
        subject=" ".join(draft.subject.render(said).split())[:250],
        body="\n\n".join(paragraphs),
        calendar=draft.calendar,
        link=link,
        written_at=now,
        next_attempt_at=now,
    )


def _without_place(words: str) -> str:
    """What somebody typed must not become a place where the reader's link is put."""
    return words.replace(LINK, "{ link }")
