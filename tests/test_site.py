"""What a server does when releases come, go, and are not what they were."""

import json
import runpy
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ctl_graph import release
from ctl_graph.config import Config
from ctl_graph.errors import QueryTimeout, StoreUnavailable
from ctl_graph.release import Release
from ctl_graph.web import create_app, site

BASE = "https://example.org/region/"
LINE = f'<{BASE}id/cluster/%s> <http://www.w3.org/2004/02/skos/core#prefLabel> "x"@it <{BASE}graph/accepted> .\n'


@pytest.fixture
def config(world: Config, tmp_path: Path) -> Config:
    return replace(world, releases=tmp_path / "releases")


def publish(config: Config, name: str) -> Release:
    return release.publish(release.write((LINE % name).encode(), {}, config), "1")


def spoil(one: Release) -> None:
    with one.search.open("ab") as file:
        file.write(b"x")


def is_there(client: FlaskClient, name: str) -> bool:
    return client.get(f"/doc/cluster/{name}.ttl").status_code == 200


def test_a_broken_release_is_not_served(config: Config) -> None:
    spoil(publish(config, "rose"))
    response = create_app(config).test_client().get("/doc/cluster/rose.ttl")
    assert response.status_code == 503
    assert "search.sqlite" not in response.text


def test_the_release_before_a_broken_one_is_served_on(config: Config, caplog: pytest.LogCaptureFixture) -> None:
    publish(config, "rose")
    client = create_app(config).test_client()
    assert is_there(client, "rose")
    broken = publish(config, "lily")
    spoil(broken)
    assert is_there(client, "rose")
    assert not is_there(client, "lily")
    assert caplog.text.count("is refused") == 1
    assert "degraded" in client.get("/health/ready").text
    publish(config, "iris")
    assert is_there(client, "iris")
    assert client.get("/health/ready").text == "ready\n"


def test_a_refusal_is_forgotten_with_its_release(config: Config) -> None:
    rose = publish(config, "rose")
    client = create_app(config).test_client()
    assert is_there(client, "rose")
    spoil(publish(config, "lily"))
    assert is_there(client, "rose")
    assert "degraded" in client.get("/health/ready").text
    release.activate(rose, "1")
    assert client.get("/health/ready").text == "ready\n"


def test_what_could_not_be_opened_for_want_of_means_is_tried_again(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(config, "rose")
    client = create_app(config).test_client()
    assert is_there(client, "rose")
    publish(config, "lily")

    def fail(*_: object) -> None:
        raise StoreUnavailable("no memory")

    with monkeypatch.context() as patch:
        patch.setattr(site, "OxigraphStore", fail)
        patch.setattr(site, "_RETRY_AFTER", -1.0)
        assert not is_there(client, "lily")
    assert is_there(client, "lily")


def test_nobody_waits_while_another_opens_a_release(config: Config) -> None:
    publish(config, "rose")
    served = site.Site(config)
    before = served.opened()
    publish(config, "lily")
    with served._lock:
        assert served.opened() is before
    assert served.opened() is not before


def test_where_a_release_lies_is_no_change_of_a_page(config: Config) -> None:
    publish(config, "rose")
    ours = create_app(config).test_client().get("/doc/cluster/rose").headers["ETag"]
    elsewhere = replace(config, ontology=config.ontology / "x")
    assert create_app(elsewhere).test_client().get("/doc/cluster/rose").headers["ETag"] == ours


def test_the_language_is_kept_for_this_site_only(config: Config) -> None:
    publish(config, "rose")
    client = create_app(replace(config, proxies=1)).test_client()
    response = client.get("/?lang=en", headers={"X-Forwarded-Prefix": "/below"})
    assert "Path=/below" in response.headers["Set-Cookie"]


def test_a_change_of_ours_is_another_page(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(config, "rose")
    ours = create_app(config).test_client().get("/doc/cluster/rose").headers["ETag"]
    assert create_app(config).test_client().get("/doc/cluster/rose").headers["ETag"] == ours
    renamed = create_app(replace(config, title_en="Roses")).test_client()
    assert renamed.get("/doc/cluster/rose").headers["ETag"] != ours
    monkeypatch.setattr(site, "_OURS", {".py"})
    assert create_app(config).test_client().get("/doc/cluster/rose").headers["ETag"] != ours


def test_each_file_that_a_browser_keeps_for_ever_is_known_by_its_address() -> None:
    """By what it holds; letters have their version in their names."""
    files = [path for path in (Path(site.__file__).parent / "static").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} - {".woff2"} <= site._OURS
    assert all("-v" in path.name for path in files if path.suffix == ".woff2")


def test_a_release_from_before_there_were_datasets_has_a_page(config: Config) -> None:
    one = publish(config, "rose")
    publish(config, "lily")
    manifest = one.path / "manifest.json"
    known = json.loads(manifest.read_text(encoding="utf-8"))
    del known["datasets"]
    manifest.write_text(json.dumps(known), encoding="utf-8")
    response = create_app(config).test_client().get(f"/release/{one.id}", headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert one.id in response.text


def test_a_question_with_a_visitors_values_is_soon_over(config: Config) -> None:
    publish(config, "rose")
    app = create_app(replace(config, query_seconds=30))
    with app.test_request_context("/"):
        assert site.short_lane() is not site.visitors_store()
        with pytest.raises(QueryTimeout) as error:
            site.short_lane().query(f"SELECT * WHERE {{ ?s ?p {'(' * 300}1{')' * 300} }}")
        assert error.value.seconds == 2


def test_pages_never_wait_behind_queries(world: Config) -> None:
    settings = runpy.run_path(str(Path(__file__).parents[1] / "gunicorn.conf.py"))
    visitors, short = world.query_workers + world.query_queue, 1 + world.query_queue
    assert settings["threads"] > visitors + short


def test_every_page_says_whose_publication_it_is_not(config: Config) -> None:
    publish(config, "rose")
    page = create_app(config).test_client().get("/", headers={"Accept-Language": "en"}).text
    assert "This is not an official publication of Regione Valdoro." in page
    nobody = create_app(replace(config, authority="")).test_client().get("/", headers={"Accept-Language": "it"}).text
    assert "Questa non è una pubblicazione ufficiale di un ente pubblico." in nobody
