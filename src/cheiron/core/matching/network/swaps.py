"""Whether anybody in a stable network would rather swap: counted from the problem alone, mentor by mentor.

Two people block a choice when both would rather have each other: the mentee has a place left or would give one up, and
so has or would the mentor. Under a supervisor (Abraham, Irving and Manlove 2007) the mentee may also come to a mentor
with a free seat in the place of the supervisor's worst, or of nobody if the supervisor has room, or move between two
mentors of one supervisor.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from cheiron.core.matching.network.problem import Network
from cheiron.core.matching.network.result import NetworkResult
from cheiron.core.matching.result import PairState
from cheiron.core.text import Text, say_n

Place = tuple[int, str]
"""A place in an order, and the lot between equals."""


def envious(network: Network, result: NetworkResult) -> Iterator[Text]:
    """One sentence if anybody would rather swap."""
    count = sum(_blocks(_Standing(network, result)))
    if count:
        yield say_n(
            "Two people who are apart would both rather have each other.",
            "%(count)s pairs who are apart would both rather have each other.",
            count,
        )


@dataclass(frozen=True)
class _Bond:
    """A pair that may be: demand, mentor, and the place of each in the other's order."""

    demand: tuple[str, str]
    mentor: str
    ours: Place
    theirs: Place


class _Standing:
    """Who has whom, locks aside, and the seats that are left beside locks."""

    def __init__(self, network: Network, result: NetworkResult) -> None:
        self.left = {(one.mentee, one.role): one.upper for one in network.demands}
        self.seats = {offer.id: offer.capacity for offer in network.offers}
        self.team = {mentor: cap.name for cap in network.caps for mentor in cap.mentors}
        self.room = {cap.name: cap.upper for cap in network.caps}
        for pin in network.pins:
            self.left[pin.mentee, pin.role] -= 1
            self.seats[pin.mentor] -= 1
            if pin.mentor in self.team:
                self.room[self.team[pin.mentor]] -= 1
        self.bonds = list(_bonds(network))
        placed = {(one.mentee, one.role, one.mentor) for one in result.pairs if one.state is PairState.PLACED}
        self.chosen = [bond for bond in self.bonds if (*bond.demand, bond.mentor) in placed]
        self.apart = [bond for bond in self.bonds if (*bond.demand, bond.mentor) not in placed]
        self.of_demand: dict[tuple[str, str], list[_Bond]] = defaultdict(list)
        self.of_mentor: dict[str, list[_Bond]] = defaultdict(list)
        self.of_team: dict[str, list[_Bond]] = defaultdict(list)
        for bond in self.chosen:
            self.of_demand[bond.demand].append(bond)
            self.of_mentor[bond.mentor].append(bond)
            if bond.mentor in self.team:
                self.of_team[self.team[bond.mentor]].append(bond)


def _bonds(network: Network) -> Iterator[_Bond]:
    against = {(one.mentee, one.mentor) for one in network.forbids}
    pins = {(one.mentee, one.mentor) for one in network.pins}
    lots = {name: _lot(network.seed, name) for name in {one.mentee for one in network.demands} | set(network.columns)}
    for mentee, mentor, role, _, ours, theirs in network.ties():
        if (mentee, mentor) not in against | pins:
            yield _Bond((mentee, role), mentor, (ours, lots[mentor]), (theirs, lots[mentee]))


def _lot(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _blocks(standing: _Standing) -> Iterator[bool]:
    for bond in standing.apart:
        if standing.seats[bond.mentor] > 0 and _mentee_would(standing, bond):
            yield _mentor_would(standing, bond)


def _mentee_would(standing: _Standing, bond: _Bond) -> bool:
    """Has a place left, or would give up the worst."""
    held = standing.of_demand[bond.demand]
    left = standing.left[bond.demand]
    return left > 0 and (len(held) < left or max(one.ours for one in held) > bond.ours)


def _mentor_would(standing: _Standing, bond: _Bond) -> bool:
    """Has a seat left, or would give up the worst; so has, or would, the supervisor."""
    held, seats = standing.of_mentor[bond.mentor], standing.seats[bond.mentor]
    if len(held) >= seats:
        return max(one.theirs for one in held) > bond.theirs
    team = standing.team.get(bond.mentor)
    if team is None:
        return True
    moves_within = any(standing.team.get(one.mentor) == team for one in standing.of_demand[bond.demand])
    ours, room = standing.of_team[team], standing.room[team]
    return moves_within or len(ours) < room or (room > 0 and max(one.theirs for one in ours) > bond.theirs)
