"""Everything that Cheiron holds about one person: what goes into their copy, and what an erasure does with it.

One line for each table. ``tests/db/test_holdings.py`` fails for a table that holds a person and has no line here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.apps import apps
from django.db.models import Count, Model, Q, QuerySet, Value

from cheiron.core.text import Text, say
from cheiron.models.figures import ReleasedTable
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.matching import Override, Run
from cheiron.models.mentorships import AgendaPoint, ChangeRequest, Contact, Meeting, Mentorship
from cheiron.models.messages import Message, MessageReport, Mute
from cheiron.models.notices import CalendarFeed, NoticeChoice
from cheiron.models.people import Enrollment, JoinRequest, Member, Person, ReportingLine, RosterImport
from cheiron.models.profiles import Photo, Profile
from cheiron.models.programs import IntakeDraft, IntakeSheet, ProgramDraft, Wish
from cheiron.models.volunteered import Volunteered


class Fate(StrEnum):
    """What an erasure does with the rows of a table."""

    GONE = "gone"
    EMPTIED = "emptied"
    KEPT = "kept"


PART = ("enrollment__member__person",)
PAIR = ("mentee__member__person", "mentor__member__person")
OF_PAIR = tuple(f"mentorship__{side}" for side in PAIR)


@dataclass(frozen=True)
class Holding:
    """One table. Lookups lead from a row to the person; one of several is enough."""

    model: type[Model]
    what: Text
    mine: tuple[str, ...]
    fate: Fate
    withheld: frozenset[str] = frozenset()
    """Fields that are keys, or somebody else's: they are in no copy."""
    private: Mapping[str, str] = field(default_factory=dict)
    """Fields that only one side of a row may read, with the lookup that says which."""
    erased: tuple[str, ...] = ()
    """Which rows go, where it is not the same as whose they are."""
    emptied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields that an erasure empties, each with its lookups."""
    stays: Text | None = None
    """What remains, said to the person before they decide."""

    def rows_of(self, person: Person) -> QuerySet:
        """The person's own rows."""
        return rows(self.model, self.mine, person)

    def rows_to_erase(self, person: Person) -> QuerySet:
        """The rows that go with the person."""
        return rows(self.model, self.erased or self.mine, person)


def rows(model: type[Model], lookups: Iterable[str], person: Person) -> QuerySet:
    """Rows to which one of the lookups leads; ``email`` is compared with the address."""
    which = Q()
    for lookup in lookups:
        which |= Q(**{lookup: person.email if lookup == "email" else person.pk})
    return model._base_manager.filter(which)


_PAIR_STAYS = say("That a pair existed, from when to when, for the other one's own record; not with whom")

HOLDINGS: tuple[Holding, ...] = (
    Holding(
        Person,
        say("Your account"),
        ("pk",),
        Fate.EMPTIED,
        withheld=frozenset({"password"}),
        stays=say("A random number, so that the log of what was done stays whole"),
    ),
    Holding(
        Member,
        say("Your name, title and number, as each school knows you"),
        ("person",),
        Fate.EMPTIED,
        stays=say("A random number"),
    ),
    Holding(
        Enrollment,
        say("Your roles, and since when"),
        ("member__person",),
        Fate.KEPT,
        stays=say("That somebody had the role, and until when"),
    ),
    Holding(Profile, say("Your pronouns, and what you show to whom"), ("member__person",), Fate.GONE),
    Holding(Photo, say("Your photo"), ("member__person",), Fate.GONE, withheld=frozenset({"content"})),
    Holding(
        IntakeSheet,
        say("What you seek or offer"),
        PART,
        Fate.EMPTIED,
        emptied=dict.fromkeys(("facts", "about", "statement", "paused_until", "finished_at"), PART),
        stays=say("That there was a sheet, and for how many places; past matches count them"),
    ),
    Holding(IntakeDraft, say("What you typed and have not finished"), PART, Fate.GONE),
    Holding(Volunteered, say("What you volunteered about yourself"), ("member__person",), Fate.GONE),
    Holding(Wish, say("Whom you wished for"), PAIR[:1], Fate.GONE, erased=PAIR),
    Holding(
        Mentorship,
        say("Your pairs"),
        PAIR,
        Fate.EMPTIED,
        private={"decline_reason": PAIR[1]},
        emptied={
            "reason": PAIR,
            "question": PAIR[1:],
            "question_answer": PAIR[:1],
            "decline_reason": PAIR[1:],
        },
        stays=_PAIR_STAYS,
    ),
    Holding(
        Meeting,
        say("Your meetings"),
        OF_PAIR,
        Fate.EMPTIED,
        emptied={"place": ("proposed_by__member__person",)},
        stays=say("When meetings were, for the other one's own record"),
    ),
    Holding(AgendaPoint, say("Points for meetings"), OF_PAIR, Fate.GONE, erased=OF_PAIR[:1]),
    Holding(
        Contact,
        say("Contacts that were logged"),
        OF_PAIR,
        Fate.KEPT,
        stays=say("That there was a contact, for the other one's own record"),
    ),
    Holding(
        Message,
        say("Messages of your pairs"),
        OF_PAIR,
        Fate.EMPTIED,
        withheld=frozenset({"once"}),
        emptied={"text": ("by__member__person",)},
        stays=say("That you wrote, and when; not what"),
    ),
    Holding(Mute, say("Pairs whose letters you muted"), ("by__member__person",), Fate.GONE),
    Holding(
        MessageReport,
        say("Messages that you reported"),
        ("by__member__person",),
        Fate.EMPTIED,
        withheld=frozenset({"outcome", "settled_by"}),
        emptied={"concern": ("by__member__person",)},
        stays=say("That a message was reported and how it was settled"),
    ),
    Holding(
        ChangeRequest,
        say("Your requests for another pairing"),
        ("asked_by__member__person",),
        Fate.EMPTIED,
        emptied={"note": ("asked_by__member__person",)},
        stays=say("That a change was asked for; not why"),
    ),
    Holding(CalendarFeed, say("Your calendar address"), ("person",), Fate.GONE, withheld=frozenset({"id"})),
    Holding(NoticeChoice, say("Which letters you want, and when"), ("person",), Fate.GONE),
    Holding(Letter, say("Letters to you"), ("to",), Fate.GONE, withheld=frozenset({"link", "once", "reply_to"})),
    Holding(OneTimeLink, say("Links that were sent to you"), ("person",), Fate.GONE, withheld=frozenset({"id"})),
    Holding(JoinRequest, say("Your requests to take part"), ("email",), Fate.GONE, withheld=frozenset({"link"})),
    Holding(ReportingLine, say("Who assesses whom"), ("student__person", "assessor__person"), Fate.GONE),
    Holding(
        Override,
        say("Decisions about pairs that you made as staff"),
        ("made_by",),
        Fate.EMPTIED,
        emptied={"reason": ("made_by", *PAIR)},
        stays=say("What was decided; not why"),
    ),
    Holding(
        Run,
        say("Matches that you had drafted as staff"),
        ("run_by",),
        Fate.KEPT,
        withheld=frozenset({"problem", "result"}),
        stays=say("The match, in random numbers"),
    ),
    Holding(
        ReleasedTable,
        say("Figures by group of matches that you had drafted as staff"),
        ("run__run_by",),
        Fate.KEPT,
        withheld=frozenset({"about"}),
        stays=say("Rounded figures, and who was counted by marks that nobody can read"),
    ),
    Holding(
        RosterImport,
        say("Lists that you brought as staff"),
        ("uploaded_by",),
        Fate.KEPT,
        withheld=frozenset({"content", "changes"}),
        stays=say("That a list was imported; your own line in any list is taken out"),
    ),
    Holding(
        ProgramDraft,
        say("Programs that you began to set up as staff"),
        ("made_by",),
        Fate.GONE,
    ),
    Holding(
        AuditEvent,
        say("What you did, in the log"),
        ("actor",),
        Fate.KEPT,
        withheld=frozenset({"previous", "digest"}),
        stays=say("The log, by random numbers: nothing in it can be changed"),
    ),
)

OF_NOBODY = frozenset({"LetterWords"})
"""Tables with free text that a program writes about itself."""


def holds_a_person(model: type[Model]) -> bool:
    """Whether any field of the table is in a class that leads to people."""
    return model.__name__ not in OF_NOBODY and any(
        vars(model.Privacy).get(kind) for kind in ("direct", "quasi", "identity", "free_text", "link")
    )


def tables_of_people() -> set[type[Model]]:
    """Every table that holds people, by the privacy classes of its fields."""
    return {model for model in apps.get_app_config("cheiron").get_models() if holds_a_person(model)}


def counts_of(person: Person) -> list[tuple[Holding, int]]:
    """How many rows of each table are about the person; tables without any are left out."""
    each = [
        holding.rows_of(person).order_by().values(nth=Value(place)).annotate(rows_held=Count("pk", distinct=True))
        for place, holding in enumerate(HOLDINGS)
    ]
    counts = {row["nth"]: row["rows_held"] for row in each[0].union(*each[1:], all=True)}
    return [(holding, counts[place]) for place, holding in enumerate(HOLDINGS) if counts.get(place)]


@dataclass(frozen=True)
class Copy:
    """All that is held about a person: the rows of each table as plain values, and the photos."""

    tables: tuple[tuple[Holding, tuple[dict, ...]], ...]
    photos: tuple[bytes, ...]


def copy_of(person: Person) -> Copy:
    """Everything, row by row; other people and places by number and name."""
    found = [(holding, list(holding.rows_of(person).order_by("pk"))) for holding in HOLDINGS]
    names = _names_in(found)
    return Copy(
        tuple((holding, tuple(_plain(holding, row, person, names) for row in told)) for holding, told in found if told),
        tuple(bytes(row.content) for row in rows(Photo, ("member__person",), person)),
    )


def _plain(holding: Holding, row: Model, person: Person, names: Mapping[str, str]) -> dict:
    hidden = holding.withheld | {name for name, lookup in holding.private.items() if _at(row, lookup) != person.pk}
    shown = [one for one in row._meta.concrete_fields if one.name not in hidden]
    return {one.name: _value(one.is_relation, getattr(row, one.attname), names) for one in shown}


def _at(row: Model, lookup: str) -> str:
    for step in lookup.split("__"):
        row = getattr(row, step)
    return row.pk


def _value(relation: bool, value: object, names: Mapping[str, str]) -> object:
    return {"id": value, "name": names[value]} if relation and value in names else value


NAMED = {"Enrollment": "member__name", "Member": "name", "Program": "name", "School": "name", "Round": "name"}


def _names_in(found: list[tuple[Holding, list[Model]]]) -> dict[str, str]:
    """One read for each kind of thing that has a name and that any row refers to."""
    wanted: dict[type[Model], set[str]] = {}
    for holding, told in found:
        for one in holding.model._meta.concrete_fields:
            if one.is_relation and one.related_model.__name__ in NAMED and one.name not in holding.withheld:
                wanted.setdefault(one.related_model, set()).update(getattr(row, one.attname) for row in told)
    return {
        key: name
        for model, ids in wanted.items()
        for key, name in model._base_manager.filter(pk__in=ids - {None}).values_list("pk", NAMED[model.__name__])
    }
