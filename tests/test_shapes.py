"""The shapes: each one lets good data pass and objects to bad data in two languages; the real data conform.

`shapes/<example>.ttl` are small good examples; `shapes/broken.toml` says, for every shape that can object, how an
example is broken so that this shape and no other objects.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyshacl import validate as run_shacl
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.namespace import ORG, PROV
from rdflib.term import Node

from ctl_graph import tables, validation
from ctl_graph.errors import Finding, Place, Severity
from ctl_graph.sources import Sources
from ctl_graph.validation import Report
from ctl_graph.vocab import ACCEPTED, INFERRED, ONTOLOGY, PREFIXES, SHAPES, graph_iri

ROOT = Path(__file__).parents[1]
EXAMPLES = Path(__file__).with_name("shapes")
NAMESPACE = "https://w3id.org/ctl/def/shapes/"
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
NO_CONSTRAINTS = {*TARGETS, RDF.type, RDFS.comment, SH.message, SH.path, SH.property, SH.severity}
SUBCLASS = RDFS.subClassOf
HEADER = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())


@dataclass(frozen=True)
class Broken:
    """One way to break an example: `shapes` are those that must object, the one it is made for first."""

    example: str
    number: int
    old: str
    new: str
    shapes: tuple[str, ...]

    @property
    def text(self) -> str:
        good = (EXAMPLES / f"{self.example}.ttl").read_text(encoding="utf-8")
        assert good.count(self.old) == 1, f"{self.shapes[0]}: this stands {good.count(self.old)} times: {self.old}"
        return good.replace(self.old, self.new)

    def __str__(self) -> str:
        return f"{self.shapes[0]}-{self.number}"


def read_broken() -> Iterator[Broken]:
    table = tomllib.loads((EXAMPLES / "broken.toml").read_text(encoding="utf-8"))
    for example, pairs in table.items():
        for shape, entry in pairs.items():
            entries: list[Any] = entry if isinstance(entry[0], list) else [entry]
            for number, (old, new, *others) in enumerate(entries, 1):
                yield Broken(example, number, old, new, (shape, *(others[0] if others else ())))


BROKEN = tuple(read_broken())


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(ROOT / "ontology" / "shapes.ttl")


@pytest.fixture(scope="module")
def vocabulary() -> Graph:
    """What the examples need of the vocabulary: which terms there are, and which class is a kind of which."""
    axioms = Graph()
    for path in (ROOT / "ontology" / "ctl.ttl", ROOT / "ontology" / "reused.ttl"):
        for subject, predicate, value in Graph().parse(path):
            if predicate in (RDFS.isDefinedBy, RDFS.subClassOf) and isinstance(value, URIRef):
                axioms.add((subject, predicate, value))
    return axioms


def able_to_object(shapes: Graph) -> set[str]:
    """The names of the shapes that can object: those with a target, or within one that has, and with a constraint."""
    waiting = [shape for target in TARGETS for shape in shapes.subjects(target, None)]
    reached: set[Node] = set()
    while waiting:
        shape = waiting.pop()
        if shape not in reached:
            reached.add(shape)
            waiting += shapes.objects(shape, SH.property)
    assert all(isinstance(shape, URIRef) and shape.startswith(NAMESPACE) for shape in reached)
    return {str(shape).removeprefix(NAMESPACE) for shape in reached if set(shapes.predicates(shape)) - NO_CONSTRAINTS}


def nowhere(_focus: Node, _path: Node | None, _value: Node | None) -> Place:
    return Place("example")


def hold(texts: dict[str, str], shapes: Graph, vocabulary: Graph) -> dict[str, list[Finding]]:
    """What the shapes find in each text. Every text has a namespace of its own, so that many fit in one run."""
    data = Graph() + vocabulary
    for name, text in texts.items():
        data.parse(data=f"{HEADER}@base <https://{name}.example/> .\n{text}", format="turtle")
    findings: dict[str, list[Finding]] = {name: [] for name in texts}
    for finding in validation.validate(data, shapes, nowhere).findings:
        host = str(finding.focus).removeprefix("https://").partition(".example/")[0]
        name = host if host in findings else owner(str(finding.focus), texts)
        findings[name].append(finding)
    return findings


def owner(focus: str, texts: dict[str, str]) -> str:
    """The text that names an IRI of somebody else's, such as a NUTS code; a run has one such text."""
    (name,) = (name for name, text in texts.items() if f"<{focus}>" in text)
    return name


@pytest.fixture(scope="module")
def objections(shapes: Graph, vocabulary: Graph) -> dict[Broken, list[Finding]]:
    """What is found in each broken example, as many at once as there are different examples."""
    waiting: dict[str, list[Broken]] = {}
    for broken in BROKEN:
        waiting.setdefault(broken.example, []).append(broken)
    found: dict[Broken, list[Finding]] = {}
    while any(waiting.values()):
        now = [queue.pop() for queue in waiting.values() if queue]
        results = hold({broken.example: broken.text for broken in now}, shapes, vocabulary)
        found |= {broken: results[broken.example] for broken in now}
    return found


def test_every_shape_that_can_object_has_a_pair(shapes: Graph) -> None:
    able = able_to_object(shapes)
    assert able == {broken.shapes[0] for broken in BROKEN}
    assert len(able) >= 250
    named = {shape for kind in (SH.NodeShape, SH.PropertyShape) for shape in shapes.subjects(RDF.type, kind)}
    assert URIRef(f"{NAMESPACE}Named") in named  # stands only inside others


def test_good_examples_pass(shapes: Graph, vocabulary: Graph) -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.ttl")}
    assert set(texts) == {broken.example for broken in BROKEN}
    assert hold(texts, shapes, vocabulary) == {name: [] for name in texts}


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_broken_example_is_objected_to(broken: Broken, objections: dict[Broken, list[Finding]], shapes: Graph) -> None:
    findings = objections[broken]
    assert {finding.code for finding in findings} == set(broken.shapes)
    finding = next(finding for finding in findings if finding.code == broken.shapes[0])
    shape = URIRef(NAMESPACE + broken.shapes[0])
    messages = {text.language: str(text) for text in shapes.objects(shape, SH.message) if isinstance(text, Literal)}
    assert set(messages) == {"it", "en"}
    assert finding.message.it.startswith(messages["it"])
    assert finding.message.en.startswith(messages["en"])
    assert shapes.value(shape, SH.severity) == SH[finding.severity.value]


def test_messages_are_plain_words(shapes: Graph) -> None:
    """No prefixed names and no addresses of the vocabulary; every message says what to do after a colon."""
    messages = [str(text) for text in shapes.objects(None, SH.message)]
    assert len(messages) == 2 * len({broken.shapes[0] for broken in BROKEN})
    for message in messages:
        assert "ctl:" not in message
        assert "w3id.org" not in message
        assert message.endswith(".")
        assert 30 < len(message) < 260


def test_shapes_are_well_formed(shapes: Graph) -> None:
    """SHACL's own shapes for shapes (https://www.w3.org/TR/shacl/#shacl-shacl) have nothing to say."""
    conforms, _, text = run_shacl(Graph(), shacl_graph=Graph() + shapes, meta_shacl=True)
    assert conforms, text
    broken = Graph().parse(data=f"{HEADER}[] a sh:NodeShape ; sh:targetClass ctl:Cluster ; sh:maxLength 'long' .")
    with pytest.raises(Exception, match="MetaSHACL"):
        run_shacl(Graph(), shacl_graph=broken, meta_shacl=True)


def test_real_data_conform(report: Report) -> None:
    violations = [finding for finding in report.findings if finding.severity is Severity.VIOLATION]
    assert violations == []
    assert report.conforms
    assert report.shapes >= 250


def test_warnings_are_few_and_name_their_row(report: Report) -> None:
    """A warning is a gap that the sources leave: a curator should be able to read them all."""
    assert len(report.findings) <= 25
    assert all(finding.place.line for finding in report.findings)


def test_a_wrong_statement_among_the_real_data_is_found(real: Sources, shapes: Graph) -> None:
    """The pass above is no accident: one bad cell is found at its row."""
    membership = next(real.graph(ACCEPTED).subjects(RDF.type, URIRef("https://w3id.org/ctl/def/Membership")))
    data = Graph() + real.graph(ACCEPTED)
    data.remove((membership, ORG.role, None))
    narrow = Graph() + shapes
    for target in TARGETS:
        for shape in set(shapes.subjects(target, None)) - {URIRef(f"{NAMESPACE}Membership")}:
            narrow.remove((shape, target, None))
    (finding,) = validation.validate(data, narrow, real.locate).findings
    assert finding.code == "Membership-role"
    assert finding.place.path.endswith("memberships.csv")
    assert finding.place.line


def test_every_graph_of_a_source_is_described(real: Sources) -> None:
    accepted = real.graph(ACCEPTED)
    own = {graph_iri(real.config.base_iri, slug) for slug in (ACCEPTED, INFERRED, ONTOLOGY, SHAPES)}
    graphs = {graph.identifier for graph in real.dataset.graphs() if len(graph)}
    named = {name for name in graphs if isinstance(name, URIRef) and str(name) not in own}
    assert len(named) > 300
    assert [name for name in sorted(named) if (name, PROV.hadPrimarySource, None) not in accepted] == []


def test_everything_in_the_tables_has_a_shape(real: Sources, shapes: Graph, vocabulary: Graph) -> None:
    """Every accepted thing is of a class that shapes look at; graphs are looked at through their source."""
    accepted, aimed = real.graph(ACCEPTED), set(shapes.objects(None, SH.targetClass))
    missed: dict[Node, Node] = {}
    for thing in things(real):
        classes = set(accepted.objects(thing, RDF.type))
        if classes and not aimed & {kind for one in classes for kind in vocabulary.transitive_objects(one, SUBCLASS)}:
            missed |= dict.fromkeys(classes, thing)
    assert set(missed) <= {PROV.Entity}, missed


def things(real: Sources) -> set[Node]:
    rows = (row for table in real.tables for row in table.rows)
    return {quad.subject for row in rows for quad in tables.quads(row, graph_iri(real.config.base_iri, ACCEPTED))}
