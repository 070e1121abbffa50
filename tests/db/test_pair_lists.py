"""Pairs from before: past ones do not come again, running ones become mentorships; all or nothing, and taken back."""

from datetime import date

import pytest

from cheiron.actions import imports, matching, meetings, pairings
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, RosterImport
from cheiron.models.programs import IntakeSheet
from cheiron.queries.matching import field_of, is_ruled_out, round_for
from cheiron.queries.people import import_for
from tests.cast import DAY, NOW, Cast, fingerprint

LEDGERS = (RosterImport, AuditEvent)


def upload(cast: Cast, *rows: str, head: str = "mentee,mentor,from,until", who: str = "coordinator") -> str:
    content = "\n".join((head, *rows)).encode()
    return pairings.upload_pairs(
        actor=cast.actor(who), program_id=cast.program, filename="pairs.csv", content=content, now=NOW
    )


def take(cast: Cast, *rows: str, letters: bool = False) -> int:
    return pairings.apply_pairs(
        actor=cast.actor("coordinator"), import_id=upload(cast, *rows), letters=letters, now=NOW
    )


def undo(cast: Cast) -> None:
    imports.undo_import(actor=cast.actor("coordinator"), program_id=cast.program, now=NOW)


def pair_of(cast: Cast, mentee: str, mentor: str) -> Mentorship:
    return Mentorship.objects.get(mentee=cast.parts[mentee], mentor=cast.parts[mentor])


def refused(cast: Cast, *rows: str) -> list[tuple[str, str]]:
    before = fingerprint(without=LEDGERS)
    with pytest.raises(Invalid) as caught:
        take(cast, *rows)
    assert fingerprint(without=LEDGERS) == before
    return [(str(issue.place), str(issue.problem)) for issue in caught.value.issues]


def test_a_past_pair_has_ended_and_does_not_come_again(cast):
    round = round_for(cast.actor("coordinator"), cast.draft)
    assert not is_ruled_out(round, field_of(round, NOW.date()), cast.parts["E-5"], cast.parts["M-3"])
    assert take(cast, "E-5,cleo@riverside.example,2025-10-01,2026-06-30") == 1
    pair = pair_of(cast, "E-5", "M-3")
    assert (pair.state, pair.proposed_at.date(), pair.ended_at.date()) == (
        "ended",
        date(2025, 10, 1),
        date(2026, 6, 30),
    )
    assert is_ruled_out(round, field_of(round, NOW.date()), cast.parts["E-5"], cast.parts["M-3"])
    draft = {"actor": cast.actor("coordinator"), "round_id": cast.draft, "now": NOW}
    with pytest.raises(Conflict, match="rule stands against"):
        matching.decide_pair(**draft, kind="pin", mentee=cast.parts["E-5"], mentor=cast.parts["M-3"], reason="")


@pytest.mark.parametrize("until", ["", "2027-01-11", "2027-09-30"])
def test_a_pair_without_an_end_that_has_passed_runs(until, cast):
    take(cast, f"will@riverside.example,m-2,2026-11-02,{until}")
    pair = pair_of(cast, "E-4", "M-2")
    assert (pair.state, pair.answered_at.date(), pair.ended_at, pair.score) == ("active", date(2026, 11, 2), None, 0)


def test_days_that_nobody_knows_may_stay_empty(cast):
    made = upload(cast, "E-4,M-2", head="Mentee ID,Mentor ID")
    assert pairings.apply_pairs(actor=cast.actor("coordinator"), import_id=made, letters=False, now=NOW) == 1
    assert pair_of(cast, "E-4", "M-2").answered_at.date() == NOW.date()


def test_nobody_is_written_to_unless_asked(cast):
    before = Letter.objects.count()
    take(cast, "E-4,M-2,2026-11-02,", "E-5,M-3,2025-10-01,2026-06-30")
    assert Letter.objects.count() == before


def test_both_of_a_running_pair_are_told_when_asked_and_nobody_of_a_past_one(cast):
    take(cast, "E-4,M-2,2026-11-02,", "E-5,M-3,2025-10-01,2026-06-30", letters=True)
    told = Letter.objects.filter(kind="running pair").values_list("to_name", flat=True)
    assert sorted(told) == ["Dr. Ben Ruiz", "Will Mazur"]


def test_pairs_that_are_known_already_change_nothing(cast):
    take(cast, "E-4,M-2,2026-11-02,", "E-5,M-3,2025-10-01,2026-06-30")
    before = fingerprint(without=LEDGERS)
    assert take(cast, "E-4,M-2,2026-11-02,", "E-5,M-3,2025-10-01,2026-06-30", "E-1,M-1,2026-10-01,") == 0
    assert fingerprint(without=LEDGERS) == before


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (["X-9,M-1,,"], [("Row 2", "“x-9” is not a mentee of this program.")]),
        (["M-1,M-2,,"], [("Row 2", "“m-1” is not a mentee of this program.")]),
        (["E-4,M-2,,", "E-5,stranger@hillside.example,,"],
         [("Row 3", "“stranger@hillside.example” is not a mentor of this program.")]),
        (["E-4,M-2,,", "will@riverside.example,M-2,,"],
         [("Row 3", "This pair stands in row 2 too, under another name.")]),
        (["E-4,M-2,,", "E-4,M-3,,"], [("Row 3", "Will Mazur would have two mentors at once.")]),
        (["E-1,M-3,,"], [("Row 2", "Mina Okafor would have two mentors at once.")]),
        (["E-4,M-3,,", "E-5,M-3,,"], [("Row 3", "Dr. Cleo Hart has no place left for this mentee.")]),
        (["E-3,M-3,,"], [("Row 2", "A reporting line stands between these two.")]),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_told_with_its_row_and_nothing_is_made(rows, problems, cast):
    assert refused(cast, *rows) == problems


def test_one_person_with_both_roles_is_not_their_own_mentor(cast):
    member = Enrollment.objects.get(pk=cast.parts["E-5"]).member
    both = Enrollment.objects.create(member=member, program_id=cast.program, role="mentor")
    IntakeSheet.objects.create(enrollment=both)
    assert refused(cast, "E-5,wes@riverside.example,,") == [("Row 2", "Mentee and mentor are the same person.")]


def test_who_has_left_can_have_a_past_pair_and_no_running_one(cast):
    Enrollment.objects.filter(pk=cast.parts["E-5"]).update(left_at=NOW - DAY)
    assert refused(cast, "E-5,M-3,2026-10-01,") == [
        ("Row 2", "Wes Novak has left this program, so the pair cannot run.")
    ]
    assert take(cast, "E-5,M-3,2025-10-01,2026-06-30") == 1


def test_what_is_not_read_of_the_list_is_not_kept(cast):
    made = upload(cast, "E-4,M-2,told to nobody", head="mentee,mentor,gender")
    assert b"told to nobody" not in bytes(RosterImport.objects.get(pk=made).content)


# ---------- once, by whom, and back ----------


def test_the_list_is_imported_once(cast):
    given = {"actor": cast.actor("coordinator"), "import_id": upload(cast, "E-4,M-2,,"), "letters": False, "now": NOW}
    assert pairings.apply_pairs(**given) == 1
    with pytest.raises(Conflict, match="already been imported"):
        pairings.apply_pairs(**given)
    assert bytes(RosterImport.objects.get(pk=given["import_id"]).content) == b""


def test_a_list_of_people_and_a_list_of_pairs_do_not_pass_for_each_other(cast):
    coordinator = cast.actor("coordinator")
    with pytest.raises(NotFound):
        pairings.apply_pairs(actor=coordinator, import_id=cast.upload, letters=False, now=NOW)
    with pytest.raises(NotFound):
        imports.apply_roster(actor=coordinator, import_id=cast.pairs, now=NOW)
    assert import_for(coordinator, cast.pairs, pairs=None).filename == "pairs.csv"


def test_only_the_programs_own_coordinator_imports_pairs(cast):
    before = fingerprint()
    for who, refusal in (("stranger", NotFound), ("mentor", Denied), ("evaluator", Denied), ("anonymous", NotFound)):
        with pytest.raises(refusal):
            upload(cast, "E-4,M-2,,", who=who)
        with pytest.raises(refusal):
            pairings.apply_pairs(actor=cast.actor(who), import_id=cast.pairs, letters=False, now=NOW)
    assert fingerprint() == before


def test_undo_takes_the_pairs_back_without_a_trace(cast):
    before = fingerprint(without=LEDGERS)
    take(cast, "E-4,M-2,2026-11-02,", "E-5,M-3,2025-10-01,2026-06-30")
    undo(cast)
    assert fingerprint(without=LEDGERS) == before


def test_undo_is_refused_once_something_has_happened_in_a_pair(cast):
    take(cast, "E-4,M-2,2026-11-02,")
    pair = pair_of(cast, "E-4", "M-2")
    meetings.log_contact(actor=cast.actor("other_mentor"), mentorship_id=pair.id, kind="call", now=NOW)
    with pytest.raises(Conflict, match="Something has happened"):
        undo(cast)


def test_undo_is_refused_once_people_have_been_told(cast):
    take(cast, "E-4,M-2,2026-11-02,", letters=True)
    with pytest.raises(Conflict, match="have been told"):
        undo(cast)
