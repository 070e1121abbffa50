"""What reaches a person outside the pages, as they chose it: letters, and a calendar of their meetings."""

from django.db import models
from django.db.models import Q

from cheiron.core.operations.notices import Group, Names, When
from cheiron.models.base import Record


class CalendarFeed(Record):
    """A person's own calendar address. Only its signed form opens; a new one is a new row, and the old one is gone."""

    person = models.OneToOneField("cheiron.Person", models.CASCADE, related_name="+")
    names = models.CharField(max_length=10, choices=[(one, one) for one in Names], default=Names.FULL)
    made_at = models.DateTimeField()

    class Privacy:
        """Every field in one class."""

        link = {"person"}
        safe = {"id", "names", "made_at"}


class NoticeChoice(Record):
    """One kind of letter that a person wants otherwise than at once."""

    person = models.ForeignKey("cheiron.Person", models.CASCADE, related_name="+")
    group = models.CharField(max_length=20, choices=[(one, one) for one in Group])
    when = models.CharField(max_length=10, choices=[(one, one) for one in (When.DIGEST, When.NEVER)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "group"], name="notice_choice_once"),
            models.CheckConstraint(condition=~Q(group=Group.MATCHES), name="matches_always_come"),
        ]

    class Privacy:
        """Every field in one class."""

        link = {"person"}
        safe = {"id", "group", "when"}
