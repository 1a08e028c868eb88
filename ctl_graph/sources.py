"""Files → the dataset: a named graph for each source, one for the accepted statements, one for the vocabulary.

data/**/*.csv       with its CSVW metadata: each row goes into the graph of its source, and where the row is
                    accepted also into the graph of accepted statements
data/**/*.ttl       schemes and hand-written descriptions: a graph named as the file, wholly accepted
ontology/*.ttl      the vocabulary and its alignments; `shapes*.ttl` are the shapes; `reused.ttl` holds axioms of
                    other vocabularies that the reasoner needs and that are not published
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import rdflib
from rdflib import RDF, BNode, Dataset, Graph, Literal, URIRef
from rdflib.term import Node

from ctl_graph import tables
from ctl_graph.config import Config
from ctl_graph.errors import Finding, Message, Place, Severity, SourceError
from ctl_graph.formats import n_triples
from ctl_graph.tables.checks import control_characters
from ctl_graph.tables.files import read_bytes
from ctl_graph.tables.wording import excerpt
from ctl_graph.vocab import ACCEPTED, CTL, INFERRED, ONTOLOGY, SHAPES, graph_iri

_METADATA: Final = "-metadata.json"
_REUSED: Final = "reused"
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})
_OF_THE_PUBLISHER: Final = (ACCEPTED, INFERRED, ONTOLOGY, SHAPES)


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
        for key in ((focus, path, value), (focus, path, None), (focus, RDF.type, None), (focus, None, None)):
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
    findings = [*_missing_folders(config)] or [*_strange_files(config)]
    if findings:
        raise SourceError(findings)
    read_tables = _read_tables(config, findings)
    findings += [*tables.findings(read_tables), *_rows_in_graphs_of_the_publisher(config, read_tables)]
    sources = Sources(config, Dataset(), Graph(), read_tables, _checksums(config), _remarks(findings))
    with _literals_as_written():
        for path in sorted(config.data.rglob("*.ttl")):
            _read_scheme(path, sources, findings)
        for path in sorted(config.ontology.glob("*.ttl")):
            _read_ontology(path, sources, findings)
    if any(finding.severity is Severity.VIOLATION for finding in findings):
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
    for metadata in sorted(config.data.rglob(f"*{_METADATA}")):
        try:
            found += tables.read_group(metadata, folder=config.data)
        except SourceError as error:
            findings += error.findings
    described = {table.path.resolve() for table in found}
    for path in sorted(config.data.rglob("*.csv")):
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
    graph, place = _read_turtle(path, sources.config, findings)
    findings += _unfit(graph, place)
    if path.stem in _OF_THE_PUBLISHER:
        findings.append(_of_the_publisher(place, path.stem))
    sources.add(path.stem, graph)
    sources.add(ACCEPTED, graph)


def _read_ontology(path: Path, sources: Sources, findings: list[Finding]) -> None:
    graph, place = _read_turtle(path, sources.config, findings)
    if path.stem.startswith("shapes"):
        sources.add(SHAPES, graph)
        return
    findings += _unfit(graph, place)
    for statement in graph:
        sources.axioms.add(statement)
    if path.stem != _REUSED:
        sources.add(ONTOLOGY, graph)


def _read_turtle(path: Path, config: Config, findings: list[Finding]) -> tuple[Graph, Place]:
    graph, place = Graph(), Place(_shown(path, config))
    try:
        graph.parse(data=n_triples(read_bytes(path), config.base_iri), format="nt")
    except SyntaxError as error:
        findings.append(_broken(Place(place.path, error.lineno), error.msg))
    except OSError as error:
        findings.append(_broken(place, str(error.strerror)))
    return graph, place


def _unfit(graph: Graph, place: Place) -> Iterator[Finding]:
    """Literals that are Turtle, and yet nothing that XML could hold, or that their datatype has."""
    literals = {value for value in graph.objects() if isinstance(value, Literal)}
    for literal in sorted(each for each in literals if each.ill_typed or any(control_characters(each))):
        for character in dict.fromkeys(control_characters(literal)):
            code = f"U+{ord(character):04X}"
            message = Message(
                it=f"il testo {excerpt(literal)} contiene il carattere invisibile {code}",
                en=f"the text {excerpt(literal)} holds the invisible character {code}",
            )
            yield Finding(place, "control-character", message)
        if literal.ill_typed:
            message = Message(
                it=f"{excerpt(literal)} non è un valore del tipo {literal.datatype}",
                en=f"{excerpt(literal)} is no value of the datatype {literal.datatype}",
            )
            yield Finding(place, "datatype", message)


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
    """By the names that are shown: where the folders are is nobody's business."""
    sums = {_shown(path, config): hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(config)}
    return dict(sorted(sums.items()))


def _files(config: Config) -> list[Path]:
    """Everything that is read, by the endings of the names."""
    patterns = ("*.csv", f"*{_METADATA}", "*.ttl")
    return sorted({*config.ontology.glob("*.ttl"), *(path for each in patterns for path in config.data.rglob(each))})


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


def _strange_files(config: Config) -> Iterator[Finding]:
    """Links that lead out of the folders, pipes, folders with the name of a file: reading them may never end."""
    folders = (config.data.resolve(), config.ontology.resolve())
    for path in _files(config):
        if not path.is_file() or not any(path.resolve().is_relative_to(folder) for folder in folders):
            message = Message(
                it="non è un file di questa cartella (un collegamento, una cartella…): va tolto",
                en="this is no file of this folder (a link, a folder…): remove it",
            )
            yield Finding(Place(_shown(path, config)), "strange-file", message)


def _rows_in_graphs_of_the_publisher(config: Config, read_tables: Iterable[tables.Table]) -> Iterator[Finding]:
    reserved = {graph_iri(config.base_iri, slug): slug for slug in _OF_THE_PUBLISHER}
    for table in read_tables:
        for row in table.rows:
            graph = next((quad.graph for quad in tables.quads(row)), "")
            if graph in reserved:
                yield _of_the_publisher(Place(row.path, row.line), reserved[graph])


def _of_the_publisher(place: Place, slug: str) -> Finding:
    message = Message(
        it=f"il grafo «{slug}» è scritto dalla pubblicazione: una fonte non può chiamarsi così",
        en=f"the graph {slug!r} is written at publication: no source can have this name",
    )
    return Finding(place, "reserved-graph", message)


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
