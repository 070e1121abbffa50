"""A page asks the database at most fifteen questions, and as many with one row as with many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cheiron.actions import matching
from cheiron.models.ledger import Letter
from cheiron.models.matching import Override, Round
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.messages import Message, MessageReport
from cheiron.models.people import Enrollment, JoinRequest, Member, Person, ReportingLine
from cheiron.models.programs import IntakeSheet, Program, Wish
from tests.cast import DAY, NOW
from tests.guarantees.walk import STOPS

MOST = 15
MANY = 20
READERS = ("mentee", "mentor", "other_mentee", "other_mentor", "coordinator", "administrator", "anonymous")
PAGES = {stop.name: stop for stop in STOPS}


def crowd(cast, role: str) -> list[Enrollment]:
    """Many people of one role."""
    people = Person.objects.bulk_create(Person(email=f"{role}{n}@riverside.example") for n in range(MANY))
    members = Member.objects.bulk_create(
        Member(school_id=cast.school, person=one, external_id=f"{role}-{n}", name=f"Crowd {role} {n}", title="T")
        for n, one in enumerate(people)
    )
    parts = Enrollment.objects.bulk_create(
        Enrollment(member=one, program_id=cast.program, role=role, joined_at=NOW) for one in members
    )
    facts = {"topics": ["Sepsis"], "goals": ["Promotion"]}
    IntakeSheet.objects.bulk_create(IntakeSheet(enrollment=one, facts=facts, capacity=2) for one in parts)
    return parts


def pair(cast, mentee: str, mentor: str, state: str, **more) -> Mentorship:
    return Mentorship(
        program_id=cast.program, round_id=cast.past_round, mentee_id=mentee, mentor_id=mentor, role="mentor", score=500_000,
        state=state, proposed_at=NOW, answer_by=(NOW + DAY).date(), **more,
    )  # fmt: skip


def multiply(cast) -> None:
    """Many of everything that a page might list."""
    mentees, mentors = crowd(cast, "mentee"), crowd(cast, "mentor")
    with_me = [pair(cast, one.id, cast.parts["M-1"], "active") for one in mentees[:8]]
    with_me += [pair(cast, one.id, cast.parts["M-2"], "proposed") for one in mentees[8:12]]
    with_me += [pair(cast, cast.parts["E-1"], one.id, "active") for one in mentors[:6]]
    with_me += [pair(cast, cast.parts["E-2"], one.id, "proposed", question="Why?") for one in mentors[6:9]]
    Mentorship.objects.bulk_create(with_me)
    for n, one in enumerate(with_me):
        Meeting.objects.create(
            mentorship=one, starts_at=NOW + (n + 1) * DAY, state=("agreed", "proposed")[n % 2],
            proposed_by_id=one.mentee_id, changed_at=NOW, place="Here",
        )  # fmt: skip
        AgendaPoint.objects.create(mentorship=one, text="A point", written_at=NOW)
        Message.objects.create(mentorship=one, by_id=one.mentee_id, once="x", text="Unread.", sent_at=NOW)
        ChangeRequest.objects.create(mentorship=one, asked_by_id=one.mentee_id, note="x", asked_at=NOW)
    JoinRequest.objects.bulk_create(
        JoinRequest(link_id=cast.join_link, name=f"Asker {n}", email=f"ask{n}@riverside.example", asked_at=NOW)
        for n in range(MANY)
    )
    mine = Mentorship.objects.get(pk=cast.mentorship)
    for n in range(MANY):
        Meeting.objects.create(mentorship=mine, starts_at=NOW - (n + 2) * DAY, state="held", proposed_by_id=mine.mentee_id,
                               changed_at=NOW)  # fmt: skip
        AgendaPoint.objects.create(mentorship=mine, text=f"Point {n}", written_at=NOW)
        Contact.objects.create(mentorship=mine, kind="call", on_day=NOW.date(), minutes=5, logged_by_id=mine.mentor_id,
                               logged_at=NOW)  # fmt: skip
        wrote = Message.objects.create(mentorship=mine, by_id=(mine.mentee_id, mine.mentor_id)[n % 2], once=f"{n}", text="x",
                                       sent_at=NOW - n * DAY, read_at=NOW)  # fmt: skip
        MessageReport.objects.create(message=wrote, by_id=(mine.mentor_id, mine.mentee_id)[n % 2], reported_at=NOW)
        Letter.objects.create(program_id=cast.program, to=cast.person("mentee"), to_name="M", kind="x", once=f"x{n}",
                              subject="S", body="B", written_at=NOW, next_attempt_at=NOW)  # fmt: skip
        Round.objects.create(program_id=cast.program, name=f"R{n}", weights={}, answer_by=NOW.date(), created_at=NOW)
    ReportingLine.objects.bulk_create(
        ReportingLine(school_id=cast.school, student=one.member, assessor=other.member, kind="grades")
        for one, other in zip(mentees, mentors, strict=True)
    )
    Wish.objects.filter(mentee=cast.parts["E-2"]).delete()
    Wish.objects.bulk_create(Wish(mentee_id=cast.parts["E-2"], mentor=one, rank=n) for n, one in enumerate(mentors[:6]))
    _more_programs(cast)
    IntakeSheet.objects.filter(enrollment__in=[cast.parts["M-1"], cast.parts["M-2"]]).update(capacity=12)
    given = {"actor": cast.actor("coordinator"), "now": NOW}
    for n, one in enumerate(mentees[12:]):
        Override.objects.create(round_id=cast.draft, kind="forbid", mentee=one, mentor=mentors[n], made_at=NOW,
                                made_by_id=cast.persons["coordinator"], reason="x")  # fmt: skip
    matching.draft_round(**given, round_id=cast.draft)
    matching.reopen_round(**given, round_id=cast.reviewed)
    matching.draft_round(**given, round_id=cast.reviewed)
    matching.review_round(**given, round_id=cast.reviewed, answer_by=(NOW + DAY).date())


def _more_programs(cast) -> None:
    base = Program.objects.get(pk=cast.program)
    for n in range(MANY):
        program = Program.objects.create(school_id=cast.school, name=f"P{n}", model="dyad", settings=base.settings,
                                         starts_on=base.starts_on, ends_on=base.ends_on, created_at=NOW)  # fmt: skip
        for who, role in (("mentee", "mentee"), ("mentor", "mentor"), ("other_mentee", "mentee")):
            member = Member.objects.get(school=cast.school, person=cast.persons[who])
            Enrollment.objects.create(member=member, program=program, role=role, joined_at=NOW)


def counts(cast, client_of) -> dict[tuple[str, str], int]:
    """Queries of every page that each reader gets."""
    found = {}
    for who in READERS:
        client = client_of(None if who == "anonymous" else cast.person(who))
        for name, stop in PAGES.items():
            with CaptureQueriesContext(connection) as queries:
                response = client.get(stop.url(cast))
            if response.status_code == 200:
                asked = [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
                found[who, name] = len(asked)
    return found


@pytest.fixture
def few_and_many(cast, client_of) -> tuple[dict, dict]:
    few = counts(cast, client_of)
    multiply(cast)
    return few, counts(cast, client_of)


def test_a_page_asks_as_much_with_many_rows_as_with_few_and_never_more_than_fifteen(few_and_many):
    few, many = few_and_many
    assert len(few) >= 55
    assert set(few) <= set(many)
    assert {key: (few[key], many[key]) for key in few if many[key] > few[key]} == GROWS
    assert {key: n for key, n in {**few, **many}.items() if n > MOST} == {}


GROWS: dict[tuple[str, str], tuple[int, int]] = {}
"""Nothing may stand here."""


def test_there_are_many_rows_indeed(cast, client_of):
    multiply(cast)
    home = client_of(cast.person("mentor")).get("/").context["home"]
    assert (len(home.as_mentor), len(home.coming) > 5, len(home.programs)) == (9, True, MANY + 1)
    people = client_of(cast.person("coordinator")).get(f"/programs/{cast.program}/people/").context["page"]
    assert people.paginator.count == 10 + 2 * MANY


def test_a_second_page_costs_what_the_first_does(cast, client_of):
    multiply(cast)
    client = client_of(cast.person("coordinator"))
    costs = []
    for number in (1, 2):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"/programs/{cast.program}/letters/", {"page": number})
        assert page.status_code == 200
        costs.append(len(queries))
    assert costs[0] >= costs[1]
