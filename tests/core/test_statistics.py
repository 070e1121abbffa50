"""Shares with their intervals, and lots: against the published examples, scipy, and every way to draw."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from cheiron.core.errors import Invalid
from cheiron.core.statistics import Interval, Share, Stratum, newcombe, permutation_p, wilson

# ---------- a share ----------

WILSON = (
    (Share(81, 263), 0.2553, 0.3662),
    (Share(15, 148), 0.0624, 0.1605),
    (Share(0, 20), 0.0000, 0.1611),
    (Share(1, 29), 0.0061, 0.1718),
)
"""Newcombe 1998, Statistics in Medicine 17:857-872, Table I, method 3."""


@pytest.mark.parametrize(("share", "low", "high"), WILSON)
def test_the_interval_of_a_share_is_the_published_one(share, low, high):
    found = wilson(share)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


shares = st.integers(1, 200).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of)))


@given(shares, st.sampled_from((0.8, 0.95, 0.99)))
def test_the_interval_of_a_share_is_that_of_scipy(share, confidence):
    found, theirs = wilson(share, confidence), binomtest(share.yes, share.of).proportion_ci(confidence, "wilson")
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert found.holds(share.value)


# ---------- a difference ----------

NEWCOMBE = (
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0000),
    ((10, 10), (0, 10), 0.6075, 1.0000),
)
"""Newcombe 1998, Statistics in Medicine 17:873-890, Table II, method 10."""


@pytest.mark.parametrize(("one", "other", "low", "high"), NEWCOMBE)
def test_the_interval_of_a_difference_is_the_published_one(one, other, low, high):
    found = newcombe(Share(*one), Share(*other))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(shares, shares)
def test_a_difference_the_other_way_round_has_the_mirrored_interval(one, other):
    here, there = newcombe(one, other), newcombe(other, one)
    assert (here.low, here.high) == pytest.approx((-there.high, -there.low))
    assert -1 - 1e-12 <= here.low <= one.value - other.value <= here.high <= 1 + 1e-12


@pytest.mark.parametrize(("yes", "of"), [(1, 0), (-1, 5), (6, 5), (0, 0)])
def test_a_share_of_nobody_or_of_more_than_there_are_is_refused(yes, of):
    with pytest.raises(Invalid):
        Share(yes, of)


def test_an_interval_holds_its_ends():
    assert [Interval(0.1, 0.3).holds(value) for value in (0.1, 0.2, 0.3, 0.31)] == [True, True, True, False]


# ---------- lots ----------


def by_drawing(strata: list[Stratum]) -> float:
    """Every way to deal what was found to the people of each campus, one by one."""
    sums = [0]
    even = found = 0.0
    for one in strata:
        deck = [1] * (one.group.yes + one.others.yes)
        deck += [0] * (one.group.of + one.others.of - len(deck))
        dealt = [sum(way[: one.group.of]) for way in permutations(deck)]
        sums = [so_far + more for so_far in sums for more in dealt]
        even += sum(dealt) / len(dealt)
        found += one.group.yes
    return sum(abs(one - even) >= abs(found - even) - 1e-9 for one in sums) / len(sums)


small = st.integers(1, 3).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of)))


@settings(max_examples=60)
@given(st.lists(st.builds(Stratum, small, st.integers(1, 2).flatmap(
    lambda of: st.builds(Share, st.integers(0, of), st.just(of)))), min_size=1, max_size=2))  # fmt: skip
def test_lots_are_what_drawing_every_way_gives(strata):
    assert permutation_p(strata) == pytest.approx(by_drawing(strata))


@given(st.integers(1, 60).flatmap(lambda of: st.tuples(*[st.builds(Share, st.integers(0, of), st.just(of))] * 2)))
def test_groups_of_one_size_on_one_campus_give_the_exact_test_of_fisher(both):
    """With groups of one size the two ways to say “as far” are the same."""
    one, other = both
    table = [[one.yes, one.of - one.yes], [other.yes, other.of - other.yes]]
    assert permutation_p([Stratum(one, other)]) == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)


def test_a_difference_between_campuses_is_not_one_between_groups():
    """Simpson: within each campus both groups fare alike; put together they do not."""
    north = Stratum(Share(72, 90), Share(8, 10))
    south = Stratum(Share(2, 10), Share(18, 90))
    together = Stratum(Share(74, 100), Share(26, 100))
    assert permutation_p([north, south]) == pytest.approx(1.0)
    assert permutation_p([together]) < 1e-6


def test_nothing_to_compare_is_no_evidence():
    assert permutation_p([]) == 1.0


def test_a_thousand_people_are_no_trouble():
    assert 0 < permutation_p([Stratum(Share(300, 500), Share(260, 500))] * 2) < 0.001
