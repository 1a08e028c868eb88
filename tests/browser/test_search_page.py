"""Names that are suggested while somebody types: a combobox by keyboard and mouse, a plain field without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from ctl_graph.web import pages

from .conftest import Visit

ISLAND = Path(pages.__file__).parent / "static" / "build" / "search.js"


@pytest.fixture(autouse=True, scope="module")
def _bundle() -> None:
    if not ISLAND.is_file():
        pytest.skip("the suggestions are not bundled: make assets")


def field(page: Page) -> str:
    """The selector of the search's own field."""
    box = page.locator("#words")
    expect(box).to_have_attribute("role", "combobox")
    return "#words"


def test_a_name_is_suggested_and_opened_by_keyboard(visit: Visit) -> None:
    page = visit("/search", locale="en-GB").page
    box = page.locator(field(page))
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("univ")
    option = page.get_by_role("option")
    expect(option).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".combobox:has(#words) [role=status]")).to_have_text("1 suggestions")
    assert box.get_attribute("aria-activedescendant") is None, "nothing is chosen for the reader"
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    expect(box).to_be_focused()
    box.press("Enter")
    page.wait_for_url("**/doc/organisation/university")


def test_the_arrows_go_round_and_escape_closes(visit: Visit) -> None:
    page = visit("/search").page
    box = page.locator(field(page))
    box.press_sequentially("cluster")
    options = page.get_by_role("option")
    expect(options).not_to_have_count(0)
    count = options.count()
    assert count >= 2
    box.press("ArrowUp")
    expect(options.nth(count - 1)).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None, "past the last option is the field"
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    assert box.input_value() == "cluster", "what was typed stays"
    box.press("Enter")
    page.wait_for_url("**/search?q=cluster*")


def test_enter_without_a_choice_searches_for_what_was_typed(visit: Visit) -> None:
    page = visit("/search").page
    box = page.locator(field(page))
    box.press_sequentially("alfa")
    expect(page.get_by_role("option")).not_to_have_count(0)
    box.press("Enter")
    page.wait_for_url("**/search?q=alfa*")


def test_the_field_of_the_header_suggests_too_and_a_click_chooses(visit: Visit) -> None:
    page = visit("/questions").page
    page.locator("#q").press_sequentially("alfa")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/doc/cluster/alfa")


def test_names_are_texts_whatever_they_hold(visit: Visit) -> None:
    page = visit("/search", locale="en-GB").page
    page.locator(field(page)).press_sequentially("golden")
    option = page.get_by_role("option")
    expect(option).to_contain_text("The \"Golden Wing\" Workshop' onmouseover='alert(1)")
    assert option.evaluate("each => [...each.attributes].map(({ name }) => name)") == [
        "id", "role", "aria-selected", "data-id",
    ]  # fmt: skip


def test_an_answer_that_comes_late_is_not_shown(visit: Visit) -> None:
    page = visit("/search").page
    held: list[Route] = []
    page.route("**/suggest/entity?prefix=alfa", lambda route: held.append(route))
    box = page.locator(field(page))
    box.press_sequentially("alfa")
    page.wait_for_timeout(600)
    assert len(held) == 1, "it is asked once, when the typing pauses"
    box.press_sequentially("x")
    held[0].continue_()
    page.wait_for_timeout(600)
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.locator(".combobox:has(#words) [role=status]")).not_to_be_empty()


def test_what_is_found_is_said_once_the_typing_has_settled(visit: Visit) -> None:
    page = visit("/search").page
    box = page.locator(field(page))
    status = page.locator(".combobox:has(#words) [role=status]")
    status.evaluate("""(each) => {
      window.said = [];
      new MutationObserver(() => window.said.push(each.textContent)).observe(each, { childList: true });
    }""")
    box.press_sequentially("cluster", delay=300)
    expect(status).not_to_be_empty()
    assert len(page.evaluate("window.said")) == 1


def test_who_writes_already_goes_on_writing(visit: Visit) -> None:
    """The script comes when somebody is in the field: the focus and what is marked stay."""
    page = visit("/questions").page
    page.route("**/build/search.js*", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.goto(page.url.replace("/questions", "/search"), wait_until="commit")
    page.locator("#words").focus()
    page.evaluate("window.left = 0; document.querySelector('#words').addEventListener('blur', () => window.left++)")
    expect(page.locator("#words")).to_have_attribute("role", "combobox")
    expect(page.locator("#words")).to_be_focused()
    assert page.evaluate("window.left") == 0


def test_the_first_page_has_one_search(visit: Visit) -> None:
    for path in ("/", "/?lang=en"):
        page = visit(path).page
        expect(page.locator("input[type=search]")).to_have_count(1)
        expect(page.get_by_role("search")).to_have_count(1)


def test_without_an_answer_the_field_is_a_field(visit: Visit) -> None:
    page = visit("/search").page
    page.route("**/suggest/**", lambda route: route.fulfill(status=200, body="no JSON"))
    box = page.locator(field(page))
    box.press_sequentially("alfa")
    page.wait_for_timeout(500)
    expect(page.get_by_role("option")).to_have_count(0)
    box.press("Enter")
    page.wait_for_url("**/search?q=alfa*")


def test_without_scripts_the_page_is_whole(visit: Visit) -> None:
    page = visit("/search?q=valdoro", scripts=False).page
    expect(page.locator("#words")).not_to_have_attribute("role", "combobox")
    page.locator("input[name=type]").first.check()
    page.locator(".facets button").click()
    page.wait_for_url("**type=*")
    expect(page.locator(".chosen .chip")).to_have_count(1)
    page.locator(".chosen .chip").click()
    expect(page.locator(".chosen .chip")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/search?q=valdoro", "/def/", "/def/Membership", "/sources", "/data", "/disagreements"]
)
def test_pages_fit_a_narrow_screen(visit: Visit, path: str) -> None:
    page = visit(path, width=320).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
