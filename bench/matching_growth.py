"""What a round of a million would take: each stage measured at growing sizes, a law fitted, the law carried on.

    python bench/matching_growth.py [--seed N] [--mentees N] [--mentors N] [--check]

Three mentors to ten mentees, thirty edges for each mentee. Processor seconds of one core; every measurement in a
process of its own, medians of three. Scoring is measured on 2,000 mentees before all mentors: the others take as long.
``--check`` also solves the large round and prints what the laws said beside what it took; some 3 GB and minutes.

Laws: reading is proportional to people, scoring a mentee grows by a line with the mentors; of the solvers the power of
the number of edges is fitted as well. Memory is what came on top of what the stage was given, and grows by a line.
"""

import argparse
import ctypes
import gc
import itertools
import json
import math
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matching_auction
import matching_draft
import matching_peers as peers
import matching_score
import matching_stable
import numpy as np

from cheiron.core.matching.auction import auction
from cheiron.core.matching.bidding import placing_first
from cheiron.core.matching.candidates import LocalCandidates, Shard, joined
from cheiron.core.matching.components import DEFAULT_WEIGHTS
from cheiron.core.matching.encoding import encode
from cheiron.core.matching.stable import stable_mentors

SIZES, RUNS, SAMPLE, DEGREE = (25_000, 50_000, 100_000, 200_000), 3, 2_000, 30
BYTES_OF_AN_EDGE = 8
Measured = dict[str, float]


@dataclass(frozen=True)
class Law:
    """``factor * x ** power + constant``; ``off`` is the worst miss on what was measured, as a share."""

    factor: float
    power: float
    constant: float
    off: float

    def at(self, x: float) -> float:
        """What it says for so many."""
        return self.factor * x**self.power + self.constant


def main() -> None:
    """Measure, fit, carry on."""
    parser = argparse.ArgumentParser(description="Measure how the stages of a round grow.")
    for name, number in (("seed", 1), ("mentees", 1_000_000), ("mentors", 300_000)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--check", action="store_true", help="also solve the large round")
    asked = parser.parse_args()
    found = {stage: [measured(stage, n, 3 * n // 10, asked.seed) for n in SIZES] for stage in STAGES}
    for stage, rows in found.items():
        for row in rows:
            print(f"{stage:8} {row['n']:9,.0f} x {row['m']:7,.0f}   {row['cpu']:8.3f} s   {row['added']:6.0f} MB added")
    laws = fitted(found)
    print("\nlaws: processor seconds and MB, by people or edges; the worst miss on what was measured")
    for name, law in laws.items():
        constant = f" + {law.constant:.3g}" if law.constant else ""
        print(f"{name:34} {law.factor:.3g} * x^{law.power:.2f}{constant:12}   within {100 * law.off:.0f} %")
    print(f"\n{asked.mentees:,} mentees, {asked.mentors:,} mentors, {DEGREE} edges each, one core")
    foretold(laws, asked.mentees, asked.mentors)
    if asked.check:
        check(laws, asked.mentees, asked.mentors, asked.seed)


def measured(stage: str, n: int, m: int, seed: int, runs: int = RUNS) -> Measured:
    """Medians of several processes."""
    line = [sys.executable, __file__, "--alone", stage, str(n), str(m), str(seed)]
    done = [json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout) for _ in range(runs)]
    return {key: statistics.median(one[key] for one in done) for key in done[0]}


# ---------- laws ----------


def fitted(found: dict[str, list[Measured]]) -> dict[str, Law]:
    """By what each stage grows."""
    people, solvers = found["people"], ("stable", "auction", "flow")
    laws = {
        "encode, s by people": proportional(column(people, "people"), column(people, "cpu")),
        "people as objects, MB by people": proportional(column(people, "people"), column(people, "objects")),
        "while encoding, MB by people": proportional(column(people, "people"), column(people, "added")),
        "mentors encoded, MB by mentors": proportional(column(people, "m"), column(people, "mentors")),
        "mentees encoded, MB by mentees": proportional(column(people, "mentees_asked"), column(people, "mentees")),
        "score a mentee, s by mentors": straight(column(found["score"], "m"), column(found["score"], "cpu") / SAMPLE),
        "join, MB by edges": straight(column(found["join"], "edges"), column(found["join"], "added")),
    }
    for solver in solvers:
        edges = column(found[solver], "edges")
        laws[f"{solver}, s by edges"] = power(edges, column(found[solver], "cpu"))
        laws[f"{solver}, MB by edges"] = straight(edges, column(found[solver], "added"))
    return laws


def column(rows: Sequence[Measured], key: str) -> np.ndarray:
    """One figure at every size."""
    return np.array([row[key] for row in rows])


def proportional(x: np.ndarray, y: np.ndarray) -> Law:
    """Each size counts alike, by its relative miss."""
    return law(x, y, float((y / x).mean()), 1.0, 0.0)


def straight(x: np.ndarray, y: np.ndarray) -> Law:
    """A line, by least squares."""
    factor, constant = np.polyfit(x, y, 1)
    return law(x, y, float(factor), 1.0, float(constant))


def power(x: np.ndarray, y: np.ndarray) -> Law:
    """A line between logarithms."""
    exponent, start = np.polyfit(np.log(x), np.log(y), 1)
    return law(x, y, math.exp(start), float(exponent), 0.0)


def law(x: np.ndarray, y: np.ndarray, factor: float, exponent: float, constant: float) -> Law:
    """With its worst miss."""
    said = factor * x**exponent + constant
    return Law(factor, exponent, constant, float((abs(said - y) / y).max()))


def foretold(laws: dict[str, Law], n: int, m: int) -> None:
    """Stage by stage: core seconds, and memory of the node that solves."""
    edges, floor = n * DEGREE, matching_auction.in_a_process("bandwidth", "")["bytes"]
    kept = {name: laws[f"{name} encoded, MB by {name}"].at(size) for name, size in (("mentees", n), ("mentors", m))}
    held = BYTES_OF_AN_EDGE * (edges + n) / 1e6
    lines = [
        ("people as Python objects", 0, laws["people as objects, MB by people"].at(n + m)),
        ("encode, all at once", laws["encode, s by people"].at(n + m), laws["while encoding, MB by people"].at(n + m)),
        ("people encoded", 0, sum(kept.values())),
        ("score everybody with everybody", n * laws["score a mentee, s by mentors"].at(m), 0),
        ("edges, held", 0, held),
        ("edges, while shards are joined", 0, laws["join, MB by edges"].at(edges)),
        *(
            (solver, laws[f"{solver}, s by edges"].at(edges), laws[f"{solver}, MB by edges"].at(edges))
            for solver in ("stable", "auction", "flow")
        ),
    ]
    for name, seconds, megabytes in lines:
        print(f"{name:34} {f'{seconds:10,.1f} s' if seconds else '':12} {f'{megabytes:8,.0f} MB' if megabytes else ''}")
    print(f"{'floor: the edges read once':34} {1e6 * held / floor:10.2f} s")
    print(f"{'sent to each worker':34} {'':12} {kept['mentors']:8,.0f} MB")
    print(f"{'sent and brought back in all':34} {'':12} {kept['mentees'] + held:8,.0f} MB")


def check(laws: dict[str, Law], n: int, m: int, seed: int) -> None:
    """What the laws said of the large round, and what it took; of scoring, some mentees before all mentors."""
    row, law = measured("score", n, m, seed, runs=1), laws["score a mentee, s by mentors"]
    print(f"score    {SAMPLE:,} mentees: took {row['cpu']:.2f} s; said {SAMPLE * law.at(m):.2f} s")
    for stage in ("stable", "auction"):
        row, law, more = (
            measured(stage, n, m, seed, runs=1),
            *(laws[f"{stage}, {unit} by edges"] for unit in ("s", "MB")),
        )
        said = f"said {law.at(row['edges']):.1f} s and {more.at(row['edges']):.0f} MB"
        print(f"{stage:8} {row['edges']:,.0f} edges: took {row['cpu']:.1f} s, {row['added']:.0f} MB added; {said}")


# ---------- in a process of its own ----------


def alone(stage: str, n: int, m: int, seed: int) -> Measured:
    """One stage at one size."""
    if stage in ("stable", "auction", "flow"):
        sys.modules.update(dict.fromkeys(matching_auction.NOT_INSTALLED))
    return {"n": n, "m": m, **STAGES[stage](n, m, seed)}


def people(_n: int, m: int, seed: int) -> Measured:
    """Two thousand mentees and all mentors, read and encoded."""
    reset()
    before = peak()
    sides = matching_score.crowd(random.Random(seed), SAMPLE, m)
    objects = peak() - before
    spent, encoded = spending(lambda: encode(*sides, matching_draft.STAGES))
    kept = {name: matching_score.bytes_of(getattr(encoded, name)) / 1e6 for name in ("mentees", "mentors")}
    return {**spent, **kept, "objects": objects, "people": SAMPLE + m, "mentees_asked": SAMPLE}


def score(_n: int, m: int, seed: int) -> Measured:
    """Two thousand mentees before all mentors."""
    encoded = encode(*matching_score.crowd(random.Random(seed), SAMPLE, m), matching_draft.STAGES)
    local = LocalCandidates(encoded, DEFAULT_WEIGHTS)
    local.part(0, 1 + 1_000_000 // m).edges()  # the compiled code is loaded
    spent, _ = spending(lambda: joined(local.shards(), encoded.shape))
    return spent


def join(n: int, m: int, seed: int) -> Measured:
    """Shards that have come back, as one."""
    edges, _ = matching_auction.round_of(n, m, 1.0, seed)
    cuts = [*range(0, n, 8192), n]
    shards = []
    for first, last in itertools.pairwise(cuts):
        low, high = edges.starts[first], edges.starts[last]
        part = edges.mentors[low:high].copy(), edges.scores[low:high].copy()
        shards.append(Shard(first, type(edges)(edges.starts[first : last + 1] - low, *part, m)))
    size = len(edges.mentors)
    del edges
    spent, _ = spending(lambda: joined(shards, (n, m)))
    return {**spent, "edges": size}


def stable(n: int, m: int, seed: int) -> Measured:
    """Mentees propose."""
    stable_mentors(*matching_stable.round_of(4_000, 1_200, DEGREE, 1))
    ranked, seats = matching_stable.round_of(n, m, DEGREE, seed)
    spent, _ = spending(lambda: stable_mentors(ranked, seats))
    return {**spent, "edges": len(ranked.mentors)}


def weighted(solve: Callable[..., object]) -> Callable[[int, int, int], Measured]:
    """Placing comes first."""

    def measure(n: int, m: int, seed: int) -> Measured:
        solve(*matching_auction.round_of(60, 20, 1.0, 1), 0)
        edges, seats = matching_auction.round_of(n, m, 1.0, seed)
        spent, _ = spending(lambda: solve(edges, seats, placing_first(n)))
        return {**spent, "edges": len(edges.mentors)}

    return measure


STAGES: dict[str, Callable[[int, int, int], Measured]] = {
    "people": people,
    "score": score,
    "join": join,
    "stable": stable,
    "auction": weighted(auction),
    "flow": weighted(peers.or_tools),
}


def spending(work: Callable[[], object]) -> tuple[Measured, object]:
    """Processor seconds, and MB on top of what the process held; making the round may have left a higher peak."""
    reset()
    before, start = peak(), time.process_time()
    done = work()
    return {"cpu": time.process_time() - start, "added": peak() - before}, done


def reset() -> None:
    """What was freed is given back, and the kernel forgets the peak so far (Linux)."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def peak() -> float:
    """MB at the largest since then."""
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        print(json.dumps(alone(sys.argv[2], *map(int, sys.argv[3:]))))
    else:
        main()
