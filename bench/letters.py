"""How long 300 invitations take: the page that previews them, and the button that queues them.

    python bench/letters.py [people]

Builds a school of its own in a temporary folder. Target: preview and queue together within 5 s.
"""

import os
import re
import sys
import tempfile
import time
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

TARGET = 5.0


def main() -> None:
    """Build, preview, press, press again, print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as home:
        os.environ.pop("CHEIRON_DATABASE", None)
        os.environ.update(CHEIRON_HOME=home, CHEIRON_MODE="development")
        os.environ["DJANGO_SETTINGS_MODULE"] = "cheiron.settings"
        import django

        django.setup()
        client, address = school_of(people)
        measure(client, address, people)


def school_of(people: int) -> "tuple[Client, str]":
    """A school whose coordinator has imported so many mentees; a browser of hers, and where the selection goes."""
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from cheiron.actions import imports, programs, schools
    from cheiron.core.access import SYSTEM
    from cheiron.models.people import Person
    from cheiron.queries.people import actor_for

    call_command("migrate", verbosity=0)
    now = timezone.now()
    schools.found_school(
        actor=SYSTEM, name="Bench", time_zone="UTC", email="lead@bench.example", coordinator="Lead", now=now
    )
    person = Person.objects.get(email="lead@bench.example")
    actor, days = actor_for(person.id), {"starts_on": now.date(), "ends_on": now.date() + timedelta(days=300)}
    program = programs.create_program(actor=actor, model="dyad", name="Bench program", now=now, **days)
    rows = "".join(f"E-{n},Mentee {n},mentee{n}@bench.example\n" for n in range(people))
    content = ("ID,Name,Email\n" + rows).encode()
    made = imports.upload_roster(
        actor=actor, program_id=program, role="mentee", filename="mentees.csv", content=content, now=now
    )
    imports.apply_roster(actor=actor, import_id=made, now=now)
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client, f"/programs/{program}/people/selection/"


def measure(client: "Client", address: str, people: int) -> None:
    """Preview and queue everybody; a second press must queue nobody."""
    start = time.perf_counter()
    page = post(client, address, {"act": "remind", "which": "all"})
    shown = time.perf_counter()
    hidden = dict(re.findall(r'type="hidden" name="(batch|seal|chosen)" value="([^"]*)"', page.content.decode()))
    press = {"act": "remind", "go": "yes", **hidden}
    done = post(client, address, press)
    queued = time.perf_counter()
    again = post(client, address, press)
    from cheiron.models.ledger import Letter

    count = Letter.objects.filter(kind="invitation").count()
    assert (page.status_code, done.status_code, again.status_code, count) == (200, 302, 409, people)
    print(
        f"{people} invitations: preview {shown - start:.2f} s, queue {queued - shown:.2f} s, "
        f"together {queued - start:.2f} s (target {TARGET} s); a second press queued none"
    )


def post(client: "Client", address: str, data: dict) -> "HttpResponse":
    """One press of a button, as a browser sends it."""
    return client.post(address, data)


if __name__ == "__main__":
    main()
