"""Which demands stand against each other, and what it would bring to lift one. In counts, never a name or a value.

A conflict is told as a set of demands of which none can be left out: with any one of them lifted there are groups
(found by deletion; Chinneck and Dravnieks 1991). What lifting brings is found by solving anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from cheiron.core.errors import Issue
from cheiron.core.matching.groups.blocks import NONE, Block, blocks_of
from cheiron.core.matching.groups.exact import possible, too_large
from cheiron.core.matching.groups.problem import ANY_NUMBER, GroupProblem, GroupRule
from cheiron.core.matching.groups.result import Effort, GroupResult
from cheiron.core.matching.groups.solve import solved_block
from cheiron.core.matching.validation import LARGEST_CAPACITY, quoted
from cheiron.core.text import Text, say, say_n

FEW = 5
"""From here on a number is told of what concerns things that people volunteered."""


class Demand(StrEnum):
    """What is asked of the groups of a block, one thing after the other."""

    SLOT = "common-slot"
    SMALLEST = "smallest"
    LARGEST = "largest"
    LEADERS = "leaders"
    LEADING = "leading"
    NUMBER = "number"
    BALANCE = "balance"
    ISOLATED = "isolated"
    LOCKS = "locks"
    APART = "apart"
    """Rules that keep two people apart. They can be part of a conflict; nobody is ever told to lift them."""


DEMANDS = {
    Demand.SLOT: say("all of a group share an hour, and nobody leads two groups in one"),
    Demand.SMALLEST: say("no group is smaller than the rule says"),
    Demand.LARGEST: say("no group is larger than the rule says"),
    Demand.LEADERS: say("each group has two leaders"),
    Demand.LEADING: say("nobody leads more groups than they can"),
    Demand.NUMBER: say("there are at least, and at most, so many groups"),
    Demand.BALANCE: say("the groups are balanced"),
    Demand.ISOLATED: say("nobody is the only one with what they volunteered"),
    Demand.LOCKS: say("every lock is kept"),
    Demand.APART: say("nobody meets whom a program rule keeps apart from them"),
}

LIFTING = {
    Demand.SLOT: say("Without a common hour"),
    Demand.SMALLEST: say("With groups that may be one smaller"),
    Demand.LARGEST: say("With groups that may be one larger"),
    Demand.LEADERS: say("With one leader for a group"),
    Demand.LEADING: say("If every leader led one group more"),
    Demand.NUMBER: say("With any number of groups"),
    Demand.BALANCE: say("Without balance"),
    Demand.ISOLATED: say("If somebody might be the only one with what they volunteered"),
    Demand.LOCKS: say("Without the locks"),
}


@dataclass(frozen=True)
class Relaxation:
    """What it would bring to lift one demand in one block: so many more would have a group, at least.

    ``slot``: of a common slot, the one in which most of those without a group are free, and ``free`` of them are.
    """

    block: str
    demand: Demand
    more: int
    slot: int | None = None
    free: int = 0


def conflict(problem: GroupProblem, block: str, work: int) -> tuple[Demand, ...]:
    """Demands of a block that cannot all be kept, each of them needed for that; empty where they can.

    ``work`` as in ``Effort``, for each question. What is not settled within it counts as possible: what is told is a
    conflict all the same, though perhaps one from which a demand could be left out.
    """
    held = [one for one in Demand if _is_asked(problem, block, one)]
    if possible_without(problem, block, (), work):
        return ()
    left_out: list[Demand] = []
    for demand in held:
        if not possible_without(problem, block, (*left_out, demand), work):
            left_out.append(demand)
    return tuple(one for one in held if one not in left_out)


def possible_without(problem: GroupProblem, block: str, demands: tuple[Demand, ...], work: int) -> bool:
    """Whether there is any choice in the block with these demands lifted wholly."""
    for demand in demands:
        problem = lifted(problem, demand, wholly=True)
    return _possible(_block(problem, block), work)


def _possible(block: Block, work: int) -> bool:
    if block.lower > block.upper or (block.upper == 0 and (block.pinned != NONE).any()):
        return False
    return block.upper == 0 or too_large(block) or possible(block, work)


def _block(problem: GroupProblem, name: str) -> Block:
    return next(one for one in blocks_of(problem) if one.name == name)


def conflict_issue(problem: GroupProblem, block: str, demands: tuple[Demand, ...]) -> Issue:
    """The conflict in a sentence."""
    told = tuple(DEMANDS[one] for one in demands)
    return Issue(
        say("%(where)sThese cannot all be kept: %(demands)s.", where=_where(problem, block), demands=told),
        say("Lift or loosen one of them; any one is enough, unless it is a program rule."),
    )


def _where(problem: GroupProblem, block: str) -> Text | str:
    return say("“%(block)s”: ", block=quoted(block)) if len(problem.blocks) > 1 else ""


def relaxations(problem: GroupProblem, result: GroupResult, effort: Effort) -> tuple[Relaxation, ...]:
    """For each block in which somebody has no group, the demands that would place more, the most first."""
    blocks = {one.id: one.block for one in problem.members}
    found = []
    for block in sorted({blocks[one.member] for one in result.unplaced}):
        placed = sum(len(group.members) for group in result.groups if group.block == block)
        found += [one for one in _relaxed(problem, result, block, placed, effort) if one.more > 0]
    return tuple(sorted(found, key=lambda one: (one.block, -one.more)))


def _relaxed(
    problem: GroupProblem, result: GroupResult, block: str, placed: int, effort: Effort
) -> Iterator[Relaxation]:
    for demand in LIFTING:
        if _is_asked(problem, block, demand):
            solved = solved_block(_block(lifted(problem, demand), block), effort)
            slot, free = _busiest(problem, result, block) if demand is Demand.SLOT else (None, 0)
            yield Relaxation(block, demand, solved.placed - placed, slot, free)


def _busiest(problem: GroupProblem, result: GroupResult, block: str) -> tuple[int | None, int]:
    """The slot in which most of those without a group are free, the earliest of several."""
    left_out = {one.member for one in result.unplaced}
    masks = [one.slots for one in problem.members if one.id in left_out and one.block == block]
    counts = {slot: sum(mask >> slot & 1 for mask in masks) for slot in range(max(masks).bit_length())}
    slot = max(counts, key=lambda one: (counts[one], -one), default=None)
    return slot, counts[slot] if slot is not None else 0


def relaxation_text(problem: GroupProblem, relaxation: Relaxation) -> Text:
    """What it would bring, in a sentence; where volunteered things play a part, small numbers are not told."""
    named: dict[str, object] = {"where": _where(problem, relaxation.block), "what": LIFTING[relaxation.demand]}
    if relaxation.demand is Demand.ISOLATED and relaxation.more < FEW:
        return say("%(where)s%(what)s: some more would have a group.", **named)
    brings = say_n(
        "%(where)s%(what)s: %(count)s more would have a group.",
        "%(where)s%(what)s: %(count)s more would have a group.",
        relaxation.more,
        **named,
    )
    if relaxation.slot is None or not relaxation.free:
        return brings
    return say(
        "%(brings)s Of those without, %(free)s are free in slot %(slot)s.",
        brings=brings,
        free=relaxation.free,
        slot=relaxation.slot,
    )


# ---------- what is asked, and the problem without it ----------


def _is_asked(problem: GroupProblem, block: str, demand: Demand) -> bool:
    rule = problem.rule
    inside = {one.id for one in problem.members if one.block == block}
    asked = {
        Demand.SLOT: rule.common_slot,
        Demand.SMALLEST: rule.size[0] > 1,
        Demand.LEADERS: rule.mentors[0] == 2,
        Demand.NUMBER: rule.number != (0, ANY_NUMBER),
        Demand.BALANCE: bool(rule.balance),
        Demand.ISOLATED: bool(rule.no_isolated),
        Demand.LOCKS: any(pin.member in inside for pin in problem.pins),
        Demand.APART: any(one.member in inside for one in problem.forbids),
    }
    return asked.get(demand, True)


def lifted(problem: GroupProblem, demand: Demand, *, wholly: bool = False) -> GroupProblem:
    """The problem without the demand; sizes and leading only by one, unless ``wholly``."""
    if demand is Demand.LOCKS:
        return replace(problem, pins=())
    if demand is Demand.APART:
        return replace(problem, forbids=())
    if demand is Demand.LEADING:
        most = LARGEST_CAPACITY if wholly else 1
        leaders = tuple(replace(one, most=min(one.most + most, LARGEST_CAPACITY)) for one in problem.leaders)
        return replace(problem, leaders=leaders)
    return replace(problem, rule=_looser(problem.rule, demand, wholly))


def _looser(rule: GroupRule, demand: Demand, wholly: bool) -> GroupRule:
    low, high = rule.size
    rules = {
        Demand.SLOT: replace(rule, common_slot=False),
        Demand.SMALLEST: replace(rule, size=(1 if wholly else low - 1, high)),
        Demand.LARGEST: replace(rule, size=(low, LARGEST_CAPACITY if wholly else high + 1)),
        Demand.LEADERS: replace(rule, mentors=(1, 2)),
        Demand.NUMBER: replace(rule, number=(0, ANY_NUMBER)),
        Demand.BALANCE: replace(rule, balance=()),
        Demand.ISOLATED: replace(rule, no_isolated=()),
    }
    return rules[demand]
