"""The annealer, compiled: what ``anneal_plain`` defines, counting again only what a move touches.

The same draws in the same order, and so the same choice. A move takes O(n + s^2) for n members of the block and s of
a group, and O(g) more for each of g groups where values are balanced; the memory is O(n).
"""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cheiron.core.matching.compiled import compiled
from cheiron.core.matching.groups.blocks import NONE, Block
from cheiron.core.matching.groups.cooling import (
    LOGS,
    MODULUS,
    MULTIPLIER,
    PARTS,
    STAGES,
    Annealed,
    Choice,
    fault_price,
    schedule,
    start,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


class Terms(NamedTuple):
    """A block as arrays, as there. ``numbers``: sizes from and to, leaders from and to, the highest price, moves."""

    to_leaders: "Whole"
    to_members: "Whole"
    free: "Whole"
    apart: "Whole"
    pinned: "Whole"
    most: "Whole"
    shown: "Whole"
    fine: "Whole"
    even: "Whole"
    spreads: "Whole"
    numbers: "Whole"
    logs: "Whole"
    heats: "Whole"
    prices: "Whole"


GOES, SWAP, SLOT, LEADER, LEADERS = range(5)
"""Kinds of moves. What a move puts in stands last in it; making it once more takes it back."""


class Held(NamedTuple):
    """A choice that is changed in place: group (n,), leaders (g, 2) and slots (g,); and room to count in."""

    group_of: "Whole"
    leaders: "Whole"
    slots: "Whole"
    inside: "Whole"
    counts: "Whole"


def anneal(block: Block, number: int, moves: int) -> Annealed | None:
    """The best choice of ``number`` groups that is met in so many moves, or None where each has a fault.

    ``number`` from 1, and not above ``block.upper``.
    """
    import numpy as np

    _compile()
    first, state = start(block, number)
    terms, held, best = _terms(block, moves), _held(block, first), _held(block, first)
    placed, value = _anneal(terms, held, best, np.array([state]), np.zeros(4, dtype=np.int64))
    if placed == NONE:
        return None
    leaders = tuple((one, other) for one, other in best.leaders.tolist())
    return Annealed(Choice(tuple(best.group_of.tolist()), leaders, tuple(best.slots.tolist())), int(placed), int(value))


def _terms(block: Block, moves: int) -> Terms:
    import numpy as np

    heats, prices = zip(*schedule(block), strict=True)
    numbers = (*block.rule.size, *block.rule.mentors, fault_price(block), moves)
    arrays = (block.to_leaders, block.to_members, block.free, block.apart, block.pinned, block.most)
    values = (block.shown, block.fine, block.even, block.spreads, numbers, LOGS, heats, prices)
    return Terms(*(np.require(one, np.int64, ["C", "W"]) for one in (*arrays, *values)))


def _held(block: Block, choice: Choice) -> Held:
    import numpy as np

    arrays = (choice.group_of, choice.leaders, choice.slots, block.rows, choice.slots)
    return Held(*(np.array(one, dtype=np.int64) for one in arrays))


# ---------- kernels, as Python; `_compile` puts machine code in their place ----------


def _draw(chance: "Whole", sides: int) -> int:
    chance[0] = chance[0] * MULTIPLIER % MODULUS
    return int(chance[0] % sides)


def _anneal(terms: Terms, held: Held, best: Held, chance: "Whole", step: "Whole") -> tuple[int, int]:
    """How many the best choice places and what it is worth; ``NONE`` where none without faults was met."""
    moves, n = terms.numbers[5], len(held.group_of)
    faults, without, value = _whole(terms, held)
    placed, worth = NONE, 0
    if faults == 0:
        placed, worth = n - without, value
    for move in range(moves):
        if not _propose(terms, held, chance, step):
            continue
        faults_less, without_less, value_less = _touched(terms, held, step)
        _make(held, step)
        more_faults, more_without, more_value = _touched(terms, held, step)
        more_faults, more_without = more_faults - faults_less, more_without - without_less
        more_value -= value_less
        price = terms.prices[move * STAGES // moves]
        loss = price * more_faults + price // 2 * more_without - more_value
        if loss > terms.heats[move * STAGES // moves] * terms.logs[_draw(chance, PARTS)] // PARTS:
            _make(held, step)
            continue
        faults, without, value = faults + more_faults, without + more_without, value + more_value
        if faults == 0 and (n - without > placed or (n - without == placed and value > worth)):
            placed, worth = n - without, value
            best.group_of[:], best.leaders[:], best.slots[:] = held.group_of, held.leaders, held.slots
    return placed, worth


def _propose(terms: Terms, held: Held, chance: "Whole", step: "Whole") -> bool:
    """A move by chance; False where nothing would change."""
    n, kind = len(held.group_of), _draw(chance, 9)
    if kind < 3:
        step[0], step[1], step[2] = GOES, _draw(chance, n), _draw(chance, len(held.slots) + 1) - 1
        return bool(held.group_of[step[1]] != step[2])
    if kind < 6:
        step[0], step[1], step[2] = SWAP, _draw(chance, n), _draw(chance, n)
        return bool(held.group_of[step[1]] != held.group_of[step[2]])
    step[1] = _draw(chance, len(held.slots))
    if kind == 6:
        return _propose_slot(terms, held, chance, step)
    step[2] = _draw(chance, terms.numbers[3])
    return _propose_leader(terms, held, chance, step, kind)


def _propose_slot(terms: Terms, held: Held, chance: "Whole", step: "Whole") -> bool:
    slots = terms.free.shape[1]
    if slots == 0:
        return False
    step[0], step[2] = SLOT, _draw(chance, slots)
    return bool(held.slots[step[1]] != step[2])


def _propose_leader(terms: Terms, held: Held, chance: "Whole", step: "Whole", kind: int) -> bool:
    before = held.leaders[step[1], step[2]]
    if kind == 7:
        step[0], step[3] = LEADER, _draw(chance, len(terms.most) + 1) - 1
        may_be_none = step[2] == 1 and terms.numbers[2] == 1
        return bool(step[3] != before and (step[3] != NONE or may_be_none))
    step[0], step[3] = LEADERS, _draw(chance, len(held.slots))
    return bool(step[1] != step[3] and before != NONE and before != held.leaders[step[3], 0])


def _make(held: Held, step: "Whole") -> None:
    """The move, or the same move back."""
    kind, one = step[0], step[1]
    if kind == GOES:
        held.group_of[one], step[2] = step[2], held.group_of[one]
    elif kind == SWAP:
        held.group_of[one], held.group_of[step[2]] = held.group_of[step[2]], held.group_of[one]
    elif kind == SLOT:
        held.slots[one], step[2] = step[2], held.slots[one]
    elif kind == LEADER:
        held.leaders[one, step[2]], step[3] = step[3], held.leaders[one, step[2]]
    else:
        before = held.leaders[one, step[2]]
        held.leaders[one, step[2]] = held.leaders[step[3], 0]
        held.leaders[step[3], 0] = before


def _touched(terms: Terms, held: Held, step: "Whole") -> tuple[int, int, int]:
    """Faults, members without a group and worth, of all that the move can change."""
    kind, first, second = step[0], step[1], step[1]
    if kind == GOES:
        first, second = held.group_of[step[1]], step[2]
    elif kind == SWAP:
        first, second = held.group_of[step[1]], held.group_of[step[2]]
    elif kind == LEADERS:
        second = step[3]
    faults, without, value = _counted(terms, held, first)
    if second != first:
        others = _counted(terms, held, second)
        faults, without, value = faults + others[0], without + others[1], value + others[2]
    if kind in (GOES, SWAP):
        return faults + _uneven(terms, held), without, value
    overdone = _overdone(terms, held)
    return faults + overdone, without, value - terms.numbers[4] * overdone


def _whole(terms: Terms, held: Held) -> tuple[int, int, int]:
    """Of the whole choice."""
    faults, without, value = _counted(terms, held, NONE)
    for group in range(len(held.slots)):
        more = _counted(terms, held, group)
        faults, value = faults + more[0], value + more[2]
    overdone = _overdone(terms, held)
    return faults + _uneven(terms, held) + overdone, without, value - terms.numbers[4] * overdone


def _counted(terms: Terms, held: Held, group: int) -> tuple[int, int, int]:
    """Of one group, or of those without."""
    count = 0
    for member in range(len(held.group_of)):
        if held.group_of[member] == group:
            held.inside[count] = member
            count += 1
    if group == NONE:
        locked = 0
        for at in range(count):
            locked += int(terms.pinned[held.inside[at]] != NONE)
        return locked, count, 0
    faults, value = _with_leaders(terms, held, group, count)
    for at in range(count):
        more = _with_members(terms, held, group, at, count)
        faults, value = faults + more[0], value + more[1]
    return faults, 0, value


def _with_leaders(terms: Terms, held: Held, group: int, count: int) -> tuple[int, int]:
    """Size and leaders: faults and value."""
    n, slots, value = len(held.group_of), terms.free.shape[1], 0
    faults = max(0, terms.numbers[0] - count) + max(0, count - terms.numbers[1])
    if held.leaders[group, 0] == held.leaders[group, 1]:
        faults += 1
    value -= faults * terms.numbers[4]
    for place in range(2):
        leader = held.leaders[group, place]
        if leader == NONE:
            continue
        if slots > 0:
            faults += 1 - terms.free[n + leader, held.slots[group]]
            value -= terms.numbers[4] * (1 - terms.free[n + leader, held.slots[group]])
        for at in range(count):
            value += terms.to_leaders[held.inside[at], leader]
            faults += terms.apart[held.inside[at], n + leader]
    return faults, value


def _with_members(terms: Terms, held: Held, group: int, at: int, count: int) -> tuple[int, int]:
    """Of one member, with those who stand before: faults and value."""
    member, faults, value = held.inside[at], 0, 0
    locked = terms.pinned[member]
    if locked not in (NONE, held.leaders[group, 0], held.leaders[group, 1]):
        faults += 1
    if terms.free.shape[1] > 0:
        faults += 1 - terms.free[member, held.slots[group]]
    for before in range(at):
        value += terms.to_members[member, held.inside[before]]
        faults += terms.apart[member, held.inside[before]]
    for attribute in range(len(terms.shown)):
        if terms.shown[attribute, member] != NONE and not terms.fine[attribute, member]:
            faults += _alone(terms.shown, attribute, held.inside, at, count)
    return faults, value


def _alone(shown: "Whole", attribute: int, inside: "Whole", at: int, count: int) -> int:
    """1 where nobody else in the group has said the same, else 0."""
    for other in range(count):
        if other != at and shown[attribute, inside[other]] == shown[attribute, inside[at]]:
            return 0
    return 1


def _overdone(terms: Terms, held: Held) -> int:
    """Groups beyond what each leads, and pairs of groups of one leader that would meet in one slot."""
    faults, number = 0, len(held.slots)
    for leader in range(len(terms.most)):
        led = 0
        for group in range(number):
            led += int(held.leaders[group, 0] == leader) + int(held.leaders[group, 1] == leader)
        faults += max(0, led - terms.most[leader])
    if terms.free.shape[1] == 0:
        return faults
    for group in range(number):
        for later in range(group + 1, number):
            if held.slots[group] == held.slots[later]:
                faults += _shared(held.leaders, group, later)
    return faults


def _shared(leaders: "Whole", group: int, later: int) -> int:
    """How often a leader of the one leads the other."""
    shared = 0
    for place in range(2):
        for other in range(2):
            if leaders[group, place] != NONE and leaders[group, place] == leaders[later, other]:
                shared += 1
    return shared


def _uneven(terms: Terms, held: Held) -> int:
    """By how much the numbers of each value differ from group to group, beyond the spread."""
    faults = 0
    for attribute in range(len(terms.even)):
        values = terms.even[attribute]
        for value in range(values.max() + 1):
            held.counts[:] = 0
            for member in range(len(values)):
                if values[member] == value and held.group_of[member] != NONE:
                    held.counts[held.group_of[member]] += 1
            faults += max(0, held.counts.max() - held.counts.min() - terms.spreads[attribute])
    return faults


KERNELS = (
    _draw,
    _propose_slot,
    _propose_leader,
    _propose,
    _make,
    _alone,
    _with_leaders,
    _with_members,
    _counted,
    _shared,
    _overdone,
    _uneven,
    _touched,
    _whole,
    _anneal,
)


@cache
def _compile() -> None:
    """At the first use, not on import: whoever needs no machine code need not wait for the compiler."""
    globals().update({kernel.__name__: compiled(kernel) for kernel in KERNELS})
