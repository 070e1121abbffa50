"""The demo: a school of invented people with a year behind it and a round about to be matched.

Rounds, answers, invitations and requests are made by the real actions, each at its own instant of the past, so that
letters, audit and reasons are what the product itself would have left. The year of meetings is written in bulk.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import F, Model, signals

from cheiron.actions import matching, mentorships, people
from cheiron.actions._ledger import record
from cheiron.catalog.demo import chance, parts, words
from cheiron.catalog.demo.people import Character, everybody
from cheiron.catalog.demo.year import Clock, Pair, Touch, contacts, meetings
from cheiron.catalog.programs import program_model
from cheiron.core.access import SYSTEM, Actor, Role
from cheiron.core.errors import Conflict, Denied
from cheiron.core.matching.score import Participant
from cheiron.core.mentorships.lifecycle import OPEN, MeetingState, MentorshipState
from cheiron.core.programs.model import write_model
from cheiron.core.text import say
from cheiron.models.base import ALPHABET, ID_LENGTH
from cheiron.models.ledger import Letter, OneTimeLink
from cheiron.models.matching import Run
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.people import Enrollment, Member, Person, ReportingLine, School
from cheiron.models.programs import IntakeSheet, Program, Wish
from cheiron.models.volunteered import Volunteered
from cheiron.queries.people import actor_for
from cheiron.queries.programs import facts_from

PASSWORD = UNUSABLE_PASSWORD_PREFIX + "nobody signs in to the demo by password"
LONGITUDINAL, FOUNDATIONS = "Longitudinal Mentoring", "Foundations Mentoring, class of %s"
PAIRED = (Role.MENTEE, Role.MENTOR)
SHORT_OF = 3
DECLINED = {3: "no-room", 17: "not-my-field", 41: "no-room", 70: "not-my-field"}
LAPSED = {9, 33, 88}
ENDED = (96, 81, 63, 48, 41, 34)
CHANGES = (8, 7, 7)


@dataclass
class Story:
    """What the steps of the build hand on to one another."""

    clock: Clock
    school: School
    coordinator: Actor
    cast: tuple[Character, ...]
    members: dict[str, Member] = field(default_factory=dict)
    """By number; those whom the story needs by name also by their part."""


@transaction.atomic
def build_demo_school(*, actor: Actor = SYSTEM, now: datetime) -> str:
    """Fill an empty database with the demo. The same ``now`` gives the same content, ids included. Returns its id."""
    if not actor.system:
        raise Denied(say("The demo school is built on the server's command line."))
    if School.objects.exists():
        raise Conflict(say("There is a school here already. The demo is built in an empty database."))
    with _steady_ids():
        story = _found(now)
        _reporting_lines(story)
        longitudinal = _longitudinal(story)
        _neighbor(story)
        foundations = _foundations(story)
        _ask_for_changes(story, longitudinal)
        _new_proposals(story, longitudinal)
        _draft(story, foundations)
        _write_the_year(story, longitudinal)
        _door_meeting(story, longitudinal)
        _volunteered(story)
        _sent_until(story.clock.ago(5))
        record(actor, now, "demo.build", story.school, people=len(story.cast))
    return story.school.id


@contextmanager
def _steady_ids() -> Iterator[None]:
    """While it lasts, new rows get ids from the demo's own source of chance, those that actions make too."""
    draw = chance("ids")

    def give(sender: type[Model], args: Sequence, kwargs: dict, **_: object) -> None:
        key = sender._meta.pk
        if not args and key.default is not None and getattr(key, "max_length", None) == ID_LENGTH:
            kwargs.setdefault(key.attname, "".join(draw.choices(ALPHABET, k=ID_LENGTH)))

    signals.pre_init.connect(give, weak=False)
    try:
        yield
    finally:
        signals.pre_init.disconnect(give)


def _found(now: datetime) -> Story:
    """The school, its staff and all its people."""
    cast = words("cast")
    school = School.objects.create(name=cast["school"])
    for number, (role, one) in enumerate(cast["staff"].items()):
        if role != "neighbor":
            member = _member(school, f"A{1010 + number}", one)
            Enrollment.objects.create(member=member, role=role, joined_at=now - timedelta(days=400))
    coordinator = Person.objects.get(email=cast["staff"]["coordinator"]["email"])
    clock = Clock(now, ZoneInfo(school.time_zone))
    story = Story(clock, school, actor_for(coordinator.id), everybody())
    _register(story)
    record(SYSTEM, clock.ago(370), "school.found", school)
    return story


def _member(school: School, number: str, one: dict) -> Member:
    person = Person.objects.create(email=one["email"], password=PASSWORD)
    return Member.objects.create(school=school, person=person, external_id=number, name=one["name"], title=one["title"])


def _register(story: Story) -> None:
    persons = [Person(email=one.email, password=PASSWORD) for one in story.cast]
    members = [
        Member(school=story.school, person=person, external_id=one.number, name=one.name, title=one.title)
        for person, one in zip(persons, story.cast, strict=True)
    ]
    Person.objects.bulk_create(persons)
    Member.objects.bulk_create(members)
    for one, member in zip(story.cast, members, strict=True):
        story.members[one.number] = member
        story.members.setdefault(one.part or one.number, member)


def _neighbor(story: Story) -> None:
    """A second school, which the first never sees."""
    cast = words("cast")
    school = School.objects.create(name=cast["neighbor"], time_zone="America/Los_Angeles")
    member = _member(school, "1", cast["staff"]["neighbor"])
    Enrollment.objects.create(member=member, role=Role.COORDINATOR, joined_at=story.clock.ago(200))
    _program(school, actor_for(member.person_id), "First-Year Mentoring", story.clock, begins=-30, days=300)


def _program(school: School, actor: Actor, name: str, clock: Clock, *, begins: int, days: int) -> Program:
    """A program of one mentor with one mentee, written down a week before it began or three weeks before today."""
    starts, written = clock.today - timedelta(days=begins), clock.ago(max(begins + 7, 28), 15)
    program = Program.objects.create(
        school=school,
        name=name,
        model="dyad",
        settings=write_model(program_model("dyad")),
        starts_on=starts,
        ends_on=starts + timedelta(days=days),
        created_at=written,
    )
    record(actor, written, "program.create", program, model="dyad")
    return program


def _reporting_lines(story: Story) -> None:
    ReportingLine.objects.bulk_create(
        ReportingLine(school=story.school, student=story.members[student], assessor=story.members[assessor], kind=kind)
        for student, assessor, kind in parts.reporting_lines(story.cast)
    )


def _enroll(story: Story, program: Program, entries: Iterable[parts.Entry]) -> dict[str, Enrollment]:
    """Enrollments with their sheets, by number and part."""
    entries = list(entries)
    rows = [
        Enrollment(
            member=story.members[entry.one.number],
            program=program,
            role=entry.role,
            invited_at=entry.invited_at,
            joined_at=entry.joined_at,
        )
        for entry in entries
    ]
    Enrollment.objects.bulk_create(rows)
    IntakeSheet.objects.bulk_create(
        IntakeSheet(
            enrollment=row,
            facts=entry.sheet.facts,
            about=entry.sheet.about,
            capacity=entry.sheet.capacity,
            finished_at=entry.finished_at,
        )
        for row, entry in zip(rows, entries, strict=True)
    )
    return {entry.key: row for entry, row in zip(entries, rows, strict=True)}


def _wish(program: Program, topic: str, how_many: float, sure: Enrollment) -> None:
    """Those who have finished their sheets wish for mentors who have finished theirs and let themselves be listed."""
    rows = program.enrollments.filter(sheet__finished_at__isnull=False, sheet__listed=True, left_at=None)
    rows = rows.select_related("sheet").order_by("member__external_id")
    sides = ([Participant(row.id, facts_from(row.sheet.facts)) for row in rows.filter(role=role)] for role in PAIRED)
    Wish.objects.bulk_create(
        Wish(mentee_id=mentee, mentor_id=mentor, rank=rank)
        for mentee, mentor, rank in parts.wishes(topic, *sides, how_many, sure.id)
    )


def _mentors(program: Program) -> list[Enrollment]:
    return list(
        program.enrollments.filter(role=Role.MENTOR).select_related("sheet", "member").order_by("member__external_id")
    )


# --- the program that is a year old -------------------------------------------------------------------------------


def _longitudinal(story: Story) -> Program:
    """Years 3 and 4 with the faculty, matched eleven months ago."""
    program = _program(story.school, story.coordinator, LONGITUDINAL, story.clock, begins=346, days=730)
    early, late = parts.longitudinal(story.cast, story.clock)
    rows = _enroll(story, program, early)
    _wish(program, "longitudinal", 0.8, rows["mentee"])
    _first_wish(rows["mentee"], rows["mentor"])
    _publish(story, program, "Opening round", created=344, published=342)
    _answers(story, program)
    _publish(story, program, "Second look", created=322, published=320)
    _accept(story, program, 316)
    _ends(story, program)
    rows |= _enroll(story, program, late)
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


def _ask_for_changes(story: Story, program: Program) -> None:
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


def _write_the_year(story: Story, program: Program) -> None:
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


def _new_proposals(story: Story, program: Program) -> None:
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


def _door_meeting(story: Story, program: Program) -> None:
    """The two behind the doors "mentor" and "mentee" meet next week: asked and agreed by the real actions."""
    clock, ahead = story.clock, words("cast")["ahead"]
    pair = Mentorship.objects.get(program=program, mentee__member=story.members["mentee"], state="active")
    mentee, mentor = (actor_for(story.members[part].person_id) for part in ("mentee", "mentor"))
    days = next(days for days in range(3, 10) if (clock.today + timedelta(days=days)).weekday() == 1)
    starts = clock.at(clock.today + timedelta(days=days), 17, 0)
    key = mentorships.propose_meeting(
        actor=mentee, mentorship_id=pair.id, starts_at=starts, minutes=30, place=ahead["place"], now=clock.ago(2, 19)
    )
    mentorships.answer_meeting(actor=mentor, meeting_id=key, agree=True, now=clock.ago(1, 6, 50))
    mentorships.log_contact(actor=mentor, mentorship_id=pair.id, kind="corridor", now=clock.ago(1, 13, 20))
    for number, point in enumerate(ahead["points"]):
        mentorships.add_point(actor=mentee, mentorship_id=pair.id, text=point, now=clock.ago(1, 20, 3 + number))


# --- the program that is about to be matched ----------------------------------------------------------------------


def _foundations(story: Story) -> Program:
    """Years 1 and 2 with faculty and residents: invited three weeks ago, and reminded since."""
    clock = story.clock
    name = FOUNDATIONS % (clock.today.year + (4 if clock.today.month >= 7 else 3))
    program = _program(story.school, story.coordinator, name, clock, begins=-14, days=300)
    entries = parts.foundations(story.cast, clock)
    rows = _enroll(story, program, entries)
    _invite(story, program, {rows[entry.key].id: entry for entry in entries})
    _fit_places(program, [row for row in rows.values() if row.role == Role.MENTEE])
    _wish(program, "foundations", 0.85, rows["waiting"])
    return program


def _invite(story: Story, program: Program, came: dict[str, parts.Entry]) -> None:
    """The real letters: to all three weeks ago, and nine days ago again to those who had not come."""
    Enrollment.objects.filter(pk__in=came).update(joined_at=None, invited_at=None)
    first, second = story.clock.ago(23), story.clock.ago(9)
    invited = [key for key, entry in came.items() if entry.invited_at]
    people.invite(actor=story.coordinator, program_id=program.id, enrollments=invited, now=first)
    late = [key for key in invited if not came[key].joined_at or came[key].joined_at > second]
    people.invite(actor=story.coordinator, program_id=program.id, enrollments=late, now=second)
    _join(program, came)


def _join(program: Program, came: dict[str, parts.Entry]) -> None:
    links = list(OneTimeLink.objects.filter(enrollment__in=came, letter_of__program=program).order_by("made_at"))
    newest = {link.enrollment_id: link for link in links}
    rows = list(Enrollment.objects.filter(pk__in=[key for key, entry in came.items() if entry.joined_at]))
    for row in rows:
        row.joined_at = newest[row.id].used_at = came[row.id].joined_at
    Enrollment.objects.bulk_update(rows, ["joined_at"])
    OneTimeLink.objects.bulk_update(newest.values(), ["used_at"])


def _fit_places(program: Program, mentees: list[Enrollment]) -> None:
    """Three mentors pause, one is not listed, one mentee has left; the places fall three short of the mentees."""
    draw, mentors = chance("places"), _mentors(program)
    ready = [row for row in mentors if row.sheet.finished_at]
    *resting, shy = draw.sample(ready, 4)
    shy.sheet.listed = False
    for row in resting:
        row.sheet.paused_until = program.starts_on + timedelta(days=60)
    open_to_all = [row for row in mentors if row not in resting]
    gone = next(row for row in reversed(mentees) if not row.joined_at)
    Enrollment.objects.filter(pk=gone.pk).update(left_at=program.created_at + timedelta(days=12))
    wanted = len(mentees) - 1 - SHORT_OF
    while (places := sum(row.sheet.capacity for row in open_to_all)) != wanted:
        sheet = draw.choice(open_to_all).sheet
        sheet.capacity = min(max(sheet.capacity + (1 if places < wanted else -1), 1), 4)
    IntakeSheet.objects.bulk_update([row.sheet for row in mentors], ["capacity", "paused_until", "listed"])


def _draft(story: Story, program: Program) -> None:
    """A round in draft: solved by the engine, then two pairs locked and one forbidden by hand."""
    actor, begun = story.coordinator, story.clock.ago(2, 15, 12)
    key = matching.create_round(actor=actor, program_id=program.id, name="Opening round", now=begun)
    matching.draft_round(actor=actor, round_id=key, now=begun + timedelta(minutes=1))
    for number, (kind, mentee, mentor, reason) in enumerate(_decisions(key)):
        at = begun + timedelta(minutes=22 + 9 * number)
        matching.decide_pair(actor=actor, round_id=key, kind=kind, mentee=mentee, mentor=mentor, reason=reason, now=at)


def _decisions(round_id: str) -> list[tuple[str, str, str, str]]:
    """From the draft: the best first wish and a pair at Northshore are kept, a second wish is ruled out."""
    pairs = sorted(Run.objects.get(round=round_id).result["pairs"], key=lambda pair: (-pair["score"], pair["mentee"]))
    ranks = {
        (wish.mentee_id, wish.mentor_id): wish.rank for wish in Wish.objects.filter(mentee__program__rounds=round_id)
    }
    wished = [pair for pair in pairs if ranks.get((pair["mentee"], pair["mentor"]), 0) == 1]
    second = [pair for pair in pairs if ranks.get((pair["mentee"], pair["mentor"]), 0) == 2]
    far = set(IntakeSheet.objects.filter(facts__place="Northshore Clinics").values_list("enrollment", flat=True))
    north = [pair for pair in pairs if {pair["mentee"], pair["mentor"]} <= far and pair is not wished[0]]
    chosen = (("lock", wished[0]), ("lock", north[0]), ("forbid", second[-1]))
    reasons = (*words("talk")["reasons"]["lock"], words("talk")["reasons"]["forbid"])
    return [(kind, pair["mentee"], pair["mentor"], why) for (kind, pair), why in zip(chosen, reasons, strict=True)]


def _volunteered(story: Story) -> None:
    students = chance("volunteered").sample([one for one in story.cast if one.kind == "student" and not one.part], 7)
    Volunteered.objects.bulk_create(
        Volunteered(member=story.members[one.number], **told)
        for one, told in zip(students, words("cast")["volunteered"], strict=True)
    )


def _sent_until(day: datetime) -> None:
    """Letters up to that day have left; the last days' letters stand in the outbox, and stay there."""
    Letter.objects.filter(written_at__lt=day).update(sent_at=F("written_at") + timedelta(seconds=70), attempts=1)
