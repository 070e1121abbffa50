"""How far an import is: told by its own work, readable by every process, gone once the work is over or has died."""

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from cheiron.actions import imports, pairings
from cheiron.core.errors import Conflict, Invalid
from cheiron.gateways.progress import Progress, progress_of, reported
from cheiron.models.people import RosterImport
from tests.cast import NOW, fingerprint, roster
from tests.databases import OwnDatabase

FIVE = [
    {"ID": f"E-{n}", "Name": f"Nia {n}", "Email": f"nia{n}@riverside.example", "Wishes": "M-2"} for n in range(20, 25)
]


@pytest.fixture(autouse=True)
def home(settings, tmp_path, monkeypatch) -> Path:
    """A folder of its own, and two rows at a time."""
    settings.HOME = tmp_path
    monkeypatch.setattr("cheiron.actions._rosters.PORTION", 2)
    return tmp_path / "progress"


def uploaded(cast, *rows: dict) -> str:
    return imports.upload_roster(
        actor=cast.actor("coordinator"), program_id=cast.program, role="mentee", filename="x.csv",
        content=roster(*rows), now=NOW,
    )  # fmt: skip


class Reader:
    """Passes each report on, and reads at once what others can read of it."""

    def __init__(self, key: str, report) -> None:
        self.key, self.report, self.read = key, report, []

    def __call__(self, *told) -> None:
        self.report(*told)
        self.read.append(progress_of(self.key))

    @property
    def told(self) -> list[tuple[str, int, int]]:
        return [(far.stage, far.done, far.total) for far in self.read]


def test_an_import_tells_how_far_it_is_and_then_nothing(cast, home):
    made = uploaded(cast, *FIVE)
    with reported(made) as report:
        assert progress_of(made) == Progress("waiting")
        reader = Reader(made, report)
        assert imports.apply_roster(actor=cast.actor("coordinator"), import_id=made, now=NOW, report=reader) == 5
    assert reader.told == [
        ("reading", 0, 0), ("checking", 0, 0), ("writing", 0, 5), ("writing", 2, 5), ("writing", 4, 5), ("finishing", 5, 5)
    ]  # fmt: skip
    assert progress_of(made) is None
    assert list(home.iterdir()) == []


def test_in_portions_or_at_once_the_same_people_come(cast, monkeypatch):
    made = uploaded(cast, *FIVE)
    imports.apply_roster(actor=cast.actor("coordinator"), import_id=made, now=NOW)
    changes = RosterImport.objects.get(pk=made).changes
    kinds = Counter(change.get("made", "wished") for change in changes)
    assert kinds == {"person": 5, "member": 5, "enrollment": 5, "wished": 3}
    imports.undo_import(actor=cast.actor("coordinator"), program_id=cast.program, now=NOW)
    again = uploaded(cast, *FIVE)
    monkeypatch.setattr("cheiron.actions._rosters.PORTION", 100)
    assert imports.apply_roster(actor=cast.actor("coordinator"), import_id=again, now=NOW) == 5


def test_pairs_tell_how_far_they_are(cast):
    content = b"mentee,mentor,from,until\nE-5,M-1,2025-10-01,2026-06-30\nE-4,M-3,2025-10-01,2026-06-30\nE-4,M-1,2025-10-01,2026-06-30\n"
    given = {"actor": cast.actor("coordinator"), "now": NOW}
    made = pairings.upload_pairs(**given, program_id=cast.program, filename="pairs.csv", content=content)
    with reported(made) as report:
        reader = Reader(made, report)
        pairings.apply_pairs(**given, import_id=made, letters=False, report=reader)
    assert reader.told == [("checking", 0, 0), ("writing", 0, 3), ("writing", 2, 3), ("finishing", 3, 3)]


def test_nothing_is_left_to_read_of_a_list_that_was_refused(cast, home):
    made = uploaded(cast, *FIVE, {"ID": "E-30", "Name": "", "Email": "noname@riverside.example"})
    before = fingerprint()
    with pytest.raises(Invalid), reported(made) as report:
        imports.apply_roster(actor=cast.actor("coordinator"), import_id=made, now=NOW, report=report)
    assert (fingerprint(), progress_of(made), list(home.iterdir())) == (before, None, [])


def test_what_is_under_way_is_not_begun_again(cast):
    with reported("one") as report, reported("another"):
        report("writing", 1, 2)
        with pytest.raises(Conflict), reported("one"):
            pytest.fail("it was begun twice")
        assert progress_of("one").done == 1, "the refused one has taken nothing away"
    with reported("one"):
        assert progress_of("one") == Progress("waiting")


def test_the_time_that_is_left_comes_from_the_pace_of_the_writing(home):
    with reported("one") as report:
        report("writing", 0, 100)
        assert progress_of("one").left is None
        time.sleep(0.02)
        report("writing", 10, 100)
        assert 0.02 * 9 <= progress_of("one").left < 20
        kept = json.loads((home / "one").read_text())
    assert set(kept) == {"stage", "done", "total", "left"}, "numbers, and nobody's name"


def test_where_no_file_can_be_kept_the_import_goes_on_without(cast, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.HOME, made = tmp_path / "file", uploaded(cast, *FIVE)
    with reported(made) as report:
        assert imports.apply_roster(actor=cast.actor("coordinator"), import_id=made, now=NOW, report=report) == 5
        assert progress_of(made) is None


AT_WORK = """
import time
from cheiron.gateways.progress import reported
with reported("one") as report:
    report("writing", 2, 5)
    print("begun", flush=True)
    time.sleep(60)
"""


def test_what_a_process_that_died_leaves_behind_counts_for_nothing(home, tmp_path):
    process = OwnDatabase.empty(tmp_path).start(AT_WORK)
    assert process.stdout.readline() == "begun\n"
    assert progress_of("one") == Progress("writing", 2, 5, progress_of("one").left)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert (home / "one").exists()
    assert progress_of("one") is None
    with reported("one"):
        assert progress_of("one") == Progress("waiting")


IMPORTS = """
import time
from pathlib import Path
from cheiron.actions import imports
from cheiron.gateways.progress import reported
from cheiron.queries.people import actor_for
from tests.cast import NOW

def report(stage, *counts):
    told(stage, *counts)
    if stage == "finishing":
        print("written", flush=True)
        while not Path("go-on").exists():
            time.sleep(0.01)

with reported({upload!r}) as told:
    imports.apply_roster(actor=actor_for({person!r}), import_id={upload!r}, now=NOW, report=report)
"""
LOOKS = """
from django.test import Client
from django.urls import reverse
client = Client()
client.cookies["sessionid"] = {session!r}
answer = client.get(reverse("roster-progress", args=[{upload!r}]))
print(answer.status_code, "<b>Finishing</b>" in answer.content.decode())
"""
SIGNS_IN = """
from django.test import Client
from cheiron.models.people import Person
client = Client()
client.force_login(Person.objects.get(pk={person!r}), backend="django.contrib.auth.backends.ModelBackend")
print(client.cookies["sessionid"].value)
"""


def test_another_process_sees_it_while_the_import_holds_the_database(played_database, settings):
    own, cast = played_database
    settings.HOME = own.folder
    names = {"upload": cast["upload"], "person": cast["persons"]["coordinator"]}
    session = own.run(SIGNS_IN.format(**names))
    process = own.start(IMPORTS.format(**names))
    assert process.stdout.readline() == "written\n"
    seen = own.run(LOOKS.format(**names, session=session))
    (own.folder / "go-on").touch()
    _, trouble = process.communicate(timeout=60)
    assert (seen, process.returncode, trouble) == ("200 True", 0, "")
    assert progress_of(cast["upload"]) is None
