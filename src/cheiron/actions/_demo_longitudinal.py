"""The demo's program that is a year old: three rounds, answers, meetings, requests."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F

from cheiron.actions import matching, mentorships, messages
from cheiron.actions import meetings as pair_meetings
from cheiron.actions._demo_story import LONGITUDINAL, Story, enroll_all, make_wishes, new_program
from cheiron.catalog.demo import chance, parts, words
from cheiron.catalog.demo.year import Clock, Pair, Touch, contacts, meetings
from cheiron.core.access import SYSTEM, Actor
from cheiron.core.mentorships.lifecycle import OPEN, MeetingState, MentorshipState
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import IntakeSheet, Program, Wish
from cheiron.queries.people import actor_for

CHANGES = (8, 7, 7)
ENDED = (96, 81, 63, 48, 41, 34)
LAPSED = {9, 33, 88}
DECLINED = {3: "no-room", 17: "not-my-field", 41: "no-room", 70: "not-my-field"}


def tell_longitudinal(story: Story) -> Program:
    """Years 3 and 4 with the faculty, matched eleven months ago."""
    program = new_program(story.school, story.coordinator, LONGITUDINAL, story.clock, begins=346, days=730)
    early, late = parts.longitudinal(story.cast, story.clock)
    rows = enroll_all(story, program, early)
    make_wishes(program, "longitudinal", 0.8, rows["mentee"])
    _first_wish(rows["mentee"], rows["mentor"])
    _publish(story, program, "Opening round", created=344, published=342)
    _answers(story, program)
    _publish(story, program, "Second look", created=322, published=320)
    _accept(story, program, 316)
    _ends(story, program)
    rows |= enroll_all(story, program, late)
    _first_wish(rows["newcomer"], rows["mentor"])
    return program


def _first_wish(mentee: Enrollment, mentor: Enrollment) -> None:
    Wish.objects.filter(mentee=mentee, mentor=mentor).delete()
    Wish.objects.filter(mentee=mentee).update(rank=F("rank") + 1)
    Wish.objects.create(mentee=mentee, mentor=mentor, rank=1)


def _publish(story: Story, program: Program, name: str, *, created: int, published: int) -> None:
    clock, actor = story.clock, story.coordinator
    begun, at = clock.ago(created, 10), clock.ago(published, 14, 30)
    key = matching.create_round(actor=actor, program_id=program.id, name=name, now=begun)
    matching.draft_round(actor=actor, round_id=key, now=begun + timedelta(minutes=4))
    answer_by = at.date() + timedelta(days=10)
    matching.review_round(actor=actor, round_id=key, answer_by=answer_by, now=at - timedelta(minutes=35))
    matching.publish_round(actor=actor, round_id=key, now=at)


def _answers(story: Story, program: Program) -> None:
    """Nearly all accept within days, four decline, three stay silent until the day has passed."""
    kept = {story.members["mentor"].id, story.members["mentee"].id}
    pairs = list(_proposed(program).exclude(mentor__member__in=kept).exclude(mentee__member__in=kept))
    declined = {pairs[place].id: reason for place, reason in DECLINED.items()}
    lapsed = {pairs[place].id for place in LAPSED}
    draw, answers = chance("answers"), []
    for pair in _proposed(program):
        at = story.clock.ago(draw.choice((339, 339, 338, 337, 336, 335, 334)), draw.randint(7, 20), draw.randint(0, 59))
        if pair.id not in lapsed:
            answers.append((at, pair.id, pair.mentor.member.person_id, declined.get(pair.id)))
    for at, key, mentor, reason in sorted(answers):
        _answer(key, mentor, reason, at)
    mentorships.lapse_overdue(actor=SYSTEM, now=story.clock.ago(328, 6))


def _proposed(program: Program) -> Iterable[Mentorship]:
    rows = Mentorship.objects.filter(program=program, state=MentorshipState.PROPOSED)
    return rows.select_related("mentor__member", "mentee__member").order_by("mentee__member__external_id")


def _answer(key: str, person: str, reason: str | None, at: datetime) -> None:
    if reason:
        mentorships.decline_mentee(actor=actor_for(person), mentorship_id=key, reason=reason, now=at)
    else:
        mentorships.accept_mentee(actor=actor_for(person), mentorship_id=key, now=at)


def _accept(story: Story, program: Program, days: int) -> None:
    for number, pair in enumerate(list(_proposed(program))):
        _answer(pair.id, pair.mentor.member.person_id, None, story.clock.ago(days, 8 + number))


def _ends(story: Story, program: Program) -> None:
    """Six pairs end without fault, and one of their mentees takes a leave."""
    ends = chance("ends").sample(_strangers(story, program), len(ENDED))
    for days, pair in zip(ENDED, ends, strict=True):
        _end(story, pair, days)
    mentorships.withdraw(
        actor=story.coordinator, program_id=program.id, enrollment_id=ends[0].mentee_id, now=story.clock.ago(30)
    )


def ask_for_changes(story: Story, program: Program) -> None:
    """Requests that still wait for the coordinator."""
    pairs = chance("changes").sample(_strangers(story, program), len(CHANGES))
    notes = [one["note"] for one in words("talk")["changes"]]
    for days, pair, note in zip(CHANGES, pairs, notes, strict=True):
        asker, at = actor_for(pair.mentee.member.person_id), story.clock.ago(days, 21, 10)
        mentorships.ask_for_change(actor=asker, mentorship_id=pair.id, note=note, now=at)


def _strangers(story: Story, program: Program) -> list[Mentorship]:
    """Active pairs in which nobody has a door."""
    doors = {story.members["mentor"].id, story.members["mentee"].id}
    return [pair for pair in _active(program) if not {pair.mentee.member_id, pair.mentor.member_id} & doors]


def _active(program: Program) -> list[Mentorship]:
    rows = Mentorship.objects.filter(program=program, state=MentorshipState.ACTIVE)
    rows = rows.select_related("mentee__member", "mentor__member")
    return list(rows.order_by("mentee__member__external_id"))


def _end(story: Story, pair: Mentorship, days: int) -> None:
    asker = chance("asks", days).choice((pair.mentee, pair.mentor)).member.person_id
    clock = story.clock
    mentorships.ask_for_change(actor=actor_for(asker), mentorship_id=pair.id, note="", now=clock.ago(days + 6, 19))
    change = ChangeRequest.objects.get(mentorship=pair, settled_at=None)
    mentorships.settle_change(actor=story.coordinator, change_id=change.id, end=True, now=clock.ago(days, 11))


def write_the_year(story: Story, program: Program) -> None:
    rows = Mentorship.objects.filter(program=program).exclude(answered_at=None).exclude(state=MentorshipState.DECLINED)
    rows = rows.select_related("mentee__member", "mentor__member", "mentee__sheet", "mentor__sheet")
    taken: dict[str, set[datetime]] = {}
    made: tuple[list, list, list] = ([], [], [])
    for row in rows.order_by("mentee__member__external_id"):
        pair = _pair(story, row, taken.setdefault(row.mentor_id, set()))
        _write_meetings(row, pair, story.clock, made)
        made[2].extend(_contact(row, touch) for touch in contacts(pair, story.clock))
    for model, found in zip((Meeting, AgendaPoint, Contact), made, strict=True):
        model.objects.bulk_create(found)


def _pair(story: Story, row: Mentorship, taken: set[datetime]) -> Pair:
    mentee, mentor = row.mentee.sheet.facts, row.mentor.sheet.facts
    shared = tuple(slot for slot in mentee.get("times", ()) if slot in mentor.get("times", ()))
    lists = (tuple(mentee.get(key, ())) for key in ("goals", "specialties"))
    ahead = row.mentor.member_id != story.members["mentor"].id
    key = row.mentee.member.external_id + row.mentor.member.external_id
    site = mentor.get("place", "")
    slots = shared or tuple(mentor.get("times", ()))
    return Pair(key, row.answered_at, row.ended_at, slots, *lists, site, looks_ahead=ahead, taken=taken)


def _write_meetings(row: Mentorship, pair: Pair, clock: Clock, made: tuple[list, list, list]) -> None:
    for meet in meetings(pair, clock):
        meeting = Meeting(
            mentorship=row,
            starts_at=meet.starts_at,
            minutes=meet.minutes,
            place=meet.place,
            state=meet.state,
            proposed_by=row.mentee if meet.by_mentee else row.mentor,
            changed_at=meet.changed_at,
        )
        made[0].append(meeting)
        of = meeting if meet.state == MeetingState.HELD else None
        made[1].extend(AgendaPoint(mentorship=row, meeting=of, text=t, written_at=at) for t, at in meet.points)


def _contact(row: Mentorship, touch: Touch) -> Contact:
    return Contact(
        mentorship=row,
        kind=touch.kind,
        on_day=touch.at.date(),
        minutes=touch.minutes,
        logged_by=row.mentee if touch.by_mentee else row.mentor,
        logged_at=touch.at,
    )


def propose_anew(story: Story, program: Program) -> None:
    """Those who wait are matched again, four days ago; most mentors have still to answer."""
    actor, clock = story.coordinator, story.clock
    mentor = program.enrollments.get(member=story.members["mentor"])
    newcomer = program.enrollments.get(member=story.members["newcomer"])
    taken = Mentorship.objects.filter(mentor=mentor, state__in=OPEN).count()
    IntakeSheet.objects.filter(enrollment=mentor).update(capacity=taken + 1)
    begun, at = clock.ago(6, 10), clock.ago(4, 14, 30)
    key = matching.create_round(actor=actor, program_id=program.id, name="For those who wait", now=begun)
    matching.draft_round(actor=actor, round_id=key, now=begun)
    matching.decide_pair(
        actor=actor,
        round_id=key,
        kind="pin",
        mentee=newcomer.id,
        mentor=mentor.id,
        reason=words("talk")["reasons"]["invited"],
        now=begun + timedelta(minutes=9),
    )
    answer_by = clock.today + timedelta(days=7)
    matching.review_round(actor=actor, round_id=key, answer_by=answer_by, now=at - timedelta(hours=1))
    matching.publish_round(actor=actor, round_id=key, now=at)
    _first_answers(story, [pair for pair in _proposed(program) if pair.mentor_id != mentor.id])


def _first_answers(story: Story, pairs: list[Mentorship]) -> None:
    talk, clock = words("talk")["question"], story.clock
    asked, *accepted = pairs[:3]
    mentee, mentor = (actor_for(side.member.person_id) for side in (asked.mentee, asked.mentor))
    mentorships.ask_mentee(actor=mentor, mentorship_id=asked.id, question=talk["asks"], now=clock.ago(3, 7, 40))
    mentorships.answer_question(actor=mentee, mentorship_id=asked.id, answer=talk["replies"], now=clock.ago(3, 20, 5))
    for number, pair in enumerate(accepted):
        _answer(pair.id, pair.mentor.member.person_id, None, clock.ago(2, 12 + number, 25))


def book_door_meeting(story: Story, program: Program) -> None:
    """The two behind the doors "mentor" and "mentee" meet next week: asked and agreed by the real actions."""
    clock, ahead = story.clock, words("cast")["ahead"]
    pair = Mentorship.objects.get(program=program, mentee__member=story.members["mentee"], state="active")
    mentee, mentor = (actor_for(story.members[part].person_id) for part in ("mentee", "mentor"))
    days = next(days for days in range(3, 10) if (clock.today + timedelta(days=days)).weekday() == 1)
    starts = clock.at(clock.today + timedelta(days=days), 17, 0)
    _write_to_each_other(pair, mentee, mentor, ahead["messages"][:2], clock.ago(2, 17, 12))
    key = pair_meetings.propose_meeting(
        actor=mentee, mentorship_id=pair.id, starts_at=starts, minutes=30, place=ahead["place"], now=clock.ago(2, 19)
    )
    pair_meetings.answer_meeting(actor=mentor, meeting_id=key, agree=True, now=clock.ago(1, 6, 50))
    pair_meetings.log_contact(actor=mentor, mentorship_id=pair.id, kind="corridor", now=clock.ago(1, 13, 20))
    for number, point in enumerate(ahead["points"]):
        pair_meetings.add_point(actor=mentee, mentorship_id=pair.id, text=point, now=clock.ago(1, 20, 3 + number))
    _write_to_each_other(pair, mentee, mentor, ahead["messages"][2:], clock.ago(1, 20, 30))


def _write_to_each_other(pair: Mentorship, mentee: Actor, mentor: Actor, texts: list[str], now: datetime) -> None:
    """A question and its answer half an hour later; each reads what came before they write."""
    for who, text in zip((mentee, mentor), texts, strict=True):
        messages.read_messages(actor=who, mentorship_id=pair.id, now=now)
        messages.send_message(actor=who, mentorship_id=pair.id, text=text, key="", now=now)
        now += timedelta(minutes=30)
