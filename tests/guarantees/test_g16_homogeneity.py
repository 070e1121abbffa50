"""G16: homogeneity is hidden. Where all of a group fare alike, or nearly, no share is exact, and none is 0 or 100."""

import random

import pytest

from cheiron.core.disclosure.catalog import CATALOG
from cheiron.core.disclosure.suppress import suppressed
from cheiron.core.disclosure.tables import HIDDEN
from tests.core.disclosure.worlds import drawn_groups, drawn_wishes, entries_of

SIZES = (20, 60, 150, 400)


def alike(draw: random.Random, groups: dict[str, str]) -> dict[str, bool]:
    """Each group wholly, nearly, or not at all of one kind."""
    share = {group: draw.choice((0.0, 0.02, 0.5, 0.98, 1.0)) for group in sorted(set(groups.values()))}
    return {one: draw.random() < share[group] for one, group in groups.items()}


@pytest.mark.guarantee("G16")
def test_nothing_shown_is_nobody_or_everybody(sized, counted):
    tables, shown, homogeneous = sized(300, 5_000), 0, 0
    for seed in range(tables):
        draw = random.Random(seed)
        kind, people = draw.choice(CATALOG), [f"p{number}" for number in range(draw.choice(SIZES))]
        groups = drawn_groups(draw, people, kind.attribute)
        outcome = alike(draw, groups)
        entries = drawn_wishes(draw, groups, outcome) if kind.wishes else entries_of(groups, outcome)
        table = suppressed(kind, entries).table
        for line in (*table.lines, table.everybody):
            assert line.percent is None or 0 < line.percent < 100
            assert line.yes is HIDDEN or 0 < line.yes < line.of
            assert line.of is HIDDEN or line.of >= kind.threshold
            shown += line.percent is not None
        homogeneous += _alike_and_large(kind, entries, table)
    counted("tables", tables)
    counted("exact shares looked at", shown)
    counted("groups all of one kind", homogeneous)


def _alike_and_large(kind, entries, table) -> int:
    """Groups all of whom, or none of whom, it is true of: their share is coded or hidden."""
    found = 0
    for line in table.lines:
        own = [entry for entry in entries.values() if entry.group == line.group and (entry.wishes or not kind.wishes)]
        yes = sum(entry.met if kind.wishes else entry.standing.outcome for entry in own)
        if own and yes in {0, len(own)}:
            assert line.yes is HIDDEN
            found += 1
    return found
