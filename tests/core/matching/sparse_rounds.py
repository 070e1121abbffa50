"""Small and medium rounds as sparse edges, and two oracles that share nothing with the solvers."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from cheiron.core.matching.bidding import placing_first
from cheiron.core.matching.edges import Edges


@dataclass(frozen=True)
class Sparse:
    """``rows``: of each mentee the mentors and scores. ``seats``: of each mentor."""

    rows: tuple[dict[int, int], ...]
    seats: tuple[int, ...]
    bonus: int = 0

    @property
    def edges(self) -> Edges:
        starts = np.cumsum([0, *map(len, self.rows)]).astype(np.int64)
        mentors = np.array([mentor for row in self.rows for mentor in sorted(row)], dtype=np.int32)
        scores = np.array([row[mentor] for row in self.rows for mentor in sorted(row)], dtype=np.int32)
        return Edges(starts, mentors, scores, len(self.seats))

    @property
    def given(self) -> tuple[Edges, np.ndarray, int]:
        """What a solver takes."""
        return self.edges, np.array(self.seats, dtype=np.int64), self.bonus

    def worth(self, choice: Iterable[int]) -> int:
        """The sum of worth; a ``KeyError`` where a pair has no edge."""
        return sum(self.bonus + row[mentor] for row, mentor in zip(self.rows, choice, strict=True) if mentor >= 0)

    def fits(self, choice: list[int] | tuple[int, ...]) -> bool:
        return all(choice.count(mentor) <= max(0, seats) for mentor, seats in enumerate(self.seats))

    def choices(self) -> list[tuple[int, ...]]:
        """Every choice that fits."""
        return [choice for choice in product(*([-1, *sorted(row)] for row in self.rows)) if self.fits(choice)]

    def beside(self, other: "Sparse") -> "Sparse":
        """Both on campuses of their own."""
        moved = tuple({mentor + len(self.seats): score for mentor, score in row.items()} for row in other.rows)
        return Sparse(self.rows + moved, self.seats + other.seats, self.bonus)

    def renamed(self, mentees: list[int], mentors: list[int]) -> "Sparse":
        """Mentee i becomes ``mentees[i]``, mentor j becomes ``mentors[j]``."""
        rows, seats = [{}] * len(self.rows), [0] * len(self.seats)
        for old, new in enumerate(mentees):
            rows[new] = {mentors[mentor]: score for mentor, score in self.rows[old].items()}
        for old, new in enumerate(mentors):
            seats[new] = self.seats[old]
        return Sparse(tuple(rows), tuple(seats), self.bonus)


@st.composite
def sparse_rounds(draw: st.DrawFn, mentees: int = 7, mentors: int = 5) -> Sparse:
    """Few distinct scores, so that ties abound, or many; people without edges, mentors without seats; any bonus."""
    n, m = draw(st.integers(0, mentees)), draw(st.integers(0, mentors))
    score = st.sampled_from((0, 1, 250_000, 500_000, 500_001, 1_000_000)) | st.integers(0, 1_000_000)
    row = st.dictionaries(st.integers(0, m - 1), score, max_size=m) if m else st.just({})
    rows = tuple(draw(row) for _ in range(n))
    seats = tuple(draw(st.integers(0, 3)) for _ in range(m))
    return Sparse(rows, seats, draw(st.sampled_from((0, 1, 300_000, 5_000_000, placing_first(n)))))


def medium_round(n: int, m: int, degree: int, fill: float, seed: int) -> Sparse:
    """Popular mentors, mentees with tastes, seats for about ``fill`` of the mentees."""
    chance = np.random.default_rng(seed)
    popularity, taste = chance.random(m), chance.random((n, 3)) @ chance.random((3, m)) / 3
    scores = (1_000_000 * (popularity + taste + 0.2 * chance.random((n, m))) / 2.2).astype(int)
    rows = tuple(
        {int(mentor): int(scores[row, mentor]) for mentor in chance.choice(m, degree, False)} for row in range(n)
    )
    return Sparse(rows, tuple(chance.multinomial(int(n * fill), np.full(m, 1 / m)).tolist()), placing_first(n))


def best_by_trying(sparse: Sparse) -> int:
    return max(map(sparse.worth, sparse.choices()))


def best_by_scipy(sparse: Sparse) -> int:
    """One column for each seat; whoever is put where there is no edge stays without."""
    columns = np.repeat(np.arange(len(sparse.seats)), sparse.seats)
    worth = np.zeros((len(sparse.rows), len(sparse.seats)))
    for row, scores in enumerate(sparse.rows):
        for mentor, score in scores.items():
            worth[row, mentor] = sparse.bonus + score
    rows, chosen = linear_sum_assignment(worth[:, columns], maximize=True)
    return sum(int(one) for one in worth[rows, columns[chosen]])


def bound_by_hand(sparse: Sparse, prices: list[int]) -> int:
    """Weak duality, written down anew."""
    assert all(price >= 0 for price in prices)
    gains = (
        max(0, *(sparse.bonus + score - prices[mentor] for mentor, score in row.items()), 0) for row in sparse.rows
    )
    return sum(gains) + sum(seats * price for seats, price in zip(sparse.seats, prices, strict=True))
