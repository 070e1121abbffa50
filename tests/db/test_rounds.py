"""A match round: drafted as often as one likes, decided by hand, reviewed, and bound by the program's rules."""

from datetime import timedelta
from math import ceil

import pytest

from cheiron.actions import matching, people
from cheiron.actions.mentorships import withdraw
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.core.matching.files import result_from_json
from cheiron.core.matching.kernel import score_all
from cheiron.core.matching.result import PairState, unmatched_text
from cheiron.core.matching.verify import verify
from cheiron.models.ledger import AuditEvent
from cheiron.models.matching import Override, Round, Run
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, Member, ReportingLine
from cheiron.models.programs import IntakeSheet
from cheiron.queries.matching import field_of, problem_in
from cheiron.queries.studio import studio_for
from tests.cast import DAY, NOW, fingerprint, import_list, roster


def given(cast, who: str = "coordinator", **more) -> dict:
    return {"actor": cast.actor(who), "now": NOW, **more}


def draft(cast, round_id: str = "") -> int:
    return matching.draft_round(**given(cast), round_id=round_id or cast.draft).number


def decide(cast, kind: str, mentee: str, mentor: str, reason: str = "") -> int:
    people_given = {"mentee": cast.parts[mentee], "mentor": cast.parts[mentor]}
    drafted = matching.decide_pair(**given(cast), round_id=cast.draft, kind=kind, **people_given, reason=reason)
    return drafted.number


def result(round_id: str):
    return result_from_json(Run.objects.filter(round=round_id).order_by("number").last().result)


def pairs(cast, round_id: str = "") -> dict[str, str]:
    """Mentee to mentor, both by the id of the list."""
    names = {part: external for external, part in cast.parts.items()}
    return {names[pair.mentee]: names[pair.mentor] for pair in result(round_id or cast.draft).pairs}


def left_out(cast) -> set[str]:
    names = {part: external for external, part in cast.parts.items()}
    return {names[one.mentee] for one in result(cast.draft).unmatched}


# ---------- drafting ----------


def test_a_draft_places_those_who_wait_with_those_who_have_room(cast):
    draft(cast)
    found = pairs(cast)
    assert set(found) == {"E-3", "E-4", "E-5"}
    assert sorted(found.values()) == ["M-1", "M-2", "M-3"]


def test_every_saved_run_passes_the_independent_check(cast):
    draft(cast)
    runs = list(Run.objects.all())
    assert len(runs) >= 4
    assert [verify(problem_in(run), result_from_json(run.result)) for run in runs] == [()] * len(runs)


def test_drafting_again_numbers_the_run_and_finds_the_same(cast):
    first, second = draft(cast), draft(cast)
    assert second == first + 1
    hashes = Run.objects.filter(round=cast.draft, number__in=[first, second]).values_list("problem_hash", "result")
    assert hashes[0] == hashes[1]


def test_a_round_gets_a_name_and_a_day_and_the_weights_of_the_program(cast):
    made = Round.objects.get(pk=matching.create_round(**given(cast), program_id=cast.program, name="  "))
    assert (made.name, made.state, made.answer_by) == ("Round 4", "draft", (NOW + 10 * DAY).date())
    assert made.weights == made.program.settings["weights"]
    with pytest.raises(Conflict, match="already a round “Round 4”"):
        matching.create_round(**given(cast), program_id=cast.program, name="Round 4")


def test_weights_are_the_rounds_own_and_are_kept_between_0_and_100(cast):
    matching.set_weights(**given(cast), round_id=cast.draft, weights={"goals": 900, "topics": -5, "unknown": 7})
    weights = Round.objects.get(pk=cast.draft).weights
    assert (weights["goals"], weights["topics"], "unknown" in weights) == (100, 0, False)
    assert Round.objects.get(pk=cast.reviewed).weights["goals"] == 15
    nothing = dict.fromkeys(weights, 0)
    before = fingerprint()
    with pytest.raises(Invalid, match="All weights are 0"):
        matching.set_weights(**given(cast), round_id=cast.draft, weights=nothing)
    assert fingerprint() == before


# ---------- methods ----------


def by_method(cast, method: str) -> Run:
    matching.draft_round(**given(cast), round_id=cast.draft, method=method)
    return Run.objects.filter(round=cast.draft).order_by("number").last()


@pytest.mark.parametrize("method", ["stable", "stable-mentor"])
def test_a_stable_run_is_certified_and_keeps_locks_and_rules(method, cast):
    run = by_method(cast, method)
    found = result_from_json(run.result)
    assert (run.method, str(found.method), verify(problem_in(run), found)) == (method, method, ())
    assert pairs(cast)["E-4"] == "M-2"
    assert pairs(cast).get("E-3") != "M-3"


def test_a_method_stays_for_further_drafts_until_another_is_chosen(cast):
    by_method(cast, "stable")
    decide(cast, "forbid", "E-5", "M-3")
    matching.undo_decision(**given(cast), round_id=cast.draft, override_id="")
    matching.set_weights(**given(cast), round_id=cast.draft, weights={"goals": 20})
    assert set(Run.objects.filter(round=cast.draft, number__gte=2).values_list("method", flat=True)) == {"stable"}
    matching.set_weights(**given(cast), round_id=cast.draft, weights={}, method="weighted")
    assert Run.objects.filter(round=cast.draft).order_by("number").last().method == "weighted"


def test_a_method_that_does_not_exist_is_refused_and_nothing_changes(cast):
    before = fingerprint()
    for method in ("just", "STABLE", "weighted "):
        with pytest.raises(Invalid, match="no such method"):
            by_method(cast, method)
        with pytest.raises(Invalid, match="no such method"):
            matching.set_weights(**given(cast), round_id=cast.draft, weights={}, method=method)
    assert fingerprint() == before


def test_a_stable_run_tells_those_without_a_mentor_another_reason(cast):
    IntakeSheet.objects.filter(enrollment__in=[cast.parts["M-1"], cast.parts["M-3"]]).update(capacity=0)
    Override.objects.update(undone_at=NOW)
    draft(cast)
    assert {str(one.kind) for one in result(cast.draft).unmatched} == {"hall"}
    by_method(cast, "stable")
    left = result(cast.draft).unmatched
    assert {str(one.kind) for one in left} == {"outranked"}
    assert {str(unmatched_text(one)) for one in left} == {
        "The only mentor open to this mentee has 1 seat, taken by somebody who comes first in the mentor's own order."
    }


def test_a_wish_comes_first_in_a_mentees_order(cast):
    """Wanda wished for Ada first; by the total alone another draft would be as good."""
    by_method(cast, "stable")
    assert pairs(cast)["E-3"] == "M-1"
    standings = {mentee: own for mentee, own, _ in result(cast.draft).certificate.stability.standings}
    assert standings[cast.parts["E-3"]] == 1


# ---------- decisions by hand ----------


def test_own_words_count_and_one_mentee_is_compared_as_in_the_whole_round(cast):
    told = {"E-3": "Sepsis and the kidney", "E-5": "Skin cancer", "M-2": "Nephrology", "M-3": "melanoma, and teaching"}
    for who, statement in told.items():
        IntakeSheet.objects.filter(enrollment=cast.parts[who]).update(facts={}, statement=statement)
    matching.set_weights(**given(cast), round_id=cast.draft, weights={"statement": 100})
    round = Round.objects.get(pk=cast.draft)
    people_in = field_of(round, NOW.date())
    whole = score_all(people_in.encoded, round.weights)
    for row, mentee in enumerate(people_in.mentees):
        alone = people_in.alone(mentee)
        assert score_all(alone.encoded, round.weights).tolist() == [whole[row].tolist()]
        for column, mentor in enumerate(people_in.mentors):
            assert alone.explain(mentee, mentor) == people_in.explain(mentee, mentor)
            assert people_in.explain(mentee, mentor).score == whole[row, column]
    reason = people_in.explain(cast.parts["E-5"], cast.parts["M-3"])
    assert [(part.component, str(part.sentence)) for part in reason.parts] == [
        ("statement", "Both write about skin cancer.")
    ]


def test_a_lock_keeps_its_pair_whatever_the_weights_say(cast):
    Override.objects.update(undone_at=NOW)
    draft(cast)
    wanted = {"E-3": "M-1", "E-4": "M-2", "E-5": "M-3"}
    assert pairs(cast) == wanted
    decide(cast, "lock", "E-4", "M-1", "They know each other.")
    matching.set_weights(**given(cast), round_id=cast.draft, weights={"wish": 100, "specialty": 100})
    draft(cast)
    assert pairs(cast)["E-4"] == "M-1"
    states = {pair.mentee: pair.state for pair in result(cast.draft).pairs}
    assert states[cast.parts["E-4"]] is PairState.LOCKED


def test_a_forbidden_pair_is_never_drafted(cast):
    draft(cast)
    assert pairs(cast)["E-5"] == "M-3"
    decide(cast, "forbid", "E-5", "M-3", "Same household.")
    assert pairs(cast).get("E-5") != "M-3"
    draft(cast)
    assert pairs(cast).get("E-5") != "M-3"


def test_undo_takes_the_last_decision_back_and_a_named_one_by_name(cast):
    draft(cast)
    before = pairs(cast)
    decide(cast, "forbid", "E-5", "M-3")
    decide(cast, "pin", "E-3", "M-1")
    forbidden = Override.objects.get(kind="forbid")
    matching.undo_decision(**given(cast), round_id=cast.draft, override_id=forbidden.id)
    matching.undo_decision(**given(cast), round_id=cast.draft, override_id="")
    assert pairs(cast) == before
    history = Override.objects.filter(round=cast.draft).values_list("kind", "undone_at")
    assert dict(history) == {"lock": None, "forbid": NOW, "pin": NOW}


def undo(cast) -> None:
    matching.undo_decision(**given(cast), round_id=cast.draft, override_id="")


def redo(cast) -> None:
    matching.redo_decision(**given(cast), round_id=cast.draft)


def test_what_was_undone_is_done_again_last_undone_first(cast):
    undo(cast)  # the lock that the cast begins with
    decide(cast, "forbid", "E-5", "M-1", "So.")
    Override.objects.filter(kind="forbid", round=cast.draft).update(made_at=NOW - DAY)
    decide(cast, "pin", "E-5", "M-3", "They met.")
    whole = result(cast.draft).pairs
    undo(cast)
    undo(cast)
    redo(cast)
    assert [one.kind for one in Override.objects.filter(round=cast.draft, undone_at=None)] == ["forbid"]
    redo(cast)
    assert result(cast.draft).pairs == whole
    held = Override.objects.get(round=cast.draft, undone_at=None, kind="pin")
    assert (held.reason, held.mentor_id) == ("They met.", cast.parts["M-3"])
    with pytest.raises(Conflict, match="nothing to do again"):
        redo(cast)
    undo(cast)
    redo(cast)
    assert [event.verb for event in AuditEvent.objects.order_by("-sequence")[:2]] == ["pair.redo", "pair.undo"]


def test_a_new_decision_leaves_nothing_to_redo(cast):
    undo(cast)
    decide(cast, "forbid", "E-5", "M-1")
    with pytest.raises(Conflict, match="nothing to do again"):
        redo(cast)


def test_what_is_no_longer_possible_is_not_done_again(cast):
    undo(cast)
    decide(cast, "pin", "E-5", "M-3")
    undo(cast)
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(capacity=0)
    with pytest.raises(Conflict, match="is held by hand already"):
        redo(cast)


def test_with_nothing_to_undo_the_undo_is_refused(cast):
    matching.undo_decision(**given(cast), round_id=cast.draft, override_id="")
    with pytest.raises(Conflict, match="nothing to undo"):
        matching.undo_decision(**given(cast), round_id=cast.draft, override_id="")
    foreign = Override.objects.filter(round=cast.past_round).first()
    with pytest.raises(Conflict, match="nothing to undo"):
        matching.undo_decision(**given(cast), round_id=cast.draft, override_id=foreign.id)


def test_a_changed_mind_replaces_the_earlier_decision_about_a_mentee(cast):
    decide(cast, "pin", "E-4", "M-3")
    standing = Override.objects.filter(round=cast.draft, undone_at=None)
    assert [(one.kind, one.mentor_id) for one in standing] == [("pin", cast.parts["M-3"])]
    decide(cast, "forbid", "E-4", "M-3")
    assert [(one.kind, one.mentor_id) for one in standing.all()] == [("forbid", cast.parts["M-3"])]


def test_a_pin_against_a_rule_is_refused_with_a_sentence_and_nothing_changes(cast):
    before = fingerprint()
    with pytest.raises(Conflict, match="A program rule stands against this pair"):
        decide(cast, "pin", "E-3", "M-3")
    assert fingerprint() == before


def test_more_pins_than_places_are_refused_with_a_sentence_that_names_the_mentor(cast):
    decide(cast, "pin", "E-5", "M-3")
    before = fingerprint()
    with pytest.raises(Conflict, match=r"Every free place of Dr\. Cleo Hart is held by hand"):
        decide(cast, "pin", "E-4", "M-3")
    assert fingerprint() == before


def test_the_same_decision_twice_and_a_kind_that_is_none_are_refused(cast):
    decide(cast, "forbid", "E-5", "M-3")
    before = fingerprint()
    with pytest.raises(Conflict, match="already a decision"):
        decide(cast, "forbid", "E-5", "M-3")
    for kind in ("", "delete", "LOCK"):
        with pytest.raises(Invalid, match="locked, pinned or forbidden"):
            decide(cast, kind, "E-5", "M-1")
    assert fingerprint() == before


def test_people_who_are_not_in_the_round_cannot_be_decided_about(cast):
    before = fingerprint()
    for mentee, mentor in (("E-1", "M-3"), ("M-1", "M-3"), ("E-5", "E-4")):
        with pytest.raises(Conflict, match="no longer in this round"):
            decide(cast, "pin", mentee, mentor)
    assert fingerprint() == before


# ---------- rules ----------


def test_nobody_is_matched_with_who_assesses_them(cast):
    """Without the line E-3 would take M-3; with it never, under any weights."""
    ReportingLine.objects.all().delete()
    IntakeSheet.objects.filter(enrollment=cast.parts["E-5"]).update(facts={})
    draft(cast)
    assert "M-3" in {pairs(cast)["E-3"], pairs(cast)["E-5"]}
    for kind in ("grades", "promotes", "supervises", "treats", "past", "forbidden"):
        ReportingLine.objects.all().delete()
        lines = "student,assessor,kind\n" + "".join(f"{one},M-3,{kind}\n" for one in ("E-3", "E-4", "E-5"))
        people.import_lines(**given(cast), program_id=cast.program, filename="l.csv", content=lines.encode())
        draft(cast)
        assert "M-3" not in pairs(cast).values(), kind
        assert len(left_out(cast)) == 1, kind


def test_the_firewall_stands_whichever_of_the_two_would_be_the_mentor(cast):
    ReportingLine.objects.all().delete()
    lines = "student,assessor,kind\n" + "".join(f"M-3,{one},treats\n" for one in ("E-3", "E-4", "E-5"))
    people.import_lines(**given(cast), program_id=cast.program, filename="l.csv", content=lines.encode())
    draft(cast)
    assert "M-3" not in pairs(cast).values()


def test_a_pair_that_ended_declined_or_lapsed_is_never_offered_again(cast):
    draft(cast)
    wanted = pairs(cast)["E-4"]
    for state in ("ended", "declined", "lapsed"):
        past = Mentorship.objects.create(
            program_id=cast.program, mentee_id=cast.parts["E-4"], mentor_id=cast.parts[wanted], role="mentor", score=0,
            proposed_at=NOW, answer_by=NOW.date(), state=state, ended_at=NOW,
        )  # fmt: skip
        Override.objects.update(undone_at=NOW)
        draft(cast)
        assert pairs(cast).get("E-4") != wanted, state
        past.delete()
    draft(cast)
    assert pairs(cast)["E-4"] == wanted


def test_a_mentor_who_pauses_gets_nobody_and_one_who_pauses_no_more_does(cast):
    sheet = IntakeSheet.objects.filter(enrollment=cast.parts["M-3"])
    sheet.update(paused_until=(NOW + DAY).date())
    draft(cast)
    assert "M-3" not in pairs(cast).values()
    assert left_out(cast) != set()
    sheet.update(paused_until=NOW.date())
    draft(cast)
    assert "M-3" in pairs(cast).values()


def test_a_mentor_with_capacity_nought_gets_nobody(cast):
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(capacity=0)
    draft(cast)
    assert "M-3" not in pairs(cast).values()


def test_places_that_are_taken_count(cast):
    """Ada has two places, and Mina sits on one of them."""
    IntakeSheet.objects.filter(enrollment=cast.parts["M-1"]).update(capacity=1)
    draft(cast)
    assert "M-1" not in pairs(cast).values()


def test_nobody_is_given_to_themselves(cast):
    import_list(cast, "mentee", roster({"ID": "M-3", "Name": "Dr. Cleo Hart", "Email": "cleo@riverside.example"}), NOW)
    both = Enrollment.objects.get(member__external_id="M-3", role="mentee").id
    draft(cast)
    found = {pair.mentee: pair.mentor for pair in result(cast.draft).pairs}
    assert found.get(both) != cast.parts["M-3"]
    with pytest.raises(Conflict, match="program rule"):
        matching.decide_pair(
            **given(cast), round_id=cast.draft, kind="pin", mentee=both, mentor=cast.parts["M-3"], reason=""
        )


def test_more_mentees_than_places_and_everybody_left_out_gets_a_reason(cast):
    more = [{"ID": f"X-{n}", "Name": f"Extra {n}", "Email": f"x{n}@riverside.example"} for n in range(9)]
    import_list(cast, "mentee", roster(*more), NOW)
    draft(cast)
    found = result(cast.draft)
    assert (len(found.pairs), len(found.unmatched)) == (3, 9)
    assert {one.mentee for one in found.unmatched} & {pair.mentee for pair in found.pairs} == set()
    assert all(one.competitors > one.seats for one in found.unmatched)


def test_without_any_place_everybody_is_told_so(cast):
    IntakeSheet.objects.filter(enrollment__role="mentor").update(capacity=0)
    Override.objects.update(undone_at=NOW)
    draft(cast)
    assert [str(one.kind) for one in result(cast.draft).unmatched] == ["no-seats-at-all"] * 3


def test_who_has_left_or_is_paired_is_not_in_the_round(cast):
    withdraw(**given(cast), program_id=cast.program, enrollment_id=cast.parts["E-5"])
    withdraw(**given(cast), program_id=cast.program, enrollment_id=cast.parts["M-3"])
    draft(cast)
    assert set(pairs(cast)) | left_out(cast) == {"E-3", "E-4"}
    assert "M-3" not in pairs(cast).values()


# ---------- review ----------


def test_a_reviewed_round_is_not_changed_until_the_review_is_taken_back(cast):
    before = fingerprint()
    for change in (
        lambda: draft(cast, cast.reviewed),
        lambda: matching.set_weights(**given(cast), round_id=cast.reviewed, weights={"goals": 1}),
        lambda: matching.decide_pair(
            **given(cast), round_id=cast.reviewed, kind="forbid", mentee=cast.parts["E-5"],
            mentor=cast.parts["M-3"], reason="",
        ),
        lambda: matching.undo_decision(**given(cast), round_id=cast.reviewed, override_id=""),
        lambda: matching.review_round(**given(cast), round_id=cast.reviewed, answer_by=(NOW + DAY).date()),
    ):  # fmt: skip
        with pytest.raises(Conflict, match="reviewed"):
            change()
    assert fingerprint() == before
    matching.reopen_round(**given(cast), round_id=cast.reviewed)
    assert draft(cast, cast.reviewed) == 2


def test_a_published_round_is_not_changed_at_all(cast):
    before = fingerprint()
    for change in (
        lambda: draft(cast, cast.past_round),
        lambda: matching.set_weights(**given(cast), round_id=cast.past_round, weights={"goals": 1}),
        lambda: matching.undo_decision(**given(cast), round_id=cast.past_round, override_id=""),
        lambda: matching.review_round(**given(cast), round_id=cast.past_round, answer_by=(NOW + DAY).date()),
        lambda: matching.reopen_round(**given(cast), round_id=cast.past_round),
        lambda: matching.publish_round(**given(cast), round_id=cast.past_round),
    ):
        with pytest.raises(Conflict):
            change()
    assert fingerprint() == before


def test_a_day_to_answer_by_lies_ahead(cast):
    for day in (NOW.date(), (NOW - DAY).date()):
        with pytest.raises(Invalid, match="must lie ahead"):
            matching.review_round(**given(cast), round_id=cast.draft, answer_by=day)
    matching.review_round(**given(cast), round_id=cast.draft, answer_by=(NOW + DAY).date())
    found = Round.objects.get(pk=cast.draft)
    assert (found.state, found.answer_by) == ("reviewed", (NOW + DAY).date())


def test_a_round_without_a_run_cannot_be_reviewed_or_taken_back(cast):
    empty = matching.create_round(**given(cast), program_id=cast.program, name="Empty")
    with pytest.raises(Conflict, match="Nothing has been drafted yet"):
        matching.review_round(**given(cast), round_id=empty, answer_by=(NOW + DAY).date())
    with pytest.raises(Conflict, match="Only a reviewed round"):
        matching.reopen_round(**given(cast), round_id=empty)
    assert Round.objects.get(pk=empty).state == "draft"


def test_a_draft_that_no_longer_fits_the_people_cannot_be_reviewed(cast):
    IntakeSheet.objects.filter(enrollment=cast.parts["E-5"]).update(facts={"goals": ["Promotion"]})
    with pytest.raises(Conflict, match="People or rules have changed"):
        matching.review_round(**given(cast), round_id=cast.draft, answer_by=(NOW + DAY).date())


def test_a_run_that_somebody_has_tampered_with_is_refused(cast):
    run = Run.objects.get(round=cast.reviewed)
    first, second = run.result["pairs"][:2]
    first["mentor"], second["mentor"] = second["mentor"], first["mentor"]
    run.save()
    with pytest.raises(Conflict, match="independent check refused"):
        matching.publish_round(**given(cast), round_id=cast.reviewed)


def test_only_the_programs_own_coordinator_touches_a_round(cast):
    before = fingerprint()
    refusals = {
        "stranger": NotFound,
        "anonymous": NotFound,
        "mentee": Denied,
        "evaluator": Denied,
        "administrator": Denied,
    }
    for who, refusal in refusals.items():
        for change in (
            lambda who=who: matching.draft_round(**given(cast, who), round_id=cast.draft),
            lambda who=who: matching.publish_round(**given(cast, who), round_id=cast.reviewed),
            lambda who=who: matching.create_round(**given(cast, who), program_id=cast.program, name="Theirs"),
        ):
            with pytest.raises(refusal):
                change()
    assert fingerprint() == before


def test_the_runs_and_the_log_name_nobody(cast):
    """Random ids and numbers only; the sentences are composed when they are read."""
    stored = repr([(problem_in(run), run.result) for run in Run.objects.all()]) + repr(
        list(AuditEvent.objects.values())
    )
    names = set(Member.objects.values_list("name", flat=True)) | set(
        Member.objects.values_list("person__email", flat=True)
    )
    assert len(names) > 20
    assert {name for name in names if name in stored} == set()


def test_a_decision_says_who_made_it_and_when(cast):
    decide(cast, "forbid", "E-5", "M-3", "  Same household.  ")
    kept = Override.objects.get(kind="forbid")
    assert (kept.made_by_id, kept.made_at, kept.reason) == (cast.persons["coordinator"], NOW, "Same household.")


def test_a_day_is_the_schools_day(cast):
    """At 3 at night in London it is still yesterday in New York: a pause that ends today is not over there."""
    late = NOW.replace(hour=3)
    assert late.date() == NOW.date()
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(paused_until=NOW.date())
    matching.draft_round(actor=cast.actor("coordinator"), now=late, round_id=cast.draft)
    assert "M-3" not in pairs(cast).values()
    matching.draft_round(actor=cast.actor("coordinator"), now=late + timedelta(hours=6), round_id=cast.draft)
    assert "M-3" in pairs(cast).values()


def test_the_fair_share_is_one_level_for_all_and_whoever_is_above_it_is_counted(cast):
    IntakeSheet.objects.filter(enrollment=cast.parts["M-1"]).update(capacity=9)
    studio = studio_for(cast.actor("coordinator"), cast.draft, NOW)
    taken = sum(load.total for load in studio.loads)
    assert 0 < taken < sum(load.places for load in studio.loads)
    assert sum(min(load.places, studio.fair_share) for load in studio.loads) == pytest.approx(taken)
    assert studio.above_share == sum(load.total > ceil(studio.fair_share) for load in studio.loads)


def test_where_every_place_is_taken_there_is_nothing_to_spread(cast):
    studio = studio_for(cast.actor("coordinator"), cast.reviewed, NOW)
    assert {load.places - load.total for load in studio.loads} == {0}
    assert studio.fair_share is None


def test_a_round_too_large_for_one_server_is_refused_with_what_to_do_and_nothing_is_written(cast, monkeypatch):
    monkeypatch.setattr("cheiron.queries.matching.LARGEST_ROUND", 1)
    before = fingerprint()
    with pytest.raises(Conflict, match="more than one server can hold") as refusal:
        matching.draft_round(**given(cast), round_id=cast.draft)
    assert "Match one campus or cohort after the other" in str(refusal.value.issues[0].remedy)
    assert fingerprint() == before


def test_after_publication_the_wishes_of_those_who_were_placed_still_count(cast):
    before = studio_for(cast.actor("coordinator"), cast.reviewed, NOW)
    assert before.people.wishes
    matching.publish_round(**given(cast), round_id=cast.reviewed)
    after = studio_for(cast.actor("coordinator"), cast.reviewed, NOW)
    assert after.ranks == before.ranks
    assert {key: after.people.wishes.get(key) for key in before.people.wishes} == before.people.wishes
