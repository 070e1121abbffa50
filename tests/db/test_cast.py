"""The cast is what the other tests believe it to be."""

from cheiron.models.matching import Round
from cheiron.models.mentorships import AgendaPoint, Contact, Meeting, Mentorship
from cheiron.models.people import Enrollment, RosterImport
from cheiron.queries.operations import broken_link_of_chain
from tests.cast import PRINCIPALS, SECRETS, models


def test_everybody_is_what_their_name_says(cast):
    held = {who: sorted(role for roles in cast.actor(who).roles.values() for role in roles) for who in PRINCIPALS}
    assert held == {
        "anonymous": [],
        "stranger": ["coordinator", "coordinator", "mentee"],
        "mentee": ["mentee"],
        "mentor": ["mentor"],
        "other_mentee": ["mentee"],
        "other_mentor": ["mentor"],
        "peer_mentor": ["peer_mentor"],
        "senior": ["senior"],
        "coordinator": ["coordinator", "coordinator"],
        "evaluator": ["evaluator"],
        "administrator": ["administrator"],
    }


def test_things_stand_as_described(cast):
    assert dict(Round.objects.values_list("id", "state")) == {
        cast.past_round: "published",
        cast.draft: "draft",
        cast.reviewed: "reviewed",
    }
    assert dict(Mentorship.objects.values_list("id", "state")) == {cast.mentorship: "active", cast.proposed: "proposed"}
    assert dict(Meeting.objects.values_list("id", "state")) == {cast.meeting: "agreed", cast.held: "held"}
    assert list(AgendaPoint.objects.order_by("written_at").values_list("text", "meeting")) == [
        (SECRETS["held agenda"], cast.held),
        (SECRETS["agenda"], None),
    ]
    assert Contact.objects.get().id == cast.contact
    waiting = set(RosterImport.objects.filter(state="uploaded").values_list("id", flat=True))
    assert waiting == {cast.upload, cast.pairs}
    assert Enrollment.objects.filter(program=cast.program).count() == 12


def test_every_table_has_rows_so_that_something_could_leak(cast):
    assert [model.__name__ for model in models() if not model._base_manager.exists()] == []


def test_the_chain_of_the_cast_holds(cast):
    assert broken_link_of_chain() is None
