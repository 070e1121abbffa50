"""Programs in which people join, leave and pause at any time: the next date, and a place that is filled by a chain."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from cheiron.actions._ledger import post, record
from cheiron.actions._next_best import propose, to_mentor, to_waiting_mentee
from cheiron.actions._pairs import finish
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict
from cheiron.core.operations.letters import Draft, notice
from cheiron.core.programs.waiting import check_next_match
from cheiron.core.text import say
from cheiron.models.mentorships import Mentorship
from cheiron.queries.programs import program_for
from cheiron.queries.vacancies import Vacancy, vacancies_of


@transaction.atomic
def set_next_match(*, actor: Actor, program_id: str, on: date | None, now: datetime) -> None:
    """When those who wait are matched next; none leaves it open. Everybody who waits reads it at once."""
    program = program_for(actor, program_id, Permission.PROGRAM_EDIT, lock=True)
    check_next_match(on, program.today(now), program.ends_on)
    program.next_match_on = on
    program.save(update_fields=["next_match_on"])
    record(actor, now, "program.next-match", program, on=on.isoformat() if on else "")


@transaction.atomic
def fill_vacancy(*, actor: Actor, program_id: str, seal: str, now: datetime) -> None:
    """Carry out one chain as it was shown: unanswered proposals move, and somebody who waits is proposed."""
    program = program_for(actor, program_id, Permission.ROUND_PUBLISH, lock=True)
    chain = next((one for one in vacancies_of(program, program.today(now)) if one.seal == seal), None)
    if chain is None:
        raise Conflict(say("This has changed since it was shown. Look at the page again."))
    post(list(_carried_out(chain, now)), program_id=program.id, now=now)
    record(actor, now, "vacancy.fill", program, moved=chain.moved)


def _carried_out(chain: Vacancy, now: datetime) -> Iterator[Draft]:
    """The proposals of a chain, each in its order, and who is told what."""
    for step in chain.steps:
        if step.old is not None:
            finish(step.old, now)
        made = propose(step.next, now)
        yield to_mentor(made)
        yield to_waiting_mentee(made)
        if step.old is not None:
            yield _withdrawn(step.old)


def _withdrawn(old: Mentorship) -> Draft:
    """To the mentor whose proposal has moved: nothing is to be answered any more."""
    mentor, mentee = old.mentor.member, old.mentee.member.name
    return notice(
        kind="proposal moved",
        once=f"proposal moved:{old.id}",
        person=mentor.person_id,
        name=mentor.name,
        subject=say("%(program)s: no answer needed about %(mentee)s", program=old.program.name, mentee=mentee),
        paragraphs=(
            say("You need not answer about %(mentee)s any more. We have asked somebody else.", mentee=mentee),
            say("A place had to be found for more people. It says nothing about you, and your places stay yours."),
        ),
    )
