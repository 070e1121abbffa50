"""A program's own words stand on its pages and in its letters, and the usual ones nowhere."""

import re
from html import unescape

import pytest

from cheiron.actions.programs import Adjustment, adjust_program
from cheiron.core.programs.words import USUAL, check_words, in_words, read_words
from cheiron.models.ledger import Letter
from cheiron.models.programs import Program
from cheiron.queries.people import invitations
from cheiron.queries.programs import model_of
from tests.cast import NOW
from tests.guarantees.walk import STOPS

OWN = read_words(
    {"mentor": "coach", "mentors": "coaches", "mentee": "advisee", "mentees": "advisees",
     "mentorship": "pairing", "mentorships": "pairings"}
)  # fmt: skip
USUAL_WORD = re.compile(r"\b(mentors?|mentees?|mentorships?)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [("Mentors with a free place", "Coaches with a free place"),
     ("A mentee and a mentor", "An advisee and a coach"),
     ("%(mentor)s is your mentor.", "%(mentor)s is your coach."),
     ("the mentee’s wishes", "the advisee’s wishes"),
     ("Peer mentor", "Peer coach"),
     ("mentoring", "mentoring")],
)  # fmt: skip
def test_a_sentence_is_said_in_the_words_of_the_program(sentence, said):
    assert in_words(sentence, OWN) == said
    assert in_words(sentence, USUAL) == sentence


def test_a_word_that_holds_the_usual_one_is_not_said_twice():
    peer = read_words({"mentor": "peer mentor", "mentors": "peer mentors"})
    assert in_words("A mentor, Peer mentor, your mentors", peer) == "A peer mentor, Peer mentor, your peer mentors"
    assert in_words(in_words("your mentor", peer), peer) == "your peer mentor"


@pytest.mark.parametrize("wrong", ["<b>", "coach 1", "x" * 41, "a  -"])
def test_a_word_is_letters_and_not_too_many(wrong):
    assert len(check_words(read_words({"mentor": wrong}))) == 1


def renamed(cast) -> Program:
    program = Program.objects.get(pk=cast.program)
    model = model_of(program)
    adjust_program(
        actor=cast.actor("coordinator"), program_id=program.id, now=NOW,
        adjustment=Adjustment(
            program.name, program.starts_on, program.ends_on, model.mentees_per_mentor, 30, 30, 10, model.weights,
            words=OWN,
        ),
    )  # fmt: skip
    return Program.objects.get(pk=cast.program)


def visible(response) -> str:
    """The words of a page that people read, without the names of addresses and fields."""
    page = unescape(response.content.decode())
    page = re.sub(r"(?s)<(script|style|template)\b.*?</\1>", " ", page)
    page = re.sub(r"[\w.-]+\.(?:csv|xlsx)\b", "a file", page)
    told = re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', page)
    return " ".join([re.sub(r"(?s)<[^>]*>", " ", page), *told])


LOGS = {"audit", "letters"}
"""What happened and was written stands there as it was."""


@pytest.mark.parametrize("who", ["coordinator", "mentee", "mentor", "other_mentor", "other_mentee", "administrator"])
def test_on_the_pages_of_the_program_only_its_own_words_are_read(who, cast, as_):
    renamed(cast)
    client, found, seen = as_(who), {}, 0
    for stop in STOPS:
        if stop.route in LOGS:
            continue
        response = client.get(stop.url(cast))
        if response.status_code != 200 or "html" not in response["Content-Type"]:
            continue
        if not (response.context and response.context.get("program")):
            continue
        seen += 1
        text = re.sub(r"\s+", " ", visible(response))
        found[stop.name] = [text[max(one.start() - 40, 0) : one.end() + 20] for one in USUAL_WORD.finditer(text)]
    assert seen > 2
    assert {name: words for name, words in found.items() if words} == {}


def test_letters_of_the_program_are_written_in_its_words(cast):
    from cheiron.actions import people

    program = renamed(cast)
    Letter.objects.all().delete()
    assert invitations(program)
    people.invite(actor=cast.actor("coordinator"), program_id=program.id, enrollments=None, now=NOW)
    bodies = list(Letter.objects.values_list("body", flat=True))
    assert len(bodies) == 4
    assert {bool(USUAL_WORD.search(body)) for body in bodies} == {False}
    assert any("coach" in body for body in bodies)


def test_the_words_of_one_program_stay_in_it(cast, as_):
    renamed(cast)
    client = as_("coordinator")
    client.get(f"/programs/{cast.program}/")
    page = visible(client.get("/programs/new/"))
    assert "coach" not in page
    assert "mentor" in page
