"""A small act that is repeated in a thread of its own while something else takes its time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import Error, connection
from django.utils import timezone


@contextmanager
def beating(beat: Callable[[datetime], bool], every: timedelta) -> Iterator[None]:
    """Call ``beat`` with the time, again and again until it answers no. After the block none is under way any more."""
    over = threading.Event()
    heart = threading.Thread(target=_go_on, args=(beat, every, over), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


def _go_on(beat: Callable[[datetime], bool], every: timedelta, over: threading.Event) -> None:
    """What ends before the first beat costs no connection."""
    while not over.wait(every.total_seconds()):
        if not _once(beat):
            return


def _once(beat: Callable[[datetime], bool]) -> bool:
    """One beat on a connection of its own; a database that is away or busy is asked again at the next."""
    try:
        return beat(timezone.now())
    except Error:
        return True
    finally:
        connection.close()
