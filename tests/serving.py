"""A real server over a release: gunicorn with the project's own settings, at a port that the system chooses."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from ctl_graph.config import PREFIX, Config

ROOT = Path(__file__).parents[1]


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """The address of the application in this process, with a slash at its end."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Response:
    """What came back: `headers` by their names in small letters, the body whole."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Server:
    """Where it listens and serves its figures, its first process, and its log."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0
    figures: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged so far; every line is JSON, or this fails."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def said(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Wait until a message of the log is this."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.log.read_text(encoding="utf-8").splitlines(keepends=True):
                if line.endswith("\n") and (found := re.search(pattern, json.loads(line)["message"])):
                    return found
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)
        raise AssertionError(f"{pattern} was not logged: {self.log.read_text(encoding='utf-8')}")


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
def gunicorn(config: Config, folder: Path, **environ: str) -> Iterator[Server]:
    """The server with these settings; its log and its state are in the folder."""
    settings = {PREFIX + setting.name.upper(): str(getattr(config, setting.name)) for setting in fields(config)}
    state = {PREFIX + "STATE": str(folder / "state")}
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "server:app"],
            cwd=ROOT,
            env={**os.environ, **settings, **state, "PORT": "0", "WEB_CONCURRENCY": "2", **environ},
            stdout=file,
            stderr=file,
        )
    server = Server(process, log)
    try:
        server.port = int(server.said(r"Listening at: http://127\.0\.0\.1:(\d+)")[1])
        if config.metrics:
            server.figures = int(server.said(r"Figures at: http://127\.0\.0\.1:(\d+)/")[1])
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()


@contextmanager
def serving(config: Config, **settings: Any) -> Iterator[Server]:
    """One process of it, with these settings before those of `config`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        gunicorn(replace(config, **settings), Path(folder), WEB_CONCURRENCY="1") as server,
    ):
        yield server
