"""One round scored on a cluster of separate processes on this machine; run by ``test_matching_cluster.py``.

    python tests/core/matching/on_a_cluster.py WORKERS FOLDER [--kill]

Each block takes its own time, so that blocks are not done in the order in which they were asked for. With ``--kill``
one worker is stopped in the middle of its work and killed. Prints as JSON what came back and what was seen; a cluster
without workers is asked for some.
"""

import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np

from cheiron.core.errors import Invalid
from cheiron.core.matching.candidates import LocalCandidates, joined
from cheiron.core.matching.components import DEFAULT_WEIGHTS, Participant, Statement
from cheiron.core.matching.edges import Edges
from cheiron.core.matching.encoding import Pairs, encode
from cheiron.core.people.facts import Facts
from cheiron.gateways.cluster import ClusterCandidates, cluster_at

MENTEES, MENTORS, BLOCK, TAKEN_BEFORE = 260, 90, 10, 3
LIMIT = 120
"""Seconds after which this process gives up, whatever it waits for."""


@dataclass(frozen=True, eq=False)
class Dawdling(LocalCandidates):
    """Leaves a line when a block is done, after a while that differs from block to block."""

    diary: str = ""

    def edges(self) -> Edges:
        found = super().edges()
        digest = digest_of(found)
        time.sleep(0.02 + int(digest[:4], 16) / 2**16 * 0.15)
        with Path(self.diary).open("a") as file:
            file.write(f"{os.getpid()} {digest}\n")
        return found


def digest_of(edges: Edges) -> str:
    """Of the bytes and the types of all arrays."""
    found = sha256()
    for array in (edges.starts, edges.mentors, edges.scores):
        found.update(f"{array.dtype.str}{array.shape}".encode() + array.tobytes())
    return found.hexdigest()


def question(diary: Path) -> Dawdling:
    """People with lists, marks, statements and wishes; seats and rules."""
    chance = Random(5)
    topics, goals = [f"topic {n}" for n in range(600)], [f"goal {n}" for n in range(12)]

    def facts(wishes: tuple[str, ...]) -> Facts:
        return Facts(topics=tuple(chance.sample(topics, 9)), goals=tuple(chance.sample(goals, 3)), wishes=wishes)

    def statement() -> Statement:
        terms = sorted(chance.sample([f"term {n}" for n in range(60)], 7))
        return Statement(tuple((term, chance.randrange(100_000, 600_000)) for term in terms))

    mentors = [Participant(f"M{n}", facts(()), statement=statement()) for n in range(MENTORS)]
    wishes = [tuple(f"M{chance.randrange(MENTORS)}" for _ in range(chance.randrange(3))) for _ in range(MENTEES)]
    mentees = [Participant(f"S{n}", facts(wish), statement=statement()) for n, wish in enumerate(wishes)]
    encoded = encode(mentees, mentors)
    barred = {(chance.randrange(MENTEES), chance.randrange(MENTORS)) for _ in range(900)}
    forbidden = Pairs(*np.array(sorted(barred), dtype=np.int64).T)
    seated = np.array([chance.random() < 0.8 for _ in range(MENTORS)])
    rules = {"seated": seated, "forbidden": forbidden, "block": BLOCK}
    return Dawdling(encoded, DEFAULT_WEIGHTS, 6, **rules, diary=str(diary))


def struck(client, folder: Path) -> int:
    """Kill a worker that holds unfinished work; its process number. Stopped first, so that it cannot finish."""
    pids = client.run(os.getpid)
    for address, pid in pids.items():
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.3)  # what it had sent before has arrived
        if client.processing()[address]:
            os.kill(pid, signal.SIGKILL)
            return pid
        os.kill(pid, signal.SIGCONT)
    raise SystemExit("no worker had work")


def local_cluster(workers: int, folder: Path):
    """Processes of their own, each below a nanny that starts another one when it dies."""
    from distributed import LocalCluster

    where = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "local_directory": str(folder)}
    return LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, memory_limit=0, **where)


def refusal(folder: Path) -> dict:
    """What a cluster without workers is answered with."""
    with local_cluster(0, folder) as cluster:
        try:
            with cluster_at(cluster.scheduler_address, patience=1):
                return {}
        except Invalid as refused:
            return {"refusal": str(refused)}


def scored(workers: int, folder: Path, kill: bool) -> dict:
    """On a cluster that is gone afterwards."""
    asked, killed, shards = question(folder / "diary"), 0, []
    with local_cluster(workers, folder) as cluster, cluster_at(cluster.scheduler_address, LIMIT) as client:
        client.wait_for_workers(workers)
        for shard in ClusterCandidates(asked, client, ahead=12, patience=LIMIT).shards():
            shards.append(shard)
            if kill and len(shards) == TAKEN_BEFORE:
                killed = struck(client, folder)
    done = [line.split() for line in (folder / "diary").read_text().splitlines()]
    order, blocks = [digest for _, digest in done], [digest_of(shard.edges) for shard in shards]
    return {
        "digest": digest_of(joined(shards, asked.encoded.shape)),
        "firsts": [shard.first for shard in shards],
        "in_order": order == blocks,
        "every_block": set(order) == set(blocks),
        "worked": sorted({int(pid) for pid, _ in done}),
        "killed": killed,
    }


if __name__ == "__main__":
    signal.alarm(LIMIT)
    workers, folder = int(sys.argv[1]), Path(sys.argv[2])
    print(json.dumps(scored(workers, folder, "--kill" in sys.argv) if workers else refusal(folder)))
