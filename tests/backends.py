"""The servers that a release is loaded into, as a machine has them: Virtuoso from Debian, Oxigraph server from PyPI.

Each runs on ports that were free, with its database in a temporary folder, and ends with the test run.
"""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

USER, PASSWORD = "dba", "dba"
_STARTING: Final = 60.0
# What is not said here is small or off by itself: no full-text index, no other protocol, no log of visitors.
_VIRTUOSO: Final = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 10
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = {folder}
CheckpointInterval = 0
DisableUnixSocket = 1
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 5
[SPARQL]
DefaultQuery = SELECT * WHERE {{ }}
"""


@dataclass(frozen=True)
class Server:
    """Where a server takes graphs, and where it answers; `user` is empty where it asks for nobody."""

    name: str
    store: str
    sparql: str
    user: str = ""
    password: str = ""


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("Virtuoso is not here: apt install virtuoso-opensource-7-bin")
    sql, http = _free_ports(2)
    settings = folder / "virtuoso.ini"
    settings.write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http), encoding="utf-8")
    base = f"http://127.0.0.1:{http}"
    with _running(
        [program, "+foreground", "+wait", "+configfile", str(settings)], f"{base}/sparql?query=ASK%7B%7D", folder
    ):
        yield Server("virtuoso", f"{base}/sparql-graph-crud-auth", f"{base}/sparql", USER, PASSWORD)


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("the Oxigraph server is not here: pip install oxigraph")
    (port,) = _free_ports(1)
    base = f"http://127.0.0.1:{port}"
    command = [program, "serve", "--location", str(folder / "store"), "--bind", f"127.0.0.1:{port}"]
    with _running(command, f"{base}/query?query=ASK%7B%7D", folder):
        yield Server("oxigraph-server", f"{base}/store", f"{base}/query")


@contextmanager
def _running(command: list[str], address: str, folder: Path) -> Iterator[None]:
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(process, address, folder)
        yield
    finally:
        process.kill()  # the database is thrown away, and an orderly end would write it out first
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, folder: Path) -> None:
    until = time.monotonic() + _STARTING
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{process.args!r} does not start: {(folder / 'output').read_text(errors='replace')}")
        time.sleep(0.1)


def _answers(address: str) -> bool:
    place = urlsplit(address)
    connection = HTTPConnection(place.netloc, timeout=5)
    try:
        connection.request("GET", f"{place.path}?{place.query}")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
