"""What the two of a pair write to each other, and what one of them has shown to program staff."""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from cheiron.core.mentorships.talk import MOST_CHARACTERS
from cheiron.models.base import Record


class Message(Record):
    """One message of one of the two to the other. Nobody else reads it, unless one of the two reports it."""

    mentorship = models.ForeignKey("cheiron.Mentorship", models.CASCADE, related_name="+")
    by = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    text = models.TextField(max_length=MOST_CHARACTERS)
    once = models.CharField(max_length=64)
    """What the form was drawn with and what was written: a second press of the button finds this message."""
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    """When the other one first saw it on the page."""

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["mentorship", "by", "once"], name="message_once"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), MOST_CHARACTERS), name="message_is_not_too_long"
            ),
        ]

    class Privacy:
        """Every field in one class."""

        free_text = {"text"}
        quasi = {"read_at"}
        link = {"by"}
        safe = {"id", "mentorship", "once", "sent_at"}


class Mute(Record):
    """One of the two wants no letters about messages of this pair. The other one is not told."""

    mentorship = models.ForeignKey("cheiron.Mentorship", models.CASCADE, related_name="+")
    by = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    muted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mentorship", "by"], name="mute_once")]

    class Privacy:
        """Every field in one class."""

        link = {"by"}
        safe = {"id", "mentorship", "muted_at"}


class MessageReport(Record):
    """One message that one of the two has shown to program staff. Whoever wrote it never hears of it."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    by = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    concern = models.TextField(blank=True, max_length=1000)
    reported_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("cheiron.Person", models.SET_NULL, null=True, related_name="+")
    outcome = models.TextField(blank=True, max_length=1000)

    class Meta:
        ordering = ["reported_at", "id"]
        constraints = [models.UniqueConstraint(fields=["message", "by"], name="message_report_once")]

    class Privacy:
        """Every field in one class."""

        free_text = {"concern", "outcome"}
        link = {"by", "settled_by"}
        safe = {"id", "message", "reported_at", "settled_at"}
