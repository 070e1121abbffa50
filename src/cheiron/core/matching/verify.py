"""An independent check of a result: it shares no line with the solver, and only the fingerprints with its values.

Whoever holds the problem and the result can run it. No issue means: this is the result that was written for this
problem, it keeps every rule and lock, nobody is missing, and every reason given to an unmatched mentee is true. Of an
optimum also: no other choice places more mentees or, placing as many, has a higher total. Of a stable choice: no two
people would both rather have each other, and no other such choice is better for the side that it is best for.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cheiron.core.errors import Issue
from cheiron.core.matching.fairness import unfair
from cheiron.core.matching.problem import Method, Problem, problem_hash
from cheiron.core.matching.result import PairState, Result, Unmatched, UnmatchedKind, result_hash
from cheiron.core.matching.stability import unstable
from cheiron.core.text import Text, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def verify(problem: Problem, result: Result) -> tuple[Issue, ...]:
    """Everything that is wrong with the result; empty when it is certified. Never raises.

    Later checks rest on earlier ones (prices mean nothing for people who do not exist), so the first group that finds
    something is the last one that is run.
    """
    for check in (_wrong_problem, _wrong_fingerprints, _wrong_people, _broken_rules, _wrong_sums, _failed_proof):
        issues = tuple(check(problem, result))
        if issues:
            return issues
    return tuple(_untrue_reasons(problem, result))


def _issue(problem: Text) -> Issue:
    return Issue(problem, say("Do not use this result; run the matching again."))


def _wrong_problem(problem: Problem, _: Result) -> Iterator[Issue]:
    mentees, mentors = set(problem.mentees), {mentor.id for mentor in problem.mentors}
    if len(mentees) < len(problem.mentees) or len(mentors) < len(problem.mentors):
        yield _issue(say("Two people in the problem have the same id."))
    if problem.scores.shape != (len(problem.mentees), len(problem.mentors)) or problem.scores.dtype != "int32":
        yield _issue(say("The scores of the problem do not fit its people."))
    both = (problem.orders.of_mentees, problem.orders.of_mentors) if problem.orders else ()
    if any(places.shape != problem.scores.shape or places.dtype != "int32" for places in both):
        yield _issue(say("The orders of the problem do not fit its people."))
    named = [(rule.mentee, rule.mentor) for rule in problem.forbids] + [
        (pin.mentee, pin.mentor) for pin in problem.pins
    ]
    if any(mentee not in mentees or mentor not in mentors for mentee, mentor in named):
        yield _issue(say("A rule or lock of the problem names somebody who is not in it."))


def _wrong_fingerprints(problem: Problem, result: Result) -> Iterator[Issue]:
    if result.problem_hash != problem_hash(problem):
        yield _issue(say("This result belongs to another problem, or the problem was changed afterwards."))
    if result.seed != problem.seed:
        yield _issue(say("This result was drawn with another seed."))
    if result.result_hash != result_hash(result):
        yield _issue(say("This result was changed after it was written."))


def _wrong_people(problem: Problem, result: Result) -> Iterator[Issue]:
    told = Counter([pair.mentee for pair in result.pairs] + [one.mentee for one in result.unmatched])
    if told != Counter(problem.mentees):
        yield _issue(say("A mentee is missing, stands in the result twice, or is not in the problem."))
    if not {pair.mentor for pair in result.pairs} <= {mentor.id for mentor in problem.mentors}:
        yield _issue(say("The result names a mentor who is not in the problem."))
    by_mentee = [pair.mentee for pair in result.pairs], [one.mentee for one in result.unmatched]
    if any(names != sorted(names) for names in by_mentee):
        yield _issue(say("The result is not in the order of ids."))


def _broken_rules(problem: Problem, result: Result) -> Iterator[Issue]:
    taken = Counter(pair.mentor for pair in result.pairs)
    if any(taken[mentor.id] > mentor.capacity for mentor in problem.mentors):
        yield _issue(say("A mentor has more mentees than seats."))
    pairs = {(pair.mentee, pair.mentor) for pair in result.pairs}
    if pairs & {(forbid.mentee, forbid.mentor) for forbid in problem.forbids}:
        yield _issue(say("A pair stands against a program rule."))
    locked = {(pair.mentee, pair.mentor) for pair in result.pairs if pair.state is PairState.LOCKED}
    if locked != {(pin.mentee, pin.mentor) for pin in problem.pins}:
        yield _issue(say("The locked pairs are not those of the problem."))
    if any(pair.score != _score(problem, pair.mentee, pair.mentor, pair.state) for pair in result.pairs):
        yield _issue(say("A pair has another score than in the problem, or none there."))


def _score(problem: Problem, mentee: str, mentor: str, state: PairState) -> int | None:
    """The score that the pair must have: 0 for a lock without one, None for a placement that may not be."""
    row = bisect_left(problem.mentees, mentee)
    column = bisect_left(problem.mentors, mentor, key=lambda one: one.id)
    score = int(problem.scores[row, column])
    if score >= 0:
        return score
    return 0 if state is PairState.LOCKED else None


def _wrong_sums(_: Problem, result: Result) -> Iterator[Issue]:
    if result.certificate.placed != len(result.pairs):
        yield _issue(say("The number of pairs is not the one that was certified."))
    if result.certificate.total != sum(pair.score for pair in result.pairs):
        yield _issue(say("The total score is not the one that was certified."))


def _failed_proof(problem: Problem, result: Result) -> Iterator[Issue]:
    certificate = result.certificate
    if result.method is Method.WEIGHTED:
        yield from _failed_prices(problem, result)
    elif certificate.mentee_prices or certificate.mentor_prices or (result.method.fair and certificate.stability):
        yield _issue(say("This method is not proved by prices of this kind, and here are some."))
    elif result.method.fair:
        yield from map(_issue, unfair(problem, result, _undecided(problem)))
    elif certificate.stages:
        yield _issue(say("A stable choice has no aims to prove, and here are some."))
    else:
        yield from map(_issue, unstable(problem, result, _undecided(problem)))


def _failed_prices(problem: Problem, result: Result) -> Iterator[Issue]:
    certificate = result.certificate
    if certificate.stability is not None or certificate.stages:
        yield _issue(say("An optimum is proved by prices alone, and here is something else."))
    mentee_prices, mentor_prices = dict(certificate.mentee_prices), dict(certificate.mentor_prices)
    complete = [name for name, _ in certificate.mentee_prices] == list(problem.mentees) and [
        name for name, _ in certificate.mentor_prices
    ] == [mentor.id for mentor in problem.mentors]
    highest = 1 + (len(problem.mentees) + 1) * 1_000_000
    if not complete or not all(0 <= price <= highest for price in (*mentee_prices.values(), *mentor_prices.values())):
        yield _issue(say("A price of the proof is missing or impossible."))
        return
    if any(mentee_prices[pin.mentee] for pin in problem.pins):
        yield _issue(say("A locked mentee has a price in the proof."))
    if not _prices_cover(problem, list(mentee_prices.values()), list(mentor_prices.values())):
        yield _issue(say("The proof fails: some other pair is worth more than its prices."))
    if _priced_value(problem, result) != _placed_value(problem, result):
        yield _issue(say("The proof fails: the prices do not add up to what the pairs are worth."))


def _worth_of_placing(problem: Problem) -> int:
    return 1 + len(problem.mentees) * 1_000_000


def _seats_beside_locks(problem: Problem) -> dict[str, int]:
    locked = Counter(pin.mentor for pin in problem.pins)
    return {mentor.id: mentor.capacity - locked[mentor.id] for mentor in problem.mentors}


def _prices_cover(problem: Problem, mentee_prices: list[int], mentor_prices: list[int]) -> bool:
    import numpy as np

    asked = np.add.outer(np.array(mentee_prices, dtype=np.int64), np.array(mentor_prices, dtype=np.int64))
    covered = asked >= problem.scores + np.int64(_worth_of_placing(problem))
    return bool(covered[_undecided(problem)].all())


def _undecided(problem: Problem) -> "NDArray[np.bool_]":
    """bool (mentees, mentors): allowed, the mentee not locked, and the mentor has a seat left beside locks."""
    locked = {pin.mentee for pin in problem.pins}
    undecided = _allowed(problem)
    undecided[[mentee in locked for mentee in problem.mentees], :] = False
    undecided[:, [left <= 0 for left in _seats_beside_locks(problem).values()]] = False
    return undecided


def _allowed(problem: Problem) -> "NDArray[np.bool_]":
    """bool (mentees, mentors): scored, not forbidden, and the mentor has a seat."""
    import numpy as np

    allowed = np.greater_equal(problem.scores, 0)
    rows = {mentee: row for row, mentee in enumerate(problem.mentees)}
    columns = {mentor.id: column for column, mentor in enumerate(problem.mentors)}
    for forbid in problem.forbids:
        allowed[rows[forbid.mentee], columns[forbid.mentor]] = False
    allowed[:, [mentor.capacity <= 0 for mentor in problem.mentors]] = False
    return allowed


def _priced_value(problem: Problem, result: Result) -> int:
    left = _seats_beside_locks(problem)
    of_mentors = sum(price * left[mentor] for mentor, price in result.certificate.mentor_prices)
    return of_mentors + sum(price for _, price in result.certificate.mentee_prices)


def _placed_value(problem: Problem, result: Result) -> int:
    worth = _worth_of_placing(problem)
    return sum(worth + pair.score for pair in result.pairs if pair.state is PairState.PLACED)


def _untrue_reasons(problem: Problem, result: Result) -> Iterator[Issue]:
    if not result.unmatched:
        return
    if result.method.stable or result.method is Method.RANK_MAXIMAL:
        reason = _Outranked(problem, result.method.stable).reason
    else:
        reason = _Circles(problem, result).reason
    if any(reason(one.mentee) != one for one in result.unmatched):
        yield _issue(say("The reason given to a mentee without a mentor is not true."))


class _Outranked:
    """Why somebody has nobody in a stable choice, or in one by the first places, counted mentor by mentor."""

    def __init__(self, problem: Problem, stable: bool) -> None:
        self.stable = stable
        self.left = _seats_beside_locks(problem)
        self.seats = {mentor.id: mentor.capacity for mentor in problem.mentors}
        ids = tuple(self.seats)
        rows = zip(problem.mentees, _allowed(problem).tolist(), strict=True)
        self.open_to = {mentee: [ids[at] for at, mark in enumerate(row) if mark] for mentee, row in rows}

    def reason(self, mentee: str) -> Unmatched:
        """What must stand in the result for somebody without a mentor."""
        mentors = self.open_to[mentee]
        if not any(self.seats.values()):
            return Unmatched(mentee, UnmatchedKind.NO_SEATS_AT_ALL)
        if not mentors:
            return Unmatched(mentee, UnmatchedKind.NO_ONE_ELIGIBLE)
        seats, left = (sum(counts[mentor] for mentor in mentors) for counts in (self.seats, self.left))
        if not self.stable:
            return Unmatched(mentee, UnmatchedKind.TAKEN, len(mentors), seats)
        return Unmatched(mentee, UnmatchedKind.OUTRANKED, len(mentors), seats, left)


class _Circles:
    """Who is open to whom as bit masks over mentors; bit k is mentor k."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.capacities = [mentor.capacity for mentor in problem.mentors]
        self.open_to = dict(zip(problem.mentees, _bit_rows(_allowed(problem)), strict=True))
        bit_of = {mentor.id: 1 << place for place, mentor in enumerate(problem.mentors)}
        self.open_to.update({pin.mentee: bit_of[pin.mentor] for pin in problem.pins})
        self.alike = Counter(self.open_to.values())
        self.moves = dict.fromkeys(bit_of.values(), 0)
        for pair in result.pairs:
            self.moves[bit_of[pair.mentor]] |= self.open_to[pair.mentee]

    def reason(self, mentee: str) -> Unmatched:
        """What must stand in the result for somebody without a mentor."""
        direct = self.open_to[mentee]
        if not any(self.capacities):
            return Unmatched(mentee, UnmatchedKind.NO_SEATS_AT_ALL)
        if not direct:
            return Unmatched(mentee, UnmatchedKind.NO_ONE_ELIGIBLE)
        circle = self._widened(direct)
        seats = sum(seats for place, seats in enumerate(self.capacities) if circle >> place & 1)
        bound = sum(count for mask, count in self.alike.items() if mask and not mask & ~circle)
        kind = UnmatchedKind.HALL if circle == direct else UnmatchedKind.HALL_CHAIN
        return Unmatched(mentee, kind, circle.bit_count(), seats, bound)

    def _widened(self, circle: int) -> int:
        """The circle closed under the moves of the mentees placed in it."""
        pending = circle
        while pending:
            mentor = pending & -pending
            found = self.moves[mentor] & ~circle
            circle |= found
            pending = (pending | found) & ~mentor
        return circle


def _bit_rows(marks: "NDArray[np.bool_]") -> list[int]:
    import numpy as np

    packed = np.packbits(marks, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]
