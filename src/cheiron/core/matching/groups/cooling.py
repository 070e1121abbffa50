"""What both annealers share: what a choice is held on, where it begins, by what chance and how fast it cools.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983) in whole numbers. Chance is the generator of Park and Miller
(1988) with the multiplier 48271. A move that loses is taken where its loss is below the heat times minus the logarithm
of a number drawn between 0 and 1, which is Metropolis' rule; logarithms stand in a table, in parts of 1,024.
"""

import math
from dataclasses import dataclass

from cheiron.core.matching.groups.blocks import NONE, Block

MULTIPLIER, MODULUS = 48_271, 2**31 - 1
PARTS = 1_024
LOGS = tuple(round(-math.log((draw + 0.5) / PARTS) * PARTS) for draw in range(PARTS))
STAGES = 100
POINT = 1_000_000


@dataclass(frozen=True)
class Choice:
    """``group_of`` each member; for each group its ``leaders``, first and second, and its slot; ``NONE`` for none."""

    group_of: tuple[int, ...]
    leaders: tuple[tuple[int, int], ...]
    slots: tuple[int, ...]


@dataclass(frozen=True)
class Annealed:
    """The best choice that keeps every rule, how many it places and what it is worth."""

    choice: Choice
    placed: int
    value: int


def fault_price(block: Block) -> int:
    """What one broken rule costs at most: more than any one person can bring."""
    return (block.rule.size[1] + 2) * POINT


def schedule(block: Block) -> tuple[tuple[int, int], ...]:
    """Heat and price of a fault for each stage, in millionths.

    In the first half a fault costs the same throughout, which leads to a choice that keeps every rule. In the second
    faults are cheap at first and then ever dearer, so that leaders and slots can be exchanged although at that moment
    some members are not free; that leads to better choices, though not always to one without faults.
    """
    price, half = fault_price(block) / POINT, STAGES // 2
    kept = zip(_from_to(2, 0.02, half), [fault_price(block)] * half, strict=True)
    eased = zip(_from_to(0.2, 0.05, half), _from_to(0.25, price, half), strict=True)
    return (*kept, *eased)


def _from_to(first: float, last: float, stages: int) -> list[int]:
    """By equal ratios, from points to millionths; rounded so far that no machine's last digit matters."""
    ratios = [(last / first) ** (stage / (stages - 1)) for stage in range(stages)]
    return [round(first * ratio * POINT / 64) * 64 for ratio in ratios]


def start(block: Block, number: int) -> tuple[Choice, int]:
    """Everybody spread evenly over ``number`` groups, in an order drawn by the seed; and where chance goes on.

    The leaders of locked members come first, then all in turn; a locked member begins in a group of their leader.
    """
    dice = Dice(block.seed + number)
    leaders = _leaders(block, number, dice)
    sizes, group_of = [0] * number, [NONE] * len(block.rows)
    order = shuffled(len(block.rows), dice)
    for member in sorted(order, key=lambda one: block.pinned[one] == NONE):
        led = [group for group in range(number) if block.pinned[member] in leaders[group] and block.pinned[member] >= 0]
        group = min(led or range(number), key=sizes.__getitem__)
        group_of[member] = group
        sizes[group] += 1
    slots = tuple(dice.draw(len(block.slots)) if block.slots else NONE for _ in range(number))
    return Choice(tuple(group_of), leaders, slots), dice.state


def _leaders(block: Block, number: int, dice: "Dice") -> tuple[tuple[int, int], ...]:
    wanted = set(block.pinned.tolist())
    order = sorted(shuffled(len(block.columns), dice), key=lambda one: one not in wanted)
    turns = [one for turn in range(number) for one in order if block.most[one] > turn]
    second = turns[number : 2 * number] if block.rule.mentors[0] == 2 else [NONE] * number
    return tuple(zip(turns[:number], second, strict=True))


class Dice:
    """Numbers by chance, the same on every machine."""

    def __init__(self, seed: int) -> None:
        self.state = 1 + seed % (MODULUS - 1)

    def draw(self, sides: int) -> int:
        """From 0 to below ``sides``."""
        self.state = self.state * MULTIPLIER % MODULUS
        return self.state % sides


def shuffled(count: int, dice: Dice) -> list[int]:
    """The numbers below ``count`` in an order by chance (Fisher and Yates)."""
    order = list(range(count))
    for at in range(count - 1, 0, -1):
        other = dice.draw(at + 1)
        order[at], order[other] = order[other], order[at]
    return order
