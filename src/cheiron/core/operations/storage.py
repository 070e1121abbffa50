"""How safely the database keeps what it has confirmed."""

from collections.abc import Mapping

from cheiron.core.text import Text, say

FIXED_IN: Mapping[tuple[int, int], int] = {(3, 44): 6, (3, 50): 7}
"""Older lines of SQLite that got the fix of the WAL-reset bug, and in which release."""
FIXED_SINCE = (3, 51, 3)


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite never loses a confirmed change when it begins its write-ahead log anew."""
    fixed_in = FIXED_IN.get(version[:2])
    return version >= FIXED_SINCE or (fixed_in is not None and version[2] >= fixed_in)


def words_on_storage(vendor: str, version: tuple[int, ...]) -> Text:
    """What the administrator's page says of the database."""
    number = ".".join(map(str, version))
    if vendor != "sqlite":
        return say("Everything is kept in PostgreSQL %(number)s.", number=number)
    if wal_is_safe((version[0], version[1], version[2])):
        return say("Everything is kept in SQLite %(number)s; what is confirmed is on the disk.", number=number)
    return say(
        "Everything is kept in SQLite %(number)s. This version can lose changes in its faster way of writing (the "
        "write-ahead log), so Cheiron writes in the slower, safe way. SQLite 3.51.3 or newer is fast and safe.",
        number=number,
    )
