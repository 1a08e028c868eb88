"""A release is written once, named by its content, and then only read."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from pyoxigraph import Dataset, RdfFormat, Store, parse

from ctl_graph import release
from ctl_graph.config import Config
from ctl_graph.errors import BrokenRelease, NoRelease
from ctl_graph.formats import N_QUADS, TRIG, TURTLE
from ctl_graph.release import Release

BASE = "https://example.org/region/"
ACCEPTED = f"<{BASE}graph/accepted>"
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
ROSE = f'<{BASE}id/cluster/rose> {LABEL} "Rose"@it {ACCEPTED} .\n'
LILY = f'<{BASE}id/cluster/lily> {LABEL} "Lily"@it {ACCEPTED} .\n'
SAID = f'<{BASE}id/cluster/rose> {LABEL} "Rose"@it <{BASE}graph/herald> .\n'
NAMELESS = f'_:a {LABEL} "1"^^<http://www.w3.org/2001/XMLSchema#integer> <{BASE}graph/herald> .\n'


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(BASE, tmp_path, tmp_path, tmp_path / "releases")


def published(config: Config, content: str = ROSE + SAID + NAMELESS) -> Release:
    return release.publish(release.write(content.encode(), {"version": "1"}, config), "1")


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_statements_have_the_same_name_and_dumps(config: Config, tmp_path: Path) -> None:
    first = published(config)
    other = Config(BASE, tmp_path, tmp_path, tmp_path / "other")
    second = published(other, NAMELESS.replace("_:a", "_:b") + SAID + ROSE)
    assert first.id == second.id
    assert files(first.path / "dumps") == files(second.path / "dumps")
    assert (first.path / "manifest.json").read_bytes() == (second.path / "manifest.json").read_bytes()


def test_publishing_again_changes_nothing(config: Config) -> None:
    before = files(published(config).path.parent)
    published(config)
    assert files(config.releases) == before


def test_other_statements_are_another_release_and_the_old_one_stays(config: Config) -> None:
    old, new = published(config), published(config, ROSE + LILY)
    assert release.current(config.releases) == new
    assert release.published(config.releases) == sorted([old, new], key=lambda one: one.id)
    assert [line.digest for line in release.history(config.releases)] == [old.id, new.id]


def test_rolling_back_is_activating_an_older_one(config: Config) -> None:
    old, new = published(config), published(config, ROSE + LILY)
    release.activate(release.find(config.releases, old.id[:8]), "1")
    assert release.current(config.releases) == old
    assert [line.digest for line in release.history(config.releases)] == [old.id, new.id, old.id]
    assert [line.sequence for line in release.history(config.releases)] == [1, 2, 3]


def test_the_default_graph_is_the_accepted_one(config: Config) -> None:
    store = Store.read_only(str(published(config).store))
    rows = store.query("SELECT ?s WHERE { ?s ?p ?o }")
    assert [row["s"].value for row in rows] == [f"{BASE}id/cluster/rose"]


def test_dumps_say_what_the_store_says(config: Config) -> None:
    one = published(config)
    named = Dataset(quad for quad in Store.read_only(str(one.store)) if "graph" in str(quad.graph_name))
    assert Dataset(parse(gzip.decompress(one.dump(N_QUADS).read_bytes()), format=RdfFormat.N_QUADS)) == named
    assert Dataset(parse(gzip.decompress(one.dump(TRIG).read_bytes()), format=RdfFormat.TRIG)) == named
    turtle = list(parse(gzip.decompress(one.dump(TURTLE).read_bytes()), format=RdfFormat.TURTLE))
    assert len(turtle) == 1


def test_the_manifest_counts_and_checks(config: Config) -> None:
    one = published(config)
    assert (one.manifest["quads"], one.manifest["accepted"], one.manifest["stored_quads"]) == (3, 1, 4)
    assert one.manifest["graphs"][f"{BASE}graph/herald"] == 2
    for dump in one.manifest["dumps"]:
        body = (one.path / "dumps" / dump["file"]).read_bytes()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (dump["bytes"], dump["sha256"])


def test_nothing_published_is_said(config: Config) -> None:
    with pytest.raises(NoRelease, match="ctl-graph build"):
        release.current(config.releases)
    with pytest.raises(NoRelease, match="there are: none"):
        release.find(config.releases, "abc")


def test_an_id_must_mean_one_release(config: Config) -> None:
    published(config)
    for id in ("", "zzz", "../"):
        with pytest.raises(NoRelease):
            release.find(config.releases, id)


@pytest.mark.parametrize("name", ["store/CURRENT", "search.sqlite", "dumps/ctl-graph.nq.gz", "manifest.json"])
@pytest.mark.parametrize("harm", ["change", "cut", "remove"])
def test_a_damaged_release_is_refused(config: Config, name: str, harm: str) -> None:
    one = published(config)
    path = one.path / name
    if harm == "remove":
        path.unlink()
    else:
        body = path.read_bytes()
        path.write_bytes(body[: len(body) // 2] if harm == "cut" else body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(BrokenRelease):
        release.verify(Release(one.path))


def test_pruning_drops_stores_and_keeps_dumps(config: Config) -> None:
    releases = [published(config, ROSE + f'<{BASE}id/x> {LABEL} "{number}"@it {ACCEPTED} .\n') for number in range(4)]
    dropped = release.prune(config.releases, keep=2)
    assert dropped == sorted(releases[:2], key=lambda one: one.id)
    assert not any(one.store.exists() for one in releases[:2])
    assert all(one.dump(N_QUADS).exists() and one.manifest for one in releases)


def test_a_pruned_release_is_written_again_under_its_name(config: Config) -> None:
    old = published(config)
    published(config, ROSE + LILY)
    release.prune(config.releases, keep=1)
    assert published(config).id == old.id
    release.verify(release.current(config.releases))


def test_the_difference_is_what_was_removed_and_added(config: Config) -> None:
    old, new = published(config, ROSE), published(config, LILY)
    removed, added = release.difference(old, new)
    assert (removed, added) == ([ROSE.strip()], [LILY.strip()])


def test_a_draft_left_by_a_crash_is_no_release(config: Config) -> None:
    draft = release.write(ROSE.encode(), {}, config)
    assert release.published(config.releases) == []
    (draft / "manifest.json").write_text("{")
    assert published(config, ROSE).manifest["quads"] == 1
    assert not list(config.releases.glob(".draft-*"))


def test_a_torn_history_is_said(config: Config) -> None:
    published(config)
    (config.releases / "history.jsonl").write_text('{"sequence": 1')
    with pytest.raises(BrokenRelease, match="history"):
        release.history(config.releases)


def test_the_context_of_the_vocabulary_types_links(config: Config) -> None:
    term = "<https://w3id.org/ctl/def/inCluster>"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#ObjectProperty>"
    context = published(config, f"{term} {kind} {ACCEPTED} .\n").context["@context"]
    assert context["inCluster"] == {"@id": "ctl:inCluster", "@type": "@id"}
    assert json.loads(json.dumps(context))["skos"] == "http://www.w3.org/2004/02/skos/core#"
