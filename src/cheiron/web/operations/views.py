"""Running the instance: the outbox and the audit log."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cheiron.actions import operations as actions
from cheiron.core.access import Permission
from cheiron.queries import operations as queries
from cheiron.web.shared.shell import page

PER_PAGE = 50


@require_GET
def letters(request: HttpRequest, pk: str) -> HttpResponse:
    """What was written to whom, and whether it has left."""
    program, rows = queries.letters_for(request.actor, pk)
    retry = request.actor.can(Permission.LETTER_RETRY, program.scope)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "operations/letters.html", program=program, here="letters", page=found, may_retry=retry)


@require_POST
def letter_retry(request: HttpRequest, pk: str) -> HttpResponse:
    """A letter that could not be sent waits again."""
    program_id = actions.retry_letter(actor=request.actor, letter_id=pk, now=request.now)
    messages.success(request, _("The letter waits again, and leaves with the next ones."))
    return redirect("letters", program_id)


@require_GET
def audit(request: HttpRequest, pk: str) -> HttpResponse:
    """Who did what, in a chain that shows every tampering."""
    program, rows = queries.audit_for(request.actor, pk)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    broken = queries.broken_link_of_chain()
    return page(
        request,
        "operations/audit.html",
        program=program,
        here="audit",
        page=found,
        broken=broken,
        storage=queries.storage(),
    )
