"""Who comes next for a mentee whose mentor said no or nothing: each mentee for themselves, by the rules of a round."""

from collections.abc import Collection

from cheiron.core.matching.problem import Problem


def next_best(problem: Problem, without: Collection[str] = ()) -> dict[str, tuple[str, int]]:
    """For each mentee the best mentor, and the score of the two; mentees with nobody left are left out.

    Best is who has the highest score, or in a stable round who stands first in the mentee's own order. A mentor counts
    who has a seat, against whom nothing stands and who is not among ``without``; of equals the first by id. No mentee
    takes another one's seat here: whoever asks for one of them asks again for the next.
    """
    against = {(forbid.mentee, forbid.mentor) for forbid in problem.forbids}
    seats = [(column, one.id) for column, one in enumerate(problem.mentors) if one.capacity and one.id not in without]
    found = {}
    for row, mentee in enumerate(problem.mentees):
        scores, places = problem.scores[row].tolist(), _places(problem, row)
        open_to = [(places[c], key, scores[c]) for c, key in seats if scores[c] >= 0 and (mentee, key) not in against]
        if open_to:
            _, mentor, score = min(open_to)
            found[mentee] = (mentor, score)
    return found


def _places(problem: Problem, row: int) -> list[int]:
    """What a mentee goes by, smallest first: their own order in a stable round, the fit otherwise."""
    if problem.method.stable and problem.orders is not None:
        return [int(place) for place in problem.orders.of_mentees[row]]
    return [-int(score) for score in problem.scores[row]]
