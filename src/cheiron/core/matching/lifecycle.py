"""The life of a matching round, as a table: drafted as often as needed, reviewed, published once."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cheiron.core.errors import Conflict
from cheiron.core.text import Text, say


class RoundState(StrEnum):
    """Where a round stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"


MOVES: Mapping[tuple[RoundState, RoundState], Text] = MappingProxyType(
    {
        (RoundState.DRAFT, RoundState.DRAFT): say("Run again"),
        (RoundState.DRAFT, RoundState.REVIEWED): say("Mark as reviewed"),
        (RoundState.REVIEWED, RoundState.DRAFT): say("Change again"),
        (RoundState.REVIEWED, RoundState.PUBLISHED): say("Publish"),
    }
)
"""Every allowed move, from and to, with the name of its button."""

_REFUSALS: Mapping[tuple[RoundState, RoundState], Text] = MappingProxyType(
    {
        (RoundState.DRAFT, RoundState.PUBLISHED): say("A draft cannot be published; mark it as reviewed first."),
        (RoundState.REVIEWED, RoundState.REVIEWED): say("This round has been reviewed already."),
        (RoundState.PUBLISHED, RoundState.PUBLISHED): say("This round has been published already."),
        (RoundState.PUBLISHED, RoundState.DRAFT): say("This round is published and stays as it is; start another one."),
        (RoundState.PUBLISHED, RoundState.REVIEWED): say(
            "This round is published and stays as it is; start another one."
        ),
    }
)


def advance(now: RoundState, to: RoundState) -> RoundState:
    """The state after the move. Raises ``Conflict``, with a sentence that says what to do instead."""
    if (now, to) not in MOVES:
        raise Conflict(_REFUSALS[now, to])
    return to
