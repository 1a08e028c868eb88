"""Each kind of page in both languages: accessible, valid, small, still, narrow, and in the language of its reader."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from ctl_graph.release import Release
from ctl_graph.web.messages import MESSAGES
from tests.test_conditions import EXERCISED

from .pages import KINDS, Kind
from .survey import AXE, LANGUAGES, NARROW, VALIDATOR, WIDE, Reader, Visited

LARGEST_PAGE = 50_000  # bytes of HTML
# Graphs without a title go by the last part of their IRIs, sources by their own name; one word is in both languages.
NAMES = {"inferred", "confidence", "Metodo", "Cluster:"}
LARGEST_LOAD = 300_000  # bytes of all that a first visit loads, as nginx sends them
MOST_REQUESTS = 10
LARGEST_SHIFT = 0.01
KEY = re.compile(rf"({'|'.join(sorted({key.partition('.')[0] for key in MESSAGES}))})(\.[a-z_-]+)+")

Look = Callable[[Kind, str], Visited]

# One language of each page in each run, and the rest with `make test-slow`: a visit takes a second.
by_visit = pytest.mark.parametrize(
    ("kind", "language"),
    [
        pytest.param(
            kind, language, id=f"{kind.name}-{language}", marks=[pytest.mark.slow] * (kind.is_twin or language != "it")
        )
        for kind in KINDS
        for language in LANGUAGES
        if language == "it" or "/it" not in kind.valdoro  # an address in Italian is so for everybody
    ],
)


@pytest.fixture(autouse=True, scope="module")
def _checkers() -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make test")


@pytest.fixture(scope="module")
def look(browser: Browser, address: str, release: Release) -> Iterator[Look]:
    """Each page is visited once, however many tests ask what was found."""
    readers = {language: Reader(browser, address, language) for language in LANGUAGES}
    visited: dict[tuple[str, str], Visited] = {}

    def look(kind: Kind, language: str) -> Visited:
        key = kind.name, language
        if key not in visited:
            visited[key] = readers[language].visit(kind, kind.valdoro.format(release=release.id))
        return visited[key]

    yield look
    for reader in readers.values():
        reader.context.close()


def test_no_kind_of_page_escapes(app: Flask, client: FlaskClient, release: Release) -> None:
    """Each rule whose answer to a browser is a page is the rule of a kind."""
    urls = app.url_map.bind("localhost")

    def endpoint(path: str) -> str:
        return urls.match(urlsplit(path.format(release=release.id)).path, return_rule=True)[0].rule

    pages = set()
    for paths in EXERCISED.values():
        for path in (each for each in paths if "{dump}" not in each and "{file}" not in each):
            response = client.get(path.format(release=release.id), headers={"Accept": "text/html"})
            if response.mimetype == "text/html" and response.status_code == 200:
                pages.add(endpoint(path))
    known = {endpoint(kind.valdoro) for kind in KINDS if kind.status != 404}
    assert pages - known == set()
    assert len(pages) > 30


@by_visit
def test_a_page_loads_and_nothing_goes_wrong(look: Look, kind: Kind, language: str) -> None:
    found = look(kind, language)
    assert found.status == kind.status
    assert found.faults == []
    assert found.cookies == []


@by_visit
def test_a_page_is_accessible(look: Look, kind: Kind, language: str) -> None:
    found = look(kind, language)
    assert found.violations == {WIDE: [], NARROW: []}
    assert found.rules_passed >= 20


@by_visit
def test_a_page_is_small_and_still(look: Look, kind: Kind, language: str) -> None:
    found = look(kind, language)
    assert len(found.html) < LARGEST_PAGE
    assert sum(found.loaded.values()) < LARGEST_LOAD
    assert len(found.loaded) <= MOST_REQUESTS
    assert found.shifted <= LARGEST_SHIFT


@by_visit
def test_nothing_is_out_of_sight_in_a_narrow_window(look: Look, kind: Kind, language: str) -> None:
    assert look(kind, language).out_of_sight == []


@by_visit
def test_a_page_speaks_one_language(look: Look, kind: Kind, language: str) -> None:
    """No words of the catalogue's other language, unless they are said to be so, and no keys."""
    other = "en" if language == "it" else "it"
    ours = {message.in_language(language) for message in MESSAGES.values()}
    theirs = {message.in_language(other) for message in MESSAGES.values()} - ours
    texts = look(kind, language).texts
    assert len(texts) > 3
    theirs -= NAMES
    assert [text for text, tag in texts if tag == language and text in theirs] == []
    assert [text for text, _ in texts if KEY.fullmatch(text) and text in MESSAGES] == []


@by_visit
def test_the_switch_of_language_keeps_the_page(look: Look, client: FlaskClient, kind: Kind, language: str) -> None:
    if not kind.is_whole:
        return
    other = "en" if language == "it" else "it"
    found = look(kind, language)
    (switch,) = [each for each in found.switches if ("lang", other) in parse_qsl(urlsplit(each).query)]
    here, there = urlsplit(found.address), urlsplit(switch)
    assert there.path == here.path.replace("/it", f"/{other}")
    assert [pair for pair in parse_qsl(there.query) if pair[0] != "lang"] == parse_qsl(here.query)
    response = client.get(f"{there.path}?{there.query}", headers={"Accept": "text/html", "Accept-Language": language})
    assert response.status_code == kind.status
    assert f'<html lang="{other}"' in response.text


def test_every_page_is_valid(client: FlaskClient, release: Release, tmp_path: Path) -> None:
    """As https://validator.github.io/validator/ sees all of them at once; its hints are no errors."""
    if not VALIDATOR.is_file():
        pytest.skip("the validator of HTML is not installed: make test")
    saved = {}
    for number, (kind, language) in enumerate((kind, language) for kind in KINDS for language in LANGUAGES):
        file = tmp_path / f"{number}.html"
        path = kind.valdoro.replace("{release}", release.id)
        answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        assert answer.status_code == kind.status, path
        file.write_bytes(answer.data)
        saved[f"file:{file}"] = f"{kind.name} ({language})"
    assert len(saved) == len(KINDS) * 2
    options = ["--format", "json", "--exit-zero-always", "--stdout"]
    command = ["java", "-Xss4m", "-XX:TieredStopAtLevel=1", "-jar", str(VALIDATOR), *options]
    files = [name.removeprefix("file:") for name in saved]
    told = subprocess.run([*command, *files], capture_output=True, timeout=300)
    messages = json.loads(told.stdout)["messages"]
    errors = [
        f"{saved[each['url']]}: {each['message']}: {each.get('extract')}" for each in messages if each["type"] != "info"
    ]
    assert errors == []


def test_the_language_is_the_only_cookie_and_only_for_who_switches(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="it-IT")
    page = context.new_page()
    page.goto(f"{address}/clusters")
    assert context.cookies() == []
    page.locator("header a[hreflang=en]").first.click()
    page.wait_for_url("**/clusters?lang=en")
    assert [each["name"] for each in context.cookies()] == ["language"]
    page.goto(f"{address}/data")
    assert page.locator("html").get_attribute("lang") == "en"
    context.close()
