"""The score of everybody with everybody in numpy: for small rounds, and the oracle of the compiled loops.

It is for as many pairs as memory holds; ``kernel`` cuts larger rounds into blocks.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cheiron.core.matching.arithmetic import MILLION, likeness, product, ratio
from cheiron.core.matching.components import registry
from cheiron.core.matching.edges import Edges, edges_of
from cheiron.core.matching.encoding import Encoded, Pairs
from cheiron.core.matching.weights import shares_by_pattern

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONGEST_IN_INT32 = 1000
_NOT_ELIGIBLE = -1
_IN_CACHE = 1 << 16
"""Pairs whose arrays stay near the processor."""


def scores(encoded: Encoded, weights: Sequence[int]) -> "NDArray[np.int32]":
    """int32 (mentees, mentors), in millionths; weights in thousandths, by component."""
    import numpy as np

    shares = shares_by_pattern(weights, encoded.mentees.spoke, encoded.mentors.spoke)
    found = np.empty(encoded.shape, dtype=np.int32)
    for first, last in blocks(encoded, _IN_CACHE):
        found[first:last] = _scores_at_once(encoded.rows(first, last), shares)
    return found


def blocks(encoded: Encoded, pairs: int) -> list[tuple[int, int]]:
    """Blocks of mentees with about so many pairs each: the first mentee, and the one after the last."""
    mentees, mentors = encoded.shape
    height = max(1, pairs // max(1, mentors))
    return [(first, min(first + height, mentees)) for first in range(0, mentees, height)]


def _scores_at_once(encoded: Encoded, shares: "NDArray[np.int64]") -> "NDArray[np.int64]":
    import numpy as np

    spoken = encoded.mentees.spoke[:, None] & encoded.mentors.spoke
    found = np.zeros(encoded.shape, dtype=np.int64)
    for place in np.flatnonzero(shares.any(axis=0)).tolist():
        found += product(shares[:, place].take(spoken), _fits(encoded, place))  # no share: no pair has both spoken
    return found


def _fits(encoded: Encoded, component: int) -> "NDArray[Any]":
    """How well each pair fits in one component, in millionths: (mentees, mentors)."""
    import numpy as np

    if registry(encoded.vocabulary.stages)[component].weighed:
        alike: NDArray[Any] = np.minimum(likeness(products(encoded, component)), MILLION)
        return alike
    whole = encoded.mentees.wholes[:, component, None]
    kind = _narrow(whole)
    fits: NDArray[Any] = ratio(parts(encoded, component).astype(kind, copy=False), whole.astype(kind, copy=False))
    return fits


def best(
    encoded: Encoded,
    weights: Sequence[int],
    most: int,
    seated: "NDArray[np.bool_]",
    forbidden: Pairs,
    always: Pairs,
) -> Edges:
    """The ``most`` best mentors of each mentee and those of ``always``, as far as they are eligible; see ``kernel``."""
    import numpy as np

    found = scores(encoded, weights)
    eligible = np.broadcast_to(seated, found.shape).copy()
    eligible[forbidden] = False
    chosen = np.zeros(found.shape, dtype=np.bool_)
    if min(most, found.shape[1]) > 0:
        np.put_along_axis(chosen, _best_columns(found, eligible, most), True, axis=1)
    chosen[always] = True
    return edges_of(found, chosen & eligible)


def parts(encoded: Encoded, component: int) -> "NDArray[np.int32]":
    """How much of ``whole`` each pair has in one component: (mentees, mentors)."""
    import numpy as np

    found = _of_lists(encoded, component) if encoded.vocabulary.lists[component] >= 0 else _of_marks(encoded, component)
    return np.minimum(found, encoded.mentees.wholes[:, component, None])


def meetings(encoded: Encoded, component: int) -> "tuple[NDArray[Any], NDArray[Any], NDArray[Any]]":
    """Each item of a list that both have: mentee, mentor, how many items of the mentee's it precedes, itself too."""
    import numpy as np

    people, items, worth = encoded.mentees.listed(encoded.vocabulary.lists[component])
    known = np.flatnonzero(items >= 0)
    times, entries = _held(encoded, items[known])
    return np.repeat(people[known], times), encoded.mentors.holders.people[entries], np.repeat(worth[known], times)


def products(encoded: Encoded, component: int) -> "NDArray[np.int64]":
    """The sum of the products of weights of each pair in a weighed component: int64 (mentees, mentors)."""
    import numpy as np

    column, (mentees, mentors) = encoded.vocabulary.lists[component], encoded.shape
    people, items, _ = encoded.mentees.listed(column)
    known = np.flatnonzero(items >= 0)
    times, entries = _held(encoded, items[known])
    places = np.repeat(people[known] * mentors, times) + encoded.mentors.holders.people[entries]
    weights = np.repeat(encoded.mentees.weights_of(column)[known].astype(np.float64), times)
    weights *= encoded.mentors.holders.weights[entries]  # whole numbers below 2**53, so that sums are exact
    found = np.bincount(places, weights, minlength=mentees * mentors)
    return found.astype(np.int64).reshape(encoded.shape)


def _held(encoded: Encoded, items: "NDArray[np.int32]") -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """For each of these items how many mentors hold it, and the entries of ``holders`` that say who, in a row."""
    import numpy as np

    starts = encoded.mentors.holders.starts
    first, times = starts[items], starts[items + 1] - starts[items]
    entries = np.repeat(first - np.cumsum(times) + times, times)
    return times, entries + np.arange(len(entries))


def stacked(blocks: Sequence[Edges], mentors: int) -> Edges:
    """The pairs of consecutive blocks of mentees, as one."""
    import numpy as np

    ends = np.cumsum([0, *(len(block.mentors) for block in blocks)])
    starts = [block.starts[1:] + end for block, end in zip(blocks, ends[:-1], strict=True)]
    return Edges(
        np.concatenate([np.zeros(1, dtype=np.int64), *starts]),
        np.concatenate([np.zeros(0, dtype=np.int32), *(block.mentors for block in blocks)]),
        np.concatenate([np.zeros(0, dtype=np.int32), *(block.scores for block in blocks)]),
        mentors,
    )


def _of_marks(encoded: Encoded, component: int) -> "NDArray[np.int32]":
    import numpy as np

    found = np.zeros(encoded.shape, dtype=np.int32)
    for word in range(*encoded.vocabulary.words[component : component + 2]):
        found += np.bitwise_count(encoded.mentees.marks[:, word, None] & encoded.mentors.marks_by_word[word])
    return found


def _of_lists(encoded: Encoded, component: int) -> "NDArray[np.int32]":
    import numpy as np

    found = np.zeros(encoded.shape, dtype=np.int32)
    mentees, mentors, worth = meetings(encoded, component)
    if registry(encoded.vocabulary.stages)[component].ordered:
        np.maximum.at(found, (mentees, mentors), worth)
    else:
        np.add.at(found, (mentees, mentors), 1)
    return found


def _best_columns(found: "NDArray[np.int32]", eligible: "NDArray[np.bool_]", most: int) -> "NDArray[np.int64]":
    """The columns of the best eligible scores of each row, of equals the first; filled up with others if too few."""
    import numpy as np

    mentors = found.shape[1]
    keys = np.where(eligible, found.astype(np.int64) * mentors + np.arange(mentors)[::-1], _NOT_ELIGIBLE)
    count = min(most, mentors)
    return np.argpartition(-keys, count - 1, axis=1)[:, :count]


def _narrow(wholes: "NDArray[np.int32]") -> "type[np.signedinteger]":
    """int32 (several times faster to divide) as long as two million times the longest list fits in."""
    import numpy as np

    return np.int32 if wholes.max(initial=1) <= _LONGEST_IN_INT32 else np.int64
