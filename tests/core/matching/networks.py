"""Small networks with everything in them, and every choice that they allow."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations

from hypothesis import strategies as st

from cheiron.core.matching.network.problem import Cap, Demand, Forbid, Keep, Network, Offer, Settled, Tie, network
from cheiron.core.matching.problem import Method, Rule

ROLES = ("career", "research")
Choice = frozenset[tuple[str, str, str]]
"""Mentee, mentor, role."""


@st.composite
def networks(draw: st.DrawFn, *, limits: bool = True) -> Network:
    """Up to three mentees in two roles and three mentors; with ``limits`` also what a stable choice does not know."""
    roles = ROLES[: draw(st.integers(1, 2))] if limits else ROLES[:1]
    mentees = [f"s{number}" for number in range(draw(st.integers(1, 3)))]
    mentors = [f"m{number}" for number in range(draw(st.integers(1, 3)))]
    demands = [draw(demands_of(mentee, role, limits)) for mentee in mentees for role in roles if draw(st.booleans())]
    offers = [draw(offers_of(mentor, limits)) for mentor in mentors]
    pairs = [(one.mentee, mentor, one.role) for one in demands for mentor in mentors]
    ties = [
        (*pair, draw(st.sampled_from((0, 100_000, 500_000, 1_000_000))), draw(place), draw(place)) for pair in pairs
    ]
    ties = [tie for tie in ties if draw(st.integers(0, 3))]
    rules = draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True)) if pairs else []
    forbids = [Forbid(mentee, mentor, Rule.FIREWALL) for mentee, mentor, _ in rules[:1]]
    pins = [Settled(mentee, mentor, role) for mentee, mentor, role in rules[1:] if draw(st.booleans())]
    keeps = (
        [Keep(*tie[:2], draw(st.sampled_from((0, 200_000, 1_000_000))), tie[2]) for tie in ties[:1]] if limits else []
    )
    caps = draw(caps_of(mentors)) if limits else []
    seed = draw(st.integers(0, 3))
    return network(
        demands, offers, ties, forbids=forbids, pins=_kept(pins, forbids, offers), keeps=keeps, caps=caps, seed=seed
    )


place = st.integers(1, 3)


@st.composite
def demands_of(draw: st.DrawFn, mentee: str, role: str, limits: bool) -> Demand:
    upper = draw(st.integers(1, 2))
    return Demand(mentee, role, upper, draw(st.sampled_from((0, 0, 0, 1))) if limits else 0)


@st.composite
def offers_of(draw: st.DrawFn, mentor: str, limits: bool) -> Offer:
    capacity = draw(st.integers(0, 3))
    costs = draw(st.lists(st.sampled_from((0, 50_000, 400_000, 3_000_000)), max_size=2).map(sorted)) if limits else []
    lower = min(capacity, draw(st.sampled_from((0, 0, 0, 1, 2)))) if limits else 0
    per_role = draw(st.sampled_from(((), (), (), (("career", 0),), (("career", 1),), (("career", 1), ("research", 1)))))
    return Offer(mentor, capacity, lower, tuple(costs), per_role if limits else ())


@st.composite
def caps_of(draw: st.DrawFn, mentors: list[str]) -> list[Cap]:
    inner = Cap("inner", tuple(mentors[:1]), draw(st.integers(0, 2)), 0)
    outer = Cap("outer", tuple(mentors[:2]), draw(st.integers(1, 4)), draw(st.sampled_from((0, 0, 1))))
    return draw(st.lists(st.sampled_from((inner, outer)), max_size=2, unique=True))


def _kept(pins: list[Settled], forbids: list[Forbid], offers: list[Offer]) -> list[Settled]:
    """Those locks that validation takes."""
    against = {(one.mentee, one.mentor) for one in forbids}
    seats = {offer.id: offer.capacity for offer in offers}
    return [pin for pin in pins if (pin.mentee, pin.mentor) not in against and seats[pin.mentor]]


def open_ties(problem: Network) -> list[Tie]:
    """What may be formed, locks without a score included."""
    against = {(one.mentee, one.mentor) for one in problem.forbids}
    seats = {offer.id: offer.capacity for offer in problem.offers}
    ties = [tie for tie in problem.ties() if tie[:2] not in against and seats[tie[1]]]
    known = {tie[:3] for tie in ties}
    return ties + [
        (p.mentee, p.mentor, p.role, 0, 0, 0) for p in problem.pins if (p.mentee, p.mentor, p.role) not in known
    ]


def choices(problem: Network) -> Iterator[Choice]:
    """Every choice that keeps all limits, rules and locks."""
    ties = open_ties(problem)
    pins = {(pin.mentee, pin.mentor, pin.role) for pin in problem.pins}
    for some in chain.from_iterable(combinations(ties, size) for size in range(len(ties) + 1)):
        choice = frozenset(tie[:3] for tie in some)
        if pins <= choice and keeps_limits(problem, choice):
            yield choice


def keeps_limits(problem: Network, choice: Choice) -> bool:
    got = Counter((mentee, role) for mentee, _, role in choice)
    loads = Counter(mentor for _, mentor, _ in choice)
    together = len({(mentee, mentor) for mentee, mentor, _ in choice}) == len(choice)
    demands = all(one.lower <= got[one.mentee, one.role] <= one.upper for one in problem.demands)
    offers = all(one.lower <= loads[one.id] <= one.capacity for one in problem.offers)
    in_role = Counter((mentor, role) for _, mentor, role in choice)
    rooms = all(in_role[one.id, role] <= most for one in problem.offers for role, most in one.per_role)
    caps = all(one.lower <= sum(loads[mentor] for mentor in one.mentors) <= one.upper for one in problem.caps)
    return together and demands and offers and caps and rooms


def standing(problem: Network, choice: Choice) -> tuple[int, int, int]:
    """What is made as large as possible, one after the other: demands with somebody, places, scores less costs."""
    scores = {tie[:3]: tie[3] for tie in open_ties(problem)}
    kept = {(one.mentee, one.mentor, one.role): one.bonus for one in problem.keeps}
    loads = Counter(mentor for _, mentor, _ in choice)
    dear = sum(
        one.costs[min(seat, len(one.costs) - 1)] for one in problem.offers if one.costs for seat in range(loads[one.id])
    )
    worth = sum(scores[pair] + kept.get(pair, 0) for pair in choice) - dear
    return len({(mentee, role) for mentee, _, role in choice}), len(choice), worth


def chosen(pairs: object) -> Choice:
    return frozenset((pair.mentee, pair.mentor, pair.role) for pair in pairs)  # type: ignore[attr-defined]


def by(problem: Network, method: Method) -> Network:
    from dataclasses import replace

    return replace(problem, method=method)
