"""``cheiron explain`` on saved files: of a pair, of two who are apart, of somebody left out, of strangers."""

import json
from pathlib import Path

import pytest

from cheiron.core.matching.files import problem_to_json, result_to_json
from cheiron.core.matching.problem import Forbid, Method, Pin, Rule
from cheiron.core.matching.solve import solve
from tests.cli.files import run
from tests.core.matching.orders import ordered
from tests.core.matching.rounds import round_of


def explained(folder: Path, problem, mentee: str, mentor: str):
    (folder / "p.json").write_text(json.dumps(problem_to_json(problem)))
    (folder / "r.json").write_text(json.dumps(result_to_json(solve(problem))))
    return run("explain", folder / "p.json", folder / "r.json", "--pair", mentee, mentor)


ROUND = round_of(
    [[900_000, 800_000, -1], [800_000, 0, 400_000], [700_000, -1, -1]],
    [1, 1, 1],
    (Forbid("S1", "M1", Rule.FIREWALL),),
    (Pin("S2", "M0"),),
)


@pytest.mark.parametrize(
    ("mentee", "mentor", "lines"),
    [
        ("S0", "M1", ["A pair, with a fit of 0.80, placed by the engine."]),
        ("S2", "M0", ["A pair, with a fit of 0.70, locked by hand."]),
        (
            "S0",
            "M0",
            [
                "Not a pair: the mentee has another mentor, with a fit of 0.80.",
                "Their fit would be 0.90. The one seat is taken.",
            ],
        ),
        (
            "S1",
            "M1",
            [
                "Not a pair: the mentee has another mentor, with a fit of 0.40.",
                "A program rule stands against this pair.",
            ],
        ),
    ],
)
def test_what_is_told_of_two_people(mentee, mentor, lines, tmp_path):
    outcome = explained(tmp_path, ROUND, mentee, mentor)
    assert (outcome.exit_code, outcome.stdout.splitlines()) == (0, lines)


def test_insisting_has_its_exact_cost(tmp_path):
    problem = round_of([[900_000, 800_000], [800_000, 0], [100_000, -1]], [1, 1])
    assert explained(tmp_path, problem, "S0", "M0").stdout.splitlines() == [
        "Not a pair: the mentee has another mentor, with a fit of 0.80.",
        "Their fit would be 0.90. The one seat is taken.",
        "To insist: Costs .70 of the total fit. One other mentee would move.",
    ]
    told = explained(tmp_path, problem, "S2", "M0").stdout.splitlines()
    assert told[0].startswith("Not a pair: the mentee has nobody. Even if others moved")
    assert told[-1].endswith("One would lose their place.")


def test_in_a_stable_result_places_are_told_and_no_cost(tmp_path):
    problem = ordered([[1, 2], [1, 2]], [[1, 1], [2, 2]], [1, 1], Method.STABLE)
    assert explained(tmp_path, problem, "S0", "M0").stdout.splitlines()[1] == (
        "The mentor is number 1 in the mentee's order, the mentee number 1 in the mentor's."
    )
    assert "To insist" not in explained(tmp_path, problem, "S1", "M0").stdout


@pytest.mark.parametrize(("mentee", "mentor"), [("S9", "M0"), ("S0", "M9")])
def test_strangers_are_not_found(mentee, mentor, tmp_path):
    assert explained(tmp_path, ROUND, mentee, mentor).exit_code == 4


def test_a_result_that_does_not_hold_is_not_explained(tmp_path):
    explained(tmp_path, ROUND, "S0", "M1")
    result = json.loads((tmp_path / "r.json").read_text())
    result["seed"] = 7
    (tmp_path / "r.json").write_text(json.dumps(result))
    outcome = run("explain", tmp_path / "p.json", tmp_path / "r.json", "--pair", "S0", "M1")
    assert (outcome.exit_code, outcome.stdout) == (3, "")
