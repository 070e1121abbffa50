"""What all tests share: the cast, a fixed clock, quick passwords, own databases, and that no skip goes unnoticed."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.databases import ON_POSTGRESQL, OwnDatabase

# A busy machine must not fail a property: what is measured is in bench/, never in a test.
hypothesis_settings.register_profile("cheiron", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("cheiron")

TESTS = Path(__file__).resolve().parent

# ---------- every skip is listed ----------

_skipped: set[str] = set()
_tried: Counter[tuple[str, str]] = Counter()
_seconds: Counter[str] = Counter()


def listed_skips() -> frozenset[str]:
    """The reasons that may occur, one on a line of skips.txt."""
    lines = (TESTS / "skips.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _note_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
        _skipped.add(report.longrepr[2].removeprefix("Skipped: "))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note_skip(report)
    name = Path(report.fspath).stem
    _seconds[name] += report.duration
    if report.when == "call" and report.passed:
        _tried.update({(name, what): n for what, n in report.user_properties})


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note_skip(report)


def _unlisted() -> list[str]:
    return sorted(_skipped - listed_skips())


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _unlisted() and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter) -> None:
    for line in _rows() if terminalreporter.config.option.full else _lines():
        terminalreporter.write_line(line)
    for reason in _unlisted():
        terminalreporter.write_line(f"FAILED: a test was skipped for a reason not in tests/skips.txt: {reason}")


# ---------- numbers of the guarantees ----------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="guarantees with the full numbers of the trust document")


def _lines() -> list[str]:
    return [f"{name.removeprefix('test_')}: {n} {what}" for (name, what), n in sorted(_tried.items())]


def _rows() -> list[str]:
    """One row of JSON for each guarantee, whatever files it is tried in."""
    database = "postgresql" if ON_POSTGRESQL else "sqlite"
    numbers = {name: int(found[1]) for name in _seconds if (found := re.match(r"test_g(\d+)_", name))}
    rows = []
    for number in sorted(set(numbers.values())):
        names = {name for name, its in numbers.items() if its == number}
        n = {what: tried for (name, what), tried in sorted(_tried.items()) if name in names}
        seconds = round(sum(_seconds[name] for name in names), 1)
        rows.append(json.dumps({"id": f"G{number}", "n": n, "seconds": seconds, "database": database}))
    return rows


@pytest.fixture
def sized(request) -> Callable[[int, int], int]:
    """``sized(200, 20_000)``: how much to try in ``make test``, and in ``make guarantees``."""
    return lambda small, full: full if request.config.option.full else small


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


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[OwnDatabase, dict]:
    """A database in which the cast has played, made once, and the cast's ids."""
    made = OwnDatabase.empty(tmp_path_factory.mktemp("own"))
    return made, json.loads(made.run(_PLAY))


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
def played_database(played: tuple[OwnDatabase, dict], tmp_path: Path) -> Iterator[tuple[OwnDatabase, dict]]:
    """A fresh copy of it. Tests that commit cannot share a database: the audit log cannot be emptied again."""
    made, cast = played
    copied = made.copy(tmp_path)
    yield copied, cast
    copied.drop()
