"""The outbox: the worker sends it, and staff let a letter that failed try again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from cheiron.actions._ledger import record
from cheiron.core.access import SYSTEM, Actor, Permission
from cheiron.core.errors import Conflict, Denied
from cheiron.core.operations.letters import LINK
from cheiron.core.text import say
from cheiron.gateways.links import switches_token_for, token_for
from cheiron.gateways.mail import send_mail
from cheiron.models.ledger import Letter
from cheiron.queries.operations import letter_for, letters_waiting

FIRST_PAUSE = timedelta(minutes=1)
LEASE = timedelta(minutes=10)
"""How long a worker may be busy with one letter. A letter of a worker that died waits that long, then goes on."""


def send_letters(*, actor: Actor, now: datetime, most: int = 100) -> int:
    """Send what waits in the outbox, letter by letter. Returns how many left. Several workers may do so at once."""
    if not actor.system:
        raise Denied(say("Only the worker sends letters."))
    waiting = list(letters_waiting(now)[:most])
    return sum(_send(letter, now) for letter in waiting if _claim(letter, now))


def _claim(letter: Letter, now: datetime) -> bool:
    """Of several workers that have read the same row one changes it; no lock is held while the mail server talks."""
    unchanged = {"attempts": letter.attempts, "next_attempt_at": letter.next_attempt_at, "sent_at": None}
    same = Letter.objects.filter(pk=letter.pk, **unchanged)  # no join: PostgreSQL would compare with an old reading
    letter.attempts += 1
    letter.next_attempt_at = now + LEASE
    return same.update(attempts=letter.attempts, next_attempt_at=letter.next_attempt_at, failure="") == 1


def _send(letter: Letter, now: datetime) -> bool:
    """Hand a claimed letter to the mail server. Whatever goes wrong is kept with the letter and stops no other one."""
    try:
        send_mail(
            letter_id=letter.id,
            to=letter.to.email,
            subject=letter.subject,
            body=whole_body(letter),
            switches=_switches_address(letter.to_id),
            calendar=letter.calendar,
            reply_to=letter.reply_to.email if letter.reply_to else "",
        )
    except Exception as failure:  # also what no mail server says: a letter that cannot be built stays one letter
        pause = FIRST_PAUSE * 2**letter.attempts
        return _settle(letter, now, failure=str(failure)[:300] or type(failure).__name__, next_attempt_at=now + pause)
    return _settle(letter, now, sent_at=now, failure="")


@transaction.atomic
def _settle(letter: Letter, now: datetime, **outcome: object) -> bool:
    """Write down what became of it, unless the lease has run out and another worker has taken over."""
    mine = Letter.objects.filter(pk=letter.pk, sent_at=None, attempts=letter.attempts)
    if not mine.filter(next_attempt_at=letter.next_attempt_at).update(**outcome):
        return False
    sent = "sent_at" in outcome
    record(SYSTEM, now, "letter.send" if sent else "letter.fail", letter)
    return sent


@transaction.atomic
def retry_letter(*, actor: Actor, letter_id: str, now: datetime) -> str:
    """Let a letter that could not be sent wait again, as if it were new. Returns its program's id."""
    letter = letter_for(actor, letter_id, Permission.LETTER_RETRY, lock=True)
    if letter.sent_at:
        raise Conflict(say("This letter has left already."))
    if not letter.stuck or (not letter.failure and letter.next_attempt_at > now):
        raise Conflict(say("This letter is on its way already. Look again in a few minutes."))
    Letter.objects.filter(pk=letter.pk).update(attempts=0, failure="", next_attempt_at=now)
    record(actor, now, "letter.retry", letter)
    return letter.program_id


def whole_body(letter: Letter) -> str:
    """The letter as it leaves: only here the personal link is signed."""
    address = settings.BASE_URL + reverse("link", args=[token_for(letter.link_id)]) if letter.link_id else ""
    foot = gettext("Sent by Cheiron for your mentoring program.")
    chosen = gettext("What you get by mail: %(address)s") % {"address": _switches_address(letter.to_id)}
    return f"{letter.body.replace(LINK, address)}\n\n{foot}\n{chosen}"


def _switches_address(person_id: str) -> str:
    """Where the reader chooses which letters come, without signing in; it opens nothing else."""
    return settings.BASE_URL + reverse("mail-link", args=[switches_token_for(person_id)])
