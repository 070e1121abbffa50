"""Deferred acceptance, compiled: what ``deferred_plain`` defines, for millions of edges.

Each side's edges are laid out best first. Somebody with c seats holds at most c offers, in a heap with the worst on
top, so that a refusal costs O(log c) and the whole O(E log c); the memory is O(E). An offer is one number, the place
above and the edge below (``place << 32 | edge``), so that to compare offers is to compare places.

People and edges are numbered without a sign: the compiler counts a number that might be negative from the end of the
array, as Python does, and to look for the sign at every step took a third of the time.

The public functions take and return what their namesakes in ``deferred_plain`` do; E is at most 2**31 - 1.
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cheiron.core.matching.compiled import compiled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Places = NDArray[np.int32]
    Numbers = NDArray[np.uint32]
    Chosen = NDArray[np.bool_]

NONE = -1
EDGE = 0xFFFFFFFF
"""The half of an offer that is its edge."""

BEYOND = 2**32
"""After every place."""


class Side(NamedTuple):
    """One side of the round: of each edge its person and its place in that person's order; of each person the seats."""

    people: "Numbers"
    places: "Places"
    seats: "Whole"


class Lists(NamedTuple):
    """What people propose, best first: the edges from ``ahead[one]`` up to ``ends[one]`` are still to come.

    ``wants``: how many each person seeks. ``proposers``: the person of each edge, by the number of the edge.
    """

    edges: "Numbers"
    ahead: "Whole"
    ends: "Whole"
    wants: "Whole"
    proposers: "Numbers"


class Held(NamedTuple):
    """What people hold: a heap of offers each, from ``low`` up to ``high``; from there to ``end`` is room, ``NONE``.

    ``limits``: the place from which on an offer is in vain. Most offers are.
    """

    offers: "Whole"
    low: "Whole"
    high: "Whole"
    end: "Whole"
    limits: "Whole"


class Above(NamedTuple):
    """Of each supervisor the worst offer at any of their mentors, as the winner of a tournament of these mentors.

    A supervisor with t mentors has 2t numbers of ``winners``, from ``trees[supervisor]``. The mentors are numbers t up
    to 2t - 1 of them (``leaves``, counted from the first of all), whoever wins between numbers 2i and 2i + 1 is number
    i, and the winner of all is number 1.
    """

    supervisors: "Numbers"
    trees: "Whole"
    leaves: "Whole"
    winners: "Whole"
    seats_left: "Whole"


def mentees_propose(
    starts: "Whole", mentors: "Places", of_mentees: "Places", of_mentors: "Places", wanted: "Whole", seats: "Whole"
) -> "Chosen":
    """The stable choice that is best for each mentee."""
    _compile()
    sides = Side(_people(starts), of_mentees, wanted), Side(mentors.view("u4"), of_mentors, seats)
    return _chosen(_by_mentees(starts, *sides), len(mentors))


def mentors_propose(
    starts: "Whole", mentors: "Places", of_mentees: "Places", of_mentors: "Places", wanted: "Whole", seats: "Whole"
) -> "Chosen":
    """The stable choice that is best for each mentor."""
    _compile()
    sides = Side(_people(starts), of_mentees, wanted), Side(mentors.view("u4"), of_mentors, seats)
    return _chosen(_by_mentors(*sides), len(mentors))


def under_supervisors(
    starts: "Whole",
    mentors: "Places",
    of_mentees: "Places",
    of_supervisors: "Places",
    seats: "Whole",
    supervisors: "Places",
    supervisor_seats: "Whole",
) -> "Chosen":
    """The stable choice that is best for each mentee where supervisors have seats too; a refusal costs O(log m)."""
    import numpy as np

    _compile()
    lists = _lists(Side(_people(starts), of_mentees, np.ones(len(starts) - 1, dtype=np.int64)), starts)
    takers = Side(mentors.view("u4"), of_supervisors, seats)
    held = _held(takers)
    _propose_above(lists, takers.people, of_supervisors, held, _above(supervisors, supervisor_seats))
    return _chosen(held, len(mentors))


def one_each(
    starts: "Whole", mentors: "Places", of_mentees: "Places", of_mentors: "Places", seats: "Whole", mentees_first: bool
) -> "Places":
    """The mentor of each mentee where everybody seeks one."""
    import numpy as np

    _compile()
    mentor_of = np.full(len(starts) - 1, NONE, dtype=np.int32)
    mentees = Side(_people(starts), of_mentees, np.ones(len(mentor_of), dtype=np.int64))
    sides = mentees, Side(mentors.view("u4"), of_mentors, seats)
    held = _by_mentees(starts, *sides) if mentees_first else _by_mentors(*sides)
    _hand_out(held.offers, mentees.people, mentors, mentor_of)
    return mentor_of


def _by_mentees(starts: "Whole", mentees: Side, mentors: Side) -> Held:
    held = _held(mentors)
    _propose(_lists(mentees, starts), mentors.people, mentors.places, held)
    return held


def _by_mentors(mentees: Side, mentors: Side) -> Held:
    held = _held(mentees)
    _propose(_lists(mentors, _starts(_counts(mentors))), mentees.people, mentees.places, held)
    return held


# ---------- laying out ----------


def _people(starts: "Whole") -> "Numbers":
    """The mentee of each edge."""
    import numpy as np

    people = np.empty(starts[-1], dtype=np.uint32)
    _name(starts, people)
    return people


def _counts(side: Side) -> "Whole":
    """How many edges each person has: int64 (people,)."""
    import numpy as np

    counts = np.zeros(len(side.seats), dtype=np.int64)
    _count(side.people, counts)
    return counts


def _starts(counts: "Whole") -> "Whole":
    import numpy as np

    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def _lists(side: Side, starts: "Whole") -> Lists:
    """``starts``: where the edges of each person would begin if they stood person by person: int64 (people + 1,)."""
    return Lists(_best_first(side, starts), starts[:-1].copy(), starts[1:], side.seats, side.people)


def _best_first(side: Side, starts: "Whole") -> "Numbers":
    """The edges of each person, best first; where no place is left out, the place itself says where an edge stands."""
    import numpy as np

    edges = np.full(len(side.people), NONE, dtype=np.int32)
    if not _filed(side.people, side.places, starts[:-1], starts[1:], edges):
        edges = np.lexsort((side.places, side.people)).astype(np.int32)
    return edges.view(np.uint32)


def _held(side: Side) -> Held:
    """Nobody holds anything yet; there is room for as many as may propose, up to the seats.

    Only where the seats are more than the edges is counted who may propose: seats that nobody wants take no memory.
    """
    import numpy as np

    most, low, high, end, limits = np.empty((5, len(side.seats)), dtype=np.int64)
    most.fill(len(side.people))
    if _make_room(side.seats, most, low, high, end, limits) > len(side.people):
        most[:] = _counts(side)
        _make_room(side.seats, most, low, high, end, limits)
    return Held(np.full(end[-1] if len(end) else 0, NONE, dtype=np.int64), low, high, end, limits)


def _above(supervisors: "Places", seats: "Whole") -> Above:
    import numpy as np

    mentors, above = len(supervisors), supervisors.view(np.uint32)
    sizes = _counts(Side(above, supervisors, seats))
    starts = _starts(sizes)
    team_by_team = np.argsort(supervisors, kind="stable")
    leaves = np.empty(mentors, dtype=np.int64)
    leaves[team_by_team] = np.arange(mentors) + (starts[:-1] + sizes)[supervisors[team_by_team]]
    return Above(above, 2 * starts[:-1], leaves, np.full(2 * mentors, NONE, dtype=np.int64), seats.copy())


def _chosen(held: Held, edges: int) -> "Chosen":
    import numpy as np

    chosen = np.zeros(edges, dtype=np.bool_)
    chosen[held.offers[held.offers != NONE] & EDGE] = True
    return chosen


# ---------- kernels ----------


def _name(starts: "Whole", people: "Numbers") -> None:
    for one in range(len(starts) - 1):
        people[starts[one] : starts[one + 1]] = one


def _count(people: "Numbers", counts: "Whole") -> None:
    for one in people:
        counts[one] += 1


def _filed(people: "Numbers", places: "Places", starts: "Whole", ends: "Whole", edges: "Places") -> bool:
    """Put each edge where its place says; whether the places of everybody are 1, 2, 3 and so on."""
    for edge in range(len(people)):
        one = people[edge]
        at = starts[one] + places[edge] - 1
        if at < 0 or places[edge] < 1 or at >= ends[one] or edges[at] != NONE:
            return False
        edges[at] = edge
    return True


def _make_room(seats: "Whole", most: "Whole", low: "Whole", high: "Whole", end: "Whole", limits: "Whole") -> int:
    """Room for all seats of everybody, up to ``most`` of them; how much in all."""
    room = 0
    for one in range(len(seats)):
        low[one] = high[one] = room
        room += max(0, min(seats[one], most[one]))
        end[one] = room
        limits[one] = BEYOND if low[one] < room else 0
    return room


def _hand_out(offers: "Whole", people: "Numbers", mentors: "Places", mentor_of: "Places") -> None:
    """What is held, mentee by mentee, at most one each."""
    for offer in offers:
        if offer != NONE:
            mentor_of[people[offer & EDGE]] = mentors[offer & EDGE]


def _rise(offers: "Whole", low: int, high: int, offer: int) -> None:
    """One more offer into the heap from ``low`` up to ``high``."""
    place = high
    while place > low:
        above = low + (place - low - 1) // 2
        if offers[above] >= offer:
            break
        offers[place] = offers[above]
        place = above
    offers[place] = offer


def _sink(offers: "Whole", low: int, high: int, offer: int) -> None:
    """The offer in place of the worst in the heap."""
    place, child = low, low + 1
    while child < high:
        if child + 1 < high and offers[child + 1] > offers[child]:
            child += 1
        if offers[child] <= offer:
            break
        offers[place] = offers[child]
        place, child = child, 2 * child - low + 1
    offers[place] = offer


def _leave(offers: "Whole", low: int, high: int) -> None:
    """The worst offer out of the heap."""
    last = offers[high - 1]
    offers[high - 1] = NONE
    if low < high - 1:
        _sink(offers, low, high - 1, last)


def _tell(winners: "Whole", tree: int, leaf: int, worst: int) -> None:
    """The tournament hears of the worst offer that one of the mentors holds now."""
    winners[leaf] = worst
    number = leaf - tree
    while number > 1:
        number //= 2
        winners[tree + number] = max(winners[tree + 2 * number], winners[tree + 2 * number + 1])


def _propose(lists: Lists, takers: "Numbers", places: "Places", held: Held) -> None:
    """Everybody asks down their list until somebody holds the offer; whoever is let go for it asks next."""
    edges, ahead, ends, wants, proposers = lists
    offers, low, high, end, limits = held
    for first in range(len(wants)):
        for _ in range(min(wants[first], ends[first] - ahead[first])):
            one = first
            while one >= 0:
                at, last = ahead[one], ends[one]
                asking, one = one, NONE
                while 0 <= at < last:
                    edge = edges[at]
                    at += 1
                    taker, place = takers[edge], places[edge]
                    if place < limits[taker]:
                        worst, free, full = low[taker], high[taker], end[taker]
                        if free < full:
                            _rise(offers, worst, free, int(place) << 32 | int(edge))
                            free += 1
                            high[taker] = free
                        else:
                            one = int(proposers[offers[worst] & EDGE])
                            _sink(offers, worst, full, int(place) << 32 | int(edge))
                        if free == full:
                            limits[taker] = offers[worst] >> 32
                        break
                ahead[asking] = at


def _propose_above(lists: Lists, mentors: "Numbers", places: "Places", held: Held, above: Above) -> None:
    """The same, one mentor for each mentee; the mentor lets somebody go, or if nobody, perhaps the supervisor does."""
    edges, ahead, ends, wants, proposers = lists
    offers, low, high, end, _ = held
    supervisors, trees, leaves, winners, seats_left = above
    for first in range(len(wants)):
        one = first
        while one != NONE and ahead[one] < ends[one]:
            edge = edges[ahead[one]]
            ahead[one] += 1
            mentor, offer, gone = mentors[edge], int(places[edge]) << 32 | int(edge), NONE
            if high[mentor] < end[mentor]:
                _rise(offers, low[mentor], high[mentor], offer)
                high[mentor] += 1
            elif low[mentor] == end[mentor] or offers[low[mentor]] <= offer:
                continue
            else:
                gone = offers[low[mentor]]
                _sink(offers, low[mentor], high[mentor], offer)
            supervisor = supervisors[mentor]
            _tell(winners, trees[supervisor], leaves[mentor], offers[low[mentor]])
            seats_left[supervisor] -= gone == NONE
            if seats_left[supervisor] < 0:
                gone = winners[trees[supervisor] + 1]
                mentor = mentors[gone & EDGE]
                _leave(offers, low[mentor], high[mentor])
                high[mentor] -= 1
                _tell(winners, trees[supervisor], leaves[mentor], offers[low[mentor]])
                seats_left[supervisor] = 0
            one = NONE if gone == NONE else int(proposers[gone & EDGE])


KERNELS = (_name, _count, _filed, _make_room, _hand_out, _rise, _sink, _leave, _tell, _propose, _propose_above)


@cache
def _compile() -> None:
    """Machine code in place of the kernels, at the first use and not on import: nobody waits for it without need."""
    globals().update({kernel.__name__: compiled(kernel) for kernel in KERNELS})
