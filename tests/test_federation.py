"""SERVICE, followed by the web tier to endpoints that the operator names: the same answers as an engine that follows it
itself, and nothing else.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from traceback import walk_tb
from typing import Any
from urllib.parse import parse_qs
from urllib.request import urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from ctl_graph.config import Config
from ctl_graph.errors import BadQuery, ServiceFailed, StoreBusy
from ctl_graph.federation import Federation
from ctl_graph.release import Release
from ctl_graph.store import QuerySolutions
from ctl_graph.web import create_app

BASE = "https://example.org/region/sparql"
JSON = "application/sparql-results+json"
X = "http://example.org/x/"
# What the endpoint elsewhere holds; the release of Valdoro knows nothing of it but the IRIs of its clusters.
ELSEWHERE = r"""
@prefix x: <http://example.org/x/> .
@prefix cluster: <https://example.org/region/id/cluster/> .
cluster:alfa x:visits 3 ; x:note "a \\u0022 b", "due\nrighe"@it, "\"} SERVICE <x:y> {\"", "a \\", "1"^^x:type .
cluster:beta x:visits 5 ; x:near cluster:alfa .
x:gamma x:visits 7 ; x:near cluster:beta .
"""
PREFIXES = (
    f"PREFIX x: <{X}> PREFIX ctl: <https://w3id.org/ctl/def/> PREFIX c: <https://example.org/region/id/cluster/>\n"
)


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Oxigraph server with a few statements of its own."""
    program = Path(sys.executable).with_name("oxigraph")
    if not program.exists():
        pytest.skip("Oxigraph server is not installed: pip install -r requirements-test.lock")
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "data.ttl").write_text(ELSEWHERE, encoding="utf-8")
    subprocess.run(
        [program, "load", "--location", folder / "store", "--file", folder / "data.ttl"],
        check=True,
        capture_output=True,
    )
    port = free_port()
    process = subprocess.Popen(
        [program, "serve-read-only", "--location", folder / "store", "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/query"
    try:
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    server = make_server("127.0.0.1", 0, Flask("free"))
    port = server.server_port
    server.server_close()
    return port


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            urlopen(f"{address}?query=ASK%7B%7D").close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{address} did not come up")


@pytest.fixture(scope="module")
def ours(address: str) -> str:
    """A second server of ours."""
    return f"{address}sparql"


@pytest.fixture(scope="module")
def federated(world: Config, release: Release, oxigraph: str, ours: str) -> FlaskClient:
    return create_app(replace(world, federation=f"{oxigraph} {ours}")).test_client()


def ask(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    response = client.post("/sparql", data={"query": query}, headers={"Accept": JSON})
    assert response.status_code == 200, response.text
    return sorted(response.get_json()["results"]["bindings"], key=lambda row: json.dumps(row, sort_keys=True))


# The engine follows SERVICE by itself in a process of its own, over the same release: the oracle.
_ORACLE = """
import sys
from pyoxigraph import QueryResultsFormat, Store
store = Store.read_only(sys.argv[1])
for query in sys.stdin.read().split("\\0"):
    print(store.query(query, base_iri=sys.argv[2]).serialize(format=QueryResultsFormat.JSON).decode())
"""

QUERIES = {
    "alone": "SELECT * { SERVICE <E> { ?s x:visits ?n } }",
    "joined": "SELECT * { ?s a ctl:Cluster . SERVICE <E> { ?s x:visits ?n } }",
    "before": "SELECT * { SERVICE <E> { ?s x:visits ?n } ?s a ctl:Cluster }",
    "optional": "SELECT * { ?s a ctl:Cluster OPTIONAL { SERVICE <E> { ?s x:near ?o } } }",
    "optional within": "SELECT * { SERVICE <E> { ?s x:visits ?n OPTIONAL { ?s x:near ?o } } }",
    "union": "SELECT * { { ?s a ctl:Cluster } UNION { SERVICE <E> { ?s x:visits ?n } } }",
    "minus": "SELECT * { ?s a ctl:Cluster MINUS { SERVICE <E> { ?s x:near ?o } } }",
    "exists": "SELECT * { ?s a ctl:Cluster FILTER EXISTS { SERVICE <E> { ?s x:near ?o } } }",
    "not exists": "SELECT * { ?s a ctl:Cluster FILTER NOT EXISTS { SERVICE <E> { ?s x:near ?o } } }",
    "sub-select": "SELECT * { { SELECT ?s (SUM(?n) AS ?all) { SERVICE <E> { ?s x:visits ?n } } GROUP BY ?s } }",
    "select within": "SELECT * { SERVICE <E> { SELECT (COUNT(*) AS ?n) { ?s x:visits ?v } } }",
    "aggregate": "SELECT (SUM(?n) AS ?all) (COUNT(*) AS ?c) { ?s a ctl:Cluster SERVICE <E> { ?s x:visits ?n } }",
    "two": "SELECT * { SERVICE <E> { ?s x:visits ?n } SERVICE <E> { ?s x:near ?o } }",
    "both servers": "SELECT * { SERVICE <E> { ?s x:visits ?n } SERVICE <O> { ?s a ctl:Cluster } }",
    "literals": "SELECT * { SERVICE <E> { c:alfa x:note ?note } }",
    "filter": "SELECT * { ?s a ctl:Cluster SERVICE <E> { ?s x:visits ?n } FILTER(?n > 3) }",
    "duplicates": "SELECT * { SERVICE <E> { SELECT ?n { ?a x:visits ?n . ?b x:visits ?m } } }",
    "ground": "SELECT * { SERVICE <E> { c:alfa x:visits 3 } ?s a ctl:Cluster }",
    "ground and false": "SELECT * { SERVICE <E> { c:alfa x:visits 4 } ?s a ctl:Cluster }",
    "nothing": "SELECT * { SERVICE <E> { ?s x:nothing ?o } ?s a ctl:Cluster }",
    "silent": "SELECT * { ?s a ctl:Cluster SERVICE SILENT <E> { ?s x:visits ?n } }",
    "a name": "PREFIX e: <E> SELECT * { service e: { ?s x:visits ?n } }",
    "bind": "SELECT ?s ?twice { SERVICE <E> { ?s x:visits ?n BIND(?n * 2 AS ?twice) } }",
    "values": "SELECT * { SERVICE <E> { VALUES ?s { c:alfa c:beta } ?s x:visits ?n } }",
    "braces in words": 'SELECT * { SERVICE <E> { ?s x:visits ?n FILTER(STR(?s) != "}") # }\n } }',
    "relative": "BASE <https://example.org/region/id/> SELECT * { SERVICE <E> { <cluster/alfa> x:visits ?n } }",
}


@pytest.fixture(scope="module")
def expected(release: Release, oxigraph: str, ours: str) -> dict[str, Any]:
    queries = {name: text(query, oxigraph, ours) for name, query in QUERIES.items()}
    done = subprocess.run(
        [sys.executable, "-c", _ORACLE, str(release.store), BASE],
        input="\0".join(queries.values()), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return dict(zip(queries, map(json.loads, done.stdout.splitlines()), strict=True))


def text(query: str, endpoint: str, other: str) -> str:
    return PREFIXES + query.replace("<E>", f"<{endpoint}>").replace("<O>", f"<{other}>")


@pytest.mark.parametrize("name", QUERIES)
def test_answers_are_those_of_an_engine_that_follows_service_itself(
    federated: FlaskClient, expected: dict[str, Any], oxigraph: str, ours: str, name: str
) -> None:
    rows = ask(federated, text(QUERIES[name], oxigraph, ours))
    assert rows == sorted(expected[name]["results"]["bindings"], key=lambda row: json.dumps(row, sort_keys=True))
    assert rows or name in ("ground and false", "nothing")


# -- an endpoint that does as it likes -------------------------------------------------------------------------------


class Elsewhere:
    """An endpoint whose answer tests choose, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[], tuple[int, bytes]] = lambda: (200, table([], []))
        heard = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                heard.asked += parse_qs(body).get("query", [body])
                status, answer = heard.answer()
                self.send_response(status)
                self.send_header("Content-Type", JSON)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/sparql"
        self.federation = Federation([self.address], 20)

    def expand(self, query: str) -> str:
        return self.federation.expand(query.replace("<E>", f"<{self.address}>"), BASE)


def table(names: list[str], rows: list[dict[str, Any]]) -> bytes:
    return json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}).encode()


def iri(value: str) -> dict[str, str]:
    return {"type": "uri", "value": value}


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_what_is_sent_is_the_pattern_with_what_the_query_declares(elsewhere: Elsewhere) -> None:
    elsewhere.answer = lambda: (200, table(["s", "o"], [{"s": iri("x:1")}, {"o": {"type": "literal", "value": "é"}}]))
    expanded = elsewhere.expand("PREFIX x: <x:>\nSELECT * { SERVICE <E> {\n ?s x:p ?o\n} . ?s ?p ?o }")
    assert elsewhere.asked == [f"BASE <{BASE}>\nPREFIX x: <x:>\nSELECT * WHERE {{\n ?s x:p ?o\n}}"]
    assert expanded == ('PREFIX x: <x:>\nSELECT * { { VALUES (?s ?o) { (<x:1> UNDEF) (UNDEF "é") } }\n\n . ?s ?p ?o }')


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?service ?p ?o }",
        "PREFIX ex: <x:> SELECT * { ex:service ?p ?o }",
        "PREFIX service: <x:> SELECT * { service:SERVICE ?p ?o }",
        "SELECT * { ?s <http://example.org/SERVICE> 'SERVICE <E> { }' } # SERVICE <E> { }",
        'SELECT * { ?s ?p """SERVICE\n<E> { } \\""" SERVICE""" }',
        "SELECT * { ?s ?p 'x'@service }",
        "SELECT * { ?s ?p 'x'^^<x:service> FILTER(?a<?service&&?b>1) }",
        "SELECT * { _:service ?p $SERVICE }",
        "INSERT DATA { <x:SERVICE> <x:p> 1 } ; INSERT { ?s ?p ?o } WHERE { SERVICE <E> { ?s ?p ?o } }",
    ],
)
def test_the_word_elsewhere_is_no_service(elsewhere: Elsewhere, query: str) -> None:
    asked = query.replace("<E>", f"<{elsewhere.address}>")
    assert elsewhere.expand(query) == asked
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("query", "words", "place"),
    [
        ("SELECT *\n{ SERVICE ?e { ?s ?p ?o } }", "IRI of an endpoint", (2, 3)),
        ("SELECT * { SERVICE <http://other.example/sparql> { } }", "only, and not to", (1, 12)),
        ("SELECT * { SERVICE SILENT <http://other.example/> { } }", "only, and not to", (1, 12)),
        ("SELECT * { SERVICE <E> { SERVICE <E> { ?s ?p ?o } } }", "within another", None),
        ("SELECT * { SERVICE w:d { ?s ?p ?o } }", "prefix w: is not declared", (1, 12)),
        ("PREFIX w: <http://other.example/> SELECT * { SERVICE w:d { } }", "not to 'http://other.example/d'", (1, 46)),
        ("SELECT * { SERVICE <E> { ?s ?p ?o ", "does not end", (1, 12)),
        ("SELECT * { SERVICE <E> . { ?s ?p ?o } }", "IRI of an endpoint", (1, 12)),
        ("SELECT * { SERVICE", "IRI of an endpoint", (1, 12)),
        ("SELECT * {" + " SERVICE <E> { }" * 9 + "}", "no more than 8", None),
        ("SELECT * { SERVICE <E> {" + "".join(f"?v{n} $v{n} ?v1 . " for n in range(101)) + "} }", "100 var", (1, 12)),
        ("SELECT * { SERVICE <http://user@127.0.0.1/sparql> { } }", "not to", (1, 12)),
        ("SELECT * { SERVICE <http://[::1/> { } }", "not to", (1, 12)),
    ],
)
def test_what_cannot_be_followed_is_said_with_its_place(
    elsewhere: Elsewhere, query: str, words: str, place: tuple[int, int] | None
) -> None:
    with pytest.raises(BadQuery, match=words) as refused:
        elsewhere.expand(query)
    assert refused.value.explanation is not None
    assert place in (None, (refused.value.line, refused.value.column))
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "hidden",
    [
        "SERVICE <http://10.0.0.1/> { }",
        "?s ?p 1SERVICE <http://10.0.0.1/> { }",
        "?s ?p 1.5e0service <http://10.0.0.1/> { }",
        "?s ?p -1.SERVICE <http://10.0.0.1/> { }",
        "?s ?p trueSERVICE <http://10.0.0.1/> { }",
        "SERVICESILENT<http://10.0.0.1/> { }",
        "SERVICEex:foo { }",
        "1SERVICEex:foo { }",
        "?s ?p 'a'@it1SERVICE <http://10.0.0.1/> { }",
    ],
)
def test_nothing_that_an_endpoint_may_read_as_a_call_is_sent_to_it(elsewhere: Elsewhere, hidden: str) -> None:
    for prologue in ("", "PREFIX 1SERVICEex: <http://10.0.0.1/> "):
        with pytest.raises(BadQuery, match="within another"):
            elsewhere.expand(f"{prologue}SELECT * {{ SERVICE <E> {{ {hidden} }} }}")
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "escaped",
    [
        r"SELECT * { SERVICE <E> { SERV\u0049CE <http://10.0.0.1/> { } } }",
        r"SELECT * { SERVICE <E> { \U00000053ERVICE <http://10.0.0.1/> { } } }",
        r'SELECT * { SERVICE <E> { ?s ?p "a\u0022 } LIMIT 1 # " } }',
        r'SELECT * { SERVICE <E> { ?s ?p "a\\u0022 } LIMIT 1 # " } }',
        r"SELECT * { SERVICE <E> { ?s ?p ?o # \u000A SERVICE <http://10.0.0.1/> { }" + "\n } }",
        r"PREFIX x: <x:\u003E> SELECT * { SERVICE <E> { ?s ?p ?o } }",
        r"PREFIX x: <x:> # \u000A SELECT * { } #" + "\nPREFIX y: <y:> SELECT * { SERVICE <E> { ?s ?p ?o } }",
    ],
)
def test_codepoint_escapes_which_some_resolve_first_are_not_sent(elsewhere: Elsewhere, escaped: str) -> None:
    with pytest.raises(BadQuery, match="as themselves") as refused:
        elsewhere.expand(escaped)
    at = refused.value.column
    assert at is not None
    assert escaped.splitlines()[0].replace("<E>", f"<{elsewhere.address}>")[at - 1 :].lower().startswith("\\u")
    assert elsewhere.asked == []


def test_the_word_within_a_pattern_may_be_data(elsewhere: Elsewhere) -> None:
    pattern = r"""{ ?service service:SERVICE "SERVICE \" { " , <x:SERVICE> , _:service , 'é\n' # SERVICE
 }"""
    elsewhere.expand(f"PREFIX service: <x:>\nASK {{ SERVICE <E> {pattern} }}")
    assert elsewhere.asked == [f"BASE <{BASE}>\nPREFIX service: <x:>\nSELECT * WHERE {pattern}"]


@pytest.mark.parametrize(
    ("allowed", "named", "same"),
    [
        ("http://example.org/sparql", "HTTP://EXAMPLE.org:80/sparql", True),
        ("https://example.org", "https://example.org:443/", True),
        ("http://example.org/a", "http://example.org/b/../a", True),
        ("http://example.org/sparql", "http://example.org/spar\\u0071l", True),
        ("http://example.org/sparql", "/sparql", False),
        ("http://example.org/sparql", "https://example.org/sparql", False),
        ("http://example.org/sparql", "http://example.org/sparql?x", False),
        ("http://example.org/sparql", "http://example.org/sparql#x", False),
        ("http://example.org/sparql", "http://a@example.org/sparql", False),
        ("http://example.org/sparql", "http://example.org./sparql", False),
        ("http://example.org/sparql", "http://example.org:81/sparql", False),
        ("http://example.org/sparql", "http://example.org.evil.example/sparql", False),
    ],
)
def test_addresses_are_the_same_when_they_mean_the_same(
    monkeypatch: pytest.MonkeyPatch, allowed: str, named: str, same: bool
) -> None:
    called: list[str] = []
    monkeypatch.setattr(Federation, "_ask", lambda _, call, *__: called.append(call.endpoint) or "{ }")
    query = f"SELECT * {{ SERVICE <{named}> {{ }} }}"
    if same:
        Federation([allowed], 9).expand(query, BASE)
        assert called == [allowed], "what is called is what the operator has written"
    else:
        with pytest.raises(BadQuery):
            Federation([allowed], 9).expand(query, BASE)


def test_what_an_operator_writes_after_the_path_of_an_endpoint_is_shown_to_nobody() -> None:
    gone = f"127.0.0.1:{free_port()}/sparql"
    federation = Federation([f"http://{gone}?apikey=secret", "http://me:secret@example.org/"], 5)
    with pytest.raises(BadQuery, match=f"http://{gone}, http://example.org/ only") as refused:
        federation.expand("SELECT * { SERVICE <http://other.example/> { } }", BASE)
    assert "secret" not in f"{refused.value} {refused.value.explanation}"
    with pytest.raises(ServiceFailed, match=f"http://{gone} does not") as failed:
        federation.expand(f"SELECT * {{ SERVICE <http://{gone}?apikey=secret> {{ }} }}", BASE)
    assert "secret" not in f"{failed.value} {failed.value.explanation}"


BROKEN = {
    "an error": lambda: (500, b"a secret of theirs"),
    "forbidden": lambda: (403, b"a secret of theirs"),
    "no JSON": lambda: (200, b"a secret of theirs"),
    "a truth": lambda: (200, b'{"head":{},"boolean":true}'),
    "an IRI that is none": lambda: (200, table(["s"], [{"s": iri("x:1> ) } } SERVICE <x:y> { ")}])),
    "a name that is none": lambda: (200, table(["s) { } } #"], [])),
    "a language that is none": lambda: (
        200,
        table(["s"], [{"s": {"type": "literal", "value": "a", "xml:lang": "it ) } #"}}]),
    ),
    "half an answer": lambda: (200, table(["s"], [{"s": iri("x:1")}])[:-3]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_endpoint_that_fails_is_said_or_is_nothing_where_it_may_be(elsewhere: Elsewhere, name: str) -> None:
    elsewhere.answer = BROKEN[name]
    with pytest.raises(ServiceFailed) as failed:
        elsewhere.expand("SELECT * { SERVICE <E> { ?s ?p ?o } }")
    assert "secret" not in str(failed.value)
    assert (failed.value.line, failed.value.column) == (1, 12)
    assert elsewhere.expand("SELECT * { SERVICE SILENT <E> { ?s ?p ?o } }") == "SELECT * { { } }"


@pytest.mark.parametrize("name", ["a name that is none", "a language that is none", "half an answer"])
def test_an_error_keeps_no_table_of_the_engine(elsewhere: Elsewhere, name: str) -> None:
    elsewhere.answer = BROKEN[name]
    with pytest.raises(ServiceFailed) as failed:
        elsewhere.expand("SELECT * { SERVICE <E> { ?s ?p ?o } }")
    error: BaseException | None = failed.value
    while error:
        for frame, _ in walk_tb(error.__traceback__):
            assert not [held for held in frame.f_locals.values() if isinstance(held, QuerySolutions)]
        error = error.__context__


def test_a_query_that_the_endpoint_does_not_take_is_said(elsewhere: Elsewhere) -> None:
    elsewhere.answer = lambda: (400, b"a secret of theirs")
    with pytest.raises(ServiceFailed) as failed:
        elsewhere.expand("SELECT * { SERVICE <E> { ?s ?p } }")
    assert "secret" not in str(failed.value)


def test_nobody_at_home_is_said(elsewhere: Elsewhere) -> None:
    gone = f"http://127.0.0.1:{free_port()}/"
    federation = Federation([gone], 5)
    with pytest.raises(ServiceFailed, match="does not answer"):
        federation.expand(f"SELECT * {{ SERVICE <{gone}> {{ }} }}", BASE)
    assert federation.expand(f"ASK {{ SERVICE SILENT <{gone}> {{ }} }}", BASE) == "ASK { { } }"


def test_blank_nodes_and_too_many_rows_are_never_passed_over(elsewhere: Elsewhere) -> None:
    for silent in ("", "SILENT"):
        elsewhere.answer = lambda: (200, table(["s"], [{"s": {"type": "bnode", "value": "b0"}}]))
        with pytest.raises(BadQuery, match="blank nodes"):
            elsewhere.expand(f"SELECT * {{ SERVICE {silent} <E> {{ ?s ?p ?o }} }}")
        elsewhere.answer = lambda: (200, table(["s"], [{"s": iri("x:1")}] * 10_001))
        with pytest.raises(BadQuery, match="more than"):
            elsewhere.expand(f"SELECT * {{ SERVICE {silent} <E> {{ ?s ?p ?o }} }}")


def test_a_table_is_written_no_further_than_it_may_be(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    query, written = "SELECT * { SERVICE <E> { ?s ?p ?o } }", []
    elsewhere.answer = lambda: (200, table([f"v{number}" for number in range(101)], [{}]))
    with pytest.raises(BadQuery, match="100 variables"):
        elsewhere.expand(query)
    elsewhere.answer = lambda: (200, table([f"v{number}" for number in range(100)], [{}] * 9_000))
    monkeypatch.setattr("ctl_graph.federation._written", lambda *_: written.append(1) or "UNDEF")
    with pytest.raises(BadQuery, match="more than"):
        elsewhere.expand(query)
    assert len(written) < 4_000_000 / 6 + 200, "what is too long is seen while it is written"


def test_writing_a_table_ends_in_time(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere.answer = lambda: (200, table(["s"], [{"s": iri("x:1")}] * 9_000))
    elsewhere.federation = Federation([elsewhere.address], 1.0)
    monkeypatch.setattr("ctl_graph.federation._written", lambda *_: time.sleep(0.01) or "UNDEF")
    began = time.monotonic()
    with pytest.raises(ServiceFailed, match="within"):
        elsewhere.expand("SELECT * { SERVICE <E> { ?s ?p ?o } }")
    assert time.monotonic() - began < 20, "in all it would take 90 seconds"


def test_few_wait_for_others_at_once(elsewhere: Elsewhere) -> None:
    query = f"ASK {{ SERVICE <{elsewhere.address}> {{ }} }}"
    expand = elsewhere.federation.expand
    with ExitStack() as taken:
        for who in ("hog", "hog", "guest"):
            taken.enter_context(elsewhere.federation._place(who))
        with pytest.raises(StoreBusy):
            expand(query, BASE, "hog")
        expand(query, BASE, "guest")
        taken.enter_context(elsewhere.federation._place("other"))
        with pytest.raises(StoreBusy):
            expand(query, BASE, "somebody else")
    expand(query, BASE, "hog")
    assert not elsewhere.federation._taken


@pytest.mark.parametrize(
    ("declared", "words", "column"),
    [
        ("BASE<a/>" * 12_000, "200 prefixes", 1 + 8 * 200),
        ("PREFIX x:<a/>" * 7_000, "200 prefixes", 1 + 13 * 200),
        ("BASE<b:" + "a/" * 1_000 + ">", "2,000", 1),
        ("BASE<http://b/>" + "BASE<" + "a/" * 999 + ">", "2,000", 16),
    ],
)
def test_what_is_declared_is_bounded(elsewhere: Elsewhere, declared: str, words: str, column: int) -> None:
    began = time.monotonic()
    with pytest.raises(BadQuery, match=words) as refused:
        elsewhere.expand(declared + "SELECT * { SERVICE <E> { } }")
    assert (refused.value.line, refused.value.column) == (1, column)
    assert time.monotonic() - began < 5, "it took half a minute"
    assert elsewhere.asked == []


def test_as_much_as_may_be_declared_is_sent(elsewhere: Elsewhere) -> None:
    declared = "".join(f"PREFIX p{number}: <x:{number}>\n" for number in range(199)) + "BASE <b:" + "a" * 1_998 + ">"
    elsewhere.expand(declared + "\nSELECT * { SERVICE <E> { } }")
    assert elsewhere.asked == [f"BASE <{BASE}>\n{declared}\nSELECT * WHERE {{ }}"]


def test_finding_them_is_bounded(elsewhere: Elsewhere) -> None:
    for hostile in ("{", "SERVICE ", "<", '"', "<a\\u", "a.b-", "x:\\"):
        began = time.monotonic()
        with pytest.raises(BadQuery):
            elsewhere.expand(f"SELECT * {{ SERVICE <E> {{ {hostile * (90_000 // len(hostile))}")
        assert time.monotonic() - began < 5
    with pytest.raises(BadQuery, match="no longer than"):
        elsewhere.expand("SELECT * { SERVICE <E> { } }" + " " * 100_000)
    assert elsewhere.asked == []


# -- over HTTP -------------------------------------------------------------------------------------------------------


def test_a_failure_is_a_502_in_words_and_counts(world: Config, release: Release, tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{free_port()}/"
    client = create_app(replace(world, federation=gone, state=str(tmp_path / "s"), query_budget=60.0)).test_client()
    query = f"SELECT * {{\n SERVICE <{gone}> {{ ?s ?p ?o }} }}"
    response = client.post("/sparql", data={"query": query}, headers={"Accept-Language": "en"})
    assert response.status_code == 502
    problem = response.get_json()
    assert (problem["line"], problem["column"]) == (2, 2)
    assert gone in problem["detail"]
    assert "RateLimit" in response.headers
    page = client.post("/sparql", data={"query": query}, headers={"Accept": "text/html"})
    assert page.status_code == 502
    assert "SERVICE &lt;http" in page.text


def test_the_time_of_others_is_the_querys_and_the_clients(
    world: Config, release: Release, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    def slowly() -> tuple[int, bytes]:
        time.sleep(1.0)
        return 200, table(["s"], [])

    elsewhere.answer = slowly
    settings = replace(world, federation=elsewhere.address, state=str(tmp_path / "s"), query_budget=6.0)
    response = (
        create_app(settings)
        .test_client()
        .post("/sparql", data={"query": f"SELECT * {{ SERVICE <{elsewhere.address}> {{ ?s ?p ?o }} }}"})
    )
    assert response.status_code == 200
    left = int(response.headers["RateLimit"].partition("r=")[2].partition(";")[0])
    assert left < 5_200


def test_without_the_setting_nobody_is_asked(client: FlaskClient, elsewhere: Elsewhere) -> None:
    response = client.post("/sparql", data={"query": f"SELECT * {{ SERVICE <{elsewhere.address}> {{ }} }}"})
    assert response.status_code == 400
    assert elsewhere.asked == []
