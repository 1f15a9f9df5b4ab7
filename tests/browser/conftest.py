"""Chromium from the system, in contexts that let no request out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from claude_byoc.rollout.build import build_all
from tests.rollout.conftest import MAIL
from tests.rollout.environments import environments
from tools import system_packages


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = system_packages.ensure(["chromium"])["chromium"]
    with sync_playwright() as playwright:
        # Root, which runs the tests in containers, has no sandbox in Chromium.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every HTML page of every environment, as a build writes it: `ENV/FILE` to its place."""
    folder = tmp_path_factory.mktemp("pages")
    found: dict[str, Path] = {}
    for name, outputs in environments().items():
        built = build_all(outputs, {}, environment=name, date="2026-11-21", outlook_template=MAIL)
        for file in built.files:
            if file.name.endswith(".html"):
                place = folder / f"{name}-{file.name}"
                place.write_bytes(file.content)
                found[f"{name}/{file.name}"] = place
    return found


@dataclass
class Opened:
    """A page with what it asked the network for and wrote to the console."""

    page: Page
    requests: list[str] = field(default_factory=list[str])
    messages: list[str] = field(default_factory=list[str])

    def show(self, place: Path) -> None:
        """Load a file, which is the one request that is let through."""
        address = place.as_uri()

        def judge(route: Route) -> None:
            if route.request.url == address:
                route.continue_()
            else:
                self.requests.append(route.request.url)
                route.abort()

        self.page.unroute_all()
        self.page.route("**/*", judge)
        self.page.goto(address)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[[int, int, str], Opened]]:
    """Open an empty page of a width, height and colour scheme."""
    contexts = []

    def make(width: int, height: int, scheme: str) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            # The pages forbid every script, axe's own included.
            bypass_csp=True,
        )
        contexts.append(context)
        made = Opened(context.new_page())
        made.page.on("console", lambda message: made.messages.append(message.text))
        made.page.on("pageerror", lambda error: made.messages.append(str(error)))
        return made

    yield make
    for context in contexts:
        context.close()
