"""Messages of a pair: sent once, read by the two, relayed without addresses, muted, reported in silence."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from cheiron.actions import mentorships, messages
from cheiron.actions.operations import send_letters
from cheiron.core.access import SYSTEM
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.mentorships import Mentorship
from cheiron.models.messages import Message, MessageReport, Mute
from cheiron.models.people import Enrollment, Member
from cheiron.queries.messages import reports_for, thread_for
from cheiron.queries.operations import audit_for
from tests.cast import DAY, NOW, SECRETS, fingerprint


def send(cast, who: str = "mentee", text: str = "Hello.", key: str = "k", now=NOW, pair: str = "") -> str:
    given = {"mentorship_id": pair or cast.mentorship, "text": text, "key": key, "now": now}
    return messages.send_message(actor=cast.actor(who), **given)


def report(cast, who: str = "mentor", message: str = "") -> str:
    given = {"message_id": message or cast.message, "concern": "", "now": NOW}
    return messages.report_message(actor=cast.actor(who), **given)


# ---------- written once ----------


def test_a_double_press_sends_one_message_and_one_letter(cast):
    before = Letter.objects.count()
    assert send(cast, "mentor") == send(cast, "mentor")
    assert Message.objects.filter(text="Hello.").count() == 1
    assert Letter.objects.count() == before + 1


def test_two_presses_at_the_same_instant_send_one_message(played_database):
    database, ids = played_database
    press = f"""
from cheiron.actions import messages
from cheiron.queries.people import actor_for
from tests.cast import NOW
wait()
given = {{"mentorship_id": "{ids["mentorship"]}", "text": "At once.", "key": "k", "now": NOW}}
print(messages.send_message(actor=actor_for("{ids["persons"]["mentor"]}"), **given))
"""
    assert len(set(database.together(press, press, press))) == 1
    count = "from cheiron.models.ledger import Letter\nprint(Letter.objects.filter(body__contains='At once.').count())"
    assert database.run(count) == "1"


def test_other_words_or_another_form_are_another_message(cast):
    made = {send(cast), send(cast, text="Hello again."), send(cast, key="k2"), send(cast, "mentor")}
    assert len(made) == 4


def test_the_same_words_twice_are_refused_by_the_database(cast):
    send(cast)
    one = Message.objects.get(text="Hello.")
    one.pk = "anothersame2"
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)


@pytest.mark.parametrize(("text", "kept"), [(" a\r\nb\r\n", "a\nb"), ("x" * 2000, "x" * 2000), ("a\0b", "ab")])
def test_a_message_is_kept_with_line_ends_of_one_kind(text, kept, cast):
    assert Message.objects.get(pk=send(cast, text=text)).text == kept


@pytest.mark.parametrize("text", ["", "  \r\n ", "\0", "x" * 2001])
def test_an_empty_or_too_long_message_changes_nothing(text, cast):
    before = fingerprint()
    with pytest.raises(Invalid):
        send(cast, text=text)
    assert fingerprint() == before


def test_the_database_refuses_what_is_too_long(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=cast.message).update(text="x" * 2001)


@pytest.mark.parametrize("who", ["coordinator", "administrator", "evaluator", "stranger", "other_mentee", "senior"])
def test_nobody_but_the_two_gets_at_a_thread(who, cast):
    before, actor = fingerprint(), cast.actor(who)
    for act in (
        lambda: thread_for(actor, cast.mentorship),
        lambda: send(cast, who),
        lambda: messages.read_messages(actor=actor, mentorship_id=cast.mentorship, now=NOW),
        lambda: messages.mute_thread(actor=actor, mentorship_id=cast.mentorship, mute=True, now=NOW),
        lambda: report(cast, who),
    ):
        with pytest.raises(NotFound):
            act()
    assert fingerprint() == before


def test_one_writes_only_while_the_mentorship_is_under_way(cast):
    with pytest.raises(Conflict):
        send(cast, "other_mentee", pair=cast.proposed)
    Mentorship.objects.filter(pk=cast.mentorship).update(state="ended")
    for who in ("mentee", "mentor"):
        with pytest.raises(Conflict):
            send(cast, who)
        assert len(thread_for(cast.actor(who), cast.mentorship).messages) == 3


# ---------- relayed ----------


@pytest.fixture
def outbox(cast, settings) -> list:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Letter.objects.update(sent_at=NOW)
    mail.outbox.clear()
    return mail.outbox


def test_the_relayed_letter_has_the_text_and_leads_to_the_thread(cast, outbox):
    send(cast, "mentor", text="First line.\nSecond line.")
    letter = Letter.objects.get(sent_at=None)
    assert (letter.kind, letter.to_id) == ("message", cast.persons["mentee"])
    assert "First line.\nSecond line." in letter.body
    assert OneTimeLink.objects.get(letter_of=letter).leads_to == f"/mentorships/{cast.mentorship}/messages/"


def test_no_byte_of_a_relayed_mail_holds_the_address_of_the_sender(cast, outbox):
    messages.mute_thread(actor=cast.actor("mentor"), mentorship_id=cast.mentorship, mute=False, now=NOW)
    for who in ("mentee", "mentor"):
        send(cast, who, text=f"From the {who}.")
    assert send_letters(actor=SYSTEM, now=NOW) == 2
    by_address = {one.to[0]: one for one in outbox}
    for to, sender in (("mentor", "mentee"), ("mentee", "mentor")):
        one = by_address[SECRETS[f"{to} address"]]
        assert SECRETS[f"{sender} address"].encode() not in one.message().as_bytes()
        assert one.reply_to == ["coordinator@riverside.example"]
        assert one.from_email == "Cheiron <cheiron@localhost>"


def test_a_coordinator_who_is_one_of_the_two_does_not_get_the_answers(cast, outbox):
    member = Member.objects.get(person=cast.persons["mentor"])
    Enrollment.objects.create(member=member, program_id=cast.program, role="coordinator", joined_at=NOW)
    send(cast, "mentor")
    assert Letter.objects.get(sent_at=None).reply_to_id == cast.persons["coordinator"]
    Enrollment.objects.filter(member__person=cast.persons["coordinator"]).update(left_at=NOW)
    send(cast, "mentor", key="again")
    assert Letter.objects.exclude(reply_to=cast.persons["coordinator"]).get(sent_at=None).reply_to is None
    send_letters(actor=SYSTEM, now=NOW)
    assert [SECRETS["mentor address"].encode() in one.message().as_bytes() for one in outbox] == [False, False]


def test_what_somebody_types_is_never_taken_for_the_place_of_the_link(cast, outbox):
    send(cast, "mentor", text="Look: {link}\n\n{link}")
    send_letters(actor=SYSTEM, now=NOW)
    assert outbox[0].body.count("/links/") == 1
    assert "Look: { link }" in outbox[0].body


def test_a_message_cannot_add_headers(cast, outbox):
    Member.objects.filter(person=cast.persons["mentor"]).update(name="Ada\r\nBcc: evil@evil.example")
    send(cast, "mentor", text="Hello\r\nBcc: evil@evil.example")
    send_letters(actor=SYSTEM, now=NOW)
    assert outbox[0].recipients() == [SECRETS["mentee address"]]
    assert "Bcc" not in outbox[0].message()


def test_who_has_muted_gets_no_letter_and_still_the_message(cast):
    assert Mute.objects.get().by_id == cast.parts["M-1"]
    before = Letter.objects.count()
    send(cast, "mentee")
    assert Letter.objects.count() == before
    assert thread_for(cast.actor("mentor"), cast.mentorship).messages[-1].text == "Hello."
    messages.mute_thread(actor=cast.actor("mentor"), mentorship_id=cast.mentorship, mute=False, now=NOW)
    send(cast, "mentee", key="later")
    assert Letter.objects.count() == before + 1


def test_muting_twice_is_as_muting_once(cast):
    for _ in range(2):
        messages.mute_thread(actor=cast.actor("mentee"), mentorship_id=cast.mentorship, mute=True, now=NOW)
    assert Mute.objects.filter(by=cast.parts["E-1"]).count() == 1


def test_letters_about_messages_stand_in_no_log_of_the_staff(cast, as_):
    send(cast, "mentor", text="For two.")
    page = as_("coordinator").get(f"/programs/{cast.program}/letters/").content.decode()
    assert "For two." not in page
    assert "wrote to you" not in page
    assert "reported" not in page


# ---------- reported ----------


def test_staff_see_the_reported_message_and_no_other(cast):
    send(cast, "mentee", text="Another one.")
    _, rows = reports_for(cast.actor("coordinator"), cast.program)
    assert [one.message.text for one in rows] == [SECRETS["reported message"], "See you soon."]


def test_a_message_is_reported_once_and_only_by_the_one_who_got_it(cast):
    report(cast)
    with pytest.raises(Conflict):
        report(cast)
    with pytest.raises(NotFound):
        report(cast, "mentee")


def test_a_message_of_a_pair_that_has_ended_can_still_be_reported(cast):
    Mentorship.objects.filter(pk=cast.mentorship).update(state="ended")
    report(cast)
    assert MessageReport.objects.filter(message=cast.message).count() == 1


PAGES = ("/", "/account/", "/mentorships/{0}/", "/mentorships/{0}/messages/", "/mentorships/{0}/meeting/",
         "/mentorships/{0}/change/", "/account/privacy/", "/account/mail/", "/account/calendar/")  # fmt: skip


def pages_of(cast, as_, who: str, *more: str) -> dict[str, bytes]:
    """Every byte of every page, but for what is new on each draw; everything there was read before."""
    client = as_(who)
    client.get(PAGES[3].format(cast.mentorship))
    keys = ("csrfmiddlewaretoken", "X-CSRFToken", 'name="key"')
    drawn = {}
    for address in (*PAGES, *more):
        response = client.get(address.format(cast.mentorship, cast.program))
        lines = response.content.decode().split("<")
        kept = [line for line in lines if not any(key in line for key in keys)]
        drawn[address] = (response.status_code, kept)
    return drawn


@pytest.mark.guarantee("G18")
def test_no_byte_changes_for_the_one_who_is_reported(cast, as_, outbox):
    writer, mine = "mentee", {"to": cast.persons["mentee"]}
    before, letters = pages_of(cast, as_, writer), list(Letter.objects.filter(**mine).values())
    made = report(cast)
    assert pages_of(cast, as_, writer) == before
    messages.settle_report(actor=cast.actor("coordinator"), report_id=made, outcome="Spoke.", now=NOW)
    assert pages_of(cast, as_, writer) == before
    assert list(Letter.objects.filter(**mine).values()) == letters
    send_letters(actor=SYSTEM, now=NOW)
    assert sorted(one.to[0] for one in outbox) == [SECRETS["mentor address"], "coordinator@riverside.example"]
    assert all(SECRETS["mentee address"].encode() not in one.message().as_bytes() for one in outbox)


@pytest.mark.guarantee("G18")
def test_staff_who_are_reported_learn_nothing_of_it(cast, as_):
    """The mentee of the pair coordinates the program as well."""
    member = Member.objects.get(person=cast.persons["mentee"])
    for role in ("coordinator", "administrator"):
        Enrollment.objects.create(member=member, program_id=cast.program, role=role, joined_at=NOW)
    MessageReport.objects.all().delete()
    staff = ("/programs/{1}/", "/programs/{1}/letters/", "/programs/{1}/pairs/", "/programs/{1}/reports/")
    before = pages_of(cast, as_, "mentee", *staff)
    _, lines = audit_for(cast.actor("mentee"), cast.program)
    shown = lines.count()
    made = report(cast)
    assert pages_of(cast, as_, "mentee", *staff) == before
    assert lines.count() == shown
    assert AuditEvent.objects.order_by("sequence").last().verb == "message.report"
    assert set(Letter.objects.filter(once__contains=made).values_list("to", flat=True)) == {cast.persons["coordinator"]}
    with pytest.raises(NotFound):
        messages.settle_report(actor=cast.actor("mentee"), report_id=made, outcome="Nothing.", now=NOW)


def test_where_nobody_could_read_it_nothing_is_reported(cast):
    Enrollment.objects.filter(role="coordinator", member__school=cast.school).update(left_at=NOW)
    before = fingerprint()
    with pytest.raises(Denied):
        report(cast)
    assert fingerprint() == before


def test_a_report_is_settled_once_and_with_a_note(cast):
    given = {"actor": cast.actor("coordinator"), "report_id": cast.report, "now": NOW}
    with pytest.raises(Invalid):
        messages.settle_report(**given, outcome=" ")
    messages.settle_report(**given, outcome="Spoke with both.")
    with pytest.raises(Conflict):
        messages.settle_report(**given, outcome="Again.")
    assert MessageReport.objects.get(pk=cast.report).outcome == "Spoke with both."
    assert Letter.objects.filter(kind="message report settled", to=cast.persons["mentee"]).count() == 2


def test_whoever_ends_a_pair_leaves_its_messages_to_the_two(cast):
    mentorships.withdraw(
        actor=cast.actor("coordinator"), program_id=cast.program, enrollment_id=cast.parts["E-1"], now=NOW + DAY
    )
    assert len(thread_for(cast.actor("mentor"), cast.mentorship).messages) == 3
