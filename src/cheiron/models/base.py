"""What every table shares: an id that tells nothing."""

import secrets

from django.db import models

ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
ID_LENGTH = 12


def new_id() -> str:
    """Twelve random characters (57 bits) with no vowels: says neither who, nor when, nor how many."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def new_seed() -> int:
    """The lot of a round, drawn when it is opened: nobody can choose it, and everybody can repeat what it decides."""
    return secrets.randbelow(1_000_000_000)


class Record(models.Model):
    """A row with a random id. Each subclass sorts all its fields into a ``Privacy`` class."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)

    class Meta:
        abstract = True
