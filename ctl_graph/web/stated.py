"""What one source says: the page of a named graph, in parts that people can read.

A page is shorter than a part of the data at the same address, so that its number is not the number of that.
"""

from typing import Final

from flask import abort, render_template, url_for

from ctl_graph import questions
from ctl_graph.formats import TURTLE
from ctl_graph.vocab import ACCEPTED, INFERRED, ONTOLOGY, SHAPES, graph_iri
from ctl_graph.web import site
from ctl_graph.web.chosen import one_of
from ctl_graph.web.documents import Document, page_number
from ctl_graph.web.negotiation import DOCUMENTS, is_web_address, uri
from ctl_graph.web.shown import Reader, Shown, source_title, t
from ctl_graph.web.statements import Page

PAGE: Final = 50
_ONLY: Final = "only"
_OURS: Final = (ACCEPTED, INFERRED, ONTOLOGY, SHAPES)


def _is_only(graph: str) -> bool:
    """Whether only what no other source says is asked for; a graph of ours is no source."""
    is_ours = graph in {graph_iri(site.config().base_iri, slug) for slug in _OURS}
    return one_of(_ONLY, ("1",)) == "1" and not is_ours


def part(graph: str) -> Document:
    """The statements of one page, of a graph or of what only it says. An unknown graph is a 404."""
    if not _is_only(graph):
        return Document.stated_in(graph, PAGE)
    number, base = page_number(), site.config().base_iri
    ours = {slug: graph_iri(base, slug) for slug in (ACCEPTED, INFERRED)}
    source = questions.sources(site.graphs(), [graph])[graph].iri
    if number > 1 and (number - 1) * PAGE >= _sizes(graph, source)[1]:
        abort(404)  # counted already, where to look for them takes long
    stated = questions.stated_only_in(site.graphs(), graph, **ours, offset=(number - 1) * PAGE, limit=PAGE)
    if not stated and (number > 1 or not questions.describe(site.graphs(), graph)):
        abort(404)
    return Document(graph, [], stated, number, is_graph=True)


def page(document: Document) -> str:
    """The page of a source, or of one of the graphs that are ours."""
    shown = Page(document)
    known = questions.sources(site.graphs(), [document.thing])[document.thing]
    base = site.config().base_iri
    slug = next((slug for slug in _OURS if graph_iri(base, slug) == document.thing), None)
    total, only = _sizes(document.thing, known.iri)
    is_only = _is_only(document.thing)
    listed = only if is_only else total
    return render_template(
        "source.html",
        page=shown,
        title=t(f"graph.{slug}") if slug else source_title(document.thing, known.title or shown.title.text),
        lead=t(f"graph.{slug}.lead") if slug else t("source.lead"),
        source=known,
        about=site.path(known.iri) if known.iri else None,
        total=total,
        only=only,
        is_only=is_only,
        confidences=_confidences(document.thing),
        lines=shown.lines(),
        first=(document.page - 1) * PAGE + 1,
        listed=listed,
        has_next=document.page * PAGE < listed,
        parameters={_ONLY: "1"} if is_only else {},
        formats=DOCUMENTS,
        name=document.thing.removeprefix(f"{base}graph/"),
        whole=url_for("graph_store.graphs", graph=document.thing, format=TURTLE.suffix),
        is_web=is_web_address,
        uri=uri,
    )


def _sizes(graph: str, source: str | None) -> tuple[int, int]:
    """How many statements a graph has, and how many of them no other source makes."""
    sizes = {questions.text(row["graph"]): row["statements"] for row in site.answer("_graphs")}
    alone = {questions.text(row["source"]): row["only_here"] for row in (site.answer("sources") if source else ())}
    return int(questions.text(sizes.get(graph)) or 0), int(questions.text(alone.get(source or "")) or 0)


def _confidences(graph: str) -> list[tuple[Shown, int]]:
    """The degrees of confidence that are stated in the graph, each with how many things have it."""
    table = questions.ask(site.graphs(), "_confidences", **{"from": graph})
    reader = Reader(row["confidence"] for row in table)
    return [(reader.show(degree), int(questions.text(row["things"]))) for row in table if (degree := row["confidence"])]
