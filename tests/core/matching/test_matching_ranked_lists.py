"""Lists of ranked ids as edges, and what is said about lists that do not fit together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.ranked_lists import ranked_lists
from cheiron.core.matching.stable import stable_mentors

MENTEES = {"ann": ["mo", "li"], "bob": ["mo"], "cy": [], "dee": ["li", "mo"]}
MENTORS = {"li": ["ann", "dee"], "mo": ["dee", "bob", "ann"], "no": []}
SEATS = {"mo": 1, "li": 2, "no": 0}


def complaints(mentees: dict, mentors: dict, seats: dict) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        ranked_lists(mentees, mentors, seats)
    assert all(str(issue.remedy) for issue in refusal.value.issues)
    return [str(issue.problem) for issue in refusal.value.issues]


def test_lists_become_edges_with_the_places_of_both_sides():
    lists = ranked_lists(MENTEES, MENTORS, SEATS)
    assert (lists.mentees, lists.mentors) == (("ann", "bob", "cy", "dee"), ("li", "mo", "no"))
    ranked = lists.ranked
    assert ranked.starts.tolist() == [0, 2, 3, 3, 5]
    assert ranked.mentors.tolist() == [0, 1, 1, 0, 1]
    assert ranked.of_mentees.tolist() == [2, 1, 1, 1, 2]
    assert ranked.of_mentors.tolist() == [1, 3, 2, 2, 1]
    assert lists.seats.tolist() == [2, 1, 0]
    assert [one.dtype for one in (ranked.starts, ranked.mentors, ranked.of_mentees, ranked.of_mentors)] == [
        np.int64,
        np.int32,
        np.int32,
        np.int32,
    ]


def test_the_choice_is_told_in_ids():
    lists = ranked_lists(MENTEES, MENTORS, SEATS)
    assert lists.by_mentee(stable_mentors(lists.ranked, lists.seats)) == {"ann": "li", "bob": "mo", "dee": "li"}


@pytest.mark.parametrize(("mentees", "mentors"), [({}, {}), ({"a": []}, {}), ({}, {"m": []}), ({"a": []}, {"m": []})])
def test_nobody_and_nothing_is_no_mistake(mentees, mentors):
    lists = ranked_lists(mentees, mentors, dict.fromkeys(mentors, 1))
    assert lists.ranked.starts.tolist() == [0] * (len(mentees) + 1)
    assert lists.by_mentee(stable_mentors(lists.ranked, lists.seats)) == {}


def test_somebody_who_is_not_on_the_other_side_is_named():
    assert complaints({"ann": ["mo", "xi"]}, {"mo": ["ann"]}, {"mo": 1}) == [
        "“ann” ranks “xi”, who is not on the other side."
    ]
    assert complaints({"ann": ["mo"]}, {"mo": ["yu", "ann"]}, {"mo": 1}) == [
        "“mo” ranks “yu”, who is not on the other side."
    ]


def test_somebody_who_is_ranked_twice_is_named():
    assert complaints({"ann": ["mo", "mo"]}, {"mo": ["ann"]}, {"mo": 1}) == ["“ann” ranks “mo” 2 times."]
    assert complaints({"ann": ["mo"]}, {"mo": ["ann"] * 3}, {"mo": 1}) == ["“mo” ranks “ann” 3 times."]
    assert complaints({"ann": ["mo"] * 2}, {"mo": ["ann"] * 2}, {"mo": 1}) == [
        "“ann” ranks “mo” 2 times.",
        "“mo” ranks “ann” 2 times.",
    ]


def test_two_of_whom_only_one_ranks_the_other_are_named():
    assert complaints({"ann": ["mo"], "bob": []}, {"mo": ["bob"]}, {"mo": 1}) == [
        "“ann” ranks “mo”, but not the other way round.",
        "“mo” ranks “bob”, but not the other way round.",
    ]


def test_seats_must_be_there_for_each_mentor_and_make_sense():
    mentors = {"mo": [], "li": [], "xi": [], "yu": [], "ed": []}
    assert complaints({}, mentors, {"li": -1, "xi": 10_001, "yu": True, "ed": 1.0, "zoe": 1}) == [
        "Mentor “mo” has no number of seats.",
        "There are seats for “zoe”, who is no mentor.",
        "Mentor “li” has an impossible number of seats.",
        "Mentor “xi” has an impossible number of seats.",
        "Mentor “yu” has an impossible number of seats.",
        "Mentor “ed” has an impossible number of seats.",
    ]


def test_of_many_mistakes_the_first_twenty_are_told_always_the_same():
    mentees = {f"s{n}": ["nobody"] for n in range(30)}
    told = [complaints(mentees, {}, {f"m{n}": 1 for n in range(9)}) for _ in range(2)]
    assert told[0] == told[1] == [f"“s{n}” ranks “nobody”, who is not on the other side." for n in range(20)]


NAMES = st.lists(st.text(max_size=3), max_size=6, unique=True)


@settings(deadline=None, max_examples=200)
@given(NAMES, NAMES, st.data())
def test_any_lists_are_either_edges_that_say_the_same_or_refused_with_what_is_wrong(ids, other_ids, data):
    chance = data.draw(st.randoms(use_true_random=False))
    pairs = [(a, b) for a in ids for b in other_ids if chance.random() < 0.5]
    mentees = {a: [b for one, b in pairs if one == a] for a in ids}
    mentors = {b: [a for a, one in pairs if one == b] for b in other_ids}
    for ranked in (*mentees.values(), *mentors.values()):
        chance.shuffle(ranked)
    lists = ranked_lists(mentees, mentors, dict.fromkeys(other_ids, 1))
    rebuilt_mentees, rebuilt_mentors = {a: {} for a in ids}, {b: {} for b in other_ids}
    ranked = lists.ranked
    for row, mentee in enumerate(lists.mentees):
        for at in range(ranked.starts[row], ranked.starts[row + 1]):
            mentor = lists.mentors[ranked.mentors[at]]
            rebuilt_mentees[mentee][ranked.of_mentees[at]] = mentor
            rebuilt_mentors[mentor][ranked.of_mentors[at]] = mentee
    assert {a: [places[at + 1] for at in range(len(places))] for a, places in rebuilt_mentees.items()} == mentees
    assert {b: [places[at + 1] for at in range(len(places))] for b, places in rebuilt_mentors.items()} == mentors
    if pairs:
        mentee, mentor = data.draw(st.sampled_from(pairs))
        spoiled = data.draw(st.sampled_from(([*mentees[mentee], mentor], [b for b in mentees[mentee] if b != mentor])))
        assert complaints({**mentees, mentee: spoiled}, mentors, dict.fromkeys(other_ids, 1)) != []
