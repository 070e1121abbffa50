"""``cheiron match``, ``solve`` and ``certify``: the engine on files, without a server or a database."""

import json
from pathlib import Path
from typing import Any

import click

from cheiron.cli.claims import claims
from cheiron.cli.kinds import Kind, certified_in, parsed, problem_in, refuse_uncertified, rounds
from cheiron.cli.outputs import refuse_collisions, write_all
from cheiron.cli.refusals import say_plainly, tell
from cheiron.cli.suggestion import AUTO, said, suggested
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.matching.files import problem_to_json, result_to_json
from cheiron.core.matching.problem import ROUND_METHODS, Method
from cheiron.core.text import say

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)
_METHODS = click.Choice([str(method) for method in ROUND_METHODS])


@click.command()
@click.argument("mentees", type=_INPUT)
@click.argument("mentors", type=_INPUT)
@click.option("--map", "map_path", type=_INPUT, help="What the columns mean (TOML); else they are guessed.")
@click.option("-o", "--output", "pairs", type=_OUTPUT, required=True, help="The pairs, as CSV.")
@click.option("--report", type=_OUTPUT, help="A page for people, with every reason, as HTML.")
@click.option("--problem", "problem_path", type=_OUTPUT, help="What was solved, as JSON, for certify.")
@click.option("--result", "result_path", type=_OUTPUT, help="What came out, as JSON, for certify.")
@click.option("--lines", type=_INPUT, help="Who grades, promotes, supervises or treats whom, as CSV.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, help="Decides between equally good results.")
@click.option("--method", type=_METHODS, default=str(Method.WEIGHTED), help="What is aimed at.")
def match(
    mentees: Path,
    mentors: Path,
    map_path: Path | None,
    pairs: Path,
    report: Path | None,
    problem_path: Path | None,
    result_path: Path | None,
    lines: Path | None,
    seed: int,
    method: str,
) -> None:
    """Match the people of two lists.

    MENTEES and MENTORS are XLSX or CSV files. By the method “weighted” as many mentees are placed as possible, then
    the total score is the highest there is. By “stable” and “stable-mentor” no two people would both rather
    have each other, and of all such choices this is the best one for the side that is named. By “fair” as few as
    possible have the lowest fit, by “generous” as few as possible are far down in their own order, by “rank-maximal”
    as many as possible get their first choice. The result is checked
    before anything is written.
    """
    from cheiron.cli.pairs import pairs_csv
    from cheiron.cli.report import report_html
    from cheiron.cli.round import read_round

    refuse_collisions((mentees, mentors, map_path, lines), (pairs, report, problem_path, result_path))
    matched = read_round(mentees, mentors, map_path, lines)
    problem = matched.problem(seed, Method(method))
    result = _certified(rounds(), problem)
    texts = {
        pairs: lambda: pairs_csv(matched, problem, result),
        report: lambda: report_html(matched, problem, result),
        problem_path: lambda: _json(problem_to_json(problem)),
        result_path: lambda: _json(result_to_json(result)),
    }
    write_all({path: text() for path, text in texts.items() if path})
    for note in matched.notes():
        say_plainly(f"Note: {note}", err=True)
    say_plainly(claims(problem, result)[0])


@click.command()
@click.argument("problem_path", metavar="PROBLEM", type=_INPUT)
@click.option("-o", "--output", "result_path", type=_OUTPUT, required=True, help="What came out, as JSON.")
@click.option("--method", metavar="METHOD", help="What is aimed at, or “auto”; else as the problem says.")
def solve(problem_path: Path, result_path: Path, method: str | None) -> None:
    """Solve a PROBLEM that was saved as JSON. The same problem and method give the same bytes."""
    refuse_collisions((problem_path,), (result_path,))
    obj = parsed(problem_path)
    choice = suggested(obj) if method == AUTO else None
    kind, problem = problem_in(obj, choice.method if choice else method)
    result = _certified(kind, problem)
    write_all({result_path: _json(kind.result_to_json(result))})
    for line in said(choice) if choice else ():
        say_plainly(line, err=True)
    say_plainly(kind.claims(problem, result)[0])


@click.command()
@click.argument("problem_path", metavar="PROBLEM", type=_INPUT)
@click.argument("result_path", metavar="RESULT", type=_INPUT)
@click.pass_context
def certify(ctx: click.Context, problem_path: Path, result_path: Path) -> None:
    """Check a RESULT against its PROBLEM, both JSON, without the solver. Exit code 1 when it does not hold."""
    try:
        kind, problem, result = certified_in(parsed(problem_path), parsed(result_path))
    except (Invalid, Conflict) as refusal:
        tell(refusal)
        ctx.exit(1)
    for line in (*kind.claims(problem, result), *kind.fingerprints(result)):
        say_plainly(line)


def _certified(kind: Kind, problem: Any) -> Any:
    """The solution, after the independent check."""
    result = kind.solve(problem)
    refuse_uncertified(kind, problem, result, say("The result did not pass its own check, so nothing was written."))
    return result


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"
