"""Lists of people: upload, say how the columns are read, import all or nothing, undo."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from cheiron.actions._ledger import post, record
from cheiron.actions._rosters import Report, enter, restore, restore_wishes, unheard
from cheiron.core.access import TAKES_PART, Actor, Permission
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.people.fields import IGNORED
from cheiron.core.people.roster_map import guess_map, recall
from cheiron.core.people.table import read_table
from cheiron.core.text import say
from cheiron.models.ledger import Letter
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import ColumnMap, Enrollment, Member, Person, RosterImport
from cheiron.queries import imports as queries
from cheiron.queries.people import begun, import_for, last_import
from cheiron.queries.programs import program_for


@transaction.atomic
def upload_roster(*, actor: Actor, program_id: str, role: str, filename: str, content: bytes, now: datetime) -> str:
    """Keep a list that can be read at all, without its identity columns; nobody is imported yet."""
    program = program_for(actor, program_id, Permission.PEOPLE_IMPORT)
    if role not in TAKES_PART:
        raise Invalid(say("A list brings people who take part, and no staff."))
    table = read_table(content, filename)
    withheld = queries.withheld_columns(table)
    kept = queries.without(table, withheld)
    guess = recall(guess_map(kept, queries.side_of(role)), queries.remembered(program, role))
    roster = RosterImport.objects.create(
        program=program,
        role=role,
        filename=filename[:200],
        content=queries.pack_table(kept),
        columns={"map": {**guess.columns, **dict.fromkeys(withheld, IGNORED)}, "withheld": list(withheld)},
        uploaded_by_id=actor.person_id,
        uploaded_at=now,
    )
    record(actor, now, "roster.upload", roster, rows=len(table.rows))
    return roster.id


@transaction.atomic
def take_roster(
    *, actor: Actor, program_id: str, role: str, filename: str, content: bytes, digest: str, now: datetime
) -> int | None:
    """A file of the watched folder: imported whole with the remembered columns, and coordinators are told.

    Returns how many people are new or changed; None where this very file was imported before.
    """
    program = queries.watched_program(actor, program_id, role)
    if RosterImport.objects.filter(digest=digest).exists():
        return None
    table = read_table(content, filename)
    withheld = queries.withheld_columns(table)
    kept = queries.without(table, withheld)
    roster = RosterImport(program=program, role=role, filename=filename[:200], uploaded_at=now, digest=digest)
    roster.content = queries.pack_table(kept)
    roster.columns = {"map": queries.remembered_map(program, role, kept, withheld), "withheld": list(withheld)}
    plan = enter(roster, now)
    if not roster.changes:
        roster.delete()
        return 0
    post(queries.taken_letters(roster), program_id=program.id, now=now)
    record(actor, now, "roster.take", roster, new=len(plan.new), changed=len(plan.changed), same=len(plan.same))
    return len(plan.new) + len(plan.changed)


@transaction.atomic
def tell_refused_roster(
    *, actor: Actor, program_id: str, role: str, filename: str, digest: str, refused: Invalid, now: datetime
) -> None:
    """Coordinators hear that a file of the watched folder was refused, and why; once for each file."""
    program = queries.watched_program(actor, program_id, role)
    drafts = queries.refused_letters(program, filename, digest, refused)
    if Letter.objects.filter(once__in=[draft.once for draft in drafts]).exists():
        return
    post(drafts, program_id=program.id, now=now)
    record(actor, now, "roster.refuse", program, role=role, issues=len(refused.issues))


@transaction.atomic
def map_roster(*, actor: Actor, import_id: str, columns: Mapping[str, str], now: datetime) -> None:
    """Keep how the columns are read."""
    roster = _uploaded(actor, import_id)
    headers = queries.table_of(roster).headers
    withheld = roster.columns["withheld"]
    chosen = {header: IGNORED if header in withheld else columns.get(header, IGNORED) for header in headers}
    roster.columns = {**roster.columns, "map": chosen}
    roster.save(update_fields=["columns"])
    record(actor, now, "roster.map", roster)


@transaction.atomic
def drop_roster(*, actor: Actor, import_id: str, now: datetime) -> None:
    """Throw away a list that was uploaded and not imported, with everything in it."""
    roster = _uploaded(actor, import_id, pairs=None)
    record(actor, now, "roster.drop", roster)
    roster.delete()


def _uploaded(actor: Actor, import_id: str, *, pairs: bool | None = False) -> RosterImport:
    roster = import_for(actor, import_id, pairs=pairs, lock=True)
    if roster.state != RosterImport.State.UPLOADED:
        raise Conflict(say("This list has already been imported. Upload it again to import it once more."))
    return roster


@transaction.atomic
def apply_roster(*, actor: Actor, import_id: str, now: datetime, report: Report = unheard) -> int:
    """Import the whole list, or nothing of it. Returns how many people are new or changed."""
    roster = _uploaded(actor, import_id)
    plan = enter(roster, now, report)
    _remember(roster)
    record(actor, now, "roster.apply", roster, new=len(plan.new), changed=len(plan.changed), same=len(plan.same))
    return len(plan.new) + len(plan.changed)


REMEMBERED_HEADERS = 500


def _remember(roster: RosterImport) -> None:
    """How the columns were read, for the next list of this role; identity columns are recognized anew each time."""
    withheld = roster.columns["withheld"]
    read = {header.casefold(): key for header, key in roster.columns["map"].items() if header not in withheld}
    columns = {**queries.remembered(roster.program, roster.role), **read}
    columns = dict(list(columns.items())[-REMEMBERED_HEADERS:])
    ColumnMap.objects.update_or_create(program=roster.program, role=roster.role, defaults={"columns": columns})


MADE = ("person", "member", "enrollment", "mentorship")
"""What a list can bring into being."""


@transaction.atomic
def undo_import(*, actor: Actor, program_id: str, now: datetime) -> None:
    """Take the last list back: whom it added leaves without a trace, whom it changed is as before."""
    program = program_for(actor, program_id, Permission.PEOPLE_IMPORT, lock=True)
    found = last_import(program)
    if found is None:
        raise Conflict(say("There is no import to undo."))
    roster = import_for(actor, found.id, pairs=None, lock=True)
    made = {kind: [c["id"] for c in roster.changes if c.get("made") == kind] for kind in MADE}
    if why := begun(roster):
        raise Conflict(why)
    Mentorship.objects.filter(pk__in=made["mentorship"]).delete()
    Enrollment.objects.filter(pk__in=made["enrollment"]).delete()
    Member.objects.filter(pk__in=made["member"], enrollments=None).delete()
    Person.objects.filter(pk__in=made["person"], last_login=None).exclude(
        pk__in=Member.objects.values("person")
    ).delete()
    restore([one["was"] for one in roster.changes if "was" in one])
    for one in roster.changes:
        if "rejoined" in one:
            Enrollment.objects.filter(pk=one["rejoined"]).update(left_at=datetime.fromisoformat(one["left_at"]))
        if "wished" in one:
            restore_wishes(one["wished"], one["before"])
    roster.state, roster.changes = RosterImport.State.UNDONE, []
    roster.save(update_fields=["state", "changes"])
    record(actor, now, "roster.undo", roster)
