"""G41: a bad list is refused whole, with the place of what is wrong, and changes nothing.

A seeded generator breaks good lists in some forty ways and knows where it broke them. What cannot be read at all
is refused on upload and leaves no row, not even in the audit log. What can be read and not imported is kept, shown
with its mistakes, and importing it is refused and changes no row.
"""

import io
import random
import zipfile
from collections.abc import Callable
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cheiron.models.people import Enrollment, Member, ReportingLine, RosterImport
from cheiron.models.programs import IntakeSheet
from tests.cast import FIRST_MENTEES, MENTORS, SECRETS, WAITING, fingerprint, roster
from tests.core.people.workbooks import repacked, with_sheet_xml, workbook

FILES, ALL_FILES = 200, 1_000
SEED = 41
HEADERS = ("ID", "Name", "Email", "Title", "Capacity", "Topics")


def good_rows(chance: random.Random) -> list[list[str]]:
    """Some good people, header first."""
    people = [
        [f"N-{n}", chance.choice(("Ann", "Bo", "Čeněk", "李", "🦉")) + f" {n}", f"n{n}@riverside.example", "Professor",
         str(chance.randint(0, 5)), "Sepsis; Teaching"]
        for n in range(chance.randint(3, 30))
    ]  # fmt: skip
    return [list(HEADERS), *people]


def text_of(rows: list[list[str]], delimiter: str = ",") -> str:
    """Cells as they are; those with a delimiter or line break in quotes."""

    def cell(value: str) -> str:
        return '"' + value.replace('"', '""') + '"' if set(value) & {delimiter, "\n", "\r", '"'} else value

    return "".join(delimiter.join(cell(value) for value in row) + "\r\n" for row in rows)


Bad = tuple[bytes, str]
"""A file, and the place that the refusal must name."""


def _any_row(rows: list[list[str]], chance: random.Random) -> int:
    return chance.randrange(1, len(rows))


# ---------- cannot be read ----------


def blank_header(rows, chance) -> Bad:
    at = chance.randrange(len(HEADERS))
    rows[0][at] = " "
    return text_of(rows).encode(), f"Row 1, column “{'ABCDEF'[at]}”"


def doubled_header(rows, chance) -> Bad:
    at = chance.randrange(1, len(HEADERS))
    rows[0][at] = rows[0][0].lower()
    return text_of(rows).encode(), f"Row 1, column “{rows[0][at]}”"


def long_header(rows, chance) -> Bad:
    at = chance.randrange(len(HEADERS))
    rows[0][at] = "x" * 201
    return text_of(rows).encode(), f"Row 1, column “{'ABCDEF'[at]}”"


def header_of_two_lines(rows, chance) -> Bad:
    at = chance.randrange(len(HEADERS))
    rows[0][at] = "two\nlines"
    return text_of(rows).encode(), f"Row 1, column “{'ABCDEF'[at]}”"


def no_rows(rows, _chance) -> Bad:
    return text_of(rows[:1]).encode(), "The file"


def missing_cells(rows, chance) -> Bad:
    at = _any_row(rows, chance)
    del rows[at][chance.randrange(1, len(HEADERS)) :]
    return text_of(rows).encode(), f"Row {at + 1}"


def too_many_cells(rows, chance) -> Bad:
    at = _any_row(rows, chance)
    rows[at].append("one more")
    return text_of(rows).encode(), f"Row {at + 1}"


def open_quotation_mark(rows, chance) -> Bad:
    at = _any_row(rows, chance)
    text = text_of(rows[:at]) + '"' + text_of(rows[at:])
    return text.encode(), f"Row {at + 1}"


def text_after_a_quoted_cell(rows, chance) -> Bad:
    at = _any_row(rows, chance)
    return (text_of(rows[:at]) + '"N-9" x,a,b,c,d,e\r\n' + text_of(rows[at:])).encode(), f"Row {at + 1}"


def long_cell(rows, chance) -> Bad:
    at = _any_row(rows, chance)
    rows[at][5] = "x" * 10_001
    return text_of(rows).encode(), f"Row {at + 1}, column “Topics”"


def half_a_character(rows, chance) -> Bad:
    at = _any_row(rows, chance)
    plain = [[cell.encode("ascii", "ignore").decode() for cell in row] for row in rows[:at]]
    data = text_of(plain).encode() + b"N-9,\x81\x8d,x@y.example,a,1,b\r\n"
    return data, f"Row {at + 1}"


def broken_utf16(rows, _chance) -> Bad:
    return b"\xff\xfe" + text_of(rows).encode("utf-16-le") + b"\x00", "Row"


def archive_without_a_workbook(rows, _chance) -> Bad:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", text_of(rows) * 5)
    return file.getvalue(), "The file"


def half_a_workbook(rows, chance) -> Bad:
    data = workbook({"People": rows})
    return data[: chance.randrange(200, len(data) - 100)], "The file"


def workbook_with_a_formula(rows, chance) -> Bad:
    at, column = _any_row(rows, chance), chance.randrange(len(HEADERS))
    rows[at][column] = chance.choice(("=1+1", '=HYPERLINK("http://x.example")', "=WEBSERVICE(A1)"))
    return workbook({"People": rows}), f"Row {at + 1}, column “{HEADERS[column]}”"


def workbook_with_merged_cells(rows, chance) -> Bad:
    at = _any_row(rows, chance) + 1
    data = workbook({"People": rows}, lambda book: book["People"].merge_cells(f"D{at}:E{at}"))
    return data, f"Row {at}"


def workbook_with_two_lists(rows, _chance) -> Bad:
    return workbook({"One": rows, "Two": rows}), "“One” and “Two”"


def workbook_with_macros(rows, _chance) -> Bad:
    return repacked(workbook({"People": rows}), lambda _, part: part, {"xl/vbaProject.bin": b"x"}), "The file"


def workbook_with_entities(rows, _chance) -> Bad:
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><worksheet'
    return with_sheet_xml(workbook({"People": rows}), b"<worksheet", entity), "The file"


def packed_bomb(rows, _chance) -> Bad:
    bomb = {"xl/media/a.bin": b"\0" * 60_000_000}
    return repacked(workbook({"People": rows}), lambda _, part: part, bomb), "megabytes"


def old_or_locked_workbook(_rows, chance) -> Bad:
    locked = chance.choice((b"", "EncryptedPackage".encode("utf-16-le")))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + locked, "The file"


def nothing_at_all(_rows, chance) -> Bad:
    return chance.choice((b"\n", b" \r\n \r\n", b"\xef\xbb\xbf\n", b"\xff\xfe\n\x00")), "The file"


def many_columns(rows, _chance) -> Bad:
    rows = [[*row, *(f"{row[0]}{n}" for n in range(200))] for row in rows]
    return text_of(rows).encode(), "Row 1"


UNREADABLE: tuple[Callable[..., Bad], ...] = (
    blank_header, doubled_header, long_header, header_of_two_lines, no_rows, missing_cells, too_many_cells,
    open_quotation_mark, text_after_a_quoted_cell, long_cell, half_a_character, broken_utf16,
    nothing_at_all, many_columns, archive_without_a_workbook, half_a_workbook, workbook_with_a_formula,
    workbook_with_merged_cells, workbook_with_two_lists, workbook_with_macros, workbook_with_entities, packed_bomb,
    old_or_locked_workbook,
)  # fmt: skip

# ---------- can be read, and not imported ----------


def _spoiled(column: str, *values: str) -> Callable[..., Bad]:
    def spoil(rows, chance) -> Bad:
        at = _any_row(rows, chance)
        rows[at][HEADERS.index(column)] = chance.choice(values)
        return text_of(rows).encode(), f"Row {at + 1}, column “{column}”"

    return spoil


def same_id_twice(rows, chance) -> Bad:
    at = chance.randrange(2, len(rows))
    rows[at][0] = rows[1][0].lower()
    return text_of(rows).encode(), f"Row {at + 1}, column “ID”"


def same_address_twice(rows, chance) -> Bad:
    at = chance.randrange(2, len(rows))
    rows[at][2] = rows[1][2].upper()
    return text_of(rows).encode(), f"Row {at + 1}, column “Email”"


def no_address_column(rows, _chance) -> Bad:
    rows[0][2] = "Something"
    return text_of(rows).encode(), "The file"


def no_name_column(rows, _chance) -> Bad:
    rows[0][1] = "Something"
    return text_of(rows).encode(), "The file"


def address_of_somebody_else(rows, chance) -> Bad:
    """The id is Ben's, the address Ada's."""
    at = _any_row(rows, chance)
    rows[at][0], rows[at][2] = "M-2", SECRETS["mentor address"]
    return text_of(rows).encode(), f"Row {at + 1}"


def address_of_another_account(rows, chance) -> Bad:
    """The id is Cleo's, the address belongs to somebody of another school."""
    at = _any_row(rows, chance)
    rows[at][0], rows[at][2] = "M-3", "stranger@hillside.example"
    return text_of(rows).encode(), f"Row {at + 1}"


def twice_by_id_and_by_address(rows, chance) -> Bad:
    """Cleo by her id with a new address, and again by her old address with a new id."""
    at = chance.randrange(2, len(rows))
    rows[1][0], rows[1][2] = "M-3", "cleo.new@riverside.example"
    rows[at][2] = "cleo@riverside.example"
    return text_of(rows).encode(), f"Row {at + 1}"


NOT_IMPORTABLE: tuple[Callable[..., Bad], ...] = (
    _spoiled("ID", "", "=1+1", "@SUM(A1)", "-1", "x" * 201, "two\nlines"),
    _spoiled("Name", "", "+cmd|' /C calc'!A0", "=HYPERLINK(\"x\")", "Dr\tTab", "\u202eevil", "n" * 201),
    _spoiled("Email", "", "nobody", "a@b", "a b@c.example", "=a@b.example", "a@b.example; c@d.example", "\u0430@b.example"),
    _spoiled("Title", "=1", "+1", "-", "@x", "t" * 201, "a\x07b"),
    _spoiled("Capacity", "-1", "two", "1.5", "51", "99999999999", "1e3", "²", "٣"),
    _spoiled("Topics", "x" * 201, "; ".join(f"topic {n}" for n in range(51)), "a\tb"),
    same_id_twice, same_address_twice, no_address_column, no_name_column, address_of_somebody_else,
    address_of_another_account, twice_by_id_and_by_address,
)  # fmt: skip


def send(client, cast, content: bytes, role: str = "mentor"):
    data = {"role": role, "file": SimpleUploadedFile("list.csv", content)}
    return client.post(reverse("roster-upload", args=[cast.program]), data)


def says(response, place: str) -> bool:
    """Whether the page names the place, inside its list of issues."""
    page = unescape(response.content.decode())
    return place in page and "issue" in page


@pytest.mark.guarantee("G41")
def test_what_cannot_be_read_leaves_no_row_and_is_told_its_place(cast, as_, counted, sized):
    coordinator, chance, tried = as_("coordinator"), random.Random(SEED), 0
    before = fingerprint()
    for n in range(sized(FILES, ALL_FILES) // 2):
        spoil = UNREADABLE[n % len(UNREADABLE)]
        content, place = spoil(good_rows(chance), chance)
        refused = send(coordinator, cast, content)
        assert refused.status_code == 200, (spoil.__name__, n)
        assert says(refused, place), (spoil.__name__, n, place)
        assert fingerprint() == before, (spoil.__name__, n)
        tried += 1
    counted("files that cannot be read", tried)


@pytest.mark.guarantee("G41")
def test_what_cannot_be_imported_is_shown_with_its_place_and_changes_nobody(cast, as_, counted, sized):
    coordinator, chance, tried = as_("coordinator"), random.Random(SEED + 1), 0
    for n in range(sized(FILES, ALL_FILES) // 2):
        spoil = NOT_IMPORTABLE[n % len(NOT_IMPORTABLE)]
        content, place = spoil(good_rows(chance), chance)
        kept = send(coordinator, cast, content)
        assert kept.status_code == 302, (spoil.__name__, n, kept.content.decode())
        made = kept["Location"].split("/")[2]
        url = reverse("roster-check", args=[made])
        assert says(coordinator.get(url), place), (spoil.__name__, n, place, content)
        before = fingerprint()
        refused = coordinator.post(url)
        assert refused.status_code == 400, (spoil.__name__, n)
        assert says(refused, place), (spoil.__name__, n, place)
        assert fingerprint() == before, (spoil.__name__, n)
        RosterImport.objects.filter(pk=made).delete()
        tried += 1
    counted("files that cannot be imported", tried)


def test_the_lists_that_are_broken_here_are_good_before(cast, as_):
    """Otherwise a refusal would prove nothing."""
    coordinator, chance = as_("coordinator"), random.Random(SEED)
    kept = send(coordinator, cast, text_of(good_rows(chance)).encode())
    done = coordinator.post(reverse("roster-check", args=[kept["Location"].split("/")[2]]))
    assert done.status_code == 302
    assert Member.objects.filter(external_id__startswith="N-").exists()


@pytest.mark.guarantee("G41")
def test_fifty_thousand_rows_are_refused_at_once(cast, as_):
    rows = [list(HEADERS), *([f"N-{n}", "A B", f"n{n}@riverside.example", "", "1", ""] for n in range(50_000))]
    coordinator = as_("coordinator")
    before = fingerprint()
    refused = send(coordinator, cast, text_of(rows).encode())
    assert refused.status_code == 200
    assert says(refused, "50000 rows")
    assert fingerprint() == before


def test_a_file_above_the_limit_is_refused(cast, as_, settings):
    settings.UPLOAD_LIMIT = 1024
    coordinator = as_("coordinator")
    before = fingerprint()
    refused = send(coordinator, cast, b"ID,Name,Email\n" + b"x" * 2000)
    assert "larger than" in refused.content.decode()
    assert fingerprint() == before


def test_no_file_or_an_empty_one_or_a_wrong_role_is_refused(cast, as_):
    coordinator, url = as_("coordinator"), reverse("roster-upload", args=[cast.program])
    before = fingerprint()
    for data in (
        {},
        {"role": "mentor"},
        {"role": "mentor", "file": SimpleUploadedFile("list.csv", b"")},
        {"role": "coordinator", "file": SimpleUploadedFile("list.csv", roster(*MENTORS))},
        {"role": "administrator", "file": SimpleUploadedFile("list.csv", roster(*MENTORS))},
    ):
        assert coordinator.post(url, data).status_code == 200
    assert fingerprint() == before


# ---------- identity columns ----------


@pytest.mark.guarantee("G41")
def test_a_forged_map_cannot_bring_an_identity_column_in(cast, as_):
    """The column has no select on the page; a forged one is not read, and there is nothing behind it any more."""
    coordinator = as_("coordinator")
    columns, check = (reverse(name, args=[cast.upload]) for name in ("roster-columns", "roster-check"))
    page = coordinator.get(columns).content.decode()
    assert "Gender" in page
    assert SECRETS["withheld"] not in page
    meanings = {"column_0": "external_id", "column_1": "name", "column_2": "email"}
    for forged in ("topics", "goals", "title", "roles", "place"):
        done = coordinator.post(columns, {**meanings, "column_3": forged, "Gender": forged})
        assert done.status_code == 302
        assert RosterImport.objects.get(pk=cast.upload).columns["map"]["Gender"] == "ignored"
    assert coordinator.post(check).status_code == 302
    assert Member.objects.filter(external_id="E-8").count() == 1
    assert everything_kept().count(SECRETS["withheld"]) == 0
    assert everything_kept().count("told to nobody") == 0


def everything_kept() -> str:
    """All that is known of people, and all that lists have left behind."""
    sheets = list(IntakeSheet.objects.values())
    members = list(Member.objects.values())
    lists = [(bytes(row.content), row.columns, row.changes) for row in RosterImport.objects.all()]
    return repr((sheets, members, lists))


def test_an_identity_column_under_another_name_that_repeats_it_is_withheld_too(cast, as_):
    rows = [{**row, "Gender": "Nonbinary", "Notes": f"Says Nonbinary, {row['Name']}"} for row in WAITING]
    content = roster(*rows, columns=("ID", "Name", "Email", "Gender", "Notes"))
    kept = send(as_("coordinator"), cast, content, "mentee")
    stored = RosterImport.objects.get(pk=kept["Location"].split("/")[2])
    assert stored.columns["withheld"] == ["Gender", "Notes"]
    assert b"Nonbinary" not in bytes(stored.content)
    assert b"Wanda Ito" in bytes(stored.content)


# ---------- reporting lines ----------

BAD_LINES = (
    (b"student,assessor\nE-1,M-1\n", "The file"),
    (b"student,assessor,kind\nE-1,,grades\n", "Row 2, column “assessor”"),
    (b"student,assessor,kind\nE-1,M-1,likes\n", "Row 2, column “kind”"),
    (b"student,assessor,kind\nE-1,E-1,grades\n", "Row 2"),
    (b"student,assessor,kind\nE-1,M-1,grades\nE-1,M-99,grades\n", "Row 3"),
    (b"student,assessor,kind\nE-1,stranger@hillside.example,grades\n", "Row 2"),
    (b"student,assessor,kind\n=E-1,M-1,grades\n", "Row 2, column “student”"),
    (b"student,assessor,kind\n", "The file"),
    (b"student,student,kind\nE-1,M-1,grades\n", "Row 1, column “student”"),
)


@pytest.mark.guarantee("G41")
@pytest.mark.parametrize(("content", "place"), BAD_LINES)
def test_a_bad_list_of_reporting_lines_leaves_the_good_one_as_it_was(content, place, cast, as_):
    coordinator = as_("coordinator")
    before = fingerprint()
    refused = coordinator.post(
        reverse("lines", args=[cast.program]), {"file": SimpleUploadedFile("lines.csv", content)}
    )
    assert refused.status_code == 200
    assert says(refused, place)
    assert fingerprint() == before
    assert ReportingLine.objects.count() == 1


def test_capacity_nought_is_a_pause_and_no_mistake(cast, as_):
    coordinator = as_("coordinator")
    kept = send(coordinator, cast, roster({**MENTORS[2], "Capacity": 0}))
    assert coordinator.post(reverse("roster-check", args=[kept["Location"].split("/")[2]])).status_code == 302
    assert Enrollment.objects.get(pk=cast.parts["M-3"]).sheet.capacity == 0


def test_a_wish_for_nobody_is_refused_with_its_row(cast, as_):
    coordinator = as_("coordinator")
    kept = send(coordinator, cast, roster(*FIRST_MENTEES, {**WAITING[0], "Wishes": "M-1; M-77"}), "mentee")
    url = reverse("roster-check", args=[kept["Location"].split("/")[2]])
    before = fingerprint()
    refused = coordinator.post(url)
    assert refused.status_code == 400
    assert says(refused, "Row 4")
    assert "“M-77”" in unescape(refused.content.decode())
    assert fingerprint() == before
