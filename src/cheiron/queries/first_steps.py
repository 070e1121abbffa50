"""How far a program has come beside its lists and rounds: staff, words, first meetings."""

from dataclasses import dataclass

from django.db.models import Q

from cheiron.core.access import STAFF
from cheiron.core.mentorships.lifecycle import MeetingState, MentorshipState
from cheiron.models.mentorships import Meeting
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program
from cheiron.queries.kept import kept


@dataclass(frozen=True)
class Beginning:
    """Counts for the first steps."""

    staff: int
    worded: bool
    pairs: int
    met: int


@kept(most=256)
def beginning_of(program: Program, active: int) -> Beginning:
    """Two small reads at most; ``active`` is how many pairs are under way, which the page knows already."""
    here = Q(program=program) | Q(program=None, member__school=program.school_id)
    staff = Enrollment.objects.filter(here, role__in=STAFF_ROLES, left_at=None).values_list("member", flat=True)
    return Beginning(len(set(staff)), bool(program.words), active, _met(program) if active else 0)


STAFF_ROLES = sorted(STAFF)


def _met(program: Program) -> int:
    """Pairs under way that have held a meeting."""
    held = Meeting.objects.filter(mentorship__program=program, mentorship__state=MentorshipState.ACTIVE)
    return held.filter(state=MeetingState.HELD).values("mentorship").distinct().count()
