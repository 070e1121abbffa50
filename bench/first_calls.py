"""How long somebody waits who calls the engine for the first time in a process: from its start to its end.

    python bench/first_calls.py [runs]

Small rounds go through plain Python or numpy; larger ones through machine code that an earlier process compiled and
left beside the source. The last line is what that earlier process had to wait.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import rows

TARGET = "1.5 s or less"
SIDES = {"mentees": "S", "mentors": "M"}
ROUND = """
import sys
sys.path.insert(0, {bench!r})
from matching_auction import EFFORTS, CLOSE, round_of
from cheiron.core.matching.auction import auction
auction(*round_of({n}, {m}, 1.0, 1), 0, EFFORTS[CLOSE])
"""
SCORES = """
from cheiron.core.matching.candidates import LocalCandidates, joined
from cheiron.core.matching.components import DEFAULT_WEIGHTS, Participant
from cheiron.core.matching.encoding import encode
from cheiron.core.people.facts import Facts
people = [Participant(f"P{{n}}", Facts(topics=(f"topic {{n % 90}}", f"topic {{n % 77}}"))) for n in range({n})]
encoded = encode(people, people)
joined(LocalCandidates(encoded, DEFAULT_WEIGHTS).shards(), encoded.shape)
"""


def main() -> None:
    """A line for each call, and one for the compiler."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        for name, command in calls(Path(folder)).items():
            seconds = [once(command) for _ in range(runs + 1)][1:]
            show(name, seconds, TARGET)
        compiled = calls(Path(folder))["auction, 2,000 x 600, 58,000 edges"]
        show("the same, compiled for the first time", [once(compiled, NUMBA_CACHE_DIR=folder)], "")


def calls(folder: Path) -> dict[str, list[str]]:
    """What is called, and how."""
    lists = [written(folder / f"{side}.csv", letter) for side, letter in SIDES.items()]
    files = [str(folder / name) for name in ("pairs.csv", "report.html", "problem.json", "result.json")]
    match = ["-m", "cheiron", "match", *lists, "-o", files[0], "--report", files[1], "--problem", files[2]]
    code = {
        "scores and best 30, 300 x 300": SCORES.format(n=300),
        "scores and best 30, 3,000 x 3,000": SCORES.format(n=3_000),
        "auction, 2,000 x 600, 58,000 edges": ROUND.format(bench=str(Path(__file__).parent), n=2_000, m=600),
    }
    return {
        "cheiron match, 50 x 50": [*match, "--result", files[3]],
        "cheiron solve, the same problem": ["-m", "cheiron", "solve", files[2], "-o", files[3]],
        **{name: ["-c", text] for name, text in code.items()},
    }


def written(place: Path, letter: str) -> str:
    """A list of fifty people."""
    lines = [
        f"{letter}{n},{letter} {n},{letter}{n}@school.example,specialty {n % 7},topic {n % 11}; topic {n % 13},1"
        for n in range(50)
    ]
    place.write_text("\n".join(["ID,Name,Email,Specialty,Topics,Seats", *lines]) + "\n", encoding="utf-8")
    return str(place)


def once(command: list[str], **more: str) -> float:
    """Seconds by the clock."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True, env={**os.environ, **more})
    return time.perf_counter() - start


def show(name: str, seconds: list[float], target: str) -> None:
    """One line, and a row of the table."""
    print(f"{name:38} {statistics.median(seconds):6.2f} s   ({min(seconds):.2f} to {max(seconds):.2f})   {target}")
    rows.note(f"a fresh process, from its start to its end: {name}", "this project", seconds, target=target)


if __name__ == "__main__":
    main()
