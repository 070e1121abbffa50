"""The people of a program: the list, imports, reporting lines, invitations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import imports as import_actions
from cheiron.actions import mentorships as mentorship_actions
from cheiron.actions import people as actions
from cheiron.core.access import Permission
from cheiron.core.errors import Invalid
from cheiron.core.people.roster_template import template_csv
from cheiron.queries import imports as import_queries
from cheiron.queries import people as queries
from cheiron.queries.programs import model_of, program_for
from cheiron.web.people.forms import AppointForm, ColumnsForm, LinesForm, UploadForm
from cheiron.web.shared.shell import page

PER_PAGE = 50


@require_GET
def people(request: HttpRequest, pk: str) -> HttpResponse:
    """Everybody in the program, searchable, with how far they have come."""
    program = program_for(request.actor, pk, Permission.PEOPLE_VIEW)
    role, search = request.GET.get("role", ""), request.GET.get("q", "").strip()
    found = Paginator(queries.participants(program, role, search), PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "people/people.html",
        program=program,
        here="people",
        page=found,
        role=role,
        search=search,
        funnel=queries.funnel(program),
        last_import=queries.undoable_import(program),
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
    context = {"form": form, "issues": issues}
    return page(request, "people/upload.html", program=program, here="people", **context)


@require_http_methods(["GET", "POST"])
def roster_columns(request: HttpRequest, pk: str) -> HttpResponse:
    """Step 2: what each column means."""
    roster = queries.import_for(request.actor, pk)
    if roster.state != "uploaded":
        return redirect("people", roster.program_id)
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
        return redirect("people", roster.program_id)
    if request.method == "POST":
        count = import_actions.apply_roster(actor=request.actor, import_id=pk, now=request.now)
        done = ngettext("%(count)s person imported.", "%(count)s people imported.", count) % {"count": count}
        messages.success(request, done)
        return redirect("people", roster.program_id)
    plan, issues = _plan(roster)
    context = {"roster": roster, "plan": plan, "issues": issues}
    return page(request, "people/check.html", program=roster.program, here="people", **context)


def _plan(roster: queries.RosterImport) -> tuple:
    try:
        rows = import_queries.people_in(roster)
        plan = import_queries.merge_of(roster, rows)
        import_queries.wished_mentors(roster.program, rows)
    except Invalid as refused:
        return None, refused.issues
    return plan, plan.issues


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
    side = import_queries.side_of(side)
    headers = {"Content-Disposition": f'attachment; filename="{side}s.csv"'}
    return HttpResponse(template_csv(side).encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)


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


@require_POST
def withdraw(request: HttpRequest, pk: str) -> HttpResponse:
    """A participant leaves the program."""
    mentorship_actions.withdraw(
        actor=request.actor, program_id=pk, enrollment_id=request.POST.get("enrollment", ""), now=request.now
    )
    messages.success(request, _("Withdrawn. Nothing more begins for this person in this program."))
    return redirect("people", pk)
