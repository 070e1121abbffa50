"""Why two people of a network are a pair, or why not and what it would cost to insist: in counts, without names."""

from collections import Counter
from dataclasses import dataclass, replace

from cheiron.core.errors import Invalid
from cheiron.core.matching.network.problem import Network, Settled
from cheiron.core.matching.network.result import NetworkResult
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.validation import validate
from cheiron.core.matching.problem import Method


@dataclass(frozen=True)
class Insisted:
    """What insisting on a pair would do, everybody else placed again as well as possible."""

    loss: int
    """Total score lost, in millionths; negative when it grows because one more place is filled."""
    placed: int
    """Places more (or, below 0, fewer) than now."""
    moved: int
    """Other mentees whose mentors would not all be the same."""


def insisted(problem: Network, result: NetworkResult, mentee: str, mentor: str, role: str) -> Insisted | None:
    """Exact, by solving again with the pair locked; None where that cannot be, or the method was another."""
    if result.method is not Method.WEIGHTED or (mentee, mentor) in {
        (one.mentee, one.mentor) for one in problem.forbids
    }:
        return None
    asked = replace(problem, pins=tuple(sorted((*problem.pins, Settled(mentee, mentor, role)))), method=Method.WEIGHTED)
    if validate(asked):
        return None
    try:
        again = solve_network(asked)
    except Invalid:
        return None
    before, after = result.certificate, again.certificate
    return Insisted(before.total - after.total, after.placed - before.placed, _moved(result, again, mentee))


def _moved(before: NetworkResult, after: NetworkResult, mentee: str) -> int:
    """Mentees besides this one with other mentors than before."""
    pairs = ({(one.mentee, one.role, one.mentor) for one in told.pairs} for told in (before, after))
    one, other = pairs
    return len(Counter(pair[0] for pair in one ^ other if pair[0] != mentee))
