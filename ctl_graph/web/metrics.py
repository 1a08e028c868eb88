"""The figures of a running server, for Prometheus (https://prometheus.io/docs/concepts/metric_types/).

Each process counts; the names are summed over all processes where `gunicorn.conf.py` has set a folder for that. Nothing
here answers a request: the figures are read at the internal address of the setting `metrics`.
"""

import weakref
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from threading import Lock
from typing import Final

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from ctl_graph.release import Release, history
from ctl_graph.sandbox import Sandbox

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS: Final = {"GET", "HEAD", "POST", "OPTIONS", "QUERY"}

_requests: Final = Counter(
    "ctl_graph_requests", "Requests by route, method and class of status", ("route", "method", "status")
)
_duration: Final = Histogram(
    "ctl_graph_request_seconds", "From the request to its whole answer", ("route",), buckets=_SECONDS
)
_bytes: Final = Counter("ctl_graph_answer_bytes", "Bytes of answers, before any compression", ("route",))
_queries: Final = Counter("ctl_graph_queries", "Visitors' queries by kind and outcome", ("kind", "outcome"))
_worker_seconds: Final = Counter("ctl_graph_query_seconds", "Time that visitors' queries took in workers")
_refusals: Final = Counter("ctl_graph_budget_refusals", "Queries refused because a client had asked for too much")
_processes: Final = Gauge(
    "ctl_graph_release_processes",
    "Server processes by the release they serve",
    ("release",),
    multiprocess_mode="livesum",
)
_quads: Final = Gauge("ctl_graph_release_quads", "Quads of the release served", multiprocess_mode="livemostrecent")
_activated: Final = Gauge(
    "ctl_graph_release_activated_timestamp_seconds",
    "When the release served became the current one",
    multiprocess_mode="livemostrecent",
)
_degraded: Final = Gauge(
    "ctl_graph_degraded",
    "1 where an older release is served because the current one was refused",
    multiprocess_mode="livemax",
)
# What a sandbox counts since it began grows; what it holds now goes up and down.
_SINCE_THE_BEGINNING: Final = {
    "started": Counter("ctl_graph_query_workers_started", "Processes for queries started", ("lane",)),
    "killed": Counter("ctl_graph_query_workers_killed", "Processes for queries ended before their time", ("lane",)),
}
_NOW: Final = {
    "workers": Gauge(
        "ctl_graph_query_workers", "Processes for queries that live", ("lane",), multiprocess_mode="livesum"
    ),
    "busy": Gauge("ctl_graph_query_workers_busy", "Processes that run a query", ("lane",), multiprocess_mode="livesum"),
    "waiting": Gauge(
        "ctl_graph_queries_waiting", "Queries that wait for a process", ("lane",), multiprocess_mode="livesum"
    ),
    "quarantined": Gauge(
        "ctl_graph_queries_quarantined",
        "Queries refused because they kept killing processes",
        ("lane",),
        multiprocess_mode="livesum",
    ),
}
_counted: Final[weakref.WeakKeyDictionary[Sandbox, Mapping[str, int]]] = weakref.WeakKeyDictionary()
_looking: Final = Lock()
_served: list[tuple[str, bool]] = []


def serve(address: str) -> None:
    """Let Prometheus read this process's figures at the address; `gunicorn.conf.py` does it for several processes."""
    host, _, port = address.rpartition(":")
    start_http_server(int(port), host.strip("[]"))


def request_ended(route: str, method: str, status: int, seconds: float, bytes: int) -> None:
    known = method if method in _METHODS else "other"
    _requests.labels(route, known, f"{status // 100}xx").inc()
    _duration.labels(route).observe(seconds)
    _bytes.labels(route).inc(bytes)


def query_ended(kind: str, outcome: str, seconds: float) -> None:
    _queries.labels(kind, outcome).inc()
    _worker_seconds.inc(seconds)


def budget_refused() -> None:
    """A client has asked for more than its share."""
    _refusals.inc()


def sandbox_stands(lane: str, sandbox: Sandbox) -> None:
    """How a sandbox stands now, in this process."""
    with _looking:
        figures = sandbox.figures()
        before = _counted.get(sandbox, {})
        _counted[sandbox] = figures
        for name, counter in _SINCE_THE_BEGINNING.items():
            counter.labels(lane).inc(max(0, figures.get(name, 0) - before.get(name, 0)))
        for name, gauge in _NOW.items():
            gauge.labels(lane).set(figures.get(name, 0))


def served(release: Release, is_degraded: bool) -> None:
    """Which release this process serves, and whether it would rather serve another."""
    if _served == [(release.id, is_degraded)]:
        return
    for before, _ in _served:
        _processes.labels(before).set(0)
    _served[:] = [(release.id, is_degraded)]
    _degraded.set(is_degraded)
    _processes.labels(release.id).set(1)
    _quads.set(release.manifest["quads"])
    _activated.set(_activation(release))


def _activation(release: Release) -> float:
    with suppress(StopIteration):
        lines = reversed(history(release.path.parent))
        return datetime.fromisoformat(next(line.time for line in lines if line.digest == release.id)).timestamp()
    return 0.0
