"""Mentorships and what happens in them."""

from django.db import models
from django.db.models import Q

from cheiron.core.mentorships.lifecycle import OPEN, MeetingState, MentorshipState
from cheiron.models.base import Record


class Mentorship(Record):
    """One mentee with one mentor, from the published proposal on."""

    program = models.ForeignKey("cheiron.Program", models.CASCADE, related_name="mentorships")
    round = models.ForeignKey("cheiron.Round", models.SET_NULL, null=True, related_name="mentorships")
    mentee = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="mentorships_as_mentee")
    mentor = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="mentorships_as_mentor")
    role = models.CharField(max_length=40)
    state = models.CharField(max_length=20, choices=[(s, s) for s in MentorshipState], default=MentorshipState.PROPOSED)
    score = models.PositiveIntegerField()
    """Millionths of a point."""
    reason = models.JSONField(default=list)
    """The parts of the score as they stood on publication."""
    proposed_at = models.DateTimeField()
    answer_by = models.DateField()
    answered_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(max_length=40, blank=True)
    question = models.TextField(blank=True, max_length=1000)
    question_answer = models.TextField(blank=True, max_length=1000)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mentee", "mentor"], condition=Q(state__in=sorted(OPEN)), name="one_open_mentorship_of_a_pair"
            ),
        ]

    class Privacy:
        """Every field in one class."""

        free_text = {"question", "question_answer"}
        quasi = {"reason", "decline_reason"}
        link = {"mentee", "mentor"}
        safe = {
            "id",
            "program",
            "round",
            "role",
            "state",
            "score",
            "proposed_at",
            "answer_by",
            "answered_at",
            "ended_at",
        }


class Meeting(Record):
    """A proposed, agreed or held meeting; ``sequence`` and ``id`` are what calendars know it by."""

    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    place = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=[(s, s) for s in MeetingState], default=MeetingState.PROPOSED)
    proposed_by = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]

    class Privacy:
        """Every field in one class."""

        quasi = {"place", "starts_at"}
        link = {"proposed_by"}
        safe = {"id", "mentorship", "minutes", "state", "sequence", "changed_at"}


class AgendaPoint(Record):
    """One thing the mentee wants to speak about at the next meeting."""

    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="agenda")
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="agenda")
    """Empty while the point waits for the next meeting; set when that meeting was held."""
    text = models.CharField(max_length=300)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "id"]

    class Privacy:
        """Every field in one class."""

        free_text = {"text"}
        safe = {"id", "mentorship", "meeting", "written_at"}


class Contact(Record):
    """An informal contact, logged in one tap."""

    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=20)
    on_day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    logged_by = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    logged_at = models.DateTimeField()

    class Meta:
        ordering = ["-logged_at"]

    class Privacy:
        """Every field in one class."""

        quasi = {"on_day"}
        link = {"logged_by"}
        safe = {"id", "mentorship", "kind", "minutes", "logged_at"}


class ChangeRequest(Record):
    """Somebody asks for another pairing. No reason needed, no blame; only program staff read it."""

    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="changes")
    asked_by = models.ForeignKey("cheiron.Enrollment", models.CASCADE, related_name="+")
    note = models.TextField(blank=True, max_length=1000)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mentorship", "asked_by"], condition=Q(settled_at=None), name="one_open_change_request_each"
            ),
        ]

    class Privacy:
        """Every field in one class."""

        free_text = {"note"}
        link = {"asked_by"}
        safe = {"id", "mentorship", "asked_at", "settled_at"}
