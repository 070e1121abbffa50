"""The whole-number arithmetic of scores, defined once for a single pair and for a whole matrix alike.

Everything is counted in millionths of a point. Each function works on plain integers and on numpy integer arrays,
which is why the score of a matrix and the score of an explanation can be equal to the last digit.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MILLION = 1_000_000
"""Millionths in one point; also the highest score."""

HUNDREDTH = MILLION // 100
"""Millionths in one hundredth of a point, the unit that people are shown."""

ENOUGH_ALIKE = 400_000
"""The cosine of two texts, in millionths, from which on they count as wholly alike."""

Whole = TypeVar("Whole", int, "NDArray[np.signedinteger]")


def ratio(part: Whole, whole: Whole) -> Whole:
    """``part / whole`` in millionths, halves up; 0 <= part <= whole, whole > 0 (in int32: up to 1,000)."""
    millionths: Whole = (part * (2 * MILLION) + whole) // (whole * 2)
    return millionths


def product(share: Whole, match: Whole) -> Whole:
    """``share * match`` in millionths, halves up; both in millionths (one in int64), never more than either."""
    return (share * match + MILLION // 2) // MILLION


def likeness(products: Whole) -> Whole:
    """A sum of products of weights in millionths as a match, halves up; it may exceed one million, which is to be cut.

    Texts whose cosine is ``ENOUGH_ALIKE`` or more match wholly: two people who write about the same in a hundred words
    of their own rarely share more.
    """
    millionths: Whole = (products + ENOUGH_ALIKE // 2) // ENOUGH_ALIKE
    return millionths


def shares(weights: Sequence[int]) -> tuple[int, ...]:
    """Weights as millionths of their sum, adding up to exactly one million (all zero when the weights are)."""
    whole = sum(weights)
    if whole == 0:
        return (0,) * len(weights)
    return settled([weight * MILLION for weight in weights], per=whole, total=MILLION)


def settled(values: Sequence[int], per: int, total: int) -> tuple[int, ...]:
    """``value / per`` rounded to whole numbers that add up to ``total``, by largest remainder, ties to the first.

    ``total`` must lie between the sum of the values over ``per`` rounded down and the same rounded up.
    """
    floors = [value // per for value in values]
    by_remainder = sorted(range(len(values)), key=lambda i: (-(values[i] % per), i))
    for i in by_remainder[: total - sum(floors)]:
        floors[i] += 1
    return tuple(floors)


def hundredths(score: int) -> int:
    """A score in whole hundredths of a point, halves up: the score that people are shown."""
    return (score + HUNDREDTH // 2) // HUNDREDTH
