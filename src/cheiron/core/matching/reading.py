"""Reading JSON that somebody else wrote: every value is asked for its type, every complaint names its place.

A place is written as in JavaScript: ``mentors[3].capacity``. Values are not repeated in complaints; a file may hold
what does not belong on a screen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cheiron.core.errors import Invalid, Issue
from cheiron.core.text import Text, say

T = TypeVar("T")

MOST_COMPLAINTS = 20
WHOLE_FILE = "$"


@dataclass
class Complaints:
    """What has been found wrong in one file so far."""

    issues: list[Issue] = field(default_factory=list)

    def add(self, place: str, problem: Text, remedy: Text) -> None:
        """One more, unless there are enough to be going on with."""
        if len(self.issues) < MOST_COMPLAINTS:
            self.issues.append(Issue(say("At %(place)s: %(problem)s", place=place, problem=problem), remedy))

    def refuse(self) -> None:
        """Raise ``Invalid`` unless there is nothing to complain about."""
        if self.issues:
            raise Invalid(say("This file cannot be read as it stands."), tuple(self.issues))


@dataclass(frozen=True)
class Place:
    """A value and where it stands."""

    value: object
    path: str
    complaints: Complaints

    def complain(self, problem: Text, remedy: Text) -> None:
        """Something is wrong here."""
        self.complaints.add(self.path, problem, remedy)

    def text(self) -> str:
        """A text, or the empty one with a complaint."""
        if isinstance(self.value, str):
            return self.value
        self.complain(say("a text is needed here."), say("Put the value in double quotes."))
        return ""

    def whole(self) -> int:
        """A whole number of at most 18 digits (true and false are none), or 0 with a complaint."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and abs(self.value) < 2**63:
            return self.value
        self.complain(say("a whole number is needed here."), say("Write digits only, at most 18."))
        return 0

    def one_of(self, kind: Callable[[str], T], allowed: Iterable[str], otherwise: T) -> T:
        """One of the allowed words, or ``otherwise`` with a complaint."""
        words = tuple(str(word) for word in allowed)
        if isinstance(self.value, str) and self.value in words:
            return kind(self.value)
        self.complain(say("this word is not known here."), say("Use one of: %(words)s.", words=words))
        return otherwise

    def values(self) -> list[Any]:
        """The bare items of a list, or none with a complaint."""
        if isinstance(self.value, list):
            return self.value
        self.complain(say("a list is needed here."), say("Put the values in square brackets."))
        return []

    def items(self) -> "list[Place]":
        """The items of a list with their places, or none with a complaint."""
        return [Place(item, f"{self.path}[{number}]", self.complaints) for number, item in enumerate(self.values())]

    def fields(self, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> "dict[str, Place] | None":
        """The fields of an object, exactly the needed and perhaps the optional ones; or None with complaints."""
        if not isinstance(self.value, dict):
            self.complain(say("an object is needed here."), say("Put the fields in curly brackets."))
            return None
        missing, unknown = _difference(self.value, needed, optional)
        for name in missing:
            self.complain(say("the field “%(name)s” is missing.", name=name), say("Add it."))
        if unknown:
            self.complain(
                say("there are fields that nobody knows (%(count)s).", count=unknown),
                say("Use only: %(names)s.", names=needed + optional),
            )
        if missing or unknown:
            return None
        return {name: Place(value, f"{self.path}.{name}", self.complaints) for name, value in self.value.items()}

    def named(self) -> "list[tuple[str, Place]]":
        """The fields of an object whose names are the file's own, in their order, or none with a complaint."""
        if not isinstance(self.value, dict):
            self.complain(say("an object is needed here."), say("Put the fields in curly brackets."))
            return []
        return [
            (str(name), Place(value, f"{self.path}.{number}", self.complaints))
            for number, (name, value) in enumerate(sorted(self.value.items()))
        ]


def _difference(
    given: Mapping[object, object], needed: tuple[str, ...], optional: tuple[str, ...]
) -> tuple[list[str], int]:
    """Names that are missing, and how many are unknown."""
    return [name for name in needed if name not in given], sum(name not in needed + optional for name in given)


def opened(
    obj: object, written_as: str, version: int, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, Place]:
    """The fields of a file of this format and version. Raises ``Invalid``."""
    complaints = Complaints()
    whole = Place(obj, WHOLE_FILE, complaints)
    if isinstance(obj, dict) and (obj.get("format") != written_as or not _is(obj.get("version"), version)):
        whole.complain(
            say(
                "this is not a file of the format “%(format)s”, version %(version)s.",
                format=written_as,
                version=version,
            ),
            say("Export the file again with this version of Cheiron."),
        )
    complaints.refuse()
    fields = whole.fields(("format", "version", *needed), optional)
    complaints.refuse()
    return fields or {}


def _is(value: object, number: int) -> bool:
    return type(value) is int and value == number
