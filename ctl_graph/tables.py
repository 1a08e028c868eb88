"""CSV tables and their CSVW metadata → rows that know where they stand → quads.

`read` never stops at the first error: whatever is wrong is kept with the table, and `findings` says
all of it at once, with file, line and column. Metadata may only point to files beside it; nothing
here opens a socket. The step to RDF follows csv2rdf's minimal mode (https://www.w3.org/TR/csv2rdf/)
with two additions: the annotation `ctl:graphUrl` names the graph of a row, and a virtual column
whose template needs an empty cell says nothing.
"""

import codecs
import csv
import difflib
import io
import json
import re
import warnings
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import csvw
from csvw.metadata import INVALID
from csvw.metadata_utils import NAMESPACES
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node
from uritemplate import URITemplate

from ctl_graph.cells import Cell, Column, Value, control_characters, excerpt
from ctl_graph.errors import Finding, Message, Place, Severity, SourceError
from ctl_graph.vocab import CTL, PREFIXES, RDF, XSD

GRAPH_URL: Final = CTL + "graphUrl"
REASONS: Final = (
    "not-stated",
    "low-confidence",
    "contradicted",
    "undecided",
    "rejected",
    "negative",
    "context",
)
MAX_BYTES: Final = 64 * 1024 * 1024
_CONTEXT: Final = "http://www.w3.org/ns/csvw"
_INHERITED: Final = (
    "aboutUrl",
    "datatype",
    "default",
    "lang",
    "null",
    "ordered",
    "propertyUrl",
    "required",
    "separator",
    "textDirection",
    "valueUrl",
)
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
    """A row of a table. `line` is where it begins in the file, counted as an editor counts."""

    schema: Schema
    line: int
    number: int
    cells: Mapping[str, Cell]
    accepted: bool | None

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


def read(metadata: Path, *, base: str = "") -> Table:
    """Read the table that a CSVW metadata file describes.

    Args:
        metadata: the metadata file; the CSV file stands in the same folder or below.
        base: the address of that folder, for templates that are relative.

    Raises:
        SourceError: the metadata cannot be read at all, or describes several tables.
    """
    tables = read_group(metadata, base=base)
    if len(tables) != 1:
        place = _shown(metadata, metadata.parent)
        raise SourceError(
            [_finding(place, "metadata", "sono descritte più tabelle: una per file", "several tables: one per file")]
        )
    return tables[0]


def read_group(metadata: Path, *, folder: Path | None = None, base: str = "") -> tuple[Table, ...]:
    """Read all tables of a metadata file; `base` is the address of `folder` (that of the file, unless given).

    Raises:
        SourceError: the metadata cannot be read at all.
    """
    return _Reader(metadata, folder or metadata.parent, base).tables()


def findings(tables: Iterable[Table]) -> list[Finding]:
    """Everything that is wrong with these tables, on their own and with one another, in order of place."""
    tables = tuple(tables)
    found: list[Finding] = []
    for table in tables:
        found.extend(table.problems)
        for row in table.rows:
            found.extend(_check_row(row))
        found.extend(_check_primary_key(table))
    found.extend(_check_foreign_keys(tables))
    return sorted(found, key=lambda finding: (finding.place.path, finding.place.line or 0))


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


# ------------------------------------------------------------------------------------- rows → terms


class _BadTemplate(ValueError):
    """A template gives no IRI for this row; `problem` is what to tell the curator."""

    def __init__(self, code: str, it: str, en: str) -> None:
        self.code, self.it, self.en = code, it, en
        super().__init__(en)


def _triples(row: Row, column: Column, nameless: BNode) -> Iterator[tuple[URIRef | BNode, URIRef, Node]]:
    if column.suppressed or _is_silent(row, column):
        return
    try:
        subject = URIRef(_iri(row, column, column.about_url)) if column.about_url is not None else nameless
        predicate = URIRef(_iri(row, column, column.property_url or "#" + quote(column.name, safe="%")))
        if column.value_url is not None:
            yield subject, predicate, URIRef(_iri(row, column, column.value_url))
            return
    except _BadTemplate:
        return
    cell = row.cells[column.name]
    terms = [_literal(value, column) for value in cell.values]
    if column.separator is not None and column.ordered:
        yield from _list(subject, predicate, terms)
    else:
        for term in terms:
            yield subject, predicate, term


def _is_silent(row: Row, column: Column) -> bool:
    """Does this column say nothing of this row? An empty cell does; so does a virtual column that needs one."""
    if not column.virtual:
        return not row.cells[column.name].values and not (column.separator and column.ordered and _is_list(row, column))
    if column.value_url is None:
        return True
    needed = {name for url in (column.about_url, column.value_url) if url for name in _variables(url)}
    return any(not row.cells[name].values for name in needed if name in row.cells)


def _is_list(row: Row, column: Column) -> bool:
    return row.cells[column.name].text not in column.null


def _literal(value: Value, column: Column) -> Literal:
    if value.datatype != XSD + "string":
        return Literal(value.lexical, datatype=URIRef(value.datatype), normalize=False)
    return Literal(value.lexical, lang=None if column.language == "und" else column.language)


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
        return _iri(row, None, template)
    except _BadTemplate:
        return None


def _iri(row: Row, column: Column | None, template: str) -> str:
    """The IRI that a template gives for this row; raises _BadTemplate."""
    parsed = _template(template)
    values: dict[str, Any] = {}
    for name in parsed.variable_names:
        cell = row.cells.get(name)
        if cell is None:
            values[name] = _special(row, column, name)
        elif cell.values:
            lexical = [value.lexical for value in cell.values]
            values[name] = lexical if row.schema.by_name[name].separator else lexical[0]
    if parsed.variable_names and not values:
        raise _BadTemplate(
            "empty-in-iri",
            f"una cella vuota ({', '.join(parsed.variable_names)}) serve per comporre l'indirizzo {template}",
            f"an empty cell ({', '.join(parsed.variable_names)}) is needed to form the address {template}",
        )
    return _absolute(row.schema.url, parsed.expand(values))


def _special(row: Row, column: Column | None, name: str) -> str | None:
    """The variables that every template has: https://www.w3.org/TR/tabular-metadata/#uri-template-properties."""
    number = row.schema.columns.index(column) + 1 if column else 0
    special = {
        "_row": row.number,
        "_sourceRow": row.line,
        "_name": unquote(column.name) if column else None,
        "_column": number,
        "_sourceColumn": number,
    }.get(name)
    return None if special is None else str(special)


@lru_cache(maxsize=4096)
def _template(template: str) -> URITemplate:
    return URITemplate(template)


@lru_cache(maxsize=4096)
def _variables(template: str) -> frozenset[str]:
    return frozenset(_template(template).variable_names)


@lru_cache(maxsize=65536)
def _absolute(base: str, reference: str) -> str:
    """The absolute IRI of a reference; raises _BadTemplate if it is none that may be published."""
    prefix, colon, local = reference.partition(":")
    if colon and prefix in NAMESPACES and not local.startswith("//"):
        reference = NAMESPACES[prefix] + local
    try:
        written = urlsplit(reference)
        iri = reference if written.scheme else urljoin(base, reference)
        parts = urlsplit(iri)
    except ValueError:
        raise _bad_iri(reference, "malformato", "malformed") from None
    if not parts.scheme:
        raise _bad_iri(iri, "relativo", "relative")
    if parts.scheme in PREFIXES and not parts.netloc:
        raise _bad_iri(iri, f"con un prefisso ({parts.scheme}:) che CSVW non conosce", "with a prefix unknown to CSVW")
    if parts.scheme not in _SCHEMES:
        raise _bad_iri(
            iri, f"di uno schema non ammesso ({parts.scheme}:)", f"of a scheme not allowed ({parts.scheme}:)"
        )
    if parts.scheme in ("http", "https") and not parts.hostname:
        raise _bad_iri(iri, "senza nome di host", "without a host name")
    if _NOT_IN_IRI.search(iri):
        raise _bad_iri(iri, "con caratteri non ammessi", "with characters that are not allowed")
    if {".", ".."} & {unquote(segment) for segment in written.path.split("/")} and written.scheme:
        raise _bad_iri(iri, "con un segmento «.» o «..»", "with a segment «.» or «..»")
    return iri


def _bad_iri(iri: str, it: str, en: str) -> _BadTemplate:
    return _BadTemplate("bad-iri", f"l'indirizzo {excerpt(iri)} è {it}", f"the address {excerpt(iri)} is {en}")


# ------------------------------------------------------------------------------------------- reading


def _finding(
    path: str,
    code: str,
    it: str,
    en: str,
    line: int | None = None,
    column: str | None = None,
    severity: Severity = Severity.VIOLATION,
) -> Finding:
    return Finding(Place(path, line, column), code, Message(it, en), severity)


def _shown(path: Path, folder: Path) -> str:
    """A path as the curator knows it: from the folder of the tables on, the same on every machine."""
    folder, path = folder.resolve(), path.resolve()
    return str(path.relative_to(folder.parent)) if path.is_relative_to(folder.parent) else path.name


class _Refused(ValueError):
    """A reference of the metadata does not lead to a file beside it."""


class _Reader:
    """Reads one metadata file and the tables it describes; collects what is wrong."""

    def __init__(self, metadata: Path, folder: Path, base: str) -> None:
        self.metadata = metadata
        self.folder = folder.resolve()
        self.base = base
        self.shown = _shown(metadata, folder)
        self.found: list[Finding] = []

    def tables(self) -> tuple[Table, ...]:
        description = self._load(self.metadata)
        self.url = self._url(description)
        group = self._prepare(description)
        parsed = self._parse(group)
        tables = [self._table(raw, table) for raw, table in zip(group["tables"], parsed, strict=True)]
        return tuple(tables)

    def fail(self, it: str, en: str, line: int | None = None, code: str = "metadata") -> SourceError:
        return SourceError([*self.found, _finding(self.shown, code, it, en, line)])

    def note(self, it: str, en: str, code: str = "metadata") -> None:
        self.found.append(_finding(self.shown, code, it, en))

    # -- the metadata

    def _load(self, path: Path) -> dict[str, Any]:
        """The JSON object in a file; raises SourceError where it is none."""
        try:
            raw = _bytes(path)
            loaded = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=self._object)
        except OSError as error:
            raise self.fail(
                f"il file non si legge: {error.strerror}", f"cannot be read: {error.strerror}", code="missing-file"
            ) from error
        except json.JSONDecodeError as error:
            raise self.fail(
                f"JSON non valido, colonna {error.colno}: {error.msg}",
                f"not valid JSON, column {error.colno}: {error.msg}",
                error.lineno,
                "json",
            ) from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise self.fail("JSON non valido", f"not valid JSON: {error}", code="json") from error
        if not isinstance(loaded, dict):
            raise self.fail("non è un oggetto JSON", "not a JSON object", code="json")
        return loaded

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.note(f"«{name}» è scritto due volte nello stesso oggetto", f"«{name}» is written twice in one object")
        return dict(pairs)

    def _url(self, description: Mapping[str, Any]) -> str:
        """The address of the metadata file, or what `@base` in its context makes of it."""
        address = urljoin(self.base, quote(self.metadata.resolve().relative_to(self.folder).as_posix()))
        context = description.get("@context")
        if context != _CONTEXT and not (isinstance(context, list) and _CONTEXT in context):
            raise self.fail(f"@context non è {_CONTEXT}", f"@context is not {_CONTEXT}")
        for item in context if isinstance(context, list) else []:
            if isinstance(item, dict) and isinstance(item.get("@base"), str):
                return urljoin(address, str(item["@base"]))
        return address

    def _prepare(self, description: dict[str, Any]) -> dict[str, Any]:
        """A table group whose columns carry what they inherit, with no reference left to follow."""
        group = description if "tables" in description else {"tables": [description]}
        tables = group["tables"]
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            raise self.fail("«tables» non è una lista di tabelle", "«tables» is not a list of tables")
        prepared = []
        for table in tables:
            table = {**{name: group[name] for name in (*_INHERITED, "dialect") if name in group}, **table}
            for name in ("tableSchema", "dialect"):
                value = table.get(name, group.get(name))
                if value is not None:
                    table[name] = self._load_reference(value) if isinstance(value, str) else value
            prepared.append(_with_inheritance(table))
        return {**group, "tables": prepared}

    def _load_reference(self, reference: str) -> dict[str, Any]:
        try:
            loaded = self._load(self._local(urljoin(self.url, reference)))
        except _Refused:
            raise self._remote(reference) from None
        loaded.pop("@context", None)
        return loaded

    def _remote(self, reference: str) -> SourceError:
        return self.fail(
            f"{excerpt(reference)} non è un file di questa cartella: gli indirizzi remoti non si aprono",
            f"{excerpt(reference)} is no file of this folder: remote addresses are not opened",
            code="remote",
        )

    def _local(self, address: str) -> Path:
        """The file that an address stands for; raises _Refused where it is none of the folder."""
        if self.base and not address.startswith(self.base):
            raise _Refused(address)
        relative = urlsplit(address.removeprefix(self.base))
        if relative.scheme or relative.netloc or "\0" in unquote(relative.path):
            raise _Refused(address)
        path = (self.folder / unquote(relative.path)).resolve()
        if not path.is_relative_to(self.folder):
            raise _Refused(address)
        return path

    def _parse(self, group: dict[str, Any]) -> list[csvw.Table]:
        """The tables as the csvw library understands them; what it warns of is kept as a finding."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                parsed = csvw.TableGroup.fromvalue(json.loads(json.dumps(group)))
                keys = [(table, key) for table in parsed.tables for key in table.tableSchema.foreignKeys]
            except (ValueError, TypeError, AssertionError, AttributeError, KeyError, RecursionError) as error:
                detail = " ".join(str(error).split()) or type(error).__name__
                raise self.fail(f"metadati CSVW non validi: {detail}", f"invalid CSVW metadata: {detail}") from error
        for message in dict.fromkeys(str(warning.message) for warning in caught):
            self.note(f"metadati CSVW: {message}", f"CSVW metadata: {message}")
        for _, key in keys:
            if not key.columnReference or not key.reference.columnReference:
                raise self.fail("una foreignKey non nomina colonne", "a foreign key names no columns")
        tables: list[csvw.Table] = parsed.tables
        return tables

    def _table(self, raw: Mapping[str, Any], table: csvw.Table) -> Table:
        if table.url is None or not isinstance(raw.get("url"), str):
            raise self.fail("manca «url», il nome del file CSV", "«url», the name of the CSV file, is missing")
        url = urljoin(self.url, str(table.url))
        try:
            path = self._local(url.partition("?")[0])
        except _Refused:
            raise self._remote(str(table.url)) from None
        file = _File(path, _shown(path, self.folder), table.dialect or csvw.metadata.Dialect())
        header, records = file.records()
        columns = tuple(_column(column, header) for column in table.tableSchema.columns)
        columns = columns or tuple(Column(quote(title.strip()), (title,)) for title in header)
        schema = Schema(
            path=file.shown,
            url=url,
            columns=columns,
            primary_key=tuple(table.tableSchema.primaryKey or ()),
            foreign_keys=tuple(self._foreign_key(key) for key in table.tableSchema.foreignKeys),
            graph_url=_text(raw.get(GRAPH_URL)),
            suppressed=table.suppressOutput,
        )
        self._check_schema(schema)
        rows = tuple(_rows(schema, file, header, records))
        found, self.found = self.found, []
        return Table(path, self.metadata, schema, rows, (*found, *file.found))

    def _foreign_key(self, key: csvw.ForeignKey) -> ForeignKey:
        resource = str(key.reference.resource or key.reference.schemaReference or "")
        return ForeignKey(tuple(key.columnReference), urljoin(self.url, resource), tuple(key.reference.columnReference))

    def _check_schema(self, schema: Schema) -> None:
        names = schema.by_name
        for name in (*schema.primary_key, *(name for key in schema.foreign_keys for name in key.columns)):
            if name not in names:
                self.note(f"una chiave nomina la colonna «{name}», che non c'è", f"a key names no column: «{name}»")
        urls = [(column.name, (column.about_url, column.property_url, column.value_url)) for column in schema.columns]
        for name, templates in [*urls, ("", (schema.graph_url,))]:
            for template in filter(None, templates):
                self._check_template(name, template, names)

    def _check_template(self, column: str, template: str, names: Mapping[str, Column]) -> None:
        rest = re.sub(r"\{[^{}]+\}", "", template)
        if "{" in rest or "}" in rest:
            self.note(f"parentesi graffe spaiate in {template}", f"unbalanced braces in {template}", "template")
        for name in sorted(_variables(template)):
            if name not in names and name not in ("_row", "_sourceRow", "_name", "_column", "_sourceColumn"):
                hint = _nearest(name, names)
                self.note(
                    f"«{column}»: {template} nomina la colonna «{name}», che non c'è{hint.it}",
                    f"«{column}»: {template} names no column of this table: «{name}»{hint.en}",
                    "template",
                )


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise OSError(27, f"più di / more than {MAX_BYTES >> 20} MB")
    return path.read_bytes()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _with_inheritance(table: dict[str, Any]) -> dict[str, Any]:
    """Write into each column what it inherits: the library's own lookup takes every default for a choice."""
    schema = table.get("tableSchema")
    if not isinstance(schema, dict) or not isinstance(schema.get("columns"), list):
        return table
    inherited = {name: table[name] for name in _INHERITED if name in table}
    inherited |= {name: schema[name] for name in _INHERITED if name in schema}
    columns = [{**inherited, **column} if isinstance(column, dict) else column for column in schema["columns"]]
    return {**table, "tableSchema": {**schema, "columns": columns}}


def _column(column: csvw.Column, header: Sequence[str]) -> Column:
    titles = tuple(title for titles in (column.titles or {}).values() for title in titles)
    number = column._number or 1
    here = header[number - 1 : number]
    name = column.name if column.name and not re.match(r"_|.*\s", column.name) else None
    return Column(
        name=name or (quote(titles[0]) if titles else quote(here[0]) if here else f"_col.{number}"),
        titles=(*filter(None, [column.name]), *titles),
        datatype=column.datatype or csvw.Datatype.fromvalue("string"),
        about_url=_template_text(column.aboutUrl),
        property_url=_template_text(column.propertyUrl),
        value_url=_template_text(column.valueUrl),
        language=column.lang,
        null=tuple(column.null),
        default=column.default or "",
        separator=column.separator or None,
        ordered=bool(column.ordered),
        required=bool(column.required),
        suppressed=column.suppressOutput,
        virtual=column.virtual,
    )


def _template_text(template: Any) -> str | None:
    """The text of a template; one that is not text counts as empty (its finding is already there)."""
    return None if template is None else "" if template is INVALID else str(template)


# --------------------------------------------------------------------------------------- the CSV file


class _Record(NamedTuple):
    line: int
    texts: list[str]


class _File:
    """One CSV file: bytes → records with their lines; what is odd about it is a finding."""

    def __init__(self, path: Path, shown: str, dialect: csvw.metadata.Dialect) -> None:
        self.path = path
        self.shown = shown
        self.dialect = dialect
        self.found: list[Finding] = []

    def note(
        self, code: str, it: str, en: str, line: int | None = None, severity: Severity = Severity.VIOLATION
    ) -> None:
        self.found.append(_finding(self.shown, code, it, en, line, severity=severity))

    def records(self) -> tuple[list[str], list[_Record]]:
        """The header (empty without one) and the records below it."""
        try:
            raw = _bytes(self.path)
        except FileNotFoundError:
            self.note("missing-file", "il file non c'è", "the file does not exist")
            return [], []
        except OSError as error:
            self.note("missing-file", f"il file non si legge: {error.strerror}", f"cannot be read: {error.strerror}")
            return [], []
        text = self._decode(raw)
        if not text.strip():
            self.note("empty-file", "il file è vuoto: manca anche l'intestazione", "the file is empty, header and all")
            return [], []
        records = self._split(text)
        skipped = self.dialect.skipRows
        count = self.dialect.headerRowCount if self.dialect.header else 0
        header = records[skipped].texts if count and len(records) > skipped else []
        return header, records[skipped + count :]

    def _decode(self, raw: bytes) -> str:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self.note(
                "not-utf-8",
                "il file è in UTF-16 («Testo Unicode» di Excel): salvarlo come «CSV UTF-8»",
                "the file is in UTF-16 (Excel's “Unicode text”): save it as “CSV UTF-8”",
            )
            return raw.decode("utf-16", errors="replace")
        if raw.startswith(codecs.BOM_UTF8):
            raw = raw[len(codecs.BOM_UTF8) :]
            self.note(
                "bom",
                "il file comincia con un BOM (lo scrive Excel): è stato riconosciuto e ignorato",
                "the file begins with a BOM (Excel writes it): recognised and ignored",
                severity=Severity.INFO,
            )
        encoding = self.dialect.python_encoding
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            guess = raw[error.start : error.start + 1].decode("cp1252", errors="replace")
            self.note(
                "not-utf-8",
                f"il file non è in UTF-8: sembra Windows-1252 (Excel italiano), dove il byte "
                f"{raw[error.start]:#04x} è «{guess}»; salvarlo come «CSV UTF-8»",
                f"the file is not in UTF-8: it seems to be Windows-1252 (Excel), where the byte "
                f"{raw[error.start]:#04x} is “{guess}”; save it as “CSV UTF-8”",
                line,
            )
            return raw.decode("cp1252", errors="replace")

    def _delimiter(self, text: str) -> str:
        """The delimiter of the file: that of the dialect, unless the first line clearly has another."""
        declared: str = self.dialect.delimiter
        first = text.partition("\n")[0]
        for other, it, en in ((";", "il punto e virgola", "semicolons"), ("\t", "tabulazioni", "tabs")):
            if declared not in first and other in first and self.dialect.header:
                self.note(
                    "delimiter",
                    f"le colonne sono separate da {it}, non da «{declared}»: file salvato da Excel italiano",
                    f"the columns are separated by {en}, not by “{declared}”: the file was saved by an Italian Excel",
                    1,
                )
                return other
        return declared

    def _split(self, text: str) -> list[_Record]:
        dialect = self.dialect
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=self._delimiter(text),
            quotechar=dialect.quoteChar or None,
            doublequote=dialect.doubleQuote,
            escapechar=None if dialect.doubleQuote else "\\",
            skipinitialspace=dialect.skipInitialSpace,
            quoting=csv.QUOTE_MINIMAL if dialect.quoteChar else csv.QUOTE_NONE,
            strict=True,
        )
        records: list[_Record] = []
        while True:
            line = reader.line_num + 1
            try:
                texts = next(reader)
            except StopIteration:
                return records
            except csv.Error as error:
                self.note(
                    "csv",
                    f"da questa riga il file non si legge come CSV ({error}): controllare le virgolette",
                    f"from this line on the file is not CSV ({error}): check the quotation marks",
                    line,
                )
                return records
            if self._is_record(texts):
                records.append(_Record(line, [dialect.trimmer(text) for text in texts[dialect.skipColumns :]]))

    def _is_record(self, texts: list[str]) -> bool:
        prefix = self.dialect.commentPrefix
        if prefix and texts and texts[0].startswith(prefix):
            return False
        return any(texts) or not self.dialect.skipBlankRows


def _rows(schema: Schema, file: _File, header: Sequence[str], records: Sequence[_Record]) -> Iterator[Row]:
    places = _match_header(schema, file, header, len(records[0].texts) if records else 0)
    width = len(header)
    for number, record in enumerate(records, start=1):
        if not any(record.texts):
            file.note("blank-row", "riga vuota: va tolta", "blank row: remove it", record.line, Severity.WARNING)
            continue
        if header and len(record.texts) != width:
            file.note(
                "cells",
                f"la riga ha {len(record.texts)} celle invece di {width}: controllare separatori e virgolette",
                f"the row has {len(record.texts)} cells, not {width}: check the separators and quotation marks",
                record.line,
            )
        texts = {name: record.texts[place] if place < len(record.texts) else "" for name, place in places.items()}
        cells = {
            column.name: column.read(texts.get(column.name, "")) for column in schema.columns if not column.virtual
        }
        yield Row(schema, record.line, number, cells, _accepted(cells.get("accepted")))


def _accepted(cell: Cell | None) -> bool | None:
    return {"true": True, "false": False, "yes": True, "no": False}.get(cell.value or "") if cell else None


def _match_header(schema: Schema, file: _File, header: Sequence[str], width: int) -> dict[str, int]:
    """Which column stands where: by the names in the header, or by number where there are none."""
    columns = [column for column in schema.columns if not column.virtual]
    if not header:
        return {column.name: place for place, column in enumerate(columns[: width or None])}
    places: dict[str, int] = {}
    titles = {title: column.name for column in reversed(columns) for title in (column.name, *column.titles)}
    free = [column for column in columns if not column.titles]
    for place, text in enumerate(header):
        name = titles.get(text.strip())
        if name is None and place < len(columns) and columns[place] in free:
            name = columns[place].name
        if name is None:
            hint = _nearest(text, titles)
            file.note(
                "unknown-column",
                f"la colonna {excerpt(text)} non è prevista{hint.it}",
                f"there should be no column {excerpt(text)}{hint.en}",
                1,
            )
        elif name in places:
            file.note("unknown-column", f"la colonna «{name}» c'è due volte", f"the column «{name}» occurs twice", 1)
        else:
            places[name] = place
    for column in columns:
        if column.name not in places:
            file.note(
                "missing-column", f"manca la colonna «{column.name}»", f"the column «{column.name}» is missing", 1
            )
    if list(places) != [column.name for column in columns if column.name in places]:
        file.note(
            "column-order",
            "le colonne non sono nell'ordine dei metadati",
            "the columns are not in the order of the metadata",
            1,
        )
    return places


# ------------------------------------------------------------------------------------------ checking


def _nearest(word: str, words: Iterable[str]) -> Message:
    """“Did you mean …?”, or nothing."""
    near = difflib.get_close_matches(word[:80], [w for w in words if len(w) <= 80], n=1, cutoff=0.7)
    return Message(f"; forse «{near[0]}»?", f"; perhaps “{near[0]}”?") if near else Message("", "")


def _check_row(row: Row) -> Iterator[Finding]:
    for column in row.schema.columns:
        if not column.virtual:
            yield from _check_cell(row, column)
        yield from _check_iris(row, column)
    if row.schema.graph_url:
        try:
            _iri(row, None, row.schema.graph_url)
        except _BadTemplate as bad:
            yield _finding(row.path, bad.code, bad.it, bad.en, row.line, "source")
    yield from _check_dates(row)
    yield from _check_acceptance(row)


def _check_cell(row: Row, column: Column) -> Iterator[Finding]:
    cell = row.cells[column.name]
    for problem in cell.problems:
        yield Finding(Place(row.path, row.line, column.name), problem.code, problem.message)
    for character in dict.fromkeys(control_characters(cell.text)):
        code = f"U+{ord(character):04X}"
        it, en = f"la cella contiene il carattere invisibile {code}", f"the cell holds the invisible character {code}"
        if character == "\ufffd":
            it, en = f"una lettera è andata persa ({code})", f"a letter was lost ({code})"
        yield _finding(row.path, "control-character", it, en, row.line, column.name)
    if any(value.lexical != value.lexical.strip() for value in cell.values):
        yield _finding(
            row.path,
            "blanks",
            f"{excerpt(cell.text)} comincia o finisce con uno spazio",
            f"{excerpt(cell.text)} begins or ends with a blank",
            row.line,
            column.name,
            Severity.WARNING,
        )


def _check_iris(row: Row, column: Column) -> Iterator[Finding]:
    if column.suppressed or row.schema.suppressed or _is_silent(row, column):
        return
    for template in (column.about_url, column.property_url or "#" + quote(column.name, safe="%"), column.value_url):
        if template is None:
            continue
        try:
            _iri(row, column, template)
        except _BadTemplate as bad:
            yield _finding(row.path, bad.code, bad.it, bad.en, row.line, column.name)


def _check_acceptance(row: Row) -> Iterator[Finding]:
    """The publisher's rule: see the columns `accepted`, `reason` and `confidence` of every table of statements."""
    reason = row.value("reason")
    if reason is not None and reason not in REASONS:
        hint = _nearest(reason, REASONS)
        yield _finding(
            row.path,
            "unknown-reason",
            f"{excerpt(reason)} non è un motivo previsto ({', '.join(REASONS)}){hint.it}",
            f"{excerpt(reason)} is no reason of the list ({', '.join(REASONS)}){hint.en}",
            row.line,
            "reason",
        )
    if row.accepted is False and "reason" in row.cells and reason is None:
        yield _finding(
            row.path,
            "reason-missing",
            "la riga non è accettata: manca il motivo",
            "the row is not accepted: say the reason",
            row.line,
            "reason",
        )
    if row.accepted and reason is not None:
        yield _finding(
            row.path,
            "reason-unexpected",
            "la riga è accettata, ma ha un motivo per non esserlo",
            "the row is accepted, but has a reason not to be",
            row.line,
            "reason",
        )
    if row.accepted and row.value("confidence") == "low":
        yield _finding(
            row.path,
            "accepted-low",
            "una riga di affidabilità «low» non può essere accettata",
            "a row of low confidence cannot be accepted",
            row.line,
            "accepted",
        )


def _check_dates(row: Row) -> Iterator[Finding]:
    for name in row.cells:
        earliest, latest = f"{name}_earliest", f"{name}_latest"
        if earliest not in row.cells or latest not in row.cells:
            continue
        stated, bounds = row.value(name), (row.value(earliest), row.value(latest))
        expected = _bounds(stated) if stated else (None, None)
        if expected is not None and bounds != expected:
            wanted = " / ".join(day or "—" for day in expected)
            yield _finding(
                row.path,
                "date-bounds",
                f"{excerpt(stated or '')} vuole {earliest} / {latest} = {wanted}",
                f"{excerpt(stated or '')} asks for {earliest} / {latest} = {wanted}",
                row.line,
                earliest if bounds[0] != expected[0] else latest,
            )
        elif bounds[0] and bounds[1] and bounds[0] > bounds[1]:
            yield _finding(
                row.path,
                "date-order",
                f"{earliest} viene dopo {latest}",
                f"{earliest} comes after {latest}",
                row.line,
                earliest,
            )


@lru_cache(maxsize=4096)
def _bounds(stated: str) -> tuple[str, str] | None:
    """The first and last day of a date as stated (`2014`, `2013-03`, `2022-2024`); None where it is in words."""
    day = r"([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)"
    match = re.fullmatch(f"{day}(?:/{day})?", stated) or re.fullmatch("([0-9]{4})-([0-9]{4})", stated)
    if not match:
        return None
    first, last = match.group(1), match.group(2) or match.group(1)
    try:
        return _first_day(first), _last_day(last)
    except ValueError:
        return None


def _first_day(prefix: str) -> str:
    return date.fromisoformat(prefix + "-01-01"[len(prefix) - 4 :]).isoformat()


def _last_day(prefix: str) -> str:
    if len(prefix) == 10:
        return date.fromisoformat(prefix).isoformat()
    year, _, month = prefix.partition("-")
    return date(int(year), int(month or 12), monthrange(int(year), int(month or 12))[1]).isoformat()


def _check_primary_key(table: Table) -> Iterator[Finding]:
    names = [name for name in table.schema.primary_key if name in table.schema.by_name]
    seen: dict[tuple[str, ...], int] = {}
    for row in table.rows if names else ():
        key = tuple(row.cells[name].text for name in names)
        first = seen.setdefault(key, row.line)
        if first != row.line:
            written = ", ".join(f"{name} {excerpt(text)}" for name, text in zip(names, key, strict=True))
            yield _finding(
                row.path,
                "duplicate-key",
                f"{written}: è già alla riga {first}",
                f"{written}: already on line {first}",
                row.line,
                names[0],
            )


def _check_foreign_keys(tables: Sequence[Table]) -> Iterator[Finding]:
    by_url = {table.schema.url: table for table in tables}
    for table in tables:
        for key in table.schema.foreign_keys:
            target = by_url.get(key.resource)
            unknown = [name for name in key.referenced if target and name not in target.schema.by_name]
            if target is None or unknown:
                what = key.resource if target is None else f"{key.resource} ({', '.join(unknown)})"
                yield _finding(
                    table.schema.path,
                    "foreign-key-target",
                    f"una chiave rimanda a {what}, che non c'è",
                    f"a foreign key refers to {what}, which does not exist",
                )
            elif all(name in table.schema.by_name for name in key.columns):
                yield from _check_foreign_key(table, key, target)


def _check_foreign_key(table: Table, key: ForeignKey, target: Table) -> Iterator[Finding]:
    known = {tuple(row.value(name) for name in key.referenced) for row in target.rows}
    words = sorted({part for parts in known for part in parts if part is not None})
    hints: dict[str, Message] = {}
    for row in table.rows:
        for wanted in _references(row, key):
            if wanted in known:
                continue
            text = ", ".join(part or "" for part in wanted)
            if text not in hints and len(hints) < 50:
                hints[text] = _nearest(text, words)
            hint = hints.get(text, Message("", ""))
            yield _finding(
                row.path,
                "dangling",
                f"{excerpt(text)} non c'è in {target.schema.path}, colonna {', '.join(key.referenced)}{hint.it}",
                f"{excerpt(text)} is not in {target.schema.path}, column {', '.join(key.referenced)}{hint.en}",
                row.line,
                key.columns[0],
            )


def _references(row: Row, key: ForeignKey) -> Iterator[tuple[str | None, ...]]:
    if len(key.columns) == 1:
        yield from ((value.lexical,) for value in row.cells[key.columns[0]].values)
        return
    wanted = tuple(row.value(name) for name in key.columns)
    if any(part is not None for part in wanted):
        yield wanted
