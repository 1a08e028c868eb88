"""Whole graphs over the Graph Store Protocol: reading is for everyone, and writing is refused in words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_string
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, parse
from pyoxigraph import Store as Oxigraph
from rdflib import RDF, Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node
from werkzeug.test import TestResponse

from ctl_graph import questions
from ctl_graph.config import Config
from ctl_graph.formats import GRAPHS, N_TRIPLES, TURTLE, Format, write_graph
from ctl_graph.release import Release
from ctl_graph.store import OxigraphStore
from ctl_graph.web import create_app, graph_store, site

BASE = "https://example.org/region/"
STATUTE = f"{BASE}graph/alfa-example-statute"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def suffix(format: Format) -> str:
    return format.suffix


def triples(response: TestResponse, format: Format) -> set[Any]:
    return {quad.triple for quad in parse(response.data, format=format.codec)}  # type: ignore[arg-type]


@pytest.fixture
def named(client: FlaskClient) -> str:
    """One of the graphs of the sources."""
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    rows = json.loads(client.get("/sparql", query_string={"query": query}).data)["results"]["bindings"]
    names = [str(row["g"]["value"]) for row in rows]
    return next(name for name in names if name.rpartition("/")[2] not in ("accepted", "inferred", "ontology"))


@pytest.mark.parametrize("format", GRAPHS, ids=suffix)
@pytest.mark.parametrize("which", ["default", "named"])
def test_a_graph_comes_whole_in_every_format(client: FlaskClient, named: str, format: Format, which: str) -> None:
    asked = {"default": ""} if which == "default" else {"graph": named}
    response = client.get("/graphs", query_string=asked, headers={"Accept": format.media_type})
    assert (response.status_code, response.content_type) == (200, format.content_type)
    graph = named if which == "named" else f"{BASE}graph/accepted"
    answer = client.get(
        "/sparql", query_string={"query": "CONSTRUCT WHERE { ?s ?p ?o }", "default-graph-uri": graph, "format": "nt"}
    )
    expected = {quad.triple for quad in parse(answer.data, format=RdfFormat.N_TRIPLES)}
    assert canonical(triples(response, format)) == canonical(expected)
    again = client.get(response.headers["Content-Location"], headers={"Accept": "image/png"})
    assert again.data == response.data


def canonical(statements: set[Any]) -> set[str]:
    dataset = Dataset(Quad(*triple) for triple in statements)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def test_the_default_graph_is_the_accepted_one(client: FlaskClient) -> None:
    by_name = client.get("/graphs", query_string={"graph": f"{BASE}graph/accepted"})
    assert client.get("/graphs?default").data == by_name.data


@pytest.mark.parametrize("suffix", [format.suffix for format in GRAPHS])
def test_what_is_accepted_is_never_made_for_a_request(
    client: FlaskClient, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = questions.whole(OxigraphStore(_release_of(client).store), f"{BASE}graph/accepted")
    monkeypatch.setattr(questions, "whole", None)
    response = client.get("/graphs", query_string={"default": "", "format": suffix})
    assert response.status_code == 200
    if suffix in ("nt", "nq"):
        assert response.data == write_graph(named, N_TRIPLES)


def _release_of(client: FlaskClient) -> Release:
    with client.application.test_request_context("/"):
        release = site.current_release()
    assert release is not None
    return release


def test_one_graph_is_made_at_a_time(client: FlaskClient, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_store, "_PATIENCE_SECONDS", 0.01)
    with graph_store._turn():
        busy = client.get("/graphs", query_string={"graph": named})
        assert client.get("/graphs?default").status_code == 200
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert client.get("/graphs", query_string={"graph": named}).status_code == 200


def test_making_a_graph_is_on_the_bill(world: Config, release: Release, tmp_path: Path, named: str) -> None:
    assert release.path.is_dir()
    frugal = create_app(replace(world, state=str(tmp_path / "state"), query_budget=60.0)).test_client()
    assert "RateLimit" in frugal.get("/graphs", query_string={"graph": named}).headers
    assert "RateLimit" not in frugal.get("/graphs?default").headers


def test_a_big_graph_stays_in_expanded_json_ld(
    client: FlaskClient, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"graph": named, "format": "jsonld"}
    assert isinstance(client.get("/graphs", query_string=asked).json, dict)
    monkeypatch.setattr(graph_store, "_MOST_COMPACTED", 1)
    assert isinstance(client.get("/graphs", query_string=asked).json, list)


def test_head_is_get_without_a_body(client: FlaskClient, named: str) -> None:
    head, get = (client.open("/graphs", method=method, query_string={"graph": named}) for method in ("HEAD", "GET"))
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Vary", "Content-Location"):
        assert head.headers[name] == get.headers[name]


def test_what_a_client_has_already_is_known_without_the_store(
    client: FlaskClient, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = {
        format: client.get("/graphs", query_string={"graph": named, "format": format.suffix}).headers["ETag"]
        for format in GRAPHS
    }
    assert len(set(tags.values())) == len(GRAPHS)
    monkeypatch.setattr(questions, "whole", None)
    again = client.get(
        "/graphs", query_string={"graph": named, "format": "ttl"}, headers={"If-None-Match": tags[TURTLE]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("graph=https%3A%2F%2Fa.example%2Fnothing", 404),
        ("graph=relative", 400),
        ("graph=", 400),
        ("graph=https%3A%2F%2Fa.example%2F%3E%0D%0A", 400),
        ("default&graph=https%3A%2F%2Fa.example%2F", 400),
        ("graph=https%3A%2F%2Fa.example%2F&graph=https%3A%2F%2Fb.example%2F", 400),
        ("", 400),
        ("default&format=papyrus", 406),
    ],
)
def test_one_graph_is_asked_for_by_its_whole_name(client: FlaskClient, asked: str, status: int) -> None:
    response = client.get("/graphs", query_string=asked)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"


def test_a_browser_reads_a_list(client: FlaskClient, named: str) -> None:
    page = client.get("/graphs", headers={"Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert f"/graph/{named.rpartition('/')[2]}" in page.text
    assert "/graphs?graph=" in page.text


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("asked", ["default", "graph=https%3A%2F%2Fa.example%2F", ""])
def test_writing_is_refused_with_the_way_how_data_change(client: FlaskClient, method: str, asked: str) -> None:
    response = client.open("/graphs", method=method, query_string=asked, data="<a:b> <a:b> <a:b> .")
    assert response.status_code == 403
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.json is not None
    assert response.json["type"] == f"{BASE}problems#read-only"
    assert response.json["help"].endswith("/doc/method#report")


# -- the tests of the protocol itself --------------------------------------------------------------------------------

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
STATUSES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}


@pytest.fixture
def held(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FlaskClient, Oxigraph]]:
    """A server over an empty store, and the store, into which a test puts what a write would have left there."""
    store = OxigraphStore.__new__(OxigraphStore)
    store._store = Oxigraph()
    monkeypatch.setattr(site, "graphs", lambda: store)
    monkeypatch.setattr(site, "current_release", lambda: None)
    with app.test_client() as client:
        yield client, store._store


def test_the_graph_store_tests_of_w3c(
    held: tuple[FlaskClient, Oxigraph], conformance: Path, conformance_counts: list[str]
) -> None:
    """Those that name the graph in a parameter. What a test writes is refused, and put into the store by us."""
    client, store = held
    manifest = Graph().parse(conformance / "rdf-tests-sparql/sparql11/graph-store-protocol/manifest-indirect.ttl")
    ran = {"reads": 0, "writes": 0, "unnamed": 0}
    tests = set(manifest.subjects(RDF.type, MF.GraphStoreProtocolTest))
    writing = [test for test in tests if _methods(manifest, test) - {"GET", "HEAD"}]
    for test in tests:
        store.clear()
        for request in _requests(manifest, test):
            ran[_run(manifest, request, client, store)] += 1
    reading = len(tests) - len(writing)
    conformance_counts.append(
        f"W3C Graph Store Protocol: {reading} of {reading} read-only tests pass; {len(writing)} need a write: their "
        f"{ran['writes']} writes are refused, {ran['reads'] - reading} of their reads pass over what would be written, "
        f"{ran['unnamed']} reads what only a write names"
    )
    assert (reading, len(writing)) == (1, 8)
    assert ran == {"reads": 11, "writes": 13, "unnamed": 1}


def test_the_graph_store_tests_that_name_a_graph_by_its_address(
    client: FlaskClient, conformance: Path, conformance_counts: list[str]
) -> None:
    """A graph of ours is at its own address, too, below `/graph/`."""
    folder = conformance / "rdf-tests-sparql/sparql11"
    manifest = Graph().parse(folder / "graph-store-protocol/manifest-direct.ttl")
    tests = set(manifest.subjects(RDF.type, MF.GraphStoreProtocolTest))
    reading = [test for test in tests if _methods(manifest, test) <= {"GET", "HEAD"}]
    for request in (request for test in reading for request in _requests(manifest, test)):
        path = str(manifest.value(request, HT.absolutePath)).replace("/gsp/", "/graph/", 1)
        _judge(manifest, request, client.head(path, headers=_headers(manifest, request)), "HEAD")
    old = set(Graph().parse(folder / "http-rdf-update/manifest.ttl").subjects(RDF.type, MF.GraphStoreProtocolTest))
    conformance_counts.append(
        f"W3C Graph Store Protocol, direct: {len(reading)} of {len(reading)} read-only tests pass; "
        f"{len(tests) - len(reading)} need a write; the {len(old)} of http-rdf-update are deprecated, and in words only"
    )
    assert (len(reading), len(tests), len(old)) == (1, 5, 18)


def _methods(manifest: Graph, test: Node) -> set[str]:
    return {str(manifest.value(request, HT.methodName)) for request in _requests(manifest, test)}


def _requests(manifest: Graph, test: Node) -> Iterator[Node]:
    for action in manifest.objects(test, MF.action):
        for requests in manifest.objects(action, HT.requests):
            yield from Collection(manifest, requests)


def _run(manifest: Graph, request: Node, client: FlaskClient, store: Oxigraph) -> str:
    method = str(manifest.value(request, HT.methodName))
    path = str(manifest.value(request, HT.absolutePath))
    if "$LOCATION$" in path:
        return "unnamed"
    body = manifest.value(request, HT.body)
    text = "" if body is None else str(manifest.value(body, CNT.chars))
    headers = _headers(manifest, request)
    response = client.open(path.replace("/gsp", "/graphs", 1), method=method, data=text, headers=headers)
    if method in ("GET", "HEAD"):
        _judge(manifest, request, response, method)
        return "reads"
    assert response.status_code == 403
    _write(store, path, method, text, headers)
    return "writes"


def _headers(manifest: Graph, message: Node) -> dict[str, str]:
    listed = [header for each in manifest.objects(message, HT.headers) for header in Collection(manifest, each)]
    return {str(manifest.value(each, HT.fieldName)): str(manifest.value(each, HT.fieldValue)) for each in listed}


def _judge(manifest: Graph, request: Node, response: TestResponse, method: str) -> None:
    expected = manifest.value(request, HT.resp)
    assert expected is not None
    allowed = {STATUSES[str(each).rpartition("#")[2]] for each in manifest.objects(expected, MF.expectedStatus)}
    assert response.status_code in allowed, response.text
    if response.status_code != 200:
        return
    for name, value in _headers(manifest, expected).items():
        assert response.headers[name] == value
    body = manifest.value(expected, HT.body)
    if method == "GET" and body is not None:
        turtle = str(manifest.value(body, CNT.chars)).encode()
        wanted = {quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE, base_iri="http://www.example/")}
        assert canonical(triples(response, TURTLE)) == canonical(wanted)


def _write(store: Oxigraph, path: str, method: str, text: str, headers: dict[str, str]) -> None:
    """What a server that takes writes would do with this request."""
    asked = parse_qs(urlsplit(path).query, keep_blank_values=True)
    graph = NamedNode(f"{BASE}graph/accepted" if "default" in asked else asked.get("graph", ["http://a.example/"])[0])
    if method != "POST":
        store.remove_graph(graph)
    message = message_from_string(f"Content-Type: {headers.get('content-type', 'text/turtle')}\n\n{text}")
    for part in message.walk():
        if not part.is_multipart():
            turtle = str(part.get_payload()).encode()
            store.load(turtle, format=RdfFormat.TURTLE, to_graph=graph, base_iri="http://www.example/")
