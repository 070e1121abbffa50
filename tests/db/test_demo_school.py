"""The demo school: its numbers, that it is the same each time, and that it keeps the product's own promises."""

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from django.apps import apps
from django.core import serializers
from django.db import transaction
from django.db.models import Count, F, Sum
from django.test import Client

from cheiron.actions.demo_school import build_demo_school
from cheiron.catalog.demo.people import vocabulary
from cheiron.catalog.programs import program_model
from cheiron.core.access import SYSTEM, Actor, Role
from cheiron.core.errors import Conflict, Denied
from cheiron.core.matching.files import result_from_json
from cheiron.core.matching.verify import verify
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.models.figures import ReleasedTable
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.models.matching import Override, Round, Run
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.people import Enrollment, Member, Person, ReportingLine, School
from cheiron.models.programs import IntakeSheet, Program, Wish
from cheiron.models.volunteered import Volunteered
from cheiron.queries.home import home_for
from cheiron.queries.matching import problem_in
from cheiron.queries.operations import broken_link_of_chain
from cheiron.queries.people import DEMO_DOORS, actor_for
from cheiron.queries.programs import FACTS, programs_for
from cheiron.queries.stages import funnel

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]

NOW = datetime(2026, 3, 11, 15, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Built once, and taken back when this module is done. Also the digests of this and of an earlier build."""
    with django_db_blocker.unblock(), transaction.atomic():
        earlier = _built_and_taken_back()
        build_demo_school(actor=SYSTEM, now=NOW)
        yield earlier, digest()
        transaction.set_rollback(True)


def _built_and_taken_back() -> str:
    with transaction.atomic():
        build_demo_school(actor=SYSTEM, now=NOW)
        found = digest()
        transaction.set_rollback(True)
    return found


@pytest.fixture(autouse=True)
def _standing(demo):
    """Each test reads the one demo; what it writes itself is taken back."""


def digest() -> str:
    """Of every row of every table of Cheiron; the numbering of audit lines is the database's own."""
    seal = hashlib.sha256()
    for model in apps.get_app_config("cheiron").get_models():
        rows = json.loads(serializers.serialize("json", model.objects.order_by("pk")))
        for row in rows:
            seal.update(json.dumps(row if model is not AuditEvent else row["fields"], sort_keys=True).encode())
    return seal.hexdigest()


def by_door(door: str) -> Actor:
    return actor_for(Person.objects.get(email=f"{door}@demo.example").id)


def foundations() -> Program:
    return Program.objects.get(name__startswith="Foundations")


def longitudinal() -> Program:
    return Program.objects.get(name__startswith="Longitudinal")


# ---------- who is there ----------


def test_the_same_moment_gives_the_same_school(demo):
    earlier, later = demo
    assert earlier == later


def test_the_people_are_counted():
    titles = Counter(title.split()[0] for title in Member.objects.values_list("title", flat=True))
    years = Counter(Member.objects.filter(title__startswith="Year").values_list("title", flat=True))
    assert years == {"Year 1": 60, "Year 2": 60, "Year 3": 60, "Year 4": 60}
    assert titles["Assistant"] + titles["Associate"] + titles["Professor"] == 90
    assert titles["Resident"] == 30
    assert Member.objects.count() == Person.objects.count() == 240 + 90 + 30 + 4


def test_names_and_addresses_are_nobodys_and_used_once():
    names = list(Member.objects.values_list("name", flat=True))
    assert len(set(names)) == len(names)
    assert all(email.endswith("@demo.example") for email in Person.objects.values_list("email", flat=True))
    assert not any(person.has_usable_password() for person in Person.objects.all())


def test_the_other_school_is_never_seen():
    other = School.objects.get(name__startswith="Pine Sound")
    coordinator = actor_for(Member.objects.get(school=other).person_id)
    assert [program.name for program in programs_for(coordinator)] == ["First-Year Mentoring"]
    assert {program.name for program in programs_for(by_door("coordinator"))} == {
        foundations().name,
        longitudinal().name,
    }


def test_many_say_one_thing_about_themselves_so_that_published_rounds_have_figures_by_group():
    assert Volunteered.objects.filter(for_figures=True).count() > 100
    opening = ReleasedTable.objects.filter(run__round__program=longitudinal(), run__round__state="published")
    assert opening.exclude(about=b"").exists()


# ---------- the program about to be matched ----------


def test_the_funnel_narrows():
    rows = {row["role"]: row for row in funnel(foundations())}
    assert rows["mentee"]["listed"] == 119
    assert rows["mentor"]["listed"] == 70
    for row in (rows["mentee"], rows["mentor"]):
        assert row["listed"] > row["invited"] > row["joined"] > row["finished"] > row["listed"] / 2


def test_the_draft_is_certified_and_leaves_three_without_a_mentor():
    round = Round.objects.get(program=foundations())
    run = Run.objects.filter(round=round).order_by("-number").first()
    result = result_from_json(run.result)
    assert round.state == "draft"
    assert verify(problem_in(run), result) == ()
    assert (len(result.pairs), len(result.unmatched)) == (116, 3)


def test_every_saved_run_is_certified():
    runs = list(Run.objects.all())
    assert len(runs) == 8
    assert [verify(problem_in(run), result_from_json(run.result)) for run in runs] == [()] * 8


def test_two_pairs_are_kept_and_one_is_ruled_out_by_hand():
    rows = Override.objects.filter(round__program=foundations(), undone_at=None)
    assert Counter(rows.values_list("kind", flat=True)) == {"lock": 2, "forbid": 1}
    assert all(row.reason for row in rows)


def test_wishes_prefer_a_few_mentors():
    wishes = Counter(Wish.objects.filter(mentee__program=foundations()).values_list("mentor", flat=True))
    counts = [count for _, count in wishes.most_common()]
    assert counts[0] > 4 * counts[len(counts) // 2] > 4 * counts[-1]
    assert Wish.objects.filter(mentee__member__person__email="waiting@demo.example").exists()


def test_places_are_one_to_four_and_three_mentors_pause():
    sheets = IntakeSheet.objects.filter(enrollment__program=foundations(), enrollment__role=Role.MENTOR)
    assert set(sheets.values_list("capacity", flat=True)) == {1, 2, 3, 4}
    assert sheets.filter(paused_until__gt=NOW.date()).count() == 3


# ---------- the year-old program ----------


def test_the_mentorships_are_counted():
    rounds = Mentorship.objects.values_list("round__name", "state").annotate(n=Count("id"))
    assert {(name, state): n for name, state, n in rounds} == {
        ("Opening round", "active"): 103,
        ("Opening round", "ended"): 5,
        ("Opening round", "declined"): 4,
        ("Opening round", "lapsed"): 3,
        ("Second look", "active"): 6,
        ("Second look", "ended"): 1,
        ("For those who wait", "active"): 2,
        ("For those who wait", "proposed"): 7,
    }


def test_parts_sum_to_scores():
    rows = list(Mentorship.objects.all())
    assert [sum(part["adds"] for part in row.reason) for row in rows] == [row.score for row in rows]
    assert all(row.reason for row in rows)


def test_nobody_is_paired_with_who_assesses_them():
    lines = set(ReportingLine.objects.values_list("student", "assessor"))
    pairs = set(Mentorship.objects.values_list("mentee__member", "mentor__member"))
    members = dict(Enrollment.objects.values_list("id", "member"))
    for run in Run.objects.all():
        pairs |= {(members[pair["mentee"]], members[pair["mentor"]]) for pair in run.result["pairs"]}
    assert len(lines) > 100
    assert not lines & pairs


def test_nobody_has_more_mentees_than_places():
    taken = Enrollment.objects.filter(mentorships_as_mentor__state__in=OPEN).annotate(n=Count("mentorships_as_mentor"))
    assert taken.exists()
    assert not taken.filter(n__gt=F("sheet__capacity")).exists()


def test_the_pairs_meet_about_once_a_month():
    held = Meeting.objects.filter(state="held", mentorship__round__name="Opening round", mentorship__state="active")
    counts = sorted(held.values_list("mentorship").annotate(n=Count("id")).values_list("n", flat=True))
    assert len(counts) == 103
    assert 8 <= counts[len(counts) // 2] <= 12
    assert counts[0] <= 3


def test_time_runs_forward():
    meetings = Meeting.objects.select_related("mentorship__program__school")
    assert not meetings.filter(state="held", starts_at__gt=NOW).exists()
    assert not meetings.exclude(state="held").filter(starts_at__lt=NOW).exists()
    assert not meetings.filter(starts_at__lt=F("mentorship__answered_at")).exists()
    assert not meetings.filter(starts_at__gt=F("mentorship__ended_at")).exists()
    assert not meetings.filter(changed_at__gt=NOW).exists()
    assert not AgendaPoint.objects.filter(written_at__gt=NOW).exists()
    assert not Contact.objects.filter(logged_at__gt=NOW).exists()
    assert not Letter.objects.filter(written_at__gt=NOW).exists()
    assert not Enrollment.objects.filter(joined_at__lt=F("invited_at") - timedelta(days=20)).exists()
    instants = list(AuditEvent.objects.order_by("sequence").values_list("at", flat=True))
    assert instants == sorted(instants)


def test_no_mentor_meets_two_mentees_at_once():
    rows = Meeting.objects.filter(state="held").values_list("mentorship__mentor", "starts_at")
    hours = [(mentor, at.replace(minute=0)) for mentor, at in rows]
    assert len(set(hours)) == len(hours)


def test_meetings_are_at_the_hours_of_the_two():
    assert {meeting.starts_at.weekday() for meeting in Meeting.objects.all()} == {0, 1, 2, 3, 4}


def test_what_is_open_waits_for_somebody():
    assert ChangeRequest.objects.filter(settled_at=None).count() == 3
    waiting = Letter.objects.filter(sent_at=None)
    assert Counter(waiting.values_list("kind", flat=True))["proposal"] >= 5
    assert not waiting.filter(written_at__lt=NOW - timedelta(days=6)).exists()
    assert Mentorship.objects.exclude(question="").get().question_answer


# ---------- words ----------


def test_facts_keep_to_the_vocabulary():
    model = program_model("dyad")
    options = {question.key: set(question.options) for question in model.questions if question.options}
    most = {question.key: question.most for question in model.questions}
    for facts in IntakeSheet.objects.values_list("facts", flat=True):
        assert set(facts) <= set(FACTS)
        assert all(facts.values())
        for key, value in facts.items():
            known = {"stage": set(model.career_stages)}.get(key) or options.get(key) or vocabulary()
            assert set([value] if isinstance(value, str) else value) <= known
            assert isinstance(value, str) or (len(value) <= most[key] and len(set(value)) == len(value))


def test_people_speak_in_words_of_their_own():
    said = IntakeSheet.objects.exclude(about="").values_list("enrollment__member", "about")
    abouts = [about for _, about in set(said)]
    sentences = Counter(chain.from_iterable(about.split(". ") for about in abouts))
    assert len(sentences) >= 100
    assert len(set(abouts)) > 0.9 * len(abouts)
    assert AgendaPoint.objects.values("text").distinct().count() >= 60


def test_nobody_writes_the_same_point_twice():
    points = list(AgendaPoint.objects.values_list("mentorship", "text"))
    assert len(points) > 1000
    assert len(set(points)) == len(points)


# ---------- the doors ----------


@pytest.mark.parametrize("email", DEMO_DOORS)
def test_each_door_opens_on_a_home_page(email):
    person = Person.objects.get(email=email)
    client = Client()
    client.force_login(person)
    assert client.get("/").status_code == 200
    assert Enrollment.objects.filter(member__person=person, left_at=None).count() == 1


@pytest.mark.parametrize(
    ("door", "cards"),
    [
        ("mentor", ["answer", "next-meeting"]),
        ("mentee", ["next-meeting"]),
        ("waiting", ["queue"]),
        ("new.mentor", ["intake"]),
        ("coordinator", ["program", "program"]),
    ],
)
def test_behind_each_door_is_the_next_step(door, cards):
    home = home_for(by_door(door), NOW)
    assert [card.kind for card in home.cards] == cards


def test_the_mentor_and_the_mentee_of_the_doors_are_a_pair():
    mentor, mentee = by_door("mentor"), by_door("mentee")
    pair = Mentorship.objects.get(mentee__member__person=mentee.person_id)
    assert pair.mentor.member.person_id == mentor.person_id
    assert pair.state == "active"
    assert pair.meetings.filter(state="agreed", starts_at__gt=NOW).count() == 1
    assert pair.agenda.filter(meeting=None).count() == 3
    assert pair.contacts.exists()
    assert Mentorship.objects.filter(mentor=pair.mentor, state="active").count() >= 2


# ---------- how it is built ----------


def test_the_build_leaves_an_audit_that_holds():
    assert broken_link_of_chain() is None
    assert AuditEvent.objects.order_by("-sequence").first().verb == "demo.build"


def test_only_the_server_builds_it():
    with pytest.raises(Denied):
        build_demo_school(actor=Actor(None), now=NOW)


def test_it_is_built_in_an_empty_database_only():
    with pytest.raises(Conflict):
        build_demo_school(actor=SYSTEM, now=NOW)


def test_new_rows_get_ids_of_chance_again():
    assert School().id != School().id
    assert Contact.objects.aggregate(total=Sum("minutes"))["total"] > 0
