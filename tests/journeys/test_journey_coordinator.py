"""A coordinator's first afternoon: from an empty program to published pairs, on a desk and on a phone."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import lists
from tests.journeys.walk import Walk

pytestmark = pytest.mark.journey

LEFT_OUT = {"Gender", "Remarks"}
LONG = {"06", "08", "14", "17", "18", "21"}


class Coordinator:
    """The steps of the afternoon, in the order in which the pages offer them."""

    def __init__(self, walk: Walk, name: str) -> None:
        self.walk, self.name = walk, name

    @property
    def page(self):
        return self.walk.page

    def look(self, name: str) -> None:
        """Check the page; of the long list only the pages that are long because of it."""
        if self.name == "small" or name[:2] in LONG:
            self.walk.check(f"coordinator-{self.name}-{name}")

    # ---------- a program ----------

    def arrive(self, link: str) -> None:
        self.walk.open(link)
        self.look("00-link")
        self.walk.press("Sign in")
        self.walk.heads(re.compile("What to do|Nothing waits"))
        self.look("01-home")

    def make_program(self, program: str) -> None:
        self.walk.follow("New program")
        self.walk.fill("Name needed", program)
        self.walk.tick(re.compile("One mentor, one mentee"))
        self.look("02-new-program")
        self.walk.press("Create the program")
        self.walk.heads(program)
        self.look("03-program-empty")

    def preview(self, program: str) -> None:
        self.walk.follow("Preview as mentee")
        self.walk.sees("This is what a mentee sees")
        self.look("04-preview-mentee")
        self.walk.follow("See it as a mentor")
        self.walk.sees("This is what a mentor sees")
        self.walk.follow(program)

    # ---------- people ----------

    def import_list(self, kind: str, filename: str, content: bytes, left_out: set[str]) -> int:
        """Through the three steps; returns how many came."""
        self.walk.sees("CSV file")
        self.walk.tick(re.compile(f"^{kind[:-1]}s?$"))
        self.walk.choose_file(filename, content)
        self.look(f"05-upload-{kind.lower()}")
        self.walk.press("Next: the columns")
        self.walk.heads("What does each column mean?")
        rows = self.page.get_by_role("row").filter(has_text="Left out")
        assert {cell.inner_text() for cell in rows.get_by_role("rowheader").all()} == left_out
        assert rows.get_by_role("combobox").count() == 0
        assert rows.filter(has_text="not read").count() == len(left_out)
        self.look(f"06-columns-{kind.lower()}")
        self.walk.press("Next: check")
        self.walk.heads("Ready to import")
        self.look(f"07-check-{kind.lower()}")
        self.walk.press("Import this list")
        self.walk.told(re.compile(r"\d+ people imported"))
        return int(re.search(r"\d+", self.page.locator("#messages").inner_text())[0])

    def invite(self) -> int:
        self.walk.follow("Preview and send")
        self.walk.heads("Who gets what")
        self.walk.sees("invites you to take part", "personal link")
        self.look("09-invitations")
        letters = self.page.get_by_role("checkbox").count()
        self.walk.press("Send the letters")
        self.walk.told(f"{letters} invitations are on their way.")
        return letters

    # ---------- the match ----------

    def begin_round(self, name: str) -> None:
        self.walk.turn_to("Matching")
        self.walk.fill("Name of the round", name)
        self.look("11-rounds")
        self.walk.press("New round")
        self.walk.heads(name)
        self.look("12-studio-empty")
        self.walk.press("Draft the match")
        self.walk.told("Run 1 is ready")
        self.look("13-studio")

    @property
    def pair(self) -> Locator:
        return self.page.get_by_role("region", name="Selected pair")

    def mentees(self, state: str) -> list[str]:
        """Names of the mentees under a heading of the list."""
        return self._group(state).locator("a .strong").all_inner_texts()

    def _group(self, state: str) -> Locator:
        heading = self.page.get_by_role("heading", name=re.compile(f"^{state}"))
        return self.page.get_by_role("region", name="List of mentees").locator("section").filter(has=heading)

    def select(self, mentee: str) -> None:
        self.walk.follow(re.compile(f"^{re.escape(mentee)} "))
        expect(self.pair.get_by_role("heading", name=mentee)).to_be_in_viewport()

    def mentor(self) -> str:
        return self.pair.locator(".pair h2").nth(1).inner_text()

    def reasons_sum(self) -> None:
        """The parts on the screen sum to the score on the screen, to the last digit shown."""
        parts = self.pair.locator("table.parts")
        adds = [_hundredths(text) for text in parts.locator("tbody td.strong").all_inner_texts()]
        foot = _hundredths(parts.locator("tfoot td.strong").inner_text())
        score = _hundredths(self.pair.locator(".score").inner_text())
        assert adds, "no reason is shown"
        assert sum(adds) == foot == score
        aloud = self.pair.get_by_role("img", name=re.compile("^Fit ")).first.get_attribute("aria-label")
        assert sum(_hundredths(number) for number in re.findall(r"\d\.\d\d", aloud.partition(":")[2])) == score

    def lock(self, mentee: str, reason: str) -> None:
        self.select(mentee)
        mentor = self.mentor()
        self.reasons_sum()
        self.look("14-studio-selected")
        self.walk.fill("Reason", reason)
        self.walk.press("Lock")
        self.walk.told("Locked. Every further draft keeps this pair.")
        self.walk.sees(reason)
        assert mentee in self.mentees("Locked")
        assert self.mentor() == mentor

    def forbid_and_undo(self, mentee: str) -> None:
        self.select(mentee)
        mentor = self.mentor()
        self.walk.press("Forbid")
        self.walk.told("Ruled out. The rest was drafted again.")
        self.walk.sees(f"Never with {mentor}")
        assert self.mentor() != mentor
        self.look("15-studio-forbidden")
        self.walk.press("Undo", within=self.page.locator(".bar1"))
        self.walk.told("Undone, and drafted again.")
        self.walk.sees_not(f"Never with {mentor}")
        assert self.mentor() == mentor

    def pair_by_hand(self, mentees: list[str]) -> tuple[str, str]:
        """The first mentee whom the page offers somebody else for, who is not held by another decision already."""
        decided = self.page.locator(".block").filter(has=self.page.get_by_role("heading", name="Decided by hand"))
        held = decided.locator("li p").all_inner_texts()
        for mentee in mentees:
            self.select(mentee)
            names = self.pair.get_by_role("button", name=re.compile(f"^Pair {re.escape(mentee)} with "))
            offered = [text.partition(" with ")[2] for text in names.locator(".visually-hidden").all_inner_texts()]
            for mentor in [one for one in offered if not any(one in line for line in held)][:1]:
                self.walk.press(f"Pair {mentee} with {mentor}")
                self.walk.told("Paired by hand and locked.")
                assert self.mentor() == mentor
                self.look("16-studio-by-hand")
                return mentee, mentor
        raise AssertionError("no alternative is offered for anybody")

    # ---------- publication ----------

    def review(self) -> dict[str, str]:
        """Look once more; returns mentor by mentee, empty for those who have none."""
        self.walk.follow("Review and publish")
        self.walk.heads("Look once more")
        self.look("17-review")
        pairs = {}
        for row in self.page.locator("main tbody tr").all():
            placed = "No match" not in row.inner_text()
            pairs[row.get_by_role("link").inner_text()] = row.locator("td").nth(1).inner_text() if placed else ""
        self.walk.press("Reviewed: next, the letters")
        self.walk.heads("Every letter before it goes")
        return pairs

    def letters_are_for(self, pairs: dict[str, str]) -> None:
        """The preview lists each mentee once and each mentor once, and says to each what is so."""
        self.look("18-letters")
        letters = self.page.locator("details.panel")
        names = letters.locator("summary .strong").all_inner_texts()
        mentors = {mentor for mentor in pairs.values() if mentor}
        assert sorted(names) == sorted([*pairs, *mentors])
        self.walk.sees(f"{len(names)} letters. Nothing has been sent yet.")
        for letter in letters.all()[:: max(1, len(names) // 6)]:
            letter.locator("summary").click()
            self._says_what_is_so(letter, pairs)

    def _says_what_is_so(self, letter: Locator, pairs: dict[str, str]) -> None:
        to, body = letter.locator("summary .strong").inner_text(), letter.locator(".letter")
        for mentee in [mentee for mentee, mentor in pairs.items() if mentor == to]:
            expect(body).to_contain_text(mentee)
        if to in pairs:
            expect(body).to_contain_text(pairs[to] or "could not match you")

    def publish(self, pairs: dict[str, str]) -> None:
        made = sum(1 for mentor in pairs.values() if mentor)
        self.walk.press("Publish, and send the letters")
        self.walk.told(f"{made} pairs are published.")
        self.look("19-studio-published")

    def cannot_publish_twice(self, stale: Walk) -> None:
        """Going back finds no second way; a window that was left open is refused in plain words."""
        self.page.go_back()
        expect(self.page.get_by_role("button", name="Publish, and send the letters")).to_have_count(0)
        stale.page.bring_to_front()
        with stale.refused(409):
            stale.press("Publish, and send the letters")
            stale.heads("Things have moved on")
            stale.check(f"coordinator-{self.name}-20-refused")
            stale.follow(re.compile("^Back"))
        stale.all_well()
        self.page.bring_to_front()

    def list_of_pairs(self, pairs: dict[str, str]) -> None:
        self.walk.turn_to("Mentorships")
        made = {mentee: mentor for mentee, mentor in pairs.items() if mentor}
        self.look("21-mentorships")
        rows = self.page.locator("main tbody tr")
        expect(rows).to_have_count(min(len(made), 50))
        content = Path(self.walk.take("All pairs as a file").path()).read_text("utf-8-sig")
        found = list(csv.DictReader(io.StringIO(content)))
        assert {row["mentee"]: row["mentor"] for row in found} == made
        assert {row["state"] for row in found} == {"proposed"}


def _hundredths(text: str) -> int:
    whole, _, rest = text.strip().partition(".")
    return int(whole or 0) * 100 + int(rest)


def _afternoon(walk: Walk, link: str, name: str, files: dict, left_out: dict, program: str) -> None:
    one = Coordinator(walk, name)
    one.arrive(link)
    one.make_program(program)
    one.preview(program)
    walk.follow("Import a list", within=walk.row("Mentors"))
    mentors = one.import_list("Mentors", *files["Mentors"], left_out["Mentors"])
    one.look("08-people")
    walk.follow("Import a list")
    mentees = one.import_list("Mentees", *files["Mentees"], left_out["Mentees"])
    walk.turn_to("Overview")
    one.look("10-program")
    assert one.invite() == mentors + mentees
    one.begin_round("Autumn")
    first, second, *rest = one.mentees("Placed") + one.mentees("Needs a look")
    one.lock(first, "Both asked for it")
    one.forbid_and_undo(second)
    mentee, mentor = one.pair_by_hand(rest)
    pairs = one.review()
    assert len(pairs) == mentees
    assert pairs[mentee] == mentor
    one.letters_are_for(pairs)
    stale = _left_open(walk)
    one.publish(pairs)
    one.cannot_publish_twice(stale)
    one.list_of_pairs(pairs)
    walk.turn_to("Letters")
    walk.heads("Letters")
    one.look("22-letters")


def _left_open(walk: Walk) -> Walk:
    """A second window on the same page."""
    other = Walk(walk.page.context.new_page(), size=walk.size, scheme=walk.scheme)
    other.open(walk.page.url)
    other.heads("Every letter before it goes")
    walk.page.bring_to_front()
    return other


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_an_afternoon_with_a_small_list(instance, person, size, scheme):
    """Everything by visible names, with a list that the test brings along."""
    school = f"small-{size}"
    walk = person(size, scheme, log=instance.log)
    link = instance.command(
        *("school", f"Harrow Lake, {size}", "--coordinator", f"coordinator@{school}.example"),
        *("--coordinator-name", "Maren Oduya", "--time-zone", "America/Chicago"),
    ).splitlines()[-1]
    files = {
        "Mentors": ("mentors.csv", lists.small(lists.MENTORS, school)),
        "Mentees": ("mentees.csv", lists.small(lists.MENTEES, school)),
    }
    left_out = {"Mentors": LEFT_OUT, "Mentees": {"Ethnicity"}}
    _afternoon(walk, link, "small", files, left_out, "Foundations Mentoring")


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_an_afternoon_with_a_list_as_it_comes(instance, person, reference_data, size, scheme):
    """The sample of another tool, whose columns nobody made for Cheiron."""
    walk = person(size, scheme, log=instance.log)
    link = instance.found(f"Sample College, {size}", f"sample-{size}@college.example", "Ines Tarrow")
    place = reference_data / "mentor-match"
    files = {
        kind: (f"mm_small_{kind.lower()}.csv", _own(place / f"mm_small_{kind.lower()}.csv", size))
        for kind in ("Mentors", "Mentees")
    }
    left_out = {
        "Mentors": {"characteristics", "biography"},
        "Mentees": {"match with similar identity", "identity to match", "biography"},
    }
    _afternoon(walk, link, "sample", files, left_out, "Civil Mentoring")


def _own(file: Path, school: str) -> bytes:
    """The same people with addresses of their own, so that two schools of one instance can each import them."""
    return file.read_bytes().replace(b"@gov.uk", f"@{school}.gov.uk".encode())
