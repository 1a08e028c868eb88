"""Throw queries that are made to break an engine at a real server, beside ordinary load, and print who felt what.

    python -m benchmarks.bombs [seconds]

Six clients, each with an address of its own, throw the corpus of `tests/bombs.py` for a minute: once with the settings
as they are, once without budgets and without a queue, so that what a bomb takes is its own time and not that of those
before it. The same ordinary load runs before, alone. It ends with 1 where a promise is broken; on a machine that has
other work the figures are of that work, too.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from urllib.parse import quote, urlencode

from benchmarks.figures import ROOT, launched, settings
from ctl_graph.config import Config
from tests.bombs import BOMBS, HARMLESS

THROWERS = tuple(f"127.0.0.{number}" for number in range(2, 8))
READERS, ASKER = ("127.0.0.11", "127.0.0.12"), "127.0.0.21"
QUIET_SECONDS = 20.0
PAUSE = 0.02
REFUSED_PAUSE = 0.25  # who is refused tries again soon, against all advice
FIRST_ROUND_SECONDS = 240.0
REFUSED = (0, 429, 503)  # it has not been run
MOST_GROWTH = 1.05
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json, text/turtle"}
SMALL = (
    "ASK { ?s ?p ?o }",
    "SELECT ?p ?o WHERE { <https://w3id.org/ctl/id/cluster/afil> ?p ?o }",
    "SELECT ?c WHERE { ?c a <https://w3id.org/ctl/def/Cluster> }",
)


@dataclass(frozen=True)
class Asked:
    """One request: what it was, its status (0: there was no whole answer), and its seconds."""

    name: str
    status: int
    seconds: float


@dataclass
class Watch:
    """What is seen of the server's processes from outside."""

    root: int
    workers: set[int] = field(default_factory=set)
    sizes: list[int] = field(default_factory=list)  # of the processes that serve, together, in bytes

    def look(self) -> None:
        serving = children({self.root})
        self.workers |= {pid for pid in children(serving) if is_worker(pid)}
        self.sizes.append(sum(map(size, serving)))

    def growth(self) -> tuple[float, float]:
        """Megabytes at first and at last."""
        few = max(1, len(self.sizes) // 8)
        return statistics.median(self.sizes[:few]) / 1_000_000, statistics.median(self.sizes[-few:]) / 1_000_000

    def left_behind(self) -> list[int]:
        return [pid for pid in self.workers if is_worker(pid)]


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    deadline = Config.load(ROOT / "ctl-graph.toml").query_seconds
    kept = [
        run("as it is", {}, seconds, 2 * deadline + 0.5),
        run("no budget, no queue", {"CTL_GRAPH_QUERY_QUEUE": "0"}, seconds, deadline + 0.5),
    ]
    return 0 if all(kept) else 1


def run(title: str, environ: Mapping[str, str], seconds: float, longest: float) -> bool:
    """One server, quiet and then bombed; whether every promise was kept."""
    load, processors = os.getloadavg()[0], os.cpu_count()
    print(f"== {title}: {len(BOMBS)} bombs, {len(THROWERS)} clients, {seconds:.0f} s; load {load:.1f} on {processors}")
    with tempfile.TemporaryDirectory() as state:
        own = {**settings(str(ROOT / "releases")), "CTL_GRAPH_STATE": state, **environ}
        with launched("server:app", own, subprocess.DEVNULL) as (port, root):
            watch = Watch(root)
            ordinary(port, 2.0)  # opens the release and starts the workers
            with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere:
                # A first round, after which everything that a server keeps for such queries is there.
                bombs = elsewhere.submit(throw, port, 0.0).result()
                quiet, asked_quietly = ordinary(port, QUIET_SECONDS, watch)
                thrown = elsewhere.submit(throw, port, seconds)
                bombed, asked = ordinary(port, seconds, watch)
                bombs += thrown.result()
    before, after = watch.growth()
    promises = {
        **report_ordinary(quiet, bombed),
        **report_bombs(bombs, longest),
        "no process is left": not watch.left_behind(),
        f"the server does not grow (from {before:.0f} to {after:.0f} MB)": after < MOST_GROWTH * before,
    }
    print(f"small queries of another client: quiet {figures(asked_quietly)}; bombed {figures(asked)}")
    for promise, is_kept in promises.items():
        print(f"  {'kept  ' if is_kept else 'BROKEN'} {promise}")
    return all(promises.values())


def report_ordinary(quiet: list[Asked], bombed: list[Asked]) -> dict[str, bool]:
    print(f"ordinary load: quiet {figures(quiet)}; bombed {figures(bombed)}")
    limit = max(0.1, 2 * percentile(quiet, 99))
    failed = [each for each in (*quiet, *bombed) if each.status not in (200, 304)]
    return {
        f"ordinary load meets no error ({len(failed)})": not failed,
        f"its p99 is {percentile(bombed, 99) * 1000:.0f} ms, of {limit * 1000:.0f}": percentile(bombed, 99) <= limit,
    }


def report_bombs(bombs: list[Asked], longest: float) -> dict[str, bool]:
    """How each ended: the harmless ones may be answered, no other."""
    ends: dict[str, Counter[int]] = {}
    for each in bombs:
        ends.setdefault(each.name, Counter())[each.status] += 1
    for name, statuses in sorted(ends.items()):
        print(f"  {name:32} {', '.join(f'{status}: {count}' for status, count in sorted(statuses.items()))}")
    slowest = max(bombs, key=lambda each: each.seconds)
    print(f"bombs: {len(bombs)} thrown, {dict(sorted(Counter(each.status for each in bombs).items()))}")
    run = sum(any(status not in REFUSED for status in statuses) for statuses in ends.values())
    return {
        f"each bomb has been run ({run} of {len(BOMBS)})": run == len(BOMBS),
        "each had a whole answer": all(each.status for each in bombs),
        f"none of the {len(BOMBS.keys() - HARMLESS)} that are not harmless has been let through": all(
            each.status >= 400 for each in bombs if each.name not in HARMLESS
        ),
        f"the longest took {slowest.seconds:.2f} s ({slowest.name}), of {longest:.1f}": slowest.seconds <= longest,
    }


def figures(asked: list[Asked]) -> str:
    statuses = dict(sorted(Counter(each.status for each in asked).items()))
    return f"p50 {percentile(asked, 50) * 1000:.0f} ms, p99 {percentile(asked, 99) * 1000:.0f} ms, {statuses}"


def percentile(asked: list[Asked], share: int) -> float:
    ordered = sorted(each.seconds for each in asked)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


# -- who asks --------------------------------------------------------------------------------------------------------


def ordinary(port: int, seconds: float, watch: Watch | None = None) -> tuple[list[Asked], list[Asked]]:
    """Readers of pages and documents, and one client with small queries, for so long."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor() as threads:
        readers = [threads.submit(read, port, address, until) for address in READERS]
        asker = threads.submit(ask_small, port, until)
        while watch is not None and time.monotonic() < until:
            watch.look()
            time.sleep(0.5)
        return [each for reader in readers for each in reader.result()], asker.result()


def read(port: int, address: str, until: float) -> list[Asked]:
    etag = {"If-None-Match": head(port, address, "/doc/cluster/afil.ttl", "ETag")}
    kinds = (
        ("GET", "/doc/cluster/afil.ttl", {}),
        ("GET", "/doc/cluster/afil", {"Accept": "text/html"}),
        ("GET", "/doc/cluster/afil.ttl", etag),
        ("GET", "/questions/recognised-clusters", {"Accept": "text/html"}),
        ("HEAD", "/dumps/ctl-graph.nq.gz", {}),
    )
    found = []
    while time.monotonic() < until:
        for method, path, headers in kinds:
            found.append(ask(port, address, f"{method} {path}", method, path, headers=headers))
            time.sleep(PAUSE)
    return found


def ask_small(port: int, until: float) -> list[Asked]:
    found = []
    while time.monotonic() < until:
        for query in SMALL:
            found.append(ask(port, ASKER, query, "GET", f"/sparql?query={quote(query)}", headers=FORM))
            time.sleep(10 * PAUSE)
    return found


def throw(port: int, seconds: float) -> list[Asked]:
    """All bombs, again and again, by whichever thrower is free: for so long, or (0) until each has been run once."""
    texts = {name: urlencode({"query": make()}).encode() for name, make in BOMBS.items()}
    until, missing, lock = time.monotonic() + (seconds or FIRST_ROUND_SECONDS), set(texts), Lock()
    order = list(texts)
    random.Random(len(order)).shuffle(order)
    turns = cycle(order)

    def next_bomb() -> str | None:
        with lock:
            if time.monotonic() > until or not (seconds or missing):
                return None
            return next(turns if seconds else (name for name in turns if name in missing))

    def throw_from(address: str) -> list[Asked]:
        found = []
        while (name := next_bomb()) is not None:
            found.append(ask(port, address, name, "POST", "/sparql", texts[name], FORM))
            if found[-1].status in REFUSED:
                time.sleep(REFUSED_PAUSE)
            else:
                with lock:
                    missing.discard(name)
        return found

    with ThreadPoolExecutor(len(THROWERS)) as threads:
        return [each for found in threads.map(throw_from, THROWERS) for each in found]


def ask(
    port: int,
    address: str,
    name: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Asked:
    began = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=120, source_address=(address, 0))
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        response.read()
        return Asked(name, response.status, time.monotonic() - began)
    except (OSError, HTTPException):
        return Asked(name, 0, time.monotonic() - began)
    finally:
        connection.close()


def head(port: int, address: str, path: str, name: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=120, source_address=(address, 0))
    connection.request("HEAD", path)
    value = connection.getresponse().headers[name]
    connection.close()
    return str(value)


# -- processes, as /proc shows them ----------------------------------------------------------------------------------


def children(parents: Iterable[int]) -> set[int]:
    found = set()
    for parent in parents:
        for task in glob(f"/proc/{parent}/task", "*/children"):
            found |= set(map(int, task.split()))
    return found


def glob(folder: str, pattern: str) -> list[str]:
    texts = []
    for path in Path(folder).glob(pattern):
        try:
            texts.append(path.read_text(encoding="ascii"))
        except OSError:  # it has ended
            continue
    return texts


def is_worker(pid: int) -> bool:
    try:
        return b"ctl_graph.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def size(pid: int) -> int:
    """Resident bytes."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
