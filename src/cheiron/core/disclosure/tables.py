"""The only form in which figures about people by group reach a page, a file or a letter.

A ``SafeTable`` can be made in this package only: its constructor wants a seal that nobody else holds, and
``dataclasses.replace`` cannot pass it on. What is hidden is ``HIDDEN``, a value of its own: never zero, never empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass
from enum import Enum
from typing import Final

from cheiron.core.disclosure.catalog import Kind, kind_of

_SEAL: Final = object()

EVERYBODY = ""
"""In place of a group: the line of all of them together."""


class Hidden(Enum):
    """Fewer people than the threshold, or a figure from which such a number could be worked out."""

    HIDDEN = "hidden"


HIDDEN: Final = Hidden.HIDDEN
Figure = int | Hidden


def rounded(count: int, base: int) -> int:
    """The nearest multiple of ``base``; halves go up."""
    return (count + base // 2) // base * base


def unrounded(shown: int, base: int) -> tuple[int, int]:
    """The lowest and the highest count that is shown as this."""
    return shown - base // 2, shown - base // 2 + base - 1


@dataclass(frozen=True)
class Line:
    """One group: how many there are (``of``) and how many of them it is true of (``yes``), both rounded.

    ``least`` or ``most`` stand, in percent, where ``yes`` is hidden because it is nearly all or nearly nobody.
    """

    group: str
    of: Figure = HIDDEN
    yes: Figure = HIDDEN
    least: int | None = None
    most: int | None = None

    @property
    def hidden(self) -> bool:
        """Whether nothing of it is shown."""
        return self.of is HIDDEN

    @property
    def told(self) -> bool:
        """Whether anything of the share is shown."""
        return self.yes is not HIDDEN or self.least is not None or self.most is not None

    @property
    def percent(self) -> int | None:
        """The share in percent, from the rounded counts; never 0 or 100, since both sides hold the threshold."""
        if isinstance(self.of, Hidden) or isinstance(self.yes, Hidden):
            return None
        return (200 * self.yes + self.of) // (2 * self.of)


@dataclass(frozen=True)
class SafeTable:
    """A table of the catalog as it may be shown."""

    kind: Kind
    lines: tuple[Line, ...]
    everybody: Line
    """Of everybody together. Of an open outcome whoever looks after the program knows it exactly anyway."""
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("a SafeTable is made by cheiron.core.disclosure and nowhere else")

    @property
    def empty(self) -> bool:
        """Whether nobody learns anything from it: what is open of everybody is known by name already."""
        return all(line.hidden for line in self.lines) and (self.everybody.hidden or not self.kind.wishes)


def sealed(kind: Kind, lines: Sequence[Line], everybody: Line) -> SafeTable:
    """For this package only: whoever calls it says that the lines have been attacked and held."""
    return SafeTable(kind, tuple(lines), everybody, _SEAL)


def table_to_json(table: SafeTable) -> dict[str, object]:
    """What is stored of a released table."""
    lines = [_line_to_json(line) for line in (table.everybody, *table.lines)]
    return {"key": table.kind.key, "threshold": table.kind.threshold, "lines": lines}


def _line_to_json(line: Line) -> list[object]:
    figures = (None if isinstance(one, Hidden) else one for one in (line.of, line.yes))
    return [line.group, *figures, line.least, line.most]


def table_from_json(data: Mapping[str, object]) -> SafeTable:
    """The table that was stored."""
    known, stored, threshold = kind_of(str(data["key"])), data["lines"], data["threshold"]
    assert isinstance(stored, list)
    assert isinstance(threshold, int)
    everybody, *lines = (_line_from_json(one) for one in stored)
    return sealed(Kind(known.measure, known.attribute, threshold), lines, everybody)


def _line_from_json(data: Sequence[object]) -> Line:
    group, of, yes, least, most = data
    return Line(str(group), _figure(of), _figure(yes), _percent(least), _percent(most))


def _figure(stored: object) -> Figure:
    return stored if isinstance(stored, int) else HIDDEN


def _percent(stored: object) -> int | None:
    return stored if isinstance(stored, int) else None
