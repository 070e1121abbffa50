"""Pages of a program with 20,000 people against the same pages with 240, and against their budgets; ratios of one run.

    python bench/many_people.py [people]

A page may grow by what it draws, not by who stands behind it. The first table says queries and CPU with few and with
many; the second is that of ``pages.py``, with many.
"""

import os
import sys
import tempfile
from datetime import timedelta

import pages

PEOPLE = 20_000


def main() -> None:
    """Measure with the demo as it is, add the crowd, and measure again."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.pop("CHEIRON_DATABASE", None)
        os.environ.update(CHEIRON_HOME=home, CHEIRON_MODE="demo", DJANGO_SETTINGS_MODULE="cheiron.settings")
        pages.build()
        few = {name: page_cost(address, email) for name, address, email, _ in pages.pages()}
        crowd(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
        print(f"{'page':34} {'queries':>8} {'many':>5} {'ms':>7} {'many':>7} {'ratio':>6}")
        for name, address, email, _ in pages.pages():
            many = page_cost(address, email)
            cost = f"{few[name][1]:7.1f} {many[1]:7.1f} {many[1] / few[name][1]:6.1f}"
            print(f"{name:34} {few[name][0]:8} {many[0]:5} {cost}", flush=True)
        print()
        pages.print_table()


def page_cost(address: str, email: str) -> tuple[int, float]:
    """Queries and CPU milliseconds of a page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from cheiron.models.people import Person

    client = Client()
    client.force_login(Person.objects.get(email=email))
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries), min(pages.cpu(lambda: pages.load(client, address)) for _ in range(3))


def crowd(people: int) -> None:
    """Three mentees to each mentor join the program that is about to be matched."""
    from django.utils import timezone

    from cheiron.models.matching import Round
    from cheiron.models.people import Enrollment, Member, Person
    from cheiron.models.programs import IntakeSheet

    program, now = Round.objects.get(state="draft").program, timezone.now()
    persons = Person.objects.bulk_create([Person(email=f"one{n}@crowd.example") for n in range(people)])
    members = Member.objects.bulk_create(
        [
            Member(school_id=program.school_id, person=person, external_id=f"C-{n}", name=f"Crowd {n}", title="Year 1")
            for n, person in enumerate(persons)
        ]
    )
    parts = Enrollment.objects.bulk_create(
        [
            Enrollment(member=member, program=program, role="mentee" if n % 4 else "mentor", joined_at=now)
            for n, member in enumerate(members)
        ]
    )
    told = {"facts": {"topics": ["Sepsis"]}, "capacity": 2, "finished_at": now - timedelta(days=1)}
    IntakeSheet.objects.bulk_create([IntakeSheet(enrollment=part, **told) for part in parts])


if __name__ == "__main__":
    main()
