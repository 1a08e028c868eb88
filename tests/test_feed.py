"""The history as a feed: what is written at publication, and that the same history gives the same bytes."""

import gzip
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from ctl_graph import changes, feed, release
from ctl_graph.config import Config
from ctl_graph.errors import BrokenRelease
from ctl_graph.feed import CREATE, DELETE, UPDATE, Feed
from ctl_graph.formats import N_QUADS
from ctl_graph.release import Release
from tests.following import same

BASE = "https://example.org/region/"
ACCEPTED = f"<{BASE}graph/accepted>"
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
NOTE = "<http://www.w3.org/2004/02/skos/core#note>"
SEES = "<http://www.w3.org/2000/01/rdf-schema#seeAlso>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def thing(name: str, text: str = "x") -> str:
    return f'<{BASE}id/cluster/{name}> {LABEL} "{text}"@it {ACCEPTED} .\n'


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(BASE, tmp_path, tmp_path, tmp_path / "releases", state=str(tmp_path / "state"))


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "PAGE", 3)


def publish(config: Config, *content: str) -> Release:
    with release.writing(config.releases):
        draft = release.write("".join(content).encode(), {"version": "1"}, config)
        published = release.publish(draft, "1")
    feed.update(config.releases)
    return published


def read(config: Config) -> Feed:
    return Feed(config.releases / "changes")


def all_of(one: Feed) -> list[tuple[int, str, str]]:
    pages = [one.page(number) for number in range(1, one.pages + 1)]
    return [(each.number, each.kind, each.thing.removeprefix(f"{BASE}id/cluster/")) for page in pages for each in page]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def grown(once: Config, config: Config) -> Config:
    """Ten changes in four steps: three and two things are new, one goes and one changes, and it all comes back."""
    shutil.copytree(once.releases, config.releases, symlinks=True)
    return config


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    folder = tmp_path_factory.mktemp("grown")
    config = Config(BASE, folder, folder, folder / "releases")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(feed, "PAGE", 3)
        yield _published_four_times(config)


def _published_four_times(config: Config) -> Config:
    first = publish(config, *map(thing, "abc"))
    publish(config, *map(thing, "abcde"))
    publish(config, *map(thing, "acd"), thing("e", "y"))
    release.activate(first, "1")
    feed.update(config.releases)
    return config


def test_each_thing_that_is_otherwise_is_one_change(grown: Config) -> None:
    assert all_of(read(grown)) == [
        (1, CREATE, "a"),
        (2, CREATE, "b"),
        (3, CREATE, "c"),
        (4, CREATE, "d"),
        (5, CREATE, "e"),
        (6, DELETE, "b"),
        (7, UPDATE, "e"),
        (8, CREATE, "b"),
        (9, DELETE, "d"),
        (10, DELETE, "e"),
    ]


def test_a_page_that_is_full_is_closed_and_keeps_its_bytes(config: Config) -> None:
    publish(config, *map(thing, "abcd"))
    before = files(config.releases / "changes" / "members")
    publish(config, *map(thing, "abcd"), *map(thing, "efg"))
    after = files(config.releases / "changes" / "members")
    assert [read(config).is_closed(page) for page in (1, 2, 3)] == [True, True, False]
    assert after["000001.jsonl"] == before["000001.jsonl"]
    assert after["000002.jsonl"].startswith(before["000002.jsonl"])
    assert sorted(after) == ["000001.jsonl", "000002.jsonl", "000003.jsonl"]


def test_the_same_history_gives_the_same_bytes(grown: Config) -> None:
    folder = grown.releases / "changes"
    before = files(folder)
    assert len(before) == 1 + 4 + 3
    feed.update(grown.releases)
    assert files(folder) == before
    shutil.rmtree(folder)
    feed.update(grown.releases)
    assert files(folder) == before


def test_releases_are_one_after_the_other_whatever_the_clock_says(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(["2026-01-01T00:00:05+00:00", "2026-01-01T00:00:05+00:00", "2025-12-31T00:00:00+00:00"])
    monkeypatch.setattr(release, "_now", lambda: next(clock))
    for names in ("a", "ab", "abc"):
        publish(config, *map(thing, names))
    assert [step.time for step in read(config).steps] == [f"2026-01-01T00:00:0{second}+00:00" for second in (5, 6, 7)]
    assert [line.time for line in release.history(config.releases)] == [step.time for step in read(config).steps]


def test_times_are_those_of_greenwich(config: Config) -> None:
    """They are compared as texts."""
    publish(config, thing("a"))
    path = config.releases / "history.jsonl"
    line = json.loads(path.read_text())
    path.write_text(
        "".join(
            json.dumps({**line, "sequence": each, "time": f"2026-01-01T0{each}:00:00+02:00"}) + "\n" for each in (3, 4)
        )
    )
    assert [line.time for line in release.history(config.releases)] == [
        f"2026-01-01T0{hour}:00:00+00:00" for hour in (1, 2)
    ]


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00", "yesterday", "9999-12-31T23:59:59+00:00", "", None])
def test_a_history_with_a_time_that_is_none_is_said(config: Config, time: object) -> None:
    config.releases.mkdir()
    lines = [{"sequence": each, "digest": "0" * 16, "time": time, "version": "1"} for each in (1, 2)]
    (config.releases / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(BrokenRelease, match="history"):
        release.history(config.releases)


def test_blank_nodes_belong_to_the_thing_that_speaks_of_them(config: Config) -> None:
    nested = (
        f"<{BASE}id/a> {SEES} _:x {ACCEPTED} .\n_:x {SEES} _:y {ACCEPTED} .\n"
        f'_:y {LABEL} "deep _:y" {ACCEPTED} .\n<{BASE}id/b> {SEES} _:y {ACCEPTED} .\n'
        f'<{BASE}id/c> {LABEL} "c _:x" {ACCEPTED} .\n_:lonely {LABEL} "nobody"@en {ACCEPTED} .\n'
    )
    one = publish(config, nested)
    found = changes.things(one)
    sizes = {iri.removeprefix(BASE): text.count(" .\n") for iri, text in found.items()}
    assert sizes == {"graph/accepted": 1, "id/a": 4, "id/c": 1}
    together = {
        quad.triple
        for text in found.values()
        for quad in parse(text.encode(), format=RdfFormat.N_TRIPLES, rename_blank_nodes=True)
    }
    with gzip.open(one.dump(N_QUADS)) as dump:
        everything = {quad.triple for quad in parse(dump, format=RdfFormat.N_QUADS)}
    assert len(together) == len(everything) == 6
    assert same(together, everything)


def test_names_of_blank_nodes_are_no_change(config: Config) -> None:
    nested = f'<{BASE}id/z> {SEES} _:n {ACCEPTED} .\n_:n {LABEL} "n"@it {ACCEPTED} .\n'
    publish(config, nested)
    publish(config, nested, f'<{BASE}id/a> {SEES} _:m {ACCEPTED} .\n_:m {LABEL} "m"@it {ACCEPTED} .\n')
    assert [(each.kind, each.thing) for each in read(config).page(1)] == [
        (CREATE, f"{BASE}id/z"),
        (CREATE, f"{BASE}id/a"),
    ]


def test_what_is_deep_in_a_thing_is_a_change_of_it(config: Config) -> None:
    nested = f'<{BASE}id/z> {SEES} _:n {ACCEPTED} .\n_:n {LABEL} "%s"@it {ACCEPTED} .\n'
    old, new = (publish(config, nested % text) for text in ("n", "m"))
    assert changes.between(old, new).changed == (f"{BASE}id/z",)


def test_what_is_not_accepted_is_in_the_difference_only(config: Config) -> None:
    publish(config, thing("a"))
    publish(config, thing("a"), f'<{BASE}id/cluster/a> {NOTE} "said"@en <{BASE}graph/herald> .\n')
    step = read(config).steps[-1]
    assert (step.added, step.removed, step.last) == (1, 0, 1)


def test_a_patch_leads_from_one_dump_to_the_next(grown: Config) -> None:
    one = read(grown)
    for step in one.steps[1:]:
        assert step.before is not None
        old, new = (release.statements(Release(grown.releases / id)) for id in (step.before, step.release))
        patch = one.patch(step).decode().splitlines()
        removed = {line[2:] for line in patch if line.startswith("D ")}
        added = {line[2:] for line in patch if line.startswith("A ")}
        assert (len(added), len(removed)) == (step.added, step.removed)
        assert (old - removed) | added == new
        assert removed <= old
        assert patch[:3] == [
            f"H id <{BASE}release/{step.release}> .",
            f"H prev <{BASE}release/{step.before}> .",
            "TX .",
        ]
        assert patch[-1] == "TC ."
    assert [(step.added, step.removed) for step in one.steps] == [(3, 0), (2, 0), (1, 2), (1, 2)]


def test_the_classes_of_what_changed_are_counted(config: Config) -> None:
    rose = f"<{BASE}id/cluster/rose> {TYPE} <{BASE}Flower> {ACCEPTED} .\n"
    publish(config, rose, thing("rose"))
    publish(config, rose, thing("rose", "y"), rose.replace("rose", "lily"))
    publish(config, rose, thing("rose", "y"))
    assert [step.classes for step in read(config).steps] == [
        {f"{BASE}Flower": [1, 0, 0]},
        {f"{BASE}Flower": [1, 1, 0]},
        {f"{BASE}Flower": [0, 0, 1]},
    ]


def test_names_with_characters_that_end_lines_elsewhere(config: Config) -> None:
    publish(config, thing("a", "one\u2028two\x85three\x0cfour"))
    (change,) = read(config).page(1)
    assert change.label("en") == "one\u2028two\x85three\x0cfour"
    assert (change.added, change.removed) == (1, 0)


def test_a_crash_after_a_page_is_written_leaves_no_half_step(grown: Config) -> None:
    folder = grown.releases / "changes"
    before = files(folder)
    lines = (folder / "steps.jsonl").read_text().splitlines(keepends=True)
    (folder / "steps.jsonl").write_text("".join(lines[:2]))
    assert [number for number, _, _ in all_of(read(grown))] == [1, 2, 3, 4, 5]
    feed.update(grown.releases)
    assert files(folder) == before


def test_several_who_write_at_once_write_the_same(grown: Config) -> None:
    folder = grown.releases / "changes"
    before = files(folder)
    shutil.rmtree(folder)
    with ThreadPoolExecutor(4) as pool:
        feeds = list(pool.map(lambda _: feed.update(grown.releases), range(4)))
    assert files(folder) == before
    assert {each.total for each in feeds} == {10}


@pytest.mark.parametrize("name", ["steps.jsonl", "members/000002.jsonl"])
def test_a_damaged_feed_is_said(grown: Config, name: str) -> None:
    path = grown.releases / "changes" / name
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BrokenRelease, match="remove changes/ and build"):
        all_of(read(grown))


def test_another_history_is_another_feed(grown: Config) -> None:
    path = grown.releases / "history.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({**line, "time": "2020" + line["time"][4:]}) + "\n" for line in lines))
    feed.update(grown.releases)
    assert {step.time[:4] for step in read(grown).steps} == {"2020"}
    assert read(grown).total == 10


@pytest.fixture
def old(grown: Config) -> Iterator[Config]:
    """Releases from before there were feeds, in a folder that the server may not write."""
    kept = files(grown.releases / "changes")
    shutil.rmtree(grown.releases / "changes")
    yield grown
    assert not (grown.releases / "changes").exists()
    assert files(Path(grown.state) / "changes") == kept


def test_a_server_over_older_releases_keeps_a_feed_of_its_own(old: Config) -> None:
    assert feed.of(old).total == 10
    assert feed.of(replace(old)).total == 10


def test_dumps_of_pruned_releases_are_enough(grown: Config) -> None:
    before = files(grown.releases / "changes")
    release.prune(grown.releases, keep=1)
    shutil.rmtree(grown.releases / "changes")
    feed.update(grown.releases)
    assert files(grown.releases / "changes") == before


def test_a_thing_has_the_time_of_its_last_change(grown: Config) -> None:
    one = read(grown)
    members = [each for number in range(1, one.pages + 1) for each in one.page(number)]
    first, last = one.steps[0], one.steps[-1]
    assert last.release == first.release, "it all comes back"
    after_all = one.modified(last.release)
    assert len(after_all) == 3
    for thing, time in after_all.items():
        assert [each for each in members if each.thing == thing][-1].time == time
    assert {first.time, last.time} == set(after_all.values()), "one was different for a while, one never"
    assert len(one.modified(one.steps[1].release)) == 5
    assert one.modified("0" * 16) == {}
