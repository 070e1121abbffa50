"""The fixed cast that every test knows, and what stands between its people on one fixed morning.

Riverside is the school under test; Hillside is another school on the same instance, and its coordinator is the
stranger. Everything that an action can do was done by that action, so that the rows are those of real use. The
``SECRETS`` are words that stand in one field each: a test that looks for leaks finds there something that could leak.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from django.test.client import Client, ClientHandler
from PIL import Image

from cheiron.actions import (
    imports,
    joining,
    matching,
    meetings,
    mentorships,
    messages,
    notices,
    pairings,
    people,
    profiles,
    program_setup,
    programs,
)
from cheiron.core.access import Actor, Role
from cheiron.gateways.links import token_for
from cheiron.models.ledger import AuditEvent, Batch, Letter, LetterWords, OneTimeLink
from cheiron.models.mentorships import ChangeRequest, Mentorship
from cheiron.models.people import Enrollment, JoinRequest, Member, Person, School
from cheiron.models.profiles import SHOWN, Photo
from cheiron.models.programs import IntakeDraft, IntakeSheet, ProgramDraft
from cheiron.queries.people import actor_for

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)

SECRETS = {
    "agenda": "agenda-secret-quokka",
    "held agenda": "held-secret-lemur",
    "place": "place-secret-okapi",
    "held place": "heldplace-secret-ibex",
    "question": "question-secret-numbat",
    "change": "change-secret-tapir",
    "own words": "ownwords-secret-dugong",
    "mentee about": "menteeabout-secret-gecko",
    "mentor about": "mentorabout-secret-heron",
    "topic": "topic-secret-vole",
    "override": "override-secret-stoat",
    "withheld": "withheld-secret-marten",
    "mentee address": "mina.secret-address@riverside.example",
    "mentor address": "ada.secret-address@riverside.example",
    "waiting address": "wanda.secret-address@riverside.example",
    "title": "title-secret-civet",
    "asking address": "jude.secret-address@riverside.example",
    "pronouns": "pronouns-secret-kiwi",
    "message": "message-secret-serval",
    "reported message": "reported-secret-caracal",
    "concern": "concern-secret-margay",
    "outcome": "outcome-secret-kodkod",
    "statement": "statementsecretbilby",
}
"""Sensitive field, and the one string that stands in it and nowhere else."""

PRINCIPALS = (
    "anonymous",
    "stranger",
    "mentee",
    "mentor",
    "other_mentee",
    "other_mentor",
    "peer_mentor",
    "senior",
    "coordinator",
    "evaluator",
    "administrator",
)

COLUMNS = ("ID", "Name", "Email", "Title", "Capacity", "Goals", "Topics", "Specialties", "Roles", "Place", "Wishes")


def roster(*rows: dict[str, object], columns: Iterable[str] = COLUMNS) -> bytes:
    """A list of people as a school sends it."""
    columns, file = tuple(columns), io.StringIO(newline="")
    csv.writer(file).writerows([columns, *([row.get(column, "") for column in columns] for row in rows)])
    return file.getvalue().encode()


MENTORS = (
    {"ID": "M-1", "Name": "Dr. Ada Weiss", "Email": SECRETS["mentor address"], "Title": "Professor", "Capacity": 2,
     "Goals": "First grant", "Topics": "Sepsis", "Specialties": "Pediatrics", "Roles": "Coach", "Place": "North"},
    {"ID": "M-2", "Name": "Dr. Ben Ruiz", "Email": "ben@riverside.example", "Title": "Professor", "Capacity": 2,
     "Goals": "Promotion", "Topics": "Teaching", "Specialties": "Surgery", "Roles": "Advisor", "Place": "South"},
    {"ID": "M-3", "Name": "Dr. Cleo Hart", "Email": "cleo@riverside.example", "Title": "Lecturer", "Capacity": 1,
     "Goals": "First grant", "Topics": "Imaging", "Specialties": "Radiology", "Roles": "Coach", "Place": "North"},
)  # fmt: skip
FIRST_MENTEES = (
    {"ID": "E-1", "Name": "Mina Okafor", "Email": SECRETS["mentee address"], "Title": SECRETS["title"],
     "Goals": "First grant", "Topics": "Sepsis", "Specialties": "Pediatrics", "Roles": "Coach", "Place": "North"},
    {"ID": "E-2", "Name": "Otto Lind", "Email": "otto@riverside.example", "Title": "Student", "Goals": "Promotion",
     "Topics": "Teaching", "Specialties": "Surgery", "Roles": "Advisor", "Place": "South"},
)  # fmt: skip
WAITING = (
    {"ID": "E-3", "Name": "Wanda Ito", "Email": SECRETS["waiting address"], "Title": "Student", "Goals": "First grant",
     "Topics": "Imaging", "Specialties": "Radiology", "Roles": "Coach", "Place": "North", "Wishes": "M-1; M-2"},
    {"ID": "E-4", "Name": "Will Mazur", "Email": "will@riverside.example", "Title": "Student", "Goals": "Promotion",
     "Topics": "Teaching", "Specialties": "Surgery", "Roles": "Advisor", "Place": "South"},
    {"ID": "E-5", "Name": "Wes Novak", "Email": "wes@riverside.example", "Title": "Student", "Goals": "First grant",
     "Topics": "Imaging", "Specialties": "Radiology", "Roles": "Coach", "Place": "North"},
)  # fmt: skip
UPLOADED = (
    {"ID": "E-8", "Name": "Uma Berg", "Email": "uma@riverside.example", "Gender": SECRETS["withheld"]},
    {"ID": "E-9", "Name": "Udo Falk", "Email": "udo@riverside.example", "Gender": "told to nobody"},
)


@dataclass
class Cast:
    """Ids of people and things; ``persons`` by what they are, ``parts`` (enrollments) by the id in the list."""

    persons: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    school: str = ""
    other_school: str = ""
    program: str = ""
    other_program: str = ""
    past_round: str = ""
    """Published; made both mentorships."""
    draft: str = ""
    """A round with a run and one lock."""
    reviewed: str = ""
    mentorship: str = ""
    """Active: mentee and mentor."""
    proposed: str = ""
    """Not answered yet: other_mentee and other_mentor, who asked a question."""
    message: str = ""
    """What the mentee wrote to the mentor, who has read it and muted the thread."""
    reported: str = ""
    """What the mentor wrote, unread; the mentee has reported it. An earlier one was reported and settled."""
    report: str = ""
    profile: str = ""
    """The mentee, as the school knows them (a member)."""
    photo: str = ""
    """The mentor's, shown in the directory and to the pair."""
    meeting: str = ""
    """Agreed, three days ahead."""
    held: str = ""
    contact: str = ""
    """Logged by the mentee an hour ago."""
    feed: str = ""
    """What stands in the other_mentee's calendar address; they have no meeting."""
    change: str = ""
    upload: str = ""
    """A list that nobody has imported yet, with an identity column."""
    pairs: str = ""
    """A list of pairs that nobody has imported yet."""
    join_link: str = ""
    """A link by which mentees ask to take part."""
    join_request: str = ""
    """Somebody who has asked."""
    link: str = ""
    """Id of Wanda's invitation, unused."""
    setup: str = ""
    """The coordinator's draft of next year's program."""

    def actor(self, who: str) -> Actor:
        """One of the principals, or nobody."""
        return Actor(None) if who == "anonymous" else actor_for(self.persons[who])

    def person(self, who: str) -> Person:
        """The account of one of the cast."""
        return Person.objects.get(pk=self.persons[who])

    @property
    def letter(self) -> str:
        """The id of Wanda's invitation as a letter."""
        return Letter.objects.get(link=self.link).id

    @property
    def token(self) -> str:
        """What stands in Wanda's invitation."""
        return token_for(self.link)


def build_cast() -> Cast:
    """Play everything once."""
    cast = Cast()
    _schools(cast)
    _lists(cast)
    _profiles(cast)
    _first_round(cast)
    _mentorships(cast)
    _second_list(cast)
    _rounds(cast)
    _talk(cast)
    cast.feed = notices.open_feed(actor=cast.actor("other_mentee"), names="initials", now=NOW - DAY)
    notices.choose_letters(actor=cast.actor("peer_mentor"), choices={"messages": "digest"}, now=NOW - DAY)
    return cast


def _staff(cast: Cast, who: str, name: str, school: str, *roles: Role, program: str | None = None) -> Member:
    person = Person.objects.create_user(f"{who}@{'hillside' if who == 'stranger' else 'riverside'}.example")
    member = Member.objects.create(school_id=school, person=person, external_id=f"S-{who}", name=name)
    for role in roles:
        Enrollment.objects.create(member=member, program_id=program, role=role, joined_at=NOW - 90 * DAY)
    cast.persons[who] = person.id
    return member


def _schools(cast: Cast) -> None:
    cast.school = School.objects.create(name="Riverside School of Medicine").id
    cast.other_school = School.objects.create(name="Hillside School of Medicine").id
    _staff(cast, "coordinator", "Cora Lang", cast.school, Role.COORDINATOR)
    _staff(cast, "administrator", "Alan Moss", cast.school, Role.ADMINISTRATOR)
    stranger = _staff(cast, "stranger", "Stu Ranger", cast.other_school, Role.COORDINATOR)
    cast.program = _program(cast.actor("coordinator"), "Riverside Scholars")
    cast.other_program = _program(cast.actor("stranger"), "Hillside Scholars")
    _staff(cast, "evaluator", "Eve Quist", cast.school, Role.EVALUATOR, program=cast.program)
    part = Enrollment.objects.create(member=stranger, program_id=cast.other_program, role=Role.MENTEE, joined_at=NOW)
    IntakeSheet.objects.create(enrollment=part, finished_at=NOW)
    IntakeDraft.objects.create(enrollment=part, typed={"about": ["half a sentence"]}, saved_at=NOW)
    ProgramDraft.objects.create(school_id=cast.other_school, made_by=stranger.person, changed_at=NOW)
    Batch.objects.create(program_id=cast.other_program, act="remind", people=1, done_at=NOW)
    words = {"subject": "Come, please", "body": "{link}"}
    LetterWords.objects.create(program_id=cast.other_program, kind="invitation", changed_at=NOW, **words)


def _program(actor: Actor, name: str) -> str:
    return programs.create_program(
        actor=actor,
        model="dyad",
        name=name,
        starts_on=date(2026, 10, 1),
        ends_on=date(2027, 9, 30),
        now=NOW - 90 * DAY,
    )


def import_list(cast: Cast, role: str, content: bytes, now: datetime, *, who: str = "coordinator") -> str:
    """Upload and import in one go. Returns the id of the import."""
    program = cast.program if who == "coordinator" else cast.other_program
    given = {"actor": cast.actor(who), "now": now}
    made = imports.upload_roster(**given, program_id=program, role=role, filename=f"{role}s.csv", content=content)
    imports.apply_roster(**given, import_id=made)
    return made


def _remember(cast: Cast) -> None:
    rows = Enrollment.objects.filter(program=cast.program).select_related("member")
    cast.parts.update({row.member.external_id: row.id for row in rows})


def _lists(cast: Cast) -> None:
    then = NOW - 88 * DAY
    import_list(cast, "mentor", roster(*MENTORS), then)
    import_list(cast, "mentee", roster(*FIRST_MENTEES), then)
    for who, name in (("peer_mentor", "Pia Sand"), ("senior", "Sam Todd")):
        member = _staff(cast, who, name, cast.school)
        part = Enrollment.objects.create(member=member, program_id=cast.program, role=Role(who), joined_at=then)
        IntakeSheet.objects.create(enrollment=part, capacity=2)
    _remember(cast)
    names = {"mentor": "M-1", "other_mentor": "M-2", "free_mentor": "M-3", "mentee": "E-1", "other_mentee": "E-2"}
    for who, external in names.items():
        cast.persons[who] = Member.objects.get(school=cast.school, external_id=external).person_id
    _join(cast, ("M-1", "M-2", "E-1", "E-2"), then + DAY)
    _fill_in(cast, then + 2 * DAY)


def _join(cast: Cast, external_ids: Iterable[str], now: datetime) -> None:
    chosen = [cast.parts[one] for one in external_ids]
    people.invite(actor=cast.actor("coordinator"), program_id=cast.program, enrollments=chosen, now=now)
    for link in OneTimeLink.objects.filter(enrollment__in=chosen).order_by("enrollment__member__external_id"):
        people.use_link(actor=Actor(None), token=token_for(link.id), now=now + timedelta(hours=1))


def _fill_in(cast: Cast, now: datetime) -> None:
    mentee = {"goals": ["First grant"], "topics": ["Sepsis", SECRETS["topic"]], "specialties": ["Pediatrics"]}
    mentee["statement"] = f"Sepsis in children, {SECRETS['statement']}, and a first paper."
    mentor = {"goals": ["First grant"], "topics": ["Sepsis"], "specialties": ["Pediatrics"], "roles": ["Coach"]}
    mentor["statement"] = "Septic shock in pediatrics. First papers."
    for who, facts, about in (("mentee", mentee, "mentee about"), ("mentor", mentor, "mentor about")):
        programs.save_intake(
            actor=cast.actor(who),
            program_id=cast.program,
            role=who,
            intake=programs.Intake(facts, SECRETS[about], 2, None, True),
            now=now,
        )
    told = programs.SelfDescription("gender", ("Woman",), SECRETS["own words"], for_matching=True, for_figures=False)
    programs.volunteer(
        actor=cast.actor("mentee"), program_id=cast.program, role="mentee", descriptions=[told], now=now + DAY
    )


def pin(cast: Cast, round_id: str, mentee: str, mentor: str, now: datetime, kind: str = "pin") -> None:
    """The coordinator's decision about a pair, people named as in the list."""
    matching.decide_pair(
        actor=cast.actor("coordinator"),
        round_id=round_id,
        kind=kind,
        mentee=cast.parts[mentee],
        mentor=cast.parts[mentor],
        reason=SECRETS["override"],
        now=now,
    )


def photo_file() -> bytes:
    """A small photo, as a camera makes it."""
    made = io.BytesIO()
    Image.effect_mandelbrot((120, 160), (-2, -1, 1, 1), 20).save(made, "JPEG")
    return made.getvalue()


def _profiles(cast: Cast) -> None:
    cast.profile = Member.objects.get(person=cast.persons["mentee"]).id
    mentor = Member.objects.get(person=cast.persons["mentor"])
    shown = profiles.Shown(mentor.name, SECRETS["pronouns"], SHOWN, SHOWN, photo=photo_file())
    profiles.save_profile(actor=cast.actor("mentor"), member_id=mentor.id, shown=shown, now=NOW - 84 * DAY)
    cast.photo = Photo.objects.get().id


def _first_round(cast: Cast) -> None:
    given = {"actor": cast.actor("coordinator"), "now": NOW - 80 * DAY}
    cast.past_round = matching.create_round(**given, program_id=cast.program, name="Autumn")
    pin(cast, cast.past_round, "E-1", "M-1", given["now"])
    pin(cast, cast.past_round, "E-2", "M-2", given["now"])
    matching.review_round(**given, round_id=cast.past_round, answer_by=(NOW + 10 * DAY).date())
    matching.publish_round(**given, round_id=cast.past_round)
    cast.mentorship = Mentorship.objects.get(mentee=cast.parts["E-1"]).id
    cast.proposed = Mentorship.objects.get(mentee=cast.parts["E-2"]).id


def _mentorships(cast: Cast) -> None:
    mentee, mentor = ({"actor": cast.actor(who)} for who in ("mentee", "mentor"))
    pair = {"mentorship_id": cast.mentorship}
    mentorships.accept_mentee(**mentor, **pair, now=NOW - 75 * DAY)
    meetings.add_point(**mentee, **pair, text=SECRETS["held agenda"], now=NOW - 62 * DAY)
    cast.held = _meeting(cast, NOW - 50 * DAY, SECRETS["held place"], NOW - 60 * DAY)
    meetings.hold_meeting(**mentor, meeting_id=cast.held, now=NOW - 49 * DAY)
    cast.meeting = _meeting(cast, NOW + 3 * DAY, SECRETS["place"], NOW - 5 * DAY)
    meetings.add_point(**mentee, **pair, text=SECRETS["agenda"], now=NOW - 4 * DAY)
    cast.contact = meetings.log_contact(**mentee, **pair, kind="call", now=NOW - timedelta(hours=1))
    other = {"mentorship_id": cast.proposed, "now": NOW - 2 * DAY}
    mentorships.ask_mentee(actor=cast.actor("other_mentor"), question=SECRETS["question"], **other)
    mentorships.ask_for_change(actor=cast.actor("other_mentee"), note=SECRETS["change"], **other)
    cast.change = ChangeRequest.objects.get().id


def _meeting(cast: Cast, starts_at: datetime, place: str, now: datetime) -> str:
    made = meetings.propose_meeting(
        actor=cast.actor("mentee"),
        mentorship_id=cast.mentorship,
        starts_at=starts_at,
        minutes=30,
        place=place,
        now=now,
    )
    meetings.answer_meeting(actor=cast.actor("mentor"), meeting_id=made, agree=True, now=now + DAY)
    return made


def _second_list(cast: Cast) -> None:
    coordinator = {"actor": cast.actor("coordinator"), "program_id": cast.program}
    import_list(cast, "mentee", roster(*WAITING), NOW - 3 * DAY)
    _remember(cast)
    lines = b"student,assessor,kind\nE-3,M-3,grades\n"
    people.import_lines(**coordinator, filename="lines.csv", content=lines, now=NOW - 3 * DAY)
    people.invite(**coordinator, enrollments=[cast.parts["E-3"], cast.parts["E-4"]], now=NOW - 2 * DAY)
    cast.link = OneTimeLink.objects.get(enrollment=cast.parts["E-3"]).id
    past = b"mentee,mentor,from,until\nE-5,M-3,2025-10-01,2026-06-30\n"
    cast.pairs = pairings.upload_pairs(**coordinator, filename="pairs.csv", content=past, now=NOW - 2 * DAY)
    given = {"actor": cast.actor("coordinator"), "program_id": cast.program, "now": NOW - 2 * DAY}
    cast.join_link = joining.open_join_link(**given, role="mentee", days=30)
    asking = {"name": "Jude Asker", "email": SECRETS["asking address"], "external_id": ""}
    joining.ask_to_join(actor=Actor(None), link_id=cast.join_link, **asking, now=NOW - DAY)
    cast.join_request = JoinRequest.objects.get().id
    content = roster(*UPLOADED, columns=("ID", "Name", "Email", "Gender"))
    cast.upload = imports.upload_roster(
        **coordinator, role="mentee", filename="more.csv", content=content, now=NOW - DAY
    )


def _rounds(cast: Cast) -> None:
    given = {"actor": cast.actor("coordinator"), "now": NOW - DAY}
    cast.draft = matching.create_round(**given, program_id=cast.program, name="Winter")
    pin(cast, cast.draft, "E-4", "M-2", given["now"], kind="lock")
    cast.setup = program_setup.clone_program(**given, program_id=cast.program)
    cast.reviewed = matching.create_round(**given, program_id=cast.program, name="Winter, second look")
    matching.draft_round(**given, round_id=cast.reviewed)
    matching.review_round(**given, round_id=cast.reviewed, answer_by=(NOW + 14 * DAY).date())


def _talk(cast: Cast) -> None:
    """They write; the mentee shows two messages to the staff, who have settled one."""
    mentee, mentor = ({"actor": cast.actor(who)} for who in ("mentee", "mentor"))
    pair, then = {"mentorship_id": cast.mentorship}, NOW - 2 * DAY
    cast.message = messages.send_message(**mentee, **pair, text=SECRETS["message"], key="first", now=then)
    messages.read_messages(**mentor, **pair, now=then + timedelta(hours=1))
    messages.mute_thread(**mentor, **pair, mute=True, now=then + timedelta(hours=1))
    early = messages.send_message(**mentor, **pair, text="See you soon.", key="early", now=then + timedelta(hours=2))
    messages.read_messages(**mentee, **pair, now=then + timedelta(hours=3))
    settled = messages.report_message(**mentee, message_id=early, concern="", now=then + timedelta(hours=4))
    staff = {"actor": cast.actor("coordinator")}
    messages.settle_report(**staff, report_id=settled, outcome=SECRETS["outcome"], now=then + timedelta(hours=5))
    given = {"text": SECRETS["reported message"], "key": "second"}
    cast.reported = messages.send_message(**mentor, **pair, **given, now=then + timedelta(hours=6))
    concern = {"message_id": cast.reported, "concern": SECRETS["concern"]}
    cast.report = messages.report_message(**mentee, **concern, now=then + timedelta(hours=7))


@cache
def _server(enforce_csrf_checks: bool) -> ClientHandler:
    """One stack of middleware for all browsers: loading it takes longer than a page does."""
    return ClientHandler(enforce_csrf_checks)


def browser(*, enforce_csrf_checks: bool = False, **given) -> Client:
    """A browser of its own; nobody is signed in."""
    client = Client(**given)
    client.handler = _server(enforce_csrf_checks)
    return client


def answer_everybody(cast: Cast) -> None:
    """Decline whoever asks to take part, so that nobody waits."""
    waiting = list(JoinRequest.objects.filter(state="waiting").values_list("id", flat=True))
    joining.decline_joins(actor=cast.actor("coordinator"), program_id=cast.program, requests=waiting, now=NOW)


# ---------- played once, set up for each test ----------


def models() -> list[type[Model]]:
    """Every table of Cheiron, the referred before the referring as far as that is possible."""
    return list(apps.get_app_config("cheiron").get_models())


@dataclass
class Stamp:
    """The cast as rows: played once in a transaction that is taken back, then copied into each test."""

    cast: Cast
    rows: list[tuple[type[Model], list[Model]]]

    @classmethod
    def make(cls) -> "Stamp":
        """Play, keep the rows, take it back."""
        with transaction.atomic():
            cast = build_cast()
            rows = [(model, list(model._base_manager.all())) for model in models()]
            transaction.set_rollback(True)
        return cls(cast, rows)

    def press(self) -> Cast:
        """Put the rows into the database of this test."""
        for model, rows in self.rows:
            model._base_manager.bulk_create([copy(row) for row in rows])
        for statement in connection.ops.sequence_reset_sql(no_style(), [AuditEvent]):
            connection.cursor().execute(statement)
        return copy(self.cast)


# ---------- what stands in the database ----------


def rows_of(model: type[Model], but: str = "") -> list[str]:
    """Every row of a table as canonical JSON, sorted; without the field ``but``."""
    rows = model._base_manager.values(*(one.attname for one in model._meta.concrete_fields if one.name != but))
    return sorted(json.dumps(row, sort_keys=True, default=_plain) for row in rows)


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)


def fingerprint(*, without: Iterable[type[Model]] = ()) -> str:
    """SHA-256 over every row of every table of Cheiron, and of the sessions; without audit lines, also without editions."""
    tables = [*models(), apps.get_model("sessions.Session")]
    left_out = set(without)
    moving = "edition" if apps.get_model("cheiron.AuditEvent") in left_out else ""  # it moves with each audit line
    kept = {model._meta.label: rows_of(model, moving) for model in tables if model not in left_out}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
