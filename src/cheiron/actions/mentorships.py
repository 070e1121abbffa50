"""What the two of a pair and their staff decide: accept, ask, decline, change, end."""

from datetime import datetime

from django.db import transaction

from cheiron.actions._ledger import record
from cheiron.actions._pairs import call_off, tell
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict, Denied, Invalid
from cheiron.core.mentorships.lifecycle import (
    MentorshipState,
    advance_mentorship,
)
from cheiron.core.text import Text, say
from cheiron.models.mentorships import ChangeRequest, Mentorship
from cheiron.models.people import Enrollment
from cheiron.queries import mentorships as queries
from cheiron.queries.people import coordinators_of, participants
from cheiron.queries.programs import program_for

DECLINE_REASONS = ("no-room", "not-my-field", "i-assess")


def _to_answer(actor: Actor, mentorship_id: str) -> Mentorship:
    mentorship = queries.mentorship_for(actor, mentorship_id, lock=True)
    if not queries.is_mentor(actor, mentorship):
        raise Denied(say("Only the mentor answers this."))
    if mentorship.state != MentorshipState.PROPOSED:
        raise Conflict(say("This has already been answered or has ended."))
    return mentorship


@transaction.atomic
def accept_mentee(*, actor: Actor, mentorship_id: str, now: datetime) -> None:
    """The mentor says yes; the mentee hears it and books the first meeting."""
    mentorship = _to_answer(actor, mentorship_id)
    mentorship.state = advance_mentorship(MentorshipState(mentorship.state), MentorshipState.ACTIVE)
    mentorship.answered_at = now
    mentorship.save(update_fields=["state", "answered_at"])
    mentor = mentorship.mentor.member.name
    tell(
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
    tell(
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
    tell(
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
    tell(
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
        tell(mentorship, coordinator, "change asked", f"{change.id}:{coordinator.id}", subject, [text], now)


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
    call_off(mentorship, now)
    for enrollment in (mentorship.mentee, mentorship.mentor):
        tell(
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
