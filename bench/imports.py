"""Seconds for importing 5,000 people in the browser's three steps, as CSV and as XLSX, new and known, and queries.

    python bench/imports.py [people]

A school of its own in a temporary SQLite file, written as on a server. Target: 10 s for the three steps together.
"""

import csv
import io
import os
import sys
import tempfile
import time
from datetime import timedelta

TARGET = 10.0


def main() -> None:
    """New people by CSV, then the same with other titles by XLSX, then the undo of both."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as home:
        os.environ.pop("CHEIRON_DATABASE", None)
        os.environ.update(CHEIRON_HOME=home, CHEIRON_MODE="development", DJANGO_SETTINGS_MODULE="cheiron.settings")
        client, program = found()
        print(
            f"{people} people{'':12} {'upload':>8} {'check':>8} {'import':>8} {'sum':>8} {'people/s':>9} {'queries':>8}"
        )
        lists = {"new.csv": as_csv(rows(people, "Resident")), "known.xlsx": as_xlsx(rows(people, "Fellow"))}
        for name, content in lists.items():
            line(name, people, *three_steps(client, program, name, content))


def found() -> tuple:
    """A school with a program, and the browser of its coordinator."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from cheiron.actions.programs import create_program
    from cheiron.actions.schools import found_school
    from cheiron.core.access import SYSTEM
    from cheiron.models.people import Person
    from cheiron.queries.people import actor_for

    call_command("migrate", verbosity=0)
    now = timezone.now()
    found_school(actor=SYSTEM, name="A School", time_zone="UTC", email="c@school.example", coordinator="Cora", now=now)
    coordinator = Person.objects.get()
    span = {"starts_on": now.date(), "ends_on": (now + timedelta(days=300)).date()}
    program = create_program(actor=actor_for(coordinator.pk), model="dyad", name="A Program", **span, now=now)
    client = Client()
    client.force_login(coordinator)
    return client, program


def rows(people: int, title: str) -> list[list[str]]:
    """A list with fifteen columns, header first."""
    from cheiron.core.people.fields import fields_for

    keys = [field for field in fields_for("mentee") if field.key not in ("first_name", "last_name", "wishes")]
    told = {
        "title": title, "goals": "First grant; Promotion", "topics": "Sepsis; Teaching; Imaging", "place": "North",
        "specialties": "Pediatrics; Surgery", "roles": "Coach", "languages": "English", "times": "Tue 17",
    }  # fmt: skip
    found = [[field.label.render() for field in keys]]
    for n in range(people):
        own = {"external_id": f"E-{n}", "name": f"Person Number {n}", "email": f"person{n}@school.example"}
        found.append([{**told, **own}.get(field.key, "") for field in keys])
    return found


def as_csv(table: list[list[str]]) -> bytes:
    """The list as text."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(table)
    return file.getvalue().encode()


def as_xlsx(table: list[list[str]]) -> bytes:
    """The list as a workbook."""
    from openpyxl import Workbook

    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("People")
    for row in table:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def three_steps(client, program: str, name: str, content: bytes) -> tuple[list[float], int]:
    """Seconds of upload, check and import, and the queries of all three."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    given = {"role": "mentee", "file": SimpleUploadedFile(name, content)}
    with CaptureQueriesContext(connection) as queries:
        upload, done = timed(lambda: client.post(f"/programs/{program}/people/import/", given))
        address = done["Location"].replace("columns", "check")
        check, shown = timed(lambda: client.get(address))
        apply, done = timed(lambda: client.post(address))
    assert (shown.status_code, done.status_code) == (200, 302)
    return [upload, check, apply], len(queries)


def timed(act) -> tuple:
    """Seconds, and what came of it."""
    start = time.perf_counter()
    found = act()
    return time.perf_counter() - start, found


def line(name: str, people: int, seconds: list[float], queries: int) -> None:
    """One line of the table."""
    whole = sum(seconds)
    steps = "".join(f"{one:8.2f} " for one in (*seconds, whole))
    late = "" if whole <= TARGET else f"  over {TARGET:.0f} s"
    print(f"{name:23} {steps}{people / whole:9.0f} {queries:8}{late}")


if __name__ == "__main__":
    main()
