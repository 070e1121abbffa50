"""MAP.toml: what the columns of two lists mean, and how the matching weighs them.

stages = ["Resident", "Fellow", "Faculty"]      # lowest first
default_capacity = 1                            # for mentors whose row says nothing

[mentees.columns]
"email address" = "email"
"gender" = "ignored"                            # people say this themselves

[mentors.columns]
"email address" = "email"

[weights]                                       # these replace the defaults one by one; 0 leaves one out
specialty = 30
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cheiron.core.errors import Invalid
from cheiron.core.matching.components import DEFAULT_WEIGHTS
from cheiron.core.people.findings import Findings
from cheiron.core.people.roster import CAPACITY_LIMIT, RosterMap, Side
from cheiron.core.text import say

_KNOWN = ("mentees", "mentors", "stages", "default_capacity", "weights")


@dataclass(frozen=True)
class MapFile:
    """A map that was read. A side without a table of columns is guessed from the headers."""

    columns: Mapping[Side, Mapping[str, str] | None]
    stages: tuple[str, ...] = ()
    default_capacity: int = 1
    weights: Mapping[str, float] | None = None

    def roster_map(self, side: Side, guessed: RosterMap) -> RosterMap:
        """The map of one list."""
        columns = self.columns[side]
        return RosterMap(guessed.columns if columns is None else columns, self.stages, self.default_capacity)

    @property
    def all_weights(self) -> Mapping[str, float]:
        """The defaults, replaced where the file says so."""
        return {**DEFAULT_WEIGHTS, **(self.weights or {})}


NO_MAP = MapFile({"mentee": None, "mentor": None})


def read_map(path: Path) -> MapFile:
    """The map in a TOML file. Raises ``Invalid``."""
    findings = Findings(path.name)
    content = _toml(path, findings)
    for key in content.keys() - set(_KNOWN):
        findings.add(say("“%(key)s” is not known here.", key=key), say("Use: %(known)s.", known=_KNOWN))
    found = MapFile(
        {"mentee": _columns(content, "mentees", findings), "mentor": _columns(content, "mentors", findings)},
        _stages(content, findings),
        _capacity(content, findings),
        _weights(content, findings),
    )
    findings.refuse()
    return found


def _toml(path: Path, findings: Findings) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = say("This is not a TOML file: %(error)s.", error=str(error).rstrip("."))
        findings.add(problem, say("See the example examples/mentor-match.toml."))
        findings.refuse()
        raise Invalid(findings.sentence()) from None


def _columns(content: Mapping[str, object], name: str, findings: Findings) -> Mapping[str, str] | None:
    table = content.get(name)
    if table is None:
        return None
    columns = table.get("columns") if isinstance(table, dict) and set(table) == {"columns"} else None
    if not isinstance(columns, dict) or not all(isinstance(value, str) for value in columns.values()):
        problem = say("“%(name)s” is not a table of columns.", name=name)
        findings.add(problem, say('Write [%(name)s.columns] and lines such as "e-mail" = "email".', name=name))
        return {}
    return columns


def _stages(content: Mapping[str, object], findings: Findings) -> tuple[str, ...]:
    stages = content.get("stages", [])
    if isinstance(stages, list) and all(isinstance(stage, str) and stage.strip() for stage in stages):
        return tuple(stages)
    findings.add(say("“stages” is not a list of names."), say("Write them in square brackets, the lowest first."))
    return ()


def _capacity(content: Mapping[str, object], findings: Findings) -> int:
    capacity = content.get("default_capacity", 1)
    if isinstance(capacity, int) and not isinstance(capacity, bool) and 0 <= capacity <= CAPACITY_LIMIT:
        return capacity
    remedy = say("Write a whole number from 0 to %(limit)s.", limit=CAPACITY_LIMIT)
    findings.add(say("“default_capacity” is not a number of mentees."), remedy)
    return 1


def _weights(content: Mapping[str, object], findings: Findings) -> Mapping[str, float]:
    weights = content.get("weights", {})
    if isinstance(weights, dict) and all(type(value) in (int, float) for value in weights.values()):
        return weights
    findings.add(say("“weights” is not a table of numbers."), say("Write lines such as specialty = 30."))
    return {}
