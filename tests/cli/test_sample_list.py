"""The sample list that nobody here wrote, as it comes, through its map in ``examples``."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cheiron.core.people.identity import echoes_identity, identity_columns
from cheiron.core.people.roster import read_table
from tests.cli.files import run

REFERENCE = os.environ.get("CHEIRON_REFERENCE_DATA")
pytestmark = pytest.mark.skipif(not REFERENCE, reason="CHEIRON_REFERENCE_DATA is not set")
SAMPLE = Path(REFERENCE or ".") / "mentor-match"
MENTEES, MENTORS = SAMPLE / "mm_small_mentees.csv", SAMPLE / "mm_small_mentors.csv"
MAP = Path(__file__).parents[2] / "examples" / "mentor-match.toml"
IDENTITIES = ("Bisexual", "Gay", "Lesbian", "Transgender", "Non-binary", "Asexual")


def test_the_identity_columns_of_the_sample_are_found() -> None:
    mentees, mentors = read_table(MENTEES.read_bytes()), read_table(MENTORS.read_bytes())
    assert identity_columns(mentees) == ("match with similar identity", "identity to match")
    assert echoes_identity(mentees) == {"biography": "identity to match"}
    assert identity_columns(mentors) == ("characteristics",)
    assert echoes_identity(mentors) == {"biography": "characteristics"}


def test_without_a_map_the_sample_is_refused_naming_them(tmp_path: Path) -> None:
    outcome = run("match", MENTEES, MENTORS, "-o", tmp_path / "pairs.csv")
    assert outcome.exit_code == 2
    for column in ("match with similar identity", "identity to match", "characteristics", "biography"):
        assert f"Column “{column}”: " in outcome.stderr
    assert "About me" in outcome.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_sample_is_matched_explained_and_certified(tmp_path: Path) -> None:
    names = {"-o": "pairs.csv", "--report": "report.html", "--problem": "p.json", "--result": "r.json"}
    outputs = [part for option, name in names.items() for part in (option, tmp_path / name)]
    assert run("match", MENTEES, MENTORS, "--map", MAP, *outputs).exit_code == 0
    with (tmp_path / "pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["mentee"] for row in rows}) == len({row["mentor"] for row in rows}) == 50
    assert {row["state"] for row in rows} == {"placed"}
    assert run("certify", tmp_path / "p.json", tmp_path / "r.json").exit_code == 0
    everything = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert not [identity for identity in IDENTITIES if identity in everything]


def test_matching_never_imports_django(tmp_path: Path) -> None:
    arguments = ["match", str(MENTEES), str(MENTORS), "--map", str(MAP), "-o", str(tmp_path / "pairs.csv")]
    code = (
        "import sys\nfrom cheiron.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "print('django' in sys.modules, 'cheiron.models' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "False False"
    assert (tmp_path / "pairs.csv").exists()
