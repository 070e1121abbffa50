"""The tutorial, taken step by step through the demo: the page says what the product says."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from cheiron.actions.demo_school import build_demo_school
from cheiron.models.ledger import Letter
from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, Person, RosterImport
from cheiron.models.programs import Program
from cheiron.queries.imports import table_of
from tests.cast import NOW
from tests.docs.pages import DOCS, prose

PAGE = DOCS / "tutorial" / "first-match.md"
LISTS = DOCS / "tutorial" / "lists"
CALLED = "First match"


class Reader:
    """Somebody who does what the tutorial says, and remembers all that was to be read."""

    def __init__(self, client_of) -> None:
        self.client_of, self.client = client_of, client_of()
        self.read: list[str] = []

    def choose_to_be(self, name: str) -> None:
        """Through the door of the demo."""
        self.client = self.client_of()
        self.see(self.client.get(reverse("demo")))
        person = Person.objects.get(pk=Enrollment.objects.filter(member__name=name).first().member.person_id)
        self.press("demo", person=person.pk)

    def see(self, response) -> str:
        """The page as a reader sees it, kept."""
        assert response.status_code == 200
        drawn = re.sub(r"(?s)<(svg|script|style|kbd)\b.*?</\1>|<[^>]+>", " ", response.content.decode())
        text = re.sub(r"\s+", " ", unescape(drawn))
        self.read.append(text)
        return text

    def open(self, page: str, *args: str) -> str:
        return self.see(self.client.get(reverse(page, args=args), follow=True))

    def press(self, page: str, /, *args: str, **given: object) -> str:
        return self.see(self.client.post(reverse(page, args=args), given, follow=True))

    def import_list(self, program: str, role: str) -> str:
        """The three steps as they are offered; returns the page of columns."""
        self.open("roster-upload", program)
        with (LISTS / f"{role}s.csv").open("rb") as file:
            columns = self.press("roster-upload", program, role=role, file=file)
        roster = RosterImport.objects.get(program=program, role=role)
        kept, out = roster.columns["map"], roster.columns["withheld"]
        headers = enumerate(table_of(roster).headers)
        self.press(
            "roster-columns", roster.pk, **{f"column_{i}": kept[header] for i, header in headers if header not in out}
        )
        self.press("roster-check", roster.pk)
        return columns


@pytest.fixture
def reader(db, client_of, settings, monkeypatch) -> Reader:
    settings.DEMO = True
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    build_demo_school(now=NOW)
    return Reader(client_of)


def made_program(reader: Reader) -> str:
    reader.choose_to_be("Ottoline Farrow")
    reader.open("program-new")
    days = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=300)}
    reader.press("program-new", name=CALLED, model="dyad", mentees_per_mentor=2, **days)
    return Program.objects.get(name=CALLED).pk


def drafted(reader: Reader, program: str) -> Round:
    reader.open("program", program)
    reader.open("rounds", program)
    reader.press("rounds", program, name="Opening round")
    round = Round.objects.get(program=program)
    reader.press("draft", round.pk)
    return round


def look_at(reader: Reader, round: Round, mentee: Enrollment) -> str:
    return reader.see(reader.client.get(reverse("studio", args=[round.pk]), {"mentee": mentee.pk}))


def unplaced(page: str) -> str:
    """What stands under "No match" in the list of mentees."""
    return re.search(r"No match \d+ (.+?) Year", page)[1]


def test_each_step_goes_as_the_tutorial_tells(reader):
    program = made_program(reader)
    reader.open("program-preview", program, "mentee")
    assert "Gender not read Left out" in re.sub(r" +", " ", reader.import_list(program, "mentor"))
    assert "Ethnicity not read Left out" in re.sub(r" +", " ", reader.import_list(program, "mentee"))
    round = drafted(reader, program)
    people = {row.member.name: row for row in Enrollment.objects.filter(program=program).select_related("member")}
    corisande, odalys, anselm = (people[name] for name in ("Corisande Vey", "Odalys Brandt", "Anselm Thrush"))
    assert unplaced(look_at(reader, round, corisande)) == "Anselm Thrush"
    look_at(reader, round, anselm)

    by_hand = reader.press("decide", round.pk, kind="pin", mentee=anselm.pk, mentor=odalys.pk)
    assert unplaced(by_hand) == "Corisande Vey"
    assert unplaced(reader.press("undo", round.pk)) == "Anselm Thrush"
    kept = {"kind": "lock", "mentee": corisande.pk, "mentor": odalys.pk, "reason": "They know each other"}
    assert "They know each other" in reader.press("decide", round.pk, **kept)

    reader.open("review", round.pk)
    reader.press("review", round.pk, answer_by=NOW.date() + timedelta(days=10))
    reader.press("publish", round.pk)
    assert Letter.objects.filter(program=program).count() == 8
    again = reader.client.post(reverse("publish", args=[round.pk]))
    assert again.status_code == 409
    reader.read.append(unescape(again.content.decode()))
    reader.open("letters", program)
    pair = Mentorship.objects.get(program=program, mentee=corisande)
    assert reader.client.get(reverse("mentorship", args=[pair.pk])).status_code == 404

    reader.choose_to_be("Odalys Brandt")
    reader.open("mentorship", pair.pk)
    reader.press("answer", pair.pk, verb="accept")
    reader.choose_to_be("Corisande Vey")
    quoted_stands_on_a_page(reader)


def quoted_stands_on_a_page(reader: Reader) -> None:
    """Every “quoted” word of the tutorial was to be read somewhere on the way."""
    reader.client = reader.client_of()
    reader.open("sign-in")
    quoted = set(re.findall("“([^”]+)”", prose(PAGE)))
    assert len(quoted) > 30
    everything = " ".join(reader.read)
    assert {words for words in quoted if words not in everything} == set()
    numbers = set(re.findall(r"(?<!\w)(\.\d\d)(?!\d)", prose(PAGE)))
    assert len(numbers) == 4
    assert {number for number in numbers if number not in everything} == set()
