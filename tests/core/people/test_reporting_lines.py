"""Who grades, promotes, supervises or treats whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.people.reporting_lines import KINDS, Line, read_lines
from cheiron.core.people.table import Table, read_table
from tests.core.people.outcome import taken


def issues(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_lines(read_table(data))
    return [(str(issue.place), str(issue.problem)) for issue in caught.value.issues]


def test_lines_are_read_with_their_rows_and_rules() -> None:
    lines = read_lines(read_table(b"Assessor,Student,Kind\nM-1,E-1@X.org,Grades\n\nM-2,E-2,past\nM-3,E-3,forbidden\n"))
    assert lines == (
        Line(2, "e-1@x.org", "m-1", "grades"),
        Line(4, "e-2", "m-2", "past"),
        Line(5, "e-3", "m-3", "forbidden"),
    )
    assert [line.rule for line in lines] == ["firewall", "past", "forbidden"]


@pytest.mark.parametrize("kind", ["grades", "promotes", "supervises", "treats"])
def test_whoever_assesses_stands_behind_the_firewall(kind: str) -> None:
    assert KINDS[kind] == "firewall"


def test_missing_columns_are_named() -> None:
    assert issues(b"who,kind\na,grades\n") == [
        ("The file", "There is no column “student”."),
        ("The file", "There is no column “assessor”."),
    ]


def test_everything_wrong_is_said_at_once() -> None:
    assert issues(b"student,assessor,kind\n,m1,grades\ne1,E1,past\ne2,=m,likes\n") == [
        ("Row 2, column “student”", "Nobody is named here."),
        ("Row 3", "Student and assessor are the same person."),
        ("Row 4, column “assessor”", "This is not an ID or an email address."),
        ("Row 4, column “kind”", "“likes” is not a kind of line."),
    ]


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), min_size=1, max_size=4))
def test_no_values_raise_anything_but_invalid(rows: list[tuple[str, ...]]) -> None:
    lines = taken(lambda: read_lines(Table(("student", "assessor", "kind"), tuple(rows))))
    assert lines is None or len(lines) == len(rows)
