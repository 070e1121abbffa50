"""An independent check of groups: it shares no line with the solver, and only the fingerprints with its values.

No issue means: this is the result that was written for this problem; sizes, leaders, rules, locks, slots and balance
hold for every group; nobody is alone with what they volunteered, unless they are fine with it; nobody is missing, the
value is the sum of what the groups are worth, and every reason given to somebody without a group is true.

What is not proved is that the bounds hold: they are CP-SAT's word, for which there is no short proof. ``limits`` says
what nothing exceeds by counting alone; a result that claims more is refused.
"""

from collections import Counter
from collections.abc import Iterator
from functools import reduce
from itertools import combinations
from operator import or_

from cheiron.core.errors import Issue
from cheiron.core.matching.groups.problem import GroupProblem, Leader, Member, group_problem_hash
from cheiron.core.matching.groups.result import Group, GroupResult, Unplaced, UnplacedKind, group_result_hash
from cheiron.core.text import Text, say


def verify_groups(problem: GroupProblem, result: GroupResult) -> tuple[Issue, ...]:
    """Everything that is wrong with the result; empty when it is certified. Never raises.

    Later checks rest on earlier ones, so the first group that finds something is the last one that is run.
    """
    for check in (_wrong_problem, _wrong_fingerprints, _wrong_people, _broken_rules, _wrong_sums, _untrue_reasons):
        issues = tuple(Issue(text, _REMEDY) for text in check(problem, result))
        if issues:
            return issues
    return ()


_REMEDY = say("Do not use this result; run the matching again.")


def limits(problem: GroupProblem, result: GroupResult) -> tuple[int, int]:
    """Members placed and value in millionths that nothing exceeds, counted from the problem alone.

    The value is that of choices which place as many in each block as the result does: each member with the best
    leaders and the best others of the block that there can be beside them.
    """
    count = _Count(problem)
    blocks = {one.id: one.block for one in problem.members}
    placed = Counter(blocks[member] for group in result.groups for member in group.members)
    return sum(map(count.room, problem.blocks)), sum(count.most_worth(block, placed[block]) for block in problem.blocks)


def _wrong_problem(problem: GroupProblem, _: GroupResult) -> Iterator[Text]:
    members, leaders = {one.id for one in problem.members}, {one.id for one in problem.leaders}
    if len(members | leaders) < len(problem.members) + len(problem.leaders):
        yield say("Two people in the problem have the same id.")
    shapes = problem.to_leaders.shape, problem.to_members.shape
    n, m = len(problem.members), len(problem.leaders)
    if shapes != ((n, m), (n, n)) or {str(problem.to_leaders.dtype), str(problem.to_members.dtype)} != {"int32"}:
        yield say("The scores of the problem do not fit its people.")
    named = {one.member for one in problem.forbids} | {pin.member for pin in problem.pins}
    others = {one.other for one in problem.forbids} | {pin.leader for pin in problem.pins}
    if not named <= members or not others <= members | leaders:
        yield say("A rule or lock of the problem names somebody who is not in it.")


def _wrong_fingerprints(problem: GroupProblem, result: GroupResult) -> Iterator[Text]:
    if result.problem_hash != group_problem_hash(problem):
        yield say("This result belongs to another problem, or the problem was changed afterwards.")
    if result.seed != problem.seed:
        yield say("This result was drawn with another seed.")
    if result.result_hash != group_result_hash(result):
        yield say("This result was changed after it was written.")


def _wrong_people(problem: GroupProblem, result: GroupResult) -> Iterator[Text]:
    told = Counter(member for group in result.groups for member in group.members)
    told.update(one.member for one in result.unplaced)
    if told != Counter(one.id for one in problem.members):
        yield say("A member is missing, stands in the result twice, or is not in the problem.")
    if not {one for group in result.groups for one in group.leaders} <= {one.id for one in problem.leaders}:
        yield say("The result names a leader who is not in the problem.")
    keys = [(group.block, group.leaders, group.members) for group in result.groups]
    inside = [names for group in result.groups for names in (group.leaders, group.members)]
    left_out = [one.member for one in result.unplaced]
    if keys != sorted(keys) or any(list(names) != sorted(names) for names in (*inside, left_out)):
        yield say("The result is not in the order of ids.")


def _broken_rules(problem: GroupProblem, result: GroupResult) -> Iterator[Text]:
    members, leaders = {one.id: one for one in problem.members}, {one.id: one for one in problem.leaders}
    forbidden = {frozenset((one.member, one.other)) for one in problem.forbids}
    for group in result.groups:
        inside, led_by = [members[name] for name in group.members], [leaders[name] for name in group.leaders]
        yield from _broken_numbers(problem, group)
        if {one.block for one in inside} | {one.block for one in led_by} != {group.block}:
            yield say("A group has somebody of another block.")
        if any(frozenset(pair) in forbidden for pair in combinations((*group.leaders, *group.members), 2)):
            yield say("Two people are in one group, and a program rule stands against it.")
        yield from _broken_slot(problem, group, inside, led_by)
        if any(_is_alone(one, name, inside) for name in problem.rule.no_isolated for one in inside):
            yield say("Somebody is the only one in their group with what they volunteered.")
    yield from _broken_together(problem, result, leaders)


def _broken_numbers(problem: GroupProblem, group: Group) -> Iterator[Text]:
    (low, high), (few, many) = problem.rule.size, problem.rule.mentors
    if not low <= len(group.members) <= high:
        yield say("A group has fewer or more members than the rule says.")
    if not few <= len(set(group.leaders)) <= many or len(set(group.leaders)) < len(group.leaders):
        yield say("A group has fewer or more leaders than the rule says.")


def _broken_slot(problem: GroupProblem, group: Group, inside: list[Member], led_by: list[Leader]) -> Iterator[Text]:
    if not problem.rule.common_slot:
        if group.slot is not None:
            yield say("A group has a slot, and no common one was asked for.")
        return
    slots = [one.slots for one in inside] + [one.slots for one in led_by]
    if group.slot is None or group.slot < 0 or not all(mask >> group.slot & 1 for mask in slots):
        yield say("A group meets in a slot in which not everybody is free.")


def _is_alone(one: Member, attribute: str, inside: list[Member]) -> bool:
    """Whether nobody else in the group said the same. Silence counts for nothing, and whoever is fine is not asked."""
    own = one.value(attribute)
    if own is None or attribute in one.fine_alone:
        return False
    return not any(other.value(attribute) == own for other in inside if other.id != one.id)


def _broken_together(problem: GroupProblem, result: GroupResult, leaders: dict[str, Leader]) -> Iterator[Text]:
    """What concerns several groups."""
    led = Counter(name for group in result.groups for name in group.leaders)
    if any(count > leaders[name].most for name, count in led.items()):
        yield say("Somebody leads more groups than they can.")
    meetings = Counter((name, group.slot) for group in result.groups for name in group.leaders)
    if problem.rule.common_slot and any(count > 1 for count in meetings.values()):
        yield say("Somebody leads two groups in one slot.")
    low, high = problem.rule.number
    numbers = Counter(group.block for group in result.groups)
    if any(not low <= numbers[block] <= high for block in problem.blocks):
        yield say("A block has fewer or more groups than the rule says.")
    led_by = {member: group.leaders for group in result.groups for member in group.members}
    if any(pin.leader not in led_by.get(pin.member, ()) for pin in problem.pins):
        yield say("A lock of the problem is not kept.")
    if any(_is_uneven(problem, result, block) for block in problem.blocks):
        yield say("The groups of a block are less balanced than the rule says.")


def _is_uneven(problem: GroupProblem, result: GroupResult, block: str) -> bool:
    members = {one.id: one for one in problem.members}
    groups = [group.members for group in result.groups if group.block == block]
    for attribute, spread in problem.rule.balance:
        counts = [Counter(members[name].value(attribute) for name in names) for names in groups]
        for value in {value for one in counts for value in one if value is not None}:
            if max(one[value] for one in counts) - min(one[value] for one in counts) > spread:
                return True
    return False


def _wrong_sums(problem: GroupProblem, result: GroupResult) -> Iterator[Text]:
    if any(group.value != _worth(problem, group) for group in result.groups):
        yield say("A group is not worth what the result says.")
    if result.value != sum(group.value for group in result.groups):
        yield say("The value of the groups does not add up.")
    if result.placed != sum(len(group.members) for group in result.groups):
        yield say("The number of people placed does not add up.")
    room, worth = limits(problem, result)
    if not result.placed <= result.placed_bound <= room:
        yield say("The bound on the number placed cannot be right.")
    if not result.value <= result.bound <= worth:
        yield say("The bound on the value cannot be right.")
    if result.effort.moves < 0 or result.effort.work < 0:
        yield say("The effort is below nothing.")


def _worth(problem: GroupProblem, group: Group) -> int:
    row_of = {one.id: row for row, one in enumerate(problem.members)}
    column_of = {one.id: column for column, one in enumerate(problem.leaders)}
    rows = [row_of[name] for name in group.members]
    led = sum(int(problem.to_leaders[row, column_of[name]]) for row in rows for name in group.leaders)
    return led + sum(int(problem.to_members[one, other]) for one, other in combinations(rows, 2))


def _untrue_reasons(problem: GroupProblem, result: GroupResult) -> Iterator[Text]:
    count = _Count(problem)
    if any(count.reason(one.member) != one for one in result.unplaced):
        yield say("The reason given to somebody without a group is not true.")


class _Count:
    """What can be counted from the problem alone."""

    def __init__(self, problem: GroupProblem) -> None:
        self.problem, self.rule = problem, problem.rule
        self.members = {one.id: one for one in problem.members}
        self.rows = {one.id: row for row, one in enumerate(problem.members)}
        self.against: dict[str, set[str]] = {one.id: set() for one in problem.members}
        for one in problem.forbids:
            self.against[one.member].add(one.other)
            if one.other in self.against:
                self.against[one.other].add(one.member)

    def inside(self, block: str) -> list[Member]:
        """The members of a block."""
        return [one for one in self.problem.members if one.block == block]

    def leading(self, block: str) -> list[Leader]:
        """Who leads at least one group there."""
        return [one for one in self.problem.leaders if one.block == block and one.most > 0]

    def seats(self, block: str) -> int:
        """Seats of as many groups as can be led; the leaders of one group are different people."""
        needed, count = self.rule.mentors[0], len(self.inside(block))
        most = [min(one.most, max(1, count)) for one in self.leading(block)]
        number = 0
        while sum(min(one, number + 1) for one in most) >= needed * (number + 1):
            number += 1
        return min(self.rule.number[1], number) * self.rule.size[1]

    def room(self, block: str) -> int:
        """How many could have a group by numbers alone."""
        count, (low, high) = len(self.inside(block)), self.rule.size
        masks = [one.slots for one in self.inside(block)] + [one.slots for one in self.leading(block)]
        together = reduce(or_, masks, 0)
        groups = min(self.seats(block) // high, count // low)
        return 0 if self.rule.common_slot and not together else min(count, groups * high)

    def most_worth(self, block: str, placed: int) -> int:
        """What so many members of a block cannot exceed, in millionths."""
        inside, leading = [self.rows[one.id] for one in self.inside(block)], {one.id for one in self.leading(block)}
        columns = [at for at, one in enumerate(self.problem.leaders) if one.id in leading]
        each = []
        for row in inside:
            led = sorted((int(self.problem.to_leaders[row, at]) for at in columns), reverse=True)
            beside = sorted((int(self.problem.to_members[row, other]) for other in inside), reverse=True)
            each.append(2 * sum(led[: self.rule.mentors[1]]) + sum(beside[: self.rule.size[1] - 1]))
        return sum(sorted(each, reverse=True)[:placed]) // 2

    def reason(self, name: str) -> Unplaced:
        """What must stand in the result for somebody without a group."""
        own, against = self.members[name], self.against[name]
        leaders = [one for one in self.leading(own.block) if one.id not in against]
        others = [one for one in self.inside(own.block) if one.id not in against]
        if not leaders:
            return Unplaced(name, UnplacedKind.NO_LEADER)
        if self.rule.common_slot and not self._can_meet(own, leaders, others):
            return Unplaced(name, UnplacedKind.NO_SLOT)
        seats, people = self.seats(own.block), len(self.inside(own.block))
        if seats < people:
            return Unplaced(name, UnplacedKind.NO_ROOM, seats, people)
        return Unplaced(name, UnplacedKind.TOGETHER)

    def _can_meet(self, own: Member, leaders: list[Leader], others: list[Member]) -> bool:
        for slot in (slot for slot in range(own.slots.bit_length()) if own.slots >> slot & 1):
            free = [sum(one.slots >> slot & 1 for one in leaders), sum(one.slots >> slot & 1 for one in others)]
            if free[0] >= self.rule.mentors[0] and free[1] >= self.rule.size[0]:
                return True
        return False
