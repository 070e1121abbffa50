"""The watched roster folder: files that have stopped changing, and where they are put afterwards.

ROSTERS/<program>/mentee/list.csv            found here
ROSTERS/<program>/mentee/done/1a2b3c4d-list.csv      imported, a report beside it
ROSTERS/<program>/mentee/refused/1a2b3c4d-list.csv   not imported, a report beside it
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

DONE, REFUSED = "done", "refused"


@dataclass(frozen=True)
class Dropped:
    """A file as it lay there when it was read. A file that is too large to be read has no content."""

    path: Path
    program: str
    role: str
    content: bytes | None
    digest: str
    """By which it is known again: the same name, moment and content in the same place."""


def lay_out(root: Path, programs: Iterable[str], roles: Iterable[str]) -> None:
    """A folder for each program and role."""
    for program in programs:
        for role in roles:
            for place in (DONE, REFUSED):
                (root / program / role / place).mkdir(parents=True, exist_ok=True)


def dropped(root: Path, roles: Iterable[str], still: float, limit: int, now: datetime) -> Iterable[Dropped]:
    """Every file that nobody has written to for ``still`` seconds, the oldest first. Links and hidden files are not
    read, nor what spreadsheet programs and copying tools keep beside a file while they work on it."""
    for role in roles:
        for path in sorted(root.glob(f"*/{role}/*"), key=lambda path: (path.lstat().st_mtime_ns, path.name)):
            hidden = path.name.startswith((".", "~$")) or path.suffix in (".part", ".tmp", ".filepart")
            if hidden or path.is_symlink() or not path.is_file():
                continue
            if now.timestamp() - path.stat().st_mtime >= still and (found := _read(path, role, limit)):
                yield found


def _read(path: Path, role: str, limit: int) -> Dropped | None:
    """The file, unless it changed while it was read."""
    before = path.stat()
    content = path.read_bytes() if before.st_size <= limit else None
    after = path.stat()
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        return None
    program = path.parents[1].name
    known = f"{program}/{role}/{path.name}/{before.st_mtime_ns}/{before.st_size}/".encode()
    return Dropped(path, program, role, content, hashlib.sha256(known + (content or b"")).hexdigest())


def put_away(file: Dropped, place: str, report: str) -> None:
    """The report first, then the file in one step: killed in between, the file still lies where it was found."""
    folder = file.path.parent / place
    folder.mkdir(exist_ok=True)
    name = f"{file.digest[:8]}-{file.path.name}"
    (folder / f"{name}.txt").write_text(report + "\n", "utf-8")
    os.replace(file.path, folder / name)
