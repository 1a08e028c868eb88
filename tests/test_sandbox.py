"""Visitors' queries: whatever they do, the process that asked lives on, and the next query is answered."""

import csv
import errno
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ctypes.util import find_library
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, parse, parse_query_results
from pyoxigraph import Store as Oxigraph

from ctl_graph.config import Config
from ctl_graph.errors import (
    BadQuery,
    ClientGone,
    ConfigError,
    NoFormat,
    NoSpace,
    QueryCrashed,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    StoreBusy,
    StoreError,
    StoreUnavailable,
)
from ctl_graph.formats import BOOLEANS, CSV, GRAPHS, JSON_LD, SPARQL_JSON, TABLES, TSV, TURTLE, Format
from ctl_graph.pool import Pool, _Had
from ctl_graph.process import Limits
from ctl_graph.sandbox import Quarantine, Sandbox, prove_confinement
from ctl_graph.spool import Caps
from ctl_graph.store import Kind, OxigraphStore, QuerySolutions
from ctl_graph.tokens import is_update, refuse_federation
from ctl_graph.worker import HEAD, LONGEST_PART

BASE = "https://example.org/region/"
NAME = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
GRAPH = NamedNode(BASE + "graph/one")
THINGS = 2_000
EVERYTHING = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a"
PLANNER_BOMB = "SELECT * { ?s ?p " + "(" * 300 + "1" + ")" * 300 + " }"
NESTED = {
    "groups": "SELECT * " + "{" * 5_000,
    "brackets": "SELECT * { FILTER(" + "(" * 12_000 + "1" + ")" * 12_000 + ") }",
    "signs": "SELECT * { FILTER(" + "!" * 30_000 + "true) }",
    "sums": "SELECT * { FILTER(" + "1+" * 30_000 + "1) }",
}

needs_seccomp = pytest.mark.skipif(find_library("seccomp") is None, reason="libseccomp2 is not installed")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sandbox") / "store"
    writable = Oxigraph(str(path))
    things = [NamedNode(f"{BASE}id/thing/{number}") for number in range(THINGS)]
    writable.bulk_extend(
        Quad(thing, NAME, Literal(f'Thing «{n}», "so"', language="en")) for n, thing in enumerate(things)
    )
    writable.add(Quad(things[0], NAME, Literal("solo qui", language="it"), GRAPH))
    writable.flush()
    return path


Maker = Callable[..., Sandbox]


@pytest.fixture(scope="module")
def make(store: Path) -> Iterator[Maker]:
    made: list[Sandbox] = []
    of_others = set(children())

    def sandbox(**changes: Any) -> Sandbox:
        settings = {"seconds": 5.0, "memory": 256, "answer": 10, "workers": 1, "queue": 4, **changes}
        made.append(Sandbox(settings.pop("path", store), **settings))
        return made[-1]

    yield sandbox
    for each in made:
        each.close()
    assert set(children()) <= of_others


@pytest.fixture(scope="module")
def sandbox(make: Maker) -> Sandbox:
    return make(workers=2)


@pytest.fixture(scope="module")
def hasty(make: Maker) -> Sandbox:
    return make(seconds=0.7, queue=0)


def suffix(format: Format) -> str:
    return format.suffix


def children(parent: int | None = None) -> list[int]:
    """The query workers of a process, as the system sees them."""
    return [
        pid
        for pid in (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
        if _is_worker_of(pid, parent or os.getpid())
    ]


def _is_worker_of(pid: int, parent: int) -> bool:
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        status = Path(f"/proc/{pid}/status").read_text()
        return b"ctl_graph.worker" in command and f"\nPPid:\t{parent}\n" in status
    return False


def workers(sandbox: Sandbox) -> list[int]:
    return sorted(worker.pid for worker in sandbox._pool()._alive)


def until(condition: Callable[[], object], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def ticks(pid: int) -> int:
    """The processor time that a process has used, in the system's hundredths of a second."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15]))


def answers(sandbox: Sandbox) -> bool:
    """Whether it does in the end: on a busy machine a worker takes its time to start, and so does the first answer."""
    for _ in range(10):
        with suppress(StoreBusy, QueryTimeout):
            return sandbox.answer("ASK { ?s ?p ?o }").read() == b'{"head":{},"boolean":true}'
    return False


# -- answers ---------------------------------------------------------------------------------------------------------


def test_the_sandbox_is_a_store_that_agrees_with_the_one_in_this_process(sandbox: Sandbox, store: Path) -> None:
    inside, outside = sandbox.query(EVERYTHING), OxigraphStore(store).query(EVERYTHING)
    assert isinstance(inside, QuerySolutions)
    assert isinstance(outside, QuerySolutions)
    rows = {(str(row["s"]), str(row["o"])) for row in inside}
    assert rows == {(str(row["s"]), str(row["o"])) for row in outside}
    assert len(rows) == THINGS


def test_a_graph_comes_back_as_triples(sandbox: Sandbox) -> None:
    triples = list(sandbox.query("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 10"))  # type: ignore[arg-type]
    assert len(triples) == 10


def test_the_dataset_of_the_protocol_is_what_is_asked(sandbox: Sandbox) -> None:
    count = "SELECT * { ?s ?p ?o }"
    assert len(list(sandbox.query(count, default_graphs=[GRAPH.value]))) == 1  # type: ignore[arg-type]
    assert list(sandbox.query(count, named_graphs=[GRAPH.value])) == []  # type: ignore[arg-type]
    named = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    assert len(list(sandbox.query(named, named_graphs=[GRAPH.value]))) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("format", GRAPHS, ids=suffix)
def test_every_graph_format_says_the_same(sandbox: Sandbox, format: Format) -> None:
    query = "CONSTRUCT WHERE { ?s ?p ?o }"
    answer = sandbox.answer(query, choices={"graph": format})
    assert (answer.kind, answer.format) == ("graph", format)
    assert format.codec is not None
    triples = {quad.triple for quad in parse(answer.read(), format=format.codec)}  # type: ignore[arg-type]
    assert len(triples) == THINGS
    assert triples == set(sandbox.query(query))  # type: ignore[arg-type]
    assert answer.read() == sandbox.answer(query, choices={"graph": format}).read()


def test_json_ld_is_compacted(sandbox: Sandbox) -> None:
    body = sandbox.answer("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2", choices={"graph": JSON_LD}).read()
    assert b'"skos:prefLabel"' in body
    assert b'"@context"' in body


@pytest.mark.parametrize("format", TABLES, ids=suffix)
def test_every_table_format_says_the_same(sandbox: Sandbox, format: Format) -> None:
    answer = sandbox.answer("SELECT ?s ?o { ?s ?p ?o }", choices={"solutions": format})
    assert (answer.kind, answer.format) == ("solutions", format)
    assert _table(answer.read(), format) == {(f"{BASE}id/thing/{n}", f'Thing «{n}», "so"') for n in range(THINGS)}


def _table(body: bytes, format: Format) -> set[tuple[str, ...]]:
    if format is CSV:
        header, *rows = csv.reader(body.decode().splitlines())
        assert header == ["s", "o"]
        return {tuple(row) for row in rows}
    solutions = parse_query_results(body, format=format.codec)  # type: ignore[arg-type]
    return {(row["s"].value, row["o"].value) for row in solutions}  # type: ignore[union-attr,index,call-overload]


@pytest.mark.parametrize("format", BOOLEANS, ids=suffix)
@pytest.mark.parametrize("truth", [True, False])
def test_every_format_says_yes_and_no(sandbox: Sandbox, format: Format, truth: bool) -> None:
    query = "ASK {}" if truth else "ASK { <a:b> <a:b> <a:b> }"
    body = sandbox.answer(query, choices={"boolean": format}).read()
    if format is CSV:
        assert body == str(truth).lower().encode()
    else:
        assert bool(parse_query_results(body, format=format.codec)) is truth  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "kind"), [("ASK {}", "boolean"), ("SELECT * {}", "solutions"), ("DESCRIBE <a:b>", "graph")]
)
def test_a_kind_without_a_format_is_said(sandbox: Sandbox, query: str, kind: str) -> None:
    choices = {"boolean": SPARQL_JSON, "solutions": SPARQL_JSON, "graph": TURTLE}
    with pytest.raises(NoFormat) as caught:
        sandbox.answer(query, choices={**choices, kind: None})  # type: ignore[dict-item]
    assert caught.value.kind == kind


def test_an_answer_is_whole_or_an_error(make: Maker) -> None:
    small = make(answer=1)
    for query, format in [
        ("SELECT * { ?s ?p ?o . ?t ?q ?u } LIMIT 20000", SPARQL_JSON),
        ("SELECT * { ?s ?p ?o . ?t ?q ?u } LIMIT 20000", CSV),
    ]:
        with pytest.raises(QueryTooLarge, match="1 MB"):
            small.answer(query, choices={"solutions": format})
    with pytest.raises(QueryTooLarge, match="1 MB"):
        small.answer("CONSTRUCT { ?s ?q ?o , ?u } { ?s ?p ?o . ?t ?q ?u } LIMIT 30000", choices={"graph": TURTLE})
    assert answers(small)


# -- wrong queries ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT * {\n  ?s ?p ?o", 2, 11),
        ("SELECT * {\n ?s\n ?p ?o . FILTRE(?o) }", 3, 18),
        ("", 1, 1),
        ("ASK {} ASK {}", 1, 14),
    ],
)
def test_wrong_syntax_is_told_with_the_place_where_reading_stopped(
    sandbox: Sandbox, query: str, line: int, column: int
) -> None:
    with pytest.raises(BadQuery) as caught:
        sandbox.answer(query)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (<a:b>(1) AS ?x) {}",
        "SELECT * { ?s ?p \ud800 }",
        "ASK { ?s \x00 ?o }",
        "PREFIX x: <y> ASK { x:a x:b z:c }",
    ],
)
def test_other_mistakes_are_the_querys_too(sandbox: Sandbox, query: str) -> None:
    with pytest.raises(BadQuery):
        sandbox.answer(query)


def test_a_prefix_that_is_not_declared_is_said(sandbox: Sandbox) -> None:
    with pytest.raises(BadQuery, match="prefix") as caught:
        sandbox.answer("SELECT ?s WHERE { ?s ctl:domain ?d }")
    assert caught.value.line == 1
    assert caught.value.explanation is not None
    assert "PREFIX ctl:" in caught.value.explanation.it


@pytest.mark.parametrize("name", ["", "no iri", "a:b>", "<a:b>", "relative"])
def test_a_graph_is_named_by_an_iri(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(BadQuery):
        sandbox.answer("ASK {}", default_graphs=[name])


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:b> <a:b> <a:b> }",
        "# SELECT\nPREFIX select: <a:b> DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1/>",
        "clear all",
        "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_an_update_is_refused_in_plain_words(sandbox: Sandbox, update: str) -> None:
    assert is_update(update)
    with pytest.raises(BadQuery, match="only reads"):
        sandbox.answer(update)


# -- calling out -----------------------------------------------------------------------------------------------------

FEDERATED = [
    "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }",
    "SELECT * { service silent ?x { ?s ?p ?o } }",
    "SELECT * {\n?s ?p 1.SERVICE<http://a.example/>{} }",
    "SELECT * { ?s ?p 'SERVICE'@it. SERVICE <http://a.example/> {} }",
    "SELECT * { # SERVICE\r SERVICE <http://a.example/> {} }",
    'SELECT * { ?s ?p """a"b"""@it . SERVICE <http://a.example/> {} }',
    r"SELECT * { \u0053ERVICE <http://a.example/> {} }",
    "SELECT * { ?s ?p 1SERVICE <http://a.example/> {} }",
    "SELECT * { ?s ?p 1.5e0SERVICE <http://a.example/> {} }",
    "PREFIX ex: <http://a.example/> SELECT * { SERVICEex:b {} }",
    "PREFIX : <http://a.example/> PREFIX SERVICE: <http://b.example/> SELECT * { SERVICE:b {} }",
    "SELECT * { SERVICESILENT<http://a.example/> {} }",
]
NOT_FEDERATED = [
    'SELECT ?service { ?service $service \'SERVICE\', "a \\" SERVICE", \'\'\'a \' SERVICE\'\'\', """" SERVICE """ }',
    "PREFIX service: <http://SERVICE.example/#SERVICE> SELECT * { service:a ?p service:SERVICE, _:SERVICE }",
    "# SERVICE\nASK { ?s <http://a.example/SERVICE> 'x'@service }",
    "ASK { ?s ?p ?o # SERVICE <x> {}\n }",
]


@pytest.mark.parametrize("query", FEDERATED)
def test_service_is_refused_in_plain_words(sandbox: Sandbox, query: str) -> None:
    with pytest.raises(BadQuery, match="SERVICE") as caught:
        sandbox.answer(query)
    assert caught.value.line is not None


@pytest.mark.parametrize("query", NOT_FEDERATED)
def test_the_word_service_is_free_elsewhere(sandbox: Sandbox, query: str) -> None:
    assert sandbox.answer(query).read()


def test_the_scan_is_linear() -> None:
    began = time.thread_time()
    for text in ('"\\', "'''a", "PREFIX SERVICE: ", "a.b-", "<", '"""', "{", "@a", ":\\"):
        refuse_federation(text * (100_000 // len(text)) + "\\")
    assert time.thread_time() - began < 3


@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    """A port where someone listens, and who called."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    connection, caller = server.accept()
                    calls.append(caller)
                    connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], calls
        time.sleep(0.1)
        ended.set()
        thread.join()


@pytest.mark.parametrize("way", [pytest.param("seccomp", marks=needs_seccomp), "landlock"])
def test_without_the_scan_nobody_is_called_either(make: Maker, listener: tuple[int, list[object]], way: str) -> None:
    port, calls = listener
    sandbox = make(ways=[way])
    sandbox._scan = False
    try:
        assert sandbox.confinement() == way
    except StoreUnavailable:
        if way == "landlock":
            pytest.skip("this kernel's Landlock does not know the network (it does from Linux 6.7 on)")
        raise
    for silent in ("", "SILENT"):
        with suppress(StoreUnavailable):
            sandbox.answer(f"SELECT * {{ SERVICE {silent} <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")
    with suppress(StoreError):
        sandbox.answer(f"SELECT * FROM <http://127.0.0.1:{port}/> {{ ?s ?p ?o }}")
    time.sleep(0.1)
    assert calls == []


def test_the_listener_hears_a_worker_that_is_not_confined(make: Maker, listener: tuple[int, list[object]]) -> None:
    port, calls = listener
    sandbox = make(ways=[], allow_unconfined=True)
    sandbox._scan = False
    assert sandbox.confinement() == "none"
    with pytest.raises(StoreUnavailable) as caught:
        sandbox.answer(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")
    assert until(lambda: calls)
    assert "127.0.0.1" not in str(caught.value)


def test_who_cannot_be_confined_is_not_served(make: Maker) -> None:
    sandbox = make(ways=[])
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="allow_unconfined"):
            sandbox.answer("ASK {}")
    assert workers(sandbox) == []


@needs_seccomp
def test_a_server_proves_before_it_listens_that_queries_are_confined(tmp_path: Path) -> None:
    """Without a release, and leaving no process behind."""
    before = set(children())
    prove_confinement(_settings(tmp_path))
    assert set(children()) == before


def test_a_server_that_cannot_confine_does_not_start_unless_it_is_told_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(StoreUnavailable, match=r"cannot be confined here.*allow_unconfined"):
        prove_confinement(_settings(tmp_path), ways=[])
    prove_confinement(_settings(tmp_path, ALLOW_UNCONFINED="yes"), ways=[])
    assert "served unconfined" in caplog.text
    prove_confinement(_settings(tmp_path, ENDPOINT="https://example.org/sparql"), ways=[])


def _settings(folder: Path, **more: str) -> Config:
    named = {**{name: str(folder / "none") for name in ("ONTOLOGY", "DATA", "RELEASES")}, "BASE_IRI": BASE, **more}
    return Config.load(Path("missing.toml"), {f"CTL_GRAPH_{name}": value for name, value in named.items()})


@pytest.mark.parametrize(("word", "meaning"), [("true", True), ("No", False), ("0", False)])
def test_serving_unconfined_is_a_setting_that_is_said_in_words(word: str, meaning: bool) -> None:
    paths = {f"CTL_GRAPH_{name}": "somewhere" for name in ("ONTOLOGY", "DATA", "RELEASES")}
    environment = {**paths, "CTL_GRAPH_BASE_IRI": BASE, "CTL_GRAPH_ALLOW_UNCONFINED": word}
    assert Config.load(Path("missing.toml"), environment).allow_unconfined is meaning
    with pytest.raises(ConfigError, match="ALLOW_UNCONFINED"):
        Config.load(Path("missing.toml"), {**environment, "CTL_GRAPH_ALLOW_UNCONFINED": "perhaps"})


@needs_seccomp
def test_a_confined_process_can_do_nothing_but_compute(store: Path) -> None:
    """The calls that the filter names do fail, in a process that confined itself as a worker does."""
    script = textwrap.dedent("""
        import os, socket
        from ctl_graph.worker import SECCOMP, confine
        before = socket.socketpair()
        print(confine([SECCOMP]))
        def calls():
            yield lambda: socket.socket()
            yield lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            yield lambda: socket.socketpair()
            yield lambda: before[0].sendmsg([b"x"])
            yield lambda: os.fork()
            yield lambda: os.execv("/bin/true", ["true"])
            yield lambda: os.posix_spawn("/bin/true", ["true"], {})
            yield lambda: os.kill(os.getppid(), 0)
            yield lambda: os.pidfd_open(os.getppid())
        for call in calls():
            try:
                call()
            except PermissionError:
                print("refused")
            else:
                print("allowed")
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.split() == ["seccomp", *["refused"] * 9]


# -- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [ENDLESS, PLANNER_BOMB], ids=["endless", "planner"])
def test_a_query_ends_at_the_deadline(hasty: Sandbox, query: str) -> None:
    answers(hasty)
    began = time.monotonic()
    with pytest.raises(QueryTimeout) as caught:
        hasty.answer(query)
    assert caught.value.seconds == 0.7
    assert 0.65 < time.monotonic() - began < 5, "without a deadline it goes on for minutes"
    assert answers(hasty)


def test_a_worker_that_is_stopped_meets_the_deadline_too(hasty: Sandbox) -> None:
    answers(hasty)
    os.kill(workers(hasty)[0], signal.SIGSTOP)
    with pytest.raises(QueryTimeout):
        hasty.answer("ASK {}")
    assert answers(hasty)


@pytest.mark.parametrize(
    "query",
    [
        GREEDY,
        "SELECT * { "
        + "BIND('0123456789' AS ?x0) "
        + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(28))
        + " }",
    ],
    ids=["join", "strings"],
)
def test_a_query_that_wants_all_the_memory_gets_none(make: Maker, query: str) -> None:
    sandbox = make(memory=128, seconds=20)
    with pytest.raises(QueryTooLarge, match="128 MB of memory"):
        sandbox.answer(query)
    assert answers(sandbox)


@pytest.mark.parametrize("shape", NESTED)
def test_nesting_ends_a_worker_and_nothing_else(sandbox: Sandbox, shape: str) -> None:
    with pytest.raises((QueryCrashed, QueryTimeout, QueryTooLarge)):
        sandbox.answer(NESTED[shape])
    assert answers(sandbox)


def test_a_full_queue_is_said_at_once(make: Maker) -> None:
    sandbox = make(seconds=1.0, queue=1)
    answers(sandbox)
    with ThreadPoolExecutor(2) as others:
        running = [others.submit(sandbox.answer, ENDLESS)]
        assert until(lambda: not sandbox._pool()._idle)
        running.append(others.submit(sandbox.answer, "ASK {}"))
        assert until(lambda: sandbox.figures()["waiting"] == 1)
        began = time.monotonic()
        with pytest.raises(StoreBusy) as caught:
            sandbox.answer("ASK {}")
        assert time.monotonic() - began < 0.9, "it did not wait for a worker"
        assert caught.value.retry_after == 1
        assert isinstance(running[0].exception(), QueryTimeout)
    assert answers(sandbox)


def test_many_clients_with_bombs_among_them(make: Maker) -> None:
    sandbox = make(workers=2, queue=100, seconds=3.0)
    bombs = [*NESTED.values(), GREEDY]

    def visit(number: int) -> str:
        if number % 10 == 0:
            with pytest.raises(StoreError):
                sandbox.answer(bombs[number // 10 % len(bombs)])
            return "bomb"
        row = next(iter(sandbox.query(f"SELECT ?o {{ <{BASE}id/thing/{number}> ?p ?o }}")))  # type: ignore[call-overload]
        return str(row["o"].value)  # type: ignore[index,call-overload]

    with ThreadPoolExecutor(8) as visitors:
        seen = list(visitors.map(visit, range(80)))
    assert seen == ["bomb" if n % 10 == 0 else f'Thing «{n}», "so"' for n in range(80)]


def test_a_worker_does_not_grow_old(make: Maker) -> None:
    sandbox = make()
    answers(sandbox)
    (first,) = workers(sandbox)
    for _ in range(1_000):
        sandbox.answer("ASK {}")
    assert until(lambda: len(workers(sandbox)) == 1 and workers(sandbox) != [first])
    assert answers(sandbox)


@pytest.mark.parametrize("format", [*TABLES, *GRAPHS], ids=suffix)
def test_one_row_too_many_is_an_error_and_never_a_cut(make: Maker, format: Format) -> None:
    kind: Kind = "graph" if format in GRAPHS else "solutions"
    query = "CONSTRUCT WHERE { ?s ?p ?o }" if format in GRAPHS else EVERYTHING
    assert make(rows=THINGS).answer(query, choices={kind: format}).length > 100_000
    scarce = make(rows=THINGS - 1)
    with pytest.raises(QueryTooLarge, match="1,999 rows") as caught:
        scarce.answer(query, choices={kind: format})
    assert caught.value.reason == "rows"
    assert answers(scarce)
    assert scarce.figures()["killed"] == 0


def test_a_long_answer_is_on_the_disk_and_the_worker_stays_small(make: Maker) -> None:
    sandbox = make(answer=60, seconds=20)
    answers(sandbox)
    (pid,) = workers(sandbox)
    answer = sandbox.answer("SELECT * { ?s ?p ?o . ?t ?q ?u } LIMIT 100000", choices={"solutions": CSV})
    assert answer.length > 20_000_000
    assert answer.file._rolled  # type: ignore[attr-defined]
    assert sha256(answer.read()).hexdigest() == answer.digest
    assert 0 < answer.seconds < 20
    peak = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 100_000, "kilobytes; the table alone would be a third of it"


def test_an_answer_that_does_not_fit_on_the_disk_is_an_error(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = make()
    answers(sandbox)
    with monkeypatch.context() as full:
        full.setattr("tempfile.TemporaryFile", lambda *_, **__: Path("/dev/full").open("w+b"))  # noqa: SIM115
        full.setattr("ctl_graph.spool.IN_MEMORY", 10_000)
        with pytest.raises(NoSpace):
            sandbox.answer(EVERYTHING)
    assert answers(sandbox)


# -- an answer cut on its way ----------------------------------------------------------------------------------------

# The worker's own code, over a channel that ends the process after as many bytes as the query says behind `#`; a
# negative number counts from the end of the frame that closes the answer.
CUT = """\
import os, signal, sys
sys.path.insert(0, sys.argv.pop(1))
from ctl_graph import worker

class Channel:
    left = last = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def flush(self):
        pass

    def write(self, data):
        data = bytes(data)
        if self.last is not None:
            data, self.left = data[: len(data) + self.last], 0
        elif self.left is not None:
            data, self.left = data[: self.left], self.left - len(data)
        while data:
            data = data[os.write(0, data) :]
        if self.left is not None and self.left <= 0:
            signal.raise_signal(signal.SIGKILL)

def answer(self, question, sink):
    place = int(question["query"].rpartition("#")[2])
    channel.left = place if place >= 0 else None
    end = truly(self, question, sink)
    if place < 0:
        channel.last = place
    return end

channel, truly = Channel(), worker.Worker.answer
worker.open = lambda file, mode, closefd: channel if mode == "wb" else open(file, mode, closefd=closefd)
worker.Worker.answer = answer
worker.main()
"""
KEPT = 20_000


@pytest.mark.parametrize("format", [*TABLES, *GRAPHS], ids=suffix)
def test_a_worker_killed_at_any_byte_has_given_no_answer(
    make: Maker, monkeypatch: pytest.MonkeyPatch, format: Format
) -> None:
    kind: Kind = "graph" if format in GRAPHS else "solutions"
    monkeypatch.setattr("ctl_graph.process._START", CUT)
    monkeypatch.setattr("ctl_graph.spool.IN_MEMORY", KEPT)
    sandbox = make(workers=2)
    query = EVERYTHING if kind == "solutions" else "CONSTRUCT WHERE { ?s ?p ?o }"
    assert sandbox.answer(f"{query} #{sys.maxsize}", choices={kind: format}).length > 3 * KEPT
    for place in (1, HEAD.size + KEPT, HEAD.size + KEPT + 1, -1000, -1):
        with pytest.raises(QueryCrashed, match="before the answer was complete"):
            sandbox.answer(f"{query} # {format.suffix} #{place}", choices={kind: format})


@pytest.mark.parametrize("place", [0, 1, HEAD.size - 1, HEAD.size, HEAD.size + 1, HEAD.size + 25, HEAD.size + 26, -1])
def test_so_it_is_at_every_seam_of_a_truth(make: Maker, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    monkeypatch.setattr("ctl_graph.process._START", CUT)
    with pytest.raises(QueryCrashed):
        make().answer(f"ASK {{}} #{place}")


@pytest.mark.parametrize(
    "place", [HEAD.size + LONGEST_PART - 1, HEAD.size + LONGEST_PART, 2 * HEAD.size + LONGEST_PART]
)
def test_and_at_the_seams_of_the_parts(make: Maker, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    monkeypatch.setattr("ctl_graph.process._START", CUT)
    with pytest.raises(QueryCrashed):
        make().answer(f"{EVERYTHING} #{place}", choices={"solutions": TSV})


def test_a_worker_that_says_another_length_has_given_no_answer(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    lie = CUT.replace("    return end", "    return {**end, 'length': end['length'] - 1}")
    monkeypatch.setattr("ctl_graph.process._START", lie)
    with pytest.raises(QueryCrashed):
        make().answer(f"ASK {{}} #{sys.maxsize}")


# -- quarantine ------------------------------------------------------------------------------------------------------


def test_a_query_that_keeps_ending_workers_is_refused_for_a_while(make: Maker) -> None:
    sandbox = make(workers=1)
    bomb = NESTED["groups"]
    for _ in range(3):
        with pytest.raises(QueryCrashed) as caught:
            sandbox.answer(bomb)
        assert caught.value.spent > 0
    started = sandbox.figures()["started"]
    with pytest.raises(QueryRefused) as refused:
        sandbox.answer(bomb, choices={"solutions": CSV})
    assert 500 < refused.value.retry_after <= 600
    assert sandbox.figures()["started"] <= started + 1
    assert sandbox.figures()["quarantined"] == 1
    with pytest.raises(QueryCrashed):
        sandbox.answer(bomb, default_graphs=[GRAPH.value])  # of another dataset it is another question
    assert answers(sandbox)


def test_quarantine_ends_and_is_bounded() -> None:
    now = [0.0]
    quarantine = Quarantine(lambda: now[0])
    for now[0] in (0.0, 300.0, 600.0):
        quarantine.check(b"slow")
        quarantine.note(b"slow")
    with pytest.raises(QueryRefused):
        quarantine.check(b"slow")
    now[0] = 1_199.0
    with pytest.raises(QueryRefused) as caught:
        quarantine.check(b"slow")
    assert caught.value.retry_after == 1
    now[0] = 1_200.0
    quarantine.check(b"slow")
    quarantine.note(b"slow")  # the third within ten minutes would be that of 300
    quarantine.check(b"slow")
    for number in range(5_000):
        quarantine.note(str(number).encode())
    assert len(quarantine._kills) == 1_000


def test_three_kills_in_a_long_time_are_no_reason() -> None:
    now = [0.0]
    quarantine = Quarantine(lambda: now[0])
    for now[0] in (0.0, 300.0, 601.0, 1_202.0):
        quarantine.note(b"rare")
        quarantine.check(b"rare")


def test_an_answer_too_long_is_no_reason_either(make: Maker) -> None:
    sandbox = make(rows=1)
    for _ in range(4):
        with pytest.raises(QueryTooLarge):
            sandbox.answer(EVERYTHING)


# -- whoever asks ----------------------------------------------------------------------------------------------------


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection: the server's end, and the visitor's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_who_goes_away_frees_the_worker(make: Maker, line: tuple[socket.socket, socket.socket]) -> None:
    sandbox = make(seconds=20)
    answers(sandbox)
    (busy,) = workers(sandbox)
    with ThreadPoolExecutor(1) as other:
        running = other.submit(sandbox.answer, ENDLESS, client=line[0])
        before = ticks(busy)
        assert until(lambda: ticks(busy) > before + 3), "the worker has the question"
        line[1].sendall(b"GET / HTTP/1.1")  # what was sent before does not hide it
        line[1].close()
        began = time.monotonic()
        error = running.exception(5)
    assert isinstance(error, ClientGone)
    assert error.spent >= 0.5, "another worker must be started"
    assert time.monotonic() - began < 2
    assert until(lambda: not Path(f"/proc/{busy}").exists())
    assert answers(sandbox)
    assert sandbox.figures()["quarantined"] == 0


def test_a_request_sent_early_is_no_farewell_and_costs_nothing(
    make: Maker, line: tuple[socket.socket, socket.socket]
) -> None:
    sandbox = make(seconds=1.0)
    answers(sandbox)
    line[1].sendall(b"GET / HTTP/1.1")
    began = time.thread_time()
    with pytest.raises(QueryTimeout):
        sandbox.answer(ENDLESS, client=line[0])
    assert time.thread_time() - began < 0.3
    assert sandbox.answer("ASK {}", client=line[0]).kind == "boolean"


def test_who_is_gone_before_the_worker_is_asked_ends_none(
    make: Maker, line: tuple[socket.socket, socket.socket]
) -> None:
    sandbox = make()
    answers(sandbox)
    before = sandbox.figures()
    line[1].close()
    with pytest.raises(ClientGone) as caught:
        sandbox.answer(ENDLESS, client=line[0])
    assert caught.value.spent == 0
    assert sandbox.figures() == before
    assert answers(sandbox)


def test_whoever_ends_a_worker_pays_for_the_next(make: Maker) -> None:
    with pytest.raises(QueryCrashed) as caught:
        make().answer(NESTED["groups"])
    assert caught.value.spent >= 0.5


def test_who_goes_away_leaves_the_queue(make: Maker, line: tuple[socket.socket, socket.socket]) -> None:
    sandbox = make(seconds=20)
    answers(sandbox)
    with ThreadPoolExecutor(2) as others:
        running = others.submit(sandbox.answer, ENDLESS)
        assert until(lambda: sandbox.figures()["busy"] == 1)
        waiting = others.submit(sandbox.answer, "ASK {}", client=line[0])
        assert until(lambda: sandbox.figures()["waiting"] == 1)
        line[1].close()
        error = waiting.exception(5)
        assert isinstance(error, ClientGone)
        assert error.spent == 0
        assert sandbox.figures()["waiting"] == 0
        sandbox.close()
        assert isinstance(running.exception(), StoreError)


class Obedient:
    """A worker that works until it is told that the question is done."""

    confinement = "seccomp"

    def __init__(self, *_: object) -> None:
        self.done = threading.Event()

    def is_alive(self) -> bool:
        return True

    def ask(self, question: bytes, *_: object) -> dict[str, object]:
        RUNNING[question] = self.done
        assert self.done.wait(10)
        self.done = threading.Event()
        return {"worn": False}

    def kill(self) -> None: ...

    def put_away(self) -> None: ...


RUNNING: dict[bytes, threading.Event] = {}


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.setattr("ctl_graph.pool.Process", Obedient)
    RUNNING.clear()
    pool = Pool(Limits("", 10, 1, Caps(), 2, 4, False, ()))
    yield pool
    pool.close()


def test_who_has_fewer_running_goes_first_then_who_waits_longest(pool: Pool) -> None:
    def ask(name: str, who: str) -> None:
        asked.append(threads.submit(pool.ask, name.encode(), who, None))

    asked: list[Any] = []
    with ThreadPoolExecutor(6) as threads:
        ask("hog 1", "hog")
        assert until(lambda: b"hog 1" in RUNNING)
        ask("other 1", "other")
        assert until(lambda: b"other 1" in RUNNING)
        for waiting, (name, who) in enumerate([("hog 2", "hog"), ("guest 1", "guest"), ("guest 2", "guest")], 1):
            ask(name, who)
            assert until(lambda expected=waiting: pool.figures()["waiting"] == expected)  # type: ignore[misc]
        order = []
        for free, expected in [("other 1", "guest 1"), ("guest 1", "guest 2"), ("hog 1", "hog 2")]:
            RUNNING[free.encode()].set()
            assert until(lambda name=expected: name.encode() in RUNNING), (free, expected)  # type: ignore[misc]
            order.append(expected)
            assert pool.figures()["busy"] == 2
        for name in ("guest 2", "hog 2"):
            RUNNING[name.encode()].set()
        assert [each.exception() for each in asked] == [None] * 5
    assert pool._running == {}


def test_nobody_holds_more_than_half_of_the_queue(pool: Pool) -> None:
    asked = []
    with ThreadPoolExecutor(8) as threads:
        for running in (b"1", b"2"):
            asked.append(threads.submit(pool.ask, running, "hog", None))
            assert until(lambda name=running: name in RUNNING)  # type: ignore[misc]
        for waiting, who in enumerate(["hog", "hog", "guest", ""], 1):
            if who == "guest":
                with pytest.raises(StoreBusy):
                    pool.ask(b"3", "hog", None)
            asked.append(threads.submit(pool.ask, f"waiting {waiting}".encode(), who, None))
            assert until(lambda expected=waiting: pool.figures()["waiting"] == expected)  # type: ignore[misc]
        with pytest.raises(StoreBusy):
            pool.ask(b"4", "somebody else", None)
        served = {b"1", b"2", *(f"waiting {n}".encode() for n in range(1, 5))}
        while served:
            for name in served & set(RUNNING):
                RUNNING[name].set()
                served.discard(name)
            time.sleep(0.01)
        assert [each.exception() for each in asked] == [None] * 6


def test_the_last_worker_is_kept_for_who_has_not_had_much(pool: Pool) -> None:
    for hog in ("hog", "another hog"):
        pool._had.add(hog, 10)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(pool.ask, b"1", "hog", None)]
        assert until(lambda: b"1" in RUNNING)
        asked.append(threads.submit(pool.ask, b"2", "another hog", None))
        assert until(lambda: pool.figures()["waiting"] == 1)
        for name in (b"small 1", b"small 2"):
            asked.append(threads.submit(pool.ask, name, "guest", None))
            assert until(lambda name=name: name in RUNNING)  # type: ignore[misc]
            assert b"2" not in RUNNING
            RUNNING[name].set()
        RUNNING[b"1"].set()
        assert until(lambda: b"2" in RUNNING)
        RUNNING[b"2"].set()
        assert [each.exception() for each in asked] == [None] * 4
    assert (pool._running, pool._greedy) == ({}, 0)


def test_a_worker_alone_serves_everybody(make: Maker) -> None:
    sandbox = make(workers=1)
    with pytest.raises(QueryCrashed):
        sandbox.answer(NESTED["groups"], who="hog")
    sandbox._pool()._had.add("hog", 10)
    assert sandbox.answer("ASK {}", who="hog").read()


def test_what_somebody_has_had_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    had = _Had()
    had.add("hog", 9)
    had.add("", 9)
    assert (had.much("hog"), had.much(""), had.much("guest")) == (True, False, False)
    now = time.monotonic()
    monkeypatch.setattr("ctl_graph.pool.time.monotonic", lambda: now + 61)
    assert had.much("hog")
    monkeypatch.setattr("ctl_graph.pool.time.monotonic", lambda: now + 70)
    assert not had.much("hog")
    had.add("hog", 9)
    for number in range(2_000):
        had.add(f"guest {number}", 0.1)
    assert had.much("hog")
    assert len(had._seconds) <= 1_001
    monkeypatch.setattr("ctl_graph.pool.time.monotonic", lambda: now + 1_000)
    had.add("guest", 1)
    assert had._seconds.keys() == {"guest"}, "who has not been here for minutes is not remembered"


def test_the_figures_start_nothing(make: Maker) -> None:
    sandbox = make(workers=2)
    nothing = {"workers": 0, "busy": 0, "waiting": 0, "started": 0, "killed": 0, "quarantined": 0}
    assert sandbox.figures() == nothing
    assert workers(sandbox) == []
    with pytest.raises(QueryCrashed):
        sandbox.answer(NESTED["groups"])
    assert until(lambda: sandbox.figures() == {**nothing, "workers": 2, "started": 3, "killed": 1})


# -- life and death --------------------------------------------------------------------------------------------------


def test_a_worker_killed_while_idle_is_replaced(make: Maker) -> None:
    sandbox = make()
    answers(sandbox)
    (killed,) = workers(sandbox)
    os.kill(killed, signal.SIGKILL)
    assert until(lambda: Path(f"/proc/{killed}/stat").read_text().split()[2] == "Z")
    assert answers(sandbox)
    assert workers(sandbox) != [killed]


def test_a_worker_killed_while_busy_is_an_error_and_is_replaced(make: Maker) -> None:
    sandbox = make()
    answers(sandbox)
    with ThreadPoolExecutor(1) as other:
        running = other.submit(sandbox.answer, ENDLESS)
        (busy,) = workers(sandbox)
        began = ticks(busy)
        assert until(lambda: ticks(busy) > began + 5)
        os.kill(busy, signal.SIGKILL)
        assert isinstance(running.exception(), QueryCrashed)
    assert answers(sandbox)


def test_closing_ends_every_worker_even_a_busy_one(make: Maker) -> None:
    sandbox = make(workers=2)
    answers(sandbox)
    assert until(lambda: len(workers(sandbox)) == 2)
    pids = workers(sandbox)
    assert set(pids) <= set(children())
    with ThreadPoolExecutor(1) as other:
        running = other.submit(sandbox.answer, ENDLESS)
        assert until(lambda: len(sandbox._pool()._idle) == 1)
        sandbox.close()
        assert isinstance(running.exception(), StoreError)
    assert not set(pids) & set(children())
    with pytest.raises(StoreUnavailable):
        sandbox.answer("ASK {}")
    sandbox.close()


def test_dropping_the_sandbox_ends_its_workers(make: Maker, store: Path) -> None:
    sandbox = Sandbox(store, seconds=5, memory=256, answer=1, workers=1, queue=1)
    answers(sandbox)
    (pid,) = workers(sandbox)
    del sandbox
    assert pid not in children()


def test_no_store_is_said_without_its_place(make: Maker, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        make(path=tmp_path / "none").answer("ASK {}")
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("name", ["socket.socketpair", "tempfile.TemporaryFile", "subprocess.Popen"])
def test_a_machine_that_has_no_more_to_give_is_said_and_recovers(
    make: Maker, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    sandbox = make(seconds=2)
    with monkeypatch.context() as poor:
        poor.setattr(name, refuse)
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                sandbox.answer("ASK {}")
    assert answers(sandbox)


def test_what_nobody_foresees_does_not_end_the_keeper(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise MemoryError

    sandbox = make(seconds=2)
    with monkeypatch.context() as poor:
        poor.setattr("ctl_graph.pool.Process", refuse)
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                sandbox.answer("ASK {}")
    assert answers(sandbox)


def test_a_keeper_that_cannot_start_or_has_ended_is_replaced(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    sandbox = make(seconds=5)
    with monkeypatch.context() as poor:
        poor.setattr("ctl_graph.pool.threading.Thread.start", refuse)
        with pytest.raises(StoreUnavailable):
            sandbox.answer("ASK {}")
    assert answers(sandbox)
    pool = sandbox._pool()
    keeper = pool._keeper
    assert keeper is not None
    with monkeypatch.context() as ended:
        ended.setattr(pool, "_has_work", lambda: False)
        with pool._changed:
            pool._end(pool._idle.pop())
        keeper.join(5)
        assert not keeper.is_alive()
    assert answers(sandbox)


SERVER = """
import os, sys, time
from pathlib import Path
from ctl_graph.sandbox import Sandbox
sandbox = Sandbox(Path(sys.argv[1]), seconds=5, memory=256, answer=1, workers=2, queue=4)
def pids():
    return {worker.pid for worker in sandbox._pool()._alive}
"""


def run(store: Path, script: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SERVER + textwrap.dedent(script), str(store)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )


def test_limits_of_the_machine_that_are_lower_stand(store: Path, tmp_path: Path) -> None:
    script = """
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 << 10, 32 << 10))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(sandbox.answer("ASK { ?s ?p ?o }").read().decode())
    limits = {name: resource.prlimit(*pids(), getattr(resource, f"RLIMIT_{name}")) for name in ("FSIZE", "CPU", "AS")}
    print(limits["FSIZE"] == (32 << 10, 32 << 10) and limits["CPU"][1] == 60 and limits["AS"][1] < 4 << 30)
    """
    answer, agreed = run(store, script, tmp_path).communicate(timeout=30)[0].splitlines()
    assert "true" in answer
    assert agreed == "True"


def test_no_worker_outlives_a_server_that_is_killed(store: Path, tmp_path: Path) -> None:
    script = """
        sandbox.answer("ASK {}")
        while len(pids()) < 2:
            time.sleep(0.01)
        print(*pids(), flush=True)
        time.sleep(60)
    """
    with run(store, script, tmp_path) as server:
        assert server.stdout is not None
        started = [int(pid) for pid in server.stdout.readline().split()]
        assert sorted(children(server.pid)) == sorted(started)
        assert len(started) == 2
        server.kill()
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))


def test_a_forked_server_has_workers_of_its_own(store: Path, tmp_path: Path) -> None:
    script = """
        sandbox.answer("ASK {}")
        reading, writing = os.pipe()
        if os.fork() == 0:
            sandbox.answer("ASK {}")
            os.write(writing, " ".join(map(str, pids())).encode())
            sys.exit()
        theirs = set(map(int, os.read(reading, 100).split()))
        os.wait()
        assert theirs and not theirs & pids(), (theirs, pids())
        assert not any(Path(f"/proc/{pid}").exists() for pid in theirs)
        for _ in range(10):
            assert sandbox.answer("ASK {}").kind == "boolean"
        print("good")
    """
    with run(store, script, tmp_path) as server:
        assert server.stdout is not None
        assert server.stdout.read() == "good\n"
    assert server.returncode == 0


def test_the_workers_do_not_see_the_servers_secrets(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTL_GRAPH_TOKEN", "secret")
    sandbox = make()
    answers(sandbox)
    environment = Path(f"/proc/{workers(sandbox)[0]}/environ").read_bytes()
    assert b"secret" not in environment
    assert b"MALLOC_ARENA_MAX=2" in environment


@needs_seccomp
def test_a_worker_has_the_limits_that_it_should_have(make: Maker) -> None:
    sandbox = make()
    answers(sandbox)
    process = Path(f"/proc/{workers(sandbox)[0]}")
    limits = {line[:26].strip(): line[26:47].strip() for line in (process / "limits").read_text().splitlines()}
    assert limits["Max core file size"] == "0"
    assert limits["Max file size"] == str(64 << 10)
    assert int(limits["Max address space"]) < 2 << 30
    assert int(limits["Max cpu time"]) < 20
    assert (process / "oom_score_adj").read_text() == "1000\n"
    assert "Seccomp:\t2" in (process / "status").read_text()
