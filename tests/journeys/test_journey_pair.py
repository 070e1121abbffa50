"""Two people begin: a mentor and a mentee, each on a phone; and the coordinator whom they turn to."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from playwright.sync_api import expect

from tests.journeys.stage import PROGRAM, school_at

pytestmark = pytest.mark.journey

ZONE = ZoneInfo("America/Denver")
QUESTION, REPLY = "Would early mornings suit you?", "Yes, before rounds is best."


def test_from_the_letter_to_the_first_meeting_and_a_change(instance, person):
    """Asked, answered, accepted, met, in touch, and parted without fault."""
    school = school_at(instance, "pair", "published", "America/Denver")
    assert school.pairs[school.email("noor.haldane")] == school.email("tomasz.ellery")
    mentor, mentee = (person("phone", "light", log=instance.log) for _ in range(2))
    boss = person("desktop", "light", log=instance.log)

    # The mentor reads, and asks
    mentor.open(school.letter("tomasz.ellery", "proposal"))
    mentor.check("pair-01-mentor-link")
    mentor.press("Sign in")
    card = mentor.page.locator("section.next").filter(has_text="Noor Haldane")
    expect(card).to_have_count(1)
    mentor.check("pair-02-mentor-home")
    mentor.follow("Look and answer", within=card)
    mentor.sees("Why you two", "What it asks of you")
    _sum_is_shown(mentor)
    mentor.check("pair-03-mentor-answer")
    mentor.unfold("Ask something first")
    mentor.fill("Your question", QUESTION)
    mentor.press("Ask")
    mentor.told("Asked. You will hear when there is an answer.")
    mentor.sees(QUESTION, "No answer yet")

    # The mentee replies
    mentee.open(school.letter("noor.haldane", "match"))
    mentee.press("Sign in")
    mentee.check("pair-04-mentee-home-asked")
    mentee.follow("Read and reply")
    mentee.sees(QUESTION)
    mentee.check("pair-05-mentee-reply")
    mentee.fill("Your answer", REPLY)
    mentee.press("Send")
    mentee.told("Sent to your mentor.")

    # The mentor accepts
    mentor.follow("Home", within=mentor.page.locator("main"))
    mentor.sees("Your question has been answered.")
    mentor.follow("Look and answer", within=card)
    mentor.sees(REPLY)
    mentor.check("pair-06-mentor-answered")
    mentor.press("Accept")
    mentor.told("Accepted. Your mentee proposes the first meeting.")
    mentor.check("pair-07-mentor-pair")

    # The mentee writes the agenda and proposes a time
    mentee.follow("Home", within=mentee.page.locator("main"))
    mentee.sees("The next step is yours: propose a time.")
    mentee.check("pair-08-mentee-home-book")
    mentee.follow(re.compile("Tomasz Ellery"))
    for point in ("Which specialty, and how to find out", "A summer project"):
        mentee.fill("A point for the agenda", point)
        mentee.press("Add")
        mentee.sees(point)
    mentee.check("pair-09-mentee-agenda")
    mentee.follow("Propose a time")
    mentee.sees("Time zone: America/Denver")
    day = datetime.now(ZONE).date() + timedelta(days=9)
    mentee.fill("Day needed", day.isoformat())
    mentee.fill("Time needed", "17:30")
    mentee.fill("Where", "Café in the library")
    mentee.check("pair-10-mentee-propose")
    mentee.press("Propose")
    mentee.told("Proposed. You will hear when it is answered.")
    mentee.sees(_in_words(day))

    # The mentor agrees; the time is the school's
    mentor.follow("Home", within=mentor.page.locator("main"))
    mentor.sees(f"Meet on {_in_words(day)}?")
    mentor.check("pair-11-mentor-home-meeting")
    mentor.press("Agree")
    mentor.told("Agreed. An invitation for the calendar goes to both of you.")
    mentor.sees(_in_words(day), "Which specialty, and how to find out")
    mentor.check("pair-12-mentor-meeting")

    # The mentee takes the calendar file, logs a contact and takes it back
    mentee.follow("Home", within=mentee.page.locator("main"))
    mentee.check("pair-13-mentee-home-meeting")
    mentee.follow("Open")
    _calendar_says(mentee.take("Calendar"), day)
    mentee.press("Corridor")
    mentee.sees("Logged for today")
    contact = mentee.row(re.compile("^Corridor, "))
    expect(contact).to_have_count(1)
    mentee.check("pair-14-mentee-logged")
    mentee.press("Undo")
    mentee.told("Taken back.")
    expect(contact).to_have_count(0)

    # And asks for a change, which the coordinator settles
    mentee.follow(re.compile("^Ask for a change"))
    mentee.check("pair-15-mentee-change")
    mentee.fill("Anything that helps us do better (may stay empty)", "We like each other; the field has changed.")
    mentee.press("Ask for a change")
    mentee.told("The program's staff will write to you.")
    mentee.sees("You asked for a change.")
    mentor.open(mentor.page.url)
    mentor.sees_not("asked for a change")

    boss.open(school.entrance)
    boss.press("Sign in")
    boss.check("pair-16-coordinator-home")
    boss.follow(re.compile(f"^{PROGRAM}"))
    boss.sees("Somebody asks for a change", "We like each other; the field has changed.")
    boss.check("pair-17-coordinator-change")
    boss.press("End without fault")
    boss.told("Settled. Both have been told.")
    boss.sees_not("Somebody asks for a change")

    mentee.open(mentee.page.url)
    mentee.sees("This mentorship is over.")
    mentee.check("pair-18-mentee-over")


def _sum_is_shown(walk) -> None:
    """The parts of the reason sum to the fit beside the heading."""
    why = walk.page.get_by_role("region", name="Why you two")
    parts = [round(float(text) * 100) for text in why.locator("td.num").all_inner_texts()]
    assert sum(parts) == round(float(why.locator("b.num").first.inner_text()) * 100)


def _in_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}, 17:30"


def _calendar_says(download, day: date) -> None:
    calendar = icalendar.Calendar.from_ical(Path(download.path()).read_bytes())
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart").astimezone(ZONE) == datetime(day.year, day.month, day.day, 17, 30, tzinfo=ZONE)
    assert str(event["location"]) == "Café in the library"
