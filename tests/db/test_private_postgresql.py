"""The private PostgreSQL of the tests: there for one command, and gone after it, however that ended."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.databases import ROOT

SCRIPT = str(ROOT / "scripts" / "postgresql.py")
SAY_WHERE = "import os, time; print(os.environ['CHEIRON_DATABASE'], flush=True); {then}"


@pytest.fixture(autouse=True)
def _installed() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    import postgresql

    sys.path.pop(0)
    if postgresql.programs() is None:
        pytest.skip("PostgreSQL is not installed")


def _start(then: str) -> subprocess.Popen:
    command = [sys.executable, SCRIPT, sys.executable, "-c", SAY_WHERE.format(then=then)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def _folder(address: str) -> Path:
    return Path(address.strip().partition("host=")[2])


def _gone(folder: Path) -> bool:
    """No socket answers there any more."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(folder.glob(".s.PGSQL.*[0-9]")):
        time.sleep(0.05)
    return not any(folder.glob(".s.PGSQL.*[0-9]"))


ASK = "import psycopg; print(psycopg.connect(os.environ['CHEIRON_DATABASE']).execute('select 6 * 7').fetchone()[0])"


def test_the_command_finds_a_database_and_nothing_is_left_after_it():
    run = _start(ASK)
    out, _ = run.communicate(timeout=60)
    address, answer = out.splitlines()
    assert (run.returncode, answer) == (0, "42")
    assert not _folder(address).exists()


@pytest.mark.parametrize("then", ["raise SystemExit(3)", "os.kill(os.getpid(), 9)"])
def test_a_failed_command_leaves_nothing_and_its_code_is_kept(then):
    run = _start(then)
    out, _ = run.communicate(timeout=60)
    assert run.returncode not in {0, None}
    assert not _folder(out).exists()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_whoever_started_it_may_be_killed_and_it_stops(how):
    run = _start("time.sleep(4)")
    folder = _folder(run.stdout.readline())
    assert any(folder.glob(".s.PGSQL.*"))
    run.send_signal(how)
    run.wait(30)
    assert _gone(folder)
    shutil.rmtree(folder, ignore_errors=True)
