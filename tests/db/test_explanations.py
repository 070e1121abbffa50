"""What is told of a match: of the two people alone, and nothing of what a mentor said about who they are."""

import pytest
from django.urls import reverse

from cheiron.actions import matching
from cheiron.models.ledger import Letter
from cheiron.models.matching import Run
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Member
from cheiron.models.volunteered import Volunteered
from tests.cast import NOW


@pytest.fixture
def published(cast):
    matching.publish_round(actor=cast.actor("coordinator"), now=NOW, round_id=cast.reviewed)
    return cast


def told_to_mentees(cast, client_of) -> dict[str, str]:
    """Everything that each mentee of the round can read of their match: pages and letters."""
    told = {}
    for pair in Mentorship.objects.filter(round=cast.reviewed).select_related("mentee__member__person"):
        person, client = pair.mentee.member.person, client_of(pair.mentee.member.person)
        pages = [client.get(reverse("mentorship", args=[pair.pk])), client.get("/")]
        letters = Letter.objects.filter(to=person).order_by("pk").values_list("subject", "body")
        told[pair.pk] = "\n".join([*(page.content.decode() for page in pages), *map(str, letters)])
    return told


def test_a_mentee_reads_of_their_own_mentor_and_of_no_other_person_in_the_round(published, client_of):
    told = told_to_mentees(published, client_of)
    pairs = {pair.pk: pair for pair in Mentorship.objects.filter(round=published.reviewed)}
    others = {one.mentor.member.name for one in pairs.values()} | {one.mentee.member.name for one in pairs.values()}
    assert len(told) == 3
    assert len(others) > 2
    for key, text in told.items():
        own = {pairs[key].mentor.member.name, pairs[key].mentee.member.name}
        assert pairs[key].mentor.member.name in text
        assert not [name for name in others - own if name in text]


def test_what_mentors_volunteer_about_themselves_changes_no_pair_no_reason_and_no_byte_that_a_mentee_reads(
    cast, client_of
):
    Volunteered.objects.all().delete()
    before = _drafted(cast)
    for member in Member.objects.filter(enrollments__role="mentor"):
        Volunteered.objects.create(
            member=member,
            attribute="race",
            answers=["Asian"],
            own_words="of my own",
            for_matching=True,
            for_figures=True,
        )
    after = _drafted(cast)
    assert before == after
    matching.publish_round(actor=cast.actor("coordinator"), now=NOW, round_id=cast.reviewed)
    for text in told_to_mentees(cast, client_of).values():
        assert "Asian" not in text
        assert "of my own" not in text


def _drafted(cast) -> tuple:
    run = matching.draft_round(actor=cast.actor("coordinator"), now=NOW, round_id=cast.draft)
    kept = Run.objects.get(pk=run) if isinstance(run, str) else Run.objects.filter(round=cast.draft).latest("number")
    return bytes(kept.problem), kept.result
