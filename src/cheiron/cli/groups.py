"""Groups on the command line: what is claimed of them, and what is told of a member and a leader."""

from collections.abc import Iterator

from cheiron.cli.claims import counted, points
from cheiron.cli.kinds import Kind
from cheiron.core.errors import NotFound
from cheiron.core.matching.groups import files
from cheiron.core.matching.groups.conflicts import relaxation_text, relaxations
from cheiron.core.matching.groups.insisting import Insisted, insist
from cheiron.core.matching.groups.problem import GroupProblem
from cheiron.core.matching.groups.result import Group, GroupResult, unplaced_text
from cheiron.core.matching.groups.solve import solve_groups
from cheiron.core.matching.groups.verify import limits, verify_groups
from cheiron.core.text import say

METHOD = "groups"


def kind() -> Kind:
    """Groups. There is one method, and it may be named or not."""
    return Kind(
        problem_format=files.PROBLEM_FORMAT,
        result_format=files.RESULT_FORMAT,
        methods=(METHOD,),
        read_problem=files.group_problem_from_json,
        read_result=files.group_result_from_json,
        result_to_json=files.group_result_to_json,
        asked=lambda problem, _: problem,
        solve=solve_groups,
        verify=verify_groups,
        claims=group_claims,
        told=told,
        fingerprints=group_fingerprints,
    )


def group_claims(problem: GroupProblem, result: GroupResult) -> tuple[str, ...]:
    """What ``verify_groups`` has checked; of the bounds, whose word they are."""
    room, worth = limits(problem, result)
    return (
        f"{result.placed} of {counted(len(problem.members), 'member')} in {counted(len(result.groups), 'group')}, "
        f"worth {points(result.value)} points. {_bounds(result)}",
        "Sizes, leaders, locks, common slots and balance are as the rule says, no two people are together against a "
        "program rule, and nobody is the only one with what they volunteered unless they are fine with it.",
        "The reason given to each member without a group was counted again and is true.",
        f"The bounds are the word of CP-SAT. By counting alone no choice places more than {room}, "
        f"nor is one that places as many worth more than {points(worth)} points.",
    )


def _bounds(result: GroupResult) -> str:
    if result.best:
        return "By the solver's bounds, no other choice places more, nor is worth more with as many."
    more = (
        "none places more" if result.placed == result.placed_bound else f"none places more than {result.placed_bound}"
    )
    return f"By the solver's bounds, {more}, and none that places as many is worth more than {points(result.bound)}."


def group_fingerprints(result: GroupResult) -> tuple[str, ...]:
    """By what problem and result are known, and what made them."""
    versions = ", ".join(f"{name} {version}" for name, version in result.versions)
    return (
        f"Problem: {result.problem_hash}",
        f"Result: {result.result_hash}",
        f"Effort: {result.effort.moves} moves, {result.effort.work / 1000:g} units of work for each block",
        f"Seed: {result.seed}",
        f"Solved by: {versions}",
    )


def told(problem: GroupProblem, result: GroupResult, member: str, leader: str) -> Iterator[str]:
    """Everything that can be said of the two, and of nobody else by name. Raises ``NotFound`` for strangers."""
    if member not in {one.id for one in problem.members} or leader not in {one.id for one in problem.leaders}:
        raise NotFound(say("One of the two is not in the round: name a member, then a leader."))
    group = next((one for one in result.groups if member in one.members), None)
    if group and leader in group.leaders:
        yield from _together(problem, group, member, leader)
        return
    if group:
        yield "Not together: the member is in a group of somebody else."
    else:
        left_out = next(one for one in result.unplaced if one.member == member)
        yield f"Not together: the member has no group. {unplaced_text(left_out)}"
        yield from (str(relaxation_text(problem, one)) for one in relaxations(problem, result, result.effort))
    yield from _apart(problem, result, member, leader)


def _together(problem: GroupProblem, group: Group, member: str, leader: str) -> Iterator[str]:
    row, column = _at(problem, member, leader)
    others = [at for at, one in enumerate(problem.members) if one.id in group.members and one.id != member]
    locked = any((pin.member, pin.leader) == (member, leader) for pin in problem.pins)
    yield f"In one group, {'locked by hand' if locked else 'placed by the engine'}."
    yield f"Their fit is {points(int(problem.to_leaders[row, column]))}."
    beside = sum(int(problem.to_members[row, other]) for other in others)
    if others:
        average = points(beside // len(others))
        yield f"With {counted(len(others), 'other member')} the member has a fit of {average} on average."
    if group.slot is not None:
        yield f"The group meets in slot {group.slot}, in which everybody in it is free."


def _at(problem: GroupProblem, member: str, leader: str) -> tuple[int, int]:
    row = next(at for at, one in enumerate(problem.members) if one.id == member)
    return row, next(at for at, one in enumerate(problem.leaders) if one.id == leader)


def _apart(problem: GroupProblem, result: GroupResult, member: str, leader: str) -> Iterator[str]:
    row, column = _at(problem, member, leader)
    if any((one.member, one.other) == (member, leader) for one in problem.forbids):
        yield "A program rule stands against it."
        return
    yield f"Their fit would be {points(int(problem.to_leaders[row, column]))}."
    cost = insist(problem, result, member, leader)
    if cost is None:
        yield "To insist: no groups were found in which the two are together."
    else:
        yield f"To insist: {_cost(cost)}"


def _cost(cost: Insisted) -> str:
    """The loss, and what would become of others."""
    shown = points(abs(cost.loss))
    said = [
        f"The groups would {'gain' if cost.loss < 0 else 'lose'} {shown} points." if cost.loss else "Costs nothing."
    ]
    if cost.moved:
        said.append(f"{counted(cost.moved, 'other member')} would have other leaders.")
    if cost.newly_unplaced:
        said.append(f"{counted(cost.newly_unplaced, 'other member')} would have no group.")
    if cost.newly_placed:
        said.append(f"{counted(cost.newly_placed, 'other member')} more would have one.")
    if not cost.proved:
        said.append("The groups were compared as they were found; better ones may exist.")
    return " ".join(said)
