"""What all parts of the demo's story share: its people, its clock, and how somebody enters a program."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from cheiron.actions._ledger import record
from cheiron.catalog.demo import parts
from cheiron.catalog.demo.people import Character
from cheiron.catalog.demo.year import Clock
from cheiron.catalog.programs import program_model
from cheiron.core.access import Actor, Role
from cheiron.core.matching.score import Participant
from cheiron.core.programs.model import write_model
from cheiron.models.people import Enrollment, Member, Person, School
from cheiron.models.programs import IntakeSheet, Program, Wish
from cheiron.queries.programs import facts_from

PASSWORD = UNUSABLE_PASSWORD_PREFIX + "nobody signs in to the demo by password"
LONGITUDINAL, FOUNDATIONS = "Longitudinal Mentoring", "Foundations Mentoring, class of %s"
PAIRED = (Role.MENTEE, Role.MENTOR)


@dataclass
class Story:
    """What the steps of the build hand on to one another."""

    clock: Clock
    school: School
    coordinator: Actor
    cast: tuple[Character, ...]
    members: dict[str, Member] = field(default_factory=dict)
    """By number; those whom the story needs by name also by their part."""


def new_member(school: School, number: str, one: dict) -> Member:
    person = Person.objects.create(email=one["email"], password=PASSWORD)
    return Member.objects.create(school=school, person=person, external_id=number, name=one["name"], title=one["title"])


def new_program(school: School, actor: Actor, name: str, clock: Clock, *, begins: int, days: int) -> Program:
    """A program of one mentor with one mentee, written down a week before it began or three weeks before today."""
    starts, written = clock.today - timedelta(days=begins), clock.ago(max(begins + 7, 28), 15)
    program = Program.objects.create(
        school=school,
        name=name,
        model="dyad",
        settings=write_model(program_model("dyad")),
        starts_on=starts,
        ends_on=starts + timedelta(days=days),
        created_at=written,
    )
    record(actor, written, "program.create", program, model="dyad")
    return program


def enroll_all(story: Story, program: Program, entries: Iterable[parts.Entry]) -> dict[str, Enrollment]:
    """Enrollments with their sheets, by number and part."""
    entries = list(entries)
    rows = [
        Enrollment(
            member=story.members[entry.one.number],
            program=program,
            role=entry.role,
            invited_at=entry.invited_at,
            joined_at=entry.joined_at,
        )
        for entry in entries
    ]
    Enrollment.objects.bulk_create(rows)
    IntakeSheet.objects.bulk_create(
        IntakeSheet(
            enrollment=row,
            facts=entry.sheet.facts,
            about=entry.sheet.about,
            statement=entry.sheet.statement,
            capacity=entry.sheet.capacity,
            finished_at=entry.finished_at,
        )
        for row, entry in zip(rows, entries, strict=True)
    )
    return {entry.key: row for entry, row in zip(entries, rows, strict=True)}


def make_wishes(program: Program, topic: str, how_many: float, sure: Enrollment) -> None:
    """Those who have finished their sheets wish for mentors who have finished theirs and let themselves be listed."""
    rows = program.enrollments.filter(sheet__finished_at__isnull=False, sheet__listed=True, left_at=None)
    rows = rows.select_related("sheet").order_by("member__external_id")
    sides = ([Participant(row.id, facts_from(row.sheet.facts)) for row in rows.filter(role=role)] for role in PAIRED)
    Wish.objects.bulk_create(
        Wish(mentee_id=mentee, mentor_id=mentor, rank=rank)
        for mentee, mentor, rank in parts.wishes(topic, *sides, how_many, sure.id)
    )


def mentors_in(program: Program) -> list[Enrollment]:
    return list(
        program.enrollments.filter(role=Role.MENTOR).select_related("sheet", "member").order_by("member__external_id")
    )
