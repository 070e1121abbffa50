"""Which letters an act would send: the preview and the act ask the same function."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.utils.formats import date_format

from cheiron.core.access import Actor, Permission
from cheiron.core.errors import Conflict
from cheiron.core.matching.files import result_from_json
from cheiron.core.matching.result import Result, Unmatched, told_to_mentee
from cheiron.core.operations import letters
from cheiron.core.operations.letters import Draft
from cheiron.core.text import say
from cheiron.models.matching import Round
from cheiron.models.mentorships import Mentorship
from cheiron.queries.entrants import Entrant
from cheiron.queries.matching import Field, field_of, last_run, round_for
from cheiron.queries.programs import model_of
from cheiron.queries.wording import worded


def round_letters(
    round: Round,
    people: Field,
    result: Result,
    mentorships: Iterable[Mentorship],
) -> list[Draft]:
    """One letter to each mentor with all their mentees, one to each mentee, one to each who has no match."""
    by_mentor: dict[str, list[Mentorship]] = defaultdict(list)
    for mentorship in mentorships:
        by_mentor[mentorship.mentor_id].append(mentorship)
    role = model_of(round.program).sought_title(round.role)
    to_mentors = [_to_mentor(round, people, key, rows, role) for key, rows in by_mentor.items()]
    to_mentees = [_to_mentee(round, people, row, role) for rows in by_mentor.values() for row in rows]
    to_others = [_to_unmatched(round, people.mentees[one.mentee], one) for one in result.unmatched]
    drafts = [
        *sorted(to_mentors, key=lambda draft: draft.to_name),
        *sorted(to_mentees, key=lambda draft: draft.to_name),
        *to_others,
    ]
    return worded(round.program_id, drafts)


def _to_mentor(round: Round, people: Field, key: str, rows: list[Mentorship], role: str) -> Draft:
    mentor = people.mentors[key]
    return letters.proposal_to_mentor(
        mentorship=rows[0].id,
        person=mentor.person,
        name=mentor.name,
        mentees=tuple(sorted(people.mentees[row.mentee_id].name for row in rows)),
        program=round.program.name,
        answer_by=date_format(round.answer_by, "l j F"),
        role=role,
    )


def _to_mentee(round: Round, people: Field, row: Mentorship, role: str) -> Draft:
    mentee = people.mentees[row.mentee_id]
    return letters.proposal_to_mentee(
        mentorship=row.id,
        person=mentee.person,
        name=mentee.name,
        mentor=people.mentors[row.mentor_id].name,
        program=round.program.name,
        answer_by=date_format(round.answer_by, "l j F"),
        role=role,
    )


def _to_unmatched(round: Round, mentee: Entrant, one: Unmatched) -> Draft:
    return letters.no_match(
        round_id=round.id,
        enrollment=mentee.id,
        person=mentee.person,
        name=mentee.name,
        program=round.program.name,
        reason=told_to_mentee(one),
    )


def publication_letters_for(actor: Actor, round_id: str, now: datetime) -> tuple[Round, list[Draft]]:
    """The round and every letter that publishing it would send: none once it is published."""
    round = round_for(actor, round_id, Permission.ROUND_PUBLISH)
    if round.published_at is not None:
        return round, []
    run = last_run(round)
    if run is None:
        raise Conflict(say("Nothing has been drafted yet. Draft the match first."))
    result, people = result_from_json(run.result), field_of(round, round.program.today(now))
    missing = any(pair.mentee not in people.mentees or pair.mentor not in people.mentors for pair in result.pairs)
    if missing or any(one.mentee not in people.mentees for one in result.unmatched):
        raise Conflict(say("People have left or joined since this draft. Draft the match again."))
    mentorships = [Mentorship(mentee_id=pair.mentee, mentor_id=pair.mentor) for pair in result.pairs]
    return round, round_letters(round, people, result, mentorships)
