"""Who waits for a match since when, and what they may be told about the next one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Max
from django.utils.formats import date_format

from cheiron.core.access import Actor, Role
from cheiron.core.matching.lifecycle import RoundState
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.programs.lifecycle import ProgramState
from cheiron.core.programs.waiting import NextMatch, next_match, waiting_line
from cheiron.core.text import Text
from cheiron.models.ledger import Letter
from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program
from cheiron.queries.entrants import waiting_mentees
from cheiron.queries.programs import model_of, own_mentee

MOST_WAITING_SHOWN = 50


@dataclass(frozen=True)
class Waits:
    """One mentee who waits for one role; ``days``: whole days since then."""

    mentee: str
    name: str
    role_title: str
    since: datetime
    days: int


def next_match_of(program: Program, now: datetime) -> NextMatch:
    """How the program stands to its next match today."""
    return _state(program, published_at(program), now)


def published_at(program: Program) -> datetime | None:
    """When a round of the program was published last."""
    return _published([program.id]).get(program.id)


def _published(programs: Iterable[str]) -> dict[str, datetime]:
    rows = Round.objects.filter(program__in=programs, state=RoundState.PUBLISHED)
    return dict(rows.values_list("program").annotate(at=Max("published_at")).order_by())


def _state(program: Program, published: datetime | None, now: datetime) -> NextMatch:
    return next_match(program.next_match_on, program.today(now), _day(program, published) if published else None)


def _day(program: Program, at: datetime) -> date:
    return at.astimezone(ZoneInfo(program.zone)).date()


# ---------- for whoever waits ----------


def waiting_lines(parts: Iterable[Enrollment], now: datetime) -> dict[str, Text]:
    """For each of these mentees who waits the one line about it; nothing for anybody else."""
    waiting = {part.id: since for part in parts if (since := _since(part)) is not None}
    if not waiting:
        return {}
    rows = Enrollment.objects.filter(pk__in=waiting).select_related("program__school")
    found = [row for row in rows if row.program.state == ProgramState.OPEN]
    published, told = _published([row.program_id for row in found]), _told([row.program_id for row in found])
    back = _last_pairs(waiting)
    return {row.id: _line(row, waiting[row.id], back.get(row.id), published, told, now) for row in found}


def waiting_line_for(actor: Actor, program_id: str, now: datetime) -> Text | None:
    """The line for the actor, if they are a mentee of this program and have nobody yet."""
    part = own_mentee(actor, program_id)
    paired = part and Mentorship.objects.filter(mentee=part, state__in=sorted(OPEN)).exists()
    return None if part is None or paired else waiting_lines([part], now).get(part.id)


def _since(part: Enrollment) -> datetime | None:
    """Since when the sheet of a mentee has been finished."""
    sheet = getattr(part, "sheet", None)
    return sheet.finished_at if part.role == Role.MENTEE and sheet else None


def _last_pairs(mentees: Mapping[str, datetime]) -> dict[str, Mentorship]:
    """By mentee the pair that ended last."""
    rows = Mentorship.objects.filter(mentee__in=mentees, ended_at__isnull=False).order_by("ended_at", "id")
    return {pair.mentee_id: pair for pair in rows.only("mentee", "ended_at")}


def _told(programs: Iterable[str]) -> dict[str, datetime]:
    """By program when its coordinators were last told how many wait."""
    rows = Letter.objects.filter(program__in=programs, kind="waiting")
    return dict(rows.values_list("program").annotate(at=Max("written_at")).order_by())


def _line(
    row: Enrollment,
    finished: datetime,
    back: Mentorship | None,
    published: Mapping[str, datetime],
    told: Mapping[str, datetime],
    now: datetime,
) -> Text:
    program = row.program
    since = max(finished, back.ended_at) if back else finished
    state = _state(program, published.get(program.id), now)
    heard = told.get(program.id)
    known = bool(heard and _day(program, heard) >= _day(program, since)) or bool(back and _returned(back))
    day = date_format(program.next_match_on, "l j F") if program.next_match_on else ""
    return waiting_line(state, since=date_format(_day(program, since), "j F"), on=day, told=known)


def _returned(pair: Mentorship) -> bool:
    """Whether a coordinator was told that this mentee is back."""
    return Letter.objects.filter(kind="returned", once__startswith=f"returned:{pair.id}:").exists()


# ---------- for staff ----------


def who_waits(program: Program, now: datetime) -> list[Waits]:
    """Everybody who has said what they seek and has nobody for a role, the longest waiting first."""
    model, found = model_of(program), []
    for role, _title in model.sought:
        title = model.sought_title(role)
        ended = _ended(program, role)
        rows = waiting_mentees(program, role).filter(sheet__finished_at__isnull=False)
        for key, name, finished in rows.values_list("id", "member__name", "sheet__finished_at"):
            since = max(finished, ended.get(key, finished))
            days = (program.today(now) - _day(program, since)).days
            found.append(Waits(key, name, title, since, days))
    return sorted(found, key=lambda one: (one.since, one.name, one.role_title))


def _ended(program: Program, role: str) -> dict[str, datetime]:
    rows = Mentorship.objects.filter(program=program, role=role, ended_at__isnull=False)
    return dict(rows.values_list("mentee").annotate(at=Max("ended_at")).order_by())


def dateless_waiting(programs: Iterable[Program], now: datetime) -> dict[str, int]:
    """By program how many mentees have finished their sheet and have nobody at all, where no date is ahead of them.

    Programs without a published round are left out: their first round is a step of its own on their page.
    """
    published = _published([program.id for program in programs])
    ids = [one.id for one in programs if one.id in published and _dateless(one, published[one.id], now)]
    paired = Mentorship.objects.filter(program__in=ids, state__in=sorted(OPEN)).values("mentee")
    rows = Enrollment.objects.filter(program__in=ids, role=Role.MENTEE, left_at=None, sheet__finished_at__isnull=False)
    return dict(rows.exclude(pk__in=paired).values_list("program").annotate(n=Count("id")).order_by()) if ids else {}


def _dateless(program: Program, published: datetime, now: datetime) -> bool:
    return program.state == ProgramState.OPEN and _state(program, published, now) is not NextMatch.SET
