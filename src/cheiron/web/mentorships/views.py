"""The page of a pair, the mentor's answer, meetings, agenda, contacts, changes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import meetings as meeting_actions
from cheiron.actions import mentorships as actions
from cheiron.core.access import Permission
from cheiron.core.errors import Invalid
from cheiron.core.matching.arithmetic import MILLION
from cheiron.core.mentorships.lifecycle import MentorshipState
from cheiron.core.people.spreadsheet import csv_text
from cheiron.core.text import say
from cheiron.models.mentorships import Mentorship
from cheiron.queries import mentorships as queries
from cheiron.queries.messages import open_reports, unread_by
from cheiron.queries.programs import model_of
from cheiron.web.mentorships.forms import MeetingForm
from cheiron.web.shared.shell import page
from cheiron.web.shared.templatetags.words import DECLINES

PER_PAGE = 50
COLUMNS = (
    "mentee id",
    "mentee",
    "mentor id",
    "mentor",
    "state",
    "fit",
    "round",
    "proposed on",
    "answer by",
    "meetings held",
)


@require_GET
def pairs(request: HttpRequest, pk: str) -> HttpResponse:
    """Every pair of a program for its staff: that it exists and how it stands."""
    program, rows = queries.pairs_for(request.actor, pk)
    state = request.GET.get("state", "")
    shown = rows.filter(state=state) if state else rows
    found = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": found, "state": state, "states": queries.states_of(program)}
    if request.actor.can(Permission.REPORT_SETTLE, program.scope):
        context["reported"] = open_reports(request.actor, [program.pk]).count()
    return page(request, "mentorships/pairs.html", program=program, here="pairs", **context)


@require_GET
def pairs_file(request: HttpRequest, pk: str) -> HttpResponse:
    """The same list as a file; no cell of it runs as a formula."""
    program, rows = queries.pairs_for(request.actor, pk)
    content = csv_text(COLUMNS, [_pair_row(row) for row in rows])
    name = slugify(program.name) or "program"
    headers = {"Content-Disposition": f'attachment; filename="{name}-pairs-{request.now:%Y-%m-%d}.csv"'}
    return HttpResponse(content.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


def _pair_row(row: Mentorship) -> tuple[str, ...]:
    mentee, mentor = row.mentee.member, row.mentor.member
    days = (row.proposed_at.date().isoformat(), row.answer_by.isoformat())
    people = (mentee.external_id, mentee.name, mentor.external_id, mentor.name)
    return (*people, row.state, f"{row.score / MILLION:.2f}", row.round.name if row.round else "", *days, str(row.held))


@require_GET
def mentorship(request: HttpRequest, pk: str) -> HttpResponse:
    """One pair, for one of the two; a proposal leads the mentor to the answer."""
    pair = queries.pair_for(request.actor, pk)
    if pair.as_mentor and pair.mentorship.state == MentorshipState.PROPOSED:
        return redirect("answer", pk)
    program = pair.mentorship.program
    return page(
        request,
        "mentorships/mentorship.html",
        program=program,
        here="home",
        pair=pair,
        reason=queries.reason_shown(pair),
        zone=program.zone,
        unread=unread_by(request.actor, [pair.mentorship]).get(pk, 0),
        logged=request.GET.get("logged", ""),
        now=request.now,
    )


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: str) -> HttpResponse:
    """The mentor accepts, asks one question, or declines: one screen, thirty seconds."""
    pair = queries.pair_for(request.actor, pk)
    open_to_answer = pair.mentorship.state == MentorshipState.PROPOSED
    if request.method == "POST" and (open_to_answer or not pair.as_mentor):
        return _answered(request, pk)
    if not pair.as_mentor or not open_to_answer:
        return redirect("mentorship", pk)
    taken, places = queries.places_of(pair.mentorship.mentor)
    program = pair.mentorship.program
    return page(
        request,
        "mentorships/answer.html",
        program=program,
        here="home",
        pair=pair,
        model=model_of(program),
        reason=queries.reason_shown(pair),
        taken=taken,
        places=places,
        declines=DECLINES.items(),
    )


def _answered(request: HttpRequest, pk: str) -> HttpResponse:
    given = {"actor": request.actor, "mentorship_id": pk, "now": request.now}
    verb = request.POST.get("verb", "")
    if verb == "accept":
        actions.accept_mentee(**given)
        messages.success(request, _("Accepted. Your mentee proposes the first meeting."))
        return redirect("mentorship", pk)
    if verb == "ask":
        actions.ask_mentee(**given, question=request.POST.get("question", ""))
        messages.success(request, _("Asked. You will hear when there is an answer."))
        return redirect("answer", pk)
    if verb != "decline":
        raise Invalid(say("A proposal can be accepted, asked about or declined."))
    actions.decline_mentee(**given, reason=request.POST.get("reason", ""))
    messages.success(request, _("Declined. The mentee goes to the next round; program staff see your reason."))
    return redirect("home")


@require_POST
def reply(request: HttpRequest, pk: str) -> HttpResponse:
    """The mentee answers the mentor's question."""
    given = request.POST.get("answer", "")
    actions.answer_question(actor=request.actor, mentorship_id=pk, answer=given, now=request.now)
    messages.success(request, _("Sent to your mentor."))
    return redirect("mentorship", pk)


@require_http_methods(["GET", "POST"])
def meeting_propose(request: HttpRequest, pk: str) -> HttpResponse:
    """Propose a time."""
    pair = queries.pair_for(request.actor, pk)
    program = pair.mentorship.program
    form = MeetingForm(request.POST or None, initial={"minutes": model_of(program).rhythm.meeting_minutes})
    if request.method == "POST" and form.is_valid():
        try:
            meeting_actions.propose_meeting(
                actor=request.actor,
                mentorship_id=pk,
                starts_at=form.starts_at(program.zone),
                minutes=form.cleaned_data["minutes"],
                place=form.cleaned_data["place"],
                now=request.now,
            )
            messages.success(request, _("Proposed. You will hear when it is answered."))
            return redirect("mentorship", pk)
        except Invalid as refused:
            form.add_error("day", str(refused.text))
    context = {"pair": pair, "form": form, "zone": program.zone}
    return page(request, "mentorships/meeting_propose.html", program=program, here="home", **context)


@require_POST
def meeting(request: HttpRequest, pk: str) -> HttpResponse:
    """Agree, decline, call off, or say that it was held."""
    found = queries.meeting_for(request.actor, pk)
    given = {"actor": request.actor, "meeting_id": pk, "now": request.now}
    verb = request.POST.get("verb", "")
    if verb in {"agree", "decline"}:
        meeting_actions.answer_meeting(**given, agree=verb == "agree")
    elif verb == "cancel":
        meeting_actions.cancel_meeting(**given)
    elif verb == "held":
        meeting_actions.hold_meeting(**given)
    if verb in MEETING_DONE:
        messages.success(request, MEETING_DONE[verb]())
    return redirect("mentorship", found.mentorship_id)


MEETING_DONE = {
    "agree": lambda: _("Agreed. An invitation for the calendar goes to both of you."),
    "decline": lambda: _("Declined. Propose another time, or wait for one."),
    "cancel": lambda: _("Called off."),
    "held": lambda: _("Kept as held, with its agenda."),
}


@require_GET
def meeting_calendar(request: HttpRequest, pk: str) -> HttpResponse:
    """The meeting as a calendar file."""
    found = queries.meeting_for(request.actor, pk)
    headers = {"Content-Disposition": 'attachment; filename="meeting.ics"'}
    return HttpResponse(queries.calendar_of(found), content_type="text/calendar; charset=utf-8", headers=headers)


@require_POST
def agenda(request: HttpRequest, pk: str) -> HttpResponse:
    """Add or remove an agenda point."""
    given = {"actor": request.actor, "mentorship_id": pk, "now": request.now}
    if request.POST.get("remove"):
        meeting_actions.remove_point(**given, point_id=request.POST["remove"])
    else:
        try:
            meeting_actions.add_point(**given, text=request.POST.get("text", ""))
        except Invalid as refused:
            messages.warning(request, str(refused.text))
    return redirect(reverse("mentorship", args=[pk]) + "#meet")


@require_POST
def contact(request: HttpRequest, pk: str) -> HttpResponse:
    """Log a contact in one tap, or undo it."""
    given = {"actor": request.actor, "mentorship_id": pk, "now": request.now}
    if request.POST.get("undo"):
        meeting_actions.undo_contact(**given, contact_id=request.POST["undo"])
        messages.success(request, _("Taken back."))
        return redirect("mentorship", pk)
    made = meeting_actions.log_contact(**given, kind=request.POST.get("kind", ""))
    return redirect(reverse("mentorship", args=[pk]) + f"?logged={made}")


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask for a change, without blame."""
    pair = queries.pair_for(request.actor, pk)
    if request.method == "POST":
        note = request.POST.get("note", "")
        actions.ask_for_change(actor=request.actor, mentorship_id=pk, note=note, now=request.now)
        messages.success(request, _("The program's staff will write to you. The other one is not told that you asked."))
        return redirect("mentorship", pk)
    return page(request, "mentorships/change.html", program=pair.mentorship.program, here="home", pair=pair)


@require_POST
def change_settle(request: HttpRequest, pk: str) -> HttpResponse:
    """Staff end the mentorship without fault, or note that the two go on."""
    program_id = queries.change_for(request.actor, pk).mentorship.program_id
    end = request.POST.get("end") == "yes"
    actions.settle_change(actor=request.actor, change_id=pk, end=end, now=request.now)
    messages.success(request, _("Settled. Both have been told.") if end else _("Noted: the two go on."))
    return redirect("program", program_id)
