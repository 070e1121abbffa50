"""Matching again: what has changed, whom it moves, and how little needs to move.

People join, leave and pause at any time, and most pairs stand. Somebody who leaves, or a seat that opens, starts a
chain: one moves into the free seat, another into the seat that this one leaves, until somebody who waited has a place
(vacancy chains; Hall and Kroft describe them for housing, White 1970 for posts). The chain found here is the shortest
that places as many as possible: whoever need not move stays.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

from cheiron.core.matching.network.links import links_of
from cheiron.core.matching.network.problem import Keep, Network, Settled
from cheiron.core.matching.network.problem import network as network_from
from cheiron.core.matching.network.result import NetworkResult, Placed
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.weighted import placing
from cheiron.core.matching.problem import Method
from cheiron.core.text import Text, say, say_n

Seat = tuple[str, str, str]
"""Mentee, mentor, role."""

RETENTION = 50_000
"""What a standing pair counts beyond its score, in millionths: a twentieth of the best fit there is.

Measured by ``bench/matching_again.py``; the table and the reason are in ``docs/explanation/matching.md``.
"""


# ---------- what has changed ----------


@dataclass(frozen=True)
class Difference:
    """Who is new, gone, paused or back, and who has more or fewer seats; everything in the order of ids."""

    mentees_joined: tuple[str, ...]
    mentees_left: tuple[str, ...]
    mentors_joined: tuple[str, ...]
    mentors_left: tuple[str, ...]
    paused: tuple[str, ...]
    back: tuple[str, ...]
    more_seats: tuple[tuple[str, int], ...]
    fewer_seats: tuple[tuple[str, int], ...]


def difference(before: Network, after: Network) -> Difference:
    """What lies between two problems. A mentor who pauses or is back stands there only, not among the seats."""
    people = [{demand.mentee for demand in one.demands} for one in (before, after)]
    old, new = ({offer.id: offer.capacity for offer in one.offers} for one in (before, after))
    grown = {mentor: new[mentor] - old[mentor] for mentor in sorted(old.keys() & new.keys())}
    going = [(mentor, by) for mentor, by in grown.items() if old[mentor] and new[mentor]]
    return Difference(
        tuple(sorted(people[1] - people[0])),
        tuple(sorted(people[0] - people[1])),
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(mentor for mentor in grown if old[mentor] and not new[mentor]),
        tuple(mentor for mentor in grown if new[mentor] and not old[mentor]),
        tuple((mentor, by) for mentor, by in going if by > 0),
        tuple((mentor, -by) for mentor, by in going if by < 0),
    )


@dataclass(frozen=True)
class Turnover:
    """The pairs that go on, that end and that begin, in order."""

    stay: tuple[Seat, ...]
    end: tuple[Seat, ...]
    begin: tuple[Seat, ...]


def turnover(before: Iterable[Seat], after: Iterable[Seat]) -> Turnover:
    """What lies between two answers."""
    old, new = set(before), set(after)
    return Turnover(tuple(sorted(old & new)), tuple(sorted(old - new)), tuple(sorted(new - old)))


def seats_of(result: NetworkResult) -> tuple[Seat, ...]:
    """The pairs of a result."""
    return tuple(_seat(pair) for pair in result.pairs)


def _seat(pair: Placed) -> Seat:
    return pair.mentee, pair.mentor, pair.role


# ---------- how little needs to move ----------


class Breaking(StrEnum):
    """When a standing pair may be broken. As many as this allows are placed, whatever the fit."""

    NEVER = "never"
    FOR_ONE_MORE = "for-one-more"
    """Only where otherwise fewer people would have a place."""
    FOR_A_GAIN = "for-a-gain"
    """Also where the total gains so much for each pair that is broken."""


@dataclass(frozen=True)
class Policy:
    """``gain``: for each broken pair, in millionths of a point, from 0; read with ``FOR_A_GAIN`` only."""

    breaking: Breaking = Breaking.NEVER
    gain: int = RETENTION


@dataclass(frozen=True, order=True)
class Move:
    """One person: ``left`` is empty for somebody who waited, ``to`` for somebody who has no place now."""

    mentee: str
    role: str
    left: str
    to: str


Chain = tuple[Move, ...]
"""In the order in which they can be carried out: each takes the seat that the one before has left, the first a free
one. Only a circle (which no seat starts) has to be carried out at once."""


@dataclass(frozen=True, eq=False)
class Rematch:
    """``result`` is the certified answer to ``network``: the problem with what stands as locks or pairs to be kept."""

    network: Network
    result: NetworkResult
    turnover: Turnover
    chains: tuple[Chain, ...]

    @property
    def placed(self) -> int:
        """How many who waited have a place now."""
        return sum(not move.left and bool(move.to) for chain in self.chains for move in chain)

    @property
    def moved(self) -> int:
        """How many had a place and have another one now."""
        return sum(bool(move.left and move.to) for chain in self.chains for move in chain)


def rematch(network: Network, standing: Collection[Seat], policy: Policy | None = None) -> Rematch:
    """The best answer that breaks standing pairs only as the policy allows; by the weighted method.

    Standing pairs that a rule forbids now, or of which somebody is gone or has no seat, end; where a mentor or a cap
    has fewer seats than pairs, as many go on as can. Nobody else who has a place ends up without one. Raises
    ``Invalid`` like ``solve_network``.
    """
    network = replace(network, method=Method.WEIGHTED)
    held = holdable(network, standing)
    asked = _under(network, held, policy or Policy())
    result = solve_network(asked)
    change = turnover(set(standing), seats_of(result))
    return Rematch(asked, result, change, chains(change))


def holdable(network: Network, standing: Collection[Seat]) -> tuple[Seat, ...]:
    """The standing pairs that can go on together: as many as possible, then those with the highest total."""
    possible = _possible(network, standing)
    locked = {(pin.mentee, pin.mentor, pin.role): 0 for pin in network.pins}
    ties = [(*seat, score, 0, 0) for seat, score in {**locked, **possible}.items()]
    only = network_from(
        [replace(demand, lower=0) for demand in network.demands],
        [replace(offer, lower=0) for offer in network.offers],
        ties,
        forbids=network.forbids,
        pins=network.pins,
        caps=[replace(cap, lower=0) for cap in network.caps],
        seed=network.seed,
    )
    return tuple(seat for seat in seats_of(solve_network(only)) if seat in possible)


def retaining(network: Network, standing: Collection[Seat], bonus: int = RETENTION) -> Network:
    """The same problem, in which each standing pair that may go on counts so much more."""
    kept = _possible(network, standing).keys()
    others = [keep for keep in network.keeps if (keep.mentee, keep.mentor, keep.role) not in kept]
    keeps = [Keep(mentee, mentor, bonus, role) for mentee, mentor, role in kept]
    return replace(network, keeps=tuple(sorted([*others, *keeps])))


def _possible(network: Network, standing: Collection[Seat]) -> dict[Seat, int]:
    """Those that may be formed in this problem, in order, with their scores; nobody is in it who is not."""
    import numpy as np

    rows, columns, links = network.rows, network.columns, links_of(network)
    known = sorted(seat for seat in {*standing} if (seat[0], seat[2]) in rows and seat[1] in columns)
    many = len(network.offers)
    cells = np.array([rows[seat[0], seat[2]] * many + columns[seat[1]] for seat in known], dtype=np.int64)
    there = links.rows * many + links.columns
    at = np.searchsorted(there, cells)
    found = at < len(there)
    found[found] = there[at[found]] == cells[found]
    scores = links.scores[at[found]].tolist()
    return dict(zip((seat for seat, one in zip(known, found.tolist(), strict=True) if one), scores, strict=True))


def _under(network: Network, held: Collection[Seat], policy: Policy) -> Network:
    """The problem that the policy asks: whoever holds a place keeps one, this one or another."""
    if policy.breaking is Breaking.NEVER:
        locked = {(pin.mentee, pin.mentor, pin.role) for pin in network.pins}
        more = [Settled(*seat) for seat in held if seat not in locked]
        return replace(network, pins=tuple(sorted([*network.pins, *more])))
    counts = Counter((mentee, role) for mentee, _, role in held)
    demands = tuple(replace(one, lower=max(one.lower, counts[one.mentee, one.role])) for one in network.demands)
    bonus = policy.gain if policy.breaking is Breaking.FOR_A_GAIN else placing(network).further
    return retaining(replace(network, demands=demands), held, bonus)


# ---------- who moves where ----------


def chains(change: Turnover) -> tuple[Chain, ...]:
    """The moves between two answers, each behind the one whose seat it takes; in order."""
    moves = tuple(_moves(change))
    followers = dict(_followers(moves))
    behind = set(followers.values())
    found, done = [], set[Move]()
    for first in (*(move for move in moves if move not in behind), *moves):  # what is left then are circles
        chain: list[Move] = []
        at: Move | None = first
        while at is not None and at not in done:
            done.add(at)
            chain.append(at)
            at = followers.get(at)
        if chain:
            found.append(tuple(chain))
    return tuple(found)


def _moves(change: Turnover) -> Iterator[Move]:
    left, taken = defaultdict(list), defaultdict(list)
    for mentee, mentor, role in change.end:
        left[mentee, role].append(mentor)
    for mentee, mentor, role in change.begin:
        taken[mentee, role].append(mentor)
    for mentee, role in sorted(left.keys() | taken.keys()):
        for one, other in zip_longest(left[mentee, role], taken[mentee, role], fillvalue=""):
            yield Move(mentee, role, one, other)


def _followers(moves: tuple[Move, ...]) -> Iterator[tuple[Move, Move]]:
    """Whoever leaves a seat, and who takes it. Who moves on comes before who only leaves."""
    leaving, entering = defaultdict(list), defaultdict(list)
    for move in moves:
        leaving[move.left].append(move)
        entering[move.to].append(move)
    for mentor in sorted(leaving.keys() & entering.keys() - {""}):
        yield from zip(sorted(leaving[mentor], key=lambda move: not move.to), entering[mentor], strict=False)


def chain_text(chain: Chain) -> Text:
    """What a chain does, in counts; no names."""
    moved = sum(bool(move.left and move.to) for move in chain)
    if not all(move.to for move in chain):
        return say_n("One person loses a place.", "%(count)s people lose a place.", sum(not move.to for move in chain))
    if all(move.left for move in chain):
        return say_n("One person moves.", "%(count)s people move.", moved)
    if not moved:
        return say("One person who waits takes a free place.")
    return say_n(
        "One person who waits gets a place, because one other moves.",
        "One person who waits gets a place, because %(count)s others move.",
        moved,
    )
