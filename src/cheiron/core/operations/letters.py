"""The letters that Cheiron writes, as drafts: a preview shows the same value that is later sent."""

from dataclasses import dataclass, replace

from cheiron.core.operations.kinds import KINDS, LINK, filled, paragraphs_of, typed_text
from cheiron.core.text import Text, say, say_n


@dataclass(frozen=True)
class Draft:
    """One letter to one person. ``once`` names what it is about, so that it is never sent twice."""

    kind: str
    once: str
    to_person: str
    to_name: str
    subject: Text
    paragraphs: tuple[Text, ...]
    enrollment: str = ""
    """For an invitation: what its link accepts."""
    calendar: str = ""
    page: str = ""
    """Where its link leads, as an address on this site; home if empty."""
    keep_out: tuple[str, ...] = ()
    """Accounts whose addresses must not stand in it, not even as the one that gets the answer."""
    values: tuple[tuple[str, object], ...] = ()
    """What stands in the places of its kind, for a program that has its own words."""


def letter(kind: str, *, once: str, person: str, name: str, enrollment: str = "", **values: object) -> Draft:
    """A letter of one of the ``KINDS``, in the words that stand as long as a program has none of its own."""
    known = {"name": name, **values}
    return Draft(
        kind=kind,
        once=f"{kind}:{once}",
        to_person=person,
        to_name=name,
        subject=filled(KINDS[kind].subject, known),
        paragraphs=tuple(filled(part, known) for part in KINDS[kind].paragraphs),
        enrollment=enrollment,
        values=tuple(sorted(known.items())),
    )


def in_words(draft: Draft, subject: str, body: str) -> Draft:
    """The same letter in other words, which ``check_words`` has looked at."""
    values = dict(draft.values)
    parts = tuple(typed_text(part, values) for part in paragraphs_of(body))
    return replace(draft, subject=typed_text(subject, values), paragraphs=parts)


def announcement(*, once: str, person: str, name: str, program: str, school: str, subject: str, body: str) -> Draft:
    """A coordinator's own words to one of the people whom they have chosen."""
    values = (("name", name), ("program", program), ("school", school))
    blank = Draft("announcement", f"announcement:{once}", person, name, Text(""), (), values=values)
    return in_words(blank, subject, body)


def task_of(role: str) -> Text:
    """What an invitation asks of somebody in this role."""
    if role == "mentee":
        return say("Tell us in five minutes what you seek, and you will hear who your mentor is.")
    return say("Tell us in five minutes what you offer and for how many. You can pause whenever you need to.")


def invitation(*, enrollment: str, person: str, name: str, role: str, program: str, school: str, sent: int) -> Draft:
    """An invitation to take part; ``sent`` counts earlier ones, since a reminder is another letter."""
    return letter(
        "invitation",
        once=f"{enrollment}:{sent}",
        person=person,
        name=name,
        enrollment=enrollment,
        program=program,
        school=school,
        task=task_of(role),
    )


def appointment(*, enrollment: str, once: str, person: str, name: str, program: str, school: str) -> Draft:
    """Tells somebody that they have a new role in a program."""
    return Draft(
        kind="appointment",
        once=f"appointment:{enrollment}:{once}",
        to_person=person,
        to_name=name,
        subject=say("%(program)s: you have a new role", program=program),
        paragraphs=(
            say("Dear %(name)s,", name=name),
            say("%(school)s has given you a role in %(program)s.", school=school, program=program),
            Text(LINK),
            say("The link is yours alone and works once. Opening it changes nothing; a button does."),
        ),
        enrollment=enrollment,
    )


def sign_in_link(*, link: str, person: str, name: str) -> Draft:
    """A one-time link for somebody who asked to sign in."""
    return Draft(
        kind="sign-in",
        once=f"sign-in:{link}",
        to_person=person,
        to_name=name,
        subject=say("Your link to sign in to Cheiron"),
        paragraphs=(
            say("Somebody, probably you, asked for a link to sign in. It works once, for one hour."),
            Text(LINK),
            say("If it was not you, nothing has happened and nothing needs to be done."),
        ),
    )


def proposal_to_mentor(
    *, mentorship: str, person: str, name: str, mentees: tuple[str, ...], program: str, answer_by: str, role: str = ""
) -> Draft:
    """Tells a mentor who has been proposed, as what, and until when (a day in words) to answer."""
    draft = letter(
        "proposal",
        once=mentorship,
        person=person,
        name=name,
        mentees=mentees,
        program=program,
        day=answer_by,
        role=role,
    )
    subject = say_n(
        "%(program)s: a mentee for you", "%(program)s: %(count)s mentees for you", len(mentees), program=program
    )
    return replace(_with_role(draft, role), subject=subject)


def proposal_to_mentee(
    *, mentorship: str, person: str, name: str, mentor: str, program: str, answer_by: str, role: str = ""
) -> Draft:
    """Tells a mentee who has been asked, and as what."""
    draft = letter(
        "match", once=mentorship, person=person, name=name, mentor=mentor, program=program, day=answer_by, role=role
    )
    return _with_role(draft, role)


def _with_role(draft: Draft, role: str) -> Draft:
    """Where a mentee has several mentors, the letter says which of them this one is."""
    if not role:
        return draft
    return replace(
        draft, paragraphs=(*draft.paragraphs[:2], say("This is about: %(role)s.", role=role), *draft.paragraphs[2:])
    )


def no_match(*, round_id: str, enrollment: str, person: str, name: str, program: str, reason: Text) -> Draft:
    """Nobody is dropped without a word: says plainly that there is no match yet, and why."""
    once = f"{round_id}:{enrollment}"
    return letter("no match", once=once, person=person, name=name, program=program, reason=reason)


def notice(
    *,
    kind: str,
    once: str,
    person: str,
    name: str,
    subject: Text,
    paragraphs: tuple[Text, ...],
    calendar: str = "",
    page: str = "",
) -> Draft:
    """A short letter about one event in a mentorship."""
    return Draft(
        kind=kind,
        once=once,
        to_person=person,
        to_name=name,
        subject=subject,
        paragraphs=(say("Dear %(name)s,", name=name), *paragraphs, Text(LINK)),
        calendar=calendar,
        page=page,
    )


def relayed_message(
    *, message: str, pair: tuple[str, ...], person: str, name: str, sender: str, text: str, page: str
) -> Draft:
    """What one of a pair wrote to the other, without the address of either."""
    return Draft(
        kind="message",
        once=f"message:{message}",
        to_person=person,
        to_name=name,
        subject=say("%(name)s wrote to you", name=sender),
        paragraphs=(
            say("%(name)s wrote to you on Cheiron:", name=sender),
            say("%(text)s", text=text),
            Text(LINK),
            say(
                "You answer on the page of your messages, behind the link. A reply to this mail does not reach "
                "%(name)s: it goes to the coordinator of your program.",
                name=sender,
            ),
            say("If you would rather read messages on the page only, mute these letters there."),
        ),
        page=page,
        keep_out=pair,
    )


def reported_message(*, report: str, pair: tuple[str, ...], person: str, name: str, program: str, page: str) -> Draft:
    """Tells somebody of the staff that there is a message to look at, and nothing of what is in it."""
    return Draft(
        kind="message reported",
        once=f"message reported:{report}:{person}",
        to_person=person,
        to_name=name,
        subject=say("%(program)s: a message was reported", program=program),
        paragraphs=(
            say("Dear %(name)s,", name=name),
            say("Somebody in %(program)s asks program staff to read a message.", program=program),
            say("It stands on the page of reported messages. Whoever wrote it does not know; please keep it so."),
            Text(LINK),
        ),
        page=page,
        keep_out=pair,
    )


def settled_report(*, report: str, pair: tuple[str, ...], person: str, name: str, program: str) -> Draft:
    """Tells whoever reported a message that staff have dealt with it."""
    return Draft(
        kind="message report settled",
        once=f"message report settled:{report}",
        to_person=person,
        to_name=name,
        subject=say("%(program)s: your report has been read", program=program),
        paragraphs=(
            say("Dear %(name)s,", name=name),
            say("Program staff have read the message that you reported, and have settled your report."),
            say("If something still weighs on you, write to them: a reply to this mail reaches a coordinator."),
            Text(LINK),
        ),
        keep_out=pair,
    )


def day_letter(
    *, person: str, name: str, day: str, subjects: tuple[str, ...], bodies: tuple[tuple[str, ...], ...]
) -> Draft:
    """What has gathered for one person until the hour of the day at which it is sent, as one letter."""
    parts = (
        (say("%(number)s. %(subject)s", number=number, subject=subject), *(say("%(text)s", text=one) for one in body))
        for number, (subject, body) in enumerate(zip(subjects, bodies, strict=True), start=1)
    )
    return Draft(
        kind="digest",
        once=f"digest:{person}:{day}",
        to_person=person,
        to_name=name,
        subject=say_n("Your letter of the day", "Your letter of the day: %(count)s pieces of news", len(subjects)),
        paragraphs=(
            say("Dear %(name)s,", name=name),
            say("This has gathered for you. You chose to get it in one letter a day."),
            *(text for part in parts for text in part),
            Text(LINK),
        ),
    )
