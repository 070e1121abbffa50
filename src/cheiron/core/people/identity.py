"""Columns that say of people what only they may say: gender, race, orientation, religion, disability.

A list may not bring identity in (``trust.md`` rule 6): people volunteer it themselves on the form “About me”, for
the purposes that they tick. So such columns are recognized, by the words of their header or because their cells
repeat those of a column so recognized, and whoever imports must leave them out by name.

Headers are judged by their words, not by parts of words: "identity to match" is caught, "identifier", "ID number"
and "residency" are not. A column under an innocent header that nothing gives away ("Q7") cannot be recognized.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from cheiron.core.people.table import Table

_WORDS = frozenset(
    (
        *("sex", "race", "races", "racial", "orientation", "orientations", "faith", "belief", "beliefs"),
        *("identity", "identities", "identify", "identifies", "identified", "protected", "queer", "gay"),
        *("lesbian", "trans", "asexual", "hispanic", "latino", "latina", "latinx", "latine", "bipoc", "bame"),
        *("urm", "urim", "caste", "tribe", "tribal", "indigenous", "aboriginal", "ancestry", "heritage"),
        *("nationality", "veteran", "impairment", "impairments", "geschlecht", "sexe", "genero", "raza"),
        *("etnia", "ethnie"),
    )
)
_BEGINNINGS = (
    *("gender", "sexual", "transgender", "nonbinary", "bisexual", "lgbt", "pronoun", "ethnic", "religio", "disab"),
    *("characteristic", "underrepresent", "minorit", "multiracial", "biracial"),
)
"""Beginnings of words, for "genders", "ethnicity", "disabled", "LGBTQIA" and their kin."""

_SAYS_NOTHING = frozenset(
    {"yes", "no", "true", "false", "none", "not applicable", "unknown", "other", "any", "not stated", "not disclosed"}
    | {"prefer not to say", "not known", "undisclosed", "missing", "null", "nil", "not said", "not given", "all"}
)
"""Values that many columns share by chance, and that tell nobody's identity."""

_SHORTEST = 3
"""Letters of the shortest value that counts as repeated: "M" and "F" stand in too many cells by chance."""

_PARTS = re.compile(r"[;,|/\n]")
_WORD = re.compile(r"\w+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def identity_columns(table: Table) -> tuple[str, ...]:
    """Headers that name an identity, in the order of the file."""
    return tuple(header for header in table.headers if names_identity(header))


def names_identity(header: str) -> bool:
    """Whether a word of the header names an identity attribute."""
    return any(word in _WORDS or word.startswith(_BEGINNINGS) for word in header_words(header))


def header_words(header: str) -> tuple[str, ...]:
    """The words of a header in small letters, without accents, signs and invisible characters."""
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", _CAMEL.sub(" ", header))
        if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf"
    )
    return tuple(re.findall(r"[^\W_]+", plain.casefold()))


def echoes_identity(table: Table) -> Mapping[str, str]:
    """Columns that repeat an identity column, each with the column that it repeats.

    A column repeats another when, of the rows in which the identity column says something, a third or more hold that
    value (or one of the values that a comma, semicolon, bar or slash separates) as whole words in this column too.
    """
    echoes: dict[str, str] = {}
    for identity in identity_columns(table):
        told = _told(table.column(identity))
        for index, header in enumerate(table.headers):
            if header not in echoes and not names_identity(header) and _repeats(table, index, told):
                echoes[header] = identity
    return echoes


def _told(cells: tuple[str, ...]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Row index and values, of the rows whose cell tells an identity."""
    parts = ((index, tuple(_values(cell))) for index, cell in enumerate(cells))
    return tuple((index, values) for index, values in parts if values)


def _values(cell: str) -> Iterator[str]:
    for part in _PARTS.split(cell):
        words = _worded(part)
        if len(words) >= _SHORTEST and words not in _SAYS_NOTHING and not words.replace(" ", "").isdigit():
            yield words


def _worded(text: str) -> str:
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _repeats(table: Table, index: int, told: tuple[tuple[int, tuple[str, ...]], ...]) -> bool:
    hits = sum(_says(table.rows[row][index], values) for row, values in told)
    return bool(told) and 3 * hits >= len(told)


def _says(cell: str, values: tuple[str, ...]) -> bool:
    if len(cell) < _SHORTEST:
        return False
    words = f" {_worded(cell)} "
    return any(f" {value} " in words for value in values)
