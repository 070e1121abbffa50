"""From a problem to a certified result, by the method that the problem asks for.

The optimum places as many mentees as possible, then makes the total score as large as possible; both in whole numbers,
so there is no "almost". A stable choice leaves no two people apart who would both rather have each other. Locked pairs
are settled first. Between equals the seed decides, through an order of people that favors no letter of the alphabet.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cheiron.core.matching.aims import aims_of
from cheiron.core.matching.fair import Prices, one_after_the_other
from cheiron.core.matching.lottery import drawn_order, each_lot
from cheiron.core.matching.optimum import NEVER, Priced, optimum, priced
from cheiron.core.matching.problem import HIGHEST_SCORE, Method, Problem, eligible_pairs, positions, problem_hash
from cheiron.core.matching.result import Certificate, Pair, PairState, Result, Stability, Unmatched, sealed
from cheiron.core.matching.shortage import outranked, shortages, taken
from cheiron.core.matching.stable import stable_choice
from cheiron.core.matching.validation import refuse_invalid
from cheiron.core.matching.versions import with_or_tools

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENGINE_VERSION = "1"

_LEANING_UP_TO = 10_000
"""Mentees up to which the flow has digits to spare for the pairs of an earlier result."""


def solve(problem: Problem) -> Result:
    """The result by the problem's method, with its proof. The same problem gives the same bytes. Raises ``Invalid``."""
    refuse_invalid(problem)
    return _result(_Round(problem))


def solve_near(problem: Problem, earlier: Result) -> Result:
    """As good as ``solve``, but among equally good results one that keeps the most pairs of ``earlier``.

    For questions of the kind "what would change if": people who need not move do not. A stable choice is one only,
    so there the earlier result plays no part. Raises ``Invalid``.
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
    method = found.problem.method
    return _stable(found) if method.stable else _fair(found) if method.fair else _optimal(found)


def _optimal(found: _Round) -> Result:
    best = priced(_worth(found), _choice(found))
    mentor_of = _with_locks(found, best.mentor_of)
    pairs = _pairs(found, mentor_of.tolist())
    unmatched = shortages(found.problem.mentees, found.open_to, found.seats, mentor_of)
    return _sealed(found, pairs, unmatched, _certificate(found, best, pairs))


def _stable(found: _Round) -> Result:
    of_mentees, of_mentors = _strict_places(found)
    mentees_propose = found.problem.method is Method.STABLE
    mentor_of = _with_locks(found, stable_choice(of_mentees, of_mentors, found.free_seats, mentees_propose))
    pairs = _pairs(found, mentor_of.tolist())
    unmatched = outranked(found.problem.mentees, found.open_to, found.seats, found.free_seats, mentor_of)
    total = sum(pair.score for pair in pairs)
    stability = _stability(found, mentor_of.tolist(), of_mentees, of_mentors)
    return _sealed(found, pairs, unmatched, Certificate(len(pairs), total, (), (), stability))


def _fair(found: _Round) -> Result:
    """One aim after the other, drawn in the seed's order."""
    import numpy as np

    problem, method = found.problem, found.problem.method
    drawn = np.ix_(drawn_order(problem.seed, problem.mentees), drawn_order(problem.seed, found.mentor_ids))
    aims = (aim[drawn] for aim in aims_of(method, problem.scores, problem.orders, found.free_pairs))
    kept = _kept(found)[drawn] if found.earlier else None
    free = found.free_pairs[drawn]
    seats = found.free_seats[drawn[1][0]].clip(0)
    start = None if method is Method.RANK_MAXIMAL else optimum(_worth(found)[drawn], seats)
    mentor_of, proofs = one_after_the_other(aims, free, seats, start, kept)
    mentor_of = _with_locks(found, _undrawn(mentor_of, drawn))
    pairs = _pairs(found, mentor_of.tolist())
    stages = tuple(_stage(proof, drawn) for proof in proofs)
    total = sum(pair.score for pair in pairs)
    return _sealed(found, pairs, _left_out(found, mentor_of), Certificate(len(pairs), total, (), (), stages=stages))


def _undrawn(mentor_of: "NDArray[np.int64]", drawn: "tuple[NDArray[np.int64], ...]") -> "NDArray[np.int64]":
    """Told in the order of ids."""
    import numpy as np

    rows, columns = drawn[0].ravel(), drawn[1].ravel()
    found = np.empty_like(mentor_of)
    found[rows] = np.where(mentor_of < 0, -1, columns[mentor_of])
    return found


def _stage(proof: Prices, drawn: "tuple[NDArray[np.int64], ...]") -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The prices of one aim in the order of ids."""
    import numpy as np

    sides = zip((proof.of_mentees, proof.of_mentors), drawn, strict=True)
    mentees, mentors = (prices[np.argsort(order.ravel())].tolist() for prices, order in sides)
    return tuple(mentees), tuple(mentors)


def _left_out(found: _Round, mentor_of: "NDArray[np.int64]") -> tuple[Unmatched, ...]:
    if found.problem.method is Method.RANK_MAXIMAL:
        return taken(found.problem.mentees, found.open_to, found.seats, mentor_of)
    return shortages(found.problem.mentees, found.open_to, found.seats, mentor_of)


def _with_locks(found: _Round, mentor_of: "NDArray[np.int64]") -> "NDArray[np.int64]":
    settled = mentor_of.copy()
    settled[list(found.locks)] = list(found.locks.values())
    return settled


def _sealed(
    found: _Round, pairs: tuple[Pair, ...], unmatched: tuple[Unmatched, ...], certificate: Certificate
) -> Result:
    return sealed(
        Result(
            pairs=pairs,
            unmatched=unmatched,
            certificate=certificate,
            seed=found.problem.seed,
            problem_hash=problem_hash(found.problem),
            versions=_versions(found.problem.method),
            method=found.problem.method,
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

    rows = drawn_order(found.problem.seed, found.problem.mentees)
    columns = drawn_order(found.problem.seed, found.mentor_ids)
    drawn = optimum(_leaning(found)[np.ix_(rows, columns)], found.free_seats[columns])
    mentor_of = np.empty_like(drawn)
    mentor_of[rows] = np.where(drawn < 0, -1, columns[drawn])
    return mentor_of


def _leaning(found: _Round) -> "NDArray[np.int64]":
    """The worth, and below its last digit one more for each pair of the earlier result."""
    worth, people = _worth(found), len(found.problem.mentees)
    if found.earlier is None or people > _LEANING_UP_TO:
        return worth
    worth[found.free_pairs] *= people + 1
    return worth + _kept(found)


def _kept(found: _Round) -> "NDArray[np.int64]":
    """1 for each free pair of the earlier result: int64 (mentees, mentors)."""
    import numpy as np

    kept = np.zeros(found.free_pairs.shape, dtype=np.int64)
    row_of, column_of = positions(found.problem.mentees), positions(found.mentor_ids)
    for pair in found.earlier.pairs if found.earlier else ():
        if pair.mentee in row_of and pair.mentor in column_of:
            kept[row_of[pair.mentee], column_of[pair.mentor]] = 1
    return np.where(found.free_pairs, kept, 0)


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


def _strict_places(found: _Round) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Both orders from 0, the seed deciding between equals: int64 (mentees, mentors).

    Where a pair may not be, or is not to be decided on, the number of people of the other side.
    """

    orders, free = found.problem.orders, found.free_pairs
    assert orders is not None, "validation has refused a stable method without orders"
    lot_of_mentees = each_lot(found.problem.seed, found.problem.mentees)
    lot_of_mentors = each_lot(found.problem.seed, found.mentor_ids)
    of_mentees = _counted(orders.of_mentees, lot_of_mentors, free)
    return of_mentees, _counted(orders.of_mentors.T, lot_of_mentees, free.T).T


def _counted(places: "NDArray[np.int32]", lots: "NDArray[np.int64]", free: "NDArray[np.bool_]") -> "NDArray[np.int64]":
    """Places of each row counted anew among the free pairs, equals by their lots."""
    import numpy as np

    people = len(lots)
    keys = np.where(free, places.astype(np.int64) * people + lots, np.iinfo(np.int64).max)
    strict = np.empty(keys.shape, dtype=np.int64)
    np.put_along_axis(strict, np.argsort(keys, axis=1), np.arange(people)[None, :], axis=1)
    return np.where(free, strict, people)


def _stability(
    found: _Round, mentor_of: list[int], of_mentees: "NDArray[np.int64]", of_mentors: "NDArray[np.int64]"
) -> Stability:
    placed = [(row, column) for row, column in enumerate(mentor_of) if column >= 0 and row not in found.locks]
    mentees, orders = found.problem.mentees, found.problem.orders
    assert orders is not None, "a stable choice has orders"
    return Stability(
        standings=tuple(
            (mentees[one], int(of_mentees[one, at]) + 1, int(of_mentors[one, at]) + 1) for one, at in placed
        ),
        mentee_ties=_rows_with_equals(orders.of_mentees, found.free_pairs),
        mentor_ties=_rows_with_equals(orders.of_mentors.T, found.free_pairs.T),
    )


def _rows_with_equals(places: "NDArray[np.int32]", free: "NDArray[np.bool_]") -> int:
    import numpy as np

    return sum(len(np.unique(row[mask])) < int(mask.sum()) for row, mask in zip(places, free, strict=True))


def _versions(method: Method) -> tuple[tuple[str, str], ...]:
    own = ("cheiron.core.matching", ENGINE_VERSION)
    if method.stable:
        return (own,)
    return with_or_tools(own)
