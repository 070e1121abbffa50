"""The form of what is done with people whom one has ticked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cheiron.core.operations.kinds import MOST_BODY, MOST_SUBJECT
from cheiron.core.people.selections import Act, Order
from cheiron.models.programs import Program
from cheiron.web.shared.templatetags.words import ROLES

ACTS = {
    Act.REMIND: _("Remind"),
    Act.ANNOUNCE: _("Write to them"),
    Act.PAUSE: _("Pause"),
    Act.RESUME: _("End the pause"),
    Act.MOVE: _("Move"),
    Act.WITHDRAW: _("Withdraw"),
}


class DayInput(forms.DateInput):
    """A date as browsers pick it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class OrderForm(forms.Form):
    """What an act needs beside the people: nothing, a day, another program, or a letter."""

    def __init__(self, data: dict | None, *, act: Act, targets: list[tuple[Program, str]]) -> None:
        super().__init__(data)
        self.act = act
        self.fields |= _fields(act, targets)

    def order(self) -> Order:
        """What the action takes."""
        values = self.cleaned_data if self.fields else {}
        program, _bar, role = values.get("to", "").partition("|")
        subject, body = values.get("subject", ""), values.get("body", "")
        return Order(self.act, values.get("until"), program, role, subject, body)


def _fields(act: Act, targets: list[tuple[Program, str]]) -> dict[str, forms.Field]:
    if act == Act.PAUSE:
        return {"until": forms.DateField(label=_("Pause until"), widget=DayInput())}
    if act == Act.MOVE:
        choices = [(f"{program.pk}|{role}", f"{program.name}: {ROLES[role]}") for program, role in targets]
        return {"to": forms.ChoiceField(label=_("To which program, and in which role?"), choices=choices)}
    if act == Act.ANNOUNCE:
        places = _("You may write {name}, {program}, {school}, and {link} on a line of its own.")
        return {
            "subject": forms.CharField(label=_("Subject"), max_length=MOST_SUBJECT),
            "body": forms.CharField(
                label=_("Letter"),
                max_length=MOST_BODY,
                help_text=places,
                widget=forms.Textarea(attrs={"rows": 10}),
                initial=_("Dear {name},"),
            ),
        }
    return {}
