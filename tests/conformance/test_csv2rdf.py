"""The W3C tests of csv2rdf (https://www.w3.org/TR/csv2rdf/), held against `ctl_graph.tables`.

Of the 270 tests, 7 ask for minimal mode, which is all that we write, and 58 for metadata to be refused. The others
expect standard mode: the same triples of the cells, and around them a description of the table and its rows. From
those results the triples of the cells are taken (what hangs on the objects of `csvw:describes`), so every test says
something about us. What standard mode adds (tables, rows, notes, annotations) is out of scope.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import rdflib
from rdflib import RDF, XSD, BNode, Graph, Literal, Namespace
from rdflib.compare import isomorphic
from rdflib.term import Node

from ctl_graph import tables
from ctl_graph.errors import SourceError

CSVW: Final = Namespace("http://www.w3.org/ns/csvw#")
BASE: Final = "http://www.w3.org/2013/csvw/tests/"
SHARED: Final = Path(__file__).parents[2].parent / "shared" / "conformance" / "csvw" / "tests"

_LOCATING: Final = "the graph is right, but the warning is about other metadata that are passed over: we locate none"
_NO_COLUMNS: Final = "columns that are no list: we say so, and read the columns of the header, not _col.1, _col.2"
EXCEPTIONS: Final[Mapping[str, str]] = {
    "test100": _NO_COLUMNS,
    "test107": _NO_COLUMNS,
    "test117": _LOCATING,
    "test119": _LOCATING,
    "test120": _LOCATING,
    "test122": _LOCATING,
    "test123": _LOCATING,
    "test148": "a title matches the header in whatever language it is: ours are in Italian and in English",
    "test278": "a column that the metadata do not know is said to be wrong, and never becomes a triple",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tests, in which a table without metadata gets the emptiest ones."""
    if not SHARED.is_dir():
        pytest.skip("the W3C tests are not beside this repository (../shared/conformance/csvw)")
    return Path(shutil.copytree(SHARED, tmp_path_factory.mktemp("csvw") / "tests"))


@pytest.fixture(scope="module")
def entries(folder: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((folder / "manifest-rdf.jsonld").read_text())["entries"]
    return loaded


@pytest.fixture(scope="module")
def outcomes(folder: Path, entries: list[dict[str, Any]]) -> dict[str, str]:
    """For each test an empty text if it passed, else why not."""
    return {entry["id"].partition("#")[2]: run(entry, folder) for entry in entries}


def test_each_passes_or_is_excepted(outcomes: dict[str, str]) -> None:
    failed = {name: why for name, why in outcomes.items() if why and name not in EXCEPTIONS}
    assert failed == {}


def test_exceptions_are_still_needed(outcomes: dict[str, str]) -> None:
    assert [name for name in EXCEPTIONS if not outcomes[name]] == []


def test_counts(outcomes: dict[str, str], entries: list[dict[str, Any]]) -> None:
    kinds = Counter(entry["type"] for entry in entries)
    passed = sum(not why for why in outcomes.values())
    print(f"csv2rdf: {len(outcomes)} run, {passed} passed, {len(EXCEPTIONS)} excepted")
    assert kinds == {"csvt:ToRdfTest": 76, "csvt:ToRdfTestWithWarnings": 136, "csvt:NegativeRdfTest": 58}
    assert sum(bool(entry["option"].get("minimal")) for entry in entries) == 7
    assert (len(outcomes), passed, len(EXCEPTIONS)) == (270, 261, 9)


def run(entry: dict[str, Any], folder: Path) -> str:
    """Run one test; the reason of its failure, or an empty text."""
    try:
        read = tables.read_group(metadata_of(entry, folder), folder=folder, base=BASE)
    except SourceError as error:
        if entry["type"] == "csvt:NegativeRdfTest":
            return ""
        return f"refused: {error.findings[-1].message.en}"
    found = tables.findings(read)
    match entry["type"]:
        case "csvt:NegativeRdfTest":
            return "" if found else "nothing is found to be wrong"
        case "csvt:ToRdfTestWithWarnings" if not found:
            return "nothing is found that deserves a warning"
        case "csvt:ToRdfTest" | "csvt:ToRdfTestWithWarnings":
            ours, theirs = written(read), expected(entry, folder)
            return "" if isomorphic(ours, theirs) else difference(ours, theirs)
        case unknown:
            return f"unknown type of test: {unknown}"


def metadata_of(entry: dict[str, Any], folder: Path) -> Path:
    """The metadata of a test, where https://www.w3.org/TR/tabular-data-model/#locating-metadata finds them.

    Our tables always begin with the metadata, so locating them is the test's work.
    """
    action = folder / entry["action"].partition("?")[0]
    if action.suffix == ".json":
        return action
    if "metadata" in entry["option"]:
        return folder / entry["option"]["metadata"]
    implicit = [folder / name for name in entry.get("implicit", [])]
    linked = [action.parent / "linked-metadata.json", action.with_name(f"{action.stem}-linked-metadata.json")]
    near = [action.with_name(f"{action.name}-metadata.json"), action.with_name("csv-metadata.json")]
    for candidate in [*(linked if "httpLink" in entry else []), *near, *implicit]:
        if candidate.exists() and describes(candidate, entry["action"]):
            return candidate
    embedded = action.with_name(f"{action.name}-embedded.json")
    embedded.write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw", "url": Path(entry["action"]).name}))
    return embedded


def describes(metadata: Path, action: str) -> bool:
    described = json.loads(metadata.read_text())
    return any(Path(table["url"]).name == Path(action).name for table in described.get("tables", [described]))


def written(read: tuple[tables.Table, ...]) -> Graph:
    graph = Graph()
    for table in read:
        for row in table.rows:
            for quad in tables.quads(row):
                graph.add((quad.subject, quad.predicate, comparable(quad.object)))
    return graph


def expected(entry: dict[str, Any], folder: Path) -> Graph:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)  # else 0FB7 becomes 0fb7
        whole = Graph().parse(folder / entry["result"], format="turtle", publicID=BASE + entry["result"])
    chosen = whole
    if not entry["option"].get("minimal"):
        chosen = Graph()
        for described in set(whole.objects(None, CSVW.describes)):
            for triple in reachable(whole, described):
                chosen.add(triple)
    graph = Graph()
    for subject, predicate, thing in chosen:
        graph.add((subject, predicate, comparable(thing)))
    return graph


def reachable(graph: Graph, node: Node) -> Iterator[tuple[Node, Node, Node]]:
    """The triples of a node, and those of the lists that hang on it."""
    for triple in graph.triples((node, None, None)):
        yield triple
        if isinstance(triple[2], BNode) and (triple[2], RDF.first, None) in graph:
            yield from reachable(graph, triple[2])


def comparable(term: Node) -> Node:
    """Literals that RDF 1.1 holds to be the same, and the same number written in two ways, become one."""
    if isinstance(term, Literal) and term.datatype == XSD.string:
        return Literal(str(term))
    if isinstance(term, Literal) and term.datatype in (XSD.double, XSD.float, XSD.decimal):
        return Literal(repr(float(term)), datatype=term.datatype, normalize=False)
    return term


def difference(ours: Graph, theirs: Graph) -> str:
    def lines(graph: Graph) -> set[str]:
        return {" ".join("[]" if isinstance(t, BNode) else t.n3() for t in triple) for triple in graph}

    more, fewer = sorted(lines(ours) - lines(theirs)), sorted(lines(theirs) - lines(ours))
    return f"{len(ours)} triples, expected {len(theirs)}; not expected {more[:2]}; missing {fewer[:2]}"
