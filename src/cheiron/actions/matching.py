"""Match rounds: draft, decide by hand, review, publish."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext

from cheiron.actions._figures import release_figures
from cheiron.actions._ledger import post, record
from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict, Invalid
from cheiron.core.matching.files import result_from_json, result_to_json
from cheiron.core.matching.lifecycle import RoundState, advance
from cheiron.core.matching.problem import ROUND_METHODS, problem_hash
from cheiron.core.matching.result import Pair, Result
from cheiron.core.matching.solve import solve, solve_near
from cheiron.core.matching.verify import verify
from cheiron.core.text import say, text_to_json
from cheiron.models.matching import Override, Round, Run
from cheiron.models.mentorships import Mentorship
from cheiron.queries import letters as letter_queries
from cheiron.queries import matching as queries
from cheiron.queries.effects import weights_of
from cheiron.queries.programs import model_of, program_for


@dataclass(frozen=True)
class Drafted:
    """A saved run: its number, and how many mentees have another mentor (or none) than in the run before it."""

    number: int
    moved: int | None


@transaction.atomic
def create_round(*, actor: Actor, program_id: str, name: str, now: datetime, role: str = "") -> str:
    """Open a round with the program's weights for one role (that for which people wait, if none is named)."""
    program = program_for(actor, program_id, Permission.ROUND_EDIT, lock=True)
    model = model_of(program)
    role = role or queries.readiness(program, now).role
    if role not in dict(model.sought):
        raise Invalid(say("Nobody in this program seeks a mentor for this role. Choose one of the list."))
    name = name.strip() or gettext("Round %(number)s") % {"number": program.rounds.count() + 1}
    if program.rounds.filter(name=name).exists():
        raise Conflict(say("There is already a round “%(name)s”.", name=name))
    round = Round.objects.create(
        program=program,
        name=name,
        role=role,
        weights=dict(model.weights),
        answer_by=program.today(now) + timedelta(days=model.rhythm.answer_within_days),
        created_at=now,
    )
    record(actor, now, "round.create", round, seed=round.seed)
    return round.id


@transaction.atomic
def draft_round(*, actor: Actor, round_id: str, now: datetime, method: str = "") -> Drafted:
    """Solve the round afresh, by another method if one is named, keep what is locked, and save the run."""
    round = _editable(actor, round_id)
    _choose_method(round, method)
    return _save_run(actor, round, now, "round.draft", afresh=True)


def _choose_method(round: Round, method: str) -> None:
    """Take the method for this run and the next ones; none named keeps the one there is."""
    if not method or method == round.method:
        return
    if method not in {str(known) for known in ROUND_METHODS}:
        raise Invalid(say("There is no such method. Choose one of the list."))
    round.method = method
    round.save(update_fields=["method"])


def _editable(actor: Actor, round_id: str) -> Round:
    round = queries.round_for(actor, round_id, Permission.ROUND_EDIT, lock=True)
    advance(RoundState(round.state), RoundState.DRAFT)
    if round.state == RoundState.REVIEWED:
        raise Conflict(say("This round has been reviewed. Take the review back before you change it."))
    return round


def _save_run(
    actor: Actor, round: Round, now: datetime, verb: str, *, afresh: bool = False, **about: object
) -> Drafted:
    """Solve, save and record. ``afresh`` starts from nothing; otherwise, of equally good drafts, the nearest one."""
    people = queries.field_of(round, round.program.today(now))
    _check_places_held(round, people)
    queries.refuse_too_large(people)
    problem = queries.problem_of(round, people)
    last = queries.last_run(round)
    earlier = result_from_json(last.result) if last else None
    alike = round.runs.filter(problem_hash=problem_hash(problem), method=round.method)
    same = alike.order_by("number").last()  # an undo brings it back
    near = result_from_json(same.result) if same else earlier
    result = solve(problem) if afresh or near is None else solve_near(problem, near)
    run = Run.objects.create(
        round=round,
        number=last.number + 1 if last else 1,
        problem=queries.pack_problem(problem),
        result=result_to_json(result),
        problem_hash=result.problem_hash,
        weights=round.weights,
        method=result.method,
        run_by_id=actor.person_id,
        run_at=now,
    )
    hashes = {"problem": result.problem_hash, "result": result.result_hash}
    record(actor, now, verb, round, run=run.number, method=run.method, **hashes, **about)
    return Drafted(run.number, _moved(earlier, result))


def _moved(earlier: Result | None, result: Result) -> int | None:
    if earlier is None:
        return None
    before = {pair.mentee: pair.mentor for pair in earlier.pairs}
    after = {pair.mentee: pair.mentor for pair in result.pairs}
    return sum(before.get(mentee) != after.get(mentee) for mentee in before | after)


@transaction.atomic
def set_weights(*, actor: Actor, round_id: str, weights: Mapping[str, int], now: datetime, method: str = "") -> Drafted:
    """Change the weights of this round, and the method if one is named, and draft again."""
    round = _editable(actor, round_id)
    _choose_method(round, method)
    chosen = weights_of(round, weights)
    if not any(chosen.values()):
        raise Invalid(say("All weights are 0. Give at least one part of the fit a weight."))
    round.weights = chosen
    round.save(update_fields=["weights"])
    return _save_run(actor, round, now, "round.weights", weights=chosen)


@transaction.atomic
def decide_pair(*, actor: Actor, round_id: str, kind: str, mentee: str, mentor: str, reason: str, now: datetime) -> int:
    """Lock, pin or forbid one pair, keep why, and draft again."""
    round = _editable(actor, round_id)
    people = queries.field_of(round, round.program.today(now))
    if mentee not in people.mentees or mentor not in people.mentors:
        raise Conflict(say("One of the two is no longer in this round."))
    if kind not in Override.Kind.values:
        raise Invalid(say("A pair can be locked, pinned or forbidden."))
    instead_of = _replace_held(round, kind, mentee, mentor, now)
    if kind != Override.Kind.FORBID:
        _check_can_hold(round, people, mentee, mentor)
    try:
        made = Override.objects.create(
            round=round,
            kind=kind,
            mentee_id=mentee,
            mentor_id=mentor,
            reason=reason.strip()[:300],
            made_by_id=actor.person_id,
            made_at=now,
        )
    except IntegrityError as twice:
        raise Conflict(say("There is already a decision about this pair. Undo it first.")) from twice
    about = {"override": made.id, "instead_of": instead_of, "mentee": mentee, "mentor": mentor}
    return _save_run(actor, round, now, f"pair.{kind}", **about)


def _check_can_hold(round: Round, people: queries.Field, mentee: str, mentor: str) -> None:
    """A held pair may break no rule and needs a place of its own."""
    if queries.is_ruled_out(round, people, mentee, mentor):
        raise Conflict(say("A program rule stands against this pair."))
    held = queries.active_overrides(round).filter(mentor=mentor).exclude(kind=Override.Kind.FORBID).count()
    places = people.mentors[mentor].places
    if held >= places:
        name = people.mentors[mentor].name
        raise Conflict(say("Every free place of %(mentor)s is held by hand already. Undo one first.", mentor=name))


def _check_places_held(round: Round, people: queries.Field) -> None:
    """Somebody may have offered fewer places, or paused, after pairs with them were locked."""
    held = Counter(o.mentor_id for o in queries.active_overrides(round).exclude(kind=Override.Kind.FORBID))
    for key, count in held.items():
        if key in people.mentors and count > people.mentors[key].places:
            name = people.mentors[key].name
            problem = (
                "More pairs with %(mentor)s are held by hand (%(held)s) than there are places now. Undo one first."
            )
            raise Conflict(say(problem, mentor=name, held=count))


def _replace_held(round: Round, kind: str, mentee: str, mentor: str, now: datetime) -> list[str]:
    """A mentee has one held mentor: a new lock or pin takes the place of the old one; so does a changed mind.

    Returns the decisions in whose place the new one comes; they stay as history.
    """
    standing = queries.active_overrides(round).filter(mentee=mentee)
    other_mind = Q(mentor=mentor) & ~Q(kind=kind)
    if kind != Override.Kind.FORBID:
        other_mind |= ~Q(kind=Override.Kind.FORBID)
    replaced = list(standing.filter(other_mind).values_list("id", flat=True))
    round.overrides.filter(pk__in=replaced).update(undone_at=now)
    return replaced


@transaction.atomic
def undo_decision(*, actor: Actor, round_id: str, override_id: str, now: datetime) -> Drafted:
    """Take one decision back (the last one if none is named) and draft again."""
    round = _editable(actor, round_id)
    standing = queries.active_overrides(round)
    found = (standing.filter(pk=override_id) if override_id else standing).last()
    if found is None:
        raise Conflict(say("There is nothing to undo."))
    found.undone_at = now
    found.save(update_fields=["undone_at"])
    about = {"override": found.id, "kind": found.kind, "mentee": found.mentee_id, "mentor": found.mentor_id}
    return _save_run(actor, round, now, "pair.undo", **about)


@transaction.atomic
def redo_decision(*, actor: Actor, round_id: str, now: datetime) -> Drafted:
    """Make the decision again that was taken back last, if it can still be, and draft again."""
    round = _editable(actor, round_id)
    found = queries.redoable(round)
    if found is None:
        raise Conflict(say("There is nothing to do again."))
    people = queries.field_of(round, round.program.today(now))
    if found.mentee_id not in people.mentees or found.mentor_id not in people.mentors:
        raise Conflict(say("One of the two is no longer in this round."))
    if found.kind != Override.Kind.FORBID:
        _check_can_hold(round, people, found.mentee_id, found.mentor_id)
    found.undone_at = None
    found.save(update_fields=["undone_at"])
    about = {"override": found.id, "kind": found.kind, "mentee": found.mentee_id, "mentor": found.mentor_id}
    return _save_run(actor, round, now, "pair.redo", **about)


@transaction.atomic
def review_round(*, actor: Actor, round_id: str, answer_by: date, now: datetime) -> None:
    """Say that a person has looked through the draft; from here it can only be published or taken back.

    The figures by group of this run are made now, once: a draft that somebody still turns and moves has none.
    """
    round = queries.round_for(actor, round_id, Permission.ROUND_EDIT, lock=True)
    if answer_by <= round.program.today(now):
        raise Invalid(say("The day to answer by must lie ahead."))
    round.state = advance(RoundState(round.state), RoundState.REVIEWED)
    run = queries.run_to_publish(round)
    result = _certified(round, run, now)
    release_figures(round, run, queries.field_of(round, round.program.today(now)), result, now)
    round.answer_by = answer_by
    round.save(update_fields=["state", "answer_by"])
    record(actor, now, "round.review", round)


@transaction.atomic
def reopen_round(*, actor: Actor, round_id: str, now: datetime) -> None:
    """Take the review back, so that the draft can be changed again."""
    round = queries.round_for(actor, round_id, Permission.ROUND_EDIT, lock=True)
    if round.state != RoundState.REVIEWED:
        raise Conflict(say("Only a reviewed round can be taken back to a draft."))
    round.state = advance(RoundState(round.state), RoundState.DRAFT)
    round.save(update_fields=["state"])
    record(actor, now, "round.reopen", round)


@transaction.atomic
def publish_round(*, actor: Actor, round_id: str, now: datetime) -> int:
    """Make the reviewed draft real: pairs, letters and audit in one transaction, once. Returns the number of pairs."""
    round = queries.round_for(actor, round_id, Permission.ROUND_PUBLISH, lock=True)
    state = advance(RoundState(round.state), RoundState.PUBLISHED)
    run = queries.run_to_publish(round)
    result = _certified(round, run, now)
    people = queries.field_of(round, round.program.today(now))
    mentorships = [_mentorship(round, people, pair, now) for pair in result.pairs]
    drafts = letter_queries.round_letters(round, people, result, mentorships)
    Mentorship.objects.bulk_create(mentorships)
    round.state, round.published_at = state, now
    round.save(update_fields=["state", "published_at"])
    post(drafts, program_id=round.program_id, now=now)
    record(actor, now, "round.publish", round, run=run.number, pairs=len(mentorships), result=result.result_hash)
    return len(mentorships)


def _certified(round: Round, run: Run, now: datetime) -> Result:
    """The run's result, if an independent check passes and nobody has changed anything since."""
    result = result_from_json(run.result)
    issues = verify(queries.problem_in(run), result)
    if issues:
        raise Conflict(say("The independent check refused this draft. Draft the match again."), issues)
    if run.method != round.method or result.method != run.method:
        raise Conflict(say("The method has changed since this draft. Draft the match again, and look at it anew."))
    if problem_hash(queries.problem_of(round, queries.field_of(round, round.program.today(now)))) != run.problem_hash:
        raise Conflict(
            say("People or rules have changed since this draft. Draft the match again, and look at it anew.")
        )
    return result


def _mentorship(round: Round, people: queries.Field, pair: Pair, now: datetime) -> Mentorship:
    return Mentorship(
        program=round.program,
        round=round,
        mentee_id=pair.mentee,
        mentor_id=pair.mentor,
        role=round.role,
        score=pair.score,
        reason=reason_json(people, pair),
        proposed_at=now,
        answer_by=round.answer_by,
    )


def reason_json(people: queries.Field, pair: Pair) -> list[dict]:
    """The parts of the score as they stand now, sentences untranslated."""
    return [
        {
            "component": part.component,
            "title": text_to_json(part.title),
            "sentence": text_to_json(part.sentence),
            "weight": part.weight,
            "match": part.match,
            "adds": part.adds,
        }
        for part in people.explain(pair.mentee, pair.mentor).parts
    ]
