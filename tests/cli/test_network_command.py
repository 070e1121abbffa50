"""Networks on the command line: solved, certified, explained; refused in words when they cannot be."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cheiron.cli import main

NETWORK = {
    "format": "cheiron-network",
    "version": 1,
    "seed": 0,
    "demands": [{"mentee": "ida"}, {"mentee": "tom"}],
    "mentors": [{"id": "brandt", "capacity": 1}, {"id": "okafor", "capacity": 1}],
    "edges": {"mentor": [["ida", "brandt", 0.9], ["ida", "okafor", 0.5], ["tom", "brandt", 0.8]]},
}
ROUND = {
    "format": "cheiron-problem",
    "version": 1,
    "seed": 0,
    "mentees": ["ida", "tom"],
    "mentors": NETWORK["mentors"],
    "edges": NETWORK["edges"]["mentor"],
    "forbids": [],
    "pins": [],
}


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(main, [str(folder / arg) if arg.endswith(".json") else arg for arg in args])


def lay(folder: Path, value: object = NETWORK, **changes: object) -> Path:
    (folder / "p.json").write_text(json.dumps({**value, **changes}))
    return folder


@pytest.mark.parametrize("method", ["weighted", "auction"])
def test_a_network_is_solved_and_certified(tmp_path: Path, method: str) -> None:
    lay(tmp_path)
    assert "2 of 2 places" in run(tmp_path, "solve", "p.json", "-o", "r.json", "--method", method).output
    outcome = run(tmp_path, "certify", "p.json", "r.json")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert f"Method: {method}" in outcome.output
    assert run(tmp_path, "solve", "p.json", "-o", "again.json", "--method", method).exit_code == 0
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "r.json").read_bytes()


def test_a_plain_round_is_solved_by_auction_and_certified_against_its_own_file(tmp_path: Path) -> None:
    lay(tmp_path, ROUND)
    assert run(tmp_path, "solve", "p.json", "-o", "r.json", "--method", "auction").exit_code == 0
    assert run(tmp_path, "certify", "p.json", "r.json").exit_code == 0
    assert json.loads((tmp_path / "r.json").read_text())["format"] == "cheiron-network-result"


def test_a_changed_result_is_not_certified(tmp_path: Path) -> None:
    lay(tmp_path)
    run(tmp_path, "solve", "p.json", "-o", "r.json")
    result = json.loads((tmp_path / "r.json").read_text())
    result["certificate"]["bound"] += 1
    (tmp_path / "r.json").write_text(json.dumps(result))
    assert run(tmp_path, "certify", "p.json", "r.json").exit_code == 1


def test_two_people_are_explained_with_the_exact_cost_and_without_names(tmp_path: Path) -> None:
    lay(tmp_path)
    run(tmp_path, "solve", "p.json", "-o", "r.json")
    together = run(tmp_path, "explain", "p.json", "r.json", "--pair", "ida", "okafor").output
    assert "A pair in the role “mentor”, with a fit of 0.50" in together
    apart = run(tmp_path, "explain", "p.json", "r.json", "--pair", "ida", "brandt").output
    assert "Their fit would be 0.90." in apart
    assert "1 place fewer would be filled. The total fit would lose 0.40." in apart
    assert "tom" not in apart
    assert run(tmp_path, "explain", "p.json", "r.json", "--pair", "ida", "nobody").exit_code == 4


def test_lower_bounds_that_conflict_are_told_in_words_and_nothing_is_written(tmp_path: Path) -> None:
    lay(tmp_path, mentors=[{"id": "brandt", "capacity": 2, "lower": 2}, {"id": "okafor", "capacity": 1, "lower": 1}])
    outcome = run(tmp_path, "solve", "p.json", "-o", "r.json")
    assert outcome.exit_code == 2
    assert "“brandt” must have 2 mentees; “okafor” must have a mentee" in outcome.stderr
    assert "Ask one less for “brandt”." in outcome.stderr
    assert "Let “ida” have one mentor more." in outcome.stderr
    assert not (tmp_path / "r.json").exists()


def test_a_method_of_another_kind_is_refused_with_those_there_are(tmp_path: Path) -> None:
    lay(tmp_path)
    outcome = run(tmp_path, "solve", "p.json", "-o", "r.json", "--method", "fair")
    assert outcome.exit_code == 2
    assert "Use one of: weighted" in outcome.stderr


def test_files_of_two_kinds_do_not_belong_together(tmp_path: Path) -> None:
    lay(tmp_path)
    run(tmp_path, "solve", "p.json", "-o", "r.json")
    lay(tmp_path, ROUND)
    run(tmp_path, "solve", "p.json", "-o", "round.json")
    lay(tmp_path)
    assert run(tmp_path, "certify", "p.json", "round.json").exit_code == 1


def test_the_method_can_be_left_to_the_command_which_says_why_and_what_is_given_up(tmp_path: Path) -> None:
    lay(tmp_path)
    outcome = run(tmp_path, "solve", "p.json", "-o", "r.json", "--method", "auto")
    assert outcome.exit_code == 0
    assert outcome.stderr.startswith("Method: weighted.\n")
    assert "Given up: " in outcome.stderr
    assert "2 of 2 places" in outcome.stdout
    assert "Method: weighted" in run(tmp_path, "certify", "p.json", "r.json").output


def test_of_a_round_whose_orders_alone_tell_people_apart_nobody_would_rather_swap(tmp_path: Path) -> None:
    edges = [["a", "x", 0.5, 1, 1], ["b", "x", 0.5, 1, 2]]
    lay(tmp_path, {**ROUND, "mentees": ["a", "b"], "mentors": [{"id": "x", "capacity": 1}], "edges": edges})
    outcome = run(tmp_path, "solve", "p.json", "-o", "r.json", "--method", "auto")
    assert (outcome.exit_code, outcome.stderr.splitlines()[0]) == (0, "Method: stable.")
    assert json.loads((tmp_path / "r.json").read_text())["method"] == "stable"
