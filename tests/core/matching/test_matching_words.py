"""Texts as words: any script, any length, nothing that is not a word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.matching.words import LONGEST_TEXT, LONGEST_WORD, stem, words_of

CASES = [
    ("Sepsis, SEPSIS and sepsis!", ["sepsis", "sepsis", "and", "sepsis"]),
    ("Écriture Straße ﬁne", ["ecritur", "strass", "fine"]),
    ("women's don\u2019t", ["women", "dont"]),
    ("paediatrics pediatric gynaecology", ["pediatric", "pediatric", "gynecology"]),
    ("mentoring mentored studies study biases", ["mentor", "mentor", "study", "study", "bias"]),
    ("breed sting nurse nursing", ["breed", "sting", "nurs", "nurs"]),
    ("2026 covid19 ١٢", ["covid19"]),
    ("🩺 ❤️ -- \u0000\u0007 ...", []),
    ("кардиология и сердце", ["кардиология", "и", "сердце"]),
    ("طب القلب", ["طب", "القلب"]),
    ("हृदय रोग", ["हृदय", "रोग"]),
    ("心脏病学", ["心脏", "脏病", "病学"]),
    ("肺", ["肺"]),
]


@pytest.mark.parametrize(("text", "stems"), CASES)
def test_a_text_becomes_its_words(text, stems):
    assert [word.stem for word in words_of(text)] == stems


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_case_and_composition_do_not_matter(text):
    found = words_of(text)
    assert all(word.stem and len(word.spelling) <= LONGEST_WORD * 4 for word in found)
    assert words_of(unicodedata.normalize("NFC", text)) == words_of(unicodedata.normalize("NFD", text))


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_a_stem_is_a_beginning_of_the_word_and_never_empty(spelling):
    assert stem(spelling)
    assert len(stem(spelling)) <= len(spelling)


def test_what_follows_a_thousand_signs_is_not_read():
    assert words_of("a " * (LONGEST_TEXT // 2) + "sepsis") == words_of("a " * (LONGEST_TEXT // 2))
    assert len(words_of("\ufdfa" * 5000)) < LONGEST_TEXT * 20
