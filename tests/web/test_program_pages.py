"""Home for each role, programs, one's own intake, wishes and self-description."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from cheiron.models.people import Enrollment, Member, Person
from cheiron.models.programs import IntakeDraft, IntakeSheet, Program, Wish
from cheiron.models.volunteered import Volunteered
from tests.cast import NOW, SECRETS, fingerprint


def text(response) -> str:
    return unescape(response.content.decode())


def kinds(response) -> list[str]:
    return [card.kind for card in response.context["home"].cards]


CARDS = {
    "mentee": ["next-meeting"],
    "mentor": ["next-meeting"],
    "other_mentee": ["reply", "intake"],
    "other_mentor": ["answer", "intake"],
    "peer_mentor": ["intake"],
    "senior": ["intake"],
    "coordinator": ["program"],
    "evaluator": [],
    "administrator": [],
    "stranger": ["wish", "program"],
}


@pytest.mark.parametrize("who", CARDS)
def test_home_says_what_to_do_next(who, cast, as_):
    assert kinds(as_(who).get("/")) == CARDS[who]


def test_home_names_the_other_and_only_the_other(cast, as_):
    page = text(as_("mentee").get("/"))
    assert "Dr. Ada Weiss" in page
    assert not [name for name in ("Otto Lind", "Dr. Ben Ruiz", "Wanda Ito", "Dr. Cleo Hart") if name in page]


def test_home_never_shows_more_than_three_cards(cast, as_):
    base = Program.objects.get(pk=cast.program)
    member = Enrollment.objects.get(pk=cast.parts["E-2"]).member
    for n in range(5):
        program = Program.objects.create(school_id=cast.school, name=f"P{n}", model="dyad", settings=base.settings,
                                         starts_on=base.starts_on, ends_on=base.ends_on, created_at=NOW)  # fmt: skip
        Enrollment.objects.create(member=member, program=program, role="mentee", joined_at=NOW)
    assert len(kinds(as_("other_mentee").get("/"))) == 3


def test_somebody_without_a_role_is_told_whom_to_ask(cast, as_):
    Enrollment.objects.filter(pk=cast.parts["E-2"]).update(left_at=NOW)
    assert "Ask your program's coordinator" in text(as_("other_mentee").get("/"))


def test_the_door_of_a_program_leads_everybody_to_their_own_page(cast, as_):
    door = reverse("program-door", args=[cast.program])
    led = {who: as_(who).get(door)["Location"].removeprefix(f"/programs/{cast.program}/")
           for who in ("mentee", "mentor", "peer_mentor", "coordinator", "evaluator")}  # fmt: skip
    assert led == {
        "mentee": "intake/mentee/",
        "mentor": "intake/mentor/",
        "peer_mentor": "intake/peer_mentor/",
        "coordinator": "",
        "evaluator": "",
    }


# ---------- programs ----------

NEW = {
    "mentees_per_mentor": 2,
    "name": "Summer School",
    "model": "dyad",
    "starts_on": "2027-06-01",
    "ends_on": "2027-09-01",
}


def test_a_program_is_created_and_opens_with_its_first_step(cast, as_):
    client = as_("coordinator")
    done = client.post(reverse("program-new"), NEW)
    made = Program.objects.get(name="Summer School")
    assert done["Location"] == reverse("program", args=[made.pk])
    page = client.get(done["Location"])
    assert [step.title for step in page.context["steps"] if step.next] == ["Mentors"]


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 201}, {"model": "none"}, {"starts_on": "soon"}, {"ends_on": "2027-06-01"},
              {"name": "Riverside Scholars"}, {"starts_on": "9999-99-99"}],
)  # fmt: skip
def test_a_program_that_cannot_be_is_refused_on_its_page(wrong, cast, as_):
    client = as_("coordinator")
    before = fingerprint()
    page = client.post(reverse("program-new"), {**NEW, **wrong})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert fingerprint() == before


def test_a_program_is_adjusted_on_its_page_and_refuses_what_cannot_be(cast, as_):
    client, url = as_("coordinator"), reverse("program-adjust", args=[cast.program])
    initial = client.get(url).context["form"].initial
    good = {**initial, "name": "Renamed", "weight_goals": 30}
    assert client.post(url, good)["Location"] == reverse("program", args=[cast.program])
    assert Program.objects.get(pk=cast.program).settings["weights"]["goals"] == 30
    before = fingerprint()
    zeros = {key: 0 for key in initial if key.startswith("weight_")}
    for wrong in ({"mentees_per_mentor": 0}, {"weight_goals": 101}, {"weight_goals": ""}, {"name": " "}, zeros,
                  {"ends_on": "2020-01-01"}):  # fmt: skip
        page = client.post(url, {**good, **wrong})
        assert page.status_code == 200, wrong
        assert page.context["form"].errors, wrong
    assert fingerprint() == before


def test_the_overview_shows_changes_to_those_who_settle_them_and_counts_to_the_rest(cast, as_):
    url = reverse("program", args=[cast.program])
    coordinator, evaluator = as_("coordinator").get(url), as_("evaluator").get(url)
    assert [change.id for change in coordinator.context["changes"]] == [cast.change]
    assert SECRETS["change"] in text(coordinator)
    assert list(evaluator.context["changes"]) == []
    assert SECRETS["change"] not in text(evaluator)
    assert evaluator.context["states"] == {"active": 1, "proposed": 1}


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_the_preview_shows_the_questions_and_sends_nothing(side, cast, as_):
    client = as_("coordinator")
    before = fingerprint()
    page = client.get(reverse("program-preview", args=[cast.program, side]))
    assert page.context["side"] == side
    assert fingerprint() == before


# ---------- intake ----------


def intake(cast, role: str) -> str:
    return reverse("intake", args=[cast.program, role])


def test_a_mentee_fills_the_sheet_in_and_goes_on_to_the_mentors(cast, as_):
    data = {
        "roles": ["Coach"],
        "goals": ["Write and publish"],
        "topics": "Ethics\nEthics\n Global  health ",
        "about": "Hi.",
    }
    done = as_("other_mentee").post(intake(cast, "mentee"), data)
    assert done["Location"] == reverse("directory", args=[cast.program])
    sheet = IntakeSheet.objects.get(enrollment=cast.parts["E-2"])
    assert (sheet.facts["goals"], sheet.facts["topics"]) == (["Write and publish"], ["Ethics", "Global health"])
    assert (sheet.about, sheet.finished_at) == ("Hi.", NOW)


def test_own_words_are_kept_apart_from_the_facts_and_only_their_writer_reads_them(cast, as_):
    text = "Sepsis,\r\nand\u0007 how to write \U0001f468\u200d\U0001f469. " + "é" * 900
    as_("other_mentee").post(intake(cast, "mentee"), {"statement": text, "topics": "Ethics"})
    sheet = IntakeSheet.objects.get(enrollment=cast.parts["E-2"])
    assert "statement" not in sheet.facts
    assert sheet.statement == "Sepsis,\nand how to write \U0001f468\u200d\U0001f469. " + "é" * 900
    page = as_("other_mentee").get(intake(cast, "mentee"))
    assert page.context["form"]["statement"].value() == sheet.statement
    assert page.context["form"].fields["statement"].audience == "matching"
    as_("other_mentee").post(intake(cast, "mentee"), {"statement": "", "topics": "Ethics"})
    assert IntakeSheet.objects.get(enrollment=cast.parts["E-2"]).statement == ""


def test_a_thousand_characters_are_counted_as_browsers_count_them(cast, as_):
    as_("other_mentee").post(intake(cast, "mentee"), {"statement": "abc\r\n" * 249 + "abcd"})
    assert len(IntakeSheet.objects.get(enrollment=cast.parts["E-2"]).statement) == 1000
    page = as_("other_mentee").post(intake(cast, "mentee"), {"statement": "x" * 1001})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["statement"]


def test_a_mentor_says_for_how_many_and_until_when_to_pause(cast, as_):
    data = {"roles": ["Coach"], "capacity": 4, "paused_until": "2027-03-01", "listed": "on"}
    assert as_("other_mentor").post(intake(cast, "mentor"), data)["Location"] == "/"
    sheet = IntakeSheet.objects.get(enrollment=cast.parts["M-2"])
    assert (sheet.capacity, str(sheet.paused_until), sheet.listed) == (4, "2027-03-01", True)


def test_a_mentee_cannot_give_themselves_what_only_mentors_have(cast, as_):
    """Fields that the form of this side does not have are not read (no mass assignment)."""
    before = IntakeSheet.objects.get(enrollment=cast.parts["E-2"])
    forged = {"capacity": 50, "paused_until": "2028-01-01", "finished_at": "", "listed": "", "stage": "Professor",
              "enrollment": cast.parts["E-1"], "facts": "{}", "role": "mentor"}  # fmt: skip
    as_("other_mentee").post(intake(cast, "mentee"), {"about": "", **forged})
    after = IntakeSheet.objects.get(enrollment=cast.parts["E-2"])
    assert (after.capacity, after.paused_until, after.listed, "stage" in after.facts) == (1, None, True, False)
    assert (after.id, after.enrollment_id) == (before.id, before.enrollment_id)


@pytest.mark.parametrize(
    "wrong", [{"roles": ["Emperor"]}, {"goals": ["Study and exams", "Build a network", "Lead and teach", "Write and publish"]},
              {"topics": "x" * 101}, {"topics": "\n".join(str(n) for n in range(9))}, {"about": "x" * 1001},
              {"place": "x" * 201}],
)  # fmt: skip
def test_an_answer_beyond_its_limits_is_refused_and_nothing_kept(wrong, cast, as_):
    client = as_("other_mentee")
    before = fingerprint()
    page = client.post(intake(cast, "mentee"), wrong)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert fingerprint() == before


@pytest.mark.parametrize("wrong", [{"capacity": -1}, {"capacity": 21}, {"capacity": "many"}, {"paused_until": "soon"}])
def test_a_mentors_number_beyond_its_limits_is_refused(wrong, cast, as_):
    client = as_("mentor")
    before = fingerprint()
    assert client.post(intake(cast, "mentor"), {"capacity": 1, **wrong}).context["form"].errors
    assert fingerprint() == before


# ---------- kept for later ----------


def draft(cast, role: str) -> str:
    return reverse("intake-draft", args=[cast.program, role])


def test_what_is_typed_is_kept_without_being_finished_and_shown_on_coming_back(cast, as_):
    client, before = as_("other_mentee"), IntakeSheet.objects.get(enrollment=cast.parts["E-2"])
    kept = client.post(
        draft(cast, "mentee"), {"about": "Half a sent", "topics": "x" * 150, "goals": ["No goal"], "edition": ""}
    )
    assert kept["Location"] == intake(cast, "mentee")
    page = client.get(intake(cast, "mentee"))
    form = page.context["form"]
    assert (form["about"].value(), form["topics"].value(), form["goals"].value()) == (
        "Half a sent",
        "x" * 150,
        ["No goal"],
    )
    after = IntakeSheet.objects.get(enrollment=cast.parts["E-2"])
    assert (after.about, after.facts, after.finished_at) == (before.about, before.facts, None)


def test_finishing_lets_the_draft_go(cast, as_):
    client = as_("other_mentee")
    client.post(draft(cast, "mentee"), {"about": "Half", "edition": ""})
    client.post(intake(cast, "mentee"), {"about": "Whole"})
    assert IntakeDraft.objects.filter(enrollment__program=cast.program).count() == 0
    assert client.get(intake(cast, "mentee")).context["form"]["about"].value() == "Whole"


def test_a_page_that_is_older_than_the_finished_sheet_keeps_nothing(cast, as_):
    client = as_("other_mentee")
    client.post(intake(cast, "mentee"), {"about": "Whole"})
    assert client.post(draft(cast, "mentee"), {"about": "Late", "edition": ""}).status_code == 409
    edition = client.get(intake(cast, "mentee")).context["edition"]
    assert client.post(draft(cast, "mentee"), {"about": "New", "edition": edition}).status_code == 302


def test_a_browser_that_keeps_as_one_goes_reads_when_it_was_kept(cast, as_):
    client = as_("other_mentor")
    given = {"capacity": "many", "edition": "", "role": "mentee", "finished_at": "2027-01-01"}
    kept = client.post(draft(cast, "mentor"), given, headers={"HX-Request": "true"})
    assert text(kept).strip() == "Kept 04:00."
    assert IntakeDraft.objects.get(enrollment__program=cast.program).typed == {"capacity": ["many"]}


def test_a_draft_is_limited_in_length_and_only_its_writers(cast, as_):
    client = as_("other_mentee")
    client.post(draft(cast, "mentee"), {"about": "ab" + "x" * 9000, "goals": ["g"] * 500, "edition": ""})
    typed = IntakeDraft.objects.get(enrollment__program=cast.program).typed
    assert (typed["about"][0][:3], len(typed["about"][0]), len(typed["goals"])) == ("abx", 2000, 60)
    assert "Half a sent" not in text(as_("mentee").get(intake(cast, "mentee")))


def test_ones_own_sheet_shows_ones_own_answers(cast, as_):
    assert SECRETS["mentee about"] in text(as_("mentee").get(intake(cast, "mentee")))
    assert SECRETS["mentee about"] not in text(as_("other_mentee").get(intake(cast, "mentee")))


# ---------- about me ----------


def about(cast) -> str:
    return reverse("about-me", args=[cast.program, "mentee"])


def test_what_one_volunteers_is_kept_for_the_purposes_ticked_and_shown_to_oneself(cast, as_):
    client = as_("other_mentee")
    data = {"race": ["Asian", "White"], "race_own": "both", "for_figures": "on"}
    assert client.post(about(cast), data)["Location"] == intake(cast, "mentee")
    (kept,) = Volunteered.objects.filter(member=Enrollment.objects.get(pk=cast.parts["E-2"]).member)
    assert (kept.attribute, kept.answers, kept.own_words, kept.for_matching, kept.for_figures) == (
        "race", ["Asian", "White"], "both", False, True,
    )  # fmt: skip
    page = client.get(about(cast))
    assert page.context["form"].fields["race"].initial == ["Asian", "White"]


def test_nothing_is_ticked_for_anybody_and_all_may_stay_empty(cast, as_):
    form = as_("other_mentee").get(about(cast)).context["form"]
    assert {name for name, field in form.fields.items() if field.required} == set()
    assert {name for name, field in form.fields.items() if field.initial} == set()
    assert as_("other_mentee").post(about(cast), {"gender_own": ""}).status_code == 302
    assert not Volunteered.objects.filter(member__enrollments=cast.parts["E-2"]).exists()


def test_an_answer_that_is_not_offered_is_refused(cast, as_):
    client = as_("mentee")
    before = fingerprint()
    assert client.post(about(cast), {"gender": ["Robot"]}).context["form"].errors
    assert fingerprint() == before


# ---------- directory, wishes ----------


def wish(client, cast, mentor: str, move: str = "add"):
    return client.post(reverse("wishes", args=[cast.program]), {"mentor": cast.parts.get(mentor, mentor), "move": move})


def mine(cast) -> list[str]:
    rows = Wish.objects.filter(mentee=cast.parts["E-2"]).order_by("rank")
    return list(rows.values_list("mentor__member__external_id", flat=True))


def test_wishes_are_added_moved_and_removed_one_by_one(cast, as_):
    client, seen = as_("other_mentee"), []
    for mentor, move in (("M-1", "add"), ("M-2", "add"), ("M-3", "add"), ("M-3", "up"), ("M-1", "down"), ("M-1", "up"),
                         ("M-1", "up"), ("M-2", "down"), ("M-2", "remove"), ("M-2", "remove"), ("M-3", "add")):  # fmt: skip
        assert wish(client, cast, mentor, move).status_code == 302
        seen.append("".join(one[-1] for one in mine(cast)))
    assert seen == ["1", "12", "123", "132", "312", "132", "132", "132", "13", "13", "13"]


def test_a_wish_for_nobody_is_refused(cast, as_):
    client = as_("other_mentee")
    before = fingerprint()
    for wrong in ("", "nobody", "E-1"):
        assert wish(client, cast, wrong).status_code == 409, wrong
    assert fingerprint() == before


def names(page) -> list[str]:
    return [row.name for row in page.context["mentors"]]


def found(client, cast, **asked) -> list[str]:
    return names(client.get(reverse("directory", args=[cast.program]), asked))


def test_the_directory_is_narrowed_by_what_one_looks_for(cast, as_):
    client = as_("other_mentee")
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(
        facts={"specialties": ["Radiology"], "roles": ["Coach"], "topics": ["Imaging"], "languages": ["Español"]}
    )
    ada, ben, cleo = "Dr. Ada Weiss", "Dr. Ben Ruiz", "Dr. Cleo Hart"
    asked = {
        (("specialty", "Surgery"),): [ben],
        (("specialty", "surgery"),): [ben],
        (("role", "Coach"),): [ada, cleo],
        (("role", "Coach"), ("topic", "Imaging")): [cleo],
        (("language", "Español"),): [cleo],
        (("q", "espanol"),): [cleo],
        (("q", "WEISS sepsis"),): [ada],
        (("q", "Professor"),): [],
        (("role", "Advisor"), ("specialty", "Radiology")): [],
        (("page", "9"), ("unknown", "x")): [ada, ben, cleo],
    }
    assert {key: found(client, cast, **dict(key)) for key in asked} == asked


def test_who_has_no_place_shows_only_where_one_asks_for_it(cast, as_):
    client = as_("other_mentee")
    IntakeSheet.objects.filter(enrollment=cast.parts["M-1"]).update(capacity=1)
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(paused_until=(NOW + timedelta(days=9)).date())
    assert found(client, cast) == ["Dr. Ben Ruiz"]
    page = client.get(reverse("directory", args=[cast.program]), {"full": "yes"})
    assert names(page) == ["Dr. Ada Weiss", "Dr. Ben Ruiz", "Dr. Cleo Hart"]
    assert text(page).count("No place free now") == 2
    assert "Wish for Dr. Ada Weiss" not in text(page)


def test_what_narrows_the_list_can_be_taken_away_one_by_one(cast, as_):
    page = as_("other_mentee").get(
        reverse("directory", args=[cast.program]), {"role": "Coach", "q": "ada", "page": "1"}
    )
    assert page.context["active"] == [("ada", "?role=Coach"), ("Coach", "?q=ada")]


def test_a_wish_leads_back_to_the_list_as_it_was_narrowed(cast, as_):
    data = {"mentor": cast.parts["M-1"], "move": "add", "back": "role=Coach&q=a%26b"}
    done = as_("other_mentee").post(reverse("wishes", args=[cast.program]), data)
    assert done["Location"] == reverse("directory", args=[cast.program]) + "?role=Coach&q=a%26b"


def test_many_mentors_come_in_pages_of_sixty(cast, as_):
    people = Person.objects.bulk_create(Person(email=f"m{n}@riverside.example") for n in range(70))
    members = Member.objects.bulk_create(
        Member(school_id=cast.school, person=one, external_id=f"X{n}", name=f"Mentor {n:02}")
        for n, one in enumerate(people)
    )
    parts = Enrollment.objects.bulk_create(
        Enrollment(member=one, program_id=cast.program, role="mentor") for one in members
    )
    IntakeSheet.objects.bulk_create(IntakeSheet(enrollment=one, capacity=1) for one in parts)
    client = as_("other_mentee")
    assert [len(found(client, cast, page=n)) for n in (1, 2, 3)] == [60, 13, 13]


def test_the_directory_gives_no_address_and_no_goals(cast, as_):
    page = as_("other_mentee").get(reverse("directory", args=[cast.program]))
    assert [row.name for row in page.context["mentors"]] == ["Dr. Ada Weiss", "Dr. Ben Ruiz", "Dr. Cleo Hart"]
    assert SECRETS["mentor about"] in text(page)
    assert "@riverside.example" not in text(page)


def test_staff_see_the_directory_and_have_no_wishes(cast, as_):
    page = as_("coordinator").get(reverse("directory", args=[cast.program]))
    assert (page.context["is_mentee"], page.context["wishes"]) == (False, [])
    assert 'name="move"' not in text(page)
