"""The demo's program that is about to be matched."""

from datetime import timedelta

from cheiron.actions import matching, people
from cheiron.actions._demo_story import FOUNDATIONS, Story, enroll_all, make_wishes, mentors_in, new_program
from cheiron.catalog.demo import chance, parts, words
from cheiron.core.access import Role
from cheiron.models.ledger import OneTimeLink
from cheiron.models.matching import Run
from cheiron.models.people import Enrollment
from cheiron.models.programs import IntakeSheet, Program, Wish

SHORT_OF = 3


def tell_foundations(story: Story) -> Program:
    """Years 1 and 2 with faculty and residents: invited three weeks ago, and reminded since."""
    clock = story.clock
    name = FOUNDATIONS % (clock.today.year + (4 if clock.today.month >= 7 else 3))
    program = new_program(story.school, story.coordinator, name, clock, begins=-14, days=300)
    entries = parts.foundations(story.cast, clock)
    rows = enroll_all(story, program, entries)
    _invite(story, program, {rows[entry.key].id: entry for entry in entries})
    _fit_places(program, [row for row in rows.values() if row.role == Role.MENTEE])
    make_wishes(program, "foundations", 0.85, rows["waiting"])
    return program


def _invite(story: Story, program: Program, came: dict[str, parts.Entry]) -> None:
    """The real letters: to all three weeks ago, and nine days ago again to those who had not come."""
    Enrollment.objects.filter(pk__in=came).update(joined_at=None, invited_at=None)
    first, second = story.clock.ago(23), story.clock.ago(9)
    invited = [key for key, entry in came.items() if entry.invited_at]
    people.invite(actor=story.coordinator, program_id=program.id, enrollments=invited, now=first)
    late = [key for key in invited if not came[key].joined_at or came[key].joined_at > second]
    people.invite(actor=story.coordinator, program_id=program.id, enrollments=late, now=second)
    _join(program, came)


def _join(program: Program, came: dict[str, parts.Entry]) -> None:
    links = list(OneTimeLink.objects.filter(enrollment__in=came, letter_of__program=program).order_by("made_at"))
    newest = {link.enrollment_id: link for link in links}
    rows = list(Enrollment.objects.filter(pk__in=[key for key, entry in came.items() if entry.joined_at]))
    for row in rows:
        row.joined_at = newest[row.id].used_at = came[row.id].joined_at
    Enrollment.objects.bulk_update(rows, ["joined_at"])
    OneTimeLink.objects.bulk_update(newest.values(), ["used_at"])


def _fit_places(program: Program, mentees: list[Enrollment]) -> None:
    """Three mentors pause, one is not listed, one mentee has left; the places fall three short of the mentees."""
    draw, mentors = chance("places"), mentors_in(program)
    ready = [row for row in mentors if row.sheet.finished_at]
    *resting, shy = draw.sample(ready, 4)
    shy.sheet.listed = False
    for row in resting:
        row.sheet.paused_until = program.starts_on + timedelta(days=60)
    open_to_all = [row for row in mentors if row not in resting]
    gone = next(row for row in reversed(mentees) if not row.joined_at)
    Enrollment.objects.filter(pk=gone.pk).update(left_at=program.created_at + timedelta(days=12))
    wanted = len(mentees) - 1 - SHORT_OF
    while (places := sum(row.sheet.capacity for row in open_to_all)) != wanted:
        sheet = draw.choice(open_to_all).sheet
        sheet.capacity = min(max(sheet.capacity + (1 if places < wanted else -1), 1), 4)
    IntakeSheet.objects.bulk_update([row.sheet for row in mentors], ["capacity", "paused_until", "listed"])


def draft_opening_round(story: Story, program: Program) -> None:
    """A round in draft: solved by the engine, then two pairs locked and one forbidden by hand."""
    actor, begun = story.coordinator, story.clock.ago(2, 15, 12)
    key = matching.create_round(actor=actor, program_id=program.id, name="Opening round", now=begun)
    matching.draft_round(actor=actor, round_id=key, now=begun + timedelta(minutes=1))
    for number, (kind, mentee, mentor, reason) in enumerate(_decisions(key)):
        at = begun + timedelta(minutes=22 + 9 * number)
        matching.decide_pair(actor=actor, round_id=key, kind=kind, mentee=mentee, mentor=mentor, reason=reason, now=at)


def _decisions(round_id: str) -> list[tuple[str, str, str, str]]:
    """From the draft: the best first wish and a pair at Northshore are kept, a second wish is ruled out."""
    pairs = sorted(Run.objects.get(round=round_id).result["pairs"], key=lambda pair: (-pair["score"], pair["mentee"]))
    ranks = {
        (wish.mentee_id, wish.mentor_id): wish.rank for wish in Wish.objects.filter(mentee__program__rounds=round_id)
    }
    wished = [pair for pair in pairs if ranks.get((pair["mentee"], pair["mentor"]), 0) == 1]
    second = [pair for pair in pairs if ranks.get((pair["mentee"], pair["mentor"]), 0) == 2]
    far = set(IntakeSheet.objects.filter(facts__place="Northshore Clinics").values_list("enrollment", flat=True))
    north = [pair for pair in pairs if {pair["mentee"], pair["mentor"]} <= far and pair is not wished[0]]
    chosen = (("lock", wished[0]), ("lock", north[0]), ("forbid", second[-1]))
    reasons = (*words("talk")["reasons"]["lock"], words("talk")["reasons"]["forbid"])
    return [(kind, pair["mentee"], pair["mentor"], why) for (kind, pair), why in zip(chosen, reasons, strict=True)]
