"""How well two people fit, and why: the reason is the arithmetic itself.

Of the components on which both have said something, each gets its share of the weights; a part is share times match,
and the score is the sum of the parts. All in millionths, by ``arithmetic``, for one pair and for all alike. Where
nobody has said anything the score is 0, and the pair stays eligible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.arithmetic import HUNDREDTH, hundredths, product, ratio, settled, shares
from cheiron.core.matching.components import DEFAULT_WEIGHTS, Component, Participant, registry, seen_by_mentors
from cheiron.core.matching.grids import Grid
from cheiron.core.text import Text, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HIGHEST_WEIGHT = 1000


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
    used = _weighed(weights, registry(stages))
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
    """Scores of everybody with everybody: int32 (mentees, mentors), in millionths. Raises ``Invalid`` on weights."""
    return _matrix(mentees, mentors, _weighed(weights, registry(stages)))


def mentors_view(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    stages: tuple[str, ...] = (),
) -> "NDArray[np.int32]":
    """How much of what each mentor offers each mentee seeks: int32 (mentees, mentors). Raises ``Invalid``."""
    return _matrix(mentors, mentees, _weighed(weights, seen_by_mentors(stages))).T


def parts_known(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    stages: tuple[str, ...] = (),
) -> "NDArray[np.int64]":
    """On how many parts of the fit both have said something: int64 (mentees, mentors)."""
    import numpy as np

    used = [component for component, _ in _weighed(weights, registry(stages))]
    of_mentees = np.array([[one.mentee_spoke(mentee) for one in used] for mentee in mentees], dtype=np.int64)
    of_mentors = np.array([[one.mentor_spoke(mentor) for one in used] for mentor in mentors], dtype=np.int64)
    known: NDArray[np.int64] = of_mentees.reshape(len(mentees), -1) @ of_mentors.reshape(len(mentors), -1).T
    return known


def told_by(
    person: Participant, weights: Mapping[str, float], stages: tuple[str, ...] = (), *, as_mentor: bool
) -> frozenset[str]:
    """The parts of the fit on which a person has said something; a pair is known on those that both have."""
    used = (component for component, _ in _weighed(weights, registry(stages)))
    return frozenset(one.name for one in used if (one.mentor_spoke if as_mentor else one.mentee_spoke)(person))


def _matrix(
    seekers: Sequence[Participant], offerers: Sequence[Participant], used: Sequence[tuple[Component, int]]
) -> "NDArray[np.int32]":
    import numpy as np

    if not used:
        return np.zeros((len(seekers), len(offerers)), dtype=np.int32)
    grids = [component.of_all(seekers, offerers) for component, _ in used]
    scores = np.zeros((len(seekers), len(offerers)), dtype=np.int64)
    spoken, share_of = _shares_by_pattern(grids, [weight for _, weight in used])
    for number, grid in enumerate(grids):
        scores += product(share_of[number].take(spoken), ratio(grid.part, grid.whole))
    return scores.astype(np.int32)


def shown_hundredths(parts: Sequence[Part]) -> tuple[int, ...]:
    """What each part adds, in hundredths of a point that add up to the shown score (largest remainder)."""
    adds = [part.adds for part in parts]
    return settled(adds, per=HUNDREDTH, total=hundredths(sum(adds)))


def _shares_by_pattern(grids: Sequence[Grid], weights: Sequence[int]) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """On which components each pair has spoken, as bits (mentees, mentors); shares (components, patterns of bits)."""
    import numpy as np

    bits = [1 << number for number in range(len(grids))]
    rows = np.array(sum(bit * grid.mentees_spoke for bit, grid in zip(bits, grids, strict=True)), dtype=np.int64)
    columns = np.array(sum(bit * grid.mentors_spoke for bit, grid in zip(bits, grids, strict=True)), dtype=np.int64)
    share_of = np.zeros((len(grids), 1 << len(grids)), dtype=np.int64)
    for pattern in np.unique(np.unique(rows)[:, None] & np.unique(columns)).tolist():
        share_of[:, pattern] = shares(
            [weight if bit & pattern else 0 for bit, weight in zip(bits, weights, strict=True)]
        )
    return rows[:, None] & columns, share_of


def _weighed(weights: Mapping[str, float], components: Sequence[Component]) -> list[tuple[Component, int]]:
    """Components with a weight above 0, each with its weight in thousandths. Raises ``Invalid`` on weights."""
    issues = _weight_issues(weights)
    if issues:
        raise Invalid(say("These weights cannot be used."), issues)
    thousandths = {name: round(weight * 1000) for name, weight in weights.items()}
    return [(one, thousandths[one.name]) for one in components if thousandths.get(one.name)]


def _weight_issues(weights: Mapping[str, float]) -> tuple[Issue, ...]:
    known = [component.name for component in registry()]
    unknown = tuple(
        Issue(say("Nothing is called “%(name)s” here.", name=name), say("Use: %(known)s.", known=tuple(known)))
        for name in weights
        if name not in known
    )
    return unknown + tuple(
        Issue(
            say("The weight of “%(name)s” is not a number from 0 to %(highest)s.", name=name, highest=HIGHEST_WEIGHT),
            say("Use 0 to leave it out."),
        )
        for name, weight in weights.items()
        if not 0 <= weight <= HIGHEST_WEIGHT
    )
