"""Forms of a match round."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReviewForm(forms.Form):
    """The day until which mentors answer."""

    answer_by = forms.DateField(
        label=_("Mentors answer by"),
        help_text=_("Silence until then is a no: the mentee goes back to the queue, and everybody is told."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
