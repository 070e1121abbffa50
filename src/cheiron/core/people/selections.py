"""What is done with several people at once, and what a preview says of it before it is done."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cheiron.core.operations.letters import Draft
from cheiron.core.text import Text


class Act(StrEnum):
    """What one can do with the people whom one has ticked."""

    REMIND = "remind"
    ANNOUNCE = "announce"
    PAUSE = "pause"
    RESUME = "resume"
    MOVE = "move"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Order:
    """One act with what it needs: a day, another program and role, or the words of a letter."""

    act: Act
    until: date | None = None
    program: str = ""
    role: str = ""
    subject: str = ""
    body: str = ""


@dataclass(frozen=True)
class Line:
    """One person of a preview: what happens to them, or why nothing does."""

    enrollment: str
    name: str
    what: Text


@dataclass(frozen=True)
class Plan:
    """Exactly what an act would do: the people, the letters, and who is left out and why."""

    lines: tuple[Line, ...]
    drafts: tuple[Draft, ...]
    left_out: tuple[Line, ...]

    @property
    def seal(self) -> str:
        """What is done must be what was shown: one letter or person more, and the seal is another one."""
        told = [[line.enrollment, str(line.what)] for line in self.lines]
        written = [[one.once, one.to_person, str(one.subject), *map(str, one.paragraphs)] for one in self.drafts]
        return hashlib.sha256(json.dumps([told, written]).encode()).hexdigest()
