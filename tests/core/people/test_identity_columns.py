"""Identity does not come in with a list: neither by its header nor by a column that repeats it."""

import pytest

from cheiron.core.errors import Invalid
from cheiron.core.people.identity import echoes_identity, identity_columns, names_identity
from cheiron.core.people.roster import IGNORED, RosterMap, Table, guess_map, read_people


@pytest.mark.parametrize(
    "header",
    [
        *("gender", "Gender", "GENDER_IDENTITY", "GenderIdentity", "Sex", "sex (m/f)", "Race", "race/ethnicity"),
        *("Ethnicity", "ethnic group", "sexual orientation", "Orientation", "Religion", "religious belief"),
        *("Disability", "disabled?", "identity to match", "match with similar identity", "characteristics"),
        *("Protected characteristic", "Pronouns", "my pronoun", "LGBTQ+", "lgbtqia", "URM", "Underrepresented?"),
        *("minority", "transgender", "How do you identify?", "self-identified as", "género", "Geschlecht"),
        *("gen\u200bder", "ｇｅｎｄｅｒ", "Hispanic"),
    ],
)
def test_identity_is_recognized(header: str) -> None:
    assert names_identity(header)


@pytest.mark.parametrize(
    "header",
    [
        *("identifier", "ID number", "id", "residency", "Essex campus", "Middlesex", "embrace", "traced", "racecourse"),
        *("name", "generation", "agenda", "identification number", "character", "minor", "president", "place"),
        *("interests", "trace"),
    ],
)
def test_ordinary_words_are_not_identity(header: str) -> None:
    assert not names_identity(header)


HEADERS = ("name", "email", "gender", "about")
ROWS = (
    ("Ida", "i@x.org", "Woman", "I am a woman who loves ultrasound."),
    ("Ann", "a@x.org", "Non-binary", "Ultrasound, and non-binary in the clinic"),
    ("Al", "al@x.org", "Man", "I manage a lab."),
    ("Bo", "b@x.org", "", "Nothing to say"),
)
TABLE = Table(HEADERS, ROWS)
BASE = {"name": "name", "email": "email"}


def refused(given: Table, columns: dict[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_people(given, RosterMap(columns), "mentee")
    assert all("About me" in str(issue.remedy) for issue in caught.value.issues)
    return [(str(issue.column), str(issue.problem)) for issue in caught.value.issues]


def test_columns_that_name_or_repeat_identity_are_found() -> None:
    assert identity_columns(TABLE) == ("gender",)
    assert echoes_identity(TABLE) == {"about": "gender"}


@pytest.mark.parametrize("columns", [BASE, {**BASE, "gender": "topics", "about": "goals"}])
def test_an_identity_column_that_is_mapped_or_passed_over_in_silence_is_refused(columns: dict[str, str]) -> None:
    assert refused(TABLE, columns) == [
        ("gender", "This column says who people are (identity), and is never read."),
        ("about", "This column repeats what the column “gender” says of people."),
    ]


def test_a_list_is_read_once_they_are_left_out_by_name() -> None:
    people = read_people(TABLE, RosterMap({**BASE, "Gender": IGNORED, "ABOUT": IGNORED}), "mentee")
    assert [person.name for person in people] == ["Ida", "Ann", "Al", "Bo"]
    assert "oman" not in repr(people)


def test_the_guessed_map_does_not_leave_them_out_on_its_own() -> None:
    assert guess_map(TABLE, "mentee").columns == BASE


def repeats(identity: list[str], other: list[str]) -> bool:
    rows = tuple(zip(identity, other, strict=True))
    return bool(echoes_identity(Table(("identity", "other"), rows)))


def test_a_third_of_the_rows_that_say_something_is_enough() -> None:
    assert repeats(["Gay", "Gay", "Gay", ""], ["I am gay.", "x", "y", "z"])
    assert not repeats(["Gay", "Gay", "Gay", "Gay"], ["I am gay.", "x", "y", "z"])


def test_one_of_several_values_is_a_repetition() -> None:
    assert repeats(["Lesbian, Non-binary"], ["non-binary writer"])


@pytest.mark.parametrize("value", ["yes", "No", "F", "1", "2024", "Prefer not to say", "n/a", ""])
def test_values_that_tell_nothing_are_no_repetition(value: str) -> None:
    assert not repeats([value] * 3, [value] * 3)


def test_parts_of_words_are_no_repetition() -> None:
    assert not repeats(["Man"] * 3, ["I manage people"] * 3)


def test_only_the_same_row_counts() -> None:
    assert not repeats(["Woman", "Man"], ["a man", "a woman"])


def test_without_an_identity_column_nothing_is_repeated() -> None:
    assert echoes_identity(Table(("a", "b"), (("x", "x"),))) == {}
