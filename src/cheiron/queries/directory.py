"""The directory of mentors, narrowed by what a reader looks for."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cheiron.core.access import Actor, Permission
from cheiron.models.programs import Program
from cheiron.queries.entrants import Entrant, mentors_of
from cheiron.queries.kept import kept
from cheiron.queries.programs import program_for

FILTERS = {"specialty": "specialties", "topic": "topics", "role": "roles", "language": "languages"}
"""What a reader chooses, and the fact of a mentor's sheet that it is compared with."""


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; empty is anything."""

    specialty: str = ""
    topic: str = ""
    role: str = ""
    language: str = ""
    search: str = ""
    full: bool = False
    """Also those who have no place free now."""


@dataclass(frozen=True)
class Listed:
    """Everybody in the directory by name, and for each filter what any of them offers."""

    mentors: tuple[Entrant, ...]
    choices: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Directory:
    """Mentors who let themselves be listed, by name."""

    program: Program
    mentors: tuple[Entrant, ...]
    choices: Mapping[str, tuple[str, ...]]
    """For each filter, what any listed mentor offers."""
    listed: int


def directory_for(actor: Actor, program_id: str, now: datetime, wanted: Wanted = Wanted()) -> Directory:
    """The mentors whom the reader looks for. Search reads only what nobody can hide."""
    program = program_for(actor, program_id, Permission.DIRECTORY_VIEW)
    listed = _listed(program, program.today(now))
    found = _found(program, program.today(now), wanted)
    return Directory(program, found, listed.choices, len(listed.mentors))


@kept(most=8)
def _listed(program: Program, today: date) -> Listed:
    mentors = tuple(mentor for mentor in mentors_of(program, today).values() if mentor.listed)
    return Listed(mentors, {key: _offered(mentors, fact) for key, fact in FILTERS.items()})


@kept(most=64)
def _found(program: Program, today: date, wanted: Wanted) -> tuple[Entrant, ...]:
    return tuple(mentor for mentor in _listed(program, today).mentors if _fits(mentor, wanted))


def _fits(mentor: Entrant, wanted: Wanted) -> bool:
    return (
        (wanted.full or mentor.places > 0)
        and all(_offers(mentor, fact, getattr(wanted, key)) for key, fact in FILTERS.items())
        and _named(mentor, wanted.search)
    )


def _offers(mentor: Entrant, fact: str, value: str) -> bool:
    return not value or value.casefold() in {one.casefold() for one in mentor.told.get(fact) or ()}


def _named(mentor: Entrant, search: str) -> bool:
    if not search:
        return True
    told = (*(mentor.told.get(fact) or () for fact in FILTERS.values()), [str(mentor.told.get("place") or "")])
    text = _plain(" ".join([mentor.name, *(word for words in told for word in words)]))
    return all(word in text for word in _plain(search).split())


def _plain(text: str) -> str:
    """Small letters without their accents."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def _offered(mentors: Iterable[Entrant], fact: str) -> tuple[str, ...]:
    found = {one.casefold(): one for mentor in mentors for one in mentor.told.get(fact) or ()}
    return tuple(found[key] for key in sorted(found))
