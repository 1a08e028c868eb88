"""A real server for tests: gunicorn with our own settings, in a process of its own, at a free port."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from ctl_graph.config import PREFIX, Config

ROOT = Path(__file__).parents[1]
_LISTENS = re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True)
class Response:
    """What came back: `headers` by their names in small letters, the body whole."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Server:
    """Where it listens, and the process that listens there."""

    port: int
    process: "subprocess.Popen[bytes]"

    def open(
        self, target: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """One request over a connection of its own; a body cut short on its way raises `IncompleteRead`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target, body, dict(headers or {}))
            response = connection.getresponse()
            read = response.read()
            return Response(response.status, read, {name.lower(): value for name, value in response.getheaders()})
        finally:
            connection.close()

    def query_workers(self) -> list[int]:
        """The processes that run visitors' queries: children of the children of gunicorn's first process."""
        servers = set(_children({self.process.pid}))
        return [pid for pid in _children(servers) if b"ctl_graph.worker" in _command(pid)]


def _children(parents: set[int]) -> list[int]:
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                status = (path / "status").read_text()
                if int(status.partition("\nPPid:\t")[2].split("\n")[0]) in parents:
                    found.append(int(path.name))
    return found


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextmanager
def serving(config: Config, **settings: object) -> Iterator[Server]:
    """Serve what is published under `config`; `settings` of ours go before those of the file."""
    ours = {"base_iri": config.base_iri, "ontology": config.ontology, "data": config.data, "releases": config.releases}
    variables = {PREFIX + name.upper(): str(value) for name, value in {**ours, **settings}.items()}
    environment = {**os.environ, **variables, "HOST": "127.0.0.1", "PORT": "0", "WEB_CONCURRENCY": "1"}
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "gunicorn", "server:app"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield Server(_port(process, log.fileno()), process)
        finally:
            process.terminate()
            process.wait(60)


def _port(process: "subprocess.Popen[bytes]", log: int) -> int:
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        if found := _LISTENS.search(os.pread(log, 1 << 16, 0).decode()):
            return int(found[1])
        time.sleep(0.05)
    process.kill()
    raise AssertionError(os.pread(log, 1 << 16, 0).decode())
