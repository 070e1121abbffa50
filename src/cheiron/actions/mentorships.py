"""What the two of a pair do: answer, meet, write an agenda, log a contact, ask for a change."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from cheiron.actions._ledger import post, record
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict, Denied, Invalid
from cheiron.core.mentorships.lifecycle import (
    MeetingState,
    MentorshipState,
    advance_meeting,
    advance_mentorship,
)
from cheiron.core.operations import letters
from cheiron.core.text import Text, say
from cheiron.gateways.calendars import Appointment, Attendee, calendar_file
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.people import Enrollment, Member
from cheiron.queries import mentorships as queries
from cheiron.queries.people import coordinators_of, participants
from cheiron.queries.programs import program_for

DECLINE_REASONS = ("no-room", "not-my-field", "i-assess")
CONTACT_MINUTES = {"corridor": 10, "message": 5, "call": 15}
UNDO_TIME = timedelta(hours=24)


def _to_answer(actor: Actor, mentorship_id: str) -> Mentorship:
    mentorship = queries.mentorship_for(actor, mentorship_id, lock=True)
    if not queries.is_mentor(actor, mentorship):
        raise Denied(say("Only the mentor answers this."))
    if mentorship.state != MentorshipState.PROPOSED:
        raise Conflict(say("This has already been answered or has ended."))
    return mentorship


def _tell(
    mentorship: Mentorship,
    to: Member,
    kind: str,
    once: str,
    subject: Text,
    paragraphs: Iterable[Text],
    now: datetime,
    calendar: str = "",
) -> None:
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


@transaction.atomic
def accept_mentee(*, actor: Actor, mentorship_id: str, now: datetime) -> None:
    """The mentor says yes; the mentee hears it and books the first meeting."""
    mentorship = _to_answer(actor, mentorship_id)
    mentorship.state = advance_mentorship(MentorshipState(mentorship.state), MentorshipState.ACTIVE)
    mentorship.answered_at = now
    mentorship.save(update_fields=["state", "answered_at"])
    mentor = mentorship.mentor.member.name
    _tell(
        mentorship,
        mentorship.mentee.member,
        "accepted",
        "",
        say("%(mentor)s is your mentor", mentor=mentor),
        [
            say("%(mentor)s looks forward to meeting you.", mentor=mentor),
            say(
                "The next step is yours: propose a time for the first meeting, "
                "and write down what you want to speak about."
            ),
        ],
        now,
    )
    record(actor, now, "mentorship.accept", mentorship)


@transaction.atomic
def ask_mentee(*, actor: Actor, mentorship_id: str, question: str, now: datetime) -> None:
    """The mentor asks one question before answering."""
    mentorship = _to_answer(actor, mentorship_id)
    if not question.strip():
        raise Invalid(say("Write down what you would like to know."))
    if mentorship.question:
        raise Conflict(say("You have asked already. Accept or decline now; anything else you can ask when you meet."))
    mentorship.question = question.strip()[:1000]
    mentorship.save(update_fields=["question"])
    _tell(
        mentorship,
        mentorship.mentee.member,
        "question",
        "",
        say("%(mentor)s has a question", mentor=mentorship.mentor.member.name),
        [say("Before answering, your mentor would like to know something from you. It takes a minute.")],
        now,
    )
    record(actor, now, "mentorship.ask", mentorship)


@transaction.atomic
def answer_question(*, actor: Actor, mentorship_id: str, answer: str, now: datetime) -> None:
    """The mentee answers the mentor's question."""
    mentorship = queries.mentorship_for(actor, mentorship_id, lock=True)
    if queries.is_mentor(actor, mentorship):
        raise Denied(say("Only the mentee answers this."))
    if not mentorship.question or mentorship.question_answer or mentorship.state != MentorshipState.PROPOSED:
        raise Conflict(say("There is no open question."))
    if not answer.strip():
        raise Invalid(say("Write a sentence, however short."))
    mentorship.question_answer = answer.strip()[:1000]
    mentorship.save(update_fields=["question_answer"])
    _tell(
        mentorship,
        mentorship.mentor.member,
        "answer",
        str(now.timestamp()),
        say("%(mentee)s has answered", mentee=mentorship.mentee.member.name),
        [say("The answer stands on the page where you accept or decline.")],
        now,
    )
    record(actor, now, "mentorship.reply", mentorship)


@transaction.atomic
def decline_mentee(*, actor: Actor, mentorship_id: str, reason: str, now: datetime) -> None:
    """The mentor says no. The mentee reads only that no place is free, and goes back to the queue."""
    mentorship = _to_answer(actor, mentorship_id)
    mentorship.state = advance_mentorship(MentorshipState(mentorship.state), MentorshipState.DECLINED)
    mentorship.answered_at = mentorship.ended_at = now
    mentorship.decline_reason = reason if reason in DECLINE_REASONS else ""
    mentorship.save(update_fields=["state", "answered_at", "ended_at", "decline_reason"])
    _back_to_queue(mentorship, now)
    record(actor, now, "mentorship.decline", mentorship)


def _back_to_queue(mentorship: Mentorship, now: datetime) -> None:
    _tell(
        mentorship,
        mentorship.mentee.member,
        "back in the queue",
        "",
        say("%(program)s: we look for another mentor", program=mentorship.program.name),
        [
            say("%(mentor)s has no place free now.", mentor=mentorship.mentor.member.name),
            say("You are in the next round, and hear from us when it is matched. Nothing that you told us is lost."),
        ],
        now,
    )


@transaction.atomic
def lapse_overdue(*, actor: Actor, now: datetime) -> int:
    """Silence until the day to answer by is a no: the mentee returns to the queue. Returns how many."""
    if not actor.system:
        raise Denied(say("Only the worker does this."))
    overdue = queries.overdue(now)
    for mentorship in overdue:
        mentorship.state = advance_mentorship(MentorshipState(mentorship.state), MentorshipState.LAPSED)
        mentorship.ended_at = now
        mentorship.save(update_fields=["state", "ended_at"])
        _back_to_queue(mentorship, now)
        record(actor, now, "mentorship.lapse", mentorship)
    return len(overdue)


def _active(actor: Actor, mentorship_id: str) -> Mentorship:
    mentorship = queries.mentorship_for(actor, mentorship_id, lock=True)
    if mentorship.state != MentorshipState.ACTIVE:
        raise Conflict(say("This mentorship is not under way."))
    return mentorship


@transaction.atomic
def propose_meeting(
    *, actor: Actor, mentorship_id: str, starts_at: datetime, minutes: int, place: str, now: datetime
) -> str:
    """Propose a time; a proposal that still waits is replaced. Returns the meeting's id."""
    mentorship = _active(actor, mentorship_id)
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
    _tell(
        mentorship,
        other,
        "meeting proposed",
        meeting.id,
        say("%(name)s proposes to meet", name=me.name),
        [say("%(when)s, %(minutes)s minutes. %(place)s", when=_local(meeting), minutes=minutes, place=meeting.place)],
        now,
    )
    record(actor, now, "meeting.propose", meeting)
    return meeting.id


def _local(meeting: Meeting) -> str:
    zone = timezone.zoneinfo.ZoneInfo(meeting.mentorship.program.school.time_zone)
    return meeting.starts_at.astimezone(zone).strftime("%a %d %b %Y, %H:%M")


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
        _send_calendar(meeting, say("Your meeting is agreed"), now)
    else:
        proposer = queries.other_side(actor, meeting.mentorship).member
        text = say("The time does not suit. Propose another one.")
        _tell(meeting.mentorship, proposer, "meeting declined", meeting.id, say("Another time, please"), [text], now)
    record(actor, now, "meeting.answer", meeting, state=meeting.state)


def _send_calendar(meeting: Meeting, subject: Text, now: datetime) -> None:
    calendar = calendar_of(meeting)
    for enrollment in (meeting.mentorship.mentee, meeting.mentorship.mentor):
        _tell(
            meeting.mentorship,
            enrollment.member,
            "meeting",
            f"{meeting.id}:{meeting.sequence}:{enrollment.id}",
            subject,
            [
                say(
                    "%(when)s, %(minutes)s minutes. %(place)s",
                    when=_local(meeting),
                    minutes=meeting.minutes,
                    place=meeting.place,
                )
            ],
            now,
            calendar,
        )


def calendar_of(meeting: Meeting) -> str:
    """The meeting as an ``.ics`` file."""
    mentorship = meeting.mentorship
    mentee, mentor = mentorship.mentee.member, mentorship.mentor.member
    return calendar_file(
        Appointment(
            id=meeting.id,
            sequence=meeting.sequence,
            starts_at=meeting.starts_at,
            minutes=meeting.minutes,
            summary=gettext("%(mentee)s and %(mentor)s") % {"mentee": mentee.name, "mentor": mentor.name},
            place=meeting.place,
            organizer=Attendee(mentee.name, mentee.person.email),
            attendee=Attendee(mentor.name, mentor.person.email),
            stamped_at=meeting.changed_at,
            canceled=meeting.state == MeetingState.CANCELED,
        )
    )


@transaction.atomic
def cancel_meeting(*, actor: Actor, meeting_id: str, now: datetime) -> None:
    """Either of the two calls a meeting off; calendars that had it are told."""
    meeting = queries.meeting_for(actor, meeting_id, lock=True)
    was_agreed = meeting.state == MeetingState.AGREED
    meeting.state = advance_meeting(MeetingState(meeting.state), MeetingState.CANCELED)
    meeting.changed_at, meeting.sequence = now, meeting.sequence + 1
    meeting.save(update_fields=["state", "changed_at", "sequence"])
    if was_agreed:
        _send_calendar(meeting, say("Your meeting is called off"), now)
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
    mentorship = _active(actor, mentorship_id)
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
    mentorship = _active(actor, mentorship_id)
    if queries.is_mentor(actor, mentorship):
        raise Denied(say("The agenda is the mentee's."))
    gone, _ = mentorship.agenda.filter(pk=point_id, meeting=None).delete()
    if not gone:
        raise Conflict(say("This point is no longer on the agenda."))
    record(actor, now, "agenda.remove", mentorship)


@transaction.atomic
def log_contact(*, actor: Actor, mentorship_id: str, kind: str, now: datetime) -> str:
    """Log an informal contact of today in one tap. Returns its id."""
    mentorship = _active(actor, mentorship_id)
    if kind not in CONTACT_MINUTES:
        raise Invalid(say("A contact is a corridor talk, a message or a call."))
    contact = Contact.objects.create(
        mentorship=mentorship,
        kind=kind,
        on_day=mentorship.program.school.today(now),
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


@transaction.atomic
def ask_for_change(*, actor: Actor, mentorship_id: str, note: str, now: datetime) -> None:
    """Ask for another pairing: no reason needed, nobody blamed; only program staff are told."""
    mentorship = queries.mentorship_for(actor, mentorship_id, lock=True)
    mine = queries.own_side(actor, mentorship)
    if mentorship.state not in {MentorshipState.ACTIVE, MentorshipState.PROPOSED}:
        raise Conflict(say("This mentorship has ended already."))
    if mentorship.changes.filter(asked_by=mine, settled_at=None).exists():
        raise Conflict(say("You have asked already. The program's staff will write to you."))
    change = ChangeRequest.objects.create(mentorship=mentorship, asked_by=mine, note=note.strip()[:1000], asked_at=now)
    _tell_staff(mentorship, change, now)
    record(actor, now, "change.ask", change)


def _tell_staff(mentorship: Mentorship, change: ChangeRequest, now: datetime) -> None:
    """A request that nobody answers is worse than none: the coordinators are told that there is one."""
    text = say("Somebody asks for another pairing. Who and why stands on the program's page.")
    subject = say("%(program)s: a request for a change", program=mentorship.program.name)
    for coordinator in coordinators_of(mentorship.program):
        _tell(mentorship, coordinator, "change asked", f"{change.id}:{coordinator.id}", subject, [text], now)


@transaction.atomic
def settle_change(*, actor: Actor, change_id: str, end: bool, now: datetime) -> None:
    """Staff end the mentorship without fault, or note that the two go on. Both are told only of an end."""
    change = queries.change_for(actor, change_id, lock=True)
    if change.settled_at:
        raise Conflict(say("This request has been settled already."))
    change.settled_at = now
    change.save(update_fields=["settled_at"])
    if end:
        for mentorship in queries.open_mentorships(id=change.mentorship_id):  # none, if it ended in the meantime
            _end(mentorship, now)
    record(actor, now, "change.settle", change, end=end)


@transaction.atomic
def withdraw(*, actor: Actor, program_id: str, enrollment_id: str, now: datetime) -> None:
    """A participant leaves the program: what is open ends without fault, and both are told; what happened stays."""
    program = program_for(actor, program_id, Permission.PEOPLE_IMPORT, lock=True)
    enrollment = participants(program).filter(pk=enrollment_id).first()
    if enrollment is None:
        raise Conflict(say("This person does not take part any more."))
    for mentorship in queries.open_mentorships(of=enrollment.id):
        _end(mentorship, now)
    Enrollment.objects.filter(pk=enrollment.pk).update(left_at=now)
    record(actor, now, "people.withdraw", enrollment)


def _end(mentorship: Mentorship, now: datetime) -> None:
    mentorship.state = advance_mentorship(MentorshipState(mentorship.state), MentorshipState.ENDED)
    mentorship.ended_at = now
    mentorship.save(update_fields=["state", "ended_at"])
    for enrollment in (mentorship.mentee, mentorship.mentor):
        _tell(
            mentorship,
            enrollment.member,
            "ended",
            enrollment.id,
            say("%(program)s: this mentorship has ended", program=mentorship.program.name),
            [_good_ending(mentorship, enrollment)],
            now,
        )


def _good_ending(mentorship: Mentorship, enrollment: Enrollment) -> Text:
    if enrollment.id == mentorship.mentee_id:
        return say("Thank you for the way you went together. You are in the next round.")
    return say("Thank you for the time that you gave. The place is yours again, for whomever you choose.")
