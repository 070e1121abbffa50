"""Find somebody in any program of the school."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cheiron.queries.finding import found_for
from cheiron.web.shared.shell import page

PER_PAGE = 50


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """By name, title or address; each hit leads to the person in the program."""
    search = request.GET.get("q", "").strip()[:200]
    found = Paginator(found_for(request.actor, search), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "people/find.html", here="find", page=found, search=search)
