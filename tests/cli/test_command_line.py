"""The command itself: lazy, and refusing with the right exit code."""

import ast
import subprocess
import sys
from importlib import import_module

import click
import pytest

from cheiron.cli import LAZY, main
from cheiron.cli.refusals import EXIT_CODES
from cheiron.core.errors import Conflict, Denied, Invalid, Issue, NotFound, Refusal
from cheiron.core.text import say
from tests.cli.files import run


def loaded_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"import sys\n{code}\nprint(sorted(sys.modules))"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(ast.literal_eval(told.stdout.splitlines()[-1]))


def test_help_names_every_command_and_imports_none() -> None:
    code = "from click.testing import CliRunner\nfrom cheiron.cli import main\nCliRunner().invoke(main, ['--help'])"
    loaded = loaded_after(code)
    assert not {"django", "numpy", "ortools", "cheiron.cli.matching"} & loaded
    outcome = run("--help")
    assert outcome.exit_code == 0
    assert all(name in outcome.stdout and line[:30] in outcome.stdout for name, (_, line) in LAZY.items())


@pytest.mark.parametrize("name", ["match", "solve", "certify"])
def test_commands_are_where_the_table_says_and_explain_themselves(name: str) -> None:
    module, _, attribute = LAZY[name][0].partition(":")
    assert isinstance(getattr(import_module(module), attribute), click.Command)
    assert run(name, "--help").exit_code == 0


def test_an_unknown_command_is_refused() -> None:
    assert run("brew").exit_code == 2


def test_the_version_is_told() -> None:
    assert run("--version").stdout.startswith("cheiron, version ")


@pytest.mark.parametrize(("kind", "code"), [(Invalid, 2), (Conflict, 3), (NotFound, 4), (Denied, 5)])
def test_each_refusal_has_its_exit_code(kind: type[Refusal], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def refuse() -> None:
        raise kind(say("No."), (Issue(say("It is shut."), say("Open it."), row=3, column="door\x1b"),))

    monkeypatch.setitem(main.commands, "refuse", refuse)
    outcome = run("refuse")
    assert (outcome.exit_code, outcome.stdout) == (code, "")
    assert outcome.stderr == "No.\nRow 3, column “door?”: It is shut. Open it.\n"
    assert len(EXIT_CODES) == 4


def test_python_runs_the_package_as_a_module() -> None:
    command = [sys.executable, "-m", "cheiron", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("cheiron, ")
