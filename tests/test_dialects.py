"""What servers make of SPARQL each in its own way, and how a store elsewhere gives the same answers over them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from urllib.parse import parse_qs

import pytest
from dialects import BACKENDS, DIFFERENCES

from ctl_graph import questions
from ctl_graph.errors import BadQuery
from ctl_graph.questions import Table
from ctl_graph.remote import RemoteStore
from ctl_graph.store import Literal
from ctl_graph.tokens import chooses_dataset, graph_names

ACCEPTED = "https://example.org/accepted"
OTHER = "https://example.org/other"
ROWS = "SELECT ?row WHERE { ?row ?p ?o }"
Request = dict[str, list[str]]


def table(*names: str) -> dict[str, object]:
    return {
        "head": {"vars": ["graph"]},
        "results": {"bindings": [{"graph": {"type": "uri", "value": name}} for name in names]},
    }


@contextmanager
def endpoint(answer: Callable[[str, Request], object]) -> Iterator[tuple[RemoteStore, list[Request]]]:
    """A store over a server that answers so, and the requests that come in."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            request["accept"] = [self.headers["Accept"]]
            requests.append(request)
            body = json.dumps(answer(request["query"][0], request)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield RemoteStore(f"http://127.0.0.1:{server.server_port}/", ACCEPTED, 10), requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shut(query: str, request: Request) -> object:
    """Only the graphs that are named are open, as the protocol says."""
    named = request.get("named-graph-uri", [])
    return table(*named) if "default-graph-uri" in request else table(ACCEPTED, OTHER)


def left_open(query: str, request: Request) -> object:
    return table(OTHER)


def named(requests: list[Request]) -> list[str]:
    return requests[-1].get("named-graph-uri", [])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT * { ?s ?p ?o }", []),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } graph <x:y> { ?s ?p ?o } }", ["?g", "<x:y>"]),
        ("SELECT * { GRAPH # ?this\n $g{ ?s ?p ?o } GRAPH a:b{ ?s ?p ?o } }", ["$g", "a:b"]),
        ('SELECT * { ?graph ?p "GRAPH ?g", <x:GRAPH> . ?s a:GRAPH ?o }', []),
        ("SELECT * { GRAPH", []),
    ],
)
def test_the_names_of_graphs_are_read_from_a_query(query: str, names: list[str]) -> None:
    assert graph_names(query) == names


def test_a_query_that_names_its_dataset_keeps_it() -> None:
    assert chooses_dataset("SELECT * FROM <x:y> { ?s ?p ?o }")
    assert not chooses_dataset('SELECT * { ?from ?p "FROM <x:y>" }')
    with endpoint(shut) as (store, requests):
        store.query(f"SELECT ?s FROM <{OTHER}> WHERE {{ ?s ?p ?o }}")
    assert "default-graph-uri" not in requests[-1]


def test_a_server_that_shuts_graphs_is_told_them_all() -> None:
    with endpoint(shut) as (store, requests):
        store.query("SELECT ?graph { GRAPH ?graph { ?s ?p ?o } }")
        assert named(requests) == [ACCEPTED, OTHER]
        store.query(ROWS)
        assert named(requests) == []
        assert requests[-1]["default-graph-uri"] == [ACCEPTED]


def test_a_server_that_leaves_graphs_open_is_told_only_those_named() -> None:
    with endpoint(left_open) as (store, requests):
        store.query("SELECT ?graph { GRAPH ?graph { ?s ?p ?o } }")
        assert named(requests) == []
        store.query(f"SELECT ?s {{ GRAPH <{OTHER}> {{ ?s ?p ?o }} }}")
        assert named(requests) == [ACCEPTED, OTHER]
        store.query(f"SELECT ?s {{ GRAPH <{ACCEPTED}> {{ ?s ?p ?o }} GRAPH ?graph {{ ?s ?p ?o }} }}")
        assert named(requests) == []


@pytest.mark.parametrize("name", ["?graph", "a:b"])
def test_what_an_open_server_would_answer_wrong_is_refused(name: str) -> None:
    query = f"PREFIX a: <x:> SELECT ?s {{ GRAPH <{OTHER}> {{ ?s ?p ?o }} GRAPH {name} {{ ?s ?p ?o }} }}"
    with endpoint(left_open) as (store, _), pytest.raises(BadQuery):
        store.query(query)


@pytest.mark.parametrize(("written", "value"), [("1", "true"), ("0", "false"), ("true", "true")])
def test_booleans_are_spelt_alike(written: str, value: str) -> None:
    boolean = "http://www.w3.org/2001/XMLSchema#boolean"
    term = {"type": "typed-literal", "datatype": boolean, "value": written}
    with endpoint(lambda *_: {"head": {"vars": ["row"]}, "results": {"bindings": [{"row": term}]}}) as (store, _):
        ((found,),) = store.query(ROWS)
    assert (found.value, found.datatype.value) == (value, boolean)


@pytest.mark.parametrize("rows", [1, 0])
def test_a_table_that_answers_ask_is_read_as_yes_or_no(rows: int) -> None:
    row = {"__ASK_RETVAL": {"type": "literal", "value": "1"}}
    answer = {"head": {"link": [], "vars": ["__ASK_RETVAL"]}, "results": {"bindings": [row] * rows}}
    with endpoint(lambda *_: answer) as (store, _):
        assert bool(store.query("ASK { ?s ?p ?o }")) is bool(rows)


@pytest.mark.parametrize(
    "text",
    [
        "INSERTDATA { <a:a> <b:b> <c:c> }",
        r"\u0049NSERT DATA { <a:a> <b:b> <c:c> }",
        "# how to DELETE nothing\nSELECT ?row WHERE { ?row ?p ?o }",
    ],
)
def test_nothing_leaves_as_an_update(text: str) -> None:
    with endpoint(lambda *_: table()) as (store, requests):
        with suppress(BadQuery):
            store.answer(text, base="https://example.org/")
        assert all("update" not in request for request in requests)


@pytest.mark.parametrize("text", ['DEFINE get:soft "replace" SELECT * { ?s ?p ?o }', "CLEAR ALL"])
def test_what_is_no_query_does_not_leave(text: str) -> None:
    with endpoint(lambda *_: table()) as (store, requests):
        with pytest.raises(BadQuery):
            store.answer(text)
        assert requests == []


def test_a_graph_is_asked_for_as_a_graph() -> None:
    with endpoint(lambda *_: {"head": {}, "boolean": True}) as (store, requests):
        store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        assert requests[-1]["accept"] == ["application/n-triples"]


def test_the_table_of_differences_speaks_of_questions_that_there_are() -> None:
    for name, backend in DIFFERENCES:
        assert files(questions).joinpath(f"{name}.rq").is_file()
        assert backend in BACKENDS


def test_joined_texts_are_compared_without_their_order() -> None:
    alike = DIFFERENCES["recognised-clusters", BACKENDS[0]].alike
    assert alike is not None
    one, other = (Table(("acts", "possible_acts"), ((Literal(text), None),)) for text in ("a; b", "b; a"))
    assert alike(one) == alike(other)
    assert alike(one) != alike(Table(one.columns, ((Literal("a; c"), None),)))
