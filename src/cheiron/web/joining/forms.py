"""The form of somebody who asks to take part."""

from django import forms
from django.utils.translation import gettext_lazy as _


class JoinForm(forms.Form):
    """Who one is, in three lines; whatever else matters is asked after the invitation."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your email address at the school"),
        help_text=_("The invitation goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    external_id = forms.CharField(
        label=_("Your ID at the school"),
        help_text=_("Such as the number on your card. It helps to know you from somebody of the same name."),
        max_length=200,
        required=False,
    )
