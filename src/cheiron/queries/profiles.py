"""Reads about how people show themselves: each only what its owner lets that reader see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from cheiron.core.access import MENTORS, Actor, Permission, Scope
from cheiron.core.errors import NotFound
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.text import say
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, Member
from cheiron.models.profiles import SHOWN, Photo, Profile

DIRECTORY, PAIR = "in_directory", "to_pair"


@dataclass(frozen=True)
class Face:
    """What of a person's profile may be shown at one place; what is hidden there is empty."""

    photo: str = ""
    """Id of the photo."""
    pronouns: str = ""
    title: str = ""
    about: str = ""


READ = ("id", "member__photo__id", "member__profile__pronouns", "member__title", "sheet__about")


def faces_of(enrollments: Iterable[str], place: str) -> dict[str, Face]:
    """How these people show themselves in the directory or to their pairs, by enrollment: one read."""
    rows = Enrollment.objects.filter(pk__in=list(enrollments)).order_by()
    return {
        key: Face(
            **{name: value or "" for name, value in zip(SHOWN, told, strict=True) if shows is None or name in shows}
        )
        for key, *told, shows in rows.values_list(*READ, f"member__profile__{place}")
    }


def own_members(actor: Actor) -> list[Member]:
    """The actor as each school knows them."""
    return list(Member.objects.filter(person=actor.person_id).select_related("school").order_by("school__name", "id"))


def own_member_for(actor: Actor, member_id: str, *, lock: bool = False) -> Member:
    """The actor as one school knows them, with profile and photo."""
    rows = Member.objects.filter(pk=member_id, person=actor.person_id or "").select_related("school", "profile")
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound(say("There is no such profile."))
    return found


def profile_of(member: Member) -> Profile:
    """The member's profile; a fresh one, not saved, where there is none yet."""
    return getattr(member, "profile", None) or Profile(member=member)


def is_mentor(member: Member) -> bool:
    """Whether the member is anybody's mentor, so that a directory may show them."""
    return Enrollment.objects.filter(member=member, role__in=sorted(MENTORS), left_at=None).exists()


def photo_id_of(member: Member) -> str:
    """The id of the member's photo, if there is one."""
    return Photo.objects.filter(member=member).values_list("id", flat=True).first() or ""


def photo_for(actor: Actor, photo_id: str) -> Photo:
    """A photo: one's own, that of somebody whom one is paired with, or of a mentor in one's directory."""
    found = Photo.objects.select_related("member__profile").filter(pk=photo_id).first()
    if found is None or actor.person_id is None or not _may_see(actor, found.member):
        raise NotFound(say("There is no such photo."))
    return found


def _may_see(actor: Actor, member: Member) -> bool:
    profile = profile_of(member)
    return (
        member.person_id == actor.person_id
        or ("photo" in profile.to_pair and _are_a_pair(actor, member))
        or ("photo" in profile.in_directory and _is_listed(actor, member))
    )


def _are_a_pair(actor: Actor, member: Member) -> bool:
    mine = Q(mentee__member__person=actor.person_id, mentor__member=member)
    theirs = Q(mentor__member__person=actor.person_id, mentee__member=member)
    return Mentorship.objects.filter(mine | theirs, state__in=sorted(OPEN)).exists()


def _is_listed(actor: Actor, member: Member) -> bool:
    rows = Enrollment.objects.filter(member=member, role__in=sorted(MENTORS), left_at=None, sheet__listed=True)
    programs = rows.values_list("program", flat=True)
    return any(actor.can(Permission.DIRECTORY_VIEW, Scope(member.school_id, program)) for program in programs)
