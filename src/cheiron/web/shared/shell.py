"""What stands around every page: the way to the other pages of the program, the school, the account."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from cheiron.core.access import MENTORS, TAKES_PART, Permission, Role
from cheiron.models.programs import Program
from cheiron.web.shared.templatetags.cheiron import initials_of
from cheiron.web.shared.wording import speak


def page(
    request: HttpRequest, template: str, *, program: Program | None = None, here: str = "", **context
) -> HttpResponse:
    """Render a page inside the shell; ``here`` is the URL name of the navigation item that it belongs to."""
    request.program, request.here = program, here
    known = request.standing.at(program.school_id if program else None)
    if known:
        timezone.activate(ZoneInfo((program and program.time_zone) or known[2]))
    if program:
        speak(program.called)
    return render(request, template, {"program": program, **context})


def shell(request: HttpRequest) -> dict:
    """Context processor: what the frame needs, and only on pages that draw it."""
    return {"shell": SimpleLazyObject(lambda: _shell(request)), "demo": settings.DEMO}


def _shell(request: HttpRequest) -> dict:
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"home_url": reverse("home")}
    program = getattr(request, "program", None)
    name, school, _zone = request.standing.at(program.school_id if program else None) or (request.user.email, "", "")
    nav = _nav(request, program)
    return {
        "home_url": reverse("home"),
        "nav": nav,
        "tabs": nav[:5] if len(nav) > 1 else [],
        "school": school,
        "account_name": name,
        "initials": initials_of(name),
        "account_url": reverse("account"),
        "sign_out_url": reverse("sign-out"),
    }


STAFF_PAGES = (
    ("program", _("Overview"), "grid-3x3-gap", Permission.PROGRAM_VIEW),
    ("people", _("People"), "people", Permission.PEOPLE_VIEW),
    ("rounds", _("Matching"), "arrow-left-right", Permission.ROUND_VIEW),
    ("staff", _("Staff"), "key", Permission.AUDIT_VIEW),
    ("pairs", _("Mentorships"), "person-heart", Permission.PAIRS_VIEW),
    ("letters", _("Letters"), "envelope", Permission.LETTER_VIEW),
    ("audit", _("Audit log"), "shield-check", Permission.AUDIT_VIEW),
)


def _nav(request: HttpRequest, program: Program | None) -> list[dict]:
    here = getattr(request, "here", "")
    items = [("home", _("Home"), "house", reverse("home"))]
    if program:
        can = request.actor.can
        items += [
            (name, label, icon, reverse(name, args=[program.pk]))
            for name, label, icon, need in STAFF_PAGES
            if can(need, program.scope)
        ]
        items += _own_part(request.actor.roles_in(program.scope), program)
    return [
        {"label": str(label), "icon": icon, "url": url, "current": name == here} for name, label, icon, url in items
    ]


def _own_part(roles: frozenset[Role], program: Program) -> list[tuple]:
    items = []
    if Role.MENTEE in roles:
        items.append(("directory", _("Mentors"), "search", reverse("directory", args=[program.pk])))
    for role in sorted(roles & TAKES_PART):
        label = _("What I offer") if role in MENTORS else _("What I seek")
        items.append((f"intake-{role}", label, "list-check", reverse("intake", args=[program.pk, role])))
    return items
