"""Failures as answers: which status each has, and what a visitor reads of it.

The body is problem details (https://www.rfc-editor.org/rfc/rfc9457), or a page where the visitor prefers HTML. Only "no
such thing" is a 404. A visitor never reads a path, a trace, or what a backend said; those go to the log.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, current_app, render_template, request, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException

from ctl_graph.errors import (
    BadQuery,
    BrokenRelease,
    ClientGone,
    GraphError,
    InvalidData,
    Message,
    NoFormat,
    NoRelease,
    NoSpace,
    NotWritten,
    NotXml,
    OverBudget,
    Pruned,
    QueryCrashed,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    ReadOnly,
    ServiceFailed,
    StoreBusy,
    StoreUnavailable,
)
from ctl_graph.formats import HTML, Format
from ctl_graph.web import site
from ctl_graph.web.documents import Withdrawn
from ctl_graph.web.messages import MESSAGES
from ctl_graph.web.negotiation import link, negotiate, uri, vary
from ctl_graph.web.shown import t

PROBLEM: Final = Format("Problem details", "application/problem+json", "json", aliases=("application/json",))
LONGEST_BODY: Final = 1_000_000  # bytes
# Below the 8,190 bytes of gunicorn's line and the 8,192 of nginx, whose refusals are not in words.
LONGEST_ADDRESS: Final = 8_000


@dataclass(frozen=True)
class Problem:
    """One way to fail: its name on the page `/problems`, its status, and the errors of ours that mean it."""

    name: str
    status: int
    kinds: tuple[type[GraphError], ...] = ()

    @property
    def title(self) -> Message:
        """The words of its own, or those of its status."""
        return MESSAGES.get(f"error.{self.name}") or MESSAGES[f"error.{self.status}"]

    @property
    def way_on(self) -> Message:
        """What happened, and what to do."""
        return MESSAGES[f"problem.{self.name}"]


# All of them. One without kinds is what HTTP itself, or a room of the web, says by its status.
PROBLEMS: Final = (
    Problem("query", 400, (BadQuery,)),
    Problem("request", 400),
    Problem("refused", 400, (QueryRefused,)),
    Problem("read-only", 403, (ReadOnly,)),
    Problem("unknown", 404),
    Problem("method", 405),
    Problem("format", 406, (NoFormat,)),
    Problem("xml", 406, (NotXml,)),
    Problem("gone", 410),
    Problem("pruned", 410, (Pruned,)),
    Problem("body", 413),
    Problem("batch", 413),
    Problem("address", 414),
    Problem("content", 415),
    Problem("data", 422, (InvalidData,)),
    Problem("reconcile", 422),
    Problem("budget", 429, (OverBudget,)),
    # Nobody reads it but the log, where others (nginx) write this number, too.
    Problem("client", 499, (ClientGone,)),
    Problem("fault", 500, (GraphError,)),
    Problem("too-large", 500, (QueryTooLarge,)),
    Problem("crash", 500, (QueryCrashed,)),
    Problem("service", 502, (ServiceFailed,)),
    Problem("store", 502, (StoreUnavailable,)),
    Problem("release", 503, (NoRelease, BrokenRelease, NotWritten)),
    Problem("space", 503, (NoSpace,)),
    Problem("busy", 503, (StoreBusy,)),
    Problem("time", 504, (QueryTimeout,)),
)
_BY_KIND: Final = {kind: problem for problem in PROBLEMS for kind in problem.kinds}
_BY_STATUS: Final = {problem.status: problem for problem in reversed(PROBLEMS) if not problem.kinds} | {
    500: _BY_KIND[GraphError]
}
STATUS: Final = {kind: problem.status for kind, problem in _BY_KIND.items()}
# Whoever met a limit, or no answer, may want the whole data instead.
_ASKS_FOR_DUMPS: Final = frozenset(("too-large", "crash", "budget", "busy", "space", "time", "refused"))
_RETRY_LATER: Final = 30
_ENGINE_TEXT: Final = 500  # characters


def init_app(app: Flask) -> None:
    app.register_error_handler(GraphError, _graph_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Withdrawn, _withdrawn)
    app.register_error_handler(Exception, _fault)


def problem(error: GraphError) -> Problem:
    """The problem of the nearest ancestor that has one."""
    return next(_BY_KIND[kind] for kind in type(error).__mro__ if kind in _BY_KIND)


def status(error: GraphError) -> int:
    return problem(error).status


def _graph_error(error: GraphError) -> Response:
    code = status(error)
    if code >= 500:
        current_app.logger.error("%s: %s", type(error).__name__, error, exc_info=code == 500)
    return say_when(answer(code, name=problem(error).name, **explained(error)), error)


def say_when(response: Response, error: GraphError) -> Response:
    """The answer with the time after which another attempt makes sense, where it does at all."""
    if status(error) in (429, 503):
        response.headers["Retry-After"] = str(getattr(error, "retry_after", _RETRY_LATER))
    return response


def explained(error: GraphError) -> dict[str, Any]:
    """What a visitor may read: a title, their own mistake in full, of our troubles the kind only."""
    return {"title": site.say(problem(error).title), **_particulars(error)}


def _particulars(error: GraphError) -> dict[str, Any]:
    match error:
        case BadQuery():
            return {**_mistake(error), "line": error.line, "column": error.column}
        case QueryTimeout():
            seconds = f"{error.seconds:g}"
            return {"detail": t("detail.timeout", seconds=seconds), "seconds": error.seconds, "limit": f"{seconds} s"}
        case QueryRefused():
            return {"detail": t("detail.refused", seconds=error.retry_after)}
        case QueryTooLarge():
            unit = " rows" if error.reason == "rows" else ""
            limit = error.limit.replace(",", ".") if site.language() == "it" else error.limit
            return {"detail": t(f"detail.too_large.{error.reason}", limit=limit), "limit": error.limit + unit}
        case StoreBusy():
            return {"detail": t("detail.busy", seconds=error.retry_after)}
        case OverBudget():
            return _bill(error)
        case InvalidData():
            return {"findings": [finding.line(site.language()) for finding in error.findings]}
    return {"detail": t(_IN_SHORT.get(type(error), "detail.fault"))}


def _bill(error: OverBudget) -> dict[str, Any]:
    budget, used = f"{error.budget:g}", f"{error.used:.1f}"
    detail = t("detail.budget", budget=budget, window=error.window, used=used, seconds=error.retry_after)
    return {"detail": detail, "limit": f"{budget} s / {error.window} s", "used": f"{used} s"}


_IN_SHORT: Final = {
    BrokenRelease: "detail.unavailable",
    ClientGone: "detail.gone",
    NoRelease: "detail.no_release",
    NoSpace: "detail.unavailable",
    NotWritten: "detail.unavailable",
    NotXml: "detail.xml",
    Pruned: "detail.pruned",
    QueryCrashed: "detail.crashed",
    StoreUnavailable: "detail.unavailable",
}


def _mistake(error: BadQuery) -> dict[str, Any]:
    """What we say is in the reader's language, what the engine says in English."""
    if error.explanation:
        return {"detail": site.say(error.explanation)}
    return {"detail": str(error)[:_ENGINE_TEXT], "detail_language": "en"}


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        assert isinstance(error.response, Response)
        return error.response
    code, headers = error.code or 500, error.get_headers()
    response = answer(code, **_way_on(code, dict(headers)))
    for name, value in headers:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _way_on(code: int, headers: Mapping[str, str]) -> dict[str, str]:
    match code:
        case 404:
            return {"detail": t("detail.404", address=request.path[:200])}
        case 405:
            return {"detail": t("detail.405", methods=headers.get("Allow", "GET"))}
        case 400:
            return {"detail": t("detail.400")}
        case 413:
            return {"detail": t("detail.413"), "limit": f"{LONGEST_BODY:,} bytes"}
        case 414:
            return {"detail": t("detail.414"), "limit": f"{LONGEST_ADDRESS:,} bytes"}
    return {}


def not_acceptable(offers: Sequence[Format], address: Callable[[Format], str] | None, **particulars: Any) -> Response:
    """406, with the list of what there is, as words and as links; `address` is the place of each representation."""
    formats = [{"name": offer.name, "media_type": offer.media_type} for offer in offers]
    for offer, format in zip(offers, formats if address else (), strict=False):
        format["address"] = uri(address(offer)) if address else ""
    response = answer(406, name="format", formats=formats, **{"detail": t("detail.406"), **particulars})
    for format in formats if address else ():
        response.headers.add("Link", link(format["address"], "alternate", format["media_type"]))
    return response


def _withdrawn(error: Withdrawn) -> Response:
    notes = [note for note in error.gone.notes if note.language in (site.language(), None)] or error.gone.notes
    sentences = [t("error.gone", date=error.gone.date), *(note.text for note in notes)]
    return answer(410, detail=". ".join(sentence.rstrip(".") for sentence in sentences) + ".")


def _fault(error: Exception) -> Response:
    current_app.logger.exception("fault", exc_info=error)
    return answer(500, detail=t("detail.fault"))


def answer(
    code: int,
    title: str | None = None,
    detail_language: str | None = None,
    name: str | None = None,
    **particulars: Any,
) -> Response:
    """An error's answer: problem details or a page, never kept by a cache.

    `name` is that of the problem, where the status alone does not tell it.
    """
    known = next((each for each in PROBLEMS if each.name == name), _BY_STATUS.get(code))
    title = title or site.say(known.title if known else Message(f"Errore {code}", f"Error {code}"))
    members = {name: value for name, value in {**particulars, **_elsewhere(known)}.items() if value is not None}
    # A request for a Host that is not ours has no addresses, and a page is full of them.
    offers = (PROBLEM, HTML) if request_ctx.url_adapter is not None else (PROBLEM,)
    chosen = negotiate(offers, request.headers.get("Accept")) or PROBLEM
    if chosen is HTML:
        response = Response(_page(code, title, detail_language, members), code)
    else:
        type = f"{site.config().base_iri}problems#{known.name}" if known else "about:blank"
        body = {"type": type, "title": title, "status": code, **members}
        response = Response(json.dumps(body, ensure_ascii=False), code, mimetype=PROBLEM.media_type)
    response.headers["Cache-Control"] = "no-store"
    vary(response)
    response.content_language.add(site.language())
    return response


def _elsewhere(known: Problem | None) -> dict[str, str]:
    """Where the visitor finds what is not to be had here: the whole data, or how the data change."""
    if known is None or request_ctx.url_adapter is None:
        return {}
    if known.name == "pruned" and (named := site.pinned()):
        return {"dumps": url_for("releases.release", name=named.id, _external=True)}
    if known.name == "read-only":
        return {"help": url_for("pages.method", _external=True, _anchor="report")}
    return {"dumps": url_for("pages.data", _external=True)} if known.name in _ASKS_FOR_DUMPS else {}


def _page(code: int, title: str, detail_language: str | None, members: Mapping[str, Any]) -> str:
    return render_template("error.html", code=code, title=title, detail_language=detail_language, **members)
