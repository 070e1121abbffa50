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
}
CONTACTS = {"corridor": _("Corridor"), "message": _("Message"), "call": _("Call"), "meeting": _("Meeting")}


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
