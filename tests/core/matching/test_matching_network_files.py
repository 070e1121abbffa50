"""Networks as JSON: both ways without loss, and a sentence for whatever is wrong."""

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.network.files import (
    network_from_json,
    network_result_from_json,
    network_result_to_json,
    network_to_json,
)
from cheiron.core.matching.network.problem import Cap, Demand, Keep, Offer, Settled, network, network_hash
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.validation import validate
from cheiron.core.matching.network.verify import verify_network
from cheiron.core.matching.problem import Forbid, Method, Rule
from tests.core.matching.networks import by, networks
from tests.nonsense import JUNK, changed, places


def through_json(value):
    return json.loads(json.dumps(value, allow_nan=False))


@settings(deadline=None, max_examples=200)
@given(networks(), networks(limits=False), st.sampled_from((Method.STABLE, Method.STABLE_MENTOR)))
def test_both_ways_lose_nothing(problem, ordered, method):
    for one in (problem, by(ordered, method)):
        if not validate(one):
            again = network_from_json(through_json(network_to_json(one)))
            assert network_hash(again) == network_hash(one)
            assert again.method is one.method


@settings(deadline=None, max_examples=200)
@given(networks(), networks(limits=False))
def test_results_both_ways_lose_nothing(problem, ordered):
    for one in (problem, by(ordered, Method.STABLE)):
        assume(not validate(one))
        try:
            result = solve_network(one)
        except Invalid:
            continue
        assert network_result_from_json(through_json(network_result_to_json(result))) == result


WHOLE = network_to_json(
    network(
        [Demand("ida", "career", 2, 1), Demand("tom", "career")],
        [Offer("brandt", 2, 1, (0, 100_000)), Offer("okafor", 1)],
        [("ida", "brandt", "career", 900_000, 0, 0), ("tom", "okafor", "career", 1, 0, 0)],
        forbids=[Forbid("tom", "brandt", Rule.PAST)],
        pins=[Settled("tom", "okafor", "career", "they met", "someone")],
        keeps=[Keep("ida", "brandt", 50_000, "career")],
        caps=[Cap("ward", ("brandt", "okafor"), 3, 1)],
    )
)


PROBLEM = network_from_json(json.loads(json.dumps(WHOLE)))


def issues(value):
    with pytest.raises(Invalid) as refusal:
        network_from_json(value)
    return [str(issue.problem) for issue in refusal.value.issues]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("demands", 0, "mentee"), 7, "At $.demands[0].mentee: a text is needed here."),
        (("demands", 0, "upper"), "2", "At $.demands[0].upper: a whole number is needed here."),
        (("demands", 0, "upper"), 99, "“ida” seeks at least 1 and at most 99 mentors in one role."),
        (("demands", 1, "mentee"), "ida", "At $.edges.career[1]: this is not a mentee who seeks this role"),
        (("mentors", 0, "capacity"), -1, "Mentor “brandt” is to take at least 1 and at most -1 mentees."),
        (("mentors", 0, "costs"), [0.5, 0.1], "The costs of mentor “brandt” fall, or are out of range."),
        (("mentors", 0, "costs"), [float("nan")], "At $.mentors[0].costs[0]: this is not a number of points."),
        (("mentors", 1, "id"), "m" * 1_000_000, "At $.edges.career[1]: this is not a mentee who seeks this role"),
        (("edges",), [], "At $.edges: an object is needed here."),
        (
            ("edges", "career", 0),
            ["ida", "brandt", 0.1, 1, 1],
            "At $.edges: some edges have places and some have none.",
        ),
        (("edges", "career", 1), ["ida", "brandt", 0.1], "At $.edges: “ida” and “brandt” have more than one score"),
        (("edges", "career", 0, 2), float("inf"), "At $.edges.career[0]: this is not a mentee who seeks this role"),
        (("caps", 0, "mentors"), [], "The cap “ward” has nobody"),
        (("caps", 0, "mentors"), ["nobody"], "A rule or lock names the mentor “nobody”, who is not in this round."),
        (("keeps", 0, "bonus"), 2_000_000, "At $.keeps[0].bonus: this is not a number of points."),
        (("pins", 0, "role"), "research", "A lock gives “tom” a role that they do not seek: “research”."),
        (("pins", 0, "mentor"), "brandt", "“tom” is locked to “brandt”, but a program rule stands against this pair."),
        (("method",), "fair", "At $.method: this word is not known here."),
        (("seed",), -1, "The seed is out of range."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(path, value, expected):
    tree = through_json(WHOLE)
    spot = tree
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = value
    assert any(issue.startswith(expected) for issue in issues(tree)), issues(tree)


def test_caps_that_overlap_are_refused():
    tree = through_json(WHOLE)
    tree["mentors"].append({"id": "chen", "capacity": 1})
    tree["caps"].append({"name": "floor", "mentors": ["okafor", "chen"], "upper": 2})
    assert "shares mentors with another, and neither lies in the other" in issues(tree)[0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"places": None}, "does not say whom each person would rather have"),
        ({"keeps": (Keep("ida", "brandt", 5, "career"),)}, "can make a stable choice impossible"),
        ({"offers": (Offer("brandt", 2, 1), Offer("okafor", 1))}, "can make a stable choice impossible"),
        ({"caps": (Cap("all", ("brandt", "okafor"), 1), Cap("one", ("okafor",), 1))}, "caps are supervisors"),
    ],
)
def test_what_a_stable_choice_does_not_know_is_said(change, expected):
    ties = [("ida", "brandt", "career", 5, 1, 1), ("ida", "okafor", "career", 5, 2, 1)]
    plain = network([Demand("ida", "career")], [Offer("brandt", 1), Offer("okafor", 1)], ties, method=Method.STABLE)
    assert validate(plain) == ()
    assert expected in " ".join(str(issue.problem) for issue in validate(replace(plain, **change)))


def read_or_refused(read, value):
    """What was read, or None when it was refused with reasons."""
    try:
        return read(value)
    except Invalid as refusal:
        if not refusal.issues:
            raise
        return None


@settings(deadline=None, max_examples=600)
@given(st.data(), JUNK)
def test_nonsense_anywhere_is_refused_or_read_and_never_ends_in_a_traceback(data, junk):
    broken = changed(WHOLE, data.draw(st.sampled_from(places(WHOLE))), junk)
    problem = read_or_refused(network_from_json, broken)
    assert problem is None or validate(problem) == ()


@settings(deadline=None, max_examples=400)
@given(st.data(), JUNK)
def test_nonsense_in_a_result_is_refused_or_read(data, junk):
    whole = network_result_to_json(solve_network(PROBLEM))
    broken = changed(whole, data.draw(st.sampled_from(places(whole))), junk)
    told = read_or_refused(network_result_from_json, broken)
    assert told is None or network_result_to_json(told) == whole or verify_network(PROBLEM, told)


def test_limits_in_a_role_are_one_problem_in_whatever_order_they_are_told():
    demands, ties = [Demand("ida", "career")], [("ida", "brandt", "career", 5, 0, 0)]
    limits = (("research", 1), ("career", 1))
    one, other = (network(demands, [Offer("brandt", 2, per_role=told)], ties) for told in (limits, limits[::-1]))
    assert network_hash(one) == network_hash(other)
    assert verify_network(one, solve_network(one)) == ()
