"""A thing in the fifteen elements of Dublin Core (https://www.rfc-editor.org/rfc/rfc5013), for whoever reads no more.

An element says less than the property that it stands for, and what no element stands for is left out: only that one
thing leads to another is said always, as `relation`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ctl_graph.store import Literal, NamedNode, Term, Triple
from ctl_graph.vocab import CTL, DCAT, DCTERMS, FOAF, LICENCE, PROV, RDF_TYPE, RDFS, SKOS

# Each element with the properties that it stands for, in the order in which they are written.
_ELEMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": (SKOS + "prefLabel", RDFS + "label", DCTERMS + "title"),
    "creator": (DCTERMS + "creator",),
    "subject": (DCTERMS + "subject", DCAT + "keyword", DCAT + "theme"),
    "description": (SKOS + "definition", DCTERMS + "description", RDFS + "comment", SKOS + "note"),
    "publisher": (DCTERMS + "publisher", CTL + "publisherName"),
    "contributor": (DCTERMS + "contributor",),
    "date": (*(DCTERMS + name for name in ("created", "date", "issued", "modified")), CTL + "foundedOn"),
    "type": (RDF_TYPE, DCTERMS + "type"),
    "format": (DCAT + "mediaType",),
    "identifier": (DCTERMS + "identifier", SKOS + "notation", DCAT + "landingPage"),
    "source": (DCTERMS + "source", PROV + "hadPrimarySource"),
    "language": (DCTERMS + "language",),
    "relation": (DCAT + "downloadURL",),
    "coverage": (DCTERMS + "spatial",),
    "rights": (DCTERMS + "accessRights", DCTERMS + "license", DCTERMS + "rights"),
}
_STANDS_FOR: Final = {property: element for element, properties in _ELEMENTS.items() for property in properties}
_ORDER: Final = tuple(_ELEMENTS)
# What the files of a dataset say for all of it.
_OF_FILES: Final = {DCAT + "mediaType", DCAT + "downloadURL", DCTERMS + "license"}
# Neither about the thing itself, nor something that it leads to.
_NOTHING: Final = {
    CTL + "confidence",
    DCAT + "contactPoint",
    DCAT + "distribution",
    DCTERMS + "accrualPeriodicity",
    DCTERMS + "rightsHolder",
}
_NAMES: Final = (SKOS + "prefLabel", FOAF + "name", RDFS + "label")
_MEDIA_TYPES: Final = "/media-types/"
# https://www.dublincore.org/specifications/dublin-core/dcmi-terms/#section-7
_DATASET: Final = "Dataset"


class Value(NamedTuple):
    """What one element says."""

    element: str
    text: str
    language: str = ""


def described(
    thing: str, triples: Iterable[Triple], publisher: str, labels: Callable[[str], Iterable[Literal]]
) -> list[Value]:
    """The values of each element, in one order. `labels` are those of a class.

    Where nobody else is said to publish the thing, `publisher` does, under the licence of the data.
    """
    triples = list(triples)
    found = {Value("identifier", thing)}
    for triple in triples:
        predicate = triple.predicate.value
        if predicate in _OF_FILES or (triple.subject == NamedNode(thing) and predicate not in _NOTHING):
            found.update(_values(_STANDS_FOR.get(predicate), triple.object, triples))
    classes = [each.text for each in found if each.element == "type"]
    found.update(Value("type", label.value, label.language or "") for each in classes for label in labels(each))
    if DCAT + _DATASET in classes:
        found.add(Value("type", _DATASET))
    if not any(each.element == "publisher" for each in found):
        found.add(Value("publisher", publisher))
        found.add(Value("rights", LICENCE))
    return sorted(found, key=lambda each: (_ORDER.index(each.element), each.language != "it", each))


def _values(element: str | None, term: Term, known: Iterable[Triple]) -> Iterator[Value]:
    if isinstance(term, Literal) and element:
        yield Value(element, term.value, term.language or "")
    elif isinstance(term, NamedNode):
        match element:
            case None:
                yield Value("relation", term.value)
            case "format":
                yield Value(element, term.value.rpartition(_MEDIA_TYPES)[2])
            case "language":  # of the EU's table, whose codes are those of ISO 639-3
                yield Value(element, term.value.rpartition("/")[2].lower())
            case _:
                names = [name for each in known if each.subject == term and (name := _name(each))]
                if not names or element == "rights":  # a licence is known by its IRI
                    yield Value(element, term.value)
                yield from (Value(element, name.value, name.language or "") for name in names)


def _name(triple: Triple) -> Literal | None:
    is_name = triple.predicate.value in _NAMES and isinstance(triple.object, Literal)
    return triple.object if is_name else None  # type: ignore[return-value]
