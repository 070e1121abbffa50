"""The watched folder: each file is taken whole or refused whole, once, whatever is killed in between."""

import contextlib
import os
import subprocess
from pathlib import Path

import pytest

from cheiron.actions import imports
from cheiron.cli import rosters
from cheiron.core.errors import Conflict, Denied
from cheiron.gateways import folders
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.people import ColumnMap, Enrollment, Member, RosterImport
from tests.cast import NOW, WAITING, Cast, fingerprint, roster
from tests.core.people.workbooks import workbook

LEDGERS = (AuditEvent, Letter, OneTimeLink)
NEW = {"ID": "E-60", "Name": "Ivo Lem", "Email": "ivo@riverside.example", "Topics": "Sepsis"}


@pytest.fixture
def root(cast: Cast, tmp_path: Path, settings) -> Path:
    """The folder, laid out."""
    settings.ROSTERS = str(tmp_path)
    assert rosters.look(30) == []
    return tmp_path


def put(root: Path, cast: Cast, content: bytes, name: str = "list.csv", *, role: str = "mentee", age: int = 60) -> Path:
    """A file that was written ``age`` seconds ago."""
    path = root / cast.program / role / name
    path.write_bytes(content)
    then = NOW.timestamp() - age
    os.utime(path, (then, then))
    return path


def lying(root: Path) -> list[str]:
    """All files, their fingerprints left out."""
    found = [path.relative_to(root).parts[2:] for path in root.rglob("*") if path.is_file()]
    return sorted("/".join((*parts[:-1], parts[-1].partition("-")[2] or parts[-1])) for parts in found)


def report(root: Path) -> str:
    (path,) = root.rglob("*.csv.txt")
    return path.read_text("utf-8")


def letters() -> list[tuple[str, str]]:
    return list(Letter.objects.filter(kind="roster").values_list("to_name", "subject"))


def test_the_folder_is_laid_out_for_each_program(root, cast):
    assert sorted(path.name for path in root.iterdir()) == sorted([cast.program, cast.other_program])
    assert sorted(path.name for path in (root / cast.program).iterdir()) == ["mentee", "mentor"]


def test_a_list_is_imported_put_away_and_told(root, cast):
    put(root, cast, roster(NEW, WAITING[0]))
    assert rosters.look(30) == ["list.csv: done"]
    ivo = Enrollment.objects.get(member__external_id="E-60")
    assert (ivo.role, ivo.sheet.facts, ivo.invited_at) == ("mentee", {"topics": ["Sepsis"]}, None)
    assert lying(root) == ["done/list.csv", "done/list.csv.txt"]
    assert report(root) == "Imported. People new or changed: 1.\n"
    assert letters() == [("Cora Lang", "Riverside Scholars: a list was imported")]
    imports.undo_import(actor=cast.actor("coordinator"), program_id=cast.program, now=NOW)
    assert not Member.objects.filter(external_id="E-60").exists()


def test_a_list_with_a_mistake_is_refused_whole_with_a_report_and_a_letter(root, cast):
    before = fingerprint(without=LEDGERS)
    put(root, cast, roster(NEW, {**NEW, "ID": "E-61"}))
    assert rosters.look(30) == ["list.csv: refused"]
    assert fingerprint(without=LEDGERS) == before
    assert lying(root) == ["refused/list.csv", "refused/list.csv.txt"]
    assert "Row 3, column “Email”: “ivo@riverside.example” stands in row 2 too." in report(root)
    letter = Letter.objects.get(kind="roster")
    assert "Row 3, column “Email”" in letter.body


@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_a_workbook_and_both_roles_are_taken(role, root, cast):
    head = ("ID", "Name", "Email")
    put(root, cast, workbook({"A": [head, ("X-1", "Ivo Lem", "ivo@riverside.example")]}), "list.xlsx", role=role)
    assert rosters.look(30) == ["list.xlsx: done"]
    assert Enrollment.objects.get(member__external_id="X-1").role == role


def test_nothing_is_guessed_where_nobody_has_named_the_columns(root, cast):
    ColumnMap.objects.all().delete()
    put(root, cast, roster(NEW))
    assert rosters.look(30) == ["list.csv: refused"]
    assert "Nobody has said what the columns mean. Import one list for this role by hand first." in report(root)


def test_identity_columns_are_not_kept(root, cast):
    put(root, cast, roster({**NEW, "Gender": "told to nobody"}, columns=("ID", "Name", "Email", "Gender")))
    assert rosters.look(30) == ["list.csv: done"]
    assert "told to nobody" not in repr(list(RosterImport.objects.values()))


# ---------- what is left alone ----------


def test_a_file_that_still_changes_is_left_alone(root, cast):
    put(root, cast, roster(NEW), age=10)
    assert rosters.look(30) == []
    assert rosters.look(5) == ["list.csv: done"]


def test_half_copied_hidden_and_linked_files_are_left_alone(root, cast, tmp_path_factory):
    for name in (".list.csv", "~$list.xlsx", "list.csv.part", "list.tmp"):
        put(root, cast, roster(NEW), name)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.csv"
    elsewhere.write_bytes(roster(NEW))
    os.utime(elsewhere, (0, 0))
    (root / cast.program / "mentee" / "link.csv").symlink_to(elsewhere)
    assert rosters.look(30) == []


def test_a_file_that_changes_while_it_is_read_waits(root, cast, monkeypatch):
    path, read = put(root, cast, roster(NEW)), Path.read_bytes

    def read_and_grow(self):
        content = read(self)
        path.write_bytes(content + b"\n")
        return content

    monkeypatch.setattr(Path, "read_bytes", read_and_grow)
    assert rosters.look(30) == []
    assert path.exists()


def test_a_file_above_the_limit_is_refused_unread(root, cast, settings):
    settings.UPLOAD_LIMIT = 100
    put(root, cast, roster(NEW, WAITING[0]))
    assert rosters.look(30) == ["list.csv: refused"]
    assert "The file is larger than" in report(root)


def test_a_folder_of_no_program_gets_its_files_back_as_refused(root, cast):
    folder = root / "nonsense" / "mentee"
    folder.mkdir(parents=True)
    put(root, cast, roster(NEW)).rename(folder / "list.csv")
    assert rosters.look(30) == ["list.csv: refused"]
    assert "no such program" in report(root)
    assert letters() == []


# ---------- once, whatever is killed ----------


class Killed(BaseException):
    """Power is cut."""


def test_killed_between_import_and_move_the_file_is_only_moved_the_next_time(root, cast, monkeypatch):
    def killed(*_given):
        raise Killed

    put(root, cast, roster(NEW))
    with monkeypatch.context() as power:
        power.setattr(folders, "put_away", killed)
        with pytest.raises(Killed):
            rosters.look(30)
    after = fingerprint()
    assert rosters.look(30) == ["list.csv: done"]
    assert fingerprint() == after, "nobody twice, no second letter"
    assert report(root) == "This file was imported before.\n"


def test_killed_between_report_and_move_nothing_is_lost_or_doubled(root, cast, monkeypatch):
    def killed(*_given):
        raise Killed

    path = put(root, cast, roster(NEW, {**NEW, "ID": "E-61"}))
    with monkeypatch.context() as power:
        power.setattr(os, "replace", killed)
        with pytest.raises(Killed):
            rosters.look(30)
    assert path.exists()
    after = fingerprint()
    assert rosters.look(30) == ["list.csv: refused"]
    assert fingerprint() == after
    assert lying(root) == ["refused/list.csv", "refused/list.csv.txt"]


def test_the_same_list_put_there_again_later_is_a_new_file(root, cast):
    put(root, cast, roster(NEW))
    rosters.look(30)
    put(root, cast, roster({**NEW, "Name": "Ivo Lem-Ost"}), age=50)
    rosters.look(30)
    put(root, cast, roster(NEW), age=40)
    assert rosters.look(30) == ["list.csv: done"]
    assert Member.objects.get(external_id="E-60").name == "Ivo Lem"
    assert len(letters()) == 3


def test_a_list_that_changes_nothing_is_put_away_in_silence(root, cast):
    count = RosterImport.objects.count()
    put(root, cast, roster(*WAITING))
    assert rosters.look(30) == ["list.csv: done"]
    assert (letters(), RosterImport.objects.count()) == ([], count)


def test_a_file_that_cannot_be_moved_is_told_and_holds_up_no_other(root, cast, monkeypatch):
    put(root, cast, roster(NEW), age=90)
    put(root, cast, roster({**NEW, "ID": "E-61", "Email": "other@riverside.example"}), "other.csv")
    move = os.replace

    def stuck(source, target):
        if source.name == "list.csv":
            raise PermissionError(13, "Permission denied")
        move(source, target)

    monkeypatch.setattr(os, "replace", stuck)
    assert rosters.look(30) == ["list.csv: done, and could not be moved: Permission denied", "other.csv: done"]
    assert Member.objects.filter(external_id__in=["E-60", "E-61"]).count() == 2
    after = fingerprint()
    assert rosters.look(30) == ["list.csv: done, and could not be moved: Permission denied"]
    assert fingerprint() == after


# ---------- by whom ----------


def test_without_a_folder_the_command_says_what_to_set(cast, settings):
    settings.ROSTERS = ""
    with pytest.raises(Conflict, match="Set CHEIRON_ROSTERS"):
        rosters.look(30)


def test_nobody_but_the_worker_takes_files_from_a_folder(cast):
    for who in ("coordinator", "anonymous", "stranger"):
        with pytest.raises(Denied):
            imports.take_roster(
                actor=cast.actor(who), program_id=cast.program, role="mentee", filename="x.csv", content=roster(NEW),
                digest="x", now=NOW,
            )  # fmt: skip


# ---------- killed in earnest ----------

TAKE = """
import pathlib
from django.conf import settings
from django.utils import timezone
from cheiron.cli import rosters
settings.ROSTERS = {root!r}
for line in rosters.look(30):
    print(line)
"""
STATE = """
from cheiron.models.ledger import Letter
from cheiron.models.people import Member
print(Member.objects.filter(external_id__startswith="F-").count(), Letter.objects.filter(kind="roster").count())
"""


def test_a_process_killed_at_any_moment_leaves_all_of_the_file_or_nothing(played_database, tmp_path):
    own, cast = played_database
    people = [{"ID": f"F-{n}", "Name": f"Folder {n}", "Email": f"f{n}@riverside.example"} for n in range(300)]
    folder = tmp_path / "rosters" / cast["program"] / "mentee"
    folder.mkdir(parents=True)
    path = folder / "list.csv"
    path.write_bytes(roster(*people))
    os.utime(path, (0, 0))
    script = TAKE.format(root=str(tmp_path / "rosters"))
    for seconds in (0.6, 0.9, 1.1, 1.3, 1.6):
        started = own.start(script)
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(seconds)
        started.kill()
        started.communicate()
        assert own.run(STATE) in ("0 0", "300 1")
        assert sum(1 for one in folder.rglob("*list.csv")) == 1
    own.run(script)
    assert (own.run(STATE), own.run(script), path.exists()) == ("300 1", "", False)
