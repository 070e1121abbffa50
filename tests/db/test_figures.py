"""Figures by group: released once when a run is reviewed, held back afterwards, and shown to nobody who assesses."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse

from cheiron.actions import matching
from cheiron.actions.privacy import choose_uses
from cheiron.core.disclosure.catalog import CATALOG, Kind, Measure
from cheiron.core.disclosure.tables import HIDDEN, table_to_json
from cheiron.core.errors import Denied, NotFound
from cheiron.core.matching.files import result_from_json
from cheiron.core.people.self_description import NOT_TOLD
from cheiron.models.figures import ReleasedTable
from cheiron.models.matching import Round, Run
from cheiron.models.people import Enrollment, Member, Person, ReportingLine
from cheiron.models.programs import IntakeSheet, Wish
from cheiron.models.volunteered import Volunteered
from cheiron.queries.figures import entries_of_run, figures_for, ledger_of
from cheiron.queries.kept import forget
from cheiron.queries.matching import field_of
from tests.cast import DAY, NOW

MENTEES, MENTORS = 150, 60
GENDER = {measure: Kind(measure, "gender") for measure in Measure}


def people(cast, role: str, count: int) -> list[Enrollment]:
    persons = Person.objects.bulk_create(Person(email=f"{role}{n}@riverside.example") for n in range(count))
    members = Member.objects.bulk_create(
        Member(school_id=cast.school, person=one, external_id=f"{role}-{n}", name=f"{role} {n:03}")
        for n, one in enumerate(persons)
    )
    parts = Enrollment.objects.bulk_create(
        Enrollment(member=one, program_id=cast.program, role=role, joined_at=NOW) for one in members
    )
    topics = ("Sepsis", "Imaging", "Teaching", "Ethics", "Stroke")
    IntakeSheet.objects.bulk_create(
        IntakeSheet(
            enrollment=one, facts={"topics": [topics[n % 5]], "place": "North" if n % 3 else "South"}, capacity=2
        )
        for n, one in enumerate(parts)
    )
    return parts


@pytest.fixture
def crowd(cast):
    """A round with enough people to say something: 150 mentees, 60 mentors with two places each."""
    draw = random.Random(3)
    mentees, mentors = people(cast, "mentee", MENTEES), people(cast, "mentor", MENTORS)
    Volunteered.objects.bulk_create(
        Volunteered(member=one.member, attribute="gender", answers=[draw.choice(("Woman", "Woman", "Man"))],
                    for_figures=draw.random() < 0.9, for_matching=draw.random() < 0.7)
        for one in (*mentees, *mentors) if draw.random() < 0.8
    )  # fmt: skip
    Wish.objects.bulk_create(
        Wish(mentee=mentee, mentor=mentor, rank=rank)
        for mentee in mentees[::2]
        for rank, mentor in enumerate(draw.sample(mentors, 3), start=1)
    )
    forget()
    return {"mentees": mentees, "mentors": mentors}


def review(cast, round_id: str, now=NOW) -> Run:
    given = {"actor": cast.actor("coordinator"), "round_id": round_id, "now": now}
    matching.review_round(**given, answer_by=(NOW + 10 * DAY).date())
    return Round.objects.get(pk=round_id).runs.first()


def drafted(cast, name: str = "Large") -> str:
    given = {"actor": cast.actor("coordinator"), "now": NOW}
    made = matching.create_round(**given, program_id=cast.program, name=name)
    matching.draft_round(**given, round_id=made)
    return made


def by_key(run: Run) -> dict[str, ReleasedTable]:
    return {row.key: row for row in ReleasedTable.objects.filter(run=run)}


# ---------- once, at review ----------


def test_a_draft_has_no_figures_and_a_reviewed_run_has_all_of_them(cast, crowd):
    made = drafted(cast)
    assert not ReleasedTable.objects.filter(run__round=made).exists()
    rows = by_key(review(cast, made))
    assert set(rows) == {kind.key for kind in CATALOG}
    assert not any(row.held for row in rows.values())
    shown = figures_for(cast.actor("coordinator"), made)
    told = {one.kind for one in shown.telling}
    assert GENDER[Measure.PLACED] in told
    assert GENDER[Measure.OWN_GROUP] in told
    assert all(one.kind.attribute == "gender" for one in shown.telling), "of the others nobody has told anything"


def test_the_tables_count_what_became_of_people(cast, crowd):
    made = drafted(cast)
    run = review(cast, made)
    mentor_of = {pair.mentee: pair.mentor for pair in result_from_json(run.result).pairs}
    told = {row.member_id: row.answers[0] for row in Volunteered.objects.filter(for_figures=True)}
    mentees = {one.id: told.get(one.member_id, NOT_TOLD) for one in crowd["mentees"]}
    shown = figures_for(cast.actor("coordinator"), made)
    table = next(one.table for one in shown.tables if one.kind == GENDER[Measure.PLACED])
    for line in table.lines:
        own = [key for key, group in mentees.items() if group == line.group]
        extra = 3 if line.group == NOT_TOLD else 0  # those of the cast who wait too
        assert line.of is HIDDEN or abs(line.of - len(own)) <= 2 + extra
        assert line.yes is HIDDEN or abs(line.yes - sum(key in mentor_of for key in own)) <= 2 + extra
    assert sum(line.of is not HIDDEN for line in table.lines) >= 2


def test_a_wish_is_met_only_between_two_who_let_it_be_used(cast, crowd):
    made = Round.objects.get(pk=drafted(cast))
    result = result_from_json(made.runs.first().result)
    entries = entries_of_run(made, field_of(made, NOW.date()), result)[GENDER[Measure.OWN_GROUP]]
    rows = {row.member_id: row for row in Volunteered.objects.filter(attribute="gender")}
    members = dict(Enrollment.objects.values_list("id", "member"))
    met = wishing = 0
    for pair in result.pairs:
        own, theirs = rows.get(members[pair.mentee]), rows.get(members[pair.mentor])
        both = own and theirs and own.for_figures and theirs.for_figures and own.for_matching and theirs.for_matching
        met += bool(both and set(own.answers) & set(theirs.answers))
    waiting = [row for row in rows.values() if row.member.enrollments.filter(role="mentee").exists()]
    wishing = sum(row.for_figures and row.for_matching and row.member.name.startswith("mentee") for row in waiting)
    assert sum(entry.met for entry in entries.values()) == met > 0
    assert sum(entry.wishes for entry in entries.values()) == wishing


def test_the_fair_share_knows_places_and_no_groups(cast, crowd):
    made = Round.objects.get(pk=drafted(cast))
    field, result = field_of(made, NOW.date()), result_from_json(made.runs.first().result)
    load = {key: one.taken for key, one in field.mentors.items()}
    for pair in result.pairs:
        load[pair.mentor] += 1
    seats = {key: one.taken + one.places for key, one in field.mentors.items()}
    level = next(n for n in range(99) if sum(min(n, own) for own in seats.values()) >= sum(load.values()))
    above = sum(carried > level for carried in load.values())
    entries = entries_of_run(made, field, result)[GENDER[Measure.LOAD]]
    assert sum(entry.standing.outcome for entry in entries.values()) == above
    assert len(entries) == sum(own > 0 for own in seats.values())


def test_figures_stay_as_they_were_whatever_people_say_later(cast, crowd):
    made = drafted(cast)
    run = review(cast, made)
    before = {key: row.table for key, row in by_key(run).items()}
    Volunteered.objects.all().delete()
    matching.reopen_round(actor=cast.actor("coordinator"), round_id=made, now=NOW)
    assert review(cast, made) == run
    assert {key: row.table for key, row in by_key(run).items()} == before


def test_publishing_keeps_the_figures_of_the_review(cast, crowd):
    made = drafted(cast)
    run = review(cast, made)
    before = [table_to_json(one.table) for one in figures_for(cast.actor("coordinator"), made).tables]
    matching.publish_round(actor=cast.actor("coordinator"), round_id=made, now=NOW)
    after = figures_for(cast.actor("coordinator"), made)
    assert (after.run, [table_to_json(one.table) for one in after.tables]) == (run, before)


# ---------- held back ----------


def move_one(cast, made: str) -> None:
    """The attack: take the mentors away from one mentee, and look how the figures move."""
    given = {"actor": cast.actor("coordinator"), "round_id": made, "now": NOW}
    matching.reopen_round(**given)
    pair = result_from_json(Round.objects.get(pk=made).runs.first().result).pairs[0]
    matching.decide_pair(**given, kind="forbid", mentee=pair.mentee, mentor=pair.mentor, reason="")


def test_a_second_look_after_one_decision_is_held_back_and_says_no_more(cast, crowd, as_):
    made = drafted(cast)
    first = by_key(review(cast, made))
    move_one(cast, made)
    second = by_key(review(cast, made, NOW + timedelta(hours=1)))
    mentees_moved = second["own-group:gender"]
    assert (mentees_moved.held, mentees_moved.table, bytes(mentees_moved.about)) == (True, None, b"")
    assert not first["own-group:gender"].held
    page = as_("coordinator").get(reverse("figures", args=[made])).content.decode()
    assert "Held back: together with what was shown before" in page


def test_somebody_who_takes_a_use_back_cannot_be_seen_to_leave_a_group(cast, crowd):
    """The same pairs, one person less in the figures: subtraction would give their group."""
    made = drafted(cast)
    review(cast, made)
    leaving = Volunteered.objects.filter(for_figures=True, member__enrollments__role="mentee").first().member
    Volunteered.objects.filter(member=leaving).update(for_figures=False)
    matching.reopen_round(actor=cast.actor("coordinator"), round_id=made, now=NOW)
    matching.draft_round(actor=cast.actor("coordinator"), round_id=made, now=NOW)
    rows = by_key(review(cast, made, NOW + timedelta(hours=1)))
    assert rows["placed:gender"].held


def test_the_same_outcome_again_is_shown_again(cast, crowd):
    made = drafted(cast)
    first = by_key(review(cast, made))
    given = {"actor": cast.actor("coordinator"), "round_id": made, "now": NOW}
    matching.reopen_round(**given)
    matching.draft_round(**given)
    second = by_key(review(cast, made, NOW + timedelta(hours=1)))
    assert {key: row.table for key, row in first.items()} == {key: row.table for key, row in second.items()}
    school = Round.objects.get(pk=made).program.school
    assert len(ledger_of(school, NOW).releases) == len([row for row in first.values() if row.about])


def test_after_a_change_of_the_secret_nothing_can_be_compared_and_nothing_is_shown(cast, crowd, settings):
    made = drafted(cast)
    review(cast, made)
    school = Round.objects.get(pk=made).program.school
    assert ledger_of(school, NOW) is not None
    settings.SECRET_KEY = "another secret, as after a restore without the old one"
    assert ledger_of(school, NOW) is None
    assert ledger_of(school, NOW + timedelta(days=366)).releases == ()


def test_another_school_has_a_ledger_of_its_own(cast, crowd):
    review(cast, drafted(cast))
    other = Person.objects.get(pk=cast.persons["stranger"])
    school = Member.objects.get(person=other).school
    assert ledger_of(school, NOW).releases == ()


def test_the_ledger_holds_no_group_no_member_and_no_answer(cast, crowd):
    run = review(cast, drafted(cast))
    ids = set(Member.objects.values_list("id", flat=True)) | set(Enrollment.objects.values_list("id", flat=True))
    ids |= set(Volunteered.objects.values_list("id", flat=True))
    release = ledger_of(run.round.program.school, NOW).releases[0]
    assert len(release.people) >= MENTORS
    marks = {*release.people, *(one.secret for one in release.people.values()), *(one.mark for one in release.people.values())}  # fmt: skip
    assert not marks & ids
    assert not any("Woman" in mark for mark in marks)


# ---------- who sees them ----------


def test_only_coordinators_see_figures(cast, crowd):
    made = drafted(cast)
    review(cast, made)
    with pytest.raises(NotFound):
        figures_for(cast.actor("stranger"), made)
    for who in ("mentee", "mentor", "peer_mentor", "evaluator", "administrator"):
        with pytest.raises(Denied):
            figures_for(cast.actor(who), made)


def test_a_coordinator_who_assesses_somebody_of_the_program_sees_none(cast, crowd, as_):
    made = drafted(cast)
    review(cast, made)
    assert figures_for(cast.actor("coordinator"), made).telling
    mine = Member.objects.get(person=cast.persons["coordinator"])
    ReportingLine.objects.create(
        school_id=cast.school, student=crowd["mentees"][0].member, assessor=mine, kind="grades"
    )
    forget()
    found = figures_for(cast.actor("coordinator"), made)
    assert (found.grades, found.tables) == (True, ())
    for name in ("studio", "figures"):
        page = as_("coordinator").get(reverse(name, args=[made])).content.decode()
        assert "You assess somebody in this program" in page
        assert "Got a mentor" not in page


def test_comparing_two_runs_shows_no_figures(cast, crowd, as_):
    made = drafted(cast)
    review(cast, made)
    matching.reopen_round(actor=cast.actor("coordinator"), round_id=made, now=NOW)
    matching.draft_round(actor=cast.actor("coordinator"), round_id=made, now=NOW)
    page = as_("coordinator").get(reverse("compare", args=[made])).content.decode()
    assert not any(word in page for word in ("Woman", "Got a mentor", "By group"))


def test_the_studio_shows_them_of_the_saved_run_and_says_when_there_are_none(cast, crowd, as_):
    made = drafted(cast)
    before = as_("coordinator").get(reverse("studio", args=[made])).content.decode()
    assert "Made once, when you review this run" in before
    review(cast, made)
    after = as_("coordinator").get(reverse("studio", args=[made])).content.decode()
    assert "Got a mentor" in after
    assert "Woman" in after


def test_what_was_volunteered_without_the_tick_is_not_told(cast, crowd):
    member = Volunteered.objects.filter(for_figures=True).first().member
    choose_uses(actor=actor_of(member), member_id=member.id, for_matching=True, for_figures=False, now=NOW)
    made = Round.objects.get(pk=drafted(cast))
    entries = entries_of_run(made, field_of(made, NOW.date()), result_from_json(made.runs.first().result))
    told = sum(entry.group != NOT_TOLD for entry in entries[GENDER[Measure.PLACED]].values())
    told += sum(entry.group != NOT_TOLD for entry in entries[GENDER[Measure.LOAD]].values())
    assert told == Volunteered.objects.filter(for_figures=True, attribute="gender").count()


def actor_of(member: Member):
    from cheiron.queries.people import actor_for

    return actor_for(member.person_id)
