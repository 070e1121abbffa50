"""About you and your data: who sees what, for what it is used, a copy of everything, and an end to it."""

import io
import json
import zipfile

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import privacy as actions
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.people.self_description import ATTRIBUTES
from cheiron.models.people import Enrollment
from cheiron.queries import privacy as queries
from cheiron.queries.holdings import Copy, counts_of
from cheiron.queries.imports import side_of
from cheiron.queries.programs import model_of
from cheiron.web.accounts.forms import EraseForm
from cheiron.web.programs.forms import IntakeForm
from cheiron.web.shared.shell import page


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Drawn from the tables of permissions, audiences and holdings themselves."""
    return page(
        request,
        "accounts/privacy.html",
        parts=[(part, _audiences(part)) for part in queries.own_parts(request.actor)],
        seen=queries.seen_by_role(request.actor),
        uses=[
            (one, [ATTRIBUTES[key][0].render(_) for key in one.attributes]) for one in queries.own_uses(request.actor)
        ],
        lines=queries.own_lines(request.actor),
    )


def _audiences(part: Enrollment) -> list[tuple[str, list[str]]]:
    """Who sees which answer of the intake: what the form itself says beside each field."""
    sheet = getattr(part, "sheet", None)
    form = IntakeForm(None, model=model_of(part.program), side=side_of(part.role), sheet=sheet)
    found: dict[str, list[str]] = {}
    for field in form.fields.values():
        found.setdefault(getattr(field, "audience", "matching"), []).append(str(field.label))
    return list(found.items())


@require_POST
def privacy_uses(request: HttpRequest, pk: str) -> HttpResponse:
    """Allow a use of what one has volunteered, or take it back."""
    chosen = {use: use in request.POST for use in ("for_matching", "for_figures")}
    actions.choose_uses(actor=request.actor, member_id=pk, **chosen, now=request.now)
    messages.success(request, _("Kept. It holds from now on."))
    return redirect("privacy")


@require_POST
def privacy_copy(request: HttpRequest) -> HttpResponse:
    """Everything, as a file to read and a file for machines."""
    copy = actions.take_copy(actor=request.actor, now=request.now)
    return HttpResponse(
        _packed(copy, request),
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="everything-about-you.zip"'},
    )


def _packed(copy: Copy, request: HttpRequest) -> bytes:
    """Stored, not compressed: what goes out can be searched for what must not."""
    tables = {holding.model.__name__: rows for holding, rows in copy.tables}
    shown = {"copy": copy, "at": request.now, "email": request.user.email}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("everything.json", json.dumps(tables, default=str, indent=2, ensure_ascii=False))
        archive.writestr("everything.html", render_to_string("accounts/privacy_copy.html", shown))
        for number, photo in enumerate(copy.photos, start=1):
            archive.writestr(f"photo-{number}.webp", photo)
    return file.getvalue()


@require_http_methods(["GET", "POST"])
def privacy_erase(request: HttpRequest) -> HttpResponse:
    """What goes, what stays and why; then, twice confirmed, the end."""
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_person(actor=request.actor, password=form.cleaned_data["password"], now=request.now)
            logout(request)
            messages.success(request, _("You have been erased. Thank you for the time that you gave."))
            return redirect("sign-in")
        except (Invalid, Conflict) as refused:
            form.add_error("password" if isinstance(refused, Invalid) else None, str(refused.text))
    return page(request, "accounts/privacy_erase.html", form=form, held=counts_of(request.user))
