"""One round of matching from files: two lists, their map and reporting lines, to a problem and back to people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from cheiron.catalog.thesaurus import thesaurus
from cheiron.cli.map_file import NO_MAP, MapFile, read_map
from cheiron.cli.refusals import together
from cheiron.core.matching.components import Participant
from cheiron.core.matching.orders import orders_of
from cheiron.core.matching.problem import Forbid, Mentor, Method, Problem, Rule
from cheiron.core.matching.score import Reason, explain_pair, score_matrix
from cheiron.core.matching.statements import understood
from cheiron.core.people.facts import PersonRow
from cheiron.core.people.reporting_lines import Line, read_lines
from cheiron.core.people.roster import Side, directory, guess_map, read_people, read_table

_SHOWN_ROWS = 20


@dataclass(frozen=True)
class Round:
    """Everybody on the two lists, in the order of ids, and what stands between them."""

    mentees: tuple[PersonRow, ...]
    mentors: tuple[PersonRow, ...]
    map_file: MapFile
    lines: tuple[Line, ...] = ()

    @property
    def seekers(self) -> Mapping[str, Participant]:
        """Mentees as the scorer sees them; wishes by address are turned into ids."""
        return self._sides[0]

    @property
    def offerers(self) -> Mapping[str, Participant]:
        """Mentors as the scorer sees them, with their seats."""
        return self._sides[1]

    @cached_property
    def _sides(self) -> tuple[Mapping[str, Participant], Mapping[str, Participant]]:
        """Both sides by id, what they wrote weighed among each other."""
        known, default = directory(self.mentors), self.map_file.default_capacity
        seeking = [
            Participant(
                one.external_id,
                replace(one.facts, wishes=tuple(known.get(wish.casefold(), wish) for wish in one.facts.wishes)),
            )
            for one in self.mentees
        ]
        offering = [
            Participant(one.external_id, one.facts, default if one.capacity is None else one.capacity)
            for one in self.mentors
        ]
        mentees, mentors = understood(seeking, offering, thesaurus())
        return {one.id: one for one in mentees}, {one.id: one for one in mentors}

    def problem(self, seed: int, method: Method) -> Problem:
        """What is to be solved, with both orders, so that it can be solved by each method. Raises ``Invalid``."""
        seekers, offerers = tuple(self.seekers.values()), tuple(self.offerers.values())
        weights, stages = self.map_file.all_weights, self.map_file.stages
        scores = score_matrix(seekers, offerers, weights, stages)
        return Problem(
            mentees=tuple(self.seekers),
            mentors=tuple(Mentor(one.id, one.capacity) for one in offerers),
            scores=scores,
            forbids=tuple({*self.forbidden_selves(), *chain.from_iterable(map(self.forbidden_by, self.lines))}),
            seed=seed,
            method=method,
            orders=orders_of(seekers, offerers, scores, weights, stages),
        )

    def reason(self, mentee: str, mentor: str) -> Reason:
        """Why these two."""
        weights, stages = self.map_file.all_weights, self.map_file.stages
        return explain_pair(self.seekers[mentee], self.offerers[mentor], weights, stages)

    def forbidden_selves(self) -> tuple[Forbid, ...]:
        """Whoever is on both lists (by id or address) is not matched with themselves."""
        by_email = {mentor.email: mentor.external_id for mentor in self.mentors}
        same = [(one.external_id, by_email[one.email]) for one in self.mentees if one.email in by_email]
        same += [(name, name) for name in self.seekers if name in self.offerers]
        return tuple(Forbid(mentee, mentor, Rule.FORBIDDEN) for mentee, mentor in same)

    def forbidden_by(self, line: Line) -> tuple[Forbid, ...]:
        """The pairs of these lists that a reporting line rules out, whichever of the two would be the mentor."""
        seekers, offerers = self._directories
        ways = ((line.student, line.assessor), (line.assessor, line.student))
        return tuple(
            Forbid(seekers[mentee], offerers[mentor], Rule(line.rule))
            for mentee, mentor in ways
            if mentee in seekers and mentor in offerers
        )

    @cached_property
    def _directories(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        return directory(self.mentees), directory(self.mentors)

    def notes(self) -> tuple[str, ...]:
        """What was in the files and has no effect, so that nothing is dropped in silence."""
        without_effect = [line.row for line in self.lines if not self.forbidden_by(line)]
        known = directory(self.mentors)
        idle = [one.row for one in self.mentees if any(wish.casefold() not in known for wish in one.facts.wishes)]
        return (
            *_note("Reporting lines that name no two people of these lists", without_effect),
            *_note("Mentees with a wish that names no mentor of the list", idle),
        )


def _note(what: str, rows: list[int]) -> tuple[str, ...]:
    shown = ", ".join(str(row) for row in rows[:_SHOWN_ROWS]) + (", …" if len(rows) > _SHOWN_ROWS else "")
    return (f"{what}: {len(rows)} (row {shown}).",) if rows else ()


def read_round(mentees: Path, mentors: Path, map_path: Path | None, lines: Path | None) -> Round:
    """Read all files. Raises ``Invalid``, after everything wrong in any of the files has been told."""
    map_file = read_map(map_path) if map_path else NO_MAP
    found = together(
        lambda: _by_id(_people(mentees, "mentee", map_file)),
        lambda: _by_id(_people(mentors, "mentor", map_file)),
        lambda: _lines(lines) if lines else (),
    )
    return Round(*found[:2], map_file, found[2])  # type: ignore[arg-type]


def _people(path: Path, side: Side, map_file: MapFile) -> tuple[PersonRow, ...]:
    table = read_table(path.read_bytes(), path.name)
    return read_people(table, map_file.roster_map(side, guess_map(table, side)), side)


def _by_id(people: Iterable[PersonRow]) -> tuple[PersonRow, ...]:
    return tuple(sorted(people, key=lambda person: person.external_id))


def _lines(path: Path) -> tuple[Line, ...]:
    return read_lines(read_table(path.read_bytes(), path.name))
