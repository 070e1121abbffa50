"""A year of two people: when they met, what stood on the agenda, and how they were in touch between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

from cheiron.catalog.demo import chance, words
from cheiron.catalog.demo.people import DAYS

PACES = {"steady": (30, 6), "lively": (21, 4), "slow": (46, 9), "quiet": (34, 8)}
HOW_OFTEN = {"steady": 55, "lively": 20, "slow": 15, "quiet": 10}
AHEAD_DAYS = 24
HALF_DAY = timedelta(hours=8)
"""Nobody meets just now: what is held and what lies ahead must not depend on the hour of the build."""
MINUTES = {"corridor": 10, "message": 5, "call": 15}


@dataclass(frozen=True)
class Clock:
    """The school's own days around the moment at which the demo is built."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day at the school."""
        return self.now.astimezone(self.zone).date()

    def ago(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """An instant of the working day that many days ago (negative: ahead), on the Friday before a weekend."""
        day = self.today - timedelta(days=days)
        return self.at(day - timedelta(days=max(day.weekday() - 4, 0)) if days > 7 else day, hour, minute)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """The instant of an hour at the school."""
        return datetime.combine(day, time(hour, minute), tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Meet:
    """One meeting; ``points`` are texts with the instant at which they were written."""

    starts_at: datetime
    minutes: int
    place: str
    state: str
    by_mentee: bool
    changed_at: datetime
    points: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class Touch:
    """One informal contact."""

    kind: str
    at: datetime
    minutes: int
    by_mentee: bool


@dataclass(frozen=True)
class Pair:
    """What the year of two people depends on."""

    key: str
    began: datetime
    ended: datetime | None
    slots: tuple[str, ...]
    goals: tuple[str, ...]
    specialties: tuple[str, ...]
    site: str
    looks_ahead: bool
    taken: set[datetime] = field(default_factory=set, hash=False)
    """Hours that the mentor has given to somebody already."""


def meetings(pair: Pair, clock: Clock) -> list[Meet]:
    """Every meeting of the two, oldest first; at most one lies ahead."""
    draw = chance("meetings", pair.key)
    points, pace = _points(draw, pair), draw.choices(list(HOW_OFTEN), list(HOW_OFTEN.values()))[0]
    starts = list(_starts(draw, pair, clock, pace))
    held = [start for start in starts if start < (pair.ended or clock.now)]
    found = [_held(draw, start, number, points, pair, len(held)) for number, start in enumerate(held)]
    ahead = starts[len(held) :]
    if pair.looks_ahead and not pair.ended and pace != "quiet" and ahead and draw.random() < 0.8:
        found += _ahead(draw, ahead[0], points, pair, clock)
    return found


def _starts(draw: Random, pair: Pair, clock: Clock, pace: str) -> Iterator[datetime]:
    """About one in each stretch of days, at an hour that suits both; the quiet ones stop early."""
    gap, spread = PACES[pace]
    day = pair.began.astimezone(clock.zone).date() + timedelta(days=draw.randint(5, 16))
    last = clock.today + timedelta(days=AHEAD_DAYS)
    most = draw.randint(2, 3) if pace == "quiet" else 99
    while day <= last and most:
        start = _hour(draw, pair, clock, day)
        if (hour := start.replace(minute=0)) not in pair.taken and abs(start - clock.now) > HALF_DAY:
            pair.taken.add(hour)
            most -= 1
            yield start
        day = start.astimezone(clock.zone).date() + timedelta(days=max(9, round(draw.gauss(gap, spread))))


def _hour(draw: Random, pair: Pair, clock: Clock, day: date) -> datetime:
    weekday, hour = draw.choice(pair.slots or ("Tue 12", "Wed 17")).split()
    later = (DAYS.index(weekday) - day.weekday()) % 7
    return clock.at(day + timedelta(days=later), int(hour), draw.choice((0, 15, 30)))


def _points(draw: Random, pair: Pair) -> Iterator[str]:
    """Points by the goals of the two and of any day, none twice."""
    agenda = words("agenda")
    pool = [point for goal in pair.goals for point in agenda["by_goal"][goal]] + agenda["any"]
    draw.shuffle(pool)
    for point in pool:
        if "{" not in point:
            yield point
        elif len(pair.specialties) > 1:
            yield point.format(first=pair.specialties[0], second=pair.specialties[1].lower())


def _held(draw: Random, start: datetime, number: int, points: Iterator[str], pair: Pair, total: int) -> Meet:
    agenda = words("agenda")
    texts = _some(draw, points)
    if number == 0:
        texts = draw.sample(agenda["first"], draw.randint(1, 3))
    elif pair.ended and number == total - 1:
        texts = [agenda["last"][1]]
    minutes = draw.choices((30, 45, 60, 20), (60, 20, 8, 12))[0]
    changed = start + timedelta(minutes=minutes + draw.randint(1, 300))
    place = _place(draw, pair)
    return Meet(start, minutes, place, "held", draw.random() < 0.8, changed, _written(draw, texts, start))


def _place(draw: Random, pair: Pair) -> str:
    places = words("talk")["meeting_places"]
    return draw.choice([*places["anywhere"], *places.get(pair.site, ())])


def _some(draw: Random, points: Iterator[str]) -> list[str]:
    wanted = draw.choices((0, 1, 2, 3), (12, 38, 35, 15))[0]
    return list(islice(points, wanted))


def _written(draw: Random, texts: Sequence[str], before: datetime) -> tuple[tuple[str, datetime], ...]:
    """The evening before, or some days earlier."""
    return tuple((text, before - timedelta(hours=draw.randint(3, 90), minutes=draw.randint(0, 59))) for text in texts)


def _ahead(draw: Random, start: datetime, points: Iterator[str], pair: Pair, clock: Clock) -> list[Meet]:
    """The next meeting, agreed or still waiting for the other one's answer, with the points written so far."""
    state = "agreed" if draw.random() < 0.8 else "proposed"
    asked = clock.now - timedelta(hours=draw.randint(5, 120))
    place = _place(draw, pair)
    return [Meet(start, 30, place, state, draw.random() < 0.8, asked, _written(draw, _some(draw, points), clock.now))]


def contacts(pair: Pair, clock: Clock) -> list[Touch]:
    """Corridor talks, messages and calls, oldest first; some pairs log none."""
    draw = chance("contacts", pair.key)
    until = pair.ended or clock.now - timedelta(hours=30)
    days = max((until - pair.began).days, 1)
    count = min(draw.choices((0, 1, 3, 6, 10), (20, 15, 30, 25, 10))[0], days // 10)
    found = []
    for day in sorted(draw.sample(range(days), count)):
        (kind,) = draw.choices(("corridor", "message", "call"), (4, 5, 2))
        at = clock.at((pair.began + timedelta(days=day)).astimezone(clock.zone).date(), draw.randint(9, 18), 20)
        found.append(Touch(kind, at, MINUTES[kind], draw.random() < 0.55))
    return [touch for touch in found if pair.began < touch.at < until]
