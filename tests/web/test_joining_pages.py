"""The public form, its answer that is always one, and the pages of staff."""

import re
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cheiron.models.ledger import Letter
from cheiron.models.people import JoinRequest
from tests.cast import SECRETS, fingerprint

KNOWN = (
    "ben@riverside.example", "otto@riverside.example", "wes@riverside.example", "stranger@hillside.example",
    "coordinator@riverside.example", SECRETS["mentor address"], SECRETS["asking address"],
)  # fmt: skip


CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def text(response) -> str:
    return unescape(response.content.decode())


def observed(client_of, url: str, email: str) -> tuple:
    """What somebody outside could measure of one request."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        response = client_of().post(url, {"name": "Jo Reed", "email": email, "external_id": ""})
        transaction.set_rollback(True)
    asked = [one["sql"].split()[:2] for one in queries if not one["sql"].startswith(CONTROL)]
    body = re.sub(r'value="\w{64}"|Token": "\w{64}"', "", response.content.decode()).replace(email, "ADDRESS")
    return response.status_code, sorted(response.headers), asked, body


@pytest.mark.guarantee("G26")
def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(cast, client_of, counted):
    url = reverse("join", args=[cast.join_link])
    seen = {email: observed(client_of, url, email) for email in (*KNOWN, "nobody@riverside.example", "x@y.example")}
    counted("addresses", len(seen))
    assert {email: one == seen["x@y.example"] for email, one in seen.items()} == dict.fromkeys(seen, True)
    assert "Thank you" in seen["x@y.example"][3]


def test_the_form_says_what_the_program_is_and_names_nobody(cast, client_of):
    page = text(client_of().get(reverse("join", args=[cast.join_link])))
    assert "Take part in Riverside Scholars" in page
    assert "It runs from 1 October 2026 to 30 September 2027." in page
    assert "Jude Asker" not in page


@pytest.mark.parametrize(
    "data", [{"name": ""}, {"name": "Jo"}, {"name": "Jo", "email": "no"}, {"name": "=1", "email": "a@b.example"}]
)
def test_a_form_that_cannot_be_used_comes_back_with_what_is_wrong(data, cast, client_of):
    before = fingerprint()
    page = client_of().post(reverse("join", args=[cast.join_link]), data)
    assert page.status_code == 200
    assert "issue" in text(page) or "field-error" in text(page)
    assert fingerprint() == before


def test_opening_the_form_changes_nothing(cast, client_of):
    before = fingerprint()
    client_of().get(reverse("join", args=[cast.join_link]))
    assert fingerprint() == before


def test_a_closed_link_looks_like_one_that_never_was(cast, as_, client_of):
    as_("coordinator").post(reverse("join-link", args=[cast.program]), {"role": "mentee", "verb": "close"})
    pages = [client_of().get(reverse("join", args=[key])) for key in (cast.join_link, "zzzzzzzzzzzz")]
    assert [page.status_code for page in pages] == [404, 404]
    assert len({re.sub(r'Token": "\w{64}"', "", page.content.decode()) for page in pages}) == 1


# ---------- staff ----------


def test_staff_make_show_renew_and_turn_off_links(cast, as_):
    client, url = as_("coordinator"), reverse("joining", args=[cast.program])
    make = reverse("join-link", args=[cast.program])
    assert reverse("join", args=[cast.join_link]) in text(client.get(url))
    assert "The link is open." in text(client.post(make, {"role": "mentor", "days": "90"}, follow=True))
    assert [bool(one["link"]) for one in client.get(url).context["links"]] == [True, True]
    assert client.post(make, {"role": "mentor", "days": "-1"}).status_code == 400
    assert "turned off" in text(client.post(make, {"role": "mentor", "verb": "close"}, follow=True))
    assert client.post(make, {"role": "mentor", "verb": "close"}).status_code == 409


def test_the_poster_shows_the_link_as_a_code_without_style_or_script(cast, as_):
    client = as_("coordinator")
    page = text(client.get(reverse("join-poster", args=[cast.program, "mentee"])))
    drawing = page[page.index("<svg", page.index("QR code for")) : page.index("</svg>", page.index("QR code for"))]
    assert 'class="qr"' in drawing
    assert ("style=" in drawing, "script" in drawing) == (False, False)
    assert reverse("join", args=[cast.join_link]) in page
    assert client.get(reverse("join-poster", args=[cast.program, "mentor"])).status_code == 404


def test_staff_see_who_has_asked_and_who_is_known_and_answer_many_at_once(cast, as_, client_of):
    form = reverse("join", args=[cast.join_link])
    client_of().post(form, {"name": "Cleo H", "email": "cleo@riverside.example"})
    client_of().post(form, {"name": "Jo Reed", "email": "jo@riverside.example"})
    client = as_("coordinator")
    page = client.get(reverse("joining", args=[cast.program]))
    assert {(one.request.name, one.known_as) for one in page.context["asked"]} == {
        ("Jude Asker", ""), ("Cleo H", "Dr. Cleo Hart"), ("Jo Reed", ""),
    }  # fmt: skip
    ids = list(JoinRequest.objects.values_list("id", flat=True))
    answer = reverse("join-answer", args=[cast.program])
    assert client.post(answer, {"verb": "approve"}).status_code == 409
    done = client.post(answer, {"verb": "approve", "request": ids}, follow=True)
    assert "3 people take part, and have invitations." in text(done)
    assert Letter.objects.filter(kind="invitation", to_name__in=["Jude Asker", "Jo Reed", "Dr. Cleo Hart"]).count() == 3
    assert "Nobody waits for an answer." in text(client.get(reverse("joining", args=[cast.program])))
