"""Calendar invitations (RFC 5545) that calendars accept, update and cancel by the same id."""

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


def calendar_file(appointment: Appointment) -> str:
    """The ``.ics`` text: a request, or a cancellation of an earlier one."""
    calendar = Calendar()
    calendar.add("prodid", "-//Cheiron//Mentoring//EN")
    calendar.add("version", "2.0")
    calendar.add("method", CANCEL if appointment.canceled else REQUEST)
    calendar.add_component(_event(appointment))
    return calendar.to_ical().decode()


def _event(appointment: Appointment) -> Event:
    event = Event()
    event.add("uid", f"{appointment.id}@cheiron")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.stamped_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.starts_at + timedelta(minutes=appointment.minutes))
    event.add("summary", appointment.summary)
    event.add("status", "CANCELLED" if appointment.canceled else "CONFIRMED")
    if appointment.place:
        event.add("location", appointment.place)
    event.add("organizer", _address(appointment.organizer))
    event.add("attendee", _address(appointment.attendee), encode=0)
    return event


def _address(person: Attendee) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["cn"] = vText(person.name)
    return address
