"""What a list does to the people of a school, shared by all that bring people in: add, change, wish; and back again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.contrib.auth.hashers import make_password

from cheiron.core.access import MENTORS
from cheiron.core.errors import Invalid
from cheiron.core.people.facts import Facts, PersonRow
from cheiron.core.people.merging import Known, Merge, merged_facts
from cheiron.core.text import say
from cheiron.models.people import Enrollment, Member, Person, RosterImport
from cheiron.models.programs import IntakeSheet, Wish
from cheiron.queries import imports as queries
from cheiron.queries.programs import FACTS, model_of

Report = Callable[..., None]
"""Told how far the work is: ``report(stage, done, total)``."""


def unheard(*told: object) -> None:
    """A report to nobody."""


def enter(roster: RosterImport, now: datetime, report: Report = unheard) -> Merge:
    """Everybody of the list, or ``Invalid`` and nobody. Returns what was done."""
    report("reading")
    rows = queries.people_in(roster)
    report("checking")
    plan = queries.merge_of(roster, rows)
    if plan.issues:
        raise Invalid(say("Nobody was imported."), plan.issues)
    mentors = queries.wished_mentors(roster.program, rows)
    roster.changes = in_portions(report, _bringer(roster, plan, mentors), rows)
    report("finishing", len(rows), len(rows))
    roster.state, roster.applied_at, roster.content = RosterImport.State.APPLIED, now, b""
    roster.save()
    return plan


def _bringer(roster: RosterImport, plan: Merge, mentors: Mapping[str, str]) -> Callable:
    """Does what the plan says with some of its rows."""
    new, changed = {row.row for row in plan.new}, {row.row: (known, row) for known, row in plan.changed}

    def bring(rows: tuple[PersonRow, ...]) -> list[dict]:
        return [
            *add(roster, tuple(row for row in rows if row.row in new)),
            *change(roster, tuple(changed[row.row] for row in rows if row.row in changed)),
            *wish(roster, rows, mentors),
        ]

    return bring


PORTION = 250


def in_portions(report: Report, write: Callable, rows: Sequence) -> list[dict]:
    """All rows, some hundred at a time, so that it can be said how far the writing is. Returns what it has changed."""
    changes = []
    for start in range(0, len(rows), PORTION):
        report("writing", start, len(rows))
        changes += write(rows[start : start + PORTION])
    return changes


def add(roster: RosterImport, rows: tuple[PersonRow, ...]) -> list[dict]:
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
            facts=_facts_json(row.facts),
            statement=row.facts.statement,
            capacity=places if row.capacity is None else row.capacity,
        )
        for enrollment, (_, row) in zip(enrollments, pairs, strict=True)
    )
    return enrollments


def _facts_json(facts: Facts) -> dict:
    """Facts as a sheet keeps them: no empty values, wishes and statement apart."""
    return {key: value for key, value in asdict(facts).items() if value and key in FACTS}


Change = tuple[Known, PersonRow]


def change(roster: RosterImport, pairs: tuple[Change, ...]) -> list[dict]:
    """People whom the school knows: what the list says of them, and their part in the program."""
    members = _rename(pairs)
    _readdress(pairs)
    enrollments = _enroll(roster, [(members[known.member], row) for known, row in pairs if not known.enrollment])
    rejoined = _rejoin([known.enrollment for known, _ in pairs if known.left])
    _change_sheets([(known, row) for known, row in pairs if known.enrollment and not known.own_words])
    return [
        *({"was": asdict(known)} for known, _ in pairs),
        *({"made": "enrollment", "id": enrollment.id} for enrollment in enrollments),
        *rejoined,
    ]


def _write(rows: Mapping[str, Member | Person | IntakeSheet], *fields: str) -> None:
    """Change many loaded and locked rows at once: an upsert costs a tenth of Django's bulk_update."""
    for model in {type(row) for row in rows.values()}:
        model._base_manager.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["id"], update_fields=list(fields)
        )


def _rename(pairs: tuple[Change, ...]) -> dict[str, Member]:
    members = Member.objects.select_for_update().in_bulk([known.member for known, _ in pairs])
    for known, row in pairs:
        members[known.member].rename(row.name)
        members[known.member].title = row.title or known.title
    _write(members, "name", "list_name", "title")
    return members


def _readdress(pairs: tuple[Change, ...]) -> None:
    emails = {known.person: row.email for known, row in pairs if known.email != row.email}
    people = Person.objects.select_for_update().in_bulk(list(emails))
    for key, person in people.items():
        person.email = emails[key]
    _write(people, "email")


def _rejoin(enrollments: list[str]) -> list[dict]:
    rows = Enrollment.objects.filter(pk__in=enrollments)
    left = [{"rejoined": row.id, "left_at": row.left_at.isoformat()} for row in rows]
    rows.update(left_at=None)
    return left


def _change_sheets(pairs: list[Change]) -> None:
    sheets = IntakeSheet.objects.select_for_update().in_bulk(
        [known.enrollment for known, _ in pairs], field_name="enrollment_id"
    )
    for known, row in pairs:
        sheet = sheets[known.enrollment]
        facts = merged_facts(known.facts, row.facts)
        sheet.facts, sheet.statement = _facts_json(facts), facts.statement
        sheet.capacity = known.capacity if row.capacity is None else row.capacity
    _write(sheets, "facts", "statement", "capacity")


def wish(roster: RosterImport, rows: tuple[PersonRow, ...], mentors: Mapping[str, str]) -> list[dict]:
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


def restore_wishes(wished: list[str], before: list[dict]) -> None:
    """Those of mentees who have ordered their own since stay."""
    unfinished = Enrollment.objects.filter(pk__in=wished, sheet__finished_at=None).values_list("id", flat=True)
    Wish.objects.filter(mentee__in=list(unfinished)).delete()
    Wish.objects.bulk_create(Wish(**wish) for wish in before if wish["mentee_id"] in set(unfinished))


def restore(known: list[dict]) -> None:
    """Those whom a list changed, as they were; what people have written themselves since stays."""
    members = Member.objects.select_for_update().in_bulk([was["member"] for was in known])
    people = (
        Person.objects.select_for_update()
        .filter(last_login=None)
        .in_bulk([was["person"] for was in known if was["may_change_email"]])
    )
    sheets = (
        IntakeSheet.objects.select_for_update()
        .filter(finished_at=None)
        .in_bulk(
            [was["enrollment"] for was in known if was["enrollment"] and not was["own_words"]],
            field_name="enrollment_id",
        )
    )
    for was in known:
        if was["member"] in members:
            members[was["member"]].rename(was["name"])
            members[was["member"]].title = was["title"]
        if was["person"] in people:
            people[was["person"]].email = was["email"]
        if was["enrollment"] in sheets:
            sheet = sheets[was["enrollment"]]
            sheet.facts = {key: value for key, value in was["facts"].items() if value and key in FACTS}
            sheet.statement = was["facts"].get("statement", "")
            sheet.capacity = was["capacity"]
    _write(members, "name", "list_name", "title")
    _write(people, "email")
    _write(sheets, "facts", "statement", "capacity")
