"""What is wrong with a problem of groups, each time with a remedy. A problem without issues can be tried."""

from collections import Counter
from collections.abc import Iterator

from cheiron.core.errors import Invalid, Issue
from cheiron.core.matching.groups.problem import SLOTS, GroupProblem
from cheiron.core.matching.problem import HIGHEST_SCORE
from cheiron.core.matching.validation import LARGEST_CAPACITY, LARGEST_SEED, LONGEST_ID, misnamed, quoted
from cheiron.core.text import say


def validate_groups(problem: GroupProblem) -> tuple[Issue, ...]:
    """Every issue found, in a fixed order; empty when the problem can be tried. Never raises."""
    return (
        *_sides(problem),
        *misnamed([one.id for one in problem.members] + [one.id for one in problem.leaders]),
        *_words(problem),
        *_numbers(problem),
        *_rule(problem),
        *_attributes(problem),
        *_scores(problem),
        *_unknown(problem),
        *_pins_against_rules(problem),
        *_pins_of_one_member(problem),
        *_alone(problem),
    )


def refuse_invalid_groups(problem: GroupProblem) -> None:
    """Raise ``Invalid`` with all issues unless there are none."""
    issues = validate_groups(problem)
    if issues:
        raise Invalid(say("These groups cannot be made as the problem stands."), issues)


def _sides(problem: GroupProblem) -> Iterator[Issue]:
    if not problem.members:
        yield Issue(say("Nobody is looking for a group."), say("Add at least one member to the round."))
    if not problem.leaders:
        yield Issue(say("There is nobody to lead a group."), say("Add at least one leader to the round."))


def _words(problem: GroupProblem) -> Iterator[Issue]:
    """Blocks, attributes and values must be texts that can be stored."""
    words = {*problem.blocks, *(word for pin in problem.pins for word in (pin.reason, pin.author))}
    for one in problem.members:
        words.update(word for pair in one.groups for word in pair if word is not None)
        words.update(one.fine_alone)
    words |= {*problem.rule.no_isolated, *(name for name, _ in problem.rule.balance)}
    if any("\ud800" <= sign <= "\udfff" for word in words for sign in word):
        yield Issue(say("A text of this problem holds half of a character."), say("Save the file as UTF-8 again."))
    if any(len(word) > 10 * LONGEST_ID for word in words):
        yield Issue(say("A block, an attribute or a value is far too long."), say("Use short words."))


def _numbers(problem: GroupProblem) -> Iterator[Issue]:
    for leader in problem.leaders:
        if not 0 <= leader.most <= LARGEST_CAPACITY:
            yield Issue(
                say("“%(id)s” leads an impossible number of groups.", id=quoted(leader.id)),
                say("Use 0 for a pause, and at most %(largest)s.", largest=LARGEST_CAPACITY),
            )
    free = [(one.id, one.slots) for one in problem.members] + [(one.id, one.slots) for one in problem.leaders]
    for name, slots in free:
        if not 0 <= slots < 1 << SLOTS:
            yield Issue(
                say("“%(id)s” is free in a slot that no week has.", id=quoted(name)),
                say("Count the slots of a week from 0 to %(last)s.", last=SLOTS - 1),
            )
    if not 0 <= problem.seed <= LARGEST_SEED:
        yield Issue(say("The seed is out of range."), say("Use a whole number from 0 up, of at most 18 digits."))


def _rule(problem: GroupProblem) -> Iterator[Issue]:
    rule = problem.rule
    if not 1 <= rule.size[0] <= rule.size[1] <= LARGEST_CAPACITY:
        yield Issue(say("The sizes of a group are impossible."), say("Give the fewest and the most members, from 1."))
    if not 1 <= rule.mentors[0] <= rule.mentors[1] <= 2:
        yield Issue(
            say("The number of leaders of a group is impossible."), say("Give the fewest and the most, each 1 or 2.")
        )
    if not 0 <= rule.number[0] <= rule.number[1] <= LARGEST_CAPACITY:
        yield Issue(say("The number of groups is impossible."), say("Give the fewest and the most groups of a block."))
    if any(not 0 <= spread <= LARGEST_CAPACITY for _, spread in rule.balance):
        yield Issue(say("A spread is impossible."), say("Give by how many two groups may differ, from 0."))
    if len(dict(rule.balance)) < len(rule.balance):
        yield Issue(say("An attribute is to be balanced twice."), say("Name each attribute once."))


def _attributes(problem: GroupProblem) -> Iterator[Issue]:
    known = {name for one in problem.members for name, _ in one.groups}
    for name in sorted({*problem.rule.no_isolated, *(name for name, _ in problem.rule.balance)} - known):
        yield Issue(
            say("The rule names the attribute “%(name)s”, and no member has it.", name=quoted(name)),
            say("Remove it from the rule, or ask people for it; whoever says nothing is left out of it."),
        )
    for one in problem.members:
        if len(dict(one.groups)) < len(one.groups):
            yield Issue(
                say("“%(id)s” has two values of one attribute.", id=quoted(one.id)),
                say("Give each attribute one value, or none."),
            )


def _scores(problem: GroupProblem) -> Iterator[Issue]:
    n, m = len(problem.members), len(problem.leaders)
    for array, shape in ((problem.to_leaders, (n, m)), (problem.to_members, (n, n))):
        if array.shape != shape:
            yield Issue(
                say("The scores do not have one row for each member and one column for everybody they may meet."),
                say("Score everybody again: %(rows)s rows, %(columns)s columns.", rows=shape[0], columns=shape[1]),
            )
        elif array.dtype.kind not in "iu" or (array.size and not (array.min() >= 0 and array.max() <= HIGHEST_SCORE)):
            yield Issue(
                say("Some scores are not whole numbers from 0 to %(highest)s.", highest=HIGHEST_SCORE),
                say("Give scores in millionths of a point, and 0 where nothing is known."),
            )
    peers = problem.to_members
    if peers.shape == (n, n) and ((peers != peers.T).any() or peers.diagonal().any()):
        yield Issue(
            say("Two members do not fit each other equally, or somebody is scored with themselves."),
            say("Give each two members one score."),
        )


def _unknown(problem: GroupProblem) -> Iterator[Issue]:
    members, leaders = {one.id for one in problem.members}, {one.id for one in problem.leaders}
    strangers = {one.member for one in problem.forbids} | {pin.member for pin in problem.pins}
    strangers -= members
    strangers |= {one.other for one in problem.forbids} - members - leaders
    strangers |= {pin.leader for pin in problem.pins} - leaders
    for name in sorted(strangers):
        yield Issue(
            say("A rule or lock names “%(id)s”, who is not in this round or not on that side.", id=quoted(name)),
            say("Remove the rule or lock, or add the person."),
        )
    if any(one.member == one.other for one in problem.forbids):
        yield Issue(say("A rule keeps somebody apart from themselves."), say("Remove the rule."))


def _pins_against_rules(problem: GroupProblem) -> Iterator[Issue]:
    forbidden = {(one.member, one.other) for one in problem.forbids}
    members, leaders = {one.id: one for one in problem.members}, {one.id: one for one in problem.leaders}
    for pin in problem.pins:
        member, leader = members.get(pin.member), leaders.get(pin.leader)
        if not member or not leader:
            continue
        named = {"member": quoted(pin.member), "leader": quoted(pin.leader)}
        if (pin.member, pin.leader) in forbidden:
            problem_text = say("“%(member)s” is locked to “%(leader)s”, but a program rule stands against it.", **named)
        elif member.block != leader.block:
            problem_text = say("“%(member)s” is locked to “%(leader)s”, who is in another block.", **named)
        elif leader.most == 0:
            problem_text = say("“%(member)s” is locked to “%(leader)s”, who leads no group.", **named)
        elif problem.rule.common_slot and not member.slots & leader.slots:
            problem_text = say("“%(member)s” is locked to “%(leader)s”, and they have no hour in common.", **named)
        else:
            continue
        yield Issue(problem_text, say("Remove the lock."))


def _pins_of_one_member(problem: GroupProblem) -> Iterator[Issue]:
    for member, count in Counter(pin.member for pin in problem.pins).items():
        if count > 1:
            yield Issue(
                say("“%(member)s” is locked %(count)s times.", member=quoted(member), count=count),
                say("Keep one lock for each member."),
            )


def _alone(problem: GroupProblem) -> Iterator[Issue]:
    """A value that one person alone has volunteered. Which one, where and who is not said: it would name them."""
    for attribute in problem.rule.no_isolated:
        said = [(one, value) for one in problem.members if (value := one.value(attribute)) is not None]
        counts = Counter((one.block, value) for one, value in said)
        if any(counts[one.block, value] == 1 and attribute not in one.fine_alone for one, value in said):
            yield Issue(
                say(
                    "By what people volunteered under “%(name)s”, somebody would be the only one in any group.",
                    name=quoted(attribute),
                ),
                say(
                    "This is a need to recruit. Until then ask everybody, not one person, whether they are fine to be "
                    "the only one; or lift the rule for this attribute."
                ),
            )
