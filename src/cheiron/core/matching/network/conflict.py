"""Why lower quotas cannot all be filled: a smallest set that conflicts, and what would resolve it, cheapest first.

The set is irreducible: without any one of its members the others could be filled (QuickXplain, Junker 2004). What would
resolve it is tried, not guessed: each number is the smallest change, of this kind alone, after which the whole problem
has an answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cheiron.core.errors import Issue
from cheiron.core.matching.network.circulation import Arcs, best_flow
from cheiron.core.matching.network.links import links_of
from cheiron.core.matching.network.problem import Network
from cheiron.core.matching.network.weighted import Graph
from cheiron.core.matching.validation import quoted
from cheiron.core.text import Text, say, say_n

MOST_TRIED = 40
MOST_TOLD = 5
MOST_NAMED = 10
FARTHEST = 64
"""Changes beyond this number are no relaxation."""


class Kind(StrEnum):
    """Which number of the problem asks for something, or stands in the way."""

    DEMAND = "demand"
    OFFER = "offer"
    CAP = "cap"
    PIN = "pin"
    SEATS = "seats"
    SHARED = "shared"
    SOUGHT = "sought"


@dataclass(frozen=True, order=True)
class Claim:
    """One number: of which kind, at which position, how much it asks for."""

    kind: Kind
    at: int
    amount: int


@dataclass(frozen=True, order=True)
class Relaxation:
    """Changing one number by ``by`` gives the whole problem an answer."""

    by: int
    claim: Claim


def conflict_issues(network: Network) -> tuple[Issue, ...]:
    """The conflict of a network that has no answer, and its cheapest relaxations, in words."""
    claims = conflict(network)
    named = "; ".join(str(asked(network, claim)) for claim in claims[:MOST_NAMED])
    others = len(claims) - MOST_NAMED
    more = say_n("; and one more", "; and %(count)s more", others) if others > 0 else ""
    problem = say("These cannot hold together: %(claims)s%(more)s.", claims=named, more=more)
    return (Issue(problem, _remedy(network, claims)),)


def _remedy(network: Network, claims: tuple[Claim, ...]) -> Text:
    found = [str(told(network, one)) for one in relaxations(network, claims)]
    if found:
        return say("One of these is enough: %(changes)s", changes=" ".join(found))
    return say_n(
        "No single change is enough. In all, one less must be asked for, or one more opened.",
        "No single change is enough. In all, %(count)s less must be asked for, or as many more opened.",
        shortfall(network),
    )


def shortfall(network: Network) -> int:
    """By how much, in all, lower bounds and locks ask for more than can be had; 0 where all can be filled."""
    import numpy as np

    arcs = _arcs(network)
    least, beyond, free = arcs.lower, arcs.upper - arcs.lower, np.zeros(2 * len(arcs.lower), dtype=np.int64)
    gains = np.concatenate([np.ones_like(least), np.zeros_like(least)])
    tails, heads = (np.concatenate([one, one]) for one in (arcs.tails, arcs.heads))
    flows = best_flow(Arcs(arcs.nodes, tails, heads, free, np.concatenate([least, beyond]), gains))
    assert flows is not None, "nothing must flow, so something can"
    return int(least.sum() - flows[: len(least)].sum())


def conflict(network: Network) -> tuple[Claim, ...]:
    """An irreducible set of claims that cannot hold together; empty where all can."""
    claims = tuple(_claims(network))
    trial = _Trial(network, claims)
    if trial.holds(claims):
        return ()
    return tuple(sorted(_explained(trial.holds, (), claims, tested=False)))


def relaxations(network: Network, claims: Sequence[Claim]) -> tuple[Relaxation, ...]:
    """The smallest single changes after which everything can hold, cheapest first; at most ``MOST_TOLD``."""
    tried = (*claims, *_around(network, claims))[:MOST_TRIED]
    found = (Relaxation(by, claim) for claim in tried if (by := _smallest(network, claim)))
    return tuple(sorted(found))[:MOST_TOLD]


def _claims(network: Network) -> Iterator[Claim]:
    quotas = (
        (Kind.DEMAND, [demand.lower for demand in network.demands]),
        (Kind.OFFER, [offer.lower for offer in network.offers]),
        (Kind.CAP, [cap.lower for cap in network.caps]),
    )
    yield from (Claim(kind, at, lower) for kind, many in quotas for at, lower in enumerate(many) if lower)
    for at in range(len(network.pins)):
        yield Claim(Kind.PIN, at, 1)


def _feasible(network: Network) -> bool:
    return best_flow(_arcs(network)) is not None


def _arcs(network: Network) -> Arcs:
    """The network without gains: only whether something fits is asked."""
    import numpy as np

    lots = np.arange(len(network.demands)), np.arange(len(network.offers))
    arcs = Graph(network, lots).arcs
    return replace(arcs, gains=np.zeros_like(arcs.gains))


def _explained(
    holds: Callable[[tuple[Claim, ...]], bool], fixed: tuple[Claim, ...], rest: tuple[Claim, ...], *, tested: bool
) -> tuple[Claim, ...]:
    """The part of ``rest`` that conflicts with ``fixed``, irreducible."""
    if tested and not holds(fixed):
        return ()
    if len(rest) == 1:
        return rest
    half = len(rest) // 2
    later = _explained(holds, fixed + rest[:half], rest[half:], tested=True)
    return _explained(holds, fixed + later, rest[:half], tested=bool(later)) + later


class _Trial:
    """The arcs of a network, and to which claim the lower bound of each belongs; built once, tried often."""

    def __init__(self, network: Network, claims: tuple[Claim, ...]) -> None:
        import numpy as np

        graph = Graph(network, (np.arange(len(network.demands)), np.arange(len(network.offers))))
        self.arcs = replace(graph.arcs, gains=np.zeros_like(graph.arcs.gains))
        self.number = {claim: at for at, claim in enumerate(claims)}
        self.owners = np.array([self._owner(graph, at) for at in range(len(self.arcs.tails))], dtype=np.int64)
        self.only_pinned = np.zeros(len(self.arcs.tails), dtype=np.bool_)
        self.only_pinned[: len(graph.drawn)] = graph.links.edges[graph.drawn] < 0

    def holds(self, kept: tuple[Claim, ...]) -> bool:
        """Whether these claims can hold together, the others left out; a pair that is only locked is then none."""
        import numpy as np

        held = np.isin(self.owners, [self.number[claim] for claim in kept])
        upper = np.where(self.only_pinned & ~held, 0, self.arcs.upper)
        return best_flow(replace(self.arcs, lower=np.where(held, self.arcs.lower, 0), upper=upper)) is not None

    def _owner(self, graph: Graph, at: int) -> int:
        """The number of the claim; -1 for an arc that nothing must flow through."""
        if not self.arcs.lower[at]:
            return -1
        return self.number[Claim(*_claimed(graph, at))]


def _claimed(graph: Graph, at: int) -> tuple[Kind, int, int]:
    """Whose lower bound an arc carries; arcs of one demand or mentor share it."""
    network, tail, head = graph.network, int(graph.arcs.tails[at]), int(graph.arcs.heads[at])
    if at < len(graph.drawn):
        link = int(graph.drawn[at])
        return Kind.PIN, _pin_at(network, int(graph.links.rows[link]), int(graph.links.columns[link])), 1
    if tail == graph.hub:
        return Kind.DEMAND, head, network.demands[head].lower
    if tail < graph.first_cap:
        return Kind.OFFER, tail - graph.first_offer, network.offers[tail - graph.first_offer].lower
    return Kind.CAP, tail - graph.first_cap, network.caps[tail - graph.first_cap].lower


def _pin_at(network: Network, row: int, column: int) -> int:
    demand, mentor = network.demands[row], network.offers[column].id
    pins = [(pin.mentee, pin.role, pin.mentor) for pin in network.pins]
    return pins.index((demand.mentee, demand.role, mentor))


def _changed(network: Network, claim: Claim, by: int) -> Network:
    """One number less, or one limit more, by so much."""
    kind, at = claim.kind, claim.at
    if kind is Kind.PIN:
        return replace(network, pins=network.pins[:at] + network.pins[at + 1 :])
    if kind in (Kind.DEMAND, Kind.SOUGHT):
        demand = network.demands[at]
        demand = (
            replace(demand, lower=demand.lower - by)
            if kind is Kind.DEMAND
            else replace(demand, upper=demand.upper + by)
        )
        return replace(network, demands=(*network.demands[:at], demand, *network.demands[at + 1 :]))
    if kind in (Kind.OFFER, Kind.SEATS):
        offer = network.offers[at]
        offer = (
            replace(offer, lower=offer.lower - by)
            if kind is Kind.OFFER
            else replace(offer, capacity=offer.capacity + by)
        )
        return replace(network, offers=(*network.offers[:at], offer, *network.offers[at + 1 :]))
    cap = network.caps[at]
    cap = replace(cap, lower=cap.lower - by) if kind is Kind.CAP else replace(cap, upper=cap.upper + by)
    return replace(network, caps=(*network.caps[:at], cap, *network.caps[at + 1 :]))


def _around(network: Network, claims: Sequence[Claim]) -> Iterator[Claim]:
    """Limits that stand near the conflict: seats and caps of the mentors in reach, and what mentees in reach seek."""
    links = links_of(network)
    rows = {claim.at for claim in claims if claim.kind is Kind.DEMAND}
    columns = {claim.at for claim in claims if claim.kind is Kind.OFFER}
    for cap in (network.caps[claim.at] for claim in claims if claim.kind is Kind.CAP):
        columns |= {network.columns[mentor] for mentor in cap.mentors}
    pairs = list(zip(links.rows.tolist(), links.columns.tolist(), strict=True))
    near = sorted({column for row, column in pairs if row in rows} | columns)
    names = {network.offers[column].id for column in near}
    yield from (Claim(Kind.SHARED, at, 0) for at, cap in enumerate(network.caps) if names & set(cap.mentors))
    yield from (Claim(Kind.SEATS, column, 0) for column in near)
    yield from (Claim(Kind.SOUGHT, row, 0) for row in sorted({row for row, column in pairs if column in columns}))


def _smallest(network: Network, claim: Claim) -> int:
    """The smallest change of this number that is enough; 0 for none."""
    most = claim.amount or FARTHEST
    if not _feasible(_changed(network, claim, most)):
        return 0
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _feasible(_changed(network, claim, middle)) else (middle + 1, high)
    return low


def asked(network: Network, claim: Claim) -> Text:
    """What a claim asks for."""
    if claim.kind is Kind.PIN:
        pin = network.pins[claim.at]
        return say("“%(mentee)s” is locked to “%(mentor)s”", mentee=quoted(pin.mentee), mentor=quoted(pin.mentor))
    if claim.kind is Kind.DEMAND:
        name = quoted(network.demands[claim.at].mentee)
        return say_n("“%(name)s” needs a mentor", "“%(name)s” needs %(count)s mentors", claim.amount, name=name)
    if claim.kind is Kind.OFFER:
        name = quoted(network.offers[claim.at].id)
        return say_n("“%(name)s” must have a mentee", "“%(name)s” must have %(count)s mentees", claim.amount, name=name)
    name = quoted(network.caps[claim.at].name)
    return say_n("“%(name)s” must have a mentee", "“%(name)s” must have %(count)s mentees", claim.amount, name=name)


def told(network: Network, one: Relaxation) -> Text:
    """A relaxation as a proposal."""
    kind, at, by = one.claim.kind, one.claim.at, one.by
    if kind is Kind.PIN:
        pin = network.pins[at]
        return say("Unlock “%(mentee)s” and “%(mentor)s”.", mentee=quoted(pin.mentee), mentor=quoted(pin.mentor))
    if kind is Kind.SEATS:
        name = quoted(network.offers[at].id)
        return say_n("Open a seat more at “%(name)s”.", "Open %(count)s seats more at “%(name)s”.", by, name=name)
    if kind is Kind.SHARED:
        name = quoted(network.caps[at].name)
        return say_n("Raise the cap “%(name)s” by one.", "Raise the cap “%(name)s” by %(count)s.", by, name=name)
    if kind is Kind.SOUGHT:
        name = quoted(network.demands[at].mentee)
        return say_n(
            "Let “%(name)s” have one mentor more.", "Let “%(name)s” have %(count)s mentors more.", by, name=name
        )
    name = quoted(_name(network, one.claim))
    return say_n("Ask one less for “%(name)s”.", "Ask %(count)s less for “%(name)s”.", by, name=name)


def _name(network: Network, claim: Claim) -> str:
    if claim.kind is Kind.DEMAND:
        return network.demands[claim.at].mentee
    return network.offers[claim.at].id if claim.kind is Kind.OFFER else network.caps[claim.at].name
