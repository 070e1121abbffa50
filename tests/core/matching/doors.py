"""Every method through every door that leads to it, so that one suite can hold all of them to the same contract.

A door takes a round (a ``Problem``) and says what to do with it. To put another solver under the contract, give it a
``Door`` in ``DOORS``; nothing else has to change. Nothing here needs Hypothesis, Django or a database.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cheiron.core.matching.files import problem_from_json, problem_to_json, result_from_json, result_to_json
from cheiron.core.matching.network.files import (
    network_from_json,
    network_result_from_json,
    network_result_to_json,
    network_to_json,
)
from cheiron.core.matching.network.problem import MENTOR, Demand, Network, Offer, Settled, network, network_of
from cheiron.core.matching.network.result import sealed as sealed_network
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.verify import verify_network
from cheiron.core.matching.problem import (
    NO_EDGE,
    ROUND_METHODS,
    Forbid,
    Mentor,
    Method,
    Orders,
    Pin,
    Problem,
    Rule,
)
from cheiron.core.matching.result import sealed
from cheiron.core.matching.solve import solve
from cheiron.core.matching.verify import verify

Pairs = dict[str, str]
"""Mentee to mentor."""


@dataclass(frozen=True)
class Door:
    """One way from a round to a result, and back to whether it holds."""

    name: str
    method: Method
    put: Callable[[Problem], Any]
    """The round as what the solver takes."""
    solve: Callable[[Any], Any]
    verify: Callable[[Any, Any], tuple[Any, ...]]
    seal: Callable[[Any], Any]
    write: Callable[[Any], Any]
    """The task as values for JSON."""
    read: Callable[[Any], Any]
    write_result: Callable[[Any], Any]
    read_result: Callable[[Any], Any]
    exact: bool = True
    """Whether it promises the best there is, and not the best to within a gap."""

    def open(self, problem: Problem) -> tuple[Any, Any]:
        """The round as the solver takes it, and the result."""
        task = self.put(problem)
        return task, self.solve(task)

    def pairs(self, problem: Problem) -> Pairs:
        """Who gets whom, after the independent check."""
        task, result = self.open(problem)
        assert self.verify(task, result) == ()
        return pairs_of(result)

    def __str__(self) -> str:
        return self.name


def _round(method: Method) -> Door:
    def put(problem: Problem) -> Any:
        return replace(problem, method=method)

    files = (problem_to_json, problem_from_json, result_to_json, result_from_json)
    return Door(f"round, {method}", method, put, solve, verify, sealed, *files)


def _network(method: Method) -> Door:
    def put(problem: Problem) -> Any:
        return network_of(problem, method)

    exact = method is not Method.AUCTION
    files = (network_to_json, network_from_json, network_result_to_json, network_result_from_json)
    return Door(f"network, {method}", method, put, solve_network, verify_network, sealed_network, *files, exact)


def by_hand(problem: Problem, method: Method) -> Network:
    """The round as a network with every pair that has a score, also those that a rule or an empty seat rules out."""
    both = problem.orders.of_mentees, problem.orders.of_mentors
    ties = [
        (problem.mentees[row], problem.mentors[at].id, MENTOR, *(int(one[row, at]) for one in (problem.scores, *both)))
        for row, at in zip(*np.nonzero(problem.scores >= 0), strict=True)
    ]
    return network(
        [Demand(mentee) for mentee in problem.mentees],
        [Offer(mentor.id, mentor.capacity) for mentor in problem.mentors],
        ties,
        forbids=problem.forbids,
        pins=[Settled(pin.mentee, pin.mentor, MENTOR, pin.reason, pin.author) for pin in problem.pins],
        seed=problem.seed,
        method=method,
    )


NETWORK_METHODS = (Method.WEIGHTED, Method.STABLE, Method.STABLE_MENTOR, Method.AUCTION)
DOORS = (*map(_round, ROUND_METHODS), *map(_network, NETWORK_METHODS))
BEST = tuple(door for door in DOORS if not door.method.stable and door.exact)
STABLE = tuple(door for door in DOORS if door.method.stable)
NEAR = tuple(door for door in DOORS if not door.exact)


# ---------- what a choice is worth, counted anew ----------


def pairs_of(result: Any) -> Pairs:
    """Who got whom."""
    return {pair.mentee: pair.mentor for pair in result.pairs}


def left_out(result: Any) -> set[str]:
    """Whoever is told why they have nobody."""
    return {one.mentee for one in getattr(result, "unmatched", None) or getattr(result, "open", ())}


def kept(problem: Problem, pairs: Pairs) -> bool:
    """Seats, rules and locks, counted from the definition; a lock alone may stand on a pair without a score."""
    locks, load = {(pin.mentee, pin.mentor) for pin in problem.pins}, Counter(pairs.values())
    against = {(one.mentee, one.mentor) for one in problem.forbids}
    made = set(pairs.items())
    seated = all(load[mentor.id] <= mentor.capacity for mentor in problem.mentors)
    scored = all(score_of(problem, *pair) >= 0 for pair in made - locks)
    return seated and scored and locks <= made and not made & against


def score_of(problem: Problem, mentee: str, mentor: str) -> int:
    """As it stands in the round."""
    return int(problem.scores[problem.mentees.index(mentee), mentor_ids(problem).index(mentor)])


def mentor_ids(problem: Problem) -> list[str]:
    """In their order."""
    return [mentor.id for mentor in problem.mentors]


def aim(problem: Problem, method: Method, pairs: Pairs) -> tuple[int, ...]:
    """What the method makes as large as possible, one number after the other; of a sum of rounds it is the sum.

    Written down anew from the words of ``Method``: hundredths for ``fair``, places up to the tenth for the others.
    """
    scores = [max(0, score_of(problem, *pair)) for pair in pairs.items()]
    many, total = (len(pairs),), (sum(scores),)
    if method is Method.FAIR:
        low = Counter(score // 10_000 for score in scores)
        return many + tuple(-low[level] for level in range(101)) + total
    if method in {Method.GENEROUS, Method.RANK_MAXIMAL}:
        places = Counter(min(11, place_of(problem, *pair)) for pair in pairs.items())
        if method is Method.GENEROUS:
            return many + tuple(-places[place] for place in range(11, -1, -1)) + total
        return tuple(places[place] for place in range(1, 12)) + total
    return many + total


def place_of(problem: Problem, mentee: str, mentor: str) -> int:
    """The place of the mentor in the mentee's order; 0 where there is none."""
    row, column = problem.mentees.index(mentee), mentor_ids(problem).index(mentor)
    return int(problem.orders.of_mentees[row, column])


def fingerprint(result: Any) -> str:
    """Every byte of a result, its own hash left aside."""
    return hashlib.sha256(repr(replace(result, result_hash="")).encode()).hexdigest()


# ---------- rounds made of rounds ----------


def beside(one: Problem, other: Problem) -> Problem:
    """Both on campuses of their own: A and B before every id, and no pair between the two."""
    both = (renamed(one, "A"), renamed(other, "B"))
    scores = _blocks([each.scores for each in both], NO_EDGE)
    orders = Orders(
        _blocks([each.orders.of_mentees for each in both], 0), _blocks([each.orders.of_mentors for each in both], 0)
    )
    return Problem(
        both[0].mentees + both[1].mentees,
        both[0].mentors + both[1].mentors,
        scores,
        both[0].forbids + both[1].forbids,
        both[0].pins + both[1].pins,
        one.seed,
        method=one.method,
        orders=orders,
    )


def _blocks(parts: list[Any], between: int) -> Any:
    (n, m), (k, j) = parts[0].shape, parts[1].shape
    whole = np.full((n + k, m + j), between)
    whole[:n, :m], whole[n:, m:] = parts
    return whole


def renamed(problem: Problem, before: str, names: Callable[[str], str] = str) -> Problem:
    """The same people under other names."""

    def name(old: str) -> str:
        return before + names(old)

    return Problem(
        tuple(map(name, problem.mentees)),
        tuple(Mentor(name(mentor.id), mentor.capacity) for mentor in problem.mentors),
        problem.scores,
        tuple(Forbid(name(one.mentee), name(one.mentor), one.rule) for one in problem.forbids),
        tuple(Pin(name(one.mentee), name(one.mentor), one.reason, one.author) for one in problem.pins),
        problem.seed,
        problem.role,
        problem.method,
        problem.orders,
    )


def shuffled(problem: Problem, chance: Any) -> Problem:
    """The same round, written down in another order."""
    rows, columns = list(range(len(problem.mentees))), list(range(len(problem.mentors)))
    chance.shuffle(rows)
    chance.shuffle(columns)
    at = np.ix_(rows, columns)
    return Problem(
        tuple(problem.mentees[row] for row in rows),
        tuple(problem.mentors[column] for column in columns),
        problem.scores[at],
        problem.forbids[::-1],
        problem.pins[::-1],
        problem.seed,
        problem.role,
        problem.method,
        problem.orders and Orders(problem.orders.of_mentees[at], problem.orders.of_mentors[at]),
    )


def fixed_round(seed: int, mentees: int = 9, mentors: int = 5) -> Problem:
    """A round with shared places, equal scores, a pause, a rule and a lock; the same in every process."""
    chance = np.random.default_rng(seed)
    shape = (mentees, mentors)
    scores = chance.choice([NO_EDGE, 0, 250_000, 500_000, 1_000_000], shape)
    orders = Orders(chance.integers(1, 4, shape), chance.integers(1, 4, shape))
    seats = [0, *chance.integers(1, 3, mentors - 1).tolist()]
    people = tuple(f"S{row}" for row in range(mentees))
    offers = tuple(Mentor(f"M{column}", capacity) for column, capacity in enumerate(seats))
    rules, locks = (Forbid("S0", "M1", Rule.PAST),), (Pin("S1", "M2", "They know each other.", "Ada"),)
    return Problem(people, offers, scores, rules, locks, seed, orders=orders)


def answers() -> dict[str, list[str]]:
    """What every door makes of the fixed rounds, as fingerprints."""
    return {str(door): [fingerprint(door.open(fixed_round(seed))[1]) for seed in range(4)] for door in DOORS}
