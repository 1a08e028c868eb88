"""Where questions are asked: a seam of one method, with two backends behind it.

`OxigraphStore` reads the store of a release; `ctl_graph.remote` asks a SPARQL endpoint elsewhere. Both answer with
pyoxigraph's result types, so nothing above asks which one it has. SPARQL 1.1: https://www.w3.org/TR/sparql11-query/
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol, Self
from typing import Literal as OneOf

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

from ctl_graph.errors import BadQuery, Message, NoFormat, StoreUnavailable
from ctl_graph.formats import SPARQL_JSON, SPARQL_XML, TURTLE, Format, as_xml, write_graph
from ctl_graph.spool import Capped, Caps, Sink, Spool

# The terms of the engine are everyone's, so the rooms above take them from here and not from the engine.
__all__ = [
    "ANY_FORMAT",
    "Answer",
    "BlankNode",
    "Choices",
    "Kind",
    "Literal",
    "NamedNode",
    "OxigraphStore",
    "Quad",
    "QuerySolutions",
    "Result",
    "Store",
    "Term",
    "Triple",
    "decode",
    "engine_errors",
    "evaluate",
    "iri",
    "write",
    "written",
]

Result = QuerySolutions | QueryBoolean | QueryTriples | Sequence[Triple]
Term = NamedNode | BlankNode | Literal | Triple

Kind = OneOf["graph", "solutions", "boolean"]
Choices = Mapping[Kind, Format | None]
ANY_FORMAT: Final[Choices] = {"graph": TURTLE, "solutions": SPARQL_JSON, "boolean": SPARQL_JSON}

_NO_PREFIX: Final = Message(
    "Qui sta un prefisso che la query non dichiara: ci vuole una riga come PREFIX ctl: <https://w3id.org/ctl/def/>.",
    "A prefix stands here that the query does not declare: it needs a line like PREFIX ctl: <https://w3id.org/ctl/def/>.",
)
_ENGINE_TEXT_LIMIT: Final = 500
_ABOUT_THE_QUERY: Final = ("The custom function", "The variable encoding the service name")
_POSITION: Final = re.compile(r"^error at (\d+):(\d+): ", re.ASCII)
# Where a name could go on, the engine lists every range of letters that it could go on with.
_CHARACTERS: Final = re.compile(r",?\s*\[(?:'[^\]]*|_)\]")


class Store(Protocol):
    """A read-only RDF dataset that answers SPARQL.

    A result may be lazy: what goes wrong while it is read comes as the engine's own error, unless it is read within
    `engine_errors`.

    Raises (from `query`):
        BadQuery: the text is not a query that is answered here.
        QueryTimeout, StoreUnavailable: there is no answer; the exception says why.
    """

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result: ...


@dataclass(frozen=True)
class Answer:
    """What goes out to a visitor: whole, in one format.

    `file` stands at its beginning, `length` is in bytes, `digest` is the SHA-256 in hexadecimal, and `seconds` is how
    long a worker had to work for it.
    """

    kind: Kind
    format: Format
    file: IO[bytes]
    length: int
    digest: str
    seconds: float

    @classmethod
    def kept(cls, kind: Kind, format: Format, spool: Spool, seconds: float = 0.0) -> Self:
        """The answer that the spool holds, which is now whole."""
        return cls(kind, format, spool.rewound(), spool.length, spool.digest, seconds)

    def read(self) -> bytes:
        """All of it, however often it is asked for."""
        self.file.seek(0)
        body = self.file.read()
        self.file.seek(0)
        return body


def written(result: Result, choices: Choices, caps: Caps, seconds: float = 0.0) -> Answer:
    """The result in the format that is chosen for its kind, kept until it is whole; it took `seconds` to get it.

    Raises:
        NoFormat: none is chosen for this kind.
        NotXml: it is one of XML, and cannot carry the result.
        QueryTooLarge: it is longer than allowed; an answer is never cut.
        NoSpace: it does not fit on the disk.
        StoreUnavailable: the store turns out to be damaged while the result is read.
    """
    spool = Spool()
    try:
        return Answer.kept(*write(result, choices, caps, spool), spool, seconds)
    except BaseException:
        spool.close()
        raise


def write(result: Result, choices: Choices, caps: Caps, sink: Sink) -> tuple[Kind, Format]:
    """Write the result part by part: solutions while the engine finds them, a graph when it is sorted.

    Raises:
        NoFormat, NotXml, QueryTooLarge, StoreUnavailable: as `written`; what the sink has by then is no answer.
    """
    kind = _kind(result)
    if (format := choices.get(kind)) is None:
        raise NoFormat(kind)
    with engine_errors():
        if isinstance(result, QuerySolutions | QueryBoolean):
            assert isinstance(format.codec, QueryResultsFormat)
            capped = Capped(sink, caps, format.suffix if kind == "solutions" else None)
            parts = _Xml(capped) if format is SPARQL_XML else capped
            result.serialize(parts, format=format.codec)  # type: ignore[arg-type]
        else:
            Capped(sink, caps).write(write_graph(_counted(result, caps), format))
    return kind, format


class _Xml:
    """Passes on what the engine writes as XML, and stops it where it is none.

    Raises (from `write`):
        NotXml: see `as_xml`.
    """

    def __init__(self, sink: Capped) -> None:
        self._sink = sink
        self._end = b""

    def write(self, data: bytes) -> int:
        self._sink.write(as_xml(data, self._end))
        self._end = (self._end + data)[-2:]  # a character may be cut between two parts
        return len(data)

    def flush(self) -> None:
        """The engine asks for it; there is nothing to do."""


def _kind(result: Result) -> Kind:
    if isinstance(result, QuerySolutions):
        return "solutions"
    return "boolean" if isinstance(result, QueryBoolean) else "graph"


def _counted(result: Iterable[Triple], caps: Caps) -> set[Triple]:
    """The triples, which a query may give more than once."""
    triples = set()
    for triple in result:
        triples.add(triple)
        if len(triples) > caps.rows:
            raise caps.too_many()
    return triples


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

    A store with no more than `hold` quads is copied into memory, where the engine answers several times faster.
    Only for questions of our own: a visitor's query is never even parsed in this process (see `ctl_graph.sandbox`).

    Raises:
        StoreUnavailable: the folder is no store, or is damaged.
    """

    def __init__(self, path: Path, hold: int = 0) -> None:
        try:
            self._store = Oxigraph.read_only(str(path))
            # Counting reads every block: in a damaged store some queries would never end.
            if len(self._store) <= hold:
                self._store, on_disk = Oxigraph(), self._store
                self._store.bulk_extend(on_disk)
        except (OSError, RuntimeError) as error:
            raise StoreUnavailable(f"the store {path} cannot be read: {error}") from error

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        with engine_errors():
            return evaluate(self._store, query, default_graphs, named_graphs)

    def __len__(self) -> int:
        return len(self._store)


def evaluate(
    store: Oxigraph,
    query: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    base: str | None = None,
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Ask pyoxigraph, with the dataset of the protocol (https://www.w3.org/TR/sparql11-protocol/#dataset).

    Naming either list replaces the whole dataset: the part that is not named is then empty. Relative IRIs are taken
    against `base`.
    """
    if not default_graphs and not named_graphs:
        return store.query(query, base_iri=base)
    return store.query(
        query,
        base_iri=base,
        default_graph=[NamedNode(name) for name in default_graphs],
        named_graphs=[NamedNode(name) for name in named_graphs],
    )


@contextmanager
def engine_errors() -> Iterator[None]:
    """What the engine raises, as errors of ours.

    Its words about the query are for whoever asked; its words about files and addresses are not, and stay in the cause.
    It raises RuntimeError for both: for a function that it does not know, and for a block of the store that is damaged.
    """
    try:
        yield
    except SyntaxError as error:
        raise _bad_query(error) from error
    except UnicodeEncodeError as error:
        raise BadQuery("the query is not Unicode text: half of a surrogate pair stands in it") from error
    except ValueError as error:
        raise BadQuery(str(error)[:_ENGINE_TEXT_LIMIT]) from error
    except (OSError, RuntimeError) as error:
        text = str(error)
        if text.startswith(_ABOUT_THE_QUERY):
            raise BadQuery(text[:_ENGINE_TEXT_LIMIT]) from error
        raise StoreUnavailable(f"the store could not answer ({type(error).__name__})") from error


def _bad_query(error: SyntaxError) -> BadQuery:
    """The engine's complaint, with the line and column that it begins with as numbers."""
    text = " ".join(str(error).split())
    found = _POSITION.match(text)
    place = (int(found[1]), int(found[2])) if found else (None, None)
    if "Prefix not found" in text:
        return BadQuery(_NO_PREFIX, *place)
    expected = _CHARACTERS.sub("", text[found.end() if found else 0 :]).strip(" ,")
    if expected in ("expected", "expected one of"):
        expected = "this cannot stand here, or something is missing"
    return BadQuery(expected[:_ENGINE_TEXT_LIMIT], *place)


def decode(body: bytes, *, graph: bool) -> Result:
    """An answer as bytes (N-Triples where it is a graph, else SPARQL JSON) as the objects that the engine gives.

    Raises:
        SyntaxError, ValueError: the bytes are neither.
    """
    if graph:
        return [quad.triple for quad in parse(body, format=RdfFormat.N_TRIPLES) if quad.graph_name == DefaultGraph()]
    return parse_query_results(body, format=QueryResultsFormat.JSON)
