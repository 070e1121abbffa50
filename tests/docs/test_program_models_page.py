"""Every key of a program model is described, and every part of the fit with its default weight."""

import tomllib
from dataclasses import fields

from cheiron.core.matching.components import DEFAULT_WEIGHTS, registry
from cheiron.core.people.facts import Facts
from cheiron.core.programs.model import KINDS, Question, Rhythm
from tests.docs.pages import REFERENCE, SOURCE, first_cells, section, table

PAGE = (REFERENCE / "program-model.md").read_text("utf-8")
MODELS = [tomllib.loads(path.read_text("utf-8")) for path in (SOURCE / "catalog" / "program_models").glob("*.toml")]
WHOLE = {"weights", "questions"}
"""Keys whose inside is described elsewhere on the page."""


def keys(value: dict, prefix: str = "") -> set[str]:
    """All keys with a dot between levels; those of tables in a list without their number."""
    found = set()
    for key, inside in value.items():
        name = prefix + key
        tables = inside if isinstance(inside, list) and inside and isinstance(inside[0], dict) else [inside]
        deeper = [keys(one, f"{name}.") for one in tables if isinstance(one, dict) and name not in WHOLE]
        found |= set().union(*deeper) if deeper else {name}
    return found


def test_every_key_that_a_model_has_is_described_and_no_other():
    assert MODELS
    assert first_cells(section(PAGE, "Keys")) == set().union(*map(keys, MODELS))


def test_every_number_of_the_rhythm_is_described():
    told = {name for name in first_cells(section(PAGE, "Keys")) if name.startswith("rhythm.")}
    assert told == {f"rhythm.{one.name}" for one in fields(Rhythm)}


def test_every_key_and_kind_of_a_question_is_described_and_no_other():
    text = section(PAGE, "Questions")
    assert first_cells(text) == {f"questions.{one.name}" for one in fields(Question)}
    assert all(f"`{kind}`" in text for kind in KINDS)


def test_every_part_of_the_fit_stands_there_with_its_default():
    told = {row[0].strip("`"): row[1] for row in table(section(PAGE, "Parts of the fit"))}
    assert told == {name: str(weight) for name, weight in DEFAULT_WEIGHTS.items()}
    assert set(told) == {component.name for component in registry()}


def test_every_question_of_a_model_asks_for_a_fact():
    asked = {question["key"] for model in MODELS for question in model["questions"]}
    assert asked <= set(Facts.__dataclass_fields__)


def test_the_page_names_every_model():
    for path in (SOURCE / "catalog" / "program_models").glob("*.toml"):
        assert path.name in PAGE
