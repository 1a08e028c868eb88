"""The endpoint as its visitors meet it: the protocol, the formats, and what is said of a query that cannot be."""

import csv
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse, parse_query_results
from pyoxigraph import Store as Oxigraph
from rdflib import RDF, Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from ctl_graph.config import Config
from ctl_graph.errors import QueryCrashed, QueryTimeout, QueryTooLarge, StoreBusy
from ctl_graph.formats import BOOLEANS, GRAPHS, TABLES, Format
from ctl_graph.release import Release
from ctl_graph.sandbox import Sandbox
from ctl_graph.web import create_app, site

BASE = "https://example.org/region/"
CLUSTERS = """
PREFIX ctl: <https://w3id.org/ctl/def/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?cluster ?name { ?cluster a ctl:Cluster ; skos:prefLabel ?name . FILTER(LANG(?name) = "it") } ORDER BY ?cluster
"""
DESCRIBE = f"CONSTRUCT WHERE {{ <{BASE}id/cluster/alfa> ?p ?o }}"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module", autouse=True)
def end_the_workers(app: Flask) -> Iterator[None]:
    """Later modules ask a sandbox of their own again: this one is only closed to end its processes early."""
    yield
    with app.test_request_context():
        site._opened().sandbox.close()
        site._site()._opened = None


def ask(client: FlaskClient, query: str, accept: str | None = None, **more: Any) -> TestResponse:
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql", query_string={"query": query, **more}, headers=headers)


def suffix(format: Format) -> str:
    return format.suffix


# -- formats ---------------------------------------------------------------------------------------------------------


def test_without_a_wish_solutions_are_json(client: FlaskClient) -> None:
    response = ask(client, CLUSTERS)
    assert response.status_code == 200
    assert response.content_type == "application/sparql-results+json"
    rows = json.loads(response.data)["results"]["bindings"]
    assert [row["cluster"]["value"] for row in rows] == [f"{BASE}id/cluster/alfa", f"{BASE}id/cluster/beta"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("format", TABLES, ids=suffix)
@pytest.mark.parametrize("way", ["accept", "suffix", "media type"])
def test_every_table_format_can_be_asked_for(client: FlaskClient, format: Format, way: str) -> None:
    if way == "accept":
        response = ask(client, CLUSTERS, format.media_type + ";q=0.9;charset=utf-8, image/png")
    else:
        response = ask(client, CLUSTERS, "image/png", format=format.suffix if way == "suffix" else format.media_type)
    assert response.status_code == 200
    assert response.content_type == format.content_type
    if format.suffix == "csv":
        rows = [row["cluster"] for row in csv.DictReader(response.text.splitlines())]
        assert response.headers["Content-Disposition"] == 'attachment; filename="answer.csv"'
    else:
        solutions: Any = parse_query_results(response.data, format=format.codec)  # type: ignore[arg-type]
        rows = [row["cluster"].value for row in solutions]
    assert rows == [f"{BASE}id/cluster/alfa", f"{BASE}id/cluster/beta"]


@pytest.mark.parametrize("format", GRAPHS, ids=suffix)
def test_every_graph_format_can_be_asked_for(client: FlaskClient, format: Format) -> None:
    response = ask(client, DESCRIBE, format.media_type)
    assert (response.status_code, response.content_type) == (200, format.content_type)
    triples = {quad.triple for quad in parse(response.data, format=format.codec)}  # type: ignore[arg-type]
    reference = ask(client, DESCRIBE, format="nt").data
    assert triples == {quad.triple for quad in parse(reference, format=RdfFormat.N_TRIPLES)}
    assert len(triples) > 5


@pytest.mark.parametrize("format", BOOLEANS, ids=suffix)
def test_a_truth_can_be_had_in_every_table_format(client: FlaskClient, format: Format) -> None:
    response = ask(client, "ASK {}", format.media_type)
    assert (response.status_code, response.content_type) == (200, format.content_type)
    assert b"true" in response.data


@pytest.mark.parametrize(
    ("query", "name", "content_type"),
    [
        ("ASK {}", "json", "application/sparql-results+json"),
        ("ASK {}", "XML", "application/sparql-results+xml"),
        (DESCRIBE, "json", "application/ld+json"),
        (DESCRIBE, "xml", "application/rdf+xml; charset=utf-8"),
    ],
)
def test_the_short_names_of_other_endpoints_are_understood(
    client: FlaskClient, query: str, name: str, content_type: str
) -> None:
    assert ask(client, query, format=name).content_type == content_type


@pytest.mark.parametrize(
    ("query", "accept", "known"),
    [
        ("ASK {}", "text/turtle", "srj"),
        (CLUSTERS, "text/turtle", "srx"),
        (DESCRIBE, "text/csv", "ttl"),
        (CLUSTERS, "application/sparql-results+json;q=0", "srj"),
    ],
)
def test_what_cannot_be_had_is_a_406_that_lists_what_can(
    client: FlaskClient, query: str, accept: str, known: str
) -> None:
    response = ask(client, query, accept)
    assert response.status_code == 406
    assert f"format={known}" in response.json["detail"]  # type: ignore[index]
    assert "Accept" in response.headers["Vary"]


def test_a_format_that_does_not_exist_is_said(client: FlaskClient) -> None:
    response = ask(client, "ASK {}", format="papyrus")
    assert response.status_code == 400
    assert "papyrus" in response.text
    assert "srj" in response.text


def test_an_answer_that_is_still_true_is_not_sent_again(client: FlaskClient) -> None:
    first = ask(client, CLUSTERS)
    again = client.get("/sparql", query_string={"query": CLUSTERS}, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept" in again.headers["Vary"]


def test_head_is_get_without_a_body(client: FlaskClient) -> None:
    head = client.head("/sparql", query_string={"query": CLUSTERS})
    get = client.get("/sparql", query_string={"query": CLUSTERS})
    assert head.status_code == 200
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
        assert head.headers[name] == get.headers[name]


def test_other_origins_may_ask(client: FlaskClient) -> None:
    response = client.options("/sparql", headers={"Origin": "https://example.org"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]


# -- the protocol ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        {"method": "GET", "query_string": {"query": CLUSTERS}},
        {"method": "POST", "data": {"query": CLUSTERS}},
        {"method": "POST", "data": CLUSTERS, "content_type": "application/sparql-query"},
        {"method": "POST", "data": CLUSTERS, "content_type": "application/sparql-query; charset=UTF-8"},
        {
            "method": "POST",
            "data": "",
            "query_string": {"query": CLUSTERS},
            "content_type": "application/x-www-form-urlencoded",
        },
    ],
    ids=["get", "form", "direct", "direct with charset", "form with the query in the address"],
)
def test_the_ways_to_ask_are_one(client: FlaskClient, arguments: dict[str, Any]) -> None:
    response = client.open("/sparql", **arguments)
    assert response.status_code == 200
    assert response.data == ask(client, CLUSTERS).data


def test_the_dataset_can_be_named(client: FlaskClient) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 1"
    rows = {
        graph: len(json.loads(ask(client, query, **{"default-graph-uri": graph}).data)["results"]["bindings"])
        for graph in (f"{BASE}graph/accepted", f"{BASE}graph/nothing")
    }
    assert rows == {f"{BASE}graph/accepted": 1, f"{BASE}graph/nothing": 0}
    named = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    answer = ask(client, named, **{"named-graph-uri": f"{BASE}graph/accepted"})
    assert [row["g"]["value"] for row in json.loads(answer.data)["results"]["bindings"]] == [f"{BASE}graph/accepted"]


def test_the_default_is_the_graph_of_accepted_statements(client: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert ask(client, count).data == ask(client, count, **{"default-graph-uri": f"{BASE}graph/accepted"}).data


def test_relative_iris_stand_under_the_canonical_address(client: FlaskClient) -> None:
    body = ask(client, "CONSTRUCT { <a> <b> <c> } {}", format="nt").text
    assert body == f"<{BASE}a> <{BASE}b> <{BASE}c> .\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"method": "GET", "query_string": "query=ASK%20%7B%7D&query=ASK%20%7B%7D"}, 400),
        ({"method": "GET", "query_string": "query="}, 400),
        ({"method": "GET", "query_string": "query=%FF"}, 400),
        ({"method": "GET", "query_string": "query=ASK%7B%7D&default-graph-uri=no+iri"}, 400),
        ({"method": "GET", "query_string": "query=ASK%7B%7D&named-graph-uri="}, 400),
        ({"method": "GET", "query_string": "&".join(["query=ASK%7B%7D", *["a=b"] * 2000])}, 400),
        ({"method": "GET", "query_string": "update=CLEAR%20ALL"}, 400),
        ({"method": "POST"}, 415),
        ({"method": "POST", "data": "ASK {}", "content_type": "text/plain"}, 415),
        ({"method": "POST", "data": "{}", "content_type": "application/json"}, 415),
        ({"method": "POST", "data": {}, "content_type": "application/x-www-form-urlencoded"}, 400),
        ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 400),
        ({"method": "POST", "data": {"query": "ASK {}", "update": "CLEAR ALL"}}, 400),
        ({"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"}, 400),
        ({"method": "POST", "data": b"ASK { ?s ?p '\xff' }", "content_type": "application/sparql-query"}, 400),
        (
            {
                "method": "POST",
                "data": "ASK {}".encode("utf-16"),
                "content_type": "application/sparql-query; charset=utf-16",
            },
            400,
        ),
        ({"method": "POST", "data": "ASK {} #" + "x" * 1_000_000, "content_type": "application/sparql-query"}, 413),
        ({"method": "PUT", "data": "ASK {}"}, 405),
        ({"method": "DELETE"}, 405),
    ],
)
def test_what_is_not_a_query_is_refused(client: FlaskClient, arguments: dict[str, Any], status: int) -> None:
    response = client.open("/sparql", **arguments)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json["status"] == status  # type: ignore[index]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def chunked(client: FlaskClient, data: bytes) -> TestResponse:
    return client.post(
        "/sparql",
        input_stream=BytesIO(data),
        content_type="application/sparql-query",
        environ_overrides={"wsgi.input_terminated": True},
    )


def test_a_body_in_chunks_is_whole_or_refused(client: FlaskClient) -> None:
    assert chunked(client, b"ASK {}").status_code == 200
    # Cut at the limit it would be a good query still.
    assert chunked(client, b"ASK {} #" + b"x" * 1_100_000).status_code == 413


def test_a_body_cut_on_its_way_is_refused(client: FlaskClient) -> None:
    response = client.post(
        "/sparql",
        input_stream=BytesIO(b"ASK {} # the rest is"),
        content_type="application/sparql-query",
        environ_overrides={"CONTENT_LENGTH": "40", "wsgi.input_terminated": True},
    )
    assert response.status_code == 400


def test_a_missing_media_type_says_which_there_are(client: FlaskClient) -> None:
    response = client.post("/sparql", data="ASK {}", content_type="text/plain")
    assert "application/sparql-query" in response.headers["Accept-Post"]


# -- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_wrong_query_is_told_with_line_and_column(client: FlaskClient) -> None:
    response = ask(client, "SELECT * {\n  ?s ?p ?o")
    problem = response.json
    assert response.status_code == 400
    assert problem is not None
    assert (problem["line"], problem["column"]) == (2, 11)
    assert "\\u{" not in problem["detail"]


def test_a_browser_keeps_the_wrong_query_in_the_form(client: FlaskClient) -> None:
    query = "SELECT * {\n  ?s ?p </textarea><script>alert(1)</script>"
    response = ask(client, query, BROWSER)
    assert response.status_code == 400
    page = Page.of(response)
    assert page.textarea == query
    assert page.errors == []
    assert 'role="alert"' in response.text


@pytest.mark.parametrize(
    "query", ["SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "INSERT DATA { <a:b> <a:b> 1 }"]
)
def test_what_does_not_happen_here_is_said(client: FlaskClient, query: str) -> None:
    response = ask(client, query)
    assert response.status_code == 400
    assert any(words in response.json["detail"] for words in ("non ne chiama altri", "si legge soltanto"))  # type: ignore[index]


@pytest.fixture
def small(world: Config, release: Release) -> Iterator[FlaskClient]:
    """The same world behind tight limits."""
    app = create_app(replace(world, query_seconds=0.4, query_memory=96, query_workers=1, query_queue=0, query_answer=1))
    with app.test_client() as client:
        yield client
    with app.test_request_context():
        site._opened().sandbox.close()


EVERYTHING_THRICE = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_the_limits_have_statuses_of_their_own(small: FlaskClient, world: Config) -> None:
    for query, status in [
        ("SELECT * { FILTER(" + "!" * 40_000 + "true) }", 500),
        (f"SELECT (COUNT(*) AS ?n) {EVERYTHING_THRICE}", 504),
        (f"SELECT * {EVERYTHING_THRICE} LIMIT 20000", 500),
    ]:
        response = small.post("/sparql", data={"query": query})
        assert response.status_code == status
        assert response.headers["Cache-Control"] == "no-store"
        assert str(world.releases) not in response.text
        assert small.post("/sparql", data={"query": "ASK {}"}).status_code == 200


def test_a_full_queue_says_when_to_come_back(small: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(small, "ASK {}").status_code == 200
    monkeypatch.setattr("ctl_graph.sandbox._Pool._next_idle", lambda pool: None)
    response = ask(small, "ASK {}")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1


# -- an endpoint elsewhere -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def elsewhere(app: Flask, world: Config) -> Iterator[FlaskClient]:
    """The same site without a release: it asks the first one over HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/sparql"
    yield create_app(replace(world, endpoint=address)).test_client()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("format", [*TABLES, *GRAPHS], ids=suffix)
def test_an_endpoint_elsewhere_answers_the_same(client: FlaskClient, elsewhere: FlaskClient, format: Format) -> None:
    query = CLUSTERS if format in TABLES else DESCRIBE
    here, there = ask(client, query, format.media_type), ask(elsewhere, query, format.media_type)
    assert (there.status_code, there.content_type) == (200, format.content_type)
    assert there.data == here.data


def test_an_endpoint_elsewhere_is_not_sent_on(elsewhere: FlaskClient) -> None:
    assert ask(elsewhere, "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }").status_code == 400
    assert ask(elsewhere, "SELECT * {").status_code == 400
    assert ask(elsewhere, "ASK {}", "text/turtle").status_code == 406


# -- the form --------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What matters of a page: its text area, links, cells, and anything that would run."""

    def __init__(self) -> None:
        super().__init__()
        self.textarea = ""
        self.links: list[str] = []
        self.cells: list[str] = []
        self.errors: list[str] = []
        self._open: list[str] = []

    @classmethod
    def of(cls, response: TestResponse) -> "Page":
        page = cls()
        page.feed(response.text)
        # A browser drops the first line break of a text area.
        page.textarea = page.textarea.removeprefix("\n")
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        if tag in ("script", "iframe", "img", "object"):
            self.errors.append(tag)
        for name, value in attrs:
            leads = name in ("href", "src", "action", "formaction")
            if name.startswith("on") or (leads and (value or "").lower().startswith("javascript:")):
                self.errors.append(f"{name}={value}")
            if name == "href":
                self.links.append(value or "")
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "textarea" in self._open:
            self.textarea += data
        if "td" in self._open:
            self.cells[-1] += data


def test_a_browser_gets_a_form_and_a_program_a_description(client: FlaskClient) -> None:
    form = client.get("/sparql", headers={"Accept": BROWSER})
    assert form.content_type == "text/html; charset=utf-8"
    assert "SELECT" in Page.of(form).textarea
    assert client.get("/sparql").content_type == "text/turtle; charset=utf-8"
    assert client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


def test_the_example_of_the_form_is_answered(client: FlaskClient) -> None:
    example = Page.of(client.get("/sparql", headers={"Accept": BROWSER})).textarea
    page = Page.of(ask(client, example, BROWSER))
    assert page.textarea == example
    assert page.cells


@pytest.mark.parametrize(("language", "words"), [("it", "Esegui"), ("en", "Run")])
def test_the_form_speaks_two_languages(client: FlaskClient, language: str, words: str) -> None:
    response = client.get("/sparql", headers={"Accept": BROWSER, "Accept-Language": language})
    assert words in response.text
    assert response.headers["Content-Language"] == language
    assert {"Accept", "Accept-Language"} <= set(response.headers["Vary"].split(", "))


def test_solutions_are_a_table_with_links(client: FlaskClient) -> None:
    response = ask(client, CLUSTERS, BROWSER)
    page = Page.of(response)
    assert len(page.cells) == 4
    assert "/doc/cluster/alfa" in page.links
    assert page.errors == []
    assert 'value="csv"' in response.text


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></table><iframe src=//evil.example>",
    "{{ 7*7 }}{% for x in y %}",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_query_makes_up_is_text_on_the_page(client: FlaskClient, text: str) -> None:
    literal = json.dumps(text)
    query = f"""SELECT ?text ?tagged ?link ?node {{
      BIND({literal} AS ?text) BIND(STRLANG({literal}, "en") AS ?tagged) BIND(BNODE() AS ?node)
      BIND(IRI("javascript:alert(1)") AS ?link)
    }}"""
    response = ask(client, query, BROWSER)
    page = Page.of(response)
    assert response.status_code == 200
    assert page.errors == []
    assert page.cells[0] == text.replace("\u202e", "")
    assert page.cells[2] == "javascript:alert(1)"
    assert "\u202e" not in "".join(page.cells)


def test_a_truth_and_a_graph_have_pages_too(client: FlaskClient) -> None:
    assert "true" in ask(client, "ASK {}", BROWSER).text
    assert "false" in ask(client, "ASK { <a:b> <a:b> <a:b> }", BROWSER).text
    graph = ask(client, 'CONSTRUCT { <a:b> <a:c> "<script>alert(1)</script>" } {}', BROWSER)
    assert "&lt;script&gt;" in graph.text
    assert Page.of(graph).errors == []


def test_an_answer_too_long_for_a_page_is_for_downloading(client: FlaskClient) -> None:
    query = "SELECT ?a ?b ?c ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 5000"
    response = ask(client, query, BROWSER)
    assert response.status_code == 200
    assert Page.of(response).cells == []
    assert " MB" in response.text
    assert len(ask(client, query).data) > 1_000_000


def test_a_long_query_has_no_link_but_an_answer(client: FlaskClient) -> None:
    query = "ASK {} # " + "x" * 20_000
    response = client.post("/sparql", data={"query": query}, headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert 'method="post"' in response.text
    assert not any("query=" in link and "lang=" not in link for link in Page.of(response).links)


# -- the tests of the protocol itself --------------------------------------------------------------------------------

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
DATA = "http://kasei.us/2009/09/sparql/data/"
FORMATS = {
    "boolean": {"application/sparql-results+json"},
    "tabular": {"application/sparql-results+json"},
    "RDF": {"text/turtle; charset=utf-8"},
}


@pytest.fixture(scope="module")
def protocol(
    app: Flask, conformance: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Graph, FlaskClient]]:
    """The manifest, and the endpoint over the data that it names."""
    folder = conformance / "rdf-tests-sparql" / "sparql11" / "protocol"
    path = tmp_path_factory.mktemp("protocol") / "store"
    store = Oxigraph(str(path))
    for number in (1, 2, 3):
        graph = NamedNode(f"{DATA}data{number}.rdf")
        store.load((folder / f"data{number}.nt").read_bytes(), format=RdfFormat.N_TRIPLES, to_graph=graph)
    store.flush()
    sandbox = Sandbox(path, seconds=5, memory=128, answer=1, workers=1, queue=4)
    with pytest.MonkeyPatch.context() as patch, app.test_client() as client:
        patch.setattr(site, "visitors_store", lambda: sandbox)
        yield Graph().parse(folder / "manifest.ttl"), client
    sandbox.close()


def test_the_protocol_tests_of_w3c(protocol: tuple[Graph, FlaskClient], conformance_counts: list[str]) -> None:
    manifest, client = protocol
    ran = {"answered": 0, "refused": 0, "update": 0}
    for test in manifest.subjects(RDF.type, MF.ProtocolTest):
        name = str(test).rpartition("#")[2]
        requests = list(_requests(manifest, test))
        if name.startswith("update_"):  # this endpoint only reads, so that the first request of each is refused
            assert _send(manifest, client, requests[0]).status_code == 400, name
            ran["update"] += 1
            continue
        for request in requests:
            response = _send(manifest, client, request)
            ran[_judge(manifest, request, response, name)] += 1
    conformance_counts.append(f"W3C SPARQL protocol: {ran['answered'] + ran['refused']} requests as they should be")
    assert ran == {"answered": 13, "refused": 14, "update": 7}


def _requests(manifest: Graph, test: Node) -> Iterator[Node]:
    for action in manifest.objects(test, MF.action):
        for requests in manifest.objects(action, HT.requests):
            yield from Collection(manifest, requests)


def _send(manifest: Graph, client: FlaskClient, request: Node) -> TestResponse:
    body = manifest.value(request, HT.body)
    headers = {}
    for listed in manifest.objects(request, HT.headers):
        for header in Collection(manifest, listed):
            headers[str(manifest.value(header, HT.fieldName))] = str(manifest.value(header, HT.fieldValue))
    path = str(manifest.value(request, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
    data = None
    if body is not None:
        data = str(manifest.value(body, CNT.chars)).encode(str(manifest.value(body, CNT.characterEncoding)))
    return client.open(path, method=str(manifest.value(request, HT.methodName)), data=data, headers=headers)


def _judge(manifest: Graph, request: Node, response: TestResponse, name: str) -> str:
    expected = manifest.value(request, HT.resp)
    assert expected is not None
    classes = {str(status)[-3] for status in manifest.objects(expected, MF.expectedStatus)}
    assert str(response.status_code)[0] in classes, f"{name}: {response.status_code} {response.text}"
    if response.status_code >= 400:
        return "refused"
    assert response.content_type in FORMATS[str(manifest.value(expected, MF.expectedFormat))], name
    truth = manifest.value(expected, MF.expectedBoolean)
    if truth is not None:
        assert json.loads(response.data)["boolean"] is truth.toPython(), name  # type: ignore[attr-defined]
    return "answered"


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("turtle", "text/turtle"),
        ("n3", "text/turtle"),
        ("N-Triples", "application/n-triples"),
        ("application/ld+json,application/x-json+ld", "application/ld+json"),
        ("application/turtle,turtle", "text/turtle"),
    ],
)
def test_formats_are_known_by_the_names_that_clients_use(client: FlaskClient, named: str, expected: str) -> None:
    response = ask(client, DESCRIBE, format=named)
    assert (response.status_code, response.mimetype) == (200, expected)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryTimeout(3), 504),
        (QueryTooLarge("more than 1 MB"), 500),
        (QueryCrashed("signal 11"), 500),
        (StoreBusy(2), 503),
    ],
)
def test_a_query_that_fails_stays_in_the_form(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Sandbox, "answer", fail)
    page = ask(client, "SELECT * WHERE { ?s ?p ?sisters }", "text/html")
    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert "?sisters" in page.text
    assert 'role="alert"' in page.text
    assert ask(client, "SELECT * WHERE { ?s ?p ?o }", "application/json").mimetype == "application/problem+json"
