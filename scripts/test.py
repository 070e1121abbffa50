"""Runs all tests on two cores: without a browser, what touches a database again on PostgreSQL, then the journeys.

``--guarantees`` runs the promises of trust instead, each with the full number of the trust document, on both databases.
Every skip must stand in tests/skips.txt with its reason; another one fails the run.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "2"]
FAST = [*PYTEST, "--dist", "loadgroup", "-m", "not journey"]
# Stopped and deleted by the script itself; where PostgreSQL is not installed, it says that the run is left out.
ON_POSTGRESQL = [sys.executable, "scripts/postgresql.py"]
WITH_A_DATABASE = ["tests/db", "tests/web", "tests/guarantees"]


def run(*command: str) -> int:
    """One run; its exit code."""
    return subprocess.call(command, cwd=HERE)


def suite(given: list[str]) -> int:
    """All runs, always; the first failure decides."""
    sqlite = run(*FAST, *given)
    postgresql = run(*ON_POSTGRESQL, *FAST, *(given or WITH_A_DATABASE))
    journeys = run(*PYTEST, "-m", "journey", "--durations=12", *given)
    return sqlite or postgresql or journeys


def guarantees(given: list[str]) -> int:
    """With the full numbers; one row of JSON for each guarantee and database at the end of each run."""
    command = [*PYTEST, "--dist", "loadgroup", "--full", "tests/guarantees", *given]
    sqlite = run(*command)
    return run(*ON_POSTGRESQL, *command) or sqlite


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(guarantees(words[1:]) if words[:1] == ["--guarantees"] else suite(words))
