"""Groups: against every choice there is, both annealers to the byte, and a check that refuses whatever was changed."""

from dataclasses import replace
from importlib.util import find_spec, module_from_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Conflict, Invalid
from cheiron.core.matching import compiled
from cheiron.core.matching.groups import anneal, anneal_plain, solve
from cheiron.core.matching.groups.blocks import blocks_of
from cheiron.core.matching.groups.conflicts import Demand, conflict, lifted, relaxation_text, relaxations
from cheiron.core.matching.groups.insisting import insist
from cheiron.core.matching.groups.problem import (
    Forbid,
    GroupProblem,
    GroupRule,
    Leader,
    Member,
    Pin,
    group_problem_hash,
)
from cheiron.core.matching.groups.result import (
    Effort,
    GroupResult,
    UnplacedKind,
    sealed_groups,
    told_to_member,
    unplaced_text,
)
from cheiron.core.matching.groups.solve import solve_groups
from cheiron.core.matching.groups.validation import validate_groups
from cheiron.core.matching.groups.verify import limits, verify_groups
from cheiron.core.matching.problem import Rule
from tests.core.matching.groups import best_by_trying, group_problems, symmetric

QUICK = Effort(300, 3_000)


def round_of(
    members: list[Member],
    leaders: list[Leader],
    rule: GroupRule,
    forbids: tuple[Forbid, ...] = (),
    pins: tuple[Pin, ...] = (),
    seed: int = 1,
) -> GroupProblem:
    """Scores by chance of the seed."""
    chance = np.random.default_rng(seed)
    n, m = len(members), len(leaders)
    peers = symmetric(chance.integers(0, 1_000_001, (n, n)).tolist())
    return GroupProblem(
        tuple(members), tuple(leaders), rule, chance.integers(0, 1_000_001, (n, m)), peers, forbids, pins, seed
    )


def solved(problem: GroupProblem, effort: Effort = QUICK) -> GroupResult | None:
    try:
        return solve_groups(problem, effort)
    except Invalid:
        return None


# ---------- against every choice ----------


@settings(deadline=None, max_examples=250)
@given(group_problems())
def test_it_is_the_best_of_all_choices_and_says_when_there_is_none(problem):
    result, best = solved(problem), best_by_trying(problem)
    if best is None:
        assert result is None
        return
    assert verify_groups(problem, result) == ()
    assert (result.placed, result.value) == best
    assert (result.placed_bound, result.bound) == best


@settings(deadline=None, max_examples=100)
@given(group_problems())
def test_without_cp_sat_the_bounds_hold_all_the_same(problem):
    best = best_by_trying(problem)
    try:
        result = solve_groups(problem, Effort(300, 0))
    except (Invalid, Conflict):
        return
    assert best is not None
    assert verify_groups(problem, result) == ()
    assert (result.placed, result.value) <= best
    assert result.placed_bound >= best[0]
    assert result.bound >= best[1] or result.placed < best[0]


@settings(deadline=None, max_examples=100)
@given(group_problems(), st.randoms())
def test_shuffled_input_is_the_same_problem_and_gives_the_same_bytes(problem, random):
    rows, columns = list(range(len(problem.members))), list(range(len(problem.leaders)))
    random.shuffle(rows)
    random.shuffle(columns)
    again = replace(
        problem,
        members=tuple(problem.members[row] for row in rows),
        leaders=tuple(problem.leaders[column] for column in columns),
        to_leaders=problem.to_leaders[np.ix_(rows, columns)],
        to_members=problem.to_members[np.ix_(rows, rows)],
        forbids=tuple(reversed(problem.forbids)),
    )
    assert group_problem_hash(again) == group_problem_hash(problem)
    assert solved(again) == solved(problem)


@settings(deadline=None, max_examples=60)
@given(group_problems(blocks=1))
def test_beginning_with_the_leaders_alone_changes_neither_the_best_nor_the_bound(problem):
    best = best_by_trying(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solve, "ALONE_UP_TO", 0)
        result = solved(problem)
    assert (result and (result.placed, result.value, result.bound)) == (best and (*best, best[1]))


# ---------- the annealers ----------


def as_python():
    """The kernels as they run where there is no compiler."""
    spec = find_spec("cheiron.core.matching.groups.anneal")
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "AVAILABLE", False)
        spec.loader.exec_module(module)
        module._compile()
    return module


PYTHON = as_python()


@settings(deadline=None, max_examples=150)
@given(group_problems(members=8, leaders=4, blocks=1), st.integers(1, 400))
def test_the_compiled_annealer_is_the_plain_one_to_the_byte(problem, moves):
    (block,) = blocks_of(problem)
    for number in range(1, block.upper + 1):
        plain = anneal_plain.anneal(block, number, moves)
        assert anneal.anneal(block, number, moves) == plain
        assert PYTHON.anneal(block, number, moves) == plain


def larger(seed: int, rule: GroupRule, n: int = 24, m: int = 7) -> GroupProblem:
    """Somewhat more people, with values and slots by chance; nobody alone in the whole round."""
    chance = np.random.default_rng(seed)
    slots = [sum(1 << int(slot) for slot in chance.choice(12, 6, replace=False)) for _ in range(n + m)]
    values = [(("gender", ("a", "b", None)[at % 3]), ("stage", "xyz"[int(chance.integers(3))])) for at in range(n)]
    members = [Member(f"s{at:02}", "", slots[at], values[at]) for at in range(n)]
    return round_of(members, [Leader(f"m{at}", 2, "", slots[n + at]) for at in range(m)], rule, seed=seed)


FULL = GroupRule((3, 6), (1, 2), (0, 7), ("gender",), (("stage", 3),), True)


def test_on_larger_rounds_the_two_annealers_are_one_as_well():
    blocks = [blocks_of(larger(seed, rule))[0] for seed in range(3) for rule in (FULL, replace(FULL, mentors=(1, 1)))]
    found = [anneal.anneal(block, 5, 5_000) for block in blocks]
    assert found == [anneal_plain.anneal(block, 5, 5_000) for block in blocks]
    assert sum(one is not None for one in found) >= 3


@pytest.mark.parametrize("seed", range(4))
def test_larger_rounds_are_certified_repeated_and_never_worse_than_the_annealer(seed):
    problem = larger(seed, FULL)
    result = solve_groups(problem, Effort(20_000, 500))
    assert verify_groups(problem, result) == ()
    assert result == solve_groups(problem, Effort(20_000, 500))
    annealed = solve_groups(problem, Effort(20_000, 0))
    assert (result.placed, result.value) >= (annealed.placed, annealed.value)
    assert result.value <= result.bound <= annealed.bound
    assert result.placed == 24


def test_two_blocks_that_share_nobody_add_up():
    one, two = (
        replace(larger(seed, FULL, 9, 3), members=tuple(replace(one, block=name, id=name + one.id) for one in larger(seed, FULL, 9, 3).members),
                leaders=tuple(replace(one, block=name, id=name + one.id) for one in larger(seed, FULL, 9, 3).leaders), seed=5)
        for seed, name in ((1, "a"), (2, "b"))
    )  # fmt: skip
    zeros = np.zeros((9, 3), dtype=np.int32)
    both = GroupProblem(
        one.members + two.members,
        one.leaders + two.leaders,
        FULL,
        np.block([[one.to_leaders, zeros], [zeros, two.to_leaders]]),
        np.block([[one.to_members, np.zeros((9, 9), int)], [np.zeros((9, 9), int), two.to_members]]),
        seed=5,
    )
    parts, whole = [solve_groups(part, QUICK) for part in (one, two)], solve_groups(both, QUICK)
    assert whole.groups == parts[0].groups + parts[1].groups
    assert (whole.value, whole.bound) == tuple(
        sum(getattr(part, name) for part in parts) for name in ("value", "bound")
    )


# ---------- what people volunteered ----------


def pair_of_groups(values: list[str | None], fine: tuple[str, ...] = (), **rule: object) -> GroupProblem:
    members = [Member(f"s{at}", "", 0, (("gender", value),), fine) for at, value in enumerate(values)]
    asked = GroupRule((2, 3), no_isolated=("gender",), **rule)
    return round_of(members, [Leader("m0", 1), Leader("m1", 1)], asked)


def test_silence_is_never_counted_as_a_value():
    """Two who said nothing are no company for anybody, and need none."""
    problem = pair_of_groups(["a", "a", None, None, None, None])
    result = solve_groups(problem, QUICK)
    (with_a,) = {group.members for group in result.groups if "s0" in group.members}
    assert result.placed == 6
    assert "s1" in with_a
    assert verify_groups(problem, result) == ()


@pytest.mark.parametrize(("fine", "refused"), [((), True), (("gender",), False), (("other",), True)])
def test_the_only_one_of_the_whole_round_is_a_need_to_recruit_unless_they_are_fine(fine, refused):
    issues = validate_groups(pair_of_groups(["zebra", None, None, None], fine))
    assert bool(issues) is refused
    told = " ".join(f"{issue.problem} {issue.remedy}" for issue in issues)
    assert ("need to recruit" in told) is refused
    assert not any(word in told for word in ("zebra", "s0"))


def test_the_only_one_in_a_block_is_one_though_another_block_has_more():
    members = [
        Member("a", "x", 0, (("gender", "f"),)),
        Member("b", "y", 0, (("gender", "f"),)),
        Member("c", "x"),
        Member("d", "y"),
    ]
    rule = GroupRule((1, 2), no_isolated=("gender",))
    assert len(validate_groups(round_of(members, [Leader("m", 1, "x"), Leader("n", 1, "y")], rule))) == 1


# ---------- reasons, conflicts, relaxations ----------


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"forbids": (Forbid("s0", "m0", Rule.FIREWALL),)}, UnplacedKind.NO_LEADER),
        ({"slots": 2}, UnplacedKind.NO_SLOT),
        ({"size": (1, 2)}, UnplacedKind.NO_ROOM),
        ({"forbids": (Forbid("s0", "s1", Rule.PAST),)}, UnplacedKind.TOGETHER),
    ],
)
def test_whoever_has_no_group_is_told_why_in_counts(changes, kind):
    members = [Member(f"s{at}", "", changes.get("slots", 1) if at == 0 else 1) for at in range(3)]
    rule = GroupRule(changes.get("size", (1, 3)), common_slot=True)
    problem = round_of(members, [Leader("m0", 1, "", 1)], rule, changes.get("forbids", ()))
    result = solve_groups(problem, QUICK)
    assert kind in {one.kind for one in result.unplaced}
    assert verify_groups(problem, result) == ()
    texts = [str(text(one)) for one in result.unplaced for text in (unplaced_text, told_to_member)]
    assert texts
    assert not any(name in text for text in texts for name in ("s0", "m0", "irewall"))


@settings(deadline=None, max_examples=60)
@given(group_problems(members=5))
def test_a_conflict_cannot_be_kept_and_each_part_of_it_is_needed(problem):
    for block in problem.blocks:
        only = one_block(problem, block)
        demands = conflict(problem, block, 3_000)
        assert bool(demands) == (best_by_trying(only) is None)
        rest = [one for one in Demand if one not in demands]
        for spared in demands:
            assert best_by_trying(without(only, [*rest, spared])) is not None
        if demands:
            assert best_by_trying(without(only, rest)) is None


def one_block(problem: GroupProblem, block: str) -> GroupProblem:
    rows = [at for at, one in enumerate(problem.members) if one.block == block]
    columns = [at for at, one in enumerate(problem.leaders) if one.block == block]
    inside = {problem.members[row].id for row in rows}
    return replace(
        problem,
        members=tuple(problem.members[row] for row in rows),
        leaders=tuple(problem.leaders[column] for column in columns),
        to_leaders=problem.to_leaders[np.ix_(rows, columns)],
        to_members=problem.to_members[np.ix_(rows, rows)],
        forbids=tuple(one for one in problem.forbids if one.member in inside),
        pins=tuple(pin for pin in problem.pins if pin.member in inside),
    )


def without(problem: GroupProblem, demands: list[Demand]) -> GroupProblem:
    for demand in demands:
        problem = lifted(problem, demand, wholly=True)
    return problem


def test_a_conflict_is_told_in_words_and_by_block():
    members = [Member(f"s{at}", block, 1 << at % 2) for at, block in enumerate("nnnss")]
    rule = GroupRule((2, 3), number=(1, 2), common_slot=True)
    problem = round_of(members, [Leader("m0", 1, "n", 3), Leader("m1", 1, "s", 3)], rule)
    with pytest.raises(Invalid) as refusal:
        solve_groups(problem, QUICK)
    (issue,) = refusal.value.issues
    assert str(issue.problem) == (
        "“s”: These cannot all be kept: all of a group share an hour, and nobody leads two groups in one, "
        "no group is smaller than the rule says, there are at least, and at most, so many groups."
    )


@settings(deadline=None, max_examples=40)
@given(group_problems(members=5, blocks=1))
def test_what_lifting_a_demand_brings_is_what_the_best_choice_without_it_brings(problem):
    result = solved(problem)
    if result is None or not result.unplaced:
        return
    brought = {one.demand: one.more for one in relaxations(problem, result, QUICK)}
    for demand, more in brought.items():
        assert best_by_trying(lifted(problem, demand))[0] == result.placed + more
    assert Demand.APART not in brought


def test_small_numbers_are_not_told_where_volunteered_things_play_a_part():
    values = ["a", "a", "b", "b"]
    members = [Member(f"s{at}", "", 1 << at % 2, (("gender", value),)) for at, value in enumerate(values)]
    rule = GroupRule((2, 2), no_isolated=("gender",), common_slot=True)
    problem = round_of(members, [Leader("m0", 1, "", 3), Leader("m1", 1, "", 3)], rule)
    result = solve_groups(problem, QUICK)
    told = {one.demand: str(relaxation_text(problem, one)) for one in relaxations(problem, result, QUICK)}
    assert result.placed == 0
    assert (
        told[Demand.ISOLATED]
        == "If somebody might be the only one with what they volunteered: some more would have a group."
    )
    assert (
        told[Demand.SLOT] == "Without a common hour: 4 more would have a group. Of those without, 2 are free in slot 0."
    )


@settings(deadline=None, max_examples=40)
@given(group_problems(members=5, blocks=1), st.data())
def test_what_insisting_costs_is_what_the_best_choice_with_the_lock_loses(problem, data):
    result = solved(problem)
    if result is None:
        return
    member, leader = data.draw(st.sampled_from(problem.members)).id, data.draw(st.sampled_from(problem.leaders)).id
    locked = replace(problem, pins=(*(pin for pin in problem.pins if pin.member != member), Pin(member, leader)))
    best = None if validate_groups(locked) else best_by_trying(locked)
    cost = insist(problem, result, member, leader)
    assert (cost is None) == (best is None)
    if cost:
        assert (cost.loss, cost.proved) == (result.value - best[1], True)


# ---------- the check ----------

CHECKED = larger(7, FULL, 10, 4)
RESULT = solve_groups(replace(CHECKED, pins=(Pin("s03", "m1"),)), Effort(3_000, 2_000))


def tampered() -> list[GroupResult]:
    """Every field changed, each time under a new seal."""
    groups, first = RESULT.groups, RESULT.groups[0]
    member, leader = first.members[0], first.leaders[0]
    other = next(one.id for one in CHECKED.leaders if one.id not in first.leaders)
    wrong = [
        replace(first, block="elsewhere"),
        replace(first, leaders=(other, leader) if other > leader else (leader, other, other)),
        replace(first, leaders=()),
        replace(first, leaders=("nobody",)),
        replace(first, members=first.members[1:]),
        replace(first, members=(*first.members, "nobody")),
        replace(first, members=(*first.members, groups[1].members[0])),
        replace(first, slot=None),
        replace(first, slot=-1),
        replace(first, slot=167),
        replace(first, value=first.value + 1),
    ]
    changed = [replace(RESULT, groups=(one, *groups[1:])) for one in wrong]
    changed += [
        replace(RESULT, groups=groups[::-1]),
        replace(RESULT, groups=groups[1:]),
        replace(RESULT, groups=groups[1:], placed=RESULT.placed - len(first.members), value=RESULT.value - first.value),
        replace(RESULT, placed=RESULT.placed - 1),
        replace(RESULT, placed_bound=RESULT.placed_bound + 1),
        replace(RESULT, placed_bound=RESULT.placed - 1),
        replace(RESULT, value=RESULT.value + 1),
        replace(RESULT, bound=RESULT.value - 1),
        replace(RESULT, bound=limits(CHECKED, RESULT)[1] + 1),
        replace(RESULT, seed=RESULT.seed + 1),
        replace(RESULT, problem_hash="0" * 64),
        replace(RESULT, effort=Effort(-1, 1)),
    ]
    return [sealed_groups(one) for one in changed] + [swapped(member)]


def swapped(member: str) -> GroupResult:
    """Somebody said to be without a group who is in one."""
    from cheiron.core.matching.groups.result import Unplaced

    return sealed_groups(replace(RESULT, unplaced=(Unplaced(member, UnplacedKind.TOGETHER),)))


@pytest.mark.parametrize("number", range(len(tampered())))
def test_a_result_that_was_changed_and_sealed_again_is_refused(number):
    problem = replace(CHECKED, pins=(Pin("s03", "m1"),))
    assert verify_groups(problem, RESULT) == ()
    assert verify_groups(problem, tampered()[number]) != ()


@pytest.mark.parametrize("field", ["groups", "unplaced", "placed", "placed_bound", "value", "bound", "effort", "seed", "problem_hash", "versions", "result_hash"])  # fmt: skip
def test_a_field_that_was_changed_without_a_new_seal_is_refused(field):
    other = {
        "groups": (),
        "unplaced": (swapped("s00").unplaced),
        "effort": Effort(1, 1),
        "versions": (),
        "problem_hash": "0",
        "result_hash": "0",
    }
    changed = replace(RESULT, **{field: other.get(field, 10**9)})
    assert verify_groups(replace(CHECKED, pins=(Pin("s03", "m1"),)), changed) != ()


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": replace(FULL, size=(1, 2))},
        {"rule": replace(FULL, mentors=(2, 2), number=(9, 10))},
        {"rule": replace(FULL, number=(9, 10))},
        {"rule": replace(FULL, balance=(("stage", 0),), number=(0, 1))},
        {"rule": replace(FULL, common_slot=False)},
        {"pins": (Pin("s03", "m1"), Pin("s00", next(one.id for one in CHECKED.leaders if one.id not in next(group for group in RESULT.groups if "s00" in group.members).leaders)))},
        {"forbids": (Forbid(*RESULT.groups[0].members[:2], Rule.FIREWALL),)},
        {"forbids": (Forbid(RESULT.groups[0].members[0], RESULT.groups[0].leaders[0], Rule.PAST),)},
        {"members": tuple(replace(one, slots=0) for one in CHECKED.members)},
        {"members": tuple(replace(one, groups=(("gender", one.id), ("stage", "x"))) for one in CHECKED.members)},
        {"leaders": tuple(replace(one, slots=0) for one in CHECKED.leaders)},
        {"leaders": tuple(replace(one, most=0) for one in CHECKED.leaders)},
    ],
)  # fmt: skip
def test_a_result_of_a_looser_problem_is_refused_for_a_stricter_one_though_its_seal_fits(changes):
    stricter = replace(CHECKED, **{"pins": (Pin("s03", "m1"),), **changes})
    result = sealed_groups(replace(RESULT, problem_hash=group_problem_hash(stricter)))
    assert verify_groups(stricter, result) != ()


@settings(deadline=None, max_examples=100)
@given(group_problems(), st.data())
def test_two_members_exchanged_are_refused_or_harm_no_rule(problem, data):
    """The check agrees with the oracle: what it lets through is not better than the best."""
    result = solved(problem)
    if result is None or len(result.groups) < 2:
        return
    one, two = data.draw(st.sampled_from([(a, b) for a in range(len(result.groups)) for b in range(a)]))
    groups = list(result.groups)
    x, y = groups[one].members[0], groups[two].members[0]
    groups[one] = replace(groups[one], members=tuple(sorted({*groups[one].members, y} - {x})))
    groups[two] = replace(groups[two], members=tuple(sorted({*groups[two].members, x} - {y})))
    changed = sealed_groups(
        replace(result, groups=tuple(sorted(groups, key=lambda g: (g.block, g.leaders, g.members))))
    )
    assert verify_groups(problem, changed) != () or changed.value == result.value
