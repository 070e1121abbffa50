"""Matching again: every answer against all choices there are; nobody moves who need not."""

import re
from collections import Counter
from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.network.problem import Cap, Demand, Forbid, Keep, Offer, Settled, network
from cheiron.core.matching.network.validation import validate
from cheiron.core.matching.network.verify import verify_network
from cheiron.core.matching.problem import Method, Rule
from cheiron.core.matching.rematch import (
    Breaking,
    Move,
    Policy,
    chain_text,
    chains,
    difference,
    holdable,
    rematch,
    retaining,
    seats_of,
    turnover,
)
from tests.core.matching.networks import choices, keeps_limits, networks, open_ties, standing

EXAMPLES = settings(deadline=None, max_examples=120)


@st.composite
def with_standing(draw):
    """A small network, and pairs that stand although not all of them may, or can, go on."""
    problem = draw(networks())
    assume(not validate(problem))
    problem = replace(problem, keeps=())
    assume(any(True for _ in choices(problem)))
    pairs = [(one.mentee, offer.id, one.role) for one in problem.demands for offer in problem.offers]
    return problem, draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))


def brute_holdable(problem, pairs):
    """How many of these pairs, and with which total, can be held at once, whatever is asked from below."""
    free = replace(
        problem,
        demands=tuple(replace(one, lower=0) for one in problem.demands),
        offers=tuple(replace(one, lower=0) for one in problem.offers),
        caps=tuple(replace(one, lower=0) for one in problem.caps),
    )
    scores = {tie[:3]: tie[3] for tie in open_ties(problem)}
    locks = {(pin.mentee, pin.mentor, pin.role) for pin in problem.pins}
    may = [pair for pair in pairs if pair in scores]
    some = (frozenset(one) for size in range(len(may) + 1) for one in combinations(may, size))
    held = [one for one in some if keeps_limits(free, one | locks)]
    return max((_first(one | locks), len(one | locks), sum(scores[pair] for pair in one)) for one in held)


def _first(choice):
    return len({(mentee, role) for mentee, _, role in choice})


@EXAMPLES
@given(with_standing())
def test_as_many_standing_pairs_as_can_go_on_together(given_):
    problem, pairs = given_
    held = holdable(problem, pairs)
    locks = {(pin.mentee, pin.mentor, pin.role) for pin in problem.pins}
    scores = {tie[:3]: tie[3] for tie in open_ties(problem)}
    together = {*held} | locks
    assert {*held} <= {*pairs}
    assert (_first(together), len(together), sum(scores[pair] for pair in held)) == brute_holdable(problem, pairs)


def worth(problem, choice, held, policy):
    """What is made as large as possible, one after the other."""
    first, places, points = standing(problem, choice)
    kept = len(choice & {*held})
    if policy.breaking is Breaking.FOR_ONE_MORE:
        return first, places, kept, points
    return first, places, points + (policy.gain * kept if policy.breaking is Breaking.FOR_A_GAIN else 0)


def may_be(problem, choice, held, policy):
    """Under ``never`` nothing that stands is broken; otherwise whoever has a place keeps one."""
    if policy.breaking is Breaking.NEVER:
        return {*held} <= choice
    got, had = (Counter((mentee, role) for mentee, _, role in pairs) for pairs in (choice, held))
    return all(got[key] >= count for key, count in had.items())


POLICIES = st.builds(Policy, st.sampled_from(Breaking), st.sampled_from((0, 50_000, 300_000, 1_000_000)))


@EXAMPLES
@given(with_standing(), POLICIES)
def test_a_rematch_is_the_best_of_all_choices_that_its_policy_allows(given_, policy):
    problem, pairs = given_
    held = holdable(problem, pairs)
    allowed = [choice for choice in choices(problem) if may_be(problem, choice, held, policy)]
    if not allowed:
        with pytest.raises(Invalid):
            rematch(problem, pairs, policy)
        return
    found = rematch(problem, pairs, policy)
    assert verify_network(found.network, found.result) == ()
    choice = frozenset(seats_of(found.result))
    assert choice in allowed
    assert worth(problem, choice, held, policy) == max(worth(problem, one, held, policy) for one in allowed)


@EXAMPLES
@given(with_standing())
def test_under_never_no_standing_pair_is_broken_that_can_go_on(given_):
    problem, pairs = given_
    held = holdable(problem, pairs)
    assume(any({*held} <= choice for choice in choices(problem)))
    found = rematch(problem, pairs)
    assert {*held} <= {*seats_of(found.result)}
    assert {*found.turnover.end} == {*pairs} - {*found.turnover.stay}
    assert {*found.turnover.end} <= {*pairs} - {*held}


@EXAMPLES
@given(with_standing())
def test_chains_can_be_carried_out_one_move_after_the_other(given_):
    """Beginning with what stands, no move of a chain finds its seat taken; a circle is carried out at once."""
    problem, pairs = given_
    pairs = holdable(problem, pairs)
    try:
        found = rematch(problem, pairs, Policy(Breaking.FOR_A_GAIN, 0))
    except Invalid:
        return
    seats = {offer.id: offer.capacity for offer in problem.offers}
    now = Counter(mentor for _, mentor, _ in pairs)
    moves = [move for one in found.chains for move in one]
    for one in sorted(found.chains, key=lambda one: bool(one[0].to)):  # who only leaves, leaves
        circle = bool(one[0].to) and one[0].to == one[-1].left
        for move in one:
            if move.left:
                now[move.left] -= 1
            if move.to:
                now[move.to] += 1
            assert circle or not move.to or now[move.to] <= seats[move.to]
        assert all(now[move.to] <= seats[move.to] for move in one if move.to)
    assert len(moves) == len(set(moves))
    ended = {(move.mentee, move.left, move.role) for move in moves if move.left}
    begun = {(move.mentee, move.to, move.role) for move in moves if move.to}
    assert (ended, begun) == ({*found.turnover.end}, {*found.turnover.begin})
    assert found.placed - sum(not move.to for move in moves) == len(found.result.pairs) - len(pairs)


# ---------- somebody leaves ----------


def most_placed(ties, seats):
    """The size of a maximum matching, by augmenting paths over single seats (Kuhn), on names alone."""
    places = [(mentor, seat) for mentor, count in seats.items() for seat in range(count)]
    reach = {mentee: [place for place in places if (mentee, place[0]) in ties] for mentee, _ in ties}
    taken: dict = {}

    def finds(mentee, seen):
        for place in reach[mentee]:
            if place not in seen:
                seen.add(place)
                if place not in taken or finds(taken[place], seen):
                    taken[place] = mentee
                    return True
        return False

    return sum(finds(mentee, set()) for mentee in reach)


@EXAMPLES
@given(st.data())
def test_the_mentees_of_one_who_leaves_are_placed_if_and_only_if_a_maximum_matching_allows(data):
    mentees, mentors = [f"s{n}" for n in range(5)], [f"m{n}" for n in range(4)]
    ties = [
        (mentee, mentor, "mentor", data.draw(st.sampled_from((100_000, 400_000, 900_000))), 0, 0)
        for mentee in mentees
        for mentor in mentors
        if data.draw(st.booleans())
    ]
    offers = [Offer(mentor, data.draw(st.integers(0, 2))) for mentor in mentors]
    before = network([Demand(one) for one in mentees], offers, ties)
    pairs = seats_of(rematch(before, ()).result)
    after = replace(before, offers=tuple(replace(one, capacity=0) if one.id == "m0" else one for one in before.offers))
    found = rematch(after, pairs, Policy(Breaking.FOR_ONE_MORE))
    seats = {offer.id: offer.capacity for offer in after.offers}
    assert len(found.result.pairs) == most_placed({tie[:2] for tie in ties}, seats)
    had = {mentee for mentee, mentor, _ in pairs if mentor != "m0"}
    assert had <= {pair.mentee for pair in found.result.pairs}
    never = rematch(after, pairs)
    left = {one for one in mentees if one not in had}
    free = {mentor: seats[mentor] - sum(one == mentor for _, one, _ in pairs) for mentor in mentors if mentor != "m0"}
    waiting = {tie[:2] for tie in ties if tie[0] in left}
    assert len(never.result.pairs) == len(had) + most_placed(waiting, free | {"m0": 0})


WARD = network(
    [Demand(one) for one in ("ida", "otto", "tom")],
    [Offer("brandt", 1), Offer("okafor", 1), Offer("ruiz", 1)],
    [
        ("ida", "brandt", "mentor", 900_000, 0, 0),
        ("ida", "okafor", "mentor", 700_000, 0, 0),
        ("otto", "okafor", "mentor", 600_000, 0, 0),
        ("otto", "ruiz", "mentor", 500_000, 0, 0),
        ("tom", "brandt", "mentor", 300_000, 0, 0),
    ],
)
STANDING = (("ida", "brandt", "mentor"), ("otto", "okafor", "mentor"))


def test_one_seat_that_opens_starts_a_chain_of_which_each_takes_the_seat_before():
    found = rematch(WARD, STANDING, Policy(Breaking.FOR_ONE_MORE))
    assert found.chains == (
        (
            Move("otto", "mentor", "okafor", "ruiz"),
            Move("ida", "mentor", "brandt", "okafor"),
            Move("tom", "mentor", "", "brandt"),
        ),
    )
    assert (found.placed, found.moved) == (1, 2)
    text = str(chain_text(found.chains[0]))
    assert text == "One person who waits gets a place, because 2 others move."
    never = rematch(WARD, STANDING)
    assert (never.placed, never.moved, never.turnover.stay) == (0, 0, STANDING)


def test_a_better_fit_breaks_a_pair_only_where_it_gains_enough_and_takes_nobodys_place():
    swap = [("ida", "okafor", "mentor"), ("otto", "ruiz", "mentor"), ("tom", "brandt", "mentor")]
    assert seats_of(rematch(WARD, swap, Policy(Breaking.FOR_A_GAIN, 0)).result) == tuple(swap)
    two = replace(WARD, demands=(Demand("ida"), Demand("tom")), offers=(Offer("brandt", 1),), keeps=())
    two = network(
        two.demands, two.offers, [("ida", "brandt", "mentor", 900_000, 0, 0), ("tom", "brandt", "mentor", 0, 0, 0)]
    )
    for breaking in Breaking:
        found = rematch(two, [("tom", "brandt", "mentor")], Policy(breaking, 0))
        assert seats_of(found.result) == (("tom", "brandt", "mentor"),)


def test_words_for_each_kind_of_chain_name_nobody():
    change = turnover(
        [("ida", "m1", "r"), ("otto", "m2", "r"), ("tom", "m3", "r")],
        [("ida", "m2", "r"), ("otto", "m1", "r"), ("wes", "m4", "r")],
    )
    told = [str(chain_text(one)) for one in chains(change)]
    assert told == ["One person loses a place.", "One person who waits takes a free place.", "2 people move."]
    assert not [text for text in told if re.search("ida|otto|tom|wes|m[1-4]", text)]


def test_a_difference_says_who_is_new_gone_paused_or_back_and_which_seats_changed():
    before = network([Demand("a"), Demand("b")], [Offer("m1", 1), Offer("m2", 2), Offer("m3", 0), Offer("m4", 1)], [])
    after = network([Demand("b"), Demand("c")], [Offer("m1", 3), Offer("m2", 0), Offer("m3", 1), Offer("m5", 1)], [])
    found = difference(before, after)
    assert vars(found) == {
        "mentees_joined": ("c",),
        "mentees_left": ("a",),
        "mentors_joined": ("m5",),
        "mentors_left": ("m4",),
        "paused": ("m2",),
        "back": ("m3",),
        "more_seats": (("m1", 2),),
        "fewer_seats": (),
    }
    assert difference(after, before).fewer_seats == (("m1", 2),)


def test_standing_pairs_that_may_not_be_end_and_the_bonus_goes_to_the_others_once():
    ruled = replace(WARD, forbids=(Forbid("ida", "brandt", Rule.FIREWALL),), keeps=(Keep("otto", "okafor", 7),))
    kept = retaining(ruled, (*STANDING, ("gone", "ruiz", "mentor")), 90)
    assert kept.keeps == (Keep("otto", "okafor", 90),)
    assert rematch(ruled, STANDING).turnover.end == (("ida", "brandt", "mentor"),)


def test_where_seats_or_a_cap_shrink_as_many_go_on_as_can():
    less = replace(WARD, caps=(Cap("ward", ("brandt", "okafor"), 1),))
    found = rematch(less, STANDING)
    assert found.turnover.stay == (("ida", "brandt", "mentor"),)
    assert found.turnover.begin == (("otto", "ruiz", "mentor"),)


def test_a_bonus_beyond_one_point_is_for_whoever_adds_up_exactly():
    kept = replace(WARD, keeps=(Keep("ida", "brandt", 2_000_000),))
    assert validate(kept) == ()
    assert validate(replace(kept, method=Method.AUCTION))
    assert validate(replace(kept, keeps=(Keep("ida", "brandt", 10**13),)))


def test_the_same_chains_whatever_the_order_of_what_stands():
    asked = Policy(Breaking.FOR_ONE_MORE)
    results = [rematch(WARD, order, asked) for order in (STANDING, STANDING[::-1], set(STANDING))]
    assert len({(one.result.result_hash, one.chains) for one in results}) == 1


def test_locks_of_the_problem_hold_before_what_stands():
    locked = replace(WARD, pins=(Settled("tom", "brandt"),))
    found = rematch(locked, STANDING)
    assert {*chain(seats_of(found.result))} >= {("tom", "brandt", "mentor"), ("otto", "okafor", "mentor")}
