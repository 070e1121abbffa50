"""A program: create, adjust, preview; and each participant's own intake, wishes and self-description."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import programs as actions
from cheiron.core.access import TAKES_PART, Permission, Role
from cheiron.core.errors import Invalid
from cheiron.queries import matching as matching_queries
from cheiron.queries import mentorships as mentorship_queries
from cheiron.queries import people as people_queries
from cheiron.queries import programs as queries
from cheiron.queries.entrants import directory_for
from cheiron.queries.imports import side_of
from cheiron.web.programs.forms import AboutMeForm, AdjustForm, IntakeForm, NewProgramForm
from cheiron.web.programs.steps import steps_of
from cheiron.web.shared.shell import page


@require_http_methods(["GET", "POST"])
def program_new(request: HttpRequest) -> HttpResponse:
    """Create a program from a model of the catalog."""
    school = queries.school_for_new_program(request.actor)
    form = NewProgramForm(request.POST or None, school.today(request.now))
    if request.method == "POST" and form.is_valid():
        try:
            created = actions.create_program(actor=request.actor, now=request.now, **form.cleaned_data)
            return redirect("program", created)
        except Invalid as refused:
            form.add_error(None, str(refused.text))
    return page(request, "programs/new.html", form=form, school=school)


@require_GET
def program(request: HttpRequest, pk: str) -> HttpResponse:
    """The program at a glance: what to do next, the funnel, the rounds."""
    found = queries.program_for(request.actor, pk, Permission.PROGRAM_VIEW)
    funnel, rounds = people_queries.funnel(found), list(matching_queries.rounds_of(found))
    return page(
        request,
        "programs/program.html",
        program=found,
        here="program",
        model=queries.model_of(found),
        funnel=funnel,
        rounds=rounds,
        steps=steps_of(
            found,
            funnel,
            rounds,
            matching_queries.readiness(found, request.now),
            people_queries.not_yet_joined(found).count(),
        ),
        states=mentorship_queries.states_of(found),
        changes=mentorship_queries.open_changes(found) if _may_settle(request, found) else (),
        may_edit=request.actor.can(Permission.PROGRAM_EDIT, found.scope),
    )


@require_GET
def program_door(request: HttpRequest, pk: str) -> HttpResponse:
    """Into a program by whichever page is the person's own."""
    found = queries.program_open_to(request.actor, pk)
    if request.actor.can(Permission.PROGRAM_VIEW, found.scope):
        return redirect("program", pk)
    roles = sorted(queries.roles_of(request.actor, found) & TAKES_PART)
    return redirect("intake", pk, roles[0])


def _may_settle(request: HttpRequest, found: queries.Program) -> bool:
    return request.actor.can(Permission.CHANGE_SETTLE, found.scope)


@require_http_methods(["GET", "POST"])
def program_adjust(request: HttpRequest, pk: str) -> HttpResponse:
    """Change dates, ratio, rhythm and weights."""
    found = queries.program_for(request.actor, pk, Permission.PROGRAM_EDIT)
    form = AdjustForm(request.POST or None, found, queries.model_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            actions.adjust_program(actor=request.actor, program_id=pk, adjustment=form.adjustment(), now=request.now)
            messages.success(request, _("The program is adjusted."))
            return redirect("program", pk)
        except Invalid as refused:
            form.add_error(None, str(refused.text))
    return page(request, "programs/adjust.html", program=found, here="program", form=form)


@require_GET
def program_preview(request: HttpRequest, pk: str, side: str) -> HttpResponse:
    """What a mentee or a mentor will see first; nothing can be sent from here."""
    found = queries.program_for(request.actor, pk, Permission.PROGRAM_EDIT)
    model = queries.model_of(found)
    side = side_of(side)
    form = IntakeForm(None, model=model, side=side, sheet=None)
    return page(request, "programs/preview.html", program=found, here="program", model=model, side=side, form=form)


@require_http_methods(["GET", "POST"])
def intake(request: HttpRequest, pk: str, role: str) -> HttpResponse:
    """One's own intake sheet."""
    own = queries.own_enrollment_for(request.actor, pk, role)
    sheet = getattr(own, "sheet", None)
    model = queries.model_of(own.program)
    form = IntakeForm(request.POST or None, model=model, side=side_of(role), sheet=sheet)
    if request.method == "POST" and form.is_valid():
        actions.save_intake(actor=request.actor, program_id=pk, role=role, intake=form.intake(), now=request.now)
        messages.success(request, _("Kept. You can change it whenever you like."))
        return redirect(*(("directory", pk) if role == Role.MENTEE else ("home",)))
    context = {"own": own, "sheet": sheet, "form": form, "side": side_of(role), "role": role}
    return page(request, "programs/intake.html", program=own.program, here=f"intake-{role}", **context)


@require_http_methods(["GET", "POST"])
def about_me(request: HttpRequest, pk: str, role: str) -> HttpResponse:
    """What one volunteers about oneself, and for which use."""
    own = queries.own_enrollment_for(request.actor, pk, role)
    form = AboutMeForm(request.POST or None, queries.volunteered_by(own))
    if request.method == "POST" and form.is_valid():
        actions.volunteer(
            actor=request.actor, program_id=pk, role=role, descriptions=form.descriptions(), now=request.now
        )
        messages.success(request, _("Kept, for the purposes that you ticked and no other."))
        return redirect("intake", pk, role)
    return page(request, "programs/about_me.html", program=own.program, here=f"intake-{role}", form=form, role=role)


@require_GET
def directory(request: HttpRequest, pk: str) -> HttpResponse:
    """Mentors with free places; a mentee wishes for some of them here."""
    mentors = directory_for(request.actor, pk, request.now)
    found = queries.program_for(request.actor, pk, Permission.DIRECTORY_VIEW)
    wishes = _own_wishes(request, pk)
    return page(
        request,
        "programs/directory.html",
        program=found,
        here="directory",
        mentors=mentors,
        wishes=wishes,
        wished={wish.mentor_id for wish in wishes},
        is_mentee=Role.MENTEE in queries.roles_of(request.actor, found),
        most=actions.MOST_WISHES,
    )


def _own_wishes(request: HttpRequest, pk: str) -> list:
    found = queries.own_mentee(request.actor, pk)
    return list(queries.wishes_of(found)) if found else []


@require_POST
def wishes(request: HttpRequest, pk: str) -> HttpResponse:
    """Add, remove or move one wish."""
    own = queries.own_enrollment_for(request.actor, pk, Role.MENTEE)
    order = [wish.mentor_id for wish in queries.wishes_of(own)]
    changed = reorder(order, request.POST.get("mentor", ""), request.POST.get("move", "add"))
    if len(changed) > actions.MOST_WISHES:
        messages.warning(
            request, _("You have %(most)s wishes already. Take one away first.") % {"most": actions.MOST_WISHES}
        )
        return redirect("directory", pk)
    actions.order_wishes(actor=request.actor, program_id=pk, mentors=changed, now=request.now)
    return redirect("directory", pk)


def reorder(order: list[str], mentor: str, move: str) -> list[str]:
    """The wishes after one move: add (at the end), remove, up or down."""
    rest = [one for one in order if one != mentor]
    if move == "remove":
        return rest
    place = {"up": order.index(mentor) - 1, "down": order.index(mentor) + 1} if mentor in order else {}
    at = max(place.get(move, len(rest)), 0)
    return [*rest[:at], mentor, *rest[at:]]
