"""What a certificate says, in plain words."""

from cheiron.core.matching.arithmetic import hundredths
from cheiron.core.matching.problem import Problem
from cheiron.core.matching.result import Result


def points(score: int) -> str:
    """A score, or a sum of scores, as points with two decimals."""
    whole, rest = divmod(hundredths(score), 100)
    return f"{whole}.{rest:02d}"


def claims(problem: Problem, result: Result) -> tuple[str, ...]:
    """The claims that ``verify`` has checked."""
    placed, seats = len(result.pairs), sum(mentor.capacity for mentor in problem.mentors)
    return (
        f"{placed} of {_count(len(problem.mentees), 'mentee')} placed, with {_count(seats, 'seat')} on offer. "
        "No other choice of pairs under the same rules and locks places more.",
        f"The scores of the pairs add up to {points(result.certificate.total)} points. "
        "No other choice that places as many adds up to more.",
        "Every mentor has at most as many mentees as seats, nobody is placed twice, every lock is kept, "
        "and no pair stands against a program rule.",
        "The reason given to each mentee without a mentor was counted again and is true.",
    )


def fingerprints(result: Result) -> tuple[str, ...]:
    """By what problem and result are known, and what made them."""
    versions = ", ".join(f"{name} {version}" for name, version in result.versions)
    return (
        f"Problem: {result.problem_hash}",
        f"Result: {result.result_hash}",
        f"Seed: {result.seed}",
        f"Solved by: {versions}",
    )


def _count(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"
