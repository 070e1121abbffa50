"""What is to be solved: who seeks how many mentors in which role, who offers seats, and what holds for several of them.

Everything stands in the order of ids, whatever order it came in, so that the same people are the same problem.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cheiron.core.matching.edges import Edges
from cheiron.core.matching.problem import Forbid, Method, Pin, Problem, eligible_pairs
from cheiron.core.matching.validation import refuse_invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MENTOR = "mentor"
"""The role, where there is only one."""


@dataclass(frozen=True, order=True)
class Demand:
    """A mentee seeks at least ``lower`` and at most ``upper`` mentors in this role; all of a mentee's are different."""

    mentee: str
    role: str = MENTOR
    upper: int = 1
    lower: int = 0


@dataclass(frozen=True, order=True)
class Offer:
    """A mentor takes at least ``lower`` and at most ``capacity`` mentees, over all roles.

    ``costs``, in millionths of a point, from 0 and never falling: what the first mentee costs, the second, and so on,
    the last for all that follow; none for nothing. They are taken off the total and never keep anybody from a place.
    ``per_role``: role and how many mentees at most in it; a role that is not named has no limit of its own.
    """

    id: str
    capacity: int
    lower: int = 0
    costs: tuple[int, ...] = ()
    per_role: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "per_role", tuple(sorted(self.per_role)))

    def cost(self, load: int) -> int:
        """What so many mentees cost together."""
        given = sum(self.costs[:load])
        return given + max(0, load - len(self.costs)) * (self.costs[-1] if self.costs else 0)


@dataclass(frozen=True, order=True)
class Cap:
    """These mentors together take at least ``lower`` and at most ``upper`` mentees: a supervisor, a site, a share.

    Any two caps have no mentor in common, or one lies in the other.
    """

    name: str
    mentors: tuple[str, ...]
    upper: int
    lower: int = 0


@dataclass(frozen=True, order=True)
class Keep:
    """This pair stands now; keeping it counts ``bonus`` millionths of a point more than its score."""

    mentee: str
    mentor: str
    bonus: int
    role: str = MENTOR


@dataclass(frozen=True, order=True)
class Settled:
    """A pin in its role; see ``Pin``."""

    mentee: str
    mentor: str
    role: str = MENTOR
    reason: str = ""
    author: str = ""


Tie = tuple[str, str, str, int, int, int]
"""Mentee, mentor, role, score in millionths, place in the mentee's order, place in the mentor's; 0 without orders."""


@dataclass(frozen=True, eq=False)
class Places:
    """Both int32 (E,): the place of the mentor in the mentee's order, and of the mentee in the mentor's, from 1.

    Under a supervisor (a cap, in a stable choice) the second is the place in the supervisor's order.
    """

    of_mentees: "NDArray[np.int32]"
    of_mentors: "NDArray[np.int32]"


@dataclass(frozen=True, eq=False)
class Network:
    """A network to be solved; made by ``network`` or ``network_of``, which put everything in order.

    ``edges``: rows are ``demands``, columns are ``offers``. ``keeps`` and ``pins`` may name a pair without an edge: a
    pin then scores 0, a keep does nothing. ``method``: ``weighted``, ``stable``, ``stable-mentor`` or ``auction``.
    """

    demands: tuple[Demand, ...]
    offers: tuple[Offer, ...]
    edges: Edges
    places: Places | None = None
    forbids: tuple[Forbid, ...] = ()
    pins: tuple[Settled, ...] = ()
    keeps: tuple[Keep, ...] = ()
    caps: tuple[Cap, ...] = ()
    seed: int = 0
    method: Method = Method.WEIGHTED

    @cached_property
    def rows(self) -> dict[tuple[str, str], int]:
        """Where each demand stands, by mentee and role."""
        return {(demand.mentee, demand.role): row for row, demand in enumerate(self.demands)}

    @cached_property
    def columns(self) -> dict[str, int]:
        """Where each mentor stands."""
        return {offer.id: column for column, offer in enumerate(self.offers)}

    def ties(self) -> Iterable[Tie]:
        """All edges by name, in order."""
        both = (self.places.of_mentees, self.places.of_mentors) if self.places else None
        places = zip(*(one.tolist() for one in both), strict=True) if both else iter([(0, 0)] * len(self.edges.scores))
        rows, columns, scores = (one.tolist() for one in (self.edges.mentees(), self.edges.mentors, self.edges.scores))
        for row, column, score, (ours, theirs) in zip(rows, columns, scores, places, strict=True):
            demand = self.demands[row]
            yield demand.mentee, self.offers[column].id, demand.role, score, ours, theirs


def network(
    demands: Iterable[Demand],
    offers: Iterable[Offer],
    ties: Sequence[Tie],
    *,
    forbids: Iterable[Forbid] = (),
    pins: Iterable[Settled] = (),
    keeps: Iterable[Keep] = (),
    caps: Iterable[Cap] = (),
    seed: int = 0,
    method: Method = Method.WEIGHTED,
) -> Network:
    """A network from names. Ties must name a demand and an offer, none twice: ``KeyError`` and ``ValueError``."""
    sought, offered = tuple(sorted(demands)), tuple(sorted(offers))
    edges, places = _edges(sought, offered, ties)
    around = (Cap(cap.name, tuple(sorted(set(cap.mentors))), cap.upper, cap.lower) for cap in caps)
    return Network(
        sought,
        offered,
        edges,
        places,
        tuple(sorted(set(forbids))),
        tuple(sorted(set(pins))),
        tuple(sorted(set(keeps))),
        tuple(sorted(around)),
        seed,
        method,
    )


def _edges(demands: tuple[Demand, ...], offers: tuple[Offer, ...], ties: Sequence[Tie]) -> tuple[Edges, Places | None]:
    import numpy as np

    row_of = {(demand.mentee, demand.role): row for row, demand in enumerate(demands)}
    column_of = {offer.id: column for column, offer in enumerate(offers)}
    rows = np.array([row_of[tie[0], tie[2]] for tie in ties], dtype=np.int64)
    columns = np.array([column_of[tie[1]] for tie in ties], dtype=np.int32)
    numbers = np.array([tie[3:] for tie in ties], dtype=np.int32).reshape(-1, 3)
    order = np.lexsort((columns, rows))
    rows, columns, numbers = rows[order], columns[order], numbers[order]
    if ((rows[1:] == rows[:-1]) & (columns[1:] == columns[:-1])).any():
        raise ValueError("a pair stands twice in one role")
    starts = np.searchsorted(rows, np.arange(len(demands) + 1)).astype(np.int64)
    places = Places(numbers[:, 1].copy(), numbers[:, 2].copy()) if numbers[:, 1].any() else None
    return Edges(starts, columns, numbers[:, 0].copy(), len(offers)), places


def network_of(problem: Problem, method: Method | None = None) -> Network:
    """A plain round as a network: one mentor each, nothing but seats. Its eligible pairs are the edges.

    Raises ``Invalid`` with all issues of a round that cannot be solved.
    """
    import numpy as np

    from cheiron.core.matching.edges import edges_of

    refuse_invalid(replace(problem, method=Method.WEIGHTED))  # whether there must be orders, the network says
    edges = edges_of(problem.scores, eligible_pairs(problem))
    places = None
    if problem.orders is not None:
        at = edges.mentees(), edges.mentors
        both = (problem.orders.of_mentees[at], problem.orders.of_mentors[at])
        places = Places(*(one.astype(np.int32) for one in both))
    return Network(
        tuple(Demand(mentee) for mentee in problem.mentees),
        tuple(Offer(mentor.id, mentor.capacity) for mentor in problem.mentors),
        edges,
        places,
        problem.forbids,
        tuple(_settled(pin) for pin in problem.pins),
        seed=problem.seed,
        method=problem.method if method is None else method,
    )


def _settled(pin: Pin) -> Settled:
    return Settled(pin.mentee, pin.mentor, reason=pin.reason, author=pin.author)


def network_hash(network: Network) -> str:
    """SHA-256 (hex) over a canonical encoding: version, people and rules as ASCII JSON, then the arrays.

    The method is no part of it: the result says by which method it was found.
    """
    head = [
        "cheiron-network/1",
        [(one.mentee, one.role, one.upper, one.lower) for one in network.demands],
        [(one.id, one.capacity, one.lower, one.costs, one.per_role) for one in network.offers],
        [(one.mentee, one.mentor, one.rule) for one in network.forbids],
        [(one.mentee, one.mentor, one.role, one.reason, one.author) for one in network.pins],
        [(one.mentee, one.mentor, one.role, one.bonus) for one in network.keeps],
        [(one.name, one.mentors, one.upper, one.lower) for one in network.caps],
        network.seed,
    ]
    digest = hashlib.sha256(json.dumps(head, separators=(",", ":")).encode("ascii"))
    told = network.places if len(network.edges.scores) else None  # where there is no pair, there is no place
    both = (told.of_mentees, told.of_mentors) if told else ()
    for array, kind in ((network.edges.starts, "<i8"), (network.edges.mentors, "<i4"), (network.edges.scores, "<i4")):
        digest.update(b"\n" + array.astype(kind).tobytes())
    for places in both:
        digest.update(b"\n" + places.astype("<i4").tobytes())
    return digest.hexdigest()
