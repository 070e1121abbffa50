"""Two saved runs side by side, and the history of a round."""

import pytest

from cheiron.actions import matching
from cheiron.core.errors import Denied, NotFound
from cheiron.models.matching import Override, Run
from cheiron.models.people import Member
from cheiron.models.programs import IntakeSheet
from cheiron.queries.comparison import comparison_for
from cheiron.queries.history import history_for
from tests.cast import DAY, NOW, SECRETS, fingerprint, import_list, roster


def given(cast, who: str = "coordinator", **more) -> dict:
    return {"actor": cast.actor(who), "now": NOW, "round_id": cast.draft, **more}


def decide(cast, kind: str, mentee: str, mentor: str, reason: str = "") -> None:
    pair = {"mentee": cast.parts[mentee], "mentor": cast.parts[mentor]}
    matching.decide_pair(**given(cast), kind=kind, **pair, reason=reason)


def compared(cast, before: str = "", after: str = "", who: str = "coordinator"):
    return comparison_for(cast.actor(who), cast.draft, before, after)


def history(cast, round_id: str = "") -> list[tuple]:
    """Who, what and why; the first first."""
    deeds = history_for(cast.actor("coordinator"), round_id or cast.draft).deeds
    return [(deed.who, str(deed.said), deed.why) for deed in reversed(deeds)]


# ---------- two runs ----------


def test_a_round_without_a_run_has_nothing_to_compare_and_one_run_stands_beside_itself(cast):
    empty = matching.create_round(actor=cast.actor("coordinator"), program_id=cast.program, name="Empty", now=NOW)
    found = comparison_for(cast.actor("coordinator"), empty, "", "")
    assert (found.sides, found.steps, found.counts, found.fits) == (None, [], [], [])
    alone = compared(cast)
    assert [side.run.number for side in alone.sides] == [1, 1]
    assert (len(alone.steps), alone.shown("changed")) == (3, [])


def test_who_changes_mentor_is_told_with_both_fits(cast):
    decide(cast, "pin", "E-5", "M-1", "They met.")
    found = compared(cast)
    assert [side.run.number for side in found.sides] == [1, 2]
    before, after = (side.pair_of for side in found.sides)
    moved = {step.name: step for step in found.steps if step.kind != "same"}
    wes = cast.parts["E-5"]
    assert (moved["Wes Novak"].before, moved["Wes Novak"].after) == ("Dr. Cleo Hart", "Dr. Ada Weiss")
    assert (moved["Wes Novak"].before_fit, moved["Wes Novak"].after_fit) == (before[wes].score, after[wes].score)
    assert {step.name for step in found.steps} == {"Wanda Ito", "Will Mazur", "Wes Novak"}
    assert [step.name for step in found.shown("worse")] == sorted(
        step.name for step in found.steps if (step.gain or 0) < 0
    )


def test_the_totals_are_those_of_the_two_results(cast):
    matching.set_weights(**given(cast), weights={"wish": 0}, method="stable")
    found = compared(cast)
    for place, side in enumerate(found.sides):
        scores = sorted(pair.score for pair in side.result.pairs)
        assert [row[1 + place] for row in found.counts][:2] == [len(scores), len(side.result.unmatched)]
        assert [row[1 + place] for row in found.fits] == [
            side.result.certificate.total, round((scores[len(scores) // 2] + scores[(len(scores) - 1) // 2]) / 2), scores[0],
        ]  # fmt: skip
        chosen = side.pair_of.get(cast.parts["E-3"])
        wished = [cast.parts["M-1"], cast.parts["M-2"]]
        assert side.granted(True) == int(chosen is not None and chosen.mentor == wished[0])
        assert side.granted(False) == int(chosen is not None and chosen.mentor in wished)
    assert found.weights_moved == [("wish", 20, 0)]
    assert [side.run.method for side in found.sides] == ["weighted", "stable"]


def test_who_loses_a_mentor_finds_one_comes_or_leaves_is_told_apart(cast):
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(capacity=0)
    matching.draft_round(**given(cast))
    assert [step.name for step in compared(cast).shown("lost")] == ["Wes Novak"]
    assert [step.name for step in compared(cast, "2", "1").shown("found")] == ["Wes Novak"]
    import_list(cast, "mentee", roster({"ID": "E-7", "Name": "Nia Vale", "Email": "nia@riverside.example"}), NOW)
    matching.draft_round(**given(cast))
    kinds = {step.name: step.kind for step in compared(cast, "2", "3").steps}
    assert kinds["Nia Vale"] == "came"
    assert {step.name: step.kind for step in compared(cast, "3", "2").steps}["Nia Vale"] == "left"


def test_a_run_with_itself_changes_nothing_and_one_that_is_not_there_is_not_found(cast):
    matching.draft_round(**given(cast))
    assert compared(cast, "2", "2").shown("changed") == []
    for number in ("3", "0", "-1", "x", "²", "99999999999999999999"):
        with pytest.raises(NotFound, match="no such run"):
            compared(cast, number, "1")


def test_only_who_may_see_the_round_compares_and_reads_the_history(cast):
    for who, refusal in (("stranger", NotFound), ("anonymous", NotFound), ("mentee", Denied), ("evaluator", Denied),
                         ("administrator", Denied)):  # fmt: skip
        with pytest.raises(refusal):
            compared(cast, who=who)
        with pytest.raises(refusal):
            history_for(cast.actor(who), cast.draft)


# ---------- history ----------


def test_the_whole_life_of_a_round_is_told_by_whom_and_why(cast):
    assert history(cast, cast.past_round) == [
        ("Cora Lang", "Opened the round.", None),
        ("Cora Lang", "Paired by hand: Mina Okafor with Dr. Ada Weiss.", SECRETS["override"]),
        ("Cora Lang", "Paired by hand: Otto Lind with Dr. Ben Ruiz.", SECRETS["override"]),
        ("Cora Lang", "Reviewed the draft.", None),
        ("Cora Lang", "Published 2 pairs.", None),
    ]


def test_what_was_taken_back_keeps_both_lines(cast):
    decide(cast, "forbid", "E-5", "M-3", "Same household.")
    matching.undo_decision(**given(cast), override_id="")
    matching.set_weights(**given(cast), weights={"goals": 40})
    matching.draft_round(**given(cast), method="stable-mentor")
    matching.review_round(**given(cast), answer_by=(NOW + DAY).date())
    matching.reopen_round(**given(cast))
    assert history(cast)[2:] == [
        ("Cora Lang", "Ruled out: Wes Novak with Dr. Cleo Hart.", "Same household."),
        ("Cora Lang", "Allowed again: Wes Novak with Dr. Cleo Hart.", None),
        ("Cora Lang", "Drafted again.", None),
        ("Cora Lang", "Drafted the match.", None),
        ("Cora Lang", "Reviewed the draft.", None),
        ("Cora Lang", "Took the review back.", None),
    ]
    deeds = history_for(cast.actor("coordinator"), cast.draft).deeds[::-1]
    assert deeds[4].weights == (("goals", 15, 40),)
    assert [(deed.run, deed.method) for deed in deeds] == [
        (None, ""), (1, "weighted"), (2, "weighted"), (3, "weighted"), (4, "weighted"), (5, "stable-mentor"),
        (None, ""), (None, ""),
    ]  # fmt: skip


def test_a_decision_says_in_whose_place_it_came(cast):
    decide(cast, "pin", "E-4", "M-1", "A better plan.")
    deed = history_for(cast.actor("coordinator"), cast.draft).deeds[0]
    assert [str(one) for one in deed.instead] == ["Took the lock back: Will Mazur with Dr. Ben Ruiz."]
    old = Override.objects.get(round=cast.draft, kind="lock")
    assert (old.undone_at, old.reason) == (NOW, SECRETS["override"])


def test_who_is_no_longer_known_is_not_named_and_the_line_stays(cast):
    actor = cast.actor("coordinator")
    Member.objects.filter(person=cast.persons["coordinator"]).update(school=cast.other_school)
    Override.objects.filter(round=cast.draft).delete()
    deeds = history_for(actor, cast.draft).deeds[::-1]
    assert [(deed.who, str(deed.said), deed.why) for deed in deeds] == [
        ("", "Opened the round.", None),
        ("", "Decided about somebody who is no longer known here.", None),
    ]


def test_looking_changes_nothing(cast):
    matching.draft_round(**given(cast))
    before = fingerprint()
    compared(cast)
    history(cast)
    assert fingerprint() == before
    assert Run.objects.filter(round=cast.draft).count() == 2
