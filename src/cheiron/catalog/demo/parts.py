"""Who takes part in what, how far they have come, who assesses whom, and who is wished for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cheiron.catalog.demo import chance
from cheiron.catalog.demo.people import Character, Sheet, sheet_of
from cheiron.catalog.demo.year import Clock
from cheiron.core.access import Role
from cheiron.core.matching.score import Participant, score_matrix

LATE = 4
YOUNG, OLD = ("Year 1", "Year 2"), ("Year 3", "Year 4")


@dataclass(frozen=True)
class Entry:
    """One person's part in a program, as far as they have come."""

    one: Character
    role: Role
    sheet: Sheet
    invited_at: datetime | None
    joined_at: datetime | None
    finished_at: datetime | None

    @property
    def key(self) -> str:
        """How the story calls the person."""
        return self.one.part or self.one.number


def _entry(
    one: Character, role: Role, invited: datetime | None, joined: datetime | None, finished: datetime | None
) -> Entry:
    sheet = sheet_of(one, "mentee" if role == Role.MENTEE else "mentor", finished=finished is not None)
    return Entry(one, role, sheet, invited, joined, finished)


def _of(cast: Sequence[Character], *kinds: str) -> list[Character]:
    return [one for one in cast if one.kind in kinds or one.stage in kinds]


def longitudinal(cast: Sequence[Character], clock: Clock) -> tuple[list[Entry], list[Entry]]:
    """Years 3 and 4 with faculty, a year ago; and the few students who came back last month."""
    students = [one for one in _of(cast, *OLD) if one.part != "peer"]
    late = [one for one in students if one.part == "newcomer"]
    late += chance("late").sample([one for one in students if not one.part], LATE - len(late))
    faculty = [one for one in _of(cast, "faculty") if one.part in {"", "mentor"}][:64]
    early = [_long_ago(one, Role.MENTEE, clock) for one in students if one not in late]
    early += [_long_ago(one, Role.MENTOR, clock) for one in faculty]
    back = (clock.ago(32), clock.ago(31, 18), clock.ago(30, 18))
    return early, [_entry(one, Role.MENTEE, *back) for one in late]


def _long_ago(one: Character, role: Role, clock: Clock) -> Entry:
    days = 345 + chance("joined", one.number).randint(1, 12)
    return _entry(one, role, clock.ago(360), clock.ago(days, 18), clock.ago(days, 18, 8))


def foundations(cast: Sequence[Character], clock: Clock) -> list[Entry]:
    """Years 1 and 2 with faculty and residents, seven peer mentors and their senior."""
    draw = chance("foundations")
    mentors = [one for one in cast if one.part == "new_mentor"]
    mentors += draw.sample([one for one in _of(cast, "faculty") if not one.part], 42)
    mentors += draw.sample(_of(cast, "resident"), 27)
    peers = [one for one in cast if one.part == "peer"]
    peers += draw.sample([one for one in _of(cast, "Year 4") if not one.part], 6)
    sides = {Role.MENTEE: _of(cast, *YOUNG), Role.MENTOR: mentors, Role.PEER_MENTOR: peers}
    sides[Role.SENIOR] = [one for one in cast if one.part == "senior"]
    return [_on_the_way(one, role, clock) for role, people in sides.items() for one in people]


def _on_the_way(one: Character, role: Role, clock: Clock) -> Entry:
    """Four of a hundred are not invited yet, twelve have not come, seven have not finished."""
    draw = chance("way", one.number)
    come = 1.0 if one.part else draw.random()
    days = draw.choice((22, 21, 21, 20, 18, 16, 13, 11, 8, 7, 6))
    joined = None if come < 0.16 else clock.ago(days, draw.randint(10, 21), draw.randint(0, 40))
    unfinished = joined is None or come < 0.23 or one.part == "new_mentor"
    finished = None if unfinished else joined + timedelta(minutes=draw.randint(4, 15))
    return _entry(one, role, clock.ago(23) if come >= 0.04 else None, joined, finished)


def reporting_lines(cast: Sequence[Character]) -> list[tuple[str, str, str]]:
    """(student, assessor, kind): small-group leaders and clerkship directors grade, a committee promotes, and so on."""
    draw = chance("lines")
    young, old = _of(cast, *YOUNG), _of(cast, *OLD)
    leaders = draw.sample([one for one in _of(cast, "faculty") if not one.part], 16)
    plan = [(leader, "grades", draw.sample(young, 10)) for leader in leaders[:4]]
    plan += [(leader, "grades", draw.sample(old, 10)) for leader in leaders[4:10]]
    plan += [(leader, "promotes", draw.sample(old, 15)) for leader in leaders[10:12]]
    plan += [(leader, "supervises", draw.sample(young + old, 3)) for leader in leaders[12:]]
    plan += [(leader, "treats", draw.sample(young + old, 1)) for leader in leaders[14:]]
    return [(student.number, leader.number, kind) for leader, kind, students in plan for student in students]


def wishes(
    topic: str, mentees: Sequence[Participant], mentors: Sequence[Participant], how_many: float, sure: str = ""
) -> list[tuple[str, str, int]]:
    """(mentee, mentor, rank): most (``sure`` surely) order a few who fit; some mentors are wished for by many."""
    draw = chance("wishes", topic)
    loved = [draw.lognormvariate(0, 0.8) / 14 for _ in mentors]
    found = []
    for mentee, fits in zip(mentees, score_matrix(mentees, mentors).tolist(), strict=True):
        count = draw.choices((1, 2, 3, 4, 5, 6), (5, 10, 30, 25, 20, 10))[0]
        count = count if draw.random() < how_many or mentee.id == sure else 0
        liking = [fit / 1e6 + love + draw.random() / 3 for fit, love in zip(fits, loved, strict=True)]
        best = sorted(range(len(mentors)), key=_highest(liking))[:count]
        found += [(mentee.id, mentors[place].id, rank) for rank, place in enumerate(best, start=1)]
    return found


def _highest(liking: Sequence[float]) -> Callable[[int], float]:
    return lambda place: -liking[place]
