"""Links by which people ask to take part, and who has asked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from cheiron.core.errors import Issue, NotFound
from cheiron.core.people.facts import Facts, PersonRow
from cheiron.core.people.merging import Known, Merge
from cheiron.core.text import Text, say
from cheiron.models.people import JoinLink, JoinRequest, Member, RosterImport
from cheiron.models.programs import Program
from cheiron.queries.imports import known_members, merge_of

HOUR = timedelta(hours=1)


def open_link(link_id: str, now: datetime, *, lock: bool = False) -> JoinLink:
    """The program's link as long as it is open; ``NotFound`` tells nothing about why it is not."""
    rows = JoinLink.objects.select_related("program__school")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    link = rows.filter(pk=link_id, closed_at=None, expires_at__gt=now).first()
    if link is None:
        raise NotFound(say("This link is not open any more. Ask the program's coordinator for the present one."))
    return link


def links_of(program: Program) -> dict[str, JoinLink]:
    """The link of each role that has one and that nobody has turned off; it may have expired."""
    return {link.role: link for link in JoinLink.objects.filter(program=program, closed_at=None)}


def requests_of(program: Program, ids: Iterable[str] | None = None) -> QuerySet[JoinRequest]:
    """Who has asked to take part and waits for an answer, first asked first."""
    rows = JoinRequest.objects.filter(link__program=program, state=JoinRequest.State.WAITING).select_related("link")
    return rows if ids is None else rows.filter(pk__in=list(ids))


def asked_lately(link: JoinLink, now: datetime) -> tuple[int, int]:
    """How many have asked by this link within the hour, and how many wait."""
    rows = JoinRequest.objects.filter(link=link)
    return rows.filter(asked_at__gt=now - HOUR).count(), rows.filter(state=JoinRequest.State.WAITING).count()


@dataclass(frozen=True)
class Asked:
    """A request as staff see it: who in the school that is, if anybody."""

    request: JoinRequest
    known_as: str


def asked(program: Program, rows: Iterable[JoinRequest]) -> list[Asked]:
    """These requests, each with the name under which the school knows the address."""
    rows = list(rows)
    members = Member.objects.filter(school=program.school_id, person__email__in={row.email for row in rows})
    known = dict(members.values_list("person__email", "name"))
    return [Asked(row, known.get(row.email, "")) for row in rows]


def join_plan(roster: RosterImport, requests: Iterable[JoinRequest]) -> Merge:
    """What approving these requests of one role would do. Somebody known keeps the school's name, id and address."""
    known = known_members(roster.program, roster.role)
    by_email, by_id = {one.email: one for one in known}, {one.external_id.casefold(): one for one in known}
    rows, issues, ids = [], [], set()
    for request in {one.email: one for one in requests}.values():
        own = by_email.get(request.email)
        other = by_id.get(request.external_id.casefold()) if request.external_id else None
        row = _row(request, own)
        if other and other is not own:
            issues.append(_taken(request, other.name))
        elif row.external_id.casefold() in ids:
            issues.append(_taken(request, say("somebody else who asks")))
        else:
            rows.append(row)
        ids.add(row.external_id.casefold())
    plan = merge_of(roster, rows)
    return replace(plan, issues=(*issues, *(replace(issue, row=None) for issue in plan.issues)))


def _row(request: JoinRequest, own: Known | None) -> PersonRow:
    return PersonRow(
        row=0,
        external_id=own.external_id if own else request.external_id or request.email,
        name=own.name if own else request.name,
        email=request.email,
        title=own.title if own else "",
        capacity=None,
        facts=Facts(),
    )


def _taken(request: JoinRequest, other: str | Text) -> Issue:
    problem = say("%(name)s wrote the ID of %(other)s, who has another address.", name=request.name, other=other)
    return Issue(problem, say("Ask who it is. Decline the request, or correct the list of the school."))


def to_invite(program: Program, emails: Iterable[str], role: str) -> list[str]:
    """The parts of those who have just been approved."""
    rows = program.enrollments.filter(role=role, left_at=None, member__person__email__in=list(emails))
    return list(rows.filter(Q(joined_at=None)).values_list("id", flat=True))
