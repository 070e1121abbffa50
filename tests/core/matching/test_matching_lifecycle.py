from itertools import product

import pytest

from cheiron.core.errors import Conflict
from cheiron.core.matching.lifecycle import MOVES, RoundState, advance

DRAFT, REVIEWED, PUBLISHED = RoundState
ALLOWED = {(DRAFT, DRAFT), (DRAFT, REVIEWED), (REVIEWED, DRAFT), (REVIEWED, PUBLISHED)}


def test_the_table_holds_exactly_the_four_moves():
    assert set(MOVES) == ALLOWED


@pytest.mark.parametrize(("now", "to"), sorted(ALLOWED))
def test_an_allowed_move_arrives(now, to):
    assert advance(now, to) is to


@pytest.mark.parametrize(("now", "to"), sorted(set(product(RoundState, RoundState)) - ALLOWED))
def test_any_other_move_is_refused_with_a_sentence(now, to):
    with pytest.raises(Conflict) as refusal:
        advance(now, to)
    assert str(refusal.value.text).endswith(".")
