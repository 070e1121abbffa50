"""What the actions of a pair share: telling one of the two, loading a pair under way, calling a meeting off."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from cheiron.actions._ledger import post
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict
from cheiron.core.mentorships.lifecycle import (
    MeetingState,
    MentorshipState,
    advance_meeting,
    advance_mentorship,
)
from cheiron.core.operations import letters
from cheiron.core.text import Text, say
from cheiron.models.mentorships import Meeting, Mentorship
from cheiron.models.people import Member
from cheiron.queries import mentorships as queries


def tell(
    mentorship: Mentorship,
    to: Member,
    kind: str,
    once: str,
    subject: Text,
    paragraphs: Iterable[Text],
    now: datetime,
    calendar: str = "",
) -> None:
    """A letter to one of the two about what happened in their pair."""
    draft = letters.notice(
        kind=kind,
        once=f"{kind}:{mentorship.id}:{once}",
        person=to.person_id,
        name=to.name,
        subject=subject,
        paragraphs=tuple(paragraphs),
        calendar=calendar,
    )
    post([draft], program_id=mentorship.program_id, now=now)


def active(actor: Actor, mentorship_id: str) -> Mentorship:
    """One's own mentorship, locked; ``Conflict`` unless it is under way."""
    mentorship = queries.mentorship_for(actor, mentorship_id, lock=True)
    if mentorship.state != MentorshipState.ACTIVE:
        raise Conflict(say("This mentorship is not under way."))
    return mentorship


def local_time(meeting: Meeting) -> str:
    """When it is, where the program is."""
    zone = timezone.zoneinfo.ZoneInfo(meeting.mentorship.program.zone)
    return meeting.starts_at.astimezone(zone).strftime("%a %d %b %Y, %H:%M")


def send_calendar(meeting: Meeting, subject: Text, now: datetime) -> None:
    """Both receive the meeting for their calendars, or its cancellation."""
    calendar = queries.calendar_of(meeting)
    for enrollment in (meeting.mentorship.mentee, meeting.mentorship.mentor):
        tell(
            meeting.mentorship,
            enrollment.member,
            "meeting",
            f"{meeting.id}:{meeting.sequence}:{enrollment.id}",
            subject,
            [
                say(
                    "%(when)s, %(minutes)s minutes. %(place)s",
                    when=local_time(meeting),
                    minutes=meeting.minutes,
                    place=meeting.place,
                )
            ],
            now,
            calendar,
        )


def cancel(meeting: Meeting, now: datetime) -> None:
    """Call one meeting off; calendars that had it are told."""
    was_agreed = meeting.state == MeetingState.AGREED
    meeting.state = advance_meeting(MeetingState(meeting.state), MeetingState.CANCELED)
    meeting.changed_at, meeting.sequence = now, meeting.sequence + 1
    meeting.save(update_fields=["state", "changed_at", "sequence"])
    if was_agreed:
        send_calendar(meeting, say("Your meeting is called off"), now)


def finish(mentorship: Mentorship, now: datetime) -> None:
    """End a pair without fault. Whoever does this posts the letters of ``queries.endings``."""
    mentorship.state = advance_mentorship(MentorshipState(mentorship.state), MentorshipState.ENDED)
    mentorship.ended_at = now
    mentorship.save(update_fields=["state", "ended_at"])
    call_off(mentorship, now)


def call_off(mentorship: Mentorship, now: datetime) -> None:
    """Call off what lies ahead of a pair that ends; calendars that had it are told."""
    for meeting in mentorship.meetings.filter(
        state__in=[MeetingState.PROPOSED, MeetingState.AGREED], starts_at__gt=now
    ):
        meeting.mentorship = mentorship
        cancel(meeting, now)
