"""What reaches a person outside the pages, as they choose it: letters, and a calendar of their meetings."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from cheiron.actions import notices as actions
from cheiron.core.access import Actor, Permission
from cheiron.core.operations.notices import OFFERED, WHY, Group, Names, When
from cheiron.queries import notices as queries
from cheiron.queries.people import actor_for
from cheiron.web.shared.shell import page

NAMES = {
    Names.FULL: gettext_lazy("Full names"),
    Names.FIRST: gettext_lazy("First names only"),
    Names.INITIALS: gettext_lazy("Initials only"),
}


@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """One's own calendar address: shown once, when it is made; renewed or taken back here."""
    address = ""
    if request.method == "POST" and request.POST.get("verb") == "close":
        actions.close_feed(actor=request.actor, now=request.now)
        messages.success(request, _("Taken back. Calendars that had the address get nothing any more."))
        return redirect("calendar")
    if request.method == "POST":
        token = actions.open_feed(actor=request.actor, names=request.POST.get("names", ""), now=request.now)
        address = request.build_absolute_uri(reverse("calendar-feed", args=[token]))
    feed = queries.feed_of(request.actor)
    subscribe = "webcal:" + address.partition(":")[2] if address else ""
    context = {"feed": feed, "address": address, "subscribe": subscribe, "choices": NAMES.items()}
    return page(request, "notices/calendar.html", here="account", **context)


@login_not_required
@require_GET
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program fetches: whoever has the whole address is let in, and no database holds it."""
    content = queries.calendar_behind(token).encode()
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="mentoring.ics"'
    response["ETag"] = f'"{sha256(content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response)


GROUPS = {
    Group.MATCHES: (
        gettext_lazy("Matches and answers"),
        gettext_lazy("Invitations, proposals, who has said yes, links to sign in"),
    ),
    Group.MEETINGS: (
        gettext_lazy("Meetings"),
        gettext_lazy("A time is proposed, agreed or called off. In one letter a day, no calendar file goes along"),
    ),
    Group.MESSAGES: (gettext_lazy("Messages"), gettext_lazy("What the other one of your pair writes to you")),
    Group.REMINDERS: (gettext_lazy("Reminders"), gettext_lazy("Something of yours is still open")),
    Group.ANNOUNCEMENTS: (gettext_lazy("Announcements"), gettext_lazy("What your program's staff write to many")),
    Group.STAFF: (
        gettext_lazy("For program staff"),
        gettext_lazy(
            "Somebody asks for a change, needs another mentor, or reports a message; a list came from the folder"
        ),
    ),
}
WHENS = {
    When.AT_ONCE: gettext_lazy("At once"),
    When.DIGEST: gettext_lazy("In one letter a day"),
    When.NEVER: gettext_lazy("Never"),
}


def _switches(actor: Actor) -> list[dict]:
    """Each kind of letter with its words, what it offers, and what is chosen; for staff one kind more."""
    chosen = queries.switches_of(actor.person_id)
    staff = bool(actor.scopes_with(Permission.CHANGE_SETTLE))
    return [
        {
            "group": group,
            "title": title,
            "about": about,
            "offered": [(when, WHENS[when], when == chosen[group]) for when in OFFERED[group]],
            "why": WHY.get(group),
        }
        for group, (title, about) in GROUPS.items()
        if staff or group != Group.STAFF
    ]


@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """What one gets by mail: at once, in one letter a day, or never."""
    if request.method == "POST":
        actions.choose_letters(actor=request.actor, choices=request.POST.dict(), now=request.now)
        messages.success(request, _("Kept. It holds from the next letter on."))
        return redirect("mail")
    return page(request, "notices/mail.html", here="account", switches=_switches(request.actor))


@login_not_required
@require_http_methods(["GET", "POST"])
def mail_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same behind the foot of a letter. Opening it changes nothing; the button does."""
    reader = actor_for(queries.switches_behind(token))
    if request.method == "POST":
        choices = request.POST.dict()
        actions.choose_letters_by_link(actor=request.actor, token=token, choices=choices, now=request.now)
        messages.success(request, _("Kept. It holds from the next letter on."))
        return redirect("mail-link", token)
    return page(request, "notices/mail_link.html", switches=_switches(reader))
