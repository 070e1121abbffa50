"""A telephone with a slow connection that drops: what is typed is kept, and nothing is done twice."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import school_at

pytestmark = pytest.mark.journey

ABOUT = "I ask a lot, and I listen."


def test_a_sheet_outlives_the_connection(instance, person):
    """Typed while the connection is gone, kept when it is back, and there on another machine."""
    school = school_at(instance, "slow", "invited")
    phone = person("phone", "dark", log=instance.log)
    phone.slow_down()
    phone.open(school.letter("bram.quillfeather", "invitation"))
    phone.press("Take part")
    phone.follow("Begin")
    phone.tick("Advisor")
    phone.sees(re.compile("^Kept"))
    with phone.offline():
        phone.fill("A sentence or two about you", ABOUT)
        phone.sees("Not kept yet: the connection is gone.")
        phone.check("slow-01-not-kept")
    expect(phone.page.locator("#kept")).to_have_text(re.compile("^Kept"), timeout=30_000)
    phone.leave()

    desk = person("desktop", "light", log=instance.log)
    desk.open(f"{instance.url}/sign-in/link/")
    desk.fill("Email address needed", school.email("bram.quillfeather"))
    desk.press("Send the link")
    desk.open(school.letter("bram.quillfeather", "sign-in"))
    desk.press("Sign in")
    desk.follow("Begin")
    expect(desk.page.get_by_label("A sentence or two about you", exact=True)).to_have_value(ABOUT)
    expect(desk.page.get_by_label("Advisor", exact=True)).to_be_checked()
    desk.press("Keep, and see the mentors")
    desk.heads(re.compile("^Mentors"))
