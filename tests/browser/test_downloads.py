"""What a reader downloads by a click on a page: it arrives under a name, parses, and holds what the page shows."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Download, Page
from pyoxigraph import NamedNode, RdfFormat, parse

from ctl_graph.release import Release

from .conftest import Visit
from .pages import ALFA

LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
MEMBERS = f"/questions/members-on-date?cluster={ALFA}&date=2014-06-01"


def saved(page: Page, selector: str) -> tuple[Download, bytes]:
    """The file behind the one link of a page, as it lies on the reader's disk."""
    link = page.locator(selector)
    assert link.count() == 1, selector
    # What a browser would show instead is kept, as "save link as" does.
    link.evaluate("link => link.setAttribute('download', '')")
    with page.expect_download() as begun:
        link.click()
    return begun.value, Path(begun.value.path()).read_bytes()


@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "rdf", "nt"])
@pytest.mark.parametrize("thing", ["cluster/alfa", "organisation/university"])
def test_the_data_of_a_thing(visit: Visit, client: FlaskClient, thing: str, suffix: str) -> None:
    page = visit(f"/doc/{thing}").page
    heading = page.locator("h1").inner_text()
    file, content = saved(page, f'.formats a[href$="{thing}.{suffix}"]')
    assert file.suggested_filename == f"{thing.rpartition('/')[2]}.{suffix}"
    assert content == client.get(f"/doc/{thing}.{suffix}").data
    said = parse(content, format=RdfFormat.from_extension(suffix))
    iri = f"https://example.org/region/id/{thing}"
    assert heading in {quad.object.value for quad in said if (quad.subject.value, quad.predicate.value) == (iri, LABEL)}


@pytest.mark.parametrize("suffix", ["trig", "nq"])
def test_the_data_of_a_thing_with_their_sources(visit: Visit, suffix: str) -> None:
    page = visit("/doc/cluster/alfa").page
    _, content = saved(page, f'.formats a[href$=".{suffix}"]')
    quads = list(parse(content, format=RdfFormat.from_extension(suffix)))
    assert len({quad.graph_name for quad in quads if quad.subject == NamedNode(ALFA)}) > 1


def test_the_answer_to_a_question_as_a_table(visit: Visit) -> None:
    page = visit(MEMBERS).page
    shown = page.locator("main table tbody tr").count()
    assert shown > 1
    file, content = saved(page, 'a[href*="members-on-date.csv"]')
    assert file.suggested_filename == "members-on-date.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == shown
    assert {row["cluster"] for row in rows} == {ALFA}


def test_the_answer_to_a_question_as_json(visit: Visit) -> None:
    page = visit(MEMBERS).page
    shown = page.locator("main table tbody tr").count()
    file, content = saved(page, 'a[href*="members-on-date.json"]')
    answer = json.loads(content)
    assert file.suggested_filename == "members-on-date.json"
    assert answer["total"] == len(answer["rows"]) == shown


def test_the_answer_to_a_query_without_the_editor(visit: Visit) -> None:
    page = visit("/sparql?query=SELECT%20%3Fn%20%7B%20VALUES%20%3Fn%20%7B%201%202%203%20%7D%20%7D", scripts=False).page
    with page.expect_download() as begun:
        page.locator('button[name="format"][value="csv"]').click()
    assert begun.value.suggested_filename == "answer.csv"
    assert Path(begun.value.path()).read_text().split() == ["n", "1", "2", "3"]


def kept(page: Page, section: str) -> dict[str, bytes]:
    """The files of a section, each by a click on its link."""
    files = {}
    for link in page.locator(f"section:has(#{section}) a[download]").all():
        with page.expect_download() as begun:
            link.click()
        files[begun.value.suggested_filename] = Path(begun.value.path()).read_bytes()
    return files


def sums(files: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {each["file"]: each["sha256"] for each in files}


def checked(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_the_whole_data(visit: Visit, release: Release) -> None:
    """Each file of the page of data, with the checksum that the release gives it; the quads hold what is published."""
    files = kept(visit("/data").page, "downloads")
    assert checked(files) == sums(release.manifest["dumps"])
    assert len(files) > 2
    quads = parse(gzip.decompress(files["ctl-graph.nq.gz"]), format=RdfFormat.N_QUADS)
    assert sum(1 for _ in quads) == release.manifest["quads"]


def test_the_tables_for_spreadsheets(visit: Visit, release: Release) -> None:
    files = kept(visit("/data").page, "tables")
    given = sums(file for each in release.manifest["datasets"] for file in each["files"])
    assert checked(files).items() <= given.items()
    assert len(files) > 5
    assert all(name.endswith(".csv") and content.count(b"\r\n") > 1 for name, content in files.items())
