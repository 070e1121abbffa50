"""What a person has to do next, by everything that they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from cheiron.core.access import TAKES_PART, Actor, Permission, Role
from cheiron.core.mentorships.lifecycle import MeetingState, MentorshipState
from cheiron.core.text import Text
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Meeting, Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program
from cheiron.queries import mentorships as queries
from cheiron.queries.kept import kept
from cheiron.queries.messages import open_reports, unread_by
from cheiron.queries.profiles import PAIR, Face, faces_of
from cheiron.queries.programs import programs_for
from cheiron.queries.waiting import dateless_waiting, waiting_lines

MOST_CARDS = 3


@dataclass(frozen=True)
class Card:
    """One thing to do: a template of web/home draws each kind."""

    kind: str
    part: Enrollment | None = None
    mentorship: Mentorship | None = None
    meeting: Meeting | None = None
    agenda: tuple[AgendaPoint, ...] = ()
    program: Program | None = None
    waiting: Text | None = None
    """What somebody who waits is told about the next match."""
    waits: int = 0
    """How many wait for whom no date is set."""
    listed: int = 0
    unanswered: int = 0
    asked_changes: int = 0
    reported: int = 0


@dataclass(frozen=True)
class Home:
    """A person's first page."""

    cards: tuple[Card, ...]
    coming: tuple[Meeting, ...]
    unread: tuple[tuple[Mentorship, int], ...]
    as_mentee: tuple[Mentorship, ...]
    as_mentor: tuple[Mentorship, ...]
    faces: Mapping[str, Face]
    """How those whom one is paired with show themselves, by enrollment."""
    programs: tuple[Program, ...]
    program: Program | None
    may_create: bool
    takes_part: bool


def home_for(actor: Actor, now: datetime) -> Home:
    """Cards by urgency: meet, answer, fill in, begin; then what is coming and whom one goes with."""
    parts = queries.own_parts(actor) if actor.takes_part else []
    pairs = queries.own_mentorships(parts) if parts else []
    meetings = queries.coming_meetings(pairs, now) if pairs else []
    programs = _programs(actor, parts)
    cards = [*_pair_cards(actor, pairs, meetings), *_part_cards(parts, pairs, now), *_staff_cards(actor, programs, now)]
    mine = actor.person_id
    return Home(
        cards=tuple(cards[:MOST_CARDS]),
        coming=tuple(meetings),
        unread=_unread(actor, pairs),
        as_mentee=tuple(p for p in pairs if p.mentee.member.person_id == mine),
        as_mentor=tuple(p for p in pairs if p.mentor.member.person_id == mine),
        faces=faces_of((queries.other_side(actor, pair).id for pair in pairs), PAIR) if pairs else {},
        programs=tuple(programs),
        program=programs[0] if len(programs) == 1 else None,
        may_create=bool(actor.scopes_with(Permission.PROGRAM_CREATE)),
        takes_part=bool(parts),
    )


def _unread(actor: Actor, pairs: list[Mentorship]) -> tuple[tuple[Mentorship, int], ...]:
    """The pairs in which messages wait for the actor, and how many."""
    counts = unread_by(actor, pairs) if pairs else {}
    return tuple((pair, counts[pair.id]) for pair in pairs if pair.id in counts)


def _programs(actor: Actor, parts: list[Enrollment]) -> list[Program]:
    """Programs that one takes part in, or (for staff) all that one may look at."""
    staff = actor.scopes_with(Permission.PROGRAM_VIEW)
    return list(programs_for(actor)) if staff else list({part.program_id: part.program for part in parts}.values())


def _pair_cards(actor: Actor, pairs: list[Mentorship], meetings: list[Meeting]) -> list[Card]:
    points = queries.points_by_mentorship(pairs) if meetings else {}
    by_pair = {meeting.mentorship_id: meeting for meeting in reversed(meetings)}
    cards = [_card(actor, pair, by_pair.get(pair.id), tuple(points.get(pair.id, ()))) for pair in pairs]
    return sorted((card for card in cards if card), key=lambda card: ORDER.index(card.kind))


ORDER = ("answer-meeting", "answer", "reply", "next-meeting", "agenda", "book", "wait")


def _card(actor: Actor, pair: Mentorship, meeting: Meeting | None, agenda: tuple[AgendaPoint, ...]) -> Card | None:
    mentor = queries.is_mentor(actor, pair)
    kind = (
        _proposed_kind(pair, mentor)
        if pair.state == MentorshipState.PROPOSED
        else _active_kind(actor, pair, meeting, agenda)
    )
    return Card(kind, mentorship=pair, meeting=meeting, agenda=agenda) if kind else None


def _proposed_kind(pair: Mentorship, mentor: bool) -> str:
    if mentor:
        return "answer"
    return "reply" if pair.question and not pair.question_answer else "wait"


def _active_kind(actor: Actor, pair: Mentorship, meeting: Meeting | None, agenda: tuple[AgendaPoint, ...]) -> str:
    mentor = queries.is_mentor(actor, pair)
    if meeting is None:
        return "" if mentor else "book"
    if meeting.state == MeetingState.PROPOSED:
        return "answer-meeting" if meeting.proposed_by_id != queries.own_side(actor, pair).id else ""
    return "next-meeting" if mentor or agenda else "agenda"


def _part_cards(parts: list[Enrollment], pairs: list[Mentorship], now: datetime) -> list[Card]:
    paired = {pair.mentee_id for pair in pairs}
    unfinished = [part for part in parts if not _finished(part)]
    seeking = [part for part in parts if _finished(part) and part.role == Role.MENTEE and part.id not in paired]
    wished = queries.who_wished(seeking)
    kinds = {part.id: "queue" if part.id in wished else "wish" for part in seeking}
    kinds |= {part.id: "intake" for part in unfinished}
    lines = waiting_lines(seeking, now)
    return [
        Card(kinds[part.id], part=part, program=part.program, waiting=lines.get(part.id))
        for part in parts
        if part.id in kinds
    ]


def _finished(part: Enrollment) -> bool:
    sheet = getattr(part, "sheet", None)
    return bool(sheet and sheet.finished_at)


def _staff_cards(actor: Actor, programs: list[Program], now: datetime) -> list[Card]:
    """For staff: each program's own next step stands on its page; here only the way in."""
    staffed = [program for program in programs if actor.can(Permission.PROGRAM_EDIT, program.scope)][:MOST_CARDS]
    counted = _at_a_glance(actor, staffed, now) if staffed else []
    return [Card("program", program=program, **counts) for program, counts in counted]


def _at_a_glance(actor: Actor, programs: list[Program], now: datetime) -> list[tuple[Program, dict[str, int]]]:
    """Some counts of each program, a read for each count."""
    ids = [program.id for program in programs]
    proposed = Mentorship.objects.filter(program__in=ids, state=MentorshipState.PROPOSED)
    changes = ChangeRequest.objects.filter(mentorship__program__in=ids, settled_at=None)
    counts = {
        "listed": _listed(tuple(programs)),
        "waits": dateless_waiting(programs, now),
        "unanswered": _by_program(proposed, "program"),
        "asked_changes": _by_program(changes, "mentorship__program"),
        "reported": _by_program(open_reports(actor, ids), "message__mentorship__program"),
    }
    return [(program, {name: count.get(program.id, 0) for name, count in counts.items()}) for program in programs]


@kept(most=256)
def _listed(programs: tuple[Program, ...]) -> dict[str, int]:
    rows = Enrollment.objects.filter(program__in=programs, left_at=None, role__in=sorted(TAKES_PART))
    return _by_program(rows, "program")


def _by_program(rows: QuerySet, program: str) -> dict[str, int]:
    return dict(rows.values_list(program).annotate(n=Count("*")).order_by())
