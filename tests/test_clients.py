"""Clients that go away, at servers that are real: nobody works for them any more."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from werkzeug.serving import make_server

from ctl_graph.config import Config
from ctl_graph.release import Release
from ctl_graph.sandbox import Sandbox
from ctl_graph.web import create_app, site

ROOT = Path(__file__).parents[1]
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
VISITS = 50


def until(condition: Callable[[], object], seconds: float = 30.0) -> float:
    """How long it took; a failure where it took too long."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.005)
    return time.monotonic() - began


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def place(world: Config, release: Release) -> Iterator[tuple[int, Sandbox]]:
    """The port of a server over Valdoro where a query may take long, and its sandbox."""
    app = create_app(replace(world, query_seconds=30.0, query_workers=1))
    with app.test_request_context():
        sandbox = site._opened().sandbox
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.port, sandbox
    server.shutdown()
    thread.join()
    server.server_close()
    sandbox.close()


def ask(port: int, query: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


def test_fifty_clients_that_go_away_cost_fifty_workers_at_most_and_nothing_else(place: tuple[int, Sandbox]) -> None:
    port, sandbox = place
    sandbox.confinement()
    before, freed = 0, []
    for visit in range(VISITS):
        connection = ask(port, ENDLESS)
        until(lambda: sandbox.figures()["busy"] == 1)
        connection.close()
        freed.append(until(lambda: sandbox.figures()["busy"] == 0))
        if visit == 0:
            until(lambda: sandbox.figures()["workers"] == 1)
            before = descriptors()
    until(lambda: sandbox.figures()["workers"] == 1)
    assert sorted(freed)[VISITS // 2] < 1, freed
    # Who is seen to be gone before the worker is asked costs none.
    assert 0 < sandbox.figures()["killed"] <= VISITS
    until(lambda: descriptors() <= before + 2)
    with urlopen(f"http://127.0.0.1:{port}/sparql?query=ASK%7B%7D", timeout=20) as response:
        assert response.read() == b'{"head":{},"boolean":true}'


# -- gunicorn --------------------------------------------------------------------------------------------------------

REFUSING = """
import ctl_graph.sandbox
ctl_graph.sandbox.prove_confinement.__defaults__ = ((),)  # no way of confining works on this machine
from server import app
"""


@contextmanager
def gunicorn(world: Config, folder: Path, application: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    (folder / "refusing.py").write_text(REFUSING, encoding="utf-8")
    environment = {
        **os.environ,
        "CTL_GRAPH_CONFIG": str(ROOT / "tests" / "world" / "ctl-graph.toml"),
        "CTL_GRAPH_RELEASES": str(world.releases),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}",
        "PYTHONUNBUFFERED": "1",
        **{f"CTL_GRAPH_{name}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--workers", "1", "--threads", "4"]
    with subprocess.Popen(
        [*command, "--no-control-socket", "--config", os.devnull, application],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            yield server
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=40)
        finally:
            server.kill()


def _port(server: "subprocess.Popen[str]") -> int:
    assert server.stderr is not None
    for line in server.stderr:
        if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    raise AssertionError("gunicorn does not listen")


def _query_workers(parent: int) -> list[int]:
    """The query workers that a server's processes have, idle or busy."""
    found = []
    for child in Path(f"/proc/{parent}/task").glob("*/children"):
        for pid in map(int, child.read_text().split()):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            found += [pid] if b"ctl_graph.worker" in command else _query_workers(pid)
    return found


def test_gunicorn_lends_the_connection(world: Config, release: Release, tmp_path: Path) -> None:
    settings = {"QUERY_SECONDS": "30", "QUERY_WORKERS": "1"}
    with gunicorn(world, tmp_path, "server:app", **settings) as server:
        port = _port(server)
        for _ in range(3):
            # Once it has answered, the worker is no longer starting: what it does then, it does for the visitor.
            with urlopen(f"http://127.0.0.1:{port}/sparql?query=ASK%7B%7D", timeout=60) as response:
                assert response.read() == b'{"head":{},"boolean":true}'
                assert response.headers["Content-Length"] == "26"
            until(lambda: len(_query_workers(server.pid)) == 1)
            (busy,) = _query_workers(server.pid)
            connection = ask(port, ENDLESS)
            began = _ticks(busy)
            until(lambda pid=busy, ticks=began: _ticks(pid) > ticks + 5)
            connection.close()
            assert until(lambda pid=busy: not Path(f"/proc/{pid}").exists()) < 5
    assert server.returncode == 0


def _ticks(pid: int) -> int:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15]))


def test_gunicorn_does_not_boot_where_nothing_is_confined(world: Config, tmp_path: Path) -> None:
    with gunicorn(world, tmp_path, "refusing:app") as server:
        assert server.stderr is not None
        said = server.stderr.read()
        assert server.wait(40) != 0
    assert "visitors' queries cannot be confined here" in said
    assert "allow_unconfined" in said


def test_it_does_where_the_operator_says_so(world: Config, release: Release, tmp_path: Path) -> None:
    with gunicorn(world, tmp_path, "refusing:app", ALLOW_UNCONFINED="true") as server:
        port = _port(server)
        with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=60) as response:
            assert response.status == 200
