"""Every page has help of its own, and the guide that it leads to opens."""

import re
from html import unescape

import pytest
from django.urls import reverse

from cheiron.catalog.help import blocks, guide, help_by_page
from tests.architecture.test_rules import WITHOUT_A_PAGE, routes

OPEN_WITHOUT = {"guide", "intake-draft", "effect"}
"""The guides themselves, and what draws a part of a page only."""
PAGES = {route.name for route in routes()} - WITHOUT_A_PAGE - OPEN_WITHOUT


def test_every_page_has_help_and_no_help_is_left_over():
    assert len(PAGES) > 40
    missing = PAGES - set(help_by_page())
    assert missing == set(), "write two to four sentences in catalog/help.toml"
    assert set(help_by_page()) - {route.name for route in routes()} == set()


@pytest.mark.parametrize("name", sorted(help_by_page()))
def test_help_is_two_to_four_sentences_and_its_guide_exists(name):
    told = help_by_page()[name]
    assert 2 <= len(re.findall(r"[.!?](?=\s|$)", told.text)) <= 4
    assert blocks(guide(told.guide))[0][0] == "title"


def test_help_stands_quietly_on_the_page_and_leads_to_its_guide(cast, as_):
    client = as_("coordinator")
    page = unescape(client.get(reverse("studio", args=[cast.draft])).content.decode())
    assert "Help with this page" in page
    assert help_by_page()["studio"].text in page
    read = client.get(reverse("guide", args=[help_by_page()["studio"].guide]))
    assert read.context["title"] in read.content.decode()


@pytest.mark.parametrize("name", ["../README", "reference/nothing", "decisions/0001-random-ids-and-audit"])
def test_only_guides_that_help_leads_to_are_opened(name, cast, as_):
    assert as_("anonymous").get(f"/guide/{name}/").status_code == 404
