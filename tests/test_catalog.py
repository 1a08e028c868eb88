"""What VoID counts of a release, held to counting by queries."""

from collections.abc import Iterator

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ctl_graph import catalog
from ctl_graph.formats import N_TRIPLES, write_graph
from ctl_graph.release import Release, verify

BASE = "https://example.org/region/"
CTL = "https://w3id.org/ctl/def/"
PREFIXES = """
PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#> PREFIX ctl: <https://w3id.org/ctl/def/>
PREFIX org: <http://www.w3.org/ns/org#> PREFIX dct: <http://purl.org/dc/terms/>
"""


@pytest.fixture(scope="module")
def void(release: Release) -> Store:
    """The counts, to be asked."""
    store = Store()
    store.extend(Quad(*triple) for triple in release.statistics)
    return store


@pytest.fixture(scope="module")
def data(release: Release) -> Store:
    """What is counted."""
    return Store.read_only(str(release.store))


def rows(store: Store, query: str) -> set[tuple[str, ...]]:
    return {tuple(term.value for term in solution) for solution in store.query(PREFIXES + query)}  # type: ignore[union-attr]


COUNTS = {
    "the whole": (
        """SELECT ?t ?s ?o ?c ?p { <https://example.org/region/void#accepted> void:triples ?t ;
           void:distinctSubjects ?s ; void:distinctObjects ?o ; void:classes ?c ; void:properties ?p }""",
        """SELECT (COUNT(*) AS ?t) (COUNT(DISTINCT ?a) AS ?s) (COUNT(DISTINCT ?b) AS ?o)
           (COUNT(DISTINCT ?k) AS ?c) (COUNT(DISTINCT ?q) AS ?p)
           { ?a ?q ?b BIND (IF(?q = <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>, ?b, ?none) AS ?k) }""",
    ),
    "properties": (
        """SELECT ?p ?t ?s ?o { <https://example.org/region/void#accepted> void:propertyPartition [ void:property ?p ;
           void:triples ?t ; void:distinctSubjects ?s ; void:distinctObjects ?o ] }""",
        """SELECT ?p (COUNT(*) AS ?t) (COUNT(DISTINCT ?a) AS ?s) (COUNT(DISTINCT ?b) AS ?o) { ?a ?p ?b } GROUP BY ?p""",
    ),
    "classes": (
        """SELECT ?c ?n ?t { <https://example.org/region/void#accepted> void:classPartition [ void:class ?c ;
           void:entities ?n ; void:triples ?t ] }""",
        """SELECT ?c (COUNT(DISTINCT ?a) AS ?n) (COUNT(*) AS ?t) { ?a a ?c ; ?p ?b } GROUP BY ?c""",
    ),
    "properties of classes": (
        """SELECT ?c ?p ?t ?s ?o { ?part void:class ?c ; void:propertyPartition [ void:property ?p ; void:triples ?t ;
           void:distinctSubjects ?s ; void:distinctObjects ?o ] }""",
        """SELECT ?c ?p (COUNT(*) AS ?t) (COUNT(DISTINCT ?a) AS ?s) (COUNT(DISTINCT ?b) AS ?o)
           { ?a a ?c ; ?p ?b } GROUP BY ?c ?p""",
    ),
    "classes of objects": (
        """SELECT ?c ?p ?d ?t { ?part void:class ?c ; void:propertyPartition [ void:property ?p ;
           void:classPartition [ void:class ?d ; void:triples ?t ] ] }""",
        """SELECT ?c ?p ?d (COUNT(*) AS ?t) { ?a a ?c ; ?p ?b . ?b a ?d } GROUP BY ?c ?p ?d""",
    ),
    "datatypes of objects": (
        """SELECT ?c ?p ?d ?t { ?part void:class ?c ; void:propertyPartition [ void:property ?p ;
           void-ext:datatypePartition [ void-ext:datatype ?d ; void:triples ?t ] ] }""",
        """SELECT ?c ?p ?d (COUNT(*) AS ?t) { ?a a ?c ; ?p ?b . BIND (DATATYPE(?b) AS ?d) FILTER (ISLITERAL(?b)) }
           GROUP BY ?c ?p ?d""",
    ),
}


@pytest.mark.parametrize("name", COUNTS)
def test_the_counts_are_those_of_the_data(void: Store, data: Store, name: str) -> None:
    said, true = COUNTS[name]
    assert rows(void, said) == rows(data, true) != set()


def test_every_namespace_is_a_vocabulary(void: Store, release: Release) -> None:
    listed = {name for (name,) in rows(void, "SELECT ?v { ?d void:vocabulary ?v }")}
    used = {triple.object.value for triple in release.statistics if triple.predicate.value.endswith("#property")}  # type: ignore[union-attr]
    assert used
    assert all(any(name.startswith(namespace) for namespace in listed) for name in used)


def links() -> Iterator[Triple]:
    alfa, beta = (NamedNode(f"{BASE}id/cluster/{name}") for name in ("alfa", "beta"))
    nuts = NamedNode("http://data.europa.eu/nuts/code/ITC4")
    yield Triple(alfa, NamedNode("http://purl.org/dc/terms/spatial"), nuts)
    yield Triple(beta, NamedNode("http://purl.org/dc/terms/spatial"), nuts)
    yield Triple(nuts, NamedNode("http://purl.org/dc/terms/relation"), NamedNode("https://ror.org/05nhzbw35"))
    yield Triple(alfa, NamedNode("urn:p"), Literal("https://ror.org/05nhzbw35"))


def test_links_are_described_where_there_are_some() -> None:
    store = Store()
    store.extend(Quad(*triple) for triple in catalog.statistics(links(), BASE))
    found = rows(
        store,
        """SELECT ?p ?space ?t ?s ?o { [] a void:Linkset ; void:linkPredicate ?p ; void:triples ?t ;
           void:distinctSubjects ?s ; void:distinctObjects ?o ; void:objectsTarget [ void:uriSpace ?space ] ;
           void:subjectsTarget <https://example.org/region/void#accepted> }""",
    )
    assert found == {("http://purl.org/dc/terms/spatial", "http://data.europa.eu/nuts/", "2", "2", "1")}


def test_equal_content_gives_equal_bytes() -> None:
    there, back = (catalog.statistics(each, BASE) for each in (list(links()), reversed(list(links()))))
    assert write_graph(there, N_TRIPLES) == write_graph(back, N_TRIPLES)


def test_the_counts_stand_in_the_release_with_their_checksum(release: Release) -> None:
    held = [quad.triple for quad in parse((release.path / "void.nt").read_bytes(), format=RdfFormat.N_TRIPLES)]
    assert held == release.statistics
    assert any(line.endswith("  void.nt") for line in (release.path / "store.sha256").read_text().splitlines())
    verify(release)


def test_an_overview_has_no_parts_within_parts(release: Release) -> None:
    whole, part = release.statistics, catalog.overview(release.statistics, BASE)
    assert len(part) < len(whole) / 4
    assert not any(
        str(triple.predicate).endswith("Partition>") for triple in part if "void#accepted" not in str(triple)
    )
    assert {str(triple.predicate) for triple in part} >= {
        f"<http://rdfs.org/ns/void#{name}>" for name in ("class", "property", "entities", "distinctObjects")
    }
