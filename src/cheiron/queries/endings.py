"""Who hears what when a pair ends or somebody leaves: previews and actions ask here."""

from collections.abc import Iterable

from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.operations.letters import Draft, letter
from cheiron.core.text import Text, say
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment
from cheiron.models.programs import Program
from cheiron.queries.mentorships import PEOPLE


def open_pairs_of(program: Program, enrollments: Iterable[str]) -> list[Mentorship]:
    """The open pairs in which any of these is one of the two."""
    some = set(enrollments)
    rows = Mentorship.objects.filter(program=program, state__in=sorted(OPEN)).select_related(*PEOPLE)
    return [row for row in rows.order_by("proposed_at", "id") if some & {row.mentee_id, row.mentor_id}]


def ending_letters(mentorship: Mentorship, leaving: Iterable[str] = ()) -> list[Draft]:
    """To each of the two who stays in the program: the mentorship has ended, without fault."""
    both, gone = (mentorship.mentee, mentorship.mentor), set(leaving)
    return [_ended(mentorship, one, other) for one, other in (both, both[::-1]) if one.id not in gone]


def _ended(mentorship: Mentorship, one: Enrollment, other: Enrollment) -> Draft:
    return letter(
        "ended",
        once=f"{mentorship.id}:{one.id}",
        person=one.member.person_id,
        name=one.member.name,
        program=mentorship.program.name,
        other=other.member.name,
        thanks=_thanks(mentorship, one),
    )


def _thanks(mentorship: Mentorship, one: Enrollment) -> Text:
    if one.id == mentorship.mentee_id:
        return say("Thank you for the way you went together. You are in the next round.")
    return say("Thank you for the time that you gave. The place is yours again, for whomever you choose.")


def left_letter(program: Program, enrollment: Enrollment, mark: str) -> Draft:
    """To somebody who no longer takes part; ``mark`` tells this time from another."""
    member = enrollment.member
    return letter(
        "left",
        once=f"{enrollment.id}:{mark}",
        person=member.person_id,
        name=member.name,
        program=program.name,
    )
