"""Safe tables: made in one place only, rounded, coded, hidden, and read back as they were."""

import ast
import dataclasses
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cheiron.core
from cheiron.core.disclosure.catalog import CATALOG, STRICTER, THRESHOLD, Kind, Measure
from cheiron.core.disclosure.reading import readings
from cheiron.core.disclosure.suppress import suppressed
from cheiron.core.disclosure.tables import HIDDEN, Line, SafeTable, rounded, table_from_json, table_to_json, unrounded
from cheiron.core.people.self_description import ATTRIBUTES, NOT_TOLD, OWN_WORDS, SEVERAL, group_of, groups_of
from tests.core.disclosure.worlds import drawn_groups, drawn_outcome, drawn_wishes, entries_of, kind_for

PACKAGE = Path(cheiron.core.__file__).resolve().parents[1]


def counts(**groups: tuple[int, int]):
    """Entries in which so many of a group are, of whom so many got something."""
    of, outcome = {}, {}
    for group, (yes, everybody) in groups.items():
        for number in range(everybody):
            of[f"{group}{number}"], outcome[f"{group}{number}"] = group, number < yes
    return entries_of(of, outcome)


def line(table: SafeTable, group: str) -> Line:
    return next(one for one in table.lines if one.group == group)


# ---------- nobody forges one ----------


def test_a_safe_table_cannot_be_made_elsewhere():
    kind = kind_for()
    real = suppressed(kind, counts(Woman=(20, 30), Man=(15, 30), Nonbinary=(0, 2))).table
    with pytest.raises(TypeError):
        SafeTable(kind, (), Line(""), object())
    with pytest.raises(TypeError):
        SafeTable(kind, (), Line(""))
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(real, lines=(Line("Woman", 1, 1),))
    with pytest.raises(dataclasses.FrozenInstanceError):
        real.lines = ()


MAKERS = {"sealed", "Line", "suppressed", "_SEAL", "tables", "suppress", "disclosure"}
MAY_MAKE = {"actions/_figures.py": {"suppressed"}}
"""The one action that releases; what it makes has been attacked before it gets it."""


def names_called(tree: ast.AST) -> set[str]:
    return {
        node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }


def names_taken(tree: ast.AST) -> set[str]:
    """What a module imports from the package, by name or as a whole module."""
    taken = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)]
    from_it = [one for one in taken if "disclosure" in (getattr(one, "module", "") or "")]
    whole = {name.name for one in taken for name in one.names if "disclosure" in name.name}
    return {name.name for one in from_it for name in one.names} | whole


def test_only_the_release_of_figures_makes_tables_and_only_one_query_meets_what_people_volunteered():
    modules = [path for layer in ("queries", "actions", "web", "cli", "gateways", "catalog", "models")
               for path in (PACKAGE / layer).rglob("*.py")]  # fmt: skip
    trees = {str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8")) for path in modules}
    taken = {path: names_taken(tree) for path, tree in trees.items()}
    making = {path: found & MAKERS for path, found in taken.items() if found & MAKERS}
    assert making == MAY_MAKE
    assert {path for path, tree in trees.items() if "SafeTable" in names_called(tree)} == set()
    assert {path for path, found in taken.items() if found} == {
        *("actions/_figures.py", "queries/figures.py", "web/shared/templatetags/figures.py")
    }
    asking = {path for path in trees if ".volunteered" in (PACKAGE / path).read_text("utf-8") and "import Volunteered"
              in (PACKAGE / path).read_text("utf-8")}  # fmt: skip
    own_pages = {"queries/privacy.py", "queries/programs.py", "queries/holdings.py"}
    assert {path for path in asking if path.startswith("queries/")} == own_pages | {"queries/figures.py"}


# ---------- the catalog ----------


def test_the_catalog_is_one_way_and_closed():
    assert len({kind.key for kind in CATALOG}) == len(CATALOG) == len(Measure) * len(ATTRIBUTES)
    assert {kind.threshold for kind in CATALOG} == {THRESHOLD}
    assert STRICTER == 2 * THRESHOLD


def test_everybody_stands_in_one_group():
    assert group_of("gender", (), "") == NOT_TOLD
    assert group_of("gender", ("Woman",), " ") == "Woman"
    assert group_of("gender", ("Woman", "Transgender"), "") == SEVERAL
    assert group_of("gender", ("Woman",), "and more") == SEVERAL
    assert group_of("gender", (), "a word of my own") == OWN_WORDS
    assert group_of("gender", ("An answer of an older form",), "") == OWN_WORDS


@given(st.sampled_from(sorted(ATTRIBUTES)), st.lists(st.text(max_size=5)), st.text(max_size=5))
def test_whatever_is_answered_has_its_group(attribute, answers, own_words):
    assert group_of(attribute, answers, own_words) in groups_of(attribute)


# ---------- rounding, coding, hiding ----------


@given(st.integers(0, 10_000), st.sampled_from((5, 10)))
def test_a_rounded_count_tells_where_the_count_lies_and_not_more(count, base):
    shown = rounded(count, base)
    low, high = unrounded(shown, base)
    assert shown % base == 0
    assert low <= count <= high
    assert high - low == base - 1
    assert {rounded(other, base) for other in range(max(low, 0), high + 1)} == {shown}


def test_a_table_shows_rounded_counts_and_hides_the_small():
    table = suppressed(kind_for(), counts(Woman=(23, 41), Man=(19, 38), Nonbinary=(1, 3), Transgender=(2, 4))).table
    assert (line(table, "Woman").of, line(table, "Woman").yes) == (40, 25)
    assert line(table, "Woman").percent == 63
    assert line(table, "Nonbinary").of is HIDDEN
    assert line(table, OWN_WORDS).of is HIDDEN, "nobody there is hidden like a few, never zero"


def test_nearly_everybody_is_coded_and_not_counted():
    groups = {"Woman": (58, 60), "Man": (2, 60), NOT_TOLD: (40, 80), "Nonbinary": (10, 30)}
    table = suppressed(kind_for(), counts(**groups)).table
    assert (line(table, "Woman").yes, line(table, "Woman").least) == (HIDDEN, 90)
    assert (line(table, "Man").yes, line(table, "Man").most) == (HIDDEN, 10)


def test_one_hidden_group_is_not_left_alone():
    """The column sums are known by name: a single hidden line would be what is left."""
    table = suppressed(kind_for(), counts(Woman=(20, 40), Man=(20, 40), Nonbinary=(1, 2))).table
    hidden = [one.group for one in table.lines if one.hidden]
    shown_exactly = [one.group for one in table.lines if one.yes is not HIDDEN]
    assert "Nonbinary" in hidden
    assert len(shown_exactly) < 2 or len(hidden) > 1


def test_where_everybody_fares_alike_no_share_is_exact():
    table = suppressed(kind_for(), counts(Woman=(40, 40), Man=(40, 40))).table
    assert [one.percent for one in table.lines] == [None] * len(table.lines)
    assert {one.least for one in table.lines if not one.hidden} <= {None, 75, 90}


@pytest.mark.parametrize("seed", range(12))
def test_people_in_another_order_give_the_same_table(seed):
    draw = random.Random(seed)
    people = [f"p{number}" for number in range(60)]
    entries = entries_of(drawn_groups(draw, people, "race"), drawn_outcome(draw, people))
    shuffled = dict(draw.sample(sorted(entries.items()), len(entries)))
    kind = kind_for(attribute="race")
    assert suppressed(kind, entries).table == suppressed(kind, shuffled).table


def test_wishes_are_counted_with_what_is_met_and_everybody_together():
    draw = random.Random(4)
    people = [f"p{number}" for number in range(200)]
    groups = dict.fromkeys(people[:80], "Woman") | dict.fromkeys(people[80:150], "Man")
    groups |= dict.fromkeys(people[150:], NOT_TOLD)
    wishes = drawn_wishes(draw, groups, {one: draw.random() < 0.8 for one in people})
    table = suppressed(kind_for(Measure.OWN_GROUP), wishes).table
    assert NOT_TOLD not in {one.group for one in table.lines}
    assert not table.everybody.hidden
    wishing = sum(entry.wishes for entry in wishes.values())
    assert abs(table.everybody.of - wishing) <= 2


def test_nobody_at_all_is_an_empty_table():
    for kind in CATALOG:
        assert suppressed(kind, {}).table.empty


# ---------- stored and read ----------


@pytest.mark.parametrize("seed", range(8))
def test_a_table_reads_back_as_it_was(seed):
    draw = random.Random(seed)
    people = [f"p{number}" for number in range(150)]
    kind = Kind(draw.choice(list(Measure)), "gender")
    groups, outcome = drawn_groups(draw, people, "gender"), drawn_outcome(draw, people)
    entries = drawn_wishes(draw, groups, outcome) if kind.wishes else entries_of(groups, outcome)
    table = suppressed(kind, entries).table
    assert table_from_json(table_to_json(table)) == table


def test_readings_come_from_the_rounded_figures_alone():
    table = suppressed(kind_for(), counts(Woman=(23, 41), Man=(31, 38), Nonbinary=(1, 3), Transgender=(2, 4))).table
    woman, man = readings(table)
    assert round(woman.ahead, 3) == round(25 / 40 - 30 / 40, 3)
    assert woman.interval.holds(25 / 40)
    assert (woman.apart, woman.by_lot == man.by_lot) == (False, True)
