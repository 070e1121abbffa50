"""Asking to take part: a link that opens a form, requests that staff answer, and nobody renamed or taken over by it."""

from datetime import timedelta

import pytest

from cheiron.actions import imports, joining
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.models.people import Enrollment, JoinLink, JoinRequest, Member, Person
from tests.cast import DAY, NOW, SECRETS, Cast, fingerprint


def ask(cast: Cast, name: str = "Jo Reed", email: str = "jo@riverside.example", external_id: str = "", **given) -> str:
    """Ask; the id of the request."""
    given = {"link_id": cast.join_link, "now": NOW, **given}
    joining.ask_to_join(actor=Actor(None), name=name, email=email, external_id=external_id, **given)
    return JoinRequest.objects.get(email=email.strip().lower(), state="waiting").id


def approve(cast: Cast, *requests: str) -> int:
    return joining.approve_joins(actor=cast.actor("coordinator"), program_id=cast.program, requests=requests, now=NOW)


def letters_to(name: str) -> list[str]:
    return list(Letter.objects.filter(to_name=name).values_list("kind", flat=True))


def test_asking_makes_a_request_and_nothing_else(cast):
    before = fingerprint(without=(JoinRequest, AuditEvent))
    ask(cast)
    assert fingerprint(without=(JoinRequest, AuditEvent)) == before
    assert JoinRequest.objects.filter(state="waiting").count() == 2


def test_asking_twice_is_asking_once(cast):
    assert ask(cast) == ask(cast, name="Somebody Else", email=" JO@riverside.example")
    assert JoinRequest.objects.get(email="jo@riverside.example").name == "Jo Reed"


@pytest.mark.parametrize(
    "given",
    [{"name": ""}, {"name": "=1+1"}, {"name": "Two\nLines"}, {"name": "x" * 201}, {"email": "nobody"},
     {"email": "=a@b.example"}, {"external_id": "+1"}, {"external_id": "x" * 201}],
)  # fmt: skip
def test_a_request_is_held_to_what_a_list_is_held_to(given, cast):
    before = fingerprint()
    with pytest.raises(Invalid) as caught:
        ask(cast, **given)
    assert caught.value.issues
    assert fingerprint() == before


def test_an_expired_or_closed_link_opens_nothing(cast):
    with pytest.raises(NotFound):
        ask(cast, now=NOW + 29 * DAY)
    joining.close_join_link(actor=cast.actor("coordinator"), program_id=cast.program, role="mentee", now=NOW)
    with pytest.raises(NotFound):
        ask(cast)


def test_a_renewed_link_takes_the_place_of_the_old_one(cast):
    given = {"actor": cast.actor("coordinator"), "program_id": cast.program, "role": "mentee", "now": NOW}
    new = joining.open_join_link(**given, days=90)
    with pytest.raises(NotFound):
        ask(cast)
    assert ask(cast, link_id=new)
    assert list(JoinLink.objects.filter(closed_at=None).values_list("id", flat=True)) == [new]


@pytest.mark.parametrize(("role", "days"), [("coordinator", 30), ("", 30), ("mentee", 31), ("mentee", 0)])
def test_a_link_is_for_those_who_take_part_and_not_for_ever(role, days, cast):
    with pytest.raises(Invalid):
        joining.open_join_link(actor=cast.actor("coordinator"), program_id=cast.program, role=role, days=days, now=NOW)


def test_very_many_requests_stop_the_link_for_an_hour(cast, monkeypatch):
    monkeypatch.setattr(joining, "HOURLY_LIMIT", 2)
    ask(cast)
    ask(cast, email="two@riverside.example")
    with pytest.raises(Conflict, match="try again later"):
        ask(cast, email="three@riverside.example")
    assert ask(cast, email="three@riverside.example", now=NOW + timedelta(hours=2))


# ---------- answers ----------


def test_approving_brings_a_part_a_sheet_and_an_invitation(cast):
    assert approve(cast, ask(cast, external_id="E-77"), cast.join_request) == 2
    jo = Enrollment.objects.get(member__external_id="E-77")
    assert (jo.role, jo.member.name, jo.member.person.email) == ("mentee", "Jo Reed", "jo@riverside.example")
    assert (jo.invited_at, jo.joined_at, jo.sheet.facts) == (NOW, None, {})
    assert letters_to("Jo Reed") == letters_to("Jude Asker") == ["invitation"]
    assert list(JoinRequest.objects.values_list("state", "name", "email")) == [("approved", "", "")] * 2


def test_declining_brings_nobody_and_keeps_no_name(cast):
    before = fingerprint(without=(JoinRequest, AuditEvent))
    joining.decline_joins(
        actor=cast.actor("coordinator"), program_id=cast.program, requests=[cast.join_request], now=NOW
    )
    assert fingerprint(without=(JoinRequest, AuditEvent)) == before
    assert list(JoinRequest.objects.values_list("state", "name", "email", "external_id")) == [("declined", "", "", "")]


def test_somebody_known_keeps_name_id_and_address(cast):
    before = Member.objects.get(external_id="M-3")
    approve(cast, ask(cast, name="Not Cleo", email="Cleo@riverside.example"))
    after = Member.objects.get(external_id="M-3")
    assert (after.name, after.title, after.person_id) == (before.name, before.title, before.person_id)
    assert sorted(after.enrollments.values_list("role", flat=True)) == ["mentee", "mentor"]


def test_nobody_takes_an_account_over_by_writing_its_id(cast):
    """Wes has never signed in, so a list could correct his address; a public form cannot."""
    asked = ask(cast, email="thief@evil.example", external_id="e-5")
    before = fingerprint()
    with pytest.raises(Invalid) as caught:
        approve(cast, cast.join_request, asked)
    assert [str(issue.problem) for issue in caught.value.issues] == [
        "Jo Reed wrote the ID of Wes Novak, who has another address."
    ]
    assert fingerprint() == before, "and nobody else was approved either"


def test_two_who_write_the_same_id_are_told_apart_by_staff(cast):
    one, two = ask(cast, external_id="E-77"), ask(cast, email="two@riverside.example", external_id="e-77")
    with pytest.raises(Invalid, match="Nobody was approved"):
        approve(cast, one, two)
    assert approve(cast, one) == 1


def test_one_address_by_an_old_and_a_new_link_is_one_person(cast):
    first = ask(cast)
    given = {"actor": cast.actor("coordinator"), "program_id": cast.program, "role": "mentee", "now": NOW}
    link = joining.open_join_link(**given, days=7)
    joining.ask_to_join(
        actor=Actor(None), link_id=link, name="Jo Reed", email="jo@riverside.example", external_id="", now=NOW
    )
    assert approve(cast, first, JoinRequest.objects.get(link=link).id) == 2
    assert Member.objects.filter(person__email="jo@riverside.example").count() == 1


def test_an_account_of_another_school_is_joined_and_not_renamed(cast):
    approve(cast, ask(cast, name="Called Otherwise", email="stranger@hillside.example"))
    stranger = Person.objects.get(email="stranger@hillside.example")
    assert sorted(Member.objects.filter(person=stranger).values_list("name", flat=True)) == [
        "Called Otherwise", "Stu Ranger",
    ]  # fmt: skip


def test_who_takes_part_already_is_answered_without_a_change(cast):
    count = Letter.objects.count()
    approve(cast, ask(cast, name="M.", email=SECRETS["mentee address"]))
    assert Letter.objects.count() == count
    assert Enrollment.objects.filter(member__person__email=SECRETS["mentee address"]).count() == 1


def test_a_request_is_answered_once(cast):
    approve(cast, cast.join_request)
    with pytest.raises(Conflict, match="Nobody is chosen"):
        approve(cast, cast.join_request)


def test_an_approval_can_be_taken_back_like_a_list(cast):
    approve(cast, cast.join_request)
    imports.undo_import(actor=cast.actor("coordinator"), program_id=cast.program, now=NOW)
    assert not Person.objects.filter(email=SECRETS["asking address"]).exists()


def test_only_the_programs_own_coordinator_opens_links_and_answers(cast):
    before = fingerprint()
    refusals = {"stranger": NotFound, "anonymous": NotFound, "mentor": Denied, "evaluator": Denied}
    for who, refusal in refusals.items():
        given = {"actor": cast.actor(who), "program_id": cast.program, "now": NOW}
        for act in (
            lambda given=given: joining.open_join_link(**given, role="mentee", days=30),
            lambda given=given: joining.close_join_link(**given, role="mentee"),
            lambda given=given: joining.approve_joins(**given, requests=[cast.join_request]),
            lambda given=given: joining.decline_joins(**given, requests=[cast.join_request]),
        ):
            with pytest.raises(refusal):
                act()
    assert fingerprint() == before


def test_another_programs_coordinator_cannot_answer_by_naming_a_request(cast):
    with pytest.raises(Conflict, match="Nobody is chosen"):
        joining.approve_joins(
            actor=cast.actor("stranger"), program_id=cast.other_program, requests=[cast.join_request], now=NOW
        )
