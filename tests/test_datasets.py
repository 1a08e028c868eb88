"""The datasets of a release: which statements each holds, which tables, and what changes when a statement does."""

import csv
import gzip
import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from csvw import CSVW
from pyoxigraph import CanonicalizationAlgorithm, Dataset, parse

from ctl_graph import datasets, dcat, tables
from ctl_graph import release as releases
from ctl_graph.config import Config
from ctl_graph.datasets import DATASETS
from ctl_graph.errors import BrokenRelease
from ctl_graph.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TURTLE
from ctl_graph.release import Release

BASE = "https://example.org/region/"
PARTS = tuple(dataset.name for dataset in DATASETS if dataset.name != datasets.WHOLE)
TABLES = {table.name: dataset.name for dataset in DATASETS for table in dataset.tables}


# A region in a few lines, because publishing the whole of Valdoro takes seconds.
TYPE, LABEL = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/2004/02/skos/core#prefLabel>"
NOTE = "<http://www.w3.org/2004/02/skos/core#note>"
ALFA, SMITH, PONTE = f"<{BASE}id/cluster/alfa>", f"<{BASE}id/organisation/smith>", f"<{BASE}id/project/ponte>"
JOINED, CLUSTER = f"<{BASE}id/membership/alfa-smith>", f"<{datasets.CTL}Cluster>"
SMALL = (
    f"{ALFA} {TYPE} {CLUSTER}",
    f'{ALFA} {LABEL} "Alfa"@it',
    f"{SMITH} {TYPE} <{datasets.ORG}Organization>",
    f'{SMITH} {LABEL} "Smith | Sons"@en',
    f"{JOINED} {TYPE} <{datasets.CTL}Membership>",
    f"{JOINED} <{datasets.CTL}inCluster> {ALFA}",
    f"{JOINED} <{datasets.ORG}member> {SMITH}",
    f"{PONTE} {TYPE} <{datasets.CTL}Project>",
    f'{PONTE} {LABEL} "Ponte"@it',
)
VOCABULARY = (f"{CLUSTER} {TYPE} <http://www.w3.org/2002/07/owl#Class>",)


def quads(*statements: str, graph: str = "accepted") -> str:
    return "".join(f"{each} <{BASE}graph/{graph}> .\n" for each in statements)


def content(*more: str) -> str:
    return quads(*SMALL, *VOCABULARY, *more) + quads(*VOCABULARY, graph="ontology") + quads(*more, graph="herald")


def write(content: str, config: Config) -> Release:
    with releases.writing(config.releases):
        return releases.publish(releases.write(content.encode(), {"version": "1"}, config), "1")


def digests(published: Release) -> dict[str, str]:
    return {entry["name"]: entry["digest"] for entry in published.datasets}


def lines(published: Release, name: str) -> set[str]:
    path = published.path / "dumps" / name
    body = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    return set(body.decode().splitlines())


@pytest.fixture
def elsewhere(world: Config, tmp_path: Path) -> Config:
    return replace(world, releases=tmp_path / "releases")


@pytest.mark.parametrize("name", PARTS)
def test_a_part_says_the_same_in_every_format_and_nothing_that_the_whole_does_not(release: Release, name: str) -> None:
    folder = release.path / "dumps"
    read = [
        Dataset(parse((folder / f"{name}.{format.suffix}").read_bytes(), format=format.codec))
        for format in (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
    ]
    for each in read:
        each.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    assert len(read[0]) == next(each["triples"] for each in release.datasets if each["name"] == name) > 5
    assert read[0] == read[1] == read[2] == read[3]
    named = {line for line in lines(release, f"{name}.nt") if "_:" not in line}
    if name != "shapes":  # which are a graph of their own
        assert named <= lines(release, "ctl-graph.nt.gz")


def test_each_thing_stands_in_one_part(release: Release) -> None:
    stated = {
        name: {line.split(" ")[0] for line in lines(release, f"{name}.nt") if "#type> " in line} for name in PARTS
    }
    assert f"<{BASE}id/cluster/alfa>" in stated["clusters"]
    assert f"<{BASE}id/organisation/university>" in stated["organisations"]
    assert f"<{BASE}id/project/ponte>" in stated["collaborations"]
    assert not stated["clusters"] & stated["organisations"]
    assert not stated["collaborations"] & (stated["clusters"] | stated["organisations"])
    memberships = {line.split(" ")[0] for line in lines(release, "ctl-graph.nt.gz") if "/def/Membership>" in line}
    assert memberships - {f"<{datasets.CTL}Membership>"} <= stated["organisations"] | stated["vocabulary"]


def test_what_is_linked_has_its_name(release: Release) -> None:
    said = lines(release, "organisations.nt")
    assert any(line.startswith(f"<{BASE}id/cluster/alfa> ") and "prefLabel" in line for line in said)
    assert not any(line.startswith(f"<{BASE}id/cluster/alfa> ") and "prefLabel" not in line for line in said)


def made_of(path: Path) -> set[str]:
    """The statements that csv2rdf makes of a table."""
    table = tables.read(path)
    assert not tables.findings([table])
    return {
        f"{quad.subject.n3()} {quad.predicate.n3()} {quad.object.n3()}"
        for row in table.rows
        for quad in tables.quads(row)
    }


@pytest.mark.parametrize("name", [name for name in TABLES if datasets.TABLES[name].columns])
def test_a_table_is_described_so_that_csv2rdf_makes_the_statements_of_its_dataset(release: Release, name: str) -> None:
    path = release.path / "dumps" / f"{name}.csv-metadata.json"
    made = made_of(path)
    said = {
        line.removesuffix(" .").replace('"^^<http://www.w3.org/2001/XMLSchema#string>', '"')
        for line in lines(release, f"{TABLES[name]}.nt")
    }
    assert bool(made) == (path.with_name(f"{name}.csv").read_bytes().count(b"\n") > 1)
    assert made <= said


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_a_readable_first_line_in_two_languages(release: Release, name: str) -> None:
    folder = release.path / "dumps"
    metadata = json.loads((folder / f"{name}.csv-metadata.json").read_text(encoding="utf-8"))
    body = (folder / metadata["url"]).read_bytes()
    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    columns = metadata["tableSchema"]["columns"]
    titles = [{title["@language"]: title["@value"] for title in column["dc:title"]} for column in columns]
    assert rows[0] == [column["titles"] for column in columns] == [title["it"] for title in titles]
    assert len(set(rows[0])) == len({title["en"] for title in titles}) == len(columns)
    assert all(len(row) == len(columns) for row in rows)
    assert body.endswith(b"\r\n")


def test_the_table_of_the_clusters_tells_them(release: Release) -> None:
    with (release.path / "dumps" / "clusters.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["Identificativo"]: row for row in csv.DictReader(file)}
    assert {iri.rpartition("/")[2] for iri in rows} >= {"alfa", "beta"}
    alfa = rows[f"{BASE}id/cluster/alfa"]
    assert alfa["Nome"]
    assert alfa["Soggetto gestore (nome)"]


def test_the_table_of_the_whole_has_a_line_for_each_statement(release: Release) -> None:
    with (release.path / "dumps" / "ctl-graph.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) - 1 == release.manifest["accepted"]


@pytest.mark.parametrize("name", TABLES)
def test_another_reader_of_csvw_finds_a_table_as_it_is_described(release: Release, name: str) -> None:
    read = CSVW(str(release.path / "dumps" / f"{name}.csv-metadata.json"), validate=True)
    assert read.is_valid, [str(warning.message) for warning in read.warnings]


def test_a_text_that_holds_what_separates_texts_is_not_taken_for_two(elsewhere: Config) -> None:
    """Else csv2rdf would make statements of it that nobody made."""
    other = f"<{BASE}id/organisation/other>"
    more = (
        f'{SMITH} {LABEL} "Smith"@en',
        f"{other} {TYPE} <{datasets.ORG}Organization>",
        f'{other} {LABEL} "A | B"@en',
    )
    for added, shown in (((), {"Smith | Sons"}), (more, {"Smith / Sons | Smith", "A / B"})):
        path = write(content(*added), elsewhere).path / "dumps" / "organisations.csv-metadata.json"
        with path.with_name("organisations.csv").open(encoding="utf-8", newline="") as file:
            assert {line["Nome in inglese"] for line in csv.DictReader(file)} == shown
        assert made_of(path) <= {*SMALL, *added}


def test_the_manifest_knows_every_file(release: Release) -> None:
    there = {path.name for path in (release.path / "dumps").iterdir()}
    assert set(release.files) == there
    for name, file in release.files.items():
        body = (release.path / "dumps" / name).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    for entry in release.datasets:
        types = {file["media_type"] for file in entry["files"]}
        assert types >= {
            "text/turtle",
            "application/ld+json",
            "application/rdf+xml",
            "application/n-triples",
            "text/csv",
        }


# -- change ----------------------------------------------------------------------------------------------------------


def test_the_same_statements_give_the_same_files(release: Release, elsewhere: Config) -> None:
    whole = gzip.decompress(release.dump(N_QUADS).read_bytes()).decode()
    again = write(whole, elsewhere)
    for name, file in release.files.items():
        assert (again.path / "dumps" / name).read_bytes() == (release.path / "dumps" / name).read_bytes(), file
    assert digests(again) == digests(release)


CHANGES = {JOINED: {"organisations"}, ALFA: {"clusters"}, PONTE: {"collaborations"}}


@pytest.mark.parametrize("subject", CHANGES)
def test_a_statement_more_changes_only_the_datasets_that_hold_it(elsewhere: Config, subject: str) -> None:
    before = digests(write(content(), elsewhere))
    after = digests(write(content(f'{subject} {NOTE} "A note more."'), elsewhere))
    assert {name for name in before if before[name] != after[name]} == {datasets.WHOLE, *CHANGES[subject]}


def test_a_name_changes_the_datasets_that_show_it(elsewhere: Config) -> None:
    before = digests(write(content(), elsewhere))
    after = digests(write(content().replace('"Alfa"', '"Alpha"'), elsewhere))
    assert {name for name in before if before[name] != after[name]} == {datasets.WHOLE, "clusters", "organisations"}


def test_a_source_that_is_not_accepted_changes_the_whole_alone(elsewhere: Config) -> None:
    before = digests(write(content(), elsewhere))
    after = digests(write(content() + quads(f'{ALFA} {NOTE} "Rumour."', graph="herald"), elsewhere))
    assert {name for name in before if before[name] != after[name]} == {datasets.WHOLE}


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each publication is a day after the one before."""
    clock = (datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 28))
    monkeypatch.setattr(releases, "_now", lambda: next(clock).isoformat(timespec="seconds"))


@pytest.mark.usefixtures("days")
def test_a_dataset_has_the_dates_of_its_own_content(elsewhere: Config) -> None:
    first, second = write(content(), elsewhere), write(content(f'{ALFA} {NOTE} "A note more."'), elsewhere)
    of_first = {each.name: each for each in releases.editions(first)}
    of_second = {each.name: each for each in releases.editions(second)}
    assert {(each.number, each.issued, each.modified) for each in of_first.values()} == {
        (1, "2026-03-01", "2026-03-01")
    }
    clusters, others = of_second["clusters"], of_second["organisations"]
    assert (clusters.number, clusters.issued, clusters.modified) == (2, "2026-03-01", "2026-03-02")
    assert (clusters.added, clusters.removed) == (1, 0)
    assert (others.number, others.issued, others.modified, others.added) == (1, "2026-03-01", "2026-03-01", None)
    releases.activate(first, "1")
    back = {each.name: each for each in releases.editions(first)}["clusters"]
    assert (back.number, back.issued, back.modified, back.added, back.removed) == (3, "2026-03-01", "2026-03-03", 0, 1)


def test_a_dataset_that_only_its_sources_change_says_so(elsewhere: Config) -> None:
    write(content(), elsewhere)
    second = write(content() + quads(f'{ALFA} {NOTE} "Rumour."', graph="herald"), elsewhere)
    whole = next(each for each in releases.editions(second) if each.name == datasets.WHOLE)
    assert (whole.number, whole.added, whole.removed) == (2, 0, 0)
    assert dcat.notes(whole).en.startswith("The accepted statements are the same")


def test_a_history_that_does_not_know_the_release_is_an_error(elsewhere: Config) -> None:
    one = write(content(), elsewhere)
    (elsewhere.releases / "history.jsonl").unlink()
    with pytest.raises(BrokenRelease, match="activate the release again"):
        releases.editions(one)
