"""What the site says of itself to programs: the service, the data that it holds, prefixes, examples and shapes.

The endpoint describes itself as https://www.w3.org/TR/sparql11-service-description/ asks, the data as
https://www.w3.org/TR/void/ does. Names in these documents are canonical; an address that a client is to call (the
endpoint, a file) is where the client has come.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import catalog, mappings, questions
from ctl_graph.formats import GRAPHS, HTML, JSON, SSSOM, Format, write_graph
from ctl_graph.release import Release
from ctl_graph.store import BlankNode, Literal, NamedNode, Term, Triple
from ctl_graph.vocab import CTL, DCTERMS, PREFIXES, RDF_TYPE, RDFS, SD, SH, SHAPES, VOID, graph_iri
from ctl_graph.web import errors, signposts, site
from ctl_graph.web.documents import page_number
from ctl_graph.web.negotiation import DOCUMENTS, alternates, choose, link, names, negotiate, respond, vary
from ctl_graph.web.shown import Reader, Shown

bp = Blueprint("description", __name__)

_WHOLE: Final = 1_000_000
LIST_PAGE: Final = 50
_SIMPLE: Final = "http://www.w3.org/ns/entailment/Simple"
_RESULTS: Final = tuple(f"SPARQL_Results_{name}" for name in ("JSON", "XML", "CSV", "TSV"))
Node = NamedNode | BlankNode


def root() -> str:
    """The address of the site as the client has it, with a slash at its end."""
    if not request.host:  # what the client calls the site is no name
        abort(400)
    return request.url_root


def endpoint() -> str:
    """The address of the endpoint as the client has it: a client takes the one that it reads for the one to ask."""
    return f"{root()}sparql"


# -- the service -----------------------------------------------------------------------------------------------------


def introduce(format: Format) -> Response:
    """The endpoint's own description, to whoever asks it nothing."""
    links = [link(url_for("description.void", name="void"), "describedby")]
    return respond(format, lambda: write_graph(service(), format, context=None), links=links)


def service() -> Iterator[Triple]:
    """The service, its default graph with what VoID counts of it, and each named graph with its size."""
    me, dataset = BlankNode("service"), BlankNode("dataset")
    yield from _sd(me, "Service", endpoint=NamedNode(endpoint()), defaultDataset=dataset)
    yield from _sd(me, None, supportedLanguage=NamedNode(SD + "SPARQL11Query"))
    # What follows is written out in the graphs: nothing is inferred when a query is answered.
    yield from _sd(me, None, defaultEntailmentRegime=NamedNode(_SIMPLE))
    for name in (*_RESULTS, *catalog.GRAPH_FORMATS):
        yield from _sd(me, None, resultFormat=NamedNode(catalog.FORMATS + name))
    if site.config().federation:
        yield from _sd(me, None, feature=NamedNode(SD + "BasicFederatedQuery"))
    for name in ("catalog", "void", "examples", "prefixes", "shapes"):
        yield Triple(me, NamedNode(RDFS + "seeAlso"), NamedNode(root() + name))
    yield from _dataset(dataset)


def _dataset(dataset: BlankNode) -> Iterator[Triple]:
    config, release = site.config(), site.current_release()
    default = catalog.accepted(config.base_iri)
    yield from _sd(dataset, "Dataset", defaultGraph=default)
    yield from _sd(default, "Graph")
    yield from (Triple(default, NamedNode(DCTERMS + "conformsTo"), NamedNode(iri)) for iri in (CTL, f"{CTL}shapes"))
    yield Triple(default, NamedNode(SH + "shapesGraph"), NamedNode(graph_iri(config.base_iri, SHAPES)))
    if release:
        yield from catalog.overview(release.statistics, config.base_iri)
    graphs = release.manifest["graphs"] if release else {site.accepted(): 0}
    for number, (name, triples) in enumerate(sorted(graphs.items())):
        yield from _named_graph(dataset, number, name, triples, default)


def _named_graph(dataset: BlankNode, number: int, name: str, triples: int, default: NamedNode) -> Iterator[Triple]:
    named, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
    yield from _sd(dataset, None, namedGraph=named)
    if name == site.accepted():  # it is the default graph too
        yield from _sd(named, "NamedGraph", name=NamedNode(name), graph=default)
        return
    yield from _sd(named, "NamedGraph", name=NamedNode(name), graph=graph)
    yield from _sd(graph, "Graph")
    yield Triple(graph, NamedNode(VOID + "triples"), Literal(triples))


def _sd(subject: Node, kind: str | None, **properties: Node) -> Iterator[Triple]:
    if kind:
        yield Triple(subject, NamedNode(RDF_TYPE), NamedNode(SD + kind))
    for name, value in properties.items():
        yield Triple(subject, NamedNode(SD + name), value)


# -- documents -------------------------------------------------------------------------------------------------------


def _rule(stem: str, offers: Sequence[Format]) -> str:
    """The document's address, bare and with each suffix."""
    return f"/<any({names(stem, offers)}):name>"


def _answer(name: str, offers: Sequence[Format], write: Callable[[Format], str | bytes]) -> Response:
    stem, format = choose(name, offers)

    def address(offer: Format) -> str:
        return url_for(f"description.{stem}", name=f"{stem}.{offer.suffix}")

    if format is None:
        return errors.not_acceptable(offers, address)
    links = [*alternates(offers, address, format), link(site.config().base_iri + stem, "canonical")]
    return respond(format, lambda: write(format), links=links, location=address(format))


def _graph(triples: Callable[[], Iterable[Triple]]) -> Callable[[Format], bytes]:
    return lambda chosen: write_graph(triples(), chosen)


def _wants_a_page() -> bool:
    return negotiate(DOCUMENTS, request.headers.get("Accept")) is HTML


def _page_elsewhere(address: str) -> AnyResponse:
    """Readers have a page of their own for this."""
    response = redirect(address, 303)
    vary(response)
    return response


@bp.get("/.well-known/void")
def well_known() -> AnyResponse:
    """Where VoID is looked for (https://www.w3.org/TR/void/#well-known); clients must expect to be sent on."""
    return redirect(url_for("description.void", name="void"), 302)


@bp.get(_rule("void", DOCUMENTS))
def void(name: str) -> Response:
    """The data: who publishes them, where they are had, and what is counted of them."""
    page = page_number()
    return _answer(name, DOCUMENTS, lambda chosen: _page(page) if chosen is HTML else _void(chosen))


def _void(format: Format) -> bytes:
    config, release = site.config(), site.current_release()
    counted = release.statistics if release else []
    described = catalog.dataset(config, release.manifest if release else None, root())
    return write_graph([*described, *counted], format, context=None)


@bp.get(_rule("prefixes", (*GRAPHS, JSON)))
def prefixes(name: str) -> Response:
    """The prefixes: in JSON-LD a context too, in JSON a plain object."""

    def write(format: Format) -> str | bytes:
        if format is JSON:
            return json.dumps(dict(PREFIXES), indent=2) + "\n"
        return write_graph(catalog.prefixes(site.config().base_iri), format)

    return _answer(name, (*GRAPHS, JSON), write)


@bp.get(_rule("examples", GRAPHS))
def examples(name: str) -> AnyResponse:
    """The stored questions as programs read them."""
    if name == "examples" and _wants_a_page():
        return _page_elsewhere(url_for("pages.question_list"))
    base_iri = site.config().base_iri
    return _answer(name, GRAPHS, _graph(lambda: catalog.examples(questions.load().values(), base_iri, endpoint())))


@bp.get(_rule("shapes", GRAPHS))
def shapes(name: str) -> AnyResponse:
    """What must hold for an accepted statement to be published (https://www.w3.org/TR/shacl/), whole."""
    if name == "shapes" and _wants_a_page():
        return _page_elsewhere(url_for("resources.graph", name=SHAPES))
    return _answer(name, GRAPHS, _graph(_shapes))


def _shapes() -> Iterable[Triple]:
    graph = graph_iri(site.config().base_iri, SHAPES)
    if not (stated := questions.stated_in(site.graphs(), graph, 0, _WHOLE)):
        abort(404)
    return (statement.triple for statement in stated)


# -- mappings --------------------------------------------------------------------------------------------------------


@bp.get("/mappings/<name>.sssom.tsv")
def mapping_set(name: str) -> Response:
    """What of ours is what of others, a set for each of them, made from the release."""
    if (chosen := mappings.BY_NAME.get(name)) is None:
        abort(404)

    def make() -> str:
        rows = mappings.read(site.graphs(), site.config().base_iri)[chosen.name]
        return mappings.write(chosen, rows, site.graphs(), site.config())

    response = respond(SSSOM, make, negotiated=False, links=(post.header for post in signposts.of_file()))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.sssom.tsv"'
    return response


# -- the page --------------------------------------------------------------------------------------------------------

Values = Mapping[str, Sequence[Term]]


@lru_cache(maxsize=2)
def _counted(release: Release) -> Mapping[Term, Values]:
    """What was counted of a release, by what it was counted of: thousands of numbers, which never change."""
    known: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in release.statistics:
        known[triple.subject][triple.predicate.value.removeprefix(VOID)].append(triple.object)
    return {subject: dict(said) for subject, said in known.items()}


def _page(page: int) -> str:
    """The totals, classes and links, with the first of the properties; on other pages, more of these."""
    release = site.current_release()
    known = _counted(release) if release else {}
    dataset = known.get(catalog.accepted(site.config().base_iri), {})
    classes, properties, links = (
        [known[part] for part in dataset.get(name, ())] for name in ("classPartition", "propertyPartition", "subset")
    )
    properties.sort(key=lambda part: (-_number(part, "triples"), questions.text(part["property"][0])))
    first = (page - 1) * LIST_PAGE
    if page > 1 and first >= len(properties):
        abort(404)
    part = properties[first : first + LIST_PAGE]
    shown = [(part, "property")] if page > 1 else [(classes, "class"), (part, "property"), (links, "linkPredicate")]
    reader = Reader(each[name][0] for parts, name in shown for each in parts)
    return render_template(
        "void.html",
        totals=[(name, _number(dataset, name)) for name in _TOTALS if dataset.get(name)],
        classes=_lines(classes, "class", "entities", lambda term: _class_link(reader, term)) if page == 1 else [],
        links=_lines(links, "linkPredicate", "triples", reader.show, lambda part: _target(known, part))
        if page == 1
        else [],
        properties=_lines(part, "property", "triples", reader.show),
        total=len(properties),
        first=first + 1,
        page=page,
        has_next=len(properties) > first + LIST_PAGE,
        formats=DOCUMENTS,
    )


_TOTALS: Final = ("triples", "entities", "classes", "properties", "distinctSubjects", "distinctObjects")


@dataclass(frozen=True)
class Line:
    """A class, a property or a set of links, with its numbers."""

    shown: Shown
    numbers: Sequence[int]
    target: str | None = None


def _lines(
    parts: Iterable[Values],
    name: str,
    first: str,
    show: Callable[[Term], Shown],
    target: Callable[[Values], str | None] = lambda _: None,
) -> list[Line]:
    """The most numerous first."""
    counts = [first, *(each for each in ("triples", "distinctSubjects", "distinctObjects") if each != first)]
    lines = [
        Line(show(part[name][0]), [_number(part, each) for each in counts if each in part], target(part))
        for part in parts
    ]
    return sorted(lines, key=lambda line: (-line.numbers[0], line.shown.text))


def _number(part: Values, name: str) -> int:
    return int(questions.text(part[name][0]))


def _target(known: Mapping[Term, Values], part: Values) -> str:
    return questions.text(known[part["objectsTarget"][0]][f"{DCTERMS}title"][0])


def _class_link(reader: Reader, term: Term) -> Shown:
    """A class of ours leads to the list of its things."""
    shown, name = reader.show(term), questions.text(term).removeprefix(CTL)
    is_ours = questions.text(term).startswith(CTL) and "/" not in name
    return Shown(shown.text, url_for("pages.class_list", name=name), title=shown.title) if is_ours else shown
