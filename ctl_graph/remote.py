"""A SPARQL endpoint elsewhere that is asked, and a graph store elsewhere that a release is loaded into.

SPARQLWrapper composes the requests of https://www.w3.org/TR/sparql11-protocol/; the exchange is `transport`'s, because
SPARQLWrapper can bound neither the time nor the length of an answer, follows redirects, and reads what breaks off as if
it were whole. Graphs are loaded by https://www.w3.org/TR/sparql11-http-rdf-update/.
"""

import re
import sys
import time
from collections.abc import Sequence
from socket import socket
from threading import Lock
from typing import Final
from urllib.parse import urlencode
from urllib.request import Request

from SPARQLWrapper import POST, SPARQLWrapper

from ctl_graph.errors import BadQuery, QueryTimeout, StoreUnavailable
from ctl_graph.formats import N_TRIPLES, SPARQL_JSON
from ctl_graph.spool import Caps
from ctl_graph.store import ANY_FORMAT, Answer, Choices, QuerySolutions, Result, decode, written
from ctl_graph.tokens import mentions, refuse_federation, refuse_update
from ctl_graph.transport import Reply, exchange, login

_GRAPH_TYPES: Final = (N_TRIPLES.media_type, "text/plain")  # what N-Triples were before they had a type of their own
_PARTIAL: Final = ("X-SPARQL-MaxRows", "X-SQL-State")
_ABOUT_THE_QUERY: Final = (400, 413, 414, 422)
_OUT_OF_TIME: Final = (408, 504)
_DONE: Final = (200, 201, 202, 204)
_SAYS_NOTHING: Final = 1 << 20
_LONG: Final = 1 << 14
_NAMES_ARE_FREE: Final = "ASK { GRAPH ?graph { ?subject ?predicate ?object } }"
_GRAPHS: Final = "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?subject ?predicate ?object } }"
_GRAPHS_SECONDS: Final = 60.0
_NODE_ID: Final = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://')


class RemoteStore:
    """A SPARQL endpoint elsewhere.

    A question that names no dataset is asked of `default_graph`, because some servers take the union of all graphs,
    accepted and rejected statements together, as their default, and others nothing. Where its text speaks of graphs,
    all of them are named, too: by the protocol, naming only the default graph leaves none to speak of. `seconds` bounds
    a question from the call to the last byte of the answer, `limit` its bytes: a longer answer is an error, never cut.
    `rows` bounds the rows or triples of a visitor's answer in the same way.
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
        self._known: tuple[float, tuple[str, ...]] = (0.0, ())

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        """As `ctl_graph.store.Store`.

        Raises:
            BadQuery: the endpoint does not take the query; its words about it are not handed on.
            QueryTimeout, QueryTooLarge: the answer takes too long, or is too long.
            StoreUnavailable: it does not answer, or not with a whole answer to a query.
        """
        deadline = time.monotonic() + self._seconds
        if self._default_graph and not default_graphs and not named_graphs and not mentions(query, "FROM"):
            default_graphs = (self._default_graph,)
            named_graphs = self._graphs(deadline) if mentions(query, "GRAPH") else ()
        return self._ask(query, default_graphs, named_graphs, deadline)

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
        gone: float = 0.0,  # noqa: ARG002 (the time of the endpoint is bounded as a whole)
    ) -> Answer:
        """As `Sandbox.answer`: a visitor's query, answered in the format chosen for its kind.

        Relative IRIs are taken against `base`, which is written before the query: an endpoint takes its own address.
        """
        refuse_federation(query)
        refuse_update(query)
        began = time.monotonic()
        based = f"BASE <{base}> {query}" if base else query
        result = self.query(based, default_graphs=default_graphs, named_graphs=named_graphs)
        return written(result, choices, Caps(self._limit, self._rows), time.monotonic() - began)

    def _graphs(self, deadline: float) -> tuple[str, ...]:
        """The graphs to name, asked for once in a while: a release that is loaded may bring others.

        None where graphs can be spoken of without (Virtuoso, for which a long list of names is also very slow).
        """
        until, graphs = self._known
        if time.monotonic() > until:
            if self._ask(_NAMES_ARE_FREE, (self._default_graph,), (), deadline):
                graphs = ()
            else:
                rows = self._ask(_GRAPHS, (), (), deadline)
                assert isinstance(rows, QuerySolutions)
                graphs = tuple(sorted(row["graph"].value for row in rows))
            self._known = (time.monotonic() + _GRAPHS_SECONDS, graphs)
        return graphs

    def _ask(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], deadline: float) -> Result:
        request = _composed(self._endpoint, query, default_graphs, named_graphs)
        self._breaker.check(self._endpoint)
        try:
            reply = exchange(request, max(0.0, deadline - time.monotonic()), self._limit)
        except StoreUnavailable:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return self._result(reply)

    def _result(self, reply: Reply) -> Result:
        self._refuse_what_is_no_answer(reply)
        graph = reply.media_type != SPARQL_JSON.media_type
        body = reply.body if graph else _NODE_ID.sub(rb"\1", reply.body)
        try:
            if isinstance(result := decode(body, graph=graph), QuerySolutions):
                for _ in result:  # read to the end once: a result that breaks off is no result
                    pass
                result = decode(body, graph=graph)
        except (SyntaxError, ValueError) as error:
            raise StoreUnavailable(f"the answer of {self._endpoint} ({reply.media_type}) cannot be read") from error
        return result

    def _refuse_what_is_no_answer(self, reply: Reply) -> None:
        if reply.status in _ABOUT_THE_QUERY:
            raise BadQuery("the endpoint does not take this query")
        if reply.status in _OUT_OF_TIME:
            raise QueryTimeout(self._seconds)
        if reply.status != 200:
            raise StoreUnavailable(f"{self._endpoint} answers {reply.status}")
        if any(name in reply.headers for name in _PARTIAL):
            raise StoreUnavailable(f"{self._endpoint} gives a part of the answer only")
        if reply.media_type in _GRAPH_TYPES and not reply.measured:
            raise StoreUnavailable(f"{self._endpoint} does not say where a graph ends")
        if reply.media_type not in (SPARQL_JSON.media_type, *_GRAPH_TYPES):
            raise StoreUnavailable(f"{self._endpoint} answers in a format that nobody asked for")


def _composed(endpoint: str, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Request:
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(query)
    wrapper.setMethod(POST)
    wrapper.setOnlyConneg(True)
    wrapper.addCustomHttpHeader("Accept", f"{SPARQL_JSON.media_type}, {N_TRIPLES.media_type};q=0.9")
    for name in default_graphs:
        wrapper.addParameter("default-graph-uri", name)
    for name in named_graphs:
        wrapper.addParameter("named-graph-uri", name)
    # Its public method sends the request as well; only this one stops after composing it.
    request = wrapper._createRequest()
    assert isinstance(request, Request)
    return request


class _Breaker:
    """Where nobody answered several times, the next ones need not wait for it: for a few seconds they fail at once."""

    FAILURES: Final = 3
    SECONDS: Final = 5.0

    def __init__(self) -> None:
        self._lock = Lock()
        self._failures = 0
        self._until = 0.0

    def check(self, endpoint: str) -> None:
        if time.monotonic() < self._until:
            raise StoreUnavailable(f"{endpoint} did not answer a moment ago")

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self.FAILURES:
                self._until = time.monotonic() + self.SECONDS

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0


class GraphStore:
    """A graph store elsewhere that takes whole graphs: the address of the protocol's indirect identification.

    `user` and `password` are sent only when it asks for them, as it asks; `seconds` bounds the work on one graph. A
    store that is busy (503) is asked again after as long as it says, a few times.
    """

    _TRIES: Final = 4
    _LONGEST_PAUSE: Final = 30.0

    def __init__(self, address: str, user: str = "", password: str = "", seconds: float = 300) -> None:
        self._address = address
        self._seconds = seconds
        self._login = login(address, user, password) if user else ()

    def put(self, graph: str, n_triples: bytes) -> None:
        """Let the graph hold these statements and no others.

        Raises:
            StoreUnavailable, QueryTimeout: it may hold the old ones, or a part of either.
        """
        if self._login and len(n_triples) > _LONG:
            # Who is asked for a password in the middle of a long body is cut off: be asked for it now.
            exchange(self._request("GET", "urn:nothing", None), self._seconds, _SAYS_NOTHING, self._login)
        self._send("PUT", graph, n_triples)

    def delete(self, graph: str) -> None:
        """Let there be no such graph, whether or not there was.

        Raises:
            StoreUnavailable, QueryTimeout: it may still be there.
        """
        self._send("DELETE", graph, None)

    def _send(self, method: str, graph: str, body: bytes | None) -> None:
        for attempt in range(self._TRIES):
            reply = exchange(self._request(method, graph, body), self._seconds, _SAYS_NOTHING, self._login)
            if reply.status in _DONE or (method == "DELETE" and reply.status == 404):
                return
            if reply.status != 503 or attempt == self._TRIES - 1:
                raise StoreUnavailable(f"{self._address} answers {reply.status} to {method} of the graph {graph}")
            time.sleep(_pause(reply, attempt, self._LONGEST_PAUSE))

    def _request(self, method: str, graph: str, body: bytes | None) -> Request:
        address = f"{self._address}{'&' if '?' in self._address else '?'}{urlencode({'graph': graph})}"
        headers = {"Content-Type": N_TRIPLES.media_type} if body is not None else {}
        return Request(address, body, headers, method=method)  # noqa: S310 (the address is the operator's)


def _pause(reply: Reply, attempt: int, longest: float) -> float:
    asked = reply.headers.get("Retry-After", "")
    return min(longest, float(asked) if asked.isdecimal() else 2.0**attempt)
