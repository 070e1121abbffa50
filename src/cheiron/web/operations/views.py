"""Running the instance: the outbox and the audit log."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cheiron.queries import operations as queries
from cheiron.web.shared.shell import page

PER_PAGE = 50


@require_GET
def letters(request: HttpRequest, pk: str) -> HttpResponse:
    """What was written to whom, and whether it has left."""
    program, rows = queries.letters_for(request.actor, pk)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "operations/letters.html", program=program, here="letters", page=found)


@require_GET
def audit(request: HttpRequest, pk: str) -> HttpResponse:
    """Who did what, in a chain that shows every tampering."""
    program, rows = queries.audit_for(request.actor, pk)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    broken = queries.broken_link_of_chain()
    return page(request, "operations/audit.html", program=program, here="audit", page=found, broken=broken)
