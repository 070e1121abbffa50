"""Figures by group: what the tables of the catalog count of a run, the ledger of a school, and what a page may show.

The one place in which what people volunteered meets what became of them. What leaves here towards a page is a released
``SafeTable``; the entries with the groups go to ``cheiron.core.disclosure`` and nowhere else.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists

from cheiron.core.access import Actor, Permission
from cheiron.core.disclosure.catalog import CATALOG, Kind, Measure, kind_of
from cheiron.core.disclosure.ledger import Ledger
from cheiron.core.disclosure.reading import Reading, readings
from cheiron.core.disclosure.release import Entry, Release, Standing
from cheiron.core.disclosure.tables import SafeTable, table_from_json, table_to_json
from cheiron.core.matching.fair_load import above_share
from cheiron.core.matching.result import Result
from cheiron.core.people.self_description import NOT_TOLD, group_of
from cheiron.gateways.marks import key_mark, mark_of
from cheiron.models.figures import ReleasedTable
from cheiron.models.matching import Round, Run
from cheiron.models.people import ReportingLine, School
from cheiron.models.volunteered import Volunteered
from cheiron.queries.matching import Field, last_run, round_for

FIRST = 3
"""Among so many of one's own wishes."""

REMEMBERED = timedelta(days=365)
"""For so long after a change of the secret nothing is shown: marks of two secrets cannot be compared."""


# ---------- what a run gives to count ----------


@dataclass(frozen=True)
class Told:
    """What one member lets count in figures, about one attribute."""

    group: str
    answers: frozenset[str]
    for_matching: bool
    mark: str


def _nothing(member: str) -> Told:
    return Told(NOT_TOLD, frozenset(), False, mark_of("told nothing", member))


Telling = Mapping[tuple[str, str], Told]


def telling_of(school: str) -> Telling:
    """By member and attribute: only of those who ticked that it may count in figures."""
    rows = Volunteered.objects.filter(member__school=school, for_figures=True)
    found = rows.values_list("member", "attribute", "answers", "own_words", "for_matching", "id")
    return {
        (member, attribute): Told(
            group_of(attribute, answers, own_words), frozenset(answers), matching, mark_of(key, str(matching))
        )
        for member, attribute, answers, own_words, matching, key in found
    }


def entries_of_run(round: Round, people: Field, result: Result) -> dict[Kind, dict[str, Entry]]:
    """Each table of the catalog, with everybody whom it counts."""
    telling, mentor_of = telling_of(round.program.school_id), {pair.mentee: pair.mentor for pair in result.pairs}
    open_ = {
        Measure.PLACED: {one: one in mentor_of for one in people.mentees},
        Measure.WISHED: {one: mentor_of.get(one) in wishes[:FIRST] for one, wishes in people.wishes.items()},
        Measure.LOAD: _above_share(people, mentor_of.values()),
    }
    member = {key: one.member for side in (people.mentees, people.mentors) for key, one in side.items()}
    found = {}
    for kind in CATALOG:
        if kind.wishes:
            found[kind] = _wishes(kind, people, mentor_of, telling)
        else:
            outcomes = {member[key]: outcome for key, outcome in open_[kind.measure].items()}
            found[kind] = {_person(one): _entry(kind, one, outcome, telling) for one, outcome in outcomes.items()}
    return found


def _person(member: str) -> str:
    return mark_of("member", member)


def _entry(kind: Kind, member: str, outcome: bool, telling: Telling) -> Entry:
    told = telling.get((member, kind.attribute)) or _nothing(member)
    return Entry(told.group, Standing(outcome, told.mark))


def _above_share(people: Field, chosen: Iterable[str]) -> dict[str, bool]:
    """Which mentors have more than the fair share, rounded up: the same as the studio marks beside each load."""
    taken = [key for key, one in people.mentors.items() for _ in range(one.taken)]
    seats = {key: one.taken + one.places for key, one in people.mentors.items()}
    above = {one.mentor for one in above_share(seats, [*taken, *chosen])}
    return {key: key in above for key, own in seats.items() if own}


def _wishes(kind: Kind, people: Field, mentor_of: Mapping[str, str], telling: Telling) -> dict[str, Entry]:
    """A wish is met where the two ticked the same thing, both for matching and for figures; own words meet nobody's."""
    found = {}
    for key, mentee in people.mentees.items():
        own = telling.get((mentee.member, kind.attribute)) or _nothing(mentee.member)
        mentor = people.mentors[mentor_of[key]].member if key in mentor_of else ""
        theirs = telling.get((mentor, kind.attribute)) or _nothing(mentor)
        met = own.for_matching and theirs.for_matching and bool(own.answers & theirs.answers)
        standing = Standing(bool(mentor), own.mark, mark_of("with", mentor, theirs.mark))
        found[_person(mentee.member)] = Entry(own.group, standing, own.for_matching, met)
    return found


# ---------- the ledger ----------


def ledger_of(school: School, now: datetime) -> Ledger | None:
    """Everything that was released about people of the school; None where it cannot be compared with anything new."""
    rows = ReleasedTable.objects.filter(run__round__program__school=school, held=False).order_by("made_at", "id")
    ledger = Ledger()
    for table, about, made_at in rows.values_list("table", "about", "made_at"):
        if not about:
            continue  # an empty table says nothing of anybody
        told = json.loads(gzip.decompress(bytes(about)))
        if told["key"] == key_mark():
            people = {person: Standing(*standing) for person, standing in told["people"].items()}
            ledger = ledger.joined_by(Release(table_from_json(table), people))
        elif made_at > now - REMEMBERED:
            return None
    return ledger


def stored(run: Run, kind: Kind, release: Release | None, now: datetime) -> ReleasedTable:
    """A row of the ledger; without a release, that the table is held back."""
    row = ReleasedTable(run=run, key=kind.key, held=release is None, made_at=now)
    if release:
        row.table = table_to_json(release.table)
    if release and not release.table.empty:
        people = {one: (known.outcome, known.secret, known.mark) for one, known in sorted(release.people.items())}
        told = json.dumps({"key": key_mark(), "people": people}, separators=(",", ":"))
        row.about = gzip.compress(told.encode(), 5, mtime=0)
    return row


# ---------- what a page shows ----------


@dataclass(frozen=True)
class Shown:
    """One table on a page; ``table`` None is one that is held back."""

    kind: Kind
    table: SafeTable | None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Lines that show something."""
        return readings(self.table) if self.table else ()

    @property
    def unshown(self) -> tuple[str, ...]:
        """Groups of which nothing is shown."""
        return tuple(line.group for line in self.table.lines if line.hidden) if self.table else ()

    @property
    def everybody(self) -> Reading | None:
        """Wishes of everybody together."""
        telling = self.table and self.kind.wishes and not self.table.everybody.hidden
        return Reading(self.table.everybody) if self.table and telling else None


@dataclass(frozen=True)
class Figures:
    """The figures by group of a round's last saved run."""

    round: Round
    run: Run | None
    tables: tuple[Shown, ...]
    grades: bool
    """Whether the reader assesses somebody of the program, and so is shown none."""

    @property
    def telling(self) -> tuple[Shown, ...]:
        """Tables that show something."""
        return tuple(one for one in self.tables if one.readings or one.everybody)

    @property
    def held(self) -> tuple[Shown, ...]:
        """Tables that are held back for what was shown before."""
        return tuple(one for one in self.tables if one.table is None)

    @property
    def silent(self) -> tuple[Shown, ...]:
        """Tables in which every group is too small, or stands too clearly on one side."""
        return tuple(one for one in self.tables if one.table and one not in self.telling)


def figures_for(actor: Actor, round_id: str) -> Figures:
    """What was released of the last run; nothing for whoever assesses somebody of the program."""
    round = round_for(actor, round_id, Permission.FIGURES_VIEW)
    return figures_of(actor, round, last_run(round))


def figures_of(actor: Actor, round: Round, run: Run | None) -> Figures:
    """The same, for a page that has found the round and its last run."""
    if run is None or not actor.can(Permission.FIGURES_VIEW, round.program.scope):
        return Figures(round, run, (), grades=False)
    lines = ReportingLine.objects.filter(assessor__person=actor.person_id)
    grades = Exists(lines.filter(student__enrollments__program=round.program_id))
    rows = ReleasedTable.objects.filter(run=run).values_list("key", "held", "table", grades)
    if any(assesses for _, _, _, assesses in rows):
        return Figures(round, run, (), grades=True)
    known = {key: Shown(kind_of(key), None if held else table_from_json(table)) for key, held, table, _ in rows}
    return Figures(round, run, tuple(known[kind.key] for kind in CATALOG if kind.key in known), grades=False)
