"""Lists of past and running pairs: upload, import all or nothing; ``undo_import`` takes them back."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction

from cheiron.actions._ledger import post, record
from cheiron.actions._rosters import Report, in_portions, unheard
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.mentorships.lifecycle import MentorshipState
from cheiron.core.people.pairings import other_columns, read_pairings
from cheiron.core.people.table import read_table
from cheiron.core.text import say
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import PAIRS, RosterImport
from cheiron.queries import imports, pairings
from cheiron.queries.people import import_for
from cheiron.queries.programs import model_of, program_for


@transaction.atomic
def upload_pairs(*, actor: Actor, program_id: str, filename: str, content: bytes, now: datetime) -> str:
    """Keep a list of pairs that can be read; no pair is made yet. Returns the id of the list."""
    program = program_for(actor, program_id, Permission.PEOPLE_IMPORT)
    table = read_table(content, filename)
    read_pairings(table, program.school.today(now))
    table = imports.without(table, other_columns(table))
    roster = RosterImport.objects.create(
        program=program,
        role=PAIRS,
        filename=filename[:200],
        content=imports.pack_table(table),
        uploaded_by_id=actor.person_id,
        uploaded_at=now,
    )
    record(actor, now, "pairs.upload", roster, rows=len(table.rows))
    return roster.id


@transaction.atomic
def apply_pairs(*, actor: Actor, import_id: str, letters: bool, now: datetime, report: Report = unheard) -> int:
    """Make every pair of the list, or none. Both of each running pair are told if ``letters``. Returns how many."""
    roster = import_for(actor, import_id, pairs=True, lock=True)
    program_for(actor, roster.program_id, Permission.PEOPLE_IMPORT, lock=True)
    if roster.state != RosterImport.State.UPLOADED:
        raise Conflict(say("This list has already been imported. Upload it again to import it once more."))
    report("checking")
    plan = pairings.pair_plan(roster, now)
    if plan.issues:
        raise Invalid(say("No pair was imported."), plan.issues)
    roster.changes = in_portions(report, partial(_pair, roster, letters, now), (*plan.past, *plan.running))
    report("finishing", len(roster.changes), len(roster.changes))
    roster.state, roster.applied_at, roster.content = RosterImport.State.APPLIED, now, b""
    roster.save(update_fields=["changes", "state", "applied_at", "content"])
    record(actor, now, "pairs.apply", roster, past=len(plan.past), running=len(plan.running), letters=letters)
    return len(roster.changes)


def _pair(roster: RosterImport, letters: bool, now: datetime, pairs: Sequence[pairings.Two]) -> list[dict]:
    """Make these pairs, and tell both of each that runs if ``letters``. Returns what the undo needs."""
    role = model_of(roster.program).sought[0][0]
    made = [(_mentorship(roster, role, two), two) for two in pairs]
    Mentorship.objects.bulk_create(mentorship for mentorship, _ in made)
    told = [(mentorship.id, two) for mentorship, two in made if letters and two.ends is None]
    if told:
        post(pairings.running_letters(roster.program, told), program_id=roster.program_id, now=now)
    return [
        {"made": "mentorship", "id": mentorship.id, "state": mentorship.state, "told": letters and two.ends is None}
        for mentorship, two in made
    ]


def _mentorship(roster: RosterImport, role: str, two: pairings.Two) -> Mentorship:
    zone = ZoneInfo(roster.program.school.time_zone)
    begun = datetime.combine(two.begins, time(12), zone)
    return Mentorship(
        program=roster.program,
        mentee=two.mentee,
        mentor=two.mentor,
        role=role,
        state=MentorshipState.ENDED if two.ends else MentorshipState.ACTIVE,
        score=0,
        proposed_at=begun,
        answer_by=two.begins,
        answered_at=begun,
        ended_at=datetime.combine(two.ends, time(13), zone) if two.ends else None,
    )
