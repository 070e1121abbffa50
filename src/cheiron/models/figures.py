"""Figures about people by group, as they were released: made once for a saved run, and never made again."""

from django.db import models

from cheiron.models.base import Record


class ReleasedTable(Record):
    """One table of the catalog about one run, and with it the ledger: what was shown about whom."""

    run = models.ForeignKey("cheiron.Run", models.CASCADE, related_name="tables")
    key = models.CharField(max_length=60)
    """Which table of the catalog."""
    held = models.BooleanField(default=False)
    """Held back for good, since it would have told too much together with what was shown before."""
    table = models.JSONField(null=True)
    """The rounded figures; empty where it is held back."""
    about = models.BinaryField()
    """Who is counted and what was open of them, without the group, compressed; empty where nothing is shown."""
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "key", "id"]
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="table_of_a_run_once")]

    class Privacy:
        """Every field in one class."""

        link = {"about"}
        safe = {"id", "run", "key", "held", "table", "made_at"}
