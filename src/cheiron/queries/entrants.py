"""Everybody who could be in a round, or in the directory, as light values: one read, no rows of tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from cheiron.core.access import Role
from cheiron.core.matching.score import Participant
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.people.facts import Facts
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program
from cheiron.queries.programs import facts_from

READ = (
    *("id", "member", "member__person", "member__name", "member__title", "sheet__facts", "sheet__about"),
    *("sheet__statement", "sheet__capacity", "sheet__paused_until", "sheet__listed"),
)


@dataclass(frozen=True)
class Entrant:
    """One participant with what their sheet says; ``taken`` counts a mentor's open mentorships."""

    id: str
    member: str
    person: str
    name: str
    title: str
    told: Mapping[str, object]
    about: str
    statement: str
    """For the engine alone; no page reads it."""
    capacity: int
    paused_until: date | None
    listed: bool
    taken: int
    today: date

    @property
    def facts(self) -> Facts:
        """The facts of the sheet, without the statement."""
        return facts_from(self.told)

    @property
    def free(self) -> int:
        """Places beside the open mentorships; below 0 where somebody has since offered fewer."""
        return self.capacity - self.taken

    @property
    def resting(self) -> bool:
        """Whether the mentor pauses."""
        return self.paused_until is not None and self.paused_until > self.today

    @property
    def places(self) -> int:
        """Places that a round may fill: none while pausing."""
        return 0 if self.resting else max(self.free, 0)

    def participant(self, wishes: tuple[str, ...] = ()) -> Participant:
        """The same as the engine reads it, its statement not yet weighed."""
        return Participant(self.id, facts_from(self.told, wishes, self.statement), self.places)


def entrants(
    program: Program, rows: QuerySet[Enrollment], today: date, *, as_mentors: bool = True
) -> dict[str, Entrant]:
    """These enrollments by id, in the order of names; of those who are no mentors, no places are looked up."""
    taken = places_taken(program) if as_mentors else {}
    found = rows.order_by("member__name", "id").values_list(*READ)
    return {row[0]: Entrant(*row, taken=taken.get(row[0], 0), today=today) for row in found}


def places_taken(program: Program) -> dict[str, int]:
    """How many open mentorships each mentor of the program has."""
    rows = Mentorship.objects.filter(program=program, state__in=sorted(OPEN))
    return dict(rows.values_list("mentor").annotate(n=Count("id")).order_by())


def mentors_of(program: Program, today: date) -> dict[str, Entrant]:
    """Every mentor of the program who has a sheet."""
    rows = program.enrollments.filter(role=Role.MENTOR, left_at=None, sheet__isnull=False)
    return entrants(program, rows, today)


def free_places(program: Program, today: date) -> list[int]:
    """The free places of each mentor who has any and does not pause."""
    rows = program.enrollments.filter(role=Role.MENTOR, left_at=None, sheet__isnull=False)
    taken, told = places_taken(program), rows.values_list("id", "sheet__capacity", "sheet__paused_until")
    free = (capacity - taken.get(key, 0) for key, capacity, paused in told if not (paused and paused > today))
    return [places for places in free if places > 0]


def waiting_mentees(program: Program, role: str) -> QuerySet[Enrollment]:
    """Mentees of the program who have a sheet and no open mentorship for this role."""
    paired = Mentorship.objects.filter(program=program, role=role, state__in=sorted(OPEN)).values("mentee")
    return program.enrollments.filter(role=Role.MENTEE, left_at=None, sheet__isnull=False).exclude(pk__in=paired)
