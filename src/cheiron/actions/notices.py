"""What a person lets reach them outside the pages: a calendar address, letters, and the one letter of the day."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from cheiron.actions._ledger import post, record
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict, Denied, Invalid
from cheiron.core.operations.letters import LINK, day_letter
from cheiron.core.operations.notices import Names, When, chosen
from cheiron.core.text import say
from cheiron.gateways.links import feed_token_for
from cheiron.models.ledger import Letter
from cheiron.models.notices import CalendarFeed, NoticeChoice
from cheiron.queries import notices as queries


@transaction.atomic
def open_feed(*, actor: Actor, names: str, now: datetime) -> str:
    """A new calendar address; one that was given before opens nothing any more. Returns what stands in the address."""
    if not actor.roles:
        raise Denied(say("A calendar is for people who have a role in a program."))
    if names not in set(Names):
        raise Invalid(say("Choose how names are shown: in full, first names, or initials."))
    CalendarFeed.objects.filter(person=actor.person_id).delete()
    feed = CalendarFeed.objects.create(person_id=actor.person_id, names=names, made_at=now)
    record(actor, now, "calendar.open", feed)
    return feed_token_for(feed.id)


@transaction.atomic
def close_feed(*, actor: Actor, now: datetime) -> None:
    """The calendar address opens nothing any more."""
    feed = CalendarFeed.objects.select_for_update().filter(person=actor.person_id).first()
    if feed is None:
        raise Conflict(say("You have no calendar address."))
    record(actor, now, "calendar.close", feed)
    feed.delete()


@transaction.atomic
def choose_letters(*, actor: Actor, choices: Mapping[str, str], now: datetime) -> None:
    """For each kind of letter: at once, in the letter of the day, or never. It holds from the next letter on."""
    if actor.person_id is None:
        raise Denied(say("Sign in, and choose on your account page what you get by mail."))
    _choose(actor.person_id, choices)
    record(actor, now, "letters.choose", queries.account(actor.person_id))


@transaction.atomic
def choose_letters_by_link(*, actor: Actor, token: str, choices: Mapping[str, str], now: datetime) -> None:  # noqa: ARG001 - the link says who acts
    """The same from the foot of a letter, without signing in."""
    person_id = queries.switches_behind(token)
    _choose(person_id, choices)
    record(Actor(person_id), now, "letters.choose", queries.account(person_id))


def _choose(person_id: str, choices: Mapping[str, str]) -> None:
    wanted = chosen(choices)
    NoticeChoice.objects.filter(person=person_id).delete()
    rows = [NoticeChoice(person_id=person_id, group=group, when=when) for group, when in wanted.items()]
    NoticeChoice.objects.bulk_create(row for row in rows if row.when != When.AT_ONCE)


@transaction.atomic
def write_digests(*, actor: Actor, now: datetime) -> int:
    """One letter of the day for each person for whom something has gathered: all of them or none. Returns how many."""
    if not actor.system:
        raise Denied(say("Only the worker does this."))
    found = queries.gathered(now)
    for person_id, letters in found.items():
        _write_digest(person_id, letters, now)
        record(actor, now, "digest.write", queries.account(person_id), letters=len(letters))
    return len(found)


def _write_digest(person_id: str, letters: list[Letter], now: datetime) -> None:
    draft = day_letter(
        person=person_id,
        name=letters[0].to_name,
        day=queries.day_of_digest(person_id, now),
        subjects=tuple(letter.subject for letter in letters),
        bodies=tuple(_body(letter) for letter in letters),
    )
    post([draft], program_id=None, now=now)
    digest = Letter.objects.get(once=draft.once)
    Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(digest=digest)


def _body(letter: Letter) -> tuple[str, ...]:
    """Without greeting and link, of which the letter of the day has its own."""
    greeting = gettext("Dear %(name)s,") % {"name": letter.to_name}
    return tuple(part for part in letter.paragraphs if part not in {greeting, LINK})
