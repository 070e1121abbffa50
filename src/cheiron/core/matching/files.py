"""Problems and results as JSON, both ways, exactly.

Scores are decimals of a point with at most six digits; prices and totals of a certificate are whole millionths. A pair
without an edge has no score. Whatever is read is checked: a problem that comes out of ``problem_from_json`` is valid,
and anything else raises ``Invalid`` with the places and what to do.

    {"format": "cheiron-problem", "version": 1, "role": "mentor", "seed": 0,
     "mentees": ["s1"], "mentors": [{"id": "m1", "capacity": 2}], "edges": [["s1", "m1", 0.8123]],
     "forbids": [{"mentee": "s1", "mentor": "m1", "rule": "firewall"}],
     "pins": [{"mentee": "s1", "mentor": "m1", "reason": "", "author": ""}], "method": "weighted"}

A problem that says whom each side would rather have writes both places behind each score:
``["s1", "m1", 0.8123, 1, 3]`` is the first mentor of the mentee, and the third mentee of the mentor.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cheiron.core.matching.arithmetic import MILLION
from cheiron.core.matching.fields import are_places, forbid, forbids_told, is_points, points, versions
from cheiron.core.matching.problem import (
    HIGHEST_SCORE,
    NO_EDGE,
    ROUND_METHODS,
    Mentor,
    Method,
    Orders,
    Pin,
    Problem,
    positions,
)
from cheiron.core.matching.reading import Place, opened
from cheiron.core.matching.result import Certificate, Pair, PairState, Result, Stability, Unmatched, UnmatchedKind
from cheiron.core.matching.validation import refuse_invalid
from cheiron.core.text import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROBLEM_FORMAT = "cheiron-problem"
RESULT_FORMAT = "cheiron-result"
VERSION = 1


def problem_to_json(problem: Problem) -> dict[str, object]:
    """The problem as values for ``json.dumps``; assumes a valid one."""
    return {
        "format": PROBLEM_FORMAT,
        "version": VERSION,
        "role": problem.role,
        "seed": problem.seed,
        "mentees": list(problem.mentees),
        "mentors": [{"id": mentor.id, "capacity": mentor.capacity} for mentor in problem.mentors],
        "edges": _edges(problem),
        "forbids": forbids_told(problem.forbids),
        "pins": [
            {"mentee": pin.mentee, "mentor": pin.mentor, "reason": pin.reason, "author": pin.author}
            for pin in problem.pins
        ],
        "method": str(problem.method),
    }


def _edges(problem: Problem) -> list[list[object]]:
    import numpy as np

    rows, columns = np.nonzero(problem.scores >= 0)
    points = (problem.scores[rows, columns] / MILLION).tolist()
    mentees, mentors = problem.mentees, [mentor.id for mentor in problem.mentors]
    both = (problem.orders.of_mentees, problem.orders.of_mentors) if problem.orders else ()
    values = zip(rows.tolist(), columns.tolist(), points, *(one[rows, columns].tolist() for one in both), strict=True)
    return [[mentees[row], mentors[column], *told] for row, column, *told in values]


def problem_from_json(obj: object) -> Problem:
    """A valid problem from what ``json.loads`` returned. Raises ``Invalid``."""
    needed = ("mentees", "mentors", "edges", "forbids", "pins", "seed")
    fields = opened(obj, PROBLEM_FORMAT, VERSION, needed, ("role", "method"))
    mentees = tuple(item.text() for item in fields["mentees"].items())
    mentors = tuple(_mentor(item) for item in fields["mentors"].items())
    forbids = tuple(forbid(item) for item in fields["forbids"].items())
    pins = tuple(_pin(item) for item in fields["pins"].items())
    seed, role = fields["seed"].whole(), fields["role"].text() if "role" in fields else "mentor"
    method = _method(fields)
    fields["edges"].complaints.refuse()
    scores, orders = _scores(fields["edges"], mentees, tuple(mentor.id for mentor in mentors))
    fields["edges"].complaints.refuse()
    if orders is None and not (scores >= 0).any():
        orders = Orders(scores, scores)  # nobody is to be compared, so there is nothing to put in order
    problem = Problem(mentees, mentors, scores, forbids, pins, seed, role, method, orders)
    refuse_invalid(problem)
    return problem


def _method(fields: Mapping[str, Place]) -> Method:
    """The method of a file; the optimum where the file says nothing."""
    return fields["method"].one_of(Method, ROUND_METHODS, Method.WEIGHTED) if "method" in fields else Method.WEIGHTED


def _mentor(place: Place) -> Mentor:
    fields = place.fields(("id", "capacity"))
    return Mentor(fields["id"].text(), fields["capacity"].whole()) if fields else Mentor("", 0)


def _pin(place: Place) -> Pin:
    fields = place.fields(("mentee", "mentor"), ("reason", "author"))
    return Pin(**{name: field.text() for name, field in fields.items()}) if fields else Pin("", "")


def _scores(
    place: Place, mentees: tuple[str, ...], mentors: tuple[str, ...]
) -> "tuple[NDArray[np.int32], Orders | None]":
    """Edges as matrices. There may be hundreds of thousands, so they are read without a ``Place`` each."""
    import numpy as np

    edges = place.values()
    row_of, column_of = positions(mentees), positions(mentors)
    _complain_of_edges(place, edges, row_of, column_of)
    place.complaints.refuse()
    rows = [row_of[edge[0]] for edge in edges]
    columns = [column_of[edge[1]] for edge in edges]
    scores = np.full((len(mentees), len(mentors)), NO_EDGE, dtype=np.int32)
    scores[rows, columns] = [round(edge[2] * MILLION) for edge in edges]
    if int((scores >= 0).sum()) < len(edges):
        place.complain(say("a pair has more than one score."), say("Keep one edge for each pair."))
    if not edges or len(edges[0]) == len(_SCORED):
        return scores, None
    places = np.zeros((2, *scores.shape), dtype=np.int32)
    places[:, rows, columns] = np.array([edge[len(_SCORED) :] for edge in edges], dtype=np.int32).T
    return scores, Orders(places[0], places[1])


_SCORED = ("mentee", "mentor", "score")
_ORDERED = (*_SCORED, "place in the mentee's order", "place in the mentor's order")


def _complain_of_edges(
    place: Place, edges: list[object], row_of: Mapping[str, int], column_of: Mapping[str, int]
) -> None:
    width = len(edges[0]) if edges and isinstance(edges[0], list) else 0
    if width not in (len(_SCORED), len(_ORDERED)):
        width = len(_SCORED)
    for number, edge in enumerate(edges):
        if not _is_edge(edge, width, row_of, column_of):
            place.complaints.add(
                f"{place.path}[{number}]",
                say("this is not a mentee of this file, a mentor of this file and a score."),
                say(
                    "Write [mentee, mentor, score] with a score from 0 to 1 of at most six decimals; "
                    "in all edges or in none, add the places in both orders, from 1."
                ),
            )


def _is_edge(edge: object, width: int, row_of: Mapping[str, int], column_of: Mapping[str, int]) -> bool:
    if not isinstance(edge, list) or len(edge) != width:
        return False
    mentee, mentor, score, *places = edge
    known = isinstance(mentee, str) and isinstance(mentor, str) and mentee in row_of and mentor in column_of
    return known and is_points(score, HIGHEST_SCORE) and are_places(places)


def result_to_json(result: Result) -> dict[str, object]:
    """The result as values for ``json.dumps``."""
    certificate = result.certificate
    return {
        "format": RESULT_FORMAT,
        "version": VERSION,
        "method": str(result.method),
        "seed": result.seed,
        "problem_hash": result.problem_hash,
        "result_hash": result.result_hash,
        "versions": dict(result.versions),
        "pairs": [
            {"mentee": pair.mentee, "mentor": pair.mentor, "score": pair.score / MILLION, "state": str(pair.state)}
            for pair in result.pairs
        ],
        "unmatched": [
            {
                "mentee": one.mentee,
                "kind": str(one.kind),
                "open_mentors": one.open_mentors,
                "seats": one.seats,
                "competitors": one.competitors,
            }
            for one in result.unmatched
        ],
        "certificate": {"placed": certificate.placed, "total": certificate.total, **_proof(certificate)},
    }


def _proof(certificate: Certificate) -> dict[str, object]:
    stability = certificate.stability
    if certificate.stages:
        return {"aims": [{"mentees": list(ours), "mentors": list(theirs)} for ours, theirs in certificate.stages]}
    if stability is None:
        return {
            "mentee_prices": [list(entry) for entry in certificate.mentee_prices],
            "mentor_prices": [list(entry) for entry in certificate.mentor_prices],
        }
    return {
        "standings": [list(entry) for entry in stability.standings],
        "mentee_ties": stability.mentee_ties,
        "mentor_ties": stability.mentor_ties,
    }


def result_from_json(obj: object) -> Result:
    """A result from what ``json.loads`` returned; whether it is true is for ``verify`` to say. Raises ``Invalid``."""
    needed = ("seed", "problem_hash", "result_hash", "versions", "pairs", "unmatched", "certificate")
    fields = opened(obj, RESULT_FORMAT, VERSION, needed, ("method",))
    method = _method(fields)
    result = Result(
        pairs=tuple(_pair(item) for item in fields["pairs"].items()),
        unmatched=tuple(_unmatched(item) for item in fields["unmatched"].items()),
        certificate=_certificate(fields["certificate"], method),
        seed=fields["seed"].whole(),
        problem_hash=fields["problem_hash"].text(),
        versions=versions(fields["versions"]),
        result_hash=fields["result_hash"].text(),
        method=method,
    )
    fields["pairs"].complaints.refuse()
    return result


def _pair(place: Place) -> Pair:
    fields = place.fields(("mentee", "mentor", "score", "state"))
    if not fields:
        return Pair("", "", 0, PairState.PLACED)
    state = fields["state"].one_of(PairState, PairState, PairState.PLACED)
    return Pair(fields["mentee"].text(), fields["mentor"].text(), points(fields["score"], HIGHEST_SCORE), state)


def _unmatched(place: Place) -> Unmatched:
    fields = place.fields(("mentee", "kind", "open_mentors", "seats", "competitors"))
    if not fields:
        return Unmatched("", UnmatchedKind.NO_ONE_ELIGIBLE)
    kind = fields["kind"].one_of(UnmatchedKind, UnmatchedKind, UnmatchedKind.NO_ONE_ELIGIBLE)
    counts = [fields[name].whole() for name in ("open_mentors", "seats", "competitors")]
    return Unmatched(fields["mentee"].text(), kind, *counts)


def _certificate(place: Place, method: Method) -> Certificate:
    if method.fair:
        return _fair_certificate(place)
    if method.stable:
        return _stable_certificate(place)
    fields = place.fields(("placed", "total", "mentee_prices", "mentor_prices"))
    if not fields:
        return Certificate(0, 0, (), ())
    prices = [tuple(_price(item) for item in fields[name].items()) for name in ("mentee_prices", "mentor_prices")]
    return Certificate(fields["placed"].whole(), fields["total"].whole(), prices[0], prices[1])


def _stable_certificate(place: Place) -> Certificate:
    fields = place.fields(("placed", "total", "standings", "mentee_ties", "mentor_ties"))
    if not fields:
        return Certificate(0, 0, (), ())
    standings = tuple(_standing(item) for item in fields["standings"].items())
    stability = Stability(standings, fields["mentee_ties"].whole(), fields["mentor_ties"].whole())
    return Certificate(fields["placed"].whole(), fields["total"].whole(), (), (), stability)


def _fair_certificate(place: Place) -> Certificate:
    fields = place.fields(("placed", "total", "aims"))
    if not fields:
        return Certificate(0, 0, (), ())
    stages = tuple(_aim(item) for item in fields["aims"].items())
    return Certificate(fields["placed"].whole(), fields["total"].whole(), (), (), stages=stages)


def _aim(place: Place) -> tuple[tuple[int, ...], tuple[int, ...]]:
    fields = place.fields(("mentees", "mentors"))
    if not fields:
        return (), ()
    mentees, mentors = (tuple(item.whole() for item in fields[name].items()) for name in ("mentees", "mentors"))
    return mentees, mentors


def _standing(place: Place) -> tuple[str, int, int]:
    items = place.items()
    if len(items) == 3:
        return items[0].text(), items[1].whole(), items[2].whole()
    place.complain(say("an id and two places are needed here."), say("Write [id, place, place]."))
    return "", 0, 0


def _price(place: Place) -> tuple[str, int]:
    items = place.items()
    if len(items) == 2:
        return items[0].text(), items[1].whole()
    place.complain(say("an id and a price are needed here."), say("Write [id, price]."))
    return "", 0
