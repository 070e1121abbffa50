"""Reading a list of past and running pairs."""

from datetime import date

import pytest

from cheiron.core.errors import Invalid
from cheiron.core.people.pairings import Pairing, other_columns, pairs_template, read_pairings
from cheiron.core.people.table import read_table

TODAY = date(2027, 1, 11)
HEAD = "mentee,mentor,from,until\n"


def refusal(text: str) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_pairings(read_table(text.encode()), TODAY)
    assert all(str(issue.remedy) for issue in caught.value.issues)
    return [(str(issue.place), str(issue.problem)) for issue in caught.value.issues]


def test_pairs_are_read_with_their_days() -> None:
    table = read_table(
        b"Mentor ID,Mentee E-mail,Since,Ended,Room\nM-1,Ann@x.org,2025-10-01,2026-09-30,4\nM-2,E-2,,,5\n"
    )
    with pytest.raises(Invalid):
        read_pairings(table, TODAY)
    table = read_table(b"Mentor ID,Mentee,Since,Ended,Room\nM-1,Ann@x.org,2025-10-01,2026-09-30,4\nM-2,E-2,,,5\n")
    assert read_pairings(table, TODAY) == (
        Pairing(2, "ann@x.org", "m-1", date(2025, 10, 1), date(2026, 9, 30)),
        Pairing(3, "e-2", "m-2", None, None),
    )
    assert other_columns(table) == ("Room",)


def test_a_pair_has_ended_when_its_last_day_has_passed() -> None:
    ends = (None, date(2027, 1, 10), TODAY, date(2027, 1, 12))
    assert [Pairing(2, "a", "b", None, end).ended(TODAY) for end in ends] == [False, True, False, False]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("mentee,from\na,\n", [("The file", "There is no column “mentor”.")]),
        (HEAD + ",M-1,,\n", [("Row 2, column “mentee”", "Nobody is named here.")]),
        (HEAD + "=E-1,M-1,,\n", [("Row 2, column “mentee”", "This is not an ID or an email address.")]),
        (HEAD + "E-1,e-1,,\n", [("Row 2", "Mentee and mentor are the same person.")]),
        (HEAD + "E-1,M-1,,\nE-2,M-1,,\ne-1,m-1,,\n", [("Row 4", "This pair stands in row 2 too.")]),
        (HEAD + "E-1,M-1,01/02/2026,\n", [("Row 2, column “from”", "“01/02/2026” is not a day.")]),
        (HEAD + "E-1,M-1,2026-02-30,\n", [("Row 2, column “from”", "“2026-02-30” is not a day.")]),
        (HEAD + "E-1,M-1,20260201,\n", [("Row 2, column “from”", "“20260201” is not a day.")]),
        (HEAD + "E-1,M-1,2027-01-12,\n", [("Row 2", "This pair has not begun yet.")]),
        (HEAD + "E-1,M-1,2026-02-01,2026-01-31\n", [("Row 2", "This pair ends before it begins.")]),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_with_its_place(text: str, problems: list) -> None:
    assert refusal(text) == problems


def test_the_template_is_read_back() -> None:
    pairs = read_pairings(read_table(pairs_template().encode()), TODAY)
    assert [pair.ended(TODAY) for pair in pairs] == [True, False]
