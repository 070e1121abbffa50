"""PAIRS.csv: one row for each mentee, in the order of ids."""

from cheiron.cli.claims import points
from cheiron.cli.round import Round
from cheiron.core.matching.problem import Problem
from cheiron.core.matching.result import Pair, Result, unmatched_text
from cheiron.core.matching.score import Reason, shown_hundredths
from cheiron.core.people.spreadsheet import csv_text

COLUMNS = ("mentee", "mentor", "role", "score", "state", "reason")
NO_MATCH = "no match"


def pairs_csv(matched: Round, problem: Problem, result: Result) -> str:
    """Scores with two decimals, in points; mentees without a mentor have an empty mentor and say why."""
    rows = [_pair_row(matched, problem, pair) for pair in result.pairs]
    rows += [(one.mentee, "", problem.role, "", NO_MATCH, unmatched_text(one).render()) for one in result.unmatched]
    return csv_text(COLUMNS, sorted(rows))


def _pair_row(matched: Round, problem: Problem, pair: Pair) -> tuple[str, ...]:
    reason = matched.reason(pair.mentee, pair.mentor)
    return (pair.mentee, pair.mentor, problem.role, points(pair.score), str(pair.state), _sentence(reason))


def _sentence(reason: Reason) -> str:
    if not reason.parts:
        return "Nothing that both have told could be compared."
    adds = [f"{hundredths // 100}.{hundredths % 100:02d}" for hundredths in shown_hundredths(reason.parts)]
    parts = sorted(zip(reason.parts, adds, strict=True), key=lambda one: -one[0].adds)
    return " ".join(f"{part.title.render()} {add}: {part.sentence.render()}" for part, add in parts)
