"""What changes, as feeds: `/ldes` for programs that keep a copy, `/changes` and `/changes.atom` for people.

`/ldes` is a Linked Data Event Stream (https://semiceu.github.io/LinkedDataEventStreams/): each member is an activity
about one thing, and what is accepted of the thing from then on is the graph that has the activity's name. Whoever keeps
the last of these graphs for each thing has exactly what is accepted now. A page is closed when it is full and never
changes again. Its relations hang on the address that the client used, which is the only one it knows.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urljoin
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph.feed import CREATE, DELETE, KINDS, UPDATE, Change, Feed
from ctl_graph.formats import HTML, JSON_LD, N_QUADS, TRIG, Format, read_quads, write_dataset
from ctl_graph.store import BlankNode, Literal, NamedNode, Quad, Term, Triple
from ctl_graph.vocab import DCTERMS, LICENCE, PREFIXES, RDF_TYPE, XSD
from ctl_graph.web import errors, site
from ctl_graph.web.description import root
from ctl_graph.web.documents import page_number
from ctl_graph.web.negotiation import DOCUMENTS, alternates, choose, negotiate, respond, vary
from ctl_graph.web.shown import harmless, t

bp = Blueprint("feeds", __name__)

AS: Final = "https://www.w3.org/ns/activitystreams#"
LDES: Final = "https://w3id.org/ldes#"
TREE: Final = "https://w3id.org/tree#"
SCHEMA: Final = PREFIXES["schema"]
# What keeps the names of graphs: without them nobody could tell what belongs to which member.
OFFERS: Final = (TRIG, JSON_LD, N_QUADS)
ATOM: Final = Format("Atom", "application/atom+xml", "atom", utf8=True)
_PREFIXES: Final[Mapping[str, str]] = {**PREFIXES, "as": AS, "ldes": LDES, "tree": TREE}
_POLLING_SECONDS: Final = 3600
LIST_PAGE: Final = 100
_ATOM: Final = "http://www.w3.org/2005/Atom"
_HISTORY: Final = "http://purl.org/syndication/history/1.0"
_NOT_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
Node = NamedNode | BlankNode
_LOOKED_FOR: Final = re.compile(r"/id/(cluster|organisation|collaboration|agreement|project|excellence|strategy|area)/")
Xml.register_namespace("", _ATOM)
Xml.register_namespace("fh", _HISTORY)


def _feed() -> Feed:
    if (feed := site.changes()) is None:
        abort(404)
    return feed


def _page(number: int) -> Feed:
    feed = _feed()
    if not 1 <= number <= feed.pages:
        abort(404)
    return feed


def _version(feed: Feed, page: int | None = None) -> str:
    """A closed page does not depend on what came after it."""
    if page is not None and feed.is_closed(page):
        return f"page {page} of {feed.steps[0].release} from {' to '.join(feed.times(page))}"
    return f"{feed.steps[-1].sequence} {feed.steps[-1].time}" if feed.steps else "empty"


# -- the event stream ------------------------------------------------------------------------------------------------


@bp.get("/<any('ldes', 'ldes.trig', 'ldes.jsonld', 'ldes.nq'):name>")
def stream(name: str) -> AnyResponse:
    """The stream's own description, with a way to each of its pages."""
    if name == "ldes" and negotiate(DOCUMENTS, request.headers.get("Accept")) is HTML:
        response = redirect(url_for("feeds.recent"), 303)
        vary(response)
        return response
    feed = _feed()
    return _answer(name, "feeds.stream", lambda here: [*_stream(here), *_relations(feed, here)], _version(feed))


@bp.get("/ldes/<name>")
def members(name: str) -> Response:
    """The members of one page, in the order in which they came."""
    number = _number(choose(name, OFFERS)[0])
    feed = _page(number)
    closed = feed.is_closed(number)

    def make(here: NamedNode) -> Iterable[Triple | Quad]:
        if closed:
            yield _triple(here, LDES + "immutable", Literal(True))
        for change in feed.page(number):
            yield _triple(_event_stream(), TREE + "member", _member(change.number))
            yield from _activity(change)

    return _answer(name, "feeds.members", make, _version(feed, number), closed)


@bp.get("/change/<name>")
def change(name: str) -> AnyResponse:
    """A change is found on its page."""
    number, feed = _number(name), _feed()
    if number > feed.total:
        abort(404)
    return redirect(url_for("feeds.members", name=str(feed.page_of(number))), 303)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and text[0] != "0"):
        abort(404)
    return int(text)


def _answer(
    name: str,
    endpoint: str,
    make: Callable[[NamedNode], Iterable[Triple | Quad]],
    version: str,
    closed: bool = False,
) -> Response:
    stem, format = choose(name, OFFERS)

    def address(offer: Format) -> str:
        return url_for(endpoint, name=f"{stem}.{offer.suffix}")

    if format is None:
        return errors.not_acceptable(OFFERS, address)
    here = NamedNode(root() + request.path.lstrip("/"))
    return respond(
        format,
        lambda: write_dataset(make(here), format, _PREFIXES),
        links=alternates(OFFERS, address, format),
        version=version,
        closed=closed,
    )


def _event_stream() -> NamedNode:
    return NamedNode(f"{site.config().base_iri}ldes#stream")


def _member(number: int) -> NamedNode:
    return NamedNode(f"{site.config().base_iri}change/{number}")


def _stream(here: NamedNode) -> Iterator[Triple]:
    """How the stream is to be read (https://semiceu.github.io/LinkedDataEventStreams/#vocabulary)."""
    stream, config = _event_stream(), site.config()
    yield _triple(stream, RDF_TYPE, NamedNode(LDES + "EventStream"))
    yield _triple(stream, TREE + "view", here)
    for name, value in (
        ("timestampPath", AS + "published"),
        ("versionOfPath", AS + "object"),
        ("sequencePath", SCHEMA + "position"),
        *((f"version{kind}Object", AS + kind) for kind in KINDS),
    ):
        yield _triple(stream, LDES + name, NamedNode(value))
    yield _triple(stream, LDES + "pollingInterval", Literal(_POLLING_SECONDS))
    yield _triple(stream, DCTERMS + "license", NamedNode(LICENCE))
    for language, title in (("it", config.title_it), ("en", config.title_en)):
        yield _triple(stream, DCTERMS + "title", Literal(title, language=language))


def _relations(feed: Feed, here: NamedNode) -> Iterator[Triple]:
    """To each page two that bound the times of its members, from its first to a second after its last.

    All changes of a release have the time of its publication, and no two releases the same: a page that ends within one
    is followed by a page that begins with the same time.
    """
    address = root() + "ldes/"
    for page in range(1, feed.pages + 1 if feed.total else 1):
        first, last = feed.times(page)
        after = (datetime.fromisoformat(last) + timedelta(seconds=1)).isoformat()
        bounds = [("GreaterThanOrEqualTo", first), *([("LessThan", after)] if feed.is_closed(page) else [])]
        for kind, value in bounds:
            relation = BlankNode(f"page{page:06}{kind}")
            yield _triple(here, TREE + "relation", relation)
            yield _triple(relation, RDF_TYPE, NamedNode(f"{TREE}{kind}Relation"))
            yield _triple(relation, TREE + "path", NamedNode(AS + "published"))
            yield _triple(relation, TREE + "value", _moment(value))
            yield _triple(relation, TREE + "node", NamedNode(f"{address}{page}"))


def _activity(change: Change) -> Iterator[Triple | Quad]:
    member = _member(change.number)
    yield _triple(member, RDF_TYPE, NamedNode(AS + change.kind))
    yield _triple(member, AS + "object", NamedNode(change.thing))
    yield _triple(member, AS + "published", _moment(change.time))
    yield _triple(member, SCHEMA + "position", Literal(change.number))
    yield _triple(member, DCTERMS + "isPartOf", NamedNode(f"{site.config().base_iri}release/{change.release}"))
    for quad in read_quads(change.statements.encode()):
        subject, object = (_of_member(term, change.number) for term in (quad.subject, quad.object))
        yield Quad(subject, quad.predicate, object, member)  # type: ignore[arg-type]


def _of_member(term: Term, number: int) -> Term:
    """Members that stand on one page have blank nodes of their own."""
    return BlankNode(f"m{number}{term.value}") if isinstance(term, BlankNode) else term


def _triple(subject: Node, predicate: str, object: Term) -> Triple:
    return Triple(subject, NamedNode(predicate), object)


def _moment(time: str) -> Literal:
    return Literal(_zulu(time), datatype=NamedNode(XSD + "dateTime"))


def _zulu(time: str) -> str:
    return time.replace("+00:00", "Z")


# -- for people ------------------------------------------------------------------------------------------------------


@bp.get("/changes")
def recent() -> Response:
    """The same changes as a page, the latest first."""
    number, feed = page_number(), _feed()
    first = (number - 1) * LIST_PAGE
    if number > 1 and first >= feed.total:
        abort(404)

    def make() -> str:
        shown = _latest(feed, first, LIST_PAGE)
        return render_template(
            "changes.html",
            changes=[(each, said(each), site.path(each.thing)) for each in shown],
            first=first + 1,
            total=feed.total,
            page=number,
            has_next=first + LIST_PAGE < feed.total,
        )

    return respond(HTML, make, negotiated=False, version=_version(feed))


def latest(feed: Feed, limit: int) -> list[tuple[str, str, str | None]]:
    """What changed last of what people look for: how, its name, and where it is now, if it is still there."""
    changes = [each for each in _backwards(feed, feed.pages) if _LOOKED_FOR.search(each.thing)][:limit]
    return [
        (said(each), each.label(site.language()), None if each.kind == DELETE else site.path(each.thing))
        for each in changes
    ]


def _latest(feed: Feed, first: int, length: int) -> list[Change]:
    """So many changes from this one on, counted from the latest, which is 0; only the pages that hold them are read."""
    wanted = range(feed.total - first, max(0, feed.total - first - length), -1)
    pages = sorted({feed.page_of(number) for number in wanted}, reverse=True)
    return [each for page in pages for each in _backwards(feed, page) if each.number in wanted]


def _backwards(feed: Feed, page: int) -> list[Change]:
    return feed.page(page)[::-1]


@bp.get("/changes.atom")
def atom() -> Response:
    """The page that still grows: what a reader subscribes to (https://www.rfc-editor.org/rfc/rfc5005#section-4)."""
    feed = _feed()
    if not feed.steps:  # a feed has the time at which it last changed
        abort(404)
    return respond(ATOM, lambda: _atom(feed, feed.pages), negotiated=False, translated=True, version=_version(feed))


@bp.get("/changes/<name>")
def archive(name: str) -> Response:
    """A page that is full: an archive, in the words of RFC 5005. It names no later one, because it never changes."""
    number = _number(name.removesuffix(f".{ATOM.suffix}"))
    feed = _page(number)
    if not name.endswith(f".{ATOM.suffix}") or not feed.is_closed(number):
        abort(404)
    return respond(
        ATOM,
        lambda: _atom(feed, number, is_archive=True),
        negotiated=False,
        translated=True,
        version=_version(feed, number),
    )


def _atom(feed: Feed, page: int, is_archive: bool = False) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc4287"""
    config, changes = site.config(), _backwards(feed, page)
    document = _element(None, "feed", **{"{http://www.w3.org/XML/1998/namespace}lang": site.language()})
    title = config.title_it if site.language() == "it" else config.title_en
    _element(document, "title", f"{title}: {t('changes')}")
    _element(document, "id", f"{config.base_iri}changes.atom")
    _element(document, "updated", _zulu(changes[0].time if changes else feed.steps[-1].time))
    _element(_element(document, "author"), "name", config.publisher)
    _element(document, "rights", t("licence"))
    here = "feeds.archive" if is_archive else "feeds.atom"
    links = {"self": _absolute(here, page) if is_archive else _absolute(here)}
    links["alternate"] = _absolute("feeds.recent")
    if is_archive:
        Xml.SubElement(document, f"{{{_HISTORY}}}archive")
        links["current"] = _absolute("feeds.atom")
    before = page - 1
    if before:
        links["prev-archive"] = _absolute("feeds.archive", before)
    for relation, address in links.items():
        kind = "text/html" if relation == "alternate" else ATOM.media_type
        _element(document, "link", rel=relation, href=address, type=kind)
    for change in changes:
        _entry(document, change)
    written: bytes = Xml.tostring(document, encoding="utf-8", xml_declaration=True)
    return written


def _entry(document: Xml.Element, change: Change) -> None:
    entry = _element(document, "entry")
    name, place = change.label(site.language()), site.path(change.thing)
    if place is None or change.kind == DELETE:
        place = url_for("feeds.change", name=str(change.number))
    _element(entry, "title", f"{said(change)}: {name}")
    _element(entry, "id", _member(change.number).value)
    _element(entry, "updated", _zulu(change.time))
    _element(entry, "link", rel="alternate", href=urljoin(root(), place))
    _element(entry, "category", term=change.kind, scheme=AS)
    _element(entry, "summary", t("changes.counts", added=change.added, removed=change.removed))


def said(change: Change) -> str:
    """The kind of the change in the reader's language."""
    words = {CREATE: t("changes.Create"), UPDATE: t("changes.Update"), DELETE: t("changes.Delete")}
    return words[change.kind]


def _element(parent: Xml.Element | None, name: str, text: str | None = None, **attributes: str) -> Xml.Element:
    tag = f"{{{_ATOM}}}{name}"
    element = Xml.Element(tag, attributes) if parent is None else Xml.SubElement(parent, tag, attributes)
    element.text = _NOT_XML.sub("", harmless(text)) if text else None
    return element


def _absolute(endpoint: str, page: int | None = None) -> str:
    name = {"name": f"{page}.{ATOM.suffix}"} if page else {}
    return url_for(endpoint, **name, _external=True)
