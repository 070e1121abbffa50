"""Reads about people: who acts, who takes part, and what a list would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.db.models import Count, Q, QuerySet

from cheiron.core.access import STAFF, TAKES_PART, Actor, Permission, Role, Scope
from cheiron.core.errors import NotFound
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.operations import letters
from cheiron.core.text import Text, say, say_n
from cheiron.gateways.links import link_id_in
from cheiron.models.ledger import Letter, OneTimeLink
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import PAIRS, Enrollment, Member, Person, ReportingLine, RosterImport
from cheiron.models.programs import Program
from cheiron.queries.kept import kept
from cheiron.queries.stages import stages
from cheiron.queries.wording import worded


@dataclass(frozen=True)
class Standing:
    """Who a person is at this moment: what they may do, and what each of their schools calls them."""

    actor: Actor
    known_as: Mapping[str, tuple[str, str, str]]
    """By school: the person's name, the school's name, its time zone."""

    def at(self, school_id: str | None) -> tuple[str, str, str] | None:
        """The person at this school; at the first of their schools if none is named."""
        return self.known_as.get(school_id or next(iter(self.known_as), ""))


def standing_of(person_id: str) -> Standing:
    """One read for every page: nothing of a role survives the day one leaves it."""
    roles: dict[Scope, set[Role]] = {}
    known_as = {}
    rows = Enrollment.objects.filter(member__person=person_id, member__person__is_active=True, left_at=None)
    names = ("member__name", "member__school__name", "member__school__time_zone")
    found = rows.values_list("member__school__name", "member__school", "program", "role", *names)
    for _name, school, program, role, *named in sorted(found, key=itemgetter(0, 1)):
        roles.setdefault(Scope(school, program), set()).add(Role(role))
        known_as[school] = tuple(named)
    return Standing(Actor(person_id, {scope: frozenset(held) for scope, held in roles.items()}), known_as)


def actor_for(person_id: str) -> Actor:
    """The person with every role that holds now."""
    return standing_of(person_id).actor


def participants(program: Program, role: str = "", search: str = "", stage: str = "") -> QuerySet[Enrollment]:
    """Everybody who takes part in the program and has not left, by name; ``stage`` is one of ``stages``."""
    rows = program.enrollments.filter(left_at=None, role__in=sorted(TAKES_PART)).select_related(
        "member__person", "sheet"
    )
    if role:
        rows = rows.filter(role=role)
    if search:
        named = Q(member__name__icontains=search) | Q(member__title__icontains=search)
        named |= Q(member__list_name__icontains=search)
        rows = rows.filter(named | Q(member__person__email__icontains=search))
    if stage:
        rows = rows.filter(stages(program).get(stage, Q(pk=None)))
    return rows.order_by("member__name", "id")


@kept(most=8)
def order_of(program: Program, role: str = "", search: str = "", stage: str = "") -> tuple[str, ...]:
    """The ids of ``participants``: a page of a long list is cut out of them, and only its rows are read."""
    return tuple(participants(program, role, search, stage).values_list("pk", flat=True))


def in_order(ids: Sequence[str]) -> list[Enrollment]:
    """These enrollments with person and sheet, as they stand in the list."""
    rows = Enrollment.objects.filter(pk__in=ids).select_related("member__person", "sheet")
    return sorted(rows, key=lambda row: ids.index(row.pk))


def import_for(actor: Actor, import_id: str, *, pairs: bool | None = False, lock: bool = False) -> RosterImport:
    """An uploaded list of people or of pairs (None: either), if this actor may import into its program."""
    rows = RosterImport.objects.select_related("program__school")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=import_id).first()
    if found is None or not actor.roles_in(found.program.scope) or pairs not in (None, found.role == PAIRS):
        raise NotFound(say("There is no such list."))
    actor.require(Permission.PEOPLE_IMPORT, found.program.scope)
    return found


@kept(most=32)
def undoable_import(program: Program) -> RosterImport | None:
    """The last list, as long as nobody of it has joined or been matched."""
    found = last_import(program)
    return None if found is None or begun(found) else found


def begun(roster: RosterImport) -> Text | None:
    """Why a list can no longer be undone, if it cannot."""
    made = [change["id"] for change in roster.changes if change.get("made") == "enrollment"]
    joined = Enrollment.objects.filter(pk__in=made, joined_at__isnull=False).count()
    if joined:
        return say_n(
            "One person of this list has joined since, so it can no longer be undone.",
            "%(count)s people of this list have joined since, so it can no longer be undone.",
            joined,
        )
    if roster.role == PAIRS:
        return _pairs_begun(roster)
    matched = Q(mentee__in=made) | Q(mentor__in=made)
    if Mentorship.objects.filter(matched, state__in=sorted(OPEN)).exists():
        return say("People of this list are matched already, so it can no longer be undone.")
    return None


def _pairs_begun(roster: RosterImport) -> Text | None:
    """Why a list of pairs can no longer be undone, if it cannot."""
    if any(change["told"] for change in roster.changes):
        return say("People of this list have been told of their pairs, so it can no longer be undone.")
    state = {change["id"]: change["state"] for change in roster.changes}
    pairs = Mentorship.objects.filter(pk__in=state)
    used = pairs.filter(Q(meetings__isnull=False) | Q(contacts__isnull=False) | Q(agenda__isnull=False)).exists()
    if used or any(state[key] != now for key, now in pairs.values_list("id", "state")):
        return say("Something has happened in these pairs since, so the list can no longer be undone.")
    return None


def last_import(program: Program) -> RosterImport | None:
    """The newest list that was applied and not undone."""
    return RosterImport.objects.filter(program=program, state="applied").order_by("-applied_at").first()


def not_yet_joined(program: Program, ids: Iterable[str] | None = None) -> QuerySet[Enrollment]:
    """Participants who have not accepted their invitation; who is matched has the letter about the match."""
    matched = Mentorship.objects.filter(program=program, state__in=sorted(OPEN))
    rows = participants(program).filter(joined_at=None)
    rows = rows.exclude(pk__in=matched.values("mentee")).exclude(pk__in=matched.values("mentor"))
    return rows if ids is None else rows.filter(pk__in=list(ids))


def invitations(program: Program, ids: Iterable[str] | None = None) -> list[letters.Draft]:
    """The letters that inviting would send now: the preview and the sending both ask here."""
    rows = list(not_yet_joined(program, ids))
    sent = dict(
        OneTimeLink.objects.filter(purpose="invitation", enrollment__in=rows)
        .values_list("enrollment")
        .annotate(n=Count("id"))
    )
    drafts = [
        letters.invitation(
            enrollment=row.id,
            person=row.member.person_id,
            name=row.member.name,
            role=row.role,
            program=program.name,
            school=program.school.name,
            sent=sent.get(row.id, 0),
        )
        for row in rows
    ]
    return worded(program.id, drafts)


def staff_of(program: Program) -> QuerySet[Enrollment]:
    """Everybody who runs or looks after the program, in it or in the whole school."""
    here = Q(program=program) | Q(program=None, member__school=program.school_id)
    rows = Enrollment.objects.filter(here, role__in=sorted(STAFF), left_at=None).select_related("member__person")
    return rows.order_by("role", "member__name", "id")


def appointment(program: Program, enrollment: Enrollment, now: datetime) -> list[letters.Draft]:
    """The letter to somebody who has just been given a role."""
    member = enrollment.member
    return [
        letters.appointment(
            enrollment=enrollment.id,
            once=now.isoformat(),
            person=member.person_id,
            name=member.name,
            program=program.name,
            school=program.school.name,
        )
    ]


def open_link(token: str, now: datetime, *, lock: bool = False) -> OneTimeLink:
    """The link behind a token that can still be used; ``NotFound`` tells nothing about why not."""
    rows = OneTimeLink.objects.select_related("person", "enrollment__program", "enrollment__member")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    link = rows.filter(pk=link_id_in(token) or "", used_at=None, expires_at__gt=now, person__is_active=True).first()
    if link is None:
        raise NotFound(say("This link has been used, has expired, or is not complete. Ask for a new one to sign in."))
    return link


def person_by_email(email: str) -> Person | None:
    """The active account with this address."""
    return Person.objects.filter(email=email.strip().lower(), is_active=True).first()


def coordinators_of(program: Program) -> QuerySet[Member]:
    """Everybody who coordinates the program, in it or in its whole school."""
    here = Q(enrollments__program=program) | Q(enrollments__program=None)
    coordinating = Q(enrollments__role=Role.COORDINATOR, enrollments__left_at=None)
    return Member.objects.filter(here & coordinating, school=program.school_id).distinct()


def coordinating(program_id: str | None) -> list[str]:
    """The accounts of those who coordinate it, the program's own before those of its whole school."""
    here = Q(program=program_id) | Q(program=None, member__school__programs=program_id)
    rows = Enrollment.objects.filter(here, role=Role.COORDINATOR, left_at=None, member__person__is_active=True)
    found = rows.values_list("program", "member__name", "member__person") if program_id else []
    return list(dict.fromkeys(person for _, _, person in sorted(found, key=lambda row: (row[0] is None, row[1]))))


def name_of(person_id: str) -> str:
    """What a person is called in the first of their schools."""
    return Member.objects.filter(person=person_id).order_by("id").values_list("name", flat=True).first() or ""


def members_of(program: Program) -> QuerySet[Member]:
    """Every member of the program's school."""
    return Member.objects.filter(school=program.school_id)


def lines_of(program: Program) -> QuerySet[ReportingLine]:
    """The reporting lines of the school, by student."""
    rows = ReportingLine.objects.filter(school=program.school_id).select_related("student", "assessor")
    return rows.order_by("student__name", "assessor__name", "kind")


def letters_of(program: Program) -> QuerySet[Letter]:
    """The program's outbox, newest first. When two people meet and what they write is theirs, so that is left out."""
    theirs = Q(kind__startswith="meeting") | Q(kind__startswith="message")
    return Letter.objects.filter(program=program).exclude(theirs).select_related("to")


def roles_held(person_id: str) -> QuerySet[Enrollment]:
    """Every role that the person holds now, for their own account page."""
    rows = Enrollment.objects.filter(member__person=person_id, left_at=None)
    return rows.select_related("program", "member__school").order_by("program__name", "role")


def demo_people() -> list[Enrollment]:
    """One person of each kind, for the demo's sign-in page."""
    rows = Enrollment.objects.filter(left_at=None).select_related("member__person", "program", "member__school")
    found = rows.filter(member__person__email__in=DEMO_DOORS).order_by("member__name", "program__name")
    return sorted(found, key=lambda row: DEMO_DOORS.index(row.member.person.email))


DEMO_DOORS: tuple[str, ...] = (
    "coordinator@demo.example",
    "mentor@demo.example",
    "mentee@demo.example",
    "waiting@demo.example",
    "new.mentor@demo.example",
    "evaluator@demo.example",
    "administrator@demo.example",
    "peer@demo.example",
    "senior@demo.example",
)
