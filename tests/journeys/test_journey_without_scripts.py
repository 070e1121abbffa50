"""Without JavaScript: a list comes in, a match is drafted and published."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import lists

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_list_to_publication(instance, person, size):
    """Everything is a link or a form."""
    key = f"plain-{size}"
    link = instance.found(f"Plain College, {size}", f"coordinator@{key}.example", "Maren Oduya")
    walk = person(size, "light", scripts=False, log=instance.log)
    walk.open(link)
    walk.press("Sign in")
    walk.follow("New program")
    walk.fill("Name needed", "Plain Mentoring")
    walk.press("Create the program")
    walk.check("plain-01-program")
    for kind, text in (("Mentors", lists.MENTORS), ("Mentees", lists.MENTEES)):
        walk.follow("Import a list", within=walk.row(kind))
        walk.choose_file(f"{kind}.csv", lists.small(text, key))
        walk.check("plain-02-upload")
        walk.press("Next: the columns")
        walk.press("Next: check")
        walk.press("Import this list")
        walk.told(re.compile("people imported"))
        walk.turn_to("Overview")
    walk.follow("New round", within=walk.row("Match"))
    walk.press("New round")
    walk.press("Draft the match")
    walk.told("Run 1 is ready")
    walk.follow(re.compile("^Corisande Vey"))
    expect(walk.page.get_by_role("region", name="Selected pair").get_by_role("heading").first).to_have_text(
        "Corisande Vey"
    )
    walk.check("plain-03-studio")
    walk.press("Lock")
    walk.told("Locked.")
    walk.follow("Review and publish")
    walk.press("Reviewed: next, the letters")
    walk.unfold("Corisande Vey")
    walk.sees("we propose Dr. Odalys Brandt as your mentor")
    walk.check("plain-04-letters")
    walk.press("Publish, and send the letters")
    walk.told("6 pairs are published.")
    walk.turn_to("Mentorships")
    expect(walk.page.locator("main tbody tr")).to_have_count(6)
    walk.check("plain-05-mentorships")
