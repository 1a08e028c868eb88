"""The project's own data in a browser and without one: each page small and accessible, each link leading somewhere."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from ctl_graph.config import Config
from ctl_graph.release import Release
from ctl_graph.web import create_app
from tests.serving import listening

from . import real
from .pages import Kind
from .survey import AXE, LANGUAGES, NARROW, WIDE, Reader
from .test_every_page import LARGEST_LOAD, LARGEST_PAGE, LARGEST_SHIFT, MOST_REQUESTS

pytestmark = pytest.mark.slow
LINK = re.compile(r'<a [^>]*?href="([^"]*)"')


@pytest.fixture(scope="module")
def config(real_release: Release) -> Config:
    settings = Config.load(Path(__file__).parents[2] / "ctl-graph.toml", environ={})
    return replace(settings, releases=real_release.path.parent, query_budget=0)


@pytest.fixture(scope="module")
def site(config: Config) -> Flask:
    return create_app(config)


@pytest.fixture(scope="module")
def place(site: Flask) -> Iterator[str]:
    with listening(site) as address:
        yield address.rstrip("/")


def read(client: FlaskClient, path: str, language: str) -> tuple[int, str]:
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    return answer.status_code, answer.text if answer.mimetype == "text/html" else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_small(site: Flask, config: Config, real_release: Release, language: str) -> None:
    client = site.test_client()
    paths = real.read(real_release, config.base_iri)
    pages = {path: read(client, path, language) for path in paths}
    assert {path: status for path, (status, _) in pages.items() if status != 200} == {}
    assert {path: len(text.encode()) for path, (_, text) in pages.items() if len(text.encode()) >= LARGEST_PAGE} == {}
    assert len(pages) > 400


def test_each_link_leads_somewhere(site: Flask, config: Config, real_release: Release) -> None:
    """To a page or a file that there is, and to a part of it that there is."""
    client = site.test_client()
    known: dict[str, tuple[int, set[str]]] = {}
    broken = set()

    def follow(address: str) -> tuple[int, set[str]]:
        if address not in known:
            status, text = read(client, address, "it")
            known[address] = status, set(re.findall(r'id="([^"]*)"', text))
        return known[address]

    for path in real.read(real_release, config.base_iri):
        for href in LINK.findall(read(client, path, "it")[1]):
            target, part = urldefrag(urljoin(f"http://localhost{path}", unescape(href)))
            if urlsplit(target).netloc != "localhost" or "lang=" in target:
                continue
            address = target.removeprefix("http://localhost")
            status, parts = follow(address)
            if status not in (200, 302, 303) or (part and parts and part not in parts):
                broken.add((path, unescape(href), status))
    assert broken == set()
    assert len(known) > 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_accessible_and_light(
    browser: Browser, place: str, config: Config, real_release: Release, language: str
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make test")
    reader, faults, visited = Reader(browser, place, language), {}, 0
    for path in real.looked_at(real_release, config.base_iri):
        found = reader.visit(Kind(path, path, path), path)
        visited += 1
        faults[path] = [
            *found.faults,
            *(each for width in (WIDE, NARROW) for each in found.violations[width]),
            *found.out_of_sight,
            *([f"{len(found.html)} bytes"] if len(found.html) >= LARGEST_PAGE else []),
            *([f"{sum(found.loaded.values())} loaded"] if sum(found.loaded.values()) >= LARGEST_LOAD else []),
            *([f"{len(found.loaded)} requests"] if len(found.loaded) > MOST_REQUESTS else []),
            *([f"moves by {found.shifted}"] if found.shifted > LARGEST_SHIFT else []),
        ]
    reader.context.close()
    assert {path: each for path, each in faults.items() if each} == {}
    assert visited > 120
