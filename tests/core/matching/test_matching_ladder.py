"""The ladder: every answer against all choices there are; no peer without a senior with room ever has a mentee."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.ladder import Ladder, lower_rung, solve_ladder, upper_rung, verify_ladder
from cheiron.core.matching.network.problem import Demand, Offer, Settled, network
from cheiron.core.matching.network.result import Placed, sealed
from cheiron.core.matching.result import PairState
from tests.core.matching.networks import choices, chosen, standing

EXAMPLES = settings(deadline=None, max_examples=200)
SCORES = st.sampled_from((0, 100_000, 500_000, 1_000_000))


@st.composite
def ladders(draw):
    """Up to three mentees, three peers and two seniors, each of whom may be open to anybody of the next rung."""
    peers, seniors = (
        [f"p{n}" for n in range(draw(st.integers(1, 3)))],
        [f"x{n}" for n in range(draw(st.integers(1, 2)))],
    )
    mentees = [f"s{n}" for n in range(draw(st.integers(1, 3)))]
    seeking = [peer for peer in peers if peer == "p0" or draw(st.integers(0, 5))]
    upper = network(
        [Demand(peer, "senior") for peer in seeking],
        [Offer(senior, draw(st.integers(0, 2))) for senior in seniors],
        _ties(draw, seeking, seniors, "senior"),
        seed=draw(st.integers(0, 2)),
    )
    lower = network(
        [Demand(mentee) for mentee in mentees],
        [Offer(peer, draw(st.integers(0, 2))) for peer in peers],
        _ties(draw, mentees, peers, "mentor"),
        seed=upper.seed,
    )
    return Ladder(upper, lower, {senior: draw(st.integers(0, 3)) for senior in seniors})


def _ties(draw, rows, columns, role):
    return [(row, column, role, draw(SCORES), 0, 0) for row in rows for column in columns if draw(st.integers(0, 3))]


@EXAMPLES
@given(ladders())
def test_each_rung_is_the_best_of_all_choices(ladder):
    result = solve_ladder(ladder)
    assert verify_ladder(ladder, result) == ()
    upper = upper_rung(ladder)
    assert standing(upper, chosen(result.supervision.pairs)) == max(standing(upper, one) for one in choices(upper))
    lower = lower_rung(ladder, result.supervision)
    assert standing(lower, chosen(result.placing.pairs)) == max(standing(lower, one) for one in choices(lower))


@EXAMPLES
@given(ladders())
def test_no_peer_without_a_senior_with_room_ever_has_a_mentee(ladder):
    result = solve_ladder(ladder)
    seats = {offer.id: offer.capacity for offer in ladder.seniors.offers}
    below = Counter()
    for pair in result.placing.pairs:
        senior = result.senior_of[pair.mentor]
        below[senior] += 1
        assert seats[senior] > 0
    assert all(count <= ladder.room[senior] for senior, count in below.items())
    peers = Counter(result.senior_of.values())
    assert all(count <= min(seats[senior], ladder.room[senior]) for senior, count in peers.items())


@EXAMPLES
@given(ladders(), st.integers(0, 1), st.booleans(), st.booleans())
def test_one_more_seat_of_a_senior_never_places_fewer_mentees_where_supervision_stands(ladder, which, seat, room):
    before = solve_ladder(ladder)
    column = which % len(ladder.seniors.offers)
    senior = ladder.seniors.offers[column]
    offers = list(ladder.seniors.offers)
    offers[column] = replace(senior, capacity=senior.capacity + seat)
    after = replace(
        ladder,
        seniors=replace(ladder.seniors, offers=tuple(offers)),
        room={**ladder.room, senior.id: ladder.room[senior.id] + room},
        standing=tuple(before.senior_of.items()),
    )
    result = solve_ladder(after)
    assert verify_ladder(after, result) == ()
    assert before.senior_of.items() <= result.senior_of.items()
    assert len(result.placing.pairs) >= len(before.placing.pairs)


def far_and_near(near_seats: int) -> Ladder:
    """Both peers would rather be under ``near``, who answers for two mentees; ``far`` answers for six."""
    upper = network(
        [Demand("p0", "senior"), Demand("p1", "senior")],
        [Offer("far", 1), Offer("near", near_seats)],
        [("p0", "near", "senior", 900_000, 0, 0), ("p1", "near", "senior", 800_000, 0, 0)]
        + [(peer, "far", "senior", 100_000, 0, 0) for peer in ("p0", "p1")],
    )
    mentees = [f"s{number}" for number in range(6)]
    ties = [(mentee, peer, "mentor", 500_000, 0, 0) for mentee in mentees for peer in ("p0", "p1")]
    lower = network([Demand(one) for one in mentees], [Offer("p0", 3), Offer("p1", 4)], ties)
    return Ladder(upper, lower, {"far": 6, "near": 2})


def test_drawn_anew_one_more_seat_can_place_fewer_and_keeping_what_stands_cannot():
    before, anew = solve_ladder(far_and_near(1)), solve_ladder(far_and_near(2))
    assert (len(before.placing.pairs), len(anew.placing.pairs)) == (6, 2)
    kept = replace(far_and_near(2), standing=tuple(before.senior_of.items()))
    assert len(solve_ladder(kept).placing.pairs) == 6


def tampered_results(result):
    supervision, placing = result.supervision, result.placing
    stranger = Placed("s5", "mentor", "p9", 500_000, PairState.PLACED)
    yield replace(result, supervision=sealed(replace(supervision, pairs=supervision.pairs[1:])))
    yield replace(result, supervision=sealed(replace(supervision, pairs=())))
    twice = (*supervision.pairs, replace(supervision.pairs[0], mentor="far"))
    yield replace(result, supervision=sealed(replace(supervision, pairs=tuple(sorted(twice)))))
    both_far = tuple(replace(pair, mentor="far") for pair in supervision.pairs)
    yield replace(result, supervision=sealed(replace(supervision, pairs=both_far)))
    yield replace(result, placing=sealed(replace(placing, pairs=(*placing.pairs, stranger))))
    moved = tuple(replace(pair, mentor="p0") for pair in placing.pairs)
    yield replace(result, placing=sealed(replace(placing, pairs=moved)))
    yield replace(result, placing=sealed(replace(placing, pairs=placing.pairs[1:])))


def test_whatever_is_changed_is_found_even_under_a_new_seal():
    ladder = far_and_near(1)
    result = solve_ladder(ladder)
    assert verify_ladder(ladder, result) == ()
    tried = [verify_ladder(ladder, tampered) for tampered in tampered_results(result)]
    assert len(tried) == 7
    assert all(tried)
    broken = replace(ladder, standing=(("p0", "far"),))
    assert [str(issue.problem) for issue in verify_ladder(broken, result)] == ["Supervision that stands was broken."]


def test_a_ladder_that_cannot_be_says_so():
    ladder = far_and_near(1)
    twice = replace(ladder.seniors, demands=(Demand("p0", "senior", 2), Demand("p1", "senior")))
    wrong = replace(ladder, seniors=twice, room={"near": -1}, standing=(("gone", "near"),))
    with pytest.raises(Invalid) as refused:
        solve_ladder(wrong)
    assert [str(issue.problem) for issue in refused.value.issues] == [
        "The peer “p0” is to have more than one senior.",
        "The senior “near” answers for fewer than no mentees.",
        "“gone” stands under “near”, and one of them is not in this ladder.",
    ]


def test_a_lock_onto_a_peer_without_a_senior_is_refused_with_its_reason():
    ladder = far_and_near(1)
    no_room = replace(ladder, room={"far": 0, "near": 2}, mentees=replace(ladder.mentees, pins=(Settled("s0", "p1"),)))
    with pytest.raises(Invalid) as refused:
        solve_ladder(no_room)
    assert str(refused.value.issues[0].problem) == "“p1” has 1 locked mentees and 0 seats."
