"""What people write in their own words, as weighed terms: TF-IDF over the texts of one round, all in whole numbers.

A term is a subject of the thesaurus or a word that stands for itself. With n texts in the round, d of them with the
term, and the term c times in this one (Salton and Buckley, Term-weighting approaches, 1988; the smoothing is that of
scikit-learn):

    tf = 1 + ln c        idf = 1 + ln((1 + n) / (1 + d))        weight = tf * idf / (length of the vector)

A subject lends each broader one a third of its tf, and a third of that two steps up; of several lenders the largest
counts, and what stands in the text itself counts as well. Two texts are as alike as their vectors: the sum of the
products of weights. Logarithms are rounded to millionths before anything else, and the rest is whole numbers, so
no order of people, words or additions can change a digit.

Explanations may name a term only if it gives nobody away: a subject of the thesaurus that is not quiet (nor lent by a
quiet one alone), or a word that ``NAMED_FROM`` people of the round use. Words about who somebody is are left out before
anything is counted.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cheiron.core.matching.arithmetic import MILLION
from cheiron.core.matching.components import SILENT, Participant, Statement
from cheiron.core.matching.thesaurus import Thesaurus

NAMED_FROM = 5
"""People who must use a word before an explanation may show it."""

LENT = 3
"""By how much a narrower subject counts less for the broader one, for each step."""

_SUBJECT = ":"
"""Begins the terms that are subjects, so that none can be taken for a word."""


@dataclass(frozen=True)
class _Spoken:
    """One text: the tf of each term in millionths, which of them may be named, and who lent what."""

    tf: Mapping[str, int]
    subjects: Mapping[str, str]
    """The subjects that may be named."""
    spellings: Mapping[str, str]
    """The plain words, as they were spelled first."""
    lent: tuple[tuple[str, str], ...]


def understood(
    mentees: Sequence[Participant], mentors: Sequence[Participant], thesaurus: Thesaurus
) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
    """The same people with their statements weighed among each other, and their topics and specialties made out.

    Without this, lists are compared as they are written, and statements not at all.
    """
    everybody = (*mentees, *mentors)
    statements = statements_of([one.facts.statement for one in everybody], thesaurus)
    known = _subjects_of(everybody, thesaurus)
    told = tuple(
        replace(one, statement=statement, alike=_alike(one, known))
        for one, statement in zip(everybody, statements, strict=True)
    )
    return told[: len(mentees)], told[len(mentees) :]


def statements_of(texts: Sequence[str], thesaurus: Thesaurus) -> tuple[Statement, ...]:
    """Each text of a round, in the same order; ``SILENT`` where nothing is left that could be compared."""
    spoken = [_spoken(text, thesaurus) for text in texts]
    holders = Counter(term for one in spoken for term in one.tf)
    texts_with_words = sum(1 for one in spoken if one.tf)
    idf = {term: MILLION + _ln(1 + texts_with_words, 1 + held) for term, held in holders.items()}
    return tuple(_statement(one, idf, holders) if one.tf else SILENT for one in spoken)


def _spoken(text: str, thesaurus: Thesaurus) -> _Spoken:
    counts: Counter[str] = Counter()
    spellings: dict[str, str] = {}
    for name, word in thesaurus.read(text):
        if word is None:
            counts[_SUBJECT + name] += 1
        elif not thesaurus.tells_who(word):
            counts[name] += 1
            spellings.setdefault(name, word.spelling)
    tf = {term: MILLION + _ln(count, 1) for term, count in counts.items()}
    lent = [(_SUBJECT + above, term, steps) for term in tf for above, steps in _above(term, thesaurus).items()]
    lenders = tuple(sorted((above, term) for above, term, _ in lent if above not in tf))
    return _Spoken(_with_lent(tf, lent), _to_be_named(tf, lent, thesaurus.quiet), spellings, lenders)


_Lent = Sequence[tuple[str, str, int]]
"""Terms that are lent, each with its lender and the steps between the two."""


def _with_lent(tf: Mapping[str, int], lent: _Lent) -> dict[str, int]:
    found = dict(tf)
    for above, term, steps in lent:
        found[above] = max(found.get(above, 0), tf[term] // LENT**steps)
    return found


def _to_be_named(tf: Iterable[str], lent: _Lent, quiet: frozenset[str]) -> dict[str, str]:
    named = {term: term[1:] for term in tf if term.startswith(_SUBJECT) and term[1:] not in quiet}
    return named | {above: above[1:] for above, term, _ in lent if term in named and above[1:] not in quiet}


def _above(term: str, thesaurus: Thesaurus) -> Mapping[str, int]:
    return thesaurus.broader.get(term.removeprefix(_SUBJECT), {}) if term.startswith(_SUBJECT) else {}


def _statement(spoken: _Spoken, idf: Mapping[str, int], holders: Mapping[str, int]) -> Statement:
    raw = {term: tf * idf[term] for term, tf in spoken.tf.items()}
    length = math.isqrt(sum(value * value for value in raw.values()))
    weights = {term: (value * MILLION + length // 2) // length for term, value in sorted(raw.items())}
    words = {term: spelling for term, spelling in spoken.spellings.items() if holders[term] >= NAMED_FROM}
    named = {**spoken.subjects, **words}
    terms = tuple((term, weight) for term, weight in weights.items() if weight)
    return Statement(terms, tuple(sorted(named.items())), spoken.lent)


@lru_cache(maxsize=65536)
def _ln(over: int, under: int) -> int:
    """ln(over / under) in millionths."""
    return round(math.log(over / under) * MILLION)


def _subjects_of(people: Iterable[Participant], thesaurus: Thesaurus) -> dict[str, str]:
    """What each item of their topics and specialties is called in the thesaurus, where that is another word."""
    items = {item.strip().casefold() for one in people for item in (*one.facts.topics, *one.facts.specialties)}
    found = {item: thesaurus.subject_of(item).casefold() for item in items}
    return {item: subject for item, subject in found.items() if subject and subject != item}


def _alike(person: Participant, known: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    items = {item.strip().casefold() for item in (*person.facts.topics, *person.facts.specialties)}
    return tuple((item, known[item]) for item in sorted(items) if item in known)
