"""What the free places of a program could do for those who wait, if proposals that nobody has answered may move."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from cheiron.core.access import Role
from cheiron.core.errors import Invalid
from cheiron.core.matching.network.problem import MENTOR, network_of
from cheiron.core.matching.problem import NO_EDGE, Mentor, Method, Problem
from cheiron.core.matching.rematch import Breaking, Chain, Policy, Seat, chain_text, rematch
from cheiron.core.matching.result import Pair, PairState
from cheiron.core.mentorships.lifecycle import MentorshipState
from cheiron.core.programs.lifecycle import ProgramState
from cheiron.core.text import Text
from cheiron.models.mentorships import Mentorship
from cheiron.models.programs import Program
from cheiron.queries.entrants import waiting_mentees
from cheiron.queries.kept import kept
from cheiron.queries.matching import Field, field_among, problem_of, too_large
from cheiron.queries.next_best import Next, last_published, tired_mentors
from cheiron.queries.programs import model_of


@dataclass(frozen=True)
class Step:
    """One who is to be proposed to somebody; ``old`` is the proposal that this replaces, none for who waited."""

    next: Next
    mentee_name: str
    mentor_name: str
    old: Mentorship | None


@dataclass(frozen=True)
class Vacancy:
    """A chain of proposals: each takes the place that the one before leaves. ``seal`` says which chain was shown."""

    role_title: str
    steps: tuple[Step, ...]
    text: Text
    seal: str

    @property
    def waited(self) -> str:
        """The name of the one who gets a proposal after waiting."""
        return self.steps[-1].mentee_name

    @property
    def moved(self) -> int:
        """How many proposals are moved."""
        return len(self.steps) - 1


@kept(most=16)
def vacancies_of(program: Program, today: date) -> list[Vacancy]:
    """What could be proposed now, role by role, shortest chains first. Pairs under way are no part of it.

    As many who wait as possible get a proposal; a proposal moves only where otherwise fewer would. Who has one keeps
    one. By the weights and rules of the last published round, without its locks; nobody is asked who has stayed
    silent, or had no room, since it was published. Nothing is said of programs too large to be matched in one round.
    """
    model = model_of(program)
    if program.state != ProgramState.OPEN:
        return []
    found = [one for role, _ in model.sought for one in _of_role(program, role, model.sought_title(role), today)]
    return sorted(found, key=lambda one: (len(one.steps), one.role_title, one.steps[-1].mentee_name, one.seal))


def _of_role(program: Program, role: str, title: str, today: date) -> list[Vacancy]:
    round = last_published(program, role)
    movable = {pair.mentee_id: pair for pair in _movable(program, role)} if round else {}
    waiting = waiting_mentees(program, role).filter(sheet__finished_at__isnull=False)
    if round is None or not waiting.exists():
        return []
    rows = program.enrollments.filter(Q(pk__in=waiting.values("pk")) | Q(pk__in=movable), role=Role.MENTEE)
    people = field_among(round, today, rows.filter(left_at=None, sheet__isnull=False))
    if too_large(people):
        return []
    problem = _with_movable(problem_of(round, people), people, movable, tired_mentors(round))
    standing = [(key, pair.mentor_id, MENTOR) for key, pair in movable.items() if key in people.mentees]
    chains = _chains(problem, standing)
    scores = {key: row for row, key in enumerate(problem.mentees)}
    columns = {mentor.id: column for column, mentor in enumerate(problem.mentors)}

    def step(mentee: str, mentor: str) -> Step:
        score = int(problem.scores[scores[mentee], columns[mentor]])
        next_ = Next(round, people, Pair(mentee, mentor, score, PairState.PLACED))
        return Step(next_, people.mentees[mentee].name, people.mentors[mentor].name, movable.get(mentee))

    return [
        Vacancy(title, tuple(step(move.mentee, move.to) for move in chain), chain_text(chain), _seal(chain, movable))
        for chain in chains
    ]


def _movable(program: Program, role: str) -> list[Mentorship]:
    """Proposals that nobody has answered or asked about; everything else has begun."""
    rows = Mentorship.objects.filter(program=program, role=role, state=MentorshipState.PROPOSED, question="")
    return list(rows.select_related("program", "mentee__member", "mentor__member").order_by("id"))


def _with_movable(problem: Problem, people: Field, movable: Mapping[str, Mentorship], tired: set[str]) -> Problem:
    """With the places that the movable proposals hold, and without the rule that nobody meets twice for these pairs.

    Who pauses, is tired or has fewer places than pairs keeps what they have and is offered nobody else.
    """
    pairs = {(key, pair.mentor_id) for key, pair in movable.items() if key in problem.mentees}
    held = Counter(mentor for _, mentor in pairs)
    closed = {key for key, one in people.mentors.items() if one.resting or one.free < 0} | tired
    mentors = (Mentor(one.id, (0 if one.id in closed else one.capacity) + held[one.id]) for one in problem.mentors)
    forbids = tuple(one for one in problem.forbids if (one.mentee, one.mentor) not in pairs)
    scores = problem.scores.copy()
    for column, mentor in enumerate(problem.mentors):
        if mentor.id in closed:
            others = [row for row, key in enumerate(problem.mentees) if (key, mentor.id) not in pairs]
            scores[others, column] = NO_EDGE
    return replace(
        problem,
        mentors=tuple(mentors), scores=scores, forbids=forbids, pins=(), method=Method.WEIGHTED, orders=None,
    )  # fmt: skip


def _chains(problem: Problem, standing: list[Seat]) -> tuple[Chain, ...]:
    """Those chains at whose end somebody who waits is proposed; none where the problem is too large to say."""
    if not problem.mentees or not problem.mentors:
        return ()
    try:
        found = rematch(network_of(problem), standing, Policy(Breaking.FOR_ONE_MORE))
    except Invalid:
        return ()
    return tuple(chain for chain in found.chains if not chain[-1].left and all(move.to for move in chain))


def _seal(chain: Chain, movable: Mapping[str, Mentorship]) -> str:
    told = [(move.mentee, move.to, movable[move.mentee].id if move.mentee in movable else "") for move in chain]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:20]
