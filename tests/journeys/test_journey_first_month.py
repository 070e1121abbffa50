"""The first month of a program, in the browser, with the power cut three times: nothing is lost, nothing sent twice."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from scripts.postgresql import cluster, programs
from tests.journeys import lists
from tests.journeys.server import Instance
from tests.journeys.stage import PROGRAM
from tests.journeys.walk import Walk
from tests.post_office import PostOffice, post_office

pytestmark = pytest.mark.journey

MENTORS = lists.MENTORS.replace("Assistant Professor,1", "Assistant Professor,3")
"""With a place to spare, so that there is a next best."""
SCHOOL, ZONE = "month", ZoneInfo("America/Denver")
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/\S+)")


class House:
    """The instance, its one server, its one worker and its mail; each of the two can lose its power."""

    def __init__(self, instance: Instance, office: PostOffice) -> None:
        self.instance, self.office = instance, office
        self.server = instance.serve()
        self.cuts = 0

    def cut(self) -> None:
        """The server dies, and is started again."""
        self.instance.kill(self.server)
        self.cuts += 1
        self.server = self.instance.serve()

    def send(self) -> None:
        """The worker does what waits."""
        self.instance.command("worker", "--once")

    def cut_the_worker(self) -> None:
        """The worker dies while the mail server thinks about the first letter."""
        self.office.hesitates.set()
        self.office.visited.clear()
        worker = self.instance.work("--every", "1", "--lease", "2")
        assert self.office.visited.wait(timeout=60), self.instance.log.read_text()[-3000:]
        self.instance.kill(worker)
        self.cuts += 1
        self.office.hesitates.clear()
        self.instance.run(_THE_LEASE_IS_OVER)

    def link(self, name: str, about: str) -> str:
        """The link in the newest letter to somebody whose subject says this."""
        found = [one for one in self.office.to(address(name)) if about in one["Subject"]]
        assert found, [one["Subject"] for one in self.office.to(address(name))]
        return self.instance.url + LINK.search(_text(found[-1]))[1]


_THE_LEASE_IS_OVER = """
import time
from django.utils import timezone
from cheiron.models.ledger import Letter
while Letter.objects.filter(sent_at=None, failure="", next_attempt_at__gt=timezone.now()).exists():
    time.sleep(0.1)
"""
"""What the dead worker had claimed comes free by itself."""


def address(name: str) -> str:
    """Where somebody of the lists is written to."""
    return f"{name}@{SCHOOL}.example"


@contextmanager
def interrupted(walk: Walk, house: House, after: float) -> Iterator[None]:
    """What is pressed inside goes out, and the power fails while the answer is on its way."""
    known = list(walk.troubles)
    yield
    walk.page.wait_for_timeout(after * 1000)
    house.cut()
    walk.page.wait_for_timeout(300)
    walk.troubles[:] = known


def _push(walk: Walk, name: str) -> None:
    """Press a button, and do not wait for what comes."""
    walk.page.get_by_role("button", name=name, exact=True).click(no_wait_after=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request) -> Iterator[dict[str, str]]:
    """The settings of a database of its own."""
    if request.param == "sqlite":
        yield {}
    elif programs() is None:
        pytest.skip("PostgreSQL is not installed")
    else:
        with cluster() as where:
            yield {"CHEIRON_DATABASE": where}


@pytest.fixture
def house(tmp_path, database) -> Iterator[House]:
    """An empty instance with a mail server."""
    with post_office() as office:
        made = Instance(tmp_path, "development", **office.settings, **database)
        made.run("from django.core.management import call_command\ncall_command('migrate', verbosity=0)")
        here = House(made, office)
        yield here
        made.leave(here.server)


def test_a_first_month_with_three_power_cuts(house, person):
    """Import, invite, remind, match, publish, decline, rematch, meet."""
    boss = person("desktop", "light", log=house.instance.log)
    boss.open(house.instance.found("Harrow Lake", address("coordinator"), "Maren Oduya", str(ZONE)))
    boss.press("Sign in")
    _make_program(boss)
    for kind, text in (("mentor", MENTORS), ("mentee", lists.MENTEES)):
        _import(boss, house, kind, text)
    _invite(boss, house)
    _fill_in(person("phone", "light", log=house.instance.log), house)
    _remind(boss, house)
    _match(boss)
    pairs = _publish(boss, house)
    declined = _decline(person("phone", "dark", log=house.instance.log), house, pairs)
    _rematch(boss, house, declined, pairs)
    _meet(person, house, pairs, declined)
    assert house.cuts == 3
    _nothing_twice(house)


# ---------- the coordinator ----------


def _make_program(boss: Walk) -> None:
    boss.follow("New program")
    boss.fill("Name needed", PROGRAM)
    boss.tick(re.compile("One mentor, one mentee"))
    boss.press("Create the program")
    boss.heads(PROGRAM)


def _import(boss: Walk, house: House, kind: str, text: str) -> None:
    """The mentors' list meets the first power cut, as it is being written down."""
    boss.turn_to("Overview")
    boss.follow("Import a list", within=boss.row(f"{kind.title()}s"))
    boss.choose_file(f"{kind}s.csv", lists.small(text, SCHOOL))
    boss.press("Next: the columns")
    boss.press("Next: check")
    boss.heads("Ready to import")
    ready = boss.page.url
    if kind == "mentor":
        with interrupted(boss, house, 0.02):
            _push(boss, "Import this list")
        boss.open(ready)
    if boss.page.get_by_role("button", name="Import this list").count():
        boss.press("Import this list")
        boss.told(re.compile(r"\d+ people imported"))
    boss.turn_to("People")
    boss.sees(*_names(text))


def _names(text: str) -> list[str]:
    """The names of a list."""
    rows = csv.DictReader(io.StringIO(text))
    return [row["Full name"] for row in rows]


def _invite(boss: Walk, house: House) -> None:
    """The worker dies before the mail server has taken the first invitation; the next one sends them all."""
    boss.turn_to("Overview")
    boss.follow("Preview and send")
    letters = boss.page.get_by_role("checkbox").count()
    boss.press("Send the letters")
    boss.told(f"{letters} invitations are on their way.")
    assert letters == len(_names(MENTORS)) + len(_names(lists.MENTEES))
    house.cut_the_worker()
    assert house.office.letters == []
    house.send()
    assert len(house.office.letters) == letters


def _remind(boss: Walk, house: House) -> None:
    """Whoever has not filled in the sheet is reminded; who has, is left out and says why."""
    house.instance.run(_A_WEEK_LATER)  # nobody is written to again within a few days
    before = Counter(one["To"] for one in house.office.letters)
    boss.turn_to("People")
    boss.page.get_by_label("With", exact=True).select_option("all")
    boss.page.get_by_label("What to do", exact=True).select_option("remind")
    boss.press("Show who gets what")
    boss.heads("Who is left out, and why")
    boss.press(re.compile("^Remind: "))
    house.send()
    after = Counter(one["To"] for one in house.office.letters)
    everybody = len(_names(MENTORS)) + len(_names(lists.MENTEES))
    assert (after - before).total() == everybody - 1
    assert after[address("corisande.vey")] == before[address("corisande.vey")]


_A_WEEK_LATER = """
from datetime import timedelta
from django.db.models import F
from cheiron.models.ledger import Letter
Letter.objects.update(written_at=F("written_at") - timedelta(days=7))
"""


def _match(boss: Walk) -> None:
    boss.turn_to("Matching")
    boss.fill("Name of the round", "Autumn")
    boss.press("New round")
    boss.press("Draft the match")
    boss.told("Run 1 is ready")
    boss.follow("Review and publish")
    boss.press("Reviewed: next, the letters")
    boss.heads("Every letter before it goes")


def _publish(boss: Walk, house: House) -> dict[str, str]:
    """Published, or not at all; then pressed once more if not. Mentor by mentee, both as in their addresses."""
    letters = boss.page.url
    with interrupted(boss, house, 0.05):
        _push(boss, "Publish, and send the letters")
    boss.open(letters)
    if boss.page.get_by_role("button", name="Publish, and send the letters").count():
        boss.press("Publish, and send the letters")
        boss.told("pairs are published.")
    house.send()
    return _proposed(house)


def _proposed(house: House) -> dict[str, str]:
    found = json.loads(house.instance.run(_PAIRS))
    return {mentee.partition("@")[0]: mentor.partition("@")[0] for mentee, mentor in found}


_PAIRS = """
import json
from cheiron.models.mentorships import Mentorship
rows = Mentorship.objects.filter(state__in=["proposed", "active"])
print(json.dumps(list(rows.values_list("mentee__member__person__email", "mentor__member__person__email"))))
"""


# ---------- mentors and mentees ----------


def _fill_in(mentee: Walk, house: House) -> None:
    """One mentee follows the invitation and says what she seeks."""
    mentee.open(house.link("corisande.vey", "invit"))
    mentee.press("Take part")
    mentee.follow("Begin")
    mentee.press("Keep, and see the mentors")
    mentee.leave()


def _decline(mentor: Walk, house: House, pairs: dict[str, str]) -> str:
    """A mentor declines the mentee; returns whom."""
    mentee = next(mentee for mentee, name in pairs.items() if name == "tomasz.ellery")
    mentor.open(house.link("tomasz.ellery", ""))
    mentor.press("Sign in")
    mentor.page.get_by_role("link", name="Look and answer").first.click()
    name = mentor.page.locator("h1").inner_text()
    mentor.press("Decline")
    mentor.told(re.compile("declined|Declined|Thank"))
    mentor.leave()
    return next(one for one in pairs if one.split(".")[1] in name.lower()) or mentee


def _rematch(boss: Walk, house: House, declined: str, pairs: dict[str, str]) -> None:
    """The mentee is told at once, and the next best is asked with one button."""
    house.send()
    heard = len(house.office.to(address(declined)))
    boss.turn_to("Mentorships")
    boss.follow(re.compile("^Who waits"))
    boss.heads("Back in the queue")
    boss.sees(_called(declined))
    boss.press(re.compile("^Ask "))
    assert _proposed(house)[declined] != pairs[declined]
    house.send()
    assert len(house.office.to(address(declined))) == heard + 1


def _meet(person: Callable[..., Walk], house: House, pairs: dict[str, str], declined: str) -> None:
    """Two who were matched agree on a first meeting."""
    mentee_name, mentor_name = next((a, b) for a, b in pairs.items() if b == "odalys.brandt" and a != declined)
    mentor, mentee = (person("phone", "light", log=house.instance.log) for _ in range(2))
    mentor.open(house.link(mentor_name, ""))
    mentor.press("Sign in")
    card = mentor.page.locator("section.next").filter(has_text=_called(mentee_name))
    mentor.follow("Look and answer", within=card)
    mentor.press("Accept")
    mentor.told("Accepted. Your mentee proposes the first meeting.")
    house.send()
    mentee.open(house.link(mentee_name, ""))
    mentee.press("Sign in")
    mentee.follow("Propose a time")
    mentee.fill("Day needed", (datetime.now(ZONE).date() + timedelta(days=9)).isoformat())
    mentee.fill("Time needed", "17:30")
    mentee.press("Propose")
    mentee.told("Proposed. You will hear when it is answered.")
    mentor.open(house.instance.url)
    mentor.press("Agree")
    mentor.told("Agreed. An invitation for the calendar goes to both of you.")
    house.send()


def _called(name: str) -> str:
    return name.replace(".", " ").title()


# ---------- the end ----------


def _nothing_twice(house: House) -> None:
    """No letter came twice: neither the same message nor another one about the same thing."""
    house.send()
    seen = Counter((one["To"], one["Subject"], _text(one)) for one in house.office.letters)
    assert {letter: n for letter, n in seen.items() if n > 1} == {}
    ids = Counter(one["Message-ID"] for one in house.office.letters)
    assert max(ids.values()) == 1
    assert json.loads(house.instance.run(_UNSENT)) == []


_UNSENT = """
import json
from cheiron.models.ledger import Letter
print(json.dumps(list(Letter.objects.filter(sent_at=None).values_list("kind", flat=True))))
"""


def _text(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content()
