import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.problem import Forbid, Mentor, Pin, Problem, Rule, problem_hash
from cheiron.core.matching.result import PairState
from cheiron.core.matching.solve import solve, solve_near
from cheiron.core.matching.verify import verify
from tests.core.matching.rounds import best_by_scipy, best_by_trying, problems, round_of, value


def found(problem: Problem) -> dict[str, str]:
    return {pair.mentee: pair.mentor for pair in solve(problem).pairs}


def test_the_best_total_wins_over_the_best_single_pair():
    assert found(round_of([[900_000, 800_000], [800_000, 0]], [1, 1])) == {"S0": "M1", "S1": "M0"}


def test_one_more_placed_mentee_outweighs_every_score():
    assert found(round_of([[1_000_000, 0], [0, -1]], [1, 1])) == {"S0": "M1", "S1": "M0"}


def test_a_lock_is_kept_though_it_costs_score_and_is_marked():
    result = solve(round_of([[0, 900_000], [900_000, 0]], [1, 1], pins=(Pin("S0", "M0"),)))
    assert [(pair.mentee, pair.mentor, pair.state) for pair in result.pairs] == [
        ("S0", "M0", PairState.LOCKED),
        ("S1", "M1", PairState.PLACED),
    ]


def test_a_lock_stands_on_a_pair_without_a_score_and_counts_nothing():
    problem = round_of([[-1]], [1], pins=(Pin("S0", "M0"),))
    result = solve(problem)
    assert (result.pairs[0].score, result.certificate.total, verify(problem, result)) == (0, 0, ())


def test_a_forbidden_pair_is_never_formed():
    assert found(round_of([[900_000, 1]], [1, 1], forbids=(Forbid("S0", "M0", Rule.FIREWALL),))) == {"S0": "M1"}


def test_a_paused_mentor_gets_nobody():
    assert found(round_of([[900_000, 1]], [0, 1])) == {"S0": "M1"}


def test_a_bad_problem_is_refused_with_its_issues():
    with pytest.raises(Invalid) as refusal:
        solve(round_of([[1]], [-1]))
    assert len(refusal.value.issues) == 1


def test_the_seed_decides_between_equals_and_favors_no_letter_of_the_alphabet():
    winners = {next(iter(found(round_of([[5], [5], [5]], [1], seed=seed)))) for seed in range(40)}
    assert winners == {"S0", "S1", "S2"}


@settings(deadline=None, max_examples=250)
@given(problems())
def test_the_result_is_the_optimum_that_scipy_finds_and_its_certificate_verifies(problem):
    result = solve(problem)
    assert value(result) == best_by_scipy(problem)
    assert verify(problem, result) == ()


@settings(deadline=None, max_examples=120)
@given(problems(mentees=4, mentors=3))
def test_no_choice_at_all_is_better(problem):
    assert value(solve(problem)) == best_by_trying(problem)


@settings(deadline=None, max_examples=100)
@given(problems(), st.randoms(use_true_random=False))
def test_shuffled_rows_are_the_same_problem_with_the_same_result(problem, chance):
    rows, columns = list(range(len(problem.mentees))), list(range(len(problem.mentors)))
    chance.shuffle(rows)
    chance.shuffle(columns)
    shuffled = Problem(
        tuple(problem.mentees[row] for row in rows),
        tuple(problem.mentors[column] for column in columns),
        problem.scores[np.ix_(rows, columns)],
        problem.forbids[::-1],
        problem.pins[::-1],
        problem.seed,
    )
    assert problem_hash(shuffled) == problem_hash(problem)
    assert solve(shuffled) == solve(problem)


@settings(deadline=None, max_examples=100)
@given(problems())
def test_locks_are_kept_and_rules_respected(problem):
    pairs = {(pair.mentee, pair.mentor) for pair in solve(problem).pairs}
    assert {(pin.mentee, pin.mentor) for pin in problem.pins} <= pairs
    assert not pairs & {(forbid.mentee, forbid.mentor) for forbid in problem.forbids}


@settings(deadline=None, max_examples=60)
@given(problems(locks=False))
def test_solving_near_an_earlier_result_keeps_it_when_it_is_still_as_good(problem):
    earlier = solve(problem)
    again = solve_near(replace(problem, seed=problem.seed + 1), earlier)
    assert again.pairs == earlier.pairs


@pytest.mark.parametrize("seed", range(4))
def test_larger_rounds_with_scarce_seats_agree_with_scipy(seed):
    chance = np.random.default_rng(seed)
    scores = chance.integers(-1, 50, (160, 60)) * 20_000
    scores[scores < 0] = -1
    problem = round_of(scores.tolist(), chance.integers(0, 4, 60).tolist(), seed=seed)
    result = solve(problem)
    assert value(result) == best_by_scipy(problem)
    assert verify(problem, result) == ()


def test_a_popular_mentor_makes_the_solver_look_beyond_the_first_pairs():
    chance = np.random.default_rng(7)
    scores = np.sort(chance.integers(0, 1_000_001, 200))[None, :] + np.zeros((150, 1), dtype=int)
    problem = round_of(scores.tolist(), [1] * 200)
    result = solve(problem)
    assert value(result) == best_by_scipy(problem) == (150, int(np.sort(scores[0])[-150:].sum()))
    assert verify(problem, result) == ()


def test_everybody_locked_leaves_nothing_to_decide():
    problem = round_of([[3, 4], [5, 6]], [1, 1], pins=(Pin("S0", "M0"), Pin("S1", "M1")))
    assert verify(problem, solve(problem)) == ()


def test_scores_of_a_problem_cannot_be_written_to():
    problem = Problem(("S0",), (Mentor("M0", 1),), np.array([[1]]))
    with pytest.raises(ValueError, match="read-only"):
        problem.scores[0, 0] = 2


def test_the_fingerprint_of_a_problem_is_the_same_in_every_release():
    problem = round_of([[5, -1]], [1, 0], (Forbid("S0", "M1", Rule.PAST),), (Pin("S0", "M0", "wish", "Ada"),), seed=7)
    assert problem_hash(problem) == "d6a02f063ddf1bf4670dbf4d2f0e536f516025160c13c838f36605358e8b2528"


def test_everything_in_a_problem_is_part_of_its_fingerprint():
    problem = round_of([[5, 6]], [1, 1])
    others = (
        replace(problem, seed=1),
        replace(problem, role="peer mentor"),
        replace(problem, scores=np.array([[5, 7]])),
        replace(problem, mentors=(Mentor("M0", 2), Mentor("M1", 1))),
        replace(problem, forbids=(Forbid("S0", "M1", Rule.PAST),)),
        replace(problem, forbids=(Forbid("S0", "M1", Rule.FIREWALL),)),
        replace(problem, pins=(Pin("S0", "M1"),)),
        replace(problem, pins=(Pin("S0", "M1", author="Ada"),)),
    )
    assert len({problem_hash(one) for one in (problem, *others)}) == 9


def test_importing_the_library_does_not_load_numpy_or_django():
    modules = "alternatives components files lifecycle problem reading result score solve validation verify"
    imports = ";".join(f"import cheiron.core.matching.{name}" for name in modules.split())
    check = f"import sys;{imports};sys.exit(bool({{'numpy', 'ortools', 'django'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
