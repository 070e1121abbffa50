"""What is wrong with a problem, each time with a remedy. A problem without issues can be solved."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.problem import HIGHEST_SCORE, LAST_PLACE, NO_EDGE, Method, Problem
from cheiron.core.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_ID = 200
LARGEST_CAPACITY = 10_000
LARGEST_SEED = 2**63 - 1


def validate(problem: Problem) -> tuple[Issue, ...]:
    """Every issue found, in a fixed order; empty when the problem can be solved. Never raises."""
    return (
        *_sides(problem),
        *misnamed(problem.mentees),
        *misnamed(mentor.id for mentor in problem.mentors),
        *_capacities(problem),
        *_seed(problem),
        *_scores(problem),
        *_orders(problem),
        *_unknown(problem),
        *_pins_against_rules(problem),
        *_pins_of_one_mentee(problem),
        *_pins_above_capacity(problem),
    )


def refuse_invalid(problem: Problem) -> None:
    """Raise ``Invalid`` with all issues unless there are none."""
    issues = validate(problem)
    if issues:
        raise Invalid(say("This matching problem cannot be solved as it stands."), issues)


def quoted(name: str) -> str:
    """An id short enough for a sentence and fit for any screen."""
    shown = name if len(name) <= 40 else name[:39] + "…"
    return shown.encode("utf-8", "replace").decode("utf-8")


def _sides(problem: Problem) -> Iterator[Issue]:
    if not problem.mentees:
        yield Issue(say("Nobody is looking for a mentor."), say("Add at least one mentee to the round."))
    if not problem.mentors:
        yield Issue(say("There is no mentor."), say("Add at least one mentor to the round."))


def misnamed(ids: Iterable[str]) -> Iterator[Issue]:
    """Ids that stand for several people, are missing, too long, or no text that can be stored."""
    counts = Counter(ids)
    for name, count in counts.items():
        if count > 1:
            yield Issue(
                say("The id “%(id)s” stands for %(count)s people.", id=quoted(name), count=count),
                say("Give each person an id of their own."),
            )
        yield from spelling(name)


def spelling(name: str) -> Iterator[Issue]:
    """What is wrong with an id as such."""
    if not name.strip():
        yield Issue(say("Somebody has no id."), say("Give each person an id."))
    if len(name) > LONGEST_ID:
        yield Issue(
            say("The id “%(id)s” has %(length)s characters.", id=quoted(name), length=len(name)),
            say("Use at most %(longest)s characters.", longest=LONGEST_ID),
        )
    if any("\ud800" <= character <= "\udfff" for character in name):
        yield Issue(
            say("The id “%(id)s” holds half of a character.", id=quoted(name)), say("Save the file as UTF-8 again.")
        )


def _capacities(problem: Problem) -> Iterator[Issue]:
    for mentor in problem.mentors:
        if not 0 <= mentor.capacity <= LARGEST_CAPACITY:
            yield Issue(
                say("Mentor “%(id)s” has an impossible number of seats.", id=quoted(mentor.id)),
                say("Use 0 for a pause, and at most %(largest)s.", largest=LARGEST_CAPACITY),
            )


def _seed(problem: Problem) -> Iterator[Issue]:
    if not 0 <= problem.seed <= LARGEST_SEED:
        yield Issue(say("The seed is out of range."), say("Use a whole number from 0 up, of at most 18 digits."))


def _scores(problem: Problem) -> Iterator[Issue]:
    shape = (len(problem.mentees), len(problem.mentors))
    if problem.scores.shape != shape:
        yield Issue(
            say("The scores do not have one row for each mentee and one column for each mentor."),
            say("Score everybody again: %(rows)s rows, %(columns)s columns.", rows=shape[0], columns=shape[1]),
        )
    elif problem.scores.dtype.kind not in "iu" and problem.scores.size:
        yield Issue(say("Some scores are not whole numbers."), say("Give scores in whole millionths of a point."))
    elif problem.scores.size and not (problem.scores.min() >= NO_EDGE and problem.scores.max() <= HIGHEST_SCORE):
        yield Issue(
            say("Some scores are below 0 or above %(highest)s.", highest=HIGHEST_SCORE),
            say("Give scores in millionths of a point, and %(none)s for a pair without a score.", none=NO_EDGE),
        )


def _orders(problem: Problem) -> Iterator[Issue]:
    if problem.orders is None:
        if problem.method.ordered:
            yield Issue(
                say("The problem does not say whom each person would rather have, and this method needs it."),
                say(
                    "Give each pair its place in both orders, or choose the method “%(method)s”.",
                    method=Method.WEIGHTED,
                ),
            )
        return
    for places in (problem.orders.of_mentees, problem.orders.of_mentors):
        if places.shape != problem.scores.shape or places.dtype.kind not in "iu":
            yield Issue(
                say("The orders do not have one row for each mentee and one column for each mentor."),
                say("Give each pair its place in both orders."),
            )
        elif problem.scores.dtype.kind in "iu" and not _places(places)[problem.scores >= 0].all():
            yield Issue(
                say("A place in an order is not a whole number from 1 to %(last)s.", last=LAST_PLACE),
                say("Count places from 1; equals share one."),
            )


def _places(places: "NDArray[np.int32]") -> "NDArray[np.bool_]":
    """Which numbers can be a place in an order."""
    return (places >= 1) & (places <= LAST_PLACE)


def _unknown(problem: Problem) -> Iterator[Issue]:
    mentees, mentors = set(problem.mentees), {mentor.id for mentor in problem.mentors}
    named = [(pin.mentee, pin.mentor) for pin in problem.pins]
    named += [(forbid.mentee, forbid.mentor) for forbid in problem.forbids]
    for name in sorted({mentee for mentee, _ in named} - mentees):
        yield Issue(
            say("A rule or lock names the mentee “%(id)s”, who is not in this round.", id=quoted(name)),
            say("Remove the rule or lock, or add the mentee."),
        )
    for name in sorted({mentor for _, mentor in named} - mentors):
        yield Issue(
            say("A rule or lock names the mentor “%(id)s”, who is not in this round.", id=quoted(name)),
            say("Remove the rule or lock, or add the mentor."),
        )


def _pins_against_rules(problem: Problem) -> Iterator[Issue]:
    forbidden = {(forbid.mentee, forbid.mentor) for forbid in problem.forbids}
    for mentee, mentor in sorted({(pin.mentee, pin.mentor) for pin in problem.pins} & forbidden):
        yield Issue(
            say(
                "“%(mentee)s” is locked to “%(mentor)s”, but a program rule stands against this pair.",
                mentee=quoted(mentee),
                mentor=quoted(mentor),
            ),
            say("Remove the lock."),
        )


def _pins_of_one_mentee(problem: Problem) -> Iterator[Issue]:
    for mentee, count in Counter(pin.mentee for pin in problem.pins).items():
        if count > 1:
            yield Issue(
                say("“%(mentee)s” is locked %(count)s times.", mentee=quoted(mentee), count=count),
                say("Keep one lock for each mentee."),
            )


def _pins_above_capacity(problem: Problem) -> Iterator[Issue]:
    seats = {mentor.id: mentor.capacity for mentor in problem.mentors}
    for mentor, count in Counter(pin.mentor for pin in problem.pins).items():
        if mentor in seats and count > seats[mentor]:
            yield Issue(
                say(
                    "“%(mentor)s” has %(locked)s locked mentees and %(seats)s seats.",
                    mentor=quoted(mentor),
                    locked=count,
                    seats=seats[mentor],
                ),
                say("Remove locks, or give this mentor more seats."),
            )
