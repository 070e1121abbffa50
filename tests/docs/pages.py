"""The pages that people read, and what stands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "cheiron"
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])

_FENCE = re.compile(r"(?:<!-- (\w+) -->\n)?^```(\w*)\n(.*?)^```$", re.S | re.M)


@dataclass(frozen=True)
class Example:
    """A fenced block: its language, its text, and the mark above it (run, prints or nothing)."""

    mark: str
    language: str
    text: str


def name_of(page: Path) -> str:
    """The page as one names it from the top of the checkout."""
    return page.relative_to(ROOT).as_posix()


def examples(page: Path) -> list[Example]:
    """Every fenced block of a page, in order."""
    return [Example(*found.groups(default="")) for found in _FENCE.finditer(page.read_text("utf-8"))]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def section(text: str, heading: str) -> str:
    """What stands below one heading, down to the next of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}$\n(.*?)(?=^#+ |\Z)", text, re.S | re.M)
    assert found, f"there is no heading {heading!r}"
    return found[1]


def table(text: str) -> Iterator[list[str]]:
    """The rows of every table in a text, without headings and rules."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    for number, row in enumerate(rows):
        is_rule = set("".join(row)) <= {"-", " "}
        is_head = number + 1 < len(rows) and set("".join(rows[number + 1])) <= {"-", " "}
        if not is_rule and not is_head:
            yield row


def code(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def first_cells(text: str) -> set[str]:
    """The code in the first cells of all rows."""
    return {found for row in table(text) for found in code(row[0])}
