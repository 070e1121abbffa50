"""Counts to a table that may be shown: rounded, coded, hidden, and more hidden until the attacker learns nothing.

First each line by itself: what is smaller than the threshold is hidden, on either side, within its group and among
those with the same outcome (so nobody is in a group for certain because of an outcome that everybody can see). A share
that is nearly everybody or nearly nobody is coded as “at least” or “at most”. Then, as long as the attacker pins a
cell, the smallest line that could be in the way is told less of (complementary suppression).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cheiron.core.disclosure.attack import Pin, pins
from cheiron.core.disclosure.catalog import Kind
from cheiron.core.disclosure.release import Entry, Release
from cheiron.core.disclosure.tables import EVERYBODY, HIDDEN, Hidden, Line, SafeTable, rounded, sealed, unrounded

CODES = (90, 75)
"""“At least” so many percent, the closest first; “at most” the rest of 100."""


@dataclass(frozen=True)
class _Count:
    """What a line would say if everything could be said."""

    of: int
    yes: int


def suppressed(kind: Kind, entries: Mapping[str, Entry], beside: Sequence[Release] = ()) -> Release:
    """The table of the catalog about these people, so that it and the tables ``beside`` it give nothing away.

    ``beside``: what is released together with it, of the same attribute and at the same moment. What was released
    before is not for this function but for ``ledger.audit``, which refuses whole tables.
    """
    people = {person: entry.standing for person, entry in entries.items()}
    everybody = _line(kind, entries, EVERYBODY)
    lines = {group: _line(kind, entries, group) for group in kind.groups}
    while True:
        table = sealed(kind, tuple(lines.values()), everybody)
        found = [] if table.empty else list(pins([*beside, Release(table, people)]))
        if not found:
            return Release(table, people)
        group = _in_the_way(found, len(beside), table)
        if group == EVERYBODY:
            everybody = _less(everybody)
        else:
            lines[group] = _less(lines[group])


def _line(kind: Kind, entries: Mapping[str, Entry], group: str) -> Line:
    """One line as far as it may be shown by itself."""
    count, base = _count(kind, entries, group), kind.threshold
    line = Line(group)
    if count.of >= base and ((group == EVERYBODY and not kind.wishes) or len(entries) - count.of >= base):
        line = replace(line, of=rounded(count.of, base))
        if _shows_share(kind, entries, group, count):
            return replace(line, yes=rounded(count.yes, base))
        return _coded(line, count, base)
    return line


def _count(kind: Kind, entries: Mapping[str, Entry], group: str) -> _Count:
    own = [entry for entry in entries.values() if group in {EVERYBODY, entry.group}]
    if kind.wishes:
        wishing = [entry for entry in own if entry.wishes]
        return _Count(len(wishing), sum(entry.met for entry in wishing))
    return _Count(len(own), sum(entry.standing.outcome for entry in own))


def _shows_share(kind: Kind, entries: Mapping[str, Entry], group: str, count: _Count) -> bool:
    """Whether enough people stand on both sides, and enough of other groups beside them."""
    within = min(count.yes, count.of - count.yes) >= kind.threshold
    if kind.wishes or group == EVERYBODY:
        return within
    everybody = _count(kind, entries, EVERYBODY)
    others = min(everybody.yes - count.yes, (everybody.of - everybody.yes) - (count.of - count.yes))
    return within and others >= kind.threshold


def _coded(line: Line, count: _Count, base: int) -> Line:
    """The closest code that is true and leaves room for ``base`` people on the other side."""
    assert not isinstance(line.of, Hidden)
    fewest = max(unrounded(line.of, base)[0], base)
    for code in (code for code in CODES if fewest * (100 - code) >= 100 * base):
        if 100 * count.yes >= code * count.of:
            return replace(line, least=code)
        if 100 * count.yes <= (100 - code) * count.of:
            return replace(line, most=100 - code)
    return line


def _less(line: Line) -> Line:
    """The line with the next thing taken from it: its share first, then all of it."""
    return Line(line.group, line.of if line.told else HIDDEN)


def _in_the_way(found: Sequence[Pin], own: int, table: SafeTable) -> str:
    """The group whose line tells too much: that of a pinned cell of its own, otherwise the smallest that shows."""
    shown = {line.group: line for line in (*table.lines, table.everybody) if _counts(table, line)}
    pinned = [pin.cell.group for pin in found if pin.cell.release in {own, None} and pin.cell.group in shown]
    return min(pinned or shown, key=lambda group: (_size(shown[group]), not shown[group].told, group))


def _counts(table: SafeTable, line: Line) -> bool:
    """Whether anybody learns from the line: of an open outcome, what is said of everybody is known by name."""
    return not line.hidden and (line.group != EVERYBODY or table.kind.wishes)


def _size(line: Line) -> int:
    return 0 if isinstance(line.of, Hidden) else line.of
