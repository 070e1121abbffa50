"""Without a mouse: from the program's page to a locked pair and back, always seeing where one is."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import PROGRAM, school_at

pytestmark = pytest.mark.journey

MOST_STOPS = 60


class Keys:
    """Only the keyboard. At every stop something shows that the focus is there, and it is in sight."""

    def __init__(self, walk) -> None:
        self.walk, self.keyboard, self.stops = walk, walk.page.keyboard, 0

    def to(self, name: str) -> None:
        """Press Tab until the focus is on what is called so."""
        seen = []
        for _ in range(MOST_STOPS):
            self.keyboard.press("Tab")
            told, shown, in_sight = self.walk.ask(_FOCUS)
            seen.append(told)
            self.stops += 1
            assert shown, f"the focus on “{told}” cannot be seen"
            assert in_sight, f"the focus on “{told}” is out of sight"
            if re.search(name, told):
                return
        raise AssertionError(f"the Tab key does not come to “{name}”: {seen}")

    def enter(self, name: str) -> None:
        """Go there, and on to the next page."""
        self.to(name)
        self.hit("Enter")

    def hit(self, key: str) -> None:
        """Press a key that leads to another page."""
        with self.walk.page.expect_navigation():
            self.keyboard.press(key)


_FOCUS = """(() => {
  const one = document.activeElement, look = getComputedStyle(one), box = one.getBoundingClientRect();
  const label = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
  const shown = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1) || look.boxShadow !== "none";
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [label.trim().replace(/\\s+/g, " ").slice(0, 80), shown, seen];
})()"""


def test_a_pair_is_locked_and_freed_by_keys(instance, person):
    """Tab, Enter and the letters that the buttons name."""
    school = school_at(instance, "keys", "drafted")
    walk = person("desktop", "light", log=instance.log)
    keys = Keys(walk)
    walk.open(school.entrance)
    keys.enter("^Sign in$")
    keys.enter(f"^{PROGRAM}|^Open the program$")
    walk.heads(PROGRAM)
    keys.to("^Skip to the content$")
    walk.picture("keyboard-01-skip", walk.scheme)
    keys.keyboard.press("Enter")
    keys.enter("^Open the round$")
    walk.heads("Autumn")
    keys.to("^List of mentees$")
    keys.to("^Corisande Vey")
    walk.check("keyboard-02-mentee-focus")
    keys.keyboard.press("Enter")
    pair = walk.page.get_by_role("region", name="Selected pair")
    expect(pair.get_by_role("heading", name="Corisande Vey")).to_be_visible()
    told, _, _ = walk.ask(_FOCUS)
    assert told.startswith("Corisande Vey"), "the focus stays where it was"
    keys.to("^Reason$")
    keys.keyboard.type("Locked by hand, with L and F in the reason")
    walk.sees_not("Ruled out")
    keys.enter("^Lock")
    walk.told("Locked. Every further draft keeps this pair.")
    keys.hit("z")
    walk.told("Undone, and drafted again.")
    keys.hit("l")
    walk.told("Locked. Every further draft keeps this pair.")
    walk.check("keyboard-03-locked")
    keys.enter("^Overview$")
    walk.heads(PROGRAM)
    assert keys.stops > 20
