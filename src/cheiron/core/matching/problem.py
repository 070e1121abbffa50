"""What is to be solved: who seeks, who offers, how well they fit, what is ruled out and what is settled."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_EDGE = -1
"""In place of a score: this pair is not to be considered."""

HIGHEST_SCORE = 1_000_000
"""One point, in millionths."""

LAST_PLACE = 1_000_000_000
"""The largest number that a place in an order may have."""


class Method(StrEnum):
    """What is aimed at. One problem can be answered by each; the result says by which it was."""

    WEIGHTED = "weighted"
    """As many mentees placed as possible, then the largest total score."""
    STABLE = "stable"
    """No two people would both rather have each other; of all such choices, the best one for each mentee."""
    STABLE_MENTOR = "stable-mentor"
    """The same; of all such choices, the best one for each mentor."""
    FAIR = "fair"
    """As many placed as possible; then as few as possible with the lowest fit, then with the next (leximin)."""
    GENEROUS = "generous"
    """As many placed as possible; then as few as possible low in their own order."""
    RANK_MAXIMAL = "rank-maximal"
    """As many as possible with the first of their own order, then with the second."""
    AUCTION = "auction"
    """As ``WEIGHTED`` to within a gap that is proved, for rounds too large for anything else."""

    @property
    def stable(self) -> bool:
        """Whether it leaves no two people apart who would both rather have each other."""
        return self in {Method.STABLE, Method.STABLE_MENTOR}

    @property
    def fair(self) -> bool:
        """Whether it settles one aim after the other."""
        return self in {Method.FAIR, Method.GENEROUS, Method.RANK_MAXIMAL}

    @property
    def ordered(self) -> bool:
        """Whether it needs to know whom each side would rather have."""
        return self not in {Method.WEIGHTED, Method.FAIR, Method.AUCTION}


ROUND_METHODS = tuple(method for method in Method if method is not Method.AUCTION)
"""The methods that answer a plain round; an auction answers a network."""


class Rule(StrEnum):
    """Why a pair is ruled out. Reasons of this kind are for the record; nobody on a page is told which it was."""

    FIREWALL = "firewall"
    """The mentor assesses, supervises or treats the mentee."""
    PAST = "past"
    """The two were a pair before, or one of them said no; nobody is offered the same pair again."""
    FORBIDDEN = "forbidden"
    """A coordinator ruled the pair out."""


@dataclass(frozen=True, order=True)
class Mentor:
    """Somebody who offers ``capacity`` seats in this round; a paused mentor offers 0."""

    id: str
    capacity: int


@dataclass(frozen=True, order=True)
class Forbid:
    """This pair must not be in the result."""

    mentee: str
    mentor: str
    rule: Rule


@dataclass(frozen=True, order=True)
class Pin:
    """This pair must be in the result: a lock, or a pair made by hand. Both override the score."""

    mentee: str
    mentor: str
    reason: str = ""
    author: str = ""


@dataclass(frozen=True, eq=False)
class Orders:
    """Whom each side would rather have: two orders, not one shared score.

    Both int32 of shape (mentees, mentors): the place of the mentor in the mentee's order, and of the mentee in the
    mentor's. The first place is 1, equals share one, and a pair without a score has 0.
    """

    of_mentees: "NDArray[np.int32]"
    of_mentors: "NDArray[np.int32]"


@dataclass(frozen=True, eq=False)
class Problem:
    """One round to be solved; each mentee gets at most one mentor.

    ``scores`` is an int32 array of shape (mentees, mentors) in millionths of a point, or ``NO_EDGE``; read-only.
    A pair is eligible when it has a score, nothing forbids it and the mentor has a seat. A pin may stand on a pair
    without a score, which then counts as 0: a person's decision does not wait for the scorer.

    ``orders`` are needed for the stable methods only. ``method`` is what is asked for, and no part of the fingerprint.

    Everything is put in the order of ids on construction, rows and columns of ``scores`` included, so that shuffled
    input is the same problem. Two problems are the same when ``problem_hash`` says so. Construction never refuses;
    ``validation.validate`` says what is wrong.
    """

    mentees: tuple[str, ...]
    mentors: tuple[Mentor, ...]
    scores: "NDArray[np.int32]"
    forbids: tuple[Forbid, ...] = ()
    pins: tuple[Pin, ...] = ()
    seed: int = 0
    role: str = "mentor"
    method: Method = Method.WEIGHTED
    orders: Orders | None = None

    def __post_init__(self) -> None:
        rows = sorted(range(len(self.mentees)), key=self.mentees.__getitem__)
        columns = sorted(range(len(self.mentors)), key=self.mentors.__getitem__)
        self._put("scores", _frozen_scores(self.scores, rows, columns))
        if self.orders is not None:
            places = (self.orders.of_mentees, self.orders.of_mentors)
            self._put("orders", Orders(*(_frozen_places(one, self.scores, rows, columns) for one in places)))
        self._put("mentees", tuple(self.mentees[row] for row in rows))
        self._put("mentors", tuple(self.mentors[column] for column in columns))
        self._put("forbids", tuple(sorted(set(self.forbids))))
        self._put("pins", tuple(sorted(set(self.pins))))

    def _put(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


def _frozen_scores(scores: object, rows: list[int], columns: list[int]) -> "NDArray[np.int32]":
    """A read-only copy in the order of ids; int32 where the values allow it, otherwise left for ``validate``."""
    import numpy as np

    try:
        array = np.array(scores)
    except ValueError:  # rows of different lengths
        array = np.empty(0)
    if array.shape == (len(rows), len(columns)):
        array = array[np.ix_(rows, columns)]
    if array.dtype.kind in "iu" and (array.size == 0 or (array.min() >= NO_EDGE and array.max() <= HIGHEST_SCORE)):
        array = array.astype(np.int32)
    array.setflags(write=False)
    return array


def _frozen_places(
    places: object, scores: "NDArray[np.int32]", rows: list[int], columns: list[int]
) -> "NDArray[np.int32]":
    """Like the scores; 0 where there is no score."""
    import numpy as np

    try:
        array = np.array(places)
    except ValueError:  # rows of different lengths
        array = np.empty(0)
    whole = array.dtype.kind in "iu" and scores.dtype.kind in "iu"
    if whole and array.shape == scores.shape == (len(rows), len(columns)):
        array = np.where(scores >= 0, array[np.ix_(rows, columns)], 0)
    if array.dtype.kind in "iu" and array.max(initial=0) <= LAST_PLACE:
        array = array.astype(np.int32)
    array.setflags(write=False)
    return array


def eligible_pairs(problem: Problem) -> "NDArray[np.bool_]":
    """Which pairs may be formed at all: bool array of shape (mentees, mentors). Pins play no part."""
    import numpy as np

    row_of, column_of = positions(problem.mentees), positions(tuple(mentor.id for mentor in problem.mentors))
    seats = np.array([mentor.capacity for mentor in problem.mentors], dtype=np.int64)
    eligible: NDArray[np.bool_] = (problem.scores >= 0) & (seats > 0)
    for forbid in problem.forbids:
        eligible[row_of[forbid.mentee], column_of[forbid.mentor]] = False
    return eligible


def positions(ids: tuple[str, ...]) -> dict[str, int]:
    """Where each id stands."""
    return {name: place for place, name in enumerate(ids)}


def problem_hash(problem: Problem) -> str:
    """SHA-256 (hex) over a canonical encoding: version, everything but the arrays as ASCII JSON, the arrays in int32.

    Assumes a valid problem: arrays of the right shape and type. Orders count where there are any; the method that is
    asked for does not, since it is the result that says by which method it was found.
    """
    head = [
        "cheiron-problem/1",
        problem.mentees,
        [(mentor.id, mentor.capacity) for mentor in problem.mentors],
        [(forbid.mentee, forbid.mentor, forbid.rule) for forbid in problem.forbids],
        [(pin.mentee, pin.mentor, pin.reason, pin.author) for pin in problem.pins],
        problem.seed,
        problem.role,
    ]
    digest = hashlib.sha256(json.dumps(head, separators=(",", ":")).encode("ascii"))
    digest.update(b"\n")
    digest.update(problem.scores.astype("<i4").tobytes())
    if problem.orders is not None and (problem.scores >= 0).any():
        digest.update(b"\norders\n")
        digest.update(problem.orders.of_mentees.astype("<i4").tobytes())
        digest.update(problem.orders.of_mentors.astype("<i4").tobytes())
    return digest.hexdigest()
