"""Bytes of an XLSX workbook to the rows of one of its sheets. Nothing in it is run: a cell that calculates is refused.

The first sheet that shows and holds something is the list. Where another one has the same headers, either could be
meant (one sheet for each class, say), and the workbook is refused. Hidden sheets are passed over; hidden rows are read.
A workbook is a packed folder of XML, so it is weighed before it is opened: how large it is unpacked, how many parts
it has, whether one of them declares entities, holds macros or draws on other files.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from cheiron.core.errors import Invalid
from cheiron.core.people.findings import Findings
from cheiron.core.text import Text, say

UNPACKED_LIMIT = 60_000_000
"""Bytes of all parts of a workbook."""
PART_LIMIT = 2_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTITIES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_NAMES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; of a longer one the rest is made up."""

Record = tuple[int, tuple[str, ...]]
"""A row as the spreadsheet numbers it, and its cells."""


@dataclass(frozen=True)
class Sheet:
    """The sheet that is read; ``others`` also hold something, and are not read."""

    name: str
    others: tuple[str, ...]
    records: Iterator[Record]


def column_letter(index: int) -> str:
    """A spreadsheet's name for a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def is_workbook(data: bytes, filename: str) -> bool:
    """Whether a file is a spreadsheet's own, or is called like one."""
    return data.startswith((_ZIP, _OLE)) or filename.lower().endswith(_NAMES)


def read_sheet(data: bytes, columns: int, findings: Findings) -> Sheet:
    """The sheet with the list. Raises ``Invalid`` where the workbook cannot be opened; what is wrong with single cells
    goes to the findings while the records are read. No row is wider than ``columns`` and one."""
    _weigh(data, findings)
    try:
        sheets = _opened(data, columns, findings)
        filled = {name: header for name, header in ((s.name, _first(s)) for s in sheets) if header}
    except Exception:  # a damaged workbook can fail anywhere in the library
        raise _damaged(findings) from None
    if not filled:
        raise _refused(findings, say("The workbook is empty."), say("Put the list on a sheet that is not hidden."))
    name, *others = filled
    _check_ambiguous(name, filled, findings)
    chosen = next(sheet for sheet in sheets if sheet.name == name)
    return Sheet(name, tuple(others), _safely(chosen.records(), findings))


# --- what is not opened ----------------------------------------------------------------------------------------------


def _weigh(data: bytes, findings: Findings) -> None:
    if data.startswith(_OLE):
        raise _old_or_locked(data, findings)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive, findings)
            entities = any(mark in archive.read(name) for name in _xml(archive) for mark in _ENTITIES)
    except Invalid:
        raise
    except Exception:  # a damaged archive can fail anywhere in the library
        raise _damaged(findings) from None
    if entities:
        raise _damaged(findings)


def _xml(archive: zipfile.ZipFile) -> list[str]:
    return [name for name in archive.namelist() if name.lower().endswith((".xml", ".rels", ".vml"))]


def _check_parts(archive: zipfile.ZipFile, findings: Findings) -> None:
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise _locked(findings)
    if len(parts) > PART_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        problem = say("Unpacked, the workbook is larger than %(limit)s megabytes.", limit=UNPACKED_LIMIT // 1_000_000)
        raise _refused(findings, problem, say("Copy the list alone into a new workbook, or save it as “CSV UTF-8”."))
    if any("vbaproject" in name for name in names):
        raise _refused(findings, say("The workbook holds macros."), say("Save it as “Excel workbook (XLSX)”."))
    if any("externallinks/" in name for name in names):
        remedy = say("Copy the list and paste its values into a new workbook.")
        raise _refused(findings, say("The workbook draws on other files."), remedy)
    if "xl/workbook.xml" not in names:
        raise _damaged(findings)


def _old_or_locked(data: bytes, findings: Findings) -> Invalid:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _locked(findings)
    remedy = say("Open it and save it as “Excel workbook (XLSX)” or as “CSV UTF-8”.")
    return _refused(findings, say("This is a workbook of the old kind (XLS)."), remedy)


def _locked(findings: Findings) -> Invalid:
    remedy = say("Take the password off in your spreadsheet program, save, and upload it again.")
    return _refused(findings, say("The workbook has a password."), remedy)


def _damaged(findings: Findings) -> Invalid:
    problem = say("This looks like a spreadsheet file, and cannot be opened as XLSX.")
    return _refused(findings, problem, say("Open it and save it as “Excel workbook (XLSX)” or as “CSV UTF-8”."))


def _refused(findings: Findings, problem: Text, remedy: Text) -> Invalid:
    alone = Findings(findings.filename)
    alone.add(problem, remedy)
    return Invalid(alone.sentence(), tuple(alone.issues))


# --- which sheet -----------------------------------------------------------------------------------------------------


def _opened(data: bytes, columns: int, findings: Findings) -> "list[_Reader]":
    """Every sheet that shows. The library warns of what it leaves out, which is nothing that is read here."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    return [_Reader(book, sheet, columns, findings) for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _first(reader: "_Reader") -> tuple[str, ...]:
    """The first row that holds something; what is wrong in it is noted when the sheet is read."""
    alone = _Reader(reader.book, reader.sheet, reader.columns, Findings())
    return next((cells for _, cells in alone.records()), ())


def _check_ambiguous(name: str, filled: dict[str, tuple[str, ...]], findings: Findings) -> None:
    for other, header in filled.items():
        if other != name and header == filled[name]:
            problem = say("The sheets “%(one)s” and “%(other)s” have the same headers.", one=name, other=other)
            raise _refused(findings, problem, say("Put everybody on one sheet, or save each sheet as a file."))


def _safely(records: Iterator[Record], findings: Findings) -> Iterator[Record]:
    """A workbook that breaks in the middle is damaged, and nothing of it is taken."""
    try:
        yield from records
    except Invalid:
        raise
    except Exception:  # as in read_sheet
        raise _damaged(findings) from None


# --- cells -----------------------------------------------------------------------------------------------------------


class _Reader:
    """One sheet, row by row as its XML has them: no empty row is made up, however far down a row says it stands."""

    def __init__(self, book: Any, sheet: Any, columns: int, findings: Findings) -> None:
        self.book, self.sheet, self.columns, self.findings = book, sheet, columns, findings
        self.name = str(sheet.title)
        self.headers: tuple[str, ...] = ()

    def records(self) -> Iterator[Record]:
        """Every row that holds something."""
        last = filled = 0
        with self.sheet._get_source() as source, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parser = self._parser(source)
            for number, cells in parser.parse():
                if number <= last:
                    raise _damaged(self.findings)
                last, texts = number, self._texts(number, cells)
                if texts:
                    filled, self.headers = number, self.headers or texts
                    yield number, texts
        self._check_merged(parser, filled)

    def _parser(self, source: Any) -> Any:
        from openpyxl.worksheet._reader import WorkSheetParser

        book = self.book
        return WorkSheetParser(
            source,
            self.sheet._shared_strings,
            data_only=False,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )

    def _texts(self, number: int, cells: list[dict[str, Any]]) -> tuple[str, ...]:
        """The row without the empty cells at its end, padded to the width of the headers; empty if all are blank."""
        found = {cell["column"]: self._text(number, cell) for cell in cells if cell["column"] <= self.columns + 1}
        filled = [column for column, text in found.items() if text.strip()]
        width = max(max(filled), len(self.headers)) if filled else 0
        return tuple(found.get(column, "") for column in range(1, width + 1))

    def _text(self, number: int, cell: dict[str, Any]) -> str:
        value = cell["value"]
        if cell["data_type"] == "f":
            problem = say("This cell calculates (it holds a formula); only values are read.")
            return self._note(number, cell, problem, say("Copy the column and paste it as values."))
        if cell["data_type"] == "e":
            return self._note(number, cell, say("This cell shows an error."), say("Write the value, or empty it."))
        if type(value) in (int, float) and abs(value) >= _EXACT:
            problem = say("The spreadsheet has rounded this number: it keeps fifteen digits.")
            return self._note(number, cell, problem, say("Format the column as text and type the number anew."))
        return _shown(value, self._format(cell["style_id"]))

    def _format(self, style: int) -> str:
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        key = self.book._cell_styles[style].numFmtId
        return str(BUILTIN_FORMATS.get(key) or self.book._number_formats[key - 164] if key else "")

    def _note(self, number: int, cell: dict[str, Any], problem: Text, remedy: Text) -> str:
        at = cell["column"] - 1
        known = at < len(self.headers) and self.headers[at].strip()
        self.findings.add(problem, remedy, row=number, column=known or column_letter(at))
        return "-"

    def _check_merged(self, parser: Any, last: int) -> None:
        for merged in getattr(getattr(parser, "merged_cells", None), "mergeCell", ()):
            first, _, end = str(merged.ref).partition(":")
            row = int(re.sub(r"\D", "", first) or 0)
            if row <= last:
                problem = say("The cells %(first)s to %(end)s are merged, so only one of them has a value.",
                              first=first, end=end)  # fmt: skip
                self.findings.add(problem, say("Unmerge them, and write the value into each."), row=row)


def _shown(value: object, number_format: str) -> str:
    """A value as the spreadsheet shows it: whole numbers without a fraction, days as 2027-01-31."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: float, number_format: str) -> str:
    if not float(value).is_integer():
        return str(value)
    zeros = number_format if re.fullmatch("0+", number_format) else ""
    return str(int(value)).zfill(len(zeros))
