"""G3: who may do what with which object is what an independent oracle says, whatever roles people have had, have
lost and have got; where the existence of a thing is a secret, the answer is "not found"."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, Member, Person
from cheiron.models.programs import IntakeSheet
from tests.cast import NOW, PRINCIPALS
from tests.guarantees import oracle
from tests.guarantees.walk import Stop, verdict

pytestmark = pytest.mark.xdist_group("oracle")

NEWCOMERS = 3
AT_ONCE = 20
STAFF = ("coordinator", "evaluator", "administrator")
IN_A_PROGRAM = (*STAFF, "mentee", "mentor", "peer_mentor", "senior")

part = st.one_of(
    st.tuples(st.sampled_from(("riverside", "hillside")), st.just("school"), st.sampled_from(STAFF), st.booleans()),
    st.tuples(
        st.sampled_from(("riverside", "hillside")), st.just("program"), st.sampled_from(IN_A_PROGRAM), st.booleans()
    ),
)
newcomer = st.tuples(st.booleans(), st.lists(part, max_size=3, unique_by=lambda one: one[:3]))


def verbs(cast) -> list[tuple[str, str, tuple, dict, oracle.Thing]]:
    """Route, method, its arguments, what is sent, and what the oracle is told of the object."""
    here, there = oracle.Thing(cast.school, cast.program), oracle.Thing(cast.other_school, cast.other_program)
    other_round = Round.objects.get(program=cast.other_program).id
    found = []
    for thing, program, round_id in ((here, cast.program, cast.draft), (there, cast.other_program, other_round)):
        for route in (
            "program",
            "program-adjust",
            "people",
            "staff",
            "directory",
            "rounds",
            "pairs",
            "letters",
            "audit",
        ):
            found.append((route, "GET", (program,), {}, thing))
        for role in IN_A_PROGRAM[3:]:
            own = oracle.Thing(thing.school, thing.program, role=role)
            found += [("intake", method, (program, role), {}, own) for method in ("GET", "POST")]
        found += [("studio", "GET", (round_id,), {}, thing), ("review", "POST", (round_id,), {}, thing)]
    for pair in Mentorship.objects.select_related("mentee__member", "mentor__member"):
        two = frozenset((pair.mentee.member.person_id, pair.mentor.member.person_id))
        theirs = oracle.Thing(cast.school, cast.program, two)
        found.append(("mentorship", "GET", (pair.id,), {}, theirs))
        for meeting in pair.meetings.all():
            found.append(("meeting-calendar", "GET", (meeting.id,), {}, theirs))
            found.append(("meeting", "POST", (meeting.id,), {"verb": "nothing"}, theirs))
    found.append(("roster-columns", "GET", (cast.upload,), {}, here))
    found.append(("publish", "GET", (cast.reviewed,), {}, here))
    found.append(("publish", "POST", (cast.reviewed,), {}, here))
    found.append(("letter-retry", "POST", (cast.letter,), {}, here))
    found.append(("change-settle", "POST", (cast.change,), {"end": "yes"}, here))
    return found


@pytest.fixture
def world(cast):
    """The cast, and a round at the other school."""
    model = Round.objects.get(pk=cast.draft)
    model.pk, model.program_id, model.name = "otherround22", cast.other_program, "Elsewhere"
    model.save(force_insert=True)
    return cast


def arrive(cast, number: int, parts) -> str:
    """A person with these roles; some of them over."""
    person = Person.objects.create_user(f"new{number}@riverside.example")
    places = {"riverside": (cast.school, cast.program), "hillside": (cast.other_school, cast.other_program)}
    for school in {school for school, *_ in parts}:
        Member.objects.create(school_id=places[school][0], person=person, external_id=f"N-{number}", name="Nia Storm")
    for school, where, role, left in parts:
        member = Member.objects.get(person=person, school=places[school][0])
        program = places[school][1] if where == "program" else None
        made = Enrollment.objects.create(
            member=member, program_id=program, role=role, joined_at=NOW, left_at=NOW if left else None
        )
        if program and role not in STAFF:
            IntakeSheet.objects.create(enrollment=made)
    return person.id


def known() -> tuple[list[str], list[oracle.Part]]:
    """The facts that the oracle is told: open accounts, and every role."""
    columns = ("member__person", "member__school", "program", "role", "left_at")
    rows = Enrollment.objects.values_list(*columns)
    parts = [
        oracle.Part(person, school, program, role, left is not None) for person, school, program, role, left in rows
    ]
    return list(Person.objects.filter(is_active=True).values_list("id", flat=True)), parts


@pytest.mark.guarantee("G3")
def test_access_to_objects_is_what_the_oracle_says(world, client_of, sized, counted):
    every, tried = verbs(world), {"triples": 0, "ok": 0, "denied": 0, "hidden": 0, "sign-in": 0}
    own = st.sampled_from([who for who in PRINCIPALS if who != "anonymous"])

    @settings(max_examples=sized(200, 20_000) // AT_ONCE, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.lists(newcomer, min_size=1, max_size=NEWCOMERS),
        st.sets(own, max_size=3),
        st.sets(own, max_size=1),
        st.lists(st.tuples(st.integers(0, 30), st.sampled_from(range(len(every)))), min_size=AT_ONCE, max_size=AT_ONCE),
    )
    def holds(newcomers, leavers, closed, questions):
        with transaction.atomic():
            ask(newcomers, leavers, closed, questions)
            transaction.set_rollback(True)

    def ask(newcomers, leavers, closed, questions):
        people = [world.persons[who] for who in PRINCIPALS if who != "anonymous"]
        people += [arrive(world, n, parts) for n, (_, parts) in enumerate(newcomers)]
        asked = [(people[who % len(people)], *every[verb]) for who, verb in questions]
        browsers = {who: client_of(Person.objects.get(pk=who)) for who, *_ in asked}
        gone = [world.persons[who] for who in leavers]
        Enrollment.objects.filter(member__person__in=gone).update(left_at=NOW)
        shut = [world.persons[who] for who in closed]
        shut += [who for who, (is_open, _) in zip(people[len(PRINCIPALS) - 1 :], newcomers, strict=True) if not is_open]
        Person.objects.filter(pk__in=shut).update(is_active=False)
        accounts, parts = known()
        for who, route, method, args, data, thing in asked:
            stop = Stop(route, lambda _, args=args: args, lambda _, data=data: data)
            with transaction.atomic():
                browser = browsers[who]
                response = getattr(browser, method.lower())(stop.url(world), data)
                transaction.set_rollback(True)
            expected = oracle.verdict(who, accounts, parts, route, thing)
            seen = verdict(stop, method, response)
            # Let in, and told that people have changed since: the round that was reviewed lost one of them.
            assert (seen if seen != "409" else "ok") == expected, (
                route,
                method,
                thing,
                [p for p in parts if p.person == who],
            )
            tried["triples"] += 1
            tried[expected] += 1

    holds()
    for what in ("triples", "ok", "denied", "hidden", "sign-in"):
        counted(what if what == "triples" else f"triples with the verdict {what}", tried[what])
