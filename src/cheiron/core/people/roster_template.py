"""A list to start from."""

import io
from collections.abc import Mapping

from cheiron.core.people.fields import Side, fields_for
from cheiron.core.people.spreadsheet import csv_text

_EXAMPLES: Mapping[Side, tuple[Mapping[str, str], ...]] = {
    "mentee": (
        {
            "external_id": "E-001",
            "name": "Example Mentee",
            "email": "mentee.one@example.org",
            "title": "Resident",
            "goals": "First grant; Work and family",
            "topics": "Sepsis; Teaching",
            "specialties": "Pediatrics",
            "roles": "Coach; Advisor",
            "languages": "English; Spanish",
            "times": "Tue 17; Thu 12",
            "place": "North Campus",
            "stage": "Resident",
            "statement": "A first paper on sepsis, and how to teach it.",
            "wishes": "M-002; M-001",
        },
        {
            "external_id": "E-002",
            "name": "Second Example",
            "email": "mentee.two@example.org",
            "title": "Fellow",
            "goals": "Promotion",
            "topics": "Palliative care, adults",
            "specialties": "Internal medicine",
            "place": "South Campus",
            "stage": "Fellow",
        },
    ),
    "mentor": (
        {
            "external_id": "M-001",
            "name": "Example Mentor",
            "email": "mentor.one@example.org",
            "title": "Professor",
            "capacity": "3",
            "goals": "First grant; Promotion",
            "topics": "Sepsis",
            "specialties": "Pediatrics",
            "roles": "Coach",
            "languages": "English",
            "times": "Tue 17",
            "place": "North Campus",
            "stage": "Faculty",
            "statement": "Trials in septic shock; I like to help with first papers.",
        },
        {
            "external_id": "M-002",
            "name": "Third Example",
            "email": "mentor.two@example.org",
            "title": "Associate Professor",
            "capacity": "1",
            "goals": "Work and family",
            "topics": "Teaching",
            "specialties": "Internal medicine",
            "roles": "Advisor; Sponsor",
            "languages": "English; Spanish",
            "place": "South Campus",
            "stage": "Faculty",
        },
    ),
}


def template_csv(side: Side) -> str:
    """A list to fill in: headers that ``guess_map`` knows, and two invented people who show how cells are written."""
    headers, rows = _template(side)
    return csv_text(headers, rows)


def template_xlsx(side: Side) -> bytes:
    """The same list as a workbook. Its columns are text, so that no ID loses its zeros and no date is made up."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    headers, rows = _template(side)
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = f"{side}s"
    for row in (headers, *rows):
        sheet.append(row)
    for at, _header in enumerate(headers, start=1):
        column = sheet.column_dimensions[get_column_letter(at)]
        column.width, column.number_format = 24, "@"
        sheet.cell(1, at).font = Font(bold=True)
    sheet.freeze_panes = "A2"
    book.save(file)
    return file.getvalue()


def _template(side: Side) -> tuple[list[str], list[list[str]]]:
    fields = tuple(field for field in fields_for(side) if field.key not in ("first_name", "last_name"))
    rows = [[example.get(field.key, "") for field in fields] for example in _EXAMPLES[side]]
    return [field.label.render() for field in fields], rows
