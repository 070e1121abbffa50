"""Small rounds for the tests of matching: strategies, and two oracles that share nothing with the solver."""

import math
from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from cheiron.core.matching.components import Participant, Statement
from cheiron.core.matching.problem import NO_EDGE, Forbid, Mentor, Pin, Problem, Rule, eligible_pairs
from cheiron.core.matching.result import Result
from cheiron.core.people.facts import Facts

STAGES = ("student", "resident", "fellow", "assistant", "associate", "professor", "chair")


def round_of(
    scores: list[list[int]],
    capacities: list[int],
    forbids: tuple[Forbid, ...] = (),
    pins: tuple[Pin, ...] = (),
    seed: int = 0,
) -> Problem:
    """Mentees S0, S1, ... and mentors M0, M1, ..."""
    mentees = tuple(f"S{row}" for row in range(len(scores)))
    mentors = tuple(Mentor(f"M{column}", capacity) for column, capacity in enumerate(capacities))
    return Problem(mentees, mentors, np.array(scores), forbids, pins, seed)


@st.composite
def problems(draw: st.DrawFn, mentees: int = 9, mentors: int = 6, locks: bool = True) -> Problem:
    """Valid rounds with few distinct scores (so that ties abound), rules, pauses and locks."""
    n, m = draw(st.integers(1, mentees)), draw(st.integers(1, mentors))
    score = st.sampled_from((NO_EDGE, 0, 250_000, 500_000, 500_001, 1_000_000))
    scores = [[draw(score) for _ in range(m)] for _ in range(n)]
    capacities = [draw(st.integers(0, 3)) for _ in range(m)]
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, m - 1))
    ruled_out = set(draw(st.lists(pairs, max_size=n)))
    forbids = tuple(Forbid(f"S{row}", f"M{column}", draw(st.sampled_from(Rule))) for row, column in sorted(ruled_out))
    wanted = draw(st.dictionaries(st.integers(0, n - 1), st.integers(0, m - 1), max_size=3)) if locks else {}
    pins, left = [], list(capacities)
    for row, column in wanted.items():
        if left[column] > 0 and (row, column) not in ruled_out:
            left[column] -= 1
            pins.append(Pin(f"S{row}", f"M{column}"))
    return round_of(scores, capacities, forbids, tuple(pins), draw(st.integers(0, 5)))


def value(result: Result) -> tuple[int, int]:
    """What is made as large as possible, in this order."""
    return len(result.pairs), sum(pair.score for pair in result.pairs)


def best_by_scipy(problem: Problem) -> tuple[int, int]:
    """Placed and total of the best choice: one column for each seat, locks by a worth above everything."""
    n = len(problem.mentees)
    seats = np.repeat(np.arange(len(problem.mentors)), [mentor.capacity for mentor in problem.mentors])
    worth = np.where(eligible_pairs(problem), problem.scores + 1.0 + n * 1_000_000, 0)
    for row, column in locked(problem):
        worth[row, column] = max(0, problem.scores[row, column]) + 1e12
    rows, chosen = linear_sum_assignment(worth[:, seats], maximize=True)
    pairs = [(row, column) for row, column in zip(rows, seats[chosen], strict=True) if worth[row, column] > 0]
    return len(pairs), sum(max(0, int(problem.scores[pair])) for pair in pairs)


def best_by_trying(problem: Problem) -> tuple[int, int]:
    """The same by trying every choice."""
    eligible, locks = eligible_pairs(problem), dict(locked(problem))
    options = [
        [locks[row]] if row in locks else [None, *np.flatnonzero(eligible[row]).tolist()]
        for row in range(len(problem.mentees))
    ]
    return max(choice_value(problem, choice) for choice in product(*options) if fits(problem, choice))


def fits(problem: Problem, choice: tuple[int | None, ...]) -> bool:
    return all(choice.count(column) <= mentor.capacity for column, mentor in enumerate(problem.mentors))


def choice_value(problem: Problem, choice: tuple[int | None, ...]) -> tuple[int, int]:
    placed = [(row, column) for row, column in enumerate(choice) if column is not None]
    return len(placed), sum(max(0, int(problem.scores[pair])) for pair in placed)


def locked(problem: Problem) -> list[tuple[int, int]]:
    ids = [mentor.id for mentor in problem.mentors]
    return [(problem.mentees.index(pin.mentee), ids.index(pin.mentor)) for pin in problem.pins]


def _some(*items: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(items), max_size=4).map(tuple)


facts = st.builds(
    Facts,
    goals=_some("Grants", "grants ", "Career", " ", "Balance"),
    topics=_some("Sepsis", "sepsis", "AI", "Ethics", "Statistics", "Écriture"),
    specialties=_some("Surgery", "surgery", "Pediatrics", "Neurology", "Straße", "STRASSE"),
    roles=_some("coach", "Sponsor", "sponsor", "teacher"),
    languages=_some("English", "Deutsch", "deutsch "),
    times=_some("Tue 17", "Wed 8", "Thu 12", "Fri 9", "tue 17"),
    place=st.sampled_from(("", "North", "north ", "South")),
    stage=st.sampled_from(("", *STAGES, "Fellow ", "wizard")),
    wishes=_some("P0", "p1", "P2", "P9"),
)
statements = st.dictionaries(
    st.sampled_from(("teach", "sepsi", ":sepsis", "écrire", "grant")), st.integers(1, 1_000_000), max_size=4
).map(lambda raw: weighed_terms(raw))


def weighed_terms(raw: dict[str, int]) -> Statement:
    """Terms with weights of the length one, as ``statements`` makes them, some of which have a name."""
    length = math.sqrt(sum(value * value for value in raw.values()))
    terms = tuple((term, round(value * 1_000_000 / length)) for term, value in sorted(raw.items()))
    terms = tuple((term, weight) for term, weight in terms if weight)
    return Statement(terms, tuple((term, term.strip(":")) for term, _ in terms if term != "grant"))


people = st.lists(st.tuples(facts, statements), min_size=1, max_size=5).map(
    lambda found: [Participant(f"P{number}", one, statement=said) for number, (one, said) in enumerate(found)]
)
weights = st.dictionaries(
    st.sampled_from(
        ("goals", "topics", "specialty", "roles", "times", "languages", "place", "stage", "wish", "statement")
    ),
    st.one_of(st.integers(0, 1000), st.floats(0, 100)),
)
