"""The attacker: what somebody can work out who knows everybody by name and has seen everything that was released.

They know who has a mentor and who has not, who is counted in which table, and how tables are rounded and coded. They do
not know who stands in which group, nor who wishes. So people whom all releases treat alike form one atom, and what is
not known is how many of each atom stand in each group. Every figure shown bounds a sum of such numbers. A linear
program (GLOP) gives the lowest and the highest value that a cell can have; the bounds are then drawn in to whole
numbers. Method: Fischetti and Salazar 2001 for the attacker of one table; the union of tables is one system here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import ceil, floor
from typing import Any

from cheiron.core.disclosure.release import Release, Standing
from cheiron.core.disclosure.tables import EVERYBODY, Hidden, Line, unrounded
from cheiron.core.people.self_description import groups_of

SLACK = 1e-6
MOST_UNKNOWN = 600
"""A union with more unknown numbers is not looked through; it counts as telling too much."""

Sum = dict[int, float]
"""A sum of unknown numbers: place of the unknown, and how often it counts."""


@dataclass(frozen=True)
class Cell:
    """A number of people that nobody may narrow down. ``size``: among how many known people they are."""

    release: int | None
    """Which of the releases it belongs to; None where only several together make it."""
    group: str
    sum: tuple[tuple[int, float], ...]
    size: int
    hidden: bool
    """Whether a table hides it, so that it must stay wide wherever it lies."""


@dataclass(frozen=True)
class Pin:
    """A cell that is known too well: between ``low`` and ``high``, both possible at most."""

    cell: Cell
    low: int
    high: int


class Knowledge:
    """Everything that follows from releases of one attribute, as one linear system."""

    def __init__(self, releases: Sequence[Release]) -> None:
        kinds = [release.table.kind for release in releases]
        assert len({kind.attribute for kind in kinds}) == 1, "unknowns of two attributes have nothing in common"
        self.releases = releases
        self.groups = groups_of(kinds[0].attribute)
        self.threshold = max(kind.threshold for kind in kinds)
        self.atoms = _atoms(releases)
        self._start = len(self.atoms) * len(self.groups)
        self._wishes = _places_of_wishes(releases, self.atoms)
        self.unknown = self._start + 2 * len(self.groups) * len(self._wishes)
        self.bounds = list(self._bounds())

    def _in(self, atom: int, group: str) -> int:
        return atom * len(self.groups) + self.groups.index(group)

    def _wish(self, release: int, atom: int, group: str, met: bool) -> int:
        among = 2 * self.groups.index(group) + met
        return self._start + 2 * len(self.groups) * self._wishes[release, atom] + among

    def _within(self, release: int, outcome: bool | None = None) -> list[int]:
        """The atoms that a release counts, with this outcome or with any."""
        wanted = {True, False} if outcome is None else {outcome}
        return [place for place, (standing, _) in enumerate(self.atoms) if standing[release] in wanted]

    def size(self, release: int, outcome: bool | None = None) -> int:
        """How many people a release counts, with this outcome or with any."""
        return sum(self.atoms[place][1] for place in self._within(release, outcome))

    # ---------- sums ----------

    def members(self, release: int, group: str, outcome: bool | None = None) -> Sum:
        """Everybody of a group in a release."""
        return {self._in(atom, group): 1.0 for atom in self._within(release, outcome)}

    def of(self, release: int, group: str) -> Sum:
        """What a line counts."""
        if not self.releases[release].table.kind.wishes:
            return self.members(release, group)
        return self._wishing(release, group, (True, False))

    def yes(self, release: int, group: str, truth: bool = True) -> Sum:
        """Of whom it is true, or not."""
        if not self.releases[release].table.kind.wishes:
            return self.members(release, group, truth)
        return self._wishing(release, group, (truth,))

    def _wishing(self, release: int, group: str, met: Iterable[bool]) -> Sum:
        groups = self.releases[release].table.kind.groups if group == EVERYBODY else (group,)
        atoms = self._within(release)
        return {self._wish(release, atom, one, is_met): 1.0 for atom in atoms for one in groups for is_met in met}

    # ---------- what is known ----------

    def _bounds(self) -> Iterator[tuple[Sum, float, float]]:
        """Sums with the lowest and highest value that they can have."""
        for atom, (_, size) in enumerate(self.atoms):
            yield {self._in(atom, group): 1.0 for group in self.groups}, size, size
        for place, atom in self._wishes:
            yield from self._wishers_are_members(place, atom)
        for place, release in enumerate(self.releases):
            for line in _lines(release):
                yield from self._told_by(place, line)

    def _wishers_are_members(self, release: int, atom: int) -> Iterator[tuple[Sum, float, float]]:
        """Whoever has told nothing wishes nothing, and nobody's wish is met who has no mentor."""
        told, outcome = set(self.releases[release].table.kind.groups), self.atoms[atom][0][release]
        for group in self.groups:
            wishing: Sum = {self._wish(release, atom, group, met): 1.0 for met in (True, False)}
            yield {**wishing, self._in(atom, group): -1.0}, -_FAR, 0
            if group not in told:
                yield wishing, 0, 0
            elif not outcome:
                yield {self._wish(release, atom, group, True): 1.0}, 0, 0

    def _told_by(self, release: int, line: Line) -> Iterator[tuple[Sum, float, float]]:
        """What one line says, and what follows from its being shown at all."""
        kind = self.releases[release].table.kind
        if isinstance(line.of, Hidden):
            return
        of, yes = self.of(release, line.group), self.yes(release, line.group)
        low, high = unrounded(line.of, kind.threshold)
        yield of, max(low, kind.threshold), min(high, self.size(release) - kind.threshold)
        if not isinstance(line.yes, Hidden):
            yield yes, *unrounded(line.yes, kind.threshold)
            for outcome in (True, False):
                most = _FAR if kind.wishes else self.size(release, outcome) - kind.threshold
                yield self.yes(release, line.group, outcome), kind.threshold, most
        if line.least is not None:
            yield _share(yes, of, line.least), 0, _FAR
        if line.most is not None:
            yield _share(yes, of, line.most), -_FAR, 0

    # ---------- what must not be known ----------

    def cells(self) -> list[Cell]:
        """Every number that a release or several together could give away; each once, hidden if it is so anywhere."""
        found: dict[tuple[tuple[int, float], ...], Cell] = {}
        for cell in (*self._cells_of_tables(), *self._cells_of_pairs(), *self._cells_of_atoms()):
            known = found.get(cell.sum)
            if known is None or (cell.hidden and not known.hidden):
                found[cell.sum] = cell
        return list(found.values())

    def at_once(self) -> Iterator[Cell]:
        """What can be large, or small, at once, so that few cells are left to ask for one by one."""
        groups = len(self.groups)
        for turn in range(groups):  # each atom in a group of its own, in turn; whoever wishes, and has it met, too
            members = ((atom * groups + (atom + turn) % groups, 1.0) for atom in range(len(self.atoms)))
            wishes = (
                (self._start + 2 * groups * number + 2 * ((number + turn) % groups) + turn % 2, 1.0)
                for number in range(len(self._wishes))
            )
            yield Cell(None, EVERYBODY, (*members, *wishes), 0, hidden=False)
        for group in self.groups:  # and a group in all atoms
            places = (self._in(atom, group) for atom in range(len(self.atoms)))
            yield Cell(None, group, tuple((place, 1.0) for place in places), 0, hidden=False)

    def _cells_of_atoms(self) -> Iterator[Cell]:
        for atom, (_, size) in enumerate(self.atoms):
            for group in self.groups:
                yield Cell(None, group, ((self._in(atom, group), 1.0),), size, hidden=False)
        for release, atom in self._wishes:
            how, size = self.atoms[atom]
            for group in self.releases[release].table.kind.groups:
                for met in (True, False) if how[release] else (False,):
                    yield Cell(None, group, ((self._wish(release, atom, group, met), 1.0),), size, hidden=False)

    def _cells_of_pairs(self) -> Iterator[Cell]:
        """What one table subtracted from another leaves: who moved from here to there between the two, came or went."""
        for one, other in combinations(range(len(self.releases)), 2):
            between: dict[tuple[bool | None, bool | None], list[int]] = {}
            for atom, (how, _) in enumerate(self.atoms):
                between.setdefault((how[one], how[other]), []).append(atom)
            between.pop((None, None), None)
            for atoms, group in product(between.values(), self.groups):
                size = sum(self.atoms[atom][1] for atom in atoms)
                places = sorted(self._in(atom, group) for atom in atoms)
                yield Cell(None, group, tuple((place, 1.0) for place in places), size, hidden=False)

    def _cells_of_tables(self) -> Iterator[Cell]:
        for place, release in enumerate(self.releases):
            for line in _lines(release):
                yield self._cell(place, line, self.of(place, line.group), None, hidden=line.hidden)
                yield from self._sides(place, line)
                if release.table.kind.wishes and line.group != EVERYBODY:
                    rest = {**self.members(place, line.group), **dict.fromkeys(self.of(place, line.group), -1.0)}
                    yield self._cell(place, line, rest, None, hidden=False)

    def _sides(self, release: int, line: Line) -> Iterator[Cell]:
        """Of whom it is true, and of whom it is not, which may be anybody where it is about wishes."""
        hidden = isinstance(line.yes, Hidden) and not (line.least or line.most)
        for outcome in (True, False):
            side = None if self.releases[release].table.kind.wishes and not outcome else outcome
            yield self._cell(release, line, self.yes(release, line.group, outcome), side, hidden=hidden)

    def _cell(self, release: int, line: Line, found: Sum, side: bool | None, *, hidden: bool) -> Cell:
        return Cell(release, line.group, tuple(sorted(found.items())), self.size(release, side), hidden)


_FAR = 1e7


def _lines(release: Release) -> tuple[Line, ...]:
    """Lines from which somebody can learn: of an open outcome, what is said of everybody is known by name."""
    table = release.table
    return (*table.lines, table.everybody) if table.kind.wishes else table.lines


def _share(yes: Sum, of: Sum, percent: int) -> Sum:
    """``yes`` less the percentage of ``of``; both in whole people, so times 100."""
    share = {place: 100.0 * count for place, count in yes.items()}
    for place, count in of.items():
        share[place] = share.get(place, 0.0) - percent * count
    return share


def _atoms(releases: Sequence[Release]) -> list[tuple[tuple[bool | None, ...], int]]:
    """People whom all releases treat alike: how each treats them, and how many they are."""
    standing: dict[str, list[bool | None]] = {}
    for place, release in enumerate(releases):
        for person, known in release.people.items():
            standing.setdefault(_as_told(person, known), [None] * len(releases))[place] = known.outcome
    counts: dict[tuple[bool | None, ...], int] = {}
    for one in standing.values():
        counts[tuple(one)] = counts.get(tuple(one), 0) + 1
    return sorted(counts.items(), key=lambda atom: [(one is not None, bool(one)) for one in atom[0]])


def _as_told(person: str, known: Standing) -> str:
    """Somebody who has told something else since may stand in another group now: an unknown of its own."""
    return f"{person}\n{known.secret}"


def _places_of_wishes(
    releases: Sequence[Release], atoms: Sequence[tuple[tuple[bool | None, ...], int]]
) -> Mapping[tuple[int, int], int]:
    about = [place for place, release in enumerate(releases) if release.table.kind.wishes]
    pairs = [(place, atom) for place in about for atom, (how, _) in enumerate(atoms) if how[place] is not None]
    return {pair: number for number, pair in enumerate(pairs)}


def pins(releases: Sequence[Release]) -> Iterator[Pin]:
    """Every cell that these releases, of one attribute, give away together; each as soon as it is found.

    A cell may be known to be at least ``threshold``, with as many people of its side outside it: that is what tables
    are for. Otherwise, and wherever a table hides it, ``threshold`` people must lie between its bounds; of fewer
    people than that nothing at all may be known.
    """
    if not releases:
        return
    known = Knowledge(releases)
    if known.unknown > MOST_UNKNOWN:
        everything = Cell(None, EVERYBODY, (), 0, hidden=True)
        yield Pin(everything, 0, 0)
        return
    cells, solver = [cell for cell in known.cells() if cell.size and cell.sum], _Solver(known)
    seen = _Seen(cells)
    for way, together in product((-1, 1), known.at_once()):
        solver.extreme(together, way, seen)
    for place, cell in enumerate(cells):
        need = min(known.threshold, cell.size)
        if seen.width(place) >= need:
            continue
        high = solver.extreme(cell, 1, seen)
        if seen.width(place) >= need:
            continue
        low = solver.extreme(cell, -1, seen)
        safe = not cell.hidden and low >= known.threshold and cell.size - high >= known.threshold
        if high - low < need and not safe:
            yield Pin(cell, low, high)


class _Solver:
    """The system in GLOP, solved again for each cell from where the last one ended."""

    def __init__(self, known: Knowledge) -> None:
        from ortools.linear_solver import pywraplp

        self._glop: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._ends = (pywraplp.Solver.OPTIMAL,)
        self._variables = [self._glop.NumVar(0, _FAR, "") for _ in range(known.unknown)]
        for found, low, high in known.bounds:
            row = self._glop.Constraint(low, high)
            for place, count in found.items():
                row.SetCoefficient(self._variables[place], count)

    def extreme(self, cell: Cell, way: int, seen: "_Seen") -> int:
        """The lowest (-1) or highest (1) whole number that the cell can have."""
        objective = self._glop.Objective()
        objective.Clear()
        for place, count in cell.sum:
            objective.SetCoefficient(self._variables[place], count)
        objective.SetOptimizationDirection(way > 0)
        if self._glop.Solve() not in self._ends:
            return 0  # nothing that was released can contradict itself; whoever finds that it does gets no room
        seen.add([variable.solution_value() for variable in self._variables])
        value = float(objective.Value())
        return floor(value + SLACK) if way > 0 else ceil(value - SLACK)


class _Seen:
    """Values that each cell has had in some solution: where they lie far enough apart there is nothing to solve."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        import numpy as np

        each = [pair for cell in cells for pair in cell.sum]
        self._places = np.array([place for place, _ in each], dtype=np.int64)
        self._counts = np.array([count for _, count in each])
        self._starts = np.cumsum([0, *(len(cell.sum) for cell in cells[:-1])])
        self._low = np.full(len(cells), np.inf)
        self._high = np.full(len(cells), -np.inf)

    def add(self, values: Sequence[float]) -> None:
        """One more solution."""
        import numpy as np

        found = np.add.reduceat(np.array(values)[self._places] * self._counts, self._starts)
        np.minimum(self._low, found, out=self._low)
        np.maximum(self._high, found, out=self._high)

    def width(self, place: int) -> int:
        """How far apart the values of a cell lie, in whole numbers that are surely possible."""
        if self._low[place] > self._high[place]:
            return -1
        return floor(float(self._high[place]) + SLACK) - ceil(float(self._low[place]) - SLACK)
