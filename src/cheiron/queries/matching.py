"""Reads about match rounds: who is in, the problem that they make, the saved runs."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from cheiron.catalog.thesaurus import thesaurus
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict, Issue, NotFound
from cheiron.core.matching.encoding import Encoded, encode
from cheiron.core.matching.files import problem_from_json, problem_to_json
from cheiron.core.matching.kernel import score_all
from cheiron.core.matching.orders import orders_among
from cheiron.core.matching.problem import Forbid, Mentor, Method, Pin, Problem, Rule
from cheiron.core.matching.score import Participant, Reason, explain_pair, told_by
from cheiron.core.matching.statements import understood
from cheiron.core.programs.lifecycle import ProgramState, advance_program
from cheiron.core.text import say
from cheiron.models.ledger import AuditEvent
from cheiron.models.matching import Override, Round, Run
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, ReportingLine
from cheiron.models.programs import Program, Wish
from cheiron.queries.entrants import Entrant, entrants, free_places, mentors_of, waiting_mentees
from cheiron.queries.kept import kept
from cheiron.queries.programs import model_of

LARGEST_ROUND = 5_000_000
"""Pairs, everybody with everybody: 2,500 mentees and 2,000 mentors take 1.5 GB and 20 s, mostly for the file."""


def round_for(actor: Actor, round_id: str, need: Permission = Permission.ROUND_VIEW, *, lock: bool = False) -> Round:
    """The round, if this actor may do this with it; locked until the transaction ends if asked."""
    rows = Round.objects.select_related("program__school")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=round_id).first()
    if found is None or not actor.roles_in(found.program.scope):
        raise NotFound(say("There is no such round."))
    actor.require(need, found.program.scope)
    if lock:
        advance_program(ProgramState(found.program.state), ProgramState.CLOSED)  # a closed program stays as it is
    return found


def rounds_of(program: Program) -> QuerySet[Round]:
    """The rounds of a program, newest first."""
    return Round.objects.filter(program=program).order_by("-created_at", "id")


@dataclass(frozen=True)
class Field:
    """Everybody in a round, with what the engine reads of them."""

    mentees: Mapping[str, Entrant]
    mentors: Mapping[str, Entrant]
    wishes: Mapping[str, tuple[str, ...]]
    weights: Mapping[str, int]
    stages: tuple[str, ...]

    def mentee(self, key: str) -> Participant:
        """A mentee as the engine sees them."""
        return self._seeking[key]

    def mentor(self, key: str) -> Participant:
        """A mentor as the engine sees them."""
        return self._offering[key]

    def alone(self, key: str) -> "Field":
        """One mentee before the same mentors, for the question why not somebody else."""
        one = replace(self, mentees={key: self.mentees[key]})
        vars(one)["_sides"] = ({key: self.mentee(key)}, self._offering)
        vars(one)["encoded"] = self.encoded.with_mentees([self.mentee(key)])
        return one

    @cached_property
    def encoded(self) -> Encoded:
        """Everybody as numbers; other weights need nothing else."""
        return encode(list(self._seeking.values()), list(self._offering.values()), self.stages)

    @cached_property
    def _sides(self) -> tuple[dict[str, Participant], dict[str, Participant]]:
        """Both sides by id, what they wrote weighed among each other."""
        seeking = [one.participant(self.wishes.get(key, ())) for key, one in self.mentees.items()]
        offering = [one.participant() for one in self.mentors.values()]
        mentees, mentors = understood(seeking, offering, thesaurus())
        return {one.id: one for one in mentees}, {one.id: one for one in mentors}

    @property
    def _seeking(self) -> dict[str, Participant]:
        return self._sides[0]

    @property
    def _offering(self) -> dict[str, Participant]:
        return self._sides[1]

    def explain(self, mentee: str, mentor: str) -> Reason:
        """Why these two: parts that sum to the score."""
        return explain_pair(self.mentee(mentee), self.mentor(mentor), self.weights, self.stages)

    @property
    def parts(self) -> int:
        """On how many parts the fit can rest: those with a weight."""
        return sum(weight > 0 for weight in self.weights.values())

    def known(self, mentee: str, mentor: str) -> int:
        """On how many of them both have said something."""
        return len(self._told["mentee", mentee] & self._told["mentor", mentor])

    @cached_property
    def _told(self) -> dict[tuple[str, str], frozenset[str]]:
        given = {"weights": self.weights, "stages": self.stages}
        told = {("mentee", key): told_by(self.mentee(key), **given, as_mentor=False) for key in self.mentees}
        told.update({("mentor", key): told_by(self.mentor(key), **given, as_mentor=True) for key in self.mentors})
        return told


def field_of(round: Round, today: date) -> Field:
    """Waiting mentees and the program's mentors, as they are now."""
    return field_among(round, today, waiting_mentees(round.program, round.role))


def field_among(round: Round, today: date, mentees: QuerySet[Enrollment]) -> Field:
    """These mentees and the program's mentors, as they are now."""
    return Field(
        mentees=entrants(round.program, mentees, today, as_mentors=False),
        mentors=mentors_of(round.program, today),
        wishes=wishes_of(mentees),
        weights=round.weights,
        stages=model_of(round.program).career_stages,
    )


def wishes_of(mentees: QuerySet[Enrollment]) -> dict[str, tuple[str, ...]]:
    """The mentors for whom each wished, the most wanted first; nobody who wished for none."""
    wishes: dict[str, tuple[str, ...]] = {}
    for mentee, mentor in Wish.objects.filter(mentee__in=mentees).order_by("rank").values_list("mentee", "mentor"):
        wishes[mentee] = (*wishes.get(mentee, ()), mentor)
    return wishes


@dataclass(frozen=True)
class Rules:
    """What stands between people and what holds them together, whatever they score."""

    forbids: tuple[Forbid, ...]
    pins: tuple[Pin, ...]

    def of(self, mentee: str) -> "Rules":
        """Those of one mentee."""
        return Rules(*(tuple(one for one in many if one.mentee == mentee) for many in (self.forbids, self.pins)))


def rules_of(round: Round, people: Field, standing: Sequence[Override] | None = None) -> Rules:
    """The rules of the program and the decisions of the round; ``standing``: its decisions, if they are known."""
    overrides = list(active_overrides(round) if standing is None else standing)
    pins = (
        Pin(o.mentee_id, o.mentor_id, author=o.made_by_id)  # the reason in words stays in the decision, erasable
        for o in overrides
        if o.kind != Override.Kind.FORBID and o.mentee_id in people.mentees and o.mentor_id in people.mentors
    )
    return Rules(tuple(_forbids(round.program, people, overrides)), tuple(pins))


def problem_of(round: Round, people: Field, rules: Rules | None = None) -> Problem:
    """The round as a problem: rules cut pairs before anything is scored."""
    rules = rules or rules_of(round, people)
    method = Method(round.method)
    return _problem(people, round.weights, method, forbids=rules.forbids, pins=rules.pins, seed=round.seed)


def reweighed(problem: Problem, people: Field, weights: Mapping[str, int], method: Method) -> Problem:
    """The same round with other weights, or to be answered by another method; nothing is read again."""
    return _problem(people, weights, method, forbids=problem.forbids, pins=problem.pins, seed=problem.seed)


def _problem(
    people: Field,
    weights: Mapping[str, int],
    method: Method,
    *,
    forbids: tuple[Forbid, ...],
    pins: tuple[Pin, ...],
    seed: int,
) -> Problem:
    scores = score_all(people.encoded, weights)
    return Problem(
        mentees=tuple(people.mentees),
        mentors=tuple(Mentor(key, one.places) for key, one in people.mentors.items()),
        scores=scores,
        forbids=forbids,
        pins=pins,
        seed=seed,
        method=method,
        orders=orders_among(people.encoded, scores, weights) if method.ordered else None,
    )


def too_large(people: Field) -> bool:
    """Whether everybody with everybody is more than one server should compare, and keep in a file, at a time."""
    return len(people.mentees) * len(people.mentors) > LARGEST_ROUND


def refuse_too_large(people: Field) -> None:
    """Raise ``Conflict``, with what to do, for a round that is."""
    if too_large(people):
        pairs = len(people.mentees) * len(people.mentors)
        raise Conflict(
            say("This round compares %(pairs)s pairs of people, more than one server can hold at a time.", pairs=pairs),
            (
                Issue(
                    say("A round takes up to %(largest)s pairs.", largest=LARGEST_ROUND),
                    say("Match one campus or cohort after the other, or match on the command line by “auction”."),
                ),
            ),
        )


def active_overrides(round: Round) -> QuerySet[Override]:
    """Decisions that stand, oldest first."""
    return round.overrides.filter(undone_at=None).order_by("made_at", "id")


def _forbids(program: Program, people: Field, overrides: list[Override]) -> set[Forbid]:
    """All rules under one name: a problem file that leaves the server must not tell which rule parts two people."""
    forbids = {Forbid(o.mentee_id, o.mentor_id, Rule.FORBIDDEN) for o in overrides if o.kind == Override.Kind.FORBID}
    forbids |= _past_pairs(program) | _lines(program, people) | _themselves(people)
    return {f for f in forbids if f.mentee in people.mentees and f.mentor in people.mentors}


def redoable(round: Round) -> Override | None:
    """The decision that was taken back last, as long as no new one has come since: read from the audit log."""
    deeds = AuditEvent.objects.filter(subject=f"round:{round.pk}", verb__startswith="pair.").order_by("-sequence")
    redone = 0
    for verb, detail in deeds.values_list("verb", "detail").iterator():
        if verb == "pair.redo":
            redone += 1
        elif verb != "pair.undo":
            return None
        elif redone:
            redone -= 1
        else:
            return round.overrides.exclude(undone_at=None).filter(pk=detail["override"]).first()
    return None


def is_ruled_out(round: Round, people: Field, mentee: str, mentor: str) -> bool:
    """Whether a rule or a decision stands against the pair."""
    forbids = _forbids(round.program, people, list(active_overrides(round)))
    return any((forbid.mentee, forbid.mentor) == (mentee, mentor) for forbid in forbids)


def _past_pairs(program: Program) -> set[Forbid]:
    """Nobody is offered the same pair again, nor one mentor for two roles."""
    known = Mentorship.objects.filter(program=program).values_list("mentee", "mentor")
    return {Forbid(mentee, mentor, Rule.FORBIDDEN) for mentee, mentor in known}


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
        Forbid(key, mentors[row.member], Rule.FORBIDDEN) for key, row in people.mentees.items() if row.member in mentors
    }


def _by_member(rows: Mapping[str, Entrant]) -> dict[str, str]:
    return {row.member: key for key, row in rows.items()}


def pack_problem(problem: Problem) -> bytes:
    """The problem file, compressed; the same problem gives the same bytes."""
    return gzip.compress(json.dumps(problem_to_json(problem), separators=(",", ":")).encode(), 5, mtime=0)


def problem_in(run: Run) -> Problem:
    """The problem that a saved run answered."""
    return problem_from_json(json.loads(gzip.decompress(bytes(run.problem))))


def last_run(round: Round) -> Run | None:
    """The newest saved run, without its problem."""
    return round.runs.defer("problem").order_by("-number").first()


def runs_of(round: Round) -> QuerySet[Run]:
    """The saved runs of a round, newest first, without problems and results."""
    return round.runs.defer("problem", "result").order_by("-number")


def run_to_publish(round: Round) -> Run:
    """The newest run with its problem; ``Conflict`` if there is none."""
    run = round.runs.order_by("-number").first()
    if run is None:
        raise Conflict(say("Nothing has been drafted yet. Draft the match first."))
    return run


@dataclass(frozen=True)
class Readiness:
    """Whether a round can begin: who waits, and how many places there are."""

    mentees: int
    without_facts: int
    mentors: int
    places: int
    role: str
    """Which of the mentors that a mentee seeks this is about."""
    title: str
    """What such a mentor is called; empty where a mentee has one mentor only."""

    @property
    def short(self) -> int:
        """Mentees beyond the places."""
        return max(self.mentees - self.places, 0)


def readiness(program: Program, now: datetime) -> Readiness:
    """Counts for the page from which rounds begin, for the first role for which anybody waits."""
    found = readiness_by_role(program, program.today(now))
    return next((ready for ready in found if ready.mentees), found[0])


@kept(most=256)
def readiness_by_role(program: Program, today: date) -> list[Readiness]:
    """The counts for each of the mentors that a mentee seeks, in their order."""
    model, free = model_of(program), free_places(program, today)
    return [
        _readiness(waiting_mentees(program, role), free, role, model.sought_title(role)) for role, _ in model.sought
    ]


def _readiness(waiting: QuerySet[Enrollment], free: list[int], role: str, title: str) -> Readiness:
    blank = waiting.aggregate(all=Count("id"), blank=Count("id", filter=Q(sheet__facts={}, sheet__statement="")))
    return Readiness(blank["all"], blank["blank"], len(free), sum(free), role, title)


def file_for(actor: Actor, round_id: str, what: str) -> tuple[str, bytes]:
    """Name and content of the problem or result file of the last run."""
    round = round_for(actor, round_id)
    run = run_to_publish(round)
    if what == "problem":
        return f"problem-{run.number}.json", gzip.decompress(bytes(run.problem))
    if what == "result":
        return f"result-{run.number}.json", json.dumps(run.result).encode()
    raise NotFound(say("There is a problem file and a result file, and no other."))
