"""Data that mean harm, in every page that shows them: nothing is executed, and all of it is read as text."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote
from zlib import crc32

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from ctl_graph.config import Config
from ctl_graph.release import Release, publish, write
from ctl_graph.web import create_app
from tests.serving import listening
from tests.test_pages import TEXTS, escaped

from .conftest import PATIENCE, Watched
from .test_editor_page import EXECUTE, PAYLOADS

TAGS = (
    "img src=x:", "svg", "body", "video", "input autofocus", "details open", "iframe", "object data=x:", "marquee",
    "x tabindex=1", "audio src=x:", "style", "math",
)  # fmt: skip
HANDLERS = ("onload", "onerror", "onfocus", "ontoggle", "onmouseover", "onanimationstart", "onpointerenter", "onstart")
ENDS = ("", "'>", '">', "</script>", "</title>", "-->", "</textarea>", "</svg>")


def payloads() -> list[str]:
    """More than two hundred; each would call EXECUTE or open a dialog if it were taken for anything but text."""
    made = [
        f"{ENDS[(number + index) % len(ENDS)]}<{tag} {handler}='{EXECUTE}'>"
        for number, tag in enumerate(TAGS)
        for index, handler in enumerate(HANDLERS)
    ]
    ended = [f"{end}<script>{EXECUTE}</script>{end}" for end in ENDS]
    urls = [
        f"<a {name}='{scheme}{EXECUTE}'>x</a>"
        for name in ("href", "xlink:href")
        for scheme in ("javascript:", "data:text/html,")
    ]
    written = [each for each in TEXTS if each.isprintable() and len(each) < 300]
    quoted = [quote(each) for each in PAYLOADS] + [each.replace("<", "&lt;") for each in PAYLOADS]
    return list(dict.fromkeys([*PAYLOADS, *made, *ended, *urls, *written, *quoted]))


HARM = payloads()
NAMES = quote("SELECT ?name { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }")
# The names of things, of the site's data only: those of the vocabulary are ours.
NAMED = re.compile(
    r"(?<=^<https://example\.org/region/)(id/[^>]*> "
    r"<(?:http://www\.w3\.org/2004/02/skos/core#(?:prefLabel|altLabel|note)"
    r"|http://purl\.org/dc/terms/title|https://w3id\.org/ctl/def/(?:publisherName|acronym|asStated))>)"
    r' "((?:[^"\\]|\\.)*)"'
)
LISTS = (
    "/", "/clusters", "/class/MemberOrganisation", "/class/MemberOrganisation?page=2",
    "/class/MemberOrganisation?page=3", "/class/Project", "/doc/cluster/alfa", "/doc/cluster/alfa?page=2",
    "/doc/cluster/beta", "/doc/project/ponte", "/doc/collaboration/ponte", "/doc/agreement/patto",
    "/doc/strategy/s3-2014-2020", "/doc/area/2014-2020-materials", "/strategies", "/collaborations",
    "/national-clusters", "/map", "/map?seat=unknown", "/network", "/network?show=all", "/search?q=x",
    "/search?q=script", "/search?q=img&page=2", "/sources", "/doc/source/newspaper", "/graph/statute",
    "/graph/statute?page=2", "/disagreements", "/doc/disagreement/alfa-founded", "/questions/members-on-date",
    "/questions/sources", "/questions/regional-clusters", "/changes",
    "/changes?page=2", "/releases", "/catalog", "/data", "/graphs", "/void", "/def/RegionalCluster",
    f"/sparql?query={NAMES}", "/reconcile/preview?id=https://example.org/region/id/organisation/h0",
)  # fmt: skip


@pytest.fixture(scope="module")
def region(world: Config, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Valdoro as no check of ours would let it through: each name is a payload, and each payload an organisation."""
    config = replace(
        world, releases=tmp_path_factory.mktemp("hostile") / "releases", title_it=HARM[0], publisher=HARM[2]
    )
    quads = gzip.decompress((release.path / "dumps" / "ctl-graph.nq.gz").read_bytes()).decode().splitlines()
    publish(write("\n".join([*map(spoilt, quads), *more(quads)]).encode(), {}, config), "1")
    return create_app(config)


def spoilt(quad: str) -> str:
    """The same text is always the same payload, so that both graphs of a statement agree."""
    return NAMED.sub(lambda found: f'{found[1]} "{escaped(HARM[crc32(found[2].encode()) % len(HARM)])}"', quad)


def more(quads: list[str]) -> Iterator[str]:
    """The town and its membership, over and over, each time with another name."""
    models = [quad for quad in quads if "/organisation/town>" in quad or "/membership/alfa-town-member" in quad]
    for number, payload in enumerate(HARM):
        for quad in models:
            named = NAMED.sub(lambda found: f'{found[1]} "{escaped(payload)}"', quad)  # noqa: B023 (used at once)
            yield named.replace("/organisation/town>", f"/organisation/h{number}>").replace(
                "alfa-town-member", f"h{number}"
            )


@pytest.fixture(scope="module")
def place(region: Flask) -> Iterator[str]:
    with listening(region) as address:
        yield address.rstrip("/")


# Under the policy whatever would be executed is a violation, which is a fault as well.
POLICIES = [
    pytest.param(True, id="under the policy"),
    pytest.param(False, id="with the policy off", marks=pytest.mark.slow),
]


@pytest.fixture(params=POLICIES)
def watched(request: pytest.FixtureRequest, browser: Browser, place: str) -> Iterator[Watched]:
    context = browser.new_context(locale="it-IT", bypass_csp=not request.param)
    context.set_default_timeout(PATIENCE)
    watched = Watched(context.new_page(), place)
    yield watched
    context.close()


def executed(page: Page) -> bool:
    """Handlers of the mouse and of the focus have had their chance, too."""
    page.evaluate("""() => {
      for (const each of document.querySelectorAll("main *")) {
        for (const kind of ["mouseover", "pointerenter"]) each.dispatchEvent(new Event(kind, { bubbles: true }));
      }
    }""")
    return bool(page.evaluate("window.executed !== undefined"))


def test_there_are_enough_payloads() -> None:
    assert len(HARM) >= 200


def test_nothing_in_a_page_is_executed(watched: Watched) -> None:
    """Each page that shows names of others; the texts stand there as they are."""
    page, seen = watched.page, ""
    for path in LISTS:
        answer = page.goto(watched.address + path)
        assert answer is not None
        assert answer.status == 200, path
        if page.locator("script[src]").count():
            page.wait_for_load_state("networkidle")
        assert not executed(page), path
        assert page.locator("main").locator("iframe, object, embed, base, style, marquee, template").count() == 0, path
        seen += str(page.evaluate("document.body.textContent"))
    # Of a page that names no icon the browser wants one.
    assert [fault for fault in watched.faults if not fault.endswith("/favicon.ico")] == []
    shown = [each for each in HARM if each in seen]
    assert len(shown) >= 200


def test_nothing_that_is_typed_is_executed(watched: Watched) -> None:
    page = watched.page
    page.goto(watched.address + "/")
    for words in ("<img", "<svg", "script", PAYLOADS[2]):
        page.locator("#q").fill("")
        page.locator("#q").press_sequentially(words)
        page.wait_for_load_state("networkidle")
        assert not executed(page), words
    assert watched.faults == []


@pytest.mark.slow
def test_nothing_of_a_thing_or_of_a_visitor_is_executed(watched: Watched) -> None:
    """The page of each payload, and each payload as what a visitor asks for."""
    page, visited = watched.page, 0
    for number, payload in enumerate(HARM):
        for path in (
            f"/doc/organisation/h{number}",
            f"/search?q={quote(payload[:200])}",
            f"/sources?q={quote(payload[:200])}",
        ):
            page.goto(watched.address + path)
            assert not executed(page), path
            visited += 1
        assert payload in str(page.evaluate("[...document.querySelectorAll('input')].map(each => each.value).join()"))
    assert watched.faults == []
    assert visited >= 600
