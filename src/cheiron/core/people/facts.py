"""What people say of themselves for mentoring, and what the lists of a school say of them.

One vocabulary for imports, intake, scoring and sentences. Identity (gender, race, orientation, ...) is not in
it, and must not be added: people volunteer it on a form of its own, for purposes that they tick.
"""

from dataclasses import dataclass

ROLES = ("mentee", "mentor", "peer mentor")


@dataclass(frozen=True)
class Facts:
    """Facts as their owner wrote them; an empty value means that nobody has said anything.

    Lists keep the order in which they were given (``specialties`` and ``wishes``: most wanted first).
    Comparison ignores case and surrounding space; sentences show the mentee's spelling.
    """

    goals: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Roles sought (mentee) or offered (mentor): coach, advisor, teacher, counselor, sponsor, ..."""
    languages: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    """Hours that usually suit, such as "Tue 17"."""
    place: str = ""
    """Campus, department or site."""
    stage: str = ""
    """Career stage, one of the program's ordered list of stages."""
    wishes: tuple[str, ...] = ()
    """External ids of mentors, most wanted first (mentees only)."""
    statement: str = ""
    """What they would like to work on, in their own words; nobody but its writer is ever shown it."""


@dataclass(frozen=True)
class PersonRow:
    """One person as a roster names them, with the row where it stands."""

    row: int
    external_id: str
    name: str
    email: str
    title: str = ""
    capacity: int | None = None
    """Places a mentor offers; None where the list does not say."""
    facts: Facts = Facts()
