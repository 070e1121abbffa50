"""Forms for programs and intake sheets."""

from functools import lru_cache

from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cheiron.actions.programs import Intake, SelfDescription
from cheiron.core.matching.words import LONGEST_TEXT
from cheiron.core.people.facts import Facts
from cheiron.core.people.self_description import ATTRIBUTES
from cheiron.core.programs.model import STATEMENT, ProgramModel, Question
from cheiron.models.programs import IntakeDraft, IntakeSheet

ZWJ = "\u200d"
"""Joins emoji, and letters of some scripts."""

LISTS = {name for name, kept in Facts.__dataclass_fields__.items() if kept.default == ()}


class DayInput(forms.DateInput):
    """A date as browsers pick it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class IntakeForm(forms.Form):
    """The intake sheet of one side, built from the program's questions."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        model: ProgramModel,
        side: str,
        sheet: IntakeSheet | None,
        draft: IntakeDraft | None = None,
    ) -> None:
        self.side, self.questions = side, model.questions_for(side)
        facts = {**sheet.facts, STATEMENT: sheet.statement} if sheet else {}
        super().__init__(data, initial={q.key: _initial(q, facts.get(q.key)) for q in self.questions})
        for question in self.questions:
            self.fields[question.key] = _field(question, side, facts.get(question.key))
        self._add_rest(model, sheet)
        if draft:
            self._resume(MultiValueDict(draft.typed))

    def _resume(self, typed: MultiValueDict) -> None:
        """Show what was typed, right or not, in place of what the sheet says."""
        for name, field in self.fields.items():
            self.initial[name] = field.widget.value_from_datadict(typed, {}, name)

    def typed(self) -> dict[str, list[str]]:
        """What the browser sent for the controls of this form, unchecked, and nothing else that it sent."""
        names = [name for key, field in self.fields.items() for name in _controls(key, field.widget)]
        return {name: self.data.getlist(name) for name in names if name in self.data}

    def _add_rest(self, model: ProgramModel, sheet: IntakeSheet | None) -> None:
        mentor = self.side == "mentor"
        about = forms.CharField(
            label=_("A sentence or two about you"),
            help_text=_("What you would say in the first minute. May stay empty."),
            widget=forms.Textarea(attrs={"rows": 3}),
            max_length=1000,
            required=False,
            initial=sheet.about if sheet else "",
        )
        about.audience = "program" if mentor else "pair"
        self.fields["about"] = about
        if mentor:
            self._add_mentor_rest(model, sheet)

    def _add_mentor_rest(self, model: ProgramModel, sheet: IntakeSheet | None) -> None:
        self.fields["capacity"] = forms.IntegerField(
            label=_("For how many?"),
            help_text=_("Your places in this program. Nobody is given to you beyond them."),
            min_value=0,
            max_value=20,
            initial=sheet.capacity if sheet else model.mentees_per_mentor,
        )
        self.fields["paused_until"] = forms.DateField(
            label=_("Pause until"),
            help_text=_("No new mentee before this day. Empty means no pause."),
            required=False,
            widget=DayInput(),
            initial=sheet.paused_until if sheet else None,
        )
        self.fields["listed"] = forms.BooleanField(
            label=_("Show me in the directory of mentors"), required=False, initial=sheet.listed if sheet else True
        )
        self.fields["capacity"].audience = "program"

    def intake(self) -> Intake:
        """What the action takes."""
        values = self.cleaned_data
        return Intake(
            facts={question.key: values[question.key] for question in self.questions},
            about=values["about"],
            capacity=values.get("capacity", 1),
            paused_until=values.get("paused_until"),
            listed=values.get("listed", True),
        )


def _controls(name: str, widget: forms.Widget) -> list[str]:
    """What a field's controls are called in the page."""
    return [name + ending for ending in getattr(widget, "widgets_names", [""])]


def _initial(question: Question, value: object) -> object:
    if question.kind == "list":
        return "\n".join(value or ())
    return value


class LinesField(forms.CharField):
    """A list of a few words each, one on each line."""

    def __init__(self, *, most: int, **kwargs) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": min(most, 4)}), required=False, max_length=2000, **kwargs)
        self.most = most

    def clean(self, value: str) -> list[str]:
        """The lines, each once, as typed."""
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        kept = list({line.casefold(): line for line in lines if line}.values())
        if len(kept) > self.most:
            raise forms.ValidationError(_("Please keep to %(most)s.") % {"most": self.most})
        if any(len(line) > 100 for line in kept):
            raise forms.ValidationError(_("Please keep each line under 100 characters."))
        return kept


class StatementField(forms.CharField):
    """A text of some lines, without signs that no reader sees; its length is counted as browsers count it."""

    def __init__(self, **kwargs) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 5}), required=False, max_length=LONGEST_TEXT, **kwargs)

    def to_python(self, value: str | None) -> str:
        """One sign for each end of a line."""
        lines = (
            "".join(sign for sign in line if sign.isprintable() or sign == ZWJ) for line in (value or "").splitlines()
        )
        return super().to_python("\n".join(lines))


class PlainSelect(forms.Widget):
    """A select of flat choices; Django's own builds and draws a template for every option."""

    def __init__(self, attrs: dict, options: tuple[tuple[str, str], ...]) -> None:
        super().__init__(attrs)
        self.options = options

    def render(self, name: str, value: str, attrs: dict | None = None, renderer: object = None) -> SafeString:  # noqa: ARG002
        """The control."""
        options = _options(self.options, value or "")
        return format_html("<select{}>{}</select>", flatatt({"name": name, **self.attrs, **(attrs or {})}), options)


@lru_cache(maxsize=256)
def _options(choices: tuple[tuple[str, str], ...], value: str) -> SafeString:
    """The same lists of options are drawn for everybody of a program."""
    rows = ((key, mark_safe(" selected") if key == value else "", label) for key, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


class RankSelect(forms.MultiWidget):
    """One select for each rank, the most wanted first."""

    def __init__(self, choices: list[tuple[str, str]], most: int) -> None:
        names = [gettext("First choice"), gettext("Second choice"), gettext("Third choice")]
        options = (("", "–"), *choices)
        selects = [PlainSelect({"aria-label": name}, options) for name in names[:most]]
        super().__init__(selects)

    def render(self, name: str, value: object, attrs: dict | None = None, renderer: object = None) -> SafeString:  # noqa: ARG002
        """The selects under each other."""
        values = value if isinstance(value, list) else []
        parts = []
        for index, select in enumerate(self.widgets):
            own = {**(attrs or {}), "id": f"{(attrs or {}).get('id', name)}_{index}"}
            parts.append((select.render(f"{name}_{index}", values[index] if index < len(values) else "", own),))
        return format_html_join("", "{}", parts)

    def decompress(self, value: list[str] | None) -> list[str]:
        """The kept answers, one for each select."""
        return list(value or [])


class RankField(forms.Field):
    """Up to three of the options, most wanted first; earlier answers that are no option stay choosable."""

    def __init__(self, *, options: tuple[str, ...], most: int, **kwargs) -> None:
        self.options = options
        choices = [(option, gettext(option)) for option in options]
        super().__init__(widget=RankSelect(choices, most), required=False, **kwargs)

    def clean(self, value: list[str]) -> list[str]:
        """The chosen options in order, each once."""
        chosen = list(dict.fromkeys(one for one in value or [] if one))
        if any(one not in self.options for one in chosen):
            raise forms.ValidationError(_("Choose from the list."))
        return chosen


class PickField(forms.MultipleChoiceField):
    """Several of the options, up to a number; earlier answers that are no option stay choosable."""

    def __init__(self, *, options: tuple[str, ...], most: int, **kwargs) -> None:
        choices = [(option, gettext(option)) for option in options]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, required=False, **kwargs)
        self.most = most

    def clean(self, value: list[str]) -> list[str]:
        """The chosen options in their own order."""
        chosen = super().clean(value)
        if len(chosen) > self.most:
            raise forms.ValidationError(_("Please choose up to %(most)s.") % {"most": self.most})
        return chosen


def _field(question: Question, side: str, value: object) -> forms.Field:
    shared = {"label": gettext(question.title(side)), "help_text": gettext(question.help)}
    earlier = tuple(one for one in value or () if one not in question.options)
    if question.kind == "choose":
        made = PickField(options=(*question.options, *earlier), most=question.most, **shared)
        made.spread = "hours" if question.key == "times" else "many"
    elif question.kind == "rank":
        made = RankField(options=(*question.options, *earlier), most=question.most, **shared)
    elif question.kind == "line":
        made = forms.CharField(required=False, max_length=200, **shared)
    elif question.kind == "text":
        made = StatementField(**shared)
    else:
        made = LinesField(most=question.most, **shared)
    shown_to_all = question.audience == "program" and side == "mentor"  # the directory shows mentors, not mentees
    made.audience = question.audience if shown_to_all or question.audience != "program" else "match"
    return made


class AboutMeForm(forms.Form):
    """What a person volunteers about who they are; every field may stay empty."""

    def __init__(self, data: dict | None, told: dict) -> None:
        super().__init__(data)
        for key, (label, options) in ATTRIBUTES.items():
            said = told.get(key)
            choices = [(option.template, option.render(gettext)) for option in options]
            self.fields[key] = forms.MultipleChoiceField(
                label=label.render(gettext),
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=said.answers if said else [],
            )
            self.fields[key].spread = "many"
            self.fields[f"{key}_own"] = forms.CharField(
                label=_("Or in your own words"), max_length=200, required=False, initial=said.own_words if said else ""
            )
        one = next(iter(told.values()), None)
        self.fields["for_matching"] = forms.BooleanField(
            label=_("My own wish for a mentor or mentee who shares this may be honored in matching"),
            help_text=_("No match uses this yet. Your program tells you before one does."),
            required=False,
            initial=bool(one and one.for_matching),
        )
        self.fields["for_figures"] = forms.BooleanField(
            label=_("It may count in group figures about who has access to mentoring"),
            help_text=_("Only for groups of five or more, never about one person."),
            required=False,
            initial=bool(one and one.for_figures),
        )
        self.fields["for_figures"].audience = "figures"

    def descriptions(self) -> list[SelfDescription]:
        """What the action takes."""
        values = self.cleaned_data
        return [
            SelfDescription(
                key, tuple(values[key]), values[f"{key}_own"], values["for_matching"], values["for_figures"]
            )
            for key in ATTRIBUTES
        ]
