"""Runs a command on a private PostgreSQL: ``python scripts/postgresql.py pytest tests/db``.

A cluster in a temporary folder, reached through a socket in it and through no network. It is stopped and deleted when
the command ends, however it ends; if this process itself is killed, the kernel stops the cluster.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "postgres"
# Nothing here outlives the run, so nothing waits for the disk.
OPTIONS = (
    *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
    *("-c", "autovacuum=off", "-c", "max_connections=60", "-c", "log_min_messages=fatal"),
)
INITDB = ("--auth=trust", "--username=cheiron", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")


def programs() -> Path | None:
    """The folder of the newest ``initdb``, if PostgreSQL is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


@contextmanager
def cluster() -> Iterator[str]:
    """A running cluster; gives the address of a database in it, as CHEIRON_DATABASE takes it."""
    folder, here = Path(tempfile.mkdtemp(prefix="cheiron-pg-")), programs()
    if here is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT, ACCOUNT)
    try:
        _finished([here / "initdb", *INITDB, "--pgdata", folder / "data"])
        server = _start([here / "postgres", "-D", folder / "data", "-k", folder, *OPTIONS], preexec_fn=_die_with_parent)
        try:
            _wait(server, here, folder)
            _finished([here / "createdb", "-h", folder, "-U", "cheiron", "cheiron"])
            yield f"postgresql://cheiron@/cheiron?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(command: list, **given) -> subprocess.Popen:
    """PostgreSQL refuses to run as root; root runs it as the account that its package made."""
    if os.geteuid() == 0:
        given |= {"user": ACCOUNT, "group": pwd.getpwnam(ACCOUNT).pw_gid, "extra_groups": []}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": "/"}
    return subprocess.Popen([str(word) for word in command], **quiet, **given)


def _finished(command: list) -> None:
    if code := _start(command).wait(60):
        sys.exit(f"PostgreSQL could not be started: {command[0]} ended with {code}.")


def _wait(server: subprocess.Popen, here: Path, folder: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            break
        if _start([here / "pg_isready", "-q", "-h", folder, "-U", "cheiron", "-d", "postgres"]).wait(10) == 0:
            return
        time.sleep(0.1)
    sys.exit("PostgreSQL did not start.")


def _die_with_parent() -> None:
    """Linux: SIGINT (a quick, clean stop) when whoever started it is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def main() -> int:
    """The command's own exit code; 0 with a clear word where PostgreSQL is not installed."""
    if programs() is None:
        print("· PostgreSQL is not installed: this run is left out. On Debian: apt-get install postgresql", flush=True)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with cluster() as address:
        return subprocess.call(sys.argv[1:], env={**os.environ, "CHEIRON_DATABASE": address})


if __name__ == "__main__":
    sys.exit(main())
