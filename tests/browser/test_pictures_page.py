"""The map and the network in a real browser: by mouse and by keyboard, in both languages, and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pictured
import pytest
from playwright.sync_api import Locator, Page, expect

from ctl_graph.config import Config
from ctl_graph.web import create_app, pages
from tests.serving import listening

from .conftest import Visit

BUNDLE = Path(pages.__file__).parent / "static" / "build" / "pictures.js"
ALL = "/network?show=all"


@pytest.fixture(autouse=True, scope="module")
def _bundle() -> None:
    if not BUNDLE.is_file():
        pytest.skip("the islands are not bundled: make assets")


@pytest.fixture(scope="module")
def address(world: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the server over the region of the pictures listens."""
    config, _ = pictured.published(world, tmp_path_factory.mktemp("pictured"))
    with listening(create_app(config)) as site:
        yield site.rstrip("/")


def node(page: Page, name: str) -> Locator:
    return page.locator(f'.stage [data-node][data-name="{name}"]')


def at(page: Page, name: str) -> tuple[float, float]:
    """Where the sign of a node is on the screen."""
    node(page, name).scroll_into_view_if_needed()
    place = node(page, name).locator("path").bounding_box()
    assert place is not None
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2


def box(page: Page) -> list[float]:
    return [float(each) for each in (page.locator(".stage > svg").get_attribute("viewBox") or "").split()]


def tab_to(page: Page, selector: str) -> None:
    for _ in range(80):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {selector}")


# -- the map -----------------------------------------------------------------------------------------------------------


def test_a_province_lights_up_with_its_row_and_leads_to_its_list(visit: Visit) -> None:
    page = visit("/map").page
    province, row = page.locator('.map [data-code="ITC46"]'), page.locator('tr[data-code="ITC46"]')
    province.hover()
    for each in (province, row):
        expect(each).to_have_class("lit")
    page.locator('tr[data-code="ITC4C"]').hover()
    expect(page.locator('.map [data-code="ITC4C"]')).to_have_class("lit")
    expect(row).not_to_have_class("lit")
    province.click()
    expect(page.locator("#list")).to_contain_text("Università di Valdoro")
    expect(page.get_by_role("heading", name="Bergamo: 2 membri")).to_be_visible()


def test_the_map_is_read_and_followed_by_keyboard(visit: Visit) -> None:
    page = visit("/map", locale="en-GB").page
    expect(page.get_by_role("link", name="Bergamo: 2 members")).to_have_count(1)
    tab_to(page, '.map [data-code="ITC46"]')
    expect(page.locator('tr[data-code="ITC46"]')).to_have_class("lit")
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_contain_text("Università di Valdoro")
    page.locator("#counted").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/map?cluster=&counted=partners")
    expect(page.get_by_role("link", name="Milano: 1 partner")).to_have_count(1)


# -- the network -------------------------------------------------------------------------------------------------------


def test_a_node_under_the_mouse_shows_its_links_and_leads_to_its_page(visit: Visit) -> None:
    page = visit(ALL).page
    university = node(page, "Università di Valdoro")
    page.mouse.move(*at(page, "Università di Valdoro"))
    expect(page.locator(".said")).to_have_text(
        "Università di Valdoro, università. 2 legami: Cluster Alfa, Cluster Beta."
    )
    expect(university).to_have_class("picked")
    expect(page.locator(".stage [data-node].near")).to_have_count(2)
    expect(page.locator(".stage line.near")).to_have_count(2)
    page.locator("h1").hover()
    expect(page.locator(".stage .picked")).to_have_count(0)
    page.mouse.click(*at(page, "Università di Valdoro"))
    page.wait_for_url("**/doc/organisation/university")


def test_the_network_is_walked_by_keyboard(visit: Visit) -> None:
    page = visit(ALL, locale="en-GB").page
    expect(page.locator(".said")).to_contain_text("By keyboard")
    tab_to(page, ".stage [data-node]")
    expect(node(page, "Alfa Cluster")).to_be_focused()
    seen = {"Alfa Cluster"}
    for key in ("ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp", "End", "ArrowUp", "ArrowLeft", "Home"):
        before = page.evaluate("document.activeElement.dataset.node")
        page.keyboard.press(key)
        name = page.evaluate("document.activeElement.dataset.name")
        assert name, key
        seen.add(name)
        expect(page.locator(".said")).to_contain_text(f"{name}, ")
        if key == "ArrowDown":
            assert before in page.evaluate("document.activeElement.dataset.linked").split(), "along a link"
    assert len(seen) > 3
    expect(node(page, "Alfa Cluster")).to_be_focused()
    assert page.locator(".stage [tabindex='0']").count() == 1, "one stop for Tab"
    whole = box(page)
    page.keyboard.press("+")
    page.keyboard.press("+")
    near = box(page)
    assert near[2] < whole[2] * 0.7
    page.keyboard.press("-")
    assert near[2] < box(page)[2] < whole[2]
    page.keyboard.press("Escape")
    assert box(page) == whole
    expect(page.locator(".said")).to_contain_text("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/cluster/alfa")


def test_the_network_is_zoomed_and_moved_by_mouse(visit: Visit) -> None:
    page = visit(ALL).page
    whole = box(page)
    page.get_by_role("button", name="Ingrandisci").click()
    zoomed = box(page)
    assert zoomed[2] < whole[2]
    place = page.locator(".stage > svg").bounding_box()
    assert place is not None
    x, y = place["x"] + 15, place["y"] + 15
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 60, steps=4)
    page.mouse.up()
    moved = box(page)
    assert moved[0] < zoomed[0]
    assert moved[1] < zoomed[1]
    assert moved[2:] == zoomed[2:]
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function(
        "(width) => document.querySelector('.stage > svg').viewBox.baseVal.width < width", arg=moved[2]
    )
    page.get_by_role("button", name="Tutta la rete").click()
    assert box(page) == whole
    page.get_by_role("button", name="Riduci").click()
    assert box(page) == whole, "no smaller than the whole"


def test_a_link_under_a_mouse_that_drags_is_not_followed(visit: Visit) -> None:
    page = visit(ALL).page
    x, y = at(page, "Università di Valdoro")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=4)
    page.mouse.up()
    assert page.url.endswith(ALL)


def test_a_drag_that_ends_outside_swallows_no_later_click(visit: Visit) -> None:
    page = visit(ALL).page
    x, y = at(page, "Università di Valdoro")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=4)
    page.mouse.move(5, 5, steps=4)
    page.mouse.up()
    expect(page.locator(".stage > svg")).not_to_have_class("moving")
    node(page, "Università di Valdoro").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/organisation/university")


def test_a_drag_that_the_browser_takes_away_is_over(visit: Visit) -> None:
    page = visit(ALL).page
    x, y = at(page, "Università di Valdoro")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=4)
    page.evaluate("dispatchEvent(new PointerEvent('pointercancel'))")
    before = box(page)
    page.mouse.move(x - 60, y - 60, steps=4)
    assert box(page) == before
    page.mouse.up()


def test_names_of_clusters_can_be_read_on_a_small_screen(visit: Visit) -> None:
    page = visit("/network", width=320).page
    expect(page.locator(".stage > svg")).to_have_class("far")
    height = "(each) => each.getBoundingClientRect().height"
    names = page.locator('.stage [data-node]:has(circle[r="30"]) text:not([font-size])')
    assert min(names.evaluate_all(f"(all) => all.map({height})")) >= 11
    university = node(page, "Università di Valdoro")
    expect(university.locator("text").first).to_be_hidden()
    university.focus()
    expect(university.locator("text").first).to_be_visible()


def test_hostile_names_stay_text(visit: Visit) -> None:
    page = visit(ALL).page
    node(page, "]]><script>alert(1)</script>").focus()
    expect(page.locator(".said")).to_contain_text(
        "]]><script>alert(1)</script>, ente di ricerca. Un legame: Cluster Beta."
    )
    assert page.locator("main script").count() == 0


# -- without scripts, and small ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["it-IT", "en-GB"])
def test_without_scripts_all_is_there(visit: Visit, language: str) -> None:
    page = visit("/map", locale=language, scripts=False).page
    page.locator('.map [data-code="ITC46"]').click()
    expect(page.locator("#list")).to_contain_text("Università di Valdoro")
    page = visit("/network", locale=language, scripts=False).page
    image = page.locator(".network img")
    assert image.get_attribute("alt")
    assert image.bounding_box()["height"] > 100  # type: ignore[index]
    page.locator("#cluster").select_option("beta")
    page.locator("#show").select_option("all")
    page.locator("form.filters button").click()
    expect(page.locator("#cluster")).to_have_value("beta")
    expect(page.locator("tbody")).to_contain_text("Comune di Valdoro")


@pytest.mark.parametrize("path", ["/map?seat=ITC46", "/network"])
def test_on_a_small_screen_nothing_is_cut_off(visit: Visit, path: str) -> None:
    page = visit(path, width=320).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_who_wishes_no_motion_has_none(visit: Visit) -> None:
    page = visit(ALL).page
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator(".stage > svg")).to_be_visible()
    moving = (
        "[...document.querySelectorAll('.network *')].filter((e) => getComputedStyle(e).transitionDuration !== '0s')"
    )
    assert page.evaluate(f"{moving}.length") == 0
