"""What the actions of a program share: what may be changed of its model, and how a new one is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import available_timezones

from cheiron.actions._ledger import record
from cheiron.catalog.programs import program_model
from cheiron.core.access import Actor, Role
from cheiron.core.errors import Invalid, Issue
from cheiron.core.programs.lifecycle import ProgramState, advance_program
from cheiron.core.programs.model import Asked, ProgramModel, check_model, with_questions
from cheiron.core.programs.words import USUAL, Words
from cheiron.core.text import say
from cheiron.models.people import Enrollment, Member
from cheiron.models.programs import Program


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
    cohort: str = ""
    time_zone: str = ""
    words: Words = USUAL
    questions: Mapping[str, Asked] = field(default_factory=dict)

    def of(self, model: ProgramModel) -> ProgramModel:
        """The model with these changes; ``Invalid`` if a program cannot run like that."""
        rhythm = {key: getattr(self, key) for key in ("meet_every_days", "meeting_minutes", "answer_within_days")}
        changed = replace(
            with_questions(model, program_model(model.key).questions, self.questions),
            mentees_per_mentor=self.mentees_per_mentor,
            rhythm=replace(model.rhythm, **rhythm),
            weights={key: int(self.weights.get(key, weight)) for key, weight in model.weights.items()},
            words=self.words,
        )
        issues = tuple(check_model(changed))
        if issues:
            raise Invalid(say("The program cannot run like this."), issues)
        return changed


def found(actor: Actor, program: Program, now: datetime) -> None:
    """Write a new program, open, with whoever creates it as its coordinator."""
    check_dates(program.starts_on, program.ends_on)
    check_zone(program.time_zone)
    if Program.objects.filter(school=program.school_id, name=program.name).exists():
        raise Invalid(say("There is already a program with this name."), (name_taken(program.name),))
    program.state = advance_program(ProgramState.DRAFT, ProgramState.OPEN)
    program.save(force_insert=True)
    member = Member.objects.get(school=program.school_id, person=actor.person_id)
    Enrollment.objects.create(member=member, program=program, role=Role.COORDINATOR, joined_at=now)
    record(actor, now, "program.create", program, model=program.model)


def name_taken(name: str) -> Issue:
    """Another program of the school has this name."""
    return Issue(say("“%(name)s” is taken.", name=name), say("Add the year or the cohort to the name."))


def check_zone(zone: str) -> None:
    """Refuse what is not the name of a time zone; empty means the school's."""
    if zone and zone not in available_timezones():
        problem = say("“%(zone)s” is not a time zone.", zone=zone)
        remedy = say("Write one such as America/Denver, or leave it empty for the time of the school.")
        raise Invalid(problem, (Issue(problem, remedy),))


def check_dates(starts_on: date, ends_on: date) -> None:
    """Refuse a program that ends before it begins."""
    if ends_on <= starts_on:
        problem = say("The program ends before it begins.")
        raise Invalid(problem, (Issue(problem, say("Choose a last day after the first.")),))
