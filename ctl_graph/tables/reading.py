"""CSVW metadata and the CSV file beside it → a table (https://www.w3.org/TR/tabular-metadata/).

Nothing stops at the first error: whatever is wrong is kept with the table. Metadata may only point to files beside
it; nothing here opens a socket.
"""

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import csvw
from csvw.metadata import INVALID, Dialect

from ctl_graph.errors import Finding, Severity, SourceError
from ctl_graph.tables.cells import Cell, Column
from ctl_graph.tables.files import File, Record, read_bytes
from ctl_graph.tables.rows import BadTemplate, ForeignKey, Row, Schema, Table, absolute, variables
from ctl_graph.tables.wording import excerpt, finding, nearest
from ctl_graph.vocab import CTL

GRAPH_URL: Final = CTL + "graphUrl"
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
        place = shown_path(metadata, metadata.parent)
        raise SourceError(
            [finding(place, "metadata", "sono descritte più tabelle: una per file", "several tables: one per file")]
        )
    return tables[0]


def read_group(metadata: Path, *, folder: Path | None = None, base: str = "") -> tuple[Table, ...]:
    """Read all tables of a metadata file; `base` is the address of `folder` (that of the file, unless given).

    Raises:
        SourceError: the metadata cannot be read at all.
    """
    return _Reader(metadata, folder or metadata.parent, base).tables()


def shown_path(path: Path, folder: Path) -> str:
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
        self.shown = shown_path(metadata, folder)
        self.found: list[Finding] = []

    def tables(self) -> tuple[Table, ...]:
        description = self._load(self.metadata)
        self.url = self._url(description)
        group = self._prepare(description)
        parsed = self._parse(group)
        tables = [self._table(raw, table) for raw, table in zip(group["tables"], parsed, strict=True)]
        return tuple(tables)

    def fail(self, it: str, en: str, line: int | None = None, code: str = "metadata") -> SourceError:
        return SourceError([*self.found, finding(self.shown, code, it, en, line)])

    def note(self, it: str, en: str, code: str = "metadata") -> None:
        self.found.append(finding(self.shown, code, it, en))

    def _load(self, path: Path) -> dict[str, Any]:
        """The JSON object in a file; raises SourceError where it is none."""
        try:
            raw = read_bytes(path)
            loaded = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=self._object)
            json.dumps(loaded, ensure_ascii=False).encode()  # half a surrogate pair is no character
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
        except (ValueError, RecursionError) as error:
            raise self.fail("JSON non valido", f"not valid JSON: {error}", code="json") from error
        if not isinstance(loaded, dict):
            raise self.fail("non è un oggetto JSON", "not a JSON object", code="json")
        return loaded

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = Counter(name for name, _ in pairs)
        for name in sorted(name for name, count in names.items() if count > 1):
            self.note(f"«{name}» è scritto due volte nello stesso oggetto", f"«{name}» is written twice in one object")
        return dict(pairs)

    def _url(self, description: Mapping[str, Any]) -> str:
        """The address of the metadata file, or what `@base` in its context makes of it."""
        place = (self.metadata.parent.resolve() / self.metadata.name).relative_to(self.folder)
        address = urljoin(self.base, quote(place.as_posix()))
        context = description.get("@context")
        if context != _CONTEXT and not (isinstance(context, list) and _CONTEXT in context):
            raise self.fail(f"@context non è {_CONTEXT}", f"@context is not {_CONTEXT}")
        for item in context if isinstance(context, list) else []:
            if isinstance(item, dict) and isinstance(item.get("@base"), str):
                return self._address(address, item["@base"])
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
            loaded = self._load(self._local(reference))
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

    def _address(self, base: str, reference: str) -> str:
        try:
            return urljoin(base, reference)
        except ValueError as error:
            raise self.fail(
                f"{excerpt(reference)} non è un indirizzo", f"{excerpt(reference)} is not an address", code="bad-iri"
            ) from error

    def _local(self, reference: str) -> Path:
        """The file that a reference leads to; raises _Refused where it is none of the folder."""
        address = self._address(self.url, reference)
        if not address.startswith(self.base) or (not self.base and ".." in unquote(reference).split("/")):
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
            except Exception as error:  # the library checks by failing, in whatever way its parts fail
                detail = " ".join(str(error).split()) or type(error).__name__
                raise self.fail(f"metadati CSVW non validi: {detail}", f"invalid CSVW metadata: {detail}") from error
        for message in dict.fromkeys(str(warning.message) for warning in caught):
            self.note(f"metadati CSVW: {message}", f"CSVW metadata: {message}")
        tables: list[csvw.Table] = parsed.tables
        for table in tables:
            self._check_keys(table.tableSchema)
            self._check_separators(table.tableSchema)
        return tables

    def _check_keys(self, schema: csvw.metadata.Schema) -> None:
        keys = [names for key in schema.foreignKeys for names in (key.columnReference, key.reference.columnReference)]
        for names in [*keys, *([schema.primaryKey] if schema.primaryKey else [])]:
            if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
                raise self.fail("una chiave non nomina colonne", "a key names no columns")

    def _check_separators(self, schema: csvw.metadata.Schema) -> None:
        for column in schema.columns:
            if not isinstance(column.separator or "", str):
                raise self.fail("«separator» non è un testo", "«separator» is not a text")

    def _table(self, raw: Mapping[str, Any], table: csvw.Table) -> Table:
        if table.url is None or not isinstance(raw.get("url"), str):
            raise self.fail("manca «url», il nome del file CSV", "«url», the name of the CSV file, is missing")
        url = self._address(self.url, str(table.url))
        try:
            path = self._local(str(table.url).partition("?")[0])
        except _Refused:
            raise self._remote(str(table.url)) from None
        file = File(path, shown_path(path, self.folder), table.dialect or Dialect())
        header, records = file.records()
        columns = tuple(_column(column, header) for column in table.tableSchema.columns)
        columns = columns or _undescribed(header, records)
        if not isinstance(raw.get(GRAPH_URL, ""), str):
            self.note(f"{GRAPH_URL} non è un testo", f"{GRAPH_URL} is not a text", "template")
        schema = Schema(
            path=file.shown,
            url=url,
            columns=columns,
            primary_key=tuple(table.tableSchema.primaryKey or ()),
            foreign_keys=tuple(self._foreign_key(key) for key in table.tableSchema.foreignKeys),
            graph_url=_text(raw.get(GRAPH_URL)),
            suppressed=table.suppressOutput,
        )
        self._check_schema(schema, {column.name for column in table.tableSchema.columns if column.name})
        rows = tuple(_rows(schema, file, header, records))
        found, self.found = self.found, []
        return Table(path, self.metadata, schema, rows, (*found, *file.found))

    def _foreign_key(self, key: csvw.ForeignKey) -> ForeignKey:
        resource = str(key.reference.resource or key.reference.schemaReference or "")
        address = self._address(self.url, resource)
        return ForeignKey(tuple(key.columnReference), address, tuple(key.reference.columnReference))

    def _check_schema(self, schema: Schema, named: set[str]) -> None:
        names = schema.by_name
        for name in (*schema.primary_key, *(name for key in schema.foreign_keys for name in key.columns)):
            if name not in named:
                self.note(f"una chiave nomina la colonna «{name}», che non c'è", f"a key names no column: «{name}»")
        for column in schema.columns:
            try:
                absolute(schema.url, column.datatype_iri)
            except BadTemplate as bad:
                self.note(f"«{column.name}»: {bad.it}", f"«{column.name}»: {bad.en}", bad.code)
        urls = [(column.name, (column.about_url, column.property_url, column.value_url)) for column in schema.columns]
        for name, templates in [*urls, ("", (schema.graph_url,))]:
            for template in filter(None, templates):
                self._check_template(name, template, names)

    def _check_template(self, column: str, template: str, names: Mapping[str, Column]) -> None:
        rest = re.sub(r"\{[^{}]+\}", "", template)
        if "{" in rest or "}" in rest:
            self.note(f"parentesi graffe spaiate in {template}", f"unbalanced braces in {template}", "template")
        for name in sorted(variables(template)):
            if name not in names and name not in ("_row", "_sourceRow", "_name", "_column", "_sourceColumn"):
                hint = nearest(name, names)
                self.note(
                    f"«{column}»: {template} nomina la colonna «{name}», che non c'è{hint.it}",
                    f"«{column}»: {template} names no column of this table: «{name}»{hint.en}",
                    "template",
                )


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
    here = header[number - 1 : number] if not titles else []
    title = next(iter((column.titles or {}).get(None, here)), "")
    name = column.name if column.name and not re.match(r"_|.*\s", column.name) else None
    return Column(
        name=name or (_as_name(title) if title else f"_col.{number}"),
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


def _undescribed(header: Sequence[str], records: Sequence[Record]) -> tuple[Column, ...]:
    """The columns of a table of which the metadata say nothing: named by its header, or by number."""
    if header:
        return tuple(Column(_as_name(title.strip()), (title,)) for title in header)
    return tuple(Column(f"_col.{number}") for number in range(1, len(records[0].texts) + 1 if records else 1))


def _as_name(title: str) -> str:
    """A title as the name of a variable in a template, https://www.rfc-editor.org/rfc/rfc6570#section-2.3."""
    return quote(title, safe="").replace("-", "%2D").replace("~", "%7E")


def _template_text(template: Any) -> str | None:
    """The text of a template; one that is not text counts as empty (its finding is already there)."""
    return None if template is None else "" if template is INVALID else str(template)


def _rows(schema: Schema, file: File, header: Sequence[str], records: Sequence[Record]) -> Iterator[Row]:
    places = _match_header(schema, file, header, len(records[0].texts) if records else 0)
    width = len(header)
    for number, record in enumerate(records, start=1):
        if not any(record.texts):
            file.note("blank-row", "riga vuota: va tolta", "blank row: remove it", record.line, Severity.WARNING)
            continue
        whole = not header or len(record.texts) == width
        if not whole:
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
        yield Row(schema, record.line, number, cells, _accepted(cells.get("accepted")), whole)


def _accepted(cell: Cell | None) -> bool | None:
    return {"true": True, "false": False, "yes": True, "no": False}.get(cell.value or "") if cell else None


def _match_header(schema: Schema, file: File, header: Sequence[str], width: int) -> dict[str, int]:
    """Which column stands where: by the names in the header, or by number where there are none."""
    columns = [column for column in schema.columns if not column.virtual]
    if not header:
        return {column.name: place for place, column in enumerate(columns[: width or None])}
    places: dict[str, int] = {}
    titles = {title: column.name for column in reversed(columns) for title in (column.name, *column.titles)}
    known = {titles.get(text.strip()) for text in header}
    for place, text in enumerate(header):
        name = titles.get(text.strip())
        expected = columns[place] if name is None and place < len(columns) else None
        if expected is not None and expected.name not in known:
            places[expected.name] = place  # what stands there is read all the same: fewer errors that follow
            if not expected.titles:
                continue
            file.note(
                "unknown-column",
                f"la colonna {excerpt(text)} non è prevista: qui va «{expected.name}»",
                f"there should be no column {excerpt(text)}: “{expected.name}” belongs here",
                1,
            )
        elif name is None:
            hint = nearest(text, titles)
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
