"""What happened (audit), what is to be sent (outbox), and links that work once."""

from django.db import models

from cheiron.models.base import Record


class AuditEvent(models.Model):
    """Append-only by trigger, hash-chained. Holds random ids only and no foreign keys, so it outlives what it names."""

    sequence = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=20)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Privacy:
        """Every field in one class."""

        link = {"actor"}
        safe = {"sequence", "at", "verb", "subject", "detail", "previous", "digest"}


class Letter(Record):
    """The outbox: written in the transaction that causes it, sent by the worker, once.

    ``body`` holds a place for the personal link, which is signed only when the letter leaves: whoever reads the
    mail log or a dump of the database reads no key.
    """

    program = models.ForeignKey("cheiron.Program", models.CASCADE, null=True, related_name="+")
    to = models.ForeignKey("cheiron.Person", models.CASCADE, related_name="+")
    to_name = models.CharField(max_length=401)
    kind = models.CharField(max_length=40)
    once = models.CharField(max_length=120, unique=True)
    """What this letter is about; a second letter about the same is refused by the database."""
    subject = models.CharField(max_length=250)
    body = models.TextField()
    calendar = models.TextField(blank=True)
    link = models.ForeignKey("cheiron.OneTimeLink", models.SET_NULL, null=True, related_name="letter_of")
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-written_at", "id"]
        indexes = [models.Index(fields=["sent_at", "next_attempt_at"], name="letter_waiting")]

    class Privacy:
        """Every field in one class."""

        direct = {"to_name", "subject", "body", "calendar"}
        link = {"to", "link", "once"}
        safe = {"id", "program", "kind", "written_at", "sent_at", "attempts", "next_attempt_at", "failure"}

    @property
    def paragraphs(self) -> list[str]:
        """The body as it was composed; the place of the personal link is a paragraph of its own."""
        return self.body.split("\n\n")


class OneTimeLink(Record):
    """A way in that works once. Only its signed form, made from a secret outside the database, opens anything."""

    class Purpose(models.TextChoices):
        """Sign in, or accept an invitation to a program."""

        SIGN_IN = "sign-in"
        INVITATION = "invitation"

    person = models.ForeignKey("cheiron.Person", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose)
    enrollment = models.ForeignKey("cheiron.Enrollment", models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Privacy:
        """Every field in one class."""

        link = {"person", "enrollment"}
        safe = {"id", "purpose", "made_at", "expires_at", "used_at"}
