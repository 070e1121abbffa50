"""How far a long piece of work is, for other requests to read while the database is held by the work itself.

HOME/progress/<key>     one line of JSON, replaced whole with each report, gone when the work has ended

The file is locked by the process that is at work. A process that dies loses its locks, and what it leaves behind
counts for nothing. There are numbers in the file, and no names.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkstemp
from time import monotonic
from typing import IO

from django.conf import settings

from cheiron.core.errors import Conflict
from cheiron.core.text import say


@dataclass(frozen=True)
class Progress:
    """A stage of the work, how much of it is done, and in how many seconds it will be at this pace."""

    stage: str
    done: int = 0
    total: int = 0
    left: float | None = None


class Reports:
    """What the work calls: ``report("writing", 200, 5_000)``. Where no file can be kept, the work goes on without."""

    def __init__(self, place: Path) -> None:
        self.place, self.stage, self.since = place, "", 0.0
        self.held: int | None = None

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        if stage != self.stage:
            self.stage, self.since = stage, monotonic()
        left = (monotonic() - self.since) / done * (total - done) if done else None
        with suppress(OSError):
            self._replace(json.dumps(asdict(Progress(stage, done, total, left))))

    def _replace(self, line: str) -> None:
        """A new file, locked before anybody can find it, in the place of the one before."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        coming, name = mkstemp(dir=self.place.parent)
        fcntl.flock(coming, fcntl.LOCK_EX)
        os.write(coming, line.encode())
        os.replace(name, self.place)
        before, self.held = self.held, coming
        if before is not None:
            os.close(before)

    def end(self) -> None:
        """Nothing is left to be read."""
        if self.held is not None:
            with suppress(OSError):
                self.place.unlink()
            os.close(self.held)


@contextmanager
def reported(key: str) -> Iterator[Reports]:
    """While it lasts, what the work reports is read with ``progress_of``; begun twice at once it is refused."""
    if progress_of(key):
        raise Conflict(say("This is being done already. Wait until it has ended."))
    reports = Reports(_place(key))
    reports("waiting")
    try:
        yield reports
    finally:
        reports.end()


def progress_of(key: str) -> Progress | None:
    """How far it is; nothing if nobody is at work."""
    place = _place(key)
    with suppress(OSError), place.open() as file:
        if _locked(file):
            return Progress(**json.loads(file.read()))
        if not os.path.samestat(os.fstat(file.fileno()), place.stat()):
            return progress_of(key)  # replaced since it was opened
    return None


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _place(key: str) -> Path:
    return settings.HOME / "progress" / key
