"""Whom each mentee may be paired with, block by block: the one door through which a large round gets its pairs.

A provider may work on one machine or on many. Whoever it is, the same people, weights and rules give the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from cheiron.core.matching import grids
from cheiron.core.matching.components import WISH, registry
from cheiron.core.matching.edges import Edges
from cheiron.core.matching.encoding import Encoded, Pairs
from cheiron.core.matching.kernel import MOST, best_edges

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Shard:
    """The pairs of consecutive mentees, the first of whom is ``first`` in the round."""

    first: int
    edges: Edges


class CandidateProvider(Protocol):
    """Whoever finds the pairs of a round."""

    def shards(self) -> Iterator[Shard]:
        """All mentees once, in order, in blocks of any size."""


@dataclass(frozen=True, eq=False)
class LocalCandidates:
    """The best ``most`` for each mentee and whom they wished for, found on this machine; options as ``best_edges``."""

    encoded: Encoded
    weights: Mapping[str, float]
    most: int = MOST
    seated: "NDArray[np.bool_] | None" = None
    forbidden: Pairs | None = None
    block: int = 8192
    """Mentees in one shard."""

    def shards(self) -> Iterator[Shard]:
        for first, last in self.spans():
            yield Shard(first, self.part(first, last).edges())

    def spans(self) -> Iterator[tuple[int, int]]:
        """The first mentee of each shard, and the one after its last."""
        mentees = self.encoded.shape[0]
        return ((first, min(first + self.block, mentees)) for first in range(0, mentees, self.block))

    def part(self, first: int, last: int) -> "LocalCandidates":
        """The same question for the mentees from ``first`` up to ``last`` alone; little is copied."""
        barred = self.forbidden and self.forbidden.within(first, last)
        return replace(self, encoded=self.encoded.rows(first, last), forbidden=barred)

    def edges(self) -> Edges:
        """Everybody at once, whatever ``block`` says."""
        encoded, always = self.encoded, wished(self.encoded)
        return best_edges(encoded, self.weights, self.most, seated=self.seated, forbidden=self.forbidden, always=always)


def wished(encoded: Encoded) -> Pairs:
    """The mentors for whom each mentee wished, as far as they are there."""
    place = [component.name for component in registry()].index(WISH)
    mentees, mentors, _ = grids.meetings(encoded, place)
    return Pairs(mentees, mentors)


def joined(shards: Iterable[Shard], shape: tuple[int, int]) -> Edges:
    """All shards of a round of so many mentees and mentors, as one. Raises ``ValueError`` unless each follows on."""
    blocks: list[Edges] = []
    mentees, mentors = shape
    came = 0
    for shard in shards:
        if shard.first != came:
            raise ValueError(f"mentee {came} is to come next, not {shard.first}")
        blocks.append(shard.edges)
        came += shard.edges.mentee_count
    if came != mentees:
        raise ValueError(f"{came} of {mentees} mentees came")
    return grids.stacked(blocks, mentors)
