"""The studio in the browser: a round from its name to the letters."""

import json
from dataclasses import replace
from html import unescape

import pytest
from django.urls import reverse

from cheiron.core.matching.files import problem_from_json, result_from_json
from cheiron.core.matching.verify import verify
from cheiron.models.ledger import Letter
from cheiron.models.matching import Override, Round, Run
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Member
from cheiron.models.programs import IntakeSheet
from cheiron.web.shared.templatetags.words import METHODS
from tests.cast import NOW, SECRETS, fingerprint


def text(response) -> str:
    return unescape(response.content.decode())


def at(cast, name: str, round_id: str = "") -> str:
    return reverse(name, args=[round_id or cast.draft])


def test_a_round_is_made_drafted_decided_reviewed_and_published_in_the_browser(cast, as_):
    client = as_("coordinator")
    made = client.post(reverse("rounds", args=[cast.program]), {"name": "Spring"})["Location"]
    round_id = made.split("/")[2]
    assert client.get(made).context["studio"].run is None
    drafted = client.post(at(cast, "draft", round_id), follow=True)
    assert "Run 1" in text(drafted)
    page = client.get(made)
    assert {row.id for row in page.context["studio"].rows if row.mentor} == {cast.parts[f"E-{n}"] for n in (3, 4, 5)}
    choice = {"kind": "pin", "mentee": cast.parts["E-5"], "mentor": cast.parts["M-1"], "reason": "They met."}
    back = client.post(at(cast, "decide", round_id), choice)
    assert back["Location"] == f"{made}?mentee={cast.parts['E-5']}"
    assert client.get(back["Location"]).context["chosen"].held.reason == "They met."
    reviewed = client.post(at(cast, "review", round_id), {"answer_by": "2027-02-01"})
    assert reviewed["Location"] == at(cast, "publish", round_id)
    preview = client.get(reviewed["Location"])
    assert len(preview.context["drafts"]) == 6
    assert not Mentorship.objects.filter(round=round_id).exists(), "looking publishes nothing"
    done = client.post(reviewed["Location"], follow=True)
    assert "3 pairs are published." in text(done)
    assert Mentorship.objects.get(round=round_id, mentee=cast.parts["E-5"]).mentor_id == cast.parts["M-1"]
    assert Letter.objects.filter(written_at=NOW).count() == 6
    assert client.post(reviewed["Location"]).status_code == 409
    assert Letter.objects.filter(written_at=NOW).count() == 6


def test_the_studio_shows_parts_that_sum_to_the_score(cast, as_):
    chosen = as_("coordinator").get(at(cast, "studio"), {"mentee": cast.parts["E-5"]}).context["chosen"]
    assert chosen.row.id == cast.parts["E-5"]
    assert sum(part.adds for part in chosen.reason.parts) == chosen.row.score
    assert len(chosen.alternatives) >= 1


def test_a_part_of_the_studio_is_the_same_pair(cast, as_):
    client = as_("coordinator")
    part = client.get(
        at(cast, "studio"), {"mentee": cast.parts["E-4"]}, headers={"HX-Request": "true", "HX-Target": "pair"}
    )
    assert part.context["chosen"].row.id == cast.parts["E-4"]
    assert "<html" not in text(part)
    assert "Will Mazur" in text(part)


@pytest.mark.parametrize("mentee", ["", "nobody", "' OR 1=1"])
def test_an_unknown_mentee_shows_the_first_of_the_list(mentee, cast, as_):
    page = as_("coordinator").get(at(cast, "studio"), {"mentee": mentee})
    assert page.context["chosen"].row == page.context["studio"].rows[0]


@pytest.mark.parametrize(
    "weights", [{"goals": "²"}, {"goals": "9" * 5000}, {"goals": "-1"}, {"goals": ""}, {"goals": "1e3"}, {"goals": "٣"}]
)
def test_weights_that_are_no_numbers_do_no_harm(weights, cast, as_):
    response = as_("coordinator").post(at(cast, "weights"), weights)
    assert response.status_code in {302, 400}
    assert all(0 <= weight <= 100 for weight in Round.objects.get(pk=cast.draft).weights.values())


def test_the_method_is_chosen_for_a_run_in_plain_words_and_says_what_it_gives_up(cast, as_):
    client = as_("coordinator")
    page = text(client.get(at(cast, "studio")))
    for words in ("Best for everybody together", "Nobody would both rather swap", "The same, mentors first"):
        assert words in page
    assert "no better total exists" in page
    client.post(at(cast, "weights"), {"method": "stable", "goals": "15"})
    page = text(client.get(at(cast, "studio"), {"mentee": cast.parts["E-5"]}))
    assert "would both rather have each other." in page
    assert "no better total exists" not in page
    assert "in the mentee’s own order" in page
    assert [run.method for run in Run.objects.filter(round=cast.draft)][:1] == ["stable"]


def test_the_first_draft_too_is_made_by_the_chosen_method(cast, as_):
    client = as_("coordinator")
    made = client.post(reverse("rounds", args=[cast.program]), {"name": "Spring"})["Location"].split("/")[2]
    client.post(at(cast, "draft", made), {"method": "stable-mentor"})
    assert [run.method for run in Run.objects.filter(round=made)] == ["stable-mentor"]
    assert client.post(at(cast, "draft", made), {"method": "by lot"}).status_code == 400


def test_a_fit_says_from_how_many_parts_it_comes(cast, as_):
    client = as_("coordinator")
    IntakeSheet.objects.filter(enrollment=cast.parts["E-5"]).update(facts={"topics": ["Imaging"]})
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(facts={"topics": ["Imaging"]})
    client.post(at(cast, "draft"))
    page = client.get(at(cast, "studio"), {"mentee": cast.parts["E-5"]})
    assert (page.context["chosen"].row.score, page.context["chosen"].known) == (1_000_000, 1)
    assert "fit, of 1, from 1 of 9 parts" in text(page)
    assert page.context["chosen"].row.group == "look"
    assert str(page.context["chosen"].row.why) == "A high fit, from 1 of 9 parts only"
    assert "from 1 of 9" in text(client.get(at(cast, "review")))


def test_a_decision_that_is_refused_says_why_and_changes_nothing(cast, as_):
    client = as_("coordinator")
    before = fingerprint()
    for data, status, words in (
        (
            {"kind": "pin", "mentee": cast.parts["E-3"], "mentor": cast.parts["M-3"]},
            409,
            "A program rule stands against",
        ),
        ({"kind": "wed", "mentee": cast.parts["E-5"], "mentor": cast.parts["M-3"]}, 400, "locked, pinned or forbidden"),
        ({"kind": "pin", "mentee": cast.parts["E-1"], "mentor": cast.parts["M-3"]}, 409, "no longer in this round"),
        ({}, 409, "no longer in this round"),
    ):
        refused = client.post(at(cast, "decide"), data)
        assert (refused.status_code, words in text(refused)) == (status, True), data
    assert fingerprint() == before


def test_undo_in_the_studio_goes_back_to_the_same_mentee(cast, as_):
    client = as_("coordinator")
    back = client.post(at(cast, "undo"), {"mentee": cast.parts["E-4"]})
    assert back["Location"].endswith(f"?mentee={cast.parts['E-4']}")
    assert not Override.objects.filter(round=cast.draft, undone_at=None).exists()
    assert client.post(at(cast, "undo")).status_code == 409


def test_nobody_is_sent_elsewhere_by_a_forged_mentee(cast, as_):
    for forged in ("//evil.example", "x&next=//evil", "<b>"):
        back = as_("coordinator").post(at(cast, "draft"))
        assert back["Location"] == at(cast, "studio")
        choice = {"kind": "forbid", "mentee": forged, "mentor": cast.parts["M-3"]}
        assert as_("coordinator").post(at(cast, "decide"), choice).status_code == 409


@pytest.mark.parametrize("day", ["2027-01-11", "2020-01-01"])
def test_a_review_needs_a_day_ahead(day, cast, as_):
    response = as_("coordinator").post(at(cast, "review"), {"answer_by": day})
    assert response.status_code in {200, 400}
    assert "must lie ahead" in text(response)
    assert Round.objects.get(pk=cast.draft).state == "draft"


def test_two_runs_are_compared_in_the_browser_from_the_list_of_runs(cast, as_):
    client = as_("coordinator")
    assert "There is nothing to compare yet" in text(client.get(at(cast, "compare")))
    client.post(at(cast, "decide"), {"pin": cast.parts["M-1"], "mentee": cast.parts["E-5"], "reason": "They met."})
    address = f"{at(cast, 'compare')}?before=1&after=2"
    assert address.replace("&", "&amp;") in client.get(at(cast, "studio")).content.decode()
    page = client.get(address)
    assert {step.name for step in page.context["page"]} >= {"Wes Novak"}
    assert "Will Mazur" not in text(page)
    assert "Will Mazur" in text(client.get(address, {"before": "1", "after": "2", "show": "all"}))
    assert client.get(at(cast, "compare"), {"before": "1", "after": "9"}).status_code == 404
    assert client.get(at(cast, "compare"), {"show": "groups"}).context["show"] == "changed"


def test_the_history_of_a_round_is_read_in_the_browser(cast, as_):
    client = as_("coordinator")
    client.post(at(cast, "undo"))
    page = text(client.get(at(cast, "history")))
    assert "Locked: Will Mazur with Dr. Ben Ruiz." in page
    assert "Took the lock back: Will Mazur with Dr. Ben Ruiz." in page
    assert SECRETS["override"] in page
    assert page.count("Cora Lang, 1") == 3


def test_a_review_is_taken_back(cast, as_):
    client = as_("coordinator")
    assert client.post(at(cast, "reopen", cast.reviewed))["Location"] == at(cast, "studio", cast.reviewed)
    assert Round.objects.get(pk=cast.reviewed).state == "draft"
    assert client.post(at(cast, "publish", cast.reviewed)).status_code == 409


def test_a_published_round_shows_its_pairs_and_no_button(cast, as_):
    page = as_("coordinator").get(at(cast, "studio", cast.past_round))
    assert page.context["may_edit"] is False
    assert {row.name for row in page.context["studio"].rows} >= {"Mina Okafor", "Otto Lind"}
    led = as_("coordinator").get(at(cast, "publish", cast.past_round))
    assert led["Location"] == at(cast, "studio", cast.past_round)


def test_the_files_of_a_run_can_be_checked_by_anybody_and_name_nobody(cast, as_):
    client = as_("coordinator")
    files = {what: client.get(reverse("round-file", args=[cast.draft, what])) for what in ("problem", "result")}
    problem, result = (json.loads(files[what].content) for what in ("problem", "result"))
    assert verify(problem_from_json(problem), result_from_json(result)) == ()
    content = files["problem"].content.decode() + files["result"].content.decode()
    names = {word for row in Member.objects.values_list("name", "person__email") for word in row}
    assert len(names) > 20
    assert {name for name in names if name in content} == set()
    assert "grades" not in content
    assert "firewall" not in content
    assert client.get(reverse("round-file", args=[cast.draft, "people"])).status_code == 404


def test_a_round_without_a_run_has_no_files_and_no_letters(cast, as_):
    client = as_("coordinator")
    made = client.post(reverse("rounds", args=[cast.program]), {"name": "Empty"})["Location"].split("/")[2]
    assert client.get(reverse("round-file", args=[made, "problem"])).status_code == 409
    assert client.get(at(cast, "publish", made)).status_code == 409
    assert client.get(at(cast, "studio", made)).status_code == 200


def test_the_page_of_rounds_counts_who_waits_and_what_is_free(cast, as_):
    ready = as_("coordinator").get(reverse("rounds", args=[cast.program])).context["ready"]
    assert (ready.mentees, ready.mentors, ready.places, ready.short) == (3, 3, 3, 0)


def test_the_same_name_twice_is_refused(cast, as_):
    assert as_("coordinator").post(reverse("rounds", args=[cast.program]), {"name": "Winter"}).status_code == 409
    assert Run.objects.filter(round__name="Winter").count() >= 1


def test_the_studio_suggests_a_method_and_says_why_and_whoever_drafts_decides(cast, as_):
    page = as_("coordinator").get(at(cast, "studio"))
    suggested = page.context["studio"].suggested
    assert suggested.method in {str(one) for one in page.context["methods"]}
    assert f"Suggested here: {METHODS[suggested.method]}<" in text(page)
    assert all(str(sentence) in text(page) for sentence in (*suggested.reasons, suggested.gives_up))
    assert "Suggested here" not in text(as_("coordinator").get(at(cast, "studio", cast.past_round)))


def test_where_most_mentees_wished_by_name_the_studio_suggests_that_nobody_ends_far_down(cast, as_):
    studio = as_("coordinator").get(at(cast, "studio")).context["studio"]
    mentor = next(iter(studio.people.mentors))
    for wishes, method in (({}, "weighted"), (dict.fromkeys(studio.people.mentees, (mentor,)), "generous")):
        again = replace(studio, people=replace(studio.people, wishes=wishes))
        assert again.suggested.method == method
