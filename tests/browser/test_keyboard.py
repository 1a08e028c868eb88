"""Each kind of page by keyboard alone: everything is reached in its order, the focus is seen, and nothing holds it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ctl_graph.release import Release

from .conftest import PATIENCE, Visit, settle
from .pages import KINDS, Kind

MOST = 70  # steps; a page of more is left by its skip link
# What the keyboard should reach, in the order of the page, and how each of them looks without the focus.
LISTEN = """(most) => {
  const look = (each) => {
    const style = getComputedStyle(each), inner = getComputedStyle(each.querySelector("path") || each);
    const seen = [style.outlineStyle, style.outlineWidth, style.boxShadow, style.backgroundColor, style.borderColor];
    return [...seen, inner.stroke].join();
  };
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const isReached = (each) => each.tabIndex >= 0 && !each.disabled && each.type !== "hidden"
    && each.checkVisibility({ visibilityProperty: true });
  const all = [...document.querySelectorAll(kinds)].filter(isReached);
  const before = new Map(all.map((each) => [each, look(each)]));
  const name = (each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 100);
  const names = new Map(all.map((each) => [each, name(each)]));
  const said = (each) => `${all.indexOf(each)}: ${names.get(each) ?? name(each)}`;
  window.expected = all.slice(0, most).map(said);
  // Day, month, year and the calendar are a step each.
  window.steps = all.slice(0, most).reduce((steps, each) => steps + (each.type === "date" ? 4 : 1), 0);
  window.reached = [];
  window.unseen = [];
  document.addEventListener("focusin", ({ target }) => {
    window.reached.push(said(target));
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const isOutlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
    if (!isOutlined && look(target) === before.get(target)) window.unseen.push(name(target));
  });
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="it-IT", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


# What differs to the keyboard; the others are these with other words.
TELLING = (
    "home", "cluster", "organisation", "strategies", "collaborations", "map", "network", "search, found",
    "question of values", "vocabulary", "SPARQL form", "disagreements",
)  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=kind.name, marks=[] if kind.name in TELLING else [pytest.mark.slow])
        for kind in KINDS
        if kind.is_whole and not kind.is_twin
    ],
)
def test_everything_is_reached_in_order_and_seen(page: Page, address: str, release: Release, kind: Kind) -> None:
    page.goto(address + kind.valdoro.replace("{release}", release.id), wait_until="load")
    settle(page)
    page.evaluate(LISTEN, MOST)
    expected = page.evaluate("window.expected")
    for _ in range(page.evaluate("window.steps")):
        page.keyboard.press("Tab")
    assert page.evaluate("window.reached") == expected
    assert page.evaluate("window.unseen") == []
    assert len(expected) > 20
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("window.reached.at(-1)") == expected[-2]


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.name in ("home", "cluster", "map")], ids=lambda kind: kind.name
)
def test_the_head_of_the_page_is_skipped(page: Page, address: str, kind: Kind) -> None:
    page.goto(address + kind.valdoro)
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_menu_of_a_narrow_window_opens_and_closes_by_keyboard(visit: Visit) -> None:
    page = visit("/", width=320).page
    menu, opener = page.locator("#menu"), page.locator("button.opener")
    expect(menu).to_be_hidden()
    opener.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#menu') !== null")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_menu_of_a_narrow_window_has_a_button_that_closes_it(visit: Visit) -> None:
    page = visit("/", width=320).page
    page.locator("button.opener").click()
    closer = page.locator("#menu button.closer")
    expect(closer).to_be_visible()
    closer.click()
    expect(page.locator("#menu")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(closer).to_be_hidden()
