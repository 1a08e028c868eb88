"""What a request stands on: the release it began with, its stores, the reader's language, and where IRIs lead.

A release, its store and its sandbox are opened together when the `current` link moves, and dropped together when the
last request that began with them has ended; so a request sees one release from beginning to end. An address may name an
older one, `/release/<id>/…`: all that the request does is then done over that one, and links of its pages stay in it.
"""

import hashlib
import logging
import math
import re
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from socket import socket
from threading import BoundedSemaphore, Lock
from typing import Any, Final, TypeVar
from urllib.parse import quote

from flask import Flask, abort, current_app, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.wrappers import Response

import ctl_graph
from ctl_graph import feed, questions, release
from ctl_graph.config import Config
from ctl_graph.errors import BrokenRelease, GraphError, Message, NotWritten, Pruned, StoreBusy, StoreUnavailable
from ctl_graph.federation import Federation
from ctl_graph.feed import Feed
from ctl_graph.questions import Kept, Label, Labels, Said, Source, Table
from ctl_graph.reconciliation import Index
from ctl_graph.release import HISTORY, HistoryLine, Release
from ctl_graph.remote import RemoteStore
from ctl_graph.sandbox import Sandbox, Visit
from ctl_graph.store import Answer, OxigraphStore, Store
from ctl_graph.vocab import ACCEPTED, CTL, LONGEST_KEPT, graph_iri
from ctl_graph.worker import UNCONFINED

LANGUAGES: Final = ("it", "en")
# What stays as it is in the path of an address.
SAFE: Final = "/:@!$&()*+,;=~-._"
_COOKIE: Final = "language"
_YEAR: Final = 365 * 24 * 3600
_SHORT: Final = 2.0
_RETRY_AFTER: Final = 60.0
_OLDER: Final = 2
_WAITING: Final = 4
_SOON: Final = 5
_KEPT: Final = 256  # of a few hundred kilobytes at most
_KEPT_SECONDS: Final = 60  # over an endpoint elsewhere, whose data may change
# What an older release shows as the current one does.
_PINNED: Final = ("doc/", "graph/")
_ID: Final = re.compile("[0-9a-f]{16}")
_OURS: Final = {".py", ".rq", ".ttl", ".toml", ".html", ".css", ".js", ".geojson", ".svg", ".txt"}
_log: Final = logging.getLogger(__name__)
_EXTENSION: Final = "ctl_graph"
_Found = TypeVar("_Found")
Once = Callable[..., Any]
_REFUSED: Final = re.compile(r"[\x00-\x1f\x7f\\]|//|(^|/)\.{1,2}(/|$)|^/")


class Opened:
    """A release with its stores, opened only when its files are those that were published.

    Each sandbox starts its workers with its first query and ends them with itself: one is for queries of visitors, one,
    with little time, for questions of ours with values of theirs.
    """

    def __init__(self, config: Config, published: Release) -> None:
        release.verify(published)
        self.release = published
        self.store = OxigraphStore(published.store, config.hold)
        self.once = lru_cache(_KEPT)(_found)
        self.sandbox = _sandbox(config, published, config.query_seconds, config.query_workers)
        self.short = _sandbox(config, published, min(_SHORT, config.query_seconds), 1)
        # What need not be confined may be all the same; a worker knows, and is asked once.
        self.is_confined = None if config.allow_unconfined else True

    @cached_property
    def names(self) -> Index:
        """Who is called what: as it was published; from the store, where the release is from before that was."""
        names = self.release.names
        return Index.read(names) if names.exists() else Index.of(self.store)

    @cached_property
    def properties(self) -> Mapping[str, Mapping[str, int]]:
        """For each class, how many of its things have a property; counted when it is first asked for."""
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for row in questions.ask(self.store, "_properties"):
            counts[questions.text(row["class"])][questions.text(row["property"])] = int(questions.text(row["things"]))
        return counts


def _found(make: Callable[..., _Found], *values: Hashable) -> _Found:
    return make(*values)


def _sandbox(config: Config, published: Release, seconds: float, workers: int) -> Sandbox:
    return Sandbox(
        published.store,
        seconds=seconds,
        memory=config.query_memory,
        answer=config.query_answer,
        rows=config.query_rows,
        workers=workers,
        queue=config.query_queue,
        allow_unconfined=config.allow_unconfined,
    )


class Site:
    """The release that this process serves now."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.remote = self.remote_graphs = None
        if config.endpoint:
            accepted = graph_iri(config.base_iri, ACCEPTED)
            seconds, limit = config.query_seconds, config.query_answer * 1_000_000
            self.remote = RemoteStore(config.endpoint, accepted, seconds, limit, config.query_rows)
            self.remote_graphs = RemoteStore(config.endpoint, seconds=seconds, limit=limit)
        self.federation = Federation(config.federation.split(), config.query_seconds)
        self.fingerprint = _fingerprint(config)
        self.refused: str | None = None
        self._again = 0.0
        self._opened: Opened | None = None
        self._lock = Lock()
        self._older: OrderedDict[str, Opened] = OrderedDict()
        self._lock_older = Lock()
        self._waiting = BoundedSemaphore(_WAITING)
        self._past: _Past | None = None
        self._feed: tuple[_Past, Feed] | None = None
        self._failed: tuple[_Past, float, GraphError] | None = None
        self._lock_feed = Lock()
        self._minute: tuple[int, Once] = -1, lru_cache(_KEPT)(_found)

    def once_in_a_while(self) -> Once:
        """What is kept of an endpoint elsewhere; after a minute, all of it is dropped."""
        now = int(time.monotonic() // _KEPT_SECONDS)
        if self._minute[0] != now:
            self._minute = now, lru_cache(_KEPT)(_found)
        return self._minute[1]

    def opened(self) -> Opened:
        """The current release, opened anew only when the link has moved.

        While one request opens it, the others go on with the one before; so they do where it is refused.

        Raises:
            NoRelease: nothing is published yet.
            BrokenRelease, StoreUnavailable: it cannot be opened, and there is none before it.
        """
        current = release.current(self.config.releases)
        if not self._lock.acquire(blocking=self._opened is None):
            assert self._opened is not None
            return self._opened  # another request is opening the new one
        try:
            if self._opened is None:
                self._opened = Opened(self.config, current)
            elif current.id == self._opened.release.id:
                self.refused = None
            elif current.id != self.refused or time.monotonic() > self._again:
                self._open_instead(current)
            return self._opened
        finally:
            self._lock.release()

    def _open_instead(self, current: Release) -> None:
        try:
            self._opened, self.refused = Opened(self.config, current), None
        except (BrokenRelease, StoreUnavailable) as error:
            # What is broken stays so; what could not be opened, for want of memory or files, may be later.
            self._again = math.inf if isinstance(error, BrokenRelease) else time.monotonic() + _RETRY_AFTER
            self.refused = current.id
            _log.exception("release %s is refused, the one before it stays", current.id)

    def older(self, published: Release) -> Opened:
        """The release that an address names: the current one, or one of the few that are kept open beside it.

        They are opened one at a time, stay on the disk, and have one worker each. Opening reads the whole release, so
        that few may wait for it: the other requests leave their threads to the rest of the site.

        Raises:
            Pruned: its store was dropped.
            StoreBusy: others wait already.
            BrokenRelease, StoreUnavailable: it cannot be opened.
        """
        if self._opened is not None and self._opened.release.id == published.id:
            return self._opened
        if not published.store.exists():
            raise Pruned(published.id)
        with suppress(KeyError):
            self._older.move_to_end(published.id)
            return self._older[published.id]
        if not self._waiting.acquire(blocking=False):
            raise StoreBusy(_SOON)
        try:
            with self._lock_older:
                return self._older.get(published.id) or self._open_older(published)
        finally:
            self._waiting.release()

    def _open_older(self, published: Release) -> Opened:
        try:
            opened = Opened(replace(self.config, hold=0, query_workers=1), published)
        except (BrokenRelease, StoreUnavailable) as error:
            if not published.store.exists():  # dropped in between
                raise Pruned(published.id) from error
            raise
        self._older[published.id] = opened
        while len(self._older) > _OLDER:
            self._older.popitem(last=False)
        return opened

    def past(self) -> "_Past":
        """What the history says; read when the folder of releases has changed.

        Raises:
            BrokenRelease: the history cannot be read.
        """
        releases, known = self.config.releases, self._past
        key = [path.stat().st_mtime_ns for path in (releases, releases / HISTORY) if path.exists()]
        if known is None or known.key != key:
            lines = tuple(release.history(releases))
            kept = tuple(line for line in lines if (releases / line.digest / "store").exists())
            known = self._past = _Past(key, lines, kept)
        return known

    def feed(self) -> Feed:
        """The changes of the whole history. Raises what `feed.of` does.

        While one request makes it, the others go on with the one before; what failed is not tried by each of them.
        """
        past, known = self.past(), self._feed
        if known and (known[0] is past or not self._lock_feed.acquire(blocking=False)):
            return known[1]
        if not known:
            self._lock_feed.acquire()
        try:
            return self._read_feed(past)
        finally:
            self._lock_feed.release()

    def news(self) -> Feed | None:
        """The changes as far as they are written already: a page that only tells the news waits for nothing."""
        try:
            if self._feed and self._feed[0] is self.past():
                return self._feed[1]
            return feed.written(self.config.releases)
        except BrokenRelease as error:
            _log.warning("the first page tells no news: %s", error)
            return None

    def _read_feed(self, past: "_Past") -> Feed:
        if self._feed and self._feed[0] is past:
            return self._feed[1]
        if self._failed and self._failed[0] is past and time.monotonic() < self._failed[1]:
            raise self._failed[2].with_traceback(None)
        try:
            self._feed = past, feed.of(self.config)
        except (BrokenRelease, NotWritten) as error:
            self._failed = past, time.monotonic() + _RETRY_AFTER, error
            raise
        return self._feed[1]


@dataclass(frozen=True, eq=False)
class _Past:
    """The history as it was read: all its lines, and those whose releases still have a store."""

    key: Sequence[int]
    lines: Sequence[HistoryLine]
    kept: Sequence[HistoryLine]


def _fingerprint(config: Config) -> str:
    """What a page depends on besides the release: our own files, and the settings that it shows."""
    shown = [config.base_iri, config.title_it, config.title_en, config.publisher, config.authority, config.contact]
    shown += [config.identifier, config.territory, config.territory_name, config.federation, config.boundaries]
    shown += [config.accessibility_status, config.accessibility_date, config.accessibility_contact]
    digest = hashlib.sha256(repr(shown).encode())
    if config.boundaries and (own := Path(config.boundaries)).is_file():  # that it is there is asked where it is read
        digest.update(own.read_bytes())
    for path in sorted(Path(ctl_graph.__file__).parent.rglob("*")):
        if path.suffix in _OURS:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def init_app(app: Flask, config: Config) -> None:
    app.extensions[_EXTENSION] = Site(config)
    app.after_request(_keep_language)
    app.url_value_preprocessor(_take_id)
    app.before_request(_pin)
    app.url_defaults(_stay)


def _site() -> Site:
    site = current_app.extensions[_EXTENSION]
    assert isinstance(site, Site)
    return site


def _take_id(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """No view need know of the release that its address names."""
    g.pinned_id = values.pop("pinned", None) if values else None


def _pin() -> None:
    """An address that names a release: everything is read from it."""
    if g.pinned_id is not None:
        g.pinned = find_release(g.pinned_id) or abort(404)


def _stay(endpoint: str, values: dict[str, Any]) -> None:
    """Addresses made for a page of a release stay in the release, where they are there, too."""
    if (named := pinned()) and current_app.url_map.is_endpoint_expecting(endpoint, "pinned"):
        values.setdefault("pinned", named.id)


def pinned() -> Release | None:
    """The release that the address names, if it names one."""
    named = g.get("pinned")
    return named if isinstance(named, Release) else None


def now() -> str | None:
    """Where the same is as it is now, if the address names a release."""
    if (named := pinned()) is None:
        return None
    place = request.path.removeprefix(f"/release/{named.id}/")
    return f"{request.script_root}/{quote(place, safe=SAFE)}"


def find_release(id: str) -> Release | None:
    """The release of this id; none where there is none, or the store is an endpoint elsewhere."""
    named = Release(config().releases / id)
    is_there = bool(_ID.fullmatch(id)) and not config().endpoint and (named.path / "manifest.json").exists()
    return named if is_there else None


def history() -> Sequence[HistoryLine]:
    """What was current when, oldest first; nothing where the store is an endpoint elsewhere."""
    return () if config().endpoint else _site().past().lines


def kept() -> Sequence[HistoryLine]:
    """The same, as far as its store is kept."""
    return () if config().endpoint else _site().past().kept


def changes() -> Feed | None:
    """The changes of the whole history; none where the store is an endpoint elsewhere."""
    return None if config().endpoint else _site().feed()


def news() -> Feed | None:
    """The changes that ended with the current release, where they are written already."""
    return None if config().endpoint else _site().news()


def _opened() -> Opened:
    if "opened" not in g:
        named = pinned()
        g.opened = _site().older(named) if named else _site().opened()
    opened = g.opened
    assert isinstance(opened, Opened)
    return opened


def config() -> Config:
    return _site().config


def current_release() -> Release | None:
    """The release that this request began with; None where the store is an endpoint elsewhere.

    The one that an address names is known before its store is opened, and when it has none any more.
    """
    return None if config().endpoint else pinned() or _opened().release


def served() -> Release | None:
    """The current release, if this request has needed it so far."""
    return _opened().release if "opened" in g and not pinned() else None


def names() -> Index | None:
    """Who is called what in the release; None where the store is an endpoint elsewhere."""
    return None if config().endpoint else _opened().names


def properties() -> Mapping[str, Mapping[str, int]]:
    """For each class of the release, how many of its things have a property."""
    return {} if config().endpoint else _opened().properties


def store() -> Store:
    """Where stored questions are asked, in this process: the default graph is what is accepted."""
    return _site().remote or _opened().store


def graphs() -> Store:
    """Where the pages ask who says what, by the names of the graphs."""
    return _site().remote_graphs or _opened().store


def answer(name: str, **values: str) -> Table:
    """The answer to a stored question that is the same for all who ask, found out `once`."""
    return once(_answer, name, *sorted(values.items()))


def _answer(name: str, *values: tuple[str, str]) -> Table:
    return questions.ask(store(), name, **dict(values))


def once(make: Callable[..., _Found], *values: Hashable) -> _Found:
    """What `make` makes of these values, made once for the release that this request began with, and dropped with it.

    For what is the same for all who ask. The values are from a closed list (a language, an example): those of visitors
    would fill what is kept.
    """
    if config().endpoint:
        kept: _Found = _site().once_in_a_while()(make, *values)
    else:
        kept = _opened().once(make, *values)
    return kept


def visitors_store() -> Sandbox | RemoteStore:
    """Where a visitor's query runs: confined, with a deadline; or at the endpoint elsewhere, which sees to that itself.

    Raises:
        NoRelease: nothing is published yet.
    """
    return _site().remote or _opened().sandbox


def federation() -> Federation:
    """The endpoints that a visitor's query may name in SERVICE."""
    return _site().federation


def short_lane() -> Sandbox | RemoteStore:
    """Where a question of ours runs that holds a visitor's values: confined, and soon over."""
    return _site().remote or _opened().short


def for_the_visitor(store: Sandbox | RemoteStore, heard: Callable[[Answer], object]) -> Store:
    """The same store, where a question waits and runs in the name of who asks, and no longer than they wait for it."""
    if isinstance(store, RemoteStore):
        return store  # nobody waits for a worker of ours
    return Visit(store, request.remote_addr or "", connection(), heard)


def connection() -> socket | None:
    """The visitor's connection, where the server (gunicorn, or Werkzeug's own) lends it."""
    found = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    return found if isinstance(found, socket) else None


def fingerprint() -> str:
    """Changes when a page may look different over the same release."""
    return _site().fingerprint


def is_degraded() -> bool:
    """Whether an older release is served because the current one was refused."""
    return _site().refused is not None


def is_confined() -> bool:
    """Whether visitors' queries run confined, as far as is known: only where they need not be is there a doubt."""
    if config().endpoint:
        return True
    opened = _opened()
    if opened.is_confined is None:
        with suppress(StoreBusy):  # then whoever asks next is told
            opened.is_confined = opened.short.confinement() != UNCONFINED
    return opened.is_confined is not False


# -- names and places ------------------------------------------------------------------------------------------------


def accepted() -> str:
    """The name of the graph of accepted statements."""
    return graph_iri(config().base_iri, ACCEPTED)


def iri(path: str) -> str:
    """The canonical IRI of a path below the namespace (`id/cluster/afil`); a path that cannot be one is a 404."""
    if _REFUSED.search(path) or len(path) > 1000:
        abort(404)
    try:
        return config().base_iri + quote(path, safe=SAFE)
    except UnicodeEncodeError:
        abort(404)


def term(name: str) -> str:
    """The IRI of a term of the vocabulary; a name that cannot be one is a 404."""
    return CTL + iri(name).removeprefix(config().base_iri)


def path(iri: str) -> str | None:
    """Where an IRI of ours is on this site, as an address for links; None for the IRIs of others.

    Things lead to their documents at once, without the detour over `/id/`.
    """
    base, root, release = _here()
    place = _place(base, iri) if len(iri) <= LONGEST_KEPT else _place.__wrapped__(base, iri)
    if place is None:
        return None
    return f"{root}/release/{release}/{place}" if release and place.startswith(_PINNED) else f"{root}/{place}"


def _here() -> tuple[str, str, str]:
    """The namespace, where the site is mounted, and the release that the address names: the same for all a request."""
    if (here := g.get("here")) is None:
        named = pinned()
        here = g.here = config().base_iri, request.script_root, named.id if named else ""
    known: tuple[str, str, str] = here
    return known


@lru_cache(maxsize=10_000)
def _place(base: str, iri: str) -> str | None:
    """The path of an IRI of ours, as an address for links: of a page there are hundreds."""
    if iri.startswith(CTL):
        place = "def/" + iri.removeprefix(CTL)
    elif iri.startswith(base):
        place = iri.removeprefix(base)
        place = "doc/" + place.removeprefix("id/") if place.startswith("id/") else place
    else:
        return None
    return None if _REFUSED.search(place) else quote(place, safe=f"%{SAFE}")


def document_iri(thing: str) -> str:
    """The canonical IRI of the document about a thing: `…/id/x` is described by `…/doc/x`."""
    base = config().base_iri
    place = thing.removeprefix(base + "id/")
    return thing if place == thing else f"{base}doc/{place}"


# -- the reader ------------------------------------------------------------------------------------------------------


def language() -> str:
    """The reader's language: the switch, else the cookie that the switch set, else what the browser wishes.

    Who wishes neither of ours reads English; who says nothing, Italian.
    """
    if (known := g.get("language")) is None:
        known = g.language = _chosen_language()
    return str(known)


def _chosen_language() -> str:
    for wish in (request.args.get("lang"), request.cookies.get(_COOKIE)):
        if wish in LANGUAGES:
            return wish
    # `it-IT` and the like are Italian too, which `best_match` alone would not see for `en-GB` among others.
    if not request.accept_languages:
        return LANGUAGES[0]
    wishes = LanguageAccept([(value.split("-")[0].lower(), quality) for value, quality in request.accept_languages])
    return wishes.best_match(LANGUAGES) or "en"


def _keep_language(response: Response) -> Response:
    if (wish := request.args.get("lang")) in LANGUAGES:
        path, secure = request.script_root or "/", request.is_secure
        response.set_cookie(_COOKIE, wish, _YEAR, path=path, secure=secure, httponly=True, samesite="Lax")
    return response


def say(message: Message) -> str:
    """The message in the reader's language."""
    return message.in_language(language())


def evidence(things: Iterable[str]) -> Mapping[str, Said]:
    """For each of the things the graphs that say something of it."""
    return once(_evidence).of(things)


def _evidence() -> Kept[Said]:
    return Kept(partial(questions.evidence, graphs()))


def sources(named: Iterable[str]) -> Mapping[str, Source]:
    """The source of each of these graphs."""
    return once(_sources).of(named)


def _sources() -> Kept[Source]:
    return Kept(partial(questions.sources, graphs()))


def labels(iris: Iterable[str], context: str | None = None) -> dict[str, Label]:
    """Names in the reader's language; `context` is the thing that a page is about."""
    return once(_labels, language()).of(iris, context)


def _labels(in_language: str) -> Labels:
    return Labels(graphs(), in_language, accepted())
