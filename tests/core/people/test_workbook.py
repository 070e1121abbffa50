"""Reading XLSX: values as the spreadsheet shows them, nothing run, and every way in which a workbook is refused."""

import random
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from cheiron.core.errors import Invalid
from cheiron.core.people import workbook as reader
from cheiron.core.people.roster import guess_map, read_people
from cheiron.core.people.roster_template import template_csv, template_xlsx
from cheiron.core.people.table import COLUMN_LIMIT, ROW_LIMIT, read_table
from tests.core.people.outcome import taken
from tests.core.people.workbooks import repacked, with_sheet_xml, workbook

ROWS = (("ID", "Name", "Email"), ("E-1", "Ada Vey", "ada@x.example"), ("E-2", "Noor", "noor@x.example"))
GOOD = workbook({"Mentees": ROWS})
UNOPENED = "This looks like a spreadsheet file, and cannot be opened as XLSX."


def refusal(data: bytes, filename: str = "list.xlsx") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_table(data, filename)
    assert all(str(issue.problem) and str(issue.remedy) for issue in caught.value.issues)
    return [(str(issue.place), str(issue.problem)) for issue in caught.value.issues]


def one_column(*values: object) -> tuple[str, ...]:
    return read_table(workbook({"A": [("x", "end"), *((value, "-") for value in values)]})).column("x")


def test_a_workbook_and_a_text_file_with_the_same_list_give_the_same_table() -> None:
    text = "\n".join(",".join(row) for row in ROWS).encode()
    sheet, csv = read_table(GOOD, "a"), read_table(text, "a")
    assert (sheet.headers, sheet.rows, sheet.numbers) == (csv.headers, csv.rows, csv.numbers)
    assert (sheet.encoding, sheet.sheet, sheet.other_sheets) == ("xlsx", "Mentees", ())


def test_values_come_out_as_the_spreadsheet_shows_them() -> None:
    given = (
        1.0,
        12345678,
        1.5,
        True,
        False,
        date(2027, 1, 31),
        datetime.fromisoformat("2027-01-31T14:05"),
        time(9, 30),
        None,
        " a ",
    )
    shown = ("1", "12345678", "1.5", "TRUE", "FALSE", "2027-01-31", "2027-01-31 14:05", "09:30", "", " a ")
    assert one_column(*given) == shown


def test_an_id_keeps_the_zeros_that_its_format_shows() -> None:
    def pad(book: Workbook) -> None:
        book["A"]["A2"].number_format = "00000"

    assert read_table(workbook({"A": [("ID", "x"), (123, "y")]}, pad)).rows == (("00123", "y"),)


def test_letters_come_out_in_one_unicode_form() -> None:
    assert one_column("A\u030asa") == ("Åsa",)


def test_blank_rows_and_cells_are_passed_over_without_shifting_the_numbers() -> None:
    rows = [(), ("a", "b", None), (None, None), ("1", None, None), ("  ",), (None, "2")]
    assert tuple(read_table(workbook({"A": rows})).numbered()) == ((4, ("1", "")), (6, ("", "2")))


def test_the_first_sheet_that_shows_and_holds_something_is_read() -> None:
    def hide(book: Workbook) -> None:
        book["Old"].sheet_state = "hidden"

    sheets = {"Blank": [], "Old": [("secret", "list"), ("1", "2")], "People": ROWS, "Notes": [("Read me",)]}
    table = read_table(workbook(sheets, hide))
    assert (table.sheet, table.other_sheets, table.headers) == ("People", ("Notes",), ROWS[0])


def test_two_sheets_that_could_both_be_the_list_are_refused() -> None:
    assert refusal(workbook({"2026": ROWS, "2027": ROWS})) == [
        ("The file", "The sheets “2026” and “2027” have the same headers.")
    ]


def test_a_formula_is_refused_with_its_place_and_never_run() -> None:
    rows = [ROWS[0], ("E-1", "=1+1", "ada@x.example"), ("E-2", "Noor", '=HYPERLINK("http://x.example","y")')]
    problem = "This cell calculates (it holds a formula); only values are read."
    assert refusal(workbook({"A": rows})) == [
        ("Row 2, column “Name”", problem),
        ("Row 3, column “Email”", problem),
    ]


def test_a_text_that_looks_like_a_formula_is_refused_as_in_a_text_file() -> None:
    def text(book: Workbook) -> None:
        book["A"]["B2"].data_type = "s"

    table = read_table(workbook({"A": [ROWS[0], ("E-1", "=1+1", "ada@x.example")]}, text))
    with pytest.raises(Invalid) as caught:
        read_people(table, guess_map(table, "mentee"), "mentee")
    assert [str(issue.place) for issue in caught.value.issues] == ["Row 2, column “Name”"]


def test_errors_and_rounded_numbers_are_refused_with_their_place() -> None:
    rows = [("ID", "Name"), (12345678901234567890, "Ada"), ("E-2", "#REF!")]
    assert refusal(workbook({"A": rows})) == [
        ("Row 2, column “ID”", "The spreadsheet has rounded this number: it keeps fifteen digits."),
        ("Row 3, column “Name”", "This cell shows an error."),
    ]


def test_merged_cells_are_refused_and_those_below_the_list_are_nobodys_business() -> None:
    def merge(*places: str):
        return lambda book: [book["A"].merge_cells(place) for place in places]

    assert read_table(workbook({"A": ROWS}, merge("A9:B9"))).rows == ROWS[1:]
    assert refusal(workbook({"A": ROWS}, merge("A2:A3", "A9:B9"))) == [
        ("Row 2", "The cells A2 to A3 are merged, so only one of them has a value.")
    ]


def test_a_value_beside_the_headers_is_refused() -> None:
    assert refusal(workbook({"A": [*ROWS, ("E-3", "Bo", "bo@x.example", None, "late")]})) == [
        ("Row 4", "This row has 5 cells, the header has 3.")
    ]


def test_a_column_without_a_header_is_refused() -> None:
    assert refusal(workbook({"A": [("ID", None, "Name"), ("1", "2", "3")]})) == [
        ("Row 1, column “B”", "This column has no header.")
    ]


def test_too_many_columns_and_rows_are_refused() -> None:
    wide = [f"c{n}" for n in range(COLUMN_LIMIT + 50)]
    assert refusal(workbook({"A": [wide, wide]}))[-1][1].endswith(f"columns; {COLUMN_LIMIT} are the most.")
    tall = workbook({"A": [("a",), *[("1",)] * (ROW_LIMIT + 1)]})
    assert refusal(tall) == [("The file", f"The file has {ROW_LIMIT + 1} rows of people; {ROW_LIMIT} are the most.")]


# ---------- what is not opened ----------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def _same(_name: str, part: bytes) -> bytes:
    return part


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (OLE, "This is a workbook of the old kind (XLS)."),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "The workbook has a password."),
        (repacked(GOOD, _same, {"xl/vbaProject.bin": b"x"}), "The workbook holds macros."),
        (repacked(GOOD, _same, {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "The workbook draws on other files."),
        (repacked(GOOD, _same, {f"x/{n}": b"" for n in range(2001)}), "Unpacked, the workbook is larger than 60 megabytes."),
        (repacked(GOOD, _same, {"xl/media/bomb.bin": b"\0" * 60_000_000}), "Unpacked, the workbook is larger than 60 megabytes."),
        (workbook({"A": []}), "The workbook is empty."),
        (workbook({"A": [ROWS[0]]}), "The file has a header and no rows."),
        (repacked(GOOD, lambda name, part: None if name == "xl/workbook.xml" else part), UNOPENED),
        (with_sheet_xml(GOOD, b"<worksheet", ENTITIES + b"<worksheet"), UNOPENED),
        (with_sheet_xml(GOOD, b"</sheetData>", b""), UNOPENED),
        (with_sheet_xml(GOOD, b'<row r="3"', b'<row r="2"'), UNOPENED),
        (GOOD[: len(GOOD) // 2], UNOPENED),
        (b"PK\x03\x04" + b"\0" * 50, UNOPENED),
        (b"ID,Name\n1,2\n", UNOPENED),
        (b"", UNOPENED),
    ],
)  # fmt: skip
def test_what_is_not_opened_says_what_to_do(data: bytes, problem: str) -> None:
    assert refusal(data) == [("The file", problem)]


def test_a_row_that_says_it_stands_far_below_costs_nothing() -> None:
    far = with_sheet_xml(with_sheet_xml(GOOD, b'r="3"', b'r="999999999999"'), b'"C3"', b'"ZZZ999999999999"')
    assert tuple(read_table(far).numbered()) == ((2, ROWS[1]), (999999999999, ("E-2", "Noor", "")))


def test_a_locked_part_says_that_there_is_a_password(monkeypatch) -> None:
    part = zipfile.ZipInfo("xl/workbook.xml")
    part.flag_bits = 1
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _: [part])
    assert refusal(GOOD) == [("The file", "The workbook has a password.")]


@pytest.mark.parametrize("seed", range(4))
def test_no_damaged_workbook_raises_anything_but_invalid(seed: int) -> None:
    """A byte changed within a part, which then is packed anew, so that the damage is met below the archive."""
    chance = random.Random(seed)

    def spoil(_name: str, part: bytes) -> bytes:
        at = chance.randrange(len(part))
        return part if chance.random() < 0.6 else part[:at] + bytes([chance.randrange(256)]) + part[at + 1 :]

    for _ in range(60):
        table = taken(lambda: read_table(repacked(GOOD, spoil)))
        assert table is None or {len(row) for row in table.rows} == {len(table.headers)}


# ---------- the template ----------


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_the_template_is_the_same_list_in_both_kinds_of_file(side) -> None:
    sheet, csv = read_table(template_xlsx(side)), read_table(template_csv(side).encode())
    assert (sheet.headers, sheet.rows) == (csv.headers, csv.rows)
    assert len(read_people(sheet, guess_map(sheet, side), side)) == 2


def test_columns_are_named_beyond_z() -> None:
    assert [reader.column_letter(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
