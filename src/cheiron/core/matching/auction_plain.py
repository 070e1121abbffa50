"""An auction of seats in plain Python: what the compiled one is held to, and fast enough for small rounds.

Bertsekas' auction (1979, 1988) with seats that are alike (Bertsekas and Castañon 1989), scaled steps, and both sides
in turn (Bertsekas and Castañon 1992). What is sought and what is proved stands in ``bidding``.

A phase has a smallest step, and three parts:

1. Whoever is further than the step from content gives up their seat.
2. Mentees without a seat bid, first come, first served. A bid for the seat that gains most goes as high as it can: to
   where that seat is one step worse than the next best, or than to go without. A full mentor lets the lowest bid go,
   and the lowest bid held is the price. A mentor with an empty seat keeps the price that they had before.
3. A price on an empty seat would prove nothing. Such mentors come down, until their price is 0 or somebody comes: to
   one step below what the second keenest would pay, at which the keenest gains a step or more by coming.

In part 2 prices only rise and full mentors stay full; in part 3 prices only fall and whoever is placed stays placed.
Hence each part ends, and at its end everybody is content to within a step: ``bonus + score_ij - p_j`` exceeds nobody's
gain by more. The bound is then at most n steps above the value. Later phases with smaller steps begin where the
earlier ones ended, with few who are not content.

Prices begin at 0, but at the top for crowded mentors: those whom some mentee left over could reach by moving others,
when as many as possible are placed. They all stay full whatever happens (Dulmage and Mendelsohn 1958), and where seats
are short it is mentors who choose. Otherwise every price there would have to climb to the bonus, step by step. The
start decides how long it takes, not what is proved.

Of equal gains the lower column is taken, of equal offers the lower row; of equal bids the higher row is let go. Hence
the same edges give the same bytes. Phases take O(E) each, and about as much again for the bids: see ``Effort``.
"""

from collections import deque
from collections.abc import Iterable
from heapq import heapify, heappush, heapreplace
from itertools import pairwise
from typing import TYPE_CHECKING

from cheiron.core.matching.bidding import NONE, Auctioned, Effort, Terms, rooms, settle, terms_of
from cheiron.core.matching.edges import Edges

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Row = list[tuple[int, int]]
"""The other side of somebody's edges, and what each pair is worth, in parts."""


def auction(edges: Edges, capacities: "NDArray[np.int64]", bonus: int, effort: Effort | None = None) -> Auctioned:
    """A choice and its proof. ``capacities``: int64 (m,). ``bonus``: millionths, from 0. Raises ``ArithmeticError``."""
    terms = terms_of(edges, bonus)
    market = _Market(edges, rooms(edges, capacities).tolist(), terms)
    return settle(bonus, terms, market, effort or Effort())


class _Market:
    """Who sits where, and for what price; numbers are in parts of a millionth."""

    def __init__(self, edges: Edges, room: list[int], terms: Terms) -> None:
        self.terms, self.room = terms, room
        self.rows = _rows(edges, terms)
        self.columns = _columns(self.rows, len(room))
        self.mentors, self.worths = [NONE] * len(self.rows), [0] * len(self.rows)
        self.taken = [0] * len(room)
        at_top = crowded([[mentor for mentor, _ in row] for row in self.rows], room)
        self.price = [terms.top if mentor in at_top or not seats else 0 for mentor, seats in enumerate(room)]

    def phase(self, step: int) -> None:
        """All three parts."""
        self._bid(self._restless(step), step)
        self._come_down(step)

    def prices(self) -> "NDArray[np.int64]":
        """What a seat costs at each mentor."""
        import numpy as np

        return np.array(self.price, dtype=np.int64)

    def put_prices(self, prices: "NDArray[np.int64]") -> None:
        """In place of those that came about."""
        self.price = prices.tolist()

    def mentor_of(self) -> "NDArray[np.int32]":
        """Column of each mentee's mentor."""
        import numpy as np

        return np.array(self.mentors, dtype=np.int32)

    def total(self) -> int:
        """Sum of the scores."""
        placed = [worth for worth, mentor in zip(self.worths, self.mentors, strict=True) if mentor != NONE]
        return (sum(placed) - len(placed) * self.terms.bonus) // self.terms.scale

    def excess(self) -> int:
        """Bound less value; no empty seat has a price, so that only regrets are left."""
        return sum(map(self._regret, range(len(self.rows)))) // self.terms.scale

    def _gain(self, mentee: int) -> int:
        mentor = self.mentors[mentee]
        return 0 if mentor == NONE else self.worths[mentee] - self.price[mentor]

    def _regret(self, mentee: int) -> int:
        """How much more the mentee could gain, at the prices there are."""
        gains = [worth - self.price[mentor] for mentor, worth in self.rows[mentee]]
        return max([0, *gains]) - self._gain(mentee)

    def _restless(self, step: int) -> deque[int]:
        """Those who are not content to within a step; they give up their seats."""
        restless = [mentee for mentee in range(len(self.rows)) if self._regret(mentee) > step]
        for mentee in restless:
            self.mentors[mentee] = NONE
        return deque(restless)

    def _bid(self, waiting: deque[int], step: int) -> None:
        held = self._held()
        while waiting:
            mentee = waiting.popleft()
            gain, choice, second = _best_two((worth - self.price[mentor] for mentor, worth in self.rows[mentee]))
            if gain == 0:
                continue
            mentor, worth = self.rows[mentee][choice]
            self.mentors[mentee], self.worths[mentee] = mentor, worth
            gone = self._let_go(held[mentor], mentor, (worth - second + step, -mentee))
            if gone != NONE:
                self.mentors[gone] = NONE
                waiting.append(gone)
        self.taken = [len(bids) for bids in held]

    def _held(self) -> list[Row]:
        """The bids at each mentor: (bid, row below zero), those who stayed at the price."""
        held: list[Row] = [[] for _ in self.room]
        for mentee, mentor in enumerate(self.mentors):
            if mentor != NONE:
                held[mentor].append((self.price[mentor], -mentee))
        for bids in held:
            heapify(bids)
        return held

    def _let_go(self, bids: Row, mentor: int, bid: tuple[int, int]) -> int:
        """Hold the bid; whom there is then no seat for, or ``NONE``."""
        gone = NONE
        if len(bids) < self.room[mentor]:
            heappush(bids, bid)
        else:
            gone = -heapreplace(bids, bid)[1]
        if len(bids) == self.room[mentor]:
            self.price[mentor] = bids[0][0]
        return gone

    def _come_down(self, step: int) -> None:
        waiting = [mentor for mentor in reversed(range(len(self.room))) if self._is_too_dear(mentor)]
        while waiting:
            mentor = waiting.pop()
            while self._is_too_dear(mentor):
                left = self._attract(mentor, step)
                if left != NONE:
                    waiting.append(left)

    def _is_too_dear(self, mentor: int) -> bool:
        return self.taken[mentor] < self.room[mentor] and self.price[mentor] > 0

    def _attract(self, mentor: int, step: int) -> int:
        """One seat: down until somebody comes or it costs 0. The mentor who is thereby too dear, or ``NONE``."""
        offer, choice, second = _best_two(
            0 if self.mentors[mentee] == mentor else worth - self._gain(mentee)
            for mentee, worth in self.columns[mentor]
        )
        if offer <= step:
            self.price[mentor] = 0
            return NONE
        self.price[mentor] = min(self.price[mentor], max(0, second - step))
        return self._move(mentor, *self.columns[mentor][choice])

    def _move(self, mentor: int, mentee: int, worth: int) -> int:
        before = self.mentors[mentee]
        self.mentors[mentee], self.worths[mentee] = mentor, worth
        self.taken[mentor] += 1
        if before == NONE:
            return NONE
        self.taken[before] -= 1
        newly = self.taken[before] == self.room[before] - 1 and self.price[before] > 0
        return before if newly else NONE


def _rows(edges: Edges, terms: Terms) -> list[Row]:
    mentors, starts = edges.mentors.tolist(), edges.starts.tolist()
    worths = [score * terms.scale + terms.bonus for score in edges.scores.tolist()]
    return [list(zip(mentors[at:to], worths[at:to], strict=True)) for at, to in pairwise(starts)]


def _columns(rows: list[Row], mentors: int) -> list[Row]:
    columns: list[Row] = [[] for _ in range(mentors)]
    for mentee, row in enumerate(rows):
        for mentor, worth in row:
            columns[mentor].append((mentee, worth))
    return columns


def _best_two(gains: Iterable[int]) -> tuple[int, int, int]:
    """The best gain above 0, the first place where it is, and the second best; 0 stands in for what is missing."""
    best, place, second = 0, NONE, 0
    for at, gain in enumerate(gains):
        if gain > best:
            best, place, second = gain, at, best
        elif gain > second:
            second = gain
    return best, place, second


def crowded(rows: list[list[int]], room: list[int]) -> set[int]:
    """Mentors whom some mentee left over could reach by moving others, when as many as possible are placed.

    It is the same mentors whichever such choice is made.
    """
    held: list[list[int]] = [[] for _ in room]
    reached: set[int] = set()
    for mentee in range(len(rows)):
        found = _reached(mentee, rows, room, held)
        reached |= set() if found is None else found
    return reached


def _reached(first: int, rows: list[list[int]], room: list[int], held: list[list[int]]) -> set[int] | None:
    """Place one more by moving others (Berge 1957), or else all mentors that were reached in search of a seat."""
    source: dict[int, int] = {}
    via: dict[int, int] = {first: NONE}
    pending = deque([first])
    while pending:
        mentee = pending.popleft()
        for mentor in rows[mentee]:
            if mentor in source or not room[mentor]:
                continue
            source[mentor] = mentee
            if len(held[mentor]) < room[mentor]:
                _shift(mentor, source, via, held)
                return None
            via.update(dict.fromkeys(held[mentor], mentor))
            pending.extend(held[mentor])
    return set(source)


def _shift(mentor: int, source: dict[int, int], via: dict[int, int], held: list[list[int]]) -> None:
    """Everybody on the way moves on by one mentor."""
    while mentor != NONE:
        mentee = source[mentor]
        held[mentor].append(mentee)
        mentor = via[mentee]
        if mentor != NONE:
            held[mentor].remove(mentee)
