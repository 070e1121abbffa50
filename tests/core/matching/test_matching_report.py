"""The counts by which methods are compared, against plain definitions."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.matching.problem import ROUND_METHODS, Method
from cheiron.core.matching.report import report
from cheiron.core.matching.solve import solve
from tests.core.matching.orders import blocking, choice_of, ordered, rounds_with_orders
from tests.core.matching.rounds import problems, round_of


@settings(deadline=None, max_examples=200)
@given(rounds_with_orders(mentees=6, mentors=4), st.sampled_from(ROUND_METHODS))
def test_blocking_pairs_are_those_of_the_definition(problem, method):
    problem = replace(problem, method=method)
    result = solve(problem)
    found = report(problem, result)
    assert found.empty_seats + found.envies == len(blocking(problem, choice_of(problem, result)))
    assert (found.placed, found.total) == (result.certificate.placed, result.certificate.total)
    if method.stable:
        assert (found.empty_seats, found.envies) == (0, 0)
    elif method is Method.RANK_MAXIMAL:
        other = report(problem, solve(replace(problem, method=Method.WEIGHTED)))
        assert found.first >= other.first or problem.pins


@settings(deadline=None, max_examples=100)
@given(problems(locks=False))
def test_no_method_places_more_or_fits_better_than_the_optimum_and_none_has_a_higher_lowest_fit(problem):
    best, fairest = (report(problem, solve(replace(problem, method=one))) for one in (Method.WEIGHTED, Method.FAIR))
    assert best.placed == fairest.placed
    assert best.total >= fairest.total
    assert (best.lowest or 0) // 10_000 <= (fairest.lowest or 0) // 10_000
    assert best.first is None
    assert best.envies is None


def test_an_empty_seat_and_envy_are_told_apart():
    """M0 sits with S1 though it would rather have S0, who would too; M1's seat is empty, and S2 would rather go there."""
    problem = ordered([[1, 2, 3], [1, 3, 2], [3, 1, 2]], [[1, 1, 1], [2, 2, 2], [3, 3, 3]], [1, 1, 2], Method.WEIGHTED)
    problem = replace(problem, scores=round_of([[0, -1, 9], [9, -1, 0], [0, 1, 9]], [1, 1, 2]).scores)
    result = solve(problem)
    pairs = {pair.mentee: pair.mentor for pair in result.pairs}
    assert pairs == {"S0": "M2", "S1": "M0", "S2": "M2"}
    found = report(problem, result)
    assert (found.empty_seats, found.envies) == (1, 1)
    assert (found.first, found.among_three, found.last_place) == (1, 3, 3)


def test_nobody_placed_has_no_fit():
    found = report(round_of([[1]], [0]), solve(round_of([[1]], [0])))
    assert (found.placed, found.unmatched, found.middle, found.lowest) == (0, 1, None, None)
