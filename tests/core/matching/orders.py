"""Small rounds with two orders, and oracles that try every choice."""

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import strategies as st

from cheiron.core.matching.problem import ROUND_METHODS, Method, Orders, Problem, eligible_pairs
from tests.core.matching.rounds import locked, problems, round_of

Choice = tuple[int | None, ...]


def ordered(
    of_mentees: list[list[int]], of_mentors: list[list[int]], capacities: list[int], method: Method, **more: object
) -> Problem:
    """A round whose pairs all score the same; both orders (mentees, mentors), places from 1."""
    scores = [[500_000] * len(capacities) for _ in of_mentees]
    orders = Orders(np.array(of_mentees), np.array(of_mentors))
    return replace(round_of(scores, capacities, **more), method=method, orders=orders)


@st.composite
def rounds_with_orders(
    draw: st.DrawFn, mentees: int = 7, mentors: int = 5, locks: bool = True, ties: bool = True
) -> Problem:
    """Valid rounds of any method, with two orders; with ``ties`` places abound that people share."""
    problem = draw(problems(mentees=mentees, mentors=mentors, locks=locks))
    n, m = problem.scores.shape
    of_mentees = [draw(_places(m, ties)) for _ in range(n)]
    of_mentors = [draw(_places(n, ties)) for _ in range(m)]
    orders = Orders(np.array(of_mentees).reshape(n, m), np.array(of_mentors).reshape(m, n).T)
    return replace(problem, method=draw(st.sampled_from(ROUND_METHODS)), orders=orders)


def _places(people: int, ties: bool) -> st.SearchStrategy[list[int]]:
    return (
        st.lists(st.integers(1, 3), min_size=people, max_size=people)
        if ties
        else st.permutations(range(1, people + 1)).map(list)
    )


def free_pairs(problem: Problem) -> list[tuple[int, int]]:
    """What is to be decided on, by plain sets."""
    left, held = seats_left(problem), {row for row, _ in locked(problem)}
    rows, columns = eligible_pairs(problem).nonzero()
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if row not in held and left[column] > 0]


def seats_left(problem: Problem) -> list[int]:
    taken = [column for _, column in locked(problem)]
    return [mentor.capacity - taken.count(column) for column, mentor in enumerate(problem.mentors)]


def blocking(problem: Problem, choice: Choice) -> list[tuple[int, int]]:
    """Pairs who would both strictly rather have each other, straight from the definition."""
    return [(row, column) for row, column in free_pairs(problem) if _blocks(problem, choice, row, column)]


def _blocks(problem: Problem, choice: Choice, row: int, column: int) -> bool:
    mine, theirs, own = problem.orders.of_mentees, problem.orders.of_mentors, choice[row]
    if own == column or (own is not None and mine[row, own] <= mine[row, column]):
        return False
    held = [other for other, at in enumerate(choice) if at == column]
    return len(held) < seats_left(problem)[column] or any(theirs[row, column] < theirs[other, column] for other in held)


def stable_choices(problem: Problem) -> list[Choice]:
    """Every choice without a blocking pair, by trying all; locked mentees stand as None."""
    options = [[None] for _ in problem.mentees]
    for row, column in free_pairs(problem):
        options[row].append(column)
    left = seats_left(problem)
    fitting = (one for one in product(*options) if all(one.count(at) <= left[at] for at in range(len(left))))
    return [one for one in fitting if not blocking(problem, one)]


def choice_of(problem: Problem, result: object) -> Choice:
    """What the engine chose, locks left out."""
    ids, held = [mentor.id for mentor in problem.mentors], {row for row, _ in locked(problem)}
    chosen = {pair.mentee: ids.index(pair.mentor) for pair in result.pairs}
    return tuple(None if row in held else chosen.get(name) for row, name in enumerate(problem.mentees))
