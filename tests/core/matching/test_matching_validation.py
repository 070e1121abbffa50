import numpy as np
import pytest

from cheiron.core.matching.problem import Forbid, Mentor, Pin, Problem, Rule
from cheiron.core.matching.validation import validate

ONE = (Mentor("M0", 1),)


def problem(mentees=("S0",), mentors=ONE, scores=((5,),), **more) -> Problem:
    return Problem(
        mentees,
        mentors,
        scores if hasattr(scores, "dtype") else np.array(scores, dtype=object).astype(float).astype(int),
        **more,
    )


BAD = [
    (problem((), ONE, np.zeros((0, 1), int)), "Nobody is looking for a mentor."),
    (problem(("S0",), (), np.zeros((1, 0), int)), "There is no mentor."),
    (problem(("S0", "S0"), ONE, ((1,), (2,))), "The id “S0” stands for 2 people."),
    (problem(("S0",), ONE * 2, ((1, 2),)), "The id “M0” stands for 2 people."),
    (problem((" ",)), "Somebody has no id."),
    (problem(("x" * 201,)), f"The id “{'x' * 39}…” has 201 characters."),
    (problem(mentors=(Mentor("M0", -1),)), "Mentor “M0” has an impossible number of seats."),
    (problem(mentors=(Mentor("M0", 10**30),)), "Mentor “M0” has an impossible number of seats."),
    (problem(seed=-3), "The seed is out of range."),
    (problem(scores=((1, 2),)), "The scores do not have one row for each mentee and one column for each mentor."),
    (problem(scores=((1_000_001,),)), "Some scores are below 0 or above 1000000."),
    (problem(scores=((-2,),)), "Some scores are below 0 or above 1000000."),
    (problem(scores=np.array([[np.nan]])), "Some scores are not whole numbers."),
    (problem(scores=np.array([[0.5]])), "Some scores are not whole numbers."),
    (problem(scores=np.array([["5"]])), "Some scores are not whole numbers."),
    (
        Problem(("S0", "S1"), ONE, [[1], [1, 2]]),
        "The scores do not have one row for each mentee and one column for each mentor.",
    ),
    (problem(pins=(Pin("S9", "M0"),)), "A rule or lock names the mentee “S9”, who is not in this round."),
    (problem(pins=(Pin("S0", "M9"),)), "A rule or lock names the mentor “M9”, who is not in this round."),
    (
        problem(forbids=(Forbid("S9", "M0", Rule.PAST),)),
        "A rule or lock names the mentee “S9”, who is not in this round.",
    ),
    (
        problem(pins=(Pin("S0", "M0"),), forbids=(Forbid("S0", "M0", Rule.PAST),)),
        "“S0” is locked to “M0”, but a program rule stands against this pair.",
    ),
    (
        problem(("S0",), (Mentor("M0", 1), Mentor("M1", 1)), ((1, 2),), pins=(Pin("S0", "M0"), Pin("S0", "M1"))),
        "“S0” is locked 2 times.",
    ),
    (
        problem(("S0", "S1"), ONE, ((1,), (2,)), pins=(Pin("S0", "M0"), Pin("S1", "M0"))),
        "“M0” has 2 locked mentees and 1 seats.",
    ),
]


@pytest.mark.parametrize(("bad", "sentence"), BAD, ids=[f"{number}" for number in range(len(BAD))])
def test_what_is_wrong_is_said_once_and_with_a_remedy(bad, sentence):
    (issue,) = validate(bad)
    assert str(issue.problem) == sentence
    assert str(issue.remedy)


def test_a_good_problem_has_no_issues():
    assert validate(problem()) == ()


def test_several_things_wrong_are_all_said():
    assert len(validate(problem(("S0", "S0"), (Mentor("", -1),), ((1, 2, 3),), seed=-1))) == 5
