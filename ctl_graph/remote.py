"""A store elsewhere: a SPARQL endpoint that is asked, and a graph store that a release is loaded into.

SPARQLWrapper composes the requests of the protocol (https://www.w3.org/TR/sparql11-protocol/). `transport` sends them,
because SPARQLWrapper bounds each wait and not the whole (a server that sends a byte a second holds it for ever),
follows redirects to wherever they lead, reads an answer of any length into memory, and takes a cut one for a whole one.
Graphs are loaded by https://www.w3.org/TR/sparql11-http-rdf-update/.
"""

import re
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from socket import socket
from typing import Final
from urllib.parse import urlencode
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

from SPARQLWrapper import CONSTRUCT, DESCRIBE, POST, SPARQLWrapper

from ctl_graph.errors import BadQuery, Message, QueryTimeout, StoreUnavailable
from ctl_graph.spool import Caps
from ctl_graph.store import ANY_FORMAT, Answer, Choices, QuerySolutions, Result, decode, iri, written
from ctl_graph.tokens import chooses_dataset, graph_names, mentions, refuse_federation, refuse_update
from ctl_graph.transport import Reply, exchange

_RESULTS_JSON: Final = "application/sparql-results+json"
_N_TRIPLES: Final = "application/n-triples"
_GRAPH_TYPES: Final = frozenset((_N_TRIPLES, "text/plain"))
_PARTIAL: Final = ("X-SPARQL-MaxRows", "X-SQL-State", "X-SQL-Message")
_CHUNK: Final = 1 << 16
_FAILURES: Final = 3
_PAUSE_SECONDS: Final = 5.0
_PAUSES: Final = (0.5, 2.0)
_GRAPHS_SECONDS: Final = 60.0
_OTHERS: Final = (
    "SELECT ?graph WHERE {{ GRAPH ?graph {{ ?subject ?predicate ?object }} FILTER (?graph != {}) }} LIMIT 1"
)
# Not DISTINCT: some servers then sort all statements.
_GRAPHS: Final = "SELECT ?graph WHERE { GRAPH ?graph { ?subject ?predicate ?object } } GROUP BY ?graph"
_NO_DEFINE: Final = Message(
    "DEFINE qui non si può usare: non è SPARQL, e a qualche server dice di fare altro che rispondere.",
    "DEFINE cannot be used here: it is no SPARQL, and tells some servers to do other things than to answer.",
)
_NO_MIXTURE: Final = Message(
    "Qui una query nomina i grafi o con il loro IRI intero o con una variabile, non in tutt'e due i modi.",
    "Here a query names graphs either by their whole IRI or by a variable, not in both ways.",
)
_ABOUT_THE_QUERY: Final = frozenset((400, 413, 414, 422))
_BLANK_NODE: Final = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")([^"]*)"')
_BOOLEAN: Final = re.compile(
    rb'("datatype"\s*:\s*"http://www.w3.org/2001/XMLSchema#boolean"\s*,\s*"value"\s*:\s*)"([01])"'
)
_ASK_TABLE: Final = re.compile(rb'\s*\{\s*"head"\s*:\s*\{[^{}]*"__ASK_RETVAL"')


class RemoteStore:
    """A SPARQL endpoint elsewhere.

    A question that names no dataset is asked of `default_graph`, because some servers take the union of all graphs,
    accepted and rejected statements together, as their default; where it speaks of graphs by name it is asked of all of
    them, too, since by the protocol naming the one leaves out the others. Some servers leave the others open all the
    same, and stumble over a long list. `seconds` bounds the whole of a question, from the call to the last byte of the
    answer, `limit` the bytes of an answer and `rows` the rows or triples of a visitor's: a longer one is an error and
    never cut. An endpoint that could not be reached several times is left alone for a moment.
    """

    def __init__(
        self,
        endpoint: str,
        default_graph: str = "",
        seconds: float = 30,
        limit: int = 64_000_000,
        rows: int = sys.maxsize,
    ) -> None:
        self._endpoint = endpoint
        self._default_graph = default_graph
        self._seconds = seconds
        self._limit = limit
        self._rows = rows
        self._breaker = _Breaker()
        self._graphs: tuple[float, tuple[str, ...]] = (0.0, ())

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        """As `ctl_graph.store.Store`.

        Raises:
            BadQuery: the endpoint does not take the query.
            QueryTimeout: there was no whole answer in time.
            QueryTooLarge: the answer is longer than the limit.
            StoreUnavailable: it cannot be reached, or gives no whole answer that can be read.
        """
        deadline = time.monotonic() + self._seconds
        chosen = default_graphs or named_graphs or chooses_dataset(query)
        if self._default_graph and not chosen:
            default_graphs = (self._default_graph,)
            named_graphs = self._named_graphs(graph_names(query))
        reply = self._send(query, default_graphs, named_graphs)
        try:
            body, graph = _tidy(reply), reply.media_type != _RESULTS_JSON
            if not graph and not _is_read_before(deadline, body):
                raise QueryTimeout(self._seconds)
            return decode(body, graph=graph)
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(reply.media_type) from error

    def answer(
        self,
        query: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        choices: Choices = ANY_FORMAT,
        base: str | None = None,
        client: socket | None = None,  # noqa: ARG002 (nothing runs here that could be stopped)
        who: str = "",  # noqa: ARG002 (nobody waits here)
        gone: float = 0.0,  # noqa: ARG002 (what SERVICE took comes on top)
    ) -> Answer:
        """As `Sandbox.answer`: a visitor's query, answered in the format chosen for its kind."""
        refuse_federation(query)
        refuse_update(query)
        _refuse_instructions(query)
        begun = time.monotonic()
        based = f"BASE <{base}>\n{query}" if base else query
        result = self.query(based, default_graphs=default_graphs, named_graphs=named_graphs)
        return written(result, choices, Caps(self._limit, self._rows), time.monotonic() - begun)

    def _named_graphs(self, names: Sequence[str]) -> tuple[str, ...]:
        """The graphs that must be said to be open, so that a query with these names after GRAPH sees what it asks for.

        A server that leaves all graphs open to a variable does not leave them so to a name.
        """
        others = {name for name in names if name != iri(self._default_graph)}
        if not others:
            return (self._default_graph,) if names else ()
        if graphs := self._shut_graphs():
            return graphs
        fixed = {name[1:-1] for name in others if name.startswith("<")}
        variables = {name for name in others if name.startswith(("?", "$"))}
        if (fixed and variables) or len(fixed) + len(variables) < len(others):
            raise BadQuery(_NO_MIXTURE)
        return tuple(sorted(fixed | {self._default_graph})) if fixed else ()

    def _shut_graphs(self) -> tuple[str, ...]:
        """The names of all graphs there, or none, if they are open to a query that names the default graph alone.

        They are asked for once in a while: a release that is loaded may bring others.
        """
        until, graphs = self._graphs
        if time.monotonic() > until:
            others = self._send(_OTHERS.format(iri(self._default_graph)), (self._default_graph,), ())
            graphs = () if _names(others) else _names(self._send(_GRAPHS, (), ()))
            self._graphs = (time.monotonic() + _GRAPHS_SECONDS, graphs)
        return graphs

    def _send(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Reply:
        request = _Request(self._endpoint, self._seconds, self._limit)
        request.setQuery(query)
        request.setMethod(POST)
        request.setOnlyConneg(True)
        # Some servers would rather write a graph as a table, if they are let.
        table = f"{_RESULTS_JSON}, {_N_TRIPLES};q=0.9"
        request.addCustomHttpHeader("Accept", _N_TRIPLES if request.queryType in (CONSTRUCT, DESCRIBE) else table)
        request.addCustomHttpHeader("Accept-Encoding", "identity")
        for name in default_graphs:
            request.addParameter("default-graph-uri", name)
        for name in named_graphs:
            request.addParameter("named-graph-uri", name)
        with self._breaker.watching(self._endpoint):
            reply = request.send()
        return self._whole(reply)

    def _whole(self, reply: Reply) -> Reply:
        """What is a whole answer to a query, and no other."""
        if reply.status in _ABOUT_THE_QUERY:
            raise BadQuery("the endpoint does not take this query")
        if reply.status in (408, 504):
            raise QueryTimeout(self._seconds)
        if reply.status != 200:
            raise StoreUnavailable(f"{self._endpoint} answers {reply.status}")
        if any(name in reply.headers for name in _PARTIAL):
            raise StoreUnavailable(f"{self._endpoint} gives a part of the answer only")
        if reply.media_type != _RESULTS_JSON and reply.media_type not in _GRAPH_TYPES:
            raise self._unreadable(reply.media_type)
        if reply.media_type != _RESULTS_JSON and not reply.measured:
            raise StoreUnavailable(f"{self._endpoint} sends a graph without saying where it ends")
        return reply

    def _unreadable(self, media_type: str) -> StoreUnavailable:
        return StoreUnavailable(f"the answer of {self._endpoint} ({media_type}) cannot be read")


class GraphStore:
    """A graph store elsewhere that takes whole graphs; `user` and `password` are for it alone, by Basic or Digest."""

    def __init__(self, address: str, user: str = "", password: str = "", seconds: float = 120) -> None:
        self._address = address
        self._seconds = seconds
        self._login = _Login(address, user, password) if user else None

    def put(self, graph: str, n_triples: bytes) -> None:
        """Let the graph hold these statements and no others.

        Raises:
            StoreError: it does not; the text names the graph and the status.
        """
        self._send("PUT", graph, n_triples)

    def delete(self, graph: str) -> None:
        """Let there be no such graph.

        Raises:
            StoreError: it stays.
        """
        self._send("DELETE", graph, None)

    def _send(self, method: str, graph: str, body: bytes | None) -> None:
        status = self._answer(method, graph, body)
        if status in (401, 403):
            raise StoreUnavailable(f"{self._address} does not let us in: user and password are wrong, or missing")
        if status not in (200, 201, 202, 204) and not (method == "DELETE" and status == 404):
            raise StoreUnavailable(f"{self._address} answers {status} to {method} of {graph}")

    def _answer(self, method: str, graph: str, body: bytes | None) -> int:
        """The status; of a store that has too much to do, after it has had a moment."""
        if self._login and not self._login.is_asked:  # some hang up on a long request that is not signed
            self._login.asked(exchange(self._request("HEAD", graph, None), self._seconds, _CHUNK))
        for pause in (*_PAUSES, 0.0):
            request = self._request(method, graph, body)
            if self._login:
                self._login.sign(request)
            reply = exchange(request, self._seconds, _CHUNK)
            if reply.status == 401 and self._login:
                self._login.asked(reply)
            elif reply.status == 503:
                time.sleep(pause)
            else:
                break
        return reply.status

    def _request(self, method: str, graph: str, body: bytes | None) -> Request:
        separator = "&" if "?" in self._address else "?"
        address = f"{self._address}{separator}{urlencode({'graph': graph})}"
        headers = {"Accept": "*/*", **({} if body is None else {"Content-Type": _N_TRIPLES})}
        return Request(address, body, headers, method=method)  # noqa: S310 (the operator's own address)


class _Login:
    """Signs requests as the store has asked for it: by Basic (RFC 7617) or Digest (RFC 7616)."""

    def __init__(self, address: str, user: str, password: str) -> None:
        passwords = HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, address, user, password)
        self._digest = HTTPDigestAuthHandler(passwords)
        self._basic = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        self._challenge = ""

    @property
    def is_asked(self) -> bool:
        return bool(self._challenge)

    def asked(self, reply: Reply) -> None:
        """Remember what the store asks for."""
        self._challenge = reply.headers.get("WWW-Authenticate", "")

    def sign(self, request: Request) -> None:
        scheme, _, rest = self._challenge.partition(" ")
        if scheme.lower() == "digest":
            asked = parse_keqv_list(list(filter(None, parse_http_list(rest))))
            request.add_unredirected_header("Authorization", f"Digest {self._digest.get_authorization(request, asked)}")
        elif scheme.lower() == "basic":
            request.add_unredirected_header("Authorization", self._basic)


class _Request(SPARQLWrapper):
    """A request of the protocol as SPARQLWrapper composes it, sent over a connection of ours."""

    def __init__(self, endpoint: str, seconds: float, limit: int) -> None:
        super().__init__(endpoint)
        self._seconds = seconds
        self._limit = limit

    def isSparqlUpdateRequest(self) -> bool:  # noqa: N802 (its name there)
        """Never: it guesses from the text, and a store that is sent a query refuses to read it as an update."""
        return False

    def send(self) -> Reply:
        return exchange(self._createRequest(), self._seconds, self._limit)


def _refuse_instructions(query: str) -> None:
    """Virtuoso's own `DEFINE` makes it fetch, or read as an update, what a visitor names; it is no SPARQL."""
    if mentions(query, "DEFINE"):
        raise BadQuery(_NO_DEFINE)


def _names(reply: Reply) -> tuple[str, ...]:
    return tuple(sorted(row["graph"].value for row in decode(reply.body, graph=False)))  # type: ignore[union-attr]


def _is_read_before(deadline: float, results: bytes) -> bool:
    """Read a table to its end, because it is parsed while it is asked for rows: only there is it known to be whole.

    A few bytes are a row as wide as the table's head says, so that reading may take far longer than sending did.

    Raises:
        SyntaxError, ValueError: it cannot be read.
    """
    rows = decode(results, graph=False)
    try:
        if isinstance(rows, QuerySolutions):
            for _ in rows:
                if time.monotonic() > deadline:
                    return False
        return True
    finally:
        del rows  # no thread but this one may drop it, and an error would keep it with this frame


def _tidy(reply: Reply) -> bytes:
    """Virtuoso names blank nodes like addresses, which no format can hold; each keeps a name of its own.

    It writes true and false as 1 and 0, which mean the same; here they are spelt as everywhere else. It answers ASK
    by a table that has a row or has none.
    """
    if reply.media_type != _RESULTS_JSON:
        return reply.body
    if _ASK_TABLE.match(reply.body):
        return b'{"head":{},"boolean":' + (b"true" if b'"value"' in reply.body else b"false") + b"}"
    body = _BOOLEAN.sub(lambda found: found[1] + (b'"true"' if found[2] == b"1" else b'"false"'), reply.body)
    return _BLANK_NODE.sub(lambda found: found[1] + b"b" + found[2].hex().encode() + b'"', body)


class _Breaker:
    """Leaves an endpoint alone for a moment when it could not be reached several times in a row."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0

    @contextmanager
    def watching(self, endpoint: str) -> Iterator[None]:
        if time.monotonic() < self._until:
            raise StoreUnavailable(f"{endpoint} did not answer a moment ago")
        try:
            yield
        except StoreUnavailable:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._until, self._failures = time.monotonic() + _PAUSE_SECONDS, 0
            raise
        self._failures = 0
