"""Comparisons of everybody with everybody, in numpy. Lists come in compared form: folded, no blanks, no repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONGEST_IN_INT32 = 1000


@dataclass(frozen=True, eq=False)
class Grid:
    """Fractions of n mentees by m mentors.

    ``part``: (n, m). ``whole``: (n, 1), at least 1. Both int32, or int64 where lists are very long (``_narrow``).
    ``mentees_spoke``, ``mentors_spoke``: bool (n,) and (m,); where either is False the fraction means nothing.
    """

    part: "NDArray[np.signedinteger]"
    whole: "NDArray[np.signedinteger]"
    mentees_spoke: "NDArray[np.bool_]"
    mentors_spoke: "NDArray[np.bool_]"


def shared_grid(sought: Sequence[list[str]], offered: Sequence[list[str]], enough: int | None = None) -> Grid:
    """How many of the sought are offered, of how many (of ``enough``, if given): one matrix product."""
    import numpy as np

    known = _vocabulary(sought, offered)
    shared = _marks(sought, known) @ _marks(offered, known).T  # float32 counts are exact up to 2**24
    lengths = _lengths(sought)
    if enough is not None:
        shared, lengths = np.minimum(shared, enough), np.where(lengths > 0, enough, 0)
    return _grid(shared, lengths, _lengths(offered))


def ranked_grid(choices: Sequence[list[str]], offered: Sequence[list[str]]) -> Grid:
    """The best choice that is offered, as n - place of n; from the last choice up, so that the better one stays."""
    import numpy as np

    known = _vocabulary(choices, offered)
    has = _marks(offered, known).T > 0
    lengths = _lengths(choices)
    part = np.zeros((len(choices), len(offered)), dtype=_narrow(lengths))
    for place in reversed(range(max(lengths, default=0))):
        asking = [row for row, wanted in enumerate(choices) if len(wanted) > place and wanted[place] in known]
        offers = has[[known[choices[row][place]] for row in asking]]
        part[asking] = np.where(offers, (lengths[asking] - place)[:, None], part[asking])
    return _grid(part, lengths, _lengths(offered))


def table_grid(
    rows: Sequence[int | None], columns: Sequence[int | None], table: Sequence[Sequence[int]], whole: int
) -> Grid:
    """``table[row][column]`` of ``whole``; None where somebody has no place in the table."""
    import numpy as np

    across, down = (np.array([place or 0 for place in side], dtype=np.int64) for side in (rows, columns))
    values = np.array(table or [[0]], dtype=np.int32)
    rows_spoke, columns_spoke = (
        np.array([place is not None for place in side], dtype=np.bool_) for side in (rows, columns)
    )
    return Grid(values[np.ix_(across, down)], np.full((len(rows), 1), whole, dtype=np.int32), rows_spoke, columns_spoke)


def _grid(part: "NDArray[Any]", sought: "NDArray[np.int64]", offered: "NDArray[np.int64]") -> Grid:
    """Counts of items on both sides, 0 where somebody listed none, as a grid of the narrowest type that will do."""
    import numpy as np

    kind = _narrow(sought)
    whole = np.maximum(sought, 1)[:, None].astype(kind)
    return Grid(part.astype(kind, copy=False), whole, sought > 0, offered > 0)


def _narrow(lengths: "NDArray[np.int64]") -> "type[np.signedinteger]":
    """int32 (several times faster to divide) as long as two million times the longest list fits in."""
    import numpy as np

    return np.int32 if lengths.max(initial=0) <= _LONGEST_IN_INT32 else np.int64


def _vocabulary(sought: Sequence[list[str]], offered: Sequence[list[str]]) -> dict[str, int]:
    """Only what stands on both sides can be shared; numbered in order."""
    both = {item for items in sought for item in items} & {item for items in offered for item in items}
    return {item: number for number, item in enumerate(sorted(both))}


def _marks(lists: Sequence[list[str]], known: dict[str, int]) -> "NDArray[np.float32]":
    """float32 (people, vocabulary): 1 where a person lists the item."""
    import numpy as np

    marks = np.zeros((len(lists), len(known)), dtype=np.float32)
    listed = [(row, known[item]) for row, items in enumerate(lists) for item in items if item in known]
    if listed:
        marks[tuple(zip(*listed, strict=True))] = 1
    return marks


def _lengths(lists: Sequence[list[str]]) -> "NDArray[np.int64]":
    import numpy as np

    return np.array([len(items) for items in lists], dtype=np.int64)
