"""Programs, and what each participant said on the intake sheet."""

from django.db import models

from cheiron.core.access import Scope
from cheiron.models.base import Record


class Program(Record):
    """A mentoring program of one school, made from a model of the catalog and then its own."""

    school = models.ForeignKey("cheiron.School", models.CASCADE, related_name="programs")
    name = models.CharField(max_length=200)
    model = models.CharField(max_length=40)
    settings = models.JSONField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="program_name_once"),
            models.CheckConstraint(condition=models.Q(ends_on__gt=models.F("starts_on")), name="program_has_length"),
        ]

    class Privacy:
        """Every field in one class."""

        safe = {"id", "school", "name", "model", "settings", "starts_on", "ends_on", "created_at"}

    @property
    def scope(self) -> Scope:
        """Where permissions for this program are asked."""
        return Scope(self.school_id, self.id)


class IntakeSheet(Record):
    """What one participant seeks or offers in one program. Facts from a list stand here until the person edits them."""

    enrollment = models.OneToOneField("cheiron.Enrollment", models.CASCADE, related_name="sheet")
    facts = models.JSONField(default=dict)
    about = models.TextField(blank=True, max_length=1000)
    capacity = models.PositiveSmallIntegerField(default=1)
    paused_until = models.DateField(null=True)
    listed = models.BooleanField(default=True)
    finished_at = models.DateTimeField(null=True)

    class Privacy:
        """Every field in one class."""

        free_text = {"about"}
        quasi = {"facts"}
        link = {"enrollment"}
        safe = {"id", "capacity", "paused_until", "listed", "finished_at"}


class Wish(Record):
    """A mentor whom a mentee would like, by rank (1 is most wanted)."""

    mentee = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="wishes")
    mentor = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["mentee", "mentor"], name="wish_once")]

    class Privacy:
        """Every field in one class."""

        link = {"mentee", "mentor"}
        safe = {"id", "rank"}
