"""Every link leads somewhere, every file that is named exists, and nothing tells where a page was written."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, SOURCE, code, name_of, prose

PICTURES = {"program.png", "columns.png", "studio.png", "publish.png", "answer.png", "pair.png"} | {
    "intake.png",
    "directory.png",
}
"""Taken from the running product. They may be missing until docs/pictures exists, and then all must be there."""

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(r"^[\w./-]+\.(?:py|toml|csv|html|md)$")
BELOW = (ROOT, SOURCE, ROOT / "tests" / "guarantees")
OUTPUTS = {"pairs.csv", "lines.csv", "report.html", "PAIRS.csv", "MAP.toml"}
"""Files that the reader brings or makes."""

FOREIGN = re.compile(
    r"(?:^|[\s`\"'(=])/(?:work|root|home|tmp|Users|mnt|opt|var|srv)/|\b(?:py(?:pi\b|thon-?hosted)|npm-?js)|"
    r"registry\.|deb\.debian|localhost:\d|(?<!school)\.internal\b"
)


def links() -> list[tuple[Path, str]]:
    """Page and target of every link that stays in the repository."""
    found = [(page, target) for page in PAGES for target in LINK.findall(prose(page))]
    return [(page, target) for page, target in found if not target.startswith(("http://", "https://", "mailto:"))]


def headings(page: Path) -> set[str]:
    """Anchors of a page, as repositories make them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_link_leads_somewhere():
    assert len(links()) > 50
    broken = []
    for page, target in links():
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        picture = place.parent == DOCS / "pictures" and place.name in PICTURES
        if not place.exists() and not picture:
            broken.append(f"{name_of(page)}: {target}")
        elif anchor and anchor not in headings(place):
            broken.append(f"{name_of(page)}: {target} has no such heading")
    assert broken == []


def test_the_pictures_are_named_and_there():
    shown = {Path(target).name for _, target in links() if target.endswith(".png")}
    assert shown == PICTURES
    if (DOCS / "pictures").exists():
        assert {path.name for path in (DOCS / "pictures").glob("*.png")} >= PICTURES


def test_every_page_is_reached_from_the_first():
    seen, pending = set(), [ROOT / "README.md"]
    while pending:
        page = pending.pop()
        if page in seen:
            continue
        seen.add(page)
        here = [(page.parent / target.partition("#")[0]).resolve() for source, target in links() if source == page]
        pending += [place for place in here if place.suffix == ".md"]
        pending += [inside for place in here if place.is_dir() for inside in place.glob("*.md")]
    assert set(PAGES) - seen == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_a_page_names_exists(page):
    named = {text for text in code(prose(page)) if FILE.match(text) and text not in OUTPUTS}
    missing = [name for name in named if not any((place / name).exists() for place in (page.parent, *BELOW))]
    assert [name for name in missing if not _by_name(name)] == []


def _by_name(name: str) -> bool:
    """A bare name that exists somewhere in the source, as the grid names them."""
    return "/" not in name and (any(SOURCE.rglob(name)) or any((ROOT / "tests").rglob(name)) or any(DOCS.rglob(name)))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_tells_where_it_was_written(page):
    assert FOREIGN.findall(page.read_text("utf-8")) == []


def test_the_test_above_would_find_such_places():
    for before, folder in (("see ", "work"), ("`", "home"), ("(", "tmp")):
        assert FOREIGN.search(f"{before}/{folder}/x"), folder
    for host in (("pypi", "org"), ("registry", "example")):
        assert FOREIGN.search(".".join(host)), host
    assert not FOREIGN.search("http://127.0.0.1:8000 and var/static and tests/home/x")
