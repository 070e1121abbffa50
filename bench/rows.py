"""The rows of the table at the end of ``make bench-matching``. Each bench writes down what it measured as it goes.

Where the environment names no file (CHEIRON_BENCH_ROWS), nothing is written: a bench alone prints its own lines.
"""

import json
import os
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PLACE = "CHEIRON_BENCH_ROWS"
HEADS = ("who", "median", "range", "ratio", "adds MB", "process MB", "to reach")


@dataclass(frozen=True)
class Row:
    """Seconds of every run by somebody on a round. The first of a round is what the others are held against.

    ``added`` and ``process``: MB, beyond the round itself and in all. ``target``: what is to be reached, in words.
    """

    round: str
    who: str
    seconds: tuple[float, ...]
    added: float | None = None
    process: float | None = None
    target: str = ""


def note(
    of: str,
    who: str,
    seconds: Sequence[float],
    added: float | None = None,
    process: float | None = None,
    target: str = "",
) -> None:
    """Write a row down."""
    place = os.environ.get(PLACE)
    if place:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(Row(of, who, tuple(seconds), added, process, target))) + "\n")


def noted(place: Path) -> list[Row]:
    """All that were written down."""
    rows = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
    return [Row(**{**row, "seconds": tuple(row["seconds"])}) for row in rows]


def table(rows: Sequence[Row]) -> str:
    """A heading for each round, and a line for everybody who was given it."""
    lines = [_line(HEADS)]
    for of in dict.fromkeys(row.round for row in rows):
        own, *others = (row for row in rows if row.round == of)
        lines += ["", of, *(_line(_cells(row, own)) for row in (own, *others))]
    return "\n".join(lines)


def _cells(row: Row, own: Row) -> tuple[str, ...]:
    middle, beside = statistics.median(row.seconds), statistics.median(own.seconds)
    spread = f"{span(min(row.seconds))} to {span(max(row.seconds))}" if len(row.seconds) > 1 else ""
    ratio = "1" if row is own else f"{middle / beside:.3g}" if middle < 100 * beside else f"{middle / beside:,.0f}"
    return row.who, span(middle), spread, ratio, _megabytes(row.added), _megabytes(row.process), row.target


def _line(cells: Sequence[str]) -> str:
    who, median, spread, ratio, added, process, target = cells
    return f"  {who:38} {median:>9} {spread:>20} {ratio:>7} {added:>8} {process:>10}  {target}".rstrip()


def _megabytes(number: float | None) -> str:
    return "" if number is None else f"{number:.0f}"


def span(seconds: float) -> str:
    """A time, in the unit in which it can be read."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 * size else f"{seconds / size:,.0f} {unit}"
    return f"{seconds / 1e-6:.3g} us"


def bandwidth() -> float:
    """Bytes in a second, read from memory by one thread: no method that looks at everything once is faster."""
    import time

    import numpy as np

    block, seconds = np.ones(1 << 25), []
    for _ in range(5):
        start = time.process_time()
        block.sum()
        seconds.append(time.process_time() - start)
    return block.nbytes / min(seconds)
