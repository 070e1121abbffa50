"""A person before a screen: presses what has a name, reads what is there, and notices whatever is wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import CDPSession, ConsoleMessage, Download, Locator, Page, Response, expect

from tests.journeys.server import ROOT

PICTURES = Path(__file__).with_name("pictures")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
FILES = re.compile(r"\.(csv|json)$|/template/|/calendar/$")
"""Addresses that give a file instead of a page."""
LOADING = "Failed to load resource"


class Walk:
    """One page of one person. Every trouble that the browser reports is kept, and fails the journey at its end."""

    def __init__(self, page: Page, *, size: str, scheme: str, log: Path | None = None, scripts: bool = True) -> None:
        self.page, self.size, self.scheme, self.log, self.scripts = page, size, scheme, log, scripts
        self.troubles: list[str] = []
        self.expected: set[int] = set()
        self._tools: CDPSession | None = None
        self._watch(page)

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("response", self._response)
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and LOADING not in message.text:
            self.troubles.append(f"console: {message.text} ({message.location.get('url')})")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"{response.status} for {response.request.method} {response.url}")

    def _failed(self, url: str, why: str) -> None:
        if "ERR_ABORTED" not in why:
            self.troubles.append(f"{why} for {url}")

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """While it lasts, the server may refuse in this way (and only in this way)."""
        self.expected.add(status)
        yield
        self.expected.discard(status)

    @contextmanager
    def offline(self) -> Iterator[None]:
        """While it lasts there is no connection; what the browser says about that is no trouble."""
        known = list(self.troubles)
        self._network(offline=True)
        yield
        self._network(offline=False)
        self.troubles[:] = known

    def slow_down(self) -> None:
        """A telephone at the edge of a hospital: half a second until anything comes, and then slowly."""
        self._network(offline=False)
        self.page.context.set_default_timeout(40_000)

    def _network(self, *, offline: bool) -> None:
        if self._tools is None:
            self._tools = self.page.context.new_cdp_session(self.page)
        given = {"offline": offline, "latency": 500, "downloadThroughput": 120_000, "uploadThroughput": 40_000}
        self._tools.send("Network.enable")
        self._tools.send("Network.emulateNetworkConditions", given)

    def leave(self) -> None:
        """Close the browser, without any trouble so far."""
        self.page.context.close()
        self.all_well()

    def all_well(self) -> None:
        """No trouble so far."""
        tail = self.log.read_text()[-2000:] if self.log and any(t[0] == "5" for t in self.troubles) else ""
        assert not self.troubles, "\n".join([*self.troubles, tail])

    # ---------- doing ----------

    def open(self, address: str) -> None:
        """Type an address, as from a letter."""
        self.page.goto(address)

    def press(self, name: str | re.Pattern, *, role: str = "button", within: Locator | None = None) -> None:
        """Press the one thing of that name, by thumb on a phone."""
        found = (within or self.page).get_by_role(role, name=name, exact=isinstance(name, str))
        expect(found).to_have_count(1)
        if not self._leads_on(found):
            return self._touch(found)
        with self.page.expect_navigation():
            self._touch(found)
        return None

    def _touch(self, found: Locator) -> None:
        if self.size == "phone":
            found.scroll_into_view_if_needed()
            return found.tap()
        return found.click()

    def _leads_on(self, found: Locator) -> bool:
        """Whether another page comes: every button sends its form unless it says otherwise, every link leads on
        unless a script swaps a part of the page or it gives a file."""
        href = found.get_attribute("href")
        if href is None:
            return found.get_attribute("type") != "button"
        swaps = self.scripts and found.get_attribute("hx-get") is not None
        return not (swaps or href.startswith("#") or FILES.search(href))

    def follow(self, name: str | re.Pattern, *, within: Locator | None = None) -> None:
        """Follow a link."""
        self.press(name, role="link", within=within)

    def unfold(self, name: str) -> None:
        """Open what is folded away under that name."""
        self.page.locator("summary").filter(has_text=name).first.click()

    def turn_to(self, name: str) -> None:
        """Go to a page of the program: along the bar on top, or on a phone at the bottom or in the menu."""
        if self.size == "desktop":
            return self.follow(name, within=self.page.get_by_role("navigation", name="Main", exact=True))
        tabs = self.page.get_by_role("navigation", name="Main, short")
        if tabs.get_by_role("link", name=name, exact=True).count():
            return self.follow(name, within=tabs)
        self.page.locator("details[data-menu] summary").click()
        return self.follow(name, within=self.page.locator("details[data-menu]"))

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    def tick(self, label: str | re.Pattern, *, within: Locator | None = None) -> None:
        """Tick a box, or choose one of several."""
        (within or self.page).get_by_label(label, exact=isinstance(label, str)).check()

    def choose_file(self, name: str, content: bytes) -> None:
        """Choose a file of this name and content."""
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        self.page.get_by_label(re.compile("CSV file")).set_input_files(file)

    def take(self, name: str) -> Download:
        """Follow a link that gives a file."""
        with self.page.expect_download() as coming:
            self.follow(name)
        return coming.value

    # ---------- seeing ----------

    def row(self, text: str | re.Pattern, *, role: str = "listitem") -> Locator:
        """The one row that says this."""
        return self.page.get_by_role(role).filter(has_text=text)

    def sees(self, *texts: str | re.Pattern) -> None:
        """These words are in sight."""
        for text in texts:
            expect(self.page.get_by_text(text).first).to_be_visible()

    def sees_not(self, text: str) -> None:
        """These words are nowhere."""
        expect(self.page.get_by_text(text)).to_have_count(0)

    def heads(self, title: str | re.Pattern) -> None:
        """The page has this heading."""
        expect(self.page.get_by_role("heading", name=title).first).to_be_visible()

    def told(self, text: str | re.Pattern) -> None:
        """A message at the top says this."""
        expect(self.page.locator("#messages")).to_contain_text(text)

    # ---------- judging ----------

    def check(self, name: str, *, schemes: tuple[str, ...] = ()) -> None:
        """Accessible, not wider than the screen, pictured; in the person's own colors or in those named."""
        self._fits(name)
        for at, scheme in enumerate(schemes or (self.scheme,)):
            if schemes:
                self.page.emulate_media(color_scheme=scheme)
            if self.scripts:
                self._accessible(f"{name}, {scheme}", {"runOnly": ["color-contrast"] if at else list(RULES)})
            self.picture(name, scheme)

    def picture(self, name: str, scheme: str) -> None:
        """Keep what the page looks like."""
        PICTURES.mkdir(exist_ok=True)
        path = PICTURES / f"{name}-{self.size}-{scheme}.png"
        self.page.screenshot(path=path, full_page=True, animations="disabled", caret="initial")

    def ask(self, expression: str) -> object:
        """The value of an expression in the page, past its content security policy."""
        self.page.wait_for_load_state()
        if self._tools is None:
            self._tools = self.page.context.new_cdp_session(self.page)
        given = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._tools.send("Runtime.evaluate", given)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def _fits(self, name: str) -> None:
        seen, wide = self.ask("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
        if wide > seen:
            self.troubles.append(f"{name}: {wide} pixels wide on a screen of {seen}: {self.ask(_TOO_WIDE)}")

    def _accessible(self, name: str, options: dict) -> None:
        if not self.ask("Boolean(window.axe)"):
            self.ask(_axe())
        found = self.ask(f"axe.run(document, {{...{options!r}, resultTypes: ['violations']}}).then({_SHORTLY})")
        self.troubles += [f"{name}: {one}" for one in found]


_SHORTLY = (
    "found => found.violations.map(v => v.id + ' (' + v.help + '): '"
    " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? '')).join(' | '))"
)
_TOO_WIDE = (
    "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    ".slice(0, 4).map(e => e.outerHTML.slice(0, 120)).join(' | ')"
)


@cache
def _axe() -> str:
    return AXE.read_text() + "; undefined"
