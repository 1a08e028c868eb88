"""Files → the dataset: a named graph for each source, one for the accepted statements, one for the vocabulary.

data/*.csv          with its CSVW metadata: each row goes into the graph of its source, and where the row is
                    accepted also into the graph of accepted statements
data/**/*.ttl       schemes and hand-written descriptions: a graph named as the file, wholly accepted
ontology/*.ttl      the vocabulary and its alignments; `shapes*.ttl` are the shapes; `reused.ttl` holds axioms of
                    other vocabularies that the reasoner needs and that are not published
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import rdflib
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from ctl_graph import tables
from ctl_graph.config import Config
from ctl_graph.errors import Finding, Message, Place, Severity, SourceError
from ctl_graph.vocab import ACCEPTED, CTL, ONTOLOGY, SHAPES, graph_iri

_METADATA: Final = "-metadata.json"
_REUSED: Final = "reused"
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})
_BAD_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]|^(?![A-Za-z][A-Za-z0-9+.-]*:)')


@dataclass(frozen=True)
class Sources:
    """All that was read: `dataset` holds the named graphs, `axioms` what the reasoner may use and nobody publishes,
    `remarks` what is worth mending and no reason to stop.
    """

    config: Config
    dataset: Dataset
    axioms: Graph
    tables: tuple[tables.Table, ...]
    files: dict[str, str]
    remarks: tuple[Finding, ...] = ()

    def graph(self, slug: str) -> Graph:
        return self.dataset.graph(URIRef(graph_iri(self.config.base_iri, slug)))

    def add(self, slug: str, statements: Iterable[tuple[Node, Node, Node]]) -> None:
        graph = self.graph(slug)
        for statement in statements:
            graph.add(statement)

    def locate(self, focus: Node, path: Node | None, value: Node | None) -> Place:
        """Where a statement about `focus` was written: the most exact place that is known."""
        for key in ((focus, path, value), (focus, path, None), (focus, None, None)):
            if place := self._places.get(key):
                return place
        return Place("data")

    @cached_property
    def _places(self) -> dict[tuple[Node, Node | None, Node | None], Place]:
        places: dict[tuple[Node, Node | None, Node | None], Place] = {}
        for table in self.tables:
            for row in table.rows:
                for quad in tables.quads(row, graph_iri(self.config.base_iri, ACCEPTED)):
                    exact = Place(row.path, row.line, quad.column)
                    places.setdefault((quad.subject, quad.predicate, quad.object), exact)
                    places.setdefault((quad.subject, quad.predicate, None), exact)
                    places.setdefault((quad.subject, None, None), Place(row.path, row.line))
        return places


def read(config: Config) -> Sources:
    """Read every file of the settings' folders; nothing outside them is opened, and no address is fetched.

    Raises:
        SourceError: with everything that is wrong in all files at once.
    """
    findings = list(_missing_folders(config))
    if findings:
        raise SourceError(findings)
    read_tables = _read_tables(config, findings)
    findings += tables.findings(read_tables)
    sources = Sources(config, Dataset(), Graph(), read_tables, _checksums(config), _remarks(findings))
    with _literals_as_written():
        for path in sorted(config.data.rglob("*.ttl")):
            _read_scheme(path, sources, findings)
        for path in sorted(config.ontology.glob("*.ttl")):
            _read_ontology(path, sources, findings)
    if len(findings) > len(sources.remarks):
        raise SourceError(sorted(findings, key=lambda finding: (finding.place.path, finding.place.line or 0)))
    for table in read_tables:
        _add_rows(table, sources)
    return sources


def n_quads(sources: Sources) -> bytes:
    """The whole dataset as N-Quads, literals as they were written."""
    lines = (
        f"{subject.n3()} {predicate.n3()} {_as_written(value)} {graph.n3()} .\n"
        for subject, predicate, value, graph in sources.dataset.quads()
        if isinstance(graph, URIRef)
    )
    return "".join(lines).encode()


def _remarks(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.severity is not Severity.VIOLATION)


def _read_tables(config: Config, findings: list[Finding]) -> tuple[tables.Table, ...]:
    found: list[tables.Table] = []
    for metadata in sorted(config.data.glob(f"*{_METADATA}")):
        try:
            found += tables.read_group(metadata, folder=config.data)
        except SourceError as error:
            findings += error.findings
    described = {table.path.resolve() for table in found}
    for path in sorted(config.data.glob("*.csv")):
        if path.resolve() not in described and not path.with_name(path.name + _METADATA).exists():
            findings.append(_without_metadata(_shown(path, config)))
    findings += [_without_graph(table) for table in found if not table.schema.graph_url]
    return tuple(found)


def _add_rows(table: tables.Table, sources: Sources) -> None:
    accepted = graph_iri(sources.config.base_iri, ACCEPTED)
    for row in table.rows:
        for quad in tables.quads(row, accepted):
            sources.dataset.graph(URIRef(quad.graph)).add((quad.subject, quad.predicate, quad.object))


def _read_scheme(path: Path, sources: Sources, findings: list[Finding]) -> None:
    graph = _read_turtle(path, sources.config, findings)
    sources.add(path.stem, graph)
    sources.add(ACCEPTED, graph)


def _read_ontology(path: Path, sources: Sources, findings: list[Finding]) -> None:
    graph = _read_turtle(path, sources.config, findings)
    if path.stem.startswith("shapes"):
        sources.add(SHAPES, graph)
        return
    for statement in graph:
        sources.axioms.add(statement)
    if path.stem != _REUSED:
        sources.add(ONTOLOGY, graph)


def _read_turtle(path: Path, config: Config, findings: list[Finding]) -> Graph:
    graph, shown = Graph(), _shown(path, config)
    try:
        graph.parse(data=path.read_text(encoding="utf-8"), format="turtle", publicID=config.base_iri)
    except BadSyntax as error:
        why = " ".join(str(error.message).split())
        findings.append(_broken(Place(shown, error.lines + 1), why))
    except (UnicodeDecodeError, ValueError) as error:
        findings.append(_broken(Place(shown), str(error)))
    iris = {str(term) for statement in graph for term in statement if isinstance(term, URIRef)}
    findings += [_broken(Place(shown), f"<{iri}>") for iri in sorted(iris) if _BAD_IRI.search(iri)]
    return graph


def _as_written(term: Node) -> str:
    """N-Triples of a term; rdflib's own `n3` would rewrite numbers."""
    if isinstance(term, Literal):
        suffix = f"@{term.language}" if term.language else f"^^{term.datatype.n3()}" if term.datatype else ""
        return f'"{str(term).translate(_ESCAPES)}"{suffix}'
    assert isinstance(term, URIRef | BNode)
    return term.n3()


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """rdflib rewrites "01"^^xsd:integer to "1" and a time in Z to +00:00 unless this switch is off."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def _checksums(config: Config) -> dict[str, str]:
    files = [
        *config.data.rglob("*.csv"),
        *config.data.rglob(f"*{_METADATA}"),
        *config.data.rglob("*.ttl"),
        *config.ontology.glob("*.ttl"),
    ]
    return {_shown(path, config): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}


def _shown(path: Path, config: Config) -> str:
    """The path as the curator knows it: from the folder that holds the data."""
    root = config.data.parent
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _missing_folders(config: Config) -> Iterator[Finding]:
    for name, path in (("ontology", config.ontology), ("data", config.data)):
        if not path.is_dir():
            message = Message(
                it=f"la cartella non c'è: la nomina l'impostazione {name}",
                en=f"there is no such folder: the setting {name} names it",
            )
            yield Finding(Place(str(path)), "missing-folder", message)


def _without_metadata(shown: str) -> Finding:
    message = Message(
        it=f"la tabella non ha accanto il file {Path(shown).name}{_METADATA} che spiega le sue colonne",
        en=f"the table has no {Path(shown).name}{_METADATA} beside it, which explains its columns",
    )
    return Finding(Place(shown), "metadata-missing", message)


def _without_graph(table: tables.Table) -> Finding:
    message = Message(
        it=f"i metadati non dicono in quale grafo va una riga: manca <{CTL}graphUrl>",
        en=f"the metadata do not say which graph a row goes into: <{CTL}graphUrl> is missing",
    )
    return Finding(Place(f"{table.schema.path}{_METADATA}"), "graph-missing", message)


def _broken(place: Place, why: str) -> Finding:
    return Finding(place, "turtle", Message(it=f"Turtle non leggibile: {why}", en=f"this is not Turtle: {why}"))
