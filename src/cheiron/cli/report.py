"""REPORT.html: one page that stands alone, for people: what came out, why, and what is proved about it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from cheiron.cli.claims import claims, fingerprints, points
from cheiron.cli.report_page import page_of
from cheiron.cli.round import Round
from cheiron.core.matching.arithmetic import HUNDREDTH
from cheiron.core.matching.problem import Problem
from cheiron.core.matching.result import Pair, PairState, Result, unmatched_text
from cheiron.core.matching.score import Part, shown_hundredths
from cheiron.core.people.facts import PersonRow


def report_html(matched: Round, problem: Problem, result: Result) -> str:
    """The whole page; every value that came from a file is escaped."""
    page = _Page(matched, problem, result)
    sections = (page.summary(), page.proof(), page.unmatched(), page.pairs(), page.load(), page.notes())
    return page_of("\n".join(section for section in sections if section))


_NUMBER = re.compile(r"[0-9.]+")


class _Page:
    """The sections of the page."""

    def __init__(self, matched: Round, problem: Problem, result: Result) -> None:
        self.matched, self.problem, self.result = matched, problem, result
        self.mentees = {person.external_id: person for person in matched.mentees}
        self.mentors = {person.external_id: person for person in matched.mentors}

    def summary(self) -> str:
        figures = (
            ("Placed", f"{len(self.result.pairs)} of {len(self.problem.mentees)}"),
            ("No match", str(len(self.result.unmatched))),
            ("Total score", f"{points(self.result.certificate.total)} points"),
            ("Seats", str(sum(mentor.capacity for mentor in self.problem.mentors))),
        )
        cards = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in figures)
        return _section("Summary", f"<dl class='figures'>{cards}</dl>")

    def proof(self) -> str:
        said = "".join(f"<li>{escape(claim)}</li>" for claim in claims(self.problem, self.result))
        made = "".join(f"<li>{escape(line)}</li>" for line in fingerprints(self.result))
        checked = (
            "<p>Checked before this page was written; anybody can check it again with <code>cheiron certify</code>.</p>"
        )
        return _section("What is proved", f"<ul>{said}</ul>{checked}<ul class='fingerprints'>{made}</ul>")

    def unmatched(self) -> str:
        if not self.result.unmatched:
            return _section("No match", "<p>Everybody has a mentor.</p>")
        reasons = {one.mentee: escape(unmatched_text(one).render()) for one in self.result.unmatched}
        rows = [(_person(self.mentees[mentee]), reason) for mentee, reason in reasons.items()]
        return _section("No match", _table("Mentees without a mentor", ("Mentee", "Reason"), rows))

    def pairs(self) -> str:
        said = "<p>What each comparison adds, in points, of what it could add; the parts add up to the score.</p>"
        return _section("Pairs", said + "".join(self.pair(pair) for pair in self.result.pairs))

    def pair(self, pair: Pair) -> str:
        parts = self.matched.reason(pair.mentee, pair.mentor).parts
        rows = [_part_row(part, adds) for part, adds in zip(parts, shown_hundredths(parts), strict=True)]
        mentee, mentor = _person(self.mentees[pair.mentee]), _person(self.mentors[pair.mentor])
        locked = " <span class='state'>locked</span>" if pair.state is PairState.LOCKED else ""
        heading = f"<h3>{mentee} <span class='with'>with</span> {mentor}{locked}</h3>"
        if not rows:
            return f"<article>{heading}<p>Nothing that both have told could be compared; score 0.00.</p></article>"
        foot = f"<tfoot><tr><th scope='row' colspan='3'>Score</th><td class='n'>{points(pair.score)}</td></tr></tfoot>"
        headers = ("Compared", "Found", "Of", "Adds")
        return f"<article>{heading}{_table('Parts of the score', headers, rows, foot)}</article>"

    def load(self) -> str:
        taken = Counter(pair.mentor for pair in self.result.pairs)
        rows = [
            (_person(self.mentors[one.id]), str(one.capacity), str(taken[one.id]), str(one.capacity - taken[one.id]))
            for one in self.problem.mentors
        ]
        headers = ("Mentor", "Seats", "Mentees", "Free")
        return _section("Capacity and load", _table("Seats of every mentor", headers, rows))

    def notes(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.matched.notes())
        return _section("Notes", f"<ul>{notes}</ul>") if notes else ""


def _part_row(part: Part, adds: int) -> tuple[str, ...]:
    return escape(part.title.render()), escape(part.sentence.render()), points(part.weight), points(adds * HUNDREDTH)


def _person(person: PersonRow) -> str:
    title = f", {escape(person.title)}" if person.title else ""
    return f"{escape(person.name)}<small>{title} ({escape(person.external_id)})</small>"


def _section(title: str, body: str) -> str:
    name = title.lower().replace(" ", "-")
    return f"<section aria-labelledby='{name}'>\n<h2 id='{name}'>{escape(title)}</h2>\n{body}\n</section>"


def _table(caption: str, headers: Iterable[str], rows: Sequence[tuple[str, ...]], foot: str = "") -> str:
    """Cells are escaped already; columns of numbers are set to the right."""
    numeric = [all(_NUMBER.fullmatch(cell) for cell in column) for column in zip(*rows, strict=True)]
    classes = [" class='n'" if is_numeric else "" for is_numeric in numeric]
    head = "".join(f"<th scope='col'{n}>{escape(header)}</th>" for header, n in zip(headers, classes, strict=True))
    body = "\n".join(f"<tr>{_cells(row, classes)}</tr>" for row in rows)
    said = f"<caption>{escape(caption)}</caption>"
    return f"<table>{said}<thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody>{foot}</table>"


def _cells(row: tuple[str, ...], classes: list[str]) -> str:
    others = (f"<td{n}>{cell}</td>" for cell, n in zip(row[1:], classes[1:], strict=True))
    return f"<th scope='row'>{row[0]}</th>{''.join(others)}"
