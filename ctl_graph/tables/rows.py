"""Rows that know where they stand, and what they say: quads, by csv2rdf's minimal mode (https://www.w3.org/TR/csv2rdf/)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

from csvw.metadata_utils import NAMESPACES
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node
from uritemplate import URITemplate

from ctl_graph.errors import Finding
from ctl_graph.tables.cells import Cell, Column, Value
from ctl_graph.tables.wording import excerpt
from ctl_graph.vocab import PREFIXES, RDF, XSD

_SCHEMES: Final = frozenset({"http", "https", "urn", "mailto", "tel", "geo"})
_NOT_IN_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f-\x9f]|%(?![0-9A-Fa-f]{2})")


class Quad(NamedTuple):
    """A triple, the graph that says it (empty: none is named), and the column that it comes from."""

    subject: URIRef | BNode
    predicate: URIRef
    object: Node
    graph: str
    column: str | None


@dataclass(frozen=True)
class ForeignKey:
    """Cells of these columns must occur in those columns of the table at `resource`."""

    columns: tuple[str, ...]
    resource: str
    referenced: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Schema:
    """What the metadata says about one table; `url` is the address that relative IRIs start from."""

    path: str
    url: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    graph_url: str | None = None
    suppressed: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table.

    `line` is where it begins in the file, counted as an editor counts; `whole` says that it has a cell for each
    column of the header: in a row that has not, cells may stand under the wrong column.
    """

    schema: Schema
    line: int
    number: int
    cells: Mapping[str, Cell]
    accepted: bool | None
    whole: bool = True

    @property
    def path(self) -> str:
        return self.schema.path

    def value(self, column: str) -> str | None:
        """The first value of a cell, None when it is empty or the table has no such column."""
        cell = self.cells.get(column)
        return cell.value if cell else None


@dataclass(frozen=True, eq=False)
class Table:
    """A table as read: its schema, its rows, and what was wrong while reading."""

    path: Path
    metadata: Path
    schema: Schema
    rows: tuple[Row, ...]
    problems: tuple[Finding, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.schema.columns


def quads(row: Row, accepted: str | None = None) -> Iterator[Quad]:
    """What the row says, in csv2rdf's minimal mode (https://www.w3.org/TR/csv2rdf/).

    Args:
        row: a row; what `findings` objects to (an IRI that is none) is left out here.
        accepted: the name of the graph where an accepted row is said a second time.
    """
    graph = _expand(row, row.schema.graph_url) if row.schema.graph_url else ""
    if graph is None or row.schema.suppressed:
        return
    nameless = BNode()
    for column in row.schema.columns:
        for subject, predicate, thing in _triples(row, column, nameless):
            yield Quad(subject, predicate, thing, graph, column.name)
            if accepted is not None and row.accepted:
                yield Quad(subject, predicate, thing, accepted, column.name)


class BadTemplate(ValueError):
    """A template gives no IRI for this row; the code and the two sentences are for the curator."""

    def __init__(self, code: str, it: str, en: str) -> None:
        self.code, self.it, self.en = code, it, en
        super().__init__(en)


def _triples(row: Row, column: Column, nameless: BNode) -> Iterator[tuple[URIRef | BNode, URIRef, Node]]:
    if column.suppressed or is_silent(row, column):
        return
    try:
        subject = URIRef(iri(row, column, column.about_url)) if column.about_url is not None else nameless
        predicate = URIRef(iri(row, column, property_url(column)))
        if column.value_url is not None:
            yield subject, predicate, URIRef(iri(row, column, column.value_url))
            return
    except BadTemplate:
        return
    cell = row.cells[column.name]
    terms = [_literal(value, column) for value in cell.values]
    if column.separator is not None and column.ordered:
        yield from _list(subject, predicate, terms)
    else:
        for term in terms:
            yield subject, predicate, term


def is_silent(row: Row, column: Column) -> bool:
    """Does this column say nothing of this row? An empty cell does; so does a virtual column that needs one."""
    if not column.virtual:
        return not row.cells[column.name].values and not (column.separator and column.ordered and _is_list(row, column))
    if column.value_url is None:
        return True
    needed = {name for url in (column.about_url, column.value_url) if url for name in variables(url)}
    return any(not row.cells[name].values for name in needed if name in row.cells)


def _is_list(row: Row, column: Column) -> bool:
    return row.cells[column.name].text not in column.null


def _literal(value: Value, column: Column) -> Literal:
    if value.datatype != XSD + "string":
        return Literal(value.lexical, datatype=URIRef(value.datatype), normalize=False)
    return Literal(value.lexical, lang=None if column.language == "und" else column.language)


def property_url(column: Column) -> str:
    """The template of the predicate; by default the column's name as a fragment of the table's address."""
    return "#" + quote(column.name, safe="%") if column.property_url is None else column.property_url


def _list(
    subject: URIRef | BNode, predicate: URIRef, terms: Sequence[Node]
) -> Iterator[tuple[URIRef | BNode, URIRef, Node]]:
    nodes: list[URIRef | BNode] = [*(BNode() for _ in terms), URIRef(RDF + "nil")]
    yield subject, predicate, nodes[0]
    for node, term, rest in zip(nodes, terms, nodes[1:], strict=False):
        yield node, URIRef(RDF + "first"), term
        yield node, URIRef(RDF + "rest"), rest


def _expand(row: Row, template: str) -> str | None:
    try:
        return iri(row, None, template)
    except BadTemplate:
        return None


def iri(row: Row, column: Column | None, template: str) -> str:
    """The IRI that a template gives for this row.

    Raises:
        BadTemplate: a cell that it needs is empty, or what comes out is no IRI that may be published.
    """
    values: list[str | tuple[str, ...]] = []
    for name in variables(template):
        cell = row.cells.get(name)
        if cell is None:
            values.append(_special(row, column, name))
        elif cell.values:
            lexical = tuple(value.lexical for value in cell.values)
            values.append(lexical if row.schema.by_name[name].separator else lexical[0])
        else:
            raise BadTemplate(
                "empty-in-iri",
                f"per comporre l'indirizzo {template} serve la cella «{name}», che è vuota",
                f"to form the address {template} the cell “{name}” is needed, and it is empty",
            )
    return absolute(row.schema.url, _expanded(template, tuple(values)))


@lru_cache(maxsize=65536)
def _expanded(template: str, values: tuple[str | tuple[str, ...], ...]) -> str:
    given: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in zip(variables(template), values, strict=True)
    }
    return URITemplate(template).expand(given)


def _special(row: Row, column: Column | None, name: str) -> str:
    """The variables that every template has: https://www.w3.org/TR/tabular-metadata/#uri-template-properties."""
    number = row.schema.columns.index(column) + 1 if column else 0
    special = {
        "_row": row.number,
        "_sourceRow": row.line,
        "_name": unquote(column.name) if column else None,
        "_column": number,
        "_sourceColumn": number,
    }.get(name)
    if special is None:
        raise BadTemplate("template", f"«{name}» non è una colonna", f"“{name}” is no column")
    return str(special)


@lru_cache(maxsize=4096)
def variables(template: str) -> tuple[str, ...]:
    """The names that a template (https://www.rfc-editor.org/rfc/rfc6570) asks for."""
    return tuple(URITemplate(template).variable_names)


@lru_cache(maxsize=65536)
def absolute(base: str, reference: str) -> str:
    """The absolute IRI of a reference; raises BadTemplate if it is none that may be published."""
    prefix, colon, local = reference.partition(":")
    if colon and prefix in NAMESPACES and not local.startswith("//"):
        reference = NAMESPACES[prefix] + local
    try:
        written = urlsplit(reference)
        address = reference if written.scheme else urljoin(base, reference)
        parts = urlsplit(address)
    except ValueError:
        raise _bad_iri(reference, "malformato", "malformed") from None
    if not parts.scheme:
        raise _bad_iri(address, "relativo", "relative")
    if parts.scheme in PREFIXES and not parts.netloc:
        raise _bad_iri(
            address, f"con un prefisso ({parts.scheme}:) che CSVW non conosce", "with a prefix unknown to CSVW"
        )
    if parts.scheme not in _SCHEMES:
        raise _bad_iri(
            address, f"di uno schema non ammesso ({parts.scheme}:)", f"of a scheme not allowed ({parts.scheme}:)"
        )
    if parts.scheme in ("http", "https") and not parts.hostname:
        raise _bad_iri(address, "senza nome di host", "without a host name")
    if _NOT_IN_IRI.search(address):
        raise _bad_iri(address, "con caratteri non ammessi", "with characters that are not allowed")
    if {".", ".."} & {unquote(segment) for segment in written.path.split("/")}:
        raise _bad_iri(address, "con un segmento «.» o «..»", "with a segment «.» or «..»")
    return address


def _bad_iri(address: str, it: str, en: str) -> BadTemplate:
    return BadTemplate("bad-iri", f"l'indirizzo {excerpt(address)} è {it}", f"the address {excerpt(address)} is {en}")
