"""What each method would do to this very round, side by side: who pays for which choice."""

from dataclasses import dataclass
from datetime import date, datetime

from cheiron.core.access import Actor, Permission
from cheiron.core.matching.problem import ROUND_METHODS, Method
from cheiron.core.matching.report import Report, report
from cheiron.core.matching.solve import solve
from cheiron.models.matching import Round
from cheiron.queries.kept import kept
from cheiron.queries.matching import Field, field_of, problem_of, refuse_too_large, reweighed, round_for


@dataclass(frozen=True)
class Offer:
    """One method and what it would do. ``moved`` counts mentees who would have another mentor than by the first."""

    method: Method
    report: Report
    moved: int


@dataclass(frozen=True)
class Trade:
    """A round and all methods; nothing of it is kept."""

    round: Round
    offers: tuple[Offer, ...]


def trade_for(actor: Actor, round_id: str, now: datetime) -> Trade:
    """The round solved by every method, with its weights and locks as they are."""
    round = round_for(actor, round_id, Permission.ROUND_EDIT)
    return Trade(round, _offers(round, round.program.today(now)))


@kept(most=16)
def _offers(round: Round, today: date) -> tuple[Offer, ...]:
    people = field_of(round, today)
    return offers_of(round, people) if people.mentees else ()


def offers_of(round: Round, people: Field) -> tuple[Offer, ...]:
    """Every method on the same problem, its orders included, so that each is counted by the same measure."""
    refuse_too_large(people)
    given = problem_of(round, people)
    results = {one: solve(reweighed(given, people, round.weights, one)) for one in ROUND_METHODS}
    measure = reweighed(given, people, round.weights, Method.STABLE)
    first = {pair.mentee: pair.mentor for pair in results[Method.WEIGHTED].pairs}
    offers = []
    for method, result in results.items():
        own = {pair.mentee: pair.mentor for pair in result.pairs}
        moved = sum(own.get(one) != first.get(one) for one in people.mentees)
        offers.append(Offer(method, report(measure, result), moved))
    return tuple(offers)
