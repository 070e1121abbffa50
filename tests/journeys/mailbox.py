"""A mail server that keeps what it accepts, and can be made to hesitate just before it accepts."""

import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage
from typing import Self


class Mailbox(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine. What it has not answered with 250 it has not taken."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Visit)
        self.taken: list[EmailMessage] = []
        self.hesitates, self.visited = threading.Event(), threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.shutdown()
        self.server_close()

    def to(self, address: str) -> list[EmailMessage]:
        """What came for somebody, in the order in which it came."""
        return [one for one in self.taken if one["To"] == address]


class _Visit(socketserver.StreamRequestHandler):
    """One connection, in as much of RFC 5321 as a client of ours speaks."""

    def handle(self) -> None:
        self._say("220 mailbox")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"QUIT":
                return self._say("221 bye")
            if verb == b"DATA":
                self._take()
            else:
                self._say("250 ok")
        return None

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        self.server.visited.set()
        if self.server.hesitates.is_set():
            self.rfile.read()  # until the other side is gone
            return
        self.server.taken.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
