"""The endpoint over sockets, behind the server that runs it: the W3C's own tests, and what a killed worker leaves."""

import gzip
import hashlib
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize
from rdflib import RDF, Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node
from serving import Response, Server, serving

from ctl_graph import release as releases
from ctl_graph.config import Config
from ctl_graph.formats import GRAPHS, TABLES, Format
from ctl_graph.release import Release

BASE = "https://example.org/region/"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
DATA = "http://kasei.us/2009/09/sparql/data/"
FORMATS = {
    "boolean": {"application/sparql-results+json"},
    "tabular": {"application/sparql-results+json"},
    "RDF": {"text/turtle; charset=utf-8"},
}

pytestmark = pytest.mark.usefixtures("release")


@pytest.fixture(scope="module")
def server(world: Config, release: Release) -> Iterator[Server]:
    """Valdoro, behind gunicorn."""
    with serving(world, query_workers=1) as server:
        yield server


# -- the tests of the protocol itself --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def w3c(world: Config, conformance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Graph, Server]]:
    """The manifest, and a server over the data that it names."""
    folder = conformance / "rdf-tests-sparql" / "sparql11" / "protocol"
    quads = [
        Quad(*parsed.triple, NamedNode(f"{DATA}data{number}.rdf"))
        for number in (1, 2, 3)
        for parsed in parse((folder / f"data{number}.nt").read_bytes(), format=RdfFormat.N_TRIPLES)
    ]
    config = replace(world, releases=tmp_path_factory.mktemp("protocol") / "releases")
    content = serialize(quads, format=RdfFormat.N_QUADS)
    assert content is not None
    releases.publish(releases.write(content, {}, config), "1")
    with serving(config, query_workers=1) as server:
        yield Graph().parse(folder / "manifest.ttl"), server


def test_the_protocol_tests_of_w3c(w3c: tuple[Graph, Server], conformance_counts: list[str]) -> None:
    manifest, server = w3c
    passed, need_an_update = [], []
    for test in manifest.subjects(RDF.type, MF.ProtocolTest):
        name = str(test).rpartition("#")[2]
        requests = list(_requests(manifest, test))
        if name.startswith("update_"):  # it changes data first, and then reads what it wrote
            assert _send(manifest, server, requests[0]).status == 403, name
            need_an_update.append(name)
            continue
        for request in requests:
            _judge(manifest, request, _send(manifest, server, request), name)
        passed.append(name)
    conformance_counts.append(
        f"W3C SPARQL protocol: {len(passed)} of {len(passed)} read-only tests pass over HTTP, "
        f"{len(need_an_update)} need an update and are refused: {', '.join(sorted(need_an_update))}"
    )
    assert (len(passed), len(need_an_update)) == (27, 7)


def _requests(manifest: Graph, test: Node) -> Iterator[Node]:
    for action in manifest.objects(test, MF.action):
        for requests in manifest.objects(action, HT.requests):
            yield from Collection(manifest, requests)


def _send(manifest: Graph, server: Server, request: Node) -> Response:
    body = manifest.value(request, HT.body)
    headers = {}
    for listed in manifest.objects(request, HT.headers):
        for header in Collection(manifest, listed):
            headers[str(manifest.value(header, HT.fieldName))] = str(manifest.value(header, HT.fieldValue))
    path = str(manifest.value(request, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
    data = None
    if body is not None:
        data = str(manifest.value(body, CNT.chars)).encode(str(manifest.value(body, CNT.characterEncoding)))
    return server.open(path, str(manifest.value(request, HT.methodName)), data, headers)


def _judge(manifest: Graph, request: Node, response: Response, name: str) -> None:
    expected = manifest.value(request, HT.resp)
    assert expected is not None
    classes = {str(status)[-3] for status in manifest.objects(expected, MF.expectedStatus)}
    assert str(response.status)[0] in classes, f"{name}: {response.status} {response.text}"
    if response.status >= 400:
        return
    assert response.headers["content-type"] in FORMATS[str(manifest.value(expected, MF.expectedFormat))], name
    truth = manifest.value(expected, MF.expectedBoolean)
    if truth is not None:
        assert json.loads(response.body)["boolean"] is truth.toPython(), name  # type: ignore[attr-defined]


# -- whole, or an error (T18) ----------------------------------------------------------------------------------------

PAIRS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
MANY = {
    "table": f"SELECT * {PAIRS} LIMIT 150000",
    "graph": f"CONSTRUCT {{ ?a ?e ?i . ?d ?b ?f }} {PAIRS} LIMIT 300000",
}
CASES = [*[("table", format) for format in TABLES], *[("graph", format) for format in GRAPHS]]


@pytest.mark.parametrize(("kind", "format"), CASES, ids=lambda value: getattr(value, "suffix", value))
@pytest.mark.parametrize("ticks", [1, 8])
def test_an_answer_whose_worker_is_killed_is_an_error(server: Server, kind: str, format: Format, ticks: int) -> None:
    killed = _KillWhenBusy(server, ticks)
    query = f"{MANY[kind]} # {format.suffix} {ticks}"
    killed.start()
    response = server.open(f"/sparql?{urlencode({'query': query, 'format': format.suffix})}")
    killed.join()
    assert killed.pid is not None, "the query had ended before the worker could be killed"
    assert response.status == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert json.loads(response.body)["type"] == f"{BASE}problems#crash"
    assert server.open("/sparql?query=ASK%7B%7D").status == 200


class _KillWhenBusy(threading.Thread):
    """Kills the query worker as soon as it has used so many hundredths of a second for the query."""

    def __init__(self, server: Server, ticks: int) -> None:
        super().__init__()
        assert server.open("/sparql?query=ASK%7B%7D").status == 200
        self.pid: int | None = None
        self._ticks = ticks
        (self._worker,) = server.query_workers()
        self._before = _ticks(self._worker)

    def run(self) -> None:
        end = time.monotonic() + 30
        with suppress(OSError):
            while _ticks(self._worker) < self._before + self._ticks:
                if time.monotonic() > end:
                    return
                time.sleep(0.002)
            os.kill(self._worker, signal.SIGKILL)
            self.pid = self._worker


def _ticks(pid: int) -> int:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15]))


def test_a_long_answer_comes_whole(server: Server) -> None:
    target = f"/sparql?{urlencode({'query': 'SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 40000', 'format': 'tsv'})}"
    response = server.open(target)
    assert response.status == 200
    assert int(response.headers["content-length"]) == len(response.body) > 5_000_000
    assert response.body.count(b"\n") == 40_001
    assert response.headers["etag"] == f'"{hashlib.sha256(response.body).hexdigest()[:32]}-tsv"'


# -- no representation in the place of another (T21) -----------------------------------------------------------------

QUERIES = {"table": "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3", "graph": "DESCRIBE <id/cluster/alfa>"}
WISHES = [
    {"Accept-Language": language, "Accept-Encoding": coding}
    for language in ("it", "en")
    for coding in ("gzip", "*;q=0")
]
VARIES = {"Accept", "Accept-Language", "Cookie"}


def test_every_representation_has_a_tag_of_its_own(server: Server) -> None:
    seen = set()
    for kind, format in CASES:
        target = f"/sparql?{urlencode({'query': QUERIES[kind]})}"
        accept = {"Accept": format.media_type}
        answers = [server.open(target, headers={**accept, **wishes}) for wishes in WISHES]
        for answer in answers:
            assert answer.status == 200
            assert answer.headers["content-type"] == format.content_type
            assert "content-encoding" not in answer.headers
            assert set(answer.headers["vary"].split(", ")) == VARIES
            assert answer.body == answers[0].body
        (tag,) = {answer.headers["etag"] for answer in answers}
        assert tag.startswith('"')
        assert server.open(target, "HEAD", headers=accept).headers["etag"] == tag
        assert server.open(target, headers={**accept, "If-None-Match": tag}).status == 304
        seen.add(tag)
    assert len(seen) == len(CASES)


def test_a_page_is_in_the_language_that_varies(server: Server) -> None:
    target = f"/sparql?{urlencode({'query': QUERIES['table']})}"
    for language, words in (("it", "Esegui"), ("en", "Run")):
        page = server.open(target, headers={"Accept": "text/html", "Accept-Language": language})
        assert words in page.text
        assert page.headers["content-language"] == language
        assert set(page.headers["vary"].split(", ")) == VARIES


def test_a_tag_of_one_format_does_not_stand_for_another(server: Server) -> None:
    target = f"/sparql?{urlencode({'query': QUERIES['graph']})}"
    tags = {
        format: server.open(target, headers={"Accept": format.media_type}).headers["etag"]
        for kind, format in CASES
        if kind == "graph"
    }
    for asked in tags:
        others = ", ".join(tag for format, tag in tags.items() if format is not asked)
        assert server.open(target, headers={"Accept": asked.media_type, "If-None-Match": others}).status == 200


# -- QUERY -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "format"), CASES, ids=lambda value: getattr(value, "suffix", value))
def test_every_way_to_ask_leads_to_one_address(server: Server, kind: str, format: Format) -> None:
    query = QUERIES[kind].encode()
    form = urlencode({"query": query}).encode()
    accept = {"Accept": format.media_type}
    answers = [
        server.open(f"/sparql?{urlencode({'query': query})}", headers=accept),
        server.open("/sparql", "POST", query, {**accept, "Content-Type": "application/sparql-query"}),
        server.open("/sparql", "POST", form, {**accept, "Content-Type": "application/x-www-form-urlencoded"}),
        server.open("/sparql", "QUERY", query, {**accept, "Content-Type": "application/sparql-query"}),
        server.open("/sparql", "QUERY", form, {**accept, "Content-Type": "application/x-www-form-urlencoded"}),
    ]
    assert [answer.status for answer in answers] == [200] * 5
    (place,) = {answer.headers["content-location"] for answer in answers}
    again = server.open(place, headers={"Accept": "image/png"})
    for answer in answers:
        assert answer.body == again.body
        for name in ("content-type", "etag", "content-location", "vary"):
            assert answer.headers[name] == again.headers[name]


@pytest.mark.parametrize("method", ["GET", "HEAD", "QUERY"])
def test_what_is_safe_may_be_asked_on_a_condition(server: Server, method: str) -> None:
    query, headers = QUERIES["table"], {"Content-Type": "application/sparql-query"}
    target, body = f"/sparql?{urlencode({'query': query})}", None
    if method == "QUERY":
        target, body = "/sparql", query.encode()
    tag = server.open(target, method, body, headers).headers["etag"]
    again = server.open(target, method, body, {**headers, "If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == tag
    assert server.open(target, method, body, {**headers, "If-None-Match": '"another"'}).status == 200
    assert server.open(target, method, body, {**headers, "If-Match": '"another"'}).status == 412


def test_the_endpoint_says_that_it_takes_query(server: Server) -> None:
    for response in (
        server.open("/sparql", "OPTIONS", headers={"Origin": "https://a.example"}),
        server.open("/sparql"),
        server.open("/sparql", "QUERY", b"{}", {"Content-Type": "application/json"}),
    ):
        assert response.headers["accept-query"] == "application/sparql-query, application/x-www-form-urlencoded"
    assert response.status == 415
    allowed = server.open("/sparql", "OPTIONS").headers
    assert "QUERY" in allowed["allow"]
    assert "QUERY" in allowed["access-control-allow-methods"]


def test_a_query_without_a_type_or_compressed_is_refused(server: Server) -> None:
    assert server.open("/sparql", "QUERY", b"ASK {}").status == 415
    gzipped = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    response = server.open("/sparql", "QUERY", gzip.compress(b"ASK {}"), gzipped)
    assert response.status == 415
    assert response.headers["accept-encoding"] == "identity"


def test_a_long_query_has_no_address_and_a_long_address_no_answer(server: Server) -> None:
    query = "ASK {} #" + "x" * 7_990
    refused = server.open(f"/sparql?{urlencode({'query': query})}")
    assert refused.status == 414
    problem = json.loads(refused.body)
    assert problem["limit"] == "8,000 bytes"
    assert "POST" in problem["detail"]
    assert "QUERY" in problem["detail"]
    taken = server.open("/sparql", "QUERY", query.encode(), {"Content-Type": "application/sparql-query"})
    assert taken.status == 200
    assert "content-location" not in taken.headers
    longest = "ASK {} #" + "x" * 7_900
    assert server.open(f"/sparql?{urlencode({'query': longest})}").status == 200
