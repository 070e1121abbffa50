"""People as numbers: what each brings to each comparison, made once and independent of the weights.

A component says which items of a person it compares (``sought``, ``offered``). Items that no mentor offers can never
be shared, so the mentors alone make the vocabulary, and a mentee can be added without a look at the others.

Most vocabularies are small. Their items become marks: one bit each, so that what two people share is an ``and`` and a
count of bits. Lists that are an order of choice, those over a large vocabulary, and the weighed terms of statements
stay lists of numbers; then each number is followed to the people who hold it.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

from cheiron.core.matching.components import Component, Items, Participant, registry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BITS = 64
MOST_WORDS = 4
"""Words of marks from which on it is cheaper to follow lists."""

Told = Sequence[Items | None]
"""What each person of one side brings to one comparison."""


class Pairs(NamedTuple):
    """Pairs by row (mentee) and column (mentor): two integer arrays of the same length."""

    rows: "NDArray[np.int64]"
    columns: "NDArray[np.int64]"

    def within(self, first: int, last: int) -> "Pairs":
        """The pairs of the mentees from ``first`` up to ``last``, counted from there."""
        inside = (self.rows >= first) & (self.rows < last)
        return Pairs(self.rows[inside] - first, self.columns[inside])


class Holders(NamedTuple):
    """Who holds the item with number i: ``people[starts[i]:starts[i + 1]]``, rising, and what it weighs for each."""

    starts: "NDArray[np.int64]"
    people: "NDArray[np.int32]"
    weights: "NDArray[np.int32]"


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The items of C components, and where they stand: ``numbers[c][item]``.

    Component c has the words of marks from ``words[c]`` up to ``words[c + 1]``, and an item's number is its bit in
    them; or ``lists[c]`` is its column among the L lists (-1 for marks), and the ``kinds`` numbers of all lists differ.
    """

    stages: tuple[str, ...]
    numbers: tuple[Mapping[Hashable, int], ...]
    words: tuple[int, ...]
    lists: tuple[int, ...]
    kinds: int


@dataclass(frozen=True, eq=False)
class Side:
    """P people over W words of marks and L lists.

    ``spoke``: int32 (P,), bit c where the person has said something to component c. ``wholes``: int32 (P, C), of how
    many a fraction counts, at least 1. ``marks``: uint64 (P, W). Person p has in list l
    ``items[starts[p, l]:starts[p + 1, l]]``, most wanted first, -1 for what no mentor offers: int64 (P + 1, L), int32.
    ``weights``: int32, for each of the items, 1 where they have none.
    """

    spoke: "NDArray[np.int32]"
    wholes: "NDArray[np.int32]"
    marks: "NDArray[np.uint64]"
    starts: "NDArray[np.int64]"
    items: "NDArray[np.int32]"
    weights: "NDArray[np.int32]"
    kinds: int

    def __len__(self) -> int:
        return len(self.spoke)

    def rows(self, first: int, last: int) -> "Side":
        """The people from ``first`` up to ``last``; nothing is copied."""
        cut = slice(first, last)
        starts = self.starts[first : last + 1]
        return replace(self, spoke=self.spoke[cut], wholes=self.wholes[cut], marks=self.marks[cut], starts=starts)

    @cached_property
    def marks_by_word(self) -> "NDArray[np.uint64]":
        """The marks in the order in which everybody is passed by: (W, P)."""
        import numpy as np

        return np.ascontiguousarray(self.marks.T)

    def listed(self, column: int) -> "tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]":
        """Every entry of one list: the person, the item, and how many entries of theirs it precedes, itself counted."""
        import numpy as np

        starts = self.starts[:, column]
        people = np.repeat(np.arange(len(self)), np.diff(starts))
        entries = np.arange(starts[0], starts[-1])
        return people, self.items[starts[0] : starts[-1]], starts[1:][people] - entries

    @cached_property
    def holders(self) -> Holders:
        """The lists turned around."""
        import numpy as np

        found = [(*self.listed(column)[:2], self.weights_of(column)) for column in range(self.starts.shape[1])]
        people, items, weights = (np.concatenate(part) for part in zip(*found, strict=True))
        people, items, weights = people[items >= 0], items[items >= 0], weights[items >= 0]
        starts = np.zeros(self.kinds + 1, dtype=np.int64)
        np.cumsum(np.bincount(items, minlength=self.kinds), out=starts[1:])
        order = np.argsort(items, kind="stable")
        return Holders(starts, people[order].astype(np.int32), weights[order])

    def weights_of(self, column: int) -> "NDArray[np.int32]":
        """The weights of the entries of one list, as ``listed`` gives them."""
        starts = self.starts[:, column]
        return self.weights[starts[0] : starts[-1]]


@dataclass(frozen=True, eq=False)
class Encoded:
    """Mentees and mentors of one round over one vocabulary."""

    vocabulary: Vocabulary
    mentees: Side
    mentors: Side

    @property
    def shape(self) -> tuple[int, int]:
        """How many mentees, how many mentors."""
        return len(self.mentees), len(self.mentors)

    def rows(self, first: int, last: int) -> "Encoded":
        """The mentees from ``first`` up to ``last`` and all mentors; nothing is copied."""
        return replace(self, mentees=self.mentees.rows(first, last))

    def with_mentees(self, mentees: Sequence[Participant]) -> "Encoded":
        """Other mentees before the same mentors, who are not read again."""
        told = [[one.sought(mentee) for mentee in mentees] for one in registry(self.vocabulary.stages)]
        return replace(self, mentees=_side(self.vocabulary, told, len(mentees)))

    def turned(self) -> "Encoded":
        """Mentors as those who seek, mentees as those who offer; see ``kernel.view_all`` for what that means."""
        return replace(self, mentees=self.mentors, mentors=self.mentees)


def encode(mentees: Sequence[Participant], mentors: Sequence[Participant], stages: tuple[str, ...] = ()) -> Encoded:
    """Both sides; ``stages`` is the program's ladder, lowest first."""
    told = [[one.offered(mentor) for mentor in mentors] for one in registry(stages)]
    vocabulary = _vocabulary(told, stages)
    side = _side(vocabulary, told, len(mentors))
    return Encoded(vocabulary, side, side).with_mentees(mentees)


def _vocabulary(told: Sequence[Told], stages: tuple[str, ...]) -> Vocabulary:
    """Items numbered in the order in which the mentors name them."""
    numbers: list[Mapping[Hashable, int]] = []
    words: list[int] = [0]
    lists: list[int] = []
    kinds = 0
    for component, of_mentors in zip(registry(stages), told, strict=True):
        known = dict.fromkeys(item for items in _names(component, of_mentors) for item in items or ())
        wide = -(-len(known) // BITS)
        listed = component.ordered or component.weighed or wide > MOST_WORDS
        numbers.append({item: number for number, item in enumerate(known, start=kinds if listed else 0)})
        words.append(words[-1] + (0 if listed else wide))
        lists.append(max(lists, default=-1) + 1 if listed else -1)
        kinds += len(known) if listed else 0
    return Vocabulary(stages, tuple(numbers), tuple(words), tuple(lists), kinds)


def _side(vocabulary: Vocabulary, told: Sequence[Told], people: int) -> Side:
    import numpy as np

    spoke = np.zeros(people, dtype=np.int32)
    wholes = np.ones((people, len(told)), dtype=np.int32)
    marks = np.zeros((people, vocabulary.words[-1]), dtype=np.uint64)
    starts, items, weights, entries = [], [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)], 0
    for place, (component, of_people) in enumerate(zip(registry(vocabulary.stages), told, strict=True)):
        spoke |= np.array([items is not None for items in of_people], dtype=np.int32) << place
        wholes[:, place] = [component.whole(items) if items is not None else 1 for items in of_people]
        lengths, numbers = _numbered(_names(component, of_people), vocabulary.numbers[place])
        if vocabulary.lists[place] < 0:
            _set_marks(marks[:, vocabulary.words[place] :], lengths, numbers)
        else:
            starts.append(entries + np.concatenate(([0], np.cumsum(lengths))))
            items.append(numbers)
            weights.append(_weights(component, of_people, len(numbers)))
            entries += len(numbers)
    lists = (np.stack(starts, axis=1), np.concatenate(items), np.concatenate(weights))
    return Side(spoke, wholes, marks, *lists, vocabulary.kinds)


def _names(component: Component, told: Told) -> Told:
    """The items without their weights."""
    return [items and tuple(name for name, _ in _pairs(items)) for items in told] if component.weighed else told


def _pairs(items: Items | None) -> tuple[tuple[str, int], ...]:
    return cast(tuple[tuple[str, int], ...], items or ())


def _weights(component: Component, told: Told, entries: int) -> "NDArray[np.int32]":
    import numpy as np

    if not component.weighed:
        return np.ones(entries, dtype=np.int32)
    return np.array([weight for items in told for _, weight in _pairs(items)], dtype=np.int32)


def _numbered(told: Told, numbers: Mapping[Hashable, int]) -> "tuple[NDArray[np.int64], NDArray[np.int32]]":
    """How many items each person has, and the number of each item in a row, -1 where it has none."""
    import numpy as np

    lengths = np.array([len(items or ()) for items in told], dtype=np.int64)
    return lengths, np.array([numbers.get(item, -1) for items in told for item in items or ()], dtype=np.int32)


def _set_marks(marks: "NDArray[np.uint64]", lengths: "NDArray[np.int64]", numbers: "NDArray[np.int32]") -> None:
    import numpy as np

    people, known = np.repeat(np.arange(len(lengths)), lengths), numbers >= 0
    bits = numbers[known].astype(np.uint64)
    np.bitwise_or.at(marks, (people[known], bits // BITS), np.uint64(1) << (bits % BITS))
