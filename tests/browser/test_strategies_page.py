"""Clusters and areas on a small screen: for each cluster a list of what ties it."""

from playwright.sync_api import expect

from .conftest import Visit


def test_on_a_small_screen_the_table_is_a_list(visit: Visit) -> None:
    page = visit("/strategies", width=360).page
    matrix = page.locator(".matrix").first
    expect(matrix.locator("thead")).to_be_hidden()
    expect(matrix.locator("td:has(.tie) .area").first).to_be_visible()
    region = page.locator(".scroll:has(.matrix)").first
    assert region.evaluate("(each) => each.scrollWidth <= each.clientWidth"), "nothing to scroll for"
    alone = matrix.locator("tr:has(th[scope=row]):not(:has(.tie))").first
    expect(alone).to_contain_text("nessuna fonte")
    assert alone.locator("td .visually-hidden").first.evaluate("(each) => each.getBoundingClientRect().width") > 50
    shown = matrix.locator("td.cell-none").evaluate_all("(all) => all.filter((each) => each.checkVisibility()).length")
    assert shown == matrix.locator("tr:has(th[scope=row]):not(:has(.tie))").count()


def test_on_a_wide_screen_the_table_is_a_table(visit: Visit) -> None:
    page = visit("/strategies").page
    expect(page.locator(".matrix thead").first).to_be_visible()
    expect(page.locator(".matrix .area").first).to_be_hidden()
