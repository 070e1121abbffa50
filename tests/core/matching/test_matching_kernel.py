"""Scores of encoded people: numpy, the compiled loops and the same loops as Python against ``explain_pair``."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from itertools import product as each
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching import compiled, kernel
from cheiron.core.matching.arithmetic import product, ratio, shares
from cheiron.core.matching.candidates import LocalCandidates, joined, wished
from cheiron.core.matching.components import DEFAULT_WEIGHTS, Participant, Statement, registry
from cheiron.core.matching.edges import Edges
from cheiron.core.matching.encoding import Pairs, encode
from cheiron.core.matching.score import explain_pair, mentors_view, parts_known, score_matrix
from cheiron.core.people.facts import Facts
from tests.core.matching import rounds
from tests.core.matching.rounds import STAGES, weights

NUMPY, COMPILED, PLAIN = "numpy", "compiled", "plain"
WAYS = [NUMPY, PLAIN, *([COMPILED] if compiled.AVAILABLE else [])]


def plain_loops():
    """The loops once more, never compiled."""
    spec = find_spec("cheiron.core.matching.loops")
    loops = module_from_spec(spec)
    spec.loader.exec_module(loops)
    loops.at_speed = lambda: None
    return loops


PLAIN_LOOPS = plain_loops()


@contextmanager
def going(way: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, np.errstate(over="ignore"):  # bits are counted modulo 2**64
        patch.setattr(kernel, "FEW_PAIRS", 10**9 if way == NUMPY else -1)
        patch.setattr(kernel, "AVAILABLE", True)
        if way == PLAIN:
            patch.setattr(kernel, "loops", PLAIN_LOOPS)
        yield


def in_every_way(compute) -> list:
    found = []
    for way in WAYS:
        with going(way):
            found.append(compute())
    return found


# ---------- people ----------


def words(seed: int, size: int) -> tuple[str, ...]:
    """Some of four hundred, most of them too many for marks."""
    return tuple(f"{'Wört' if number % 2 else 'wört '}{number}" for number in Random(seed).sample(range(400), size))


long_lists = st.builds(words, st.integers(0, 9), st.sampled_from((0, 1, 3, 40, 70, 130, 300)))
wordy = st.builds(
    Facts, goals=long_lists, topics=long_lists, specialties=long_lists, times=long_lists, wishes=st.just(("P1", "p0"))
)


def numbered(found: list[tuple[Facts, Statement]]) -> list[Participant]:
    return [Participant(f"P{number}", facts, statement=said) for number, (facts, said) in enumerate(found)]


people = st.lists(st.tuples(st.one_of(rounds.facts, wordy), rounds.statements), max_size=5).map(numbered)
ladders = st.sampled_from(((), STAGES, STAGES[::-1]))


def by_pairs(mentees, mentors, given_weights=DEFAULT_WEIGHTS, stages=()) -> list[list[int]]:
    return [[explain_pair(one, other, given_weights, stages).score for other in mentors] for one in mentees]


def crowd(seed: int, mentees: int, mentors: int) -> tuple[list[Participant], list[Participant]]:
    """So many that thresholds move and scores are often equal."""
    chance = Random(seed)

    def some(kinds: int, most: int) -> tuple[str, ...]:
        return tuple(f"{chance.randrange(kinds)}" for _ in range(chance.randint(0, most)))

    def facts(wishes: tuple[str, ...]) -> Facts:
        place = chance.choice(("", "North", "South"))
        lists = {"topics": some(70, 9), "goals": some(8, 3), "specialties": some(20, 3), "times": some(90, 12)}
        return Facts(**lists, place=place, stage=chance.choice(("", *STAGES)), wishes=wishes)

    def said() -> Statement:
        return rounds.weighed_terms(
            {f"w{chance.randrange(90)}": chance.randint(1, 9) for _ in range(chance.choice((0, 3, 12)))}
        )

    offering = [Participant(f"M{n}", facts(()), statement=said()) for n in range(mentors)]
    wished = [(f"M{chance.randrange(mentors + 9)}",) for _ in range(mentees)]
    return [Participant(f"S{n}", facts(wish), statement=said()) for n, wish in enumerate(wished)], offering


# ---------- scores ----------


@settings(deadline=None, max_examples=120)
@given(people, people, weights, ladders)
def test_every_way_gives_the_score_that_is_explained(mentees, mentors, given_weights, stages):
    expected = by_pairs(mentees, mentors, given_weights, stages)
    encoded = encode(mentees, mentors, stages)
    for scores in in_every_way(lambda: kernel.score_all(encoded, given_weights)):
        assert (scores.dtype, scores.shape) == (np.int32, (len(mentees), len(mentors)))
        assert scores.tolist() == expected


@settings(deadline=None, max_examples=60)
@given(people, people, weights, st.randoms(use_true_random=False))
def test_one_mentee_and_given_pairs_are_rows_and_entries_of_the_matrix(mentees, mentors, given_weights, chance):
    encoded = encode(mentees, mentors, STAGES)
    expected = score_matrix(mentees, mentors, given_weights, STAGES)
    kept = np.array([chance.random() < 0.5 for _ in range(expected.size)], dtype=bool).reshape(expected.shape)
    starts = np.concatenate(([0], np.cumsum(kept.sum(axis=1))))
    columns = np.nonzero(kept)[1]
    for scores in in_every_way(lambda: kernel.score_pairs(encoded, starts, columns, given_weights)):
        assert scores.tolist() == expected[kept].tolist()
    for row in range(len(mentees)):
        for scores in in_every_way(lambda row=row: kernel.score_row(encoded, row, given_weights)):
            assert scores.tolist() == expected[row].tolist()


@settings(deadline=None, max_examples=60)
@given(people, people, people, weights, ladders)
def test_somebody_new_is_encoded_before_the_same_mentors(mentees, mentors, others, given_weights, stages):
    encoded = encode(mentees, mentors, stages)
    for other in others:
        row = kernel.score_row(encoded.with_mentees([other]), 0, given_weights)
        assert row.tolist() == by_pairs([other], mentors, given_weights, stages)[0]


@settings(deadline=None, max_examples=60)
@given(people, people, weights, ladders)
def test_mentors_see_how_much_of_what_they_offer_is_sought(mentees, mentors, given_weights, stages):
    expected = [[seen(mentor, mentee, given_weights, stages) for mentor in mentors] for mentee in mentees]
    encoded = encode(mentees, mentors, stages)
    for scores in in_every_way(lambda: kernel.view_all(encoded, given_weights)):
        assert scores.tolist() == expected
    assert mentors_view(mentees, mentors, given_weights, stages).tolist() == expected


def seen(mentor: Participant, mentee: Participant, given_weights: dict, stages: tuple) -> int:
    """The plain definition: mentors named first, but on the ladder; without wishes."""
    used = [one for one in registry(stages) if one.name != "wish" and round(given_weights.get(one.name, 0) * 1000)]
    turned = [(mentee, mentor) if one.name == "stage" else (mentor, mentee) for one in used]
    matches = [one.of_pair(*pair) for one, pair in zip(used, turned, strict=True)]
    found = [(one, match) for one, match in zip(used, matches, strict=True) if match]
    parts = shares([round(given_weights[one.name] * 1000) for one, _ in found])
    return sum(product(share, ratio(match.part, match.whole)) for share, (_, match) in zip(parts, found, strict=True))


@settings(deadline=None, max_examples=60)
@given(people, people, weights)
def test_what_is_known_is_counted_among_the_encoded(mentees, mentors, given_weights):
    expected = [[len(explain_pair(a, b, given_weights, STAGES).parts) for b in mentors] for a in mentees]
    assert kernel.known_all(encode(mentees, mentors, STAGES), given_weights).tolist() == expected
    assert parts_known(mentees, mentors, given_weights, STAGES).tolist() == expected


@pytest.mark.parametrize(("kinds", "wide"), [(1, 1), (64, 1), (65, 2), (129, 3), (256, 4), (257, 0)])
def test_marks_take_as_many_words_as_they_need_and_very_many_become_lists(kinds, wide):
    offered = [Participant("M0", Facts(topics=tuple(f"{n}" for n in range(kinds)))), Participant("M1", Facts())]
    seeking = [Participant(f"S{n}", Facts(topics=(f"{n}", "?", f"{kinds - 1}"))) for n in range(kinds)]
    encoded = encode(seeking, offered)
    place = [one.name for one in registry()].index("topics")
    first, last = encoded.vocabulary.words[place : place + 2]
    assert (last - first, encoded.vocabulary.lists[place] >= 0) == (wide, wide == 0)
    for scores in in_every_way(lambda: kernel.score_all(encoded)):
        assert scores.tolist() == by_pairs(seeking, offered)


def test_hours_that_fill_several_words_still_end_at_enough():
    hours = tuple(f"{n}" for n in range(100))
    encoded = encode([Participant("S", Facts(times=hours))], [Participant("M", Facts(times=hours[::30]))])
    assert [scores.tolist() for scores in in_every_way(lambda: kernel.score_all(encoded))] == [[[1_000_000]]] * len(
        WAYS
    )


def test_a_moved_weight_needs_only_the_kernel_and_the_encoded_can_travel():
    mentees, mentors = crowd(1, 20, 10)
    encoded = pickle.loads(pickle.dumps(encode(mentees, mentors, STAGES)))
    for weight in (0, 1, 50):
        moved = {**DEFAULT_WEIGHTS, "topics": weight}
        assert kernel.score_all(encoded, moved).tolist() == by_pairs(mentees, mentors, moved, STAGES)


def test_weights_that_make_no_sense_are_refused_by_every_door():
    encoded, starts = encode(*crowd(1, 2, 2)), np.zeros(3, dtype=np.int64)
    doors = (
        lambda: kernel.score_all(encoded, {"goals": -1}),
        lambda: kernel.score_row(encoded, 0, {"goals": -1}),
        lambda: kernel.score_pairs(encoded, starts, starts[:0], {"charm": 1}),
        lambda: kernel.best_edges(encoded, {"goals": float("nan")}),
        lambda: kernel.view_all(encoded, {"charm": 1}),
        lambda: kernel.known_all(encoded, {"charm": 1}),
    )
    for door in doors:
        with pytest.raises(Invalid):
            door()


# ---------- the best ----------


def kept_pairs(edges: Edges) -> list[list[tuple[int, int]]]:
    pairs = list(zip(edges.mentors.tolist(), edges.scores.tolist(), strict=True))
    return [pairs[edges.starts[row] : edges.starts[row + 1]] for row in range(edges.mentee_count)]


def best_by_sorting(
    scores: list[list[int]], most: int, barred: set, always: set, seated: list[bool]
) -> list[list[tuple[int, int]]]:
    found = []
    for row, of_row in enumerate(scores):
        free = [column for column in range(len(of_row)) if seated[column] and (row, column) not in barred]
        best = sorted(free, key=lambda column: (-of_row[column], column))[:most]
        kept = set(best) | {column for column in free if (row, column) in always}
        found.append([(column, of_row[column]) for column in sorted(kept)])
    return found


def as_pairs(pairs: set) -> Pairs:
    """In no order."""
    return Pairs(np.array([row for row, _ in pairs], dtype=int), np.array([column for _, column in pairs], dtype=int))


@settings(deadline=None, max_examples=120)
@given(people, people, weights, ladders, st.integers(0, 6), st.randoms(use_true_random=False))
def test_the_best_are_those_of_the_sorted_matrix(mentees, mentors, given_weights, stages, most, chance):
    pairs = list(each(range(len(mentees)), range(len(mentors))))
    barred, always = ({pair for pair in pairs if chance.random() < 0.25} for _ in range(2))
    seated = [chance.random() < 0.8 for _ in mentors]
    scores = by_pairs(mentees, mentors, given_weights, stages)
    expected = best_by_sorting(scores, most, barred, always, seated)
    encoded = encode(mentees, mentors, stages)
    rules = {"seated": np.array(seated, dtype=bool), "forbidden": as_pairs(barred), "always": as_pairs(always)}
    for edges in in_every_way(lambda: kernel.best_edges(encoded, given_weights, most, **rules)):
        assert kept_pairs(edges) == expected
        assert (edges.starts.dtype, edges.mentors.dtype, edges.scores.dtype) == (np.int64, np.int32, np.int32)
        assert (edges.mentee_count, edges.mentor_count) == encoded.shape


EXTREME = {"topics": 1000, "goals": 0.001, "place": 0.001, "stage": 0.002, "specialty": 999.999, "times": 3}


@pytest.mark.parametrize("given_weights", [DEFAULT_WEIGHTS, EXTREME, {"place": 1}, {"times": 1, "stage": 1}, {}])
@pytest.mark.parametrize("most", [1, 30, 500])
def test_with_many_mentors_and_many_equals_too(given_weights, most):
    encoded = encode(*crowd(7, 60, 400), STAGES)
    scores, free = kernel.score_all(encoded, given_weights).tolist(), [True] * 400
    assert scores == by_pairs(*crowd(7, 60, 400), given_weights, STAGES)
    expected = best_by_sorting(scores, most, set(), set(), free)
    for way in [way for way in WAYS if way != PLAIN]:
        with going(way):
            assert kept_pairs(kernel.best_edges(encoded, given_weights, most)) == expected


def test_nobody_is_scored_who_is_ruled_out():
    """A mentee wished for all three; of one a rule parts them, another has no place."""
    mentors = [Participant(f"M{n}", Facts(topics=("Sepsis",))) for n in range(3)]
    mentee = Participant("S", Facts(topics=("Sepsis",), wishes=("M0", "M1", "M2")))
    rules = {"seated": np.array([True, False, True]), "forbidden": as_pairs({(0, 2)})}
    encoded = encode([mentee], mentors)
    for edges in in_every_way(lambda: kernel.best_edges(encoded, always=wished(encoded), **rules)):
        assert edges.mentors.tolist() == [0]


# ---------- shards ----------


def same(one: Edges, other: Edges) -> bool:
    return one.mentor_count == other.mentor_count and all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in ("starts", "mentors", "scores")
    )


@pytest.mark.parametrize("block", [1, 7, 40, 1000])
def test_shards_joined_are_the_same_bytes_as_one_piece(block):
    encoded = encode(*crowd(3, 40, 90), STAGES)
    chance = Random(3)
    barred = as_pairs({(chance.randrange(40), chance.randrange(90)) for _ in range(300)})
    seated = np.array([chance.random() < 0.8 for _ in range(90)])
    rules = {"seated": seated, "forbidden": barred}
    whole = kernel.best_edges(encoded, DEFAULT_WEIGHTS, 5, **rules, always=wished(encoded))
    provider = LocalCandidates(encoded, DEFAULT_WEIGHTS, 5, **rules, block=block)
    for shards in in_every_way(lambda: list(provider.shards())):
        assert [shard.first for shard in shards] == list(range(0, 40, block))
        assert same(joined(shards, encoded.shape), whole)


def test_numpy_takes_the_matrix_in_blocks(monkeypatch):
    encoded = encode(*crowd(5, 50, 30), STAGES)
    pairs = np.arange(0, 51 * 30, 30), np.tile(np.arange(30), 50)
    whole, scores = kernel.best_edges(encoded, always=wished(encoded)), kernel.score_pairs(encoded, *pairs)
    monkeypatch.setattr(kernel, "_PAIRS_AT_ONCE", 70)
    monkeypatch.setattr(kernel, "FEW_PAIRS", 10**9)
    assert same(kernel.best_edges(encoded, always=wished(encoded)), whole)
    assert kernel.score_pairs(encoded, *pairs).tolist() == scores.tolist() == kernel.score_all(encoded).ravel().tolist()


def test_a_mentor_who_was_wished_for_is_there_although_thirty_fit_better():
    mentors = [Participant(f"M{n}", Facts(topics=("Sepsis",))) for n in range(40)]
    mentors.append(Participant("M40", Facts(topics=("Ethics",))))
    mentee = Participant("S", Facts(topics=("Sepsis",), wishes=("m40 ", "M99")))
    (shard,) = LocalCandidates(encode([mentee], mentors), {"topics": 1}).shards()
    assert shard.edges.mentors.tolist() == [*range(30), 40]
    assert shard.edges.scores.tolist() == [1_000_000] * 30 + [0]


def test_shards_that_do_not_follow_on_are_refused():
    encoded = encode(*crowd(3, 6, 4))
    shards = list(LocalCandidates(encoded, DEFAULT_WEIGHTS, block=2).shards())
    assert same(joined(shards, (6, 4)), kernel.best_edges(encoded, always=wished(encoded)))
    for wrong in (shards[1:], shards[:2], shards[::-1], [*shards, shards[2]]):
        with pytest.raises(ValueError, match="mentee"):
            joined(wrong, (6, 4))


def test_nobody_on_a_side_gives_no_pairs():
    mentees, mentors = crowd(1, 3, 2)
    for encoded in (encode([], mentors), encode(mentees, []), encode([], [])):
        for edges in in_every_way(lambda encoded=encoded: kernel.best_edges(encoded)):
            assert (edges.starts.tolist(), edges.mentor_count) == ([0] * (encoded.shape[0] + 1), encoded.shape[1])
        provider = LocalCandidates(encoded, DEFAULT_WEIGHTS)
        assert joined(provider.shards(), encoded.shape).mentee_count == encoded.shape[0]


# ---------- what is loaded when ----------


def test_neither_an_import_nor_a_small_round_loads_the_compiler():
    code = (
        "import sys\n"
        "from cheiron.core.matching import candidates, encoding, kernel, loops, orders, score\n"
        "from cheiron.core.matching.components import DEFAULT_WEIGHTS, Participant\n"
        "from cheiron.core.people.facts import Facts\n"
        "assert 'numpy' not in sys.modules\n"
        "people = [Participant(f'P{n}', Facts(topics=('Sepsis',))) for n in range(300)]\n"
        "encoded = encoding.encode(people, people)\n"
        "list(candidates.LocalCandidates(encoded, DEFAULT_WEIGHTS).shards())\n"
        "orders.orders_of(people, people, score.score_matrix(people, people))\n"
        "assert 'numba' not in sys.modules\n"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (asked.returncode, asked.stderr) == (0, "")


def test_without_the_compiler_large_rounds_go_through_numpy(monkeypatch):
    encoded = encode(*crowd(2, 30, 20), STAGES)
    whole = kernel.best_edges(encoded)
    monkeypatch.setattr(kernel, "FEW_PAIRS", -1)
    monkeypatch.setattr(kernel, "AVAILABLE", False)
    monkeypatch.setattr(kernel, "loops", None)
    assert same(kernel.best_edges(encoded), whole)
