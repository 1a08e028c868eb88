"""How a document was at a time: Memento (https://www.rfc-editor.org/rfc/rfc7089), over the releases that are kept.

An address is its own TimeGate: who asks it with `Accept-Datetime` is sent on to the same document of the release that
was current then, of those that have it. `/timemap/…` lists them all. What takes part calls `gate` first.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, current_app, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date, parse_date
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import questions
from ctl_graph.errors import BadQuery, BrokenRelease, Message, NotWritten
from ctl_graph.feed import CREATE
from ctl_graph.formats import Format
from ctl_graph.release import HistoryLine, Release
from ctl_graph.web import site
from ctl_graph.web.negotiation import DOCUMENTS, respond, split_suffix, uri, vary

bp = Blueprint("memento", __name__)

LINK_FORMAT: Final = Format("Link format", "application/link-format", "link")
_DOCUMENTS: Final = "doc/"
_DATASETS: Final = "dataset/"
# What calls `gate`; that a release has other addresses, too (graphs, SPARQL, files), gives them no past.
_GATED: Final = frozenset(("resources.document", "catalogue.catalogue", "catalogue.dataset"))
# Each of six links has the parameters in it, and proxies read the headers of an answer into a few kilobytes.
_LONGEST_QUERY: Final = 50
_HEADER: Final = "Accept-Datetime"
_NO_DATE: Final = Message(
    "Accept-Datetime non è una data come «Thu, 26 Nov 2026 08:00:00 GMT».",
    "Accept-Datetime is not a date like “Thu, 26 Nov 2026 08:00:00 GMT”.",
)


@dataclass(frozen=True)
class Past:
    """The lines of the history whose releases have what is at a place; or may have it, where that is not certain."""

    place: str
    lines: Sequence[HistoryLine]
    is_certain: bool = True

    @cached_property
    def mementos(self) -> Sequence[HistoryLine]:
        """In the order of time; a release that came back is one memento, of the time when it came first."""
        first: dict[str, HistoryLine] = {}
        for line in self.lines:
            first.setdefault(line.digest, line)
        return list(first.values())


def init_app(app: Flask) -> None:
    app.after_request(_say)


def gate(place: str) -> AnyResponse | None:
    """Where a visitor who asks for a time is to go; None where the answer is given here.

    `place` is the path below the site's root, and there is the same path below `/release/<id>/`: a second rule of the
    same view, with `<pinned>` for the id. The answer that is given here will say in its headers that there are others.

    Raises:
        BadQuery: the time cannot be read.
    """
    past = g.memento = _past_of(place)
    asked = request.headers.get(_HEADER)
    if asked is None or site.pinned() or not past.lines:
        return None
    moment = None
    with suppress(OverflowError):  # an offset of hundreds of digits
        moment = parse_date(asked)
    if moment is None:
        raise BadQuery(_NO_DATE)
    line = next((line for line in reversed(past.lines) if _time(line) <= moment), past.lines[0])
    response = redirect(_memento(line, place), 302)
    response.headers["Cache-Control"] = "no-cache"
    vary(response)
    return response


def _past_of(place: str) -> Past:
    """A history that is damaged is no reason not to answer."""
    with suppress(BrokenRelease, NotWritten):
        return _lines_of(place)
    return Past(place, ())


def _say(response: Response) -> Response:
    """Which document this is one of, and at what time, where `gate` was asked."""
    past: Past | None = g.get("memento")
    if past is None or not past.lines:
        return response
    named, mementos = site.pinned(), past.mementos
    here = next((number for number, line in enumerate(mementos) if named and line.digest == named.id), None)
    if named is None:
        response.vary.add(_HEADER)
    elif here is not None and response.status_code in (200, 304):
        response.headers["Memento-Datetime"] = http_date(_time(mementos[here]))
    # What is gone has a past still. A 304 would put these in the place of all others that a cache has.
    has_links = response.status_code in (200, 302, 406) or (response.status_code == 404 and past.is_certain)
    if has_links and len(request.query_string) <= _LONGEST_QUERY:
        for value in _links(past, here):
            response.headers.add("Link", value)
    return response


def _links(past: Past, here: int | None) -> Iterator[str]:
    yield f'<{_original(past.place)}>; rel="original timegate"'
    yield f'<{_timemap(past.place)}>; rel="timemap"; type="{LINK_FORMAT.media_type}"'
    for number, line in enumerate(past.mementos):
        if relations := _relations(number, len(past.mementos), here):
            yield _memento_link(line, past.place, relations)


def _relations(number: int, total: int, here: int | None = None) -> list[str]:
    """What the memento of this number is to the one that is shown, if one is."""
    places = {"first": 0, "last": total - 1}
    if here is not None:
        places |= {"prev": here - 1, "next": here + 1}
    return [name for name, place in places.items() if place == number]


def _memento_link(line: HistoryLine, place: str, relations: Sequence[str]) -> str:
    relation = " ".join([*relations, "memento"])
    return f'<{_memento(line, place)}>; rel="{relation}"; datetime="{http_date(_time(line))}"'


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
    return uri(request.url_root + quote(place, safe=site.SAFE) + (f"?{parameters}" if parameters else ""))


# -- the list --------------------------------------------------------------------------------------------------------


@bp.get("/timemap/<path:place>")
def timemap(place: str) -> Response:
    """The mementos of what is at this place (https://www.rfc-editor.org/rfc/rfc7089#section-5)."""
    site.iri(place)
    if not _is_gated(place) or not (mementos := _there_now(_lines_of(place)).mementos):
        abort(404)

    def make() -> str:
        first, last = (http_date(_time(line)) for line in (mementos[0], mementos[-1]))
        here = f'<{_timemap(place)}>; rel="self"; type="{LINK_FORMAT.media_type}"; from="{first}"; until="{last}"'
        listed = (_memento_link(line, place, _relations(number, len(mementos))) for number, line in enumerate(mementos))
        return ",\n".join([f'<{_original(place)}>; rel="original timegate"', here, *listed]) + "\n"

    version = " ".join(f"{line.digest} {line.time}" for line in mementos)
    return respond(LINK_FORMAT, make, negotiated=False, version=version)


def _is_gated(place: str) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind(request.host).match(f"/{place}")
    except HTTPException:
        return False
    return endpoint in _GATED


def _there_now(past: Past) -> Past:
    """Of what is in no list, nobody knows whether it ever was: it is looked for now."""
    is_there = past.is_certain or (past.lines and questions.describe(site.graphs(), _thing(past.place)))
    return past if is_there else Past(past.place, ())


def _lines_of(place: str) -> Past:
    """The releases that have it; a document is there while its thing is accepted.

    Raises:
        BrokenRelease, NotWritten: the history or the changes cannot be read.
    """
    if not place.startswith(_DOCUMENTS):
        return Past(place, [line for line in site.history() if _has(line, place)])
    lives = changes.lives.get(_thing(place)) if (changes := site.changes()) else None
    if lives is None:
        return Past(place, site.kept(), is_certain=False)
    return Past(place, [line for line in site.kept() if _is_alive(lives, line)])


def _thing(place: str) -> str:
    return site.iri(f"id/{split_suffix(place.removeprefix(_DOCUMENTS), DOCUMENTS)[0]}")


def _has(line: HistoryLine, place: str) -> bool:
    """A release whose store was dropped still has its datasets; one from before there were any has no catalogue."""
    path = site.config().releases / line.digest
    names = _datasets(path) if path.is_dir() else ()
    name = split_suffix(place, DOCUMENTS)[0]
    return name.removeprefix(_DATASETS) in names if name.startswith(_DATASETS) else bool(names)


@lru_cache(maxsize=1000)
def _datasets(path: Path) -> frozenset[str]:
    """A release never changes, so that it is read once."""
    return frozenset(each["name"] for each in Release(path).datasets)


def _is_alive(lives: Sequence[tuple[str, str]], line: HistoryLine) -> bool:
    kinds = [kind for time, kind in lives if time <= line.time]
    return bool(kinds) and kinds[-1] == CREATE
