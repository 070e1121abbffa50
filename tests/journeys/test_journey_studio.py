"""The studio as an instrument: a weight answers before it is applied, a mentor is dragged onto the pair, undo, redo."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import school_at

pytestmark = pytest.mark.journey


def _studio(walk, school):
    walk.open(school.entrance)
    walk.press("Sign in")
    walk.follow("Open the program")
    walk.follow("Open the round")


def test_a_weight_answers_and_a_mentor_is_dragged_onto_the_pair(instance, person):
    school = school_at(instance, "studio", "drafted")
    walk = person("desktop", "light", log=instance.log)
    _studio(walk, school)
    effect, topics = walk.page.locator("#effect"), walk.page.get_by_role("slider", name="Topics")
    expect(effect).to_contain_text("before anything is kept")
    was = topics.input_value()
    topics.focus()
    walk.page.keyboard.press("End")
    expect(effect).to_contain_text(re.compile("This would change"))
    walk.check("studio-01-effect", schemes=("light", "dark"))
    walk.page.get_by_role("button", name="Discard").click()
    expect(topics).to_have_value(was)
    expect(effect).to_contain_text("before anything is kept")
    row = walk.page.locator("tr[data-drag]").first
    name = row.locator("th").inner_text().split("\n")[-1].strip(" 123456789")
    with walk.page.expect_navigation():
        row.drag_to(walk.page.locator("[data-drop-pair]"))
    expect(walk.page.locator("[data-drop-pair]")).to_contain_text(name)
    walk.sees("Decided by hand")
    walk.press(re.compile("^Undo"), within=walk.page.locator(".tools"))
    walk.press(re.compile("^Redo"), within=walk.page.locator(".tools"))
    expect(walk.page.locator("[data-drop-pair]")).to_contain_text(name)
    walk.check("studio-02-redone")
    walk.follow("side by side")
    walk.sees("What each method would do", "Nobody worse off than need be")
    walk.check("studio-03-methods", schemes=("light", "dark"))
    walk.press(re.compile("Draft by: Nobody worse off"))
    walk.sees("No choice leaves fewer people with the lowest fit")
    walk.leave()


def test_on_a_phone_the_effect_stands_below_the_weights(instance, person):
    school = school_at(instance, "studio-phone", "drafted")
    walk = person("phone", "dark", log=instance.log)
    _studio(walk, school)
    walk.page.get_by_role("slider", name="Topics").fill("50")
    expect(walk.page.locator("#effect")).to_contain_text(re.compile("This would change"))
    walk.check("studio-04-phone")
    walk.leave()


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_the_round_is_looked_at_by_mentor_and_by_mentee(instance, person, size, scheme):
    school = school_at(instance, f"circles-{size}", "drafted")
    walk = person(size, scheme, log=instance.log)
    _studio(walk, school)
    walk.follow("By mentor")
    walk.sees("Nothing has been sent.", "in this draft")
    walk.check(f"circles-01-by-mentor-{size}", schemes=("light", "dark"))
    walk.follow("By mentee", within=walk.page.get_by_role("navigation", name="Ways to look at the round"))
    walk.unfold("As a table")
    walk.check(f"circles-02-by-mentee-{size}", schemes=("light", "dark"))
    ring = walk.page.locator("svg.network a").first
    name = walk.page.locator(".circle", has=ring).first.get_by_role("heading").inner_text()
    ring.focus()
    with walk.page.expect_navigation():
        walk.page.keyboard.press("Enter")
    expect(walk.page.locator("#pair")).to_contain_text(name)
    walk.leave()
