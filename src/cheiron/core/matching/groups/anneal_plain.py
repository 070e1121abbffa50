"""The annealer in plain Python: what the compiled one is held to. Each move is counted from the whole choice, anew.

What is made as large as possible is the worth, less a price for each fault and half of it for each member without a
group. Worth is the value, less the highest price for each grave fault: of sizes and of leaders. The price changes from
stage to stage. A choice without faults keeps every rule; the best of these that was met is what is returned.
"""

from typing import TYPE_CHECKING

from cheiron.core.matching.groups.blocks import NONE, Block
from cheiron.core.matching.groups.cooling import (
    LOGS,
    PARTS,
    STAGES,
    Annealed,
    Choice,
    Dice,
    fault_price,
    schedule,
    start,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Counted = tuple[int, int, int]
"""Faults, members without a group, worth."""


def anneal(block: Block, number: int, moves: int) -> Annealed | None:
    """The best choice of ``number`` groups that is met in so many moves, or None where each has a fault.

    ``number`` from 1, and not above ``block.upper``.
    """
    first, state = start(block, number)
    dice, stages = Dice(0), schedule(block)
    dice.state = state
    held = _Held(block, first)
    now, best = held.counted(), None
    for move in range(moves + 1):
        if now[0] == 0 and (best is None or (-now[1], now[2]) > (best.placed - len(block.rows), best.value)):
            best = Annealed(held.choice(), len(block.rows) - now[1], now[2])
        if move == moves:
            break
        before = held.choice()
        if not held.moved(dice):
            continue
        then, (heat, price) = held.counted(), stages[move * STAGES // moves]
        if _energy(now, price) - _energy(then, price) <= heat * LOGS[dice.draw(PARTS)] // PARTS:
            now = then
        else:
            held = _Held(block, before)
    return best


def _energy(counted: Counted, price: int) -> int:
    faults, without, worth = counted
    return worth - price * faults - price // 2 * without


class _Held:
    """A choice that can be changed."""

    def __init__(self, block: Block, choice: Choice) -> None:
        self.block = block
        self.group_of = list(choice.group_of)
        self.leaders = [list(pair) for pair in choice.leaders]
        self.slots = list(choice.slots)

    def choice(self) -> Choice:
        """As it stands."""
        leaders = tuple((first, second) for first, second in self.leaders)
        return Choice(tuple(self.group_of), leaders, tuple(self.slots))

    # ---------- moves; False where nothing would change ----------

    def moved(self, dice: Dice) -> bool:
        """One move by chance."""
        kind = dice.draw(9)
        if kind < 3:
            return self._one_goes(dice)
        if kind < 6:
            return self._two_swap(dice)
        if kind == 6:
            return self._another_slot(dice)
        return self._another_leader(dice) if kind == 7 else self._leaders_swap(dice)

    def _one_goes(self, dice: Dice) -> bool:
        member, group = dice.draw(len(self.group_of)), dice.draw(len(self.leaders) + 1) - 1
        if self.group_of[member] == group:
            return False
        self.group_of[member] = group
        return True

    def _two_swap(self, dice: Dice) -> bool:
        one, other = dice.draw(len(self.group_of)), dice.draw(len(self.group_of))
        if self.group_of[one] == self.group_of[other]:
            return False
        self.group_of[one], self.group_of[other] = self.group_of[other], self.group_of[one]
        return True

    def _another_slot(self, dice: Dice) -> bool:
        group = dice.draw(len(self.leaders))
        if not self.block.slots:
            return False
        slot = dice.draw(len(self.block.slots))
        if slot == self.slots[group]:
            return False
        self.slots[group] = slot
        return True

    def _another_leader(self, dice: Dice) -> bool:
        """Or, in the second place, none, where one leader is enough."""
        group, place = dice.draw(len(self.leaders)), dice.draw(self.block.rule.mentors[1])
        one = dice.draw(len(self.block.columns) + 1) - 1
        if one == self.leaders[group][place] or (one == NONE and (place == 0 or self.block.rule.mentors[0] == 2)):
            return False
        self.leaders[group][place] = one
        return True

    def _leaders_swap(self, dice: Dice) -> bool:
        """The first or second leader of one group with the first of another."""
        group, place = dice.draw(len(self.leaders)), dice.draw(self.block.rule.mentors[1])
        other = dice.draw(len(self.leaders))
        one, two = self.leaders[group][place], self.leaders[other][0]
        if group == other or one in (NONE, two):
            return False
        self.leaders[group][place], self.leaders[other][0] = two, one
        return True

    # ---------- counting ----------

    def counted(self) -> Counted:
        """Everything, from the beginning."""
        members: list[list[int]] = [[] for _ in self.leaders]
        for member, group in enumerate(self.group_of):
            if group != NONE:
                members[group].append(member)
        grave = sum(self._grave(group, inside) for group, inside in enumerate(members)) + self._leaders_overdone()
        faults = sum(self._faults(group, inside) for group, inside in enumerate(members))
        faults += grave + self._locks_broken() + self._uneven(members)
        value = sum(self._value(group, inside) for group, inside in enumerate(members))
        return faults, self.group_of.count(NONE), value - grave * fault_price(self.block)

    def _value(self, group: int, inside: list[int]) -> int:
        block = self.block
        leaders = [one for one in self.leaders[group] if one != NONE]
        led = sum(int(block.to_leaders[member, one]) for member in inside for one in leaders)
        return led + sum(int(block.to_members[one, two]) for one in inside for two in inside if one < two)

    def _grave(self, group: int, inside: list[int]) -> int:
        """Of the size and the leaders of one group."""
        low, high = self.block.rule.size
        leaders = [one for one in self.leaders[group] if one != NONE]
        faults = max(0, low - len(inside)) + max(0, len(inside) - high) + len(leaders) - len(set(leaders))
        if self.block.slots:
            faults += sum(not self.block.free[len(self.group_of) + one, self.slots[group]] for one in leaders)
        return faults

    def _faults(self, group: int, inside: list[int]) -> int:
        """Of the members of one group."""
        block, n = self.block, len(self.group_of)
        others = inside + [n + one for one in self.leaders[group] if one != NONE]
        faults = sum(int(block.apart[one, two]) for one in inside for two in others if one < two)
        if block.slots:
            faults += sum(not block.free[one, self.slots[group]] for one in inside)
        return faults + sum(
            self._alone(inside, shown, fine) for shown, fine in zip(block.shown, block.fine, strict=True)
        )

    @staticmethod
    def _alone(inside: list[int], shown: "NDArray[np.int64]", fine: "NDArray[np.int64]") -> int:
        """How many are the only one to have said what they said, and are not fine with that."""
        values = [int(shown[one]) for one in inside]
        alone = [values.count(value) == 1 and value != NONE for value in values]
        return sum(is_alone and not fine[one] for one, is_alone in zip(inside, alone, strict=True))

    def _locks_broken(self) -> int:
        return sum(
            leader != NONE and (group == NONE or leader not in self.leaders[group])
            for group, leader in zip(self.group_of, self.block.pinned.tolist(), strict=True)
        )

    def _leaders_overdone(self) -> int:
        """Groups beyond what each leads, and pairs of groups of one leader that would meet in one slot."""
        led = [one for pair in self.leaders for one in pair]
        most: list[int] = self.block.most.tolist()
        beyond = sum(max(0, led.count(one) - at_most) for one, at_most in enumerate(most))
        if not self.block.slots:
            return beyond
        groups = range(len(self.leaders))
        return beyond + sum(
            one == two != NONE
            for group in groups
            for later in groups[group + 1 :]
            if self.slots[group] == self.slots[later]
            for one in self.leaders[group]
            for two in self.leaders[later]
        )

    def _uneven(self, members: list[list[int]]) -> int:
        """By how much the numbers of each value differ from group to group, beyond the spread."""
        faults = 0
        for values, spread in zip(self.block.even.tolist(), self.block.spreads.tolist(), strict=True):
            for value in set(values) - {NONE}:
                counts = [sum(values[one] == value for one in inside) for inside in members]
                faults += max(0, max(counts) - min(counts) - spread)
        return faults
