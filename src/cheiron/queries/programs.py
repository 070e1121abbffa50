"""Reads about programs and intake sheets."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from cheiron.core.access import TAKES_PART, Actor, Permission, Role, Scope
from cheiron.core.errors import Denied, NotFound
from cheiron.core.people.facts import Facts
from cheiron.core.programs.lifecycle import ProgramState, advance_program
from cheiron.core.programs.model import ProgramModel, read_model
from cheiron.core.text import say
from cheiron.models.people import Enrollment, Member, School
from cheiron.models.programs import IntakeDraft, Program, ProgramDraft, Wish
from cheiron.models.volunteered import Volunteered

FACTS = frozenset(Facts.__dataclass_fields__) - {"wishes", "statement"}


def program_for(actor: Actor, program_id: str, need: Permission, *, lock: bool = False) -> Program:
    """The program, if this actor may do this in it. Those who have no role in it are not told that it exists."""
    program = program_open_to(actor, program_id)
    actor.require(need, program.scope)
    if lock:
        state = Program.objects.select_for_update().only("state").get(pk=program.pk).state
        advance_program(ProgramState(state), ProgramState.CLOSED)  # whatever changes a program needs it open
    return program


def program_open_to(actor: Actor, program_id: str) -> Program:
    """The program, if the actor has any role in it."""
    program = Program.objects.select_related("school").filter(pk=program_id).first()
    if program is None or not actor.roles_in(program.scope):
        raise NotFound(say("There is no such program."))
    return program


def programs_for(actor: Actor) -> QuerySet[Program]:
    """Programs in which the actor has any role, newest first."""
    own = Q(pk__in=[scope.program_id for scope in actor.roles if scope.program_id])
    schools = Q(school__in=[scope.school_id for scope in actor.roles if scope.program_id is None])
    return Program.objects.filter(own | schools).select_related("school").order_by("-created_at", "id")


def school_for_new_program(actor: Actor) -> School:
    """The school in which the actor may create a program."""
    schools = [scope.school_id for scope in actor.scopes_with(Permission.PROGRAM_CREATE)]
    school = School.objects.filter(pk__in=schools).order_by("name", "id").first()
    if school is None:
        raise Denied(say("Only coordinators create programs."))
    return school


def setup_for(actor: Actor, draft_id: str, *, lock: bool = False) -> ProgramDraft:
    """A draft of a program, for the coordinator who makes it; for everybody else it does not exist."""
    rows = ProgramDraft.objects.select_related("school", "follows")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.filter(pk=draft_id, made_by=actor.person_id).first() if actor.person_id else None
    if found is None:
        raise NotFound(say("There is no such draft. It may have been finished or thrown away."))
    if Scope(found.school_id) not in {Scope(one.school_id) for one in actor.scopes_with(Permission.PROGRAM_CREATE)}:
        raise Denied(say("Only coordinators create programs."))
    return found


def setups_of(actor: Actor) -> QuerySet[ProgramDraft]:
    """The actor's own drafts, newest first."""
    rows = ProgramDraft.objects.filter(made_by=actor.person_id).select_related("follows")
    return rows.order_by("-changed_at", "id")


def model_in(draft: ProgramDraft) -> ProgramModel:
    """The program's model as far as the draft has come."""
    return read_model(draft.answers["settings"])


def model_of(program: Program) -> ProgramModel:
    """The program's own adjusted copy of its model."""
    return read_model(program.settings)


def own_enrollment_for(actor: Actor, program_id: str, role: str, *, lock: bool = False) -> Enrollment:
    """The actor's own part in a program, with its sheet."""
    rows = Enrollment.objects.filter(program=program_id, role=role, member__in=_themselves(actor), left_at=None)
    rows = rows.select_related("program__school", "sheet", "draft")
    found = next(iter(rows.select_for_update(of=("self",)) if lock else rows), None)
    if found is None or actor.person_id is None or role not in TAKES_PART:
        raise NotFound(say("You do not take part in this program in that role."))
    actor.require(Permission.INTAKE_FILL, found.program.scope)
    return found


def draft_of(enrollment: Enrollment) -> IntakeDraft | None:
    """What the person has typed and not finished; only that person's own pages ask here."""
    return getattr(enrollment, "draft", None)


def edition_of(enrollment: Enrollment) -> str:
    """When the sheet was finished last: what was typed into an older page does not write over a newer sheet."""
    sheet = getattr(enrollment, "sheet", None)
    return sheet.finished_at.isoformat() if sheet and sheet.finished_at else ""


def own_mentee(actor: Actor, program_id: str) -> Enrollment | None:
    """The actor's own part as a mentee, if they have one."""
    rows = Enrollment.objects.filter(program=program_id, role=Role.MENTEE, member__in=_themselves(actor), left_at=None)
    return next(iter(rows), None) if actor.person_id else None


def _themselves(actor: Actor) -> QuerySet[Member]:
    """As a subquery, so that SQLite begins at the person and not at everybody in the program."""
    return Member.objects.filter(person=actor.person_id)


def facts_from(told: Mapping[str, object], wishes: tuple[str, ...] = (), statement: str = "") -> Facts:
    """The facts of a sheet as the engine reads them; ``wishes`` are enrollment ids of mentors."""
    known = {key: tuple(v) if isinstance(v, list) else v for key, v in told.items() if key in FACTS}
    return Facts(**known, wishes=wishes, statement=statement)


def wishes_of(enrollment: Enrollment) -> QuerySet[Wish]:
    """A mentee's ranked wishes."""
    return enrollment.wishes.select_related("mentor__member").order_by("rank")


def volunteered_by(enrollment: Enrollment) -> dict[str, Volunteered]:
    """What this person has said of themselves, by attribute; only that person's own pages ask here."""
    return {row.attribute: row for row in Volunteered.objects.filter(member=enrollment.member_id)}


def roles_of(actor: Actor, program: Program) -> frozenset[Role]:
    """What the actor is in this program, its school included."""
    return actor.roles_in(Scope(program.school_id, program.id))
