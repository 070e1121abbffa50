"""The demo school's people and words: invented, and the same for the same seed."""

import tomllib
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

SEED = 2025


@cache
def words(name: str) -> dict[str, Any]:
    """One file of this folder."""
    return tomllib.loads((files("cheiron.catalog.demo") / f"{name}.toml").read_text("utf-8"))


def chance(*topic: object) -> Random:
    """A source of chance for one topic: what is drawn for one does not move what is drawn for another."""
    return Random(":".join(map(str, (SEED, *topic))))


def weighted(draw: Random, weights: dict[str, int], count: int) -> list[str]:
    """Several different keys, drawn by weight."""
    left, chosen = dict(weights), []
    while left and len(chosen) < count:
        (key,) = draw.choices(list(left), list(left.values()))
        chosen.append(key)
        del left[key]
    return chosen
