"""What the fair methods aim at, in which order: the worth of each pair for one aim after the other.

Pairs stand on levels. ``fair`` (leximin): the fit in hundredths, cut off; as few as possible on the lowest level,
then on the next. ``generous``: the place in the mentee's own order; as few as possible on the last, then on the one
before. ``rank-maximal`` (Irving 2003): the same places; as many as possible on the first, then on the second.

The first two place as many mentees as possible before anything else. All of them end with the total score, so that of
equally fair choices it is the best one. Some levels share an aim, weighed so that one pair on the more important level
outweighs everybody on the others: ``(n + 1) ** k``.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cheiron.core.matching.problem import Method, Orders

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HUNDREDTH = 10_000
PLACES_TOLD_APART = 10
"""Places in the order of a mentee beyond these count as one level."""

HEAVIEST = 2**40
"""The weight that no level of an aim may exceed."""


def aims_of(
    method: Method, scores: "NDArray[np.int32]", orders: Orders | None, pairs: "NDArray[np.bool_]"
) -> "Iterator[NDArray[np.int64]]":
    """The worth of each pair for one aim after the other: int64 (n, m); ``pairs``, bool (n, m), are decided on."""
    import numpy as np

    worth = np.ones(scores.shape, dtype=np.int64)
    if method is not Method.RANK_MAXIMAL:
        yield worth
    sign = 1 if method is Method.RANK_MAXIMAL else -1
    levels = levels_of(method, scores, orders)
    for together in _together(_in_order(method, levels[pairs]), len(scores)):
        worth = np.zeros(scores.shape, dtype=np.int64)
        for power, level in enumerate(reversed(together)):
            worth[levels == level] = sign * (len(scores) + 1) ** power
        yield worth
    yield np.maximum(scores, 0).astype(np.int64)


def levels_of(method: Method, scores: "NDArray[np.int32]", orders: Orders | None) -> "NDArray[np.int64]":
    """On which level each pair stands: int64 (n, m)."""
    import numpy as np

    if method is Method.FAIR:
        return np.maximum(scores, 0).astype(np.int64) // HUNDREDTH
    assert orders is not None, "validation has refused a method by places without orders"
    return np.minimum(orders.of_mentees, PLACES_TOLD_APART + 1).astype(np.int64)


def _in_order(method: Method, levels: "NDArray[np.int64]") -> list[int]:
    """The levels that there are, most important first."""
    import numpy as np

    rising = [int(level) for level in np.unique(levels)]
    return rising[::-1] if method is Method.GENEROUS else rising


def _together(levels: Sequence[int], mentees: int) -> Iterator[Sequence[int]]:
    """As many levels to an aim as fit below the heaviest weight."""
    most = 1
    while (mentees + 1) ** most <= HEAVIEST and most < len(levels):
        most += 1
    for first in range(0, len(levels), most):
        yield levels[first : first + most]
