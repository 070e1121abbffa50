"""Fair load: seats less what is carried, costs beyond a share that is the same for all, and a cap for a few."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.fair_load import Above, LoadPolicy, above_share, fair_share, guarded
from cheiron.core.matching.network.problem import Demand, Offer, network
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.validation import validate
from cheiron.core.matching.network.verify import verify_network
from tests.core.matching.networks import networks

SEATS = st.lists(st.integers(0, 6), max_size=8)


@given(SEATS, st.integers(0, 30))
def test_at_the_fair_share_as_many_are_placed_as_can_be_and_nobody_has_more_than_seats(seats, sought):
    share = fair_share(seats, sought)
    assert sum(min(count, share) for count in seats) == min(sum(seats), sought)


def test_the_share_does_not_fall_to_those_with_few_seats():
    assert fair_share([1, 5, 5], 7) == 3
    assert fair_share([2, 2], 3) == Fraction(3, 2)
    assert fair_share([0, 0], 3) == fair_share([], 3) == 0


@settings(deadline=None, max_examples=200)
@given(networks(), st.integers(0, 3), st.integers(0, 2), st.sets(st.sampled_from(("m0", "m1", "m2"))))
def test_a_guarded_network_keeps_every_limit_of_the_policy(problem, most, carried, protected):
    policy = LoadPolicy(most=most)
    fair = guarded(replace(problem, caps=()), policy, {"m0": carried}, protected)
    for before, after in zip(problem.offers, fair.offers, strict=True):
        borne = carried if before.id == "m0" else 0
        assert after.capacity == max(0, min(before.capacity, most) - borne)
        assert all(after.cost(load) >= before.cost(load) for load in range(after.capacity + 1))
    assume(not validate(fair))
    try:
        result = solve_network(fair)
    except Invalid:
        return
    assert verify_network(fair, result) == ()
    seats = {offer.id: offer.capacity for offer in fair.offers}
    theirs = sum(seats.get(name, 0) for name in protected)
    sought, offered = sum(one.upper for one in fair.demands), sum(seats.values())
    load = sum(pair.mentor in protected for pair in result.pairs)
    assert load * offered <= Fraction(11, 10) * theirs * min(sought, offered)


def popular(protected=()):
    """Six mentees, all of whom fit the first mentor best."""
    mentees = [f"s{number}" for number in range(6)]
    ties = [
        (name, mentor, "mentor", 900_000 if mentor == "m0" else 600_000, 0, 0)
        for name in mentees
        for mentor in ("m0", "m1", "m2")
    ]
    return network([Demand(name) for name in mentees], [Offer("m0", 6), Offer("m1", 6), Offer("m2", 6)], ties)


def loads(problem):
    pairs = [pair.mentor for pair in solve_network(problem).pairs]
    return tuple(pairs.count(name) for name in ("m0", "m1", "m2"))


def test_without_a_guard_one_mentor_carries_all_and_with_it_the_load_is_spread():
    assert loads(popular()) == (6, 0, 0)
    assert loads(guarded(popular(), LoadPolicy(step=400_000), {})) == (2, 2, 2)
    gentle = loads(guarded(popular(), LoadPolicy(most=6, step=100_000), {}))
    assert 2 < gentle[0] < 6
    assert sum(gentle) == 6
    assert loads(guarded(popular(), LoadPolicy(step=0), {"m0": 4}))[0] == 1


def test_the_protected_carry_no_more_than_their_part_and_nobody_is_left_out_for_it():
    spread = loads(guarded(popular(), LoadPolicy(step=0, most=6), {}, {"m0"}))
    assert spread[0] == 2
    assert sum(spread) == 6
    assert loads(guarded(popular(), LoadPolicy(step=0, most=6, slack=Fraction(1, 2)), {}, {"m0"}))[0] == 3


def test_costs_never_keep_anybody_from_a_place():
    alone = network(
        [Demand("s0"), Demand("s1")],
        [Offer("m0", 2)],
        [("s0", "m0", "mentor", 0, 0, 0), ("s1", "m0", "mentor", 0, 0, 0)],
    )
    assert solve_network(guarded(alone, LoadPolicy(step=1_000_000), {})).certificate.placed == 2


@pytest.mark.parametrize(
    ("mentors", "expected"),
    [
        (["a", "a", "a", "b"], (Above("a", 3, 5),)),
        (["a", "a", "b", "b"], ()),
        ([], ()),
    ],
)
def test_who_is_above_the_share_is_named_with_load_and_seats(mentors, expected):
    assert above_share({"a": 5, "b": 5}, mentors) == expected
