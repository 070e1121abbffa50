"""The invited say what they seek and offer, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import PROGRAM, school_at

pytestmark = pytest.mark.journey


def test_intake_of_a_mentor_and_a_mentee(instance, person):
    """From the invitation to ordered wishes."""
    school = school_at(instance, "intake", "invited")

    mentor = person("phone", "dark", log=instance.log)
    mentor.open(school.letter("ngaio.sebright", "invitation"))
    mentor.heads(f"{PROGRAM} invites you")
    mentor.check("intake-01-mentor-invitation")
    mentor.press("Take part")
    mentor.check("intake-02-mentor-home")
    mentor.follow("Begin")
    mentor.heads("What you offer")
    mentor.check("intake-03-mentor-sheet")
    assert mentor.page.get_by_label(re.compile("^For how many")).input_value() == "1"
    mentor.tick("Sponsor")
    mentor.fill("A sentence or two about you", "I like hard questions, and walks.")
    mentor.fill("For how many? needed", "3")
    mentor.press("Keep")
    mentor.told("Kept. You can change it whenever you like.")
    mentor.check("intake-04-mentor-done")

    mentee = person("phone", "dark", log=instance.log)
    mentee.open(school.letter("bram.quillfeather", "invitation"))
    mentee.press("Take part")
    mentee.follow("Begin")
    mentee.heads("What you seek")
    mentee.sees("What your school's list says of you is filled in")
    mentee.check("intake-05-mentee-sheet")
    mentee.follow("About me")
    mentee.heads("About me")
    mentee.check("intake-06-about-me")
    mentee.tick("First in my family at college")
    mentee.tick(re.compile("It may count in group figures"))
    mentee.press("Keep")
    mentee.told("Kept, for the purposes that you ticked and no other.")
    mentee.tick("Advisor")
    mentee.fill("A sentence or two about you", "I ask a lot.")
    mentee.tick("Tue 17")
    mentee.press("Keep, and see the mentors")
    _wishes(mentee)


def _wishes(mentee) -> None:
    """The list brought two; they are moved, one is removed and one added."""
    mentee.heads("Mentors")
    mentee.sees("3 places free", "I like hard questions, and walks.")
    mentee.check("intake-07-directory")
    assert _order(mentee) == ["Dr. Ngaio Sebright, MD", "Dr. Odalys Brandt"]
    mentee.press("Wish for Dr. Tomasz Ellery")
    expect(mentee.row("Dr. Tomasz Ellery").get_by_role("button", name=re.compile("^Move"))).to_have_count(1)
    assert _order(mentee) == ["Dr. Ngaio Sebright, MD", "Dr. Odalys Brandt", "Dr. Tomasz Ellery"]
    mentee.press("Move Dr. Tomasz Ellery up")
    expect(mentee.page.get_by_role("button", name="Move Dr. Tomasz Ellery down")).to_be_visible()
    assert _order(mentee) == ["Dr. Ngaio Sebright, MD", "Dr. Tomasz Ellery", "Dr. Odalys Brandt"]
    mentee.press("Move Dr. Ngaio Sebright, MD down")
    expect(mentee.page.get_by_role("button", name="Move Dr. Ngaio Sebright, MD up")).to_be_visible()
    mentee.press("Remove Dr. Odalys Brandt")
    expect(mentee.page.get_by_role("button", name="Wish for Dr. Odalys Brandt")).to_be_visible()
    assert _order(mentee) == ["Dr. Tomasz Ellery", "Dr. Ngaio Sebright, MD"]
    mentee.check("intake-08-wishes")
    field = mentee.page.get_by_label("Find mentors")
    field.fill("palliative")
    expect(mentee.page.get_by_role("heading", name="Dr. Wren Achterberg")).to_be_visible()
    expect(mentee.page.get_by_role("heading", name="Dr. Tomasz Ellery")).to_be_hidden()


def _order(mentee) -> list[str]:
    rows = mentee.page.get_by_role("region", name="Your wishes").locator("ol li > span").all_inner_texts()
    return [re.sub(r"^\d+ ", "", " ".join(row.split())) for row in rows]
