"""The published schemas accept whatever the engine writes, and refuse what it would refuse to read."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cheiron.core.errors import Invalid
from cheiron.core.matching.files import problem_from_json, problem_to_json, result_from_json, result_to_json
from cheiron.core.matching.groups.files import (
    group_problem_from_json,
    group_problem_to_json,
    group_result_from_json,
    group_result_to_json,
)
from cheiron.core.matching.groups.result import Effort, UnplacedKind
from cheiron.core.matching.groups.solve import solve_groups
from cheiron.core.matching.groups.verify import verify_groups
from cheiron.core.matching.network.conflict import conflict
from cheiron.core.matching.network.files import network_from_json, network_result_to_json, network_to_json
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.validation import METHODS, validate
from cheiron.core.matching.problem import ROUND_METHODS
from cheiron.core.matching.result import UnmatchedKind
from cheiron.core.matching.solve import solve
from cheiron.core.matching.verify import verify
from tests.core.matching.groups import group_problems
from tests.core.matching.networks import networks
from tests.core.matching.orders import rounds_with_orders
from tests.docs.pages import REFERENCE
from tests.nonsense import changed, places

FOLDER = REFERENCE / "schemas"
PROBLEM, RESULT = (json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")) for name in ("problem", "result"))


def accepts(schema: dict, value: object) -> bool:
    return Draft202012Validator(schema).is_valid(json.loads(json.dumps(value)))


@pytest.mark.parametrize("schema", [PROBLEM, RESULT], ids=["problem", "result"])
def test_they_are_schemas_and_name_every_method(schema):
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["method"]["enum"] == [str(method) for method in ROUND_METHODS]


def test_every_reason_has_its_word():
    kinds = RESULT["properties"]["unmatched"]["items"]["properties"]["kind"]["enum"]
    assert set(kinds) == {str(kind) for kind in UnmatchedKind}


@settings(deadline=None, max_examples=150)
@given(rounds_with_orders(), st.sampled_from(ROUND_METHODS), st.booleans())
def test_whatever_is_written_is_accepted(problem, method, with_orders):
    problem = replace(problem, method=method, orders=problem.orders if with_orders or method.ordered else None)
    assert accepts(PROBLEM, problem_to_json(problem))
    assert accepts(RESULT, result_to_json(solve(problem)))


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False), st.text(max_size=3), st.just([])
)


@settings(deadline=None, max_examples=300)
@given(rounds_with_orders(mentees=3, mentors=3), st.data(), JUNK)
def test_a_problem_that_the_schema_refuses_is_not_read(problem, data, junk):
    value = problem_to_json(problem)
    broken = changed(value, data.draw(st.sampled_from(places(value))), junk)
    if not accepts(PROBLEM, broken):
        with pytest.raises(Invalid):
            problem_from_json(json.loads(json.dumps(broken)))


@settings(deadline=None, max_examples=300)
@given(rounds_with_orders(mentees=3, mentors=3), st.data(), JUNK)
def test_a_result_that_the_schema_refuses_is_not_certified(problem, data, junk):
    value = result_to_json(solve(problem))
    broken = changed(value, data.draw(st.sampled_from(places(value))), junk)
    if not accepts(RESULT, broken):
        try:
            result = result_from_json(json.loads(json.dumps(broken)))
        except Invalid:
            return
        assert verify(problem, result) != ()


NETWORK, NETWORK_RESULT = (
    json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")) for name in ("network", "network-result")
)


@pytest.mark.parametrize("schema", [NETWORK, NETWORK_RESULT], ids=["network", "network-result"])
def test_those_of_networks_are_schemas_and_name_every_method(schema):
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["method"]["enum"] == [str(method) for method in METHODS]


@settings(deadline=None, max_examples=150)
@given(networks())
def test_whatever_is_written_of_a_network_is_accepted(problem):
    if not validate(problem):
        assert accepts(NETWORK, network_to_json(problem))
        if not conflict(problem):
            assert accepts(NETWORK_RESULT, network_result_to_json(solve_network(problem)))


@settings(deadline=None, max_examples=300)
@given(networks(), st.data(), JUNK)
def test_a_network_that_the_schema_refuses_is_not_read(problem, data, junk):
    value = network_to_json(problem)
    broken = changed(value, data.draw(st.sampled_from(places(value))), junk)
    if not accepts(NETWORK, broken):
        with pytest.raises(Invalid):
            network_from_json(json.loads(json.dumps(broken)))


GROUPS, GROUPS_RESULT = (
    json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")) for name in ("groups", "groups-result")
)


def test_those_of_groups_are_schemas_and_have_a_word_for_every_reason():
    for schema in (GROUPS, GROUPS_RESULT):
        Draft202012Validator.check_schema(schema)
    kinds = GROUPS_RESULT["properties"]["unplaced"]["items"]["properties"]["kind"]["enum"]
    assert kinds == [str(kind) for kind in UnplacedKind]


@settings(deadline=None, max_examples=100)
@given(group_problems(members=5))
def test_whatever_is_written_of_groups_is_accepted(problem):
    assert accepts(GROUPS, group_problem_to_json(problem))
    try:
        result = solve_groups(problem, Effort(200, 2_000))
    except Invalid:
        return
    assert accepts(GROUPS_RESULT, group_result_to_json(result))


@settings(deadline=None, max_examples=300)
@given(group_problems(members=4), st.data(), JUNK)
def test_groups_that_the_schema_refuses_are_not_read(problem, data, junk):
    value = group_problem_to_json(problem)
    broken = changed(value, data.draw(st.sampled_from(places(value))), junk)
    if not accepts(GROUPS, broken):
        with pytest.raises(Invalid):
            group_problem_from_json(json.loads(json.dumps(broken)))


@settings(deadline=None, max_examples=200)
@given(group_problems(members=4), st.data(), JUNK)
def test_a_result_of_groups_that_the_schema_refuses_is_not_certified(problem, data, junk):
    try:
        result = solve_groups(problem, Effort(200, 2_000))
    except Invalid:
        return
    value = group_result_to_json(result)
    broken = changed(value, data.draw(st.sampled_from(places(value))), junk)
    if not accepts(GROUPS_RESULT, broken):
        try:
            read = group_result_from_json(json.loads(json.dumps(broken)))
        except Invalid:
            return
        assert verify_groups(problem, read) != ()
