"""G1: every route x method x principal has a written verdict, and behaves so.

The verdicts stand in access_matrix.csv, one row for each address and method, one column for each principal. After
a deliberate change write the row by hand, as the decision that it is; nothing writes it for you.
"""

import csv
import re
from pathlib import Path

import pytest
from django.urls import reverse

from tests.cast import PRINCIPALS
from tests.guarantees.walk import METHODS, PUBLIC, STOPS, Walker, routes, verdict

pytestmark = pytest.mark.xdist_group("walk")
MATRIX = Path(__file__).with_name("access_matrix.csv")
WORDS = {"ok", "sign-in", "denied", "hidden", "not-allowed"}
OUTSIDERS = ("stranger", "other_mentor", "coordinator")


def written() -> dict[tuple[str, str, str], str]:
    """(address, method, principal) to verdict."""
    with MATRIX.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["address"], row["method"], who): row[who] for row in rows for who in row if who in PRINCIPALS}


def test_the_matrix_lists_every_route_method_and_principal_once_and_no_other():
    with MATRIX.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header == ["address", "method", *PRINCIPALS]
    assert [tuple(row[:2]) for row in rows] == [(stop.name, method) for stop in STOPS for method in METHODS]
    assert {stop.route for stop in STOPS} == {route.name for route in routes()}
    assert {word for row in rows for word in row[2:]} == WORDS


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("who", PRINCIPALS)
def test_each_request_gets_the_verdict_that_is_written(who, cast, client_of, counted):
    answers = Walker(cast, client_of).whole_walk(who)
    found = {
        (stop.name, method, who): verdict(stop, method, answers[stop.name, method])
        for stop in STOPS
        for method in METHODS
    }
    counted("requests", len(found))
    assert found == {key: value for key, value in written().items() if key[2] == who}


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("who", ["anonymous", "mentee", "coordinator"])
def test_no_other_method_does_anything(who, cast, client_of, counted):
    walker = Walker(cast, client_of)
    client = walker.browser(who)
    statuses = {
        (stop.name, method): getattr(client, method)(stop.url(cast)).status_code
        for stop in STOPS
        for method in ("put", "patch", "delete", "options")
    }
    counted("requests with other methods", len(statuses))
    private = {stop.name for stop in STOPS if stop.route not in PUBLIC}
    expected = {key: 302 if who == "anonymous" and key[0] in private else 405 for key in statuses}
    assert statuses == expected


@pytest.mark.guarantee("G1")
def test_what_is_hidden_looks_like_what_does_not_exist(cast, client_of, counted):
    """A page that says "no such list" for one and "no such program" for the other would tell that the list exists."""
    walker, verdicts, tried = Walker(cast, client_of), written(), 0
    for stop in STOPS:
        for method, who in ((m, w) for m in METHODS for w in OUTSIDERS if verdicts[stop.name, m, w] == "hidden"):
            args = stop.args(cast)
            if not args:
                continue
            nothing = reverse(stop.route, args=("zzzzzzzzzzzz", *args[1:]))
            shown = walker.whole_walk(who)[stop.name, method]
            data = stop.data(cast) if method == "POST" else {}
            with_nothing = getattr(walker.browser(who), method.lower())(nothing, data)
            assert (shown.status_code, _plain(shown)) == (404, _plain(with_nothing)), (stop.name, method, who)
            tried += 1
    counted("hidden pages", tried)


def _plain(response) -> str:
    return re.sub(r'("X-CSRFToken": "|name="csrfmiddlewaretoken" value=")\w+', "", response.content.decode())


def test_the_matrix_refuses_something_to_everybody():
    """A walk that always came back with "ok" would keep nothing."""
    for who in PRINCIPALS:
        mine = [value for (_, _, principal), value in written().items() if principal == who and value != "not-allowed"]
        assert {"hidden", "sign-in"} & set(mine), who
        assert mine.count("ok") < len(mine) * (0.7 if who == "coordinator" else 0.4), who


def test_nobody_but_the_two_opens_a_pair():
    """Read straight from the matrix: whatever else changes there, this does not."""
    doors = {
        "mentorship@active": {"mentee", "mentor"},
        "mentorship@proposed": {"other_mentee", "other_mentor"},
        "meeting-calendar": {"mentee", "mentor"},
        "thread@active": {"mentee", "mentor"},
        "thread@proposed": {"other_mentee", "other_mentor"},
    }
    for address, two in doors.items():
        assert {who for who in PRINCIPALS if written()[address, "GET", who] == "ok"} == two


def test_the_stranger_gets_into_nothing_of_the_other_school():
    general = {
        "home",
        "healthz",
        "guide",
        "sign-in",
        "sign-in-link",
        "link",
        "join",
        "sign-out",
        "account",
        "password",
        "program-new",
    }
    general |= {"privacy", "privacy-copy", "privacy-erase", "find"}
    general |= {"calendar", "calendar-feed", "mail", "mail-link"}
    opened = {address for (address, _, who), value in written().items() if who == "stranger" and value == "ok"}
    assert opened == general
