"""Bytes of a CSV file or a workbook to a rectangular table, or a refusal that names every row and column at fault.

What a workbook is read from says ``workbook.py``; from there on the two are one. Of CSV files:

Encodings: UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252 where every byte is defined
in it. Delimiters: comma, semicolon or tab, whichever cuts the first lines most evenly. Quotes are those of RFC 4180;
a quotation mark inside an unquoted cell (``5" lead``) is an ordinary character, as spreadsheets read it.

Rows are numbered as a spreadsheet shows them: a cell with line breaks is one row, a blank line is a row, and a
blank line is skipped without shifting the numbers of those after it.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cheiron.core.errors import Invalid
from cheiron.core.people.findings import Findings
from cheiron.core.people.workbook import Record, column_letter, is_workbook, read_sheet
from cheiron.core.text import Text, say

ROW_LIMIT = 20_000
COLUMN_LIMIT = 200
CELL_LIMIT = 10_000
"""Characters in one cell."""
HEADER_LIMIT = 200
"""Characters in one header."""
BYTE_LIMIT = 50_000_000

_DELIMITERS = ",;\t"
_SNIFFED_ROWS = 20
_SNIFFED_CHARACTERS = 200_000
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Table:
    """Headers (trimmed, distinct, none blank) and rows that all have as many cells, in Unicode form NFC.

    Cells are as the file has them, surrounding space included. ``numbers`` holds the spreadsheet's row number of
    each row; where it is empty the rows follow each other from ``first_row`` on.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int = 2
    encoding: str = "utf-8"
    numbers: tuple[int, ...] = ()
    filename: str = ""
    sheet: str = ""
    """The sheet of a workbook that was read, and the others that hold something and were not."""
    other_sheets: tuple[str, ...] = ()

    def numbered(self) -> Iterator[Record]:
        """Each row with its number in the spreadsheet."""
        return zip(self.numbers or range(self.first_row, self.first_row + len(self.rows)), self.rows, strict=True)

    def column(self, header: str) -> tuple[str, ...]:
        """All cells below one header."""
        at = self.headers.index(header)
        return tuple(row[at] for row in self.rows)


def read_table(data: bytes, filename: str = "") -> Table:
    """Read a CSV file or a workbook.

    Raises ``Invalid`` with up to 200 issues: no text, no rows, too many rows, headers that are blank or doubled, rows
    with more or fewer cells than headers, over-long cells, quotation marks that do not close, cells that calculate.
    """
    findings = Findings(filename)
    _check_size(data, filename)
    if is_workbook(data, filename):
        sheet = read_sheet(data, COLUMN_LIMIT, findings)
        return replace(_table(sheet.records, "xlsx", findings), sheet=sheet.name, other_sheets=sheet.others)
    text, encoding = _decoded(data, filename)
    return _table(_records(text, _delimiter(text), findings), encoding, findings)


def _table(records: Iterator[Record], encoding: str, findings: Findings) -> Table:
    records = ((number, tuple(unicodedata.normalize("NFC", cell) for cell in cells)) for number, cells in records)
    headers = _header(records, findings)
    rows, count = _rows(records, headers, findings)
    _check_count(count, findings)
    findings.refuse()
    numbers = tuple(row for row, _ in rows)
    return Table(headers, tuple(cells for _, cells in rows), numbers[0], encoding, numbers, findings.filename)


def has_controls(value: str) -> bool:
    """Whether a value holds control characters or marks that turn the direction of writing (line breaks and tabs
    included; joiners, as emoji use them, not)."""
    if value.isascii() and value.isprintable():
        return False
    return any(sign in _BIDI_CONTROLS or unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in value)


# --- bytes to text ---------------------------------------------------------------------------------------------------


def _check_size(data: bytes, filename: str) -> None:
    if len(data) > BYTE_LIMIT:
        problem = say("The file is larger than %(limit)s megabytes.", limit=BYTE_LIMIT // 1_000_000)
        raise _refused(filename, problem, say("Split the list, or leave out columns that are not needed."))


def _decoded(data: bytes, filename: str) -> tuple[str, str]:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _strictly(data, encoding, filename), encoding
    if data.startswith(codecs.BOM_UTF8):
        return _strictly(data, "utf-8-sig", filename), "utf-8-sig"
    try:
        return _text(data.decode("utf-8"), filename), "utf-8"
    except UnicodeDecodeError:
        return _strictly(data, "cp1252", filename), "cp1252"


def _strictly(data: bytes, encoding: str, filename: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in data and encoding == "cp1252":
            raise _binary(filename) from None
        problem = say("There is a byte here that is not text in any encoding that is read.")
        row = data[: error.start].count(b"\n") + 1
        raise _refused(filename, problem, say("Save the list as “CSV UTF-8”."), row) from None
    return _text(text, filename)


def _text(text: str, filename: str) -> str:
    if "\0" in text:
        raise _binary(filename)
    if not text.strip():
        raise _refused(
            filename, say("The file is empty."), say("Choose a file with a row of headers and a row for each person.")
        )
    return text


def _binary(filename: str) -> Invalid:
    problem = say("This is neither text (CSV) nor a workbook (XLSX).")
    return _refused(filename, problem, say("Save the list as “Excel workbook (XLSX)” or as “CSV UTF-8”."))


def _refused(filename: str, problem: Text, remedy: Text, row: int | None = None) -> Invalid:
    findings = Findings(filename)
    findings.add(problem, remedy, row=row)
    return Invalid(findings.sentence(), tuple(findings.issues))


# --- text to records -------------------------------------------------------------------------------------------------


def _delimiter(text: str) -> str:
    """The delimiter that makes columns at all, then the most rows as long as the first, then the most columns."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text[:_SNIFFED_CHARACTERS], delimiter))


def _evenness(text: str, delimiter: str) -> tuple[bool, int, int]:
    lengths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                lengths.append(len(cells))
            if len(lengths) > _SNIFFED_ROWS:
                break
    except csv.Error:
        pass
    return (bool(lengths) and lengths[0] > 1, sum(n == lengths[0] for n in lengths), lengths[0] if lengths else 0)


def _records(text: str, delimiter: str, findings: Findings) -> Iterator[Record]:
    """Every row that is not blank. A broken row of one line is noted and passed over; after one that swallowed
    further lines nothing more can be numbered, and reading ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number, line = number + 1, reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _note_broken(error, number, findings)
            if reader.line_num - line > 1:
                return
            continue
        if any(cell.strip() for cell in cells):
            yield number, tuple(cells)


def _note_broken(error: csv.Error, row: int, findings: Findings) -> None:
    if "limit" in str(error):
        _note_long(row, None, findings)
    elif "end of data" in str(error):
        remedy = say("Close it, or write a quotation mark that belongs to the text twice.")
        findings.add(say("A quotation mark opens here and is never closed."), remedy, row=row)
    else:
        remedy = say("Put a quotation mark that belongs to the text twice, and the whole cell in quotation marks.")
        findings.add(say("A quoted cell goes on after its closing quotation mark."), remedy, row=row)


# --- records to a table ----------------------------------------------------------------------------------------------


def _header(records: Iterator[Record], findings: Findings) -> tuple[str, ...]:
    number, cells = next(records, (1, ()))
    headers = tuple(cell.strip() for cell in cells)
    seen: dict[str, str] = {}
    for index, header in enumerate(headers[:COLUMN_LIMIT]):
        _check_header(number, index, header, seen, findings)
    if len(headers) > COLUMN_LIMIT:
        problem = say("The file has %(count)s columns; %(limit)s are the most.", count=len(headers), limit=COLUMN_LIMIT)
        findings.add(problem, say("Leave out the columns that are not needed."), row=number)
    return headers


def _check_header(row: int, index: int, header: str, seen: dict[str, str], findings: Findings) -> None:
    letter = column_letter(index)
    if not header:
        findings.add(
            say("This column has no header."), say("Give the column a name, or delete it."), row=row, column=letter
        )
    elif len(header) > HEADER_LIMIT or has_controls(header):
        problem = say("The header is longer than %(limit)s characters or has several lines.", limit=HEADER_LIMIT)
        findings.add(problem, say("Give the column a short name."), row=row, column=letter)
    elif header.casefold() in seen:
        problem = say("Column %(other)s has the same header.", other=seen[header.casefold()])
        findings.add(problem, say("Give each column a name of its own."), row=row, column=header)
    seen.setdefault(header.casefold(), letter)


def _rows(records: Iterator[Record], headers: tuple[str, ...], findings: Findings) -> tuple[list[Record], int]:
    rows: list[Record] = []
    count = 0
    for number, cells in records:
        count += 1
        if count <= ROW_LIMIT:
            _check_row(number, cells, headers, findings)
            rows.append((number, cells))
    return rows, count


def _check_row(row: int, cells: tuple[str, ...], headers: tuple[str, ...], findings: Findings) -> None:
    if len(cells) != len(headers):
        problem = say(
            "This row has %(cells)s cells, the header has %(headers)s.", cells=len(cells), headers=len(headers)
        )
        remedy = say("Add or remove cells; a cell with the delimiter in it needs quotation marks around it.")
        findings.add(problem, remedy, row=row)
    for index, cell in enumerate(cells):
        if len(cell) > CELL_LIMIT:
            _note_long(row, headers[index] if index < len(headers) else column_letter(index), findings)


def _note_long(row: int, column: str | None, findings: Findings) -> None:
    problem = say("A cell has more than %(limit)s characters.", limit=CELL_LIMIT)
    findings.add(problem, say("Shorten it, or leave the column out of the file."), row=row, column=column)


def _check_count(count: int, findings: Findings) -> None:
    if count > ROW_LIMIT:
        problem = say("The file has %(count)s rows of people; %(limit)s are the most.", count=count, limit=ROW_LIMIT)
        findings.add(problem, say("Split the list into several files."))
    elif not count and not findings.count:
        findings.add(say("The file has a header and no rows."), say("Add a row for each person below the header."))
