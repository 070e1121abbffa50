"""A mail server for tests, on loopback: takes every letter, slowly if asked, and remembers what it was given."""

import email
import email.policy
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class PostOffice:
    """What was taken, in the order of arrival; what it has not answered with 250 it has not taken."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    hesitates: threading.Event = field(default_factory=threading.Event)
    """While set, it reads a letter and answers nothing until the other side is gone."""
    visited: threading.Event = field(default_factory=threading.Event)
    """Set when a letter has been read, taken or not."""
    ready: threading.Event = field(default_factory=threading.Event)
    """Set from the start; while clear, it thinks about the letters that it has read, and takes them afterwards."""

    def __post_init__(self) -> None:
        self.ready.set()

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each letter."""
        return [letter["Message-ID"] for letter in self.letters]

    @property
    def texts(self) -> list[str]:
        """The letters as they came."""
        return [letter.as_string() for letter in self.letters]

    def to(self, address: str) -> list[EmailMessage]:
        """What came for somebody."""
        return [letter for letter in self.letters if letter["To"] == address]

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
        text, office = b"".join(iter(self.rfile.readline, b".\r\n")), self.server.office
        office.visited.set()
        if office.hesitates.is_set():
            self.rfile.read()
            return
        office.ready.wait()
        time.sleep(self.server.pause)
        office.letters.append(email.message_from_bytes(text, policy=email.policy.default))
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
