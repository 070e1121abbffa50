"""Every page of the demo school, as each of its people, at both sizes and in both colors."""

import re
from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from tests.journeys.walk import FILES, Walk

pytestmark = pytest.mark.journey

DOORS = ("Coordinator", "Mentor", "Mentee", "Evaluator", "Administrator", "Peer mentor", "Senior mentor")
ID = re.compile(r"/[a-z0-9]{12}(?=/|\.|$)")
TWICE = re.compile(r"^/(programs|rounds|mentorships)/\*/(pairs/)?\?$")
"""Kinds of pages of which two are looked at: they differ with what they show. One of each other kind is enough, and one for
all who are the same: the second mentor is shown on what the first was not."""


class Visit:
    """Walks along the links that a person is shown, and looks at pages of each kind."""

    def __init__(self, walk: Walk, base: str, kinds: dict[str, int]) -> None:
        self.walk, self.base, self.kinds = walk, base, kinds
        self.waiting: list[str] = []
        self.pages: list[str] = []
        self.files: set[str] = set()

    def gather(self) -> None:
        """Note the links of this page that are worth following."""
        for href in self.walk.ask(
            "[...document.querySelectorAll('a[href]')].map(a => new URL(a.getAttribute('href'), location).href)"
        ):
            parts = urlsplit(href)
            if f"{parts.scheme}://{parts.netloc}" != self.base:
                continue
            address = parts.path + (f"?{parts.query}" if parts.query else "")
            if FILES.search(parts.path):
                self.files.add(address)
                continue
            kind = ID.sub("/*", parts.path) + "?" + ",".join(sorted(re.findall(r"(\w+)=", parts.query)))
            enough = 2 if TWICE.search(kind) else 1
            if address not in self.waiting and address not in self.pages and self.kinds.get(kind, 0) < enough:
                self.kinds[kind] = self.kinds.get(kind, 0) + 1
                self.waiting.append(address)

    def everywhere(self, name: str) -> None:
        """Follow every link, and look at what is behind it; one's own first page always."""
        self.kinds.pop("/?", None)
        self.gather()
        while self.waiting:
            address = self.waiting.pop(0)
            self.walk.open(self.base + address)
            address = self.walk.page.url.removeprefix(self.base)
            if address not in self.pages:
                self.pages.append(address)
                self.gather()
                self.look(name, address)

    def look(self, name: str, address: str) -> None:
        """Judge one page."""
        shown = ID.sub("", address).strip("/") or "home"
        number = self.pages.index(address) + 1
        self.walk.check(f"demo-{name}-{number:02d}-{re.sub(r'[^a-z-]+', '-', shown)}", schemes=("light", "dark"))


def _doors(walk: Walk) -> list[tuple[str, str]]:
    doors = walk.page.locator("button.doorway")
    return [(door.locator("b").inner_text(), door.locator("span.sm").inner_text()) for door in doors.all()]


def _enter(walk: Walk, base: str, name: str) -> None:
    walk.open(base)
    walk.page.locator("button.doorway").filter(has_text=name).click()
    walk.page.wait_for_url(base + "/")


def _walk_everywhere(demo, person, name: str, held: str, kinds: dict[str, int]) -> int:
    """One person at a desk and on a phone; returns how many pages were judged."""
    key = re.sub("[^a-z]+", "-", f"{held.partition(',')[0]} {name.split()[-1]}".casefold())
    desk, phone = (person(size, log=demo.log) for size in ("desktop", "phone"))
    _enter(desk, demo.url, name)
    visit = Visit(desk, demo.url, kinds)
    visit.everywhere(key)
    for address in sorted(visit.files):
        answer = desk.page.context.request.get(demo.url + address)
        assert answer.ok, f"{answer.status} for {address}"
    _enter(phone, demo.url, name)
    pocket = Visit(phone, demo.url, {})
    pocket.pages = visit.pages
    for address in visit.pages:
        phone.open(demo.url + address)
        pocket.look(key, address)
    desk.leave()
    phone.leave()
    return 4 * len(visit.pages)


@pytest.mark.parametrize("who", ["coordinator", "everybody else"])
def test_every_page_of_every_person(demo, person, counted, who):
    """Links lead somewhere, files come, and every page passes. Two halves of about the same length."""
    porch = person("desktop", log=demo.log)
    porch.open(demo.url)
    porch.check("demo-00-doors", schemes=("light", "dark"))
    doors = _doors(porch)
    assert {role for role in DOORS if any(role in held for _, held in doors)} == set(DOORS)
    kinds: dict[str, dict[str, int]] = defaultdict(dict)
    looked = 0
    for name, held in doors:
        role = held.partition(",")[0]
        if (role == "Coordinator") == (who == "coordinator"):
            looked += _walk_everywhere(demo, person, name, held, kinds[role])
    counted("pages", looked)
