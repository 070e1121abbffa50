"""What is compared between a mentee and a mentor, and how much each comparison weighs.

A component says of a pair: nothing, as long as either side has entered nothing; otherwise a fraction ``part / whole``
and a sentence about the facts. Each exists in two forms, ``of_pair`` in plain Python (the definition, with the
sentence) and ``of_all`` in numpy (the same fractions for everybody at once); the tests hold the two equal.

To add one, write its sentence in ``sentences``, put it into ``registry``, and give it a weight.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Protocol

from cheiron.core.matching import sentences
from cheiron.core.matching.grids import Grid, ranked_grid, shared_grid, table_grid
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
    }
)
"""Points by component; only their proportions matter."""

WISH = "wish"
"""The component that only mentees have a say in."""

ENOUGH_HOURS = 3
"""Shared hours from which more do not make a better match."""

FAR_AHEAD = 4
"""Steps of the career from which a mentor may be too far ahead to remember."""


@dataclass(frozen=True)
class Participant:
    """One person in the eyes of the scorer; ``capacity`` counts for mentors only."""

    id: str
    facts: Facts
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Match:
    """A fraction 0..1 as ``part`` of ``whole``, and the sentence that says where it comes from."""

    part: int
    whole: int
    sentence: Text


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

    def of_all(self, mentees: Sequence[Participant], mentors: Sequence[Participant]) -> Grid:
        """The same for everybody, without sentences."""

    def mentee_spoke(self, mentee: Participant) -> bool:
        """Whether a mentee has said anything that is compared here."""

    def mentor_spoke(self, mentor: Participant) -> bool:
        """Whether a mentor has."""


Entries = Callable[[Participant], tuple[str, ...]]


@dataclass(frozen=True)
class Shared:
    """The share of the mentee's list that the mentor lists too; with ``enough``, that many count as all."""

    name: str
    title: Text
    entries: Entries
    sentence: Callable[[Seen], Text]
    enough: int | None = None

    def of_pair(self, mentee: Participant, mentor: Participant) -> Match | None:
        sought, offered = folded(self.entries(mentee)), folded(self.entries(mentor))
        if not sought or not offered:
            return None
        shared = tuple(spelling for key, spelling in sought.items() if key in offered)
        whole = self.enough or len(sought)
        return Match(min(len(shared), whole), whole, self.sentence(_seen(shared, sought, offered)))

    def of_all(self, mentees: Sequence[Participant], mentors: Sequence[Participant]) -> Grid:
        return shared_grid(_lists(self.entries, mentees), _lists(self.entries, mentors), self.enough)

    def mentee_spoke(self, mentee: Participant) -> bool:
        return bool(folded(self.entries(mentee)))

    mentor_spoke = mentee_spoke


@dataclass(frozen=True)
class Ranked:
    """The mentee's list is an order of preference; the best choice that the mentor has counts (n - place) / n."""

    name: str
    title: Text
    choices: Entries
    entries: Entries
    sentence: Callable[[Seen], Text]

    def of_pair(self, mentee: Participant, mentor: Participant) -> Match | None:
        sought, offered = folded(self.choices(mentee)), folded(self.entries(mentor))
        if not sought or not offered:
            return None
        found = [(place, spelling) for place, (key, spelling) in enumerate(sought.items()) if key in offered][:1]
        part = len(sought) - found[0][0] if found else 0
        shared = tuple(spelling for _, spelling in found)
        return Match(part, len(sought), self.sentence(_seen(shared, sought, offered)))

    def of_all(self, mentees: Sequence[Participant], mentors: Sequence[Participant]) -> Grid:
        return ranked_grid(_lists(self.choices, mentees), _lists(self.entries, mentors))

    def mentee_spoke(self, mentee: Participant) -> bool:
        return bool(folded(self.choices(mentee)))

    def mentor_spoke(self, mentor: Participant) -> bool:
        return bool(folded(self.entries(mentor)))


@dataclass(frozen=True)
class Ahead:
    """How far the mentor is ahead on the program's ladder: 1 to 3 steps are best, more count half, none nothing.

    ``toward`` is -1 where the mentor is named first, as in ``seen_by_mentors``.
    """

    name: str
    title: Text
    stages: tuple[str, ...]
    toward: int = 1

    def of_pair(self, mentee: Participant, mentor: Participant) -> Match | None:
        low, high = self._step(mentee), self._step(mentor)
        if low is None or high is None:
            return None
        ahead = (high - low) * self.toward
        return Match(_halves(ahead), 2, sentences.stage(ahead, mentee.facts.stage, mentor.facts.stage))

    def of_all(self, mentees: Sequence[Participant], mentors: Sequence[Participant]) -> Grid:
        steps = range(len(self.steps))
        table = [[_halves((high - low) * self.toward) for high in steps] for low in steps]
        return table_grid([self._step(one) for one in mentees], [self._step(one) for one in mentors], table, whole=2)

    def mentee_spoke(self, mentee: Participant) -> bool:
        return self._step(mentee) is not None

    mentor_spoke = mentee_spoke

    @cached_property
    def steps(self) -> dict[str, int]:
        """The height of each stage, lowest 0; of two that read the same the lower counts."""
        return {key: height for height, key in enumerate(folded(self.stages))}

    def _step(self, person: Participant) -> int | None:
        return self.steps.get(person.facts.stage.strip().casefold())


def _halves(steps: int) -> int:
    if steps <= 0:
        return 0
    return 1 if steps >= FAR_AHEAD else 2


def folded(items: tuple[str, ...]) -> dict[str, str]:
    """Items by the form in which they are compared, each with its first spelling; blank ones left out."""
    found: dict[str, str] = {}
    for item in items:
        spelling = item.strip()
        if spelling:
            found.setdefault(spelling.casefold(), spelling)
    return found


def _lists(entries: Entries, people: Sequence[Participant]) -> list[list[str]]:
    return [list(folded(entries(person))) for person in people]


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
    )


@lru_cache(maxsize=16)
def seen_by_mentors(stages: tuple[str, ...] = ()) -> tuple[Component, ...]:
    """The same comparisons the other way around, mentors named first: how much of what a mentor offers is sought.

    Without the wish, which is the mentee's alone.
    """
    around = (replace(one, toward=-1) if isinstance(one, Ahead) else one for one in registry(stages))
    return tuple(one for one in around if one.name != WISH)


def _specialties(person: Participant) -> tuple[str, ...]:
    return person.facts.specialties
