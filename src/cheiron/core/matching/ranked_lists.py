"""Two orders on sparse edges, and how to come by them from plain lists in which people rank each other by their ids."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, NoReturn

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.reading import MOST_COMPLAINTS
from cheiron.core.matching.validation import LARGEST_CAPACITY, quoted
from cheiron.core.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RankedIds = Mapping[str, Sequence[str]]
"""Whom each person of one side ranks, best first."""

UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Ranked:
    """E pairs of n mentees and m mentors with their place in both orders, mentee by mentee as in ``Edges``.

    ``starts``: int64 (n + 1,). ``mentors``: int32 (E,), rising within a mentee. ``of_mentees`` and ``of_mentors``:
    int32 (E,), the place of the mentor in the mentee's order and of the mentee in the mentor's; where mentors work
    under supervisors, in that of the supervisor. Places are strict, from 1, the best; there may be gaps.
    """

    starts: "NDArray[np.int64]"
    mentors: "NDArray[np.int32]"
    of_mentees: "NDArray[np.int32]"
    of_mentors: "NDArray[np.int32]"


@dataclass(frozen=True, eq=False)
class RankedLists:
    """Ids, edges between their positions, and ``seats``, int64 (m,)."""

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    ranked: Ranked
    seats: "NDArray[np.int64]"

    def by_mentee(self, mentor_of: "NDArray[np.int32]") -> dict[str, str]:
        """A choice, int32 (n,), as ids; mentees without a mentor are left out."""
        pairs = zip(self.mentees, mentor_of.tolist(), strict=True)
        return {mentee: self.mentors[column] for mentee, column in pairs if column >= 0}


def ranked_lists(of_mentees: RankedIds, of_mentors: RankedIds, capacities: Mapping[str, int]) -> RankedLists:
    """The lists of both sides as edges, people in the order of the lists; two people must rank each other.

    ``capacities``: the seats of each mentor. Raises ``Invalid``, naming who ranks somebody unknown, somebody twice or
    somebody who does not rank them. Time O(E log E), in numpy but for one look-up for each entry.
    """
    import numpy as np

    mentees, columns, mine = _entries(of_mentees, of_mentors)
    mentors, rows, theirs = _entries(of_mentors, of_mentees)
    pairs, same_pairs = mentees * len(of_mentors) + columns, rows * len(of_mentors) + mentors
    order, same_order = np.argsort(pairs), np.argsort(same_pairs)
    known = columns.min(initial=0) > UNKNOWN and rows.min(initial=0) > UNKNOWN
    single = (np.diff(pairs[order]) > 0).all()
    mutual = np.array_equal(pairs[order], same_pairs[same_order])
    if not (known and single and mutual and _fit(capacities, of_mentors)):
        _refuse(_wrong_entries(of_mentees, of_mentors), _wrong_capacities(capacities, of_mentors))
    starts = np.searchsorted(mentees, np.arange(len(of_mentees) + 1))
    ranked = Ranked(starts, columns[order].astype(np.int32), mine[order], theirs[same_order])
    seats = np.array([capacities[mentor] for mentor in of_mentors], dtype=np.int64)
    return RankedLists(tuple(of_mentees), tuple(of_mentors), ranked, seats)


def _entries(lists: RankedIds, others: RankedIds) -> "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]":
    """Of each entry, list by list: who ranks, who is ranked (or ``UNKNOWN``), at which place."""
    import numpy as np

    position_of = {name: position for position, name in enumerate(others)}
    lengths = np.fromiter(map(len, lists.values()), np.int64, len(lists))
    named = chain.from_iterable(lists.values())
    ranked = np.fromiter(map(position_of.get, named, repeat(UNKNOWN)), np.int64, lengths.sum())
    places = np.arange(1, len(ranked) + 1) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(np.arange(len(lists)), lengths), ranked, places.astype(np.int32)


def _refuse(*issues: Iterator[Issue]) -> NoReturn:
    found = tuple(islice(chain(*issues), MOST_COMPLAINTS))
    raise Invalid(say("These lists cannot be used as they stand."), found)


def _fit(capacities: Mapping[str, int], mentors: RankedIds) -> bool:
    return capacities.keys() == mentors.keys() and all(map(_possible, capacities.values()))


def _possible(capacity: object) -> bool:
    return isinstance(capacity, int) and not isinstance(capacity, bool) and 0 <= capacity <= LARGEST_CAPACITY


def _wrong_entries(of_mentees: RankedIds, of_mentors: RankedIds) -> Iterator[Issue]:
    for lists, others in ((of_mentees, of_mentors), (of_mentors, of_mentees)):
        known = {name: set(ranked) for name, ranked in others.items()}
        for name, ranked in lists.items():
            for other, count in Counter(ranked).items():
                yield from _wrong_entry(name, other, count, known)


def _wrong_entry(name: str, other: str, count: int, known: Mapping[str, set[str]]) -> Iterator[Issue]:
    ids = {"name": quoted(name), "other": quoted(other)}
    if other not in known:
        yield Issue(
            say("“%(name)s” ranks “%(other)s”, who is not on the other side.", **ids),
            say("Remove the entry, or give “%(other)s” a list.", **ids),
        )
        return
    if count > 1:
        yield Issue(
            say("“%(name)s” ranks “%(other)s” %(count)s times.", count=count, **ids),
            say("Keep one place for each person."),
        )
    if name not in known[other]:
        yield Issue(
            say("“%(name)s” ranks “%(other)s”, but not the other way round.", **ids),
            say("Remove the entry, or add “%(name)s” to the list of “%(other)s”.", **ids),
        )


def _wrong_capacities(capacities: Mapping[str, int], mentors: RankedIds) -> Iterator[Issue]:
    for name in (one for one in mentors if one not in capacities):
        yield Issue(say("Mentor “%(id)s” has no number of seats.", id=quoted(name)), say("Add it; use 0 for a pause."))
    for name in (one for one in capacities if one not in mentors):
        yield Issue(
            say("There are seats for “%(id)s”, who is no mentor.", id=quoted(name)),
            say("Remove the seats, or give the mentor a list."),
        )
    for name, capacity in capacities.items():
        if not _possible(capacity):
            yield Issue(
                say("Mentor “%(id)s” has an impossible number of seats.", id=quoted(name)),
                say("Use 0 for a pause, and at most %(largest)s.", largest=LARGEST_CAPACITY),
            )
