"""Stable choices: by which code, for whom, in which form. What they are is said in ``deferred_plain``.

Small rounds are settled in plain Python, at once; large ones by compiled code, which must be loaded first. Both give
the same.
"""

from types import ModuleType
from typing import TYPE_CHECKING, TypeVar, cast

from cheiron.core.matching import deferred_plain
from cheiron.core.matching.compiled import AVAILABLE
from cheiron.core.matching.ranked_lists import Ranked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Number = TypeVar("Number", np.int32, np.int64)

PLAIN_UP_TO = 50_000
"""Edges up to which plain Python answers: some 50 ms, where loading the compiled code takes half a second, once."""


def stable_choice(
    of_mentees: "NDArray[np.int64]", of_mentors: "NDArray[np.int64]", seats: "NDArray[np.int64]", mentees_propose: bool
) -> "NDArray[np.int64]":
    """The stable choice: int64 (n,), column of each mentee's mentor or -1.

    Both orders int64 (n, m): strict places from 0, or the number of people of the other side where the pair may not
    be. ``seats``: int64 (m,).
    """
    import numpy as np

    rows, columns = np.nonzero(of_mentees < len(seats))
    starts = np.searchsorted(rows, np.arange(len(of_mentees) + 1))
    mine, theirs = (_narrow(1 + one[rows, columns]) for one in (of_mentees, of_mentors))
    ranked = Ranked(_whole(starts), _narrow(columns), mine, theirs)
    return stable_mentors(ranked, seats, mentees_propose).astype(np.int64)


def stable_mentors(ranked: Ranked, seats: "NDArray[np.int64]", mentees_propose: bool = True) -> "NDArray[np.int32]":
    """The stable choice of one mentor each, the best one for those who propose: int32 (n,), or -1.

    ``seats``: int64 (m,).
    """
    code, edges = _code(len(ranked.mentors)), _arrays(ranked, len(ranked.starts) - 1, len(seats))
    mentor_of: NDArray[np.int32] = code.one_each(*edges, _whole(seats), mentees_propose)
    return mentor_of


def stable_edges(
    ranked: Ranked, wanted: "NDArray[np.int64]", seats: "NDArray[np.int64]", mentees_propose: bool = True
) -> "NDArray[np.bool_]":
    """The stable choice of several different mentors for each mentee, the best one for those who propose: bool (E,).

    ``wanted``: int64 (n,), how many. ``seats``: int64 (m,). No two people who are not paired would both rather have
    each other than one of those they have, or than a place that they have left. Raises ``ValueError`` when arrays do
    not fit together, as the others here do.
    """
    code, edges = _code(len(ranked.mentors)), _arrays(ranked, len(wanted), len(seats))
    propose = code.mentees_propose if mentees_propose else code.mentors_propose
    chosen: NDArray[np.bool_] = propose(*edges, _whole(wanted), _whole(seats))
    return chosen


def stable_under_supervisors(
    ranked: Ranked,
    seats: "NDArray[np.int64]",
    supervisors: "NDArray[np.int32]",
    supervisor_seats: "NDArray[np.int64]",
) -> "NDArray[np.int32]":
    """The stable choice of one mentor each, best for the mentees, when supervisors have seats too: int32 (n,), or -1.

    ``ranked.of_mentors`` are the places in the orders of the supervisors. ``seats``: int64 (m,), of the mentors.
    ``supervisors``: int32 (m,), the column of each mentor's supervisor. ``supervisor_seats``: int64 (k,).
    """
    _require(len(supervisors) == len(seats) and _within(supervisors, len(supervisor_seats)))
    above = _narrow(supervisors), _whole(supervisor_seats)
    edges = _arrays(ranked, len(ranked.starts) - 1, len(seats))
    chosen = _code(len(ranked.mentors)).under_supervisors(*edges, _whole(seats), *above)
    return _mentor_of(ranked, chosen)


def _code(edges: int) -> ModuleType:
    """The module that settles so many edges."""
    if edges <= PLAIN_UP_TO or not AVAILABLE:
        return deferred_plain
    from cheiron.core.matching import deferred

    return deferred


def _arrays(
    ranked: Ranked, mentees: int, mentors: int
) -> "tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]":
    """As the code takes them. Machine code does not look where it reads, so nothing may point outside."""
    edges = len(ranked.mentors)
    _require(len(ranked.starts) == mentees + 1 and ranked.starts[0] == 0 and ranked.starts[-1] == edges < 2**31)
    _require(len(ranked.of_mentees) == len(ranked.of_mentors) == edges and _within(ranked.mentors, mentors))
    return _whole(ranked.starts), _narrow(ranked.mentors), _narrow(ranked.of_mentees), _narrow(ranked.of_mentors)


def _within(columns: "NDArray[np.integer]", people: int) -> bool:
    if len(columns) and columns.dtype == "i4":
        return bool(columns.view("u4").max() < people)  # whoever is below 0 is far above
    return len(columns) == 0 or bool(columns.min() >= 0 and columns.max() < people)


def _require(fits: bool) -> None:
    if not fits:
        raise ValueError("the arrays of a round do not fit together")


def _whole(numbers: "NDArray[np.integer]") -> "NDArray[np.int64]":
    import numpy as np

    return _dense(numbers, np.int64)


def _narrow(numbers: "NDArray[np.integer]") -> "NDArray[np.int32]":
    import numpy as np

    return _dense(numbers, np.int32)


def _dense(numbers: "NDArray[np.integer]", kind: "type[Number]") -> "NDArray[Number]":
    """Dense and writable, itself where it is: for every other form the code would be compiled anew."""
    import numpy as np

    if numbers.dtype == kind and numbers.flags.carray:
        return cast("NDArray[Number]", numbers)
    return np.require(numbers, kind, ["C", "W"])


def _mentor_of(ranked: Ranked, chosen: "NDArray[np.bool_]") -> "NDArray[np.int32]":
    """The mentor of each mentee, or -1, from at most one chosen edge each."""
    import numpy as np

    mentor_of = np.full(len(ranked.starts) - 1, -1, dtype=np.int32)
    edges = np.flatnonzero(chosen)
    mentor_of[np.searchsorted(ranked.starts, edges, side="right") - 1] = ranked.mentors[edges]
    return mentor_of
