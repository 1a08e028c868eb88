"""What the page of queries hands to its editor; the editor itself is tried in `tests/browser`."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ctl_graph import questions
from ctl_graph.formats import HTML
from ctl_graph.release import Release
from ctl_graph.web import editor
from ctl_graph.web.sparql import OFFERS

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CLUSTERS = "SELECT ?cluster { ?cluster a <https://w3id.org/ctl/def/Cluster> } ORDER BY ?cluster"


def ask(client: FlaskClient, query: str, accept: str) -> TestResponse:
    return client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundle is there, whatever was made on this machine."""
    bundle = tmp_path / "editor.js"
    bundle.touch()
    monkeypatch.setattr(editor, "BUNDLE", bundle)


def block(response: TestResponse, name: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', response.text, re.DOTALL)
    return found and json.loads(found[1])


def test_without_the_bundle_the_page_is_the_form(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor, "BUNDLE", Path("nowhere"))
    found = re.findall(r"<script[^>]*>", ask(client, CLUSTERS, BROWSER).text)
    assert [each for each in found if "search.js" not in each] == []


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(("language", "name"), [("it", "Cluster regionale"), ("en", "Regional cluster")])
def test_the_editor_is_told_of_the_terms_in_the_readers_language(client: FlaskClient, language: str, name: str) -> None:
    response = client.get("/sparql", headers={"Accept": BROWSER, "Accept-Language": language})
    told = block(response, "site")
    terms = client.get(told["terms"], headers={"Accept-Language": language}).json
    assert terms is not None
    assert ["https://w3id.org/ctl/def/RegionalCluster", name] in terms["classes"]
    assert "http://www.w3.org/ns/org#member" in dict(terms["properties"])
    assert {kind: [suffix for suffix, _ in listed] for kind, listed in told["formats"].items()} == {
        kind: [offer.suffix for offer in offers if offer is not HTML] for kind, offers in OFFERS.items()
    }
    assert all(told["words"].values())


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("query", [CLUSTERS, "ASK {}", "CONSTRUCT WHERE { ?s a ?o } LIMIT 20"])
def test_the_editor_is_given_the_answer_as_the_endpoint_gives_it(client: FlaskClient, query: str) -> None:
    given = block(ask(client, query, BROWSER), "given")
    media_type = "text/turtle" if given["kind"] == "graph" else "application/sparql-results+json"
    assert given["raw"] == ask(client, query, media_type).text


@pytest.mark.usefixtures("built")
def test_an_answer_of_a_dataset_of_its_own_stays_as_the_server_wrote_it(client: FlaskClient) -> None:
    asked = {"query": CLUSTERS, "default-graph-uri": "https://example.org/region/graph/accepted"}
    response = client.get("/sparql", query_string=asked, headers={"Accept": BROWSER})
    assert block(response, "given") is None
    assert "answered" in response.text


@pytest.mark.usefixtures("built")
def test_a_long_answer_is_not_in_the_page_twice(client: FlaskClient) -> None:
    """The editor asks for it again, but where the reader has gone on to another part of it."""
    query = "SELECT * { ?s ?p ?o } LIMIT 300"
    response = ask(client, query, BROWSER)
    assert block(response, "given") == {}
    assert len(response.data) < 50_000
    asked = {"query": query, "page": "2"}
    assert block(client.get("/sparql", query_string=asked, headers={"Accept": BROWSER}), "given") is None


def test_every_example_of_the_page_is_answered(client: FlaskClient) -> None:
    page = client.get("/sparql", headers={"Accept": BROWSER}).text
    links = [unescape(each) for each in re.findall(r'<li><a href="(/examples/[^"]+)"', page)]
    assert len(links) == len(questions.load())
    for link in links:
        form = client.get(link, headers={"Accept": BROWSER})
        assert form.status_code == 303
        assert "Accept" in form.vary
        assert client.get(form.location, headers={"Accept": "text/csv, text/turtle"}).status_code == 200


def test_an_example_is_a_text_for_programs(client: FlaskClient) -> None:
    for language in ("it", "en"):
        spoken = {"Accept-Language": language}
        text = client.get("/examples/members-on-date", headers=spoken)
        assert text.mimetype == "application/sparql-query"
        assert text.data == client.get("/examples/members-on-date.rq", headers=spoken).data
        assert f'"{language}"' in text.text
        form = client.get("/examples/members-on-date", headers={"Accept": BROWSER, **spoken}).location
        (query,) = parse_qs(urlsplit(form).query)["query"]
        assert query == text.text.strip()
    assert client.get("/examples/nothing").status_code == 404
    assert client.get("/examples/counts", headers={"Accept": "image/png"}).status_code == 406


def test_examples_of_a_release_stay_in_it(client: FlaskClient, release: Release) -> None:
    page = client.get(f"/release/{release.id}/sparql", headers={"Accept": BROWSER}).text
    place = f"/release/{release.id}/examples/counts"
    assert f'href="{place}"' in page
    assert client.get(place, headers={"Accept": BROWSER}).location.startswith(f"/release/{release.id}/sparql?")
