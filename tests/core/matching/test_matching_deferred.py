"""Deferred acceptance on sparse edges: against every choice there is on small rounds, and by theorems that always hold."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec, module_from_spec
from itertools import chain, combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.matching import compiled, deferred, deferred_plain, stable
from cheiron.core.matching.ranked_lists import Ranked

Pairs = frozenset[tuple[int, int]]
"""A choice: (mentee, mentor)."""

DIRECTIONS = pytest.mark.parametrize("proposing", ["mentees_propose", "mentors_propose"])


@dataclass(frozen=True)
class Round:
    """Whom each person ranks, best first, and how many they can have. Gaps stretch the places."""

    mentees: tuple[tuple[int, ...], ...]
    mentors: tuple[tuple[int, ...], ...]
    wanted: tuple[int, ...]
    seats: tuple[int, ...]
    gap: int = 1

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return [(mentee, mentor) for mentee, ranked in enumerate(self.mentees) for mentor in sorted(ranked)]

    def arrays(self) -> tuple[np.ndarray, ...]:
        places = [(self.mentees[a].index(b), self.mentors[b].index(a)) for a, b in self.pairs]
        mine, theirs = (np.array([1 + self.gap * two[side] for two in places], dtype=np.int32) for side in (0, 1))
        starts = np.cumsum([0, *map(len, self.mentees)]).astype(np.int64)
        mentors = np.array([mentor for _, mentor in self.pairs], dtype=np.int32)
        counts = (np.array(one, dtype=np.int64) for one in (self.wanted, self.seats))
        return starts, mentors, mine, theirs, *counts

    def chosen(self, mask: np.ndarray) -> Pairs:
        assert mask.dtype == np.bool_
        return frozenset(pair for pair, mark in zip(self.pairs, mask.tolist(), strict=True) if mark)

    def settled(self, proposing: str = "mentees_propose", code: object = deferred_plain) -> Pairs:
        return self.chosen(getattr(code, proposing)(*self.arrays()))

    def ranked_by(self, mentee: int, told: tuple[int, ...]) -> "Round":
        """The same round when one mentee tells another list."""
        others = tuple(
            tuple(one for one in ranked if one != mentee or mentor in told)
            for mentor, ranked in enumerate(self.mentors)
        )
        return replace(self, mentees=(*self.mentees[:mentee], told, *self.mentees[mentee + 1 :]), mentors=others)


@st.composite
def rounds(draw: st.DrawFn, n: int = 6, m: int = 4, wanted: int = 1, least: int = 0) -> Round:
    """Sparse rounds, sides that may be empty, seats that may be none; ``wanted`` is the most that a mentee seeks."""
    mentees, mentors = draw(st.integers(least, n)), draw(st.integers(least, m))
    some = st.lists(st.sampled_from(range(mentors)), unique=True) if mentors else st.just([])
    mine = [tuple(draw(some)) for _ in range(mentees)]
    theirs = [tuple(draw(st.permutations([a for a in range(mentees) if b in mine[a]]))) for b in range(mentors)]
    sought = [draw(st.integers(1, wanted)) for _ in range(mentees)]
    seats = [draw(st.integers(0, 3)) for _ in range(mentors)]
    return Round(tuple(mine), tuple(theirs), tuple(sought), tuple(seats), draw(st.integers(1, 3)))


@st.composite
def contested(draw: st.DrawFn, n: int = 5, m: int = 4, wanted: int = 1) -> Round:
    """Rounds with several stable choices: each side likes best by whom it is liked least; then a little disorder."""
    mentors, sought = draw(st.integers(2, m)), draw(st.integers(1, wanted))
    mentees = draw(st.integers(mentors, n))
    mine = [[(a + step) % mentors for step in range(mentors)] for a in range(mentees)]
    theirs = [sorted(range(mentees), key=lambda a, b=b: ((a - b - 1) % mentors, a)) for b in range(mentors)]
    _disorder(draw, mine + theirs)
    for a, b in draw(st.sets(st.tuples(st.integers(0, mentees - 1), st.integers(0, mentors - 1)), max_size=3)):
        mine[a].remove(b)
        theirs[b].remove(a)
    seats = [sum((a - b) % mentors < sought for a in range(mentees)) for b in range(mentors)]
    seats[0] = draw(st.sampled_from((seats[0], seats[0] + 1, 0)))
    return Round(tuple(map(tuple, mine)), tuple(map(tuple, theirs)), (sought,) * mentees, tuple(seats))


def _disorder(draw: st.DrawFn, lists: list[list[int]]) -> None:
    """A few neighbors in some of the lists change places."""
    for which, at in draw(st.lists(st.tuples(st.integers(0, len(lists) - 1), st.integers(0, 9)), max_size=4)):
        ranked = lists[which]
        at %= len(ranked) - 1
        ranked[at : at + 2] = ranked[at : at + 2][::-1]


def as_python() -> object:
    """The module of the kernels as it is where numba is missing."""
    spec = find_spec("cheiron.core.matching.deferred")
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "AVAILABLE", False)
        spec.loader.exec_module(module)
        module._compile()
    return module


PYTHON = as_python()
CODES = pytest.mark.parametrize("code", [deferred, PYTHON], ids=["machine code", "python"])


# ---------- what is a stable choice: straight from the definition ----------


def wants_more(own: list[int], ranked: tuple[int, ...], other: int, seats: int) -> bool:
    """Somebody who has ``own`` would rather have the other than one of them, or than an empty seat."""
    return len(own) < seats or any(ranked.index(other) < ranked.index(one) for one in own)


def blocking(a_round: Round, choice: Pairs) -> list[tuple[int, int]]:
    return [
        (mentee, mentor)
        for mentee, mentor in a_round.pairs
        if (mentee, mentor) not in choice
        and wants_more([b for a, b in choice if a == mentee], a_round.mentees[mentee], mentor, a_round.wanted[mentee])
        and wants_more([a for a, b in choice if b == mentor], a_round.mentors[mentor], mentee, a_round.seats[mentor])
    ]


def is_possible(a_round: Round, choice: Pairs) -> bool:
    of_mentees, of_mentors = Counter(a for a, _ in choice), Counter(b for _, b in choice)
    return all(of_mentees[a] <= most for a, most in enumerate(a_round.wanted)) and all(
        of_mentors[b] <= most for b, most in enumerate(a_round.seats)
    )


def every_stable_choice(a_round: Round) -> list[Pairs]:
    """By trying all."""
    return [
        frozenset(one) for one in _fillings(a_round, 0, list(a_round.seats)) if not blocking(a_round, frozenset(one))
    ]


def _fillings(a_round: Round, mentee: int, left: list[int]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every way to fill seats from this mentee on."""
    if mentee == len(a_round.mentees):
        yield ()
        return
    open_to = [mentor for mentor in a_round.mentees[mentee] if left[mentor]]
    for count in range(a_round.wanted[mentee] + 1):
        for some in combinations(open_to, count):
            rest = [seats - (mentor in some) for mentor, seats in enumerate(left)]
            for others in _fillings(a_round, mentee + 1, rest):
                yield (*((mentee, mentor) for mentor in some), *others)


def people_of(choice: Pairs, side: int, one: int) -> set[int]:
    return {pair[1 - side] for pair in choice if pair[side] == one}


# ---------- kernel and twin ----------


@settings(deadline=None, max_examples=500)
@given(rounds(n=12, m=8, wanted=4), st.sampled_from(["mentees_propose", "mentors_propose"]))
def test_the_kernels_choose_what_the_twin_chooses(a_round, proposing):
    expected = a_round.settled(proposing)
    assert a_round.settled(proposing, deferred) == expected
    assert a_round.settled(proposing, PYTHON) == expected


@settings(deadline=None, max_examples=200)
@given(rounds(n=12, m=8), st.sampled_from([0, 10**6, 2**62]))
def test_one_each_is_the_choice_of_one_mentor_each(a_round, more_seats):
    """More seats than there are edges, too, which are then counted instead of laid out."""
    a_round = replace(a_round, seats=tuple(seats and seats + more_seats for seats in a_round.seats))
    starts, mentors, mine, theirs, _, seats = a_round.arrays()
    for proposing, mentees_first in (("mentees_propose", True), ("mentors_propose", False)):
        expected = dict(a_round.settled(proposing))
        for code in (deferred_plain, deferred, PYTHON):
            assert a_round.settled(proposing, code) == frozenset(expected.items())
            mentor_of = code.one_each(starts, mentors, mine, theirs, seats, mentees_first)
            assert mentor_of.dtype == np.int32
            assert mentor_of.tolist() == [expected.get(mentee, -1) for mentee in range(len(starts) - 1)]


@CODES
@DIRECTIONS
@pytest.mark.parametrize(
    "a_round",
    [
        Round((), (), (), ()),
        Round((), ((), ()), (), (2, 0)),
        Round(((), ()), (), (1, 3), ()),
        Round(((), ()), ((),), (1, 1), (2,)),
        Round(((0,), (0,)), ((1, 0),), (1, 1), (0,)),
    ],
)
def test_nobody_on_one_side_or_no_edge_or_no_seat_is_no_choice(code, proposing, a_round):
    assert a_round.settled(proposing, code) == a_round.settled(proposing) == frozenset()


@CODES
def test_whoever_proposes_gets_their_first(code):
    crossed = Round(((0, 1), (1, 0)), ((1, 0), (0, 1)), (1, 1), (1, 1))
    assert crossed.settled("mentees_propose", code) == {(0, 0), (1, 1)}
    assert crossed.settled("mentors_propose", code) == {(0, 1), (1, 0)}


@CODES
def test_places_near_the_largest_number_are_told_apart(code):
    starts, mentors = np.array([0, 1, 2, 3]), np.zeros(3, dtype=np.int32)
    places = np.array([2**31 - 1, 2**31 - 3, 2**31 - 2], dtype=np.int32)
    ones, seats = np.ones(3, dtype=np.int64), np.array([2])
    for propose in (code.mentees_propose, code.mentors_propose):
        assert propose(starts, mentors, places, places, ones, seats).tolist() == [False, True, True]


@CODES
@DIRECTIONS
def test_places_that_are_shared_against_the_rule_still_give_a_choice_that_fits(code, proposing):
    starts, mentors, mine, theirs, wanted, seats = large(40, 10, 5, 2, seed=1)
    chosen = getattr(code, proposing)(starts, mentors, mine // 2, theirs // 2, wanted, seats)
    assert (np.bincount(np.repeat(np.arange(40), 5)[chosen], minlength=40) <= wanted).all()
    assert (np.bincount(mentors[chosen], minlength=10) <= seats).all()
    chosen = getattr(code, proposing)(starts, mentors, mine * 0 + 1, theirs * 0 + 1, wanted, seats)
    assert 0 < chosen.sum() <= seats.sum()


# ---------- one mentor each: hospitals and residents ----------


@settings(deadline=None, max_examples=400)
@given(rounds(n=5, m=4) | contested())
def test_the_choice_is_one_of_all_stable_ones_and_the_best_for_each_who_proposes(a_round):
    every = every_stable_choice(a_round)
    for proposing, side in (("mentees_propose", 0), ("mentors_propose", 1)):
        found = a_round.settled(proposing)
        assert found in every
        for one, ranked in enumerate((a_round.mentees, a_round.mentors)[side]):
            own = sorted(map(ranked.index, people_of(found, side, one)))
            for other in every:
                theirs = sorted(map(ranked.index, people_of(other, side, one)))
                assert len(own) == len(theirs)
                assert all(mine <= rival for mine, rival in zip(own, theirs, strict=True))


@settings(deadline=None, max_examples=300)
@given(rounds(n=5, m=4) | contested())
def test_all_stable_choices_place_the_same_mentees_and_fill_the_same_seats(a_round):
    """The rural hospitals theorem; where a seat stays open, the people are the very same (Roth 1986)."""
    first, *others = every_stable_choice(a_round)
    for other in others:
        assert {a for a, _ in other} == {a for a, _ in first}
        for mentor, seats in enumerate(a_round.seats):
            mine, theirs = people_of(first, 1, mentor), people_of(other, 1, mentor)
            assert len(mine) == len(theirs)
            assert mine == theirs or len(mine) == seats


@settings(deadline=None, max_examples=300)
@given(contested())
def test_the_better_and_the_worse_of_two_stable_choices_are_stable(a_round):
    every = every_stable_choice(a_round)
    for one, other in combinations(every, 2):
        for pick in (min, max):
            assert frozenset(
                (a, pick(people_of(one, 0, a) | people_of(other, 0, a), key=a_round.mentees[a].index))
                for a, _ in one
            ) in every  # fmt: skip


@CODES
def test_the_oracles_see_rounds_with_several_stable_choices(code):
    """Three mentees in a circle: three stable choices, each the meet or join of others."""
    circle = Round(((0, 1, 2), (1, 2, 0), (2, 0, 1)), ((1, 2, 0), (2, 0, 1), (0, 1, 2)), (1, 1, 1), (1, 1, 1))
    assert len(every_stable_choice(circle)) == 3
    assert circle.settled("mentees_propose", code) == {(0, 0), (1, 1), (2, 2)}
    assert circle.settled("mentors_propose", code) == {(0, 2), (1, 0), (2, 1)}


def every_list(people: int) -> Iterator[tuple[int, ...]]:
    """All orders of all parts of the people."""
    return chain.from_iterable(permutations(range(people), length) for length in range(people + 1))


@settings(deadline=None, max_examples=100)
@given(rounds(n=4, m=3, least=1) | contested(n=4, m=3))
def test_no_mentee_gets_a_better_mentor_by_any_list_that_is_not_their_own(a_round):
    honest = a_round.settled()
    for mentee, truth in enumerate(a_round.mentees):
        own = min(map(truth.index, people_of(honest, 0, mentee)), default=len(truth))
        for told in every_list(len(a_round.mentors)):
            if set(told) <= set(truth):
                got = people_of(a_round.ranked_by(mentee, told).settled(), 0, mentee)
                assert own <= min(map(truth.index, got), default=len(truth))


@DIRECTIONS
@settings(deadline=None, max_examples=150)
@given(a_round=rounds(n=10, m=6, least=1) | contested(n=10, m=6))
def test_one_more_seat_harms_no_mentee(proposing, a_round):
    before = a_round.settled(proposing)
    for mentor in range(len(a_round.mentors)):
        seats = tuple(count + (at == mentor) for at, count in enumerate(a_round.seats))
        after = replace(a_round, seats=seats).settled(proposing)
        for mentee, ranked in enumerate(a_round.mentees):
            old, new = (
                min(map(ranked.index, people_of(one, 0, mentee)), default=len(ranked)) for one in (before, after)
            )
            assert new <= old


@settings(deadline=None, max_examples=200)
@given(rounds(n=10, m=6, wanted=3), st.sampled_from(["mentees_propose", "mentors_propose"]), st.randoms())
def test_other_names_for_the_same_people_give_the_same_choice(a_round, proposing, chance):
    new_a, new_b = list(range(len(a_round.mentees))), list(range(len(a_round.mentors)))
    chance.shuffle(new_a)
    chance.shuffle(new_b)
    mentees, wanted = [()] * len(new_a), [0] * len(new_a)
    mentors, seats = [()] * len(new_b), [0] * len(new_b)
    for old, new in enumerate(new_a):
        mentees[new], wanted[new] = tuple(new_b[b] for b in a_round.mentees[old]), a_round.wanted[old]
    for old, new in enumerate(new_b):
        mentors[new], seats[new] = tuple(new_a[a] for a in a_round.mentors[old]), a_round.seats[old]
    renamed = Round(tuple(mentees), tuple(mentors), tuple(wanted), tuple(seats))
    expected = {(new_a[a], new_b[b]) for a, b in a_round.settled(proposing)}
    assert renamed.settled(proposing) == renamed.settled(proposing, deferred) == expected


# ---------- several mentors each ----------


@settings(deadline=None, max_examples=300)
@given(rounds(n=4, m=3, wanted=3) | contested(n=4, m=4, wanted=2))
def test_with_several_mentors_each_the_choice_is_stable_and_the_best_for_each_who_proposes(a_round):
    """Of what somebody has in this choice and in any other stable one together, they would pick what they have here."""
    every = every_stable_choice(a_round)
    for proposing, side in (("mentees_propose", 0), ("mentors_propose", 1)):
        found = a_round.settled(proposing)
        assert found in every
        wants = (a_round.wanted, a_round.seats)[side]
        for one, ranked in enumerate((a_round.mentees, a_round.mentors)[side]):
            for other in every:
                both = people_of(found, side, one) | people_of(other, side, one)
                assert set(sorted(both, key=ranked.index)[: wants[one]]) == people_of(found, side, one)


@settings(deadline=None, max_examples=300)
@given(rounds(n=14, m=8, wanted=4), st.sampled_from(["mentees_propose", "mentors_propose"]))
def test_with_several_mentors_each_no_two_would_both_rather_have_each_other(a_round, proposing):
    found = a_round.settled(proposing)
    assert is_possible(a_round, found)
    assert blocking(a_round, found) == []


# ---------- under supervisors ----------


@dataclass(frozen=True)
class Supervised:
    """A round in which mentors have no order; each supervisor ranks all mentees and has seats over all their mentors."""

    mentees: tuple[tuple[int, ...], ...]
    seats: tuple[int, ...]
    supervisors: tuple[int, ...]
    orders: tuple[tuple[int, ...], ...]
    supervisor_seats: tuple[int, ...]

    def settled(self, code: object = deferred_plain) -> Pairs:
        plain = Round(self.mentees, tuple(self.orders[above] for above in self.supervisors), (), self.seats)
        starts, mentors, mine, theirs, _, seats = plain.arrays()
        above = np.array(self.supervisors, dtype=np.int32), np.array(self.supervisor_seats, dtype=np.int64)
        return plain.chosen(code.under_supervisors(starts, mentors, mine, theirs, seats, *above))

    def held_above(self, choice: Pairs, supervisor: int) -> list[int]:
        return [a for a, b in choice if self.supervisors[b] == supervisor]


@st.composite
def supervised(draw: st.DrawFn, n: int = 5, m: int = 4, k: int = 3) -> Supervised:
    mentees, mentors, people = draw(st.integers(0, n)), draw(st.integers(0, m)), draw(st.integers(1, k))
    some = st.lists(st.sampled_from(range(mentors)), unique=True) if mentors else st.just([])
    return Supervised(
        tuple(tuple(draw(some)) for _ in range(mentees)),
        tuple(draw(st.integers(0, 3)) for _ in range(mentors)),
        tuple(draw(st.integers(0, people - 1)) for _ in range(mentors)),
        tuple(tuple(draw(st.permutations(range(mentees)))) for _ in range(people)),
        tuple(draw(st.integers(0, 4)) for _ in range(people)),
    )


@st.composite
def contested_above(draw: st.DrawFn, n: int = 5, m: int = 4) -> Supervised:
    """The same under supervisors: a supervisor likes those least who like their mentors best."""
    mentors = draw(st.integers(2, m))
    mentees, people = draw(st.integers(mentors, n)), draw(st.integers(2, mentors))
    mine = [[(a + step) % mentors for step in range(mentors)] for a in range(mentees)]
    orders = [sorted(range(mentees), key=lambda a, k=k: ((a - k - 1) % people, a)) for k in range(people)]
    _disorder(draw, mine + orders)
    above = [b % people for b in range(mentors)]
    seats = [draw(st.integers(1, 2)) for _ in range(mentors)]
    seats_above = [draw(st.integers(1, 1 + above.count(k))) for k in range(people)]
    return Supervised(
        tuple(map(tuple, mine)), tuple(seats), tuple(above), tuple(map(tuple, orders)), tuple(seats_above)
    )


def blocks_above(a_round: Supervised, choice: Pairs, mentee: int, mentor: int) -> bool:
    """Abraham, Irving and Manlove 2007, definition of a blocking pair, clause by clause."""
    supervisor = a_round.supervisors[mentor]
    ranked, order = a_round.mentees[mentee], a_round.orders[supervisor]
    own = people_of(choice, 0, mentee)
    if own and ranked.index(mentor) >= min(map(ranked.index, own)):
        return False
    here, all_of_them = people_of(choice, 1, mentor), a_round.held_above(choice, supervisor)
    rather = [{other for other in held if order.index(mentee) < order.index(other)} for held in (here, all_of_them)]
    if len(here) >= a_round.seats[mentor]:
        return bool(rather[0])
    if len(all_of_them) < a_round.supervisor_seats[supervisor]:
        return True
    return mentee in all_of_them or bool(rather[1])


def blocking_above(a_round: Supervised, choice: Pairs) -> list[tuple[int, int]]:
    return [
        (mentee, mentor)
        for mentee, ranked in enumerate(a_round.mentees)
        for mentor in ranked
        if blocks_above(a_round, choice, mentee, mentor)
    ]


def is_possible_above(a_round: Supervised, choice: Pairs) -> bool:
    return (
        len({a for a, _ in choice}) == len(choice)
        and all(len(people_of(choice, 1, b)) <= most for b, most in enumerate(a_round.seats))
        and all(len(a_round.held_above(choice, k)) <= most for k, most in enumerate(a_round.supervisor_seats))
    )


def every_stable_choice_above(a_round: Supervised) -> list[Pairs]:
    options = [(None, *ranked) for ranked in a_round.mentees]
    choices = (frozenset((a, b) for a, b in enumerate(one) if b is not None) for one in product(*options))
    return [one for one in choices if is_possible_above(a_round, one) and not blocking_above(a_round, one)]


@settings(deadline=None, max_examples=400)
@given(supervised() | contested_above())
def test_under_supervisors_the_choice_is_one_of_all_stable_ones_and_the_best_for_each_mentee(a_round):
    """And all of them place the same mentees, and as many with each supervisor (theorem 4.1 of the paper)."""
    every, found = every_stable_choice_above(a_round), a_round.settled()
    assert found in every
    own = dict(found)
    for other in every:
        rival = dict(other)
        assert rival.keys() == own.keys()
        assert all(a_round.mentees[a].index(own[a]) <= a_round.mentees[a].index(rival[a]) for a in own)
        for supervisor in range(len(a_round.orders)):
            held = [len(a_round.held_above(one, supervisor)) for one in (found, other)]
            assert held[0] == held[1]


@settings(deadline=None, max_examples=400)
@given(supervised(n=14, m=9, k=4) | contested_above(n=12, m=6))
def test_under_supervisors_the_kernels_choose_what_the_twin_chooses_and_nothing_blocks(a_round):
    found = a_round.settled()
    assert is_possible_above(a_round, found)
    assert blocking_above(a_round, found) == []
    assert a_round.settled(deferred) == a_round.settled(PYTHON) == found


@settings(deadline=None, max_examples=200)
@given(rounds(n=10, m=6))
def test_supervisors_of_one_mentor_each_with_seats_enough_change_nothing(a_round):
    starts, mentors, mine, theirs, _, seats = a_round.arrays()
    above = np.arange(len(seats), dtype=np.int32), seats + 1
    found = deferred_plain.under_supervisors(starts, mentors, mine, theirs, seats, *above)
    assert a_round.chosen(found) == a_round.settled()


@settings(deadline=None, max_examples=60)
@given(supervised(n=4, m=3, k=2) | contested_above(n=4, m=3))
def test_under_supervisors_no_mentee_gets_a_better_mentor_by_any_list_that_is_not_their_own(a_round):
    honest = dict(a_round.settled())
    for mentee, truth in enumerate(a_round.mentees):
        own = truth.index(honest[mentee]) if mentee in honest else len(truth)
        for told in every_list(len(a_round.seats)):
            if set(told) <= set(truth):
                lists = (*a_round.mentees[:mentee], told, *a_round.mentees[mentee + 1 :])
                got = dict(replace(a_round, mentees=lists).settled()).get(mentee)
                assert got is None or own <= truth.index(got)


# ---------- large rounds ----------


def large(n: int, m: int, degree: int, most: int, seed: int) -> tuple[np.ndarray, ...]:
    """Arrays of a round in which some mentors are sought by many."""
    chance = np.random.default_rng(seed)
    popular = chance.random(m)
    columns = np.array([np.sort(chance.choice(m, degree, replace=False)) for _ in range(n)])
    mine = np.argsort(np.argsort(-popular[columns] - chance.random((n, degree)), axis=1), axis=1) + 1
    mentors = columns.ravel()
    drawn = np.lexsort((chance.random(n * degree), mentors))
    firsts = np.searchsorted(mentors[drawn], mentors[drawn])
    theirs = np.empty(n * degree, dtype=np.int32)
    theirs[drawn] = np.arange(n * degree) - firsts + 1
    wanted, seats = chance.integers(1, most + 1, n), chance.integers(0, 6, m)
    starts = np.arange(0, n * degree + 1, degree)
    return starts, mentors.astype(np.int32), mine.ravel().astype(np.int32), theirs, wanted, seats


def worst_held(owners: np.ndarray, places: np.ndarray, chosen: np.ndarray, seats: np.ndarray) -> np.ndarray:
    """What somebody must come before: the worst place held, or any where a seat is open, or none without seats."""
    worst = np.zeros(len(seats), dtype=np.int64)
    np.maximum.at(worst, owners[chosen], places[chosen])
    return np.where(np.bincount(owners[chosen], minlength=len(seats)) < seats, 2**31, worst)


@DIRECTIONS
@pytest.mark.parametrize("most", [1, 4])
def test_large_rounds_fit_the_seats_and_have_no_blocking_pair(proposing, most):
    _, mentors, mine, theirs, wanted, seats = a_round = large(4_000, 1_200, 20, most, seed=most)
    chosen = getattr(deferred, proposing)(*a_round)
    mentees = np.repeat(np.arange(4_000), 20)
    assert (np.bincount(mentees[chosen], minlength=4_000) <= wanted).all()
    assert (np.bincount(mentors[chosen], minlength=1_200) <= seats).all()
    reach = [worst_held(mentees, mine, chosen, wanted)[mentees], worst_held(mentors, theirs, chosen, seats)[mentors]]
    assert not (~chosen & (mine < reach[0]) & (theirs < reach[1])).any()
    assert chosen.sum() > 2_000
    assert (chosen == getattr(deferred_plain, proposing)(*a_round)).all()


def test_a_large_round_under_supervisors_fits_the_seats_and_has_no_blocking_pair():
    n, m, k, degree = 4_000, 1_200, 150, 20
    starts, mentors, mine, _, _, seats = large(n, m, degree, 1, seed=9)
    chance = np.random.default_rng(10)
    supervisors, above = chance.integers(0, k, m).astype(np.int32), chance.integers(0, 25, k)
    mentees, of_edge = np.repeat(np.arange(n), degree), supervisors[mentors]
    orders = np.array([chance.permutation(n) + 1 for _ in range(k)], dtype=np.int32)
    theirs = orders[of_edge, mentees]
    chosen = deferred.under_supervisors(starts, mentors, mine, theirs, seats, supervisors, above)
    assert (np.bincount(mentees[chosen], minlength=n) <= 1).all()
    assert (np.bincount(mentors[chosen], minlength=m) <= seats).all()
    held = np.bincount(of_edge[chosen], minlength=k)
    assert (held <= above).all()
    assert held.sum() > 1_000
    with_whom = np.full(n, -1)
    with_whom[mentees[chosen]] = of_edge[chosen]
    wish = mine < worst_held(mentees, mine, chosen, np.ones(n, dtype=np.int64))[mentees]
    at_mentor = theirs < worst_held(mentors, theirs, chosen, seats)[mentors]
    at_supervisor = (theirs < worst_held(of_edge, theirs, chosen, above)[of_edge]) | (with_whom[mentees] == of_edge)
    full = np.bincount(mentors[chosen], minlength=m)[mentors] >= seats[mentors]
    assert not (~chosen & wish & at_mentor & (full | at_supervisor)).any()
    again = deferred_plain.under_supervisors(starts, mentors, mine, theirs, seats, supervisors, above)
    assert (chosen == again).all()


# ---------- by which code ----------


@DIRECTIONS
def test_a_round_is_the_same_by_either_code_and_from_arrays_of_any_form(proposing, monkeypatch):
    starts, mentors, mine, theirs, ones, seats = large(300, 90, 12, 1, seed=3)
    chosen = getattr(deferred_plain, proposing)(starts, mentors, mine, theirs, ones, seats)
    expected = [next(iter(mentors[at : at + 12][chosen[at : at + 12]]), -1) for at in starts[:-1]]
    ranked = Ranked(starts, mentors, mine, theirs)
    odd = Ranked(starts.astype(np.int32), mentors.astype(np.int64), mine.repeat(2)[::2], theirs.copy())
    odd.of_mentors.setflags(write=False)
    assert chosen.sum() > 50
    for limit, form in product((10**6, -1), (ranked, odd)):
        monkeypatch.setattr(stable, "PLAIN_UP_TO", limit)
        found = stable.stable_mentors(form, seats, proposing == "mentees_propose")
        assert (found.dtype, found.tolist()) == (np.int32, expected)
        edges = stable.stable_edges(form, ones, seats, proposing == "mentees_propose")
        assert (edges == chosen).all()


def test_under_supervisors_a_round_is_the_same_by_either_code(monkeypatch):
    starts, mentors, mine, _, _, seats = large(300, 90, 12, 1, seed=4)
    theirs = np.repeat(np.random.default_rng(0).permutation(300) + 1, 12)
    supervisors, above = np.arange(90) // 6, np.full(15, 8)
    found = []
    for limit in (10**6, -1):
        monkeypatch.setattr(stable, "PLAIN_UP_TO", limit)
        ranked = Ranked(starts, mentors, mine, theirs)
        found.append(stable.stable_under_supervisors(ranked, seats, supervisors, above))
    held = np.bincount(supervisors[found[0][found[0] >= 0]], minlength=15)
    assert (held.max(), held.sum() > 100) == (8, True)
    assert (found[0] == found[1]).all()


@pytest.mark.parametrize(
    "change",
    [
        {"mentors": np.array([0, 2])},
        {"mentors": np.array([-1, 0])},
        {"mentors": np.array([0])},
        {"starts": np.array([0, 1, 3])},
        {"starts": np.array([1, 1, 2])},
        {"starts": np.array([0, 2])},
        {"of_mentees": np.array([1])},
        {"of_mentors": np.array([1, 2, 3])},
    ],
)
def test_arrays_that_point_outside_are_refused(change):
    good = Ranked(np.array([0, 1, 2]), np.array([0, 1]), np.array([1, 1]), np.array([1, 1]))
    two = np.array([1, 1])
    assert (
        stable.stable_mentors(good, two).tolist()
        == stable.stable_under_supervisors(good, two, np.arange(2), two).tolist()
    )
    with pytest.raises(ValueError):
        stable.stable_edges(replace(good, **change), two, two)


@pytest.mark.parametrize("supervisors", [[0, 2], [-1, 0], [0]])
def test_supervisors_who_are_not_there_are_refused(supervisors):
    good = Ranked(np.array([0, 1, 2]), np.array([0, 1]), np.array([1, 1]), np.array([1, 1]))
    two = np.array([1, 1])
    with pytest.raises(ValueError):
        stable.stable_under_supervisors(good, two, np.array(supervisors), two)


def test_a_small_round_does_not_wait_for_the_compiler():
    code = (
        "import sys, numpy as np\n"
        "from cheiron.core.matching.stable import stable_choice\n"
        "import cheiron.core.matching.deferred\n"
        "order = np.array([[0, 1], [0, 1]])\n"
        "print(stable_choice(order, order.T, np.array([1, 1]), True).tolist(), 'numba' in sys.modules)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (asked.stdout.strip(), asked.stderr) == ("[0, 1] False", "")
