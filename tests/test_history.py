"""Releases as resources, how a document was at a time, and feeds of what changes, over a region that has changed.

Valdoro is published four times: as it is, with a clinic, with another note about the university, and without the clinic
again. All tests read the same four, and what a reasoner and the shapes would say of them, which takes most of a build's
time, is said for them.
"""

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

import pytest
import yaml
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse
from rdflib import BNode, Dataset, Graph, URIRef
from werkzeug.test import TestResponse

from ctl_graph import feed, reasoning, release, validation
from ctl_graph.build import build
from ctl_graph.cli import main
from ctl_graph.config import Config
from ctl_graph.errors import BrokenRelease, Finding, Message, Place, Severity
from ctl_graph.formats import N_QUADS, TURTLE
from ctl_graph.reasoning import Conclusions
from ctl_graph.release import HistoryLine, Release
from ctl_graph.validation import Report
from ctl_graph.web import create_app, feeds, site
from tests.conftest import WORLD
from tests.following import Follower, same

ROOT = Path(__file__).parents[1]
BASE = "https://example.org/region/"
SITE = "http://localhost/"
ROW = "clinic,Clinica di Valdoro,,University,,,statute,high,yes,\n"
NOTE = "https://university.example.org/,"
FOR_EVER = "public, max-age=31536000, immutable"
HTML = {"Accept": "text/html", "Accept-Language": "en"}
UNIVERSITY, CLINIC = (f"{BASE}id/organisation/{name}" for name in ("university", "clinic"))


REMARK = Finding(
    Place("data/organisations.csv", 2, "note"),
    "doubt",
    Message("può darsi", "it may be so"),
    Severity.WARNING,
    UNIVERSITY,
)


@dataclass(frozen=True)
class Told:
    """The region's story: its settings, what was published in which order, and the server over it."""

    config: Config
    releases: list[Release]
    app: Flask

    @property
    def lines(self) -> list[HistoryLine]:
        return release.history(self.config.releases)

    def get(self, address: str, **headers: str) -> bytes:
        response = self.app.test_client().get(urlsplit(address).path, headers={"Accept": "application/trig", **headers})
        assert response.status_code == 200, address
        return response.data


@pytest.fixture(scope="module")
def told(world: Config, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("told")
    shutil.copytree(world.data, folder / "data")
    config = replace(world, data=folder / "data", releases=folder / "releases", state=str(folder / "state"))
    table = folder / "data" / "organisations.csv"
    text = table.read_text(encoding="utf-8")
    noted = text.replace(NOTE, f"{NOTE}Seen in spring")
    releases = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(reasoning, "infer", lambda *_: Conclusions(Graph(), ()))
        monkeypatch.setattr(validation, "validate", lambda *_: Report((REMARK,), 7))
        for content in (text, text + ROW, noted + ROW, noted):
            table.write_text(content, encoding="utf-8")
            releases.append(build(config))
    assert len({one.id for one in releases}) == 4
    return Told(config, releases, create_app(config))


@pytest.fixture
def client(told: Told) -> Iterator[FlaskClient]:
    with told.app.test_client() as client:
        yield client


def accepted(one: Release) -> set[object]:
    with gzip.open(one.dump(TURTLE)) as dump:
        return {quad.triple for quad in parse(dump, format=RdfFormat.TURTLE)}


def later(line: HistoryLine, seconds: int = 0) -> str:
    moment = datetime.fromisoformat(line.time).astimezone(UTC) + timedelta(seconds=seconds)
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


# -- the event stream --------------------------------------------------------------------------------------------------


def test_a_copy_made_from_nothing_is_the_current_graph(told: Told) -> None:
    copy = Follower(f"{SITE}ldes", told.get)
    assert len(copy.follow()) == feed.of(told.config).total > 400
    assert same(copy.triples(), accepted(told.releases[-1]))
    assert CLINIC not in copy.things
    assert len(copy.fetched) == 1 + feed.of(told.config).pages


def test_a_copy_that_goes_on_is_the_current_graph_after_each_release(told: Told, tmp_path: Path) -> None:
    """The history comes line by line, as it came; what a step says is exactly what differs."""
    releases = tmp_path / "releases"
    shutil.copytree(told.config.releases, releases, symlinks=True)
    shutil.rmtree(releases / "changes")
    config = replace(told.config, releases=releases, state=str(tmp_path / "state"))
    lines = (releases / "history.jsonl").read_text().splitlines(keepends=True)
    client = create_app(config).test_client()
    copy = Follower(f"{SITE}ldes", lambda address: client.get(urlsplit(address).path).data)
    news = []
    for number, one in enumerate(told.releases, 1):
        (releases / "history.jsonl").write_text("".join(lines[:number]))
        feed.update(releases)
        news.append(copy.follow())
        assert same(copy.triples(), accepted(one)), number
    assert copy.follow() == []
    assert all(kind == "Create" for kind, _ in news[0])
    assert ("Create", CLINIC) in news[1]
    assert news[2] == [("Update", UNIVERSITY)]
    assert sorted(news[3]) == sorted(("Delete" if kind == "Create" else kind, iri) for kind, iri in news[1])


def test_one_changed_row_changes_its_member_and_no_other_byte(told: Told, client: FlaskClient) -> None:
    """Two of the three pages of the second release are closed, and are the same before and after."""
    one = feed.of(told.config)
    (changed,) = [each for page in range(1, one.pages + 1) for each in one.page(page) if each.kind == "Update"]
    assert (changed.thing, changed.added, changed.removed) == (UNIVERSITY, 1, 0)
    old, new = (client.get(f"/release/{one.id}/doc/organisation/university.nt").data for one in told.releases[1:3])
    (line,) = set(new.splitlines()) - set(old.splitlines())
    assert b"Seen in spring" in line


def test_the_stream_says_how_it_is_read(told: Told) -> None:
    store = Store()
    store.load(told.get(f"{SITE}ldes"), format=RdfFormat.TRIG, base_iri=f"{SITE}ldes")
    rows = list(
        store.query(
            """PREFIX ldes: <https://w3id.org/ldes#> PREFIX tree: <https://w3id.org/tree#>
            PREFIX as: <https://www.w3.org/ns/activitystreams#>
            SELECT ?stream WHERE { ?stream a ldes:EventStream ; tree:view <http://localhost/ldes> ;
              ldes:timestampPath as:published ; ldes:versionOfPath as:object ;
              ldes:sequencePath <http://schema.org/position> ; ldes:versionCreateObject as:Create ;
              ldes:versionUpdateObject as:Update ; ldes:versionDeleteObject as:Delete ;
              ldes:pollingInterval ?seconds }"""
        )
    )
    assert [row["stream"].value for row in rows] == [f"{BASE}ldes#stream"]
    relations = {
        (row["node"].value, row["kind"].value.rpartition("#")[2], row["value"])
        for row in store.query(
            """PREFIX tree: <https://w3id.org/tree#> SELECT * { <http://localhost/ldes> tree:relation ?relation .
            ?relation a ?kind ; tree:path ?path ; tree:value ?value ; tree:node ?node }"""
        )
    }
    pages = feed.of(told.config).pages
    assert pages > 1
    kinds = [(node, kind) for node, kind, _ in relations]
    everywhere = [(f"{SITE}ldes/{page}", "GreaterThanOrEqualToRelation") for page in range(1, pages + 1)]
    closed = [(f"{SITE}ldes/{page}", "LessThanRelation") for page in range(1, pages)]
    assert sorted(kinds) == sorted(everywhere + closed)
    for _, _, value in relations:
        assert isinstance(value, Literal)
        assert value.datatype.value == "http://www.w3.org/2001/XMLSchema#dateTime"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value.value)


def test_its_words_are_those_of_the_vocabularies(told: Told, conformance: Path) -> None:
    known = Graph()
    for name in ("vocabulary", "tree"):
        known.parse(conformance / "ldes" / f"{name}.ttl")
    said = [told.get(f"{SITE}{place}", Accept="application/n-quads") for place in ("ldes", "ldes/1")]
    words = set(re.findall(rb"<(https://w3id\.org/(?:ldes|tree)#[^>]+)>", b"".join(said)))
    assert len(words) > 12
    assert {word.decode() for word in words} <= {str(subject) for subject in known.subjects()}


def test_closed_pages_are_for_ever_and_the_last_is_asked_for_again(told: Told, client: FlaskClient) -> None:
    pages = feed.of(told.config).pages
    closed, last = client.get("/ldes/1"), client.get(f"/ldes/{pages}")
    assert closed.headers["Cache-Control"] == FOR_EVER
    assert f"<{SITE}ldes/1> ldes:immutable true" in closed.text
    assert last.headers["Cache-Control"] == "no-cache"
    assert "ldes:immutable" not in last.text
    for path in ("/ldes", "/ldes/1", f"/ldes/{pages}", "/changes.atom", "/changes", "/releases"):
        etag = client.get(path, headers={"Accept": "*/*"}).headers["ETag"]
        assert client.get(path, headers={"Accept": "*/*", "If-None-Match": etag}).status_code == 304, path


def test_a_condition_is_answered_without_the_feed_or_a_store(
    told: Told, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        "/ldes/1",
        "/changes.atom",
        f"/release/{told.releases[0].id}/doc/cluster/alfa.ttl",
        "/timemap/doc/cluster/alfa",
    ]
    etags = [client.get(path).headers["ETag"] for path in paths]

    def fail(*_: object) -> None:
        raise AssertionError("it is read")

    monkeypatch.setattr(feed.Feed, "page", fail)
    monkeypatch.setattr("ctl_graph.questions.describe", fail)
    for path, etag in zip(paths, etags, strict=True):
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304, path


def test_what_is_closed_keeps_its_bytes_when_more_is_published(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_, last = (step.last for step in feed.of(told.config).steps)
    monkeypatch.setattr(feed, "PAGE", next(size for size in range(30, last) if first // size < last // size))
    releases = tmp_path / "releases"
    shutil.copytree(told.config.releases, releases, symlinks=True, ignore=shutil.ignore_patterns("changes"))
    client = create_app(replace(told.config, releases=releases, state=str(tmp_path / "state"))).test_client()
    lines, seen, closed = (releases / "history.jsonl").read_text().splitlines(keepends=True), [], 0
    for number in (1, 4):
        (releases / "history.jsonl").write_text("".join(lines[:number]))
        total = feed.update(releases).total
        closed = closed or total // feed.PAGE
        places = [place for page in range(1, closed + 1) for place in (f"/ldes/{page}", f"/changes/{page}.atom")]
        answers = [client.get(place) for place in places]
        seen.append([(answer.status_code, answer.data, answer.headers["ETag"]) for answer in answers])
    assert closed > 2
    assert total // feed.PAGE > closed, "the archive after the last of them is new"
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/trig; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-quads,application/trig;q=0.9,text/turtle;q=0.6", "application/n-quads"),
    ],
)
def test_each_format_of_a_page_keeps_the_graphs(client: FlaskClient, accept: str, content_type: str) -> None:
    response = client.get("/ldes/1", headers={"Accept": accept})
    assert response.content_type == content_type
    assert {"Accept"} <= set(response.vary)
    codec = {"application/ld+json": RdfFormat.JSON_LD, "application/n-quads": RdfFormat.N_QUADS}
    quads = list(parse(response.data, format=codec.get(content_type, RdfFormat.TRIG), base_iri=SITE))
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
    assert graphs == {f"{BASE}change/{number}" for number in range(1, feed.PAGE + 1)}


def test_what_cannot_name_graphs_is_not_acceptable(client: FlaskClient) -> None:
    response = client.get("/ldes/1", headers={"Accept": "text/turtle"})
    assert response.status_code == 406
    assert len(json.loads(response.text)["formats"]) == 3


@pytest.mark.parametrize(
    "path", ["/ldes/0", "/ldes/99", "/ldes/x", "/ldes/01", "/ldes/٣", "/ldes/1.ttl", "/change/99999"]
)
def test_pages_that_are_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_change_leads_to_its_page_and_a_reader_to_theirs(client: FlaskClient) -> None:
    assert client.get(f"/change/{feed.PAGE + 1}").headers["Location"] == "/ldes/2"
    assert client.get("/ldes", headers=HTML).headers["Location"] == "/changes"


# -- for people --------------------------------------------------------------------------------------------------------

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_atom_feed_and_its_archives_hold_every_change_once(told: Told, client: FlaskClient) -> None:
    path: str | None = "/changes.atom"
    ids: list[str] = []
    while path:
        response = client.get(path)
        assert response.content_type == "application/atom+xml; charset=utf-8"
        document = Xml.fromstring(response.data)
        links = {each.attrib["rel"]: each.attrib["href"] for each in document.findall(f"{ATOM}link")}
        assert links["self"] == SITE.rstrip("/") + path
        for name in ("id", "title", "updated"):
            assert document.findtext(f"{ATOM}{name}")
        assert document.findtext(f"{ATOM}author/{ATOM}name") == "Valdoro <b>Graph</b> & Co"
        is_archive = document.find("{http://purl.org/syndication/history/1.0}archive") is not None
        assert is_archive == ("current" in links) == (path != "/changes.atom")
        for entry in document.findall(f"{ATOM}entry"):
            assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated", "summary"))
            (link,) = entry.findall(f"{ATOM}link")
            assert link.attrib["href"].startswith(SITE)
            ids.append(entry.findtext(f"{ATOM}id") or "")
        path = urlsplit(links["prev-archive"]).path if "prev-archive" in links else None
    assert ids == [f"{BASE}change/{number}" for number in range(feed.of(told.config).total, 0, -1)]


def test_the_words_of_the_feed_are_in_the_readers_language(client: FlaskClient) -> None:
    italian, english = (client.get(f"/changes.atom?lang={language}") for language in ("it", "en"))
    assert "<title>Cambiata: Università di Valdoro</title>" in italian.text
    assert "<title>Changed: University of Valdoro</title>" in english.text
    assert italian.headers["ETag"] != english.headers["ETag"]
    assert {"Accept-Language", "Cookie"} <= set(italian.vary)


def test_the_page_of_changes_shows_the_last_first(told: Told, client: FlaskClient) -> None:
    page = client.get("/changes", headers=HTML).text
    assert page.index("University of Valdoro") > page.index("Clinica di Valdoro") > 0
    assert f"/release/{told.releases[2].id}" in page
    assert client.get("/changes?page=99").status_code == 404
    home = client.get("/", headers=HTML).text
    assert 'href="/changes.atom"' in home
    assert 'href="/changes"' in home


def test_the_pages_of_changes_show_each_once(told: Told, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of HTML is shorter than a file of the feed, and may lie across two of them."""
    monkeypatch.setattr(feeds, "LIST_PAGE", 3)
    changes = feed.Feed(told.config.releases / "changes")
    pages = -(-changes.total // 3)
    assert pages > 2
    shown: list[str] = []
    for number in range(1, pages + 1):
        page = client.get(f"/changes?page={number}", headers=HTML).text
        shown += re.findall(r'<tr><td>[^<]*</td><td><\w+[^>]* title="([^"]*)"', page)
        assert ('rel="next"' in page) == (number < pages)
    told_in_order = [each.thing for page in range(1, changes.pages + 1) for each in changes.page(page)]
    assert shown == told_in_order[::-1]
    assert client.get(f"/changes?page={pages + 1}", headers=HTML).status_code == 404


# -- releases ----------------------------------------------------------------------------------------------------------


def test_the_list_of_releases(told: Told, client: FlaskClient) -> None:
    page = client.get("/releases", headers=HTML).text
    places = [page.index(f"/release/{one.id}") for one in reversed(told.releases)]
    assert places == sorted(places)
    triples = list(parse(client.get("/releases.nt").data, format=RdfFormat.N_TRIPLES))
    revisions = [each for each in triples if each.predicate.value.endswith("#wasRevisionOf")]
    assert len(revisions) == 3


def test_a_release_says_all_that_is_known_of_it(told: Told, client: FlaskClient) -> None:
    one = told.releases[2]
    page = client.get(f"/release/{one.id}", headers=HTML).text
    assert "Release " + one.id in page
    assert f"/release/{told.releases[1].id}" in page
    for dump in one.manifest["dumps"]:
        assert f"/release/{one.id}/dumps/{dump['file']}" in page
        assert dump["sha256"] in page
    assert "University" in page
    for style in ("[Data set]", "@misc{ctl-graph-", "TY  - DATA"):
        assert style in page
    store = Store()
    store.load(client.get(f"/release/{one.id}.ttl").data, format=RdfFormat.TURTLE)
    (row,) = store.query(
        f"""PREFIX dct: <http://purl.org/dc/terms/> PREFIX dcat: <http://www.w3.org/ns/dcat#>
        SELECT ?issued ?before (COUNT(?file) AS ?files) {{ <{BASE}release/{one.id}> dct:issued ?issued ;
        dcat:previousVersion ?before ; dcat:distribution/dcat:downloadURL ?file }} GROUP BY ?issued ?before"""
    )
    assert row["issued"].value == told.lines[2].time.replace("+00:00", "Z")
    assert row["before"].value == f"{BASE}release/{told.releases[1].id}"
    assert int(row["files"].value) == len(one.manifest["dumps"]) == 6
    rows = store.query(f"SELECT ?part {{ <{BASE}release/{one.id}> <http://purl.org/dc/terms/relation> ?part }}")
    parts = {row["part"].value.removeprefix(f"{SITE}release/{one.id}/") for row in rows}
    assert parts == {"report", "changes.rdfp", "added", "removed"}


def test_the_differences_are_what_was_added_and_removed(told: Told, client: FlaskClient) -> None:
    for old, new in zip(told.releases, told.releases[1:], strict=False):
        removed, added = release.difference(old, new)
        patch = client.get(f"/release/{new.id}/changes.rdfp")
        assert patch.content_type == "application/rdf-patch; charset=utf-8"
        assert patch.headers["Cache-Control"] == FOR_EVER
        lines = patch.text.splitlines()
        assert [line[2:] for line in lines if line.startswith("D ")] == removed
        assert [line[2:] for line in lines if line.startswith("A ")] == added
        for name, statements in (("added", added), ("removed", removed)):
            quads = set(parse("\n".join(statements).encode(), format=RdfFormat.N_QUADS))
            trig = client.get(f"/release/{new.id}/{name}.trig")
            assert set(parse(trig.data, format=RdfFormat.TRIG)) == quads
            assert (
                client.get(f"/release/{new.id}/{name}", headers={"Accept": "application/n-quads"}).text.splitlines()
                == statements
            )
    assert client.get(f"/release/{told.releases[0].id}/changes.rdfp").status_code == 404


class Names(dict[str, BNode]):
    """Blank nodes keep their labels, which a patch repeats (https://afs.github.io/rdf-delta/rdf-patch.html#blank-nodes)."""

    def get(self, label: str, default: object = None) -> BNode:  # type: ignore[override]
        return BNode(label)


@pytest.mark.filterwarnings("ignore:Dataset.default_context")  # rdflib's own parsers call it
def test_rdflib_makes_each_release_of_the_one_before_with_its_patch(told: Told, client: FlaskClient) -> None:
    def quads(dataset: Dataset) -> set[object]:
        return set(dataset.quads())

    def read(one: Release) -> Dataset:
        body = gzip.decompress(one.dump(N_QUADS).read_bytes())
        dataset = Dataset()
        dataset.parse(data=body, format="nquads", bnode_context=Names())
        return dataset

    copy = read(told.releases[0])
    for one in told.releases[1:3]:
        before = quads(copy)
        copy.parse(data=client.get(f"/release/{one.id}/changes.rdfp").data, format="patch", bnode_context=Names())
        assert quads(copy) == quads(read(one)) != before


def test_the_report_of_a_release_has_its_remarks(told: Told, client: FlaskClient) -> None:
    one = told.releases[0]
    response = client.get(f"/release/{one.id}/report.nt")
    assert response.headers["Cache-Control"] == FOR_EVER
    said = {
        (quad.predicate.value.rpartition("#")[2], quad.object)
        for quad in parse(response.data, format=RdfFormat.N_TRIPLES)
    }
    assert {
        ("conforms", Literal(True)),
        ("focusNode", NamedNode(UNIVERSITY)),
        ("resultSeverity", NamedNode("http://www.w3.org/ns/shacl#Warning")),
        ("resultMessage", Literal("it may be so", language="en")),
        ("http://purl.org/dc/terms/source", Literal("data/organisations.csv:2:note")),
    } <= said
    page = client.get(f"/release/{one.id}", headers=HTML).text
    assert "7 shapes applied" in page
    assert "data/organisations.csv:2:note" in page
    assert "it may be so" in page


def test_a_release_of_which_less_was_written_has_a_page(told: Told, tmp_path: Path) -> None:
    config = replace(told.config, releases=tmp_path / "releases", state=str(tmp_path / "state"))
    line = f'<{UNIVERSITY}> <http://www.w3.org/2004/02/skos/core#prefLabel> "x"@it <{BASE}graph/accepted> .\n'
    one = release.publish(release.write(line.encode(), {}, config), "1")
    client = create_app(config).test_client()
    for path in (f"/release/{one.id}", f"/release/{one.id}/report.ttl", "/releases", "/changes", "/ldes/1"):
        assert client.get(path, headers={"Accept": "*/*"}).status_code == 200, path
    for path in (f"/release/{one.id}", "/releases", "/changes"):
        assert client.get(path, headers=HTML).status_code == 200, path
    assert Follower(f"{SITE}ldes", lambda address: client.get(urlsplit(address).path).data).follow() == [
        ("Create", UNIVERSITY)
    ]


@pytest.mark.parametrize(
    ("suffix", "beginning"), [("txt", "Valdoro <b>Graph</b> & Co ("), ("bib", "@misc"), ("ris", "TY  - DATA\r\n")]
)
def test_citations_are_files_too(told: Told, client: FlaskClient, suffix: str, beginning: str) -> None:
    response = client.get(f"/release/{told.releases[0].id}/citation.{suffix}")
    assert response.text.startswith(beginning)
    assert f"{BASE}release/{told.releases[0].id}" in response.text
    if suffix == "bib":
        assert r"Valdoro <b>Graph</b> \& Co" in response.text


@pytest.mark.parametrize("id", ["0" * 16, "current", "..", "%2e%2e", "A" * 16, "history.jsonl", "changes", "x" * 3000])
def test_a_release_that_is_not_there(client: FlaskClient, id: str) -> None:
    for rest in ("", ".ttl", "/doc/cluster/alfa", "/sparql?query=ASK%7B%7D", "/dumps/x", "/report", "/changes.rdfp"):
        assert client.get(f"/release/{id}{rest}", headers={"Accept": "*/*"}).status_code == 404, rest


def test_documents_of_a_release_stay_as_they_were(told: Told, client: FlaskClient) -> None:
    second, last = told.releases[1], told.releases[3]
    assert client.get("/doc/organisation/clinic").status_code == 404
    response = client.get(f"/release/{second.id}/doc/organisation/clinic.ttl")
    assert "Clinica di Valdoro" in response.text
    assert response.headers["Cache-Control"] == FOR_EVER
    assert client.get(f"/release/{last.id}/doc/organisation/clinic.ttl").status_code == 404
    page = client.get(f"/release/{second.id}/doc/organisation/clinic", headers=HTML)
    assert page.headers["Cache-Control"] == "no-cache"
    assert f'href="/release/{second.id}/doc/' in page.text
    assert f'href="/release/{second.id}/graph/statute"' in page.text
    assert client.get(f"/release/{second.id}/graph/statute.nq").status_code == 200


def test_the_endpoint_of_a_release_asks_that_release(told: Told, client: FlaskClient) -> None:
    query = f"ASK {{ <{CLINIC}> ?p ?o }}"
    answers = []
    for place in ("/sparql", *(f"/release/{one.id}/sparql" for one in told.releases[:3])):
        response = client.get(
            place, query_string={"query": query}, headers={"Accept": "application/sparql-results+json"}
        )
        assert response.headers["Content-Location"].startswith(f"{place}?")
        answers.append(json.loads(response.text)["boolean"])
    assert answers == [False, False, True, True]
    refused = client.get(f"/release/{told.releases[0].id}/sparql", query_string={"query": "INSERT DATA {}"})
    assert refused.status_code == 403


def test_few_older_releases_are_open_at_once(told: Told, client: FlaskClient) -> None:
    for one in told.releases:
        assert client.get(f"/release/{one.id}/doc/cluster/alfa.ttl").status_code == 200
    assert len(told.app.extensions["ctl_graph"]._older) == 2


def test_few_wait_while_an_older_release_is_opened(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening reads all of it: who asks for one after the other must not take every thread of the site."""
    app, may_go_on = create_app(told.config), Event()
    assert app.test_client().get("/doc/cluster/alfa").status_code == 200
    at_once = site.Site._open_older

    def slowly(*arguments: Any) -> site.Opened:
        assert may_go_on.wait(60)
        return at_once(*arguments)

    monkeypatch.setattr(site.Site, "_open_older", slowly)
    with ThreadPoolExecutor(10) as pool:
        place = f"/release/{told.releases[0].id}/doc/cluster/alfa.ttl"
        asked = [pool.submit(app.test_client().get, place) for _ in range(10)]
        refused = [each.result() for each in islice(as_completed(asked, timeout=60), 6)]
        now = pool.submit(app.test_client().get, "/doc/cluster/alfa.ttl").result(60)
        may_go_on.set()
        waited = [each.result() for each in asked if each.result() not in refused]
    assert {response.status_code for response in refused} == {503}
    assert all(int(response.headers["Retry-After"]) > 0 for response in refused)
    assert now.status_code == 200
    assert [response.status_code for response in waited] == [200] * 4


def test_dumps_of_a_release_are_for_ever(told: Told, client: FlaskClient) -> None:
    one = told.releases[0]
    with client.get(f"/release/{one.id}/dumps/ctl-graph.nq.gz") as response:
        assert response.data == one.dump(N_QUADS).read_bytes()
        assert response.headers["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize("header", ["If-Modified-Since", "If-Unmodified-Since", "If-Range"])
def test_a_condition_with_what_is_no_date_is_none(told: Told, client: FlaskClient, header: str) -> None:
    asked = {header: f"Thu, 26 Nov 2026 08:00:00 {'9' * 400}"}
    for place in (f"/release/{told.releases[0].id}/dumps/ctl-graph.nq.gz", "/static/icon.svg", "/ldes/1"):
        with client.get(place, headers=asked) as response:
            assert response.status_code == 200, place


def test_a_page_of_an_older_release_says_so_and_leads_to_what_is_now(told: Told, client: FlaskClient) -> None:
    old = told.releases[1].id
    for place in (
        "doc/organisation/university",
        "graph/statute",
        "catalog",
        "dataset/organisations",
        "sparql",
        "doc/x",
    ):
        page = client.get(f"/release/{old}/{place}", headers=HTML).text
        day = datetime.fromisoformat(told.lines[1].time).strftime("%-d %B %Y")
        assert f'As it was in the release of {day} ({old[:8]}) of the data. <a href="/{place}">As it is now</a>' in page
        assert "As it was" not in client.get(f"/{place}", headers=HTML).text


def test_a_release_without_a_store_says_where_its_dumps_are(told: Told, tmp_path: Path) -> None:
    shutil.copytree(told.config.releases, tmp_path / "releases", symlinks=True)
    release.prune(tmp_path / "releases", keep=2)
    client = create_app(replace(told.config, releases=tmp_path / "releases")).test_client()
    old = told.releases[0].id
    for rest in ("doc/cluster/alfa", "sparql?query=ASK%7B%7D"):
        response = client.get(f"/release/{old}/{rest}", headers={"Accept": "application/json"})
        assert response.status_code == 410
        problem = json.loads(response.text)
        assert problem["type"] == f"{BASE}problems#pruned"
        assert problem["dumps"] == f"{SITE}release/{old}"
    assert client.get(f"/release/{old}/doc/cluster/alfa", headers=HTML).status_code == 410
    page = client.get(f"/release/{old}", headers=HTML)
    assert "no longer kept" in page.text
    with client.get(f"/release/{old}/dumps/ctl-graph.nq.gz") as response:
        assert response.status_code == 200
    for place, nearest in (("doc/cluster/alfa", told.releases[2].id), ("catalog.ttl", old)):
        sent = client.get(f"/{place}", headers={"Accept-Datetime": later(told.lines[0])})
        assert sent.headers["Location"] == f"{SITE}release/{nearest}/{place}"
        assert client.get(sent.headers["Location"]).status_code == 200, "a catalogue needs no store"


def test_a_release_that_is_pruned_while_it_is_read_is_gone_and_no_fault(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(told.config.releases, releases, symlinks=True)
    client = create_app(replace(told.config, releases=releases)).test_client()
    first, second, third = (f"/release/{one.id}/doc/cluster/alfa.ttl" for one in told.releases[:3])
    assert client.get(first).status_code == 200
    release.prune(releases, keep=3)
    assert client.get(first).status_code == 410, "it was open"
    verify = release.verify

    def pruned(one: Release) -> None:
        release.prune(releases, keep=2)
        verify(one)

    monkeypatch.setattr(release, "verify", pruned)
    assert client.get(second).status_code == 410, "it was being opened"
    assert client.get(third).status_code == 200


# -- how it was at a time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "seconds", "expected"), [(0, -9999, 0), (0, 0, 0), (1, 0, 1), (2, 0, 2), (3, 0, 3), (3, 9999, 3)]
)
def test_who_asks_for_a_time_is_sent_to_the_release_of_that_time(
    told: Told, client: FlaskClient, line: int, seconds: int, expected: int
) -> None:
    headers = {"Accept-Datetime": later(told.lines[line], seconds), "Accept": "text/turtle"}
    response = client.get("/doc/cluster/alfa?page=1", headers=headers)
    assert response.status_code == 302
    assert response.headers["Location"] == f"{SITE}release/{told.releases[expected].id}/doc/cluster/alfa?page=1"
    assert "accept-datetime" in {each.lower() for each in response.vary}
    assert f'<{SITE}doc/cluster/alfa?page=1>; rel="original timegate"' in response.headers.getlist("Link")
    memento = client.get(response.headers["Location"], headers=headers)
    assert memento.status_code == 200
    assert memento.headers["Memento-Datetime"] == later(told.lines[expected])
    assert f'<{SITE}doc/cluster/alfa?page=1>; rel="original timegate"' in memento.headers.getlist("Link")


def test_a_document_says_that_it_has_a_past(told: Told, client: FlaskClient) -> None:
    response = client.get("/doc/cluster/alfa")
    first, last = (
        f'<{SITE}release/{one.id}/doc/cluster/alfa>; rel="{name} memento"; datetime="{later(line)}"'
        for one, line, name in ((told.releases[0], told.lines[0], "first"), (told.releases[3], told.lines[3], "last"))
    )
    timemap = f'<{SITE}timemap/doc/cluster/alfa>; rel="timemap"; type="application/link-format"'
    assert {first, last, timemap} <= set(response.headers.getlist("Link"))
    assert "Memento-Datetime" not in response.headers
    assert "accept-datetime" in {each.lower() for each in response.vary}


def test_who_asks_for_a_time_when_there_was_nothing_gets_the_nearest(told: Told, client: FlaskClient) -> None:
    """https://www.rfc-editor.org/rfc/rfc7089#section-4.5.3: the clinic is in the second and the third release."""
    for line, seconds, expected in ((0, -9999, 1), (0, 0, 1), (1, 0, 1), (3, 0, 2), (3, 9999, 2)):
        asked = later(told.lines[line], seconds)
        sent = client.get("/doc/organisation/clinic", headers={"Accept-Datetime": asked})
        assert sent.headers["Location"] == f"{SITE}release/{told.releases[expected].id}/doc/organisation/clinic"
        assert client.get(sent.headers["Location"]).status_code == 200


def relations(response: TestResponse) -> dict[str, str]:
    """The relations of the mementos that an answer links, and where they lead."""
    links = [re.fullmatch('<([^>]+)>; rel="([^"]* )?memento".*', each) for each in response.headers.getlist("Link")]
    return {name: link[1] for link in links if link for name in link[2].split()}


def test_a_memento_leads_to_those_beside_it(told: Told, client: FlaskClient) -> None:
    places = [f"{SITE}release/{one.id}/doc/cluster/alfa" for one in told.releases]
    ends = {"first": places[0], "last": places[3]}
    assert relations(client.get("/doc/cluster/alfa")) == ends
    assert relations(client.get(places[0])) == {**ends, "next": places[1]}
    assert relations(client.get(places[1])) == {**ends, "prev": places[0], "next": places[2]}
    assert relations(client.get(places[3])) == {**ends, "prev": places[2]}


def test_what_is_gone_says_where_it_was_and_what_never_was_says_nothing(told: Told, client: FlaskClient) -> None:
    gone = client.get("/doc/organisation/clinic")
    assert gone.status_code == 404
    assert f'<{SITE}doc/organisation/clinic>; rel="original timegate"' in gone.headers.getlist("Link")
    places = [f"{SITE}release/{one.id}/doc/organisation/clinic" for one in told.releases[1:3]]
    assert relations(gone) == {"first": places[0], "last": places[1]}
    assert relations(client.get("/doc/organisation/nobody")) == {}


def test_headers_stay_short_whatever_is_asked(client: FlaskClient) -> None:
    response = client.get(f"/doc/cluster/alfa?{'x' * 3000}")
    assert response.status_code == 200
    assert len(str(response.headers)) < 3000


def test_headers_of_an_older_dataset_fit_into_what_proxies_read(told: Told, client: FlaskClient) -> None:
    for name in ("collaborations", "mappings"):
        response = client.get(f"/release/{told.releases[1].id}/dataset/{name}?x={'%3C' * 16}")
        assert len(relations(response)) == 4
        assert sum(len(f"{name}: {value}\r\n") for name, value in response.headers) < 3_900


@pytest.mark.parametrize("place", ["catalog", "catalog.ttl", "dataset/ctl-graph", "dataset/ctl-graph.nt"])
def test_the_catalogue_has_a_past_too(told: Told, client: FlaskClient, place: str) -> None:
    for number, (line, one) in enumerate(zip(told.lines, told.releases, strict=True), 1):
        sent = client.get(f"/{place}", headers={"Accept-Datetime": later(line)})
        assert (sent.status_code, sent.headers["Location"]) == (302, f"{SITE}release/{one.id}/{place}")
        memento = client.get(sent.headers["Location"], headers={"Accept": "application/n-triples, */*;q=0.1"})
        assert memento.headers["Memento-Datetime"] == later(line)
        assert memento.headers["Cache-Control"] == FOR_EVER
        assert f'<{SITE}{place}>; rel="original timegate"' in memento.headers.getlist("Link")
        graph = Graph().parse(data=memento.data, format="nt" if memento.content_type.endswith("triples") else "turtle")
        version = graph.value(URIRef(f"{BASE}dataset/ctl-graph"), URIRef("http://www.w3.org/ns/dcat#version"))
        assert str(version) == str(number)
    links = client.get(f"/timemap/{place}").text.removesuffix("\n").split(",\n")
    assert [link.partition(">")[0] for link in links[2:]] == [
        f"<{SITE}release/{one.id}/{place}" for one in told.releases
    ]


def test_a_page_of_an_old_catalogue_stays_in_its_release(told: Told, client: FlaskClient) -> None:
    old = told.releases[1].id
    page = client.get(f"/release/{old}/catalog", headers=HTML)
    assert page.headers["Cache-Control"] == "no-cache"
    assert f'href="/release/{old}/dataset/organisations"' in page.text
    assert f'href="/release/{old}/catalog"' in client.get(f"/release/{old}/dataset/organisations", headers=HTML).text
    for place in re.findall('href="(/dumps/[^"]+)"', page.text)[:3]:
        with client.get(place) as file:
            assert file.status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        *("", "yesterday", "2026-11-26", "\xff", "1" * 5000),
        *(f"Thu, {rest}" for rest in ("99 Nov 2026 08:00:00 GMT", "26 Nov 99999 08:00:00 GMT")),
        *(f"Thu, 26 Nov 2026 08:00:00 {rest}" for rest in ("+2400", "9" * 400)),
    ],
)
def test_a_time_that_cannot_be_read_is_said(client: FlaskClient, asked: str) -> None:
    response = client.get("/doc/cluster/alfa", headers={"Accept-Datetime": asked})
    assert response.status_code == 400
    assert "Accept-Datetime" in response.text


def test_the_list_of_mementos_holds_the_releases_that_have_the_thing(told: Told, client: FlaskClient) -> None:
    response = client.get("/timemap/doc/organisation/clinic")
    assert response.content_type == "application/link-format"
    links = response.text.removesuffix("\n").split(",\n")
    assert links[0] == f'<{SITE}doc/organisation/clinic>; rel="original timegate"'
    assert 'rel="self"' in links[1]
    assert f'from="{later(told.lines[1])}"; until="{later(told.lines[2])}"' in links[1]
    assert [link.partition(">")[0] for link in links[2:]] == [
        f"<{SITE}release/{one.id}/doc/organisation/clinic" for one in told.releases[1:3]
    ]
    assert len(client.get("/timemap/doc/cluster/alfa.ttl").text.split(",\n")) == 6


@pytest.mark.parametrize(
    "place",
    [
        "doc/organisation/nobody",
        "nothing",
        "graph/register",
        "graph/nothing",
        "sparql",
        "sparql/x",
        "dumps/ctl-graph.nq.gz",
        "doc",
        "doc/../x",
        "release/x",
        "dataset/nothing",
        "catalog.xml",
    ],
)
def test_there_is_no_list_of_what_never_was(client: FlaskClient, place: str) -> None:
    assert client.get(f"/timemap/{place}").status_code == 404


def test_a_release_that_came_back_is_one_memento(told: Told, tmp_path: Path) -> None:
    shutil.copytree(told.config.releases, tmp_path / "releases", symlinks=True)
    config = replace(told.config, releases=tmp_path / "releases", state=str(tmp_path / "state"))
    release.activate(Release(config.releases / told.releases[0].id), "1")
    client = create_app(config).test_client()
    links = client.get("/timemap/doc/cluster/alfa").text.split(",\n")
    assert [link.partition(">")[0] for link in links[2:]] == [
        f"<{SITE}release/{one.id}/doc/cluster/alfa" for one in told.releases
    ], "it has its place in time"
    versions = []
    for place in ("/dataset/ctl-graph.nt", f"/release/{told.releases[0].id}/dataset/ctl-graph.nt"):
        said = client.get(place).text
        versions.append(re.search('<http://www.w3.org/ns/dcat#version> "([0-9])"', said)[1])
    assert versions == ["5", "1"], "what it was when it came first is for ever"
    now = later(release.history(config.releases)[-1])
    sent = client.get("/doc/cluster/alfa", headers={"Accept-Datetime": now})
    assert sent.headers["Location"] == f"{SITE}release/{told.releases[0].id}/doc/cluster/alfa"


def test_over_an_endpoint_elsewhere_there_is_no_history(told: Told) -> None:
    client = create_app(replace(told.config, endpoint="http://127.0.0.1:9/sparql")).test_client()
    for path in ("/releases", f"/release/{told.releases[0].id}", "/ldes", "/changes.atom", "/timemap/doc/cluster/alfa"):
        assert client.get(path, headers={"Accept": "*/*"}).status_code == 404, path


# -- what fails after a publication ------------------------------------------------------------------------------------


@pytest.fixture
def again(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """The region with its four releases and their changes, of which a fifth may be made."""
    shutil.copytree(told.config.releases, tmp_path / "releases", symlinks=True)
    shutil.copytree(told.config.data, tmp_path / "data")
    monkeypatch.setattr(reasoning, "infer", lambda *_: Conclusions(Graph(), ()))
    monkeypatch.setattr(validation, "validate", lambda *_: Report((REMARK,), 7))
    config = replace(told.config, data=tmp_path / "data", releases=tmp_path / "releases", state=str(tmp_path / "state"))
    return replace(told, config=config, app=create_app(config))


def changed_files(config: Config) -> dict[str, bytes]:
    folder = config.releases / "changes"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_published_is_so_when_its_changes_cannot_be_told(again: Told) -> None:
    config, before = again.config, changed_files(again.config)
    environment = {
        "CTL_GRAPH_CONFIG": str(WORLD / "ctl-graph.toml"),
        "CTL_GRAPH_DATA": str(config.data),
        "CTL_GRAPH_RELEASES": str(config.releases),
    }
    old = Release(config.releases / again.releases[3].id).dump(N_QUADS)
    kept = old.read_bytes()
    old.unlink()
    table = config.data / "organisations.csv"
    table.write_text(table.read_text(encoding="utf-8") + ROW, encoding="utf-8")
    done = CliRunner().invoke(main, ["--language", "en", "build"], env=environment)
    new = again.releases[2]
    assert done.exit_code == 3, done.output
    assert done.stdout == f"{new.id}\n"
    assert release.current(config.releases).id == new.id
    assert f"release {again.releases[3].id}: dumps/ctl-graph.nq.gz" in done.stderr
    assert "build again" in done.stderr
    assert changed_files(config) == before
    client = again.app.test_client()
    assert "Clinica" in client.get("/doc/organisation/clinic.ttl").text
    assert client.get("/ldes").status_code == 503
    old.write_bytes(kept)
    done = CliRunner().invoke(main, ["--language", "en", "build"], env=environment)
    assert (done.exit_code, done.stdout) == (0, f"{new.id}\n")
    after = changed_files(config)
    assert {name: after[name] for name in before if name.startswith("differences")}.items() <= before.items()
    copy = Follower(f"{SITE}ldes", replace(again, app=create_app(config)).get)
    copy.follow()
    assert same(copy.triples(), accepted(new))


def test_a_site_map_that_was_made_while_the_changes_were_behind_is_asked_for_again(again: Told) -> None:
    client = again.app.test_client()
    client.get("/sitemap.xml")
    release.activate(Release(again.config.releases / again.releases[0].id), "1")
    with again.app.extensions["ctl_graph"]._lock_feed:  # another request is making them
        behind = client.get("/sitemap.xml")
    after = client.get("/sitemap.xml", headers={"If-None-Match": behind.headers["ETag"]})
    assert after.status_code == 200
    assert after.data != behind.data


def test_changes_that_cannot_be_kept_are_a_trouble_of_ours_and_documents_answer(again: Told) -> None:
    shutil.rmtree(again.config.releases / "changes")
    nowhere = again.config.releases / "history.jsonl" / "state"
    client = create_app(replace(again.config, state=str(nowhere))).test_client()
    for path in ("/ldes", "/changes.atom", "/timemap/doc/cluster/alfa"):
        assert client.get(path).status_code == 503, path
    document = client.get("/doc/cluster/alfa", headers={"Accept-Datetime": later(again.lines[0])})
    assert document.status_code == 200
    assert "memento" not in document.headers["Link"]


# -- the software ------------------------------------------------------------------------------------------------------


def test_the_citation_file_is_of_its_format() -> None:
    """https://github.com/citation-file-format/citation-file-format/blob/main/schema-guide.md, version 1.2.0."""
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= said.keys()
    known = {"abstract", "keywords", "license", "type", "version", "url", "date-released"}
    assert said.keys() <= known | {"cff-version", "message", "title", "authors", "references"}
    assert said["cff-version"] == "1.2.0"
    assert said["type"] == "software"
    assert all(set(author) <= {"name", "website"} for author in said["authors"])
    from ctl_graph import __version__

    assert said["version"] == __version__


def test_pages_stand_where_the_history_cannot_be_read(told: Told, tmp_path: Path) -> None:
    shutil.copytree(told.config.releases, tmp_path / "releases", symlinks=True)
    client = create_app(replace(told.config, releases=tmp_path / "releases")).test_client()
    assert client.get("/", headers=HTML).status_code == 200
    with (tmp_path / "releases" / release.HISTORY).open("a", encoding="utf-8") as history:
        history.write("{broken\n")
    for place, status in (("/clusters", 200), ("/doc/organisation/university", 200), ("/nothing", 404), ("/", 503)):
        answer = client.get(place, headers={**HTML, "Accept-Language": "en"})
        assert answer.status_code == status, place
        assert told.releases[-1].id[:8] in answer.text


def test_the_first_page_stands_without_its_news(
    told: Told, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged(*_: object) -> None:
        raise BrokenRelease("changes", "members/000001.jsonl cannot be read")

    told.app.extensions["ctl_graph"]._feed = None
    monkeypatch.setattr(feed, "written", damaged)
    answer = told.app.test_client().get("/", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert answer.status_code == 200
    assert "The clusters" in answer.text
    assert "tells no news" in caplog.text
