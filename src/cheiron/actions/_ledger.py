"""The audit line and the outbox, shared by all actions."""

import contextlib
import json
import operator
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext

from cheiron.core.access import Actor
from cheiron.core.operations.audit import GENESIS, digest
from cheiron.core.operations.letters import LINK, Draft
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.people import School

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


SCHOOL_OF = (
    "school_id",
    "program.school_id",
    "round.program.school_id",
    "mentorship.program.school_id",
    "member.school_id",
)


def _school_of(subject: object) -> str:
    """The school in whose log the line is shown; empty for what belongs to an account alone."""
    if isinstance(subject, School):
        return subject.id
    for path in SCHOOL_OF:
        with contextlib.suppress(AttributeError):
            return operator.attrgetter(path)(subject)
    return ""


def _lock_chain() -> None:
    """SQLite's IMMEDIATE transactions are already one at a time; PostgreSQL needs to be told."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def post(drafts: Iterable[Draft], *, program_id: str | None, now: datetime) -> int:
    """Put letters into the outbox, in the caller's transaction. Returns how many."""
    drafts = list(drafts)
    links = [_link(draft, now) for draft in drafts]
    OneTimeLink.objects.bulk_create(links)
    letters = [_letter(draft, link, program_id, now) for draft, link in zip(drafts, links, strict=True)]
    Letter.objects.bulk_create(letters)
    return len(letters)


def _link(draft: Draft, now: datetime) -> OneTimeLink:
    invites = bool(draft.enrollment)
    return OneTimeLink(
        person_id=draft.to_person,
        purpose=OneTimeLink.Purpose.INVITATION if invites else OneTimeLink.Purpose.SIGN_IN,
        enrollment_id=draft.enrollment or None,
        made_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS if invites else PAGE_LINK_DAYS),
    )


def _letter(draft: Draft, link: OneTimeLink, program_id: str | None, now: datetime) -> Letter:
    paragraphs = (LINK if part.template == LINK else part.render(gettext) for part in draft.paragraphs)
    return Letter(
        program_id=program_id,
        to_id=draft.to_person,
        to_name=draft.to_name,
        kind=draft.kind,
        once=draft.once,
        subject=" ".join(draft.subject.render(gettext).split())[:250],
        body="\n\n".join(paragraphs),
        calendar=draft.calendar,
        link=link,
        written_at=now,
        next_attempt_at=now,
    )
