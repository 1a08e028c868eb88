"""How far things are: each answer is three clicks from the first page, and all of it is there without scripts."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from ctl_graph import questions

from .conftest import Visit

STEPS = 3
ISLANDS = {"/map": "#provinces ~ * table tbody tr, [data-map] table tbody tr", "/network": "main table tbody tr"}


class Links(HTMLParser):
    """The addresses on this site that a page leads to."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__()
        self.address, self.found = address, set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") if tag == "a" else None
        if href:
            target = urldefrag(urljoin("http://localhost" + self.address, href)).url
            if urlsplit(target).netloc == "localhost":
                self.found.add(target.removeprefix("http://localhost"))


def test_each_answer_is_three_clicks_from_the_first_page(client: FlaskClient) -> None:
    wanted = {f"/questions/{name}" for name in questions.load()}
    assert len(wanted) > 30
    seen, border = {"/"}, {"/"}
    for _ in range(STEPS):
        reached: set[str] = set()
        for address in border:
            response = client.get(address, headers={"Accept": "text/html"})
            if response.mimetype == "text/html":
                reached |= Links(response.text, address).found
        # What has parameters is another view of a page that is counted without them.
        border = {each for each in reached - seen if "?" not in each and not each.startswith("/static/")}
        seen |= border
        if wanted <= seen:
            return
    assert wanted - seen == set()


@pytest.mark.parametrize(
    "path", ["/map", "/network", "/map?seat=unknown", "/search?q=valdoro", "/sources", "/clusters"]
)
def test_without_scripts_a_page_has_what_it_has_with_them(visit: Visit, path: str) -> None:
    with_scripts, without = (visit(path, scripts=scripts).page.locator("main") for scripts in (True, False))
    rows = "table tbody tr, ol.results li, ul li"
    texts = [" ".join(text.split()) for text in without.locator(rows).all_inner_texts()]
    assert texts
    assert set(texts) >= {" ".join(text.split()) for text in with_scripts.locator(rows).all_inner_texts()}


def test_without_scripts_a_reader_searches_and_narrows(visit: Visit) -> None:
    page = visit("/", scripts=False).page
    page.locator("#words").fill("valdoro")
    page.keyboard.press("Enter")
    expect(page.locator("main ol.results li").first).to_be_visible()
    many = page.locator("main ol.results > li").count()
    page.locator("main .facets input[type=checkbox]").first.check()
    page.locator("main .facets button").click()
    assert 0 < page.locator("main ol.results > li").count() <= many
    assert "q=valdoro" in page.url


def test_without_scripts_a_reader_filters_the_map_and_the_network(visit: Visit) -> None:
    page = visit("/map", scripts=False).page
    page.locator("#cluster").select_option(index=1)
    page.locator("form.filters button").click()
    assert "cluster=" in page.url
    expect(page.locator("main table").first).to_be_visible()
    page = visit("/network", scripts=False).page
    page.locator("#show").select_option(index=1)
    page.locator("form.filters button").click()
    expect(page.locator("main table tbody tr").first).to_be_visible()
    expect(page.locator("main img")).to_be_visible()
