"""How far people of a program have come: the same words for a figure and for the list behind it."""

from collections.abc import Mapping

from django.db.models import Count, Q

from cheiron.core.access import TAKES_PART
from cheiron.core.mentorships.lifecycle import OPEN, MentorshipState
from cheiron.models.mentorships import Mentorship
from cheiron.models.programs import Program
from cheiron.queries.kept import kept

FUNNEL = ("listed", "invited", "joined", "finished", "matched", "answered")
"""The figures of the funnel, in order; each is a stage below, and its list is as long as the figure."""

MISSING = ("not-invited", "not-joined", "not-finished", "not-matched", "not-answered")
"""Who is held up where: the people whom one reminds."""


def stages(program: Program) -> Mapping[str, Q]:
    """Each stage as a condition on the program's enrollments."""
    invited, joined = Q(invited_at__isnull=False), Q(joined_at__isnull=False)
    finished = Q(sheet__finished_at__isnull=False)
    matched, asked = _in_pairs(program, *OPEN), _in_pairs(program, MentorshipState.PROPOSED)
    return {
        "listed": Q(),
        "invited": invited,
        "joined": joined,
        "finished": finished,
        "matched": matched,
        "answered": matched & ~asked,
        "not-invited": ~invited & ~joined,
        "not-joined": invited & ~joined,
        "not-finished": joined & ~finished,
        "not-matched": finished & ~matched,
        "not-answered": asked,
    }


def _in_pairs(program: Program, *states: MentorshipState) -> Q:
    pairs = Mentorship.objects.filter(program=program, state__in=sorted(states))
    return Q(pk__in=pairs.values("mentee")) | Q(pk__in=pairs.values("mentor"))


@kept(most=256)
def funnel(program: Program) -> list[dict]:
    """For each role how many are on the list, invited, opened their invitation, filled in, are matched, and answered.

    Answered means that no match of theirs still waits for the mentor's yes or no. Beside the funnel stands how many
    could be invited (again): those whom ``not_yet_joined`` finds.
    """
    reached = stages(program)
    counts = program.enrollments.filter(left_at=None, role__in=sorted(TAKES_PART)).values("role")
    figures = {name: Count("id", filter=reached[name]) for name in FUNNEL if reached[name]}
    figures["to_invite"] = Count("id", filter=Q(joined_at=None) & ~reached["matched"])
    return sorted(counts.annotate(listed=Count("id"), **figures), key=lambda row: row["role"])
