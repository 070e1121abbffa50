"""Forms of the account."""

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from cheiron.actions.profiles import Shown


class SignInForm(forms.Form):
    """Address and password."""

    email = forms.EmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )


class LinkForm(forms.Form):
    """The address that a one-time link goes to."""

    email = forms.EmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))


SHOWS = {"photo": _("Photo"), "pronouns": _("Pronouns"), "title": _("Title"), "about": _("What I say about me")}


def _shows(label: str, audience: str) -> forms.MultipleChoiceField:
    field = forms.MultipleChoiceField(
        label=label, choices=list(SHOWS.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    field.spread, field.audience = "many", audience
    return field


class ProfileForm(forms.Form):
    """How others see a person, and where they see what."""

    name = forms.CharField(
        label=_("The name you go by"),
        help_text=_("This is what others see. Left empty, it is the name of your school's list."),
        max_length=200,
        required=False,
    )
    pronouns = forms.CharField(
        label=_("Pronouns"), help_text=_("May stay empty. Matching never reads them."), max_length=40, required=False
    )
    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP. We keep the middle square, and nothing of where and when it was taken."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        required=False,
    )
    without_photo = forms.BooleanField(label=_("Take my photo away"), required=False)

    def __init__(self, request: HttpRequest, initial: dict, *, has_photo: bool, is_mentor: bool) -> None:
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        super().__init__(*sent, initial=initial)
        self.fields["to_pair"] = _shows(_("What those whom you are paired with see"), "both")
        if is_mentor:
            self.fields["in_directory"] = _shows(_("What the directory of mentors shows"), "program")
        if not has_photo:
            del self.fields["without_photo"]

    def shown(self) -> Shown:
        """What the action takes."""
        values = self.cleaned_data
        photo = values["photo"]
        return Shown(
            name=values["name"],
            pronouns=values["pronouns"],
            in_directory=values.get("in_directory", self.initial["in_directory"]),
            to_pair=values["to_pair"],
            photo=photo.read() if photo else None,
            without_photo=values.get("without_photo", False),
        )


class PasswordForm(forms.Form):
    """A new password for one's own account; the current one is asked for where there is one."""

    current = forms.CharField(
        label=_("Current password"),
        help_text=_(
            "If you have forgotten it, sign out, have a link sent to you, and come back here within 15 minutes."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        required=False,
    )
    password = forms.CharField(
        label=_("New password"),
        help_text=_("Ten characters or more. A short sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, data: QueryDict | None, *, has_one: bool) -> None:
        super().__init__(data)
        if not has_one:
            del self.fields["current"]


class EraseForm(forms.Form):
    """Two deliberate steps before somebody is erased."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Not needed if you came in by a link from your mail in the last 15 minutes."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        required=False,
    )
    sure = forms.BooleanField(label=_("Erase me. I know that nobody can take this back."))
