"""Switches for each kind of letter, and one letter a day: at the hour of the school, once, whatever happens."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from cheiron.actions import meetings, mentorships, messages, notices, privacy
from cheiron.actions.operations import send_letters
from cheiron.cli.worker import work_once
from cheiron.core.access import SYSTEM
from cheiron.core.errors import Denied, Invalid, NotFound
from cheiron.core.operations.notices import GROUP_OF, OFFERED, WHY, Group, When, chosen, last_digest
from cheiron.gateways.links import feed_id_in, link_id_in, person_id_in, switches_token_for, token_for
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.models.notices import NoticeChoice
from cheiron.models.people import Person, School
from cheiron.queries.notices import switches_of
from tests.cast import DAY, NOW, SECRETS, fingerprint

HOUR = timedelta(hours=1)
NEXT = NOW + DAY  # 04:00 in New York
MORNING = NOW + 3 * HOUR  # 07:00 in New York on the day of the cast


@pytest.fixture
def outbox(cast, settings) -> list:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Letter.objects.update(sent_at=NOW)
    mail.outbox.clear()
    return mail.outbox


def choose(cast, who: str = "mentee", **choices: str) -> None:
    notices.choose_letters(actor=cast.actor(who), choices=choices, now=NOW)


def send(cast, text: str, now: datetime = NOW) -> None:
    given = {"mentorship_id": cast.mentorship, "text": text, "key": text, "now": now}
    messages.send_message(actor=cast.actor("mentor"), **given)


def digests() -> list[Letter]:
    return list(Letter.objects.filter(kind="digest").order_by("written_at"))


# ---------- switches ----------


def test_every_group_is_offered_at_once_and_says_why_where_it_cannot_be_switched_off():
    assert set(OFFERED) == set(Group)
    assert {when[0] for when in OFFERED.values()} == {When.AT_ONCE}
    assert {group for group, offered in OFFERED.items() if When.NEVER not in offered} == set(WHY)
    assert Group.MATCHES not in set(GROUP_OF.values())


@pytest.mark.parametrize(
    "wrong", [{"matches": "digest"}, {"staff": "never"}, {"meetings": "sometimes"}, {"messages": ""}]
)
def test_what_is_not_offered_is_refused_whole(wrong, cast):
    before = fingerprint()
    with pytest.raises(Invalid):
        choose(cast, **{"meetings": "digest", **wrong})
    assert fingerprint() == before
    with pytest.raises(Invalid):
        chosen(wrong)


def test_a_choice_is_kept_and_at_once_leaves_no_row(cast):
    choose(cast, meetings="never", messages="digest", staff="at once")
    assert switches_of(cast.persons["mentee"]) == {
        Group.MATCHES: When.AT_ONCE,
        Group.MEETINGS: When.NEVER,
        Group.MESSAGES: When.DIGEST,
        Group.REMINDERS: When.AT_ONCE,
        Group.ANNOUNCEMENTS: When.AT_ONCE,
        Group.STAFF: When.AT_ONCE,
    }
    choose(cast)
    assert not NoticeChoice.objects.filter(person=cast.persons["mentee"]).exists()


def test_the_database_holds_no_choice_about_matches(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeChoice.objects.create(person_id=cast.persons["mentee"], group="matches", when="digest")


def test_never_writes_no_letter_to_this_person_and_to_the_other_as_before(cast):
    choose(cast, meetings="never")
    before = Letter.objects.count()
    meetings.cancel_meeting(actor=cast.actor("mentor"), meeting_id=cast.meeting, now=NOW)
    assert list(Letter.objects.filter(written_at=NOW).values_list("to", flat=True)) == [cast.persons["mentor"]]
    assert Letter.objects.count() == before + 1


def test_matches_and_answers_come_at_once_whatever_is_chosen(cast):
    choose(cast, "other_mentee", **{str(group): str(OFFERED[group][-1]) for group in Group})
    mentorships.accept_mentee(actor=cast.actor("other_mentor"), mentorship_id=cast.proposed, now=NOW)
    letter = Letter.objects.get(kind="accepted", to=cast.persons["other_mentee"])
    assert (letter.held, letter.sent_at) == (False, None)


# ---------- the letter of the day ----------


@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        ((2027, 1, 11, 9), "America/New_York", (2027, 1, 10, 12)),
        ((2027, 1, 11, 12), "America/New_York", (2027, 1, 11, 12)),
        ((2027, 1, 11, 11, 59), "America/New_York", (2027, 1, 10, 12)),
        ((2027, 3, 14, 12), "America/New_York", (2027, 3, 14, 11)),  # the clocks go forward that night
        ((2027, 3, 14, 10), "America/New_York", (2027, 3, 13, 12)),
        ((2027, 11, 7, 13), "America/New_York", (2027, 11, 7, 12)),  # and back
        ((2027, 1, 10, 23), "Asia/Tokyo", (2027, 1, 10, 22)),
        ((2027, 1, 11, 9), "Pacific/Kiritimati", (2027, 1, 10, 17)),
    ],
)
def test_the_letter_of_the_day_is_due_at_seven_by_the_clock_of_the_school(now, zone, due):
    assert last_digest(datetime(*now, tzinfo=UTC), ZoneInfo(zone)).astimezone(UTC) == datetime(*due, tzinfo=UTC)


def test_what_gathers_goes_out_once_as_one_letter(cast, outbox):
    choose(cast, messages="digest", meetings="digest")
    send(cast, "First.")
    send(cast, "Second.")
    meetings.cancel_meeting(actor=cast.actor("mentor"), meeting_id=cast.meeting, now=NOW)
    assert send_letters(actor=SYSTEM, now=NOW) == 1, "the other one's copy of the meeting"
    assert notices.write_digests(actor=SYSTEM, now=MORNING - HOUR) == 0
    assert notices.write_digests(actor=SYSTEM, now=MORNING) == 1
    assert notices.write_digests(actor=SYSTEM, now=MORNING + HOUR) == 0
    assert send_letters(actor=SYSTEM, now=MORNING) == 1
    assert send_letters(actor=SYSTEM, now=MORNING + DAY) == 0
    letter = outbox[-1]
    assert (letter.to, letter.subject) == ([SECRETS["mentee address"]], "Your letter of the day: 3 pieces of news")
    assert [letter.body.count(text) for text in ("First.", "Second.", "Your meeting is called off", "/links/", "Dear ")] == [
        1, 1, 1, 1, 1,
    ]  # fmt: skip
    assert SECRETS["mentor address"].encode() not in letter.message().as_bytes()


def test_what_is_written_after_seven_waits_for_the_next_day(cast, outbox):
    choose(cast, messages="digest")
    send(cast, "Early.")
    send(cast, "Late.", MORNING + HOUR)
    assert notices.write_digests(actor=SYSTEM, now=MORNING + 2 * HOUR) == 1
    assert notices.write_digests(actor=SYSTEM, now=MORNING + DAY) == 1
    first, second = digests()
    assert ("Early." in first.body, "Late." in first.body) == (True, False)
    assert ("Early." in second.body, "Late." in second.body) == (False, True)
    assert [one.once.rpartition(":")[2] for one in (first, second)] == ["2027-01-11", "2027-01-12"]


def test_a_day_without_news_brings_no_letter(cast, outbox):
    choose(cast, messages="digest")
    assert notices.write_digests(actor=SYSTEM, now=MORNING) == 0
    assert send_letters(actor=SYSTEM, now=MORNING) == 0


def test_a_worker_that_was_away_for_days_writes_one_letter(cast, outbox):
    choose(cast, messages="digest")
    for day in range(3):
        send(cast, f"Day {day}.", NOW + day * DAY)
    assert notices.write_digests(actor=SYSTEM, now=NOW + 9 * DAY) == 1
    (letter,) = digests()
    assert [f"Day {day}." in letter.body for day in range(3)] == [True, True, True]


def test_two_schools_get_theirs_at_their_own_hours(cast, outbox):
    School.objects.filter(pk=cast.school).update(time_zone="Asia/Tokyo")
    choose(cast, messages="digest")
    send(cast, "Hello.", NOW)
    assert notices.write_digests(actor=SYSTEM, now=MORNING) == 0
    assert notices.write_digests(actor=SYSTEM, now=datetime(2027, 1, 11, 22, tzinfo=UTC)) == 1


def test_a_worker_killed_in_between_has_written_nothing_and_the_next_one_writes_once(cast, outbox, monkeypatch):
    choose(cast, messages="digest")
    choose(cast, "mentor", messages="digest")
    messages.mute_thread(actor=cast.actor("mentor"), mentorship_id=cast.mentorship, mute=False, now=NOW)
    send(cast, "Hello.")
    given = {"mentorship_id": cast.mentorship, "text": "Hello back.", "key": "k", "now": NOW}
    messages.send_message(actor=cast.actor("mentee"), **given)
    before, written = fingerprint(), []

    def killed(*_: object, **__: object) -> None:
        written.append(1)
        if len(written) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(notices, "record", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            notices.write_digests(actor=SYSTEM, now=MORNING)
    assert fingerprint() == before
    assert notices.write_digests(actor=SYSTEM, now=MORNING) == 2
    assert len(digests()) == 2


def test_who_has_no_account_any_more_gets_no_letter_of_the_day(cast, outbox):
    choose(cast, messages="digest")
    send(cast, "Hello.")
    Person.objects.filter(pk=cast.persons["mentee"]).update(is_active=False)
    assert notices.write_digests(actor=SYSTEM, now=MORNING) == 0


def test_only_the_worker_writes_it(cast):
    with pytest.raises(Denied):
        notices.write_digests(actor=cast.actor("coordinator"), now=MORNING)


def test_the_workers_round_writes_and_sends_it(cast, outbox, monkeypatch):
    choose(cast, messages="digest")
    send(cast, "Hello.")
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)
    work_once()
    assert ["Hello." in one.body for one in outbox if one.to == [SECRETS["mentee address"]]] == [True]


def test_two_workers_at_once_write_one_letter(played_database):
    database, ids = played_database
    prepare = f"""
from cheiron.models.ledger import Letter
Letter.objects.filter(kind="message", to="{ids["persons"]["mentee"]}").update(held=True)
"""
    database.run(prepare)
    work = """
from cheiron.actions import notices
from cheiron.core.access import SYSTEM
from tests.cast import NOW, DAY
wait()
print(notices.write_digests(actor=SYSTEM, now=NOW + DAY))
"""
    assert sorted(database.together(work, work)) == ["0", "1"]
    count = "from cheiron.models.ledger import Letter\nimport json\nprint(json.dumps(Letter.objects.filter(kind='digest').count()))"
    assert json.loads(database.run(count)) == 1


# ---------- the foot of a letter ----------


def test_each_letter_leads_to_the_switches_of_its_reader(cast, outbox):
    send(cast, "Hello.")
    send_letters(actor=SYSTEM, now=NOW)
    address = f"http://127.0.0.1:8000{reverse('mail-link', args=[switches_token_for(cast.persons['mentee'])])}"
    assert outbox[0].message()["List-Unsubscribe"] == f"<{address}>"
    assert f"What you get by mail: {address}" in outbox[0].body


def test_opening_the_foot_changes_nothing_and_the_button_does(cast, client_of):
    url = reverse("mail-link", args=[switches_token_for(cast.persons["mentee"])])
    client, before = client_of(), fingerprint()
    page = client.get(url).content.decode()
    assert fingerprint() == before
    assert "Mina" not in page
    assert SECRETS["mentee address"] not in page
    assert client.post(url, {"messages": "never"})["Location"] == url
    assert switches_of(cast.persons["mentee"])[Group.MESSAGES] == When.NEVER
    assert client.get("/account/mail/").status_code == 302, "it opens the switches and nothing else"
    assert AuditEvent.objects.order_by("sequence").last().actor == cast.persons["mentee"]


def test_one_kind_of_token_is_no_other(cast):
    person = cast.persons["mentee"]
    made = switches_token_for(person)
    assert (person_id_in(made), link_id_in(made), feed_id_in(made)) == (person, None, None)
    assert person_id_in(token_for(person)) is None
    for token in (person, made[:-1], f"{person}:x"):
        with pytest.raises(NotFound):
            notices.choose_letters_by_link(actor=SYSTEM, token=token, choices={}, now=NOW)


def test_the_page_shows_what_is_chosen_and_why_something_cannot_be(cast, as_):
    client, url = as_("mentee"), reverse("mail")
    assert reverse("mail") in client.get(reverse("account")).content.decode()
    assert client.post(url, {"meetings": "digest", "messages": "never"})["Location"] == url
    page = client.get(url).content.decode()
    assert 'name="meetings" value="digest" checked' in page
    assert 'name="messages" value="never" checked' in page
    assert 'name="matches"' not in page
    assert "These always come at once" in page
    assert client.post(url, {"announcements": "never"}).status_code == 400


def test_only_staff_are_asked_about_letters_for_staff(cast, as_):
    pages = {who: as_(who).get(reverse("mail")).content.decode() for who in ("mentee", "coordinator")}
    assert {who: 'name="staff"' in page for who, page in pages.items()} == {"mentee": False, "coordinator": True}


def test_a_letter_of_the_day_goes_with_the_account_whose_words_are_in_it_and_does_not_come_again(cast, outbox):
    choose(cast, messages="digest")
    send(cast, "Words of the mentor.")
    notices.write_digests(actor=SYSTEM, now=MORNING)
    mentor = cast.person("mentor")
    mentor.set_password("a sentence that is long")
    mentor.save()
    privacy.erase_person(actor=cast.actor("mentor"), password="a sentence that is long", now=MORNING)
    assert digests() == []
    assert notices.write_digests(actor=SYSTEM, now=MORNING + DAY) == 0
    assert not Letter.objects.filter(body__contains="Words of the mentor.").exists()
