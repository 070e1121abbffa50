"""States as tables: what may follow what, and the one function that enforces it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from cheiron.core.errors import Conflict
from cheiron.core.text import Text

State = TypeVar("State", bound=StrEnum)


def advance(table: Mapping[State, frozenset[State]], now: State, to: State, refusal: Text) -> State:
    """``to``, if the table lets ``now`` become it; otherwise ``Conflict`` with the given sentence."""
    if to not in table[now]:
        raise Conflict(refusal)
    return to
