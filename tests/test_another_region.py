"""The page for other regions works word for word, and the metadata that it tells to copy name nothing of ours."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ctl_graph import release
from ctl_graph.config import Config
from ctl_graph.web import create_app

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "another-region.md"
KINDS_OF_THINGS = ("clusters", "national-clusters", "groups", "strategies", "organisations", "managing-bodies")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands of the page left a region."""
    start = tmp_path_factory.mktemp("elsewhere")
    commands = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(commands) == 5
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    own = {name: value for name, value in os.environ.items() if not name.startswith("CTL_GRAPH_")}
    script = "set -eu\n" + "".join(commands)
    ran = subprocess.run(
        ["bash", "-c", script], cwd=start, env={**own, "PATH": path, "CTL": str(ROOT)}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return start / "piemonte"


def test_the_page_makes_a_region(folder: Path) -> None:
    config = Config.load(folder / "ctl-graph.toml", environ={})
    assert release.current(config.releases).manifest["quads"] > 1000
    with create_app(config).test_client() as client:
        page = client.get("/doc/cluster/mech", headers={"Accept": "application/n-triples"})
        members = client.get("/doc/membership/mech-officina-member", headers={"Accept": "text/html"})
    assert page.status_code == members.status_code == 200
    assert "<https://w3id.org/ctl/def/domain> <https://example.org/piemonte/id/domain/mechatronics> ." in page.text
    assert "Officina d&#39;esempio" in members.text


def test_nothing_of_the_region_is_in_our_namespace(folder: Path) -> None:
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    assert len(files) == 22
    left = {name for path in files for name in re.findall(r"https://w3id\.org/ctl/\w+", path.read_text("utf-8"))}
    assert left == {"https://w3id.org/ctl/def"}


def test_the_metadata_name_none_of_our_things() -> None:
    """A closed list is one of codes: what a table holds, another region has others of."""
    things = {row["id"] for name in KINDS_OF_THINGS for row in rows(ROOT / "data" / f"{name}.csv")}
    assert len(things) > 200
    listed = {}
    for path in sorted((ROOT / "data").glob("*-metadata.json")):
        for column in json.loads(path.read_text("utf-8"))["tableSchema"]["columns"]:
            datatype = column.get("datatype")
            words = re.findall(r"[\w-]+", datatype.get("format", "")) if isinstance(datatype, dict) else []
            if found := things & set(words):
                listed[path.name, column["name"]] = found
    assert listed == {}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
