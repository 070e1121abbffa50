"""A mail server for tests, on loopback: takes every letter, slowly if asked, and remembers what it was given."""

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class PostOffice:
    """What was taken: the Message-ID of each letter, in the order of arrival, and the letters' text."""

    port: int
    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a worker that sends here."""
        return {"CHEIRON_MAIL_HOST": "127.0.0.1", "CHEIRON_MAIL_PORT": str(self.port)}


class _Counter(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            match line[:4].upper().strip():
                case b"EHLO":
                    self.say("250 here")
                case b"DATA":
                    self.say("354 go on")
                    self.take()
                case b"QUIT":
                    self.say("221 bye")
                    break
                case _:
                    self.say("250 fine")

    def take(self) -> None:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        text = b"".join(lines).decode()
        time.sleep(self.server.pause)
        self.server.office.ids.append(re.search(r"^Message-ID: (.*)\r$", text, re.MULTILINE)[1])
        self.server.office.texts.append(text)
        self.say("250 taken")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """A worker that was killed hangs up in the middle; that is what the tests are about."""


@contextmanager
def post_office(pause: float = 0.0) -> Iterator[PostOffice]:
    """Open while the block runs; ``pause`` is how long it thinks about each letter."""
    with _Server(("127.0.0.1", 0), _Counter) as server:
        server.office, server.pause = PostOffice(server.server_address[1]), pause
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.office
        server.shutdown()
