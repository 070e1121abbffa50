"""Deferred acceptance on plain arrays (Gale and Shapley, 1962), with seats on both sides and incomplete lists.

One side proposes, each person as often as they have seats to fill, best first. The other side holds the best proposals
up to its own seats and lets go of the rest, who propose again. When nobody is left to propose, no two people would
both rather have each other; and of all choices of which that is true, this is the best one for each who proposes.
"""

from heapq import heappush, heappushpop
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def stable_choice(
    of_mentees: "NDArray[np.int64]", of_mentors: "NDArray[np.int64]", seats: "NDArray[np.int64]", mentees_propose: bool
) -> "NDArray[np.int64]":
    """The stable choice: int64 (n,), column of each mentee's mentor or -1.

    Both orders int64 (n, m): strict places from 0, or the number of people of the other side where the pair may not
    be. ``seats``: int64 (m,).
    """
    import numpy as np

    ones = [1] * len(of_mentees)
    mentor_of = np.full(len(of_mentees), -1, dtype=np.int64)
    if mentees_propose:
        for mentor, held in enumerate(_accepted(of_mentees, of_mentors.T, ones, seats.tolist())):
            mentor_of[held] = mentor
    else:
        for mentee, held in enumerate(_accepted(of_mentors.T, of_mentees, seats.tolist(), ones)):
            mentor_of[mentee] = held[0] if held else -1
    return mentor_of


def _accepted(
    of_proposers: "NDArray[np.int64]", of_takers: "NDArray[np.int64]", wants: list[int], room: list[int]
) -> list[list[int]]:
    """Whom each taker holds in the end; ``wants`` and ``room`` are the seats of proposers and takers."""
    lists = _best_first(of_proposers)
    place_of = of_takers.tolist()
    held: list[list[tuple[int, int]]] = [[] for _ in room]
    asked = [0] * len(lists)
    proposing = [one for one, seats in enumerate(wants) for _ in range(seats)]
    while proposing:
        one = proposing.pop()
        if asked[one] == len(lists[one]):
            continue
        taker = lists[one][asked[one]]
        asked[one] += 1
        offer = (-place_of[taker][one], one)
        if len(held[taker]) < room[taker]:
            heappush(held[taker], offer)
        else:
            proposing.append(heappushpop(held[taker], offer)[1])
    return [[one for _, one in offers] for offers in held]


def _best_first(places: "NDArray[np.int64]") -> list[list[int]]:
    """Each row's columns in the order of their places, those left out that may not be."""
    import numpy as np

    columns = places.shape[1]
    sorted_columns = np.argsort(places, axis=1).tolist()
    lengths = (places < columns).sum(axis=1).tolist()
    return [row[:length] for row, length in zip(sorted_columns, lengths, strict=True)]
