"""An auction of seats, compiled: what ``auction_plain`` defines, for millions of edges.

The same rounds in the same order, and so the same bytes. The edges are kept twice, by mentee and by mentor; bids are
heaps, one mentor after the other, with the lowest on top. A bid takes O(d + log c) for d edges and c seats, and the
memory is O(E): some 20 bytes for an edge, the caller's own included.

What is called for each bid takes its arrays one by one: passed in bundles, they made bidding a sixth slower. Who is at
the other end of an edge is numbered without a sign, and a mentee's edges are cut out before they are looked through:
the compiler looks for the sign of every other number that says where to read.
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cheiron.core.matching.bidding import NONE, Auctioned, Effort, Terms, rooms, settle, terms_of
from cheiron.core.matching.compiled import compiled
from cheiron.core.matching.crowding import crowded
from cheiron.core.matching.edges import Edges

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Narrow = NDArray[np.int32]
    Numbers = NDArray[np.uint32]


class Side(NamedTuple):
    """Everybody's edges on one side: where they start, who is at the other end, the score."""

    starts: "Whole"
    others: "Numbers"
    scores: "Narrow"


class Seats(NamedTuple):
    """Seats ``starts[mentor]`` up to ``starts[mentor + 1]``; the first ``taken[mentor]`` of them are a heap of bids."""

    starts: "Whole"
    taken: "Narrow"
    bids: "Whole"
    bidders: "Narrow"


class Standing(NamedTuple):
    """What a seat costs at each mentor; each mentee's mentor, and what the pair is worth."""

    prices: "Whole"
    mentor_of: "Narrow"
    worths: "Whole"


def auction(edges: Edges, capacities: "Whole", bonus: int, effort: Effort | None = None) -> Auctioned:
    """A choice and its proof. ``capacities``: int64 (m,). ``bonus``: millionths, from 0. Raises ``ArithmeticError``."""
    _compile()
    terms = terms_of(edges, bonus)
    return settle(bonus, terms, _Market(edges, rooms(edges, capacities), terms), effort or Effort())


class _Market:
    """The arrays, and which kernel works on which; numbers are in parts of a millionth."""

    def __init__(self, edges: Edges, room: "Whole", terms: Terms) -> None:
        import numpy as np

        n, m = edges.mentee_count, edges.mentor_count
        self.terms = terms
        mentors = _narrow(edges.mentors)
        self.rows = Side(_whole(edges.starts), mentors.view(np.uint32), _narrow(edges.scores))
        self.columns = _columns(self.rows, m)
        self.seats = _seats(room)
        prices = np.where(
            crowded(self.rows.starts, mentors, self.seats.starts) | (room == 0),
            np.int64(terms.top),
            np.int64(0),
        )
        self.standing = Standing(np.zeros_like(prices), np.full(n, NONE, dtype=np.int32), np.zeros(n, dtype=np.int64))
        self.waiting = np.empty(max(n, m), dtype=np.int32)
        self.regrets = np.empty(n, dtype=np.int64)
        self.put_prices(prices)

    def phase(self, step: int) -> None:
        """All three parts."""
        scale, bonus = self.terms.scale, self.terms.bonus
        count = _restless(self.seats, self.standing, self.regrets, step, self.waiting)
        _bid(self.rows, self.seats, self.standing, scale, bonus, step, self.waiting, count)
        _come_down(self.columns, self.seats, self.standing, scale, bonus, step, self.waiting)

    def prices(self) -> "Whole":
        """What a seat costs at each mentor."""
        return self.standing.prices

    def put_prices(self, prices: "Whole") -> None:
        """In place of those that came about; how content everybody is with them decides who bids next."""
        self.standing.prices[:] = prices
        _regret(self.rows, self.standing, self.terms.scale, self.terms.bonus, self.regrets)

    def mentor_of(self) -> "Narrow":
        """Column of each mentee's mentor."""
        return self.standing.mentor_of

    def total(self) -> int:
        """Sum of the scores."""
        worths = self.standing.worths[self.standing.mentor_of >= 0]
        return int(((worths - self.terms.bonus) // self.terms.scale).sum())

    def excess(self) -> int:
        """Bound less value; no empty seat has a price, so that only regrets are left."""
        return int((self.regrets // self.terms.scale).sum())


# ---------- laying out ----------


def _whole(numbers: "NDArray[np.integer]") -> "Whole":
    """Dense and writable, itself where it is: for every other form the code would be compiled anew."""
    import numpy as np

    return np.require(numbers, np.int64, ["C", "W"])


def _narrow(numbers: "NDArray[np.integer]") -> "Narrow":
    import numpy as np

    return np.require(numbers, np.int32, ["C", "W"])


def _columns(rows: Side, mentors: int) -> Side:
    """The edges by mentor, mentees rising."""
    import numpy as np

    starts = np.zeros(mentors + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows.others, minlength=mentors), out=starts[1:])
    columns = Side(starts, np.empty_like(rows.others), np.empty_like(rows.scores))
    _turn(rows, columns, starts.copy())
    return columns


def _seats(room: "Whole") -> Seats:
    """Nobody sits anywhere yet."""
    import numpy as np

    starts = np.zeros(len(room) + 1, dtype=np.int64)
    np.cumsum(room, out=starts[1:])
    bids, bidders = np.zeros(starts[-1], dtype=np.int64), np.zeros(starts[-1], dtype=np.int32)
    return Seats(starts, np.zeros(len(room), dtype=np.int32), bids, bidders)


# ---------- kernels, as Python; `_compile` puts machine code in their place ----------


def _turn(rows: Side, columns: Side, ahead: "Whole") -> None:
    """The same edges from the other side; ``ahead`` is where the next edge of each mentor goes."""
    for mentee in range(len(rows.starts) - 1):
        for edge in range(rows.starts[mentee], rows.starts[mentee + 1]):
            mentor = rows.others[edge]
            columns.others[ahead[mentor]] = mentee
            columns.scores[ahead[mentor]] = rows.scores[edge]
            ahead[mentor] += 1


def _regret(rows: Side, standing: Standing, scale: int, bonus: int, regrets: "Whole") -> None:
    """How much more each mentee could gain, at the prices there are."""
    starts, mentors, scores = rows
    prices, mentor_of, worths = standing
    for mentee in range(len(regrets)):
        best = 0
        for edge in range(starts[mentee], starts[mentee + 1]):
            best = max(best, int(scores[edge]) * scale + bonus - prices[mentors[edge]])
        mentor = mentor_of[mentee]
        regrets[mentee] = best if mentor == NONE else best - worths[mentee] + prices[mentor]


def _restless(seats: Seats, standing: Standing, regrets: "Whole", step: int, waiting: "Narrow") -> int:
    """How many are not content to within a step; they give up their seats. The others sit at the price.

    Seats of one mentor are taken from the highest row down, which makes them a heap: of equal bids the highest row is
    on top.
    """
    seats.taken[:] = 0
    count = 0
    for mentee in range(len(regrets) - 1, -1, -1):
        mentor = standing.mentor_of[mentee]
        if mentor != NONE and regrets[mentee] <= step:
            seat = seats.starts[mentor] + seats.taken[mentor]
            seats.bids[seat], seats.bidders[seat] = standing.prices[mentor], mentee
            seats.taken[mentor] += 1
    for mentee in range(len(regrets)):
        if regrets[mentee] > step:
            standing.mentor_of[mentee] = NONE
            waiting[count] = mentee
            count += 1
    return count


def _bid(
    rows: Side, seats: Seats, standing: Standing, scale: int, bonus: int, step: int, waiting: "Narrow", count: int
) -> None:
    """First come, first served, until nobody waits; ``waiting`` is a ring, the first ``count`` places filled."""
    starts, mentors, scores = rows
    seat_starts, taken, bids, bidders = seats
    prices, mentor_of, worths = standing
    at, size = 0, len(waiting)
    while count > 0:
        mentee = waiting[at]
        at = at + 1 if at + 1 < size else 0
        count -= 1
        first, last = starts[mentee], starts[mentee + 1]
        at_best, second = _best_seat(mentors[first:last], scores[first:last], prices, scale, bonus)
        if at_best == NONE:
            continue
        edge = first + at_best
        mentor, worth = mentors[edge], int(scores[edge]) * scale + bonus
        mentor_of[mentee], worths[mentee] = mentor, worth
        low, high = seat_starts[mentor], seat_starts[mentor + 1]
        gone = _let_go(bids, bidders, taken, prices, low, high, mentor, worth - second + step, mentee)
        if gone != NONE:
            mentor_of[gone] = NONE
            waiting[at + count if at + count < size else at + count - size] = gone
            count += 1


def _best_seat(mentors: "Numbers", scores: "Narrow", prices: "Whole", scale: int, bonus: int) -> tuple[int, int]:
    """Which of one mentee's edges gains most, if any gains; and the gain of the second best, or 0."""
    chosen, best, second = NONE, 0, 0
    for edge in range(len(mentors)):
        gain = int(scores[edge]) * scale + bonus - prices[mentors[edge]]
        if gain > second:
            if gain > best:
                chosen, best, second = edge, gain, best
            else:
                second = gain
    return chosen, second


def _let_go(
    bids: "Whole",
    bidders: "Narrow",
    taken: "Narrow",
    prices: "Whole",
    low: int,
    high: int,
    mentor: int,
    bid: int,
    mentee: int,
) -> int:
    """Hold the bid; whom there is then no seat for, or ``NONE``."""
    count, gone = taken[mentor], NONE
    if count < high - low:
        _rise(bids, bidders, low, count, bid, mentee)
        taken[mentor] = count + 1
    else:
        gone = bidders[low]
        _sink(bids, bidders, low, high - low, bid, mentee)
    if taken[mentor] == high - low:
        prices[mentor] = bids[low]
    return gone


def _rise(bids: "Whole", bidders: "Narrow", low: int, place: int, bid: int, mentee: int) -> None:
    """One more bid into a heap of ``place`` bids."""
    while place > 0:
        above = (place - 1) // 2
        if bids[low + above] < bid or (bids[low + above] == bid and bidders[low + above] > mentee):
            break
        bids[low + place], bidders[low + place] = bids[low + above], bidders[low + above]
        place = above
    bids[low + place], bidders[low + place] = bid, mentee


def _sink(bids: "Whole", bidders: "Narrow", low: int, count: int, bid: int, mentee: int) -> None:
    """The bid in place of the one on top."""
    place, child = 0, 1
    while child < count:
        if child + 1 < count and _goes_first(bids, bidders, low + child + 1, low + child):
            child += 1
        if bids[low + child] > bid or (bids[low + child] == bid and bidders[low + child] < mentee):
            break
        bids[low + place], bidders[low + place] = bids[low + child], bidders[low + child]
        place, child = child, 2 * child + 1
    bids[low + place], bidders[low + place] = bid, mentee


def _goes_first(bids: "Whole", bidders: "Narrow", one: int, other: int) -> bool:
    return bool(bids[one] < bids[other] or (bids[one] == bids[other] and bidders[one] > bidders[other]))


def _come_down(
    columns: Side, seats: Seats, standing: Standing, scale: int, bonus: int, step: int, waiting: "Narrow"
) -> None:
    """Mentors with an empty seat, until it has no price or somebody comes; the last who lost a mentee is the next."""
    starts, taken, prices = seats.starts, seats.taken, standing.prices
    count = 0
    for mentor in range(len(prices) - 1, -1, -1):
        if taken[mentor] < starts[mentor + 1] - starts[mentor] and prices[mentor] > 0:
            waiting[count] = mentor
            count += 1
    while count > 0:
        mentor = waiting[count - 1]
        count -= 1
        while taken[mentor] < starts[mentor + 1] - starts[mentor] and prices[mentor] > 0:
            edge = _attract(columns, standing, mentor, scale, bonus, step)
            if edge == NONE:
                break
            left = _move(columns, seats, standing, mentor, edge, scale, bonus)
            if left != NONE:
                waiting[count] = left
                count += 1


def _attract(columns: Side, standing: Standing, mentor: int, scale: int, bonus: int, step: int) -> int:
    """One seat: down to where somebody comes, whose edge it is; or to 0, and ``NONE``."""
    starts, mentees, scores = columns
    prices, mentor_of, worths = standing
    keenest, offer, second = NONE, 0, 0
    for edge in range(starts[mentor], starts[mentor + 1]):
        mentee = mentees[edge]
        sits_with = mentor_of[mentee]
        if sits_with != mentor:
            gain = worths[mentee] - prices[sits_with] if sits_with != NONE else 0
            could_pay = int(scores[edge]) * scale + bonus - gain
            if could_pay > offer:
                keenest, offer, second = edge, could_pay, offer
            elif could_pay > second:
                second = could_pay
    if offer <= step:
        prices[mentor] = 0
        return NONE
    prices[mentor] = min(prices[mentor], max(0, second - step))
    return keenest


def _move(columns: Side, seats: Seats, standing: Standing, mentor: int, edge: int, scale: int, bonus: int) -> int:
    """The mentee of the edge comes. The mentor who has thereby become too dear, or ``NONE``."""
    mentee = columns.others[edge]
    before = standing.mentor_of[mentee]
    standing.mentor_of[mentee], standing.worths[mentee] = mentor, int(columns.scores[edge]) * scale + bonus
    seats.taken[mentor] += 1
    if before == NONE:
        return NONE
    seats.taken[before] -= 1
    was_full = seats.taken[before] + 1 == seats.starts[before + 1] - seats.starts[before]
    return before if was_full and standing.prices[before] > 0 else NONE


KERNELS = (
    _turn,
    _regret,
    _restless,
    _rise,
    _goes_first,
    _sink,
    _let_go,
    _best_seat,
    _bid,
    _attract,
    _move,
    _come_down,
)


@cache
def _compile() -> None:
    """At the first use, not on import: whoever needs no machine code need not wait for the compiler."""
    globals().update({kernel.__name__: compiled(kernel) for kernel in KERNELS})
