"""How fast and how near the auction of seats is, against other solvers on the same edges.

    python bench/matching_auction.py [--seed N] [--million]

Builds rounds with some 30 edges for each mentee: topics of unequal size, mentors of unequal popularity, tastes. Each
solver runs in a process of its own, three times in turn. Printed are medians: seconds of solving (compiling and loading
left out), the peak of the process, and how much of it came on top of the loaded edges. The auction is run to a
certified gap of 1e-4 of the scores, and to the best itself, which the others always find; the values are compared.

Wall time on a shared machine is worth little, so processor seconds are printed beside it, and ratios are of those; all
solvers use one core. A process holds what an installed Cheiron would: packages that only tests and benches need are
kept out of it (numba would load scipy if it could), unless it is scipy that is asked.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matching_peers as peers
import numpy as np
import rows

from cheiron.core.matching.auction import auction
from cheiron.core.matching.bidding import Auctioned, Effort, placing_first
from cheiron.core.matching.edges import Edges

RUNS, DEGREE, ROWS_AT_ONCE = 3, 30, 50_000
CLOSE, EXACT, FLOW = "auction, gap 1e-4", "auction, exact", "OR-Tools flow"
TWIN, DENSE, SPARSE, HIGHS = "auction, plain twin", "scipy, dense", "scipy, sparse", "HiGHS"
SOLVERS = CLOSE, EXACT, FLOW
EFFORTS = {CLOSE: Effort(gap=1e-4), EXACT: Effort(gap=0)}
PEERS = {
    FLOW: peers.or_tools,
    TWIN: peers.twin,
    DENSE: peers.scipy_dense,
    SPARSE: peers.scipy_sparse,
    HIGHS: peers.highs,
}
NOT_INSTALLED = ("coverage", "matching", "pandas", "scipy", "yaml")
FASTER, LIGHTER = "8 or more", "twice ours or more"
Measured = dict[str, float]


def main() -> None:
    """Measure and print, round by round."""
    parser = argparse.ArgumentParser(description="Time the auction of seats.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--million", action="store_true", help="also 1,000,000 mentees, the auction alone")
    parser.add_argument("--alone", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(alone(*given.alone)))
        return
    print("one core of a shared machine: times vary by a third from run to run, ratios less")
    measure(2_000, 600, 1.0, False, given.seed, (*SOLVERS, TWIN, DENSE, SPARSE, HIGHS))
    measure(20_000, 6_000, 1.0, False, given.seed, (*SOLVERS, SPARSE))
    for n, m in ((20_000, 6_000), (100_000, 30_000)):
        for fill in (0.9, 1.0, 1.1):
            measure(n, m, fill, True, given.seed)
    measure(100_000, 30_000, 1.1, False, given.seed)
    if given.million:
        measure(1_000_000, 300_000, 1.1, True, given.seed, (CLOSE, EXACT))


def measure(n: int, m: int, fill: float, first: bool, seed: int, solvers: tuple[str, ...] = SOLVERS) -> None:
    """One round by each solver."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "round.npz")
        made = in_a_process("make", path, str(n), str(m), str(fill), str(int(first)), str(seed))
        counted = "placing comes first" if first else "scores alone count"
        print(f"{n:,} mentees, {m:,} mentors, {made['edges']:,} edges, {made['seats']:,} seats; {counted}")
        runs = [{solver: in_a_process(solver, path) for solver in solvers} for _ in range(RUNS)]
        floor = (8 * made["edges"] + 8 * (n + m)) / in_a_process("bandwidth", path)["bytes"]
    middle = {
        solver: {key: statistics.median(run[solver][key] for run in runs) for key in one}
        for solver, one in runs[0].items()
    }
    report(middle)
    of = f"weighted, {n:,} x {m:,}, {100 * fill:.0f} seats for 100 mentees; {counted}"
    for solver, one in middle.items():
        target = f"{FASTER}; process {LIGHTER}" if solver == FLOW and n == 100_000 else ""
        rows.note(of, solver, [run[solver]["cpu"] for run in runs], one["added"], one["peak"], target)
    rows.note(of, "floor: the edges read once", [floor])


def report(middle: dict[str, Measured]) -> None:
    """A line for each solver, and the ratios."""
    for solver, one in middle.items():
        print(
            f"  {solver:18} {one['wall']:7.2f} s  {one['cpu']:7.2f} s of processor  {one['peak']:6.0f} MB, "
            f"{one['added']:5.0f} added   gap {one['gap']:.1e}   placed {one['placed']:,.0f}, total {one['total']:,.0f}"
        )
    exact = middle.get(FLOW)
    if exact is None:
        return
    for solver, one in middle.items():
        slack = int(exact["value"] * peers.CLOSE_ENOUGH) if solver == HIGHS else 0
        assert one["value"] - slack <= exact["value"] <= one["bound"] + slack
        if solver != FLOW:
            ratios = (f"{key} {exact[key] / one[key]:.3g}" for key in ("wall", "cpu", "peak", "added") if one[key])
            print(f"  flow / {solver:18} {', '.join(ratios)}")


# ---------- in a process of its own: the peak of a process counts what its parent held when it began ----------


def in_a_process(*task: str) -> Measured:
    """What it needed, and what came out."""
    command = [sys.executable, __file__, "--alone", *task]
    measured: Measured = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)
    return measured


def alone(task: str, path: str, *given: str) -> Measured:
    """Make a round, or solve one, or see how fast memory is read."""
    if task == "bandwidth":
        return {"bytes": rows.bandwidth()}
    return make(path, *given) if task == "make" else solved(task, path)


def make(path: str, n: str, m: str, fill: str, first: str, seed: str) -> Measured:
    """A round in a file."""
    edges, seats = round_of(int(n), int(m), float(fill), int(seed))
    bonus = placing_first(int(n)) if int(first) else 0
    np.savez(path, starts=edges.starts, mentors=edges.mentors, scores=edges.scores, seats=seats, bonus=bonus)
    return {"edges": len(edges.mentors), "seats": int(seats.sum())}


def solved(solver: str, path: str) -> Measured:
    """Warm up on a small round, load, solve once."""
    if solver not in (DENSE, SPARSE, HIGHS):
        sys.modules.update(dict.fromkeys(NOT_INSTALLED))  # as if they were not there
    solve(solver, *round_of(60, 20, 1.0, seed=1), 0)
    with np.load(path) as stored:
        edges = Edges(stored["starts"], stored["mentors"], stored["scores"], len(stored["seats"]))
        seats, bonus = stored["seats"], int(stored["bonus"])
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    found = solve(solver, edges, seats, bonus)
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    spent |= {"peak": peak(), "added": peak() - before}
    bound, gap = found.bound, found.score_gap
    return spent | {"value": found.value, "bound": bound, "gap": gap, "placed": found.placed, "total": found.total}


def solve(solver: str, edges: Edges, seats: np.ndarray, bonus: int) -> Auctioned | peers.Answer:
    """By the name of the solver."""
    return auction(edges, seats, bonus, EFFORTS[solver]) if solver in EFFORTS else PEERS[solver](edges, seats, bonus)


def peak() -> float:
    """The most memory that this process held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---------- rounds ----------


def round_of(n: int, m: int, fill: float, seed: int) -> tuple[Edges, np.ndarray]:
    """Edges, and seats for the share ``fill`` of all mentees."""
    chance = np.random.default_rng(seed)
    topics = max(4, m // 150)
    sizes = np.arange(1, topics + 1) ** -0.6
    topic_of_mentor = np.sort(chance.choice(topics, m, p=sizes / sizes.sum()))
    profiles = chance.normal(size=(topics, 8))
    popularity, mentors = chance.beta(2, 4, m), profiles[topic_of_mentor] + 0.8 * chance.normal(size=(m, 8))
    mentors /= np.linalg.norm(mentors, axis=1)[:, None]
    near = np.argsort(-(profiles @ profiles.T), axis=1)[:, :4]
    blocks = np.searchsorted(topic_of_mentor, np.arange(topics + 1))
    topic_of_mentee = chance.choice(topics, n, p=chance.permutation(sizes) / sizes.sum())
    parts = [
        some_rows(chance, topic_of_mentee[at : at + ROWS_AT_ONCE], near, blocks, profiles, mentors, popularity)
        for at in range(0, n, ROWS_AT_ONCE)
    ]
    counts, columns, scores = (np.concatenate(one) for one in zip(*parts, strict=True))
    return Edges(np.append(0, np.cumsum(counts)), columns, scores, m), seats_for(chance, m, int(fill * n))


def some_rows(
    chance: np.random.Generator,
    topics: np.ndarray,
    near: np.ndarray,
    blocks: np.ndarray,
    profiles: np.ndarray,
    mentors: np.ndarray,
    popularity: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many edges each, to whom, and the scores: mentors of the mentee's topic or a near one, a fifth anybody."""
    n, m = len(topics), len(mentors)
    which = near[topics][np.arange(n)[:, None], chance.choice(4, (n, DEGREE), p=(0.6, 0.2, 0.1, 0.1))]
    inside = blocks[which] + (chance.random((n, DEGREE)) * (blocks[which + 1] - blocks[which])).astype(int)
    columns = np.where(chance.random((n, DEGREE)) < 0.2, chance.integers(0, m, (n, DEGREE)), inside).clip(0, m - 1)
    columns.sort(axis=1)
    first = np.diff(columns, axis=1, prepend=-1) > 0
    tastes = profiles[topics] + 0.8 * chance.normal(size=(n, 8))
    tastes /= np.linalg.norm(tastes, axis=1)[:, None]
    alike = np.einsum("ijk,ik->ij", mentors[columns], tastes)
    scores = 0.45 + 0.3 * alike + 0.25 * popularity[columns] + 0.05 * chance.normal(size=(n, DEGREE))
    millionths = (1_000_000 * scores).round().clip(0, 1_000_000).astype(np.int32)
    return first.sum(axis=1), columns[first].astype(np.int32), millionths[first]


def seats_for(chance: np.random.Generator, m: int, total: int) -> np.ndarray:
    """From 0 for a mentor upward, so many in all."""
    weights = chance.choice(6, m, p=(0.05, 0.2, 0.25, 0.25, 0.15, 0.1)) + 1e-9
    return np.asarray(chance.multinomial(total, weights / weights.sum()), dtype=np.int64)


if __name__ == "__main__":
    main()
