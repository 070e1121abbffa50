"""``cheiron match``, ``solve`` and ``certify`` on two small lists."""

import csv
import json
import random
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.files import MAP, MENTEES, MENTORS, OUTPUTS, lay_out, match, run, written
from tests.core.people.workbooks import workbook


def pairs(folder: Path) -> list[dict[str, str]]:
    with (folder / "out" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_two_lists_become_pairs(tmp_path: Path) -> None:
    lay_out(tmp_path)
    outcome = match(tmp_path)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("2 of 3 mentees placed, with 2 seats on offer.")
    assert written(tmp_path) == sorted(OUTPUTS.values())
    rows = pairs(tmp_path)
    assert list(rows[0]) == ["mentee", "mentor", "role", "score", "state", "reason"]
    assert [(row["mentee"], row["mentor"], row["state"]) for row in rows] == [
        ("al@x.org", "bo@x.org", "placed"),
        ("ida@x.org", "cy@x.org", "placed"),
        ("zo@x.org", "", "no match"),
    ]
    assert rows[1]["score"] == "1.00"
    assert "Both at North." in rows[1]["reason"]
    assert "seat" in rows[2]["reason"]


def test_the_parts_in_a_reason_add_up_to_the_score(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    for row in pairs(tmp_path)[:2]:
        adds = re.findall(r"(\d\.\d\d): ", row["reason"])
        assert len(adds) >= 3
        assert sum(round(100 * float(add)) for add in adds) == round(100 * float(row["score"]))


def test_shuffled_rows_give_the_same_bytes(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    first = {name: (tmp_path / "out" / name).read_bytes() for name in ("pairs.csv", "p.json", "r.json", "report.html")}
    for seed in range(5):
        lay_out(tmp_path, mentees=shuffled(MENTEES, seed), mentors=shuffled(MENTORS, seed))
        assert match(tmp_path).exit_code == 0
        assert {name: (tmp_path / "out" / name).read_bytes() for name in first} == first


def shuffled(text: str, seed: int) -> str:
    header, *rows = text.splitlines()
    random.Random(seed).shuffle(rows)
    return "\n".join((header, *rows)) + "\n"


def test_solving_the_saved_problem_gives_the_saved_result(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    out = tmp_path / "out"
    assert run("solve", out / "p.json", "-o", out / "again.json").exit_code == 0
    assert (out / "again.json").read_bytes() == (out / "r.json").read_bytes()


def test_a_true_result_is_certified(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    outcome = run("certify", tmp_path / "out" / "p.json", tmp_path / "out" / "r.json")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert "No other choice of pairs under the same rules and locks places more." in outcome.stdout


def test_swapped_pairs_are_not_certified(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    path = tmp_path / "out" / "r.json"
    result = json.loads(path.read_text())
    one, other = result["pairs"]
    one["mentor"], other["mentor"] = other["mentor"], one["mentor"]
    path.write_text(json.dumps(result))
    outcome = run("certify", tmp_path / "out" / "p.json", path)
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith("Not certified")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": "cheiron-result"}', "[" * 100_000, "\xff", "9" * 9999]
)
def test_what_is_no_result_is_not_certified(tmp_path: Path, text: str) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    (tmp_path / "bad.json").write_bytes(text.encode("latin-1"))
    for arguments in (("out/p.json", "bad.json"), ("bad.json", "out/r.json")):
        outcome = run("certify", *(tmp_path / name for name in arguments))
        assert (outcome.exit_code, outcome.stdout) == (1, "")
        assert ": " in outcome.stderr


def test_a_problem_that_is_none_is_not_solved(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text("{}")
    assert run("solve", tmp_path / "p.json", "-o", tmp_path / "r.json").exit_code == 2
    assert not (tmp_path / "r.json").exists()


def test_reporting_lines_keep_people_apart_whichever_way_they_point(tmp_path: Path) -> None:
    for line in ("ida@x.org,CY@x.org,grades", "cy@x.org,ida@x.org,supervises"):
        lay_out(tmp_path, lines=f"student,assessor,kind\n{line}\n")
        assert match(tmp_path).exit_code == 0
        assert ("ida@x.org", "cy@x.org") not in {(row["mentee"], row["mentor"]) for row in pairs(tmp_path)}
        problem = json.loads((tmp_path / "out" / "p.json").read_text())
        assert problem["forbids"] == [{"mentee": "ida@x.org", "mentor": "cy@x.org", "rule": "firewall"}]


def test_what_has_no_effect_is_said(tmp_path: Path) -> None:
    lines = "student,assessor,kind\nida@x.org,nobody@x.org,past\n"
    lay_out(tmp_path, lines=lines, mentees=MENTEES.replace("bo@x.org", "gone@x.org"))
    outcome = match(tmp_path)
    assert outcome.stderr.splitlines() == [
        "Note: Reporting lines that name no two people of these lists: 1 (row 2).",
        "Note: Mentees with a wish that names no mentor of the list: 1 (row 3).",
    ]
    assert "no two people" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_nobody_is_matched_with_themselves(tmp_path: Path) -> None:
    lay_out(tmp_path, mentors=MENTORS + "Ida Brandt,ida@x.org,Surgery,North,Resident,3\n")
    assert match(tmp_path).exit_code == 0
    rows = pairs(tmp_path)
    assert len(rows) == 3
    assert all(row["mentee"] != row["mentor"] for row in rows)


def test_a_mentor_who_says_nothing_takes_as_many_as_the_map_says(tmp_path: Path) -> None:
    lay_out(tmp_path, map="default_capacity = 2\n" + MAP)
    match(tmp_path)
    mentors = json.loads((tmp_path / "out" / "p.json").read_text())["mentors"]
    assert mentors == [{"id": "bo@x.org", "capacity": 1}, {"id": "cy@x.org", "capacity": 2}]


def test_weights_of_the_map_decide(tmp_path: Path) -> None:
    lay_out(tmp_path, map=MAP + "[weights]\nspecialty = 0\nstage = 0\nwish = 0\n")
    match(tmp_path)
    assert {row["score"] for row in pairs(tmp_path)} == {"1.00", "0.00", ""}


def test_what_people_write_in_their_own_words_decides_and_is_explained_without_their_words(tmp_path: Path) -> None:
    mentees = "name,email,statement\nIda,ida@x.org,I long for OB/GYN and my first grant\n"
    mentors = (
        "name,email,statement\nBo,bo@x.org,Skin\nCy,cy@x.org,Obstetrics & gynaecology; grant writing in Zanzibar\n"
    )
    lay_out(tmp_path, mentees=mentees, mentors=mentors, map="")
    match(tmp_path)
    (row,) = pairs(tmp_path)
    assert (row["mentor"], row["score"]) == ("cy@x.org", "1.00")
    assert "Both write about grants, obstetrics and gynecology." in row["reason"]
    everything = [path.read_text() for path in (tmp_path / "out").iterdir()]
    assert not any(word in text for word in ("long", "Zanzibar", "zanzibar") for text in everything)


def test_wishes_by_address_reach_a_mentor_who_has_an_id(tmp_path: Path) -> None:
    mentors = "id,name,email,specialty\nM-1,Bo,bo@x.org,Radiology\nM-2,Cy,cy@x.org,Radiology\n"
    lay_out(tmp_path, mentors=mentors, map=MAP)
    outcome = match(tmp_path)
    assert outcome.stderr == ""
    assert {row["mentee"]: row["mentor"] for row in pairs(tmp_path)}["al@x.org"] == "M-1"


class Page(HTMLParser):
    """Tags that are open, every tag seen, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_is_one_whole_page(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert not {"script", "link", "img", "iframe"} & page.tags
    assert "http://" not in text
    assert "https://" not in text
    for said in ("2 of 3", "Žofie Ñ", "Both at North.", "1.00", "Capacity and load", "No other choice"):
        assert said in page.text
    assert "Woman" not in text


@pytest.mark.guarantee("G40")
@pytest.mark.parametrize("column", ["name", "email", "title", "specialty", "campus"])
def test_no_markup_of_a_list_runs_in_the_report(tmp_path: Path, column: str) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{style}{body}%s"
    mentors = {"name": "Bo", "email": "bo@x.org", "title": "Dr.", "specialty": "Surgery", "campus": "North"}
    row = {**mentors, column: evil if column != "email" else "bo'&{body}@x.org"}
    cells = ",".join('"' + value.replace('"', '""') + '"' for value in row.values())
    lay_out(tmp_path, mentors=",".join(row) + "\n" + cells + "\n")
    assert match(tmp_path).exit_code == 0
    page = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert not {"script", "img"} & page.tags
    assert row[column] in page.text


def test_workbooks_give_the_same_bytes_as_text_files(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert match(tmp_path).exit_code == 0
    as_text = (tmp_path / "out" / "pairs.csv").read_bytes()
    rows = {name: list(csv.reader(text.splitlines())) for name, text in (("mentees", MENTEES), ("mentors", MENTORS))}
    lay_out(tmp_path, **{name: workbook({name: found}) for name, found in rows.items()})
    assert match(tmp_path).exit_code == 0
    assert (tmp_path / "out" / "pairs.csv").read_bytes() == as_text


LONG = "x" * 10_001
BAD = {
    "empty": {"mentees": ""},
    "header only": {"mentees": "name,email\n"},
    "workbook": {"mentors": b"PK\x03\x04\0\0\xff"},
    "bytes": {"mentors": b"name,email\n\x81,b@x.org\n"},
    "short row": {"mentees": MENTEES + "Ann\n"},
    "quote": {"mentees": MENTEES + '"Ann\n'},
    "long cell": {"mentors": MENTORS.replace("Bo Lind", LONG)},
    "doubled header": {"mentors": MENTORS.replace("campus", "Email")},
    "blank header": {"mentors": MENTORS.replace("campus", "")},
    "bad email": {"mentors": MENTORS.replace("bo@x.org", "bo")},
    "doubled email": {"mentors": MENTORS.replace("bo@x.org", "cy@x.org")},
    "capacity": {"mentors": MENTORS.replace("Faculty,1", "Faculty,many")},
    "stage": {"mentees": MENTEES.replace("Fellow", "Dean")},
    "formula": {"mentees": MENTEES.replace("Ida Brandt", "=cmd()")},
    "control": {"mentees": MENTEES.replace("Ida Brandt", "Ida\x1b[31m")},
    "identity mapped": {"map": MAP.replace('"ignored"', '"topics"')},
    "identity in silence": {"map": MAP.replace('gender = "ignored"', "")},
    "unknown column": {"map": MAP + 'salary = "title"\n'},
    "unknown field": {"map": MAP.replace('"place"', '"salary"')},
    "no toml": {"map": "stages = ["},
    "toml of bytes": {"map": b"\xff\xfe"},
    "deep toml": {"map": "a = " + "[" * 50_000},
    "unknown key": {"map": "color = 1\n" + MAP},
    "stages": {"map": MAP.replace('"Fellow"', "7")},
    "default": {"map": "default_capacity = true\n" + MAP},
    "columns": {"map": "[mentees]\nname = 'name'\n"},
    "weight": {"map": MAP + "[weights]\nspecialty = -1\n"},
    "weight name": {"map": MAP + "[weights]\nlooks = 1\n"},
    "weight kind": {"map": MAP + "[weights]\nplace = 'much'\n"},
    "weight nan": {"map": MAP + "[weights]\nplace = nan\n"},
    "lines": {"lines": "student,assessor,kind\na,b,likes\n"},
    "lines header": {"lines": "a,b\n1,2\n"},
}


@pytest.mark.guarantee("G41")
@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_whole_and_leaves_nothing(tmp_path: Path, case: str) -> None:
    lay_out(tmp_path, **BAD[case])
    outcome = match(tmp_path)
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert written(tmp_path) == []
    sentence, *issues = outcome.stderr.splitlines()
    assert sentence.endswith((".", "listed."))
    assert issues
    assert all(": " in issue and issue.endswith(".") for issue in issues)
    assert "\x1b" not in outcome.stderr


def test_all_files_are_told_at_once(tmp_path: Path) -> None:
    lay_out(tmp_path, **BAD["stage"], **BAD["capacity"], **BAD["lines"])
    assert match(tmp_path).stderr.splitlines() == [
        "“mentees.csv” was not taken: one thing needs to be put right.",
        "Row 3, column “grade”: “Dean” is not a stage of this program. Write one of: Resident, Fellow, Faculty.",
        "“mentors.csv” was not taken: one thing needs to be put right.",
        "Row 2, column “max mentees”: “many” is not a number of mentees. "
        "Write a whole number from 0 to 50, or leave the cell empty.",
        "“lines.csv” was not taken: one thing needs to be put right.",
        "Row 2, column “kind”: “likes” is not a kind of line. "
        "Write one of: grades, promotes, supervises, treats, past, forbidden.",
    ]


def test_a_refusal_leaves_what_stood_there(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    before = {name: (tmp_path / "out" / name).read_bytes() for name in written(tmp_path)}
    lay_out(tmp_path, **BAD["stage"])
    assert match(tmp_path).exit_code == 2
    assert {name: (tmp_path / "out" / name).read_bytes() for name in written(tmp_path)} == before


def test_an_output_that_cannot_be_written_leaves_no_other_one(tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert match(tmp_path, "--report", tmp_path / "no such folder" / "report.html").exit_code == 1
    assert written(tmp_path) == []


@pytest.mark.parametrize("name", ["mentees.csv", "out/pairs.csv"])
def test_no_output_replaces_a_list_or_another_output(tmp_path: Path, name: str) -> None:
    lay_out(tmp_path)
    assert match(tmp_path, "--report", tmp_path / name).exit_code == 2
    assert (tmp_path / "mentees.csv").read_text(encoding="utf-8") == MENTEES
    assert written(tmp_path) == []


def test_an_unknown_file_is_refused(tmp_path: Path) -> None:
    assert run("match", tmp_path / "a.csv", tmp_path / "b.csv", "-o", tmp_path / "c.csv").exit_code == 2


def test_without_a_map_the_headers_are_guessed(tmp_path: Path) -> None:
    lay_out(tmp_path, mentees=MENTEES.replace(",gender", ",notes"))
    files = (tmp_path / "mentees.csv", tmp_path / "mentors.csv")
    assert run("match", *files, "-o", tmp_path / "pairs.csv").exit_code == 0
    assert run("match", *files, "-o", tmp_path / "pairs.csv", "--seed", "-1").exit_code == 2


SIDES = {"stable": "mentee", "stable-mentor": "mentor"}


@pytest.mark.parametrize("method", SIDES)
def test_a_stable_choice_is_made_certified_and_told_apart_from_the_optimum(tmp_path: Path, method: str) -> None:
    lay_out(tmp_path)
    assert match(tmp_path, "--method", method).exit_code == 0
    out = tmp_path / "out"
    assert json.loads((out / "r.json").read_text())["method"] == method
    outcome = run("certify", out / "p.json", out / "r.json")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert "no mentee and no mentor who are apart would both rather have each other" in outcome.stdout
    assert f"this is the best for every {SIDES[method]}" in outcome.stdout
    assert "places more" not in outcome.stdout
    assert f"Method: {method}" in outcome.stdout


def test_one_problem_is_solved_by_each_method_and_each_result_is_certified_for_it(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path)
    out = tmp_path / "out"
    for method in ("weighted", "stable", "stable-mentor"):
        assert run("solve", out / "p.json", "-o", out / f"{method}.json", "--method", method).exit_code == 0
        assert run("certify", out / "p.json", out / f"{method}.json").exit_code == 0
    assert (out / "weighted.json").read_bytes() == (out / "r.json").read_bytes()


def test_swapped_pairs_of_a_stable_choice_are_not_certified(tmp_path: Path) -> None:
    lay_out(tmp_path)
    match(tmp_path, "--method", "stable")
    path = tmp_path / "out" / "r.json"
    result = json.loads(path.read_text())
    one, other = result["pairs"]
    one["mentor"], other["mentor"] = other["mentor"], one["mentor"]
    path.write_text(json.dumps(result))
    assert run("certify", tmp_path / "out" / "p.json", path).exit_code == 1


def test_a_stable_method_on_a_problem_without_orders_is_refused_with_what_to_do(tmp_path: Path) -> None:
    problem = {"format": "cheiron-problem", "version": 1, "seed": 0, "mentees": ["s"], "forbids": [], "pins": [],
               "mentors": [{"id": "m", "capacity": 1}], "edges": [["s", "m", 0.5]]}  # fmt: skip
    (tmp_path / "p.json").write_text(json.dumps(problem))
    outcome = run("solve", tmp_path / "p.json", "-o", tmp_path / "r.json", "--method", "stable")
    assert outcome.exit_code == 2
    assert "does not say whom each person would rather have" in outcome.stderr
    assert not (tmp_path / "r.json").exists()
