"""What is done with the people whom one has ticked: who gets what, then one button."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cheiron.actions import selections as actions
from cheiron.core.errors import Invalid
from cheiron.core.people.selections import Act, Order, Plan
from cheiron.core.text import say
from cheiron.models.base import new_id
from cheiron.models.programs import Program
from cheiron.queries import selections as queries
from cheiron.queries.people import participants
from cheiron.queries.programs import program_for
from cheiron.web.people.orders import ACTS, OrderForm
from cheiron.web.shared.shell import page

PER_PAGE = 50
NEED_MORE = {Act.ANNOUNCE, Act.PAUSE, Act.MOVE}
"""Acts that ask for something before there is a preview."""


@require_POST
def selection(request: HttpRequest, pk: str) -> HttpResponse:
    """The preview, as often as one likes; then the act, once."""
    act = _act(request)
    program = program_for(request.actor, pk, queries.NEEDS[act])
    chosen = _chosen(request, program)
    form = _form(request, program, act)
    if not chosen:
        messages.warning(request, _("Nobody is ticked. Tick some people first, or choose everybody who matches."))
        return redirect("people", pk)
    if "go" in request.POST and form.is_valid():
        return _carry_out(request, program, form.order(), chosen)
    context = {"act": act.value, "words": ACTS[act], "chosen": chosen, "form": form}
    context |= {"ends_pairs": act in {Act.MOVE, Act.WITHDRAW}, **_preview(request, program, form, chosen)}
    return page(request, "people/selection.html", program=program, here="people", **context)


def _act(request: HttpRequest) -> Act:
    try:
        return Act(request.POST.get("act", ""))
    except ValueError:
        raise Invalid(say("Choose what to do with these people from the list.")) from None


def _chosen(request: HttpRequest, program: Program) -> list[str]:
    """From a preview: the same people; from the list: those ticked, its page, or everybody who matches."""
    if "chosen" in request.POST:
        return request.POST["chosen"].split()
    role, stage, search = (request.POST.get(key, "").strip() for key in ("role", "stage", "q"))
    rows, which = participants(program, role, search, stage), request.POST.get("which", "ticked")
    if which == "page":
        return [row.pk for row in Paginator(rows, PER_PAGE).get_page(request.POST.get("page"))]
    return list(rows.values_list("pk", flat=True)) if which == "all" else request.POST.getlist("who")


def _form(request: HttpRequest, program: Program, act: Act) -> OrderForm:
    """Filled in once somebody has looked or pressed the button; acts that need no more are always filled in."""
    targets = queries.targets_of(request.actor, program) if act == Act.MOVE else []
    sent = act not in NEED_MORE or {"look", "go"} & set(request.POST)
    return OrderForm(request.POST if sent else None, act=act, targets=targets)


def _preview(request: HttpRequest, program: Program, form: OrderForm, chosen: list[str]) -> dict:
    if not form.is_valid():
        return {}
    batch = new_id()
    try:
        plan = queries.plan_of(request.actor, program, form.order(), chosen, batch, request.now)
    except Invalid as refused:
        return {"refused": refused.text, "issues": refused.issues}
    return {"plan": plan, "batch": batch, "samples": _samples(plan)}


def _samples(plan: Plan) -> list[dict]:
    """One letter of each kind as its first reader gets it, with everybody who gets one."""
    kinds: dict[tuple[str, str], dict] = {}
    for draft in plan.drafts:
        key = (draft.kind, draft.subject.template)
        kinds.setdefault(key, {"draft": draft, "names": []})["names"].append(draft.to_name)
    return list(kinds.values())


def _carry_out(request: HttpRequest, program: Program, order: Order, chosen: list[str]) -> HttpResponse:
    plan = actions.act_on_people(
        actor=request.actor,
        program_id=program.pk,
        order=order,
        chosen=chosen,
        batch=request.POST.get("batch", ""),
        seal=request.POST.get("seal", ""),
        now=request.now,
    )
    count = len(plan.lines)
    done = ngettext("Done for %(count)s person.", "Done for %(count)s people.", count) % {"count": count}
    messages.success(request, done)
    return redirect("people", program.pk)
