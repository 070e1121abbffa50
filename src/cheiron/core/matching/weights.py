"""The weights of a round: checked, counted in thousandths, and shared out over the components that count for a pair."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.arithmetic import shares
from cheiron.core.matching.components import registry
from cheiron.core.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HIGHEST_WEIGHT = 1000


def thousandths(weights: Mapping[str, float]) -> tuple[int, ...]:
    """The weight of each component in the order of the registry, 0 where none is given. Raises ``Invalid``."""
    issues = _weight_issues(weights)
    if issues:
        raise Invalid(say("These weights cannot be used."), issues)
    return tuple(round(weights.get(component.name, 0) * 1000) for component in registry())


def shares_by_pattern(
    weights: Sequence[int], of_rows: "NDArray[np.int32]", of_columns: "NDArray[np.int32]"
) -> "NDArray[np.int64]":
    """What share each of C components has in a pair, by the pattern of those on which both spoke: (2**C, C).

    A pattern has bit c for component c; ``of_rows`` and ``of_columns`` hold the patterns of the people on both sides.
    Millionths; a row adds up to one million, or to nothing where no component of the pattern has a weight. Patterns
    that no pair can have are left at nothing.
    """
    import numpy as np

    found = np.zeros((1 << len(weights), len(weights)), dtype=np.int64)
    for pattern in np.unique(np.unique(of_rows)[:, None] & np.unique(of_columns)).tolist():
        found[pattern] = shares([weight if pattern >> place & 1 else 0 for place, weight in enumerate(weights)])
    return found


def _weight_issues(weights: Mapping[str, float]) -> tuple[Issue, ...]:
    known = [component.name for component in registry()]
    unknown = tuple(
        Issue(say("Nothing is called “%(name)s” here.", name=name), say("Use: %(known)s.", known=tuple(known)))
        for name in weights
        if name not in known
    )
    return unknown + tuple(
        Issue(
            say("The weight of “%(name)s” is not a number from 0 to %(highest)s.", name=name, highest=HIGHEST_WEIGHT),
            say("Use 0 to leave it out."),
        )
        for name, weight in weights.items()
        if not 0 <= weight <= HIGHEST_WEIGHT
    )
