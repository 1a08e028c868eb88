"""The site over an endpoint elsewhere: our own, in a thread, so that the two backends check each other."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from ctl_graph.config import Config
from ctl_graph.web import create_app

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def remote(app: Flask, world: Config) -> Iterator[FlaskClient]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    elsewhere = replace(world, endpoint=f"http://127.0.0.1:{server.port}/sparql", releases=world.releases / "none")
    yield create_app(elsewhere).test_client()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("suffix", ["nt", "nq", "ttl"])
@pytest.mark.parametrize("thing", ["doc/cluster/alfa", "doc/organisation/university", "def/Cluster", "graph/statute"])
def test_documents_are_the_same_from_elsewhere(
    client: FlaskClient, remote: FlaskClient, thing: str, suffix: str
) -> None:
    here, there = client.get(f"/{thing}.{suffix}"), remote.get(f"/{thing}.{suffix}")
    assert there.status_code == 200
    assert sorted(there.text.splitlines()) == sorted(here.text.splitlines())
    assert "ETag" in here.headers
    assert "ETag" not in there.headers, "nobody promises that an endpoint elsewhere stays the same"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/clusters",
        "/class/Membership",
        "/disagreements",
        "/data",
        "/search?q=x",
        "/questions/things-by-class",
        "/def/",
    ],
)
def test_pages_stand_over_an_endpoint(remote: FlaskClient, path: str) -> None:
    assert remote.get(path, headers=HTML).status_code == 200


def test_statuses_are_the_same_from_elsewhere(remote: FlaskClient) -> None:
    assert remote.get("/doc/cluster/omega", headers=HTML).status_code == 404
    assert remote.get("/doc/organisation/vanished", headers=HTML).status_code == 410
    assert remote.get("/health/ready").status_code == 200


def test_a_backend_that_is_down_is_a_502_without_its_address(world: Config) -> None:
    client = create_app(replace(world, endpoint="http://127.0.0.1:9/sparql")).test_client()
    for headers in (HTML, {"Accept": "text/turtle"}):
        response = client.get("/doc/cluster/alfa", headers=headers)
        assert response.status_code == 502
        assert "127.0.0.1" not in response.text
        assert response.headers["Cache-Control"] == "no-store"
    assert client.get("/health/ready").status_code == 502
    assert client.get("/health/live").status_code == 200
