"""Who waits: for a mentor's answer, or, after a no, for the next best."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cheiron.actions import mentorships, rolling
from cheiron.core.access import Permission
from cheiron.core.errors import Invalid
from cheiron.core.text import say
from cheiron.queries.next_best import queue_for
from cheiron.queries.vacancies import vacancies_of
from cheiron.queries.waiting import MOST_WAITING_SHOWN, next_match_of
from cheiron.web.mentorships.forms import NextMatchForm
from cheiron.web.shared.shell import page


@require_GET
def queue(request: HttpRequest, pk: str) -> HttpResponse:
    """Everybody who waits and how long, the next date, what free places could do, and the next best after a no."""
    found = queue_for(request.actor, pk, request.now)
    program, scope, today = found.program, found.program.scope, found.program.today(request.now)
    context = {
        "queue": found,
        "may_edit": request.actor.can(Permission.PROGRAM_EDIT, scope),
        "may_propose": request.actor.can(Permission.ROUND_PUBLISH, scope),
        "today": today,
        "form": NextMatchForm(initial={"on": program.next_match_on}),
        "next_match": next_match_of(program, request.now),
        "waits": found.waits[:MOST_WAITING_SHOWN],
        "vacancies": vacancies_of(program, today) if found.waits else [],
    }
    return page(request, "mentorships/queue.html", program=program, here="pairs", **context)


@require_POST
def queue_date(request: HttpRequest, pk: str) -> HttpResponse:
    """Promise a day for the next match, or leave it open."""
    form = NextMatchForm(request.POST)
    day = form.cleaned_data["on"] if form.is_valid() else None
    try:
        if form.errors:
            raise Invalid(say("This is not a day. Choose one, or leave the field empty."))
        rolling.set_next_match(actor=request.actor, program_id=pk, on=day, now=request.now)
        messages.success(request, _("Kept. Whoever waits reads it from now on."))
    except Invalid as refused:
        messages.error(request, " ".join([str(refused.text), *(str(issue.remedy) for issue in refused.issues)]))
    return redirect("queue", pk)


@require_POST
def queue_fill(request: HttpRequest, pk: str) -> HttpResponse:
    """Carry out one chain that the page showed."""
    seal = request.POST.get("seal", "")
    rolling.fill_vacancy(actor=request.actor, program_id=pk, seal=seal, now=request.now)
    messages.success(request, _("Proposed. Everybody concerned has a letter, and the answers have their usual time."))
    return redirect("queue", pk)


@require_POST
def queue_ask(request: HttpRequest, pk: str) -> HttpResponse:
    """Propose the next best that the page showed."""
    mentee, mentor = request.POST.get("mentee", ""), request.POST.get("mentor", "")
    mentorships.ask_next_best(actor=request.actor, program_id=pk, mentee=mentee, mentor=mentor, now=request.now)
    messages.success(request, _("Asked. Both have a letter, and the answer has its usual time."))
    return redirect("queue", pk)


@require_POST
def queue_switch(request: HttpRequest, pk: str) -> HttpResponse:
    """Whether the next best is asked at once, or waits for a coordinator."""
    at_once = request.POST.get("at_once") == "yes"
    mentorships.set_next_best(actor=request.actor, program_id=pk, at_once=at_once, now=request.now)
    messages.success(request, _("Kept. It holds from the next no on."))
    return redirect("queue", pk)
