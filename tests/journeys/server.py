"""The product as an operator runs it: its own folder, its own database, a real web server on a free port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from subprocess import PIPE

ROOT = Path(__file__).resolve().parents[2]
CHEIRON = (sys.executable, "-m", "cheiron")


class Instance:
    """One instance in a folder of its own; ``mode`` is development or demo."""

    def __init__(self, home: Path, mode: str, **settings: str) -> None:
        self.home, self.port = home, _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "server.log"
        self._backstage: subprocess.Popen | None = None
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CHEIRON_")},
            "CHEIRON_HOME": str(home),
            "CHEIRON_URL": self.url,
            "CHEIRON_MODE": mode,
            "DJANGO_SETTINGS_MODULE": "cheiron.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            **settings,
        }

    def command(self, *words: str) -> str:
        """What ``cheiron WORDS`` prints; it must end well."""
        return self._ended([*CHEIRON, *words])

    def run(self, script: str, *words: str) -> str:
        """What a script prints behind the stage (a process with Django set up, as the worker is one)."""
        if self._backstage is None:
            self._backstage = self._started([sys.executable, "-c", _BACKSTAGE], stdin=PIPE, stdout=PIPE, text=True)
        self._backstage.stdin.write(json.dumps([script, words]) + "\n")
        self._backstage.stdin.flush()
        done, out = json.loads(self._backstage.stdout.readline())
        assert done, out
        return out.strip()

    def _started(self, command: list[str], **given) -> subprocess.Popen:
        return subprocess.Popen(command, env=self.environment, cwd=self.home, **given)

    def _ended(self, command: list[str]) -> str:
        done = subprocess.run(
            command, env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def found(self, school: str, email: str, name: str, zone: str = "America/New_York") -> str:
        """Found a school; the one-time link of its coordinator."""
        return self.url + self.run(_FOUND, school, email, name, zone)

    def link(self, email: str, kind: str) -> str:
        """The address in the newest letter of a kind to somebody, as the worker signs it when the letter leaves."""
        return self.url + self.run(_LINK, email, kind)

    def serve(self) -> subprocess.Popen:
        """Start gunicorn and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "cheiron.wsgi:application", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "warning"]
        with self.log.open("a") as log:
            started = self._started(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 30
        while not self._answers():
            assert started.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
        return started

    def work(self, *options: str) -> subprocess.Popen:
        """Start the worker that sends letters."""
        with self.log.open("a") as log:
            return self._started([*CHEIRON, "worker", *options], stdout=log, stderr=log, start_new_session=True)

    @staticmethod
    def kill(started: subprocess.Popen) -> None:
        """As a power cut does: the process and all that it started, at once, with nothing said."""
        os.killpg(started.pid, signal.SIGKILL)
        started.wait(timeout=20)

    def leave(self, server: subprocess.Popen) -> None:
        """Stop what was started, and nothing else."""
        for started in filter(None, (server, self._backstage)):
            started.terminate()
            started.wait(timeout=20)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


_BACKSTAGE = """
import contextlib, io, json, sys, traceback
import django
django.setup()
for line in sys.stdin:
    script, words = json.loads(line)
    told = io.StringIO()
    try:
        with contextlib.redirect_stdout(told):
            exec(script, {"words": words})
        answer = True, told.getvalue()
    except Exception:
        answer = False, traceback.format_exc()
    print(json.dumps(answer), flush=True)
"""
_FOUND = """
from django.urls import reverse
from django.utils import timezone
from cheiron.actions.schools import found_school
from cheiron.core.access import SYSTEM
school, email, name, zone = words
given = dict(name=school, time_zone=zone, email=email, coordinator=name, now=timezone.now())
print(reverse("link", args=[found_school(actor=SYSTEM, **given)]))
"""
_LINK = """
from django.urls import reverse
from cheiron.gateways.links import token_for
from cheiron.models.ledger import Letter
letter = Letter.objects.filter(to__email=words[0], kind=words[1]).order_by("written_at", "id").last()
print(reverse("link", args=[token_for(letter.link_id)]))
"""


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
