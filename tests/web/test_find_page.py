"""Staff find people across the programs of their school, and nobody of another one."""

from html import unescape
from urllib.parse import quote

import pytest
from django.urls import reverse

from cheiron.actions import programs
from cheiron.models.people import Enrollment, Member
from tests.cast import NOW, SECRETS


@pytest.fixture
def second(cast) -> str:
    """Mina takes part in another program as well."""
    dates = {"starts_on": NOW.date(), "ends_on": NOW.date().replace(year=2028)}
    made = programs.create_program(actor=cast.actor("coordinator"), model="dyad", name="Second", now=NOW, **dates)
    member = Member.objects.get(school=cast.school, external_id="E-1")
    Enrollment.objects.create(member=member, program_id=made, role="mentor")
    return made


def found(client, search: str) -> dict[str, list[tuple[str, str]]]:
    page = client.get(reverse("find"), {"q": search}).context["page"]
    return {one.name: [(part.program.name, part.role) for part in one.parts] for one in page}


def test_people_are_found_by_name_title_and_address_with_all_that_they_take_part_in(cast, second, as_):
    client = as_("coordinator")
    mina = {"Mina Okafor": [("Riverside Scholars", "mentee"), ("Second", "mentor")]}
    for search in ("okaf", "civet", SECRETS["mentee address"]):
        assert found(client, search) == mina
    assert found(client, "") == found(client, "nobody at all") == {}


def test_each_hit_leads_to_the_person_in_that_program(cast, second, as_):
    client = as_("coordinator")
    page = unescape(client.get(reverse("find"), {"q": "okaf"}).content.decode())
    for program in (cast.program, second):
        url = f"{reverse('people', args=[program])}?q={quote(SECRETS['mentee address'])}"
        assert f'href="{url}"' in page
        assert [row.member.name for row in client.get(url).context["people"]] == ["Mina Okafor"]


def test_who_has_left_a_program_is_not_found_there(cast, second, as_):
    Enrollment.objects.filter(pk=cast.parts["E-1"]).update(left_at=NOW)
    assert found(as_("coordinator"), "okaf") == {"Mina Okafor": [("Second", "mentor")]}


def test_schools_do_not_find_one_anothers_people(cast, as_):
    assert found(as_("stranger"), "a") == {"Stu Ranger": [("Hillside Scholars", "mentee")]}
    assert "Stu Ranger" not in found(as_("coordinator"), "a")


def test_a_coordinator_of_one_program_finds_its_people_only(cast, second, as_):
    member = Member.objects.get(school=cast.school, person=cast.persons["free_mentor"])
    Enrollment.objects.create(member=member, program_id=second, role="coordinator", joined_at=NOW)
    assert found(as_("free_mentor"), "a") == {"Mina Okafor": [("Second", "mentor")]}


@pytest.mark.parametrize("who", ["mentee", "mentor", "evaluator", "administrator"])
def test_nobody_else_finds_anybody(who, cast, as_):
    assert as_(who).get(reverse("find"), {"q": "a"}).status_code == 403
