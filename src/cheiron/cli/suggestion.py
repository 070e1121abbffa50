"""``cheiron solve --method auto``: the method that fits the file, with its reasons."""

from collections.abc import Callable, Mapping
from typing import Any

from cheiron.cli.kinds import kind_of
from cheiron.core.matching.files import PROBLEM_FORMAT
from cheiron.core.matching.network.files import NETWORK_FORMAT
from cheiron.core.matching.policy import Case, Choice, case_of, case_of_network, choose

AUTO = "auto"

_CASES: Mapping[str, Callable[[Any], Case]] = {PROBLEM_FORMAT: case_of, NETWORK_FORMAT: case_of_network}
"""By the format of the problem; any other kind is one of groups."""


def suggested(obj: object) -> Choice:
    """The method for a problem from JSON. Raises ``Invalid`` for one that cannot be read."""
    kind = kind_of(obj)
    problem = kind.read_problem(obj)
    case = _CASES.get(kind.problem_format)
    return choose(case(problem) if case else Case(0, 0, 0, groups=True))


def said(choice: Choice) -> tuple[str, ...]:
    """A line for each sentence."""
    return (f"Method: {choice.method}.", *map(str, choice.reasons), str(choice.gives_up))
