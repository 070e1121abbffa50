"""G2: nobody receives a field that they may not see. One string stands in each sensitive field; it is looked for in
every byte that the walk of G1 brings to each principal."""

import pytest

from tests.cast import PRINCIPALS, SECRETS
from tests.guarantees.walk import Walker

PAIR = {"mentee", "mentor"}
EXPECTED: dict[str, set[str]] = {
    "agenda": PAIR,
    "held agenda": PAIR,
    "place": PAIR,
    "held place": PAIR,
    "question": {"other_mentee", "other_mentor"},
    "change": {"other_mentee", "coordinator"},
    "own words": {"mentee"},
    "mentee about": PAIR,
    "mentor about": {"mentor", "mentee", "other_mentee", "coordinator"},
    "topic": {"mentee"},
    "override": {"coordinator"},
    "withheld": set(),
    "mentee address": {*PAIR, "coordinator"},
    "mentor address": {*PAIR, "coordinator"},
    "waiting address": {"coordinator"},
    "title": {*PAIR, "coordinator"},
    "asking address": {"coordinator"},
    "pronouns": {"mentor", "mentee", "other_mentee", "coordinator"},
    "message": PAIR,
    "reported message": {*PAIR, "coordinator"},
    "concern": {"mentee", "coordinator"},
    "outcome": {"coordinator"},
    "statement": {"mentee"},
}
"""Who sees the field somewhere, their copy of everything included. Everybody else never does."""


@pytest.mark.guarantee("G2")
@pytest.mark.xdist_group("walk")
def test_each_secret_reaches_those_whom_it_is_for_and_nobody_else(cast, client_of, counted):
    walker, size = Walker(cast, client_of), 0
    seen: dict[str, set[str]] = {field: set() for field in SECRETS}
    for who in PRINCIPALS:
        for response in walker.whole_walk(who).values():
            body = response.content + repr(list(response.headers.items())).encode()
            size += len(body)
            for field, secret in SECRETS.items():
                if secret.encode() in body:
                    seen[field].add(who)
    counted("bytes searched", size)
    assert seen == EXPECTED
