"""Why somebody is left over, as a count that anybody can check (P. Hall, 1935).

From the unmatched mentee go to every mentor open to them; all are full, or the mentee would have been placed. From
each of these go on to whoever is open to the mentees placed there; they too are full, or moving people along would
have placed one more. The mentors so reached have fewer seats than there are mentees who can turn to nobody else.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from cheiron.core.matching.result import Unmatched, UnmatchedKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def shortages(
    mentees: tuple[str, ...],
    open_to: "NDArray[np.bool_]",
    seats: "NDArray[np.int64]",
    mentor_of: "NDArray[np.int64]",
) -> tuple[Unmatched, ...]:
    """The reason of every mentee whose ``mentor_of`` is -1, for a choice that places as many as possible.

    ``open_to``: bool (n, m), the eligible pairs; in the row of a locked mentee only the mentor of the lock.
    ``seats``: int64 (m,), all seats, those of locked pairs included. ``mentor_of``: int64 (n,), likewise.
    """
    import numpy as np

    onward = _onward(open_to, mentor_of)
    seen: dict[bytes, tuple[UnmatchedKind, int, int, int]] = {}
    reasons = []
    for row in np.flatnonzero(mentor_of < 0):
        key = open_to[row].tobytes()
        if key not in seen:
            seen[key] = _reason(open_to[row], open_to, seats, onward)
        reasons.append(Unmatched(mentees[row], *seen[key]))
    return tuple(reasons)


def outranked(
    mentees: tuple[str, ...],
    open_to: "NDArray[np.bool_]",
    seats: "NDArray[np.int64]",
    free_seats: "NDArray[np.int64]",
    mentor_of: "NDArray[np.int64]",
) -> tuple[Unmatched, ...]:
    """The same for a stable choice, in which every open seat went to somebody who stands before, or is locked.

    ``free_seats``: int64 (m,), the seats left beside locked pairs. The others as in ``shortages``.
    """
    import numpy as np

    reasons = []
    for row in np.flatnonzero(mentor_of < 0):
        if not open_to[row].any():
            kind = UnmatchedKind.NO_ONE_ELIGIBLE if seats.any() else UnmatchedKind.NO_SEATS_AT_ALL
            reasons.append(Unmatched(mentees[row], kind))
        else:
            counts = (open_to[row].sum(), seats[open_to[row]].sum(), free_seats[open_to[row]].sum())
            reasons.append(Unmatched(mentees[row], UnmatchedKind.OUTRANKED, *map(int, counts)))
    return tuple(reasons)


def taken(
    mentees: tuple[str, ...],
    open_to: "NDArray[np.bool_]",
    seats: "NDArray[np.int64]",
    mentor_of: "NDArray[np.int64]",
) -> tuple[Unmatched, ...]:
    """The same for a choice by the first places, which leaves no seat open to anybody who has nobody."""
    found = outranked(mentees, open_to, seats, seats, mentor_of)
    by_order = UnmatchedKind.OUTRANKED
    return tuple(
        replace(one, kind=UnmatchedKind.TAKEN, competitors=0) if one.kind is by_order else one for one in found
    )


def _onward(open_to: "NDArray[np.bool_]", mentor_of: "NDArray[np.int64]") -> "NDArray[np.bool_]":
    """bool (m, m): to whom the mentees placed at each mentor could move."""
    import numpy as np

    placed = np.flatnonzero(mentor_of >= 0)
    at = np.zeros((open_to.shape[1], len(open_to)), dtype=np.float32)
    at[mentor_of[placed], placed] = 1
    onward: NDArray[np.bool_] = at @ open_to.astype(np.float32) > 0
    return onward


def _reason(
    direct: "NDArray[np.bool_]",
    open_to: "NDArray[np.bool_]",
    seats: "NDArray[np.int64]",
    onward: "NDArray[np.bool_]",
) -> tuple[UnmatchedKind, int, int, int]:
    if not seats.any():
        return UnmatchedKind.NO_SEATS_AT_ALL, 0, 0, 0
    if not direct.any():
        return UnmatchedKind.NO_ONE_ELIGIBLE, 0, 0, 0
    reached = _reached(direct, onward)
    bound = open_to.any(axis=1) & ~(open_to & ~reached).any(axis=1)
    kind = UnmatchedKind.HALL if reached.sum() == direct.sum() else UnmatchedKind.HALL_CHAIN
    return kind, int(reached.sum()), int(seats[reached].sum()), int(bound.sum())


def _reached(direct: "NDArray[np.bool_]", onward: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """The mentors that alternating paths lead to, bool (m,)."""
    reached = direct
    while True:
        wider = reached | onward[reached].any(axis=0)
        if wider.sum() == reached.sum():
            return wider
        reached = wider
