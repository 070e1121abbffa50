"""A program's letters in its own words."""

from datetime import datetime

from django.db import transaction

from cheiron.actions._ledger import record
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.operations.kinds import KINDS, check_words
from cheiron.core.text import say
from cheiron.models.ledger import LetterWords
from cheiron.queries import wording as queries


@transaction.atomic
def keep_words(*, actor: Actor, program_id: str, kind: str, subject: str, body: str, now: datetime) -> None:
    """Use these words for every letter of this kind from now on; refused where a place is unknown or missing."""
    program, _ = queries.words_for(actor, program_id, kind, lock=True)
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    issues = check_words(KINDS[kind], subject, body)
    if issues:
        raise Invalid(say("These words cannot be used yet."), issues)
    words = {"subject": subject, "body": body, "changed_at": now}
    LetterWords.objects.update_or_create(program=program, kind=kind, defaults=words)
    record(actor, now, "letter.words", program, kind=kind)


@transaction.atomic
def reset_words(*, actor: Actor, program_id: str, kind: str, now: datetime) -> None:
    """Go back to the standing words for this kind."""
    program, _ = queries.words_for(actor, program_id, kind, lock=True)
    if not LetterWords.objects.filter(program=program, kind=kind).delete()[0]:
        raise Conflict(say("This letter has its standing words already."))
    record(actor, now, "letter.reset", program, kind=kind)
