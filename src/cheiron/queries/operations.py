"""Reads for running the instance: the outbox and the audit log."""

from datetime import datetime

from django.db.models import QuerySet

from cheiron.core.access import Actor, Permission
from cheiron.core.operations.audit import first_broken
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.models.programs import Program
from cheiron.queries.people import letters_of
from cheiron.queries.programs import program_for

MOST_ATTEMPTS = 8


def letters_for(actor: Actor, program_id: str) -> tuple[Program, QuerySet[Letter]]:
    """A program and its outbox, newest first."""
    program = program_for(actor, program_id, Permission.LETTER_VIEW)
    return program, letters_of(program)


def audit_for(actor: Actor, program_id: str) -> tuple[Program, QuerySet[AuditEvent]]:
    """A program and the audit lines of its school, newest first.

    Lines about self-descriptions name nobody; they are left out, since the lines beside them would.
    """
    program = program_for(actor, program_id, Permission.AUDIT_VIEW)
    lines = AuditEvent.objects.filter(detail__school=program.school_id).exclude(verb="self-description.save")
    return program, lines.order_by("-sequence")


def broken_link_of_chain() -> int | None:
    """Sequence number of the first audit line that does not fit the chain; None if every line does."""
    fields = ("previous", "at", "actor", "verb", "subject", "detail", "digest")
    rows = AuditEvent.objects.order_by("sequence")
    broken = first_broken(rows.values_list(*fields).iterator())
    return None if broken is None else rows.values_list("sequence", flat=True)[broken]


def letters_waiting(now: datetime) -> QuerySet[Letter]:
    """Letters that may leave now, oldest first."""
    rows = Letter.objects.filter(sent_at=None, next_attempt_at__lte=now, attempts__lt=MOST_ATTEMPTS)
    return rows.select_related("to", "link").order_by("written_at", "id")
