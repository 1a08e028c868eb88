"""The vocabulary as people read it: an overview, and a page for each term, with what the data make of it.

The vocabulary and the shapes are small graphs that never change within a release: they are read once.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from flask import Blueprint, Response, abort, render_template, request, url_for

from ctl_graph import questions
from ctl_graph.formats import SVG
from ctl_graph.questions import Question, Table
from ctl_graph.store import Literal, NamedNode, Term
from ctl_graph.vocab import CTL, DCTERMS, ONTOLOGY, OWL, PREFIXES, RDF_TYPE, RDFS, SH, SHAPES, SKOS, compact, graph_iri
from ctl_graph.web import pages, site, structured
from ctl_graph.web.diagram import Concept, Diagram, Property, diagram
from ctl_graph.web.documents import Document, page_number
from ctl_graph.web.messages import TERMS
from ctl_graph.web.negotiation import DOCUMENTS, is_web_address, respond, uri
from ctl_graph.web.shown import Reader, Shown, t
from ctl_graph.web.statements import Page

bp = Blueprint("terms", __name__)

KINDS: Final = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_EXAMPLES: Final = 5
_CONCEPT: Final = SKOS + "Concept"
_WHOLE: Final = "ctl"
# How a shape says what it looks at.
_TARGETS: Final = frozenset(
    SH + name for name in ("targetClass", "targetSubjectsOf", "targetObjectsOf", "path", "class", "inversePath")
)
_MATCHES: Final = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
# What a term says of others, in the order in which it is read; each with what others say of it.
_RELATIONS: Final = (
    (RDFS + "subClassOf", "super", "sub"),
    (RDFS + "subPropertyOf", "super", "sub"),
    (RDFS + "domain", "domain", "domain_of"),
    (RDFS + "range", "range", "range_of"),
    (OWL + "inverseOf", "inverse", "inverse"),
    (OWL + "disjointWith", "disjoint", "disjoint"),
)


@dataclass(frozen=True)
class Listed:
    """A term in a list: its name and what it means; the terms below it, where the list is a tree."""

    shown: Shown
    definition: str
    below: Sequence["Listed"] = ()


@dataclass(frozen=True)
class Check:
    """A shape that looks at things of a class, or at values of a property, in the words that a curator reads."""

    shown: Shown
    message: str


class Graph:
    """A small graph, by its subjects and by its objects."""

    def __init__(self, table: Table) -> None:
        self.said: dict[str, dict[str, list[Term]]] = {}
        self.pointing: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for subject, predicate, value in table.rows:
            thing, property = questions.text(subject), questions.text(predicate)
            if value is not None:
                self.said.setdefault(thing, {}).setdefault(property, []).append(value)
            if isinstance(value, NamedNode):
                self.pointing[value.value].append((property, thing))

    def of(self, thing: str, property: str) -> list[Term]:
        """The values of a property of a thing."""
        return self.said.get(thing, {}).get(property, [])

    def text(self, thing: str, property: str, language: str) -> str:
        """What a property says in a language; one without a language counts for every language."""
        values = [each for each in self.of(thing, property) if isinstance(each, Literal)]
        return next((each.value for each in values if each.language in (language, None)), "")


def _graph(slug: str) -> Graph:
    """One of our graphs, whole."""
    return site.once(_read, slug)


def _read(slug: str) -> Graph:
    return Graph(questions.ask(site.store(), "_graph", **{"from": graph_iri(site.config().base_iri, slug)}))


def broader() -> Mapping[str, frozenset[str]]:
    """For each class that is defined here, those that it is a special case of, near and far."""
    graph = _graph(ONTOLOGY)
    above = {
        term: {questions.text(each) for each in said.get(RDFS + "subClassOf", ())} for term, said in graph.said.items()
    }
    for _ in above:  # no chain is longer than there are classes
        further = {term: found.union(*(above.get(each, ()) for each in found)) for term, found in above.items()}
        if further == above:
            break
        above = further
    return {term: frozenset(found - {term}) for term, found in above.items() if found}


def _version_of(note: str) -> list[int]:
    return [int(each) for each in re.findall("[0-9]+", note.partition(" ")[0])]


class Vocabulary:
    """The terms that are defined here, as this reader reads them."""

    def __init__(self) -> None:
        graph = _graph(ONTOLOGY)
        self.of, self.text, self._graph = graph.of, graph.text, graph

    def kind(self, term: str) -> str | None:
        """Which of `KINDS` it is; None for what is not defined here."""
        if NamedNode(CTL) not in self.of(term, RDFS + "isDefinedBy"):
            return None
        types = {questions.text(each) for each in self.of(term, RDF_TYPE)}
        return next((kind for kind in KINDS if OWL + kind in types), None)

    def terms(self, kind: str) -> list[str]:
        """The terms of a kind, by their names."""
        found = [term for term in self._graph.said if self.kind(term) == kind]
        return sorted(found, key=lambda term: self.name(term).casefold())

    def name(self, iri: str, language: str | None = None) -> str:
        """What a term is called; one of others is also called by its prefix and name, for whoever knows it by that."""
        if message := TERMS.get(compact(iri)):
            return f"{site.say(message)} ({compact(iri)})"
        label = self.text(iri, RDFS + "label", language or site.language())
        return label if label and iri.startswith(CTL) else f"{label} ({compact(iri)})" if label else compact(iri)

    def show(self, iri: str) -> Shown:
        place = site.path(iri)
        return Shown(self.name(iri), place or (uri(iri) if is_web_address(iri) else None), place is None, title=iri)

    def definition(self, term: str, language: str | None = None) -> str:
        """What it means: its definition, else its comment."""
        wanted = language or site.language()
        return self.text(term, SKOS + "definition", wanted) or self.text(term, RDFS + "comment", wanted)

    def listed(self, term: str) -> Listed:
        return Listed(self.show(term), self.definition(term))

    def tree(self) -> list[Listed]:
        """The classes, each below the one that it is a kind of; those at the top are kinds of what others define."""
        above = {term: self._parents(term) for term in self.terms("Class")}
        return [self._branch(term, above) for term, parents in above.items() if not parents & above.keys()]

    def _parents(self, term: str) -> set[str]:
        return {each.value for each in self.of(term, RDFS + "subClassOf") if isinstance(each, NamedNode)}

    def _branch(self, term: str, above: Mapping[str, set[str]]) -> Listed:
        below = [self._branch(each, above) for each, parents in above.items() if term in parents]
        return Listed(self.show(term), self.definition(term), below)

    def relations(self, term: str) -> Iterator[tuple[str, list[Shown]]]:
        """What the term says of others and others of it, named by the key of the sentence that introduces it."""
        found: dict[str, list[str]] = defaultdict(list)
        for property, forwards, backwards in _RELATIONS:
            found[forwards] += [each.value for each in self.of(term, property) if isinstance(each, NamedNode)]
            found[backwards] += [thing for each, thing in self._graph.pointing.get(term, ()) if each == property]
        for key, terms in found.items():
            if shown := [self.show(each) for each in sorted(set(terms), key=self.name) if not each.startswith("_")]:
                yield key, shown

    def alignments(self, term: str) -> list[tuple[Shown, list[Shown]]]:
        """What others call what is alike, by how alike it is."""
        found = [(SKOS + name, self.of(term, SKOS + name)) for name in _MATCHES]
        return [
            (self.show(match), [self.show(questions.text(each)) for each in terms]) for match, terms in found if terms
        ]

    def concepts(self) -> list[Concept]:
        """The classes as they are drawn: ours, and of others those that a property of ours leads to or from."""
        links = sorted(self._links(), key=lambda each: self.name(each[1]).casefold())
        ours = self.terms("Class")
        linked = {iri for start, _, end in links for iri in (start, end)}
        drawn = [*ours, *sorted(linked - set(ours), key=self.name)]
        return [
            Concept(
                term,
                self._brief(term),
                "" if term.startswith(CTL) else compact(term),
                sorted(self._parents(term) & set(drawn)),
                [Property(iri, self.name(iri), end) for start, iri, end in links if start == term],
            )
            for term in drawn
        ]

    def _links(self) -> Iterator[tuple[str, str, str]]:
        """From which class a property of ours leads to which. That a value is a concept is said of every list."""
        for property in self.terms("ObjectProperty"):
            for start, end in product(self.of(property, RDFS + "domain"), self.of(property, RDFS + "range")):
                if isinstance(start, NamedNode) and isinstance(end, NamedNode) and end.value != _CONCEPT:
                    yield start.value, property, end.value

    def _brief(self, iri: str) -> str:
        """What it is called, without how a query writes it."""
        message = TERMS.get(compact(iri))
        return site.say(message) if message else self.name(iri)

    def changes(self, thing: str) -> list[str]:
        """What its versions changed, the latest first; each note begins with the version and its date."""
        notes = [each for each in self.of(thing, SKOS + "changeNote") if isinstance(each, Literal)]
        in_words = [each.value for each in notes if each.language in (site.language(), None)]
        return sorted(in_words, key=_version_of, reverse=True)

    @property
    def version(self) -> str:
        return self.text(CTL, OWL + "versionInfo", site.language())

    @property
    def prior(self) -> Shown | None:
        """The version before this one; None for the first."""
        before = self.of(CTL, OWL + "priorVersion")
        return self.show(questions.text(before[0])) if before else None


# -- the overview ----------------------------------------------------------------------------------------------------


def overview(document: Document) -> str:
    """All terms: the classes as a tree with what they mean, the properties by name; of one kind, with what it means."""
    vocabulary = Vocabulary()
    kind = request.args.get("kind") or None
    if kind is not None and kind not in KINDS:
        abort(404)
    return render_template(
        "vocabulary.html",
        document=document,
        formats=DOCUMENTS,
        kind=kind,
        kinds={
            each: [vocabulary.listed(term) for term in vocabulary.terms(each)] for each in ([kind] if kind else KINDS)
        },
        tree=vocabulary.tree() if kind is None else [],
        version=vocabulary.version,
        prior=vocabulary.prior,
        issued=vocabulary.text(CTL, DCTERMS + "issued", site.language()),
        modified=vocabulary.text(CTL, DCTERMS + "modified", site.language()),
        description=vocabulary.text(CTL, DCTERMS + "description", site.language()),
        title=vocabulary.text(CTL, DCTERMS + "title", site.language()),
        namespaces=[(prefix, PREFIXES[prefix]) for prefix in ("ctl", "org", "skos", "prov", "foaf", "dct", "eli")],
        changes=vocabulary.changes(CTL),
        has_diagram=not site.pinned(),
        citation=vocabulary.text(CTL, DCTERMS + "bibliographicCitation", "en"),
    )


@bp.get("/vocabulary.svg")
def drawing() -> Response:
    """The classes as a drawing, with names in the reader's language; each leads to its page."""
    return respond(SVG, _drawing, negotiated=False, translated=True)


def _drawing() -> str:
    drawn, vocabulary = site.once(_diagram, site.language()), Vocabulary()
    return render_template("vocabulary.svg", drawn=drawn, place=lambda iri: vocabulary.show(iri).href or "#")


def _diagram(_language: str) -> Diagram:
    return diagram(Vocabulary().concepts())


# -- a term ----------------------------------------------------------------------------------------------------------


def read(canonical: str) -> Document:
    """What a page of a term needs: not all that points at it, which are all things of a class.

    Other documents below the same address (shapes, for one) are read as any.
    """
    if Vocabulary().kind(canonical) is None:
        return Document.about(canonical)
    if page_number() > 1:
        abort(404)
    return Document(canonical, questions.describe(site.graphs(), canonical), [])


def page(document: Document) -> str:
    """A term with all that explains it."""
    vocabulary, term = Vocabulary(), document.thing
    if (kind := vocabulary.kind(term)) is None:
        return pages.thing(document)
    other = "en" if site.language() == "it" else "it"
    local = term.removeprefix(CTL)
    shown = Page(document)
    return render_template(
        "term.html",
        page=shown,
        kind=kind,
        label=vocabulary.name(term),
        local=local,
        definition=vocabulary.definition(term),
        comment=vocabulary.text(term, RDFS + "comment", site.language()),
        foreign=(other, vocabulary.name(term, other), vocabulary.definition(term, other)),
        relations=list(vocabulary.relations(term)),
        alignments=vocabulary.alignments(term),
        deprecated=bool(vocabulary.of(term, OWL + "deprecated")),
        replaced=[vocabulary.show(questions.text(each)) for each in vocabulary.of(term, DCTERMS + "isReplacedBy")],
        written=[each.value for each in vocabulary.of(term, SKOS + "example") if isinstance(each, Literal)],
        version=vocabulary.version,
        prior=vocabulary.prior,
        changes=vocabulary.changes(term),
        checks=list(_checks(term)),
        questions=[(name, site.say(each.title)) for name, each in questions.load().items() if _names(each, local)],
        **_examples(term, kind),
        properties=shown.properties(),
        formats=DOCUMENTS,
        data=structured.thing(document, [Shown(t("vocabulary"), url_for("resources.term")), shown.title]),
    )


def _names(question: Question, local: str) -> bool:
    return re.search(rf"\bctl:{re.escape(local)}\b", question.text) is not None


def _examples(term: str, kind: str) -> dict[str, Any]:
    """A few things of a class, or a few values of a property, and how many there are; with a query for all of them."""
    given = {"accepted": site.accepted()}
    name, given = ("_members", {"class": term, **given}) if kind == "Class" else ("_uses", {"property": term, **given})
    table, total = questions.ask_part(site.graphs(), name, 0, _EXAMPLES, **given)
    reader = Reader(each for row in table.rows for each in row)
    query = (
        f"SELECT * WHERE {{\n  ?thing a <{term}>\n}}"
        if kind == "Class"
        else f"SELECT * WHERE {{\n  ?thing <{term}> ?value\n}}"
    )
    return {
        "examples": [[reader.show(each) for each in row if each is not None] for row in table.rows],
        "total": total,
        "query": url_for("sparql.endpoint", query=query),
    }


def _checks(term: str) -> Iterator[Check]:
    """The shapes that look at the term, and the parts of those that look at a class, each with its message."""
    shapes = _graph(SHAPES)
    looking = {shape for property, shape in shapes.pointing.get(term, ()) if property in _TARGETS}
    parts = {questions.text(part) for shape in looking for part in shapes.of(shape, SH + "property")}
    for shape in sorted(looking | parts):
        message = shapes.text(shape, SH + "message", site.language())
        if message and shape.startswith(CTL):
            yield Check(Shown(compact(shape).rpartition("/")[2], site.path(shape), title=shape), message)
