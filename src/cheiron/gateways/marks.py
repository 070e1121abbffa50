"""Marks by which two states of something can be compared and neither can be read: keyed outside the database."""

from django.utils.crypto import salted_hmac

LENGTH = 16


def mark_of(*what: str) -> str:
    """The same for the same; without the secret, nobody can tell from a mark what it stands for."""
    return salted_hmac("cheiron.marks", "\n".join(what)).hexdigest()[:LENGTH]


def key_mark() -> str:
    """By which secret marks are made: marks of two secrets cannot be compared."""
    return mark_of("which key")
