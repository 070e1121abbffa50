"""Every subcommand and every option is described, with its default, and no other."""

import re

import click
import pytest

from cheiron.cli import LAZY, main
from cheiron.cli.refusals import EXIT_CODES
from tests.docs.pages import REFERENCE, code, section, table

PAGE = (REFERENCE / "commands.md").read_text("utf-8")


def options(command: click.Command) -> dict[frozenset[str], click.Option]:
    """Options by their spellings."""
    return {frozenset(one.opts): one for one in command.params if isinstance(one, click.Option)}


def described(name: str) -> dict[frozenset[str], str]:
    """Options of a command's section by their spellings, each with its default."""
    return {frozenset(code(row[0])): row[1] for row in table(section(PAGE, name))}


def test_every_subcommand_has_its_section_and_no_other():
    headings = re.findall(r"^## cheiron (\w+)$", PAGE, re.M)
    assert headings == list(LAZY)


@pytest.mark.parametrize("name", LAZY)
def test_every_option_stands_there_with_its_default(name):
    command = main.get_command(click.Context(main), name)
    told = described(f"cheiron {name}")
    assert set(told) == set(options(command))
    for spelling, option in options(command).items():
        if option.required:
            assert told[spelling] == "required"
        elif option.default and isinstance(option.default, str | int) and option.default is not True:
            assert told[spelling] == f"`{option.default}`", spelling


def test_the_options_of_the_command_itself_stand_there():
    spellings = {frozenset(one.opts) for one in main.get_params(click.Context(main))}
    spellings = {one | ({"-h"} if "--help" in one else set()) for one in spellings}
    assert set(described("cheiron")) == spellings


@pytest.mark.parametrize("name", LAZY)
def test_every_argument_stands_in_the_usage(name):
    command = main.get_command(click.Context(main), name)
    arguments = [one.make_metavar(click.Context(command)) for one in command.params if isinstance(one, click.Argument)]
    usage = f"`cheiron {name}{' [OPTIONS]' if options(command) else ''} {' '.join(arguments)}".strip() + "`"
    assert not arguments or usage in section(PAGE, f"cheiron {name}")


def test_the_exit_codes_are_those_of_the_code():
    told = {row[0].strip("`"): row[1] for row in table(section(PAGE, "Exit codes"))}
    assert {str(number) for number in EXIT_CODES.values()} | {"0", "1"} == set(told)
    for kind, number in EXIT_CODES.items():
        assert f"`{kind.__name__}`" in told[str(number)]
