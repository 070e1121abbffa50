"""G7: what is taken from a person is gone at once, on every path: session, sign-in by password, link from a letter,
link that waits in the outbox, calendar address, switches behind a letter, the pages of a role, the pages of a pair."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from cheiron.actions import mentorships, notices, people, privacy
from cheiron.core.access import Actor
from cheiron.gateways.links import feed_token_for, switches_token_for, token_for
from cheiron.models.ledger import Letter, OneTimeLink
from cheiron.models.notices import CalendarFeed
from cheiron.models.people import Enrollment
from cheiron.queries.operations import letters_waiting
from tests.cast import DAY, NOW, Cast

pytestmark = pytest.mark.xdist_group("oracle")

FIRST, SECOND = "a sentence that is long", "another long sentence"


@dataclass
class Person:
    """What a person should be able to do, kept by a model that knows nothing of the program."""

    who: str
    open: bool = True
    takes_part: bool = True
    password: str = FIRST
    session: bool = True
    links: dict[str, bool] = field(default_factory=dict)
    feeds: dict[str, bool] = field(default_factory=dict)


class Story:
    """One interleaving: things are done with and to a person, and after each of them every path is tried."""

    def __init__(self, cast: Cast, client_of, chance: random.Random) -> None:
        self.cast, self.client_of, self.chance = cast, client_of, chance
        self.person = Person(chance.choice(("mentee", "mentor")))
        self.id = cast.persons[self.person.who]
        self.email = cast.person(self.person.who).email
        people.set_password(actor=self.actor, password=FIRST, current="", now=NOW)
        self.browser = client_of(cast.person(self.person.who))
        self.clock = NOW
        self.tried = 0

    @property
    def actor(self) -> Actor:
        return self.cast.actor(self.person.who)

    # what happens

    def ask_for_a_link(self) -> None:
        Letter.objects.filter(to=self.id, kind="sign-in").update(written_at=NOW - DAY)
        known = set(OneTimeLink.objects.values_list("id", flat=True))
        people.ask_for_link(actor=Actor(None), email=self.email, now=NOW)
        for link in OneTimeLink.objects.exclude(pk__in=known):
            self.person.links[link.id] = True

    def use_a_link(self) -> None:
        for link, usable in self.person.links.items():
            if usable:
                people.use_link(actor=Actor(None), token=token_for(link), now=NOW)
                self.person.links[link] = False
                return

    def let_links_expire(self) -> None:
        OneTimeLink.objects.filter(pk__in=self.person.links).update(expires_at=NOW)
        self.person.links = dict.fromkeys(self.person.links, False)

    def open_a_calendar(self) -> None:
        if not self.person.takes_part:
            return
        self.person.feeds = dict.fromkeys(self.person.feeds, False)
        notices.open_feed(actor=self.actor, names="full", now=NOW)
        self.person.feeds[CalendarFeed.objects.get(person=self.id).id] = True

    def close_the_calendar(self) -> None:
        if True not in self.person.feeds.values():
            return
        notices.close_feed(actor=self.actor, now=NOW)
        self.person.feeds = dict.fromkeys(self.person.feeds, False)

    def choose_another_password_elsewhere(self) -> None:
        old, new = self.person.password, SECOND if self.person.password == FIRST else FIRST
        people.set_password(actor=self.actor, password=new, current=old, now=NOW)
        self.person.password = new
        self.person.session = False

    def sign_out(self) -> None:
        self.browser.post(reverse("sign-out"))
        self.person.session = False

    def sign_in_again(self) -> None:
        self.browser = self.client_of(self.cast.person(self.person.who))
        self.person.session = True

    def withdraw_from_the_program(self) -> None:
        part = Enrollment.objects.get(program=self.cast.program, member__person=self.id, role=self.person.who)
        if self.person.takes_part:
            given = {"actor": self.cast.actor("coordinator"), "program_id": self.cast.program, "now": NOW}
            mentorships.withdraw(**given, enrollment_id=part.id)
        self.person.takes_part = False

    def close_the_account(self) -> None:
        privacy.erase_person(actor=self.actor, password=self.person.password, now=NOW)
        self.person.open = self.person.takes_part = self.person.session = False
        self.person.links = dict.fromkeys(self.person.links, False)
        self.person.feeds = dict.fromkeys(self.person.feeds, False)

    STEPS = (
        *(ask_for_a_link, ask_for_a_link, use_a_link, let_links_expire, open_a_calendar, open_a_calendar),
        *(close_the_calendar, choose_another_password_elsewhere, sign_out, sign_in_again, sign_in_again),
        *(withdraw_from_the_program, close_the_account),
    )

    # what must then hold

    def paths(self) -> dict[str, tuple[bool, bool]]:
        """Each path: whether it opens, and whether it should."""
        someone, program = self.client_of(), self.cast.program
        own = reverse("intake", args=[program, self.person.who])
        inside = self.person.open and self.person.session
        typed = {"email": self.email, "password": self.person.password}
        wrong = {"email": self.email, "password": SECOND if self.person.password == FIRST else FIRST}
        found = {
            "session": (self.browser.get(reverse("account")).status_code == 200, inside),
            "role": (self.browser.get(own).status_code == 200, inside and self.person.takes_part),
            "old password": (self.client_of().post(reverse("sign-in"), wrong).status_code == 302, False),
            "password": (self.client_of().post(reverse("sign-in"), typed).status_code == 302, self.person.open),
            "switches": (opens(someone, "mail-link", switches_token_for(self.id)), self.person.open),
            "outbox": (
                letters_waiting(NOW).filter(to=self.id, link__isnull=False).exists() and not self.person.open,
                False,
            ),
        }
        for link, usable in self.person.links.items():
            found[f"link {link}"] = (opens(someone, "link", token_for(link)), usable)
        for feed, current in self.person.feeds.items():
            expected = current and self.person.takes_part
            found[f"calendar {feed}"] = (opens(someone, "calendar-feed", feed_token_for(feed)), expected)
        return found

    def play(self, steps: int) -> int:
        """Returns how many paths were tried."""
        done, tried = [], 0
        for _ in range(steps):
            step = self.chance.choice(self.STEPS)
            if self.person.open:
                step(self)
                done.append(step.__name__)
            stale = {name for name, (does, should) in self.paths().items() if does != should}
            assert stale == set(), done
            tried += len(self.paths())
        return tried


def opens(client, route: str, token: str) -> bool:
    """Whether the page behind a token is there."""
    return client.get(reverse(route, args=[token])).status_code == 200


@pytest.mark.guarantee("G7")
def test_what_is_taken_is_gone_at_once_on_every_path(cast, client_of, sized, counted):
    times, tried = sized(8, 500), 0
    for seed in range(times):
        with transaction.atomic():
            tried += Story(cast, client_of, random.Random(seed)).play(8)
            transaction.set_rollback(True)
    counted("interleavings", times)
    counted("paths tried", tried)


@pytest.mark.guarantee("G7")
@pytest.mark.parametrize("who", ["coordinator", "evaluator"])
def test_a_role_that_is_taken_back_opens_nothing_from_that_moment_on(who, cast, client_of, counted):
    browser, program = client_of(cast.person(who)), reverse("program", args=[cast.program])
    assert browser.get(program).status_code == 200
    Enrollment.objects.filter(member__person=cast.persons[who]).update(left_at=NOW - timedelta(seconds=1))
    routes = ("program", "people", "rounds", "pairs", "letters", "audit", "staff")
    answers = {route: browser.get(reverse(route, args=[cast.program])).status_code for route in routes}
    counted("pages of a lost role", len(answers))
    assert answers == dict.fromkeys(routes, 404)


@pytest.mark.guarantee("G7")
def test_no_letter_leaves_for_an_account_that_is_closed(cast):
    mentor = cast.person("mentor")
    assert letters_waiting(NOW).filter(to=mentor).exists()
    mentor.is_active = False
    mentor.save(update_fields=["is_active"])
    assert not letters_waiting(NOW).filter(to=mentor).exists()
