"""The way from a list of people to first meetings, as far as this program has come."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cheiron.models.matching import Round
from cheiron.models.programs import Program
from cheiron.queries.matching import Readiness


@dataclass(frozen=True)
class Step:
    """One step: what it is called, what it says, and the one thing to do."""

    title: str
    text: str
    verb: str
    url: str
    done: bool
    next: bool = False


def steps_of(program: Program, funnel: list[dict], rounds: list[Round], ready: Readiness, waiting: int) -> list[Step]:
    """All steps in order; the first that is not done is the next."""
    counts = {row["role"]: row for row in funnel}
    mentors, mentees = (counts.get(role, {}) for role in ("mentor", "mentee"))
    published = [round for round in rounds if round.state == "published"]
    current = next((round for round in rounds if round.state != "published"), None)
    upload, invite = (reverse(name, args=[program.pk]) for name in ("roster-upload", "invite"))
    match = reverse("studio", args=[current.pk]) if current else reverse("rounds", args=[program.pk])
    invited = sum(row["invited"] for row in funnel)
    steps = [
        Step(_("Mentors"), _listed(mentors), _("Import a list"), f"{upload}?role=mentor", bool(mentors.get("listed"))),
        Step(_("Mentees"), _listed(mentees), _("Import a list"), f"{upload}?role=mentee", bool(mentees.get("listed"))),
        Step(
            _("Invitations"),
            _joining(waiting) if funnel else _("Nobody to invite yet."),
            _("Preview and send"),
            invite if waiting else "",
            bool(invited) or bool(funnel and not waiting),
        ),
        Step(
            _("Match"),
            _waiting(ready),
            _("Open the round") if current else _("New round"),
            match,
            bool(published) and not ready.mentees,
        ),
    ]
    return _with_next(steps)


def _joining(waiting: int) -> str:
    if not waiting:
        return _("Everybody has joined.")
    return ngettext(
        "One person has not joined yet. You can match without waiting.",
        "%(count)s people have not joined yet. You can match without waiting.",
        waiting,
    ) % {"count": waiting}


def _waiting(ready: Readiness) -> str:
    counts = {"mentees": ready.mentees, "places": ready.places}
    return _("%(mentees)s mentees wait for a mentor, %(places)s places are free.") % counts


def _listed(row: dict) -> str:
    if not row:
        return _("Nobody yet.")
    return _("%(listed)s on the list, %(finished)s filled in.") % {"listed": row["listed"], "finished": row["finished"]}


def _with_next(steps: list[Step]) -> list[Step]:
    first = next((step for step in steps if not step.done), None)
    return [Step(s.title, s.text, s.verb, s.url, s.done, next=s is first) for s in steps]
