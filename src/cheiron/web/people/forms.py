"""Forms for lists of people."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cheiron.core.access import Role
from cheiron.core.people.fields import IGNORED, fields_for
from cheiron.models.people import RosterImport
from cheiron.queries.imports import remembered, side_of, table_of
from cheiron.web.shared.templatetags.words import ROLES

LISTS = forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"})


class UploadForm(forms.Form):
    """A file, and who stands in it."""

    role = forms.ChoiceField(
        label=_("Who is on the list?"),
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("XLSX or CSV file"),
        widget=LISTS,
        help_text=_("As it comes from the registrar. You say next what each column means."),
    )

    def __init__(self, *args, roles: tuple[str, ...], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, ROLES[role]) for role in roles]

    def clean_file(self):
        """Not larger than the server takes."""
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            limit = settings.UPLOAD_LIMIT // 2**20
            raise forms.ValidationError(_("The file is larger than %(limit)s MB. Split it.") % {"limit": limit})
        return file


class AppointForm(forms.Form):
    """Somebody's name, address and new role."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Email address"))
    role = forms.ChoiceField(label=_("Role"), choices=[(r, ROLES[r]) for r in Role if r not in ("mentee", "mentor")])


class LinesForm(forms.Form):
    """A file of reporting lines."""

    file = forms.FileField(
        label=_("XLSX or CSV file"),
        widget=LISTS,
        help_text=_(
            "Columns: student, assessor (id or address), and kind: "
            "grades, promotes, supervises, treats, past or forbidden."
        ),
    )


class PairsForm(forms.Form):
    """A file of past and running pairs."""

    file = forms.FileField(
        label=_("XLSX or CSV file"),
        widget=LISTS,
        help_text=_("Columns: mentee and mentor (id or address), and where they are known from and until."),
    )


class ColumnsForm(forms.Form):
    """What each column of an uploaded list means."""

    def __init__(self, data: dict | None, roster: RosterImport) -> None:
        super().__init__(data)
        self.table, self.withheld = table_of(roster), set(roster.columns["withheld"])
        known = remembered(roster.program, roster.role)
        self.recalled = {h for h in self.table.headers if known.get(h.casefold()) == roster.columns["map"].get(h)}
        meanings = [(IGNORED, _("Leave out"))]
        meanings += [(field.key, field.label.render(gettext)) for field in fields_for(side_of(roster.role))]
        for index, header in enumerate(self.table.headers):
            if header not in self.withheld:
                self.fields[f"column_{index}"] = forms.ChoiceField(
                    label=header, choices=meanings, initial=roster.columns["map"].get(header, IGNORED)
                )

    def rows(self) -> list[dict]:
        """Each column with its select and a few of its values; withheld columns with neither."""
        return [
            {
                "header": header,
                "withheld": header in self.withheld,
                "recalled": header in self.recalled and header not in self.withheld,
                "field": None if header in self.withheld else self[f"column_{index}"],
                "samples": [row[index] for row in self.table.rows[:3] if row[index]],
            }
            for index, header in enumerate(self.table.headers)
        ]

    def columns(self) -> dict[str, str]:
        """Header to field."""
        headers = enumerate(self.table.headers)
        return {header: self.cleaned_data[f"column_{i}"] for i, header in headers if header not in self.withheld}
