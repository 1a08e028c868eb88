"""Failures as answers: which status each has, and what a visitor reads of it.

The body is problem details (https://www.rfc-editor.org/rfc/rfc9457), or a page where the visitor prefers HTML. Only "no
such thing" is a 404. A visitor never reads a path, a trace, or what a backend said; those go to the log.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Flask, Response, current_app, render_template, request
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
    QueryCrashed,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
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

STATUS: Final[Mapping[type[GraphError], int]] = {
    InvalidData: 422,
    NoRelease: 503,
    BrokenRelease: 503,
    BadQuery: 400,
    QueryTimeout: 504,
    NoFormat: 406,
    QueryTooLarge: 500,
    QueryCrashed: 500,
    QueryRefused: 400,
    ClientGone: 499,  # nobody reads it but the log, where others (nginx) write this number, too
    NoSpace: 503,
    StoreBusy: 503,
    StoreUnavailable: 502,
    GraphError: 500,
}
_PLAIN: Final[Mapping[type[GraphError], str]] = {QueryCrashed: "detail.crashed", ClientGone: "detail.gone"}
_RETRY_LATER: Final = 30


def init_app(app: Flask) -> None:
    app.register_error_handler(GraphError, _graph_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Withdrawn, _withdrawn)
    app.register_error_handler(Exception, _fault)


def status(error: GraphError) -> int:
    """The status of the nearest ancestor that has one."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _graph_error(error: GraphError) -> Response:
    code = status(error)
    if code >= 500:
        current_app.logger.error("%s: %s", type(error).__name__, error, exc_info=code == 500)
    response = answer(code, **explained(error))
    if isinstance(error, StoreBusy | QueryRefused):
        response.headers["Retry-After"] = str(error.retry_after)
    elif code == 503:
        response.headers["Retry-After"] = str(_RETRY_LATER)
    return response


def explained(error: GraphError) -> dict[str, Any]:
    """What a visitor may read: a title, their own mistake in full, of our troubles the kind only."""
    key = "error.too_large" if isinstance(error, QueryTooLarge) else f"error.{status(error)}"
    return {"title": t(key), **_particulars(error)}


def _particulars(error: GraphError) -> dict[str, Any]:
    match error:
        case BadQuery():
            return {**_mistake(error), "line": error.line, "column": error.column}
        case QueryTimeout():
            return {"detail": t("detail.timeout", seconds=f"{error.seconds:g}"), "seconds": error.seconds}
        case QueryCrashed() | ClientGone():
            return {"detail": t(_PLAIN[type(error)])}
        case QueryRefused():
            return {"detail": t("detail.refused", seconds=error.retry_after)}
        case QueryTooLarge():
            return {"detail": t(f"detail.too_large.{error.reason}", limit=error.limit)}
        case StoreBusy():
            return {"detail": t("detail.busy", seconds=error.retry_after)}
        case NoRelease():
            return {"detail": t("detail.no_release")}
        case StoreUnavailable() | BrokenRelease() | NoSpace():
            return {"detail": t("detail.unavailable")}
        case InvalidData():
            return {"findings": [finding.line(site.language()) for finding in error.findings]}
    return {"detail": t("detail.fault")}


def _mistake(error: BadQuery) -> dict[str, Any]:
    """What we say is in the reader's language, what the engine says in English."""
    if error.explanation:
        return {"detail": site.say(error.explanation)}
    return {"detail": str(error), "detail_language": "en"}


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        assert isinstance(error.response, Response)
        return error.response
    code, headers = error.code or 500, error.get_headers()
    response = answer(code, detail=_way_on(code, dict(headers)))
    for name, value in headers:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _way_on(code: int, headers: Mapping[str, str]) -> str | None:
    match code:
        case 404:
            return t("detail.404", address=request.path[:200])
        case 405:
            return t("detail.405", methods=headers.get("Allow", "GET"))
        case 400:
            return t("detail.400")
    return None


def not_acceptable(offers: Sequence[Format], address: Callable[[Format], str] | None, **particulars: Any) -> Response:
    """406, with the list of what there is, as words and as links; `address` is the place of each representation."""
    formats = [{"name": offer.name, "media_type": offer.media_type} for offer in offers]
    for offer, format in zip(offers, formats if address else (), strict=False):
        format["address"] = uri(address(offer)) if address else ""
    response = answer(406, formats=formats, **{"detail": t("detail.406"), **particulars})
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


def answer(code: int, title: str | None = None, detail_language: str | None = None, **particulars: Any) -> Response:
    """An error's answer: problem details or a page, never kept by a cache."""
    title = title or site.say(MESSAGES.get(f"error.{code}", Message(f"Errore {code}", f"Error {code}")))
    members = {name: value for name, value in particulars.items() if value is not None}
    # A request for a Host that is not ours has no addresses, and a page is full of them.
    offers = (PROBLEM, HTML) if request_ctx.url_adapter is not None else (PROBLEM,)
    chosen = negotiate(offers, request.headers.get("Accept")) or PROBLEM
    if chosen is HTML:
        response = Response(_page(code, title, detail_language, members), code)
    else:
        problem = {"type": "about:blank", "title": title, "status": code, **members}
        response = Response(json.dumps(problem, ensure_ascii=False), code, mimetype=PROBLEM.media_type)
    response.headers["Cache-Control"] = "no-store"
    vary(response)
    response.content_language.add(site.language())
    return response


def _page(code: int, title: str, detail_language: str | None, members: Mapping[str, Any]) -> str:
    return render_template("error.html", code=code, title=title, detail_language=detail_language, **members)
