"""A new program, set up step by step: begun from a model or from last year's program, kept, created whole."""

from datetime import date, datetime, timedelta

from django.db import transaction

from cheiron.actions._ledger import post, record
from cheiron.actions._programs import Adjustment, check_dates, check_zone, found
from cheiron.catalog.programs import program_model
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict
from cheiron.core.programs.model import ProgramModel, write_model
from cheiron.core.text import say
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program, ProgramDraft
from cheiron.queries import people as people_queries
from cheiron.queries import programs as queries


@transaction.atomic
def begin_setup(*, actor: Actor, model: str, adjustment: Adjustment, now: datetime) -> str:
    """Begin a draft from a model of the catalog and the answers of the first step. Returns its id."""
    school = queries.school_for_new_program(actor)
    answers = _answers(adjustment, program_model(model))
    draft = ProgramDraft.objects.create(school=school, made_by_id=actor.person_id, answers=answers, changed_at=now)
    record(actor, now, "setup.begin", draft, model=model)
    return draft.id


def _answers(adjustment: Adjustment, model: ProgramModel) -> dict[str, object]:
    """A step as the draft keeps it, checked as a program would be; only a name may turn out to be taken later."""
    check_dates(adjustment.starts_on, adjustment.ends_on)
    check_zone(adjustment.time_zone)
    return {
        "settings": write_model(adjustment.of(model)),
        "name": adjustment.name,
        "cohort": adjustment.cohort,
        "time_zone": adjustment.time_zone,
        "starts_on": adjustment.starts_on.isoformat(),
        "ends_on": adjustment.ends_on.isoformat(),
    }


@transaction.atomic
def clone_program(*, actor: Actor, program_id: str, now: datetime) -> str:
    """Begin a draft of next year's program: settings, words, questions, weights and staff, but no people."""
    before = queries.program_for(actor, program_id, Permission.PROGRAM_EDIT)
    actor.require(Permission.PROGRAM_CREATE, before.scope)
    starts_on = before.ends_on + timedelta(days=1)
    answers = {
        "settings": before.settings,
        "time_zone": before.time_zone,
        "starts_on": starts_on.isoformat(),
        "ends_on": (starts_on + (before.ends_on - before.starts_on)).isoformat(),
    }
    draft = ProgramDraft.objects.create(
        school=before.school, made_by_id=actor.person_id, follows=before, answers=answers, changed_at=now
    )
    record(actor, now, "setup.begin", draft, follows=before.id)
    return draft.id


@transaction.atomic
def keep_setup(*, actor: Actor, draft_id: str, adjustment: Adjustment, now: datetime) -> None:
    """Keep one step of a draft."""
    draft = queries.setup_for(actor, draft_id, lock=True)
    draft.answers, draft.changed_at = _answers(adjustment, queries.model_in(draft)), now
    draft.save(update_fields=["answers", "changed_at"])
    record(actor, now, "setup.keep", draft)


@transaction.atomic
def finish_setup(*, actor: Actor, draft_id: str, now: datetime) -> str:
    """Create the program of a draft, whole; the staff of the year before goes along. Returns its id."""
    draft = queries.setup_for(actor, draft_id, lock=True)
    told = draft.answers
    if not told.get("name"):
        raise Conflict(say("The program has no name yet. Give it one in the step “Model and days”."))
    program = Program(
        school=draft.school,
        name=told["name"],
        model=told["settings"]["key"],
        starts_on=date.fromisoformat(told["starts_on"]),
        ends_on=date.fromisoformat(told["ends_on"]),
        cohort=told.get("cohort", ""),
        time_zone=told["time_zone"],
        follows=draft.follows,
        created_at=now,
    )
    program.take(queries.model_in(draft))
    found(actor, program, now)
    _take_staff_along(actor, program, now)
    draft.delete()
    return program.id


def _take_staff_along(actor: Actor, program: Program, now: datetime) -> None:
    """Whoever ran the program of the year before runs this one too, and is told."""
    rows = people_queries.staff_of(program.follows).filter(program=program.follows) if program.follows else []
    for row in rows:
        if row.member.person_id != actor.person_id:
            made = Enrollment.objects.create(member=row.member, program=program, role=row.role, invited_at=now)
            post(people_queries.appointment(program, made, now), program_id=program.id, now=now)


@transaction.atomic
def discard_setup(*, actor: Actor, draft_id: str, now: datetime) -> None:
    """Throw one's draft away."""
    draft = queries.setup_for(actor, draft_id, lock=True)
    record(actor, now, "setup.discard", draft)
    draft.delete()
