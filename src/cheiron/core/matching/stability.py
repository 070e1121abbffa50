"""Whether a stable choice is one: a part of ``verify``, and like it without a line of the solver.

The solver lets one person after the other propose. Here everybody chooses at once, against thresholds that only
get stricter: who can get whom is written down as one number for each person of the side that is proposed to.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cheiron.core.matching.problem import LAST_PLACE, Method, Problem
from cheiron.core.matching.result import PairState, Result, Stability
from cheiron.core.text import Text, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Wishes = NDArray[np.int64]
    """Smaller is better; ``_NOBODY`` where a pair is not to be decided on."""

_NOBODY = 2**62


def unstable(problem: Problem, result: Result, undecided: "NDArray[np.bool_]") -> Iterator[Text]:
    """What is wrong with a stable choice; ``undecided``: bool (mentees, mentors), the pairs that it decides on."""
    if not _has_orders(problem):
        yield say("The problem does not say whom each person would rather have, so nothing is proved.")
        return
    ours, theirs = _wishes(problem, undecided)
    mentor_of = _placed(problem, result)
    found = _blocking(problem, ours, theirs, mentor_of)
    if found:
        yield say("The proof fails: pairs who would both rather have each other: %(count)s.", count=found)
    elif mentor_of != _best_for(result.method, problem, ours, theirs):
        yield say("The proof fails: another stable choice is better for the side that this one should be best for.")
    elif result.certificate.stability != _standings(problem, ours, theirs, undecided, mentor_of):
        yield say("A place in somebody's order, or the number of ties, is not the one that was certified.")


def _has_orders(problem: Problem) -> bool:
    """Whether both orders are there, of the right shape, with places that mean something."""
    if problem.orders is None:
        return False
    places = (problem.orders.of_mentees, problem.orders.of_mentors)
    if any(one.shape != problem.scores.shape or one.dtype != "int32" for one in places):
        return False
    return all(bool(((one >= 1) & (one <= LAST_PLACE))[problem.scores >= 0].all()) for one in places)


def _wishes(problem: Problem, undecided: "NDArray[np.bool_]") -> "tuple[Wishes, Wishes]":
    """Both orders without equals, (mentees, mentors) each."""
    import numpy as np

    assert problem.orders is not None, "asked only where there are orders"
    lots = [_lots(problem.seed, names) for names in (problem.mentees, [one.id for one in problem.mentors])]
    ours = problem.orders.of_mentees * np.int64(len(lots[1])) + np.array(lots[1], dtype=np.int64)
    theirs = problem.orders.of_mentors * np.int64(len(lots[0])) + np.array(lots[0], dtype=np.int64)[:, None]
    return np.where(undecided, ours, _NOBODY), np.where(undecided, theirs, _NOBODY)


def _lots(seed: int, names: "tuple[str, ...] | list[str]") -> list[int]:
    """Everybody's place in the lottery of the seed."""
    drawn = sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).hexdigest())
    place_of = {name: place for place, name in enumerate(drawn)}
    return [place_of[name] for name in names]


def _placed(problem: Problem, result: Result) -> list[int]:
    """Column of each mentee's mentor; -1 for nobody, and for those who are locked."""
    column_of = {mentor.id: column for column, mentor in enumerate(problem.mentors)}
    chosen = {pair.mentee: column_of[pair.mentor] for pair in result.pairs if pair.state is PairState.PLACED}
    return [chosen.get(mentee, -1) for mentee in problem.mentees]


def _left(problem: Problem) -> list[int]:
    """Seats of each mentor beside the locks."""
    locked = Counter(pin.mentor for pin in problem.pins)
    return [mentor.capacity - locked[mentor.id] for mentor in problem.mentors]


def _blocking(problem: Problem, ours: "Wishes", theirs: "Wishes", mentor_of: list[int]) -> int:
    """How many pairs would both rather have each other than what they have (an open seat is the worst there is)."""
    import numpy as np

    mine = np.array([ours[row, column] if column >= 0 else _NOBODY for row, column in enumerate(mentor_of)])
    taken: list[list[int]] = [[] for _ in problem.mentors]
    for row, column in enumerate(mentor_of):
        if column >= 0:
            taken[column].append(int(theirs[row, column]))
    full = [len(of_one) >= seats for of_one, seats in zip(taken, _left(problem), strict=True)]
    worst = [max(of_one, default=-1) if is_full else _NOBODY for of_one, is_full in zip(taken, full, strict=True)]
    return int(((ours < mine[:, None]) & (theirs < np.array(worst, dtype=np.int64))).sum())


def _best_for(method: Method, problem: Problem, ours: "Wishes", theirs: "Wishes") -> list[int]:
    """Column of each mentee's mentor, or -1, in the stable choice that is best for the side that the method names."""
    seats = _left(problem)
    if method is Method.STABLE:
        columns = _settled(ours, theirs, [1] * len(ours), seats)
    else:
        columns = _settled(theirs.T, ours.T, seats, [1] * len(ours)).T
    return [row.index(True) if any(row) else -1 for row in columns.tolist()]


def _settled(ours: "Wishes", theirs: "Wishes", wanted: list[int], seats: list[int]) -> "NDArray[np.bool_]":
    """Who gets whom when everybody takes the best that they can still get: bool, as ``ours``.

    Each person on the other side has a threshold that whoever wants them must come before. It begins open. Where more
    ask than there are seats it moves to the first for whom there is none, and those from there on ask elsewhere.
    """
    import numpy as np

    counts = np.array(wanted)
    threshold = np.full(len(seats), _NOBODY, dtype=np.int64)
    asked = _best(ours, counts)
    while True:
        crowded = np.flatnonzero(asked.sum(axis=0) > np.array(seats))
        if len(crowded) == 0:
            return asked
        for column in crowded:
            rivals = np.sort(theirs[asked[:, column], column])
            threshold[column] = rivals[seats[column]]
        refused = (asked[:, crowded] & (theirs[:, crowded] >= threshold[crowded])).any(axis=1)
        asked[refused] = _best(np.where(theirs[refused] < threshold, ours[refused], _NOBODY), counts[refused])


def _best(wishes: "Wishes", counts: "NDArray[np.int64]") -> "NDArray[np.bool_]":
    """The best entries of each row, as many as that row's count; never those that are nobody."""
    import numpy as np

    most = min(counts.max(initial=0), wishes.shape[1])
    chosen = np.zeros(wishes.shape, dtype=np.bool_)
    if most:
        first = np.argsort(wishes, axis=1)[:, :most] if most > 1 else wishes.argmin(axis=1)[:, None]
        np.put_along_axis(chosen, first, np.arange(most) < counts[:, None], axis=1)
    return chosen & (wishes < _NOBODY)


def _standings(
    problem: Problem, ours: "Wishes", theirs: "Wishes", undecided: "NDArray[np.bool_]", mentor_of: list[int]
) -> Stability:
    """What must stand in the certificate."""
    assert problem.orders is not None, "asked only where there are orders"
    return Stability(
        standings=tuple(
            (
                problem.mentees[row],
                int((ours[row] <= ours[row, column]).sum()),
                int((theirs[:, column] <= theirs[row, column]).sum()),
            )
            for row, column in enumerate(mentor_of)
            if column >= 0
        ),
        mentee_ties=_with_equals(problem.orders.of_mentees, undecided),
        mentor_ties=_with_equals(problem.orders.of_mentors.T, undecided.T),
    )


def _with_equals(places: "NDArray[np.int32]", undecided: "NDArray[np.bool_]") -> int:
    """How many people have two equals among those whom they might get."""
    pairs = zip(places.tolist(), undecided.tolist(), strict=True)
    known = ([place for place, mark in zip(row, marks, strict=True) if mark] for row, marks in pairs)
    return sum(len(set(row)) < len(row) for row in known)
