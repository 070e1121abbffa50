"""Reads for lists of people: the parsed table, and what applying it would change."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace

from django.db.models import Count

from cheiron.core.access import MENTORS
from cheiron.core.errors import Invalid, Issue
from cheiron.core.people.facts import Facts, PersonRow
from cheiron.core.people.identity import echoes_identity, identity_columns
from cheiron.core.people.merging import Known, Merge, merge
from cheiron.core.people.roster import read_people
from cheiron.core.people.roster_map import RosterMap
from cheiron.core.people.table import Table
from cheiron.core.text import say
from cheiron.models.people import Enrollment, Member, Person, RosterImport
from cheiron.models.programs import Program
from cheiron.queries.programs import facts_from, model_of


def pack_table(table: Table) -> bytes:
    """The table as it is kept between upload and import."""
    return json.dumps(asdict(table)).encode()


def table_of(roster: RosterImport) -> Table:
    """The uploaded table, without the columns that were withheld."""
    data = json.loads(bytes(roster.content))
    lists = {key: tuple(data[key]) for key in ("headers", "numbers")}
    return Table(**{**data, **lists, "rows": tuple(tuple(row) for row in data["rows"])})


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
        name=member.name,
        title=member.title,
        email=person.email,
        may_change_email=person.last_login is None and person.id not in elsewhere,
        enrollment=enrollment.id if enrollment else "",
        left=bool(enrollment and enrollment.left_at),
        facts=facts_from(sheet.facts) if sheet else Facts(),
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
