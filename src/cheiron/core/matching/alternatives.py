"""Why not somebody else, and what it would cost. Which rule stands against a pair is never told."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from heapq import nsmallest

from cheiron.core.errors import NotFound
from cheiron.core.matching.arithmetic import hundredths
from cheiron.core.matching.problem import Mentor, Orders, Problem
from cheiron.core.matching.result import Pair, PairState, Result
from cheiron.core.text import Text, say, say_n


class AlternativeKind(StrEnum):
    """Why a mentor was not the one."""

    OPEN = "open"
    """Could be the one: fits as well or better, or the mentee has nobody, and a seat is open."""
    LOWER_FIT = "lower-fit"
    """A seat is open, but the present mentor fits better."""
    LOWER_ORDER = "lower-order"
    """In a stable run: the mentee would rather have the present mentor."""
    FULL = "full"
    """Every seat is taken."""
    NOT_ELIGIBLE = "not-eligible"
    """The pair was never considered."""


@dataclass(frozen=True)
class Alternative:
    """Another mentor for the mentee; ``score`` in millionths, None when the pair was never considered."""

    mentor: str
    score: int | None
    kind: AlternativeKind
    text: Text


def alternatives(problem: Problem, result: Result, mentee: str, limit: int = 5) -> tuple[Alternative, ...]:
    """The best other mentors for the mentee by score, ties by id, those never considered last. Raises ``NotFound``.

    In a stable run by the mentee's own order, and each is told what stands against it in the orders of the two.
    """
    row = _row(problem, mentee)
    if result.method.stable and problem.orders is not None:
        return _by_order(problem, problem.orders, result, row)[:limit]
    scores = problem.scores[row].tolist()
    ruled_out = {forbid.mentor for forbid in problem.forbids if forbid.mentee == mentee}
    present = next((pair for pair in result.pairs if pair.mentee == mentee), None)
    taken = Counter(pair.mentor for pair in result.pairs)
    scored = (
        (-1 if mentor.id in ruled_out else score, mentor) for mentor, score in zip(problem.mentors, scores, strict=True)
    )
    others = ((-max(score, -1), mentor) for score, mentor in scored if present is None or mentor.id != present.mentor)
    best = nsmallest(limit, others, key=lambda one: (one[0], one[1].id))
    return tuple(
        _not_eligible(mentor) if worth > 0 else _eligible(mentor, -worth, present, taken) for worth, mentor in best
    )


def _by_order(problem: Problem, orders: Orders, result: Result, row: int) -> tuple[Alternative, ...]:
    mentee, places = problem.mentees[row], orders.of_mentees[row].tolist()
    ruled_out = {forbid.mentor for forbid in problem.forbids if forbid.mentee == mentee}
    present = next((pair for pair in result.pairs if pair.mentee == mentee), None)
    place_of = dict(zip([mentor.id for mentor in problem.mentors], places, strict=True))
    own = place_of.get(present.mentor) if present else None
    told = []
    for mentor, score in zip(problem.mentors, problem.scores[row].tolist(), strict=True):
        if score < 0 or mentor.id in ruled_out:
            told.append((_LAST, _not_eligible(mentor)))
        elif present is None or mentor.id != present.mentor:
            kind, text = _against(mentor, place_of[mentor.id], own, result)
            told.append((place_of[mentor.id], Alternative(mentor.id, score, kind, text)))
    return tuple(one for _, one in sorted(told, key=lambda entry: (entry[0], entry[1].mentor)))


_LAST = 2**62


def _against(mentor: Mentor, place: int, own: int | None, result: Result) -> tuple[AlternativeKind, Text]:
    """What stands against this mentor, in the orders of the two; ``own`` is the place of the present mentor."""
    taken = [pair for pair in result.pairs if pair.mentor == mentor.id]
    if mentor.capacity == 0:
        return AlternativeKind.FULL, _full(0)
    if own is not None and place > own:
        return AlternativeKind.LOWER_ORDER, say("Stands lower in this mentee's own order than the present mentor.")
    if len(taken) < mentor.capacity:
        return AlternativeKind.OPEN, say("Has an open seat, and stands no lower in this mentee's own order.")
    return AlternativeKind.FULL, _taken(taken, equal=own == place)


def _taken(pairs: list[Pair], *, equal: bool) -> Text:
    """Why no seat is left for a mentee who would come here at least as gladly."""
    if equal:
        return say("As good for this mentee as the present mentor; every seat is taken.")
    if any(pair.state is PairState.LOCKED for pair in pairs):
        return say("Every seat is locked by hand, or taken by who comes first for this mentor.")
    return say("Every seat is taken by mentees who come first in this mentor's own order.")


def _row(problem: Problem, mentee: str) -> int:
    if mentee not in problem.mentees:
        raise NotFound(say("This mentee is not in the round."))
    return problem.mentees.index(mentee)


def _not_eligible(mentor: Mentor) -> Alternative:
    return Alternative(mentor.id, None, AlternativeKind.NOT_ELIGIBLE, say("A program rule stands against this pair."))


def _eligible(mentor: Mentor, score: int, present: Pair | None, taken: Counter[str]) -> Alternative:
    if taken[mentor.id] >= mentor.capacity:
        return Alternative(mentor.id, score, AlternativeKind.FULL, _full(mentor.capacity))
    if present is None:
        return Alternative(mentor.id, score, AlternativeKind.OPEN, say("Would fit, and has an open seat."))
    if score >= present.score:
        return Alternative(mentor.id, score, AlternativeKind.OPEN, say("Fits at least as well, and has an open seat."))
    return Alternative(mentor.id, score, AlternativeKind.LOWER_FIT, _lower(present.score - score))


def _full(capacity: int) -> Text:
    if capacity == 0:
        return say("Takes nobody in this round.")
    return say_n("The one seat is taken.", "All %(count)s seats are taken.", capacity)


def _lower(difference: int) -> Text:
    shown = hundredths(difference)
    if shown == 0:
        return say("Has an open seat, but fits a little less well.")
    return say("Has an open seat, but the fit is %(difference)s lower.", difference=f"{shown / 100:.2f}".lstrip("0"))
