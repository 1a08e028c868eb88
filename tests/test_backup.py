"""The lines for backup and restore that the documentation gives, run while releases are published."""

import os
import re
import shutil
import subprocess
import sys
import threading
from dataclasses import fields, replace
from pathlib import Path

import pytest
from serving import ROOT

from ctl_graph import release
from ctl_graph.config import PREFIX, Config
from ctl_graph.errors import BrokenRelease
from ctl_graph.formats import N_QUADS
from ctl_graph.store import OxigraphStore

PAGE = ROOT / "docs" / "deploy" / "README.md"
pytestmark = pytest.mark.skipif(
    not (shutil.which("flock") and shutil.which("tar")), reason="flock or tar is missing (Debian: util-linux, tar)"
)
EVERYTHING = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o"


def run(section: str, config: Config, folder: Path, machine: Path) -> subprocess.CompletedProcess[str]:
    """The lines of the page under this heading, for folders and a program of ours."""
    lines = re.search(rf"```sh\n# {section}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert lines
    script = lines[1]
    for place, ours in (("/var/lib/ctl-graph", machine), ("/var/backups", folder), ("/opt/ctl-graph", ROOT)):
        script = script.replace(place, str(ours))
    script = script.replace(".venv/bin/ctl-graph", f"{sys.executable} -m ctl_graph")
    settings = {PREFIX + setting.name.upper(): str(getattr(config, setting.name)) for setting in fields(config)}
    return subprocess.run(["sh", "-ec", script], env={**os.environ, **settings}, capture_output=True, text=True)


@pytest.fixture
def config(world: Config, tmp_path: Path) -> Config:
    return replace(world, releases=tmp_path / "here" / "releases")


def publish(config: Config, number: int) -> release.Release:
    quad = "<{0}id/x> <https://example.org/number> <{0}id/{1}> <{0}graph/accepted> .\n"
    with release.writing(config.releases):
        return release.publish(release.write(quad.format(config.base_iri, number).encode(), {}, config), "1")


def test_a_backup_taken_while_releases_are_published_is_whole(config: Config, tmp_path: Path) -> None:
    publish(config, 0)
    over = threading.Event()

    def go_on() -> None:
        number = 0
        while not over.is_set():
            publish(config, number := number + 1)
            release.prune(config.releases, 2)
            over.wait(0.05)

    publisher = threading.Thread(target=go_on)
    publisher.start()
    try:
        for attempt in range(2):
            made = run("backup", config, tmp_path, config.releases.parent)
            assert (made.returncode, made.stderr) == (0, "")
            there = tmp_path / f"there-{attempt}"
            there.mkdir()
            restored = run("restore", config, tmp_path, there)
            assert restored.returncode == 0, restored.stderr
            copy = release.current(there / "releases")
            release.verify(copy)
            assert release.history(there / "releases")[-1].digest == copy.id
            assert not list((there / "releases").glob(".draft-*"))
    finally:
        over.set()
        publisher.join()


def test_what_is_restored_answers_the_same(config: Config, tmp_path: Path) -> None:
    original = publish(config, 7)
    run("backup", config, tmp_path, config.releases.parent)
    (there := tmp_path / "there").mkdir()
    assert run("restore", config, tmp_path, there).returncode == 0
    copy = release.current(there / "releases")
    assert copy.id == original.id
    assert release.statements(copy) == release.statements(original)
    assert copy.dump(N_QUADS).read_bytes() == original.dump(N_QUADS).read_bytes()
    answers = [OxigraphStore(one.store).query(EVERYTHING) for one in (copy, original)]
    assert [str(row) for row in answers[0]] == [str(row) for row in answers[1]] != []
    assert release.history(there / "releases") == release.history(config.releases)


def test_a_damaged_backup_is_refused(config: Config, tmp_path: Path) -> None:
    with publish(config, 7).search.open("ab") as file:
        file.write(b"x")
    run("backup", config, tmp_path, config.releases.parent)
    (there := tmp_path / "there").mkdir()
    restored = run("restore", config, tmp_path, there)
    assert restored.returncode == 1
    assert "search.sqlite has changed" in restored.stderr
    with pytest.raises(BrokenRelease):
        release.verify(release.current(there / "releases"))
