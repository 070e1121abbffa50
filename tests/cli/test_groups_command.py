"""Groups on the command line: solved, certified, explained; refused in words when they cannot be made."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cheiron.cli import main

GROUPS = {
    "format": "cheiron-groups",
    "version": 1,
    "seed": 0,
    "members": [{"id": name, "slots": [17]} for name in ("ida", "tom", "zoe", "ben")],
    "leaders": [{"id": "brandt", "most": 1, "slots": [17]}, {"id": "okafor", "most": 1, "slots": [17]}],
    "rule": {"size": [2, 2], "common_slot": True},
    "affinities": [["ida", "brandt", 0.9], ["tom", "brandt", 0.8], ["zoe", "okafor", 0.7], ["ida", "tom", 0.5]],
    "forbids": [{"member": "zoe", "other": "brandt", "rule": "firewall"}],
}


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(main, [str(folder / arg) if arg.endswith(".json") else arg for arg in args])


def lay(folder: Path, **changes: object) -> Path:
    (folder / "p.json").write_text(json.dumps({**GROUPS, **changes}))
    return folder


def test_the_same_bytes_with_and_without_the_method_and_they_are_certified(tmp_path):
    lay(tmp_path)
    assert run(tmp_path, "solve", "p.json", "-o", "r.json").exit_code == 0
    assert run(tmp_path, "solve", "p.json", "--method", "groups", "-o", "again.json").exit_code == 0
    assert (tmp_path / "r.json").read_bytes() == (tmp_path / "again.json").read_bytes()
    certified = run(tmp_path, "certify", "p.json", "r.json")
    assert certified.exit_code == 0
    assert certified.output.startswith(
        "4 of 4 members in 2 groups, worth 2.90 points. "
        "By the solver's bounds, no other choice places more, nor is worth more with as many.\n"
    )


def test_a_changed_result_is_not_certified(tmp_path):
    run(lay(tmp_path), "solve", "p.json", "-o", "r.json")
    result = json.loads((tmp_path / "r.json").read_text())
    (tmp_path / "r.json").write_text(json.dumps({**result, "value": result["value"] - 1}))
    refused = run(tmp_path, "certify", "p.json", "r.json")
    assert (refused.exit_code, "This result was changed after it was written." in refused.output) == (1, True)


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        (("ida", "brandt"), "In one group, placed by the engine.\nTheir fit is 0.90.\n"
         "With 1 other member the member has a fit of 0.50 on average.\n"
         "The group meets in slot 17, in which everybody in it is free.\n"),
        (("zoe", "brandt"), "Not together: the member is in a group of somebody else.\nA program rule stands against it.\n"),
        (("ben", "brandt"), "Not together: the member is in a group of somebody else.\nTheir fit would be 0.00.\n"
         "To insist: The groups would lose 1.30 points. 1 other member would have other leaders.\n"),
    ],
)  # fmt: skip
def test_of_two_people_it_says_why_or_what_insisting_would_cost_and_names_nobody_else(tmp_path, pair, told):
    run(lay(tmp_path), "solve", "p.json", "-o", "r.json")
    explained = run(tmp_path, "explain", "p.json", "r.json", "--pair", *pair)
    assert (explained.output, explained.exit_code) == (told, 0)


def test_of_somebody_without_a_group_it_says_why_and_what_lifting_a_rule_would_bring(tmp_path):
    affinities = [one for one in GROUPS["affinities"] if "okafor" not in one]
    lay(tmp_path, leaders=GROUPS["leaders"][:1], affinities=affinities)
    run(tmp_path, "solve", "p.json", "-o", "r.json")
    explained = run(tmp_path, "explain", "p.json", "r.json", "--pair", "ben", "brandt").output
    assert "There are 4 people, and the leaders can lead groups for at most 2." in explained
    assert "With groups that may be one larger: 1 more would have a group." in explained
    assert "firewall" not in explained


def test_strangers_are_not_found(tmp_path):
    run(lay(tmp_path), "solve", "p.json", "-o", "r.json")
    assert run(tmp_path, "explain", "p.json", "r.json", "--pair", "brandt", "ida").exit_code == 4


def test_demands_that_cannot_all_be_kept_are_named_and_nothing_is_written(tmp_path):
    members = [*GROUPS["members"][:2], {"id": "zoe", "slots": [3]}, {"id": "ben", "slots": [4]}]
    refused = run(lay(tmp_path, members=members, rule={"size": [2, 2], "number": [2, 2], "common_slot": True}),
                  "solve", "p.json", "-o", "r.json")  # fmt: skip
    assert refused.exit_code == 2
    assert "These cannot all be kept: all of a group share an hour" in refused.output
    assert not (tmp_path / "r.json").exists()


def test_another_method_is_refused_with_the_one_that_there_is(tmp_path):
    refused = run(lay(tmp_path), "solve", "p.json", "--method", "stable", "-o", "r.json")
    assert (refused.exit_code, "Use one of: groups." in refused.output) == (2, True)


def test_left_to_the_command_groups_are_made_and_it_is_said_why(tmp_path):
    outcome = run(lay(tmp_path), "solve", "p.json", "--method", "auto", "-o", "r.json")
    assert outcome.exit_code == 0
    assert outcome.stderr.startswith("Method: groups.\nPeople are put together in groups.\nGiven up: ")
