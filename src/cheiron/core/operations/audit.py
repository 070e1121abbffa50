"""The hash chain of the audit log: each event seals the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

GENESIS = "0" * 64


def digest(previous: str, at: datetime, actor: str, verb: str, subject: str, detail: Mapping[str, object]) -> str:
    """SHA-256 (hex) over the previous digest and the event in canonical JSON."""
    event = [previous, at.isoformat(), actor, verb, subject, dict(detail)]
    return hashlib.sha256(json.dumps(event, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_broken(events: Iterable[tuple[str, datetime, str, str, str, Mapping[str, object], str]]) -> int | None:
    """Index of the first event whose chain does not hold, in order of time; None if all hold.

    Each event is (previous, at, actor, verb, subject, detail, digest).
    """
    expected = GENESIS
    for index, (previous, at, actor, verb, subject, detail, sealed) in enumerate(events):
        if previous != expected or digest(previous, at, actor, verb, subject, detail) != sealed:
            return index
        expected = sealed
    return None
