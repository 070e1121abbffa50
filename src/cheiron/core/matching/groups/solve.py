"""From a problem of groups to a result with its bounds, block by block.

First as many members as possible have a group, then the groups are worth as much as possible. The annealer finds a
choice, CP-SAT begins with it and says what no choice exceeds. The same problem and effort give the same bytes.
"""

from dataclasses import dataclass, replace

from cheiron.core.errors import Conflict, Invalid, Issue
from cheiron.core.matching.groups import anneal, anneal_plain
from cheiron.core.matching.groups.blocks import NONE, Block, blocks_of
from cheiron.core.matching.groups.cooling import Annealed, Choice
from cheiron.core.matching.groups.exact import led_most, place_most, too_large, worth_most
from cheiron.core.matching.groups.problem import GroupProblem, group_problem_hash
from cheiron.core.matching.groups.reasons import reason
from cheiron.core.matching.groups.result import Effort, Group, GroupResult, Unplaced, sealed_groups
from cheiron.core.matching.groups.validation import refuse_invalid_groups
from cheiron.core.matching.versions import with_or_tools
from cheiron.core.text import say

ENGINE_VERSION = "1"

PLAIN_UP_TO, PLAIN_MOVES = 12, 3_000
"""Members up to whom nobody waits for a compiler: the plain annealer makes few moves, and CP-SAT does the rest."""

ALONE_UP_TO = 30
"""Members up to whom CP-SAT need not begin with the leaders alone."""

MOST_NUMBERS = 3
"""How many numbers of groups the annealer tries."""


@dataclass(frozen=True)
class Solved:
    """One block: what was found for it, or None where there is no choice at all; and the bounds."""

    block: Block
    choice: Choice | None
    placed_bound: int = 0
    bound: int = 0

    @property
    def placed(self) -> int:
        """How many have a group."""
        return sum(group != NONE for group in self.choice.group_of) if self.choice else 0


def solve_groups(problem: GroupProblem, effort: Effort = Effort()) -> GroupResult:  # noqa: B008 - a frozen value
    """The groups, with bounds. Raises ``Invalid`` where the problem is wrong or its demands stand against each other,
    and ``Conflict`` where nothing was found within the effort and nobody knows whether there is something."""
    refuse_invalid_groups(problem)
    solved = tuple(solved_block(block, effort) for block in blocks_of(problem))
    impossible = [one.block for one in solved if one.choice is None]
    if impossible:
        raise Invalid(say("No groups can be made under these demands."), _conflicts(problem, impossible, effort))
    return _result(problem, solved, effort)


def _conflicts(problem: GroupProblem, impossible: list[Block], effort: Effort) -> tuple[Issue, ...]:
    from cheiron.core.matching.groups.conflicts import conflict, conflict_issue

    return tuple(conflict_issue(problem, one.name, conflict(problem, one.name, effort.work)) for one in impossible)


def solved_block(block: Block, effort: Effort) -> Solved:
    """One block. Raises ``Conflict`` where nothing was found."""
    nothing = Choice((NONE,) * len(block.rows), (), ())
    may_be_empty = block.lower == 0 and (block.pinned == NONE).all()
    if block.upper == 0:
        return Solved(block, nothing if may_be_empty else None)
    known = _annealed(block, effort.moves)
    first = known.choice if known else nothing if may_be_empty else None
    if effort.work == 0 or too_large(block):
        known_choice = _found(first)
        return Solved(block, known_choice, block.room, value_limit(block, _count(known_choice)))
    placed_bound, choice = block.room, first
    if known is None or known.placed < block.room:
        most = place_most(block, first, effort.work // 2)
        if most.impossible:
            return Solved(block, None)
        placed_bound, choice = most.bound, _better(block, most.choice, first)
    return _worth_most(block, _found(choice), placed_bound, effort.work)


def _found(choice: Choice | None) -> Choice:
    if choice is None:
        issue = Issue(
            say("Nobody knows yet whether these groups can be made."), say("Lift a rule or a lock, or look for longer.")
        )
        raise Conflict(say("No groups were found in the time that was allowed."), (issue,))
    return choice


def _better(block: Block, one: Choice | None, other: Choice | None) -> Choice | None:
    if one is None or other is None:
        return one or other
    return max(other, one, key=lambda choice: (_count(choice), value_of(block, choice)))


def _count(choice: Choice) -> int:
    return len(choice.group_of) - choice.group_of.count(NONE)


def _worth_most(block: Block, choice: Choice, placed_bound: int, work: int) -> Solved:
    placed = _count(choice)
    limit = value_limit(block, placed)
    if placed == 0:
        return Solved(block, choice, placed_bound, 0)
    if len(block.rows) > ALONE_UP_TO and block.to_members.any():
        work //= 2
        led = led_most(block, choice, placed, work)
        limit = min(limit, led.bound + value_limit(replace(block, to_leaders=0 * block.to_leaders), placed))
        choice = _better(block, led.choice, choice) or choice
    found = worth_most(block, choice, placed, work)
    best = _better(block, found.choice, choice) or choice
    return Solved(block, best, placed_bound, min(found.bound, limit))


def _annealed(block: Block, moves: int) -> Annealed | None:
    """The best that is met with a few numbers of groups."""
    import numpy as np

    small = len(block.rows) <= PLAIN_UP_TO
    annealer = anneal_plain.anneal if small else anneal.anneal
    numbers = _numbers(block)
    moves = min(moves, PLAIN_MOVES * len(numbers)) if small else moves
    if not moves or not numbers or not np.any(block.most):
        return None
    found = [annealer(block, number, max(1, moves // len(numbers))) for number in numbers]
    return max((one for one in found if one), key=lambda one: (one.placed, one.value), default=None)


def _numbers(block: Block) -> list[int]:
    """Numbers of groups that place most by size alone, the fewest first."""
    numbers = range(max(1, block.lower), block.upper + 1)
    n, high = len(block.rows), block.rule.size[1]
    return sorted(numbers, key=lambda number: (-min(n, number * high), number))[:MOST_NUMBERS]


def value_of(block: Block, choice: Choice) -> int:
    """What all groups are worth, in millionths."""
    return sum(_value(block, choice, group) for group in range(len(choice.slots)))


def _value(block: Block, choice: Choice, group: int) -> int:
    members = [member for member, own in enumerate(choice.group_of) if own == group]
    led = sum(int(block.to_leaders[members, leader].sum()) for leader in choice.leaders[group] if leader != NONE)
    return led + int(block.to_members[members][:, members].sum()) // 2


def value_limit(block: Block, placed: int) -> int:
    """What so many members cannot exceed: each with the best leaders, and the best others beside them."""
    import numpy as np

    if placed == 0:
        return 0
    leaders = np.sort(block.to_leaders, axis=1)[:, ::-1][:, : block.rule.mentors[1]].sum(axis=1)
    beside = np.sort(block.to_members, axis=1)[:, ::-1][:, : block.rule.size[1] - 1].sum(axis=1)
    each = np.sort(2 * leaders + beside)[::-1]
    return int(each[:placed].sum()) // 2


def _result(problem: GroupProblem, solved: tuple[Solved, ...], effort: Effort) -> GroupResult:
    groups = sorted((group for one in solved for group in _groups(problem, one)), key=_in_order)
    unplaced = sorted((out for one in solved for out in _unplaced(problem, one)), key=lambda out: out.member)
    result = GroupResult(
        groups=tuple(groups),
        unplaced=tuple(unplaced),
        placed=sum(one.placed for one in solved),
        placed_bound=sum(one.placed_bound for one in solved),
        value=sum(group.value for group in groups),
        bound=sum(one.bound for one in solved),
        effort=effort,
        seed=problem.seed,
        problem_hash=group_problem_hash(problem),
        versions=_versions(),
    )
    return sealed_groups(result)


def _in_order(group: Group) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return group.block, group.leaders, group.members


def _groups(problem: GroupProblem, solved: Solved) -> list[Group]:
    block, choice = solved.block, solved.choice
    assert choice is not None
    found = []
    for group, (leaders, slot) in enumerate(zip(choice.leaders, choice.slots, strict=True)):
        members = [row for row, own in zip(block.rows, choice.group_of, strict=True) if own == group]
        found.append(
            Group(
                block.name,
                tuple(sorted(problem.leaders[block.columns[one]].id for one in leaders if one != NONE)),
                tuple(problem.members[row].id for row in members),
                None if slot == NONE else block.slots[slot],
                _value(block, choice, group),
            )
        )
    return found


def _unplaced(problem: GroupProblem, solved: Solved) -> list[Unplaced]:
    assert solved.choice is not None
    rows = [at for at, group in enumerate(solved.choice.group_of) if group == NONE]
    return [reason(solved.block, at, problem.members[solved.block.rows[at]].id) for at in rows]


def _versions() -> tuple[tuple[str, str], ...]:
    return with_or_tools(("cheiron.core.matching.groups", ENGINE_VERSION))
