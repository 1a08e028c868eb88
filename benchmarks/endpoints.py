"""Print requests per second of a point query: ours, and others' endpoints that serve the same data in the same run.

    python -m benchmarks.endpoints

Each round asks every server once, one after the other, so that the machine's noise cancels in the ratios; the median of
the rounds is printed. A server that is not installed is named with how to get it.
"""

import gzip
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from benchmarks.figures import ROOT, Case, answer, free_port, rate, served, settings

ROUNDS = 5
GRAPH = "https://w3id.org/ctl/graph/accepted"
QUERY = f"SELECT ?p ?o WHERE {{ GRAPH <{GRAPH}> {{ <https://w3id.org/ctl/id/cluster/afil> ?p ?o }} }}"
JSON = {"Accept": "application/sparql-results+json"}
START_SECONDS = 180
VIRTUOSO = Path("/usr/bin/virtuoso-t")

Server = tuple[int, str]  # the port, and the path of the endpoint


def main() -> None:
    dump = ROOT / "releases" / "current" / "dumps" / "ctl-graph.nq.gz"
    if not dump.exists():
        raise SystemExit("there is no release to serve: make build")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        data = Path(folder, "data.nq")
        data.write_bytes(gzip.decompress(dump.read_bytes()))
        cases: dict[str, tuple[int, Case]] = {}
        for name, start in SERVERS.items():
            try:
                port, path = running.enter_context(start(data))
            except NotInstalled as missing:
                print(f"{name:16} {missing}")
                continue
            cases[name] = port, Case(name, f"{path}?query={quote(QUERY)}", JSON)
        agree(cases)
        compare(cases)


class NotInstalled(Exception):
    """A server is not on this machine; the text says how to get it."""


def agree(cases: dict[str, tuple[int, Case]]) -> None:
    """Whoever gives another answer is no competitor."""
    rows = {name: len(ask(port, case)) for name, (port, case) in cases.items()}
    print(f"each gives {rows.pop('ours')} rows")
    assert set(rows.values()) <= {len(ask(*cases["ours"]))}, rows


def ask(port: int, case: Case) -> list[object]:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", case.path, headers=dict(case.headers))
    found: list[object] = json.loads(connection.getresponse().read())["results"]["bindings"]
    connection.close()
    return found


def compare(cases: dict[str, tuple[int, Case]]) -> None:
    rates: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, (port, case) in cases.items():
            rates[name].append(rate(port, case))
    ours = statistics.median(rates["ours"])
    for name, measured in rates.items():
        median = statistics.median(measured)
        print(f"{name:16} {median:7.0f} requests/s   ours is {ours / median:6.2f} of it")


# -- the servers -----------------------------------------------------------------------------------------------------


@contextmanager
def ours(_data: Path) -> Iterator[Server]:
    with served("server:app", settings(str(ROOT / "releases"))) as port:
        yield port, "/sparql"


@contextmanager
def oxigraph(data: Path) -> Iterator[Server]:
    program = Path(sys.executable).with_name("oxigraph")
    if not program.exists():
        raise NotInstalled("is missing: pip install oxigraph")
    store, port = data.with_name("oxigraph"), free_port()
    subprocess.run([program, "load", "--location", store, "--file", data], check=True, capture_output=True)
    command = [program, "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{port}"]
    with process([str(part) for part in command], data.parent, port):
        yield port, "/query"


_RDFLIB = """
import sys, uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
data = Dataset()
data.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=data), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""


@contextmanager
def rdflib_endpoint(data: Path) -> Iterator[Server]:
    for library in ("rdflib_endpoint", "uvicorn"):
        if importlib.util.find_spec(library) is None:
            raise NotInstalled(f"is missing: pip install {library.replace('_', '-')}")
    port = free_port()
    with process([sys.executable, "-c", _RDFLIB, str(data), str(port)], data.parent, port):
        yield port, "/"


_VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 12000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 100000
"""


@contextmanager
def virtuoso(data: Path) -> Iterator[Server]:
    isql = shutil.which("isql-vt") or shutil.which("isql-v")
    if not VIRTUOSO.exists() or isql is None:
        raise NotInstalled("is missing: apt install virtuoso-opensource-7-bin")
    folder, sql, http = data.with_name("virtuoso"), free_port(), free_port()
    folder.mkdir()
    shutil.copy(data, folder)
    ini = folder / "virtuoso.ini"
    ini.write_text(_VIRTUOSO_INI.format(sql=sql, http=http, folder=folder), encoding="utf-8")
    with process([str(VIRTUOSO), "+foreground", "+configfile", str(ini)], folder, http):
        load = f"ld_dir('{folder}', '*.nq', 'urn:x'); rdf_loader_run(); checkpoint;"
        command = [isql, f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"]
        subprocess.run(command, check=True, capture_output=True, timeout=START_SECONDS)
        yield http, "/sparql"


@contextmanager
def process(command: list[str], folder: Path, port: int) -> Iterator[None]:
    """A server in the folder, until the block ends; it listens when the block begins."""
    silent = subprocess.DEVNULL
    started = subprocess.Popen(command, cwd=folder, stdout=silent, stderr=silent, env={**os.environ, "NO_PROXY": "*"})
    try:
        until = time.monotonic() + START_SECONDS
        while not listens(port):
            if started.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{command[0]} did not come up")
            time.sleep(0.2)
        yield
    finally:
        started.terminate()
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def listens(port: int) -> bool:
    try:
        answer(port, Case("", "/"))
    except OSError:
        return False
    return True


SERVERS: dict[str, Callable[[Path], "contextmanager[Server]"]] = {  # type: ignore[type-arg]
    "ours": ours,
    "Oxigraph server": oxigraph,
    "rdflib-endpoint": rdflib_endpoint,
    "Virtuoso": virtuoso,
}

if __name__ == "__main__":
    main()
