"""What every method must hold, whichever door leads to it. ``doors`` says which doors there are."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.network.problem import (
    Cap,
    Demand,
    Keep,
    Network,
    Offer,
    Places,
    Settled,
    network_of,
)
from cheiron.core.matching.network.result import Prices
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.problem import NO_EDGE, Forbid, Mentor, Method, Pin, Problem, Rule
from cheiron.core.matching.result import Stability
from tests.core.matching.doors import (
    BEST,
    DOORS,
    NEAR,
    STABLE,
    Door,
    Pairs,
    aim,
    answers,
    beside,
    by_hand,
    fingerprint,
    fixed_round,
    kept,
    left_out,
    mentor_ids,
    pairs_of,
    place_of,
    renamed,
    shuffled,
)
from tests.core.matching.orders import choice_of, rounds_with_orders, stable_choices
from tests.core.matching.rounds import best_by_scipy, round_of

ROOT = Path(__file__).resolve().parents[3]
SHORT = bool(os.environ.get("CONTRACT_SHORT"))
"""Set where the suite runs once more inside itself, without Django and SQLite."""


def examples(many: int) -> Any:
    return settings(deadline=None, max_examples=10 if SHORT else many)


def by_door(doors: tuple[Door, ...]) -> Any:
    return pytest.mark.parametrize("door", doors, ids=str)


SMALL = rounds_with_orders(mentees=6, mentors=4)
STRICT = rounds_with_orders(mentees=6, mentors=4, ties=False)


# ---------- what every answer is ----------


@by_door(DOORS)
@examples(60)
@given(problem=rounds_with_orders())
def test_an_answer_keeps_seats_rules_and_locks_tells_of_everybody_and_is_certified(door, problem):
    task, result = door.open(problem)
    assert door.verify(task, result) == ()
    pairs = pairs_of(result)
    assert kept(problem, pairs)
    assert len(pairs) == len(result.pairs) == result.certificate.placed
    assert set(pairs) | left_out(result) == set(problem.mentees)
    assert not set(pairs) & left_out(result)


@by_door(DOORS)
def test_a_mentor_without_a_seat_takes_nobody_and_nobody_is_placed_where_there_is_none(door):
    problem = fixed_round(0)
    assert "M0" not in door.pairs(problem).values()
    nobody = replace(problem, mentors=tuple(Mentor(name, 0) for name in mentor_ids(problem)), pins=())
    assert door.pairs(nobody) == {}


@pytest.mark.parametrize("door", [door for door in DOORS if door.method in {Method.WEIGHTED, Method.AUCTION}], ids=str)
@examples(60)
@given(problem=SMALL)
def test_another_engine_finds_the_same_best_or_one_within_the_bound(door, problem):
    pairs, best = door.pairs(problem), best_by_scipy(problem)
    if door.exact:
        assert aim(problem, Method.WEIGHTED, pairs) == best
    else:
        placed, total = aim(problem, Method.WEIGHTED, pairs)
        assert placed == best[0]
        assert best[1] * (1 - 1e-4) <= total <= best[1]


@by_door(tuple(door for door in DOORS if door.name.startswith("network")))
@examples(60)
@given(problem=rounds_with_orders())
def test_a_network_written_by_hand_with_every_pair_that_has_a_score_has_the_same_answer(door, problem):
    """``network_of`` leaves out what may not be; whoever writes a file need not."""
    task = by_hand(problem, door.method)
    result = door.solve(task)
    assert door.verify(task, result) == ()
    assert pairs_of(result) == door.pairs(problem)


# ---------- the same bytes ----------


@by_door(DOORS)
@examples(25)
@given(problem=SMALL, chance=st.randoms(use_true_random=False))
def test_twice_and_shuffled_it_is_the_same_to_the_byte(door, problem, chance):
    once = fingerprint(door.open(problem)[1])
    assert fingerprint(door.open(problem)[1]) == once
    assert fingerprint(door.open(shuffled(problem, chance))[1]) == once


@cache
def answers_elsewhere(hash_seed: str) -> dict[str, list[str]]:
    """From a process in which Python puts sets and dictionaries of texts in another order."""
    code = "import json; from tests.core.matching.doors import answers; print(json.dumps(answers()))"
    around = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=around, capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout)


@cache
def answers_here() -> dict[str, list[str]]:
    return answers()


@by_door(DOORS)
@pytest.mark.parametrize("hash_seed", ["1", "4711"])
def test_another_process_gives_the_same_bytes(door, hash_seed):
    assert answers_elsewhere(hash_seed)[str(door)] == answers_here()[str(door)]


# ---------- names ----------


@st.composite
def without_ties(draw: st.DrawFn) -> Problem:
    """At most 18 pairs whose scores are powers of 2: no two choices have the same total, no place is shared."""
    problem = draw(rounds_with_orders(mentees=6, mentors=3, ties=False))
    n, m = problem.scores.shape
    powers = np.array(draw(st.permutations(range(n * m)))).reshape(n, m)
    return replace(problem, scores=np.where(problem.scores >= 0, 2**powers, NO_EDGE))


@by_door(BEST + STABLE)
@examples(60)
@given(problem=without_ties(), seed=st.integers(0, 9))
def test_where_no_tie_decides_other_names_and_another_seed_give_the_same_people(door, problem, seed):
    other = replace(renamed(problem, "", _back_to_front), seed=seed)
    expected = {_back_to_front(mentee): _back_to_front(mentor) for mentee, mentor in door.pairs(problem).items()}
    assert door.pairs(other) == expected


def _back_to_front(name: str) -> str:
    """S0 before S1 becomes S9 after S8, so that everybody stands elsewhere."""
    return name[0] + str(9 - int(name[1:]))


@by_door(NEAR)
@examples(40)
@given(problem=without_ties())
def test_near_the_best_other_names_stay_within_the_same_bound(door, problem):
    (_, here), (_, there) = door.open(problem), door.open(renamed(problem, "", _back_to_front))
    assert here.certificate.placed == there.certificate.placed
    assert max(here.certificate.value, there.certificate.value) <= min(here.certificate.bound, there.certificate.bound)


# ---------- rounds made of rounds ----------


def _of(campus: str, pairs: Pairs) -> Pairs:
    return {campus + mentee: campus + mentor for mentee, mentor in pairs.items()}


def _sum(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


@by_door(BEST)
@examples(40)
@given(one=SMALL, other=SMALL)
def test_two_campuses_add_up_and_the_same_round_twice_is_worth_twice(door, one, other):
    here, there = (aim(each, door.method, door.pairs(each)) for each in (one, other))
    both, twice = beside(one, other), beside(one, one)
    assert aim(both, door.method, door.pairs(both)) == _sum(here, there)
    assert aim(twice, door.method, door.pairs(twice)) == _sum(here, here)


@by_door(STABLE)
@examples(40)
@given(one=STRICT, other=STRICT)
def test_a_stable_choice_of_two_campuses_is_that_of_each(door, one, other):
    """Without ties; with them the seed draws anew for the new ids."""
    assert door.pairs(beside(one, other)) == _of("A", door.pairs(one)) | _of("B", door.pairs(other))


@by_door(NEAR)
@examples(25)
@given(one=SMALL, other=SMALL)
def test_near_the_best_two_campuses_add_up_within_the_bounds(door, one, other):
    whole = beside(one, other)
    first, second, both = (door.open(each)[1].certificate for each in (one, other, whole))
    assert both.placed == first.placed + second.placed
    best = sum(best_by_scipy(each)[1] for each in (one, other))
    assert best * (1 - 1e-4) <= both.total <= best


# ---------- one seat more, one pair less ----------


def _with_a_seat_more(problem: Problem, at: int) -> Problem:
    mentors = list(problem.mentors)
    mentors[at] = replace(mentors[at], capacity=mentors[at].capacity + 1)
    return replace(problem, mentors=tuple(mentors))


def _places(problem: Problem, pairs: Pairs) -> list[int]:
    """The place of each mentee's mentor in their order, locks aside; last of all for nobody."""
    held = {pin.mentee for pin in problem.pins}
    free = [mentee for mentee in problem.mentees if mentee not in held]
    return [place_of(problem, mentee, pairs[mentee]) if mentee in pairs else 10**9 for mentee in free]


@by_door(BEST)
@examples(50)
@given(problem=SMALL, data=st.data())
def test_one_more_seat_never_makes_the_aim_worse(door, problem, data):
    more = _with_a_seat_more(problem, data.draw(st.integers(0, len(problem.mentors) - 1)))
    before, after = door.pairs(problem), door.pairs(more)
    assert aim(more, door.method, after) >= aim(problem, door.method, before)
    assert len(after) >= len(before) or door.method is Method.RANK_MAXIMAL


@by_door(STABLE)
@examples(80)
@given(problem=SMALL, data=st.data())
def test_one_more_seat_harms_no_mentee_in_a_stable_choice(door, problem, data):
    more = _with_a_seat_more(problem, data.draw(st.integers(0, len(problem.mentors) - 1)))
    before, after = door.pairs(problem), door.pairs(more)
    assert len(after) >= len(before)
    pairs = zip(_places(problem, before), _places(problem, after), strict=True)
    assert all(later <= sooner for sooner, later in pairs)


@by_door(NEAR)
@examples(30)
@given(problem=SMALL, data=st.data())
def test_near_the_best_one_more_seat_places_no_fewer(door, problem, data):
    more = _with_a_seat_more(problem, data.draw(st.integers(0, len(problem.mentors) - 1)))
    assert len(door.pairs(more)) >= len(door.pairs(problem))


def _without_an_unused_pair(problem: Problem, pairs: Pairs, data: st.DataObject) -> Problem:
    unused = [
        (mentee, mentor) for mentee in problem.mentees for mentor in mentor_ids(problem) if pairs.get(mentee) != mentor
    ]
    rules = (Forbid(*data.draw(st.sampled_from(unused)), Rule.FORBIDDEN),) if unused else ()
    return replace(problem, forbids=problem.forbids + rules)


@by_door(BEST)
@examples(50)
@given(problem=SMALL, data=st.data())
def test_a_rule_against_a_pair_that_nobody_formed_changes_nothing_for_the_aim(door, problem, data):
    pairs = door.pairs(problem)
    less = _without_an_unused_pair(problem, pairs, data)
    assert aim(less, door.method, door.pairs(less)) == aim(problem, door.method, pairs)


@pytest.mark.parametrize("door", [door for door in STABLE if door.method is Method.STABLE], ids=str)
@examples(60)
@given(problem=SMALL, data=st.data())
def test_a_rule_against_a_pair_that_nobody_formed_harms_no_mentee_in_a_stable_choice(door, problem, data):
    """The old choice is stable still, and the best for each mentee is no worse than any that is."""
    pairs = door.pairs(problem)
    after = door.pairs(_without_an_unused_pair(problem, pairs, data))
    assert all(b <= a for a, b in zip(_places(problem, pairs), _places(problem, after), strict=True))


# ---------- the theory of stable choices ----------


@by_door(STABLE)
@examples(60)
@given(problem=rounds_with_orders(mentees=5, mentors=4, ties=False))
def test_all_stable_choices_form_a_lattice_and_the_engine_stands_at_its_end(door, problem):
    """Conway's lattice: whoever takes the better, or the worse, of two stable choices, all together, is stable too."""
    stable = set(stable_choices(problem))
    found = choice_of(problem, door.open(problem)[1])
    for one in stable:
        for other in stable:
            assert _picked(problem, one, other, better=True) in stable
            assert _picked(problem, one, other, better=False) in stable
        assert _picked(problem, one, found, better=door.method is Method.STABLE) == found
        assert {row for row, at in enumerate(one) if at is None} == {row for row, at in enumerate(found) if at is None}


def _picked(problem: Problem, one: Any, other: Any, *, better: bool) -> Any:
    """Of each mentee the better mentor of the two, or the worse; nobody is last."""

    def place(row: int, at: int | None) -> int:
        return 10**9 if at is None else int(problem.orders.of_mentees[row, at])

    pick = min if better else max
    return tuple(
        pick(both, key=lambda at, row=row: place(row, at)) for row, both in enumerate(zip(one, other, strict=True))
    )


@pytest.mark.parametrize("door", [door for door in STABLE if door.method is Method.STABLE], ids=str)
@examples(80)
@given(problem=rounds_with_orders(mentees=5, mentors=4, ties=False), data=st.data())
def test_no_mentee_gets_a_better_mentor_by_another_order_or_by_leaving_mentors_out(door, problem, data):
    row = data.draw(st.integers(0, len(problem.mentees) - 1))
    mine, told = problem.orders.of_mentees, problem.orders.of_mentees.copy()
    told[row] = data.draw(st.permutations(range(1, mine.shape[1] + 1)))
    listed = np.array(data.draw(st.lists(st.booleans(), min_size=mine.shape[1], max_size=mine.shape[1])))
    scores = problem.scores.copy()
    scores[row, ~listed] = NO_EDGE
    lie = replace(problem, scores=scores, orders=replace(problem.orders, of_mentees=told))
    honest, lied = _places(problem, door.pairs(problem)), _places(problem, door.pairs(lie))
    free = [mentee for mentee in problem.mentees if mentee not in {pin.mentee for pin in problem.pins}]
    if problem.mentees[row] in free:
        at = free.index(problem.mentees[row])
        assert honest[at] <= lied[at]


# ---------- proofs that can be added up again ----------


@examples(100)
@given(problem=rounds_with_orders())
def test_prices_and_pairs_complement_each_other_in_a_round(problem):
    """Complementary slackness: a mentor with an empty seat costs nothing, nobody left out has a price, pairs are met."""
    door = BEST[0]
    assert str(door) == "round, weighted"
    result = door.open(problem)[1]
    gains, costs = dict(result.certificate.mentee_prices), dict(result.certificate.mentor_prices)
    loads = list(pairs_of(result).values())
    place = 1 + len(problem.mentees) * 1_000_000
    held = {pin.mentee for pin in problem.pins}
    assert all(costs[one.id] == 0 for one in problem.mentors if loads.count(one.id) < one.capacity)
    assert all(gains[one.mentee] == 0 for one in result.unmatched)
    assert all(
        gains[one.mentee] + costs[one.mentor] == place + one.score for one in result.pairs if one.mentee not in held
    )


@examples(100)
@given(problem=rounds_with_orders())
def test_prices_and_pairs_complement_each_other_in_a_network(problem):
    """A pair that is formed gains by its prices or breaks even, one that is not loses or breaks even."""
    door = next(door for door in DOORS if str(door) == "network, weighted")
    task, result = door.open(problem)
    prices, pairs = result.certificate.prices, pairs_of(result)
    of_mentee = {one.mentee: price for one, price in zip(task.demands, prices.demands, strict=True)}
    of_mentor = {one.id: price for one, price in zip(task.offers, prices.offers, strict=True)}
    held = {pin.mentee for pin in task.pins}
    full = {pin.mentor for pin in task.pins}
    for mentee, mentor, _, score, _, _ in task.ties():
        gain = score + of_mentee[mentee] - of_mentor[mentor]
        if pairs.get(mentee) == mentor:
            assert gain >= 0 or mentee in held
        else:
            assert gain <= 0
    loads = list(pairs.values())
    for offer in task.offers:
        if offer.capacity and loads.count(offer.id) < offer.capacity:
            assert of_mentor[offer.id] <= 0 or offer.id in full
        if loads.count(offer.id):
            assert of_mentor[offer.id] >= 0


@by_door(NEAR)
@examples(60)
@given(problem=SMALL)
def test_the_value_of_an_auction_and_of_the_best_is_never_above_its_bound(door, problem):
    proof = door.open(problem)[1].certificate
    placed, total = best_by_scipy(problem)
    assert proof.value <= (1 + len(problem.mentees) * 1_000_000) * placed + total
    assert proof.value <= proof.bound


@by_door(NEAR)
@pytest.mark.parametrize("seed", range(3))
def test_in_a_crowded_round_an_auction_comes_as_near_as_it_says(door, seed):
    """All distinct scores and popular mentors, where coarse steps would stop early."""
    chance = np.random.default_rng(seed)
    scores = (1_000_000 * (3 * chance.random(40) + chance.random((120, 40))) / 4).astype(int)
    problem = round_of(scores.tolist(), chance.integers(1, 5, 40).tolist(), seed=seed)
    proof = door.open(problem)[1].certificate
    placed, total = best_by_scipy(problem)
    assert proof.placed == placed
    assert 0 <= total - proof.total <= proof.bound - proof.value <= 1e-4 * total


# ---------- nothing can be changed unseen ----------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every single value in a tree of values, tuples and arrays; of every list in a field too."""
    if is_dataclass(value):
        for one in fields(value):
            yield from leaves(getattr(value, one.name), (*path, one.name))
    elif isinstance(value, np.ndarray):
        yield from ((*path, at) for at in np.ndindex(value.shape))
    elif isinstance(value, tuple):
        if value and isinstance(path[-1], str):
            yield path
        for at, one in enumerate(value):
            yield from leaves(one, (*path, at))
    else:
        yield path


def changed(value: Any, path: tuple[Any, ...]) -> Any:
    """The same tree with the one value at the path changed."""
    if isinstance(value, np.ndarray):
        array = value.copy()
        array[path[0]] += 1 if array[path[0]] < 1_000_000 else -1
        return array
    if not path:
        return _another(value)
    if getattr(value, str(path[0]), 0) is None:
        return replace(value, **{path[0]: ABSENT.get(path[0], 1)})
    if is_dataclass(value):
        return replace(value, **{path[0]: changed(getattr(value, path[0]), path[1:])})
    return (*value[: path[0]], changed(value[path[0]], path[1:]), *value[path[0] + 1 :])


ABSENT: dict[str, Any] = {"stability": Stability((), 0, 0), "prices": Prices((), (), (), ())}
"""What is put where a proof has nothing of the kind."""


def _another(value: Any) -> Any:
    if isinstance(value, Enum):
        every = list(type(value))
        return every[(every.index(value) + 1) % len(every)]
    if isinstance(value, tuple):
        return value[1:]
    if isinstance(value, str):
        return value + "x"
    return 1 if value is None else value + 1


@by_door(DOORS)
def test_whatever_is_changed_in_a_result_is_found(door):
    task, result = door.open(fixed_round(1))
    paths = list(leaves(result))
    assert len(paths) > 30
    assert [path for path in paths if door.verify(task, changed(result, path)) == ()] == []


MADE_UP = ("versions", "prices", "stages", "result_hash")
"""What a forger who makes the fingerprint anew may change without making anything said of the pairs untrue: who solved
it, and prices that prove as well."""


@by_door(DOORS)
def test_whoever_makes_the_fingerprint_anew_can_say_nothing_untrue(door):
    problem = fixed_round(1)
    task, result = door.open(problem)
    unseen = [path for path in leaves(result) if door.verify(task, door.seal(changed(result, path))) == ()]
    known = [path for path in unseen if set(path) & {*MADE_UP, "method"} or _of_nobodys_seat(problem, path)]
    assert unseen == known


@by_door(DOORS)
def test_two_changes_that_make_up_for_each_other_are_found(door):
    """A millionth moved from one pair to another leaves every sum as it was."""
    task, result = door.open(fixed_round(1))
    first, second = [at for at, pair in enumerate(result.pairs) if pair.score][:2]
    pairs = list(result.pairs)
    pairs[first] = replace(pairs[first], score=pairs[first].score - 1)
    pairs[second] = replace(pairs[second], score=pairs[second].score + 1)
    assert door.verify(task, door.seal(replace(result, pairs=tuple(pairs)))) != ()


@by_door(DOORS)
def test_another_seed_in_the_problem_and_the_result_alike_is_found(door):
    task, result = door.open(fixed_round(1))
    seed = task.seed + 1
    assert door.verify(replace(task, seed=seed), door.seal(replace(result, seed=seed))) != ()


def _of_nobodys_seat(problem: Problem, path: tuple[Any, ...]) -> bool:
    """The price of a seat that is not there proves nothing and disproves nothing."""
    return path[:2] == ("certificate", "mentor_prices") and len(path) > 2 and not problem.mentors[path[2]].capacity


@by_door(DOORS)
@pytest.mark.parametrize("claimed", list(Method), ids=str)
def test_another_name_on_a_result_holds_only_where_it_is_as_good_by_that_name(door, claimed):
    problem = fixed_round(3)
    task, result = door.open(problem)
    forged = door.seal(replace(result, method=claimed))
    true = next((other.pairs(problem) for other in BEST + STABLE if other.method is claimed), pairs_of(result))
    if door.verify(task, forged) == () and not claimed.stable:
        assert aim(problem, claimed, pairs_of(result)) >= aim(problem, claimed, true)


@by_door(DOORS)
def test_whatever_is_changed_in_the_problem_is_found(door):
    task, result = door.open(fixed_round(1))
    paths = [path for path in leaves(task) if _counts(task, path)]
    assert len(paths) > 60
    assert [path for path in paths if _still_holds(door, task, path, result)] == []


def _counts(task: Any, path: tuple[Any, ...]) -> bool:
    """Whether the value is part of the problem: the method is the result's to say, a place without a score is none."""
    if path == ("method",):
        return False
    return not (isinstance(task, Problem) and path[0] == "orders" and task.scores[path[2]] == NO_EDGE)


def _still_holds(door: Door, task: Any, path: tuple[Any, ...], result: Any) -> bool:
    return door.verify(changed(task, path), result) == ()


# ---------- bad problems ----------


def bad_rounds() -> dict[str, Problem]:
    good = replace(fixed_round(2, 3, 3), pins=(), forbids=())
    long, names = "x" * 1_000_000, (Mentor("M0", 1), Mentor("M1", 1), Mentor("M2", 1))
    nan, half = good.scores.astype(float), good.scores.astype(float)
    nan[0, 0], half[0, 0] = np.nan, 0.5
    places = replace(good.orders, of_mentees=np.zeros((3, 3), int))
    lock, rule = Pin("S0", "M1"), Forbid("S0", "M1", Rule.PAST)
    return {
        "no mentees": Problem((), names, np.zeros((0, 3), int)),
        "no mentors": Problem(good.mentees, (), np.zeros((3, 0), int)),
        "nobody at all": Problem((), (), np.zeros((0, 0), int)),
        "NaN": replace(good, scores=nan),
        "a fraction": replace(good, scores=half),
        "infinite": replace(good, scores=np.full((3, 3), np.inf)),
        "texts": replace(good, scores=np.full((3, 3), "5")),
        "nothing for scores": replace(good, scores=None),
        "one row too few": replace(good, scores=good.scores[1:]),
        "one dimension": replace(good, scores=good.scores[0]),
        "rows of several lengths": replace(good, scores=[[1], [1, 2], []]),
        "above one point": replace(good, scores=good.scores + 2_000_000),
        "below nothing": replace(good, scores=good.scores - 5),
        "beyond 64 bits": replace(good, scores=[[10**30] * 3] * 3),
        "negative capacity": replace(good, mentors=(Mentor("M0", -1), *names[1:])),
        "endless capacity": replace(good, mentors=(Mentor("M0", 10**30), *names[1:])),
        "one id for two mentees": replace(good, mentees=("S0", "S0", "S1")),
        "one id for two mentors": replace(good, mentors=(names[0], names[0], names[1])),
        "no id": replace(good, mentees=(" ", "S1", "S2")),
        "a very long name": replace(good, mentees=(long, "S1", "S2")),
        "a very long name of a mentor": replace(good, mentors=(Mentor(long, 1), *names[1:])),
        "half a character": replace(good, mentees=("\ud800", "S1", "S2")),
        "a lock on a stranger": replace(good, pins=(Pin("S9", "M1"),)),
        "a lock on a strange mentor": replace(good, pins=(Pin("S0", long),)),
        "a rule about a stranger": replace(good, forbids=(Forbid("S9", "M1", Rule.PAST),)),
        "a rule about a strange mentor": replace(good, forbids=(Forbid("S0", "M9", Rule.PAST),)),
        "locked and forbidden": replace(good, pins=(lock,), forbids=(rule,)),
        "locked twice": replace(good, pins=(lock, Pin("S0", "M2"))),
        "more locks than seats": replace(good, mentors=names, pins=(lock, Pin("S1", "M1"))),
        "a lock where no seat is": replace(good, mentors=(Mentor("M0", 1), Mentor("M1", 0), names[2]), pins=(lock,)),
        "negative seed": replace(good, seed=-1),
        "endless seed": replace(good, seed=10**30),
        "a place that is none": replace(good, orders=places),
        "orders of another shape": replace(good, orders=replace(good.orders, of_mentors=np.ones((2, 3), int))),
        "orders in fractions": replace(good, orders=replace(good.orders, of_mentors=np.full((3, 3), np.nan))),
    }


BAD = bad_rounds()


@by_door(DOORS)
@pytest.mark.parametrize("what", BAD)
def test_a_bad_round_gives_issues_with_a_remedy_and_no_traceback(door, what):
    with pytest.raises(Invalid) as refusal:
        door.open(BAD[what])
    assert refusal.value.issues
    assert all(len(str(issue.problem)) < 400 and str(issue.remedy) for issue in refusal.value.issues)


@by_door([door for door in DOORS if door.method.ordered])
def test_a_method_by_orders_says_that_there_are_none(door):
    with pytest.raises(Invalid) as refusal:
        door.open(replace(fixed_round(0), orders=None))
    assert "rather have" in str(refusal.value.issues[0].problem)


@by_door(DOORS)
@pytest.mark.parametrize("what", BAD)
def test_a_result_beside_a_bad_problem_is_an_issue_and_no_traceback(door, what):
    """Whoever certifies may hold any two files."""
    task, result = door.open(fixed_round(2, 3, 3))
    if isinstance(task, Problem):
        assert all(isinstance(issue, Issue) for issue in door.verify(BAD[what], result))
        assert door.verify(BAD[what], result)


def bad_networks() -> dict[str, Network]:
    """What only a network can have wrong."""
    good = network_of(replace(fixed_round(2, 3, 3), pins=(), forbids=()), Method.WEIGHTED)
    one, seats = good.demands[0], good.offers[0]
    some, nobody = good.edges, Cap("ward", (), 1)
    nan = some.scores.astype(float)
    nan[0] = np.nan

    def sought(demand: Demand) -> Network:
        return replace(good, demands=(demand, *good.demands[1:]))

    def offered(offer: Offer) -> Network:
        return replace(good, offers=(offer, *good.offers[1:]))

    return {
        "nobody seeks": replace(good, demands=(), edges=replace(some, starts=np.zeros(1, int))),
        "nobody offers": replace(good, offers=()),
        "NaN": replace(good, edges=replace(some, scores=nan)),
        "scores below nothing": replace(good, edges=replace(some, scores=some.scores - 5_000_000)),
        "too few starts": replace(good, edges=replace(some, starts=some.starts[1:])),
        "starts that fall": replace(good, edges=replace(some, starts=some.starts[::-1])),
        "mentors who are not there": replace(good, edges=replace(some, mentors=some.mentors + 3)),
        "more scores than pairs": replace(good, edges=replace(some, mentors=some.mentors[1:])),
        "more mentors counted": replace(good, edges=replace(some, mentor_count=9)),
        "fewer places than pairs": replace(good, places=Places(good.places.of_mentees[1:], good.places.of_mentors)),
        "places in fractions": replace(good, places=Places(*[np.full(len(some.scores), np.nan)] * 2)),
        "a place that is none": replace(good, places=Places(*[np.zeros(len(some.scores), int)] * 2)),
        "a lower number above the upper": sought(replace(one, lower=2)),
        "nobody sought": sought(replace(one, upper=0)),
        "a hundred sought": sought(replace(one, upper=100)),
        "a role sought twice": sought(good.demands[1]),
        "a role without a name": sought(replace(one, role=" ")),
        "a very long name": sought(replace(one, mentee="x" * 1_000_000)),
        "negative capacity": offered(replace(seats, capacity=-1)),
        "a lower number above the seats": offered(replace(seats, lower=9)),
        "costs that fall": offered(replace(seats, costs=(5, 4))),
        "costs that are no number": offered(replace(seats, costs=(float("nan"),))),  # type: ignore[arg-type]
        "a cap over nobody": replace(good, caps=(nobody,)),
        "a cap over a stranger": replace(good, caps=(replace(nobody, mentors=("M9",)),)),
        "a cap upside down": replace(good, caps=(Cap("ward", ("M1",), 1, 2),)),
        "caps that overlap": replace(good, caps=(Cap("a", ("M0", "M1"), 1), Cap("b", ("M1", "M2"), 1))),
        "two caps of one name": replace(good, caps=(Cap("a", ("M0",), 1), Cap("a", ("M1",), 1))),
        "a lock in a strange role": replace(good, pins=(Settled("S0", "M1", "opera"),)),
        "kept twice": replace(good, keeps=(Keep("S0", "M1", 1), Keep("S0", "M1", 2))),
        "kept at any price": replace(good, keeps=(Keep("S0", "M1", 10**30),)),
        "kept in a strange role": replace(good, keeps=(Keep("S0", "M1", 1, "opera"),)),
        "seed below nothing": replace(good, seed=-1),
        "a method of rounds": replace(good, method=Method.FAIR),
    }


BAD_NETWORKS = bad_networks()


@pytest.mark.parametrize("what", BAD_NETWORKS)
def test_a_bad_network_gives_issues_with_a_remedy_and_no_traceback(what):
    with pytest.raises(Invalid) as refusal:
        solve_network(BAD_NETWORKS[what])
    assert refusal.value.issues
    assert all(len(str(issue.problem)) < 400 and str(issue.remedy) for issue in refusal.value.issues)


# ---------- files ----------


@by_door(DOORS)
@examples(30)
@example(problem=fixed_round(1))
@given(problem=SMALL)
def test_problem_and_result_go_through_files_and_the_answer_is_the_same(door, problem):
    task, result = door.open(problem)
    back = door.read(_through_a_file(door.write(task)))
    again = door.read_result(_through_a_file(door.write_result(result)))
    assert again == result
    assert door.verify(back, again) == ()
    assert fingerprint(door.solve(back)) == fingerprint(result)


def _through_a_file(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


@by_door(DOORS)
@examples(40)
@given(data=st.data())
def test_one_piece_of_nonsense_in_a_file_is_told_or_refused_and_never_certified(door, data):
    """Nothing is read into something else without a word: whoever is not refused is found, or nothing has changed."""
    task, result = _on_file(door)
    of_problem = data.draw(st.booleans())
    value = _through_a_file(door.write(task) if of_problem else door.write_result(result))
    inner, key = data.draw(st.sampled_from(list(_slots(value))))
    inner[key] = data.draw(NONSENSE)
    read, issues = _read(door.read if of_problem else door.read_result, value)
    assert all(str(issue.problem) and str(issue.remedy) for issue in issues)
    if of_problem and not issues:
        same = door.write(replace(read, method=task.method)) == door.write(task)
        assert (door.verify(read, result) == ()) == same
    elif not issues:
        assert (door.verify(task, read) == ()) == (read == result)


def _read(reader: Any, value: Any) -> tuple[Any, tuple[Issue, ...]]:
    try:
        return reader(value), ()
    except Invalid as refusal:
        return None, refusal.issues


NONSENSE = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=3), st.just([]), st.just({})
)


@cache
def _on_file(door: Door) -> tuple[Any, Any]:
    return door.open(fixed_round(1))


def _slots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a tree of JSON, as what holds it and its key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _slots(value[key])


# ---------- nothing but Python ----------

ALONE = """
import sys
class Away:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "sqlite3", "_sqlite3"}:
            raise ImportError(name + " is not to be had here")
for name in [name for name in sys.modules if name.split(".")[0] in {"django", "sqlite3", "_sqlite3"}]:
    del sys.modules[name]
sys.meta_path.insert(0, Away())
import pytest
flags = ["-q", "-x", "--noconftest", "-p", "no:django", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore"]
code = pytest.main([*flags, "-o", "addopts=", "-k", "not alone and not another_process", sys.argv[1]])
assert not {"django", "sqlite3"} & set(sys.modules)
sys.exit(code)
"""


def test_the_contract_holds_alone_without_django_and_without_sqlite():
    around = {**os.environ, "CONTRACT_SHORT": "1"}
    flags = ["-c", ALONE, __file__]
    done = subprocess.run([sys.executable, *flags], cwd=ROOT, env=around, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert " passed" in done.stdout
