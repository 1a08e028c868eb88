"""A real server over a release: gunicorn with the project's own settings, at a port that the system chooses."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ctl_graph.config import PREFIX, Config

ROOT = Path(__file__).parents[1]


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0
    figures: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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
