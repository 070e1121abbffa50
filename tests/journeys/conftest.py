"""Two real servers (an empty one and the demo), a real browser, and people before it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.server import Instance
from tests.journeys.walk import Walk

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
SIZES = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


def _served(instance: Instance) -> Iterator[Instance]:
    server = instance.serve()
    try:
        yield instance
    finally:
        instance.leave(server)


@pytest.fixture(scope="session")
def instance(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance without people; each journey founds a school of its own in it."""
    made = Instance(tmp_path_factory.mktemp("instance"), "development")
    made.run("from django.core.management import call_command\ncall_command('migrate', verbosity=0)")
    yield from _served(made)


@pytest.fixture(scope="session")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The demo school."""
    made = Instance(tmp_path_factory.mktemp("demo"), "demo")
    made.command("demo", "--build-only")
    yield from _served(made)


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., Walk]]:
    """``person("phone", "dark")``: somebody with a browser of their own. At the end, none of them had any trouble."""
    walks: list[Walk] = []

    def arrive(size: str = "desktop", scheme: str = "light", *, scripts: bool = True, **given) -> Walk:
        context = browser.new_context(
            **SIZES[size], color_scheme=scheme, java_script_enabled=scripts, reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        walks.append(Walk(context.new_page(), size=size, scheme=scheme, scripts=scripts, **given))
        return walks[-1]

    yield arrive
    for walk in walks:
        walk.page.context.close()
    for walk in walks:
        walk.all_well()
