"""Clients as they are: libraries that others wrote, against the server over a real socket."""

import subprocess
import sys
from io import BytesIO
from urllib.parse import urlencode

import pandas
import pytest
from rdflib import RDF, Dataset, Graph, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)

from ctl_graph.release import Release

BASE = "https://example.org/region/"
CTL = Namespace("https://w3id.org/ctl/def/")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
CLUSTERS = "SELECT ?cluster WHERE { ?cluster a <https://w3id.org/ctl/def/RegionalCluster> } ORDER BY ?cluster"
EXPECTED = [f"{BASE}id/cluster/alfa", f"{BASE}id/cluster/beta"]
CONSTRUCT = f"CONSTRUCT {{ ?c <{SKOS.prefLabel}> ?n }} WHERE {{ ?c a <{CTL.RegionalCluster}> ; <{SKOS.prefLabel}> ?n }}"
ASK = f"ASK {{ ?c a <{CTL.RegionalCluster}> }}"
ALFA = URIRef(EXPECTED[0])

WAYS = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]


@pytest.fixture
def endpoint(address: str) -> str:
    return f"{address}sparql"


# -- SPARQLWrapper ---------------------------------------------------------------------------------------------------


def wrapper(endpoint: str, query: str, format: str, way: tuple[str, str] = (GET, URLENCODED)) -> SPARQLWrapper:
    asked = SPARQLWrapper(endpoint, returnFormat=format)
    asked.setQuery(query)
    asked.setMethod(way[0])
    asked.setRequestMethod(way[1])
    return asked


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(way))
def test_sparqlwrapper_reads_tables(endpoint: str, way: tuple[str, str]) -> None:
    read = wrapper(endpoint, CLUSTERS, JSON, way).queryAndConvert()
    assert [row["cluster"]["value"] for row in read["results"]["bindings"]] == EXPECTED  # type: ignore[index,call-overload]
    document = wrapper(endpoint, CLUSTERS, XML, way).queryAndConvert()
    assert [node.firstChild.data for node in document.getElementsByTagName("uri")] == EXPECTED  # type: ignore[union-attr]
    assert wrapper(endpoint, CLUSTERS, CSV, way).queryAndConvert().decode().split() == ["cluster", *EXPECTED]  # type: ignore[union-attr]
    rows = wrapper(endpoint, CLUSTERS, TSV, way).queryAndConvert().decode().split()  # type: ignore[union-attr]
    assert rows == ["?cluster", *(f"<{iri}>" for iri in EXPECTED)]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(way))
def test_sparqlwrapper_asks(endpoint: str, way: tuple[str, str]) -> None:
    assert wrapper(endpoint, ASK, JSON, way).queryAndConvert()["boolean"] is True  # type: ignore[index,call-overload]
    document = wrapper(endpoint, ASK, XML, way).queryAndConvert()
    assert document.getElementsByTagName("boolean")[0].firstChild.data == "true"  # type: ignore[union-attr]


# SPARQLWrapper reads these formats into a class that rdflib calls deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("format", [TURTLE, N3, RDFXML, JSONLD])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(way))
@pytest.mark.parametrize("query", [CONSTRUCT, f"DESCRIBE <{ALFA}>"], ids=["construct", "describe"])
def test_sparqlwrapper_reads_graphs(endpoint: str, query: str, way: tuple[str, str], format: str) -> None:
    read = wrapper(endpoint, query, format, way).queryAndConvert()
    graph = read if isinstance(read, Graph) else Graph().parse(data=read, format="turtle")  # type: ignore[arg-type]
    assert (ALFA, SKOS.prefLabel, None) in graph


# -- rdflib ----------------------------------------------------------------------------------------------------------


def store(endpoint: str, method: str) -> SPARQLStore:
    return SPARQLStore(endpoint, method=method)


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_takes_the_endpoint_for_a_graph(endpoint: str, release: Release, method: str) -> None:
    graph = Graph(store(endpoint, method))
    assert [str(row[0]) for row in graph.query(CLUSTERS)] == EXPECTED  # type: ignore[index]
    assert bool(graph.query(ASK))
    assert {subject for subject, _, _ in graph.query(CONSTRUCT)} == set(map(URIRef, EXPECTED))  # type: ignore[misc]
    assert {str(subject) for subject in graph.subjects(RDF.type, CTL.RegionalCluster)} == set(EXPECTED)
    assert (ALFA, RDF.type, CTL.RegionalCluster) in graph
    assert len(graph) == release.manifest["accepted"]


# rdflib uses itself what it calls deprecated.
@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")
def test_rdflib_takes_the_endpoint_for_a_dataset(endpoint: str, release: Release) -> None:
    dataset = Dataset(store(endpoint, "GET"), default_union=True)
    named = release.manifest["graphs"]
    statute = URIRef(f"{BASE}graph/statute")
    assert {str(name) for name in dataset.store.contexts()} == set(named)
    assert [str(row[0]) for row in dataset.query(CLUSTERS)] == EXPECTED  # type: ignore[index]
    assert len(set(dataset.triples((None, RDF.type, CTL.RegionalCluster)))) == len(EXPECTED)
    graph = Graph(store(endpoint, "GET"), identifier=statute)
    assert len(graph) == len(set(graph.triples((None, None, None)))) == named[str(statute)]


def test_rdflib_sends_a_part_of_its_query_here(endpoint: str) -> None:
    rows = Graph().query(f"SELECT ?n WHERE {{ SERVICE <{endpoint}> {{ <{ALFA}> <{SKOS.prefLabel}> ?n }} }}")
    assert "Cluster Alfa" in " ".join(str(row[0]) for row in rows)  # type: ignore[index]


# -- other engines ---------------------------------------------------------------------------------------------------

ASK_THERE = """
import sys
from pyoxigraph import Store
query = "SELECT ?c WHERE { SERVICE <%s> { ?c a <https://w3id.org/ctl/def/RegionalCluster> } } ORDER BY ?c"
print(*(row["c"].value for row in Store().query(query % sys.argv[1])))
"""


def test_another_oxigraph_sends_a_part_of_its_query_here(endpoint: str) -> None:
    """In a process of its own: a call out of this one would hold the lock that the server needs to answer."""
    command = [sys.executable, "-c", ASK_THERE, endpoint]
    asked = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert asked.stdout.split() == EXPECTED


def test_pandas_reads_a_table_from_the_address(endpoint: str) -> None:
    members = f"WHERE {{ ?m a <{CTL.Membership}> ; <{CTL.inCluster}> ?cluster }} GROUP BY ?cluster ORDER BY ?cluster"
    query = f"SELECT ?cluster (COUNT(?m) AS ?members) {members}"
    table = pandas.read_csv(f"{endpoint}?{urlencode({'query': query, 'format': 'csv'})}")
    assert list(table.columns) == ["cluster", "members"]
    assert list(table["cluster"]) == EXPECTED
    assert table["members"].sum() > 2
    again = pandas.read_csv(BytesIO(wrapper(endpoint, query, CSV).queryAndConvert()))  # type: ignore[arg-type]
    assert again.equals(table)
