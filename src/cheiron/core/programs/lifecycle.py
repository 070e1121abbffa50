"""The life of a program: set up step by step, open for a year, closed once."""

from collections.abc import Mapping
from enum import StrEnum

from cheiron.core import transitions
from cheiron.core.text import say


class ProgramState(StrEnum):
    """A draft is what the wizard keeps; a program begins open."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


PROGRAM: Mapping[ProgramState, frozenset[ProgramState]] = {
    ProgramState.DRAFT: frozenset({ProgramState.OPEN}),
    ProgramState.OPEN: frozenset({ProgramState.CLOSED}),
    ProgramState.CLOSED: frozenset(),
}


def advance_program(now: ProgramState, to: ProgramState) -> ProgramState:
    """The next state of a program, or ``Conflict``."""
    return transitions.advance(PROGRAM, now, to, say("This program is closed. What happened in it can still be read."))
