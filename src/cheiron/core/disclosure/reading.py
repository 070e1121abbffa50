"""How to read a released table: shares with their intervals, and each group beside the others that are shown.

Worked out from the rounded figures of the table and from nothing else, so it tells nothing more than they do. Rounding
makes the intervals a little too narrow or too wide; they are a guide to how much chance there is, not a verdict.
"""

from dataclasses import dataclass

from cheiron.core.disclosure.tables import Hidden, Line, SafeTable
from cheiron.core.statistics import Interval, Share, Stratum, newcombe, permutation_p, wilson


@dataclass(frozen=True)
class Reading:
    """One line of a table, with what follows from it; None where the line or all others do not show their share."""

    line: Line
    interval: Interval | None = None
    """Of the share, 95 percent (Wilson)."""
    ahead: float | None = None
    """The share less that of the others."""
    ahead_interval: Interval | None = None
    """Of that difference, 95 percent (Newcombe)."""
    by_lot: float | None = None
    """How often lots alone would lead as far from the others, or further."""

    @property
    def apart(self) -> bool:
        """Whether the difference is larger than chance explains easily."""
        return self.ahead_interval is not None and not self.ahead_interval.holds(0)


def readings(table: SafeTable) -> tuple[Reading, ...]:
    """Every line that shows something, in the order of the table."""
    shares = {line.group: share for line in table.lines if (share := _share(line))}
    return tuple(_reading(line, shares) for line in table.lines if not line.hidden)


def _share(line: Line) -> Share | None:
    if isinstance(line.of, Hidden) or isinstance(line.yes, Hidden):
        return None
    return Share(line.yes, line.of)


def _reading(line: Line, shares: dict[str, Share]) -> Reading:
    own = shares.get(line.group)
    if own is None:
        return Reading(line)
    rest = [share for group, share in shares.items() if group != line.group]
    if not rest:
        return Reading(line, wilson(own))
    others = Share(sum(share.yes for share in rest), sum(share.of for share in rest))
    lot = permutation_p([Stratum(own, others)])
    return Reading(line, wilson(own), own.value - others.value, newcombe(own, others), lot)
