"""What is to be solved: who seeks a group, who leads some, how well they fit, and what every group must be like."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cheiron.core.matching.problem import Rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLOTS = 168
"""Slots of a week; with slots of one hour, slot 0 may be Monday from midnight."""

ANY_NUMBER = 10_000
"""As many groups as the leaders can lead."""


@dataclass(frozen=True)
class Member:
    """Somebody who seeks a group.

    ``slots``: bit s is set where the member can meet in slot s of the week. ``groups``: attributes and values, None
    where the person did not say. Only what people volunteered may stand there, and nothing is ever filled in.
    ``fine_alone``: attributes of which the member said that they are fine to be the only one in a group.
    """

    id: str
    block: str = ""
    slots: int = 0
    groups: tuple[tuple[str, str | None], ...] = ()
    fine_alone: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", tuple(sorted(self.groups, key=lambda one: (one[0], one[1] or ""))))
        object.__setattr__(self, "fine_alone", tuple(sorted(set(self.fine_alone))))

    def value(self, attribute: str) -> str | None:
        """What the member said, or None."""
        return dict(self.groups).get(attribute)


@dataclass(frozen=True)
class Leader:
    """Somebody who leads up to ``most`` groups; whoever pauses leads 0."""

    id: str
    most: int
    block: str = ""
    slots: int = 0


@dataclass(frozen=True)
class GroupRule:
    """What every group must be like; each pair of numbers is the fewest and the most.

    ``size``: members of a group. ``mentors``: leaders of a group, 1 or 2. ``number``: groups in each block.
    ``no_isolated``: attributes of which nobody is the only one in their group to have volunteered a value, unless they
    are fine with it. ``balance``: (attribute, spread); of each value, any two groups of a block have numbers that
    differ by at most the spread. ``common_slot``: all members and leaders of a group share a slot, in which it meets;
    two groups of one leader meet in two slots.
    """

    size: tuple[int, int]
    mentors: tuple[int, int] = (1, 1)
    number: tuple[int, int] = (0, ANY_NUMBER)
    no_isolated: tuple[str, ...] = ()
    balance: tuple[tuple[str, int], ...] = ()
    common_slot: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "no_isolated", tuple(sorted(set(self.no_isolated))))
        object.__setattr__(self, "balance", tuple(sorted(self.balance)))


@dataclass(frozen=True, order=True)
class Forbid:
    """The member must not be in one group with ``other``, a leader or another member."""

    member: str
    other: str
    rule: Rule


@dataclass(frozen=True, order=True)
class Pin:
    """The member must be in a group of this leader, whatever the score; a person has decided."""

    member: str
    leader: str
    reason: str = ""
    author: str = ""


@dataclass(frozen=True, eq=False)
class GroupProblem:
    """One round of groups to be solved; each member is in at most one group.

    ``to_leaders``: int32 (members, leaders), how well each member fits each leader. ``to_members``: int32 (members,
    members), the same on both sides of the diagonal, how well members fit each other. Both in millionths of a point,
    0 where nothing is known; read-only. A group is worth the sum of all its pairs: each member with each leader, and
    each two members. ``block`` separates campuses or cohorts: nobody is in a group of another block.

    Everything is put in the order of ids on construction, rows and columns included, so that shuffled input is the
    same problem. Construction never refuses; ``validation.validate_groups`` says what is wrong.
    """

    members: tuple[Member, ...]
    leaders: tuple[Leader, ...]
    rule: GroupRule
    to_leaders: "NDArray[np.int32]"
    to_members: "NDArray[np.int32]"
    forbids: tuple[Forbid, ...] = ()
    pins: tuple[Pin, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        rows, columns = _order([one.id for one in self.members]), _order([one.id for one in self.leaders])
        self._put("to_leaders", _frozen(self.to_leaders, rows, columns))
        self._put("to_members", _frozen(self.to_members, rows, rows))
        self._put("members", tuple(self.members[row] for row in rows))
        self._put("leaders", tuple(self.leaders[column] for column in columns))
        ids = {one.id for one in self.members}
        self._put("forbids", tuple(sorted({_lower_first(one, ids) for one in self.forbids})))
        self._put("pins", tuple(sorted(set(self.pins))))

    def _put(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    @property
    def blocks(self) -> tuple[str, ...]:
        """Every block that somebody is in, in order."""
        return tuple(sorted({one.block for one in self.members} | {one.block for one in self.leaders}))


def _order(ids: Sequence[str]) -> list[int]:
    return sorted(range(len(ids)), key=ids.__getitem__)


def _lower_first(forbid: Forbid, members: set[str]) -> Forbid:
    """Two members stand in the order of ids, so that both ways of saying it are one."""
    if forbid.other in members and forbid.other < forbid.member:
        return Forbid(forbid.other, forbid.member, forbid.rule)
    return forbid


def _frozen(scores: object, rows: list[int], columns: list[int]) -> "NDArray[np.int32]":
    """A read-only copy in the order of ids; int32 where the values allow it, otherwise left for validation."""
    import numpy as np

    try:
        array = np.array(scores)
    except ValueError:  # rows of different lengths
        array = np.empty(0)
    if array.shape == (len(rows), len(columns)):
        array = array[np.ix_(rows, columns)]
    if not array.size or (array.dtype.kind in "iu" and array.min() >= 0 and array.max() <= 2**31 - 1):
        array = array.astype(np.int32)
    array.setflags(write=False)
    return array


def group_problem_hash(problem: GroupProblem) -> str:
    """SHA-256 (hex) over a canonical encoding: version, everything but the arrays as ASCII JSON, the arrays in int32.

    Assumes a valid problem: arrays of the right shape and type.
    """
    rule = problem.rule
    head = [
        "cheiron-groups/1",
        [(one.id, one.block, one.slots, one.groups, one.fine_alone) for one in problem.members],
        [(one.id, one.most, one.block, one.slots) for one in problem.leaders],
        [rule.size, rule.mentors, rule.number, rule.no_isolated, rule.balance, rule.common_slot],
        [(one.member, one.other, one.rule) for one in problem.forbids],
        [(one.member, one.leader, one.reason, one.author) for one in problem.pins],
        problem.seed,
    ]
    digest = hashlib.sha256(json.dumps(head, separators=(",", ":")).encode("ascii"))
    for array in (problem.to_leaders, problem.to_members):
        digest.update(b"\n")
        digest.update(array.astype("<i4").tobytes())
    return digest.hexdigest()
