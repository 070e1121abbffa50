"""Two saved runs of a round side by side: who gets another mentor, and what that does to each fit.

Person by person and in totals over everybody. Figures by group are not compared: the difference of two runs would tell
what neither of them tells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from cheiron.core.access import Actor, Role
from cheiron.core.errors import NotFound
from cheiron.core.matching.files import result_from_json
from cheiron.core.matching.result import Pair, PairState, Result
from cheiron.core.text import Text, say
from cheiron.models.matching import Round, Run
from cheiron.models.programs import Program, Wish
from cheiron.queries.matching import round_for, runs_of

Wishes = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Side:
    """One of the two runs, with its totals."""

    run: Run
    result: Result
    wishes: Wishes

    @cached_property
    def pair_of(self) -> Mapping[str, Pair]:
        """The pair by mentee."""
        return {pair.mentee: pair for pair in self.result.pairs}

    @cached_property
    def scores(self) -> list[int]:
        """Every fit, lowest first."""
        return sorted(pair.score for pair in self.result.pairs)

    def granted(self, first: bool) -> int:
        """Mentees with the mentor whom they wish for most, or with any of those whom they wish for."""
        wished = ((pair.mentor, self.wishes.get(pair.mentee, ())) for pair in self.result.pairs)
        return sum(mentor in (wishes[:1] if first else wishes) for mentor, wishes in wished)

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """Placed, without a mentor, with the first wish, with any wish, held by hand."""
        held = sum(pair.state is PairState.LOCKED for pair in self.result.pairs)
        return len(self.scores), len(self.result.unmatched), self.granted(True), self.granted(False), held

    @property
    def fits(self) -> tuple[int | None, int | None, int | None]:
        """Total, median and lowest fit; nothing where nobody is placed."""
        if not self.scores:
            return None, None, None
        return sum(self.scores), round(median(self.scores)), self.scores[0]


@dataclass(frozen=True)
class Step:
    """One mentee: with whom before and after, and how well they fit."""

    id: str
    name: str
    title: str
    kind: str
    """same, moved, found (had nobody before), lost (has nobody now), came or left (was in one of the runs only)."""
    before: str = ""
    before_fit: int | None = None
    after: str = ""
    after_fit: int | None = None

    @property
    def gain(self) -> int | None:
        """What the fit gains, where there are two."""
        return None if self.before_fit is None or self.after_fit is None else self.after_fit - self.before_fit

    def belongs(self, shown: str) -> bool:
        """Whether the step belongs to what is shown."""
        if shown == "better":
            return (self.gain or 0) > 0
        if shown == "worse":
            return (self.gain or 0) < 0
        return shown == "all" or self.kind == shown or (shown == "changed" and self.kind != "same")


COUNTED = (
    say("Placed"),
    say("Without a mentor"),
    say("With the mentor wished for most"),
    say("With one of those wished for"),
    say("Held by hand"),
)
FITS = (say("Total fit"), say("Middle fit (median)"), say("Lowest fit"))


@dataclass(frozen=True)
class Comparison:
    """A round, its runs, and two of them side by side (none before the first; the only one beside itself)."""

    round: Round
    runs: Sequence[Run]
    sides: tuple[Side, Side] | None
    names: Mapping[str, tuple[str, str]]

    @property
    def counts(self) -> list[tuple[Text, int, int]]:
        """Counts over everybody, before and after."""
        return list(zip(COUNTED, *(side.counts for side in self.sides), strict=True)) if self.sides else []

    @property
    def fits(self) -> list[tuple[Text, int | None, int | None]]:
        """Fits over everybody, before and after."""
        return list(zip(FITS, *(side.fits for side in self.sides), strict=True)) if self.sides else []

    @property
    def weights_moved(self) -> list[tuple[str, int, int]]:
        """Parts of the fit that weigh more or less in the second run, which therefore measures otherwise."""
        before, after = (side.run.weights for side in self.sides) if self.sides else ({}, {})
        return [(key, before.get(key, 0), weight) for key, weight in after.items() if before.get(key, 0) != weight]

    @cached_property
    def steps(self) -> list[Step]:
        """Everybody in either run, by name; those who move first."""
        if self.sides is None:
            return []
        told = [{pair.mentee for pair in side.result.pairs} | _left_over(side.result) for side in self.sides]
        steps = [self._step(mentee, *(mentee in known for known in told)) for mentee in told[0] | told[1]]
        return sorted(steps, key=lambda step: (step.kind == "same", step.name, step.id))

    def shown(self, which: str) -> list[Step]:
        """The part of the list that is asked for."""
        return [step for step in self.steps if step.belongs(which)]

    def _step(self, mentee: str, was_in: bool, is_in: bool) -> Step:
        before, after = (side.pair_of.get(mentee) for side in self.sides or ())
        return Step(
            mentee,
            *self._name(mentee),
            kind=_kind(before, after, was_in, is_in),
            before=self._name(before.mentor)[0] if before else "",
            before_fit=before.score if before else None,
            after=self._name(after.mentor)[0] if after else "",
            after_fit=after.score if after else None,
        )

    def _name(self, enrollment: str) -> tuple[str, str]:
        return self.names.get(enrollment, ("–", ""))


def _left_over(result: Result) -> set[str]:
    return {one.mentee for one in result.unmatched}


def _kind(before: Pair | None, after: Pair | None, was_in: bool, is_in: bool) -> str:
    if not (was_in and is_in):
        return "came" if is_in else "left"
    if before and after:
        return "same" if before.mentor == after.mentor else "moved"
    if before or after:
        return "found" if after else "lost"
    return "same"


def comparison_for(actor: Actor, round_id: str, before: str, after: str) -> Comparison:
    """Two runs by their numbers; the last two where none is named. ``NotFound`` for a run that there is not."""
    round = round_for(actor, round_id)
    runs = list(runs_of(round))
    if not runs:
        return Comparison(round, runs, None, {})
    last, one_before = runs[0].number, runs[:2][-1].number
    chosen = [_run_number(before, runs, one_before), _run_number(after, runs, last)]
    found = {run.number: run for run in round.runs.defer("problem").filter(number__in=chosen)}
    wishes = _wishes(round.program)
    sides = [Side(found[number], result_from_json(found[number].result), wishes) for number in chosen]
    return Comparison(round, runs, (sides[0], sides[1]), _names(round.program))


def _run_number(text: str, runs: Sequence[Run], otherwise: int) -> int:
    if not text:
        return otherwise
    number = next((run.number for run in runs if str(run.number) == text), None)
    if number is None:
        raise NotFound(say("There is no such run in this round."))
    return number


def _wishes(program: Program) -> Wishes:
    wishes: dict[str, list[str]] = {}
    rows = Wish.objects.filter(mentee__program=program).order_by("rank")
    for mentee, mentor in rows.values_list("mentee", "mentor"):
        wishes.setdefault(mentee, []).append(mentor)
    return wishes


def _names(program: Program) -> dict[str, tuple[str, str]]:
    """Name and title of everybody who is or was in the program."""
    rows = program.enrollments.filter(role__in=(Role.MENTEE, Role.MENTOR))
    return {key: (name, title) for key, name, title in rows.values_list("id", "member__name", "member__title")}
