"""Scores over encoded people: everybody with everybody, one mentee, given pairs, or the best for each mentee.

Small rounds go through numpy (``grids``), large ones through compiled loops (``loops``), if numba is at hand; the
results are the same to the last millionth, and the tests hold them so. Weights are points by component, as in
``components.DEFAULT_WEIGHTS``; every function raises ``Invalid`` on weights that cannot be used.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cheiron.core.matching import grids, loops
from cheiron.core.matching.arithmetic import MILLION
from cheiron.core.matching.compiled import AVAILABLE
from cheiron.core.matching.components import DEFAULT_WEIGHTS, WISH, registry
from cheiron.core.matching.edges import Edges
from cheiron.core.matching.encoding import Encoded, Pairs
from cheiron.core.matching.weights import shares_by_pattern, thousandths

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 30
"""Mentors who are kept for each mentee."""

FEW_PAIRS = 1_000_000
"""Up to here numpy takes less time than the compiler takes to wake up."""

_PAIRS_AT_ONCE = 1_000_000


def score_all(encoded: Encoded, weights: Mapping[str, float] = DEFAULT_WEIGHTS) -> "NDArray[np.int32]":
    """Everybody with everybody: int32 (mentees, mentors), in millionths."""
    import numpy as np

    counted, (mentees, mentors) = thousandths(weights), encoded.shape
    if not _compiled(mentees * mentors):
        return grids.scores(encoded, counted)
    scores: NDArray[np.int32] = np.empty((mentees, mentors), dtype=np.int32)
    loops.all_pairs(*_laid_out(encoded, counted), scores)
    return scores


def score_row(encoded: Encoded, row: int, weights: Mapping[str, float] = DEFAULT_WEIGHTS) -> "NDArray[np.int32]":
    """One mentee with every mentor: int32 (mentors,)."""
    return score_all(encoded.rows(row, row + 1), weights).reshape(-1)


def view_all(encoded: Encoded, weights: Mapping[str, float] = DEFAULT_WEIGHTS) -> "NDArray[np.int32]":
    """How much of what each mentor offers each mentee seeks: int32 (mentees, mentors), in millionths.

    The same comparisons the other way around: what counts is the mentor's list, and in the mentor's order where there
    is one. The ladder reads the same from both ends. Without the wish, which is the mentee's alone.
    """
    return score_all(encoded.turned(), {**weights, WISH: 0}).T


def known_all(encoded: Encoded, weights: Mapping[str, float] = DEFAULT_WEIGHTS) -> "NDArray[np.int64]":
    """On how many of the components with a weight both have said something: int64 (mentees, mentors)."""
    import numpy as np

    used = np.int32(sum(1 << place for place, weight in enumerate(thousandths(weights)) if weight))
    known: NDArray[np.int64] = np.bitwise_count((encoded.mentees.spoke & used)[:, None] & encoded.mentors.spoke)
    return known.astype(np.int64)


def score_pairs(
    encoded: Encoded,
    starts: "NDArray[np.int64]",
    mentors: "NDArray[np.int32]",
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
) -> "NDArray[np.int32]":
    """Given pairs, those of mentee i being ``mentors[starts[i]:starts[i + 1]]`` as in ``Edges``: int32 for each."""
    import numpy as np

    counted, scores = thousandths(weights), np.empty(len(mentors), dtype=np.int32)
    starts, mentors = np.ascontiguousarray(starts, dtype=np.int64), np.ascontiguousarray(mentors, dtype=np.int32)
    if _compiled(len(mentors)):
        loops.given_pairs(*_laid_out(encoded, counted), starts, mentors, scores)
        return scores
    for first, last in grids.blocks(encoded, _PAIRS_AT_ONCE):
        rows = np.repeat(np.arange(last - first), np.diff(starts[first : last + 1]))
        cut = slice(starts[first], starts[last])
        scores[cut] = grids.scores(encoded.rows(first, last), counted)[rows, mentors[cut]]
    return scores


def best_edges(
    encoded: Encoded,
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    most: int = MOST,
    *,
    seated: "NDArray[np.bool_] | None" = None,
    forbidden: Pairs | None = None,
    always: Pairs | None = None,
) -> Edges:
    """The ``most`` best mentors of each mentee, of equals the first, and the pairs of ``always`` (such as wishes).

    ``seated``: bool (mentors,), who has a place to offer; ``forbidden``: pairs that a rule parts. What these rule out
    is not scored, not even for ``always``. The matrix is never there as a whole.
    """
    import numpy as np

    counted, (mentees, mentors) = thousandths(weights), encoded.shape
    seated = np.ones(mentors, dtype=np.bool_) if seated is None else np.asarray(seated, dtype=np.bool_)
    barred, kept = _by_row(forbidden), _by_row(always)
    if _compiled(mentees * mentors):
        return _best_compiled(encoded, counted, min(most, mentors), seated, barred, kept)
    blocks = [
        grids.best(encoded.rows(*block), counted, most, seated, barred.within(*block), kept.within(*block))
        for block in grids.blocks(encoded, _PAIRS_AT_ONCE)
    ]
    return grids.stacked(blocks, mentors)


def _best_compiled(
    encoded: Encoded, counted: Sequence[int], most: int, seated: "NDArray[np.bool_]", barred: Pairs, kept: Pairs
) -> Edges:
    import numpy as np

    mentees, mentors = encoded.shape
    barred_starts, kept_starts = (np.searchsorted(side.rows, np.arange(mentees + 1)) for side in (barred, kept))
    limits = loops.Limits(~seated, barred_starts, barred.columns, kept_starts, kept.columns)
    rows, columns, rules, room = _laid_out(encoded, counted)
    room = room._replace(chosen=np.empty(most + np.diff(kept_starts).max(initial=0), dtype=np.int64))
    starts, size = np.zeros(mentees + 1, dtype=np.int64), mentees * most + len(kept.rows)
    found = loops.Found(starts, np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32))
    loops.best_pairs(rows, columns, rules, room, limits, most, found)
    return Edges(starts, found.mentors[: starts[-1]].copy(), found.scores[: starts[-1]].copy(), mentors)


def _compiled(pairs: int) -> bool:
    """Whether so many pairs are worth the compiled loops; if so, they are ready."""
    if not AVAILABLE or pairs <= FEW_PAIRS:
        return False
    loops.at_speed()
    return True


def _laid_out(encoded: Encoded, counted: Sequence[int]) -> "tuple[loops.Rows, loops.Columns, loops.Rules, loops.Room]":
    """People and weights in the form that the loops take."""
    import numpy as np

    mentees, mentors = encoded.mentees, encoded.mentors
    marks, by_word = mentees.marks.view(np.int64), mentors.marks_by_word.view(np.int64)
    rows = loops.Rows(mentees.spoke, mentees.wholes, marks, mentees.starts, mentees.items, mentees.weights)
    columns = loops.Columns(mentors.spoke, by_word, *mentors.holders)
    return rows, columns, _rules(encoded, counted), _room(encoded)


def _rules(encoded: Encoded, counted: Sequence[int]) -> "loops.Rules":
    import numpy as np

    vocabulary, weights = encoded.vocabulary, np.array(counted, dtype=np.float64)
    patterns = np.arange(1 << len(counted))[:, None] >> np.arange(len(counted)) & 1
    together = patterns @ weights
    return loops.Rules(
        np.array(vocabulary.words, dtype=np.int64),
        np.array(vocabulary.lists, dtype=np.int64),
        np.array([component.ordered for component in registry(vocabulary.stages)]),
        np.array([component.weighed for component in registry(vocabulary.stages)]),
        weights,
        shares_by_pattern(counted, encoded.mentees.spoke, encoded.mentors.spoke),
        np.divide(MILLION, together, out=np.ones_like(together), where=together > 0),
    )


def _room(encoded: Encoded) -> "loops.Room":
    import numpy as np

    (_, mentors), lists = encoded.shape, encoded.mentees.starts.shape[1]
    return loops.Room(
        likely=np.zeros(mentors, dtype=np.float64),
        listed=np.zeros((lists, mentors), dtype=np.int64),
        fits=np.zeros((len(encoded.vocabulary.lists), encoded.mentees.wholes.max(initial=1) + 1), dtype=np.int64),
        wanted=np.zeros(mentors, dtype=np.int64),
        scores=np.zeros(mentors, dtype=np.int64),
        chosen=np.zeros(0, dtype=np.int64),
    )


def _by_row(pairs: Pairs | None) -> Pairs:
    """In rising order, whatever order they came in; a forbidden pair that was overlooked would be a broken rule."""
    import numpy as np

    rows, columns = (np.asarray(side, dtype=np.int64) for side in pairs or ((), ()))
    order = np.lexsort((columns, rows))
    return Pairs(rows[order], columns[order])
