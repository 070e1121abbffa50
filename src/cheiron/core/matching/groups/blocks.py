"""One campus or cohort of a problem as arrays: people as rows and columns, slots and values as small numbers."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cheiron.core.matching.groups.problem import GroupProblem, GroupRule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NONE = -1
"""In place of a group, a leader, a slot or a value: there is none."""


@dataclass(frozen=True, eq=False)
class Block:
    """n members, m leaders who lead a group at all, h slots in which somebody is free; all arrays int64.

    ``rows``, ``columns`` and ``slots`` say what stands where in the problem. ``to_leaders`` (n, m), ``to_members``
    (n, n), ``free`` (n + m, h) members first, ``apart`` (n, n + m), ``pinned`` (n,) the leader or ``NONE``,
    ``most`` (m,). ``shown`` (attributes, n): values volunteered that nobody may be alone with, ``fine`` (attributes,
    n) who may; ``even`` (attributes, n): values to be balanced, ``spreads`` (attributes,). ``NONE`` where nothing is
    known. ``lower`` and ``upper``: number of groups.
    """

    name: str
    rule: GroupRule
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    slots: tuple[int, ...]
    to_leaders: "NDArray[np.int64]"
    to_members: "NDArray[np.int64]"
    free: "NDArray[np.int64]"
    apart: "NDArray[np.int64]"
    pinned: "NDArray[np.int64]"
    most: "NDArray[np.int64]"
    shown: "NDArray[np.int64]"
    fine: "NDArray[np.int64]"
    even: "NDArray[np.int64]"
    spreads: "NDArray[np.int64]"
    seed: int

    @property
    def lower(self) -> int:
        """The fewest groups."""
        return self.rule.number[0]

    @property
    def upper(self) -> int:
        """The most groups that leaders, members and rule allow."""
        met = len(self.rows) if not self.rule.common_slot or self.slots else 0
        return min(self.rule.number[1], self.led, met // self.rule.size[0])

    @property
    def led(self) -> int:
        """The most groups that can be led, by numbers alone: the two leaders of a group are two people."""
        most: list[int] = self.most.tolist()
        needed = self.rule.mentors[0]
        number = sum(most) // needed
        while sum(min(one, number) for one in most) < needed * number:
            number -= 1
        return number

    @property
    def seats(self) -> int:
        """Members of as many groups as can be led."""
        return min(self.rule.number[1], self.led) * self.rule.size[1]

    @property
    def room(self) -> int:
        """How many can be placed at most, by numbers alone."""
        return min(len(self.rows), self.upper * self.rule.size[1])


def blocks_of(problem: GroupProblem) -> tuple[Block, ...]:
    """Every block of a valid problem, in order."""
    return tuple(_block(problem, name) for name in problem.blocks)


def _block(problem: GroupProblem, name: str) -> Block:
    import numpy as np

    rows = [row for row, one in enumerate(problem.members) if one.block == name]
    columns = [column for column, one in enumerate(problem.leaders) if one.block == name and one.most > 0]
    members, leaders = [problem.members[row] for row in rows], [problem.leaders[column] for column in columns]
    masks = [one.slots for one in members] + [one.slots for one in leaders]
    slots = _slots(masks) if problem.rule.common_slot else []
    free = [[mask >> slot & 1 for slot in slots] for mask in masks]
    ids = [one.id for one in members] + [one.id for one in leaders]
    return Block(
        name=name,
        rule=problem.rule,
        rows=tuple(rows),
        columns=tuple(columns),
        slots=tuple(slots),
        to_leaders=problem.to_leaders[np.ix_(rows, columns)].astype(np.int64),
        to_members=problem.to_members[np.ix_(rows, rows)].astype(np.int64),
        free=np.array(free, dtype=np.int64).reshape(len(masks), len(slots)),
        apart=_apart(problem, ids, len(rows)),
        pinned=_pinned(problem, ids, len(rows)),
        most=np.array([min(one.most, max(1, len(rows))) for one in leaders], dtype=np.int64),
        shown=_values(problem, rows, problem.rule.no_isolated),
        fine=_fine(problem, rows),
        even=_values(problem, rows, tuple(attribute for attribute, _ in problem.rule.balance)),
        spreads=np.array([spread for _, spread in problem.rule.balance], dtype=np.int64),
        seed=_seed(problem.seed, name),
    )


def _slots(masks: list[int]) -> list[int]:
    """Slots in which somebody is free, in order."""
    together = 0
    for mask in masks:
        together |= mask
    return [slot for slot in range(together.bit_length()) if together >> slot & 1]


def _apart(problem: GroupProblem, ids: list[str], n: int) -> "NDArray[np.int64]":
    import numpy as np

    place = {name: at for at, name in enumerate(ids)}
    apart = np.zeros((n, len(ids)), dtype=np.int64)
    for one in problem.forbids:
        if one.member in place and one.other in place:
            member, other = place[one.member], place[one.other]
            apart[member, other] = 1
            if other < n:
                apart[other, member] = 1
    return apart


def _pinned(problem: GroupProblem, ids: list[str], n: int) -> "NDArray[np.int64]":
    import numpy as np

    place = {name: at for at, name in enumerate(ids)}
    pinned = np.full(n, NONE, dtype=np.int64)
    for pin in problem.pins:
        if pin.member in place:
            pinned[place[pin.member]] = place[pin.leader] - n
    return pinned


def _values(problem: GroupProblem, rows: list[int], attributes: tuple[str, ...]) -> "NDArray[np.int64]":
    """Values as numbers in their order, (attributes, n); nothing stands in for what was not said."""
    import numpy as np

    found = np.full((len(attributes), len(rows)), NONE, dtype=np.int64)
    for at, attribute in enumerate(attributes):
        said = [problem.members[row].value(attribute) for row in rows]
        number = {value: code for code, value in enumerate(sorted({value for value in said if value is not None}))}
        found[at] = [NONE if value is None else number[value] for value in said]
    return found


def _fine(problem: GroupProblem, rows: list[int]) -> "NDArray[np.int64]":
    import numpy as np

    attributes = problem.rule.no_isolated
    fine = [[int(name in problem.members[row].fine_alone) for row in rows] for name in attributes]
    return np.array(fine, dtype=np.int64).reshape(len(attributes), len(rows))


def _seed(seed: int, name: str) -> int:
    """From 1 to 2^31 - 2: where chance begins in this block."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return 1 + int.from_bytes(digest[:8], "big") % (2**31 - 2)
