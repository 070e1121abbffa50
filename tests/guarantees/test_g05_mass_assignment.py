"""G5: a form takes the fields that it shows, and no other, whatever a request carries besides.

Each write is made twice from the same beginning and with the same chance: as the page sends it, and with the name of
every column of every table added. What stands in the database afterwards must be the same to the last byte.
"""

import hmac
import random

import pytest
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db import models as fields

from cheiron.models.ledger import AuditEvent
from tests.cast import PRINCIPALS, fingerprint, models
from tests.guarantees.test_g01_access import written
from tests.guarantees.walk import STOPS, Stop, Walker

pytestmark = pytest.mark.xdist_group("oracle")

_INTAKE = {"place", "statement", "paused_until", "listed", "capacity"}
LISTED: dict[str, set[str]] = {
    "join": {"external_id"},
    "profile": {"pronouns"},
    "privacy-uses": {"for_matching", "for_figures"},
    "program-setup": {"mentee", "mentor", "mentorship", "cohort", "time_zone"},
    "program-adjust": {"mentee", "mentor", "mentorship", "cohort", "time_zone"},
    "intake": _INTAKE,
    "intake-draft": _INTAKE,
    "about-me": {"for_matching", "for_figures"},
    "rounds": {"role", "method"},
    "draft": {"method"},
    "weights": {"method"},
    "undo": {"mentee"},
}
"""What a page takes besides what its stop in the walk sends: by route, names that are columns too."""


class Chance:
    """In the place of ``secrets``: the same for both writes."""

    def __init__(self) -> None:
        self._chance = random.Random(5)
        self.choice, self.randbelow = self._chance.choice, self._chance.randrange
        self.compare_digest = hmac.compare_digest

    def token_bytes(self, n: int = 32) -> bytes:
        return self._chance.randbytes(n)

    def token_urlsafe(self, n: int = 32) -> str:
        return self._chance.randbytes(n).hex()

    token_hex = token_urlsafe


def columns(cast) -> dict[str, str]:
    """Every column of every table, with something in it that would do harm."""
    found = {}
    for model in models():
        for one in model._meta.concrete_fields:
            found.setdefault(one.name, harm(one, cast))
            found.setdefault(one.attname, harm(one, cast))
    return found


def harm(one: fields.Field, cast) -> str:
    """A value that this column takes."""
    if one.is_relation:
        return {"School": cast.other_school, "Program": cast.other_program, "Person": cast.persons["stranger"]}.get(
            one.related_model.__name__, cast.parts["E-3"]
        )
    if one.choices:
        return str(list(one.choices)[-1][0])
    kinds = {
        fields.BooleanField: "on",
        fields.DateTimeField: "2020-01-01T00:00:00Z",
        fields.DateField: "2020-01-01",
        fields.IntegerField: "7",
        fields.JSONField: '{"forced": 1}',
    }
    return next((value for kind, value in kinds.items() if isinstance(one, kind)), "forced")


class Writer:
    """Makes one write from the same beginning each time, and says what then stands in the database."""

    def __init__(self, cast, client_of, monkeypatch) -> None:
        self.cast, self.walker, self.monkeypatch = cast, Walker(cast, client_of), monkeypatch

    def after(self, stop: Stop, who: str, extra: dict[str, str]) -> tuple:
        self.monkeypatch.setattr("cheiron.models.base.secrets", Chance())
        self.monkeypatch.setattr("django.utils.crypto.secrets", Chance())
        with transaction.atomic():
            for statement in connection.ops.sequence_reset_sql(no_style(), [AuditEvent]):
                connection.cursor().execute(statement)  # PostgreSQL takes no number of a line back
            typed = {**extra, **stop.data(self.cast)}
            response = self.walker.browser(who).post(stop.url(self.cast), typed)
            found = response.status_code, response.headers.get("Location"), fingerprint(without=[Session])
            transaction.set_rollback(True)
        return found


def writes() -> list[tuple[Stop, str]]:
    """Each address that takes a form, and somebody who may send it."""
    verdicts = written()
    return [
        (stop, next(who for who in reversed(PRINCIPALS) if verdicts[stop.name, "POST", who] == "ok"))
        for stop in STOPS
        if any(verdicts[stop.name, "POST", who] == "ok" for who in PRINCIPALS)
    ]


@pytest.mark.guarantee("G5")
@pytest.mark.parametrize(("stop", "who"), writes(), ids=lambda one: getattr(one, "name", ""))
def test_a_form_takes_no_field_that_it_does_not_show(stop, who, cast, client_of, monkeypatch, sized, counted):
    writer = Writer(cast, client_of, monkeypatch)
    listed = LISTED.get(stop.route, set()) | set(stop.data(cast))
    off = {name: value for name, value in columns(cast).items() if name not in listed}
    plain = writer.after(stop, who, {})
    assert plain[0] < 500, "a page that fails would prove nothing"
    assert writer.after(stop, who, {}) == plain, "two equal writes must be equal, or the test would prove nothing"
    found = {}
    if writer.after(stop, who, off) != plain or sized(0, 1):
        found = {name: writer.after(stop, who, {name: value}) for name, value in off.items()}
    counted("fields off the list", len(off))
    assert {name for name, after in found.items() if after != plain} == set()
