"""What the two of a pair write to each other: send, read, mute, report; and how staff settle a report."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from cheiron.actions._ledger import post, record
from cheiron.actions._pairs import active
from cheiron.core.access import Actor
from cheiron.core.errors import Conflict, Denied, Invalid
from cheiron.core.mentorships.talk import once, written
from cheiron.core.operations import letters
from cheiron.core.text import say
from cheiron.models.mentorships import Mentorship
from cheiron.models.messages import Message, MessageReport, Mute
from cheiron.queries import messages as queries
from cheiron.queries.mentorships import mentorship_for, other_side, own_side


@transaction.atomic
def send_message(*, actor: Actor, mentorship_id: str, text: str, key: str, now: datetime) -> str:
    """Write to the other one. The same words with the same key are sent once. Returns the message's id."""
    mentorship = active(actor, mentorship_id)
    text = written(text)
    given = {"mentorship": mentorship, "by": own_side(actor, mentorship), "once": once(key, text)}
    before = Message.objects.filter(**given).values_list("id", flat=True).first()
    if before:
        return before
    message = Message.objects.create(**given, text=text, sent_at=now)
    _relay(actor, mentorship, message, now)
    record(actor, now, "message.send", message)
    return message.id


def _relay(actor: Actor, mentorship: Mentorship, message: Message, now: datetime) -> None:
    """A letter to the other one, unless they have muted these."""
    to = other_side(actor, mentorship)
    if Mute.objects.filter(mentorship=mentorship, by=to).exists():
        return
    draft = letters.relayed_message(
        message=message.id,
        pair=_two(mentorship),
        person=to.member.person_id,
        name=to.member.name,
        sender=own_side(actor, mentorship).member.name,
        text=message.text,
        page=reverse("thread", args=[mentorship.id]),
    )
    post([draft], program_id=mentorship.program_id, now=now)


def _two(mentorship: Mentorship) -> tuple[str, str]:
    return mentorship.mentee.member.person_id, mentorship.mentor.member.person_id


@transaction.atomic
def read_messages(*, actor: Actor, mentorship_id: str, now: datetime) -> int:
    """What the other one wrote has been on the actor's page. Returns how many messages were new."""
    mentorship = mentorship_for(actor, mentorship_id, lock=True)
    rows = Message.objects.filter(mentorship=mentorship, by=other_side(actor, mentorship), read_at=None)
    count = rows.update(read_at=now)
    if count:
        record(actor, now, "message.read", mentorship)
    return count


@transaction.atomic
def mute_thread(*, actor: Actor, mentorship_id: str, mute: bool, now: datetime) -> None:
    """No letters about messages of this pair any more, or letters again. The other one is not told."""
    mentorship = active(actor, mentorship_id)
    given = {"mentorship": mentorship, "by": own_side(actor, mentorship)}
    if mute:
        Mute.objects.get_or_create(**given, defaults={"muted_at": now})
    else:
        Mute.objects.filter(**given).delete()
    record(actor, now, "message.mute" if mute else "message.unmute", mentorship)


@transaction.atomic
def report_message(*, actor: Actor, message_id: str, concern: str, now: datetime) -> str:
    """Show one message to program staff. Whoever wrote it is told nothing. Returns the report's id."""
    message = queries.message_for(actor, message_id)
    mentorship = mentorship_for(actor, message.mentorship_id, lock=True)
    readers = queries.readers_of_reports(mentorship)
    if not readers:
        raise Denied(say("Nobody of the program's staff could read this. Turn to your school's office."))
    mine = own_side(actor, mentorship)
    if MessageReport.objects.filter(message=message, by=mine).exists():
        raise Conflict(say("You have reported this message already. Program staff have been told."))
    concern = concern.replace("\0", "").strip()[:1000]
    report = MessageReport.objects.create(message=message, by=mine, concern=concern, reported_at=now)
    drafts = [_told_to(reader.person_id, reader.name, mentorship, report) for reader in readers]
    post(drafts, program_id=mentorship.program_id, now=now)
    record(actor, now, "message.report", report)
    return report.id


def _told_to(person: str, name: str, mentorship: Mentorship, report: MessageReport) -> letters.Draft:
    return letters.reported_message(
        report=report.id,
        pair=_two(mentorship),
        person=person,
        name=name,
        program=mentorship.program.name,
        page=reverse("reports", args=[mentorship.program_id]),
    )


@transaction.atomic
def settle_report(*, actor: Actor, report_id: str, outcome: str, now: datetime) -> None:
    """Staff note what came of a report. Whoever reported hears that it was settled, the other one nothing."""
    report = queries.report_for(actor, report_id, lock=True)
    if report.settled_at:
        raise Conflict(say("This report has been settled already."))
    report.outcome = outcome.replace("\0", "").strip()[:1000]
    if not report.outcome:
        raise Invalid(say("Note in a sentence what came of it, so that colleagues need not ask again."))
    report.settled_at, report.settled_by_id = now, actor.person_id
    report.save(update_fields=["outcome", "settled_at", "settled_by"])
    mentorship = report.message.mentorship
    draft = letters.settled_report(
        report=report.id,
        pair=_two(mentorship),
        person=report.by.member.person_id,
        name=report.by.member.name,
        program=mentorship.program.name,
    )
    post([draft], program_id=mentorship.program_id, now=now)
    record(actor, now, "report.settle", report)
