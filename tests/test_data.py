"""Lombardy's data as a whole: what no single table can promise alone."""

import csv
import json
import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from slugs import LOCK, ROOT, locked, named

from ctl_graph import sources, tables
from ctl_graph.config import Config
from ctl_graph.sources import Sources
from ctl_graph.vocab import ACCEPTED, CTL, DCTERMS, FOAF, ONTOLOGY, PROV, RDF_TYPE, SHAPES, SKOS, compact

BASE = "https://w3id.org/ctl/"
THINGS = BASE + "id/"
CLUSTERS = {"lac", "catal", "lgca", "le2c", "afil", "clm", "clsv", "scc", "tav"}
GUIDE = date(2019, 8, 12)

# One thing has one of these; where sources print several, one is accepted (reasons `contradicted`, `less-precise`).
SINGLE_VALUED = """
    startAsStated startEarliest startLatest endAsStated endEarliest endLatest
    issuedAsStated issuedEarliest issuedLatest foundedOn
    minimum maximum amount amountEuro totalBudget euContribution publicContribution
    durationMonths partnerCount regionCount planDurationAsStated grantNumber taxCode legalForm
    domain level country carriedOutBy inCluster inCollaboration preferredStatement
"""


@pytest.fixture(scope="module")
def read() -> Sources:
    return sources.read(Config.load(ROOT / "ctl-graph.toml", environ={}))


@pytest.fixture(scope="module")
def accepted(read: Sources) -> Graph:
    return read.graph(ACCEPTED)


def ctl(name: str) -> URIRef:
    return URIRef(CTL + name)


def test_the_tables_are_without_findings(read: Sources) -> None:
    assert len(read.tables) > 40
    assert [finding.line("en") for finding in tables.findings(read.tables)] == []
    assert read.remarks == ()


def test_what_is_pointed_at_is_described(read: Sources, accepted: Graph) -> None:
    """By some source at least: a disagreement may be about a thing of which no side is accepted."""
    described = {subject for subject, _, _, _ in read.dataset.quads()}
    pointed_at = {o for o in accepted.objects() if isinstance(o, URIRef) and o.startswith(THINGS)}
    assert len(pointed_at) > 1000
    assert sorted(pointed_at - described) == []


def test_every_graph_has_a_source_with_title_and_address(read: Sources, accepted: Graph) -> None:
    graphs = {g.identifier for g in read.dataset.graphs() if isinstance(g.identifier, URIRef) and len(g)}
    graphs -= {URIRef(f"{BASE}graph/{slug}") for slug in (ACCEPTED, ONTOLOGY, SHAPES)} | {
        URIRef("urn:x-rdflib:default")
    }
    assert len(graphs) > 300
    for graph in graphs:
        source = accepted.value(graph, URIRef(PROV + "hadPrimarySource"))
        assert source == URIRef(str(graph).replace("/graph/", "/id/source/")), graph
        assert (source, RDF.type, ctl("Source")) in accepted, graph
        assert accepted.value(source, URIRef(DCTERMS + "title")), graph
        assert isinstance(accepted.value(source, URIRef(FOAF + "page")), URIRef), graph


def test_our_terms_are_declared(read: Sources) -> None:
    vocabulary = Graph().parse(ROOT / "ontology" / "ctl.ttl")
    declared = {subject for subject in vocabulary.subjects(RDF.type) if isinstance(subject, URIRef)}
    own = (ONTOLOGY, SHAPES)
    used = {
        term
        for _, predicate, value, graph in read.dataset.quads()
        if not str(graph).endswith(own)
        for term in (predicate, value)
        if isinstance(term, URIRef) and term.startswith(CTL)
    }
    assert len(used) > 150
    assert sorted(used - declared) == []


def test_one_accepted_value_where_one_is_possible(accepted: Graph) -> None:
    several = {}
    seen = 0
    for name in SINGLE_VALUED.split():
        values: dict[object, set[object]] = defaultdict(set)
        for subject, value in accepted.subject_objects(ctl(name)):
            values[subject].add(value)
        seen += len(values)
        several |= {(name, subject): found for subject, found in values.items() if len(found) > 1}
    assert seen > 2500
    assert several == {}


def test_one_name_in_a_language(accepted: Graph) -> None:
    names: dict[tuple[object, str | None], set[str]] = defaultdict(set)
    for subject, name in accepted.subject_objects(URIRef(SKOS + "prefLabel")):
        assert isinstance(name, Literal)
        names[subject, name.language].add(str(name))
    assert len(names) > 2000
    assert {key: found for key, found in names.items() if len(found) > 1} == {}


def recognised(accepted: Graph, day: date) -> set[str]:
    """The clusters whose recognition begins, or is first attested, on or before the day and does not end before it."""
    found = set()
    for recognition, cluster in accepted.subject_objects(ctl("recognises")):
        begun = [
            value.toPython()
            for name in ("startLatest", "attestedLatest")
            for value in accepted.objects(recognition, ctl(name))
            if isinstance(value, Literal)
        ]
        ended = [v.toPython() for v in accepted.objects(recognition, ctl("endLatest")) if isinstance(v, Literal)]
        if any(start <= day for start in begun) and not any(end < day for end in ended):
            found.add(str(cluster).removeprefix(THINGS + "cluster/"))
    return found


def test_nine_clusters_are_recognised_when_the_guide_appears(accepted: Graph) -> None:
    assert recognised(accepted, GUIDE) == CLUSTERS
    assert recognised(accepted, date(2013, 12, 31)) == set()


def test_what_is_accepted_is_certain_enough(read: Sources) -> None:
    rows = [row for table in read.tables for row in table.rows if row.accepted]
    assert len(rows) > 2500
    assert [(row.path, row.line) for row in rows if row.value("confidence") == "low"] == []
    memberships = [row for row in rows if row.path.endswith("/memberships.csv")]
    assert len(memberships) > 150
    assert [row.line for row in memberships if row.value("evidence") != "stated"] == []


def test_a_less_precise_date_has_a_finer_one_beside_it(read: Sources) -> None:
    """The reason `less-precise` is true: an accepted row of the same thing prints a date within its bounds."""
    rows: dict[tuple[str, str | None], list[tables.Row]] = defaultdict(list)
    for table in read.tables:
        for row in table.rows:
            rows[row.path, row.value("id")].append(row)
    coarse = [row for found in rows.values() for row in found if row.value("reason") == "less-precise"]
    assert len(coarse) >= 8
    for row in coarse:
        stated = [name for name in row.cells if f"{name}_earliest" in row.cells and row.value(name)]
        assert stated, (row.path, row.line)
        for name in stated:
            finer = [
                other
                for other in rows[row.path, row.value("id")]
                if other.accepted and other.value(name) and within(other, row, name)
            ]
            assert finer, (row.path, row.line, name)


def within(fine: tables.Row, coarse: tables.Row, name: str) -> bool:
    bounds = [(row.value(f"{name}_earliest") or "", row.value(f"{name}_latest") or "") for row in (fine, coarse)]
    return bounds[1][0] <= bounds[0][0] and bounds[0][1] <= bounds[1][1] and bounds[0] != bounds[1]


def test_the_reasons_of_the_metadata_are_those_of_the_reader() -> None:
    wanted = f"^({'|'.join(tables.REASONS)})$"
    metadata = [json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "data").glob("*-metadata.json"))]
    columns = [c for one in metadata for c in one["tableSchema"]["columns"] if c["name"] == "reason"]
    assert len(columns) > 40
    assert {column["datatype"]["format"] for column in columns} == {wanted}


# How the facts were gathered is nobody's business who reads them.
GATHERING = re.compile(
    r"\b(stored (text|page)|retained|researcher|(first|second|third|this) pass|(this|that|the|a) row|rows"
    r"|part read|was read|at hand|readable|search result|general knowledge)\b",
    re.IGNORECASE,
)


def test_notes_do_not_speak_of_the_gathering() -> None:
    found = []
    texts = 0
    for path in sorted((ROOT / "data").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                cells = [text for name, text in row.items() if name not in ("address", "id") and text]
                texts += len(cells)
                found += [(path.name, number, text) for text in cells if GATHERING.search(text)]
    assert texts > 10_000
    assert found == []
    assert GATHERING.search("not stated in the part read")


def test_no_identifier_vanishes(read: Sources) -> None:
    """A name that vanished needs a row in tombstones.csv; a new one enters the lock by `python tests/slugs.py`."""
    now, before = named(read), locked()
    gone = {row.value("thing") for table in read.tables if table.path.name == "tombstones.csv" for row in table.rows}
    assert LOCK.read_text(encoding="utf-8").splitlines() == sorted(before)
    assert len(now) > 2500
    assert sorted(before - now - gone) == []
    assert sorted(now - before) == []


def test_identifiers_are_slugs(read: Sources) -> None:
    slug = re.compile(r"[a-z]+(-[a-z]+)*/[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?")
    assert [name for name in sorted(named(read)) if not slug.fullmatch(name)] == []


MODEL = ROOT / "docs" / "data-model.md"


def test_the_data_model_names_each_table_with_its_classes(read: Sources) -> None:
    lines = MODEL.read_text(encoding="utf-8").splitlines()
    described = {line.split("`")[1]: line for line in lines if re.match(r"\| `[a-z0-9-]+\.csv` \|", line)}
    assert set(described) == {table.path.name for table in read.tables}
    for table in read.tables:
        types = {str(q.object) for row in table.rows for q in tables.quads(row) if str(q.predicate) == RDF_TYPE}
        for type in types:
            assert f"`{compact(type)}`" in described[table.path.name], table.path.name


def test_the_data_model_names_each_reason() -> None:
    text = MODEL.read_text(encoding="utf-8")
    assert [reason for reason in tables.REASONS if f"| `{reason}` |" not in text] == []


def test_paths_are_of_this_repository(read: Sources) -> None:
    assert {Path(table.schema.path).parts[0] for table in read.tables} == {"data"}
