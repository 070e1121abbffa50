"""All benches of the engine in one run, and at the end one table of what they measured.

    python bench/matching_table.py [--seed N]

How to read it: docs/explanation/reading-the-bench.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import rows

PARTS = ("draft", "score", "stable", "auction")


def main() -> None:
    """One part after the other, each in a process of its own, then the table."""
    parser = argparse.ArgumentParser(description="Measure the matching engine beside its peers.")
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "rows"
        for command in [*([f"matching_{part}.py", "--seed", str(seed)] for part in PARTS), ["first_calls.py"]]:
            print(f"\n== {' '.join(command)}", flush=True)
            script = Path(__file__).with_name(command[0])
            subprocess.run(
                [sys.executable, str(script), *command[1:]], env={**os.environ, rows.PLACE: str(place)}, check=True
            )
        print(f"\n== seed {seed}: seconds of one core, medians, and how many times the first line of each round\n")
        print(rows.table(rows.noted(place)))


if __name__ == "__main__":
    main()
