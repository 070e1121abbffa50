"""A list to start from."""

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
    fields = tuple(field for field in fields_for(side) if field.key not in ("first_name", "last_name"))
    rows = ([example.get(field.key, "") for field in fields] for example in _EXAMPLES[side])
    return csv_text([field.label.render() for field in fields], rows)
