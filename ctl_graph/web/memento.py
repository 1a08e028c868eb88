"""How a document was at a time: Memento (https://www.rfc-editor.org/rfc/rfc7089), over the releases that are kept.

An address is its own TimeGate: who asks it with `Accept-Datetime` is sent on to the same document of the release that
was current then. `/timemap/…` lists them all. What takes part calls `gate` first.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date, parse_date
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import questions
from ctl_graph.errors import BadQuery, BrokenRelease, Message
from ctl_graph.feed import CREATE
from ctl_graph.formats import Format
from ctl_graph.release import HistoryLine
from ctl_graph.web import site
from ctl_graph.web.negotiation import DOCUMENTS, respond, split_suffix, uri, vary

bp = Blueprint("memento", __name__)

LINK_FORMAT: Final = Format("Link format", "application/link-format", "link")
_DOCUMENTS: Final = "doc/"
# Each of five links has the parameters in it, and proxies read the headers of an answer into a few kilobytes.
_LONGEST_QUERY: Final = 200
_HEADER: Final = "Accept-Datetime"
_NO_DATE: Final = Message(
    "Accept-Datetime non è una data come «Thu, 26 Nov 2026 08:00:00 GMT».",
    "Accept-Datetime is not a date like “Thu, 26 Nov 2026 08:00:00 GMT”.",
)


def init_app(app: Flask) -> None:
    app.after_request(_say)


def gate(place: str) -> AnyResponse | None:
    """Where a visitor who asks for a time is to go; None where the answer is given here.

    `place` is the path below the site's root, and there is the same path below `/release/<id>/`: a second rule of the
    same view, with `<pinned>` for the id. The answer that is given here will say in its headers that there are others.

    Raises:
        BadQuery: the time cannot be read.
    """
    g.memento = place, (lines := _kept())
    asked = request.headers.get(_HEADER)
    if asked is None or site.pinned() or not lines:
        return None
    if (moment := parse_date(asked)) is None:
        raise BadQuery(_NO_DATE)
    line = next((line for line in reversed(lines) if _time(line) <= moment), lines[0])
    response = redirect(_memento(line, place), 302)
    response.headers["Cache-Control"] = "no-cache"
    vary(response)
    return response


def _kept() -> Sequence[HistoryLine]:
    """A history that is damaged is no reason not to answer."""
    with suppress(BrokenRelease):
        return site.kept()
    return ()


def _say(response: Response) -> Response:
    """Which document this is one of, and at what time, where `gate` was asked."""
    place, kept = g.get("memento", ("", ()))
    if not (lines := _first_of_each(kept)):
        return response
    named = site.pinned()
    if not named:
        response.vary.add(_HEADER)
    elif response.status_code in (200, 304) and (line := _line_of(named.id, lines)):
        response.headers["Memento-Datetime"] = http_date(_time(line))
    is_short = len(request.query_string) <= _LONGEST_QUERY
    if response.status_code != 304 and response.status_code < 400 and is_short:
        for value in _links(place, lines):
            response.headers.add("Link", value)
    return response


def _links(place: str, lines: Sequence[HistoryLine]) -> Iterator[str]:
    yield f'<{_original(place)}>; rel="original timegate"'
    yield f'<{_timemap(place)}>; rel="timemap"; type="{LINK_FORMAT.media_type}"'
    if len(lines) == 1:
        yield _memento_link(lines[0], place, "first last memento")
    else:
        yield _memento_link(lines[0], place, "first memento")
        yield _memento_link(lines[-1], place, "last memento")


def _memento_link(line: HistoryLine, place: str, relation: str) -> str:
    return f'<{_memento(line, place)}>; rel="{relation}"; datetime="{http_date(_time(line))}"'


def _line_of(id: str, lines: Sequence[HistoryLine]) -> HistoryLine | None:
    return next((line for line in lines if line.digest == id), None)


def _first_of_each(lines: Sequence[HistoryLine]) -> Sequence[HistoryLine]:
    """A release that came back is one memento, of the time when it came first."""
    return list({line.digest: line for line in reversed(lines)}.values())[::-1]


def _time(line: HistoryLine) -> datetime:
    return datetime.fromisoformat(line.time).astimezone(UTC)


# -- addresses -------------------------------------------------------------------------------------------------------


def _original(place: str) -> str:
    return _address(place)


def _timemap(place: str) -> str:
    return _address(f"timemap/{place}")


def _memento(line: HistoryLine, place: str) -> str:
    return _address(f"release/{line.digest}/{place}")


def _address(place: str) -> str:
    """Absolute, with the parameters of this request (which page, which language)."""
    parameters = request.query_string.decode("ascii", "ignore")
    return uri(request.url_root + quote(place, safe="/:@!$&()*+,;=~-._") + (f"?{parameters}" if parameters else ""))


# -- the list --------------------------------------------------------------------------------------------------------


@bp.get("/timemap/<path:place>")
def timemap(place: str) -> Response:
    """The mementos of what is at this place (https://www.rfc-editor.org/rfc/rfc7089#section-5)."""
    site.iri(place)
    if not _is_pinned(place) or not (mementos := _first_of_each(_lines_of(place))):
        abort(404)

    def make() -> str:
        first, last = (http_date(_time(line)) for line in (mementos[0], mementos[-1]))
        here = f'<{_timemap(place)}>; rel="self"; type="{LINK_FORMAT.media_type}"; from="{first}"; until="{last}"'
        values = [f'<{_original(place)}>; rel="original timegate"', here]
        for number, line in enumerate(mementos):
            ends = [name for name, at in (("first", 0), ("last", len(mementos) - 1)) if at == number]
            values.append(_memento_link(line, place, " ".join([*ends, "memento"])))
        return ",\n".join(values) + "\n"

    version = " ".join(f"{line.digest} {line.time}" for line in mementos)
    return respond(LINK_FORMAT, make, negotiated=False, version=version)


def _is_pinned(place: str) -> bool:
    """Whether releases have it, too."""
    try:
        _, values = current_app.url_map.bind(request.host).match(f"/release/{'0' * 16}/{place}")
    except HTTPException:
        return False
    return "pinned" in values


def _lines_of(place: str) -> Sequence[HistoryLine]:
    """The kept releases; for a document, those in which its thing is accepted.

    Of what never was nobody keeps a list: where it is there now, it is looked for in all of them.
    """
    kept = site.kept()
    if not place.startswith(_DOCUMENTS):
        return kept
    thing = site.iri(f"id/{split_suffix(place.removeprefix(_DOCUMENTS), DOCUMENTS)[0]}")
    lives = changes.lives.get(thing) if (changes := site.changes()) else None
    if lives is not None:
        return [line for line in kept if _is_alive(lives, line)]
    return kept if kept and questions.describe(site.graphs(), thing) else ()


def _is_alive(lives: Sequence[tuple[str, str]], line: HistoryLine) -> bool:
    kinds = [kind for time, kind in lives if time <= line.time]
    return bool(kinds) and kinds[-1] == CREATE
