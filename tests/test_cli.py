"""The command, as a curator types it."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ctl_graph.cli import main
from ctl_graph.config import Config


@pytest.fixture
def place(world: Config, tmp_path: Path) -> dict[str, str]:
    """Settings for a copy of the world that a test may break."""
    shutil.copytree(world.data, tmp_path / "data")
    return {
        "CTL_GRAPH_CONFIG": str(world.data.parent / "ctl-graph.toml"),
        "CTL_GRAPH_DATA": str(tmp_path / "data"),
        "CTL_GRAPH_RELEASES": str(tmp_path / "releases"),
    }


def run(place: dict[str, str], *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--language", "en", *words], input=typed, env=place)


def spoil(place: dict[str, str], table: str, old: str, new: str) -> None:
    path = Path(place["CTL_GRAPH_DATA"]) / table
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("command", [None, *main.commands])
def test_help_teaches(command: str | None) -> None:
    result = CliRunner().invoke(main, [command, "--help"] if command else ["--help"])
    assert result.exit_code == 0
    assert len(result.output) > 100


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


@pytest.mark.parametrize(
    ("suffix", "query", "expected"),
    [
        ("srj", "SELECT (1 AS ?n) {}", '"bindings"'),
        ("tsv", "SELECT (1 AS ?n) {}", "?n"),
        ("nt", "CONSTRUCT { <a:b> <a:c> 1 } {}", "<a:b> <a:c>"),
        ("jsonld", "CONSTRUCT { <a:b> <a:c> 1 } {}", '"@context"'),
    ],
)
def test_answers_in_the_format_asked_for(place: dict[str, str], suffix: str, query: str, expected: str) -> None:
    run(place, "build")
    assert expected in run(place, "query", "-", "--format", suffix, typed=query).output


def test_a_format_that_cannot_hold_the_answer(place: dict[str, str]) -> None:
    run(place, "build")
    result = run(place, "query", "-", "--format", "ttl", typed="SELECT (1 AS ?n) {}")
    assert result.exit_code == 1
    assert "format" in result.output


def test_a_wrong_query_is_said_in_a_line(place: dict[str, str]) -> None:
    run(place, "build")
    result = run(place, "query", "-", typed="SELECT * WHERE {")
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert result.output.startswith("ctl-graph: line 1, column 17: ")


def test_a_query_file_that_is_no_text_is_said(place: dict[str, str], tmp_path: Path) -> None:
    run(place, "build")
    (tmp_path / "question.rq").write_bytes(b"\xff")
    result = run(place, "query", str(tmp_path / "question.rq"))
    assert result.exit_code == 1
    assert "question.rq is not UTF-8" in result.output


def test_a_settings_file_that_is_not_there_is_said(place: dict[str, str]) -> None:
    result = run(place, "--config", "none.toml", "build")
    assert result.exit_code == 2
    assert "none.toml" in result.output


def test_the_star_shows_what_is_served(place: dict[str, str]) -> None:
    first = run(place, "build").stdout.strip()
    spoil(place, "memberships.csv", ",2018,2018-01-01,2018-12-31,", ",2019,2019-01-01,2019-12-31,")
    run(place, "build")
    link = Path(place["CTL_GRAPH_RELEASES"]) / "current"  # as a crash between the history and the link leaves it
    link.unlink()
    link.symlink_to(first)
    assert [line[0] for line in run(place, "releases").output.splitlines()] == ["*", " "]


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
    italian = CliRunner().invoke(main, ["--language", "it", "check"], env=place)
    assert italian.stdout != run(place, "check").stdout
    assert "workshpo" in italian.stdout


def test_check_sends_no_commands_to_the_terminal(place: dict[str, str]) -> None:
    (Path(place["CTL_GRAPH_DATA"]) / "\x1b[31m.csv").write_text("id\n", encoding="utf-8")
    (line,) = run(place, "check").stdout.splitlines()
    assert line.startswith(r"data/\u001b[31m.csv: ")


def test_check_for_a_spreadsheet_runs_no_formula(place: dict[str, str]) -> None:
    spoil(place, "memberships.csv", "alfa,workshop,", "alfa,=cmd(),")
    rows = list(csv.reader(run(place, "check", "--format", "csv").stdout.splitlines()))
    assert rows[0] == ["file", "row", "column", "severity", "rule", "what to do"]
    assert all(not cell.startswith("=") for row in rows for cell in row)
    assert any("=cmd()" in cell for row in rows for cell in row)


def test_check_for_a_browser_escapes(place: dict[str, str]) -> None:
    spoil(place, "memberships.csv", "alfa,workshop,", "alfa,<script>alert(1)</script>,")
    page = run(place, "check", "--format", "html").stdout
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_failed_build_keeps_the_current_release(place: dict[str, str]) -> None:
    run(place, "build")
    spoil(place, "clusters.csv", "statute,high", "nowhere,high")
    failed = run(place, "build")
    assert failed.exit_code == 1
    assert "the current release stays" in failed.output
    assert run(place, "releases").output.count("*") == 1


def test_two_releases_are_listed_compared_and_rolled_back(place: dict[str, str]) -> None:
    first = run(place, "build").stdout.strip()
    spoil(place, "memberships.csv", ",2018,2018-01-01,2018-12-31,", ",2019,2019-01-01,2019-12-31,")
    second = run(place, "build").stdout.strip()
    listed = run(place, "releases").output.splitlines()
    assert [line.split()[-3] for line in listed] == [first, second]
    changes = run(place, "diff", first[:6]).stdout.splitlines()
    assert {line[0] for line in changes} == {"-", "+"}
    assert run(place, "activate", first).exit_code == 0
    assert run(place, "releases").output.splitlines()[-1].startswith("*")
    manifest = json.loads((Path(place["CTL_GRAPH_RELEASES"]) / "current" / "manifest.json").read_text())
    assert manifest["id"] == first


def test_a_damaged_release_is_not_activated(place: dict[str, str]) -> None:
    first = run(place, "build").stdout.strip()
    (Path(place["CTL_GRAPH_RELEASES"]) / first / "search.sqlite").write_bytes(b"")
    result = run(place, "activate", first)
    assert result.exit_code == 1
    assert "search.sqlite" in result.output


def test_an_unknown_release_is_said(place: dict[str, str]) -> None:
    run(place, "build")
    result = run(place, "activate", "nothing")
    assert result.exit_code == 1
    assert "there are:" in result.output
