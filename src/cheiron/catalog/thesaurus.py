"""The thesaurus that is shipped: subjects of academic medicine with the words that mean the same."""

import tomllib
from functools import cache
from importlib.resources import files

from cheiron.core.matching.thesaurus import Thesaurus, read_thesaurus


@cache
def thesaurus() -> Thesaurus:
    """All of ``thesaurus.toml``."""
    return read_thesaurus(tomllib.loads((files("cheiron.catalog") / "thesaurus.toml").read_text("utf-8")))
