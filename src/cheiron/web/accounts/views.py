"""Signing in and out, invitations, one's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cheiron.actions import people as actions
from cheiron.actions.profiles import save_profile
from cheiron.core.errors import Invalid, NotFound
from cheiron.core.text import say
from cheiron.models.people import Member, Person
from cheiron.queries import people as queries
from cheiron.queries import profiles
from cheiron.web.accounts.forms import LinkForm, PasswordForm, ProfileForm, SignInForm
from cheiron.web.shared.shell import page

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """By address and password; the page says the same whoever exists."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = authenticate(request, email=form.cleaned_data["email"].lower(), password=form.cleaned_data["password"])
        if person:
            login(request, person)
            return redirect(_next(request))
        form.add_error(None, _("Address and password do not go together. Try again, or have a link sent to you."))
    return page(request, "accounts/sign_in.html", form=form, next=request.GET.get("next", ""))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "home"


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest) -> HttpResponse:
    """Have a one-time link sent; the answer is the same for every address."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask_for_link(actor=request.actor, email=form.cleaned_data["email"], now=request.now)
        return page(request, "accounts/link_sent.html")
    return page(request, "accounts/sign_in_link.html", form=form)


@login_not_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Behind a one-time link: opening it shows a button, the button acts."""
    found = queries.open_link(token, request.now)
    if request.method == "POST":
        person = actions.use_link(actor=request.actor, token=token, now=request.now)
        login(request, person, backend=BACKEND)
        return redirect(found.leads_to or "home")
    name = queries.name_of(found.person_id)
    return page(request, "accounts/link.html", link=found, name=name)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    return redirect("sign-in")


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: the roles one holds, and the password."""
    return page(request, "accounts/account.html", **_account(request), form=_password_form(request))


def _account(request: HttpRequest) -> dict:
    members = profiles.own_members(request.actor)
    return {"roles": queries.roles_held(request.actor.person_id), "email": request.user.email, "members": members}


def _password_form(request: HttpRequest) -> PasswordForm:
    return PasswordForm(request.POST or None, has_one=request.user.has_usable_password())


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, pk: str) -> HttpResponse:
    """How one is shown to others of a school."""
    member = profiles.own_member_for(request.actor, pk)
    form = _profile_form(request, member)
    if request.method == "POST" and form.is_valid():
        try:
            save_profile(actor=request.actor, member_id=pk, shown=form.shown(), now=request.now)
            messages.success(request, _("Kept. Others see it from now on."))
            return redirect("profile", pk)
        except Invalid as refused:
            for issue in refused.issues:
                form.add_error(issue.column, f"{issue.problem} {issue.remedy}")
    return page(request, "accounts/profile.html", form=form, member=member, photo=profiles.photo_id_of(member))


def _profile_form(request: HttpRequest, member: Member) -> ProfileForm:
    shown = profiles.profile_of(member)
    initial = {key: getattr(shown, key) for key in ("pronouns", "in_directory", "to_pair")} | {"name": member.name}
    return ProfileForm(
        request,
        initial,
        has_photo=bool(profiles.photo_id_of(member)),
        is_mentor=profiles.is_mentor(member),
    )


@require_GET
def photo(request: HttpRequest, pk: str) -> HttpResponse:
    """A photo, for those whom its owner lets see it. Their browser may keep it for ten minutes."""
    found = profiles.photo_for(request.actor, pk)
    return HttpResponse(
        bytes(found.content), content_type="image/webp", headers={"Cache-Control": "private, max-age=600"}
    )


@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Choose a password."""
    form = _password_form(request)
    if form.is_valid():
        try:
            person = actions.set_password(
                actor=request.actor,
                password=form.cleaned_data["password"],
                current=form.cleaned_data.get("current", ""),
                now=request.now,
            )
            update_session_auth_hash(request, person)
            messages.success(request, _("Your password is set. Other sessions of your account have ended."))
            return redirect("account")
        except Invalid as refused:
            for issue in refused.issues:
                form.add_error(issue.column or "password", f"{issue.problem} {issue.remedy}")
    return page(request, "accounts/account.html", **_account(request), form=form)


@login_not_required
@require_http_methods(["GET", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """In the demo only: sign in as one of each kind of person."""
    if not settings.DEMO:
        raise NotFound(say("This page exists in the demo only."))
    if request.method == "POST":
        person = Person.objects.filter(pk=request.POST.get("person", ""), email__in=queries.DEMO_DOORS).first()
        if person is None:
            raise NotFound(say("There is no such person in the demo."))
        login(request, person, backend=BACKEND)
        return redirect("home")
    return page(request, "accounts/demo.html", people=queries.demo_people())
