"""What a program calls its mentors, mentees and mentorships, and how a sentence is said in these words."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache

from cheiron.core.errors import Issue
from cheiron.core.text import say

MOST_LETTERS = 40


@dataclass(frozen=True)
class Words:
    """One and several of each, in small letters."""

    mentor: str = "mentor"
    mentors: str = "mentors"
    mentee: str = "mentee"
    mentees: str = "mentees"
    mentorship: str = "mentorship"
    mentorships: str = "mentorships"

    @property
    def renamed(self) -> bool:
        """Whether anything is called otherwise than everywhere."""
        return self != USUAL


USUAL = Words()
NAMES = tuple(one.name for one in fields(Words))


def read_words(data: Mapping[str, str]) -> Words:
    """Words from their TOML or JSON form; what is empty keeps its usual name."""
    told = {name: " ".join(str(data.get(name, "")).split()) for name in NAMES}
    return Words(**{name: word or getattr(USUAL, name) for name, word in told.items()})


def write_words(words: Words) -> dict[str, str]:
    """The form that ``read_words`` reads back."""
    return asdict(words)


def check_words(words: Words) -> list[Issue]:
    """A word is letters, spaces and hyphens, short, and no two of them are the same."""
    told, issues = asdict(words).values(), []
    if any(not re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*", word) or len(word) > MOST_LETTERS for word in told):
        problem = say("A word for a role is empty, longer than 40 letters, or holds more than letters.")
        issues.append(Issue(problem, say("Write words such as coach and coaches.")))
    apart = {words.mentor.casefold(), words.mentors.casefold()} & {words.mentee.casefold(), words.mentees.casefold()}
    if apart:
        problem = say("Both sides would have the same name.")
        issues.append(Issue(problem, say("Choose different words for mentor and mentee.")))
    return issues


_USUAL = re.compile(rf"(?<![%(\w-])(?:(\b[Aa])n? )?({'|'.join(sorted(NAMES, reverse=True))})(?![\w)-])", re.IGNORECASE)
"""A usual word where it stands alone, with its article; never the name of a place such as %(mentor)s."""


@lru_cache(maxsize=4096)
def in_words(sentence: str, words: Words) -> str:
    """The sentence with the program's own words; "a" becomes "an" where the new word needs it.

    Only sentences that we wrote may come here, never what people wrote: whoever fills in a name does it afterwards.
    """

    def said(found: re.Match[str]) -> str:
        usual = found[2].casefold()
        own: str = getattr(words, usual)
        before = own.casefold().partition(usual)[0]
        if own == usual or (before and sentence[: found.start(2)].casefold().endswith(before)):
            return found[0]  # "peer mentor" is not said twice
        word = own[:1].upper() + own[1:] if found[2][:1].isupper() else own
        return f"{found[1]}{'n' if own[:1].casefold() in 'aeiou' else ''} {word}" if found[1] else word

    return _USUAL.sub(said, sentence)
