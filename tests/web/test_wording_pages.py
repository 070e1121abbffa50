"""The editor of a program's letters: what it keeps is what is sent, and what it shows is what is kept."""

from html import unescape

import pytest
from django.urls import reverse

from cheiron.actions import mentorships
from cheiron.core.operations.kinds import KINDS
from cheiron.models.ledger import Letter, LetterWords
from cheiron.models.programs import Program
from cheiron.queries.letters import publication_letters_for
from cheiron.queries.people import invitations
from cheiron.queries.wording import sample_for
from tests.cast import NOW, fingerprint

OWN = {"subject": "{program} calls you", "body": "Hello {name}, 100 % sure?\n\n<i>{task}</i>\n\n{link}"}


def text(response) -> str:
    return unescape(response.content.decode())


def edit(client, cast, kind: str, **data):
    return client.post(reverse("wording-edit", args=[cast.program, kind]), data)


def test_every_kind_is_listed_and_opens_with_its_standing_words(cast, as_):
    client = as_("coordinator")
    page = client.get(reverse("wording", args=[cast.program]))
    assert len(page.context["rows"]) == len(KINDS)
    for row in page.context["rows"]:
        shown = client.get(reverse("wording-edit", args=[cast.program, row["address"]]))
        assert (shown.status_code, shown.context["own"]) == (200, False)
        assert "%(" not in text(shown)


def test_own_words_are_what_the_preview_shows_and_what_is_sent(cast, as_):
    client = as_("coordinator")
    looked = edit(client, cast, "invitation", look="yes", **OWN)
    assert "100 % sure?" in text(looked)
    assert "&lt;i&gt;Tell us in five minutes" in looked.content.decode()
    assert not LetterWords.objects.filter(program=cast.program).exists()
    edit(client, cast, "invitation", keep="yes", **OWN)
    program = Program.objects.select_related("school").get(pk=cast.program)
    (draft,) = invitations(program, [cast.parts["E-5"]])
    assert str(draft.subject) == "Riverside Scholars calls you"
    page = client.get(reverse("invite", args=[cast.program]))
    assert "100 % sure?" in text(page)
    client.post(reverse("invite", args=[cast.program]), {"to": [cast.parts["E-5"]]})
    sent = Letter.objects.get(to_name="Wes Novak")
    assert (sent.subject, sent.paragraphs) == (
        "Riverside Scholars calls you",
        ["Hello Wes Novak, 100 % sure?", f"<i>{dict(draft.values)['task']}</i>", "{link}"],
    )
    assert "<i>Tell" not in client.get(reverse("letters", args=[cast.program])).content.decode()


def test_letters_that_actions_write_use_the_words_too(cast, as_):
    edit(
        as_("coordinator"),
        cast,
        "back-in-the-queue",
        keep="yes",
        subject="Soon",
        body="Patience, {name}. {mentor} is full.",
    )
    mentorships.decline_mentee(actor=cast.actor("other_mentor"), mentorship_id=cast.proposed, reason="", now=NOW)
    assert Letter.objects.get(kind="back in the queue").body == "Patience, Otto Lind. Dr. Ben Ruiz is full."


def test_words_with_a_mistake_are_not_kept_and_not_lost(cast, as_):
    client = as_("coordinator")
    before = fingerprint()
    page = edit(client, cast, "invitation", keep="yes", subject="Hello {nobody}", body="Come!")
    assert [str(one.place) for one in page.context["issues"]] == ["Subject", "Letter"]
    assert all(
        words in text(page) for words in ("Hello {nobody}", "Come!", "“{nobody}” is not known", "{link} is missing")
    )
    assert fingerprint() == before


def test_where_a_program_calls_its_mentors_otherwise_the_standing_words_do_and_typed_words_stay(cast, as_):
    Program.objects.filter(pk=cast.program).update(words={"mentor": "coach", "mentors": "coaches"})
    client = as_("coordinator")
    shown = client.get(reverse("wording-edit", args=[cast.program, "match"])).context["standing"]
    assert "propose {mentor} as your coach" in shown[1]
    typed = {"subject": "A mentor or a coach", "body": "A mentor for you, {name}: {mentor}."}
    edit(client, cast, "back-in-the-queue", keep="yes", **typed)
    mentorships.decline_mentee(actor=cast.actor("other_mentor"), mentorship_id=cast.proposed, reason="", now=NOW)
    sent = Letter.objects.get(kind="back in the queue")
    assert (sent.subject, sent.body) == ("A mentor or a coach", "A mentor for you, Otto Lind: Dr. Ben Ruiz.")


def test_going_back_to_the_standing_words(cast, as_):
    client, reset = as_("coordinator"), reverse("wording-reset", args=[cast.program, "invitation"])
    edit(client, cast, "invitation", keep="yes", **OWN)
    assert "Go back to the standing words" in text(
        client.get(reverse("wording-edit", args=[cast.program, "invitation"]))
    )
    assert client.post(reset).status_code == 302
    assert not LetterWords.objects.filter(program=cast.program).exists()
    assert client.post(reset).status_code == 409


@pytest.mark.parametrize("kind", ["nothing", "sign-in", "message"])
def test_a_kind_that_is_not_the_programs_own_is_not_there(kind, cast, as_):
    client = as_("coordinator")
    assert client.get(reverse("wording-edit", args=[cast.program, kind])).status_code == 404
    assert edit(client, cast, kind, keep="yes", **OWN).status_code == 404
    assert client.post(reverse("wording-reset", args=[cast.program, kind])).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_fills_every_place_that_the_kind_knows(kind, cast):
    program = Program.objects.select_related("school").get(pk=cast.program)
    told = dict(sample_for(program, kind, NOW).values)
    assert set(told) == set(KINDS[kind].known) - {"link"}


def test_the_letters_of_a_publication_fill_every_place_that_their_kinds_know(cast):
    """Otherwise own words with such a place could not be sent."""
    _, drafts = publication_letters_for(cast.actor("coordinator"), cast.reviewed, NOW)
    assert {draft.kind for draft in drafts} >= {"proposal", "match"}
    assert {draft.kind: {*dict(draft.values)} | {"link"} for draft in drafts} == {
        draft.kind: set(KINDS[draft.kind].known) for draft in drafts
    }
