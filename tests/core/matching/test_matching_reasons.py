from hypothesis import given, settings

from cheiron.core.matching.problem import Forbid, Pin, Problem, Rule, eligible_pairs
from cheiron.core.matching.result import Unmatched, UnmatchedKind, unmatched_text
from cheiron.core.matching.solve import solve
from tests.core.matching.rounds import locked, problems, round_of


def only_reason(problem: Problem) -> Unmatched:
    (reason,) = solve(problem).unmatched
    return reason


def test_two_people_who_want_the_only_mentor_are_told_so():
    reason = only_reason(round_of([[5], [5]], [1]))
    assert str(unmatched_text(reason)) == (
        "The only mentor open to this mentee has 1 seat, and 2 mentees have nobody else to turn to."
    )


def test_the_count_names_mentors_seats_and_people():
    reason = only_reason(round_of([[5, 5]] * 4, [1, 2]))
    assert str(unmatched_text(reason)) == (
        "The 2 mentors open to this mentee have 3 seats, and 4 mentees have nobody else to turn to."
    )


def test_mentors_reached_by_moving_others_are_counted_and_the_sentence_says_so():
    reason = only_reason(round_of([[0, -1], [9, 9], [-1, 9]], [1, 1]))
    assert reason == Unmatched("S0", UnmatchedKind.HALL_CHAIN, open_mentors=2, seats=2, competitors=3)
    assert str(unmatched_text(reason)) == (
        "Even if others moved, the 2 mentors within reach of this mentee have 2 seats, "
        "and 3 mentees have nobody else to turn to."
    )


def test_a_locked_mentee_has_nobody_to_turn_to_but_the_mentor_of_the_lock():
    problem = round_of([[9, -1], [1, 9]], [1, 1], pins=(Pin("S1", "M0"),))
    assert only_reason(problem) == Unmatched("S0", UnmatchedKind.HALL, open_mentors=1, seats=1, competitors=2)


def test_a_rule_against_everybody_is_told_without_the_rule():
    problem = round_of([[5, 5]], [1, 1], forbids=(Forbid("S0", "M0", Rule.PAST), Forbid("S0", "M1", Rule.FIREWALL)))
    assert str(unmatched_text(only_reason(problem))) == "A program rule stands against every mentor who has a seat."


def test_a_round_without_any_seat_says_so():
    assert str(unmatched_text(only_reason(round_of([[5]], [0])))) == "No mentor in this round has a seat."


@settings(deadline=None, max_examples=200)
@given(problems())
def test_the_shortage_told_to_a_mentee_is_true_when_counted(problem):
    result = solve(problem)
    for one in result.unmatched:
        assert one == counted(problem, one.mentee, {pair.mentee: pair.mentor for pair in result.pairs})
        if one.kind in (UnmatchedKind.HALL, UnmatchedKind.HALL_CHAIN):
            assert one.competitors > one.seats


def counted(problem: Problem, mentee: str, mentor_of: dict[str, str]) -> Unmatched:
    """By plain sets: who can be reached, what seats are there, who has nobody outside."""
    eligible, seats = eligible_pairs(problem), {mentor.id: mentor.capacity for mentor in problem.mentors}
    ids = list(seats)
    open_to = {name: {ids[c] for c in range(len(ids)) if eligible[r, c]} for r, name in enumerate(problem.mentees)}
    open_to.update({problem.mentees[row]: {ids[column]} for row, column in locked(problem)})
    circle = set(open_to[mentee])
    for _ in ids:
        circle |= {other for name, mentor in mentor_of.items() if mentor in circle for other in open_to[name]}
    if not any(seats.values()):
        return Unmatched(mentee, UnmatchedKind.NO_SEATS_AT_ALL)
    if not circle:
        return Unmatched(mentee, UnmatchedKind.NO_ONE_ELIGIBLE)
    kind = UnmatchedKind.HALL if circle == open_to[mentee] else UnmatchedKind.HALL_CHAIN
    bound = [name for name, mentors in open_to.items() if mentors and mentors <= circle]
    return Unmatched(mentee, kind, len(circle), sum(seats[name] for name in circle), len(bound))
