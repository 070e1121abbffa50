"""Every model of the catalog can be created, filled from lists, matched and run."""

import pytest

from cheiron.actions import imports, matching, mentorships, programs
from cheiron.catalog.programs import program_models
from cheiron.core.errors import Invalid
from cheiron.models.ledger import Letter
from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program
from cheiron.queries.matching import readiness, readiness_by_role
from cheiron.queries.people import actor_for
from tests.cast import DAY, NOW, roster

MENTEES = [
    {"ID": f"N-{n}", "Name": f"Mentee number {n}", "Email": f"n{n}@riverside.example", "Topics": "Sepsis"}
    for n in range(4)
]
MENTORS = [
    {"ID": f"R-{n}", "Name": f"Mentor number {n}", "Email": f"r{n}@riverside.example", "Topics": "Sepsis"}
    for n in range(4)
]


def created(cast, model: str) -> str:
    return programs.create_program(
        actor=cast.actor("coordinator"), model=model, name=f"A {model} program", starts_on=NOW.date(),
        ends_on=(NOW + 300 * DAY).date(), now=NOW,
    )  # fmt: skip


def filled(cast, model: str) -> str:
    """A program of this model with four mentees and four mentors from lists."""
    program = created(cast, model)
    for role, rows in (("mentor", MENTORS), ("mentee", MENTEES)):
        given = {"actor": cast.actor("coordinator"), "now": NOW}
        list_id = imports.upload_roster(
            **given, program_id=program, role=role, filename="list.csv", content=roster(*rows, columns=tuple(rows[0]))
        )
        imports.apply_roster(**given, import_id=list_id)
    return program


def published(cast, program: str, **more) -> Round:
    given = {"actor": cast.actor("coordinator"), "now": NOW}
    made = matching.create_round(**given, program_id=program, name="", **more)
    matching.draft_round(**given, round_id=made)
    matching.review_round(**given, round_id=made, answer_by=(NOW + 10 * DAY).date())
    matching.publish_round(**given, round_id=made)
    return Round.objects.get(pk=made)


@pytest.mark.parametrize("model", sorted(program_models()))
def test_every_model_runs_from_a_list_to_an_accepted_match(cast, model):
    program = filled(cast, model)
    sought = program_models()[model].sought
    found = [published(cast, program).role for _ in sought]
    assert found == [key for key, _ in sought], "each round finds what people still wait for"
    pairs = Mentorship.objects.filter(program=program)
    assert {key: pairs.filter(role=key).count() for key, _ in sought} == {key: len(MENTEES) for key, _ in sought}
    for pair in pairs:
        mentor = actor_for(pair.mentor.member.person_id)
        mentorships.accept_mentee(actor=mentor, mentorship_id=pair.id, now=NOW + DAY)
    assert set(pairs.values_list("state", flat=True)) == {"active"}
    assert readiness(Program.objects.get(pk=program), NOW).mentees == 0


def test_a_peer_mentor_takes_several_mentees(cast):
    program = filled(cast, "near_peer")
    Enrollment.objects.filter(program=program, role="mentor").exclude(member__external_id="R-0").update(left_at=NOW)
    published(cast, program)
    assert Mentorship.objects.filter(program=program, mentor__member__external_id="R-0").count() == len(MENTEES)


def test_nobody_gets_one_mentor_for_two_roles(cast):
    program = filled(cast, "several_mentors")
    published(cast, program)
    published(cast, program)
    for part in Enrollment.objects.filter(program=program, role="mentee"):
        mentors = list(part.mentorships_as_mentee.values_list("mentor", flat=True))
        assert (len(mentors), len(set(mentors))) == (2, 2)


def test_who_has_a_mentor_for_one_role_still_waits_for_the_other(cast):
    program = filled(cast, "several_mentors")
    published(cast, program, role="research")
    ready = readiness_by_role(Program.objects.get(pk=program), NOW.date())
    assert [(one.role, one.title, one.mentees) for one in ready] == [
        ("career", "Career mentor", len(MENTEES)),
        ("research", "Research mentor", 0),
    ]


def test_letters_say_which_of_the_mentors_it_is(cast):
    program = filled(cast, "several_mentors")
    published(cast, program, role="research")
    bodies = Letter.objects.filter(program=program, kind__in=["match", "proposal"]).values_list("body", flat=True)
    assert {"Research mentor" in body for body in bodies} == {True}


def test_a_role_that_nobody_seeks_is_refused(cast):
    program = created(cast, "dyad")
    with pytest.raises(Invalid, match="Nobody in this program seeks"):
        matching.create_round(actor=cast.actor("coordinator"), program_id=program, name="", role="research", now=NOW)
