"""G15: complementary suppression holds. Random tables with totals, an attacker with a linear program per cell."""

import random

import pytest

from cheiron.core.disclosure.catalog import CATALOG, STRICTER, THRESHOLD, Kind
from cheiron.core.disclosure.suppress import suppressed
from tests.core.disclosure.worlds import Attacker, drawn_groups, drawn_outcome, drawn_wishes, entries_of

SIZES = (12, 30, 60, 120, 300)


@pytest.mark.guarantee("G15")
def test_no_hidden_cell_can_be_narrowed_below_the_threshold(sized, counted):
    tables, cells, hidden = sized(120, 5_000), 0, 0
    for seed in range(tables):
        draw = random.Random(seed)
        kind, people = draw.choice(CATALOG), [f"p{number}" for number in range(draw.choice(SIZES))]
        kind = Kind(kind.measure, kind.attribute, draw.choice((THRESHOLD, THRESHOLD, STRICTER)))
        groups, outcome = drawn_groups(draw, people, kind.attribute), drawn_outcome(draw, people)
        entries = drawn_wishes(draw, groups, outcome) if kind.wishes else entries_of(groups, outcome)
        found = Attacker([suppressed(kind, entries)]).intervals()
        assert [one for one in found if not one.holds(kind.threshold)] == [], seed
        cells, hidden = cells + len(found), hidden + sum(one.hidden for one in found)
    counted("tables", tables)
    counted("cells attacked", cells)
    counted("hidden cells among them", hidden)
