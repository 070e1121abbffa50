"""Programs, and what each participant said on the intake sheet."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models

from cheiron.core.access import Scope
from cheiron.core.programs.lifecycle import ProgramState
from cheiron.core.programs.model import ProgramModel, write_model
from cheiron.core.programs.words import Words, read_words, write_words
from cheiron.models.base import Record


class Program(Record):
    """A mentoring program of one school, made from a model of the catalog and then its own."""

    school = models.ForeignKey("cheiron.School", models.CASCADE, related_name="programs")
    name = models.CharField(max_length=200)
    model = models.CharField(max_length=40)
    settings = models.JSONField()
    words = models.JSONField(default=dict)
    """The words of the settings once more, empty where they are the usual ones: every page reads them, few the rest."""
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_at = models.DateTimeField()
    cohort = models.CharField(max_length=80, blank=True)
    """Who this is for, as the school says it: "Class of 2030"."""
    time_zone = models.CharField(max_length=60, blank=True)
    """Where it differs from the school's."""
    state = models.CharField(
        max_length=20, choices=[(s, s) for s in ProgramState if s != ProgramState.DRAFT], default=ProgramState.OPEN
    )
    follows = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    """The program of the year before, of which this one is a copy."""
    closed_at = models.DateTimeField(null=True)
    next_best_at_once = models.BooleanField(default=False)
    """After a no or silence the next best mentor is asked at once; otherwise a coordinator does it."""
    next_match_on = models.DateField(null=True)
    """When those who wait are matched next, as a coordinator has promised; empty as long as nobody has."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="program_name_once"),
            models.CheckConstraint(condition=models.Q(ends_on__gt=models.F("starts_on")), name="program_has_length"),
            models.CheckConstraint(
                condition=models.Q(state=ProgramState.CLOSED, closed_at__isnull=False)
                | models.Q(state=ProgramState.OPEN, closed_at=None),
                name="closed_program_has_its_instant",
            ),
        ]

    class Privacy:
        """Every field in one class."""

        safe = {
            *("id", "school", "name", "model", "settings", "starts_on", "ends_on", "created_at"),
            *("cohort", "time_zone", "state", "follows", "closed_at", "words", "next_best_at_once", "next_match_on"),
        }

    @property
    def scope(self) -> Scope:
        """Where permissions for this program are asked."""
        return Scope(self.school_id, self.id)

    def take(self, model: ProgramModel) -> None:
        """Make this the program's own model."""
        self.settings = write_model(model)
        self.words = write_words(model.words) if model.words.renamed else {}

    @property
    def called(self) -> Words:
        """What mentors, mentees and mentorships are called here."""
        return read_words(self.words)

    @property
    def zone(self) -> str:
        """The time zone of its days and meetings: its own, or the school's."""
        return self.time_zone or self.school.time_zone

    def today(self, now: datetime) -> date:
        """The day that it is where the program is."""
        return now.astimezone(ZoneInfo(self.zone)).date()


class ProgramDraft(Record):
    """A program that is being set up: the answers of one coordinator, step by step, until it is created whole."""

    school = models.ForeignKey("cheiron.School", models.CASCADE, related_name="+")
    made_by = models.ForeignKey("cheiron.Person", models.CASCADE, related_name="+")
    follows = models.ForeignKey(Program, models.CASCADE, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Privacy:
        """Every field in one class."""

        link = {"made_by"}
        safe = {"id", "school", "follows", "answers", "changed_at"}


class IntakeSheet(Record):
    """What one participant seeks or offers in one program. Facts from a list stand here until the person edits them."""

    enrollment = models.OneToOneField("cheiron.Enrollment", models.CASCADE, related_name="sheet")
    facts = models.JSONField(default=dict)
    about = models.TextField(blank=True, max_length=1000)
    statement = models.TextField(blank=True, max_length=1000)
    """What they would like to work on, in their own words: matching compares it, and nobody else is shown it."""
    capacity = models.PositiveSmallIntegerField(default=1)
    paused_until = models.DateField(null=True)
    listed = models.BooleanField(default=True)
    finished_at = models.DateTimeField(null=True)

    class Privacy:
        """Every field in one class."""

        free_text = {"about", "statement"}
        quasi = {"facts"}
        link = {"enrollment"}
        safe = {"id", "capacity", "paused_until", "listed", "finished_at"}


class IntakeDraft(Record):
    """What somebody has typed into the intake and not finished; no match and no other person reads it."""

    enrollment = models.OneToOneField("cheiron.Enrollment", models.CASCADE, related_name="draft")
    typed = models.JSONField(default=dict)
    """By name of the form's control, as the browser sent it: it need not be complete, or right."""
    saved_at = models.DateTimeField()

    class Privacy:
        """Every field in one class."""

        free_text = {"typed"}
        link = {"enrollment"}
        safe = {"id", "saved_at"}


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
