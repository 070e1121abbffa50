"""Stable choices: against all that there are on small rounds, and by the theorems that hold for every round."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.components import DEFAULT_WEIGHTS, Participant
from cheiron.core.matching.orders import orders_of
from cheiron.core.matching.problem import Forbid, Method, Orders, Pin, Problem, Rule, problem_hash
from cheiron.core.matching.result import Pair, PairState, Result, Stability, Unmatched, UnmatchedKind, sealed
from cheiron.core.matching.score import explain_pair, parts_known, score_matrix
from cheiron.core.matching.solve import solve
from cheiron.core.matching.verify import verify
from cheiron.core.people.facts import Facts
from tests.core.matching.orders import blocking, choice_of, ordered, rounds_with_orders, stable_choices
from tests.core.matching.rounds import people, round_of, weights

MENTEE, MENTOR = Method.STABLE, Method.STABLE_MENTOR
STABLE = pytest.mark.parametrize("method", [MENTEE, MENTOR])
CROSSED = ([[1, 2], [2, 1]], [[2, 1], [1, 2]], [1, 1])
"""Each mentee would rather have the mentor who would rather have the other mentee."""


def pairs(problem: Problem) -> dict[str, str]:
    return {pair.mentee: pair.mentor for pair in solve(problem).pairs}


def test_whoever_proposes_gets_their_first():
    assert pairs(ordered(*CROSSED, MENTEE)) == {"S0": "M0", "S1": "M1"}
    assert pairs(ordered(*CROSSED, MENTOR)) == {"S0": "M1", "S1": "M0"}


def test_a_stable_choice_gives_up_total_and_places_where_somebody_would_rather_switch():
    """The best total parts the two who want each other; the stable choice leaves somebody without a mentor."""
    scores = np.array([[900_000, 800_000], [700_000, -1]])
    problem = replace(ordered([[1, 2], [1, 2]], [[1, 1], [2, 2]], [1, 1], MENTEE), scores=scores)
    assert pairs(replace(problem, method=Method.WEIGHTED)) == {"S0": "M1", "S1": "M0"}
    result = solve(problem)
    assert {pair.mentee: pair.mentor for pair in result.pairs} == {"S0": "M0"}
    assert result.unmatched == (Unmatched("S1", UnmatchedKind.OUTRANKED, 1, 1, 1),)
    assert verify(problem, result) == ()


def test_the_certificate_says_where_each_stands_with_the_other_and_what_the_seed_decided():
    problem = ordered([[1, 2], [1, 1]], [[1, 2], [2, 1]], [1, 1], MENTEE)
    by_lot = {seed: solve(replace(problem, seed=seed)).certificate.stability.standings[1] for seed in range(20)}
    assert set(by_lot.values()) == {("S1", 1, 1), ("S1", 2, 1)}
    seed = next(seed for seed, standing in by_lot.items() if standing == ("S1", 2, 1))
    assert solve(replace(problem, seed=seed)).certificate.stability == Stability((("S0", 1, 1), ("S1", 2, 1)), 1, 0)


def test_a_method_without_orders_is_refused():
    with pytest.raises(Invalid) as refusal:
        solve(replace(round_of([[1]], [1]), method=MENTEE))
    assert [str(issue.problem) for issue in refusal.value.issues] == [
        "The problem does not say whom each person would rather have, and this method needs it."
    ]


@pytest.mark.parametrize("places", [[[0]], [[1, 2]], [[10**9 + 1]], [[0.5]]])
def test_orders_that_make_no_sense_are_refused(places):
    good = ordered([[1]], [[1]], [1], MENTEE)
    bad = replace(good, orders=replace(good.orders, of_mentors=np.array(places)))
    with pytest.raises(Invalid) as refusal:
        solve(bad)
    assert len(refusal.value.issues) == 1
    assert len(verify(bad, solve(good))) >= 1


# ---------- against every choice there is ----------


@settings(deadline=None, max_examples=250)
@given(rounds_with_orders(mentees=5, mentors=4, ties=False))
def test_the_choice_is_one_of_all_stable_ones_and_the_best_for_each_who_proposes(problem):
    every = stable_choices(problem)
    mine, theirs = problem.orders.of_mentees, problem.orders.of_mentors
    for method in (MENTEE, MENTOR):
        found = choice_of(problem, solve(replace(problem, method=method)))
        assert found in every
        for other in every:
            for row in range(len(found)):
                own, rival = (99 if one[row] is None else mine[row, one[row]] for one in (found, other))
                assert own <= rival if method is MENTEE else own >= rival
            for column in range(len(problem.mentors)):
                held, rivals = (sorted(_held(theirs, one, column)) for one in (found, other))
                assert held <= rivals if method is MENTOR else held >= rivals


def _held(theirs: np.ndarray, choice: tuple, column: int) -> list[int]:
    return [int(theirs[row, column]) for row, own in enumerate(choice) if own == column]


@settings(deadline=None, max_examples=200)
@given(rounds_with_orders(mentees=5, mentors=4))
def test_with_equals_it_is_still_one_of_all_stable_ones(problem):
    for method in (MENTEE, MENTOR):
        assert choice_of(problem, solve(replace(problem, method=method))) in stable_choices(problem)


@settings(deadline=None, max_examples=200)
@given(rounds_with_orders(mentees=12, mentors=8, ties=False))
def test_the_same_people_have_somebody_whoever_proposes(problem):
    """The rural hospitals theorem: the same mentees, as many seats, and the very same people where seats stay open."""
    found = [choice_of(problem, solve(replace(problem, method=method))) for method in (MENTEE, MENTOR)]
    assert [one is None for one in found[0]] == [one is None for one in found[1]]
    filled = [Counter(one) for one in found]
    assert filled[0] == filled[1]
    left = {mentor.id: mentor.capacity for mentor in problem.mentors}
    for pin in problem.pins:
        left[pin.mentor] -= 1
    for column, mentor in enumerate(problem.mentors):
        if filled[0][column] < left[mentor.id]:
            assert {row for row, own in enumerate(found[0]) if own == column} == {
                row for row, own in enumerate(found[1]) if own == column
            }


@settings(deadline=None, max_examples=60)
@given(rounds_with_orders(mentees=4, mentors=3, locks=False, ties=False), st.data())
def test_no_mentee_gets_a_better_mentor_by_an_order_that_is_not_their_own(problem, data):
    problem = replace(problem, method=MENTEE)
    row = data.draw(st.integers(0, len(problem.mentees) - 1))
    lie = problem.orders.of_mentees.copy()
    lie[row] = data.draw(st.permutations(range(1, len(problem.mentors) + 1)))
    truth = problem.orders.of_mentees[row]
    honest, told = (
        choice_of(problem, solve(one))[row]
        for one in (problem, replace(problem, orders=replace(problem.orders, of_mentees=lie)))
    )
    assert told is None or (honest is not None and truth[honest] <= truth[told])


# ---------- the same contract for every method ----------


@settings(deadline=None, max_examples=200)
@given(rounds_with_orders())
def test_every_method_keeps_locks_rules_and_seats_tells_of_everybody_and_is_certified(problem):
    result = solve(problem)
    chosen = {(pair.mentee, pair.mentor) for pair in result.pairs}
    assert {(pin.mentee, pin.mentor) for pin in problem.pins} == {
        (pair.mentee, pair.mentor) for pair in result.pairs if pair.state is PairState.LOCKED
    }
    assert not chosen & {(rule.mentee, rule.mentor) for rule in problem.forbids}
    taken = Counter(mentor for _, mentor in chosen)
    assert all(taken[mentor.id] <= mentor.capacity for mentor in problem.mentors)
    told = sorted([pair.mentee for pair in result.pairs] + [one.mentee for one in result.unmatched])
    assert told == list(problem.mentees)
    assert result.method is problem.method
    assert verify(problem, result) == ()


@settings(deadline=None, max_examples=150)
@given(rounds_with_orders(), st.randoms(use_true_random=False))
def test_shuffled_rows_are_the_same_problem_with_the_same_result_by_every_method(problem, chance):
    rows, columns = list(range(len(problem.mentees))), list(range(len(problem.mentors)))
    chance.shuffle(rows)
    chance.shuffle(columns)
    at = np.ix_(rows, columns)
    shuffled = Problem(
        tuple(problem.mentees[row] for row in rows),
        tuple(problem.mentors[column] for column in columns),
        problem.scores[at],
        problem.forbids[::-1],
        problem.pins[::-1],
        problem.seed,
        problem.role,
        problem.method,
        replace(problem.orders, of_mentees=problem.orders.of_mentees[at], of_mentors=problem.orders.of_mentors[at]),
    )
    assert problem_hash(shuffled) == problem_hash(problem)
    assert solve(shuffled) == solve(problem)


@settings(deadline=None, max_examples=100)
@given(rounds_with_orders().filter(lambda one: not one.method.fair))
def test_the_answer_of_one_method_is_not_taken_for_that_of_another(problem):
    result = solve(problem)
    for other in {Method.WEIGHTED, MENTEE, MENTOR} - {result.method}:
        alike = {result.method, other} == {MENTEE, MENTOR} and _one_stable_choice(problem)
        assert (verify(problem, sealed(replace(result, method=other))) == ()) is alike


def _one_stable_choice(problem: Problem) -> bool:
    return choice_of(problem, solve(replace(problem, method=MENTEE))) == choice_of(
        problem, solve(replace(problem, method=MENTOR))
    )


# ---------- forged ----------


def swapped(problem: Problem, result: Result, first: int, second: int) -> Result:
    """Two pairs with their mentors exchanged, and a certificate that fits as well as a forger can make it."""
    chosen = list(result.pairs)
    one, two = chosen[first], chosen[second]
    chosen[first], chosen[second] = replace(one, mentor=two.mentor), replace(two, mentor=one.mentor)
    scores = {(a, b.id): int(problem.scores[i, j]) for i, a in enumerate(problem.mentees)
              for j, b in enumerate(problem.mentors)}  # fmt: skip
    chosen = [replace(pair, score=max(scores[pair.mentee, pair.mentor], 0)) for pair in chosen]
    total = sum(pair.score for pair in chosen)
    return sealed(replace(result, pairs=tuple(chosen), certificate=replace(result.certificate, total=total)))


@settings(deadline=None, max_examples=150)
@given(rounds_with_orders(ties=False).filter(lambda one: one.method.stable))
def test_swapping_the_mentors_of_two_pairs_is_found(problem):
    result = solve(problem)
    for first, second in combinations(range(len(result.pairs)), 2):
        if result.pairs[first].mentor != result.pairs[second].mentor:
            assert verify(problem, swapped(problem, result, first, second)) != ()


@STABLE
def test_two_who_would_both_rather_have_each_other_are_counted(method):
    problem = ordered([[1, 2], [1, 2]], [[1, 1], [2, 2]], [1, 1], method)
    forged = swapped(problem, solve(problem), 0, 1)
    assert [str(issue.problem) for issue in verify(problem, forged)] == [
        "The proof fails: pairs who would both rather have each other: 1."
    ]


def test_a_stable_choice_that_is_best_for_the_wrong_side_does_not_pass():
    problem = ordered(*CROSSED, MENTEE)
    other = solve(replace(problem, method=MENTOR))
    assert [str(issue.problem) for issue in verify(problem, sealed(replace(other, method=MENTEE)))] == [
        "The proof fails: another stable choice is better for the side that this one should be best for."
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"standings": (("S0", 1, 1), ("S1", 1, 2))},
        {"standings": ()},
        {"mentee_ties": 1},
        {"mentor_ties": 1},
    ],
)
def test_a_certificate_that_says_something_else_does_not_pass(change):
    problem = ordered(*CROSSED, MENTEE)
    result = solve(problem)
    stability = replace(result.certificate.stability, **change)
    forged = sealed(replace(result, certificate=replace(result.certificate, stability=stability)))
    assert [str(issue.problem) for issue in verify(problem, forged)] == [
        "A place in somebody's order, or the number of ties, is not the one that was certified."
    ]


def test_a_stable_choice_without_its_certificate_or_with_prices_does_not_pass():
    problem = ordered(*CROSSED, MENTEE)
    result = solve(problem)
    for certificate in (
        replace(result.certificate, stability=None),
        replace(result.certificate, mentee_prices=(("S0", 1),)),
    ):
        assert len(verify(problem, sealed(replace(result, certificate=certificate)))) == 1


def test_an_untrue_reason_does_not_pass():
    problem = ordered([[1], [1]], [[1], [2]], [1], MENTEE)
    result = solve(problem)
    for one in (Unmatched("S1", UnmatchedKind.HALL, 1, 1, 2), Unmatched("S1", UnmatchedKind.OUTRANKED, 1, 1, 0)):
        assert [str(issue.problem) for issue in verify(problem, sealed(replace(result, unmatched=(one,))))] == [
            "The reason given to a mentee without a mentor is not true."
        ]


def test_somebody_left_out_while_a_seat_is_open_is_a_blocking_pair():
    problem = ordered([[1], [1]], [[1], [2]], [2], MENTEE)
    alone = Pair("S0", "M0", 500_000, PairState.PLACED)
    result = solve(problem)
    certificate = replace(result.certificate, placed=1, total=500_000)
    left_out = (Unmatched("S1", UnmatchedKind.OUTRANKED, 1, 2, 2),)
    forged = sealed(replace(result, pairs=(alone,), unmatched=left_out, certificate=certificate))
    assert [str(issue.problem) for issue in verify(problem, forged)] == [
        "The proof fails: pairs who would both rather have each other: 1."
    ]


@STABLE
def test_larger_rounds_are_certified_and_have_no_blocking_pair(method):
    chance = np.random.default_rng(5)
    n, m = 150, 50
    mine = np.array([chance.permutation(m) + 1 for _ in range(n)])
    theirs = np.array([chance.permutation(n) + 1 for _ in range(m)]).T
    seats = chance.integers(0, 5, m).tolist()
    problem = ordered(mine.tolist(), theirs.tolist(), seats, method, forbids=(Forbid("S3", "M1", Rule.PAST),))
    result = solve(problem)
    assert verify(problem, result) == ()
    assert blocking(problem, choice_of(problem, result)) == []


# ---------- the two orders ----------


def both(mentees: list, mentors: list, given_weights: dict = DEFAULT_WEIGHTS, stages: tuple = ()) -> Orders:
    return orders_of(mentees, mentors, score_matrix(mentees, mentors, given_weights, stages), given_weights, stages)


def one(name: str, **facts: object) -> Participant:
    return Participant(name, Facts(**facts))


def test_a_mentee_would_rather_have_whom_they_wished_for_then_whoever_fits_better():
    mentee = one("s", topics=("Sepsis",), wishes=("M2", "m1"))
    mentors = [one("m0", topics=("Sepsis",)), one("m1"), one("m2"), one("m3", topics=("Ethics",))]
    assert both([mentee], mentors).of_mentees.tolist() == [[3, 2, 1, 4]]
    without = both([mentee], mentors, {"topics": 10, "wish": 0}).of_mentees.tolist()
    assert without == [[1, 3, 3, 2]]


def test_a_mentor_would_rather_have_whoever_seeks_more_of_what_they_offer_and_wishes_play_no_part():
    """The fit counts of the mentee's list; the mentor's order counts of the mentor's."""
    mentor = one("m", topics=("Sepsis", "Ethics"))
    narrow, wide = one("narrow", topics=("Sepsis",), wishes=("m",)), one("wide", topics=("Sepsis", "Ethics", "AI"))
    fits = [explain_pair(mentee, mentor, {"topics": 1}).score for mentee in (narrow, wide)]
    assert fits == [1_000_000, 666_667]
    assert both([narrow, wide], [mentor], {"topics": 1, "wish": 50}).of_mentors.tolist() == [[2], [1]]


def test_a_mentor_would_rather_have_somebody_behind_on_the_ladder():
    stages = ("student", "resident", "professor")
    mentor, student, peer = one("m", stage="resident"), one("s", stage="student"), one("p", stage="professor")
    assert both([peer, student], [mentor], stages=stages).of_mentors.tolist() == [[2], [1]]


def test_of_equal_fits_the_one_about_whom_more_is_known_comes_first():
    mentee = one("s", topics=("Sepsis",), goals=("Grants",))
    mentors = [one("little", topics=("Sepsis",)), one("much", topics=("Sepsis",), goals=("Grants",))]
    assert [explain_pair(mentee, mentor).score for mentor in mentors] == [1_000_000, 1_000_000]
    assert both([mentee], mentors).of_mentees.tolist() == [[2, 1]]
    assert both(mentors, [mentee]).of_mentors.tolist() == [[2], [1]]


@settings(deadline=None, max_examples=150)
@given(people, people, weights)
def test_what_is_known_of_a_pair_is_the_number_of_parts_that_its_reason_has(mentees, mentors, given_weights):
    stages = ("student", "resident", "fellow")
    known = parts_known(mentees, mentors, given_weights, stages)
    assert known.tolist() == [
        [len(explain_pair(mentee, mentor, given_weights, stages).parts) for mentor in mentors] for mentee in mentees
    ]


def test_everything_in_the_orders_is_part_of_the_fingerprint_and_the_method_is_not():
    problem = ordered(*CROSSED, MENTEE)
    other = replace(problem, orders=replace(problem.orders, of_mentors=problem.orders.of_mentees))
    assert problem_hash(problem) != problem_hash(other) != problem_hash(replace(problem, orders=None))
    assert problem_hash(replace(problem, method=Method.WEIGHTED)) == problem_hash(problem)


def test_locked_pairs_are_outside_the_promise():
    """S1 and M0 would both rather have each other; a person has decided otherwise."""
    problem = ordered([[1], [1]], [[2], [1]], [1], MENTEE, pins=(Pin("S0", "M0"),))
    result = solve(problem)
    assert result.unmatched == (Unmatched("S1", UnmatchedKind.OUTRANKED, 1, 1, 0),)
    assert (result.certificate.stability.standings, verify(problem, result)) == ((), ())
