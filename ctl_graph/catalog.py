"""The release's own description, in the words of VoID (https://www.w3.org/TR/void/).

`statistics` is what the content alone decides: it is counted once, at publication, and kept in the release. `dataset`
says who publishes it, under which licence, and where it is asked for: that is decided by settings and by the place
where the site runs, so it is said when the description is served.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from ctl_graph.config import Config
from ctl_graph.errors import Message
from ctl_graph.formats import DATASETS
from ctl_graph.questions import Question
from ctl_graph.store import BlankNode, Literal, NamedNode, Term, Triple
from ctl_graph.vocab import (
    CTL,
    DCTERMS,
    FOAF,
    LICENCE,
    OWL,
    PREFIXES,
    RDF_TYPE,
    RDFS,
    SH,
    SHAPES,
    VOID,
    VOID_EXT,
    XSD,
    compact,
    graph_iri,
)

# https://www.w3.org/ns/formats/ names what is written.
FORMATS: Final = "http://www.w3.org/ns/formats/"
GRAPH_FORMATS: Final = ("Turtle", "JSON-LD", "N-Triples", "RDF_XML", "TriG", "N-Quads")
# Whoever reads examples of queries looks for schema.org under https (https://github.com/sib-swiss/sparql-examples).
_SCHEMA: Final = "https://schema.org/"
_TYPE: Final = NamedNode(RDF_TYPE)

# Where the datasets of others begin: a link set is described when there are links into it, and not before.
_OTHERS: Final[Mapping[str, tuple[str, str]]] = {
    "cordis": ("http://data.europa.eu/s66/resource/", "CORDIS"),
    "dbpedia": ("http://dbpedia.org/resource/", "DBpedia"),
    "euroscivoc": ("http://data.europa.eu/8mn/euroscivoc/", "EuroSciVoc"),
    "eurovoc": ("http://eurovoc.europa.eu/", "EuroVoc"),
    "eu-authority": ("http://publications.europa.eu/resource/authority/", "EU authority tables"),
    "geonames": ("https://sws.geonames.org/", "GeoNames"),
    "kohesio": ("https://linkedopendata.eu/entity/", "Kohesio"),
    "italia": ("https://w3id.org/italia/controlled-vocabulary/", "OntoPiA controlled vocabularies"),
    "nace": ("http://data.europa.eu/ux2/", "NACE"),
    "nuts": ("http://data.europa.eu/nuts/", "NUTS"),
    "ror": ("https://ror.org/", "Research Organization Registry"),
    "wikidata": ("http://www.wikidata.org/entity/", "Wikidata"),
}
_EXAMPLES: Final = tuple(CTL + name for name in ("Cluster", "MemberOrganisation", "Membership", "Disagreement"))

_TITLE: Final = Message("affermazioni accettate", "accepted statements")
_DESCRIPTION: Final = Message(
    "Ciò che una query vede senza GRAPH: le affermazioni accettate, ciò che ne segue secondo OWL 2 RL sulle cose di "
    "cui si parla (già scritto: chi interroga non deve dedurre nulla), e il vocabolario.",
    "What a query sees without GRAPH: the accepted statements, what follows from them under OWL 2 RL about the things "
    "described (written out: whoever asks need not infer anything), and the vocabulary.",
)
_SOURCES_TITLE: Final = Message("ogni affermazione nel grafo della sua fonte", "every statement in its source's graph")
_SOURCES_DESCRIPTION: Final = Message(
    "I grafi con un nome: le fonti, accettate o no, ciò che è accettato, ciò che ne segue, il vocabolario, le forme.",
    "The named graphs: the sources, accepted or not, what is accepted, what follows from it, vocabulary, shapes.",
)


def accepted(base_iri: str) -> NamedNode:
    """The name, as a dataset, of what a query sees without `GRAPH`."""
    return NamedNode(f"{base_iri}void#accepted")


def prefixes_iri(base_iri: str) -> NamedNode:
    return NamedNode(f"{base_iri}prefixes")


# -- counting --------------------------------------------------------------------------------------------------------


@dataclass
class _Part:
    """What is counted of some of the triples."""

    triples: int = 0
    subjects: set[Hashable] = field(default_factory=set)
    objects: set[Hashable] = field(default_factory=set)

    def add(self, triple: Triple) -> None:
        self.triples += 1
        self.subjects.add(triple.subject)
        self.objects.add(triple.object)

    def statements(self, node: NamedNode) -> Iterator[Triple]:
        yield _count(node, "triples", self.triples)
        yield _count(node, "distinctSubjects", len(self.subjects))
        yield _count(node, "distinctObjects", len(self.objects))


class _Counted:
    """The accepted triples, counted as a whole, by property, by class of their subjects, and by both."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = list(triples)
        self.instances: dict[NamedNode, set[Hashable]] = defaultdict(set)
        self.kinds: dict[Hashable, set[NamedNode]] = defaultdict(set)
        for triple in self.triples:
            if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
                self.instances[triple.object].add(triple.subject)
                self.kinds[triple.subject].add(triple.object)
        self.whole = _Part()
        self.properties: dict[NamedNode, _Part] = defaultdict(_Part)
        self.classes: dict[NamedNode, dict[NamedNode, _Part]] = defaultdict(lambda: defaultdict(_Part))
        self.ranges: dict[tuple[NamedNode, NamedNode], Counter[tuple[str, NamedNode]]] = defaultdict(Counter)
        for triple in self.triples:
            self._add(triple)

    def _add(self, triple: Triple) -> None:
        self.whole.add(triple)
        self.properties[triple.predicate].add(triple)
        kinds = self._kinds_of(triple.object)
        for concept in self.kinds.get(triple.subject, ()):
            self.classes[concept][triple.predicate].add(triple)
            self.ranges[concept, triple.predicate].update(kinds)

    def _kinds_of(self, term: Term) -> list[tuple[str, NamedNode]]:
        if isinstance(term, Literal):
            return [("datatype", term.datatype)]
        return [("class", concept) for concept in self.kinds.get(term, ())]

    def examples(self, concept: NamedNode, base_iri: str) -> list[NamedNode]:
        """The first thing of the class, if it has a name of ours."""
        things = [each for each in self.instances[concept] if _is_in(each, f"{base_iri}id/")]
        return sorted(things, key=str)[:1]  # type: ignore[return-value]


def statistics(triples: Iterable[Triple], base_iri: str) -> list[Triple]:
    """What VoID counts of the accepted triples, with the object's classes and datatypes (http://ldf.fi/void-ext).

    A class partition holds the triples whose subject is of the class. Equal content gives equal statements.
    """
    counted, dataset = _Counted(triples), accepted(base_iri)
    return [
        *_totals(counted, dataset, base_iri),
        *(each for concept in counted.instances for each in _class_partition(counted, dataset, concept, base_iri)),
        *(
            each
            for name, part in counted.properties.items()
            for each in _property_partition(dataset, _node(base_iri, "property", name), name, part)
        ),
        *_linksets(counted, dataset, base_iri),
    ]


def _totals(counted: _Counted, dataset: NamedNode, base_iri: str) -> Iterator[Triple]:
    yield _is_a(dataset, VOID + "Dataset")
    yield from counted.whole.statements(dataset)
    yield _count(dataset, "entities", sum(_is_in(subject, base_iri) for subject in counted.whole.subjects))
    yield _count(dataset, "classes", len(counted.instances))
    yield _count(dataset, "properties", len(counted.properties))
    # A reader may take the list for complete, and what is of none of its vocabularies for absent.
    for namespace in sorted({_namespace(term.value) for term in (*counted.properties, *counted.instances)}):
        yield _void(dataset, "vocabulary", NamedNode(namespace))
    for concept in _EXAMPLES:
        for thing in counted.examples(NamedNode(concept), base_iri):
            yield _void(dataset, "exampleResource", thing)


def _class_partition(counted: _Counted, dataset: NamedNode, concept: NamedNode, base_iri: str) -> Iterator[Triple]:
    node, properties = _node(base_iri, "class", concept), counted.classes[concept]
    yield _void(dataset, "classPartition", node)
    yield _void(node, "class", concept)
    yield _count(node, "entities", len(counted.instances[concept]))
    yield _count(node, "triples", sum(part.triples for part in properties.values()))
    yield _count(node, "properties", len(properties))
    for name, part in properties.items():
        inner = _node(base_iri, "class", concept, name)
        yield from _property_partition(node, inner, name, part)
        for (kind, target), number in counted.ranges[concept, name].items():
            yield from _range(inner, _node(base_iri, "class", concept, name, target), kind, target, number)


def _property_partition(whole: NamedNode, node: NamedNode, name: NamedNode, part: _Part) -> Iterator[Triple]:
    yield _void(whole, "propertyPartition", node)
    yield _void(node, "property", name)
    yield from part.statements(node)


def _range(whole: NamedNode, node: NamedNode, kind: str, target: NamedNode, number: int) -> Iterator[Triple]:
    """The triples whose object is of this class, or a literal of this datatype."""
    words = VOID if kind == "class" else VOID_EXT
    yield Triple(whole, NamedNode(f"{words}{kind}Partition"), node)
    yield Triple(node, NamedNode(words + kind), target)
    yield _count(node, "triples", number)


def _linksets(counted: _Counted, dataset: NamedNode, base_iri: str) -> Iterator[Triple]:
    found: dict[tuple[str, NamedNode], _Part] = defaultdict(_Part)
    links = (each for each in counted.triples if each.predicate != _TYPE and _is_in(each.subject, base_iri))
    for triple in links:
        if not _is_in(triple.object, base_iri) and (slug := _dataset_of(triple.object)):
            found[slug, triple.predicate].add(triple)
    for (slug, predicate), part in found.items():
        namespace, title = _OTHERS[slug]
        target = NamedNode(f"{base_iri}void#target/{slug}")
        node = NamedNode(f"{base_iri}void#links/{slug}/{_name(predicate.value)}")
        yield _is_a(target, VOID + "Dataset")
        yield Triple(target, NamedNode(DCTERMS + "title"), Literal(title))
        yield _void(target, "uriSpace", Literal(namespace))
        yield _is_a(node, VOID + "Linkset")
        yield _void(dataset, "subset", node)
        yield _void(node, "subjectsTarget", dataset)
        yield _void(node, "objectsTarget", target)
        yield _void(node, "linkPredicate", predicate)
        yield from part.statements(node)


def _dataset_of(term: Term) -> str | None:
    return next((slug for slug, (namespace, _) in _OTHERS.items() if _is_in(term, namespace)), None)


def overview(statistics: Iterable[Triple], base_iri: str) -> list[Triple]:
    """The totals and the partitions by class and by property, without what lies within these and without links."""
    known, dataset = list(statistics), accepted(base_iri)
    to_parts = {NamedNode(VOID + "classPartition"), NamedNode(VOID + "propertyPartition")}
    parts = {triple.object for triple in known if triple.subject == dataset and triple.predicate in to_parts}
    return [
        triple
        for triple in known
        if (triple.subject == dataset and triple.predicate.value != VOID + "subset")
        or (triple.subject in parts and triple.predicate not in to_parts)
    ]


# -- what settings and place decide ----------------------------------------------------------------------------------


def dataset(config: Config, manifest: Mapping[str, Any] | None, root: str) -> Iterator[Triple]:
    """Titles, licence, publisher, and the addresses below `root` (which ends with /) where the data are had.

    `manifest` is the release's; there is none where the data are in a store elsewhere.
    """
    whole, every = accepted(config.base_iri), NamedNode(f"{config.base_iri}void#sources")
    document = NamedNode(f"{config.base_iri}void")
    yield _is_a(document, VOID + "DatasetDescription")
    yield from (Triple(document, NamedNode(FOAF + name), whole) for name in ("primaryTopic", "topic"))
    yield Triple(document, NamedNode(FOAF + "topic"), every)
    yield Triple(document, NamedNode(RDFS + "seeAlso"), NamedNode(f"{root}catalog"))
    yield from _described(config, whole, _TITLE, _DESCRIPTION)
    yield from _described(config, every, _SOURCES_TITLE, _SOURCES_DESCRIPTION)
    yield _void(every, "subset", whole)
    yield _void(whole, "uriSpace", Literal(config.base_iri))
    for node in (whole, every):
        yield _void(node, "sparqlEndpoint", NamedNode(f"{root}sparql"))
        yield Triple(node, NamedNode(SH + "shapesGraph"), NamedNode(graph_iri(config.base_iri, SHAPES)))
    yield from (_void(whole, "feature", NamedNode(FORMATS + name)) for name in GRAPH_FORMATS)
    if manifest:
        yield _count(every, "triples", manifest["quads"])
        yield from _published(manifest, root, whole, every)


def _described(config: Config, node: NamedNode, title: Message, description: Message) -> Iterator[Triple]:
    publisher = NamedNode(f"{config.base_iri}void#publisher")
    yield _is_a(node, VOID + "Dataset")
    for language, name in (("it", config.title_it), ("en", config.title_en)):
        text = f"{name}: {title.in_language(language)}"
        yield Triple(node, NamedNode(DCTERMS + "title"), Literal(text, language=language))
        text = description.in_language(language)
        yield Triple(node, NamedNode(DCTERMS + "description"), Literal(text, language=language))
    yield Triple(node, NamedNode(DCTERMS + "license"), NamedNode(LICENCE))
    yield Triple(node, NamedNode(DCTERMS + "publisher"), publisher)
    yield _is_a(publisher, FOAF + "Agent")
    yield Triple(publisher, NamedNode(FOAF + "name"), Literal(config.publisher))
    if config.contact:
        means = "mbox" if config.contact.startswith("mailto:") else "page"
        yield Triple(publisher, NamedNode(FOAF + means), NamedNode(config.contact))


def _published(manifest: Mapping[str, Any], root: str, whole: NamedNode, every: NamedNode) -> Iterator[Triple]:
    datasets = {format.media_type for format in DATASETS}
    for node in (whole, every):
        yield Triple(node, NamedNode(OWL + "versionInfo"), Literal(manifest["id"]))
    for dump in manifest["dumps"]:
        node = every if dump["media_type"] in datasets else whole
        yield _void(node, "dataDump", NamedNode(f"{root}dumps/{dump['file']}"))


def prefixes(base_iri: str) -> Iterator[Triple]:
    """The prefixes that queries and documents use, as SHACL declares them (https://www.w3.org/TR/shacl/#sparql-prefixes)."""
    whole = prefixes_iri(base_iri)
    yield _is_a(whole, OWL + "Ontology")
    for prefix, namespace in PREFIXES.items():
        node = NamedNode(f"{whole.value}#{prefix}")
        yield Triple(whole, NamedNode(SH + "declare"), node)
        yield Triple(node, NamedNode(SH + "prefix"), Literal(prefix))
        yield Triple(node, NamedNode(SH + "namespace"), Literal(namespace, datatype=NamedNode(XSD + "anyURI")))


def examples(questions: Iterable[Question], base_iri: str, endpoint: str) -> Iterator[Triple]:
    """The stored questions, bound to their examples, as SHACL and the SIB's collections of queries write them."""
    for question in questions:
        yield from _example(question, NamedNode(f"{base_iri}questions/{question.name}"), base_iri, endpoint)


def _example(question: Question, node: NamedNode, base_iri: str, endpoint: str) -> Iterator[Triple]:
    query = question.by_example()
    form = question.form
    yield _is_a(node, SH + "SPARQLExecutable")
    yield _is_a(node, f"{SH}SPARQL{form.capitalize()}Executable")
    yield Triple(node, NamedNode(SH + form.lower()), Literal(query))
    yield Triple(node, NamedNode(SH + "prefixes"), prefixes_iri(base_iri))
    for language in ("it", "en"):
        title, more = question.title.in_language(language), question.description.in_language(language)
        yield Triple(node, NamedNode(RDFS + "label"), Literal(title, language=language))
        yield Triple(node, NamedNode(RDFS + "comment"), Literal(f"{title.rstrip('.')}. {more}", language=language))
    yield from (Triple(node, NamedNode(_SCHEMA + "keywords"), Literal(each)) for each in question.classes)
    yield Triple(node, NamedNode(_SCHEMA + "target"), NamedNode(endpoint))


# -- how -------------------------------------------------------------------------------------------------------------


def _node(base_iri: str, *path: str | NamedNode) -> NamedNode:
    """The name of a part: `void#class/ctl:Cluster/ctl:inCluster`."""
    names = (_name(step.value) if isinstance(step, NamedNode) else step for step in path)
    return NamedNode(f"{base_iri}void#{'/'.join(names)}")


def _name(iri: str) -> str:
    """Readable where a prefix fits, else short."""
    short = compact(iri)
    return short if short != iri else sha256(iri.encode()).hexdigest()[:16]


def _namespace(iri: str) -> str:
    """As far as the last `#`; without one, the last `/`; without that, the last `:`."""
    end = next(iri.rfind(mark) for mark in "#/:" if mark in iri)
    return iri[: end + 1]


def _is_in(term: object, namespace: str) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(namespace)


def _is_a(node: NamedNode, concept: str) -> Triple:
    return Triple(node, _TYPE, NamedNode(concept))


def _void(node: NamedNode, name: str, value: NamedNode | Literal | BlankNode) -> Triple:
    return Triple(node, NamedNode(VOID + name), value)


def _count(node: NamedNode, name: str, number: int) -> Triple:
    return _void(node, name, Literal(number))
