"""What a pair costs, by one shortest path, is what solving the whole problem again with the pair locked loses."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid, NotFound
from cheiron.core.matching.exchange import Exchange, Relief, SwapCost
from cheiron.core.matching.problem import Forbid, Method, Pin, Rule, eligible_pairs
from cheiron.core.matching.solve import solve
from tests.core.matching.orders import ordered
from tests.core.matching.rounds import problems, round_of


def costs(problem, mentee="S0"):
    return Exchange(problem, solve(problem)).costs(mentee)


def test_a_swap_tells_what_is_lost_and_who_moves():
    assert costs(round_of([[900_000, 800_000], [800_000, 0]], [1, 1])) == {"M0": SwapCost(700_000, 1, 0, 0)}


def test_a_swap_may_leave_somebody_without_a_mentor():
    assert costs(round_of([[10, 5], [7, -1]], [1, 1])) == {"M0": SwapCost(2, 0, 1, 0)}


def test_insisting_may_cost_a_place():
    assert costs(round_of([[10, 9], [5, -1]], [1, 1])) == {"M0": SwapCost(4, 0, 1, 0)}


def test_who_has_nobody_can_be_insisted_on_at_the_cost_of_another():
    problem = round_of([[3], [9]], [1])
    assert costs(problem) == {"M0": SwapCost(6, 0, 1, 0)}


def test_people_who_need_not_move_stay_where_they_are():
    problem = round_of([[5] * 4] * 4, [1] * 4)
    assert set(costs(problem).values()) == {SwapCost(0, 1, 0, 0)}


def test_a_rule_a_lock_and_a_missing_score_have_no_cost():
    rules = (Forbid("S0", "M1", Rule.FIREWALL),)
    problem = round_of([[9, 9, -1, 5], [9, 9, 9, 9]], [1, 1, 1, 1], rules, (Pin("S1", "M3"),))
    assert costs(problem) == {}
    assert costs(problem, "S1") == {}


def test_a_stable_choice_has_no_cost():
    problem = ordered([[1, 2]], [[1, 1]], [1, 1], Method.STABLE)
    assert costs(problem) == {}


def test_somebody_who_is_not_in_the_round_is_not_found():
    with pytest.raises(NotFound):
        costs(round_of([[1]], [1]), "S7")


@settings(deadline=None, max_examples=250)
@given(problems(mentees=7, mentors=5), st.data())
def test_each_cost_is_exactly_what_solving_again_with_the_lock_loses(problem, data):
    result, locked = solve(problem), {pin.mentee for pin in problem.pins}
    mentee = data.draw(st.sampled_from(problem.mentees))
    found, row = Exchange(problem, result).costs(mentee), problem.mentees.index(mentee)
    present = {pair.mentor for pair in result.pairs if pair.mentee == mentee}
    before = {pair.mentee: pair.mentor for pair in result.pairs if pair.mentee != mentee}
    for column, mentor in enumerate(problem.mentors):
        if mentee in locked or mentor.id in present or not eligible_pairs(problem)[row, column]:
            assert mentor.id not in found
            continue
        try:
            again = solve(replace(problem, pins=(*problem.pins, Pin(mentee, mentor.id))))
        except Invalid:  # every seat is locked
            assert mentor.id not in found
            continue
        cost = found[mentor.id]
        assert cost.loss == result.certificate.total - again.certificate.total
        assert len(again.pairs) - 1 == len(before) - cost.newly_unmatched + cost.newly_placed
        after = {pair.mentee: pair.mentor for pair in again.pairs if pair.mentee != mentee}
        moves = sum(before.get(one) != after.get(one) for one in before.keys() | after.keys())
        assert cost.moved + cost.newly_unmatched + cost.newly_placed <= moves


@settings(deadline=None, max_examples=250)
@given(problems(mentees=7, mentors=5))
def test_one_more_seat_brings_exactly_what_solving_again_with_it_brings(problem):
    result = solve(problem)
    found = Exchange(problem, result).reliefs()
    locked = [pin.mentor for pin in problem.pins]
    for at, mentor in enumerate(problem.mentors):
        if mentor.capacity <= locked.count(mentor.id):
            assert mentor.id not in found
            continue
        seats = (*problem.mentors[:at], replace(mentor, capacity=mentor.capacity + 1), *problem.mentors[at + 1 :])
        again = solve(replace(problem, mentors=seats))
        more = len(again.pairs) - len(result.pairs)
        gain = again.certificate.total - result.certificate.total
        told = found.get(mentor.id, Relief(0, 0))
        assert (told.placed, told.gain) == (more, gain)


def test_where_one_more_seat_would_help():
    problem = round_of([[900_000, 100_000], [800_000, -1], [700_000, -1]], [1, 1])
    assert Exchange(problem, solve(problem)).reliefs() == {"M0": Relief(1, 700_000)}
