"""A copy holds everything about a person and of nobody else; an erasure leaves none of it anywhere."""

import contextlib
import gzip
import json
from datetime import timedelta

import pytest
from django.apps import apps

from cheiron.actions import imports, messages, privacy, programs
from cheiron.actions.profiles import Shown, save_profile
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict, Invalid, NotFound
from cheiron.core.people.exposure import EXPOSES, SHOWS_NOBODY
from cheiron.models.base import Record
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.matching import Run
from cheiron.models.mentorships import Meeting, Mentorship
from cheiron.models.people import Enrollment, Member, Person, RosterImport
from cheiron.models.profiles import SHOWN
from cheiron.models.programs import IntakeSheet
from cheiron.models.volunteered import Volunteered
from cheiron.queries.holdings import HOLDINGS, Fate, copy_of, holds_a_person, tables_of_people
from cheiron.queries.people import actor_for, person_by_email, standing_of
from cheiron.queries.privacy import names_of
from tests.cast import FIRST_MENTEES, NOW, SECRETS, fingerprint, import_list, photo_file, roster, rows_of

WORD = "a sentence that is long"


# ---------- nothing can be forgotten ----------


def test_every_table_that_holds_a_person_has_its_line():
    assert {holding.model for holding in HOLDINGS} == tables_of_people()
    assert len(HOLDINGS) == len(tables_of_people())


def test_a_new_table_that_holds_a_person_would_be_found():
    class Privacy:
        link = {"member"}

    class Harmless:
        safe = {"id"}

    assert holds_a_person(type("Diary", (), {"Privacy": Privacy}))
    assert not holds_a_person(type("Color", (), {"Privacy": Harmless}))
    assert Record.__subclasses__()


def test_every_lookup_leads_to_an_account():
    for holding in HOLDINGS:
        for lookup in {*holding.mine, *holding.erased, *holding.private.values(), *sum(holding.emptied.values(), ())}:
            model = holding.model
            for step in lookup.split("__") if lookup not in {"pk", "email", "actor"} else ():
                model = model._meta.get_field(step).related_model
            assert model in {Person, holding.model} if lookup in {"pk", "email", "actor"} else model is Person


def test_every_field_of_a_row_is_copied_unless_it_is_withheld_on_purpose(cast):
    copied = {holding.model: set(rows[0]) for holding, rows in copy_of(cast.person("mentee")).tables}
    for holding in HOLDINGS:
        if holding.model in copied:
            fields = {one.name for one in holding.model._meta.concrete_fields}
            assert fields - copied[holding.model] <= holding.withheld | set(holding.private), holding.model


def test_every_permission_says_what_it_shows_of_a_person_or_that_it_shows_nothing():
    assert set(EXPOSES) | SHOWS_NOBODY == set(Permission)
    assert set(EXPOSES) & SHOWS_NOBODY == set()


# ---------- the copy ----------


def told(cast, who: str) -> str:
    copy = copy_of(cast.person(who))
    return json.dumps([rows for _, rows in copy.tables], default=str)


def secrets_in(text: str) -> set[str]:
    return {name for name, secret in SECRETS.items() if secret in text}


def test_a_copy_holds_what_is_ones_own_and_what_the_pair_shares_and_nothing_of_anybody_else(cast):
    # An invitation for the calendar names both.
    shared = {
        "mentor address",
        "mentee address",
        "agenda",
        "held agenda",
        "place",
        "held place",
        "message",
        "reported message",
    }
    mentee = shared | {"own words", "mentee about", "statement", "topic", "title", "concern"}
    assert secrets_in(told(cast, "mentee")) == mentee
    assert secrets_in(told(cast, "mentor")) == shared | {"mentor about", "pronouns"}
    assert secrets_in(told(cast, "other_mentee")) == {"question", "change"}
    assert secrets_in(told(cast, "other_mentor")) == {"question"}
    assert secrets_in(told(cast, "evaluator")) == set()
    assert "withheld" not in secrets_in(told(cast, "coordinator"))


def test_a_mentee_does_not_read_why_a_mentor_declined(cast):
    Mentorship.objects.filter(pk=cast.proposed).update(decline_reason="not-my-field")
    assert ("not-my-field" in told(cast, "other_mentee"), "not-my-field" in told(cast, "other_mentor")) == (False, True)


# ---------- the end ----------


def erase(cast, who: str, now=NOW) -> Person:
    person = cast.person(who)
    person.set_password(WORD)
    person.save()
    actor = cast.actor(who)
    privacy.erase_person(actor=actor, password=WORD, now=now)
    return Person.objects.get(pk=person.pk)


def everything() -> str:
    """Every byte of every table, and what is packed in them."""
    tables = "\n".join(row for model in apps.get_models() for row in rows_of(model))
    packed = "".join(gzip.decompress(bytes(run.problem)).decode() for run in Run.objects.all())
    content = "".join(
        bytes(row["content"]).decode("utf-8", "replace")
        for row in apps.get_model("cheiron.RosterImport").objects.values("content")
    )
    return tables + packed + content


CANARIES = {
    "mentee": ["Mina Okafor", "mentee address", "mentee about", "own words", "topic", "title", "agenda", "held agenda",
               "place", "held place", "message", "concern"],
    "mentor": ["Dr. Ada Weiss", "mentor address", "mentor about", "pronouns", "reported message"],
    "other_mentee": ["Otto Lind", "otto@riverside.example", "change"],
    "other_mentor": ["Dr. Ben Ruiz", "ben@riverside.example", "question"],
    "coordinator": ["Cora Lang", "coordinator@riverside.example", "override"],
}  # fmt: skip


@pytest.mark.parametrize("who", CANARIES)
def test_no_table_holds_a_word_of_somebody_who_was_erased(who, cast):
    if who == "coordinator":
        _second_coordinator(cast)
    words = [SECRETS.get(one, one) for one in CANARIES[who]]
    before = everything()
    assert [word for word in words if word not in before] == []
    erase(cast, who)
    after = everything()
    assert [word for word in words if word in after] == []


def _second_coordinator(cast) -> None:
    member = Member.objects.get(person=cast.persons["administrator"])
    Enrollment.objects.create(member=member, program=None, role="coordinator", joined_at=NOW)


def test_names_written_by_others_and_drafts_and_called_names_go_too(cast):
    given = {"actor": cast.actor("mentee"), "now": NOW}
    save_profile(
        **given, member_id=cast.profile, shown=Shown("Minnie Canary", "they", SHOWN, SHOWN, photo=photo_file())
    )
    edition = IntakeSheet.objects.get(enrollment=cast.parts["E-1"]).finished_at.isoformat()
    typed = {"about": ["draft-canary"]}
    programs.keep_draft(**given, program_id=cast.program, role="mentee", typed=typed, edition=edition)
    messages.send_message(actor=cast.actor("mentor"), mentorship_id=cast.mentorship, text="Dear Minnie Canary, hello",
                          key="x", now=NOW)  # fmt: skip
    erase(cast, "mentee")
    after = everything()
    assert [word for word in ("Minnie Canary", "draft-canary", "Mina Okafor", "minnie") if word in after] == []
    assert "Dear Somebody who has left, hello" in after


def test_ones_line_in_lists_that_were_brought_goes_and_the_others_stay(cast):
    """A list that nobody has imported yet, one that was imported, and what importing changed."""
    again = {**FIRST_MENTEES[0], "Title": "Other title"}
    import_list(cast, "mentee", roster(again, FIRST_MENTEES[1]), NOW)
    content = roster(*FIRST_MENTEES)
    imports.upload_roster(actor=cast.actor("coordinator"), program_id=cast.program, role="mentee", filename="a.csv",
                          content=content, now=NOW)  # fmt: skip
    assert everything().count("Mina Okafor") > 2
    erase(cast, "mentee")
    after = everything()
    assert ("Mina Okafor" in after, SECRETS["mentee address"] in after) == (False, False)
    uploaded = RosterImport.objects.get(filename="a.csv")
    assert [row[1] for row in json.loads(bytes(uploaded.content))["rows"]] == ["Otto Lind"]
    imports.undo_import(actor=cast.actor("coordinator"), program_id=cast.program, now=NOW)
    assert Member.objects.get(person=cast.persons["mentee"]).name == "Somebody who has left"


def test_a_letter_of_the_day_to_another_names_nobody_who_was_erased(cast):
    """It gathers letters of several programs, and so belongs to none."""
    Letter.objects.create(to=cast.person("mentor"), to_name="Dr. Ada Weiss", kind="digest", once="digest:x", subject="S",
                          body="Mina Okafor has answered.", written_at=NOW, next_attempt_at=NOW)  # fmt: skip
    erase(cast, "mentee")
    assert Letter.objects.get(once="digest:x").body == "Somebody who has left has answered."


def test_the_account_is_dead_on_every_path(cast, client_of):
    client = client_of(cast.person("mentee"))
    old = cast.person("mentee").email
    person = erase(cast, "mentee")
    assert (person.is_active, person.has_usable_password(), person.email.endswith("@erased.invalid")) == (
        False,
        False,
        True,
    )
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert (person_by_email(old), person_by_email(person.email)) == (None, None)
    assert (standing_of(person.pk).actor.roles, actor_for(person.pk).roles) == ({}, {})
    assert not OneTimeLink.objects.filter(person=person).exists()
    assert not Letter.objects.filter(to=person).exists()


def test_the_other_one_of_the_pair_hears_kindly_and_keeps_their_record(cast):
    erase(cast, "mentor")
    mentorship = Mentorship.objects.get(pk=cast.mentorship)
    assert (mentorship.state, mentorship.ended_at) == ("ended", NOW)
    letter = Letter.objects.get(to=cast.persons["mentee"], kind="ended")
    assert "It has nothing to do with you" in letter.body
    assert Meeting.objects.get(pk=cast.meeting).state == "canceled"
    assert Meeting.objects.get(pk=cast.held).state == "held"


def test_staff_hear_that_somebody_left(cast):
    erase(cast, "mentee")
    letter = Letter.objects.get(to=cast.persons["coordinator"], kind="left")
    assert "Mina" not in letter.body + letter.subject


def test_others_keep_everything_that_is_theirs(cast):
    def of_others() -> list[str]:
        sheets = IntakeSheet.objects.exclude(enrollment=cast.parts["E-1"])
        return [*sheets.order_by("id").values_list("facts", "about", "finished_at"), told(cast, "stranger")]

    before = of_others()
    erase(cast, "mentee")
    assert of_others() == before
    assert Volunteered.objects.count() == 0
    assert SECRETS["mentor address"] in everything()


@pytest.mark.parametrize("password", ["", "wrong"])
def test_without_password_or_fresh_link_nobody_is_erased(password, cast):
    before = fingerprint()
    with pytest.raises(Invalid):
        privacy.erase_person(actor=cast.actor("mentee"), password=password, now=NOW)
    assert fingerprint() == before


@pytest.mark.parametrize(("minutes", "lets"), [(1, True), (14, True), (16, False)])
def test_a_link_from_ones_own_mail_does_for_a_quarter_of_an_hour(minutes, lets, cast):
    used = NOW - timedelta(minutes=minutes)
    OneTimeLink.objects.create(
        person_id=cast.persons["mentee"], purpose="sign-in", made_at=used, expires_at=NOW, used_at=used
    )
    with contextlib.suppress(Invalid):
        privacy.erase_person(actor=cast.actor("mentee"), password="", now=NOW)
    assert cast.person("mentee").is_active != lets


def test_who_alone_coordinates_a_program_first_gives_that_away(cast):
    with pytest.raises(Conflict, match="Riverside Scholars"):
        erase(cast, "coordinator")
    _second_coordinator(cast)
    erase(cast, "coordinator")
    assert not cast.person("coordinator").is_active


def test_nobody_is_nobody(cast):
    for action in (lambda: privacy.take_copy(actor=Actor(None), now=NOW),
                   lambda: privacy.erase_person(actor=Actor(None), password=WORD, now=NOW)):  # fmt: skip
        with pytest.raises(NotFound):
            action()


def test_the_log_says_it_once_and_by_number(cast):
    erase(cast, "mentee")
    line = AuditEvent.objects.order_by("-sequence")[0]
    assert (line.verb, line.subject) == ("person.erase", f"person:{cast.persons['mentee']}")


def test_what_is_emptied_or_kept_says_what_stays():
    silent = [holding.model.__name__ for holding in HOLDINGS if holding.fate is not Fate.GONE and holding.stays is None]
    assert silent == []


def test_names_are_looked_for_longest_first(cast):
    assert names_of(cast.person("mentee"))[0] == SECRETS["mentee address"]


# ---------- uses ----------


def test_a_use_is_taken_back_and_the_log_names_nobody(cast):
    privacy.choose_uses(
        actor=cast.actor("mentee"), member_id=cast.profile, for_matching=False, for_figures=True, now=NOW
    )
    assert [(one.for_matching, one.for_figures) for one in Volunteered.objects.all()] == [(False, True)]
    line = AuditEvent.objects.order_by("-sequence")[0]
    assert (line.actor, line.subject) == ("nobody", f"school:{cast.school}")
    with pytest.raises(NotFound):
        privacy.choose_uses(
            actor=cast.actor("mentor"), member_id=cast.profile, for_matching=True, for_figures=True, now=NOW
        )
