"""What people volunteer about themselves, apart from everything else.

Multi-select, self-described where one prefers, used only for the purposes that the person ticked, never inferred.
"""

from django.db import models

from cheiron.models.base import Record


class Volunteered(Record):
    """One attribute of one member, in the member's own words."""

    member = models.ForeignKey("cheiron.Member", models.CASCADE, related_name="+")
    attribute = models.CharField(max_length=40)
    answers = models.JSONField(default=list)
    own_words = models.CharField(max_length=200, blank=True)
    for_matching = models.BooleanField(default=False)
    for_figures = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "attribute"], name="volunteered_once")]

    class Privacy:
        """Every field in one class."""

        identity = {"attribute", "answers", "own_words"}
        link = {"member"}
        safe = {"id", "for_matching", "for_figures"}
