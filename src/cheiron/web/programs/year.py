"""The change of year: look at what closing would do, close; and one's own file of a program."""

import io
import json
import zipfile

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from cheiron.actions import year as actions
from cheiron.queries import year as queries
from cheiron.web.shared.shell import page
from cheiron.web.shared.wording import speak


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: str) -> HttpResponse:
    """Who goes on, who leaves, what becomes of each pair, and every letter; a button closes."""
    given = request.POST if request.method == "POST" else request.GET
    chosen = {"into": given.get("into", ""), "ends": _ends(given)}
    if request.method == "POST":
        sent = actions.close_program(
            actor=request.actor, program_id=pk, seal=given.get("seal", ""), now=request.now, **chosen
        )
        told = ngettext("The program is closed. One letter is on its way.",
                        "The program is closed. %(count)s letters are on their way.", sent)  # fmt: skip
        messages.success(request, told % {"count": sent})
        return redirect("program", pk)
    plan = queries.closing_for(request.actor, pk, request.now, **chosen)
    speak(plan.program.called)
    targets = queries.targets_for(request.actor, plan.program)
    return page(request, "programs/close.html", program=plan.program, here="program", plan=plan, targets=targets)


def _ends(given: QueryDict) -> list[str]:
    """Pairs that end by choice: those shown and not ticked to go on."""
    return sorted(set(given.getlist("pair")) - set(given.getlist("goes_on")))


@require_GET
def my_file(request: HttpRequest, pk: str) -> HttpResponse:
    """What one takes along from a program: one's own mentorships with meetings, agenda and contacts."""
    program, kept = queries.file_for(request.actor, pk)
    return page(request, "programs/my_file.html", program=program, kept=kept)


@require_GET
def my_file_take(request: HttpRequest, pk: str) -> HttpResponse:
    """The same as one ZIP: a page to read and a file for other programs."""
    program, kept = queries.file_for(request.actor, pk)
    speak(program.called)
    answer = HttpResponse(_zip(request, program, kept), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="mentoring.zip"'
    return answer


def _zip(request: HttpRequest, program: queries.Program, kept: list[queries.Kept]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        context = {"program": program, "kept": kept, "taken_at": request.now}
        archive.writestr("mentoring.html", render_to_string("programs/record.html", context))
        archive.writestr("mentoring.json", json.dumps(_as_json(program, kept), indent=2, ensure_ascii=False))
    return packed.getvalue()


def _as_json(program: queries.Program, kept: list[queries.Kept]) -> dict:
    days = {"starts_on": program.starts_on.isoformat(), "ends_on": program.ends_on.isoformat()}
    about = {"name": program.name, "school": program.school.name, "cohort": program.cohort, **days}
    return {"program": about, "mentorships": [_pair_as_json(one) for one in kept]}


def _pair_as_json(kept: queries.Kept) -> dict:
    pair = kept.mentorship
    return {
        "with": kept.other,
        "i_was": kept.i_was,
        "role": pair.role,
        "state": pair.state,
        "proposed_at": pair.proposed_at.isoformat(),
        "ended_at": pair.ended_at.isoformat() if pair.ended_at else None,
        "meetings": [
            {"starts_at": one.starts_at.isoformat(), "minutes": one.minutes, "place": one.place, "state": one.state}
            for one in kept.meetings
        ],
        "agenda": [{"text": one.text, "written_at": one.written_at.isoformat()} for one in kept.agenda],
        "contacts": [{"kind": one.kind, "on": one.on_day.isoformat(), "minutes": one.minutes} for one in kept.contacts],
    }
