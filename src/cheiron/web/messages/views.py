"""Messages of a pair: read and write, mute, report; and the reported ones for program staff."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import messages as actions
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.mentorships.talk import MOST_CHARACTERS
from cheiron.models.base import new_id
from cheiron.queries import messages as queries
from cheiron.web.shared.shell import page

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, pk: str) -> HttpResponse:
    """What the two have written, newest last, and the box to write in; what is refused stays in the box."""
    trouble = _sent(request, pk) if request.method == "POST" else ""
    if request.method == "POST" and not trouble:
        return redirect(reverse("thread", args=[pk]) + "#newest")
    found = queries.thread_for(request.actor, pk, request.GET.get("page"))
    if found.unread:
        actions.read_messages(actor=request.actor, mentorship_id=pk, now=request.now)
    return page(
        request,
        "messages/thread.html",
        program=found.mentorship.program,
        here="home",
        thread=found,
        page=found.page,
        trouble=trouble,
        typed=request.POST.get("text", ""),
        key=new_id(),
        most=MOST_CHARACTERS,
    )


def _sent(request: HttpRequest, pk: str) -> str:
    """Empty if it was sent; what is to be changed, or why nothing more can be sent, if it was not."""
    given = {"text": request.POST.get("text", ""), "key": request.POST.get("key", "")}
    try:
        actions.send_message(actor=request.actor, mentorship_id=pk, now=request.now, **given)
    except (Invalid, Conflict) as refused:
        return str(refused.text)
    return ""


@require_POST
def thread_mute(request: HttpRequest, pk: str) -> HttpResponse:
    """Letters about messages of this pair, or none."""
    mute = request.POST.get("mute") == "yes"
    actions.mute_thread(actor=request.actor, mentorship_id=pk, mute=mute, now=request.now)
    told = _("Muted. Messages still arrive here.") if mute else _("A letter tells you again when there is a message.")
    messages.success(request, told)
    return redirect("thread", pk)


@require_http_methods(["GET", "POST"])
def message_report(request: HttpRequest, pk: str) -> HttpResponse:
    """Before the button stands who will read the message and what happens."""
    message = queries.message_for(request.actor, pk)
    mentorship = message.mentorship
    if request.method == "POST":
        concern = request.POST.get("concern", "")
        actions.report_message(actor=request.actor, message_id=pk, concern=concern, now=request.now)
        messages.success(request, _("Program staff have been told. Nobody else has."))
        return redirect("thread", mentorship.pk)
    readers = queries.readers_of_reports(mentorship)
    context = {"message": message, "readers": readers, "other": queries.other_side(request.actor, mentorship)}
    return page(request, "messages/message_report.html", program=mentorship.program, here="home", **context)


@require_GET
def reports(request: HttpRequest, pk: str) -> HttpResponse:
    """The reported messages of a program, and no other message."""
    program, rows = queries.reports_for(request.actor, pk)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "messages/reports.html", program=program, here="pairs", page=found)


@require_POST
def report_settle(request: HttpRequest, pk: str) -> HttpResponse:
    """Staff note what came of it."""
    found = queries.report_for(request.actor, pk)
    outcome = request.POST.get("outcome", "")
    actions.settle_report(actor=request.actor, report_id=pk, outcome=outcome, now=request.now)
    messages.success(request, _("Settled. Whoever reported the message has been told that you have read it."))
    return redirect("reports", found.message.mentorship.program_id)
