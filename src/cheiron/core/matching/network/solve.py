"""From a network to a result with its proof, by the method that it asks for.

Pairs that a person has settled are part of every answer. Between equals the seed decides, through the same order of
people as in a plain round.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cheiron.core.errors import Invalid
from cheiron.core.matching.edges import Edges
from cheiron.core.matching.lottery import each_lot
from cheiron.core.matching.network.conflict import conflict_issues
from cheiron.core.matching.network.links import Links, links_of
from cheiron.core.matching.network.problem import Network, network_hash
from cheiron.core.matching.network.result import (
    NetworkCertificate,
    NetworkResult,
    Open,
    OpenKind,
    Placed,
    Prices,
    sealed,
)
from cheiron.core.matching.network.validation import refuse_invalid
from cheiron.core.matching.network.weighted import placing, weighted
from cheiron.core.matching.problem import HIGHEST_SCORE, Method
from cheiron.core.matching.ranked_lists import Ranked
from cheiron.core.matching.result import PairState
from cheiron.core.matching.stable import stable_edges, stable_under_supervisors
from cheiron.core.matching.versions import with_or_tools
from cheiron.core.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

ENGINE_VERSION = "1"


def solve_network(network: Network) -> NetworkResult:
    """The result by the network's method. The same network gives the same bytes.

    Raises ``Invalid``: with all issues of a network that cannot be solved, or with the smallest conflict of lower
    quotas that cannot be filled together and what would resolve it.
    """
    refuse_invalid(network)
    if network.method is Method.WEIGHTED:
        return _weighted(network)
    return _auctioned(network) if network.method is Method.AUCTION else _stable(network)


def lots_of(network: Network) -> "tuple[Whole, Whole]":
    """Everybody's place in the lottery of the seed, SHA-256 over ``seed:id``: int64, of demands and of offers.

    Roles of one mentee share a place.
    """
    demands = [demand.mentee for demand in network.demands]
    return each_lot(network.seed, demands), each_lot(network.seed, [offer.id for offer in network.offers])


# ---------- weighted ----------


def _weighted(network: Network) -> NetworkResult:
    found = weighted(network, lots_of(network))
    if found is None:
        raise Invalid(say("The lower quotas of this problem cannot all be filled."), conflict_issues(network))
    return _result(network, found.chosen, found.prices, found.value)


# ---------- by auction ----------


def _auctioned(network: Network) -> NetworkResult:
    """Locks are taken out beforehand, with their seats; they count in the value and in the bound alike."""
    import numpy as np

    from cheiron.core.matching.auction import auction

    links, first = links_of(network), placing(network).first
    seats = np.array([offer.capacity for offer in network.offers], dtype=np.int64)
    np.subtract.at(seats, links.columns[links.pinned], 1)
    at = np.flatnonzero(~np.isin(links.rows, links.rows[links.pinned]) & (seats > 0)[links.columns])
    free = links.at(at)
    sold = auction(_as_edges(network, free), seats, first)
    chosen = links.at(_with_pins(links, at[sold.mentor_of[free.rows] == free.columns]))
    costs = np.where(seats > 0, sold.prices, first + 2 * HIGHEST_SCORE)  # no seat is left there at any price
    numbers = _gains(network, links, costs, first)
    held = links.at(links.pinned)
    locked = int((held.scores + held.bonuses).sum()) + first * len(held.rows)
    prices = Prices(tuple(numbers.tolist()), (), tuple(costs.tolist()), ())
    return _result(network, chosen, prices, sold.bound + locked)


def _with_pins(links: Links, chosen: "Whole") -> "NDArray[np.bool_]":
    """The links that are chosen, and those that were settled beforehand: bool (L,)."""
    marked = links.pinned.copy()
    marked[chosen] = True
    return marked


def _as_edges(network: Network, links: Links) -> Edges:
    import numpy as np

    starts = np.searchsorted(links.rows, np.arange(len(network.demands) + 1)).astype(np.int64)
    scores = (links.scores + links.bonuses).astype(np.int32)
    return Edges(starts, links.columns.astype(np.int32), scores, len(network.offers))


def _gains(network: Network, links: Links, prices: "Whole", first: int) -> "Whole":
    """The number of each demand: what a place counts less what the mentee gains at these prices. int64 (demands,)."""
    import numpy as np

    gains = np.zeros(len(network.demands), dtype=np.int64)
    np.maximum.at(gains, links.rows, first + links.scores + links.bonuses - prices[links.columns])
    return first - gains


# ---------- stable ----------


def _stable(network: Network) -> NetworkResult:
    import numpy as np

    links = links_of(network)
    pinned = links.at(links.pinned)
    wanted = np.array([demand.upper for demand in network.demands], dtype=np.int64)
    seats = np.array([offer.capacity for offer in network.offers], dtype=np.int64)
    np.subtract.at(wanted, pinned.rows, 1)
    np.subtract.at(seats, pinned.columns, 1)
    at = np.flatnonzero(~links.pinned & (wanted > 0)[links.rows] & (seats > 0)[links.columns])
    chosen = _settled(network, links.at(at), wanted, seats, pinned)
    return _result(network, links.at(_with_pins(links, at[chosen])), None, None)


def _settled(network: Network, free: Links, wanted: "Whole", seats: "Whole", pinned: Links) -> "NDArray[np.bool_]":
    import numpy as np

    starts = np.searchsorted(free.rows, np.arange(len(wanted) + 1)).astype(np.int64)
    ours, theirs = strict_places(network, free)
    ranked = Ranked(starts, free.columns.astype(np.int32), ours, theirs)
    if not network.caps:
        return stable_edges(ranked, wanted, seats, network.method is Method.STABLE)
    supervisors, room = _supervisors(network)
    np.subtract.at(room, supervisors[pinned.columns], 1)
    mentor_of = stable_under_supervisors(ranked, seats, supervisors, room)
    chosen: NDArray[np.bool_] = mentor_of[free.rows] == free.columns
    return chosen


def strict_places(network: Network, links: Links) -> "tuple[NDArray[np.int32], NDArray[np.int32]]":
    """Both orders without equals, from 1: int32 (L,); in the second, one order for all mentors under a supervisor."""
    import numpy as np

    assert network.places is not None or len(links.rows) == 0, "validation has refused a stable method without orders"
    places = network.places
    empty = np.zeros(0, dtype=np.int32)
    of_mentees, of_mentors = (places.of_mentees, places.of_mentors) if places else (empty, empty)
    lots = lots_of(network)
    ours = _ranks(links.rows, of_mentees[links.edges], lots[1][links.columns])
    supervisors, _ = _supervisors(network)
    return ours, _ranks(supervisors[links.columns], of_mentors[links.edges], lots[0][links.rows])


def _ranks(owners: "NDArray[np.integer]", places: "NDArray[np.int32]", lots: "Whole") -> "NDArray[np.int32]":
    """The place of each entry among those of its owner, from 1; the same place and lot of one owner share one."""
    import numpy as np

    order = np.lexsort((lots, places, owners))
    sorted_by = owners[order], places[order], lots[order]
    new = np.ones(len(order), dtype=np.int64)
    new[1:] = np.logical_or.reduce([one[1:] != one[:-1] for one in sorted_by])
    counted = np.cumsum(new)
    first = np.searchsorted(sorted_by[0], sorted_by[0])
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = counted - counted[first] + 1
    return ranks


def _supervisors(network: Network) -> "tuple[NDArray[np.int32], Whole]":
    """The supervisor of each mentor, and how many each takes; who has none is their own."""
    import numpy as np

    of_mentor, room = np.arange(len(network.offers), dtype=np.int32), [offer.capacity for offer in network.offers]
    for cap in network.caps:
        of_mentor[[network.columns[mentor] for mentor in cap.mentors]] = len(room)
        room.append(cap.upper)
    return of_mentor, np.array(room, dtype=np.int64)


# ---------- told ----------


def _result(network: Network, chosen: Links, prices: Prices | None, bound: int | None) -> NetworkResult:
    pairs = tuple(_pairs(network, chosen))
    return sealed(
        NetworkResult(
            pairs=pairs,
            open=tuple(_open(network, chosen)),
            certificate=NetworkCertificate(
                len(pairs), int(chosen.scores.sum()), _value(network, chosen), bound, prices
            ),
            seed=network.seed,
            problem_hash=network_hash(network),
            versions=_versions(network.method),
            method=network.method,
        )
    )


def _pairs(network: Network, chosen: Links) -> Iterator[Placed]:
    rows, columns = chosen.rows.tolist(), chosen.columns.tolist()
    for row, column, score, pinned in zip(rows, columns, chosen.scores.tolist(), chosen.pinned.tolist(), strict=True):
        demand, state = network.demands[row], PairState.LOCKED if pinned else PairState.PLACED
        yield Placed(demand.mentee, demand.role, network.offers[column].id, score, state)


def _value(network: Network, chosen: Links) -> int:
    """What the choice is worth: places, scores and bonuses, less costs; in a stable choice for the record only."""
    counts, loads = Counter(chosen.rows.tolist()), Counter(chosen.columns.tolist())
    counted = placing(network)
    places = sum(counted.of(count) for count in counts.values())
    costs = sum(network.offers[column].cost(load) for column, load in loads.items())
    return places + int((chosen.scores + chosen.bonuses).sum()) - costs


def _open(network: Network, chosen: Links) -> Iterator[Open]:
    import numpy as np

    links, got = links_of(network), Counter(chosen.rows.tolist())
    counts = np.bincount(links.rows, minlength=len(network.demands)).tolist()
    seats = np.array([offer.capacity for offer in network.offers], dtype=np.int64)
    sums = np.bincount(links.rows, weights=seats[links.columns], minlength=len(network.demands)).tolist()
    for row, demand in enumerate(network.demands):
        if got[row] < demand.upper:
            kind = OpenKind.TAKEN if counts[row] else OpenKind.NO_ONE_ELIGIBLE
            yield Open(demand.mentee, demand.role, got[row], demand.upper, kind, counts[row], int(sums[row]))


def _versions(method: Method) -> tuple[tuple[str, str], ...]:
    own = ("cheiron.core.matching.network", ENGINE_VERSION)
    if method is not Method.WEIGHTED:
        return (own,)
    return with_or_tools(own)
