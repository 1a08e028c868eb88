"""A store elsewhere that misbehaves, over real sockets: the answer is whole or an error, and it comes in time."""

import socket
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from threading import Event, Thread
from urllib.parse import parse_qs

import pytest

from ctl_graph.errors import BadQuery, QueryTimeout, QueryTooLarge, StoreUnavailable
from ctl_graph.remote import GraphStore, RemoteStore
from ctl_graph.store import BlankNode, QuerySolutions, Triple
from ctl_graph.transport import _Deadline

JSON = b"application/sparql-results+json"
ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"a"}}]}}'
SELECT = "SELECT ?x { ?x ?y ?z }"
SECRET = b"AKIA-SECRET"
ACCEPTED = "https://example.org/graph/accepted"

Reply = Iterable[bytes]
Script = Callable[["Peer", bytes], Reply]


@dataclass
class Peer:
    """A server that says what its script says, word by word; `requests` are those that it was sent, whole."""

    script: Script
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"

    def serve(self, listening: socket.socket) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    self.requests.append(received(connection))
                    for part in self.script(self, self.requests[-1]):
                        connection.sendall(part)
                except OSError:
                    continue  # whoever asked has gone


def received(connection: socket.socket) -> bytes:
    head, body = b"", b""
    while b"\r\n\r\n" not in head:
        if not (part := connection.recv(65536)):
            return head
        head += part
    head, _, body = head.partition(b"\r\n\r\n")
    while len(body) < length(head):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def length(head: bytes) -> int:
    lines = [line.lower() for line in head.split(b"\r\n")]
    return next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)


@contextmanager
def peer(script: Script) -> Iterator[Peer]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = Peer(script, listening.getsockname()[1])
        thread = Thread(target=one.serve, args=(listening,))
        thread.start()
        try:
            yield one
        finally:
            one.ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def answer(body: bytes = ROWS, status: bytes = b"200 OK", type: bytes = JSON, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Connection: close", b"Content-Type: " + type, *headers]
    if not any(header.startswith((b"Content-Length", b"Transfer-Encoding", b"X-Endless")) for header in headers):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def saying(*parts: bytes) -> Script:
    return lambda _peer, _request: parts


def slowly(text: bytes) -> Script:
    """A byte every twentieth of a second: each wait is short, the whole is not."""

    def script(one: Peer, _: bytes) -> Reply:
        for number in range(len(text)):
            yield text[number : number + 1]
            if one.ended.wait(0.05):
                return

    return script


def silence(one: Peer, _: bytes) -> Reply:
    one.ended.wait(20)
    return ()


def parameters(request: bytes) -> dict[str, list[str]]:
    return parse_qs(request.partition(b"\r\n\r\n")[2].decode())


# -- time --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        slowly(answer(ROWS * 9)),
        slowly(answer(ROWS * 9, b"200 OK", JSON, b"X-Endless: 1")),
        slowly(b"HTTP/1.1 200 OK\r\n" + b"X-Header: 1\r\n" * 99),
        silence,
    ],
    ids=["body", "body without a length", "headers", "nothing"],
)
def test_the_deadline_is_for_the_whole(script: Script) -> None:
    with peer(script) as one:
        begun = time.monotonic()
        with pytest.raises(QueryTimeout):
            RemoteStore(one.address, seconds=0.5).query(SELECT)
        assert time.monotonic() - begun < 5


def test_the_deadline_is_for_the_handshake_of_tls_too() -> None:
    with peer(silence) as one, pytest.raises(QueryTimeout):
        RemoteStore(one.address.replace("http:", "https:"), seconds=0.5).query(SELECT)


def test_the_deadline_is_for_the_name_of_the_host_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()
    monkeypatch.setattr("ctl_graph.transport.getaddrinfo", lambda *_, **__: ended.wait(20) and [])
    begun = time.monotonic()
    with pytest.raises(QueryTimeout):
        RemoteStore("http://example.org/sparql", seconds=0.3).query(SELECT)
    assert time.monotonic() - begun < 10
    ended.set()


def test_a_name_that_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr("ctl_graph.transport.getaddrinfo", unknown)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        RemoteStore("http://example.org/sparql").query(SELECT)


def test_what_connects_after_the_deadline_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, _Deadline(0.01) as deadline:
        time.sleep(0.1)
        with pytest.raises(TimeoutError):
            deadline.connect(*listening.getsockname())


def test_where_nobody_answers_the_next_ones_fail_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/sparql"
    store = RemoteStore(address)
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="does not answer"):
            store.query(SELECT)
    with pytest.raises(StoreUnavailable, match="a moment ago"):
        store.query(SELECT)


# -- what is no whole answer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        answer(ROWS, b"200 OK", JSON, b"Content-Length: %d" % (len(ROWS) + 1)),
        answer(b"%x\r\n%s\r\n" % (len(ROWS), ROWS), b"200 OK", JSON, b"Transfer-Encoding: chunked"),
        answer(b"%x\r\n%s" % (len(ROWS) + 9, ROWS), b"200 OK", JSON, b"Transfer-Encoding: chunked"),
        answer(ROWS[:-3], b"200 OK", JSON, b"X-Endless: 1"),
        answer(ROWS[:-3]),
        answer(b"<a:b> <a:b> <a:b> .\n", b"200 OK", b"application/n-triples", b"X-Endless: 1"),
        answer(b"<a:b> <a:b> <a:b> .\n", b"200 OK", b"application/n-triples", b"Transfer-Encoding: gzip, chunked"),
        answer(ROWS, b"200 OK", JSON, b"Transfer-Encoding: identity", b"Content-Length: %d" % (len(ROWS) + 1)),
        answer(ROWS, b"200 OK", JSON, b"X-SPARQL-MaxRows: 10000"),
        answer(ROWS, b"200 OK", JSON, b"X-SQL-State: S1TAT"),
        answer(ROWS, b"206 Partial Content"),
        answer(ROWS, b"200 OK", JSON, b"Content-Encoding: gzip"),
        answer(ROWS, b"200 OK", b"text/html"),
        answer(b"not json"),
        answer(SECRET, b"500 Internal Server Error"),
        answer(SECRET, b"403 Forbidden"),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
    ids=[
        "short of its length",
        "no last chunk",
        "a broken chunk",
        "JSON that breaks off, without a length",
        "JSON that breaks off",
        "a graph without an end",
        "a graph in chunks that are none",
        "short of its length, whatever its transfer",
        "Virtuoso's rows",
        "Virtuoso's time",
        "206",
        "compressed",
        "a page",
        "no JSON",
        "500",
        "403",
        "another protocol",
        "nothing",
    ],
)
def test_what_is_not_a_whole_answer_is_an_error_without_the_words_of_the_server(said: bytes) -> None:
    with peer(saying(said)) as one, pytest.raises(StoreUnavailable) as error:
        RemoteStore(one.address).query(SELECT)
    assert SECRET.decode() not in str(error.value)


def test_a_longer_answer_is_an_error_and_not_cut() -> None:
    with peer(saying(answer())) as one:
        assert RemoteStore(one.address, limit=len(ROWS)).query(SELECT)
        with pytest.raises(QueryTooLarge):
            RemoteStore(one.address, limit=len(ROWS) - 1).query(SELECT)


@pytest.mark.parametrize("status", [b"400 Bad Request", b"413 Too Long", b"422 Unprocessable"])
def test_what_the_endpoint_says_of_a_query_is_not_handed_on(status: bytes) -> None:
    with peer(saying(answer(SECRET, status))) as one, pytest.raises(BadQuery) as error:
        RemoteStore(one.address).query(SELECT)
    assert SECRET.decode() not in str(error.value)


@pytest.mark.parametrize("status", [b"408 Request Timeout", b"504 Gateway Timeout"])
def test_a_server_out_of_time_is_a_timeout(status: bytes) -> None:
    with peer(saying(answer(b"", status))) as one, pytest.raises(QueryTimeout):
        RemoteStore(one.address).query(SELECT)


def test_no_redirect_is_followed() -> None:
    with peer(saying(answer())) as target:
        location = b"Location: " + target.address.encode()
        with peer(saying(answer(b"", b"302 Found", JSON, location))) as one, pytest.raises(StoreUnavailable):
            RemoteStore(one.address).query(SELECT)
        assert target.requests == []


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with peer(saying(answer())) as proxy, peer(saying(answer())) as one:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        RemoteStore(one.address).query(SELECT)
        assert (len(one.requests), proxy.requests) == (1, [])


def test_a_short_answer_that_is_long_to_read_ends_with_the_time_of_the_question() -> None:
    names = ",".join(f'"v{number}"' for number in range(20_000)).encode()
    rows = b'{"head":{"vars":[%s]},"results":{"bindings":[%s]}}' % (names, b",".join([b"{}"] * 200_000))
    with peer(saying(answer(rows))) as one, pytest.raises(QueryTimeout):
        RemoteStore(one.address, seconds=1).query(SELECT)


def test_an_error_keeps_no_table() -> None:
    """Its frames may be dropped by another thread, which the engine's tables do not bear."""
    with peer(saying(answer(ROWS[:-1]))) as one, pytest.raises(StoreUnavailable) as error:
        RemoteStore(one.address).query(SELECT)
    cause: BaseException | None = error.value
    while cause is not None:
        frames = [frame.f_locals for frame, _ in traceback.walk_tb(cause.__traceback__)]
        assert not [1 for values in frames for value in values.values() if isinstance(value, QuerySolutions)]
        cause = cause.__cause__


def test_whole_answers_are_read() -> None:
    chunked = answer(b"%x\r\n%s\r\n0\r\n\r\n" % (len(ROWS), ROWS), b"200 OK", JSON, b"Transfer-Encoding: chunked")
    with peer(saying(chunked)) as one:
        rows = RemoteStore(one.address).query(SELECT)
        assert isinstance(rows, QuerySolutions)
        assert [row["x"].value for row in rows] == ["a"]
        assert b"accept-encoding: identity" in one.requests[0].lower()
    with peer(saying(answer(b'_:vb1 <a:b> "c" .\n', b"200 OK", b"text/plain"))) as one:
        (triple,) = RemoteStore(one.address).query("CONSTRUCT WHERE { ?a ?b ?c }")  # type: ignore[misc]
        assert isinstance(triple, Triple)
    node = ROWS.replace(b'"type":"literal","value":"a"', b'"type": "bnode", "value": "nodeID://b10013"')
    with peer(saying(answer(node))) as one:
        (row,) = RemoteStore(one.address).query(SELECT)  # type: ignore[misc]
        assert isinstance(row["x"], BlankNode)


# -- the dataset -------------------------------------------------------------------------------------------------------


def dataset(script: Script, query: str, **given: tuple[str, ...]) -> tuple[list[str], list[str]]:
    with peer(script) as one:
        RemoteStore(one.address, ACCEPTED).query(query, **given)
        sent = parameters(one.requests[-1])
    return sent.get("default-graph-uri", []), sent.get("named-graph-uri", [])


def graphs(*names: str) -> bytes:
    rows = b",".join(b'{"graph":{"type":"uri","value":"%s"}}' % name.encode() for name in names)
    return answer(b'{"head":{"vars":["graph"]},"results":{"bindings":[%s]}}' % rows)


def strict(_: Peer, request: bytes) -> Reply:
    """As the protocol wants it: naming the default graph leaves no other."""
    return (graphs() if "default-graph-uri" in parameters(request) else graphs(ACCEPTED, "g:a"),)


def lenient(_: Peer, __: bytes) -> Reply:
    return (graphs("g:a"),)


def test_the_accepted_graph_is_asked_unless_the_client_names_a_dataset() -> None:
    assert dataset(lenient, SELECT) == ([ACCEPTED], [])
    assert dataset(lenient, SELECT, default_graphs=("g:a",)) == (["g:a"], [])
    assert dataset(lenient, SELECT, named_graphs=("g:a", "g:b")) == ([], ["g:a", "g:b"])
    assert dataset(lenient, "SELECT * FROM <g:a> { ?s ?p ?o }") == ([], [])


def test_graphs_can_be_spoken_of_without_naming_them() -> None:
    query = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    assert dataset(strict, query) == ([ACCEPTED], ["g:a", ACCEPTED])
    assert dataset(lenient, query) == ([ACCEPTED], []), "Virtuoso opens all graphs to a variable"
    named = query.replace("?g", "<g:b>")
    assert dataset(lenient, named) == ([ACCEPTED], ["g:b", ACCEPTED]), "but not to a name"
    assert dataset(strict, 'SELECT ("GRAPH" AS ?graph) { }') == ([ACCEPTED], [])


def test_relative_iris_are_taken_against_the_address_of_ours() -> None:
    with peer(lenient) as one:
        RemoteStore(one.address).answer(SELECT, base="https://example.org/sparql")
        assert parameters(one.requests[0])["query"] == [f"BASE <https://example.org/sparql>\n{SELECT}"]


# -- graphs that are loaded --------------------------------------------------------------------------------------------


def test_a_store_that_is_busy_is_asked_again() -> None:
    def busy(one: Peer, _: bytes) -> Reply:
        done = len(one.requests) > 2
        return (answer(b"", b"204 No Content" if done else b"503 Busy"),)

    with peer(busy) as one:
        GraphStore(one.address).put("g:a", b"<a:b> <a:b> <a:b> .\n")
        assert len(one.requests) == 3
        assert one.requests[0].startswith(b"PUT /sparql?graph=g%3Aa HTTP/1.1\r\n")
        assert b"content-type: application/n-triples" in one.requests[0].lower()


def test_a_graph_that_is_not_taken_is_named() -> None:
    with peer(saying(answer(SECRET, b"500 Internal Server Error"))) as one:
        with pytest.raises(StoreUnavailable, match="500 to PUT of g:a") as error:
            GraphStore(one.address).put("g:a", b"")
        assert SECRET.decode() not in str(error.value)
    with peer(saying(answer(b"", b"404 Not Found"))) as one:
        GraphStore(one.address).delete("g:a")


CHALLENGE = b'WWW-Authenticate: Digest realm="SPARQL", nonce="abc", qop="auth", algorithm="MD5"'


def test_a_password_is_sent_as_a_digest_and_only_when_asked_for() -> None:
    def guarded(one: Peer, request: bytes) -> Reply:
        if b"authorization: digest" in request.lower():
            return (answer(b"", b"201 Created"),)
        return (answer(b"", b"401 Unauthorized", JSON, CHALLENGE),)

    long = b"<a:b> <a:b> <a:b> .\n" * 2000
    with peer(guarded) as one:
        GraphStore(one.address, "dba", "s3cret").put("g:a", long)
        asked, sent = one.requests
        assert b"authorization" not in asked.lower()
        assert asked.startswith(b"HEAD"), "a long body is not sent before the password"
        assert sent.startswith(b"PUT")
        assert sent.endswith(long)
        assert not any(b"s3cret" in request for request in one.requests)
        assert b'username="dba"' in sent
        assert md5(b"dba:SPARQL:s3cret").hexdigest().encode() not in sent
    refusing = saying(answer(b"", b"401 Unauthorized", JSON, CHALLENGE))
    with peer(refusing) as one, pytest.raises(StoreUnavailable, match="does not let us in"):
        GraphStore(one.address, "dba", "wrong").put("g:a", b"")
