from dataclasses import replace

import pytest
from hypothesis import given, settings

from cheiron.core.errors import NotFound
from cheiron.core.matching.alternatives import AlternativeKind, alternatives
from cheiron.core.matching.problem import Forbid, Method, Pin, Rule
from cheiron.core.matching.solve import solve
from tests.core.matching.orders import ordered
from tests.core.matching.rounds import problems, round_of


def told(problem, mentee="S0", limit=5):
    return [(one.mentor, str(one.text)) for one in alternatives(problem, solve(problem), mentee, limit)]


def test_each_other_mentor_is_told_best_first():
    rules = (Forbid("S0", "M3", Rule.PAST),)
    pins = (Pin("S1", "M1"),)
    problem = round_of([[900_000, 950_000, 880_000, 990_000, 100], [0] * 5], [1, 1, 1, 1, 0], rules, pins)
    assert told(problem) == [
        ("M1", "The one seat is taken."),
        ("M2", "Has an open seat, but the fit is .02 lower."),
        ("M4", "Takes nobody in this round."),
        ("M3", "A program rule stands against this pair."),
    ]


def test_only_as_many_as_asked_for_are_told():
    assert len(told(round_of([[5, 4, 3, 2]], [1, 1, 1, 1]), limit=2)) == 2


def test_a_rule_and_a_missing_score_cannot_be_told_apart():
    problem = round_of([[9, -1, 9]], [1, 1, 1], (Forbid("S0", "M2", Rule.FIREWALL),))
    by_score, by_rule = alternatives(problem, solve(problem), "S0")
    assert replace(by_score, mentor="M2") == by_rule


def test_a_lock_may_stand_beside_a_better_open_seat():
    assert told(round_of([[1, 9]], [1, 1], pins=(Pin("S0", "M0"),))) == [
        ("M1", "Fits at least as well, and has an open seat.")
    ]


def test_somebody_who_is_not_in_the_round_is_not_found():
    problem = round_of([[1]], [1])
    with pytest.raises(NotFound):
        alternatives(problem, solve(problem), "S7")


@settings(deadline=None, max_examples=100)
@given(problems())
def test_every_other_mentor_is_told_once_in_falling_order(problem):
    result = solve(problem)
    for mentee in problem.mentees:
        told = alternatives(problem, result, mentee, limit=99)
        present = [pair.mentor for pair in result.pairs if pair.mentee == mentee]
        assert sorted([one.mentor for one in told] + present) == [mentor.id for mentor in problem.mentors]
        scores = [-1 if one.score is None else one.score for one in told]
        assert scores == sorted(scores, reverse=True)
        assert present or all(one.kind is not AlternativeKind.OPEN for one in told)


def test_in_a_stable_run_each_other_mentor_is_told_by_the_mentees_own_order():
    """S0 would rather have M0, who would rather have S1; M1 is theirs, M2 lower, M3 takes nobody, M4 is ruled out."""
    problem = ordered(
        [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5]],
        [[2, 1, 1, 1, 1], [1, 2, 2, 2, 2]],
        [1, 1, 1, 0, 1],
        Method.STABLE,
        forbids=(Forbid("S0", "M4", Rule.PAST),),
    )
    assert told(problem) == [
        ("M0", "Every seat is taken by mentees who come first in this mentor's own order."),
        ("M2", "Stands lower in this mentee's own order than the present mentor."),
        ("M3", "Takes nobody in this round."),
        ("M4", "A program rule stands against this pair."),
    ]


def test_in_a_stable_run_equals_and_locks_are_told_as_such():
    equal = ordered([[1, 1], [1, 2]], [[2, 1], [1, 2]], [1, 1], Method.STABLE)
    assert told(equal) == [("M0", "As good for this mentee as the present mentor; every seat is taken.")]
    locked = ordered([[1], [1]], [[1], [2]], [1], Method.STABLE, pins=(Pin("S1", "M0"),))
    assert told(locked) == [("M0", "Every seat is locked by hand, or taken by who comes first for this mentor.")]
    apart = ordered([[1, 2]], [[1, 1]], [1, 1], Method.STABLE, pins=(Pin("S0", "M1"),))
    assert told(apart) == [("M0", "Has an open seat, and stands no lower in this mentee's own order.")]
