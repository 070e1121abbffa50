"""Reads about match rounds: who is in, the problem, the saved runs, and everything that the studio shows."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from statistics import median

from django.db.models import Count, Q, QuerySet

from cheiron.core.access import Actor, Permission, Role
from cheiron.core.errors import Conflict, NotFound
from cheiron.core.matching.alternatives import Alternative, alternatives
from cheiron.core.matching.files import problem_from_json, problem_to_json, result_from_json
from cheiron.core.matching.lifecycle import RoundState
from cheiron.core.matching.problem import Forbid, Mentor, Pin, Problem, Rule
from cheiron.core.matching.result import Pair, PairState, Result, Unmatched, unmatched_text
from cheiron.core.matching.score import Participant, Reason, explain_pair, score_matrix
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.text import Text, say, say_n
from cheiron.models.matching import Override, Round, Run
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, ReportingLine
from cheiron.models.programs import Program, Wish
from cheiron.queries.mentorships import reason_of
from cheiron.queries.programs import facts_of, mentors_with_room, model_of

IN_ROUND = ("program", "member__name", "member__title", "member__person", "sheet__facts", "sheet__capacity")
LOW_FIT = 0.6
"""A pair below this share of the run's median fit asks for a look."""


def round_for(actor: Actor, round_id: str, need: Permission = Permission.ROUND_VIEW, *, lock: bool = False) -> Round:
    """The round, if this actor may do this with it; locked until the transaction ends if asked."""
    rows = Round.objects.select_related("program__school")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=round_id).first()
    if found is None or not actor.roles_in(found.program.scope):
        raise NotFound(say("There is no such round."))
    actor.require(need, found.program.scope)
    return found


def rounds_of(program: Program) -> QuerySet[Round]:
    """The rounds of a program, newest first."""
    return Round.objects.filter(program=program).order_by("-created_at", "id")


@dataclass(frozen=True)
class Field:
    """Everybody in a round, with what the engine reads of them."""

    mentees: Mapping[str, Enrollment]
    mentors: Mapping[str, Enrollment]
    wishes: Mapping[str, tuple[str, ...]]
    weights: Mapping[str, int]
    stages: tuple[str, ...]

    def mentee(self, key: str) -> Participant:
        """A mentee as the engine sees them."""
        return Participant(key, facts_of(self.mentees[key].sheet, self.wishes.get(key, ())))

    def mentor(self, key: str) -> Participant:
        """A mentor as the engine sees them."""
        return Participant(key, facts_of(self.mentors[key].sheet), self.places(key))

    def places(self, key: str) -> int:
        """A mentor's free places; none while pausing."""
        row = self.mentors[key]
        return 0 if row.resting else max(row.free, 0)

    def explain(self, mentee: str, mentor: str) -> Reason:
        """Why these two: parts that sum to the score."""
        return explain_pair(self.mentee(mentee), self.mentor(mentor), self.weights, self.stages)


def field_of(round: Round, now: datetime) -> Field:
    """Waiting mentees and the program's mentors, as they are now."""
    program = round.program
    waiting = waiting_mentees(program)
    mentees = {
        row.id: row for row in waiting.select_related("member", "sheet").only(*IN_ROUND).order_by("member__name", "id")
    }
    mentors = {row.id: row for row in mentors_with_room(program, now).only(*IN_ROUND)}
    wishes: dict[str, tuple[str, ...]] = {}
    for mentee, mentor in Wish.objects.filter(mentee__in=waiting).order_by("rank").values_list("mentee", "mentor"):
        wishes[mentee] = (*wishes.get(mentee, ()), mentor)
    return Field(mentees, mentors, wishes, round.weights, model_of(program).career_stages)


def waiting_mentees(program: Program) -> QuerySet[Enrollment]:
    """Mentees of the program who have a sheet and no open mentorship."""
    paired = Mentorship.objects.filter(program=program, state__in=sorted(OPEN)).values("mentee")
    return program.enrollments.filter(role=Role.MENTEE, left_at=None, sheet__isnull=False).exclude(pk__in=paired)


def problem_of(round: Round, people: Field) -> Problem:
    """The round as a problem: rules cut pairs before anything is scored."""
    mentees = [people.mentee(key) for key in people.mentees]
    mentors = [people.mentor(key) for key in people.mentors]
    overrides = list(active_overrides(round))
    return Problem(
        mentees=tuple(mentee.id for mentee in mentees),
        mentors=tuple(Mentor(mentor.id, mentor.capacity) for mentor in mentors),
        scores=score_matrix(mentees, mentors, people.weights, people.stages),
        forbids=tuple(_forbids(round.program, people, overrides)),
        pins=tuple(
            Pin(o.mentee_id, o.mentor_id, o.reason, o.made_by_id)
            for o in overrides
            if o.kind != Override.Kind.FORBID and o.mentee_id in people.mentees and o.mentor_id in people.mentors
        ),
        seed=round.seed,
    )


def active_overrides(round: Round) -> QuerySet[Override]:
    """Decisions that stand, oldest first."""
    return round.overrides.filter(undone_at=None).order_by("made_at", "id")


def one_row_problem(round: Round, people: Field, mentee: str) -> Problem:
    """The problem of one mentee alone, for the question why not somebody else."""
    mentors = [people.mentor(key) for key in people.mentors]
    overrides = list(active_overrides(round).filter(mentee=mentee))
    alone = Field({mentee: people.mentees[mentee]}, people.mentors, people.wishes, people.weights, people.stages)
    return Problem(
        mentees=(mentee,),
        mentors=tuple(Mentor(mentor.id, mentor.capacity) for mentor in mentors),
        scores=score_matrix([people.mentee(mentee)], mentors, people.weights, people.stages),
        forbids=tuple(_forbids(round.program, alone, overrides)),
    )


def _forbids(program: Program, people: Field, overrides: list[Override]) -> set[Forbid]:
    """All rules under one name: a problem file that leaves the server must not tell which rule parts two people."""
    forbids = {Forbid(o.mentee_id, o.mentor_id, Rule.FORBIDDEN) for o in overrides if o.kind == Override.Kind.FORBID}
    forbids |= _past_pairs(program) | _lines(program, people) | _themselves(people)
    return {f for f in forbids if f.mentee in people.mentees and f.mentor in people.mentors}


def is_ruled_out(round: Round, people: Field, mentee: str, mentor: str) -> bool:
    """Whether a rule or a decision stands against the pair."""
    forbids = _forbids(round.program, people, list(active_overrides(round)))
    return any((forbid.mentee, forbid.mentor) == (mentee, mentor) for forbid in forbids)


def _past_pairs(program: Program) -> set[Forbid]:
    """Nobody is offered the same pair again."""
    ended = Mentorship.objects.filter(program=program).exclude(state__in=sorted(OPEN))
    return {Forbid(mentee, mentor, Rule.FORBIDDEN) for mentee, mentor in ended.values_list("mentee", "mentor")}


def _lines(program: Program, people: Field) -> set[Forbid]:
    """Whichever of the two would be the mentor: a resident may treat the one who could mentor them."""
    mentees, mentors = _by_member(people.mentees), _by_member(people.mentors)
    lines = ReportingLine.objects.filter(school=program.school_id).values_list("student", "assessor")
    ways = {way for student, assessor in lines for way in ((student, assessor), (assessor, student))}
    return {
        Forbid(mentees[mentee], mentors[mentor], Rule.FORBIDDEN)
        for mentee, mentor in ways
        if mentee in mentees and mentor in mentors
    }


def _themselves(people: Field) -> set[Forbid]:
    mentors = _by_member(people.mentors)
    return {
        Forbid(key, mentors[row.member_id], Rule.FORBIDDEN)
        for key, row in people.mentees.items()
        if row.member_id in mentors
    }


def _by_member(rows: Mapping[str, Enrollment]) -> dict[str, str]:
    return {row.member_id: key for key, row in rows.items()}


def pack_problem(problem: Problem) -> bytes:
    """The problem file, compressed; the same problem gives the same bytes."""
    return gzip.compress(json.dumps(problem_to_json(problem), separators=(",", ":")).encode(), 5, mtime=0)


def problem_in(run: Run) -> Problem:
    """The problem that a saved run answered."""
    return problem_from_json(json.loads(gzip.decompress(bytes(run.problem))))


def last_run(round: Round) -> Run | None:
    """The newest saved run, without its problem."""
    return round.runs.defer("problem").order_by("-number").first()


def run_to_publish(round: Round) -> Run:
    """The newest run with its problem; ``Conflict`` if there is none."""
    run = round.runs.order_by("-number").first()
    if run is None:
        raise Conflict(say("Nothing has been drafted yet. Draft the match first."))
    return run


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
        member, pair = self.people.mentees[key].member, self.pair_of.get(key)
        if pair is None or pair.mentor not in self.people.mentors:
            why = unmatched_text(left_out) if left_out else say("Not in the draft yet.")
            return Row(key, member.name, member.title, "none", why)
        mentor = self.people.mentors[pair.mentor].member.name
        if pair.state is PairState.LOCKED:
            return Row(
                key,
                member.name,
                member.title,
                "locked",
                say("with %(mentor)s", mentor=mentor),
                pair.score,
                pair.mentor,
                mentor,
            )
        look = self._look(key, pair)
        group, why = ("look", look) if look else ("placed", say("with %(mentor)s", mentor=mentor))
        return Row(key, member.name, member.title, group, why, pair.score, pair.mentor, mentor)

    def _look(self, key: str, pair: Pair) -> Text | None:
        wishes = self.people.wishes.get(key, ())
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
            Load(key, row.member.name, row.taken, filled.get(key, 0), row.taken + self.people.places(key))
            for key, row in self.people.mentors.items()
        ]
        return tuple(sorted(loads, key=lambda load: (-load.total, load.name)))

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

    def choose(self, mentee: str) -> "Chosen | None":
        """The mentee in the middle of the studio: the one asked for, or the first of the list."""
        rows = {row.id: row for row in self.rows}
        row = rows.get(mentee) or next(iter(self.rows), None)
        return Chosen(self, row) if row else None


@dataclass(frozen=True)
class Chosen:
    """One mentee with their pair, its reason, and the next best mentors."""

    studio: Studio
    row: Row

    @property
    def mentee(self) -> Enrollment:
        """The mentee."""
        return self.studio.people.mentees[self.row.id]

    @property
    def mentor(self) -> Enrollment | None:
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

    @cached_property
    def moved(self) -> bool:
        """Whether somebody has changed their facts since the run, so that the fit is another one now."""
        return bool(self.reason and self.reason.score != self.row.score)

    @cached_property
    def alternatives(self) -> tuple[tuple[Alternative, Enrollment], ...]:
        """The next best mentors, and why not."""
        if self.studio.result is None or self.studio.published:
            return ()
        people = self.studio.people
        problem = one_row_problem(self.studio.round, people, self.row.id)
        found = alternatives(problem, self.studio.result, self.row.id)
        return tuple((one, people.mentors[one.mentor]) for one in found)


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
    run = last_run(round)
    result = result_from_json(run.result) if run else None
    overrides = tuple(active_overrides(round).select_related("mentee__member", "mentor__member"))
    people = field_of(round, now)
    if round.state == RoundState.PUBLISHED:
        people = field_of_published(round, people)
    return Studio(round, people, run, overrides, result)


def frozen_reason(round: Round, mentee: str) -> Reason | None:
    """Why the mentee was paired in this round, as it stood on publication."""
    found = Mentorship.objects.filter(round=round, mentee=mentee).first()
    return reason_of(found) if found else None


def field_of_published(round: Round, people: Field) -> Field:
    """After publication the people of the round are no longer waiting; show them as they were placed."""
    mentees = Enrollment.objects.filter(mentorships_as_mentee__round=round).select_related("member", "sheet")
    placed = {row.id: row for row in mentees.order_by("member__name", "id")}
    return Field({**placed, **people.mentees}, people.mentors, people.wishes, people.weights, people.stages)


@dataclass(frozen=True)
class Readiness:
    """Whether a round can begin: who waits, and how many places there are."""

    mentees: int
    without_facts: int
    mentors: int
    places: int

    @property
    def short(self) -> int:
        """Mentees beyond the places."""
        return max(self.mentees - self.places, 0)


def readiness(program: Program, now: datetime) -> Readiness:
    """Counts for the page from which rounds begin."""
    waiting = waiting_mentees(program)
    free = mentors_with_room(program, now).filter(resting=0, free__gt=0).values_list("free", flat=True)
    blank = waiting.aggregate(all=Count("id"), blank=Count("id", filter=Q(sheet__facts={})))
    return Readiness(blank["all"], blank["blank"], len(free), sum(free))


def file_for(actor: Actor, round_id: str, what: str) -> tuple[str, bytes]:
    """Name and content of the problem or result file of the last run."""
    round = round_for(actor, round_id)
    run = run_to_publish(round)
    if what == "problem":
        return f"problem-{run.number}.json", gzip.decompress(bytes(run.problem))
    if what == "result":
        return f"result-{run.number}.json", json.dumps(run.result).encode()
    raise NotFound(say("There is a problem file and a result file, and no other."))
