"""What somebody who waits for a match is told: since when, and when the next match is. Never a date that nobody set."""

from datetime import date
from enum import StrEnum

from cheiron.core.errors import Invalid, Issue
from cheiron.core.text import Text, say


class NextMatch(StrEnum):
    """How a program stands to its next match."""

    SET = "set"
    OPEN = "open"
    """No date is set, or a round was published on it or after it."""
    PASSED = "passed"
    """The date lies in the past and no round was published since."""


def next_match(on: date | None, today: date, published_on: date | None) -> NextMatch:
    """``on``: the date that a coordinator set. ``published_on``: the day on which a round was last published."""
    if on is None or (published_on is not None and published_on >= on):
        return NextMatch.OPEN
    return NextMatch.SET if on >= today else NextMatch.PASSED


def waiting_line(state: NextMatch, *, since: str, on: str, told: bool) -> Text:
    """The sentence for whoever waits; ``since`` and ``on`` are days in words, ``told``: the coordinator was told."""
    if state is NextMatch.SET:
        return say("Waiting since %(since)s. The next match is on %(day)s.", since=since, day=on)
    if state is NextMatch.PASSED:
        return say("Waiting since %(since)s. The date has moved; a new one is not set.", since=since)
    if told:
        return say(
            "Waiting since %(since)s. No date is set yet; the coordinator has been told that you wait.", since=since
        )
    return say("Waiting since %(since)s. No date is set yet.", since=since)


def check_next_match(on: date | None, today: date, ends_on: date) -> None:
    """A date that can be promised: not in the past and within the program. Raises ``Invalid``."""
    if on is not None and on < today:
        raise _refused(
            say("This date has passed, so nobody can be promised it."),
            say("Choose today or a later day, or leave the date open."),
        )
    if on is not None and on > ends_on:
        raise _refused(
            say("This date is after the end of the program."),
            say("Choose a day within the program, or move the program's end first."),
        )


def _refused(problem: Text, remedy: Text) -> Invalid:
    return Invalid(problem, (Issue(problem, remedy),))
