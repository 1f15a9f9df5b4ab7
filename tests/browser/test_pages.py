"""The pages of a build in Chromium: phone and desktop, light and dark, on paper, and for assistive technology."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.rollout.environments import environments

from .conftest import Opened

PHONE, DESKTOP = (390, 844), (1280, 900)
Open = Callable[[int, int, str], Opened]

# Texts that stick out of what holds them, and elements that stick out of the page.
OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  const out = [];
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (box.width && box.right > wide + 1 && getComputedStyle(element).position !== "absolute")
      out.push(element.tagName + " " + element.textContent.slice(0, 40));
  }
  for (const text of document.querySelectorAll("svg text")) {
    const box = text.getBBox();
    const right = box.x < 92 ? 92 : box.x < 176 ? 176 : 360;
    if (box.x + box.width > right) out.push("text " + text.textContent);
  }
  return out;
}"""


def axe(page: Page) -> dict[str, Any]:
    return cast("dict[str, Any]", Axe().run(page).response)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("name", environments())
def test_pages(name: str, shape: tuple[int, int], scheme: str, opened: Open, pages: dict[str, Path]) -> None:
    width, height = shape
    shown = opened(width, height, scheme)
    places = {key: place for key, place in pages.items() if key.startswith(f"{name}/")}
    assert places
    for key, place in places.items():
        shown.show(place)
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= width, key
        assert shown.page.evaluate(OVERFLOWING) == [], key
        judged = axe(shown.page)
        assert len(judged["passes"]) > 10, "axe looked at nothing"
        assert [(one["id"], one["nodes"][0]["html"]) for one in judged["violations"]] == [], key
    assert shown.requests == []
    assert shown.messages == []


def test_the_checks_find_what_they_look_for(opened: Open, tmp_path: Path) -> None:
    place = tmp_path / "bad.html"
    place.write_text(
        "<title>x</title><img src='https://example.com/x.png'><p style='color:#999;width:900px'>pale and wide</p>"
    )
    shown = opened(*PHONE, "light")
    shown.show(place)
    assert shown.requests == ["https://example.com/x.png"]
    assert shown.page.evaluate(OVERFLOWING) == ["P pale and wide"]
    assert {"color-contrast", "image-alt", "html-has-lang"} <= {
        one["id"] for one in axe(shown.page)["violations"]
    }


def test_light_and_dark_differ(opened: Open, pages: dict[str, Path]) -> None:
    colours = set()
    for scheme in ("light", "dark"):
        shown = opened(*DESKTOP, scheme)
        shown.show(pages["bedrock/report.html"])
        colours.add(shown.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == {"rgb(255, 255, 255)", "rgb(23, 24, 27)"}


def test_tables_are_cards_on_a_phone_and_still_tables_to_a_screen_reader(
    opened: Open, pages: dict[str, Path]
) -> None:
    shown = opened(*PHONE, "light")
    shown.show(pages["teams/report.html"])
    cell = shown.page.locator("td").first
    assert cell.evaluate("element => getComputedStyle(element).display") == "block"
    assert cell.evaluate("element => getComputedStyle(element, '::before').content") != "none"
    assert shown.page.get_by_role("columnheader", name="Connection path").count() == 1
    assert shown.page.get_by_role("cell", name="Amazon Bedrock").first.is_visible()


@pytest.mark.parametrize("key", ["gateway/report.html", "gateway/user-guide.html", "foundry/consent.html"])
def test_on_paper(key: str, opened: Open, pages: dict[str, Path]) -> None:
    shown = opened(*DESKTOP, "dark")
    shown.show(pages[key])
    shown.page.emulate_media(media="print")
    assert shown.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert not shown.page.locator("nav").is_visible() or shown.page.locator("nav").count() == 0
    sheets = shown.page.pdf(format="A4").count(b"/Type /Page\n")
    assert 1 <= sheets <= (8 if "report" in key else 4)


def test_the_pages_own_policy_stops_scripts(browser: Browser, pages: dict[str, Path]) -> None:
    """Were a text ever to become an element, the page's policy would still not run it."""
    page = browser.new_page()
    page.goto(pages["bedrock/report.html"].as_uri())
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title=1\">')")
    page.wait_for_function("document.images[0].complete")
    assert page.title() == "Claude on your own cloud"
    page.close()


def test_every_link_of_the_contents_leads_somewhere(opened: Open, pages: dict[str, Path]) -> None:
    shown = opened(*DESKTOP, "light")
    shown.show(pages["foundry/report.html"])
    links = shown.page.locator("nav a")
    assert links.count() == 9
    for link in links.all():
        assert shown.page.locator(f"h2{link.get_attribute('href')}").count() == 1
