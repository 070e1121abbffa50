"""How well two people fit, and why: the reason is the arithmetic itself.

Of the components on which both have said something, each gets its share of the weights; a part is share times match,
and the score is the sum of the parts. All in millionths, by ``arithmetic``, for one pair and for all alike. Where
nobody has said anything the score is 0, and the pair stays eligible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cheiron.core.matching.arithmetic import HUNDREDTH, hundredths, product, ratio, settled, shares
from cheiron.core.matching.components import DEFAULT_WEIGHTS, Component, Participant, registry
from cheiron.core.matching.encoding import encode
from cheiron.core.matching.kernel import known_all, score_all, view_all
from cheiron.core.matching.weights import thousandths
from cheiron.core.text import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Part:
    """What one component adds; ``weight`` (its share), ``match`` and ``adds`` in millionths."""

    component: str
    title: Text
    sentence: Text
    weight: int
    match: int
    adds: int


@dataclass(frozen=True)
class Reason:
    """A score in millionths and the parts that add up to it, exactly."""

    score: int
    parts: tuple[Part, ...]


def explain_pair(
    mentee: Participant,
    mentor: Participant,
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    stages: tuple[str, ...] = (),
) -> Reason:
    """The score of one pair with its parts; equal to the entry of ``score_matrix``. Raises ``Invalid`` on weights."""
    used = _weighed(weights, stages)
    compared = [(component, weight, component.of_pair(mentee, mentor)) for component, weight in used]
    found = [(component, weight, match) for component, weight, match in compared if match is not None]
    parts = []
    for (component, _, match), share in zip(found, shares([weight for _, weight, _ in found]), strict=True):
        fit = ratio(match.part, match.whole)
        parts.append(Part(component.name, component.title, match.sentence, share, fit, product(share, fit)))
    return Reason(sum(part.adds for part in parts), tuple(parts))


def score_matrix(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    stages: tuple[str, ...] = (),
) -> "NDArray[np.int32]":
    """Scores of everybody with everybody: int32 (mentees, mentors), in millionths. Raises ``Invalid`` on weights.

    To score the same people again by other weights, keep them as ``encode`` gives them, for ``kernel.score_all``.
    """
    return score_all(encode(mentees, mentors, stages), weights)


def mentors_view(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    stages: tuple[str, ...] = (),
) -> "NDArray[np.int32]":
    """How much of what each mentor offers each mentee seeks, by ``kernel.view_all``: int32 (mentees, mentors)."""
    return view_all(encode(mentees, mentors, stages), weights)


def parts_known(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    stages: tuple[str, ...] = (),
) -> "NDArray[np.int64]":
    """On how many parts of the fit both have said something, by ``kernel.known_all``: int64 (mentees, mentors)."""
    return known_all(encode(mentees, mentors, stages), weights)


def told_by(
    person: Participant, weights: Mapping[str, float], stages: tuple[str, ...] = (), *, as_mentor: bool
) -> frozenset[str]:
    """The parts of the fit on which a person has said something; a pair is known on those that both have."""
    used = (component for component, _ in _weighed(weights, stages))
    return frozenset(one.name for one in used if (one.offered if as_mentor else one.sought)(person) is not None)


def shown_hundredths(parts: Sequence[Part]) -> tuple[int, ...]:
    """What each part adds, in hundredths of a point that add up to the shown score (largest remainder)."""
    adds = [part.adds for part in parts]
    return settled(adds, per=HUNDREDTH, total=hundredths(sum(adds)))


def _weighed(weights: Mapping[str, float], stages: tuple[str, ...]) -> list[tuple[Component, int]]:
    """Components with a weight above 0, each with its weight in thousandths. Raises ``Invalid`` on weights."""
    return [(one, weight) for one, weight in zip(registry(stages), thousandths(weights), strict=True) if weight]
