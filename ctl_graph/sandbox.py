"""Visitors' queries, in processes that may be killed: a query that goes wrong costs a process and never the site.

A query cannot be stopped from Python, and one of four kilobytes can end the process that only parses it. So each runs
in one of a few workers (`ctl_graph.worker`), which are started by exec, confined, and killed at the deadline.
"""

import json
import logging
import math
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from ctl_graph.errors import (
    BadQuery,
    Message,
    NoFormat,
    QueryCrashed,
    QueryTimeout,
    QueryTooLarge,
    StoreBusy,
    StoreError,
    StoreUnavailable,
)
from ctl_graph.formats import BY_SUFFIX, N_TRIPLES, SPARQL_JSON
from ctl_graph.store import ANY_FORMAT, Answer, Choices, Result, decode
from ctl_graph.worker import HEAD, LANDLOCK, SECCOMP, frame

_log: Final = logging.getLogger(__name__)

_START_SECONDS: Final = 30.0
_ATTEMPTS: Final = 3
_LONGEST_HEADER: Final = 1 << 20
_LAST_WORDS: Final = 2_000
_FOR_OURSELVES: Final[Choices] = {"graph": N_TRIPLES, "solutions": SPARQL_JSON, "boolean": SPARQL_JSON}
# The package need not be installed: the worker finds it where this process did. Isolated mode keeps the folder where
# the server runs, and the variables of its environment, out of the worker's imports.
_PACKAGES: Final = str(Path(__file__).resolve().parents[1])
_START: Final = """\
import sys
if (packages := sys.argv.pop(1)) not in sys.path:
    sys.path.insert(0, packages)
from ctl_graph.worker import main
main()
"""


@dataclass(frozen=True)
class _Limits:
    store: str
    seconds: float
    memory: int
    answer: int
    workers: int
    queue: int
    unconfined: bool
    ways: tuple[str, ...]

    def settings(self) -> str:
        """What a worker must know when it starts."""
        return json.dumps(
            {
                "store": self.store,
                "memory": self.memory,
                "unconfined": self.unconfined,
                "ways": self.ways,
                "parent": os.getpid(),
            }
        )


class Sandbox:
    """A store whose queries run in confined processes.

    `seconds` is the deadline from the moment a worker has the query to the last byte of its answer, `memory` what the
    query may need and `answer` how long the answer may be (both in megabytes), `workers` how many run at once, `queue`
    how many may wait, each for as long as a query may take. The workers start with the first query, in each process
    that asks one, and end with `close`, with the last reference to the sandbox, and with the process.
    """

    def __init__(
        self,
        store: Path,
        *,
        seconds: float,
        memory: int,
        answer: int,
        workers: int,
        queue: int,
        allow_unconfined: bool = False,
        ways: Sequence[str] = (SECCOMP, LANDLOCK),
    ) -> None:
        self._limits = _Limits(
            str(store.resolve()), seconds, memory, answer, workers, queue, allow_unconfined, tuple(ways)
        )
        self._scan = True
        # By process: a server that forks after the first query must not share its channels with its children.
        self._pools: dict[int, _Pool] = {}
        self._end = weakref.finalize(self, _close, self._pools)

    def answer(
        self,
        query: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        choices: Choices = ANY_FORMAT,
        base: str | None = None,
    ) -> Answer:
        """The whole answer, in the format chosen for its kind; relative IRIs in the query are taken against `base`.

        Raises:
            BadQuery: not SPARQL, an update, or federated; with line and column where they are known.
            NoFormat: no format is chosen for this kind of answer.
            QueryTimeout, QueryTooLarge, QueryCrashed: the query met a limit.
            StoreBusy: the queue is full, or no worker was free in time.
            StoreUnavailable: no worker can be started, or the store is damaged.
        """
        limits = self._limits
        question = {
            "query": query,
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "base": base,
            "choices": {kind: format.suffix if format else None for kind, format in choices.items()},
            "seconds": limits.seconds,
            "limit": limits.answer * 1_000_000,
            "scan": self._scan,
        }
        header, body = self._pool().ask(frame(question))
        if "error" in header:
            _raise(header, limits)
        return Answer(header["kind"], BY_SUFFIX[header["format"]], body)

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        """The answer as objects: this makes the sandbox a `ctl_graph.store.Store`; the errors are those of `answer`."""
        answer = self.answer(query, default_graphs=default_graphs, named_graphs=named_graphs, choices=_FOR_OURSELVES)
        return decode(answer.body, graph=answer.kind == "graph")

    def confinement(self) -> str:
        """How the workers are confined: by seccomp, by landlock, or not at all (none).

        Raises:
            StoreBusy, StoreUnavailable: there is no worker that could say.
        """
        return self._pool().confinement()

    def figures(self) -> Mapping[str, int]:
        """How it stands in this process: `workers` that live, of these `busy`, queries `waiting`, and since the
        beginning workers `started` and `killed` before their time.
        """
        return self._pool().figures()

    def close(self) -> None:
        """End all workers of this process; a query that is running fails."""
        _close(self._pools)

    def _pool(self) -> "_Pool":
        pool = self._pools.get(os.getpid())
        return pool or self._pools.setdefault(os.getpid(), _Pool(self._limits))


def _close(pools: Mapping[int, "_Pool"]) -> None:
    if pool := pools.get(os.getpid()):
        pool.close()


def _raise(header: Mapping[str, Any], limits: _Limits) -> NoReturn:
    error, text = header["error"], header.get("text", "")
    if error == "bad-query":
        said = Message(header["it"], text) if header["it"] else text
        raise BadQuery(said, header["line"], header["column"])
    if error == "no-format":
        raise NoFormat(text)
    if error == "too-large":
        raise QueryTooLarge(text)
    if error == "memory":
        raise _too_much_memory(limits)
    if error == "unavailable":
        raise StoreUnavailable(text)
    _log.error("a query worker met an error that it does not know:\n%s", text)
    raise QueryCrashed("the query met an error of ours, which is in the log")


def _too_much_memory(limits: _Limits) -> QueryTooLarge:
    return QueryTooLarge(f"the query needs more than {limits.memory} MB of memory")


class _Unheard(Exception):
    """The worker had ended before it read the question, which may therefore be put to another."""


class _Pool:
    """The workers of one process: one thread keeps them at their number, because a worker ends with the thread that
    started it; any thread may ask.
    """

    def __init__(self, limits: _Limits) -> None:
        self._limits = limits
        self._changed = threading.Condition()
        self._idle: list[_Worker] = []
        self._alive: set[_Worker] = set()
        self._waiting = self._started = self._killed = 0
        self._failure: StoreUnavailable | None = None
        self._closed = False
        self._keeper: threading.Thread | None = None

    def ask(self, question: bytes) -> tuple[dict[str, Any], bytes]:
        for _ in range(_ATTEMPTS):
            worker = self._take()
            try:
                header, body = worker.ask(question, self._limits)
            except _Unheard:
                self._drop(worker)
            except BaseException:
                self._killed += 1
                self._drop(worker)
                raise
            else:
                self._put_back(worker, worn=header["worn"])
                return header, body
        raise StoreUnavailable("the processes for visitors' queries end before they are asked")

    def confinement(self) -> str:
        worker = self._take()
        self._put_back(worker)
        return worker.confinement

    def figures(self) -> dict[str, int]:
        with self._changed:
            alive, idle = len(self._alive), len(self._idle)
            waiting, started, killed = self._waiting, self._started, self._killed
        return {"workers": alive, "busy": alive - idle, "waiting": waiting, "started": started, "killed": killed}

    def close(self) -> None:
        with self._changed:
            self._closed = True
            keeper, self._keeper = self._keeper, None
            self._changed.notify_all()
        if keeper is not None and keeper is not threading.current_thread():
            keeper.join(_START_SECONDS)
        with self._changed:
            idle, self._idle = self._idle, []
            busy, self._alive = self._alive.difference(idle), set()
        for worker in busy:
            worker.kill()  # whoever asked it then sees its end, and puts it away
        for worker in idle:
            worker.put_away()

    def _take(self) -> "_Worker":
        deadline = time.monotonic() + max(self._limits.seconds, 1.0)
        with self._changed:
            self._start_keeping()
            if not self._idle and self._waiting >= self._limits.queue + self._missing():
                raise self._busy()
            self._waiting += 1
            try:
                while not (worker := self._next_idle()):
                    self._wait(deadline)
            finally:
                self._waiting -= 1
            return worker

    def _missing(self) -> int:
        """How many workers are on their way: whoever waits for one of these does not stand in the queue."""
        return self._limits.workers - len(self._alive)

    def _wait(self, deadline: float) -> None:
        if self._closed:
            raise StoreUnavailable("the server is ending, or has moved on to another release")
        if self._failure is not None:
            raise self._failure
        if not self._changed.wait(deadline - time.monotonic()):
            raise self._busy()

    def _busy(self) -> StoreBusy:
        return StoreBusy(max(1, math.ceil(self._limits.seconds)))

    def _next_idle(self) -> "_Worker | None":
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive():
                return worker
            self._alive.discard(worker)
            self._changed.notify_all()
            worker.put_away()
        return None

    def _put_back(self, worker: "_Worker", *, worn: bool = False) -> None:
        with self._changed:
            if not worn and not self._closed:
                self._idle.append(worker)
                self._changed.notify_all()
                return
        self._drop(worker)

    def _drop(self, worker: "_Worker") -> None:
        with self._changed:
            self._alive.discard(worker)
            self._changed.notify_all()
        worker.put_away()

    # -- the keeper --

    def _start_keeping(self) -> None:
        self._failure = None  # each query asks for another attempt
        if self._keeper is None and not self._closed:
            self._keeper = threading.Thread(target=self._keep, name="query workers", daemon=True)
            self._keeper.start()
        self._changed.notify_all()

    def _keep(self) -> None:
        while self._needs_a_worker():
            try:
                worker = _Worker(self._limits)
            except StoreUnavailable as error:
                self._report(error)
            else:
                self._add(worker)

    def _needs_a_worker(self) -> bool:
        with self._changed:
            while not self._closed and (self._failure is not None or not self._missing()):
                self._changed.wait()
            return not self._closed

    def _report(self, failure: StoreUnavailable) -> None:
        _log.error("no query worker can be started: %s", failure)
        with self._changed:
            self._failure = failure
            self._changed.notify_all()

    def _add(self, worker: "_Worker") -> None:
        with self._changed:
            self._alive.add(worker)
            self._idle.append(worker)
            self._started += 1
            self._changed.notify_all()


class _Worker:
    """One process, and the channel to it.

    Raises:
        StoreUnavailable: it did not start; the text says why.
    """

    def __init__(self, limits: _Limits) -> None:
        try:
            self._start(limits)
        except OSError as error:  # no descriptor, no process, no temporary file to be had
            _log.error("a query worker did not start: %s", error)
            raise StoreUnavailable("no process for visitors' queries can be started") from error
        self.pid: int = self._process.pid
        self.confinement = self._greeting()

    def _start(self, limits: _Limits) -> None:
        with ExitStack() as undone:
            self._words = undone.enter_context(tempfile.TemporaryFile())
            self._channel, theirs = map(undone.enter_context, socket.socketpair())
            self._process = subprocess.Popen(  # noqa: S603 (of our own words only)
                [sys.executable, "-I", "-c", _START, _PACKAGES, limits.settings()],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._words,
                env=_environment(),
                start_new_session=True,
            )
            undone.pop_all()  # open as long as the worker lives; only the worker has the other end
            theirs.close()

    def _greeting(self) -> str:
        try:
            header, _ = self._receive(time.monotonic() + _START_SECONDS, 0)
        except (OSError, ValueError) as error:
            _log.error("a query worker did not start: %s", self.put_away())
            raise StoreUnavailable("no process for visitors' queries can be started") from error
        if "failed" in header:
            self.put_away()
            _log.error("a query worker did not start: %s", header["detail"])
            raise StoreUnavailable(header["failed"])
        return str(header["confinement"])

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, question: bytes, limits: _Limits) -> tuple[dict[str, Any], bytes]:
        """Send a question and wait for the answer, until the deadline."""
        deadline = time.monotonic() + limits.seconds
        try:
            self._channel.settimeout(limits.seconds)
            self._channel.sendall(question)
            return self._receive(deadline, limits.answer * 1_000_000)
        except TimeoutError as error:
            raise QueryTimeout(limits.seconds) from error
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _Unheard from error
        except (OSError, ValueError) as error:
            raise self._autopsy(limits) from error

    def kill(self) -> None:
        """End the process, whatever it does; any thread may call this."""
        self._process.kill()
        self._process.wait()

    def put_away(self) -> str:
        """End the process and leave nothing of it behind; the answer is what it said last."""
        self.kill()
        self._channel.close()
        if self._words.closed:
            return ""
        with self._words:
            self._words.seek(0)
            return self._words.read(_LAST_WORDS).decode("utf-8", "replace").strip()

    def _receive(self, deadline: float, longest: int) -> tuple[dict[str, Any], bytes]:
        header_length, body_length = HEAD.unpack(self._read(HEAD.size, deadline))
        if header_length > _LONGEST_HEADER or body_length > longest:
            raise ValueError("the worker does not speak as agreed")
        header = json.loads(self._read(header_length, deadline))
        return header, bytes(self._read(body_length, deadline))

    def _read(self, length: int, deadline: float) -> bytearray:
        data = bytearray(length)
        view = memoryview(data)
        while view:
            self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
            received = self._channel.recv_into(view)
            if not received:
                raise ConnectionError("the worker has ended")
            view = view[received:]
        return data

    def _autopsy(self, limits: _Limits) -> StoreError:
        """Why the worker has ended, from how it ended and from the engine's last words."""
        words, code = self.put_away(), self._process.returncode
        _log.warning("a query worker has ended (%s): %s", code, words)
        if "memory allocation" in words:
            return _too_much_memory(limits)
        if code == -signal.SIGXCPU:
            return QueryTimeout(limits.seconds)
        if code == -signal.SIGSEGV or "overflowed its stack" in words:
            return QueryCrashed("the query is nested too deeply for the engine")
        return QueryCrashed("the process that ran the query ended before the answer was complete")


def _environment() -> dict[str, str]:
    """Nothing of the server's own environment but what finds shared libraries; it may hold secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
