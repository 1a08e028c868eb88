"""Statements as people read them: terms with names, values with their sources, in the order in which they matter."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from flask import url_for
from markupsafe import Markup

from ctl_graph import questions
from ctl_graph.questions import Label, Source, Statement
from ctl_graph.store import BlankNode, Literal, NamedNode, Term
from ctl_graph.vocab import ACCEPTED, CTL, INFERRED, ONTOLOGY, RDF_TYPE, compact, graph_iri
from ctl_graph.web import site
from ctl_graph.web.documents import FIRST_TO_POINT, Document
from ctl_graph.web.messages import MESSAGES, TERMS
from ctl_graph.web.negotiation import is_web_address, uri

_FIRST: Final = (
    "skos:prefLabel", "skos:altLabel", "ctl:acronym", "dct:title", "skos:definition", "dct:description", "ctl:text",
    "ctl:about", "ctl:property", "ctl:statement", "ctl:preferredStatement", "ctl:rationale", "rdfs:comment",
    "rdf:subject", "rdf:predicate", "rdf:object", "org:member", "org:role", "ctl:inCluster", "ctl:inCollaboration",
    "ctl:valueAsStated", "ctl:startAsStated", "ctl:endAsStated", "ctl:attestedAsStated", "ctl:domain",
    "ctl:managingBody", "ctl:foundedAsStated", "ctl:foundedOn", "ctl:legalForm", "ctl:seat", "foaf:homepage",
    "skos:note",
)  # fmt: skip
# What programs need and readers seldom do: it is folded away under the rest.
PLUMBING: Final = re.compile(
    r"ctl:(confidence|dateAsStated|\w+Earliest|\w+Latest)|rdfs:(isDefinedBy|label)|skos:(topConceptOf|mappingRelation)"
    r"|skos:semanticRelation|rdf:(first|rest)|owl:versionIRI"
)
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# Characters that turn the reading direction, and controls that no text needs: a name must not dress as another.
_TREACHEROUS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


def harmless(value: Any) -> Any:
    """What a template may print; escaping comes after this."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _TREACHEROUS.sub("", value)
    return value


def t(key: str, **values: object) -> str:
    """The sentence of the catalogue in the reader's language; of a total of one, the sentence that is said of one."""
    one = f"{key}.one"
    message = MESSAGES[one if values.get("total") == 1 and one in MESSAGES else key]
    return site.say(message).format(**{name: _grouped(value) for name, value in values.items()})


def number(value: int) -> str:
    """12.345 in Italian, 12,345 in English."""
    return f"{value:,}".replace(",", "." if site.language() == "it" else ",")


def _grouped(value: object) -> object:
    return number(value) if isinstance(value, int) else value


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
    """A property of a thing with its values, in the order in which they are read; `folded` where few will read it."""

    label: Shown
    values: Sequence[ShownValue]
    folded: bool = False


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


def cluster_names() -> list[tuple[str, str]]:
    """The regional clusters to choose from: the ends of their IRIs, each with its name in words."""
    base = f"{site.config().base_iri}id/cluster/"
    iris = {questions.text(row["cluster"]) for row in questions.ask(site.store(), "regional-clusters")}
    labels = site.labels(iris)
    slugs = {iri: iri.removeprefix(base) for iri in iris}
    named = ((slugs[iri], labels[iri].text if iri in labels else slugs[iri]) for iri in iris)
    return sorted(named, key=lambda each: (each[1].casefold(), each[0]))


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
        stated = [each.object for each in self._own() if each.predicate.value == RDF_TYPE]
        types = [term for term in stated if isinstance(term, NamedNode)]
        ours = [term for term in types if term.value.startswith(CTL)]
        shown = [self._class(term) for term in ours or types]
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
        return self._ranked(_by_predicate(statements), lambda each: each.object, above)

    def incoming(self) -> list[ShownProperty]:
        """What points at the thing, grouped by how."""
        first = tuple(compact(name) for name in FIRST_TO_POINT)
        return self._ranked(_by_predicate(self.document.incoming), lambda each: each.subject, frozenset(), first)

    def _ranked(
        self,
        groups: Mapping[NamedNode, Sequence[Statement]],
        end: Callable[[Statement], Term],
        above: frozenset[str],
        first: Sequence[str] = _FIRST,
    ) -> list[ShownProperty]:
        order = {name: rank for rank, name in enumerate(first)}
        inferred = {each for each, group in groups.items() if all(self._is_inferred(one) for one in group)}
        named = {compact(each.value) for each in groups}
        said = {end(one) for each, group in groups.items() if each not in inferred for one in group}

        def is_folded(predicate: NamedNode) -> bool:
            """Plumbing, or an inferred copy of what stands under a property that says it better."""
            name = compact(predicate.value)
            is_copy = predicate in inferred and all(end(one) in said for one in groups[predicate])
            has_value = name.endswith("AsStated") and name.removesuffix("AsStated") in named
            return is_copy or has_value or PLUMBING.fullmatch(name) is not None

        def rank(predicate: NamedNode) -> tuple[bool, bool, int, str]:
            place = order.get(compact(predicate.value), len(order))
            return is_folded(predicate), predicate in inferred, place, self.reader.show(predicate).text

        return [
            self._shown_property(each, groups[each], end, above, is_folded(each)) for each in sorted(groups, key=rank)
        ]

    def _shown_property(
        self,
        predicate: NamedNode,
        statements: Sequence[Statement],
        end: Callable[[Statement], Term],
        above: frozenset[str],
        folded: bool,
    ) -> ShownProperty:
        """Values are made in the order in which they are read, so that the footnotes count up."""
        accepted = site.accepted()

        def place(statement: Statement) -> tuple[bool, bool, str]:
            shown = self.reader.show(end(statement))
            is_foreign = shown.language not in (site.language(), None)
            return accepted not in statement.graphs, is_foreign, shown.text.casefold()

        values = [self._value(each, end(each), above) for each in sorted(statements, key=place)]
        return ShownProperty(self.reader.show(predicate), values, folded)

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
