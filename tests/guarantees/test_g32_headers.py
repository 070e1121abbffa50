"""G32: private pages are never cached; no inline script or style may run; unsafe methods need a token."""

import re

import pytest

from tests.cast import PRINCIPALS
from tests.guarantees.walk import STOPS, Walker, verdict

pytestmark = pytest.mark.xdist_group("walk")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}


BRIEFLY = {("photo", "GET"): {"private"}}
"""Not a page: the browser of somebody who may see a photo keeps it for ten minutes, and nobody between does."""


def policy(response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.guarantee("G32")
@pytest.mark.parametrize("who", PRINCIPALS)
def test_every_answer_is_private_and_runs_nothing_inline(who, cast, client_of, counted):
    answers = Walker(cast, client_of).whole_walk(who)
    counted("answers", len(answers))
    for key, response in answers.items():
        cache = {word.strip() for word in response["Cache-Control"].split(",")}
        assert cache >= BRIEFLY.get(key, {"no-store", "private"}), key
        assert "public" not in cache, key
        assert policy(response) == POLICY, key
        assert response["X-Frame-Options"] == "DENY", key
        assert response["X-Content-Type-Options"] == "nosniff", key
        assert response["Referrer-Policy"] == "same-origin", key
        assert not inline_code(response.content.decode("utf-8", "replace")), key


def inline_code(page: str) -> list[str]:
    """What a policy without unsafe-inline would have to stop."""
    return re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=\"|javascript:", page)


def test_inline_code_would_be_found():
    assert inline_code('<p style="x">') == [" style="]
    assert inline_code("<script>x</script>") == ["<script>"]
    assert inline_code('<script src="/a.js"></script>') == []


@pytest.mark.guarantee("G32")
@pytest.mark.parametrize("who", ["anonymous", "mentee", "mentor", "other_mentor", "coordinator"])
def test_without_a_token_nothing_that_was_allowed_is_done(who, cast, client_of, counted):
    """Whatever G1 allows this principal to send is refused when a foreign page sends it."""
    walker, tried = Walker(cast, client_of), 0
    for stop in STOPS:
        if verdict(stop, "POST", walker.whole_walk(who)[stop.name, "POST"]) != "ok":
            continue
        client = walker.browser(who, enforce_csrf_checks=True)
        refused = client.post(stop.url(cast), stop.data(cast))
        assert refused.status_code == 403, stop.name
        assert refused["Cache-Control"], stop.name
        tried += 1
    counted("posts without a token", tried)


def test_with_a_token_it_is_done(cast, client_of):
    client = client_of(cast.person("mentee"), enforce_csrf_checks=True)
    page = client.get(f"/mentorships/{cast.mentorship}/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    done = client.post(f"/mentorships/{cast.mentorship}/contact/", {"kind": "call", "csrfmiddlewaretoken": token})
    assert done.status_code == 302


def test_an_unknown_address_and_a_wrong_method_are_private_too(cast, client_of):
    for response in (client_of().get("/no/such/page/"), client_of().post("/healthz")):
        assert response.status_code in {404, 405}
        assert "no-store" in response["Cache-Control"]
