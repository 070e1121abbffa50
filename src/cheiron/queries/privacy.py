"""Reads for a person's own page about their data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from cheiron.core.access import STAFF, TAKES_PART, Actor, Role
from cheiron.core.errors import NotFound
from cheiron.core.people.exposure import EXPOSES, roles_that
from cheiron.core.text import Text, say
from cheiron.models.ledger import AuditEvent, OneTimeLink
from cheiron.models.people import Enrollment, JoinRequest, Member, Person
from cheiron.models.programs import Program
from cheiron.models.volunteered import Volunteered
from cheiron.queries.people import coordinators_of

FRESH = timedelta(minutes=15)
SHORTEST_NAME = 3
MOST_LINES = 20


def own_account(actor: Actor, *, lock: bool = False) -> Person:
    """The actor's own account."""
    rows = Person.objects.filter(pk=actor.person_id or "")
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound(say("There is no such account."))
    return found


def came_by_link(person: Person, now: datetime) -> bool:
    """Whether the person has come in by a link from their own mail a moment ago."""
    return OneTimeLink.objects.filter(person=person, used_at__gt=now - FRESH, used_at__lte=now).exists()


def names_of(person: Person) -> tuple[str, ...]:
    """By what others may have called the person in writing, the longest first."""
    members = Member.objects.filter(person=person).values_list("name", "list_name", "external_id")
    asked = JoinRequest.objects.filter(email=person.email).values_list("name", "external_id")
    words = {person.email, *(word for row in (*members, *asked) for word in row)}
    return tuple(sorted((word for word in words if len(word) >= SHORTEST_NAME), key=lambda word: (-len(word), word)))


def numbers_of(person: Person) -> frozenset[str]:
    """The random ids of the person, as member and in every role."""
    rows = Enrollment.objects.filter(member__person=person).values_list("id", "member")
    members = Member.objects.filter(person=person).values_list("id", flat=True)
    return frozenset({person.pk, *members, *(one for row in rows for one in row)})


def programs_that_need(actor: Actor) -> list[Program]:
    """Programs that nobody else coordinates."""
    rows = Enrollment.objects.filter(member__person=actor.person_id, role=Role.COORDINATOR, left_at=None)
    here = Q(pk__in=rows.values("program")) | Q(school__in=rows.filter(program=None).values("member__school"))
    found = Program.objects.filter(here).select_related("school").order_by("name", "id")
    return [one for one in found if not coordinators_of(one).exclude(person=actor.person_id).exists()]


@dataclass(frozen=True)
class Seen:
    """Some roles, who holds them now, and what they may see of a person."""

    roles: tuple[Role, ...]
    names: tuple[str, ...]
    what: tuple[Text, ...]


def own_parts(actor: Actor) -> list[Enrollment]:
    """Every way in which the actor takes part, with the sheet, for the page that says who sees what of it."""
    rows = Enrollment.objects.filter(member__person=actor.person_id, left_at=None, role__in=sorted(TAKES_PART))
    return list(rows.select_related("program", "sheet").order_by("program__name", "role"))


def seen_by_role(actor: Actor) -> list[Seen]:
    """From the table of permissions itself: what each lets be seen, by which roles, and who holds them now."""
    by_roles: dict[tuple[Role, ...], list[Text]] = {}
    for permission, what in EXPOSES.items():
        by_roles.setdefault(tuple(role for role in Role if role in roles_that(permission)), []).append(what)
    staff = _staff_around(actor)
    return [Seen(roles, _holding(roles, staff), tuple(what)) for roles, what in by_roles.items()]


def _staff_around(actor: Actor) -> list[tuple[str, str]]:
    """Name and role of everybody who has a staff role where the actor has any role."""
    here = Q(program__in=[scope.program_id for scope in actor.roles if scope.program_id])
    here |= Q(program=None, member__school__in=[scope.school_id for scope in actor.roles])
    rows = Enrollment.objects.filter(here, left_at=None, role__in=sorted(STAFF)).order_by("member__name")
    return list(dict.fromkeys(rows.values_list("member__name", "role")))


def _holding(roles: tuple[Role, ...], staff: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, role in staff if role in roles))


@dataclass(frozen=True)
class Uses:
    """For what a school may use what one has volunteered there."""

    member: Member
    attributes: tuple[str, ...]
    for_matching: bool
    for_figures: bool


def own_uses(actor: Actor) -> list[Uses]:
    """What the actor has volunteered, by school; only the attributes' names, not the answers."""
    rows = Volunteered.objects.filter(member__person=actor.person_id).select_related("member__school")
    by_member: dict[str, list[Volunteered]] = {}
    for row in rows.order_by("member__school__name", "attribute"):
        by_member.setdefault(row.member_id, []).append(row)
    return [
        Uses(
            told[0].member,
            tuple(one.attribute for one in told),
            any(one.for_matching for one in told),
            any(one.for_figures for one in told),
        )
        for told in by_member.values()
    ]


def own_lines(actor: Actor) -> QuerySet[AuditEvent]:
    """The newest lines of the log that the actor wrote, or that are about the actor as a member or in a role."""
    numbers = numbers_of(own_account(actor))
    about = [f"{kind}:{number}" for number in numbers for kind in ("person", "member", "enrollment")]
    return AuditEvent.objects.filter(Q(actor=actor.person_id) | Q(subject__in=about)).order_by("-sequence")[:MOST_LINES]
