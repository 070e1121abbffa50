"""Home is what to do next."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from cheiron.catalog.help import blocks
from cheiron.catalog.help import guide as guide_text
from cheiron.queries import home as queries
from cheiron.web.shared.shell import page


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """At most three cards, each with one verb; below them what is coming."""
    if not request.user.is_authenticated:
        return redirect("demo" if settings.DEMO else "sign-in")
    found = queries.home_for(request.actor, request.now)
    return page(request, "home/home.html", home=found, program=found.program, here="home")


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process answers; nothing more."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
def guide(request: HttpRequest, name: str) -> HttpResponse:
    """A guide of the documentation, to which the help on a page leads."""
    told = blocks(guide_text(name))
    return page(request, "home/guide.html", blocks=told, title=told[0][1])
