"""Fair load: how many mentees a mentor may have, what it costs to give one more than their share, and a cap for a few.

Mentors from groups that are few are asked by many, and carry service that nobody counts ("minority tax"; Rodríguez,
Campbell and Pololi 2015). Three limits, all told to the solver as numbers of a network:

- seats are what the mentor offers, at most what the policy allows, less the service already carried;
- each mentee beyond the share that is fair to everybody alike costs more than the one before. That share looks at
  seats only, never at who the mentor is;
- mentors who said that they belong to such a group, and that matching may know it, together take at most ``1 + slack``
  times what their seats are of all seats. A wish for a mentor of one's own group that this leaves open is a reason to
  recruit, not to overload.

A refusal by any of these reads like every other: whoever is open has no seat left.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from cheiron.core.matching.network.problem import Cap, Network, Offer
from cheiron.core.matching.problem import HIGHEST_SCORE

PROTECTED = "fair load"
"""The name of the cap."""


@dataclass(frozen=True)
class LoadPolicy:
    """``most``: mentees for one mentor, over all programs. ``step``: what each mentee beyond the fair share costs more
    than the one before, in millionths. ``slack``: by how much the protected may carry more than their seats' share.
    """

    most: int = 5
    step: int = 50_000
    slack: Fraction = Fraction(1, 10)


def guarded(
    network: Network, policy: LoadPolicy, carried: Mapping[str, int], protected: Collection[str] = ()
) -> Network:
    """The same network with fair seats, costs and cap. Costs that a mentor has already are kept where they are higher.

    ``carried``: mentees whom a mentor has already, or service that counts as so many. Lower quotas give way to seats.
    """
    offers = tuple(_seated(offer, policy, carried.get(offer.id, 0)) for offer in network.offers)
    sought = sum(demand.upper for demand in network.demands)
    share = fair_share([offer.capacity for offer in offers], sought)
    shared = tuple(replace(offer, costs=_costs(offer, ceil(share), policy.step)) for offer in offers)
    cap = _cap(offers, protected, policy.slack, sought)
    return replace(network, offers=shared, caps=tuple(sorted((*network.caps, *cap))))


def fair_share(seats: Iterable[int], sought: int) -> Fraction:
    """How many mentees each mentor would have if all had the same, but none more than their seats.

    The level at which as many are placed as can be: 0 where nobody is sought or has a seat.
    """
    rising, left = sorted(count for count in seats if count > 0), sought
    for at, count in enumerate(rising):
        level = Fraction(left, len(rising) - at)
        if level <= count:
            return level
        left -= count
    return Fraction(rising[-1]) if rising else Fraction(0)


@dataclass(frozen=True, order=True)
class Above:
    """A mentor with more than their fair share: ``load`` of ``seats``."""

    mentor: str
    load: int
    seats: int


def above_share(seats: Mapping[str, int], mentors: Iterable[str]) -> tuple[Above, ...]:
    """Who has more than the fair share, rounded up, of the pairs of which ``mentors`` are the mentors; most first."""
    loads = Counter(mentors)
    share = ceil(fair_share(seats.values(), sum(loads.values())))
    found = (Above(mentor, load, seats[mentor]) for mentor, load in loads.items() if load > share)
    return tuple(sorted(found, key=lambda one: (-one.load, one.mentor)))


def _seated(offer: Offer, policy: LoadPolicy, carried: int) -> Offer:
    seats = max(0, min(offer.capacity, policy.most) - carried)
    return replace(offer, capacity=seats, lower=min(offer.lower, seats))


def _costs(offer: Offer, share: int, step: int) -> tuple[int, ...]:
    """Nothing up to the share, then ``step`` more for each."""
    own = [offer.cost(load + 1) - offer.cost(load) for load in range(offer.capacity)]
    fair = [min(HIGHEST_SCORE, step * max(0, load + 1 - share)) for load in range(offer.capacity)]
    costs = tuple(max(both) for both in zip(own, fair, strict=True))
    return costs if any(costs) else ()


def _cap(offers: tuple[Offer, ...], protected: Collection[str], slack: Fraction, sought: int) -> tuple[Cap, ...]:
    theirs = tuple(offer.id for offer in offers if offer.id in set(protected))
    seats = sum(offer.capacity for offer in offers)
    if not theirs or not seats:
        return ()
    share = Fraction(sum(offer.capacity for offer in offers if offer.id in theirs), seats)
    return (Cap(PROTECTED, theirs, floor((1 + slack) * share * min(sought, seats))),)
