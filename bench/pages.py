"""CPU of a page against a bare Django page that sends the same bytes, and its queries; ratios of one run.

    python bench/pages.py

Builds the demo school in a temporary folder. Prints for each page: queries the first time after an act and again,
CPU in milliseconds the first time and again (the least of the rounds, as the machine's other work only adds), the
bare page's, and the ratio of a page that is opened again beside its budget.
"""

import os
import re
import sys
import tempfile
import time
import types
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

NEW_PROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROUNDS, REPEATS = 12, 5
BUDGET, TABLE_BUDGET, MOST_QUERIES = 3.0, 4.0, 15


def main() -> None:
    """Build, warm, measure, print."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.pop("CHEIRON_DATABASE", None)
        os.environ.update(CHEIRON_HOME=home, CHEIRON_MODE="demo")
        os.environ["DJANGO_SETTINGS_MODULE"] = "cheiron.settings"
        build()
        print_table()


def print_table() -> None:
    """A line for each page."""
    heads = f"{'first ms':>8} {'ms':>7} {'bare ms':>8} {'ratio':>6} {'budget':>6}"
    print(f"{'page':34} {'queries':>7} {'again':>6} {'KiB':>6} {heads}")
    for name, address, email, budget in pages():
        measure(name, address, email, budget)


def build() -> None:
    """The demo school, in a database of its own."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from cheiron.actions.demo_school import build_demo_school
    from cheiron.core.access import SYSTEM

    call_command("migrate", verbosity=0)
    build_demo_school(actor=SYSTEM, now=timezone.now())


def pages() -> list[tuple[str, str, str, float]]:
    """The main pages, each as the person who uses it."""
    from cheiron.models.matching import Round
    from cheiron.models.mentorships import Mentorship
    from cheiron.models.people import Enrollment

    draft = Round.objects.get(state="draft")
    program = f"/programs/{draft.program_id}"
    staff, mentor, mentee = (f"{who}@demo.example" for who in ("coordinator", "mentor", "mentee"))
    pair = Mentorship.objects.filter(state="active", mentee__member__person__email=mentee).first()
    seeker = Enrollment.objects.get(role="mentee", member__person__email="waiting@demo.example", left_at=None)
    return [
        ("home of a coordinator", "/", staff, BUDGET),
        ("home of a mentor", "/", mentor, BUDGET),
        ("home of a mentee", "/", mentee, BUDGET),
        ("program", f"{program}/", staff, BUDGET),
        ("people (50 rows)", f"{program}/people/", staff, TABLE_BUDGET),
        ("match studio (all mentees)", f"/rounds/{draft.pk}/", staff, TABLE_BUDGET),
        ("mentorships (50 rows)", f"/programs/{pair.program_id}/pairs/", staff, TABLE_BUDGET),
        ("pair", f"/mentorships/{pair.pk}/", mentee, BUDGET),
        ("directory", f"/programs/{seeker.program_id}/mentors/", "waiting@demo.example", TABLE_BUDGET),
        ("intake", f"/programs/{seeker.program_id}/intake/mentee/", "waiting@demo.example", BUDGET),
    ]


def measure(name: str, address: str, email: str, budget: float) -> None:
    """One line of the table. The bare page has a signed-in person, reads as often, and sends the same bytes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from cheiron.models.people import Person

    client = Client()
    client.force_login(Person.objects.get(email=email))
    with CaptureQueriesContext(connection) as queries:
        body = client.get(address).content
    asked = len(queries)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    again = len(queries)
    bare = bare_page(client, body, again)
    full_ms, bare_ms = zip(*((cpu(lambda: load(client, address)), cpu(bare)) for _ in range(ROUNDS)), strict=True)
    first_ms = min(REPEATS * cpu(lambda: first_look(client, address)) for _ in range(3))
    ratio = min(full_ms) / min(bare_ms)
    flag = "" if round(ratio, 1) <= budget and asked <= MOST_QUERIES else "  over"
    figures = f"{first_ms:8.1f} {min(full_ms):7.1f} {min(bare_ms):8.1f} {ratio:6.1f} {budget:6.1f}"
    print(f"{name:34} {asked:7} {again:6} {len(body) / 1024:6.0f} {figures}{flag}")


def load(client: "Client", address: str) -> None:
    """The page some times, through all of Django."""
    for _ in range(REPEATS):
        client.get(address)


def first_look(client: "Client", address: str) -> None:
    """The page as after an act, with nothing kept."""
    from cheiron.queries.kept import forget

    forget()
    client.get(address)


def bare_page(client: "Client", body: bytes, queries: int) -> Callable[[], object]:
    """The same bytes from a view of a new Django project, by the same number of queries (docs/decisions).

    Two of them are the middleware's (session, person), each other one reads one row by its key, the cheapest that
    Django has. Its template writes every text of the page through a variable, and the markup between as it is.
    """
    from django.http import HttpRequest, HttpResponse
    from django.template import Context, Engine
    from django.test import override_settings
    from django.urls import path

    from cheiron.models.people import School

    school_id = School.objects.values_list("pk", flat=True)[0]
    pieces = [(tags, text) for tags, text in re.findall(r"((?:<[^>]*>\s*)+)([^<]*)", body.decode())]
    each = "{% for tags, text in pieces %}{{ tags|safe }}{{ text }}{% endfor %}{{ user.email }}"
    template = Engine().from_string(each)

    def view(request: HttpRequest) -> HttpResponse:
        school = [School.objects.get(pk=school_id) for _ in range(queries - 2)]
        return HttpResponse(template.render(Context({"pieces": pieces, "user": request.user, "school": school})))

    addresses = types.ModuleType("bare_addresses")
    addresses.urlpatterns = [path("bare/", view)]
    sys.modules["bare_addresses"] = addresses

    def bare() -> object:
        with override_settings(ROOT_URLCONF="bare_addresses", MIDDLEWARE=NEW_PROJECT):
            return [client.get("/bare/") for _ in range(REPEATS)]

    return bare


def cpu(call: Callable[[], object]) -> float:
    """CPU milliseconds of one of the requests that the call makes."""
    call()
    began = time.process_time()
    call()
    return (time.process_time() - began) * 1000 / REPEATS


if __name__ == "__main__":
    sys.exit(main())
