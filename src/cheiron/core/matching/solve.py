"""From a problem to a certified result: as many mentees placed as possible, then the largest total score.

Both in whole numbers, so there is no "almost". Locked pairs are settled first. Between equally good results the seed
decides, through an order of people that favors no letter of the alphabet.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cheiron.core.matching.optimum import NEVER, Priced, optimum, priced
from cheiron.core.matching.problem import HIGHEST_SCORE, Problem, eligible_pairs, positions, problem_hash
from cheiron.core.matching.result import Certificate, Pair, PairState, Result, sealed
from cheiron.core.matching.shortage import shortages
from cheiron.core.matching.validation import refuse_invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENGINE_VERSION = "1"

_LEANING_UP_TO = 10_000
"""Mentees up to which the flow has digits to spare for the pairs of an earlier result."""


def solve(problem: Problem) -> Result:
    """The best result, with its proof. The same problem gives the same bytes. Raises ``Invalid``."""
    refuse_invalid(problem)
    return _result(_Round(problem))


def solve_near(problem: Problem, earlier: Result) -> Result:
    """As good as ``solve``, but among equally good results one that keeps the most pairs of ``earlier``.

    For questions of the kind "what would change if": people who need not move do not. Raises ``Invalid``.
    """
    refuse_invalid(problem)
    return _result(_Round(problem, earlier))


@dataclass(frozen=True)
class _Round:
    """A problem as arrays, people in the order that the seed gives them; locks are out of ``free_pairs``."""

    problem: Problem
    earlier: Result | None = None

    @cached_property
    def mentor_ids(self) -> tuple[str, ...]:
        return tuple(mentor.id for mentor in self.problem.mentors)

    @cached_property
    def locks(self) -> dict[int, int]:
        """Row to column."""
        row_of, column_of = positions(self.problem.mentees), positions(self.mentor_ids)
        return {row_of[pin.mentee]: column_of[pin.mentor] for pin in self.problem.pins}

    @cached_property
    def seats(self) -> "NDArray[np.int64]":
        import numpy as np

        return np.array([mentor.capacity for mentor in self.problem.mentors], dtype=np.int64)

    @cached_property
    def free_seats(self) -> "NDArray[np.int64]":
        """Seats left beside the locks."""
        import numpy as np

        left = self.seats.copy()
        np.subtract.at(left, list(self.locks.values()), 1)
        return left

    @cached_property
    def open_to(self) -> "NDArray[np.bool_]":
        """Eligible pairs; of a locked mentee only the lock."""
        open_to = eligible_pairs(self.problem)
        for row, column in self.locks.items():
            open_to[row] = False
            open_to[row, column] = True
        return open_to

    @cached_property
    def free_pairs(self) -> "NDArray[np.bool_]":
        """Pairs that are still to be decided on."""
        free: NDArray[np.bool_] = self.open_to & (self.free_seats > 0)
        free[list(self.locks)] = False
        return free


def _result(found: _Round) -> Result:
    best = priced(_worth(found), _choice(found))
    mentor_of = best.mentor_of.copy()
    mentor_of[list(found.locks)] = list(found.locks.values())
    pairs = _pairs(found, mentor_of.tolist())
    return sealed(
        Result(
            pairs=pairs,
            unmatched=shortages(found.problem.mentees, found.open_to, found.seats, mentor_of),
            certificate=_certificate(found, best, pairs),
            seed=found.problem.seed,
            problem_hash=problem_hash(found.problem),
            versions=_versions(),
        )
    )


def _worth(found: _Round) -> "NDArray[np.int64]":
    """int64 (mentees, mentors): score plus M, so that one more placed mentee outweighs every score."""
    import numpy as np

    placed = 1 + len(found.problem.mentees) * HIGHEST_SCORE
    return np.where(found.free_pairs, found.problem.scores + np.int64(placed), NEVER)


def _choice(found: _Round) -> "NDArray[np.int64]":
    """Column of each mentee's mentor or -1, locks left out: drawn in the seed's order, told in the order of ids."""
    import numpy as np

    rows = _drawn_order(found.problem.seed, found.problem.mentees)
    columns = _drawn_order(found.problem.seed, found.mentor_ids)
    drawn = optimum(_leaning(found)[np.ix_(rows, columns)], found.free_seats[columns])
    mentor_of = np.empty_like(drawn)
    mentor_of[rows] = np.where(drawn < 0, -1, columns[drawn])
    return mentor_of


def _drawn_order(seed: int, ids: tuple[str, ...]) -> "NDArray[np.int64]":
    """Positions in the order of SHA-256 over seed and id: a lottery that can be repeated."""
    import numpy as np

    lots = [hashlib.sha256(f"{seed}:{name}".encode()).digest() for name in ids]
    return np.array(sorted(range(len(ids)), key=lots.__getitem__), dtype=np.int64)


def _leaning(found: _Round) -> "NDArray[np.int64]":
    """The worth, and below its last digit one more for each pair of the earlier result."""
    worth, people = _worth(found), len(found.problem.mentees)
    if found.earlier is None or people > _LEANING_UP_TO:
        return worth
    row_of, column_of = positions(found.problem.mentees), positions(found.mentor_ids)
    kept = [(row_of[pair.mentee], column_of[pair.mentor]) for pair in found.earlier.pairs if _is_known(pair, found)]
    worth[found.free_pairs] *= people + 1
    for row, column in kept:
        worth[row, column] += found.free_pairs[row, column]
    return worth


def _is_known(pair: Pair, found: _Round) -> bool:
    return pair.mentee in found.problem.mentees and pair.mentor in found.mentor_ids


def _pairs(found: _Round, mentor_of: list[int]) -> tuple[Pair, ...]:
    """A lock on a pair without a score counts as 0."""
    mentees, scores = found.problem.mentees, found.problem.scores
    return tuple(
        Pair(
            mentee=mentees[row],
            mentor=found.mentor_ids[column],
            score=max(0, int(scores[row, column])),
            state=PairState.LOCKED if row in found.locks else PairState.PLACED,
        )
        for row, column in enumerate(mentor_of)
        if column >= 0
    )


def _certificate(found: _Round, best: Priced, pairs: tuple[Pair, ...]) -> Certificate:
    return Certificate(
        placed=len(pairs),
        total=sum(pair.score for pair in pairs),
        mentee_prices=tuple(zip(found.problem.mentees, best.mentee_prices.tolist(), strict=True)),
        mentor_prices=tuple(zip(found.mentor_ids, best.mentor_prices.tolist(), strict=True)),
    )


def _versions() -> tuple[tuple[str, str], ...]:
    import ortools

    return ("cheiron.core.matching", ENGINE_VERSION), ("ortools", ortools.__version__)
