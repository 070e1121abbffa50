"""Match rounds and the studio."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import matching as actions
from cheiron.core.access import Permission
from cheiron.core.errors import Invalid
from cheiron.core.matching.problem import ROUND_METHODS
from cheiron.queries import circles as circle_queries
from cheiron.queries import comparison as comparison_queries
from cheiron.queries import effects as effect_queries
from cheiron.queries import figures as figure_queries
from cheiron.queries import history as history_queries
from cheiron.queries import letters as letter_queries
from cheiron.queries import matching as queries
from cheiron.queries import studio as studio_queries
from cheiron.queries import trade as trade_queries
from cheiron.queries.programs import program_for
from cheiron.web.matching.forms import ReviewForm
from cheiron.web.shared.shell import page


@require_http_methods(["GET", "POST"])
def rounds(request: HttpRequest, pk: str) -> HttpResponse:
    """The program's rounds; a new one opens straight into its studio."""
    program = program_for(request.actor, pk, Permission.ROUND_VIEW)
    if request.method == "POST":
        made = actions.create_round(
            actor=request.actor,
            program_id=pk,
            name=request.POST.get("name", ""),
            role=request.POST.get("role", ""),
            now=request.now,
        )
        return redirect("studio", made)
    roles = queries.readiness_by_role(program, program.today(request.now))
    ready = next((one for one in roles if one.mentees), roles[0])
    context = {"rounds": queries.rounds_of(program), "ready": ready, "roles": roles}
    return page(request, "matching/rounds.html", program=program, here="rounds", **context)


@require_GET
def studio(request: HttpRequest, pk: str) -> HttpResponse:
    """The match studio."""
    found = studio_queries.studio_for(request.actor, pk, request.now)
    more = bool(request.GET.get("more"))
    chosen = found.choose(request.GET.get("mentee", ""), everybody=more)
    search, most = request.GET.get("q", "").strip(), _drawn(request)
    groups = found.groups(search, most)
    context = {
        "studio": found,
        "figures": figure_queries.figures_of(request.actor, found.round, found.run),
        "round": found.round,
        "chosen": chosen,
        "groups": groups,
        "search": search,
        "found": sum(group.size for group in groups),
        "most": most,
        "next": most + DRAWN,
        "more": more,
        "methods": [str(method) for method in ROUND_METHODS],
        "may_edit": request.actor.can(Permission.ROUND_EDIT, found.round.program.scope)
        and found.round.state == "draft",
    }
    template = "matching/pair.html" if request.htmx and request.htmx.target == "pair" else "matching/studio.html"
    return page(request, template, program=found.round.program, here="rounds", **context)


DRAWN = 200


def _drawn(request: HttpRequest) -> int:
    """How many mentees the list draws; more each time one asks for the next."""
    asked = request.GET.get("rows", "")
    return max(int(asked), DRAWN) if asked.isdecimal() and len(asked) < 6 else DRAWN


@require_POST
def draft(request: HttpRequest, pk: str) -> HttpResponse:
    """Solve the round afresh."""
    method = request.POST.get("method", "")
    drafted = actions.draft_round(actor=request.actor, round_id=pk, method=method, now=request.now)
    messages.success(request, _("Run %(number)s is ready.") % {"number": drafted.number} + _moved(drafted.moved))
    return redirect("studio", pk)


@require_GET
def effect(request: HttpRequest, pk: str) -> HttpResponse:
    """What the weights and the method, as they stand on the page, would change; nothing is changed by looking."""
    given, method = _turned(request.GET), request.GET.get("method", "")
    found = effect_queries.effect_for(request.actor, pk, given, method, request.now)
    context = {"round": found.round, "effect": found, "most": MOVES_SHOWN}
    return page(request, "matching/effect.html", program=found.round.program, here="rounds", **context)


MOVES_SHOWN = 12


COUNTS = {
    "placed": gettext_lazy("Placed"),
    "unmatched": gettext_lazy("Without a mentor"),
    "first": gettext_lazy("With the first of their order"),
    "among_three": gettext_lazy("With one of the first three"),
    "last_place": gettext_lazy("Lowest place in an order"),
    "empty_seats": gettext_lazy("Pairs who would both rather, by an empty seat"),
    "envies": gettext_lazy("Pairs who would both rather, by a taken seat"),
}
FITS = {
    "total": gettext_lazy("Total fit"),
    "middle": gettext_lazy("Middle fit (median)"),
    "lowest": gettext_lazy("Lowest fit"),
}


@require_GET
def methods(request: HttpRequest, pk: str) -> HttpResponse:
    """What each method would do to this round, side by side."""
    found = trade_queries.trade_for(request.actor, pk, request.now)
    counts = [(words, [getattr(one.report, key) for one in found.offers]) for key, words in COUNTS.items()]
    fits = [(words, [getattr(one.report, key) for one in found.offers]) for key, words in FITS.items()]
    context = {"round": found.round, "offers": found.offers, "counts": counts, "fits": fits}
    return page(request, "matching/methods.html", program=found.round.program, here="rounds", **context)


def _turned(asked: QueryDict) -> dict[str, int]:
    return {key: int(value) for key, value in asked.items() if value.isdecimal() and len(value) <= 4}


@require_POST
def weights(request: HttpRequest, pk: str) -> HttpResponse:
    """Change the weights and the method, and solve again."""
    method = request.POST.get("method", "")
    given = _turned(request.POST)
    drafted = actions.set_weights(actor=request.actor, round_id=pk, weights=given, method=method, now=request.now)
    messages.success(request, _("Run %(number)s is ready.") % {"number": drafted.number} + _moved(drafted.moved))
    return redirect("studio", pk)


@require_POST
def decide(request: HttpRequest, pk: str) -> HttpResponse:
    """Lock, pin or forbid a pair, with a reason."""
    mentee, pinned = request.POST.get("mentee", ""), request.POST.get("pin", "")
    kind = "pin" if pinned else request.POST.get("kind", "")
    drafted = actions.decide_pair(
        actor=request.actor,
        round_id=pk,
        kind=kind,
        mentee=mentee,
        mentor=pinned or request.POST.get("mentor", ""),
        reason=request.POST.get("reason", ""),
        now=request.now,
    )
    messages.success(request, DONE[kind]() + _moved(drafted.moved))
    return _back(pk, mentee)


DONE = {
    "lock": lambda: _("Locked. Every further draft keeps this pair."),
    "pin": lambda: _("Paired by hand and locked. The rest was drafted around it."),
    "forbid": lambda: _("Ruled out. The rest was drafted again."),
}


def _moved(count: int | None) -> str:
    """How many mentees have another mentor than before, as a sentence to add; nothing after the first draft."""
    if count is None:
        return ""
    if not count:
        return " " + _("Nobody moved.")
    moved = ngettext(
        "One mentee has another mentor than before.", "%(count)s mentees have another mentor than before.", count
    )
    return " " + moved % {"count": count}


def _back(pk: str, mentee: str) -> HttpResponse:
    response = redirect("studio", pk)
    response["Location"] += f"?mentee={mentee}" if mentee.isalnum() else ""
    return response


@require_POST
def undo(request: HttpRequest, pk: str) -> HttpResponse:
    """Take back the last decision, or a named one."""
    drafted = actions.undo_decision(
        actor=request.actor, round_id=pk, override_id=request.POST.get("override", ""), now=request.now
    )
    messages.success(request, _("Undone, and drafted again.") + _moved(drafted.moved))
    return _back(pk, request.POST.get("mentee", ""))


@require_POST
def redo(request: HttpRequest, pk: str) -> HttpResponse:
    """Make the decision again that was taken back last."""
    drafted = actions.redo_decision(actor=request.actor, round_id=pk, now=request.now)
    messages.success(request, _("Done again, and drafted again.") + _moved(drafted.moved))
    return _back(pk, request.POST.get("mentee", ""))


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: str) -> HttpResponse:
    """Look once more, say until when mentors answer, and close the draft."""
    found = studio_queries.studio_for(request.actor, pk, request.now)
    request.actor.require(Permission.ROUND_EDIT, found.round.program.scope)
    form = ReviewForm(request.POST or None, initial={"answer_by": found.round.answer_by})
    if request.method == "POST" and form.is_valid():
        try:
            day = form.cleaned_data["answer_by"]
            actions.review_round(actor=request.actor, round_id=pk, answer_by=day, now=request.now)
            return redirect("publish", pk)
        except Invalid as refused:
            form.add_error("answer_by", str(refused.text))
    context = {"studio": found, "round": found.round, "form": form}
    return page(request, "matching/review.html", program=found.round.program, here="rounds", **context)


@require_POST
def reopen(request: HttpRequest, pk: str) -> HttpResponse:
    """Take the review back."""
    actions.reopen_round(actor=request.actor, round_id=pk, now=request.now)
    messages.success(request, _("The round is a draft again."))
    return redirect("studio", pk)


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, pk: str) -> HttpResponse:
    """Every letter before it goes; then publish, once."""
    if request.method == "POST":
        count = actions.publish_round(actor=request.actor, round_id=pk, now=request.now)
        done = ngettext("%(count)s pair is published.", "%(count)s pairs are published.", count) % {"count": count}
        messages.success(request, done)
        return redirect("studio", pk)
    found, drafts = letter_queries.publication_letters_for(request.actor, pk, request.now)
    if found.state == "published":
        return redirect("studio", pk)
    context = {"round": found, "drafts": drafts}
    return page(request, "matching/publish.html", program=found.program, here="rounds", **context)


SHOWS = {
    "changed": gettext_lazy("Whoever is placed differently"),
    "better": gettext_lazy("Whoever fits better"),
    "worse": gettext_lazy("Whoever fits less well"),
    "found": gettext_lazy("Whoever is placed now"),
    "lost": gettext_lazy("Whoever has nobody any more"),
    "all": gettext_lazy("Everybody"),
}
PER_PAGE = 100


@require_GET
def compare(request: HttpRequest, pk: str) -> HttpResponse:
    """Two saved runs side by side."""
    given = request.GET
    found = comparison_queries.comparison_for(request.actor, pk, given.get("before", ""), given.get("after", ""))
    show = given.get("show", "") if given.get("show") in SHOWS else "changed"
    before, after = (side.run for side in found.sides) if found.sides else (None, None)
    context = {"found": found, "round": found.round, "before": before, "after": after, "shows": SHOWS, "show": show}
    context["page"] = Paginator(found.shown(show), PER_PAGE).get_page(given.get("page"))
    context["moved"] = len(found.shown("changed"))
    return page(request, "matching/compare.html", program=found.round.program, here="rounds", **context)


CARDS = 50


@require_GET
def groups(request: HttpRequest, pk: str) -> HttpResponse:
    """The round by mentor: who is and would be around each of them."""
    found, search = circle_queries.circles_for(request.actor, pk, request.now), request.GET.get("q", "").strip()
    context = {"search": search, "page": _cards(request, found.circles_of(search))}
    context["looks"] = sum(bool(one.flags) for one in found.circles)
    return _drawn_round(request, "matching/groups.html", found, **context)


@require_GET
def networks(request: HttpRequest, pk: str) -> HttpResponse:
    """The program by mentee: the mentors around each of them, and the roles in which there is nobody."""
    found, given = circle_queries.circles_for(request.actor, pk, request.now), request.GET
    search, role, standing = given.get("q", "").strip(), given.get("role", ""), given.get("standing", "")
    if role not in dict(found.roles) or standing not in circle_queries.STANDINGS:
        role = standing = ""
    shown = found.networks_of(search, role, standing)
    context = {"search": search, "role": role, "standing": standing, "page": _cards(request, shown)}
    return _drawn_round(request, "matching/networks.html", found, **context)


def _cards(request: HttpRequest, rows: list) -> Page:
    return Paginator(rows, CARDS).get_page(request.GET.get("page"))


def _drawn_round(request: HttpRequest, template: str, found: circle_queries.Circles, **context) -> HttpResponse:
    context |= {"found": found, "round": found.round, "several": found.model.several}
    return page(request, template, program=found.round.program, here="rounds", **context)


@require_GET
def figures(request: HttpRequest, pk: str) -> HttpResponse:
    """Figures by group of the last run, as they were released when it was reviewed."""
    found = figure_queries.figures_for(request.actor, pk)
    context = {"found": found, "round": found.round}
    return page(request, "matching/figures.html", program=found.round.program, here="rounds", **context)


@require_GET
def history(request: HttpRequest, pk: str) -> HttpResponse:
    """Who did what in a round, when and why."""
    found = history_queries.history_for(request.actor, pk)
    deeds = Paginator(found.deeds, PER_PAGE).get_page(request.GET.get("page"))
    context = {"round": found.round, "page": deeds}
    return page(request, "matching/history.html", program=found.round.program, here="rounds", **context)


@require_GET
def round_file(request: HttpRequest, pk: str, what: str) -> HttpResponse:
    """The problem or the result of the last run, as anybody can check it with ``cheiron certify``."""
    name, content = queries.file_for(request.actor, pk, what)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/json", headers=headers)
