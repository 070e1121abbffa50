"""The outbox: the worker sends it, and staff let a letter that failed try again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from cheiron.actions._ledger import record
from cheiron.core.access import SYSTEM, Actor, Permission
from cheiron.core.errors import Conflict, Denied
from cheiron.core.operations.letters import LINK
from cheiron.core.operations.outbox import LEASE_SECONDS
from cheiron.core.text import say
from cheiron.gateways.heartbeat import beating
from cheiron.gateways.links import switches_token_for, token_for
from cheiron.gateways.mail import send_mail
from cheiron.models.ledger import Letter
from cheiron.queries.operations import letter_for, letters_waiting

FIRST_PAUSE = timedelta(minutes=1)
LEASE = timedelta(seconds=LEASE_SECONDS)
BEATS_IN_A_LEASE = 4
"""A busy database may swallow some of them before a claim is lost."""


def send_letters(*, actor: Actor, now: datetime, most: int = 100, lease: timedelta = LEASE) -> int:
    """Send what waits in the outbox, letter by letter. Returns how many left. Several workers may do so at once."""
    if not actor.system:
        raise Denied(say("Only the worker sends letters."))
    claims = [_Claim(letter, lease) for letter in letters_waiting(now)[:most]]
    return sum(_send(claim, now) for claim in claims if claim.take(now))


class _Claim:
    """One worker's hold on one letter, known by the number of the attempt and by where its lease ends.

    Each claim has the next number, until staff let the letter try again and the count starts anew; then the ends tell
    two claims apart. Every change asks for both, on the letter's own row: of several workers one changes it, and one
    that was overtaken changes nothing any more. No lock is held while the mail server talks.
    """

    def __init__(self, letter: Letter, lease: timedelta) -> None:
        self.letter, self.lease = letter, lease
        self.ends = {letter.next_attempt_at}
        """More than one after a renewal, as an answer of the database may be lost on its way."""

    def take(self, now: datetime) -> bool:
        """Whether the letter is this worker's now; not if anybody has changed it since it was read."""
        as_read = self._row()
        self.letter.attempts += 1
        self.ends = {now + self.lease}
        return as_read.update(attempts=self.letter.attempts, next_attempt_at=now + self.lease, failure="") == 1

    def renew(self, now: datetime) -> bool:
        """Move the end of the lease on; False if the letter is another's by now."""
        self.ends.add(now + self.lease)
        return self._row().update(next_attempt_at=now + self.lease) == 1

    @transaction.atomic
    def settle(self, now: datetime, **outcome: object) -> bool:
        """Write down what became of it, unless another worker has taken over. Returns whether it has left."""
        if not self._row().update(**outcome):
            return False
        sent = "sent_at" in outcome
        record(SYSTEM, now, "letter.send" if sent else "letter.fail", self.letter)
        return sent

    def _row(self) -> QuerySet[Letter]:
        """The letter, if it is as this worker left it. No join: PostgreSQL would compare with an old reading."""
        return Letter.objects.filter(
            pk=self.letter.pk, sent_at=None, attempts=self.letter.attempts, next_attempt_at__in=self.ends
        )


def _send(claim: _Claim, now: datetime) -> bool:
    """Hand a claimed letter to the mail server. Whatever goes wrong is kept with the letter and stops no other one."""
    try:
        with beating(claim.renew, every=claim.lease / BEATS_IN_A_LEASE):
            _hand_over(claim.letter)
    except Exception as failure:  # also what no mail server says: a letter that cannot be built stays one letter
        pause = FIRST_PAUSE * 2**claim.letter.attempts
        return claim.settle(now, failure=str(failure)[:300] or type(failure).__name__, next_attempt_at=now + pause)
    return claim.settle(now, sent_at=now, failure="")


def _hand_over(letter: Letter) -> None:
    send_mail(
        letter_id=letter.id,
        to=letter.to.email,
        subject=letter.subject,
        body=whole_body(letter),
        switches=_switches_address(letter.to_id),
        calendar=letter.calendar,
        reply_to=letter.reply_to.email if letter.reply_to else "",
    )


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
