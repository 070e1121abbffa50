"""Reads about mentorships: only the two of a pair see what is in one; staff see that it exists and how it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from cheiron.core.access import TAKES_PART, Actor, Permission
from cheiron.core.errors import NotFound
from cheiron.core.matching.arithmetic import MILLION
from cheiron.core.matching.score import Part, Reason
from cheiron.core.mentorships.deadlines import Reminder, reminder_due
from cheiron.core.mentorships.lifecycle import OPEN, MeetingState, MentorshipState
from cheiron.core.text import say, text_from_json
from cheiron.gateways.calendars import Appointment, Attendee, calendar_file
from cheiron.models.ledger import Letter
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program, Wish
from cheiron.queries.profiles import PAIR, Face, faces_of
from cheiron.queries.programs import program_for

PEOPLE = ("mentee__member__person", "mentor__member__person", "program__school")
_SIDE = ("member__name", "member__title", "member__person__email")
READ = (
    *("state", "role", "score", "reason", "proposed_at", "answer_by", "answered_at", "question", "question_answer"),
    *(f"{side}__{field}" for side in ("mentee", "mentor") for field in _SIDE),
    *("program__name", "program__ends_on", "program__time_zone", "program__school__time_zone"),
)
"""What the page of a pair reads of so many tables."""


def mentorship_for(actor: Actor, mentorship_id: str, *, lock: bool = False) -> Mentorship:
    """The mentorship, if the actor is one of its two; for everybody else, staff too, it does not exist."""
    rows = Mentorship.objects.select_related(*PEOPLE).only(*READ)
    found = next(iter((rows.select_for_update(of=("self",)) if lock else rows).filter(pk=mentorship_id)), None)
    if found is None or actor.person_id not in {found.mentee.member.person_id, found.mentor.member.person_id}:
        raise NotFound(say("There is no such mentorship."))
    return found


def is_mentor(actor: Actor, mentorship: Mentorship) -> bool:
    """Whether the actor is the mentor of the two."""
    return mentorship.mentor.member.person_id == actor.person_id


def own_side(actor: Actor, mentorship: Mentorship) -> Enrollment:
    """The actor's own enrollment in this pair."""
    return mentorship.mentor if is_mentor(actor, mentorship) else mentorship.mentee


def other_side(actor: Actor, mentorship: Mentorship) -> Enrollment:
    """The other one of the pair."""
    return mentorship.mentee if is_mentor(actor, mentorship) else mentorship.mentor


def own_mentorships(parts: Iterable[Enrollment]) -> list[Mentorship]:
    """All open mentorships of somebody who takes part in these ways, both as mentee and as mentor."""
    mine = [part.id for part in parts]
    rows = Mentorship.objects.filter(Q(mentee__in=mine) | Q(mentor__in=mine), state__in=sorted(OPEN))
    rows = rows.select_related("mentee__member", "mentor__member", "program__school").only(*SHORT)
    return sorted(rows, key=lambda pair: (pair.proposed_at, pair.mentee.member.name, pair.id))


SHORT = (
    *("state", "answer_by", "proposed_at", "question", "question_answer"),
    *("mentee__member__name", "mentee__member__title", "mentee__member__person", "mentor__member__name"),
    *("mentor__member__title", "mentor__member__person"),
    *("program__name", "program__time_zone", "program__school__time_zone"),
)
"""What a line about a mentorship needs."""


def own_parts(actor: Actor) -> list[Enrollment]:
    """Every part that the actor takes in any program."""
    rows = Enrollment.objects.filter(member__person=actor.person_id, left_at=None, role__in=sorted(TAKES_PART))
    rows = rows.select_related("program", "sheet").only(
        "role", "sheet__finished_at", "program__name", "program__school", "program__starts_on", "program__ends_on"
    )
    return sorted(rows, key=lambda part: (part.program.name, part.role))


def who_wished(parts: Iterable[Enrollment]) -> set[str]:
    """The ids of those who have wished for a mentor."""
    ids = [part.id for part in parts]
    return set(Wish.objects.filter(mentee__in=ids).values_list("mentee", flat=True).order_by()) if ids else set()


def coming_meetings(pairs: list[Mentorship], now: datetime) -> list[Meeting]:
    """The meetings of these pairs from now on, soonest first, each with its pair."""
    by_id = {pair.id: pair for pair in pairs if pair.state == MentorshipState.ACTIVE}
    standing = [MeetingState.PROPOSED, MeetingState.AGREED]
    meetings = list(Meeting.objects.filter(mentorship__in=by_id, state__in=standing, starts_at__gt=now))
    for meeting in meetings:
        meeting.mentorship = by_id[meeting.mentorship_id]
    return meetings


def points_by_mentorship(mentorships: list[Mentorship]) -> dict[str, list[AgendaPoint]]:
    """Open agenda points of several mentorships in one read."""
    points: dict[str, list[AgendaPoint]] = {}
    for point in _in_order(AgendaPoint.objects.filter(mentorship__in=mentorships, meeting=None)):
        points.setdefault(point.mentorship_id, []).append(point)
    return points


def _in_order(points: QuerySet[AgendaPoint]) -> list[AgendaPoint]:
    """As they were written. A handful of rows is sorted faster here than the database is told to."""
    return sorted(points.order_by(), key=attrgetter("written_at", "id"))


@dataclass(frozen=True)
class PairPage:
    """Everything on the page of one pair."""

    mentorship: Mentorship
    mine: Enrollment
    other: Enrollment
    as_mentor: bool
    meetings: tuple[Meeting, ...]
    agenda: tuple[AgendaPoint, ...]
    contacts: tuple[Contact, ...]
    asked_change: ChangeRequest | None
    face: Face
    """How the other one shows themselves."""

    @property
    def standing(self) -> tuple[Meeting, ...]:
        """Meetings that are proposed or agreed and not yet answered for, soonest first."""
        return tuple(m for m in self.meetings if m.state in {MeetingState.PROPOSED, MeetingState.AGREED})

    @property
    def next_meeting(self) -> Meeting | None:
        """The soonest of them."""
        return next(iter(self.standing), None)

    @property
    def held(self) -> tuple[Meeting, ...]:
        """Meetings that took place, newest first."""
        return tuple(meeting for meeting in reversed(self.meetings) if meeting.state == MeetingState.HELD)


def pair_for(actor: Actor, mentorship_id: str) -> PairPage:
    """The page of a pair for one of the two."""
    mentorship = mentorship_for(actor, mentorship_id)
    mine = own_side(actor, mentorship)
    return PairPage(
        mentorship=mentorship,
        mine=mine,
        other=other_side(actor, mentorship),
        as_mentor=is_mentor(actor, mentorship),
        meetings=tuple(
            sorted(Meeting.objects.filter(mentorship=mentorship_id).order_by(), key=attrgetter("starts_at"))
        ),
        agenda=tuple(_in_order(AgendaPoint.objects.filter(mentorship=mentorship_id, meeting=None))),
        contacts=tuple(Contact.objects.filter(mentorship=mentorship_id)[:5]),
        asked_change=ChangeRequest.objects.filter(mentorship=mentorship_id, asked_by=mine.id, settled_at=None).first(),
        face=_face(mentorship, other_side(actor, mentorship)),
    )


def _face(mentorship: Mentorship, other: Enrollment) -> Face:
    """People show themselves to those whom they are paired with now, and not for ever."""
    return faces_of([other.id], PAIR)[other.id] if mentorship.state in OPEN else Face()


def meeting_for(actor: Actor, meeting_id: str, *, lock: bool = False) -> Meeting:
    """A meeting of one of the actor's own mentorships."""
    rows = Meeting.objects.filter(pk=meeting_id)
    meeting = (rows.select_for_update() if lock else rows).first()
    try:
        if meeting is None:
            raise NotFound(say("There is no such meeting."))
        meeting.mentorship = mentorship_for(actor, meeting.mentorship_id)
    except NotFound:
        raise NotFound(say("There is no such meeting.")) from None
    return meeting


def reason_of(mentorship: Mentorship) -> Reason:
    """Why the two were matched, as it stood on publication."""
    parts = tuple(
        Part(
            component=part["component"],
            title=text_from_json(part["title"]),
            sentence=text_from_json(part["sentence"]),
            weight=part["weight"],
            match=part["match"],
            adds=part["adds"],
        )
        for part in mentorship.reason
    )
    return Reason(mentorship.score, parts)


_NAMES = tuple(
    f"{side}__member__{field}" for side in ("mentee", "mentor") for field in ("name", "title", "external_id")
)
SHOWN_TO_MENTOR = 3


def reason_shown(pair: PairPage) -> Reason:
    """The reason for one of the two. A mentor is not shown how they stood among the mentee's wishes."""
    reason = reason_of(pair.mentorship)
    return without_wishes(reason) if pair.as_mentor else reason


def without_wishes(reason: Reason) -> Reason:
    """The largest parts, and the rest as one sum in which the wish cannot be told from another part."""
    wish = [part for part in reason.parts if part.component == "wish"]
    others = sorted((part for part in reason.parts if part.component != "wish"), key=lambda part: -part.adds)
    if not wish:
        return reason
    shown = others[: min(SHOWN_TO_MENTOR, max(len(others) - 1, 0))]
    return Reason(reason.score, (*shown, _rest([*others[len(shown) :], *wish])))


def _rest(parts: list[Part]) -> Part:
    weight, adds = sum(part.weight for part in parts), sum(part.adds for part in parts)
    title, sentence = say("The rest"), say("Smaller parts together.")
    return Part("rest", title, sentence, weight, round(adds * MILLION / weight) if weight else 0, adds)


def places_of(mentor: Enrollment) -> tuple[int, int]:
    """How many of a mentor's places are taken by active mentees, and how many places there are."""
    taken = Mentorship.objects.filter(mentor=mentor, state=MentorshipState.ACTIVE).count()
    return taken, mentor.sheet.capacity


def states_of(program: Program) -> dict[str, int]:
    """How many mentorships stand in each state."""
    counts = Mentorship.objects.filter(program=program).values_list("state").annotate(n=Count("id"))
    return dict(counts)


def open_mentorships(*, id: str = "", of: str = "") -> QuerySet[Mentorship]:
    """Open mentorships by their own id or by one side's enrollment; locked until the transaction ends."""
    which = Q(pk=id) if id else Q(mentee=of) | Q(mentor=of)
    rows = Mentorship.objects.filter(which, state__in=sorted(OPEN))
    return rows.select_related(*PEOPLE).select_for_update(of=("self",))


def overdue(now: datetime) -> list[Mentorship]:
    """Proposals whose day to answer by is over at their school; locked until the transaction ends."""
    rows = Mentorship.objects.filter(state=MentorshipState.PROPOSED, answer_by__lte=now.date())
    rows = rows.select_related(*PEOPLE).select_for_update(of=("self",)).order_by("answer_by", "id")
    return [row for row in rows if row.program.today(now) > row.answer_by]


def to_remind(now: datetime) -> list[tuple[Mentorship, Reminder]]:
    """Proposals for which a reminder is due today that has not been written yet; locked until the end."""
    rows = Mentorship.objects.filter(state=MentorshipState.PROPOSED, answer_by__gte=now.date() - timedelta(days=1))
    rows = rows.select_related(*PEOPLE).select_for_update(of=("self",))
    due = [(row, reminder) for row in rows if (reminder := _due(row, now))]
    written = set(
        Letter.objects.filter(kind="reminder answer", once__in=[reminder_key(*one) for one in due]).values_list(
            "once", flat=True
        )
    )
    return [one for one in due if reminder_key(*one) not in written]


def _due(row: Mentorship, now: datetime) -> Reminder | None:
    zone = ZoneInfo(row.program.zone)
    return reminder_due(row.proposed_at.astimezone(zone).date(), row.answer_by, row.program.today(now))


def reminder_key(mentorship: Mentorship, reminder: Reminder) -> str:
    """What a reminder is about: each is written once."""
    return f"reminder answer:{mentorship.id}:{reminder}"


def pairs_for(actor: Actor, program_id: str) -> tuple[Program, QuerySet[Mentorship]]:
    """A program and its mentorships as staff see them: that they exist and how they stand, and no more."""
    program = program_for(actor, program_id, Permission.PAIRS_VIEW)
    rows = Mentorship.objects.filter(program=program).select_related("mentee__member", "mentor__member", "round")
    shown = ("state", "decline_reason", "score", "proposed_at", "answer_by", "round__name", *_NAMES)
    rows = rows.only(*shown)
    held = Count("meetings", filter=Q(meetings__state=MeetingState.HELD))
    return program, rows.annotate(held=held).order_by("mentee__member__name", "proposed_at", "id")


def open_changes(program: Program) -> list[ChangeRequest]:
    """Requests for a change that nobody has settled yet, oldest first; where there is none, one short read says so."""
    rows = ChangeRequest.objects.filter(mentorship__program=program, settled_at=None)
    people = ("mentorship__mentee__member", "mentorship__mentor__member", "asked_by__member")
    return list(rows.select_related(*people).order_by("asked_at")) if rows.exists() else []


def change_for(actor: Actor, change_id: str, *, lock: bool = False) -> ChangeRequest:
    """A request for a change, for those who settle it."""
    rows = ChangeRequest.objects.select_related("mentorship__program")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=change_id).first()
    if found is None or not actor.roles_in(found.mentorship.program.scope):
        raise NotFound(say("There is no such request."))
    actor.require(Permission.CHANGE_SETTLE, found.mentorship.program.scope)
    return found


def calendar_of(meeting: Meeting) -> str:
    """The meeting as an ``.ics`` file."""
    mentorship = meeting.mentorship
    mentee, mentor = mentorship.mentee.member, mentorship.mentor.member
    return calendar_file(
        Appointment(
            id=meeting.id,
            sequence=meeting.sequence,
            starts_at=meeting.starts_at,
            minutes=meeting.minutes,
            summary=gettext("%(mentee)s and %(mentor)s") % {"mentee": mentee.name, "mentor": mentor.name},
            place=meeting.place,
            organizer=Attendee(mentee.name, mentee.person.email),
            attendee=Attendee(mentor.name, mentor.person.email),
            stamped_at=meeting.changed_at,
            canceled=meeting.state == MeetingState.CANCELED,
        )
    )
