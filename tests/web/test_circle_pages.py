"""The pages that draw a round by mentor and by mentee."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Member
from cheiron.queries.circles import Network, Person, Spoke, Tie
from cheiron.web.shared.templatetags import networks as tags
from tests.cast import NOW, SECRETS
from tests.db.test_circles import several  # noqa: F401 - a fixture
from tests.web.test_query_counts import crowd

PAGES = ("groups", "networks")
SVG = re.compile(r'<svg class="network".*?</svg>', re.S)


def address(name: str, round_id: str) -> str:
    return reverse(name, args=[round_id])


def text(response) -> str:
    return unescape(response.content.decode())


def drawings(response) -> list[ElementTree.Element]:
    """The networks of a page; each must be well-formed."""
    return [ElementTree.fromstring(svg) for svg in SVG.findall(response.content.decode())]


def ways(response) -> set[str]:
    """Where the cards lead."""
    cards = text(response).partition('class="cards circles"')[2].partition("</main>")[0]
    return set(re.findall(r'href="(/rounds/[^"]+)"', cards))


def person(n: int, name: str = "") -> Person:
    return Person(f"p{n}", name or f"Dr. Number {n}", "", "mentor", None, None)


def spoke(n: int, state: str) -> Spoke:
    tie = Tie(person(99), person(n), "mentor", state, "", False) if state != "none" else None
    return Spoke("mentor", "Mentor", tie)


# ---------- by mentor ----------


def test_each_mentor_stands_with_their_mentees_and_free_places(cast, as_):
    page = text(as_("coordinator").get(address("groups", cast.draft)))
    for words in ("Dr. Ada Weiss", "Mina Okafor", "in place", "in this draft", "asked, no answer yet", "Hours of all"):
        assert words in page
    assert "What stands, and what run 1 would add. Nothing has been sent." in page
    assert "As it stands since the round was published." in text(
        as_("coordinator").get(address("groups", cast.past_round))
    )


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("which", ["draft", "past_round"])
def test_every_link_leads_to_a_page_that_has_the_pair(cast, as_, name, which):
    client = as_("coordinator")
    found = ways(client.get(address(name, getattr(cast, which))))
    assert found
    for way in found:
        page = client.get(way)
        assert page.context["chosen"].row.id == way.partition("mentee=")[2]


@pytest.mark.parametrize("name", PAGES)
def test_the_studio_leads_there_and_back(cast, as_, name):
    client = as_("coordinator")
    assert f'href="{address(name, cast.draft)}"' in text(client.get(address("studio", cast.draft)))
    page = text(client.get(address(name, cast.draft)))
    assert all(f'href="{address(other, cast.draft)}"' in page for other in (*PAGES, "studio"))


@pytest.mark.parametrize("name", PAGES)
def test_names_are_text_and_nothing_that_was_volunteered_or_written_is_shown(cast, as_, name):
    hostile = '<script>alert("x")</script>'
    Member.objects.filter(external_id__in=["E-5", "M-2"]).update(name=hostile)
    content = as_("coordinator").get(address(name, cast.draft)).content.decode()
    assert hostile not in content
    assert "&lt;script&gt;" in content
    for key in ("own words", "withheld", "mentee about", "mentor about", "topic", "question", "change", "override"):
        assert SECRETS[key] not in content
    assert "style=" not in content


@pytest.mark.parametrize("name", PAGES)
def test_a_search_narrows_the_cards(cast, as_, name):
    client = as_("coordinator")
    page = client.get(address(name, cast.draft), {"q": " mina  WEISS "})
    assert page.context["page"].paginator.count == 1
    nobody = client.get(address(name, cast.draft), {"q": "nobody of that name"})
    assert "Try a part of the name" in text(nobody)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_fifty_and_asks_no_more_for_many(cast, as_, name):
    client, costs = as_("coordinator"), []
    for many in (False, True):
        if many:
            mentees, mentors = crowd(cast, "mentee"), crowd(cast, "mentor")
            more = [
                Mentorship(
                    program_id=cast.program, mentee=mentees[n], mentor=mentors[m], role="mentor", score=0, proposed_at=NOW,
                    state="active", answer_by=NOW.date(),
                )
                for n in range(20) for m in range(3)
            ]  # fmt: skip
            Mentorship.objects.bulk_create(more)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(name, cast.draft)).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 15


def test_the_second_page_has_the_rest(cast, as_, monkeypatch):
    monkeypatch.setattr("cheiron.web.matching.views.CARDS", 2)
    client, seen = as_("coordinator"), []
    for number in (1, 2, 3):
        page = client.get(address("networks", cast.draft), {"page": number}).context["page"]
        seen += [one.mentee.name for one in page]
    assert len(seen) == len(set(seen)) == 5


# ---------- by mentee ----------


def test_figures_lead_to_exactly_their_mentees(cast, as_, several):  # noqa: F811
    client, found = as_("coordinator"), several
    page = text(client.get(address("networks", found.round.id)))
    for role, _, counts in found.standings:
        for standing, n in counts:
            if not n:
                continue
            assert f'href="?role={role}&standing={standing}"' in page
            shown = client.get(address("networks", found.round.id), {"role": role, "standing": standing})
            assert {one.standing(role) for one in shown.context["page"]} == {standing}
            assert shown.context["page"].paginator.count == n


@pytest.mark.parametrize(
    "asked", [{"role": "x", "standing": "none"}, {"role": "mentor", "standing": "x"}, {"page": "x"}]
)
def test_what_cannot_be_asked_shows_everybody(cast, as_, asked):
    page = as_("coordinator").get(address("networks", cast.draft), asked)
    assert page.context["page"].paginator.count == 5


def test_the_drawing_has_a_name_a_line_for_each_pair_and_a_ring_for_each_need(cast, as_, several):  # noqa: F811
    page = as_("coordinator").get(address("networks", several.round.id))
    shown = list(page.context["page"])
    for one, svg in zip(shown, drawings(page), strict=True):
        assert svg.get("role") == "group"
        assert one.mentee.name in svg.get("aria-label")
        lines, rings = svg.findall("path"), [ring for ring in svg.iter("circle") if ring.get("r") == str(tags.NODE)]
        assert (len(lines), len(rings)) == (sum(spoke.tie is not None for spoke in one.spokes), len(one.spokes))
        dashed = sum("dash" in line.get("class") for line in lines)
        assert dashed == sum(spoke.state == "draft" for spoke in one.spokes)
        assert sum("k-amber" in ring.get("class") for ring in rings) == len(one.uncovered)
    assert Round.objects.get(pk=several.round.id).role == "research"


def test_the_table_behind_says_the_same(cast, as_, several):  # noqa: F811
    content = text(as_("coordinator").get(address("networks", several.round.id)))
    tables = re.findall(r'<table class="figs">.*?</table>', content, re.S)
    shown = several.networks
    assert len(tables) == len(shown)
    for one, table in zip(shown, tables, strict=True):
        for spoke in one.spokes:
            assert str(tags.TIES[spoke.state]) in table
            assert (spoke.tie.mentor.name if spoke.tie else "–") in table


def test_a_need_of_this_round_leads_to_the_studio_and_another_leads_nowhere(cast, as_, several):  # noqa: F811
    page = as_("coordinator").get(address("networks", several.round.id))
    for one, svg in zip(page.context["page"], drawings(page), strict=True):
        open_here = [spoke for spoke in one.uncovered if spoke.role == "research"]
        linked = len(svg.findall("a"))
        assert linked == sum(bool(spoke.tie) for spoke in one.spokes) + len(open_here)
        silent = [group for group in svg.findall("g") if group.get("aria-hidden") == "true"]
        assert len(silent) == len(one.spokes) - linked


@given(st.lists(st.sampled_from(["active", "proposed", "draft", "none"]), min_size=1, max_size=14), st.booleans())
def test_however_many_mentors_there_are_no_two_stand_in_each_others_way(states, many_roles):
    one = Network(person(99), tuple(spoke(n, state) for n, state in enumerate(states)), waits=False)
    nodes, middle, height = tags.nodes_of(one, many_roles)
    assert [node.spoke for node in nodes] == list(one.spokes)
    boxes = [(node.x - 60, node.x + 60, node.y - tags.NODE, _bottom(node)) for node in nodes]
    boxes.append((middle[0] - tags.CORE, middle[0] + tags.CORE, middle[1] - tags.CORE, middle[1] + tags.CORE))
    assert all(0 <= left < right <= tags.WIDTH and 0 <= top < bottom <= height for left, right, top, bottom in boxes)
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            assert a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] or b[3] <= a[2]


def _bottom(node) -> float:
    return node.y + tags.NODE + tags.BELOW - 3 + (len(node.lines) - 1) * tags.LINE + 3


@pytest.mark.parametrize("words", ["Dr. Maximiliana Oduya-Featherstonehaugh", "Jo", "x" * 1000])
def test_a_label_is_cut_where_it_has_no_room(words):
    tie = Tie(person(99), person(1, words), "mentor", "active", "", False)
    first = tags.label_of(Spoke("mentor", "Mentor", tie), several=False)[0]
    assert len(first) <= tags.LETTERS
    assert first == words or (first.endswith("…") and words.startswith(first[:-1]))
