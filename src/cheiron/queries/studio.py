"""Everything that the match studio shows of a round and its last saved run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from statistics import median

from cheiron.core.access import Actor
from cheiron.core.matching.alternatives import Alternative, alternatives
from cheiron.core.matching.exchange import Exchange, SwapCost, cost_in_words, relief_in_words
from cheiron.core.matching.fair_load import above_share, fair_share
from cheiron.core.matching.files import result_from_json
from cheiron.core.matching.lifecycle import RoundState
from cheiron.core.matching.policy import Case, Choice, choose
from cheiron.core.matching.problem import Problem, problem_hash
from cheiron.core.matching.result import Pair, PairState, Result, Unmatched, unmatched_text
from cheiron.core.matching.score import Reason
from cheiron.core.text import Text, say, say_n
from cheiron.models.matching import Override, Round, Run
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment
from cheiron.queries.entrants import Entrant, entrants
from cheiron.queries.kept import kept
from cheiron.queries.matching import (
    Field,
    Rules,
    active_overrides,
    field_of,
    last_run,
    problem_of,
    redoable,
    round_for,
    rules_of,
    runs_of,
    wishes_of,
)
from cheiron.queries.mentorships import reason_of

LOW_FIT = 0.6
"""A pair below this share of the run's median fit asks for a look."""

MOST_PAIRS = 2_000_000
"""Up to so many pairs the studio keeps them all at hand: 2,000 mentees with 1,000 mentors."""

HUNDREDTH, MOST_RELIEFS = 10_000, 3

LITTLE_KNOWN = 1 / 3
"""So does a high fit that rests on less than this share of the parts that have a weight."""


@dataclass(frozen=True)
class Row:
    """One mentee in the studio's list."""

    id: str
    name: str
    title: str
    group: str
    """none, look, locked or placed."""
    why: Text | str
    score: int | None = None
    mentor: str = ""
    with_whom: str = ""
    known: int | None = None
    """On how many parts of the fit both have said something."""

    def holds(self, search: str) -> bool:
        """Whether each of the words stands somewhere in it."""
        text = f"{self.name} {self.title} {self.with_whom} {self.why}".casefold()
        return all(word in text for word in search.casefold().split())


@dataclass(frozen=True)
class Group:
    """Mentees of one state: how many there are, and those that are drawn."""

    key: str
    size: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Load:
    """One mentor's places: carried from before, filled by this draft, and all that there are."""

    id: str
    name: str
    carried: int
    filled: int
    places: int

    @property
    def total(self) -> int:
        """Places taken once the draft is published."""
        return self.carried + self.filled


@dataclass(frozen=True)
class Studio:
    """A round, its people and its last saved run: what the studio draws."""

    round: Round
    people: Field
    run: Run | None
    overrides: tuple[Override, ...]
    result: Result | None = field(default=None)
    runs: tuple[Run, ...] = ()
    undone: Override | None = None
    """The decision that could be made again."""

    @property
    def published(self) -> bool:
        """Whether the round is published, so that it shows what was, not what would be."""
        return self.round.state == RoundState.PUBLISHED

    @cached_property
    def pair_of(self) -> Mapping[str, Pair]:
        """The draft's pair by mentee."""
        return {pair.mentee: pair for pair in self.result.pairs} if self.result else {}

    @cached_property
    def held(self) -> Mapping[str, Override]:
        """The lock or pin by mentee."""
        return {o.mentee_id: o for o in self.overrides if o.kind != Override.Kind.FORBID}

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every mentee: first those without a match, then those who need a look, locked, placed."""
        unmatched = {one.mentee: one for one in self.result.unmatched} if self.result else {}
        rows = [self._row(key, unmatched.get(key)) for key in self.people.mentees]
        return tuple(sorted(rows, key=lambda row: GROUPS.index(row.group)))

    def _row(self, key: str, left_out: Unmatched | None) -> Row:
        member, pair = self.people.mentees[key], self.pair_of.get(key)
        if pair is None or pair.mentor not in self.people.mentors:
            why = unmatched_text(left_out) if left_out else say("Not in the draft yet.")
            return Row(key, member.name, member.title, "none", why)
        mentor, known = self.people.mentors[pair.mentor].name, self.people.known(key, pair.mentor)
        look = None if pair.state is PairState.LOCKED else self._look(key, pair, known)
        placed = "locked" if pair.state is PairState.LOCKED else "placed"
        group, why = ("look", look) if look else (placed, say("with %(mentor)s", mentor=mentor))
        return Row(key, member.name, member.title, group, why, pair.score, pair.mentor, mentor, known)

    def _look(self, key: str, pair: Pair, known: int) -> Text | None:
        wishes = self.people.wishes.get(key, ())
        if known < LITTLE_KNOWN * self.people.parts and pair.score >= self._middle and not self.published:
            return say("A high fit, from %(known)s of %(parts)s parts only", known=known, parts=self.people.parts)
        if pair.score < LOW_FIT * self._middle:
            return say("Fit far below most others")
        if pair.score < self._middle and wishes and pair.mentor not in wishes:
            return say_n(
                "A fit below the middle, and not the one wish",
                "A fit below the middle, and none of %(count)s wishes",
                len(wishes),
            )
        return None

    @cached_property
    def _middle(self) -> float:
        return median([pair.score for pair in self.pair_of.values()]) if self.pair_of else 0

    @cached_property
    def loads(self) -> tuple[Load, ...]:
        """Places of every mentor, fullest first."""
        filled: dict[str, int] = {}
        for pair in self.pair_of.values():
            filled[pair.mentor] = filled.get(pair.mentor, 0) + 1
        if self.published:
            filled = {}  # the pairs of this round are among the taken places by now
        loads = [
            Load(key, row.name, row.taken, filled.get(key, 0), row.taken + row.places)
            for key, row in self.people.mentors.items()
        ]
        return tuple(sorted(loads, key=lambda load: (-load.total, load.name)))

    @cached_property
    def fair_share(self) -> float | None:
        """How many mentees each mentor would have if all had the same, and none more than their places.

        None where every place is taken, so that nothing is left to spread.
        """
        if all(load.total >= load.places for load in self.loads):
            return None
        return float(fair_share([load.places for load in self.loads], sum(load.total for load in self.loads)))

    @cached_property
    def above_share(self) -> int:
        """Mentors with more than that, rounded up."""
        taken = (load.id for load in self.loads for _ in range(load.total))
        return len(above_share({load.id: load.places for load in self.loads}, taken))

    @property
    def idle(self) -> tuple[Load, ...]:
        """Mentors with a place and nobody in it."""
        return tuple(load for load in self.loads if load.places and not load.total)

    @cached_property
    def reliefs(self) -> tuple[tuple[Entrant, Text], ...]:
        """Where one more place would help most, and what it would bring: exact, as long as nobody has changed."""
        found = self.exchange.reliefs() if self.exchange else {}
        telling = [(one.placed, one.gain, name) for name, one in found.items() if one.placed or one.gain >= HUNDREDTH]
        best = sorted(telling, key=lambda one: (-one[0], -one[1], one[2]))[:MOST_RELIEFS]
        return tuple((self.people.mentors[name], relief_in_words(found[name])) for _, _, name in best)

    @cached_property
    def ranks(self) -> tuple[tuple[Text, int], ...]:
        """How many mentees got which of their wishes."""
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[self._rank(row)] = counts.get(self._rank(row), 0) + 1
        return tuple((label, counts[key]) for key, label in RANKS if key in counts)

    def _rank(self, row: Row) -> str:
        wishes = self.people.wishes.get(row.id, ())
        if not row.mentor:
            return "none"
        if not wishes:
            return "open"
        rank = wishes.index(row.mentor) + 1 if row.mentor in wishes else 0
        return "other" if rank == 0 else str(min(rank, 4))

    @cached_property
    def _by_id(self) -> Mapping[str, Row]:
        return {row.id: row for row in self.rows}

    def groups(self, search: str, most: int) -> tuple[Group, ...]:
        """The first ``most`` mentees whose name, year or reason holds the words, by group; each group with its size."""
        found = [row for row in self.rows if row.holds(search)] if search else self.rows
        sizes, drawn = Counter(row.group for row in found), found[:most]
        rows = {key: tuple(row for row in drawn if row.group == key) for key in GROUPS}
        return tuple(Group(key, sizes[key], rows[key]) for key in GROUPS if sizes[key])

    @cached_property
    def rules(self) -> Rules:
        """The program's rules and the decisions that stand."""
        return rules_of(self.round, self.people, self.overrides)

    @cached_property
    def problem(self) -> Problem:
        """The round as it would be solved now."""
        return problem_of(self.round, self.people, self.rules)

    @cached_property
    def suggested(self) -> Choice:
        """The method that fits these people, with its reasons; whoever drafts decides."""
        mentees, mentors = len(self.people.mentees), len(self.people.mentors)
        wishing = sum(bool(self.people.wishes.get(key)) for key in self.people.mentees)
        return choose(Case(mentees, mentors, mentees * mentors, wishing=wishing, auction=False))

    @cached_property
    def exchange(self) -> Exchange | None:
        """What other pairs would cost, as long as nobody has changed since the run and the round is not too large."""
        if self.result is None or len(self.people.mentees) * len(self.people.mentors) > MOST_PAIRS:
            return None
        if problem_hash(self.problem) != self.result.problem_hash:
            return None
        return Exchange(self.problem, self.result)

    def choose(self, mentee: str, *, everybody: bool = False) -> "Chosen | None":
        """The mentee in the middle of the studio: the one asked for, or the first of the list."""
        row = self._by_id.get(mentee) or next(iter(self.rows), None)
        return Chosen(self, row, len(self.people.mentors) if everybody else NEXT_BEST) if row else None


@dataclass(frozen=True)
class Chosen:
    """One mentee with their pair, its reason, and the next best mentors."""

    studio: Studio
    row: Row
    most: int

    @property
    def mentee(self) -> Entrant:
        """The mentee."""
        return self.studio.people.mentees[self.row.id]

    @property
    def mentor(self) -> Entrant | None:
        """The mentor of the draft, if there is one."""
        return self.studio.people.mentors[self.row.mentor] if self.row.mentor else None

    @property
    def held(self) -> Override | None:
        """The lock or pin that stands."""
        return self.studio.held.get(self.row.id)

    @property
    def ruled_out(self) -> tuple[Override, ...]:
        """Mentors whom a coordinator ruled out for this mentee."""
        return tuple(o for o in self.studio.overrides if o.mentee_id == self.row.id and o.kind == Override.Kind.FORBID)

    @cached_property
    def reason(self) -> Reason | None:
        """Why these two: as the facts stand now, or as they stood on publication."""
        if not self.row.mentor:
            return None
        if self.studio.published:
            return frozen_reason(self.studio.round, self.row.id)
        return self.studio.people.explain(self.row.id, self.row.mentor)

    @property
    def known(self) -> int:
        """From how many parts the fit comes."""
        return len(self.reason.parts) if self.reason else 0

    @cached_property
    def standing(self) -> tuple[int, int] | None:
        """In a stable run: the mentor's place in the mentee's order, the mentee's in the mentor's; not of locks."""
        stability = self.studio.result.certificate.stability if self.studio.result else None
        standings = stability.standings if stability else ()
        return next(((own, theirs) for mentee, own, theirs in standings if mentee == self.row.id), None)

    @cached_property
    def moved(self) -> bool:
        """Whether somebody has changed their facts since the run, so that the fit is another one now."""
        return bool(self.reason and self.reason.score != self.row.score)

    @cached_property
    def alternatives(self) -> tuple["Other", ...]:
        """The next best mentors, why not, and what insisting on them would cost."""
        studio = self.studio
        if studio.result is None or studio.published:
            return ()
        costs = studio.exchange.costs(self.row.id) if studio.exchange else {}
        alone = problem_of(studio.round, studio.people.alone(self.row.id), studio.rules.of(self.row.id))
        found = alternatives(alone, studio.result, self.row.id, self.most)
        return tuple(self._other(one, costs.get(one.mentor)) for one in found)

    def _other(self, one: Alternative, cost: SwapCost | None) -> "Other":
        known = self.studio.people.known(self.row.id, one.mentor)
        return Other(one, self.studio.people.mentors[one.mentor], known, cost_in_words(cost) if cost else ())


@dataclass(frozen=True)
class Other:
    """Another mentor for the mentee who was chosen."""

    one: Alternative
    mentor: Entrant
    known: int
    """From how many parts the fit comes."""
    cost: tuple[Text, ...]
    """What it would do to insist, exactly; empty where it cannot be, and where people have changed since the run."""


NEXT_BEST = 5
GROUPS = ("none", "look", "locked", "placed")
RANKS = (
    ("1", say("1st wish")),
    ("2", say("2nd wish")),
    ("3", say("3rd wish")),
    ("4", say("4th or later")),
    ("other", say("not wished")),
    ("open", say("no wishes made")),
    ("none", say("no match")),
)


def studio_for(actor: Actor, round_id: str, now: datetime) -> Studio:
    """Everything that the studio shows of a round."""
    round = round_for(actor, round_id)
    return _studio(round, round.program.today(now))


@kept(most=4)
def _studio(round: Round, today: date) -> Studio:
    run = last_run(round)
    result = result_from_json(run.result) if run else None
    overrides = tuple(active_overrides(round).select_related("mentee__member", "mentor__member"))
    people = field_of(round, today)
    if round.state == RoundState.PUBLISHED:
        people = field_of_published(round, people, today)
    return Studio(round, people, run, overrides, result, tuple(runs_of(round)), redoable(round))


def frozen_reason(round: Round, mentee: str) -> Reason | None:
    """Why the mentee was paired in this round, as it stood on publication."""
    found = Mentorship.objects.filter(round=round, mentee=mentee).first()
    return reason_of(found) if found else None


def field_of_published(round: Round, people: Field, today: date) -> Field:
    """After publication the people of the round are no longer waiting; show them as they were placed."""
    placed = Enrollment.objects.filter(mentorships_as_mentee__round=round)
    mentees = {**entrants(round.program, placed, today, as_mentors=False), **people.mentees}
    return replace(people, mentees=mentees, wishes={**wishes_of(placed), **people.wishes})
