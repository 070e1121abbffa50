"""Programs in which people come and go: who waits since when, the next date, and a free place that moves along."""

from collections import Counter
from datetime import date, timedelta

import pytest

from cheiron.actions import mentorships, programs, rolling
from cheiron.core.errors import Conflict, Denied, Invalid
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.programs.waiting import NextMatch
from cheiron.models.ledger import Letter
from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import ReportingLine
from cheiron.models.programs import IntakeSheet, Program
from cheiron.queries.home import home_for
from cheiron.queries.mentorships import own_parts
from cheiron.queries.vacancies import vacancies_of
from cheiron.queries.waiting import dateless_waiting, next_match_of, waiting_lines, who_waits
from tests.cast import DAY, NOW, fingerprint

SET = NOW + 20 * DAY


def program_of(cast) -> Program:
    return Program.objects.select_related("school").get(pk=cast.program)


def decline(cast) -> None:
    mentorships.decline_mentee(
        actor=cast.actor("other_mentor"), mentorship_id=cast.proposed, reason="not-my-field", now=NOW
    )


def line_of(cast, who: str = "other_mentee", now=NOW) -> str:
    lines = waiting_lines(own_parts(cast.actor(who)), now)
    return str(next(iter(lines.values()), ""))


def promise(cast, day, now=NOW) -> None:
    rolling.set_next_match(actor=cast.actor("coordinator"), program_id=cast.program, on=day, now=now)


# ---------- the date ----------


def test_who_waits_reads_the_date_that_is_set_and_no_other(cast):
    IntakeSheet.objects.filter(enrollment=cast.parts["E-2"]).update(finished_at=NOW - 30 * DAY)
    decline(cast)
    assert line_of(cast) == (
        "Waiting since 11 January. No date is set yet; the coordinator has been told that you wait."
    )
    promise(cast, SET.date())
    assert line_of(cast) == "Waiting since 11 January. The next match is on Sunday 31 January."
    assert line_of(cast, now=SET + DAY) == "Waiting since 11 January. The date has moved; a new one is not set."
    assert next_match_of(program_of(cast), SET + DAY) is NextMatch.PASSED
    Round.objects.filter(pk=cast.past_round).update(published_at=SET)
    assert next_match_of(program_of(cast), SET + DAY) is NextMatch.OPEN
    promise(cast, None)
    assert "No date is set yet" in line_of(cast)


def test_nobody_reads_that_the_coordinator_was_told_who_was_not(cast):
    decline(cast)
    IntakeSheet.objects.filter(enrollment=cast.parts["E-2"]).update(finished_at=NOW - 30 * DAY)
    Letter.objects.filter(kind="returned").delete()
    assert line_of(cast) == "Waiting since 11 January. No date is set yet."


def finish_sheet(cast, now=NOW) -> None:
    intake = programs.Intake({"goals": ["Promotion"]}, "", 1, None, True)
    programs.save_intake(
        actor=cast.actor("other_mentee"), program_id=cast.program, role="mentee", intake=intake, now=now
    )


def test_the_coordinators_hear_of_who_waits_once_a_day_and_not_where_a_date_is_set(cast):
    decline(cast)
    Letter.objects.filter(kind="returned").delete()
    finish_sheet(cast)
    finish_sheet(cast)
    (letter,) = Letter.objects.filter(kind="waiting")
    assert (letter.to_name, "2 people wait" in letter.body or "One person waits" in letter.body) == ("Cora Lang", True)
    assert line_of(cast).endswith("the coordinator has been told that you wait.")
    finish_sheet(cast, NOW + DAY)
    assert Letter.objects.filter(kind="waiting").count() == 2
    promise(cast, SET.date())
    finish_sheet(cast, NOW + 2 * DAY)
    assert Letter.objects.filter(kind="waiting").count() == 2


def test_before_the_first_round_nobody_is_written_to(cast):
    decline(cast)
    Round.objects.filter(program=cast.program).update(state="draft", published_at=None)
    finish_sheet(cast)
    assert not Letter.objects.filter(kind="waiting").exists()
    assert dateless_waiting([program_of(cast)], NOW) == {}


@pytest.mark.parametrize("day", [NOW.date() - timedelta(days=1), date(2027, 10, 1)])
def test_a_day_that_cannot_be_kept_is_refused(cast, day):
    before = fingerprint()
    with pytest.raises(Invalid):
        promise(cast, day)
    assert fingerprint() == before


def test_only_staff_set_the_date_or_fill_a_place(cast):
    before = fingerprint()
    for who in ("mentee", "mentor", "evaluator", "administrator"):
        with pytest.raises(Denied):
            rolling.set_next_match(actor=cast.actor(who), program_id=cast.program, on=SET.date(), now=NOW)
        with pytest.raises(Denied):
            rolling.fill_vacancy(actor=cast.actor(who), program_id=cast.program, seal="", now=NOW)
    assert fingerprint() == before


# ---------- who waits ----------


def test_the_longest_waiting_comes_first_and_who_has_somebody_does_not_wait(cast):
    for number, who in enumerate(("E-3", "E-4", "E-5")):
        IntakeSheet.objects.filter(enrollment=cast.parts[who]).update(finished_at=NOW - (5 + number) * DAY)
    found = who_waits(program_of(cast), NOW)
    assert [(one.mentee, one.days) for one in found] == [
        (cast.parts["E-5"], 7),
        (cast.parts["E-4"], 6),
        (cast.parts["E-3"], 5),
    ]
    assert dateless_waiting([program_of(cast)], NOW) == {cast.program: 3}
    (card,) = [card for card in home_for(cast.actor("coordinator"), NOW).cards if card.kind == "program"]
    assert card.waits == 3
    promise(cast, SET.date())
    assert dateless_waiting([program_of(cast)], NOW) == {}


# ---------- a free place ----------


def chain_case(cast) -> None:
    """Wes waits and may have M-2 only, whose one place is held by Otto's proposal; Otto may have M-3 too."""
    Mentorship.objects.filter(pk=cast.proposed).update(question="")
    IntakeSheet.objects.filter(enrollment=cast.parts["E-5"]).update(finished_at=NOW - DAY)
    IntakeSheet.objects.filter(enrollment=cast.parts["M-1"]).update(capacity=1)
    IntakeSheet.objects.filter(enrollment=cast.parts["M-2"]).update(capacity=1)
    IntakeSheet.objects.filter(enrollment__in=[cast.parts["E-3"], cast.parts["E-4"]]).update(finished_at=None)
    members = dict(Program.objects.get(pk=cast.program).enrollments.values_list("pk", "member"))
    ReportingLine.objects.create(
        school_id=cast.school, student_id=members[cast.parts["E-5"]], assessor_id=members[cast.parts["M-3"]],
        kind="grades",
    )  # fmt: skip


def test_an_unanswered_proposal_moves_so_that_one_more_is_proposed_and_everybody_is_told(cast):
    chain_case(cast)
    (chain,) = vacancies_of(program_of(cast), program_of(cast).today(NOW))
    assert str(chain.text) == "One person who waits gets a place, because one other moves."
    assert [(one.mentee_name, one.mentor_name) for one in chain.steps] == [
        ("Otto Lind", "Dr. Cleo Hart"),
        ("Wes Novak", "Dr. Ben Ruiz"),
    ]
    given = {"actor": cast.actor("coordinator"), "program_id": cast.program, "now": NOW}
    rolling.fill_vacancy(**given, seal=chain.seal)
    pairs = Mentorship.objects.filter(program=cast.program, state__in=sorted(OPEN), proposed_at=NOW)
    found = {(pair.mentee.member.name, pair.mentor.member.name, pair.state) for pair in pairs}
    assert found == {("Otto Lind", "Dr. Cleo Hart", "proposed"), ("Wes Novak", "Dr. Ben Ruiz", "proposed")}
    assert Mentorship.objects.get(pk=cast.proposed).state == "ended"
    told = Counter(Letter.objects.filter(written_at=NOW).values_list("kind", "to_name"))
    assert told == Counter(
        {
            ("proposal", "Dr. Cleo Hart"): 1,
            ("proposal", "Dr. Ben Ruiz"): 1,
            ("match", "Otto Lind"): 1,
            ("match", "Wes Novak"): 1,
            ("proposal moved", "Dr. Ben Ruiz"): 1,
        }
    )
    with pytest.raises(Conflict):
        rolling.fill_vacancy(**given, seal=chain.seal)


def test_a_pair_that_has_begun_never_moves_nor_one_about_which_the_mentor_asked(cast):
    chain_case(cast)
    Mentorship.objects.filter(pk=cast.proposed).update(question="Why?")
    assert vacancies_of(program_of(cast), program_of(cast).today(NOW)) == []
    Mentorship.objects.filter(pk=cast.proposed).update(question="", state="active", answered_at=NOW)
    assert vacancies_of(program_of(cast), program_of(cast).today(NOW)) == []


@pytest.mark.parametrize("closed", [{"paused_until": NOW.date() + timedelta(days=9)}, {"capacity": 0}])
def test_who_pauses_or_has_fewer_places_is_offered_nobody_though_a_proposal_leaves_them(cast, closed):
    chain_case(cast)
    IntakeSheet.objects.filter(enrollment=cast.parts["M-2"]).update(**closed)
    assert vacancies_of(program_of(cast), program_of(cast).today(NOW)) == []


def test_a_free_place_that_suits_needs_no_other_to_move(cast):
    chain_case(cast)
    ReportingLine.objects.filter(kind="grades", student__enrollments=cast.parts["E-5"]).delete()
    (chain,) = vacancies_of(program_of(cast), program_of(cast).today(NOW))
    assert (chain.moved, str(chain.text)) == (0, "One person who waits takes a free place.")


def test_a_closed_program_and_one_without_a_published_round_propose_nothing(cast):
    chain_case(cast)
    Round.objects.filter(program=cast.program).update(state="draft", published_at=None)
    assert vacancies_of(program_of(cast), program_of(cast).today(NOW)) == []
    Program.objects.filter(pk=cast.program).update(state="closed", closed_at=NOW)
    assert vacancies_of(program_of(cast), program_of(cast).today(NOW)) == []


# ---------- the pages ----------


def test_the_page_shows_it_all_and_its_buttons_work(cast, as_):
    chain_case(cast)
    client, url = as_("coordinator"), f"/programs/{cast.program}/queue/"
    page = client.get(url)
    text = page.content.decode()
    assert "No date is set. Those who wait read exactly that." in text
    assert "Otto Lind moves from Dr. Ben Ruiz to Dr. Cleo Hart." in text
    kept = client.post(f"{url}date/", {"on": SET.date().isoformat()}, follow=True).content.decode()
    assert "The next match is on Sunday 31 January 2027." in kept
    refused = client.post(f"{url}date/", {"on": "2020-01-01"}, follow=True).content.decode()
    assert "This date has passed" in refused
    assert "This is not a day" in client.post(f"{url}date/", {"on": "soon"}, follow=True).content.decode()
    assert program_of(cast).next_match_on == SET.date()
    Program.objects.filter(pk=cast.program).update(next_match_on=NOW.date() - timedelta(days=1))
    Round.objects.filter(pk=cast.past_round).update(published_at=NOW - 5 * DAY)
    assert "The date has passed" in client.get(url).content.decode()
    (chain,) = client.get(url).context["vacancies"]
    done = client.post(f"{url}fill/", {"seal": chain.seal}, follow=True).content.decode()
    assert "Everybody concerned has a letter" in done
    assert client.post(f"{url}fill/", {"seal": chain.seal}).status_code == 409


def test_a_mentee_who_waits_reads_the_line_at_home_and_beside_the_wishes(cast, as_):
    IntakeSheet.objects.filter(enrollment=cast.parts["E-2"]).update(finished_at=NOW - 30 * DAY)
    decline(cast)
    client = as_("other_mentee")
    for url in ("/", f"/programs/{cast.program}/mentors/"):
        assert "Waiting since 11 January. No date is set yet" in client.get(url).content.decode()
    mentee = as_("mentee")
    for url in ("/", f"/programs/{cast.program}/mentors/"):
        assert "Waiting since" not in mentee.get(url).content.decode()
