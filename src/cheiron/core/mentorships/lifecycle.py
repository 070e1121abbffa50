"""The states of a mentorship and of a meeting."""

from collections.abc import Mapping
from enum import StrEnum

from cheiron.core import transitions
from cheiron.core.text import say


class MentorshipState(StrEnum):
    """From the published proposal to the end."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    DECLINED = "declined"
    LAPSED = "lapsed"
    ENDED = "ended"


class MeetingState(StrEnum):
    """From a proposed time to a meeting that took place."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    CANCELED = "canceled"
    HELD = "held"


MENTORSHIP: Mapping[MentorshipState, frozenset[MentorshipState]] = {
    MentorshipState.PROPOSED: frozenset(
        {MentorshipState.ACTIVE, MentorshipState.DECLINED, MentorshipState.LAPSED, MentorshipState.ENDED}
    ),
    MentorshipState.ACTIVE: frozenset({MentorshipState.ENDED}),
    MentorshipState.DECLINED: frozenset(),
    MentorshipState.LAPSED: frozenset(),
    MentorshipState.ENDED: frozenset(),
}
MEETING: Mapping[MeetingState, frozenset[MeetingState]] = {
    MeetingState.PROPOSED: frozenset({MeetingState.AGREED, MeetingState.DECLINED, MeetingState.CANCELED}),
    MeetingState.AGREED: frozenset({MeetingState.HELD, MeetingState.CANCELED}),
    MeetingState.DECLINED: frozenset(),
    MeetingState.CANCELED: frozenset(),
    MeetingState.HELD: frozenset(),
}
OPEN = frozenset({MentorshipState.PROPOSED, MentorshipState.ACTIVE})


def advance_mentorship(now: MentorshipState, to: MentorshipState) -> MentorshipState:
    """The next state of a mentorship, or ``Conflict``."""
    return transitions.advance(MENTORSHIP, now, to, say("This has already been answered or has ended."))


def advance_meeting(now: MeetingState, to: MeetingState) -> MeetingState:
    """The next state of a meeting, or ``Conflict``."""
    return transitions.advance(MEETING, now, to, say("This meeting has already been answered, held or canceled."))
