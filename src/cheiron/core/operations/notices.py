"""What reaches a person outside the pages, when, and how much of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from cheiron.core.errors import Invalid
from cheiron.core.text import Text, say

DIGEST_HOUR = 7
"""When the one letter of the day is put together, by the clock of the person's school."""


class Group(StrEnum):
    """Letters that are switched together."""

    MATCHES = "matches"
    MEETINGS = "meetings"
    MESSAGES = "messages"
    REMINDERS = "reminders"
    ANNOUNCEMENTS = "announcements"
    STAFF = "staff"


class When(StrEnum):
    """At once is what holds as long as nothing was chosen."""

    AT_ONCE = "at once"
    DIGEST = "digest"
    NEVER = "never"


GROUP_OF: Mapping[str, Group] = {
    "meeting": Group.MEETINGS,
    "meeting proposed": Group.MEETINGS,
    "meeting declined": Group.MEETINGS,
    "message": Group.MESSAGES,
    "reminder sheet": Group.REMINDERS,
    "reminder answer": Group.REMINDERS,
    "announcement": Group.ANNOUNCEMENTS,
    "change asked": Group.STAFF,
    "returned": Group.STAFF,
    "waiting": Group.STAFF,
    "message reported": Group.STAFF,
    "roster": Group.STAFF,
}
"""By kind of letter. Every other kind is a match, an answer, or about the account."""

OFFERED: Mapping[Group, tuple[When, ...]] = {
    Group.MATCHES: (When.AT_ONCE,),
    Group.MEETINGS: tuple(When),
    Group.MESSAGES: tuple(When),
    Group.REMINDERS: (When.AT_ONCE, When.DIGEST),
    Group.ANNOUNCEMENTS: (When.AT_ONCE, When.DIGEST),
    Group.STAFF: (When.AT_ONCE, When.DIGEST),
}
WHY: Mapping[Group, Text] = {
    Group.MATCHES: say("These always come at once: somebody waits for you, or a link in them expires."),
    Group.REMINDERS: say("These cannot be switched off: without them somebody else would wait for you in vain."),
    Group.ANNOUNCEMENTS: say("These cannot be switched off: they are how your program reaches you."),
    Group.STAFF: say("These cannot be switched off: somebody counts on an answer from you."),
}
"""What may not be switched off says why."""


def group_of(kind: str) -> Group:
    """The switch that a kind of letter hangs on."""
    return GROUP_OF.get(kind, Group.MATCHES)


def chosen(given: Mapping[str, str]) -> dict[Group, When]:
    """What was chosen, group by group; refused where it is not offered. What was not named stays at once."""
    found = {group: given.get(group, When.AT_ONCE) for group in Group}
    if any(when not in OFFERED[group] for group, when in found.items()):
        raise Invalid(say("One of these cannot be chosen here. Load the page again, and choose among what it offers."))
    return {group: When(when) for group, when in found.items()}


def last_digest(now: datetime, zone: tzinfo) -> datetime:
    """The last time at which the letter of the day was due: what was written before belongs into it."""
    local = now.astimezone(zone)
    due = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)


class Names(StrEnum):
    """How the other one of a pair is called in a calendar that others may look into."""

    FULL = "full"
    FIRST = "first"
    INITIALS = "initials"


def shown_name(name: str, how: Names) -> str:
    """ "Dr. Ada Weiss" as it is, as "Ada", or as "A. W."; titles are left out of the short forms."""
    words = [word for word in name.replace(",", " ").split() if not word.endswith(".")] or name.split()
    if how == Names.FULL or not words:
        return name
    return words[0] if how == Names.FIRST else " ".join(f"{word[0].upper()}." for word in (words[0], *words[1:][-1:]))
