"""Calendar invitations (RFC 5545) that calendars accept, update and cancel by the same id."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

CANCEL, REQUEST = "CANCEL", "REQUEST"


@dataclass(frozen=True)
class Attendee:
    """Somebody in a meeting."""

    name: str
    email: str


@dataclass(frozen=True)
class Appointment:
    """A meeting as a calendar sees it; times are aware."""

    id: str
    sequence: int
    starts_at: datetime
    minutes: int
    summary: str
    place: str
    organizer: Attendee
    attendee: Attendee
    stamped_at: datetime
    canceled: bool = False


@dataclass(frozen=True)
class Entry:
    """A meeting in somebody's own calendar feed: no addresses, and no more of a name than they chose."""

    id: str
    sequence: int
    starts_at: datetime
    minutes: int
    summary: str
    place: str
    stamped_at: datetime


def feed_file(name: str, entries: Iterable[Entry]) -> str:
    """The ``.ics`` text of a whole feed; the same entries are the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Cheiron//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_timed(entry))
    return calendar.to_ical().decode()


def _timed(meeting: "Entry | Appointment") -> Event:
    event = Event()
    event.add("uid", f"{meeting.id}@cheiron")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.stamped_at)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.starts_at + timedelta(minutes=meeting.minutes))
    event.add("summary", meeting.summary)
    if meeting.place:
        event.add("location", meeting.place)
    return event


def calendar_file(appointment: Appointment) -> str:
    """The ``.ics`` text: a request, or a cancellation of an earlier one."""
    calendar = Calendar()
    calendar.add("prodid", "-//Cheiron//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", CANCEL if appointment.canceled else REQUEST)
    calendar.add_component(_event(appointment))
    return calendar.to_ical().decode()


def _event(appointment: Appointment) -> Event:
    event = _timed(appointment)
    event.add("status", "CANCELLED" if appointment.canceled else "CONFIRMED")
    event.add("organizer", _address(appointment.organizer))
    event.add("attendee", _address(appointment.attendee), encode=0)
    return event


def _address(person: Attendee) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["cn"] = vText(person.name)
    return address
