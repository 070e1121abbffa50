"""What a process keeps of the database is right after every act, and is never kept inside a transaction."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cheiron.models.people import Enrollment, Member, School
from cheiron.models.programs import Program
from cheiron.queries import kept
from cheiron.queries.stages import funnel
from tests.guarantees.test_g05_mass_assignment import writes
from tests.guarantees.walk import Stop, Walker

PAGES = (
    ("coordinator", "home", ()),
    ("coordinator", "program", ("program",)),
    ("coordinator", "people", ("program",)),
    ("coordinator", "rounds", ("program",)),
    ("coordinator", "studio", ("draft",)),
    ("coordinator", "studio", ("past_round",)),
    ("mentee", "directory", ("program",)),
)
WRITES = tuple(one for one in writes() if one[0].route != "sign-out")
TELLING = {"weights", "intake@mentor", "answer@proposed", "join-answer"}


@pytest.fixture
def keeping(monkeypatch):
    """As on a server: the transaction around each test does not count."""
    monkeypatch.setattr(kept, "in_transaction", lambda: False)
    kept.forget()
    yield
    kept.forget()


def seen(cast, walker: Walker) -> list[str]:
    """The pages without what differs at each look."""
    pages = [walker.browser(who).get(reverse(name, args=[getattr(cast, a) for a in args])) for who, name, args in PAGES]
    return [re.sub(r"csrf\w*\" value=\"\w+|X-CSRFToken[^}]+", "", page.content.decode()) for page in pages]


def changed_pages(cast, walker: Walker, stop: Stop, who: str) -> tuple[list[str], list[str], list[str]]:
    """What is seen before an act, after it as it is kept, and after it with nothing kept; then all is taken back."""
    with transaction.atomic():
        kept.forget()
        before = seen(cast, walker)
        walker.browser(who).post(stop.url(cast), stop.data(cast))
        after = seen(cast, walker)
        kept.forget()
        afresh = seen(cast, walker)
        transaction.set_rollback(True)
    return before, after, afresh


@pytest.mark.parametrize(("stop", "who"), WRITES, ids=lambda one: getattr(one, "name", ""))
def test_after_every_act_each_page_is_as_if_nothing_were_kept(stop, who, keeping, cast, client_of):
    _, after, afresh = changed_pages(cast, Walker(cast, client_of), stop, who)
    assert after == afresh


def test_acts_change_what_is_kept_or_the_test_before_would_prove_nothing(keeping, cast, client_of):
    walker, moved = Walker(cast, client_of), set()
    for stop, who in (one for one in WRITES if one[0].name in TELLING):
        before, after, _ = changed_pages(cast, walker, stop, who)
        moved |= {PAGES[n][1] for n in range(len(PAGES)) if before[n] != after[n]}
    assert moved == {"home", "program", "people", "rounds", "studio", "directory"}


def test_a_page_that_is_opened_again_asks_less(keeping, cast, as_):
    client, asked = as_("coordinator"), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("program", args=[cast.program]))
        asked.append(len(queries))
    assert asked[1] < asked[0]


def test_inside_a_transaction_everything_is_read_afresh(cast):
    program = Program.objects.select_related("school").get(pk=cast.program)
    before = {row["role"]: row["listed"] for row in funnel(program)}
    member = Member.objects.create(school_id=cast.school, person=cast.person("stranger"), external_id="K", name="K")
    Enrollment.objects.create(member=member, program=program, role="mentee")
    assert {row["role"]: row["listed"] for row in funnel(program)} == {**before, "mentee": before["mentee"] + 1}


def test_an_act_moves_its_own_school_and_no_other(cast, as_):
    was = dict(School.objects.values_list("pk", "edition"))
    as_("coordinator").post(reverse("rounds", args=[cast.program]), {"name": "One more"})
    now = dict(School.objects.values_list("pk", "edition"))
    assert {pk for pk in now if now[pk] != was[pk]} == {cast.school}
