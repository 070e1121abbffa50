"""From a table to people: the map, and everything that a row can have wrong."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.people.facts import Facts, PersonRow
from cheiron.core.people.roster import (
    FIELDS,
    IGNORED,
    RosterMap,
    Side,
    Table,
    directory,
    fields_for,
    guess_map,
    read_people,
    read_table,
    template_csv,
)
from cheiron.core.people.roster_map import recall
from tests.core.people.outcome import taken

HEADERS = ("id", "name", "email", "title", "capacity", "stage")
MAP = RosterMap(
    {"id": "external_id", "name": "name", "email": "email", "title": "title", "capacity": "capacity", "stage": "stage"}
)
GOOD = {"id": "m1", "name": "Ida Brandt", "email": "ida@x.org", "title": "Dr.", "capacity": "2", "stage": ""}


def table(*rows: dict[str, str], headers: tuple[str, ...] = HEADERS) -> Table:
    return Table(headers, tuple(tuple(row[header] for header in headers) for row in rows))


def issues(given: Table, roster_map: RosterMap = MAP, side: Side = "mentor") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_people(given, roster_map, side)
    assert all(str(issue.remedy) for issue in caught.value.issues)
    return [(str(issue.place), str(issue.problem)) for issue in caught.value.issues]


def test_a_good_row_is_a_person() -> None:
    assert read_people(table(GOOD), MAP, "mentor") == (
        PersonRow(2, "m1", "Ida Brandt", "ida@x.org", "Dr.", capacity=2, facts=Facts()),
    )


def test_everything_wrong_is_said_at_once() -> None:
    found = issues(
        table(
            GOOD,
            {**GOOD, "id": "M1", "email": "IDA@x.org"},
            {**GOOD, "id": "m3", "name": " ", "email": "nobody", "capacity": "2.5"},
            {**GOOD, "id": "", "email": "", "title": "=1+1"},
        )
    )
    assert found == [
        ("Row 3, column “email”", "“ida@x.org” stands in row 2 too."),
        ("Row 3, column “id”", "“m1” stands in row 2 too."),
        ("Row 4, column “email”", "“nobody” is not an email address."),
        ("Row 4, column “name”", "This person has no name."),
        ("Row 4, column “capacity”", "“2.5” is not a number of mentees."),
        ("Row 5, column “email”", "This person has no email address."),
        ("Row 5, column “id”", "This person has no ID."),
        ("Row 5, column “title”", "This value starts with a sign that makes a spreadsheet calculate (= + - @, tab)."),
    ]


@pytest.mark.parametrize("capacity", ["0", "50", " 7 "])
def test_capacities_from_none_to_fifty_are_read(capacity: str) -> None:
    assert read_people(table({**GOOD, "capacity": capacity}), MAP, "mentor")[0].capacity == int(capacity)


@pytest.mark.parametrize("capacity", ["51", "-1", "two", "1.0", "٣", "9" * 5_000, "1e1"])
def test_other_capacities_are_refused(capacity: str) -> None:
    assert issues(table({**GOOD, "capacity": capacity[:190]}))


def test_a_list_that_says_nothing_of_capacity_overwrites_nothing() -> None:
    roster_map = replace(MAP, default_capacity=3)
    assert read_people(table({**GOOD, "capacity": ""}), roster_map, "mentor")[0].capacity is None


def test_a_mentee_has_no_capacity() -> None:
    roster_map = RosterMap({"name": "name", "email": "email"})
    assert read_people(table(GOOD), roster_map, "mentee")[0].capacity is None


@pytest.mark.parametrize(
    "email",
    [
        *("a@b", "a b@x.org", "a@x..org", ".a@x.org", "a.@x.org", "a@@x.org", "a@x.org, b@x.org", "<a@x.org>"),
        *("å@x.org", "a" * 65 + "@x.org", "a@" + "x" * 200 + ".org", "a@x.o", "a@.org", "@x.org", "a\u202e@x.org"),
        "a@x.org;",
    ],
)
def test_what_is_no_email_address_is_refused(email: str) -> None:
    assert issues(table({**GOOD, "email": email}))


@pytest.mark.parametrize("email", ["a@x.org", "A.B-c+d@Sub.X.ORG", "o'neil@x.org", "x_1@uni-x.ac.uk", "a@xn--4ca.org"])
def test_email_addresses_are_read_in_small_letters(email: str) -> None:
    assert read_people(table({**GOOD, "email": email}), MAP, "mentor")[0].email == email.lower()


@pytest.mark.parametrize("name", ["Žofie Ñ", "李小龍", "محمد علي", "Ida 🦉", "O’Neil-Brandt", "5", "👩🏽‍⚕️"])
def test_names_of_every_script_are_fine(name: str) -> None:
    assert read_people(table({**GOOD, "name": name}), MAP, "mentor")[0].name == name


@pytest.mark.parametrize("field", ["name", "id", "title", "email"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝", "\r"])
def test_a_formula_in_a_name_id_title_or_email_is_refused(field: str, start: str) -> None:
    place = f"Row 2, column “{field}”"
    problem = "This value starts with a sign that makes a spreadsheet calculate (= + - @, tab)."
    assert (place, problem) in issues(table({**GOOD, field: start + GOOD[field]}))


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\n", "\x7f", "\x85", "\u2028", "\u202e", "\u2066"])
def test_control_characters_are_refused(sign: str) -> None:
    problem = "There is a line break or another control character in this value."
    assert issues(table({**GOOD, "name": f"Ida{sign}Brandt"})) == [("Row 2, column “name”", problem)]


def test_stages_are_compared_without_case_and_take_the_spelling_of_the_program() -> None:
    roster_map = replace(MAP, stages=("Resident", "Fellow"))
    assert read_people(table({**GOOD, "stage": "FELLOW "}), roster_map, "mentor")[0].facts.stage == "Fellow"
    assert read_people(table({**GOOD, "stage": ""}), roster_map, "mentor")[0].facts.stage == ""


def test_an_unknown_stage_is_refused_with_those_allowed() -> None:
    with pytest.raises(Invalid) as caught:
        read_people(table({**GOOD, "stage": "Dean"}), replace(MAP, stages=("Resident", "Fellow")), "mentor")
    assert str(caught.value.issues[0].problem) == "“Dean” is not a stage of this program."
    assert str(caught.value.issues[0].remedy) == "Write one of: Resident, Fellow."


def test_without_an_id_the_email_address_serves() -> None:
    roster_map = RosterMap({"NAME": "name", " Email ": "email"})
    assert read_people(table({**GOOD, "email": "Ida@X.org"}), roster_map, "mentor")[0].external_id == "ida@x.org"


def test_the_parts_of_a_name_are_joined() -> None:
    headers = ("first", "last", "email")
    people = Table(headers, (("Ida", "Brandt", "i@x.org"), ("", "Sukarno", "s@x.org")))
    roster_map = RosterMap({"first": "first_name", "last": "last_name", "email": "email"})
    assert [person.name for person in read_people(people, roster_map, "mentee")] == ["Ida Brandt", "Sukarno"]


def test_lists_are_cut_at_semicolons_bars_and_line_breaks_never_at_commas() -> None:
    people = Table(("name", "email", "goals"), (("Ida", "i@x.org", "Care, adults; GRANT |Grant\n\n Teaching;"),))
    roster_map = RosterMap({"name": "name", "email": "email", "goals": "goals"})
    assert read_people(people, roster_map, "mentee")[0].facts.goals == ("Care, adults", "GRANT", "Teaching")


def test_several_columns_may_feed_one_list() -> None:
    people = Table(("name", "email", "wish 1", "wish 2"), (("Ida", "i@x.org", "M-2", "Ann@X.org"),))
    roster_map = guess_map(people, "mentee")
    assert roster_map.columns == {"name": "name", "email": "email", "wish 1": "wishes", "wish 2": "wishes"}
    assert read_people(people, roster_map, "mentee")[0].facts.wishes == ("M-2", "ann@x.org")


def test_rows_are_named_as_the_spreadsheet_shows_them() -> None:
    given = read_table(b'name,email,note\nIda,i@x.org,"a\nb"\n\nAnn,nobody,\n')
    assert issues(given, RosterMap({"name": "name", "email": "email"})) == [
        ("Row 4, column “email”", "“nobody” is not an email address.")
    ]


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"name": "name"}, "No column is mapped to the email address."),
        ({"email": "email"}, "No column is mapped to the name."),
        ({"name": "name", "email": "email", "id": "email"}, "“Email” is already mapped to column “id”."),
        ({"name": "name", "title": "first_name", "email": "email"}, "Both the whole name and its parts are mapped."),
        ({"name": "name", "email": "email", "salary": "title"}, "The file has no such column."),
        ({"name": "name", "email": "email", "title": "salary"}, "“salary” is not a field of this list."),
        ({"name": "name", "email": "email", "title": "wishes"}, "“wishes” is not a field of this list."),
    ],
)
def test_a_map_that_does_not_fit_is_refused(columns: dict[str, str], problem: str) -> None:
    assert [found for _, found in issues(table(GOOD), RosterMap(columns))] == [problem]


def test_capacity_does_not_belong_to_a_mentee() -> None:
    assert issues(table(GOOD), MAP, "mentee") == [("Column “capacity”", "“capacity” is not a field of this list.")]


@pytest.mark.parametrize(
    ("header", "side", "field"),
    [
        ("E-Mail", "mentee", "email"),
        ("Email Address", "mentee", "email"),
        ("FIRST_NAME", "mentee", "first_name"),
        ("firstName", "mentee", "first_name"),
        ("Surname", "mentee", "last_name"),
        ("Organisation", "mentee", "place"),
        ("Department", "mentor", "place"),
        ("campus", "mentor", "place"),
        ("Grade", "mentee", "stage"),
        ("profession", "mentee", "specialties"),
        ("Specialty", "mentor", "specialties"),
        ("Interests", "mentor", "topics"),
        ("Places", "mentor", "capacity"),
        ("Max. mentees", "mentor", "capacity"),
        ("Max mentees", "mentee", IGNORED),
        ("ID number", "mentee", "external_id"),
        ("Why I am here", "mentee", IGNORED),
    ],
)
def test_headers_are_recognized(header: str, side: Side, field: str) -> None:
    assert guess_map(Table((header,), (("x",),)), side).columns == {header: field}


def told_in_own_words(text: str) -> str:
    table = Table(("name", "email", "own words"), (("Ann", "ann@x.org", text),))
    return read_people(table, guess_map(table, "mentee"), "mentee")[0].facts.statement


def test_a_text_of_several_lines_is_read_as_one_whatever_stands_in_it() -> None:
    assert told_in_own_words(" First papers;\r\n\tsepsis | grants. 🩺\n") == "First papers; sepsis | grants. 🩺"
    assert told_in_own_words("=1+1 " + "x" * 995) == "=1+1 " + "x" * 995


@pytest.mark.parametrize("text", ["x" * 1001, "sepsis \u0007", "sepsis \u202e"])
def test_a_text_that_is_too_long_or_holds_control_characters_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        told_in_own_words(text)
    assert [(issue.row, issue.column) for issue in refused.value.issues] == [(2, "own words")]


def test_of_two_columns_for_one_field_the_better_name_is_taken() -> None:
    guessed = guess_map(Table(("department", "campus", "first name", "name"), (("x",) * 4,)), "mentee").columns
    assert guessed == {"department": IGNORED, "campus": "place", "first name": IGNORED, "name": "name"}


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_the_template_is_recognized_and_read_whole(side: Side) -> None:
    template = read_table(template_csv(side).encode())
    guessed = guess_map(template, side)
    expected = {field.key for field in fields_for(side)} - {"first_name", "last_name"}
    assert set(guessed.columns.values()) == expected
    people = read_people(template, guessed, side)
    assert [person.row for person in people] == [2, 3]
    assert people[0].facts.goals[0] == "First grant"


def test_the_two_templates_fit_each_other() -> None:
    sides: tuple[Side, Side] = ("mentee", "mentor")
    tables = {side: read_table(template_csv(side).encode()) for side in sides}
    mentees, mentors = (read_people(tables[side], guess_map(tables[side], side), side) for side in sides)
    assert set(mentees[0].facts.wishes) <= {mentor.external_id for mentor in mentors}


def test_every_field_is_labeled_and_explained() -> None:
    assert len({str(field.label) for field in FIELDS.values()}) == len(FIELDS) == 17
    assert all(str(field.help).endswith(".") for field in FIELDS.values())


def test_no_header_is_a_synonym_of_two_fields_of_one_list() -> None:
    sides: tuple[Side, Side] = ("mentee", "mentor")
    for side in sides:
        synonyms = [synonym for field in fields_for(side) for synonym in field.synonyms]
        assert len(synonyms) == len(set(synonyms))


def test_people_are_found_by_id_or_address_in_any_case() -> None:
    people = read_people(table({**GOOD, "id": "M1"}), MAP, "mentor")
    assert directory(people) == {"m1": "M1", "ida@x.org": "M1"}


_words = st.text(max_size=12)


@settings(max_examples=300)
@given(st.lists(st.tuples(*[_words] * len(HEADERS)), min_size=1, max_size=5), st.sampled_from(["mentee", "mentor"]))
def test_no_values_raise_anything_but_invalid(rows: list[tuple[str, ...]], side: Side) -> None:
    for roster_map in (MAP, RosterMap({"name": "name", "email": "email", "stage": "goals"}, stages=("a",))):
        people = taken(lambda: read_people(Table(HEADERS, tuple(rows)), roster_map, side))  # noqa: B023
        assert people is None or [person.row for person in people] == list(range(2, len(rows) + 2))


@settings(max_examples=200)
@given(st.lists(st.text(max_size=15), min_size=1, max_size=6, unique=True), st.sampled_from(["mentee", "mentor"]))
def test_no_headers_raise_anything_but_invalid(headers: list[str], side: Side) -> None:
    given = Table(tuple(headers), (("x",) * len(headers),))
    guessed = guess_map(given, side)
    assert set(guessed.columns.values()) <= {*FIELDS, IGNORED}
    with pytest.raises(Invalid):
        read_people(given, guessed, side)


@settings(max_examples=300)
@given(st.integers(0, 8), st.sampled_from(["", "nobody", "a@b", "x y@z.org", "=a@b.org"]), st.booleans())
def test_the_row_at_fault_is_the_row_named(before: int, email: str, blank: bool) -> None:
    good = "".join(f"Ida,i{n}@x.org\n" for n in range(before))
    gap = "\n" if blank else ""
    given = read_table(f"name,email\n{good}{gap}Ann,{email}\n".encode())
    found = issues(given, RosterMap({"name": "name", "email": "email"}))
    assert {place for place, _ in found} == {f"Row {before + 2 + blank}, column “email”"}


def test_what_is_remembered_goes_before_every_guess() -> None:
    table = read_table(b"Reach,Email,First name,Last name,Known as,Topics\na,b,c,d,e,f\n")
    guessed = guess_map(table, "mentee")
    assert recall(guessed, {}).columns == guessed.columns
    remembered = {"reach": "email", "known as": "name", "topics": "ignored", "gone": "title"}
    assert recall(guessed, remembered).columns == {
        "Reach": "email", "Email": "ignored", "First name": "ignored", "Last name": "ignored", "Known as": "name",
        "Topics": "ignored",
    }  # fmt: skip
