"""Who comes next for a mentee whose mentor said no or nothing: each mentee for themselves, by the rules of a round."""

from collections.abc import Collection

from cheiron.core.matching.problem import Problem


def next_best(problem: Problem, without: Collection[str] = ()) -> dict[str, tuple[str, int]]:
    """For each mentee the mentor with the highest score, and that score; mentees with nobody left are left out.

    A mentor counts who has a seat, against whom nothing stands and who is not among ``without``; of equals the first
    by id. No mentee takes another one's seat here: whoever asks for one of them asks again for the next.
    """
    against = {(forbid.mentee, forbid.mentor) for forbid in problem.forbids}
    seats = [(column, one.id) for column, one in enumerate(problem.mentors) if one.capacity and one.id not in without]
    found = {}
    for row, mentee in enumerate(problem.mentees):
        scores = problem.scores[row].tolist()
        open_to = [(-scores[c], key) for c, key in seats if scores[c] >= 0 and (mentee, key) not in against]
        if open_to:
            score, mentor = min(open_to)
            found[mentee] = (mentor, -score)
    return found
