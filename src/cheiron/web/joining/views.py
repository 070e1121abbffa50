"""Asking to take part by a link, and staff's answers."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import joining as actions
from cheiron.core.access import Permission
from cheiron.core.errors import Invalid, NotFound
from cheiron.core.text import say
from cheiron.queries import joining as queries
from cheiron.queries.programs import program_for
from cheiron.web.joining.drawing import qr_code
from cheiron.web.joining.forms import JoinForm
from cheiron.web.shared.shell import page

SHOWN = 200
"""Requests on one page; the next ones move up as these are answered."""


@login_not_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, pk: str) -> HttpResponse:
    """Behind a printed or mailed link: what the program is, and three lines to fill in. The answer is always one."""
    link = queries.open_link(pk, request.now)
    form, issues = JoinForm(request.POST or None), ()
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_to_join(actor=request.actor, link_id=pk, now=request.now, **form.cleaned_data)
            return page(request, "joining/join_sent.html", link=link)
        except Invalid as refused:
            issues = refused.issues
    return page(request, "joining/join.html", link=link, form=form, issues=issues)


@require_GET
def joining(request: HttpRequest, pk: str) -> HttpResponse:
    """The links of the program, and who has asked."""
    program = program_for(request.actor, pk, Permission.PEOPLE_INVITE)
    links = queries.links_of(program)
    rows = queries.requests_of(program)
    context = {
        "links": [_link(role, links.get(role), request) for role in actions.ROLES],
        "asked": queries.asked(program, rows[:SHOWN]),
        "count": rows.count(),
        "days": actions.DAYS,
    }
    return page(request, "joining/joining.html", program=program, here="people", **context)


def _link(role: str, link: queries.JoinLink | None, request: HttpRequest) -> dict:
    address = _address(link) if link else ""
    return {"role": role, "link": link, "address": address, "over": bool(link and link.expires_at <= request.now)}


def _address(link: queries.JoinLink) -> str:
    return settings.BASE_URL + reverse("join", args=[link.pk])


@require_POST
def join_link(request: HttpRequest, pk: str) -> HttpResponse:
    """Make a link, renew it, or turn it off."""
    given = {"actor": request.actor, "program_id": pk, "role": request.POST.get("role", ""), "now": request.now}
    if request.POST.get("verb") == "close":
        actions.close_join_link(**given)
        messages.success(request, _("The link is turned off. It opens nothing any more, printed or not."))
    else:
        days = request.POST.get("days", "")
        actions.open_join_link(**given, days=int(days) if days.isascii() and days.isdigit() else 0)
        messages.success(request, _("The link is open."))
    return redirect("joining", pk)


@require_POST
def join_answer(request: HttpRequest, pk: str) -> HttpResponse:
    """Approve or decline everybody who is ticked."""
    given = {
        "actor": request.actor, "program_id": pk, "requests": request.POST.getlist("request"), "now": request.now,
    }  # fmt: skip
    if request.POST.get("verb") == "approve":
        count = actions.approve_joins(**given)
        done = ngettext(
            "%(count)s person takes part, and has an invitation.", "%(count)s people take part, and have invitations.",
            count,
        )  # fmt: skip
    else:
        count = actions.decline_joins(**given)
        done = ngettext("%(count)s request declined.", "%(count)s requests declined.", count)
    messages.success(request, done % {"count": count})
    return redirect("joining", pk)


@require_GET
def join_poster(request: HttpRequest, pk: str, role: str) -> HttpResponse:
    """A page to print: what the program is, and the link as a QR code."""
    program = program_for(request.actor, pk, Permission.PEOPLE_INVITE)
    link = queries.links_of(program).get(role)
    if link is None or link.expires_at <= request.now:
        raise NotFound(say("There is no open link for this role. Make one first."))
    context = {"link": link, "address": _address(link), "qr": qr_code(_address(link))}
    return page(request, "joining/join_poster.html", program=program, here="people", **context)
