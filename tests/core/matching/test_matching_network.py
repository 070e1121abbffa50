"""Networks: every answer against all choices there are, every certificate against tampering."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cheiron.core.errors import Invalid
from cheiron.core.matching.network.circulation import Arcs, best_flow, potentials
from cheiron.core.matching.network.conflict import Kind, conflict, relaxations, shortfall
from cheiron.core.matching.network.problem import (
    Cap,
    Demand,
    Keep,
    Offer,
    Settled,
    network,
    network_hash,
    network_of,
)
from cheiron.core.matching.network.result import OpenKind, sealed
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.swaps import _blocks, _Standing
from cheiron.core.matching.network.validation import validate
from cheiron.core.matching.network.verify import verify_network
from cheiron.core.matching.problem import Method
from cheiron.core.matching.solve import solve
from tests.core.matching.networks import by, choices, chosen, keeps_limits, networks, standing
from tests.core.matching.orders import rounds_with_orders

EXAMPLES = settings(deadline=None, max_examples=300)


@EXAMPLES
@given(networks())
def test_weighted_is_the_best_of_all_choices_or_says_that_there_is_none(problem):
    assume(not validate(problem))
    best = max((standing(problem, choice) for choice in choices(problem)), default=None)
    if best is None:
        with pytest.raises(Invalid, match="lower quotas"):
            solve_network(problem)
        return
    result = solve_network(problem)
    assert verify_network(problem, result) == ()
    assert standing(problem, chosen(result.pairs)) == best
    assert keeps_limits(problem, chosen(result.pairs))


@EXAMPLES
@given(networks())
def test_a_conflict_is_irreducible_and_each_relaxation_is_the_smallest_that_helps(problem):
    assume(not validate(problem))
    claims = conflict(problem)
    assert bool(claims) == (not any(True for _ in choices(problem)))
    assert bool(claims) == bool(shortfall(problem))
    for claim in claims:
        rest = [other for other in claims if other != claim]
        assert any(True for _ in choices(_with_only(problem, rest)))
    assert not claims or not any(True for _ in choices(_with_only(problem, claims)))
    for relaxation in relaxations(problem, claims):
        assert any(True for _ in choices(_relaxed(problem, relaxation.claim, relaxation.by)))
        assert relaxation.by == 1 or not any(
            True for _ in choices(_relaxed(problem, relaxation.claim, relaxation.by - 1))
        )


def test_a_conflict_of_many_names_some_and_says_how_much_is_too_much():
    crowd = network([Demand(f"s{at:02}", lower=1) for at in range(20)], [Offer("m", 3)], [
        (f"s{at:02}", "m", "mentor", 5, 0, 0) for at in range(20)
    ])  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        solve_network(replace(crowd, caps=(Cap("ward", ("m",), 3),)))
    (issue,) = refusal.value.issues
    assert str(issue.problem).count("needs a mentor") == 4
    assert "In all, 17 less must be asked for" in str(issue.remedy)
    with pytest.raises(Invalid) as refusal:
        solve_network(crowd)
    assert "Open 17 seats more at “m”." in str(refusal.value.issues[0].remedy)
    assert shortfall(crowd) == 17


def _with_only(problem, claims):
    def lowers(kind, many):
        asked = {claim.at for claim in claims if claim.kind is kind}
        return tuple(one if at in asked else replace(one, lower=0) for at, one in enumerate(many))

    pins = {claim.at for claim in claims if claim.kind is Kind.PIN}
    return replace(
        problem,
        demands=lowers(Kind.DEMAND, problem.demands),
        offers=lowers(Kind.OFFER, problem.offers),
        caps=lowers(Kind.CAP, problem.caps),
        pins=tuple(pin for at, pin in enumerate(problem.pins) if at in pins),
    )


def _relaxed(problem, claim, by):
    change = {
        Kind.DEMAND: ("demands", "lower", -by),
        Kind.OFFER: ("offers", "lower", -by),
        Kind.CAP: ("caps", "lower", -by),
        Kind.SEATS: ("offers", "capacity", by),
        Kind.SHARED: ("caps", "upper", by),
        Kind.SOUGHT: ("demands", "upper", by),
    }
    if claim.kind is Kind.PIN:
        return replace(problem, pins=tuple(pin for at, pin in enumerate(problem.pins) if at != claim.at))
    side, field, more = change[claim.kind]
    many = list(getattr(problem, side))
    many[claim.at] = replace(many[claim.at], **{field: getattr(many[claim.at], field) + more})
    return replace(problem, **{side: tuple(many)})


def is_stable(problem, choice):
    """Nobody and nobody else would both rather have each other: counted from the definition, on names."""
    from cheiron.core.matching.network.result import NetworkCertificate, NetworkResult, Placed
    from cheiron.core.matching.result import PairState

    pins = {(pin.mentee, pin.mentor, pin.role) for pin in problem.pins}
    pairs = tuple(
        Placed(mentee, role, mentor, 0, PairState.LOCKED if (mentee, mentor, role) in pins else PairState.PLACED)
        for mentee, mentor, role in sorted(choice)
    )
    told = NetworkResult(pairs, (), NetworkCertificate(0, 0, 0), problem.seed, "", (), problem.method)
    return not any(_blocks(_Standing(problem, told)))


@EXAMPLES
@given(networks(limits=False), st.sampled_from((Method.STABLE, Method.STABLE_MENTOR)))
def test_a_stable_choice_with_several_mentors_is_one_of_all_stable_choices_and_best_for_its_side(problem, method):
    problem = by(problem, method)
    assume(not validate(problem))
    result = solve_network(problem)
    assert verify_network(problem, result) == ()
    found, stable = chosen(result.pairs), [choice for choice in choices(problem) if is_stable(problem, choice)]
    assert found in stable
    side = (lambda pair: (pair[0], pair[2])) if method is Method.STABLE else (lambda pair: pair[1])
    for other in stable:
        for person in {side(pair) for pair in found | other}:
            assert _liked(problem, found, side, person, method) <= _liked(problem, other, side, person, method)


def _liked(problem, choice, side, person, method):
    """The sorted places of whom a person has, the seed between equals; fewer people come after more."""
    from cheiron.core.matching.network.links import links_of
    from cheiron.core.matching.network.solve import strict_places

    links = links_of(problem)
    links = links.at(links.edges >= 0)
    places = strict_places(problem, links)[0 if method is Method.STABLE else 1].tolist()
    names = [
        (problem.demands[row].mentee, problem.offers[column].id, problem.demands[row].role)
        for row, column in zip(links.rows.tolist(), links.columns.tolist(), strict=True)
    ]
    place = dict(zip(names, places, strict=True))
    return [*sorted(place.get(pair, 0) for pair in choice if side(pair) == person), 10**9]


@EXAMPLES
@given(networks(limits=False), st.integers(0, 3))
def test_under_a_supervisor_it_is_a_stable_choice(problem, upper):
    mentors = tuple(offer.id for offer in problem.offers)[:2]
    demands = tuple(replace(demand, upper=1) for demand in problem.demands)
    problem = replace(by(problem, Method.STABLE), demands=demands, caps=(Cap("Professor", mentors, upper),))
    if problem.places is not None:
        same = np.array([1 + row % 3 for row in problem.edges.mentees().tolist()], dtype=np.int32)
        problem = replace(problem, places=replace(problem.places, of_mentors=same))
    assume(not validate(problem))
    result = solve_network(problem)
    assert verify_network(problem, result) == ()


@EXAMPLES
@given(rounds_with_orders(), st.sampled_from((Method.WEIGHTED, Method.AUCTION, Method.STABLE, Method.STABLE_MENTOR)))
def test_a_plain_round_has_the_same_answer_as_a_network(problem, method):
    told = network_of(problem, method)
    if validate(told):
        assert problem.orders is None
        return
    result = solve_network(told)
    assert verify_network(told, result) == ()
    plain = solve(replace(problem, method=Method.WEIGHTED if method is Method.AUCTION else method))
    if method.stable:
        assert [(one.mentee, one.mentor) for one in result.pairs] == [(one.mentee, one.mentor) for one in plain.pairs]
    elif method is Method.WEIGHTED:
        assert (result.certificate.placed, result.certificate.total) == (
            plain.certificate.placed,
            plain.certificate.total,
        )
    else:
        best = plain.certificate
        assert result.certificate.placed == best.placed
        assert result.certificate.total >= best.total * (1 - 1e-4)


@EXAMPLES
@given(networks(), st.randoms())
def test_the_order_of_the_input_changes_nothing(problem, random):
    def shuffled(many):
        many = list(many)
        random.shuffle(many)
        return many

    again = network(
        shuffled(problem.demands),
        shuffled(problem.offers),
        shuffled(problem.ties()),
        forbids=shuffled(problem.forbids),
        pins=shuffled(problem.pins),
        keeps=shuffled(problem.keeps),
        caps=[replace(cap, mentors=tuple(shuffled(cap.mentors))) for cap in shuffled(problem.caps)],
        seed=problem.seed,
    )
    assert network_hash(again) == network_hash(problem)


SMALL = network(
    [Demand("ida", "career"), Demand("ida", "research", 2), Demand("tom", "career", 1, 1)],
    [Offer("brandt", 2, 1, (0, 100_000)), Offer("okafor", 1), Offer("resting", 0)],
    [
        ("ida", "brandt", "career", 900_000, 0, 0),
        ("ida", "brandt", "research", 800_000, 0, 0),
        ("ida", "okafor", "research", 300_000, 0, 0),
        ("tom", "brandt", "career", 200_000, 0, 0),
    ],
    caps=[Cap("ward", ("brandt", "okafor"), 3)],
    keeps=[Keep("ida", "okafor", 100_000, "research")],
    pins=[Settled("tom", "okafor", "career")],
)


def test_a_mentor_serves_one_mentee_in_one_role_and_what_stays_open_is_said():
    result = solve_network(SMALL)
    assert [(one.mentee, one.role, one.mentor) for one in result.pairs] == [
        ("ida", "career", "brandt"),
        ("tom", "career", "okafor"),
    ]
    assert [(one.mentee, one.role, one.got, one.kind) for one in result.open] == [
        ("ida", "research", 0, OpenKind.TAKEN)
    ]


TAMPERED = (
    lambda result: replace(result, pairs=result.pairs[1:]),
    lambda result: replace(result, pairs=(replace(result.pairs[0], mentor="okafor"), *result.pairs[1:])),
    lambda result: replace(result, pairs=(replace(result.pairs[0], score=1_000_000), *result.pairs[1:])),
    lambda result: replace(result, pairs=(replace(result.pairs[0], role="research"), *result.pairs[1:])),
    lambda result: replace(result, open=()),
    lambda result: replace(result, open=(replace(result.open[0], kind=OpenKind.NO_ONE_ELIGIBLE),)),
    lambda result: replace(result, seed=9),
    lambda result: replace(result, method=Method.STABLE),
    lambda result: _proof(result, placed=3),
    lambda result: _proof(result, total=5),
    lambda result: _proof(result, value=result.certificate.value + 1),
    lambda result: _proof(result, bound=result.certificate.bound + 1),
    lambda result: _proof(result, prices=None),
    lambda result: _prices(result, demands=(1, 2)),
    lambda result: _prices(result, offers=(10**15, 0, 0)),
    lambda result: _prices(result, caps=(10**15,)),
)


def _proof(result, **changes):
    return replace(result, certificate=replace(result.certificate, **changes))


def _prices(result, **changes):
    return _proof(result, prices=replace(result.certificate.prices, **changes))


@pytest.mark.parametrize("tampered", TAMPERED)
def test_whatever_is_changed_is_found_even_under_a_new_seal(tampered):
    result = solve_network(SMALL)
    assert verify_network(SMALL, result) == ()
    assert verify_network(SMALL, tampered(result))
    assert verify_network(SMALL, sealed(tampered(result)))


def test_a_bound_that_is_not_reached_is_no_proof_of_the_best():
    result = solve_network(SMALL)
    worse = _prices(result, offers=tuple(price + 7 for price in result.certificate.prices.offers))
    from cheiron.core.matching.network.verify import _bound

    worse = sealed(_proof(worse, bound=_bound(SMALL, worse.certificate.prices)))
    assert worse.certificate.bound > worse.certificate.value
    assert [str(issue.problem) for issue in verify_network(SMALL, worse)] == [
        "The proof fails: some other choice may be worth more."
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2), st.integers(-5, 5)), max_size=8))
def test_the_numbers_at_the_nodes_prove_a_flow_best(arcs):
    tails, heads, upper, gains = (
        (np.array(one, dtype=np.int64) for one in zip(*arcs, strict=True))
        if arcs
        else [np.zeros(0, dtype=np.int64)] * 4
    )
    given_ = Arcs(4, tails, heads, np.zeros_like(upper), upper, gains)
    flows = best_flow(given_)
    assert flows is not None
    numbers = potentials(given_, flows)
    bound = sum(
        max(0, int(g - numbers[h] + numbers[t])) * int(u) for t, h, u, g in zip(tails, heads, upper, gains, strict=True)
    )
    assert bound == int((flows * gains).sum())


def test_a_flow_that_is_not_the_best_has_no_such_numbers():
    arcs = Arcs(2, np.array([0, 1]), np.array([1, 0]), np.array([0, 0]), np.array([1, 1]), np.array([1, 1]))
    with pytest.raises(ArithmeticError, match="not the best"):
        potentials(arcs, np.array([0, 0]))
