"""The outbox: each letter leaves once, a failure is tried again later, and nothing leaves in the demo."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction

from cheiron.actions import people
from cheiron.actions.operations import LEASE, _claim, _send, retry_letter, send_letters
from cheiron.cli.worker import work_once
from cheiron.core.access import SYSTEM, Actor
from cheiron.core.errors import Conflict, Denied, NotFound
from cheiron.gateways.links import link_id_in, person_id_in
from cheiron.models.ledger import Letter
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


def test_of_two_workers_that_read_the_same_row_one_gets_it(cast):
    one, same = (Letter.objects.order_by("written_at", "id").first() for _ in range(2))
    assert (_claim(one, NOW), _claim(same, NOW)) == (True, False)


def test_a_worker_whose_lease_ran_out_changes_nothing_any_more(cast, outbox):
    slow, quick = (Letter.objects.order_by("written_at", "id").first() for _ in range(2))
    assert _claim(slow, NOW)
    quick.refresh_from_db()
    assert _claim(quick, NOW + LEASE)
    assert (_send(slow, NOW), _send(quick, NOW + LEASE)) == (False, True)
    assert {one.extra_headers["Message-ID"] for one in outbox} == {f"<{slow.id}@127.0.0.1>"}


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
