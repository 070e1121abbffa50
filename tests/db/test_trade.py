"""Every method on the same round, side by side: what each says of itself holds between them, and nothing is kept."""

import pytest

from cheiron.actions import matching
from cheiron.core.errors import Denied
from cheiron.core.matching.problem import ROUND_METHODS, Method
from cheiron.models.matching import Run
from cheiron.queries.trade import trade_for
from tests.cast import NOW, fingerprint


def offers(cast) -> dict:
    trade = trade_for(cast.actor("coordinator"), cast.draft, NOW)
    return {offer.method: offer.report for offer in trade.offers}


def test_each_method_keeps_its_promise_beside_the_others(cast):
    found = offers(cast)
    assert set(found) == set(ROUND_METHODS)
    assert {found[one].empty_seats + found[one].envies for one in ROUND_METHODS if one.stable} == {0}
    assert found[Method.WEIGHTED].total == max(one.total for one in found.values() if one.placed == 3)
    assert found[Method.RANK_MAXIMAL].first == max(one.first for one in found.values())
    assert found[Method.FAIR].lowest // 10_000 >= found[Method.WEIGHTED].lowest // 10_000


def test_looking_changes_nothing(cast):
    before = fingerprint()
    offers(cast)
    assert fingerprint() == before


@pytest.mark.parametrize("method", ROUND_METHODS)
def test_each_can_be_drafted_reviewed_and_published(method, cast):
    given = {"actor": cast.actor("coordinator"), "now": NOW, "round_id": cast.draft}
    matching.draft_round(**given, method=str(method))
    assert Run.objects.filter(round=cast.draft).latest("number").method == method
    matching.review_round(**given, answer_by=NOW.date().replace(year=NOW.year + 1))
    assert matching.publish_round(**given) == offers_placed(cast)


def offers_placed(cast) -> int:
    return len(Run.objects.filter(round=cast.draft).latest("number").result["pairs"])


def test_only_who_may_edit_the_round_sees_it(cast):
    with pytest.raises(Denied):
        trade_for(cast.actor("evaluator"), cast.draft, NOW)
