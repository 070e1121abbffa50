"""A program's own words for mentor, mentee and mentorship, in every sentence of its pages and letters.

All sentences go through translation, so this is the one place where the words are put in: the translation that is
active for the request is wrapped. What people wrote themselves does not come through here and stays as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import trans_real

from cheiron.core.programs.words import Words, in_words


class Spoken:
    """A translation that says its sentences in a program's words."""

    def __init__(self, usual: object, words: Words) -> None:
        self.usual, self.words = usual, words

    def __getattr__(self, name: str) -> object:
        return getattr(self.usual, name)

    def gettext(self, message: str) -> str:
        """The sentence, in the reader's language and the program's words."""
        return in_words(self.usual.gettext(message), self.words)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The same for one or several."""
        return in_words(self.usual.ngettext(singular, plural, number), self.words)


def speak(words: Words) -> None:
    """From here to the end of the request, sentences are said in these words."""
    usual = _usual()
    trans_real._active.value = Spoken(usual, words) if words.renamed else usual


def _usual() -> object:
    active = trans_real.catalog()
    return active.usual if isinstance(active, Spoken) else active


def fall_silent() -> None:
    """Say things as usual again."""
    if isinstance(trans_real.catalog(), Spoken):
        trans_real._active.value = _usual()


def spoken_words() -> Words | None:
    """The words that are said now, if they are not the usual ones."""
    active = trans_real.catalog()
    return active.words if isinstance(active, Spoken) else None


@contextmanager
def speaking(words: Words) -> Iterator[None]:
    """Say what is inside in these words."""
    before = trans_real.catalog()
    speak(words)
    try:
        yield
    finally:
        trans_real._active.value = before
