"""The letters of a program in its own words: the kinds, an editor with a preview, and the way back."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import wording as actions
from cheiron.core.operations.kinds import KINDS, MOST_BODY, PLACES, Kind, check_words, standing_words
from cheiron.core.operations.letters import in_words
from cheiron.core.text import Text
from cheiron.queries import wording as queries
from cheiron.web.shared.shell import page
from cheiron.web.shared.wording import speak

BY_ADDRESS = {kind.replace(" ", "-"): kind for kind in KINDS}


class WordsForm(forms.Form):
    """Subject and body; what is wrong in them is said by the core, with its place."""

    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=250)
    body = forms.CharField(
        label=gettext_lazy("Letter"),
        required=False,
        strip=False,
        max_length=2 * MOST_BODY,
        widget=forms.Textarea(attrs={"rows": 14}),
    )


@require_GET
def wording(request: HttpRequest, pk: str) -> HttpResponse:
    """Every kind of letter, and whether it has words of the program's own."""
    program, own = queries.words_for(request.actor, pk)
    rows = [
        {"address": address, "title": KINDS[kind].title, "own": own.get(kind)} for address, kind in BY_ADDRESS.items()
    ]
    return page(request, "operations/wording.html", program=program, here="letters", rows=rows)


@require_http_methods(["GET", "POST"])
def wording_edit(request: HttpRequest, pk: str, kind: str) -> HttpResponse:
    """One kind: its words, its places, and how somebody would read it. Looking keeps nothing."""
    key = BY_ADDRESS.get(kind, kind)
    program, own = queries.words_for(request.actor, pk, key)
    speak(program.called)  # the standing words are those that would be sent
    standing = standing_words(KINDS[key], gettext)
    words = (own[key].subject, own[key].body) if key in own else standing
    form = WordsForm(request.POST or None, initial=dict(zip(("subject", "body"), words, strict=True)))
    issues: tuple = ()
    if request.method == "POST" and form.is_valid():
        words = (form.cleaned_data["subject"], form.cleaned_data["body"])
        issues = check_words(KINDS[key], *words)
        if "keep" in request.POST and not issues:
            return _keep(request, pk, key, words)
    draft = None if issues else in_words(queries.sample_for(program, key, request.now), *words)
    context = {"form": form, "issues": issues, "draft": draft, "own": key in own, "kind": kind}
    context |= {"title": KINDS[key].title, "places": _places(KINDS[key]), "standing": standing}
    return page(request, "operations/wording_edit.html", program=program, here="letters", **context)


def _keep(request: HttpRequest, pk: str, kind: str, words: tuple[str, str]) -> HttpResponse:
    actions.keep_words(actor=request.actor, program_id=pk, kind=kind, subject=words[0], body=words[1], now=request.now)
    messages.success(request, _("Kept. Every letter of this kind is written like this from now on."))
    return redirect("wording", pk)


def _places(kind: Kind) -> list[tuple[str, Text, bool]]:
    """Each place, what it holds, and whether the letter needs it."""
    return [(f"{{{name}}}", PLACES[name], name in kind.required) for name in kind.known]


@require_POST
def wording_reset(request: HttpRequest, pk: str, kind: str) -> HttpResponse:
    """Back to the standing words."""
    actions.reset_words(actor=request.actor, program_id=pk, kind=BY_ADDRESS.get(kind, kind), now=request.now)
    messages.success(request, _("This letter has its standing words again."))
    return redirect("wording-edit", pk, kind)
