"""Reads for lists of people: the parsed table, and what applying it would change."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db.models import Count

from cheiron.core.access import MENTORS, Actor
from cheiron.core.errors import Denied, Invalid, Issue, NotFound
from cheiron.core.operations import letters
from cheiron.core.people.facts import Facts, PersonRow
from cheiron.core.people.fields import IGNORED
from cheiron.core.people.identity import echoes_identity, identity_columns
from cheiron.core.people.merging import Known, Merge, merge
from cheiron.core.people.roster import read_people
from cheiron.core.people.roster_map import RosterMap
from cheiron.core.people.table import Table
from cheiron.core.text import Text, say
from cheiron.models.people import ColumnMap, Enrollment, Member, Person, RosterImport
from cheiron.models.programs import Program
from cheiron.queries.people import coordinators_of
from cheiron.queries.programs import facts_from, model_of


def pack_table(table: Table) -> bytes:
    """The table as it is kept between upload and import."""
    return json.dumps(asdict(table)).encode()


def table_of(roster: RosterImport) -> Table:
    """The uploaded table, without the columns that were withheld."""
    data = json.loads(bytes(roster.content))
    lists = {key: tuple(data.get(key, ())) for key in ("headers", "numbers", "other_sheets")}
    return Table(**{**data, **lists, "rows": tuple(tuple(row) for row in data["rows"])})


def remembered(program: Program, role: str) -> dict[str, str]:
    """How the columns of the program's lists for this role were read the last time: header (small letters) to field."""
    found = ColumnMap.objects.filter(program=program, role=role).values_list("columns", flat=True).first()
    return found or {}


WATCHED_ROLES = ("mentee", "mentor")
"""Whose lists the watched folder takes."""


def watched_program(actor: Actor, program_id: str, role: str) -> Program:
    """A program into which the watched folder imports, locked; only the worker asks."""
    if not actor.system:
        raise Denied(say("Only the worker takes files from the watched folder."))
    found = Program.objects.select_related("school").select_for_update(of=("self",)).filter(pk=program_id).first()
    if found is None or role not in WATCHED_ROLES:
        raise NotFound(say("The watched folder has no such program or role."))
    return found


def watched_programs(now: datetime) -> list[str]:
    """Ids of the programs that have not ended."""
    return list(Program.objects.filter(ends_on__gte=now.date()).order_by("id").values_list("id", flat=True))


def remembered_map(program: Program, role: str, table: Table, withheld: tuple[str, ...]) -> dict[str, str]:
    """The columns as a person has named them; nobody looks at this list, so nothing is guessed."""
    known = remembered(program, role)
    if not known:
        remedy = say("Import one list for this role by hand first. Its columns are remembered from then on.")
        raise Invalid(say("Nobody was imported."), (Issue(say("Nobody has said what the columns mean."), remedy),))
    own = {header: known.get(header.casefold(), IGNORED) for header in table.headers}
    return {**own, **dict.fromkeys(withheld, IGNORED)}


def taken_letters(roster: RosterImport) -> list[letters.Draft]:
    """What coordinators hear of a list that came by the watched folder."""
    done, name = outcome_of(roster), roster.filename
    counts = say("New: %(new)s. Changed: %(changed)s.", new=done.new + done.joining, changed=done.changed)
    back = say("You can undo the import on the page People, as long as nobody of the list has joined.")
    subject = say("%(program)s: a list was imported", program=roster.program.name)
    told = (say("The file %(name)s came by the roster folder and was imported.", name=name), counts, back)
    return _to_coordinators(roster.program, f"roster-taken:{roster.digest}", subject, told)


TOLD_ISSUES = 10


def refused_letters(program: Program, name: str, digest: str, refused: Invalid) -> list[letters.Draft]:
    """What coordinators hear of a file that was refused."""
    told = [say("The file %(name)s came by the roster folder and was refused. Nobody was imported.", name=name)]
    told += [
        say("%(place)s: %(problem)s %(remedy)s", place=one.place, problem=one.problem, remedy=one.remedy)
        for one in refused.issues[:TOLD_ISSUES]
    ]
    if not refused.issues:
        told.append(refused.text)
    told.append(say("The whole report lies beside the file in the folder “refused”."))
    subject = say("%(program)s: a list was refused", program=program.name)
    return _to_coordinators(program, f"roster-refused:{digest}", subject, tuple(told))


def _to_coordinators(program: Program, once: str, subject: Text, told: tuple[Text, ...]) -> list[letters.Draft]:
    return [
        letters.notice(
            kind="roster",
            once=f"{once}:{member.id}",
            person=member.person_id,
            name=member.name,
            subject=subject,
            paragraphs=told,
        )
        for member in coordinators_of(program)
    ]


def half_done(program: Program) -> RosterImport | None:
    """The newest list that was uploaded and neither imported nor thrown away, without its content."""
    waiting = RosterImport.objects.filter(program=program, state=RosterImport.State.UPLOADED)
    return waiting.defer("content", "changes").order_by("-uploaded_at", "id").first()


@dataclass(frozen=True)
class Outcome:
    """What an import has done."""

    new: int
    joining: int
    changed: int
    past_pairs: int
    running_pairs: int


def outcome_of(roster: RosterImport) -> Outcome:
    """Counted from what is kept for the undo."""
    was = [change["was"] for change in roster.changes if "was" in change]
    joining = sum(not known["enrollment"] or known["left"] for known in was)
    new = sum(change.get("made") == "member" for change in roster.changes)
    states = Counter(change["state"] for change in roster.changes if change.get("made") == "mentorship")
    return Outcome(new, joining, len(was) - joining, states["ended"], states["active"])


def map_of(roster: RosterImport) -> RosterMap:
    """How the columns are read. A list that knows the program's career stages must keep to them; another may not."""
    columns = dict(roster.columns["map"])
    stages = model_of(roster.program).career_stages
    table, known = table_of(roster), {stage.casefold() for stage in stages}
    told = (cell for header, field in columns.items() if field == "stage" for cell in table.column(header))
    ours = any(cell.strip().casefold() in known for cell in told)
    return RosterMap(columns, stages if ours else (), default_capacity=None)


def withheld_columns(table: Table) -> tuple[str, ...]:
    """Columns that say who people are, or repeat one that does."""
    return (*identity_columns(table), *echoes_identity(table))


def without(table: Table, headers: tuple[str, ...]) -> Table:
    """The table with these columns emptied, so that what is not imported is not kept either."""
    keep = [header not in headers for header in table.headers]
    rows = (tuple(cell if kept else "" for cell, kept in zip(row, keep, strict=True)) for row in table.rows)
    return replace(table, rows=tuple(rows))


def side_of(role: str) -> str:
    """mentee or mentor: which of the two sheets a role fills in."""
    return "mentor" if role in MENTORS else "mentee"


def people_in(roster: RosterImport) -> tuple[PersonRow, ...]:
    """The people of the list, or ``Invalid`` with every row that cannot be read."""
    return read_people(table_of(roster), map_of(roster), side_of(roster.role))


def merge_of(roster: RosterImport, rows: Iterable[PersonRow]) -> Merge:
    """What applying these rows would change; wishes are checked too."""
    rows = tuple(rows)
    known = known_members(roster.program, roster.role)
    emails = {row.email for row in rows} - {k.email for k in known}
    taken = frozenset(Person.objects.filter(email__in=emails).values_list("email", flat=True))
    return _one_row_each(merge(rows, known, taken))


def _one_row_each(plan: Merge) -> Merge:
    """Two rows that mean the same member, one by id and one by address, stand in the way of both."""
    counts = Counter(known.member for known in (*plan.same, *(known for known, _ in plan.changed)))
    doubled = tuple(
        Issue(
            say("%(name)s stands in this list twice, once by ID and once by address.", name=known.name),
            say("Keep one of the two rows, or correct its address."),
            row.row,
        )
        for known, row in plan.changed
        if counts[known.member] > 1
    )
    return replace(plan, issues=(*plan.issues, *doubled))


def known_members(program: Program, role: str) -> list[Known]:
    """Every member of the school, with their enrollment in this role where there is one."""
    members = Member.objects.filter(school=program.school_id).select_related("person")
    enrollments = {
        row.member_id: row for row in Enrollment.objects.filter(program=program, role=role).select_related("sheet")
    }
    elsewhere = set(
        Member.objects.values("person").annotate(n=Count("id")).filter(n__gt=1).values_list("person", flat=True)
    )
    return [_known(member, enrollments.get(member.id), elsewhere) for member in members]


def _known(member: Member, enrollment: Enrollment | None, elsewhere: set[str]) -> Known:
    person = member.person
    sheet = getattr(enrollment, "sheet", None)
    return Known(
        member=member.id,
        person=person.id,
        external_id=member.external_id,
        name=member.list_name or member.name,
        title=member.title,
        email=person.email,
        may_change_email=person.last_login is None and person.id not in elsewhere,
        enrollment=enrollment.id if enrollment else "",
        left=bool(enrollment and enrollment.left_at),
        facts=facts_from(sheet.facts, statement=sheet.statement) if sheet else Facts(),
        capacity=sheet.capacity if sheet else None,
        own_words=bool(sheet and sheet.finished_at),
    )


def wished_mentors(program: Program, rows: Iterable[PersonRow]) -> dict[str, str]:
    """Enrollment id by id or address (in small letters) of each mentor; ``Invalid`` names wishes for nobody."""
    ids = wishable(program)
    issues = [
        Issue(
            say("The wish “%(wish)s” is not a mentor of this program.", wish=wish),
            say("Import the mentors first, or correct the id."),
            row.row,
        )
        for row in rows
        for wish in row.facts.wishes
        if wish.casefold() not in ids
    ]
    if issues:
        raise Invalid(say("Some wishes name nobody."), tuple(issues))
    return ids


def wishable(program: Program) -> dict[str, str]:
    """Every mentor of the program by what a list may call them."""
    mentors = program.enrollments.filter(role__in=sorted(MENTORS), left_at=None)
    named = list(mentors.values_list("member__external_id", "member__person__email", "id"))
    return {email: key for _, email, key in named} | {external.casefold(): key for external, _, key in named}
