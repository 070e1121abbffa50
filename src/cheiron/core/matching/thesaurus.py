"""Which words mean the same subject, and which subject lies within which: made from data, so that a school can add.

    "cardiology" = { also = ["cardiovascular medicine", "cardiologist"], within = ["internal medicine"] }
    "heart failure" = { within = ["cardiology"] }
    "addiction medicine" = { within = ["psychiatry"], quiet = true }

A text speaks of a subject where its name, or one of the names beside it, stands in it word by word. Of several that
begin at the same word the longest counts. Stop words count as little in names as in texts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.words import Word, words_of
from cheiron.core.people.identity import names_identity
from cheiron.core.text import Text, say

MOST_STEPS = 2
"""Steps up to a broader subject that still count."""

Phrase = tuple[str, ...]
"""The stems of a name."""

Subjects = Mapping[str, Mapping[str, Any]]
"""What the data say of each subject."""


@dataclass(frozen=True)
class Thesaurus:
    """``subjects``: what each phrase means. ``broader``: for each subject those within which it lies, with the steps
    that lead there. ``quiet``: subjects that no explanation names. ``stop``: stems that say nothing. ``who``: stems
    that say who somebody is, which nothing compares.
    """

    subjects: Mapping[Phrase, str] = field(default_factory=dict)
    broader: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    quiet: frozenset[str] = frozenset()
    stop: frozenset[str] = frozenset()
    who: frozenset[str] = frozenset()
    longest: Mapping[str, int] = field(default_factory=dict)
    """Words of the longest phrase that begins with a stem."""

    def telling(self, words: Iterable[Word]) -> list[Word]:
        """The words without those that say nothing."""
        return [word for word in words if word.stem not in self.stop]

    def tells_who(self, word: Word) -> bool:
        """Whether the word is about who somebody is: such a word is never compared, counted or shown."""
        return word.stem in self.who or _names_identity(word.spelling)

    def read(self, text: str) -> Iterator[tuple[str, Word | None]]:
        """What a text speaks of, in order: a subject, or a word that stands for itself."""
        words, at = self.telling(words_of(text)), 0
        while at < len(words):
            length, subject = self._longest_at(words, at)
            if subject:
                yield subject, None
            elif len(words[at].stem) > 1 or not words[at].stem.isascii():
                yield words[at].stem, words[at]
            at += length

    def subject_of(self, item: str) -> str:
        """The subject that this item of a list is, as a whole; empty where it is none."""
        return self.subjects.get(tuple(word.stem for word in self.telling(words_of(item))), "")

    def _longest_at(self, words: Sequence[Word], at: int) -> tuple[int, str]:
        for length in range(min(self.longest.get(words[at].stem, 0), len(words) - at), 0, -1):
            subject = self.subjects.get(tuple(word.stem for word in words[at : at + length]))
            if subject:
                return length, subject
        return 1, ""


EMPTY = Thesaurus()
"""Every word stands for itself."""


def read_thesaurus(data: Mapping[str, Any]) -> Thesaurus:
    """From ``stop``, ``who`` (lists of words) and ``subjects`` (as above). Raises ``Invalid``: a name that two subjects
    have or that says nothing, a broader subject that is not there, or one that lies within itself."""
    subjects: Subjects = data.get("subjects", {})
    stop, who = (frozenset(word.stem for one in data.get(key, ()) for word in words_of(one)) for key in ("stop", "who"))
    named, issues = _named(subjects, Thesaurus(stop=stop))
    issues += _broader_issues(subjects)
    if issues:
        raise Invalid(say("This thesaurus cannot be used."), tuple(issues))
    broader = {name: _broader_of(name, subjects) for name in subjects}
    quiet = frozenset(name for name, told in subjects.items() if told.get("quiet"))
    longest: dict[str, int] = {}
    for phrase in named:
        longest[phrase[0]] = max(len(phrase), longest.get(phrase[0], 0))
    return Thesaurus(named, broader, quiet, stop, who, longest)


def _named(subjects: Subjects, plain: Thesaurus) -> tuple[dict[Phrase, str], list[Issue]]:
    """What each name means, and what is wrong with the names."""
    named: dict[Phrase, str] = {}
    issues: list[Issue] = []
    for name, told in subjects.items():
        for spelling in (name, *told.get("also", ())):
            phrase = tuple(word.stem for word in plain.telling(words_of(spelling)))
            if not phrase or named.setdefault(phrase, name) != name:
                issues.append(_name_issue(name, spelling, named.get(phrase, "")))
    return named, issues


@lru_cache(maxsize=65536)
def _names_identity(spelling: str) -> bool:
    return names_identity(spelling)


def _name_issue(name: str, spelling: str, other: str) -> Issue:
    if other:
        problem = say("“%(name)s” and “%(other)s” are both called “%(spelling)s”.", **_values(name, other, spelling))
        return Issue(problem, say("Let one of them have this name."))
    problem = say("“%(spelling)s”, a name of “%(name)s”, says nothing.", name=name, spelling=spelling)
    return Issue(problem, say("Use a word that is not a stop word."))


def _values(name: str, other: str, spelling: str) -> dict[str, str]:
    return {"name": name, "other": other, "spelling": spelling}


def _broader_issues(subjects: Subjects) -> Iterator[Issue]:
    remedy = say("Correct the line of “within”.")
    for name, told in subjects.items():
        for above in told.get("within", ()):
            if above not in subjects:
                yield Issue(_unknown(name, above), remedy)
        if name in _all_above(name, subjects):
            yield Issue(say("“%(name)s” lies within itself.", name=name), remedy)


def _unknown(name: str, above: str) -> Text:
    return say("“%(name)s” lies within “%(above)s”, which is not there.", name=name, above=above)


def _all_above(name: str, subjects: Subjects) -> set[str]:
    found: set[str] = set()
    level = _next_above((name,), subjects)
    while level - found:
        found |= level
        level = _next_above(level, subjects)
    return found


def _next_above(level: Iterable[str], subjects: Subjects) -> set[str]:
    return {above for one in level for above in subjects.get(one, {}).get("within", ())}


def _broader_of(name: str, subjects: Subjects) -> dict[str, int]:
    """The subjects above with the fewest steps to each, as far as they count."""
    found: dict[str, int] = {}
    level: set[str] = {name}
    for steps in range(1, MOST_STEPS + 1):
        level = _next_above(level, subjects)
        for above in sorted(level):
            found.setdefault(above, steps)
    return found
