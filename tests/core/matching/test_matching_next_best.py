"""The next best for each mentee alone: the highest score among those who have a seat and may."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.matching.next_best import next_best
from cheiron.core.matching.problem import Forbid, Mentor, Method, Orders, Problem, Rule


def problem(scores, capacities, forbids=()) -> Problem:
    rows, columns = len(scores), len(capacities)
    return Problem(
        mentees=tuple(f"e{n}" for n in range(rows)),
        mentors=tuple(Mentor(f"m{n}", seats) for n, seats in enumerate(capacities)),
        scores=np.array(scores, dtype=np.int32).reshape(rows, columns),
        forbids=tuple(Forbid(f"e{row}", f"m{column}", Rule.FORBIDDEN) for row, column in forbids),
    )


def test_the_highest_score_wins_and_of_equals_the_first():
    assert next_best(problem([[3, 9, 9]], [1, 1, 1])) == {"e0": ("m1", 9)}


def test_full_mentors_rules_and_those_left_out_do_not_count():
    asked = problem([[9, 8, 7, 6, -1]], [0, 1, 1, 1, 1], [(0, 1)])
    assert next_best(asked) == {"e0": ("m2", 7)}
    assert next_best(asked, {"m2"}) == {"e0": ("m3", 6)}
    assert next_best(asked, {"m2", "m3"}) == {}


def test_in_a_stable_round_the_mentee_goes_by_their_own_order():
    plain = problem([[9, 5, 7]], [1, 1, 1])
    orders = Orders(np.array([[2, 1, 3]]), np.array([[1, 1, 1]]))
    assert next_best(replace(plain, orders=orders)) == {"e0": ("m0", 9)}
    assert next_best(replace(plain, orders=orders, method=Method.STABLE)) == {"e0": ("m1", 5)}
    assert next_best(replace(plain, orders=orders, method=Method.STABLE_MENTOR), {"m1"}) == {"e0": ("m0", 9)}


@given(st.data())
def test_it_is_the_best_that_looking_at_every_pair_finds(data):
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 5))
    cell = st.integers(-1, 4)
    scores = data.draw(st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    seats = data.draw(st.lists(st.integers(0, 2), min_size=columns, max_size=columns))
    forbids = data.draw(st.sets(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1))))
    without = data.draw(st.sets(st.integers(0, columns - 1)))
    found = next_best(problem(scores, seats, forbids), {f"m{n}" for n in without})
    for row in range(rows):
        may = [
            c
            for c in range(columns)
            if seats[c] and scores[row][c] >= 0 and (row, c) not in forbids and c not in without
        ]
        best = max(may, key=lambda c: (scores[row][c], -c), default=None)
        assert found.get(f"e{row}") == (None if best is None else (f"m{best}", scores[row][best]))
