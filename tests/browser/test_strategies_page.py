"""Clusters and areas on a small screen: for each cluster a list of what ties it."""

from playwright.sync_api import expect

from .conftest import Visit

SHOWN = "(all) => all.filter((each) => each.checkVisibility()).length"
# As a cluster that no source ties to any area.
EMPTIED = """() => {
  const empty = document.querySelector(".matrix .cell-none");
  const row = document.querySelector(".matrix tr:has(.tie)");
  for (const cell of row.querySelectorAll("td")) cell.replaceWith(empty.cloneNode(true));
}"""


def test_on_a_small_screen_the_table_is_a_list(visit: Visit) -> None:
    page = visit("/strategies", width=360).page
    matrix = page.locator(".matrix").first
    expect(matrix.locator("thead")).to_be_hidden()
    expect(matrix.locator("td:has(.tie) .area").first).to_be_visible()
    region = page.locator(".scroll:has(.matrix)").first
    assert region.evaluate("(each) => each.scrollWidth <= each.clientWidth"), "nothing to scroll for"
    assert page.locator(".matrix td.cell-none").evaluate_all(SHOWN) == 0, (
        "what is empty says nothing beside what is not"
    )
    page.evaluate(EMPTIED)
    alone = page.locator(".matrix tr:has(th[scope=row]):not(:has(.tie))")
    expect(alone).to_have_count(1)
    said = alone.first.locator("td .visually-hidden").first
    expect(said).to_have_text("nessuna fonte")
    assert said.evaluate("(each) => each.getBoundingClientRect().width") > 50
    assert page.locator(".matrix td.cell-none").evaluate_all(SHOWN) == 1, "said once"


def test_on_a_wide_screen_the_table_is_a_table(visit: Visit) -> None:
    page = visit("/strategies").page
    expect(page.locator(".matrix thead").first).to_be_visible()
    expect(page.locator(".matrix .area").first).to_be_hidden()
