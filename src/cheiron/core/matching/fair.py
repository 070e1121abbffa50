"""One aim after the other: each is settled on what the ones before have left open, and proved by its own prices.

Lexicographic aims are usually forced into one by weights so large that they no longer fit into a number. Here each aim
is a flow of its own. Its prices say which choices are equally good for it (complementary slackness): pairs whose prices
add up to exactly their worth, with everybody placed and every mentor full who has a price. On that face, and nowhere
else, the next aim is sought.

Arrays as in ``optimum``: n mentees, m mentors, ``seats`` int64 (m,). The worth of an aim may be negative.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FAR_BELOW = -(2**61)


@dataclass(frozen=True, eq=False)
class Face:
    """The choices that are still equally good: ``pairs`` that may be used, and who must be placed or full.

    bool (n, m), (n,) and (m,).
    """

    pairs: "NDArray[np.bool_]"
    mentees: "NDArray[np.bool_]"
    mentors: "NDArray[np.bool_]"


@dataclass(frozen=True, eq=False)
class Prices:
    """The proof of one aim: int64 (n,) and (m,). Below 0 only for who must be placed, or full, by an earlier aim."""

    of_mentees: "NDArray[np.int64]"
    of_mentors: "NDArray[np.int64]"


def one_after_the_other(
    aims: "Iterable[NDArray[np.int64]]",
    pairs: "NDArray[np.bool_]",
    seats: "NDArray[np.int64]",
    start: "NDArray[np.int64] | None" = None,
    leaning: "NDArray[np.int64] | None" = None,
) -> "tuple[NDArray[np.int64], tuple[Prices, ...]]":
    """The choice that is best for the first aim, of those the best for the second, and so on; and each one's proof.

    ``aims``: worth of each pair, int64 (n, m). ``start``: a choice that is known to be best for the first; a good one
    spares work. ``leaning``, as an aim, decides between what is equally good in the end, and needs no proof. Choices
    are int64 (n,), the column of each mentee's mentor or -1.
    """
    import numpy as np

    face = Face(pairs, np.zeros(len(pairs), dtype=np.bool_), np.zeros(len(seats), dtype=np.bool_))
    mentor_of, proofs = np.full(len(pairs), -1, dtype=np.int64), list[Prices]()
    for number, worth in enumerate(aims):
        if number == 0 and start is not None:
            mentor_of, proof = start, _prices(worth, face, seats, start)
        else:
            mentor_of, proof = _best(worth, face, seats, mentor_of)
        face, proofs = _narrowed(face, worth, proof), [*proofs, proof]
    if leaning is not None:
        mentor_of = _flow(leaning, face, seats)
    return mentor_of, tuple(proofs)


def _best(
    worth: "NDArray[np.int64]", face: Face, seats: "NDArray[np.int64]", present: "NDArray[np.int64]"
) -> "tuple[NDArray[np.int64], Prices]":
    """The best choice for one aim. Where everybody has what is best for them already, that alone is the proof."""
    import numpy as np

    most = np.where(face.pairs, worth, _FAR_BELOW).max(axis=1, initial=_FAR_BELOW)
    most = np.where(face.mentees, most, np.maximum(most, 0))
    has = np.where(present >= 0, worth[np.arange(len(worth)), present], 0)
    if np.array_equal(most, has):
        return present, Prices(most, np.zeros(len(seats), dtype=np.int64))
    mentor_of = _flow(worth, face, seats)
    return mentor_of, _prices(worth, face, seats, mentor_of)


def _narrowed(face: Face, worth: "NDArray[np.int64]", proof: Prices) -> Face:
    tight = proof.of_mentees[:, None] + proof.of_mentors == worth
    return Face(face.pairs & tight, face.mentees | (proof.of_mentees != 0), face.mentors | (proof.of_mentors != 0))


def _flow(worth: "NDArray[np.int64]", face: Face, seats: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """One unit from each mentee: past the mentors only for who need not be placed; who must be full takes all seats."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    (n, m), (rows, columns) = worth.shape, np.nonzero(face.pairs)
    end, idle, loose = n + m, np.flatnonzero(~face.mentees), np.flatnonzero(~face.mentors)
    flow = min_cost_flow.SimpleMinCostFlow()
    used = flow.add_arcs_with_capacity_and_unit_cost(rows, n + columns, np.ones_like(rows), -worth[rows, columns])
    flow.add_arcs_with_capacity_and_unit_cost(idle, np.full_like(idle, end), np.ones_like(idle), np.zeros_like(idle))
    flow.add_arcs_with_capacity_and_unit_cost(n + loose, np.full_like(loose, end), seats[loose], np.zeros_like(loose))
    taken = np.where(face.mentors, seats, 0)
    flow.set_nodes_supplies(np.arange(n + m + 1), np.concatenate([np.ones(n), -taken, [taken.sum() - n]]).astype(int))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status}")
    chosen = np.flatnonzero(flow.flows(used))
    mentor_of = np.full(n, -1, dtype=np.int64)
    mentor_of[rows[chosen]] = columns[chosen]
    return mentor_of


def _prices(
    worth: "NDArray[np.int64]", face: Face, seats: "NDArray[np.int64]", mentor_of: "NDArray[np.int64]"
) -> Prices:
    """Prices that prove the choice: the least solution of what each price must at least be beside the others.

    Mentors and, behind them, "outside", whose price is 0 in the end. Differences are all that counts, so they start
    at 0 and rise until everybody is content; in an optimal choice they do (Bellman, Ford).
    """
    import numpy as np

    rises = _rises(worth, face, seats, mentor_of)
    prices = np.zeros(len(rises), dtype=np.int64)
    for _ in range(len(rises) + 1):
        raised = np.maximum(prices, (prices[:, None] + rises).max(axis=0))
        if np.array_equal(raised, prices):
            of_mentors = prices[:-1] - prices[-1]
            placed, of_mentees = mentor_of >= 0, np.zeros(len(worth), dtype=np.int64)
            of_mentees[placed] = worth[placed, mentor_of[placed]] - of_mentors[mentor_of[placed]]
            return Prices(of_mentees, of_mentors)
        prices = raised
    raise ArithmeticError("the choice is not optimal: prices rise without end")


def _rises(
    worth: "NDArray[np.int64]", face: Face, seats: "NDArray[np.int64]", mentor_of: "NDArray[np.int64]"
) -> "NDArray[np.int64]":
    """By how much the price of one place must at least be above that of another: int64 (m + 1, m + 1), [from, to]."""
    import numpy as np

    m = len(seats)
    rises = np.full((m + 1, m + 1), _FAR_BELOW, dtype=np.int64)
    reach = np.where(face.pairs, worth, _FAR_BELOW)
    for place in range(m):
        there = np.flatnonzero(mentor_of == place)
        if len(there):
            rises[place, :m] = (reach[there] - worth[there, place][:, None]).max(axis=0)
            may_leave = there[~face.mentees[there]]
            rises[place, m] = -worth[may_leave, place].min(initial=-_FAR_BELOW)
        if not face.mentors[place] and len(there) < seats[place]:
            rises[place, m] = max(rises[place, m], 0)
    waiting = reach[mentor_of < 0].max(axis=0, initial=_FAR_BELOW)
    rises[m, :m] = np.maximum(waiting, np.where(face.mentors, _FAR_BELOW, 0))
    return rises
