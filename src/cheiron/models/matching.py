"""Match rounds, their runs, and what people decided by hand."""

from django.db import models
from django.db.models import Q

from cheiron.core.matching.lifecycle import RoundState
from cheiron.core.matching.problem import ROUND_METHODS, Method
from cheiron.models.base import Record, new_seed


class Round(Record):
    """One matching of a program's waiting mentees with its free mentors."""

    program = models.ForeignKey("cheiron.Program", models.CASCADE, related_name="rounds")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=[(s, s) for s in RoundState], default=RoundState.DRAFT)
    role = models.CharField(max_length=40, default="mentor")
    """Which of the mentors that a mentee seeks this round finds."""
    weights = models.JSONField()
    method = models.CharField(max_length=20, choices=[(m, m) for m in ROUND_METHODS], default=Method.WEIGHTED)
    """What the next run aims at."""
    seed = models.PositiveIntegerField(default=new_seed)
    """Draws between those who are equal, the same way in each run of the round."""
    answer_by = models.DateField()
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="round_name_once"),
            models.CheckConstraint(
                condition=Q(state=RoundState.PUBLISHED, published_at__isnull=False)
                | (~Q(state=RoundState.PUBLISHED) & Q(published_at=None)),
                name="published_round_has_its_instant",
            ),
        ]

    class Privacy:
        """Every field in one class."""

        safe = {
            *("id", "program", "name", "state", "role", "weights", "method", "seed"),
            *("answer_by", "created_at", "published_at"),
        }


class Run(Record):
    """One saved answer of the engine: the problem and the certified result, in random ids and numbers only."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    problem = models.BinaryField()
    """The problem file, compressed."""
    result = models.JSONField()
    problem_hash = models.CharField(max_length=64)
    weights = models.JSONField()
    method = models.CharField(max_length=20, choices=[(m, m) for m in ROUND_METHODS])
    run_by = models.ForeignKey("cheiron.Person", models.PROTECT, related_name="+")
    run_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="run_number_once")]

    class Privacy:
        """Every field in one class."""

        link = {"run_by", "problem", "result"}
        safe = {"id", "round", "number", "problem_hash", "weights", "method", "run_at"}


class Override(Record):
    """A person's decision about one pair, with its author and reason; undone ones stay as history."""

    class Kind(models.TextChoices):
        """Keep this pair of the draft, make this pair, or never make this pair."""

        LOCK = "lock"
        PIN = "pin"
        FORBID = "forbid"

    round = models.ForeignKey(Round, models.CASCADE, related_name="overrides")
    kind = models.CharField(max_length=10, choices=Kind)
    mentee = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    mentor = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey("cheiron.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "mentee", "mentor"], condition=Q(undone_at=None), name="one_decision_for_a_pair"
            ),
            models.UniqueConstraint(
                fields=["round", "mentee"],
                condition=Q(undone_at=None) & ~Q(kind="forbid"),
                name="one_mentor_held_for_a_mentee",
            ),
        ]

    class Privacy:
        """Every field in one class."""

        free_text = {"reason"}
        link = {"mentee", "mentor", "made_by"}
        safe = {"id", "round", "kind", "made_at", "undone_at"}
