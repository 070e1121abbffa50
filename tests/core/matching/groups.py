"""Small rounds of groups for the tests, and an oracle that tries every choice and shares nothing with the solver."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, product

import numpy as np
from hypothesis import strategies as st

from cheiron.core.matching.groups.problem import Forbid, GroupProblem, GroupRule, Leader, Member, Pin
from cheiron.core.matching.groups.validation import validate_groups
from cheiron.core.matching.problem import Rule

SCORES = st.sampled_from((0, 0, 250_000, 500_000, 500_001, 1_000_000))
VALUES = st.sampled_from(("a", "b", None))


def symmetric(scores: list[list[int]]) -> np.ndarray:
    upper = np.triu(np.array(scores, dtype=np.int64).reshape(len(scores), len(scores)), 1)
    return upper + upper.T


@st.composite
def rules(draw: st.DrawFn) -> GroupRule:
    low = draw(st.integers(1, 3))
    few = draw(st.sampled_from((1, 1, 2)))
    fewest = draw(st.sampled_from((0, 0, 0, 1, 2)))
    return GroupRule(
        size=(low, low + draw(st.integers(0, 2))),
        mentors=(few, draw(st.integers(few, 2))),
        number=(fewest, draw(st.sampled_from((fewest + 1, 3, 10)))),
        no_isolated=("gender",) if draw(st.booleans()) else (),
        balance=(("stage", draw(st.integers(0, 1))),) if draw(st.booleans()) else (),
        common_slot=draw(st.booleans()),
    )


@st.composite
def group_problems(draw: st.DrawFn, members: int = 6, leaders: int = 3, blocks: int = 2) -> GroupProblem:
    """Valid rounds; there need not be any groups that keep what they ask for."""
    n, m, rule = draw(st.integers(1, members)), draw(st.integers(1, leaders)), draw(rules())
    block = st.sampled_from(("north", "south")[:blocks])
    slots = st.integers(0, 15) if rule.common_slot else st.just(0)
    inside = [
        Member(
            f"s{at}",
            draw(block),
            draw(slots) | (draw(st.booleans()) << 2),
            (("gender", draw(VALUES)), ("stage", draw(VALUES))),
            ("gender",) if draw(st.booleans()) else (),
        )
        for at in range(n)
    ]
    leading = [Leader(f"m{at}", draw(st.integers(0, 2)), draw(block), draw(slots) | 4) for at in range(m)]
    apart = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n + m - 1)), max_size=2))
    ids = [one.id for one in (*inside, *leading)]
    forbids = tuple(Forbid(ids[one], ids[two], draw(st.sampled_from(Rule))) for one, two in apart if one != two)
    pins = tuple(
        Pin(f"s{one}", f"m{draw(st.integers(0, m - 1))}") for one in draw(st.sets(st.integers(0, n - 1), max_size=1))
    )
    problem = GroupProblem(
        tuple(inside),
        tuple(leading),
        rule,
        np.array([[draw(SCORES) for _ in range(m)] for _ in range(n)]).reshape(n, m),
        symmetric([[draw(SCORES) for _ in range(n)] for _ in range(n)]),
        forbids,
        pins,
        draw(st.integers(0, 3)),
    )
    return made_valid(problem)


def made_valid(problem: GroupProblem) -> GroupProblem:
    """Locks and rules that validation refuses are left out."""
    if validate_groups(problem):
        problem = replace(problem, pins=())
    if validate_groups(problem):
        problem = replace(problem, rule=replace(problem.rule, no_isolated=()))
    assert validate_groups(problem) == ()
    return problem


def best_by_trying(problem: GroupProblem) -> tuple[int, int] | None:
    """Placed and value of the best choice over all blocks, or None where some block has no choice at all."""
    best = [_best_of_block(problem, block) for block in problem.blocks]
    if any(one is None for one in best):
        return None
    return sum(one[0] for one in best), sum(one[1] for one in best)


def _best_of_block(problem: GroupProblem, block: str) -> tuple[int, int] | None:
    """Every way to split any of the members into groups, every team and slot for each group."""
    members = [one for one in problem.members if one.block == block]
    found = None
    for parts in _partitions(len(members)):
        chosen = [tuple(members[at] for at in part) for part in parts]
        inside = {one.id for group in chosen for one in group}
        locked = {pin.member for pin in problem.pins} & {one.id for one in members}
        if locked <= inside and _sizes_fit(problem, chosen) and _is_even(problem, chosen):
            worth = _best_leading(problem, block, chosen)
            key = None if worth is None else (sum(map(len, parts)), worth)
            found = max(found, key) if found and key else found or key
    return found


@cache
def _partitions(n: int) -> list[list[tuple[int, ...]]]:
    """All sets of disjoint non-empty groups of 0..n-1; not everybody need be in one."""
    if n == 0:
        return [[]]
    found = []
    for rest in _partitions(n - 1):
        found.append(rest)
        found.append([*rest, (n - 1,)])
        found += [[*rest[:at], (*rest[at], n - 1), *rest[at + 1 :]] for at in range(len(rest))]
    return found


def _sizes_fit(problem: GroupProblem, groups: list[tuple[Member, ...]]) -> bool:
    (low, high), (few, many) = problem.rule.size, problem.rule.number
    return few <= len(groups) <= many and all(low <= len(group) <= high for group in groups)


def _is_even(problem: GroupProblem, groups: list[tuple[Member, ...]]) -> bool:
    for attribute, spread in problem.rule.balance:
        for value in ("a", "b"):
            counts = [sum(one.value(attribute) == value for one in group) for group in groups]
            if counts and max(counts) - min(counts) > spread:
                return False
    return True


def _best_leading(problem: GroupProblem, block: str, groups: list[tuple[Member, ...]]) -> int | None:
    """The best teams and slots for these groups."""
    leaders = [one for one in problem.leaders if one.block == block]
    options = [list(_options(problem, leaders, group)) for group in groups]
    found = None
    for choice in product(*options):
        teams = [one for team, _, _ in choice for one in team]
        meetings = [(one, slot) for team, slot, _ in choice for one in team if slot is not None]
        if all(teams.count(one) <= one.most for one in leaders) and len(set(meetings)) == len(meetings):
            worth = sum(one for _, _, one in choice)
            found = worth if found is None else max(found, worth)
    return found


def _options(
    problem: GroupProblem, leaders: list[Leader], group: tuple[Member, ...]
) -> Iterator[tuple[tuple[Leader, ...], int | None, int]]:
    apart = {frozenset((one.member, one.other)) for one in problem.forbids}
    few, many = problem.rule.mentors
    for team in (team for size in range(few, many + 1) for team in combinations(leaders, size)):
        ids = [one.id for one in (*team, *group)]
        locks = [pin for pin in problem.pins if pin.member in ids]
        if any(frozenset(pair) in apart for pair in combinations(ids, 2)) or any(
            pin.leader not in ids for pin in locks
        ):
            continue
        if not problem.rule.no_isolated or _company(group):
            slots = range(4) if problem.rule.common_slot else (None,)
            for slot in slots:
                if slot is None or all(one.slots >> slot & 1 for one in (*team, *group)):
                    yield team, slot, _worth(problem, team, group)


def _company(group: tuple[Member, ...]) -> bool:
    said = [one.value("gender") for one in group]
    return all(value is None or said.count(value) > 1 or one.fine_alone for value, one in zip(said, group, strict=True))


def _worth(problem: GroupProblem, team: tuple[Leader, ...], group: tuple[Member, ...]) -> int:
    rows = [problem.members.index(one) for one in group]
    columns = [problem.leaders.index(one) for one in team]
    led = sum(int(problem.to_leaders[row, column]) for row in rows for column in columns)
    return led + sum(int(problem.to_members[one, two]) for one, two in combinations(rows, 2))
