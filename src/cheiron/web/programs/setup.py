"""The wizard for a new program: its own pages, one step each, kept as a draft until the program is created whole."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import program_setup as actions
from cheiron.actions.programs import create_program
from cheiron.core.errors import Invalid, NotFound
from cheiron.core.text import say
from cheiron.queries import programs as queries
from cheiron.queries.imports import side_of
from cheiron.web.programs.adjusting import AdjustForm, NewProgramForm, about_draft
from cheiron.web.programs.forms import IntakeForm
from cheiron.web.shared.shell import page
from cheiron.web.shared.wording import speak

STEPS = {
    "about": (gettext_lazy("Model and days"), ("about", "rhythm")),
    "words": (gettext_lazy("Words"), ("words",)),
    "fit": (gettext_lazy("Weights and questions"), ("weights", "questions")),
    "look": (gettext_lazy("Look and create"), ()),
}
"""Each step after the choice of a model: its title, and the parts of the form that it shows."""


@require_http_methods(["GET", "POST"])
def program_new(request: HttpRequest) -> HttpResponse:
    """Choose a model, name the program; then create it at once, or go through the steps."""
    school = queries.school_for_new_program(request.actor)
    form = NewProgramForm(request.POST or None, school.today(request.now))
    if request.method == "POST" and form.is_valid():
        try:
            return _stepwise(request, form) if request.POST.get("then") == "steps" else _at_once(request, form)
        except Invalid as refused:
            form.add_error(None, str(refused.text))
    drafts = queries.setups_of(request.actor)
    return page(request, "programs/new.html", form=form, school=school, drafts=drafts, titles=_titles())


def _titles() -> list:
    return [title for title, _parts in STEPS.values()]


def _at_once(request: HttpRequest, form: NewProgramForm) -> HttpResponse:
    return redirect("program", create_program(actor=request.actor, now=request.now, **form.cleaned_data))


def _stepwise(request: HttpRequest, form: NewProgramForm) -> HttpResponse:
    given = {"actor": request.actor, "now": request.now}
    draft = actions.begin_setup(**given, model=form.cleaned_data["model"], adjustment=form.adjustment())
    return redirect("program-setup", draft, "words")


@require_POST
def program_clone(request: HttpRequest, pk: str) -> HttpResponse:
    """Begin next year's program from this one."""
    return redirect(
        "program-setup", actions.clone_program(actor=request.actor, program_id=pk, now=request.now), "about"
    )


@require_http_methods(["GET", "POST"])
def program_setup(request: HttpRequest, pk: str, step: str) -> HttpResponse:
    """One step of a draft; the last one looks at everything and creates the program."""
    draft = queries.setup_for(request.actor, pk)
    if step not in STEPS:
        raise NotFound(say("There is no such step."))
    model = queries.model_in(draft)
    form = AdjustForm(request.POST if request.method == "POST" else None, about_draft(draft), model, STEPS[step][1])
    if request.method == "POST":
        gone = _finish(request, pk, form) if step == "look" else _keep(request, pk, step, form)
        if gone:
            return gone
    speak(model.words)
    context = {"draft": draft, "form": form, "model": model, "step": step, "titles": _titles()}
    place = list(STEPS).index(step)
    context |= {"place": place + 1, "back": list(STEPS)[place - 1] if place else "", "heading": STEPS[step][0]}
    return page(request, "programs/setup.html", **context)


def _keep(request: HttpRequest, pk: str, step: str, form: AdjustForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        actions.keep_setup(actor=request.actor, draft_id=pk, adjustment=form.adjustment(), now=request.now)
    except Invalid as refused:
        form.refuse(refused)
        return None
    later = {"later": ("program-new",), "look": ("program-setup", pk, "look")}
    return redirect(*later.get(request.POST.get("then", ""), ("program-setup", pk, _after(step))))


def _after(step: str) -> str:
    steps = list(STEPS)
    return steps[steps.index(step) + 1]


def _finish(request: HttpRequest, pk: str, form: AdjustForm) -> HttpResponse | None:
    if request.POST.get("then") == "discard":
        actions.discard_setup(actor=request.actor, draft_id=pk, now=request.now)
        messages.success(request, _("The draft is gone. Nothing was created."))
        return redirect("program-new")
    form.full_clean()
    try:
        return redirect("program", actions.finish_setup(actor=request.actor, draft_id=pk, now=request.now))
    except Invalid as refused:
        form.refuse(refused)
        return None


@require_GET
def program_setup_preview(request: HttpRequest, pk: str, side: str) -> HttpResponse:
    """What a mentee or a mentor of this draft would see first."""
    draft = queries.setup_for(request.actor, pk)
    model, side = queries.model_in(draft), side_of(side)
    speak(model.words)
    form = IntakeForm(None, model=model, side=side, sheet=None)
    return page(request, "programs/preview.html", draft=draft, model=model, side=side, form=form)
