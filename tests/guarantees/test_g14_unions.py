"""G14: no sequence of permitted tables pins a cell below the threshold, however many readers put theirs together.

Schools with several runs, each with everything that the catalog counts about one attribute. The ledger of the school
lets in what it lets in, run by run, in several orders. Three readers each see a third of that; what they pool is the
ledger. An attacker with no line of the product's asks for cells drawn by lot, those among them that are left when one
table is subtracted from another.
"""

import random

import pytest

from cheiron.core.disclosure.catalog import CATALOG
from cheiron.core.disclosure.ledger import Ledger, audit
from cheiron.core.disclosure.release import Release
from cheiron.core.disclosure.suppress import suppressed
from tests.core.disclosure.worlds import drawn_runs, told_too_much

ATTRIBUTES = sorted({kind.attribute for kind in CATALOG})
QUESTIONS = 40


def released(runs) -> tuple[Ledger, int]:
    """The ledger after everything was asked for, and how many tables it held back."""
    ledger, held = Ledger(), 0
    for run in runs:
        together = Ledger()
        for kind, entries in run:
            made = suppressed(kind, entries, together.about(kind.attribute))
            if audit(ledger, made) is None:
                ledger, together = ledger.joined_by(made), together.joined_by(made)
            else:
                held += 1
    return ledger, held


def pooled(readers: list[list[Release]]) -> list[Release]:
    """What three readers know together."""
    return [release for reader in readers for release in reader]


@pytest.mark.guarantee("G14")
def test_no_order_of_release_tells_anything_of_fewer_than_the_threshold(sized, counted):
    schools, orders, told, held, asked = sized(3, 100), sized(3, 10), 0, 0, 0
    for seed in range(schools):
        draw = random.Random(seed)
        attribute = draw.choice(ATTRIBUTES)
        runs = drawn_runs(draw, attribute)
        for _ in range(orders):
            draw.shuffle(runs)
            ledger, refused = released(runs)
            shown = list(ledger.about(attribute))
            draw.shuffle(shown)
            union = pooled([shown[reader::3] for reader in range(3)])
            told, held = told + len(union), held + refused
            if union:
                asked += QUESTIONS
                assert told_too_much(union, ask=(draw, QUESTIONS)) == [], (seed, attribute)
    counted("schools", schools)
    counted("orders of release", schools * orders)
    counted("tables shown", told)
    counted("tables held back", held)
    counted("cells attacked", asked)
