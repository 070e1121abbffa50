"""Examples that are marked to run, run: page by page, in a folder with two small lists."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Example, examples, name_of

MENTEES = """first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,\
match with similar identity,identity to match,biography
Corisande,Vey,corisande@school.example,no,Analyst,EO,North,Policy,yes,Gay,I am Gay.
Tomasz,Ellery,tomasz@school.example,no,Clerk,AO,South,Security,no,,
"""
MENTORS = """first name,last name,email address,both mentor and mentee,job title,grade,organisation,profession,\
characteristics,biography
Odalys,Brandt,odalys@school.example,no,Head,SCS1,North,Policy,,
Wren,Achterberg,wren@school.example,no,Lead,Grade 6,South,Security,Gay,I am Gay too.
"""
PLAIN_MENTEES = """ID,Name,Email,Specialty,Topics
S1,Corisande Vey,corisande@school.example,Surgery,teaching
S2,Tomasz Ellery,tomasz@school.example,Family medicine,rural practice
S3,Linnea Corvid,linnea@school.example,Surgery,trauma care
"""
PLAIN_MENTORS = """ID,Name,Email,Specialty,Topics,Seats
M1,Odalys Brandt,odalys@school.example,Surgery,trauma care,1
M2,Wren Achterberg,wren@school.example,Pediatrics,teaching; rural practice,1
"""
LANGUAGES = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
RUNNING = [page for page in PAGES if any(one.mark == "run" for one in examples(page))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two lists as the sample's map expects them, two with plain headers, and the folder of examples."""
    texts = {"mentees": MENTEES, "mentors": MENTORS, "plain-mentees": PLAIN_MENTEES, "plain-mentors": PLAIN_MENTORS}
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def run(example: Example, folder: Path) -> str:
    """What it prints; it must end well."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CHEIRON_", "DJANGO_"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    command = [*LANGUAGES[example.language], example.text]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{example.text}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", RUNNING, ids=name_of)
def test_the_examples_of_a_page_run_one_after_the_other(page, folder):
    printed = ""
    for example in examples(page):
        if example.mark == "run":
            printed = run(example, folder)
        if example.mark == "prints":
            assert printed == example.text


def test_there_are_examples_that_run():
    assert {name_of(page) for page in RUNNING} >= {
        "README.md",
        "docs/how-to/match-two-lists-on-the-command-line.md",
        "docs/how-to/check-a-result.md",
        "docs/how-to/reporting-lines.md",
    }


def test_every_mark_is_known():
    marks = {(one.mark, one.language) for page in PAGES for one in examples(page) if one.mark}
    assert marks == {("run", "sh"), ("run", "python"), ("prints", "text")}


def test_every_command_in_an_example_exists():
    from cheiron.cli import LAZY

    lines = [line for page in PAGES for one in examples(page) if one.language == "sh" for line in one.text.splitlines()]
    named = {
        words[at + 1] for words in map(str.split, lines) for at, word in enumerate(words[:-1]) if word == "cheiron"
    }
    assert named
    assert named <= set(LAZY)
