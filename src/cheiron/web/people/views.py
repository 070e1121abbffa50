"""The people of a program: the list, imports, reporting lines, invitations."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from cheiron.actions import imports as import_actions
from cheiron.actions import pairings as pair_actions
from cheiron.actions import people as actions
from cheiron.core.access import Permission
from cheiron.core.errors import Invalid
from cheiron.core.people.pairings import pairs_template
from cheiron.core.people.roster_template import template_csv, template_xlsx
from cheiron.gateways.progress import progress_of, reported
from cheiron.models.people import PAIRS
from cheiron.queries import imports as import_queries
from cheiron.queries import pairings as pair_queries
from cheiron.queries import people as queries
from cheiron.queries.programs import model_of, program_for
from cheiron.queries.stages import FUNNEL, funnel
from cheiron.web.people.forms import AppointForm, ColumnsForm, LinesForm, PairsForm, UploadForm
from cheiron.web.people.orders import ACTS
from cheiron.web.people.progress import left_of, words_of
from cheiron.web.shared.shell import page
from cheiron.web.shared.templatetags.words import STAGES

PER_PAGE = 50

SIDES = (("mentee", gettext_lazy("Mentees")), ("mentor", gettext_lazy("Mentors")))


@require_GET
def people(request: HttpRequest, pk: str) -> HttpResponse:
    """Everybody in the program, searchable, with how far they have come."""
    program = program_for(request.actor, pk, Permission.PEOPLE_VIEW)
    role, stage, search = (request.GET.get(key, "").strip() for key in ("role", "stage", "q"))
    found = Paginator(queries.order_of(program, role, search, stage), PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "people/people.html",
        program=program,
        here="people",
        page=found,
        people=queries.in_order(found.object_list),
        role=role,
        stage=stage,
        search=search,
        funnel=funnel(program),
        funnel_stages=FUNNEL,
        stages=STAGES,
        acts=ACTS,
        last_import=queries.undoable_import(program),
        half_done=import_queries.half_done(program),
    )


@require_http_methods(["GET", "POST"])
def roster_upload(request: HttpRequest, pk: str) -> HttpResponse:
    """Step 1: a list as it comes."""
    program = program_for(request.actor, pk, Permission.PEOPLE_IMPORT)
    first = {"role": request.GET.get("role", "")}
    form = UploadForm(request.POST or None, request.FILES or None, initial=first, roles=model_of(program).roles)
    issues: tuple = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = import_actions.upload_roster(
                actor=request.actor,
                program_id=pk,
                role=form.cleaned_data["role"],
                filename=file.name,
                content=file.read(),
                now=request.now,
            )
            return redirect("roster-columns", made)
        except Invalid as refused:
            issues = refused.issues
    folder = pk if settings.ROSTERS else ""
    context = {"form": form, "issues": issues, "sides": SIDES, "folder": folder}
    return page(request, "people/upload.html", program=program, here="people", **context)


@require_http_methods(["GET", "POST"])
def roster_columns(request: HttpRequest, pk: str) -> HttpResponse:
    """Step 2: what each column means."""
    roster = queries.import_for(request.actor, pk)
    if roster.state != "uploaded":
        return redirect("roster-done", pk)
    if progress_of(pk):
        return redirect("roster-progress", pk)
    form = ColumnsForm(request.POST or None, roster)
    if request.method == "POST" and form.is_valid():
        import_actions.map_roster(actor=request.actor, import_id=pk, columns=form.columns(), now=request.now)
        return redirect("roster-check", pk)
    return page(request, "people/columns.html", program=roster.program, here="people", roster=roster, form=form)


@require_http_methods(["GET", "POST"])
def roster_check(request: HttpRequest, pk: str) -> HttpResponse:
    """Step 3: what would change, or what stands in the way; then all or nothing."""
    roster = queries.import_for(request.actor, pk)
    if roster.state != "uploaded":
        return _led(request, reverse("roster-done", args=[pk]))
    if request.method == "POST":
        with reported(pk) as report:
            count = import_actions.apply_roster(actor=request.actor, import_id=pk, now=request.now, report=report)
        done = ngettext("%(count)s person imported.", "%(count)s people imported.", count) % {"count": count}
        messages.success(request, done)
        return _led(request, reverse("roster-done", args=[pk]))
    if progress_of(pk):
        return redirect("roster-progress", pk)
    plan, issues = _plan(roster)
    context = {"roster": roster, "plan": plan, "issues": issues, "stopped": "stopped" in request.GET}
    return page(request, "people/check.html", program=roster.program, here="people", **context)


def _led(request: HttpRequest, url: str) -> HttpResponse:
    """On to another page, also where a script waits for the answer."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _plan(roster: queries.RosterImport) -> tuple:
    try:
        rows = import_queries.people_in(roster)
        plan = import_queries.merge_of(roster, rows)
        import_queries.wished_mentors(roster.program, rows)
    except Invalid as refused:
        return None, refused.issues
    return plan, plan.issues


@require_http_methods(["GET", "POST"])
def pairs_import(request: HttpRequest, pk: str) -> HttpResponse:
    """Pairs that were made before the program came here: upload the list."""
    program = program_for(request.actor, pk, Permission.PEOPLE_IMPORT)
    form, issues = PairsForm(request.POST or None, request.FILES or None), ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = pair_actions.upload_pairs(
                actor=request.actor, program_id=pk, filename=file.name, content=file.read(), now=request.now
            )
            return redirect("pairs-check", made)
        except Invalid as refused:
            issues = refused.issues
    context = {"form": form, "issues": issues}
    return page(request, "people/pairs_import.html", program=program, here="people", **context)


@require_http_methods(["GET", "POST"])
def pairs_check(request: HttpRequest, pk: str) -> HttpResponse:
    """Which pairs would be past and which would run, or what stands in the way; then all or nothing."""
    roster = queries.import_for(request.actor, pk, pairs=True)
    if roster.state != "uploaded":
        return _led(request, reverse("roster-done", args=[pk]))
    if request.method == "POST":
        given = {"actor": request.actor, "letters": request.POST.get("letters") == "yes", "now": request.now}
        with reported(pk) as report:
            pair_actions.apply_pairs(import_id=pk, report=report, **given)
        return _led(request, reverse("roster-done", args=[pk]))
    if progress_of(pk):
        return redirect("roster-progress", pk)
    plan = pair_queries.pair_plan(roster, request.now)
    context = {"roster": roster, "plan": plan, "issues": plan.issues, "stopped": "stopped" in request.GET}
    return page(request, "people/pairs_check.html", program=roster.program, here="people", **context)


@require_GET
def roster_progress(request: HttpRequest, pk: str) -> HttpResponse:
    """How far an import is; whoever waits for it is led on once nobody is at work."""
    roster = queries.import_for(request.actor, pk, pairs=None)
    far, pairs = progress_of(pk), roster.role == PAIRS
    if far is None and roster.state == "uploaded":
        check = reverse("pairs-check" if pairs else "roster-check", args=[pk])
        return _led(request, check + "?stopped=yes" if request.htmx else check)
    if far is None:
        return _led(request, reverse("roster-done", args=[pk]))
    context = {"roster": roster, "pairs": pairs, "far": far, "words": words_of(far, pairs=pairs), "left": left_of(far)}
    return page(request, "people/roster_progress.html", program=roster.program, here="people", **context)


@require_GET
def roster_done(request: HttpRequest, pk: str) -> HttpResponse:
    """Step 4: what the import has done, and what comes next."""
    roster = queries.import_for(request.actor, pk, pairs=None)
    if roster.state != "applied":
        return redirect("people", roster.program_id)
    last = queries.undoable_import(roster.program)
    context = {"roster": roster, "outcome": import_queries.outcome_of(roster), "undoable": last == roster}
    return page(request, "people/done.html", program=roster.program, here="people", **context)


@require_POST
def roster_drop(request: HttpRequest, pk: str) -> HttpResponse:
    """Throw a list away that was not imported."""
    program = queries.import_for(request.actor, pk, pairs=None).program_id
    import_actions.drop_roster(actor=request.actor, import_id=pk, now=request.now)
    messages.success(request, _("The list is thrown away. Nobody of it was imported."))
    return redirect("people", program)


@require_POST
def roster_undo(request: HttpRequest, pk: str) -> HttpResponse:
    """Take the last import back."""
    import_actions.undo_import(actor=request.actor, program_id=pk, now=request.now)
    messages.success(request, _("The last import is undone. Everything is as it was before."))
    return redirect("people", pk)


@require_GET
def roster_template(request: HttpRequest, pk: str, side: str) -> HttpResponse:
    """A template to fill in."""
    program_for(request.actor, pk, Permission.PEOPLE_IMPORT)
    if side == "pairs":
        return _file("pairs.csv", pairs_template().encode("utf-8-sig"), CSV)
    side = import_queries.side_of(side)
    if request.GET.get("as") == "xlsx":
        return _file(f"{side}s.xlsx", template_xlsx(side), XLSX)
    return _file(f"{side}s.csv", template_csv(side).encode("utf-8-sig"), CSV)


CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(name: str, content: bytes, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_http_methods(["GET", "POST"])
def lines(request: HttpRequest, pk: str) -> HttpResponse:
    """Who grades, promotes, supervises or treats whom: the list behind the assessor firewall."""
    program = program_for(request.actor, pk, Permission.PEOPLE_IMPORT)
    form = LinesForm(request.POST or None, request.FILES or None)
    issues: tuple = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            count = actions.import_lines(
                actor=request.actor, program_id=pk, filename=file.name, content=file.read(), now=request.now
            )
            done = ngettext("%(count)s line kept.", "%(count)s lines kept.", count) % {"count": count}
            messages.success(request, done)
            return redirect("lines", pk)
        except Invalid as refused:
            issues = refused.issues
    found = Paginator(queries.lines_of(program), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "issues": issues, "page": found}
    return page(request, "people/lines.html", program=program, here="people", **context)


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, pk: str) -> HttpResponse:
    """Who gets which invitation; then send them."""
    program = program_for(request.actor, pk, Permission.PEOPLE_INVITE)
    if request.method == "POST":
        chosen = request.POST.getlist("to")
        count = actions.invite(actor=request.actor, program_id=pk, enrollments=chosen, now=request.now)
        done = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
        messages.success(request, done % {"count": count})
        return redirect("people", pk)
    drafts = queries.invitations(program)
    return page(request, "people/invite.html", program=program, here="people", drafts=drafts)


@require_http_methods(["GET", "POST"])
def staff(request: HttpRequest, pk: str) -> HttpResponse:
    """Who runs the program, and who else has a role that no list brings."""
    program = program_for(request.actor, pk, Permission.STAFF_APPOINT)
    form = AppointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.appoint(actor=request.actor, program_id=pk, now=request.now, **form.cleaned_data)
        messages.success(request, _("Done. A letter with a link is on its way."))
        return redirect("staff", pk)
    context = {"form": form, "rows": queries.staff_of(program), "me": request.actor.person_id}
    return page(request, "people/staff.html", program=program, here="people", **context)


@require_POST
def dismiss(request: HttpRequest, pk: str) -> HttpResponse:
    """Take a staff role back."""
    actions.dismiss(
        actor=request.actor, program_id=pk, enrollment_id=request.POST.get("enrollment", ""), now=request.now
    )
    messages.success(request, _("Taken back, from this moment on."))
    return redirect("staff", pk)
