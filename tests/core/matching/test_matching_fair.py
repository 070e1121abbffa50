"""The fair methods against trying every choice, and their certificates against tampering."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.files import problem_from_json, problem_to_json, result_from_json, result_to_json
from cheiron.core.matching.problem import Method, Problem
from cheiron.core.matching.result import sealed, unmatched_text
from cheiron.core.matching.solve import solve, solve_near
from cheiron.core.matching.verify import verify
from tests.core.matching.orders import choice_of, free_pairs, ordered, rounds_with_orders, seats_left
from tests.core.matching.rounds import round_of

FAIR = (Method.FAIR, Method.GENEROUS, Method.RANK_MAXIMAL)
fair_rounds = st.builds(
    lambda problem, method: replace(problem, method=method),
    rounds_with_orders(mentees=6, mentors=4),
    st.sampled_from(FAIR),
)


def choices(problem: Problem) -> list[tuple[int | None, ...]]:
    """Every choice of free pairs that leaves nobody beyond the seats."""
    options = [[None] for _ in problem.mentees]
    for row, column in free_pairs(problem):
        options[row].append(column)
    left = seats_left(problem)
    return [one for one in product(*options) if all(one.count(at) <= left[at] for at in range(len(left)))]


def profile(problem: Problem, choice: tuple[int | None, ...]) -> tuple:
    """What is made as large as possible, in this order; straight from the definitions."""
    pairs = [(row, column) for row, column in enumerate(choice) if column is not None]
    scores = [max(0, int(problem.scores[pair])) for pair in pairs]
    if problem.method is Method.FAIR:
        levels = [score // 10_000 for score in scores]
        counts = tuple(-levels.count(level) for level in range(101))
        return len(pairs), counts, sum(scores)
    places = [min(int(problem.orders.of_mentees[pair]), 11) for pair in pairs]
    if problem.method is Method.GENEROUS:
        return len(pairs), tuple(-places.count(place) for place in range(11, 0, -1)), sum(scores)
    return tuple(places.count(place) for place in range(1, 12)), sum(scores)


@settings(deadline=None, max_examples=300)
@given(fair_rounds)
def test_it_is_the_best_of_all_choices_and_certified(problem):
    result = solve(problem)
    assert profile(problem, choice_of(problem, result)) == max(profile(problem, one) for one in choices(problem))
    assert verify(problem, result) == ()
    for one in result.unmatched:
        assert str(unmatched_text(one))


@settings(deadline=None, max_examples=100)
@given(fair_rounds)
def test_it_goes_through_a_file_and_back(problem):
    result = solve(problem)
    assert result_from_json(result_to_json(result)) == result
    assert verify(problem_from_json(problem_to_json(problem)), result) == ()
    assert solve(problem_from_json(problem_to_json(problem))) == result


@settings(deadline=None, max_examples=150)
@given(rounds_with_orders(mentees=5, mentors=4), st.sampled_from(FAIR))
def test_under_another_name_it_passes_only_where_it_is_as_good(problem, name):
    result = sealed(replace(solve(problem), method=name))
    if verify(problem, result) == ():
        named = replace(problem, method=name)
        assert profile(named, choice_of(named, result)) == max(profile(named, one) for one in choices(named))


@settings(deadline=None, max_examples=100)
@given(fair_rounds, st.data())
def test_any_other_choice_of_pairs_is_not_certified(problem, data):
    result = solve(problem)
    best = profile(problem, choice_of(problem, result))
    worse = [one for one in choices(problem) if profile(problem, one) < best]
    if not worse:
        return
    chosen = data.draw(st.sampled_from(worse))
    ids, held = [mentor.id for mentor in problem.mentors], {pair.mentee: pair for pair in result.pairs}
    locked = {pin.mentee for pin in problem.pins}
    pairs = [held[one] for one in problem.mentees if one in locked]
    for row, column in enumerate(chosen):
        if column is not None:
            like = next(iter(result.pairs))
            score = int(problem.scores[row, column])
            pairs.append(replace(like, mentee=problem.mentees[row], mentor=ids[column], score=score, state="placed"))
    pairs = tuple(sorted(pairs))
    placed = {pair.mentee for pair in pairs}
    if placed != {pair.mentee for pair in result.pairs}:
        return
    certificate = replace(result.certificate, total=sum(pair.score for pair in pairs))
    assert verify(problem, sealed(replace(result, pairs=pairs, certificate=certificate))) != ()


@settings(deadline=None, max_examples=100)
@given(fair_rounds, st.data())
def test_a_changed_price_or_a_missing_aim_is_found_unless_it_proves_as_well(problem, data):
    result = solve(problem)
    stages = result.certificate.stages
    at = data.draw(st.integers(0, len(stages) - 1))
    without = replace(result.certificate, stages=stages[:at] + stages[at + 1 :])
    assert verify(problem, sealed(replace(result, certificate=without))) != ()
    person = data.draw(st.integers(0, len(problem.mentees) - 1))
    ours, theirs = stages[at]
    moved = tuple(price + (row == person) for row, price in enumerate(ours))
    changed = replace(result.certificate, stages=(*stages[:at], (moved, theirs), *stages[at + 1 :]))
    assert verify(problem, sealed(replace(result, certificate=changed))) != ()


def test_the_lowest_fit_is_raised_first():
    """Together 1.40 is the best total; but nobody need be below .60."""
    problem = round_of([[1_000_000, 600_000], [600_000, 400_000]], [1, 1])
    assert [pair.score for pair in solve(problem).pairs] == [1_000_000, 400_000]
    assert [pair.score for pair in solve(replace(problem, method=Method.FAIR)).pairs] == [600_000, 600_000]


def test_first_places_may_cost_somebody_the_mentor():
    problem = ordered([[1, 2], [1, 2], [1, 2]], [[1, 1]] * 3, [2, 0], Method.RANK_MAXIMAL)
    result = solve(problem)
    assert len(result.pairs) == 2
    assert "it would cost somebody a better place" in str(unmatched_text(result.unmatched[0]))


def test_generous_keeps_everybody_from_the_last_places():
    problem = ordered([[1, 2, 3], [1, 2, 3], [2, 1, 3]], [[1, 1, 1]] * 3, [1, 1, 1], Method.GENEROUS)
    places = [
        int(problem.orders.of_mentees[row, column]) for row, column in enumerate(choice_of(problem, solve(problem)))
    ]
    assert sorted(places) == [1, 1, 3]


@settings(deadline=None, max_examples=60)
@given(fair_rounds)
def test_the_same_again_and_near_itself(problem):
    result = solve(problem)
    assert solve(problem) == result
    assert solve_near(problem, result).pairs == result.pairs


def test_the_methods_by_places_need_orders_and_fairest_does_not():
    plain = round_of([[5, 4]], [1, 1])
    assert solve(replace(plain, method=Method.FAIR)).pairs
    for method in (Method.GENEROUS, Method.RANK_MAXIMAL):
        with pytest.raises(Invalid) as refused:
            solve(replace(plain, method=method))
        assert "does not say whom" in str(refused.value.issues[0].problem)


@pytest.mark.parametrize("method", FAIR)
def test_a_round_of_some_size_is_certified(method):
    chance = np.random.default_rng(7)
    n, m = 120, 40
    scores = chance.integers(0, 1_000_001, (n, m))
    places = (-scores).argsort(axis=1).argsort(axis=1) + 1
    orders = replace(
        ordered([[1]], [[1]], [1], method).orders, of_mentees=places, of_mentors=np.ones((n, m), dtype=int)
    )
    problem = replace(round_of(scores.tolist(), [3] * m), method=method, orders=orders)
    result = solve(problem)
    assert verify(problem, result) == ()
    assert len(result.certificate.stages) >= 3
