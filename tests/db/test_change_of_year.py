"""The change of year: a preview of everything, one letter to everybody, pairs that go on, files that go along."""

from collections import Counter

import pytest

from cheiron.actions import matching, people, program_setup, programs, year
from cheiron.actions._programs import Adjustment
from cheiron.core.errors import Conflict, Denied, NotFound
from cheiron.models.ledger import Letter
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Meeting, Mentorship
from cheiron.models.people import Enrollment, JoinRequest
from cheiron.models.programs import IntakeSheet, Program
from cheiron.queries.mentorships import mentorship_for
from cheiron.queries.people import participants
from cheiron.queries.programs import model_of
from cheiron.queries.year import closing_for, file_for
from tests.cast import DAY, NOW, answer_everybody, fingerprint


@pytest.fixture
def cast(cast):
    """The cast, after the one who asked to take part has had an answer."""
    answer_everybody(cast)
    return cast


def by(cast, who: str = "coordinator") -> dict:
    return {"actor": cast.actor(who), "now": NOW}


def next_year(cast) -> Program:
    """The program after this one, made from the cast's draft."""
    old = Program.objects.get(pk=cast.program)
    model = model_of(old)
    about = Adjustment(
        "Riverside Scholars II", old.ends_on, old.ends_on + 200 * DAY, model.mentees_per_mentor, 30, 30, 10,
        model.weights,
    )  # fmt: skip
    program_setup.keep_setup(**by(cast), draft_id=cast.setup, adjustment=about)
    return Program.objects.get(pk=program_setup.finish_setup(**by(cast), draft_id=cast.setup))


def plan(cast, into: str = "", ends: tuple[str, ...] = ()):
    return closing_for(cast.actor("coordinator"), cast.program, NOW, into=into, ends=ends)


def close(cast, into: str = "", ends: tuple[str, ...] = ()) -> int:
    seal = plan(cast, into, ends).seal
    Letter.objects.all().delete()
    return year.close_program(**by(cast), program_id=cast.program, into=into, ends=ends, seal=seal)


def in_year(cast, external_id: str, stage: str) -> None:
    sheet, _ = IntakeSheet.objects.get_or_create(enrollment_id=cast.parts[external_id])
    sheet.facts = {**sheet.facts, "stage": stage}
    sheet.save()


def test_looking_changes_nothing(cast):
    into = next_year(cast).id
    before = fingerprint()
    plan(cast, into)
    assert fingerprint() == before


def test_everybody_gets_exactly_the_one_letter_that_was_shown(cast):
    into = next_year(cast).id
    shown = plan(cast, into).letters
    taking_part = {row.id for row in participants(Program.objects.get(pk=cast.program))}
    assert {draft.once for draft in shown} == {f"year:{part}" for part in taking_part}
    assert close(cast, into) == len(taking_part)
    sent = Letter.objects.filter(kind="year end")
    assert Counter((one.to_id, one.body) for one in sent) == Counter(
        (draft.to_person, "\n\n".join(part.render() for part in draft.paragraphs)) for draft in shown
    )


def test_pairs_go_on_with_what_lies_ahead_and_what_happened_stays(cast):
    into = next_year(cast)
    close(cast, into.id)
    old = Mentorship.objects.get(pk=cast.mentorship)
    new = Mentorship.objects.get(program=into)
    assert (old.state, new.state, new.score, new.role) == ("ended", "active", old.score, old.role)
    assert new.mentee.member_id == old.mentee.member_id
    assert (Meeting.objects.get(pk=cast.meeting).mentorship_id, Meeting.objects.get(pk=cast.held).mentorship_id) == (
        new.id,
        old.id,
    )
    assert Meeting.objects.get(pk=cast.meeting).proposed_by_id == new.mentee_id
    assert set(AgendaPoint.objects.filter(meeting=None).values_list("mentorship", flat=True)) == {new.id}
    assert not Letter.objects.filter(kind="meeting").exists()
    assert mentorship_for(cast.actor("mentee"), new.id).id == new.id


def test_open_proposals_are_taken_back_and_both_hear_it(cast):
    close(cast, next_year(cast).id)
    assert Mentorship.objects.get(pk=cast.proposed).state == "ended"
    told = {one.to_name for one in Letter.objects.all() if "take back the proposal" in one.body}
    assert told == {"Otto Lind", "Dr. Ben Ruiz"}
    assert not ChangeRequest.objects.filter(settled_at=None).exists()


def test_a_pair_ends_well_where_the_coordinator_says_so(cast):
    close(cast, next_year(cast).id, ends=(cast.mentorship,))
    assert Mentorship.objects.get(pk=cast.mentorship).state == "ended"
    assert Meeting.objects.get(pk=cast.meeting).state == "canceled"
    assert Letter.objects.filter(kind="meeting").count() == 2
    told = {one.to_name for one in Letter.objects.filter(kind="year end") if "ends. Thank you" in one.body}
    assert told == {"Mina Okafor", "Dr. Ada Weiss"}


def test_students_move_up_and_the_last_class_year_leaves(cast):
    in_year(cast, "E-1", "Year 2")
    in_year(cast, "E-3", "Year 4")
    into = next_year(cast)
    close(cast, into.id)
    stages = {
        part.member.external_id: part.sheet.facts.get("stage")
        for part in participants(into).filter(role="mentee").select_related("member")
    }
    assert stages == {"E-1": "Year 3", "E-2": None, "E-4": None, "E-5": None}
    letter = Letter.objects.get(to_name="Wanda Ito")
    assert "last class year" in letter.body
    assert letter.link.leads_to == f"/programs/{cast.program}/my-file/"


def test_without_a_next_program_everybody_leaves_with_their_file(cast):
    close(cast)
    assert not Enrollment.objects.filter(program=cast.program, left_at=None, role__in=["mentee", "mentor"]).exists()
    assert not Mentorship.objects.filter(program=cast.program, state__in=["active", "proposed"]).exists()
    program, kept = file_for(cast.actor("mentee"), cast.program)
    assert [one.mentorship.id for one in kept] == [cast.mentorship]
    assert (len(kept[0].meetings), len(kept[0].agenda), len(kept[0].contacts)) == (2, 2, 1)
    assert program.id == cast.program


def test_a_file_is_its_owners_alone(cast):
    _program, kept = file_for(cast.actor("other_mentee"), cast.program)
    assert [one.mentorship.id for one in kept] == [cast.proposed]
    for who in ("coordinator", "administrator", "stranger", "anonymous"):
        with pytest.raises(NotFound):
            file_for(cast.actor(who), cast.program)


def test_what_has_changed_since_the_preview_is_looked_at_anew(cast):
    seal = plan(cast).seal
    people_row = Enrollment.objects.get(pk=cast.parts["E-5"])
    Enrollment.objects.filter(pk=people_row.pk).update(left_at=NOW)
    before = fingerprint()
    with pytest.raises(Conflict, match="changed since this preview"):
        year.close_program(**by(cast), program_id=cast.program, into="", ends=(), seal=seal)
    assert fingerprint() == before


def test_a_closed_program_stays_as_it_is(cast):
    close(cast)
    before = fingerprint()
    for act in (
        lambda: close(cast),
        lambda: matching.create_round(**by(cast), program_id=cast.program, name=""),
        lambda: matching.draft_round(**by(cast), round_id=cast.draft),
        lambda: people.invite(**by(cast), program_id=cast.program, enrollments=None),
    ):
        with pytest.raises(Conflict, match="is closed"):
            act()
    assert fingerprint() == before
    with pytest.raises(NotFound):
        programs.save_intake(
            **by(cast, "mentee"), program_id=cast.program, role="mentee",
            intake=programs.Intake({}, "", 1, None, True),
        )  # fmt: skip


def test_who_asks_to_take_part_is_answered_before_the_program_closes(cast):
    JoinRequest.objects.update(state="waiting", decided_at=None)
    with pytest.raises(Conflict, match="Answer them first"):
        close(cast)
    assert plan(cast).asking == 1
    assert Program.objects.get(pk=cast.program).state == "open"


def test_only_coordinators_close_and_only_into_what_is_theirs(cast):
    for who in ("mentor", "mentee", "evaluator", "administrator"):
        with pytest.raises(Denied):
            closing_for(cast.actor(who), cast.program, NOW, into="", ends=())
    for who, into in (("stranger", ""), ("coordinator", cast.other_program), ("coordinator", cast.program)):
        with pytest.raises(NotFound):
            closing_for(cast.actor(who), cast.program, NOW, into=into, ends=())
