"""Linked data: names of things lead to documents about them, in the format that the visitor speaks.

Cool URIs for the semantic web, https://www.w3.org/TR/cooluris/: a thing's own address answers 303 See Other.
"""

import json
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import profiles, questions
from ctl_graph.formats import DATASETS, HTML, JSON_LD, PREFIX_CONTEXT, Format, write_graph
from ctl_graph.questions import Statement
from ctl_graph.store import NamedNode, Triple
from ctl_graph.vocab import CTL, HYDRA, ONTOLOGY, OWL, RDF_TYPE, graph_iri
from ctl_graph.web import errors, memento, portraits, profiled, signposts, site, stated, terms
from ctl_graph.web.documents import Document, page_number
from ctl_graph.web.negotiation import DOCUMENTS, alternates, by_profile, choose, link, respond, split_suffix, vary
from ctl_graph.web.signposts import ONTOLOGY_FILE

bp = Blueprint("resources", __name__)

_WHOLE: Final = 1_000_000


@bp.get("/id/<path:name>")
def thing(name: str) -> AnyResponse:
    """A thing cannot be sent; the document about it can."""
    canonical = site.iri(f"id/{name}")
    place = site.path(canonical)
    if place is None:
        abort(404)
    named = request.args.get("_profile")
    wishes = () if named in profiled.LISTS else by_profile()[0]  # what nobody knows is an error here already
    tokens = ",".join(each.token for each in wishes) or str(named)
    response = redirect(profiled.with_profile(place, tokens) if named else _paged(place, page_number()), 303)
    response.headers.add("Link", link(site.document_iri(canonical), "describedby"))
    if wishes and wishes[0].question:  # which was taken (https://www.w3.org/TR/dx-prof-conneg/#getresourcebyprofile)
        response.headers.add("Link", link(wishes[0].iri(site.config().base_iri), "profile"))
    vary(response)
    return response


@bp.get("/doc/<path:name>")
@bp.get("/release/<pinned>/doc/<path:name>")
def document(name: str) -> AnyResponse:
    """The document about a thing, in our words or in those of the profile that the visitor asks for."""
    stem, _ = split_suffix(name, DOCUMENTS)
    canonical = site.iri(f"id/{stem}")
    if then := memento.gate(f"doc/{name}"):
        return then
    return _about(name, stem, canonical, "doc")


@bp.get("/graph/<path:name>")
@bp.get("/release/<pinned>/graph/<path:name>")
def graph(name: str) -> Response:
    """A named graph is a document itself: what its source says, with the description of the source."""
    stem, format = choose(name, DOCUMENTS)
    canonical = site.iri(f"graph/{stem}")
    read = stated.part if format is HTML else Document.stated_in
    return _answer(name, canonical, "resources.graph", lambda: read(canonical), stated.page, whole=True)


@bp.get("/def", defaults={"name": ONTOLOGY_FILE})
@bp.get("/def/", defaults={"name": ONTOLOGY_FILE})
@bp.get("/def/<path:name>")
def term(name: str) -> Response:
    stem, _ = split_suffix(name, DOCUMENTS)
    canonical = site.term(stem)
    is_page = choose(name, DOCUMENTS)[1] is HTML
    if stem == ONTOLOGY_FILE or _is_version(stem):
        return _about(name, stem, CTL, "def", _introduced if is_page else _ontology, terms.overview)
    read = terms.read if is_page else Document.about
    return _about(name, stem, canonical, "def", lambda: read(canonical), terms.page)


@bp.get("/context.jsonld")
def context() -> Response:
    release = site.current_release()
    document = release.context if release else PREFIX_CONTEXT
    return respond(
        JSON_LD, lambda: json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n", negotiated=False
    )


def _about(
    name: str,
    stem: str,
    canonical: str,
    kind: str,
    read: Callable[[], Document] | None = None,
    page: Callable[[Document], str] = portraits.page,
) -> Response:
    """The document about a thing, in our words or in those of a profile; a wish is for data, and for all of it."""
    if request.args.get("_profile") in profiled.LISTS:
        return profiled.listed(profiled.about(kind, stem, canonical), choose(name, DOCUMENTS)[1])
    wishes, must = by_profile()
    is_ours = wishes[0].token == profiles.OWN
    if not is_ours and (must or (choose(name, DOCUMENTS)[1] is not HTML and page_number() == 1)):
        return profiled.document(kind, name, canonical, wishes, _own)
    endpoint = "resources.document" if kind == "doc" else "resources.term"
    about = portraits.read if choose(name, DOCUMENTS)[1] is HTML else Document.about
    return _answer(name, canonical, endpoint, read or (lambda: about(canonical)), page, kind=kind)


def _own(document: Document, format: Format) -> bytes:
    return _write(document, format, False, _view(document.thing, document))


def _answer(
    name: str,
    canonical: str,
    endpoint: str,
    read: Callable[[], Document],
    page: Callable[[Document], str],
    whole: bool = False,
    kind: str | None = None,
) -> Response:
    """The document in the format chosen; `whole` gives what is not accepted too, in every format.

    A document of a `kind` (the first step of its address) has signposts.
    """
    number = page_number()
    stem, format = choose(name, DOCUMENTS)
    if format is None:
        read()  # what is not there is a 404 before it is a 406
        return errors.not_acceptable(DOCUMENTS, lambda offer: _address(endpoint, stem, offer, number))
    held: list[Document] = []

    def make() -> str | bytes:
        held.append(read())
        return page(held[0]) if format is HTML else _write(held[0], format, whole, _view(canonical, held[0]))

    # Pages for people are shorter than those for programs.
    others = 1 if format is HTML else number
    links = [
        *alternates(DOCUMENTS, lambda offer: _address(endpoint, stem, offer, others), format),
        link(_paged(site.document_iri(canonical), others), "canonical"),
        link(canonical, "describes"),
        *(post.header for post in (signposts.of_document(kind, stem, canonical) if kind else ())),
    ]
    response = respond(format, make, links=links, location=_address(endpoint, stem, format, number))
    steps = [("prev", number - 1, number > 1), ("next", number + 1, held and held[0].has_next)]
    for relation, step, is_there in steps:
        if held and is_there:
            response.headers.add("Link", link(_address(endpoint, name, None, step), relation))
    if held and kind:
        _say_what_it_is(response, kind, stem, held[0], format)
    return response


def _say_what_it_is(response: Response, kind: str, stem: str, document: Document, format: Format) -> None:
    """What only the document tells: its classes, and whose words it is in; a page is in nobody's."""
    posts = [*signposts.of_types(document.types), *signposts.of_profiles(kind, stem, document.types)]
    for post in posts:
        response.headers.add("Link", post.header)
    if format is not HTML:
        profiled.say_profile(response, profiles.load()[profiles.OWN])


def _address(endpoint: str, name: str, format: Format | None, page: int) -> str:
    """Where a representation is; without a format, where the visitor's own wish decides."""
    return _paged(url_for(endpoint, name=f"{name}.{format.suffix}" if format else name), page)


def _paged(place: str, page: int) -> str:
    return f"{place}?{urlencode({'page': page})}" if page > 1 else place


def _view(canonical: str, document: Document) -> list[Triple]:
    """What a page says of itself, for clients that read no headers (https://www.hydra-cg.com/spec/latest/core/)."""
    if document.page == 1 and not document.has_next:
        return []
    whole, number = site.document_iri(canonical), document.page
    here = NamedNode(_paged(whole, number))
    steps = [("previous", number - 1, number > 1), ("next", number + 1, document.has_next)]
    links = [(step, NamedNode(_paged(whole, other))) for step, other, is_there in steps if is_there]
    return [
        Triple(here, NamedNode(RDF_TYPE), NamedNode(HYDRA + "PartialCollectionView")),
        *(Triple(here, NamedNode(HYDRA + step), other) for step, other in links),
    ]


def _write(document: Document, format: Format, whole: bool, view: list[Triple]) -> bytes:
    if format in DATASETS:
        return write_graph([*document.quads(), *view], format)
    release = site.current_release()
    statements = document.stated_triples() if whole else document.triples()
    return write_graph([*statements, *view], format, release.context if release else PREFIX_CONTEXT)


def _is_version(name: str) -> bool:
    """Whether this is the version of the vocabulary that is served."""
    if not name[:1].isdigit():
        return False
    said = questions.describe(site.graphs(), CTL)
    return any(_names_version(statement, f"{CTL}{name.rstrip('/')}") for statement in said)


def _names_version(statement: Statement, iri: str) -> bool:
    version = questions.text(statement.object).rstrip("/")
    return statement.predicate.value == OWL + "versionIRI" and version == iri


def _introduced() -> Document:
    """What is said of the vocabulary itself; its page has the terms in an order of its own."""
    if page_number() > 1:
        abort(404)
    return Document(CTL, questions.describe(site.graphs(), CTL) or abort(404), [])


def _ontology() -> Document:
    """The whole vocabulary, on one page."""
    graph = graph_iri(site.config().base_iri, ONTOLOGY)
    if page_number() > 1 or not (stated := questions.stated_in(site.graphs(), graph, 0, _WHOLE)):
        abort(404)
    return Document(CTL, stated, [])
