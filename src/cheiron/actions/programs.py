"""Programs and intake sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from cheiron.actions._ledger import record
from cheiron.actions._programs import Adjustment, check_dates, check_zone, found, name_taken
from cheiron.actions._waiting import tell_who_waits
from cheiron.catalog.programs import program_model
from cheiron.core.access import MENTORS, Actor, Permission, Role
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.programs.model import STATEMENT, ProgramModel
from cheiron.core.text import say
from cheiron.models.people import Enrollment
from cheiron.models.programs import IntakeDraft, IntakeSheet, Program, Wish
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
    own = _with_places(program_model(model), mentees_per_mentor)
    days = {"starts_on": starts_on, "ends_on": ends_on}
    program = Program(school=school, name=name, model=model, created_at=now, **days)
    program.take(own)
    found(actor, program, now)
    return program.id


def _with_places(model: ProgramModel, places: int | None) -> ProgramModel:
    return model if places is None else replace(model, mentees_per_mentor=places)


@transaction.atomic
def adjust_program(*, actor: Actor, program_id: str, adjustment: Adjustment, now: datetime) -> None:
    """Change a program's name, cohort, dates, time zone, ratio, rhythm, words, questions and weights."""
    program = queries.program_for(actor, program_id, Permission.PROGRAM_EDIT, lock=True)
    check_dates(adjustment.starts_on, adjustment.ends_on)
    check_zone(adjustment.time_zone)
    model = adjustment.of(queries.model_of(program))
    if Program.objects.filter(school=program.school_id, name=adjustment.name).exclude(pk=program.pk).exists():
        raise Invalid(say("There is already a program with this name."), (name_taken(adjustment.name),))
    program.name, program.starts_on, program.ends_on = adjustment.name, adjustment.starts_on, adjustment.ends_on
    program.cohort, program.time_zone = adjustment.cohort, adjustment.time_zone
    program.take(model)
    program.save(update_fields=["name", "starts_on", "ends_on", "cohort", "time_zone", "settings", "words"])
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
    sheet.facts = {**kept, **{key: value for key, value in intake.facts.items() if value and key != STATEMENT}}
    sheet.statement = str(intake.facts.get(STATEMENT, sheet.statement))
    sheet.about, sheet.capacity = intake.about, intake.capacity
    sheet.paused_until, sheet.listed, sheet.finished_at = intake.paused_until, intake.listed, now
    sheet.save()
    IntakeDraft.objects.filter(enrollment=enrollment).delete()
    if enrollment.joined_at is None:
        Enrollment.objects.filter(pk=enrollment.pk).update(joined_at=now)
    tell_who_waits(enrollment, now)
    record(actor, now, "intake.save", enrollment)


@transaction.atomic
def keep_draft(
    *, actor: Actor, program_id: str, role: str, typed: Mapping[str, Sequence[str]], edition: str, now: datetime
) -> None:
    """Keep what is typed so far, complete or not. The log hears that a draft was begun, not of every word in it."""
    enrollment = queries.own_enrollment_for(actor, program_id, role, lock=True)
    if queries.edition_of(enrollment) != edition:
        raise Conflict(say("You have finished this sheet in another window since. Load the page again to go on."))
    _draft, begun = IntakeDraft.objects.update_or_create(
        enrollment=enrollment, defaults={"typed": _within_limits(typed), "saved_at": now}
    )
    if begun:
        record(actor, now, "intake.begin", enrollment)


MOST_TYPED, MOST_TICKED = 2000, 60


def _within_limits(typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """No longer than the form would take it; without the one character that databases refuse."""
    return {
        name: [value.replace("\0", "")[:MOST_TYPED] for value in values[:MOST_TICKED]] for name, values in typed.items()
    }


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
