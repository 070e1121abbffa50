"""What a result does to people, in counts: so that methods can be laid side by side before one is chosen.

Places are those of the mentee's own order, where the problem has orders. A pair that is apart blocks when both would
strictly rather have each other: by an empty seat, or by justified envy, where somebody sits there whom the mentor would
rather not have (Abdulkadiroğlu and Sönmez 2003). Locks and rules stand outside, as in a stable choice.
"""

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from cheiron.core.matching.problem import Orders, Problem, eligible_pairs, positions
from cheiron.core.matching.result import PairState, Result

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Report:
    """Counts over everybody; fits in millionths, None where nobody is placed or the problem has no orders."""

    placed: int
    unmatched: int
    total: int
    middle: int | None
    lowest: int | None
    first: int | None
    """Mentees with the first of their own order."""
    among_three: int | None
    """Mentees with one of the first three."""
    last_place: int | None
    """The place of the mentor who stands lowest in their mentee's order."""
    empty_seats: int | None
    """Blocking pairs by a seat that stays empty."""
    envies: int | None
    """Blocking pairs by somebody who sits where the mentor would rather have another."""


def report(problem: Problem, result: Result) -> Report:
    """The counts of a result that belongs to this problem."""
    fits = sorted(pair.score for pair in result.pairs)
    places = _places(problem, result) if problem.orders else None
    blocked = _blocking(problem, problem.orders, result) if problem.orders else (None, None)
    return Report(
        placed=len(fits),
        unmatched=len(result.unmatched),
        total=sum(fits),
        middle=round(median(fits)) if fits else None,
        lowest=fits[0] if fits else None,
        first=None if places is None else sum(place == 1 for place in places),
        among_three=None if places is None else sum(place <= 3 for place in places),
        last_place=max(places, default=None) if places else None,
        empty_seats=blocked[0],
        envies=blocked[1],
    )


def _places(problem: Problem, result: Result) -> list[int]:
    """Where each mentor stands in the order of their mentee; of locked pairs without a place, nothing."""
    assert problem.orders is not None
    rows, columns = positions(problem.mentees), positions(tuple(mentor.id for mentor in problem.mentors))
    found = (int(problem.orders.of_mentees[rows[pair.mentee], columns[pair.mentor]]) for pair in result.pairs)
    return [place for place in found if place > 0]


def _blocking(problem: Problem, orders: Orders, result: Result) -> tuple[int, int]:
    """Pairs that would both rather have each other: by an empty seat, and by envy."""
    import numpy as np

    rows, columns = positions(problem.mentees), positions(tuple(mentor.id for mentor in problem.mentors))
    own = np.full(len(rows), np.iinfo(np.int64).max)
    worst = np.zeros(len(columns), dtype=np.int64)
    taken = Counter(pair.mentor for pair in result.pairs)
    for pair in (one for one in result.pairs if one.state is PairState.PLACED):
        row, column = rows[pair.mentee], columns[pair.mentor]
        own[row] = orders.of_mentees[row, column]
        worst[column] = max(worst[column], int(orders.of_mentors[row, column]))
    wanting = (orders.of_mentees < own[:, None]) & _open(problem)
    empty = np.array([taken[mentor.id] < mentor.capacity for mentor in problem.mentors], dtype=np.bool_)
    by_seat = int(wanting[:, empty].sum())
    return by_seat, int((wanting & (orders.of_mentors < worst) & ~empty).sum())


def _open(problem: Problem) -> "NDArray[np.bool_]":
    """Pairs that are to be decided on: eligible, and the mentee not locked."""
    rows, eligible = positions(problem.mentees), eligible_pairs(problem)
    eligible[[rows[pin.mentee] for pin in problem.pins]] = False
    return eligible
