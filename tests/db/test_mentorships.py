"""What the two of a pair do: answer, meet, write an agenda, log a contact, ask for a change."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from cheiron.actions import meetings
from cheiron.actions import mentorships as actions
from cheiron.core.access import SYSTEM
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.models.ledger import Letter
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.people import Enrollment
from cheiron.queries.entrants import waiting_mentees
from cheiron.queries.mentorships import pair_for
from tests.cast import DAY, NOW, SECRETS, fingerprint


def by(cast, who: str, **more) -> dict:
    return {"actor": cast.actor(who), "now": NOW, **more}


def new_letters(cast, kind: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=kind, written_at=NOW).order_by("to_name"))


def refused(kind, sentence: str, *calls) -> None:
    """Each call is refused with the sentence, and nothing has changed."""
    before = fingerprint()
    for call in calls:
        with pytest.raises(kind, match=sentence):
            call()
    assert fingerprint() == before


# ---------- the answer ----------


def test_accepting_begins_the_mentorship_and_tells_the_mentee(cast):
    actions.accept_mentee(**by(cast, "other_mentor"), mentorship_id=cast.proposed)
    found = Mentorship.objects.get(pk=cast.proposed)
    assert (found.state, found.answered_at, found.ended_at) == ("active", NOW, None)
    assert [one.to_id for one in new_letters(cast, "accepted")] == [cast.persons["other_mentee"]]


@pytest.mark.parametrize("state", ["active", "declined", "lapsed", "ended"])
def test_only_a_proposal_can_be_answered(state, cast):
    Mentorship.objects.filter(pk=cast.proposed).update(state=state)
    given = by(cast, "other_mentor", mentorship_id=cast.proposed)
    refused(
        Conflict,
        "already been answered or has ended",
        lambda: actions.accept_mentee(**given),
        lambda: actions.decline_mentee(**given, reason=""),
        lambda: actions.ask_mentee(**given, question="Why?"),
    )


def test_the_mentee_does_not_answer_for_the_mentor(cast):
    given = by(cast, "other_mentee", mentorship_id=cast.proposed)
    refused(
        Denied,
        "Only the mentor",
        lambda: actions.accept_mentee(**given),
        lambda: actions.decline_mentee(**given, reason=""),
        lambda: actions.ask_mentee(**given, question="Why?"),
    )


def test_a_question_is_asked_once_and_answered_once(cast):
    Mentorship.objects.filter(pk=cast.proposed).update(question="")
    Letter.objects.filter(kind="question").delete()
    mentor, mentee = (by(cast, who, mentorship_id=cast.proposed) for who in ("other_mentor", "other_mentee"))
    refused(Conflict, "no open question", lambda: actions.answer_question(**mentee, answer="Yes."))
    refused(Invalid, "Write down", lambda: actions.ask_mentee(**mentor, question="  "))
    actions.ask_mentee(**mentor, question=" Which year? ")
    refused(Conflict, "asked already", lambda: actions.ask_mentee(**mentor, question="And now?"))
    refused(Denied, "Only the mentee", lambda: actions.answer_question(**mentor, answer="Yes."))
    refused(Invalid, "Write a sentence", lambda: actions.answer_question(**mentee, answer="\n"))
    actions.answer_question(**mentee, answer=" The second. ")
    refused(Conflict, "no open question", lambda: actions.answer_question(**mentee, answer="The third."))
    found = Mentorship.objects.get(pk=cast.proposed)
    assert (found.question, found.question_answer, found.state) == ("Which year?", "The second.", "proposed")
    assert [len(new_letters(cast, kind)) for kind in ("question", "answer")] == [1, 1]
    assert all("second" not in one.body and "year" not in one.body for one in Letter.objects.all())


def test_declining_sends_the_mentee_back_to_the_queue_without_the_reason(cast):
    actions.decline_mentee(**by(cast, "other_mentor"), mentorship_id=cast.proposed, reason="i-assess")
    found = Mentorship.objects.get(pk=cast.proposed)
    assert (found.state, found.decline_reason, found.ended_at) == ("declined", "i-assess", NOW)
    assert cast.parts["E-2"] in waiting_mentees(found.program, found.role).values_list("id", flat=True)
    (letter,) = new_letters(cast, "back in the queue")
    assert (letter.to_id, "no place free" in letter.body) == (cast.persons["other_mentee"], True)
    assert [word for word in ("assess", "declin") if word in letter.body.lower()] == []


def test_a_reason_that_is_none_of_ours_is_not_kept(cast):
    actions.decline_mentee(**by(cast, "other_mentor"), mentorship_id=cast.proposed, reason="I dislike him")
    assert Mentorship.objects.get(pk=cast.proposed).decline_reason == ""


def test_silence_until_the_day_is_over_at_the_school_is_a_no(cast):
    """The tenth day from now ends in New York five hours later than in London."""
    last_hour = (NOW + 11 * DAY).replace(hour=4, minute=59)
    assert actions.lapse_overdue(actor=SYSTEM, now=last_hour) == 0
    assert actions.lapse_overdue(actor=SYSTEM, now=last_hour + timedelta(minutes=1)) == 1
    found = Mentorship.objects.get(pk=cast.proposed)
    assert found.state == "lapsed"
    assert cast.parts["E-2"] in waiting_mentees(found.program, found.role).values_list("id", flat=True)
    assert Letter.objects.filter(kind="back in the queue", to=cast.persons["other_mentee"]).count() == 1
    assert actions.lapse_overdue(actor=SYSTEM, now=NOW + 20 * DAY) == 0


def test_only_the_worker_lets_proposals_lapse(cast):
    late = {"now": NOW + 20 * DAY}
    refused(Denied, "worker", *(lambda who=who: actions.lapse_overdue(actor=cast.actor(who), **late)
                                for who in ("coordinator", "other_mentor", "anonymous")))  # fmt: skip


def test_an_active_pair_does_not_lapse(cast):
    Mentorship.objects.filter(pk=cast.mentorship).update(answer_by=date(2026, 11, 1))
    assert actions.lapse_overdue(actor=SYSTEM, now=NOW) == 0
    assert Mentorship.objects.get(pk=cast.mentorship).state == "active"


# ---------- meetings ----------


def propose(cast, who: str = "mentee", **more) -> str:
    values = {"starts_at": NOW + 7 * DAY, "minutes": 45, "place": "Library", **more}
    return meetings.propose_meeting(**by(cast, who), mentorship_id=cast.mentorship, **values)


def state(meeting: str) -> str:
    return Meeting.objects.get(pk=meeting).state


def test_a_meeting_is_proposed_agreed_and_held_with_its_agenda(cast):
    made = propose(cast)
    assert [one.to_id for one in new_letters(cast, "meeting proposed")] == [cast.persons["mentor"]]
    meetings.answer_meeting(**by(cast, "mentor"), meeting_id=made, agree=True)
    assert state(made) == "agreed"
    later = {"actor": cast.actor("mentor"), "now": NOW + 8 * DAY}
    meetings.hold_meeting(**later, meeting_id=made)
    assert state(made) == "held"
    assert AgendaPoint.objects.get(text=SECRETS["agenda"]).meeting_id == made
    assert pair_for(cast.actor("mentee"), cast.mentorship).agenda == ()


def test_nobody_answers_their_own_proposal(cast):
    for who in ("mentee", "mentor"):
        made = propose(cast, who, starts_at=NOW + 9 * DAY)
        refused(
            Denied,
            "other one answers",
            lambda w=who, m=made: meetings.answer_meeting(**by(cast, w), meeting_id=m, agree=True),
        )


def test_a_new_proposal_replaces_the_one_that_waits_and_leaves_the_agreed_one(cast):
    first = propose(cast)
    second = propose(cast, "mentor", starts_at=NOW + 8 * DAY)
    assert [state(one) for one in (first, second, cast.meeting)] == ["canceled", "proposed", "agreed"]


def test_a_time_that_is_over_cannot_be_proposed_nor_a_coming_meeting_be_held(cast):
    refused(Invalid, "time is over", lambda: propose(cast, starts_at=NOW), lambda: propose(cast, starts_at=NOW - DAY))
    refused(Conflict, "lies ahead", lambda: meetings.hold_meeting(**by(cast, "mentor"), meeting_id=cast.meeting))


MOVES = {
    "proposed": {"agree", "decline", "cancel"},
    "agreed": {"cancel", "hold"},
    "declined": set(),
    "canceled": set(),
    "held": set(),
}


@pytest.mark.parametrize("start", MOVES)
def test_a_meeting_moves_only_as_the_table_says(start, cast):
    Letter.objects.all().delete()
    calls = {
        "agree": lambda: meetings.answer_meeting(**given, agree=True),
        "decline": lambda: meetings.answer_meeting(**given, agree=False),
        "cancel": lambda: meetings.cancel_meeting(**given),
        "hold": lambda: meetings.hold_meeting(**given),
    }
    done = set()
    given = {"actor": cast.actor("mentor"), "now": NOW + 4 * DAY, "meeting_id": cast.meeting}
    for name, call in calls.items():
        Meeting.objects.filter(pk=cast.meeting).update(state=start, sequence=0)
        Letter.objects.all().delete()
        try:
            call()
        except Conflict:
            assert state(cast.meeting) == start
        else:
            assert state(cast.meeting) != start
            done.add(name)
    assert done == MOVES[start]


def test_a_declined_time_is_told_to_the_proposer(cast):
    made = propose(cast)
    meetings.answer_meeting(**by(cast, "mentor"), meeting_id=made, agree=False)
    assert [one.to_id for one in new_letters(cast, "meeting declined")] == [cast.persons["mentee"]]


def test_nothing_is_agreed_in_a_mentorship_that_has_ended(cast):
    made = propose(cast)
    Mentorship.objects.filter(pk=cast.mentorship).update(state="ended")
    given = by(cast, "mentee", mentorship_id=cast.mentorship)
    refused(
        Conflict,
        "not under way",
        lambda: meetings.answer_meeting(**by(cast, "mentor"), meeting_id=made, agree=True),
        lambda: propose(cast),
        lambda: meetings.add_point(**given, text="One more."),
        lambda: meetings.log_contact(**given, kind="call"),
    )


# ---------- calendars ----------


def calendar_of(letter: Letter):
    calendar = Calendar.from_ical(letter.calendar)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_both_get_the_same_calendar_file_and_it_says_what_was_agreed(cast):
    made = propose(cast, place="Café Öz, 2nd floor; left")
    meetings.answer_meeting(**by(cast, "mentor"), meeting_id=made, agree=True)
    letters = new_letters(cast, "meeting")
    assert {one.to_id for one in letters} == {cast.persons["mentee"], cast.persons["mentor"]}
    assert len({one.calendar for one in letters}) == 1
    calendar, event = calendar_of(letters[0])
    assert (str(calendar["METHOD"]), str(calendar["VERSION"])) == ("REQUEST", "2.0")
    assert (str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"])) == (f"{made}@cheiron", 0, "CONFIRMED")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (NOW + 7 * DAY, NOW + 7 * DAY + timedelta(minutes=45))
    assert str(event["LOCATION"]) == "Café Öz, 2nd floor; left"
    assert str(event["ORGANIZER"]) == f"mailto:{SECRETS['mentee address']}"
    assert str(event["ATTENDEE"]) == f"mailto:{SECRETS['mentor address']}"
    assert event["ATTENDEE"].params["CN"] == "Dr. Ada Weiss"


def test_the_file_reads_back_to_the_same_bytes(cast):
    made = propose(cast, place="a,b;c\\d\ne " + "long " * 30)
    meetings.answer_meeting(**by(cast, "mentor"), meeting_id=made, agree=True)
    text = new_letters(cast, "meeting")[0].calendar
    assert Calendar.from_ical(text).to_ical().decode() == text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.endswith("END:VCALENDAR\r\n")


def test_calling_off_cancels_the_same_event_with_a_higher_sequence(cast):
    meetings.cancel_meeting(**by(cast, "mentor"), meeting_id=cast.meeting)
    letters = new_letters(cast, "meeting")
    assert len(letters) == 2
    calendar, event = calendar_of(letters[0])
    assert (str(calendar["METHOD"]), str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert (str(event["UID"]), int(event["SEQUENCE"])) == (f"{cast.meeting}@cheiron", 1)


def test_calling_off_what_was_only_proposed_needs_no_calendar(cast):
    made = propose(cast)
    meetings.cancel_meeting(**by(cast, "mentee"), meeting_id=made)
    assert new_letters(cast, "meeting") == []


def test_a_place_cannot_add_lines_to_the_calendar(cast):
    made = propose(cast, place="Here\r\nATTENDEE:mailto:evil@evil.example\nX:1")
    meetings.answer_meeting(**by(cast, "mentor"), meeting_id=made, agree=True)
    _, event = calendar_of(new_letters(cast, "meeting")[0])
    assert isinstance(event["ATTENDEE"], str)
    assert str(event["ATTENDEE"]) == f"mailto:{SECRETS['mentor address']}"


# ---------- agenda, contacts ----------


def test_only_the_mentee_writes_and_removes_the_agenda(cast):
    point = AgendaPoint.objects.get(meeting=None).id
    mentor, mentee = (by(cast, who, mentorship_id=cast.mentorship) for who in ("mentor", "mentee"))
    refused(
        Denied,
        "The agenda is the mentee's",
        lambda: meetings.add_point(**mentor, text="Mine."),
        lambda: meetings.remove_point(**mentor, point_id=point),
    )
    refused(Invalid, "Write down", lambda: meetings.add_point(**mentee, text=" \n "))
    meetings.add_point(**mentee, text="  two \n lines  ")
    meetings.remove_point(**mentee, point_id=point)
    assert list(AgendaPoint.objects.filter(meeting=None).values_list("text", flat=True)) == ["two lines"]


def test_a_point_of_a_held_meeting_or_of_another_pair_cannot_be_removed(cast):
    mentee = by(cast, "mentee", mentorship_id=cast.mentorship)
    held = AgendaPoint.objects.get(meeting=cast.held).id
    other = AgendaPoint.objects.create(mentorship_id=cast.proposed, text="Theirs.", written_at=NOW).id
    refused(
        Conflict,
        "no longer on the agenda",
        *(lambda one=one: meetings.remove_point(**mentee, point_id=one) for one in (held, other, "nothing")),
    )


def test_a_contact_is_one_of_three_kinds_and_counts_its_minutes(cast):
    given = by(cast, "mentor", mentorship_id=cast.mentorship)
    for kind, minutes in {"corridor": 10, "message": 5, "call": 15}.items():
        made = Contact.objects.get(pk=meetings.log_contact(**given, kind=kind))
        assert (made.minutes, made.on_day, made.logged_by_id) == (minutes, NOW.date(), cast.parts["M-1"])
    refused(
        Invalid, "corridor talk", *(lambda k=k: meetings.log_contact(**given, kind=k) for k in ("", "email", "CALL"))
    )


def test_a_contact_is_undone_by_who_logged_it_within_a_day(cast):
    mentee, mentor = (by(cast, who, mentorship_id=cast.mentorship) for who in ("mentee", "mentor"))
    late = {**mentee, "now": NOW + DAY}
    refused(
        Conflict,
        "no longer be undone",
        lambda: meetings.undo_contact(**mentor, contact_id=cast.contact),
        lambda: meetings.undo_contact(**late, contact_id=cast.contact),
        lambda: meetings.undo_contact(**mentee, contact_id="nothing"),
    )
    meetings.undo_contact(**mentee, contact_id=cast.contact)
    assert Contact.objects.count() == 0


# ---------- change, leaving ----------


def test_a_request_for_a_change_is_told_to_staff_and_not_to_the_other(cast):
    actions.ask_for_change(**by(cast, "mentee"), mentorship_id=cast.mentorship, note=" Other plans. ")
    made = ChangeRequest.objects.get(mentorship=cast.mentorship)
    assert (made.note, made.asked_by_id) == ("Other plans.", cast.parts["E-1"])
    letters = Letter.objects.filter(written_at=NOW)
    assert {one.to_id for one in letters} == {cast.persons["coordinator"]}
    assert all("Other plans" not in one.body and "Mina" not in one.body for one in letters)
    assert pair_for(cast.actor("mentor"), cast.mentorship).asked_change is None
    assert pair_for(cast.actor("mentee"), cast.mentorship).asked_change == made


def test_a_second_request_while_one_is_open_is_refused_and_each_side_has_its_own(cast):
    given = by(cast, "other_mentee", mentorship_id=cast.proposed, note="")
    refused(Conflict, "asked already", lambda: actions.ask_for_change(**given))
    actions.ask_for_change(**by(cast, "other_mentor", mentorship_id=cast.proposed, note=""))
    assert ChangeRequest.objects.filter(mentorship=cast.proposed).count() == 2


def test_settling_with_an_end_ends_without_fault_and_tells_both(cast):
    actions.settle_change(**by(cast, "coordinator"), change_id=cast.change, end=True)
    found = Mentorship.objects.get(pk=cast.proposed)
    assert (found.state, found.ended_at) == ("ended", NOW)
    assert {one.to_id for one in new_letters(cast, "ended")} == {
        cast.persons["other_mentee"],
        cast.persons["other_mentor"],
    }
    assert all(SECRETS["change"] not in one.body for one in Letter.objects.all())
    refused(
        Conflict,
        "settled already",
        lambda: actions.settle_change(**by(cast, "coordinator"), change_id=cast.change, end=True),
    )


def test_settling_without_an_end_changes_nothing_else_and_tells_nobody(cast):
    count = Letter.objects.count()
    actions.settle_change(**by(cast, "coordinator"), change_id=cast.change, end=False)
    assert (Mentorship.objects.get(pk=cast.proposed).state, Letter.objects.count()) == ("proposed", count)
    assert ChangeRequest.objects.get(pk=cast.change).settled_at == NOW


def test_settling_with_an_end_what_has_ended_already_is_noted(cast):
    """The mentor declined while the request was open."""
    Mentorship.objects.filter(pk=cast.proposed).update(state="declined", ended_at=NOW)
    actions.settle_change(**by(cast, "coordinator"), change_id=cast.change, end=True)
    assert ChangeRequest.objects.get(pk=cast.change).settled_at == NOW
    assert Mentorship.objects.get(pk=cast.proposed).state == "declined"


def test_the_two_do_not_settle_their_own_request(cast):
    for who, kind in {
        "other_mentee": Denied,
        "other_mentor": Denied,
        "evaluator": Denied,
        "stranger": NotFound,
    }.items():
        refused(
            kind,
            "your role|no such",
            lambda w=who: actions.settle_change(**by(cast, w), change_id=cast.change, end=True),
        )


def test_leaving_ends_what_is_open_tells_both_and_keeps_what_happened(cast):
    given = by(cast, "coordinator", program_id=cast.program)
    actions.withdraw(**given, enrollment_id=cast.parts["M-1"])
    found = Mentorship.objects.get(pk=cast.mentorship)
    assert (found.state, found.ended_at) == ("ended", NOW)
    assert [one.to_id for one in new_letters(cast, "ended")] == [cast.persons["mentee"]]
    assert [one.to_id for one in new_letters(cast, "left")] == [cast.persons["mentor"]]
    assert Enrollment.objects.get(pk=cast.parts["M-1"]).left_at == NOW
    assert (Meeting.objects.filter(mentorship=found).count(), AgendaPoint.objects.count()) == (2, 2)
    refused(Conflict, "any more", lambda: actions.withdraw(**given, enrollment_id=cast.parts["M-1"]))
    assert cast.actor("mentor").roles == {}


def test_a_coordinator_withdraws_nobody_of_another_program(cast):
    theirs = Enrollment.objects.get(program=cast.other_program, role="mentee").id
    refused(
        Conflict,
        "any more",
        lambda: actions.withdraw(**by(cast, "coordinator", program_id=cast.program), enrollment_id=theirs),
    )


# ---------- whose it is ----------


@pytest.mark.parametrize(
    "who", ["other_mentee", "other_mentor", "coordinator", "administrator", "stranger", "anonymous"]
)
def test_for_everybody_else_the_pair_does_not_exist(who, cast):
    pair = by(cast, who, mentorship_id=cast.mentorship)
    meeting = by(cast, who, meeting_id=cast.meeting)
    refused(
        NotFound,
        "There is no such (mentorship|meeting)",
        lambda: actions.accept_mentee(**pair),
        lambda: meetings.propose_meeting(**pair, starts_at=NOW + DAY, minutes=30, place=""),
        lambda: meetings.answer_meeting(**meeting, agree=True),
        lambda: meetings.cancel_meeting(**meeting),
        lambda: meetings.hold_meeting(**meeting),
        lambda: meetings.add_point(**pair, text="x"),
        lambda: meetings.log_contact(**pair, kind="call"),
        lambda: meetings.undo_contact(**pair, contact_id=cast.contact),
        lambda: actions.ask_for_change(**pair, note=""),
    )
