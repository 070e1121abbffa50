"""Every request: when it is, who acts, how a refusal looks, and that nothing private is cached."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from cheiron.core.access import Actor
from cheiron.core.errors import Conflict, Denied, Invalid, NotFound, Refusal
from cheiron.core.text import say
from cheiron.queries.people import Standing, standing_of
from cheiron.web.shared.wording import fall_silent

NUL = "\0"

REFUSALS = {
    NotFound: (404, _("This page is not here")),
    Denied: (403, _("This is not yours to do")),
    Invalid: (400, _("This cannot be used as it is")),
    Conflict: (409, _("Things have moved on")),
}


def without_nul_in_cookies(get_response):
    """No browser sends one. Before the session is looked for, such a cookie counts as none."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if NUL not in value}
        return get_response(request)

    return answer


class CheironMiddleware:
    """Gives each request ``now`` and ``actor``; turns the four refusals into pages."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        fall_silent()
        request.now = timezone.now()
        request.standing = SimpleLazyObject(lambda: _standing(request))
        request.actor = SimpleLazyObject(lambda: request.standing.actor)
        refusal = _unkeepable(request)
        response = self.process_exception(request, refusal) if refusal else self.get_response(request)
        fall_silent()
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_exception(self, request: HttpRequest, refusal: Exception) -> HttpResponse | None:
        """A refusal from below, as a page with its own status."""
        if not isinstance(refusal, Refusal):
            return None
        status, heading = REFUSALS[type(refusal)]
        context = {"heading": heading, "text": refusal.text, "issues": refusal.issues, "back_url": _back(request)}
        return render(request, "shared/refusal.html", context, status=status)


def _unkeepable(request: HttpRequest) -> Refusal | None:
    """A NUL character: SQLite would keep it and PostgreSQL fail on it, so it comes no further than here."""
    if NUL in request.path:
        return NotFound(say("There is no such page."))
    lists = [*request.GET.lists(), *request.POST.lists()]
    if any(NUL in text for name, values in lists for text in (name, *values)):
        return Invalid(
            say(
                "What you sent contains a character that nobody can see and that cannot be kept (NUL). It can come "
                "along when text is copied from a file. Go back, type the text anew, and send it again."
            )
        )
    return None


def _back(request: HttpRequest) -> str:
    """The page that the person came from, if it is one of ours and not this one."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    ours = came_from.netloc == request.get_host() and came_from.path != request.path
    return came_from.path + (f"?{came_from.query}" if came_from.query else "") if ours else ""


def _standing(request: HttpRequest) -> Standing:
    return standing_of(request.user.pk) if request.user.is_authenticated else NOBODY


NOBODY = Standing(Actor(None), {})
