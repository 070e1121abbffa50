"""A program's own words for its letters. Preview and outbox ask the same function."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.formats import date_format

from cheiron.core.access import Actor, Permission, Role
from cheiron.core.errors import NotFound
from cheiron.core.operations.kinds import KINDS
from cheiron.core.operations.letters import Draft, in_words, letter, task_of
from cheiron.core.text import say
from cheiron.models.ledger import LetterWords
from cheiron.models.programs import Program
from cheiron.queries.programs import model_of, program_for


def worded(program_id: str | None, drafts: Iterable[Draft]) -> list[Draft]:
    """These letters in the program's own words, where it has any; worded twice is worded once."""
    drafts = list(drafts)
    if program_id is None or not any(draft.values for draft in drafts):
        return drafts
    own = {row.kind: row for row in LetterWords.objects.filter(program=program_id)}
    return [_in_own(draft, own.get(draft.kind)) for draft in drafts]


def _in_own(draft: Draft, words: LetterWords | None) -> Draft:
    return in_words(draft, words.subject, words.body) if words and draft.values else draft


def words_for(actor: Actor, program_id: str, kind: str = "", *, lock: bool = False) -> tuple[Program, dict]:
    """A program and its own words by kind, for those who may change them; ``kind`` must be one of ours."""
    program = program_for(actor, program_id, Permission.LETTER_EDIT, lock=lock)
    if kind and kind not in KINDS:
        raise NotFound(say("There is no such kind of letter."))
    return program, {row.kind: row for row in LetterWords.objects.filter(program=program)}


TO_MENTORS = frozenset({"proposal", "reminder answer", "missed", "paused", "resumed"})


def sample_for(program: Program, kind: str, now: datetime) -> Draft:
    """A letter of this kind in its standing words, as somebody of the program could get it."""
    mentor, mentee = (_somebody(program, role) for role in (Role.MENTOR, Role.MENTEE))
    name = mentor if kind in TO_MENTORS else mentee
    day = program.today(now) + timedelta(days=model_of(program).rhythm.answer_within_days)
    values = {
        "program": program.name,
        "school": program.school.name,
        "task": task_of(Role.MENTEE),
        "mentees": (mentee,),
        "mentor": mentor,
        "next": mentor,
        "day": date_format(day, "l j F"),
        "reason": say("Every mentor who fits has all places taken."),
        "other": mentor,
        "thanks": say("Thank you for the way you went together. You are in the next round."),
        "elsewhere": program.name,
        "role": say("Mentee"),
    }
    known = {place: values[place] for place in KINDS[kind].known if place in values}
    return letter(kind, once="sample", person="", name=name, **known)


def _somebody(program: Program, role: Role) -> str:
    """Somebody with this role, the first by name; without anybody, the role itself."""
    rows = program.enrollments.filter(role=role, left_at=None).order_by("member__name")
    return rows.values_list("member__name", flat=True).first() or {Role.MENTOR: "Mentor", Role.MENTEE: "Mentee"}[role]
