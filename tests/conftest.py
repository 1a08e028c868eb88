"""What the tests share: a small invented region, published once, and the server over it.

`tests/world` tells these stories, which tests call by name:

- Valdoro has two clusters: Alfa (materials), of which a statute and a newspaper speak, and Beta (health).
- The university founded Alfa on 2013-05-02 and is seen in Beta in 2014; the foundry founded Alfa too and left in 2018;
  the town is in Alfa, nobody says since when.
- The newspaper says that the start-up was seen near Beta: a row not accepted, which stands in its source's graph only.
- The statute says that Alfa is of 2013, the newspaper of 2014: a disagreement, decided for the statute.
- One organisation vanished on 2020-03-01 and left a tombstone.
- The project Ponte is carried out by a consortium with Alfa as partner and the university as coordinator.
- Names are awkward on purpose: quotation marks, `<`, `&`, `{{`, an apostrophe with an event handler behind it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ctl_graph.build import build, check, publish
from ctl_graph.config import Config
from ctl_graph.release import Release
from ctl_graph.sources import Sources
from ctl_graph.validation import Report
from tests.serving import listening

WORLD = Path(__file__).parent / "world"
BASE = "https://example.org/region/"
_COUNTS = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def conformance_counts(pytestconfig: pytest.Config) -> list[str]:
    """Lines that the run prints at its end, one for each suite of others: how many tests there are, how many pass."""
    return pytestconfig.stash.setdefault(_COUNTS, [])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several hands its lines on."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["conformance"] = session.config.stash.get(_COUNTS, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    counts = node.config.stash.setdefault(_COUNTS, [])
    counts.extend(getattr(node, "workeroutput", {}).get("conformance", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if counts := config.stash.get(_COUNTS, []):
        terminalreporter.section("conformance")
        for line in sorted(counts):
            terminalreporter.write_line(line)


def pytest_itemcollected(item: pytest.Item) -> None:
    """For two processes at once: a file stays in one of them, and all tests over the real data in the same."""
    group = "real" if "checked" in getattr(item, "fixturenames", ()) else item.path.stem
    item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_finish(session: pytest.Session) -> None:
    """A version of pytest that pytest-xdist does not know loses the groups in silence, and fixtures are made twice."""
    if getattr(session.config.option, "loadgroup", False):
        assert all("@" in item.nodeid for item in session.items)


@pytest.fixture(scope="session")
def conformance() -> Path:
    """The test suites of W3C and others, which stand beside the repository and not in it."""
    folder = Path(__file__).parents[1].parent / "shared" / "conformance"
    if not folder.is_dir():
        pytest.skip("the conformance suites are not beside the repository (../shared/conformance)")
    return folder


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The settings of Valdoro, with a place of their own for releases; tests may ask as much as they like."""
    config = Config.load(WORLD / "ctl-graph.toml", environ={})
    return replace(config, releases=tmp_path_factory.mktemp("world") / "releases", query_budget=0.0)


@pytest.fixture(scope="session")
def release(world: Config) -> Release:
    """Valdoro, published."""
    return build(world)


@pytest.fixture(scope="session")
def app(world: Config, release: Release) -> Flask:
    """The server over Valdoro. Importing it here keeps the tests of the lower floors free of the web."""
    from ctl_graph.web import create_app

    return create_app(world)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Where Valdoro is served over a real socket, with a slash at its end."""
    with listening(app) as site:
        yield site


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sources, Report]:
    """The project's own data, read, reasoned over and validated once for all tests: it takes about half a minute."""
    config = Config.load(Path(__file__).parents[1] / "ctl-graph.toml", environ={})
    return check(replace(config, releases=tmp_path_factory.mktemp("real") / "releases"))


@pytest.fixture(scope="session")
def real(checked: tuple[Sources, Report]) -> Sources:
    """All of it, with what follows; no test changes it."""
    return checked[0]


@pytest.fixture(scope="session")
def report(checked: tuple[Sources, Report]) -> Report:
    return checked[1]


@pytest.fixture(scope="session")
def real_release(checked: tuple[Sources, Report]) -> Release:
    """All of it, published."""
    return publish(*checked)
