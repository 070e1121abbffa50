"""The letters that Cheiron writes, as drafts: a preview shows the same value that is later sent."""

from dataclasses import dataclass

from cheiron.core.text import Text, say, say_n

LINK = "{link}"
"""Where the personal link goes; it is signed only when the letter leaves."""


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


def invitation(*, enrollment: str, person: str, name: str, role: str, program: str, school: str, sent: int) -> Draft:
    """An invitation to take part; ``sent`` counts earlier ones, since a reminder is another letter."""
    task = (
        say("Tell us in five minutes what you seek, and you will hear who your mentor is.")
        if role == "mentee"
        else say("Tell us in five minutes what you offer and for how many. You can pause whenever you need to.")
    )
    return Draft(
        kind="invitation",
        once=f"invitation:{enrollment}:{sent}",
        to_person=person,
        to_name=name,
        subject=say("%(program)s: your invitation", program=program),
        paragraphs=(
            say("Dear %(name)s,", name=name),
            say("%(school)s invites you to take part in %(program)s.", school=school, program=program),
            task,
            Text(LINK),
            say("The link is yours alone and works once. Opening it changes nothing; a button does."),
        ),
        enrollment=enrollment,
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
    *, mentorship: str, person: str, name: str, mentees: tuple[str, ...], program: str, answer_by: str
) -> Draft:
    """Tells a mentor who has been proposed and until when (a day in words) to answer."""
    return Draft(
        kind="proposal",
        once=f"proposal:{mentorship}",
        to_person=person,
        to_name=name,
        subject=say_n(
            "%(program)s: a mentee for you", "%(program)s: %(count)s mentees for you", len(mentees), program=program
        ),
        paragraphs=(
            say("Dear %(name)s,", name=name),
            say("In %(program)s we propose that you mentor %(mentees)s.", program=program, mentees=mentees),
            say("The reasons are on the page. Please accept, ask or decline by %(day)s.", day=answer_by),
            Text(LINK),
        ),
    )


def proposal_to_mentee(*, mentorship: str, person: str, name: str, mentor: str, program: str, answer_by: str) -> Draft:
    """Tells a mentee who has been asked."""
    return Draft(
        kind="match",
        once=f"match:{mentorship}",
        to_person=person,
        to_name=name,
        subject=say("%(program)s: your mentor", program=program),
        paragraphs=(
            say("Dear %(name)s,", name=name),
            say("In %(program)s we propose %(mentor)s as your mentor, and have asked.", program=program, mentor=mentor),
            say(
                "The answer comes by %(day)s. You hear from us on that day at the latest.",
                day=answer_by,
            ),
            Text(LINK),
        ),
    )


def no_match(*, round_id: str, enrollment: str, person: str, name: str, program: str, reason: Text) -> Draft:
    """Nobody is dropped without a word: says plainly that there is no match yet, and why."""
    return Draft(
        kind="no match",
        once=f"no-match:{round_id}:{enrollment}",
        to_person=person,
        to_name=name,
        subject=say("%(program)s: no match yet", program=program),
        paragraphs=(
            say("Dear %(name)s,", name=name),
            say("In this round of %(program)s we could not match you.", program=program),
            reason,
            say("You stay on the list for the next round, and hear from us when it is matched."),
            Text(LINK),
        ),
    )


def notice(
    *, kind: str, once: str, person: str, name: str, subject: Text, paragraphs: tuple[Text, ...], calendar: str = ""
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
    )
