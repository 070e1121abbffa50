"""Whom each side would rather have: two orders, derived from what people have said, not one shared score.

A mentee would rather have whom they wished for, in the order of the wishes, as long as wishes have a weight; then
whoever fits better, by the weights of the round. A mentor would rather have whoever seeks more of what the mentor
offers; wishes play no part in that, and identity in neither. Of equals, a pair of which more is known comes first. What
is still equal shares a place, and is for the seed to decide.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cheiron.core.matching.components import DEFAULT_WEIGHTS, WISH, Participant, registry
from cheiron.core.matching.encoding import Encoded, encode
from cheiron.core.matching.grids import parts
from cheiron.core.matching.kernel import known_all, view_all
from cheiron.core.matching.problem import Orders

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_KNOWN = 100
_ABOVE_EVERY_FIT = 10**9


def orders_of(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    scores: "NDArray[np.int32]",
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    stages: tuple[str, ...] = (),
) -> Orders:
    """Both orders over everybody; ``scores`` as ``score_matrix`` gives them. Raises ``Invalid`` on weights."""
    return orders_among(encode(mentees, mentors, stages), scores, weights)


def orders_among(
    encoded: Encoded, scores: "NDArray[np.int32]", weights: Mapping[str, float] = DEFAULT_WEIGHTS
) -> Orders:
    """The same of people who are encoded already."""
    import numpy as np

    known = known_all(encoded, weights)
    fits = scores.astype(np.int64) * _MOST_KNOWN + known
    sought = view_all(encoded, weights).astype(np.int64) * _MOST_KNOWN + known
    if weights.get(WISH):
        fits += _wished(encoded) * _ABOVE_EVERY_FIT
    return Orders(_places(fits), _places(sought.T).T)


def _wished(encoded: Encoded) -> "NDArray[np.int64]":
    """How many wishes stand below this one, itself counted; 0 where the mentor is none."""
    import numpy as np

    place = [component.name for component in registry()].index(WISH)
    return parts(encoded, place).astype(np.int64)


def _places(keys: "NDArray[np.int64]") -> "NDArray[np.int32]":
    """The place of each entry in its row, the largest first, counted from 1; equals share one."""
    import numpy as np

    if keys.size == 0:
        return np.zeros(keys.shape, dtype=np.int32)
    best_first = np.argsort(-keys, axis=1, kind="stable")
    falling = np.take_along_axis(keys, best_first, axis=1)
    steps = np.ones(keys.shape, dtype=np.int32)
    steps[:, 1:] = falling[:, 1:] < falling[:, :-1]
    places = np.empty(keys.shape, dtype=np.int32)
    np.put_along_axis(places, best_first, steps.cumsum(axis=1, dtype=np.int32), axis=1)
    return places
