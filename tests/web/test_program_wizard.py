"""The wizard: its steps, leaving and coming back, looking as either side, creating whole, copying a program."""

import re
from html import unescape

import pytest
from django.urls import reverse

from cheiron.actions.people import appoint
from cheiron.models.ledger import Letter
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program, ProgramDraft
from cheiron.queries.programs import model_of
from tests.cast import NOW, fingerprint

NEW = {"name": "Summer School", "model": "near_peer", "starts_on": "2027-06-01", "ends_on": "2027-09-01"}
WORDS = {"mentor": "coach", "mentors": "coaches", "mentee": "advisee", "mentees": "advisees"}


def begun(client) -> str:
    """A draft after the first page; its id."""
    done = client.post(reverse("program-new"), {**NEW, "then": "steps"})
    newest = next(one for one in ProgramDraft.objects.all() if one.answers.get("name") == NEW["name"])
    assert done["Location"] == reverse("program-setup", args=[newest.id, "words"])
    return newest.id


def initial(client, draft: str, step: str) -> dict:
    """What the page of a step shows, as a browser would send it back."""
    form = client.get(reverse("program-setup", args=[draft, step])).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value is not None and value is not False}


def send(client, draft: str, step: str, **more) -> str:
    done = client.post(reverse("program-setup", args=[draft, step]), {**initial(client, draft, step), **more})
    assert done.status_code == 302, done.context["form"].errors
    return done["Location"]


def test_the_first_page_says_of_each_model_what_it_is_and_whom_it_suits(cast, as_):
    page = unescape(as_("coordinator").get(reverse("program-new")).content.decode())
    for words in ("One mentor, one mentee", "up to 5 mentees", "a mentee 2 mentors", "every 14 days for 45 minutes",
                  "Large classes", "Residents, fellows"):  # fmt: skip
        assert words in page


def test_the_steps_lead_to_a_program_that_is_as_they_say(cast, as_):
    client = as_("coordinator")
    draft = begun(client)
    assert not Program.objects.filter(name=NEW["name"]).exists()
    assert send(client, draft, "words", **WORDS) == reverse("program-setup", args=[draft, "fit"])
    fit = {"weight_topics": 40, "ask_goals": "", "mentee_topics": "What moves you?"}
    assert send(client, draft, "fit", **fit) == reverse("program-setup", args=[draft, "look"])
    send(client, draft, "about", cohort="Class of 2030", time_zone="America/Denver", then="look")
    before = Enrollment.objects.count()
    done = client.post(reverse("program-setup", args=[draft, "look"]))
    made = Program.objects.get(name=NEW["name"])
    assert done["Location"] == reverse("program", args=[made.pk])
    model = model_of(made)
    assert (made.cohort, made.zone, made.state) == ("Class of 2030", "America/Denver", "open")
    assert (model.words.mentor, model.weights["topics"], model.mentees_per_mentor) == ("coach", 40, 5)
    titles = {question.key: question.mentee for question in model.questions}
    assert ("goals" in titles, titles["topics"]) == (False, "What moves you?")
    assert Enrollment.objects.count() == before + 1
    assert not ProgramDraft.objects.filter(pk=draft).exists()


def test_a_draft_is_left_and_found_again(cast, as_):
    client = as_("coordinator")
    draft = begun(client)
    assert send(client, draft, "words", **WORDS, then="later") == reverse("program-new")
    page = client.get(reverse("program-new"))
    assert [one.id for one in page.context["drafts"]] == [draft, cast.setup]
    assert initial(client, draft, "words")["mentor"] == "coach"


@pytest.mark.parametrize(
    ("step", "wrong"),
    [("about", {"name": ""}), ("about", {"ends_on": "2027-05-01"}), ("about", {"time_zone": "Middle/Earth"}),
     ("words", {"mentor": "<b>"}), ("words", {"mentor": "same", "mentee": "same"}), ("fit", {"weight_goals": "101"})],
)  # fmt: skip
def test_a_step_that_cannot_be_is_refused_on_its_page_and_keeps_nothing(step, wrong, cast, as_):
    client = as_("coordinator")
    draft = begun(client)
    given, before = initial(client, draft, step), fingerprint()
    page = client.post(reverse("program-setup", args=[draft, step]), {**given, **wrong})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert fingerprint() == before


def test_a_name_that_is_taken_in_the_meantime_is_said_and_nothing_is_created(cast, as_):
    client = as_("coordinator")
    draft = begun(client)
    client.post(reverse("program-new"), NEW)
    before = fingerprint()
    page = client.post(reverse("program-setup", args=[draft, "look"]))
    assert "is taken" in unescape(page.content.decode())
    assert fingerprint() == before


def test_a_draft_is_thrown_away(cast, as_):
    client = as_("coordinator")
    draft = begun(client)
    client.post(reverse("program-setup", args=[draft, "look"]), {"then": "discard"})
    assert not ProgramDraft.objects.filter(pk=draft).exists()
    assert not Program.objects.filter(name=NEW["name"]).exists()


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_both_sides_can_be_looked_at_before_there_is_a_program(side, cast, as_):
    client = as_("coordinator")
    draft = begun(client)
    send(client, draft, "fit", **{f"{side}_topics": "What moves you?"})
    page = client.get(reverse("program-setup-preview", args=[draft, side]))
    assert "What moves you?" in unescape(page.content.decode())
    look = client.get(reverse("program-setup", args=[draft, "look"])).content.decode()
    assert reverse("program-setup-preview", args=[draft, side]) in look


def test_both_previews_of_a_program_are_linked_from_it(cast, as_):
    page = as_("coordinator").get(reverse("program", args=[cast.program])).content.decode()
    for side in ("mentee", "mentor"):
        assert reverse("program-preview", args=[cast.program, side]) in page


def test_a_copy_takes_settings_words_and_staff_along_and_no_people(cast, as_):
    old = Program.objects.get(pk=cast.program)
    client = as_("coordinator")
    appoint(actor=cast.actor("coordinator"), program_id=old.id, name="Col League", email="col@riverside.example",
            role="coordinator", now=NOW)  # fmt: skip
    Letter.objects.all().delete()
    send(client, cast.setup, "about", name="Riverside Scholars, next year", then="look")
    client.post(reverse("program-setup", args=[cast.setup, "look"]))
    new = Program.objects.get(name="Riverside Scholars, next year")
    assert (new.settings, new.words, new.follows) == (old.settings, old.words, old)
    assert new.starts_on > old.ends_on
    roles = list(new.enrollments.order_by("role", "member__name").values_list("member__name", "role"))
    assert roles == [("Col League", "coordinator"), ("Cora Lang", "coordinator"), ("Eve Quist", "evaluator")]
    told = Letter.objects.values_list("kind", "to_name")
    assert sorted(told) == [("appointment", "Col League"), ("appointment", "Eve Quist")]


def test_a_copy_needs_a_name_first(cast, as_):
    page = as_("coordinator").post(reverse("program-setup", args=[cast.setup, "look"]))
    assert page.status_code == 409
    assert re.search("no name yet", page.content.decode())


def test_questions_of_a_program_are_changed_on_a_page_of_their_own(cast, as_):
    client, url = as_("coordinator"), reverse("questions", args=[cast.program])
    form = client.get(url).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value()}
    client.post(url, {**given, "ask_place": "", "mentor_topics": "What do you know well?"})
    asked = {question.key: question.mentor for question in model_of(Program.objects.get(pk=cast.program)).questions}
    assert ("place" in asked, asked["topics"]) == (False, "What do you know well?")
    client.post(url, {**given, "ask_place": "on"})
    asked = [question.key for question in model_of(Program.objects.get(pk=cast.program)).questions]
    assert "place" in asked
