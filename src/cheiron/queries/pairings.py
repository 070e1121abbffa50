"""What a list of past and running pairs would bring."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cheiron.core.access import MENTORS, Role
from cheiron.core.errors import Issue
from cheiron.core.mentorships.lifecycle import OPEN
from cheiron.core.operations import letters
from cheiron.core.people.pairings import Pairing, read_pairings
from cheiron.core.text import Text, say
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, ReportingLine, RosterImport
from cheiron.models.programs import Program
from cheiron.queries.entrants import places_taken
from cheiron.queries.imports import table_of


@dataclass(frozen=True)
class Two:
    """One pair of the list, as parts in the program."""

    row: int
    mentee: Enrollment
    mentor: Enrollment
    begins: date
    ends: date | None
    """Empty while the pair runs."""

    @property
    def key(self) -> tuple[str, str]:
        """The two, as ids of their parts."""
        return self.mentee.id, self.mentor.id


@dataclass(frozen=True)
class PairPlan:
    """Pairs that would come in as past or as running, those that are known, and what stands in the way."""

    past: tuple[Two, ...]
    running: tuple[Two, ...]
    same: tuple[Two, ...]
    issues: tuple[Issue, ...]


def pair_plan(roster: RosterImport, now: datetime) -> PairPlan:
    """What importing the list would do now."""
    program, today = roster.program, roster.program.school.today(now)
    found, issues = _found(program, read_pairings(table_of(roster), today), today)
    open_pairs, closed_pairs = _pairs_known(program)
    running = [two for two in found if two.ends is None and two.key not in open_pairs]
    past = [two for two in found if two.ends is not None and two.key not in open_pairs | closed_pairs]
    same = [two for two in found if two not in running and two not in past]
    issues += _in_the_way(program, running, {mentee for mentee, _ in open_pairs})
    return PairPlan(tuple(past), tuple(running), tuple(same), tuple(sorted(issues, key=lambda one: one.row or 0)))


def _found(program: Program, rows: Iterable[Pairing], today: date) -> tuple[list[Two], list[Issue]]:
    mentees, mentors = _named(program, {Role.MENTEE}), _named(program, MENTORS)
    found, issues, seen = [], [], {}
    for row in rows:
        mentee, mentor = mentees.get(row.mentee), mentors.get(row.mentor)
        issue = _cannot_be(row, mentee, mentor, today)
        if issue:
            issues.append(Issue(*issue, row.row))
            continue
        ends = row.ends if row.ended(today) else None
        two = Two(row.row, mentee, mentor, row.begins or row.ends if ends else row.begins or today, ends)
        if seen.setdefault(two.key, row.row) != row.row:
            problem = say("This pair stands in row %(other)s too, under another name.", other=seen[two.key])
            issues.append(Issue(problem, say("Keep one of the two rows."), row.row))
        else:
            found.append(two)
    return found, issues


def _named(program: Program, roles: Iterable[str]) -> dict[str, Enrollment]:
    """Everybody who has or had one of the roles, by address and by id in small letters."""
    rows = program.enrollments.filter(role__in=sorted(roles)).select_related("member__person", "sheet")
    people = list(rows.order_by("-role", "id"))
    by_address = {row.member.person.email.casefold(): row for row in people}
    return by_address | {row.member.external_id.casefold(): row for row in people}


def _cannot_be(
    row: Pairing, mentee: Enrollment | None, mentor: Enrollment | None, today: date
) -> tuple[Text, Text] | None:
    if mentee is None:
        problem = say("“%(who)s” is not a mentee of this program.", who=row.mentee)
        return problem, say("Import the list of mentees first, or correct the id or address.")
    if mentor is None:
        problem = say("“%(who)s” is not a mentor of this program.", who=row.mentor)
        return problem, say("Import the list of mentors first, or correct the id or address.")
    if mentee.member_id == mentor.member_id:
        return say("Mentee and mentor are the same person."), say("Correct one, or delete the row.")
    left = next((one for one in (mentee, mentor) if one.left_at), None)
    if left and not row.ended(today):
        problem = say("%(name)s has left this program, so the pair cannot run.", name=left.member.name)
        return problem, say("Write until when it ran, or put the person on a list of people again.")
    return None


def _pairs_known(program: Program) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    open_pairs, closed_pairs = set(), set()
    for mentee, mentor, state in Mentorship.objects.filter(program=program).values_list("mentee", "mentor", "state"):
        (open_pairs if state in OPEN else closed_pairs).add((mentee, mentor))
    return open_pairs, closed_pairs


def _in_the_way(program: Program, running: list[Two], paired: set[str]) -> list[Issue]:
    """A second mentor for a mentee, more mentees than places, and pairs that a reporting line rules out."""
    lines = set(ReportingLine.objects.filter(school=program.school_id).values_list("student", "assessor"))
    taken, issues = Counter(places_taken(program)), []
    for two in running:
        taken[two.mentor.id] += 1
        if two.mentee.id in paired:
            problem = say("%(mentee)s would have two mentors at once.", mentee=two.mentee.member.name)
            issues.append(Issue(problem, say("Keep one, or write until when the other ran."), two.row))
        if taken[two.mentor.id] > _places(two.mentor):
            problem = say("%(mentor)s has no place left for this mentee.", mentor=two.mentor.member.name)
            issues.append(Issue(problem, say("Raise the places of the mentor, or take the row out."), two.row))
        if _lined(two, lines):
            problem = say("A reporting line stands between these two.")
            issues.append(Issue(problem, say("Take the row out, or correct the reporting lines."), two.row))
        paired = paired | {two.mentee.id}
    return issues


def _places(mentor: Enrollment) -> int:
    sheet = getattr(mentor, "sheet", None)
    return sheet.capacity if sheet else 0


def _lined(two: Two, lines: set[tuple[str, str]]) -> bool:
    one, other = two.mentee.member_id, two.mentor.member_id
    return (one, other) in lines or (other, one) in lines


def running_letters(program: Program, pairs: Iterable[tuple[str, Two]]) -> list[letters.Draft]:
    """What both of each running pair would be told; the id is that of the mentorship."""
    return [
        letters.notice(
            kind="running pair",
            once=f"running:{mentorship}:{own.id}",
            person=own.member.person_id,
            name=own.member.name,
            subject=say("%(program)s: your pair is here", program=program.name),
            paragraphs=(
                say("Your pair with %(other)s is now kept in Cheiron. Nothing else changes.", other=other.member.name),
                say("There you find each other, agree on meetings and write down what you want to talk about."),
            ),
        )
        for mentorship, two in pairs
        for own, other in ((two.mentee, two.mentor), (two.mentor, two.mentee))
    ]
