"""The change of year: a program is closed once, and everybody hears what it means for them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cheiron.actions._ledger import post, record
from cheiron.actions._pairs import call_off
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict
from cheiron.core.mentorships.lifecycle import OPEN, MeetingState, MentorshipState, advance_mentorship
from cheiron.core.programs.lifecycle import ProgramState, advance_program
from cheiron.core.text import say
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Meeting, Mentorship
from cheiron.models.people import Enrollment, JoinLink
from cheiron.models.programs import IntakeSheet, Program
from cheiron.queries import year as queries


@transaction.atomic
def close_program(*, actor: Actor, program_id: str, into: str, ends: Iterable[str], seal: str, now: datetime) -> int:
    """Close a program as its preview said: ``seal`` is that of the preview. Returns the number of letters."""
    plan = queries.closing_for(actor, program_id, now, into=into, ends=ends, lock=True)
    if plan.seal != seal:
        raise Conflict(say("Something has changed since this preview. Look at the letters anew, then close."))
    if plan.asking:
        raise Conflict(say("People ask to take part and wait for an answer. Answer them first, on the page People."))
    program = plan.program
    parts = {moved.enrollment.id: _bring(moved, plan.into, now) for moved in plan.staying} if plan.into else {}
    for pair in plan.carried:
        _go_on(pair, plan.into, parts, now)
    for pair in (*plan.ended, *plan.withdrawn):
        _end(pair, now)
        call_off(pair, now)
    ChangeRequest.objects.filter(mentorship__program=program, settled_at=None).update(settled_at=now)
    Enrollment.objects.filter(pk__in=[one.enrollment.pk for one in plan.people]).update(left_at=now)
    JoinLink.objects.filter(program=program, closed_at=None).update(closed_at=now)
    program.state = advance_program(ProgramState(program.state), ProgramState.CLOSED)
    program.closed_at = now
    program.save(update_fields=["state", "closed_at"])
    sent = post(plan.letters, program_id=program.id, now=now)
    counts = {"stay": len(plan.staying), "leave": len(plan.leaving), "carried": len(plan.carried)}
    record(actor, now, "program.close", program, into=plan.into.id if plan.into else "", letters=sent, **counts)
    return sent


BROUGHT = ("about", "statement", "capacity", "listed", "paused_until", "finished_at")
"""What of a sheet comes along besides its facts."""


def _bring(moved: queries.Moved, into: Program, now: datetime) -> Enrollment:
    """The person's part in the other program, with what they told us and a class year later."""
    row = moved.enrollment
    joined = now if row.joined_at else None
    given = {"invited_at": row.invited_at, "joined_at": joined}
    part, made = Enrollment.objects.get_or_create(member=row.member, program=into, role=row.role, defaults=given)
    if part.left_at:
        Enrollment.objects.filter(pk=part.pk).update(left_at=None)
    sheet = getattr(row, "sheet", None)
    if sheet and (made or not IntakeSheet.objects.filter(enrollment=part).exists()):
        facts = {**sheet.facts, **({"stage": moved.year} if moved.year else {})}
        IntakeSheet.objects.create(
            enrollment=part,
            facts=facts,
            **{name: getattr(sheet, name) for name in BROUGHT},
        )
    return part


def _end(pair: Mentorship, now: datetime) -> None:
    pair.state = advance_mentorship(MentorshipState(pair.state), MentorshipState.ENDED)
    pair.ended_at = now
    pair.save(update_fields=["state", "ended_at"])


def _go_on(pair: Mentorship, next_program: Program, parts: dict[str, Enrollment], now: datetime) -> None:
    """The same two in the other program: what has happened stays where it was, what lies ahead goes along."""
    mentee, mentor = parts[pair.mentee_id], parts[pair.mentor_id]
    told = {"program": next_program, "role": pair.role, "score": pair.score, "reason": pair.reason, "proposed_at": now}
    new, _made = Mentorship.objects.get_or_create(  # a list may have brought the running pair already
        mentee=mentee,
        mentor=mentor,
        state__in=sorted(OPEN),
        defaults={**told, "state": MentorshipState.ACTIVE, "answer_by": next_program.today(now), "answered_at": now},
    )
    _end(pair, now)
    ahead = Meeting.objects.filter(
        mentorship=pair, state__in=[MeetingState.PROPOSED, MeetingState.AGREED], starts_at__gt=now
    )
    moved = [meeting.id for meeting in ahead]
    for own, part in ((pair.mentee_id, mentee), (pair.mentor_id, mentor)):
        Meeting.objects.filter(pk__in=moved, proposed_by=own).update(proposed_by=part)
    Meeting.objects.filter(pk__in=moved).update(mentorship=new)
    AgendaPoint.objects.filter(mentorship=pair, meeting=None).update(mentorship=new)
