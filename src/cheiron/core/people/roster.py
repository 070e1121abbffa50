"""A school's list of mentees or mentors, read once for the web and for the command line.

    table = read_table(data, "mentees.csv")
    roster_map = guess_map(table, "mentee")          # a person looks at it, and corrects it
    people = read_people(table, roster_map, "mentee")

A list is taken whole or not at all: ``Invalid`` holds up to 200 issues with row, column and remedy. Identity columns
are never read (``identity.py``), and the map must leave each of them out by name.

Values are trimmed and brought to Unicode form NFC. Names, emails, IDs and titles may not start with a sign that makes
a spreadsheet calculate (``= + - @``, tab, carriage return): neither "-" for "none" nor "+1" is an exception. Letters
of every script and emoji are fine; control characters are not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cheiron.core.matching.words import LONGEST_TEXT
from cheiron.core.people.facts import Facts, PersonRow
from cheiron.core.people.fields import FIELDS, IGNORED, Field, Side, fields_for
from cheiron.core.people.findings import Findings
from cheiron.core.people.identity import echoes_identity, identity_columns
from cheiron.core.people.roster_map import Layout, RosterMap, guess_map, read_layout
from cheiron.core.people.roster_template import template_csv
from cheiron.core.people.spreadsheet import starts_formula
from cheiron.core.people.table import ROW_LIMIT, Table, has_controls, read_table
from cheiron.core.text import Text, say

__all__ = [
    "CAPACITY_LIMIT",
    "FIELDS",
    "IGNORED",
    "ROW_LIMIT",
    "Field",
    "RosterMap",
    "Side",
    "Table",
    "directory",
    "echoes_identity",
    "fields_for",
    "guess_map",
    "identity_columns",
    "read_people",
    "read_table",
    "template_csv",
]

CAPACITY_LIMIT = 50
VALUE_LIMIT = 200
"""Characters in a name, email address, title, ID, place, stage, or one item of a list."""
ITEM_LIMIT = 50
"""Items in one list."""

_EMAIL = re.compile(r"[a-z0-9!#$%&'*/=?^_`{|}~+-]+(\.[a-z0-9!#$%&'*/=?^_`{|}~+-]+)*@([a-z0-9-]+\.)+[a-z0-9-]{2,}")
_ITEMS = re.compile(r"[;|\r\n\u2028\u2029]")
_GUARDED = ("external_id", "name", "first_name", "last_name", "email", "title")
"""Fields whose values may not start like a formula."""


@dataclass(frozen=True)
class _Cell:
    """A value where it stands."""

    value: str
    row: int
    column: str


def read_people(table: Table, roster_map: RosterMap, side: Side) -> tuple[PersonRow, ...]:
    """Everyone on the list, in its order.

    Raises ``Invalid``: first for all that is wrong with the map, and once the map is right, for all that is wrong in
    the rows (names, addresses, doubled people, capacities, stages, formulas, control characters).
    """
    findings = Findings(table.filename)
    layout = read_layout(table, roster_map, side, findings)
    findings.refuse()
    reader = _RowReader(layout, roster_map.stages, findings)
    people = tuple(reader.person(number, cells) for number, cells in table.numbered())
    _check_doubles(people, layout, findings)
    findings.refuse()
    return people


def directory(people: Iterable[PersonRow]) -> Mapping[str, str]:
    """External ids by what a file may call a person: id or email address, in small letters. An id goes first."""
    people = tuple(people)
    return {person.email: person.external_id for person in people} | {
        person.external_id.casefold(): person.external_id for person in people
    }


class _RowReader:
    """Cells of one row to a person; what is wrong goes to the findings, and reading goes on."""

    def __init__(self, layout: Layout, stages: tuple[str, ...], findings: Findings) -> None:
        self.layout, self.findings, self.stages = layout, findings, stages
        self.spelling = {stage.strip().casefold(): stage for stage in stages}

    def person(self, row: int, cells: tuple[str, ...]) -> PersonRow:
        email = self.email(row, cells)
        return PersonRow(
            row=row,
            external_id=self.external_id(row, cells, email),
            name=self.name(row, cells),
            email=email,
            title=self.line(row, cells, "title"),
            capacity=self.capacity(row, cells),
            facts=self.facts(row, cells),
        )

    def facts(self, row: int, cells: tuple[str, ...]) -> Facts:
        return Facts(
            goals=self.items(row, cells, "goals"),
            topics=self.items(row, cells, "topics"),
            specialties=self.items(row, cells, "specialties"),
            roles=self.items(row, cells, "roles"),
            languages=self.items(row, cells, "languages"),
            times=self.items(row, cells, "times"),
            place=self.line(row, cells, "place"),
            stage=self.stage(row, cells),
            statement=self.text(row, cells, "statement"),
            wishes=tuple(wish.lower() if "@" in wish else wish for wish in self.items(row, cells, "wishes")),
        )

    def cells(self, row: int, cells: tuple[str, ...], key: str) -> Iterator[_Cell]:
        for column in self.layout.get(key, ()):
            yield _Cell(cells[column.at], row, column.header)

    def line(self, row: int, cells: tuple[str, ...], key: str) -> str:
        """The one value of a field on one line; empty where the field is not mapped."""
        for cell in self.cells(row, cells, key):
            if key in _GUARDED and starts_formula(cell.value):
                self.note(cell, *_FORMULA)
            return self.checked(_Cell(cell.value.strip(), row, cell.column))
        return ""

    def text(self, row: int, cells: tuple[str, ...], key: str) -> str:
        """The one value of a field that may have several lines, as one line."""
        for cell in self.cells(row, cells, key):
            return self.checked(_Cell(" ".join(cell.value.split()), row, cell.column), LONGEST_TEXT)
        return ""

    def items(self, row: int, cells: tuple[str, ...], key: str) -> tuple[str, ...]:
        """The values of a list, in order; the same value again (case aside) is kept once."""
        found: dict[str, str] = {}
        for cell in self.cells(row, cells, key):
            for part in _ITEMS.split(cell.value):
                value = self.checked(_Cell(part.strip(), row, cell.column))
                if value:
                    found.setdefault(value.casefold(), value)
            if len(found) > ITEM_LIMIT:
                problem = say("There are more than %(limit)s values in this list.", limit=ITEM_LIMIT)
                self.note(cell, problem, say("Keep those that matter most."))
        return tuple(found.values())

    def checked(self, cell: _Cell, limit: int = VALUE_LIMIT) -> str:
        if len(cell.value) > limit:
            problem = say("This value is longer than %(limit)s characters.", limit=limit)
            self.note(cell, problem, say("Shorten it, or separate several values with a semicolon."))
        if has_controls(cell.value):
            problem = say("There is a line break or another control character in this value.")
            self.note(cell, problem, say("Type the value anew."))
        return cell.value

    def name(self, row: int, cells: tuple[str, ...]) -> str:
        parts = [self.line(row, cells, key) for key in ("name", "first_name", "last_name")]
        name = " ".join(part for part in parts if part)
        if not name:
            column = next(iter(self.cells(row, cells, "name" if "name" in self.layout else "last_name")), None)
            header = column.column if column else None
            self.findings.add(say("This person has no name."), say("Write the name."), row=row, column=header)
        return name

    def email(self, row: int, cells: tuple[str, ...]) -> str:
        email = self.line(row, cells, "email").lower()
        cell = _Cell(email, row, self.layout["email"][0].header)
        if not email:
            self.note(cell, say("This person has no email address."), say("Write the address."))
        elif not _is_email(email):
            problem = say("“%(value)s” is not an email address.", value=email[:80])
            self.note(cell, problem, say("Write one address, such as name@school.edu."))
        return email

    def external_id(self, row: int, cells: tuple[str, ...], email: str) -> str:
        if "external_id" not in self.layout:
            return email
        value = self.line(row, cells, "external_id")
        if not value:
            cell = _Cell(value, row, self.layout["external_id"][0].header)
            self.note(cell, say("This person has no ID."), say("Write it, or leave the column out for all."))
        return value

    def capacity(self, row: int, cells: tuple[str, ...]) -> int | None:
        value = self.line(row, cells, "capacity")
        if not value:
            return None
        if value.isascii() and value.isdigit() and len(value) <= 4 and int(value) <= CAPACITY_LIMIT:
            return int(value)
        problem = say("“%(value)s” is not a number of mentees.", value=value[:80])
        remedy = say("Write a whole number from 0 to %(limit)s, or leave the cell empty.", limit=CAPACITY_LIMIT)
        self.note(_Cell(value, row, self.layout["capacity"][0].header), problem, remedy)
        return None

    def stage(self, row: int, cells: tuple[str, ...]) -> str:
        value = self.line(row, cells, "stage")
        if not value or not self.stages:
            return value
        known = self.spelling.get(value.casefold())
        if known is None:
            problem = say("“%(value)s” is not a stage of this program.", value=value[:80])
            remedy = say("Write one of: %(stages)s.", stages=self.stages)
            self.note(_Cell(value, row, self.layout["stage"][0].header), problem, remedy)
        return known or value

    def note(self, cell: _Cell, problem: Text, remedy: Text) -> None:
        self.findings.add(problem, remedy, row=cell.row, column=cell.column)


_FORMULA = (
    say("This value starts with a sign that makes a spreadsheet calculate (= + - @, tab)."),
    say("Take the sign away; leave the cell empty where there is nothing to say."),
)


def _is_email(value: str) -> bool:
    return len(value.partition("@")[0]) <= 64 and _EMAIL.fullmatch(value) is not None


def _check_doubles(people: tuple[PersonRow, ...], layout: Layout, findings: Findings) -> None:
    _check_doubled(((p.row, p.email) for p in people), layout["email"][0].header, findings)
    if "external_id" in layout:
        rows = ((p.row, p.external_id.casefold()) for p in people)
        _check_doubled(rows, layout["external_id"][0].header, findings)


def _check_doubled(values: Iterable[tuple[int, str]], column: str, findings: Findings) -> None:
    first: dict[str, int] = {}
    for row, value in values:
        if value and first.setdefault(value, row) != row:
            problem = say("“%(value)s” stands in row %(other)s too.", value=value[:80], other=first[value])
            findings.add(problem, say("Keep one of the two rows, or correct one."), row=row, column=column)
