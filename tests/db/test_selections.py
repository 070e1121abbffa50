"""One act on several people: what the preview shows is what is done, once, and nobody is dropped without a word."""

from datetime import timedelta

import pytest

from cheiron.actions import programs
from cheiron.actions.selections import act_on_people
from cheiron.core.access import Permission
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.core.operations.kinds import ANNOUNCEMENT, KINDS
from cheiron.core.people.selections import Act, Order, Plan
from cheiron.models.base import new_id
from cheiron.models.ledger import AuditEvent, Batch, Letter, OneTimeLink
from cheiron.models.mentorships import Meeting, Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import IntakeSheet
from cheiron.queries.entrants import mentors_of
from cheiron.queries.programs import program_for
from cheiron.queries.selections import plan_of
from tests.cast import DAY, NOW, fingerprint

EVERYBODY = ("M-1", "M-2", "M-3", "E-1", "E-2", "E-3", "E-4", "E-5", "S-peer_mentor", "S-senior")


def look(cast, order: Order, who: tuple[str, ...], batch: str, now=NOW) -> Plan:
    actor = cast.actor("coordinator")
    program = program_for(actor, cast.program, Permission.PEOPLE_VIEW)
    return plan_of(actor, program, order, [cast.parts[one] for one in who], batch, now)


def press(cast, order: Order, who: tuple[str, ...], batch: str, seal: str, *, by: str = "coordinator", now=NOW) -> Plan:
    return act_on_people(
        actor=cast.actor(by),
        program_id=cast.program,
        order=order,
        chosen=[cast.parts[one] for one in who],
        batch=batch,
        seal=seal,
        now=now,
    )


def do(cast, order: Order, *who: str, now=NOW) -> Plan:
    """Look, press, and see that exactly what was shown has been written."""
    batch = new_id()
    plan = look(cast, order, who, batch, now)
    before = set(Letter.objects.values_list("id", flat=True))
    assert press(cast, order, who, batch, plan.seal, now=now) == plan
    for draft in plan.drafts:
        known = KINDS.get(draft.kind, ANNOUNCEMENT).known
        assert {*dict(draft.values), "link"} == set(known), "own words may use every place"
    written = Letter.objects.exclude(pk__in=before).exclude(kind="meeting")
    assert sorted((one.once, one.to_id, one.subject) for one in written) == sorted(
        (draft.once, draft.to_person, str(draft.subject)) for draft in plan.drafts
    )
    return plan


def told(lines) -> dict[str, str]:
    return {line.name: str(line.what) for line in lines}


# ---------- remind ----------


def test_a_reminder_is_about_the_one_thing_that_each_has_open(cast):
    plan = do(cast, Order(Act.REMIND), *EVERYBODY, now=NOW + 2 * DAY)
    assert told(plan.lines) == {
        "Dr. Ben Ruiz": "Is reminded to answer.",
        "Dr. Cleo Hart": "Gets the invitation (again).",
        "Otto Lind": "Is reminded to fill in the form.",
        "Pia Sand": "Is reminded to fill in the form.",
        "Sam Todd": "Is reminded to fill in the form.",
        "Wanda Ito": "Gets the invitation (again).",
        "Wes Novak": "Gets the invitation (again).",
        "Will Mazur": "Gets the invitation (again).",
    }
    assert told(plan.left_out) == {"Dr. Ada Weiss": "Has nothing open.", "Mina Okafor": "Has nothing open."}
    (to_ben,) = Letter.objects.filter(kind="reminder answer")
    assert "Otto Lind would like to have you as a mentor" in to_ben.body
    links = OneTimeLink.objects.filter(purpose="invitation", made_at=NOW + 2 * DAY)
    assert {one.enrollment_id for one in links} == {cast.parts[one] for one in ("M-3", "E-3", "E-4", "E-5")}
    assert Enrollment.objects.get(pk=cast.parts["E-5"]).invited_at == NOW + 2 * DAY


def test_nobody_is_reminded_twice_within_a_day(cast):
    do(cast, Order(Act.REMIND), "E-5", "M-2")
    again = look(cast, Order(Act.REMIND), ("E-5", "M-2"), new_id(), NOW + timedelta(hours=23))
    assert again.lines == ()
    assert set(told(again.left_out).values()) == {"Was written to less than a day ago."}
    assert len(look(cast, Order(Act.REMIND), ("E-5", "M-2"), new_id(), NOW + timedelta(hours=25)).lines) == 2


# ---------- once, and only as shown ----------


def test_a_second_press_says_that_it_has_been_done_and_does_nothing(cast):
    batch = new_id()
    plan = look(cast, Order(Act.REMIND), ("E-5",), batch)
    press(cast, Order(Act.REMIND), ("E-5",), batch, plan.seal)
    before = fingerprint()
    with pytest.raises(Conflict, match="has been done already"):
        press(cast, Order(Act.REMIND), ("E-5",), batch, plan.seal)
    assert fingerprint() == before
    assert [(one.pk, one.act, one.people) for one in Batch.objects.filter(program=cast.program)] == [
        (batch, "remind", 1)
    ]


def test_what_has_changed_since_the_preview_is_not_done(cast):
    batch = new_id()
    plan = look(cast, Order(Act.WITHDRAW), ("E-1", "E-5"), batch)
    Mentorship.objects.filter(pk=cast.mentorship).update(state="ended", ended_at=NOW)
    before = fingerprint()
    with pytest.raises(Conflict, match="changed since this preview"):
        press(cast, Order(Act.WITHDRAW), ("E-1", "E-5"), batch, plan.seal)
    assert fingerprint() == before


@pytest.mark.parametrize("batch", ["", "short", "x" * 13, "aeiouaeiouae", "../../../etc"])
def test_a_preview_without_a_proper_mark_is_refused(batch, cast):
    before = fingerprint()
    with pytest.raises(Invalid, match="Choose the people again"):
        press(cast, Order(Act.REMIND), ("E-5",), batch, "")
    assert fingerprint() == before


def test_with_nobody_left_nothing_is_done(cast):
    before = fingerprint()
    for order, who in ((Order(Act.REMIND), ("E-1",)), (Order(Act.RESUME), ("M-1",)), (Order(Act.WITHDRAW), ())):
        batch = new_id()
        with pytest.raises(Conflict, match="Nobody is left"):
            press(cast, order, who, batch, look(cast, order, who, batch).seal)
    assert fingerprint() == before


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize(
    ("who", "refusal"), [("mentor", Denied), ("evaluator", Denied), ("administrator", Denied), ("stranger", NotFound)]
)
def test_only_those_who_may_do_it(who, refusal, act, cast):
    before = fingerprint()
    with pytest.raises(refusal):
        press(cast, Order(act), ("E-5",), new_id(), "", by=who)
    assert fingerprint() == before


def test_people_of_another_program_are_not_touched(cast):
    cast.parts["theirs"] = Enrollment.objects.get(program=cast.other_program, role="mentee").id
    assert look(cast, Order(Act.WITHDRAW), ("theirs",), new_id()) == Plan((), (), ())


def test_one_line_in_the_log_names_the_act_and_its_people_by_number(cast):
    last = AuditEvent.objects.order_by("sequence").last().sequence
    do(cast, Order(Act.WITHDRAW), "E-1", "E-5")
    (line,) = AuditEvent.objects.filter(sequence__gt=last)
    assert (line.verb, line.detail["people"]) == ("people.withdraw", [cast.parts["E-1"], cast.parts["E-5"]])


# ---------- withdraw ----------


def test_who_is_withdrawn_is_told_and_the_other_of_the_pair_returns_to_the_queue(cast):
    plan = do(cast, Order(Act.WITHDRAW), "M-1", "E-5")
    assert told(plan.lines) == {
        "Dr. Ada Weiss": "Leaves the program. Ends without fault: the mentorship with Mina Okafor.",
        "Wes Novak": "Leaves the program.",
    }
    assert sorted((draft.kind, draft.to_name) for draft in plan.drafts) == [
        ("ended", "Mina Okafor"),
        ("left", "Dr. Ada Weiss"),
        ("left", "Wes Novak"),
    ]
    pair = Mentorship.objects.get(pk=cast.mentorship)
    assert (pair.state, pair.ended_at, pair.decline_reason) == ("ended", NOW, "")
    assert "nobody is at fault" in Letter.objects.get(kind="ended").body
    assert Meeting.objects.get(pk=cast.meeting).state == "canceled"
    assert Letter.objects.filter(kind="meeting", written_at=NOW).count() == 2
    assert set(Enrollment.objects.filter(left_at=NOW).values_list("id", flat=True)) == {
        cast.parts["M-1"],
        cast.parts["E-5"],
    }


def test_where_both_of_a_pair_go_neither_is_told_that_the_next_round_waits(cast):
    plan = do(cast, Order(Act.WITHDRAW), "M-1", "E-1")
    assert sorted((draft.kind, draft.to_name) for draft in plan.drafts) == [
        ("left", "Dr. Ada Weiss"),
        ("left", "Mina Okafor"),
    ]
    assert Mentorship.objects.get(pk=cast.mentorship).state == "ended"


def test_who_has_gone_since_is_left_out_by_name(cast):
    do(cast, Order(Act.WITHDRAW), "E-5")
    assert told(look(cast, Order(Act.ANNOUNCE, subject="News", body="Hello."), ("E-5", "E-4"), new_id()).left_out) == {
        "Wes Novak": "Does not take part any more."
    }


# ---------- pause ----------


def test_mentors_pause_until_a_day_and_are_told(cast):
    until = (NOW + 20 * DAY).date()
    plan = do(cast, Order(Act.PAUSE, until=until), "M-1", "M-3", "E-5")
    assert set(told(plan.lines)) == {"Dr. Ada Weiss", "Dr. Cleo Hart"}
    assert told(plan.left_out) == {
        "Wes Novak": "Only mentors pause. A mentee who wants no mentor now can be withdrawn."
    }
    program = program_for(cast.actor("coordinator"), cast.program, Permission.PEOPLE_VIEW)
    assert [one.name for one in mentors_of(program, NOW.date()).values() if one.resting] == [
        "Dr. Ada Weiss",
        "Dr. Cleo Hart",
    ]
    ended = do(cast, Order(Act.RESUME), "M-1", "M-2")
    assert (set(told(ended.lines)), set(told(ended.left_out))) == ({"Dr. Ada Weiss"}, {"Dr. Ben Ruiz"})
    assert IntakeSheet.objects.get(enrollment=cast.parts["M-1"]).paused_until is None


@pytest.mark.parametrize("days", [0, -1, None])
def test_a_pause_ends_on_a_day_that_lies_ahead(days, cast):
    until = None if days is None else (NOW + days * DAY).date()
    with pytest.raises(Invalid, match="lies ahead"):
        look(cast, Order(Act.PAUSE, until=until), ("M-1",), new_id())


# ---------- move ----------


@pytest.fixture
def elsewhere(cast) -> str:
    """A second program of the school."""
    dates = {"starts_on": NOW.date(), "ends_on": (NOW + 200 * DAY).date()}
    return programs.create_program(actor=cast.actor("coordinator"), model="dyad", name="Second", now=NOW, **dates)


def test_who_moves_keeps_what_they_told_and_accepts_the_new_part_by_the_letters_link(cast, elsewhere):
    facts = IntakeSheet.objects.get(enrollment=cast.parts["E-1"]).facts
    plan = do(cast, Order(Act.MOVE, program=elsewhere, role="mentee"), "E-1", "E-5")
    assert told(plan.lines) == {
        "Mina Okafor": "Moves to Second. Role there: Mentee. Ends without fault: the mentorship with Dr. Ada Weiss.",
        "Wes Novak": "Moves to Second. Role there: Mentee.",
    }
    assert {(draft.kind, draft.to_name) for draft in plan.drafts} == {
        ("moved", "Mina Okafor"),
        ("moved", "Wes Novak"),
        ("ended", "Dr. Ada Weiss"),
    }
    there = Enrollment.objects.filter(program=elsewhere, role="mentee").order_by("member__name")
    assert [(one.member.name, one.joined_at, one.left_at) for one in there] == [
        ("Mina Okafor", None, None),
        ("Wes Novak", None, None),
    ]
    assert there[0].sheet.facts == facts
    assert there[0].sheet.statement == IntakeSheet.objects.get(enrollment=cast.parts["E-1"]).statement != ""
    links = OneTimeLink.objects.filter(purpose="invitation", made_at=NOW)
    assert set(links.values_list("enrollment", flat=True)) == {one.id for one in there}
    assert Enrollment.objects.get(pk=cast.parts["E-1"]).left_at == NOW


def test_who_is_there_already_is_left_out_and_stays(cast, elsewhere):
    do(cast, Order(Act.MOVE, program=elsewhere, role="mentor"), "E-5")
    Enrollment.objects.filter(pk=cast.parts["E-5"]).update(left_at=None)
    plan = do(cast, Order(Act.MOVE, program=elsewhere, role="mentor"), "E-4", "E-5")
    assert told(plan.left_out) == {"Wes Novak": "Takes part there already."}
    assert Enrollment.objects.get(pk=cast.parts["E-5"]).left_at is None


def test_nobody_is_moved_to_where_the_actor_may_not_bring_people(cast):
    for program, role in ((cast.other_program, "mentee"), ("", ""), (cast.program, "coordinator"), ("x", "mentee")):
        with pytest.raises(Invalid, match="from the list"):
            look(cast, Order(Act.MOVE, program=program, role=role), ("E-5",), new_id())


# ---------- announce ----------


def test_each_person_gets_the_letter_once_with_their_own_name_in_it(cast):
    again = Enrollment.objects.create(
        member=Enrollment.objects.get(pk=cast.parts["E-5"]).member, program_id=cast.program, role="peer_mentor"
    )
    cast.parts["again"] = again.id
    body = "Dear {name},\n\n100 % of you come.\n\n{link}\n\n<b>{school}</b>"
    plan = do(cast, Order(Act.ANNOUNCE, subject="{program}: a date", body=body), "E-4", "E-5", "again")
    assert told(plan.left_out) == {"Wes Novak": "Gets the letter already, in another role."}
    found = Letter.objects.get(kind="announcement", to_name="Will Mazur")
    assert found.subject == "Riverside Scholars: a date"
    assert found.paragraphs == [
        "Dear Will Mazur,",
        "100 % of you come.",
        "{link}",
        "<b>Riverside School of Medicine</b>",
    ]


@pytest.mark.parametrize(
    ("subject", "body", "place"),
    [("", "Hello.", "Subject"), ("News", " ", "Letter"), ("{nobody}", "Hello.", "Subject"),
     ("News", "Hello.\n\nDear {mentee},", "Letter, line 3"), ("News", "See {link} here", "Letter, line 1"),
     ("News", "A { brace", "Letter, line 1"), ("N" * 201, "Hello.", "Subject"), ("{link}", "Hello.", "Subject"),
     ("News", "{name.__class__}", "Letter, line 1"), ("News", "{0}", "Letter, line 1")],
)  # fmt: skip
def test_words_that_cannot_be_sent_are_refused_with_their_place(subject, body, place, cast):
    with pytest.raises(Invalid) as refused:
        look(cast, Order(Act.ANNOUNCE, subject=subject, body=body), ("E-5",), new_id())
    assert {str(issue.place) for issue in refused.value.issues} == {place}
