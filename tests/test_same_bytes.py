"""Two builds of the same sources with the same history are the same, byte by byte; one row changes what depends on it.

Valdoro is built in a folder of its own, built again, and built with another year in one row. It is compared with the
Valdoro of all tests, which was built elsewhere.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from ctl_graph import feed, release
from ctl_graph.build import build
from ctl_graph.config import Config
from ctl_graph.feed import Change, Feed
from ctl_graph.release import Release
from ctl_graph.web import create_app
from tests.conftest import BASE

MEMBERSHIP = f"{BASE}id/membership/alfa-foundry-founder"
SUFFIXES = (".ttl", ".rdf", ".jsonld", ".nt", ".trig", ".nq", ".html")
# Files of the engine differ from build to build (docs/design.md).
ENGINE = re.compile(r"store/.*|store\.sha256|search\.sqlite")


@dataclass(frozen=True)
class Built:
    """The folder of releases after the first build and after the second of the same, and the two releases there are."""

    config: Config
    after: tuple[dict[str, bytes], dict[str, bytes]]
    first: Release
    second: Release


@pytest.fixture(scope="module")
def built(world: Config, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Each release is published on a day of its own."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(world.data, folder / "data")
    config = replace(world, data=folder / "data", releases=folder / "releases", state=str(folder / "state"))
    table = config.data / "memberships.csv"
    days = iter(range(1, 9))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(release, "_now", lambda: f"2026-03-0{next(days)}T08:00:00+00:00")
        first = build(config)
        once = files(config.releases)
        assert build(config) == first
        twice = files(config.releases)
        text, old = table.read_text(encoding="utf-8"), ",2018,2018-01-01,2018-12-31,"
        assert text.count(old) == 1
        table.write_text(text.replace(old, ",2019,2019-01-01,2019-12-31,"), encoding="utf-8")
        return Built(config, (once, twice), first, build(config))


def files(folder: Path) -> dict[str, bytes]:
    """All there are, by their places below the folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_engine(one: Release) -> dict[str, bytes]:
    return {name: body for name, body in files(one.path).items() if not ENGINE.fullmatch(name)}


def changes(one: Feed) -> list[Change]:
    return [change for page in range(1, one.pages + 1) for change in one.page(page)]


def test_building_twice_changes_nothing(built: Built) -> None:
    once, twice = built.after
    assert once == twice


# -- in two folders ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sites(
    world: Config, release: Release, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Config, Config]:
    """Two builds of the same sources, each with the history of the first, and what follows from it."""
    line = (built.config.releases / "history.jsonl").read_text().splitlines(keepends=True)[0]
    places = []
    for name, one in (("here", release), ("there", built.first)):
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(one.path, folder / one.id)
        (folder / "current").symlink_to(one.id)
        (folder / "history.jsonl").write_text(line)
        feed.update(folder)
        places.append(replace(world, releases=folder, state=str(tmp_path_factory.mktemp("state"))))
    return places[0], places[1]


def test_releases_and_their_changes_are_the_same(sites: tuple[Config, Config], release: Release, built: Built) -> None:
    here, there = without_engine(release), without_engine(built.first)
    assert len(here) > 30
    assert here == there
    one, other = (files(site.releases / "changes") for site in sites)
    assert one == other


def test_what_is_served_is_the_same(sites: tuple[Config, Config], built: Built) -> None:
    """Catalogue, descriptions, feeds, dumps; with the same ETag, so that a client may go from one to the other."""
    one, other = (create_app(site).test_client() for site in sites)
    pages = Feed(sites[0].releases / "changes").pages
    id, entries = built.first.id, built.first.datasets
    places = [
        *(f"/{stem}{suffix}" for stem in ("catalog", f"release/{id}/catalog") for suffix in SUFFIXES),
        *(f"/dataset/{entry['name']}{suffix}" for entry in entries for suffix in SUFFIXES),
        *(f"/{stem}{suffix}" for stem in ("releases", f"release/{id}", "void") for suffix in SUFFIXES),
        *(
            f"/ldes{page}.{suffix}"
            for page in ("", *(f"/{n}" for n in range(1, pages + 1)))
            for suffix in ("trig", "nq")
        ),
        *("/changes", "/changes.atom", *(f"/changes/{number}.atom" for number in range(1, pages))),
        *("/sitemap.xml", "/timemap/catalog", "/timemap/doc/cluster/alfa"),
        *(f"/release/{id}/dumps/{dump['file']}" for dump in built.first.manifest["dumps"]),
        *(
            f"/dumps/{entry['name']}/{entry['digest'][:16]}/{file['file']}"
            for entry in entries
            for file in entry["files"]
        ),
    ]
    for place in places:
        with one.get(place) as first, other.get(place) as second:
            assert (first.status_code, second.status_code) == (200, 200), place
            assert first.data == second.data, place
            assert first.headers.get("ETag") == second.headers.get("ETag"), place


# -- one changed row ---------------------------------------------------------------------------------------------------


@pytest.fixture
def client(built: Built) -> Iterator[FlaskClient]:
    with create_app(built.config).test_client() as client:
        yield client


def test_only_members_whose_documents_differ_are_new(built: Built, client: FlaskClient) -> None:
    one = Feed(built.config.releases / "changes")
    assert {step.last for step in one.steps} == {one.total - 1, one.total}
    *before, new = changes(one)
    assert (new.thing, new.kind, new.release) == (MEMBERSHIP, "Update", built.second.id)
    places = [
        f"doc/{change.thing.removeprefix(f'{BASE}id/')}.nt"
        for change in before
        if change.thing.startswith(f"{BASE}id/")
    ]
    assert len(places) > 50
    differing = [
        place for place in places if document(client, built.first, place) != document(client, built.second, place)
    ]
    assert [place.removeprefix("doc/").removesuffix(".nt") for place in differing] == [
        "membership/alfa-foundry-founder"
    ]


def document(client: FlaskClient, one: Release, place: str) -> tuple[int, bytes]:
    """What was withdrawn is a 410 in both."""
    response = client.get(f"/release/{one.id}/{place}")
    assert response.status_code in (200, 410), place
    return response.status_code, response.data


def test_what_was_there_before_keeps_its_bytes(built: Built) -> None:
    """The first release, its changes and its line of the history; of what grows, the beginning."""
    after = files(built.config.releases)
    grown = {
        "history.jsonl",
        "changes/steps.jsonl",
        f"changes/members/{Feed(built.config.releases / 'changes').pages:06}.jsonl",
    }
    for name, body in built.after[1].items():
        assert after[name].startswith(body), name
        assert (after[name] != body) == (name in grown), name


def test_only_statements_of_the_row_differ(built: Built) -> None:
    removed, added = release.difference(built.first, built.second)
    assert removed
    assert {line.split(" ")[0] for line in (*removed, *added)} == {f"<{MEMBERSHIP}>"}


def test_only_datasets_that_hold_the_row_differ(built: Built) -> None:
    """Their digests, and of all files those alone that hold the membership."""
    first, second = ({entry["name"]: entry for entry in one.datasets} for one in (built.first, built.second))
    assert {name for name in first if first[name] != second[name]} == {"ctl-graph", "organisations"}
    here, there = without_engine(built.first), without_engine(built.second)
    assert here.keys() == there.keys()
    differing = {name for name in here if here[name] != there[name]}
    whole = {f"dumps/ctl-graph.{suffix}.gz" for suffix in ("nq", "trig", "ttl", "jsonld", "rdf", "nt")}
    part = {f"dumps/organisations.{suffix}" for suffix in ("ttl", "jsonld", "rdf", "nt")}
    assert differing == {"manifest.json", *whole, "dumps/ctl-graph.csv", *part, "dumps/memberships.csv"}
    assert differing_keys(here["manifest.json"], there["manifest.json"]) == {
        "id",
        "digest",
        "sources",
        "dumps",
        "datasets",
    }


def differing_keys(one: bytes, other: bytes) -> set[str]:
    first, second = json.loads(one), json.loads(other)
    return {name for name in first if first[name] != second[name]}


def test_only_nodes_of_those_datasets_differ_in_the_catalogue(built: Built, client: FlaskClient) -> None:
    old, new = (
        {
            (str(each.subject), each.predicate.value, str(each.object))
            for each in parse(body, format=RdfFormat.N_TRIPLES)
        }
        for body in (client.get(f"/release/{built.first.id}/catalog.nt").data, client.get("/catalog.nt").data)
    )
    gone, come = ({triple for triple in one if "_:" not in triple[0]} for one in (old - new, new - old))
    subjects = {subject.strip("<>").partition("#")[0] for subject, _, _ in gone | come}
    assert subjects == {f"{BASE}{place}" for place in ("catalog", "dataset/ctl-graph", "dataset/organisations")}
    said = {(subject.rpartition("/")[2].strip(">"), predicate) for subject, predicate, _ in come}
    for name in ("ctl-graph", "organisations"):
        for predicate in ("http://purl.org/dc/terms/modified", "http://www.w3.org/ns/adms#versionNotes"):
            assert (name, predicate) in said
    assert ("catalog", "http://purl.org/dc/terms/modified") in said
