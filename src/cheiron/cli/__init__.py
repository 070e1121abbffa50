"""The command ``cheiron``. A subcommand's module is imported only when that subcommand runs, so that ``cheiron match``
never waits for Django, and ``cheiron --help`` for nothing."""

from importlib import import_module

import click

from cheiron import __version__
from cheiron.cli.refusals import exits_on_refusal

LAZY: dict[str, tuple[str, str]] = {
    "match": ("cheiron.cli.matching:match", "Match two lists: mentees and mentors, each an XLSX or CSV file."),
    "solve": ("cheiron.cli.matching:solve", "Solve a problem that was saved as JSON."),
    "explain": ("cheiron.cli.explain:explain", "Say why two people are a pair, or why not and what it would cost."),
    "certify": ("cheiron.cli.matching:certify", "Check a result against its problem, independently of the solver."),
    "demo": ("cheiron.cli.serve:demo", "Serve a school of invented people on this machine."),
    "serve": ("cheiron.cli.serve:serve", "Serve the site."),
    "worker": ("cheiron.cli.worker:worker", "Send letters that wait; return unanswered proposals to the queue."),
    "rosters": ("cheiron.cli.rosters:rosters", "Take lists of people from a watched folder."),
    "school": ("cheiron.cli.school:school", "Create a school with its first coordinator."),
}
"""Name of the subcommand: where it lives (module:object), and its line in ``cheiron --help``."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*LAZY, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LAZY:
            return super().get_command(ctx, cmd_name)
        module, _, name = LAZY[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in LAZY.items()])

    def invoke(self, ctx: click.Context) -> object:
        with exits_on_refusal(ctx):
            return super().invoke(ctx)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cheiron")
def main() -> None:
    """Cheiron, the mentoring platform of academic medicine."""
