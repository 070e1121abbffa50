"""No formula runs from an export (G40)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.people.spreadsheet import FORMULA_STARTS, csv_text, export_cell, starts_formula

BODIES = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.org","y")', "SUM(A1:A9)", "IMPORTXML(A1)")
PAYLOADS = tuple(
    start + body for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋") for body in BODIES
)


@pytest.mark.guarantee("G40")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_starts_a_formula(payload: str) -> None:
    assert len(PAYLOADS) == 50
    assert export_cell(payload) == "'" + payload.replace("\n=", "\n'=").replace("\t=", "\t'=").replace("\r=", "\r'=")


@pytest.mark.guarantee("G40")
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_payload_starts_a_formula_however_the_file_is_cut(delimiter: str) -> None:
    cells = [f"a{sign}{payload}" for payload in PAYLOADS for sign in (";", "\t", "\n", "; ")]
    text = csv_text(["x", "y"], [(cell, cell) for cell in cells])
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        assert not [cell for cell in row if cell.strip()[:1] in tuple("=+-@＝＋－＠")]


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (-5, "-5"), (0.25, "0.25"), ("", ""), ("a-b", "a-b"), ("😀", "😀")]
)
def test_ordinary_values_stay_as_they_are(value: object, text: str) -> None:
    assert export_cell(value) == text


@given(st.text())
def test_no_text_starts_a_formula(value: str) -> None:
    assert not starts_formula(export_cell(value))


@given(st.text(alphabet=st.characters(exclude_characters="".join(FORMULA_STARTS) + "\0")))
def test_text_without_formula_signs_is_untouched(value: str) -> None:
    assert export_cell(value) == value
