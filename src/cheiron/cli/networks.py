"""Networks on the command line: what is claimed of them, and what is told of two people."""

from collections.abc import Iterator
from dataclasses import replace

from cheiron.cli.claims import counted, points
from cheiron.cli.kinds import Kind
from cheiron.core.errors import NotFound
from cheiron.core.matching.network import files
from cheiron.core.matching.network.insist import Insisted, insisted
from cheiron.core.matching.network.problem import Network
from cheiron.core.matching.network.result import NetworkResult, open_text
from cheiron.core.matching.network.solve import solve_network
from cheiron.core.matching.network.validation import METHODS
from cheiron.core.matching.network.verify import verify_network
from cheiron.core.matching.problem import Method
from cheiron.core.matching.result import PairState
from cheiron.core.text import say


def kind() -> Kind:
    """Networks, and plain rounds by auction."""
    return Kind(
        problem_format=files.NETWORK_FORMAT,
        result_format=files.NETWORK_RESULT_FORMAT,
        methods=tuple(str(one) for one in METHODS),
        read_problem=files.network_from_json,
        read_result=files.network_result_from_json,
        result_to_json=files.network_result_to_json,
        asked=lambda problem, method: replace(problem, method=Method(method)),
        solve=solve_network,
        verify=verify_network,
        claims=network_claims,
        told=told,
    )


def network_claims(problem: Network, result: NetworkResult) -> tuple[str, ...]:
    """The claims that ``verify_network`` has checked."""
    sought = counted(sum(demand.upper for demand in problem.demands), "place")
    mentees = counted(len({pair.mentee for pair in result.pairs}), "mentee")
    proof = result.certificate
    return (
        f"{proof.placed} of {sought} that are sought are filled, for {mentees}. {_PROMISES[result.method][0]}",
        f"The scores of the pairs add up to {points(proof.total)} points. {_second(result)}",
        "Every mentee has the numbers that they seek and no mentor twice, every mentor and every cap has theirs, "
        "every lock is kept, and no pair stands against a program rule.",
        "The reason given for each place that stays open was counted again and is true.",
    )


_SWAP = ("Locks aside, no mentee and no mentor who are apart would both rather have each other.", "")
_PROMISES: dict[Method, tuple[str, str]] = {
    Method.WEIGHTED: (
        "No other choice fills a first place for more, nor, with as many of these, more places.",
        "No other choice that fills as many adds up to more, costs and bonuses counted in.",
    ),
    Method.AUCTION: ("", ""),
    Method.STABLE: _SWAP,
    Method.STABLE_MENTOR: _SWAP,
}


def _second(result: NetworkResult) -> str:
    proof = result.certificate
    if result.method is not Method.AUCTION or proof.bound is None:
        return _PROMISES[result.method][1]
    missing = proof.bound - proof.value
    if missing == 0:
        return "No other choice places more, nor adds up to more with as many."
    return f"No other choice is better by more than {missing / 1_000_000:.6f} points, places counted first."


def told(problem: Network, result: NetworkResult, mentee: str, mentor: str) -> Iterator[str]:
    """Everything that can be said of two people. Raises ``NotFound`` for strangers."""
    roles = [demand.role for demand in problem.demands if demand.mentee == mentee]
    if not roles or mentor not in problem.columns:
        raise NotFound(say("One of the two is not in the problem."))
    found = next((one for one in result.pairs if (one.mentee, one.mentor) == (mentee, mentor)), None)
    if found:
        locked = "locked by hand" if found.state is PairState.LOCKED else "placed by the engine"
        yield f"A pair in the role “{found.role}”, with a fit of {points(found.score)}, {locked}."
        return
    yield from (f"Not a pair in the role “{role}”. {_apart(problem, result, mentee, mentor, role)}" for role in roles)


def _apart(problem: Network, result: NetworkResult, mentee: str, mentor: str, role: str) -> str:
    fits = {tie[:3]: tie[3] for tie in problem.ties()}
    fit = fits.get((mentee, mentor, role))
    said = ["The pair was never considered." if fit is None else f"Their fit would be {points(fit)}."]
    still_open = next((one for one in result.open if (one.mentee, one.role) == (mentee, role)), None)
    said += [str(open_text(still_open))] if still_open else []
    cost = insisted(problem, result, mentee, mentor, role) if fit is not None else None
    return " ".join([*said, *([_cost(cost)] if cost else [])])


def _cost(cost: Insisted) -> str:
    more = f"{counted(abs(cost.placed), 'place')} {'more' if cost.placed > 0 else 'fewer'} would be filled. "
    verb = "gain" if cost.loss < 0 else "lose"
    moved = (
        f"{counted(cost.moved, 'other mentee')} would have other mentors." if cost.moved else "Nobody else would move."
    )
    return f"To insist: {more if cost.placed else ''}The total fit would {verb} {points(abs(cost.loss))}. {moved}"
