"""How fast the studio answers in a program of 1,000 mentees and 350 mentors: a moved weight, another mentee, the page.

    python bench/studio.py [--seed N]

Builds the demo school in a temporary folder, fills the round with believable people, drafts it, and prints for each
step the median and the range of some requests through all of Django, in milliseconds, beside a quarter of a second.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

import matching_draft
import pages

QUARTER, RUNS = 250, 9


def main() -> None:
    """Build, draft, warm, measure, print."""
    parser = argparse.ArgumentParser(description="Time the studio with 1,000 people.")
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    with tempfile.TemporaryDirectory() as home:
        os.environ.pop("CHEIRON_DATABASE", None)
        os.environ.update(CHEIRON_HOME=home, CHEIRON_MODE="demo", DJANGO_SETTINGS_MODULE="cheiron.settings")
        pages.build()
        client, round_id, mentees = drafted(seed)
        print(f"{'step':34} {'median ms':>9} {'range':>13} {'of 250':>7}")
        for name, request in steps(client, round_id, mentees):
            times = [timed(request) for _ in range(RUNS + 1)][1:]
            middle = statistics.median(times)
            print(f"{name:34} {middle:9.0f} {min(times):6.0f}-{max(times):<6.0f} {middle / QUARTER:7.2f}")


def steps(client, round_id: str, mentees: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """What a coordinator does, each time a little differently."""
    chance = random.Random(1)
    at = f"/rounds/{round_id}/"
    yield "a moved weight", lambda: client.get(f"{at}effect/", {"topics": chance.randint(1, 50)}, headers=HTMX)
    yield "another mentee", lambda: client.get(at, {"mentee": chance.choice(mentees)}, headers=PAIR)
    yield "the whole page", lambda: client.get(at)
    yield "all methods, nothing kept", lambda: (forget(), client.get(f"{at}methods/"))[1]


HTMX = {"HX-Request": "true", "HX-Target": "effect"}
PAIR = {"HX-Request": "true", "HX-Target": "pair"}


def forget() -> None:
    """As after an act."""
    from cheiron.queries import kept

    kept.forget()


def timed(request: Callable[[], object]) -> float:
    """Milliseconds of one answered request."""
    began = time.perf_counter()
    response = request()
    assert response.status_code == 200, response
    return (time.perf_counter() - began) * 1000


def drafted(seed: int):
    """A round that is drafted, a coordinator before it, and the ids of its mentees."""
    from django.test import Client
    from django.utils import timezone

    from cheiron.actions.matching import draft_round
    from cheiron.models.matching import Round
    from cheiron.models.people import Person
    from cheiron.queries.people import actor_for

    round, now = Round.objects.get(state="draft"), timezone.now()
    mentees = fill(round.program, seed, now)
    coordinator = Person.objects.get(email="coordinator@demo.example")
    draft_round(actor=actor_for(coordinator.pk), round_id=round.pk, now=now)
    client = Client()
    client.force_login(coordinator)
    return client, round.pk, mentees


def fill(program, seed: int, now) -> list[str]:
    """The people of the engine's bench join the program, and whoever was in it leaves. Returns the mentees' ids."""
    from cheiron.models.people import Enrollment, Member, Person
    from cheiron.models.programs import IntakeSheet

    program.enrollments.filter(role__in=("mentee", "mentor")).update(left_at=now)
    sides = dict(zip(("mentee", "mentor"), matching_draft.people(random.Random(seed)), strict=True))
    ids = {}
    for role, people in sides.items():
        persons = Person.objects.bulk_create(Person(email=f"{one.id}@crowd.example".lower()) for one in people)
        members = Member.objects.bulk_create(
            Member(school_id=program.school_id, person=person, external_id=one.id, name=f"Crowd {one.id}", title="T")
            for one, person in zip(people, persons, strict=True)
        )
        parts = Enrollment.objects.bulk_create(
            Enrollment(member=one, program=program, role=role, joined_at=now) for one in members
        )
        IntakeSheet.objects.bulk_create(
            IntakeSheet(enrollment=part, facts=told(one), capacity=one.capacity, finished_at=now)
            for one, part in zip(people, parts, strict=True)
        )
        ids[role] = [part.id for part in parts]
    return ids["mentee"]


def told(one) -> dict:
    """The facts as a sheet keeps them."""
    return {key: value for key, value in asdict(one.facts).items() if value and key != "wishes"}


if __name__ == "__main__":
    main()
