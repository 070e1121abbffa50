"""Mentees whose mentor said no or nothing: who they are, and who is the next best for each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from cheiron.core.access import Actor, Permission
from cheiron.core.matching.lifecycle import RoundState
from cheiron.core.matching.next_best import next_best
from cheiron.core.matching.result import Pair, PairState
from cheiron.core.mentorships.lifecycle import MentorshipState
from cheiron.core.programs.lifecycle import ProgramState
from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.programs import Program
from cheiron.queries.entrants import waiting_mentees
from cheiron.queries.matching import Field, field_of, problem_of
from cheiron.queries.programs import model_of, program_for
from cheiron.queries.waiting import Waits, who_waits


@dataclass(frozen=True)
class Next:
    """The next best mentor for one mentee, by the rules and weights of the last published round."""

    round: Round
    people: Field
    pair: Pair


def last_published(program: Program, role: str) -> Round | None:
    """The round whose weights and rules say who comes next."""
    rows = Round.objects.filter(program=program, role=role, state=RoundState.PUBLISHED).select_related(
        "program__school"
    )
    return rows.order_by("-published_at").first()


def next_for(program: Program, role: str, mentees: Collection[str], now: datetime) -> Mapping[str, Next]:
    """For each of these mentees who waits for this role the next best mentor with a free place.

    Never somebody who was paired with the mentee before, or whom a rule or a decision by hand of the round keeps
    apart from them; and nobody who has stayed silent, or had no room, since the round was published.
    """
    round = last_published(program, role) if program.state == ProgramState.OPEN else None
    if round is None or not mentees:
        return {}
    people = field_of(round, round.program.today(now))
    people = replace(people, mentees={key: one for key, one in people.mentees.items() if key in mentees})
    found = next_best(problem_of(round, people), tired_mentors(round))
    return {
        mentee: Next(round, people, Pair(mentee, mentor, score, PairState.PLACED))
        for mentee, (mentor, score) in found.items()
    }


def tired_mentors(round: Round) -> set[str]:
    """Mentors who had no room or said nothing since the round was published."""
    silent = Q(state=MentorshipState.LAPSED) | Q(state=MentorshipState.DECLINED, decline_reason="no-room")
    rows = Mentorship.objects.filter(silent, program=round.program_id, ended_at__gte=round.published_at)
    return set(rows.values_list("mentor", flat=True))


@dataclass(frozen=True)
class Returned:
    """A mentee who is back in the queue, and who could be asked."""

    mentee: str
    name: str
    role: str
    role_title: str
    last_mentor: str
    since: datetime
    mentor: str
    mentor_name: str
    score: int | None


@dataclass(frozen=True)
class Queue:
    """Who waits for an answer, and who is back after a no."""

    program: Program
    asked: list[Mentorship]
    returned: list[Returned]
    waits: list[Waits]
    """Everybody who has nobody for a role, those who are back too, the longest waiting first."""


def queue_for(actor: Actor, program_id: str, now: datetime) -> Queue:
    """The page of those who wait, for staff who may see pairs."""
    program = program_for(actor, program_id, Permission.PAIRS_VIEW)
    people = ("mentee__member", "mentor__member")
    asked = Mentorship.objects.filter(program=program, state=MentorshipState.PROPOSED).select_related(*people)
    return Queue(
        program,
        list(asked.order_by("answer_by", "mentee__member__name", "id")),
        _returned(program, now),
        who_waits(program, now),
    )


def _returned(program: Program, now: datetime) -> list[Returned]:
    """Longest waiting first: whoever had a pair in a role, has none now, and takes part."""
    model = model_of(program)
    found = []
    for role, _title in model.sought:
        last = _last_pairs(program, role)
        nexts = next_for(program, role, last.keys(), now)
        title = model.sought_title(role)
        found += [_back(pair, title, nexts.get(mentee)) for mentee, pair in last.items()]
    return sorted(found, key=lambda one: (one.since, one.name))


def _last_pairs(program: Program, role: str) -> dict[str, Mentorship]:
    """By mentee who waits for this role the pair that ended last."""
    waiting = waiting_mentees(program, role).values("pk")
    rows = Mentorship.objects.filter(program=program, role=role, mentee__in=waiting)
    rows = rows.select_related("mentee__member", "mentor__member").only(*_READ).order_by("ended_at", "id")
    return {pair.mentee_id: pair for pair in rows}


_READ = ("role", "ended_at", "mentee__member__name", "mentor__member__name")


def _back(pair: Mentorship, title: str, found: Next | None) -> Returned:
    return Returned(
        mentee=pair.mentee_id,
        name=pair.mentee.member.name,
        role=pair.role,
        role_title=title,
        last_mentor=pair.mentor.member.name,
        since=pair.ended_at,
        mentor=found.pair.mentor if found else "",
        mentor_name=found.people.mentors[found.pair.mentor].name if found else "",
        score=found.pair.score if found else None,
    )
