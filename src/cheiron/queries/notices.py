"""Reads about what reaches a person outside the pages."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from cheiron.core.access import Actor
from cheiron.core.errors import NotFound
from cheiron.core.mentorships.lifecycle import MeetingState
from cheiron.core.operations.notices import Group, Names, When, group_of, last_digest, shown_name
from cheiron.core.text import say
from cheiron.gateways.calendars import Entry, feed_file
from cheiron.gateways.links import feed_id_in, person_id_in
from cheiron.models.ledger import Letter
from cheiron.models.mentorships import Meeting
from cheiron.models.notices import CalendarFeed, NoticeChoice
from cheiron.models.people import Enrollment, Member, Person

_NAMES = ("mentorship__mentee__member", "mentorship__mentor__member")


def feed_of(actor: Actor) -> CalendarFeed | None:
    """The actor's own calendar address, as far as it is kept: without the signature that opens it."""
    return CalendarFeed.objects.filter(person=actor.person_id).first()


def calendar_behind(token: str) -> str:
    """All agreed meetings of the person whose address this is; nothing once the account or their last role ends."""
    feed = CalendarFeed.objects.filter(pk=feed_id_in(token) or "", person__is_active=True).first()
    if feed is None or not Enrollment.objects.filter(member__person=feed.person_id, left_at=None).exists():
        raise NotFound(say("There is no such calendar. Your account page gives you a new address."))
    return feed_file(gettext("Mentoring"), [_entry(feed, meeting) for meeting in _agreed(feed.person_id)])


def _agreed(person_id: str) -> list[Meeting]:
    """Agreed and held, soonest first, of the parts that the person still takes."""
    mine = [
        Q(**{f"mentorship__{side}__member__person": person_id, f"mentorship__{side}__left_at": None})
        for side in ("mentee", "mentor")
    ]
    rows = Meeting.objects.filter(mine[0] | mine[1], state__in=[MeetingState.AGREED, MeetingState.HELD])
    return list(rows.select_related(*_NAMES).order_by("starts_at", "id"))


def _entry(feed: CalendarFeed, meeting: Meeting) -> Entry:
    mentee, mentor = meeting.mentorship.mentee.member, meeting.mentorship.mentor.member
    other = mentor if mentee.person_id == feed.person_id else mentee
    return Entry(
        id=meeting.id,
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        summary=gettext("Mentoring: %(name)s") % {"name": shown_name(other.name, Names(feed.names))},
        place=meeting.place,
        stamped_at=meeting.changed_at,
    )


# ---------- letters: when they are wanted ----------


def when_wanted(letters: Iterable[tuple[str, str]]) -> dict[tuple[str, str], When]:
    """For each letter, by its reader and its kind: at once, in the letter of the day, or never."""
    asked = set(letters)
    rows = NoticeChoice.objects.filter(person__in={person for person, _ in asked}) if asked else ()
    wanted = {(row.person_id, row.group): When(row.when) for row in rows}
    return {(person, kind): wanted.get((person, group_of(kind)), When.AT_ONCE) for person, kind in asked}


def switches_of(person_id: str | None) -> dict[Group, When]:
    """What a person has chosen for each kind of letter."""
    rows = dict(NoticeChoice.objects.filter(person=person_id).values_list("group", "when"))
    return {group: When(rows.get(group, When.AT_ONCE)) for group in Group}


def account(person_id: str) -> Person:
    """The account, for the line in the log."""
    return Person.objects.get(pk=person_id)


def switches_behind(token: str) -> str:
    """The account whose letters this token switches."""
    found = Person.objects.filter(pk=person_id_in(token) or "", is_active=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(say("This link is not complete. Sign in, and choose on your account page what you get by mail."))
    return found


def gathered(now: datetime) -> dict[str, list[Letter]]:
    """By person, the held letters that belong into their next letter of the day; locked until the transaction ends."""
    held = _held().select_for_update(of=("self",)).order_by("written_at", "id")
    zones = _zones(set(_held().values_list("to", flat=True)))
    due = {person: last_digest(now, ZoneInfo(zone)) for person, zone in zones.items()}
    found: dict[str, list[Letter]] = {}
    for letter in held if zones else ():
        if letter.to_id in due and letter.written_at < due[letter.to_id]:
            found.setdefault(letter.to_id, []).append(letter)
    sent = _sent(found, due)
    return {person: letters for person, letters in found.items() if person not in sent}


def _held() -> QuerySet[Letter]:
    return Letter.objects.filter(held=True, digest=None, to__is_active=True)


def _zones(persons: set[str]) -> dict[str, str]:
    """The clock by which each person lives: that of the first of their schools."""
    rows = Member.objects.filter(person__in=persons) if persons else Member.objects.none()
    names = rows.order_by("-school__name", "-school").values_list("person", "school__time_zone")
    return dict(names)


def _sent(persons: Iterable[str], due: dict[str, datetime]) -> set[str]:
    """Who has had the letter of the day that is due."""
    once = {f"digest:{person}:{due[person].date()}": person for person in persons}
    return {once[one] for one in Letter.objects.filter(once__in=once).values_list("once", flat=True)}


def day_of_digest(person_id: str, now: datetime) -> str:
    """The day, by the clock of the person's school, whose letter is due."""
    return str(last_digest(now, ZoneInfo(_zones({person_id})[person_id])).date())
