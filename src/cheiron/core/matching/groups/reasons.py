"""Why somebody has no group: the first of four reasons that is true, with counts that anybody can make again."""

from cheiron.core.matching.groups.blocks import Block
from cheiron.core.matching.groups.result import Unplaced, UnplacedKind


def reason(block: Block, member: int, name: str) -> Unplaced:
    """For the member in this row of the block."""
    n = len(block.rows)
    open_leaders = [one for one in range(len(block.columns)) if not block.apart[member, n + one]]
    if not open_leaders:
        return Unplaced(name, UnplacedKind.NO_LEADER)
    if block.rule.common_slot and not _can_meet(block, member, open_leaders):
        return Unplaced(name, UnplacedKind.NO_SLOT)
    if block.seats < n:
        return Unplaced(name, UnplacedKind.NO_ROOM, block.seats, n)
    return Unplaced(name, UnplacedKind.TOGETHER)


def _can_meet(block: Block, member: int, leaders: list[int]) -> bool:
    """Whether there is a slot for the member, as many open leaders as a group needs, and enough members with them."""
    n = len(block.rows)
    if not block.slots:
        return False
    free_leaders = block.free[[n + one for one in leaders]].sum(axis=0) >= block.rule.mentors[0]
    beside = [one for one in range(n) if not block.apart[member, one]]
    enough = block.free[beside].sum(axis=0) >= block.rule.size[0]
    return bool((free_leaders & enough & (block.free[member] > 0)).any())
