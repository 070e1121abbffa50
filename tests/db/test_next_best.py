"""After a no or silence: the next best or the queue, reminders before, and nobody dropped without a word."""

import random
from datetime import date, timedelta

import pytest
from django.db import transaction

from cheiron.actions import mentorships as actions
from cheiron.actions.selections import act_on_people
from cheiron.core.access import SYSTEM, Permission
from cheiron.core.errors import Conflict, Denied, NotFound, Refusal
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.people.selections import Act, Order
from cheiron.models.base import new_id
from cheiron.models.ledger import Letter
from cheiron.models.matching import Override
from cheiron.models.mentorships import ChangeRequest, Mentorship
from cheiron.models.people import Enrollment, Person, ReportingLine
from cheiron.models.programs import IntakeSheet, Program
from cheiron.queries.next_best import queue_for
from cheiron.queries.people import actor_for
from cheiron.queries.programs import program_for
from cheiron.queries.selections import plan_of
from tests.cast import DAY, NOW, fingerprint

HISTORIES, STEPS = 12, 14


def at_once(cast) -> None:
    actions.set_next_best(actor=cast.actor("coordinator"), program_id=cast.program, at_once=True, now=NOW)


def decline(cast, reason: str = "not-my-field") -> None:
    actions.decline_mentee(actor=cast.actor("other_mentor"), mentorship_id=cast.proposed, reason=reason, now=NOW)


def letters(*kinds: str) -> list[tuple[str, str]]:
    found = Letter.objects.filter(kind__in=kinds, written_at=NOW)
    return sorted(found.values_list("kind", "to_name"))


def open_of(cast, mentee: str) -> list[tuple[str, str]]:
    rows = Mentorship.objects.filter(mentee=cast.parts[mentee], state__in=sorted(OPEN))
    return list(rows.values_list("mentor__member__external_id", "state"))


# ---------- at once ----------


def test_after_a_no_the_next_best_is_asked_at_once_and_everybody_is_told(cast):
    at_once(cast)
    decline(cast)
    ((mentor, state),) = open_of(cast, "E-2")
    made = Mentorship.objects.get(mentee=cast.parts["E-2"], state="proposed")
    assert (mentor != "M-2", state, made.proposed_at, made.answer_by) == (True, "proposed", NOW, date(2027, 1, 21))
    assert made.reason
    asked = made.mentor.member.name
    assert letters("next best", "proposal", "returned", "back in the queue") == [
        ("next best", "Otto Lind"),
        ("proposal", asked),
        ("returned", "Cora Lang"),
    ]
    told = Letter.objects.get(kind="next best", written_at=NOW).body
    assert f"Dr. Ben Ruiz has no place free now. You have been proposed to {asked} instead" in told


def test_where_nobody_is_left_the_mentee_is_back_in_the_queue_and_told(cast):
    at_once(cast)
    IntakeSheet.objects.exclude(enrollment=cast.parts["M-2"]).update(capacity=0)
    decline(cast)
    assert open_of(cast, "E-2") == []
    assert letters("next best", "proposal", "returned", "back in the queue") == [
        ("back in the queue", "Otto Lind"),
        ("returned", "Cora Lang"),
    ]


def test_a_program_that_waits_for_its_coordinator_asks_nobody(cast):
    decline(cast)
    assert open_of(cast, "E-2") == []
    assert letters("proposal", "next best", "back in the queue", "returned") == [
        ("back in the queue", "Otto Lind"),
        ("returned", "Cora Lang"),
    ]


def test_a_closed_program_asks_nobody(cast):
    at_once(cast)
    Program.objects.filter(pk=cast.program).update(state="closed", closed_at=NOW)
    decline(cast)
    assert open_of(cast, "E-2") == []


def test_silence_is_followed_by_the_next_best_too_and_the_silent_get_a_kind_word(cast):
    at_once(cast)
    late = NOW + 12 * DAY
    assert actions.lapse_overdue(actor=SYSTEM, now=late) == 1
    ((mentor, state),) = open_of(cast, "E-2")
    assert (mentor != "M-2", state) == (True, "proposed")
    kind = Letter.objects.get(kind="missed", written_at=late)
    assert (kind.to_name, "Otto Lind could not wait longer" in kind.body) == ("Dr. Ben Ruiz", True)
    assert [word for word in ("fail", "late", "miss", "forgot") if word in kind.body.lower()] == []


# ---------- hard rules ----------


def next_of(cast, mentee: str = "E-2") -> str:
    """Whom the page offers, as in the list."""
    found = queue_for(cast.actor("coordinator"), cast.program, NOW)
    mentor = next(one.mentor for one in found.returned if one.mentee == cast.parts[mentee])
    return Enrollment.objects.get(pk=mentor).member.external_id if mentor else ""


def test_who_was_paired_before_or_is_kept_apart_is_never_the_next_best(cast):
    decline(cast)
    first = next_of(cast)
    assert first in {"M-1", "M-3"}
    second = {"M-1": "M-3", "M-3": "M-1"}[first]
    member, mentor = (Enrollment.objects.get(pk=cast.parts[one]).member for one in ("E-2", first))
    line = ReportingLine.objects.create(school_id=cast.school, student=mentor, assessor=member, kind="treats")
    assert next_of(cast) == second
    line.delete()
    held = {"made_by_id": cast.persons["coordinator"], "made_at": NOW, "mentee_id": cast.parts["E-2"]}
    by_hand = Override.objects.create(round_id=cast.past_round, kind="forbid", mentor_id=cast.parts[first], **held)
    assert next_of(cast) == second
    by_hand.delete()
    IntakeSheet.objects.filter(enrollment=cast.parts[first]).update(paused_until=(NOW + DAY).date())
    assert next_of(cast) == second
    IntakeSheet.objects.filter(enrollment=cast.parts[second]).update(capacity=0)
    assert next_of(cast) == ""


@pytest.mark.parametrize(
    ("state", "reason", "offered"),
    [("lapsed", "", False), ("declined", "no-room", False), ("declined", "not-my-field", True)],
)
def test_who_had_no_room_or_said_nothing_is_not_asked_about_the_next(state, reason, offered, cast):
    decline(cast)
    first = next_of(cast)
    Mentorship.objects.create(
        program_id=cast.program, round_id=cast.past_round, mentee_id=cast.parts["E-5"], mentor_id=cast.parts[first],
        role="mentor", state=state, decline_reason=reason, score=1, proposed_at=NOW, answer_by=NOW.date(), ended_at=NOW,
    )  # fmt: skip
    assert (next_of(cast) == first) == offered


# ---------- the page ----------


def test_a_coordinator_asks_the_next_best_with_one_button_and_only_the_one_that_was_shown(cast):
    decline(cast)
    shown = cast.parts[next_of(cast)]
    given = {"actor": cast.actor("coordinator"), "program_id": cast.program, "mentee": cast.parts["E-2"], "now": NOW}
    before = fingerprint()
    for mentor in (cast.parts["M-2"], "", "x" * 12):
        with pytest.raises(Conflict, match="no longer the next best"):
            actions.ask_next_best(**given, mentor=mentor)
    assert fingerprint() == before
    actions.ask_next_best(**given, mentor=shown)
    assert [state for _, state in open_of(cast, "E-2")] == ["proposed"]
    assert [kind for kind, _ in letters("proposal", "match")] == ["match", "proposal"]
    with pytest.raises(Conflict):
        actions.ask_next_best(**given, mentor=shown)
    assert queue_for(cast.actor("coordinator"), cast.program, NOW).returned == []


def test_the_page_shows_who_waits_and_its_button_and_switch_work(cast, as_):
    decline(cast)
    client, url = as_("coordinator"), f"/programs/{cast.program}/queue/"
    page = client.get(url)
    (one,) = page.context["queue"].returned
    assert (one.name, one.last_mentor, bool(one.mentor_name)) == ("Otto Lind", "Dr. Ben Ruiz", True)
    assert f"Next best: {one.mentor_name}" in page.content.decode()
    done = client.post(f"{url}ask/", {"mentee": one.mentee, "mentor": one.mentor}, follow=True)
    assert "Both have a letter" in done.content.decode()
    assert [pair.mentee_id for pair in client.get(url).context["queue"].asked] == [one.mentee]
    assert client.post(f"{url}ask/", {"mentee": one.mentee, "mentor": one.mentor}).status_code == 409
    client.post(f"{url}switch/", {"at_once": "yes"})
    assert Program.objects.get(pk=cast.program).next_best_at_once
    client.post(f"{url}switch/", {"at_once": "no"})
    assert not Program.objects.get(pk=cast.program).next_best_at_once


@pytest.mark.parametrize(
    ("who", "refusal"), [("mentor", Denied), ("mentee", Denied), ("administrator", Denied), ("stranger", NotFound)]
)
def test_only_coordinators_ask_or_switch(who, refusal, cast):
    given = {"actor": cast.actor(who), "program_id": cast.program, "now": NOW}
    before = fingerprint()
    with pytest.raises(refusal):
        actions.ask_next_best(**given, mentee=cast.parts["E-2"], mentor=cast.parts["M-1"])
    with pytest.raises(refusal):
        actions.set_next_best(**given, at_once=True)
    assert fingerprint() == before


# ---------- reminders ----------


def test_a_mentor_is_reminded_half_way_and_a_day_before_once_each(cast):
    Mentorship.objects.filter(pk=cast.proposed).update(proposed_at=NOW)
    counts = []
    for hours in range(0, 24 * 13, 6):
        counts.append(actions.remind_mentors(actor=SYSTEM, now=NOW + timedelta(hours=hours)))
    assert sum(counts) == 2
    found = Letter.objects.filter(kind="reminder answer").order_by("written_at")
    assert [(one.to_name, (one.written_at - NOW).days) for one in found] == [("Dr. Ben Ruiz", 5), ("Dr. Ben Ruiz", 9)]
    assert all("Otto Lind" in one.body and "Thursday 21 January" in one.body for one in found)


def test_who_has_answered_is_not_reminded(cast):
    decline(cast)
    assert [actions.remind_mentors(actor=SYSTEM, now=NOW + n * DAY) for n in range(12)] == [0] * 12


def test_only_the_worker_reminds(cast):
    with pytest.raises(Denied):
        actions.remind_mentors(actor=cast.actor("coordinator"), now=NOW)


# ---------- nobody is dropped without a word ----------


class History:
    """A program in which anybody may do anything at any time; refusals are part of life."""

    def __init__(self, cast, seed: int) -> None:
        self.cast, self.chance, self.now = cast, random.Random(seed), NOW
        self.moves = (
            self.answer,
            self.answer,
            self.wait,
            self.wait,
            self.withdraw,
            self.settle,
            self.ask,
            self.switch,
            self.pause,
        )

    def step(self) -> None:
        self.now += timedelta(minutes=self.chance.randint(1, 600))
        try:
            with transaction.atomic():
                self.chance.choice(self.moves)()
        except Refusal:
            pass

    def coordinator(self) -> dict:
        return {"actor": self.cast.actor("coordinator"), "program_id": self.cast.program, "now": self.now}

    def pick(self, rows):
        return self.chance.choice(
            sorted(rows, key=lambda row: row.member.external_id if hasattr(row, "member") else row.answer_by)
        )

    def answer(self) -> None:
        rows = list(
            Mentorship.objects.filter(program=self.cast.program, state="proposed").order_by("mentee__member__name")
        )
        pair = self.chance.choice(rows or [Mentorship.objects.get(pk=self.cast.mentorship)])
        given = {"actor": actor_for(pair.mentor.member.person_id), "mentorship_id": pair.id, "now": self.now}
        if self.chance.random() < 0.4:
            actions.accept_mentee(**given)
        else:
            actions.decline_mentee(**given, reason=self.chance.choice(["no-room", "not-my-field"]))

    def wait(self) -> None:
        self.now += self.chance.randint(1, 8) * DAY
        actions.remind_mentors(actor=SYSTEM, now=self.now)
        actions.lapse_overdue(actor=SYSTEM, now=self.now)

    def people(self, *roles: str) -> list[Enrollment]:
        rows = Enrollment.objects.filter(program=self.cast.program, left_at=None, role__in=roles)
        return list(rows.order_by("member__external_id"))

    def bulk(self, order: Order, chosen: list[str]) -> None:
        given, batch = self.coordinator(), new_id()
        program = program_for(given["actor"], self.cast.program, Permission.PEOPLE_VIEW)
        plan = plan_of(given["actor"], program, order, chosen, batch, self.now)
        act_on_people(**given, order=order, chosen=chosen, batch=batch, seal=plan.seal)

    def withdraw(self) -> None:
        some = self.people("mentee", "mentor")
        self.bulk(
            Order(Act.WITHDRAW), [one.id for one in self.chance.sample(some, min(len(some), self.chance.randint(1, 2)))]
        )

    def pause(self) -> None:
        until = (self.now + 3 * DAY).date()
        self.bulk(Order(Act.PAUSE, until=until), [self.chance.choice(self.people("mentor")).id])

    def settle(self) -> None:
        rows = list(
            Mentorship.objects.filter(program=self.cast.program, state="active").order_by("mentee__member__name")
        )
        if rows:
            pair = self.chance.choice(rows)
            who = actor_for(pair.mentee.member.person_id)
            actions.ask_for_change(actor=who, mentorship_id=pair.id, note="", now=self.now)
            change = ChangeRequest.objects.get(mentorship=pair, settled_at=None)
            actions.settle_change(actor=self.cast.actor("coordinator"), change_id=change.id, end=True, now=self.now)

    def ask(self) -> None:
        found = queue_for(self.cast.actor("coordinator"), self.cast.program, self.now).returned
        for one in found:
            if one.mentor:
                actions.ask_next_best(**self.coordinator(), mentee=one.mentee, mentor=one.mentor)

    def switch(self) -> None:
        actions.set_next_best(**self.coordinator(), at_once=self.chance.random() < 0.6)


def last_change(mentee: Enrollment):
    """When the standing of a mentee changed last: a pair that began, was answered or ended, or leaving."""
    instants = [mentee.left_at]
    for pair in Mentorship.objects.filter(mentee=mentee):
        instants += [pair.proposed_at, pair.ended_at, pair.answered_at]
    return max((one for one in instants if one), default=None)


def test_every_mentee_has_a_letter_about_their_last_change_whatever_happens(cast, counted):
    changes = 0
    for seed in range(HISTORIES):
        with transaction.atomic():
            life = History(cast, seed)
            for _ in range(STEPS):
                life.step()
                for mentee in Enrollment.objects.filter(program=cast.program, role="mentee").select_related("member"):
                    at = last_change(mentee)
                    if at is not None and at > NOW:
                        changes += 1
                        told = Letter.objects.filter(to=mentee.member.person_id, written_at=at).exclude(kind="meeting")
                        assert told.exists(), (seed, mentee.member.name, at)
                assert_seats_and_rules_hold(cast)
            transaction.set_rollback(True)
    counted("changes of a mentee's standing, each with a letter", changes)
    assert Person.objects.exists()


def assert_seats_and_rules_hold(cast) -> None:
    """Never the same two again, and nobody asked beyond their places since the cast was made."""
    pairs = list(Mentorship.objects.filter(program=cast.program).values_list("mentee", "mentor"))
    assert len(pairs) == len(set(pairs))
    for part, capacity in IntakeSheet.objects.filter(enrollment__role="mentor").values_list("enrollment", "capacity"):
        assert Mentorship.objects.filter(mentor=part, state__in=sorted(OPEN)).count() <= capacity
