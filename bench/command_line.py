"""How long ``cheiron match`` takes from a cold start on the sample of 50 mentees and 50 mentors, all outputs written.

    CHEIRON_REFERENCE_DATA=... python bench/command_line.py [runs]

Each run is a process of its own; the first may also read the libraries from the disk. Target: 1.5 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = 1.5


def main() -> None:
    """Print median and range; without the sample say so."""
    if "CHEIRON_REFERENCE_DATA" not in os.environ:
        print("cheiron match, 50 x 50: not measured, CHEIRON_REFERENCE_DATA does not name the folder of the sample")
        return
    sample = Path(os.environ["CHEIRON_REFERENCE_DATA"]) / "mentor-match"
    lists = [str(sample / f"mm_small_{side}.csv") for side in ("mentees", "mentors")]
    seconds = [one_run(lists) for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5)]
    print(
        f"cheiron match, 50 x 50, cold start: median {statistics.median(seconds):.2f} s, "
        f"range {min(seconds):.2f} to {max(seconds):.2f} s, {len(seconds)} runs (target {TARGET} s)"
    )


def one_run(lists: list[str]) -> float:
    """Seconds from the start of the process to its end."""
    example = Path(__file__).parents[1] / "examples" / "mentor-match.toml"
    with tempfile.TemporaryDirectory() as folder:
        names = {"-o": "pairs.csv", "--report": "report.html", "--problem": "p.json", "--result": "r.json"}
        outputs = [part for option, name in names.items() for part in (option, f"{folder}/{name}")]
        command = [sys.executable, "-m", "cheiron", "match", *lists, "--map", str(example), *outputs]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
