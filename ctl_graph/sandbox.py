"""Visitors' queries, in processes that may be killed: a query that goes wrong costs a process and never the site.

A query cannot be stopped from Python, and one of four kilobytes can end the process that only parses it. So each runs
in one of a few workers (`ctl_graph.worker`), which are started by exec, confined, and killed at the deadline.
"""

import json
import logging
import math
import os
import sys
import threading
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from socket import socket
from typing import Any, Final

from ctl_graph.config import Config
from ctl_graph.errors import (
    BadQuery,
    Message,
    NoFormat,
    NotXml,
    QueryCrashed,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    ReadOnly,
    StoreError,
    StoreUnavailable,
)
from ctl_graph.formats import BY_SUFFIX, N_TRIPLES, SPARQL_JSON
from ctl_graph.pool import Pool
from ctl_graph.process import Limits, Process
from ctl_graph.spool import Caps
from ctl_graph.store import ANY_FORMAT, Answer, Choices, Result, decode
from ctl_graph.worker import LANDLOCK, SECCOMP, UNCONFINED, frame

_log: Final = logging.getLogger(__name__)

_WAYS: Final = (SECCOMP, LANDLOCK)
_FOR_OURSELVES: Final[Choices] = {"graph": N_TRIPLES, "solutions": SPARQL_JSON, "boolean": SPARQL_JSON}
# A query that has ended so many workers within so many seconds is not tried again for as long.
_KILLS: Final = 3
_WHILE: Final = 600.0
_REMEMBERED: Final = 1_000


class Sandbox:
    """A store whose queries run in confined processes.

    `seconds` is the deadline from the moment a worker is free for the query to the last byte of its answer, `memory`
    what the query may need and `answer` how long the answer may be (both in megabytes), `rows` how many rows or triples
    it may have, `workers` how many run at once, `queue` how many may wait, each for as long as a query may take. The
    workers start with the first query, in each process that asks one, and end with `close`, with the last reference to
    the sandbox, and with the process.
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
        rows: int = sys.maxsize,
        allow_unconfined: bool = False,
        ways: Sequence[str] = _WAYS,
    ) -> None:
        caps = Caps(answer * 1_000_000, rows)
        self._limits = Limits(
            str(store.resolve()), seconds, memory, caps, workers, queue, allow_unconfined, tuple(ways)
        )
        self._scan = True
        self._quarantine = Quarantine()
        # By process: a server that forks after the first query must not share its channels with its children.
        self._pools: dict[int, Pool] = {}
        self._end = weakref.finalize(self, _close, self._pools)

    def answer(
        self,
        query: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        choices: Choices = ANY_FORMAT,
        base: str | None = None,
        client: socket | None = None,
        who: str = "",
        gone: float = 0.0,
    ) -> Answer:
        """The whole answer, in the format chosen for its kind; relative IRIs in the query are taken against `base`.

        `client` is the connection of whoever asks: nobody works for one that is closed. `who` is any name for them by
        which the queue is fair; nameless ones are not told apart. `gone` is how many seconds of its time a query has
        used before it came here.

        Raises:
            BadQuery: not SPARQL, an update (ReadOnly), or federated; with line and column where they are known.
            NoFormat: no format is chosen for this kind of answer.
            NotXml: the format chosen cannot carry it.
            QueryTimeout, QueryTooLarge, QueryCrashed: the query met a limit.
            QueryRefused: it has ended too many workers lately.
            StoreBusy: the queue is full, or no worker was free in time.
            ClientGone: nobody waits for the answer any more.
            NoSpace: the answer does not fit on the disk.
            StoreUnavailable: no worker can be started, or the store is damaged.
        """
        dataset = {"default_graphs": list(default_graphs), "named_graphs": list(named_graphs)}
        name = sha256(json.dumps([query, dataset]).encode()).digest()
        self._quarantine.check(name)
        question = {
            "query": query,
            **dataset,
            "base": base,
            "choices": {kind: format.suffix if format else None for kind, format in choices.items()},
            "seconds": self._limits.seconds,
            "length": self._limits.caps.length,
            "rows": self._limits.caps.rows,
            "scan": self._scan,
        }
        try:
            end, spool = self._pool().ask(frame(question), who, client, gone)
        except (QueryTimeout, QueryTooLarge, QueryCrashed):
            self._quarantine.note(name)
            raise
        if "error" in end:
            spool.close()
            raise _error(end, self._limits)
        return Answer.kept(end["kind"], BY_SUFFIX[end["format"]], spool, end["seconds"])

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        """The answer as objects: this makes the sandbox a `ctl_graph.store.Store`; the errors are those of `answer`."""
        return _decoded(
            self.answer(query, default_graphs=default_graphs, named_graphs=named_graphs, choices=_FOR_OURSELVES)
        )

    def confinement(self) -> str:
        """How the workers are confined: by seccomp, by landlock, or not at all (none).

        Raises:
            StoreBusy, StoreUnavailable: there is no worker that could say.
        """
        return self._pool().confinement()

    def figures(self) -> Mapping[str, int]:
        """How it stands in this process: `workers` that live, of these `busy`, queries `waiting`, since the beginning
        workers `started` and `killed` before their time, and queries that are `quarantined` now.
        """
        pool = self._pools.get(os.getpid()) or Pool(self._limits)
        return {**pool.figures(), "quarantined": len(self._quarantine)}

    def close(self) -> None:
        """End all workers of this process; a query that is running fails."""
        _close(self._pools)

    def _pool(self) -> Pool:
        pool = self._pools.get(os.getpid())
        return pool or self._pools.setdefault(os.getpid(), Pool(self._limits))


@dataclass(frozen=True)
class Visit:
    """The sandbox as a store for one visitor: `who` and `client` are those of `Sandbox.answer`, whose errors these are.

    `heard` is told of every answer, which says what it took.
    """

    sandbox: Sandbox
    who: str
    client: socket | None
    heard: Callable[[Answer], object]

    def answer(
        self,
        query: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        choices: Choices = ANY_FORMAT,
    ) -> Answer:
        """As `Sandbox.answer`."""
        answer = self.sandbox.answer(
            query,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
            choices=choices,
            client=self.client,
            who=self.who,
        )
        self.heard(answer)
        return answer

    def query(self, query: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        """As `Sandbox.query`."""
        return _decoded(
            self.answer(query, default_graphs=default_graphs, named_graphs=named_graphs, choices=_FOR_OURSELVES)
        )


def _decoded(answer: Answer) -> Result:
    return decode(answer.read(), graph=answer.kind == "graph")


def prove_confinement(config: Config, ways: Sequence[str] = _WAYS) -> None:
    """Start a worker over nothing, which gives up the network and tries whether it has; before a server listens.

    Raises:
        StoreUnavailable: it cannot be confined, and the settings do not allow to serve visitors all the same.
    """
    if config.endpoint:
        return  # visitors' queries run elsewhere
    caps = Caps(config.query_answer * 1_000_000, config.query_rows)
    limits = Limits("", config.query_seconds, config.query_memory, caps, 1, 0, config.allow_unconfined, tuple(ways))
    worker = Process(limits)
    worker.put_away()
    if worker.confinement == UNCONFINED:
        _log.warning("visitors' queries are served unconfined: a query may call any address that this machine reaches")


class Quarantine:
    """Queries that keep ending workers, so that they do not end the next one, too.

    A query that has ended `_KILLS` workers within `_WHILE` seconds is refused for `_WHILE` seconds more. Of more than
    `_REMEMBERED` such queries the one that has been quiet longest is forgotten.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kills: OrderedDict[bytes, deque[float]] = OrderedDict()

    def check(self, query: bytes) -> None:
        """Raises:
        QueryRefused: the query is in quarantine.
        """
        with self._lock:
            left = self._left(query)
        if left > 0:
            raise QueryRefused(math.ceil(left))

    def note(self, query: bytes) -> None:
        """A worker has ended by this query."""
        with self._lock:
            self._kills.setdefault(query, deque(maxlen=_KILLS)).append(self._clock())
            self._kills.move_to_end(query)
            while len(self._kills) > _REMEMBERED:
                self._kills.popitem(last=False)

    def __len__(self) -> int:
        with self._lock:
            return sum(self._left(query) > 0 for query in self._kills)

    def _left(self, query: bytes) -> float:
        kills = self._kills.get(query)
        if not kills or len(kills) < _KILLS or kills[-1] - kills[0] > _WHILE:
            return 0
        return kills[-1] + _WHILE - self._clock()


def _close(pools: Mapping[int, Pool]) -> None:
    if pool := pools.get(os.getpid()):
        pool.close()


def _error(end: Mapping[str, Any], limits: Limits) -> StoreError:
    error = _kind_of_error(end, limits)
    error.spent = end["seconds"]
    return error


def _kind_of_error(end: Mapping[str, Any], limits: Limits) -> StoreError:
    text = end.get("text", "")
    match end["error"]:
        case "bad-query" | "read-only" as kind:
            refusal = ReadOnly if kind == "read-only" else BadQuery
            return refusal(Message(end["it"], text) if end["it"] else text, end["line"], end["column"])
        case "no-format":
            return NoFormat(text)
        case "not-xml":
            return NotXml()
        case "too-large":
            return _TOO_LARGE[end["reason"]](limits)
        case "unavailable":
            return StoreUnavailable(text)
    _log.error("a query worker met an error that it does not know:\n%s", text)
    return QueryCrashed("the query met an error of ours, which is in the log")


_TOO_LARGE: Final[Mapping[str, Callable[[Limits], QueryTooLarge]]] = {
    "memory": lambda limits: QueryTooLarge("memory", limits.memory),
    "bytes": lambda limits: limits.caps.too_long(),
    "rows": lambda limits: limits.caps.too_many(),
}
