"""What the page of queries hands to its editor; the editor itself is tried in `tests/browser`."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ctl_graph import questions
from ctl_graph.formats import HTML
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
    assert ["https://w3id.org/ctl/def/RegionalCluster", name] in told["classes"]
    assert "http://www.w3.org/ns/org#member" in dict(told["properties"])
    assert {kind: [suffix for suffix, _ in listed] for kind, listed in told["formats"].items()} == {
        kind: [offer.suffix for offer in offers if offer is not HTML] for kind, offers in OFFERS.items()
    }
    assert all(told["words"].values())


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("query", [CLUSTERS, "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"])
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


def test_every_example_of_the_page_is_answered(client: FlaskClient) -> None:
    page = client.get("/sparql", headers={"Accept": BROWSER}).text
    links = [unescape(each) for each in re.findall(r'<li><a href="(/sparql[?]query=[^"]+)"', page)]
    assert len(links) == len(questions.load())
    assert {client.get(link, headers={"Accept": "text/csv, text/turtle"}).status_code for link in links} == {200}
