"""The outbox: each letter leaves once, a failure is tried again later, and nothing leaves in the demo."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from cheiron.actions import people
from cheiron.actions.operations import LEASE, _Claim, _send, retry_letter, send_letters
from cheiron.cli.worker import work_once
from cheiron.core.access import SYSTEM, Actor
from cheiron.core.errors import Conflict, Denied, NotFound
from cheiron.gateways.heartbeat import beating
from cheiron.gateways.links import link_id_in, person_id_in
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.queries.operations import MOST_ATTEMPTS
from tests.cast import NOW

LOCAL = "django.core.mail.backends.locmem.EmailBackend"


class Broken(EmailBackend):
    """A mail server that is not there."""

    def send_messages(self, messages) -> int:
        raise ConnectionRefusedError("no mail server")


@pytest.fixture
def outbox(cast, settings) -> list:
    settings.EMAIL_BACKEND = LOCAL
    mail.outbox.clear()
    return mail.outbox


def test_every_letter_leaves_once_to_its_own_address(cast, outbox):
    waiting = sorted(Letter.objects.values_list("to__email", "subject"))
    assert send_letters(actor=SYSTEM, now=NOW) == len(waiting) > 10
    assert sorted((one.to[0], one.subject) for one in outbox) == waiting
    assert {len(one.recipients()) for one in outbox} == {1}
    assert send_letters(actor=SYSTEM, now=NOW + timedelta(days=9)) == 0
    assert len(outbox) == len(waiting)
    assert Letter.objects.filter(sent_at=NOW, attempts=1, failure="").count() == len(waiting)


def test_the_oldest_leave_first_and_no_more_than_asked(cast, outbox):
    first = list(Letter.objects.order_by("written_at", "id").values_list("to__email", flat=True)[:3])
    assert send_letters(actor=SYSTEM, now=NOW, most=3) == 3
    assert [one.to[0] for one in outbox] == first


def test_the_link_in_a_letter_is_signed_as_it_leaves_and_is_the_persons_own(cast, outbox):
    send_letters(actor=SYSTEM, now=NOW)
    for one in outbox:
        address, switches = re.findall(r"https?://\S+", one.body)
        assert address.startswith(django_settings.BASE_URL + "/links/")
        found = Letter.objects.get(link=link_id_in(address.rstrip("/").rpartition("/")[2]))
        assert (found.to.email, found.link.person_id) == (one.to[0], found.to_id)
        assert person_id_in(switches.rstrip("/").rpartition("/")[2]) == found.to_id
        assert "{link}" not in one.body


def test_no_key_stands_in_the_database_or_the_log_of_letters(cast, outbox):
    send_letters(actor=SYSTEM, now=NOW)
    keys = {re.search(r"/links/([^/\s]+)/", one.body)[1] for one in outbox}
    stored = repr(list(Letter.objects.values()))
    assert len(keys) > 10
    assert {key for key in keys if key in stored} == set()


def test_a_calendar_goes_along_with_its_method(cast, outbox):
    send_letters(actor=SYSTEM, now=NOW)
    with_file = [one for one in outbox if one.attachments]
    assert len(with_file) == 4
    for one in with_file:
        ((name, content, kind),) = one.attachments
        assert (name, kind) == ("invitation.ics", "text/calendar; method=REQUEST")
        assert "METHOD:REQUEST" in content


def test_a_failure_is_kept_and_tried_again_with_growing_pauses(cast, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    one = Letter.objects.order_by("written_at", "id").first()
    Letter.objects.exclude(pk=one.pk).update(sent_at=NOW)
    now, pauses = NOW, []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert send_letters(actor=SYSTEM, now=now) == 0
        one.refresh_from_db()
        assert (one.attempts, one.sent_at, one.failure) == (attempt, None, "no mail server")
        assert send_letters(actor=SYSTEM, now=one.next_attempt_at - timedelta(seconds=1)) == 0
        one.refresh_from_db()
        assert one.attempts == attempt, "not before its time"
        pauses.append(one.next_attempt_at - now)
        now = one.next_attempt_at
    assert [pause.total_seconds() / 60 for pause in pauses] == [2, 4, 8, 16, 32, 64, 128, 256]
    settings.EMAIL_BACKEND = LOCAL
    assert send_letters(actor=SYSTEM, now=now + timedelta(days=30)) == 0, "given up after the last attempt"


def test_one_letter_that_fails_holds_no_other_back(cast, settings, monkeypatch):
    settings.EMAIL_BACKEND = LOCAL
    mail.outbox.clear()
    bad = cast.person("other_mentee").email

    class Picky(EmailBackend):
        def send_messages(self, messages) -> int:
            if messages[0].to == [bad]:
                raise ConnectionResetError("not today")
            return super().send_messages(messages)

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend", Picky)
    theirs = Letter.objects.filter(to__email=bad).count()
    assert theirs >= 2
    assert send_letters(actor=SYSTEM, now=NOW) == Letter.objects.count() - theirs
    monkeypatch.undo()
    settings.EMAIL_BACKEND = LOCAL
    assert send_letters(actor=SYSTEM, now=NOW + timedelta(hours=1)) == theirs


def test_only_the_worker_sends(cast, outbox):
    for who in ("coordinator", "administrator", "anonymous"):
        with pytest.raises(Denied):
            send_letters(actor=cast.actor(who), now=NOW)
    assert outbox == []


def test_the_worker_sends_and_in_the_demo_does_not(cast, outbox, settings):
    settings.DEMO = True
    assert work_once() == "0 letters sent, 0 proposals lapsed"
    assert outbox == []
    settings.DEMO = False
    assert work_once() == f"{Letter.objects.count()} letters sent, 0 proposals lapsed"


def test_two_letters_about_the_same_are_refused_by_the_database(cast):
    one = Letter.objects.first()
    one.pk = "anothersame2"
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)


# ---------- several workers, and workers that die ----------


def test_a_letter_of_a_worker_that_died_waits_for_its_lease_and_then_leaves(cast, settings, monkeypatch):
    settings.EMAIL_BACKEND = LOCAL
    mail.outbox.clear()
    monkeypatch.setattr("cheiron.actions.operations._send", lambda *_: False)
    send_letters(actor=SYSTEM, now=NOW, most=1)
    monkeypatch.undo()
    settings.EMAIL_BACKEND = LOCAL
    one = Letter.objects.get(attempts=1)
    assert (one.sent_at, one.failure, one.next_attempt_at) == (None, "", NOW + LEASE)
    assert send_letters(actor=SYSTEM, now=NOW + LEASE - timedelta(seconds=1)) == Letter.objects.count() - 1
    assert send_letters(actor=SYSTEM, now=NOW + LEASE) == 1


def claim(lease: timedelta = LEASE) -> _Claim:
    """What a worker means to claim, as the letter stands now: always the oldest letter."""
    return _Claim(Letter.objects.order_by("written_at", "id").select_related("to", "reply_to").first(), lease)


def taken(now: datetime) -> _Claim:
    made = claim()
    assert made.take(now)
    return made


def standing() -> tuple:
    """The oldest letter: attempts, end of its lease, whether it has left, failure; and how many lines tell of it."""
    one = Letter.objects.order_by("written_at", "id").first()
    lines = AuditEvent.objects.filter(subject=f"letter:{one.pk}").count()
    return one.attempts, one.next_attempt_at, one.sent_at, one.failure, lines


def fail(one: _Claim, now: datetime) -> bool:
    return one.settle(now, failure="no mail server", next_attempt_at=now + HOUR)


HOUR, SOON = timedelta(hours=1), timedelta(seconds=15)
WAYS = {
    "renew": lambda one, now: one.renew(now),
    "sent": lambda one, now: one.settle(now, sent_at=now, failure=""),
    "failed": fail,
}
"""What a worker may still try with a letter that it has claimed."""
way = pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))


def test_of_two_workers_that_read_the_same_row_one_gets_it(cast):
    one, same = claim(), claim()
    assert (one.take(NOW), same.take(NOW)) == (True, False)
    assert standing() == (1, NOW + LEASE, None, "", 0)


def test_a_claim_that_is_renewed_holds_for_another_lease_from_then_on(cast, outbox):
    mine = taken(NOW)
    for beat in range(1, 9):
        assert mine.renew(NOW + beat * SOON)
    end = NOW + 8 * SOON + LEASE
    assert standing() == (1, end, None, "", 0)
    assert send_letters(actor=SYSTEM, now=end - timedelta(seconds=1)) == Letter.objects.count() - 1
    assert _send(mine, end)
    assert standing() == (1, end, end, "", 1)


def test_a_renewal_between_the_reading_and_the_claim_of_another_keeps_the_letter(cast):
    mine = taken(NOW)
    other = claim()
    assert mine.renew(NOW + LEASE)
    assert (other.take(NOW + LEASE), standing()) == (False, (1, NOW + 2 * LEASE, None, "", 0))


def test_a_late_renewal_counts_if_nobody_has_taken_over(cast, outbox):
    mine = taken(NOW)
    assert mine.renew(NOW + HOUR)
    assert _send(mine, NOW + HOUR)


def test_a_renewal_whose_answer_was_lost_costs_no_claim(cast):
    """The database has done it, or has not, and the worker does not know which."""
    mine = taken(NOW)
    mine.ends.add(NOW + SOON + LEASE)
    assert mine.renew(NOW + 2 * SOON), "it had not"
    Letter.objects.filter(pk=mine.letter.pk).update(next_attempt_at=NOW + 3 * SOON + LEASE)
    mine.ends.add(NOW + 3 * SOON + LEASE)
    assert fail(mine, NOW + 4 * SOON) is False, "it had"
    assert standing() == (1, NOW + 4 * SOON + HOUR, None, "no mail server", 1)


@way
def test_a_worker_that_was_overtaken_changes_nothing_any_more(cast, way):
    slow = taken(NOW)
    taken(NOW + LEASE)
    before = standing()
    assert way(slow, NOW + LEASE + SOON) is False
    assert standing() == before == (2, NOW + 2 * LEASE, None, "", 0)


def test_nor_if_the_other_came_at_the_very_same_instant(cast):
    """Their leases end together; the number of the attempt tells them apart."""
    slow, quick = taken(NOW), taken(NOW)
    assert slow.ends == quick.ends
    assert [way(slow, NOW) for way in WAYS.values()] == [False] * 3
    assert standing() == (2, NOW + LEASE, None, "", 0)


@way
def test_nor_once_the_other_has_sent_it(cast, way):
    slow, quick = taken(NOW), taken(NOW + LEASE)
    assert WAYS["sent"](quick, NOW + LEASE)
    before = standing()
    assert way(slow, NOW + LEASE + SOON) is False
    assert standing() == before == (2, NOW + 2 * LEASE, NOW + LEASE, "", 1)


@way
def test_nor_when_staff_let_it_try_again_and_the_count_is_the_same(cast, way):
    """The number of the attempt alone would take the third claim for the first."""
    slow = taken(NOW)
    fail(taken(NOW + LEASE), NOW + LEASE)
    retry_letter(actor=cast.actor("coordinator"), letter_id=slow.letter.pk, now=NOW + HOUR)
    third = taken(NOW + HOUR)
    before = standing()
    assert (slow.letter.attempts, third.letter.attempts) == (1, 1)
    assert way(slow, NOW + HOUR + SOON) is False
    assert standing() == before
    assert third.renew(NOW + HOUR + SOON)


@way
def test_a_claim_that_is_settled_is_over(cast, way):
    sent = taken(NOW)
    assert WAYS["sent"](sent, NOW)
    assert way(sent, NOW + SOON) is False
    assert standing() == (1, NOW + LEASE, NOW, "", 1)


def test_a_letter_that_a_worker_is_busy_with_is_not_tried_again_by_staff(cast):
    Letter.objects.filter(pk=cast.letter).update(attempts=MOST_ATTEMPTS - 1)
    Letter.objects.exclude(pk=cast.letter).update(sent_at=NOW)
    last = _Claim(Letter.objects.get(pk=cast.letter), LEASE)
    assert last.take(NOW - LEASE)
    assert last.renew(NOW - SOON)
    with pytest.raises(Conflict, match="on its way"):
        retry(cast)


def test_the_claim_is_renewed_while_the_mail_server_talks_and_no_longer(cast, settings, monkeypatch):
    """The heart has a connection of its own, which cannot see the transaction of this test; so the beat is counted."""
    beaten, twice = [], threading.Event()

    def renew(self, now) -> bool:
        beaten.append(self.letter.pk)
        if len(beaten) == 2:
            twice.set()
        return True

    class Slow(EmailBackend):
        def send_messages(self, messages) -> int:
            assert twice.wait(60), "the claim is not renewed"
            return super().send_messages(messages)

    monkeypatch.setattr(_Claim, "renew", renew)
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend", Slow)
    settings.EMAIL_BACKEND = LOCAL
    first = claim().letter.pk
    assert send_letters(actor=SYSTEM, now=NOW, most=1, lease=timedelta(milliseconds=40)) == 1
    assert set(beaten) == {first}
    assert not hearts()


def hearts() -> list:
    return [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


def beat_until_it_stops(beat: Callable[[datetime], bool]) -> None:
    """Nothing but the beat's own answer ends it."""
    with beating(beat, every=timedelta(milliseconds=1)):
        for heart in hearts():
            heart.join(60)
            assert not heart.is_alive()


def test_a_heart_stops_when_the_claim_is_lost():
    answers = [False, True, True]
    beat_until_it_stops(lambda _now: answers.pop())
    assert answers == []


def test_a_heart_goes_on_when_the_database_is_away_or_busy():
    answers = [False, True, OperationalError("database is locked"), InterfaceError("the connection is closed")]

    def beat(_now: datetime) -> bool:
        if isinstance(answer := answers.pop(), Exception):
            raise answer
        return answer

    beat_until_it_stops(beat)
    assert answers == []


def test_a_heart_ends_with_its_block_also_when_that_fails():
    found = []
    with suppress(ConnectionResetError), beating(lambda _now: True, every=timedelta(milliseconds=1)):
        found += hearts()
        raise ConnectionResetError("not today")
    assert (len(found), hearts()) == (1, [])


def retry(cast, who: str = "coordinator") -> str:
    return retry_letter(actor=cast.actor(who), letter_id=cast.letter, now=NOW)


def test_staff_let_a_letter_that_failed_try_again(cast, as_, outbox):
    Letter.objects.filter(pk=cast.letter).update(attempts=MOST_ATTEMPTS, failure="no such mailbox", next_attempt_at=NOW)
    coordinator = as_("coordinator")
    page = coordinator.get(f"/programs/{cast.program}/letters/").content.decode()
    assert ("no such mailbox" in page, page.count("/retry/"), "not tried again by itself" in page) == (True, 1, True)
    assert send_letters(actor=SYSTEM, now=NOW) == Letter.objects.count() - 1
    coordinator.post(f"/letters/{cast.letter}/retry/")
    assert send_letters(actor=SYSTEM, now=NOW) == 1


def test_a_letter_that_has_left_or_is_on_its_way_is_not_sent_again(cast, outbox):
    with pytest.raises(Conflict, match="on its way"):
        retry(cast)
    send_letters(actor=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match="left already"):
        retry(cast)


def test_nobody_else_lets_a_letter_try_again(cast):
    Letter.objects.filter(pk=cast.letter).update(attempts=1, failure="no mail server")
    for who, refusal in (("stranger", NotFound), ("mentor", Denied), ("administrator", Denied), ("evaluator", Denied)):
        with pytest.raises(refusal):
            retry(cast, who)


def test_an_answer_by_mail_goes_to_a_coordinator_of_the_program_and_never_to_oneself(cast, outbox):
    people.ask_for_link(actor=Actor(None), email="otto@riverside.example", now=NOW)
    send_letters(actor=SYSTEM, now=NOW)
    answered = {one.subject: one.reply_to for one in outbox}
    assert answered.pop("Your link to sign in to Cheiron") == []
    assert answered.pop("Riverside Scholars: a request for a change") == [], "it went to the only coordinator"
    assert {tuple(one) for one in answered.values() if one} == {("coordinator@riverside.example",)}
