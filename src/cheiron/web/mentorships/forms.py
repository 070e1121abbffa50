"""Forms of a pair."""

import zoneinfo
from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _


class NextMatchForm(forms.Form):
    """The day of the next match; empty leaves it open."""

    on = forms.DateField(
        label=_("Next match on"),
        required=False,
        help_text=_("Whoever waits reads this day at once. Leave it empty as long as you cannot promise one."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class MeetingForm(forms.Form):
    """When, how long and where to meet, in the school's own time."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    hour = forms.TimeField(label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=240)
    place = forms.CharField(
        label=_("Where"), max_length=200, required=False, help_text=_("A room, a café, a link. May stay empty.")
    )

    def starts_at(self, zone: str) -> datetime:
        """The instant that is meant."""
        day, hour = self.cleaned_data["day"], self.cleaned_data["hour"]
        return datetime.combine(day, hour, tzinfo=zoneinfo.ZoneInfo(zone))
