"""What the site says of itself to programs, and to people."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, QueryTriples, RdfFormat, Store, parse
from rdflib import RDF, Graph, Namespace, URIRef

from ctl_graph import questions
from ctl_graph.catalog import GRAPH_FORMATS
from ctl_graph.config import Config
from ctl_graph.formats import GRAPHS, JSON_LD, TABLES, Format
from ctl_graph.release import Release
from ctl_graph.vocab import PREFIXES
from ctl_graph.web import create_app, description

BASE = "https://example.org/region/"
HTML = {"Accept": "text/html"}
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SH = Namespace("http://www.w3.org/ns/shacl#")
VOID = Namespace("http://rdfs.org/ns/void#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
RDFS_DOMAIN = URIRef("http://www.w3.org/2000/01/rdf-schema#domain")
RDFS_RANGE = URIRef("http://www.w3.org/2000/01/rdf-schema#range")
RDFS_CLASS = URIRef("http://www.w3.org/2000/01/rdf-schema#subClassOf")
DOCUMENTS = ("void", "examples", "prefixes", "shapes")


def suffix(format: Format) -> str:
    return format.suffix


def graph(client: FlaskClient, path: str) -> Graph:
    response = client.get(path, headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    return Graph().parse(data=response.data, format="turtle")


# -- the service -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", GRAPHS, ids=suffix)
def test_the_endpoint_describes_itself_in_every_format(client: FlaskClient, format: Format) -> None:
    response = client.get("/sparql", headers={"Accept": format.media_type})
    assert response.content_type == format.content_type
    triples = {quad.triple for quad in parse(response.data, format=format.codec)}  # type: ignore[arg-type]
    objects = {str(triple.object) for triple in triples}
    assert "<http://localhost/sparql>" in objects
    assert f"<{SD}SPARQL11Query>" in objects
    assert len({t for t in triples if t.predicate == NamedNode(str(SD.resultFormat))}) == 10
    assert f"<{BASE}graph/accepted>" in objects


def test_the_description_counts_the_default_graph_and_names_all_others(client: FlaskClient, release: Release) -> None:
    described = graph(client, "/sparql")
    (service,) = described.subjects(RDF.type, SD.Service)
    (default,) = described.objects(None, SD.defaultGraph)
    assert described.value(default, VOID.triples).toPython() == release.manifest["accepted"]  # type: ignore[union-attr]
    assert len(set(described.objects(default, VOID.propertyPartition))) > 50
    graphs = {
        str(described.value(named, SD.name)): described.value(described.value(named, SD.graph), VOID.triples).toPython()  # type: ignore[union-attr]
        for named in described.objects(None, SD.namedGraph)
    }
    assert graphs == release.manifest["graphs"]
    assert (default, RDF.type, SD.Graph) in described
    assert set(described.objects(service, SD.feature)) == set()
    assert "rdfs.org/ns/void#uriSpace" not in described.serialize(), (
        "it would tell clients that others' terms are absent"
    )
    assert client.get("/sparql").headers["Link"] == '</void>; rel="describedby"'


def test_what_the_description_links_is_there(client: FlaskClient) -> None:
    described = graph(client, "/sparql")
    links = {str(link) for link in described.objects(None, URIRef("http://www.w3.org/2000/01/rdf-schema#seeAlso"))}
    assert links == {f"http://localhost/{name}" for name in ("catalog", *DOCUMENTS)}
    for name in DOCUMENTS:
        assert len(graph(client, f"/{name}")) > 20
    (shapes,) = described.objects(None, SH.shapesGraph)
    assert client.get(f"/{str(shapes).removeprefix(BASE)}").status_code == 200


def test_the_description_is_the_same_each_time(client: FlaskClient) -> None:
    first, second = client.get("/sparql"), client.get("/sparql")
    assert first.data == second.data
    again = client.get("/sparql", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head("/sparql")
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(first.data))


def test_federation_is_announced_where_it_is_set(world: Config, release: Release) -> None:
    client = create_app(replace(world, federation="https://example.net/sparql")).test_client()
    assert (None, SD.feature, SD.BasicFederatedQuery) in graph(client, "/sparql")
    assert client.get("/sparql").headers["ETag"] != create_app(world).test_client().get("/sparql").headers["ETag"]
    assert release


def test_a_store_elsewhere_is_described_without_counts(world: Config) -> None:
    client = create_app(replace(world, endpoint="http://127.0.0.1:9/sparql")).test_client()
    described = graph(client, "/sparql")
    assert [str(name) for name in described.objects(None, SD.name)] == [f"{BASE}graph/accepted"]
    assert (None, VOID.triples, None) not in described
    assert (None, VOID.sparqlEndpoint, URIRef("http://localhost/sparql")) in graph(client, "/void")
    page = client.get("/void", headers={**HTML, "Accept-Language": "en"})
    assert "There are no counts here" in page.text


# -- the tests of W3C ------------------------------------------------------------------------------------------------


def test_the_service_description_tests_of_w3c(
    address: str, conformance: Path, conformance_counts: list[str], vocabulary: Graph
) -> None:
    folder = conformance / "rdf-tests-sparql" / "sparql11" / "service-description"
    manifest = Graph().parse(folder / "manifest.ttl")
    tests = sorted(str(test).rpartition("#")[2] for test in manifest.subjects(RDF.type, MF.ServiceDescriptionTest))
    passed = [name for name in tests if JUDGES[name](f"{address}sparql", vocabulary)]
    conformance_counts.append(f"W3C SPARQL service description: {len(passed)} of {len(tests)} tests pass over HTTP")
    assert passed == tests == ["conforms-to-schema", "has-endpoint-triple", "returns-rdf"]


@pytest.fixture(scope="module")
def vocabulary(conformance: Path) -> Graph:
    """The vocabulary of service descriptions, with its domains and ranges."""
    triples = [quad.triple for quad in parse((conformance / "vocab" / "sd.nq").read_bytes(), format=RdfFormat.N_QUADS)]
    return Graph().parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")


def _described(endpoint: str) -> Graph:
    with urlopen(Request(endpoint, headers={"Accept": "text/turtle, application/rdf+xml;q=0.9"}), timeout=30) as answer:
        return Graph().parse(data=answer.read(), format=answer.headers.get_content_type())


def _returns_rdf(endpoint: str, _: Graph) -> bool:
    return len(_described(endpoint)) > 0


def _has_endpoint(endpoint: str, _: Graph) -> bool:
    return (None, SD.endpoint, URIRef(endpoint)) in _described(endpoint)


def _conforms(endpoint: str, vocabulary: Graph) -> bool:
    """Each property is the vocabulary's, its subject and object are of its domain and range where they have types."""
    described = _described(endpoint)
    for subject, predicate, value in described:
        if not str(predicate).startswith(SD):
            continue
        assert (predicate, None, None) in vocabulary, predicate
        assert _is_of(described, vocabulary, subject, vocabulary.value(predicate, RDFS_DOMAIN)), (subject, predicate)
        if set(described.objects(value, RDF.type)):
            assert _is_of(described, vocabulary, value, vocabulary.value(predicate, RDFS_RANGE)), (predicate, value)
    for named in described.subjects(RDF.type, SD.NamedGraph):
        assert len(set(described.objects(named, SD.name))) == 1
    datasets = set(described.subjects(RDF.type, SD.Dataset))
    return bool(datasets) and all(len(set(described.objects(each, SD.defaultGraph))) == 1 for each in datasets)


def _is_of(described: Graph, vocabulary: Graph, node: object, concept: object) -> bool:
    kinds = {
        kind for each in described.objects(node, RDF.type) for kind in vocabulary.transitive_objects(each, RDFS_CLASS)
    }  # type: ignore[arg-type]
    return concept is None or concept in kinds


JUDGES = {"returns-rdf": _returns_rdf, "has-endpoint-triple": _has_endpoint, "conforms-to-schema": _conforms}


# -- documents -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", GRAPHS, ids=suffix)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_are_had_by_suffix_and_by_wish(client: FlaskClient, name: str, format: Format) -> None:
    named = client.get(f"/{name}.{format.suffix}")
    wished = client.get(f"/{name}", headers={"Accept": format.media_type})
    assert (named.status_code, named.content_type) == (200, format.content_type)
    assert named.data == wished.data
    assert wished.headers["Content-Location"] == f"/{name}.{format.suffix}"
    assert len(list(parse(named.data, format=format.codec))) > 20  # type: ignore[arg-type]
    seen = client.get(f"/{name}.{format.suffix}", headers={"If-None-Match": named.headers["ETag"]})
    assert seen.status_code == 304


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_not_offered_is_refused(client: FlaskClient, name: str) -> None:
    assert client.get(f"/{name}", headers={"Accept": "image/png"}).status_code == 406
    assert client.get(f"/{name}.xyz").status_code == 404


def test_void_is_found_where_it_is_looked_for(client: FlaskClient) -> None:
    response = client.get("/.well-known/void")
    assert (response.status_code, response.location) == (302, "/void")
    followed = client.get("/.well-known/void", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert followed.content_type == "text/turtle; charset=utf-8"


def test_void_says_who_publishes_and_where_the_data_are(client: FlaskClient, release: Release) -> None:
    void = graph(client, "/void")
    accepted = URIRef(f"{BASE}void#accepted")
    dct = Namespace("http://purl.org/dc/terms/")
    assert {title.language for title in void.objects(accepted, dct.title)} == {"it", "en"}  # type: ignore[union-attr]
    assert void.value(accepted, dct.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    publisher = void.value(accepted, dct.publisher)
    assert str(void.value(publisher, URIRef("http://xmlns.com/foaf/0.1/name"))) == "Valdoro <b>Graph</b> & Co"
    assert str(void.value(accepted, URIRef("http://www.w3.org/2002/07/owl#versionInfo"))) == release.id
    assert void.value(accepted, VOID.sparqlEndpoint) == URIRef("http://localhost/sparql")
    dumps = {str(dump) for dump in void.objects(None, VOID.dataDump)}
    assert len(dumps) == len(release.manifest["dumps"])
    for dump in dumps:
        with client.head(dump.removeprefix("http://localhost")) as response:
            assert response.status_code == 200
    for thing in void.objects(accepted, VOID.exampleResource):
        assert client.get(str(thing).removeprefix(BASE[:-1]), follow_redirects=True).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("it", "Che cosa c'è nei dati"), ("en", "What is in the data")])
def test_the_description_is_a_page_too(client: FlaskClient, language: str, words: str) -> None:
    page = client.get("/void", headers={**HTML, "Accept-Language": language})
    assert words in page.text.replace("&#39;", "'")
    assert 'href="/class/Membership"' in page.text
    assert 'href="/void.ttl"' in page.text
    assert 'href="/void"' in client.get("/data", headers=HTML).text


def test_readers_are_led_to_pages(client: FlaskClient) -> None:
    assert client.get("/examples", headers=HTML).location == "/questions"
    assert client.get("/shapes", headers=HTML).location == "/graph/shapes"
    for path in ("/examples", "/shapes"):
        assert client.get(path, headers=HTML, follow_redirects=True).status_code == 200


def test_prefixes_are_a_context_and_a_plain_object(client: FlaskClient) -> None:
    plain = client.get("/prefixes", headers={"Accept": "application/json"})
    assert json.loads(plain.data) == dict(PREFIXES)
    assert plain.content_type == "application/json"
    assert json.loads(client.get("/prefixes.jsonld").data)["@context"] == dict(PREFIXES)
    assert client.get("/prefixes", headers={"Accept": JSON_LD.media_type}).content_type == JSON_LD.media_type
    declared = graph(client, "/prefixes")
    assert {str(prefix) for prefix in declared.objects(None, SH.prefix)} == set(PREFIXES)


def examples(client: FlaskClient) -> Iterator[tuple[URIRef, str]]:
    found = graph(client, "/examples")
    for node in found.subjects(RDF.type, SH.SPARQLExecutable):
        (query,) = (*found.objects(node, SH.select), *found.objects(node, SH.construct))
        yield URIRef(str(node)), str(query)


def test_examples_are_the_stored_questions_and_each_runs(client: FlaskClient, release: Release) -> None:
    found = dict(examples(client))
    assert {str(node) for node in found} == {f"{BASE}questions/{name}" for name in questions.load()}
    store = Store.read_only(str(release.store))
    for node, query in found.items():
        result = store.query(query)
        is_graph = isinstance(result, QueryTriples)
        list(result)  # type: ignore[arg-type]
        name = str(node).rpartition("/")[2]
        assert (questions.load()[name].form == "CONSTRUCT") == is_graph
        assert client.get(f"/questions/{name}", headers=HTML).status_code == 200


def test_examples_name_their_endpoint_in_the_words_of_schema_org(client: FlaskClient) -> None:
    schema = Namespace("https://schema.org/")
    found = graph(client, "/examples")
    node = URIRef(f"{BASE}questions/members-on-date")
    assert {str(target) for target in found.objects(None, schema.target)} == {"http://localhost/sparql"}
    assert {
        comment.language for comment in found.objects(node, URIRef("http://www.w3.org/2000/01/rdf-schema#comment"))
    } == {"it", "en"}  # type: ignore[union-attr]
    assert "Membership" in {str(keyword) for keyword in found.objects(node, schema.keywords)}
    assert found.value(node, SH.prefixes) == URIRef(f"{BASE}prefixes")
    assert (node, RDF.type, SH.SPARQLSelectExecutable) in found


def test_shapes_are_whole(client: FlaskClient, release: Release) -> None:
    graph_name = f"{BASE}graph/shapes"
    served = list(parse(client.get("/shapes.nt").data, format=GRAPHS[2].codec))  # type: ignore[arg-type]
    assert len(served) == release.manifest["graphs"][graph_name]


def test_a_release_from_before_the_counts_is_served_without_them(
    world: Config, release: Release, tmp_path: Path
) -> None:
    old = Release(tmp_path / release.id)
    shutil.copytree(release.path, old.path)
    (old.path / "void.nt").unlink()
    sums = old.path / "store.sha256"
    sums.write_text("".join(line for line in sums.read_text().splitlines(True) if not line.endswith("void.nt\n")))
    (tmp_path / "current").symlink_to(release.id)
    client = create_app(replace(world, releases=tmp_path)).test_client()
    assert (None, SD.endpoint, None) in graph(client, "/sparql")
    assert (None, VOID.sparqlEndpoint, None) in graph(client, "/void")
    assert client.get("/void", headers=HTML).status_code == 200


def test_the_formats_that_are_announced_are_those_that_are_written() -> None:
    assert {name.replace("_", "/") for name in GRAPH_FORMATS} == {format.name for format in GRAPHS}
    tables = {f"SPARQL_Results_{format.name.removeprefix('SPARQL ')}" for format in TABLES}
    assert set(description._RESULTS) == tables
