"""Statements: the weights against TF-IDF computed another way, the likeness against cosines, and what is never shown."""

import math
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.catalog.thesaurus import thesaurus
from cheiron.core.matching.arithmetic import ENOUGH_ALIKE, MILLION
from cheiron.core.matching.components import SILENT, STATEMENT, Participant, registry
from cheiron.core.matching.score import explain_pair, score_matrix, told_by
from cheiron.core.matching.statements import NAMED_FROM, statements_of, understood
from cheiron.core.matching.thesaurus import EMPTY, Thesaurus, read_thesaurus
from cheiron.core.people.facts import Facts

ONLY = {STATEMENT: 1}
WORDS = ("sepsis", "teaching", "grant", "ward", "lungs", "heart", "поэзия", "سكر")
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=1, max_size=8)


def people(texts: list[str], letter: str) -> list[Participant]:
    return [Participant(f"{letter}{n}", Facts(statement=text)) for n, text in enumerate(texts)]


def read(mentees: list[str], mentors: list[str], words: Thesaurus | None = None):
    return understood(people(mentees, "S"), people(mentors, "M"), thesaurus() if words is None else words)


def match(mentee: Participant, mentor: Participant):
    return registry()[-1].of_pair(mentee, mentor)


# ---------- the weights ----------


def tf_idf(texts: list[str]) -> np.ndarray:
    """As scikit-learn has it with ``sublinear_tf`` and ``smooth_idf``, in numpy, straight from the definition."""
    counts = np.array([[text.split().count(word) for word in WORDS] for text in texts], dtype=float)
    spoken = (counts.sum(axis=1) > 0).sum()
    idf = np.log((1 + spoken) / (1 + (counts > 0).sum(axis=0))) + 1
    tf = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0)
    length = np.linalg.norm(tf * idf, axis=1, keepdims=True)
    return np.divide(tf * idf, length, out=np.zeros_like(tf), where=length > 0)


@settings(max_examples=200)
@given(texts)
def test_weights_are_tf_idf_to_the_millionth(texts):
    expected = tf_idf(texts)
    stems = {next(iter(EMPTY.read(word)))[0]: column for column, word in enumerate(WORDS)}
    for row, statement in enumerate(statements_of(texts, EMPTY)):
        found = {stems[term]: weight for term, weight in statement.terms}
        assert sorted(found) == np.flatnonzero(expected[row]).tolist()
        assert all(abs(weight - expected[row, column] * MILLION) < 3 for column, weight in found.items())


def test_a_worked_example():
    """Three texts. sepsis: in 2 of 3, idf 1 + ln(4/3); grant: in 1, 1 + ln 2; twice the word: tf 1 + ln 2."""
    first, second, silent = statements_of(["sepsis grant sepsis", "sepsis ward", "!"], EMPTY)
    sepsis, grant = (1 + math.log(2)) * (1 + math.log(3 / 3)), 1 + math.log(3 / 2)
    length = math.hypot(sepsis, grant)
    assert silent == SILENT  # and it is none of the texts that are counted, so there are two
    assert dict(first.terms) == {"sepsis": round(sepsis / length * 1e6), "grant": round(grant / length * 1e6)}
    assert dict(second.terms)["sepsis"] < dict(second.terms)["ward"]


# ---------- the likeness ----------


@settings(max_examples=150, deadline=None)
@given(texts, texts)
def test_a_match_is_the_cosine_and_full_from_enough_on(mentees, mentors):
    vectors = tf_idf(mentees + mentors)
    cosines = vectors[: len(mentees)] @ vectors[len(mentees) :].T
    seeking, offering = read(mentees, mentors, EMPTY)
    scores = score_matrix(seeking, offering, ONLY)
    assert np.abs(scores - np.minimum(cosines / (ENOUGH_ALIKE / MILLION), 1) * MILLION).max() < 20
    for row, one in enumerate(seeking):
        for column, other in enumerate(offering):
            assert explain_pair(one, other, ONLY).score == scores[row, column]


@settings(max_examples=100, deadline=None)
@given(texts, texts, st.randoms(use_true_random=False))
def test_who_stands_where_and_on_which_side_changes_nothing(mentees, mentors, chance):
    scores = score_matrix(*read(mentees, mentors), ONLY)
    rows, columns = (chance.sample(range(len(side)), len(side)) for side in (mentees, mentors))
    moved = score_matrix(*read([mentees[r] for r in rows], [mentors[c] for c in columns]), ONLY)
    assert (moved == scores[np.ix_(rows, columns)]).all()
    assert (scores == score_matrix(*read(mentors, mentees), ONLY).T).all()
    shuffled = [" ".join(chance.sample(text.split(), len(text.split()))) for text in mentees]
    assert (
        score_matrix(*read(shuffled, mentors, EMPTY), ONLY) == score_matrix(*read(mentees, mentors, EMPTY), ONLY)
    ).all()


def test_ids_play_no_part_and_two_who_write_the_same_match_wholly():
    seeking, offering = read(["Sepsis and the ward"] * 2, ["sepsis... and THE ward!", "lungs"])
    renamed = [replace(one, id=f"other {one.id}") for one in seeking]
    assert score_matrix(renamed, offering, ONLY).tolist() == [[MILLION, 0]] * 2


def test_what_one_has_not_written_is_not_said():
    seeking, offering = read(["sepsis", "", "🩺 2026 !!", "and the"], ["sepsis", ""])
    assert [match(one, offering[0]) is None for one in seeking] == [False, True, True, True]
    assert match(seeking[0], offering[1]) is None
    assert told_by(seeking[0], ONLY, as_mentor=False) == {STATEMENT}
    assert told_by(seeking[2], ONLY, as_mentor=False) == told_by(offering[1], ONLY, as_mentor=True) == frozenset()
    assert explain_pair(seeking[1], offering[0], ONLY).parts == ()


def test_statements_that_nobody_has_read_are_not_compared():
    assert explain_pair(*people(["sepsis"], "S"), *people(["sepsis"], "M"), ONLY).parts == ()


@pytest.mark.parametrize(
    "script", ["心脏病学 研究", "кардиология и исследования", "طب القلب", "हृदय रोग", "심장학 연구"]
)
def test_every_script_is_compared(script):
    seeking, offering = read([script], [f"{script} 2026", "sepsis"])
    assert score_matrix(seeking, offering, ONLY).tolist() == [[MILLION, 0]]


def test_a_text_that_means_harm_costs_no_more_than_its_length():
    """Endless beginnings of long names, one long word, letters that unfold: all within the limit of the text."""
    harm = ["obstetrics " * 5000, "x" * 100_000, "\ufdfa" * 50_000, "à" + "\u0301" * 100_000, "low and middle " * 9000]
    chance = Random(1)
    harm.append("".join(chr(chance.randrange(32, 0xD000)) for _ in range(100_000)))
    for one in statements_of(harm, thesaurus()):
        assert len(one.terms) <= 20_000
        assert sum(weight * weight for _, weight in one.terms) < 1.01 * MILLION**2


# ---------- synonyms ----------


def test_words_for_the_same_are_the_same_and_a_narrower_meets_its_broader_partly():
    mentees = ["OB/GYN", "heart failure", "heart failure", "heart failure", "heart failure"]
    mentors = ["obstetrics and gynecology", "heart failure", "cardiology", "arrhythmia", "dermatology"]
    seeking, offering = read(mentees, mentors)
    scores = score_matrix(seeking, offering, ONLY)
    assert scores[0].tolist() == [MILLION, 0, 0, 0, 0]
    same, broader, sibling, apart = scores[1, 1:]
    assert MILLION == same > broader > sibling > apart == 0
    assert str(match(seeking[1], offering[1]).sentence) == "Both write about heart failure."
    assert "cardiology" in str(match(seeking[1], offering[2]).sentence)


def test_lists_meet_by_synonyms_too_in_the_spelling_of_the_mentee():
    told = Facts(topics=("OB/GYN", "Sepsis research"), specialties=("ENT", "Paediatrics"))
    has = Facts(topics=("Gynaecology", "sepsis"), specialties=("Pediatrics",))
    (mentee,), (mentor,) = understood([Participant("S", told)], [Participant("M", has)], thesaurus())
    topics, specialty = explain_pair(mentee, mentor, {"topics": 1, "specialty": 1}).parts
    assert str(topics.sentence) == "Shared topics: OB/GYN (1 of 2)."
    assert str(specialty.sentence) == "Choice 2 of 2: Paediatrics, practiced here."
    assert score_matrix([mentee], [mentor], {"topics": 1}).tolist() == [[500_000]]
    plain = explain_pair(Participant("S", told), Participant("M", has), {"topics": 1})
    assert plain.score == 0


# ---------- what is shown ----------


def test_nobodys_own_words_are_shown_until_enough_people_use_them():
    few = ["kintsugi and sepsis"] * (NAMED_FROM - 1)
    seeking, offering = read(few[:2], few[2:])
    assert str(match(seeking[0], offering[0]).sentence) == "Both write about sepsis, and share one more word."
    seeking, offering = read(few[:2], [*few[2:], "Kintsugi at night"])
    assert str(match(seeking[0], offering[0]).sentence) == "Both write about sepsis, kintsugi."
    assert "night" not in str(match(seeking[0], offering[2]).sentence)


def test_who_somebody_is_is_neither_compared_nor_shown():
    own = "As a gay Black woman with a disability I"
    seeking, offering = read([f"{own} like sepsis"] * 5, [f"{own} like lungs"] * 5)
    assert score_matrix(seeking, offering, ONLY).tolist() == [[0] * 5] * 5
    assert {term for term, _ in seeking[0].statement.terms}.isdisjoint({"gay", "black", "woman", "disability"})


def test_a_quiet_subject_counts_and_is_not_named_nor_what_it_alone_lends():
    words = read_thesaurus({"subjects": {"psychiatry": {}, "grief": {"quiet": True, "within": ["psychiatry"]}}})
    seeking, offering = read(["grief"], ["grief", "psychiatry"], words)
    said = [match(seeking[0], other) for other in offering]
    assert [one.part > 0 for one in said] == [True, True]
    assert {str(one.sentence) for one in said} == {"What the two write in their own words has one word in common."}


@settings(max_examples=100, deadline=None)
@given(texts, texts)
def test_a_sentence_holds_only_words_that_both_wrote(mentees, mentors):
    for one, text in zip(read(mentees, mentors, EMPTY)[0], mentees, strict=True):
        for other, theirs in zip(read(mentees, mentors, EMPTY)[1], mentors, strict=True):
            found = match(one, other)
            named = dict(found.sentence.values).get("named", ()) if found else ()
            assert set(named) <= set(text.split()) & set(theirs.split())
