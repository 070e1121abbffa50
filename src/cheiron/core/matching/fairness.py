"""Whether a fair choice is one: a part of ``verify``, and like it without a line of the solver.

The aims are counted anew from the problem. Then each proof is tried on what the ones before have left open: its prices
cover every pair, and add up to exactly what the choice is worth for this aim. So no other choice that is as good for
the earlier aims is better for this one.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cheiron.core.matching.problem import Method, Problem
from cheiron.core.matching.result import PairState, Result
from cheiron.core.text import Text, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LAST_PLACE_OF_ITS_OWN = 10
_IN_A_HUNDREDTH = 10_000
_LIMIT = 2**40
_PRICE_LIMIT = 2**60


def unfair(problem: Problem, result: Result, undecided: "NDArray[np.bool_]") -> Iterator[Text]:
    """What is wrong with a fair choice; ``undecided``: bool (mentees, mentors), the pairs that it decides on."""
    import numpy as np

    aims, proofs = _aims(problem, result.method, undecided), result.certificate.stages
    chosen, seats = _chosen(problem, result), _seats(problem)
    if (chosen & ~undecided).any() or len(aims) != len(proofs):
        yield say("The proof does not have one part for each aim.")
        return
    open_pairs = undecided.copy()
    sides = [np.array(chosen.any(axis=1)), np.array(chosen.sum(axis=0) == seats)]
    bound = [np.zeros_like(side) for side in sides]
    for number, (aim, proof) in enumerate(zip(aims, proofs, strict=True), start=1):
        if not _holds(aim, proof, chosen, seats, open_pairs, bound):
            yield say("The proof fails at aim %(number)s of %(all)s.", number=number, all=len(aims))
            return
        ours, theirs = (np.array(prices, dtype=np.int64) for prices in proof)
        open_pairs &= np.add.outer(ours, theirs) == aim
        bound = [kept | (prices != 0) for kept, prices in zip(bound, (ours, theirs), strict=True)]
        if (chosen & ~open_pairs).any() or any((must & ~is_so).any() for must, is_so in zip(bound, sides, strict=True)):
            yield say("The choice is not among the best for aim %(number)s of %(all)s.", number=number, all=len(aims))
            return


def _holds(
    aim: "NDArray[np.int64]",
    proof: tuple[tuple[int, ...], tuple[int, ...]],
    chosen: "NDArray[np.bool_]",
    seats: "NDArray[np.int64]",
    open_pairs: "NDArray[np.bool_]",
    bound: "list[NDArray[np.bool_]]",
) -> bool:
    """Whether the prices cover every open pair, are not below 0 where they may not be, and add up."""
    import numpy as np

    if (len(proof[0]), len(proof[1])) != aim.shape:
        return False
    if any(abs(price) > _PRICE_LIMIT for prices in proof for price in prices):
        return False
    ours, theirs = (np.array(prices, dtype=np.int64) for prices in proof)
    below = any((prices[~must] < 0).any() for prices, must in zip((ours, theirs), bound, strict=True))
    covered = (np.add.outer(ours, theirs) >= aim)[open_pairs].all()
    asked = sum(ours.tolist()) + sum(price * left for price, left in zip(theirs.tolist(), seats.tolist(), strict=True))
    return bool(covered) and not below and asked == sum(aim[chosen].tolist())


def _chosen(problem: Problem, result: Result) -> "NDArray[np.bool_]":
    """The pairs that the engine placed: bool (mentees, mentors)."""
    import numpy as np

    rows = {mentee: row for row, mentee in enumerate(problem.mentees)}
    columns = {mentor.id: column for column, mentor in enumerate(problem.mentors)}
    chosen = np.zeros(problem.scores.shape, dtype=np.bool_)
    for pair in result.pairs:
        chosen[rows[pair.mentee], columns[pair.mentor]] = pair.state is PairState.PLACED
    return chosen


def _seats(problem: Problem) -> "NDArray[np.int64]":
    """Seats of each mentor beside the locks; 0 where nothing is decided on."""
    import numpy as np

    locked = Counter(pin.mentor for pin in problem.pins)
    return np.array([max(mentor.capacity - locked[mentor.id], 0) for mentor in problem.mentors], dtype=np.int64)


def _aims(problem: Problem, method: Method, undecided: "NDArray[np.bool_]") -> "list[NDArray[np.int64]]":
    """What each pair is worth for each aim, the most important first."""
    import numpy as np

    ranks = _ranks(problem, method)
    known = sorted({int(rank) for rank in ranks[undecided]}, reverse=method is Method.GENEROUS)
    base, share = len(problem.mentees) + 1, 1
    while base**share <= _LIMIT and share < len(known):
        share += 1
    aims = [] if method is Method.RANK_MAXIMAL else [np.ones(ranks.shape, dtype=np.int64)]
    for at, rank in enumerate(known):
        if at % share == 0:
            aims.append(np.zeros(ranks.shape, dtype=np.int64))
        in_this_aim = min(share, len(known) - (at - at % share))
        weight = base ** (in_this_aim - 1 - at % share)
        aims[-1][ranks == rank] = weight if method is Method.RANK_MAXIMAL else -weight
    return [*aims, np.where(problem.scores > 0, problem.scores, 0).astype(np.int64)]


def _ranks(problem: Problem, method: Method) -> "NDArray[np.int64]":
    """The hundredths of the fit, or the place in the mentee's order: int64 (mentees, mentors)."""
    import numpy as np

    if method is Method.FAIR:
        return np.where(problem.scores > 0, problem.scores, 0).astype(np.int64) // _IN_A_HUNDREDTH
    if problem.orders is None:
        return np.zeros(problem.scores.shape, dtype=np.int64)
    places = problem.orders.of_mentees.astype(np.int64)
    return np.where(places > _LAST_PLACE_OF_ITS_OWN, _LAST_PLACE_OF_ITS_OWN + 1, places)
