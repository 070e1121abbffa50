"""What follows a no or silence: the mentee goes on to the next best or back to the queue, and everybody is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format

from cheiron.actions._ledger import post
from cheiron.actions.matching import reason_json
from cheiron.core.operations.letters import Draft, letter, notice, proposal_to_mentee, proposal_to_mentor
from cheiron.core.text import Text, say
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment
from cheiron.queries.next_best import Next, next_for
from cheiron.queries.people import coordinators_of
from cheiron.queries.programs import model_of


def send_on(mentorship: Mentorship, what: Text, now: datetime) -> None:
    """Propose the next best where the program says so; tell the mentee, that mentor, and the coordinators."""
    found = None
    if mentorship.program.next_best_at_once:
        found = next_for(mentorship.program, mentorship.role, {mentorship.mentee_id}, now).get(mentorship.mentee_id)
    asked = propose(found, now) if found else None
    letters = [_to_mentee(mentorship, asked), *_to_coordinators(mentorship, asked, what)]
    if asked:
        letters.append(to_mentor(asked))
    post(letters, program_id=mentorship.program_id, now=now)


def propose(found: Next, now: datetime) -> Mentorship:
    """A proposal to the next best, with the program's usual time to answer; its letters are the caller's."""
    program = found.round.program
    days = model_of(program).rhythm.answer_within_days
    made = Mentorship.objects.create(
        program=program,
        round=found.round,
        mentee_id=found.pair.mentee,
        mentor_id=found.pair.mentor,
        role=found.round.role,
        score=found.pair.score,
        reason=reason_json(found.people, found.pair),
        proposed_at=now,
        answer_by=program.today(now) + timedelta(days=days),
    )
    return Mentorship.objects.select_related("program", "mentee__member", "mentor__member").get(pk=made.pk)


def to_mentor(asked: Mentorship) -> Draft:
    """The proposal, as after a round."""
    return proposal_to_mentor(**_common(asked, asked.mentor), mentees=(asked.mentee.member.name,))


def to_waiting_mentee(asked: Mentorship) -> Draft:
    """Who has been asked, to a mentee who has already heard of the no."""
    return proposal_to_mentee(**_common(asked, asked.mentee), mentor=asked.mentor.member.name)


def _common(asked: Mentorship, reader: Enrollment) -> dict:
    return {
        "mentorship": asked.id,
        "person": reader.member.person_id,
        "name": reader.member.name,
        "program": asked.program.name,
        "answer_by": date_format(asked.answer_by, "l j F"),
        "role": model_of(asked.program).sought_title(asked.role),
    }


def _to_mentee(mentorship: Mentorship, asked: Mentorship | None) -> Draft:
    member = mentorship.mentee.member
    told = {"person": member.person_id, "name": member.name, "program": mentorship.program.name}
    told |= {"once": mentorship.id, "mentor": mentorship.mentor.member.name}
    if asked is None:
        return letter("back in the queue", **told)
    day = date_format(asked.answer_by, "l j F")
    return letter("next best", **told, next=asked.mentor.member.name, day=day)


def _to_coordinators(mentorship: Mentorship, asked: Mentorship | None, what: Text) -> Iterator[Draft]:
    """What happened, and what is left to do: nothing, or one button."""
    mentee, program = mentorship.mentee.member.name, mentorship.program
    if asked:
        then = say("%(mentee)s has been proposed to %(next)s.", mentee=mentee, next=asked.mentor.member.name)
    else:
        then = say("%(mentee)s waits. Who comes next, if anybody, stands on the page of those who wait.", mentee=mentee)
    for coordinator in coordinators_of(program):
        yield notice(
            kind="returned",
            once=f"returned:{mentorship.id}:{coordinator.id}",
            person=coordinator.person_id,
            name=coordinator.name,
            subject=say("%(program)s: %(mentee)s needs another mentor", program=program.name, mentee=mentee),
            paragraphs=(what, then),
            page=reverse("queue", args=[program.id]),
        )
