"""G26: signing in tells nothing about who exists; opening a link changes nothing, a button acts, once."""

import re

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cheiron.gateways.links import token_for
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.people import Enrollment
from tests.cast import NOW, SECRETS, fingerprint

KNOWN = ("ben@riverside.example", "otto@riverside.example", "wes@riverside.example", "stranger@hillside.example")
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class Observed:
    """What somebody outside could measure of one request."""

    def __init__(self, client_of, monkeypatch, url: str, data: dict) -> None:
        self.hashes, encode = 0, MD5PasswordHasher.encode

        def counting(hasher, *args):
            self.hashes += 1
            return encode(hasher, *args)

        monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counting)
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            response = client_of().post(url, data)
            transaction.set_rollback(True)
        monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", encode)
        self.status, self.headers = response.status_code, sorted(response.headers)
        self.body = re.sub(r'value="\w{64}"|Token": "\w{64}"', "", response.content.decode())
        self.body = self.body.replace(data["email"], "ADDRESS")
        kinds = [query["sql"].split()[:2] for query in queries if not query["sql"].startswith(CONTROL)]
        self.queries = kinds

    def everything(self) -> tuple:
        return self.status, self.headers, self.hashes, self.queries, self.body


@pytest.fixture
def with_password(cast):
    """Otto has a password, the others have none."""
    otto = cast.person("other_mentee")
    otto.set_password("a sentence that is long")
    otto.save()
    return otto


@pytest.mark.guarantee("G26")
@pytest.mark.parametrize("route", ["sign-in", "sign-in-link"])
def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(
    route, with_password, client_of, monkeypatch, sized, counted
):
    assert with_password.email in KNOWN
    addresses = [*KNOWN, *(f"nobody{i}@riverside.example" for i in range(sized(4, 390))), SECRETS["mentor address"]]
    seen = {}
    for address in addresses:
        data = {"email": address, "password": "certainly wrong"}
        seen[address] = Observed(client_of, monkeypatch, reverse(route), data).everything()
    counted("addresses", len(seen))
    first = seen["nobody0@riverside.example"]
    assert {address: found == first for address, found in seen.items()} == dict.fromkeys(addresses, True)
    assert first[2] == (1 if route == "sign-in" else 0)


def test_an_account_that_was_closed_looks_like_none(with_password, client_of, monkeypatch):
    url = reverse("sign-in")
    open_account = Observed(client_of, monkeypatch, url, {"email": with_password.email, "password": "wrong"})
    with_password.is_active = False
    with_password.save()
    closed = Observed(
        client_of, monkeypatch, url, {"email": with_password.email, "password": "a sentence that is long"}
    )
    assert closed.everything() == open_account.everything()


def test_the_right_password_opens_and_only_it(with_password, client_of):
    url, email = reverse("sign-in"), with_password.email
    assert client_of().post(url, {"email": email, "password": "wrong"}).status_code == 200
    opened = client_of().post(url, {"email": email.upper(), "password": "a sentence that is long"})
    assert (opened.status_code, opened["Location"]) == (302, "/")


def test_nobody_is_sent_to_another_site_after_signing_in(with_password, client_of):
    data = {"email": with_password.email, "password": "a sentence that is long"}
    for wanted in (
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "http:///evil",
    ):
        assert client_of().post(reverse("sign-in"), {**data, "next": wanted})["Location"] == "/"
    assert client_of().post(reverse("sign-in"), {**data, "next": "/account/"})["Location"] == "/account/"


def test_an_address_without_an_account_leaves_no_row(cast, client_of):
    before = fingerprint()
    client_of().post(reverse("sign-in-link"), {"email": "nobody@riverside.example"})
    assert fingerprint() == before


def test_a_known_address_gets_one_letter_however_often_it_is_typed(cast, client_of):
    for _ in range(3):
        client_of().post(reverse("sign-in-link"), {"email": "Otto@riverside.example "})
    letter = Letter.objects.get(kind="sign-in")
    assert letter.to_id == cast.persons["other_mentee"]
    assert (letter.link.expires_at - NOW).total_seconds() == 3600
    assert AuditEvent.objects.filter(verb="link.ask").count() == 1


@pytest.mark.guarantee("G26")
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_a_link_changes_nothing(method, cast, client_of, sized, counted):
    before, times = fingerprint(), sized(5, 400)
    for _ in range(times):
        client = client_of()
        getattr(client, method)(reverse("link", args=[cast.token]))
        assert "sessionid" not in client.cookies
    counted("openings of a link", times)
    assert fingerprint() == before


def test_the_button_signs_in_and_joins_once_and_never_again(cast, client_of):
    url, wanda = reverse("link", args=[cast.token]), cast.parts["E-3"]
    client = client_of()
    assert client.get(url).status_code == 200
    assert Enrollment.objects.get(pk=wanda).joined_at is None
    assert client.post(url)["Location"] == "/"
    assert Enrollment.objects.get(pk=wanda).joined_at == NOW
    assert client.get("/account/").context["email"] == SECRETS["waiting address"]
    after = fingerprint()
    assert [client_of().post(url).status_code, client_of().get(url).status_code] == [404, 404]
    assert fingerprint() == after


def test_a_used_an_expired_a_forged_and_no_link_look_the_same(cast, client_of):
    used, expired = OneTimeLink.objects.exclude(pk=cast.link).exclude(used_at=None)[:2]
    OneTimeLink.objects.filter(pk=expired.pk).update(used_at=None, expires_at=NOW)
    tokens = [token_for(used.pk), token_for(expired.pk), cast.token[:-1] + "x", cast.link, "nonsense", f"{cast.link}:"]
    pages = [client_of().get(reverse("link", args=[token])) for token in tokens]
    assert {page.status_code for page in pages} == {404}
    plain = {re.sub(r'Token": "\w{64}"', "", page.content.decode()) for page in pages}
    assert len(plain) == 1
    assert client_of().get(reverse("link", args=[cast.token])).status_code == 200


def test_choosing_a_password_ends_the_other_sessions(with_password, client_of):
    here, elsewhere = client_of(with_password), client_of(with_password)
    assert elsewhere.get("/account/").status_code == 200
    done = here.post(reverse("password"), {"password": "another long sentence", "current": "a sentence that is long"})
    assert done["Location"] == "/account/"
    assert [here.get("/account/").status_code, elsewhere.get("/account/").status_code] == [200, 302]


@pytest.mark.parametrize("weak", ["short", "password123", ""])
def test_a_weak_password_is_refused_and_nothing_changes(weak, with_password, client_of):
    client = client_of(with_password)
    before = fingerprint()
    assert client.post(reverse("password"), {"password": weak, "current": "a sentence that is long"}).status_code == 200
    assert fingerprint() == before
