"""The calendar address: shown once, signed outside the database, dead as soon as it is renewed or the account ends."""

import re
from html import unescape

import pytest
from django.urls import reverse
from icalendar import Calendar

from cheiron.actions import meetings, notices
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.core.operations.notices import Names, shown_name
from cheiron.models.ledger import AuditEvent
from cheiron.models.mentorships import Meeting
from cheiron.models.notices import CalendarFeed
from cheiron.models.people import Enrollment, Person
from cheiron.queries.notices import calendar_behind
from tests.cast import DAY, NOW, SECRETS, fingerprint


def opened(cast, who: str = "mentee", names: str = "full") -> str:
    return notices.open_feed(actor=cast.actor(who), names=names, now=NOW)


def events(token: str) -> list:
    return Calendar.from_ical(calendar_behind(token)).walk("VEVENT")


@pytest.mark.parametrize(
    ("name", "full", "first", "initials"),
    [
        ("Dr. Ada Weiss", "Dr. Ada Weiss", "Ada", "A. W."),
        ("Weiss, Ada", "Weiss, Ada", "Weiss", "W. A."),
        ("Ada", "Ada", "Ada", "A."),
        ("Prof. Dr.", "Prof. Dr.", "Prof.", "P. D."),
        ("Ada Maria de Weiss", "Ada Maria de Weiss", "Ada", "A. W."),
    ],
)
def test_a_name_is_as_long_as_the_person_wants(name, full, first, initials):
    assert [shown_name(name, how) for how in Names] == [full, first, initials]


def test_the_feed_holds_what_was_agreed_and_nothing_else(cast):
    given = {"actor": cast.actor("mentee"), "mentorship_id": cast.mentorship, "minutes": 30, "now": NOW}
    meetings.propose_meeting(**given, starts_at=NOW + 9 * DAY, place="Nowhere yet")
    both = [events(opened(cast, who)) for who in ("mentee", "mentor")]
    assert [[str(one["UID"]) for one in found] for found in both] == 2 * [
        [f"{cast.held}@cheiron", f"{cast.meeting}@cheiron"]
    ]
    assert both[0][1].decoded("DTSTART") == NOW + 3 * DAY
    assert str(both[0][1]["LOCATION"]) == SECRETS["place"]
    assert [str(found[1]["SUMMARY"]) for found in both] == ["Mentoring: Dr. Ada Weiss", "Mentoring: Mina Okafor"]


def test_a_meeting_that_is_called_off_is_gone_from_the_feed(cast):
    token = opened(cast)
    meetings.cancel_meeting(actor=cast.actor("mentor"), meeting_id=cast.meeting, now=NOW)
    assert [str(one["UID"]) for one in events(token)] == [f"{cast.held}@cheiron"]


@pytest.mark.parametrize(("names", "gone"), [("first", ("Weiss",)), ("initials", ("Weiss", "Ada"))])
def test_no_more_of_a_name_than_was_chosen_and_never_an_address(names, gone, cast):
    text = calendar_behind(opened(cast, names=names))
    assert [word for word in (*gone, "Mina", "Okafor", "@riverside", SECRETS["agenda"]) if word in text] == []


def test_an_address_is_dead_once_it_is_renewed_or_taken_back(cast):
    first, second = opened(cast), opened(cast)
    assert len(events(second)) == 2
    with pytest.raises(NotFound):
        calendar_behind(first)
    notices.close_feed(actor=cast.actor("mentee"), now=NOW)
    with pytest.raises(NotFound):
        calendar_behind(second)
    with pytest.raises(Conflict):
        notices.close_feed(actor=cast.actor("mentee"), now=NOW)


@pytest.mark.guarantee("G7")
def test_the_address_dies_with_the_account_or_the_last_role(cast):
    token = opened(cast)
    Person.objects.filter(pk=cast.persons["mentee"]).update(is_active=False)
    with pytest.raises(NotFound):
        calendar_behind(token)
    Person.objects.filter(pk=cast.persons["mentee"]).update(is_active=True)
    assert len(events(token)) == 2
    Enrollment.objects.filter(member__person=cast.persons["mentee"]).update(left_at=NOW)
    with pytest.raises(NotFound):
        calendar_behind(token)


def test_a_dump_of_the_database_opens_nothing(cast, client_of):
    token = opened(cast)
    feed = CalendarFeed.objects.get(person=cast.persons["mentee"])
    stored = repr(list(CalendarFeed.objects.values())) + repr(list(AuditEvent.objects.values()))
    assert token not in stored
    assert token.removeprefix(feed.pk + ":") not in stored
    for guess in (feed.pk, f"{feed.pk}:", f"{feed.pk}:{'x' * 43}", token[:-1], cast.token, "nothing"):
        assert client_of().get(reverse("calendar-feed", args=[guess])).status_code == 404


@pytest.mark.parametrize("names", ["", "FULL", "all"])
def test_names_that_cannot_be_chosen_keep_the_old_address(names, cast):
    token = opened(cast)
    before = fingerprint()
    with pytest.raises(Invalid):
        opened(cast, names=names)
    assert fingerprint() == before
    assert len(events(token)) == 2


def test_nobody_has_no_calendar(cast):
    with pytest.raises(Denied):
        opened(cast, "anonymous")


# ---------- on the page ----------


def test_the_address_is_shown_once_and_works_without_signing_in(cast, as_, client_of):
    client, url = as_("mentee"), reverse("calendar")
    assert "Make an address" in client.get(url).content.decode()
    page = unescape(client.post(url, {"names": "first"}).content.decode())
    address = re.search(r'value="(http[^"]+\.ics)"', page)[1]
    assert f'href="webcal:{address.partition(":")[2]}"' in page
    assert address not in client.get(url).content.decode()
    fetched = client_of().get(address.replace("http://testserver", ""))
    assert (fetched.status_code, fetched["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "Mentoring: Ada\r\n" in fetched.content.decode()
    assert client.post(url, {"verb": "close"})["Location"] == url
    assert client_of().get(address.replace("http://testserver", "")).status_code == 404


def test_what_has_not_changed_is_not_sent_again(cast, client_of):
    url = reverse("calendar-feed", args=[opened(cast)])
    first = client_of().get(url)
    again = client_of().get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Meeting.objects.filter(pk=cast.meeting).update(place="Elsewhere")
    changed = client_of().get(url, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_fetching_changes_nothing_and_leaves_no_session(cast, client_of):
    url = reverse("calendar-feed", args=[opened(cast)])
    before = fingerprint()
    response = client_of().get(url)
    assert fingerprint() == before
    assert response.cookies == {}
    assert {word.strip() for word in response["Cache-Control"].split(",")} >= {"private", "no-store"}
