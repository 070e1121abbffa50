"""Scores and the thirty best mentors of each mentee: compiled loops against numpy in blocks, as ratios of one run.

    python bench/matching_score.py [--seed N] [--mentees N] [--mentors N] [--sample N] [--said PERCENT]

CPU seconds of one thread, each way in a process of its own that is given the encoded people and nothing else. The
loops take everybody; numpy (``grids``: blocks of the matrix, then a partition) takes a sample of the mentees, and its
seconds are scaled to all. Both must find the same pairs. ``--said``: how many of a hundred write a statement of some
thirty words in their own words; nobody, unless told.
"""

import argparse
import json
import pickle
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matching_draft as draft
import numpy as np
import rows

from cheiron.catalog.thesaurus import thesaurus
from cheiron.core.matching import kernel
from cheiron.core.matching.candidates import LocalCandidates, joined
from cheiron.core.matching.components import DEFAULT_WEIGHTS, Participant
from cheiron.core.matching.encoding import Encoded, Side, encode
from cheiron.core.matching.orders import orders_of
from cheiron.core.matching.score import score_matrix
from cheiron.core.matching.statements import understood

TOPICS, RUNS, SAMPLE = 40, 7, 100
FASTER, MEGABYTES, FIRST_CALL = 3.0, 250, 1.5


def main() -> None:
    """A large round, then a small one."""
    parser = argparse.ArgumentParser(description="Time the scores of a large round, and of a small one.")
    for name, number in (("seed", 1), ("mentees", 100_000), ("mentors", 30_000), ("sample", 500), ("said", 0)):
        parser.add_argument(f"--{name}", type=int, default=number)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        large(Path(home) / "people", asked)
        small(Path(home) / "people", asked.seed, asked.said)


def large(path: Path, asked: argparse.Namespace) -> None:
    """All mentees through the loops, some through numpy. This process stays small: its children inherit its peak."""
    people = child("people", path, asked.seed, asked.mentees, asked.mentors, asked.said)
    loops, numpy = (child(way, path, rows) for way, rows in (("loops", asked.mentees), ("numpy", asked.sample)))
    assert loops["sample"] == numpy["sample"]
    of_all = numpy["seconds"] * asked.mentees / numpy["mentees"]
    floor = asked.mentees * people["read"] / rows.bandwidth()
    print(f"{asked.mentees} x {asked.mentors}, {kernel.MOST} best, statements by {asked.said} of 100")
    print(f"read words     {people['words']:8.1f} s")
    print(f"encode         {people['seconds']:8.1f} s")
    print(f"loops          {loops['seconds']:8.1f} s    ({loops['first']:.2f} s until they are loaded or compiled)")
    print(f"numpy          {of_all:8.1f} s    ({numpy['seconds']:.2f} s for {numpy['mentees']} mentees, scaled)")
    print(f"numpy / loops  {of_all / loops['seconds']:8.1f}      (target {FASTER} or more)")
    print(f"encoded people {people['size'] / 1e6:8.0f} MB   ({loops['before']:.0f} MB the process with them)")
    print(f"loops, memory  {loops['more']:8.0f} MB   (target {MEGABYTES}; at the peak, beyond the process with people)")
    print(f"floor          {floor:8.1f} s    ({people['read'] / 1e6:.2f} MB for each mentee, were it read from memory)")
    print(f"loops / floor  {loops['seconds'] / floor:8.1f}")
    of = f"scores and the best {kernel.MOST}, {asked.mentees:,} x {asked.mentors:,}"
    rows.note(of, "this project", [loops["seconds"]], loops["more"], loops["before"] + loops["more"], "250 MB or less")
    rows.note(of, "numpy, in blocks (scaled from a sample)", [of_all], target=f"{FASTER:.0f} or more")
    rows.note(of, "floor: all mentors read for each mentee", [floor])


def small(path: Path, seed: int, said: int) -> None:
    """The whole matrix of a 1,000-person program, warm, and in a fresh process."""
    sides = [stated(random.Random(seed), side, said) for side in draft.people(random.Random(seed))]
    mentees, mentors = understood(*sides, thesaurus())
    encoded = encode(mentees, mentors, draft.STAGES)
    path.write_bytes(pickle.dumps((mentees, mentors)))
    ways: dict[str, Callable[[], object]] = {
        "read words": lambda: understood(*sides, thesaurus()),
        "score_matrix": lambda: score_matrix(mentees, mentors, DEFAULT_WEIGHTS, draft.STAGES),
        "encode": lambda: encode(mentees, mentors, draft.STAGES),
        "numpy": lambda: forced(encoded, 10**9),
        "loops": lambda: forced(encoded, 0),
        "one mentee": lambda: kernel.score_row(encoded, 0),
    }
    print(f"{len(mentees)} x {len(mentors)}, the whole matrix, warm")
    for name, work in ways.items():
        work()
        runs = [timed(work)[0] * 1000 for _ in range(RUNS)]
        print(f"{name:14} {statistics.median(runs):8.1f} ms   ({min(runs):.1f} to {max(runs):.1f})")
        if name in ("loops", "numpy"):
            of = f"scores of everybody with everybody, {len(mentees):,} x {len(mentors):,}"
            rows.note(of, name, [run / 1000 for run in runs])
    fresh = child("first", path)
    print(f"first call     {fresh['seconds']:8.2f} s    (target {FIRST_CALL}: imports, scores, both orders)")


def forced(encoded: Encoded, few: int) -> np.ndarray:
    """The matrix by numpy or by the loops, whatever its size."""
    kernel.FEW_PAIRS, before = few, kernel.FEW_PAIRS
    try:
        return kernel.score_all(encoded)
    finally:
        kernel.FEW_PAIRS = before


def crowd(chance: random.Random, mentees: int, mentors: int) -> tuple[list[Participant], list[Participant]]:
    """As believable as those of the draft, with forty topics."""
    del draft.TOPICS[TOPICS:]
    offering = [Participant(f"M{n:05}", draft.facts(chance, draft.STAGES[3:], ())) for n in range(mentors)]
    ids = tuple(mentor.id for mentor in offering)
    return [Participant(f"S{n:06}", draft.facts(chance, draft.STAGES[:5], ids)) for n in range(mentees)], offering


def stated(chance: random.Random, side: list[Participant], said: int) -> list[Participant]:
    """The same people, so many of a hundred with a statement: half subjects, half words as frequent as words are."""
    subjects, commonness = sorted(thesaurus().broader), [1 / rank for rank in range(1, 4001)]

    def statement() -> str:
        words = chance.choices(range(4000), commonness, k=20)
        return " ".join((*chance.choices(subjects, k=5), *(f"word{chr(97 + n % 26)}{n}" for n in words)))

    told = (statement() if chance.randrange(100) < said else "" for _ in side)
    return [replace(one, facts=replace(one.facts, statement=text)) for one, text in zip(side, told, strict=True)]


def bytes_of(side: Side) -> int:
    """What the arrays of one side hold."""
    return sum(value.nbytes for value in vars(side).values() if isinstance(value, np.ndarray))


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """CPU seconds of this process, and what came of it."""
    start = time.process_time()
    done = work()
    return time.process_time() - start, done


# ---------- in a process of its own ----------


def child(way: str, path: Path, *numbers: int) -> dict:
    """What a fresh process says of itself."""
    line = [sys.executable, __file__, way, str(path), *map(str, numbers)]
    done = subprocess.run(line, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def people(path: Path, seed: int, mentees: int, mentors: int, said: int) -> dict:
    """Builds them and leaves them encoded."""
    sides = [stated(random.Random(seed), side, said) for side in crowd(random.Random(seed), mentees, mentors)]
    words, sides = timed(lambda: understood(*sides, thesaurus()))
    seconds, encoded = timed(lambda: encode(*sides, draft.STAGES))
    path.write_bytes(pickle.dumps(encoded))
    read = encoded.mentors.marks_by_word.nbytes + encoded.mentors.spoke.nbytes
    return {
        "words": words,
        "seconds": seconds,
        "read": read,
        "size": bytes_of(encoded.mentees) + bytes_of(encoded.mentors),
    }


def first(path: Path) -> dict:
    """CPU seconds from nothing to scores and orders."""
    sides = pickle.loads(path.read_bytes())
    scores = score_matrix(*sides, DEFAULT_WEIGHTS, draft.STAGES)
    orders_of(*sides, scores, DEFAULT_WEIGHTS, draft.STAGES)
    return {"seconds": time.process_time()}


def loops(path: Path, mentees: int) -> dict:
    """The best by the compiled loops."""
    return best(path, mentees)


def numpy(path: Path, mentees: int) -> dict:
    """The best by numpy, in blocks."""
    kernel.AVAILABLE = False
    return best(path, mentees)


def best(path: Path, mentees: int) -> dict:
    """CPU seconds and memory."""
    encoded = pickle.loads(path.read_bytes()).rows(0, mentees)
    before = megabytes()
    waking, _ = timed(lambda: kernel.best_edges(encoded.rows(0, 1 + kernel.FEW_PAIRS // encoded.shape[1])))
    seconds, edges = timed(lambda: joined(LocalCandidates(encoded, DEFAULT_WEIGHTS).shards(), encoded.shape))
    sample = edges.mentors[: edges.starts[SAMPLE]].tolist()
    used = {"before": before, "more": megabytes() - before}
    return {"seconds": seconds, "first": waking, "mentees": encoded.shape[0], "sample": sample, **used}


def megabytes() -> float:
    """The most that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    alone = {way.__name__: way for way in (people, first, loops, numpy)}
    if sys.argv[1:2] and sys.argv[1] in alone:
        print(json.dumps(alone[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:]))))
    else:
        main()
