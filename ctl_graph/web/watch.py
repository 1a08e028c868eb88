"""What became of a request: one line in the log, and the same in the figures.

Neither says who asked or what. A line names the route and, where it led to something of ours, the path; of a query it
has a digest, by which equal queries are known.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, Final

from flask import Flask, g, request
from werkzeug.wrappers import Response

from ctl_graph.errors import ClientGone, GraphError, OverBudget, StoreBusy
from ctl_graph.logs import request_id
from ctl_graph.sandbox import Sandbox
from ctl_graph.store import Answer
from ctl_graph.web import metrics, site

_log: Final = logging.getLogger(__name__)
# Long enough to be somebody's id of a request, and never an address: those have dots or colons.
_ID: Final = re.compile(r"[0-9A-Za-z-]{16,64}")
_HEADER: Final = "X-Request-Id"
_LONGEST_PATH: Final = 200
_WORDS: Final = re.compile(r"(?<!^)(?=[A-Z])")


def init_app(app: Flask) -> None:
    """To be called before anything else adds to answers: what is added first is asked last."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    g.begun = time.perf_counter()
    given = request.headers.get(_HEADER, "")
    request_id.set(given if _ID.fullmatch(given) else secrets.token_hex(16))


def _end(response: Response) -> Response:
    response.headers[_HEADER] = request_id.get()
    route = request.url_rule.rule if request.url_rule else "none"
    seconds = time.perf_counter() - g.begun
    length = 0 if request.method == "HEAD" else response.calculate_content_length() or response.content_length or 0
    with _counting():
        metrics.request_ended(route, request.method, response.status_code, seconds, length)
        if release := site.served():
            metrics.served(release, site.is_degraded())
    if not (route.startswith("/health/") and response.status_code < 400):  # asked every few seconds
        _write(_line(response, route, seconds, length))
    return response


@contextmanager
def _counting() -> Iterator[None]:
    """The folder for figures may be full or gone, which is no reason to answer nobody."""
    try:
        yield
    except OSError:
        _log.exception("a request is not counted")


def _write(fields: dict[str, Any]) -> None:
    """As `info` does it, without looking for the line of code that asks for it: a third of the time."""
    if _log.isEnabledFor(logging.INFO):
        _log.handle(_log.makeRecord(_log.name, logging.INFO, "", 0, "request", (), None, extra={"fields": fields}))


def _line(response: Response, route: str, seconds: float, length: int) -> dict[str, Any]:
    # The path of what is not there, or only leads elsewhere, may be anything that a visitor has written.
    is_ours = request.url_rule is not None and (response.status_code < 300 or response.status_code == 304)
    return {
        "method": request.method[:20],
        "route": route,
        **({"path": request.path[:_LONGEST_PATH]} if is_ours else {}),
        "status": response.status_code,
        "bytes": length,
        "ms": round(seconds * 1000, 1),
        **({"release": release.id} if (release := site.served()) else {}),
        "format": response.mimetype,
        **({"language": language} if (language := response.headers.get("Content-Language")) else {}),
        **({"query": g.query} if "query" in g else {}),
    }


def _forget(_: BaseException | None) -> None:
    request_id.set("")


@contextmanager
def query(text: str) -> Iterator[Callable[[Answer], Answer]]:
    """Around the answering of a visitor's query; what it gives is to be called with the answer, and returns it."""
    begun = time.perf_counter()
    noted = g.query = {
        "hash": sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        "length": len(text),
        "kind": "unknown",
        "outcome": "fault",
    }

    def answered(answer: Answer) -> Answer:
        noted.update(kind=answer.kind, outcome="answered", seconds=answer.seconds or None)
        return answer

    _look_at_sandboxes()
    try:
        yield answered
    except GraphError as error:
        noted["outcome"] = _WORDS.sub("-", type(error).__name__).lower()
        nothing = isinstance(error, StoreBusy | ClientGone | OverBudget)
        noted["seconds"] = getattr(error, "spent", 0.0) or (0.0 if nothing else None)
        raise
    finally:
        if noted.get("seconds") is None:
            noted["seconds"] = time.perf_counter() - begun
        noted["seconds"] = round(noted["seconds"], 4)
        _look_at_sandboxes()
        with _counting():
            metrics.query_ended(noted["kind"], noted["outcome"], noted["seconds"])


def _look_at_sandboxes() -> None:
    """Those of the current release: older ones come and go."""
    if site.pinned():
        return
    for lane, store in (("visitors", site.visitors_store()), ("short", site.short_lane())):
        if isinstance(store, Sandbox):
            with _counting():
                metrics.sandbox_stands(lane, store)
