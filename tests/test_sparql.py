"""The endpoint as its visitors meet it: the protocol, the formats, and what is said of a query that cannot be."""

import csv
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from pyoxigraph import RdfFormat, parse, parse_query_results
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from ctl_graph.config import Config
from ctl_graph.errors import ClientGone, NoSpace, QueryCrashed, QueryRefused, QueryTimeout, QueryTooLarge, StoreBusy
from ctl_graph.formats import BOOLEANS, GRAPHS, TABLES, Format
from ctl_graph.release import Release
from ctl_graph.sandbox import Sandbox
from ctl_graph.web import create_app, errors, site

BASE = "https://example.org/region/"
CLUSTERS = """
PREFIX ctl: <https://w3id.org/ctl/def/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?cluster ?name {
  ?cluster a ctl:RegionalCluster ; skos:prefLabel ?name . FILTER(LANG(?name) = "it")
} ORDER BY ?cluster
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


def test_the_dataset_of_the_request_goes_before_that_of_the_query(client: FlaskClient) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#dataset"""
    accepted, ontology = f"{BASE}graph/accepted", f"{BASE}graph/ontology"
    default, named = "{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }"

    def count(query: str, **dataset: str) -> int:
        found = json.loads(ask(client, f"SELECT (COUNT(*) AS ?n) {query}", **dataset).data)
        return int(found["results"]["bindings"][0]["n"]["value"])

    sizes = {graph: count(f"FROM <{graph}> {default}") for graph in (accepted, ontology)}
    assert 0 < sizes[ontology] < sizes[accepted]
    for written, sent in ((accepted, ontology), (ontology, accepted)):
        assert count(f"FROM <{written}> {default}", **{"default-graph-uri": sent}) == sizes[sent]
        assert count(f"FROM NAMED <{written}> {named}", **{"named-graph-uri": sent}) == sizes[sent]
        assert count(f"FROM <{written}> FROM NAMED <{written}> {default}", **{"named-graph-uri": sent}) == 0
        assert count(f"FROM <{written}> FROM NAMED <{written}> {named}", **{"default-graph-uri": sent}) == 0


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
        ({"method": "GET", "query_string": "&".join(["query=ASK%7B%7D", *["a="] * 2000])}, 400),
        ({"method": "GET", "query_string": "update=CLEAR%20ALL"}, 403),
        ({"method": "POST"}, 415),
        ({"method": "POST", "data": "ASK {}", "content_type": "text/plain"}, 415),
        ({"method": "POST", "data": "{}", "content_type": "application/json"}, 415),
        ({"method": "POST", "data": {}, "content_type": "application/x-www-form-urlencoded"}, 400),
        ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 403),
        ({"method": "POST", "data": {"query": "ASK {}", "update": "CLEAR ALL"}}, 403),
        ({"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"}, 403),
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


# -- what XML cannot carry ---------------------------------------------------------------------------------------------

CONTROL = json.dumps("a\u0001b")


@pytest.mark.parametrize(
    ("query", "xml", "other"),
    [
        (f"SELECT ({CONTROL} AS ?x) {{}}", "srx", "srj"),
        ("SELECT (STRDT('\\uFFFE', <a:b>) AS ?x) {}", "srx", "tsv"),
        (f"CONSTRUCT {{ <a:b> <a:c> {CONTROL} }} {{}}", "rdf", "ttl"),
        ("CONSTRUCT { <a:b> <a:c> '\\uFFFF'@en } {}", "rdf", "jsonld"),
        ("CONSTRUCT { <a:b> <http://a.example/1> 'x' } {}", "rdf", "nt"),
        ("CONSTRUCT { <a:b> <http://a.example/> 'x' } {}", "rdf", "trig"),
    ],
)
def test_what_xml_cannot_carry_is_an_error_in_words(client: FlaskClient, query: str, xml: str, other: str) -> None:
    refused = ask(client, query, format=xml)
    assert refused.status_code == 406
    assert refused.json is not None
    assert refused.json["type"] == f"{BASE}problems#xml"
    assert "XML" in refused.json["detail"]
    assert ask(client, query, format=other).status_code == 200


def test_a_carriage_return_survives_xml(client: FlaskClient) -> None:
    for query, format in (("SELECT ('a\\r\\nb' AS ?x) {}", "srx"), ("CONSTRUCT { <a:b> <a:c> 'a\\r\\nb' } {}", "rdf")):
        document = ElementTree.fromstring(ask(client, query, format=format).data)
        assert "a\r\nb" in "".join(document.itertext())


# -- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_header_holds_no_control_character(client: FlaskClient) -> None:
    """Whatever stands in a query, its address goes out percent-encoded."""
    query = 'ASK {} # \t\x85"; <>\u2028 \r\n# X-Injected: 1'
    response = client.post("/sparql", data={"query": query, "default-graph-uri": "a:b'\u00e9"})
    assert response.status_code == 200
    assert all(" " <= character < "\x7f" for value in response.headers.values() for character in value)
    assert client.get(response.headers["Content-Location"]).data == response.data


@pytest.mark.parametrize("format", ["csv\r\nX-Injected: 1", "\x00", "\x7fttl"])
def test_a_format_reaches_no_header(client: FlaskClient, format: str) -> None:
    response = ask(client, "ASK {}", format=format)
    assert response.status_code == 400
    assert "X-Injected" not in response.headers


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_problem_has_its_place_on_a_page(client: FlaskClient, language: str) -> None:
    page = client.get("/problems", headers={"Accept-Language": language})
    assert page.status_code == 200
    for problem in errors.PROBLEMS:
        assert f'id="{problem.name}"' in page.text
        assert str(escape(problem.way_on.in_language(language))) in page.text


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
    ("query", "status", "words"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 400, "non ne chiama altri"),
        ("INSERT DATA { <a:b> <a:b> 1 }", 403, "si legge soltanto"),
    ],
)
def test_what_does_not_happen_here_is_said(client: FlaskClient, query: str, status: int, words: str) -> None:
    response = ask(client, query)
    assert response.status_code == status
    assert words in response.json["detail"]  # type: ignore[index]


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
    for query, status, name, limit in [
        ("SELECT * { FILTER(" + "!" * 40_000 + "true) }", 500, "crash", None),
        (f"SELECT (COUNT(*) AS ?n) {EVERYTHING_THRICE}", 504, "time", "0.4 s"),
        (f"SELECT * {EVERYTHING_THRICE} LIMIT 20000", 500, "too-large", "1 MB"),
    ]:
        response = small.post("/sparql", data={"query": query})
        assert response.status_code == status
        assert response.headers["Cache-Control"] == "no-store"
        assert str(world.releases) not in response.text
        assert response.json is not None
        assert response.json["type"] == f"{BASE}problems#{name}"
        assert response.json.get("limit") == limit
        assert small.get(response.json["dumps"]).status_code == 200
        assert "Retry-After" not in response.headers
        assert small.post("/sparql", data={"query": "ASK {}"}).status_code == 200


def test_a_full_queue_says_when_to_come_back(small: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(small, "ASK {}").status_code == 200
    monkeypatch.setattr("ctl_graph.pool.Pool._next_idle", lambda pool: None)
    response = ask(small, "ASK {}")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert ask(small, "ASK {}", "text/html").headers["Retry-After"] == response.headers["Retry-After"]


@pytest.mark.parametrize(
    ("error", "status", "words", "retry"),
    [
        (QueryRefused(599), 400, "wait 599 s", None),
        (QueryTooLarge("rows", 1_000_000), 500, "more than 1,000,000 rows", None),
        (QueryTooLarge("bytes", 64), 500, "longer than 64 MB", None),
        (QueryTooLarge("memory", 512), 500, "more than 512 MB of memory", None),
        (NoSpace(), 503, "", "30"),
        (ClientGone(), 499, "", None),
    ],
    ids=["refused", "rows", "bytes", "memory", "disk", "gone"],
)
def test_each_limit_is_named(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str, retry: str | None
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Sandbox, "answer", fail)
    response = client.get("/sparql?query=ASK%7B%7D&lang=en")
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert words in response.json["detail"]  # type: ignore[index]
    assert response.headers.get("Retry-After") == retry


def test_rows_are_limited_by_a_setting(world: Config, release: Release) -> None:
    app = create_app(replace(world, query_rows=10, query_workers=1))
    with app.test_client() as client:
        assert ask(client, "SELECT * { ?s ?p ?o } LIMIT 10").status_code == 200
        assert ask(client, "SELECT * { ?s ?p ?o } LIMIT 11").status_code == 500
    with app.test_request_context():
        site._opened().sandbox.close()


def test_an_answer_says_how_long_it_is_and_who_asks_is_told_to_the_queue(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    original = Sandbox.answer
    monkeypatch.setattr(
        Sandbox, "answer", lambda self, query, **more: asked.append(more) or original(self, query, **more)
    )
    response = ask(client, CLUSTERS)
    assert response.content_length == len(response.data)
    assert response.headers["ETag"] == f'"{sha256(response.data).hexdigest()[:32]}-srj"'
    head = client.head("/sparql", query_string={"query": CLUSTERS})
    assert (head.content_length, head.data) == (response.content_length, b"")
    assert [(more["client"], more["who"]) for more in asked] == [(None, "127.0.0.1")] * 2


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
        given = dict(attrs)
        is_ours = given.get("type") == "application/json" or (given.get("src") or "").startswith("/static/build/")
        if tag in ("iframe", "img", "object") or (tag == "script" and not is_ours):
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


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_long_answer_is_read_page_by_page(client: FlaskClient, method: str) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 400"
    expected = ask(client, query, "application/sparql-results+json").json
    assert expected is not None
    total, shown, number = len(expected["results"]["bindings"]), 0, 1
    while True:
        asked = {"query": query, "page": str(number)}
        way = {"query_string" if method == "get" else "data": asked}
        response = client.open("/sparql", method=method.upper(), headers={"Accept": BROWSER}, **way)
        assert len(response.data) < 50_000
        shown += len(Page.of(response).cells) // 3
        if f'<button name="page" value="{number + 1}">' not in response.text:
            break
        number += 1
    assert shown == total == 400
    assert number > 2
    asked = {"query": query, "page": str(number + 1)}
    assert client.get("/sparql", query_string=asked, headers={"Accept": BROWSER}).status_code == 404
    asked = {"query": query, "page": "x"}
    assert client.get("/sparql", query_string=asked, headers={"Accept": BROWSER}).status_code == 400


def test_a_graph_is_read_page_by_page(client: FlaskClient) -> None:
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 600"
    whole, shown, number = ask(client, query, "text/turtle").text, "", 1
    while (response := ask(client, query, BROWSER, page=number)).status_code == 200:
        assert len(response.data) < 50_000
        shown += unescape(response.text.partition('<pre tabindex="0">')[2].partition("</pre>")[0]) + "\n"
        number += 1
    assert number > 2
    assert shown == whole


@pytest.mark.parametrize("filling", ["x", "&", "è", "<"])
def test_a_page_of_an_answer_is_small_whatever_is_in_it(client: FlaskClient, filling: str) -> None:
    text = filling * 9_000
    for query in (
        f'SELECT (STRLANG("{text}", "en") AS ?a) (?a AS ?b) {{}}',
        f'CONSTRUCT {{ <a:b> <a:c> "{text}" }} {{}}',
        f'SELECT (IRI(CONCAT("https://example.org/", ENCODE_FOR_URI("{text}"))) AS ?a) (?a AS ?b) {{}}',
    ):
        response = client.post("/sparql", data={"query": query}, headers={"Accept": BROWSER})
        assert response.status_code == 200
        frame = client.post("/sparql", data={"query": query.replace(text, "")}, headers={"Accept": BROWSER})
        # The query itself stands in its field and in the form of the downloads.
        assert len(response.data) - len(frame.data) < 2 * len(escape(text).encode()) + 20_000


def test_a_long_query_has_no_link_but_an_answer(client: FlaskClient) -> None:
    query = "ASK {} # " + "x" * 20_000
    response = client.post("/sparql", data={"query": query}, headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert 'method="post"' in response.text
    assert not any("xxx" in link and "lang=" not in link for link in Page.of(response).links)


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
        (QueryTooLarge("bytes", 1), 500),
        (QueryCrashed("signal 11"), 500),
        (QueryRefused(599), 400),
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
