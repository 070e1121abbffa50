"""What came out: the groups, everybody who is left without one and why, what it is worth, and what nothing exceeds."""

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum

from cheiron.core.text import Text, say


@dataclass(frozen=True)
class Group:
    """One group: leaders and members in the order of ids, the slot it meets in (None where no common one is asked
    for), and what it is worth, in millionths."""

    block: str
    leaders: tuple[str, ...]
    members: tuple[str, ...]
    slot: int | None
    value: int


class UnplacedKind(StrEnum):
    """Why a member has no group; the first that is true."""

    NO_LEADER = "no-leader"
    """Every leader of the block leads no group, or a rule stands against them."""
    NO_SLOT = "no-slot"
    """There is no slot in which the member, a leader who is open to them, and enough others can meet."""
    NO_ROOM = "no-room"
    """The leaders of the block can lead too few groups for everybody who is in it."""
    TOGETHER = "together"
    """There is room and a slot; what the rules ask for together leaves no place."""


@dataclass(frozen=True)
class Unplaced:
    """A member without a group. Of ``NO_ROOM``, there are ``seats`` for ``people`` in the block; else both are 0."""

    member: str
    kind: UnplacedKind
    seats: int = 0
    people: int = 0


@dataclass(frozen=True)
class Effort:
    """How long to look: ``moves`` of the annealer, and ``work`` of CP-SAT in thousandths of its own unit.

    Neither is a time, so that the same effort gives the same bytes on every machine. One unit of work takes roughly
    a second; both hold for each block. 0 moves leave the annealer out, no work leaves CP-SAT out.
    """

    moves: int = 400_000
    work: int = 10_000


@dataclass(frozen=True)
class GroupResult:
    """Groups by block, leaders and members; members without one in the order of ids; ``sealed_groups`` seals it.

    First as many as possible are placed, then the value is made as large as possible.
    """

    groups: tuple[Group, ...]
    unplaced: tuple[Unplaced, ...]
    placed: int
    placed_bound: int
    """No choice places more."""
    value: int
    """Sum over all groups, in millionths."""
    bound: int
    """No choice that places as many in each block is worth more. Where it equals ``value``, nothing better exists."""
    effort: Effort
    seed: int
    problem_hash: str
    versions: tuple[tuple[str, str], ...]
    result_hash: str = ""

    @property
    def best(self) -> bool:
        """Whether nothing better exists, by the bounds."""
        return self.placed == self.placed_bound and self.value == self.bound


def group_result_hash(result: GroupResult) -> str:
    """SHA-256 (hex) over a canonical ASCII JSON encoding of everything but ``result_hash`` itself."""
    body = [
        "cheiron-groups-result/1",
        [(one.block, one.leaders, one.members, one.slot, one.value) for one in result.groups],
        [(one.member, one.kind, one.seats, one.people) for one in result.unplaced],
        [result.placed, result.placed_bound, result.value, result.bound],
        [result.effort.moves, result.effort.work],
        [result.seed, result.problem_hash, result.versions],
    ]
    return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode("ascii")).hexdigest()


def sealed_groups(result: GroupResult) -> GroupResult:
    """The same result under its own hash."""
    return replace(result, result_hash=group_result_hash(result))


def told_to_member(unplaced: Unplaced) -> Text:
    """For the member's own letter: no count from which a rule about this one person could be guessed."""
    if unplaced.kind is UnplacedKind.NO_ROOM:
        return say("The groups of this round are full.")
    return say("No group that could have been yours came about in this round.")


def unplaced_text(unplaced: Unplaced) -> Text:
    """Why this member has no group; never which rule stands against whom, never a value, never a name."""
    if unplaced.kind is UnplacedKind.NO_LEADER:
        return say("No leader is open to this member.")
    if unplaced.kind is UnplacedKind.NO_SLOT:
        return say("There is no hour at which this member, an open leader and enough others are free.")
    if unplaced.kind is UnplacedKind.NO_ROOM:
        return say(
            "There are %(people)s people, and the leaders can lead groups for at most %(seats)s.",
            people=unplaced.people,
            seats=unplaced.seats,
        )
    return say("There is room, but not under all rules for groups at once.")
