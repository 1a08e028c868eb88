"""The catalogue as portals meet it: DCAT-AP's own shapes, the checklist of the harvesters, and HTTP."""

import gzip
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Dataset, Quad, parse
from pyshacl import validate
from rdflib import OWL, RDF, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDFS, SH
from rdflib.term import Node

from ctl_graph import dcat
from ctl_graph import release as releases
from ctl_graph.config import Config
from ctl_graph.datasets import DATASETS
from ctl_graph.formats import BY_SUFFIX, N_QUADS
from ctl_graph.release import Release
from ctl_graph.vocab import LICENCE
from ctl_graph.web import catalogue, create_app

BASE = "https://example.org/region/"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
IT = Namespace("http://dati.gov.it/onto/dcatapit#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
CATALOG = URIRef(f"{BASE}catalog")
NAMES = {dataset.name for dataset in DATASETS}
TYPES = {
    "ttl": "text/turtle; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "trig": "application/trig; charset=utf-8",
    "nq": "application/n-quads",
    "html": "text/html; charset=utf-8",
}


@pytest.fixture(scope="module")
def graph(app: Flask) -> Graph:
    return Graph().parse(data=app.test_client().get("/catalog.nt").data, format="nt")


@pytest.fixture(scope="module")
def listed(graph: Graph) -> list[URIRef]:
    return sorted(graph.objects(CATALOG, DCAT.dataset))


# -- what it says ----------------------------------------------------------------------------------------------------


SHAPES = ("shapes", "range", "deprecateduris")


def violations_of(graph: Graph, conformance: Path, name: str) -> list[tuple[Node | None, ...]]:
    """What the shapes of DCAT-AP in this file find wrong."""
    shapes = Graph().parse(conformance / "dcat-ap" / "3.0.1-html-shacl" / f"{name}.ttl")
    results = validate(graph, shacl_graph=shapes)[1]
    assert isinstance(results, Graph)
    return [
        (results.value(each, SH.focusNode), results.value(each, SH.resultPath), results.value(each, SH.value))
        for each in results.subjects(SH.resultSeverity, SH.Violation)
    ]


@pytest.mark.parametrize("name", SHAPES)
def test_the_shapes_of_dcat_ap_find_no_violation(
    graph: Graph, conformance: Path, conformance_counts: list[str], name: str
) -> None:
    violations = violations_of(graph, conformance, name)
    conformance_counts.append(f"DCAT-AP 3.0.1 {name}: {len(graph)} statements, {len(violations)} violations")
    assert violations == []


def test_what_an_operator_has_not_set_is_left_out(world: Config, release: Release, conformance: Path) -> None:
    bare = create_app(replace(world, contact="", territory="", territory_name="")).test_client()
    graph = Graph().parse(data=bare.get("/catalog.nt").data, format="nt")
    assert not list(graph.subject_objects(DCTERMS.spatial)) + list(graph.subject_objects(VCARD.hasEmail))
    assert [violations_of(graph, conformance, name) for name in SHAPES] == [[], [], []]
    assert not [each for each in graph.objects() if isinstance(each, Literal) and not str(each).strip()]


def test_the_licence_has_the_names_by_which_italian_portals_know_it(graph: Graph, conformance: Path) -> None:
    licences = Graph().parse(conformance / "ontopia" / "vocabularies" / "licences.ttl")
    known = URIRef("https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40")
    names = set(graph.objects(URIRef(LICENCE), FOAF.name))
    assert names == {each for each in licences.objects(known, SKOS.prefLabel) if each.language in ("it", "en")} != set()


def test_the_shapes_do_find_what_is_wrong(graph: Graph, conformance: Path) -> None:
    shapes = Graph().parse(conformance / "dcat-ap" / "3.0.1-html-shacl" / "shapes.ttl")
    broken = Graph() + graph
    broken.remove((None, DCTERMS.title, None))
    assert not validate(broken, shacl_graph=shapes)[0]


# The profile's ontology, with the names that it means: several of its own are misspelt.
MISSPELT = {
    "https://dati.gov.it/": "http://dati.gov.it/",
    "http://sdati.gov.it/": "http://dati.gov.it/",
    "https://www.w3.org/ns/": "http://www.w3.org/ns/",
}
EXACT = (OWL.cardinality, OWL.qualifiedCardinality)
MOST = (*EXACT, OWL.maxCardinality, OWL.maxQualifiedCardinality)


@pytest.fixture(scope="module")
def restrictions(conformance: Path) -> list[tuple[URIRef, Node, dict[Node, Node]]]:
    """What DCAT-AP_IT restricts: the class, the property, and how."""
    text = (conformance / "dcat-ap-it" / "DCAT-AP_IT.ttl").read_text(encoding="utf-8")
    for wrong, right in MISSPELT.items():
        text = text.replace(f"<{wrong}", f"<{right}")
    ontology = Graph().parse(data=text, format="turtle")
    return [
        (concept, ontology.value(each, OWL.onProperty), dict(ontology.predicate_objects(each)))
        for concept, each in ontology.subject_objects(RDFS.subClassOf)
        if isinstance(concept, URIRef) and (each, OWL.onProperty, None) in ontology
    ]


def unmet(graph: Graph, restrictions: list[tuple[URIRef, Node, dict[Node, Node]]]) -> Iterator[tuple[Node, ...]]:
    """Where the graph does not do as restricted. Texts count once in each language."""
    for concept, property, how in restrictions:
        wanted = how.get(OWL.allValuesFrom) or how.get(OWL.onClass)
        for node in graph.subjects(RDF.type, concept):
            values = list(graph.objects(node, property))
            times = max(Counter(getattr(each, "language", None) for each in values).values(), default=0)
            least = OWL.someValuesFrom in how or any(each in how for each in EXACT)
            most = any(each in how for each in MOST)
            untyped = [each for each in values if wanted in graph.objects(None, RDF.type)] if wanted else []
            if (least and not values) or (most and times > 1):
                yield concept, property, node, Literal(times)
            yield from ((concept, property, node, each) for each in untyped if (each, RDF.type, wanted) not in graph)


def test_the_restrictions_of_dcat_ap_it_are_met(
    graph: Graph, restrictions: list[tuple[URIRef, Node, dict[Node, Node]]], conformance_counts: list[str]
) -> None:
    found = list(unmet(graph, restrictions))
    conformance_counts.append(f"DCAT-AP_IT: {len(restrictions)} restrictions, {len(found)} times not met")
    assert found == []


@pytest.mark.parametrize("property", [DCTERMS.identifier, DCTERMS.rightsHolder, DCTERMS.license, VCARD.hasEmail])
def test_the_restrictions_do_find_what_is_missing(
    graph: Graph, restrictions: list[tuple[URIRef, Node, dict[Node, Node]]], property: URIRef
) -> None:
    broken = Graph() + graph
    broken.remove((None, property, None))
    assert {each[1] for each in unmet(broken, restrictions)} == {property}


def test_every_dataset_is_listed_and_nothing_else_is_one(graph: Graph, listed: list[URIRef]) -> None:
    assert {str(each) for each in listed} == {f"{BASE}dataset/{name}" for name in NAMES}
    assert set(graph.subjects(RDF.type, DCAT.Dataset)) == set(listed)


def test_every_node_is_typed_in_both_profiles(graph: Graph) -> None:
    for name in ("LicenseDocument", "Standard"):
        assert set(graph.subjects(RDF.type, DCTERMS[name])) == set(graph.subjects(RDF.type, IT[name])) != set()
    for name in ("Catalog", "Dataset", "Distribution"):
        assert set(graph.subjects(RDF.type, DCAT[name])) == set(graph.subjects(RDF.type, IT[name])) != set()
    assert set(graph.subjects(RDF.type, FOAF.Agent)) == set(graph.subjects(RDF.type, IT.Agent)) != set()
    assert set(graph.subjects(RDF.type, VCARD.Kind)) == set(graph.subjects(RDF.type, IT.Organization)) != set()


def test_each_dataset_has_what_portals_ask_for(graph: Graph, listed: list[URIRef]) -> None:
    titles = [str(each) for dataset in listed for each in graph.objects(dataset, DCTERMS.title)]
    assert len(set(titles)) == len(titles) == 2 * len(listed)
    identifiers = [str(graph.value(dataset, DCTERMS.identifier)) for dataset in listed]
    assert len(set(identifiers)) == len(listed)
    for dataset in listed:
        for property in (DCTERMS.title, DCTERMS.description, DCAT.keyword, ADMS.versionNotes):
            assert {each.language for each in graph.objects(dataset, property)} == {"it", "en"}
        for property in ("issued", "modified", "accrualPeriodicity", "rightsHolder", "publisher", "spatial"):
            assert len(list(graph.objects(dataset, DCTERMS[property]))) == 1, (dataset, property)
        assert graph.value(dataset, DCAT.contactPoint) != graph.value(dataset, DCTERMS.publisher)
        assert all(isinstance(each, URIRef) for each in graph.objects(dataset, DCAT.theme))
        assert graph.value(dataset, DCAT.version) == Literal("1")


def test_each_dataset_is_had_in_five_formats(graph: Graph, listed: list[URIRef]) -> None:
    wanted = {"RDF_TURTLE", "JSON_LD", "RDF_XML", "RDF_N_TRIPLES", "CSV"}
    for dataset in listed:
        formats = {
            str(graph.value(each, DCTERMS["format"])).rpartition("/")[2]
            for each in graph.objects(dataset, DCAT.distribution)
        }
        assert formats >= wanted, dataset


# What the EU's rating of metadata (https://data.europa.eu/mqa/methodology) counts, of a dataset and of a distribution.
RATED = {
    DCAT.Dataset: "dcat:keyword dcat:theme dcat:contactPoint dct:spatial dct:accessRights dct:publisher dct:issued "
    "dct:modified",
    DCAT.Distribution: "dcat:accessURL dcat:downloadURL dcat:mediaType dcat:byteSize dct:format dct:license dct:rights "
    "dct:issued dct:modified",
}


@pytest.mark.parametrize("concept", RATED)
def test_nothing_is_missing_that_the_rating_of_metadata_counts(graph: Graph, concept: URIRef) -> None:
    names = [each.partition(":") for each in RATED[concept].split()]
    rated = [(DCAT if prefix == "dcat" else DCTERMS)[name] for prefix, _, name in names]
    nodes = set(graph.subjects(RDF.type, concept))
    assert nodes
    assert [(node, each) for node in nodes for each in rated if (node, each, None) not in graph] == []


def test_every_address_of_the_catalogue_answers(graph: Graph, client: FlaskClient) -> None:
    properties = (DCAT.accessURL, DCAT.landingPage, DCAT.endpointURL, DCAT.endpointDescription, FOAF.homepage)
    addresses = {str(each) for property in properties for each in graph.objects(None, property)}
    assert {address: code for address in addresses if (code := client.head(address).status_code) != 200} == {}


def test_each_distribution_is_called_by_what_it_holds(graph: Graph, listed: list[URIRef]) -> None:
    titles = [
        title for each in graph.subjects(RDF.type, DCAT.Distribution) for title in graph.objects(each, DCTERMS.title)
    ]
    assert len(set(titles)) == len(titles)
    described = str(graph.value(URIRef(f"{BASE}dataset/ctl-graph#ctl-graph.csv"), DCTERMS.description, any=True))
    assert re.search("ogni affermazione|each statement", described)


def test_a_dataset_conforms_to_what_it_is_written_in(graph: Graph) -> None:
    followed = {
        "clusters": "https://w3id.org/ctl/def/",
        "vocabulary": "https://www.w3.org/TR/owl2-overview/",
        "shapes": "https://www.w3.org/TR/shacl/",
    }
    for name, standard in followed.items():
        for node in (f"{BASE}dataset/{name}", f"{BASE}dataset/{name}#{name}.ttl"):
            assert list(graph.objects(URIRef(node), DCTERMS.conformsTo)) == [URIRef(standard)]


def test_each_distribution_says_what_harvesters_read(graph: Graph, release: Release, client: FlaskClient) -> None:
    distributions = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert len(distributions) == sum(
        file["media_type"] != "application/csvm+json" for entry in release.datasets for file in entry["files"]
    )
    for each in distributions:
        licence, media = graph.value(each, DCTERMS.license), graph.value(each, DCAT.mediaType)
        assert Literal("Creative Commons Attribution") in graph.objects(licence, DCTERMS.title)
        assert {name.language for name in graph.objects(licence, FOAF.name)} == {"it", "en"}
        assert "Valdoro <b>Graph</b> & Co" in str(graph.value(graph.value(each, DCTERMS.rights), RDFS.label, any=True))
        assert str(media).endswith(str(graph.value(media, RDFS.label)))
        assert (graph.value(each, DCTERMS["format"]), RDF.type, DCTERMS.IMT) in graph
        assert str(graph.value(each, DCAT.byteSize).datatype).endswith("#nonNegativeInteger")
        with client.get(str(graph.value(each, DCAT.downloadURL))) as response:
            body = response.data
        assert len(body) == int(graph.value(each, DCAT.byteSize))
        checksum = graph.value(each, SPDX.checksum)
        assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha512(body).hexdigest()


def test_every_iri_is_absolute_and_only_periods_are_nameless(graph: Graph) -> None:
    terms = [term for triple in graph for term in triple]
    assert all(re.match("(https?://|mailto:)", term) for term in terms if isinstance(term, URIRef))
    nameless = {term for term in terms if isinstance(term, BNode)}
    assert nameless == set(graph.objects(None, DCTERMS.temporal)) != set()


def test_authority_concepts_have_their_names(graph: Graph) -> None:
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) > 10
    for concept in concepts:
        assert {each.language for each in graph.objects(concept, SKOS.prefLabel)} == {"it", "en"}
    linked = {o for _, p, o in graph if p != SKOS.inScheme and isinstance(o, URIRef) and "/resource/authority/" in o}
    assert linked - concepts - set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {
        URIRef("http://publications.europa.eu/resource/authority/country/ITA")  # the territory, a place
    }


def test_the_italian_profile_gets_texts_where_it_fails_on_iris(graph: Graph) -> None:
    assert all(isinstance(each, Literal) for each in graph.objects(None, IT.geographicalIdentifier))
    publisher = graph.value(CATALOG, DCTERMS.publisher)
    assert [each.language for each in graph.objects(publisher, FOAF.name)] == [None]
    assert graph.value(publisher, DCTERMS.identifier)


def test_the_services_serve_the_whole_and_no_distribution_is_theirs(graph: Graph) -> None:
    services = set(graph.objects(CATALOG, DCAT.service))
    assert {str(graph.value(each, DCAT.endpointURL)) for each in services} == {
        "http://localhost/sparql",
        "http://localhost/api",
    }
    assert {graph.value(each, DCAT.servesDataset) for each in services} == {URIRef(f"{BASE}dataset/ctl-graph")}
    assert not list(graph.subject_objects(DCAT.accessService))


# -- how it is had ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", TYPES)
def test_each_format_has_its_type_and_says_the_same(client: FlaskClient, graph: Graph, suffix: str) -> None:
    response = client.get(f"/catalog.{suffix}")
    assert (response.status_code, response.content_type) == (200, TYPES[suffix])
    if suffix != "html":
        read = Dataset(Quad(*quad.triple) for quad in parse(response.data, format=BY_SUFFIX[suffix].codec))
        assert len(read) == len(graph)


@pytest.mark.parametrize(
    ("accept", "type"),
    [
        (None, TYPES["ttl"]),
        ("*/*", TYPES["ttl"]),
        ("text/html,application/xhtml+xml,*/*;q=0.8", TYPES["html"]),
        ("application/rdf+xml", TYPES["rdf"]),
        ("application/ld+json", TYPES["jsonld"]),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_harvesters_get_rdf_and_readers_a_page(client: FlaskClient, accept: str | None, type: str, method: str) -> None:
    response = client.open("/catalog", method=method, headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.content_type) == (200, type)
    assert {"Accept", "Accept-Language"} <= set(response.vary)


def test_what_is_not_offered_is_a_406(client: FlaskClient) -> None:
    assert client.get("/catalog", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("path", ["/catalog", "/catalog.rdf", "/dataset/clusters", "/dataset/clusters.jsonld"])
def test_who_has_it_already_is_told_so_without_asking_the_store(
    client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = client.get(path).headers["ETag"]
    monkeypatch.setattr(dcat, "catalogue", None)
    monkeypatch.setattr(dcat, "dataset", None)
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_names_are_the_same_wherever_the_client_has_come(client: FlaskClient, graph: Graph) -> None:
    """Portals know by its name what they have already; only addresses to call are where the client has come."""
    elsewhere = Graph().parse(data=client.get("/catalog.nt", base_url="https://other.example/ctl").data, format="nt")
    moved = {p for s, p, o in graph - elsewhere if not isinstance(s, BNode) and not isinstance(o, BNode)}
    addresses = {
        DCAT[name] for name in ("accessURL", "downloadURL", "landingPage", "endpointURL", "endpointDescription")
    }
    assert moved == {*addresses, FOAF.homepage, VCARD.hasURL, RDF.type}
    named, named_elsewhere = (
        {s for s, _, o in each if isinstance(s, URIRef) and o != FOAF.Document} for each in (graph, elsewhere)
    )
    assert named == named_elsewhere


def test_json_ld_needs_no_context_from_elsewhere(client: FlaskClient) -> None:
    document = json.loads(client.get("/catalog.jsonld").data)
    assert isinstance(document.get("@context", {}), dict)


def test_the_page_lists_the_datasets_in_both_languages(client: FlaskClient) -> None:
    for language, title in (("it", "Organizzazioni e adesioni"), ("en", "Organisations and memberships")):
        page = client.get(f"/catalog.html?lang={language}").text
        assert title in page
        assert all(f'href="/dataset/{name}"' in page for name in NAMES)
        assert page.count("/dumps/") > 40


def test_a_dataset_has_a_page_and_a_description_of_its_own(client: FlaskClient, graph: Graph) -> None:
    page = client.get("/dataset/organisations", headers={"Accept": "text/html"})
    assert "memberships.csv" in page.text
    alone = Graph().parse(data=client.get("/dataset/organisations.nt").data, format="nt")
    assert set(alone.subjects(RDF.type, DCAT.Dataset)) == {URIRef(f"{BASE}dataset/organisations")}
    assert {triple for triple in alone if not any(isinstance(term, BNode) for term in triple)} < set(graph)
    assert client.get("/dataset/nothing").status_code == 404


def test_the_site_leads_to_it(client: FlaskClient) -> None:
    assert 'href="/catalog"' in client.get("/").text
    assert 'href="/catalog"' in client.get("/data").text
    for path in ("/void.nt", "/sparql"):
        body = client.get(path, headers={"Accept": "application/n-triples"}).text
        assert "<http://localhost/catalog>" in body


# -- pages -----------------------------------------------------------------------------------------------------------


def test_one_page_is_no_page_of_several(graph: Graph, client: FlaskClient) -> None:
    assert not list(graph.subjects(RDF.type, HYDRA.PartialCollectionView))
    assert client.get("/catalog?page=1").status_code == 200
    assert client.get("/catalog?page=2").status_code == 404
    assert client.get("/catalog?page=x").status_code == 400


@pytest.mark.parametrize("start", ["/catalog", "/catalog.rdf"])
def test_the_pages_end_and_nothing_is_lost_or_comes_twice(
    client: FlaskClient, graph: Graph, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    monkeypatch.setattr(catalogue, "PAGE", 3)
    found: list[URIRef] = []
    services: list[URIRef] = []
    address: str | None = f"http://localhost{start}"
    pages = 0
    while address:
        response = client.get(address, headers={"Accept": "*/*"})
        page = Graph().parse(data=response.data, format="xml" if start.endswith("rdf") else "turtle")
        views = list(page.subjects(RDF.type, HYDRA.PartialCollectionView))
        assert [str(view) for view in views] == [address]
        found += page.objects(CATALOG, DCAT.dataset)
        services += page.objects(CATALOG, DCAT.service)
        assert all(page.value(each, DCTERMS.title) for each in page.subjects(RDF.type, DCAT.Dataset))
        following = page.value(views[0], HYDRA.next)
        address, pages = str(following) if following else None, pages + 1
    assert (pages, len(found), len(set(found)), len(services)) == (3, 8, 8, 2)


# -- files -----------------------------------------------------------------------------------------------------------


def test_a_table_comes_with_its_type_and_its_description(client: FlaskClient) -> None:
    page = client.get("/dataset/clusters.html").text
    place = re.search(r'"(/dumps/clusters/[0-9a-f]{16}/clusters\.csv)"', page)[1]
    with client.get(place) as response:
        assert response.content_type == "text/csv; charset=utf-8"
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        beside = re.search(r'<([^>]+)>; rel="describedby"; type="application/csvm\+json"', response.headers["Link"])[1]
    with client.get(beside) as response:
        assert response.content_type == "application/csvm+json"
        assert response.json["url"] == "clusters.csv"
    with client.get(place, headers={"Range": "bytes=0-9"}) as response:
        assert (response.status_code, len(response.data)) == (206, 10)


@pytest.mark.parametrize(
    "path",
    [
        "/dumps/clusters/0000000000000000/clusters.csv",
        "/dumps/clusters/x/clusters.csv",
        "/dumps/nothing/0000000000000000/clusters.csv",
        "/dumps/clusters/{digest}/manifest.json",
        "/dumps/clusters/{digest}/..%2f..%2fmanifest.json",
        "/dumps/organisations/{digest}/clusters.csv",
    ],
)
def test_a_file_that_nobody_published_is_a_404(client: FlaskClient, release: Release, path: str) -> None:
    digest = next(entry["digest"][:16] for entry in release.datasets if entry["name"] == "clusters")
    assert client.get(path.format(digest=digest)).status_code == 404


@pytest.fixture(scope="module")
def changed(world: Config, release: Release, tmp_path_factory: pytest.TempPathFactory) -> tuple[FlaskClient, str, str]:
    """A site whose second release says more of a cluster: the client, and the catalogue before and after."""
    config = replace(world, releases=tmp_path_factory.mktemp("changed") / "releases")
    whole = gzip.decompress(release.dump(N_QUADS).read_bytes())
    note = f'<{BASE}id/cluster/alfa> <{SKOS.note}> "A note more." <{BASE}graph/accepted> .\n'.encode()
    texts = []
    client = create_app(config).test_client()
    for content in (whole, whole + note):
        with releases.writing(config.releases):
            releases.publish(releases.write(content, {"version": "1"}, config), "1")
        texts.append(client.get("/catalog.nt").text)
    return client, texts[0], texts[1]


def test_a_change_touches_the_datasets_that_hold_it_and_no_other_byte(
    changed: tuple[FlaskClient, str, str],
) -> None:
    client, before, after = changed
    differing = set(before.splitlines()) ^ set(after.splitlines())
    subjects = {re.match(r"<([^>#]+)", line)[1] for line in differing}
    assert subjects == {f"{BASE}dataset/clusters", f"{BASE}dataset/ctl-graph"}
    assert '"Affermazioni aggiunte: 1; tolte: 0."@it' in after
    for address in re.findall(r"downloadURL> <([^>]+)>", before + after):
        with client.get(address) as response:
            assert response.status_code == 200, address


def test_two_sites_with_the_same_history_give_the_same_bytes(
    changed: tuple[FlaskClient, str, str], tmp_path: Path
) -> None:
    client, _, after = changed
    config = client.application.extensions["ctl_graph"].config
    other = replace(config, releases=tmp_path / "other")
    shutil.copytree(config.releases, other.releases, symlinks=True)
    second = create_app(other).test_client()
    for suffix in ("nt", "ttl", "rdf", "jsonld"):
        assert second.get(f"/catalog.{suffix}").data == client.get(f"/catalog.{suffix}").data
    assert second.get("/catalog.nt").text == after


@pytest.mark.parametrize("lost", ["manifest.json", "dumps/clusters.csv"])
def test_what_is_lost_of_a_release_of_the_past_takes_no_other_file_with_it(
    changed: tuple[FlaskClient, str, str], tmp_path: Path, lost: str
) -> None:
    client, *texts = changed
    config = client.application.extensions["ctl_graph"].config
    other = replace(config, releases=tmp_path / "lost")
    shutil.copytree(config.releases, other.releases, symlinks=True)
    path = other.releases / releases.history(other.releases)[0].digest / lost
    path.unlink() if lost.startswith("dumps") else path.write_text("{")
    before, now = (set(re.findall(r"downloadURL> <([^>]+)>", text)) for text in texts)
    gone = {each for each in before - now if each.endswith(lost.removeprefix("dumps")) or lost == "manifest.json"}
    alone = create_app(other).test_client()
    for address in before | now:
        with alone.get(address) as response:
            assert response.status_code == (404 if address in gone else 200), address
    # Without a manifest of the past its dates would be wrong.
    assert alone.get("/catalog").status_code == (503 if lost == "manifest.json" else 200)


def test_a_release_from_before_there_were_datasets_has_no_catalogue(
    changed: tuple[FlaskClient, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty one would tell portals to delete what they have."""
    client = changed[0]
    monkeypatch.setattr(Release, "datasets", [])
    assert client.get("/catalog").status_code == 404
    assert client.get("/dataset/clusters").status_code == 404
