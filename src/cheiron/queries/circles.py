"""A round as one would draw it: around each mentor their mentees, around each mentee their mentors.

Both hold what stands already in the program beside what the last run of the round would add. After publication there is
nothing left to add: the pairs of the round are among those that stand.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter

from cheiron.core.access import MENTORS, Actor, Role
from cheiron.core.matching.company import alone_in, shared_by_all, span
from cheiron.core.matching.files import result_from_json
from cheiron.core.matching.lifecycle import RoundState
from cheiron.core.matching.result import Pair, Result
from cheiron.core.mentorships.lifecycle import OPEN, MentorshipState
from cheiron.core.people.facts import Facts
from cheiron.core.programs.model import ProgramModel
from cheiron.core.text import Text, say
from cheiron.models.matching import Round, Run
from cheiron.models.mentorships import Mentorship
from cheiron.models.programs import Program
from cheiron.queries.entrants import Entrant, mentors_of
from cheiron.queries.kept import kept
from cheiron.queries.matching import last_run, round_for
from cheiron.queries.programs import facts_from, model_of

DRAFT = "draft"
"""How a pair stands that only the last run of the round has: others are proposed or active."""

COVERED, WAITING, NONE = "covered", "waiting", "none"
STANDINGS = (NONE, WAITING, COVERED)
"""How a role stands for one mentee: nobody yet; somebody who is drafted or has not answered; somebody in place."""


@dataclass(frozen=True)
class Person:
    """Somebody of the program, with what the sheet says where there is one."""

    id: str
    name: str
    title: str
    role: str
    told: Mapping[str, object] | None
    left_at: datetime | None

    @property
    def facts(self) -> Facts:
        """The facts of the sheet."""
        return facts_from(self.told or {})


@dataclass(frozen=True)
class Tie:
    """One mentee with one mentor: in place, asked, or in the draft."""

    mentee: Person
    mentor: Person
    role: str
    state: str
    """active, proposed or draft."""
    round: str
    """The round that made it, whose studio says why; empty where a list brought it."""
    here: bool
    """Whether that is the round at hand."""


@dataclass(frozen=True)
class Circle:
    """One mentor and everybody around them."""

    mentor: Entrant
    ties: tuple[Tie, ...]
    order: tuple[str, ...]
    """The career stages of the program, first to last."""

    @property
    def placed(self) -> int:
        """Mentees whom the draft would add."""
        return sum(tie.state == DRAFT for tie in self.ties)

    @property
    def carried(self) -> int:
        """Mentees who are there already."""
        return len(self.ties) - self.placed

    @property
    def places(self) -> int:
        """All places: the taken and the free."""
        return self.mentor.taken + self.mentor.places

    @property
    def free(self) -> int:
        """Places that stay free."""
        return max(self.places - len(self.ties), 0)

    @cached_property
    def _facts(self) -> tuple[Facts, ...]:
        return tuple(tie.mentee.facts for tie in self.ties)

    @property
    def stages(self) -> tuple[str, ...]:
        """The mentees' stages, first to last."""
        return span((facts.stage for facts in self._facts), self.order)

    @property
    def campuses(self) -> tuple[str, ...]:
        """The mentees' sites."""
        return span((facts.place for facts in self._facts), ())

    @cached_property
    def hours(self) -> tuple[str, ...]:
        """Hours that suit the mentor and every mentee, as far as they have said."""
        return shared_by_all(facts.times for facts in (self.mentor.facts, *self._facts))

    @cached_property
    def silent(self) -> int:
        """How many of them, the mentor included, have not said when they can."""
        return sum(not facts.times for facts in (self.mentor.facts, *self._facts))

    @property
    def compared(self) -> bool:
        """Whether at least two have said when they can, so that there is anything in common to look for."""
        return len(self.ties) + 1 - self.silent > 1

    @cached_property
    def flags(self) -> tuple[Text, ...]:
        """Why somebody should look."""
        return tuple(flag for flag in (self._over(), *self._hours_apart(), *self._alone()) if flag)

    def _over(self) -> Text | None:
        over = len(self.ties) > max(self.mentor.capacity, 0)
        return say("More mentees than places are offered") if over else None

    def _hours_apart(self) -> Iterable[Text]:
        times = self.mentor.facts.times
        pairs = zip(self.ties, self._facts, strict=True)
        apart = [tie.mentee.name for tie, one in pairs if times and one.times and not shared_by_all((times, one.times))]
        if apart:
            yield say("No hour in common with %(names)s", names=tuple(apart))
        elif len(self.ties) > 1 and self.compared and not self.hours:
            yield say("No hour suits all of them")

    def _alone(self) -> Iterable[Text]:
        stages = {tie.mentee.id: facts.stage for tie, facts in zip(self.ties, self._facts, strict=True)}
        alone = set(alone_in(stages))
        names = tuple(f"{tie.mentee.name} ({stages[tie.mentee.id]})" for tie in self.ties if tie.mentee.id in alone)
        if names:
            yield say("Alone in a stage: %(names)s", names=names)

    def holds(self, search: str) -> bool:
        """Whether each of the words stands in the name of the mentor or of a mentee."""
        return _holds(search, self.mentor.name, *(tie.mentee.name for tie in self.ties))


@dataclass(frozen=True)
class Spoke:
    """One line from a mentee: to a mentor, or to a role in which there is nobody yet."""

    role: str
    title: str
    """What a mentor of this role is called."""
    tie: Tie | None = None

    @property
    def state(self) -> str:
        """active, proposed, draft or none."""
        return self.tie.state if self.tie else NONE


@dataclass(frozen=True)
class Network:
    """One mentee and the mentors around them, one line for each, and one for each role without anybody."""

    mentee: Person
    spokes: tuple[Spoke, ...]
    waits: bool
    """Whether the round at hand looks for somebody for them."""

    def standing(self, role: str) -> str:
        """How the role stands: covered, waiting or none."""
        states = {spoke.state for spoke in self.spokes if spoke.role == role}
        if MentorshipState.ACTIVE in states:
            return COVERED
        return WAITING if states - {NONE} else NONE

    @property
    def uncovered(self) -> tuple[Spoke, ...]:
        """The roles in which there is nobody yet."""
        return tuple(spoke for spoke in self.spokes if spoke.tie is None)

    @property
    def open(self) -> int:
        """Mentors who are drafted or have not answered."""
        return sum(spoke.state not in {NONE, MentorshipState.ACTIVE} for spoke in self.spokes)

    def holds(self, search: str) -> bool:
        """Whether each of the words stands in the name of the mentee or of a mentor."""
        return _holds(search, self.mentee.name, *(spoke.tie.mentor.name for spoke in self.spokes if spoke.tie))


@dataclass(frozen=True)
class Circles:
    """A round, everybody of its program and every pair that stands or would."""

    round: Round
    run: Run | None
    result: Result | None
    people: Mapping[str, Person]
    mentors: Mapping[str, Entrant]
    standing: tuple[tuple[str, str, str, str, str | None], ...]
    """Open mentorships: mentee, mentor, role, state, round."""
    model: ProgramModel

    @property
    def roles(self) -> tuple[tuple[str, str], ...]:
        """The mentors that a mentee seeks, by key and title."""
        return self.model.sought

    @property
    def published(self) -> bool:
        """Whether the round is published, so that its pairs are among those that stand."""
        return self.round.state == RoundState.PUBLISHED

    @cached_property
    def waiting(self) -> frozenset[str]:
        """Mentees for whom the round looks: with a sheet, and with nobody in its role."""
        paired = {mentee for mentee, _, role, _, _ in self.standing if role == self.round.role}
        mentees = (one for one in self.people.values() if one.role == Role.MENTEE and one.left_at is None)
        return frozenset(one.id for one in mentees if one.told is not None and one.id not in paired)

    @cached_property
    def ties(self) -> tuple[Tie, ...]:
        """Every pair, those that stand before those of the draft."""
        stand = (self._tie(*row) for row in self.standing)
        draft = (self._tie(one.mentee, one.mentor, self.round.role, DRAFT, self.round.id) for one in self._drafted)
        return tuple(tie for tie in (*stand, *draft) if tie)

    @property
    def _drafted(self) -> list[Pair]:
        """The pairs of the last run whose two are still in the round; none once it is published."""
        pairs = self.result.pairs if self.result and not self.published else ()
        return [pair for pair in pairs if pair.mentee in self.waiting and pair.mentor in self.mentors]

    def _tie(self, mentee: str, mentor: str, role: str, state: str, round: str | None) -> Tie | None:
        one, other = self.people.get(mentee), self.people.get(mentor)
        return Tie(one, other, role, state, round or "", round == self.round.id) if one and other else None

    @cached_property
    def circles(self) -> tuple[Circle, ...]:
        """Every mentor of the round: those who need a look first, then those with mentees, then the others, by name."""
        around = _sorted_into(self.ties, lambda tie: tie.mentor.id)
        order = self.model.career_stages
        found = [Circle(one, around.get(key, ()), order) for key, one in self.mentors.items()]
        return tuple(sorted(found, key=lambda one: (not one.flags, not one.ties)))

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """Every mentee of the program: most roles without anybody first, then most that wait, by name."""
        around, waiting = _sorted_into(self.ties, lambda tie: tie.mentee.id), not self.published
        found = [
            Network(one, self._spokes(around.get(one.id, ())), waiting and one.id in self.waiting)
            for one in self.people.values()
            if one.role == Role.MENTEE and (one.left_at is None or one.id in around)
        ]
        return tuple(sorted(found, key=lambda one: (-len(one.uncovered), -one.open)))

    def _spokes(self, ties: tuple[Tie, ...]) -> tuple[Spoke, ...]:
        by_role, titles = _sorted_into(ties, attrgetter("role")), dict(self.roles)
        roles = (*titles, *(role for role in by_role if role not in titles))
        return tuple(Spoke(role, titles.get(role, role), tie) for role in roles for tie in by_role.get(role, (None,)))

    @cached_property
    def standings(self) -> tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...]:
        """For each role that mentees seek how many have nobody, wait, and are covered."""
        rows = []
        for role, title in self.roles:
            counts = Counter(one.standing(role) for one in self.networks)
            rows.append((role, title, tuple((key, counts[key]) for key in STANDINGS)))
        return tuple(rows)

    def networks_of(self, search: str, role: str = "", standing: str = "") -> list[Network]:
        """The mentees who are looked for: by name, and by how a role stands for them."""
        found = (one for one in self.networks if not role or one.standing(role) == standing)
        return [one for one in found if one.holds(search)]

    def circles_of(self, search: str) -> list[Circle]:
        """The mentors who are looked for by name."""
        return [one for one in self.circles if one.holds(search)]


def _holds(search: str, *names: str) -> bool:
    text = " ".join(names).casefold()
    return all(word in text for word in search.casefold().split())


def _sorted_into(ties: Iterable[Tie], key: Callable[[Tie], str]) -> dict[str, tuple[Tie, ...]]:
    found: dict[str, list[Tie]] = {}
    for tie in ties:
        found.setdefault(key(tie), []).append(tie)
    return {one: tuple(its) for one, its in found.items()}


def circles_for(actor: Actor, round_id: str, now: datetime) -> Circles:
    """The round by mentor and by mentee, for whoever may open its studio."""
    round = round_for(actor, round_id)
    return _circles(round, round.program.today(now))


@kept(most=4)
def _circles(round: Round, today: date) -> Circles:
    run, program = last_run(round), round.program
    return Circles(
        round=round,
        run=run,
        result=result_from_json(run.result) if run else None,
        people=_people(program),
        mentors=mentors_of(program, today),
        standing=_standing(program),
        model=model_of(program),
    )


def _people(program: Program) -> dict[str, Person]:
    """Everybody who is or was a mentee or a mentor of the program, by name."""
    rows = program.enrollments.filter(role__in=sorted({Role.MENTEE, *MENTORS})).order_by("member__name", "id")
    read = ("id", "member__name", "member__title", "role", "sheet__facts", "left_at")
    return {row[0]: Person(*row) for row in rows.values_list(*read)}


def _standing(program: Program) -> tuple[tuple[str, str, str, str, str | None], ...]:
    rows = Mentorship.objects.filter(program=program, state__in=sorted(OPEN)).order_by("proposed_at", "id")
    return tuple(rows.values_list("mentee", "mentor", "role", "state", "round"))
