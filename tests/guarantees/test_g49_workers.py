"""G49 for the outbox: several workers at once, and workers that are killed: every letter leaves, and none twice."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.databases import OwnDatabase, ended
from tests.post_office import post_office

pytestmark = pytest.mark.xdist_group("killed")
LETTERS = 60

MANY = """
from datetime import timedelta
from django.utils import timezone
from cheiron.models.base import new_id
from cheiron.models.ledger import Letter
one = Letter.objects.order_by("id").first()
long_ago = timezone.now() - timedelta(days=1)
Letter.objects.all().delete()
for number in range({letters}):
    one.pk, one.once, one.link, one.attempts, one.written_at, one.next_attempt_at = (
        new_id(), f"test:{{number}}", None, 0, long_ago, long_ago)
    one.save(force_insert=True)
print(" ".join(Letter.objects.values_list("id", flat=True)))
"""
LEASES_ARE_OVER = """
import time
from django.utils import timezone
from cheiron.models.ledger import Letter
while Letter.objects.filter(sent_at=None, failure="", next_attempt_at__gt=timezone.now()).exists():
    time.sleep(0.05)
"""
"""Waits until what the dead had claimed comes free by itself."""
TRY_AGAIN = "Letter.objects.filter(sent_at=None).update(attempts=0)"
"""As staff may: chance could have it that one letter was in the hands of eight that were killed."""
RENEWED = """
import time
from django.utils import timezone
from cheiron.models.ledger import Letter
first = Letter.objects.get().next_attempt_at
while timezone.now() < first or Letter.objects.get().next_attempt_at == first:
    time.sleep(0.05)
print(Letter.objects.get().attempts)
"""
"""Waits until the only letter would be free, had its worker not renewed the claim."""
RESULT = """
import json
from collections import Counter
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.queries.operations import broken_link_of_chain
sent = Counter(AuditEvent.objects.filter(verb="letter.send").values_list("subject", flat=True))
print(json.dumps({"unsent": Letter.objects.filter(sent_at=None).count(), "lines": sorted(set(sent.values())),
                  "sent": len(sent), "broken": broken_link_of_chain()}))
"""
NOTHING_SENT, ONE_SENT = (f"{n} letters sent, 0 proposals lapsed" for n in (0, 1))


def all_sent(letters: int = LETTERS) -> dict:
    """Each letter once: one line in the audit log for each."""
    return {"unsent": 0, "lines": [1], "sent": letters, "broken": None}


def message_ids(own: OwnDatabase, letters: int = LETTERS) -> list[str]:
    """Letters that wait, by the Message-ID that they will have."""
    return sorted(f"<{letter}@127.0.0.1>" for letter in own.run(MANY.format(letters=letters)).split())


def worker(own: OwnDatabase, office, *words: str):
    return own.command("-m", "cheiron", "worker", *words, **office.settings)


def test_three_workers_send_each_letter_once(played_database):
    own, _ = played_database
    expected = message_ids(own)
    with post_office(pause=0.01) as office:
        workers = [worker(own, office, "--once") for _ in range(3)]
        said = [ended(one) for one in workers]
    assert sorted(office.ids) == expected
    assert sum(int(line.split()[0]) for line in said) == LETTERS
    assert json.loads(own.run(RESULT)) == all_sent()


@pytest.mark.guarantee("G49")
def test_workers_that_are_killed_lose_no_letter(played_database, sized, counted):
    """Between the mail server's yes and the database's lies a moment in which a kill makes a second copy; it carries
    the Message-ID of the first, by which a mailbox knows it."""
    own, _ = played_database
    expected, kills, chance = message_ids(own), sized(2, 30), random.Random(49)
    with post_office(pause=0.03) as office:
        for _ in range(kills):
            pair = [worker(own, office, "--every", "1", "--lease", "2") for _ in range(2)]
            before = len(office.ids)
            _until(lambda before=before: len(office.ids) > before or len(set(office.ids)) == LETTERS)
            time.sleep(chance.uniform(0, 0.1))
            for one in pair:
                os.killpg(one.pid, signal.SIGKILL)
                one.communicate()
        own.run(LEASES_ARE_OVER + TRY_AGAIN)
        ended(worker(own, office, "--once"))
    counted("workers killed", 2 * kills)
    assert sorted(set(office.ids)) == expected
    assert len(office.ids) - LETTERS <= 2 * kills, "one copy for a kill at the very moment, and no more"
    assert json.loads(own.run(RESULT)) == all_sent()


def _until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "nothing happened for a minute"
        time.sleep(0.005)


def visited(office) -> None:
    """Waits until the next letter has been handed over, and is thought about."""
    assert office.visited.wait(60), "no letter came for a minute"
    office.visited.clear()


@contextmanager
def standing_still(process) -> Iterator[None]:
    """As when its machine sleeps. It has just begun with a letter, so it stands still between two heartbeats."""
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def test_a_mail_server_slower_than_the_lease_gets_a_letter_once(played_database):
    own, _ = played_database
    expected = message_ids(own, 1)
    with post_office() as office:
        office.ready.clear()
        busy = worker(own, office, "--once", "--lease", "4")
        visited(office)
        assert own.run(RENEWED) == "1"
        assert ended(worker(own, office, "--once")) == NOTHING_SENT
        office.ready.set()
        assert ended(busy) == ONE_SENT
    assert office.ids == expected
    assert json.loads(own.run(RESULT)) == all_sent(1)


def test_a_worker_that_stood_still_and_was_overtaken_writes_nothing_down(played_database):
    """Its letter goes on after a lease. The mail server cannot know, and gets a copy with the Message-ID of the first."""
    own, _ = played_database
    (expected,) = message_ids(own, 1)
    with post_office() as office:
        office.ready.clear()
        slow = worker(own, office, "--once", "--lease", "4")
        visited(office)
        with standing_still(slow):
            own.run(LEASES_ARE_OVER)
            quick = worker(own, office, "--once")
            visited(office)
        office.ready.set()
        assert (ended(slow), ended(quick)) == (NOTHING_SENT, ONE_SENT)
    assert office.ids == [expected] * 2
    assert json.loads(own.run(RESULT)) == all_sent(1)


def test_a_letter_that_cannot_be_built_stops_no_other_and_no_worker(played_database):
    own, _ = played_database
    expected = message_ids(own)
    own.run(
        "from cheiron.models.ledger import Letter\nLetter.objects.filter(once='test:7').update(subject='two\\nlines')"
    )
    with post_office() as office:
        ended(worker(own, office, "--once"))
    assert (len(office.ids), set(office.ids) < set(expected)) == (LETTERS - 1, True)
    told = own.run("from cheiron.models.ledger import Letter\nprint(Letter.objects.get(once='test:7').failure)")
    assert "newline" in told.lower()
