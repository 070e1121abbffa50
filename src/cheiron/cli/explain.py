"""``cheiron explain``: why two people are a pair, or why not and what it would cost to insist."""

from collections.abc import Iterator
from pathlib import Path

import click

from cheiron.cli.claims import points
from cheiron.cli.refusals import say_plainly
from cheiron.core.errors import NotFound
from cheiron.core.matching.alternatives import Alternative, alternatives
from cheiron.core.matching.exchange import Exchange, cost_in_words
from cheiron.core.matching.problem import Problem
from cheiron.core.matching.result import Pair, PairState, Result, unmatched_text
from cheiron.core.text import say

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("problem_path", metavar="PROBLEM", type=_INPUT)
@click.argument("result_path", metavar="RESULT", type=_INPUT)
@click.option("--pair", nargs=2, required=True, metavar="MENTEE MENTOR", help="The two people, by their ids.")
def explain(problem_path: Path, result_path: Path, pair: tuple[str, str]) -> None:
    """Say why the two are a pair in RESULT, or why not, and what it would cost to insist.

    Both files are checked first. What is told of the two names nobody else, and never which rule stands against them.
    """
    from cheiron.cli.kinds import certified_in, parsed

    kind, problem, result = certified_in(parsed(problem_path), parsed(result_path))
    for line in kind.told(problem, result, *pair):
        say_plainly(line)


def told(problem: Problem, result: Result, mentee: str, mentor: str) -> Iterator[str]:
    """Everything that can be said of two people of a certified result. Raises ``NotFound`` for strangers."""
    if mentor not in {one.id for one in problem.mentors}:
        raise NotFound(say("This mentor is not in the round."))
    others = {one.mentor: one for one in alternatives(problem, result, mentee, limit=len(problem.mentors))}
    present = next((one for one in result.pairs if one.mentee == mentee), None)
    if present and present.mentor == mentor:
        yield from _paired(result, present)
        return
    yield _presently(result, mentee, present)
    yield from _apart(problem, result, mentee, others[mentor])


def _paired(result: Result, pair: Pair) -> Iterator[str]:
    locked = pair.state is PairState.LOCKED
    yield f"A pair, with a fit of {points(pair.score)}, {'locked by hand' if locked else 'placed by the engine'}."
    standings = result.certificate.stability.standings if result.certificate.stability else ()
    for own, theirs in ((own, theirs) for name, own, theirs in standings if name == pair.mentee):
        yield f"The mentor is number {own} in the mentee's order, the mentee number {theirs} in the mentor's."


def _presently(result: Result, mentee: str, present: Pair | None) -> str:
    if present:
        return f"Not a pair: the mentee has another mentor, with a fit of {points(present.score)}."
    left_out = next(one for one in result.unmatched if one.mentee == mentee)
    return f"Not a pair: the mentee has nobody. {unmatched_text(left_out)}"


def _apart(problem: Problem, result: Result, mentee: str, other: Alternative) -> Iterator[str]:
    fit = "" if other.score is None else f"Their fit would be {points(other.score)}. "
    yield f"{fit}{other.text}"
    cost = Exchange(problem, result).costs(mentee).get(other.mentor)
    if cost:
        yield " ".join(["To insist:", *(str(line) for line in cost_in_words(cost))])
