"""How fast groups are found, and how near the best they are known to be.

    python bench/matching_groups.py [--seed N]

Builds rounds of 60 and 120 members: topics, hours, a volunteered attribute that nobody may be alone with, a stage to be
balanced. Two kinds: what counts is the leader alone, or other members too, a fifth as much. Printed are how many
moves and seconds the annealer needs for its first choice that keeps every rule (the numbers of moves are doubled until
there is one; compiling left out), and after the whole effort what is reached, the bound, and the gap between them. The
effort is bounded in CP-SAT's own unit of work, not in seconds; on a busy machine it takes longer, and gives the same.
"""

import argparse
import time

import numpy as np

from cheiron.core.matching.groups import anneal
from cheiron.core.matching.groups.blocks import blocks_of
from cheiron.core.matching.groups.problem import GroupProblem, GroupRule, Leader, Member
from cheiron.core.matching.groups.result import Effort
from cheiron.core.matching.groups.solve import solve_groups
from cheiron.core.matching.groups.verify import limits, verify_groups

EFFORT = Effort(moves=400_000, work=6_000)
HOURS, FREE, LEADERS_FREE = 20, 8, 8


def main() -> None:
    """Measure and print, round by round."""
    parser = argparse.ArgumentParser(description="Time groups.")
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    anneal.anneal(blocks_of(round_of(12, 3, 0.2, True, seed))[0], 2, 100)
    print(f"effort: {EFFORT.moves:,} moves, {EFFORT.work / 1000:g} units of work; one core of a shared machine")
    for n, k in ((60, 10), (120, 20)):
        for peers, common in ((0.0, True), (0.0, False), (0.2, True)):
            measure(n, k, peers, common, seed)


def measure(n: int, k: int, peers: float, common: bool, seed: int) -> None:
    """One round."""
    problem = round_of(n, k, peers, common, seed)
    moves, seconds = first_feasible(problem, k)
    begun = time.perf_counter()
    annealed = solve_groups(problem, Effort(EFFORT.moves, 0))
    between = time.perf_counter()
    result = solve_groups(problem, EFFORT)
    ended = time.perf_counter()
    assert verify_groups(problem, result) == ()
    print(
        f"{n} members, {len(result.groups)} groups, {'members count too' if peers else 'leaders alone count'}, "
        f"{'one hour for each group' if common else 'no common hour'}\n"
        f"  keeps every rule after {moves:,} moves, {seconds:.2f} s; annealer {between - begun:.1f} s, "
        f"all {ended - between:.1f} s\n"
        f"  placed {result.placed} of at most {result.placed_bound}; value {result.value / 1e6:.2f} "
        f"(annealer alone {annealed.value / 1e6:.2f}), bound {result.bound / 1e6:.2f} (by counting "
        f"{limits(problem, result)[1] / 1e6:.2f}), gap {100 * (result.bound / result.value - 1):.1f} %",
        flush=True,
    )


def first_feasible(problem: GroupProblem, k: int) -> tuple[int, float]:
    """The fewest moves, doubling, that lead to a choice without faults, and the seconds of that run alone."""
    (block,), moves = blocks_of(problem), 1_000
    while moves < 2**22:
        begun = time.perf_counter()
        if anneal.anneal(block, k, moves):
            return moves, time.perf_counter() - begun
        moves *= 2
    raise SystemExit("the annealer found no choice that keeps every rule")


def round_of(n: int, k: int, peers: float, common: bool, seed: int) -> GroupProblem:
    """``n`` members for about ``k`` groups, a quarter more leaders than groups."""
    chance = np.random.default_rng(seed)
    m = -(-5 * k // 4)
    profiles = chance.normal(size=(8, 6))[chance.integers(0, 8, n + m)] + 0.7 * chance.normal(size=(n + m, 6))
    profiles /= np.linalg.norm(profiles, axis=1)[:, None]
    fits = (profiles @ profiles.T).clip(0, 1)
    beside = np.triu((fits[:n, :n] * peers * 1e6).astype(np.int64), 1)
    free = [hours(chance, FREE) for _ in range(n)] + [hours(chance, LEADERS_FREE) for _ in range(m)]
    said = chance.choice(["a", "b", "c", None], n, p=[0.5, 0.3, 0.1, 0.1])
    stages = chance.integers(0, 3, n)
    members = [Member(f"s{at:03}", "", free[at], (("a", said[at]), ("stage", str(stages[at])))) for at in range(n)]
    leaders = [Leader(f"m{at:03}", 1, "", free[n + at]) for at in range(m)]
    rule = GroupRule((n // k - 1, n // k + 1), (1, 1), (k, k), ("a",), (("stage", 3),), common)
    to_leaders = (fits[:n, n:] * 1e6).astype(np.int64)
    return GroupProblem(tuple(members), tuple(leaders), rule, to_leaders, beside + beside.T, seed=seed)


def hours(chance: np.random.Generator, count: int) -> int:
    """A mask of so many hours."""
    return sum(1 << int(hour) for hour in chance.choice(HOURS, count, replace=False))


if __name__ == "__main__":
    main()
