"""Groups as JSON: both ways exactly, and nonsense refused with its place, never with a crash."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.groups.files import (
    group_problem_from_json,
    group_problem_to_json,
    group_result_from_json,
    group_result_to_json,
)
from cheiron.core.matching.groups.problem import group_problem_hash
from cheiron.core.matching.groups.result import Effort
from cheiron.core.matching.groups.solve import solve_groups
from cheiron.core.matching.groups.verify import verify_groups
from tests.core.matching.groups import group_problems
from tests.core.matching.test_matching_files import complaints, json_values, slots

QUICK = Effort(300, 3_000)
GOOD = {
    "format": "cheiron-groups",
    "version": 1,
    "seed": 3,
    "members": [
        {"id": name, "block": "n", "slots": [0, 17], "groups": {"g": value, "h": "x"}, "fine_alone": ["h"]}
        for name, value in (("a", "f"), ("b", "f"), ("c", None), ("d", None))
    ],
    "leaders": [{"id": "m", "most": 2, "block": "n", "slots": [0, 17]}],
    "rule": {
        "size": [2, 3],
        "mentors": [1, 2],
        "number": [0, 4],
        "no_isolated": ["g"],
        "balance": {"h": 1},
        "common_slot": True,
    },
    "affinities": [["a", "m", 0.812345], ["b", "m", 1.0], ["a", "b", 0.5]],
    "forbids": [{"member": "a", "other": "c", "rule": "past"}],
    "pins": [{"member": "d", "leader": "m", "reason": "why", "author": "who"}],
}
PROBLEM = group_problem_from_json(GOOD)
RESULT = group_result_to_json(solve_groups(PROBLEM, QUICK))


def issues(obj: object) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        group_problem_from_json(obj)
    return [str(issue.problem) for issue in refusal.value.issues]


@settings(deadline=None, max_examples=150)
@given(group_problems())
def test_problem_and_result_come_back_exactly(problem):
    again = group_problem_from_json(json.loads(json.dumps(group_problem_to_json(problem))))
    assert group_problem_hash(again) == group_problem_hash(problem)
    assert group_problem_to_json(again) == group_problem_to_json(problem)
    try:
        result = solve_groups(problem, QUICK)
    except Invalid:
        return
    assert solve_groups(again, QUICK) == result
    assert group_result_from_json(json.loads(json.dumps(group_result_to_json(result)))) == result


def test_the_file_is_what_the_documentation_says():
    assert group_problem_to_json(PROBLEM) == GOOD


NOT_AN_AFFINITY = (
    "At $.affinities[0]: this is not a member, a leader or another member, and a score; or the two have one already."
)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("version", 2, "At $: this is not a file of the format “cheiron-groups”, version 1."),
        ("members", [{"id": 1}], "At $.members[0].id: a text is needed here."),
        ("members", [{"id": "a", "slots": [168]}], "At $.members[0].slots[0]: no week has this slot."),
        ("members", [{"id": "a", "groups": {"g": 1}}], "At $.members[0].groups.0: a text is needed here."),
        ("leaders", [{"id": "m"}], "At $.leaders[0]: the field “most” is missing."),
        ("rule", {"size": [2]}, "At $.rule.size: two numbers are needed here."),
        ("rule", {"size": [2, 3], "common_slot": 1}, "At $.rule.common_slot: true or false is needed here."),
        ("rule", {"size": [2, 3], "balance": []}, "At $.rule.balance: an object is needed here."),
        ("rule", {"size": [3, 2]}, "The sizes of a group are impossible."),
        ("rule", {"size": [2, 3], "mentors": [1, 3]}, "The number of leaders of a group is impossible."),
        ("rule", {"size": [2, 3], "no_isolated": ["z"]}, "The rule names the attribute “z”, and no member has it."),
        ("affinities", [["m", "a", 0.5]], NOT_AN_AFFINITY),
        ("affinities", [["a", "a", 0.5]], NOT_AN_AFFINITY),
        ("affinities", [["a", "m", 0.1234567]], NOT_AN_AFFINITY),
        ("affinities", [["a", "m", True]], NOT_AN_AFFINITY),
        ("affinities", [["b", "a", 0], ["a", "b", 0]], NOT_AN_AFFINITY.replace("[0]", "[1]")),
        ("pins", [{"member": "a", "leader": "b"}],
         "A rule or lock names “b”, who is not in this round or not on that side."),
        ("forbids", [{"member": "d", "other": "m", "rule": "past"}],
         "“d” is locked to “m”, but a program rule stands against it."),
        ("forbids", [{"member": "a", "other": "m", "rule": "?"}], "At $.forbids[0].rule: this word is not known here."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(key, value, expected):
    assert issues({**GOOD, key: value})[0] == expected


@settings(deadline=None, max_examples=200)
@given(json_values)
def test_nonsense_never_crashes_the_reader(obj):
    for read in (group_problem_from_json, group_result_from_json):
        with pytest.raises(Invalid):
            read(obj)


@settings(deadline=None, max_examples=500)
@given(st.data())
def test_one_piece_of_nonsense_in_a_good_file_never_crashes_the_reader_nor_the_solver(data):
    tree = copy.deepcopy(GOOD)
    inner, key = data.draw(st.sampled_from(slots(tree)))
    inner[key] = data.draw(json_values)
    found = complaints(lambda given: solve_groups(group_problem_from_json(given), QUICK), tree)
    assert all(str(issue.problem) and str(issue.remedy) for issue in found)


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_only_the_original_result_is_ever_certified(data):
    tree = copy.deepcopy(RESULT)
    inner, key = data.draw(st.sampled_from(slots(tree)))
    inner[key] = data.draw(json_values)
    if not complaints(group_result_from_json, tree):
        read = group_result_from_json(tree)
        assert (verify_groups(PROBLEM, read) == ()) == (read == group_result_from_json(RESULT))
