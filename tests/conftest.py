"""What all tests share: the cast, a fixed clock, quick passwords, own databases, and that no skip goes unnoticed."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# A busy machine must not fail a property: what is measured is in bench/, never in a test.
hypothesis_settings.register_profile("cheiron", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("cheiron")

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent

# ---------- every skip is listed ----------

_skipped: set[str] = set()
_tried: Counter[tuple[str, str]] = Counter()


def listed_skips() -> frozenset[str]:
    """The reasons that may occur, one on a line of skips.txt."""
    lines = (TESTS / "skips.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _note_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
        _skipped.add(report.longrepr[2].removeprefix("Skipped: "))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note_skip(report)
    if report.when == "call" and report.passed:
        _tried.update({(Path(report.fspath).stem, what): n for what, n in report.user_properties})


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note_skip(report)


def _unlisted() -> list[str]:
    return sorted(_skipped - listed_skips())


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _unlisted() and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter) -> None:
    for (guarantee, what), n in sorted(_tried.items()):
        terminalreporter.write_line(f"{guarantee.removeprefix('test_')}: {n} {what}")
    for reason in _unlisted():
        terminalreporter.write_line(f"FAILED: a test was skipped for a reason not in tests/skips.txt: {reason}")


# ---------- numbers of the guarantees ----------


@pytest.fixture
def counted(record_property) -> Callable[[str, int], None]:
    """``counted("pages", 41)``: how much a guarantee has tried; the run prints it at its end."""

    def note(what: str, n: int) -> None:
        assert n > 0, f"{what}: nothing was tried"
        record_property(what, n)

    return note


# ---------- the cast ----------


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    from tests.cast import NOW

    return NOW


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Half a millisecond for a password instead of a quarter of a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def stamp(django_db_setup, django_db_blocker):
    """The cast, played once for each process."""
    from tests.cast import Stamp

    with django_db_blocker.unblock():
        return Stamp.make()


@pytest.fixture
def cast(stamp, db, monkeypatch):
    """The cast, and the clock stopped at ``now``: what a request sees is what the cast was made for."""
    from tests.cast import NOW

    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return stamp.press()


@pytest.fixture
def as_(cast, client_of) -> Callable:
    """``as_("mentor")``: a browser in which that person is signed in."""
    return lambda who: client_of(None if who == "anonymous" else cast.person(who))


@pytest.fixture
def client_of() -> Callable:
    """A browser of its own for an account, or for nobody."""
    from tests.cast import browser

    def open_browser(person=None, **given):
        client = browser(**given)
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return open_browser


@pytest.fixture
def reference_data() -> Path:
    """Data that nobody here wrote; its place is in CHEIRON_REFERENCE_DATA."""
    place = os.environ.get("CHEIRON_REFERENCE_DATA")
    if not place:
        pytest.skip("CHEIRON_REFERENCE_DATA is not set")
    return Path(place)


# ---------- a database of one's own, for what needs several processes ----------


@dataclass
class OwnDatabase:
    """A migrated SQLite file; scripts run in processes of their own, as the server's do."""

    path: Path

    def start(self, script: str) -> subprocess.Popen:
        """Begin a script; Django is set up, and the repository is on the path."""
        environment = {
            **os.environ,
            "CHEIRON_DATABASE": str(self.path),
            "CHEIRON_MODE": "development",
            "DJANGO_SETTINGS_MODULE": "cheiron.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        code = "import django\ndjango.setup()\n" + script
        return subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=self.path.parent,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str) -> str:
        """What a script prints; it must end well."""
        return _ended(self.start(script))

    def together(self, *scripts: str) -> list[str]:
        """What each prints. ``wait()`` in a script holds it until all have come that far."""
        gate = self.path.with_suffix(".gate")
        started = [self.start(_WAIT.format(ready=f"{gate}.{i}", gate=str(gate)) + s) for i, s in enumerate(scripts)]
        deadline = time.monotonic() + 60
        while not all(Path(f"{gate}.{i}").exists() for i in range(len(scripts))):
            assert time.monotonic() < deadline, "a script never came to wait()"
            assert all(process.poll() is None for process in started), [process.communicate() for process in started]
            time.sleep(0.01)
        gate.touch()
        try:
            return [_ended(process) for process in started]
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


def _ended(process: subprocess.Popen) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.strip()


@pytest.fixture(scope="session")
def played_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """A migrated SQLite file in which the cast has played, made once, and the cast's ids."""
    path = tmp_path_factory.mktemp("own") / "played.sqlite3"
    return path, json.loads(OwnDatabase(path).run(_PLAY))


_PLAY = """
import dataclasses, json
from django.core.management import call_command
from django.db import transaction
call_command("migrate", verbosity=0)
from tests.cast import build_cast
with transaction.atomic():
    cast = build_cast()
print(json.dumps(dataclasses.asdict(cast)))
"""


@pytest.fixture
def played_database(played_file: tuple[Path, dict], tmp_path: Path) -> tuple[OwnDatabase, dict]:
    """A fresh copy of it. Tests that commit cannot share a database: the audit log cannot be emptied again."""
    made, cast = played_file
    path = tmp_path / "own.sqlite3"
    shutil.copy(made, path)
    return OwnDatabase(path), cast
