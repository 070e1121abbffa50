"""The best choice on sparse edges by min-cost flow, exact, with rules about how mentees are spread over mentors.

One unit goes from each mentee to the end: through a mentor, at the cost of minus what the pair is worth, or past all of
them for nothing. From a mentor on, the way may be narrow (seats), must be used (a lower quota), may cost more with each
unit (a rising cost), and may lead through groups of mentors that have caps of their own, in a tree.

Solved by OR-Tools (cost scaling, Goldberg 1997), in whole numbers. A way that must be used is taken out beforehand: its
end is given so many units, and its beginning as many less (Ahuja, Magnanti and Orlin 1993, section 2.4). The first
units are the cheapest, because costs rise, so it is these that are taken out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from cheiron.core.matching.bidding import NONE
from cheiron.core.matching.edges import Edges

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Outcome(StrEnum):
    """Whether there is a choice at all."""

    BEST = "best"
    INFEASIBLE = "infeasible"
    """No choice fills all lower quotas."""


@dataclass(frozen=True)
class GroupCap:
    """These mentors together have at least ``lower`` and at most ``upper`` mentees; ``mentors`` are columns."""

    mentors: frozenset[int]
    upper: int
    lower: int = 0


@dataclass(frozen=True, eq=False)
class Spread:
    """Rules about how mentees are spread; without any, only seats count.

    ``lower``: int64 (m,), how many each mentor must have. ``costs``: for each mentor, in millionths, what the first
    mentee costs, the second, and so on; from 0, never falling, the last for all that follow; empty for nothing.
    ``groups``: any two either have no mentor in common, or one lies in the other.
    """

    lower: "NDArray[np.int64] | None" = None
    costs: Sequence[Sequence[int]] = ()
    groups: tuple[GroupCap, ...] = ()


@dataclass(frozen=True, eq=False)
class Flowed:
    """``mentor_of``: int32 (n,), column of each mentee's mentor or ``NONE``. ``cost``: of all mentors, millionths."""

    outcome: Outcome
    mentor_of: "NDArray[np.int32]"
    bonus: int
    placed: int
    total: int
    cost: int

    @property
    def value(self) -> int:
        """What was made as large as possible."""
        return self.bonus * self.placed + self.total - self.cost


@dataclass(frozen=True)
class _Way:
    """Between ``lower`` and ``upper`` units from one node to another; ``costs`` one by one, as in ``Spread``."""

    tail: int
    head: int
    lower: int
    upper: int
    costs: Sequence[int] = ()


def flow(edges: Edges, capacities: "NDArray[np.int64]", bonus: int, spread: Spread | None = None) -> Flowed:
    """The choice with the largest sum of ``bonus + score`` less the costs; ``capacities`` int64 (m,), ``bonus`` from 0.

    Raises ``ValueError`` where costs fall or groups overlap, and ``ArithmeticError`` where the bonus is too large.
    """
    spread = spread or Spread()
    ways = list(_ways(edges, capacities, spread))
    chosen = None if any(way.lower > way.upper for way in ways) else _solved(edges, bonus, ways)
    return _told(edges, bonus, spread, chosen)


# ---------- nodes: mentees, then mentors, then groups, then the end ----------


def _ways(edges: Edges, capacities: "NDArray[np.int64]", spread: Spread) -> Iterator[_Way]:
    n, m = edges.mentee_count, edges.mentor_count
    end = n + m + len(spread.groups)
    above = [end if group == NONE else n + m + group for group in _above(m, spread.groups)]
    lower = [0] * m if spread.lower is None else spread.lower.tolist()
    costs = spread.costs or [()] * m
    for mentor, seats in enumerate(capacities.tolist()):
        yield _Way(n + mentor, above[mentor], max(0, lower[mentor]), max(0, seats), _rising(costs[mentor]))
    for number, group in enumerate(spread.groups):
        yield _Way(n + m + number, above[m + number], max(0, group.lower), group.upper)


def _rising(costs: Sequence[int]) -> Sequence[int]:
    if list(costs) != sorted(costs) or any(cost < 0 for cost in costs[:1]):
        raise ValueError("costs must be 0 or more and must not fall")
    return costs


def _above(mentors: int, groups: tuple[GroupCap, ...]) -> list[int]:
    """For each mentor, then for each group, the smallest group around it, or ``NONE``. Raises ``ValueError``."""
    above = [NONE] * (mentors + len(groups))
    outermost = list(range(mentors))
    for number in sorted(range(len(groups)), key=lambda number: len(groups[number].mentors)):
        members = groups[number].mentors
        inside = {outermost[mentor] for mentor in members}
        if sum(_size(one, mentors, groups) for one in inside) != len(members):
            raise ValueError("two groups share mentors, and neither lies in the other")
        for one in inside:
            above[one] = number
        for mentor in members:
            outermost[mentor] = mentors + number
    return above


def _size(one: int, mentors: int, groups: tuple[GroupCap, ...]) -> int:
    return 1 if one < mentors else len(groups[one - mentors].mentors)


# ---------- solving ----------


def _solved(edges: Edges, bonus: int, ways: list[_Way]) -> "NDArray[np.int64] | None":
    """The chosen edges, or none at all where the lower quotas cannot be filled."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    n, end = edges.mentee_count, edges.mentee_count + len(ways)
    rows = edges.mentees()
    network = min_cost_flow.SimpleMinCostFlow()
    add, ones = network.add_arcs_with_capacity_and_unit_cost, np.ones(max(n, len(rows)), dtype=np.int64)
    pairs = add(rows, n + edges.mentors, ones[: len(rows)], -(edges.scores.astype(np.int64) + bonus))
    add(np.arange(n), np.full(n, end), ones[:n], np.zeros(n, dtype=np.int64))
    arcs = np.array(list(_arcs(ways)), dtype=np.int64).reshape(-1, 4)
    add(*arcs.T)
    network.set_nodes_supplies(np.arange(end + 1), _supplies(n, end, ways))
    status = network.solve()
    if status == network.INFEASIBLE:
        return None
    if status != network.OPTIMAL:
        raise ArithmeticError(f"min-cost flow ended with {status}")
    chosen: NDArray[np.int64] = np.flatnonzero(network.flows(pairs))
    return chosen


def _arcs(ways: list[_Way]) -> Iterator[tuple[int, int, int, int]]:
    """Tail, head, units, cost of one: what may be used beyond what must be."""
    for way in ways:
        left = way.upper - way.lower
        for cost, alike in groupby(way.costs[way.lower :]):
            units = min(left, len(list(alike)))
            left -= units
            yield way.tail, way.head, units, cost
        yield way.tail, way.head, left, way.costs[-1] if way.costs else 0


def _supplies(mentees: int, end: int, ways: list[_Way]) -> "NDArray[np.int64]":
    """What each node sends on beyond what must be sent anyway."""
    import numpy as np

    supplies = np.zeros(end + 1, dtype=np.int64)
    supplies[:mentees], supplies[end] = 1, -mentees
    for way in ways:
        supplies[way.tail] -= way.lower
        supplies[way.head] += way.lower
    return supplies


def _told(edges: Edges, bonus: int, spread: Spread, chosen: "NDArray[np.int64] | None") -> Flowed:
    import numpy as np

    mentor_of = np.full(edges.mentee_count, NONE, dtype=np.int32)
    if chosen is None:
        return Flowed(Outcome.INFEASIBLE, mentor_of, bonus, 0, 0, 0)
    mentor_of[np.searchsorted(edges.starts, chosen, side="right") - 1] = edges.mentors[chosen]
    total = int(edges.scores[chosen].sum(dtype=np.int64))
    return Flowed(Outcome.BEST, mentor_of, bonus, len(chosen), total, _cost(edges, spread, chosen))


def _cost(edges: Edges, spread: Spread, chosen: "NDArray[np.int64]") -> int:
    import numpy as np

    loads = np.bincount(edges.mentors[chosen], minlength=edges.mentor_count).tolist()
    return sum(
        sum(costs[:load]) + max(0, load - len(costs)) * costs[-1]
        for load, costs in zip(loads, spread.costs, strict=False)
        if costs
    )
