"""The pages of a pair, as each of the two sees them."""

from html import unescape

import pytest
from django.urls import reverse
from icalendar import Calendar

from cheiron.models.ledger import Letter
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from tests.cast import DAY, NOW, SECRETS, fingerprint


def text(response) -> str:
    return unescape(response.content.decode())


def at(cast, name: str, pair: str = "") -> str:
    return reverse(name, args=[pair or cast.mentorship])


def state(cast) -> str:
    return Mentorship.objects.get(pk=cast.proposed).state


# ---------- the answer ----------


def test_a_proposal_leads_the_mentor_to_the_answer_and_the_mentee_not(cast, as_):
    assert as_("other_mentor").get(at(cast, "mentorship", cast.proposed))["Location"] == at(
        cast, "answer", cast.proposed
    )
    assert as_("other_mentee").get(at(cast, "answer", cast.proposed))["Location"] == at(
        cast, "mentorship", cast.proposed
    )


@pytest.mark.parametrize(("verb", "after", "led"), [("accept", "active", "pair"), ("decline", "declined", "home"),
                                                    ("ask", "proposed", "")])  # fmt: skip
def test_one_button_each(verb, after, led, cast, as_):
    Mentorship.objects.filter(pk=cast.proposed).update(question="")
    Letter.objects.filter(kind="question").delete()
    client, url = as_("other_mentor"), at(cast, "answer", cast.proposed)
    done = client.post(url, {"verb": verb, "question": "Why?", "reason": "no-room"})
    assert state(cast) == after
    assert done["Location"] == {"pair": at(cast, "mentorship", cast.proposed), "home": "/", "": url}[led]


@pytest.mark.parametrize("verb", ["", "ACCEPT", "delete", "no"])
def test_a_button_that_is_none_declines_nobody(verb, cast, as_):
    client = as_("other_mentor")
    before = fingerprint()
    assert client.post(at(cast, "answer", cast.proposed), {"verb": verb}).status_code == 400
    assert fingerprint() == before


def test_pressing_accept_twice_leads_to_the_pair(cast, as_):
    client, url = as_("other_mentor"), at(cast, "answer", cast.proposed)
    first, second = (client.post(url, {"verb": "accept"}) for _ in range(2))
    assert first["Location"] == second["Location"] == at(cast, "mentorship", cast.proposed)


def test_the_mentee_cannot_accept_for_the_mentor(cast, as_):
    client = as_("other_mentee")
    before = fingerprint()
    for verb in ("accept", "decline", "ask"):
        refused = client.post(at(cast, "answer", cast.proposed), {"verb": verb, "question": "x"})
        assert refused.status_code == 403
    assert fingerprint() == before


def test_the_mentee_replies_once(cast, as_):
    client, url = as_("other_mentee"), at(cast, "reply", cast.proposed)
    assert client.post(url, {"answer": ""}).status_code == 400
    assert client.post(url, {"answer": "Because."})["Location"] == at(cast, "mentorship", cast.proposed)
    assert client.post(url, {"answer": "Otherwise."}).status_code == 409
    assert "Because." in text(as_("other_mentor").get(at(cast, "answer", cast.proposed)))


def test_the_mentee_never_reads_why_a_mentor_declined(cast, as_):
    as_("other_mentor").post(at(cast, "answer", cast.proposed), {"verb": "decline", "reason": "i-assess"})
    page = text(as_("other_mentee").get(at(cast, "mentorship", cast.proposed)))
    home = text(as_("other_mentee").get("/"))
    staff = text(as_("coordinator").get(reverse("pairs", args=[cast.program])))
    assert "assess" in staff.lower(), "there is something to be read"
    assert "assess" not in (page + home).lower()


def test_the_mentor_is_not_shown_how_they_stood_among_the_wishes(cast, as_):
    """A wish is a part of the score; the mentee sees it, the mentor a rest."""
    part = {"weight": 200_000, "match": 1_000_000, "adds": 200_000}
    said = {"template": "Your first wish.", "values": {}}
    parts = [
        {**part, "component": key, "title": {"template": key, "values": {}}, "sentence": said if key == "wish" else
         {"template": f"Both {key}.", "values": {}}}
        for key in ("wish", "goals", "topics", "roles", "times")
    ]  # fmt: skip
    Mentorship.objects.filter(pk=cast.mentorship).update(reason=parts, score=1_000_000)
    seen = {who: as_(who).get(at(cast, "mentorship")) for who in ("mentee", "mentor")}
    assert "Your first wish." in text(seen["mentee"])
    assert "Your first wish." not in text(seen["mentor"])
    assert {who: sum(one.adds for one in page.context["reason"].parts) for who, page in seen.items()} == {
        "mentee": 1_000_000,
        "mentor": 1_000_000,
    }


# ---------- meetings ----------


def test_a_meeting_is_proposed_in_the_schools_own_time(cast, as_):
    as_("mentor").post(reverse("meeting", args=[cast.meeting]), {"verb": "cancel"})
    data = {"day": "2027-07-01", "hour": "12:30", "minutes": 30, "place": "Library"}
    done = as_("mentee").post(at(cast, "meeting-propose"), data)
    assert done["Location"] == at(cast, "mentorship")
    made = Meeting.objects.get(state="proposed")
    assert made.starts_at.isoformat() == "2027-07-01T16:30:00+00:00"
    assert "12:30" in text(as_("mentor").get(at(cast, "mentorship")))
    assert "12:30" in text(as_("mentor").get("/"))


def test_a_proposal_for_after_an_agreed_meeting_can_be_answered(cast, as_):
    data = {"day": "2027-07-01", "hour": "12:30", "minutes": 30, "place": "Library"}
    as_("mentee").post(at(cast, "meeting-propose"), data)
    made = Meeting.objects.get(state="proposed")
    assert reverse("meeting", args=[made.pk]) in text(as_("mentor").get(at(cast, "mentorship")))


@pytest.mark.parametrize("wrong", [{"day": "2027-01-10"}, {"day": "x"}, {"hour": "25:00"}, {"minutes": 4}, {"minutes": 241},
                                   {"place": "x" * 201}, {"day": ""}])  # fmt: skip
def test_a_time_that_cannot_be_is_refused_on_its_page(wrong, cast, as_):
    client = as_("mentee")
    before = fingerprint()
    data = {"day": "2027-02-01", "hour": "12:00", "minutes": 30, "place": "", **wrong}
    page = client.post(at(cast, "meeting-propose"), data)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert fingerprint() == before


def test_a_meeting_is_agreed_by_the_other_and_called_off_by_either(cast, as_):
    url = reverse("meeting", args=[cast.meeting])
    Meeting.objects.filter(pk=cast.meeting).update(state="proposed", sequence=5)
    assert as_("mentee").post(url, {"verb": "agree"}).status_code == 403
    assert as_("mentor").post(url, {"verb": "agree"}).status_code == 302
    assert as_("mentee").post(url, {"verb": "cancel"}).status_code == 302
    assert Meeting.objects.get(pk=cast.meeting).state == "canceled"
    assert as_("mentor").post(url, {"verb": "cancel"}).status_code == 409


def test_a_verb_that_is_none_changes_nothing(cast, as_):
    client = as_("mentor")
    before = fingerprint()
    for verb in ("", "delete"):
        assert client.post(reverse("meeting", args=[cast.meeting]), {"verb": verb}).status_code in {302, 400}
    assert fingerprint() == before


def test_the_calendar_file_of_a_meeting_is_the_meetings(cast, as_):
    for who in ("mentee", "mentor"):
        response = as_(who).get(reverse("meeting-calendar", args=[cast.meeting]))
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        (event,) = Calendar.from_ical(response.content).walk("VEVENT")
        assert (event.decoded("DTSTART"), str(event["LOCATION"])) == (NOW + 3 * DAY, SECRETS["place"])


# ---------- agenda, contacts, change ----------


def test_the_mentee_writes_the_agenda_and_both_read_it(cast, as_):
    done = as_("mentee").post(at(cast, "agenda"), {"text": "A new point"})
    assert done["Location"] == at(cast, "mentorship") + "#meet"
    for who in ("mentee", "mentor"):
        assert "A new point" in text(as_(who).get(at(cast, "mentorship")))
    point = AgendaPoint.objects.get(text="A new point")
    assert as_("mentor").post(at(cast, "agenda"), {"remove": point.pk}).status_code == 403
    assert as_("mentee").post(at(cast, "agenda"), {"remove": point.pk}).status_code == 302
    assert not AgendaPoint.objects.filter(pk=point.pk).exists()


def test_an_empty_point_is_refused_in_a_sentence(cast, as_):
    page = as_("mentee").post(at(cast, "agenda"), {"text": "  "}, follow=True)
    assert "Write down what you would like to speak about." in text(page)


def test_a_contact_is_logged_in_one_tap_and_undone_in_another(cast, as_):
    client = as_("mentor")
    done = client.post(at(cast, "contact"), {"kind": "corridor"})
    made = Contact.objects.get(kind="corridor")
    assert done["Location"] == f"{at(cast, 'mentorship')}?logged={made.pk}"
    assert "Undo" in text(client.get(done["Location"]))
    assert client.post(at(cast, "contact"), {"undo": made.pk})["Location"] == at(cast, "mentorship")
    assert not Contact.objects.filter(pk=made.pk).exists()
    assert client.post(at(cast, "contact"), {"kind": "mind reading"}).status_code == 400
    assert client.post(at(cast, "contact"), {"undo": cast.contact}).status_code == 409


def test_a_change_is_asked_for_in_silence_and_settled_by_staff(cast, as_):
    as_("mentee").post(at(cast, "change"), {"note": "Other plans."})
    made = ChangeRequest.objects.get(mentorship=cast.mentorship)
    assert "You asked for a change" in text(as_("mentee").get(at(cast, "mentorship")))
    assert "asked for a change" not in text(as_("mentor").get(at(cast, "mentorship")))
    assert "Other plans." in text(as_("coordinator").get(reverse("program", args=[cast.program])))
    settled = as_("coordinator").post(reverse("change-settle", args=[made.pk]), {"end": "yes"})
    assert settled["Location"] == reverse("program", args=[cast.program])
    assert Mentorship.objects.get(pk=cast.mentorship).state == "ended"
    assert as_("mentor").get(at(cast, "mentorship")).status_code == 200


def test_addresses_are_shared_once_a_mentorship_is_under_way_and_not_before(cast, as_):
    assert SECRETS["mentor address"] in text(as_("mentee").get(at(cast, "mentorship")))
    page = text(as_("other_mentee").get(at(cast, "mentorship", cast.proposed)))
    assert "ben@riverside.example" not in page
    assert "otto@riverside.example" not in text(as_("other_mentor").get(at(cast, "answer", cast.proposed)))
