"""Reads about messages: the two of a pair read theirs, staff read those that were reported to them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet

from cheiron.core.access import Actor, Permission
from cheiron.core.errors import NotFound
from cheiron.core.mentorships.lifecycle import MentorshipState
from cheiron.core.text import say
from cheiron.models.mentorships import Mentorship
from cheiron.models.messages import Message, MessageReport, Mute
from cheiron.models.people import Enrollment, Member
from cheiron.models.programs import Program
from cheiron.queries.mentorships import is_mentor, mentorship_for, other_side, own_side
from cheiron.queries.people import coordinators_of
from cheiron.queries.programs import program_for

PER_PAGE = 50


@dataclass(frozen=True)
class Thread:
    """What the two of a pair have written, as one of them sees it; of a page, the newest stand last."""

    mentorship: Mentorship
    mine: Enrollment
    other: Enrollment
    as_mentor: bool
    page: Page
    muted: bool
    reported: frozenset[str]

    @property
    def messages(self) -> list[Message]:
        """Oldest first."""
        return list(reversed(self.page.object_list))

    @property
    def unread(self) -> bool:
        """Whether something on this page is new to the reader."""
        return any(one.read_at is None and one.by_id == self.other.id for one in self.page.object_list)

    @property
    def open(self) -> bool:
        """Whether the two may still write."""
        return self.mentorship.state == MentorshipState.ACTIVE


def thread_for(actor: Actor, mentorship_id: str, number: str | None = None) -> Thread:
    """One page of the messages of a pair, for one of the two."""
    mentorship = mentorship_for(actor, mentorship_id)
    mine = own_side(actor, mentorship)
    rows = Message.objects.filter(mentorship=mentorship_id).order_by("-sent_at", "-id")
    page = Paginator(rows, PER_PAGE).get_page(number)
    page.object_list = list(page.object_list)
    reports = MessageReport.objects.filter(message__in=[one.id for one in page.object_list], by=mine)
    return Thread(
        mentorship=mentorship,
        mine=mine,
        other=other_side(actor, mentorship),
        as_mentor=is_mentor(actor, mentorship),
        page=page,
        muted=Mute.objects.filter(mentorship=mentorship_id, by=mine).exists(),
        reported=frozenset(reports.values_list("message", flat=True)),
    )


def unread_by(actor: Actor, pairs: Iterable[Mentorship]) -> dict[str, int]:
    """How many messages wait for the actor in each of these pairs, in one read."""
    others = {pair.id: other_side(actor, pair).id for pair in pairs}
    rows = Message.objects.filter(mentorship__in=list(others), by__in=list(others.values()), read_at=None)
    return Counter(rows.order_by().values_list("mentorship", flat=True))


def message_for(actor: Actor, message_id: str) -> Message:
    """A message that the other one of a pair wrote to the actor."""
    found = Message.objects.filter(pk=message_id).first()
    try:
        if found is None:
            raise NotFound(say("There is no such message."))
        found.mentorship = mentorship_for(actor, found.mentorship_id)
    except NotFound:
        raise NotFound(say("There is no such message.")) from None
    if found.by_id != other_side(actor, found.mentorship).id:
        raise NotFound(say("There is no such message."))
    return found


def readers_of_reports(mentorship: Mentorship) -> list[Member]:
    """Who would read a report from this pair: the coordinators, except one who is of the pair."""
    two = {mentorship.mentee.member.person_id, mentorship.mentor.member.person_id}
    return [one for one in coordinators_of(mentorship.program).order_by("name", "id") if one.person_id not in two]


_TWO = ("mentee__member", "mentor__member")
_REPORT = ("by__member", "message__by__member", *(f"message__mentorship__{side}" for side in _TWO))


def _of_others(actor: Actor, rows: QuerySet[MessageReport]) -> QuerySet[MessageReport]:
    """Without those from a pair of the actor's own: staff who were reported never hear of it."""
    sides = ("message__mentorship__mentee__member__person", "message__mentorship__mentor__member__person")
    return rows.exclude(Q(**{sides[0]: actor.person_id}) | Q(**{sides[1]: actor.person_id}))


def reports_for(actor: Actor, program_id: str) -> tuple[Program, QuerySet[MessageReport]]:
    """A program and the messages that were reported in it: first those that wait, then the newest."""
    program = program_for(actor, program_id, Permission.REPORT_SETTLE)
    rows = MessageReport.objects.filter(message__mentorship__program=program).select_related(*_REPORT)
    return program, _of_others(actor, rows).order_by(F("settled_at").desc(nulls_first=True), "-reported_at", "id")


def open_reports(actor: Actor, programs: Iterable[str]) -> QuerySet[MessageReport]:
    """Reports that nobody has settled, in these programs, as far as the actor may know of them."""
    rows = MessageReport.objects.filter(message__mentorship__program__in=programs, settled_at=None)
    return _of_others(actor, rows)


def report_for(actor: Actor, report_id: str, *, lock: bool = False) -> MessageReport:
    """A report, for those who settle it."""
    rows = MessageReport.objects.select_related(*_REPORT, "message__mentorship__program__school")
    rows = _of_others(actor, rows.select_for_update(of=("self",)) if lock else rows)
    found = rows.filter(pk=report_id).first()
    if found is None or not actor.roles_in(found.message.mentorship.program.scope):
        raise NotFound(say("There is no such report."))
    actor.require(Permission.REPORT_SETTLE, found.message.mentorship.program.scope)
    return found
