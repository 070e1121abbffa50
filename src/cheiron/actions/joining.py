"""Asking to take part: links for it, requests by it, and staff's answers to them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.utils.translation import gettext

from cheiron.actions._ledger import post, record
from cheiron.actions._rosters import add, change
from cheiron.core.access import Actor, Permission, Role
from cheiron.core.errors import Conflict, Invalid, Issue
from cheiron.core.people.roster import RosterMap, read_people
from cheiron.core.people.table import Table
from cheiron.core.text import say
from cheiron.models.people import Enrollment, JoinLink, JoinRequest, RosterImport
from cheiron.models.programs import Program
from cheiron.queries import joining as queries
from cheiron.queries.people import invitations
from cheiron.queries.programs import program_for

ROLES = (Role.MENTEE, Role.MENTOR)
DAYS = (7, 30, 90)
"""How long a link may stay open."""
HOURLY_LIMIT, WAITING_LIMIT = 200, 1000
"""Requests by one link."""


@transaction.atomic
def open_join_link(*, actor: Actor, program_id: str, role: str, days: int, now: datetime) -> str:
    """A new link by which people ask to take part. An earlier one for the role is turned off. Returns its id."""
    program = program_for(actor, program_id, Permission.PEOPLE_INVITE, lock=True)
    if role not in ROLES or days not in DAYS:
        raise Invalid(say("A link is for mentees or for mentors, and is open for 7, 30 or 90 days."))
    JoinLink.objects.filter(program=program, role=role, closed_at=None).update(closed_at=now)
    link = JoinLink.objects.create(program=program, role=role, made_at=now, expires_at=now + timedelta(days=days))
    record(actor, now, "join.open", program, role=role, days=days)
    return link.id


@transaction.atomic
def close_join_link(*, actor: Actor, program_id: str, role: str, now: datetime) -> None:
    """Turn a link off, printed or not. Requests that wait stay."""
    program = program_for(actor, program_id, Permission.PEOPLE_INVITE, lock=True)
    if not JoinLink.objects.filter(program=program, role=role, closed_at=None).update(closed_at=now):
        raise Conflict(say("There is no link to turn off."))
    record(actor, now, "join.close", program, role=role)


@transaction.atomic
def ask_to_join(*, actor: Actor, link_id: str, name: str, email: str, external_id: str, now: datetime) -> None:
    """Somebody asks to take part. Nothing is looked up about the person, so nothing can be told of them."""
    link = queries.open_link(link_id, now, lock=True)
    lately, waiting = queries.asked_lately(link, now)
    if lately >= HOURLY_LIMIT or waiting >= WAITING_LIMIT:
        raise Conflict(say("Very many people have asked by this link. Please try again later."))
    name, email, external_id = _checked(name, email, external_id)
    request = JoinRequest(link=link, name=name, email=email, external_id=external_id, asked_at=now)
    JoinRequest.objects.bulk_create([request], ignore_conflicts=True)
    record(actor, now, "join.ask", link.program, role=link.role)


def _checked(name: str, email: str, external_id: str) -> tuple[str, str, str]:
    """Held to what a list of people is held to."""
    given = {"name": name, "email": email, **({"external_id": external_id} if external_id.strip() else {})}
    table = Table(tuple(given), (tuple(given.values()),))
    try:
        (row,) = read_people(table, RosterMap(dict(zip(given, given, strict=True))), "mentee")
    except Invalid as refused:
        issues = tuple(Issue(issue.problem, issue.remedy, column=issue.column) for issue in refused.issues)
        raise Invalid(say("This cannot be sent as it is."), issues) from refused
    return row.name, row.email, row.external_id if "external_id" in given else ""


@transaction.atomic
def approve_joins(*, actor: Actor, program_id: str, requests: Iterable[str], now: datetime) -> int:
    """Everybody chosen takes part and is sent an invitation; all of them or nobody. Returns how many."""
    program = program_for(actor, program_id, Permission.PEOPLE_INVITE, lock=True)
    chosen = _waiting(program, requests)
    for role, asking in groupby(sorted(chosen, key=attrgetter("link.role")), attrgetter("link.role")):
        _take_in(actor, program, role, list(asking), now)
    _answer(chosen, JoinRequest.State.APPROVED, now)
    record(actor, now, "join.approve", program, requests=len(chosen))
    return len(chosen)


@transaction.atomic
def decline_joins(*, actor: Actor, program_id: str, requests: Iterable[str], now: datetime) -> int:
    """Nobody of those chosen takes part; their names and addresses are not kept. Returns how many."""
    program = program_for(actor, program_id, Permission.PEOPLE_INVITE, lock=True)
    chosen = _waiting(program, requests)
    _answer(chosen, JoinRequest.State.DECLINED, now)
    record(actor, now, "join.decline", program, requests=len(chosen))
    return len(chosen)


def _waiting(program: Program, ids: Iterable[str]) -> list[JoinRequest]:
    found = list(queries.requests_of(program, ids).select_for_update(of=("self",)))
    if not found:
        raise Conflict(say("Nobody is chosen who still waits for an answer."))
    return found


def _answer(requests: list[JoinRequest], state: str, now: datetime) -> None:
    """What was written in the form has served: the school knows the approved, and need not know the others."""
    rows = JoinRequest.objects.filter(pk__in=[request.pk for request in requests])
    rows.update(state=state, decided_at=now, name="", email="", external_id="")


def _take_in(actor: Actor, program: Program, role: str, requests: list[JoinRequest], now: datetime) -> None:
    """As a list of people does, so that it is undone as one."""
    name = gettext("Requests to take part")
    roster = RosterImport(program=program, role=role, filename=name, content=b"", uploaded_by_id=actor.person_id)
    roster.uploaded_at = roster.applied_at = now
    plan = queries.join_plan(roster, requests)
    if plan.issues:
        raise Invalid(say("Nobody was approved."), plan.issues)
    roster.changes = [*add(roster, plan.new), *change(roster, plan.changed)]
    roster.state = RosterImport.State.APPLIED
    roster.save()
    drafts = invitations(program, queries.to_invite(program, [request.email for request in requests], role))
    post(drafts, program_id=program.id, now=now)
    Enrollment.objects.filter(pk__in=[draft.enrollment for draft in drafts]).update(invited_at=now)
