"""The page of the change of year, and one's own file."""

import io
import json
import zipfile
from html import unescape

from django.urls import reverse

from cheiron.models.ledger import Letter
from cheiron.models.mentorships import Mentorship
from cheiron.models.programs import Program
from tests.cast import SECRETS, answer_everybody


def text(response) -> str:
    return unescape(response.content.decode())


def test_the_page_shows_who_goes_and_every_letter_and_then_closes(cast, as_):
    client, url = as_("coordinator"), reverse("close", args=[cast.program])
    assert reverse("joining", args=[cast.program]) in text(client.get(url)), "one person waits for an answer"
    answer_everybody(cast)
    page = client.get(url)
    plan = page.context["plan"]
    assert "Dear Wanda Ito" in text(page)
    assert text(page).count("Thank you for having been part of it") == len(plan.letters) == 10
    assert SECRETS["place"] not in text(page), "when and where two people meet is theirs"
    Letter.objects.all().delete()
    done = client.post(url, {"into": "", "seal": plan.seal, "pair": [one.id for one in plan.ended]})
    assert done["Location"] == reverse("program", args=[cast.program])
    assert Program.objects.get(pk=cast.program).state == "closed"
    assert Letter.objects.filter(kind="year end").count() == 10
    overview = text(client.get(done["Location"]))
    assert "Closed on" in overview
    assert reverse("program-adjust", args=[cast.program]) not in overview


def test_an_old_preview_closes_nothing(cast, as_):
    refused = as_("coordinator").post(reverse("close", args=[cast.program]), {"seal": "old"})
    assert refused.status_code == 409
    assert Program.objects.get(pk=cast.program).state == "open"


def test_a_pair_whose_tick_is_taken_away_ends(cast, as_):
    client = as_("coordinator")
    client.post(reverse("program-setup", args=[cast.setup, "about"]), {
        "name": "Second year", "starts_on": "2027-10-01", "ends_on": "2028-09-30", "mentees_per_mentor": 2,
        "meet_every_days": 30, "meeting_minutes": 30, "answer_within_days": 10,
    })  # fmt: skip
    client.post(reverse("program-setup", args=[cast.setup, "look"]))
    into = Program.objects.get(name="Second year")
    url = reverse("close", args=[cast.program])
    given = {"into": into.id, "pair": cast.mentorship}
    answer_everybody(cast)
    assert [one.id for one in client.get(url, {**given, "goes_on": cast.mentorship}).context["plan"].carried] == [
        cast.mentorship
    ]
    page = client.get(url, given)
    assert [one.id for one in page.context["plan"].ended] == [cast.mentorship]
    client.post(url, {**given, "seal": page.context["plan"].seal})
    assert not Mentorship.objects.filter(program=into).exists()


def test_a_file_is_taken_along_as_a_page_and_as_json(cast, as_):
    client = as_("mentee")
    assert SECRETS["agenda"] in text(client.get(reverse("my-file", args=[cast.program])))
    taken = client.get(reverse("my-file-take", args=[cast.program]))
    assert taken["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        assert sorted(archive.namelist()) == ["mentoring.html", "mentoring.json"]
        told = json.loads(archive.read("mentoring.json"))
        assert SECRETS["agenda"] in unescape(archive.read("mentoring.html").decode())
    (pair,) = told["mentorships"]
    assert (pair["with"], pair["i_was"], len(pair["meetings"]), len(pair["contacts"])) == (
        "Dr. Ada Weiss", "mentee", 2, 1,
    )  # fmt: skip
