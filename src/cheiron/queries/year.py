"""The change of year: who goes on, who leaves, what becomes of each pair, and every letter about it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from cheiron.core.access import Actor, Permission
from cheiron.core.errors import NotFound
from cheiron.core.mentorships.lifecycle import OPEN, MeetingState, MentorshipState
from cheiron.core.operations.letters import Draft
from cheiron.core.operations.year_letters import YearEnd, year_letter
from cheiron.core.programs.lifecycle import ProgramState, advance_program
from cheiron.core.programs.model import ProgramModel
from cheiron.core.text import say
from cheiron.models.mentorships import AgendaPoint, Contact, Meeting, Mentorship
from cheiron.models.people import Enrollment, JoinRequest
from cheiron.models.programs import Program
from cheiron.queries.people import participants
from cheiron.queries.programs import model_of, program_for, programs_for


@dataclass(frozen=True)
class Moved:
    """One person in one role: where they go, and with which class year."""

    enrollment: Enrollment
    stays: bool
    graduates: bool
    year: str


@dataclass(frozen=True)
class Plan:
    """What closing would do."""

    program: Program
    into: Program | None
    people: tuple[Moved, ...]
    carried: tuple[Mentorship, ...]
    ended: tuple[Mentorship, ...]
    withdrawn: tuple[Mentorship, ...]
    canceled: int
    """Meetings ahead of pairs that end; when and where they are is nobody's business here."""
    letters: tuple[Draft, ...]
    asking: int
    """Requests to take part that nobody has answered: they come first."""

    @property
    def staying(self) -> list[Moved]:
        """Those who go on in the other program."""
        return [one for one in self.people if one.stays]

    @property
    def leaving(self) -> list[Moved]:
        """Those who leave with their file."""
        return [one for one in self.people if not one.stays]

    @property
    def seal(self) -> str:
        """Changes with every letter, name and pair: closing takes only the plan that was looked at."""
        told = sorted([draft.once, draft.to_person, *map(str, draft.paragraphs)] for draft in self.letters)
        return hashlib.sha256(repr([told, self.canceled, self.into and self.into.id]).encode()).hexdigest()


def targets_for(actor: Actor, program: Program) -> list[Program]:
    """Open programs of the school into which the actor may bring people, that of the year after first."""
    rows = programs_for(actor).filter(school=program.school_id, state=ProgramState.OPEN).exclude(pk=program.pk)
    may = [one for one in rows if actor.can(Permission.PEOPLE_IMPORT, one.scope)]
    return sorted(may, key=lambda one: one.follows_id != program.pk)


def closing_for(
    actor: Actor, program_id: str, now: datetime, *, into: str, ends: Iterable[str], lock: bool = False
) -> Plan:
    """The plan for closing this program: pairs named in ``ends`` end even where they could go on."""
    program = program_for(actor, program_id, Permission.PROGRAM_CLOSE, lock=lock)
    advance_program(ProgramState(program.state), ProgramState.CLOSED)
    target = next((one for one in targets_for(actor, program) if one.id == into), None)
    if into and target is None:
        raise NotFound(say("There is no such program to go on in."))
    return _plan(program, target, frozenset(ends), now)


def _plan(program: Program, into: Program | None, ends: frozenset[str], now: datetime) -> Plan:
    people = tuple(_moved(row, model_of(program), into) for row in participants(program))
    pairs = list(open_pairs(program))
    stays = {one.enrollment.id for one in people if one.stays}
    roles = dict(model_of(into).sought) if into else {}
    carried = [pair for pair in pairs if _goes_on(pair, stays, roles, ends)]
    active = [pair for pair in pairs if pair.state == MentorshipState.ACTIVE]
    ended = [pair for pair in active if pair not in carried]
    withdrawn = [pair for pair in pairs if pair.state == MentorshipState.PROPOSED]
    ahead = Meeting.objects.filter(mentorship__in=[*ended, *withdrawn], state=MeetingState.AGREED, starts_at__gt=now)
    letters = [year_letter(_end_of(one, program, into, carried, ended, withdrawn)) for one in people]
    groups = (tuple(carried), tuple(ended), tuple(withdrawn))
    asking = JoinRequest.objects.filter(link__program=program, state=JoinRequest.State.WAITING).count()
    return Plan(program, into, people, *groups, ahead.count(), tuple(letters), asking)


def open_pairs(program: Program) -> QuerySet[Mentorship]:
    """Open pairs with both names, by the mentee's."""
    rows = Mentorship.objects.filter(program=program, state__in=sorted(OPEN))
    rows = rows.select_related("mentee__member__person", "mentor__member__person", "program__school")
    return rows.order_by("mentee__member__name", "id")


def _moved(row: Enrollment, model: ProgramModel, into: Program | None) -> Moved:
    sheet = getattr(row, "sheet", None)
    year = (sheet.facts.get("stage") or "") if sheet else ""
    graduates = bool(model.class_years) and year == model.class_years[-1]
    stays = into is not None and not graduates
    return Moved(row, stays, graduates, model.next_year(year) if stays else "")


def _goes_on(pair: Mentorship, stays: set[str], roles: Mapping[str, str], ends: frozenset[str]) -> bool:
    both_stay = {pair.mentee_id, pair.mentor_id} <= stays
    return pair.state == MentorshipState.ACTIVE and both_stay and pair.role in roles and pair.id not in ends


def _end_of(
    one: Moved,
    program: Program,
    into: Program | None,
    carried: list[Mentorship],
    ended: list[Mentorship],
    withdrawn: list[Mentorship],
) -> YearEnd:
    member = one.enrollment.member
    return YearEnd(
        enrollment=one.enrollment.id,
        person=member.person_id,
        name=member.name,
        role=one.enrollment.role,
        program=program.name,
        into=into.name if into and one.stays else "",
        year=one.year,
        graduates=one.graduates,
        carried=_others(one.enrollment.id, carried),
        ended=_others(one.enrollment.id, ended),
        withdrawn=_others(one.enrollment.id, withdrawn),
        file_page="" if one.stays else reverse("my-file", args=[program.id]),
    )


def _others(part: str, pairs: list[Mentorship]) -> tuple[str, ...]:
    as_mentee = [pair.mentor.member.name for pair in pairs if pair.mentee_id == part]
    as_mentor = [pair.mentee.member.name for pair in pairs if pair.mentor_id == part]
    return tuple(sorted(as_mentee + as_mentor))


@dataclass(frozen=True)
class Kept:
    """One mentorship as it stands in a person's own file."""

    mentorship: Mentorship
    other: str
    i_was: str
    meetings: tuple[Meeting, ...]
    agenda: tuple[AgendaPoint, ...]
    contacts: tuple[Contact, ...]


def file_for(actor: Actor, program_id: str) -> tuple[Program, list[Kept]]:
    """One's own mentorships of a program, also after one has left it; for everybody else there is no such file."""
    mine = Enrollment.objects.filter(program=program_id, member__person=actor.person_id)
    parts = {part.id for part in mine} if actor.person_id else set()
    program = Program.objects.select_related("school").filter(pk=program_id).first() if parts else None
    rows = Mentorship.objects.filter(Q(mentee__in=parts) | Q(mentor__in=parts), program=program_id)
    pairs = list(rows.select_related("mentee__member", "mentor__member").order_by("proposed_at", "id"))
    took_part = any(part.role in {"mentee", "mentor", "peer_mentor", "senior"} for part in mine) if parts else False
    if program is None or not took_part:
        raise NotFound(say("You have no file in this program."))
    return program, _kept(pairs, parts)


def _kept(pairs: list[Mentorship], parts: set[str]) -> list[Kept]:
    meetings, agenda, contacts = (
        _by_pair(model.objects.filter(mentorship__in=pairs)) for model in (Meeting, AgendaPoint, Contact)
    )
    kept = []
    for pair in pairs:
        i_was = "mentee" if pair.mentee_id in parts else "mentor"
        other = pair.mentor if i_was == "mentee" else pair.mentee
        own = (tuple(group.get(pair.id, ())) for group in (meetings, agenda, contacts))
        kept.append(Kept(pair, other.member.name, i_was, *own))
    return kept


def _by_pair(rows: Iterable) -> dict[str, list]:
    found: dict[str, list] = {}
    for row in rows:
        found.setdefault(row.mentorship_id, []).append(row)
    return found
