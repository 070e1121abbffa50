"""The best choice of one block by CP-SAT (OR-Tools), beginning with a choice that is known, and ending with a bound.

A group stands in the place of its first leader: leader l has as many places as groups that they may lead, and a place
that is not open is empty. So groups have no numbers that could be exchanged. What could be exchanged all the same is
put in order: of two leaders the lower comes first, and of two places of one leader the one whose first member is lower.

First as many members as possible are placed, then the value is made as large as possible among the choices that place
as many. One worker, one seed, and a limit in CP-SAT's own unit of work make the same block give the same choice.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from cheiron.core.matching.groups.blocks import NONE, Block
from cheiron.core.matching.groups.cooling import Choice

MOST_LITERALS = 1_500_000
"""Above this a model would take gigabytes; the annealer's choice then stands as it is."""

UNBOUNDED = 2**62


@dataclass(frozen=True)
class Searched:
    """``choice`` None: none was found; with ``impossible``, there is none. ``bound``: no choice exceeds it."""

    choice: Choice | None
    bound: int
    impossible: bool = False


class Model:
    """The variables of a block, and what they must keep. ``place``: (leader, how manieth of the leader's groups)."""

    def __init__(self, block: Block) -> None:
        from ortools.sat.python import cp_model

        self.block = block
        self.model: Any = cp_model.CpModel()
        self.places = [
            (leader, turn) for leader, most in enumerate(block.most.tolist()) for turn in range(min(most, block.upper))
        ]
        self.members = range(len(block.rows))
        self.open = [self._new(f"open {at}") for at in range(len(self.places))]
        self.sits = [[self._new(f"{member} sits at {at}") for at in range(len(self.places))] for member in self.members]
        for rule in (self._sizes, self._second, self._loads, self._slots, self._apart, self._locks, self._shown):
            rule()
        self._even()
        self._order()

    def _new(self, name: str) -> Any:
        return self.model.new_bool_var(name)

    # ---------- what must be kept ----------

    def _sizes(self) -> None:
        low, high = self.block.rule.size
        for at, is_open in enumerate(self.open):
            count = sum(row[at] for row in self.sits)
            self.model.add(count >= low * is_open)
            self.model.add(count <= high * is_open)
        for row in self.sits:
            self.model.add_at_most_one(row)
        self.model.add(sum(self.open) >= self.block.lower)
        self.model.add(sum(self.open) <= self.block.upper)

    def _second(self) -> None:
        """Who leads as second, at each place; and of whom each member is led as second."""
        self.second: list[dict[int, Any]] = [{} for _ in self.places]
        self.led: list[dict[int, Any]] = [{} for _ in self.members]
        if self.block.rule.mentors[1] == 1:
            return
        for at, (first, _) in enumerate(self.places):
            later = range(first + 1, len(self.block.columns))
            self.second[at] = {one: self._new(f"{one} leads at {at}") for one in later}
            self.model.add(sum(self.second[at].values()) <= self.open[at])
            if self.block.rule.mentors[0] == 2:
                self.model.add(sum(self.second[at].values()) == self.open[at])
        for member in self.members:
            self.led[member] = {one: self._new(f"{one} leads {member}") for one in range(1, len(self.block.columns))}
            self._led(member)
        for one in range(1, len(self.block.columns)):
            seats = self.block.rule.size[1] * sum(others[one] for others in self.second if one in others)
            self.model.add(sum(led[one] for led in self.led) <= seats)

    def _led(self, member: int) -> None:
        """Somebody leads the member as second only where they do."""
        led, sits = self.led[member], self.sits[member]
        self.model.add_at_most_one(led.values())
        for one, is_led in led.items():
            reached = [at for at in range(len(self.places)) if one in self.second[at]]
            self.model.add(sum(sits[at] for at in reached) >= is_led)
            for at in reached:
                self.model.add_bool_or([is_led.negated(), sits[at].negated(), self.second[at][one]])

    def _loads(self) -> None:
        for leader, most in enumerate(self.block.most.tolist()):
            first = [self.open[at] for at, (one, _) in enumerate(self.places) if one == leader]
            self.model.add(sum(first) + sum(one[leader] for one in self.second if leader in one) <= most)

    def _slots(self) -> None:
        """Each open place has one slot, in which everybody who is there is free."""
        slots, n = range(len(self.block.slots)), len(self.members)
        self.meets: list[list[Any]] = []
        if not slots:
            return
        free = self.block.free.tolist()
        self.meets = [[self._new(f"{at} meets at {slot}") for slot in slots] for at in range(len(self.places))]
        for at, (first, _) in enumerate(self.places):
            meets = self.meets[at]
            self.model.add(sum(meets) == self.open[at])
            inside = [(self.open[at], n + first), *((row[at], member) for member, row in enumerate(self.sits))]
            for is_there, one in (*inside, *((var, n + leader) for leader, var in self.second[at].items())):
                self.model.add(sum(meets[slot] for slot in slots if free[one][slot]) >= is_there)
        self._no_two_at_once()

    def _no_two_at_once(self) -> None:
        """A leader leads one group in a slot."""
        for leader in range(len(self.block.columns)):
            first = [at for at, (one, _) in enumerate(self.places) if one == leader]
            second = [at for at, others in enumerate(self.second) if leader in others]
            if len(first) + len(second) < 2 or self.block.most[leader] < 2:
                continue
            for slot in range(len(self.block.slots)):
                there = [self._both(self.second[at][leader], self.meets[at][slot]) for at in second]
                self.model.add_at_most_one([*(self.meets[at][slot] for at in first), *there])

    def _both(self, one: Any, other: Any) -> Any:
        both = self._new("both")
        self.model.add_bool_or([one.negated(), other.negated(), both])
        return both

    def _apart(self) -> None:
        n = len(self.members)
        for member, row in enumerate(self.block.apart.tolist()):
            for other in (other for other, apart in enumerate(row) if apart and other > member):
                if other < n:
                    for one, two in zip(self.sits[member], self.sits[other], strict=True):
                        self.model.add_at_most_one([one, two])
                else:
                    self._apart_from_leader(member, other - n)

    def _apart_from_leader(self, member: int, leader: int) -> None:
        for at, (first, _) in enumerate(self.places):
            if first == leader:
                self.model.add(self.sits[member][at] == 0)
            if leader in self.second[at]:
                self.model.add_at_most_one([self.sits[member][at], self.second[at][leader]])

    def _locks(self) -> None:
        for member, leader in enumerate(self.block.pinned.tolist()):
            if leader != NONE:
                first = [self.sits[member][at] for at, (one, _) in enumerate(self.places) if one == leader]
                second = [self.led[member][leader]] if leader in self.led[member] else []
                self.model.add(sum(first) + sum(second) >= 1)

    def _shown(self) -> None:
        """Whoever volunteered a value, and is not fine with being the only one, has company."""
        for values, fine in zip(self.block.shown.tolist(), self.block.fine.tolist(), strict=True):
            for member in (one for one in self.members if values[one] != NONE and not fine[one]):
                alike = [one for one in self.members if one != member and values[one] == values[member]]
                for at in range(len(self.places)):
                    self.model.add(sum(self.sits[one][at] for one in alike) >= self.sits[member][at])

    def _even(self) -> None:
        for values, spread in zip(self.block.even.tolist(), self.block.spreads.tolist(), strict=True):
            for value in sorted(set(values) - {NONE}):
                alike = [one for one in self.members if values[one] == value]
                fewest = self.model.new_int_var(0, len(alike), "fewest")
                for at, is_open in enumerate(self.open):
                    count = sum(self.sits[one][at] for one in alike)
                    self.model.add(count <= fewest + spread)
                    self.model.add(count >= fewest - len(alike) * (1 - is_open))

    def _order(self) -> None:
        """Of a leader's places the later one is open only after the earlier, and its first member comes later."""
        for at, (_, turn) in enumerate(self.places):
            if turn == 0:
                continue
            self.model.add_implication(self.open[at], self.open[at - 1])
            for member in self.members:
                self.model.add(sum(self.sits[one][at - 1] for one in range(member)) >= self.sits[member][at])

    # ---------- what is aimed at ----------

    @cached_property
    def placed(self) -> Any:
        """How many have a group."""
        return sum(var for row in self.sits for var in row)

    @cached_property
    def value(self) -> Any:
        """What the groups are worth."""
        return self.led_value + self._of_members()

    @cached_property
    def led_value(self) -> Any:
        """What they are worth by their leaders alone."""
        to_leaders = self.block.to_leaders.tolist()
        first = sum(
            to_leaders[member][leader] * self.sits[member][at]
            for member in self.members
            for at, (leader, _) in enumerate(self.places)
        )
        second = sum(to_leaders[member][one] * var for member in self.members for one, var in self.led[member].items())
        return first + second

    @cached_property
    def together(self) -> dict[tuple[int, int], Any]:
        """Whether two members are in one group; of those to whom it is worth something."""
        worth = self.block.to_members.tolist()
        pairs = [pair for pair in combinations(self.members, 2) if worth[pair[0]][pair[1]]]
        return {pair: self._new(f"{pair[0]} with {pair[1]}") for pair in pairs}

    def _of_members(self) -> Any:
        beside: list[list[Any]] = [[] for _ in self.members]
        for (one, other), var in self.together.items():
            beside[one].append(var)
            beside[other].append(var)
            for left, right in zip(self.sits[one], self.sits[other], strict=True):
                self.model.add_bool_or([var.negated(), left.negated(), right])
                self.model.add_bool_or([var.negated(), right.negated(), left])
        for row, others in zip(self.sits, beside, strict=True):
            self.model.add(sum(others) <= (self.block.rule.size[1] - 1) * sum(row))
        worth = self.block.to_members.tolist()
        return sum(worth[one][other] * var for (one, other), var in self.together.items())

    # ---------- beginning with a choice, and reading one ----------

    def hint(self, choice: Choice) -> None:
        """Where to begin."""
        self.model.clear_hints()
        for at, group in enumerate(self._groups_at(choice)):
            leaders = choice.leaders[group] if group != NONE else ()
            self.model.add_hint(self.open[at], group != NONE)
            for row, own in zip(self.sits, choice.group_of, strict=True):
                self.model.add_hint(row[at], own == group != NONE)
            for leader, var in self.second[at].items():
                self.model.add_hint(var, leader in leaders)
            for slot, var in enumerate(self.meets[at] if self.meets else ()):
                self.model.add_hint(var, group != NONE and choice.slots[group] == slot)
        for (one, other), var in self.__dict__.get("together", {}).items():
            self.model.add_hint(var, choice.group_of[one] == choice.group_of[other] != NONE)
        for led, group in zip(self.led, choice.group_of, strict=True):
            second = max(choice.leaders[group]) if group != NONE and NONE not in choice.leaders[group] else NONE
            for leader, var in led.items():
                self.model.add_hint(var, leader == second)

    def _groups_at(self, choice: Choice) -> list[int]:
        """Which group of the choice stands at which place, in the order that is asked for."""
        begins = [choice.group_of.index(group) for group in range(len(choice.slots))]
        firsts = [min(one for one in pair if one != NONE) for pair in choice.leaders]
        found = []
        for leader, turn in self.places:
            led = sorted((at for at, one in enumerate(firsts) if one == leader), key=begins.__getitem__)
            found.append(led[turn] if turn < len(led) else NONE)
        return found

    def read(self, value: Callable[[Any], int]) -> Choice:
        """The choice of a solution."""
        opened = [at for at, var in enumerate(self.open) if value(var)]
        group = {at: number for number, at in enumerate(opened)}
        group_of = [next((group[at] for at in opened if value(row[at])), NONE) for row in self.sits]
        second = [next((one for one, var in self.second[at].items() if value(var)), NONE) for at in opened]
        leaders = tuple((self.places[at][0], other) for at, other in zip(opened, second, strict=True))
        slots = [next((slot for slot, var in enumerate(meets) if value(var)), NONE) for meets in self._meeting(opened)]
        return Choice(tuple(group_of), leaders, tuple(slots))

    def _meeting(self, opened: list[int]) -> list[list[Any]]:
        return [self.meets[at] if self.meets else [] for at in opened]


def possible(block: Block, work: int) -> bool:
    """Whether there is any choice at all; True where it is not known after so much work."""
    return not _searched(Model(block), block, work, None).impossible


def place_most(block: Block, known: Choice | None, work: int) -> Searched:
    """As many placed as possible; the bound is a number of members."""
    model = Model(block)
    model.model.maximize(model.placed)
    found = _searched(model, block, work, known)
    return Searched(found.choice, min(found.bound, block.room), found.impossible)


def worth_most(block: Block, known: Choice, placed: int, work: int) -> Searched:
    """The largest value of all choices that place exactly so many; the bound is in millionths."""
    model = Model(block)
    model.model.add(model.placed == placed)
    model.model.maximize(model.value)
    return _searched(model, block, work, known)


def led_most(block: Block, known: Choice, placed: int, work: int) -> Searched:
    """The best choice by leaders alone, which is found far sooner; where the fit among members counts too, a start."""
    model = Model(block)
    model.model.add(model.placed == placed)
    model.model.maximize(model.led_value)
    return _searched(model, block, work, known)


def too_large(block: Block) -> bool:
    """Whether a model of the block would take more memory than is reasonable."""
    import numpy as np

    places = int(np.minimum(block.most, block.upper).sum())
    n, pairs = len(block.rows), int(np.count_nonzero(block.to_members)) // 2
    second = n * len(block.columns) * places if block.rule.mentors[1] == 2 else 0
    return places * (n + 2 * pairs + len(block.slots)) + second > MOST_LITERALS


def _searched(model: Model, block: Block, work: int, known: Choice | None) -> Searched:
    from ortools.sat.python import cp_model

    if known is not None:
        model.hint(known)
    solver: Any = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = block.seed
    solver.parameters.max_deterministic_time = work / 1000
    status = solver.solve(model.model)
    if status == cp_model.MODEL_INVALID:
        raise ArithmeticError(f"CP-SAT: {model.model.validate()}")
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    bound = math.floor(solver.best_objective_bound + 0.5) if found else UNBOUNDED
    return Searched(model.read(solver.value) if found else None, bound, status == cp_model.INFEASIBLE)
