"""The pages of a program's people: the list, the way of an import, reporting lines, invitations, staff."""

import csv
import io
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cheiron.actions.mentorships import withdraw
from cheiron.gateways.progress import Progress, reported
from cheiron.models.ledger import Letter
from cheiron.models.people import Enrollment, Member, ReportingLine, RosterImport
from cheiron.models.programs import IntakeSheet
from cheiron.queries.people import not_yet_joined
from cheiron.queries.stages import FUNNEL
from cheiron.web.people.progress import left_of, words_of
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
    assert [row.member.external_id for row in page.context["people"]] == [
        "M-1", "M-2", "M-3", "E-1", "E-2", "S-peer_mentor", "S-senior", "E-3", "E-5", "E-4",
    ]  # fmt: skip
    funnel = {row["role"]: tuple(row[stage] for stage in FUNNEL) for row in page.context["funnel"]}
    assert funnel == {
        "mentee": (5, 4, 2, 1, 2, 1),
        "mentor": (3, 2, 2, 1, 2, 1),
        "peer_mentor": (1, 0, 1, 0, 0, 0),
        "senior": (1, 0, 1, 0, 0, 0),
    }


def test_each_figure_of_the_funnel_leads_to_exactly_its_people(cast, as_):
    """On the overview and on the list: the link is there, and the list is as long as the figure."""
    client, url = as_("coordinator"), reverse("people", args=[cast.program])
    overview, people = text(client.get(reverse("program", args=[cast.program]))), client.get(url)
    for row in people.context["funnel"]:
        for stage in FUNNEL:
            found = client.get(url, {"role": row["role"], "stage": stage}).context["page"].paginator.count
            assert (row["role"], stage, found) == (row["role"], stage, row[stage])
            link = f'href="{url}?role={row["role"]}&stage={stage}"'
            assert (link in overview, link in text(people)) == (bool(found), bool(found))


@pytest.mark.parametrize(
    ("stage", "found"),
    [("not-invited", ["E-5", "M-3"]), ("not-joined", ["E-3", "E-4"]), ("not-finished", ["E-2", "M-2", "S-peer_mentor", "S-senior"]),
     ("not-matched", []), ("not-answered", ["E-2", "M-2"]), ("answered", ["E-1", "M-1"]), ("nonsense", [])],
)  # fmt: skip
def test_people_are_found_by_what_they_have_not_done_yet(stage, found, cast, as_):
    page = as_("coordinator").get(reverse("people", args=[cast.program]), {"stage": stage})
    assert sorted(row.member.external_id for row in page.context["people"]) == found


def test_the_figures_say_how_many_could_be_invited(cast, as_):
    page = as_("coordinator").get(reverse("people", args=[cast.program]))
    program = page.context["program"]
    assert sum(row["to_invite"] for row in page.context["funnel"]) == not_yet_joined(program).count() == 4


def test_who_sees_the_figures_and_not_the_people_gets_no_links(cast, as_):
    page = as_("evaluator").get(reverse("program", args=[cast.program]))
    assert [row["listed"] for row in page.context["funnel"]] == [5, 3, 1, 1]
    assert "stage=" not in text(page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"q": "wei"}, ["M-1"]), ({"q": "civet"}, ["E-1"]), ({"role": "mentor"}, ["M-1", "M-2", "M-3"]),
     ({"q": "a", "role": "senior"}, ["S-senior"]), ({"q": "nobody at all"}, []), ({"role": "x"}, [])],
)  # fmt: skip
def test_people_are_found_by_name_title_and_role(asked, found, cast, as_):
    page = as_("coordinator").get(reverse("people", args=[cast.program]), asked)
    assert sorted(row.member.external_id for row in page.context["people"]) == found


@pytest.mark.parametrize("number", ["0", "-1", "999", "x", "", "1e9"])
def test_a_page_that_is_not_there_shows_one_that_is(number, cast, as_):
    for name in ("people", "letters", "pairs", "lines"):
        assert as_("coordinator").get(reverse(name, args=[cast.program]), {"page": number}).status_code == 200


def test_who_has_left_is_not_on_the_list(cast, as_):
    client = as_("coordinator")
    given = {"actor": cast.actor("coordinator"), "program_id": cast.program, "now": NOW}
    withdraw(**given, enrollment_id=cast.parts["E-5"])
    assert "Wes Novak" not in text(client.get(reverse("people", args=[cast.program]), {"role": "mentee"}))


# ---------- with the people whom one has ticked ----------


def preview(client, cast, **data):
    return client.post(reverse("selection", args=[cast.program]), data)


def test_ticked_people_are_reminded_after_a_preview_and_only_once(cast, as_):
    client = as_("coordinator")
    seen = preview(client, cast, act="remind", which="ticked", who=[cast.parts["E-5"], cast.parts["M-1"]])
    assert "Nothing has been done or sent yet." in text(seen)
    assert [line.name for line in seen.context["plan"].lines] == ["Wes Novak"]
    assert "Has nothing open." in text(seen)
    assert "Riverside School of Medicine invites you" in text(seen)
    assert not Letter.objects.filter(to_name="Wes Novak").exists()
    go = {"act": "remind", "go": "yes", "batch": seen.context["batch"], "seal": seen.context["plan"].seal}
    go["chosen"] = " ".join(seen.context["chosen"])
    done = client.post(reverse("selection", args=[cast.program]), go, follow=True)
    assert "Done for 1 person." in text(done)
    assert client.post(reverse("selection", args=[cast.program]), go).status_code == 409
    assert Letter.objects.filter(to_name="Wes Novak").count() == 1


def test_everybody_on_the_page_or_everybody_who_matches_is_chosen(cast, as_):
    client = as_("coordinator")
    for which in ("page", "all"):
        seen = preview(client, cast, act="withdraw", which=which, role="mentee", stage="not-joined", page="1")
        assert set(seen.context["chosen"]) == {cast.parts["E-3"], cast.parts["E-4"]}


def test_ticking_nobody_or_choosing_no_act_does_nothing(cast, as_):
    client = as_("coordinator")
    before = fingerprint()
    assert "Nobody is ticked" in text(
        client.post(reverse("selection", args=[cast.program]), {"act": "remind"}, follow=True)
    )
    assert preview(client, cast, act="delete", who=[cast.parts["E-5"]]).status_code == 400
    assert preview(client, cast, act="pause", who=[cast.parts["M-1"]]).context.get("plan") is None
    wrong = preview(client, cast, act="pause", who=[cast.parts["M-1"]], look="yes", until="2020-01-01")
    assert "lies ahead" in text(wrong)
    assert preview(client, cast, act="move", who=[cast.parts["M-1"]], look="yes", to="x|y").status_code == 200
    assert fingerprint() == before


def test_a_letter_of_ones_own_is_shown_before_it_goes_and_its_mistakes_have_a_place(cast, as_):
    client, chosen = as_("coordinator"), cast.parts["E-5"]
    given = {"act": "announce", "chosen": chosen, "look": "yes", "subject": "A <b>date</b>"}
    wrong = preview(client, cast, **given, body="Dear {nobody},")
    assert ("Letter, line 1" in text(wrong), "{nobody}" in text(wrong), wrong.context.get("plan")) == (True, True, None)
    seen = preview(client, cast, **given, body="Dear {name},\n\n<script>alert(1)</script>")
    assert "Dear Wes Novak," in text(seen)
    assert "<script>alert" not in seen.content.decode()
    assert "A <b>date" not in seen.content.decode()


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
    assert client.get(check)["Location"] == client.post(check)["Location"] == reverse("roster-done", args=[made])
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


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_can_be_uploaded_as_it_is(kind, cast, as_):
    """The mentors first, since the mentees of the template wish for them."""
    client = as_("coordinator")
    for side in ("mentor", "mentee"):
        template = client.get(reverse("roster-template", args=[cast.program, side]), {"as": kind})
        assert template["Content-Disposition"] == f'attachment; filename="{side}s.{kind}"'
        made = upload(client, cast, side, template.content, f"{side}s.{kind}")
        check = reverse("roster-check", args=[made])
        sheet = f"Read from the sheet “{side}s”."
        assert (sheet in text(client.get(reverse("roster-columns", args=[made])))) == (kind == "xlsx")
        assert client.get(check).context["issues"] == ()
        assert client.post(check).status_code == 302


def test_the_roster_folder_is_named_where_there_is_one(cast, as_, settings):
    client, url = as_("coordinator"), reverse("roster-upload", args=[cast.program])
    assert "Without uploading" not in text(client.get(url))
    settings.ROSTERS = "somewhere"
    assert f"under {cast.program}/mentee or {cast.program}/mentor" in text(client.get(url))


def test_a_half_done_import_is_offered_again_and_can_be_thrown_away(cast, as_):
    client, people = as_("coordinator"), reverse("people", args=[cast.program])
    page = text(client.get(people))
    assert "Go on with more.csv" in page
    assert reverse("roster-check", args=[cast.upload]) in page
    done = client.post(reverse("roster-drop", args=[cast.upload]), follow=True)
    assert "The list is thrown away." in text(done)
    page = text(client.get(people))
    assert ("Go on with more.csv" in page, "Go on with pairs.csv" in page) == (False, True), "the next that waits"
    assert reverse("pairs-check", args=[cast.pairs]) in page


def test_the_last_step_says_what_was_done_and_what_comes_next(cast, as_):
    client = as_("coordinator")
    changed = {**WAITING[1], "Title": "Resident"}
    new = {"ID": "E-41", "Name": "Ivo Lem", "Email": "ivo@riverside.example"}
    made = upload(client, cast, "mentee", roster(changed, new))
    done = client.post(reverse("roster-check", args=[made]), follow=True)
    outcome = done.context["outcome"]
    assert (outcome.new, outcome.joining, outcome.changed) == (1, 0, 1)
    page = text(done)
    assert 'aria-current="step"><span class="step-no">4</span>' in page
    assert all(reverse(name, args=[cast.program]) in page for name in ("invite", "people", "roster-undo"))
    assert client.get(reverse("roster-done", args=[cast.upload])).status_code == 302


def test_the_columns_page_says_which_are_read_as_the_last_time(cast, as_):
    client = as_("coordinator")
    client.post(reverse("roster-check", args=[upload(client, cast, "mentee", roster(*WAITING))]))
    again = upload(client, cast, "mentee", roster(WAITING[0], columns=("ID", "Name", "Email", "Unheard of")))
    rows = client.get(reverse("roster-columns", args=[again])).context["form"].rows()
    assert [row["recalled"] for row in rows] == [True, True, True, False]


# ---------- an import that is under way ----------


@pytest.fixture
def at_work(cast, settings, tmp_path):
    """The waiting list of the cast, while somebody imports it."""
    settings.HOME = tmp_path
    with reported(cast.upload) as report:
        report("writing", 2_300, 5_000)
        yield cast.upload


def test_who_comes_back_to_an_import_sees_how_far_it_is_and_not_the_form(at_work, as_):
    client = as_("coordinator")
    for name in ("roster-columns", "roster-check"):
        shown = client.get(reverse(name, args=[at_work]), follow=True)
        assert shown.redirect_chain == [(reverse("roster-progress", args=[at_work]), 302)]
        assert "Writing 2,300 of 5,000 people" in text(shown)
        assert '<progress class="work" max="5000" value="2300"' in text(shown)
        assert "Import this list" not in text(shown)
        assert "Look again" in text(shown), "for browsers without scripts"


def test_pairs_under_way_are_shown_too(cast, as_, settings, tmp_path):
    settings.HOME = tmp_path
    with reported(cast.pairs) as report:
        report("writing", 10, 20)
        shown = as_("coordinator").get(reverse("pairs-check", args=[cast.pairs]), follow=True)
    assert shown.redirect_chain == [(reverse("roster-progress", args=[cast.pairs]), 302)]
    assert "Writing 10 of 20 pairs" in text(shown)


@pytest.mark.parametrize(("who", "status"), [("mentee", 403), ("evaluator", 403), ("stranger", 404)])
def test_how_far_it_is_is_for_those_who_may_import(who, status, at_work, as_):
    answer = as_(who).get(reverse("roster-progress", args=[at_work]))
    assert (answer.status_code, "2,300" in text(answer)) == (status, False)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_an_import_that_is_under_way_is_not_begun_again(headers, at_work, as_):
    client = as_("coordinator")
    before = fingerprint()
    assert client.post(reverse("roster-check", args=[at_work]), headers=headers).status_code == 409
    assert (fingerprint(), RosterImport.objects.get(pk=at_work).state) == (before, "uploaded")


def test_once_it_is_done_whoever_waits_is_led_on(cast, as_):
    client, htmx = as_("coordinator"), {"HX-Request": "true"}
    done, progress = (reverse(name, args=[cast.upload]) for name in ("roster-done", "roster-progress"))
    pressed = client.post(reverse("roster-check", args=[cast.upload]), headers=htmx)
    assert (pressed.status_code, pressed["HX-Redirect"]) == (200, done)
    assert client.get(progress, headers=htmx)["HX-Redirect"] == done
    assert client.get(progress)["Location"] == done
    again = client.post(reverse("roster-check", args=[cast.upload]), headers=htmx)
    assert again["HX-Redirect"] == done
    assert "The list is imported" in text(client.get(done))


def test_an_import_that_has_died_leads_back_to_the_form_and_says_so(cast, as_):
    client, progress = as_("coordinator"), reverse("roster-progress", args=[cast.upload])
    led = client.get(progress, headers={"HX-Request": "true"})["HX-Redirect"]
    shown = text(client.get(led))
    assert "The import did not come to its end." in shown
    assert "Import this list" in shown
    back = client.get(progress, follow=True)
    assert back.redirect_chain == [(reverse("roster-check", args=[cast.upload]), 302)]
    assert "did not come to its end" not in text(back)
    pairs = client.get(reverse("roster-progress", args=[cast.pairs]), headers={"HX-Request": "true"})
    assert "did not come to its end" in text(client.get(pairs["HX-Redirect"]))


@pytest.mark.parametrize(
    ("far", "words", "left"),
    [(Progress("waiting"), "Beginning", ""), (Progress("reading"), "Reading the list", ""),
     (Progress("checking"), "Checking every row", ""), (Progress("writing", 0, 5_000), "Writing 0 of 5,000 people", ""),
     (Progress("writing", 250, 20_000, 0.4), "Writing 250 of 20,000 people", "about 1 second left"),
     (Progress("writing", 250, 500, 2.1), "Writing 250 of 500 people", "about 3 seconds left"),
     (Progress("writing", 1, 20_000, 90.5), "Writing 1 of 20,000 people", "about 2 minutes left"),
     (Progress("finishing", 500, 500, 0.0), "Finishing", "")],
)  # fmt: skip
def test_an_import_says_what_it_does_and_how_long_it_will_take(far, words, left):
    assert (words_of(far, pairs=False), left_of(far)) == (words, left)


def test_pairs_from_before_go_from_upload_over_check_to_done_and_back(cast, as_):
    client = as_("coordinator")
    content = b"mentee,mentor,from,until\nE-4,M-2,2026-11-02,\nE-5,M-3,2025-10-01,2026-06-30\n"
    kept = client.post(reverse("pairs-import", args=[cast.program]), {"file": SimpleUploadedFile("p.csv", content)})
    page = client.get(kept["Location"])
    plan = page.context["plan"]
    assert (len(plan.past), len(plan.running), len(plan.same)) == (1, 1, 0)
    assert "Will Mazur" in text(page)
    done = client.post(kept["Location"], follow=True)
    assert (done.context["outcome"].past_pairs, done.context["outcome"].running_pairs) == (1, 1)
    assert "The last import is undone" in text(client.post(reverse("roster-undo", args=[cast.program]), follow=True))


def test_pairs_that_cannot_be_imported_are_shown_with_their_rows(cast, as_):
    client, url = as_("coordinator"), reverse("pairs-import", args=[cast.program])
    unreadable = client.post(url, {"file": SimpleUploadedFile("p.csv", b"mentee,mentor,from\nE-4,M-2,soon\n")})
    assert "Row 2, column “from”" in text(unreadable)
    kept = client.post(url, {"file": SimpleUploadedFile("p.csv", b"mentee,mentor\nE-99,M-2\n")})
    assert "“e-99” is not a mentee of this program." in text(client.get(kept["Location"]))
    assert client.post(kept["Location"]).status_code == 400


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
