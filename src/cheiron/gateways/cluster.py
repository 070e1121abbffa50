"""The pairs of a large round, found by the workers of a Dask cluster (the extra ``cluster``).

What is computed, and how, is ``core.matching.candidates``; here it is only sent out and brought back. The mentors go
once to each worker that is at work, the mentees go block by block, and the pairs come back in the order of the
mentees, in whatever order the blocks were done. A block whose worker dies is done again by another one, and as the
same people, weights and rules give the same bytes everywhere, nobody can tell from the pairs.

Numbers travel: marks, places in lists, scores. No name, no id and no answer in words does. Numbers about people are
still about people, so a cluster is for machines of the school, on a network of its own or with TLS.

Pairs come back as three numpy arrays. Arrow would hold the same bytes: the cluster sends an array as it lies in
memory, and pyarrow weighs more than everything else that Cheiron installs for matching.
"""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from cheiron import __version__
from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.candidates import LocalCandidates, Shard
from cheiron.core.matching.edges import Edges
from cheiron.core.matching.encoding import Pairs, Side
from cheiron.core.matching.weights import thousandths
from cheiron.core.text import Text, say

if TYPE_CHECKING:
    from distributed import Client, Future


@contextmanager
def cluster_at(address: str, patience: float = 30) -> "Iterator[Client]":
    """A cluster with at least one worker: ``tcp://HOST:PORT``, ``tls://HOST:PORT``, or a scheduler's file (``.json``).

    Certificates are taken from Dask's own settings. Raises ``Invalid`` where nobody answers within ``patience``
    seconds.
    """
    try:
        from distributed import Client
    except ImportError:
        raise _refused(say("Dask is not installed."), say("Install Cheiron with the extra “cluster”.")) from None
    try:
        address = _in_file(Path(address), patience) if address.endswith(".json") else address
        client = Client(address, timeout=patience, set_as_default=False)
    except (OSError, ValueError, KeyError):
        start = say("Start it with “dask scheduler”, and give the address that it prints.")
        raise _refused(say("No cluster answers at “%(address)s”.", address=address), start) from None
    with client:
        _wait_for_somebody(client, patience)
        yield client


@dataclass(frozen=True, eq=False)
class ClusterCandidates:
    """What ``local`` finds, found by the workers of ``client``: the same bytes, shard by shard."""

    local: LocalCandidates
    client: "Client"
    ahead: int = 32
    """Shards that are asked for before the first of them has been taken; what is done waits on the workers."""
    patience: float = 600
    """Seconds for one shard until the cluster is given up."""

    def shards(self) -> Iterator[Shard]:
        """As ``CandidateProvider`` has it. Raises ``Invalid`` on weights, and where the cluster does no work."""
        thousandths(self.local.weights)
        everybody = self.client.submit(_prepared, _without_mentees(self.local), __version__, pure=False)
        under_way: deque[tuple[int, Future]] = deque()
        for first, last in self.local.spans():
            under_way.append((first, self._asked(everybody, first, last)))
            if len(under_way) >= self.ahead:
                yield self._shard(*under_way.popleft())
        while under_way:
            yield self._shard(*under_way.popleft())

    def _asked(self, everybody: "Future", first: int, last: int) -> "Future":
        part = self.local.part(first, last)
        return self.client.submit(_found, everybody, _alone(part.encoded.mentees), part.forbidden, pure=False)

    def _shard(self, first: int, asked: "Future") -> Shard:
        """Waits for it."""
        from distributed import CancelledError, KilledWorker, TimeoutError

        try:
            return Shard(first, asked.result(timeout=self.patience))
        except (CancelledError, KilledWorker, TimeoutError, OSError) as failure:
            problem = say("The cluster did not score the mentees from number %(first)s on.", first=first + 1)
            remedy = say(
                "Look at what its workers print (%(failure)s), or score on this machine.",
                failure=type(failure).__name__,
            )
            raise _refused(problem, remedy) from failure


def _in_file(place: Path, patience: float) -> str:
    """The address in the file that a scheduler leaves when it has started; Dask itself would wait for it forever."""
    until = monotonic() + patience
    while not place.exists() and monotonic() < until:
        sleep(0.1)
    return str(json.loads(place.read_text("utf-8"))["address"])


def _wait_for_somebody(client: "Client", patience: float) -> None:
    from distributed import TimeoutError

    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError:
        start = say("Start at least one with “dask worker”, and the same address.")
        raise _refused(say("The cluster has no workers."), start) from None


def _refused(problem: Text, remedy: Text) -> Invalid:
    return Invalid(problem, (Issue(problem, remedy),))


# ---------- what travels ----------


def _without_mentees(local: LocalCandidates) -> LocalCandidates:
    """What every block has in common, without the words that the numbers stand for: scoring needs none."""
    encoded, vocabulary = local.encoded, replace(local.encoded.vocabulary, numbers=())
    common = replace(encoded, vocabulary=vocabulary, mentees=_alone(encoded.mentees.rows(0, 0)))
    return replace(local, encoded=common, weights=dict(local.weights), forbidden=None)


def _alone(side: Side) -> Side:
    """The same people without everybody else's lists, which ``Side.rows`` leaves in place."""
    import numpy as np

    first, last = side.starts[0], side.starts[-1]
    starts = side.starts - first + np.concatenate([[0], np.cumsum(last - first)[:-1]]).astype(np.int64)
    items, weights = (
        np.concatenate([entries[:0], *(entries[low:high] for low, high in zip(first, last, strict=True))])
        for entries in (side.items, side.weights)
    )
    return replace(side, starts=starts, items=items, weights=weights)


# ---------- on a worker ----------


def _prepared(common: LocalCandidates, version: str) -> LocalCandidates:
    """Kept in the worker's memory for all of its blocks."""
    if version != __version__:
        problem = say("A worker has Cheiron %(its)s, and %(ours)s asks.", its=__version__, ours=version)
        raise _refused(problem, say("Install the same version everywhere."))
    return common


def _found(common: LocalCandidates, mentees: Side, forbidden: Pairs | None) -> Edges:
    return replace(common, encoded=replace(common.encoded, mentees=mentees), forbidden=forbidden).edges()
