"""What each column of a list means: guessed from the headers, corrected by a person, checked before any row is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cheiron.core.people.fields import FIELDS, IGNORED, Field, Side, fields_for
from cheiron.core.people.findings import Findings
from cheiron.core.people.identity import echoes_identity, header_words, identity_columns
from cheiron.core.people.table import Table
from cheiron.core.text import say


@dataclass(frozen=True)
class RosterMap:
    """What each column of a list means: header to a key of ``FIELDS`` or to ``IGNORED``.

    Headers are compared without regard to case. A column that is not mentioned is left out, except that identity
    columns must be left out by name. ``stages`` are the program's stages in order; while it is empty, any stage is
    taken. ``default_capacity`` is for whoever uses the list: rows of mentors that say nothing keep None, so that a list
    without capacities does not overwrite the capacities that a school already knows.
    """

    columns: Mapping[str, str]
    stages: tuple[str, ...] = ()
    default_capacity: int | None = 1

    def meaning(self, header: str) -> str | None:
        """The field or ``IGNORED`` that a header is mapped to, None where the map does not mention it."""
        wanted = header.strip().casefold()
        return next((key for name, key in self.columns.items() if name.strip().casefold() == wanted), None)


@dataclass(frozen=True)
class Column:
    """A column where it stands."""

    at: int
    header: str


Layout = Mapping[str, tuple[Column, ...]]
"""For each mapped field the columns that feed it, in the order of the file."""


def guess_map(table: Table, side: Side) -> RosterMap:
    """A first map by the words of the headers. What is not recognized is ``IGNORED``.

    Identity columns, and columns that repeat them, are *not* mentioned: somebody must leave them out knowingly.
    """
    refused = {*identity_columns(table), *echoes_identity(table)}
    guesses: dict[str, str] = {header: IGNORED for header in table.headers if header not in refused}
    for field in fields_for(side):
        for header in _recognized(field, guesses):
            guesses[header] = field.key
    if "name" in guesses.values():
        guesses = {header: IGNORED if key in ("first_name", "last_name") else key for header, key in guesses.items()}
    return RosterMap(guesses)


def recall(guessed: RosterMap, remembered: Mapping[str, str]) -> RosterMap:
    """The guess, with every header that was mapped the last time (in small letters) as it was mapped then.

    A field of one column that is remembered is taken from every other guess; so is the other way to write names.
    """
    known = {header: remembered[header.casefold()] for header in guessed.columns if header.casefold() in remembered}
    held = {key for key in known.values() if key in FIELDS and not FIELDS[key].listed}
    for whole, parts in ((("name",), _PARTS), (_PARTS, ("name",))):
        held |= set(parts) if held & set(whole) else set()
    rest = {header: IGNORED if key in held else key for header, key in guessed.columns.items()}
    return RosterMap({**rest, **known}, guessed.stages, guessed.default_capacity)


_PARTS = ("first_name", "last_name")


def _recognized(field: Field, guesses: Mapping[str, str]) -> tuple[str, ...]:
    """Free headers that are synonyms of a field: all of them for a list, else the one that is the best synonym."""
    ranks = {header: _rank(field, header) for header, key in guesses.items() if key == IGNORED}
    found = sorted(
        (header for header, rank in ranks.items() if rank is not None), key=lambda header: ranks[header] or 0
    )
    return tuple(found) if field.listed else tuple(found[:1])


def _rank(field: Field, header: str) -> int | None:
    words = " ".join(header_words(header))
    if field.listed:
        words = re.sub(r" \d+$", "", words)
    return field.synonyms.index(words) if words in field.synonyms else None


def read_layout(table: Table, roster_map: RosterMap, side: Side, findings: Findings) -> Layout:
    """The columns to read, by field; what is wrong with the map goes to the findings."""
    layout: dict[str, list[Column]] = {}
    _check_identity(table, roster_map, findings)
    _check_unknown_columns(table, roster_map, findings)
    for index, header in enumerate(table.headers):
        key = roster_map.meaning(header)
        if key is not None and key != IGNORED and _fits(key, header, side, findings):
            layout.setdefault(key, []).append(Column(index, header))
    _check_layout(layout, findings)
    return {key: tuple(columns) for key, columns in layout.items()}


def _check_identity(table: Table, roster_map: RosterMap, findings: Findings) -> None:
    remedy = say("Leave the column out by name. People say this themselves on the form “About me”, if they want to.")
    for header in identity_columns(table):
        if roster_map.meaning(header) != IGNORED:
            findings.add(say("This column says who people are (identity), and is never read."), remedy, column=header)
    for header, identity in echoes_identity(table).items():
        if roster_map.meaning(header) != IGNORED:
            problem = say("This column repeats what the column “%(identity)s” says of people.", identity=identity)
            findings.add(problem, remedy, column=header)


def _check_unknown_columns(table: Table, roster_map: RosterMap, findings: Findings) -> None:
    headers = {header.casefold() for header in table.headers}
    for name, key in roster_map.columns.items():
        if name.strip().casefold() not in headers and key != IGNORED:
            problem = say("The file has no such column.")
            findings.add(problem, say("Correct the name in the map, or take it out."), column=name)


def _fits(key: str, header: str, side: Side, findings: Findings) -> bool:
    field = FIELDS.get(key)
    if field is not None and side in field.sides:
        return True
    allowed = (*(field.key for field in fields_for(side)), IGNORED)
    problem = say("“%(key)s” is not a field of this list.", key=key)
    findings.add(problem, say("Map the column to one of: %(fields)s.", fields=allowed), column=header)
    return False


def _check_layout(layout: Mapping[str, list[Column]], findings: Findings) -> None:
    for key, columns in layout.items():
        if len(columns) > 1 and not FIELDS[key].listed:
            label, other = FIELDS[key].label, columns[0].header
            problem = say("“%(label)s” is already mapped to column “%(other)s”.", label=label, other=other)
            findings.add(problem, say("Leave one of the two columns out."), column=columns[1].header)
    if "name" in layout and ("first_name" in layout or "last_name" in layout):
        findings.add(say("Both the whole name and its parts are mapped."), say("Map one or the other."))
    if not {"name", "first_name", "last_name"} & set(layout):
        findings.add(say("No column is mapped to the name."), say("Map “Name”, or “First name” and “Last name”."))
    if "email" not in layout:
        remedy = say("Map the column with the addresses to “Email”.")
        findings.add(say("No column is mapped to the email address."), remedy)
