"""Nobody outside is called, whatever a query names and however it writes it (a listener on loopback would hear it).

Each case goes through `/sparql`, with the friendly scan of the words and without it: the promise is the worker's, which
has no network.
"""

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ctl_graph.config import Config
from ctl_graph.errors import StoreError
from ctl_graph.release import Release
from ctl_graph.web import create_app, site

SECRET = b"what the listener says to whoever calls"
GRAPHS = ("default-graph-uri", "named-graph-uri")


@dataclass
class Listener:
    """One port of loopback, in both families, that answers whoever calls, and remembers that they did."""

    port: int = 0
    calls: list[object] = field(default_factory=list)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    heard = Listener()
    with ExitStack() as opened:
        first = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        heard.port = first.getsockname()[1]
        servers = [first]
        with suppress(OSError):  # a machine without IPv6
            six = socket.socket(socket.AF_INET6)
            opened.enter_context(six)
            six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            six.bind(("::1", heard.port))
            six.listen()
            servers.append(six)
        stop, stopped = socket.socketpair()
        opened.enter_context(stop)
        opened.enter_context(stopped)
        thread = threading.Thread(target=_listen, args=(servers, stopped, heard))
        thread.start()
        yield heard
        stop.send(b".")
        thread.join()


def _listen(servers: list[socket.socket], stopped: socket.socket, heard: Listener) -> None:
    while stopped not in (ready := select.select([*servers, stopped], [], [])[0]):
        for server in ready:
            connection, caller = server.accept()
            heard.calls.append(caller)
            with connection, suppress(OSError):
                head = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Type: text/turtle\r\n"
                connection.sendall(head + b"Content-Length: %d\r\n\r\n%s" % (len(SECRET), SECRET))


# How one can write an address that leads here, or to where secrets are kept; PORT is the listener's.
ADDRESSES = {
    "name": "http://localhost:PORT/",
    "name of the loopback": "http://ip6-localhost:PORT/",
    "name with a dot": "http://localhost.:PORT/",
    "name in capitals": "HTTP://LOCALHOST:PORT/",
    "name below localhost": "http://a.localhost:PORT/",
    "dotted": "http://127.0.0.1:PORT/sparql",
    "dotted with a dot": "http://127.0.0.1.:PORT/",
    "short": "http://127.1:PORT/",
    "another of the loopback": "http://127.9.8.7:PORT/",
    "decimal": "http://2130706433:PORT/",
    "hexadecimal": "http://0x7f000001:PORT/",
    "hexadecimal and dotted": "http://0x7f.0x0.0x0.0x1:PORT/",
    "octal": "http://0177.0.0.1:PORT/",
    "nothing": "http://0.0.0.0:PORT/",
    "zero": "http://0:PORT/",
    "version 6": "http://[::1]:PORT/",
    "version 6 in full": "http://[0:0:0:0:0:0:0:1]:PORT/",
    "version 6 mapped": "http://[::ffff:127.0.0.1]:PORT/",
    "version 6 mapped, hexadecimal": "http://[::ffff:7f00:1]:PORT/",
    "version 6 unspecified": "http://[::]:PORT/",
    "user": "http://user:password@127.0.0.1:PORT/",
    "user that looks like a host": "http://example.org@127.0.0.1:PORT/",
    "percent": "http://127.0.0.%31:PORT/",
    "wide digits": "http://127.0.0.\uff11:PORT/",
    "query": "http://127.0.0.1:PORT/?query=x&format=json#part",
    "https": "https://127.0.0.1:PORT/",
    "metadata of a cloud": "http://169.254.169.254/latest/meta-data/",
    "metadata, decimal": "http://2852039166/latest/meta-data/",
    "file": "file:///etc/passwd",
    "file with a host": "file://localhost/etc/passwd",
    "ftp": "ftp://127.0.0.1:PORT/",
    "gopher": "gopher://127.0.0.1:PORT/_x",
    "data": "data:text/turtle,%3Ca:a%3E%20%3Ca:b%3E%20%3Ca:c%3E",
    "escaped": "http://127.0.0.1:PORT/\\u0061",
    "escaped host": "http://\\u0031\\u0032\\u0037.0.0.1:PORT/",
    "escaped scheme": "\\U00000068ttp://127.0.0.1:PORT/",
}
SHAPES = {
    "service": "SELECT * {{ SERVICE <{a}> {{ ?s ?p ?o }} }}",
    "service silent": "SELECT * {{ SERVICE SILENT <{a}> {{ ?s ?p ?o }} }}",
    "from": "SELECT * FROM <{a}> {{ ?s ?p ?o }}",
    "from named": "SELECT * FROM NAMED <{a}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "load": "LOAD <{a}>",
}
# Other ways of saying it, of the plain address.
HERE = "http://127.0.0.1:PORT/"
WORDS = {
    "small letters": "select * { service <HERE> { ?s ?p ?o } }",
    "an escape in the word": "SELECT * { SERV\\u0049CE <HERE> { ?s ?p ?o } }",
    "no blank": "SELECT*{SERVICE<HERE>{?s?p?o}}",
    "a comment between": "SELECT * { SERVICE # <x:y> {\n <HERE> { ?s ?p ?o } }",
    "a name": "PREFIX e: <HERE> SELECT * { SERVICE e:x { ?s ?p ?o } }",
    "relative": "BASE <HERE> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
    "a variable": "SELECT * { VALUES ?e { <HERE> } SERVICE ?e { ?s ?p ?o } }",
    "a silent variable": "SELECT * { VALUES ?e { <HERE> } SERVICE SILENT ?e { ?s ?p ?o } }",
    "optional": "SELECT * { ?s ?p ?o OPTIONAL { SERVICE <HERE> { ?s ?p ?x } } }",
    "exists": "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <HERE> { ?s ?p ?x } } }",
    "minus": "SELECT * { ?s ?p ?o MINUS { SERVICE <HERE> { ?s ?p ?x } } }",
    "sub-select": "SELECT * { { SELECT * { SERVICE <HERE> { ?s ?p ?x } } } }",
    "graph": "SELECT * { GRAPH ?g { SERVICE <HERE> { ?s ?p ?x } } }",
    "construct": "CONSTRUCT { ?s ?p ?o } { SERVICE <HERE> { ?s ?p ?o } }",
    "describe": "DESCRIBE ?s { SERVICE <HERE> { ?s ?p ?o } }",
    "describe the address": "DESCRIBE <HERE>",
    "ask": "ASK { SERVICE <HERE> { ?s ?p ?o } }",
    "insert": "INSERT { ?s ?p ?o } WHERE { SERVICE <HERE> { ?s ?p ?o } }",
    "load silent": "LOAD SILENT <HERE> INTO GRAPH <x:g>",
    "load behind a query": "ASK { } ; LOAD <HERE>",
}

Case = tuple[str, dict[str, str]]


def cases() -> dict[str, Case]:
    found = {
        f"{shape}: {name}": (text.format(a=address), {})
        for shape, text in SHAPES.items()
        for name, address in ADDRESSES.items()
    }
    found |= {
        f"{parameter}: {name}": ("SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", {parameter: address})
        for parameter in GRAPHS
        for name, address in ADDRESSES.items()
    }
    return found | {f"words: {name}": (query.replace("HERE", HERE), {}) for name, query in WORDS.items()}


CASES = cases()


@pytest.fixture(scope="module", params=["scanned", "unscanned"])
def asked(request: pytest.FixtureRequest, world: Config, release: Release) -> FlaskClient:
    app: Flask = create_app(replace(world, query_budget=0.0))
    with app.test_request_context("/"):
        site.visitors_store()._scan = request.param == "scanned"  # type: ignore[union-attr]
    return app.test_client()


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(CASES) >= 270
    assert len({text for text, _ in CASES.values()}) >= 180


def test_nobody_is_called_and_nothing_of_others_is_said(asked: FlaskClient, listener: Listener) -> None:
    answered: dict[int, int] = {}
    for name, (text, parameters) in CASES.items():
        port = str(listener.port)
        data = {key: value.replace("PORT", port) for key, value in {"query": text, **parameters}.items()}
        response = asked.post("/sparql", data=data, headers={"Accept": "application/sparql-results+json, text/turtle"})
        assert listener.calls == [], name
        assert SECRET.decode() not in response.text, name
        assert "root:" not in response.text, name
        answered[response.status_code] = answered.get(response.status_code, 0) + 1
        # What is answered holds nothing of what was named; SILENT and FROM are answered, because nothing is there.
        assert response.status_code in (200, 400, 403, 502), (name, response.text)
    assert sum(answered.values()) == len(CASES)


def test_the_listener_would_have_heard(listener: Listener, world: Config, release: Release) -> None:
    """The same questions, where a worker is not confined: so that silence means something."""
    from ctl_graph.sandbox import Sandbox

    sandbox = Sandbox(
        release.store, seconds=20, memory=512, answer=8, workers=1, queue=4, allow_unconfined=True, ways=[]
    )
    sandbox._scan = False
    try:
        for name in ("dotted", "user", "escaped"):
            before = len(listener.calls)
            with suppress(StoreError):
                sandbox.answer(SHAPES["service"].format(a=ADDRESSES[name].replace("PORT", str(listener.port))))
            end = time.monotonic() + 10
            while len(listener.calls) == before:  # it is heard by a thread of its own
                assert time.monotonic() < end, name
                time.sleep(0.01)
    finally:
        sandbox.close()
        listener.calls.clear()
