"""The best choice of a network: as many places as possible, then the largest total, exactly, with its proof.

Units flow from a hub through demands, pairs, mentors and caps back to the hub (``circulation``). A demand's first
mentor counts more than all second ones together, so that nobody gets a second before somebody could get a first; every
place counts more than all scores and costs together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.network.circulation import Arcs, best_flow, potentials
from cheiron.core.matching.network.links import Links, links_of
from cheiron.core.matching.network.problem import Network
from cheiron.core.matching.network.result import Prices
from cheiron.core.matching.problem import HIGHEST_SCORE
from cheiron.core.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

_LARGEST = 2**61


@dataclass(frozen=True)
class Placing:
    """What a place counts, in millionths: the first mentor of a demand, and each further one."""

    first: int
    further: int

    def of(self, load: int) -> int:
        """What so many mentors in one role count."""
        return self.first + (load - 1) * self.further if load else 0


def placing(network: Network) -> Placing:
    """So that a first mentor outweighs all further ones, and any mentor all scores and costs."""
    seats = min(sum(one.upper for one in network.demands), sum(one.capacity for one in network.offers))
    dearest = sum(offer.cost(offer.capacity) for offer in network.offers)
    highest = HIGHEST_SCORE + max((keep.bonus for keep in network.keeps), default=0)
    further = 1 + seats * highest + dearest
    several = any(demand.upper > 1 for demand in network.demands)
    return Placing(further * (seats + 2) if several else further, further)


@dataclass(frozen=True, eq=False)
class Weighed:
    """The links that are chosen, what the choice is worth, and its proof."""

    chosen: Links
    value: int
    prices: Prices


def weighted(network: Network, lots: "tuple[Whole, Whole]") -> Weighed | None:
    """The best choice, equals by ``lots`` (of demands and of offers, int64); None where lower quotas cannot be filled.

    Raises ``Invalid`` where whole numbers of 64 bits do not reach.
    """
    import numpy as np

    graph = Graph(network, lots)
    graph.refuse_too_large()
    flows = best_flow(graph.arcs)
    if flows is None:
        return None
    numbers = potentials(graph.arcs, flows)
    chosen = np.sort(graph.drawn[flows[: len(graph.drawn)] > 0])
    value = int((flows * graph.arcs.gains).sum())
    return Weighed(graph.links.at(chosen), value, graph.told(numbers))


class Graph:
    """The network as arcs: the links first, in the order of the lots; the hub is the last node."""

    def __init__(self, network: Network, lots: "tuple[Whole, Whole]") -> None:
        import numpy as np

        self.network, self.lots, self.links = network, lots, links_of(network)
        self.placing = placing(network)
        self.drawn = np.lexsort((lots[1][self.links.columns], lots[0][self.links.rows]))
        self.meetings, self.rooms = _meetings(network, self.links), _rooms(network)
        counts = len(network.demands), len(self.meetings), len(self.rooms), len(network.offers), len(network.caps)
        self.first_pair, self.first_room, self.first_offer, self.first_cap, self.hub = accumulate(counts)
        self.arcs = self._arcs()

    def refuse_too_large(self) -> None:
        """Raise ``Invalid`` where sums and scaled costs would not fit into 64 bits."""
        if (self.placing.first + 2 * HIGHEST_SCORE) * (self.hub + 2) >= _LARGEST:
            issue = Issue(
                say("The network is too large for an exact answer with several mentors for each mentee."),
                say("Match one campus or one role after the other."),
            )
            raise Invalid(say("This matching problem cannot be solved as it stands."), (issue,))

    def told(self, numbers: "Whole") -> Prices:
        """The numbers at the nodes, by whose they are."""
        mentors, values = [offer.id for offer in self.network.offers], numbers.tolist()
        pairs = sorted(
            (mentee, mentors[column], values[self.first_pair + at]) for (mentee, column), at in self.meetings.items()
        )
        offers = [values[self.first_offer + column] for column in range(len(mentors))]
        demands = [values[row] for row in range(len(self.network.demands))]
        rooms = sorted((mentors[one], role, values[self.first_room + at]) for (one, role), at in self.rooms.items())
        caps = values[self.first_cap : self.hub]
        return Prices(tuple(demands), tuple(pairs), tuple(offers), tuple(caps), tuple(rooms))

    def _arcs(self) -> Arcs:
        import numpy as np

        links, ones = self.links.at(self.drawn), np.ones(len(self.drawn), dtype=np.int64)
        heads = self.first_offer + links.columns
        if self.meetings or self.rooms:
            ends = zip(links.rows.tolist(), links.columns.tolist(), strict=True)
            heads = np.array([self._head(*pair) for pair in ends], dtype=np.int64)
        others = np.array(list(self._others()), dtype=np.int64).reshape(-1, 5).T
        first = (links.rows, heads, links.pinned.astype(np.int64), ones, links.scores + links.bonuses)
        return Arcs(self.hub + 1, *(np.concatenate(both) for both in zip(first, others, strict=True)))

    def _head(self, row: int, column: int) -> int:
        """Where a link leads: to the meeting of the two, the mentor's room for the role, or straight to the mentor."""
        demand = self.network.demands[row]
        meeting, room = self.meetings.get((demand.mentee, column)), self.rooms.get((column, demand.role))
        if meeting is not None:
            return self.first_pair + meeting
        return self.first_offer + column if room is None else self.first_room + room

    def _others(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Tail, head, lower, upper, gain: from the hub, out of meetings, out of mentors, out of caps."""
        for row in _by_lot(self.lots[0]):
            demand = self.network.demands[row]
            yield self.hub, row, min(demand.lower, 1), 1, self.placing.first
            if demand.upper > 1:
                yield self.hub, row, max(0, demand.lower - 1), demand.upper - 1, self.placing.further
        for (_, column), at in self.meetings.items():
            yield self.first_pair + at, self.first_offer + column, 0, 1, 0
        for (column, role), at in self.rooms.items():
            most = dict(self.network.offers[column].per_role)[role]
            yield self.first_room + at, self.first_offer + column, 0, most, 0
        above, around = _above(self.network)
        for column in _by_lot(self.lots[1]):
            offer, head = self.network.offers[column], self.hub if above[column] < 0 else self.first_cap + above[column]
            for lower, upper, cost in _steps(offer.lower, offer.capacity, offer.costs):
                yield self.first_offer + column, head, lower, upper, -cost
        for number, cap in enumerate(self.network.caps):
            head = self.hub if around[number] < 0 else self.first_cap + around[number]
            yield self.first_cap + number, head, cap.lower, cap.upper, 0


def _by_lot(lots: "Whole") -> list[int]:
    """Positions by rising lot."""
    import numpy as np

    order: list[int] = np.argsort(lots, kind="stable").tolist()
    return order


def _steps(lower: int, upper: int, costs: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    """Lower, upper and cost of each run of equally dear seats; the cheapest are used first, also those that must be."""
    seats, done = costs[:upper], 0
    runs = [(cost, len(list(alike))) for cost, alike in groupby(seats)]
    for cost, units in (*runs, (costs[-1] if costs else 0, upper - len(seats))):
        if units:
            yield min(max(0, lower - done), units), units, cost
        done += units


def _meetings(network: Network, links: Links) -> dict[tuple[str, int], int]:
    """Mentee and mentor who could meet in more than one role, numbered; they may meet in one only."""
    mentees = [demand.mentee for demand in network.demands]
    if len(set(mentees)) == len(mentees):
        return {}
    counts: dict[tuple[str, int], int] = {}
    for row, column in zip(links.rows.tolist(), links.columns.tolist(), strict=True):
        counts[mentees[row], column] = counts.get((mentees[row], column), 0) + 1
    several = [pair for pair, count in counts.items() if count > 1]
    return {pair: number for number, pair in enumerate(several)}


def _rooms(network: Network) -> dict[tuple[int, str], int]:
    """Mentor and role with a limit of its own, numbered."""
    limited = [(column, role) for column, offer in enumerate(network.offers) for role, _ in offer.per_role]
    return {room: number for number, room in enumerate(limited)}


def _above(network: Network) -> tuple[list[int], list[int]]:
    """The innermost cap around each mentor, and around each cap; -1 for none. Of equal caps the later lies within."""
    sets = [frozenset(network.columns[mentor] for mentor in cap.mentors) for cap in network.caps]
    inward = sorted(range(len(sets)), key=lambda number: (-len(sets[number]), number))
    above, around = [-1] * len(network.offers), [-1] * len(sets)
    for number in inward:
        around[number] = above[next(iter(sets[number]))]
        for column in sets[number]:
            above[column] = number
    return above, around
