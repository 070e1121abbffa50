"""The four refusals of the core as exit codes; everything that is wrong goes to stderr, nothing half-done remains."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from cheiron.core.errors import Conflict, Denied, Invalid, NotFound, Refusal

EXIT_CODES: dict[type[Refusal], int] = {Invalid: 2, Conflict: 3, NotFound: 4, Denied: 5}

Found = TypeVar("Found")


@contextmanager
def exits_on_refusal(ctx: click.Context) -> Iterator[None]:
    """Tell a refusal and leave with its exit code."""
    try:
        yield
    except Refusal as refusal:
        tell(refusal)
        ctx.exit(next(code for kind, code in EXIT_CODES.items() if isinstance(refusal, kind)))


def tell(refusal: Refusal) -> None:
    """The sentence, then each issue on a line: "place: problem remedy"."""
    say_plainly(refusal.text.render(), err=True)
    for issue in refusal.issues:
        say_plainly(f"{issue.place.render()}: {issue.problem.render()} {issue.remedy.render()}", err=True)


def say_plainly(line: str, *, err: bool = False) -> None:
    """One line on the terminal; what a file may have brought in to steer the terminal is shown as a question mark."""
    click.echo("".join(sign if sign.isprintable() else "?" for sign in line), err=err)


def together(*reads: Callable[[], Found]) -> list[Found]:
    """What all of them read. If several refuse, all but the last are told first, so that nobody corrects one file only
    to learn about the next."""
    found: list[Found] = []
    refusals: list[Refusal] = []
    for read in reads:
        try:
            found.append(read())
        except Refusal as refusal:
            refusals.append(refusal)
    for refusal in refusals[:-1]:
        tell(refusal)
    if refusals:
        raise refusals[-1]
    return found
