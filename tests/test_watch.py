"""What is kept of a request: a line, and figures, for who runs the server; of the visitor, nothing."""

import io
import json
import logging
import os
import runpy
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from serving import ROOT, gunicorn

from ctl_graph import logs, questions, release
from ctl_graph.config import Config
from ctl_graph.errors import QueryTimeout, StoreBusy
from ctl_graph.release import Release
from ctl_graph.sandbox import Sandbox
from ctl_graph.web import create_app, metrics, site
from ctl_graph.worker import UNCONFINED, Channel, Worker

SECRETS = {
    "User-Agent": "agent-secret",
    "Cookie": "language=it; session=cookie-secret",
    "Authorization": "Bearer token-secret",
    "Referer": "https://example.org/referer-secret",
    "X-Forwarded-For": "192.0.2.77",
    "X-Request-Id": "192.0.2.78",
}
HIDDEN = ("secret", "192.0.2.7", "127.0.0.1", "10.9.8.7")
BASE = b"https://example.org/region/"
QUAD = b"<%sid/%%s> <https://example.org/p> <%sid/x> <%sgraph/accepted> .\n" % (BASE, BASE, BASE)
ASK = "ASK { ?s ?p 'query-secret' }"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What is logged, as it is written."""
    sink = logs.handler("json")
    assert isinstance(sink, logging.StreamHandler)
    sink.setStream(written := io.StringIO())
    root = logging.getLogger()
    root.addHandler(sink)
    monkeypatch.setattr(root, "level", logging.INFO)
    logging.getLogger("ctl_graph").setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger("ctl_graph").setLevel(logging.NOTSET)
    root.removeHandler(sink)


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_request_is_a_line(client: FlaskClient, release: Release, lines: Callable[[], list[dict[str, Any]]]) -> None:
    response = client.get("/doc/cluster/alfa?lang=en", headers={"Accept": "text/html"})
    (line,) = lines()
    assert line.pop("ms") > 0
    assert line.pop("time")
    assert line == {
        "level": "info",
        "logger": "ctl_graph.web.watch",
        "message": "request",
        "request": response.headers["X-Request-Id"],
        "method": "GET",
        "route": "/doc/<path:name>",
        "path": "/doc/cluster/alfa",
        "status": 200,
        "bytes": len(response.data),
        "release": release.id,
        "format": "text/html",
        "language": "en",
    }


def test_a_line_of_a_query_has_its_digest(client: FlaskClient, lines: Callable[[], list[dict[str, Any]]]) -> None:
    client.post("/sparql", data={"query": ASK}, headers={"Accept": "application/sparql-results+json"})
    client.get("/sparql", query_string={"query": ASK}, headers={"Accept": "text/csv"})
    client.get("/sparql", query_string={"query": "SELEC"}, headers={"Accept": "text/csv"})
    asked, again, wrong = (line["query"] for line in lines() if "query" in line)
    assert asked.pop("seconds") > 0
    assert asked == {"hash": again["hash"], "length": len(ASK), "kind": "boolean", "outcome": "answered"}
    assert len(asked["hash"]) == 16
    assert (wrong["kind"], wrong["outcome"]) == ("unknown", "bad-query")


def test_nothing_of_the_visitor_is_written(
    app: Flask, lines: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()

    def ask(path: str, **given: Any) -> int:
        return client.open(path, headers=SECRETS, environ_base={"REMOTE_ADDR": "10.9.8.7"}, **given).status_code

    assert ask("/search?q=name-secret") == 200
    assert ask("/sparql", method="POST", data={"query": ASK}) == 200
    assert ask("/sparql", method="POST", data={"query": "SELECT secret"}) == 400
    assert ask("/nothing-secret") == 404
    assert ask("/doc/cluster/secret") == 404
    assert ask("/doc/cluster/alfa?page=secret") == 400
    assert ask("/sparql?query=secret", method="DELETE") == 405

    def fail(*_: object, **__: object) -> None:
        try:
            raise ValueError("cause-secret")
        except ValueError as error:
            raise RuntimeError(f"trace-secret {ASK}") from error

    monkeypatch.setattr(Sandbox, "answer", fail)
    assert ask("/sparql", method="POST", data={"query": ASK}) == 500
    monkeypatch.setattr(questions, "ask", fail)
    assert ask("/doc/cluster/alfa?x=secret") == 500
    written = json.dumps(lines())
    assert [word for word in HIDDEN if word in written] == []
    faults = [line for line in lines() if line["message"] == "fault"]
    assert len(faults) == 2
    assert all("RuntimeError" in line["trace"] for line in faults)


def test_a_fault_in_a_worker_keeps_the_query_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("query-secret")

    monkeypatch.setattr(Worker, "_evaluate", fail)
    header = object.__new__(Worker)._attempt({}, Channel(io.BytesIO()))
    assert "RuntimeError" in header["text"]
    assert "secret" not in header["text"]


def test_whoever_names_a_request_finds_it_again(client: FlaskClient, lines: Callable[[], list[dict[str, Any]]]) -> None:
    ours = "0123456789abcdef0123456789abcdef"
    assert client.get("/", headers={"X-Request-Id": ours}).headers["X-Request-Id"] == ours
    assert lines()[-1]["request"] == ours
    for strange in ("", "short", "x" * 65, "192.0.2.78", "a b" * 8, '"}' * 8):
        given = client.get("/", headers={"X-Request-Id": strange}).headers["X-Request-Id"]
        assert given != strange
        assert len(given) == 32


def test_health_is_no_noise(client: FlaskClient, lines: Callable[[], list[dict[str, Any]]]) -> None:
    client.get("/health/live")
    client.get("/health/ready")
    assert lines() == []


def test_figures_of_requests(client: FlaskClient) -> None:
    requests = {"route": "/clusters", "method": "GET", "status": "2xx"}
    before, bytes_before = (
        figure("ctl_graph_requests_total", **requests),
        figure("ctl_graph_answer_bytes_total", route="/clusters"),
    )
    seconds = figure("ctl_graph_request_seconds_count", route="/clusters")
    page = client.get("/clusters").data
    client.head("/clusters")
    assert figure("ctl_graph_requests_total", **requests) == before + 1
    assert figure("ctl_graph_answer_bytes_total", route="/clusters") == bytes_before + len(page)
    assert figure("ctl_graph_request_seconds_count", route="/clusters") == seconds + 2
    strange = {"route": "none", "method": "other", "status": "4xx"}
    before = figure("ctl_graph_requests_total", **strange)
    client.open("/nothing", method="BREW")
    assert figure("ctl_graph_requests_total", **strange) == before + 1


def test_figures_of_queries(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = {"kind": "boolean", "outcome": "answered"}
    before, seconds = figure("ctl_graph_queries_total", **answered), figure("ctl_graph_query_seconds_total")
    client.get("/sparql", query_string={"query": ASK}, headers={"Accept": "text/csv"})
    assert figure("ctl_graph_queries_total", **answered) == before + 1
    assert figure("ctl_graph_query_seconds_total") > seconds
    assert figure("ctl_graph_query_workers", lane="visitors") >= 1
    assert figure("ctl_graph_query_workers_busy", lane="visitors") == 0
    assert figure("ctl_graph_query_workers_started_total", lane="visitors") >= 1

    for error, outcome in ((QueryTimeout(1), "query-timeout"), (StoreBusy(1), "store-busy")):

        def fail(*_: object, error: Exception = error, **__: object) -> None:
            raise error

        monkeypatch.setattr(Sandbox, "answer", fail)
        refused = {"kind": "unknown", "outcome": outcome}
        before = figure("ctl_graph_queries_total", **refused)
        client.get("/sparql", query_string={"query": ASK}, headers={"Accept": "text/csv"})
        assert figure("ctl_graph_queries_total", **refused) == before + 1


def test_figures_of_what_is_served(world: Config, tmp_path: Path) -> None:
    config = replace(world, releases=tmp_path / "releases")
    first = release.publish(release.write(QUAD % b"1", {}, config), "1")
    client = create_app(config).test_client()
    client.get("/health/ready")
    assert figure("ctl_graph_release_processes", release=first.id) == 1
    assert figure("ctl_graph_release_quads") == 1
    assert figure("ctl_graph_release_activated_timestamp_seconds") > 1e9
    second = release.publish(release.write(QUAD % b"2", {}, config), "1")
    with second.search.open("ab") as file:
        file.write(b"x")
    client.get("/health/ready")
    assert (figure("ctl_graph_degraded"), figure("ctl_graph_release_processes", release=first.id)) == (1, 1)
    third = release.publish(release.write(QUAD % b"3", {}, config), "1")
    client.get("/health/ready")
    assert (figure("ctl_graph_degraded"), figure("ctl_graph_release_processes", release=first.id)) == (0, 0)
    assert figure("ctl_graph_release_processes", release=third.id) == 1


def test_a_refusal_for_want_of_budget_is_counted() -> None:
    before = figure("ctl_graph_budget_refusals_total")
    metrics.budget_refused()
    assert figure("ctl_graph_budget_refusals_total") == before + 1


def test_figures_that_cannot_be_kept_fail_nobody(
    client: FlaskClient, lines: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("request_ended", "query_ended", "sandbox_stands"):
        monkeypatch.setattr(metrics, name, full)
    assert client.get("/clusters").status_code == 200
    assert [line["message"] for line in lines()] == ["a request is not counted", "request"]
    assert client.get("/sparql", query_string={"query": ASK}, headers={"Accept": "text/csv"}).status_code == 200


class TestHealth:
    JSON: ClassVar = {"Accept": "application/json"}

    @pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
    def test_is_asked_by_get_and_head_and_never_kept(self, client: FlaskClient, path: str) -> None:
        for method in ("GET", "HEAD"):
            response = client.open(path, method=method)
            assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")

    def test_is_words_or_an_object(self, client: FlaskClient, release: Release) -> None:
        assert client.get("/health/live", headers=self.JSON).json == {"status": "live"}
        assert client.get("/health/ready", headers=self.JSON).json == {"status": "ready", "release": release.id}
        assert client.get("/health/ready", headers={"Accept": "*/*"}).text == "ready\n"
        assert client.get("/health/ready", headers={"Accept": "image/png"}).text == "ready\n"

    def test_says_that_what_is_served_is_not_what_is_current(self, world: Config, tmp_path: Path) -> None:
        config = replace(world, releases=tmp_path / "releases")
        good = release.publish(release.write(QUAD % b"a", {}, config), "1")
        client = create_app(config).test_client()
        client.get("/health/ready")
        bad = release.publish(release.write(QUAD % b"b", {}, config), "1")
        with bad.search.open("ab") as file:
            file.write(b"x")
        client.get("/health/ready")
        response = client.get("/health/ready", headers=self.JSON)
        assert (response.status_code, response.json) == (200, {"status": "degraded", "release": good.id})

    def test_says_nothing_of_the_machine_where_nothing_is_served(self, world: Config, tmp_path: Path) -> None:
        client = create_app(replace(world, releases=tmp_path / "none")).test_client()
        response = client.get("/health/ready", headers=self.JSON)
        assert response.status_code == 503
        assert str(tmp_path) not in response.text
        assert response.headers["Cache-Control"] == "no-store"
        assert client.get("/health/live").status_code == 200

    def test_says_that_queries_are_not_confined(
        self, world: Config, release: Release, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Sandbox, "confinement", lambda _: UNCONFINED)
        assert create_app(world).test_client().get("/health/ready").text == "ready\n"
        client = create_app(replace(world, allow_unconfined=True)).test_client()
        assert client.get("/health/ready").text == "ready, unconfined\n"
        assert client.get("/health/ready", headers=self.JSON).json == {
            "status": "ready",
            "release": release.id,
            "confinement": "unconfined",
        }

    def test_does_not_wait_to_know_whether_queries_are_confined(
        self, world: Config, release: Release, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(_: Sandbox) -> str:
            raise StoreBusy(1)

        monkeypatch.setattr(Sandbox, "confinement", busy)
        app = create_app(replace(world, allow_unconfined=True))
        assert app.test_client().get("/health/ready").text == "ready\n"
        with app.test_request_context("/"):
            assert site.is_confined()


def fetched(address: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_real_server(world: Config, release: Release, tmp_path: Path) -> None:
    """Its log is JSON from the first line to the last, and its figures are summed, elsewhere than where it serves."""
    with gunicorn(replace(world, metrics="127.0.0.1:0"), tmp_path) as server:
        for _ in range(20):
            assert fetched(server.address + "/clusters?x=secret", Cookie="secret")[0] == 200
        assert fetched(server.address + "/metrics")[0] == 404
        status, figures = fetched(f"http://127.0.0.1:{server.figures}/metrics")
        assert status == 200
        assert 'ctl_graph_requests_total{method="GET",route="/clusters",status="2xx"} 20.0' in figures
        assert f'ctl_graph_release_processes{{release="{release.id}"}}' in figures
        assert fetched(server.address + "/clusters", **{"bad name": "secret"})[0] == 400
        server.said("^Invalid request$")
        killed = int(server.said(r"Booting worker with pid: (\d+)")[1])
        os.kill(killed, signal.SIGKILL)
        server.said(rf"Worker \(pid:{killed}\) was sent SIGKILL")
        wait_until(lambda: not list((tmp_path / "state" / "metrics").glob(f"gauge_live*_{killed}.db")))
        figures = fetched(f"http://127.0.0.1:{server.figures}/metrics")[1]
        assert 'ctl_graph_requests_total{method="GET",route="/clusters",status="2xx"} 20.0' in figures
        log = server.log.read_text(encoding="utf-8")
    lines = server.lines()
    assert "secret" not in log
    assert sum(line["message"] == "request" for line in lines) == 21
    assert {line["logger"] for line in lines} == {"gunicorn.error", "ctl_graph.web.watch"}
    assert not any((tmp_path / "state" / "metrics").glob("gauge_live*"))


def test_without_an_address_there_are_no_figures_anywhere(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/metrics").status_code == 404
    monkeypatch.setenv("CTL_GRAPH_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("CTL_GRAPH_METRICS", raising=False)
    hooks = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    hooks["on_starting"](None)
    hooks["post_fork"](None, None)
    hooks["child_exit"](None, None)
    assert not (tmp_path / "state").exists()
