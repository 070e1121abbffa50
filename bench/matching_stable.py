"""How fast stable choices are found: against a published library, against plain Python, and with a million mentees.

    python bench/matching_stable.py [--seed N] [--million]

Builds rounds in which a third of the mentors is sought by many, so that there are real refusals, and fewer seats than
mentees. Prints medians of several runs and their ratios. Every answer is compared with that of the other side.
"""

import argparse
import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import rows

from cheiron.core.matching import deferred, deferred_plain
from cheiron.core.matching.ranked_lists import Ranked, ranked_lists
from cheiron.core.matching.stable import stable_mentors

T = TypeVar("T")
Lists = tuple[dict[str, list[str]], dict[str, list[str]], dict[str, int]]
"""Whom each mentee ranks, whom each mentor ranks, and the seats."""

RUNS, QUICK_RUNS = 3, 101
STACK = 2**30
FIRST_CALL = "1.5 s or less"
FRESH = """
import time
import numpy as np
start = time.perf_counter()
from cheiron.core.matching.ranked_lists import Ranked
from cheiron.core.matching.stable import stable_mentors
n, d = {mentees}, 30
columns = np.tile(np.arange(d, dtype=np.int32), n)
places = np.tile(np.arange(1, d + 1, dtype=np.int32), n)
ranked = Ranked(np.arange(0, n * d + 1, d), columns, places, np.repeat(np.arange(1, n + 1, dtype=np.int32), d))
stable_mentors(ranked, np.full(d, 5))
print(time.perf_counter() - start)
"""


def main() -> None:
    """Measure and print, part by part."""
    parser = argparse.ArgumentParser(description="Time stable choices.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--million", action="store_true", help="also 1,000,000 mentees, some 2 GB of memory")
    given = parser.parse_args()
    print("fresh process, beyond numpy")
    fresh()
    print("2,000 mentees, 600 mentors, 30 choices, against matching")
    against_matching(given.seed)
    print("20,000 mentees, 6,000 mentors, 30 choices, against plain Python")
    against_plain(given.seed)
    if given.million:
        print("1,000,000 mentees, 300,000 mentors, 20 choices")
        a_million(given.seed)


def round_of(n: int, m: int, choices: int, seed: int) -> tuple[Ranked, np.ndarray]:
    """Edges with both places, and seats. Mentors stand in blocks, of which each mentee ranks one mentor each.

    The first of each block are sought most and ranked higher; mentors agree a little on whom they would rather have.
    """
    chance = np.random.default_rng(seed)
    size = m // choices
    within = (size * chance.random((n, choices), dtype=np.float32) ** 1.7).astype(np.int32)
    mentors = (within + np.arange(choices, dtype=np.int32) * size).ravel()
    wish = chance.random((n, choices), dtype=np.float32) + within * np.float32(0.5 / size)
    of_mentees = np.empty((n, choices), dtype=np.int32)
    np.put_along_axis(of_mentees, wish.argsort(axis=1), np.arange(1, choices + 1, dtype=np.int32)[None], axis=1)
    merit = np.repeat(chance.random(n, dtype=np.float32), choices)
    of_mentors = places_among(mentors, chance.random(n * choices, dtype=np.float32) - merit / 2)
    starts = np.arange(0, n * choices + 1, choices)
    return Ranked(starts, mentors, of_mentees.ravel(), of_mentors), chance.integers(1, 6, m)


def places_among(mentors: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """The place of each edge among those of its mentor, the smallest key first."""
    order = np.lexsort((keys, mentors))
    sorted_mentors = mentors[order]
    places = np.empty(len(order), dtype=np.int32)
    places[order] = np.arange(len(order)) - np.searchsorted(sorted_mentors, sorted_mentors) + 1
    return places


def timed(work: Callable[[], T], runs: int) -> tuple[list[float], T]:
    """Seconds of several runs, and what came out."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        done = work()
        seconds.append(time.perf_counter() - start)
    return seconds, done


def show(name: str, seconds: list[float]) -> float:
    """One line, in milliseconds; the median."""
    middle = statistics.median(seconds)
    print(f"  {name:34} {1000 * middle:11.2f} ms   ({1000 * min(seconds):.2f} to {1000 * max(seconds):.2f})")
    return middle


def floor_of(ranked: Ranked) -> list[float]:
    """Seconds to read each array of the round once."""
    return [sum(array.nbytes for array in arrays(ranked)) / rows.bandwidth()]


def fresh() -> None:
    """The first choice in a new process: a small round in plain Python, a larger one by code compiled before."""
    for name, mentees in (("1,500 edges", 50), ("90,000 edges", 3_000)):
        asked = [
            float(subprocess.run([sys.executable, "-c", FRESH.format(mentees=mentees)], capture_output=True).stdout)
            for _ in range(RUNS + 1)
        ]
        show(name, asked[1:])
        rows.note(f"first stable choice in a fresh process, {name}", "beyond numpy", asked[1:], target=FIRST_CALL)


# ---------- the published library ----------


def against_matching(seed: int) -> None:
    """Both solve alone, and build and solve from the same lists of ids; best for the mentees, then for the mentors."""
    ranked, seats = round_of(2_000, 600, 30, seed)
    lists = as_lists(ranked, seats)
    for best_for, mentees_first in (("resident", True), ("hospital", False)):
        building, solving, theirs = on_a_deep_stack(lambda side=best_for: by_matching(lists, side))
        stable_mentors(ranked, seats, mentees_first)
        own, mentor_of = timed(lambda first=mentees_first: stable_mentors(ranked, seats, first), QUICK_RUNS)
        both, found = timed(lambda first=mentees_first: from_lists(lists, first), QUICK_RUNS)
        whole = [sum(run) for run in zip(building, solving, strict=True)]
        assert found == theirs
        print(f"  best for each {best_for}; placed {len(found):,}")
        if mentees_first:
            print(f"  refused proposals {refused(ranked, mentor_of):,}")
        solve = show("matching, solve", solving) / show("solve", own)
        from_ids = show("matching, build and solve", whole) / show("build and solve", both)
        print(f"  matching / ours, solve             {solve:8.0f}")
        print(f"  matching / ours, build and solve   {from_ids:8.0f}")
        of = f"stable, 2,000 x 600 x 30, {'mentees' if mentees_first else 'mentors'} propose"
        note_against_matching(of, own, solving, both, whole)
        twin, _ = timed(lambda first=mentees_first: deferred_plain.one_each(*arrays(ranked), seats, first), RUNS)
        rows.note(f"{of}: solve alone", "plain Python twin", twin)
        rows.note(f"{of}: solve alone", "floor: the round read once", floor_of(ranked))


def note_against_matching(
    of: str, own: list[float], solving: list[float], both: list[float], whole: list[float]
) -> None:
    """Two rounds of the table: solving alone, and from lists of ids."""
    rows.note(f"{of}: solve alone", "this project", own)
    rows.note(f"{of}: solve alone", "matching 1.4.3", solving, target="1,000 or more")
    rows.note(f"{of}: from lists of ids", "this project", both)
    rows.note(f"{of}: from lists of ids", "matching 1.4.3", whole, target="50 or more")


def as_lists(ranked: Ranked, seats: np.ndarray) -> Lists:
    """The same round as a person would write it down."""
    n, m = len(ranked.starts) - 1, len(seats)
    mentees, mentors = [f"S{row}" for row in range(n)], [f"M{column}" for column in range(m)]
    rows = np.repeat(np.arange(n), np.diff(ranked.starts))
    of_mentees: dict[str, list[str]] = {name: [] for name in mentees}
    of_mentors: dict[str, list[str]] = {name: [] for name in mentors}
    for edge in np.lexsort((ranked.of_mentees, rows)):
        of_mentees[mentees[rows[edge]]].append(mentors[ranked.mentors[edge]])
    for edge in np.lexsort((ranked.of_mentors, ranked.mentors)):
        of_mentors[mentors[ranked.mentors[edge]]].append(mentees[rows[edge]])
    return of_mentees, of_mentors, dict(zip(mentors, seats.tolist(), strict=True))


def from_lists(given: Lists, mentees_propose: bool) -> dict[str, str]:
    """From lists of ids to the mentor of each mentee."""
    lists = ranked_lists(*given)
    return lists.by_mentee(stable_mentors(lists.ranked, lists.seats, mentees_propose))


def by_matching(given: Lists, best_for: str) -> tuple[list[float], list[float], dict[str, str]]:
    """Seconds of building and of solving in each run, and the mentor of each mentee."""
    from matching.games import HospitalResident

    building, solving = [], []
    for _ in range(RUNS):
        start = time.perf_counter()
        game = HospitalResident.create_from_dictionaries(*given)
        built = time.perf_counter()
        found = game.solve(optimal=best_for)
        solving.append(time.perf_counter() - built)
        building.append(built - start)
    pairs = {mentee.name: mentor.name for mentor, held in found.items() for mentee in held}
    return building, solving, pairs


def on_a_deep_stack(work: Callable[[], T]) -> T:
    """``matching`` copies its people recursively, tens of thousands of calls deep."""
    done: list[T] = []
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10**7)
    threading.stack_size(STACK)
    thread = threading.Thread(target=lambda: done.append(work()))
    thread.start()
    thread.join()
    threading.stack_size(0)
    sys.setrecursionlimit(limit)
    return done[0]


def refused(ranked: Ranked, mentor_of: np.ndarray) -> int:
    """How many proposals were turned down in the end."""
    chosen = ranked.mentors == np.repeat(mentor_of, np.diff(ranked.starts))
    return int((ranked.of_mentees[chosen] - 1).sum() + np.diff(ranked.starts)[mentor_of < 0].sum())


# ---------- plain Python ----------


def against_plain(seed: int) -> None:
    """Each of the kernels against its twin."""
    ranked, seats = round_of(20_000, 6_000, 30, seed)
    ones = np.ones(20_000, dtype=np.int64)
    compare("one each, mentees propose", "mentees_propose", (*arrays(ranked), ones, seats))
    compare("one each, mentors propose", "mentors_propose", (*arrays(ranked), ones, seats))
    compare("three each, mentees propose", "mentees_propose", (*arrays(ranked), ones * 3, seats))
    supervisors = np.arange(6_000, dtype=np.int32) % 1_000
    order = np.random.default_rng(seed).permutation(20_000).astype(np.int32) + 1
    above = (ranked.starts, ranked.mentors, ranked.of_mentees, np.repeat(order, 30), seats, supervisors)
    compare("under supervisors", "under_supervisors", (*above, np.full(1_000, 15)))


def arrays(ranked: Ranked) -> tuple[np.ndarray, ...]:
    """In the order in which the kernels take them."""
    return ranked.starts, ranked.mentors, ranked.of_mentees, ranked.of_mentors


def compare(name: str, kernel: str, given: tuple[np.ndarray, ...]) -> None:
    """The kernel warm, the twin, the ratio."""
    getattr(deferred, kernel)(*given)
    quick, found = timed(lambda: getattr(deferred, kernel)(*given), QUICK_RUNS)
    slow, expected = timed(lambda: getattr(deferred_plain, kernel)(*given), RUNS)
    assert (found == expected).all()
    ratio = show(f"{name}, plain", slow) / show(f"{name}, compiled", quick)
    print(f"  plain / compiled                   {ratio:8.0f}")
    of = f"stable, 20,000 x 6,000 x 30: {name}"
    rows.note(of, "this project", quick)
    rows.note(of, "plain Python twin", slow, target="15 or more")


# ---------- a million ----------


def a_million(seed: int) -> None:
    """The round is made in one process and solved in another, whose peak of memory is then that of solving."""
    with (
        tempfile.TemporaryDirectory() as folder,
        multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool,
    ):
        pool.apply(make_a_million, (folder, seed))
        for name, mentees_propose in (("mentees propose", True), ("mentors propose", False)):
            seconds, placed, turned_down, edges, before, peak = pool.apply(solve_a_million, (folder, mentees_propose))
            print(f"  {name}: {edges:,} edges, placed {placed:,}, refused proposals {turned_down:,}")
            show("solve", seconds)
            note_a_million(name, seconds, peak - before, peak)
            print(f"  {'the round alone, whole process':34} {before:11.0f} MB")
            print(f"  {'peak of the whole process':34} {peak:11.0f} MB")


def note_a_million(name: str, seconds: list[float], added: float, peak: float) -> None:
    """One row of the table."""
    target = "3 s or less, 1,500 MB or less"
    rows.note("stable, 1,000,000 x 300,000 x 20", f"this project, {name}", seconds, added, peak, target)


def make_a_million(folder: str, seed: int) -> None:
    """Into files."""
    ranked, seats = round_of(1_000_000, 300_000, 20, seed)
    for name, array in zip("abcde", (*arrays(ranked), seats), strict=True):
        np.save(Path(folder, name), array)


def solve_a_million(folder: str, mentees_propose: bool) -> tuple[list[float], int, int, int, float, float]:
    """Seconds of each run; placed, refused, edges; megabytes before and at the peak."""
    small, few = round_of(4_000, 1_200, 20, 1)
    stable_mentors(small, few, mentees_propose)
    *read, seats = (np.load(Path(folder, f"{name}.npy")) for name in "abcde")
    ranked, before = Ranked(*read), peak_memory()
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        mentor_of = stable_mentors(ranked, seats, mentees_propose)
        seconds.append(time.perf_counter() - start)
    peak = peak_memory()
    turned_down = refused(ranked, mentor_of) if mentees_propose else 0
    return seconds, int((mentor_of >= 0).sum()), turned_down, len(ranked.mentors), before, peak


def peak_memory() -> float:
    """Megabytes of this process at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
