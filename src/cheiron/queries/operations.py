"""Reads for running the instance: the outbox and the audit log."""

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from cheiron.core.access import Actor, Permission
from cheiron.core.errors import NotFound
from cheiron.core.operations.audit import first_broken
from cheiron.core.operations.outbox import MOST_ATTEMPTS
from cheiron.core.operations.storage import words_on_storage
from cheiron.core.text import Text, say
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.models.programs import Program
from cheiron.queries.people import letters_of
from cheiron.queries.programs import program_for

UNSHOWN = ("self-description.save", "message.report", "report.settle")


def letters_for(actor: Actor, program_id: str) -> tuple[Program, QuerySet[Letter]]:
    """A program and its outbox, newest first."""
    program = program_for(actor, program_id, Permission.LETTER_VIEW)
    return program, letters_of(program)


def letter_for(actor: Actor, letter_id: str, need: Permission, *, lock: bool = False) -> Letter:
    """A letter of the outbox that staff see, if this actor may do this with it."""
    rows = Letter.objects.select_related("program")
    letter = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=letter_id).first()
    if letter is None or letter.program is None or not letters_of(letter.program).filter(pk=letter_id).exists():
        raise NotFound(say("There is no such letter."))
    if not actor.roles_in(letter.program.scope):
        raise NotFound(say("There is no such letter."))
    actor.require(need, letter.program.scope)
    return letter


def audit_for(actor: Actor, program_id: str) -> tuple[Program, QuerySet[AuditEvent]]:
    """A program and the audit lines of its school, newest first.

    Lines about self-descriptions name nobody; they are left out, since the lines beside them would. So are those
    about reported messages: an administrator may be the one who wrote them.
    """
    program = program_for(actor, program_id, Permission.AUDIT_VIEW)
    lines = AuditEvent.objects.filter(detail__school=program.school_id).exclude(verb__in=UNSHOWN)
    return program, lines.order_by("-sequence")


def storage() -> Text:
    """How the database keeps what it has confirmed, for whoever runs the instance."""
    connection.ensure_connection()
    version = connection.pg_version if connection.vendor == "postgresql" else connection.Database.sqlite_version_info
    return words_on_storage(connection.vendor, divmod(version, 10_000) if isinstance(version, int) else version[:3])


def broken_link_of_chain() -> int | None:
    """Sequence number of the first audit line that does not fit the chain; None if every line does."""
    fields = ("previous", "at", "actor", "verb", "subject", "detail", "digest")
    rows = AuditEvent.objects.order_by("sequence")
    broken = first_broken(rows.values_list(*fields).iterator())
    return None if broken is None else rows.values_list("sequence", flat=True)[broken]


def letters_waiting(now: datetime) -> QuerySet[Letter]:
    """Letters that may leave now, oldest first; none to an account that is closed."""
    rows = Letter.objects.filter(sent_at=None, held=False, next_attempt_at__lte=now, attempts__lt=MOST_ATTEMPTS)
    return rows.filter(to__is_active=True).select_related("to", "link", "reply_to").order_by("written_at", "id")
