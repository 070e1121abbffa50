"""What was done in a round, by whom, when and why: read from the audit log and from the decisions, which keep both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from cheiron.core.access import Actor
from cheiron.core.text import Text, say, say_n
from cheiron.models.ledger import AuditEvent
from cheiron.models.matching import Override, Round, Run
from cheiron.models.people import Member
from cheiron.queries.matching import round_for, runs_of


@dataclass(frozen=True)
class Deed:
    """One line of the history."""

    at: datetime
    who: str
    """Name; empty for somebody who is no longer known here."""
    icon: str
    said: Text
    run: int | None
    """The run that came of it."""
    method: str
    why: str | None
    """The reason that was given, perhaps an empty one; None where nobody is asked for one."""
    weights: tuple[tuple[str, int, int], ...] = ()
    """Parts of the fit whose weight was changed: before and after."""
    instead: tuple[Text, ...] = ()
    """Decisions in whose place this one came."""


@dataclass(frozen=True)
class History:
    """A round with everything that was done in it, the last first."""

    round: Round
    deeds: tuple[Deed, ...]


def history_for(actor: Actor, round_id: str) -> History:
    """The history of a round, for whoever may see the round."""
    round = round_for(actor, round_id)
    events = _events(round)
    scene = _Scene(
        names=dict(_people(round, events).values_list("person", "name")),
        overrides={one.id: one for one in round.overrides.select_related("mentee__member", "mentor__member")},
        runs={run.number: run for run in runs_of(round)},
    )
    return History(round, tuple(scene.deed(event) for event in events))


def _events(round: Round) -> list[AuditEvent]:
    about = AuditEvent.objects.filter(subject=f"round:{round.pk}", verb__in=[*SAID, *HELD, "pair.undo", "pair.redo"])
    return list(about.order_by("-sequence"))


def _people(round: Round, events: list[AuditEvent]) -> QuerySet[Member]:
    return Member.objects.filter(school=round.program.school_id, person__in={event.actor for event in events})


SAID: Mapping[str, tuple[str, Callable[[dict], Text]]] = {
    "round.create": ("plus-circle", lambda _: say("Opened the round.")),
    "round.draft": ("shield-check", lambda _: say("Drafted the match.")),
    "round.weights": ("sliders", lambda _: say("Drafted again.")),
    "round.review": ("eye", lambda _: say("Reviewed the draft.")),
    "round.reopen": ("arrow-counterclockwise", lambda _: say("Took the review back.")),
    "round.publish": (
        "send",
        lambda detail: say_n("Published one pair.", "Published %(count)s pairs.", detail["pairs"]),
    ),
}
"""What each verb of the audit log says here, with its icon."""

HELD: Mapping[str, tuple[str, Callable[..., Text]]] = {
    "pair.lock": ("lock", lambda **pair: say("Locked: %(mentee)s with %(mentor)s.", **pair)),
    "pair.pin": ("pin-angle", lambda **pair: say("Paired by hand: %(mentee)s with %(mentor)s.", **pair)),
    "pair.forbid": ("slash-circle", lambda **pair: say("Ruled out: %(mentee)s with %(mentor)s.", **pair)),
}
UNDONE: Mapping[str, Callable[..., Text]] = {
    "lock": lambda **pair: say("Took the lock back: %(mentee)s with %(mentor)s.", **pair),
    "pin": lambda **pair: say("Took the pair by hand back: %(mentee)s with %(mentor)s.", **pair),
    "forbid": lambda **pair: say("Allowed again: %(mentee)s with %(mentor)s.", **pair),
}

AGAIN: Mapping[str, Callable[..., Text]] = {
    "lock": lambda **pair: say("Locked again: %(mentee)s with %(mentor)s.", **pair),
    "pin": lambda **pair: say("Paired by hand again: %(mentee)s with %(mentor)s.", **pair),
    "forbid": lambda **pair: say("Ruled out again: %(mentee)s with %(mentor)s.", **pair),
}


@dataclass(frozen=True)
class _Scene:
    """What the lines of the log point at."""

    names: Mapping[str, str]
    overrides: Mapping[str, Override]
    runs: Mapping[int, Run]

    def deed(self, event: AuditEvent) -> Deed:
        """One line of the log in words."""
        icon, said, why = self._said(event)
        run = self.runs.get(event.detail.get("run", 0))
        return Deed(
            at=event.at,
            who=self.names.get(event.actor, ""),
            icon=icon,
            said=said,
            run=run.number if run else None,
            method=run.method if run else "",
            why=why,
            weights=self._weights(run) if event.verb == "round.weights" else (),
            instead=self._instead(event.detail.get("instead_of", [])),
        )

    def _instead(self, ids: list[str]) -> tuple[Text, ...]:
        known = [self.overrides[one] for one in ids if one in self.overrides]
        return tuple(self._pair(UNDONE[one.kind], one) for one in known)

    def _said(self, event: AuditEvent) -> tuple[str, Text, str | None]:
        """Icon, sentence, and the reason where one is asked for."""
        if event.verb in SAID:
            icon, sentence = SAID[event.verb]
            return icon, sentence(event.detail), None
        override = self.overrides.get(event.detail["override"])
        if override is None:
            return "slash-circle", say("Decided about somebody who is no longer known here."), None
        if event.verb == "pair.undo":
            return "arrow-counterclockwise", self._pair(UNDONE[override.kind], override), None
        if event.verb == "pair.redo":
            return "arrow-clockwise", self._pair(AGAIN[override.kind], override), None
        icon, sentence = HELD[event.verb]
        return icon, self._pair(sentence, override), override.reason

    def _pair(self, sentence: Callable[..., Text], override: Override) -> Text:
        return sentence(mentee=override.mentee.member.name, mentor=override.mentor.member.name)

    def _weights(self, run: Run | None) -> tuple[tuple[str, int, int], ...]:
        earlier = self.runs.get(run.number - 1) if run else None
        if run is None or earlier is None:
            return ()
        pairs = ((key, earlier.weights.get(key, 0), weight) for key, weight in run.weights.items())
        return tuple((key, before, after) for key, before, after in pairs if before != after)
