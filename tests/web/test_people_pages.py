"""The pages of a program's people: the list, the way of an import, reporting lines, invitations, staff."""

import csv
import io
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cheiron.models.ledger import Letter
from cheiron.models.people import Enrollment, Member, ReportingLine, RosterImport
from cheiron.models.programs import IntakeSheet
from tests.cast import NOW, SECRETS, WAITING, fingerprint, roster


def text(response) -> str:
    return unescape(response.content.decode())


def upload(client, cast, role: str, content: bytes, name: str = "list.csv") -> str:
    """Step 1; the id of the list."""
    data = {"role": role, "file": SimpleUploadedFile(name, content)}
    response = client.post(reverse("roster-upload", args=[cast.program]), data)
    assert response.status_code == 302, text(response)
    return response["Location"].split("/")[2]


# ---------- the list ----------


def test_the_list_shows_everybody_who_takes_part_and_how_far_they_are(cast, as_):
    page = as_("coordinator").get(reverse("people", args=[cast.program]))
    assert [row.member.external_id for row in page.context["page"]] == [
        "M-1", "M-2", "M-3", "E-1", "E-2", "S-peer_mentor", "S-senior", "E-3", "E-5", "E-4",
    ]  # fmt: skip
    funnel = {
        row["role"]: (row["listed"], row["invited"], row["joined"], row["finished"]) for row in page.context["funnel"]
    }
    assert funnel == {
        "mentee": (5, 4, 2, 1),
        "mentor": (3, 2, 2, 1),
        "peer_mentor": (1, 0, 1, 0),
        "senior": (1, 0, 1, 0),
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"q": "wei"}, ["M-1"]), ({"q": "civet"}, ["E-1"]), ({"role": "mentor"}, ["M-1", "M-2", "M-3"]),
     ({"q": "a", "role": "senior"}, ["S-senior"]), ({"q": "nobody at all"}, []), ({"role": "x"}, [])],
)  # fmt: skip
def test_people_are_found_by_name_title_and_role(asked, found, cast, as_):
    page = as_("coordinator").get(reverse("people", args=[cast.program]), asked)
    assert sorted(row.member.external_id for row in page.context["page"]) == found


@pytest.mark.parametrize("number", ["0", "-1", "999", "x", "", "1e9"])
def test_a_page_that_is_not_there_shows_one_that_is(number, cast, as_):
    for name in ("people", "letters", "pairs", "lines"):
        assert as_("coordinator").get(reverse(name, args=[cast.program]), {"page": number}).status_code == 200


def test_who_has_left_is_not_on_the_list(cast, as_):
    client = as_("coordinator")
    client.post(reverse("withdraw", args=[cast.program]), {"enrollment": cast.parts["E-5"]})
    assert "Wes Novak" not in text(client.get(reverse("people", args=[cast.program]), {"role": "mentee"}))


# ---------- an import, step by step ----------


def test_a_list_goes_from_upload_over_columns_and_check_to_people(cast, as_):
    client = as_("coordinator")
    content = roster(
        {"Matric": "E-40", "Known as": "Ivy Tran", "Reach": "ivy@riverside.example", "Likes": "Sepsis; Ethics"},
        columns=("Matric", "Known as", "Reach", "Likes"),
    )
    made = upload(client, cast, "mentee", content)
    columns, check = (reverse(name, args=[made]) for name in ("roster-columns", "roster-check"))
    assert [row["header"] for row in client.get(columns).context["form"].rows()] == [
        "Matric",
        "Known as",
        "Reach",
        "Likes",
    ]
    assert "No column is mapped to the name." in text(client.get(check))
    chosen = {"column_0": "external_id", "column_1": "name", "column_2": "email", "column_3": "topics"}
    assert client.post(columns, chosen)["Location"] == check
    plan = client.get(check).context["plan"]
    assert ([row.name for row in plan.new], plan.changed, plan.same) == (["Ivy Tran"], (), ())
    done = client.post(check, follow=True)
    assert "1 person imported." in text(done)
    ivy = Enrollment.objects.get(member__external_id="E-40")
    assert ivy.sheet.facts == {"topics": ["Sepsis", "Ethics"]}
    assert client.get(check)["Location"] == client.post(check)["Location"] == reverse("people", args=[cast.program])
    undone = client.post(reverse("roster-undo", args=[cast.program]), follow=True)
    assert "The last import is undone" in text(undone)
    assert not Enrollment.objects.filter(member__external_id="E-40").exists()


def test_looking_at_columns_and_check_changes_nothing(cast, as_):
    client = as_("coordinator")
    before = fingerprint()
    for name in ("roster-columns", "roster-check"):
        assert client.get(reverse(name, args=[cast.upload])).status_code == 200
    assert fingerprint() == before


@pytest.mark.parametrize(
    "data", [{}, {"column_0": "nonsense"}, {"column_0": "capacity", "column_1": "name", "column_2": "email"}]
)
def test_a_meaning_that_is_not_offered_is_refused(data, cast, as_):
    client = as_("coordinator")
    before = fingerprint()
    assert client.post(reverse("roster-columns", args=[cast.upload]), data).status_code == 200
    assert fingerprint() == before


def test_nobody_is_written_to_by_an_import(cast, as_):
    count = Letter.objects.count()
    client = as_("coordinator")
    client.post(reverse("roster-check", args=[upload(client, cast, "mentee", roster(*WAITING))]))
    assert Letter.objects.count() == count


def test_what_the_school_already_has_is_counted_as_the_same(cast, as_):
    client = as_("coordinator")
    plan = client.get(reverse("roster-check", args=[upload(client, cast, "mentee", roster(*WAITING))])).context["plan"]
    assert (len(plan.new), len(plan.changed), len(plan.same)) == (0, 0, 3)


def test_the_template_can_be_uploaded_as_it_is(cast, as_):
    """The mentors first, since the mentees of the template wish for them."""
    client = as_("coordinator")
    for side in ("mentor", "mentee"):
        template = client.get(reverse("roster-template", args=[cast.program, side]))
        assert template["Content-Disposition"] == f'attachment; filename="{side}s.csv"'
        check = reverse("roster-check", args=[upload(client, cast, side, template.content)])
        assert client.get(check).context["issues"] == ()
        assert client.post(check).status_code == 302


# ---------- two lists as they come ----------


def imported(client, cast, role: str, path) -> str:
    content = path.read_bytes()
    made = upload(client, cast, role, content, path.name)
    columns, check = (reverse(name, args=[made]) for name in ("roster-columns", "roster-check"))
    rows = client.get(columns).context["form"].rows()
    offered = {row["field"].html_name: row["field"].initial for row in rows if row["field"]}
    assert client.post(columns, offered)["Location"] == check
    assert client.get(check).context["issues"] == ()
    assert "50 people imported." in text(client.post(check, follow=True))
    return made


def test_the_sample_lists_of_another_tool_go_through_without_their_identity_columns(cast, as_, reference_data):
    """Columns that are not ours; the first guess is taken as it is."""
    client, folder = as_("coordinator"), reference_data / "mentor-match"
    for role in ("mentor", "mentee"):
        path = folder / f"mm_small_{role}s.csv"
        made = RosterImport.objects.get(pk=imported(client, cast, role, path))
        with path.open(newline="", encoding="utf-8-sig") as file:
            people = list(csv.DictReader(file))
        known = Member.objects.filter(person__email__in=[one["email address"].lower() for one in people])
        assert known.count() == 50
        assert set(made.columns["withheld"]) >= {
            header for header in people[0] if "identity" in header or header == "characteristics"
        }
        told = {one.get("identity to match") or one.get("characteristics") for one in people} - {"", None}
        assert len(told) > 1
        kept = repr(list(IntakeSheet.objects.values("facts"))) + repr(list(known.values("name", "title")))
        assert {word for word in told if word in kept} == set()
    page = client.get(reverse("people", args=[cast.program]))
    assert page.context["page"].paginator.count == 10 + 100
    again = upload(client, cast, "mentee", (folder / "mm_small_mentees.csv").read_bytes())
    plan = client.get(reverse("roster-check", args=[again])).context["plan"]
    assert (len(plan.new), len(plan.changed), len(plan.same)) == (0, 0, 50)


# ---------- reporting lines, invitations ----------


def test_reporting_lines_are_taken_and_shown(cast, as_):
    client, url = as_("coordinator"), reverse("lines", args=[cast.program])
    content = b"student,assessor,kind\nE-1,M-2,grades\nE-2,M-3,treats\n"
    done = client.post(url, {"file": SimpleUploadedFile("l.csv", content)}, follow=True)
    assert "2 lines kept." in text(done)
    assert ReportingLine.objects.count() == 2
    assert all(name in text(done) for name in ("Mina Okafor", "Dr. Ben Ruiz", "Otto Lind", "Dr. Cleo Hart"))


def test_invitations_are_shown_as_they_will_be_sent_and_only_to_those_chosen(cast, as_):
    client, url = as_("coordinator"), reverse("invite", args=[cast.program])
    page = client.get(url)
    assert [draft.to_name for draft in page.context["drafts"]] == [
        "Dr. Cleo Hart",
        "Wanda Ito",
        "Wes Novak",
        "Will Mazur",
    ]
    assert "Riverside School of Medicine invites you" in text(page)
    done = client.post(url, {"to": [cast.parts["E-5"]]}, follow=True)
    assert "1 invitation is on its way." in text(done)
    assert list(Letter.objects.filter(written_at=NOW).values_list("to_name", flat=True)) == ["Wes Novak"]


def test_choosing_nobody_invites_nobody(cast, as_):
    client = as_("coordinator")
    before = fingerprint()
    assert client.post(reverse("invite", args=[cast.program])).status_code == 409
    assert fingerprint() == before


# ---------- letters, log ----------


def test_the_outbox_shows_letters_without_their_keys_and_none_about_meetings(cast, as_):
    page = as_("coordinator").get(reverse("letters", args=[cast.program]))
    kinds = {letter.kind for letter in page.context["page"]}
    assert Letter.objects.filter(kind="meeting").exists()
    assert kinds >= {"invitation", "proposal", "match", "accepted"}
    assert not [kind for kind in kinds if kind.startswith("meeting")]
    assert SECRETS["place"] not in text(page)
    assert cast.token not in text(page)


def test_the_log_shows_random_numbers_and_no_name(cast, as_):
    page = text(as_("administrator").get(reverse("audit", args=[cast.program])))
    main = page[page.index("<table") : page.index("</table")]
    names = set(Member.objects.filter(school=cast.school).values_list("name", flat=True))
    assert "round.publish" in main
    assert {name for name in names if name in main} == set()


def test_the_file_of_pairs_says_what_the_page_says(cast, as_):
    client = as_("coordinator")
    page = client.get(reverse("pairs", args=[cast.program]))
    content = client.get(reverse("pairs-file", args=[cast.program])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [(row["mentee"], row["mentor"], row["state"], row["meetings held"]) for row in rows] == [
        (row.mentee.member.name, row.mentor.member.name, row.state, str(row.held)) for row in page.context["page"]
    ]
    assert {row["mentee id"] for row in rows} == {"E-1", "E-2"}


@pytest.mark.parametrize(("state", "found"), [("", 2), ("active", 1), ("proposed", 1), ("ended", 0), ("x'--", 0)])
def test_pairs_are_filtered_by_state(state, found, cast, as_):
    page = as_("coordinator").get(reverse("pairs", args=[cast.program]), {"state": state})
    assert len(page.context["page"].object_list) == found
