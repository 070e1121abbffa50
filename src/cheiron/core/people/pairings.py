"""Pairs that were made elsewhere: those that have ended, so that they do not come again, and those that run.

One list with the columns ``mentee``, ``mentor`` (each an id or an email address), ``from`` and ``until`` (days such as
2026-09-30). A pair with an ``until`` before today has ended; every other one runs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cheiron.core.people.findings import Findings
from cheiron.core.people.identity import header_words
from cheiron.core.people.roster import VALUE_LIMIT
from cheiron.core.people.spreadsheet import csv_text, starts_formula
from cheiron.core.people.table import Table, has_controls
from cheiron.core.text import say

_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "mentee": ("mentee", "mentee id", "mentee email", "student", "learner", "trainee"),
    "mentor": ("mentor", "mentor id", "mentor email", "faculty"),
    "from": ("from", "start", "started", "since", "began", "start date", "from date"),
    "until": ("until", "to", "end", "ended", "end date", "until date"),
}
_NEEDED = ("mentee", "mentor")


@dataclass(frozen=True)
class Pairing:
    """Two people as the list calls them (small letters), and the days as far as the list says."""

    row: int
    mentee: str
    mentor: str
    begins: date | None
    ends: date | None

    def ended(self, today: date) -> bool:
        """Whether it is a past pair."""
        return self.ends is not None and self.ends < today


def read_pairings(table: Table, today: date) -> tuple[Pairing, ...]:
    """All pairs of the file. Raises ``Invalid`` with an issue for each missing column, each name or day that cannot be
    used, each pair that stands twice, and each that begins after today or after its end."""
    findings = Findings(table.filename)
    columns = _columns(table, findings)
    findings.refuse()
    reader = _PairReader(table, columns, findings)
    pairings = tuple(reader.pairing(number, cells, today) for number, cells in table.numbered())
    _check_doubles(pairings, findings)
    findings.refuse()
    return pairings


def other_columns(table: Table) -> tuple[str, ...]:
    """Columns of a list of pairs that are not read, and so need not be kept."""
    read = set(_columns(table, Findings()).values())
    return tuple(header for at, header in enumerate(table.headers) if at not in read)


def pairs_template() -> str:
    """A list to fill in, with one pair that has ended and one that runs."""
    rows = (("E-001", "M-001", "2024-10-01", "2025-09-30"), ("mentee.two@example.org", "M-002", "2026-10-01", ""))
    return csv_text(tuple(_SYNONYMS), rows)


def _columns(table: Table, findings: Findings) -> Mapping[str, int]:
    words = [" ".join(header_words(header)) for header in table.headers]
    found = {
        name: next((words.index(synonym) for synonym in synonyms if synonym in words), -1)
        for name, synonyms in _SYNONYMS.items()
    }
    for name in _NEEDED:
        if found[name] < 0:
            remedy = say("The file needs: mentee, mentor; and, where they are known, from and until.")
            findings.add(say("There is no column “%(name)s”.", name=name), remedy)
    return found


class _PairReader:
    """Cells of one row to a pair; what is wrong goes to the findings, and reading goes on."""

    def __init__(self, table: Table, columns: Mapping[str, int], findings: Findings) -> None:
        self.table, self.columns, self.findings = table, columns, findings

    def pairing(self, row: int, cells: tuple[str, ...], today: date) -> Pairing:
        mentee, mentor = self.person(row, cells, "mentee"), self.person(row, cells, "mentor")
        begins, ends = self.day(row, cells, "from"), self.day(row, cells, "until")
        if mentee and mentee == mentor:
            problem = say("Mentee and mentor are the same person.")
            self.findings.add(problem, say("Correct one, or delete the row."), row=row)
        if begins and begins > today:
            problem = say("This pair has not begun yet.")
            self.findings.add(problem, say("Take it out; pairs that are still to come are made by a match."), row=row)
        if begins and ends and ends < begins:
            problem = say("This pair ends before it begins.")
            self.findings.add(problem, say("Correct one of the two days."), row=row)
        return Pairing(row, mentee, mentor, begins, ends)

    def person(self, row: int, cells: tuple[str, ...], name: str) -> str:
        at = self.columns[name]
        value, header = cells[at].strip().casefold(), self.table.headers[at]
        if not value:
            problem = say("Nobody is named here.")
            self.findings.add(problem, say("Write an ID or an email address."), row=row, column=header)
        elif len(value) > VALUE_LIMIT or has_controls(value) or starts_formula(value):
            problem = say("This is not an ID or an email address.")
            self.findings.add(problem, say("Write it as the list of people does."), row=row, column=header)
        return value

    def day(self, row: int, cells: tuple[str, ...], name: str) -> date | None:
        at = self.columns[name]
        value = cells[at].strip() if at >= 0 else ""
        try:
            if value and not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
                raise ValueError
            return date.fromisoformat(value) if value else None
        except ValueError:
            problem = say("“%(value)s” is not a day.", value=value[:80])
            remedy = say("Write the day as 2026-09-30.")
            self.findings.add(problem, remedy, row=row, column=self.table.headers[at])
            return None


def _check_doubles(pairings: tuple[Pairing, ...], findings: Findings) -> None:
    first: dict[tuple[str, str], int] = {}
    for one in pairings:
        if one.mentee and first.setdefault((one.mentee, one.mentor), one.row) != one.row:
            problem = say("This pair stands in row %(other)s too.", other=first[one.mentee, one.mentor])
            findings.add(problem, say("Keep one of the two rows."), row=one.row)
