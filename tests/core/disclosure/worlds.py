"""Random schools for the tests of disclosure, and an attacker of their own, with no line of the product's.

The attacker here is scipy (HiGHS), and gets all its questions answered in one program: for each cell a copy of
everything that is known, with the cell at its lowest, and one with the cell at its highest.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array

from cheiron.core.disclosure.catalog import Kind, Measure
from cheiron.core.disclosure.release import Entry, Release, Standing
from cheiron.core.disclosure.tables import HIDDEN
from cheiron.core.people.self_description import NOT_TOLD, groups_of

Entries = Mapping[str, Entry]


def kind_for(measure: Measure = Measure.PLACED, attribute: str = "gender", threshold: int = 5) -> Kind:
    return Kind(measure, attribute, threshold)


def drawn_groups(draw: random.Random, people: Sequence[str], attribute: str) -> dict[str, str]:
    """Some tell little, some tell much; groups of every size, empty ones too."""
    groups = groups_of(attribute)
    weights = [draw.choice((0, 0.2, 1, 3, 8)) for _ in groups]
    weights[-1] = draw.choice((0.5, 5, 20))
    return dict(zip(people, draw.choices(groups, weights, k=len(people)), strict=True))


def entries_of(groups: Mapping[str, str], outcome: Mapping[str, bool], mark: str = "") -> dict[str, Entry]:
    """Everybody whose outcome is known, in a table about an open outcome."""
    return {one: Entry(groups[one], Standing(found, f"s{one}", mark)) for one, found in outcome.items()}


def drawn_outcome(draw: random.Random, people: Sequence[str]) -> dict[str, bool]:
    share = draw.choice((0.05, 0.3, 0.5, 0.7, 0.9, 0.97))
    return {one: draw.random() < share for one in people}


def drawn_wishes(
    draw: random.Random, groups: Mapping[str, str], outcome: Mapping[str, bool], mark: str = ""
) -> Entries:
    """A table about wishes: only those wish who have told, and only with a mentor is a wish met."""
    wishing, meeting = draw.choice((0.2, 0.6, 0.95)), draw.choice((0.1, 0.5, 0.9))
    entries = {}
    for one, placed in outcome.items():
        wishes = groups[one] != NOT_TOLD and draw.random() < wishing
        met = wishes and placed and draw.random() < meeting
        entries[one] = Entry(groups[one], Standing(placed, f"s{one}", mark), wishes, met)
    return entries


@dataclass(frozen=True)
class Found:
    """One cell: what it is, among how many, whether a table hides it, and between which values it must lie."""

    name: tuple
    size: int
    hidden: bool
    low: int
    high: int

    def holds(self, threshold: int) -> bool:
        """Whether it is wide, or is as large as tables may show, on both sides."""
        if self.high - self.low >= min(threshold, self.size):
            return True
        return not self.hidden and self.low >= threshold and self.size - self.high >= threshold


class Attacker:
    """Reads tables as a person would who knows everybody's outcome by name."""

    def __init__(self, releases: Sequence[Release]) -> None:
        self.releases = releases
        self.groups = groups_of(releases[0].table.kind.attribute)
        self.types = self._types()
        self.columns: dict[tuple, int] = {}
        self.at_most: list[tuple[dict[int, float], float]] = []
        self.equal: list[tuple[dict[int, float], float]] = []
        self.asked: list[tuple[tuple, dict[int, float], int, bool]] = []
        for number, size in enumerate(self.types.values()):
            self.equal.append(({self._x(number, g): 1.0 for g in self.groups}, size))
            self.asked += [((number, g), {self._x(number, g): 1.0}, size, False) for g in self.groups]
        for number, release in enumerate(releases):
            self._read(number, release)

    def _types(self) -> dict[tuple, int]:
        """People by what everybody can see of them."""
        seen: dict[tuple[str, str], dict[int, bool]] = {}
        for number, release in enumerate(self.releases):
            for one, standing in release.people.items():
                seen.setdefault((one, standing.secret), {})[number] = standing.outcome
        types: dict[tuple, int] = {}
        for found in seen.values():
            key = tuple(sorted(found.items()))
            types[key] = types.get(key, 0) + 1
        return types

    def _column(self, *name: object) -> int:
        return self.columns.setdefault(name, len(self.columns))

    def _x(self, number: int, group: str) -> int:
        return self._column("x", number, group)

    def _of_types(self, release: int, outcomes: set[bool]) -> list[tuple[int, bool, int]]:
        return [
            (number, dict(key)[release], size)
            for number, (key, size) in enumerate(self.types.items())
            if dict(key).get(release) in outcomes
        ]

    def _read(self, number: int, release: Release) -> None:
        table = release.table
        wishes = table.kind.measure is Measure.OWN_GROUP
        if wishes:
            self._wishes(number, table.kind.groups)
        for line in (*table.lines, *([table.everybody] if wishes else [])):
            groups = [line.group] if line.group else list(table.kind.groups)
            self._line(number, release, line, groups, wishes)

    def _wishes(self, number: int, telling: Sequence[str]) -> None:
        for kind, placed, size in self._of_types(number, {True, False}):
            for group in telling:
                met, unmet = (self._column("w", number, kind, group, is_met) for is_met in (True, False))
                self.at_most.append(({met: 1.0, unmet: 1.0, self._x(kind, group): -1.0}, 0.0))
                if not placed:
                    self.equal.append(({met: 1.0}, 0.0))
                for column in (met, unmet) if placed else (unmet,):
                    self.asked.append((("w", number, kind, group, column), {column: 1.0}, size, False))

    def _sum(
        self, number: int, groups: Sequence[str], outcomes: set[bool], wishes: bool
    ) -> tuple[dict[int, float], int]:
        if wishes:
            types = self._of_types(number, {True, False})
            size = sum(n for _, placed, n in types if placed or False in outcomes)
            names = [("w", number, kind, g, met) for kind, _, _ in types for g in groups for met in outcomes]
        else:
            types = self._of_types(number, outcomes)
            size, names = sum(n for _, _, n in types), [("x", kind, g) for kind, _, _ in types for g in groups]
        return {self._column(*name): 1.0 for name in names}, size

    def _line(self, number: int, release: Release, line, groups: Sequence[str], wishes: bool) -> None:
        k, everybody = release.table.kind.threshold, len(release.people)
        of, _ = self._sum(number, groups, {True, False}, wishes)
        yes, size_yes = self._sum(number, groups, {True}, wishes)
        no, size_no = self._sum(number, groups, {False}, wishes)
        coded = line.least is not None or line.most is not None
        for name, cell, among, hidden in (
            ("of", of, everybody, line.of is HIDDEN),
            ("yes", yes, size_yes, line.yes is HIDDEN and not coded),
            ("no", no, size_no, line.yes is HIDDEN and not coded),
        ):
            self.asked.append(((number, line.group, name), cell, among, hidden))
        if wishes and line.group:
            members, _ = self._sum(number, groups, {True, False}, wishes=False)
            without = {**members, **dict.fromkeys(of, -1.0)}
            self.asked.append(((number, line.group, "no wish"), without, everybody, False))
        if line.of is HIDDEN:
            return
        self._between(of, max(line.of - k // 2, k), min(line.of - k // 2 + k - 1, everybody - k))
        if line.yes is not HIDDEN:
            self._between(yes, max(line.yes - k // 2, k), line.yes - k // 2 + k - 1)
            self._between(no, k, everybody)
            if not wishes:
                self._between(yes, k, size_yes - k)
                self._between(no, k, size_no - k)
        if line.least is not None:
            self.at_most.append((_less(of, yes, line.least / 100), 0.0))
        if line.most is not None:
            self.at_most.append((_less(of, yes, line.most / 100, -1), 0.0))

    def _between(self, cell: dict[int, float], low: float, high: float) -> None:
        self.at_most += [(cell, high), ({column: -count for column, count in cell.items()}, -low)]

    def only(self, draw: random.Random, most: int) -> "Attacker":
        """The attacker with less time: so many questions, drawn by lot, and what two tables leave when subtracted."""
        questions = self.asked + self._differences()
        self.asked = draw.sample(questions, min(most, len(questions)))
        return self

    def _differences(self) -> list[tuple[tuple, dict[int, float], int, bool]]:
        """Each group among those who are here in one table, and there, or not, in another."""
        found: dict[tuple, tuple[dict[int, float], int]] = {}
        for one, other in combinations(range(len(self.releases)), 2):
            for number, (key, size) in enumerate(self.types.items()):
                how = dict(key).get(one), dict(key).get(other)
                for group in self.groups if how != (None, None) else ():
                    cell, among = found.get((one, other, how, group), ({}, 0))
                    found[one, other, how, group] = {**cell, self._x(number, group): 1.0}, among + size
        return [(name, cell, size, False) for name, (cell, size) in found.items()]

    def intervals(self) -> list[Found]:
        """Each cell with its bounds, in whole people."""
        width = len(self.columns)
        upper, most = _matrix(self.at_most, width)
        exact, is_ = _matrix(self.equal, width)
        costs = np.zeros((2 * len(self.asked), width))
        for row, (_, cell, _, _) in enumerate(self.asked):
            for column, count in cell.items():
                costs[2 * row, column], costs[2 * row + 1, column] = count, -count
        n = len(costs)
        solved = linprog(
            costs.ravel(),
            A_ub=block_diag([upper] * n, format="csr") if len(most) else None,
            b_ub=np.tile(most, n) if len(most) else None,
            A_eq=block_diag([exact] * n, format="csr"),
            b_eq=np.tile(is_, n),
            method="highs",
        )
        assert solved.status == 0, solved.message
        values = (costs * solved.x.reshape(n, width)).sum(axis=1)
        return [
            Found(name, size, hidden, int(np.ceil(values[2 * i] - 1e-6)), int(np.floor(-values[2 * i + 1] + 1e-6)))
            for i, (name, _, size, hidden) in enumerate(self.asked)
        ]


def _less(of: dict[int, float], yes: dict[int, float], share: float, sign: int = 1) -> dict[int, float]:
    row = {column: sign * share * count for column, count in of.items()}
    for column, count in yes.items():
        row[column] = row.get(column, 0.0) - sign * count
    return row


def _matrix(rows: Sequence[tuple[dict[int, float], float]], width: int) -> tuple[csr_array, np.ndarray]:
    cells = [(row, column, count) for row, (found, _) in enumerate(rows) for column, count in found.items()]
    at, to, values = zip(*cells, strict=True) if cells else ((), (), ())
    return csr_array((values, (at, to)), shape=(len(rows), width)), np.array([bound for _, bound in rows])


def told_too_much(
    releases: Sequence[Release],
    threshold: int = 5,
    ask: tuple[random.Random, int] | None = None,
    everything: bool = False,
) -> list[Found]:
    """The cells that these tables, of one attribute, give away.

    ``everything`` asks for the differences of any two tables as well; ``ask``, of all that, for some drawn by lot.
    """
    attacker = Attacker(releases)
    if ask or everything:
        attacker.only(*(ask or (random.Random(0), len(attacker.asked) + 10_000)))
    return [found for found in attacker.intervals() if not found.holds(threshold)]


# ---------- a school over time ----------


def drawn_runs(draw: random.Random, attribute: str) -> list[list[tuple[Kind, Entries]]]:
    """Some saved runs of a school, each with all tables of the catalog about one attribute.

    Later runs are what coordinators make of earlier ones: one mentee moved, some moved, other people, all anew. Now
    and then somebody tells something else about themselves, and some mentees are mentors too.
    """
    people = [f"p{number}" for number in range(draw.choice((25, 60, 110)))]
    groups = drawn_groups(draw, people, attribute)
    outcome, first = drawn_outcome(draw, people), drawn_outcome(draw, people)
    mentors = [*draw.sample(people, 8), *(f"m{number}" for number in range(draw.choice((10, 30))))]
    groups |= drawn_groups(draw, mentors[8:], attribute)
    runs, told = [], dict.fromkeys(groups, 0)
    for number in range(draw.choice((2, 3))):
        runs.append(_tables(draw, attribute, groups, (outcome, first, drawn_outcome(draw, mentors)), told, number))
        for one in draw.sample(people, draw.choice((1, 3, 12, len(people)))):
            outcome = {**outcome, one: draw.random() < 0.7}
            first = {**first, one: draw.random() < 0.7}
        for one in draw.sample(people, draw.choice((0, 0, 1, 9))):
            groups, told = {**groups, one: draw.choice(groups_of(attribute))}, {**told, one: told[one] + 1}
        gone = set(draw.sample(people, draw.choice((0, 1, 8))))
        outcome = {one: found for one, found in outcome.items() if one not in gone}
    return runs


def _tables(draw, attribute, groups, outcomes, told, number) -> list[tuple[Kind, Entries]]:
    outcome, first, load = outcomes
    tables = [
        (Kind(Measure.PLACED, attribute), entries_of(groups, outcome)),
        (Kind(Measure.WISHED, attribute), entries_of(groups, {one: first[one] and outcome[one] for one in outcome})),
        (Kind(Measure.LOAD, attribute), entries_of(groups, load)),
        (Kind(Measure.OWN_GROUP, attribute), drawn_wishes(draw, groups, outcome, f"r{number}")),
    ]
    return [(kind, {one: _told_again(entry, told[one]) for one, entry in entries.items()}) for kind, entries in tables]


def _told_again(entry: Entry, times: int) -> Entry:
    return replace(entry, standing=replace(entry.standing, secret=f"{entry.standing.secret}.{times}"))
