"""The demo: a school of invented people with a year behind it and a round about to be matched.

Rounds, answers, invitations and requests are made by the real actions, each at its own instant of the past, so that
letters, audit and reasons are what the product itself would have left. The year of meetings is written in bulk.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Model, signals

from cheiron.actions._demo_foundations import draft_opening_round, tell_foundations
from cheiron.actions._demo_longitudinal import (
    ask_for_changes,
    book_door_meeting,
    propose_anew,
    tell_longitudinal,
    write_the_year,
)
from cheiron.actions._demo_story import PASSWORD, Story, new_member, new_program
from cheiron.actions._ledger import record
from cheiron.catalog.demo import chance, parts, words
from cheiron.catalog.demo.people import everybody
from cheiron.catalog.demo.year import Clock
from cheiron.core.access import SYSTEM, Actor, Role
from cheiron.core.errors import Conflict, Denied
from cheiron.core.text import say
from cheiron.models.base import ALPHABET, ID_LENGTH
from cheiron.models.ledger import Letter
from cheiron.models.matching import Round
from cheiron.models.people import Enrollment, Member, Person, ReportingLine, School
from cheiron.models.volunteered import Volunteered
from cheiron.queries.people import actor_for


@transaction.atomic
def build_demo_school(*, actor: Actor = SYSTEM, now: datetime) -> str:
    """Fill an empty database with the demo. The same ``now`` gives the same content, ids included. Returns its id."""
    if not actor.system:
        raise Denied(say("The demo school is built on the server's command line."))
    if School.objects.exists():
        raise Conflict(say("There is a school here already. The demo is built in an empty database."))
    with _steady_ids():
        story = _found(now)
        _reporting_lines(story)
        _volunteered(story)
        longitudinal = tell_longitudinal(story)
        _neighbor(story)
        foundations = tell_foundations(story)
        ask_for_changes(story, longitudinal)
        propose_anew(story, longitudinal)
        draft_opening_round(story, foundations)
        write_the_year(story, longitudinal)
        book_door_meeting(story, longitudinal)
        _sent_until(story.clock.ago(5))
        record(actor, now, "demo.build", story.school, people=len(story.cast))
    return story.school.id


@contextmanager
def _steady_ids() -> Iterator[None]:
    """While it lasts, new rows get ids and lots from the demo's own chance, those that actions make too."""
    draw = chance("ids")

    def give(sender: type[Model], args: Sequence, kwargs: dict, **_: object) -> None:
        key = sender._meta.pk
        if not args and key.default is not None and getattr(key, "max_length", None) == ID_LENGTH:
            kwargs.setdefault(key.attname, "".join(draw.choices(ALPHABET, k=ID_LENGTH)))
        if sender is Round and not args:
            kwargs.setdefault("seed", draw.randrange(1_000_000_000))

    signals.pre_init.connect(give, weak=False)
    try:
        yield
    finally:
        signals.pre_init.disconnect(give)


def _found(now: datetime) -> Story:
    """The school, its staff and all its people."""
    cast = words("cast")
    school = School.objects.create(name=cast["school"])
    for number, (role, one) in enumerate(cast["staff"].items()):
        if role != "neighbor":
            member = new_member(school, f"A{1010 + number}", one)
            Enrollment.objects.create(member=member, role=role, joined_at=now - timedelta(days=400))
    coordinator = Person.objects.get(email=cast["staff"]["coordinator"]["email"])
    clock = Clock(now, ZoneInfo(school.time_zone))
    story = Story(clock, school, actor_for(coordinator.id), everybody())
    _register(story)
    record(SYSTEM, clock.ago(370), "school.found", school)
    return story


def _register(story: Story) -> None:
    persons = [Person(email=one.email, password=PASSWORD) for one in story.cast]
    members = [
        Member(school=story.school, person=person, external_id=one.number, name=one.name, title=one.title)
        for person, one in zip(persons, story.cast, strict=True)
    ]
    Person.objects.bulk_create(persons)
    Member.objects.bulk_create(members)
    for one, member in zip(story.cast, members, strict=True):
        story.members[one.number] = member
        story.members.setdefault(one.part or one.number, member)


def _neighbor(story: Story) -> None:
    """A second school, which the first never sees."""
    cast = words("cast")
    school = School.objects.create(name=cast["neighbor"], time_zone="America/Los_Angeles")
    member = new_member(school, "1", cast["staff"]["neighbor"])
    Enrollment.objects.create(member=member, role=Role.COORDINATOR, joined_at=story.clock.ago(200))
    new_program(school, actor_for(member.person_id), "First-Year Mentoring", story.clock, begins=-30, days=300)


def _reporting_lines(story: Story) -> None:
    ReportingLine.objects.bulk_create(
        ReportingLine(school=story.school, student=story.members[student], assessor=story.members[assessor], kind=kind)
        for student, assessor, kind in parts.reporting_lines(story.cast)
    )


def _volunteered(story: Story) -> None:
    students = chance("volunteered").sample([one for one in story.cast if one.kind == "student" and not one.part], 7)
    Volunteered.objects.bulk_create(
        Volunteered(member=story.members[one.number], **told)
        for one, told in zip(students, words("cast")["volunteered"], strict=True)
    )
    _told_by_many(story, {one.number for one in students})


def _told_by_many(story: Story, but: set[str]) -> None:
    """Enough people for figures by group, drawn by lot and from nothing that is known of them."""
    draw, rows = chance("volunteering"), []
    for one in (one for one in story.cast if not one.part and one.number not in but):
        for attribute, (telling, weights) in words("cast")["told_by_many"].items():
            answers = draw.choices(list(weights), list(weights.values()))
            tells, matching, figures = (draw.random() < share for share in (telling, 0.5, 0.9))
            told = {"attribute": attribute, "answers": answers, "for_matching": matching, "for_figures": figures}
            rows += [Volunteered(member=story.members[one.number], **told)] if tells else []
    Volunteered.objects.bulk_create(rows)


def _sent_until(day: datetime) -> None:
    """Letters up to that day have left; the last days' letters stand in the outbox, and stay there."""
    Letter.objects.filter(written_at__lt=day).update(sent_at=F("written_at") + timedelta(seconds=70), attempts=1)
