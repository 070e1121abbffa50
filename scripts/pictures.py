"""Copies the manual's pictures from those that the journeys took: run the journeys first, then this.

python scripts/pictures.py
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
TAKEN, KEPT = HERE / "tests" / "journeys" / "pictures", HERE / "docs" / "pictures"
PICTURES = {
    "program": "coordinator-small-03-program-empty-desktop-light",
    "columns": "coordinator-small-06-columns-mentees-desktop-light",
    "studio": "demo-coordinator-farrow-14-rounds-desktop-light",
    "publish": "coordinator-small-18-letters-desktop-light",
    "answer": "pair-03-mentor-answer-phone-light",
    "pair": "pair-09-mentee-agenda-phone-light",
    "intake": "intake-05-mentee-sheet-phone-dark",
    "directory": "intake-07-directory-phone-dark",
}


def main() -> None:
    """All eight, or a word about the first that is missing."""
    KEPT.mkdir(exist_ok=True)
    for name, taken in PICTURES.items():
        source = TAKEN / f"{taken}.png"
        if not source.exists():
            sys.exit(f"{source.name} has not been taken: run the journeys (make test) first.")
        shutil.copyfile(source, KEPT / f"{name}.png")


if __name__ == "__main__":
    main()
