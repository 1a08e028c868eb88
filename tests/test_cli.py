"""The command, as a curator types it."""

import csv
import json
import shutil
from collections.abc import Hashable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rdflib import Graph

from ctl_graph import reasoning, validation
from ctl_graph.cli import main
from ctl_graph.config import Config
from ctl_graph.errors import StoreUnavailable
from ctl_graph.reasoning import Conclusions
from ctl_graph.release import Release
from ctl_graph.validation import Locate, Report


@pytest.fixture(scope="module", autouse=True)
def _thought_once() -> Iterator[None]:
    """What follows from the same statements, and that nothing is to object to them, is found once: it takes seconds."""
    inferred: dict[Hashable, Conclusions] = {}
    passed: dict[Hashable, Report] = {}
    infer, validate = reasoning.infer, validation.validate

    def infer_once(accepted: Graph, axioms: Graph, base_iri: str) -> Conclusions:
        key = frozenset(accepted), len(axioms), base_iri
        if key not in inferred:
            inferred[key] = infer(accepted, axioms, base_iri)
        return inferred[key]

    def validate_once(data: Graph, shapes: Graph, locate: Locate) -> Report:
        key = frozenset(data), len(shapes)
        report = passed.get(key) or validate(data, shapes, locate)
        if not report.findings:
            passed[key] = report
        return report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reasoning, "infer", infer_once)
        patch.setattr(validation, "validate", validate_once)
        yield


@pytest.fixture
def place(world: Config, tmp_path: Path) -> dict[str, str]:
    """Settings for a copy of the world that a test may break."""
    shutil.copytree(world.data, tmp_path / "data")
    return {
        "CTL_GRAPH_CONFIG": str(world.data.parent / "ctl-graph.toml"),
        "CTL_GRAPH_DATA": str(tmp_path / "data"),
        "CTL_GRAPH_RELEASES": str(tmp_path / "releases"),
    }


@pytest.fixture
def published(place: dict[str, str], release: Release) -> dict[str, str]:
    """The same, where a release is published already."""
    shutil.copytree(release.path.parent, place["CTL_GRAPH_RELEASES"], symlinks=True)
    return place


def run(place: dict[str, str], *words: str, typed: str | None = None, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--language", language, *words], input=typed, env=place)


def spoil(place: dict[str, str], table: str, old: str, new: str) -> None:
    path = Path(place["CTL_GRAPH_DATA"]) / table
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("command", [None, *main.commands])
def test_help_teaches(command: str | None) -> None:
    result = CliRunner().invoke(main, [command, "--help"] if command else ["--help"])
    assert result.exit_code == 0
    assert len(result.output) > 100


def test_nothing_is_served_where_queries_cannot_be_confined(
    place: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Config) -> None:
        raise StoreUnavailable("they cannot be confined: set allow_unconfined")

    monkeypatch.setattr("ctl_graph.cli.prove_confinement", refuse)
    result = run(place, "serve", "--port", "0")
    assert result.exit_code == 1
    assert "allow_unconfined" in result.output


def test_build_then_ask(place: dict[str, str]) -> None:
    built = run(place, "build")
    assert built.exit_code == 0, built.output
    asked = run(
        place, "query", "-", typed="SELECT ?c WHERE { ?c a <https://w3id.org/ctl/def/RegionalCluster> } ORDER BY ?c"
    )
    assert asked.output.splitlines() == [
        "c",
        "https://example.org/region/id/cluster/alfa",
        "https://example.org/region/id/cluster/beta",
    ]


def test_a_build_says_where_nobody_can_be_written_to(place: dict[str, str]) -> None:
    assert "contact" not in run(place, "build").output
    silent = run({**place, "CTL_GRAPH_CONTACT": ""}, "build")
    assert silent.exit_code == 0
    assert "`contact` is not set" in silent.stderr


@pytest.mark.parametrize(
    ("suffix", "query", "expected"),
    [
        ("srj", "SELECT (1 AS ?n) {}", '"bindings"'),
        ("tsv", "SELECT (1 AS ?n) {}", "?n"),
        ("nt", "CONSTRUCT { <a:b> <a:c> 1 } {}", "<a:b> <a:c>"),
        ("jsonld", "CONSTRUCT { <a:b> <a:c> 1 } {}", '"@context"'),
    ],
)
def test_answers_in_the_format_asked_for(published: dict[str, str], suffix: str, query: str, expected: str) -> None:
    assert expected in run(published, "query", "-", "--format", suffix, typed=query).output


def test_a_format_that_cannot_hold_the_answer(published: dict[str, str]) -> None:
    result = run(published, "query", "-", "--format", "ttl", typed="SELECT (1 AS ?n) {}")
    assert result.exit_code == 1
    assert "format" in result.output


def test_a_wrong_query_is_said_in_a_line(published: dict[str, str]) -> None:
    result = run(published, "query", "-", typed="SELECT * WHERE {")
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert result.output.startswith("ctl-graph: line 1, column 17: ")


def test_a_query_file_that_is_no_text_is_said(published: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "question.rq").write_bytes(b"\xff")
    result = run(published, "query", str(tmp_path / "question.rq"))
    assert result.exit_code == 1
    assert "question.rq is not UTF-8" in result.output


def test_a_settings_file_that_is_not_there_is_said(place: dict[str, str]) -> None:
    result = run(place, "--config", "none.toml", "build")
    assert result.exit_code == 2
    assert "none.toml" in result.output


def test_the_star_shows_what_is_served(published: dict[str, str], release: Release) -> None:
    first = release.id
    spoil(published, "memberships.csv", ",2018,2018-01-01,2018-12-31,", ",2019,2019-01-01,2019-12-31,")
    run(published, "build")
    link = Path(published["CTL_GRAPH_RELEASES"]) / "current"  # as a crash between the history and the link leaves it
    link.unlink()
    link.symlink_to(first)
    assert [line[0] for line in run(published, "releases").output.splitlines()] == ["*", " "]


def test_nothing_published_yet(place: dict[str, str]) -> None:
    result = run(place, "releases")
    assert result.exit_code == 1
    assert "ctl-graph build" in result.output


def test_a_missing_setting_is_named_with_exit_code_2(tmp_path: Path, place: dict[str, str]) -> None:
    settings = tmp_path / "ctl-graph.toml"
    settings.write_text('ontology = "o"\nreleases = "r"\ndata = "d"\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["--config", str(settings), "build"], env={"CTL_GRAPH_BASE_IRI": None})
    assert result.exit_code == 2
    assert "base_iri" in result.output


def test_check_is_silent_when_all_is_well(place: dict[str, str]) -> None:
    result = run(place, "check")
    assert (result.exit_code, result.stdout) == (0, "")


def test_check_names_file_row_and_column_in_one_line_each(place: dict[str, str]) -> None:
    spoil(place, "memberships.csv", "alfa,workshop,", "alfa,workshpo,")
    spoil(place, "clusters.csv", "statute,high", "nowhere,high")
    result = run(place, "check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == ["data/clusters.csv", "data/memberships.csv"]
    assert lines[1].startswith("data/memberships.csv:4:organisation: ")


def test_check_in_italian(place: dict[str, str]) -> None:
    spoil(place, "memberships.csv", "alfa,workshop,", "alfa,workshpo,")
    italian = run(place, "check", language="it")
    assert italian.stdout != run(place, "check").stdout
    assert "workshpo" in italian.stdout


def add_a_blank_row(place: dict[str, str]) -> None:
    with (Path(place["CTL_GRAPH_DATA"]) / "clusters.csv").open("a", encoding="utf-8") as file:
        file.write("," * 14 + "\n")


def test_warnings_are_marked_counted_apart_and_stop_nothing(place: dict[str, str]) -> None:
    add_a_blank_row(place)
    italian, english = run(place, "check", language="it"), run(place, "check")
    assert (italian.exit_code, english.exit_code) == (0, 0)
    assert italian.stdout == "data/clusters.csv:5: avviso: riga vuota: va tolta [blank-row]\n"
    assert english.stdout.startswith("data/clusters.csv:5: warning: ")
    assert italian.stderr.splitlines()[-1] == "0 errori, 1 avviso"
    assert english.stderr.splitlines()[-1] == "0 errors, 1 warning"


def test_a_build_counts_what_stops_it(place: dict[str, str]) -> None:
    add_a_blank_row(place)
    spoil(place, "clusters.csv", "statute,high", "nowhere,high")
    failed = run(place, "build", language="it")
    assert failed.stderr.splitlines()[-1] == "1 errore da correggere; la release corrente non cambia"
    assert "data/clusters.csv:5: avviso: riga vuota" in failed.stderr
    assert run(place, "check", language="it").stderr.splitlines()[-1] == "1 errore, 1 avviso"


def test_a_note_is_counted_where_there_is_one(place: dict[str, str]) -> None:
    path = Path(place["CTL_GRAPH_DATA"]) / "clusters.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    result = run(place, "check", language="it")
    assert result.stdout.startswith("data/clusters.csv: nota: il file comincia con un BOM")
    assert result.stderr.splitlines()[-1] == "0 errori, 0 avvisi, 1 nota"


@pytest.mark.parametrize(("language", "separator", "severity"), [("it", ";", "avviso"), ("en", ",", "warning")])
def test_check_for_excel(place: dict[str, str], language: str, separator: str, severity: str) -> None:
    add_a_blank_row(place)
    written = run(place, "check", "--format", "csv", language=language).stdout_bytes
    assert written.startswith(b"\xef\xbb\xbffile" + separator.encode())
    header, row = csv.reader(written.decode("utf-8-sig").splitlines(), delimiter=separator)
    assert header[3] == {"it": "gravità", "en": "severity"}[language]
    assert row[:5] == ["data/clusters.csv", "5", "", severity, "blank-row"]
    page = run(place, "check", "--format", "html", language=language).stdout
    assert f"<td>{severity}</td>" in page


def test_check_sends_no_commands_to_the_terminal(place: dict[str, str]) -> None:
    (Path(place["CTL_GRAPH_DATA"]) / "\x1b[31m.csv").write_text("id\n", encoding="utf-8")
    (line,) = run(place, "check").stdout.splitlines()
    assert line.startswith(r"data/\u001b[31m.csv: ")


def test_check_for_a_spreadsheet_runs_no_formula(place: dict[str, str]) -> None:
    spoil(place, "memberships.csv", "alfa,workshop,", "alfa,=cmd(),")
    written = run(place, "check", "--format", "csv").stdout_bytes.decode("utf-8-sig")
    rows = list(csv.reader(written.splitlines()))
    assert rows[0] == ["file", "row", "column", "severity", "rule", "what to do"]
    assert all(not cell.startswith("=") for row in rows for cell in row)
    assert any("=cmd()" in cell for row in rows for cell in row)


def test_check_for_a_browser_escapes(place: dict[str, str]) -> None:
    spoil(place, "memberships.csv", "alfa,workshop,", "alfa,<script>alert(1)</script>,")
    page = run(place, "check", "--format", "html").stdout
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_failed_build_keeps_the_current_release(published: dict[str, str]) -> None:
    spoil(published, "clusters.csv", "statute,high", "nowhere,high")
    failed = run(published, "build")
    assert failed.exit_code == 1
    assert "the current release stays" in failed.output
    assert run(published, "releases").output.count("*") == 1


def test_two_releases_are_listed_compared_and_rolled_back(published: dict[str, str], release: Release) -> None:
    first = release.id
    spoil(published, "memberships.csv", ",2018,2018-01-01,2018-12-31,", ",2019,2019-01-01,2019-12-31,")
    second = run(published, "build").stdout.strip()
    listed = run(published, "releases").output.splitlines()
    assert [line.split()[-3] for line in listed] == [first, second]
    changes = run(published, "diff", first[:6]).stdout.splitlines()
    assert {line[0] for line in changes} == {"-", "+"}
    assert run(published, "activate", first).exit_code == 0
    assert run(published, "releases").output.splitlines()[-1].startswith("*")
    manifest = json.loads((Path(published["CTL_GRAPH_RELEASES"]) / "current" / "manifest.json").read_text())
    assert manifest["id"] == first


def test_what_changed_is_named_thing_by_thing(published: dict[str, str], release: Release) -> None:
    first = release.id
    spoil(published, "memberships.csv", "alfa-town-member,alfa,town,", "alfa-town-guest,alfa,town,")
    spoil(published, "clusters.csv", "Beta Cluster,BETA", "Beta Cluster,BETTA")
    run(published, "build")
    base = "https://example.org/region/id/"
    result = run(published, "diff", "--summary", first)
    assert result.stdout.splitlines() == [
        "cluster: +0 -0 ~1",
        f"  ~ {base}cluster/beta",
        "membership: +1 -1 ~0",
        f"  + {base}membership/alfa-town-guest",
        f"  - {base}membership/alfa-town-member",
        "organisation: +0 -0 ~1",
        f"  ~ {base}organisation/town",
    ]
    assert "things: 1 added, 1 removed, 2 changed" in result.stderr
    assert run(published, "diff", "--summary", first, first).stdout == ""
    backwards = run(published, "diff", "--summary", run(published, "releases").stdout.split()[-3], first).stdout
    assert f"  + {base}membership/alfa-town-member\n" in backwards


def test_a_change_of_a_source_alone_changes_no_thing(published: dict[str, str], release: Release) -> None:
    first = release.id
    path = Path(published["CTL_GRAPH_DATA"]) / "memberships.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    refused = lines[4].replace("alfa-town-member", "alfa-town-rumour").replace("high,yes,", "low,no,low-confidence")
    path.write_text("\n".join([*lines, refused]) + "\n", encoding="utf-8")
    assert run(published, "build").exit_code == 0
    result = run(published, "diff", "--summary", first)
    assert result.stdout == ""
    assert "things: 0 added, 0 removed, 0 changed" in result.stderr
    assert run(published, "diff", first).stdout != ""


@pytest.mark.parametrize(
    ("words", "typed", "expected"),
    [
        (["activate", "zzz"], None, "ctl-graph: la release non c'è (in inglese: 0 releases begin with 'zzz'"),
        (
            ["query", "-"],
            "SELECT * WHERE {",
            "ctl-graph: la domanda non è scritta come si deve (in inglese: riga 1, colonna 17: ",
        ),
    ],
)
def test_in_italian_an_error_is_named_and_its_english_details_are_said_to_be_so(
    published: dict[str, str], words: list[str], typed: str | None, expected: str
) -> None:
    assert run(published, *words, typed=typed, language="it").stderr.startswith(expected)


def test_a_damaged_release_is_not_activated(published: dict[str, str], release: Release) -> None:
    first = release.id
    (Path(published["CTL_GRAPH_RELEASES"]) / first / "search.sqlite").write_bytes(b"")
    result = run(published, "activate", first)
    assert result.exit_code == 1
    assert "search.sqlite" in result.output


def test_an_unknown_release_is_said(published: dict[str, str]) -> None:
    result = run(published, "activate", "nothing")
    assert result.exit_code == 1
    assert "there are:" in result.output


def test_publishing_says_what_it_lacks(place: dict[str, str]) -> None:
    unknown = run(place, "publish", "--to", "http://127.0.0.1:9/graphs")
    assert (unknown.exit_code, "--sparql" in unknown.output) == (2, True)
    nothing = run(place, "publish", "--to", "http://127.0.0.1:9/store")
    assert nothing.exit_code == 1
    assert "nothing is published" in nothing.output


def test_a_password_is_never_an_argument(release: Release, world: Config, tmp_path: Path) -> None:
    place = {
        "CTL_GRAPH_CONFIG": str(world.data.parent / "ctl-graph.toml"),
        "CTL_GRAPH_RELEASES": str(world.releases),
        "CTL_GRAPH_STORE_PASSWORD": "",
    }
    words = ("publish", "--to", "http://127.0.0.1:9/store", "--user", "dba")
    without = run(place, *words)
    assert (without.exit_code, "--password-file" in without.output) == (2, True)
    (tmp_path / "password").write_text("s3cret\n", encoding="utf-8")
    nobody = run(place, *words, "--password-file", str(tmp_path / "password"), language="it")
    assert nobody.exit_code == 1
    assert "il servizio non risponde" in nobody.output
    assert "s3cret" not in nobody.output
