"""What a reader made of a file: something, or a refusal that says why."""

from collections.abc import Callable
from typing import TypeVar

from cheiron.core.errors import Invalid

Found = TypeVar("Found")


def taken(read: Callable[[], Found]) -> Found | None:
    """What was read, or None when the file was refused with issues. Any other failure goes through."""
    try:
        return read()
    except Invalid as refused:
        if not refused.issues:
            raise
        return None
