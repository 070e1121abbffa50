import copy
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from cheiron.core.errors import Invalid
from cheiron.core.matching.files import result_from_json, result_to_json
from cheiron.core.matching.problem import Forbid, Pin, Rule
from cheiron.core.matching.result import Pair, PairState, Result, Unmatched, UnmatchedKind, result_hash, sealed
from cheiron.core.matching.solve import solve
from cheiron.core.matching.verify import verify
from tests.core.matching.rounds import problems, round_of

PROBLEM = round_of(
    [[900_000, 500_000, 0], [800_000, 500_000, 1], [700_000, -1, 2], [5, 5, 5], [6, -1, -1], [-1, -1, -1]],
    [1, 1, 2],
    forbids=(Forbid("S1", "M2", Rule.PAST),),
    pins=(Pin("S3", "M2"),),
)
RESULT = solve(PROBLEM)


def places(value: object, path: tuple = ()) -> list[tuple]:
    """The path of every single value in a JSON tree."""
    if isinstance(value, dict):
        return [place for key in value for place in places(value[key], (*path, key))]
    if isinstance(value, list):
        return [place for number, item in enumerate(value) for place in places(item, (*path, number))]
    return [path]


def tampered(path: tuple) -> dict:
    tree = copy.deepcopy(result_to_json(RESULT))
    inner = tree
    for step in path[:-1]:
        inner = inner[step]
    old = inner[path[-1]]
    inner[path[-1]] = old + "x" if isinstance(old, str) else (old + 1 if isinstance(old, int) else old / 2 + 0.125)
    return tree


def accepted(tree: dict, resealed: bool = False) -> bool:
    try:
        result = result_from_json(tree)
    except Invalid:
        return False
    return verify(PROBLEM, sealed(result) if resealed else result) == ()


def test_the_untouched_file_is_certified():
    assert accepted(result_to_json(RESULT))
    assert RESULT.pairs
    assert RESULT.unmatched


@pytest.mark.parametrize("path", places(result_to_json(RESULT)), ids=lambda path: ".".join(map(str, path)))
def test_tampering_with_any_single_value_of_the_file_fails(path):
    assert not accepted(tampered(path))


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in places(result_to_json(RESULT))
        if path[0] in ("pairs", "unmatched", "certificate", "problem_hash")
    ],
    ids=lambda path: ".".join(map(str, path)),
)
def test_tampering_fails_even_when_the_fingerprint_is_made_anew(path):
    assert not accepted(tampered(path), resealed=True)


def swapped(result: Result, first: int, second: int) -> Result:
    pairs = list(result.pairs)
    one, other = pairs[first], pairs[second]
    pairs[first], pairs[second] = replace(one, mentor=other.mentor), replace(other, mentor=one.mentor)
    return replace(result, pairs=tuple(pairs))


@settings(deadline=None, max_examples=80)
@given(problems())
def test_swapping_any_two_pairs_breaks_the_certificate(problem):
    result = solve(problem)
    for first, second in combinations(range(len(result.pairs)), 2):
        if result.pairs[first].mentor != result.pairs[second].mentor:
            assert verify(problem, swapped(result, first, second)) != ()


def test_swapping_two_pairs_of_equal_scores_breaks_it_too():
    problem = round_of([[5, 5], [5, 5]], [1, 1])
    assert verify(problem, swapped(solve(problem), 0, 1)) != ()


def test_a_worse_result_does_not_pass_with_the_prices_of_the_best():
    problem = round_of([[9, 8], [8, 0]], [1, 1])
    worse = swapped(solve(problem), 0, 1)
    pairs = tuple(replace(pair, score=score) for pair, score in zip(worse.pairs, (9, 0), strict=True))
    forged = sealed(replace(worse, pairs=pairs, certificate=replace(worse.certificate, total=9)))
    assert [str(issue.problem) for issue in verify(problem, forged)] == [
        "The proof fails: the prices do not add up to what the pairs are worth."
    ]


def test_prices_that_miss_a_better_pair_do_not_pass():
    problem = round_of([[9, 8]], [1, 1])
    result = solve(problem)
    pairs = (replace(result.pairs[0], mentor="M1", score=8),)
    prices = tuple((name, price - 1) for name, price in result.certificate.mentee_prices)
    forged = sealed(
        replace(result, pairs=pairs, certificate=replace(result.certificate, total=8, mentee_prices=prices))
    )
    assert [str(issue.problem) for issue in verify(problem, forged)] == [
        "The proof fails: some other pair is worth more than its prices."
    ]


def test_an_untrue_reason_does_not_pass():
    problem = round_of([[1], [2]], [1])
    result = solve(problem)
    forged = sealed(replace(result, unmatched=(Unmatched("S0", UnmatchedKind.NO_ONE_ELIGIBLE),)))
    assert [str(issue.problem) for issue in verify(problem, forged)] == [
        "The reason given to a mentee without a mentor is not true."
    ]


def test_a_result_of_another_problem_does_not_pass():
    assert verify(round_of([[1, 2]], [1, 1]), solve(round_of([[2, 1]], [1, 1]))) != ()


def test_prices_beyond_all_bounds_are_an_issue_and_no_crash():
    certificate = replace(RESULT.certificate, mentee_prices=tuple((name, 10**40) for name in PROBLEM.mentees))
    assert len(verify(PROBLEM, sealed(replace(RESULT, certificate=certificate)))) == 1


def test_the_fingerprint_covers_everything_but_itself():
    assert result_hash(replace(RESULT, result_hash="other")) == RESULT.result_hash
    assert result_hash(replace(RESULT, versions=())) != RESULT.result_hash


ROUND = round_of([[9, 8], [7, -1]], [2, 1], (Forbid("S0", "M1", Rule.PAST),))
FULL = solve(ROUND)


def forged(**changes: object) -> list[str]:
    return [str(issue.problem) for issue in verify(ROUND, sealed(replace(FULL, **changes)))]


def moved(number: int, **changes: object) -> tuple[Pair, ...]:
    pairs = list(FULL.pairs)
    pairs[number] = replace(pairs[number], **changes)
    return tuple(pairs)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pairs": moved(0, mentor="M1", score=8)}, "A pair stands against a program rule."),
        ({"pairs": moved(1, mentor="M1", score=0)}, "A pair has another score than in the problem, or none there."),
        ({"pairs": moved(1, mentor="M7")}, "The result names a mentor who is not in the problem."),
        ({"pairs": moved(1, state=PairState.LOCKED)}, "The locked pairs are not those of the problem."),
        ({"pairs": FULL.pairs[::-1]}, "The result is not in the order of ids."),
        ({"pairs": FULL.pairs[:1]}, "A mentee is missing, stands in the result twice, or is not in the problem."),
        ({"seed": 5}, "This result was drawn with another seed."),
    ],
)
def test_a_forger_who_makes_the_fingerprint_anew_is_told_what_is_wrong(changes, sentence):
    assert forged(**changes) == [sentence]


def test_more_mentees_than_seats_do_not_pass():
    problem = round_of([[5], [5]], [1])
    result = solve(problem)
    pairs = tuple(Pair(name, "M0", 5, PairState.PLACED) for name in problem.mentees)
    assert "A mentor has more mentees than seats." in [
        str(issue.problem) for issue in verify(problem, sealed(replace(result, pairs=pairs, unmatched=())))
    ]


@pytest.mark.parametrize(
    "problem",
    [
        replace(ROUND, mentees=("S0", "S0")),
        replace(ROUND, scores=np.array([[1]])),
        replace(ROUND, scores=np.array([[0.5, 1], [1, 1]])),
        replace(ROUND, pins=(Pin("S9", "M0"),)),
        replace(ROUND, forbids=(Forbid("S0", "M9", Rule.PAST),)),
    ],
    ids=["ids", "shape", "type", "lock", "rule"],
)
def test_a_problem_that_makes_no_sense_certifies_nothing(problem):
    assert len(verify(problem, FULL)) == 1
