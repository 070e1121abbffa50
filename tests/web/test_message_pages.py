"""The pages of messages, as each of the two and the staff see them."""

import re
from html import unescape

from django.urls import reverse

from cheiron.gateways.links import token_for
from cheiron.models.ledger import OneTimeLink
from cheiron.models.mentorships import Mentorship
from cheiron.models.messages import Message
from cheiron.queries.messages import PER_PAGE
from tests.cast import NOW, SECRETS, fingerprint


def text(response) -> str:
    return unescape(response.content.decode())


def thread(cast) -> str:
    return reverse("thread", args=[cast.mentorship])


def test_the_newest_stands_last_under_the_day_on_which_it_was_written(cast, as_):
    page = text(as_("mentee").get(thread(cast)))
    places = [page.index(one) for one in (SECRETS["message"], "See you soon.", SECRETS["reported message"])]
    assert places == sorted(places)
    assert re.findall(r'<li class="day"><h2>(.*?)</h2>', page) == ["Saturday 9 January 2027"]


def test_who_reads_stands_above_the_box(cast, as_):
    page = text(as_("mentee").get(thread(cast)))
    said = page.index("Only you and Dr. Ada Weiss read this. Program staff do not")
    assert page.index("Write to Dr. Ada Weiss") < said < page.index("<textarea")


def test_what_is_new_is_counted_until_it_was_read(cast, as_):
    client = as_("mentee")
    assert "One new message" in text(client.get("/"))
    assert "One is new" in text(client.get(reverse("mentorship", args=[cast.mentorship])))
    first = text(client.get(thread(cast)))
    assert first.count('<b class="fresh">new</b>') == 1
    assert '<b class="fresh">' not in text(client.get(thread(cast)))
    assert "new message" not in text(client.get("/"))
    assert "new message" not in text(as_("mentor").get("/"))


def test_a_page_that_shows_nothing_new_writes_nothing(cast, as_):
    client = as_("mentor")
    before = fingerprint()
    client.get(thread(cast))
    assert fingerprint() == before


def test_sending_leads_back_to_the_newest_and_twice_is_once(cast, as_):
    client, given = as_("mentee"), {"text": "See you on Thursday.", "key": "abc"}
    for _ in range(2):
        assert client.post(thread(cast), given)["Location"] == thread(cast) + "#newest"
    assert Message.objects.filter(text="See you on Thursday.").count() == 1
    assert "See you on Thursday." in text(as_("mentor").get(thread(cast)))


def test_each_form_has_a_key_of_its_own(cast, as_):
    client = as_("mentee")
    keys = {re.search(r'name="key" value="(\w+)"', text(client.get(thread(cast))))[1] for _ in range(3)}
    assert len(keys) == 3


def test_what_is_too_long_stays_in_the_box(cast, as_):
    long = "Long words. " * 200
    page = as_("mentee").post(thread(cast), {"text": long, "key": "k"})
    assert page.status_code == 200
    assert "This message has 2,399 characters, and 2,000 fit." in text(page)
    assert long.strip() in text(page)
    assert not Message.objects.filter(text__startswith="Long").exists()


def test_a_pair_that_has_ended_reads_and_loses_nothing_that_it_types(cast, as_):
    client = as_("mentee")
    Mentorship.objects.filter(pk=cast.mentorship).update(state="ended")
    page = text(client.post(thread(cast), {"text": "Too late.", "key": "k"}))
    assert SECRETS["message"] in page
    assert "Too late." in page
    assert "<textarea" not in page
    assert not Message.objects.filter(text="Too late.").exists()
    assert thread(cast) in text(client.get(reverse("mentorship", args=[cast.mentorship])))


def test_a_proposed_pair_is_told_when_they_can_write(cast, as_):
    page = text(as_("other_mentee").get(reverse("thread", args=[cast.proposed])))
    assert "once the mentorship is under way" in page
    assert "<textarea" not in page


def test_markup_in_a_message_is_words(cast, as_):
    as_("mentor").post(thread(cast), {"text": "<b>x</b>\n<script>y</script>", "key": "k"})
    page = as_("mentee").get(thread(cast)).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;<br>&lt;script&gt;y&lt;/script&gt;" in page


def test_a_long_thread_comes_in_pages_with_the_newest_first_in_sight(cast, as_):
    given = {"mentorship_id": cast.mentorship, "by_id": cast.parts["E-1"], "read_at": NOW, "sent_at": NOW}
    Message.objects.bulk_create(Message(**given, id=f"m{n:011}", once=str(n), text=f"Text {n}.") for n in range(60))
    first, second = (text(as_("mentor").get(thread(cast), {"page": n})) for n in (1, 2))
    assert (first.count('class="words"'), second.count('class="words"')) == (PER_PAGE, 13)
    assert "Text 59." in first
    assert "Earlier messages" in first
    assert "Later messages" in second


def test_muting_is_one_button_and_the_other_sees_nothing_of_it(cast, as_):
    client = as_("mentee")
    assert "A letter tells you when" in text(client.get(thread(cast)))
    client.post(reverse("thread-mute", args=[cast.mentorship]), {"mute": "yes"})
    assert "Muted: messages arrive here" in text(client.get(thread(cast)))
    client.post(reverse("thread-mute", args=[cast.mentorship]), {"mute": "no"})
    assert "A letter tells you when" in text(client.get(thread(cast)))


def test_before_the_button_stands_who_will_read_a_report_and_what_happens(cast, as_):
    client, url = as_("mentor"), reverse("message-report", args=[cast.message])
    before = fingerprint()
    page = text(client.get(url))
    assert fingerprint() == before
    for words in ("Cora Lang", SECRETS["message"], "is not told, now or later", "They see this one message"):
        assert page.index(words) < page.index("Report this message")
    assert client.post(url, {"concern": "Please look."})["Location"] == thread(cast)
    assert "You have reported this message." in text(client.get(thread(cast)))


def test_staff_find_a_report_from_home_and_from_the_mentorships_and_settle_it(cast, as_):
    client, url = as_("coordinator"), reverse("reports", args=[cast.program])
    assert "One reported message waits for you." in text(client.get("/"))
    assert url in text(client.get(reverse("pairs", args=[cast.program])))
    page = text(client.get(url))
    assert (SECRETS["reported message"] in page, SECRETS["concern"] in page) == (True, True)
    assert SECRETS["message"] not in page
    done = client.post(reverse("report-settle", args=[cast.report]), {"outcome": "Spoke with both."})
    assert done["Location"] == url
    assert "Spoke with both." in text(client.get(url))
    assert "reported message waits" not in text(client.get("/"))


def test_the_link_in_the_letter_opens_the_thread(cast, client_of):
    link = OneTimeLink.objects.get(
        letter_of__kind="message", leads_to=thread(cast), letter_of__once__contains=cast.reported
    )
    done = client_of().post(reverse("link", args=[token_for(link.id)]))
    assert done["Location"] == thread(cast)
