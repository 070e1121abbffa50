"""What is confirmed is on the disk: how SQLite is opened, and what an SQLite with the WAL-reset bug gets instead."""

import json

import pytest

from cheiron.core.operations.storage import wal_is_safe, words_on_storage
from tests.databases import OwnDatabase

SAFE = [(3, 44, 6), (3, 44, 9), (3, 50, 7), (3, 51, 3), (3, 51, 10), (3, 52, 0), (4, 0, 0)]
UNSAFE = [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 45, 3), (3, 46, 99), (3, 50, 6), (3, 51, 0), (3, 51, 2)]

PRAGMAS = """
import json
from django.db import connection
cursor = connection.cursor()
def read(name):
    return cursor.execute(f"PRAGMA {name}").fetchone()[0]
opened = {name: read(name) for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")}
print(json.dumps([opened, connection.settings_dict["OPTIONS"]["transaction_mode"]]))
"""
OPENED = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 20_000, "foreign_keys": 1}
OLD = "import pysqlite3\npysqlite3.sqlite_version_info = (3, 46, 1)\n"


@pytest.fixture
def file(tmp_path) -> OwnDatabase:
    """An SQLite file, whatever the other tests run on."""
    return OwnDatabase(str(tmp_path / "durable.sqlite3"), tmp_path)


def test_the_version_gate_lets_the_log_through_only_where_the_bug_is_fixed():
    assert {version: wal_is_safe(version) for version in SAFE} == dict.fromkeys(SAFE, True)
    assert {version: wal_is_safe(version) for version in UNSAFE} == dict.fromkeys(UNSAFE, False)


def test_sqlite_is_opened_with_its_log_and_waits_for_the_disk(file):
    opened, mode = json.loads(file.run(PRAGMAS))
    assert opened == OPENED
    assert mode == "IMMEDIATE"


def test_an_sqlite_with_the_bug_gets_the_rollback_journal(file):
    code = f"{OLD}import django\ndjango.setup()\n{PRAGMAS}"
    out, err = file.command("-c", code).communicate(timeout=60)
    assert json.loads(out or err)[0] == {**OPENED, "journal_mode": "delete"}


def test_of_two_who_write_the_second_waits_and_neither_fails(file):
    file.run("from django.db import connection\nconnection.cursor().execute('CREATE TABLE one (n)')")
    add = (
        "from django.db import connection, transaction\nimport time\nwait()\n"
        "for n in range(20):\n"
        "    with transaction.atomic():\n"
        "        now = connection.cursor().execute('SELECT count(*) FROM one').fetchone()[0]\n"
        "        time.sleep(0.005)\n"
        "        connection.cursor().execute('INSERT INTO one VALUES (%s)', [now])\n"
    )
    file.together(add, add, add)
    rows = file.run("from django.db import connection\nprint(*connection.cursor().execute('SELECT n FROM one'))")
    assert rows == " ".join(f"({n},)" for n in range(60))


def test_the_administrators_page_says_how_things_are_kept(cast, as_):
    page = as_("administrator").get(f"/programs/{cast.program}/audit/").content.decode()
    assert "Everything is kept in " in page
    assert str(words_on_storage("postgresql", (15, 13))) == "Everything is kept in PostgreSQL 15.13."
    assert "what is confirmed is on the disk" in str(words_on_storage("sqlite", (3, 51, 3)))
    assert "slower, safe way" in str(words_on_storage("sqlite", (3, 46, 1)))
