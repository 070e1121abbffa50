"""What people show of themselves to others, apart from what matching reads."""

from django.db import models

from cheiron.models.base import Record

SHOWN = ("photo", "pronouns", "title", "about")
"""What a person may show or hide, in the directory and to their own pairs."""


def everything() -> list[str]:
    """Nothing is hidden until the person hides it."""
    return list(SHOWN)


class Profile(Record):
    """A member's pronouns, and what of their profile others see where."""

    member = models.OneToOneField("cheiron.Member", models.CASCADE, related_name="profile")
    pronouns = models.CharField(max_length=40, blank=True)
    in_directory = models.JSONField(default=everything)
    to_pair = models.JSONField(default=everything)

    class Privacy:
        """Every field in one class."""

        quasi = {"pronouns"}
        link = {"member"}
        safe = {"id", "in_directory", "to_pair"}


class Photo(Record):
    """A member's photo, encoded anew by us; kept in the database, so that it is backed up and erased with the rest."""

    member = models.OneToOneField("cheiron.Member", models.CASCADE, related_name="photo")
    content = models.BinaryField()

    class Privacy:
        """Every field in one class."""

        direct = {"content"}
        link = {"member"}
        safe = {"id"}
