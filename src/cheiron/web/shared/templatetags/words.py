"""What roles, states and parts of the fit are called on a page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

ROLES = {
    "mentee": _("Mentee"),
    "mentor": _("Mentor"),
    "peer_mentor": _("Peer mentor"),
    "senior": _("Senior mentor"),
    "coordinator": _("Coordinator"),
    "evaluator": _("Evaluator"),
    "administrator": _("Administrator"),
}
STATES = {
    "draft": _("Draft"),
    "open": _("Open"),
    "closed": _("Closed"),
    "reviewed": _("Reviewed"),
    "published": _("Published"),
    "proposed": _("Waiting for an answer"),
    "active": _("Under way"),
    "declined": _("Declined"),
    "lapsed": _("Not answered in time"),
    "ended": _("Ended"),
    "agreed": _("Agreed"),
    "canceled": _("Canceled"),
    "held": _("Held"),
}
PARTS = {
    "goals": _("Goals"),
    "topics": _("Topics"),
    "specialty": _("Specialty"),
    "roles": _("Roles"),
    "times": _("Times"),
    "languages": _("Languages"),
    "place": _("Place"),
    "stage": _("Stage"),
    "wish": _("Wish"),
    "statement": _("Own words"),
}
METHODS = {
    "weighted": _("Best for everybody together"),
    "stable": _("Nobody would both rather swap"),
    "stable-mentor": _("The same, mentors first"),
    "fair": _("Nobody worse off than need be"),
    "generous": _("Nobody far down their own list"),
    "rank-maximal": _("Most first choices"),
}
METHODS_SAY = {
    "weighted": _("Places as many as possible, then makes the total fit the highest. Two may be apart who would both "
                 "rather have each other."),
    "stable": _("No two who are apart would both rather have each other, and it is the best such choice for "
                       "every mentee. Somebody may stay without a mentor, and the total fit may be lower."),
    "stable-mentor": _("No two who are apart would both rather have each other, and it is the best such choice for "
                       "every mentor. Somebody may stay without a mentor, and the total fit may be lower."),
    "fair": _("Places as many as possible, then gives as few as possible the lowest fit, then the next. Those who "
                 "could have had a very good fit may get a good one, and the total fit may be lower."),
    "generous": _("Places as many as possible, then as few as possible far down in their own order. Fewer may get "
                  "their first choice, and the total fit may be lower."),
    "rank-maximal": _("As many as possible get their first choice, then their second. Others may end far down, and "
                      "somebody may stay without a mentor."),
}  # fmt: skip
CONTACTS = {"corridor": _("Corridor"), "message": _("Message"), "call": _("Call"), "meeting": _("Meeting")}


STAGES = {
    "listed": _("On the list"),
    "invited": _("Invited"),
    "joined": _("Opened"),
    "finished": _("Filled in"),
    "matched": _("Matched"),
    "answered": _("Answered"),
    "not-invited": _("Not invited yet"),
    "not-joined": _("Invited, not opened"),
    "not-finished": _("Opened, not filled in"),
    "not-matched": _("Filled in, not matched"),
    "not-answered": _("Matched, not answered"),
}


@register.filter
def stage_name(stage: str) -> str:
    """How far somebody has come, in words."""
    return STAGES[stage]


ACTS = {
    "people.invite": _("Invited"),
    "people.appoint": _("Given a role"),
    "people.dismiss": _("A role was taken back"),
    "people.withdraw": _("Left a program"),
    "profile.save": _("Profile changed"),
    "intake.begin": _("Intake begun"),
    "intake.save": _("Intake finished"),
    "wishes.order": _("Wishes changed"),
    "password.set": _("Password set"),
    "link.ask": _("Asked for a link"),
    "link.use": _("Signed in by a link"),
    "mentorship.accept": _("Said yes to a mentee"),
    "mentorship.decline": _("Declined a mentee"),
    "mentorship.ask": _("Asked a question"),
    "mentorship.reply": _("Answered a question"),
    "meeting.propose": _("Proposed a meeting"),
    "meeting.answer": _("Answered about a meeting"),
    "meeting.cancel": _("Called a meeting off"),
    "meeting.hold": _("Noted that a meeting took place"),
    "agenda.add": _("Wrote a point for a meeting"),
    "agenda.remove": _("Took a point away"),
    "contact.log": _("Logged a contact"),
    "contact.undo": _("Took a contact back"),
    "change.ask": _("Asked for a change"),
    "person.copy": _("Downloaded everything"),
}


@register.filter
def act_name(verb: str) -> str:
    """What was done, in words; as the log has it where there are none."""
    return ACTS.get(verb, verb)


@register.filter
def role_name(role: str) -> str:
    """A role in words."""
    return ROLES[role]


@register.filter
def state_name(state: str) -> str:
    """A state in words."""
    return STATES[state]


MEETINGS = {"proposed": _("Proposed"), "agreed": _("Agreed")}


@register.filter
def meeting_state(state: str) -> str:
    """How a meeting that lies ahead stands."""
    return MEETINGS[state]


@register.filter
def part_name(component: str) -> str:
    """A part of the fit in words."""
    return PARTS[component]


@register.filter
def method_name(method: str) -> str:
    """What a run aims at, in words."""
    return METHODS[method]


@register.filter
def method_says(method: str) -> str:
    """What a method promises, and what it gives up."""
    return METHODS_SAY[method]


@register.filter
def contact_name(kind: str) -> str:
    """A kind of contact in words."""
    return CONTACTS[kind]


@register.filter
def catalog(text: str) -> str:
    """A text of the catalog in the reader's language."""
    return gettext(text) if text else ""


@register.filter
def item(mapping: dict, key: object) -> object:
    """The value under a key."""
    return mapping.get(key)


@register.filter
def local(instant: datetime, zone: str) -> str:
    """An instant in the school's own time: "Thu 5 Nov, 07:00"."""
    return date_format(instant.astimezone(ZoneInfo(zone)), "D j M, H:i")


DECLINES = {
    "no-room": _("No room now"),
    "not-my-field": _("Not my field"),
    "i-assess": _("I assess this student"),
}


@register.filter
def decline_words(reason: str) -> str:
    """Why a mentor declined, in words."""
    return DECLINES[reason]


LINES = {
    "grades": _("grades"),
    "promotes": _("promotes"),
    "supervises": _("supervises"),
    "treats": _("treats"),
    "past": _("were a pair before"),
    "forbidden": _("not to be paired"),
}


@register.filter
def line_kind(kind: str) -> str:
    """A kind of reporting line in words."""
    return LINES[kind]
