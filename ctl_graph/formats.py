"""The formats we speak: one table of names, media types, suffixes and codecs, and how to write each.

RDF and query results are written by pyoxigraph; JSON-LD is compacted by PyLD, because pyoxigraph writes the
expanded form only. No document loader is given to PyLD, so that no context is ever fetched.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from ctl_graph.errors import NotXml
from ctl_graph.vocab import PREFIXES


@dataclass(frozen=True)
class Format:
    """One representation: `media_type` is offered, `aliases` are understood, `suffix` stands behind an address."""

    name: str
    media_type: str
    suffix: str
    codec: RdfFormat | QueryResultsFormat | None = None
    aliases: tuple[str, ...] = ()
    utf8: bool = False

    @property
    def content_type(self) -> str:
        """The header's value; the charset is said wherever a client would guess wrongly."""
        return f"{self.media_type}; charset=utf-8" if self.utf8 else self.media_type


HTML: Final = Format("HTML", "text/html", "html", None, ("application/xhtml+xml",), utf8=True)
TURTLE: Final = Format(
    "Turtle", "text/turtle", "ttl", RdfFormat.TURTLE, ("application/x-turtle", "text/n3", "text/rdf+n3"), utf8=True
)
JSON: Final = Format("JSON", "application/json", "json")
JSON_LD: Final = Format("JSON-LD", "application/ld+json", "jsonld", RdfFormat.JSON_LD, ("application/json",))
N_TRIPLES: Final = Format("N-Triples", "application/n-triples", "nt", RdfFormat.N_TRIPLES, ("text/plain",))
RDF_XML: Final = Format(
    "RDF/XML", "application/rdf+xml", "rdf", RdfFormat.RDF_XML, ("application/xml", "text/xml"), utf8=True
)
TRIG: Final = Format("TriG", "application/trig", "trig", RdfFormat.TRIG, utf8=True)
N_QUADS: Final = Format("N-Quads", "application/n-quads", "nq", RdfFormat.N_QUADS)

SPARQL_JSON: Final = Format(
    "SPARQL JSON", "application/sparql-results+json", "srj", QueryResultsFormat.JSON, ("application/json", "text/json")
)
SPARQL_XML: Final = Format(
    "SPARQL XML", "application/sparql-results+xml", "srx", QueryResultsFormat.XML, ("application/xml", "text/xml")
)
QUERY: Final = Format("SPARQL", "application/sparql-query", "rq", utf8=True)
XML: Final = Format("XML", "application/xml", "xml", utf8=True)
SVG: Final = Format("SVG", "image/svg+xml", "svg", utf8=True)
TEXT: Final = Format("text", "text/plain", "txt", utf8=True)
# Sets of links, https://www.rfc-editor.org/rfc/rfc9264
LINKSET_JSON: Final = Format("Linkset JSON", "application/linkset+json", "json", None, ("application/json",))
LINKSET: Final = Format("Linkset", "application/linkset", "linkset", None, ("text/plain",))
CSV: Final = Format("CSV", "text/csv", "csv", QueryResultsFormat.CSV, utf8=True)
SSSOM: Final = Format("SSSOM", "text/tab-separated-values", "sssom.tsv", utf8=True)
TSV: Final = Format("TSV", "text/tab-separated-values", "tsv", QueryResultsFormat.TSV, utf8=True)

# What describes a table (https://www.w3.org/TR/tabular-metadata/).
CSVM: Final = Format("CSVW", "application/csvm+json", "csv-metadata.json")

# The order is our preference when a visitor has none.
GRAPHS: Final = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, TRIG, N_QUADS)
TABLES: Final = (SPARQL_JSON, SPARQL_XML, CSV, TSV)
BOOLEANS: Final = (SPARQL_JSON, SPARQL_XML, CSV, TSV)
DATASETS: Final = (TRIG, N_QUADS)
BY_SUFFIX: Final = {format.suffix: format for format in (HTML, *GRAPHS, *TABLES)}

# The datatypes of plain texts, which no format writes.
_UNWRITTEN: Final = {PREFIXES["xsd"] + "string", PREFIXES["rdf"] + "langString"}
# What https://www.w3.org/TR/xml/#charsets leaves out, in UTF-8; and an element without a local name, which stands for a
# property whose IRI ends in no XML name.
_NOT_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|<[^\s<>/:!?]+:[\s>]")
PREFIX_CONTEXT: Final[Mapping[str, Any]] = {"@context": dict(PREFIXES)}


def write_graph(
    statements: Iterable[Triple | Quad], format: Format, context: Mapping[str, Any] | None = PREFIX_CONTEXT
) -> bytes:
    """The statements in this format, sorted, so that equal graphs without blank nodes are equal bytes.

    Graph names are kept by the formats for datasets and dropped by the others. `context` is a JSON-LD
    document with one member, `@context`, and is written into the answer; without one JSON-LD stays in its expanded
    form, because compacting ten thousand statements takes seconds.

    Raises:
        NotXml: the format is RDF/XML, and it cannot carry them.
    """
    if format in DATASETS:
        return write_dataset(statements, format)
    triples = {Triple(statement.subject, statement.predicate, statement.object) for statement in statements}
    written = _write(sorted(triples, key=_sort_key), format)
    return _compact(written, context) if format is JSON_LD and context else written


def write_dataset(statements: Iterable[Triple | Quad], format: Format, prefixes: Mapping[str, str] = PREFIXES) -> bytes:
    """The same with the names of graphs, which JSON-LD (in its expanded form) keeps, too."""
    quads = {_quad(statement) for statement in statements}
    return _write(sorted(quads, key=lambda quad: (str(quad.graph_name), *_sort_key(quad))), format, prefixes)


def read_quads(n_quads: bytes) -> list[Quad]:
    """The statements of N-Quads or N-Triples of ours, in their order; blank nodes keep their labels."""
    return list(parse(n_quads, format=RdfFormat.N_QUADS))


def canonical(n_triples: str) -> str:
    """The same graph sorted, with its blank nodes named by RDFC-1.0 (https://www.w3.org/TR/rdf-canon/)."""
    dataset = Dataset(parse(n_triples.encode(), format=RdfFormat.N_TRIPLES))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset))


def n_triples(turtle: bytes, base_iri: str) -> bytes:
    """A document in Turtle 1.1 (https://www.w3.org/TR/turtle/) as N-Triples, literals as they were written.

    rdflib's own parser of Turtle takes much that is none, and fails in ways of its own on what is too deep or torn.

    Raises:
        SyntaxError: it is not Turtle; `msg` and `lineno` (where it is known) say why and where.
    """
    triples = [quad.triple for quad in parse(turtle.removeprefix(BOM_UTF8), format=RdfFormat.TURTLE, base_iri=base_iri)]
    for triple in triples:
        if isinstance(triple.object, Triple) or (isinstance(triple.object, Literal) and triple.object.direction):
            raise SyntaxError(f"a term of RDF 1.2 stands in it, which is not published here: {triple.object}")
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _quad(statement: Triple | Quad) -> Quad:
    graph = statement.graph_name if isinstance(statement, Quad) else DefaultGraph()
    return Quad(statement.subject, statement.predicate, statement.object, graph)


def _sort_key(statement: Triple | Quad) -> tuple[str, str, str]:
    return str(statement.subject), str(statement.predicate), str(statement.object)


def _write(statements: list[Triple] | list[Quad], format: Format, known: Mapping[str, str] = PREFIXES) -> bytes:
    assert isinstance(format.codec, RdfFormat)
    prefixes = None if format is JSON_LD else _prefixes(statements, known)
    written = serialize(statements, format=format.codec, prefixes=prefixes) or b""
    return as_xml(written) if format is RDF_XML else written


def as_xml(written: bytes, before: bytes = b"") -> bytes:
    """What the engine writes as XML (behind `before`), as XML: the engine writes every character as it is.

    A carriage return is written as a reference, because a parser of XML reads a bare one as a line feed.

    Raises:
        NotXml: there is something in it that makes it ill-formed.
    """
    if _NOT_XML.search(before + written):
        raise NotXml
    return written.replace(b"\r", b"&#13;")


def _prefixes(statements: Iterable[Triple] | Iterable[Quad], known: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that these statements use: a small document begins with few lines."""
    iris = {term.value for statement in statements for term in statement if isinstance(term, NamedNode)}
    iris |= {term.datatype.value for statement in statements for term in statement if isinstance(term, Literal)}
    iris -= _UNWRITTEN
    return {prefix: base for prefix, base in known.items() if any(iri.startswith(base) for iri in iris)}


def _compact(expanded: bytes, context: Mapping[str, Any]) -> bytes:
    from pyld import jsonld  # not above: it takes half the time in which a query worker starts

    def fetch_nothing(url: str, _options: object) -> NoReturn:
        raise jsonld.JsonLdError(f"no context is fetched: {url}", "jsonld.LoadDocumentError")

    compacted = jsonld.compact(json.loads(expanded), dict(context), {"documentLoader": fetch_nothing})
    return json.dumps(compacted, ensure_ascii=False, indent=2, sort_keys=True).encode()
