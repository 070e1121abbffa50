"""Reading the file: encodings, delimiters, quotes, shapes, and row numbers that a spreadsheet would show."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.people.table import CELL_LIMIT, ROW_LIMIT, Table, column_letter, read_table
from tests.core.people.outcome import taken


def refusal(data: bytes, filename: str = "") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_table(data, filename)
    assert all(str(issue.problem) and str(issue.remedy) for issue in caught.value.issues)
    return [(str(issue.place), str(issue.problem)) for issue in caught.value.issues]


def test_a_plain_file_is_headers_and_rows() -> None:
    assert read_table(b"name,email\nAda,ada@x.org\n") == Table(
        ("name", "email"), (("Ada", "ada@x.org"),), 2, "utf-8", (2,)
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_each_encoding_that_spreadsheets_write_is_read(encoding: str) -> None:
    table = read_table("name,place\nÅsa Müller,Köln\n".encode(encoding))
    assert (table.headers, table.rows) == (("name", "place"), (("Åsa Müller", "Köln"),))
    assert table.encoding == encoding


def test_big_endian_utf_16_is_read() -> None:
    assert read_table(b"\xfe\xff" + "a,b\n1,2\n".encode("utf-16-be")).rows == (("1", "2"),)


def test_letters_come_out_in_one_unicode_form() -> None:
    assert read_table("name\nA\u030asa\n".encode()).rows == (("Åsa",),)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = delimiter.join(("name", "goals")) + "\n" + delimiter.join(("Ada", '"one, two; three\tfour"')) + "\n"
    assert read_table(text.encode()).rows == (("Ada", "one, two; three\tfour"),)


def test_a_semicolon_file_with_commas_in_every_cell_is_cut_at_semicolons() -> None:
    table = read_table(b"name, full;place\nBrandt, Ida;Ulm, North\nRoss, Al;Ulm, South\n")
    assert table.rows == (("Brandt, Ida", "Ulm, North"), ("Ross, Al", "Ulm, South"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(end: str) -> None:
    assert read_table(end.join(("a,b", "1,2", "3,4")).encode()).rows == (("1", "2"), ("3", "4"))


def test_row_numbers_count_blank_lines_and_cells_of_several_lines_as_a_spreadsheet_does() -> None:
    table = read_table(b'a,b\n\n"one\ntwo",2\n,\n3,4\n')
    assert tuple(table.numbered()) == ((3, ("one\ntwo", "2")), (5, ("3", "4")))


def test_a_table_built_by_hand_numbers_its_rows_from_the_first() -> None:
    assert tuple(Table(("a",), (("1",), ("2",))).numbered()) == ((2, ("1",)), (3, ("2",)))


@pytest.mark.parametrize("data", [b"", b"  \n\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == [("The file", "The file is empty.")]


@pytest.mark.parametrize("data", [b"name,email", b"name,email\n\n,\n"])
def test_a_header_alone_is_refused(data: bytes) -> None:
    assert refusal(data) == [("The file", "The file has a header and no rows.")]


def test_fifty_thousand_rows_get_a_sentence() -> None:
    assert refusal(b"a,b\n" + b"1,2\n" * 50_000) == [
        ("The file", f"The file has 50000 rows of people; {ROW_LIMIT} are the most.")
    ]


def test_as_many_rows_as_allowed_are_read() -> None:
    assert len(read_table(b"a,b\n" + b"1,2\n" * ROW_LIMIT).rows) == ROW_LIMIT


def test_blank_and_doubled_headers_are_refused_with_their_columns() -> None:
    assert refusal(b"name,,Email,EMAIL\n1,2,3,4\n") == [
        ("Row 1, column “B”", "This column has no header."),
        ("Row 1, column “EMAIL”", "Column C has the same header."),
    ]


def test_every_row_of_a_wrong_length_is_named() -> None:
    assert refusal(b"a,b\n1,2\n1\n1,2,3\n") == [
        ("Row 3", "This row has 1 cells, the header has 2."),
        ("Row 4", "This row has 3 cells, the header has 2."),
    ]


def test_at_most_two_hundred_issues_are_kept_and_all_are_counted() -> None:
    with pytest.raises(Invalid) as caught:
        read_table(b"a,b\n" + b"1\n" * 300)
    assert len(caught.value.issues) == 200
    assert str(caught.value) == "The file was not taken: 300 things need to be put right, the first 200 are listed."


def test_the_refusal_names_the_file() -> None:
    with pytest.raises(Invalid, match=r"“list\.csv” was not taken: one thing needs to be put right"):
        read_table(b"", "list.csv")


def test_a_quotation_mark_that_never_closes_is_found_where_it_opens() -> None:
    assert refusal(b'a,b\n1,2\n"1,2\n3,4\n') == [("Row 3", "A quotation mark opens here and is never closed.")]


def test_reading_goes_on_after_a_broken_quote_on_one_line() -> None:
    assert refusal(b'a,b\n"x"y,2\n3\n') == [
        ("Row 2", "A quoted cell goes on after its closing quotation mark."),
        ("Row 3", "This row has 1 cells, the header has 2."),
    ]


def test_a_quotation_mark_inside_an_unquoted_cell_is_a_letter() -> None:
    assert read_table(b'a,b\n5" lead,2\n').rows == (('5" lead', "2"),)


@pytest.mark.parametrize("size", [CELL_LIMIT + 1, 200_000])
def test_a_very_long_cell_is_refused(size: int) -> None:
    (issue,) = refusal(b"a,b\n1," + b"x" * size + b"\n")
    assert issue[0].startswith("Row 2")
    assert issue[1] == f"A cell has more than {CELL_LIMIT} characters."


def test_too_many_columns_are_refused() -> None:
    wide = ",".join(f"c{n}" for n in range(300))
    assert refusal(f"{wide}\n{wide}\n".encode()) == [("Row 1", "The file has 300 columns; 200 are the most.")]


@pytest.mark.parametrize("data", ["a,b\n1,2\n".encode("utf-16-le"), b"a\0b"])
def test_what_is_neither_text_nor_a_workbook_is_refused(data: bytes) -> None:
    assert refusal(data) == [("The file", "This is neither text (CSV) nor a workbook (XLSX).")]


def test_a_byte_that_no_encoding_knows_is_refused_with_its_row() -> None:
    assert refusal(b"a,b\n1,2\n\x81,2\n") == [
        ("Row 3", "There is a byte here that is not text in any encoding that is read.")
    ]


def test_columns_are_lettered_as_in_a_spreadsheet() -> None:
    assert [column_letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_invalid(data: bytes) -> None:
    table = taken(lambda: read_table(data))
    assert table is None or (table.rows and {len(row) for row in table.rows} == {len(table.headers)})


@settings(max_examples=300)
@given(st.text(alphabet='ab,;\t\n\r"\0é \u2028😀', max_size=80))
def test_no_text_raises_anything_but_invalid(text: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        table = taken(lambda: read_table(text.encode(encoding)))  # noqa: B023
        assert table is None or len({header.casefold() for header in table.headers}) == len(table.headers)


_cell = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)


@settings(max_examples=200)
@given(st.data(), st.integers(1, 4))
def test_what_a_spreadsheet_writes_is_read_back_with_its_rows(data: st.DataObject, width: int) -> None:
    rows = data.draw(st.lists(st.lists(_cell, min_size=width, max_size=width), min_size=1, max_size=6))
    rows.append(["end"] * width)
    file = io.StringIO(newline="")
    csv.writer(file).writerows([[f"h{n}" for n in range(width)], *rows])
    table = read_table(file.getvalue().encode())
    expected = {n: tuple(unicodedata.normalize("NFC", c) for c in row) for n, row in enumerate(rows, start=2)}
    assert dict(table.numbered()) == {n: row for n, row in expected.items() if any(c.strip() for c in row)}
