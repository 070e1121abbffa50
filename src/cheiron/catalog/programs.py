"""The catalog of program models."""

import tomllib
from functools import cache
from importlib.resources import files

from cheiron.core.errors import NotFound
from cheiron.core.programs.model import ProgramModel, read_model
from cheiron.core.text import say


@cache
def program_models() -> dict[str, ProgramModel]:
    """Every model by key."""
    folder = files("cheiron.catalog") / "program_models"
    models = [read_model(tomllib.loads(file.read_text("utf-8"))) for file in sorted(folder.iterdir(), key=str)]
    return {model.key: model for model in models}


def program_model(key: str) -> ProgramModel:
    """The model with this key."""
    if key not in program_models():
        raise NotFound(say("There is no such program model."))
    return program_models()[key]
