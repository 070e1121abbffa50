"""What the worker does: sends the outbox."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from cheiron.actions._ledger import record
from cheiron.core.access import SYSTEM, Actor
from cheiron.core.errors import Denied
from cheiron.core.operations.letters import LINK
from cheiron.core.text import say
from cheiron.gateways.links import token_for
from cheiron.gateways.mail import send_mail
from cheiron.models.ledger import Letter
from cheiron.queries.operations import letters_waiting

FIRST_PAUSE = timedelta(minutes=1)


def send_letters(*, actor: Actor, now: datetime, most: int = 100) -> int:
    """Send what waits in the outbox, each letter in a transaction of its own. Returns how many left."""
    if not actor.system:
        raise Denied(say("Only the worker sends letters."))
    ids = list(letters_waiting(now).values_list("pk", flat=True)[:most])
    return sum(_send(letter_id, now) for letter_id in ids)


@transaction.atomic
def _send(letter_id: str, now: datetime) -> bool:
    letter = letters_waiting(now).select_for_update(of=("self",), skip_locked=True).filter(pk=letter_id).first()
    if letter is None:
        return False
    letter.attempts += 1
    try:
        send_mail(to=letter.to.email, subject=letter.subject, body=whole_body(letter), calendar=letter.calendar)
        letter.sent_at, letter.failure = now, ""
    except OSError as failure:
        letter.failure = str(failure)[:300]
        letter.next_attempt_at = now + FIRST_PAUSE * 2**letter.attempts
    letter.save(update_fields=["attempts", "sent_at", "failure", "next_attempt_at"])
    record(SYSTEM, now, "letter.send" if letter.sent_at else "letter.fail", letter)
    return letter.sent_at is not None


def whole_body(letter: Letter) -> str:
    """The letter as it leaves: only here the personal link is signed."""
    address = settings.BASE_URL + reverse("link", args=[token_for(letter.link_id)]) if letter.link_id else ""
    return letter.body.replace(LINK, address) + "\n\n" + gettext("Sent by Cheiron for your mentoring program.")
