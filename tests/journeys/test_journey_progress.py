"""A list of 5,000 is imported: the page tells how far it is, can be left and come back to, and leads on at the end."""

import re
import time
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from tests.journeys.stage import PROGRAM, School, school_at
from tests.journeys.walk import Walk

pytestmark = pytest.mark.journey
ROWS = 5_000
WRITING = re.compile(r"Writing ([\d,]+) of 5,000 people")


def long_list(school: School) -> bytes:
    """As a registrar of a large university would send it."""
    rows = (
        f"L-{n},Lena Number {n},lena.{n}@{school.key}.example,Year {n % 4},Teaching; Sepsis,S-1; S-2"
        for n in range(ROWS)
    )
    return "\n".join(("Student number,Full name,Email,Title,Topics,Wishes", *rows)).encode()


def ready(walk: Walk, school: School) -> None:
    """Before the last button of the import."""
    walk.page.context.set_default_timeout(30_000)
    walk.open(school.entrance)
    walk.press("Sign in")
    walk.follow(re.compile(f"^{PROGRAM}"))
    walk.turn_to("People")
    walk.follow("Import a list")
    walk.tick("Mentee")
    walk.choose_file("long.csv", long_list(school))
    walk.press("Next: the columns")
    walk.press("Next: check")
    walk.heads("Ready to import")


def begin(walk: Walk) -> None:
    """Press the button, and wait only until the page says something."""
    button = walk.page.get_by_role("button", name="Import this list")
    button.tap(no_wait_after=True) if walk.size == "phone" else button.click(no_wait_after=True)
    expect(walk.page.locator("#far")).to_be_visible(timeout=20_000)


def followed(walk: Walk) -> list[tuple[str, int, int]]:
    """Everything that the page says until it leads on: words, and how full the bar is."""
    said, deadline = [], time.monotonic() + 60
    while "/done/" not in walk.page.url:
        assert time.monotonic() < deadline, said
        with suppress(Error):  # the page was led on at this very moment
            found = walk.page.evaluate(LOOK)
            said += [tuple(found)] if found and tuple(found) not in said else []
        time.sleep(0.05)
    return said


LOOK = """() => {
  const far = document.getElementById("far"), bar = far?.querySelector("progress");
  return far && [far.querySelector("p").innerText, bar.value, bar.max];
}"""


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_a_long_list_tells_how_far_it_is_and_leads_on(instance, person, size, scheme):
    school = school_at(instance, f"progress-{size}", "imported")
    walk = person(size, scheme, log=instance.log)
    ready(walk, school)
    begin(walk)
    walk.heads("The list is being imported")
    walk.picture("progress-01-live", scheme)
    said = followed(walk)
    walk.heads("The list is imported")
    expect(walk.row("New people")).to_contain_text("5000")
    written = [int(WRITING.search(words)[1].replace(",", "")) for words, _, _ in said if WRITING.search(words)]
    assert len(set(written)) >= 2, said
    assert written == sorted(written)
    assert [bar for words, bar, most in said if WRITING.search(words)] == written
    assert any(re.search(r"about \d+ seconds? left", words) for words, _, _ in said), said


def test_who_leaves_and_comes_back_sees_the_same_and_not_the_form(instance, person):
    school = school_at(instance, "progress-back", "imported")
    walk = person("desktop", "light", log=instance.log)
    ready(walk, school)
    check = walk.page.url
    begin(walk)
    walk.open(f"{instance.url}/")
    walk.open(check)
    walk.sees_not("Import this list")
    walk.heads("The list is being imported")
    followed(walk)
    expect(walk.row("New people")).to_contain_text("5000")
    walk.open(check)
    walk.heads("The list is imported")


HELD = """
import threading, time
from pathlib import Path
from cheiron.gateways.progress import reported
key, over = words
begun = threading.Event()
def work():
    with reported(key) as report:
        report("writing", 0, 5000)
        time.sleep(0.5)
        report("writing", 750, 5000)
        begun.set()
        while not Path(over).exists():
            time.sleep(0.05)
threading.Thread(target=work, daemon=True).start()
begun.wait()
"""


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_import_that_does_not_end_leads_back_and_says_so(instance, person, size):
    """The progress stands still for as long as one looks at it; the connection goes and comes; then the work dies."""
    school = school_at(instance, f"progress-{size}-held", "imported")
    walk = person(size, "light", log=instance.log)
    ready(walk, school)
    check, over = walk.page.url, f"{size}.over"
    instance.run(HELD, check.split("/")[-3], over)
    walk.open(check)
    walk.sees("Writing 750 of 5,000 people", "about 3 seconds left")
    walk.check("progress-02-writing", schemes=("dark", "light"))
    with walk.offline():
        walk.sees("The connection is gone.")
        walk.check("progress-03-offline")
    expect(walk.page.get_by_text("The connection is gone.")).to_be_hidden()
    (instance.home / over).touch()
    walk.sees("The import did not come to its end.")
    walk.check("progress-04-stopped")
    walk.press("Import this list")
    walk.heads("The list is imported")
