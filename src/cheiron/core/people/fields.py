"""What a column of a list can mean, and the headers by which it is recognized."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cheiron.core.text import Text, say

Side = Literal["mentee", "mentor"]

IGNORED = "ignored"
"""The column is left out: nothing of it is read, kept or shown."""


@dataclass(frozen=True)
class Field:
    """One meaning of a column. ``synonyms`` are headers in plain small letters, the best first."""

    key: str
    label: Text
    help: Text
    synonyms: tuple[str, ...]
    listed: bool = False
    """Whether a cell holds several values, split at ``;``, ``|`` and line breaks. Never at commas: a comma is part of
    many names ("Palliative care, adults"). Several columns may feed one listed field."""
    sides: tuple[Side, ...] = ("mentee", "mentor")


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split(", "))


_ALL = (
    Field(
        "external_id",
        say("ID"),
        say("The number or name by which your school knows this person. Without it, the email address serves."),
        _listed(
            "id, external id, person id, student id, staff id, faculty id, employee id, identifier, id number, "
            "student number, staff number, employee number, personnel number, number"
        ),
    ),
    Field(
        "name",
        say("Name"),
        say("The whole name as people use it."),
        _listed("name, full name, display name, preferred name, mentee name, mentor name, person"),
    ),
    Field(
        "first_name",
        say("First name"),
        say("Joined with the last name, where the list keeps them apart."),
        _listed("first name, given name, given names, forename, first, firstname"),
    ),
    Field(
        "last_name",
        say("Last name"),
        say("Joined with the first name, where the list keeps them apart."),
        _listed("last name, surname, family name, last, lastname"),
    ),
    Field(
        "email",
        say("Email"),
        say("The address to which invitations go. Each person needs one of their own."),
        _listed("email, email address, e mail, e mail address, mail, work email, institutional email"),
    ),
    Field(
        "title",
        say("Title"),
        say("Position or rank, as it stands beside the name."),
        _listed("title, job title, academic title, position, rank, academic rank, job role, post"),
    ),
    Field(
        "capacity",
        say("Capacity"),
        say("How many mentees this mentor takes: a whole number from 0 to 50."),
        _listed(
            "capacity, max mentees, maximum mentees, number of mentees, mentees, places, places offered, slots, seats"
        ),
        sides=("mentor",),
    ),
    Field(
        "goals",
        say("Goals"),
        say("What the mentee wants to reach, or the mentor helps with; separate several with a semicolon."),
        _listed("goals, goal, mentoring goals, career goals, objectives, aims"),
        listed=True,
    ),
    Field(
        "topics",
        say("Topics"),
        say("Subjects and interests; separate several with a semicolon."),
        _listed("topics, topic, interests, research interests, interest, research topics, keywords, subjects"),
        listed=True,
    ),
    Field(
        "specialties",
        say("Specialties"),
        say("Clinical or professional fields, the most wanted first; separate several with a semicolon."),
        _listed(
            "specialties, specialty, speciality, specialities, profession, field, discipline, specialization, "
            "subspecialty, clinical specialty"
        ),
        listed=True,
    ),
    Field(
        "roles",
        say("Roles"),
        say("Mentoring roles sought or offered, such as coach or advisor; separate several with a semicolon."),
        _listed("roles, mentoring roles, roles sought, roles offered, mentoring role, role sought, role offered"),
        listed=True,
    ),
    Field(
        "languages",
        say("Languages"),
        say("Languages in which this person likes to talk; separate several with a semicolon."),
        _listed("languages, language, spoken languages, languages spoken"),
        listed=True,
    ),
    Field(
        "times",
        say("Times"),
        say("Hours that usually suit, such as “Tue 17”; separate several with a semicolon."),
        _listed("times, availability, available times, time, meeting times, hours, available"),
        listed=True,
    ),
    Field(
        "place",
        say("Place"),
        say("Campus, department or site."),
        _listed(
            "place, campus, site, location, hospital, department, organisation, organization, institution, "
            "school, division, unit, office, city"
        ),
    ),
    Field(
        "stage",
        say("Stage"),
        say("Career stage, one of the stages of the program."),
        _listed("stage, career stage, grade, level, training level, year, class year, training year, pgy"),
    ),
    Field(
        "statement",
        say("In own words"),
        say("What this person would like to work on, in up to 1,000 characters; matching compares the words."),
        _listed(
            "in own words, in your own words, own words, statement, statement of interest, statement of interests, "
            "personal statement, what you would like to work on"
        ),
    ),
    Field(
        "wishes",
        say("Wishes"),
        say("IDs or email addresses of mentors, the most wanted first; separate several with a semicolon."),
        _listed(
            "wishes, wish, wished mentors, preferred mentors, preferred mentor, mentor wishes, "
            "mentor preferences, choices, ranking"
        ),
        listed=True,
        sides=("mentee",),
    ),
)

FIELDS: Mapping[str, Field] = {field.key: field for field in _ALL}


def fields_for(side: Side) -> tuple[Field, ...]:
    """The fields that fit a list of mentees or of mentors, in the order in which to offer them."""
    return tuple(field for field in _ALL if side in field.sides)
