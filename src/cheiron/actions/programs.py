"""Programs and intake sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from cheiron.actions._ledger import record
from cheiron.catalog.programs import program_model
from cheiron.core.access import MENTORS, Actor, Permission, Role
from cheiron.core.errors import Conflict, Invalid, Issue
from cheiron.core.programs.model import ProgramModel, check_model, write_model
from cheiron.core.text import say
from cheiron.models.people import Enrollment, Member
from cheiron.models.programs import IntakeSheet, Program, Wish
from cheiron.models.volunteered import Volunteered
from cheiron.queries import programs as queries


@transaction.atomic
def create_program(
    *,
    actor: Actor,
    model: str,
    name: str,
    starts_on: date,
    ends_on: date,
    now: datetime,
    mentees_per_mentor: int | None = None,
) -> str:
    """A program from a model of the catalog; whoever creates it coordinates it. Returns its id."""
    school = queries.school_for_new_program(actor)
    _check_dates(starts_on, ends_on)
    if Program.objects.filter(school=school, name=name).exists():
        raise Invalid(say("There is already a program with this name."), (_name_taken(name),))
    program = Program.objects.create(
        school=school,
        name=name,
        model=model,
        settings=write_model(_with_places(program_model(model), mentees_per_mentor)),
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=now,
    )
    member = Member.objects.get(school=school, person=actor.person_id)
    Enrollment.objects.create(member=member, program=program, role=Role.COORDINATOR, joined_at=now)
    record(actor, now, "program.create", program, model=model)
    return program.id


def _with_places(model: ProgramModel, places: int | None) -> ProgramModel:
    return model if places is None else replace(model, mentees_per_mentor=places)


def _name_taken(name: str) -> Issue:
    return Issue(say("“%(name)s” is taken.", name=name), say("Add the year or the cohort to the name."))


def _check_dates(starts_on: date, ends_on: date) -> None:
    if ends_on <= starts_on:
        problem = say("The program ends before it begins.")
        raise Invalid(problem, (Issue(problem, say("Choose a last day after the first.")),))


@dataclass(frozen=True)
class Adjustment:
    """What a coordinator may change of a program's model."""

    name: str
    starts_on: date
    ends_on: date
    mentees_per_mentor: int
    meet_every_days: int
    meeting_minutes: int
    answer_within_days: int
    weights: Mapping[str, int]


@transaction.atomic
def adjust_program(*, actor: Actor, program_id: str, adjustment: Adjustment, now: datetime) -> None:
    """Change a program's name, dates, ratio, rhythm and weights."""
    program = queries.program_for(actor, program_id, Permission.PROGRAM_EDIT, lock=True)
    _check_dates(adjustment.starts_on, adjustment.ends_on)
    model = queries.model_of(program)
    rhythm = {key: getattr(adjustment, key) for key in ("meet_every_days", "meeting_minutes", "answer_within_days")}
    model = replace(
        model,
        mentees_per_mentor=adjustment.mentees_per_mentor,
        rhythm=replace(model.rhythm, **rhythm),
        weights={key: int(adjustment.weights.get(key, weight)) for key, weight in model.weights.items()},
    )
    issues = tuple(check_model(model))
    if issues:
        raise Invalid(say("The program cannot run like this."), issues)
    if Program.objects.filter(school=program.school_id, name=adjustment.name).exclude(pk=program.pk).exists():
        raise Invalid(say("There is already a program with this name."), (_name_taken(adjustment.name),))
    program.name, program.starts_on, program.ends_on = adjustment.name, adjustment.starts_on, adjustment.ends_on
    program.settings = write_model(model)
    program.save(update_fields=["name", "starts_on", "ends_on", "settings"])
    record(actor, now, "program.adjust", program)


@dataclass(frozen=True)
class Intake:
    """One finished intake sheet."""

    facts: Mapping[str, object]
    about: str
    capacity: int
    paused_until: date | None
    listed: bool


@transaction.atomic
def save_intake(*, actor: Actor, program_id: str, role: str, intake: Intake, now: datetime) -> None:
    """Keep what a participant says of themselves; from now on no list writes over it."""
    enrollment = queries.own_enrollment_for(actor, program_id, role, lock=True)
    sheet, _ = IntakeSheet.objects.get_or_create(enrollment=enrollment)
    kept = {key: value for key, value in sheet.facts.items() if key not in intake.facts}
    sheet.facts = {**kept, **{key: value for key, value in intake.facts.items() if value}}
    sheet.about, sheet.capacity = intake.about, intake.capacity
    sheet.paused_until, sheet.listed, sheet.finished_at = intake.paused_until, intake.listed, now
    sheet.save()
    if enrollment.joined_at is None:
        Enrollment.objects.filter(pk=enrollment.pk).update(joined_at=now)
    record(actor, now, "intake.save", enrollment)


@transaction.atomic
def order_wishes(*, actor: Actor, program_id: str, mentors: Sequence[str], now: datetime) -> None:
    """Put a mentee's wishes in this order; a new wish for a mentor who cannot be wished for is refused."""
    enrollment = queries.own_enrollment_for(actor, program_id, Role.MENTEE, lock=True)
    actor.require(Permission.WISH_EDIT, enrollment.program.scope)
    wished = tuple(dict.fromkeys(mentors))[:MOST_WISHES]
    listed = Enrollment.objects.filter(
        pk__in=wished, program=program_id, role__in=sorted(MENTORS), left_at=None, sheet__listed=True
    ).exclude(member__person=actor.person_id)
    standing = Wish.objects.filter(mentee=enrollment).values_list("mentor", flat=True)
    if not {*wished} <= {*listed.values_list("id", flat=True), *standing}:
        raise Conflict(say("One of these mentors is no longer in the directory. Please look at your wishes again."))
    Wish.objects.filter(mentee=enrollment).delete()
    Wish.objects.bulk_create(
        Wish(mentee=enrollment, mentor_id=mentor, rank=rank) for rank, mentor in enumerate(wished, start=1)
    )
    record(actor, now, "wishes.order", enrollment, wishes=len(wished))


MOST_WISHES = 6


@dataclass(frozen=True)
class SelfDescription:
    """What a person volunteers on one attribute, and for which purposes."""

    attribute: str
    answers: tuple[str, ...]
    own_words: str
    for_matching: bool
    for_figures: bool


@transaction.atomic
def volunteer(
    *, actor: Actor, program_id: str, role: str, descriptions: Sequence[SelfDescription], now: datetime
) -> None:
    """Keep what a person says of who they are, apart from everything else; an empty answer takes it back."""
    enrollment = queries.own_enrollment_for(actor, program_id, role, lock=True)
    Volunteered.objects.filter(
        member=enrollment.member_id, attribute__in=[description.attribute for description in descriptions]
    ).delete()
    Volunteered.objects.bulk_create(
        Volunteered(
            member_id=enrollment.member_id,
            attribute=description.attribute,
            answers=list(description.answers),
            own_words=description.own_words,
            for_matching=description.for_matching,
            for_figures=description.for_figures,
        )
        for description in descriptions
        if description.answers or description.own_words
    )
    record(Actor(None), now, "self-description.save", enrollment.program)
