import copy
import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.files import problem_from_json, problem_to_json, result_from_json, result_to_json
from cheiron.core.matching.problem import Forbid, Method, Pin, Problem, Rule, problem_hash
from cheiron.core.matching.solve import solve
from cheiron.core.matching.verify import verify
from tests.core.matching.orders import ordered, rounds_with_orders
from tests.core.matching.rounds import problems, round_of

GOOD = problem_to_json(
    round_of(
        [[812_300, -1], [0, 1_000_000]],
        [2, 1],
        forbids=(Forbid("S0", "M1", Rule.PAST),),
        pins=(Pin("S1", "M1", "wish", "Ada"),),
    )
)
GOOD_RESULT = result_to_json(solve(problem_from_json(GOOD)))

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(("S0", "M0", 10**400)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def changed(key: str, value: object) -> dict[str, object]:
    return {**copy.deepcopy(GOOD), key: value}


def issues(obj: object) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        problem_from_json(obj)
    assert refusal.value.issues
    return [str(issue.problem) for issue in refusal.value.issues]


@settings(deadline=None, max_examples=100)
@given(problems())
def test_a_problem_comes_back_from_json_exactly(problem):
    again = problem_from_json(json.loads(json.dumps(problem_to_json(problem))))
    assert problem_hash(again) == problem_hash(problem)
    assert problem_to_json(again) == problem_to_json(problem)


@settings(deadline=None, max_examples=100)
@given(problems())
def test_a_result_comes_back_from_json_exactly(problem):
    result = solve(problem)
    assert result_from_json(json.loads(json.dumps(result_to_json(result)))) == result


def test_every_millionth_survives_the_decimals():
    scores = np.arange(1_000_001, dtype=np.int32)[::7].reshape(1, -1)[:, :9_999]
    assert [round(float(repr(value)) * 1_000_000) for value in (scores[0] / 1_000_000).tolist()] == scores[0].tolist()


NOT_AN_EDGE = "At $.edges[0]: this is not a mentee of this file, a mentor of this file and a score."


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        (None, "At $: an object is needed here."),
        ([], "At $: an object is needed here."),
        ({}, "At $: this is not a file of the format “cheiron-problem”, version 1."),
        (changed("version", 2), "At $: this is not a file of the format “cheiron-problem”, version 1."),
        (changed("version", True), "At $: this is not a file of the format “cheiron-problem”, version 1."),
        (changed("format", "csv"), "At $: this is not a file of the format “cheiron-problem”, version 1."),
        (changed("extra", 1), "At $: there are fields that nobody knows (1)."),
        ({key: GOOD[key] for key in GOOD if key != "pins"}, "At $: the field “pins” is missing."),
        (changed("mentees", "S0"), "At $.mentees: a list is needed here."),
        (changed("mentees", ["S0", 7]), "At $.mentees[1]: a text is needed here."),
        (changed("mentees", []), NOT_AN_EDGE),
        (changed("seed", True), "At $.seed: a whole number is needed here."),
        (changed("seed", 1.0), "At $.seed: a whole number is needed here."),
        (changed("seed", 10**5000), "At $.seed: a whole number is needed here."),
        (changed("seed", -1), "The seed is out of range."),
        (changed("mentors", [{"id": "M0"}]), "At $.mentors[0]: the field “capacity” is missing."),
        (
            changed("mentors", [{"id": "M0", "capacity": "2"}]),
            "At $.mentors[0].capacity: a whole number is needed here.",
        ),
        (changed("edges", 3), "At $.edges: a list is needed here."),
        (changed("edges", [["S0", "M0"]]), NOT_AN_EDGE),
        (changed("edges", [["S9", "M0", 0.5]]), NOT_AN_EDGE),
        (changed("edges", [["S0", ["M0"], 0.5]]), NOT_AN_EDGE),
        (changed("edges", [["S0", "M0", True]]), NOT_AN_EDGE),
        (changed("edges", [["S0", "M0", float("nan")]]), NOT_AN_EDGE),
        (changed("edges", [["S0", "M0", 1.000001]]), NOT_AN_EDGE),
        (changed("edges", [["S0", "M0", 0.1234567]]), NOT_AN_EDGE),
        (changed("edges", [["S0", "M0", 1], ["S0", "M0", 0]]), "At $.edges: a pair has more than one score."),
        (
            changed("forbids", [{"mentee": "S0", "mentor": "M0", "rule": "?"}]),
            "At $.forbids[0].rule: this word is not known here.",
        ),
        (changed("pins", [{"mentee": "S0"}]), "At $.pins[0]: the field “mentor” is missing."),
        (changed("role", None), "At $.role: a text is needed here."),
    ],
)
def test_a_malformed_problem_is_refused_with_the_place(obj, expected):
    assert issues(obj)[0] == expected


def test_half_a_character_in_an_id_is_refused_and_not_a_crash():
    assert issues({**changed("mentees", ["\ud800"]), "edges": [], "forbids": [], "pins": []}) == [
        "The id “?” holds half of a character."
    ]


def test_complaints_stop_at_a_bearable_number():
    assert len(issues(changed("edges", [[]] * 1000))) == 20


@settings(deadline=None, max_examples=300)
@given(json_values)
def test_nonsense_never_crashes_the_reader(obj):
    for read in (problem_from_json, result_from_json):
        with pytest.raises(Invalid):
            read(obj)


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_one_piece_of_nonsense_in_a_good_file_never_crashes_the_reader(data):
    for good, read in ((GOOD, problem_from_json), (GOOD_RESULT, result_from_json)):
        tree = copy.deepcopy(good)
        inner, key = data.draw(st.sampled_from(slots(tree)))
        inner[key] = data.draw(json_values)
        assert all(str(issue.problem) and str(issue.remedy) for issue in complaints(read, tree))


def complaints(read: Callable[[object], object], obj: object) -> tuple[Issue, ...]:
    try:
        read(obj)
    except Invalid as refusal:
        return refusal.issues
    return ()


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_only_the_original_result_is_ever_certified(data):
    problem, tree = problem_from_json(GOOD), copy.deepcopy(GOOD_RESULT)
    inner, key = data.draw(st.sampled_from(slots(tree)))
    inner[key] = data.draw(json_values)
    if not complaints(result_from_json, tree):
        read = result_from_json(tree)
        assert (verify(problem, read) == ()) == (read == result_from_json(GOOD_RESULT))


def slots(value: object) -> list[tuple]:
    """Every (container, key) of a JSON tree."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [slot for key in keys for slot in slots(value[key])]


def test_a_problem_that_cannot_be_solved_is_refused_on_reading():
    assert issues(changed("pins", [{"mentee": "S0", "mentor": "M1"}])) == [
        "“S0” is locked to “M1”, but a program rule stands against this pair."
    ]


def test_the_file_of_a_problem_is_what_the_documentation_says():
    assert GOOD["edges"] == [["S0", "M0", 0.8123], ["S1", "M0", 0.0], ["S1", "M1", 1.0]]
    assert isinstance(problem_from_json(GOOD), Problem)


@settings(deadline=None, max_examples=150)
@given(rounds_with_orders())
def test_orders_and_method_come_back_from_json_exactly_and_so_does_the_result(problem):
    again = problem_from_json(json.loads(json.dumps(problem_to_json(problem))))
    assert (problem_hash(again), again.method) == (problem_hash(problem), problem.method)
    result = solve(problem)
    assert solve(again) == result
    assert result_from_json(json.loads(json.dumps(result_to_json(result)))) == result


ORDERED = ordered([[1, 2], [1, 1]], [[1, 1], [2, 2]], [1, 1], Method.STABLE)


@pytest.mark.parametrize("edge", [["S0", "M0", 0.5], ["S0", "M0", 0.5, 1], ["S0", "M0", 0.5, 0, 1], ["S0", "M0", 0.5, 1, 1.0],
                                  ["S0", "M0", 0.5, True, 1], ["S0", "M0", 0.5, 1, 10**9 + 1]])  # fmt: skip
def test_a_place_that_is_none_is_refused_with_where_it_stands(edge):
    tree = problem_to_json(ORDERED)
    tree["edges"][1] = edge
    assert issues(tree) == ["At $.edges[1]: this is not a mentee of this file, a mentor of this file and a score."]


def test_a_method_that_nobody_knows_is_refused():
    assert issues({**problem_to_json(ORDERED), "method": "just"}) == ["At $.method: this word is not known here."]


STABLE_RESULT = result_to_json(solve(ORDERED))


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("standings", [["S0", 1]], "At $.certificate.standings[0]: an id and two places are needed here."),
        ("standings", [["S0", 1, "1"]], "At $.certificate.standings[0][2]: a whole number is needed here."),
        ("mentee_ties", None, "At $.certificate.mentee_ties: a whole number is needed here."),
        ("mentee_prices", [], "At $.certificate: there are fields that nobody knows (1)."),
    ],
)
def test_a_malformed_certificate_of_stability_is_refused_with_the_place(key, value, expected):
    tree = copy.deepcopy(STABLE_RESULT)
    tree["certificate"][key] = value
    with pytest.raises(Invalid) as refusal:
        result_from_json(tree)
    assert [str(issue.problem) for issue in refusal.value.issues] == [expected]
