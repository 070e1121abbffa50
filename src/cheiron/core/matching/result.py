"""What came out: the pairs, everybody who is left without one and why, and the proof that nothing better exists."""

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum

from cheiron.core.matching.problem import Method
from cheiron.core.text import Text, say, say_n


class PairState(StrEnum):
    """Who decided on the pair."""

    PLACED = "placed"
    """The engine."""
    LOCKED = "locked"
    """A person; the pair was pinned in the problem."""


@dataclass(frozen=True, order=True)
class Pair:
    """A mentee and the mentor found for them; ``score`` in millionths of a point."""

    mentee: str
    mentor: str
    score: int
    state: PairState


class UnmatchedKind(StrEnum):
    """Why a mentee has nobody."""

    NO_SEATS_AT_ALL = "no-seats-at-all"
    """No mentor of the round has a seat."""
    NO_ONE_ELIGIBLE = "no-one-eligible"
    """There are seats, but a rule stands against every mentor who has one."""
    HALL = "hall"
    """The mentors open to this mentee have fewer seats than there are people who can turn to nobody else."""
    HALL_CHAIN = "hall-chain"
    """The same, once those are counted who could be reached by moving other mentees."""
    TAKEN = "taken"
    """By first places: every seat open to this mentee is taken, and giving one up would cost a better place."""
    OUTRANKED = "outranked"
    """In a stable choice: every seat open to this mentee went to somebody who stands before them, or is locked."""


@dataclass(frozen=True, order=True)
class Unmatched:
    """A mentee without a mentor, and the count that proves that it could not be otherwise.

    For ``HALL`` and ``HALL_CHAIN`` (P. Hall, 1935): ``open_mentors`` mentors have ``seats`` seats among them, and
    ``competitors`` mentees (this one among them, more than seats) can turn to nobody outside these mentors; a locked
    mentee can turn to nobody but the mentor of the lock. For ``OUTRANKED``, which a stable choice gives instead, the
    ``open_mentors`` who could be this mentee's have ``seats`` seats, and ``competitors`` of these went to mentees who
    stand before this one in that mentor's order; the others are locked. ``TAKEN`` counts the open mentors and their
    seats. For the other kinds all three are 0.
    """

    mentee: str
    kind: UnmatchedKind
    open_mentors: int = 0
    seats: int = 0
    competitors: int = 0


@dataclass(frozen=True)
class Stability:
    """Where people stand in each other's orders, from which anybody can see that no two would both rather switch.

    Places are counted from 1 among the pairs that the method decides on: eligible, the mentee not locked, the mentor
    with a seat left beside locks. Equals are put in the order of SHA-256 (hex) over ``seed:id``.
    """

    standings: tuple[tuple[str, int, int], ...]
    """Placed mentee, the place of the mentor in the mentee's order, the place of the mentee in the mentor's."""
    mentee_ties: int
    """Mentees to whom some mentors are equal, so that the seed decided between them."""
    mentor_ties: int
    """Mentors to whom some mentees are equal."""


@dataclass(frozen=True)
class Certificate:
    """What is proved. Of an optimum: prices; of a stable choice: ``stability``; of a fair one: ``stages``.

    The prices the result to be the best one (linear-programming duality; Kuhn 1955, Egerváry 1931).

    With ``M = 1 + mentees * 1_000_000`` a pair is worth ``w = M + score``, so that one more placed mentee outweighs
    every score. For each eligible pair the two prices add up to at least ``w``; the prices of all mentees, and of all
    mentors times the seats left beside locked pairs, add up to exactly what the placed pairs are worth. Hence no
    other choice is worth more. Mentor prices are the smallest that do. Locked mentees have price 0.
    """

    placed: int
    """Number of pairs, locked ones included."""
    total: int
    """Sum of their scores, in millionths."""
    mentee_prices: tuple[tuple[str, int], ...]
    mentor_prices: tuple[tuple[str, int], ...]
    stability: Stability | None = None
    stages: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()
    """Of a fair choice: for each aim the prices of all mentees and of all mentors, in the order of the problem."""


@dataclass(frozen=True)
class Result:
    """Pairs and unmatched mentees in the order of mentee ids; ``sealed`` fills ``result_hash`` in."""

    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    certificate: Certificate
    seed: int
    problem_hash: str
    versions: tuple[tuple[str, str], ...]
    """What solved it: (name, version)."""
    result_hash: str = ""
    method: Method = Method.WEIGHTED


def result_hash(result: Result) -> str:
    """SHA-256 (hex) over a canonical ASCII JSON encoding of everything but ``result_hash`` itself."""
    certificate = result.certificate
    body: list[object] = [
        "cheiron-result/1",
        [(pair.mentee, pair.mentor, pair.score, pair.state) for pair in result.pairs],
        [(one.mentee, one.kind, one.open_mentors, one.seats, one.competitors) for one in result.unmatched],
        [certificate.placed, certificate.total, certificate.mentee_prices, certificate.mentor_prices],
        [result.seed, result.problem_hash, result.versions],
    ]
    if result.method is not Method.WEIGHTED or certificate.stability is not None:
        body += [result.method, _told(certificate.stability)]
    if certificate.stages:
        body.append(certificate.stages)
    return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode("ascii")).hexdigest()


def _told(stability: Stability | None) -> list[object]:
    return [stability.standings, stability.mentee_ties, stability.mentor_ties] if stability else []


def sealed(result: Result) -> Result:
    """The same result under its own hash."""
    return replace(result, result_hash=result_hash(result))


def told_to_mentee(unmatched: Unmatched) -> Text:
    """The same for the mentee's own letter: no count from which a rule about this one person could be guessed."""
    if unmatched.kind is UnmatchedKind.NO_SEATS_AT_ALL:
        return say("No mentor has a free place at the moment.")
    return say("No place that could have been yours was left in this round.")


def unmatched_text(unmatched: Unmatched) -> Text:
    """Why this mentee has nobody, in counts; never which rule, and never a name."""
    if unmatched.kind is UnmatchedKind.NO_SEATS_AT_ALL:
        return say("No mentor in this round has a seat.")
    if unmatched.kind is UnmatchedKind.NO_ONE_ELIGIBLE:
        return say("A program rule stands against every mentor who has a seat.")
    seats = say_n("%(count)s seat", "%(count)s seats", unmatched.seats)
    if unmatched.kind is UnmatchedKind.OUTRANKED:
        return _outranked_text(unmatched, seats)
    if unmatched.kind is UnmatchedKind.TAKEN:
        return say_n(
            "The only mentor open to this mentee has %(seats)s, taken; "
            "it would cost somebody a better place in their order.",
            "The %(count)s mentors open to this mentee have %(seats)s, all taken; "
            "it would cost somebody a better place in their order.",
            unmatched.open_mentors,
            seats=seats,
        )
    if unmatched.kind is UnmatchedKind.HALL:
        return say_n(
            "The only mentor open to this mentee has %(seats)s, and %(people)s mentees have nobody else to turn to.",
            "The %(count)s mentors open to this mentee have %(seats)s, "
            "and %(people)s mentees have nobody else to turn to.",
            unmatched.open_mentors,
            seats=seats,
            people=unmatched.competitors,
        )
    return say(
        "Even if others moved, the %(mentors)s mentors within reach of this mentee have %(seats)s, "
        "and %(people)s mentees have nobody else to turn to.",
        mentors=unmatched.open_mentors,
        seats=seats,
        people=unmatched.competitors,
    )


def _outranked_text(unmatched: Unmatched, seats: Text) -> Text:
    if unmatched.competitors == unmatched.seats:
        return say_n(
            "The only mentor open to this mentee has %(seats)s, "
            "taken by somebody who comes first in the mentor's own order.",
            "The %(count)s mentors open to this mentee have %(seats)s, "
            "each taken by somebody who comes first in that mentor's own order.",
            unmatched.open_mentors,
            seats=seats,
        )
    return say_n(
        "The only mentor open to this mentee has %(seats)s: %(locked)s locked by hand, "
        "any other taken by somebody who comes first in the mentor's own order.",
        "The %(count)s mentors open to this mentee have %(seats)s: %(locked)s locked by hand, "
        "any other taken by somebody who comes first in that mentor's own order.",
        unmatched.open_mentors,
        seats=seats,
        locked=unmatched.seats - unmatched.competitors,
    )
