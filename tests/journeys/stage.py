"""Schools as they stand somewhere in the middle, made by the product's own actions in a process of its own."""

import json
from dataclasses import dataclass

from tests.journeys import lists
from tests.journeys.server import Instance

PROGRAM = "Foundations Mentoring"


@dataclass(frozen=True)
class School:
    """A school of the instance: who is there, and how each gets in."""

    instance: Instance
    key: str
    entrance: str
    """The coordinator's one-time link."""
    pairs: dict[str, str]
    """Address of the mentor by address of the mentee, as published."""

    def email(self, name: str) -> str:
        """The address of one of the lists' people, by the part before the @."""
        return f"{name}@{self.key}.example"

    def letter(self, name: str, kind: str) -> str:
        """The link in somebody's letter."""
        return self.instance.link(self.email(name), kind)


def school_at(instance: Instance, key: str, point: str, zone: str = "America/Denver") -> School:
    """A school with the small lists. ``point``: imported, invited, drafted or published."""
    link = instance.found(f"Harrow Lake ({key})", f"coordinator@{key}.example", "Maren Oduya", zone)
    files = [lists.small(text, key).decode() for text in (lists.MENTORS, lists.MENTEES)]
    out = instance.run(_PLAY, key, point, *files)
    return School(instance, key, link, json.loads(out))


_PLAY = f"""
import json
from datetime import timedelta
from django.utils import timezone
from cheiron.actions import imports, matching, people, programs
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Person
from cheiron.queries.people import actor_for
key, point, mentors, mentees = words
now, order = timezone.now(), ("imported", "invited", "drafted", "published")
boss = Person.objects.get(email=f"coordinator@{{key}}.example").id
days = dict(starts_on=now.date(), ends_on=now.date() + timedelta(days=300))
program = programs.create_program(actor=actor_for(boss), model="dyad", name={PROGRAM!r}, now=now, **days)
given = dict(actor=actor_for(boss), now=now)
for role, text in (("mentor", mentors), ("mentee", mentees)):
    list_id = imports.upload_roster(
        program_id=program, role=role, filename=role + "s.csv", content=text.encode(), **given)
    imports.apply_roster(import_id=list_id, **given)
if order.index(point) >= 1:
    people.invite(program_id=program, enrollments=None, **given)
if order.index(point) >= 2:
    round_id = matching.create_round(program_id=program, name="Autumn", **given)
    matching.draft_round(round_id=round_id, **given)
if order.index(point) >= 3:
    matching.review_round(round_id=round_id, answer_by=now.date() + timedelta(days=10), **given)
    matching.publish_round(round_id=round_id, **given)
rows = Mentorship.objects.filter(program=program).values_list("mentee__member__person__email", "mentor__member__person__email")
print(json.dumps(dict(rows)))
"""
