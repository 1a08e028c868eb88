"""The sets of mappings: files of SSSOM (https://mapping-commons.github.io/sssom/) made from what is published."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, Quad
from pyoxigraph import Store as Oxigraph
from rdflib import OWL, URIRef

from ctl_graph import mappings
from ctl_graph.config import Config
from ctl_graph.mappings import BY_NAME, CONFIDENCE, SETS
from ctl_graph.release import Release
from ctl_graph.sources import Sources
from ctl_graph.store import OxigraphStore, Result, evaluate
from ctl_graph.vocab import ACCEPTED, CTL, SKOS, graph_iri

ROOT = Path(__file__).parents[1]
BASE = "https://example.org/region/"
# What https://mapping-commons.github.io/sssom/Mapping/ and …/MappingSet/ require, and what we promise beside it.
REQUIRED = {"subject_id", "predicate_id", "object_id", "mapping_justification"}
PROMISED = {"mapping_set_id", "license", "creator_label", "mapping_provider", "mapping_tool", "curie_map"}
BUILT_IN = {"owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd"}


class Small:
    """A store in memory with a few statements, each in its source's graph and accepted."""

    def __init__(self, statements: Iterable[tuple[str, str, str | Literal, str]]) -> None:
        self.store = Oxigraph()
        for subject, predicate, value, slug in statements:
            term = value if isinstance(value, Literal) else NamedNode(value)
            for graph in (slug, ACCEPTED):
                self.store.add(Quad(NamedNode(subject), NamedNode(predicate), term, NamedNode(graph_iri(BASE, graph))))

    def query(self, query: str, **_: object) -> Result:
        return evaluate(self.store, query)


POLI = f"{BASE}id/organisation/poli"
AREA = f"{BASE}id/area/health"
STORE = Small(
    [
        (POLI, f"{CTL}rorId", "https://ror.org/01nffqt88", "ror"),
        (POLI, f"{CTL}confidence", f"{BASE}id/scheme/confidence/high", "ror"),
        (POLI, f"{CTL}confidence", f"{BASE}id/scheme/confidence/low", "newspaper"),
        (POLI, f"{SKOS}prefLabel", Literal('Poli\t"tecnico"', language="en"), "ror"),
        (AREA, f"{SKOS}relatedMatch", "http://eurovoc.europa.eu/2825", "method"),
        (f"{CTL}Project", f"{SKOS}closeMatch", "http://data.europa.eu/s66#Project", "ontology"),
        (f"{CTL}Project", f"{SKOS}closeMatch", "https://example.net/words/Project", "ontology"),
    ]
)


def read(text: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The metadata and the rows, by the rules of the format."""
    lines = text.splitlines(keepends=True)
    head = [line.removeprefix("#").rstrip("\n") for line in lines if line.startswith("#")]
    assert lines[: len(head)] == [f"#{line}\n" for line in head], "the metadata come first"
    known: dict[str, Any] = {}
    name = ""
    for line in head:
        if line.startswith("  - "):
            known[name] = [*known.get(name, []), json.loads(line.removeprefix("  - "))]
        elif line.startswith("  "):
            prefix, _, namespace = line.strip().partition(": ")
            known[name] = {**known.get(name, {}), prefix: json.loads(namespace)}
        else:
            name, _, value = line.partition(":")
            known |= {name: json.loads(value)} if value else {}
    return known, list(csv.DictReader(lines[len(head) :], delimiter="\t"))


def check(text: str) -> list[dict[str, str]]:
    """What every reader of SSSOM takes for granted."""
    known, rows = read(text)
    assert rows
    assert known.keys() >= PROMISED
    assert "mapping_tool_version" not in known, "a new version of the software is no new edition"
    prefixes = known["curie_map"]
    assert list(prefixes) == sorted(prefixes)
    assert not prefixes.keys() & BUILT_IN
    used = set()
    for row in rows:
        assert all(row[name] for name in REQUIRED)
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert not row.get("confidence") or 0 <= float(row["confidence"]) <= 1
        for name in ("subject_id", "predicate_id", "object_id", "mapping_source"):
            prefix, colon, rest = row[name].partition(":")
            assert colon, row[name]
            assert rest.strip("/") == rest != "", row[name]
            used.add(prefix)
    assert used - BUILT_IN == prefixes.keys()
    return rows


def written(name: str, store: Small = STORE) -> str:
    config = Config.load(ROOT / "tests" / "world" / "ctl-graph.toml", environ={})
    rows = mappings.read(store, BASE)[name]
    return mappings.write(BY_NAME[name], rows, store, config)


def test_a_row_says_what_is_mapped_who_states_it_and_how_reliable_it_is() -> None:
    (row,) = check(written("organisations-ror"))
    assert row == {
        "subject_id": "organisation:poli",
        "subject_label": 'Poli\t"tecnico"',
        "predicate_id": "skos:exactMatch",
        "object_id": "ror:01nffqt88",
        "mapping_justification": "semapv:ManualMappingCuration",
        "mapping_source": "graph:ror",
        "confidence": "0.9",
    }
    (link,) = check(written("areas-eurovoc"))
    assert (link["subject_id"], link["object_id"], link["confidence"]) == ("area:health", "eurovoc:2825", "0.6")


def test_a_namespace_without_a_prefix_gets_one() -> None:
    rows = check(written("vocabulary"))
    assert [row["object_id"] for row in rows] == ["eurio:Project", "ns3:Project"]
    assert read(written("vocabulary"))[0]["curie_map"] == {
        "ctl": CTL,
        "eurio": "http://data.europa.eu/s66#",
        "graph": f"{BASE}graph/",
        "ns3": "https://example.net/words/",
    }


def test_a_set_is_served_with_what_describes_it(client: FlaskClient, release: Release) -> None:
    response = client.get("/mappings/vocabulary.sssom.tsv")
    assert response.content_type == "text/tab-separated-values; charset=utf-8"
    known, _ = read(response.text)
    assert known["mapping_set_id"] == f"{BASE}mappings/vocabulary.sssom.tsv"
    assert len(check(response.text)) == 56
    kept = release.path / "dumps" / "vocabulary.sssom.tsv"
    assert kept.read_bytes() == response.data, "the file of the dataset is the same"
    again = client.get("/mappings/vocabulary.sssom.tsv", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/mappings/nothing.sssom.tsv").status_code == 404
    page = client.get("/data", headers={"Accept": "text/html"}).text
    assert [each.name for each in SETS if f"/mappings/{each.name}.sssom.tsv" not in page] == []


def test_an_empty_set_is_a_file_without_rows(client: FlaskClient) -> None:
    known, rows = read(client.get("/mappings/organisations-ror.sssom.tsv").text)
    assert rows == []
    assert known["curie_map"] == {}, "readers fail on nothing at all"
    assert known["license"] == "https://creativecommons.org/licenses/by/4.0/"


# -- the real data -----------------------------------------------------------------------------------------------------


def test_the_real_sets_hold_what_the_tables_hold(real_release: Release) -> None:
    config = Config.load(ROOT / "ctl-graph.toml", environ={})
    store = OxigraphStore(real_release.store)
    sets = mappings.read(store, config.base_iri)
    rows = {name: check(mappings.write(BY_NAME[name], each, store, config)) for name, each in sets.items()}
    assert {name: len({(row["subject_id"], row["object_id"]) for row in each}) for name, each in rows.items()} == {
        "organisations-ror": 31,
        "organisations-wikidata": 22,
        "areas-eurovoc": 37,
        "areas-euroscivoc": 22,
        "areas-eye-ris3": 7,
        "areas-periods": 6,
        "vocabulary": 56,
    }
    without = {name for name, each in rows.items() if not all(row.get("confidence") for row in each)}
    assert without == {"vocabulary"}, "whose authors state none"


def test_the_confidence_of_links_is_that_of_their_table() -> None:
    with (ROOT / "data" / "links.csv").open(encoding="utf-8", newline="") as file:
        levels = {row["confidence"] for row in csv.DictReader(file)}
    assert {CONFIDENCE[level] for level in levels} == {BY_NAME["areas-eurovoc"].confidence}


def test_two_names_are_the_same_only_where_their_registered_identifiers_are(real: Sources) -> None:
    accepted = real.graph(ACCEPTED)
    registered = {URIRef(CTL + name) for name in ("rorId", "wikidata", "taxCode", "grantNumber", "participantCode")}

    def unproven(pairs: Iterable[tuple[object, object]]) -> list[tuple[object, object]]:
        return [
            (one, other)
            for one, other in pairs
            if not any(
                other in set(accepted.objects(one, name))
                or set(accepted.objects(one, name)) & set(accepted.objects(other, name))  # type: ignore[arg-type]
                for name in registered
            )
        ]

    assert unproven(accepted.subject_objects(OWL.sameAs)) == []
    polimi = URIRef("https://w3id.org/ctl/id/organisation/polimi")
    (ror,) = accepted.objects(polimi, URIRef(CTL + "rorId"))
    assert unproven([(polimi, ror)]) == [], "an entry of the register is proof"
    assert len(unproven([(polimi, URIRef("https://ror.org/other"))])) == 1


@pytest.mark.parametrize("name", list(BY_NAME))
def test_each_set_has_a_title_in_both_languages(name: str) -> None:
    assert BY_NAME[name].title.it != BY_NAME[name].title.en
