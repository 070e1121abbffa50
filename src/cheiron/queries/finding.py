"""People across the programs of a school, for staff who may see them there."""

from django.db.models import Prefetch, Q, QuerySet

from cheiron.core.access import TAKES_PART, Actor, Permission
from cheiron.core.errors import Denied
from cheiron.core.text import say
from cheiron.models.people import Enrollment, Member


def found_for(actor: Actor, search: str) -> QuerySet[Member]:
    """Members by name, title or address, with ``parts``: what they take part in, as far as the actor may see it."""
    parts = _parts_seen_by(actor)
    named = Q(name__icontains=search) | Q(title__icontains=search) | Q(person__email__icontains=search)
    rows = Member.objects.filter(named, pk__in=parts.values("member")) if search else Member.objects.none()
    shown = parts.select_related("program").order_by("program__name", "role")
    rows = rows.select_related("person", "school").prefetch_related(Prefetch("enrollments", shown, to_attr="parts"))
    return rows.order_by("name", "id")


def _parts_seen_by(actor: Actor) -> QuerySet[Enrollment]:
    scopes = actor.scopes_with(Permission.PEOPLE_VIEW)
    if not scopes:
        raise Denied(say("Only staff who look after people find them here."))
    programs = [scope.program_id for scope in scopes if scope.program_id]
    schools = [scope.school_id for scope in scopes if scope.program_id is None]
    here = Q(program__in=programs) | Q(program__school__in=schools)
    return Enrollment.objects.filter(here, left_at=None, role__in=sorted(TAKES_PART))
