"""What a certificate says, in plain words."""

from cheiron.core.matching.arithmetic import hundredths
from cheiron.core.matching.problem import Method, Problem
from cheiron.core.matching.result import Result, Stability


def points(score: int) -> str:
    """A score, or a sum of scores, as points with two decimals."""
    whole, rest = divmod(hundredths(score), 100)
    return f"{whole}.{rest:02d}"


def claims(problem: Problem, result: Result) -> tuple[str, ...]:
    """The claims that ``verify`` has checked."""
    placed, seats = len(result.pairs), sum(mentor.capacity for mentor in problem.mentors)
    first, second = _promises(result)
    mentees = counted(len(problem.mentees), "mentee")
    return (
        f"{placed} of {mentees} placed, with {counted(seats, 'seat')} on offer. {first}",
        f"The scores of the pairs add up to {points(result.certificate.total)} points. {second}",
        "Every mentor has at most as many mentees as seats, nobody is placed twice, every lock is kept, "
        "and no pair stands against a program rule.",
        "The reason given to each mentee without a mentor was counted again and is true.",
    )


def _promises(result: Result) -> tuple[str, str]:
    """What the method promises of who is placed, and of how well."""
    stability = result.certificate.stability
    if stability is not None:
        return _SWITCH, _best(result, stability)
    if result.method.fair:
        return FAIR_PROMISES[result.method], "No other choice that is as fair adds up to more."
    return _MOST, "No other choice that places as many adds up to more."


_MOST = "No other choice of pairs under the same rules and locks places more."
FAIR_PROMISES = {
    Method.FAIR: f"{_MOST} Of those that place as many, none leaves fewer with the lowest fit (in hundredths), nor, "
    "with as few of these, fewer with the next, and so on.",
    Method.GENEROUS: f"{_MOST} Of those that place as many, none puts fewer people last in their own order (places "
    "beyond the tenth count as one), nor, with as few of these, fewer before the last, and so on.",
    Method.RANK_MAXIMAL: "No other choice gives more people the first of their own order, nor, with as many of these, "
    "more the second, and so on (places beyond the tenth count as one).",
}
_SWITCH = "Locks aside, no mentee and no mentor who are apart would both rather have each other."


def _best(result: Result, stability: Stability) -> str:
    """What a stable choice says of both sides, and how much the seed had to decide."""
    side = "mentee" if result.method is Method.STABLE else "mentor"
    return (
        f"Of all choices of which that is true, this is the best for every {side}, by the orders in the problem. "
        f"The seed decided between equals for {counted(stability.mentee_ties, 'mentee')} "
        f"and {counted(stability.mentor_ties, 'mentor')}."
    )


def fingerprints(result: Result) -> tuple[str, ...]:
    """By what problem and result are known, and what made them."""
    versions = ", ".join(f"{name} {version}" for name, version in result.versions)
    return (
        f"Problem: {result.problem_hash}",
        f"Result: {result.result_hash}",
        f"Method: {result.method}",
        f"Seed: {result.seed}",
        f"Solved by: {versions}",
    )


def counted(count: int, one: str) -> str:
    """A number and its noun."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"
