"""Where the thresholds of ``core/matching/policy.py`` come from: seconds by method and size, in one run.

    python bench/matching_policy.py [--seed N] [--large]

Rounds are full matrices, all pairs open, seats for nine in ten; networks have 30 pairs for each mentee. Each figure is
processor seconds of one solve after one that compiles and loads. ``--large`` adds the sizes that take minutes.
"""

import argparse
import time
from dataclasses import replace

import numpy as np

from cheiron.core.matching.edges import Edges
from cheiron.core.matching.network.problem import Demand, Network, Offer
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.problem import Mentor, Method, Orders, Problem
from cheiron.core.matching.solve import solve

ROUNDS = ((200, 80), (1_000, 350), (2_000, 700))
LARGER_ROUNDS = ((4_000, 1_400),)
NETWORKS = ((2_000, 700), (20_000, 6_000))
LARGER_NETWORKS = ((100_000, 30_000),)
DEGREE = 30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time each method by size.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--large", action="store_true")
    given = parser.parse_args()
    for n, m in (*ROUNDS, *(LARGER_ROUNDS if given.large else ())):
        problem = a_round(n, m, given.seed)
        methods = (Method.WEIGHTED, Method.STABLE, Method.FAIR, Method.GENEROUS, Method.RANK_MAXIMAL)
        print(f"round, {n:,} x {m:,}, {n * m:,} pairs")
        for method in methods:
            print(f"  {method:13} {seconds(solve, replace(problem, method=method)):8.2f} s", flush=True)
    for n, m in (*NETWORKS, *(LARGER_NETWORKS if given.large else ())):
        network = a_network(n, m, given.seed)
        print(f"network, {n:,} x {m:,}, {len(network.edges.scores):,} pairs")
        for method in (Method.WEIGHTED, Method.AUCTION):
            print(f"  {method:13} {seconds(solve_network, replace(network, method=method)):8.2f} s", flush=True)


def seconds(solver, problem) -> float:  # type: ignore[no-untyped-def]
    """Of the processor, for one solve."""
    solver(problem) if isinstance(problem, Network) and problem.method is Method.AUCTION else None
    start = time.process_time()
    solver(problem)
    return time.process_time() - start


def a_round(n: int, m: int, seed: int) -> Problem:
    """Tastes and popular mentors; each person's order follows the score with a taste of their own."""
    chance = np.random.default_rng(seed)
    scores = (1_000_000 * (chance.random(m) + chance.random((n, m))) / 2).astype(int)
    mine, theirs = (
        np.argsort(np.argsort(-(scores + chance.integers(0, 300_000, (n, m))), at), at) + 1 for at in (1, 0)
    )
    seats = chance.multinomial(int(0.9 * n), np.full(m, 1 / m))
    mentors = tuple(Mentor(f"M{column:06}", int(many)) for column, many in enumerate(seats))
    return Problem(tuple(f"S{row:06}" for row in range(n)), mentors, scores, seed=seed, orders=Orders(mine, theirs))


def a_network(n: int, m: int, seed: int) -> Network:
    """The same people, of whom each knows thirty."""
    chance = np.random.default_rng(seed)
    popularity = chance.random(m)
    mentors = (
        np.sort(np.argpartition(chance.random((n, m), dtype=np.float32), DEGREE, axis=1)[:, :DEGREE], axis=1).ravel()
        if n * m < 2e8
        else np.sort(
            (np.arange(n)[:, None] * 7 + np.cumsum(chance.integers(1, m // 31, (n, DEGREE)), axis=1)) % m, axis=1
        ).ravel()
    )
    scores = (1_000_000 * (popularity[mentors] + chance.random(n * DEGREE)) / 2).astype(np.int32)
    starts = np.arange(n + 1, dtype=np.int64) * DEGREE
    seats = chance.multinomial(int(0.9 * n), np.full(m, 1 / m)).tolist()
    demands = tuple(Demand(f"S{row:06}") for row in range(n))
    offers = tuple(Offer(f"M{column:06}", many) for column, many in enumerate(seats))
    return Network(demands, offers, Edges(starts, mentors.astype(np.int32), scores, m), seed=seed)


if __name__ == "__main__":
    main()
