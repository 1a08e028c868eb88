"""A release is written once, named by its content, and then only read."""

import errno
import gzip
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Dataset, RdfFormat, Store, parse

from ctl_graph import release
from ctl_graph.config import Config
from ctl_graph.errors import BrokenRelease, NoRelease, NotWritten
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
    with release.writing(config.releases):
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


@pytest.mark.parametrize("name", ["store/999999.sst", "dumps/other.nq.gz", "notes.txt"])
def test_a_file_that_was_not_published_is_refused(config: Config, name: str) -> None:
    one = published(config)
    (one.path / name).write_text("x")
    with pytest.raises(BrokenRelease, match=re.escape(f"{name} was not published")):
        release.verify(one)


def test_a_release_under_another_name_is_refused(config: Config) -> None:
    one = published(config)
    other = one.path.rename(config.releases / "0123456789abcdef")
    with pytest.raises(BrokenRelease, match=one.id):
        release.verify(Release(other))


def test_opening_a_store_leaves_its_release_as_it_was(config: Config) -> None:
    one = published(config)
    list(Store.read_only(str(one.store)))
    release.verify(one)


def test_pruning_drops_stores_and_keeps_dumps(config: Config) -> None:
    releases = [published(config, ROSE + f'<{BASE}id/x> {LABEL} "{number}"@it {ACCEPTED} .\n') for number in range(4)]
    dropped = release.prune(config.releases, keep=2)
    assert dropped == sorted(releases[:2], key=lambda one: one.id)
    assert not any(one.store.exists() for one in releases[:2])
    assert all(one.dump(N_QUADS).exists() and one.manifest for one in releases)
    with pytest.raises(BrokenRelease, match="build it again"):
        release.activate(releases[0], "1")
    assert release.prune(config.releases, keep=2) == []


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
    with release.writing(config.releases):
        draft = release.write(ROSE.encode(), {}, config)
    assert release.published(config.releases) == []
    (draft / "manifest.json").write_text("{")
    assert published(config, ROSE).manifest["quads"] == 1
    assert not list(config.releases.glob(".draft-*"))


class Crash(BaseException):
    """The process ends here."""


def crash_at(step: int | None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the process end before the step of that number on the way to a durable release; the steps that were made."""
    made: list[str] = []

    def counted(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def call(*arguments: object, **options: object) -> object:
            if len(made) == step:
                raise Crash
            made.append(name)
            return original(*arguments, **options)

        monkeypatch.setattr(owner, name, call)

    for owner, names in (
        (os, ["fsync"]),
        (shutil, ["rmtree"]),
        (Path, ["mkdir", "rename", "replace", "symlink_to", "unlink", "write_bytes", "write_text"]),
    ):
        for name in names:
            counted(owner, name)
    return made


def copied(config: Config, name: str) -> Config:
    path = config.releases.with_name(name)
    shutil.copytree(config.releases, path, symlinks=True)
    return replace(config, releases=path)


def crashing(config: Config, work: Callable[[Config], object]) -> Iterator[Config]:
    """A copy of the releases for each step at which the work may end, after it has ended there.

    Of many equal steps in a row, each for a file of a draft, these are the first and the last.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = crash_at(None, monkeypatch)
        work(copied(config, "trial"))
    steps = [
        step for step, name in enumerate(made) if made[step - 1 : step] != [name] or made[step + 1 :][:1] != [name]
    ]
    assert steps[0] == 0
    assert steps[-1] == len(made) - 1
    for step in steps:
        trial = copied(config, f"trial-{step}")
        with pytest.MonkeyPatch.context() as monkeypatch:
            crash_at(step, monkeypatch)
            with pytest.raises(Crash):
                work(trial)
        yield trial


def in_step(config: Config) -> None:
    assert release.history(config.releases)[-1].digest == release.current(config.releases).id
    numbers = [line.sequence for line in release.history(config.releases)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {path.name for path in config.releases.glob(".[ad]*")} == set()


def whole(config: Config) -> set[str]:
    """The releases with a store, each of them verified."""
    kept = [one for one in release.published(config.releases) if one.store.exists()]
    for one in kept:
        release.verify(one)
    return {one.id for one in kept}


def test_a_crash_while_publishing_leaves_the_old_release_or_the_new(config: Config) -> None:
    old = published(config)
    roads = []  # where the history is a step ahead of the link: the next build may be of either release
    for trial in crashing(config, lambda trial: published(trial, ROSE + LILY)):
        served = release.current(trial.releases)
        assert whole(trial) >= {served.id, old.id}
        if release.history(trial.releases)[-1].digest != served.id:
            roads.append(copied(trial, f"{trial.releases.name}-back"))
        new = published(trial, ROSE + LILY)
        assert release.current(trial.releases) == new
        assert [line.digest for line in release.history(trial.releases)] == [old.id, new.id]
        in_step(trial)
    assert roads
    for trial in roads:
        assert published(trial) == release.current(trial.releases)
        in_step(trial)


def test_a_crash_while_pruning_breaks_nothing(config: Config) -> None:
    releases = [published(config), published(config, ROSE + LILY)]
    for trial in crashing(config, lambda trial: release.prune(trial.releases, keep=1)):
        assert releases[1].id in whole(trial)
        release.prune(trial.releases, keep=1)
        assert whole(trial) == {releases[1].id}
        pruned = Release(trial.releases / releases[0].id)
        assert {path.name for path in pruned.path.iterdir()} == {
            "dumps",
            "manifest.json",
            "context.jsonld",
            "store.sha256",
            "void.nt",
        }
        in_step(trial)


def test_a_crash_while_a_pruned_release_is_written_again_keeps_its_dumps(config: Config) -> None:
    old, new = published(config), published(config, ROSE + LILY)
    release.prune(config.releases, keep=1)
    for trial in crashing(config, published):
        assert release.current(trial.releases).id in whole(trial)
        with release.writing(trial.releases):
            assert [one.id for one in release.published(trial.releases)] == sorted([old.id, new.id])
        assert Release(trial.releases / old.id).dump(N_QUADS).exists()
        assert published(trial).id == old.id
        assert whole(trial) == {old.id, new.id}
        in_step(trial)


def test_two_builds_at_once_publish_both(config: Config) -> None:
    contents = [ROSE + f'<{BASE}id/x> {LABEL} "{number}"@it {ACCEPTED} .\n' for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        releases = list(pool.map(lambda content: published(config, content), contents))
    assert whole(config) == {one.id for one in releases}
    in_step(config)


def test_a_folder_that_cannot_be_written_is_said(config: Config) -> None:
    config.releases.write_text("not a folder")
    with pytest.raises(NotWritten, match="releases"):
        published(config)


def test_a_full_disk_is_said_and_what_was_current_stays(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    old = published(config)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(NotWritten, match="No space left"):
        published(config, LILY)
    assert release.current(config.releases) == old


def test_a_damaged_dump_is_not_compared(config: Config) -> None:
    old, new = published(config), published(config, LILY)
    old.dump(N_QUADS).write_bytes(b"")
    with pytest.raises(BrokenRelease, match="dump"):
        release.difference(old, new)


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
