"""What other weights, or another method, would do to a round: solved and shown, and nothing of it kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict
from cheiron.core.matching.problem import ROUND_METHODS, Method
from cheiron.core.matching.result import Result
from cheiron.core.matching.solve import solve_near
from cheiron.core.text import say
from cheiron.models.matching import Round
from cheiron.queries.matching import reweighed
from cheiron.queries.studio import Studio, studio_for


@dataclass(frozen=True)
class Move:
    """One mentee who would get another mentor; an empty name is nobody."""

    name: str
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Effect:
    """What would change against the last run."""

    round: Round
    turned: tuple[tuple[str, int, int], ...]
    """Parts of the fit that would weigh more or less: key, before, after."""
    method: str
    moves: tuple[Move, ...]
    gained: int
    """Mentees who would get a mentor whom they wish for more than the present one."""
    lost: int
    """Those who would get one whom they wish for less."""

    @property
    def nothing_turned(self) -> bool:
        """Whether everything stands as in the round."""
        return not self.turned and self.method == self.round.method

    @property
    def placed(self) -> int:
        """Who has nobody now and would get somebody."""
        return sum(not move.before for move in self.moves)

    @property
    def unmatched(self) -> int:
        """Who would get nobody any more."""
        return sum(not move.after for move in self.moves)


def effect_for(actor: Actor, round_id: str, weights: Mapping[str, int], method: str, now: datetime) -> Effect:
    """The round solved once more with these weights, moving as few as possible."""
    studio = studio_for(actor, round_id, now)
    actor.require(Permission.ROUND_EDIT, studio.round.program.scope)
    if studio.result is None or studio.published:
        raise Conflict(say("There is no draft here that could change."))
    chosen = weights_of(studio.round, weights)
    method = method if method in {str(known) for known in ROUND_METHODS} else studio.round.method
    after = solve_near(reweighed(studio.problem, studio.people, chosen, Method(method)), studio.result)
    return _effect(studio, chosen, method, after)


def weights_of(round: Round, given: Mapping[str, int]) -> dict[str, int]:
    """The round's weights with those that were moved, each from 0 to 100."""
    return {key: min(max(int(given.get(key, weight)), 0), 100) for key, weight in round.weights.items()}


def _effect(studio: Studio, weights: Mapping[str, int], method: str, result: Result) -> Effect:
    before = {pair.mentee: pair.mentor for pair in studio.pair_of.values()}
    after = {pair.mentee: pair.mentor for pair in result.pairs}
    moved = [one for one in studio.people.mentees if before.get(one, "") != after.get(one, "")]
    steps = [_rank(studio, one, after.get(one)) - _rank(studio, one, before.get(one)) for one in moved]
    turned = ((key, was, weights[key]) for key, was in studio.round.weights.items() if weights[key] != was)
    return Effect(
        round=studio.round,
        turned=tuple(turned),
        method=method,
        moves=tuple(_move(studio, one, before.get(one), after.get(one)) for one in moved),
        gained=sum(step < 0 for step in steps),
        lost=sum(step > 0 for step in steps),
    )


def _rank(studio: Studio, mentee: str, mentor: str | None) -> int:
    """The place among the wishes; behind all of them where it is none."""
    wishes = studio.people.wishes.get(mentee, ())
    return wishes.index(mentor) if mentor in wishes else len(wishes)


def _move(studio: Studio, mentee: str, before: str | None, after: str | None) -> Move:
    one, names = studio.people.mentees[mentee], studio.people.mentors
    return Move(one.name, one.title, *(names[key].name if key in names else "" for key in (before, after)))
