"""Mentors whom some mentee left over could reach by moving others, compiled: ``crowded`` of ``auction_plain``.

When as many mentees as possible are placed, these mentors are the same whichever such choice is made, and all of them
are full (Dulmage and Mendelsohn 1958). To find them, everybody first takes any free seat; then whoever stands looks for
a way to one, over mentees who could sit elsewhere (Hopcroft and Karp 1973), all of them at once and breadth first,
until a search moves nobody. Who was reached in that last search is crowded. A search takes O(E), and some ten are
enough where seats are just as many as mentees.
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cheiron.core.matching.bidding import NONE
from cheiron.core.matching.compiled import compiled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Narrow = NDArray[np.int32]


class Rows(NamedTuple):
    """The mentors of each mentee, from ``starts[mentee]`` up to ``starts[mentee + 1]``."""

    starts: "Whole"
    mentors: "Narrow"


class First(NamedTuple):
    """A first seating, by eligibility alone: ``sitters`` of all seats, how many are taken, where each mentee sits."""

    starts: "Whole"
    sitters: "Narrow"
    taken: "Narrow"
    mentor_of: "Narrow"
    seat_of: "Whole"


def crowded(starts: "Whole", mentors: "Narrow", seat_starts: "Whole") -> "NDArray[np.bool_]":
    """Which mentors are: bool (m,).

    Edges as in ``Edges``. ``seat_starts``: int64 (m + 1,), where the seats of each mentor start, and where they end.
    """
    import numpy as np

    _compile()
    n, m = len(starts) - 1, len(seat_starts) - 1
    mentor_of, finder, queue, roots = (np.full(size, NONE, dtype=np.int32) for size in (n, m, n, n))
    sitters, seat_of = np.zeros(seat_starts[-1], dtype=np.int32), np.zeros(n, dtype=np.int64)
    rows, first = Rows(starts, mentors), First(seat_starts, sitters, np.zeros(m, dtype=np.int32), mentor_of, seat_of)
    _sit_down(rows, first)
    while _move_up(rows, first, finder, queue, roots):
        finder[:] = NONE
    reached: NDArray[np.bool_] = finder != NONE
    return reached


# ---------- kernels, as Python; `_compile` puts machine code in their place ----------


def _sit_down(rows: Rows, first: First) -> None:
    """Everybody takes the first free seat they come to."""
    for mentee in range(len(rows.starts) - 1):
        for edge in range(rows.starts[mentee], rows.starts[mentee + 1]):
            mentor = rows.mentors[edge]
            seat = first.starts[mentor] + first.taken[mentor]
            if seat < first.starts[mentor + 1]:
                first.taken[mentor] += 1
                first.sitters[seat], first.seat_of[mentee], first.mentor_of[mentee] = mentee, seat, mentor
                break


def _move_up(rows: Rows, first: First, finder: "Narrow", queue: "Narrow", roots: "Narrow") -> int:
    """One search from all who stand, breadth first; how many sat down because others moved on by one mentor.

    ``finder``: the mentee from whom a mentor was reached. ``roots``: who stands at the beginning of the way.
    """
    count = at = moved = 0
    for mentee in range(len(first.mentor_of)):
        if first.mentor_of[mentee] == NONE:
            queue[count] = roots[mentee] = mentee
            count += 1
    while at < count:
        mentee = queue[at]
        at += 1
        if first.mentor_of[roots[mentee]] == NONE:
            mentor, count = _look_around(rows, first, finder, queue, roots, mentee, count)
            if mentor != NONE:
                _shift(first, finder, mentor)
                moved += 1
    return moved


def _look_around(
    rows: Rows, first: First, finder: "Narrow", queue: "Narrow", roots: "Narrow", mentee: int, count: int
) -> tuple[int, int]:
    """A mentor with a free seat, if there is one; and the queue, grown by those who sit with the mentors reached."""
    for edge in range(rows.starts[mentee], rows.starts[mentee + 1]):
        mentor = rows.mentors[edge]
        if finder[mentor] == NONE and first.starts[mentor] < first.starts[mentor + 1]:
            finder[mentor] = mentee
            if first.taken[mentor] < first.starts[mentor + 1] - first.starts[mentor]:
                return mentor, count
            for seat in range(first.starts[mentor], first.starts[mentor + 1]):
                queue[count] = first.sitters[seat]
                roots[queue[count]] = roots[mentee]
                count += 1
    return NONE, count


def _shift(first: First, finder: "Narrow", mentor: int) -> None:
    """Everybody on the way moves on by one mentor; one with seats still free may be found again."""
    mentee, seat, to = finder[mentor], first.starts[mentor] + first.taken[mentor], mentor
    first.taken[mentor] += 1
    if seat + 1 < first.starts[mentor + 1]:
        finder[mentor] = NONE
    while mentee != NONE:
        before, left = first.mentor_of[mentee], first.seat_of[mentee]
        first.sitters[seat], first.seat_of[mentee], first.mentor_of[mentee] = mentee, seat, to
        to, seat = before, left
        mentee = finder[before] if before != NONE else NONE


KERNELS = (_sit_down, _look_around, _shift, _move_up)


@cache
def _compile() -> None:
    """At the first use, not on import: whoever needs no machine code need not wait for the compiler."""
    globals().update({kernel.__name__: compiled(kernel) for kernel in KERNELS})
