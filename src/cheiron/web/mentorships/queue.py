"""Who waits: for a mentor's answer, or, after a no, for the next best."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cheiron.actions import mentorships as actions
from cheiron.core.access import Permission
from cheiron.queries.next_best import queue_for
from cheiron.web.shared.shell import page


@require_GET
def queue(request: HttpRequest, pk: str) -> HttpResponse:
    """Everybody who waits, and the next best for those who are back."""
    found = queue_for(request.actor, pk, request.now)
    may_edit = request.actor.can(Permission.PROGRAM_EDIT, found.program.scope)
    context = {"queue": found, "may_edit": may_edit, "today": found.program.today(request.now)}
    return page(request, "mentorships/queue.html", program=found.program, here="pairs", **context)


@require_POST
def queue_ask(request: HttpRequest, pk: str) -> HttpResponse:
    """Propose the next best that the page showed."""
    mentee, mentor = request.POST.get("mentee", ""), request.POST.get("mentor", "")
    actions.ask_next_best(actor=request.actor, program_id=pk, mentee=mentee, mentor=mentor, now=request.now)
    messages.success(request, _("Asked. Both have a letter, and the answer has its usual time."))
    return redirect("queue", pk)


@require_POST
def queue_switch(request: HttpRequest, pk: str) -> HttpResponse:
    """Whether the next best is asked at once, or waits for a coordinator."""
    at_once = request.POST.get("at_once") == "yes"
    actions.set_next_best(actor=request.actor, program_id=pk, at_once=at_once, now=request.now)
    messages.success(request, _("Kept. It holds from the next no on."))
    return redirect("queue", pk)
