"""The policy: every need leads to a method that can answer it, and says why and what it costs."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cheiron.core.matching.network.problem import Cap, Demand, Keep, Offer, network_of
from cheiron.core.matching.network.validation import validate as wrong_in_network
from cheiron.core.matching.policy import (
    EXACT_UP_TO,
    FAIR_UP_TO,
    GROUPS,
    SPARSE_UP_TO,
    Case,
    case_of,
    case_of_network,
    choose,
)
from cheiron.core.matching.problem import Method
from cheiron.core.matching.validation import validate
from tests.core.matching.doors import fixed_round
from tests.core.matching.networks import networks
from tests.core.matching.orders import rounds_with_orders

SMALL = Case(mentees=40, mentors=12, pairs=480)
WANTED = [
    (SMALL, Method.WEIGHTED, "Mentees: 40, mentors: 12; few enough for an exact answer."),
    (replace(SMALL, groups=True, fairness=True), GROUPS, "People are put together in groups."),
    (replace(SMALL, limits=True, sparse=True, arranging=True), Method.WEIGHTED, "lower quotas"),
    (replace(SMALL, several=True, sparse=True), Method.WEIGHTED, "few enough"),
    (replace(SMALL, several=True, sparse=True, pairs=9_000_000), Method.WEIGHTED, "exactly all the same"),
    (replace(SMALL, arranging=True), Method.STABLE, "nobody gains by leaving"),
    (replace(SMALL, wishing=20), Method.GENEROUS, "At least half of the mentees wished"),
    (replace(SMALL, wishing=20, orders=False), Method.WEIGHTED, "few enough"),
    (replace(SMALL, wishing=20, fairness=True), Method.FAIR, "very low fit"),
    (replace(SMALL, wishing=20, pairs=FAIR_UP_TO + 1), Method.WEIGHTED, "too long with so many pairs"),
    (replace(SMALL, several=True, fairness=True), Method.WEIGHTED, "plain rounds only"),
    (replace(SMALL, wishing=19), Method.WEIGHTED, "few enough"),
    (replace(SMALL, alike=True), Method.STABLE, "orders alone"),
    (replace(SMALL, arranging=True, orders=False), Method.WEIGHTED, "swaps cannot be ruled out"),
    (replace(SMALL, arranging=True, fairness=True), Method.STABLE, "The end of a list comes second"),
    (replace(SMALL, fairness=True), Method.FAIR, "very low fit"),
    (replace(SMALL, fairness=True, pairs=FAIR_UP_TO), Method.FAIR, "very low fit"),
    (replace(SMALL, fairness=True, pairs=FAIR_UP_TO + 1), Method.WEIGHTED, "too long with so many pairs"),
    (replace(SMALL, fairness=True, sparse=True), Method.WEIGHTED, "plain rounds only"),
    (replace(SMALL, pairs=EXACT_UP_TO), Method.WEIGHTED, "few enough"),
    (replace(SMALL, pairs=EXACT_UP_TO + 1), Method.AUCTION, "proves how near it is"),
    (replace(SMALL, pairs=EXACT_UP_TO + 1, auction=False), Method.WEIGHTED, "exactly all the same"),
    (replace(SMALL, sparse=True, pairs=SPARSE_UP_TO + 1), Method.AUCTION, "proves how near it is"),
]


@pytest.mark.parametrize(("case", "method", "because"), WANTED)
def test_each_need_leads_to_its_method_and_says_why(case, method, because):
    choice = choose(case)
    assert choice.method == method
    assert re.search(because, " ".join(map(str, choice.reasons)))
    assert str(choice.gives_up).startswith("Given up: ")


cases = st.builds(
    Case,
    mentees=st.integers(0, 100),
    mentors=st.integers(0, 100),
    pairs=st.sampled_from((0, 10_000, FAIR_UP_TO, SPARSE_UP_TO + 1, EXACT_UP_TO + 1)),
    wishing=st.integers(0, 100),
)


@given(cases, st.data())
def test_whatever_the_case_there_are_whole_sentences_and_the_same_again(case, data):
    flags = ("auction", "orders", "alike", "arranging", "fairness", "several", "limits", "sparse", "groups")
    case = replace(case, **{flag: data.draw(st.booleans()) for flag in flags})
    choice = choose(case)
    assert choice == choose(case)
    assert choice.reasons
    assert choice.method != Method.AUCTION or case.auction
    assert all(str(one).endswith(".") for one in (*choice.reasons, choice.gives_up))
    assert len(set(map(str, choice.reasons))) == len(choice.reasons)


@settings(deadline=None, max_examples=150)
@given(rounds_with_orders(), st.booleans(), st.booleans(), st.booleans())
def test_a_round_can_be_solved_by_what_is_chosen_for_it(problem, arranging, fairness, with_orders):
    problem = problem if with_orders else replace(problem, orders=None, method=Method.WEIGHTED)
    choice = choose(case_of(problem, arranging=arranging, fairness=fairness))
    assert validate(replace(problem, method=Method(choice.method))) == ()


@settings(deadline=None, max_examples=300)
@given(networks())
def test_a_network_can_be_solved_by_what_is_chosen_for_it(network):
    if wrong_in_network(network):
        return
    assert wrong_in_network(replace(network, method=Method(choose(case_of_network(network)).method))) == ()


def test_a_round_and_a_network_say_what_they_need():
    problem = fixed_round(0)
    told = network_of(problem, Method.WEIGHTED)
    assert case_of(problem).pairs == case_of_network(told).pairs == len(told.edges.scores)
    assert not case_of_network(told).limits
    assert not case_of_network(told).several
    first, offer = told.demands[0], told.offers[1]
    limited = (
        replace(told, demands=(replace(first, lower=1), *told.demands[1:])),
        replace(told, offers=(told.offers[0], replace(offer, costs=(1,)), *told.offers[2:])),
        replace(told, caps=(Cap("ward", ("M1",), 1),)),
        replace(told, keeps=(Keep("S2", "M1", 1),)),
    )
    assert all(case_of_network(one).limits for one in limited)
    assert case_of_network(replace(told, demands=(Demand("S0", upper=2), *told.demands[1:]))).several
    assert case_of_network(replace(told, demands=(*told.demands, Demand("S9", "career"), Demand("S9")))).several
    assert isinstance(offer, Offer)


def test_where_all_pairs_score_the_same_the_orders_decide():
    problem = fixed_round(0)
    same = replace(problem, scores=np.where(problem.scores >= 0, 500_000, -1))
    assert choose(case_of(same)).method == Method.STABLE
    assert choose(case_of(problem)).method == Method.WEIGHTED
