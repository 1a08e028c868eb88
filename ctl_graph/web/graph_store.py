"""Whole graphs: the reading half of the Graph Store Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

`/graphs?graph=<IRI>` is a named graph, `/graphs?default` what is accepted; without either, a browser reads a list.
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request, url_for

from ctl_graph import questions
from ctl_graph.errors import BadQuery, Message, ReadOnly, StoreBusy
from ctl_graph.formats import (
    GRAPHS,
    HTML,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    PREFIX_CONTEXT,
    RDF_XML,
    TRIG,
    TURTLE,
    Format,
    write_graph,
)
from ctl_graph.release import Release
from ctl_graph.store import NamedNode, Term, iri
from ctl_graph.tokens import READS_ONLY
from ctl_graph.web import errors, site
from ctl_graph.web.documents import page_number
from ctl_graph.web.fair_use import fair_use
from ctl_graph.web.negotiation import DOCUMENTS, alternates, by_name, negotiate, respond
from ctl_graph.web.shown import Reader

bp = Blueprint("graph_store", __name__)

LIST_PAGE: Final = 50
_LONGEST_ALTERNATE: Final = 400  # each graph has six formats, and so six links
# A release has these written already, and a document in Turtle is one in TriG.
_DUMPED: Final = {JSON_LD: JSON_LD, RDF_XML: RDF_XML, TRIG: TURTLE, TURTLE: TURTLE}
_LINES: Final = (N_TRIPLES, N_QUADS)  # a graph without a name is written the same in both
_MOST_COMPACTED: Final = 5_000  # statements: compacting twice as many takes seconds
# A graph is made in this process, which has pages to serve meanwhile: of the others each waits so long.
_making: Final = Lock()
_PATIENCE_SECONDS: Final = 2.0
_RETRY_AFTER: Final = 5
_WHICH: Final = Message(
    "Ci vuole un grafo, e uno solo: graph=<IRI>, oppure default.",
    "Exactly one graph is asked for: graph=<IRI>, or default.",
)


@bp.get("/graphs")
def graphs() -> Response:
    """The graph that is asked for, in the formats of graphs; the list where none is, to browsers only."""
    names, is_default = request.args.getlist("graph"), "default" in request.args
    if not names and not is_default and negotiate(DOCUMENTS, request.headers.get("Accept")) is HTML:
        number = page_number()
        return respond(HTML, lambda: _list(number))
    if len(names) + is_default != 1:
        raise BadQuery(_WHICH)
    name = site.accepted() if is_default else names[0]
    iri(name)
    wish = request.args.get("format")
    format = by_name(wish, GRAPHS) if wish else negotiate(GRAPHS, request.headers.get("Accept"))
    if format is None:
        return errors.not_acceptable(GRAPHS, _address)
    links = alternates(GRAPHS, _address, format) if len(name) < _LONGEST_ALTERNATE else []
    return respond(format, lambda: _written(name, format), links=links, location=_address(format))


@bp.route("/graphs", methods=["DELETE", "PATCH", "POST", "PUT"])
def change() -> Response:
    """The writing half of the protocol.

    Raises:
        ReadOnly: always.
    """
    raise ReadOnly(READS_ONLY)


@bp.after_request
def _say_what_is_allowed(response: Response) -> Response:
    response.headers["Allow"] = "GET, HEAD, OPTIONS"
    return response


def _address(format: Format) -> str:
    """The same graph in this format, whatever Accept says."""
    asked = {name: request.args[name] for name in ("graph", "default") if name in request.args}
    return f"{url_for('graph_store.graphs')}?{urlencode({**asked, 'format': format.suffix})}"


def _written(name: str, format: Format) -> bytes:
    """The whole graph. One that holds nothing is not there."""
    release = site.current_release()
    if release and name == site.accepted():
        return _from_dump(release, name, format)
    with _turn(), fair_use():
        if not (triples := questions.whole(site.graphs(), name)):
            abort(404)
        context = release.context if release else PREFIX_CONTEXT
        return write_graph(triples, format, context if len(triples) <= _MOST_COMPACTED else None)


def _from_dump(release: Release, name: str, format: Format) -> bytes:
    """What is accepted, as it was written when it was published."""
    if format not in _LINES:
        return gzip.decompress(release.dump(_DUMPED[format]).read_bytes())
    end = f" {iri(name)} .\n".encode()
    with gzip.open(release.dump(N_QUADS)) as lines:
        return b"".join(line.removesuffix(end) + b" .\n" for line in lines if line.endswith(end))


@contextmanager
def _turn() -> Iterator[None]:
    """One graph is made at a time.

    Raises:
        StoreBusy: it takes too long until it is this one's turn.
    """
    if not _making.acquire(timeout=_PATIENCE_SECONDS):
        raise StoreBusy(_RETRY_AFTER)
    try:
        yield
    finally:
        _making.release()


def _list(page: int) -> str:
    """A page of the graphs, the largest first: ours, then those of the sources."""
    sizes = _sizes()
    named = sorted(sizes, key=lambda name: (-sizes[name], name))
    first = (page - 1) * LIST_PAGE
    if page > 1 and first >= len(named):
        abort(404)
    part = [NamedNode(name) for name in named[first : first + LIST_PAGE]]
    reader = Reader(part)
    return render_template(
        "graphs.html",
        graphs=[(reader.show(graph), _place(graph), sizes[graph.value]) for graph in part],
        total=len(named),
        first=first + 1,
        page=page,
        has_next=len(named) > first + LIST_PAGE,
    )


def _sizes() -> dict[str, int]:
    """How many statements each graph has: a release has counted them."""
    if release := site.current_release():
        return dict(release.manifest["graphs"])
    return {questions.text(row["graph"]): int(questions.text(row["statements"])) for row in site.answer("_graphs")}


def _place(graph: Term) -> str:
    asked = {"graph": questions.text(graph), "format": TURTLE.suffix}
    return f"{url_for('graph_store.graphs')}?{urlencode(asked)}"
