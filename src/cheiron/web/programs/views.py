"""A program: create, adjust, preview; and each participant's own intake, wishes and self-description."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import programs as actions
from cheiron.core.access import TAKES_PART, Permission, Role
from cheiron.core.errors import Invalid
from cheiron.queries import matching as matching_queries
from cheiron.queries import mentorships as mentorship_queries
from cheiron.queries import programs as queries
from cheiron.queries.directory import FILTERS, Directory, Wanted, directory_for
from cheiron.queries.first_steps import beginning_of
from cheiron.queries.imports import side_of
from cheiron.queries.profiles import DIRECTORY, faces_of
from cheiron.queries.stages import FUNNEL
from cheiron.queries.stages import funnel as funnel_of
from cheiron.queries.waiting import waiting_line_for
from cheiron.web.programs.adjusting import AdjustForm, about_program
from cheiron.web.programs.forms import AboutMeForm, IntakeForm
from cheiron.web.programs.steps import steps_of
from cheiron.web.shared.shell import page
from cheiron.web.shared.wording import speak


@require_GET
def program(request: HttpRequest, pk: str) -> HttpResponse:
    """The program at a glance: what to do next, the funnel, the rounds."""
    found = queries.program_for(request.actor, pk, Permission.PROGRAM_VIEW)
    speak(found.called)
    funnel, rounds = funnel_of(found), list(matching_queries.rounds_of(found))
    states = mentorship_queries.states_of(found)
    return page(
        request,
        "programs/program.html",
        program=found,
        here="program",
        model=queries.model_of(found),
        funnel=funnel,
        funnel_stages=FUNNEL,
        rounds=rounds,
        steps=steps_of(
            found,
            funnel,
            rounds,
            matching_queries.readiness(found, request.now),
            sum(row["to_invite"] for row in funnel),
            beginning_of(found, states.get("active", 0)),
        ),
        states=states,
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
    """Change name, dates, ratio, rhythm, words and weights."""
    return _adjust(request, pk, "programs/adjust.html", ("about", "rhythm", "words", "weights"))


@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, pk: str) -> HttpResponse:
    """Choose which questions the intake asks, and how either side reads them."""
    return _adjust(request, pk, "programs/questions.html", ("questions",))


def _adjust(request: HttpRequest, pk: str, template: str, parts: tuple[str, ...]) -> HttpResponse:
    found = queries.program_for(request.actor, pk, Permission.PROGRAM_EDIT)
    speak(found.called)
    form = AdjustForm(request.POST or None, about_program(found), queries.model_of(found), parts)
    if request.method == "POST" and form.is_valid():
        try:
            actions.adjust_program(actor=request.actor, program_id=pk, adjustment=form.adjustment(), now=request.now)
            messages.success(request, _("The program is adjusted."))
            return redirect("program", pk)
        except Invalid as refused:
            form.refuse(refused)
    return page(request, template, program=found, here="program", form=form)


@require_GET
def program_preview(request: HttpRequest, pk: str, side: str) -> HttpResponse:
    """What a mentee or a mentor will see first; nothing can be sent from here."""
    found = queries.program_for(request.actor, pk, Permission.PROGRAM_EDIT)
    model = queries.model_of(found)
    side = side_of(side)
    speak(model.words)
    form = IntakeForm(None, model=model, side=side, sheet=None)
    return page(request, "programs/preview.html", program=found, here="program", model=model, side=side, form=form)


@require_http_methods(["GET", "POST"])
def intake(request: HttpRequest, pk: str, role: str) -> HttpResponse:
    """One's own intake sheet."""
    own = queries.own_enrollment_for(request.actor, pk, role)
    sheet = getattr(own, "sheet", None)
    model = queries.model_of(own.program)
    draft = queries.draft_of(own)
    speak(model.words)
    form = IntakeForm(request.POST or None, model=model, side=side_of(role), sheet=sheet, draft=draft)
    if request.method == "POST" and form.is_valid():
        actions.save_intake(actor=request.actor, program_id=pk, role=role, intake=form.intake(), now=request.now)
        messages.success(request, _("Kept. You can change it whenever you like."))
        return redirect(*(("directory", pk) if role == Role.MENTEE else ("home",)))
    context = {"own": own, "sheet": sheet, "form": form, "side": side_of(role), "role": role, "draft": draft}
    context["edition"] = queries.edition_of(own)
    return page(request, "programs/intake.html", program=own.program, here=f"intake-{role}", **context)


@require_POST
def intake_draft(request: HttpRequest, pk: str, role: str) -> HttpResponse:
    """Keep what is typed so far; nothing of it counts before the sheet is finished."""
    own = queries.own_enrollment_for(request.actor, pk, role)
    form = IntakeForm(request.POST, model=queries.model_of(own.program), side=side_of(role), sheet=None)
    actions.keep_draft(
        actor=request.actor,
        program_id=pk,
        role=role,
        typed=form.typed(),
        edition=request.POST.get("edition", ""),
        now=request.now,
    )
    if request.htmx:
        return page(request, "programs/intake_draft.html", program=own.program, at=request.now)
    messages.success(request, _("Kept. It counts once you finish it."))
    return redirect("intake", pk, role)


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
    """Mentors, narrowed by what one looks for; a mentee wishes for some of them here."""
    wanted = _wanted(request.GET)
    found = directory_for(request.actor, pk, request.now, wanted)
    mentors = Paginator(found.mentors, MENTORS_ON_A_PAGE).get_page(request.GET.get("page"))
    wishes = _own_wishes(request, pk)
    return page(
        request,
        "programs/directory.html",
        program=found.program,
        here="directory",
        mentors=mentors,
        listed=found.listed,
        faces=faces_of((mentor.id for mentor in mentors), DIRECTORY),
        filters=_filters(found, wanted),
        wanted=wanted,
        active=_active(request.GET),
        wishes=wishes,
        wished={wish.mentor_id for wish in wishes},
        is_mentee=Role.MENTEE in queries.roles_of(request.actor, found.program),
        most=actions.MOST_WISHES,
        waiting=waiting_line_for(request.actor, pk, request.now),
    )


MENTORS_ON_A_PAGE = 60
FILTER_WORDS = {
    "specialty": (gettext_lazy("Specialty"), gettext_lazy("Any specialty")),
    "topic": (gettext_lazy("Topic"), gettext_lazy("Any topic")),
    "role": (gettext_lazy("Offers"), gettext_lazy("Any role")),
    "language": (gettext_lazy("Language"), gettext_lazy("Any language")),
}


def _wanted(asked: QueryDict) -> Wanted:
    chosen = {key: asked.get(key, "").strip() for key in FILTERS}
    return Wanted(**chosen, search=asked.get("q", "").strip(), full=bool(asked.get("full")))


def _filters(found: Directory, wanted: Wanted) -> list[dict]:
    """The filters that have something to choose from."""
    return [
        {"key": key, "label": label, "any": any_one, "options": found.choices[key], "chosen": getattr(wanted, key)}
        for key, (label, any_one) in FILTER_WORDS.items()
        if found.choices[key]
    ]


def _active(asked: QueryDict) -> list[tuple[str, str]]:
    """What narrows the list, each with the address without it."""
    active = []
    for key in ("q", *FILTERS):
        if asked.get(key, "").strip():
            rest = asked.copy()
            for gone in (key, "page"):
                rest.pop(gone, None)
            active.append((asked[key].strip(), f"?{rest.urlencode()}"))
    return active


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
        return _back_to_directory(request, pk)
    actions.order_wishes(actor=request.actor, program_id=pk, mentors=changed, now=request.now)
    return _back_to_directory(request, pk)


def _back_to_directory(request: HttpRequest, pk: str) -> HttpResponse:
    """To the list as it was narrowed before."""
    asked = QueryDict(request.POST.get("back", "")).urlencode()
    return redirect(reverse("directory", args=[pk]) + (f"?{asked}" if asked else ""))


def reorder(order: list[str], mentor: str, move: str) -> list[str]:
    """The wishes after one move: add (at the end), remove, up or down."""
    rest = [one for one in order if one != mentor]
    if move == "remove":
        return rest
    place = {"up": order.index(mentor) - 1, "down": order.index(mentor) + 1} if mentor in order else {}
    at = max(place.get(move, len(rest)), 0)
    return [*rest[:at], mentor, *rest[at:]]
