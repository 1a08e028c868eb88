"""The notebook in `docs/` runs as it is written, against a real server over the project's own data."""

import csv
import json
import re
import sys
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from ctl_graph.config import Config
from ctl_graph.release import Release
from ctl_graph.web import create_app
from tests.serving import listening

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "collaborations.ipynb"
PNG = b"\x89PNG\r\n\x1a\n"
_ASK_THE_KERNEL = """
import json
import sys
found = {"counts": counts.to_dict("index"), "met": met.to_dict("index"), "python": sys.executable,
         "sources": len(sources), "most": most}
print(json.dumps(found))
"""


@pytest.fixture
def endpoint(real_release: Release) -> Iterator[str]:
    """The address of a server over the real data, on a port of its own."""
    config = Config.load(ROOT / "ctl-graph.toml", environ={})
    app = create_app(replace(config, releases=real_release.path.parent, query_budget=0))
    with listening(app) as site:
        yield f"{site}sparql"


@pytest.fixture
def read() -> NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def parties() -> dict[str, set[str]]:
    """Who takes part in each collaboration, by the accepted rows of the tables."""
    found: dict[str, set[str]] = defaultdict(set)
    with (ROOT / "data" / "participations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["accepted"] == "yes":
                found[f"{row['kind']}/{row['collaboration']}"].add(row["party"])
    return found


def pictures(notebook: NotebookNode) -> list[bytes]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [b64decode(output["data"]["image/png"]) for output in outputs if "image/png" in output.get("data", {})]


def test_the_notebook_runs_and_shows_what_the_tables_say(
    read: NotebookNode, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("SPARQL_ENDPOINT", endpoint), ("IPYTHONDIR", tmp_path), ("MPLCONFIGDIR", tmp_path)):
        monkeypatch.setenv(name, str(value))
    read.cells.append(nbformat.v4.new_code_cell(_ASK_THE_KERNEL))
    NotebookClient(read, kernel_name="python3", timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    found: dict[str, Any] = json.loads(read.cells[-1].outputs[0].text)
    assert Path(found["python"]).parent == Path(sys.executable).parent
    clusters = {iri.rpartition("/id/")[2]: (counts, found["met"][iri]) for iri, counts in found["counts"].items()}
    assert len(clusters) == 9
    for cluster, (counts, met) in clusters.items():
        mine = {each: many - {cluster} for each, many in parties().items() if cluster in many}
        assert counts["all"] == len(mine)
        assert counts["agreements"] == sum(each.startswith("agreement/") for each in mine)
        assert sum(met.values()) == len(set().union(*mine.values()))
    assert found["most"].endswith("/cluster/afil")
    assert found["sources"] > 5
    (picture,) = pictures(read)
    assert picture.startswith(PNG)
    assert len(picture) > 10_000


def test_what_is_kept_of_its_output_is_small_and_of_no_machine(read: NotebookNode) -> None:
    nbformat.validate(read)
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text) < 200_000
    assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", text)
    assert len(pictures(read)) == 1
    assert all(cell.execution_count for cell in read.cells if cell.cell_type == "code")
    assert not any(output.output_type == "error" for cell in read.cells for output in cell.get("outputs", ()))
    assert not any(re.search(r"^\s*[!%]", cell.source) for cell in read.cells if cell.cell_type == "code")
    assert read.metadata.keys() == {"kernelspec", "language_info"}
