"""Min-cost flow on sparse edges: against every choice there is, rules about spreading included."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.matching.bidding import NONE, placing_first
from cheiron.core.matching.edges import Edges
from cheiron.core.matching.flow import Flowed, GroupCap, Outcome, Spread, flow
from cheiron.core.matching.optimum import NEVER, optimum
from tests.core.matching.sparse_rounds import Sparse, best_by_scipy, best_by_trying, medium_round, sparse_rounds

CROSSED = Sparse(({0: 900_000, 1: 100_000}, {0: 800_000, 1: 50_000}), (2, 2), 1_000_000)
"""Both would rather have the first mentor."""


@st.composite
def spreads(draw: st.DrawFn, mentors: int) -> Spread:
    """Lower quotas, rising costs and nested groups, each with its own caps; or some of them only."""
    lower = draw(st.none() | st.lists(st.sampled_from((0, 0, 0, 1, 2)), min_size=mentors, max_size=mentors))
    cost = st.sampled_from((0, 1, 100_000, 250_000, 600_000, 2_000_000))
    cost_list = st.lists(cost, max_size=3).map(sorted)
    costs = draw(st.just([]) | st.lists(cost_list, min_size=mentors, max_size=mentors))
    groups = draw(nested_groups(list(range(mentors))))
    return Spread(
        None if lower is None else np.array(lower, dtype=np.int64), costs, tuple(draw(st.permutations(groups)))
    )


@st.composite
def nested_groups(draw: st.DrawFn, members: list[int]) -> list[GroupCap]:
    """Cut in two again and again; some of the parts are groups, some of them twice."""
    upper, lower = st.sampled_from((0, 1, 2, 3, 9)), st.sampled_from((0, 0, 0, 1, 2))
    times = draw(st.sampled_from((0, 1, 1, 2)))
    here = [GroupCap(frozenset(members), draw(upper), draw(lower)) for _ in range(times)]
    if len(members) < 2:
        return here
    cut = draw(st.integers(1, len(members) - 1))
    return here + draw(nested_groups(members[:cut])) + draw(nested_groups(members[cut:]))


@st.composite
def rounds_with_rules(draw: st.DrawFn) -> tuple[Sparse, Spread]:
    sparse = draw(sparse_rounds(mentees=5, mentors=4))
    return sparse, draw(spreads(len(sparse.seats)))


def cost_of(spread: Spread, loads: list[int]) -> int:
    return sum(
        costs[min(k, len(costs) - 1)]
        for load, costs in zip(loads, spread.costs, strict=False)
        for k in range(load)
        if costs
    )


def keeps(spread: Spread, loads: list[int]) -> bool:
    """Lower quotas and group caps."""
    lower = [0] * len(loads) if spread.lower is None else spread.lower.tolist()
    groups = ((sum(loads[mentor] for mentor in group.mentors), group) for group in spread.groups)
    return all(load >= least for load, least in zip(loads, lower, strict=True)) and all(
        group.lower <= load <= group.upper for load, group in groups
    )


def loads_of(sparse: Sparse, choice: tuple[int, ...]) -> list[int]:
    return [choice.count(mentor) for mentor in range(len(sparse.seats))]


def best_with_rules(sparse: Sparse, spread: Spread) -> int | None:
    values = [
        sparse.worth(choice) - cost_of(spread, loads_of(sparse, choice))
        for choice in sparse.choices()
        if keeps(spread, loads_of(sparse, choice))
    ]
    return max(values, default=None)


def is_told_truly(sparse: Sparse, found: Flowed) -> bool:
    choice = found.mentor_of.tolist()
    return (
        sparse.fits(choice)
        and sparse.worth(choice) == found.bonus * found.placed + found.total
        and len(choice) - choice.count(NONE) == found.placed
        and found.mentor_of.dtype == np.int32
    )


# ---------- without rules ----------


@settings(deadline=None, max_examples=300)
@given(sparse_rounds(mentees=5, mentors=4))
def test_it_is_the_best_of_all_choices(sparse):
    found = flow(*sparse.given)
    assert found.outcome is Outcome.BEST
    assert is_told_truly(sparse, found)
    assert found.value == best_by_trying(sparse) == best_by_scipy(sparse)


@pytest.mark.parametrize("fill", [0.8, 1.0, 1.3])
def test_medium_rounds_agree_with_scipy_and_with_the_dense_optimum(fill):
    sparse = medium_round(300, 70, 10, fill, seed=round(10 * fill))
    found = flow(*sparse.given)
    worth = np.full((300, 70), NEVER, dtype=np.int64)
    for row, scores in enumerate(sparse.rows):
        worth[row, list(scores)] = np.array(list(scores.values())) + sparse.bonus
    dense = optimum(worth, np.array(sparse.seats))
    assert found.value == best_by_scipy(sparse) == sparse.worth(dense.tolist())
    assert flow(*sparse.given).mentor_of.tobytes() == found.mentor_of.tobytes()


@pytest.mark.parametrize("sparse", [Sparse((), ()), Sparse((), (2,)), Sparse(({}, {}), ()), Sparse(({0: 5},), (0,), 9)])
def test_nobody_on_one_side_or_no_seat_is_no_choice(sparse):
    found = flow(*sparse.given)
    assert (found.outcome, found.value, found.mentor_of.tolist()) == (Outcome.BEST, 0, [NONE] * len(sparse.rows))


def test_a_bonus_that_is_too_large_is_refused():
    with pytest.raises(ArithmeticError):
        flow(*Sparse(({0: 1}, {0: 1}), (1,), 2**62).given)


# ---------- with rules ----------


@settings(deadline=None, max_examples=500)
@given(rounds_with_rules())
def test_with_rules_it_is_the_best_of_all_choices_that_keep_them_or_there_is_none(both):
    sparse, spread = both
    found, best = flow(*sparse.given, spread), best_with_rules(sparse, spread)
    if best is None:
        assert (found.outcome, found.value) == (Outcome.INFEASIBLE, 0)
        assert found.mentor_of.tolist() == [NONE] * len(sparse.rows)
    else:
        loads = loads_of(sparse, tuple(found.mentor_of.tolist()))
        assert is_told_truly(sparse, found)
        assert keeps(spread, loads)
        assert found.cost == cost_of(spread, loads)
        assert (found.outcome, found.value) == (Outcome.BEST, best)


def test_a_lower_quota_sends_somebody_where_they_would_not_have_gone():
    found = flow(*CROSSED.given, Spread(lower=np.array([0, 1])))
    assert found.mentor_of.tolist() == [0, 1]
    assert found.total == 950_000


@pytest.mark.parametrize("lower", [[0, 3], [2, 1], [3, 0]])
def test_lower_quotas_that_cannot_be_filled_are_told(lower):
    found = flow(*CROSSED.given, Spread(lower=np.array(lower)))
    assert found.outcome is Outcome.INFEASIBLE
    assert (found.placed, found.total, found.cost, found.value) == (0, 0, 0, 0)


def test_a_lower_quota_that_only_others_could_fill_is_told():
    found = flow(*Sparse(({0: 1}, {0: 1}), (2, 2)).given, Spread(lower=np.array([0, 1])))
    assert found.outcome is Outcome.INFEASIBLE


def test_a_rising_cost_spreads_the_load():
    assert flow(*CROSSED.given).mentor_of.tolist() == [0, 0]
    assert flow(*CROSSED.given, Spread(costs=[[0, 749_999], []])).mentor_of.tolist() == [0, 0]
    found = flow(*CROSSED.given, Spread(costs=[[0, 750_001], []]))
    assert found.mentor_of.tolist() == [0, 1]
    assert found.cost == 0


def test_a_cost_above_all_worth_leaves_the_seat_empty():
    found = flow(*CROSSED.given, Spread(costs=[[10, 9_000_000], [9_000_000]]))
    assert (found.placed, found.cost) == (1, 10)


def test_the_last_cost_holds_for_all_that_follow():
    sparse = Sparse(tuple({0: 100} for _ in range(5)), (5,), 0)
    found = flow(*sparse.given, Spread(costs=[[1, 2, 50]]))
    assert (found.placed, found.cost, found.value) == (5, 153, 347)


@pytest.mark.parametrize("costs", [[[2, 1], []], [[-1], []]])
def test_costs_that_fall_or_are_below_nothing_are_refused(costs):
    with pytest.raises(ValueError):
        flow(*CROSSED.given, Spread(costs=costs))


def test_a_cap_within_a_cap():
    sparse = Sparse(tuple({0: 90, 1: 80, 2: 70} for _ in range(6)), (3, 3, 3), 1_000)
    inner, outer = GroupCap(frozenset({0, 1}), 3), GroupCap(frozenset({0, 1, 2}), 5, lower=1)
    for groups in ((inner, outer), (outer, inner)):
        found = flow(*sparse.given, Spread(groups=groups))
        assert loads_of(sparse, tuple(found.mentor_of.tolist())) == [3, 0, 2]


def test_groups_that_overlap_are_refused():
    sparse = Sparse(({0: 1, 1: 1, 2: 1},), (1, 1, 1))
    for one, other in combinations([{0, 1}, {1, 2}, {0, 2}], 2):
        with pytest.raises(ValueError):
            flow(*sparse.given, Spread(groups=(GroupCap(frozenset(one), 1), GroupCap(frozenset(other), 1))))


def test_a_group_of_nobody_is_no_rule_unless_it_must_have_somebody():
    assert flow(*CROSSED.given, Spread(groups=(GroupCap(frozenset(), 3),))).placed == 2
    assert flow(*CROSSED.given, Spread(groups=(GroupCap(frozenset(), 3, 1),))).outcome is Outcome.INFEASIBLE


def test_a_thousand_mentees_with_all_rules_at_once():
    """Checked by the rules, and by the same round without them."""
    sparse = medium_round(1_000, 200, 12, 1.1, seed=5)
    few = frozenset(range(0, 200, 4))
    spread = Spread(
        lower=np.minimum(1, np.array(sparse.seats)) * (np.arange(200) % 10 == 0),
        costs=[[0, 10_000, 40_000, 90_000]] * 200,
        groups=(
            GroupCap(few, 150),
            GroupCap(frozenset(range(0, 200, 8)), 60),
            GroupCap(frozenset(range(200)), 900, 500),
        ),
    )
    found, free = flow(*sparse.given, spread), flow(*sparse.given)
    loads = loads_of(sparse, tuple(found.mentor_of.tolist()))
    assert is_told_truly(sparse, found)
    assert keeps(spread, loads)
    assert found.cost == cost_of(spread, loads)
    assert found.placed <= 900 < free.placed
    assert found.value < free.value


def test_edges_of_people_who_have_none_are_skipped_over():
    edges = Edges(np.array([0, 0, 1, 1, 2, 2]), np.array([1, 0], dtype=np.int32), np.array([7, 8], dtype=np.int32), 2)
    found = flow(edges, np.array([1, 1]), placing_first(5))
    assert found.mentor_of.tolist() == [NONE, 1, NONE, 0, NONE]
