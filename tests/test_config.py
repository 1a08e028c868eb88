import os
from dataclasses import fields
from pathlib import Path

import pytest

from ctl_graph.config import Config, state_folder
from ctl_graph.errors import ConfigError

WRITTEN = 'base_iri = "https://example.org/region/"\nontology = "o"\ndata = "d"\nreleases = "r"\n'


def settings(folder: Path, text: str = WRITTEN) -> Path:
    path = folder / "ctl-graph.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_start_from_the_settings_file(tmp_path: Path) -> None:
    config = Config.load(settings(tmp_path), {})
    assert (config.data, config.releases) == (tmp_path / "d", tmp_path / "r")


def test_the_environment_stands_over_the_file(tmp_path: Path) -> None:
    config = Config.load(settings(tmp_path), {"CTL_GRAPH_QUERY_SECONDS": "2.5", "CTL_GRAPH_BASE_IRI": "http://a.b/c/"})
    assert (config.query_seconds, config.base_iri) == (2.5, "http://a.b/c/")


def test_the_environment_alone_is_enough(tmp_path: Path) -> None:
    environ = {f"CTL_GRAPH_{name}": str(tmp_path) for name in ("ONTOLOGY", "DATA", "RELEASES")}
    assert Config.load(tmp_path / "none.toml", {**environ, "CTL_GRAPH_BASE_IRI": "http://a.b/"}).data == tmp_path


@pytest.mark.parametrize("name", ["base_iri", "ontology", "data", "releases"])
def test_a_missing_setting_is_named(tmp_path: Path, name: str) -> None:
    text = "".join(line for line in WRITTEN.splitlines(keepends=True) if not line.startswith(name))
    with pytest.raises(ConfigError, match=f"{name} is missing"):
        Config.load(settings(tmp_path, text), {})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('colour = "red"', "no setting 'colour'"),
        ('query_seconds = "soon"', "query_seconds: 'soon' is not of the kind float"),
        ("query_workers = 0", "query_workers: 0 is not above zero"),
        ("query_workers = 1.5", "query_workers: 1.5 is not of the kind int"),
        ("query_workers = true", "query_workers: True is not of the kind int"),
        ("query_seconds = nan", "query_seconds: nan is not above zero"),
        ("query_seconds = inf", "query_seconds: inf is not above zero"),
        ("query_queue = -1", "query_queue: -1 is below zero, or no number"),
        ("proxies = -1", "proxies: -1 is below zero, or no number"),
        ('title_it = ["a"]', "title_it: ['a'] is not of the kind str"),
        ('endpoint = "http://["', "endpoint"),
        ('endpoint = "http://a b/"', "endpoint"),
        ('endpoint = "file:///etc/passwd"', "endpoint"),
        ('contact = "javascript:alert(1)"', "contact"),
        ('contact = "mailto:the office <office@example.org>"', "contact"),
        ('contact = "mailto:"', "contact"),
        ('contact = "https://"', "contact"),
        ('territory = "http://example.org/100%"', "territory"),
        ('publisher = ""', "publisher is empty"),
        ('title_en = " "', "title_en is empty"),
        ("query_rows = 0", "query_rows: 0 is not above zero"),
        ("query_budget = nan", "query_budget: nan is below zero, or no number"),
        ("query_budget = -1", "query_budget: -1.0 is below zero, or no number"),
        ('federation = "https://example.org/sparql file:///etc/passwd"', "federation: 'file:///etc/passwd'"),
        ('metrics = "9464"', "metrics: '9464' is not a host and a port"),
        ('logs = "xml"', "logs: 'xml' is neither json nor text"),
        ("= what", "ctl-graph.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        Config.load(settings(tmp_path, WRITTEN + line + "\n"), {})
    assert said in str(error.value)


@pytest.mark.parametrize(
    "base_iri",
    ["", "region", "ftp://a.b/", "https://a.b/no-slash", "http:///", "http://[/", "http://a.b/?q/", "http://a.b/<c>/"],
)
def test_the_namespace_is_an_address_that_ends_with_a_slash(tmp_path: Path, base_iri: str) -> None:
    with pytest.raises(ConfigError, match="base_iri"):
        Config.load(settings(tmp_path), {"CTL_GRAPH_BASE_IRI": base_iri})


def test_an_empty_path_is_no_folder(tmp_path: Path) -> None:
    """Or what is dropped from the folder of releases would be dropped from where the command runs."""
    with pytest.raises(ConfigError, match="CTL_GRAPH_RELEASES"):
        Config.load(settings(tmp_path), {"CTL_GRAPH_RELEASES": ""})


def test_a_settings_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml"):
        Config.load(environ={"CTL_GRAPH_CONFIG": str(tmp_path / "none.toml")})


def test_every_setting_says_what_it_is_for() -> None:
    assert all(setting.metadata["help"] for setting in fields(Config))


def in_folder(folder: Path, **environ: str) -> Config:
    return Config.load(settings(folder), {f"CTL_GRAPH_{name.upper()}": value for name, value in environ.items()})


def test_the_processes_of_a_server_share_a_closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ours = state_folder(in_folder(tmp_path))
    assert ours.parent == tmp_path
    assert ours.stat().st_mode & 0o777 == 0o700
    assert state_folder(in_folder(tmp_path)) == ours
    assert state_folder(in_folder(tmp_path, releases=str(tmp_path / "others"))) != ours


def test_the_shared_folder_may_be_named(tmp_path: Path) -> None:
    wanted = tmp_path / "run" / "ctl-graph"
    assert state_folder(in_folder(tmp_path, state=str(wanted))) == wanted
    (tmp_path / "link").symlink_to(wanted)
    assert state_folder(in_folder(tmp_path, state=str(tmp_path / "link"))) == wanted


def test_a_shared_folder_that_others_reach_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ours = state_folder(in_folder(tmp_path))
    ours.chmod(0o750)
    with pytest.raises(ConfigError, match="0700"):
        state_folder(in_folder(tmp_path))
    ours.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    ours.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="0700"):
        state_folder(in_folder(tmp_path))
    ours.unlink()
    ours.write_text("")
    with pytest.raises(ConfigError, match="state"):
        state_folder(in_folder(tmp_path))


def test_a_shared_folder_of_a_strangers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = in_folder(tmp_path, state=str(tmp_path / "state"))
    state_folder(named)
    uid = os.getuid()
    monkeypatch.setattr("os.getuid", lambda: uid + 1)
    with pytest.raises(ConfigError, match="this user's"):
        state_folder(named)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accessibility_status", "perfect"),
        ("accessibility_date", "27/11/2026"),
        ("accessibility_date", "20261127"),
        ("accessibility_contact", "call us"),
    ],
)
def test_what_the_accessibility_statement_cannot_say_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        in_folder(tmp_path, **{name: value})
    assert in_folder(tmp_path, accessibility_status="full", accessibility_date="2026-11-27")
