"""The auction of seats: against every choice there is, against two other solvers, and by what always holds."""

import subprocess
import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.matching import auction, auction_plain, compiled
from cheiron.core.matching.bidding import NONE, Auctioned, Effort, _rounded, bound_of, placing_first, rooms, terms_of
from cheiron.core.matching.edges import Edges
from tests.core.matching.sparse_rounds import (
    Sparse,
    best_by_scipy,
    best_by_trying,
    bound_by_hand,
    medium_round,
    sparse_rounds,
)

EXACT = Effort(gap=0)
EFFORTS = st.sampled_from(
    (EXACT, Effort(), Effort(gap=0.05), Effort(0, 1, 2), Effort(0.01, 10**9, 100), Effort(0, 2_000, 3))
)
NOBODY = [
    Sparse((), ()),
    Sparse((), (2,)),
    Sparse(({}, {}), ()),
    Sparse(({}, {}), (1, 2)),
    Sparse(({0: 5, 1: 7}, {0: 5}), (0, 0), 9),
    Sparse(({0: 0},), (1,)),
]


def as_python(name: str) -> ModuleType:
    """The kernels as they run where there is no compiler."""
    spec = find_spec(f"cheiron.core.matching.{name}")
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "AVAILABLE", False)
        spec.loader.exec_module(module)
        module._compile()
    return module


PYTHON = as_python("auction")
PYTHON.crowded = as_python("crowding").crowded
CODES = pytest.mark.parametrize("code", [auction, auction_plain, PYTHON], ids=["compiled", "plain", "uncompiled"])


def told(found: Auctioned) -> tuple[object, ...]:
    """All of it, to the byte."""
    arrays = [(array.dtype.str, array.tobytes()) for array in (found.mentor_of, found.prices)]
    return (*arrays, found.bonus, found.placed, found.total, found.bound)


def held(sparse: Sparse, effort: Effort = EXACT, code: ModuleType = auction_plain) -> Auctioned:
    return code.auction(*sparse.given, effort)


def is_proved(sparse: Sparse, found: Auctioned) -> bool:
    """The choice fits, is worth what is said, and the prices prove the bound; an empty seat costs nothing."""
    choice, prices = found.mentor_of.tolist(), found.prices.tolist()
    empty = [choice.count(mentor) < seats for mentor, seats in enumerate(sparse.seats)]
    return (
        sparse.fits(choice)
        and sparse.worth(choice) == found.value
        and len(choice) - choice.count(NONE) == found.placed
        and bound_by_hand(sparse, prices) == bound_of(*sparse.given[:2], sparse.bonus, found.prices) == found.bound
        and not any(price for price, left in zip(prices, empty, strict=True) if left)
    )


# ---------- small rounds ----------


@settings(deadline=None, max_examples=300)
@given(sparse_rounds(), EFFORTS)
def test_the_kernels_choose_what_the_twin_chooses(sparse, effort):
    expected = told(held(sparse, effort))
    assert told(held(sparse, effort, auction)) == expected
    assert told(held(sparse, effort, PYTHON)) == expected


@settings(deadline=None, max_examples=400)
@given(sparse_rounds(), EFFORTS)
def test_the_value_is_never_above_the_bound_and_the_gap_is_as_wanted(sparse, effort):
    found = held(sparse, effort)
    assert is_proved(sparse, found)
    assert found.value <= best_by_scipy(sparse) <= found.bound
    assert found.score_gap <= effort.gap
    assert 0 <= found.gap <= found.score_gap


@settings(deadline=None, max_examples=300)
@given(sparse_rounds(mentees=5, mentors=4))
def test_asked_for_the_best_it_is_the_best(sparse):
    found = held(sparse)
    assert found.value == found.bound == best_by_trying(sparse) == best_by_scipy(sparse)


@settings(deadline=None, max_examples=200)
@given(sparse_rounds(mentees=5, mentors=4))
def test_with_the_large_bonus_as_many_are_placed_as_can_be_and_the_prices_prove_it(sparse):
    sparse = Sparse(sparse.rows, sparse.seats, placing_first(len(sparse.rows)))
    found = held(sparse)
    assert found.placed == max(len(choice) - choice.count(NONE) for choice in sparse.choices())
    assert found.places_most


@settings(deadline=None, max_examples=150)
@given(sparse_rounds())
def test_crowded_mentors_are_those_who_stay_full_whoever_is_placed(sparse):
    """Against all largest choices: those in reach of somebody left over."""
    edges, seats, _ = sparse.given
    room = rooms(edges, seats)
    plain = auction_plain.crowded([sorted(row) for row in sparse.rows], room.tolist())
    for code in (auction, PYTHON):
        market = code._Market(edges, room, terms_of(edges, 10**7))
        at_top = set(np.flatnonzero((market.prices() > 0) & (room > 0)).tolist())
        assert at_top == plain
    if len(sparse.rows) <= 5:
        every = sparse.choices()
        most = max(len(choice) - choice.count(NONE) for choice in every)
        largest = [choice for choice in every if len(choice) - choice.count(NONE) == most]
        left = {row for choice in largest for row, mentor in enumerate(choice) if mentor == NONE}
        assert plain == {mentor for row in left for mentor in sparse.rows[row] if sparse.seats[mentor]}


@CODES
@pytest.mark.parametrize("sparse", NOBODY)
def test_nobody_on_one_side_or_no_edge_or_no_seat_is_no_choice(code, sparse):
    found = held(sparse, code=code)
    assert found.mentor_of.tolist() == [NONE] * len(sparse.rows)
    assert (found.value, found.bound, found.gap, found.score_gap) == (0, 0, 0, 0)
    assert is_proved(sparse, found)


@CODES
def test_one_edge_is_taken(code):
    found = held(Sparse(({0: 7},), (1,), 3), code=code)
    assert (found.mentor_of.tolist(), found.value, found.bound, found.placed, found.total) == ([0], 10, 10, 1, 7)


@CODES
def test_equals_are_told_apart_by_row_and_column(code):
    found = held(Sparse(({0: 5, 1: 5}, {0: 5, 1: 5}, {0: 5, 1: 5}), (1, 1), 100), code=code)
    assert found.mentor_of.tolist() == [0, 1, NONE]
    assert found.prices.tolist() == [105, 105]


@CODES
def test_a_seat_that_nobody_fills_has_no_price_even_after_coarse_steps(code):
    """Three bid two mentors up before the third is seen to be free."""
    sparse = Sparse(({0: 900_000, 1: 890_000}, {0: 900_000, 1: 880_000}, {0: 900_000, 2: 10}), (1, 2, 2), 1_000_000)
    found = held(sparse, Effort(0, 10**6, 2), code)
    assert is_proved(sparse, found)
    assert found.value == found.bound == best_by_trying(sparse)
    assert found.prices.tolist()[1:] == [0, 0]


# ---------- what always holds ----------


@settings(deadline=None, max_examples=100)
@given(sparse_rounds())
def test_the_same_round_twice_has_twice_the_value(sparse):
    assert held(sparse.beside(sparse)).value == 2 * held(sparse).value


@settings(deadline=None, max_examples=100)
@given(sparse_rounds(), sparse_rounds())
def test_two_campuses_add_up(one, other):
    other = Sparse(other.rows, other.seats, one.bonus)
    assert held(one.beside(other)).value == held(one).value + held(other).value


@settings(deadline=None, max_examples=100)
@given(sparse_rounds(), st.randoms(use_true_random=False))
def test_other_names_for_the_same_people_give_the_same_value(sparse, chance):
    mentees, mentors = list(range(len(sparse.rows))), list(range(len(sparse.seats)))
    chance.shuffle(mentees)
    chance.shuffle(mentors)
    assert held(sparse.renamed(mentees, mentors)).value == held(sparse).value


@settings(deadline=None, max_examples=50)
@given(sparse_rounds(mentees=5, mentors=4), st.integers(0, 3))
def test_one_more_seat_is_never_worth_less_and_at_most_its_price(sparse, mentor):
    if mentor < len(sparse.seats):
        before = held(sparse)
        seats = tuple(count + (at == mentor) for at, count in enumerate(sparse.seats))
        assert 0 <= held(Sparse(sparse.rows, seats, sparse.bonus)).value - before.value <= before.prices[mentor]


# ---------- medium rounds ----------


@pytest.mark.parametrize("fill", [0.8, 1.0, 1.3])
@pytest.mark.parametrize("bonus", [0, 5_000_000, None])
def test_medium_rounds_keep_the_wanted_gap_and_can_be_solved_exactly(fill, bonus):
    sparse = medium_round(400, 90, 12, fill, seed=round(10 * fill))
    sparse = Sparse(sparse.rows, sparse.seats, sparse.bonus if bonus is None else bonus)
    best = best_by_scipy(sparse)
    for effort in (Effort(gap=0.01), Effort(), EXACT):
        found = held(sparse, effort, auction)
        assert told(found) == told(held(sparse, effort)) == told(held(sparse, effort, auction))
        assert is_proved(sparse, found)
        assert found.value <= best <= found.bound
        assert found.score_gap <= effort.gap
    assert found.value == best


@pytest.mark.parametrize("fill", [0.9, 1.0, 1.1])
def test_equal_scores_do_not_make_prices_climb_for_ever(fill):
    seats = medium_round(300, 60, 10, fill, seed=4)
    sparse = Sparse(tuple(dict.fromkeys(row, 500_000) for row in seats.rows), seats.seats, seats.bonus)
    found = held(sparse, EXACT, auction)
    assert found.value == found.bound == best_by_scipy(sparse)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.integers(7, 9))
def test_rounding_keeps_every_price_that_is_at_most_one_part_above_another(prices, scale):
    """And 0 stays 0, and whole millionths stay themselves."""
    fine = [0, *prices]
    whole = _rounded(np.array(fine), scale).tolist()
    assert whole[0] == 0
    for one, rounded in zip(fine, whole, strict=True):
        assert abs(rounded * scale - one) < scale
        for other, theirs in zip(fine, whole, strict=True):
            for more in range(-9, 10):
                assert one > other + more * scale + 1 or rounded <= theirs + more


def test_few_distinct_scores_do_not_make_fine_steps_long():
    """Prices stand on a few levels then; when they were rounded between fine steps, these took twenty times as long."""
    many, chance = medium_round(1_000, 300, 20, 1.1, seed=6), np.random.default_rng(3)
    coarse = tuple({mentor: 500_000 * int(chance.integers(3)) for mentor in row} for row in many.rows)
    moves, found = counted_moves(Sparse(coarse, many.seats, many.bonus))
    assert found.value == found.bound
    assert moves < 50 * len(many.rows)


def counted_moves(sparse: Sparse) -> tuple[int, Auctioned]:
    """How often a mentor came down to somebody, in the plain auction."""
    moves = 0
    attract = auction_plain._Market._attract

    def counted(market, mentor, step):
        nonlocal moves
        moves += 1
        return attract(market, mentor, step)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auction_plain._Market, "_attract", counted)
        found = held(sparse)
    return moves, found


def test_each_phase_leaves_everybody_content_to_within_its_step():
    edges, seats, bonus = medium_round(300, 60, 10, 1.1, seed=2).given
    terms = terms_of(edges, bonus)
    for market in (
        auction._Market(edges, rooms(edges, seats), terms),
        PYTHON._Market(edges, rooms(edges, seats), terms),
    ):
        for step in (40_000, 3_000, 200, 1):
            market.phase(step * terms.scale)
            market.put_prices(market.prices().copy())
            assert market.regrets.max() <= step * terms.scale
            assert market.regrets.min() >= 0
            taken = np.bincount(market.mentor_of()[market.mentor_of() >= 0], minlength=60)
            assert not market.prices()[taken < seats].any()


def test_a_mentor_with_more_seats_than_anybody_needs_costs_nothing():
    sparse = Sparse(tuple({0: 10 * row, 1: 500} for row in range(40)), (10**12, 3), 10)
    found = held(sparse, EXACT, auction)
    assert found.value == found.bound == sum(10 + max(10 * row, 500) for row in range(40)) - _crowding()
    assert found.prices[0] == 0


def _crowding() -> int:
    """Of 40 mentees, three have the second mentor: those to whom it matters most."""
    gains = sorted(max(0, 500 - 10 * row) for row in range(40))
    return sum(gains[:-3])


def test_the_bonus_for_two_million_mentees_still_fits():
    sparse = Sparse(({0: 1_000_000, 1: 999_999}, {0: 1_000_000}), (1, 1), placing_first(2_000_000))
    assert held(sparse, EXACT, auction).value == 2 * sparse.bonus + 1_999_999
    wide = Edges(np.zeros(2_000_001, dtype=np.int64), np.empty(0, np.int32), np.empty(0, np.int32), 1)
    terms = terms_of(wide, sparse.bonus)
    assert terms.scale > 2_000_000
    assert terms.top < 2**62


@CODES
@pytest.mark.parametrize("bonus", [-1, 2**62])
def test_a_bonus_that_cannot_be_reckoned_with_is_refused(code, bonus):
    with pytest.raises(ArithmeticError):
        held(Sparse(({0: 1},), (1,), bonus), code=code)


def test_near_the_largest_bonus_the_bound_still_holds():
    sparse = Sparse(({0: 3, 1: 2}, {0: 3, 1: 1}, {1: 9}), (1, 1), 2**61)
    found = held(sparse, EXACT, auction)
    assert is_proved(sparse, found)
    assert found.value <= best_by_trying(sparse) <= found.bound


def test_steps_that_do_not_become_smaller_are_refused():
    with pytest.raises(ValueError):
        Effort(narrowing=1)


def test_arrays_that_may_not_be_written_to_are_taken_and_left_as_they_are():
    edges, seats, bonus = medium_round(40, 10, 4, 1.0, seed=3).given
    expected = told(auction.auction(edges, seats, bonus))
    before = [array.copy() for array in (edges.starts, edges.mentors, edges.scores, seats)]
    for array in (edges.starts, edges.mentors, edges.scores, seats):
        array.setflags(write=False)
    assert told(auction.auction(edges, seats, bonus)) == expected
    after = (edges.starts, edges.mentors, edges.scores, seats)
    assert all(np.array_equal(*two) for two in zip(before, after, strict=True))


def test_importing_it_loads_neither_numpy_nor_a_compiler():
    code = (
        "import sys; import cheiron.core.matching.auction, cheiron.core.matching.auction_plain;"
        "print([name for name in ('numpy', 'numba', 'ortools', 'scipy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
