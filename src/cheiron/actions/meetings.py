"""Meetings of a pair, its agenda, and contacts in between."""

from datetime import datetime, timedelta

from django.db import transaction

from cheiron.actions._ledger import record
from cheiron.actions._pairs import active, cancel, local_time, send_calendar, tell
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict, Denied, Invalid
from cheiron.core.mentorships.lifecycle import (
    MeetingState,
    MentorshipState,
    advance_meeting,
)
from cheiron.core.text import say
from cheiron.models.mentorships import AgendaPoint, Contact, Meeting
from cheiron.queries import mentorships as queries

CONTACT_MINUTES = {"corridor": 10, "message": 5, "call": 15}
UNDO_TIME = timedelta(hours=24)


@transaction.atomic
def propose_meeting(
    *, actor: Actor, mentorship_id: str, starts_at: datetime, minutes: int, place: str, now: datetime
) -> str:
    """Propose a time; a proposal that still waits is replaced. Returns the meeting's id."""
    mentorship = active(actor, mentorship_id)
    if starts_at <= now:
        raise Invalid(say("This time is over. Choose one that lies ahead."))
    waiting = mentorship.meetings.filter(state=MeetingState.PROPOSED)
    waiting.update(state=MeetingState.CANCELED, changed_at=now)
    meeting = Meeting.objects.create(
        mentorship=mentorship,
        starts_at=starts_at,
        minutes=minutes,
        place=place.strip()[:200],
        proposed_by=queries.own_side(actor, mentorship),
        changed_at=now,
    )
    me, other = queries.own_side(actor, mentorship).member, queries.other_side(actor, mentorship).member
    tell(
        mentorship,
        other,
        "meeting proposed",
        meeting.id,
        say("%(name)s proposes to meet", name=me.name),
        [
            say(
                "%(when)s, %(minutes)s minutes. %(place)s",
                when=local_time(meeting),
                minutes=minutes,
                place=meeting.place,
            )
        ],
        now,
    )
    record(actor, now, "meeting.propose", meeting)
    return meeting.id


@transaction.atomic
def answer_meeting(*, actor: Actor, meeting_id: str, agree: bool, now: datetime) -> None:
    """The other one agrees or declines; on agreement both receive a calendar invitation."""
    meeting = queries.meeting_for(actor, meeting_id, lock=True)
    if queries.own_side(actor, meeting.mentorship).id == meeting.proposed_by_id:
        raise Denied(say("The other one answers your proposal."))
    if agree and meeting.mentorship.state != MentorshipState.ACTIVE:
        raise Conflict(say("This mentorship is not under way."))
    to = MeetingState.AGREED if agree else MeetingState.DECLINED
    meeting.state = advance_meeting(MeetingState(meeting.state), to)
    meeting.changed_at = now
    meeting.save(update_fields=["state", "changed_at"])
    if agree:
        send_calendar(meeting, say("Your meeting is agreed"), now)
    else:
        proposer = queries.other_side(actor, meeting.mentorship).member
        text = say("The time does not suit. Propose another one.")
        tell(meeting.mentorship, proposer, "meeting declined", meeting.id, say("Another time, please"), [text], now)
    record(actor, now, "meeting.answer", meeting, state=meeting.state)


@transaction.atomic
def cancel_meeting(*, actor: Actor, meeting_id: str, now: datetime) -> None:
    """Either of the two calls a meeting off; calendars that had it are told."""
    meeting = queries.meeting_for(actor, meeting_id, lock=True)
    cancel(meeting, now)
    record(actor, now, "meeting.cancel", meeting)


@transaction.atomic
def hold_meeting(*, actor: Actor, meeting_id: str, now: datetime) -> None:
    """The meeting took place; its agenda goes with it, and the time counts as contact."""
    meeting = queries.meeting_for(actor, meeting_id, lock=True)
    if meeting.starts_at > now:
        raise Conflict(say("This meeting lies ahead."))
    meeting.state = advance_meeting(MeetingState(meeting.state), MeetingState.HELD)
    meeting.changed_at = now
    meeting.save(update_fields=["state", "changed_at"])
    meeting.mentorship.agenda.filter(meeting=None).update(meeting=meeting)
    record(actor, now, "meeting.hold", meeting)


@transaction.atomic
def add_point(*, actor: Actor, mentorship_id: str, text: str, now: datetime) -> None:
    """The mentee writes one agenda point for the next meeting."""
    mentorship = active(actor, mentorship_id)
    if queries.is_mentor(actor, mentorship):
        raise Denied(say("The agenda is the mentee's. Say it to them, or log it after you met."))
    text = " ".join(text.split())[:300]
    if not text:
        raise Invalid(say("Write down what you would like to speak about."))
    AgendaPoint.objects.create(mentorship=mentorship, text=text, written_at=now)
    record(actor, now, "agenda.add", mentorship)


@transaction.atomic
def remove_point(*, actor: Actor, mentorship_id: str, point_id: str, now: datetime) -> None:
    """The mentee takes one agenda point away again."""
    mentorship = active(actor, mentorship_id)
    if queries.is_mentor(actor, mentorship):
        raise Denied(say("The agenda is the mentee's."))
    gone, _ = mentorship.agenda.filter(pk=point_id, meeting=None).delete()
    if not gone:
        raise Conflict(say("This point is no longer on the agenda."))
    record(actor, now, "agenda.remove", mentorship)


@transaction.atomic
def log_contact(*, actor: Actor, mentorship_id: str, kind: str, now: datetime) -> str:
    """Log an informal contact of today in one tap. Returns its id."""
    mentorship = active(actor, mentorship_id)
    if kind not in CONTACT_MINUTES:
        raise Invalid(say("A contact is a corridor talk, a message or a call."))
    contact = Contact.objects.create(
        mentorship=mentorship,
        kind=kind,
        on_day=mentorship.program.today(now),
        minutes=CONTACT_MINUTES[kind],
        logged_by=queries.own_side(actor, mentorship),
        logged_at=now,
    )
    record(actor, now, "contact.log", contact)
    return contact.id


@transaction.atomic
def undo_contact(*, actor: Actor, mentorship_id: str, contact_id: str, now: datetime) -> None:
    """Take back a contact that one logged oneself within the last day."""
    mentorship = queries.mentorship_for(actor, mentorship_id, lock=True)
    mine = queries.own_side(actor, mentorship)
    contact = mentorship.contacts.filter(pk=contact_id, logged_by=mine, logged_at__gt=now - UNDO_TIME).first()
    if contact is None:
        raise Conflict(say("This can no longer be undone."))
    record(actor, now, "contact.undo", contact)
    contact.delete()
