"""Help on each page, and the guides that it leads to."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from cheiron.core.errors import NotFound
from cheiron.core.text import say

GUIDES = Path(__file__).resolve().parents[3] / "docs"
"""The documentation of this checkout."""


@dataclass(frozen=True)
class Help:
    """What a page is for, and the guide that says more."""

    text: str
    guide: str


@cache
def help_by_page() -> dict[str, Help]:
    """The help of every page, by the name of its address."""
    told = tomllib.loads((files("cheiron.catalog") / "help.toml").read_text("utf-8"))
    return {name: Help(one["text"], one["guide"]) for name, one in told.items()}


@cache
def guide(name: str) -> str:
    """The text of a guide that some page leads to."""
    known = {one.guide for one in help_by_page().values()}
    path = GUIDES / f"{name}.md"
    if name not in known or not path.is_file():
        raise NotFound(say("There is no such guide here. All of them stand in the folder docs of the source."))
    return path.read_text("utf-8")


def blocks(text: str) -> list[tuple[str, str]]:
    """A guide as (kind, words): ``title``, ``heading``, ``table`` (also code, kept as typed) and ``text``."""
    return [_block(block) for block in re.split(r"\n\s*\n", text) if block.strip() and not block.startswith("<!--")]


def _block(block: str) -> tuple[str, str]:
    if block.startswith("#"):
        return ("title" if block.startswith("# ") else "heading"), block.lstrip("# ")
    if block.startswith(("|", "```", "- ", "1. ", "    ")):
        return "table", _plain(block.strip("`\n"))
    return "text", _plain(" ".join(block.split()))


def _plain(block: str) -> str:
    """Without the marks of links, code and emphasis."""
    return re.sub(r"[`*]", "", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", block))
