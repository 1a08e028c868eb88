"""The catalogue as the real harvesters of CKAN and udata read it: `make test-harvesters`.

They are large and under other licences (CKAN's is AGPL), so each has an environment of its own, which only reads what
the site serves.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ctl_graph.config import Config
from ctl_graph.datasets import DATASETS
from ctl_graph.release import Release
from tests.serving import serving

ROOT = Path(__file__).parents[1]
BASE = "https://example.org/region/"
SUFFIXES = ("", ".ttl", ".rdf", ".jsonld", ".nt")
FORMATS = {"CSV", "JSON-LD", "N-Quads", "N-Triples", "RDF", "TriG", "Turtle"}

pytestmark = pytest.mark.harvester


@pytest.fixture(scope="module")
def site(world: Config, release: Release) -> Iterator[str]:
    with serving(world) as server:
        yield server.address


def gather(environment: str, script: str, *arguments: str) -> dict[str, Any]:
    """What the harvester of this environment prints of what is at an address."""
    python = ROOT / environment / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{environment} is not installed: make test-harvesters")
    path = ROOT / "tests" / "harvesters" / script
    found = subprocess.run([python, path, *arguments], capture_output=True, timeout=300, check=False)
    assert found.returncode == 0, found.stderr.decode()[-2000:]
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_ckan_gathers_every_dataset_with_what_it_shows(site: str, suffix: str) -> None:
    found = gather(".venv-harvest", "gather_ckan.py", f"{site}/catalog{suffix}")
    assert found["errors"] == []
    packages = {package["guid"]: package for package in found["datasets"]}
    assert len(packages) == len(found["datasets"])
    assert set(packages) == {f"{BASE}dataset/{dataset.name}" for dataset in DATASETS}
    for package in packages.values():
        extras = {extra["key"]: extra["value"] for extra in package["extras"]}
        assert package["license_id"] == "cc-by"
        assert extras["publisher_name"] == "Valdoro <b>Graph</b> & Co"
        assert extras["contact_email"] == "corrections@example.org"
        assert {each.rpartition("/")[2] for each in json.loads(extras["language"])} == {"ITA", "ENG"}
        assert all("/data-theme/" in each for each in json.loads(extras["theme"]))
        assert {resource["format"] for resource in package["resources"]} >= FORMATS - {"N-Quads", "TriG"}
        assert {resource["format"] for resource in package["resources"]} <= FORMATS
        assert package["title"].startswith("Cluster di Valdoro: ")


def test_udata_harvests_every_dataset_and_service(site: str) -> None:
    found = gather(".venv-harvest-udata", "gather_udata.py", f"{site}/catalog")
    assert (found["status"], found["errors"]) == ("done", [])
    items = {item["id"]: item for item in found["items"]}
    assert set(items) == {f"ctl-graph:{name}" for name in (*(each.name for each in DATASETS), "sparql", "api")}
    assert {item["status"] for item in items.values()} == {"done"}
    for dataset in DATASETS:
        item = items[f"ctl-graph:{dataset.name}"]
        assert item["license"] == "cc-by"
        assert len({resource["title"] for resource in item["resources"]}) == len(item["resources"]) >= 5
    assert [resource["format"] for resource in items["ctl-graph:clusters"]["resources"]].count("csv") == 1
