"""Accounts, invitations, links that work once, and the list of reporting lines."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from cheiron.actions._ledger import post, record
from cheiron.core.access import Actor, Permission, Role
from cheiron.core.errors import Conflict, Invalid, Issue
from cheiron.core.operations import letters
from cheiron.core.people.reporting_lines import Line, read_lines
from cheiron.core.people.table import read_table
from cheiron.core.text import Text, say
from cheiron.models.base import new_id
from cheiron.models.ledger import Letter, OneTimeLink
from cheiron.models.people import Enrollment, Member, Person, ReportingLine
from cheiron.queries import people as queries
from cheiron.queries.privacy import came_by_link
from cheiron.queries.programs import program_for

LINK_PAUSE = timedelta(minutes=2)
SIGN_IN_HOURS = 1


@transaction.atomic
def invite(*, actor: Actor, program_id: str, enrollments: Iterable[str] | None, now: datetime) -> int:
    """Write an invitation to each chosen participant who has not joined (all of them if None). Returns how many."""
    program = program_for(actor, program_id, Permission.PEOPLE_INVITE, lock=True)
    drafts = queries.invitations(program, enrollments)
    if not drafts:
        raise Conflict(say("Everybody chosen has joined already, so nobody needs an invitation."))
    post(drafts, program_id=program.id, now=now)
    Enrollment.objects.filter(pk__in=[draft.enrollment for draft in drafts]).update(invited_at=now)
    record(actor, now, "people.invite", program, letters=len(drafts))
    return len(drafts)


@transaction.atomic
def appoint(*, actor: Actor, program_id: str, name: str, email: str, role: str, now: datetime) -> None:
    """Give somebody one more role in the program; who is new to the school becomes a member of it."""
    program = program_for(actor, program_id, Permission.STAFF_APPOINT, lock=True)
    if role not in set(Role) - {Role.MENTEE, Role.MENTOR}:
        raise Invalid(say("Mentees and mentors come by a list; every other role is given here."))
    person = Person.objects.filter(email=email.strip().lower()).first() or Person.objects.create_user(email)
    if person.id == actor.person_id:
        raise Conflict(say("Nobody gives themselves a role. Ask a colleague."))
    member, _ = Member.objects.get_or_create(
        school=program.school, person=person, defaults={"external_id": person.email, "name": name.strip()}
    )
    enrollment, made = Enrollment.objects.get_or_create(
        member=member, program=program, role=role, defaults={"invited_at": now}
    )
    if not made and enrollment.left_at is None:
        raise Conflict(say("%(name)s has this role already.", name=member.name))
    Enrollment.objects.filter(pk=enrollment.pk).update(left_at=None, invited_at=now)
    post(queries.appointment(program, enrollment, now), program_id=program.id, now=now)
    record(actor, now, "people.appoint", enrollment, role=role)


@transaction.atomic
def dismiss(*, actor: Actor, program_id: str, enrollment_id: str, now: datetime) -> None:
    """Take a staff role in the program back, from this moment on; never one's own, so that one always remains."""
    program = program_for(actor, program_id, Permission.STAFF_APPOINT, lock=True)
    enrollment = queries.staff_of(program).filter(pk=enrollment_id, program=program).first()
    if enrollment is None:
        raise Conflict(say("This role has been taken back already, or holds for the whole school."))
    if enrollment.member.person_id == actor.person_id:
        raise Conflict(say("Nobody takes their own role back. Ask a colleague."))
    Enrollment.objects.filter(pk=enrollment.pk).update(left_at=now)
    record(actor, now, "people.dismiss", enrollment, role=enrollment.role)


@transaction.atomic
def ask_for_link(*, actor: Actor, email: str, now: datetime) -> None:
    """Write a sign-in link if the address has an account.

    The same work is done for an address without one, and then taken back, so that time tells nobody who exists.
    """
    found = queries.person_by_email(email)
    person = found or Person()
    recent = Letter.objects.filter(to_id=person.id, kind="sign-in", written_at__gt=now - LINK_PAUSE).exists()
    once = new_id()
    draft = letters.sign_in_link(link=once, person=person.id, name=queries.name_of(person.id))
    post([draft], program_id=None, now=now)
    OneTimeLink.objects.filter(letter_of__once=draft.once).update(expires_at=now + timedelta(hours=SIGN_IN_HOURS))
    record(actor, now, "link.ask", person)
    if found is None or recent:
        transaction.set_rollback(True)


@transaction.atomic
def use_link(*, actor: Actor, token: str, now: datetime) -> Person:  # noqa: ARG001 - the link says who acts
    """Use a link up: its person may be signed in, and an invitation is accepted. Returns the person."""
    link = queries.open_link(token, now, lock=True)
    link.used_at = now
    link.save(update_fields=["used_at"])
    if link.purpose == OneTimeLink.Purpose.INVITATION and link.enrollment and link.enrollment.left_at is None:
        Enrollment.objects.filter(pk=link.enrollment_id, joined_at=None).update(joined_at=now)
    record(Actor(link.person_id), now, "link.use", link, purpose=link.purpose)
    return link.person


@transaction.atomic
def set_password(*, actor: Actor, password: str, current: str, now: datetime) -> Person:
    """Give the actor's own account a password. All other sessions of the account end."""
    person = Person.objects.select_for_update().get(pk=actor.person_id)
    if person.has_usable_password() and not person.check_password(current) and not came_by_link(person, now):
        problem = say("This is not your current password.")
        remedy = say("Type it again; or sign in anew with a link, which does instead.")
        raise Invalid(problem, (Issue(problem, remedy, column="current"),))
    try:
        validate_password(password, person)
    except ValidationError as refused:
        issues = tuple(Issue(Text(message), say("Choose another password.")) for message in refused.messages)
        raise Invalid(say("This password cannot be used."), issues) from refused
    person.set_password(password)
    person.save(update_fields=["password"])
    record(actor, now, "password.set", person)
    return person


@transaction.atomic
def import_lines(*, actor: Actor, program_id: str, filename: str, content: bytes, now: datetime) -> int:
    """Replace the school's reporting lines by those of a list. Returns how many there are."""
    program = program_for(actor, program_id, Permission.PEOPLE_IMPORT, lock=True)
    lines = read_lines(read_table(content, filename))
    rows = _known_lines(program.school_id, lines)
    ReportingLine.objects.filter(school=program.school_id).delete()
    ReportingLine.objects.bulk_create(rows)
    record(actor, now, "lines.import", program, lines=len(rows))
    return len(rows)


def _known_lines(school_id: str, lines: Iterable[Line]) -> list[ReportingLine]:
    members = Member.objects.filter(school=school_id).values_list("external_id", "person__email", "id")
    by_name = {key.casefold(): member for external, email, member in members for key in (external, email)}
    rows, issues = {}, []
    for line in lines:
        student, assessor = (by_name.get(who.casefold()) for who in (line.student, line.assessor))
        if student and assessor:
            rows[student, assessor, line.kind] = ReportingLine(
                school_id=school_id, student_id=student, assessor_id=assessor, kind=line.kind
            )
            continue
        unknown = line.assessor if student else line.student
        problem = say("“%(who)s” is nobody that the school knows.", who=unknown)
        issues.append(Issue(problem, say("Import the person first, or correct the id or address."), line.row))
    if issues:
        raise Invalid(say("No reporting line was imported."), tuple(issues))
    return list(rows.values())
