"""Reads that stay true until something is recorded: kept in the memory of this process.

Every act leaves an audit line, and every line moves the edition of the schools that it touches
(``actions/_ledger.py``). What was read at one edition of a school holds for as long as the school is at it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import TypeVar

from django.db import connection

from cheiron.models.matching import Round
from cheiron.models.programs import Program

Found = TypeVar("Found")
Read = Callable[..., Found]
Where = Program | Round | tuple[Program, ...]

_SHELVES: list[OrderedDict] = []


def kept(most: int) -> Callable[[Read], Read]:
    """Keep the last ``most`` results of a read of a program, a round or several programs, which nobody may change.

    The read takes them, loaded a moment ago with their schools, and whatever else it depends on, the day of today too.
    Inside a transaction it is made afresh: what is written there may yet be rolled back.
    """

    def keep(read: Read) -> Read:
        shelf: OrderedDict[tuple[Hashable, ...], Found] = OrderedDict()
        lock = Lock()
        _SHELVES.append(shelf)

        @wraps(read)
        def reading(where: Where, *given: Hashable) -> Found:
            if in_transaction():
                return read(where, *given)
            key = (*_standing(where), *given)
            found = shelf.get(key)
            if found is None:
                found = read(where, *given)
            with lock:
                shelf[key] = found
                shelf.move_to_end(key)
                while len(shelf) > most:
                    shelf.popitem(last=False)
            return found

        return reading

    return keep


def _standing(where: Where) -> tuple[Hashable, ...]:
    """What it is about, and at which edition."""
    if isinstance(where, tuple):
        return tuple(part for program in where for part in _standing(program))
    program = where if isinstance(where, Program) else where.program
    return where.pk, program.school.edition


def in_transaction() -> bool:
    """Whether what is read now may be taken back."""
    return connection.in_atomic_block


def forget() -> None:
    """Empty all shelves: for tests that write without recording it."""
    for shelf in _SHELVES:
        shelf.clear()
