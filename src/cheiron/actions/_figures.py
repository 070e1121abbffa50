"""Releases the figures by group of a run, once, when somebody reviews it."""

from collections.abc import Mapping
from datetime import datetime

from cheiron.core.disclosure.catalog import Kind
from cheiron.core.disclosure.ledger import Ledger, audit
from cheiron.core.disclosure.release import Entry, Release
from cheiron.core.disclosure.suppress import suppressed
from cheiron.core.matching.result import Result
from cheiron.models.figures import ReleasedTable
from cheiron.models.matching import Round, Run
from cheiron.models.people import School
from cheiron.queries.figures import entries_of_run, ledger_of, stored
from cheiron.queries.matching import Field


def release_figures(round: Round, run: Run, people: Field, result: Result, now: datetime) -> None:
    """Every table of the catalog: shown if the ledger allows it, held back for good if not. Once for each run."""
    if ReleasedTable.objects.filter(run=run).exists():
        return
    school = School.objects.select_for_update().get(pk=round.program.school_id)  # no two ledgers grow side by side
    before, together, rows = ledger_of(school, now), Ledger(), []
    for kind, entries in entries_of_run(round, people, result).items():
        release = _release(kind, entries, before, together)
        if release is not None:
            together = together.joined_by(release)
        rows.append(stored(run, kind, release, now))
    ReleasedTable.objects.bulk_create(rows)


def _release(kind: Kind, entries: Mapping[str, Entry], before: Ledger | None, together: Ledger) -> Release | None:
    """The table, made beside those of the same run and then held against everything earlier; None where it is held."""
    if before is None:
        return None
    known = before.same_as(kind, {person: entry.standing for person, entry in entries.items()})
    made = known or suppressed(kind, entries, together.about(kind.attribute))
    return made if audit(before, made, together) is None else None
