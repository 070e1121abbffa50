from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.arithmetic import MILLION, hundredths, shares
from cheiron.core.matching.components import DEFAULT_WEIGHTS, Participant, registry
from cheiron.core.matching.score import Reason, explain_pair, score_matrix, shown_hundredths
from cheiron.core.people.facts import Facts
from tests.core.matching.rounds import STAGES, facts, people, weights


def reason(mentee: Facts, mentor: Facts, **weights: float) -> Reason:
    return explain_pair(Participant("S", mentee), Participant("M", mentor), weights or DEFAULT_WEIGHTS, STAGES)


def only(mentee: Facts, mentor: Facts) -> tuple[int, str]:
    (part,) = reason(mentee, mentor).parts
    return part.match, str(part.sentence)


CASES = [
    (Facts(goals=("Grants", "Career")), Facts(goals=("grants ",)), 500_000, "Shared goals: Grants (1 of 2)."),
    (Facts(topics=("AI",)), Facts(topics=("Ethics",)), 0, "Asks about AI; topics here: Ethics."),
    (Facts(roles=("sponsor",)), Facts(roles=("coach",)), 0, "Seeks sponsor; offered here: coach."),
    (Facts(roles=("Coach",)), Facts(roles=("coach", "teacher")), MILLION, "Seeks Coach, offered here (1 of 1)."),
    (
        Facts(specialties=("Surgery", "Neurology", "Ethics")),
        Facts(specialties=("ethics", "neurology")),
        666_667,
        "Choice 2 of 3: Neurology, practiced here.",
    ),
    (
        Facts(specialties=("Surgery",)),
        Facts(specialties=("Neurology",)),
        0,
        "Interested in Surgery; practiced here: Neurology.",
    ),
    (Facts(times=("Tue 17", "Wed 8")), Facts(times=("tue 17",)), 333_333, "Hours in common: Tue 17."),
    (Facts(times=("Tue 17",)), Facts(times=("Wed 8",)), 0, "Free at Tue 17; the mentor at Wed 8."),
    (Facts(languages=("Deutsch",)), Facts(languages=("deutsch",)), MILLION, "Shared languages: Deutsch (1 of 1)."),
    (Facts(place="North"), Facts(place="north "), MILLION, "Both at North."),
    (Facts(place="North"), Facts(place="South"), 0, "At North; the mentor at South."),
    (Facts(stage="student"), Facts(stage="Resident"), MILLION, "One step ahead: Resident, the mentee student."),
    (Facts(stage="student"), Facts(stage="assistant"), MILLION, "3 steps ahead: assistant, the mentee student."),
    (Facts(stage="student"), Facts(stage="associate"), 500_000, "4 steps ahead: associate, the mentee student."),
    (Facts(stage="fellow"), Facts(stage="fellow"), 0, "Not ahead: fellow, the mentee fellow."),
    (Facts(wishes=("X", "m")), Facts(), 500_000, "Wish 2 of 2 of the mentee."),
    (Facts(wishes=("X", "Y")), Facts(), 0, "Not among the mentee's 2 wishes."),
]


@pytest.mark.parametrize(("mentee", "mentor", "match", "sentence"), CASES, ids=[case[3] for case in CASES])
def test_each_comparison_has_its_measure_and_cites_what_people_entered(mentee, mentor, match, sentence):
    assert only(mentee, mentor) == (match, sentence)


def test_the_weights_of_what_is_missing_go_to_the_rest():
    found = reason(Facts(goals=("A",), topics=("B",)), Facts(goals=("A",)), goals=15, topics=25)
    assert [(part.component, part.weight, part.adds) for part in found.parts] == [("goals", MILLION, MILLION)]


def test_people_who_said_nothing_score_nothing_and_get_no_part():
    assert reason(Facts(), Facts(goals=("A",))) == Reason(0, ())


def test_a_stage_that_is_not_on_the_ladder_is_missing():
    assert reason(Facts(stage="wizard"), Facts(stage="fellow")).parts == ()


def test_weights_that_make_no_sense_are_refused_in_words():
    with pytest.raises(Invalid) as refusal:
        reason(Facts(), Facts(), goals=-1, charm=3, topics=float("nan"))
    assert [str(issue.problem) for issue in refusal.value.issues] == [
        "Nothing is called “charm” here.",
        "The weight of “goals” is not a number from 0 to 1000.",
        "The weight of “topics” is not a number from 0 to 1000.",
    ]


def test_every_component_has_a_default_weight():
    assert [component.name for component in registry()] == list(DEFAULT_WEIGHTS)


@settings(deadline=None, max_examples=200)
@given(people, people, weights, st.sampled_from(((), STAGES, STAGES[::-1])))
def test_the_matrix_the_explanation_and_the_sum_of_its_parts_are_equal(mentees, mentors, weights, stages):
    matrix = score_matrix(mentees, mentors, weights, stages)
    assert (matrix.dtype, matrix.shape) == (np.int32, (len(mentees), len(mentors)))
    for row, mentee in enumerate(mentees):
        for column, mentor in enumerate(mentors):
            found = explain_pair(mentee, mentor, weights, stages)
            assert matrix[row, column] == found.score == sum(part.adds for part in found.parts)
            assert 0 <= found.score <= MILLION
            assert not found.parts or sum(part.weight for part in found.parts) == MILLION


@settings(deadline=None, max_examples=150)
@given(facts, facts)
def test_removing_a_fact_removes_its_sentence_and_no_other(mentee, mentor):
    before = {part.component: str(part.sentence) for part in reason(mentee, mentor).parts}
    for field in fields(Facts):
        empty = {field.name: type(getattr(mentee, field.name))()}
        component = {"specialties": "specialty", "wishes": "wish"}.get(field.name, field.name)
        left = {name: text for name, text in before.items() if name != component}
        for pair in ((replace(mentee, **empty), mentor), (mentee, replace(mentor, **empty))):
            if component != "wish" or pair[1] is mentor:  # mentors have no wishes
                assert {part.component: str(part.sentence) for part in reason(*pair).parts} == left


@settings(deadline=None, max_examples=100)
@given(facts, facts)
def test_what_is_shown_adds_up_to_the_score_that_is_shown(mentee, mentor):
    found = reason(mentee, mentor)
    shown = shown_hundredths(found.parts)
    assert sum(shown) == hundredths(found.score)
    assert all(abs(cents * 10_000 - part.adds) < 10_000 for cents, part in zip(shown, found.parts, strict=True))


@given(st.lists(st.integers(0, 10**6), max_size=9))
def test_shares_add_up_to_one_and_follow_the_weights(weights):
    found = shares(weights)
    assert sum(found) == (MILLION if any(weights) else 0)
    assert all(
        abs(share * sum(weights) - weight * MILLION) < max(1, sum(weights))
        for share, weight in zip(found, weights, strict=True)
    )


def test_nobody_on_one_side_gives_an_empty_matrix():
    assert score_matrix([], [Participant("M", Facts())]).shape == (0, 1)
    assert score_matrix([Participant("S", Facts())], []).shape == (1, 0)
