"""G49: ``kill -9`` in the middle of an import, a run, a publication, or while answers arrive: all or nothing, and
nothing that was acknowledged is lost, doubled or halved."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time
from urllib.parse import urlencode

import pytest

from tests.databases import OwnDatabase

pytestmark = pytest.mark.xdist_group("killed")
SEED = 49

# ---------- one action, killed at any moment ----------

ACTIONS = {
    "import": "imports.apply_roster(**given, import_id={upload!r})",
    "run": "matching.draft_round(**given, round_id={draft!r})",
    "publish": "matching.publish_round(**given, round_id={reviewed!r})",
}
SCRIPT = """
import json, os, random, signal, time
from django.db import connections
from cheiron.actions import imports, matching
from cheiron.models.matching import Round
from cheiron.models.people import RosterImport
from cheiron.queries.operations import broken_link_of_chain
from cheiron.queries.people import actor_for
from tests.cast import NOW, fingerprint, models

def act():
    given = {{"actor": actor_for({person!r}), "now": NOW}}
    {call}

def shape():
    "How many rows stand in each table, and in which state lists and rounds are."
    rows = {{model.__name__: model._base_manager.count() for model in models()}}
    states = [sorted(model.objects.values_list("state", flat=True)) for model in (RosterImport, Round)]
    return [rows, states, broken_link_of_chain()]
"""
WHOLE = """
began = time.perf_counter()
act()
print(json.dumps([time.perf_counter() - began, shape()]))
"""
KILLED = """
before, seen, tried, chance = fingerprint(), shape(), 0, random.Random({seed})
while tried < {most} and fingerprint() == before:
    connections.close_all()
    child = os.fork()
    if not child:
        act()
        os._exit(0)
    time.sleep(chance.uniform(0, {longest}))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    tried += 1
print(json.dumps([tried, fingerprint() == before, shape()]))
"""


@pytest.mark.guarantee("G49")
@pytest.mark.parametrize("what", ACTIONS)
def test_an_action_that_is_killed_has_happened_whole_or_not_at_all(what, played, tmp_path, sized, counted):
    made, cast = played
    script = SCRIPT.format(person=cast["persons"]["coordinator"], call=ACTIONS[what].format(**cast))
    seconds, done = json.loads(_on_a_copy(made, tmp_path, script + WHOLE))
    _, _, untouched = json.loads(_on_a_copy(made, tmp_path, script + KILLED.format(seed=0, most=0, longest=0)))
    kills, tried, interrupted = sized(6, 200), 0, 0
    while tried < kills:
        given = {"seed": SEED + tried, "most": kills - tried, "longest": seconds * 1.3 + 0.02}
        n, same, found = json.loads(_on_a_copy(made, tmp_path, script + KILLED.format(**given)))
        assert found == (untouched if same else done), what
        tried, interrupted = tried + n, interrupted + (n if same else n - 1)
    counted(f"kills during {what}", tried)
    assert interrupted > 0, "no kill came in time"


def _on_a_copy(made: OwnDatabase, folder, script: str) -> str:
    own = made.copy(folder)
    try:
        return own.run(script)
    finally:
        own.drop()


# ---------- the web server, killed while answers arrive ----------

SESSIONS = """
from django.test import Client
from cheiron.models.people import Person
import json
def session(person):
    client = Client()
    client.force_login(Person.objects.get(pk=person), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value
print(json.dumps([session(person) for person in {persons!r}]))
"""
KEPT = """
import json
from cheiron.models.ledger import AuditEvent
from cheiron.models.mentorships import AgendaPoint
from cheiron.queries.operations import broken_link_of_chain
points = list(AgendaPoint.objects.filter(text__startswith="answer ").values_list("text", flat=True))
print(json.dumps([sorted(points), AuditEvent.objects.filter(verb="agenda.add").count(), broken_link_of_chain()]))
"""
TOKEN = "a" * 32


class Server:
    """``cheiron serve`` in a group of its own."""

    def __init__(self, own: OwnDatabase) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.own, self.process = own, None

    def start(self) -> None:
        log = (self.own.folder / "server.log").open("a")
        command = ["-m", "cheiron", "serve", "--port", str(self.port)]
        self.process = self.own.command(*command, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while not self.answers():
            assert time.monotonic() < deadline, (self.own.folder / "server.log").read_text()[-2000:]
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz", {}) == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, headers: dict, body: str = "") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            return connection.getresponse().status
        except http.client.HTTPException as broken:
            raise ConnectionError from broken
        finally:
            connection.close()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Writer(threading.Thread):
    """Somebody who answers and answers, and remembers what the server said it had taken."""

    def __init__(self, server: Server, path: str, session: str, name: str) -> None:
        super().__init__(daemon=True)
        self.server, self.path, self.who, self.asked, self.taken = server, path, name, [], []
        self.over = threading.Event()
        cookies = f"sessionid={session}; csrftoken={TOKEN}"
        kind = "application/x-www-form-urlencoded"
        self.headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, "Content-Type": kind}

    def run(self) -> None:
        while not self.over.is_set():
            text = f"answer {self.who} {len(self.asked)}"
            self.asked.append(text)
            try:
                status = self.server.ask("POST", self.path, self.headers, urlencode({"text": text}))
            except OSError:
                time.sleep(0.02)
                continue
            assert status == 302, status
            self.taken.append(text)


@pytest.mark.guarantee("G49")
def test_no_acknowledged_answer_is_lost_when_the_server_is_killed(played_database, sized, counted):
    own, cast = played_database
    points_before = json.loads(own.run(KEPT))[1]
    sessions = json.loads(own.run(SESSIONS.format(persons=[cast["persons"]["mentee"]] * 3)))
    kills, chance, server = sized(3, 200), random.Random(SEED), Server(own)
    path = f"/mentorships/{cast['mentorship']}/agenda/"
    writers = [Writer(server, path, session, f"w{n}") for n, session in enumerate(sessions)]
    server.start()
    for writer in writers:
        writer.start()
    for _ in range(kills):
        enough = sum(len(writer.taken) for writer in writers) + 2
        while sum(len(writer.taken) for writer in writers) < enough:
            assert all(writer.is_alive() for writer in writers)
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.1))
        server.kill()
        server.start()
    for writer in writers:
        writer.over.set()
        writer.join(60)
    server.kill()
    taken = {text for writer in writers for text in writer.taken}
    asked = {text for writer in writers for text in writer.asked}
    kept, lines, broken = json.loads(own.run(KEPT))
    counted("kills of the server", kills)
    counted("acknowledged answers", len(taken))
    assert (len(set(kept)), taken - set(kept), set(kept) - asked) == (len(kept), set(), set())
    assert (lines - points_before, broken) == (len(kept), None), "each answer with its audit line"
