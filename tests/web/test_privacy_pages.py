"""About you and your data, on its pages."""

import io
import json
import zipfile
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from cheiron.core.access import Role
from cheiron.models.ledger import OneTimeLink
from cheiron.models.people import Enrollment, Member
from cheiron.models.volunteered import Volunteered
from tests.cast import NOW, SECRETS, fingerprint

WORD = "a sentence that is long"


def text(response) -> str:
    return unescape(response.content.decode())


def with_password(cast, who: str) -> None:
    person = cast.person(who)
    person.set_password(WORD)
    person.save()


# ---------- who sees what ----------


def test_the_page_says_of_each_answer_what_the_form_says_beside_it(cast, as_):
    client = as_("mentee")
    form = client.get(reverse("intake", args=[cast.program, "mentee"])).context["form"]
    ((part, audiences),) = client.get(reverse("privacy")).context["parts"]
    said = {label: key for key, labels in audiences for label in labels}
    assert part.role == Role.MENTEE
    assert said == {str(field.label): getattr(field, "audience", "matching") for field in form.fields.values()}


def test_the_page_names_those_who_hold_a_role_now(cast, as_):
    seen = as_("mentee").get(reverse("privacy")).context["seen"]
    named = {row.roles: row.names for row in seen}
    assert named[Role.COORDINATOR,] == ("Cora Lang",)
    assert named[Role.ADMINISTRATOR,] == ("Alan Moss",)
    Enrollment.objects.filter(member__person=cast.persons["administrator"]).update(left_at=NOW)
    seen = as_("mentee").get(reverse("privacy")).context["seen"]
    assert {row.roles: row.names for row in seen}[Role.ADMINISTRATOR,] == ()


def test_nobody_of_another_school_is_named(cast, as_):
    assert "Stu Ranger" not in text(as_("mentee").get(reverse("privacy")))
    assert "Cora Lang" not in text(as_("stranger").get(reverse("privacy")))


def test_the_lines_are_ones_own(cast, as_):
    lines = as_("mentee").get(reverse("privacy")).context["lines"]
    member = Member.objects.get(person=cast.persons["mentee"])
    mine = {cast.persons["mentee"], member.id, cast.parts["E-1"]}
    assert all(line.actor in mine or line.subject.split(":")[1] in mine for line in lines)
    assert len(lines) > 3


# ---------- uses ----------


def test_a_use_is_taken_back_on_the_page(cast, as_):
    client = as_("mentee")
    assert [labels for _, labels in client.get(reverse("privacy")).context["uses"]] == [["Gender"]]
    done = client.post(reverse("privacy-uses", args=[cast.profile]), {"for_figures": "on"})
    assert done["Location"] == reverse("privacy")
    assert [(one.for_matching, one.for_figures) for one in Volunteered.objects.all()] == [(False, True)]


# ---------- the copy ----------


def test_the_copy_is_a_file_to_read_a_file_for_machines_and_the_photo(cast, as_):
    answer = as_("mentor").post(reverse("privacy-copy"))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == ["everything.json", "everything.html", "photo-1.webp"]
    told = json.loads(archive.read("everything.json"))
    assert told["IntakeSheet"][0]["about"] == SECRETS["mentor about"]
    assert told["Mentorship"][0]["mentee"]["name"] == "Mina Okafor"
    assert "password" not in told["Person"][0]
    assert SECRETS["mentor about"] in archive.read("everything.html").decode()
    assert archive.read("photo-1.webp")[:4] == b"RIFF"


def test_markup_in_ones_own_words_does_not_run_in_the_copy(cast, as_):
    client = as_("other_mentee")
    client.post(reverse("intake", args=[cast.program, "mentee"]), {"about": "<script>alert(1)</script>"})
    archive = zipfile.ZipFile(io.BytesIO(client.post(reverse("privacy-copy")).content))
    assert "<script" not in archive.read("everything.html").decode()


# ---------- the end ----------


def test_the_page_says_what_goes_and_what_stays_and_changes_nothing(cast, as_):
    client = as_("mentor")
    before = fingerprint()
    held = client.get(reverse("privacy-erase")).context["held"]
    found = {holding.model.__name__: (holding.fate.value, count) for holding, count in held}
    assert (found["Photo"], found["IntakeSheet"], found["Mentorship"]) == (("gone", 1), ("emptied", 1), ("emptied", 1))
    assert fingerprint() == before


@pytest.mark.parametrize("wrong", [{"password": "wrong", "sure": "on"}, {"password": WORD}, {"sure": "on"}])
def test_without_both_steps_nothing_is_erased(wrong, cast, as_):
    with_password(cast, "mentee")
    client = as_("mentee")
    before = fingerprint()
    assert client.post(reverse("privacy-erase"), wrong).context["form"].errors
    assert fingerprint() == before


def test_with_both_it_is_done_and_one_is_signed_out(cast, as_):
    with_password(cast, "mentee")
    client = as_("mentee")
    done = client.post(reverse("privacy-erase"), {"password": WORD, "sure": "on"})
    assert done["Location"] == reverse("sign-in")
    assert "You have been erased" in text(client.get(done["Location"]))
    assert client.get(reverse("account")).status_code == 302
    assert not cast.person("mentee").is_active


def test_the_other_one_and_staff_still_have_their_pages(cast, as_):
    with_password(cast, "mentee")
    as_("mentee").post(reverse("privacy-erase"), {"password": WORD, "sure": "on"})
    pair = as_("mentor").get(reverse("mentorship", args=[cast.mentorship]))
    assert (pair.status_code, "Somebody who has left" in text(pair), "Mina" in text(pair)) == (200, True, False)
    for name in ("program", "people", "pairs", "rounds", "letters", "directory"):
        page = as_("coordinator").get(reverse(name, args=[cast.program]))
        assert (name, page.status_code, "Mina" in text(page)) == (name, 200, False)
    for round_id in (cast.draft, cast.past_round, cast.reviewed):
        assert as_("coordinator").get(reverse("studio", args=[round_id])).status_code == 200


def test_who_alone_coordinates_reads_what_to_do_first(cast, as_):
    with_password(cast, "coordinator")
    page = as_("coordinator").post(reverse("privacy-erase"), {"password": WORD, "sure": "on"})
    assert "Riverside Scholars" in page.context["form"].non_field_errors()[0]
    assert cast.person("coordinator").is_active


# ---------- the password ----------


def change(client, **data):
    return client.post(reverse("password"), {"password": "another long sentence", **data})


def test_a_first_password_needs_no_other(cast, as_):
    client = as_("mentee")
    assert "current" not in client.get(reverse("account")).context["form"].fields
    assert change(client)["Location"] == reverse("account")


@pytest.mark.parametrize("current", ["", "wrong"])
def test_changing_a_password_asks_for_the_current_one(current, cast, as_):
    with_password(cast, "mentee")
    client = as_("mentee")
    before = fingerprint()
    assert list(change(client, current=current).context["form"].errors) == ["current"]
    assert fingerprint() == before
    assert change(client, current=WORD)["Location"] == reverse("account")
    assert cast.person("mentee").check_password("another long sentence")


def test_who_has_forgotten_it_comes_in_by_a_link_instead(cast, as_):
    with_password(cast, "mentee")
    client, used = as_("mentee"), NOW - timedelta(minutes=3)
    OneTimeLink.objects.create(
        person_id=cast.persons["mentee"], purpose="sign-in", made_at=used, expires_at=NOW, used_at=used
    )
    assert change(client)["Location"] == reverse("account")
