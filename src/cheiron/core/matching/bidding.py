"""What an auction of seats is held on, how finely, and what its prices prove. ``auction`` holds it.

The problem: n mentees, m mentors with c_j seats, a pair i, j is worth ``bonus + score_ij``, and whoever stays without a
mentor is worth 0. The sum of worth is to be as large as possible.

The proof: with any prices p_j >= 0 no choice is worth more than

    bound = sum over i of max(0, max over j of (bonus + score_ij - p_j))  +  sum over j of c_j p_j

since each pair is worth what the mentee gains plus what the seat costs (weak duality of linear programming). Anybody
who holds the edges and the prices can add it up; ``bound_of`` does.

Everything is in millionths of a point and in whole numbers. ``bonus`` says how much it counts that somebody is placed
at all. ``placing_first(n)`` makes one more placed mentee outweigh every score; any bonus from 0 up may be used. Where
prices start (see ``auction_plain``) makes the large bonus cost no more time than a small one, and 64 bits are enough
for it with two million people. Less bonus is a different question, not a faster way to the same answer.

A gap measured against the bound would be flattered by the bonus, so the wanted gap is held against the scores alone:
``score_gap``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cheiron.core.matching.edges import Edges
from cheiron.core.matching.problem import HIGHEST_SCORE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NONE = -1
"""In place of a mentor, a mentee or an edge."""

_AT_ONCE = 2**18
"""Edges that are counted at once: numpy copies them into 64 bits."""

_LARGEST = 2**62
"""Prices stay below this, so that sums and differences of two of them fit into 64 bits."""


@dataclass(frozen=True)
class Effort:
    """How near to the best, and by which steps.

    ``gap``: the wanted ``score_gap``; 0 asks for the best itself. ``first_step``: millionths by which bids go up in
    the first phase at the least. ``narrowing``: by how much steps shrink from phase to phase, 2 or more. Only time
    depends on the last two, and not much: from 20,000 to 100,000 and from 5 to 20 it was mostly within a third of the
    best, and at worst twice as long.
    """

    gap: float = 1e-4
    first_step: int = 50_000
    narrowing: int = 10

    def __post_init__(self) -> None:
        if self.narrowing < 2:
            raise ValueError("steps must become smaller")


@dataclass(frozen=True, eq=False)
class Auctioned:
    """A choice, and prices that prove how good it is at the least.

    ``mentor_of``: int32 (n,), column of each mentee's mentor or ``NONE``. ``prices``: int64 (m,), of a seat at each
    mentor, from 0, millionths; 0 where a seat stays empty. ``total``: sum of the scores of the pairs.
    """

    mentor_of: "NDArray[np.int32]"
    prices: "NDArray[np.int64]"
    bonus: int
    placed: int
    total: int
    bound: int

    @property
    def value(self) -> int:
        """What the choice is worth, in millionths; never above ``bound``."""
        return self.bonus * self.placed + self.total

    @property
    def gap(self) -> float:
        """The most that any other choice could be better, as a share of the bound."""
        return (self.bound - self.value) / self.bound if self.bound else 0.0

    @property
    def score_gap(self) -> float:
        """The most by which another choice that places as many could have a better total, as a share of that."""
        best = self.bound - self.bonus * self.placed
        return (self.bound - self.value) / best if best else 0.0

    @property
    def places_most(self) -> bool:
        """Whether the bound proves that no choice places more mentees."""
        return self.bound < self.bonus * (self.placed + 1)


@dataclass(frozen=True)
class Terms:
    """``scale`` parts to a millionth, so that steps can be finer than scores; ``top``: nobody pays this much."""

    scale: int
    bonus: int
    top: int


class Market(Protocol):
    """Something that holds one phase after the other; numbers go in and out in parts of a millionth."""

    def phase(self, step: int) -> None:
        """Until everybody is content to within ``step``, and no empty seat has a price."""

    def prices(self) -> "NDArray[np.int64]":
        """What a seat costs at each mentor: int64 (m,)."""

    def put_prices(self, prices: "NDArray[np.int64]") -> None:
        """In place of those that came about."""

    def mentor_of(self) -> "NDArray[np.int32]":
        """Column of each mentee's mentor or ``NONE``: int32 (n,)."""

    def total(self) -> int:
        """Sum of the scores of the pairs, in whole millionths."""

    def excess(self) -> int:
        """By how much the bound is above the value, in whole millionths."""


def placing_first(mentees: int) -> int:
    """The bonus with which one more placed mentee outweighs every score."""
    return 1 + mentees * HIGHEST_SCORE


def terms_of(edges: Edges, bonus: int) -> Terms:
    """So many parts that a last phase with steps of one part ends at the best (Bertsekas 1979).

    Nobody is then further than one part from content, and all together by less than a millionth. Raises
    ``ArithmeticError`` where the bonus is below 0 or too large for 64 bits. Near that limit there are fewer parts: the
    bound holds, but the best itself may be missed.
    """
    top = bonus + int(edges.scores.max(initial=0))
    if bonus < 0 or top >= _LARGEST:
        raise ArithmeticError(f"a bonus of {bonus} cannot be reckoned with")
    scale = 2 + max(edges.mentee_count, edges.mentor_count)
    scale = max(1, min(scale, _LARGEST // max(1, top)))
    return Terms(scale, bonus * scale, top * scale)


def rooms(edges: Edges, capacities: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """Seats that can be of use, and one more where there are some that cannot: int64 (m,)."""
    import numpy as np

    wanted = np.zeros(edges.mentor_count, dtype=np.int64)
    for first in range(0, len(edges.mentors), _AT_ONCE):
        wanted += np.bincount(edges.mentors[first : first + _AT_ONCE], minlength=len(wanted))
    return np.minimum(wanted + 1, capacities).clip(0).astype(np.int64)


def settle(bonus: int, terms: Terms, market: Market, effort: Effort) -> Auctioned:
    """Phase after phase with smaller steps, until the gap is as wanted or steps can be no smaller.

    The gap shrinks about as steps do: where the wanted one is near, the next step aims at three quarters of it. What
    is proved is proved by prices in whole millionths; bidding with finer steps goes on from the finer prices.
    """
    step = max(1, min(effort.first_step * terms.scale, terms.top))
    while True:
        market.phase(step)
        fine = market.prices().copy()
        market.put_prices(_rounded(fine, terms.scale) * terms.scale)
        found = _outcome(bonus, terms, market)
        if step == 1 or found.score_gap <= effort.gap:
            return found
        if step < terms.scale:
            market.put_prices(fine)
        aim = int(0.75 * step * effort.gap / found.score_gap)
        step = max(1, aim if aim * effort.narrowing * 2 >= step else step // effort.narrowing)


def _rounded(prices: "NDArray[np.int64]", scale: int) -> "NDArray[np.int64]":
    """From parts to whole millionths, so that prices one part apart stay together.

    Some remainder occurs with no price (there are more parts than mentors). Below it all are rounded down and above it
    up, which keeps every relation "at most one part more than a whole number above".
    """
    import numpy as np

    free = int(np.flatnonzero(np.bincount(np.append(prices % scale, 0), minlength=scale) == 0).min(initial=scale))
    rounded: NDArray[np.int64] = (prices + scale - free) // scale
    return rounded


def _outcome(bonus: int, terms: Terms, market: Market) -> Auctioned:
    mentor_of, total = market.mentor_of(), market.total()
    placed = int((mentor_of >= 0).sum())
    bound = bonus * placed + total + market.excess()
    return Auctioned(mentor_of, market.prices() // terms.scale, bonus, placed, total, bound)


def bound_of(edges: Edges, capacities: "NDArray[np.int64]", bonus: int, prices: "NDArray[np.int64]") -> int:
    """What no choice is worth more than, by weak duality; ``prices`` int64 (m,), from 0, millionths."""
    import numpy as np

    gains = np.append(edges.scores.astype(np.int64) + bonus - prices[edges.mentors], 0).clip(0)
    rows = np.flatnonzero(np.diff(edges.starts))
    best = np.maximum.reduceat(gains, edges.starts[rows]) if len(rows) else gains[:0]
    return int(sum(best.tolist()) + sum((capacities * prices).tolist()))
