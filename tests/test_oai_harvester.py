"""A harvester of OAI-PMH keeps a copy of what is published. Slow, and to be installed first: make test-harvesters."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from ctl_graph import changes, feed, oai, release
from ctl_graph.datasets import DATASETS
from ctl_graph.release import Release
from ctl_graph.vocab import CTL
from ctl_graph.web import create_app
from tests.following import same
from tests.serving import listening
from tests.test_harvesters import gather
from tests.test_history import BASE, CLINIC, UNIVERSITY, Told, told

__all__ = ["told"]  # the fixture

pytestmark = pytest.mark.harvester


def harvest(address: str, prefix: str, *since: str) -> dict[str, Any]:
    return gather(".venv-harvest-oai", "harvest_oai.py", address, prefix, *since)


def name_of(iri: str) -> str:
    return iri.replace(BASE, "oai:example.org:region/").replace(CTL, "oai:example.org:region/def/")


def is_copy(copy: dict[str, str], one: Release) -> bool:
    """Whether it has the things of the release, each as it is, and the datasets, and nothing else."""
    things = {name_of(iri): text for iri, text in changes.things(one).items() if iri.startswith((f"{BASE}id/", CTL))}
    assert things.pop(name_of(f"{BASE}id/organisation/vanished")), "it has a tombstone, and no record"
    datasets = {name_of(f"{BASE}dataset/{each.name}") for each in DATASETS}
    assert copy.keys() == things.keys() | datasets
    return all(
        same(graph(copy[name], RdfFormat.RDF_XML), graph(text, RdfFormat.N_TRIPLES)) for name, text in things.items()
    )


def graph(text: str, format: RdfFormat) -> set[Triple]:
    return {quad.triple for quad in parse(text.encode(), format=format)}


def test_a_copy_that_is_harvested_on_is_what_is_published(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From each answer's date on, by the real clock; the list comes in parts, and each release is also taken whole."""
    monkeypatch.setattr(oai, "PAGE", 41)
    releases = tmp_path / "releases"
    shutil.copytree(told.config.releases, releases, symlinks=True)
    (first, *_) = (releases / "history.jsonl").read_text().splitlines(keepends=True)
    (releases / "history.jsonl").write_text(first)
    feed.update(releases)
    copy: dict[str, str] = {}
    since: tuple[str, ...] = ()
    config = replace(told.config, releases=releases, state=str(tmp_path / "state"))
    with listening(create_app(config)) as site:
        for number, one in enumerate((*told.releases, told.releases[1])):
            if number:
                release.activate(Release(releases / one.id), "1")
                feed.update(releases)
            found = harvest(f"{site}oai", "rdf", *since)
            given = [name for name, _ in found["records"]]
            assert len(given) == len(set(given))
            assert not number or len(given) < len(copy) / 2, "what did not change is not given again"
            for name, metadata in found["records"]:
                copy.pop(name, None)
                if metadata:
                    copy[name] = metadata
            assert is_copy(copy, one), number
            assert {name: metadata for name, metadata in harvest(f"{site}oai", "rdf")["records"] if metadata} == copy
            since = (found["date"],)
        assert name_of(UNIVERSITY) in copy
        assert found["name"] == "Cluster di Valdoro / Valdoro Clusters"
        assert set(found["sets"]) == set(oai.SETS)


def test_dublin_core_and_dcat_ap_are_taken_whole(told: Told) -> None:
    with listening(create_app(told.config)) as site:
        everything, datasets = (harvest(f"{site}oai", prefix)["records"] for prefix in ("oai_dc", "dcat_ap"))
    assert {name for name, _ in datasets} == {name_of(f"{BASE}dataset/{each.name}") for each in DATASETS}
    assert {name for name, _ in datasets} < {name for name, _ in everything}
    assert dict(everything)[name_of(CLINIC)] is None
    assert "Università di Valdoro" in dict(everything)[name_of(UNIVERSITY)]
