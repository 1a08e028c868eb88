"""The site as programs of others read it: `make test-harvesters`. The real harvesters of CKAN and udata read the
catalogue, readers of signposts, site maps, robots.txt, JSON-LD and SSSOM the rest.

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
FORMATS = {"CSV", "JSON-LD", "N-Quads", "N-Triples", "RDF", "TSV", "TriG", "Turtle"}

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
        assert {resource["format"] for resource in package["resources"]} >= FORMATS - {"N-Quads", "TSV", "TriG"}
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


@pytest.fixture(scope="module")
def found(site: str) -> dict[str, Any]:
    return gather(".venv-harvest-found", "read_found.py", site)


def test_a_client_of_signposts_finds_level_2_on_every_kind_of_page(found: dict[str, Any], site: str) -> None:
    names = {
        "/": BASE,
        "/doc/cluster/alfa": f"{BASE}id/cluster/alfa",
        "/def/Cluster": "https://w3id.org/ctl/def/Cluster",
        "/dataset/organisations": f"{BASE}dataset/organisations",
    }
    assert {page: said["cite-as"] for page, said in found["signposts"].items()} == names
    for page, said in found["signposts"].items():
        assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert "https://schema.org/AboutPage" in said["type"]
        assert len(said["describedby"]) == 6
        assert bool(said["item"]) is (page in ("/", "/dataset/organisations"))
        assert len(said["sets"]) == 2, "as JSON and as text"
        level_1 = {name: value for name, value in said.items() if name != "sets"}
        assert said["sets"] == [level_1, level_1]


def test_readers_of_site_maps_and_robots_find_the_pages_and_no_query(found: dict[str, Any], site: str) -> None:
    assert found["robots"]["maps"] == [f"{site}/sitemap.xml"]
    assert {place for place, may in found["robots"]["may"].items() if not may} == {"/sparql?query=x", "/search?q=x"}
    places = [place for place, _ in found["sitemap"]]
    assert len(set(places)) == len(places) > 100
    assert {"/", "/doc/cluster/alfa", "/def/Cluster"} <= set(places)
    assert all(time.endswith("+00:00") for _, time in found["sitemap"])


def test_search_engines_find_a_dataset_and_organisations(found: dict[str, Any]) -> None:
    kinds = {page: said["kinds"] for page, said in found["data"].items()}
    assert kinds["/"] == kinds["/dataset/organisations"] == ["Dataset"]
    assert kinds["/doc/cluster/alfa"] == ["Organization", "BreadcrumbList"]
    assert {said["opengraph"]["og:type"] for said in found["data"].values()} == {"website"}


def test_the_reader_of_sssom_has_nothing_to_object(found: dict[str, Any]) -> None:
    sets = found["mappings"]
    assert {name: each["objections"] for name, each in sets.items()} == {"organisations-ror": [], "vocabulary": []}
    assert sets["vocabulary"]["rows"] == 56
