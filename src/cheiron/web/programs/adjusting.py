"""Forms for a new program and for what may be changed of one, whole or in parts."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from cheiron.actions.programs import Adjustment
from cheiron.catalog.programs import program_model, program_models
from cheiron.core.errors import Invalid
from cheiron.core.programs.model import Asked, ProgramModel
from cheiron.core.programs.words import NAMES, read_words, write_words
from cheiron.models.programs import Program, ProgramDraft
from cheiron.web.programs.forms import DayInput
from cheiron.web.shared.templatetags.words import PARTS

ABOUT = ("name", "cohort", "starts_on", "ends_on", "time_zone")
RHYTHM = ("mentees_per_mentor", "meet_every_days", "meeting_minutes", "answer_within_days")


class NewProgramForm(forms.Form):
    """A name, a model and the first and last day."""

    model = forms.ChoiceField(label=_("Model"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As people will read it in letters."))
    mentees_per_mentor = forms.IntegerField(
        label=_("How many mentees may a mentor have?"),
        help_text=_("For mentors who do not say it themselves, and whose list does not. Empty: as the model says."),
        min_value=1,
        max_value=20,
        required=False,
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())

    def __init__(self, data: dict | None, today: date) -> None:
        later = today + timedelta(days=program_model("dyad").rhythm.length_days)
        super().__init__(data, initial={"model": "dyad", "starts_on": today, "ends_on": later})
        self.models = list(program_models().values())
        self.fields["model"].choices = [(model.key, gettext(model.title)) for model in self.models]

    def adjustment(self) -> Adjustment:
        """The first step of a draft: everything else is as in the model."""
        values, model = self.cleaned_data, program_model(self.cleaned_data["model"])
        rhythm = {key: getattr(model.rhythm, key) for key in RHYTHM[1:]}
        return Adjustment(
            name=values["name"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            mentees_per_mentor=values["mentees_per_mentor"] or model.mentees_per_mentor,
            weights=model.weights,
            words=model.words,
            **rhythm,
        )


WORDS = {
    "mentor": gettext_lazy("One who guides"),
    "mentors": gettext_lazy("Several who guide"),
    "mentee": gettext_lazy("One who is guided"),
    "mentees": gettext_lazy("Several who are guided"),
    "mentorship": gettext_lazy("What the two have"),
    "mentorships": gettext_lazy("Several of those"),
}


class AdjustForm(forms.Form):
    """What may be changed of a program's model. ``parts`` names those that the page shows; the rest stays."""

    name = forms.CharField(label=_("Name"), max_length=200)
    cohort = forms.CharField(
        label=_("Cohort or class"),
        max_length=80,
        required=False,
        help_text=_("Such as “Class of 2030”. May stay empty."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        required=False,
        help_text=_("Such as America/Denver, for days to answer by and for meetings. Empty: that of the school."),
    )
    mentees_per_mentor = forms.IntegerField(
        label=_("Places of a mentor"), min_value=1, max_value=20, help_text=_("Unless the mentor says otherwise.")
    )
    meet_every_days = forms.IntegerField(label=_("Days between meetings"), min_value=1, max_value=365)
    meeting_minutes = forms.IntegerField(label=_("Minutes of a meeting"), min_value=5, max_value=240)
    answer_within_days = forms.IntegerField(label=_("Days for a mentor's answer"), min_value=1, max_value=90)

    def __init__(
        self, data: dict | None, about: Mapping[str, object], model: ProgramModel, parts: Iterable[str]
    ) -> None:
        super().__init__(data, initial={**about, **_rhythm_of(model), **_words_of(model), **_weights_of(model)})
        self.model = model
        self.offered = {q.key: q for q in (*model.questions, *program_model(model.key).questions)}
        for name in NAMES:
            self.fields[name] = forms.CharField(label=WORDS[name], max_length=40, required=False)
        for key in model.weights:
            self.fields[f"weight_{key}"] = forms.IntegerField(label=PARTS[key], min_value=0, max_value=100)
        self._add_questions()
        shown = {name for part in parts for name in self._names(part)}
        for name in set(self.fields) - shown:
            del self.fields[name]

    def _add_questions(self) -> None:
        asked = {question.key: question for question in self.model.questions}
        for key, offered in self.offered.items():
            own = asked.get(key, offered)
            title = gettext(own.mentee or own.mentor)
            self.fields[f"ask_{key}"] = forms.BooleanField(label=title, required=False)
            self.initial |= {f"ask_{key}": key in asked, f"mentee_{key}": own.mentee, f"mentor_{key}": own.mentor}
            for side, label in (("mentee", _("As a mentee reads it")), ("mentor", _("As a mentor reads it"))):
                self.fields[f"{side}_{key}"] = forms.CharField(label=label, max_length=300, required=False)

    def _names(self, part: str) -> list[str]:
        own = {"about": ABOUT, "rhythm": RHYTHM, "words": NAMES}
        if part in own:
            return list(own[part])
        prefixes = ("weight_",) if part == "weights" else ("ask_", "mentee_", "mentor_")
        return [name for name in self.fields if name.startswith(prefixes)]

    def rows(self, *names: str) -> list[forms.BoundField]:
        """The shown fields of these names, in their order."""
        return [self[name] for name in names if name in self.fields]

    @property
    def about_fields(self) -> list[forms.BoundField]:
        """Name, days, ratio and rhythm."""
        return self.rows(*ABOUT, *RHYTHM)

    @property
    def word_fields(self) -> list[forms.BoundField]:
        """What the roles are called."""
        return self.rows(*NAMES)

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        """How much each part of the fit counts."""
        return self.rows(*(f"weight_{key}" for key in self.model.weights))

    @property
    def question_rows(self) -> list[tuple[forms.BoundField, ...]]:
        """Each question: whether it is asked, and how either side reads it."""
        keys = [key for key in self.offered if f"ask_{key}" in self.fields]
        return [(self[f"ask_{key}"], self[f"mentee_{key}"], self[f"mentor_{key}"]) for key in keys]

    def refuse(self, refused: Invalid) -> None:
        """Say why the program cannot be like this, and what to do."""
        told = [f"{issue.problem} {issue.remedy}" for issue in refused.issues]
        for text in told or [str(refused.text)]:
            self.add_error(None, text)

    def adjustment(self) -> Adjustment:
        """What the action takes: what is shown as it was typed, the rest as it stood."""
        values = {**self.initial, **self.cleaned_data}
        shown = {key for key in self.offered if f"ask_{key}" in self.fields}
        return Adjustment(
            **{name: values[name] for name in (*ABOUT, *RHYTHM)},
            weights={key: values[f"weight_{key}"] for key in self.model.weights},
            words=read_words({name: values[name] for name in NAMES}),
            questions={
                key: Asked(values[f"ask_{key}"], values[f"mentee_{key}"], values[f"mentor_{key}"]) for key in shown
            },
        )


def _rhythm_of(model: ProgramModel) -> dict[str, int]:
    rhythm = {key: getattr(model.rhythm, key) for key in RHYTHM[1:]}
    return {"mentees_per_mentor": model.mentees_per_mentor, **rhythm}


def _words_of(model: ProgramModel) -> dict[str, str]:
    return write_words(model.words)


def _weights_of(model: ProgramModel) -> dict[str, int]:
    return {f"weight_{key}": weight for key, weight in model.weights.items()}


def about_program(program: Program) -> dict[str, object]:
    """Name, cohort, days and time zone of a program, as the form starts with them."""
    return {name: getattr(program, name) for name in ABOUT}


def about_draft(draft: ProgramDraft) -> dict[str, object]:
    """The same of a draft, as far as it has come."""
    told = {name: draft.answers.get(name, "") for name in ABOUT}
    return {**told, **{name: date.fromisoformat(told[name]) for name in ("starts_on", "ends_on")}}
