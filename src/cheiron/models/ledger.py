"""What happened (audit), what is to be sent (outbox), and links that work once."""

from django.db import models

from cheiron.core.operations.outbox import MOST_ATTEMPTS
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

    class Meta:
        indexes = [
            models.Index(fields=["actor"], name="audit_by_actor"),
            models.Index(fields=["subject"], name="audit_by_subject"),
        ]

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
    reply_to = models.ForeignKey("cheiron.Person", models.SET_NULL, null=True, related_name="+")
    """The coordinator who gets what is answered to this letter by mail."""
    held = models.BooleanField(default=False)
    """Its reader wants letters of this kind in the one letter of the day; it never leaves by itself."""
    digest = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    """The letter of the day in which it went; where that is erased, this must not be gathered again."""
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
        link = {"to", "link", "once", "reply_to"}
        safe = {
            *("id", "program", "kind", "held", "digest", "written_at", "sent_at"),
            *("attempts", "next_attempt_at", "failure"),
        }

    @property
    def paragraphs(self) -> list[str]:
        """The body as it was composed; the place of the personal link is a paragraph of its own."""
        return self.body.split("\n\n")

    @property
    def stuck(self) -> bool:
        """Whether the last attempt failed, or its workers died and there is no attempt left."""
        return self.sent_at is None and (bool(self.failure) or self.resting)

    @property
    def resting(self) -> bool:
        """Whether it is not tried again by itself."""
        return self.attempts >= MOST_ATTEMPTS


class OneTimeLink(Record):
    """A way in that works once. Only its signed form, made from a secret outside the database, opens anything."""

    class Purpose(models.TextChoices):
        """Sign in, or accept an invitation to a program."""

        SIGN_IN = "sign-in"
        INVITATION = "invitation"

    person = models.ForeignKey("cheiron.Person", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose)
    enrollment = models.ForeignKey("cheiron.Enrollment", models.CASCADE, null=True, related_name="+")
    leads_to = models.CharField(max_length=200, blank=True)
    """The page that opens behind it, as an address on this site; home if empty."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Privacy:
        """Every field in one class."""

        link = {"person", "enrollment"}
        safe = {"id", "purpose", "leads_to", "made_at", "expires_at", "used_at"}


class LetterWords(Record):
    """A program's own words for one kind of letter. Without a row, the words of Cheiron stand."""

    program = models.ForeignKey("cheiron.Program", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=250)
    body = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "kind"], name="letter_words_once")]

    class Privacy:
        """Every field in one class."""

        free_text = {"subject", "body"}
        safe = {"id", "program", "kind", "changed_at"}


class Batch(Record):
    """One act on several people. Its id comes from the preview, so that a second press finds it done."""

    program = models.ForeignKey("cheiron.Program", models.CASCADE, related_name="+")
    act = models.CharField(max_length=20)
    people = models.PositiveIntegerField()
    done_at = models.DateTimeField()

    class Privacy:
        """Every field in one class."""

        safe = {"id", "program", "act", "people", "done_at"}
