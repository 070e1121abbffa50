"""Lists of people: taken whole or not at all, again without harm, and taken back without a trace."""

from datetime import timedelta

import pytest

from cheiron.actions import imports, people, programs
from cheiron.actions.mentorships import withdraw
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.models.ledger import AuditEvent
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import ColumnMap, Enrollment, Member, Person, ReportingLine, RosterImport
from cheiron.models.programs import IntakeSheet, Wish
from tests.cast import COLUMNS, DAY, FIRST_MENTEES, MENTORS, NOW, SECRETS, WAITING, fingerprint, import_list, roster

LEDGERS = (RosterImport, ColumnMap, AuditEvent)
NEW = (
    {"ID": "E-20", "Name": "Nia Holm", "Email": "nia@riverside.example", "Topics": "Sepsis", "Wishes": "M-2; M-1"},
    {"ID": "E-21", "Name": "Noa Bell", "Email": "noa@riverside.example", "Topics": "Imaging"},
)


def people_now() -> str:
    """Everything but the lists themselves and the log of what was done."""
    return fingerprint(without=LEDGERS)


def undo(cast, **given) -> None:
    imports.undo_import(**{"actor": cast.actor("coordinator"), "program_id": cast.program, "now": NOW, **given})


def wishes_of(cast, external: str) -> list[str]:
    rows = Wish.objects.filter(mentee=cast.parts[external]).order_by("rank")
    return list(rows.values_list("mentor__member__external_id", flat=True))


def test_a_list_brings_accounts_members_parts_sheets_and_wishes(cast):
    before = {model: model.objects.count() for model in (Person, Member, Enrollment, IntakeSheet, Wish)}
    import_list(cast, "mentee", roster(*NEW), NOW)
    added = {model.__name__: model.objects.count() - n for model, n in before.items()}
    assert added == {"Person": 2, "Member": 2, "Enrollment": 2, "IntakeSheet": 2, "Wish": 2}
    nia = Enrollment.objects.get(member__external_id="E-20")
    assert (nia.role, nia.member.name, nia.sheet.facts) == ("mentee", "Nia Holm", {"topics": ["Sepsis"]})
    assert [wish.mentor.member.external_id for wish in nia.wishes.all()] == ["M-2", "M-1"]
    assert not nia.member.person.has_usable_password()


def test_one_bad_row_and_nobody_is_imported(cast):
    bad = {"ID": "E-22", "Name": "", "Email": "noname@riverside.example"}
    made = imports.upload_roster(
        actor=cast.actor("coordinator"), program_id=cast.program, role="mentee", filename="x.csv",
        content=roster(*NEW, bad), now=NOW,
    )  # fmt: skip
    before = fingerprint()
    with pytest.raises(Invalid) as refused:
        imports.apply_roster(actor=cast.actor("coordinator"), import_id=made, now=NOW)
    assert [(issue.row, issue.column) for issue in refused.value.issues] == [(4, "Name")]
    assert fingerprint() == before


def test_the_same_list_again_changes_nobody(cast):
    import_list(cast, "mentee", roster(*NEW), NOW)
    before = people_now()
    made = import_list(cast, "mentee", roster(*NEW), NOW + DAY)
    assert people_now() == before
    assert RosterImport.objects.get(pk=made).changes == []


def test_all_lists_of_the_cast_again_change_nobody(cast):
    before = people_now()
    for role, rows in (("mentor", MENTORS), ("mentee", FIRST_MENTEES), ("mentee", WAITING)):
        import_list(cast, role, roster(*rows), NOW)
    assert people_now() == before


def test_a_person_is_known_by_the_schools_id_also_under_a_new_name_and_address(cast):
    row = {**WAITING[1], "Name": "Will Mazur-Ost", "Email": "will.mazur-ost@riverside.example"}
    import_list(cast, "mentee", roster(row), NOW)
    will = Member.objects.get(external_id="E-4")
    assert (will.name, will.person.email) == ("Will Mazur-Ost", "will.mazur-ost@riverside.example")
    assert Enrollment.objects.get(member=will).id == cast.parts["E-4"]


def test_the_address_of_an_account_in_use_is_not_changed_by_a_list(cast, client_of):
    client_of(cast.person("other_mentee"))  # signing in marks the account as used
    made = imports.upload_roster(
        actor=cast.actor("coordinator"), program_id=cast.program, role="mentee", filename="x.csv",
        content=roster({**FIRST_MENTEES[1], "Email": "thief@riverside.example"}), now=NOW,
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        imports.apply_roster(actor=cast.actor("coordinator"), import_id=made, now=NOW)
    assert "already uses Cheiron with another address" in str(refused.value.issues[0].problem)
    assert cast.person("other_mentee").email == "otto@riverside.example"


def test_a_list_does_not_write_over_a_finished_sheet_nor_over_ones_own_wishes(cast):
    sheet = IntakeSheet.objects.get(enrollment=cast.parts["E-1"])
    programs.order_wishes(actor=cast.actor("mentee"), program_id=cast.program, mentors=[cast.parts["M-3"]], now=NOW)
    assert sheet.finished_at is not None
    row = {**FIRST_MENTEES[0], "Name": "Mina O.", "Topics": "Something else", "Goals": "Another", "Wishes": "M-1; M-2"}
    import_list(cast, "mentee", roster(row), NOW)
    after = IntakeSheet.objects.get(enrollment=cast.parts["E-1"])
    assert (after.facts, after.about, after.capacity) == (sheet.facts, sheet.about, sheet.capacity)
    assert wishes_of(cast, "E-1") == ["M-3"]
    assert Member.objects.get(external_id="E-1").name == "Mina O.", "what the school says of her is taken"


def test_a_list_completes_a_sheet_that_nobody_has_filled_in(cast):
    import_list(cast, "mentee", roster({**WAITING[1], "Topics": "Teaching; Writing", "Goals": ""}), NOW)
    facts = IntakeSheet.objects.get(enrollment=cast.parts["E-4"]).facts
    assert (facts["topics"], facts["goals"]) == (["Teaching", "Writing"], ["Promotion"])


def test_an_account_of_another_school_is_joined_and_not_renamed(cast):
    stranger = cast.person("stranger")
    theirs = Member.objects.get(person=stranger)
    row = {"ID": "E-30", "Name": "Called Otherwise", "Email": "Stranger@hillside.example"}
    import_list(cast, "mentee", roster(row), NOW)
    assert Person.objects.filter(email__iexact="stranger@hillside.example").count() == 1
    ours = Member.objects.get(person=stranger, school=cast.school)
    theirs.refresh_from_db()
    assert (ours.name, theirs.name) == ("Called Otherwise", "Stu Ranger")
    undo(cast)
    assert Member.objects.get(person=stranger) == theirs
    assert cast.person("stranger").email == "stranger@hillside.example"


def test_a_list_cannot_take_over_an_account_by_naming_its_address(cast):
    """The id is one of ours, the address somebody's of another school."""
    made = imports.upload_roster(
        actor=cast.actor("coordinator"), program_id=cast.program, role="mentee", filename="x.csv",
        content=roster({**WAITING[1], "Email": "stranger@hillside.example"}), now=NOW,
    )  # fmt: skip
    with pytest.raises(Invalid, match="Nobody was imported"):
        imports.apply_roster(actor=cast.actor("coordinator"), import_id=made, now=NOW)


def test_a_list_brings_no_staff(cast):
    for role in ("coordinator", "administrator", "evaluator", "", "no such role"):
        with pytest.raises(Invalid, match="no staff"):
            imports.upload_roster(
                actor=cast.actor("coordinator"), program_id=cast.program, role=role, filename="x.csv",
                content=roster(*NEW), now=NOW,
            )  # fmt: skip


def test_an_imported_list_cannot_be_imported_again_or_read_otherwise(cast):
    coordinator = {"actor": cast.actor("coordinator"), "now": NOW}
    imports.apply_roster(**coordinator, import_id=cast.upload)
    assert bytes(RosterImport.objects.get(pk=cast.upload).content) == b""
    for again in (
        lambda: imports.apply_roster(**coordinator, import_id=cast.upload),
        lambda: imports.map_roster(**coordinator, import_id=cast.upload, columns={}),
    ):
        with pytest.raises(Conflict, match="already been imported"):
            again()


# ---------- columns are remembered, a list can wait or be thrown away ----------

ODD = {"Matric": "E-40", "Known as": "Ivy Tran", "Reach": "ivy@riverside.example", "Email": "not used"}
MEANT = {"Matric": "external_id", "Known as": "name", "Reach": "email", "Email": "ignored"}


def odd_list(cast, role: str = "mentee", **given) -> RosterImport:
    """A list whose headers nobody can guess."""
    made = imports.upload_roster(
        actor=cast.actor("coordinator"), program_id=cast.program, role=role, filename="odd.csv",
        content=roster({**ODD, **given}, columns=[*ODD, *given]), now=NOW,
    )  # fmt: skip
    return RosterImport.objects.get(pk=made)


def take_odd_list(cast) -> None:
    given = {"actor": cast.actor("coordinator"), "import_id": odd_list(cast).id, "now": NOW}
    imports.map_roster(**given, columns=MEANT)
    imports.apply_roster(**given)


def test_columns_that_were_mapped_once_are_mapped_so_the_next_time(cast):
    assert odd_list(cast).columns["map"]["Reach"] == "ignored"
    take_odd_list(cast)
    assert odd_list(cast, Topics="Sepsis").columns["map"] == {**MEANT, "Topics": "topics"}


def test_what_was_mapped_and_not_imported_is_not_remembered(cast):
    made = odd_list(cast)
    imports.map_roster(actor=cast.actor("coordinator"), import_id=made.id, columns=MEANT, now=NOW)
    assert odd_list(cast).columns["map"]["Reach"] == "ignored"


def test_each_role_and_program_remembers_for_itself(cast):
    take_odd_list(cast)
    assert odd_list(cast, "mentor").columns["map"]["Reach"] == "ignored"
    assert list(ColumnMap.objects.filter(columns__has_key="reach").values_list("program", "role")) == [
        (cast.program, "mentee")
    ]


def test_an_identity_column_is_never_remembered(cast):
    imports.apply_roster(actor=cast.actor("coordinator"), import_id=cast.upload, now=NOW)
    assert "gender" not in ColumnMap.objects.get(program=cast.program, role="mentee").columns


def test_a_list_that_is_thrown_away_leaves_nothing_but_a_line_in_the_log(cast):
    before = fingerprint(without=(RosterImport, AuditEvent))
    imports.drop_roster(actor=cast.actor("coordinator"), import_id=cast.upload, now=NOW)
    assert not RosterImport.objects.filter(pk=cast.upload).exists()
    assert fingerprint(without=(RosterImport, AuditEvent)) == before


def test_an_imported_list_cannot_be_thrown_away(cast):
    imports.apply_roster(actor=cast.actor("coordinator"), import_id=cast.upload, now=NOW)
    with pytest.raises(Conflict, match="already been imported"):
        imports.drop_roster(actor=cast.actor("coordinator"), import_id=cast.upload, now=NOW)


# ---------- undo ----------


def test_undo_takes_new_people_back_without_a_trace(cast):
    before = people_now()
    import_list(cast, "mentee", roster(*NEW), NOW)
    assert people_now() != before
    undo(cast)
    assert people_now() == before


def test_undo_gives_changed_people_back_as_they_were(cast):
    before = people_now()
    changed = (
        {**WAITING[0], "Name": "Wanda Ito-Berg", "Title": "Resident", "Topics": "New topic", "Wishes": "M-3"},
        {**WAITING[1], "Email": "will.new@riverside.example", "Wishes": "M-2"},
        {**FIRST_MENTEES[1], "Name": "Otto L.", "Place": "East"},
    )
    import_list(cast, "mentee", roster(*changed, *NEW), NOW)
    assert wishes_of(cast, "E-3") == ["M-3"]
    undo(cast)
    assert wishes_of(cast, "E-3") == ["M-1", "M-2"]
    assert people_now() == before


def test_undo_gives_capacities_and_mentors_back(cast):
    before = people_now()
    import_list(cast, "mentor", roster({**MENTORS[2], "Capacity": 4, "Topics": "Imaging; Grants"}), NOW)
    assert IntakeSheet.objects.get(enrollment=cast.parts["M-3"]).capacity == 4
    undo(cast)
    assert people_now() == before


def test_undo_of_a_second_part_leaves_the_first(cast):
    """A mentor of the school who stands on the list of mentees as well."""
    before = people_now()
    import_list(cast, "mentee", roster({**MENTORS[2], "Capacity": "", "Name": "Dr. Cleo Hart"}), NOW)
    assert sorted(Enrollment.objects.filter(member__external_id="M-3").values_list("role", flat=True)) == [
        "mentee",
        "mentor",
    ]
    undo(cast)
    assert people_now() == before


def test_undo_sends_those_who_had_left_away_again(cast):
    withdraw(actor=cast.actor("coordinator"), program_id=cast.program, enrollment_id=cast.parts["E-5"], now=NOW - DAY)
    before = people_now()
    import_list(cast, "mentee", roster(WAITING[2]), NOW)
    assert Enrollment.objects.get(pk=cast.parts["E-5"]).left_at is None
    undo(cast)
    assert Enrollment.objects.get(pk=cast.parts["E-5"]).left_at == NOW - DAY
    assert people_now() == before


def test_what_people_have_written_since_survives_an_undo(cast):
    import_list(cast, "mentee", roster({**WAITING[0], "Topics": "From the list", "Wishes": "M-2"}), NOW)
    wanda = Enrollment.objects.get(pk=cast.parts["E-3"])
    wanda.sheet.facts, wanda.sheet.finished_at = {"topics": ["Her own"]}, NOW
    wanda.sheet.save()
    undo(cast)
    assert IntakeSheet.objects.get(enrollment=wanda).facts == {"topics": ["Her own"]}
    assert wishes_of(cast, "E-3") == ["M-2"]


def test_a_list_brings_what_people_would_like_to_work_on_and_an_undo_takes_it_back(cast):
    def statement() -> str:
        return IntakeSheet.objects.get(enrollment=cast.parts["E-3"]).statement

    IntakeSheet.objects.filter(enrollment=cast.parts["E-3"]).update(statement="Before.")
    told = {"Statement": "Sepsis,\nand grants."}
    import_list(
        cast, "mentee", roster({**WAITING[0], **told}, {**NEW[0], **told}, columns=(*COLUMNS, "Statement")), NOW
    )
    assert statement() == "Sepsis, and grants."
    made = IntakeSheet.objects.get(enrollment__member__external_id=NEW[0]["ID"])
    assert (made.statement, "statement" in made.facts) == ("Sepsis, and grants.", False)
    undo(cast)
    assert statement() == "Before."


def test_no_list_writes_over_the_own_words_of_a_finished_sheet(cast):
    before = IntakeSheet.objects.get(enrollment=cast.parts["E-1"]).statement
    first = {"ID": "E-1", "Name": "Mina Okafor", "Email": SECRETS["mentee address"], "Statement": "From a list."}
    import_list(cast, "mentee", roster(first, columns=(*COLUMNS, "Statement")), NOW)
    assert before
    assert IntakeSheet.objects.get(enrollment=cast.parts["E-1"]).statement == before


def test_each_undo_takes_back_the_newest_list_that_stands(cast):
    import_list(cast, "mentee", roster(NEW[0]), NOW)
    import_list(cast, "mentee", roster(NEW[1]), NOW + timedelta(minutes=1))
    undo(cast)
    assert [Member.objects.filter(external_id=one["ID"]).exists() for one in NEW] == [True, False]
    undo(cast)
    assert [Member.objects.filter(external_id=one["ID"]).exists() for one in NEW] == [False, False]


def test_undo_is_refused_once_somebody_has_joined(cast):
    import_list(cast, "mentee", roster(*NEW), NOW)
    Enrollment.objects.filter(member__external_id="E-20").update(joined_at=NOW)
    before = fingerprint()
    with pytest.raises(Conflict, match="One person of this list has joined since"):
        undo(cast)
    assert fingerprint() == before


def test_undo_is_refused_once_somebody_is_matched(cast):
    import_list(cast, "mentee", roster(*NEW), NOW)
    nia = Enrollment.objects.get(member__external_id="E-20")
    Mentorship.objects.create(
        program_id=cast.program, mentee=nia, mentor_id=cast.parts["M-3"], role="mentor", score=0, proposed_at=NOW,
        answer_by=NOW.date(),
    )  # fmt: skip
    before = fingerprint()
    with pytest.raises(Conflict, match="matched already"):
        undo(cast)
    assert fingerprint() == before


def test_undo_without_an_import_is_refused(cast):
    with pytest.raises(Conflict, match="no import to undo"):
        undo(cast, program_id=cast.other_program, actor=cast.actor("stranger"))


def test_only_the_programs_own_coordinator_imports_and_undoes(cast):
    before = fingerprint()
    refusals = {
        "stranger": NotFound,
        "anonymous": NotFound,
        "mentor": Denied,
        "evaluator": Denied,
        "administrator": Denied,
    }
    for who, refusal in refusals.items():
        actor = cast.actor(who)
        with pytest.raises(refusal):
            imports.upload_roster(
                actor=actor, program_id=cast.program, role="mentee", filename="x.csv", content=roster(*NEW), now=NOW
            )
        with pytest.raises(refusal):
            imports.apply_roster(actor=actor, import_id=cast.upload, now=NOW)
        with pytest.raises(refusal):
            imports.map_roster(actor=actor, import_id=cast.upload, columns={}, now=NOW)
        with pytest.raises(refusal):
            undo(cast, actor=actor)
    assert fingerprint() == before


def test_a_role_that_one_has_left_opens_nothing(cast):
    Enrollment.objects.filter(member__person=cast.persons["coordinator"]).update(left_at=NOW)
    with pytest.raises(NotFound):
        undo(cast)


def test_wishes_of_a_list_need_mentors_of_the_program(cast):
    made = imports.upload_roster(
        actor=cast.actor("coordinator"), program_id=cast.program, role="mentee", filename="x.csv",
        content=roster({**NEW[0], "Wishes": "E-1"}), now=NOW,
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        imports.apply_roster(actor=cast.actor("coordinator"), import_id=made, now=NOW)
    assert [str(issue.problem) for issue in refused.value.issues] == ["The wish “E-1” is not a mentor of this program."]


def test_reporting_lines_are_replaced_whole_and_by_id_or_address(cast):
    content = f"student,assessor,kind\nE-1,ben@riverside.example,Treats\n{SECRETS['waiting address']},m-1,past\n"
    count = people.import_lines(
        actor=cast.actor("coordinator"), program_id=cast.program, filename="l.csv", content=content.encode(), now=NOW
    )
    lines = ReportingLine.objects.values_list("student__external_id", "assessor__external_id", "kind")
    assert (count, sorted(lines)) == (2, [("E-1", "M-2", "treats"), ("E-3", "M-1", "past")])
