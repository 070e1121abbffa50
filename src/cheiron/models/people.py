"""Schools, the people in them, and what each may be where."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from cheiron.core.access import STAFF, Role
from cheiron.models.base import ID_LENGTH, Record, new_id


class School(Record):
    """A medical school. Several may live on one instance, and never see one another."""

    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    edition = models.BigIntegerField(default=0)
    """Moves with every audit line about the school; what was read at one edition holds as long as it stands."""

    class Privacy:
        """Every field in one class."""

        safe = {"id", "name", "time_zone", "edition"}

    def today(self, now: datetime) -> date:
        """The day that it is at the school."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()


class PersonManager(BaseUserManager):
    """Creates accounts; a person without a password signs in by one-time link."""

    def create_user(self, email: str, password: str | None = None) -> "Person":
        """An account for the address, which is kept in lower case."""
        person = self.model(email=email.strip().lower())
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser):
    """One account, whatever the person is and in however many programs."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    USERNAME_FIELD = "email"
    objects = PersonManager()

    class Privacy:
        """Every field in one class."""

        direct = {"email", "password"}
        safe = {"id", "is_active", "last_login"}


class Member(Record):
    """A person as one school knows them. What another school calls them stays there."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=254)
    name = models.CharField(max_length=401)
    """What others see: the name of the school's list, or the one that the person goes by."""
    list_name = models.CharField(max_length=401, blank=True)
    """The name of the school's list, where the person goes by another."""
    title = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "external_id"], name="member_external_id_once"),
            models.UniqueConstraint(fields=["school", "person"], name="member_once_in_a_school"),
        ]

    class Privacy:
        """Every field in one class."""

        direct = {"external_id", "name", "list_name"}
        quasi = {"title"}
        link = {"person"}
        safe = {"id", "school"}

    def rename(self, name: str) -> None:
        """What the school's list says now; others go on seeing the name that the person goes by, if there is one."""
        if self.list_name:
            self.list_name = name
        else:
            self.name = name


class Enrollment(Record):
    """One role of one member: in a program, or (staff) in the whole school where ``program`` is empty."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="enrollments")
    program = models.ForeignKey("cheiron.Program", models.CASCADE, null=True, related_name="enrollments")
    role = models.CharField(max_length=20, choices=[(role, role) for role in Role])
    invited_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "program", "role"], name="enrollment_once"),
            models.UniqueConstraint(
                fields=["member", "role"], condition=Q(program=None), name="school_wide_enrollment_once"
            ),
            models.CheckConstraint(
                condition=Q(program__isnull=False) | Q(role__in=sorted(STAFF)), name="only_staff_is_school_wide"
            ),
        ]
        indexes = [models.Index(fields=["program", "role", "left_at", "member"], name="enrollment_by_role")]

    class Privacy:
        """Every field in one class."""

        link = {"member"}
        safe = {"id", "program", "role", "invited_at", "joined_at", "left_at"}


class ReportingLine(Record):
    """Who grades, promotes, supervises or treats whom: the list behind the assessor firewall."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+")
    student = models.ForeignKey(Member, models.CASCADE, related_name="+")
    assessor = models.ForeignKey(Member, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["student", "assessor", "kind"], name="reporting_line_once"),
        ]

    class Privacy:
        """Every field in one class."""

        link = {"student", "assessor"}
        quasi = {"kind"}
        safe = {"id", "school"}


PAIRS = "pairs"
"""What stands in place of a role for a list of pairs."""


class RosterImport(Record):
    """One list of people or of pairs, how its columns are read, and what it changed, so that it can be undone."""

    class State(models.TextChoices):
        """Uploaded and not yet applied, applied, or undone."""

        UPLOADED = "uploaded"
        APPLIED = "applied"
        UNDONE = "undone"

    program = models.ForeignKey("cheiron.Program", models.CASCADE, related_name="+")
    role = models.CharField(max_length=20)
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    columns = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=State, default=State.UPLOADED)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """Empty for a list that came by the watched folder."""
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    changes = models.JSONField(default=list)
    digest = models.CharField(max_length=64, null=True, unique=True)
    """By what a file of the watched folder is known again, so that it is imported once; empty for all others."""

    class Privacy:
        """Every field in one class."""

        direct = {"content", "changes"}
        link = {"uploaded_by"}
        safe = {"id", "program", "role", "filename", "columns", "state", "uploaded_at", "applied_at", "digest"}


class ColumnMap(Record):
    """How the columns of a program's lists were read the last time: header (small letters) to field, for one role."""

    program = models.ForeignKey("cheiron.Program", models.CASCADE, related_name="+")
    role = models.CharField(max_length=20)
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "role"], name="column_map_once")]

    class Privacy:
        """Every field in one class."""

        safe = {"id", "program", "role", "columns"}


class JoinLink(Record):
    """A way to ask to take part, printed or sent around: it opens a form and nothing else. Its id is the address."""

    program = models.ForeignKey("cheiron.Program", models.CASCADE, related_name="+")
    role = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "role"], condition=Q(closed_at=None), name="one_open_join_link_for_a_role"
            ),
        ]

    class Privacy:
        """Every field in one class."""

        safe = {"id", "program", "role", "made_at", "expires_at", "closed_at"}


class JoinRequest(Record):
    """Somebody asks to take part. Nobody is a member, or has an account, before staff approve."""

    class State(models.TextChoices):
        """Waiting for staff, approved, or declined."""

        WAITING = "waiting"
        APPROVED = "approved"
        DECLINED = "declined"

    link = models.ForeignKey(JoinLink, models.CASCADE, related_name="requests")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    external_id = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["link", "email"], condition=Q(state="waiting"), name="one_waiting_request_of_an_address"
            ),
        ]

    class Privacy:
        """Every field in one class."""

        direct = {"name", "email", "external_id"}
        safe = {"id", "link", "state", "asked_at", "decided_at"}
