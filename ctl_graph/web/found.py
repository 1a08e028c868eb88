"""How crawlers find the pages: a site map with the time when each last changed (https://www.sitemaps.org/protocol.html),
and what robots may do (https://www.rfc-editor.org/rfc/rfc9309).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, request, url_for

from ctl_graph import questions
from ctl_graph.formats import TEXT, XML
from ctl_graph.vocab import CTL
from ctl_graph.web import site
from ctl_graph.web.negotiation import respond, uri

bp = Blueprint("found", __name__)

# How many addresses one file may hold, by the protocol.
MOST: Final = 50_000
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES: Final = (
    "pages.home",
    "pages.clusters",
    "strategies.index",
    "collaborations.index",
    "strategies.national",
    "pictures.map",
    "pictures.network_page",
    "finding.sources",
    "pages.disagreements",
    "pages.question_list",
    "pages.data",
    "pages.method",
    "pages.accessibility",
)
# What is asked at these addresses is a query, or a choice of filters.
_ASKED: Final = (
    "sparql.endpoint",
    "finding.search_page",
    "finding.sources",
    "collaborations.index",
    "pictures.map",
    "pictures.network_page",
)
# Other views of a page.
_VIEWS: Final = ("view", "only")


@dataclass(frozen=True)
class Entry:
    """An address, and when what stands there last changed, where that is known."""

    place: str
    time: str | None = None


@bp.get("/robots.txt")
def robots() -> Response:
    """All may be read; but each query and each choice of filters has an address, and following them all takes time."""
    lines = (
        "User-agent: *",
        *(f"Disallow: {url_for(endpoint)}?" for endpoint in _ASKED),
        *(f"Disallow: {url_for('pages.home')}*{mark}{name}=" for name in _VIEWS for mark in "?&"),
        "Allow: /",
        "",
        f"Sitemap: {url_for('found.sitemap', _external=True)}",
    )
    return respond(TEXT, lambda: "\n".join(lines) + "\n", negotiated=False)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The pages; where they are too many for one file, the files that list them."""

    def make() -> str:
        if len(parts := _parts()) == 1:
            return _written("urlset", "url", parts[0])
        places = (url_for("found.sitemap_part", number=number) for number in range(1, len(parts) + 1))
        latest = (max((each.time for each in part if each.time), default=None) for part in parts)
        return _written("sitemapindex", "sitemap", map(Entry, places, latest))

    return _answer(make)


@bp.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    def make() -> str:
        parts = _parts()
        if len(parts) == 1 or not 1 <= number <= len(parts):
            abort(404)
        return _written("urlset", "url", parts[number - 1])

    return _answer(make)


def _answer(make: Callable[[], str]) -> Response:
    """The times are those of the feed, which may be behind the release for the time that it takes to write it."""
    feed = site.changes() if site.current_release() else None
    return respond(XML, make, negotiated=False, variant=str(len(feed.steps) if feed else 0))


def _parts() -> list[list[Entry]]:
    entries = [*_pages(), *_documents()]
    return [entries[first : first + MOST] for first in range(0, len(entries), MOST)]


def _pages() -> Iterator[Entry]:
    """The pages about the data as a whole, which are as new as the release."""
    time, datasets = None, []
    if current := site.current_release():
        datasets = [each["name"] for each in current.datasets]
        times = [line.time for line in site.history() if line.digest == current.id]
        time = times[-1] if times else None
    places = [*(url_for(name) for name in _PAGES), url_for("description.void", name="void")]
    places += (url_for("pages.question", name=name) for name in questions.load())
    places += [url_for("catalogue.catalogue", name="catalog")] if datasets else []
    places += (url_for("catalogue.dataset", name=name) for name in datasets)
    return (Entry(place, time) for place in places)


def _documents() -> Iterator[Entry]:
    """The documents about things and terms; over a store elsewhere, nobody knows which there are."""
    current, feed = site.current_release(), site.changes()
    if current is None or feed is None:
        return
    described = (f"{site.config().base_iri}id/", CTL)
    gone = questions.withdrawn(site.graphs())
    for iri, time in sorted(feed.modified(current.id).items()):
        if iri.startswith(described) and iri not in gone and (place := site.path(iri)):
            yield Entry(place, time)


def _written(whole: str, part: str, entries: Iterable[Entry]) -> str:
    lines = (f"<{part}><loc>{escape(_absolute(each.place))}</loc>{_lastmod(each)}</{part}>\n" for each in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{whole} xmlns="{_NAMESPACE}">\n{"".join(lines)}</{whole}>\n'


def _lastmod(entry: Entry) -> str:
    return f"<lastmod>{escape(entry.time)}</lastmod>" if entry.time else ""


def _absolute(place: str) -> str:
    return urljoin(request.host_url, uri(place))
