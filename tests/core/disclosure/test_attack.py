"""The attacker and the ledger: against every whole solution of small tables, and against subtraction over runs."""

import random
from itertools import product

import pytest

from cheiron.core.disclosure import suppress
from cheiron.core.disclosure.attack import MOST_UNKNOWN, Knowledge, pins
from cheiron.core.disclosure.catalog import Measure
from cheiron.core.disclosure.ledger import Ledger, audit
from cheiron.core.disclosure.release import Entry, Release
from cheiron.core.disclosure.suppress import suppressed
from cheiron.core.disclosure.tables import HIDDEN, Line, sealed
from cheiron.core.people.self_description import NOT_TOLD, groups_of
from tests.core.disclosure.worlds import (
    drawn_groups,
    drawn_outcome,
    drawn_wishes,
    entries_of,
    kind_for,
    told_too_much,
)

# ---------- against every whole solution ----------


def ways(people: int, groups: int):
    """Every way to put so many people into so many groups."""
    if groups == 1:
        yield (people,)
        return
    for first in range(people + 1):
        yield from ((first, *rest) for rest in ways(people - first, groups - 1))


def fits(line: Line, place: int, sides: tuple[tuple[int, ...], tuple[int, ...]], base: int) -> bool:
    """Whether a solution agrees with what a line says, and with its being said at all."""
    yes, no = sides[1][place], sides[0][place]
    if line.of is HIDDEN:
        return True
    others = sum(map(sum, sides)) - yes - no
    if (yes + no + base // 2) // base * base != line.of or yes + no < base or others < base:
        return False
    if line.yes is not HIDDEN:
        beside = sum(sides[1]) - yes, sum(sides[0]) - no
        return (yes + base // 2) // base * base == line.yes and min(yes, no, *beside) >= base
    lowest = line.least is None or 100 * yes >= line.least * (yes + no)
    return lowest and (line.most is None or 100 * yes <= line.most * (yes + no))


def every_solution(release: Release):
    """All that the numbers of people of each outcome allow, and the table does not deny."""
    table, groups = release.table, groups_of(release.table.kind.attribute)
    with_it = sum(standing.outcome for standing in release.people.values())
    for sides in product(ways(len(release.people) - with_it, len(groups)), ways(with_it, len(groups))):
        if all(fits(line, place, sides, table.kind.threshold) for place, line in enumerate(table.lines)):
            yield sides


@pytest.mark.parametrize("seed", range(25))
def test_no_hidden_cell_is_narrow_among_all_whole_solutions(seed):
    """Threshold 2, so that small tables say something. Every hidden cell can have two values that lie as far apart."""
    draw = random.Random(seed)
    people = [f"p{number}" for number in range(draw.choice((6, 7, 8)))]
    groups = {one: draw.choice(("Woman", "Woman", "Man", NOT_TOLD)) for one in people}
    kind = kind_for(threshold=2)
    release = suppressed(kind, entries_of(groups, {one: draw.random() < 0.5 for one in people}))
    solutions = list(every_solution(release))
    assert solutions, "the truth is one of them"
    for place, line in enumerate(release.table.lines):
        for side in (0, 1) if line.yes is HIDDEN and line.least is None and line.most is None else ():
            values = {solution[side][place] for solution in solutions}
            size = sum(solutions[0][side])
            assert max(values) - min(values) >= min(2, size), (line, values)


@pytest.mark.parametrize("seed", range(25))
def test_the_bounds_of_the_attacker_hold_every_whole_solution(seed):
    """It may think a cell wider than whole people allow, never narrower; and it pins what is told too well."""
    draw = random.Random(seed)
    people = [f"p{number}" for number in range(6)]
    groups = {one: draw.choice(("Woman", "Man")) for one in people}
    entries = entries_of(groups, {one: draw.random() < 0.5 for one in people})
    bare = _said_outright(kind_for(threshold=2), entries)
    found = list(pins([bare]))
    places = {group: place for place, group in enumerate(groups_of("gender"))}
    solutions = list(every_solution(bare))
    for pin in found:
        if pin.cell.release == 0 or pin.cell.group not in places or len(pin.cell.sum) != 1:
            continue
        side = pin.cell.sum[0][0] // len(places)
        outcome = Knowledge([bare]).atoms[side][0][0]
        values = {solution[outcome][places[pin.cell.group]] for solution in solutions}
        assert pin.low <= min(values)
        assert max(values) <= pin.high


def _said_outright(kind, entries) -> Release:
    """What the first look at each line alone lets through: nothing suppressed for the sake of another line."""
    lines = [suppress._line(kind, entries, group) for group in kind.groups]
    everybody = suppress._line(kind, entries, "")
    return Release(sealed(kind, lines, everybody), {one: entry.standing for one, entry in entries.items()})


def test_without_suppression_of_other_lines_tables_would_tell():
    """Otherwise the tests of suppression would have nothing to find."""
    told = 0
    for seed in range(40):
        draw = random.Random(seed)
        people = [f"p{number}" for number in range(40)]
        groups = {one: draw.choices(("Woman", "Man", "Nonbinary"), (12, 10, 1))[0] for one in people}
        bare = _said_outright(kind_for(), entries_of(groups, {one: draw.random() < 0.5 for one in people}))
        theirs, ours = told_too_much([bare]), list(pins([bare]))
        assert bool(theirs) == bool(ours)
        told += bool(ours)
    assert told > 5


@pytest.mark.parametrize("seed", range(30))
def test_the_two_attackers_agree_on_two_tables(seed):
    """The one of the product (GLOP, whole atoms) and the one of the tests (HiGHS), of tables not made to fit."""
    draw = random.Random(seed)
    people = [f"p{number}" for number in range(draw.choice((20, 50)))]
    groups = drawn_groups(draw, people, "gender")
    outcome = drawn_outcome(draw, people)
    other = {**outcome, **{one: draw.random() < 0.5 for one in draw.sample(people, draw.choice((1, 7)))}}
    releases = [suppressed(kind_for(), entries_of(groups, one)) for one in (outcome, other)]
    releases.append(suppressed(kind_for(Measure.OWN_GROUP), drawn_wishes(draw, groups, outcome)))
    assert bool(told_too_much(releases, everything=True)) == bool(list(pins(releases)))


# ---------- over runs ----------


def release(groups, outcome, mark="") -> Release:
    return suppressed(kind_for(), entries_of(groups, outcome, mark))


def world() -> tuple[dict[str, str], dict[str, bool]]:
    draw = random.Random(5)
    people = [f"p{number}" for number in range(160)]
    groups = {one: draw.choices(("Woman", "Man", NOT_TOLD), (3, 3, 2))[0] for one in people}
    return groups, {one: draw.random() < 0.6 for one in people}


def test_one_person_who_moves_between_two_runs_holds_the_second_back():
    groups, outcome = world()
    first = release(groups, outcome)
    assert not first.table.empty
    ledger = Ledger().joined_by(first)
    for moved in range(1, 5):
        people = list(outcome)[:moved]
        second = release(groups, {**outcome, **{one: not outcome[one] for one in people}})
        refused = audit(ledger, second)
        assert "fewer than 5 people" in str(refused)
        assert str(moved) not in str(refused).replace("5", ""), "the sentence tells no detail"


@pytest.mark.parametrize("change", ["tells something", "takes it back", "leaves", "another mentor"])
def test_a_change_that_nobody_sees_counts_like_one_that_everybody_sees(change):
    groups, outcome = world()
    ledger = Ledger().joined_by(release(groups, outcome))
    entries = entries_of(groups, outcome)
    one = next(person for person, group in groups.items() if group == "Woman")
    known = entries[one].standing
    if change == "leaves":
        del entries[one]
    elif change == "another mentor":
        entries[one] = Entry(groups[one], type(known)(known.outcome, known.secret, "somebody else"))
    else:
        group = "Man" if change == "tells something" else NOT_TOLD
        entries[one] = Entry(group, type(known)(known.outcome, "another mark", known.mark))
    assert audit(ledger, suppressed(kind_for(), entries)) is not None


def test_the_same_again_is_nothing_new():
    groups, outcome = world()
    first = release(groups, outcome)
    ledger = Ledger().joined_by(first)
    again = release(groups, outcome)
    assert audit(ledger, again) is None
    assert ledger.joined_by(again) == ledger
    assert ledger.same_as(first.table.kind, first.people) is first


def test_other_people_are_no_concern_of_earlier_ones():
    groups, outcome = world()
    ledger = Ledger().joined_by(release(groups, outcome))
    others = {f"new {one}": group for one, group in groups.items()}
    assert audit(ledger, release(others, {f"new {one}": found for one, found in outcome.items()})) is None


def test_other_attributes_are_other_unknowns():
    groups, outcome = world()
    ledger = Ledger().joined_by(release(groups, outcome))
    moved = {**outcome, "p0": not outcome["p0"]}
    background = dict.fromkeys(groups, NOT_TOLD) | {f"p{number}": "Rural" for number in range(0, 160, 2)}
    entries = entries_of(background, moved)
    assert audit(ledger, suppressed(kind_for(attribute="background"), entries)) is None


def test_a_ledger_that_is_too_long_to_look_through_refuses():
    draw = random.Random(1)
    people = [f"p{number}" for number in range(400)]
    groups = {one: draw.choice(("Woman", "Man", NOT_TOLD)) for one in people}
    ledger = Ledger()
    for _ in range(9):
        made = release(groups, {one: draw.random() < 0.5 for one in people})
        if Knowledge([*ledger.releases, made]).unknown > MOST_UNKNOWN:
            assert audit(ledger, made) is not None
            return
        ledger = ledger.joined_by(made)
    pytest.fail("nine runs of 400 people must be too many unknowns")


def test_an_empty_ledger_tells_nothing():
    assert list(pins([])) == []
    assert Ledger().about("gender") == ()
