"""The loops of ``kernel``, written for the compiler: one mentee at a time before all mentors, nothing else in memory.

Every loop opens a mentee (``_open``), asks for the score of some pairs (``_score``), and closes the mentee again. What
they ask for differs: all mentors, some that are given, or the best.

The best are found by a bound that is cheap for everybody at once. With w the weight of a component, W the sum of the
weights of those on which both spoke, and p of n the fraction found:

    likely = sum(w * p / n) / W, in millionths;    score <= likely + 2 * C, for C components

since a share is at most one millionth above w / W, and a product by ``arithmetic`` at most one above share * p / n. So
a pair is scored, to the last millionth, only if it may beat the worst of the best so far.

Plain functions until ``at_speed`` has been called. Sides and rules come as tuples of arrays, see ``kernel``. A loop
calls no function for a single pair: to hand over so many arrays takes longer than the pair does. The machine code is
kept beside this file until this file changes; whoever changes ``arithmetic`` must save this file as well.
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cheiron.core.matching.arithmetic import ENOUGH_ALIKE, MILLION, likeness, product, ratio
from cheiron.core.matching.compiled import compiled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHUT = -1e30
_ABOVE_ALL = 1e30
"""Far below and above what any pair is likely to score, however small the weights."""

_ALL_ALIKE = ENOUGH_ALIKE * MILLION
"""The sum of products from which on two statements match wholly."""

_STRIDE = 64
"""Mentors who are looked over at once."""

_COLUMN_BITS = 32
_COLUMNS = (1 << _COLUMN_BITS) - 1


class Rows(NamedTuple):
    """n mentees; ``encoding.Side``, with ``marks`` as int64."""

    spoke: "NDArray[np.int32]"
    wholes: "NDArray[np.int32]"
    marks: "NDArray[np.int64]"
    starts: "NDArray[np.int64]"
    items: "NDArray[np.int32]"
    weights: "NDArray[np.int32]"


class Columns(NamedTuple):
    """m mentors; ``marks``: int64 (words, m); the lists turned around, ``encoding.Holders``."""

    spoke: "NDArray[np.int32]"
    marks: "NDArray[np.int64]"
    starts: "NDArray[np.int64]"
    people: "NDArray[np.int32]"
    weights: "NDArray[np.int32]"


class Rules(NamedTuple):
    """How C components are compared and what they weigh.

    ``words`` and ``lists``: int64 (C + 1,) and (C,), as in ``encoding.Vocabulary``. ``ordered`` and ``weighed``: bool
    (C,). ``weights``: float64 (C,), in thousandths. ``shares``: int64 (2**C, C), millionths by pattern. ``scale``:
    float64 (2**C,), a million over the weights of a pattern, 1 where there are none.
    """

    words: "NDArray[np.int64]"
    lists: "NDArray[np.int64]"
    ordered: "NDArray[np.bool_]"
    weighed: "NDArray[np.bool_]"
    weights: "NDArray[np.float64]"
    shares: "NDArray[np.int64]"
    scale: "NDArray[np.float64]"


class Room(NamedTuple):
    """What one mentee needs while they are open.

    ``likely``: float64 (m,). ``listed``: int64 (lists, m), what their lists have in common with each mentor's, all 0
    between mentees. ``fits``: int64 (C, longest list + 1), what each part is worth in millionths. ``wanted`` and
    ``scores``: int64 (m,), mentors who are to be scored, and their scores. ``chosen``: int64, for all who may be kept.
    """

    likely: "NDArray[np.float64]"
    listed: "NDArray[np.int64]"
    fits: "NDArray[np.int64]"
    wanted: "NDArray[np.int64]"
    scores: "NDArray[np.int64]"
    chosen: "NDArray[np.int64]"


class Limits(NamedTuple):
    """Whom ``best_pairs`` must not take, or must: ``shut``: bool (m,); the rest compressed rows, n + 1 starts each."""

    shut: "NDArray[np.bool_]"
    forbidden_starts: "NDArray[np.int64]"
    forbidden: "NDArray[np.int64]"
    always_starts: "NDArray[np.int64]"
    always: "NDArray[np.int64]"


class Found(NamedTuple):
    """Where ``best_pairs`` writes: the arrays of ``Edges``, with room for more pairs than there may be."""

    starts: "NDArray[np.int64]"
    mentors: "NDArray[np.int32]"
    scores: "NDArray[np.int32]"


def all_pairs(rows: Rows, columns: Columns, rules: Rules, room: Room, scores: "NDArray[np.int32]") -> None:
    """Fills ``scores`` (n, m)."""
    for column in range(len(columns.spoke)):
        room.wanted[column] = column
    for row in range(len(rows.spoke)):
        _open(rows, columns, rules, room, row)
        _score(rows, columns, rules, room, row, room.wanted, scores[row])
        _close(rows, columns, rules, room, row)


def given_pairs(
    rows: Rows,
    columns: Columns,
    rules: Rules,
    room: Room,
    starts: "NDArray[np.int64]",
    mentors: "NDArray[np.int32]",
    scores: "NDArray[np.int32]",
) -> None:
    """Fills ``scores`` of the pairs of each mentee, ``mentors[starts[row]:starts[row + 1]]``."""
    for row in range(len(rows.spoke)):
        first, last = starts[row], starts[row + 1]
        if first < last:
            _open(rows, columns, rules, room, row)
            _score(rows, columns, rules, room, row, mentors[first:last], scores[first:last])
            _close(rows, columns, rules, room, row)


def best_pairs(rows: Rows, columns: Columns, rules: Rules, room: Room, limits: Limits, most: int, found: Found) -> None:
    """Fills ``found`` with the ``most`` best of each mentee and those of ``limits.always``, mentors rising."""
    for row in range(len(rows.spoke)):
        _admit(limits, room.likely, row)
        _open(rows, columns, rules, room, row)
        _weigh_marks(rows, columns, rules, room, row)
        count = _search(rows, columns, rules, room, row, most)
        count = _add(rows, columns, rules, room, limits, row, count)
        _close(rows, columns, rules, room, row)
        room.chosen[:count].sort()
        first = found.starts[row]
        for at in range(count):
            found.mentors[first + at] = room.chosen[at] >> _COLUMN_BITS
            found.scores[first + at] = room.chosen[at] & _COLUMNS
        found.starts[row + 1] = first + count


def _admit(limits: Limits, likely: "NDArray[np.float64]", row: int) -> None:
    """Everybody starts from 0, but for those who are ruled out before anything is compared."""
    for column in range(len(likely)):
        likely[column] = _SHUT if limits.shut[column] else 0.0
    for at in range(limits.forbidden_starts[row], limits.forbidden_starts[row + 1]):
        likely[limits.forbidden[at]] = _SHUT


def _search(rows: Rows, columns: Columns, rules: Rules, room: Room, row: int, most: int) -> int:
    """The best mentors into ``room.chosen``, and shut in ``likely``; returns how many.

    While searching, ``chosen`` is a heap with the worst in front: a key is the score, then the column from the right.
    """
    slack, count = 2 * len(rules.weights), 0
    limit = -1.0 if most > 0 else _ABOVE_ALL
    for first in range(0, len(columns.spoke), _STRIDE):
        last = min(first + _STRIDE, len(columns.spoke))
        likely = room.likely[first:last]
        if _look_over(likely, columns.spoke[first:last], rules.scale, rows.spoke[row], limit) > 0:
            wanted = 0
            for at in range(last - first):
                if likely[at] > limit:
                    room.wanted[wanted] = first + at
                    wanted += 1
            _score(rows, columns, rules, room, row, room.wanted[:wanted], room.scores)
            for at in range(wanted):
                key = (room.scores[at] << _COLUMN_BITS) + _COLUMNS - room.wanted[at]
                count = _offer(room.chosen, count, most, key)
            if count == most:
                worst = room.chosen[0] >> _COLUMN_BITS
                limit = max(worst - slack, 0) if worst < MILLION else _ABOVE_ALL
    for at in range(count):
        score, column = room.chosen[at] >> _COLUMN_BITS, _COLUMNS - (room.chosen[at] & _COLUMNS)
        room.likely[column] = _SHUT
        room.chosen[at] = (column << _COLUMN_BITS) + score
    return count


def _look_over(
    likely: "NDArray[np.float64]",
    spoke: "NDArray[np.int32]",
    scale: "NDArray[np.float64]",
    mine: int,
    limit: float,
) -> int:
    """Turns weighed sums into likely scores; returns how many are above the limit."""
    hits = 0
    for column in range(len(likely)):
        likely[column] *= scale[mine & spoke[column]]
        hits += likely[column] > limit
    return hits


def _add(rows: Rows, columns: Columns, rules: Rules, room: Room, limits: Limits, row: int, count: int) -> int:
    """Adds to ``room.chosen`` those who must be in it, unless they are already, or shut; returns how many it holds."""
    for at in range(limits.always_starts[row], limits.always_starts[row + 1]):
        column = limits.always[at]
        if room.likely[column] >= 0:
            room.likely[column] = _SHUT
            _score(rows, columns, rules, room, row, limits.always[at : at + 1], room.scores)
            room.chosen[count] = (column << _COLUMN_BITS) + room.scores[0]
            count += 1
    return count


def _offer(heap: "NDArray[np.int64]", count: int, most: int, key: int) -> int:
    """Puts the key into the heap, for the worst if it is full and that is worse; returns how many it holds."""
    if count < most:
        at = count
        while at > 0 and heap[(at - 1) >> 1] > key:
            heap[at] = heap[(at - 1) >> 1]
            at = (at - 1) >> 1
        heap[at] = key
        return count + 1
    if key > heap[0]:
        at, child = 0, 1
        while child < most:
            if child + 1 < most and heap[child + 1] < heap[child]:
                child += 1
            if heap[child] >= key:
                break
            heap[at] = heap[child]
            at, child = child, 2 * child + 1
        heap[at] = key
    return count


def _open(rows: Rows, columns: Columns, rules: Rules, room: Room, row: int) -> None:
    """What a mentee's fractions are worth, and what their lists have in common with everybody's."""
    for component in range(len(rules.weights)):
        if rules.weights[component] > 0:
            whole = rows.wholes[row, component]
            for part in range(whole + 1):
                room.fits[component, part] = ratio(part, whole)
            if rules.weighed[component]:
                _weigh_terms(rows, columns, rules, room, row, component)
            elif rules.lists[component] >= 0:
                _weigh_list(rows, columns, rules, room, row, component)


def _weigh_list(rows: Rows, columns: Columns, rules: Rules, room: Room, row: int, component: int) -> None:
    """Lets the items of one list count for all who hold them, the least wanted first."""
    column, whole = rules.lists[component], rows.wholes[row, component]
    slope = rules.weights[component] / whole
    last = rows.starts[row + 1, column]
    for at in range(last - 1, rows.starts[row, column] - 1, -1):
        worth = last - at if rules.ordered[component] else 0
        _weigh_item(columns, rows.items[at], room.listed[column], worth, whole, room.likely, slope)


def _weigh_terms(rows: Rows, columns: Columns, rules: Rules, room: Room, row: int, component: int) -> None:
    """Lets the weighed items of one list count for all who hold them, by the products of both weights."""
    column, slope = rules.lists[component], rules.weights[component] / _ALL_ALIKE
    for at in range(rows.starts[row, column], rows.starts[row + 1, column]):
        if rows.items[at] >= 0:
            _weigh_term(columns, rows.items[at], rows.weights[at], room.listed[column], room.likely, slope)


def _weigh_term(
    columns: Columns,
    item: int,
    weight: int,
    listed: "NDArray[np.int64]",
    likely: "NDArray[np.float64]",
    slope: float,
) -> None:
    for at in range(columns.starts[item], columns.starts[item + 1]):
        person = columns.people[at]
        before = listed[person]
        listed[person] = before + int(columns.weights[at]) * int(weight)
        likely[person] += slope * (min(listed[person], _ALL_ALIKE) - min(before, _ALL_ALIKE))


def _weigh_item(
    columns: Columns,
    item: int,
    listed: "NDArray[np.int64]",
    worth: int,
    whole: int,
    likely: "NDArray[np.float64]",
    slope: float,
) -> None:
    """Lets an item count for all who hold it: as ``worth``, which must rise from call to call, or 0: as one more."""
    if item >= 0:
        for at in range(columns.starts[item], columns.starts[item + 1]):
            person = columns.people[at]
            before = listed[person]
            listed[person] = worth if worth > 0 else min(before + 1, whole)
            likely[person] += slope * (listed[person] - before)


def _close(rows: Rows, columns: Columns, rules: Rules, room: Room, row: int) -> None:
    """Forgets what the lists had in common."""
    for component in range(len(rules.weights)):
        column = rules.lists[component]
        if rules.weights[component] > 0 and column >= 0:
            for at in range(rows.starts[row, column], rows.starts[row + 1, column]):
                item = rows.items[at]
                if item >= 0:
                    for held in range(columns.starts[item], columns.starts[item + 1]):
                        room.listed[column, columns.people[held]] = 0


def _weigh_marks(rows: Rows, columns: Columns, rules: Rules, room: Room, row: int) -> None:
    """Lets the marks count in ``likely``; word by word, which is never too little where a fraction has an end."""
    for component in range(len(rules.weights)):
        if rules.weights[component] > 0 and rules.lists[component] < 0:
            whole = rows.wholes[row, component]
            slope = rules.weights[component] / whole
            for word in range(rules.words[component], rules.words[component + 1]):
                _weigh_word(room.likely, columns.marks[word], rows.marks[row, word], whole, slope)


def _weigh_word(likely: "NDArray[np.float64]", marks: "NDArray[np.int64]", mine: int, whole: int, slope: float) -> None:
    for column in range(len(likely)):
        likely[column] += slope * min(_count(marks[column] & mine), whole)


def _score(
    rows: Rows,
    columns: Columns,
    rules: Rules,
    room: Room,
    row: int,
    wanted: "NDArray[np.signedinteger]",
    scores: "NDArray[np.signedinteger]",
) -> None:
    """The scores of an open mentee with those who are wanted, in millionths."""
    spoke = rows.spoke[row]
    scores[: len(wanted)] = 0
    for component in range(len(rules.weights)):
        if rules.weights[component] > 0:
            first, last = rules.words[component], rules.words[component + 1]
            whole, listed, weighed = rows.wholes[row, component], rules.lists[component], rules.weighed[component]
            for at in range(len(wanted)):
                column, part = wanted[at], 0
                for word in range(first, last):
                    part += _count(columns.marks[word, column] & rows.marks[row, word])
                if listed >= 0:
                    part += room.listed[listed, column]
                share = rules.shares[spoke & columns.spoke[column], component]
                fit = min(likeness(part), MILLION) if weighed else room.fits[component, min(part, whole)]
                scores[at] += product(share, fit)


def _count(word: int) -> int:
    """How many of 64 bits are set, by halves (Warren, Hacker's Delight, 5-1); compilers make one instruction of it."""
    word = word - ((word >> 1) & 0x5555555555555555)
    word = (word & 0x3333333333333333) + ((word >> 2) & 0x3333333333333333)
    word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F
    return (word * 0x0101010101010101) >> 56


_KERNELS = (
    all_pairs, given_pairs, best_pairs, _admit, _search, _look_over, _add, _offer, _open, _close, _weigh_item,
    _weigh_list, _weigh_terms, _weigh_term, _weigh_marks, _weigh_word, _score, _count, likeness, product, ratio,
)  # fmt: skip


@cache
def at_speed() -> None:
    """Puts the compiled forms in the place of the plain ones, where numba is at hand; they find each other by name."""
    globals().update({kernel.__name__: compiled(kernel) for kernel in _KERNELS})
