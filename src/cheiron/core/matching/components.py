"""What is compared between a mentee and a mentor, and how much each comparison weighs.

A component says of a pair: nothing, as long as either side has entered nothing; otherwise a fraction ``part / whole``
and a sentence about the facts. Each exists in two forms. ``of_pair`` is the definition, with the sentence. ``sought``,
``offered`` and ``whole`` say what of a person is compared, as items, so that ``encoding`` can turn people into numbers
and the same fractions can be found for everybody at once:

    part = how many of the sought items are offered, but no more than ``whole``; where the items are ``ordered``, by
    the first of n sought that is offered: n - its place, counted from 0; where they are ``weighed``, by the sum of
    the products of their weights

The tests hold the two equal.

To add one, write its sentence in ``sentences``, put it into ``registry``, and give it a weight.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Protocol

from cheiron.core.matching import sentences
from cheiron.core.matching.arithmetic import MILLION, likeness
from cheiron.core.matching.sentences import Seen
from cheiron.core.people.facts import Facts
from cheiron.core.text import Text, say

DEFAULT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "goals": 15,
        "topics": 25,
        "specialty": 20,
        "roles": 15,
        "times": 10,
        "languages": 5,
        "place": 5,
        "stage": 5,
        "wish": 20,
        "statement": 10,
    }
)
"""Points by component; only their proportions matter."""

WISH = "wish"
"""The component that only mentees have a say in."""

STATEMENT = "statement"
"""The component that compares what people wrote in their own words."""

ENOUGH_HOURS = 3
"""Shared hours from which more do not make a better match."""

FAR_AHEAD = 4
"""Steps of the career from which a mentor may be too far ahead to remember."""


MOST_NAMED = 3
"""Shared terms that a sentence names."""


@dataclass(frozen=True)
class Statement:
    """What a text is about: its terms in order, each with its weight in millionths, and the names that may be shown.

    ``lent``: terms that do not stand in the text, each with one that does and lies within it.
    """

    terms: tuple[tuple[str, int], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    lent: tuple[tuple[str, str], ...] = ()


SILENT = Statement()
"""What somebody says who has written nothing."""


@dataclass(frozen=True)
class Participant:
    """One person in the eyes of the scorer; ``capacity`` counts for mentors only.

    ``statement`` and ``alike`` come from ``statements.understood``. ``alike`` says of items of lists, as they are
    compared, which other word they stand for.
    """

    id: str
    facts: Facts
    capacity: int = 1
    statement: Statement = SILENT
    alike: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A fraction 0..1 as ``part`` of ``whole``, and the sentence that says where it comes from."""

    part: int
    whole: int
    sentence: Text


Items = tuple[Hashable, ...]


class Component(Protocol):
    """One comparison."""

    @property
    def name(self) -> str:
        """Key of its weight."""

    @property
    def title(self) -> Text:
        """Its heading."""

    def of_pair(self, mentee: Participant, mentor: Participant) -> Match | None:
        """What is found, or None when either side has said nothing."""

    @property
    def ordered(self) -> bool:
        """Whether the best of what is sought counts, by its place, and not how much of it."""

    def sought(self, mentee: Participant) -> Items | None:
        """What of a mentee is compared, without repeats; None where they have said nothing."""

    def offered(self, mentor: Participant) -> Items | None:
        """What of a mentor is."""

    def whole(self, sought: Items) -> int:
        """Of how many, at least 1."""

    @property
    def weighed(self) -> bool:
        """Whether items are pairs of a name and its weight, and the products of weights are summed."""


Entries = Callable[[Participant], tuple[str, ...]]


@dataclass(frozen=True)
class Shared:
    """The share of the mentee's list that the mentor lists too; with ``enough``, that many count as all."""

    name: str
    title: Text
    entries: Entries
    sentence: Callable[[Seen], Text]
    enough: int | None = None
    ordered: bool = False
    weighed: bool = False

    def of_pair(self, mentee: Participant, mentor: Participant) -> Match | None:
        sought, offered = folded(self.entries(mentee), mentee.alike), folded(self.entries(mentor), mentor.alike)
        if not sought or not offered:
            return None
        shared = tuple(spelling for key, spelling in sought.items() if key in offered)
        whole = self.whole(tuple(sought))
        return Match(min(len(shared), whole), whole, self.sentence(_seen(shared, sought, offered)))

    def sought(self, mentee: Participant) -> Items | None:
        return tuple(folded(self.entries(mentee), mentee.alike)) or None

    offered = sought

    def whole(self, sought: Items) -> int:
        return self.enough or len(sought)


@dataclass(frozen=True)
class Ranked:
    """The mentee's list is an order of preference; the best choice that the mentor has counts (n - place) / n."""

    name: str
    title: Text
    choices: Entries
    entries: Entries
    sentence: Callable[[Seen], Text]
    ordered: bool = True
    weighed: bool = False

    def of_pair(self, mentee: Participant, mentor: Participant) -> Match | None:
        sought, offered = folded(self.choices(mentee), mentee.alike), folded(self.entries(mentor), mentor.alike)
        if not sought or not offered:
            return None
        found = [(place, spelling) for place, (key, spelling) in enumerate(sought.items()) if key in offered][:1]
        part = len(sought) - found[0][0] if found else 0
        shared = tuple(spelling for _, spelling in found)
        return Match(part, len(sought), self.sentence(_seen(shared, sought, offered)))

    def sought(self, mentee: Participant) -> Items | None:
        return tuple(folded(self.choices(mentee), mentee.alike)) or None

    def offered(self, mentor: Participant) -> Items | None:
        return tuple(folded(self.entries(mentor), mentor.alike)) or None

    def whole(self, sought: Items) -> int:
        return len(sought)


@dataclass(frozen=True)
class Ahead:
    """How far the mentor is ahead on the program's ladder: 1 to 3 steps are best, more count half, none nothing.

    As items, each step is there twice: a mentor offers both halves of their own step, a mentee seeks the halves that
    each step is worth to them. What they share is the fraction, whoever is named first.
    """

    name: str
    title: Text
    stages: tuple[str, ...]
    ordered: bool = False
    weighed: bool = False

    def of_pair(self, mentee: Participant, mentor: Participant) -> Match | None:
        low, high = self._step(mentee), self._step(mentor)
        if low is None or high is None:
            return None
        return Match(_halves(high - low), 2, sentences.stage(high - low, mentee.facts.stage, mentor.facts.stage))

    def sought(self, mentee: Participant) -> Items | None:
        low = self._step(mentee)
        return None if low is None else self._halves_from[low]

    def offered(self, mentor: Participant) -> Items | None:
        step = self._step(mentor)
        return None if step is None else ((step, 0), (step, 1))

    def whole(self, sought: Items) -> int:  # noqa: ARG002
        return 2

    @cached_property
    def steps(self) -> dict[str, int]:
        """The height of each stage, lowest 0; of two that read the same the lower counts."""
        return {key: height for height, key in enumerate(folded(self.stages))}

    @cached_property
    def _halves_from(self) -> tuple[Items, ...]:
        """What is sought from each step."""
        steps = range(len(self.steps))
        return tuple(tuple((high, half) for high in steps for half in range(_halves(high - low))) for low in steps)

    def _step(self, person: Participant) -> int | None:
        return self.steps.get(person.facts.stage.strip().casefold())


@dataclass(frozen=True)
class Alike:
    """How alike two statements are: the sum of the products of the weights of their terms, full at ``ENOUGH_ALIKE``.

    As items, terms carry their weights. A sentence names the shared terms that weigh most, as far as they may be named,
    and never a term that only one of the two wrote.
    """

    name: str
    title: Text
    ordered: bool = False
    weighed: bool = True

    def of_pair(self, mentee: Participant, mentor: Participant) -> Match | None:
        if not mentee.statement.terms or not mentor.statement.terms:
            return None
        theirs = dict(mentor.statement.terms)
        products = {term: mine * theirs[term] for term, mine in mentee.statement.terms if term in theirs}
        part = min(likeness(sum(products.values())), MILLION)
        implied = {above for above, term in (*mentee.statement.lent, *mentor.statement.lent) if term in products}
        shared = sorted(products.keys() - implied, key=lambda term: (-products[term], term))
        return Match(part, MILLION, sentences.statement(_named(shared, mentee, mentor), len(shared)))

    def sought(self, mentee: Participant) -> Items | None:
        return mentee.statement.terms or None

    offered = sought

    def whole(self, sought: Items) -> int:  # noqa: ARG002
        return 1


def _named(heaviest: Iterable[str], mentee: Participant, mentor: Participant) -> tuple[str, ...]:
    """The first of the shared terms that both sides let be named, as the mentee spelled them."""
    spelled, may = dict(mentee.statement.names), dict(mentor.statement.names)
    return tuple(spelled[term] for term in heaviest if term in spelled and term in may)[:MOST_NAMED]


def _halves(steps: int) -> int:
    if steps <= 0:
        return 0
    return 1 if steps >= FAR_AHEAD else 2


def folded(items: tuple[str, ...], alike: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
    """Items by the form in which they are compared, each with its first spelling; blank ones left out."""
    found: dict[str, str] = {}
    same = dict(alike)
    for item in items:
        spelling = item.strip()
        if spelling:
            key = spelling.casefold()
            found.setdefault(same.get(key, key), spelling)
    return found


def _seen(shared: tuple[str, ...], sought: dict[str, str], offered: dict[str, str]) -> Seen:
    return Seen(shared, tuple(sought.values()), tuple(offered.values()))


@lru_cache(maxsize=16)
def registry(stages: tuple[str, ...] = ()) -> tuple[Component, ...]:
    """All components in the order in which they are shown; ``stages`` is the program's ladder, lowest first."""
    return (
        Shared("goals", say("Goals"), lambda one: one.facts.goals, sentences.goals),
        Shared("topics", say("Topics"), lambda one: one.facts.topics, sentences.topics),
        Ranked("specialty", say("Specialty"), _specialties, _specialties, sentences.specialty),
        Shared("roles", say("Roles"), lambda one: one.facts.roles, sentences.roles),
        Shared("times", say("Times"), lambda one: one.facts.times, sentences.times, ENOUGH_HOURS),
        Shared("languages", say("Languages"), lambda one: one.facts.languages, sentences.languages),
        Shared("place", say("Place"), lambda one: (one.facts.place,), sentences.place),
        Ahead("stage", say("Career stage"), stages),
        Ranked(WISH, say("Wish"), lambda one: one.facts.wishes, lambda one: (one.id,), sentences.wish),
        Alike(STATEMENT, say("Own words")),
    )


def _specialties(person: Participant) -> tuple[str, ...]:
    return person.facts.specialties
