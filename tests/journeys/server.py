"""The product as an operator runs it: its own folder, its own database, a real web server on a free port."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHEIRON = (sys.executable, "-m", "cheiron")


class Instance:
    """One instance in a folder of its own; ``mode`` is development or demo."""

    def __init__(self, home: Path, mode: str) -> None:
        self.home, self.port = home, _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "server.log"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CHEIRON_")},
            "CHEIRON_HOME": str(home),
            "CHEIRON_URL": self.url,
            "CHEIRON_MODE": mode,
            "DJANGO_SETTINGS_MODULE": "cheiron.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }

    def command(self, *words: str) -> str:
        """What ``cheiron WORDS`` prints; it must end well."""
        return self._ended([*CHEIRON, *words])

    def run(self, script: str, *words: str) -> str:
        """What a script prints in a process of its own, with Django set up: what the worker would do."""
        return self._ended([sys.executable, "-c", "import django\ndjango.setup()\n" + script, *words])

    def _ended(self, command: list[str]) -> str:
        done = subprocess.run(
            command, env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def found(self, school: str, email: str, name: str, zone: str = "America/New_York") -> str:
        """Found a school; the one-time link of its coordinator."""
        out = self.command("school", school, "--coordinator", email, "--coordinator-name", name, "--time-zone", zone)
        return out.splitlines()[-1]

    def link(self, email: str, kind: str) -> str:
        """The address in the newest letter of a kind to somebody, as the worker signs it when the letter leaves."""
        return self.url + self.run(_LINK, email, kind)

    def serve(self) -> subprocess.Popen:
        """Start gunicorn and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "cheiron.wsgi:application", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "warning"]
        with self.log.open("w") as log:
            started = subprocess.Popen(command, env=self.environment, cwd=self.home, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self._answers():
            assert started.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)
        return started

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


_LINK = """
import sys
from django.urls import reverse
from cheiron.gateways.links import token_for
from cheiron.models.ledger import Letter
letter = Letter.objects.filter(to__email=sys.argv[1], kind=sys.argv[2]).order_by("written_at", "id").last()
print(reverse("link", args=[token_for(letter.link_id)]))
"""


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
