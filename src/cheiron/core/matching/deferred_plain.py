"""Deferred acceptance in plain Python: what the compiled kernels are held to, and fast enough for small rounds.

One side proposes, each person as often as they have places to fill, best first. The other side holds the best offers
up to its own seats and lets go of the rest, who propose again. When nobody is left to propose, no two people would
both rather have each other, and of all choices of which that is true this is the best one for each who proposes
(Gale and Shapley 1962; seats on both sides: Roth 1984). In whatever order people propose, it is the same choice.

All functions take E edges of n mentees and m mentors, mentee by mentee:

``starts``: int64 (n + 1,), the edges of mentee i stand from ``starts[i]`` up to ``starts[i + 1]``. ``mentors``: int32
(E,), each mentor at most once for a mentee. ``of_mentees``: int32 (E,), the place of the mentor in the mentee's order.
``of_mentors``: int32 (E,), the place of the mentee in the mentor's order. Places are strict, from 1, the best; there
may be gaps between them. ``wanted``: int64 (n,), how many different mentors each mentee seeks. ``seats``: int64 (m,).

All but the last return bool (E,): which edges are chosen. Time O(E log E), memory O(E).
"""

from collections.abc import Callable
from heapq import heappop, heappush, heappushpop
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Places = NDArray[np.int32]
    Chosen = NDArray[np.bool_]

Offers = list[tuple[int, int]]
"""Whom somebody holds: a heap of (place below zero, edge), so that the worst is on top."""


def mentees_propose(
    starts: "Whole", mentors: "Places", of_mentees: "Places", of_mentors: "Places", wanted: "Whole", seats: "Whole"
) -> "Chosen":
    """The stable choice that is best for each mentee."""
    return _settled(_mentees(starts), mentors.tolist(), of_mentees, of_mentors, wanted, seats)


def mentors_propose(
    starts: "Whole", mentors: "Places", of_mentees: "Places", of_mentors: "Places", wanted: "Whole", seats: "Whole"
) -> "Chosen":
    """The stable choice that is best for each mentor."""
    return _settled(mentors.tolist(), _mentees(starts), of_mentors, of_mentees, seats, wanted)


def under_supervisors(
    starts: "Whole",
    mentors: "Places",
    of_mentees: "Places",
    of_supervisors: "Places",
    seats: "Whole",
    supervisors: "Places",
    supervisor_seats: "Whole",
) -> "Chosen":
    """The stable choice that is best for each mentee where supervisors have seats too, over all of their mentors.

    Student-project allocation (Abraham, Irving and Manlove 2007, SPA-S): each mentee seeks one mentor, and whom to
    hold is for the supervisor to say, at each of their mentors and over all of them. The mentors have no order of
    their own: with two orders, one above the other, there need not be a stable choice.

    ``of_supervisors``: int32 (E,), the place of the mentee in the order of the mentor's supervisor, the same at all
    mentors of one supervisor. ``supervisors``: int32 (m,), the supervisor of each mentor. ``supervisor_seats``: int64
    (k,). Each refusal by a supervisor looks at all of their mentors.
    """
    mentees, mentor_of, supervisor_of = _mentees(starts), mentors.tolist(), supervisors.tolist()
    place_of, room, room_above = of_supervisors.tolist(), seats.tolist(), supervisor_seats.tolist()
    held: list[Offers] = [[] for _ in room]
    teams = _teams(held, supervisor_of, len(room_above))

    def offered(edge: int) -> int | None:
        mentor, supervisor = mentor_of[edge], supervisor_of[mentor_of[edge]]
        gone = _let_go(held[mentor], room[mentor], (-place_of[edge], edge))
        return _one_too_many(teams[supervisor], room_above[supervisor]) if gone is None else gone

    _propose(_best_first(mentees, of_mentees, len(starts) - 1), mentees, [1] * (len(starts) - 1), offered)
    return _chosen(held, len(mentees))


def one_each(
    starts: "Whole", mentors: "Places", of_mentees: "Places", of_mentors: "Places", seats: "Whole", mentees_first: bool
) -> "Places":
    """The mentor of each mentee where everybody seeks one, or -1: int32 (n,)."""
    import numpy as np

    propose, wanted = mentees_propose if mentees_first else mentors_propose, np.ones(len(starts) - 1, dtype=np.int64)
    edges = np.flatnonzero(propose(starts, mentors, of_mentees, of_mentors, wanted, seats))
    mentor_of = np.full(len(wanted), -1, dtype=np.int32)
    mentor_of[np.searchsorted(starts, edges, side="right") - 1] = mentors[edges]
    return mentor_of


def _settled(
    proposers: list[int], takers: list[int], of_proposers: "Places", of_takers: "Places", wants: "Whole", room: "Whole"
) -> "Chosen":
    """``proposers`` and ``takers`` stand for each edge; ``wants`` and ``room`` are the seats of the two sides."""
    place_of, seats = of_takers.tolist(), room.tolist()
    held: list[Offers] = [[] for _ in seats]

    def offered(edge: int) -> int | None:
        taker = takers[edge]
        return _let_go(held[taker], seats[taker], (-place_of[edge], edge))

    _propose(_best_first(proposers, of_proposers, len(wants)), proposers, wants.tolist(), offered)
    return _chosen(held, len(takers))


def _propose(
    lists: list[list[int]], proposers: list[int], wants: list[int], offered: Callable[[int], int | None]
) -> None:
    """Everybody proposes until their seats are filled or their list is at its end.

    ``offered`` is told of an edge that is proposed and says which edge is let go for it, perhaps the same.
    """
    proposing = [one for one, seats in enumerate(wants) for _ in range(min(seats, len(lists[one])))]
    ahead = [iter(edges) for edges in lists]
    while proposing:
        one = proposing.pop()
        edge = next(ahead[one], None)
        gone = None if edge is None else offered(edge)
        if gone is not None:
            proposing.append(proposers[gone])


def _let_go(held: Offers, seats: int, offer: tuple[int, int]) -> int | None:
    """Hold the offer; which edge there is then no seat for."""
    if len(held) < seats:
        heappush(held, offer)
        return None
    return heappushpop(held, offer)[1]


def _one_too_many(team: list[Offers], seats: int) -> int | None:
    """The worst edge at any mentor of a supervisor, let go if there are more than the supervisor has seats for."""
    if sum(len(held) for held in team) <= seats:
        return None
    return heappop(min((held for held in team if held), key=lambda held: held[0]))[1]


def _teams(held: list[Offers], supervisor_of: list[int], supervisors: int) -> list[list[Offers]]:
    """What the mentors of each supervisor hold."""
    teams: list[list[Offers]] = [[] for _ in range(supervisors)]
    for offers, supervisor in zip(held, supervisor_of, strict=True):
        teams[supervisor].append(offers)
    return teams


def _mentees(starts: "Whole") -> list[int]:
    """The mentee of each edge."""
    bounds = starts.tolist()
    return [one for one in range(len(bounds) - 1) for _ in range(bounds[one], bounds[one + 1])]


def _best_first(owners: list[int], places: "Places", people: int) -> list[list[int]]:
    """The edges of each of ``people``, the best first."""
    lists: list[list[int]] = [[] for _ in range(people)]
    for edge in sorted(range(len(owners)), key=places.tolist().__getitem__):
        lists[owners[edge]].append(edge)
    return lists


def _chosen(held: list[Offers], edges: int) -> "Chosen":
    import numpy as np

    chosen = np.zeros(edges, dtype=np.bool_)
    chosen[[edge for offers in held for _, edge in offers]] = True
    return chosen
