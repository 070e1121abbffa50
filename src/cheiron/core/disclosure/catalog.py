"""The fixed catalog: every table about people by group that Cheiron can make. There is no other."""

from dataclasses import dataclass
from enum import StrEnum

from cheiron.core.people.self_description import ATTRIBUTES, NOT_TOLD, groups_of

THRESHOLD = 5
"""Fewer people than this are never told apart before mentors and coordinators."""

STRICTER = 10
"""The same where identity meets answers of a survey, and for whatever leaves the school."""


class Measure(StrEnum):
    """What is counted of a match run, one-way, by group."""

    PLACED = "placed"
    """Of all mentees: who got a mentor."""
    WISHED = "wished"
    """Of the mentees who made wishes: who got one of the first three."""
    LOAD = "load"
    """Of all mentors with places: who carries more than a share that knows no groups."""
    OWN_GROUP = "own-group"
    """Of the mentees who wish for a mentor who shares their group: whose mentor does, as far as mentors told."""

    @property
    def of_mentors(self) -> bool:
        """Whether it counts mentors."""
        return self is Measure.LOAD


@dataclass(frozen=True, order=True)
class Kind:
    """One table of the catalog. Counts below ``threshold`` are hidden; the others are rounded to multiples of it."""

    measure: Measure
    attribute: str
    threshold: int = THRESHOLD

    @property
    def key(self) -> str:
        """By what a stored table is known."""
        return f"{self.measure}:{self.attribute}"

    @property
    def wishes(self) -> bool:
        """Whether it counts something else that only the person knows (a wish), and not an open outcome."""
        return self.measure is Measure.OWN_GROUP

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of its lines, always all of them, whoever there is; nobody wishes who has told nothing."""
        groups = groups_of(self.attribute)
        return tuple(one for one in groups if one != NOT_TOLD) if self.wishes else groups


CATALOG: tuple[Kind, ...] = tuple(Kind(measure, attribute) for measure in Measure for attribute in ATTRIBUTES)


def kind_of(key: str) -> Kind:
    """The table of the catalog with this key; ``KeyError`` where there is none."""
    return {kind.key: kind for kind in CATALOG}[key]
