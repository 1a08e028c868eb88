"""Where questions are asked: a seam of one method, with two backends behind it.

`OxigraphStore` reads the store of a release; `RemoteStore` asks a SPARQL endpoint elsewhere. Both answer with
pyoxigraph's result types, so nothing above asks which one it has. SPARQL 1.1: https://www.w3.org/TR/sparql11-query/
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol
from urllib.error import HTTPError, URLError

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)
from pyoxigraph import Store as Oxigraph
from SPARQLWrapper import POST, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from ctl_graph.errors import BadQuery, StoreUnavailable

# The terms of the engine are everyone's, so the rooms above take them from here and not from the engine.
__all__ = [
    "BlankNode",
    "Literal",
    "NamedNode",
    "OxigraphStore",
    "Quad",
    "QuerySolutions",
    "RemoteStore",
    "Result",
    "Store",
    "Term",
    "Triple",
    "bad_query",
    "decode",
    "evaluate",
    "iri",
]

Result = QuerySolutions | QueryBoolean | QueryTriples | Sequence[Triple]
Term = NamedNode | BlankNode | Literal | Triple

_ENGINE_TEXT_LIMIT: Final = 500
_POSITION: Final = re.compile(r"^error at (\d+):(\d+): ", re.ASCII)
_RESULTS_JSON: Final = "application/sparql-results+json"
_N_TRIPLES: Final = "application/n-triples"


class Store(Protocol):
    """A read-only RDF dataset that answers SPARQL.

    Raises (from `query`, and while a lazy result is read):
        BadQuery: the text is not a query that is answered here.
        QueryTimeout, StoreUnavailable: there is no answer; the exception says why.
    """

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result: ...


def iri(text: str) -> str:
    """The IRI as it stands in a query, `<…>`; this is the only way a term enters one.

    Raises:
        BadQuery: the text is not an absolute IRI, so that nothing can break out of the brackets.
    """
    try:
        return str(NamedNode(text))
    except ValueError as error:
        raise BadQuery(f"not an IRI: {text[:200]!r}") from error


class OxigraphStore:
    """The store of a release, opened read-only: any number of processes may hold it.

    Only for questions of our own: a visitor's query is never even parsed in this process (see `ctl_graph.sandbox`).

    Raises:
        StoreUnavailable: the folder is no store, or is damaged.
    """

    def __init__(self, path: Path) -> None:
        with _engine_errors():
            self._store = Oxigraph.read_only(str(path))

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        with _engine_errors():
            return evaluate(self._store, query, default_graphs, named_graphs)

    def __len__(self) -> int:
        return len(self._store)


def evaluate(
    store: Oxigraph, query: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Ask pyoxigraph, with the dataset of the protocol (https://www.w3.org/TR/sparql11-protocol/#dataset).

    Naming either list replaces the whole dataset: the part that is not named is then empty.
    """
    if not default_graphs and not named_graphs:
        return store.query(query)
    return store.query(
        query,
        default_graph=[NamedNode(name) for name in default_graphs],
        named_graphs=[NamedNode(name) for name in named_graphs],
    )


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except SyntaxError as error:
        raise bad_query(error) from error
    except ValueError as error:
        raise BadQuery(str(error)[:_ENGINE_TEXT_LIMIT]) from error
    except RuntimeError as error:
        raise BadQuery(str(error)[:_ENGINE_TEXT_LIMIT]) from error
    except OSError as error:
        raise StoreUnavailable(str(error)[:_ENGINE_TEXT_LIMIT]) from error


def bad_query(error: SyntaxError) -> BadQuery:
    """The engine's complaint, with the line and column that it begins with as numbers."""
    text = str(error)
    if found := _POSITION.match(text):
        return BadQuery(text[found.end() :][:_ENGINE_TEXT_LIMIT], int(found[1]), int(found[2]))
    return BadQuery(text[:_ENGINE_TEXT_LIMIT])


class RemoteStore:
    """A SPARQL endpoint elsewhere, asked through SPARQLWrapper.

    `default_graph` is sent whenever a question names no dataset, because some servers take the union of all graphs,
    accepted and rejected statements together, as their default. `seconds` bounds each wait for the network
    (SPARQLWrapper cannot bound the whole), `limit` the bytes of an answer: a longer one is an error and never cut.
    """

    def __init__(self, endpoint: str, default_graph: str, seconds: float = 30, limit: int = 64_000_000) -> None:
        self._endpoint = endpoint
        self._default_graph = default_graph
        self._seconds = seconds
        self._limit = limit

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        if not default_graphs and not named_graphs:
            default_graphs = (self._default_graph,)
        request = self._request(query, default_graphs, named_graphs)
        try:
            response = request.query().response
            media_type = response.headers.get_content_type()
            body = response.read(self._limit + 1)
        except QueryBadFormed as error:
            raise BadQuery("the endpoint does not take this query") from error
        except (HTTPError, URLError, OSError, SPARQLWrapperException) as error:
            raise StoreUnavailable(f"{self._endpoint} does not answer ({type(error).__name__})") from error
        if len(body) > self._limit:
            raise StoreUnavailable(f"the answer of {self._endpoint} is longer than {self._limit} bytes")
        return self._decode(body, media_type)

    def _request(self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> SPARQLWrapper:
        request = SPARQLWrapper(self._endpoint)
        request.setQuery(query)
        request.setMethod(POST)
        request.setTimeout(max(1, round(self._seconds)))
        request.setOnlyConneg(True)
        request.addCustomHttpHeader("Accept", f"{_RESULTS_JSON}, {_N_TRIPLES};q=0.9")
        for name in default_graphs:
            request.addParameter("default-graph-uri", name)
        for name in named_graphs:
            request.addParameter("named-graph-uri", name)
        return request

    def _decode(self, body: bytes, media_type: str) -> Result:
        try:
            return decode(body, graph=media_type != _RESULTS_JSON)
        except (SyntaxError, ValueError) as error:
            raise StoreUnavailable(f"the answer of {self._endpoint} ({media_type}) cannot be read") from error


def decode(body: bytes, *, graph: bool) -> Result:
    """An answer as bytes (N-Triples where it is a graph, else SPARQL JSON) as the objects that the engine gives.

    Raises:
        SyntaxError, ValueError: the bytes are neither.
    """
    if graph:
        return [quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES) if quad.graph_name == DefaultGraph()]
    return parse_query_results(body, format=QueryResultsFormat.JSON)
