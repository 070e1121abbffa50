"""G4: schools on one instance never mix. Three schools with the same people, numbers and titles live side by side;
whatever is done in one, no row ties two schools together and no page of one holds an id of another."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from cheiron.actions import imports, matching, meetings, mentorships, people, programs
from cheiron.actions.schools import found_school
from cheiron.core.access import SYSTEM, Actor
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.gateways.links import link_id_in, token_for
from cheiron.models.ledger import Letter, OneTimeLink
from cheiron.models.matching import Override, Round, Run
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.messages import Message, MessageReport, Mute
from cheiron.models.people import Enrollment, Member, Person, ReportingLine, RosterImport
from cheiron.models.programs import Program, Wish
from cheiron.queries.people import actor_for
from tests.cast import NOW, roster

pytestmark = pytest.mark.xdist_group("oracle")

PATHS = {
    Program: ("school",),
    Member: ("school",),
    Enrollment: ("member__school", "program__school"),
    Wish: ("mentee__member__school", "mentor__member__school"),
    RosterImport: ("program__school",),
    ReportingLine: ("school", "student__school", "assessor__school"),
    Round: ("program__school",),
    Run: ("round__program__school",),
    Override: ("round__program__school", "mentee__member__school", "mentor__member__school"),
    Mentorship: ("program__school", "round__program__school", "mentee__member__school", "mentor__member__school"),
    Meeting: ("mentorship__program__school", "proposed_by__member__school"),
    AgendaPoint: ("mentorship__program__school", "meeting__mentorship__program__school"),
    Contact: ("mentorship__program__school", "logged_by__member__school"),
    Message: ("mentorship__program__school", "by__member__school"),
    MessageReport: ("message__mentorship__program__school", "by__member__school"),
    Mute: ("mentorship__program__school", "by__member__school"),
    ChangeRequest: ("mentorship__program__school", "asked_by__member__school"),
    Letter: ("program__school", "link__enrollment__program__school"),
}
"""Each table, and the ways from its rows to a school: they must all lead to the same one."""
REFUSALS = (NotFound, Denied, Invalid, Conflict)


@dataclass
class School:
    """One of the three: who runs it, and its program."""

    coordinator: str
    id: str
    program: str
    imported: int = 0
    rounds: list[str] = field(default_factory=list)


class Instance:
    """Chooses a school and something to do there, again and again."""

    def __init__(self, client_of, chance: random.Random) -> None:
        self.client_of, self.chance, self.now = client_of, chance, NOW
        self.schools = [self.found(n) for n in range(3)]
        self.pages = self.strangers = self.refused = 0

    def found(self, n: int) -> School:
        given = {"name": f"School {n}", "time_zone": "UTC", "coordinator": "Cora Lang"}
        token = found_school(actor=SYSTEM, **given, email=f"c{n}@school.example", now=NOW)
        who = OneTimeLink.objects.get(pk=link_id_in(token)).person_id
        dates = {"starts_on": date(2026, 10, 1), "ends_on": date(2027, 9, 30)}
        program = programs.create_program(actor=actor_for(who), model="dyad", name="Scholars", **dates, now=NOW)
        return School(who, Program.objects.get(pk=program).school_id, program)

    # what can happen

    def bring_a_list(self, school: School) -> None:
        """The same numbers, names and addresses at each school, the coordinators of the others among them."""
        role = self.chance.choice(("mentee", "mentor"))
        numbers = self.chance.sample(range(12), 3)
        rows = [{"ID": f"{role}-{n}", "Name": f"Person {n}", "Email": f"{role}{n}@shared.example"} for n in numbers]
        other = self.chance.randrange(3)
        rows.append({"ID": f"{role}-c{other}", "Name": "Cora Lang", "Email": f"c{other}@school.example"})
        facts = {"Goals": "First grant", "Topics": "Sepsis", "Specialties": "Surgery", "Roles": "Coach", "Capacity": 2}
        rows = [row | facts for row in rows]
        given = {"actor": actor_for(school.coordinator), "now": self.now}
        content = roster(*rows)
        made = imports.upload_roster(
            **given, program_id=school.program, role=role, filename="list.csv", content=content
        )
        imports.apply_roster(**given, import_id=made)

    def invite(self, school: School) -> None:
        actor = actor_for(school.coordinator)
        people.invite(actor=actor, program_id=school.program, enrollments=None, now=self.now)

    def accept_an_invitation(self, school: School) -> None:
        waiting = OneTimeLink.objects.filter(used_at=None, enrollment__program=school.program).order_by("id")
        people.use_link(actor=Actor(None), token=token_for(self.one(waiting).id), now=self.now)

    def match(self, school: School) -> None:
        given = {"actor": actor_for(school.coordinator), "now": self.now}
        name = f"Round {len(school.rounds)}"
        round_id = matching.create_round(**given, program_id=school.program, name=name)
        school.rounds.append(round_id)
        matching.draft_round(**given, round_id=round_id)
        matching.review_round(**given, round_id=round_id, answer_by=(self.now + timedelta(days=20)).date())
        matching.publish_round(**given, round_id=round_id)

    def answer_a_proposal(self, school: School) -> None:
        pair = self.one(Mentorship.objects.filter(program=school.program, state="proposed").order_by("id"))
        mentor = actor_for(pair.mentor.member.person_id)
        mentorships.accept_mentee(actor=mentor, mentorship_id=pair.id, now=self.now)

    def write_a_point(self, school: School) -> None:
        pair = self.one(Mentorship.objects.filter(program=school.program, state="active").order_by("id"))
        mentee = actor_for(pair.mentee.member.person_id)
        meetings.add_point(actor=mentee, mentorship_id=pair.id, text="A point", now=self.now)

    def reach_into_another_school(self, school: School) -> None:
        """With the right id of the wrong school; nobody here has a staff role there."""
        other = self.chance.choice([one for one in self.schools if one is not school])
        round_id = other.rounds[-1] if other.rounds else "zzzzzzzzzzzz"
        given = {"actor": actor_for(school.coordinator), "now": self.now}
        part = Enrollment.objects.filter(program=other.program).order_by("id").first()
        part_id = part.id if part else "zzzzzzzzzzzz"
        own = school.rounds[-1] if school.rounds else "zzzzzzzzzzzz"
        pair = {"kind": "forbid", "mentee": part_id, "mentor": part_id, "reason": ""}
        reach = self.chance.choice(
            (
                lambda: people.invite(**given, program_id=other.program, enrollments=None),
                lambda: matching.draft_round(**given, round_id=round_id),
                lambda: matching.create_round(**given, program_id=other.program, name="Mine"),
                lambda: matching.decide_pair(**given, round_id=own, **pair),
                lambda: mentorships.withdraw(**given, program_id=school.program, enrollment_id=part_id),
                lambda: mentorships.withdraw(**given, program_id=other.program, enrollment_id=part_id),
            )
        )
        with pytest.raises(REFUSALS), transaction.atomic():
            reach()
        self.refused += 1

    def look(self, school: School) -> None:
        """A page of staff, and every id of the other schools that might stand in it."""
        route = self.chance.choice(("program", "people", "rounds", "pairs", "letters", "audit", "staff"))
        browser = self.client_of(Person.objects.get(pk=school.coordinator))
        page = browser.get(reverse(route, args=[school.program]))
        assert page.status_code == 200, route
        text, foreign = page.content.decode(), self.ids_of_others(school)
        assert {one for one in foreign if one in text} == set(), route
        self.pages += 1
        self.strangers += len(foreign)

    def ids_of_others(self, school: School) -> set[str]:
        return {
            row
            for model, (path, *_) in PATHS.items()
            for row in model.objects.exclude(**{path: school.id}).values_list("pk", flat=True)
        }

    RULES = (
        *(bring_a_list, bring_a_list, invite, accept_an_invitation, accept_an_invitation, match),
        *(answer_a_proposal, write_a_point, reach_into_another_school, reach_into_another_school, look),
    )

    def one(self, rows):
        found = list(rows)
        if not found:
            raise Conflict("Nothing waits here.")
        return self.chance.choice(found)

    def step(self) -> None:
        """What cannot be done at the moment is refused, and changes nothing."""
        rule, school = self.chance.choice(self.RULES), self.chance.choice(self.schools)
        self.now += timedelta(minutes=3)
        try:
            with transaction.atomic():
                rule(self, school)
        except REFUSALS:
            self.refused += 1

    def mixed(self) -> dict[str, int]:
        """Rows by which two schools hang together."""
        found = {}
        for model, (first, *others) in PATHS.items():
            for other in others:
                rows = model.objects.exclude(**{f"{other}__isnull": True}).exclude(**{f"{first}__isnull": True})
                found[f"{model.__name__}.{other}"] = rows.exclude(**{first: F(other)}).count()
        return {name: n for name, n in found.items() if n}


def test_every_table_with_two_ways_to_a_school_is_watched():
    """A new table must be thought of here."""
    known = {model.__name__ for model in PATHS}
    both = {
        model.__name__
        for model in apps.get_app_config("cheiron").get_models()
        if len({one.related_model.__name__ for one in model._meta.concrete_fields if one.is_relation} & known) > 1
    }
    assert both - known == set()


@pytest.mark.guarantee("G4")
@pytest.mark.django_db
def test_schools_never_mix(client_of, monkeypatch, sized, counted):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    steps, instance = sized(200, 10_000), Instance(client_of, random.Random(4))
    for number in range(steps):
        instance.step()
        if number % 10 == 9:
            assert instance.mixed() == {}
    assert instance.mixed() == {}
    counted("steps", steps)
    counted("pages", instance.pages)
    counted("foreign ids looked for", instance.strangers)
    counted("refusals", instance.refused)
    assert len(set(Mentorship.objects.values_list("program__school", flat=True))) > 1, "too little has happened"
