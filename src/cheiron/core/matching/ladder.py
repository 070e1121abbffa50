"""The ladder: mentee, peer mentor, senior mentor. Peers come under seniors first, then mentees to the peers.

A senior supervises so many peers, and answers for so many mentees below them. A peer without a senior is not active and
takes nobody. Both rungs are networks with a certificate of their own: the second has a cap for each senior, around the
peers who came under that senior, so it stays a flow.

The two rungs are solved one after the other. Drawing both anew can place fewer mentees although a senior offers more:
the peers go where they fit, not where the room is (to look at both at once is as hard as packing boxes). Given what
stands, it cannot: supervision that stands is kept, and more seats or more room then never place fewer mentees.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.network.problem import Cap, Network, Settled
from cheiron.core.matching.network.result import NetworkResult
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.verify import verify_network
from cheiron.core.matching.validation import quoted
from cheiron.core.text import Text, say


@dataclass(frozen=True, eq=False)
class Ladder:
    """``seniors``: its demands are the peers, its offers the seniors. ``mentees``: its offers are the peers.

    ``room``: how many mentees each senior answers for, over all their peers. A mentor of ``mentees`` who is no peer of
    ``seniors`` has no senior. ``standing``: peers and seniors who go together already, and are kept.
    """

    seniors: Network
    mentees: Network
    room: Mapping[str, int]
    standing: Collection[tuple[str, str]] = ()


@dataclass(frozen=True)
class LadderResult:
    """What came out of each rung, for ``upper_rung`` and ``lower_rung``."""

    supervision: NetworkResult
    placing: NetworkResult

    @property
    def senior_of(self) -> dict[str, str]:
        """The senior of each active peer."""
        return {pair.mentee: pair.mentor for pair in self.supervision.pairs}


def solve_ladder(ladder: Ladder) -> LadderResult:
    """Both rungs. The same ladder gives the same bytes. Raises ``Invalid`` with all issues of a rung."""
    issues = tuple(_issues(ladder))
    if issues:
        raise Invalid(say("This ladder cannot be solved as it stands."), issues)
    supervision = solve_network(upper_rung(ladder))
    return LadderResult(supervision, solve_network(lower_rung(ladder, supervision)))


def upper_rung(ladder: Ladder) -> Network:
    """Peers to seniors: a senior takes no more peers than mentees, so that each of them could have one."""
    offers = tuple(
        replace(offer, capacity=min(offer.capacity, ladder.room.get(offer.id, 0))) for offer in ladder.seniors.offers
    )
    roles = {demand.mentee: demand.role for demand in ladder.seniors.demands}
    pinned = {(pin.mentee, pin.mentor) for pin in ladder.seniors.pins}
    kept = (Settled(peer, senior, roles[peer]) for peer, senior in {*ladder.standing} - pinned)
    return replace(ladder.seniors, offers=offers, pins=tuple(sorted([*ladder.seniors.pins, *kept])))


def lower_rung(ladder: Ladder, supervision: NetworkResult) -> Network:
    """Mentees to active peers: those without a senior have no seat, and each senior is a cap around theirs."""
    below: dict[str, list[str]] = defaultdict(list)
    for pair in supervision.pairs:
        if pair.mentee in ladder.mentees.columns:
            below[pair.mentor].append(pair.mentee)
    active = {peer for peers in below.values() for peer in peers}
    offers = tuple(
        offer if offer.id in active else replace(offer, capacity=0, lower=0) for offer in ladder.mentees.offers
    )
    caps = (Cap(senior, tuple(sorted(peers)), ladder.room.get(senior, 0)) for senior, peers in below.items())
    return replace(ladder.mentees, offers=offers, caps=tuple(sorted([*ladder.mentees.caps, *caps])))


def _issues(ladder: Ladder) -> Iterator[Issue]:
    seekers = Counter(demand.mentee for demand in ladder.seniors.demands)
    several = {demand.mentee for demand in ladder.seniors.demands if demand.upper > 1}
    for peer in sorted({peer for peer, count in seekers.items() if count > 1} | several):
        yield Issue(
            say("The peer “%(id)s” is to have more than one senior.", id=quoted(peer)),
            say("Let each peer seek one senior, in one role."),
        )
    for senior in sorted(name for name, room in ladder.room.items() if room < 0):
        yield Issue(
            say("The senior “%(id)s” answers for fewer than no mentees.", id=quoted(senior)),
            say("Use 0 for a senior without room."),
        )
    for peer, senior in sorted(ladder.standing):
        if peer not in seekers or senior not in ladder.seniors.columns:
            yield Issue(
                say("“%(peer)s” stands under “%(senior)s”, and one of them is not in this ladder.",
                    peer=quoted(peer), senior=quoted(senior)),
                say("Leave out who has left; a peer without a senior seeks one anew."),
            )  # fmt: skip


# ---------- checked ----------


def verify_ladder(ladder: Ladder, result: LadderResult) -> tuple[Issue, ...]:
    """Everything that is wrong with both rungs; empty when they are certified. Never raises, shares no line with them.

    First what a ladder promises, counted on the names of the result alone; then each rung by its own certificate.
    """
    found = tuple(Issue(text, say("Do not use this result; run the ladder again.")) for text in _broken(ladder, result))
    if found:
        return found
    upper = verify_network(upper_rung(ladder), result.supervision)
    return upper or verify_network(lower_rung(ladder, result.supervision), result.placing)


def _broken(ladder: Ladder, result: LadderResult) -> Iterator[Text]:
    under = {(pair.mentee, pair.mentor) for pair in result.supervision.pairs}
    senior_of = dict(sorted(under))
    seats = {offer.id: offer.capacity for offer in ladder.seniors.offers}
    peers = Counter(senior for _, senior in under)
    mentees = Counter(senior_of.get(pair.mentor, "") for pair in result.placing.pairs)
    if len(senior_of) < len(under):
        yield say("A peer has two seniors.")
    if any(pair.mentor not in senior_of for pair in result.placing.pairs):
        yield say("A peer without a senior has a mentee.")
    if any(count > min(seats.get(senior, 0), ladder.room.get(senior, 0)) for senior, count in peers.items()):
        yield say("An active peer is under a senior who has no room.")
    if any(count > ladder.room.get(senior, 0) for senior, count in mentees.items() if senior):
        yield say("Below a senior's peers are more mentees than the senior answers for.")
    if not {*ladder.standing} <= under:
        yield say("Supervision that stands was broken.")
