"""A round by mentor and by mentee: what stands, what the draft would add, and what is missing."""

from collections import Counter

import pytest

from cheiron.actions import matching, mentorships
from cheiron.core.errors import Denied, NotFound
from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import IntakeSheet
from cheiron.queries.circles import Circle, Circles, Network, circles_for
from cheiron.queries.people import actor_for
from cheiron.queries.studio import studio_for
from tests.cast import DAY, NOW
from tests.db.test_program_models import filled, published


def drawn(cast, round_id: str = "", who: str = "coordinator") -> Circles:
    return circles_for(cast.actor(who), round_id or cast.draft, NOW)


def around(cast, mentor: str, round_id: str = "") -> Circle:
    return next(one for one in drawn(cast, round_id).circles if one.mentor.id == cast.parts[mentor])


def network(found: Circles, name: str) -> Network:
    return next(one for one in found.networks if one.mentee.name == name)


def tell(cast, who: str, **facts) -> None:
    sheet = IntakeSheet.objects.get(enrollment=cast.parts[who])
    sheet.facts = {**sheet.facts, **facts}
    sheet.save()


def paired(cast, mentee: str, mentor: str, state: str = "active", role: str = "mentor") -> None:
    Mentorship.objects.create(
        program_id=cast.program, mentee_id=cast.parts[mentee], mentor_id=cast.parts[mentor], role=role, state=state,
        score=0, proposed_at=NOW, answer_by=NOW.date(),
    )  # fmt: skip


# ---------- by mentor ----------


def test_around_each_mentor_stand_the_pairs_of_the_studio_and_those_that_stand(cast):
    studio, found = studio_for(cast.actor("coordinator"), cast.draft, NOW), drawn(cast)
    drafted = {(tie.mentee.id, tie.mentor.id) for tie in found.ties if tie.state == "draft"}
    assert drafted == {(row.id, row.mentor) for row in studio.rows if row.mentor}
    open_now = Mentorship.objects.filter(program=cast.program, state__in=["active", "proposed"])
    standing = {(tie.mentee.id, tie.mentor.id, tie.state) for tie in found.ties if tie.state != "draft"}
    assert standing == set(open_now.values_list("mentee", "mentor", "state"))
    assert found.waiting == set(studio.people.mentees)
    assert {one.mentor.id for one in found.circles} == set(studio.people.mentors)


@pytest.mark.parametrize("which", ["draft", "reviewed", "past_round"])
def test_places_are_those_of_the_studio(cast, which):
    round_id = getattr(cast, which)
    loads = {load.id: load for load in studio_for(cast.actor("coordinator"), round_id, NOW).loads}
    circles = drawn(cast, round_id).circles
    assert {one.mentor.id: (one.carried, one.placed, one.places) for one in circles} == {
        key: (load.carried, load.filled, load.places) for key, load in loads.items()
    }
    assert {one.mentor.id: one.free for one in circles} == {
        key: load.places - load.total for key, load in loads.items()
    }


def test_after_publication_the_pairs_of_the_round_are_among_those_that_stand(cast):
    ties = {(tie.mentee.name, tie.mentor.name): tie for tie in drawn(cast, cast.past_round).ties}
    assert {tie.state for tie in ties.values()} == {"active", "proposed"}
    assert {tie.here for tie in ties.values()} == {True}
    assert {tie.here for tie in drawn(cast).ties if tie.state != "draft"} == {False}


def test_a_pair_of_the_draft_that_can_no_longer_be_is_not_drawn(cast):
    paired(cast, "E-5", "M-3")
    mine = [tie for tie in drawn(cast).ties if tie.mentee.id == cast.parts["E-5"]]
    assert [(tie.mentor.id, tie.state) for tie in mine] == [(cast.parts["M-3"], "active")]


def test_hours_that_suit_all_are_those_that_the_mentor_and_every_mentee_name(cast):
    paired(cast, "E-3", "M-1")
    for who, times in (("M-1", ["Tue 17", "Wed 8"]), ("E-1", ["wed 8", "Tue 17"]), ("E-3", ["Wed 8"])):
        tell(cast, who, times=times)
    circle = around(cast, "M-1", cast.past_round)
    assert (circle.hours, circle.silent, circle.flags) == (("Wed 8",), 0, ())
    tell(cast, "E-3", times=[])
    circle = around(cast, "M-1", cast.past_round)
    assert (circle.hours, circle.silent) == (("Tue 17", "Wed 8"), 1)


def test_without_an_hour_for_all_a_mentor_needs_a_look_and_names_who_shares_none_with_them(cast):
    paired(cast, "E-3", "M-1")
    for who, times in (("M-1", ["Tue 17", "Wed 8"]), ("E-1", ["Tue 17"]), ("E-3", ["Wed 8"])):
        tell(cast, who, times=times)
    assert [str(flag) for flag in around(cast, "M-1", cast.past_round).flags] == ["No hour suits all of them"]
    tell(cast, "E-3", times=["Fri 15"])
    found = drawn(cast, cast.past_round).circles
    assert [str(flag) for flag in found[0].flags] == ["No hour in common with Wanda Ito"]
    assert found[0].mentor.id == cast.parts["M-1"], "whoever needs a look comes first"


def test_who_has_not_said_when_is_no_reason_to_look(cast):
    tell(cast, "M-1", times=["Tue 17"])
    circle = around(cast, "M-1", cast.past_round)
    assert (circle.compared, circle.silent, circle.flags) == (False, 1, ())


def test_alone_in_a_stage_and_more_mentees_than_places_are_told(cast):
    for mentee in ("E-3", "E-4"):
        paired(cast, mentee, "M-1")
    for who, stage in (("E-1", "Year 2"), ("E-3", "Year 1"), ("E-4", "Year 1")):
        tell(cast, who, stage=stage, place="North" if who == "E-1" else "South")
    circle = around(cast, "M-1", cast.past_round)
    assert [str(flag) for flag in circle.flags] == [
        "More mentees than places are offered",
        "Alone in a stage: Mina Okafor (Year 2)",
    ]
    assert (circle.stages, circle.campuses, circle.free) == (("Year 1", "Year 2"), ("North", "South"), 0)


# ---------- by mentee ----------


@pytest.fixture
def several(cast) -> Circles:
    """Four mentees who seek two mentors each: three have a career mentor, one of them in place; two are drafted."""
    program = filled(cast, "several_mentors")
    published(cast, program, role="career")
    pairs = list(Mentorship.objects.filter(program=program).order_by("mentee__member__external_id"))
    mentorships.accept_mentee(
        actor=actor_for(pairs[0].mentor.member.person_id), mentorship_id=pairs[0].id, now=NOW + DAY
    )
    Mentorship.objects.filter(pk=pairs[3].pk).update(state="declined")
    taken = Counter(one.mentor_id for one in pairs[:3])
    for n, sheet in enumerate(IntakeSheet.objects.filter(enrollment__program=program, enrollment__role="mentor")):
        IntakeSheet.objects.filter(pk=sheet.pk).update(capacity=taken[sheet.enrollment_id] + (n < 2))
    given = {"actor": cast.actor("coordinator"), "now": NOW}
    made = matching.create_round(**given, program_id=program, name="", role="research")
    matching.draft_round(**given, round_id=made)
    return drawn(cast, made)


def test_each_mentee_has_a_line_for_each_mentor_and_an_empty_ring_for_each_role_without_one(several):
    for one in several.networks:
        tied = Counter((spoke.role, spoke.tie.mentor.id) for spoke in one.spokes if spoke.tie)
        assert tied == Counter((tie.role, tie.mentor.id) for tie in several.ties if tie.mentee.id == one.mentee.id)
        assert {spoke.role for spoke in one.spokes} == {"career", "research"}
        assert {spoke.role for spoke in one.uncovered} == {"career", "research"} - {role for role, _ in tied}


def test_most_needs_without_anybody_come_first_then_those_that_wait(several):
    order = [(len(one.uncovered), one.open) for one in several.networks]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) > 1


def test_the_figures_by_role_are_those_of_the_drawings(several):
    assert [role for role, _, _ in several.standings] == ["career", "research"]
    for role, _, counts in several.standings:
        ties = {one.mentee.id: [tie.state for tie in several.ties if tie.mentee.id == one.mentee.id and tie.role == role]
                for one in several.networks}  # fmt: skip
        plain = {
            "covered": sum("active" in states for states in ties.values()),
            "waiting": sum(bool(states) and "active" not in states for states in ties.values()),
            "none": sum(not states for states in ties.values()),
        }
        assert dict(counts) == plain
        for standing, n in counts:
            assert len(several.networks_of("", role, standing)) == n
    assert dict(several.standings[0][2]) == {"none": 1, "waiting": 2, "covered": 1}
    assert dict(several.standings[1][2])["waiting"] == 2


def test_who_has_left_is_not_drawn_unless_a_pair_still_stands(cast):
    Enrollment.objects.filter(pk__in=[cast.parts["E-5"], cast.parts["E-1"]]).update(left_at=NOW)
    names = {one.mentee.name for one in drawn(cast).networks}
    assert "Wes Novak" not in names
    assert "Mina Okafor" in names


def test_who_waits_is_only_looked_for_until_the_round_is_published(cast):
    assert network(drawn(cast), "Wes Novak").waits
    assert not network(drawn(cast), "Mina Okafor").waits
    assert not network(drawn(cast, cast.past_round), "Wes Novak").waits


def test_a_role_that_the_program_no_longer_names_is_still_drawn(cast):
    paired(cast, "E-1", "M-3", role="sponsor")
    spokes = network(drawn(cast), "Mina Okafor").spokes
    assert [(spoke.role, spoke.title) for spoke in spokes] == [("mentor", "Mentor"), ("sponsor", "sponsor")]


def test_people_are_found_by_words_of_their_own_name_and_of_those_around_them(cast):
    found = drawn(cast)
    assert {one.mentee.name for one in found.networks_of("weiss ADA")} >= {"Mina Okafor"}
    assert {one.mentor.name for one in found.circles_of("mina")} == {"Dr. Ada Weiss"}
    assert found.circles_of("nobody of that name") == []


# ---------- who may look ----------


@pytest.mark.parametrize(("who", "refusal"), [("stranger", NotFound), ("mentor", Denied), ("evaluator", Denied)])
def test_others_than_who_may_open_the_studio_are_refused(cast, who, refusal):
    with pytest.raises(refusal):
        drawn(cast, who=who)


def test_a_round_without_a_run_shows_what_stands(cast):
    made = matching.create_round(actor=cast.actor("coordinator"), program_id=cast.program, name="Empty", now=NOW)
    found = drawn(cast, made)
    assert (found.run, Round.objects.get(pk=made).state) == (None, "draft")
    assert {tie.state for tie in found.ties} == {"active", "proposed"}
