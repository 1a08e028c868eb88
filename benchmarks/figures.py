"""Print what a build costs, and requests per second as ratios to a bare Flask app on the same server in the same run.

    make benchmark

The machine's noise cancels in the ratios: each round measures every case once, and the median of the rounds is printed.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from ctl_graph.build import build
from ctl_graph.config import Config

ROOT = Path(__file__).parents[1]
ROUNDS, CLIENTS, SECONDS = 3, 4, 3.0
POINT_QUERY = "SELECT ?p ?o WHERE { <https://w3id.org/ctl/id/cluster/afil> ?p ?o }"


@dataclass(frozen=True)
class Case:
    """One kind of request; `status` is what every answer must have."""

    name: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = replace(Config.load(ROOT / "ctl-graph.toml"), releases=Path(folder))
        print_build(config)
        with served("benchmarks.hello:app", {}) as hello, served("server:app", settings(folder)) as ours:
            print_requests(hello, ours)


def settings(folder: str) -> dict[str, str]:
    """Whoever measures asks more than a client may, and is one."""
    return {"CTL_GRAPH_RELEASES": folder, "CTL_GRAPH_QUERY_BUDGET": "0"}


def print_build(config: Config) -> None:
    begun = time.perf_counter()
    manifest = build(config).manifest
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    build(config)
    again = time.perf_counter() - begun
    print(
        f"build: {seconds:.1f} s for {manifest['quads']} quads ({manifest['accepted']} accepted); again: {again:.1f} s"
    )


def print_requests(hello: int, ours: int) -> None:
    document = "/doc/cluster/afil.ttl"
    etag = answer(ours, Case("", document)).headers["ETag"]
    cases = [
        Case("Turtle document", document),
        Case("the same, 304", document, {"If-None-Match": etag}, 304),
        Case("HTML page", "/doc/cluster/afil", {"Accept": "text/html"}),
        Case("point query", f"/sparql?query={quote(POINT_QUERY)}", {"Accept": "application/sparql-results+json"}),
    ]
    bare = Case("bare Flask", "/")
    rates: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for case, port in [(bare, hello), *((case, ours) for case in cases)]:
            rates.setdefault(case.name, []).append(rate(port, case))
    base = statistics.median(rates[bare.name])
    for name, measured in rates.items():
        median = statistics.median(measured)
        print(f"{name:16} {median:7.0f} requests/s   {median / base:5.2f} of bare Flask")


def rate(port: int, case: Case) -> float:
    """Requests per second of some clients that ask one after the other on kept connections."""
    until = time.perf_counter() + SECONDS
    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(lambda _: ask_until(until, port, case), range(CLIENTS))) / SECONDS


def ask_until(until: float, port: int, case: Case) -> int:
    connection, asked = http.client.HTTPConnection("127.0.0.1", port), 0
    while time.perf_counter() < until:
        connection.request("GET", case.path, headers=dict(case.headers))
        # A server that sends head and body apart waits for our sign between them, which Linux gives 40 ms later.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        response = connection.getresponse()
        response.read()
        assert response.status == case.status, f"{case.path}: {response.status}"
        asked += 1
    connection.close()
    return asked


def answer(port: int, case: Case) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", case.path, headers=dict(case.headers))
    response = connection.getresponse()
    response.read()
    return response


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(app: str, environ: Mapping[str, str]) -> Iterator[int]:
    """The app behind gunicorn with our own settings, until the block ends."""
    with launched(app, environ, subprocess.DEVNULL) as (port, _):
        yield port


@contextmanager
def launched(app: str, environ: Mapping[str, str], log: int | None = None) -> Iterator[tuple[int, int]]:
    """The same, with the number of gunicorn's first process; `log` is where it says what it has to say."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--log-level", "critical", app]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ, "PORT": str(port)}, stderr=log)
    try:
        wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(60)


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            answer(port, Case("", "/"))
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main()
