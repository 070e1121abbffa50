"""Networks and their results as JSON, both ways, exactly; scores, costs and bonuses as points of at most six decimals.

    {"format": "cheiron-network", "version": 1, "seed": 0, "method": "weighted",
     "demands": [{"mentee": "s1", "role": "research", "upper": 2, "lower": 0}],
     "mentors": [{"id": "m1", "capacity": 3, "lower": 1, "costs": [0, 0, 0.1], "per_role": {"research": 2}}],
     "edges": {"research": [["s1", "m1", 0.8123]]},
     "caps": [{"name": "ward", "mentors": ["m1"], "upper": 5, "lower": 0}],
     "keeps": [{"mentee": "s1", "mentor": "m1", "role": "research", "bonus": 0.05}],
     "forbids": [{"mentee": "s1", "mentor": "m2", "rule": "firewall"}], "pins": []}

Whatever is read is checked: what comes out of ``network_from_json`` is valid, anything else raises ``Invalid``.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from cheiron.core.matching.arithmetic import MILLION
from cheiron.core.matching.fields import are_places, forbid, forbids_told, is_points, points, versions
from cheiron.core.matching.network.problem import MENTOR, Cap, Demand, Keep, Network, Offer, Settled, Tie, network
from cheiron.core.matching.network.result import (
    NetworkCertificate,
    NetworkResult,
    Open,
    OpenKind,
    Placed,
    Prices,
)
from cheiron.core.matching.network.validation import HIGHEST_BONUS, HIGHEST_COST, METHODS, refuse_invalid
from cheiron.core.matching.problem import HIGHEST_SCORE, Method
from cheiron.core.matching.reading import Place, opened
from cheiron.core.matching.result import PairState
from cheiron.core.text import say

NETWORK_FORMAT = "cheiron-network"
NETWORK_RESULT_FORMAT = "cheiron-network-result"
VERSION = 1

# ---------- the network ----------


def network_to_json(problem: Network) -> dict[str, object]:
    """The network as values for ``json.dumps``; assumes a valid one."""
    return {
        "format": NETWORK_FORMAT,
        "version": VERSION,
        "seed": problem.seed,
        "method": str(problem.method),
        "demands": [
            {"mentee": one.mentee, "role": one.role, "upper": one.upper, "lower": one.lower} for one in problem.demands
        ],
        "mentors": [_offer_told(offer) for offer in problem.offers],
        "edges": _edges_told(problem),
        "forbids": forbids_told(problem.forbids),
        "pins": [
            {"mentee": one.mentee, "mentor": one.mentor, "role": one.role, "reason": one.reason, "author": one.author}
            for one in problem.pins
        ],
        "keeps": [
            {"mentee": one.mentee, "mentor": one.mentor, "role": one.role, "bonus": one.bonus / MILLION}
            for one in problem.keeps
        ],
        "caps": [
            {"name": one.name, "mentors": list(one.mentors), "upper": one.upper, "lower": one.lower}
            for one in problem.caps
        ],
    }


def _offer_told(offer: Offer) -> dict[str, object]:
    costs = [cost / MILLION for cost in offer.costs]
    per_role = dict(offer.per_role)
    return {"id": offer.id, "capacity": offer.capacity, "lower": offer.lower, "costs": costs, "per_role": per_role}


def _edges_told(problem: Network) -> dict[str, list[list[object]]]:
    by_role: dict[str, list[list[object]]] = {}
    for mentee, mentor, role, score, ours, theirs in problem.ties():
        places = [ours, theirs] if problem.places else []
        by_role.setdefault(role, []).append([mentee, mentor, score / MILLION, *places])
    return by_role


def network_from_json(obj: object) -> Network:
    """A valid network from what ``json.loads`` returned. Raises ``Invalid``."""
    needed = ("demands", "mentors", "edges", "seed")
    fields = opened(obj, NETWORK_FORMAT, VERSION, needed, ("method", "forbids", "pins", "keeps", "caps"))
    demands = [_demand(item) for item in fields["demands"].items()]
    offers = [_offer(item) for item in fields["mentors"].items()]
    others = {
        "forbids": [forbid(item) for item in _items(fields, "forbids")],
        "pins": [_pin(item) for item in _items(fields, "pins")],
        "keeps": [_keep(item) for item in _items(fields, "keeps")],
        "caps": [_cap(item) for item in _items(fields, "caps")],
    }
    seed = fields["seed"].whole()
    method = fields["method"].one_of(Method, METHODS, Method.WEIGHTED) if "method" in fields else Method.WEIGHTED
    fields["edges"].complaints.refuse()
    ties = _ties(fields["edges"], demands, offers)
    fields["edges"].complaints.refuse()
    made = network(demands, offers, ties, seed=seed, method=method, **others)  # type: ignore[arg-type]
    refuse_invalid(made)
    return made


def _items(fields: Mapping[str, Place], name: str) -> list[Place]:
    return fields[name].items() if name in fields else []


def _demand(place: Place) -> Demand:
    fields = place.fields(("mentee",), ("role", "upper", "lower"))
    if not fields:
        return Demand("")
    numbers = {name: fields[name].whole() for name in ("upper", "lower") if name in fields}
    return Demand(fields["mentee"].text(), _role(fields), **numbers)


def _role(fields: Mapping[str, Place]) -> str:
    return fields["role"].text() if "role" in fields else MENTOR


def _offer(place: Place) -> Offer:
    fields = place.fields(("id", "capacity"), ("lower", "costs", "per_role"))
    if not fields:
        return Offer("", 0)
    lower = fields["lower"].whole() if "lower" in fields else 0
    costs = tuple(points(item, HIGHEST_COST) for item in _items(fields, "costs"))
    per_role = _limits(fields["per_role"]) if "per_role" in fields else ()
    return Offer(fields["id"].text(), fields["capacity"].whole(), lower, costs, per_role)


def _limits(place: Place) -> tuple[tuple[str, int], ...]:
    """Role and number."""
    return tuple((role, one.whole()) for role, one in place.named())


def _pin(place: Place) -> Settled:
    fields = place.fields(("mentee", "mentor"), ("role", "reason", "author"))
    if not fields:
        return Settled("", "")
    words = {name: fields[name].text() for name in ("reason", "author") if name in fields}
    return Settled(fields["mentee"].text(), fields["mentor"].text(), _role(fields), **words)


def _keep(place: Place) -> Keep:
    fields = place.fields(("mentee", "mentor", "bonus"), ("role",))
    if not fields:
        return Keep("", "", 0)
    bonus = points(fields["bonus"], HIGHEST_BONUS)
    return Keep(fields["mentee"].text(), fields["mentor"].text(), bonus, _role(fields))


def _cap(place: Place) -> Cap:
    fields = place.fields(("name", "mentors", "upper"), ("lower",))
    if not fields:
        return Cap("", (), 0)
    lower = fields["lower"].whole() if "lower" in fields else 0
    mentors = tuple(item.text() for item in fields["mentors"].items())
    return Cap(fields["name"].text(), mentors, fields["upper"].whole(), lower)


def _ties(place: Place, demands: Sequence[Demand], offers: Sequence[Offer]) -> list[Tie]:
    """The edges of all roles. There may be very many, so they are read without a ``Place`` each."""
    if not isinstance(place.value, dict):
        place.complain(say("an object is needed here."), say('Write the edges by role: {"mentor": [...]}.'))
        return []
    sought = {(one.mentee, one.role) for one in demands}
    mentors = {offer.id for offer in offers}
    ties: list[Tie] = []
    widths: set[int] = set()
    for role, edges in place.value.items():
        for number, edge in enumerate(Place(edges, f"{place.path}.{role}", place.complaints).values()):
            if _is_edge(edge, role, sought, mentors):
                widths.add(len(edge))
                ties.append((edge[0], edge[1], role, round(edge[2] * MILLION), *(edge[3:] or (0, 0))))
            else:
                _complain_of_edge(place, f"{place.path}.{role}[{number}]")
    if len(widths) > 1:
        place.complain(say("some edges have places and some have none."), say("Give places to all edges, or to none."))
    for (mentee, mentor, role), count in Counter(tie[:3] for tie in ties).items():
        if count > 1:
            place.complain(
                say(
                    "“%(mentee)s” and “%(mentor)s” have more than one score in one role.", mentee=mentee, mentor=mentor
                ),
                say("Keep one edge for each pair in “%(role)s”.", role=role),
            )
    return ties


def _complain_of_edge(place: Place, path: str) -> None:
    place.complaints.add(
        path,
        say("this is not a mentee who seeks this role, a mentor of this file and a score."),
        say("Write [mentee, mentor, score] with a score from 0 to 1; in all edges or in none, both places from 1."),
    )


def _is_edge(edge: object, role: str, sought: set[tuple[str, str]], mentors: set[str]) -> bool:
    if not isinstance(edge, list) or len(edge) not in (3, 5):
        return False
    mentee, mentor, score, *places = edge
    known = isinstance(mentee, str) and isinstance(mentor, str) and (mentee, role) in sought and mentor in mentors
    return known and is_points(score, HIGHEST_SCORE) and are_places(places)


# ---------- the result ----------


def network_result_to_json(result: NetworkResult) -> dict[str, object]:
    """The result as values for ``json.dumps``."""
    return {
        "format": NETWORK_RESULT_FORMAT,
        "version": VERSION,
        "method": str(result.method),
        "seed": result.seed,
        "problem_hash": result.problem_hash,
        "result_hash": result.result_hash,
        "versions": dict(result.versions),
        "pairs": [
            {
                "mentee": one.mentee,
                "role": one.role,
                "mentor": one.mentor,
                "score": one.score / MILLION,
                "state": str(one.state),
            }
            for one in result.pairs
        ],
        "open": [
            {
                "mentee": one.mentee,
                "role": one.role,
                "got": one.got,
                "sought": one.sought,
                "kind": str(one.kind),
                "mentors": one.mentors,
                "seats": one.seats,
            }
            for one in result.open
        ],
        "certificate": _proof_told(result.certificate),
    }


def _proof_told(proof: NetworkCertificate) -> dict[str, object]:
    told: dict[str, object] = {"placed": proof.placed, "total": proof.total, "value": proof.value}
    if proof.prices is None or proof.bound is None:
        return told
    prices = proof.prices
    numbers: dict[str, object] = {
        "demands": list(prices.demands),
        "offers": list(prices.offers),
        "caps": list(prices.caps),
        "rooms": [list(one) for one in prices.rooms],
    }
    return {**told, "bound": proof.bound, "prices": {**numbers, "pairs": [list(one) for one in prices.pairs]}}


def network_result_from_json(obj: object) -> NetworkResult:
    """A result from ``json.loads``; whether it is true is for ``verify_network`` to say. Raises ``Invalid``."""
    needed = ("method", "seed", "problem_hash", "result_hash", "versions", "pairs", "open", "certificate")
    fields = opened(obj, NETWORK_RESULT_FORMAT, VERSION, needed)
    result = NetworkResult(
        pairs=tuple(_placed(item) for item in fields["pairs"].items()),
        open=tuple(_open(item) for item in fields["open"].items()),
        certificate=_proof(fields["certificate"]),
        seed=fields["seed"].whole(),
        problem_hash=fields["problem_hash"].text(),
        versions=versions(fields["versions"]),
        method=fields["method"].one_of(Method, METHODS, Method.WEIGHTED),
        result_hash=fields["result_hash"].text(),
    )
    fields["pairs"].complaints.refuse()
    return result


def _placed(place: Place) -> Placed:
    fields = place.fields(("mentee", "role", "mentor", "score", "state"))
    if not fields:
        return Placed("", "", "", 0, PairState.PLACED)
    mentee, role, mentor = (fields[name].text() for name in ("mentee", "role", "mentor"))
    state = fields["state"].one_of(PairState, PairState, PairState.PLACED)
    return Placed(mentee, role, mentor, points(fields["score"], HIGHEST_SCORE), state)


def _open(place: Place) -> Open:
    fields = place.fields(("mentee", "role", "got", "sought", "kind", "mentors", "seats"))
    if not fields:
        return Open("", "", 0, 0, OpenKind.TAKEN)
    kind = fields["kind"].one_of(OpenKind, OpenKind, OpenKind.TAKEN)
    counts = {name: fields[name].whole() for name in ("got", "sought", "mentors", "seats")}
    return Open(fields["mentee"].text(), fields["role"].text(), kind=kind, **counts)


def _proof(place: Place) -> NetworkCertificate:
    fields = place.fields(("placed", "total", "value"), ("bound", "prices"))
    if not fields:
        return NetworkCertificate(0, 0, 0)
    placed, total, value = (_large(fields[name]) for name in ("placed", "total", "value"))
    bound = _large(fields["bound"]) if "bound" in fields else None
    return NetworkCertificate(placed, total, value, bound, _prices(fields["prices"]) if "prices" in fields else None)


def _large(place: Place) -> int:
    """A whole number; sums over many people may need more than 64 bits."""
    if type(place.value) is int and abs(place.value) < 2**100:
        return place.value
    place.complain(say("a whole number is needed here."), say("Write digits only."))
    return 0


def _prices(place: Place) -> Prices:
    fields = place.fields(("demands", "pairs", "offers", "caps", "rooms"))
    if not fields:
        return Prices((), (), (), ())
    demands, offers, caps = (
        tuple(item.whole() for item in fields[name].items()) for name in ("demands", "offers", "caps")
    )
    pairs, rooms = (tuple(_named_price(item) for item in fields[name].items()) for name in ("pairs", "rooms"))
    return Prices(demands, pairs, offers, caps, rooms)


def _named_price(place: Place) -> tuple[str, str, int]:
    items = place.items()
    if len(items) == 3:
        return items[0].text(), items[1].text(), items[2].whole()
    place.complain(say("two names and a price are needed here."), say("Write [name, name, price]."))
    return "", "", 0
