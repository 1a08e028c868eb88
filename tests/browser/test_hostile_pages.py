"""Data that mean harm, in every page that shows them: nothing is executed, and all of it is read as text."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from ctl_graph.build import build
from ctl_graph.config import Config
from ctl_graph.web import create_app
from tests.conftest import WORLD
from tests.serving import listening
from tests.test_pages import TEXTS

from .conftest import PATIENCE, Watched
from .test_editor_page import EXECUTE, PAYLOADS

TAGS = ("img src=x:", "svg", "body", "video", "input autofocus", "details open", "iframe", "object data=x:", "marquee", "x tabindex=1", "audio src=x:", "style", "math")  # fmt: skip
HANDLERS = ("onload", "onerror", "onfocus", "ontoggle", "onmouseover", "onanimationstart", "onpointerenter", "onstart")
ENDS = ("", "'>", '">', "</script>", "</title>", "-->", "</textarea>", "</svg>")


def payloads() -> list[str]:
    """More than two hundred, each of which would call EXECUTE or open a dialog if it were taken for anything but text."""
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
LABELS = quote("SELECT ?label { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }")
WHOLE = ("clusters", "projects", "collaborations", "sources", "areas", "strategies", "agreements", "programmes")
LISTS = (
    "/", "/clusters", "/class/MemberOrganisation", "/class/MemberOrganisation?page=2", "/class/MemberOrganisation?page=3",
    "/class/Project", "/doc/cluster/alfa", "/doc/cluster/alfa?page=2", "/doc/cluster/beta", "/doc/project/ponte",
    "/doc/collaboration/ponte", "/doc/agreement/patto", "/doc/strategy/s3-2014-2020", "/doc/area/2014-2020-materials",
    "/strategies", "/collaborations", "/national-clusters", "/map", "/map?seat=unknown", "/network", "/network?show=all",
    "/search?q=x", "/search?q=script", "/search?q=img&page=2", "/sources", "/doc/source/newspaper",
    "/graph/statute", "/graph/statute?page=2",
    "/disagreements", "/doc/disagreement/alfa-founded", "/questions/members-on-date", "/questions/members-on-date?page=2",
    "/questions/sources", "/questions/regional-clusters", "/changes", "/changes?page=2", "/releases", "/catalog", "/data", "/graphs",
    "/void", "/def/RegionalCluster", "/sparql?query=" + LABELS,
    "/reconcile/preview?id=https://example.org/region/id/organisation/h0",
)  # fmt: skip


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Valdoro, where whoever fills the tables means harm: each payload is an organisation, and the name of others."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(WORLD, folder / "world")
    data = folder / "world" / "data"
    for name in WHOLE:
        spoil(data / f"{name}.csv")
    add(
        data / "organisations.csv",
        "university",
        [("id", "h{}"), ("name_it", "{!}"), ("name_en", "{!}"), ("homepage", "")],
    )
    add(data / "memberships.csv", "alfa-town-member", [("id", "h{}"), ("organisation", "h{}"), ("note", "{!}")])
    config = Config.load(folder / "world" / "ctl-graph.toml", environ={})
    ontology = Config.load(WORLD / "ctl-graph.toml", environ={}).ontology
    config = replace(
        config, ontology=ontology, releases=folder / "releases", query_budget=0.0, title_it=HARM[0], publisher=HARM[2]
    )
    build(config)
    return create_app(config)


def spoil(file: Path) -> None:
    """Each text that people read is another payload."""
    harm = iter(HARM * 9)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        for column in row.keys() & {
            "name_it",
            "name_en",
            "label_it",
            "label_en",
            "title",
            "publisher",
            "note",
            "acronym",
        }:
            row[column] = next(harm) if row[column] else ""
    write(file, rows)


def add(file: Path, like: str, columns: list[tuple[str, str]]) -> None:
    """A row for each payload, made like another."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    (model,) = [row for row in rows if row["id"] == like][:1]
    for number, payload in enumerate(HARM):
        made = {column: payload if text == "{!}" else text.format(number) for column, text in columns}
        rows.append({**model, **made})
    write(file, rows)


def write(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def place(region: Flask) -> Iterator[str]:
    with listening(region) as address:
        yield address.rstrip("/")


@pytest.fixture(params=[True, False], ids=["under the policy", "with the policy off"])
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
    assert watched.faults == []
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
