"""Cells that a spreadsheet shows and does not run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""First characters (and their full-width twins) that make a spreadsheet calculate a cell instead of showing it."""

_HIDDEN_START = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")
"""A formula that would start a cell if the file were cut at semicolons, tabs or line breaks instead of commas."""


def starts_formula(value: str) -> bool:
    """Whether a spreadsheet might run the value: it starts with a formula sign, white space before it or not."""
    return value[:1] in FORMULA_STARTS or value.lstrip()[:1] in FORMULA_STARTS if value else False


def export_cell(value: object) -> str:
    """The text of a value for any CSV file that we write.

    Numbers are numbers and stay as they are. A text that a spreadsheet might run gets an apostrophe before its
    formula sign, at its start and after every character at which another spreadsheet might begin a new cell.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = _HIDDEN_START.sub(r"\1'", str(value).replace("\0", ""))
    return "'" + text if starts_formula(text) else text


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A whole CSV file as text (commas, lines ended as RFC 4180 says), every cell through ``export_cell``."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([export_cell(header) for header in headers])
    writer.writerows([export_cell(value) for value in row] for row in rows)
    return file.getvalue()
