"""Texts as words: in one script form, without accents, with light endings taken off.

The same in every language, but for the endings, which are English. Nothing here knows what a word means; ``thesaurus``
knows which words mean the same. Time and memory grow with the length of the text and with nothing else.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST_TEXT = 1000
"""Characters of a text that are read; what follows is not."""

LONGEST_WORD = 40
"""Signs of a word that are compared."""

SHORTEST_STEM = 4
"""Letters that must be left before an ending is taken off."""

_APOSTROPHES = "'\u2018\u2019\u02bc\uff07"
_WITHOUT_SPACES = (
    *((0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)),
    *((0x0E00, 0x0E7F), (0x0E80, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x20000, 0x323AF)),
)
"""Kana, Han, Thai, Lao, Burmese, Khmer: scripts that put no space between words."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and as it was spelled (in small letters)."""

    stem: str
    spelling: str


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, in order; digits alone, signs and emoji are none."""
    folded = unicodedata.normalize("NFKD", text[:LONGEST_TEXT]).casefold()
    return tuple(_word(spelling) for spelling in _spellings(folded.translate(_SIGNS)))


def _spellings(plain: str) -> Iterator[str]:
    for run in plain.split():
        if any(map(str.isalpha, run)):
            yield from _pairs(run) if _has_no_spaces(run[0]) else (run[:LONGEST_WORD],)


def _pairs(run: str) -> Iterator[str]:
    """Each two signs that follow each other, as is usual where nobody writes spaces; one alone is itself."""
    if len(run) == 1:
        yield run
    for at in range(len(run) - 1):
        yield run[at : at + 2]


def _has_no_spaces(sign: str) -> bool:
    return not sign.isascii() and any(first <= ord(sign) <= last for first, last in _WITHOUT_SPACES)


@lru_cache(maxsize=65536)
def _word(spelling: str) -> Word:
    return Word(stem(spelling), unicodedata.normalize("NFC", spelling))


def stem(spelling: str) -> str:
    """A word without its commonest English endings (plural, -ing, -ed, -e), British spelling made American.

    After the weak plural stemmer of Harman (How effective is suffixing?, JASIS 42, 1991), and little more: what is
    taken off must leave ``SHORTEST_STEM`` letters, so that "breed" and "sting" stay what they are.
    """
    if not spelling.isascii() or not spelling.isalpha():
        return spelling
    plain = _singular(spelling.replace("ae", "e").replace("oe", "e"))
    for ending in ("ing", "ed", "e"):
        if plain.endswith(ending) and len(plain) - len(ending) >= SHORTEST_STEM:
            return plain[: -len(ending)]
    return plain


def _singular(plain: str) -> str:
    if len(plain) <= SHORTEST_STEM - 1 or plain.endswith(("ss", "us", "is")):
        return plain
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    if plain.endswith(("ches", "shes", "sses", "xes")):
        return plain[:-2]
    return plain[:-1] if plain.endswith("s") else plain


class _Signs(dict[int, str]):
    """What each sign becomes: letters, digits and the marks of scripts that need them stay; all else parts words."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = unicodedata.category(sign)
        nothing = sign in _APOSTROPHES or kind == "Cf" or 0x0300 <= code <= 0x036F
        self[code] = "" if nothing else sign if kind[0] in "LNM" else " "
        return self[code]


_SIGNS = _Signs()
