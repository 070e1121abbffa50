"""Lists of people: upload, say how the columns are read, import all or nothing, undo."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from cheiron.actions._ledger import record
from cheiron.core.access import MENTORS, TAKES_PART, Actor, Permission
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.people.facts import PersonRow
from cheiron.core.people.fields import IGNORED
from cheiron.core.people.merging import Known, merged_facts
from cheiron.core.people.roster_map import guess_map
from cheiron.core.people.table import read_table
from cheiron.core.text import say
from cheiron.models.people import Enrollment, Member, Person, RosterImport
from cheiron.models.programs import IntakeSheet, Wish
from cheiron.queries import imports as queries
from cheiron.queries.people import begun, import_for, last_import
from cheiron.queries.programs import model_of, program_for


@transaction.atomic
def upload_roster(*, actor: Actor, program_id: str, role: str, filename: str, content: bytes, now: datetime) -> str:
    """Keep a list that can be read at all, without its identity columns; nobody is imported yet."""
    program = program_for(actor, program_id, Permission.PEOPLE_IMPORT)
    if role not in TAKES_PART:
        raise Invalid(say("A list brings people who take part, and no staff."))
    table = read_table(content, filename)
    withheld = queries.withheld_columns(table)
    kept = queries.without(table, withheld)
    guess = guess_map(kept, queries.side_of(role))
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
def map_roster(*, actor: Actor, import_id: str, columns: Mapping[str, str], now: datetime) -> None:
    """Keep how the columns are read."""
    roster = _uploaded(actor, import_id)
    headers = queries.table_of(roster).headers
    withheld = roster.columns["withheld"]
    chosen = {header: IGNORED if header in withheld else columns.get(header, IGNORED) for header in headers}
    roster.columns = {**roster.columns, "map": chosen}
    roster.save(update_fields=["columns"])
    record(actor, now, "roster.map", roster)


def _uploaded(actor: Actor, import_id: str) -> RosterImport:
    roster = import_for(actor, import_id, lock=True)
    if roster.state != RosterImport.State.UPLOADED:
        raise Conflict(say("This list has already been imported. Upload it again to import it once more."))
    return roster


@transaction.atomic
def apply_roster(*, actor: Actor, import_id: str, now: datetime) -> int:
    """Import the whole list, or nothing of it. Returns how many people are new or changed."""
    roster = _uploaded(actor, import_id)
    rows = queries.people_in(roster)
    plan = queries.merge_of(roster, rows)
    if plan.issues:
        raise Invalid(say("Nobody was imported."), plan.issues)
    mentors = queries.wished_mentors(roster.program, rows)
    changes = [*_add(roster, plan.new), *_change(roster, plan.changed)]
    roster.changes = [*changes, *_wish(roster, rows, mentors)]
    roster.state, roster.applied_at, roster.content = RosterImport.State.APPLIED, now, b""
    roster.save(update_fields=["changes", "state", "applied_at", "content"])
    record(actor, now, "roster.apply", roster, new=len(plan.new), changed=len(plan.changed), same=len(plan.same))
    return len(plan.new) + len(plan.changed)


def _add(roster: RosterImport, rows: tuple[PersonRow, ...]) -> list[dict]:
    """People whom the school does not know. An account that exists elsewhere is joined, never renamed."""
    unusable = make_password(None)
    known = {person.email: person for person in Person.objects.filter(email__in=[row.email for row in rows])}
    people = [known.get(row.email) or Person(email=row.email, password=unusable) for row in rows]
    fresh = [person for person in people if person.email not in known]
    Person.objects.bulk_create(fresh)
    members = [
        Member(school_id=roster.program.school_id, person=p, external_id=r.external_id, name=r.name, title=r.title)
        for p, r in zip(people, rows, strict=True)
    ]
    Member.objects.bulk_create(members)
    enrollments = _enroll(roster, [(member, row) for member, row in zip(members, rows, strict=True)])
    return [
        *({"made": "person", "id": person.id} for person in fresh),
        *({"made": "member", "id": member.id} for member in members),
        *({"made": "enrollment", "id": enrollment.id} for enrollment in enrollments),
    ]


def _enroll(roster: RosterImport, pairs: list[tuple[Member, PersonRow]]) -> list[Enrollment]:
    enrollments = [Enrollment(member=member, program=roster.program, role=roster.role) for member, _ in pairs]
    Enrollment.objects.bulk_create(enrollments)
    places = model_of(roster.program).mentees_per_mentor if roster.role in MENTORS else 1
    IntakeSheet.objects.bulk_create(
        IntakeSheet(
            enrollment=enrollment,
            facts=facts_json(row),
            capacity=places if row.capacity is None else row.capacity,
        )
        for enrollment, (_, row) in zip(enrollments, pairs, strict=True)
    )
    return enrollments


def facts_json(row: PersonRow) -> dict:
    """The facts of a row as a sheet keeps them: no empty values, wishes apart."""
    return {key: value for key, value in asdict(row.facts).items() if value and key != "wishes"}


def _change(roster: RosterImport, pairs: tuple[tuple[Known, PersonRow], ...]) -> list[dict]:
    changes = []
    for known, row in pairs:
        changes.append({"was": asdict(known)})
        Member.objects.filter(pk=known.member).update(name=row.name, title=row.title or known.title)
        if known.email != row.email:
            Person.objects.filter(pk=known.person).update(email=row.email)
        if not known.enrollment:
            (enrollment,) = _enroll(roster, [(Member.objects.get(pk=known.member), row)])
            changes.append({"made": "enrollment", "id": enrollment.id})
        else:
            changes.extend(_rejoin(known))
            _change_sheet(known, row)
    return changes


def _rejoin(known: Known) -> list[dict]:
    rows = Enrollment.objects.filter(pk=known.enrollment, left_at__isnull=False)
    left = [{"rejoined": row.id, "left_at": row.left_at.isoformat()} for row in rows]
    rows.update(left_at=None)
    return left


def _change_sheet(known: Known, row: PersonRow) -> None:
    if not known.own_words:
        facts = facts_json(replace(row, facts=merged_facts(known.facts, row.facts)))
        capacity = known.capacity if row.capacity is None else row.capacity
        IntakeSheet.objects.filter(enrollment=known.enrollment).update(facts=facts, capacity=capacity)


def _wish(roster: RosterImport, rows: tuple[PersonRow, ...], mentors: Mapping[str, str]) -> list[dict]:
    """Wishes of a list stand for those who have not ordered their own. Returns those that stood before."""
    wishing = {row.email: [mentors[wish.casefold()] for wish in row.facts.wishes] for row in rows if row.facts.wishes}
    mentees = Enrollment.objects.filter(
        program=roster.program, role=roster.role, member__person__email__in=wishing, sheet__finished_at=None
    )
    wished = {
        mentee.id: list(dict.fromkeys(wishing[mentee.member.person.email]))
        for mentee in mentees.select_related("member__person").prefetch_related("wishes")
        if [wish.mentor_id for wish in mentee.wishes.all()] != wishing[mentee.member.person.email]
    }
    before = list(Wish.objects.filter(mentee__in=wished).values("id", "mentee_id", "mentor_id", "rank"))
    Wish.objects.filter(mentee__in=wished).delete()
    Wish.objects.bulk_create(
        Wish(mentee_id=mentee, mentor_id=mentor, rank=rank)
        for mentee, order in wished.items()
        for rank, mentor in enumerate(order, start=1)
    )
    return [{"wished": list(wished), "before": before}] if wished else []


@transaction.atomic
def undo_import(*, actor: Actor, program_id: str, now: datetime) -> None:
    """Take the last list back: whom it added leaves without a trace, whom it changed is as before."""
    program = program_for(actor, program_id, Permission.PEOPLE_IMPORT, lock=True)
    found = last_import(program)
    if found is None:
        raise Conflict(say("There is no import to undo."))
    roster = import_for(actor, found.id, lock=True)
    made = {
        kind: [c["id"] for c in roster.changes if c.get("made") == kind] for kind in ("person", "member", "enrollment")
    }
    if why := begun(roster):
        raise Conflict(why)
    Enrollment.objects.filter(pk__in=made["enrollment"]).delete()
    Member.objects.filter(pk__in=made["member"], enrollments=None).delete()
    Person.objects.filter(pk__in=made["person"], last_login=None).exclude(
        pk__in=Member.objects.values("person")
    ).delete()
    for change in roster.changes:
        if "was" in change:
            _restore(change["was"])
        if "rejoined" in change:
            Enrollment.objects.filter(pk=change["rejoined"]).update(left_at=datetime.fromisoformat(change["left_at"]))
        if "wished" in change:
            _restore_wishes(change["wished"], change["before"])
    roster.state, roster.changes = RosterImport.State.UNDONE, []
    roster.save(update_fields=["state", "changes"])
    record(actor, now, "roster.undo", roster)


def _restore_wishes(wished: list[str], before: list[dict]) -> None:
    """Those of mentees who have ordered their own since stay."""
    unfinished = Enrollment.objects.filter(pk__in=wished, sheet__finished_at=None).values_list("id", flat=True)
    Wish.objects.filter(mentee__in=list(unfinished)).delete()
    Wish.objects.bulk_create(Wish(**wish) for wish in before if wish["mentee_id"] in set(unfinished))


def _restore(was: dict) -> None:
    Member.objects.filter(pk=was["member"]).update(name=was["name"], title=was["title"])
    if was["may_change_email"]:
        Person.objects.filter(pk=was["person"], last_login=None).update(email=was["email"])
    if was["enrollment"] and not was["own_words"]:
        facts = {key: value for key, value in was["facts"].items() if value and key != "wishes"}
        IntakeSheet.objects.filter(enrollment=was["enrollment"], finished_at=None).update(
            facts=facts, capacity=was["capacity"]
        )
