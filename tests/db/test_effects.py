"""What a moved weight would change is shown before it is applied, is then what happens, and changes nothing itself."""

import pytest
from django.urls import reverse

from cheiron.actions import matching
from cheiron.core.errors import Conflict, Denied
from cheiron.core.matching.files import result_from_json
from cheiron.models.matching import Round, Run
from cheiron.models.programs import IntakeSheet, Wish
from cheiron.queries.effects import effect_for
from cheiron.queries.studio import studio_for
from tests.cast import NOW, fingerprint

ONLY = {
    part: {key: 100 if key == part else 0 for key in
           ("goals", "topics", "specialty", "roles", "times", "languages", "place", "stage", "wish", "statement")}
    for part in ("topics", "wish", "languages")
}  # fmt: skip


def given(cast, who: str = "coordinator") -> dict:
    return {"actor": cast.actor(who), "now": NOW}


@pytest.fixture
def torn(cast):
    """By topics E-3 belongs to M-1 and E-5 to M-2; by what they wish it is the other way around."""
    for sheet, topics in (("E-3", ["Sepsis"]), ("E-5", ["Ethics"]), ("M-1", ["Sepsis"]), ("M-2", ["Ethics"])):
        IntakeSheet.objects.filter(enrollment=cast.parts[sheet]).update(facts={"topics": topics}, capacity=3)
    Wish.objects.all().delete()
    for mentee, mentor in (("E-3", "M-2"), ("E-5", "M-1")):
        Wish.objects.create(mentee_id=cast.parts[mentee], mentor_id=cast.parts[mentor], rank=1)
    matching.set_weights(**given(cast), round_id=cast.draft, weights=ONLY["topics"])
    return cast


def pairs(round_id: str) -> dict[str, str]:
    last = Run.objects.filter(round=round_id).order_by("number").last()
    return {pair.mentee: pair.mentor for pair in result_from_json(last.result).pairs}


def test_what_is_shown_is_what_happens(torn):
    before = pairs(torn.draft)
    assert (before[torn.parts["E-3"]], before[torn.parts["E-5"]]) == (torn.parts["M-1"], torn.parts["M-2"])
    effect = effect_for(torn.actor("coordinator"), torn.draft, ONLY["wish"], "", NOW)
    assert (effect.gained, effect.lost, effect.unmatched, effect.placed) == (2, 0, 0, 0)
    assert {key for key, *_ in effect.turned} == {"topics", "wish"}
    matching.set_weights(**given(torn), round_id=torn.draft, weights=ONLY["wish"])
    after = pairs(torn.draft)
    moved = {one for one in before.keys() | after.keys() if before.get(one) != after.get(one)}
    people = studio_for(torn.actor("coordinator"), torn.draft, NOW).people
    assert {people.mentees[one].name for one in moved} == {move.name for move in effect.moves}


def test_the_other_way_around_wishes_are_lost(torn):
    matching.set_weights(**given(torn), round_id=torn.draft, weights=ONLY["wish"])
    effect = effect_for(torn.actor("coordinator"), torn.draft, ONLY["topics"], "", NOW)
    assert (effect.gained, effect.lost) == (0, 2)


def test_looking_changes_nothing(torn):
    before = fingerprint()
    effect_for(torn.actor("coordinator"), torn.draft, ONLY["wish"], "stable", NOW)
    assert fingerprint() == before


def test_weights_as_they_are_change_nothing(torn):
    effect = effect_for(torn.actor("coordinator"), torn.draft, {}, "no such method", NOW)
    assert effect.nothing_turned
    assert effect.moves == ()


def test_only_who_may_edit_the_round_sees_it_and_only_of_a_draft(torn):
    with pytest.raises(Denied):
        effect_for(torn.actor("evaluator"), torn.draft, {}, "", NOW)
    with pytest.raises(Conflict):
        effect_for(torn.actor("coordinator"), torn.past_round, {}, "", NOW)
    Run.objects.filter(round=torn.draft).delete()
    with pytest.raises(Conflict):
        effect_for(torn.actor("coordinator"), torn.draft, {}, "", NOW)


def test_the_page_says_it_in_words_and_offers_to_apply_it(torn, as_):
    shown = as_("coordinator").get(reverse("effect", args=[torn.draft]), {**ONLY["wish"], "method": "weighted"})
    page = shown.content.decode()
    assert "2 gain a wish." in page
    assert "Apply to" in page
    idle = as_("coordinator").get(reverse("effect", args=[torn.draft])).content.decode()
    assert "before anything is kept" in idle


def test_each_other_mentor_says_what_insisting_would_cost(torn, as_):
    asked = {"mentee": torn.parts["E-3"], "more": "1"}
    chosen = as_("coordinator").get(reverse("studio", args=[torn.draft]), asked).context["chosen"]
    costs = {other.one.mentor: [str(line) for line in other.cost] for other in chosen.alternatives}
    assert costs[torn.parts["M-2"]] == ["Costs 2.00 of the total fit.", "One other mentee would move."]


def test_once_people_have_changed_no_cost_is_claimed(torn, as_):
    IntakeSheet.objects.filter(enrollment=torn.parts["E-5"]).update(facts={"topics": ["Sepsis", "Ethics"]})
    asked = {"mentee": torn.parts["E-3"], "more": "1"}
    chosen = as_("coordinator").get(reverse("studio", args=[torn.draft]), asked).context["chosen"]
    assert {other.cost for other in chosen.alternatives} == {()}
    assert Round.objects.get(pk=torn.draft).state == "draft"


def test_where_one_more_place_would_help_is_told(torn):
    for mentor in ("M-1", "M-2", "M-3"):
        IntakeSheet.objects.filter(enrollment=torn.parts[mentor]).update(capacity=0)
    IntakeSheet.objects.filter(enrollment=torn.parts["M-2"]).update(capacity=3, facts={"topics": ["Sepsis", "Ethics"]})
    matching.set_weights(**given(torn), round_id=torn.draft, weights=ONLY["topics"])
    studio = studio_for(torn.actor("coordinator"), torn.draft, NOW)
    assert {row.group for row in studio.rows} >= {"none"}
    told = [(mentor.id, str(words)) for mentor, words in studio.reliefs]
    assert told[0][0] == torn.parts["M-2"]
    assert told[0][1].startswith("One more mentee would be placed")
