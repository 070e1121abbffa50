"""How people show themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cheiron.actions._ledger import record
from cheiron.core.access import Actor
from cheiron.core.errors import Invalid, Issue
from cheiron.core.text import say
from cheiron.gateways.pictures import portrait
from cheiron.models.people import Member
from cheiron.models.profiles import SHOWN, Photo
from cheiron.queries import profiles as queries


@dataclass(frozen=True)
class Shown:
    """What a person says of how they are shown; ``photo`` None leaves the photo as it is."""

    name: str
    pronouns: str
    in_directory: Sequence[str]
    to_pair: Sequence[str]
    photo: bytes | None = None
    without_photo: bool = False


@transaction.atomic
def save_profile(*, actor: Actor, member_id: str, shown: Shown, now: datetime) -> None:
    """Keep the name that one goes by, pronouns, photo, and who sees what of it."""
    member = queries.own_member_for(actor, member_id, lock=True)
    _call(member, " ".join(shown.name.split()))
    profile = queries.profile_of(member)
    profile.pronouns = shown.pronouns.strip()
    profile.in_directory = [one for one in SHOWN if one in shown.in_directory]
    profile.to_pair = [one for one in SHOWN if one in shown.to_pair]
    profile.save()
    _keep_photo(member, shown)
    record(actor, now, "profile.save", member)


def _call(member: Member, name: str) -> None:
    """An empty name gives back that of the school's list, which is kept beside the one that the person goes by."""
    if not all(letter.isprintable() for letter in name):
        problem = say("This name holds a character that cannot be shown.")
        raise Invalid(problem, (Issue(problem, say("Type it anew."), column="name"),))
    listed = member.list_name or member.name
    member.name = name or listed
    member.list_name = "" if member.name == listed else listed
    member.save(update_fields=["name", "list_name"])


def _keep_photo(member: Member, shown: Shown) -> None:
    """A new photo has a new id, so that nobody goes on seeing the old one under it."""
    if shown.photo is None and not shown.without_photo:
        return
    content = None if shown.photo is None else portrait(shown.photo)
    Photo.objects.filter(member=member).delete()
    if content:
        Photo.objects.create(member=member, content=content)
