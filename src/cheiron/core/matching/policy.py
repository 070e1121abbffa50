"""Which method fits a round, why, and what is given up by it: a suggestion, in sentences. A person decides.

Needs come first: what only one method can give. Then what people would do with the answer. Then size. Thresholds are
processor seconds of ``bench/matching_policy.py`` on one core of a shared machine, rounded down to whole millions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cheiron.core.matching.problem import Method
from cheiron.core.text import Text, say

if TYPE_CHECKING:
    from cheiron.core.matching.network.problem import Network
    from cheiron.core.matching.problem import Problem

GROUPS = "groups"
"""The method of problems in which people are put together in groups."""

EXACT_UP_TO = 5_000_000
"""Pairs of a round up to which the best total is found in seconds: 5,600,000 took 3.0 s."""

FAIR_UP_TO = 1_000_000
"""The same for one aim after the other: 350,000 pairs took 0.6 s by ``fair``, 1,400,000 took 3.6 s."""

SPARSE_UP_TO = 1_000_000
"""The same for a network: 600,000 pairs took 2.2 s (an auction 0.8 s), 3,000,000 took 15.8 s (an auction 6.7 s)."""

WISHES_SPEAK = 0.5
"""From this share of mentees with a wish by name on ("at least half"), their own orders are taken to say much. A
judgment, not a measurement."""


@dataclass(frozen=True)
class Case:
    """What is known of a round before it is solved. ``pairs``: those that may be formed, or at most so many."""

    mentees: int
    mentors: int
    pairs: int
    orders: bool = True
    """Whether it can be said whom each person would rather have."""
    alike: bool = False
    """All pairs score the same, so that the orders alone tell people apart."""
    wishing: int = 0
    """Mentees who wished for somebody by name."""
    arranging: bool = False
    """People may arrange themselves if two would both rather have each other."""
    fairness: bool = False
    """The end of the list matters more than the total."""
    several: bool = False
    """Some mentee seeks several mentors, or in several roles."""
    limits: bool = False
    """Lower quotas, costs, pairs to be kept, or caps over several mentors."""
    sparse: bool = False
    """A network, of which only the pairs that may be formed are held."""
    groups: bool = False
    auction: bool = True
    """Whether a method with a gap may be chosen."""


@dataclass(frozen=True)
class Choice:
    """A method by its name, why it, and what is given up by it; whole sentences, in this order."""

    method: str
    reasons: tuple[Text, ...]
    gives_up: Text


def choose(case: Case) -> Choice:
    """The method that fits, with its reasons. The same case gives the same choice."""
    if case.groups:
        return Choice(GROUPS, (say("People are put together in groups."),), _OF_GROUPS)
    if case.limits:
        return Choice(Method.WEIGHTED, (_LIMITS, *_in_vain(case)), _OF_WEIGHTED)
    if _swapping(case) and case.orders and not case.several:
        return Choice(Method.STABLE, (*_why_stable(case), *_fairness_in_vain(case)), _OF_STABLE)
    if _by_aims(case) and not case.sparse and not case.several and case.pairs <= FAIR_UP_TO:
        return _fair(case)
    return _total(case)


def case_of(problem: "Problem", *, arranging: bool = False, fairness: bool = False) -> Case:
    """What the round itself says; ``arranging`` and ``fairness`` only a person can say. Assumes a valid problem."""
    from cheiron.core.matching.problem import eligible_pairs

    scores = problem.scores[eligible_pairs(problem)]
    return Case(
        mentees=len(problem.mentees),
        mentors=len(problem.mentors),
        pairs=scores.size,
        orders=problem.orders is not None,
        alike=bool(scores.size and scores.min() == scores.max()),
        arranging=arranging,
        fairness=fairness,
    )


def case_of_network(network: "Network") -> Case:
    """What a network itself says. Assumes a valid one."""
    lower = [one.lower for one in network.demands] + [one.lower for one in network.offers]
    scores = network.edges.scores
    mentees = {one.mentee for one in network.demands}
    return Case(
        mentees=len(mentees),
        mentors=len(network.offers),
        pairs=scores.size,
        orders=network.places is not None,
        alike=bool(scores.size and scores.min() == scores.max()),
        several=len(mentees) < len(network.demands) or any(one.upper > 1 for one in network.demands),
        limits=bool(any(lower) or network.caps or network.keeps or any(one.costs for one in network.offers)),
        sparse=True,
    )


def _swapping(case: Case) -> bool:
    """Whether people would swap among themselves, or the orders are all that is known."""
    return case.arranging or case.alike


def _why_stable(case: Case) -> tuple[Text, ...]:
    if case.arranging:
        return (_SWAP,)
    return (say("All pairs fit equally well here, so that people’s own orders alone tell them apart."),)


def _by_aims(case: Case) -> bool:
    """Whether the end of a list matters more than the total: because somebody said so, or by many wishes."""
    return case.fairness or _wishful(case)


def _wishful(case: Case) -> bool:
    return case.orders and case.wishing >= max(1, WISHES_SPEAK * case.mentees)


def _fair(case: Case) -> Choice:
    if case.fairness:
        return Choice(Method.FAIR, (_FAIR, _small(case)), _OF_FAIR)
    return Choice(Method.GENEROUS, (_WISHES,), _OF_GENEROUS)


def _total(case: Case) -> Choice:
    """The best total: exactly, or, where that takes too long, to within a gap that is proved."""
    most = SPARSE_UP_TO if case.sparse else EXACT_UP_TO
    if case.pairs <= most or case.several or not case.auction:
        return Choice(Method.WEIGHTED, (_small(case), *_in_vain(case)), _OF_WEIGHTED)
    large = say(
        "%(pairs)s pairs are many for an exact answer; an auction takes seconds and proves how near it is.",
        pairs=case.pairs,
    )
    return Choice(Method.AUCTION, (large, *_in_vain(case)), _OF_AUCTION)


def _small(case: Case) -> Text:
    """Of size, where the answer is exact."""
    if case.pairs > (SPARSE_UP_TO if case.sparse else EXACT_UP_TO):
        return say(
            "%(pairs)s pairs are many; they are solved exactly all the same, which takes a while.", pairs=case.pairs
        )
    return say(
        "Mentees: %(mentees)s, mentors: %(mentors)s; few enough for an exact answer.",
        mentees=case.mentees,
        mentors=case.mentors,
    )


def _in_vain(case: Case) -> tuple[Text, ...]:
    """What was wished for as well and cannot be had."""
    return (*_stability_in_vain(case), *_fairness_in_vain(case))


def _stability_in_vain(case: Case) -> tuple[Text, ...]:
    if not _swapping(case):
        return ()
    if case.limits or case.several:
        return (say("With such limits a choice in which nobody would rather swap may not exist."),)
    return (say("Whom each person would rather have is not known, so swaps cannot be ruled out."),)


def _fairness_in_vain(case: Case) -> tuple[Text, ...]:
    if not _by_aims(case):
        return ()
    if case.sparse or case.several:
        return (say("One aim after the other is settled in plain rounds only, where each mentee seeks one mentor."),)
    if _swapping(case) and case.orders:
        return (say("The end of a list comes second: it cannot be looked after first and swaps be ruled out as well."),)
    return (say("One aim after the other would take too long with so many pairs."),)


_LIMITS = say("There are lower quotas, costs, caps or pairs to be kept, and this method alone keeps them all.")
_SWAP = say("By this method no two who are apart would both rather have each other, so nobody gains by leaving.")
_FAIR = say("Nobody is to pay for the total with a very low fit.")
_WISHES = say("At least half of the mentees wished for somebody by name: nobody is to end far down their own order.")
_OF_WEIGHTED = say("Given up: two may be apart who would both rather have each other, and somebody may have a low fit.")
_OF_STABLE = say("Given up: somebody may stay without a mentor who could have had one, and the total may be lower.")
_OF_FAIR = say("Given up: the total may be lower, and two may be apart who would both rather have each other.")
_OF_GENEROUS = say("Given up: fewer may get their first choice, and the total may be lower.")
_OF_AUCTION = say("Given up: the total may be below the best by the gap that the certificate states.")
_OF_GROUPS = say("Given up: the best may not be found in time; then the certificate states how far off it can be.")
