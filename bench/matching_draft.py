"""How long a coordinator waits for a draft: 1,000 mentees, 350 mentors, every reason written, the result verified.

    python bench/matching_draft.py [--seed N]

Builds believable people, warms up once, then prints the median and the range of five runs for each step, the ratio of
the whole to one second, and the ratio of solving to scipy's assignment on the same problem (seats copied).
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import rows
from scipy.optimize import linear_sum_assignment

from cheiron.core.matching.components import DEFAULT_WEIGHTS, Participant
from cheiron.core.matching.problem import HIGHEST_SCORE, Forbid, Mentor, Pin, Problem, Rule, eligible_pairs
from cheiron.core.matching.result import Result, unmatched_text
from cheiron.core.matching.score import explain_pair, score_matrix
from cheiron.core.matching.solve import solve
from cheiron.core.matching.verify import verify
from cheiron.core.people.facts import Facts

T = TypeVar("T")

MENTEES, MENTORS, RUNS = 1_000, 350, 5
STAGES = ("student", "resident", "fellow", "instructor", "assistant professor", "associate professor", "professor")
GOALS = [f"goal {n}" for n in range(14)]
TOPICS = [f"topic {n}" for n in range(80)]
SPECIALTIES = [f"specialty {n}" for n in range(40)]
ROLES = ["coach", "advisor", "teacher", "counselor", "sponsor", "role model"]
LANGUAGES = ["English"] * 6 + ["German", "Spanish", "French", "Turkish", "Arabic"]
HOURS = [f"{day} {hour}" for day in ("Mon", "Tue", "Wed", "Thu", "Fri") for hour in range(8, 20)]
PLACES = ["North campus", "South campus", "Children's hospital", "Downtown", "Institute"]


def main() -> None:
    """Build, warm, measure, print."""
    parser = argparse.ArgumentParser(description="Time one draft of a 1,000-person program.")
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    mentees, mentors = people(random.Random(seed))
    measured: dict[str, list[float]] = {}
    for run in range(RUNS + 1):
        steps = one_draft(mentees, mentors, seed)
        if run:
            for name, seconds in steps.items():
                measured.setdefault(name, []).append(seconds)
    report(measured)


def people(chance: random.Random) -> tuple[list[Participant], list[Participant]]:
    """Mentees and mentors who answered most questions, some of them none."""
    mentors = [
        Participant(f"M{n:04}", facts(chance, STAGES[3:], ()), chance.choice((0, 1, 2, 2, 3, 3, 4, 5)))
        for n in range(MENTORS)
    ]
    ids = tuple(mentor.id for mentor in mentors)
    return [Participant(f"S{n:05}", facts(chance, STAGES[:5], ids)) for n in range(MENTEES)], mentors


def facts(chance: random.Random, stages: tuple[str, ...], ids: tuple[str, ...]) -> Facts:
    """One person; about one answer in eight is missing."""

    def some(items: list[str], least: int, most: int) -> tuple[str, ...]:
        return (
            ()
            if chance.random() < 0.125
            else tuple(dict.fromkeys(chance.choices(items, k=chance.randint(least, most))))
        )

    return Facts(
        goals=some(GOALS, 1, 4),
        topics=some(TOPICS, 2, 8),
        specialties=some(SPECIALTIES, 1, 3),
        roles=some(ROLES, 1, 3),
        languages=some(LANGUAGES, 1, 3),
        times=some(HOURS, 3, 12),
        place=chance.choice((*PLACES, "")),
        stage=chance.choice((*stages, "")),
        wishes=tuple(chance.sample(ids, 3)) if ids and chance.random() < 0.3 else (),
    )


def one_draft(mentees: list[Participant], mentors: list[Participant], seed: int) -> dict[str, float]:
    """Seconds by step."""
    seconds: dict[str, float] = {}
    scores = timed(seconds, "score", lambda: score_matrix(mentees, mentors, DEFAULT_WEIGHTS, STAGES))
    problem = timed(seconds, "problem", lambda: build(mentees, mentors, scores, seed))
    result = timed(seconds, "solve", lambda: solve(problem))
    timed(seconds, "reasons", lambda: reasons(mentees, mentors, result))
    issues = timed(seconds, "verify", lambda: verify(problem, result))
    seconds["total"] = sum(seconds.values())
    placed, total = timed(seconds, "scipy", lambda: assignment(problem))
    assert not issues
    assert (placed, total) == (result.certificate.placed, result.certificate.total)
    return seconds


def timed(seconds: dict[str, float], name: str, work: Callable[[], T]) -> T:
    """Run it and note how long it took."""
    start = time.perf_counter()
    done = work()
    seconds[name] = time.perf_counter() - start
    return done


def build(mentees: list[Participant], mentors: list[Participant], scores: np.ndarray, seed: int) -> Problem:
    """Two hundred pairs ruled out, twenty locked."""
    chance = random.Random(seed)
    forbids = tuple(
        Forbid(chance.choice(mentees[100:]).id, chance.choice(mentors).id, chance.choice(list(Rule)))
        for _ in range(200)
    )
    seated = [mentor.id for mentor in mentors if mentor.capacity]
    pins = tuple(Pin(mentee.id, mentor) for mentee, mentor in zip(mentees[:20], seated, strict=False))
    ids = tuple(mentee.id for mentee in mentees)
    return Problem(ids, tuple(Mentor(one.id, one.capacity) for one in mentors), scores, forbids, pins, seed)


def reasons(mentees: list[Participant], mentors: list[Participant], result: Result) -> None:
    """Every sentence of the draft: the parts of each pair, the reason of each mentee without one."""
    mentee_of, mentor_of = ({person.id: person for person in side} for side in (mentees, mentors))
    for pair in result.pairs:
        reason = explain_pair(mentee_of[pair.mentee], mentor_of[pair.mentor], DEFAULT_WEIGHTS, STAGES)
        assert reason.score == pair.score
        for part in reason.parts:
            part.sentence.render()
    for one in result.unmatched:
        unmatched_text(one).render()


def assignment(problem: Problem) -> tuple[int, int]:
    """The same optimum by scipy: one column for each seat. Number placed and total score, locks included."""
    eligible = eligible_pairs(problem)
    columns = np.repeat(np.arange(len(problem.mentors)), [mentor.capacity for mentor in problem.mentors])
    worth = np.where(eligible, problem.scores + np.float64(1 + len(problem.mentees) * HIGHEST_SCORE), 0)
    column_of = {mentor.id: number for number, mentor in enumerate(problem.mentors)}
    for pin in problem.pins:
        row, column = problem.mentees.index(pin.mentee), column_of[pin.mentor]
        worth[row, column] += 1e13
    rows, chosen = linear_sum_assignment(worth[:, columns], maximize=True)
    pairs = [(row, column) for row, column in zip(rows, columns[chosen], strict=True) if worth[row, column] > 0]
    return len(pairs), sum(int(problem.scores[pair]) for pair in pairs)


def report(measured: dict[str, list[float]]) -> None:
    """Milliseconds, median and range, and the two ratios."""
    for name, runs in measured.items():
        low, middle, high = (1000 * value for value in (min(runs), statistics.median(runs), max(runs)))
        print(f"{name:8} {middle:8.1f} ms   ({low:.1f} to {high:.1f})")
    median = {name: statistics.median(runs) for name, runs in measured.items()}
    print(f"total / 1 s    {median['total']:.2f}")
    print(f"scipy / solve  {median['scipy'] / median['solve']:.1f}")
    of = f"a draft of {MENTEES:,} x {MENTORS}: scores, solving, every reason, verifying"
    rows.note(of, "in all", measured["total"], target="150 ms or less")
    for name in ("score", "problem", "solve", "reasons", "verify"):
        rows.note(of, name, measured[name])
    rows.note(
        f"the best choice of {MENTEES:,} x {MENTORS}, every pair allowed but 200", "this project", measured["solve"]
    )
    rows.note(
        f"the best choice of {MENTEES:,} x {MENTORS}, every pair allowed but 200", "scipy, dense", measured["scipy"]
    )


if __name__ == "__main__":
    main()
