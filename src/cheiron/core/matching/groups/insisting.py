"""What another leader would cost for somebody: the round solved once more with the two locked together."""

from dataclasses import dataclass, replace

from cheiron.core.errors import Conflict, Invalid, NotFound
from cheiron.core.matching.groups.problem import GroupProblem, Pin
from cheiron.core.matching.groups.result import GroupResult
from cheiron.core.matching.groups.solve import solve_groups
from cheiron.core.text import say


@dataclass(frozen=True)
class Insisted:
    """What insisting would do; ``proved`` where neither result can be bettered, by their bounds."""

    loss: int
    """Value lost, in millionths; negative where the groups would be worth more."""
    moved: int
    """Others who would get other leaders."""
    newly_unplaced: int
    newly_placed: int
    proved: bool


def insist(problem: GroupProblem, result: GroupResult, member: str, leader: str) -> Insisted | None:
    """What it costs to have the member in a group of the leader, or None where that cannot be, or is not found.

    The effort is that of the result. Raises ``NotFound`` for strangers.
    """
    if member not in {one.id for one in problem.members}:
        raise NotFound(say("This member is not in the round."))
    if leader not in {one.id for one in problem.leaders}:
        raise NotFound(say("This leader is not in the round."))
    kept = tuple(pin for pin in problem.pins if pin.member != member)
    try:
        other = solve_groups(replace(problem, pins=(*kept, Pin(member, leader))), result.effort)
    except (Invalid, Conflict):
        return None
    before, after = _led_by(result), _led_by(other)
    both = (set(before) & set(after)) - {member}
    return Insisted(
        loss=result.value - other.value,
        moved=sum(before[one] != after[one] for one in both),
        newly_unplaced=len(set(before) - set(after) - {member}),
        newly_placed=len(set(after) - set(before) - {member}),
        proved=result.best and other.best,
    )


def _led_by(result: GroupResult) -> dict[str, tuple[str, ...]]:
    return {member: group.leaders for group in result.groups for member in group.members}
