"""Shares and how sure one may be of them, for figures about people by group.

Intervals without a continuity correction, which keep their promise in small groups: Wilson's for a share, and
Newcombe's hybrid of two of them for a difference. And the chance that a difference comes from drawing lots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

from cheiron.core.errors import Invalid
from cheiron.core.text import say


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    yes: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.yes <= self.of or self.of == 0:
            raise Invalid(say("A share needs a whole of at least one, and a part between none and all of it."))

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.yes / self.of


@dataclass(frozen=True)
class Interval:
    """From where to where."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the value lies in it."""
        return self.low <= value <= self.high


def wilson(share: Share, confidence: float = 0.95) -> Interval:
    """The score interval of a share (Wilson 1927; method 3 of Newcombe 1998, Statistics in Medicine 17:857)."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    n, p = share.of, share.value
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    low = (middle - half) / whole if share.yes else 0.0
    high = (middle + half) / whole if share.yes < n else 1.0
    return Interval(low, high)


def newcombe(one: Share, other: Share, confidence: float = 0.95) -> Interval:
    """The interval of ``one - other``, independent shares (method 10 of Newcombe 1998, Stat. in Medicine 17:873)."""
    ours, theirs = wilson(one, confidence), wilson(other, confidence)
    difference = one.value - other.value
    below = sqrt((one.value - ours.low) ** 2 + (theirs.high - other.value) ** 2)
    above = sqrt((ours.high - one.value) ** 2 + (other.value - theirs.low) ** 2)
    return Interval(difference - below, difference + above)


@dataclass(frozen=True)
class Stratum:
    """One campus: those of the group, and the others, each with how many of them it is true of."""

    group: Share
    others: Share


def permutation_p(strata: Sequence[Stratum]) -> float:
    """How often lots drawn within each campus would lead as far from an even share as what was found, or further.

    Two-sided. Not sampled but exact, so that it needs no seed: within a campus the number of the group of whom it is
    true is hypergeometric, and the campuses are folded into one another (the permutation distribution of
    Cochran-Mantel-Haenszel; Mantel and Haenszel 1959). A campus in which one side is missing plays no part; give no
    ``Stratum`` for it. 1 where there is none.
    """
    found = sum(stratum.group.yes for stratum in strata)
    even = sum((one.group.yes + one.others.yes) * one.group.of / (one.group.of + one.others.of) for one in strata)
    lots = [1.0]
    for stratum in strata:
        lots = _folded(lots, _lots(stratum))
    far = abs(found - even) - 1e-9
    return min(1.0, sum(chance for count, chance in enumerate(lots) if abs(count - even) >= far))


def _lots(stratum: Stratum) -> list[float]:
    """The chance of each number of the group, from 0 up, when it is drawn by lot of whom in the campus it is true."""
    group, others = stratum.group.of, stratum.others.of
    yes = stratum.group.yes + stratum.others.yes
    ways = [comb(group, count) * comb(others, yes - count) if count <= yes else 0 for count in range(group + 1)]
    return [way / comb(group + others, yes) for way in ways]


def _folded(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """The distribution of the sum of two numbers."""
    both = [0.0] * (len(one) + len(other) - 1)
    for here, chance in enumerate(one):
        for there, also in enumerate(other):
            both[here + there] += chance * also
    return both
