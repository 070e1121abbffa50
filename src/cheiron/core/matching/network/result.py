"""What came out of a network: the pairs, which demands stay open and why, and the numbers that prove how good it is."""

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum

from cheiron.core.matching.problem import Method
from cheiron.core.matching.result import PairState
from cheiron.core.text import Text, say, say_n


@dataclass(frozen=True, order=True)
class Placed:
    """A mentee and a mentor found for them in a role; ``score`` in millionths of a point."""

    mentee: str
    role: str
    mentor: str
    score: int
    state: PairState


class OpenKind(StrEnum):
    """Why a demand is not filled to its upper number."""

    NO_ONE_ELIGIBLE = "no-one-eligible"
    """Nobody who has a seat is open to this mentee in this role."""
    TAKEN = "taken"
    """Whoever is open to them is theirs already, has no seat left, or works under a cap that is full."""


@dataclass(frozen=True, order=True)
class Open:
    """A demand that got ``got`` of ``sought``; ``mentors`` are open to it, with ``seats`` seats among them."""

    mentee: str
    role: str
    got: int
    sought: int
    kind: OpenKind
    mentors: int = 0
    seats: int = 0


@dataclass(frozen=True)
class Prices:
    """What a place is worth at each node of the network, in millionths; any numbers at all prove a bound.

    Whatever the numbers are, no choice is worth more than the sum, over all links, of the most that the link can yield
    beyond the difference of its two ends (weak duality; Ahuja, Magnanti and Orlin 1993, chapter 9). Found well, they
    prove the choice itself best: the bound is then what the choice is worth.
    """

    demands: tuple[int, ...]
    """In the order of the network's demands."""
    pairs: tuple[tuple[str, str, int], ...]
    """Mentee, mentor and number, for those who could meet in more than one role."""
    offers: tuple[int, ...]
    caps: tuple[int, ...]
    rooms: tuple[tuple[str, str, int], ...] = ()
    """Mentor, role and number, for roles in which a mentor takes so many only."""


@dataclass(frozen=True)
class NetworkCertificate:
    """``value``: what the choice is worth (see ``worth``). ``bound``: what no choice is worth more than, by ``prices``.

    A stable choice has no prices: that nobody would both rather have each other is seen from the problem itself.
    """

    placed: int
    total: int
    value: int
    bound: int | None = None
    prices: Prices | None = None


@dataclass(frozen=True)
class NetworkResult:
    """Pairs and open demands in the order of mentee, role and mentor; ``sealed`` fills ``result_hash`` in."""

    pairs: tuple[Placed, ...]
    open: tuple[Open, ...]
    certificate: NetworkCertificate
    seed: int
    problem_hash: str
    versions: tuple[tuple[str, str], ...]
    method: Method
    result_hash: str = ""


def result_hash(result: NetworkResult) -> str:
    """SHA-256 (hex) over a canonical ASCII JSON encoding of everything but ``result_hash`` itself."""
    proof = result.certificate
    prices = proof.prices
    body = [
        "cheiron-network-result/1",
        [(one.mentee, one.role, one.mentor, one.score, one.state) for one in result.pairs],
        [(one.mentee, one.role, one.got, one.sought, one.kind, one.mentors, one.seats) for one in result.open],
        [proof.placed, proof.total, proof.value, proof.bound],
        [prices.demands, prices.pairs, prices.offers, prices.caps, prices.rooms] if prices else [],
        [result.seed, result.problem_hash, result.versions, result.method],
    ]
    return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode("ascii")).hexdigest()


def sealed(result: NetworkResult) -> NetworkResult:
    """The same result under its own hash."""
    return replace(result, result_hash=result_hash(result))


def open_text(one: Open) -> Text:
    """Why this demand is not filled, in counts; never which rule, and never a name."""
    if one.kind is OpenKind.NO_ONE_ELIGIBLE:
        return say("Nobody who has a seat is open to this mentee in this role.")
    return say_n(
        "The only mentor open to this mentee in this role is theirs already or can take nobody else.",
        "The %(count)s mentors open to this mentee in this role are theirs already or can take nobody else.",
        one.mentors,
    )
