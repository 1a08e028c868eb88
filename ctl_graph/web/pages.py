"""The pages that people read: triples with names, every one with its source."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, send_file, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from ctl_graph import questions, search
from ctl_graph.errors import GraphError
from ctl_graph.formats import HTML
from ctl_graph.questions import Label, Question, Source, Statement, Table, Value
from ctl_graph.store import BlankNode, Literal, NamedNode, Term
from ctl_graph.vocab import ACCEPTED, CTL, INFERRED, ONTOLOGY, OWL, RDF_TYPE, compact, graph_iri
from ctl_graph.web import site
from ctl_graph.web.documents import PAGE, Document, page_number
from ctl_graph.web.messages import MESSAGES, TERMS
from ctl_graph.web.negotiation import DOCUMENTS, is_web_address, respond, uri

bp = Blueprint("pages", __name__, static_folder="static", static_url_path="/static")

LIST_PAGE: Final = 100
_FIRST: Final = (
    "skos:prefLabel", "skos:altLabel", "ctl:acronym", "dct:title", "skos:definition", "dct:description", "ctl:text",
    "ctl:rationale", "rdfs:comment", "skos:note", "ctl:domain", "ctl:managingBody",
)  # fmt: skip
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# Characters that turn the reading direction, and controls that no text needs: a name must not dress as another.
_TREACHEROUS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def init_app(app: Flask) -> None:
    app.jinja_options = {**app.jinja_options, "finalize": harmless, "undefined": StrictUndefined}
    app.context_processor(_frame)


def harmless(value: Any) -> Any:
    """What a template may print; escaping comes after this."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _TREACHEROUS.sub("", value)
    return value


def t(key: str, **values: object) -> str:
    """The sentence of the catalogue in the reader's language."""
    return site.say(MESSAGES[key]).format(**values)


def _frame() -> dict[str, Any]:
    """What every template may use; a page is shown even where nothing is published yet."""
    config, language = site.config(), site.language()
    try:
        release = site.current_release()
    except GraphError:
        release = None
    other = "en" if language == "it" else "it"
    return {
        "t": t,
        "language": language,
        "other_language": other,
        "switch": "?" + urlencode([*((name, text) for name, text in _arguments() if name != "lang"), ("lang", other)]),
        "site_title": config.title_it if language == "it" else config.title_en,
        "publisher": config.publisher,
        "contact": config.contact,
        "release": release,
    }


def _arguments() -> list[tuple[str, str]]:
    return list(request.args.items(multi=True))


# -- terms as people read them ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A term on a page: its text, and where it leads, if anywhere."""

    text: str
    href: str | None = None
    external: bool = False
    language: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Footnote:
    """A source under a page: the mark `number` stands behind each statement of it."""

    number: int
    source: Source
    shown: Shown


@dataclass(frozen=True)
class ShownValue:
    """A value with all that is known of it: who says it, and whether it is accepted, inferred or disputed."""

    shown: Shown
    notes: Sequence[Footnote] = ()
    inferred: bool = False
    accepted: bool = True
    dispute: str | None = None
    nested: Sequence["ShownProperty"] = ()


@dataclass(frozen=True)
class ShownProperty:
    """A property of a thing with its values, in the order in which they are read."""

    label: Shown
    values: Sequence[ShownValue]


class Reader:
    """Shows terms to the reader of this request, with the names of all of them asked for at once."""

    def __init__(self, terms: Iterable[Term | None], context: str | None = None) -> None:
        iris = {term.value for term in terms if isinstance(term, NamedNode)}
        self._labels = site.labels(sorted(iris), context)
        self._shown: dict[str, Shown] = {}

    def show(self, term: Term) -> Shown:
        match term:
            case NamedNode():
                if term.value not in self._shown:
                    self._shown[term.value] = self._link(term.value)
                return self._shown[term.value]
            case Literal():
                datatype = compact(term.datatype.value) if not term.language else None
                return Shown(term.value, language=_language_tag(term.language), title=datatype)
            case BlankNode():
                return Shown(t("thing.anonymous"))
        return Shown(str(term))

    def _link(self, iri: str) -> Shown:
        label = self.label(iri)
        place = site.path(iri)
        href = place or (uri(iri) if is_web_address(iri) else None)
        language = label.language if label.language != site.language() else None
        return Shown(label.text, href, place is None, _language_tag(language), iri)

    def label(self, iri: str) -> Label:
        """The name of a term of others from our catalogue, else what the data call it, else the end of its IRI."""
        if message := TERMS.get(compact(iri)):
            return Label(site.say(message))
        if known := self._labels.get(iri):
            return known
        return Label(iri.rstrip("/").rpartition("/")[2] if site.path(iri) else _readable(iri))


def _readable(iri: str) -> str:
    """An IRI of others as text: a host in foreign letters is shown as it is looked up, lest it pass for another."""
    try:
        host = urlsplit(iri).hostname or ""
        return compact(iri).replace(host, host.encode("idna").decode()) if host and not host.isascii() else compact(iri)
    except ValueError:
        return uri(iri)


def _language_tag(language: str | None) -> str | None:
    return language if language and _LANGUAGE_TAG.fullmatch(language) else None


def _by_predicate(statements: Iterable[Statement]) -> dict[NamedNode, list[Statement]]:
    groups: dict[NamedNode, list[Statement]] = defaultdict(list)
    for each in statements:
        groups[each.predicate].append(each)
    return groups


class Page:
    """The statements of a document as properties with values, and the footnotes that they lead to."""

    def __init__(self, document: Document) -> None:
        self.document = document
        terms = [term for each in document.all for term in (each.subject, each.predicate, each.object)]
        self.reader = Reader([*terms, NamedNode(document.thing)], document.thing)
        base = site.config().base_iri
        # On the page of a source, what is marked is who else says so.
        self._ours = {*(graph_iri(base, slug) for slug in (ACCEPTED, INFERRED, ONTOLOGY)), document.thing}
        self._inferred = graph_iri(base, INFERRED)
        self._sources = questions.sources(
            site.graphs(), {graph for each in document.all for graph in each.graphs} - self._ours
        )
        self._notes: dict[str, Footnote] = {}
        self.disputes = questions.disputes(site.graphs(), document.thing, site.accepted())
        self._nested: dict[str, list[Statement]] = defaultdict(list)
        for each in document.statements:
            self._nested[str(each.subject)].append(each)

    @property
    def title(self) -> Shown:
        label = self.reader.label(self.document.thing)
        language = label.language if label.language != site.language() else None
        return Shown(label.text, language=_language_tag(language))

    @property
    def types(self) -> list[Shown]:
        """The classes of the thing that are of our vocabulary, each with its list; others only where there is none."""
        types = [each.object for each in self._own() if each.predicate.value == RDF_TYPE]
        shown = [self._class(term) for term in types if isinstance(term, NamedNode)]
        return sorted(shown, key=lambda each: each.text)

    def _class(self, term: NamedNode) -> Shown:
        shown = self.reader.show(term)
        name = term.value.removeprefix(CTL)
        if name == term.value or self.document.thing.startswith(CTL):
            return shown
        return Shown(shown.text, url_for("pages.class_list", name=name), False, shown.language, shown.title)

    def _own(self) -> list[Statement]:
        return [each for each in self.document.statements if questions.text(each.subject) == self.document.thing]

    def properties(self) -> list[ShownProperty]:
        return self._grouped([each for each in self._own() if each.predicate.value != RDF_TYPE], frozenset())

    def _grouped(self, statements: Iterable[Statement], above: frozenset[str]) -> list[ShownProperty]:
        """By property: those that matter most first, those that only follow from others last."""
        order = {name: rank for rank, name in enumerate(_FIRST)}

        def rank(predicate: NamedNode, group: Sequence[Statement]) -> tuple[bool, int, str]:
            is_inferred = all(self._is_inferred(each) for each in group)
            return is_inferred, order.get(compact(predicate.value), len(order)), self.reader.show(predicate).text

        return [
            self._shown_property(predicate, group, lambda each: each.object, above)
            for predicate, group in sorted(_by_predicate(statements).items(), key=lambda item: rank(*item))
        ]

    def incoming(self) -> list[ShownProperty]:
        """What points at the thing, grouped by how."""
        groups = _by_predicate(self.document.incoming)
        ranked = sorted(groups, key=lambda predicate: self.reader.show(predicate).text)
        ranked.sort(key=lambda predicate: all(self._is_inferred(each) for each in groups[predicate]))
        return [self._shown_property(each, groups[each], lambda statement: statement.subject) for each in ranked]

    def _shown_property(
        self,
        predicate: NamedNode,
        statements: Sequence[Statement],
        end: Callable[[Statement], Term],
        above: frozenset[str] = frozenset(),
    ) -> ShownProperty:
        """Values are made in the order in which they are read, so that the footnotes count up."""
        accepted = site.accepted()

        def place(statement: Statement) -> tuple[bool, str]:
            return accepted not in statement.graphs, self.reader.show(end(statement)).text.casefold()

        values = [self._value(each, end(each), above) for each in sorted(statements, key=place)]
        return ShownProperty(self.reader.show(predicate), values)

    def _value(self, statement: Statement, term: Term, above: frozenset[str] = frozenset()) -> ShownValue:
        nested: list[ShownProperty] = []
        if isinstance(term, BlankNode) and str(term) not in above:
            nested = self._grouped(self._nested[str(term)], above | {str(term)})
        notes = [self._note(graph) for graph in statement.graphs if graph not in self._ours]
        return ShownValue(
            self.reader.show(term),
            notes,
            inferred=self._is_inferred(statement),
            accepted=site.accepted() in statement.graphs,
            dispute=self._dispute(statement),
            nested=nested,
        )

    def _is_inferred(self, statement: Statement) -> bool:
        return self._inferred in statement.graphs and all(graph in self._ours for graph in statement.graphs)

    def _dispute(self, statement: Statement) -> str | None:
        for dispute in self.disputes:
            if dispute.predicate == statement.predicate.value and dispute.object in (None, statement.object):
                return site.path(dispute.disagreement)
        return None

    def _note(self, graph: str) -> Footnote:
        if graph not in self._notes:
            source = self._sources[graph]
            name = source.title or graph.rpartition("/")[2]
            shown = Shown(name, site.path(graph), title=graph)
            self._notes[graph] = Footnote(len(self._notes) + 1, source, shown)
        return self._notes[graph]

    def lines(self) -> list[tuple[Shown, Shown, ShownValue]]:
        """The statements of a graph one by one."""
        show = self.reader.show
        return [
            (show(each.subject), show(each.predicate), self._value(each, each.object))
            for each in self.document.incoming
        ]

    def footnotes(self) -> list[Footnote]:
        return list(self._notes.values())

    @cached_property
    def about(self) -> list[Shown]:
        """The disagreements about the thing, each once."""
        found = dict.fromkeys(dispute.disagreement for dispute in self.disputes)
        reader = Reader([NamedNode(each) for each in found])
        return [reader.show(NamedNode(each)) for each in found]


# -- pages of things (called by `resources`, which has chosen the format) --------------------------------------------


def thing(document: Document) -> str:
    page = Page(document)
    properties, incoming = page.properties(), page.incoming()
    is_term = document.thing.startswith(CTL)
    base = CTL if is_term else site.config().base_iri + "id/"
    return render_template(
        "thing.html",
        page=page,
        properties=properties,
        incoming=incoming,
        formats=DOCUMENTS,
        first=(document.page - 1) * PAGE + 1,
        is_class=_is_class(document),
        endpoint="resources.term" if is_term else "resources.document",
        name=document.thing.removeprefix(base),
    )


def _is_class(document: Document) -> bool:
    is_a = ((each.predicate.value, questions.text(each.object)) for each in document.statements)
    return document.thing.startswith(CTL) and (RDF_TYPE, OWL + "Class") in is_a


def source(document: Document) -> str:
    page = Page(document)
    known = questions.sources(site.graphs(), [document.thing])[document.thing]
    return render_template(
        "source.html",
        page=page,
        source=known,
        lines=page.lines(),
        formats=DOCUMENTS,
        name=document.thing.removeprefix(f"{site.config().base_iri}graph/"),
        is_web=is_web_address,
        uri=uri,
    )


def vocabulary(document: Document) -> str:
    kinds = questions.terms(site.graphs(), CTL)
    reader = Reader(NamedNode(term) for terms in kinds.values() for term in terms)
    shown = {
        name: sorted((reader.show(NamedNode(term)) for term in kinds.get(OWL + name, ())), key=lambda each: each.text)
        for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    }
    return render_template("vocabulary.html", kinds=shown, formats=DOCUMENTS, document=document)


# -- pages of the site -----------------------------------------------------------------------------------------------


def _html(template: str, **values: Any) -> Response:
    return respond(HTML, lambda: render_template(template, **values), negotiated=False)


@bp.get("/")
def home() -> Response:
    def make() -> str:
        counts = questions.ask(site.store(), "things-by-class")
        return render_template("home.html", clusters=_clusters(), counts=_rows(counts))

    return respond(HTML, make, negotiated=False)


def _clusters() -> list[Mapping[str, Sequence[Shown]]]:
    """One line a cluster: a cluster with two acronyms is still one."""
    table = questions.ask(site.store(), "regional-clusters")
    reader = Reader(term for row in table.rows for term in row)
    lines: dict[str, dict[str, list[Shown]]] = {}
    for row in table:
        line = lines.setdefault(questions.text(row["cluster"]), {column: [] for column in table.columns})
        for column, term in row.items():
            if term is not None and (shown := reader.show(term)) not in line[column]:
                line[column].append(shown)
    return sorted(lines.values(), key=lambda line: line["cluster"][0].text)


def _rows(table: Table) -> list[list[Shown | None]]:
    reader = Reader(term for row in table.rows for term in row)
    return [[None if term is None else reader.show(term) for term in row] for row in table.rows]


@bp.get("/clusters")
def clusters() -> Response:
    return respond(HTML, lambda: render_template("clusters.html", clusters=_clusters()), negotiated=False)


@bp.get("/class/<name>")
def class_list(name: str) -> Response:
    """The accepted things of a class of the vocabulary, by name, in pages."""
    page = page_number()

    def make() -> str:
        concept = site.iri(f"def/{name}") and CTL + name
        if not questions.describe(site.graphs(), concept):
            abort(404)
        things = questions.members(site.graphs(), concept, site.accepted())
        reader = Reader(NamedNode(iri) for iri in (concept, *things))
        shown = sorted((reader.show(NamedNode(iri)) for iri in things), key=lambda each: each.text.casefold())
        first = (page - 1) * LIST_PAGE
        if page > 1 and first >= len(shown):
            abort(404)
        return render_template(
            "class.html",
            concept=reader.show(NamedNode(concept)),
            things=shown[first : first + LIST_PAGE],
            total=len(shown),
            first=first + 1,
            page=page,
            has_next=first + LIST_PAGE < len(shown),
        )

    return respond(HTML, make, negotiated=False)


@bp.get("/disagreements")
def disagreements() -> Response:
    def make() -> str:
        table = questions.ask(site.store(), "disagreements")
        return render_template("disagreements.html", rows=_rows(table))

    return respond(HTML, make, negotiated=False)


@bp.get("/search")
def search_page() -> Response:
    """Names that begin with the visitor's words; the index bounds its own time."""
    words, page = request.args.get("q", "").strip(), page_number()
    release = site.current_release()
    hits = None
    if release and words:
        hits = search.find(release.search, words, limit=LIST_PAGE, offset=(page - 1) * LIST_PAGE)
    found = [_hit(hit) for hit in hits.items] if hits else []
    return _html(
        "search.html",
        words=words,
        found=found,
        total=hits.total if hits else 0,
        page=page,
        first=(page - 1) * LIST_PAGE + 1,
        has_next=bool(hits and hits.total > page * LIST_PAGE),
        indexed=release is not None,
    )


def _hit(hit: search.Hit) -> tuple[Shown, str]:
    return Shown(hit.label(site.language()), site.path(hit.iri), title=hit.iri), hit.kind


@bp.get("/data")
def data() -> Response:
    release = site.current_release()
    dumps = release.manifest["dumps"] if release else []
    sparql = request.url_root.rstrip("/") + "/sparql"
    return _html("data.html", dumps=dumps, sparql=sparql)


@bp.get("/dumps/<name>")
def dump(name: str) -> Response:
    """A file of the release that this request began with; only names of its manifest are looked up."""
    release = site.current_release()
    known = {each["file"]: each for each in release.manifest["dumps"]} if release else {}
    if release is None or name not in known:
        abort(404)
    path = release.path / "dumps" / name
    response = send_file(path, "application/gzip", as_attachment=True, conditional=True, etag=known[name]["sha256"])
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/questions")
def question_list() -> Response:
    return _html("questions.html", questions=questions.load())


@bp.get("/questions/<name>")
def question(name: str) -> Response:
    """A stored question with its answer: by its examples in this process, by a visitor's values in a confined one."""
    if (asked := questions.load().get(name)) is None:
        abort(404)
    page = page_number()
    is_visitors = any(each.name in request.args for each in asked.parameters)
    values = _given(asked) if is_visitors else _examples(asked)
    store = site.visitors_store() if is_visitors and not site.config().endpoint else site.store()

    def make() -> str:
        table = questions.ask(store, name, **values)
        return _question_page(asked, table, values, page)

    return respond(HTML, make, negotiated=False)


def _given(question: Question) -> dict[str, Value]:
    texts = {each.name: request.args.get(each.name, "").strip() for each in question.parameters}
    return {name: text for name, text in texts.items() if text}


def _examples(question: Question) -> dict[str, Value]:
    """The examples of the file, but in the language of the reader."""
    ours = {"language": site.language()}
    return {each.name: ours.get(each.name, each.example) for each in question.parameters}


def _question_page(asked: Question, table: Table, values: Mapping[str, Value], page: int) -> str:
    first = (page - 1) * LIST_PAGE
    if page > 1 and first >= len(table):
        abort(404)
    return render_template(
        "question.html",
        question=asked,
        title=site.say(asked.title),
        description=site.say(asked.description),
        empty=site.say(asked.empty) if asked.empty else t("question.empty"),
        columns=table.columns,
        rows=_rows(Table(table.columns, table.rows[first : first + LIST_PAGE])),
        total=len(table),
        first=first + 1,
        page=page,
        has_next=first + LIST_PAGE < len(table),
        values=values,
        form=url_for("sparql.endpoint") + "?" + urlencode({"query": asked.bind(**values)}),
    )


@bp.get("/doc/method")
def method() -> Response:
    """What is accepted and why, the limits, and how to ask for a correction: the source of what we state ourselves."""
    return _html("method.html")


@bp.get("/about")
def about() -> AnyResponse:
    return redirect(url_for("pages.method"), 303)


@bp.get("/health/live")
def live() -> Response:
    return _health("live")


@bp.get("/health/ready")
def ready() -> Response:
    """Whether questions are answered; the reason why not is for the log, never for the visitor."""
    questions.ask(site.graphs(), "_ready", accepted=site.accepted())
    return _health("ready")


def _health(state: str) -> Response:
    response = Response(f"{state}\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
