"""Whoever waits is not forgotten: the coordinators hear of it, at most once a day."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from cheiron.actions._ledger import post
from cheiron.core.access import Role
from cheiron.core.operations.letters import Draft, notice
from cheiron.core.programs.waiting import NextMatch
from cheiron.core.text import say, say_n
from cheiron.models.ledger import Letter
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program
from cheiron.queries.people import coordinators_of
from cheiron.queries.waiting import next_match_of, published_at, who_waits


def tell_who_waits(enrollment: Enrollment, now: datetime) -> None:
    """Tell the coordinators that a mentee waits for whom no date is set. Before a first round nobody need be told."""
    program = enrollment.program
    waits = enrollment.role == Role.MENTEE and published_at(program) is not None
    if waits and next_match_of(program, now) is not NextMatch.SET:
        post(list(_letters(program, now)), program_id=program.id, now=now)


def _letters(program: Program, now: datetime) -> Iterator[Draft]:
    count = len({one.mentee for one in who_waits(program, now)})
    told = say_n(
        "One person waits for a match in %(program)s, and no date is set for the next one.",
        "%(count)s people wait for a match in %(program)s, and no date is set for the next one.",
        count,
        program=program.name,
    )
    coordinators, day = list(coordinators_of(program)), program.today(now).isoformat()
    once = {one.id: f"waiting:{program.id}:{one.id}:{day}" for one in coordinators}
    written = set(Letter.objects.filter(once__in=once.values()).values_list("once", flat=True))
    then = say("Set a date, open a round, or look at what the free places can do: the page of those who wait has all.")
    for coordinator in coordinators if count else ():
        if once[coordinator.id] not in written:
            yield notice(
                kind="waiting",
                once=once[coordinator.id],
                person=coordinator.person_id,
                name=coordinator.name,
                subject=say("%(program)s: somebody waits for a match", program=program.name),
                paragraphs=(told, then),
                page=reverse("queue", args=[program.id]),
            )
