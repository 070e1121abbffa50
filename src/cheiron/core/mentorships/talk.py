"""The rules of what the two of a pair write to each other."""

from hashlib import sha256

from cheiron.core.errors import Invalid
from cheiron.core.text import say

MOST_CHARACTERS = 2000


def written(text: str) -> str:
    """The message as it is kept: line ends of one kind, no space around it; refused when empty or too long."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    if not kept:
        raise Invalid(say("Write a sentence first, however short."))
    if len(kept) > MOST_CHARACTERS:
        count = f"{len(kept):,}"
        raise Invalid(
            say(
                "This message has %(count)s characters, and 2,000 fit. Shorten it, or send it in two parts.",
                count=count,
            )
        )
    return kept


def once(key: str, text: str) -> str:
    """The same words from the same form are one message, however often the button is pressed."""
    return sha256(f"{key}\n{text}".encode()).hexdigest()
