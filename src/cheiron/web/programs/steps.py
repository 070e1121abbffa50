"""The way from a list of people to first meetings, as far as this program has come."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cheiron.models.matching import Round
from cheiron.models.programs import Program
from cheiron.queries.first_steps import Beginning
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
    optional: bool = False
    """One may go on without it, so it is never the next."""


def steps_of(
    program: Program, funnel: list[dict], rounds: list[Round], ready: Readiness, waiting: int, begun: Beginning
) -> list[Step]:
    """All steps in order; the first that is not done is the next."""
    counts = {row["role"]: row for row in funnel}
    mentors, mentees = (counts.get(role, {}) for role in ("mentor", "mentee"))
    published = [round for round in rounds if round.state == "published"]
    current = next((round for round in rounds if round.state != "published"), None)
    upload, invite = (reverse(name, args=[program.pk]) for name in ("roster-upload", "invite"))
    match = reverse("studio", args=[current.pk]) if current else reverse("rounds", args=[program.pk])
    invited = sum(row["invited"] for row in funnel)
    steps = [
        Step(
            _("Staff"),
            _staff(begun),
            _("Give a role"),
            reverse("staff", args=[program.pk]),
            begun.staff > 1,
            optional=True,
        ),
        Step(
            _("Words and letters"),
            _words_so_far(begun, bool(invited)),
            _("Look at the words"),
            reverse("program-adjust", args=[program.pk]),
            begun.worded or bool(invited),
            optional=True,
        ),
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
        Step(
            _("First meetings"),
            _met(begun),
            _("See the mentorships"),
            reverse("pairs", args=[program.pk]) if begun.pairs else "",
            bool(begun.pairs) and begun.met == begun.pairs,
        ),
    ]
    return _with_next(steps)


def _words_so_far(begun: Beginning, written: bool) -> str:
    if begun.worded:
        return _("In words of your own.")
    return _("The usual ones have gone out.") if written else _("Look at them before the first letter goes.")


def _staff(begun: Beginning) -> str:
    return ngettext(
        "You are alone. A second pair of hands helps when you are away.", "%(count)s people look after it.", begun.staff
    ) % {"count": begun.staff}


def _met(begun: Beginning) -> str:
    if not begun.pairs:
        return _("They begin when mentors have accepted.")
    return ngettext("%(met)s of one pair has met.", "%(met)s of %(count)s pairs have met.", begun.pairs) % {
        "met": begun.met,
        "count": begun.pairs,
    }


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
    first = next((step for step in steps if not step.done and not step.optional), None)
    return [replace(step, next=step is first) for step in steps]
