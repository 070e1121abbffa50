"""G47: each action leaves one line in the audit log; the log can only be added to; every tampering is found."""

import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.db import DatabaseError, connection, transaction

import cheiron.actions
from cheiron.actions import (
    imports,
    joining,
    matching,
    meetings,
    mentorships,
    messages,
    notices,
    operations,
    pairings,
    people,
    privacy,
    profiles,
    program_setup,
    programs,
    rolling,
    schools,
    selections,
    wording,
    year,
)
from cheiron.core.access import SYSTEM, Actor
from cheiron.core.errors import Denied, Invalid, NotFound
from cheiron.core.operations.audit import digest, first_broken
from cheiron.core.people.selections import Act as Deed
from cheiron.core.people.selections import Order
from cheiron.core.text import say
from cheiron.gateways.links import switches_token_for
from cheiron.models.ledger import AuditEvent, Letter, LetterWords, OneTimeLink
from cheiron.models.mentorships import AgendaPoint, Meeting, Mentorship
from cheiron.models.people import Enrollment, JoinRequest, Member
from cheiron.models.programs import IntakeSheet, Program, ProgramDraft
from cheiron.queries.next_best import queue_for
from cheiron.queries.operations import audit_for, broken_link_of_chain
from cheiron.queries.selections import plan_of
from cheiron.queries.vacancies import vacancies_of
from cheiron.queries.year import closing_for
from tests.cast import DAY, NOW, WAITING, Cast, fingerprint, roster

FIELDS = ("previous", "at", "actor", "verb", "subject", "detail", "digest")


@dataclass(frozen=True)
class Act:
    """How an action is called, and what stands in the log afterwards."""

    who: str
    given: Callable[[Cast], dict]
    verb: str
    about: str
    """What kind of thing the line is about."""


def _on(**given: object) -> Callable[[Cast], dict]:
    """Values that are names of the cast's things, other values as they are."""
    return lambda cast: {key: value(cast) if callable(value) else value for key, value in given.items()}


def _its(name: str) -> Callable[[Cast], str]:
    return lambda cast: getattr(cast, name)


def _part(name: str) -> Callable[[Cast], str]:
    return lambda cast: cast.parts[name]


PROGRAM = {"program_id": _its("program")}
SETUP = {"draft_id": _its("setup")}
DRAFT = {"round_id": _its("draft")}
PAIR = {"mentorship_id": _its("mentorship")}
PROPOSED = {"mentorship_id": _its("proposed")}
_DATES = {"starts_on": NOW.date(), "ends_on": (NOW + 200 * DAY).date()}
_ADJUST = programs.Adjustment("Other name", **_DATES, mentees_per_mentor=2, meet_every_days=30, meeting_minutes=30,
                              answer_within_days=10, weights={"goals": 10})  # fmt: skip
_TOLD = programs.SelfDescription("gender", ("Man",), "", for_matching=True, for_figures=False)


def closing(cast: Cast) -> dict:
    """What closing the program takes after its preview."""
    given = {"program_id": cast.program, "into": "", "ends": ()}
    JoinRequest.objects.filter(state="waiting").update(state="declined", decided_at=NOW)
    plan = closing_for(cast.actor("coordinator"), cast.program, NOW, into="", ends=())
    return {**given, "seal": plan.seal}


def named(cast: Cast) -> str:
    """A draft that is ready to be created."""
    draft = ProgramDraft.objects.get(pk=cast.setup)
    ProgramDraft.objects.filter(pk=draft.pk).update(answers={**draft.answers, "name": "Next year"})
    return draft.pk


ACTS: dict[Callable, Act] = {
    schools.found_school: Act(
        "system",
        _on(name="New School", time_zone="Europe/Berlin", email="new@new.example", coordinator="New One"),
        "school.found",
        "school",
    ),
    programs.create_program: Act(
        "coordinator", _on(model="dyad", name="One more", **_DATES), "program.create", "program"
    ),
    program_setup.begin_setup: Act("coordinator", _on(model="dyad", adjustment=_ADJUST), "setup.begin", "programdraft"),
    program_setup.clone_program: Act("coordinator", _on(**PROGRAM), "setup.begin", "programdraft"),
    program_setup.keep_setup: Act("coordinator", _on(**SETUP, adjustment=_ADJUST), "setup.keep", "programdraft"),
    program_setup.discard_setup: Act("coordinator", _on(**SETUP), "setup.discard", "programdraft"),
    program_setup.finish_setup: Act("coordinator", lambda cast: {"draft_id": named(cast)}, "program.create", "program"),
    year.close_program: Act("coordinator", lambda cast: closing(cast), "program.close", "program"),
    programs.adjust_program: Act("coordinator", _on(**PROGRAM, adjustment=_ADJUST), "program.adjust", "program"),
    programs.save_intake: Act(
        "mentee",
        _on(**PROGRAM, role="mentee", intake=programs.Intake({}, "", 1, None, True)),
        "intake.save",
        "enrollment",
    ),
    programs.keep_draft: Act(
        "other_mentee",
        _on(**PROGRAM, role="mentee", typed={"about": ["So"]}, edition=""),
        "intake.begin",
        "enrollment",
    ),
    programs.order_wishes: Act(
        "other_mentee", _on(**PROGRAM, mentors=lambda cast: [cast.parts["M-1"]]), "wishes.order", "enrollment"
    ),
    programs.volunteer: Act(
        "mentee", _on(**PROGRAM, role="mentee", descriptions=[_TOLD]), "self-description.save", "program"
    ),
    profiles.save_profile: Act(
        "mentee",
        _on(member_id=_its("profile"), shown=profiles.Shown("Mo", "they", ["title"], [])),
        "profile.save",
        "member",
    ),
    imports.upload_roster: Act(
        "coordinator",
        _on(**PROGRAM, role="mentee", filename="a.csv", content=roster(*WAITING)),
        "roster.upload",
        "rosterimport",
    ),
    imports.map_roster: Act(
        "coordinator", _on(import_id=_its("upload"), columns={"ID": "external_id"}), "roster.map", "rosterimport"
    ),
    imports.apply_roster: Act("coordinator", _on(import_id=_its("upload")), "roster.apply", "rosterimport"),
    imports.drop_roster: Act("coordinator", _on(import_id=_its("upload")), "roster.drop", "rosterimport"),
    pairings.upload_pairs: Act(
        "coordinator",
        _on(**PROGRAM, filename="p.csv", content=b"mentee,mentor\nE-4,M-2\n"),
        "pairs.upload",
        "rosterimport",
    ),
    pairings.apply_pairs: Act("coordinator", _on(import_id=_its("pairs"), letters=True), "pairs.apply", "rosterimport"),
    joining.open_join_link: Act("coordinator", _on(**PROGRAM, role="mentor", days=30), "join.open", "program"),
    joining.close_join_link: Act("coordinator", _on(**PROGRAM, role="mentee"), "join.close", "program"),
    joining.ask_to_join: Act(
        "anonymous",
        _on(link_id=_its("join_link"), name="Jo Reed", email="jo@riverside.example", external_id=""),
        "join.ask",
        "program",
    ),
    joining.approve_joins: Act(
        "coordinator", _on(**PROGRAM, requests=lambda cast: [cast.join_request]), "join.approve", "program"
    ),
    joining.decline_joins: Act(
        "coordinator", _on(**PROGRAM, requests=lambda cast: [cast.join_request]), "join.decline", "program"
    ),
    imports.take_roster: Act(
        "system",
        _on(
            **PROGRAM,
            role="mentee",
            filename="a.csv",
            content=roster({"ID": "E-60", "Name": "Ivo Lem", "Email": "i@x.example"}),
            digest="d",
        ),
        "roster.take",
        "rosterimport",
    ),
    imports.tell_refused_roster: Act(
        "system",
        _on(**PROGRAM, role="mentee", filename="a.csv", digest="d", refused=Invalid(say("Nobody was imported."))),
        "roster.refuse",
        "program",
    ),
    imports.undo_import: Act("coordinator", _on(**PROGRAM), "roster.undo", "rosterimport"),
    people.invite: Act("coordinator", _on(**PROGRAM, enrollments=None), "people.invite", "program"),
    people.appoint: Act(
        "coordinator",
        _on(**PROGRAM, name="New Evaluator", email="new@harrow.example", role="evaluator"),
        "people.appoint",
        "enrollment",
    ),
    people.dismiss: Act(
        "administrator", _on(**PROGRAM, enrollment_id=lambda cast: appointed(cast)), "people.dismiss", "enrollment"
    ),
    people.ask_for_link: Act("anonymous", _on(email="otto@riverside.example"), "link.ask", "person"),
    people.use_link: Act("anonymous", _on(token=lambda cast: cast.token), "link.use", "onetimelink"),
    people.set_password: Act("mentee", _on(password="a sentence that is long", current=""), "password.set", "person"),
    privacy.choose_uses: Act(
        "mentee",
        _on(member_id=_its("profile"), for_matching=False, for_figures=True),
        "self-description.uses",
        "school",
    ),
    privacy.take_copy: Act("mentee", _on(), "person.copy", "person"),
    privacy.erase_person: Act("mentee", _on(password="the word of the mentee"), "person.erase", "person"),
    people.import_lines: Act(
        "coordinator",
        _on(**PROGRAM, filename="l.csv", content=b"student,assessor,kind\nE-1,M-2,treats\n"),
        "lines.import",
        "program",
    ),
    matching.create_round: Act("coordinator", _on(**PROGRAM, name="One more"), "round.create", "round"),
    matching.draft_round: Act("coordinator", _on(**DRAFT), "round.draft", "round"),
    matching.set_weights: Act("coordinator", _on(**DRAFT, weights={"goals": 50}), "round.weights", "round"),
    matching.decide_pair: Act(
        "coordinator",
        _on(**DRAFT, kind="forbid", mentee=_part("E-5"), mentor=_part("M-1"), reason=""),
        "pair.forbid",
        "round",
    ),
    matching.undo_decision: Act("coordinator", _on(**DRAFT, override_id=""), "pair.undo", "round"),
    matching.redo_decision: Act("coordinator", _on(**DRAFT), "pair.redo", "round"),
    matching.review_round: Act("coordinator", _on(**DRAFT, answer_by=(NOW + 9 * DAY).date()), "round.review", "round"),
    matching.reopen_round: Act("coordinator", _on(round_id=_its("reviewed")), "round.reopen", "round"),
    matching.publish_round: Act("coordinator", _on(round_id=_its("reviewed")), "round.publish", "round"),
    mentorships.accept_mentee: Act("other_mentor", _on(**PROPOSED), "mentorship.accept", "mentorship"),
    mentorships.ask_mentee: Act("other_mentor", _on(**PROPOSED, question="Why?"), "mentorship.ask", "mentorship"),
    mentorships.answer_question: Act("other_mentee", _on(**PROPOSED, answer="So."), "mentorship.reply", "mentorship"),
    mentorships.decline_mentee: Act(
        "other_mentor", _on(**PROPOSED, reason="no-room"), "mentorship.decline", "mentorship"
    ),
    mentorships.remind_mentors: Act("system", _on(now=NOW + 9 * DAY), "mentorship.remind", "mentorship"),
    mentorships.ask_next_best: Act(
        "coordinator",
        _on(**PROGRAM, mentee=_part("E-2"), mentor=lambda cast: next_best_of(cast)),
        "mentorship.propose",
        "mentorship",
    ),
    mentorships.set_next_best: Act("coordinator", _on(**PROGRAM, at_once=True), "program.next-best", "program"),
    rolling.set_next_match: Act(
        "coordinator", _on(**PROGRAM, on=(NOW + 9 * DAY).date()), "program.next-match", "program"
    ),
    rolling.fill_vacancy: Act(
        "coordinator", _on(**PROGRAM, seal=lambda cast: chain_of(cast)), "vacancy.fill", "program"
    ),
    mentorships.lapse_overdue: Act("system", _on(now=NOW + 12 * DAY), "mentorship.lapse", "mentorship"),
    meetings.propose_meeting: Act(
        "mentor", _on(**PAIR, starts_at=NOW + 5 * DAY, minutes=30, place="Here"), "meeting.propose", "meeting"
    ),
    meetings.answer_meeting: Act("mentor", _on(meeting_id=_its("meeting"), agree=True), "meeting.answer", "meeting"),
    meetings.cancel_meeting: Act("mentee", _on(meeting_id=_its("meeting")), "meeting.cancel", "meeting"),
    meetings.hold_meeting: Act("mentee", _on(meeting_id=_its("meeting"), now=NOW + 4 * DAY), "meeting.hold", "meeting"),
    meetings.add_point: Act("mentee", _on(**PAIR, text="One more."), "agenda.add", "mentorship"),
    meetings.remove_point: Act("mentee", _on(**PAIR, point_id=lambda _: open_point()), "agenda.remove", "mentorship"),
    meetings.log_contact: Act("mentor", _on(**PAIR, kind="call"), "contact.log", "contact"),
    meetings.undo_contact: Act("mentee", _on(**PAIR, contact_id=_its("contact")), "contact.undo", "contact"),
    messages.send_message: Act("mentee", _on(**PAIR, text="Hello.", key="k"), "message.send", "message"),
    messages.read_messages: Act("mentee", _on(**PAIR), "message.read", "mentorship"),
    messages.mute_thread: Act("mentee", _on(**PAIR, mute=True), "message.mute", "mentorship"),
    messages.report_message: Act(
        "mentor", _on(message_id=_its("message"), concern=""), "message.report", "messagereport"
    ),
    messages.settle_report: Act(
        "coordinator", _on(report_id=_its("report"), outcome="Spoke with both."), "report.settle", "messagereport"
    ),
    notices.open_feed: Act("mentor", _on(names="first"), "calendar.open", "calendarfeed"),
    notices.choose_letters: Act("mentor", _on(choices={"messages": "digest"}), "letters.choose", "person"),
    notices.choose_letters_by_link: Act(
        "anonymous",
        _on(token=lambda cast: switches_token_for(cast.persons["mentee"]), choices={"messages": "never"}),
        "letters.choose",
        "person",
    ),
    notices.write_digests: Act("system", _on(), "digest.write", "person"),
    notices.close_feed: Act("other_mentee", _on(), "calendar.close", "calendarfeed"),
    mentorships.ask_for_change: Act("mentee", _on(**PAIR, note=""), "change.ask", "changerequest"),
    mentorships.settle_change: Act(
        "coordinator", _on(change_id=_its("change"), end=True), "change.settle", "changerequest"
    ),
    operations.retry_letter: Act("coordinator", _on(letter_id=_its("letter")), "letter.retry", "letter"),
    mentorships.withdraw: Act(
        "coordinator", _on(**PROGRAM, enrollment_id=_part("E-2")), "people.withdraw", "enrollment"
    ),
}

_WORDS = {**PROGRAM, "kind": "no match"}
ACTS[wording.keep_words] = Act(
    "coordinator", _on(**_WORDS, subject="Not yet", body="Dear {name}, {reason}"), "letter.words", "program"
)
ACTS[wording.reset_words] = Act("coordinator", _on(**_WORDS), "letter.reset", "program")
ACTS[selections.act_on_people] = Act("coordinator", lambda cast: reminding(cast), "people.remind", "program")

WITHOUT_A_LINE = {operations.send_letters}
"""A line for each letter: see the tests of the outbox."""


def chain_of(cast: Cast) -> str:
    """The first thing that free places can do, once somebody waits for whom there is one."""
    program = Program.objects.select_related("school").get(pk=cast.program)
    return next((one.seal for one in vacancies_of(program, NOW)), "")


def next_best_of(cast: Cast) -> str:
    """Who comes next for Otto, once he is back in the queue."""
    found = queue_for(cast.actor("coordinator"), cast.program, NOW).returned
    return next((one.mentor for one in found), "")


def reminding(cast: Cast) -> dict:
    """Wes is reminded, as the preview showed."""
    order, chosen, batch = Order(Deed.REMIND), [cast.parts["E-5"]], "bcdfghjkmnpq"
    given = {"program_id": cast.program, "order": order, "chosen": chosen, "batch": batch, "now": NOW}
    program = Program.objects.select_related("school").get(pk=cast.program)
    plan = plan_of(cast.actor("coordinator"), program, order, chosen, batch, NOW)
    return {**given, "seal": plan.seal}


def appointed(cast: Cast) -> str:
    """The evaluator's role in the program."""
    return Enrollment.objects.get(program=cast.program, role="evaluator").id


def open_point() -> str:
    return AgendaPoint.objects.get(meeting=None).id


def prepared(cast: Cast, action: Callable) -> None:
    """A few actions need another state than the cast's."""
    if action is privacy.erase_person:
        mentee = cast.person("mentee")
        mentee.set_password("the word of the mentee")
        mentee.save()
    if action is mentorships.ask_mentee:
        Mentorship.objects.filter(pk=cast.proposed).update(question="")
        Letter.objects.filter(kind="question").delete()
    if action is wording.reset_words:
        LetterWords.objects.create(program_id=cast.program, kind="no match", subject="S", body="B", changed_at=NOW)
    if action is mentorships.ask_next_best:
        actor, pair = cast.actor("other_mentor"), cast.proposed
        mentorships.decline_mentee(actor=actor, mentorship_id=pair, reason="not-my-field", now=NOW)
    if action is rolling.fill_vacancy:
        IntakeSheet.objects.filter(enrollment=cast.parts["E-5"]).update(finished_at=NOW)
    if action is meetings.answer_meeting:
        Meeting.objects.filter(pk=cast.meeting).update(state="proposed")
        Letter.objects.filter(kind="meeting").delete()
    if action is operations.retry_letter:
        Letter.objects.filter(pk=cast.letter).update(attempts=1, failure="no mail server")
    if action is notices.write_digests:
        Letter.objects.filter(pk=Letter.objects.filter(kind="question").first().pk).update(held=True)
    prepared_round(cast, action)


def prepared_round(cast: Cast, action: Callable) -> None:
    """The same for a draft."""
    if action is matching.redo_decision:
        matching.undo_decision(actor=cast.actor("coordinator"), round_id=cast.draft, override_id="", now=NOW)
    if action is matching.review_round:
        matching.draft_round(actor=cast.actor("coordinator"), round_id=cast.draft, now=NOW)


def all_actions() -> dict[str, Callable]:
    """Every public function of every module of actions."""
    found = {}
    for module in iter_modules(cheiron.actions.__path__):
        if module.name.startswith("_") or module.name == "demo_school":
            continue
        loaded = import_module(f"cheiron.actions.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_") and "actor" in signature(function):
                found[f"{module.name}.{name}"] = function
    return found


def signature(function: Callable) -> dict:
    return inspect.signature(function).parameters


def test_every_action_stands_in_the_table():
    assert set(all_actions().values()) == set(ACTS) | WITHOUT_A_LINE


@pytest.mark.guarantee("G47")
@pytest.mark.parametrize("action", ACTS, ids=lambda action: action.__name__)
def test_each_action_leaves_one_line_that_says_who_and_what(action, cast):
    act = ACTS[action]
    prepared(cast, action)
    last = AuditEvent.objects.order_by("sequence").last().sequence
    actor = SYSTEM if act.who == "system" else cast.actor(act.who)
    given = {"now": NOW, **act.given(cast)}
    action(actor=actor, **given)
    lines = list(AuditEvent.objects.filter(sequence__gt=last).order_by("sequence"))
    assert [line.verb for line in lines] == [act.verb]
    assert lines[0].subject.split(":")[0] == act.about
    assert lines[0].at == given["now"]
    assert lines[0].actor == said_of(action, cast, act)
    assert broken_link_of_chain() is None


def said_of(action: Callable, cast: Cast, act: Act) -> str:
    """Whom the line names: the actor; whoever owns the link; nobody where that would tell who volunteers."""
    if action in {programs.volunteer, privacy.choose_uses}:
        return "nobody"
    if action is notices.choose_letters_by_link:
        return cast.persons["mentee"]
    if action is people.use_link:
        return OneTimeLink.objects.get(pk=cast.link).person_id
    names = {"system": "system", "anonymous": "nobody"}
    return names.get(act.who) or cast.persons[act.who]


@pytest.mark.guarantee("G47")
@pytest.mark.parametrize("action", ACTS, ids=lambda action: action.__name__)
def test_no_line_holds_a_name_an_address_or_typed_words(action, cast):
    """The log outlives what it names, so it may hold random ids, numbers and words of ours only."""
    act = ACTS[action]
    prepared(cast, action)
    action(actor=SYSTEM if act.who == "system" else cast.actor(act.who), **{"now": NOW, **act.given(cast)})
    log = repr(list(AuditEvent.objects.values_list("actor", "verb", "subject", "detail")))
    members = Member.objects.values_list("name", "person__email", "external_id", "title")
    known = {word for row in members for word in row if len(word) > 3} | {"New School", "One more", "Other name"}
    assert {word for word in known if word in log} == set()


def test_a_refused_action_leaves_no_line(cast):
    """Nobody of another school, and nobody who is not signed in, gets anything done here."""
    open_to_all = {people.ask_for_link, people.use_link, people.set_password, programs.create_program,
                   program_setup.begin_setup,
                   privacy.take_copy, privacy.erase_person}  # fmt: skip
    open_to_all |= {joining.ask_to_join}
    open_to_all |= {notices.open_feed, notices.close_feed, notices.choose_letters, notices.choose_letters_by_link}
    before = fingerprint()
    for action, act in ACTS.items():
        for actor in (cast.actor("stranger"), Actor(None)):
            if action not in open_to_all:
                with pytest.raises((NotFound, Denied)), transaction.atomic():
                    action(actor=actor, **{"now": NOW, **act.given(cast)})
    assert fingerprint() == before


# ---------- append-only ----------

STATEMENTS = (
    "UPDATE cheiron_auditevent SET verb = 'x'",
    "UPDATE cheiron_auditevent SET actor = 'x' WHERE sequence = 1",
    "UPDATE cheiron_auditevent SET sequence = sequence + 1000",
    "DELETE FROM cheiron_auditevent",
    "DELETE FROM cheiron_auditevent WHERE sequence = 1",
)


@pytest.mark.guarantee("G47")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_change_or_delete_a_line(statement, cast):
    before = list(AuditEvent.objects.values_list())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert list(AuditEvent.objects.values_list()) == before


def test_the_same_through_the_models(cast):
    line = AuditEvent.objects.order_by("sequence").first()
    line.verb = "something.else"
    for change in (
        line.save,
        line.delete,
        lambda: AuditEvent.objects.update(verb="x"),
        AuditEvent.objects.all().delete,
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.guarantee("G47")
def test_what_gets_past_the_trigger_is_found_by_the_chain(cast):
    """SQLite's REPLACE deletes without asking delete triggers; the chain tells all the same."""
    if connection.vendor == "sqlite":
        middle = AuditEvent.objects.order_by("sequence")[10]
        try:
            with transaction.atomic():
                connection.cursor().execute(
                    "REPLACE INTO cheiron_auditevent (sequence, at, actor, verb, subject, detail, previous, digest) "
                    "SELECT sequence, at, actor, 'x', subject, detail, previous, digest FROM cheiron_auditevent "
                    "WHERE sequence = %s",
                    [middle.sequence],
                )
        except DatabaseError:
            assert broken_link_of_chain() is None
        else:
            assert broken_link_of_chain() == middle.sequence


# ---------- tampering ----------


def _changed(chain: list[list], chance: random.Random) -> int:
    """One field of one line. Returns where the chain must break at the latest."""
    at = chance.randrange(len(chain))
    field = chance.randrange(len(FIELDS))
    line = chain[at]
    changes = {
        0: lambda old: old[::-1] if old != old[::-1] else "f" * 64,
        1: lambda old: old + timedelta(seconds=chance.choice((-3600, -1, 1, 86_400))),
        5: lambda old: {**old, "x": 1},
        6: lambda old: old[::-1] if old != old[::-1] else "f" * 64,
    }
    line[field] = changes.get(field, lambda old: old + "x")(line[field])
    return at


def _dropped(chain: list[list], chance: random.Random) -> int:
    at = chance.randrange(len(chain) - 1)
    del chain[at]
    return at


def _doubled(chain: list[list], chance: random.Random) -> int:
    at = chance.randrange(len(chain))
    chain.insert(at, list(chain[at]))
    return at + 1


def _swapped(chain: list[list], chance: random.Random) -> int:
    at = chance.randrange(len(chain) - 1)
    chain[at], chain[at + 1] = chain[at + 1], chain[at]
    return at


def _first_lines_gone(chain: list[list], chance: random.Random) -> int:
    del chain[: chance.randrange(1, len(chain) - 1)]
    return 0


def _sealed_again(chain: list[list], chance: random.Random) -> int:
    """Changed, and its own digest made to fit: the next line tells."""
    at = chance.randrange(len(chain) - 1)
    line = chain[at]
    line[2] = "somebodyelse"
    line[6] = digest(*line[:6])
    return at + 1


WAYS = (_changed, _changed, _dropped, _doubled, _swapped, _first_lines_gone, _sealed_again)


@pytest.mark.guarantee("G47")
def test_every_tampering_with_a_copied_chain_is_found_where_it_is(cast, sized, counted):
    chain = [list(row) for row in AuditEvent.objects.order_by("sequence").values_list(*FIELDS)]
    assert len(chain) >= 30
    assert first_broken(chain) is None
    chance = random.Random(47)
    tamperings = sized(200, 1_000)
    for n in range(tamperings):
        copy = [list(line) for line in chain]
        at = WAYS[n % len(WAYS)](copy, chance)
        assert first_broken(copy) == at, (n, WAYS[n % len(WAYS)].__name__)
    counted("tamperings", tamperings)


def test_the_page_says_where_the_chain_breaks(cast, as_):
    url = f"/programs/{cast.program}/audit/"
    assert as_("administrator").get(url).context["broken"] is None
    fourth = AuditEvent.objects.order_by("sequence")[3].sequence
    drop = "DROP TRIGGER audit_is_never_changed" + (" ON cheiron_auditevent" if connection.vendor != "sqlite" else "")
    with connection.cursor() as cursor:
        cursor.execute(drop)
        cursor.execute("UPDATE cheiron_auditevent SET actor = 'x' WHERE sequence = %s", [fourth])
    page = as_("administrator").get(url)
    assert page.context["broken"] == fourth
    assert f"Line {fourth} does not fit" in page.content.decode()


def test_the_intake_of_one_person_leaves_no_line_of_another(cast):
    """The administrator's page shows lines of the school's own people only."""
    foreign = cast.persons["stranger"]
    assert AuditEvent.objects.filter(actor=foreign).exists()
    _, rows = audit_for(cast.actor("administrator"), cast.program)
    assert rows.exists()
    assert not rows.filter(actor=foreign).exists()
    assert IntakeSheet.objects.filter(enrollment__member__person=foreign).exists()
