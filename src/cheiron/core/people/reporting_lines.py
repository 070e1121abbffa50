"""Who grades, promotes, supervises or treats whom: pairs that may never be matched.

One CSV for a school, with the columns ``student``, ``assessor`` and ``kind``, people named by id or email address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cheiron.core.people.findings import Findings
from cheiron.core.people.identity import header_words
from cheiron.core.people.roster import VALUE_LIMIT
from cheiron.core.people.spreadsheet import starts_formula
from cheiron.core.people.table import Table, has_controls
from cheiron.core.text import say

Rule = Literal["firewall", "past", "forbidden"]

KINDS: Mapping[str, Rule] = {
    "grades": "firewall",
    "promotes": "firewall",
    "supervises": "firewall",
    "treats": "firewall",
    "past": "past",
    "forbidden": "forbidden",
}
"""Each word of the column ``kind`` and the rule that it stands for: the assessor firewall, a past mentorship that is
not to be repeated, or a pair that somebody ruled out."""

_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "student": ("student", "mentee", "learner", "trainee"),
    "assessor": ("assessor", "mentor", "faculty", "supervisor"),
    "kind": ("kind", "type", "relation"),
}


@dataclass(frozen=True)
class Line:
    """Two people, as ids or email addresses in small letters, and what is between them (one of ``KINDS``)."""

    row: int
    student: str
    assessor: str
    kind: str

    @property
    def rule(self) -> Rule:
        """The rule of matching that the line stands for."""
        return KINDS[self.kind]


def read_lines(table: Table) -> tuple[Line, ...]:
    """All lines of the file. Raises ``Invalid`` with an issue for each missing column, empty cell or unknown kind."""
    findings = Findings(table.filename)
    columns = {name: _find(table, name, findings) for name in _SYNONYMS}
    findings.refuse()
    lines = tuple(_line(number, cells, table, columns, findings) for number, cells in table.numbered())
    findings.refuse()
    return lines


def _find(table: Table, name: str, findings: Findings) -> int:
    for synonym in _SYNONYMS[name]:
        for index, header in enumerate(table.headers):
            if " ".join(header_words(header)) == synonym:
                return index
    findings.add(say("There is no column “%(name)s”.", name=name), say("The file needs: student, assessor, kind."))
    return 0


def _line(row: int, cells: tuple[str, ...], table: Table, columns: Mapping[str, int], findings: Findings) -> Line:
    student = _person(row, cells, table, columns["student"], findings)
    assessor = _person(row, cells, table, columns["assessor"], findings)
    if student and student == assessor:
        findings.add(say("Student and assessor are the same person."), say("Correct one, or delete the row."), row=row)
    return Line(row, student, assessor, _kind(row, cells, table, columns["kind"], findings))


def _person(row: int, cells: tuple[str, ...], table: Table, index: int, findings: Findings) -> str:
    value = cells[index].strip().casefold()
    header = table.headers[index]
    if not value:
        findings.add(say("Nobody is named here."), say("Write an ID or an email address."), row=row, column=header)
    elif len(value) > VALUE_LIMIT or has_controls(value) or starts_formula(value):
        problem = say("This is not an ID or an email address.")
        findings.add(problem, say("Write it as the list of people does."), row=row, column=header)
    return value


def _kind(row: int, cells: tuple[str, ...], table: Table, index: int, findings: Findings) -> str:
    kind = cells[index].strip().casefold()
    if kind not in KINDS:
        problem = say("“%(value)s” is not a kind of line.", value=kind[:80])
        remedy = say("Write one of: %(kinds)s.", kinds=tuple(KINDS))
        findings.add(problem, remedy, row=row, column=table.headers[index])
    return kind
