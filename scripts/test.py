"""Runs all tests on two cores: first everything but the browser, then the journeys.

Every skip must stand in tests/skips.txt with its reason; another one fails the run.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-m", "pytest", "-q"]


def main() -> int:
    """Both runs, always; the first failure decides."""
    fast = subprocess.call([*PYTEST, "-n", "2", "--dist", "loadgroup", "-m", "not journey", *sys.argv[1:]], cwd=HERE)
    journeys = subprocess.call([*PYTEST, "-n", "2", "-m", "journey", "--durations=12", *sys.argv[1:]], cwd=HERE)
    return fast or journeys


if __name__ == "__main__":
    sys.exit(main())
