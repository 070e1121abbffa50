"""Which words mean the same: the reader, and the catalog that is shipped."""

import pytest

from cheiron.catalog.thesaurus import thesaurus
from cheiron.core.errors import Invalid
from cheiron.core.matching.thesaurus import EMPTY, MOST_STEPS, read_thesaurus

SMALL = {
    "stop": ["and", "the"],
    "who": ["woman"],
    "subjects": {
        "cardiology": {"also": ["cardiovascular medicine"], "within": ["medicine"]},
        "heart failure": {"within": ["cardiology"]},
        "diastolic failure": {"within": ["heart failure"]},
        "medicine": {},
        "psychiatry": {"quiet": True},
    },
}


def test_the_longest_name_counts_and_what_is_no_subject_stands_for_itself():
    found = [name for name, _ in read_thesaurus(SMALL).read("The cardiovascular medicine and heart of HEART  failures")]
    assert found == ["cardiology", "heart", "of", "heart failure"]
    assert [name for name, _ in EMPTY.read("heart failure")] == ["heart", "failur"]


def test_broader_subjects_are_as_many_steps_away_as_the_shortest_way():
    read = read_thesaurus(SMALL)
    assert read.broader["diastolic failure"] == {"heart failure": 1, "cardiology": 2}
    assert read.broader["medicine"] == {}
    assert MOST_STEPS == 2


WRONG = [
    ({"a b": {}, "c": {"also": ["A B"]}}, "“c” and “a b” are both called “A B”."),
    ({"c": {"also": ["the"]}}, "“the”, a name of “c”, says nothing."),
    ({"c": {"within": ["d"]}}, "“c” lies within “d”, which is not there."),
    ({"c": {"within": ["d"]}, "d": {"within": ["c"]}}, "“c” lies within itself."),
]


@pytest.mark.parametrize(("subjects", "problem"), WRONG)
def test_what_cannot_be_used_is_said_in_words(subjects, problem):
    with pytest.raises(Invalid) as refused:
        read_thesaurus({"stop": ["the"], "subjects": subjects})
    assert problem in [str(issue.problem) for issue in refused.value.issues]


SAME = [
    ("OB/GYN", "Obstetrics and Gynecology"),
    ("obgyn", "obstetrics & gynaecology"),
    ("ENT", "Otolaryngology"),
    ("Cardiovascular medicine", "cardiology"),
    ("Paediatrics", "Pediatrics"),
    ("PM&R", "physical medicine and rehabilitation"),
    ("Orthopaedic surgeon", "Orthopedic surgery"),
    ("machine-learning", "Artificial intelligence"),
    ("Grant writing", "first grant"),
    ("Women's health", "gynecologist"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_words_for_the_same_meet(one, other):
    assert thesaurus().subject_of(one) == thesaurus().subject_of(other) != ""


def test_the_catalog_has_some_hundred_subjects_and_knows_the_specialties_that_programs_ask_for():
    from cheiron.catalog.programs import program_models

    read = thesaurus()
    assert len(read.broader) > 300
    questions = [question for model in program_models().values() for question in model.questions]
    asked = {option for question in questions if question.key == "specialties" for option in question.options}
    assert {option for option in asked if not read.subject_of(option)} == set()
    assert len({read.subject_of(option) for option in asked}) == len(asked)


def test_no_subject_is_named_after_who_somebody_is():
    read = thesaurus()
    for name in read.broader:
        assert [word for _, word in read.read(name)] == [None]
        if name not in read.quiet:
            assert not any(read.tells_who(word) for _, word in EMPTY.read(name) if word)
