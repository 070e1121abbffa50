"""A database of one's own, for what needs several processes: an SQLite file, or a database of the private cluster.

Which of the two it is, the address in CHEIRON_DATABASE says (``scripts/postgresql.py`` sets it).
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
CLUSTER = os.environ.get("CHEIRON_DATABASE", "")
ON_POSTGRESQL = CLUSTER.startswith("postgresql://")


@dataclass(frozen=True)
class OwnDatabase:
    """Scripts and commands run on it in processes of their own, as the server's do; ``folder`` is theirs."""

    address: str
    folder: Path

    @classmethod
    def empty(cls, folder: Path) -> "OwnDatabase":
        """Nothing is in it, not even a table."""
        if not ON_POSTGRESQL:
            return cls(str(folder / f"{_name()}.sqlite3"), folder)
        name = _name()
        _administer(f'CREATE DATABASE "{name}"')
        return cls(urlsplit(CLUSTER)._replace(path=f"/{name}").geturl(), folder)

    def copy(self, folder: Path) -> "OwnDatabase":
        """The same rows in another database; nobody may be at work in this one."""
        name = _name()
        if not ON_POSTGRESQL:
            return OwnDatabase(shutil.copy(self.address, folder / f"{name}.sqlite3"), folder)
        _administer(f'CREATE DATABASE "{name}" TEMPLATE "{urlsplit(self.address).path[1:]}"')
        return OwnDatabase(urlsplit(CLUSTER)._replace(path=f"/{name}").geturl(), folder)

    def drop(self) -> None:
        """A few megabytes less; the file of SQLite goes with its folder."""
        if ON_POSTGRESQL:
            _administer(f'DROP DATABASE "{urlsplit(self.address).path[1:]}" WITH (FORCE)')

    def environment(self, **more: str) -> dict[str, str]:
        """What a process needs to be at work on it."""
        return {
            **os.environ,
            "CHEIRON_DATABASE": self.address,
            "CHEIRON_HOME": str(self.folder),
            "CHEIRON_MODE": "development",
            "DJANGO_SETTINGS_MODULE": "cheiron.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            **more,
        }

    def start(self, script: str, **more: str) -> subprocess.Popen:
        """Begin a script; Django is set up, and the repository is on the path."""
        return self.command("-c", "import django\ndjango.setup()\n" + script, **more)

    def command(self, *words: str, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more: str) -> subprocess.Popen:
        """Begin ``python WORDS`` as the leader of a group of its own, so that a kill reaches its children too."""
        command = [sys.executable, *words]
        given = {"cwd": self.folder, "env": self.environment(**more), "text": True, "start_new_session": True}
        return subprocess.Popen(command, stdout=stdout, stderr=stderr, **given)

    def run(self, script: str, **more: str) -> str:
        """What a script prints; it must end well."""
        return ended(self.start(script, **more))

    def together(self, *scripts: str) -> list[str]:
        """What each prints. ``wait()`` in a script holds it until all have come that far."""
        gate = self.folder / f"{_name()}.gate"
        started = [self.start(_WAIT.format(ready=f"{gate}.{i}", gate=str(gate)) + s) for i, s in enumerate(scripts)]
        deadline = time.monotonic() + 60
        while not all(Path(f"{gate}.{i}").exists() for i in range(len(scripts))):
            assert time.monotonic() < deadline, "a script never came to wait()"
            assert all(process.poll() is None for process in started), [process.communicate() for process in started]
            time.sleep(0.01)
        gate.touch()
        try:
            return [ended(process) for process in started]
        finally:
            for left in gate.parent.glob(f"{gate.name}*"):
                left.unlink()


_WAIT = """
def wait():
    import pathlib, time
    pathlib.Path({ready!r}).touch()
    while not pathlib.Path({gate!r}).exists():
        time.sleep(0.0005)
"""


def ended(process: subprocess.Popen) -> str:
    """What a process has printed once it has ended well."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.strip()


def _name() -> str:
    return f"own_{secrets.token_hex(6)}"


def _administer(statement: str) -> None:
    with psycopg.connect(CLUSTER, autocommit=True) as connection:
        connection.execute(statement)
