"""The pairs that may be formed, without the empty places between them: compressed sparse rows, mentee by mentee.

A matrix of 100,000 mentees by 30,000 mentors has three thousand million places; those who may be paired are some
thirty for each mentee.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Edges:
    """E pairs of n mentees and m mentors; those of mentee i stand from ``starts[i]`` up to ``starts[i + 1]``.

    ``starts``: int64 (n + 1,), from 0 to E, never falling. ``mentors``: int32 (E,), columns, rising within a mentee.
    ``scores``: int32 (E,), millionths of a point, from 0.
    """

    starts: "NDArray[np.int64]"
    mentors: "NDArray[np.int32]"
    scores: "NDArray[np.int32]"
    mentor_count: int

    @property
    def mentee_count(self) -> int:
        """How many mentees there are, those without any pair too."""
        return len(self.starts) - 1

    def mentees(self) -> "NDArray[np.int32]":
        """The mentee of each pair: int32 (E,)."""
        import numpy as np

        return np.repeat(np.arange(self.mentee_count, dtype=np.int32), np.diff(self.starts))


def edges_of(scores: "NDArray[np.int32]", eligible: "NDArray[np.bool_]") -> Edges:
    """The eligible pairs of a matrix: both arrays (mentees, mentors)."""
    import numpy as np

    rows, columns = np.nonzero(eligible)
    starts = np.zeros(len(scores) + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=len(scores)), out=starts[1:])
    return Edges(starts, columns.astype(np.int32), scores[rows, columns].astype(np.int32), scores.shape[1])
