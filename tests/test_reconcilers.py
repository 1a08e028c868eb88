"""Names as the real clients of the Reconciliation API match them: `make test-harvesters`."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any
from urllib.request import urlopen

import pytest

from ctl_graph.config import Config
from ctl_graph.release import Release
from ctl_graph.vocab import CTL, FOAF, ORG, SKOS
from tests.conftest import BASE
from tests.openrefine import FOLDER, openrefine
from tests.serving import serving

ROOT = Path(__file__).parents[1]
CLUSTER, UNIVERSITY = BASE + "id/cluster/alfa", BASE + "id/organisation/university"
NAMES = {
    "UNIVERSITA' DI VALDORO": UNIVERSITY, "Univ. of Valdorro": UNIVERSITY, "Alfa Cluster": CLUSTER,
    "Nobody Whom We Know": None,
}  # fmt: skip

pytestmark = pytest.mark.harvester


@pytest.fixture(scope="module")
def service(world: Config, release: Release) -> Iterator[str]:
    with serving(world) as server:
        yield f"{server.address}/reconcile/en"


def reconciled(service: str, type: str | None, **properties: list[str]) -> list[dict[str, Any]]:
    python = ROOT / ".venv-harvest-reconcile" / "bin" / "python"
    if not python.exists():
        pytest.skip(".venv-harvest-reconcile is not installed: make test-harvesters")
    asked = {"names": list(NAMES), "type": type, "properties": {FOAF + name: properties[name] for name in properties}}
    found = subprocess.run(
        [python, ROOT / "tests" / "harvesters" / "match_reconciler.py", service],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stderr.decode()[-2000:]
    rows: list[dict[str, Any]] = json.loads(found.stdout)
    return rows


def test_reconciler_matches_a_column(service: str) -> None:
    rows = reconciled(service, None)
    assert {row["input_value"]: row["id"] for row in rows if row["match"]} == {
        name: iri for name, iri in NAMES.items() if iri
    }
    typed = reconciled(service, CTL + "University", homepage=["https://university.example.org/", "", "", ""])
    assert next((row["input_value"], row["id"], row["score"]) for row in typed if row["match"]) == (
        "UNIVERSITA' DI VALDORO", UNIVERSITY, 100.0,
    )  # fmt: skip


def test_openrefine_matches_a_column_and_extends_it(service: str, tmp_path: Path) -> None:
    if not FOLDER.is_dir() or not which("java"):
        pytest.skip("OpenRefine is not installed: apt install openrefine")
    with urlopen(service, timeout=10) as answer:
        manifest = json.load(answer)
    with openrefine(tmp_path) as refine:
        project = refine.project(list(NAMES))
        assert CTL + "University" in refine.guessed_types(project, service)
        refine.reconcile(project, service, manifest)
        assert dict(row[0] for row in refine.rows(project)) == NAMES
        properties = [
            {"id": FOAF + "homepage", "name": "homepage"},
            {"id": SKOS + "prefLabel", "name": "name", "settings": {"limit": "1"}},
        ]
        refine.extend(project, service, manifest, properties)
        assert refine.rows(project)[0][1] == "https://university.example.org/"
        refine.reconcile(project, service, manifest, {"id": ORG + "Organization", "name": "Organisation"})
        assert dict(row[0] for row in refine.rows(project)) == NAMES
