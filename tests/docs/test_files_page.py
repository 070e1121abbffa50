"""Fields, columns and keys of every file are described, and no other."""

import pytest

from cheiron.cli.map_file import _KNOWN
from cheiron.cli.pairs import COLUMNS, NO_MATCH
from cheiron.core.matching.files import problem_to_json, result_to_json
from cheiron.core.matching.groups.files import group_problem_from_json, group_problem_to_json, group_result_to_json
from cheiron.core.matching.groups.result import Effort
from cheiron.core.matching.groups.result import UnplacedKind as WithoutGroup
from cheiron.core.matching.groups.solve import solve_groups
from cheiron.core.matching.problem import Forbid, Mentor, Pin, Problem, Rule
from cheiron.core.matching.result import PairState, UnmatchedKind
from cheiron.core.matching.solve import solve
from cheiron.core.people.fields import FIELDS, IGNORED
from cheiron.core.people.reporting_lines import KINDS
from tests.docs.pages import DOCS, REFERENCE, code, first_cells, section, table

PAGE = (REFERENCE / "files.md").read_text("utf-8")
SIDES = {("mentee", "mentor"): "both", ("mentor",): "mentors", ("mentee",): "mentees"}


@pytest.fixture
def problem() -> Problem:
    """One of each kind of thing that a problem file can hold."""
    import numpy as np

    scores = np.array([[500_000, 0], [1, -1], [7, 7]], dtype=np.int32)
    mentors = (Mentor("m1", 1), Mentor("m2", 1))
    forbids, pins = (Forbid("s1", "m2", Rule.FIREWALL),), (Pin("s1", "m1", "why", "who"),)
    return Problem(("s1", "s2", "s3"), mentors, scores, forbids, pins)


def test_every_field_of_a_list_is_described_and_no_other():
    rows = {code(row[0])[0]: row for row in table(section(PAGE, "Lists of people"))}
    assert set(rows) == {*FIELDS, IGNORED}
    for key, field in FIELDS.items():
        assert rows[key][2] == ("yes" if field.listed else ""), key
        assert rows[key][3] == SIDES[field.sides], key


def test_every_kind_of_line_is_described():
    for page in (PAGE, (DOCS / "how-to" / "reporting-lines.md").read_text("utf-8")):
        assert all(f"`{kind}`" in page for kind in KINDS)


def test_every_key_of_a_map_is_described_and_no_other():
    told = {name.partition(".")[0] for name in first_cells(section(PAGE, "MAP.toml"))}
    assert told == set(_KNOWN)


def test_the_columns_of_the_pairs_are_described_in_their_order():
    text = section(PAGE, "PAIRS.csv")
    assert [code(row[0])[0] for row in table(text)] == list(COLUMNS)
    assert all(f"`{state}`" in text for state in (*PairState, NO_MATCH))


@pytest.mark.parametrize("heading", ["Problem", "Result"])
def test_every_key_is_described_and_no_other(heading, problem):
    written = problem_to_json(problem) if heading == "Problem" else result_to_json(solve(problem))
    text = section(PAGE, heading)
    assert first_cells(text) == set(written)
    inside = [value for value in written.values() if value and isinstance(value, list | dict)]
    named = {key for value in inside for one in (value if isinstance(value, list) else [value]) for key in _keys(one)}
    assert {name for name in named if f"`{name}`" not in text} == set()


def _keys(one: object) -> set[str]:
    return {key for key in one if "." not in key and key != "ortools"} if isinstance(one, dict) else set()


def test_every_kind_of_no_match_and_of_rule_is_named():
    text = section(PAGE, "Problem") + section(PAGE, "Result")
    assert all(f"`{kind}`" in text for kind in (*UnmatchedKind, *Rule))


GROUPS = {
    "format": "cheiron-groups",
    "version": 1,
    "seed": 0,
    "members": [{"id": one, "slots": [1], "groups": {"g": "x"}} for one in "abc"],
    "leaders": [{"id": "m", "most": 1, "slots": [1]}],
    "rule": {"size": [1, 2], "no_isolated": ["g"], "balance": {"g": 2}, "common_slot": True},
    "affinities": [],
    "forbids": [{"member": "a", "other": "b", "rule": "past"}],
    "pins": [{"member": "c", "leader": "m"}],
}


@pytest.mark.parametrize("heading", ["Groups", "Groups result"])
def test_every_key_of_groups_is_described_and_no_other(heading):
    problem = group_problem_from_json(GROUPS)
    result = solve_groups(problem, Effort(100, 1_000))
    written = group_problem_to_json(problem) if heading == "Groups" else group_result_to_json(result)
    text = section(PAGE, heading)
    assert first_cells(text) == set(written)
    inside = [value for value in written.values() if value and isinstance(value, list | dict)]
    named = {key for value in inside for one in (value if isinstance(value, list) else [value]) for key in _keys(one)}
    assert len(named) > 5
    assert {name for name in named if f"`{name}`" not in text} == set()
    assert heading == "Groups" or all(f"`{kind}`" in text for kind in WithoutGroup)
