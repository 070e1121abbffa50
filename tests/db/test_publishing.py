"""Publishing: once, all at once, exactly what was previewed, and not when the world has moved on."""

import re

import pytest

from cheiron.actions import matching
from cheiron.actions.mentorships import withdraw
from cheiron.core.errors import Conflict
from cheiron.core.matching.score import shown_hundredths
from cheiron.models.ledger import AuditEvent, Letter, OneTimeLink
from cheiron.models.matching import Override, Round
from cheiron.models.mentorships import Mentorship
from cheiron.models.people import Enrollment, ReportingLine
from cheiron.models.programs import IntakeSheet, Wish
from cheiron.queries.letters import publication_letters_for
from cheiron.queries.mentorships import reason_of
from tests.cast import DAY, NOW, fingerprint


def given(cast) -> dict:
    return {"actor": cast.actor("coordinator"), "now": NOW}


def publish(cast) -> int:
    return matching.publish_round(**given(cast), round_id=cast.reviewed)


def shown(draft) -> tuple:
    """A draft as the preview shows it."""
    paragraphs = tuple(part.render() for part in draft.paragraphs)
    return draft.to_person, draft.to_name, draft.kind, draft.subject.render(), "\n\n".join(paragraphs)


def test_what_was_previewed_is_what_is_sent(cast):
    _, drafts = publication_letters_for(cast.actor("coordinator"), cast.reviewed, NOW)
    preview = sorted(shown(draft) for draft in drafts)
    old = set(Letter.objects.values_list("pk", flat=True))
    publish(cast)
    sent = Letter.objects.exclude(pk__in=old)
    assert len(preview) == 6
    assert sorted((one.to_id, one.to_name, one.kind, one.subject, one.body) for one in sent) == preview


def test_every_pair_becomes_a_proposal_with_its_reason(cast):
    assert publish(cast) == 3
    made = Mentorship.objects.filter(round=cast.reviewed)
    assert {(one.state, one.proposed_at, one.answer_by) for one in made} == {("proposed", NOW, (NOW + 14 * DAY).date())}
    for one in made:
        reason = reason_of(one)
        assert sum(part.adds for part in reason.parts) == one.score
        assert sum(shown_hundredths(reason.parts)) == round(one.score / 10_000)
    found = Round.objects.get(pk=cast.reviewed)
    assert (found.state, found.published_at) == ("published", NOW)


def test_each_letter_has_a_link_of_its_own_and_no_key_in_it(cast):
    old = set(Letter.objects.values_list("pk", flat=True))
    publish(cast)
    letters = Letter.objects.exclude(pk__in=old).select_related("link")
    assert len({one.link_id for one in letters}) == len(letters) == 6
    for one in letters:
        assert one.link.person_id == one.to_id
        assert one.link_id not in one.body
        assert one.body.count("{link}") == 1


def test_publishing_twice_is_refused_and_mails_nobody_again(cast):
    publish(cast)
    before = fingerprint()
    with pytest.raises(Conflict, match="published already"):
        publish(cast)
    assert fingerprint() == before


def test_a_draft_is_not_published_before_it_is_reviewed(cast):
    before = fingerprint()
    with pytest.raises(Conflict, match="mark it as reviewed first"):
        matching.publish_round(**given(cast), round_id=cast.draft)
    assert fingerprint() == before


def _facts(cast) -> None:
    IntakeSheet.objects.filter(enrollment=cast.parts["E-5"]).update(facts={"topics": ["Something else"]})


def _pause(cast) -> None:
    IntakeSheet.objects.filter(enrollment=cast.parts["M-3"]).update(paused_until=(NOW + DAY).date())


def _line(cast) -> None:
    will, ben = (Enrollment.objects.get(pk=cast.parts[one]).member for one in ("E-4", "M-2"))
    ReportingLine.objects.create(school_id=cast.school, student=will, assessor=ben, kind="grades")


def _left(cast) -> None:
    withdraw(**given(cast), program_id=cast.program, enrollment_id=cast.parts["E-4"])


def _mentor_left(cast) -> None:
    withdraw(**given(cast), program_id=cast.program, enrollment_id=cast.parts["M-3"])


def _wish(cast) -> None:
    Wish.objects.create(mentee_id=cast.parts["E-5"], mentor_id=cast.parts["M-2"], rank=1)


def _decision(cast) -> None:
    Override.objects.create(
        round_id=cast.reviewed, kind="forbid", mentee_id=cast.parts["E-5"], mentor_id=cast.parts["M-1"],
        made_by_id=cast.persons["coordinator"], made_at=NOW,
    )  # fmt: skip


def _paired_elsewhere(cast) -> None:
    Mentorship.objects.create(
        program_id=cast.program, mentee_id=cast.parts["E-5"], mentor_id=cast.parts["M-3"], role="mentor", score=0,
        proposed_at=NOW, answer_by=NOW.date(),
    )  # fmt: skip


@pytest.mark.parametrize("change", [_facts, _pause, _line, _left, _mentor_left, _wish, _decision, _paired_elsewhere])
def test_publishing_is_refused_once_people_or_rules_have_changed(change, cast):
    change(cast)
    before = fingerprint()
    with pytest.raises(Conflict, match="People or rules have changed"):
        publish(cast)
    assert fingerprint() == before


def test_a_stable_round_is_published_and_one_whose_method_was_changed_afterwards_is_not(cast):
    matching.reopen_round(**given(cast), round_id=cast.reviewed)
    matching.draft_round(**given(cast), round_id=cast.reviewed, method="stable-mentor")
    matching.review_round(**given(cast), round_id=cast.reviewed, answer_by=(NOW + DAY).date())
    Round.objects.filter(pk=cast.reviewed).update(method="stable")
    with pytest.raises(Conflict, match="The method has changed"):
        publish(cast)
    Round.objects.filter(pk=cast.reviewed).update(method="stable-mentor")
    assert publish(cast) == 3


def test_the_preview_too_says_when_people_have_left(cast):
    _left(cast)
    with pytest.raises(Conflict, match="Draft the match again"):
        publication_letters_for(cast.actor("coordinator"), cast.reviewed, NOW)


def test_those_without_a_match_get_a_letter_that_names_no_rule(cast):
    matching.reopen_round(**given(cast), round_id=cast.reviewed)
    IntakeSheet.objects.filter(enrollment__in=[cast.parts["M-3"], cast.parts["M-2"]]).update(capacity=0)
    matching.draft_round(**given(cast), round_id=cast.reviewed)
    matching.review_round(**given(cast), round_id=cast.reviewed, answer_by=(NOW + DAY).date())
    assert publish(cast) == 1
    letters = Letter.objects.filter(kind="no match")
    assert len(letters) == 2
    for one in letters:
        words = set(re.findall(r"\w+", one.body.lower()))
        assert not words & {"rule", "assess", "assesses", "grades", "forbidden", "firewall", "score"}
        assert "could not match you" in one.body


def test_no_letter_names_another_mentee_than_the_mentors_own(cast):
    old = set(Letter.objects.values_list("pk", flat=True))
    publish(cast)
    mine = {
        (one.mentor.member.person_id, one.mentee.member.name)
        for one in Mentorship.objects.filter(round=cast.reviewed).select_related("mentor__member", "mentee__member")
    }
    names = {name for _, name in mine}
    letters = Letter.objects.exclude(pk__in=old).filter(kind="proposal")
    assert {(one.to_id, name) for one in letters for name in names if name in one.body} == mine


def test_the_log_says_how_many_and_not_who(cast):
    publish(cast)
    line = AuditEvent.objects.get(verb="round.publish", subject=f"round:{cast.reviewed}")
    assert (line.detail["pairs"], line.actor) == (3, cast.persons["coordinator"])
    assert not set(cast.parts.values()) & set(re.findall(r"\w+", repr(line.detail)))


# ---------- two at once ----------

together = pytest.mark.xdist_group("own database")

PUBLISH = """
from cheiron.actions.matching import publish_round
from cheiron.core.errors import Conflict
from cheiron.queries.people import actor_for
from tests.cast import NOW
actor = actor_for({person!r})
wait()
try:
    print("published", publish_round(actor=actor, round_id={round!r}, now=NOW))
except Conflict as refused:
    print("refused:", refused)
"""

COUNT = """
from collections import Counter
from cheiron.models.ledger import AuditEvent, Letter
from cheiron.models.mentorships import Mentorship
letters = Letter.objects.filter(kind__in=["proposal", "match", "no match"], written_at__gte="2027-01-11T00:00Z")
print(Mentorship.objects.filter(round={round!r}).count(), letters.count(), max(Counter(letters.values_list("to")).values()),
      AuditEvent.objects.filter(verb="round.publish", subject="round:{round}").count())
"""


@together
def test_of_two_coordinators_who_publish_at_once_one_wins_and_nobody_is_mailed_twice(played_database):
    own_database, cast = played_database
    round_id, person = cast["reviewed"], cast["persons"]["coordinator"]
    script = PUBLISH.format(person=person, round=round_id)
    said = own_database.together(script, script)
    assert sorted(said) == ["published 3", "refused: This round has been published already."]
    assert own_database.run(COUNT.format(round=round_id)) == "3 6 1 1"


LINK = """
from cheiron.actions.people import use_link
from cheiron.core.access import Actor
from cheiron.core.errors import NotFound
from cheiron.gateways.links import token_for
from cheiron.models.ledger import OneTimeLink
from tests.cast import NOW
link = OneTimeLink.objects.filter(used_at=None, purpose="invitation").order_by("id").first()
wait()
try:
    print("in", use_link(actor=Actor(None), token=token_for(link.id), now=NOW).pk == link.person_id)
except NotFound:
    print("refused")
"""


@together
def test_of_two_who_press_the_button_of_one_link_one_gets_in(played_database):
    own_database, _ = played_database
    assert sorted(own_database.together(LINK, LINK)) == ["in True", "refused"]


SEND = """
from django.conf import settings
settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", {place!r}
from cheiron.actions.operations import send_letters
from cheiron.core.access import SYSTEM
from tests.cast import NOW
wait()
print(send_letters(actor=SYSTEM, now=NOW))
"""


@together
def test_two_workers_send_each_letter_once(played_database, tmp_path):
    own_database, _ = played_database
    waiting = int(own_database.run("from cheiron.models.ledger import Letter\nprint(Letter.objects.count())"))
    sent = own_database.together(*[SEND.format(place=str(tmp_path / "mail"))] * 2)
    mails = [text for file in (tmp_path / "mail").glob("*.log") for text in file.read_text().split("\n" + "-" * 79)]
    ids = re.findall(r"^Message-ID: .*$", "\n".join(mails), re.MULTILINE)
    assert sum(map(int, sent)) == waiting == len(ids) > 10


def test_links_of_a_publication_are_for_signing_in_and_not_for_joining(cast):
    publish(cast)
    made = OneTimeLink.objects.filter(made_at=NOW)
    assert {(one.purpose, one.enrollment_id) for one in made} == {("sign-in", None)}
