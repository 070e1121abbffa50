"""Roles that no list brings: given, taken back, and gone from that moment on."""

import pytest

from cheiron.actions import people
from cheiron.core.access import Permission, Scope
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.models.ledger import Letter
from cheiron.models.people import Enrollment, Member, Person
from tests.cast import NOW, fingerprint


def appoint(cast, who: str = "coordinator", **more) -> None:
    values = {"name": "Ned Fox", "email": "Ned@Riverside.example", "role": "evaluator", **more}
    people.appoint(actor=cast.actor(who), program_id=cast.program, now=NOW, **values)


def test_an_appointment_makes_a_member_and_writes_one_letter(cast):
    appoint(cast)
    ned = Member.objects.get(name="Ned Fox")
    assert (ned.school_id, ned.person.email) == (cast.school, "ned@riverside.example")
    assert list(Enrollment.objects.filter(member=ned).values_list("program", "role")) == [(cast.program, "evaluator")]
    (letter,) = Letter.objects.filter(written_at=NOW)
    assert (letter.to_id, letter.link.person_id) == (ned.person_id, ned.person_id)


def test_a_known_account_is_joined_and_not_renamed(cast):
    appoint(cast, email="stranger@hillside.example", name="Called Otherwise")
    assert Person.objects.filter(email="stranger@hillside.example").count() == 1
    assert Member.objects.get(school=cast.other_school, person=cast.persons["stranger"]).name == "Stu Ranger"
    appoint(cast, email="eve@nowhere.example", name="Eve")
    appoint(cast, email="evaluator@riverside.example", name="Not Eve", role="administrator")
    assert Member.objects.get(person=cast.persons["evaluator"]).name == "Eve Quist"


@pytest.mark.parametrize("role", ["mentee", "mentor", "", "superuser", "Coordinator"])
def test_mentees_and_mentors_and_roles_that_are_none_are_not_appointed(role, cast):
    before = fingerprint()
    with pytest.raises(Invalid):
        appoint(cast, role=role)
    assert fingerprint() == before


def test_a_role_that_one_has_is_not_given_twice(cast):
    appoint(cast)
    before = fingerprint()
    with pytest.raises(Conflict, match="has this role already"):
        appoint(cast)
    assert fingerprint() == before


@pytest.mark.parametrize(("who", "refusal"), [("mentor", Denied), ("evaluator", Denied), ("senior", Denied),
                                              ("stranger", NotFound), ("anonymous", NotFound)])  # fmt: skip
def test_only_coordinators_and_administrators_give_and_take_roles(who, refusal, cast):
    before = fingerprint()
    with pytest.raises(refusal):
        appoint(cast, who, role="coordinator")
    with pytest.raises(refusal):
        people.dismiss(actor=cast.actor(who), program_id=cast.program, enrollment_id=cast.parts["S-evaluator"], now=NOW)
    assert fingerprint() == before


def test_a_role_that_is_taken_back_opens_nothing_from_that_moment(cast, as_):
    url, browser = f"/programs/{cast.program}/", as_("evaluator")
    assert browser.get(url).status_code == 200
    people.dismiss(
        actor=cast.actor("coordinator"), program_id=cast.program, enrollment_id=cast.parts["S-evaluator"], now=NOW
    )
    assert browser.get(url).status_code == 404
    scope = Scope(cast.school, cast.program)
    assert not cast.actor("evaluator").can(Permission.PROGRAM_VIEW, scope)


def test_ones_own_role_and_one_of_the_whole_school_and_one_of_another_program_stay(cast):
    own = Enrollment.objects.get(member__person=cast.persons["coordinator"], program=cast.program)
    whole = Enrollment.objects.get(member__person=cast.persons["administrator"])
    foreign = Enrollment.objects.get(program=cast.other_program, role="coordinator")
    part = cast.parts["E-1"]
    before = fingerprint()
    for one in (own.id, whole.id, foreign.id, part, "nothing"):
        with pytest.raises(Conflict):
            people.dismiss(actor=cast.actor("coordinator"), program_id=cast.program, enrollment_id=one, now=NOW)
    assert fingerprint() == before


def test_somebody_dismissed_can_be_appointed_again(cast):
    people.dismiss(
        actor=cast.actor("coordinator"), program_id=cast.program, enrollment_id=cast.parts["S-evaluator"], now=NOW
    )
    appoint(cast, email="evaluator@riverside.example")
    assert Enrollment.objects.get(pk=cast.parts["S-evaluator"]).left_at is None
