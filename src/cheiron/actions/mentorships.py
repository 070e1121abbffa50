"""What the two of a pair and their staff decide: accept, ask, decline, change, end."""

from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format

from cheiron.actions._ledger import post, record
from cheiron.actions._next_best import propose, send_on, to_mentor, to_waiting_mentee
from cheiron.actions._pairs import finish, tell
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict, Denied, Invalid
from cheiron.core.mentorships.deadlines import Reminder
from cheiron.core.mentorships.lifecycle import (
    MentorshipState,
    advance_mentorship,
)
from cheiron.core.operations.letters import Draft, letter
from cheiron.core.text import say
from cheiron.models.mentorships import ChangeRequest, Mentorship
from cheiron.models.people import Enrollment
from cheiron.queries import mentorships as queries
from cheiron.queries.endings import ending_letters, left_letter
from cheiron.queries.next_best import next_for
from cheiron.queries.people import coordinators_of, participants
from cheiron.queries.programs import model_of, program_for

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
    post([_accepted(mentorship)], program_id=mentorship.program_id, now=now)
    record(actor, now, "mentorship.accept", mentorship)


def _accepted(mentorship: Mentorship) -> Draft:
    member = mentorship.mentee.member
    told = {"program": mentorship.program.name, "mentor": mentorship.mentor.member.name}
    return letter("accepted", once=mentorship.id, person=member.person_id, name=member.name, **told)


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
    """The mentor says no. The mentee reads only that no place is free, and goes to the next best or the queue."""
    mentorship = _to_answer(actor, mentorship_id)
    mentorship.state = advance_mentorship(MentorshipState(mentorship.state), MentorshipState.DECLINED)
    mentorship.answered_at = mentorship.ended_at = now
    mentorship.decline_reason = reason if reason in DECLINE_REASONS else ""
    mentorship.save(update_fields=["state", "answered_at", "ended_at", "decline_reason"])
    what = say("%(mentor)s has declined %(mentee)s.", **_names(mentorship))
    send_on(mentorship, what, now)
    record(actor, now, "mentorship.decline", mentorship)


def _names(mentorship: Mentorship) -> dict[str, str]:
    return {"mentor": mentorship.mentor.member.name, "mentee": mentorship.mentee.member.name}


@transaction.atomic
def lapse_overdue(*, actor: Actor, now: datetime, most: int = 50) -> int:
    """Silence until the day to answer by is a no: the mentee goes to the next best or the queue. Returns how many.

    At most so many at once, so that nobody else waits long for the database; the worker comes again in seconds.
    """
    if not actor.system:
        raise Denied(say("Only the worker does this."))
    overdue = queries.overdue(now)[:most]
    for mentorship in overdue:
        mentorship.state = advance_mentorship(MentorshipState(mentorship.state), MentorshipState.LAPSED)
        mentorship.ended_at = now
        mentorship.save(update_fields=["state", "ended_at"])
    for mentorship in overdue:
        what = say("%(mentor)s has not answered in time about %(mentee)s.", **_names(mentorship))
        send_on(mentorship, what, now)
        post([_missed(mentorship)], program_id=mentorship.program_id, now=now)
        record(actor, now, "mentorship.lapse", mentorship)
    return len(overdue)


def _missed(mentorship: Mentorship) -> Draft:
    """A kind word to whoever did not answer."""
    member = mentorship.mentor.member
    told = {"program": mentorship.program.name, "mentees": (mentorship.mentee.member.name,)}
    return letter("missed", once=mentorship.id, person=member.person_id, name=member.name, **told)


@transaction.atomic
def remind_mentors(*, actor: Actor, now: datetime) -> int:
    """Remind each mentor half-way and a day before the date, at most once each. Returns how many."""
    if not actor.system:
        raise Denied(say("Only the worker does this."))
    due = queries.to_remind(now)
    for mentorship, reminder in due:
        post([_reminder(mentorship, reminder)], program_id=mentorship.program_id, now=now)
        record(actor, now, "mentorship.remind", mentorship, reminder=reminder)
    return len(due)


def _reminder(mentorship: Mentorship, reminder: Reminder) -> Draft:
    member = mentorship.mentor.member
    return letter(
        "reminder answer",
        once=f"{mentorship.id}:{reminder}",
        person=member.person_id,
        name=member.name,
        program=mentorship.program.name,
        mentees=(mentorship.mentee.member.name,),
        day=date_format(mentorship.answer_by, "l j F"),
    )


@transaction.atomic
def ask_next_best(*, actor: Actor, program_id: str, mentee: str, mentor: str, now: datetime) -> None:
    """Propose the next best to a mentee who is back in the queue, if it is still the one that was shown."""
    program = program_for(actor, program_id, Permission.ROUND_PUBLISH, lock=True)
    nexts = (next_for(program, role, {mentee}, now).get(mentee) for role, _ in model_of(program).sought)
    found = next((one for one in nexts if one is not None and one.pair.mentor == mentor), None)
    if found is None:
        raise Conflict(say("This is no longer the next best for this mentee. Look at the page again."))
    made = propose(found, now)
    post([to_mentor(made), to_waiting_mentee(made)], program_id=program.id, now=now)
    record(actor, now, "mentorship.propose", made)


@transaction.atomic
def set_next_best(*, actor: Actor, program_id: str, at_once: bool, now: datetime) -> None:
    """Whether after a no or silence the next best is asked at once, or waits for a coordinator."""
    program = program_for(actor, program_id, Permission.PROGRAM_EDIT, lock=True)
    program.next_best_at_once = at_once
    program.save(update_fields=["next_best_at_once"])
    record(actor, now, "program.next-best", program, at_once=at_once)


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
    pairs = list(queries.open_mentorships(of=enrollment.id))
    for mentorship in pairs:
        finish(mentorship, now)
    letters = [draft for pair in pairs for draft in ending_letters(pair, {enrollment.id})]
    post([left_letter(program, enrollment, now.isoformat()), *letters], program_id=program.id, now=now)
    Enrollment.objects.filter(pk=enrollment.pk).update(left_at=now)
    record(actor, now, "people.withdraw", enrollment)


def _end(mentorship: Mentorship, now: datetime) -> None:
    finish(mentorship, now)
    post(ending_letters(mentorship), program_id=mentorship.program_id, now=now)
