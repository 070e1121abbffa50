"""The tutorial's own lists, taken through the steps that the tutorial tells, come out as it says."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from tests.docs.pages import DOCS

from cheiron.actions.schools import found_school
from cheiron.core.access import SYSTEM
from cheiron.models.ledger import Letter
from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import RosterImport
from cheiron.models.programs import Program

LISTS = DOCS / "tutorial" / "lists"
TOLD = (DOCS / "tutorial" / "first-match.md").read_text("utf-8")


class Coordinator:
    """A browser with what the tutorial's reader does in it."""

    def __init__(self, client) -> None:
        self.client = client

    def press(self, page: str, /, *args: str, **data: object) -> str:
        response = self.client.post(reverse(page, args=args), data, follow=True)
        assert response.status_code == 200, (page, self.read(response))
        return self.read(response)

    def open(self, name: str, *args: str) -> str:
        return self.read(self.client.get(reverse(name, args=args)))

    @staticmethod
    def read(response) -> str:
        """The page as a reader sees it."""
        drawn = re.sub(r"(?s)<(svg|script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode())
        return re.sub(r"\s+", " ", unescape(drawn))

    def import_list(self, program: str, role: str) -> str:
        with (LISTS / f"{role}s.csv").open("rb") as file:
            columns = self.press("roster-upload", program, role=role, file=file)
        roster = RosterImport.objects.get(program=program, role=role)
        chosen = {f"column_{i}": roster.columns["map"][h] for i, h in enumerate(_headers(roster)) if h not in _out(roster)}
        self.press("roster-columns", roster.pk, **chosen)
        self.press("roster-check", roster.pk)
        return columns


def _out(roster: RosterImport) -> list[str]:
    return roster.columns["withheld"]


def _headers(roster: RosterImport) -> list[str]:
    from cheiron.queries.imports import table_of

    return list(table_of(roster).headers)


@pytest.fixture
def coordinator(db, client_of, now) -> Coordinator:
    token = found_school(
        actor=SYSTEM,
        name="Harrow Lake",
        time_zone="America/New_York",
        email="o@demo.example",
        coordinator="Ottoline Farrow",
        now=now,
    )
    client = client_of()
    client.post(reverse("link", args=[token]))
    return Coordinator(client)


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch, now) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def test_the_lists_come_out_as_the_tutorial_tells(coordinator, now):
    days = {"starts_on": now.date(), "ends_on": now.date() + timedelta(days=300)}
    coordinator.press("program-new", name="First match", model="dyad", **days)
    program = Program.objects.get().pk
    mentors, mentees = (coordinator.import_list(program, role) for role in ("mentor", "mentee"))
    assert "Gender" in mentors and "Ethnicity" in mentees and "not read" in mentors
    print(coordinator.open("program", program))
    coordinator.press("rounds", program, name="Opening round")
    round = Round.objects.get()
    studio = coordinator.press("draft", round.pk)
    print(studio)
    from cheiron.queries.matching import studio_for
    from cheiron.core.access import Actor
    from cheiron.queries.people import actor_for
    from cheiron.models.people import Person
    st = studio_for(actor_for(Person.objects.get(email="o@demo.example").id), round.pk, now.date())
    for r in st.rows: print(r.group, r.name, r.with_whom, r.score, r.why)
    assert 0
