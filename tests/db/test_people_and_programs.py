"""Programs, invitations, intake sheets, wishes, what people volunteer, and schools founded."""

from dataclasses import replace
from datetime import date

import pytest

from cheiron.actions import people, programs
from cheiron.actions.programs import Adjustment, Intake, SelfDescription
from cheiron.actions.schools import found_school
from cheiron.core.access import SYSTEM, Actor, Permission
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.core.people.facts import Facts
from cheiron.gateways.links import link_id_in
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.people import Enrollment, Member, Person, School
from cheiron.models.programs import IntakeSheet, Program, Wish
from cheiron.models.volunteered import Volunteered
from cheiron.queries.directory import directory_for
from cheiron.queries.operations import audit_for
from cheiron.queries.people import invitations
from cheiron.queries.programs import program_for
from tests.cast import DAY, NOW, SECRETS, fingerprint, models, rows_of


def by(cast, who: str, **more) -> dict:
    return {"actor": cast.actor(who), "now": NOW, **more}


# ---------- invitations ----------


def test_the_preview_of_invitations_is_what_is_sent(cast):
    program = Program.objects.get(pk=cast.program)
    preview = sorted(
        (one.to_person, one.to_name, one.subject.render(), "\n\n".join(part.render() for part in one.paragraphs))
        for one in invitations(program)
    )
    old = set(Letter.objects.values_list("pk", flat=True))
    count = people.invite(**by(cast, "coordinator"), program_id=cast.program, enrollments=None)
    sent = Letter.objects.exclude(pk__in=old)
    assert count == len(preview) == 4
    assert sorted((one.to_id, one.to_name, one.subject, one.body) for one in sent) == preview


def test_only_those_chosen_who_have_not_joined_are_invited(cast):
    chosen = [
        cast.parts["E-5"],
        cast.parts["E-1"],
        Enrollment.objects.get(program=cast.other_program, role="mentee").id,
    ]
    assert people.invite(**by(cast, "coordinator"), program_id=cast.program, enrollments=chosen) == 1
    assert Letter.objects.get(written_at=NOW).to.email == "wes@riverside.example"
    assert Enrollment.objects.get(pk=cast.parts["E-5"]).invited_at == NOW
    with pytest.raises(Conflict, match="joined already"):
        people.invite(**by(cast, "coordinator"), program_id=cast.program, enrollments=[cast.parts["E-1"]])


def test_a_reminder_is_a_letter_of_its_own_and_either_link_lets_in_once(cast):
    people.invite(**by(cast, "coordinator"), program_id=cast.program, enrollments=[cast.parts["E-3"]])
    letters = Letter.objects.filter(kind="invitation", to__email=SECRETS["waiting address"])
    assert (letters.count(), len({one.once for one in letters})) == (2, 2)
    people.use_link(actor=Actor(None), token=cast.token, now=NOW)
    assert Enrollment.objects.get(pk=cast.parts["E-3"]).joined_at == NOW


def test_joining_twice_keeps_the_first_day(cast):
    people.use_link(actor=Actor(None), token=cast.token, now=NOW)
    OneTimeLink.objects.filter(pk=cast.link).update(used_at=None)
    people.use_link(actor=Actor(None), token=cast.token, now=NOW + DAY)
    assert Enrollment.objects.get(pk=cast.parts["E-3"]).joined_at == NOW


def test_the_invitation_of_one_who_has_left_joins_nobody(cast):
    Enrollment.objects.filter(pk=cast.parts["E-3"]).update(left_at=NOW)
    people.use_link(actor=Actor(None), token=cast.token, now=NOW)
    assert Enrollment.objects.get(pk=cast.parts["E-3"]).joined_at is None


def test_the_link_of_a_closed_account_opens_nothing(cast):
    Person.objects.filter(email=SECRETS["waiting address"]).update(is_active=False)
    with pytest.raises(NotFound, match="used, has expired"):
        people.use_link(actor=Actor(None), token=cast.token, now=NOW)


# ---------- programs ----------


def create(cast, who: str = "coordinator", **more) -> str:
    values = {"model": "dyad", "name": "Other Scholars", "starts_on": date(2027, 2, 1), "ends_on": date(2027, 12, 1)}
    return programs.create_program(**by(cast, who), **{**values, **more})


def test_a_program_is_made_from_its_model_and_its_maker_coordinates_it(cast):
    made = Program.objects.get(pk=create(cast))
    assert (made.school_id, made.settings["weights"]["topics"]) == (cast.school, 25)
    roles = Enrollment.objects.filter(program=made).values_list("member__person", "role")
    assert list(roles) == [(cast.persons["coordinator"], "coordinator")]


def test_a_program_needs_a_length_a_model_and_a_name_of_its_own(cast):
    before = fingerprint()
    for wrong, kind in (
        ({"ends_on": date(2027, 2, 1)}, Invalid),
        ({"model": "no such model"}, NotFound),
        ({"name": "Riverside Scholars"}, Invalid),
    ):
        with pytest.raises(kind):
            create(cast, **wrong)
    assert fingerprint() == before
    create(cast, "stranger", name="Riverside Scholars")


def test_only_coordinators_create_programs(cast):
    for who in ("mentee", "mentor", "evaluator", "administrator", "anonymous"):
        with pytest.raises(Denied, match="Only coordinators"):
            create(cast, who)


ADJUSTED = Adjustment("New name", date(2027, 2, 1), date(2027, 12, 1), 3, 14, 45, 7, {"goals": 40, "topics": 0})


def test_a_program_is_adjusted_and_the_rounds_keep_their_own_weights(cast):
    programs.adjust_program(**by(cast, "coordinator"), program_id=cast.program, adjustment=ADJUSTED)
    found = Program.objects.get(pk=cast.program)
    assert (found.name, found.starts_on, found.settings["ratio"]["mentees_per_mentor"]) == (
        "New name",
        date(2027, 2, 1),
        3,
    )
    assert (found.settings["weights"]["goals"], found.settings["weights"]["topics"]) == (40, 0)
    assert found.rounds.get(pk=cast.draft).weights["goals"] == 15


def test_what_a_program_cannot_run_with_is_refused(cast):
    before = fingerprint()
    zeros = dict.fromkeys(Program.objects.get(pk=cast.program).settings["weights"], 0)
    for wrong in (
        {"weights": zeros},
        {"weights": {"goals": 101}},
        {"weights": {"goals": -1}},
        {"mentees_per_mentor": 0},
        {"mentees_per_mentor": 21},
        {"ends_on": date(2027, 1, 1)},
    ):
        with pytest.raises(Invalid):
            programs.adjust_program(
                **by(cast, "coordinator"), program_id=cast.program, adjustment=replace(ADJUSTED, **wrong)
            )
    assert fingerprint() == before


# ---------- intake, wishes ----------


def test_an_intake_keeps_facts_of_the_list_that_it_does_not_ask_for(cast):
    sheet = IntakeSheet.objects.get(enrollment=cast.parts["E-2"])
    sheet.facts["stage"] = "Year 2"
    sheet.save()
    programs.save_intake(
        **by(cast, "other_mentee"), program_id=cast.program, role="mentee",
        intake=Intake({"topics": ["Ethics"], "goals": []}, "Hello.", 1, None, True),
    )  # fmt: skip
    sheet.refresh_from_db()
    assert (sheet.facts["stage"], sheet.facts["topics"], "goals" in sheet.facts) == ("Year 2", ["Ethics"], False)
    assert (sheet.about, sheet.finished_at) == ("Hello.", NOW)


def test_filling_in_is_joining(cast):
    wes = Member.objects.get(external_id="E-5").person_id
    cast.persons["wes"] = wes
    programs.save_intake(
        **by(cast, "wes"), program_id=cast.program, role="mentee", intake=Intake({}, "", 1, None, True)
    )
    assert Enrollment.objects.get(pk=cast.parts["E-5"]).joined_at == NOW


def test_nobody_fills_in_a_sheet_of_a_role_that_is_not_theirs(cast):
    before = fingerprint()
    blank = Intake({}, "", 1, None, True)
    for who, role in (("mentee", "mentor"), ("coordinator", "coordinator"), ("evaluator", "evaluator"),
                      ("stranger", "mentee"), ("anonymous", "mentee")):  # fmt: skip
        with pytest.raises(NotFound):
            programs.save_intake(**by(cast, who), program_id=cast.program, role=role, intake=blank)
    assert fingerprint() == before


def order(cast, *mentors: str, who: str = "other_mentee") -> list[str]:
    chosen = [cast.parts.get(one, one) for one in mentors]
    programs.order_wishes(**by(cast, who), program_id=cast.program, mentors=chosen)
    rows = Wish.objects.filter(mentee__member__person=cast.persons[who]).order_by("rank")
    return list(rows.values_list("mentor__member__external_id", "rank"))


def test_wishes_stand_in_their_order_each_once(cast):
    assert order(cast, "M-3", "M-1", "M-3") == [("M-3", 1), ("M-1", 2)]
    assert order(cast, "M-1") == [("M-1", 1)]
    assert order(cast) == []


def test_a_mentee_or_stranger_or_hidden_or_former_mentor_cannot_be_wished_for(cast):
    IntakeSheet.objects.filter(enrollment=cast.parts["M-2"]).update(listed=False)
    Enrollment.objects.filter(pk=cast.parts["M-3"]).update(left_at=NOW)
    before = fingerprint()
    for wrong in (
        "M-2",
        "M-3",
        "E-1",
        "E-2",
        "nobody",
        Enrollment.objects.get(program=cast.other_program, role="mentee").id,
    ):
        with pytest.raises(Conflict, match="no longer in the directory"):
            order(cast, "M-1", wrong)
    assert fingerprint() == before


def test_wishes_for_mentors_who_have_hidden_since_can_still_be_moved_and_removed(cast):
    order(cast, "M-1", "M-2", "M-3")
    IntakeSheet.objects.filter(enrollment__in=[cast.parts["M-1"], cast.parts["M-2"]]).update(listed=False)
    assert order(cast, "M-2", "M-3") == [("M-2", 1), ("M-3", 2)]
    assert order(cast, "M-3") == [("M-3", 1)]
    with pytest.raises(Conflict):
        order(cast, "M-3", "M-1")


def test_no_more_than_six_wishes_are_kept(cast):
    found = [cast.parts["M-1"], *(f"nobody{n}" for n in range(9))]
    with pytest.raises(Conflict):
        order(cast, *found)
    assert programs.MOST_WISHES == 6


def test_the_directory_lists_mentors_with_room_who_let_themselves_be_listed(cast):
    def listed() -> list[str]:
        rows = directory_for(cast.actor("other_mentee"), cast.program, NOW).mentors
        named = {part: name for name, part in cast.parts.items()}
        return sorted(named[row.id] for row in rows)

    assert listed() == ["M-1", "M-2", "M-3"]
    IntakeSheet.objects.filter(enrollment=cast.parts["M-1"]).update(capacity=1)
    IntakeSheet.objects.filter(enrollment=cast.parts["M-2"]).update(listed=False)
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(paused_until=(NOW + DAY).date())
    assert listed() == []


# ---------- what people volunteer ----------


def tell(cast, *descriptions: SelfDescription) -> None:
    programs.volunteer(**by(cast, "mentee"), program_id=cast.program, role="mentee", descriptions=list(descriptions))


def test_what_people_volunteer_is_kept_apart_and_for_its_purposes_only(cast):
    tell(cast, SelfDescription("race", ("Asian",), "in my own words", for_matching=False, for_figures=True))
    kept = Volunteered.objects.get(attribute="race")
    assert (kept.answers, kept.own_words, kept.for_matching, kept.for_figures) == (
        ["Asian"], "in my own words", False, True,
    )  # fmt: skip
    sheets, log = repr(list(IntakeSheet.objects.values())), repr(list(AuditEvent.objects.values()))
    assert "Asian" not in sheets + log
    assert "own words" not in sheets + log
    assert SECRETS["own words"] not in sheets + log


def test_an_empty_answer_takes_it_back_without_a_trace(cast):
    assert Volunteered.objects.count() == 1
    tell(cast, SelfDescription("gender", (), "", for_matching=True, for_figures=True))
    assert Volunteered.objects.count() == 0
    left = [row for model in models() for row in rows_of(model)]
    assert len(left) > 100
    assert [row for row in left if SECRETS["own words"] in row] == []


def test_no_import_engine_or_file_reads_what_people_volunteer(cast):
    """The facts that the engine reads have no such field."""
    attributes = {"gender", "race", "orientation", "background", "identity", "religion", "disability"}
    assert not attributes & set(Facts.__dataclass_fields__)


# ---------- schools ----------


def test_a_school_is_founded_with_a_coordinator_who_signs_in_once(cast):
    token = found_school(
        actor=SYSTEM,
        now=NOW,
        name="New School",
        time_zone="Europe/Berlin",
        email="First@New.example",
        coordinator="First",
    )
    school = School.objects.get(name="New School")
    link = OneTimeLink.objects.get(pk=link_id_in(token))
    assert (link.person.email, link.expires_at) == ("first@new.example", NOW + DAY)
    roles = Enrollment.objects.filter(member__school=school).values_list("role", "program")
    assert sorted(roles) == [("administrator", None), ("coordinator", None)]


def test_a_school_needs_the_server_and_a_time_zone(cast):
    before = fingerprint()
    values = {"now": NOW, "name": "New", "email": "a@b.example", "coordinator": "A"}
    with pytest.raises(Denied, match="command line"):
        found_school(actor=cast.actor("coordinator"), time_zone="Europe/Berlin", **values)
    with pytest.raises(Invalid, match="is not a time zone"):
        found_school(actor=SYSTEM, time_zone="Berlin", **values)
    assert fingerprint() == before


# ---------- schools stay apart ----------


def test_a_person_of_two_schools_is_logged_in_each_for_what_they_do_there(cast):
    """The administrator of one school reads nothing of the other's."""
    member = Member.objects.create(
        school_id=cast.other_school, person_id=cast.persons["coordinator"], external_id="both", name="Both"
    )
    Enrollment.objects.create(member=member, role="coordinator", joined_at=NOW)
    people.invite(actor=cast.actor("coordinator"), program_id=cast.program, enrollments=None, now=NOW)
    programs.adjust_program(
        actor=cast.actor("coordinator"), program_id=cast.other_program, adjustment=ADJUSTED, now=NOW
    )
    _, rows = audit_for(cast.actor("administrator"), cast.program)
    seen = list(rows.filter(at=NOW).values_list("verb", flat=True))
    assert seen == ["people.invite"]
    assert AuditEvent.objects.filter(at=NOW).count() == 2


def test_the_administrators_page_has_no_line_about_self_descriptions(cast):
    assert AuditEvent.objects.filter(verb="self-description.save").exists()
    _, rows = audit_for(cast.actor("administrator"), cast.program)
    assert rows.count() > 20
    assert not rows.filter(verb="self-description.save").exists()


def test_staff_of_one_program_are_nobody_in_another(cast):
    actor = cast.actor("evaluator")
    other = create(cast)
    assert program_for(actor, cast.program, Permission.PROGRAM_VIEW).pk == cast.program
    with pytest.raises(NotFound):
        program_for(actor, other, Permission.PROGRAM_VIEW)
    assert program_for(cast.actor("administrator"), other, Permission.PROGRAM_VIEW).pk == other
