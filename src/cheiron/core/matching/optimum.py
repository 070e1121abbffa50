"""The exact optimum on plain arrays: who goes to whom, and the prices that prove it.

``worth`` is an int64 array of shape (n mentees, m mentors), ``NEVER`` where a pair is not eligible; ``seats`` is int64
of shape (m,). Each mentee takes at most one seat; the sum of worth is to be as large as possible.

Method: min-cost flow (OR-Tools, cost scaling after Goldberg 1997) on each mentee's most valuable pairs only, then
column generation: the prices of the small problem are tried on all pairs, and pairs worth more than their prices are
added, until there are none. By linear-programming duality the answer is then exact for the full problem.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEVER = -1
"""The worth of a pair that is not eligible."""

_FAR_BELOW = -(2**61)
_FIRST_PAIRS = 24
_MORE_PAIRS = 8


@dataclass(frozen=True, eq=False)
class Priced:
    """A choice and its proof.

    ``mentor_of``: int64 (n,), column of each mentee's mentor or -1. Prices: int64 (n,) and (m,), never negative.
    """

    mentor_of: "NDArray[np.int64]"
    mentee_prices: "NDArray[np.int64]"
    mentor_prices: "NDArray[np.int64]"


def optimum(worth: "NDArray[np.int64]", seats: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """The best choice: int64 (n,), column of each mentee's mentor or -1. Ties go by the order of rows and columns.

    ``worth`` times the number of people must stay below 2**60 or so; raises ``ArithmeticError`` beyond.
    """
    considered = _most_valuable(worth, _FIRST_PAIRS)
    while True:
        chosen = priced(_only(worth, considered), _flow(worth, seats, considered))
        excess = worth - chosen.mentee_prices[:, None] - chosen.mentor_prices
        missed = _only(excess, (excess > 0) & ~considered & (worth != NEVER))
        if missed.max(initial=NEVER) == NEVER:
            return chosen.mentor_of
        considered |= _most_valuable(missed, _MORE_PAIRS)


def priced(worth: "NDArray[np.int64]", mentor_of: "NDArray[np.int64]") -> Priced:
    """The smallest mentor prices, and the mentee prices with them, that prove an optimal choice optimal."""
    import numpy as np

    mentor_prices = _least_prices(worth, mentor_of)
    placed = np.flatnonzero(mentor_of >= 0)
    mentee_prices = np.zeros(len(worth), dtype=np.int64)
    mentee_prices[placed] = worth[placed, mentor_of[placed]] - mentor_prices[mentor_of[placed]]
    return Priced(mentor_of, mentee_prices, mentor_prices)


def _only(worth: "NDArray[np.int64]", pairs: "NDArray[np.bool_]") -> "NDArray[np.int64]":
    import numpy as np

    return np.where(pairs, worth, NEVER)


def _most_valuable(worth: "NDArray[np.int64]", count: int) -> "NDArray[np.bool_]":
    """The ``count`` most valuable eligible pairs of each row; of equals the leftmost, whatever machine this is."""
    import numpy as np

    eligible: NDArray[np.bool_] = worth != NEVER
    columns = worth.shape[1]
    if columns <= count:
        return eligible
    unique = worth * columns - np.arange(columns)
    best = np.argpartition(unique, columns - count, axis=1)[:, columns - count :]
    chosen = np.zeros(worth.shape, dtype=np.bool_)
    np.put_along_axis(chosen, best, True, axis=1)
    return chosen & eligible


def _flow(
    worth: "NDArray[np.int64]", seats: "NDArray[np.int64]", considered: "NDArray[np.bool_]"
) -> "NDArray[np.int64]":
    """One unit from each mentee to the end, through a mentor (at cost -worth) or past all of them (at cost 0)."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    (n, m), (rows, columns) = worth.shape, np.nonzero(considered)
    mentees, mentors, end = np.arange(n), n + np.arange(m), n + m
    flow = min_cost_flow.SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(rows, n + columns, np.ones_like(rows), -worth[rows, columns])
    flow.add_arcs_with_capacity_and_unit_cost(mentors, np.full(m, end), seats, np.zeros(m, dtype=np.int64))
    flow.add_arcs_with_capacity_and_unit_cost(mentees, np.full(n, end), np.ones_like(mentees), np.zeros_like(mentees))
    flow.set_nodes_supplies(np.append(mentees, end), np.append(np.ones_like(mentees), -n))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status}")
    used = np.flatnonzero(flow.flows(pairs))
    mentor_of = np.full(n, -1, dtype=np.int64)
    mentor_of[rows[used]] = columns[used]
    return mentor_of


def _least_prices(worth: "NDArray[np.int64]", mentor_of: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """The smallest mentor prices at which everybody is content, int64 (m,), for an optimal ``mentor_of``.

    A mentor costs at least what the most eager unmatched mentee would pay, and at least the price of any other mentor
    plus what a mentee placed there would gain by moving. The least fixed point of these (a longest path without
    positive cycles, since the choice is optimal) is reached within m rounds.
    """
    import numpy as np

    sources, gains = _gains_by_moving(worth, mentor_of)
    prices: NDArray[np.int64] = worth[mentor_of < 0].max(axis=0, initial=0)
    for _ in range(worth.shape[1] + 1):
        raised = np.maximum(prices, (prices[sources, None] + gains).max(axis=0, initial=_FAR_BELOW))
        if np.array_equal(raised, prices):
            return prices
        prices = raised
    raise ArithmeticError("the choice is not optimal: prices rise without end")


def _gains_by_moving(
    worth: "NDArray[np.int64]", mentor_of: "NDArray[np.int64]"
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Mentors who have somebody, int64 (s,), and the most any of theirs would gain by moving to k, int64 (s, m)."""
    import numpy as np

    placed = np.flatnonzero(mentor_of >= 0)
    placed = placed[np.argsort(mentor_of[placed], kind="stable")]
    sources, starts = np.unique(mentor_of[placed], return_index=True)
    gains = worth[placed] - worth[placed, mentor_of[placed]][:, None]
    gains[worth[placed] == NEVER] = _FAR_BELOW
    if len(placed) == 0:
        return sources, gains
    return sources, np.maximum.reduceat(gains, starts, axis=0)
