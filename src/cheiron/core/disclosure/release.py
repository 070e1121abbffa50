"""What was shown, and about whom: a table, with what an attacker knows of each person beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cheiron.core.disclosure.tables import SafeTable


@dataclass(frozen=True)
class Standing:
    """Where one person stood when a table was made, without the group.

    ``secret`` moves whenever what the person told about the attribute moves, ``mark`` with whatever else decides in
    which cell they count. Both tell nothing by themselves; they are compared, never read.
    """

    outcome: bool
    """What whoever looks after the program knows by name; of a table about wishes, whether there is a mentor at all."""
    secret: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Entry:
    """One person as a table counts them, the group included: the only value here that must never be stored."""

    group: str
    standing: Standing
    wishes: bool = False
    """Of a table about wishes: whether this person wishes at all."""
    met: bool = False
    """Of a table about wishes: whether the wish is met."""


@dataclass(frozen=True, eq=False)
class Release:
    """A table and everybody it counts, by an id that is the same wherever the person is counted."""

    table: SafeTable
    people: Mapping[str, Standing]
