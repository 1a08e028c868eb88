"""From files to a published release, and all that may be wrong on the way."""

import os
import shutil
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from ctl_graph import release, sources
from ctl_graph.build import build, check
from ctl_graph.config import Config
from ctl_graph.errors import Finding, GraphError, InvalidData, SourceError
from ctl_graph.store import OxigraphStore, QuerySolutions

REGION = "https://example.org/region/"
ASK = "PREFIX ctl: <https://w3id.org/ctl/def/> SELECT ?x WHERE {{ {pattern} }}"


@pytest.fixture
def workshop(world: Config, tmp_path: Path) -> Config:
    """A copy of the world that a test may break."""
    shutil.copytree(world.data, tmp_path / "data")
    return replace(world, data=tmp_path / "data", releases=tmp_path / "releases")


def found(store: OxigraphStore, pattern: str) -> set[str]:
    rows = store.query(ASK.format(pattern=pattern))
    assert isinstance(rows, QuerySolutions)
    return {row["x"].value.removeprefix(REGION) for row in rows}


def spoil(config: Config, table: str, old: str, new: str) -> None:
    path = config.data / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def findings(config: Config) -> list[Finding]:
    """What check says; nothing of it is ever published."""
    with pytest.raises((SourceError, InvalidData)) as error:
        build(config)
    assert not list(config.releases.glob("[!.]*"))
    return list(error.value.findings)


def line_of(config: Config, table: str, beginning: str) -> int:
    lines = (config.data / table).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))


def test_a_statement_stands_in_the_graph_of_its_source(release: release.Release) -> None:
    store = OxigraphStore(release.store)
    membership = f"<{REGION}id/membership/alfa-foundry-founder>"
    assert found(store, f"GRAPH ?x {{ {membership} a ctl:Membership }}") >= {"graph/statute", "graph/accepted"}
    assert found(store, f"{membership} ctl:inCluster ?x") == {"id/cluster/alfa"}


def test_what_is_not_accepted_stays_with_its_source(release: release.Release) -> None:
    store = OxigraphStore(release.store)
    everywhere = found(store, "GRAPH ?g { ?x a ctl:Membership }")
    accepted = found(store, "?x a ctl:Membership")
    assert accepted < everywhere


def test_what_follows_is_accepted_and_marked(release: release.Release) -> None:
    store = OxigraphStore(release.store)
    pattern = f"<{REGION}id/organisation/foundry> ctl:everMemberOf ?x"
    assert found(store, pattern) == {"id/cluster/alfa"}
    assert found(store, f"GRAPH <{REGION}graph/inferred> {{ {pattern} }}") == {"id/cluster/alfa"}


def test_a_project_does_not_make_its_parties_members(release: release.Release) -> None:
    store = OxigraphStore(release.store)
    assert found(store, "?party ctl:everMemberOf ?x . ?x a ctl:Collaboration") == set()


def test_the_build_opens_no_socket(workshop: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the build opened a socket")

    (workshop.data / "imports.ttl").write_text(
        "<https://example.org/region/doc/x> <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/onto> .",
        encoding="utf-8",
    )
    spoil(workshop, "sources.csv", "roles,", "imports,Prova,https://example.org/region/doc/method,Noi,,,,yes\nroles,")
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert build(workshop).manifest["quads"] > 0


@pytest.mark.parametrize(
    ("table", "old", "new", "row", "column"),
    [
        ("memberships.csv", "2013-05-02,2013-05-02,2013-05-02,2018", "soon,2013-05-02,2013-05-99,2018",
         "alfa-foundry-founder", "start_latest"),
        ("memberships.csv", "alfa,workshop,", "alfa,workshpo,", "alfa-workshop-member", "organisation"),
        ("clusters.csv", "newspaper,medium,yes,", "gazette,medium,yes,", "alfa", "source"),
        ("clusters.csv", "beta,", "Beta!,", "Beta!", "id"),
        ("organisations.csv", "University,https", "Universtiy,https", "university", "type"),
        ("clusters.csv", "statute,high,yes,", "statute,sure,yes,", "alfa", "confidence"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named(workshop: Config, table: str, old: str, new: str, row: str, column: str) -> None:
    spoil(workshop, table, old, new)
    said = findings(workshop)
    places = {(finding.place.path, finding.place.column) for finding in said}
    assert (f"data/{table}", column) in places
    finding = next(finding for finding in said if finding.place.column == column)
    assert workshop.data.joinpath(table).read_text().splitlines()[finding.place.line - 1].startswith(row)


def test_all_that_is_wrong_is_said_at_once(workshop: Config) -> None:
    spoil(workshop, "clusters.csv", "statute,high", "nowhere,high")
    spoil(workshop, "memberships.csv", "alfa,workshop,", "gamma,workshop,")
    (workshop.data / "broken.ttl").write_text("@prefix : <https://example.org/> .\n:a :b\n", encoding="utf-8")
    (workshop.data / "orphan.csv").write_text("id\na\n", encoding="utf-8")
    said = findings(workshop)
    paths = {finding.place.path for finding in said}
    assert paths == {"data/clusters.csv", "data/memberships.csv", "data/broken.ttl", "data/orphan.csv"}
    assert all(finding.message.it and finding.message.en and "\n" not in finding.line("it") for finding in said)


def test_an_unknown_column_and_a_duplicate_are_named(workshop: Config) -> None:
    spoil(workshop, "projects.csv", "note,", "colour,")
    spoil(workshop, "organisations.csv", "university,", "foundry,")
    lines = [finding.line("en") for finding in findings(workshop)]
    assert any(line.startswith("data/projects.csv:1: ") and "colour" in line for line in lines)
    foundry = line_of(workshop, "organisations.csv", "foundry,")
    assert any(line.startswith(f"data/organisations.csv:{foundry + 1}:") and f" {foundry}" in line for line in lines)


def test_broken_turtle_is_named_with_its_line(workshop: Config) -> None:
    path = next(workshop.data.rglob("roles.ttl"))
    path.write_text(path.read_text(encoding="utf-8") + "\nrole:oops a .\n", encoding="utf-8")
    (finding,) = findings(workshop)
    assert finding.place.path.endswith("schemes/roles.ttl")
    assert finding.place.line


@pytest.mark.parametrize(
    "text",
    [
        r'<https://example.org/a> <https://example.org/p> "\uD800" .',
        r'<https://example.org/a> <https://example.org/p> "a\u0001b" .',
        r'<https://example.org/a> <https://example.org/p> "a"^^<https://example.org/x\u0020y> .',
        '<https://example.org/a> <https://example.org/p> "2014-13-41"^^<http://www.w3.org/2001/XMLSchema#date> .',
        "<https://example.org/a> <https://example.org/p> " + "1" * 6_000 + " .",
        "<https://example.org/a> <https://example.org/p> " + "[" * 5_000,
        "<https://example.org/a> <https://example.org/p> " + "(" * 5_000,
        '<https://example.org/a> <https://example.org/p> "torn',
        "<https://example.org/a> <https://example.org/p> <<( <https://example.org/a> <https://example.org/p> 1 )>> .",
        '<https://example.org/a> <https://example.org/p> "x"@it--ltr .',
        '"x" <https://example.org/p> 1 .',
        "@prefix x: <http://[> . x:a x:b x:c .",
        "\udc80",
    ],
)
def test_hostile_turtle_is_a_finding(workshop: Config, text: str) -> None:
    (workshop.data / "evil.ttl").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert {finding.place.path for finding in findings(workshop)} == {"data/evil.ttl"}


@pytest.mark.parametrize("name", ["evil.ttl", "evil.csv", "evil.csv-metadata.json"])
@pytest.mark.parametrize("kind", ["outside", "nowhere", "loop", "pipe", "folder"])
def test_what_is_no_file_of_the_folder_is_not_opened(workshop: Config, name: str, kind: str) -> None:
    path, secret = workshop.data / name, workshop.data.parent / "secret"
    secret.write_text("secret", encoding="utf-8")
    match kind:
        case "outside":
            path.symlink_to(secret)
        case "nowhere":
            path.symlink_to("nobody@host")
        case "loop":
            path.symlink_to(path)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
    (finding,) = findings(workshop)
    assert (finding.place.path, finding.code) == (f"data/{name}", "strange-file")
    assert "secret" not in finding.message.en


def test_a_table_in_a_folder_below_is_not_passed_over(workshop: Config) -> None:
    (workshop.data / "schemes" / "orphan.csv").write_text("id\na\n", encoding="utf-8")
    (workshop.data / "schemes" / "broken.csv-metadata.json").write_text("{", encoding="utf-8")
    assert {finding.place.path for finding in findings(workshop)} == {
        "data/schemes/orphan.csv",
        "data/schemes/broken.csv-metadata.json",
    }


@pytest.mark.parametrize("slug", ["accepted", "inferred", "ontology", "shapes"])
def test_no_source_takes_the_name_of_a_graph_of_the_publisher(workshop: Config, slug: str) -> None:
    """A row that is not accepted would be, and a shape of anyone's would judge."""
    (workshop.data / f"{slug}.ttl").write_text("<https://example.org/a> a <https://example.org/b> .", encoding="utf-8")
    spoil(workshop, "sources.csv", "roles,", f"{slug},Prova,https://example.org/x,Noi,,,,yes\nroles,")
    spoil(workshop, "clusters.csv", "statute,high", f"{slug},high")
    said = [finding for finding in findings(workshop) if finding.code == "reserved-graph"]
    assert {finding.place.path for finding in said} == {"data/clusters.csv", f"data/{slug}.ttl"}


def test_an_iri_that_breaks_out_is_refused(workshop: Config) -> None:
    (workshop.data / "evil.ttl").write_text(r"<https://example.org/a\u000Ab> a <https://example.org/C> .")
    assert {finding.place.path for finding in findings(workshop)} == {"data/evil.ttl"}


def test_what_the_shapes_object_to_is_led_back_to_its_row(workshop: Config) -> None:
    spoil(workshop, "memberships.csv", "2018,2018-01-01,2018-12-31", "2010,2010-01-01,2010-12-31")
    said = findings(workshop)
    expected = line_of(workshop, "memberships.csv", "alfa-foundry-founder")
    assert {(finding.place.path, finding.place.line) for finding in said} == {("data/memberships.csv", expected)}


def test_the_current_release_stays_when_a_build_fails(workshop: Config) -> None:
    before = build(workshop)
    spoil(workshop, "clusters.csv", "statute,high", "nowhere,high")
    with pytest.raises(GraphError):
        build(workshop)
    assert release.current(workshop.releases) == before


def test_a_missing_folder_is_named(workshop: Config) -> None:
    (finding,) = findings(replace(workshop, data=workshop.data / "none"))
    assert "data" in finding.message.en


def test_literals_come_through_as_written(workshop: Config) -> None:
    text = (
        '<https://example.org/region/id/x> <https://example.org/p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    )
    (workshop.data / "literals.ttl").write_text(text, encoding="utf-8")
    assert b'"01"^^<http://www.w3.org/2001/XMLSchema#integer>' in sources.n_quads(sources.read(workshop))


def test_check_publishes_nothing(workshop: Config) -> None:
    _, report = check(workshop)
    assert report.conforms
    assert report.shapes > 0
    assert not workshop.releases.exists()
